"""A document as the units that are compared: titles, clauses and other blocks, each as lines of words.

Lines keep the order and depth in which a reader meets the words, so that a redline of lists, tables and forms needs no
knowledge of their trees.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal, assert_never

from policygen.language import document as d

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
Facts = tuple[tuple[str, str], ...]
"""What is true of a line beside its words, by what a reader calls it."""

STYLES: dict[d.ListStyle, str] = {
    "bullet": "bullets",
    "number": "numbers",
    "letter": "letters",
    "roman": "roman numbers",
}
_CALLOUTS = {"remember": "a thing to remember", "key-points": "key points"}


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph, list item or table row."""

    role: Role
    cells: tuple[tuple[d.Inline, ...], ...]
    """One for each cell of a row; one alone otherwise."""
    label: str = ""
    """What prints before an item: "(a)"; empty for a bullet."""
    depth: int = 0
    """How many lists it stands in."""
    within: str = ""
    """The callout, quotation or part for one audience that it belongs to, in words; empty for none."""
    facts: Facts = ()
    clause: str = ""
    """The id of the clause within its unit that it belongs to; empty where it belongs to the unit alone."""

    @property
    def text(self) -> str:
        """Its words; cells are set apart by a tab."""
        return "\t".join(d.plain(cell) for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Unit:
    """The smallest thing that has an identity of its own."""

    id: str
    """Empty for a block without one; those are told apart by their words."""
    kind: Literal["title", "clause", "block"]
    lines: tuple[Line, ...]
    node: d.Document | d.Block | d.Footnote
    """What it was made of; of the title of a section, the section."""
    label: str = ""
    """The number that prints: "4.1"; for the title of a section "4" or "Appendix 2"."""
    section: str = ""
    """The id of the section that it stands in; for a title, of the section around its own."""
    heading: str = ""
    """The title of the section that it stands in, or its own."""
    part: str = ""
    """The file of its section, form or appendix."""
    part_kind: Literal["section", "appendix", "form"] = "section"
    audience: d.Audience = "everyone"
    level: int = 1
    """Depth of its section."""
    local: bool = False
    """Whether the words are the school's own."""
    owners: tuple[str, ...] = ()
    """The issuers who wrote it, from the first to the last; empty where there is one alone."""
    groups: tuple[str, ...] = ()
    """The ids of the headings that are decided about with all below them, and that it stands below."""

    @property
    def text(self) -> str:
        """Its words, one line each."""
        return "\n".join(line.text for line in self.lines)

    @property
    def inner(self) -> dict[str, Unit]:
        """The clauses within it, such as items of a list, each as a unit by itself, by id."""
        if self.kind == "title":
            return {}
        return {
            node.id: replace(self, id=node.id, local=bool(node.local), owners=node.owners)
            for node in d.walk(self.node)
            if isinstance(node, d.Clause) and node is not self.node
        }

    @property
    def is_note(self) -> bool:
        """Whether it is a footnote, whose id is for its mark alone."""
        return isinstance(self.node, d.Footnote)


def units(document: d.Document) -> tuple[Unit, ...]:
    """Every unit, in the order in which they print."""
    whose = "name of the school" if document.school_id else "issuer"
    line = Line("title", ((d.Text(document.title),),), facts=((whose, document.school_name),))
    title = Unit("", "title", (line,), document, heading=document.title)
    return (title, *(unit for part in document.parts for unit in _of_section(part, part, "")))


def _of_section(section: d.Section, part: d.Section, around: str) -> Iterator[Unit]:
    line = Line(
        "title", (section.title,), facts=(("kind", section.kind), ("for", section.audience))
    )
    title = Unit(
        section.id,
        "title",
        (line,),
        section,
        label=section.label,
        section=around,
        heading=d.plain(section.title),
        part=part.name,
        part_kind=part.kind,
        audience=section.audience,
        level=section.level,
    )
    yield title
    inner = replace(title, kind="block", section=section.id, label="")
    yield from _of_blocks(section.blocks, part, inner)
    for note in section.footnotes:
        yield replace(
            inner,
            id=f"{section.id}:{note.id}",
            lines=tuple(lines(note.blocks)),
            node=note,
            label=note.number,
        )


def _of_blocks(blocks: Iterable[d.Block], part: d.Section, inner: Unit) -> Iterator[Unit]:
    """The units of blocks; `inner` says what is true of each of them."""
    for block in blocks:
        match block:
            case d.Section():
                yield from _of_section(block, part, inner.section)
            case d.Clause():
                unit = replace(
                    inner,
                    id=block.id,
                    kind="clause",
                    lines=tuple(_of_clause(block)),
                    node=block,
                    label=block.number,
                    local=bool(block.local),
                    owners=block.owners,
                )
                if d.is_group(block):
                    # Only its heading: what stands below it goes by ids of its own.
                    alone = replace(block, blocks=())
                    yield replace(unit, lines=unit.lines[:1], node=alone)
                    groups = (*inner.groups, block.id)
                    below = replace(inner, local=unit.local, groups=groups)
                    yield from _of_blocks(block.blocks, part, below)
                else:
                    yield unit
            case _:
                identity = getattr(block, "id", "")
                yield replace(inner, id=identity, lines=tuple(lines((block,))), node=block)


def _of_clause(clause: d.Clause) -> Iterator[Line]:
    if clause.title:
        yield Line("title", (clause.title,))
    yield from lines(clause.blocks)


def lines(blocks: Iterable[d.Block], depth: int = 0, within: str = "") -> Iterator[Line]:
    """The lines of blocks, in reading order."""
    for block in blocks:
        match block:
            case d.Paragraph():
                yield Line("paragraph", (block.children,), "", depth, within, _id(block.id))
            case d.Subhead():
                facts = (("level", str(block.level)), *_id(block.id))
                yield Line("subhead", (block.children,), "", depth, within, facts)
            case d.ItemList():
                for item in block.items:
                    style = STYLES[block.style] + (
                        f" from {block.start}" if block.start > 1 else ""
                    )
                    of_item = _of_item(d.opened(item), style, depth + 1, within)
                    unit = d.unit_of(item)
                    yield from of_item if unit is None else _belonging(of_item, unit.id)
            case d.Table():
                yield from _of_table(block, depth, within)
            case d.Callout():
                callout = _CALLOUTS[block.kind]
                if block.label:
                    yield Line("label", (block.label,), depth=depth, within=callout)
                yield from lines(block.blocks, depth, callout)
            case d.Quote():
                yield from _of_quote(block, depth)
            case d.SignatureBlock():
                yield Line("signatory", ((d.Text(block.signatory),),), "", depth, within)
                for label in block.fields:
                    yield Line("field", (label,), "", depth, within)
            case d.AudiencePart():
                yield from lines(block.blocks, depth, f"a part for {block.audience}")
            case d.Definitions():
                yield from _of_definitions(block, depth, within)
            case d.Clause():
                yield from _belonging(_of_inner_clause(block, depth, within), block.id)
            case d.Section():
                yield Line("subhead", (block.title,), block.label, depth, within)
                yield from lines(block.blocks, depth, within)
            case _:
                assert_never(block)


def _belonging(found: Iterable[Line], clause: str) -> Iterator[Line]:
    """Lines with the clause that they belong to, where none within it is nearer."""
    for line in found:
        yield line if line.clause else replace(line, clause=clause)


def _of_inner_clause(clause: d.Clause, depth: int, within: str) -> Iterator[Line]:
    if clause.number or clause.title:
        item = d.Item(clause.blocks, clause.number, clause.id)
        yield from _of_item(item, "numbers", depth + 1, within)
    else:
        yield from lines(clause.blocks, depth, within)


def _id(identity: str) -> Facts:
    return (("id", identity),) if identity else ()


def _of_item(item: d.Item, style: str, depth: int, within: str) -> Iterator[Line]:
    facts = (("list", style), *_id(item.id))
    own = [*lines(item.blocks, depth, within)]
    first: tuple[tuple[d.Inline, ...], ...] = ((),)
    if own and own[0].role == "paragraph" and own[0].depth == depth:
        line = own.pop(0)
        first, within, facts = line.cells, line.within, (*facts, *line.facts)
    yield Line("item", first, item.label, depth, within, facts)
    yield from own


def _of_quote(quote: d.Quote, depth: int) -> Iterator[Line]:
    yield from lines(quote.blocks, depth, "a quotation")
    if quote.source:
        yield Line("source", (quote.source,), depth=depth, within="a quotation")


def _of_definitions(definitions: d.Definitions, depth: int, within: str) -> Iterator[Line]:
    for entry in definitions.entries:
        yield Line("term", (entry.term,), depth=depth, within=within)
        for meaning in entry.meanings:
            yield from lines(meaning, depth + 1, within)


def _of_table(table: d.Table, depth: int, within: str) -> Iterator[Line]:
    if table.caption:
        yield Line("caption", (table.caption,), depth=depth, within=within)
    if table.head:
        yield Line("head", _cells(table.head), depth=depth, within=within)
    for row in table.rows:
        yield Line("row", _cells(row), depth=depth, within=within)


def _cells(row: Iterable[d.Cell]) -> tuple[tuple[d.Inline, ...], ...]:
    return tuple(cell.children for cell in row)
