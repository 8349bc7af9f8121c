"""A flow as WordprocessingML: paragraphs, runs, fields, tables, tracked changes."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import assert_never

from policygen.word.flow import (
    Change,
    Contents,
    Flow,
    Grid,
    Note,
    Para,
    Picture,
    Piece,
    Row,
    Standing,
    Turn,
)
from policygen.word.names import note_bookmark
from policygen.word.pictures import Sized
from policygen.word.xml import element, tagged, text

PAGE = (11906, 16838)
"""A4, in twentieths of a point."""
MARGIN = 1361
_EMU = 36000
"""In a millimetre."""
_FIRST_ROW, _FIRST_COLUMN, _NO_BANDS = 0x20, 0x80, 0x600
"""What a table has of its style."""
_PARTS = re.compile(r"([\n\t])")


@dataclass
class Writer:
    """Writes nodes of one file; counts what must have a number of its own."""

    series: Mapping[str, int]
    """The number of each series in numbering.xml."""
    notes: Mapping[str, int]
    """The number of each footnote."""
    pictures: Mapping[str, Sized]
    day: datetime.date
    """Of the tracked changes."""
    brand: str
    """The colour of the school, as six digits."""
    tracking: bool
    """Whether changes are tracked."""
    links: dict[str, str] = field(default_factory=dict)
    """The relation of each address outside the file."""
    numbers: dict[str, int] = field(default_factory=dict)
    """Of the bookmarks that are open."""
    seen: set[str] = field(default_factory=set)
    """Footnotes that have their mark."""
    count: int = 0

    def next(self) -> int:
        """A number that nothing else in the file has."""
        self.count += 1
        return self.count

    # --- what stands below each other ---

    def body(self, flow: Flow, sections: Mapping[bool, str]) -> str:
        """All that stands in the file. `sections` describe pages that stand upright, and that lie on their side."""
        nodes = [*flow.body]
        last = False
        if nodes and isinstance(nodes[-1], Turn):
            last = nodes[-1].landscape
            nodes.pop()
        written = "".join(self.standing(node, sections) for node in nodes)
        return element("w:body", written, sections[last])

    def standing(self, node: Standing, sections: Mapping[bool, str]) -> str:
        match node:
            case Para():
                return self.para(node)
            case Grid():
                return self.grid(node)
            case Turn():
                style = element("w:pStyle", w_val="PolicyBreak")
                return element("w:p", element("w:pPr", style, sections[node.landscape]))
            case Contents():
                return self.contents(node)
            case _:
                assert_never(node)

    def contents(self, node: Contents) -> str:
        """The contents as Word makes them, with its button to make them anew."""
        begin = (
            _run(_char("begin")) + _run(_instruction(node.instruction)) + _run(_char("separate"))
        )
        *others, last = node.lines
        lines = [
            self.para(line, before=begin if index == 0 else "") for index, line in enumerate(others)
        ]
        lines.append(self.para(last, before="" if others else begin, after=_run(_char("end"))))
        gallery = element(
            "w:docPartObj",
            element("w:docPartGallery", w_val="Table of Contents"),
            element("w:docPartUnique"),
        )
        properties = element("w:sdtPr", gallery)
        return element("w:sdt", properties, element("w:sdtContent", *lines))

    def para(self, para: Para, before: str = "", after: str = "") -> str:
        opens = "".join(self.opened(name) for name in para.opens)
        closes = "".join(self.closed(name) for name in para.closes)
        runs = "".join(self.runs(para.pieces))
        return element("w:p", self.properties(para), opens, before, runs, after, closes)

    def opened(self, name: str) -> str:
        self.numbers[name] = number = self.next()
        return element("w:bookmarkStart", w_id=number, w_name=name)

    def closed(self, name: str) -> str:
        return element("w:bookmarkEnd", w_id=self.numbers[name])

    def properties(self, para: Para) -> str:
        parts = [element("w:pStyle", w_val=para.style)]
        if para.fresh:
            parts.append(element("w:pageBreakBefore"))
        if para.count:
            level = element("w:ilvl", w_val=para.count.level)
            number = element("w:numId", w_val=self.series[para.count.series])
            parts.append(element("w:numPr", level, number))
        elif self.tracking:
            # When LibreOffice takes out the paragraph before, this one would get its number.
            parts.append(element("w:numPr", element("w:numId", w_val=0)))
        parts.append(self.box(para))
        if para.left or para.hanging:
            if para.hanging:
                parts.append(element("w:tabs", element("w:tab", w_val="left", w_pos=para.left)))
            parts.append(element("w:ind", w_left=para.left, w_hanging=para.hanging))
        if para.change:
            parts.append(element("w:rPr", self.tracked(para.change)))
        return element("w:pPr", *parts)

    def box(self, para: Para) -> str:
        """What shows that a paragraph stands in a callout or a quotation."""
        match para.look:
            case "":
                return ""
            case "callout":
                bar = {"w:val": "single", "w:sz": 24, "w:space": 8, "w:color": self.brand}
                ground = tagged("w:shd", {"w:val": "clear", "w:color": "auto", "w:fill": "F1F4F8"})
            case "quote":
                bar = {"w:val": "single", "w:sz": 12, "w:space": 8, "w:color": "9AA5B1"}
                ground = ""
            case _:
                assert_never(para.look)
        return element("w:pBdr", tagged("w:left", bar)) + ground

    def tracked(self, change: Change, *inside: str) -> str:
        """A tracked change around some runs, or the mark of one.

        LibreOffice takes two changes of about one time that follow each other for one, and the end of the paragraph
        between them for a part of it: so what came or went as a whole is some minutes younger than the words before it.
        """
        minute = 5 if change.whole else 0
        return element(
            f"w:{change.kind}",
            *inside,
            w_id=self.next(),
            w_author=change.author,
            w_date=f"{self.day.isoformat()}T00:0{minute}:00Z",
        )

    # --- tables ---

    def grid(self, grid: Grid) -> str:
        head = bool(grid.rows) and grid.rows[0].head
        look = tagged(
            "w:tblLook",
            {
                "w:val": f"{_NO_BANDS | _FIRST_ROW * head | _FIRST_COLUMN * grid.labelled:04X}",
                "w:firstRow": int(head),
                "w:lastRow": 0,
                "w:firstColumn": int(grid.labelled),
                "w:lastColumn": 0,
                "w:noHBand": 1,
                "w:noVBand": 1,
            },
        )
        properties = element(
            "w:tblPr",
            element("w:tblStyle", w_val="PolicyTable"),
            element("w:tblW", w_w=sum(grid.widths), w_type="dxa"),
            element("w:tblInd", w_w=grid.left, w_type="dxa") if grid.left else "",
            element("w:tblLayout", w_type="fixed"),
            look,
            element("w:tblDescription", w_val=grid.alt) if grid.alt else "",
        )
        columns = element("w:tblGrid", *(element("w:gridCol", w_w=width) for width in grid.widths))
        rows = (self.row(row, grid) for row in grid.rows)
        return element("w:tbl", properties, columns, *rows)

    def row(self, row: Row, grid: Grid) -> str:
        blank = all(not cell.pieces for cell in row.cells[1:]) and len(row.cells) > 1
        properties = element(
            "w:trPr",
            element("w:cantSplit"),
            element("w:trHeight", w_val=500) if blank or not any(row.cells[0].pieces) else "",
            element("w:tblHeader") if row.head else "",
            self.tracked(row.change) if row.change else "",
        )
        cells = []
        for index, cell in enumerate(row.cells):
            widths = grid.widths[index : index + 1]
            parts = []
            if index == len(row.cells) - 1 and row.span > 1:
                widths = grid.widths[index : index + row.span]
                parts = [element("w:gridSpan", w_val=row.span)]
            size = element("w:tcW", w_w=sum(widths), w_type="dxa")
            labelled = grid.labelled and index == 0 and not row.head
            cells.append(
                element(
                    "w:tc", element("w:tcPr", size, *parts), self.cell(cell, grid, bold=labelled)
                )
            )
        return element("w:tr", properties, *cells)

    def cell(self, cell: Para, grid: Grid, *, bold: bool) -> str:
        """The paragraph of a cell; the first of a row that heads it is strong."""
        style = "PolicyCellLabel" if bold and cell.style == "PolicyCell" else cell.style
        opens = "".join(self.opened(name) for name in cell.opens)
        closes = "".join(self.closed(name) for name in cell.closes)
        properties = element("w:pPr", element("w:pStyle", w_val=style))
        runs = "".join(self.runs(cell.pieces, size=grid.small))
        return element("w:p", properties, opens, runs, closes)

    # --- runs ---

    def runs(self, pieces: Sequence[Piece], size: int = 0) -> Iterator[str]:
        for link, group in groupby(pieces, key=lambda piece: piece.link):
            runs = "".join(self.changed(piece, size) for piece in group)
            if not link:
                yield runs
            elif link.startswith("#"):
                yield element("w:hyperlink", runs, w_anchor=link[1:], w_history=1)
            else:
                relation = self.links.setdefault(link, f"rLink{len(self.links) + 1}")
                yield element("w:hyperlink", runs, r_id=relation, w_history=1)

    def changed(self, piece: Piece, size: int) -> str:
        gone = piece.change is not None and piece.change.kind == "del"
        runs = self.run(piece, size, gone=gone)
        if piece.style == "PolicyTick" and not piece.change:
            runs = element("w:sdt", _TO_TICK, element("w:sdtContent", runs))
        if piece.name:
            runs = self.opened(piece.name) + runs + self.closed(piece.name)
        if piece.change:
            return self.tracked(piece.change, runs)
        return runs

    def run(self, piece: Piece, size: int, *, gone: bool) -> str:
        look = _look(piece, size)
        if piece.note:
            return self.note_mark(piece, gone=gone)
        if piece.picture:
            return _run(self.picture(piece.picture), look)
        content = _content(piece.text, gone=gone)
        if not piece.field:
            return _run(content, look)
        instruction = _instruction(piece.field, gone=gone)
        parts = (_char("begin"), instruction, _char("separate"), content, _char("end"))
        return "".join(_run(part, look) for part in parts)

    def note_mark(self, piece: Piece, *, gone: bool) -> str:
        """The mark of a footnote; a further mark of the same one says its number."""
        look = element("w:rPr", element("w:rStyle", w_val="FootnoteReference"))
        if piece.note not in self.seen:
            self.seen.add(piece.note)
            mark = _run(element("w:footnoteReference", w_id=self.notes[piece.note]), look)
            name = note_bookmark(piece.note)
            return self.opened(name) + mark + self.closed(name)
        code = f"NOTEREF {note_bookmark(piece.note)} {chr(92)}h"
        content = _content(piece.text, gone=gone)
        instruction = _instruction(code, gone=gone)
        parts = (_char("begin"), instruction, _char("separate"), content, _char("end"))
        return "".join(_run(part, look) for part in parts)

    def picture(self, picture: Picture) -> str:
        """A picture in a line, with what it shows for those who do not see it."""
        sized = self.pictures[picture.path]
        share = min(picture.width / sized.width, picture.height / sized.height, 1.0)
        extent = {
            "cx": round(sized.width * share * _EMU),
            "cy": round(sized.height * share * _EMU),
        }
        number = self.next()
        about = {"id": number, "name": f"Picture {number}", "descr": picture.alt}
        graphic = element(
            "a:graphic",
            tagged(
                "a:graphicData",
                {"uri": "http://schemas.openxmlformats.org/drawingml/2006/picture"},
                element(
                    "pic:pic",
                    element("pic:nvPicPr", tagged("pic:cNvPr", about), element("pic:cNvPicPr")),
                    element(
                        "pic:blipFill",
                        element("a:blip", r_embed=sized.relation),
                        element("a:stretch", element("a:fillRect")),
                    ),
                    element(
                        "pic:spPr",
                        element(
                            "a:xfrm",
                            tagged("a:off", {"x": 0, "y": 0}),
                            tagged("a:ext", dict(extent)),
                        ),
                        tagged("a:prstGeom", {"prst": "rect"}, element("a:avLst")),
                    ),
                ),
            ),
        )
        inline = tagged(
            "wp:inline",
            {"distT": 0, "distB": 0, "distL": 0, "distR": 0},
            tagged("wp:extent", dict(extent)),
            tagged("wp:docPr", about),
            element("wp:cNvGraphicFramePr"),
            graphic,
        )
        return element("w:drawing", inline)

    # --- footnotes ---

    def note(self, note: Note) -> str:
        """A footnote, its number before its first paragraph."""
        look = element("w:rPr", element("w:rStyle", w_val="FootnoteReference"))
        mark = _run(element("w:footnoteRef"), look) + _run(_content(" ", gone=False))
        paras = (
            self.para(para, before=mark if index == 0 else "")
            for index, para in enumerate(note.paras)
        )
        return element("w:footnote", *paras, w_id=self.notes[note.id])


def _state(code: str) -> dict[str, str]:
    return {"w14:val": code, "w14:font": "Segoe UI Symbol"}


_TO_TICK = element(
    "w:sdtPr",
    element(
        "w14:checkbox",
        tagged("w14:checked", {"w14:val": "0"}),
        tagged("w14:checkedState", _state("2612")),
        tagged("w14:uncheckedState", _state("2610")),
    ),
)
"""What makes a box one that a click ticks."""


def _run(content: str, look: str = "") -> str:
    return element("w:r", look, content)


def _char(kind: str) -> str:
    return element("w:fldChar", w_fldCharType=kind)


def _instruction(code: str, *, gone: bool = False) -> str:
    name = "w:delInstrText" if gone else "w:instrText"
    return tagged(name, {"xml:space": "preserve"}, text(f" {code} "))


def _content(words: str, *, gone: bool) -> str:
    """Words with their line breaks and tabs."""
    parts = []
    for part in _PARTS.split(words):
        if part == "\n":
            parts.append(element("w:br"))
        elif part == "\t":
            parts.append(element("w:tab"))
        elif part:
            name = "w:delText" if gone else "w:t"
            parts.append(tagged(name, {"xml:space": "preserve"}, text(part)))
    return "".join(parts)


def _look(piece: Piece, size: int) -> str:
    style = piece.style
    if not style and piece.link and not piece.link.startswith("#"):
        style = "Hyperlink"
    parts = [
        element("w:rStyle", w_val=style) if style else "",
        element("w:b") if piece.bold else "",
        element("w:i") if piece.italic else "",
        element("w:sz", w_val=size) + element("w:szCs", w_val=size) if size else "",
    ]
    return element("w:rPr", *parts) if any(parts) else ""
