"""What an issuer sees of all schools, as plain data and as rows of a table."""

from __future__ import annotations

from typing import Any

from policygen.fleet.fleet import Fleet, FleetRow
from policygen.fleet.recall import Recall
from policygen.model.adoption import version_order

COLUMNS = (
    "school",
    "school_name",
    "policy",
    "through",
    "edition",
    "adopted",
    "editions_behind",
    "days_behind",
    "version",
    "approved",
    "in_register",
    "open_decisions",
    "deviations",
    "deviations_expired",
    "withdrawn",
)
RECALL_COLUMNS = (
    "outcome",
    "school",
    "school_name",
    "policy",
    "version",
    "edition",
    "clause",
    "number",
    "likeness",
    "says",
)


def as_plain(fleet: Fleet, found: Recall | None) -> dict[str, Any]:
    """Everything as plain data. A day is YYYY-MM-DD, a month YYYY-MM; null where there is none."""
    plain: dict[str, Any] = {
        "as_of": fleet.as_of.isoformat(),
        "policies": [
            {
                "policy": policy.policy,
                "title": policy.title,
                "issuer": policy.issuer,
                "editions": [
                    {"edition": issue.edition, "issued": str(issue.issued)}
                    for issue in policy.issues
                ],
            }
            for policy in fleet.policies
        ],
        "adoptions": [_plain_row(row) for row in fleet.rows],
        "deviations": [
            {
                "school": each.school,
                "policy": each.policy,
                "edition": each.edition,
                "clause": each.row.clause,
                "done": each.row.done,
                "reason": each.row.reason,
                "agreed_by": each.row.agreed_by,
                "until": each.row.until and str(each.row.until),
                "expired": each.row.expired(fleet.as_of),
            }
            for each in fleet.deviations
        ],
    }
    if found:
        plain["recall"] = _plain_recall(found)
    return plain


def _plain_row(row: FleetRow) -> dict[str, Any]:
    return {
        "school": row.school,
        "school_name": row.school_name,
        "policy": row.policy,
        "through": row.through or None,
        "edition": row.edition,
        "adopted": row.adopted or None,
        "editions_behind": row.lag.editions,
        "days_behind": row.lag.days,
        "version": row.version or None,
        "approved": row.approved and str(row.approved),
        "in_register": row.registered,
        "withdrawn": row.withdrawn and str(row.withdrawn),
        "upgrade": row.upgrade
        and {
            "to": row.upgrade.edition,
            "questions": [*row.upgrade.questions],
            "clauses": [*row.upgrade.clauses],
            "file": row.upgrade.path,
        },
    }


def _plain_recall(found: Recall) -> dict[str, Any]:
    traced = found.traced
    return {
        "policy": traced.policy,
        "clause": traced.clause,
        "before": traced.before,
        "ids": {
            edition: sorted(traced.ids[edition])
            for edition in sorted(traced.ids, key=version_order)
        },
        "findings": [
            {name: getattr(each, name) for name in RECALL_COLUMNS} for each in found.findings
        ],
    }


def as_rows(fleet: Fleet, found: Recall | None) -> list[tuple[str, ...]]:
    """The adoptions, or what was found about a clause, as rows of a table with its head."""
    if found:
        rows = (
            tuple(str(getattr(each, name)) for name in RECALL_COLUMNS) for each in found.findings
        )
        return [RECALL_COLUMNS, *rows]
    return [COLUMNS, *(_row_cells(fleet, row) for row in fleet.rows)]


def _row_cells(fleet: Fleet, row: FleetRow) -> tuple[str, ...]:
    here = "" if row.through else row.policy
    own = [each for each in fleet.deviations if (each.school, each.policy) == (row.school, here)]
    cells = (
        row.school,
        row.school_name,
        row.policy,
        row.through,
        row.edition,
        row.adopted,
        row.lag.editions,
        row.lag.days,
        row.version,
        row.approved or "",
        "yes" if row.registered else "no",
        row.upgrade.decisions if row.upgrade else 0,
        len(own),
        sum(each.row.expired(fleet.as_of) for each in own),
        row.withdrawn or "",
    )
    return tuple(map(str, cells))
