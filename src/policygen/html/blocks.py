"""Sections, clauses and all that stands in them, as HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import assert_never

from markupsafe import Markup

from policygen.html.elements import (
    Setting,
    block,
    element,
    element_if,
    heading,
    joined,
    lines,
    void_element,
)
from policygen.html.fields import HOW_TO_FILL, cell_html, choices_html, signature_html
from policygen.html.inline import inline_html, mark_id, note_id
from policygen.html.labels import AUDIENCES, CALLOUTS, LOCAL
from policygen.html.measure import (
    TALL,
    TEXT_WIDTH,
    Columns,
    columns_of,
    is_turned,
    room_of,
    row_height,
    width_of,
)
from policygen.language import document as d
from policygen.language.fields import Field, is_blank, is_form, table_fields

_LONG = 800
"""A box of more letters may be broken over pages: kept whole, it would leave the page before it empty."""


def part_html(part: d.Section, setting: Setting) -> Markup:
    """A section, form or appendix at the top of the document, with its footnotes."""
    class_: str = part.kind
    setting = replace(setting, room=width_of(part))
    if is_turned(part):
        class_ += " landscape"
    if part.kind == "form" and setting.print:
        class_ += " fit"
    whom = Markup()
    if part.kind == "appendix":
        whom = audience_label(part.audience)
    part = with_first_marks(part)
    title, body = section_heading(part, setting), part_body(part, setting)
    return block("section", title, whom, body, class_=class_, id=setting.id(part.id))


def with_first_marks(part: d.Section) -> d.Section:
    """A section, form or appendix in which the first mark of each footnote is known for the first."""
    seen: set[str] = set()

    def told(node: object) -> object:
        if not isinstance(node, d.FootnoteMark) or node.id in seen:
            return node
        seen.add(node.id)
        return replace(node, first=True)

    return d.rebuild(part, told)


def part_body(part: d.Section, setting: Setting) -> Markup:
    """What stands below the title of a section, form or appendix."""
    how = Markup()
    if not is_form(part):
        setting = replace(setting, controls=None)
    elif setting.controls and not setting.print:
        how = element("p", HOW_TO_FILL, class_="to-fill")
    body = blocks_html(part.blocks, setting)
    if not part.footnotes:
        return lines((how, body))
    notes = (_footnote(note, setting) for note in part.footnotes)
    return lines((how, body, block("div", *notes, class_="footnotes")))


def section_heading(section: d.Section, setting: Setting) -> Markup:
    """The title of a section with what prints before it."""
    title = titled(section.label, inline_html(section.title, setting), section.kind)
    return heading(section.level + setting.rank_offset, title, class_="section-title")


def titled(label: str, title: Markup, kind: d.PartKind) -> Markup:
    """A label and a title as they print in headings and contents: "4 Title", "Appendix 2: Title"."""
    if not label:
        return title
    if kind != "section":
        return joined((element("span", label, ":", class_="label"), " ", title))
    return joined((element("span", label, class_="number"), " ", title))


def audience_label(audience: d.Audience) -> Markup:
    """Whom a part is for, in words; nothing where it is for everyone."""
    if audience == "everyone":
        return Markup()
    return element("p", AUDIENCES[audience], class_="audience-label")


def blocks_html(blocks: Sequence[d.Block], setting: Setting) -> Markup:
    """Blocks one below the other."""
    return lines(block_html(node, setting) for node in blocks)


def block_html(node: d.Block, setting: Setting) -> Markup:
    """One block with all that is in it."""
    match node:
        case d.Paragraph():
            return element("p", inline_html(node.children, setting), id=setting.id(node.id))
        case d.Subhead():
            words = inline_html(node.children, setting)
            rank = node.level + setting.rank_offset
            return heading(rank, words, class_="subhead", id=setting.id(node.id))
        case d.ItemList():
            return _item_list(node, setting)
        case d.Table():
            return table_html(node, setting)
        case d.Callout():
            return _callout(node, setting)
        case d.Quote():
            return _quote(node, setting)
        case d.SignatureBlock():
            return signature_html(node, setting)
        case d.AudiencePart():
            return _audience_part(node, setting)
        case d.Definitions():
            inner = setting.inside(node)
            return block("dl", *(_definition(entry, inner) for entry in node.entries))
        case d.Clause():
            return _clause(node, setting)
        case d.Section():
            title, body = section_heading(node, setting), blocks_html(node.blocks, setting)
            return block("section", title, body, class_="subsection", id=setting.id(node.id))
        case _:
            assert_never(node)


def _led(lead: Markup, blocks: Sequence[d.Block], setting: Setting) -> Markup:
    """Blocks whose first paragraph begins with a number or label; where none does, it stands by itself."""
    if not lead:
        return blocks_html(blocks, setting)
    match blocks:
        case [d.Paragraph() as first, *rest]:
            words = inline_html(first.children, setting)
            led = element("p", lead, " ", words, class_="led", id=setting.id(first.id))
        case _:
            led, rest = element("p", lead, class_="led"), list(blocks)
    return lines((led, blocks_html(rest, setting)))


def _clause(clause: d.Clause, setting: Setting) -> Markup:
    number = _clause_number(clause, setting)
    inner = setting.inside(clause)
    if clause.title:
        words = inline_html(clause.title, inner)
        title = [number, " ", words] if number else [words]
        rank = clause.level + inner.rank_offset
        above = heading(rank, *title, class_="clause-title")
        body = lines((above, blocks_html(clause.blocks, inner)))
    else:
        body = _led(number, clause.blocks, inner)
    class_ = "clause" if clause.number else "clause unnumbered"
    label = _local_label(clause, setting)
    return block("div", label, body, class_=class_, id=setting.id(clause.id))


def _local_label(clause: d.Clause, setting: Setting) -> Markup:
    """What a draft says of a clause that is not the issuer's."""
    if not setting.stamp.draft:
        return Markup()
    return element_if(LOCAL.get(clause.local, ""), "p", class_="local")


