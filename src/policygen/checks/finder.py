"""Running text of a document, piece by piece, and the finding of words in the file that they were written in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from policygen.ground.diagnostics import Place
from policygen.language import marks
from policygen.language.runs import VALUE, Run
from policygen.language.source import Source

REMEMBERED = 20_000
"""Texts for which a search is remembered: the schools of one edition share most of theirs."""


# --- finding words ----------------------------------------------------------------------------------------------------

_PIECE = re.compile(rf"\s+|{VALUE}|\w+|[^\w\s]")
_MARKUP = rf"[*_\\{marks.MARK}]*"
_GAP = rf"[\s*_\\{marks.MARK}]+"
_PRINTED = rf"(?:[{marks.VALUE}{marks.CHOICE}]+|\[[^\]]*\]\([^)]*\))"
_NO_WORDS = re.compile(r"\[\]\(.*?\)|\W+|_", re.DOTALL)
_CONTEXT = 60
"""Characters on each side by which the same words in two places are told apart."""
_FAR = 10
"""How many times as many are read to find so many letters."""
_REACH = 100_000
"""Letters from its beginning in which the words of a run stand: more than a paragraph has with all its branches."""
_MOST = 40
"""Places where the same words stand that are looked at, and pieces of words that are looked for."""


@dataclass(frozen=True)
class TextFinder:
    """Finds words in the files that they were written in, so that a problem has their line and column."""

    sources: Mapping[str, Source]

    def within(self, run: Run, start: int, end: int) -> Place | None:
        """The place of some characters of what was typed in a run."""
        typed = run.typed
        return self.place(typed[start:end], run.place, typed[:start], typed[end:])

    def place(
        self, words: str, start: Place | None, before: str = "", after: str = ""
    ) -> Place | None:
        """The place of some words in the text that starts at a place; the start where they are not found.

        Words may run over line ends, marks of emphasis and values; where they run over a branch that is left out, the
        longest beginning of them counts. `before` and `after` tell which one is meant of several.
        """
        if start is None or start.path not in self.sources or not words.strip():
            return start
        source = self.sources[start.path]
        mask = marks.masked(source.text)
        begin = _begin(source, start)
        # Jinja leaves no trace of where its output came from, so words are looked for as they may have been written;
        # the mask has a sign in place of each mark of Jinja, so that no pattern matches within one.
        end = begin + _REACH
        for pattern in _patterns(words.strip()):
            found = [*islice(pattern.finditer(mask, begin, end), _MOST)] or [
                *islice(pattern.finditer(mask), _MOST)
            ]
            if len(found) == 1:
                return source.place_at(found[0].start(), found[0].end())
            if found:
                beside = (
                    _letters(before[-_FAR * _CONTEXT :])[::-1],
                    _letters(after[: _FAR * _CONTEXT]),
                )
                best = max(found, key=lambda match: _agreement(mask, match, *beside))
                return source.place_at(best.start(), best.end())
        return start

    def named(self, name: str, start: Place | None) -> Place | None:
        """The place of a name that is printed in the text that starts at a place; the start where it is not found."""
        if start is None or start.path not in self.sources:
            return start
        source = self.sources[start.path]
        for mark in source.pieces:
            at = mark.text.find(name) if mark.kind == "print" else -1
            if at >= 0 and mark.start >= _begin(source, start):
                return source.place_at(mark.start + at, mark.start + at + len(name))
        return start


def _begin(source: Source, start: Place) -> int:
    """Where a place is in the whole text."""
    return source.starts[min(start.line - 1, len(source.lines))] + max(start.column - 1, 0)


def _patterns(words: str) -> Iterator[re.Pattern[str]]:
    """For the words as they may be written, then for ever shorter beginnings of them."""
    # A branch that was left out stands in the source between words that print side by side: then only a beginning of
    # them stands together. It ends before white space, so that half a word never matches.
    pieces = [piece[0] for piece in islice(_PIECE.finditer(words), _MOST)]
    whole = len(pieces)
    for length in range(whole, 0, -1):
        if length == whole or (pieces[length].isspace() and not pieces[length - 1].isspace()):
            yield re.compile(_MARKUP.join(map(_as_written, pieces[:length])), re.DOTALL)


def _as_written(piece: str) -> str:
    if piece.isspace():
        return _GAP
    return _PRINTED if piece == VALUE else re.escape(piece)


def _agreement(text: str, found: re.Match[str], before: str, after: str) -> int:
    """How many letters beside the words are those of the run: of what stands before, the last one first."""
    earlier = _letters(text[max(found.start() - 2 * _CONTEXT, 0) : found.start()])[::-1]
    later = _letters(text[found.end() : found.end() + 2 * _CONTEXT])
    return _common(earlier, before) + _common(later, after)


def _letters(text: str) -> str:
    return _NO_WORDS.sub("", text)


def _common(one: str, other: str) -> int:
    length = 0
    for a, b in zip(one[:_CONTEXT], other[:_CONTEXT], strict=False):
        if a != b:
            break
        length += 1
    return length
