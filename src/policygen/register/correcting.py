"""Whether a fact that was recorded by mistake can be corrected: everything that stands against it, noted at once."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal, assert_never, cast

from policygen.ground.dates import (
    Month,
    first_day,
    last_day,
    on_day,
    printed_day,
    review_due,
    written_day,
)
from policygen.ground.diagnostics import Problems
from policygen.ground.letters import is_placeholder
from policygen.ground.wording import code, join_or
from policygen.language.document import Document
from policygen.model.adoption import same_version
from policygen.model.bodies import BODIES, is_below, named_body, office, signatory
from policygen.model.school import School
from policygen.model.template import Body
from policygen.register.corrections import Decided
from policygen.register.deciding import (
    Minuted,
    check_by,
    check_day,
    check_reason,
    delegated,
    holds_place,
    in_force_since,
)
from policygen.register.records import Approval, Change, CorrectionEntry, VersionRecord
from policygen.register.state import Register, last_decided

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
    issued: datetime.date | Month | None
    """The day of its edition, as far as that is here."""
    bodies: tuple[Body, ...] = ()
    """Who has to approve the policy, in turn; none where its edition is not here any more."""

    @property
    def policy(self) -> str:
        """As commands name it: elm-grove/staff-acceptable-use."""
        return f"{self.register.file.school}/{self.register.file.policy}"


def correct(
    found: Correctable, asked: Correction, as_of: datetime.date, problems: Problems
) -> CorrectionEntry | None:
    """The entry that corrects a fact; None, with a problem for each thing that stands against it."""
    before = len(problems.errors)
    asked = replace(asked, was=asked.was.strip(), to=asked.to.strip())
    _check_words(asked, problems)
    changes = [
        change for change in _changes(found, asked, as_of, problems) if change.old != change.new
    ]
    if len(problems.errors) == before and not changes:
        _note_not_recorded(found, asked, problems)
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


def _check_words(asked: Correction, problems: Problems) -> None:
    """Note what says nothing, and a correction that corrects nothing."""
    check_by(asked.by, problems)
    check_reason(asked.reason, problems)
    if asked.was == asked.to:
        hint = "write what was recorded after `--was`, and what it should be after `--to`"
        problems.add("not-recorded", f"`{asked.to}` would stay as it is", None, hint)
    if asked.fact in ("author", "withdrawal"):
        for option, said in (("--body", asked.body), ("--withdrawal", asked.withdrawal)):
            if said:
                says = f"`{option}` says nothing of the {asked.fact}"
                problems.add("bad-value", says, None, "leave it out")
    if asked.fact == "withdrawal":
        if asked.to != NEVER:
            hint = f"write `--to {NEVER}`, if nobody decided it"
            problems.add("bad-value", f"`{asked.to}` is no correction of a withdrawal", None, hint)
        return
    says_nothing = is_placeholder(asked.to)
    if asked.fact == "minute":
        says_nothing = says_nothing or holds_place(asked.to)
    if says_nothing:
        says = "`--to` says nothing"
        if asked.to:
            says = f"`--to {asked.to}` says nothing"
        problems.add("leftover-placeholder", says, None, "write what it should be")
    elif asked.fact == "body" and asked.to not in BODIES:
        problems.add(
            "bad-value", f"`{asked.to}` is no body", None, f"write {join_or(map(code, BODIES))}"
        )
    elif asked.fact == "date" and written_day(asked.to) is None:
        problems.add(
            "bad-value", f"`{asked.to}` is no day", None, "write it as 2026-11-12, the year first"
        )


def _changes(
    found: Correctable, asked: Correction, as_of: datetime.date, problems: Problems
) -> Iterator[Change]:
    """The fact itself, and what follows from it; nothing where it is not recorded so."""
    record = found.register.named(asked.version)
    match asked.fact:
        case "author":
            if record:
                yield from _author(record, asked)
        case "withdrawal":
            yield from _undone(found.register, asked)
        case "minute" | "date" | "body" | "name" | "signatory":
            if asked.fact == "date" and _is_released_alone(record, asked):
                yield from _released_alone(found, record, asked, as_of, problems)
                return
            decided = _meant(found.register, asked, problems)
            if decided is not None:
                yield from _of_decision(found, decided, asked, as_of, problems)
        case _:
            assert_never(asked.fact)


# --- what is meant ----------------------------------------------------------------------------------------------------


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


def _about(register: Register, asked: Correction) -> list[Decided]:
    """The decisions about the version that is named, of the kind that is meant."""
    kind = "withdrawal" if asked.withdrawal else "approval"
    return [
        each
        for each in register.facts.decisions
        if same_version(each.version, asked.version)
        and each.decision == kind
        and asked.body in ("", each.approval.body)
    ]


def _meant(register: Register, asked: Correction, problems: Problems) -> Decided | None:
    """The decision that has the fact; None where there is none, and with a problem where there are several.

    Of decisions of one body about a text that changed meanwhile, the last one is meant.
    """
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


def _note_not_recorded(found: Correctable, asked: Correction, problems: Problems) -> None:
    """Note that a version does not have the fact, and what it has instead."""
    register, record = found.register, found.register.named(asked.version)
    known = [_stated(each.approval, asked.fact) for each in _about(register, asked)]
    if asked.fact == "author":
        known = [record.amendment.author] if record else []
    elif asked.fact == "withdrawal":
        known = [register.withdrawn.on.isoformat()] if register.withdrawn else []
    elif asked.fact == "date" and record and not record.approvals:
        known = [record.released.isoformat()]
    what = f"version `{asked.version}`"
    if asked.withdrawal:
        what = f"the withdrawal of {what}"
    says = f"the {asked.fact} `{asked.was}` is not recorded of {what}"
    has = join_or(code(each) for each in dict.fromkeys(known) if each)
    hint = f"it has {has}"
    if not has:
        hint = f"see `policygen history {found.policy}`"
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
    decided: Decided,
    asked: Correction,
    as_of: datetime.date,
    problems: Problems,
) -> Iterator[Change]:
    if not decided.approval.by_body and asked.fact in ("minute", "body", "signatory"):
        name, minute = decided.approval.name, decided.approval.delegation
        says = f"no body decided about version `{decided.version}`"
        hint = f"{name} accepted what was editorial in it, under the delegation of minute {minute}"
        problems.add("not-recorded", says, None, hint)
    elif asked.fact == "body":
        if asked.to in BODIES:
            yield from _of_body(found, decided, asked.to, problems)
    elif asked.fact == "date":
        day = written_day(asked.to)
        if day is not None:
            yield _change(decided, "date", asked.was, asked.to)
            yield from _of_date(found, decided, day, as_of, problems)
    else:
        yield _change(decided, asked.fact, asked.was, asked.to)


def _change(decided: Decided, fact: str, old: str, new: str) -> Change:
    key = decided.key
    about: dict[str, Any] = {
        "version": key.version,
        "decision": key.decision,
        "content": key.content,
        "body": key.body,
    }
    return Change.model_validate({**about, "fact": fact, "old": old, "new": new})


# --- another body -----------------------------------------------------------------------------------------------------


def _of_body(
    found: Correctable, decided: Decided, body: Body, problems: Problems
) -> Iterator[Change]:
    """With a body go its name, who signs for it, and whether it needed a delegation."""
    approval, school = decided.approval, found.school
    for other in found.register.facts.decisions:
        same_text = (other.version, other.decision, other.content) == (
            decided.version,
            decided.decision,
            decided.content,
        )
        # Two decisions of one body could not be told apart by any later correction.
        if other is not decided and same_text and other.approval.body in (body, approval.body):
            on = printed_day(other.approval.date)
            says = f"`{other.approval.body}` decided about version `{other.version}` on {on}, too"
            hint = "correct the minute, the day or the name of each decision"
            problems.add("approved-already", says, None, hint)
    required, delegation = _required(found, decided), None
    if is_below(body, required):
        decision = Minuted(body=body, date=approval.date, minute=approval.minute)
        policy = found.register.file.policy
        delegation = delegated(school, policy, decision, required, problems)
    yield _change(decided, "name", approval.name, named_body(body, school))
    yield _change(decided, "signatory", approval.signatory, signatory(body, school))
    yield _change(decided, "office", approval.office, office(body, school))
    minute = delegation.minute if delegation else ""
    yield _change(decided, "delegation", approval.delegation, minute)
    yield _change(decided, "body", approval.body, body)


def _required(found: Correctable, decided: Decided) -> Body:
    """The body that had to decide in the turn of a decision, which may be another than the one on record."""
    if not found.bodies:
        return cast("Body", decided.approval.body)
    if decided.decision == "withdrawal":
        return found.bodies[-1]
    record = found.register.records.get(decided.version)
    if record is None:
        return found.bodies[0]
    # A review is decided by the last body alone.
    last = len(found.bodies) - 1
    return found.bodies[max(last - len(_later(record, decided)), 0)]


def _later(record: VersionRecord, decided: Decided) -> tuple[Approval, ...]:
    """The decisions about a version that were taken after one of them."""
    return record.approvals[_turn(record, decided) + 1 :]


def _turn(record: VersionRecord, decided: Decided) -> int:
    return next(
        turn for turn, approval in enumerate(record.approvals) if approval is decided.approval
    )


# --- another day ------------------------------------------------------------------------------------------------------


def _of_date(
    found: Correctable,
    decided: Decided,
    day: datetime.date,
    as_of: datetime.date,
    problems: Problems,
) -> Iterator[Change]:
    """What follows from another day of a decision: since when versions are in force, and their next review."""
    register, record = found.register, found.register.records.get(decided.version)
    early, late = list[str](), list[str]()
    signed = register.facts.signed.get(decided.key)
    if signed and day > signed:
        late.append(f"its minutes were signed on {printed_day(signed)}")
    if decided.decision == "withdrawal":
        _when_withdrawn(register, decided.version, day, early, late)
        check_day(day, as_of, problems, early=early, late=late)
        return
    before = last_decided(register.before(decided.version))
    if before and day < before.released:
        early.append(in_force_since(before))
    if found.issued and day < first_day(found.issued):
        early.append(f"its edition was issued {on_day(found.issued)}")
    if record is None:
        check_day(day, as_of, problems, early=early, late=late)
        return
    turn = _turn(record, decided)
    first, then = record.approvals[:turn], record.approvals[turn + 1 :]
    if first and day < first[-1].date:
        early.append(f"the first body decided on {printed_day(first[-1].date)}")
    if then and day > then[0].date:
        late.append(f"the last body decided on {printed_day(then[0].date)}")
    if not then:
        _when_decided(register, record, day, early, late)
    check_day(day, as_of, problems, early=early, late=late)
    if then:
        return
    yield from _in_force_from(register, record, day, problems)
    if record.minuted and found.document:
        months, term = found.document.review_months, found.document.review_term
        due = last_day(review_due(day, months, term))
        for each in (record, *_standing_on(register, record)):
            yield from _days(each, "next_review", due)


def _when_withdrawn(
    register: Register, version: str, day: datetime.date, early: list[str], late: list[str]
) -> None:
    """When a version can have been withdrawn: while it was in force, but for new details released meanwhile."""
    record, after = register.records[version], register.successor(version)
    decided = last_decided((*register.before(version), record))
    if decided and day < decided.released:
        early.append(in_force_since(decided))
    if after and day > after.released:
        came = printed_day(after.released)
        late.append(f"version `{after.version}` came into force on {came}")


def _when_decided(
    register: Register, record: VersionRecord, day: datetime.date, early: list[str], late: list[str]
) -> None:
    """When a version can have been decided: after a withdrawal before it, and before what was decided after it."""
    earlier = register.before(record.version)
    withdrawn = None
    if earlier:
        withdrawn = register.withdrawals.get(earlier[-1].version)
    if withdrawn and day < withdrawn.on:
        early.append(f"the policy was withdrawn on {printed_day(withdrawn.on)}")
    for version in (record, *register.after(record.version)):
        if version is not record and version.change != "details":
            if day > _own_day(version):
                on = printed_day(_own_day(version))
                late.append(f"version `{version.version}` was decided on {on}")
            return
        withdrawn = register.withdrawals.get(version.version)
        if withdrawn and day > withdrawn.entry.approval.date:
            on = printed_day(withdrawn.entry.approval.date)
            late.append(f"its withdrawal was decided on {on}")


def _own_day(record: VersionRecord) -> datetime.date:
    """The day on which a version was decided or, without a decision, released."""
    if record.approvals:
        return record.approvals[-1].date
    return record.released


def _in_force_from(
    register: Register, record: VersionRecord, day: datetime.date, problems: Problems
) -> Iterator[Change]:
    """Since when a version of a day is in force, and those after it that wait for one another."""
    earlier = register.before(record.version)
    since = max(day, earlier[-1].released) if earlier else day
    yield from _days(record, "released", since)
    for later in register.after(record.version):
        waits = max(_own_day(later), since)
        if not later.approvals and waits != later.released:
            came = f"version `{later.version}` came into force on {printed_day(later.released)}"
            check_day(since, datetime.date.max, problems, late=[came])
            return
        yield from _days(later, "released", waits)
        if waits == later.released:
            return
        since = waits


def _is_released_alone(record: VersionRecord | None, asked: Correction) -> bool:
    return record is not None and not (record.approvals or asked.body or asked.withdrawal)


def _released_alone(
    found: Correctable,
    record: VersionRecord | None,
    asked: Correction,
    as_of: datetime.date,
    problems: Problems,
) -> Iterator[Change]:
    """Another day of a version that nobody had to decide about."""
    day = written_day(asked.to)
    if record is None or day is None or record.released.isoformat() != asked.was:
        return
    earlier = found.register.before(record.version)
    early = [in_force_since(each) for each in earlier[-1:] if day < each.released]
    if found.issued and day < first_day(found.issued):
        early.append(f"its edition was issued {on_day(found.issued)}")
    check_day(day, as_of, problems, early=early)
    yield from _in_force_from(found.register, record, day, problems)


def _days(
    record: VersionRecord, fact: Literal["released", "next_review"], new: datetime.date
) -> Iterator[Change]:
    old = record.released if fact == "released" else record.next_review
    yield Change(
        version=record.version, decision="", fact=fact, old=old.isoformat(), new=new.isoformat()
    )


def _standing_on(register: Register, record: VersionRecord) -> Iterator[VersionRecord]:
    """The versions after one that stand on its decision, whose review falls due with it."""
    for later in register.after(record.version):
        if later.minuted:
            return
        yield later
