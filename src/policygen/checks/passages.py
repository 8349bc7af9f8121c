"""Running text of a document, piece by piece, and the finding of words in the file that they were written in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from policygen.language.document import (
    AudiencePart,
    Block,
    Callout,
    Clause,
    Definitions,
    Inline,
    ItemList,
    Paragraph,
    Quote,
    Reference,
    ReferenceMark,
    Section,
    SignatureBlock,
    Subhead,
    Table,
    Text,
    Value,
    plain,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from policygen.ground.diagnostics import Place
    from policygen.language.source import Line, Source

Kind = Literal["heading", "clause", "paragraph", "item", "cell", "quote", "value"]
VALUE = "\ufffc"
"""Stands for a value in `Passage.typed`: what a school filled in is checked where it was filled in."""
REMEMBERED = 20_000
"""Texts for which a search is remembered: the schools of one edition share most of theirs."""


@dataclass(frozen=True)
class Passage:
    """A heading, paragraph, item or cell."""

    kind: Kind
    """`clause`: the first paragraph of a numbered clause; `value`: a text of a YAML file, where nothing is composed."""
    children: tuple[Inline, ...]
    place: Place | None

    @cached_property
    def text(self) -> str:
        """As printed."""
        return plain(self.children)

    @cached_property
    def typed(self) -> str:
        """As printed, with a sign in place of each value."""
        return "".join(VALUE if filled else text for text, filled in self.pieces)

    @property
    def pieces(self) -> tuple[tuple[str, bool], ...]:
        """What is printed, each piece with whether it was filled in rather than typed."""
        return tuple((text, filled is not None) for text, filled in self._parts)

    @property
    def values(self) -> tuple[tuple[int, Value], ...]:
        """Each value, with where its sign stands in `typed`."""
        at, found = 0, list[tuple[int, Value]]()
        for text, filled in self._parts:
            if isinstance(filled, Value):
                found.append((at, filled))
            at += len(text if filled is None else VALUE)
        return tuple(found)

    @cached_property
    def _parts(self) -> tuple[tuple[str, Inline | None], ...]:
        return tuple(piece for child in self.children for piece in _pieces(child))


def _pieces(child: Inline) -> Iterator[tuple[str, Inline | None]]:
    """What is printed, each piece with the node that filled it in; None where it was typed."""
    if isinstance(child, Value | Reference):
        yield plain((child,)), child
    elif isinstance(child, ReferenceMark) and not child.children:
        yield "", child
    elif children := getattr(child, "children", ()):
        for each in children:
            yield from _pieces(each)
    else:
        yield plain((child,)), None


def passages(part: Section) -> Iterator[Passage]:
    """Every piece of running text of a part, in reading order, its title first."""
    yield Passage("heading", part.title, part.place)
    yield from _passages(part.blocks, part.place, "paragraph")
    for note in part.footnotes:
        yield from _passages(note.blocks, part.place, "paragraph")


def _passages(blocks: Iterable[Block], around: Place | None, first: Kind) -> Iterator[Passage]:
    """`first` is the kind of the first paragraph: a clause's, an item's, or one as any other."""
    for index, block in enumerate(blocks):
        kind: Kind = first if index == 0 else "paragraph"
        match block:
            case Section():
                yield from passages(block)
            case Clause():
                if block.title:
                    yield Passage("heading", block.title, block.place)
                own: Kind = "clause" if block.number and not block.title else "paragraph"
                yield from _passages(block.blocks, block.place or around, own)
            case Paragraph():
                yield Passage(kind, block.children, block.place or around)
            case Subhead():
                yield Passage("heading", block.children, block.place)
            case ItemList():
                for item in block.items:
                    yield from _passages(item.blocks, item.place or around, "item")
            case Table():
                yield from _table(block, around)
            case Quote():
                yield from _quote(block, block.place or around)
            case Callout() | AudiencePart():
                yield from _passages(block.blocks, block.place or around, "paragraph")
            case Definitions():
                yield from _definitions(block, around)
            case SignatureBlock():
                labels = ((Text(block.signatory),), *block.fields)
                yield from (Passage("cell", label, block.place or around) for label in labels)


def _table(table: Table, around: Place | None) -> Iterator[Passage]:
    cells = (cell.children for row in (table.head, *table.rows) for cell in row)
    for children in (table.caption, *cells):
        if children:
            yield Passage("cell", children, table.place or around)


def _quote(quote: Quote, place: Place | None) -> Iterator[Passage]:
    for inner in _passages(quote.blocks, place, "paragraph"):
        yield Passage("quote", inner.children, inner.place)
    if quote.source:
        yield Passage("cell", quote.source, place)


def _definitions(definitions: Definitions, around: Place | None) -> Iterator[Passage]:
    for entry in definitions.entries:
        yield Passage("cell", entry.term, around)
        for meaning in entry.meanings:
            yield from _passages(meaning, around, "paragraph")


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

    def place(self, words: str, start: Place | None, before: str = "", after: str = "") -> Place | None:
        """The place of some words in the text that starts at a place; the start where they are not found.

        Words may run over line ends, marks of emphasis and values; where they run over a branch that is left out, the
        longest beginning of them counts. `before` and `after` tell which one is meant of several.
        """
        if start is None or start.path not in self.sources or not words.strip():
            return start
        lines = self.sources[start.path].lines
        text = "\n".join(line.text for line in lines)
        begin = sum(len(line.text) + 1 for line in lines[: start.line - 1]) + max(start.column - 1, 0)
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
            yield re.compile(_MARKUP.join(_as_written(piece) for piece in pieces[:length]), re.DOTALL)


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
