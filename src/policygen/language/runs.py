"""The one walk that finds every run of text of a document, with its kind, place and surroundings.

A run is what a reader takes in as one piece: a title, a paragraph, an item, a cell, a label. Checks, redline, the check
of a PDF and search all read runs, so that a kind of node that is new to one of them is new to none: the walk below
names every kind, and the type checker says so when one is missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, assert_never

from policygen.ground.diagnostics import Place
from policygen.language import document as d

RunKind = Literal[
    "title",
    "subhead",
    "clause",
    "paragraph",
    "item",
    "caption",
    "head",
    "cell",
    "callout-label",
    "source",
    "signatory",
    "field",
    "term",
    "meaning",
    "footnote",
    "picture",
    "value",
]
"""What a run is.

`clause`, `item`, `meaning` and `footnote` are the first paragraph of one (of a clause without a title); what follows it
is a `paragraph`. `title` is that of a section or of a clause with a title. `picture` is the alternative text of a
picture, which stands in the run before it. `value` is a text of a YAML file, where nothing is composed.
"""

Manner = Literal["heading", "cell", "quote", "running", "value"]
"""How a run reads: a cell and what is as short as one is no sentence, and a quotation is not the author's to change."""

Around = (
    d.Section
    | d.Clause
    | d.ItemList
    | d.Item
    | d.Table
    | d.Callout
    | d.Quote
    | d.SignatureBlock
    | d.AudiencePart
    | d.Definitions
    | d.Definition
    | d.Footnote
)
"""What a run can stand in."""

VALUE = "\ufffc"
"""Stands for a value in `Run.typed`: what a school filled in is checked where it was filled in."""


@dataclass(frozen=True)
class Run:
    """One run of text. Without `children` it is a blank cell, or an item or clause that begins with no paragraph."""

    kind: RunKind
    children: tuple[d.Inline, ...]
    place: Place | None
    """Where it was written; of what has no place of its own, that of the nearest node around it."""
    label: str = ""
    """What prints before it: "4.1", "Appendix 2", "(a)", the number of a footnote; empty for a bullet."""
    row: int = -1
    """Of a cell, the index of its row in `rows`; of any other run, -1."""
    around: tuple[Around, ...] = ()
    """The nodes that it stands in, the outermost first. A title stands in its section or clause."""

    @property
    def unit(self) -> str:
        """The id of the innermost clause or section that it belongs to."""
        for node in reversed(self.around):
            if isinstance(node, d.Clause | d.Section) and node.id:
                return node.id
        return ""

    @property
    def manner(self) -> Manner:
        """How it reads."""
        match self.kind:
            case "title" | "subhead":
                return "heading"
            case "caption" | "head" | "cell" | "callout-label" | "signatory" | "field" | "term":
                return "cell"
            case "source" | "picture":
                return "cell"
            case "clause" | "paragraph" | "item" | "meaning" | "footnote":
                return "quote" if self.quoted else "running"
            case "value":
                return "value"
            case _:
                assert_never(self.kind)

    @property
    def depth(self) -> int:
        """How many lists it stands in."""
        return sum(isinstance(node, d.ItemList) for node in self.around)

    @property
    def quoted(self) -> bool:
        """Whether it is part of a quotation."""
        return any(isinstance(node, d.Quote) for node in self.around)

    @cached_property
    def text(self) -> str:
        """As printed."""
        return "".join(text for text, _ in self.parts)

    @cached_property
    def typed(self) -> str:
        """As printed, with a sign in place of each value."""
        return "".join(text if source is None else VALUE for text, source in self.parts)

    @property
    def pieces(self) -> tuple[tuple[str, bool], ...]:
        """What is printed, each piece with whether it was filled in rather than typed."""
        return tuple((text, source is not None) for text, source in self.parts)

    @property
    def values(self) -> tuple[tuple[int, d.Value], ...]:
        """Each value, with where its sign stands in `typed`."""
        at = 0
        found: list[tuple[int, d.Value]] = []
        for text, source in self.parts:
            if isinstance(source, d.Value):
                found.append((at, source))
            at += len(text if source is None else VALUE)
        return tuple(found)

    @cached_property
    def parts(self) -> tuple[tuple[str, d.Inline | None], ...]:
        """What is printed, each piece with the node that filled it in; None where it was typed."""
        return tuple(_pieces(self.children))


def runs(*nodes: d.Block) -> Iterator[Run]:
    """Every run of text of these parts or blocks, in the order in which a reader meets them, each once.

    Footnotes come after the text of their section.
    """
    yield from _runs(nodes, _Standing())


def worded(*nodes: d.Block) -> Iterator[Run]:
    """The runs that hold words of the text: no blank cells, and not what is said of a picture."""
    for run in runs(*nodes):
        if run.children and run.kind != "picture":
            yield run


def pictures(children: Iterable[d.Inline]) -> Iterator[d.Image]:
    """The pictures among inline nodes."""
    for node in d.walk(*children):
        if isinstance(node, d.Image):
            yield node


