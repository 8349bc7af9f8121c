"""Runs of text: every piece of a document that is read as one, with its kind and place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from policygen.ground.diagnostics import Place
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

Kind = Literal["heading", "clause", "paragraph", "item", "cell", "quote", "value"]
VALUE = "\ufffc"
"""Stands for a value in `Passage.typed`: what a school filled in is checked where it was filled in."""


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
