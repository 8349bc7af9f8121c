"""Running text of a document, piece by piece, and the finding of words in the file that they were written in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from policygen.ground.diagnostics import Place
from policygen.language.runs import VALUE, Passage
from policygen.language.source import Line, Source

REMEMBERED = 20_000
"""Texts for which a search is remembered: the schools of one edition share most of theirs."""


# --- finding words ----------------------------------------------------------------------------------------------------

_PIECE = re.compile(rf"\s+|{VALUE}|\w+|[^\w\s]")
_MARKUP = r"[*_\\]*"
_GAP = r"(?:[\s*_\\]|\{%.*?%\}|<!--.*?-->)+"
_PRINTED = r"(?:\{\{.*?\}\}|\[[^\]]*\]\([^)]*\))"
_NO_WORDS = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\[\]\(.*?\)|<!--.*?-->|\W+|_", re.DOTALL)
_CONTEXT = 60
"""Characters on each side by which the same words in two places are told apart."""


@dataclass(frozen=True)
class TextFinder:
    """Finds words in the files that they were written in, so that a problem has their line and column."""

    sources: Mapping[str, Source]

    def within(self, passage: Passage, start: int, end: int) -> Place | None:
        """The place of some characters of what was typed in a passage."""
        typed = passage.typed
        return self.place(typed[start:end], passage.place, typed[:start], typed[end:])

    def place(
        self, words: str, start: Place | None, before: str = "", after: str = ""
    ) -> Place | None:
        """The place of some words in the text that starts at a place; the start where they are not found.

        Words may run over line ends, marks of emphasis and values; where they run over a branch that is left out, the
        longest beginning of them counts. `before` and `after` tell which one is meant of several.
        """
        if start is None or start.path not in self.sources or not words.strip():
            return start
        lines = self.sources[start.path].lines
        text = "\n".join(line.text for line in lines)
        begin = sum(len(line.text) + 1 for line in lines[: start.line - 1]) + max(
            start.column - 1, 0
        )
        for pattern in _patterns(words.strip()):
            found = [*pattern.finditer(text, begin)] or [*pattern.finditer(text)]
            if found:
                best = max(found, key=lambda each: _agreement(text, each, before, after))
                return place_of(lines, best.start(), best.end())
        return start


def _patterns(words: str) -> Iterator[re.Pattern[str]]:
    """For the words as they may be written, then for ever shorter beginnings of them."""
    pieces = _PIECE.findall(words)
    whole = len(pieces)
    for length in range(whole, 0, -1):
        if length == whole or (pieces[length].isspace() and not pieces[length - 1].isspace()):
            yield re.compile(
                _MARKUP.join(_as_written(piece) for piece in pieces[:length]), re.DOTALL
            )


def _as_written(piece: str) -> str:
    if piece.isspace():
        return _GAP
    return _PRINTED if piece == VALUE else re.escape(piece)


def _agreement(text: str, found: re.Match[str], before: str, after: str) -> int:
    """How many letters beside the words are those of the passage."""
    earlier = _letters(text[max(found.start() - 2 * _CONTEXT, 0) : found.start()])[::-1]
    later = _letters(text[found.end() : found.end() + 2 * _CONTEXT])
    return _common(earlier, _letters(before)[::-1]) + _common(later, _letters(after))


def _letters(text: str) -> str:
    return _NO_WORDS.sub("", text)


def _common(one: str, other: str) -> int:
    length = 0
    for a, b in zip(one[:_CONTEXT], other[:_CONTEXT], strict=False):
        if a != b:
            break
        length += 1
    return length


def place_of(lines: tuple[Line, ...], start: int, end: int) -> Place:
    """The place of some characters of joined lines, as far as the first of the lines goes."""
    for line in lines:
        if start <= len(line.text):
            return line.place_at(start, min(end, len(line.text)) - start)
        start, end = start - len(line.text) - 1, end - len(line.text) - 1
    raise IndexError(start)
