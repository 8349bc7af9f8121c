"""How one policy of one school stands, and what is due when."""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from policygen.ground.dates import Month
from policygen.ground.dates import review_due as review_after
from policygen.ground.wording import count, join_and
from policygen.language.document import Document, Value, walk
from policygen.model.adoption import StartedAdoption, version_order
from policygen.register.records import Approval, VersionRecord
from policygen.register.state import Register

What = Literal["approval", "review", "minutes", "signatures", "details", "edition", "deviation"]


@dataclass(frozen=True)
class Due:
    """One thing that somebody has to do."""

    what: What
    says: str
    """Such as "minute 19.2 to be signed"."""
    day: datetime.date | None = None
    """By when, or since when; None for as soon as may be."""
    overdue: bool = False
    clause: str = ""
    """The id of the clause that it is about, where it is about one."""

    @property
    def now(self) -> bool:
        """Whether it is to be done now, and not only noted in a calendar."""
        return self.overdue or self.what not in ("review", "deviation")


@dataclass(frozen=True)
class InForce:
    """The version in force."""

    version: str
    edition: str
    """Of the model policy; empty for a version from before the register."""
    approved: datetime.date | Month
    minute: str
    next_review: datetime.date
    registered: bool
    """Whether it is in the register, and so can be verified."""
    review_term: str = ""
    """The slot of the school year in which it is reviewed; empty for any day."""


@dataclass(frozen=True)
class PolicyStanding:
    """How one policy of one school stands on a day."""

    school: str
    school_name: str
    policy: str
    title: str
    short_title: str
    edition: str
    """The edition that the school's file names: that of the version in force or of the one being prepared."""
    in_force: InForce | None
    preparing: str
    """The version being prepared; empty for none."""
    due: tuple[Due, ...]

    @property
    def overdue(self) -> bool:
        """Whether something should have been done before."""
        return any(each.overdue for each in self.due)

    @property
    def unsigned(self) -> bool:
        """Whether minutes or signatures of staff are outstanding."""
        return any(each.what in ("minutes", "signatures") for each in self.due)


def version_in_force(
    register: Register, adoption: StartedAdoption, cycle: tuple[int, str], as_of: datetime.date
) -> InForce | None:
    """The version in force on a day: of the register or, while that is empty, the last from before it.

    `cycle` is after how many months, and in which slot of the school year, the policy is reviewed.
    """
    record = register.in_force(as_of)
    if record is not None:
        approval = _approval(register, record)
        approved, minute = (approval.date, approval.minute) if approval else (record.released, "")
        term = record.review_term
        return InForce(
            record.version,
            record.edition,
            approved,
            minute,
            record.next_review,
            registered=True,
            review_term=term,
        )
    if not adoption.history:
        return None
    row = adoption.history[-1]
    next_review = _last_day(review_after(row.date, *cycle))
    return InForce(
        row.version,
        "",
        row.date,
        row.minute or "",
        next_review,
        registered=False,
        review_term=cycle[1],
    )


def version_in_preparation(register: Register, adoption: StartedAdoption) -> str:
    """The version that the adoption names, unless that is in the register or older than what is."""
    named, latest = adoption.version, register.latest
    if named is None or (latest and version_order(named) <= version_order(latest.version)):
        return ""
    return named


def review_due(in_force: InForce | None, as_of: datetime.date) -> tuple[Due, ...]:
    """The next review."""
    if in_force is None:
        return ()
    overdue = in_force.next_review < as_of
    says = "review overdue" if overdue else "next review"
    if in_force.review_term:
        says += (
            f" since the end of {in_force.review_term}"
            if overdue
            else f" in {in_force.review_term}"
        )
    return (Due("review", says, in_force.next_review, overdue=overdue),)


def approval_due(in_force: InForce | None, preparing: str) -> tuple[Due, ...]:
    """The approval of what is being prepared."""
    if preparing:
        return (Due("approval", f"{preparing} to be approved"),)
    return () if in_force else (Due("approval", "not approved yet"),)


def minutes_due(register: Register) -> tuple[Due, ...]:
    """Minutes that were draft when their version was approved and have not been signed since."""
    found = []
    for record in register.versions:
        drafts = [
            each.minute
            for each in record.approvals
            if each.minute and each.minutes_status == "draft"
        ]
        if drafts and register.minutes_status(record.version) == "draft":
            says = f"minute {join_and(drafts)} of {record.version} to be signed"
            found.append(Due("minutes", says, record.released))
    return tuple(found)


def signatures_due(people: int) -> tuple[Due, ...]:
    """How many people still have to sign the version in force."""
    return (Due("signatures", f"{count(people, 'person')} to sign"),) if people else ()


def edition_due(newer: str) -> tuple[Due, ...]:
    """A newer edition than the one that is adopted; empty for none."""
    return (Due("edition", f"edition {newer} is out"),) if newer else ()


def details_due(registered: Document | None, now: Document | None) -> tuple[Due, ...]:
    """Names and contact data that changed since the version in force was frozen."""
    if registered is None or now is None:
        return ()
    names = stale_details(registered, now)
    return (Due("details", f"details changed: {join_and(names)}"),) if names else ()


def stale_details(registered: Document, now: Document) -> tuple[str, ...]:
    """The names of details that print otherwise now than in the registered document."""
    old, new = _details(registered), _details(now)
    return tuple(name for name in sorted(old) if name in new and old[name] != new[name])


def deviations_due(until: Mapping[str, datetime.date], as_of: datetime.date) -> tuple[Due, ...]:
    """Departures from agreed wording that were allowed until a day, by the id of their clause."""
    found = []
    for clause, day in sorted(until.items()):
        over = day < as_of
        says = f"leave for own wording of {clause} {'has ended' if over else 'ends'}"
        found.append(Due("deviation", says, day, overdue=over, clause=clause))
    return tuple(found)


def in_time(standings: Sequence[PolicyStanding]) -> list[tuple[PolicyStanding, Due]]:
    """Everything that is due: what has a day first, by day, then the rest in the order of schools and policies."""
    found = [(standing, due) for standing in standings for due in standing.due]
    return sorted(found, key=lambda pair: (pair[1].day is None, pair[1].day or datetime.date.min))


def _approval(register: Register, record: VersionRecord) -> Approval | None:
    """The last approval of a version or, for one that no body decided about, of the one that it stands on."""
    versions = register.versions
    approvals = [
        each for earlier in versions[: versions.index(record) + 1] for each in earlier.approvals
    ]
    return next((each for each in reversed(approvals) if each.minute), None)


def _last_day(day: datetime.date | Month) -> datetime.date:
    if isinstance(day, Month):
        return datetime.date(day.year, day.month, calendar.monthrange(day.year, day.month)[1])
    return day


def _details(document: Document) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for node in walk(document.parts):
        if isinstance(node, Value) and node.kind == "details":
            found.setdefault(node.name, set()).add(node.text)
    return found
