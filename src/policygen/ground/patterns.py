"""Regular expressions that people write: whether one may need too much work, told from its parts, and searching.

Python's engine goes back and tries again wherever a pattern leaves it a choice. How many choices there are at most can
be read from the pattern, so that none has to be tried: a repeat that can end at several places multiplies the work of
all that follows it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from re import _constants as c  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

from policygen.ground.limits import PATTERN_LETTERS, PATTERN_REACH, PATTERN_STEPS

_ENDLESS = 10**9
"""More steps than any limit allows."""
_CATEGORIES: dict[Any, Callable[[str], bool]] = {
    c.CATEGORY_DIGIT: str.isdecimal,
    c.CATEGORY_SPACE: str.isspace,
    c.CATEGORY_WORD: lambda letter: letter.isalnum() or letter == "_",
    c.CATEGORY_NOT_DIGIT: lambda letter: not letter.isdecimal(),
    c.CATEGORY_NOT_SPACE: lambda letter: not letter.isspace(),
    c.CATEGORY_NOT_WORD: lambda letter: not (letter.isalnum() or letter == "_"),
}
_SAMPLE = frozenset(map(chr, range(9, 384))) | frozenset("–—‘’“”…€中")
"""Letters that stand for all letters."""
_FOLDS = re.compile(r"\(\?[a-zA-Z]*i")
"""What makes a pattern, or a part of it, take either case of a letter."""
_SINGLE = (c.LITERAL, c.NOT_LITERAL, c.ANY, c.IN)


def _any_letter(_: str) -> bool:
    return True


Part = tuple[Any, Any]
"""What Python's parser makes of a piece of a pattern: its kind and what belongs to it."""


@dataclass(frozen=True)
class _Work:
    """What a piece of a pattern costs at one place of a text."""

    steps: int
    ways: int
    """At how many places it may end, or in how many ways at one place: what follows is tried for each."""
    first: frozenset[str]
    """Letters that it may begin with."""
    empty: bool
    """Whether it may be nothing at all."""