def _clause_number(clause: d.Clause, setting: Setting) -> Markup:
    """The number; on screen it is the link that a reader copies to show others this clause."""
    if not clause.number:
        return Markup()
    if setting.print:
        return element("span", clause.number, class_="number")
    href = setting.href(clause.id)
    return element("a", clause.number, class_="number", href=href, title="Link to this paragraph")


def _item_list(node: d.ItemList, setting: Setting) -> Markup:
    tag = "ul" if node.style == "bullet" else "ol"
    start = None
    if node.start > 1:
        start = str(node.start)
    items = (_item(item, setting) for item in node.items)
    return block(tag, *items, class_=f"items {node.style}", start=start)


def _item(item: d.Item, setting: Setting) -> Markup:
    label = element_if(item.label, "span", class_="label")
    unit, shown = d.unit_of(item), d.opened(item)
    body = _led(label, shown.blocks, setting.inside(shown))
    if unit:
        # Behind the words: a label has to be the first of an item, for screen readers of PDFs too.
        body = lines((body, _local_label(unit, setting)))
    return element("li", body, id=setting.id(shown.id))


def _callout(callout: d.Callout, setting: Setting) -> Markup:
    word = d.plain(callout.label) or CALLOUTS[callout.kind]
    label = inline_html(callout.label, setting) or word
    class_: str = callout.kind
    if _letters(callout) > _LONG:
        class_ += " long"
    return block(
        "div",
        element("p", label, class_="callout-label"),
        blocks_html(callout.blocks, setting.inside(callout)),
        class_=f"callout {class_}",
        id=setting.id(callout.id),
        role="note",
        aria_label=word,
    )


def _letters(node: d.Callout) -> int:
    """How many letters stand in a box."""
    texts = (inner.text for inner in d.walk(node) if isinstance(inner, d.Text | d.Value))
    return sum(map(len, texts))


def _quote(quote: d.Quote, setting: Setting) -> Markup:
    text = block("blockquote", blocks_html(quote.blocks, setting.inside(quote)))
    credit = Markup()
    if quote.source:
        credit = element("figcaption", "— ", inline_html(quote.source, setting))
    return block("figure", text, credit, class_="quote", id=setting.id(quote.id))


def _audience_part(part: d.AudiencePart, setting: Setting) -> Markup:
    return block(
        "section",
        audience_label(part.audience),
        blocks_html(part.blocks, setting.inside(part)),
        class_="audience",
        id=setting.id(part.id),
        role="group",  # several forms of a policy may have one: no landmark, which needs a name of its own
        aria_label=setting.named(AUDIENCES[part.audience]),
    )


def _definition(entry: d.Definition, setting: Setting) -> Markup:
    meanings = (element("dd", blocks_html(meaning, setting)) for meaning in entry.meanings)
    return lines((element("dt", inline_html(entry.term, setting)), *meanings))


def _footnote(note: d.Footnote, setting: Setting) -> Markup:
    number = element("span", note.number, class_="number")
    body = [_led(number, note.blocks, setting)]
    if not setting.links(note.id):
        return block("div", *body, class_="footnote")
    if not setting.print:
        body.append(element("p", _way_back(note, setting), class_="back"))
    id_ = setting.id(note_id(note.id))
    return block("div", *body, class_="footnote", id=id_, role="doc-footnote")


def _way_back(note: d.Footnote, setting: Setting) -> Markup:
    return element(
        "a",
        "Back to the text",
        href=setting.href(mark_id(note.id)),
        role="doc-backlink",
        aria_label=f"Back to the text at footnote {note.number}",
    )


# --- tables -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Layout:
    """How a table stands on paper."""

    columns: str = ""
    """A finished `colgroup`, or nothing."""
    tall: frozenset[int] = frozenset()
    """The rows that may be broken over pages."""


