"""When a review falls due: so many months after a decision, or in the slot of the school year nearest to that day."""

from __future__ import annotations

import calendar
import datetime
from typing import Literal, get_args

from policygen.ground.wording import Month, months_after, printed_day

Slot = Literal["Autumn 1", "Autumn 2", "Spring 1", "Spring 2", "Summer 1", "Summer 2"]
SLOTS: tuple[str, ...] = get_args(Slot)
_ENDS = dict(zip(SLOTS, (10, 12, 2, 3, 5, 7), strict=True))
"""The month with whose last day each half term ends, whatever the dates of one school's terms."""


def review_due(decided: datetime.date | Month, months: int, slot: str = "") -> datetime.date | Month:
    """The last day for the review of what was decided on a day; a month, where no more is known of that.

    With a slot, the end of the one of that name that lies nearest to so many months later, and after the decision.
    """
    due = months_after(decided, months)
    if not slot:
        return due
    after, near = _last_day(decided), _last_day(due)
    ends = (_last_day(Month(year, _ENDS[slot])) for year in range(after.year, near.year + 2))
    return min((end for end in ends if end > after), key=lambda end: abs(end - near))


def printed_due(due: datetime.date | Month, slot: str = "") -> str:
    """The last day for a review as it prints: "12 November 2028", "Autumn 2 (by 31 December 2028)"."""
    return f"{slot} (by {printed_day(due)})" if slot else printed_day(due)


def _last_day(day: datetime.date | Month) -> datetime.date:
    if isinstance(day, Month):
        return datetime.date(day.year, day.month, calendar.monthrange(day.year, day.month)[1])
    return day
