"""Lines of two units side by side: which line became which, and the words that changed in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal, cast

from policygen.compare.units import Line
from policygen.compare.words import Run, Token, likeness, runs, whole

_ALIKE = 0.5
"""Two lines that share less are one line gone and another come."""


@dataclass(frozen=True, slots=True)
class MarkedLine:
    """A line of a redline."""

    change: Literal["same", "inserted", "deleted", "reworded"]
    cells: tuple[tuple[Run, ...], ...]
    old: Line | None
    new: Line | None

    @property
    def line(self) -> Line:
        """The line as it is now; of one that is gone, as it was."""
        return cast("Line", self.new or self.old)


@dataclass(frozen=True, slots=True)
class Words:
    """A line with its words: one list of tokens for each cell."""

    line: Line
    cells: tuple[tuple[Token, ...], ...]

    @property
    def key(self) -> tuple[Any, ...]:
        """What two lines agree in when nothing changed. Labels of items move along and take no part."""
        return self._keyed(tuple(tuple(token.key for token in cell) for cell in self.cells))

    @property
    def masked(self) -> tuple[Any, ...]:
        """The same, with details known by name alone: however many words they have."""
        cells = []
        for cell in self.cells:
            masked: list[tuple[Any, ...]] = []
            for token in cell:
                if not (masked and masked[-1] == token.masked and token.masked[0] == "details"):
                    masked.append(token.masked)
            cells.append(tuple(masked))
        return self._keyed(tuple(cells))

    @property
    def has_details(self) -> bool:
        """Whether a detail prints in it."""
        return any(token.masked[0] == "details" for cell in self.cells for token in cell)

    def _keyed(self, cells: tuple[Any, ...]) -> tuple[Any, ...]:
        return (self.line.role, self.line.depth, self.line.within, cells)


def marked(old: Sequence[Words], new: Sequence[Words]) -> tuple[MarkedLine, ...]:
    """All lines of both in one row. A line that is gone stands before what came in its place."""
    made: list[MarkedLine] = []
    matcher = SequenceMatcher(
        None, [each.key for each in old], [each.key for each in new], autojunk=False
    )
    for tag, left, left_end, right, right_end in matcher.get_opcodes():
        if tag == "equal":
            made.extend(
                _same(*pair) for pair in zip(old[left:left_end], new[right:right_end], strict=True)
            )
        else:
            made.extend(_replaced(old[left:left_end], new[right:right_end]))
    return tuple(made)


def differ_in_details_only(old: Sequence[Words], new: Sequence[Words]) -> bool:
    """Whether only details changed: their words, or how many lines a list of people or products has."""
    return [*_once(old)] == [*_once(new)]


def _once(lines: Iterable[Words]) -> Iterator[tuple[Any, ...]]:
    """Each line as it is without the words of details; lines that repeat for one detail after another only once."""
    before: tuple[Any, ...] | None = None
    for line in lines:
        masked = line.masked
        if masked != before or not line.has_details:
            yield masked
        before = masked


def gone(lines: Iterable[Words]) -> tuple[MarkedLine, ...]:
    """Lines that are no more."""
    return tuple(MarkedLine("deleted", _whole("deleted", each), each.line, None) for each in lines)


def come(lines: Iterable[Words]) -> tuple[MarkedLine, ...]:
    """Lines that are new."""
    return tuple(
        MarkedLine("inserted", _whole("inserted", each), None, each.line) for each in lines
    )


def _whole(change: Literal["inserted", "deleted"], line: Words) -> tuple[tuple[Run, ...], ...]:
    return tuple(whole(change, cell) for cell in line.cells)


def _same(old: Words, new: Words) -> MarkedLine:
    return MarkedLine("same", _cells(old, new), old.line, new.line)


def _cells(old: Words, new: Words) -> tuple[tuple[Run, ...], ...]:
    return tuple(runs(left, right) for left, right in zip(old.cells, new.cells, strict=True))


def _replaced(old: Sequence[Words], new: Sequence[Words]) -> Iterator[MarkedLine]:
    left = right = 0
    for match_left, match_right in [*_matches(old, new), (len(old), len(new))]:
        yield from gone(old[left:match_left])
        yield from come(new[right:match_right])
        if match_left < len(old):
            pair = old[match_left], new[match_right]
            yield MarkedLine("reworded", _cells(*pair), pair[0].line, pair[1].line)
        left, right = match_left + 1, match_right + 1


def _matches(old: Sequence[Words], new: Sequence[Words]) -> list[tuple[int, int]]:
    """Which line became which, in order: the choice with the greatest likeness in all."""
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    alike = [[_likeness(left, right) for right in new] for left in old]
    for i in range(len(old) - 1, -1, -1):
        for j in range(len(new) - 1, -1, -1):
            together = best[i + 1][j + 1] + alike[i][j] if alike[i][j] >= _ALIKE else 0.0
            best[i][j] = max(together, best[i + 1][j], best[i][j + 1])
    found: list[tuple[int, int]] = []
    i = j = 0
    while i < len(old) and j < len(new):
        if alike[i][j] >= _ALIKE and best[i][j] == best[i + 1][j + 1] + alike[i][j]:
            found.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return found


def _likeness(old: Words, new: Words) -> float:
    if (
        old.line.role != new.line.role
        or len(old.cells) != len(new.cells)
        or old.line.within != new.line.within
    ):
        return 0.0
    if old.line.depth != new.line.depth:
        return 0.0
    left, right = ([token for cell in side.cells for token in cell] for side in (old, new))
    return likeness(left, right)
