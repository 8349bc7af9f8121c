"""Dates that cannot be, reviews that are overdue, and a body that may not approve."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from policygen.ground.wording import Month, certainly_before, months_after, printed_day

if TYPE_CHECKING:
    from policygen.ground.diagnostics import Problems
    from policygen.policy.edition import SchoolFiles
    from policygen.policy.template import Template

_LEVELS = ("head", "committee", "full-board")
"""From the lowest to the highest. A trust board stands beside the full board."""


def check_dates(
    template: Template, school: SchoolFiles, policy_id: str, as_of: datetime.date, problems: Problems
) -> None:
    """Note a history in the future, a review that is overdue, and an approving body below the level required."""
    adoption = school.policies[policy_id]
    file = adoption.value
    for index, row in enumerate(file.history):
        if _first(row.date) > as_of:
            problems.add(
                "date-impossible",
                f"version `{row.version}` is dated {printed_day(row.date)}, which is still to come",
                adoption.place("history", index, "date"),
                "write the day on which it was approved",
            )
    if template.issued > as_of:
        problems.add(
            "date-impossible",
            f"edition `{template.edition}` is issued on {printed_day(template.issued)}, which is still to come",
            adoption.place("edition"),
            "adopt it when it is issued",
        )
    months = file.review.months if file.review else template.adoption.review_months
    if file.history:
        due = months_after(file.history[-1].date, months)
        if certainly_before(due, Month(as_of.year, as_of.month) if isinstance(due, Month) else as_of):
            problems.add(
                "review-overdue",
                f"version `{file.history[-1].version}` was due for review in {printed_day(Month(due.year, due.month))}",
                adoption.place("history", len(file.history) - 1, "date"),
                "bring this version to the next meeting",
            )
    if file.approving_body and _below(file.approving_body, template.adoption.body):
        problems.add(
            "approval-level",
            f"the model policy needs approval by `{template.adoption.body}`; `{file.approving_body}` is below that",
            adoption.place("approving_body"),
            f"write `approving_body: {template.adoption.body}`, or take the line out",
        )


def _first(day: datetime.date | Month) -> datetime.date:
    return datetime.date(day.year, day.month, 1) if isinstance(day, Month) else day


def _below(body: str, required: str) -> bool:
    same = {"trust-board": "full-board"}
    return _LEVELS.index(same.get(body, body)) < _LEVELS.index(same.get(required, required))
