"""What a file from elsewhere holds, in reading order, whichever program wrote it.

Nothing is judged here but what a reader sees on the page: a heading, a number before a paragraph, a table, a box, a
note. Numbers that a program computes and numbers that somebody typed are both labels. What becomes of it all is for
others to say.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, assert_never

FileKind = Literal["docx", "odt", "markdown", "text"]
Change = Literal["", "inserted", "deleted"]
"""What a tracked change did; what was moved is deleted in one place and inserted in another."""
Choice = Literal["accept", "reject"]
"""What becomes of tracked changes."""
Region = Literal["text", "box", "note", "header", "footer"]


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a file that a person can find again."""

    number: int
    """Of the paragraph in its region, from 1, blank ones not counted."""
    region: Region = "text"
    heading: str = ""
    """The words of the heading that it stands below."""
    cell: tuple[int, int, int] | None = None
    """In the outermost table around it: the number of the table in the file, its row, its column, from 1."""

    def __str__(self) -> str:
        """Say it in words: "paragraph 12, below “Key holders”"."""
        of = ""
        if self.region != "text":
            of = f" of the {_REGIONS[self.region]}"
        cell = ""
        if self.cell:
            cell = f", table {self.cell[0]} row {self.cell[1]} column {self.cell[2]}"
        below = f", below “{self.heading}”" if self.heading else ""
        return f"paragraph {self.number}{of}{cell}{below}"


_REGIONS: Mapping[Region, str] = {
    "text": "text",
    "box": "text boxes",
    "note": "footnotes",
    "header": "page headers",
    "footer": "page footers",
}


# --- what stands in a line --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Words:
    """Letters that look alike."""

    text: str
    bold: bool = False
    italic: bool = False
    highlighted: bool = False
    """On a coloured ground, or in a colour that marks it as something to be adapted."""
    underlined: bool = False
    link: str = ""
    """Where it leads: an address, or `#` and the name of a bookmark."""
    change: Change = ""
    author: str = ""
    """Who made the tracked change."""
    hidden: bool = False
    """Whether it is on no page."""


@dataclass(frozen=True, slots=True)
class Blank:
    """Room to write on: a line, a row of dots, a tab with a leader, a field of a form."""

    holds: str = ""
    """The words that stand in a field to say what to write there."""
    change: Change = ""


@dataclass(frozen=True, slots=True)
class Tick:
    """A box to tick."""

    ticked: bool = False
    change: Change = ""