def _pieces(children: Iterable[d.Inline]) -> Iterator[tuple[str, d.Inline | None]]:
    """What is printed, each piece with the node that filled it in; None where it was typed."""
    for node in children:
        match node:
            case d.Text() | d.Code() | d.Value(typed=True):
                yield node.text, None
            case d.Value():
                yield node.text, node
            case d.Reference():
                # Its words are computed, as a value is: they are one piece.
                yield "".join(text for text, _ in _pieces(node.children)), node
            case d.Emphasis() | d.Strong() | d.Link():
                yield from _pieces(node.children)
            case d.ReferenceMark():
                # One without words of its own prints a noun and a number that are not known yet.
                if node.children:
                    yield from _pieces(node.children)
                else:
                    yield VALUE, node
            case d.LineBreak():
                yield "\n", None
            case d.FootnoteMark() | d.Image():
                # The mark is a number, and the words of a picture are a run of their own.
                pass
            case _:
                assert_never(node)


@dataclass(frozen=True, slots=True)
class _Standing:
    """Where the walk stands."""

    around: tuple[Around, ...] = ()
    place: Place | None = None

    def within(self, node: Around) -> _Standing:
        place: Place | None = getattr(node, "place", None)
        return _Standing((*self.around, node), place or self.place)

    def run(
        self,
        kind: RunKind,
        children: tuple[d.Inline, ...],
        label: str = "",
        *,
        row: int = -1,
        place: Place | None = None,
    ) -> Iterator[Run]:
        """A run that stands here, and the pictures in it."""
        place = place or self.place
        yield Run(kind, children, place, label, row, self.around)
        for picture in pictures(children):
            if picture.alt:
                words = (d.Text(picture.alt),)
                yield Run("picture", words, picture.place or place, "", row, self.around)


def _runs(blocks: Iterable[d.Block], standing: _Standing) -> Iterator[Run]:
    for block in blocks:
        match block:
            case d.Section():
                yield from _section(block, standing.within(block))
            case d.Clause():
                yield from _clause(block, standing.within(block))
            case d.Paragraph():
                yield from standing.run("paragraph", block.children, place=block.place)
            case d.Subhead():
                yield from standing.run("subhead", block.children, place=block.place)
            case d.ItemList():
                inner = standing.within(block)
                for item in block.items:
                    around, unit = inner.within(item), d.unit_of(item)
                    if unit:
                        around = around.within(unit)
                    yield from _led("item", item.label, d.opened(item).blocks, around)
            case d.Table():
                yield from _table(block, standing.within(block))
            case d.Callout():
                yield from _callout(block, standing.within(block))
            case d.Quote():
                yield from _quote(block, standing.within(block))
            case d.SignatureBlock():
                inner = standing.within(block)
                yield from inner.run("signatory", (d.Text(block.signatory),))
                for label in block.fields:
                    yield from inner.run("field", label)
            case d.AudiencePart():
                yield from _runs(block.blocks, standing.within(block))
            case d.Definitions():
                yield from _definitions(block, standing.within(block))
            case _:
                assert_never(block)


def _section(section: d.Section, standing: _Standing) -> Iterator[Run]:
    yield from standing.run("title", section.title, section.label)
    yield from _runs(section.blocks, standing)
    for note in section.footnotes:
        yield from _led("footnote", note.number, note.blocks, standing.within(note))


def _clause(clause: d.Clause, standing: _Standing) -> Iterator[Run]:
    if clause.title:
        yield from standing.run("title", clause.title, clause.number)
        yield from _runs(clause.blocks, standing)
    else:
        yield from _led("clause", clause.number, clause.blocks, standing)


def _led(
    kind: RunKind, label: str, blocks: tuple[d.Block, ...], standing: _Standing
) -> Iterator[Run]:
    """Blocks whose first paragraph stands beside a label. Where none does, the label stands by itself."""
    match blocks:
        case (d.Paragraph() as first, *rest):
            yield from standing.run(kind, first.children, label, place=first.place)
            yield from _runs(rest, standing)
        case _:
            if label:
                yield from standing.run(kind, (), label)
            yield from _runs(blocks, standing)


def _callout(callout: d.Callout, standing: _Standing) -> Iterator[Run]:
    if callout.label:
        yield from standing.run("callout-label", callout.label)
    yield from _runs(callout.blocks, standing)


def _quote(quote: d.Quote, standing: _Standing) -> Iterator[Run]:
    yield from _runs(quote.blocks, standing)
    if quote.source:
        yield from standing.run("source", quote.source)


def _table(table: d.Table, standing: _Standing) -> Iterator[Run]:
    if table.caption:
        yield from standing.run("caption", table.caption)
    for cell in table.head:
        yield from standing.run("head", cell.children)
    for index, row in enumerate(table.rows):
        for cell in row:
            yield from standing.run("cell", cell.children, row=index)


def _definitions(definitions: d.Definitions, standing: _Standing) -> Iterator[Run]:
    for entry in definitions.entries:
        inner = standing.within(entry)
        yield from inner.run("term", entry.term)
        for meaning in entry.meanings:
            yield from _led("meaning", "", meaning, inner)