def why_slow(pattern: str) -> str:
    """Why a pattern is not used, to follow its name; empty where nothing is wrong with it."""
    if len(pattern) > PATTERN_LETTERS:
        return f"has more than {PATTERN_LETTERS:,} letters"
    try:
        re.compile(pattern)
        parsed = _parser.parse(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        return f"is no regular expression: {error}"
    if parsed.state.groupdict or _refers_back(parsed):
        return "refers back to what it found before, which no pattern here may"
    if _Reading(_FOLDS.search(pattern) is not None).needs(parsed) > PATTERN_STEPS:
        return "could take for ever on some texts: a repeat in it can end at too many places"
    return ""


def searched(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Each match in a text, in time that grows as the text does.

    Of a long text a pattern sees a window from where it begins, at least PATTERN_REACH letters of it.
    """
    at = 0
    for start in range(0, max(len(text), 1), PATTERN_REACH):
        end = start + 2 * PATTERN_REACH
        at = max(at, start)
        for found in pattern.finditer(text, at, end):
            if found.start() >= start + PATTERN_REACH and end < len(text):
                break  # the next window sees more of it
            at = found.end() + (not found[0])
            yield found
        if end >= len(text):
            return


def _refers_back(parts: Sequence[Part]) -> bool:
    for kind, inner in parts:
        if kind in (c.GROUPREF, c.GROUPREF_EXISTS):
            return True
        if any(_refers_back(each) for each in _within(kind, inner)):
            return True
    return False


def _within(kind: Any, inner: Any) -> Sequence[Sequence[Part]]:
    """The sequences of parts within a part."""
    if kind is c.BRANCH:
        return inner[1]  # type: ignore[no-any-return]
    if kind in (c.MAX_REPEAT, c.MIN_REPEAT, c.POSSESSIVE_REPEAT):
        return (inner[2],)
    if kind in (c.ASSERT, c.ASSERT_NOT):
        return (inner[1],)
    if kind is c.SUBPATTERN:
        return (inner[3],)
    return (inner,) if kind is c.ATOMIC_GROUP else ()


@dataclass(frozen=True)
class _Reading:
    """How one pattern is read."""

    folded: bool
    """Whether a letter stands for both its cases."""

    def needs(self, parsed: Sequence[Part]) -> int:
        """The most steps that it takes at one place of a text."""
        return self._sequence(parsed, frozenset()).steps

    def _sequence(self, parts: Sequence[Part], follow: frozenset[str]) -> _Work:
        """The work of parts one after another, before what begins with one of the letters of `follow`."""
        steps, ways, first, empty = 0, 1, frozenset[str](), True
        for kind, inner in reversed([*parts]):
            one = self._part(kind, inner, first | follow if empty else first)
            steps = min(one.steps + one.ways * steps, _ENDLESS)
            ways = min(one.ways * ways, _ENDLESS)
            first = one.first | first if one.empty else one.first
            empty = one.empty and empty
        return _Work(steps, ways, first, empty)

    def _part(self, kind: Any, inner: Any, follow: frozenset[str]) -> _Work:
        if kind in _SINGLE:
            return _Work(1, 1, self._letters(kind, inner), empty=False)
        if kind is c.AT:
            return _Work(1, 1, frozenset(), empty=True)
        if kind in (c.ASSERT, c.ASSERT_NOT):
            # What stands before it may have to try each of its ends.
            return _Work(self._sequence(inner[1], frozenset()).steps, 1, _SAMPLE, empty=True)
        if kind is c.BRANCH:
            return self._branch(inner[1], follow)
        if kind in (c.MAX_REPEAT, c.MIN_REPEAT, c.POSSESSIVE_REPEAT):
            least, most, repeated = inner
            return self._repeat(least, most, repeated, follow)
        if kind in (c.SUBPATTERN, c.ATOMIC_GROUP):
            return self._sequence(_within(kind, inner)[0], follow)
        return _Work(_ENDLESS, _ENDLESS, _SAMPLE, empty=True)

    def _branch(self, choices: Sequence[Sequence[Part]], follow: frozenset[str]) -> _Work:
        works = [self._sequence(choice, follow) for choice in choices]
        apart = all(self._apart(one, other) for one, other in combinations(choices, 2))
        ways = max(work.ways for work in works) if apart else sum(work.ways for work in works)
        first = frozenset[str]().union(*(work.first for work in works))
        steps = sum(work.steps for work in works)
        return _Work(steps, ways, first, any(work.empty for work in works))

    def _apart(self, one: Sequence[Part], other: Sequence[Part]) -> bool:
        """Whether no text can begin with both: they differ in a letter that both have."""
        for (kind, inner), (other_kind, other_inner) in zip(one, other, strict=False):
            if kind not in _SINGLE or other_kind not in _SINGLE:
                return False
            if not self._letters(kind, inner) & self._letters(other_kind, other_inner):
                return True
        return False

    def _repeat(
        self, least: int, most: int, parts: Sequence[Part], follow: frozenset[str]
    ) -> _Work:
        most = min(most, PATTERN_REACH)
        least = min(least, most)
        body = self._sequence(parts, self._sequence(parts, follow).first | follow)
        inside = body.ways**most if body.ways > 1 else 1
        if body.empty and most > 1:
            inside = _ENDLESS
        # Where what follows begins with other letters than the repeat goes on with, it can end at one place alone.
        ends = most - least + 1 if body.first & follow else 1
        steps = most * body.steps * inside + 1
        return _Work(min(steps, _ENDLESS), min(inside * ends, _ENDLESS), body.first, least == 0)

    def _letters(self, kind: Any, inner: Any) -> frozenset[str]:
        """The letters that a part for one letter may be."""
        match kind:
            case c.LITERAL:
                return self._cases(inner)
            case c.NOT_LITERAL:
                return _SAMPLE - {chr(inner)}
            case c.ANY:
                return _SAMPLE
            case _:
                return self._set(inner)

    def _set(self, items: Sequence[Part]) -> frozenset[str]:
        """The letters of a set in brackets."""
        found = frozenset[str]()
        for kind, inner in items:
            match kind:
                case c.LITERAL:
                    found |= self._letters(kind, inner)
                case c.RANGE:
                    low, high = inner
                    found |= {letter for letter in _SAMPLE if low <= ord(letter) <= high}
                    found |= {
                        letter
                        for letter in _SAMPLE
                        if low <= ord(letter.swapcase()[0]) <= high and self.folded
                    }
                    found |= self._cases(low) | self._cases(high)
                case c.CATEGORY:
                    holds = _CATEGORIES.get(inner, _any_letter)
                    found |= {letter for letter in _SAMPLE if holds(letter)}
        if items and items[0][0] is c.NEGATE:
            return _SAMPLE - found
        return found

    def _cases(self, code: int) -> frozenset[str]:
        letter = chr(code)
        return frozenset((letter, letter.lower(), letter.upper()) if self.folded else letter)