@dataclass(frozen=True, slots=True)
class NoteMark:
    """The mark of a footnote or endnote."""

    note: str
    change: Change = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture or drawing."""

    name: str
    """Of its file within the file; empty for what is drawn by the program."""
    alt: str = ""
    """What it shows, for people who do not see it."""
    change: Change = ""


@dataclass(frozen=True, slots=True)
class Gap:
    """A tab, or a line break."""

    kind: Literal["tab", "break"]
    change: Change = ""


Inline = Words | Blank | Tick | NoteMark | Picture | Gap


# --- blocks -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph, a heading or an item of a list."""

    children: tuple[Inline, ...]
    spot: Spot
    heading: int = 0
    """Its level, from 1; 0 where it is none; by style or outline level, never by looks."""
    title: bool = False
    """Whether it is set in the style of the document's title."""
    label: str = ""
    """The number, letter or bullet before it as it prints: "3.1", "(a)", "•"."""
    typed: bool = False
    """Whether somebody typed the label; it does not stand in `children`."""
    level: int = 0
    """How deep it stands in its list, or how far it is indented where the label is typed, from 0."""
    list: str = ""
    """What the items of one computed list have in common; empty elsewhere."""
    style: str = ""
    """The name of its style."""
    contents: bool = False
    """Whether it is a line of a table of contents, which a program makes."""
    centred: bool = False
    comments: tuple[str, ...] = ()
    """The ids of comments about it."""
    bookmarks: tuple[str, ...] = ()
    """Names that stand on it; those of our own files begin with `pg_`."""
    mark: Change = ""
    """What a tracked change did to its end: a deleted one runs it together with the next paragraph."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table."""

    blocks: tuple[Block, ...]
    columns: int = 1
    """How many columns it spans."""
    below: bool = False
    """Whether it goes on from the cell above it."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table."""

    cells: tuple[Cell, ...]
    head: bool = False
    """Whether it is repeated at the top of each page."""
    change: Change = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table."""

    rows: tuple[Row, ...]
    spot: Spot
    bookmarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Box:
    """A text box."""

    blocks: tuple[Block, ...]
    spot: Spot


Block = Paragraph | Table | Box


@dataclass(frozen=True, slots=True)
class Note:
    """A footnote or endnote."""

    id: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Comment:
    """What somebody wrote beside the text."""

    id: str
    author: str
    text: str
    about: str
    """The words that it is attached to."""
    spot: Spot | None = None
    """Where these stand."""


@dataclass(frozen=True, slots=True)
class Margin:
    """What stands above or below the text of pages."""

    kind: Literal["header", "footer"]
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """All that a file holds."""

    name: str
    """Of the file, without folders."""
    kind: FileKind
    blocks: tuple[Block, ...]
    notes: tuple[Note, ...] = ()
    comments: tuple[Comment, ...] = ()
    margins: tuple[Margin, ...] = ()
    properties: Mapping[str, str] = field(default_factory=dict)
    """What the file says of itself; custom properties by their names, of our own files `policygen.kind` and others."""


# --- looking at it ----------------------------------------------------------------------------------------------------


def plain(children: tuple[Inline, ...]) -> str:
    """The words of a line as one text; a blank is a line of underscores, a gap a space."""
    return "".join(_plain(child) for child in children)


def _plain(child: Inline) -> str:
    match child:
        case Words(text=text):
            return text
        case Blank(holds=holds):
            return holds or "____"
        case Tick(ticked=ticked):
            return "☑" if ticked else "☐"
        case Gap():
            return " "
        case NoteMark() | Picture():
            return ""
        case _:
            assert_never(child)


def text_of(paragraph: Paragraph) -> str:
    """The words of a paragraph, without its label, every gap one space."""
    return re.sub(r"\s+", " ", plain(paragraph.children)).strip()


def paragraphs(blocks: tuple[Block, ...]) -> Iterator[Paragraph]:
    """Every paragraph in some blocks, in reading order, those in tables and boxes too."""
    for block in blocks:
        match block:
            case Paragraph():
                yield block
            case Table(rows=rows):
                for row in rows:
                    for cell in row.cells:
                        yield from paragraphs(cell.blocks)
            case Box(blocks=inner):
                yield from paragraphs(inner)
            case _:
                assert_never(block)


# --- tracked changes --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Tracked:
    """One tracked change of words."""

    kind: Literal["inserted", "deleted"]
    text: str
    author: str
    spot: Spot


def tracked(found: Found) -> tuple[Tracked, ...]:
    """Every tracked change of words, in reading order; what was changed in one place by one person is one."""
    changes: list[Tracked] = []
    for paragraph in paragraphs(_everywhere(found)):
        last: Tracked | None = None
        for child in paragraph.children:
            if not child.change:
                last = None
                continue
            author = child.author if isinstance(child, Words) else ""
            if last and last.kind == child.change and last.author == author:
                last = replace(last, text=last.text + _plain(child))
                changes[-1] = last
            else:
                last = Tracked(child.change, _plain(child), author, paragraph.spot)
                changes.append(last)
        if paragraph.mark:
            changes.append(Tracked(paragraph.mark, "¶", "", paragraph.spot))
    return tuple(changes)


def _everywhere(found: Found) -> tuple[Block, ...]:
    notes = (block for note in found.notes for block in note.blocks)
    margins = (block for margin in found.margins for block in margin.blocks)
    return (*found.blocks, *notes, *margins)


def settled(found: Found, choice: Choice) -> Found:
    """The file with every tracked change accepted, or every one rejected."""
    gone: Change = "deleted" if choice == "accept" else "inserted"
    return replace(
        found,
        blocks=_settled(found.blocks, gone),
        notes=tuple(replace(note, blocks=_settled(note.blocks, gone)) for note in found.notes),
        margins=tuple(
            replace(margin, blocks=_settled(margin.blocks, gone)) for margin in found.margins
        ),
    )


def _settled(blocks: tuple[Block, ...], gone: Change) -> tuple[Block, ...]:
    made: list[Block] = []
    begun: Paragraph | None = None
    for block in blocks:
        match block:
            case Paragraph():
                kept = _kept(block, gone)
                if begun is not None and _holds(begun):  # else it went as a whole
                    kept = replace(begun, children=(*begun.children, *kept.children))
                begun = None
                if block.mark == gone:
                    begun = replace(kept, mark="")
                if begun is None:
                    made.append(replace(kept, mark=""))
            case Table():
                made += _alone(begun)
                begun = None
                rows = tuple(_row(row, gone) for row in block.rows if row.change != gone)
                if rows:
                    made.append(replace(block, rows=rows))
            case Box():
                made.append(replace(block, blocks=_settled(block.blocks, gone)))
            case _:
                assert_never(block)
    return (*made, *_alone(begun))


def _holds(paragraph: Paragraph) -> bool:
    return any(
        child.text.strip() if isinstance(child, Words) else not isinstance(child, Gap)
        for child in paragraph.children
    )


def _alone(begun: Paragraph | None) -> list[Block]:
    """A paragraph whose end went and that nothing follows: it stands by itself, if it says anything."""
    if begun is not None and begun.children:
        return [begun]
    return []


def _row(row: Row, gone: Change) -> Row:
    cells = tuple(replace(cell, blocks=_settled(cell.blocks, gone)) for cell in row.cells)
    return replace(row, cells=cells, change="")


def _kept(paragraph: Paragraph, gone: Change) -> Paragraph:
    children = tuple(_without_change(child) for child in paragraph.children if child.change != gone)
    return replace(paragraph, children=children)


def _without_change(child: Inline) -> Inline:
    if isinstance(child, Words):
        return replace(child, change="", author="")
    return replace(child, change="")


def rewritten(
    blocks: tuple[Block, ...], change: Callable[[Paragraph], Paragraph]
) -> tuple[Block, ...]:
    """The same blocks with every paragraph in them changed, those in tables and boxes too."""
    made: list[Block] = []
    for block in blocks:
        match block:
            case Paragraph():
                made.append(change(block))
            case Table():
                rows = tuple(
                    replace(
                        row,
                        cells=tuple(
                            replace(cell, blocks=rewritten(cell.blocks, change))
                            for cell in row.cells
                        ),
                    )
                    for row in block.rows
                )
                made.append(replace(block, rows=rows))
            case Box():
                made.append(replace(block, blocks=rewritten(block.blocks, change)))
            case _:
                assert_never(block)
    return tuple(made)
