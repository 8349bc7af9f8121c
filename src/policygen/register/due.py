"""How one policy of one school stands, and what is due when."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from policygen.ground.dates import short_day
from policygen.ground.wording import count, join_and
from policygen.model.adoption import StartedAdoption, same_version, version_order
from policygen.register.ends import Withdrawn
from policygen.register.history import PastVersion, past_versions
from policygen.register.records import EndorsementEntry
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
class Prepared:
    """What a school's files hold beside the version in force, as far as that is known of a day."""

    version: str = ""
    """The version that is being prepared; empty for none."""
    edition: str = ""
    """The edition to which the files were brought, where the version in force is of another; else empty."""
    changed: bool = False
    """Whether the text differs from the version in force, and no version is being prepared."""
    decided: EndorsementEntry | None = None
    """What a first body decided about that version."""
    holds: bool = True
    """Whether the files still have the content that the first body approved."""
    because: tuple[str, ...] = ()
    """Which answers for all policies are behind what changed, in words."""
    waits_for: str = ""
    """The body that decides next, within a sentence: "the full governing board"."""


@dataclass(frozen=True)
class PolicyStanding:
    """How one policy of one school stands on a day."""

    school: str
    school_name: str
    policy: str
    title: str
    short_title: str
    edition: str
    """Of the version in force; while there is none in the register, the one that the school adopts."""
    in_force: PastVersion | None
    next_review: datetime.date | None
    review_term: str
    """The slot of the school year in which it is reviewed; empty for any day."""
    prepared: Prepared
    due: tuple[Due, ...]
    uid: str
    """What no other policy of any school anywhere is called; it stays when the school gets another name."""
    sequence: int
    """How many entries the register has: it grows whenever a day of review moves."""
    withdrawn: Withdrawn | None = None
    """How the policy was withdrawn; None while it is in force, and before."""

    @property
    def overdue(self) -> bool:
        """Whether something should have been done before."""
        return any(due.overdue for due in self.due)

    @property
    def unsigned(self) -> bool:
        """Whether minutes or signatures of staff are outstanding."""
        return any(due.what in ("minutes", "signatures") for due in self.due)


def version_in_force(
    register: Register, adoption: StartedAdoption, as_of: datetime.date
) -> PastVersion | None:
    """The version in force on a day: of the register or, while that is empty, the last from before it.

    None before the first, and while the policy is withdrawn.
    """
    versions = past_versions(register, tuple(row.row for row in adoption.history), as_of)
    if versions and not versions[-1].withdrawn:
        return versions[-1]
    return None


def are_of_the_day(register: Register, as_of: datetime.date, issued: datetime.date) -> bool:
    """Whether a school's files can tell of a day: what they held before their last change is not known.

    They changed since where a later version is registered, or where the edition that they name was `issued` later.
    """
    return len(register.until(as_of).versions) == len(register.versions) and issued <= as_of


def prepared(
    register: Register, adoption: StartedAdoption, as_of: datetime.date, issued: datetime.date
) -> Prepared:
    """What is being prepared, of which the day of a body's decision is all that is dated.

    `issued` is the day of the edition that the adoption names.
    """
    if not are_of_the_day(register, as_of, issued):
        return Prepared()
    latest, version = register.latest, adoption.version or ""
    edition = ""
    if latest and adoption.edition != latest.edition:
        edition = adoption.edition
    if latest and version and version_order(version) <= version_order(latest.version):
        return Prepared(edition=edition)
    return Prepared(version, edition, decided=_decided(register.until(as_of), version))


def _decided(register: Register, version: str) -> EndorsementEntry | None:
    """The last decision of a first body about the version that is being prepared."""
    for entry in reversed(register.pending):
        if same_version(entry.version, version):
            return entry
    return None


def review_due(
    next_review: datetime.date | None, term: str, as_of: datetime.date
) -> tuple[Due, ...]:
    """The next review."""
    if next_review is None:
        return ()
    overdue = next_review < as_of
    says = "review overdue" if overdue else "next review"
    if term:
        says += f" since the end of {term}" if overdue else f" in {term}"
    return (Due("review", says, next_review, overdue=overdue),)


