"""The versions of a policy as a history: approved how, in force when, and where their frozen files are.

What any view says of an approved version, and of which version was in force on a day, is said by these values: they
come from the register and, for what was before it, from the adoption.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, pairwise
from typing import Any

from policygen.ground.dates import Month, last_day, printed_day, printed_due, review_due
from policygen.ground.wording import join_and, lower_first
from policygen.language.document import VersionRow
from policygen.register.corrections import correction_words
from policygen.register.ends import End, Withdrawn
from policygen.register.records import (
    Approval,
    CorrectionEntry,
    EndorsementEntry,
    MinutesStatus,
    VersionRecord,
)
from policygen.register.state import Register

UNVERIFIED = "not verifiable: recorded from before"
_FIRST_FILES = ("html", "pdf", "txt")


@dataclass(frozen=True)
class PastVersion:
    """One version, whether it is in the register or from before it."""

    row: VersionRow
    since: datetime.date | Month
    """From when it was in force."""
    until: datetime.date | Month | None = None
    """From when the next one was, or none; None for the version in force."""
    record: VersionRecord | None = None
    """None for a version from before the register, of which nothing can be verified."""
    minutes_status: MinutesStatus | None = None
    """None where no minutes are known, or none were needed."""
    stands_on: tuple[Approval, ...] = ()
    """The decisions of bodies on which it stands: its own or, where only details are new, those of an earlier one."""
    end: End | None = None
    """How it ceased to be in force; None for the version in force, and for one from before the register."""
    corrections: tuple[CorrectionEntry, ...] = ()
    """Of what its frozen copy prints, oldest first."""
    undated: tuple[str, ...] = ()
    """The versions that followed it, before the next one here, on a day that nobody recorded."""

    @property
    def version(self) -> str:
        """Its number."""
        return self.row.version

    @property
    def withdrawn(self) -> Withdrawn | None:
        """How the policy was withdrawn while this version was in force; None where it was not."""
        if not isinstance(self.end, Withdrawn):
            return None
        return self.end

    @property
    def edition(self) -> str:
        """Of the model policy; empty for a version from before the register."""
        return self.record.edition if self.record else ""

    @property
    def registered(self) -> bool:
        """Whether it is in the register, and so can be verified."""
        return self.record is not None

    @property
    def approved(self) -> datetime.date | Month:
        """The day on which the last body decided."""
        if self.stands_on:
            return self.stands_on[-1].date
        return self.since

    @property
    def body(self) -> str:
        """The body that decided last, as it prints; empty where that is not on record."""
        if not self.stands_on:
            return ""
        return self.stands_on[-1].name

    @property
    def minute(self) -> str:
        """The minute of that decision; empty where none is on record."""
        if self.record is None:
            return self.row.minute
        if not self.stands_on:
            return ""
        return self.stands_on[-1].minute

    @property
    def approvals(self) -> tuple[Approval, ...]:
        """The decisions that made this very version."""
        return self.record.approvals if self.record else ()

    def review(self, cycle: tuple[int, str]) -> tuple[datetime.date, str]:
        """The last day for its next review, and the slot of the school year; a register says when it falls due.

        `cycle` is after how many months, and in which slot, the policy is reviewed: for a version from before it.
        """
        if self.record:
            return self.record.next_review, self.record.review_term
        return last_day(review_due(self.since, *cycle)), cycle[1]


def past_versions(
    register: Register, before: Sequence[VersionRow], as_of: datetime.date | None = None
) -> tuple[PastVersion, ...]:
    """The versions of a register and those from before it, oldest first; with a day, as they were at its end."""
    then = register if as_of is None else register.until(as_of)
    past: list[PastVersion] = []
    for row in before:
        if row.undated and past:
            past[-1] = replace(past[-1], undated=(*past[-1].undated, row.version))
        elif row.date is not None and (as_of is None or _begun(row.date, as_of)):
            past.append(PastVersion(row, row.date))
    for record in then.versions:
        status, stands_on = (
            then.minutes_status(record.version),
            then.standing_approvals(record.version),
        )
        end = then.end(record.version)
        until = end.on if end else None
        corrections = then.corrections(record.version)
        past.append(
            PastVersion(
                record.row, record.released, until, record, status, stands_on, end, corrections
            )
        )
    followed = (_followed(version, later) for version, later in pairwise(past))
    return (*followed, *past[-1:])


def _followed(version: PastVersion, later: PastVersion) -> PastVersion:
    """A version with the day on which another came; one that was withdrawn before had ended by then."""
    if version.until:
        return version
    return replace(version, until=later.since)


def _begun(since: datetime.date | Month, day: datetime.date) -> bool:
    """Whether a version was in force on a day; one of which only the month is known, from the next month on."""
    if isinstance(since, Month):
        return (since.year, since.month) < (day.year, day.month)
    return since <= day


@dataclass(frozen=True)
class History:
    """What happened to one policy of one school."""

    school: str
    policy: str
    folder: str
    """The register's, in the workspace."""
    versions: tuple[PastVersion, ...]
    """Oldest first."""
    pending: tuple[EndorsementEntry, ...] = ()
    """Decisions of a first body about a version that is still to come."""
    corrected: tuple[CorrectionEntry, ...] = ()
    """What was corrected of those decisions."""
    withdrawn: Withdrawn | None = None
    """How the policy was withdrawn, where one looks at a day on which it was."""

    def on(self, day: datetime.date) -> History:
        """With the version alone that was in force at the end of a day; none before the first."""
        begun = [version for version in self.versions if _begun(version.since, day)]
        withdrawn = begun[-1].withdrawn if begun else None
        if withdrawn and withdrawn.on <= day:
            return replace(self, versions=(), pending=(), withdrawn=withdrawn)
        return replace(self, versions=tuple(begun[-1:]), pending=())

    def corrections_of(self, entry: EndorsementEntry) -> tuple[CorrectionEntry, ...]:
        """What was corrected of the decision of a first body."""
        meant = entry.version, entry.content.code
        return tuple(
            each
            for each in self.corrected
            if meant in {(change.version, change.content) for change in each.changes}
        )

    def files(self, version: PastVersion) -> tuple[str, ...]:
        """The frozen files of a version, as paths in the workspace."""
        names = version.record.files if version.record else ()
        return tuple(f"{self.folder}/{version.version}/{name}" for name in names)


