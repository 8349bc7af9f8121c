"""Whether a fact that was recorded by mistake can be corrected: everything that stands against it, noted at once."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from policygen.ground.dates import last_day, printed_day, review_due
from policygen.ground.diagnostics import Problems
from policygen.ground.letters import is_placeholder
from policygen.ground.wording import code, join_or
from policygen.language.document import Document
from policygen.model.adoption import same_version
from policygen.model.bodies import BODIES, is_below, named_body, office
from policygen.model.school import School
from policygen.register.deciding import holds_place
from policygen.register.records import (
    Approval,
    Change,
    CorrectionEntry,
    EndorsementEntry,
    VersionRecord,
)
from policygen.register.state import Register
from policygen.register.withdrawing import check_reason

Asked = Literal["minute", "date", "body", "name", "signatory", "author", "withdrawal"]
"""What somebody can correct. What follows from it (the next review, who signs for a body) follows by itself."""


NEVER = "never"
"""What a withdrawal is corrected to that nobody decided."""


@dataclass(frozen=True, kw_only=True)
class Correction:
    """What was recorded by mistake, and what it should have been."""

    fact: Asked
    version: str
    was: str
    to: str
    by: str
    """Who corrects it, in words."""
    reason: str
    body: str = ""
    """Whose decision is meant, where several have the fact."""
    withdrawal: bool = False
    """Whether the decision to withdraw that version is meant, and not its approval."""


@dataclass(frozen=True)
class Correctable:
    """A register with all on which a correction depends."""

    register: Register
    school: School
    document: Document | None
    """As the version was frozen; None where it is still to come."""
    issued: datetime.date | None
    """The day of its edition, as far as that is here."""

    @property
    def policy(self) -> str:
        """As commands name it: elm-grove/staff-acceptable-use."""
        return f"{self.register.file.school}/{self.register.file.policy}"


@dataclass(frozen=True)
class _Decision:
    """One decision about a version."""

    version: str
    decision: Literal["approval", "withdrawal"]
    approval: Approval


def correct(
    found: Correctable, asked: Correction, as_of: datetime.date, problems: Problems
) -> CorrectionEntry | None:
    """The entry that corrects a fact; None, with a problem for each thing that stands against it."""
    before = len(problems.errors)
    _check_words(asked, problems)
    changes: Sequence[Change] = ()
    record = _record(found.register, asked.version)
    if asked.fact == "author":
        changes = tuple(_author(record, asked)) if record else ()
    elif asked.fact == "withdrawal":
        changes = tuple(_undone(found.register, asked))
    elif asked.fact == "date" and record and not record.approvals and not asked.withdrawal:
        changes = tuple(_released_alone(found, record, asked, as_of, problems))
    else:
        decision = _meant(found.register, asked, problems)
        if decision is not None:
            changes = tuple(_of_decision(found, decision, asked, as_of, problems))
    if len(problems.errors) == before and not changes:
        _note_not_recorded(found.register, asked, problems)
    if len(problems.errors) > before:
        return None
    return CorrectionEntry(
        version=changes[0].version,
        changes=tuple(changes),
        on=as_of,
        by=asked.by.strip(),
        reason=asked.reason.strip().rstrip("."),
        previous="",
    )


def check_by(by: str, problems: Problems) -> None:
    """Note where nobody is said to have corrected something."""
    if is_placeholder(by):
        says = f"`--by {by}` names nobody" if by.strip() else "nobody is said to correct it"
        hint = "write who does, after `--by`"
        problems.add("leftover-placeholder", says, None, hint)


def _check_words(asked: Correction, problems: Problems) -> None:
    """Note what says nothing, and a correction that corrects nothing."""
    check_by(asked.by, problems)
    check_reason(asked.reason, problems)
    if asked.was == asked.to:
        hint = "write what was recorded after `--was`, and what it should be after `--to`"
        problems.add("not-recorded", f"`{asked.to}` would stay as it is", None, hint)
    if asked.fact == "withdrawal":
        if asked.to != NEVER:
            hint = f"write `--to {NEVER}`, if nobody decided it"
            problems.add("bad-value", f"`{asked.to}` is no correction of a withdrawal", None, hint)
        return
    says_nothing = is_placeholder(asked.to)
    if asked.fact == "minute":
        says_nothing = says_nothing or holds_place(asked.to)
    if says_nothing:
        says = f"`--to {asked.to}` says nothing" if asked.to.strip() else "`--to` says nothing"
        problems.add("leftover-placeholder", says, None, "write what it should be")
    elif asked.fact == "body" and asked.to not in BODIES:
        problems.add(
            "bad-value", f"`{asked.to}` is no body", None, f"write {join_or(map(code, BODIES))}"
        )
    elif asked.fact == "date" and _day(asked.to) is None:
        problems.add(
            "bad-value", f"`{asked.to}` is no day", None, "write it as 2026-11-12, the year first"
        )


def _day(text: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return None


def _record(register: Register, version: str) -> VersionRecord | None:
    return next((each for each in register.versions if same_version(each.version, version)), None)


# --- what is meant ----------------------------------------------------------------------------------------------------


def _decisions(register: Register) -> Iterator[_Decision]:
    """Every decision of a register: approvals, those of a first body that wait for the second, and withdrawals."""
    for record in register.versions:
        for approval in record.approvals:
            yield _Decision(record.version, "approval", approval)
    for entry in register.facts.entries:
        if isinstance(entry, EndorsementEntry) and entry.version not in register.records:
            yield _Decision(entry.version, "approval", entry.approval)
    for version, entry in register.withdrawals.items():
        yield _Decision(version, "withdrawal", entry.approval)


def _stated(approval: Approval, fact: Asked) -> str:
    """A fact of a decision as text; empty where it has none."""
    match fact:
        case "minute":
            return approval.minute
        case "date":
            return approval.date.isoformat()
        case "body":
            return approval.body
        case "name":
            return approval.name
        case "signatory":
            return approval.signatory
        case "author" | "withdrawal":
            return ""


def _about(register: Register, asked: Correction) -> list[_Decision]:
    """The decisions about the version that is named, of the kind that is meant."""
    kind = "withdrawal" if asked.withdrawal else "approval"
    return [
        each
        for each in _decisions(register)
        if same_version(each.version, asked.version)
        and each.decision == kind
        and asked.body in ("", each.approval.body)
    ]


def _meant(register: Register, asked: Correction, problems: Problems) -> _Decision | None:
    """The decision that has the fact; None where there is none, and with a problem where there are several."""
    having = [
        each for each in _about(register, asked) if _stated(each.approval, asked.fact) == asked.was
    ]
    bodies = list(dict.fromkeys(each.approval.body for each in having))
    if len(bodies) > 1:
        says = f"several decisions about version `{asked.version}` have `{asked.was}`"
        problems.add(
            "not-recorded", says, None, f"add {join_or(code(f'--body {body}') for body in bodies)}"
        )
    return having[-1] if len(bodies) == 1 else None


def _note_not_recorded(register: Register, asked: Correction, problems: Problems) -> None:
    """Note that a version does not have the fact, and what it has instead."""
    record = _record(register, asked.version)
    known = [_stated(each.approval, asked.fact) for each in _about(register, asked)]
    if asked.fact == "author":
        known = [record.amendment.author] if record else []
    elif asked.fact == "withdrawal":
        known = [register.withdrawn.on.isoformat()] if register.withdrawn else []
    elif asked.fact == "date" and record and not record.approvals:
        known = [record.released.isoformat()]
    what = (
        f"the withdrawal of version `{asked.version}`"
        if asked.withdrawal
        else f"version `{asked.version}`"
    )
    says = f"the {asked.fact} `{asked.was}` is not recorded of {what}"
    has = join_or(code(each) for each in dict.fromkeys(known) if each)
    policy = f"{register.file.school}/{register.file.policy}"
    hint = f"it has {has}" if has else f"see `policygen history {policy}`"
    problems.add("not-recorded", says, None, hint)


# --- what changes -----------------------------------------------------------------------------------------------------


def _author(record: VersionRecord, asked: Correction) -> Iterator[Change]:
    if record.amendment.author == asked.was:
        yield Change(
            version=record.version, decision="", fact="author", old=asked.was, new=asked.to
        )


def _undone(register: Register, asked: Correction) -> Iterator[Change]:
    """A withdrawal after which nothing came yet: nobody decided it, and the version is in force as it was before."""
    withdrawn = register.withdrawn
    if withdrawn is None or not same_version(withdrawn.entry.version, asked.version):
        return
    if withdrawn.on.isoformat() == asked.was:
        yield Change(
            version=withdrawn.entry.version,
            decision="withdrawal",
            body=withdrawn.entry.approval.body,
            fact="withdrawal",
            old=asked.was,
            new="",
        )


def _of_decision(
    found: Correctable,
    decision: _Decision,
    asked: Correction,
    as_of: datetime.date,
    problems: Problems,
) -> Iterator[Change]:
    """The fact itself, and what follows from it."""
    approval = decision.approval
    about = {"version": decision.version, "decision": decision.decision, "body": approval.body}
    if asked.fact == "body":
        if asked.to in BODIES and is_below(asked.to, approval.body):
            says = f"the version needed `{approval.body}`; `{asked.to}` is below that"
            hint = "have it approved by the body that it needs; a correction cannot lower that"
            problems.add("approval-level", says, None, hint)
        for fact, old, new in (
            ("name", approval.name, named_body(asked.to, found.school)),
            ("office", approval.office, office(asked.to, found.school)),
            ("body", approval.body, asked.to),
        ):
            yield Change.model_validate({**about, "fact": fact, "old": old, "new": new})
        return
    day = _day(asked.to)
    if asked.fact == "date" and day is None:
        return
    yield Change.model_validate({**about, "fact": asked.fact, "old": asked.was, "new": asked.to})
    if asked.fact != "date" or day is None:
        return
    if decision.decision == "withdrawal":
        _check_withdrawal_day(found.register, decision.version, day, as_of, problems)
    else:
        yield from _of_date(found, decision, day, as_of, problems)


def _of_date(
    found: Correctable,
    decision: _Decision,
    day: datetime.date,
    as_of: datetime.date,
    problems: Problems,
) -> Iterator[Change]:
    """What follows from another day of an approval: since when the version is in force, and its next review."""
    register, record = found.register, found.register.records.get(decision.version)
    decided = _decided_before(register, decision.version)
    _check_day(day, decided.released if decided else None, found.issued, as_of, problems)
    if record is None:
        return
    approvals = [each for each in record.approvals if each.body != decision.approval.body]
    if record.approvals[-1].body != decision.approval.body:
        if day > record.approvals[-1].date:
            _note_late(
                day, f"the last body decided on {printed_day(record.approvals[-1].date)}", problems
            )
        return
    if approvals and day < approvals[-1].date:
        _note_early(day, f"the first body decided on {printed_day(approvals[-1].date)}", problems)
    earlier = _before(register, record.version)
    released = max(day, earlier.released) if earlier else day
    _check_next(register, record.version, released, problems)
    yield from _days(record, "released", released)
    if record.minuted and found.document:
        months, term = found.document.review_months, found.document.review_term
        due = last_day(review_due(day, months, term))
        for each in (record, *_standing_on(register, record)):
            yield from _days(each, "next_review", due)


def _released_alone(
    found: Correctable,
    record: VersionRecord,
    asked: Correction,
    as_of: datetime.date,
    problems: Problems,
) -> Iterator[Change]:
    """Another day of a version that nobody had to decide about."""
    day = _day(asked.to)
    if day is None or record.released.isoformat() != asked.was:
        return
    earlier = _before(found.register, record.version)
    _check_day(day, earlier.released if earlier else None, found.issued, as_of, problems)
    _check_next(found.register, record.version, day, problems)
    yield from _days(record, "released", day)


def _days(
    record: VersionRecord, fact: Literal["released", "next_review"], new: datetime.date
) -> Iterator[Change]:
    old = record.released if fact == "released" else record.next_review
    if old != new:
        yield Change(
            version=record.version, decision="", fact=fact, old=old.isoformat(), new=new.isoformat()
        )


def _standing_on(register: Register, record: VersionRecord) -> Iterator[VersionRecord]:
    """The versions after one that stand on its decision, whose review falls due with it."""
    for later in register.after(record.version):
        if later.minuted:
            return
        yield later


# --- days -------------------------------------------------------------------------------------------------------------


def _before(register: Register, version: str) -> VersionRecord | None:
    order = list(register.versions)
    at = next((index for index, each in enumerate(order) if each.version == version), len(order))
    return order[at - 1] if at else None


def _decided_before(register: Register, version: str) -> VersionRecord | None:
    """The last version before one about which somebody decided."""
    order = list(register.versions)
    at = next((index for index, each in enumerate(order) if each.version == version), len(order))
    return next((each for each in reversed(order[:at]) if each.change != "details"), None)


def _check_day(
    day: datetime.date,
    before: datetime.date | None,
    issued: datetime.date | None,
    as_of: datetime.date,
    problems: Problems,
) -> None:
    """Note a day before the version or edition before it, or still to come."""
    if before and day < before:
        _note_early(day, f"the version before is in force since {printed_day(before)}", problems)
    if issued and day < issued:
        _note_early(day, f"its edition was issued on {printed_day(issued)}", problems)
    if day > as_of:
        problems.add("date-impossible", f"{printed_day(day)} is still to come", None, _MEETING)


def _check_next(
    register: Register, version: str, released: datetime.date, problems: Problems
) -> None:
    """Note a day after that on which the version had ended, or before a withdrawal of the version before it."""
    end, earlier = register.end(version), _before(register, version)
    if end and released > end.on:
        _note_late(released, f"the version ended on {printed_day(end.on)}", problems)
    withdrawn = register.withdrawals.get(earlier.version) if earlier else None
    if withdrawn and released < withdrawn.day:
        _note_early(released, f"the policy was withdrawn on {printed_day(withdrawn.day)}", problems)


def _check_withdrawal_day(
    register: Register, version: str, day: datetime.date, as_of: datetime.date, problems: Problems
) -> None:
    record, after = register.records[version], register.successor(version)
    if day < record.released:
        _note_early(day, f"the version is in force since {printed_day(record.released)}", problems)
    if after and day > after.released:
        _note_late(
            day,
            f"version `{after.version}` came into force on {printed_day(after.released)}",
            problems,
        )
    _check_day(day, None, None, as_of, problems)


_MEETING = "write the day of the meeting"


def _note_early(day: datetime.date, why: str, problems: Problems) -> None:
    problems.add("date-impossible", f"{printed_day(day)} is too early: {why}", None, _MEETING)


def _note_late(day: datetime.date, why: str, problems: Problems) -> None:
    problems.add("date-impossible", f"{printed_day(day)} is too late: {why}", None, _MEETING)
