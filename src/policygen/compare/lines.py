"""Lines of two units side by side: which line became which, and the words that changed in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal, cast

from policygen.compare.form import Form
from policygen.compare.units import Facts, Line
from policygen.compare.words import Run, Token, likeness, runs, whole
from policygen.ground.wording import join_and
from policygen.language import document as d

_ALIKE = 0.5
"""Two lines that share less are one line gone and another come."""


@dataclass(frozen=True, slots=True)
class MarkedLine:
    """A line of a redline."""

    change: Literal["same", "inserted", "deleted", "reworded"]
    cells: tuple[tuple[Run, ...], ...]
    old: Line | None
    new: Line | None
    notes: tuple[str, ...] = ()
    """What changed beside the words: "list: bullets; was: letters"."""

    @property
    def line(self) -> Line:
        """The line as it is now; of one that is gone, as it was."""
        return cast("Line", self.new or self.old)


@dataclass(frozen=True, slots=True)
class Words:
    """A line with its words: one list of tokens for each cell."""

    line: Line
    cells: tuple[tuple[Token, ...], ...]
    facts: Facts = ()
    """What is true of it beside its words."""

    @property
    def key(self) -> tuple[Any, ...]:
        """What two lines agree in when nothing changed. Labels of items move along and take no part."""
        words = tuple(tuple(token.key for token in cell) for cell in self.cells)
        return (self.line.role, self.line.depth, self.facts, words)


def facts_of(line: Line, form: Form) -> Facts:
    """What is true of a line beside its words, in order; ids and pictures as `form` has them."""
    facts = [("in", line.within)] if line.within else []
    facts += [(name, form.id(value) if name == "id" else value) for name, value in line.facts]
    for node in d.walk(*line.cells):
        match node:
            case d.Link():
                facts.append(("link", node.address))
            case d.Image():
                facts.append(("picture", form.picture(node)[:12]))
            case d.Value(kind="details"):
                facts.append(("filled in", node.name))
            case _:  # whatever else is in a line is compared word by word
                pass
    return tuple(facts)


def marked(old: Sequence[Words], new: Sequence[Words]) -> tuple[MarkedLine, ...]:
    """All lines of both in one row. A line that is gone stands before what came in its place."""
    lines: list[MarkedLine] = []
    matcher = SequenceMatcher(
        None, [words.key for words in old], [words.key for words in new], autojunk=False
    )
    for tag, left, left_end, right, right_end in matcher.get_opcodes():
        if tag == "equal":
            pairs = zip(old[left:left_end], new[right:right_end], strict=True)
            lines.extend(_side_by_side("same", *pair) for pair in pairs)
        else:
            lines.extend(_replaced(old[left:left_end], new[right:right_end]))
    return tuple(lines)


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


def _side_by_side(change: Literal["same", "reworded"], old: Words, new: Words) -> MarkedLine:
    cells = tuple(runs(left, right) for left, right in zip(old.cells, new.cells, strict=True))
    return MarkedLine(change, cells, old.line, new.line, tuple(_notes(old.facts, new.facts)))


def _notes(old: Facts, new: Facts) -> Iterator[str]:
    """What differs between the facts of a line, each in a few words."""
    for name in dict.fromkeys(name for name, _ in (*old, *new)):
        before, after = ([value for key, value in facts if key == name] for facts in (old, new))
        if before != after:
            yield f"{name}: {join_and(after) or 'none'}; was: {join_and(before) or 'none'}"


def _replaced(old: Sequence[Words], new: Sequence[Words]) -> Iterator[MarkedLine]:
    left = right = 0
    for match_left, match_right in [*_matches(old, new), (len(old), len(new))]:
        yield from gone(old[left:match_left])
        yield from come(new[right:match_right])
        if match_left < len(old):
            yield _side_by_side("reworded", old[match_left], new[match_right])
        left, right = match_left + 1, match_right + 1


def _matches(old: Sequence[Words], new: Sequence[Words]) -> list[tuple[int, int]]:
    """Which line became which, in order: the choice with the greatest likeness in all."""
    # The equality of whole lines that difflib looks for is of no use where each line was
    # reworded a little. So this is the alignment of two sequences: best[i][j] is the greatest
    # likeness that the lines from i and from j on can have together, counted from the ends; the
    # way that led to it is then walked from the beginning. Units are short: the product of their
    # lines is small.
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    alike = [[_likeness(left, right) for right in new] for left in old]
    for i in range(len(old) - 1, -1, -1):
        for j in range(len(new) - 1, -1, -1):
            together = best[i + 1][j + 1] + alike[i][j] if alike[i][j] >= _ALIKE else 0.0
            best[i][j] = max(together, best[i + 1][j], best[i][j + 1])
    pairs: list[tuple[int, int]] = []
    i = j = 0
    while i < len(old) and j < len(new):
        if alike[i][j] >= _ALIKE and best[i][j] == best[i + 1][j + 1] + alike[i][j]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return pairs


def _likeness(old: Words, new: Words) -> float:
    shapes = [(words.line.role, words.line.depth, len(words.cells)) for words in (old, new)]
    if shapes[0] != shapes[1]:
        return 0.0
    left, right = ([token for cell in words.cells for token in cell] for words in (old, new))
    return likeness(left, right)