def history(
    register: Register, before: Sequence[VersionRow], folder: str, as_of: datetime.date
) -> History:
    """The history of a register up to a day, with the rows from before it."""
    versions = past_versions(register, before, as_of)
    then = register.until(as_of)
    pending = then.pending
    waiting = dict.fromkeys(each.version for each in pending)
    corrected = chain.from_iterable(then.corrections(version) for version in waiting)
    school, policy = register.file.school, register.file.policy
    return History(school, policy, folder, versions, pending, tuple(corrected))


# --- for a terminal ---------------------------------------------------------------------------------------------------


def as_text(history: History) -> str:
    """The history for a terminal."""
    name = f"{history.school}/{history.policy}"
    lines = [line for version in history.versions for line in _lines(history, version)]
    lines += [line for entry in history.pending for line in _pending(history, entry)]
    if lines:
        return "\n".join((name, *lines))
    if history.withdrawn:
        said = "\n".join(f"  {line}" for line in withdrawn_lines(history.withdrawn))
        return f"{name}: nothing was in force\n{said}"
    return f"{name}: nothing was in force"


def _lines(history: History, version: PastVersion) -> Iterator[str]:
    row, record = version.row, version.record
    since = printed_day(version.since)
    until = ", in force"
    if version.until:
        until = f" until {printed_day(version.until)}"
    if version.undated:
        until += f" at the latest; when {join_and(version.undated)} followed is not recorded"
    yield f"\n  {row.version}  from {since}{until}"
    author, reason = row.author or "author not recorded", row.reason or "Reason not recorded"
    yield f"      {reason} ({author})"
    if record is None:
        yield f"      minute {row.minute}; {UNVERIFIED}" if row.minute else f"      {UNVERIFIED}"
        return
    yield f"      {_decided(version)}; {record.change}, content code {record.content.code}"
    yield f"      edition {record.edition}"
    if version.withdrawn:
        yield from (f"      {line}" for line in withdrawn_lines(version.withdrawn))
    else:
        yield f"      next review {printed_due(record.next_review, record.review_term)}"
    yield from _corrected(version.corrections, row.version)
    main = tuple(f"/{history.policy}.{ending}" for ending in _FIRST_FILES)
    yield from (f"      {path}" for path in history.files(version) if path.endswith(main))


