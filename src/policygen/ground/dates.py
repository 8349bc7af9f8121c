"""Dates as people write and say them: months, days in words, when a review falls due."""

from __future__ import annotations

import calendar
import datetime
import re
from dataclasses import dataclass
from typing import Literal, get_args

_MONTHS = (
    "January February March April May June July August September October November December".split()
)


def long_date(day: datetime.date) -> str:
    """A date as it prints: "12 November 2026"."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


@dataclass(frozen=True, order=True)
class Month:
    """A month of a year: all that some old records say of a date."""

    year: int
    month: int

    def __str__(self) -> str:
        """As written in a file: "2024-01"."""
        return f"{self.year:04}-{self.month:02}"


def printed_day(day: datetime.date | Month) -> str:
    """A day or a month as it prints: "12 November 2026", "January 2024"."""
    if isinstance(day, Month):
        return f"{_MONTHS[day.month - 1]} {day.year}"
    return long_date(day)


def on_day(day: datetime.date | Month) -> str:
    """The same within a sentence: "on 12 November 2026", "in January 2024"."""
    return f"{'in' if isinstance(day, Month) else 'on'} {printed_day(day)}"


def short_day(day: datetime.date | Month) -> str:
    """A day or a month in as little room as may be: "12 Nov 2026"."""
    month = f"{_MONTHS[day.month - 1][:3]} {day.year}"
    if isinstance(day, Month):
        return month
    return f"{day.day} {month}"


_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def written_day(text: str) -> datetime.date | None:
    """The day that "2026-11-12" names; None for what is no day, or written in another way."""
    # Python reads 20261112 and 2026-W46-4, too; nobody else does.
    if not _DAY.fullmatch(text):
        return None
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return None


def written_month(text: str) -> Month | None:
    """The month that "2026-11" names; None for what is none."""
    found = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", text, re.ASCII)
    return Month(int(found[1]), int(found[2])) if found else None


_NUMBERS = re.compile(r"(\d{1,2})[\s./-]+(\d{1,2})[\s./-]+(\d{4}|\d{2})")
_YEAR_FIRST = re.compile(r"(\d{4})[\s./-]+(\d{1,2})[\s./-]+(\d{1,2})")
_DAY_NAMED = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[\s./-]+([a-z]{3,})[\s./,-]+(\d{4}|\d{2})")
_MONTH_NAMED = re.compile(r"([a-z]{3,})[\s./-]+(\d{1,2})(?:st|nd|rd|th)?[\s./,-]+(\d{4}|\d{2})")


def meant_day(text: str) -> datetime.date | None:
    """The day that somebody here means by "1/9/2026", "1 Sept 20" or "2026-9-1"; None where that is no day."""
    written = text.strip().lower()
    if found := _YEAR_FIRST.fullmatch(written):
        year, month, day = found.groups()
    elif found := _NUMBERS.fullmatch(written) or _DAY_NAMED.fullmatch(written):
        day, month, year = found.groups()
    elif found := _MONTH_NAMED.fullmatch(written):
        month, day, year = found.groups()
    else:
        return None
    number = int(month) if month.isdigit() else _month_named(month)
    if number > 12 and int(day) <= 12:
        number, day = int(day), str(number)
    try:
        return datetime.date(int(year) + (2000 if len(year) == 2 else 0), number, int(day))
    except ValueError:
        return None


_TWO_DIGITS = 30
"""Excel takes years of two digits for those from 1930 to 2029."""
_EPOCH, _SERIALS = datetime.date(1899, 12, 30), range(20_000, 80_000)
"""From where Excel counts days, and the numbers of those from 1954 to 2119."""


def day_first(text: str) -> datetime.date | None:
    """The day that a British spreadsheet writes as "01/09/2020", "1.9.20" or "1 Sep 2020"; None for none."""
    written = text.strip().lower()
    if found := _NUMBERS.fullmatch(written):
        return _of_parts(found[3], int(found[2]), found[1])
    if found := _DAY_NAMED.fullmatch(written):
        return _of_parts(found[3], _month_named(found[2]), found[1])
    return None


def month_first(text: str) -> datetime.date | None:
    """The day that an American spreadsheet would mean by "01/09/2020"; None for none."""
    found = _NUMBERS.fullmatch(text.strip())
    return _of_parts(found[3], int(found[1]), found[2]) if found else None


def _of_parts(year: str, month: int, day: str) -> datetime.date | None:
    whole = int(year)
    if len(year) == 2:
        whole += 2000 if whole < _TWO_DIGITS else 1900
    try:
        return datetime.date(whole, month, int(day))
    except ValueError:
        return None


def serial_day(text: str) -> datetime.date | None:
    """The day that Excel counts by a number such as "44075"; None for no number of a likely day."""
    if not re.fullmatch(r"[2-7]\d{4}", text, re.ASCII) or int(text) not in _SERIALS:
        return None
    return _EPOCH + datetime.timedelta(int(text))


def last_day_of_month(text: str) -> str:
    """How long the month is in which "2026-02-30" would lie: "February 2026 has 28 days"; empty for no month."""
    found = _YEAR_FIRST.fullmatch(text.strip())
    if found is None or not 1 <= int(found[2]) <= 12 or not int(found[1]):
        return ""
    year, month = int(found[1]), int(found[2])
    return f"{_MONTHS[month - 1]} {year} has {calendar.monthrange(year, month)[1]} days"


def _month_named(word: str) -> int:
    """The number of a month, whole or cut short; 0 for none."""
    names = [name.lower() for name in _MONTHS]
    return next((number for number, name in enumerate(names, 1) if name.startswith(word[:4])), 0)


def months_after(day: datetime.date | Month, months: int) -> datetime.date | Month:
    """The same day so many months later, or the last of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if isinstance(day, Month):
        return Month(year, month + 1)
    return datetime.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def certainly_before(one: datetime.date | Month, other: datetime.date | Month) -> bool:
    """Whether a day or month lies before another, as far as both are known."""
    if isinstance(one, Month) or isinstance(other, Month):
        return (one.year, one.month) < (other.year, other.month)
    return one < other


