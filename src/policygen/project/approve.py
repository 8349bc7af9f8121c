"""From a decision to a frozen version: check, decide, render once, and only then write the register."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

from policygen.checks import held_back
from policygen.compare.comparison import Declared
from policygen.compose.compose import image_bytes
from policygen.disk.registering import (
    one_register_at_a_time,
    read_register,
    register_path,
    write_register,
)
from policygen.ground.diagnostics import Diagnostic, InputError, Problems, in_order
from policygen.ground.telling import Tell, silent
from policygen.ground.wording import code, join_and
from policygen.language.document import Image, walk
from policygen.model.adoption import version_order
from policygen.model.bodies import named_body
from policygen.model.template import Body
from policygen.project.check import Composed, Selection, check
from policygen.project.freeze import Addition, Frozen, SealKey, freeze, note_bad_key, write
from policygen.register.deciding import (
    Case,
    Decision,
    accept,
    check_date,
    decide,
    new_version,
    waits_for,
)
from policygen.register.ends import End, Withdrawn
from policygen.register.following import Standing, next_patch, standing
from policygen.register.records import (
    Approval,
    ChangeClass,
    EndorsementEntry,
    MinutesEntry,
    VersionRecord,
)
from policygen.register.refreshing import with_details
from policygen.register.state import Register, with_entry

REVIEWED = "Reviewed, no substantive change"


@dataclass(frozen=True)
class Accepted:
    """A decision about a version that nothing stands against; nothing was made for it yet."""

    composed: Composed
    case: Case
    decision: Decision
    approvals: tuple[Approval, ...]
    """Those for the version, this one the last."""
    warnings: tuple[Diagnostic, ...]


@dataclass(frozen=True)
class Ready:
    """What is to be written of a decision, and what is told when it was."""

    addition: Addition
    released: Released


@dataclass(frozen=True)
class Released:
    """What a decision or release made."""

    record: VersionRecord | None
    """The version that was frozen; None where another body still has to decide."""
    folder: str
    """Of the version, or of the register, in the workspace."""
    waits_for: str = ""
    """The body that still has to decide, as it prints."""
    warnings: tuple[Diagnostic, ...] = ()


# --- decisions --------------------------------------------------------------------------------------------------------


def approve(
    root: Path,
    school_id: str,
    policy_id: str,
    decision: Decision,
    as_of: datetime.date,
    key: SealKey | None = None,
    workers: int | None = None,
    tell: Tell = silent,
) -> Released:
    """Freeze the version that a body approved, or record that the first of two bodies did.

    With a key, every PDF is sealed. `workers` is how many PDFs to make at once; unless said, as many as
    help. Raises InputError, having written nothing, when anything stands against it.
    """
    ready = made_ready(
        root, accepted(root, school_id, policy_id, decision, as_of, key, tell), key, workers, tell
    )
    write(root, [ready.addition])
    return ready.released


def accepted(
    root: Path,
    school_id: str,
    policy_id: str,
    decision: Decision,
    as_of: datetime.date,
    key: SealKey | None = None,
    tell: Tell = silent,
) -> Accepted:
    """The decision of a body about a version. Raises InputError when anything stands against it."""
    composed, warnings = _composed(root, school_id, policy_id, as_of, tell)
    case, problems = _case(composed), Problems()
    note_bad_key(key, problems)
    approvals = decide(case, decision, as_of, problems)
    problems.stop()
    return Accepted(composed, case, decision, approvals, warnings)


def made_ready(
    root: Path,
    taken: Accepted,
    key: SealKey | None = None,
    workers: int | None = None,
    tell: Tell = silent,
) -> Ready:
    """The version that was approved, rendered; or the decision of the first of two bodies. Nothing is written.

    Raises InputError where a PDF lacks what it should hold, or cannot be sealed.
    """
    case, decision, approvals = taken.case, taken.decision, taken.approvals
    if body := waits_for(case, decision, approvals):
        return _endorsed(case, approvals[-1], body, taken.warnings)
    number, change, reason = (
        case.document.version,
        case.standing.change or "material",
        case.adoption.value.reason,
    )
    if decision.review:
        number, change, reason = next_patch(number), "review", REVIEWED
    if case.standing.withdrawn:
        change = "material"  # what was not in force comes into force, whatever its words
    version = new_version(case, number, change, reason, decision.date, approvals)
    frozen = freeze(root, taken.composed, case, version, key, workers, tell=tell)
    return Ready(frozen.addition, _told(frozen, taken.warnings))


def release_details(
    root: Path,
    policies: Sequence[tuple[str, str]],
    day: datetime.date,
    as_of: datetime.date,
    key: SealKey | None = None,
    tell: Tell = silent,
) -> tuple[Released, ...]:
    """Freeze the version in force of each policy, as school and policy, with the details as they are now.

    Its approval still stands. Other changes that wait for approval take no part in it. All are written in one step.
    Raises InputError, having written nothing, when of one no details differ, or they cannot be told from the rest.
    """
    return _released(root, [_with_details(root, *each, day, as_of, key, tell) for each in policies])


def _with_details(
    root: Path,
    school_id: str,
    policy_id: str,
    day: datetime.date,
    as_of: datetime.date,
    key: SealKey | None,
    tell: Tell,
) -> tuple[Frozen, tuple[Diagnostic, ...]]:
    composed, warnings = _composed(root, school_id, policy_id, as_of, tell)
    refreshed = _registered_with_details(composed)
    case, problems = _case(refreshed or composed), Problems()
    _check_class(case, ("details",), problems)
    check_date(case, case.standing.last, day, as_of, problems)
    note_bad_key(key, problems)
    last = problems.needed(case.standing.last)
    reason = f"Details updated: {join_and(case.standing.details)}"
    version = new_version(case, next_patch(last.version), "details", reason, day)
    base = last if refreshed else None
    return freeze(root, refreshed or composed, case, version, key, base=base, tell=tell), warnings


def stale_details(
    root: Path, as_of: datetime.date, tell: Tell = silent
) -> tuple[tuple[str, str], ...]:
    """The policies, as school and policy, of which details differ from the version in force and can be released.

    Raises InputError when anything in the workspace has an error.
    """
    checked = check(root, (Selection(),), as_of, tell)
    if checked.failed:
        raise InputError(checked.diagnostics)
    told = (_registered_with_details(each) or each for each in checked.policies if each.standing)
    found = ((each.document, each.standing) for each in told if each.standing)
    return tuple(
        (document.school_id, document.policy_id)
        for document, standing in found
        if standing.last is not None and not standing.withdrawn and standing.change == "details"
    )


def release_editorial(
    root: Path,
    school_id: str,
    policy_id: str,
    role: str,
    day: datetime.date,
    as_of: datetime.date,
    key: SealKey | None = None,
    tell: Tell = silent,
) -> Released:
    """Freeze a version whose changes are editorial and were accepted by a role that may do so.

    Raises InputError, having written nothing, when more differs, or no delegation lets it accept them.
    """
    composed, warnings = _composed(root, school_id, policy_id, as_of, tell)
    case, problems = _case(composed), Problems()
    _check_class(case, ("editorial",), problems)
    check_date(case, case.standing.register.decided, day, as_of, problems)
    note_bad_key(key, problems)
    approval = problems.needed(accept(case, role, day, problems))
    number, reason = case.document.version, case.adoption.value.reason
    version = new_version(case, number, "editorial", reason, day, (approval,))
    frozen = freeze(root, composed, case, version, key, tell=tell)
    return _released(root, [(frozen, warnings)])[0]


def sign_minutes(
    root: Path,
    school_id: str,
    policy_id: str,
    version: str,
    minute: str,
    signed_on: datetime.date,
    as_of: datetime.date,
) -> tuple[VersionRecord, End | None]:
    """Record that the minutes under which a version was approved, or withdrawn, have been signed.

    Frozen files stay as they are. Gives the version, and how it ceased to be in force.

    Raises InputError when there is no such version or minute, or it is signed already.
    """
    with one_register_at_a_time(root):
        problems = Problems()
        register = read_register(root, school_id, policy_id, problems)
        if register is None:
            raise InputError(problems)
        record = _signed(register, version, minute, signed_on, as_of, problems)
        if record is None:
            raise InputError(in_order(problems))
        entry = MinutesEntry(
            version=record.version, minute=minute, signed_on=signed_on, previous=""
        )
        write_register(root, with_entry(register, entry), {})
    return record, register.end(record.version)


def _signed(
    register: Register,
    version: str,
    minute: str,
    signed_on: datetime.date,
    as_of: datetime.date,
    problems: Problems,
) -> VersionRecord | None:
    """The version whose minutes can be recorded as signed; None, with problems, where they cannot."""
    record = register.named(version)
    if record is None:
        known = join_and(code(each.version) for each in register.versions)
        hint = f"there is {known}" if known else "nothing was approved yet"
        problems.add("minutes-unknown", f"version `{version}` is not registered", None, hint)
        return None
    meant = [
        each
        for each in register.facts.decisions
        if each.version == record.version
        and each.approval.by_body
        and each.approval.minute == minute
    ]
    unsigned = [each.approval for each in meant if not register.is_signed(each)]
    if not meant:
        known = join_and(code(each.minute) for each in record.approvals if each.minute)
        hint = f"it was approved under {known}" if known else "it needed no approval"
        end = register.end(record.version)
        if isinstance(end, Withdrawn):
            hint += f", and withdrawn under {code(end.entry.approval.minute)}"
        problems.add(
            "minutes-unknown",
            f"version `{record.version}` was not approved under `{minute}`",
            None,
            hint,
        )
    elif not unsigned:
        problems.add("minutes-unknown", f"the minutes of `{minute}` are signed already", None)
    elif not unsigned[0].date <= signed_on <= as_of:
        says = "minutes are signed after the meeting, and not in days to come"
        problems.add("date-impossible", says, None, "write the day on which they were signed")
    return None if problems.has_errors else record


# --- steps ------------------------------------------------------------------------------------------------------------


def _composed(
    root: Path, school_id: str, policy_id: str, as_of: datetime.date, tell: Tell
) -> tuple[Composed, tuple[Diagnostic, ...]]:
    """The policy without errors, with where it stands. Raises InputError."""
    checked = check(root, (Selection(school_id, policy_id),), as_of, tell)
    if checked.failed:
        raise InputError(checked.diagnostics)
    (composed,) = checked.policies
    edition = composed.prepared.edition
    elsewhere = f"{edition.folder}/" if edition.frozen else ""
    if held := held_back(checked.diagnostics, "an approval", elsewhere):
        raise InputError((*checked.diagnostics, *held))
    warnings = tuple(each for each in checked.diagnostics if each.rule != "details-changed")
    return composed, warnings


def _registered_with_details(composed: Composed) -> Composed | None:
    """The last registered version with the details as they are now, where more than details waits to be approved.

    None where nothing else does, where what differs cannot be told apart, or where the next version has its number.
    """
    found = composed.standing
    if found is None or found.last is None or found.comparison is None or not found.prepared:
        return None
    if version_order(found.prepared) <= version_order(next_patch(found.last.version)):
        return None
    before, document, school = found.comparison.old, composed.document, composed.school
    refreshed = with_details(before, document)
    if refreshed is None:
        return None
    images = image_bytes(composed.prepared, document, school.logo)
    if {each.path for each in walk(before.parts) if isinstance(each, Image)} - images.keys():
        return None
    refreshed = replace(refreshed, branding=document.branding)
    told = standing(
        found.register, "", refreshed, before, images, Declared(), {}, school.file.value
    )
    return (
        replace(composed, document=refreshed, standing=told) if told.change == "details" else None
    )


def _case(composed: Composed) -> Case:
    document, school = composed.document, composed.school
    standing = cast("Standing", composed.standing)  # what has no errors has one
    adoption = school.policies[document.policy_id]
    return Case(
        standing, document, adoption, composed.prepared.edition.file.value, school.file.value
    )


def _check_class(case: Case, wanted: tuple[ChangeClass, ...], problems: Problems) -> None:
    """Note a release of which nothing differs, or more than it may carry."""
    found, place = case.standing, case.adoption.place("version")
    if found.withdrawn:
        says = f"no version is in force: {found.withdrawn.said}"
        hint = "have a new version approved: it brings the policy back into force"
        problems.add("policy-withdrawn", says, place, hint)
    elif found.last is None:
        says = "nothing was approved yet"
        problems.add("approval-needed", says, place, f"run `policygen approve {case.policy} …`")
    elif found.change is None:
        problems.add(
            "nothing-to-release", f"nothing differs from version `{found.last.version}`", place
        )
    elif found.change not in wanted:
        which = join_and(code(key) for key, change in found.clauses if change not in wanted)
        says = f"what differs from version `{found.last.version}` is {found.change}"
        hints = {
            "details": f"run `policygen release {case.policy} --details`",
            "editorial": f"run `policygen release {case.policy} --editorial`, or have it approved",
        }
        hint = hints.get(
            found.change, f"run `policygen approve {case.policy} …`, when the board has decided"
        )
        problems.add("approval-needed", f"{says}: {which}" if which else says, place, hint)


def _released(
    root: Path, made: Sequence[tuple[Frozen, tuple[Diagnostic, ...]]]
) -> tuple[Released, ...]:
    """Write frozen versions, each with what was warned of before."""
    write(root, [frozen.addition for frozen, _ in made])
    return tuple(_told(frozen, warnings) for frozen, warnings in made)


def _told(frozen: Frozen, warnings: tuple[Diagnostic, ...]) -> Released:
    record = frozen.record
    folder = f"{register_path(record.school, record.policy)}/{record.version}"
    # Whether a form goes on its page was only worked out so far, and a review that was due has been held now.
    kept = tuple(each for each in warnings if each.rule not in ("form-too-long", "review-overdue"))
    return Released(record, folder, warnings=(*kept, *frozen.warnings))


def _endorsed(
    case: Case, approval: Approval, body: Body, warnings: tuple[Diagnostic, ...]
) -> Ready:
    """The decision of the first of two bodies; `body` is the second."""
    standing = case.standing
    entry = EndorsementEntry(
        version=standing.prepared, content=standing.content, approval=approval, previous=""
    )
    folder = register_path(case.document.school_id, case.document.policy_id)
    waits = named_body(body, case.school)
    return Ready(Addition(standing.register, entry), Released(None, folder, waits, warnings))
