"""How much of a page a form needs that is meant for one: worked out from its words, without making a PDF of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from policygen.ground.diagnostics import Place, Problems
from policygen.html.measure import WIDER, Setting, columns_of, is_turned, lines_needed, room_inside
from policygen.language import document as d
from policygen.language.fields import signature_fields

# What the theme makes of a form that is set as tight as it may be (`.fit-3` in theme/forms.css), in millimetres; type
# sizes are in points. `python -m benchmarks.forms` compares the outcome with pages that the renderer made.
_PAGE, _WIDTH = 264.0, 174.0
_TURNED_PAGE = 177.0
_TYPE, _TITLE_TYPE, _SUBHEAD_TYPE, _NOTE_TYPE, _LABEL_TYPE = 10.5, 18.0, 11.5, 10.0, 10.0
_LINE, _TITLE_LINE, _SUBHEAD_LINE, _NOTE_LINE, _LABEL_LINE = 4.52, 7.75, 4.95, 4.3, 4.24
_ROW_LINE = 0.466
"""A line in a table, for each point of its type."""
_AFTER = 0.9
"""Below a paragraph, a caption, a signature."""
_BETWEEN = 1.4
"""Above and below a table, and a block to sign."""
_APART = _BETWEEN - _AFTER
"""What of it is left below, where the next block begins within it."""
_HEADER = 18.1
"""The name of the school, the rule below it and the banner of a draft; the title and the facts come on top."""
_FACT_LINE, _OTHER_FACTS = 5.3, 104.0
"""A line of facts; how much of the first one version, status and content code take."""
_KERNED = 1.015
"""Letters that stand closer to each other let more words into a line than their widths would."""
_ROW, _BLANK_ROW, _BORDER = 1.2, 8.2, 0.4
"""What padding and rules add to a row; a row to be filled in by hand; what rules take from the width of a cell."""
_WIDER = 12.0
"""By how much a tight form is wider than the text of a policy."""
_BOX, _BOX_WIDTH, _DAY_WIDTH = 9.2, 56.0, 30.0
"""A box to write in, with what parts it from its label; the least width of one, and of one for a day."""
_BETWEEN_BOXES, _BETWEEN_ROWS = 4.0, 2.4
_PICTURE, _PICTURE_IN_CELL = 40.0, 9.5


def check_length(document: d.Document, problems: Problems) -> None:
    """Note a form that is meant for one page and whose words will hardly go on one."""
    for form in document.every_form:
        if form.one_page and is_too_long(document, form):
            pages = max(height(document, form) / _page(form), 1.1)
            note_too_long(form.place, f"its words need about {pages:.2g}", problems)


def is_too_long(document: d.Document, form: d.Section) -> bool:
    """Whether a form will hardly go on one page."""
    return height(document, form) > _page(form)


def _page(form: d.Section) -> float:
    return _TURNED_PAGE if is_turned(form) else _PAGE


def _width(form: d.Section) -> float:
    return _WIDTH + WIDER if is_turned(form) else _WIDTH


def note_too_long(form: Place | None, needs: str, problems: Problems) -> None:
    """Note a form of one page that needs more."""
    problems.add(
        "form-too-long",
        f"this form is meant for one page, and {needs}",
        form,
        "shorten what was added to it, or take `one_page` out of template.yaml",
    )


def height(document: d.Document, form: d.Section) -> float:
    """About how many millimetres of a page a form takes, its header included."""
    width = _width(form)
    title = lines_needed(form.title, width, _TITLE_TYPE, bold=True) * _TITLE_LINE
    whole = _HEADER + title + _facts(document, width) + _blocks(form.blocks, width)
    if form.footnotes:
        whole += 7
    for note in form.footnotes:
        whole += _blocks(note.blocks, width) * _NOTE_LINE / _LINE
    return whole


def _facts(document: d.Document, width: float) -> float:
    """The lines that say of which policy and version a form is."""
    policy = (d.Text(f"Policy {document.title}"),)
    beside = lines_needed(policy, width - _OTHER_FACTS, _NOTE_TYPE, bold=True) == 1
    return _FACT_LINE if beside else 2 * _FACT_LINE


def _blocks(blocks: Iterable[d.Block], width: float) -> float:
    return sum(_block(block, width) for block in blocks)


def _block(block: d.Block, width: float) -> float:
    inside = room_inside(block, width)
    match block:
        case d.Paragraph():
            return _text(block.children, width) + _AFTER
        case d.Subhead():
            lines = lines_needed(block.children, width, _SUBHEAD_TYPE, bold=True)
            return lines * _SUBHEAD_LINE + 3.0
        case d.ItemList():
            items = (_blocks(item.blocks, room_inside(item, width)) - 0.8 for item in block.items)
            return sum(items) + 0.8
        case d.Clause() | d.Section():
            title = 0.0
            if block.title:
                title = _text(block.title, width) + 3
            return title + _blocks(block.blocks, inside)
        case d.Table():
            return _table(block, width)
        case d.Callout():
            return _blocks(block.blocks, inside) + 9 + _LINE
        case d.Quote():
            source = 0.0
            if block.source:
                source = _text(block.source, inside) + _AFTER
            return _blocks(block.blocks, inside) + source + 7
        case d.AudiencePart():
            return _blocks(block.blocks, width - 6.5) + 4.4 + _LINE
        case d.SignatureBlock():
            return _signature(block, width)
        case d.Definitions():
            return sum(_entry(entry, inside) for entry in block.entries)
        case _:
            assert_never(block)


def _signature(block: d.SignatureBlock, width: float) -> float:
    """Who signs, and the rows of boxes: as many stand side by side as there is room for."""
    rows = [0.0]
    used = 0.0
    for label, asked in zip(block.fields, signature_fields(block), strict=True):
        kind = asked[0].kind
        if kind == "choice":
            rows.append(_LINE)
            used = width
            continue
        least = _DAY_WIDTH if kind == "date" else _BOX_WIDTH
        if used + least > width:
            rows.append(0.0)
            used = 0.0
        used += least + _BETWEEN_BOXES
        lines = lines_needed(label, least, _LABEL_TYPE)
        rows[-1] = max(rows[-1], lines * _LABEL_LINE + _BOX)
    filled = [height for height in rows if height]
    between = _BETWEEN_ROWS * max(len(filled) - 1, 0)
    return _LINE + _AFTER + sum(filled) + between + _BETWEEN + _APART


def _entry(entry: d.Definition, width: float) -> float:
    meanings = sum(_blocks(meaning, width) for meaning in entry.meanings)
    return _text(entry.term, width) + meanings


def _table(table: d.Table, width: float) -> float:
    # Its columns were measured for the margins of a policy; those of a tight form leave more room.
    columns = columns_of(table, width - _WIDER)
    wider = width / (width - _WIDER)
    whole = 0.0
    if table.caption:
        whole = _text(table.caption, width) + _AFTER
    for row in (table.head, *table.rows):
        highest = 0.0
        for cell, column in zip(row, columns.widths, strict=False):
            taken = _cell(cell, column * wider, columns.setting, bold=row is table.head)
            highest = max(highest, taken)
        whole += highest
    return whole + _BETWEEN + _APART


def _cell(cell: d.Cell, width: float, setting: Setting, *, bold: bool) -> float:
    if not cell.children:
        return _BLANK_ROW
    if any(isinstance(node, d.Image) for node in d.walk(cell.children)):
        return _PICTURE_IN_CELL + _ROW
    size = min(_TYPE, setting.size)
    room = (width - 2 * setting.padding - _BORDER) * _KERNED
    return lines_needed(cell.children, room, size, bold=bold) * size * _ROW_LINE + _ROW


def _text(children: tuple[d.Inline, ...], width: float) -> float:
    """The height of some words set to a width."""
    if len(children) == 1 and isinstance(children[0], d.Image):
        return _PICTURE
    return lines_needed(children, width * _KERNED, _TYPE) * _LINE
