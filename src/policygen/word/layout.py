"""A document as what stands in a Word file: paragraphs with their styles, counted as Word counts.

Where Word's counting cannot say a number of ours (4.3A), the number is typed and marked by its style.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import assert_never

from policygen.html.labels import AUDIENCES, CALLOUTS, LOCAL
from policygen.html.measure import MM, TEXT_WIDTH, columns_of, is_turned, room_of, width_of
from policygen.language import document as d
from policygen.language.fields import Field, is_blank, is_form, signature_fields, table_fields
from policygen.word.counting import (
    BULLETS,
    Counter,
    clauses_series,
    flat_series,
    list_series,
)
from policygen.word.flow import (
    Count,
    Flow,
    Grid,
    Note,
    NumberForm,
    Para,
    Piece,
    Row,
    Series,
    Standing,
    Turn,
)
from policygen.word.inline import Places, pieces_of
from policygen.word.names import bookmark, box_name

STEP, NUMBER = 425, 709
"""How far a level stands further in, and how much room the number of a clause takes."""
TWIPS = 20 / MM
"""In a millimetre: twentieths of a point."""
_FORMS: dict[d.ListStyle, NumberForm] = {
    "bullet": "bullet",
    "number": "decimal",
    "letter": "lowerLetter",
    "roman": "lowerRoman",
}
_BOX_INSET = 170


def text_flow(parts: Sequence[d.Section], *, draft: bool) -> Flow:
    """The sections, forms and appendices of a document."""
    # What a reference prints depends on how its target is counted, and that may stand behind it.
    counted = _laid_out(parts, {}, draft=draft).places
    layout = _laid_out(parts, counted, draft=draft)
    marked = [piece.note for para in paragraphs(layout.body) for piece in para.pieces]
    order = {note: place for place, note in reversed([*enumerate(marked)]) if note}
    notes = sorted(layout.notes, key=lambda note: order.get(note.id, len(marked)))
    return Flow(tuple(layout.body), tuple(notes), tuple(layout.series.values()))


def paragraphs(body: Sequence[Standing]) -> list[Para]:
    """Every paragraph, those in tables too."""
    found: list[Para] = []
    for each in body:
        match each:
            case Para():
                found.append(each)
            case Grid():
                found += [cell for row in each.rows for cell in row.cells]
            case Turn():
                pass
            case _:
                found += each.lines
    return found


def _laid_out(parts: Sequence[d.Section], known: Places, *, draft: bool) -> _Layout:
    layout = _Layout(known, draft)
    for part in parts:
        layout.part(part, deep=_is_deep(parts, part.kind))
    if layout.body and layout.body[-1] == Turn(landscape=False):
        layout.body.pop()
    return layout


def _is_deep(parts: Sequence[d.Section], kind: d.PartKind) -> bool:
    """Whether headings of such parts are numbered below the first level."""
    for part in parts:
        if part.kind != kind:
            continue
        for node in d.walk(part.blocks):
            if isinstance(node, d.Section) and node.number:
                return True
            if isinstance(node, d.Clause) and node.number.count(".") > 1:
                return True
    return False


@dataclass(frozen=True, slots=True)
class _Where:
    """What stands around a block."""

    unit: str = ""
    depth: int = 0
    """How many numbered clauses, items and meanings are around it."""
    left: int = 0
    series: str = ""
    """In which lists within it are counted; empty where each counts by itself."""
    level: int = 0
    bullets: int = 0
    look: str = ""
    room: float = TEXT_WIDTH
    form: bool = False
    """Whether blanks are to be filled in."""
    note: bool = False

    def further(self, by: int) -> _Where:
        """What stands around the blocks of a clause or an item."""
        return replace(self, depth=self.depth + 1, left=self.left + by)

    def para(self, style: str, pieces: tuple[Piece, ...] = (), hanging: int = 0) -> Para:
        """A paragraph that stands here."""
        look = self.look
        return Para(
            style,
            pieces,
            left=self.left + hanging,
            hanging=hanging,
            look=look if look in ("callout", "quote") else "",  # type: ignore[arg-type]
            unit=self.unit,
        )


@dataclass
class _Layout:
    """Puts blocks one below the other, and counts."""

    known: Places
    draft: bool
    body: list[Standing] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    series: dict[str, Series] = field(default_factory=dict)
    counters: dict[str, Counter] = field(default_factory=dict)
    places: dict[str, tuple[str, str]] = field(default_factory=dict)
    boxes: int = 0

    # --- what all use ---

    def words(self, children: tuple[d.Inline, ...]) -> tuple[Piece, ...]:
        return pieces_of(children, self.known, bookmark)

    def span(self, first: int, name: str) -> None:
        """Put a bookmark around all that was added since."""
        if first == len(self.body):
            return
        self.body[first] = _opened(self.body[first], name)
        self.body[-1] = _closed(self.body[-1], name)

    def box(self, first: int, kind: str, identity: str = "") -> None:
        """Mark all that was added since as what stands in a block of some kind, and which id is its own."""
        self.boxes += 1
        self.span(first, box_name(kind, self.boxes, identity))

    def identified(self, first: int, identity: str) -> None:
        if identity:
            self.span(first, bookmark(identity))
            self.places.setdefault(identity, ("", ""))

    def begin(self, series: Series) -> str:
        """Begin a series."""
        self.series[series.name] = series
        self.counters[series.name] = Counter(series.levels)
        return series.name

    def counts(self, series: str, level: int, label: str) -> bool:
        """Count on, if what Word prints then is this label."""
        counter = self.counters.get(series)
        if counter is None or level > 8 or counter.ahead(level) != label:
            return False
        counter.next(level)
        return True

    def numbered(self, para: Para, series: str, level: int, label: str) -> Para:
        """A paragraph with its number: counted by Word where that comes to the same, else typed."""
        if not label:
            return para
        if self.counts(series, level, label):
            return replace(para, count=Count(series, level))
        return replace(para, pieces=(_typed(label), *para.pieces))

    # --- parts and sections ---

    def part(self, part: d.Section, *, deep: bool) -> None:
        where = _Where(part.id, room=width_of(part), form=is_form(part))
        turned = is_turned(part)
        self.turn(landscape=False, needed=turned)
        start = len(self.body)
        # A form that has a number is one of the appendices.
        kind = "appendix" if part.kind != "section" and part.number else part.kind
        series = f"{kind}s"
        if series not in self.series:
            self.begin(clauses_series(series, appendix=kind == "appendix", deep=deep))
        if part.flat:
            flat = self.begin(flat_series(f"flat-{part.id}"))
            self.heading(part, series, where)
            series = flat
        else:
            self.heading(part, series, where)
        if part.kind != "section":
            head = self.body[start]
            assert isinstance(head, Para)  # noqa: S101  of its heading
            self.body[start] = replace(head, fresh=True)
            self.box(start, part.kind, part.id)
        if part.kind == "appendix" and part.audience != "everyone":
            self.body.append(where.para("PolicyAudience", _said(AUDIENCES[part.audience])))
        self.blocks(part.blocks, replace(where, series=series, level=-1))
        self.turn(landscape=True, needed=turned)
        for note in part.footnotes:
            self.notes.append(self.note(note, part.id))

    def turn(self, *, landscape: bool, needed: bool) -> None:
        """End the pages before a table that lies on its side, or those of the table."""
        if needed and self.body and not isinstance(self.body[-1], Turn):
            self.body.append(Turn(landscape))

    def heading(self, section: d.Section, series: str, where: _Where) -> None:
        start = len(self.body)
        name = "Heading" if section.contents else "PolicyHeading"
        hanging = 0
        if section.number and (section.kind == "section" or "." in section.number):
            hanging = NUMBER + 200 * max(section.number.count(".") - 1, 0)
        para = where.para(f"{name}{section.level}", self.words(section.title), hanging)
        level = section.number.count(".")
        self.body.append(self.numbered(para, series, level, section.label))
        self.identified(start, section.id)
        self.place(section.id, section.label, start)
        if not section.number:
            self.places[section.id] = ("title", "")

    def place(self, identity: str, label: str, start: int) -> None:
        """Remember how a place is counted, for what refers to it."""
        para = self.body[start]
        counted = isinstance(para, Para) and para.count is not None
        how = "counted" if counted else "typed"
        self.places[identity] = (how if label else "", label)

    def note(self, note: d.Footnote, unit: str) -> Note:
        aside = _Layout(self.known, self.draft, series=self.series, counters=self.counters)
        aside.boxes = 10_000 + len(self.notes) * 100
        aside.blocks(note.blocks, _Where(unit, note=True))
        paras = tuple(paragraphs(aside.body)) or (Para("FootnoteText"),)
        return Note(note.id, paras)

    # --- blocks ---

    def blocks(self, blocks: Sequence[d.Block], where: _Where) -> None:
        for block in blocks:
            self.block(block, where)

    def block(self, block: d.Block, where: _Where) -> None:
        start = len(self.body)
        match block:
            case d.Paragraph():
                style = "FootnoteText" if where.note and not where.depth else _text(where.depth)
                self.body.append(where.para(style, self.words(block.children)))
                self.identified(start, block.id)
            case d.Subhead():
                style = f"PolicySubhead{block.level}"
                self.body.append(where.para(style, self.words(block.children)))
                self.identified(start, block.id)
                if block.id:
                    self.places[block.id] = ("title", "")
            case d.ItemList():
                self.items(block, where)
            case d.Table():
                self.table(block, where)
            case d.Callout():
                self.callout(block, where)
            case d.Quote():
                self.quote(block, where)
            case d.SignatureBlock():
                self.signature(block, where)
            case d.AudiencePart():
                said = _said(AUDIENCES[block.audience])
                self.body.append(where.para("PolicyAudience", said))
                self.blocks(block.blocks, where)
                self.identified(start, block.id)
                self.box(start, f"audience_{block.audience}", block.id)
            case d.Definitions():
                for entry in block.entries:
                    self.definition(entry, where)
            case d.Clause():
                self.clause(block, where)
            case d.Section():
                inner = replace(where, unit=block.id)
                self.heading(block, where.series, inner)
                self.blocks(block.blocks, inner)
            case _:
                assert_never(block)

    def clause(self, clause: d.Clause, where: _Where) -> None:
        where = replace(where, unit=clause.id)
        if clause.local and self.draft:
            self.body.append(where.para("PolicyLocal", _said(LOCAL[clause.local])))
        start = len(self.body)
        inner = where
        if clause.number:
            inner = where.further(NUMBER)
        level = max(clause.number.count("."), where.level + 1) if clause.number else where.level
        hanging = NUMBER if clause.number else 0
        blocks: Sequence[d.Block] = clause.blocks
        para = None
        if clause.title:
            style = f"PolicyClauseTitle{clause.level}"
            para = where.para(style, self.words(clause.title), hanging)
        elif clause.number:
            first, blocks = _first(blocks)
            para = where.para("PolicyClause", self.words(first), hanging)
        if para is not None:
            para = self.numbered(para, where.series, level, clause.number)
            self.body.append(para)
            self.place(clause.id, clause.number, start)
        if not clause.number or clause.is_addition:
            inner = replace(inner, series="", level=-1)
        else:
            inner = replace(inner, level=level)
        self.blocks(blocks, inner)
        self.identified(start, clause.id)
        self.box(start, "clause", clause.id)

    def items(self, items: d.ItemList, where: _Where) -> None:
        own = ""
        for item in items.items:
            start = len(self.body)
            first, blocks = _first(d.opened(item).blocks)
            style = f"PolicyItem{min(where.depth + 1, 6)}"
            para = where.para(style, self.words(first), STEP)
            inner = where.further(STEP)
            if items.style == "bullet":
                if BULLETS.name not in self.series:
                    self.begin(BULLETS)
                para = replace(para, count=Count(BULLETS.name, min(where.bullets, 8)))
                inner = replace(inner, bullets=where.bullets + 1)
            elif self.counts(where.series, where.level + 1, item.label):
                para = replace(para, count=Count(where.series, where.level + 1))
                inner = replace(inner, level=where.level + 1)
            else:
                own = self.own_list(own, item.label, _FORMS[items.style])
                para = self.numbered(para, own, 0, item.label)
                inner = replace(inner, series=own, level=0)
            self.body.append(para)
            if item.id:
                label = item.label.removesuffix(".")
                self.place(item.id, label, start)
            self.blocks(blocks, inner)
            self.identified(start, item.id)
            if not all(isinstance(each, d.Paragraph | d.ItemList) for each in blocks):
                self.box(start, "item", item.id)

    def own_list(self, own: str, label: str, form: NumberForm) -> str:
        """The series of a list that counts by itself: the one that it has, or a new one from this label on."""
        if own and self.counters[own].ahead(0) == label:
            return own
        series = list_series(f"list-{len(self.series)}", label, form)
        return self.begin(series) if series else own

    def callout(self, callout: d.Callout, where: _Where) -> None:
        start = len(self.body)
        inner = replace(where, look="callout", left=where.left + _BOX_INSET)
        label = self.words(callout.label) or _said(CALLOUTS[callout.kind])
        self.body.append(inner.para("PolicyCalloutLabel", label))
        self.blocks(callout.blocks, inner)
        self.identified(start, callout.id)
        self.box(start, callout.kind.replace("-", ""), callout.id)

    def quote(self, quote: d.Quote, where: _Where) -> None:
        start = len(self.body)
        inner = replace(where, look="quote", left=where.left + _BOX_INSET)
        self.blocks(quote.blocks, inner)
        if quote.source:
            self.body.append(
                inner.para("PolicyQuoteSource", (Piece("— "), *self.words(quote.source)))
            )
        self.identified(start, quote.id)
        self.box(start, "quote", quote.id)

    def definition(self, entry: d.Definition, where: _Where) -> None:
        self.body.append(where.para("PolicyTerm", self.words(entry.term)))
        for meaning in entry.meanings:
            start = len(self.body)
            first, blocks = _first(meaning)
            inner = where.further(STEP)
            self.body.append(inner.para("PolicyMeaning", self.words(first)))
            self.blocks(blocks, inner)
            self.box(start, "meaning")

    # --- what is filled in ---

    def signature(self, block: d.SignatureBlock, where: _Where) -> None:
        start = len(self.body)
        self.body.append(where.para("PolicySignatory", _said(block.signatory)))
        for label, asked in zip(block.fields, signature_fields(block), strict=True):
            choice = asked[0].kind == "choice"
            pieces = self.words(label)
            filled = _with_boxes(pieces) if choice else (*pieces, _LINE)
            self.body.append(where.para("PolicyField", filled))
        self.identified(start, block.id)

    # --- tables ---

    def table(self, table: d.Table, where: _Where) -> None:
        turned = table.landscape and where.room <= TEXT_WIDTH
        self.turn(landscape=False, needed=turned)
        start = len(self.body)
        if table.caption:
            self.body.append(where.para("PolicyCaption", self.words(table.caption)))
        room = room_of(table, where.room) - where.left / TWIPS
        measured = columns_of(table, room)
        rows = [self.row(table.head, [()] * len(table.head), where, head=True)]
        for cells, asked in zip(table.rows, table_fields(table), strict=True):
            rows.append(self.row(cells, asked if where.form else [()] * len(cells), where))
        self.body.append(
            Grid(
                tuple(row for row in rows if row.cells),
                _shared(measured.widths, room),
                labelled=table.labelled,
                left=where.left,
                small=0 if measured.setting.size >= 11 else round(measured.setting.size * 2),
                alt=d.plain(table.caption),
            )
        )
        self.identified(start, table.id)
        if turned:
            self.turn(landscape=True, needed=True)
        else:
            self.body.append(Para("PolicyBreak", unit=where.unit))

    def row(
        self,
        cells: Sequence[d.Cell],
        asked: Sequence[Sequence[Field]],
        where: _Where,
        *,
        head: bool = False,
    ) -> Row:
        made = []
        for cell, fields in zip(cells, asked, strict=True):
            pieces = self.words(cell.children)
            if fields and fields[0].kind in ("tick", "choice"):
                pieces = _BOX if is_blank(cell) else _with_boxes(pieces)
            style = "PolicyCellHead" if head else "PolicyCell"
            made.append(Para(style, pieces, unit=where.unit))
        return Row(tuple(made), head)


_BOX = (Piece("☐", style="PolicyTick"),)
_LINE = Piece(" \t", style="PolicyLine")
_CHOICE = re.compile(r"(?i)\b(?=(?:yes|no)\b)")


def _with_boxes(pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """Words that offer "yes / no", with a box before each of the two."""
    made: list[Piece] = []
    for piece in pieces:
        for index, part in enumerate(_CHOICE.split(piece.text)):
            if index:
                made += [*_BOX, Piece(" ", style="PolicyLine")]
            if part:
                made.append(replace(piece, text=part))
    return tuple(made)


def _shared(widths: Sequence[float], room: float) -> tuple[int, ...]:
    """Widths that fill a room, in twentieths of a point."""
    whole = sum(widths) or 1.0
    return tuple(round(width / whole * room * TWIPS) for width in widths)


def _first(blocks: Sequence[d.Block]) -> tuple[tuple[d.Inline, ...], Sequence[d.Block]]:
    """The words beside a number or label, and the blocks below them."""
    match blocks:
        case [d.Paragraph(id="") as first, *rest]:
            return first.children, rest
        case _:
            return (), blocks


def _said(text: str) -> tuple[Piece, ...]:
    return (Piece(text),)


def _text(depth: int) -> str:
    if depth:
        return f"PolicyText{min(depth, 6)}"
    return "BodyText"


def _typed(label: str) -> Piece:
    return Piece(f"{label}\t", style="PolicyNumber")


def _opened(node: Standing, name: str) -> Standing:
    match node:
        case Para():
            return replace(node, opens=(name, *node.opens))
        case Grid():
            row = node.rows[0]
            cells = (_opened(row.cells[0], name), *row.cells[1:])
            return replace(node, rows=(replace(row, cells=cells), *node.rows[1:]))  # type: ignore[arg-type]
        case _:
            return node


def _closed(node: Standing, name: str) -> Standing:
    match node:
        case Para():
            return replace(node, closes=(*node.closes, name))
        case Grid():
            row = node.rows[-1]
            cells = (*row.cells[:-1], _closed(row.cells[-1], name))
            return replace(node, rows=(*node.rows[:-1], replace(row, cells=cells)))  # type: ignore[arg-type]
        case _:
            return node
