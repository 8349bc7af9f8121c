"""Whether a body may decide about a version: everything that stands against it, noted at once."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass

from policygen.files.yamlfile import Located
from policygen.ground.dates import certainly_before, on_day, printed_day, review_due
from policygen.ground.diagnostics import Problems
from policygen.ground.letters import is_placeholder
from policygen.ground.wording import code, join_or
from policygen.language.document import Document
from policygen.model.adoption import AdoptionFile, same_version
from policygen.model.bodies import is_below, named_body, office, signatory
from policygen.model.school import Delegation, School
from policygen.model.template import Body, Template
from policygen.register.following import Standing, next_patch
from policygen.register.records import (
    Amendment,
    Approval,
    ChangeClass,
    EndorsementEntry,
    MinutesStatus,
    VersionRecord,
)
from policygen.register.state import Register


@dataclass(frozen=True, kw_only=True)
class Minuted:
    """What a body decided, as its minutes say."""

    body: Body
    date: datetime.date
    minute: str
    minutes_status: MinutesStatus = "draft"
    signatory: str = ""
    """Who signs, if not the chair of the body."""


@dataclass(frozen=True, kw_only=True)
class Decision(Minuted):
    """The approval of a version."""

    version: str
    content: str
    """The content code that the body saw, or the whole digest."""
    review: bool = False
    """Whether the version in force was reviewed and left as it is."""


@dataclass(frozen=True)
class Case:
    """An adopted policy with all that a decision about it depends on."""

    standing: Standing
    document: Document
    adoption: Located[AdoptionFile]
    template: Template
    school: School

    @property
    def policy(self) -> str:
        """As commands name it: elm-grove/staff-acceptable-use."""
        return f"{self.document.school_id}/{self.document.policy_id}"

    @property
    def bodies(self) -> tuple[Body, ...]:
        """Who has to approve: one body, or two in turn."""
        return self.adoption.value.approving_body or self.template.adoption.bodies

    def delegation(self, who: str, what: str, day: datetime.date) -> Delegation | None:
        """The delegation that lets somebody decide on a day, if there is one."""
        return delegation_of(self.school, who, what, self.document.policy_id, day)


def delegation_of(
    school: School, who: str, what: str, policy: str, day: datetime.date
) -> Delegation | None:
    """The delegation of a school that lets somebody decide about a policy on a day, if there is one."""
    return next((each for each in school.delegations if each.covers(who, what, policy, day)), None)


def decide(
    case: Case, decision: Decision, as_of: datetime.date, problems: Problems
) -> tuple[Approval, ...]:
    """The decisions for a version, in turn; fewer than its bodies while another one still has to decide.

    None at all where something stands against it, with a problem for each.
    """
    before = len(problems.errors)
    _check_version(case, decision, problems)
    _check_content(case, decision, problems)
    check_words(decision.minute, decision.signatory, problems)
    first = _endorsement(case, decision)
    decided = case.standing.register.decided
    check_date(
        case, decided, decision.date, as_of, problems, first.approval.date if first else None
    )
    turn = _turn(case, decision, first, problems)
    delegation = _check_level(case, decision, turn, problems)
    if len(problems.errors) > before:
        return ()
    approval = recorded(decision, case.school, delegation)
    if first:
        return (first.approval, approval)
    return (approval,)


def recorded(decision: Minuted, school: School, delegation: Delegation | None) -> Approval:
    """A decision as the register keeps it."""
    return Approval(
        body=decision.body,
        name=named_body(decision.body, school),
        date=decision.date,
        minute=decision.minute.strip(),
        minutes_status=decision.minutes_status,
        signatory=decision.signatory.strip() or signatory(decision.body, school),
        office=office(decision.body, school),
        delegation=delegation.minute if delegation else "",
    )


def waits_for(case: Case, decision: Decision, approvals: tuple[Approval, ...]) -> Body | None:
    """The body that still has to decide after these decisions; None where they are all."""
    if decision.review or len(approvals) == len(case.bodies) or decision.body == case.bodies[-1]:
        return None
    return case.bodies[1]


def new_version(
    case: Case,
    number: str,
    change: ChangeClass,
    reason: str,
    day: datetime.date,
    approvals: tuple[Approval, ...] = (),
) -> VersionRecord:
    """A version as it was decided, before anything is frozen of it: it has no files yet.

    It is in force from the day of the decision, or from that of the last version where details were released meanwhile.
    """
    standing, document = case.standing, case.document
    register, last = standing.register, standing.last
    author = case.adoption.value.author
    if last and not standing.prepared:
        author = last.amendment.author
    decided = stands_on(register, approvals)[-1].date
    due = review_due(decided, document.review_months, document.review_term)
    return VersionRecord(
        school=document.school_id,
        policy=document.policy_id,
        title=document.title,
        version=number,
        edition=document.edition,
        issuer=document.issuer_name,
        change=change,
        content=standing.content,
        approvals=approvals,
        amendment=Amendment(author=author, reason=reason, clauses=dict(standing.clauses)),
        released=max(day, last.released) if last else day,
        next_review=due,
        review_term=document.review_term,
        previous=register.last_digest,
        files={},
    )


def stands_on(register: Register, approvals: tuple[Approval, ...]) -> tuple[Approval, ...]:
    """The decisions on which a new version stands: its own or, where no body decided, those of the last one."""
    last = register.latest
    if last is None or any(approval.by_body for approval in approvals):
        return approvals
    return register.standing_approvals(last.version)


def check_words(minute: str, signatory: str, problems: Problems) -> None:
    """Note what is missing, or only holds the place of a word: it would be printed for ever."""
    if not minute.strip():
        hint = "add `--minute 19.2`, as the minutes say"
        problems.add("minute-missing", "a decision needs its minute", None, hint)
    for option, word, waits in (
        ("--minute", minute, holds_place(minute)),
        ("--signatory", signatory, is_placeholder(signatory)),
    ):
        if word.strip() and waits:
            says = f"`{option} {word}` only holds the place of what the minutes say"
            hint = f"write `{option}` as the minutes have it, or wait until they do"
            problems.add("leftover-placeholder", says, None, hint)


def check_by(by: str, problems: Problems) -> None:
    """Note where nobody is said to do something."""
    _check_said("--by", by, "nobody is said to do it", "write who does, after `--by`", problems)


def check_reason(reason: str, problems: Problems) -> None:
    """Note a reason that says nothing, or only holds the place of one."""
    hint = "write why, in a few words: the history shows it for ever"
    _check_said("--reason", reason, "there is no reason", hint, problems)


def _check_said(option: str, text: str, missing: str, hint: str, problems: Problems) -> None:
    if is_placeholder(text):
        says = missing
        if text.strip():
            says = f"`{option} {text}` says nothing"
        problems.add("leftover-placeholder", says, None, hint)


def holds_place(minute: str) -> bool:
    """Whether a number of a minute is still to come, or doubted: `TBC`, `19.2 (tbc)`, `19.2?`."""
    # A dash or stroke by itself stands between numbers; only of words it can be said that they hold a place.
    words = [word for word in minute.split() if any(letter.isalnum() for letter in word)]
    return not words or "?" in minute or any(is_placeholder(word) for word in words)


def _check_version(case: Case, decision: Decision, problems: Problems) -> None:
    found, last = case.standing, case.standing.last
    place = case.adoption.place("version")
    if last and found.register.named(decision.version):
        says = f"version `{decision.version}` is registered already"
        problems.add("approved-already", says, place, f"see `policygen history {case.policy}`")
    elif decision.review:
        _check_review(case, decision, problems)
    elif not found.prepared:
        says = f"no version is being prepared: the files say `{case.adoption.value.version}`, which is registered"
        hint = (
            "write the new `version` there; or add `--review`, if it was reviewed and left as it is"
        )
        problems.add("not-prepared", says, place, hint)
    elif not same_version(found.prepared, decision.version):
        says = f"the version that is being prepared is `{found.prepared}`, not `{decision.version}`"
        problems.add(
            "not-prepared", says, place, f"write `--version {found.prepared}`, or mend the file"
        )
    elif found.last is not None and nothing_new(found):
        says = f"nothing differs from version `{found.last.version}` but its number"
        hint = f"take back the `version` and approve `{next_patch(found.last.version)}` with `--review`"
        problems.add("not-prepared", says, place, hint)


def nothing_new(found: Standing) -> bool:
    """Whether a version has nothing to be decided; a policy that was withdrawn may come back as it was."""
    return not found.withdrawn and found.change in (None, "details")


def _check_review(case: Case, decision: Decision, problems: Problems) -> None:
    found, place = case.standing, case.adoption.place("version")
    if found.withdrawn:
        says = f"a review is of the version in force: {found.withdrawn.said}"
        hint = "write a new `version` and approve that: it brings the policy back into force"
        problems.add("policy-withdrawn", says, place, hint)
    elif found.last is None or found.prepared:
        says = f"version `{found.prepared}` is being prepared; a review is of the version in force"
        problems.add("not-prepared", says, place, "approve it without `--review`")
    elif not same_version(decision.version, next_patch(found.last.version)):
        says = f"a review of version `{found.last.version}` makes version `{next_patch(found.last.version)}`"
        problems.add(
            "not-prepared", says, place, f"write `--version {next_patch(found.last.version)}`"
        )


def _check_content(case: Case, decision: Decision, problems: Problems) -> None:
    content, given = case.standing.content, decision.content.strip().lower()
    if re.sub(r"[\s\u2010-\u2015-]", "", given) not in (
        content.code.replace("-", ""),
        content.digest,
    ):
        says = f"the files have the content `{content.code}`, and `{decision.content.strip()}` was approved"
        hint = "find out what changed since the board read it, and bring that to the board"
        problems.add("content-differs", says, case.adoption.place("version"), hint)


def check_date(
    case: Case,
    last: VersionRecord | None,
    day: datetime.date,
    as_of: datetime.date,
    problems: Problems,
    after: datetime.date | None = None,
) -> None:
    """Note a day before the edition, before the `last` version or a first body's decision, or still to come."""
    issued = case.template.issued
    before = (
        [f"edition `{case.template.edition}` was issued {on_day(issued)}"]
        if day < case.template.issued_on
        else []
    )
    if last and day < last.released:
        before.append(in_force_since(last))
    withdrawn = case.standing.withdrawn
    if withdrawn and day < withdrawn.on:
        before.append(f"the policy was withdrawn on {printed_day(withdrawn.on)}")
    for row in case.document.versions:
        if not row.change and row.date is not None and certainly_before(day, row.date):
            before += [f"version `{row.version}` is of {printed_day(row.date)}"]
    if after and day < after:
        before.append(f"the first body decided on {printed_day(after)}")
    check_day(day, as_of, problems, early=before)