def _corrected(corrections: Sequence[CorrectionEntry], version: str) -> Iterator[str]:
    for entry in corrections:
        yield f"      {lower_first(correction_words(entry, version))}"
        yield f"        by {entry.by}: {entry.reason}"


def withdrawn_lines(end: Withdrawn) -> Iterator[str]:
    """By whom a policy was withdrawn, why, and what replaced it."""
    entry = end.entry
    by = approval_in_words(entry.approval)
    yield f"withdrawn by {by} (minutes {end.minutes_status}); {entry.reason}"
    if entry.replaced_by:
        yield f"replaced by {entry.replaced_by}"


def _decided(version: PastVersion) -> str:
    if not version.approvals:
        return "no approval needed"
    said = join_and(approval_in_words(approval) for approval in version.approvals)
    status = ""
    if version.minutes_status:
        status = f" (minutes {version.minutes_status})"
    return f"{'approved' if version.minutes_status else 'accepted'} by {said}{status}"


def _pending(history: History, entry: EndorsementEntry) -> Iterator[str]:
    yield f"\n  {entry.version}  not in force yet"
    yield f"      approved by {approval_in_words(entry.approval)}; content code {entry.content.code}"
    yield from _corrected(history.corrections_of(entry), entry.version)
    yield "      waits for the body that decides after that"


def approval_in_words(approval: Approval) -> str:
    """Who decided, when and under what: "Full governing board, 12 November 2026, minute 19.2"."""
    minute = f", minute {approval.minute}" if approval.minute else ""
    delegation = ""
    if approval.delegation:
        delegation = f", under delegation {approval.delegation}"
    return f"{approval.name}, {printed_day(approval.date)}{minute}{delegation}"


# --- as plain data ----------------------------------------------------------------------------------------------------


def as_json(history: History) -> dict[str, Any]:
    """The history as plain data."""
    return {
        "school": history.school,
        "policy": history.policy,
        "withdrawn": plain_withdrawn(history.withdrawn),
        "versions": [_plain(history, version) for version in history.versions],
        "pending": [
            entry.model_dump(mode="json", include={"version", "content", "approval"})
            for entry in history.pending
        ],
    }


def _plain(history: History, version: PastVersion) -> dict[str, Any]:
    row, record = version.row, version.record
    said: dict[str, Any] = {
        "version": row.version,
        "from": str(version.since),
        "until": str(version.until) if version.until else None,
        "undated": list(version.undated),
        "author": row.author,
        "reason": row.reason,
        "minute": row.minute,
        "verifiable": record is not None,
    }
    if record is None:
        return said
    return said | {
        "change": record.change,
        "edition": record.edition,
        "content": record.content.model_dump(mode="json"),
        "approvals": [approval.model_dump(mode="json") for approval in record.approvals],
        "minutes_status": version.minutes_status,
        "next_review": record.next_review.isoformat(),
        "review_term": record.review_term or None,
        "withdrawn": plain_withdrawn(version.withdrawn),
        "corrections": [
            entry.model_dump(mode="json", exclude={"entry", "previous"})
            for entry in version.corrections
        ],
        "files": list(history.files(version)),
    }


def plain_withdrawn(end: Withdrawn | None) -> dict[str, Any] | None:
    """How a policy was withdrawn, as plain data; None where it was not."""
    if end is None:
        return None
    return {
        "on": end.on.isoformat(),
        "decision": end.entry.approval.model_dump(mode="json"),
        "minutes_status": end.minutes_status,
        "reason": end.entry.reason,
        "replaced_by": end.entry.replaced_by or None,
    }
