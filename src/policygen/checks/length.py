"""How much of a page a form needs that is meant for one: worked out from its words, without making a PDF of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from policygen.ground.diagnostics import Problems
from policygen.html.measure import columns_of, lines_needed, room_inside
from policygen.language import document as d

# What the theme makes of a form of one page (`.one-page` in theme/print.css), in millimetres; type sizes are in points.
# `python -m benchmarks.forms` compares the outcome with pages that the renderer made.
_PAGE, _WIDTH = 264.0, 174.0
_TYPE, _TITLE_TYPE, _SUBHEAD_TYPE, _NOTE_TYPE = 10.5, 18.0, 11.5, 10.0
_LINE, _TITLE_LINE, _SUBHEAD_LINE, _NOTE_LINE, _ROW_LINE = 4.6, 7.75, 4.95, 4.4, 4.9
_AFTER = 1.0
"""Below a paragraph, a caption, a signature."""
_HEADER = 29.9
"""The logo, the facts and the banner of a draft; the title comes on top."""
_ROW, _BLANK_ROW, _CELL = 1.2, 9.2, 4.2
"""What padding and rules add to a row; a row to be filled in by hand; what padding takes from the width of a cell."""
_SIGNATURE = 7.1
"""The fields of a signature stand side by side."""
_PICTURE, _PICTURE_IN_CELL = 40.0, 9.5


def check_length(document: d.Document, problems: Problems) -> None:
    """Note a form that is meant for one page and whose words will hardly go on one."""
    for form in document.forms:
        if form.one_page and is_too_long(form):
            pages = max(height(form) / _PAGE, 1.1)
            note_too_long(form, f"its words need about {pages:.2g}", problems)


def is_too_long(form: d.Section) -> bool:
    """Whether a form of one page will hardly go on it."""
    return height(form) > _PAGE


def note_too_long(form: d.Section, needs: str, problems: Problems) -> None:
    """Note a form of one page that needs more."""
    problems.add(
        "form-too-long",
        f"this form is meant for one page, and {needs}",
        form.place,
        "shorten what was added to it, or take `one_page` out of template.yaml",
    )


def height(form: d.Section) -> float:
    """About how many millimetres of a page a form takes, its header included."""
    title = lines_needed(form.title, _WIDTH, _TITLE_TYPE, bold=True) * _TITLE_LINE
    whole = _HEADER + title + _blocks(form.blocks, _WIDTH)
    if form.footnotes:
        whole += 7
    for note in form.footnotes:
        whole += _blocks(note.blocks, _WIDTH) * _NOTE_LINE / _LINE
    return whole


def _blocks(blocks: Iterable[d.Block], width: float) -> float:
    return sum(_block(block, width) for block in blocks)


def _block(block: d.Block, width: float) -> float:
    inside = room_inside(block, width)
    match block:
        case d.Paragraph():
            return _text(block.children, width) + _AFTER
        case d.Subhead():
            lines = lines_needed(block.children, width, _SUBHEAD_TYPE, bold=True)
            return lines * _SUBHEAD_LINE + 1.6
        case d.ItemList():
            items = (_blocks(item.blocks, room_inside(item, width)) - 0.8 for item in block.items)
            return sum(items) + 0.8
        case d.Clause() | d.Section():
            title = _text(block.title, width) + 3 if block.title else 0.0
            return title + _blocks(block.blocks, inside)
        case d.Table():
            return _table(block, width)
        case d.Callout():
            return _blocks(block.blocks, inside) + 13 + _LINE
        case d.Quote():
            source = _text(block.source, inside) + _AFTER if block.source else 0.0
            return _blocks(block.blocks, inside) + source + 7
        case d.AudiencePart():
            return _blocks(block.blocks, inside) + 3.5 + _LINE
        case d.SignatureBlock():
            return _LINE + _SIGNATURE + _AFTER
        case d.Definitions():
            return sum(_entry(entry, inside) for entry in block.entries) + 1.6
        case _:
            assert_never(block)


def _entry(entry: d.Definition, width: float) -> float:
    meanings = sum(_blocks(meaning, width) for meaning in entry.meanings)
    return _text(entry.term, width) + meanings


def _table(table: d.Table, width: float) -> float:
    columns = columns_of(table, width)
    whole = _text(table.caption, width) + 1.6 if table.caption else 0.0
    for row in (table.head, *table.rows):
        highest = 0.0
        for cell, column in zip(row, columns.widths, strict=False):
            highest = max(highest, _cell(cell, column, bold=row is table.head))
        whole += highest
    return whole + 2.4


def _cell(cell: d.Cell, width: float, *, bold: bool) -> float:
    if not cell.children:
        return _BLANK_ROW
    if any(isinstance(node, d.Image) for node in d.walk(cell.children)):
        return _PICTURE_IN_CELL + _ROW
    return lines_needed(cell.children, width - _CELL, _TYPE, bold=bold) * _ROW_LINE + _ROW


def _text(children: tuple[d.Inline, ...], width: float) -> float:
    """The height of some words set to a width."""
    if len(children) == 1 and isinstance(children[0], d.Image):
        return _PICTURE
    return lines_needed(children, width, _TYPE) * _LINE
