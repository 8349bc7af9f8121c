"""Text as its author wrote it, each line knowing where it stands, and the putting in of shared texts."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from policygen.ground.diagnostics import Place, Problems
from policygen.ground.limits import INCLUDED, INCLUDES, TEXT_LETTERS, TEXT_LINES
from policygen.ground.wording import meant_or_known
from policygen.language.marks import Piece, masked_lines, pieces


@dataclass(frozen=True, slots=True)
class Line:
    """One line, and the place in the file that it came from."""

    text: str
    path: str
    number: int
    shift: int = 0
    """Columns by which the text was moved left (block scalars) or, negative, right (includes)."""
    original: str = ""
    rows: tuple[Place, ...] = ()
    """Of a text in quotes: its part of each line of the file, for its columns are not theirs."""

    def place(self, needle: str = "") -> Place:
        """Its place; of `needle` in it, where that is found."""
        start = self.text.find(needle) if needle else -1
        if start >= 0:
            return self.place_at(start, len(needle))
        return self.place_at(len(self.text) - len(self.text.lstrip()), len(self.text.strip()))

    def place_at(self, start: int, length: int) -> Place:
        """The place of some of its characters, counted from 0."""
        if self.rows:
            return self._found(self.text[start : start + length], self.text[:start])
        shown = self.original or self.text
        return Place(self.path, self.number, max(start + self.shift, 0) + 1, max(length, 1), shown)

    def _found(self, words: str, before: str) -> Place:
        """The place of words in quotes, after as many of the same as stand before them; the first row if not found."""
        found = [
            Place(row.path, row.line, match.start() + 1, len(words), row.text)
            for row in self.rows
            for match in re.finditer(re.escape(words), row.text)
        ]
        index = before.count(words) if words else 0
        if index < len(found):
            return found[index]
        return self.rows[0]


@dataclass(frozen=True)
class Source:
    """A text to be composed: a section, a form, or a school's own wording."""

    path: str
    lines: tuple[Line, ...]

    @cached_property
    def text(self) -> str:
        """All lines, each with its line end."""
        return "".join(f"{line.text}\n" for line in self.lines)

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """Its words and marks."""
        return pieces(self.text)

    @cached_property
    def _piece_starts(self) -> tuple[int, ...]:
        return tuple(piece.start for piece in self.pieces)

    def pieces_from(self, row: int) -> Iterator[Piece]:
        """Its words and marks that begin in a line or behind it."""
        found = self.pieces
        first = bisect_left(self._piece_starts, self.starts[row])
        return (found[index] for index in range(first, len(found)))

    @cached_property
    def masked(self) -> tuple[str, ...]:
        """Each line, with signs in place of marks."""
        return masked_lines(self.text)

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """Where each line begins in the text, and one more for its end."""
        starts = [0]
        for line in self.lines:
            starts.append(starts[-1] + len(line.text) + 1)
        return tuple(starts)

    def row(self, at: int) -> int:
        """The index of the line in which a character of the text stands."""
        return min(max(bisect_right(self.starts, at) - 1, 0), max(len(self.lines) - 1, 0))

    def place_at(self, start: int, end: int) -> Place:
        """The place of some characters of the text, as far as the first of their lines goes."""
        row = self.row(start)
        line, column = self.line(row), start - self.starts[row]
        return line.place_at(column, min(end - self.starts[row], len(line.text)) - column)

    def line(self, index: int) -> Line:
        """The line at an index from 0; the nearest one where there is none."""
        if not self.lines:
            return Line("", self.path, 0)
        return self.lines[min(max(index, 0), len(self.lines) - 1)]


def source(text: str, path: str, *, first_line: int = 1, indent: int = 0) -> Source:
    """A source from a file's text, or from a block scalar that begins at a line and an indent of its file."""
    lines = text.removesuffix("\n").split("\n") if text.strip() else []
    return Source(
        path,
        tuple(
            Line(line.rstrip(" "), path, first_line + index, indent, " " * indent + line)
            for index, line in enumerate(lines)
        ),
    )


def with_includes(section: Source, shared: Mapping[str, Source], problems: Problems) -> Source:
    """The section with each shared text put in at the indent of the line that names it.

    `shared` holds the texts by file name. A name that is not there, or a text that includes itself, is a problem.
    """
    return Source(section.path, tuple(_expand(section, shared, problems, (), [])))


def included(sections: Iterable[Source], shared: Mapping[str, Source]) -> set[str]:
    """The names of the shared texts that these sections include, and of those that these include in turn."""
    found: set[str] = set()
    left = [*sections]
    while left:
        new = {name for line in left.pop().lines if (name := _included_by(line))} - found
        found |= new
        left += (shared[name] for name in new if name in shared)
    return found


def _include(line: Line) -> Piece | None:
    """The statement of a line that puts in a shared text."""
    if "include" not in line.text:
        return None
    return next((mark for mark in pieces(line.text) if mark.word == "include"), None)


def _included_by(line: Line) -> str:
    """The name of the shared text that a line puts in; empty where it puts in none, or holds more than that."""
    mark = _include(line)
    if mark is None or line.text.strip() != mark.text:
        return ""
    match mark.tokens:
        case (_, name) if name.kind == "string":
            return name.text[1:-1]
        case _:
            return ""


def _expand(
    section: Source,
    shared: Mapping[str, Source],
    problems: Problems,
    trail: tuple[str, ...],
    put_in: list[str],
) -> list[Line]:
    """The lines of a text with what it includes. `put_in` are the names of all that was put in so far."""
    lines: list[Line] = []
    letters = 0
    for line in section.lines:
        name = _included_by(line)
        if name in trail:
            problems.add("include-loop", f"`{name}` includes itself", line.place(name))
        elif name in shared and len(trail) == INCLUDES:
            says = f"more than {INCLUDES} texts include one another"
            problems.add("include-loop", says, line.place(name), "include fewer, longer texts")
        elif name in shared and len(put_in) == INCLUDED:
            says = f"with this, more than {INCLUDED:,} texts are put in"
            problems.add("include-loop", says, line.place(name), "include less")
            put_in.append(name)
        elif name in shared and len(put_in) > INCLUDED:
            return lines  # it has been said
        elif name in shared:
            put_in.append(name)
            indent = line.text[: len(line.text) - len(line.text.lstrip())]
            inner = _expand(shared[name], shared, problems, (*trail, name), put_in)
            lines += [_indented(included_line, indent) for included_line in inner]
            # Texts that include one another several times soon have more lines than any machine can hold.
            more = sum(len(each.text) for each in inner)
            letters += more
            if len(lines) > TEXT_LINES or letters > TEXT_LETTERS:
                if len(inner) <= TEXT_LINES and more <= TEXT_LETTERS:  # else it has been said
                    most = f"{TEXT_LETTERS:,} letters"
                    if len(lines) > TEXT_LINES:
                        most = f"{TEXT_LINES:,} lines"
                    says = f"with this, the text has more than {most}"
                    problems.add("include-loop", says, line.place(name), "include less")
                return lines
        elif name:
            message = f"there is no shared text `{name}`"
            known = meant_or_known(name, [*shared])
            problems.add("file-missing", message, line.place(name), known)
        elif _include(line):
            message = "an include shares its line with other text"
            hint = 'write `{% include "name.md" %}` alone on its line'
            problems.add("jinja-statement", message, line.place("include"), hint)
        else:
            lines.append(line)
    return lines


def _indented(line: Line, indent: str) -> Line:
    text = f"{indent}{line.text}" if line.text.strip() else ""
    shift = line.shift - len(indent)
    return Line(text, line.path, line.number, shift, line.original or line.text)
