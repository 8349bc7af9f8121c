"""Whether every word that was written is kept, in order and once, whatever Markdown made of it.

Letters are compared, not words: where a word ends is no matter of ours, and a mark of emphasis may stand within one. A
value counts as one letter of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import takewhile

from markdown_it.common.utils import replaceEntityPattern

from policygen.language.runs import VALUE
from policygen.language.vocabulary import VALUE_MARK

_ENTITY = re.compile(r"&(#?[A-Za-z0-9]{1,31});")
_NO_LETTER = re.compile(rf"[^\w{VALUE}]+|_+")
_WORD = re.compile(rf"{VALUE}|[^\W_]+")


_COMPARED = 4_000
"""Words behind the first that differs, from which on only that one is told: a comparison takes their square."""


@dataclass(frozen=True)
class Lost:
    """Words that were written and are not kept, or are kept where none were written."""

    line: int
    """Of the filled text, from 0."""
    words: str
    twice: bool = False
    """Whether they are kept more often than they were written."""


def letters(text: str) -> str:
    """The letters and figures of a text, entities read as what they print, a sign for each value."""
    return _NO_LETTER.sub("", _decoded(text))


def lost(written: Sequence[tuple[int, str]], kept: Iterable[str]) -> Iterator[Lost]:
    """What differs between pieces of text as written, each with its line, and the pieces that are kept."""
    kept = tuple(kept)
    if "".join(letters(text) for _, text in written) == "".join(map(letters, kept)):
        return
    lines = [(line, word) for line, text in written for word in _words(text)]
    words = [word for text in kept for word in _words(text)]
    same = _same(([word for _, word in lines], words))
    lines, words = lines[max(same - 1, 0) :], words[max(same - 1, 0) :]
    if min(len(lines), len(words)) > _COMPARED:
        yield from _by_line(lines[:1])
        return
    matcher = SequenceMatcher(None, [word for _, word in lines], words, autojunk=False)
    for tag, start, end, kept_start, kept_end in matcher.get_opcodes():
        if tag == "equal":
            continue
        before = "".join(word for _, word in lines[start:end])
        after = "".join(words[kept_start:kept_end])
        if before == after:
            continue  # the same letters, with word ends elsewhere
        if before:
            yield from _by_line(lines[start:end])
        else:
            at = lines[max(start - 1, 0)][0] if lines else 0
            yield Lost(at, " ".join(words[kept_start:kept_end]), twice=True)


def _same(texts: Iterable[Sequence[str]]) -> int:
    """How many words two texts begin with alike."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(*texts, strict=False)))


def _by_line(words: Iterable[tuple[int, str]]) -> Iterator[Lost]:
    lines: dict[int, list[str]] = {}
    for line, word in words:
        lines.setdefault(line, []).append(word)
    for line, together in lines.items():
        yield Lost(line, " ".join(together).replace(VALUE, "…"))


def _words(text: str) -> list[str]:
    return _WORD.findall(_decoded(text))


def _decoded(text: str) -> str:
    text = VALUE_MARK.sub(VALUE, text)
    return _ENTITY.sub(lambda found: replaceEntityPattern(found[0], found[1]), text)
