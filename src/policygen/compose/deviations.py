"""Departures from agreed wording: who agreed to each, why, and until when."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from policygen.compose.prepare import PreparedEdition
from policygen.ground.dates import long_date
from policygen.ground.diagnostics import Place, Problems
from policygen.model.adoption import ClauseDecision, LocatedAdoption


@dataclass(frozen=True)
class DeviationRow:
    """One departure of one school."""

    clause: str
    done: str
    """What the school did: replace, add_before, add_after, omit."""
    reason: str
    agreed_by: str
    until: datetime.date | None
    place: Place

    def expired(self, as_of: datetime.date) -> bool:
        """Whether the leave has run out."""
        return self.until is not None and self.until < as_of


def deviations(prepared: PreparedEdition, adoption: LocatedAdoption) -> tuple[DeviationRow, ...]:
    """Every departure of a school from wording that is agreed in its edition, in the order of its file."""
    found = []
    for identity, decision in adoption.value.clauses.items():
        base = prepared.bases.get(identity)
        if not isinstance(decision, ClauseDecision) or decision.deviation is None or base is None:
            continue
        if any(clause.adapt == "locked" for clause in base.clauses):
            done = next(
                key
                for key in ("replace", "omit", "add_before", "add_after")
                if getattr(decision, key)
            )
            given = decision.deviation
            place = adoption.place("clauses", identity, "deviation", key=True)
            found.append(
                DeviationRow(identity, done, given.reason, given.agreed_by, given.until, place)
            )
    return tuple(found)


def check_deviations(
    prepared: PreparedEdition, adoption: LocatedAdoption, as_of: datetime.date, problems: Problems
) -> None:
    """Note each departure for which the leave has run out."""
    for row in deviations(prepared, adoption):
        if row.until is not None and row.expired(as_of):
            problems.add(
                "deviation-expired",
                f"the leave to depart from the agreed wording of `{row.clause}` ended on {long_date(row.until)}",
                row.place,
                f"ask {row.agreed_by} for more time and write a later `until:`, or take the change out",
            )