def check_day(
    day: datetime.date,
    as_of: datetime.date,
    problems: Problems,
    *,
    early: Iterable[str] = (),
    late: Iterable[str] = (),
) -> None:
    """Note a day that cannot have been: with each reason why it is too early or too late, and one still to come."""
    meeting, printed = "write the day of the meeting", printed_day(day)
    for why in early:
        problems.add("date-impossible", f"{printed} is too early: {why}", None, meeting)
    for why in late:
        problems.add("date-impossible", f"{printed} is too late: {why}", None, meeting)
    if day > as_of:
        hint = f"{meeting}, after it was held"
        problems.add("date-impossible", f"{printed} is still to come", None, hint)


def in_force_since(version: VersionRecord) -> str:
    """Why a day can be too early."""
    return f"version `{version.version}` is in force since {printed_day(version.released)}"


# --- who ------------------------------------------------------------------------------------------------------------


def _endorsement(case: Case, decision: Decision) -> EndorsementEntry | None:
    """The decision of the first of two bodies about this very content."""
    if len(case.bodies) == 1 or decision.review:
        return None
    found = case.standing.register.endorsements(decision.version, case.standing.content.digest)
    return found[-1] if found else None


def _turn(
    case: Case, decision: Decision, first: EndorsementEntry | None, problems: Problems
) -> int:
    """Which of the bodies this decision is of: 0 for the first."""
    bodies = case.bodies
    last = len(bodies) - 1
    if not last or decision.review:
        return last
    if first is None and decision.body != bodies[last]:
        return 0
    if first is None:
        wanted = named_body(bodies[0], case.school)
        says = f"`{bodies[0]}` has to decide before `{decision.body}` does"
        void = _void(case, decision)
        if void:
            says = f"`{bodies[0]}` decided on {printed_day(void.approval.date)} about the content `{void.content.code}`"
            says += f", and the files have `{case.standing.content.code}` now"
        problems.add(
            "endorsement-missing", says, None, f"bring it to the {wanted[:1].lower()}{wanted[1:]}"
        )
    elif decision.body == bodies[0]:
        says = f"`{bodies[0]}` decided about it on {printed_day(first.approval.date)}; `{bodies[1]}` has not"
        problems.add(
            "approved-already", says, None, f"write `--body {bodies[1]}` when that body has decided"
        )
    return last


