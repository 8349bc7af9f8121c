"""Which school has which edition of a policy, how far behind that is, and what its issuer has to know of it."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from policygen.compose.deviations import DeviationRow
from policygen.ground.dates import Month, first_day
from policygen.model.adoption import version_order
from policygen.upgrade.decisions_file import UpgradeFile

SPANS = (
    (0, "not behind"),
    (90, "up to 90 days"),
    (365, "up to a year"),
    (None, "more than a year"),
)
"""How long schools are behind, in days, and how that is called."""


@dataclass(frozen=True)
class Issue:
    """One published edition."""

    edition: str
    issued: datetime.date | Month


@dataclass(frozen=True)
class Lag:
    """How far an edition is behind."""

    editions: int = 0
    """Published after it."""
    days: int = 0
    """Since the first of those was issued."""


@dataclass(frozen=True)
class FleetPolicy:
    """A model policy and its editions."""

    policy: str
    title: str
    issuer: str
    issues: tuple[Issue, ...]
    """Oldest first; none where the template was never published."""


@dataclass(frozen=True)
class OpenUpgrade:
    """The decisions that an upgrade of one school waits for."""

    edition: str
    """To which it goes."""
    questions: tuple[str, ...]
    clauses: tuple[str, ...]
    path: str
    """Of the file in which they are written."""

    @property
    def decisions(self) -> int:
        """How many there are."""
        return len(self.questions) + len(self.clauses)


@dataclass(frozen=True)
class FleetRow:
    """One policy of one school."""

    school: str
    school_name: str
    policy: str
    through: str
    """The edition of a trust's template by which the school has the policy: "trust-it@2026.1"; empty for its own."""
    edition: str
    """Of the version in force, or of the one that was withdrawn; while there is neither, the one that is adopted."""
    adopted: str
    """The edition that the school's file names; empty where it no longer adopts the policy, or did not yet that day."""
    version: str
    """In force; empty for none."""
    approved: datetime.date | Month | None
    registered: bool
    """Whether the version in force is in the register."""
    lag: Lag
    preparing: str = ""
    """The edition to which the school's file was brought, and that is not in force yet; empty for none."""
    upgrade: OpenUpgrade | None = None
    withdrawn: datetime.date | None = None
    """Since when the policy is withdrawn, so that nothing is in force; None where it is not."""

    @property
    def edition_in_force(self) -> str:
        """Of the version in force; empty where that is in no register, which alone knows."""
        return self.edition if self.registered else ""

    @property
    def edition_chosen(self) -> str:
        """What the school's file names for a version that is not in force yet; empty for none."""
        return self.preparing if self.registered or self.withdrawn else self.edition


@dataclass(frozen=True)
class EditionCount:
    """One edition of a policy, and how many schools have it."""

    edition: str
    issued: datetime.date | Month | None
    """None where it was not published."""
    in_force: int
    chosen: int
    """For a version that is not in force yet."""


@dataclass(frozen=True)
class FleetDeviation:
    """A departure of one school from agreed wording."""

    school: str
    school_name: str
    policy: str
    edition: str
    row: DeviationRow


@dataclass(frozen=True)
class Fleet:
    """All schools of a workspace as the issuers of their policies see them on a day."""

    as_of: datetime.date
    policies: tuple[FleetPolicy, ...]
    rows: tuple[FleetRow, ...]
    """By policy, then by school."""
    deviations: tuple[FleetDeviation, ...]

    @property
    def open(self) -> tuple[FleetRow, ...]:
        """Those with an upgrade that waits for decisions."""
        return tuple(row for row in self.rows if row.upgrade and row.upgrade.decisions)

    @property
    def schools(self) -> tuple[tuple[str, str], ...]:
        """Id and name of each school, in order."""
        return tuple(sorted({(row.school, row.school_name) for row in self.rows}))

    def of(self, policy: str) -> tuple[FleetRow, ...]:
        """The rows of one policy."""
        return tuple(row for row in self.rows if row.policy == policy)


def lag(edition: str, issues: Sequence[Issue], as_of: datetime.date) -> Lag:
    """How far an edition is behind those that had been issued by a day."""
    own = version_order(edition)
    days = [first_day(issue.issued) for issue in issues if version_order(issue.edition) > own]
    later = [day for day in days if day <= as_of]
    if not later:
        return Lag()
    return Lag(len(later), (as_of - min(later)).days)


def by_edition(policy: FleetPolicy, rows: Sequence[FleetRow]) -> tuple[EditionCount, ...]:
    """How many schools have each edition of a policy, also those that nobody has; the newest first."""
    issued = {issue.edition: issue.issued for issue in policy.issues}
    in_force = Counter(row.edition_in_force for row in rows)
    chosen = Counter(row.edition_chosen for row in rows)
    editions = {*issued, *in_force, *chosen} - {""}
    return tuple(
        EditionCount(edition, issued.get(edition), in_force[edition], chosen[edition])
        for edition in sorted(editions, key=version_order, reverse=True)
    )


def by_lag(rows: Iterable[FleetRow]) -> tuple[tuple[str, int], ...]:
    """How many schools are behind for how long, in the words of SPANS; who has withdrawn the policy is not."""
    counted = Counter(_span(row.lag) for row in rows if not row.withdrawn)
    return tuple((said, counted[said]) for _, said in SPANS)


def _span(behind: Lag) -> str:
    """How long an edition is behind, in the words of SPANS; on the day of a new edition it is behind already."""
    for most, said in SPANS:
        if most == 0 and behind.editions:
            continue
        if most is None or behind.days <= most:
            return said
    raise AssertionError


def open_upgrade(file: UpgradeFile, path: str) -> OpenUpgrade:
    """What is still to be decided in a file of decisions."""
    questions = tuple(name for name, answer in file.answers.items() if answer is None)
    clauses = tuple(name for name, choice in file.clauses.items() if not choice.decided)
    return OpenUpgrade(file.new, questions, clauses, path)