_SCREEN = Layout()
"""The browser finds the columns by itself, and has no pages."""


def table_html(table: d.Table, setting: Setting) -> Markup:
    """A table. Its first column heads its rows, unless the author says otherwise."""
    head = [_cell("th", cell, setting, "col") for cell in table.head]
    rows = []
    for row, asked in zip(table.rows, table_fields(table), strict=True):
        rows.append(_row(row, asked, setting, labelled=table.labelled))
    classes = ["plain"] if table.head else ["labels"]
    layout = _SCREEN
    if setting.print:
        measured = columns_of(table, room_of(table, setting.room))
        classes.append(measured.setting.name)
        layout = Layout(_column_widths(measured), _tall_rows(table, measured))
    framed = framed_table(
        inline_html(table.caption, setting),
        head,
        rows,
        setting,
        class_=" ".join(classes).strip() or None,
        id_=table.id,
        name=d.plain(table.caption),
        layout=layout,
    )
    if table.landscape and setting.print and setting.room <= TEXT_WIDTH:
        return block("div", framed, class_="landscape")
    return framed


def _tall_rows(table: d.Table, measured: Columns) -> frozenset[int]:
    heights = [row_height(row, measured) for row in table.rows]
    return frozenset(index for index, height in enumerate(heights) if height > TALL)


def _column_widths(measured: Columns) -> Markup:
    """How wide each column is; nothing where the renderer can find it by itself."""
    if not measured.setting.name:
        return Markup()
    columns = []
    for width in measured.widths:
        share = 100 * width / sum(measured.widths)
        columns.append(void_element("col", style=f"width: {share:.2f}%"))
    return element("colgroup", *columns)


def framed_table(
    caption: str,
    head: Sequence[Markup],
    rows: Sequence[Sequence[Markup]],
    setting: Setting,
    *,
    class_: str | None = None,
    id_: str = "",
    name: str = "",
    layout: Layout = _SCREEN,
) -> Markup:
    """A table of finished cells. On screen a wide one scrolls by itself, by keyboard too."""
    body = []
    for index, row in enumerate(rows):
        tall = "tall" if index in layout.tall else None
        body.append(element("tr", *row, class_=tall))
    table = block(
        "table",
        element_if(caption, "caption"),
        layout.columns,
        _head_row(head),
        block("tbody", *body),
        class_=class_,
        id=setting.id(id_),
    )
    if setting.print or max(map(len, rows), default=0) < 3:
        return table
    label = setting.named(name or "Table")
    return element("div", table, class_="wide", role="region", tabindex="0", aria_label=label)


def _head_row(head: Sequence[Markup]) -> Markup:
    if not head:
        return Markup()
    return element("thead", element("tr", *head))


def column_heads(names: Sequence[str]) -> list[Markup]:
    """The cells that head the columns of a table."""
    return [element("th", name, scope="col") for name in names]


def text_table(
    caption: str,
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    setting: Setting,
    *,
    class_: str | None = None,
    name: str = "",
) -> Markup:
    """A table of texts, or of finished words; the first cell of a row heads it, and an empty one is to be filled in."""
    cells = [_text_row(row) for row in rows]
    name = name or caption
    return framed_table(caption, column_heads(head), cells, setting, class_=class_, name=name)


def _text_row(row: Sequence[str]) -> list[Markup]:
    first, *rest = map(data_cell, row)
    if row[0]:
        first = element("th", row[0], scope="row")
    return [first, *rest]


def data_cell(text: str) -> Markup:
    """A cell with its words; an empty one is there to be filled in."""
    if not text:
        return element("td", class_="blank")
    return element("td", text)


def _row(
    row: Sequence[d.Cell],
    asked: Sequence[Sequence[Field]],
    setting: Setting,
    *,
    labelled: bool,
) -> list[Markup]:
    """The cells of a row; the first of them heads it where it is a label."""
    groups: dict[str, str] = {}
    cells = []
    for index, (cell, fields) in enumerate(zip(row, asked, strict=True)):
        tag, scope = ("th", "row") if labelled and index == 0 else ("td", None)
        if not fields:
            cells.append(_cell(tag, cell, setting, scope))
        elif is_blank(cell):
            cells.append(cell_html(fields[0], len(row), groups, setting))
        else:
            said = choices_html(cell.children, fields, setting)
            cells.append(element(tag, said, scope=scope))
    return cells


def _cell(tag: str, cell: d.Cell, setting: Setting, scope: str | None = None) -> Markup:
    """A cell with its words; a blank one is never a heading, and a screen reader says "blank" by itself."""
    if is_blank(cell):
        return element("td", class_="blank")
    return element(tag, inline_html(cell.children, setting), scope=scope)


def words(children: tuple[d.Inline, ...]) -> str:
    """The words of a title on one line."""
    return " ".join(d.plain(children).split())