def _void(case: Case, decision: Decision) -> EndorsementEntry | None:
    """A decision of the first body about other content than the files have now."""
    found = [
        each
        for each in case.standing.register.facts.entries
        if isinstance(each, EndorsementEntry) and same_version(each.version, decision.version)
    ]
    return found[-1] if found else None


def _check_level(
    case: Case, decision: Decision, turn: int, problems: Problems
) -> Delegation | None:
    """The delegation under which a body decides that is below the one required; None where it needs none."""
    required = case.bodies[turn]
    if turn and decision.body == case.bodies[0]:
        return None
    if not is_below(decision.body, required):
        return None
    return delegated(case.school, case.document.policy_id, decision, required, problems)


def delegated(
    school: School, policy: str, decision: Minuted, required: Body, problems: Problems
) -> Delegation | None:
    """The delegation under which a body decides that is below the one required; None, with a problem, without one."""
    delegation = delegation_of(school, decision.body, "approval", policy, decision.date)
    if delegation is None:
        says = f"this needs approval by `{required}`; `{decision.body}` is below that"
        named = f"{{to: {decision.body}, what: approval, policies: [{policy}], …}}"
        hint = f"or record the delegation in school.yaml: `delegations: [{named}]`"
        problems.add("approval-level", says, None, f"bring it to `{required}`", hint)
    return delegation


def accept(case: Case, role: str, day: datetime.date, problems: Problems) -> Approval | None:
    """The acceptance of editorial changes by a role; None, with a problem, where nothing lets it accept them."""
    delegation = case.delegation(role, "editorial", day)
    if delegation is None:
        able = [
            each.to
            for each in case.school.delegations
            if case.delegation(each.to, "editorial", day)
        ]
        says = f"no delegation lets `{role}` accept editorial changes on {printed_day(day)}"
        hint = (
            f"write {join_or(code(f'--by {each}') for each in able)}, or record it in school.yaml"
        )
        if not able:
            hint = "record it in school.yaml, under `delegations:`"
        problems.add("delegation-missing", says, None, hint)
        return None
    return Approval(
        body=role,
        name=named_body(role, case.school),
        date=day,
        minute="",
        minutes_status="signed",
        delegation=delegation.minute,
    )
