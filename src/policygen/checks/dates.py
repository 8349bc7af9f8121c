"""Dates that cannot be, reviews that are overdue, and a body that may not approve."""

from __future__ import annotations

import datetime

from policygen.files.yamlfile import Located
from policygen.ground.dates import (
    Month,
    certainly_before,
    first_day,
    on_day,
    printed_day,
    review_due,
)
from policygen.ground.diagnostics import Problems
from policygen.ground.wording import code, join_and
from policygen.language.document import Document
from policygen.model.adoption import AdoptionFile
from policygen.model.bodies import is_below
from policygen.model.template import Template
from policygen.model.workspace import SchoolFiles


def check_dates(
    template: Template,
    school: SchoolFiles,
    document: Document,
    as_of: datetime.date,
    problems: Problems,
) -> None:
    """Note a history in the future, a review that is overdue, and an approving body below the level required."""
    adoption = school.policies[document.policy_id]
    file = adoption.value
    for index, row in enumerate(file.history):
        if row.date and first_day(row.date) > as_of:
            problems.add(
                "date-impossible",
                f"version `{row.version}` is dated {printed_day(row.date)}, which is still to come",
                adoption.place("history", index, "date"),
                "write the day on which it was approved",
            )
    if template.issued_on > as_of:
        problems.add(
            "date-impossible",
            f"edition `{template.edition}` is issued {on_day(template.issued)}, which is still to come",
            adoption.place("edition"),
            "adopt it when it is issued",
        )
    _check_review(document, adoption, as_of, problems)
    _check_bodies(template, adoption, problems)


def _check_bodies(template: Template, adoption: Located[AdoptionFile], problems: Problems) -> None:
    """Note bodies below those that the model policy asks for, or one where it asks for two in turn."""
    required, named = template.adoption.bodies, adoption.value.approving_body
    if named is None:
        return
    low = [
        one
        for one, other in zip(reversed(named), reversed(required), strict=False)
        if is_below(one, other)
    ]
    if low or len(named) < len(required):
        wanted = (
            code(required[0]) if len(required) == 1 else f"`{required[0]}` and then `{required[1]}`"
        )
        short = (
            f"{join_and(map(code, low))} is below that"
            if low
            else f"{code(named[0])} alone is not enough"
        )
        written = required[0] if len(required) == 1 else f"[{', '.join(required)}]"
        problems.add(
            "approval-level",
            f"the model policy needs approval by {wanted}; {short}",
            adoption.place("approving_body"),
            f"write `approving_body: {written}`, or take the line out",
        )


def _check_review(
    document: Document, adoption: Located[AdoptionFile], as_of: datetime.date, problems: Problems
) -> None:
    """Note that the last version which a body decided about is past its review."""
    decided = [
        row
        for row in document.versions
        if (row.date or row.undated) and row.change not in ("details", "editorial")
    ]
    if not decided or (day := decided[-1].date) is None:
        return
    due = review_due(day, document.review_months, document.review_term)
    if certainly_before(due, Month(as_of.year, as_of.month) if isinstance(due, Month) else as_of):
        row = decided[-1]
        of_history = not row.change
        problems.add(
            "review-overdue",
            f"version `{row.version}` was due for review in {printed_day(Month(due.year, due.month))}",
            adoption.place("history", len(adoption.value.history) - 1, "date")
            if of_history
            else adoption.place("version"),
            "bring this version to the next meeting",
        )
