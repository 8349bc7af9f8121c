"""A document as the units that are compared: titles, clauses and other blocks, each as lines of words.

Lines keep the order and depth in which a reader meets the words, so that a redline of lists, tables and forms needs no
knowledge of their trees.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

from policygen.language.document import (
    Audience,
    AudiencePart,
    Block,
    Callout,
    Clause,
    Definitions,
    Document,
    Inline,
    Item,
    ItemList,
    Paragraph,
    Quote,
    Section,
    SignatureBlock,
    Subhead,
    Table,
    Text,
    plain,
)

Role = Literal[
    "title",
    "subhead",
    "paragraph",
    "item",
    "caption",
    "head",
    "row",
    "source",
    "label",
    "signatory",
    "field",
    "term",
]


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph, list item or table row."""

    role: Role
    cells: tuple[tuple[Inline, ...], ...]
    """One for each cell of a row; one alone otherwise."""
    label: str = ""
    """What prints before an item: "(a)"; empty for a bullet."""
    depth: int = 0
    """How many lists it stands in."""
    within: str = ""
    """The callout, quotation or part for one audience that it belongs to, by kind; empty for none."""

    @property
    def text(self) -> str:
        """Its words; cells are set apart by a tab."""
        return "\t".join(plain(cell) for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Unit:
    """The smallest thing that has an identity of its own."""

    id: str
    """Empty for a block without one; those are told apart by their words."""
    kind: Literal["title", "clause", "block"]
    lines: tuple[Line, ...]
    label: str = ""
    """The number that prints: "4.1"; for the title of a section "4" or "Appendix 2"."""
    section: str = ""
    """The id of the section that it stands in; for a title, of the section around its own."""
    heading: str = ""
    """The title of the section that it stands in, or its own."""
    part: str = ""
    """The file of its section, form or appendix."""
    part_kind: Literal["section", "appendix", "form"] = "section"
    audience: Audience = "everyone"
    level: int = 1
    """Depth of its section."""
    local: bool = False
    """Whether the words are the school's own."""
    owners: tuple[str, ...] = ()
    """The issuers who wrote it, from the first to the last; empty where there is one alone."""

    @property
    def text(self) -> str:
        """Its words, one line each."""
        return "\n".join(line.text for line in self.lines)


def units(document: Document) -> tuple[Unit, ...]:
    """Every unit, in the order in which they print."""
    title = Unit("", "title", (Line("title", ((Text(document.title),),)),), heading=document.title)
    return (title, *(unit for part in document.parts for unit in _of_section(part, part, "")))


def _of_section(section: Section, part: Section, around: str) -> Iterator[Unit]:
    title = Unit(
        section.id,
        "title",
        (Line("title", (section.title,)),),
        label=section.label,
        section=around,
        heading=plain(section.title),
        part=part.name,
        part_kind=part.kind,
        audience=section.audience,
        level=section.level,
    )
    yield title
    unit = partial(replace, title, kind="block", section=section.id, label="")
    for block in section.blocks:
        match block:
            case Section():
                yield from _of_section(block, part, section.id)
            case Clause():
                made = unit(
                    id=block.id, kind="clause", lines=tuple(_lines_of(block)), label=block.number
                )
                yield replace(made, local=bool(block.local), owners=getattr(block, "owners", ()))
            case _:
                yield unit(id=getattr(block, "id", ""), lines=tuple(lines((block,))))
    for note in section.footnotes:
        yield unit(id=f"{section.id}:{note.id}", lines=tuple(lines(note.blocks)), label=note.number)


def _lines_of(clause: Clause) -> Iterator[Line]:
    if clause.title:
        yield Line("title", (clause.title,))
    yield from lines(clause.blocks)


def lines(blocks: Iterable[Block], depth: int = 0, within: str = "") -> Iterator[Line]:
    """The lines of blocks, in reading order."""
    for block in blocks:
        match block:
            case Paragraph():
                yield Line("paragraph", (block.children,), depth=depth, within=within)
            case Subhead():
                yield Line("subhead", (block.children,), depth=depth, within=within)
            case ItemList():
                for item in block.items:
                    yield from _of_item(item, depth + 1, within)
            case Table():
                yield from _of_table(block, depth, within)
            case Callout():
                if block.label:
                    yield Line("label", (block.label,), depth=depth, within=block.kind)
                yield from lines(block.blocks, depth, block.kind)
            case Quote():
                yield from _of_quote(block, depth)
            case SignatureBlock():
                yield Line("signatory", ((Text(block.signatory),),), depth=depth, within=within)
                yield from (
                    Line("field", (each,), depth=depth, within=within) for each in block.fields
                )
            case AudiencePart():
                yield from lines(block.blocks, depth, f"for {block.audience}")
            case Definitions():
                yield from _of_definitions(block, depth, within)
            case Clause():
                yield from _of_item(Item(block.blocks, block.number, block.id), depth + 1, within)
            case Section():
                yield Line("subhead", (block.title,), block.label, depth, within)
                yield from lines(block.blocks, depth, within)


def _of_item(item: Item, depth: int, within: str) -> Iterator[Line]:
    first, *rest = lines(item.blocks, depth, within)
    if first.role == "paragraph" and first.depth == depth:
        yield Line("item", first.cells, item.label, depth, first.within)
    else:
        yield Line("item", ((),), item.label, depth, within)
        yield first
    yield from rest


def _of_quote(quote: Quote, depth: int) -> Iterator[Line]:
    yield from lines(quote.blocks, depth, "quote")
    if quote.source:
        yield Line("source", (quote.source,), depth=depth, within="quote")


def _of_definitions(definitions: Definitions, depth: int, within: str) -> Iterator[Line]:
    for entry in definitions.entries:
        yield Line("term", (entry.term,), depth=depth, within=within)
        for meaning in entry.meanings:
            yield from lines(meaning, depth + 1, within)


def _of_table(table: Table, depth: int, within: str) -> Iterator[Line]:
    if table.caption:
        yield Line("caption", (table.caption,), depth=depth, within=within)
    if table.head:
        yield Line("head", tuple(cell.children for cell in table.head), depth=depth, within=within)
    for row in table.rows:
        yield Line("row", tuple(cell.children for cell in row), depth=depth, within=within)
