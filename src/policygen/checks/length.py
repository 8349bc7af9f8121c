"""How much of a page a form needs that is meant for one: an estimate by its words. The PDF gate measures in the end."""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil

from policygen.ground.diagnostics import Problems
from policygen.language.document import (
    AudiencePart,
    Block,
    Callout,
    Cell,
    Clause,
    Definitions,
    Document,
    Image,
    Inline,
    ItemList,
    Paragraph,
    Quote,
    Section,
    SignatureBlock,
    Subhead,
    Table,
    plain,
    walk,
)

_PAGE, _WIDTH = 264.0, 174.0
"""What the theme leaves of a page for a form of one page, in millimetres."""
_LINE, _LETTER = 4.6, 1.6
"""The height of a line and the mean width of a letter."""
_HEADER, _PICTURE, _BLANK, _INDENT = 38.0, 9.5, 6.2, 7.0


_MARGIN = 1.05
"""How far over a page the estimate may be. For the forms that stand it was from 0.90 to 1.05 of what they take."""


def check_length(document: Document, problems: Problems) -> None:
    """Note a form that is meant for one page and whose words will hardly go on one."""
    for form in document.forms:
        pages = height(form) / _PAGE
        if form.one_page and pages > _MARGIN:
            problems.add(
                "form-too-long",
                f"this form is meant for one page, and its words need about {pages:.2g}",
                form.place,
                "shorten what was added to it; a build refuses a form that runs over",
            )


def height(form: Section) -> float:
    """About how many millimetres of a page a form takes, its header included."""
    return _HEADER + _blocks(form.blocks, _WIDTH)


def _blocks(blocks: Iterable[Block], width: float) -> float:
    return sum(_block(block, width) for block in blocks)


def _block(block: Block, width: float) -> float:
    match block:
        case Paragraph():
            return _text(block.children, width) + 1
        case Subhead():
            return _text(block.children, width) + 3
        case ItemList():
            return sum(_blocks(item.blocks, width - _INDENT) - 0.8 for item in block.items) + 1
        case Clause() | Section():
            title = _text(block.title, width) + 3 if block.title else 0.0
            return title + _blocks(block.blocks, width)
        case Table():
            return _table(block, width)
        case Callout() | Quote() | AudiencePart():
            return _blocks(block.blocks, width - _INDENT) + _LINE + 4
        case SignatureBlock():
            return 2 * _LINE + 4 + 8 * (len(block.fields) // 4)
        case Definitions():
            terms = sum(
                _LINE + sum(_blocks(each, width - _INDENT) for each in entry.meanings)
                for entry in block.entries
            )
            return terms + 1


def _table(table: Table, width: float) -> float:
    rows = [row for row in (table.head, *table.rows) if row]
    caption = _text(table.caption, width) + 1 if table.caption else 0.0
    return (
        caption
        + 3
        + sum(max(_cell(cell, width / len(row) - 4) for cell in row) + 1.5 for row in rows)
    )


def _cell(cell: Cell, width: float) -> float:
    return _text(cell.children, width) if cell.children else _BLANK


def _text(children: tuple[Inline, ...], width: float) -> float:
    """The height of some words set to a width; a blank to be filled in has one line."""
    lines = sum(max(ceil(len(line) * _LETTER / width), 1) for line in plain(children).split("\n"))
    return max(
        lines * _LINE, _PICTURE if any(isinstance(node, Image) for node in walk(children)) else 0.0
    )