Slot = Literal["Autumn 1", "Autumn 2", "Spring 1", "Spring 2", "Summer 1", "Summer 2"]
SLOTS: tuple[str, ...] = get_args(Slot)
_ENDS = dict(zip(SLOTS, (10, 12, 2, 3, 5, 7), strict=True))
"""The month with whose last day each half term ends, whatever the dates of one school's terms."""


def review_due(
    decided: datetime.date | Month, months: int, slot: str = ""
) -> datetime.date | Month:
    """The last day for the review of what was decided on a day; a month, where no more is known of that.

    With a slot, the end of the one of that name that lies nearest to so many months later, and after the decision.
    """
    due = months_after(decided, months)
    if not slot:
        return due
    after, near = last_day(decided), last_day(due)
    ends = (last_day(Month(year, _ENDS[slot])) for year in range(after.year, near.year + 2))
    return min((end for end in ends if end > after), key=lambda end: abs(end - near))


def printed_due(due: datetime.date | Month, slot: str = "") -> str:
    """The last day for a review as it prints: "12 November 2028", "Autumn 2 (by 31 December 2028)"."""
    if slot:
        return f"{slot} (by {printed_day(due)})"
    return printed_day(due)


def first_day(day: datetime.date | Month) -> datetime.date:
    """The day itself, or the first of a month."""
    return datetime.date(day.year, day.month, 1) if isinstance(day, Month) else day


def last_day(day: datetime.date | Month) -> datetime.date:
    """A day, or the last of a month."""
    if isinstance(day, Month):
        return datetime.date(day.year, day.month, calendar.monthrange(day.year, day.month)[1])
    return day