def approval_due(
    in_force: PastVersion | None, prepared: Prepared, *, withdrawn: bool = False
) -> tuple[Due, ...]:
    """The approval of what is being prepared, and no other of a policy that is withdrawn."""
    if prepared.version:
        return (Due("approval", _with_reasons(_to_be_approved(prepared), prepared)),)
    if withdrawn:
        return ()
    if in_force is None:
        return (Due("approval", "not approved yet"),)
    if prepared.edition:
        says = f"upgraded to {prepared.edition}, not yet brought to the board"
        return (Due("approval", says),)
    if prepared.changed:
        says = f"changed since {in_force.version}, not yet brought to the board"
        return (Due("approval", _with_reasons(says, prepared)),)
    return ()


def _with_reasons(says: str, prepared: Prepared) -> str:
    if prepared.because:
        return f"{says}, {join_and(prepared.because)}"
    return says


def _to_be_approved(prepared: Prepared) -> str:
    says = f"{prepared.version} to be approved"
    if prepared.decided is None:
        return says
    approval = prepared.decided.approval
    first = f"{approval.name}, {short_day(approval.date)}, minute {approval.minute}"
    if prepared.holds:
        return f"{says} by {prepared.waits_for}; approved by {first}"
    return f"{says} anew: changed since it was approved by {first}"


def minutes_due(register: Register) -> tuple[Due, ...]:
    """Minutes that were draft when their version was approved, or withdrawn, and have not been signed since."""
    due = []
    for record in register.versions:
        unsigned = register.unsigned(record.version) if record.minuted else ()
        if unsigned:
            minutes = join_and(approval.minute for approval in unsigned)
            says = f"minute {minutes} of {record.version} to be signed"
            due.append(Due("minutes", says, record.released))
        end = register.end(record.version)
        if isinstance(end, Withdrawn) and end.minutes_status == "draft":
            says = f"minute {end.entry.approval.minute} of the withdrawal to be signed"
            due.append(Due("minutes", says, end.on))
    return tuple(due)


def signatures_due(people: int) -> tuple[Due, ...]:
    """How many people still have to sign the version in force."""
    if not people:
        return ()
    return (Due("signatures", f"{count(people, 'person')} to sign"),)


def edition_due(newer: str) -> tuple[Due, ...]:
    """A newer edition than the one that is adopted; empty for none."""
    if not newer:
        return ()
    return (Due("edition", f"edition {newer} is out"),)


def details_due(details: Sequence[str]) -> tuple[Due, ...]:
    """Names and contact data, in words, that changed since the version in force was frozen."""
    if not details:
        return ()
    return (Due("details", f"details changed: {join_and(details)}"),)


def deviations_due(until: Mapping[str, datetime.date], as_of: datetime.date) -> tuple[Due, ...]:
    """Departures from agreed wording that were allowed until a day, by the id of their clause."""
    found = []
    for clause, day in sorted(until.items()):
        over = day < as_of
        says = f"leave for own wording of {clause} {'has ended' if over else 'ends'}"
        found.append(Due("deviation", says, day, overdue=over, clause=clause))
    return tuple(found)


def unique_id(school: str, authority: str, *names: str) -> uuid.UUID:
    """An id that no other school makes, and that stays wherever its files are copied to.

    `school` is the name under which a policy of it was first approved, so that the id outlives a new name.
    """
    return uuid.uuid5(uuid.NAMESPACE_URL, "/".join(("policygen:", school, authority, *names)))


def in_time(standings: Sequence[PolicyStanding]) -> list[tuple[PolicyStanding, Due]]:
    """Everything that is due: what has a day first, by day, then the rest in the order of schools and policies."""
    found = [(standing, due) for standing in standings for due in standing.due]
    return sorted(found, key=lambda pair: (pair[1].day is None, pair[1].day or datetime.date.min))
