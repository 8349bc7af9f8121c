"""How Word counts: what it prints before each paragraph of a series with several levels."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from policygen.ground.wording import roman
from policygen.word.flow import Level, NumberForm, Series

LEVELS = 9
"""How many levels a list of Word has."""
_PLACE = re.compile(r"%(\d)")
_LABEL = re.compile(r"(\(?)(\d+|[a-z]+)([.)]?)")
_BELOW: dict[str, tuple[NumberForm, ...]] = {
    "decimal": ("lowerLetter", "lowerRoman"),
    "lowerLetter": ("lowerRoman", "decimal"),
}
"""How the lists within the items of a list count."""
_LAST = 780
"""As many letters as Word takes in a row, thirty times the alphabet."""
_MOST = 400
"""So many items of a list are tried to find which one a label is."""


def word_number(form: str, value: int) -> str:
    """A number as Word writes it: after z come aa and bb. What is beyond any list is written in figures."""
    if value > _LAST:
        return str(value)
    match form:
        case "lowerLetter" | "upperLetter":
            letter = chr(ord("a") + (value - 1) % 26) * ((value - 1) // 26 + 1)
            if form == "upperLetter":
                return letter.upper()
            return letter
        case "lowerRoman":
            return roman(value)
        case "upperRoman":
            return roman(value).upper()
        case "bullet" | "none":
            return ""
        case _:
            return str(value)


@dataclass
class Counter:
    """Counts the paragraphs of one series in reading order."""

    levels: tuple[Level, ...]
    values: dict[int, int] = field(default_factory=dict)

    def next(self, level: int) -> str:
        """Count one more at a level, and what prints before it."""
        self.values = self._after(level)
        return self._printed(level, self.values)

    def ahead(self, level: int) -> str:
        """What `next` would print."""
        return self._printed(level, self._after(level))

    def _after(self, level: int) -> dict[int, int]:
        values = {each: value for each, value in self.values.items() if each <= level}
        values[level] = values.get(level, self.levels[level].start - 1) + 1
        return values

    def _printed(self, level: int, values: Mapping[int, int]) -> str:
        def number(found: re.Match[str]) -> str:
            at = int(found[1]) - 1
            return word_number(self.levels[at].form, values.get(at, self.levels[at].start))

        return _PLACE.sub(number, self.levels[level].text)


@dataclass
class Lists:
    """All lists of a file that Word or another program wrote: several may count together."""

    levels: Mapping[str, Mapping[int, Level]]
    """By the number of the list that they share, and by level."""
    uses: Mapping[str, tuple[str, Mapping[int, int]]]
    """By the number that a paragraph names: which list it is, and where levels of it begin anew."""
    values: dict[str, dict[int, int]] = field(default_factory=dict)
    begun: set[tuple[str, int]] = field(default_factory=set)

    def next(self, number: str, level: int) -> tuple[str, str]:
        """Count a paragraph: what prints before it, and in which signs; nothing where it is in no list."""
        shared, starts = self.uses.get(number, ("", {}))
        levels = self.levels.get(shared, {})
        if level not in levels:
            return "", "none"
        values = {
            each: value for each, value in self.values.get(shared, {}).items() if each <= level
        }
        if level in starts and (number, level) not in self.begun:
            values[level] = starts[level]
        else:
            values[level] = values.get(level, levels[level].start - 1) + 1
        self.begun.add((number, level))
        self.values[shared] = values

        def shown(found: re.Match[str]) -> str:
            at = levels.get(int(found[1]) - 1)
            if at is None:
                return ""
            return word_number(at.form, values.get(int(found[1]) - 1, at.start))

        return _PLACE.sub(shown, levels[level].text), levels[level].form


# --- our series -------------------------------------------------------------------------------------------------------


def _decimals(prefix: str, levels: int) -> Iterator[Level]:
    for level in range(levels):
        places = ".".join(f"%{each + 1}" for each in range(level + 1))
        yield Level("decimal", f"{prefix}{places}")


def _items(first: int, *forms: NumberForm) -> Iterator[Level]:
    for level, form in enumerate(forms, first):
        yield Level(form, f"%{level}." if form == "decimal" else f"(%{level})")


def _whole(name: str, levels: list[Level]) -> Series:
    """A series with all the levels that Word wants; the last ones count by themselves."""
    rest = [Level("decimal", f"%{level + 1}.") for level in range(len(levels), LEVELS)]
    return Series(name, (*levels, *rest))


def clauses_series(name: str, *, appendix: bool, deep: bool) -> Series:
    """Sections and their clauses, 4 and 4.1, with lettered items; or headings that are numbered to several levels."""
    prefix = "A" if appendix else ""
    levels = [*_decimals(prefix, LEVELS if deep else 2)]
    if appendix:
        levels[0] = Level("decimal", "Appendix %1")
    if not deep:
        levels += _items(3, "lowerLetter", "lowerRoman", "decimal")
    return _whole(name, levels)


def flat_series(name: str) -> Series:
    """Clauses that count from 1 in each section, with lettered items."""
    levels = [Level("decimal", "%1"), *_items(2, "lowerLetter", "lowerRoman", "decimal")]
    return _whole(name, levels)


def list_series(name: str, label: str, form: NumberForm) -> Series | None:
    """A list of its own that begins with a label such as `1.`, `(c)` or `b)`; None where Word has no such label."""
    found = _LABEL.fullmatch(label)
    if found is None:
        return None
    start = _value(form, found[2])
    if start is None:
        return None
    first = Level(form, f"{found[1]}%1{found[3]}", start)
    return _whole(name, [first, *_items(2, *_BELOW.get(form, ()))])


def _value(form: NumberForm, written: str) -> int | None:
    if form == "decimal":
        if written.isdecimal() and len(written) < 6:
            return int(written)
        return None
    for value in range(1, _MOST):
        if word_number(form, value) == written:
            return value
    return None


BULLETS = Series("bullets", tuple(Level("bullet", "•") for _ in range(LEVELS)))
