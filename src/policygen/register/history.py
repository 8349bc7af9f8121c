"""The versions of a policy as a history: approved how, in force when, and where their frozen files are."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from policygen.ground.dates import Month, printed_day, printed_due
from policygen.ground.wording import join_and
from policygen.language.document import VersionRow
from policygen.register.records import Approval, MinutesStatus, VersionRecord
from policygen.register.state import Register

UNVERIFIED = "not verifiable: recorded from before"
_FIRST_FILES = ("html", "pdf", "txt")


@dataclass(frozen=True)
class PastVersion:
    """One version, whether it is in the register or from before it."""

    row: VersionRow
    since: datetime.date | Month | None
    """From when it was in force."""
    until: datetime.date | Month | None
    """From when the next one was; None for the version in force."""
    record: VersionRecord | None = None
    """None for a version from before the register, of which nothing can be verified."""
    minutes_status: MinutesStatus | None = None
    """None where no minutes are known, or none were needed."""
    approvals: tuple[Approval, ...] = ()
    """The decisions that made it."""


@dataclass(frozen=True)
class History:
    """What happened to one policy of one school."""

    school: str
    policy: str
    folder: str
    """The register's, in the workspace."""
    versions: tuple[PastVersion, ...]
    """Oldest first."""

    def on(self, day: datetime.date) -> History:
        """With the version alone that was in force at the end of a day; none before the first."""
        found = [
            each for each in self.versions if each.since is not None and _begun(each.since, day)
        ]
        return replace(self, versions=tuple(found[-1:]))

    def files(self, version: PastVersion) -> tuple[str, ...]:
        """The frozen files of a version, as paths in the workspace."""
        return (
            tuple(f"{self.folder}/{version.row.version}/{name}" for name in version.record.files)
            if (version.record)
            else ()
        )


def _begun(since: datetime.date | Month, day: datetime.date) -> bool:
    """Whether a version was in force on a day; one of which only the month is known, from the next month on."""
    return (
        (since.year, since.month) < (day.year, day.month)
        if isinstance(since, Month)
        else since <= day
    )


def history(register: Register, before: Sequence[VersionRow], folder: str) -> History:
    """The history of a register, with the rows from before it."""
    past = [PastVersion(row, row.date, None) for row in before]
    for row, record in zip(register.rows(), register.versions, strict=True):
        minuted = any(each.minute for each in record.approvals)
        status = register.minutes_status(record.version) if minuted else None
        past.append(PastVersion(row, record.released, None, record, status, record.approvals))
    followed = (replace(each, until=later.since) for each, later in pairwise(past))
    return History(register.file.school, register.file.policy, folder, (*followed, *past[-1:]))


def as_text(found: History) -> str:
    """The history for a terminal."""
    if not found.versions:
        return f"{found.school}/{found.policy}: nothing was in force"
    return "\n".join(
        (
            f"{found.school}/{found.policy}",
            *(line for each in found.versions for line in _lines(found, each)),
        )
    )


def _lines(found: History, version: PastVersion) -> Iterator[str]:
    row, record = version.row, version.record
    since = printed_day(version.since) if version.since else "a day that is not known"
    until = f" until {printed_day(version.until)}" if version.until else ", in force"
    yield f"\n  {row.version}  from {since}{until}"
    yield f"      {row.reason} ({row.author})"
    if record is None:
        yield f"      minute {row.minute}; {UNVERIFIED}" if row.minute else f"      {UNVERIFIED}"
        return
    yield f"      {_decided(version)}; {record.change}, content code {record.content.code}"
    yield f"      next review {printed_due(record.next_review, record.review_term)}"
    yield from (f"      {path}" for path in found.files(version) if path.endswith(_main(found)))


def _main(found: History) -> tuple[str, ...]:
    return tuple(f"/{found.policy}.{ending}" for ending in _FIRST_FILES)


def _decided(version: PastVersion) -> str:
    if not version.approvals:
        return "no approval needed"
    said = [
        f"{each.name}, {printed_day(each.date)}"
        + (f", minute {each.minute}" if each.minute else "")
        + (f", under delegation {each.delegation}" if each.delegation else "")
        for each in version.approvals
    ]
    status = f" (minutes {version.minutes_status})" if version.minutes_status else ""
    return f"{'approved' if version.minutes_status else 'accepted'} by {join_and(said)}{status}"


def as_json(found: History) -> dict[str, Any]:
    """The history as plain data."""
    return {
        "school": found.school,
        "policy": found.policy,
        "versions": [_plain(found, each) for each in found.versions],
    }


def _plain(found: History, version: PastVersion) -> dict[str, Any]:
    row, record = version.row, version.record
    said: dict[str, Any] = {
        "version": row.version,
        "from": str(version.since) if version.since else None,
        "until": str(version.until) if version.until else None,
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
        "approvals": [each.model_dump(mode="json") for each in record.approvals],
        "minutes_status": version.minutes_status,
        "next_review": record.next_review.isoformat(),
        "review_term": record.review_term or None,
        "files": list(found.files(version)),
    }
