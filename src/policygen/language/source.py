"""Text as its author wrote it, each line knowing where it stands, and the putting in of shared texts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from policygen.ground.diagnostics import Place, Problems
from policygen.ground.wording import meant_or_known

_INCLUDE = re.compile(r"""^([ \t]*)\{%-?\s*include\s+["']([^"']+)["']\s*-?%\}[ \t]*$""")
_ANY_INCLUDE = re.compile(r"\{%-?\s*include\b")


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
        return found[index] if index < len(found) else self.rows[0]


@dataclass(frozen=True, slots=True)
class Source:
    """A text to be composed: a section, a form, or a school's own wording."""

    path: str
    lines: tuple[Line, ...]

    @property
    def text(self) -> str:
        """All lines, each with its line end."""
        return "".join(f"{line.text}\n" for line in self.lines)

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
    return Source(section.path, tuple(_expand(section, shared, problems, ())))


def included(sections: Iterable[Source], shared: Mapping[str, Source]) -> set[str]:
    """The names of the shared texts that these sections include, and of those that these include in turn."""
    found: set[str] = set()
    for section in sections:
        names = {named[2] for line in section.lines if (named := _INCLUDE.match(line.text))}
        found |= names
        found |= included((shared[name] for name in names if name in shared), shared)
    return found


def _expand(
    section: Source, shared: Mapping[str, Source], problems: Problems, trail: tuple[str, ...]
) -> list[Line]:
    lines: list[Line] = []
    for line in section.lines:
        found = _INCLUDE.match(line.text)
        if found is None:
            if _ANY_INCLUDE.search(line.text):
                problems.add(
                    "jinja-statement",
                    "an include shares its line with other text",
                    line.place("include"),
                    'write `{% include "name.md" %}` alone on its line',
                )
                continue
            lines.append(line)
            continue
        indent, name = found.groups()
        if name in trail:
            problems.add("include-loop", f"`{name}` includes itself", line.place(name))
        elif name not in shared:
            problems.add(
                "file-missing",
                f"there is no shared text `{name}`",
                line.place(name),
                meant_or_known(name, [*shared]),
            )
        else:
            for each in _expand(shared[name], shared, problems, (*trail, name)):
                text = f"{indent}{each.text}" if each.text.strip() else ""
                lines.append(
                    Line(
                        text,
                        each.path,
                        each.number,
                        each.shift - len(indent),
                        each.original or each.text,
                    )
                )
    return lines
