"""How much room words take on paper, as the theme's fonts set them: titles in lines, the columns of a table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from typing import assert_never

from policygen.language import document as d

TEXT_WIDTH = 162.0
"""What the margins leave of a page, in millimetres (theme/print.css)."""
WIDER = 297.0 - 210.0
"""How much wider the text of a page is that is turned."""
TALL = 90.0
"""A row of this height may be broken over pages; a lower one goes to the next page as a whole."""

MM = 25.4 / 72
"""In a point."""
_UNITS = 1000
"""In which both faces of the theme measure their letters."""
_LINE_HEIGHT = 1.32
_BORDER = 0.4
_PICTURE_WIDTH = 12.0
_NARROWEST = 9.0
"""A column that holds words can be no narrower: about six letters of the smallest type."""
_BREAKS = re.compile(r"[^\S\u00a0]+|(?<=[-–—])")


@dataclass(frozen=True, slots=True)
class Setting:
    """One way of setting a table."""

    name: str
    """Its class in theme/print.css; empty where the renderer finds the columns by itself."""
    size: float
    """Of the type, in points."""
    padding: float
    """On each side of a cell, in millimetres."""
    blank: float
    """What a cell that is filled in by hand needs."""
    longest: float
    """A longer word, such as an address, is broken."""


_SETTINGS = (
    Setting("", 11, 2.4, 36, 1000),
    Setting("snug", 11, 2, 16, 32),
    Setting("dense", 9.5, 1.4, 13, 28),
    Setting("denser", 8.5, 0.9, 9, 24),
)
_LAST = Setting("squeezed", 8.5, 0.9, 9, 0)


@dataclass(frozen=True, slots=True)
class Columns:
    """How a table is set: the width of each column, in millimetres, and in which type."""

    setting: Setting
    widths: tuple[float, ...]
    fits: bool = True


@dataclass(frozen=True, slots=True)
class _Column:
    """What the cells of one column would take at 1 point."""

    word: float
    line: float
    blank: bool


def columns_of(table: d.Table, room: float) -> Columns:
    """The largest type in which the words of a table fit into a room, and the width of its columns in it."""
    columns = _measured(table)
    for setting in _SETTINGS:
        needs = [_need(column, setting) for column in columns]
        if sum(needs) <= room and (setting.name or _labels_fit(table, needs, room)):
            return Columns(setting, _shared_out(columns, needs, setting, room))
    around = 2 * _LAST.padding + _BORDER
    broken = _LAST.size * MM
    words = [column.word * broken for column in columns]
    cap = _level(words, room - around * len(columns))
    needs = [min(word, cap) + around for word in words]
    return Columns(_LAST, tuple(needs), fits=cap >= _NARROWEST)


def title_lines(title: str, room: float, size: float) -> tuple[str, ...]:
    """A title in as few lines as it needs, all of about one length; as one where a word is wider than the room."""
    words = title.split()
    lines = _filled(words, room, size)
    if len(lines) == 1 or max(_width_of([word], size) for word in words) > room:
        return (title,)
    # Narrower and narrower, as long as it takes no more lines.
    while True:
        widest = max(_width_of(line, size) for line in lines)
        narrower = _filled(words, widest - 0.1, size)
        if len(narrower) > len(lines):
            break
        lines = narrower
    # The last word never stands alone below a line that can spare one.
    *_, above, last = lines
    if len(last) == 1 and len(above) > 2 and _width_of([above[-1], *last], size) <= room:
        last.insert(0, above.pop())
    return tuple(" ".join(line) for line in lines)


def _filled(words: Sequence[str], room: float, size: float) -> list[list[str]]:
    """The words in lines, each as full as it gets."""
    lines: list[list[str]] = [[]]
    for word in words:
        if lines[-1] and _width_of([*lines[-1], word], size) > room:
            lines.append([])
        lines[-1].append(word)
    return lines


def _width_of(words: Sequence[str], size: float) -> float:
    """How wide the words of a title are on one line."""
    return _width(" ".join(words), bold=True) * size * MM


def lines_of(text: str, room: float, size: float, *, bold: bool = False) -> int:
    """How many lines a text takes in a room."""
    return lines_needed((d.Text(text),), room, size, bold=bold)


def row_height(row: Sequence[d.Cell], columns: Columns, *, bold: bool = False) -> float:
    """About how high a row of a table is, in millimetres."""
    setting = columns.setting
    highest = 0.0
    for cell, width in zip(row, columns.widths, strict=False):
        room = width - 2 * setting.padding - _BORDER
        lines = lines_needed(cell.children, room, setting.size, bold=bold)
        highest = max(highest, lines * setting.size * _LINE_HEIGHT * MM)
    return highest + 1.5 * setting.padding


def room_inside(block: d.Block | d.Item, room: float) -> float:
    """What is left of a room for what stands in a block. The indents are those of theme/print.css."""
    match block:
        case d.Clause(number=""):
            return room
        case d.Clause():
            return room - 12
        case d.Item():
            return room - 8
        case d.Callout():
            return room - 10.2
        case d.AudiencePart():
            return room - 9.5
        case d.Quote():
            return room - 10.6
        case d.Definitions():
            return room - 8
        case (
            d.Paragraph()
            | d.Subhead()
            | d.ItemList()
            | d.Table()
            | d.SignatureBlock()
            | d.Section()
        ):
            return room
        case _:
            assert_never(block)


def is_turned(part: d.Section) -> bool:
    """Whether a whole form or appendix is turned: where it holds a table that is, its title and words stay with it."""
    if part.kind == "section":
        return False
    return any(isinstance(node, d.Table) and node.landscape for node in d.walk(part.blocks))


def width_of(part: d.Section) -> float:
    """How wide the text of a section, form or appendix is."""
    return TEXT_WIDTH + WIDER if is_turned(part) else TEXT_WIDTH


def room_of(table: d.Table, room: float) -> float:
    """The room of a table, which may turn its page within a section."""
    if table.landscape and room <= TEXT_WIDTH:
        return room + WIDER
    return room


def tables_in(
    blocks: Sequence[d.Block], room: float = TEXT_WIDTH
) -> Iterator[tuple[d.Table, float]]:
    """Each table below some blocks, with the room that it has."""
    for block in blocks:
        inside = room_inside(block, room)
        match block:
            case d.Table():
                yield block, room_of(block, room)
            case d.ItemList():
                for item in block.items:
                    yield from tables_in(item.blocks, room_inside(item, room))
            case d.Definitions():
                for entry in block.entries:
                    for meaning in entry.meanings:
                        yield from tables_in(meaning, inside)
            case d.Clause() | d.Section() | d.Callout() | d.AudiencePart() | d.Quote():
                yield from tables_in(block.blocks, inside)
            case d.Paragraph() | d.Subhead() | d.SignatureBlock():
                pass
            case _:
                assert_never(block)


def lines_needed(
    children: tuple[d.Inline, ...], room: float, size: float, *, bold: bool = False
) -> int:
    """How many lines some words take in a room."""
    bold = bold or _has_bold(children)
    scale = size * MM
    space = _width(" ", bold=bold) * scale
    lines = 0
    for line in d.plain(children).split("\n"):
        lines += 1
        used = 0.0
        for word in _BREAKS.split(line):
            width = _width(word, bold=bold) * scale
            if used and used + space + width > room:
                lines += 1
                used = 0.0
            used += (space if used else 0) + width
            # A word that is wider than the room is broken wherever the line ends.
            while used > room > 0:
                lines += 1
                used -= room
    return lines


def shortened(text: str, room: float, size: float, most_lines: int) -> str:
    """A text for a running header, which is decoration: what does not go on so many lines is left out at its end."""
    short = text
    while lines_of(short, room, size) > most_lines:
        kept = short.removesuffix(" …")
        before, space, _ = kept.rpartition(" ")
        short = f"{before if space else kept[: len(kept) // 2]} …"
    return short


def _measured(table: d.Table) -> list[_Column]:
    count = max(len(row) for row in (table.head, *table.rows))
    measured = []
    for index in range(count):
        cells = [(row[index], False) for row in table.rows if index < len(row)]
        if index < len(table.head):
            cells.append((table.head[index], True))
        word = line = 0.0
        for cell, is_head in cells:
            bold = is_head or (not table.head and index == 0) or _has_bold(cell.children)
            for printed in d.plain(cell.children).split("\n"):
                line = max(line, _width(printed, bold=bold))
                word = max(word, *(_width(part, bold=bold) for part in _BREAKS.split(printed)))
            if any(isinstance(node, d.Image) for node in d.walk(cell.children)):
                word = max(word, _PICTURE_WIDTH / (_SETTINGS[0].size * MM))
        blank = any(not d.plain(cell.children).strip() for cell, _ in cells)
        measured.append(_Column(word, max(line, word), blank))
    return measured


def _need(column: _Column, setting: Setting) -> float:
    """The least width of a column."""
    word = min(column.word * setting.size * MM, setting.longest)
    need = word + 2 * setting.padding + _BORDER
    return max(need, setting.blank + _BORDER) if column.blank else need


def _labels_fit(table: d.Table, needs: Sequence[float], room: float) -> bool:
    """Whether the first column of a table without a head goes into the 40 per cent that it always takes."""
    if table.head or len(needs) < 2:
        return True
    return needs[0] <= 0.4 * room and sum(needs[1:]) <= 0.6 * room


def _shared_out(
    columns: Sequence[_Column], needs: Sequence[float], setting: Setting, room: float
) -> tuple[float, ...]:
    """The whole room, shared out as CSS does it: to each what it needs, the rest by what it could use."""
    around = 2 * setting.padding + _BORDER
    wants = []
    for column, need in zip(columns, needs, strict=True):
        line = min(column.line * setting.size * MM + around, room)
        wants.append(max(line, 36.0 if column.blank else 0.0, need))
    left, wished = room - sum(needs), sum(wants) - sum(needs)
    if left < wished:
        shares = [(want - need) / wished for want, need in zip(wants, needs, strict=True)]
        return tuple(need + left * share for need, share in zip(needs, shares, strict=True))
    return tuple(want * room / sum(wants) for want in wants)


def _level(words: Sequence[float], room: float) -> float:
    """The greatest width such that words, none of them counted for more, fill a room."""
    left, ahead = room, sorted(words)
    for index, word in enumerate(ahead):
        share = left / (len(ahead) - index)
        if word > share:
            return share
        left -= word
    return max(ahead, default=0.0)


def _has_bold(children: tuple[d.Inline, ...]) -> bool:
    return any(isinstance(node, d.Strong | d.Code) for node in d.walk(children))


def _width(text: str, *, bold: bool) -> float:
    """The width of a line, in multiples of the size of its type."""
    advances = _advances()[bold]
    return sum(advances.get(sign, _UNITS) for sign in text) / _UNITS


@cache
def _advances() -> tuple[Mapping[str, int], Mapping[str, int]]:
    """The width of each letter of the regular and of the bold face."""
    return _face("SourceSansPro-Regular.ttf"), _face("SourceSansPro-Bold.ttf")


def _face(name: str) -> Mapping[str, int]:
    from fontTools.ttLib import TTFont

    with (
        as_file(files("policygen") / "theme" / "fonts" / name) as path,
        TTFont(path, lazy=True) as font,
    ):
        metrics = font["hmtx"].metrics
        return {chr(code): metrics[glyph][0] for code, glyph in font.getBestCmap().items()}
