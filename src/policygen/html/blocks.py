"""Sections, clauses and all that stands in them, as HTML."""

from __future__ import annotations

import re
from collections.abc import Sequence

from policygen.html.elements import Setting, element, escape, heading, lines, void_element
from policygen.html.inline import inline_html, mark_id, note_id
from policygen.html.labels import AUDIENCES, CALLOUTS, LOCAL
from policygen.html.measure import TALL, Columns, columns_of, row_height
from policygen.language.document import (
    AudiencePart,
    Block,
    Callout,
    Cell,
    Clause,
    Definition,
    Definitions,
    Footnote,
    Inline,
    Item,
    ItemList,
    Paragraph,
    Quote,
    Section,
    SignatureBlock,
    Subhead,
    Table,
    plain,
)

_MARK = re.compile(r'<a class="footnote-mark" href="#note_([^"]+)"')


def part_html(part: Section, setting: Setting) -> str:
    """A section, form or appendix at the top of the document, with its footnotes."""
    inside = lines(
        (
            section_heading(part, setting),
            audience_label(part.audience) if part.kind == "appendix" else "",
            part_body(part, setting),
        )
    )
    return element(
        "section",
        "\n",
        inside,
        "\n",
        class_=f"{part.kind} one-page" if part.one_page else part.kind,
        id=part.id,
    )


def part_body(part: Section, setting: Setting) -> str:
    """What stands below the title of a section, form or appendix."""
    notes = element(
        "div",
        "\n",
        lines(_footnote(note, setting) for note in part.footnotes),
        "\n",
        class_="footnotes",
    )
    return _with_mark_ids(
        lines((blocks_html(part.blocks, setting), notes if part.footnotes else ""))
    )


def section_heading(section: Section, setting: Setting) -> str:
    """The title of a section with what prints before it."""
    return heading(
        section.level + setting.rank_offset,
        titled(section.label, inline_html(section.title, setting), section.kind),
        class_="section-title",
    )


def titled(label: str, title: str, kind: str) -> str:
    """A label and a title as they print in headings and contents: "4 Title", "Appendix 2: Title"."""
    if not label:
        return title
    if kind == "appendix":
        return f"{element('span', escape(label), ':', class_='label')} {title}"
    return f"{element('span', escape(label), class_='number')} {title}"


def audience_label(audience: str) -> str:
    """Whom a part is for, in words; nothing where it is for everyone."""
    return (
        "" if audience == "everyone" else element("p", AUDIENCES[audience], class_="audience-label")
    )


def blocks_html(blocks: Sequence[Block], setting: Setting) -> str:
    """Blocks one below the other."""
    return lines(block_html(block, setting) for block in blocks)


def block_html(block: Block, setting: Setting) -> str:
    """One block with all that is in it."""
    match block:
        case Paragraph(children=children, id=id_):
            return element("p", inline_html(children, setting), id=id_ or None)
        case Subhead(level=level, children=children, id=id_):
            rank = level + setting.rank_offset
            return heading(rank, inline_html(children, setting), class_="subhead", id=id_ or None)
        case ItemList():
            return _item_list(block, setting)
        case Table():
            return table_html(block, setting)
        case Callout():
            return _callout(block, setting)
        case Quote():
            return _quote(block, setting)
        case SignatureBlock():
            return _signature(block, setting)
        case AudiencePart():
            return _audience_part(block, setting)
        case Definitions(entries=entries):
            inner = setting.inside(block)
            return element("dl", "\n", lines(_definition(entry, inner) for entry in entries), "\n")
        case Clause():
            return _clause(block, setting)
        case Section():
            inside = lines((section_heading(block, setting), blocks_html(block.blocks, setting)))
            return element("section", "\n", inside, "\n", class_="subsection", id=block.id)


def _led(lead: str, blocks: Sequence[Block], setting: Setting) -> str:
    """Blocks whose first paragraph begins with a number or label; where none does, it stands by itself."""
    if not lead:
        return blocks_html(blocks, setting)
    match blocks:
        case [Paragraph(children=children, id=id_), *rest]:
            text = f"{lead} {inline_html(children, setting)}"
        case _:
            text, id_, rest = lead, "", list(blocks)
    return lines((element("p", text, class_="led", id=id_ or None), blocks_html(rest, setting)))


def _clause(clause: Clause, setting: Setting) -> str:
    number = _clause_number(clause, setting)
    setting = setting.inside(clause)
    local = LOCAL.get(clause.local, "") if setting.stamp.draft else ""
    if clause.title:
        title = f"{number} {inline_html(clause.title, setting)}".strip()
        rank = clause.level + setting.rank_offset
        body = lines(
            (heading(rank, title, class_="clause-title"), blocks_html(clause.blocks, setting)),
        )
    else:
        body = _led(number, clause.blocks, setting)
    label = element("p", local, class_="local") if local else ""
    class_ = "clause" if clause.number else "clause unnumbered"
    return element("div", "\n", lines((label, body)), "\n", class_=class_, id=clause.id)


def _clause_number(clause: Clause, setting: Setting) -> str:
    """The number; on screen it is the link that a reader copies to show others this clause."""
    if not clause.number:
        return ""
    if setting.print:
        return element("span", escape(clause.number), class_="number")
    return element(
        "a",
        escape(clause.number),
        class_="number",
        href=f"#{clause.id}",
        title="Link to this paragraph",
    )


def _item_list(items: ItemList, setting: Setting) -> str:
    tag = "ul" if items.style == "bullet" else "ol"
    inside = lines(_item(each, setting) for each in items.items)
    start = str(items.start) if items.start > 1 else None
    return element(tag, "\n", inside, "\n", class_=f"items {items.style}", start=start)


def _item(item: Item, setting: Setting) -> str:
    label = element("span", escape(item.label), class_="label") if item.label else ""
    return element("li", _led(label, item.blocks, setting.inside(item)), id=item.id or None)


def table_html(table: Table, setting: Setting) -> str:
    """A table. The first column heads the rows of one that has no head."""
    head = [_cell("th", cell, setting, "col") for cell in table.head]
    rows = [_row(row, setting, labelled=not table.head) for row in table.rows]
    columns, tall = "", frozenset[int]()
    class_ = "" if table.head else "labels"
    if setting.print:
        layout = columns_of(table, setting.room)
        class_ = f"{class_} {layout.setting.name}".strip()
        columns = _column_widths(layout)
        tall = frozenset(
            index for index, row in enumerate(table.rows) if row_height(row, layout) > TALL
        )
    return framed_table(
        inline_html(table.caption, setting),
        head,
        rows,
        setting,
        class_=class_ or None,
        id_=table.id,
        name=plain(table.caption),
        columns=columns,
        tall=tall,
    )


def _column_widths(layout: Columns) -> str:
    """How wide each column is; nothing where the renderer can find it by itself."""
    if not layout.setting.name:
        return ""
    whole = sum(layout.widths)
    styles = (f"width: {100 * width / whole:.2f}%" for width in layout.widths)
    return element("colgroup", *(void_element("col", style=style) for style in styles))


def framed_table(
    caption: str,
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    setting: Setting,
    *,
    class_: str | None = None,
    id_: str = "",
    name: str = "",
    columns: str = "",
    tall: frozenset[int] = frozenset(),
) -> str:
    """A table of finished cells. On screen a wide one scrolls by itself, by keyboard too.

    `columns` is a finished `colgroup`; `tall` are the rows that may be broken over pages.
    """
    body = lines(
        element("tr", *row, class_="tall" if index in tall else None)
        for index, row in enumerate(rows)
    )
    table = element(
        "table",
        "\n",
        lines(
            (
                element("caption", caption) if caption else "",
                columns,
                element("thead", element("tr", *head)) if head else "",
                element("tbody", "\n", body, "\n"),
            )
        ),
        "\n",
        class_=class_,
        id=id_ or None,
    )
    if setting.print or max((len(row) for row in rows), default=0) < 3:
        return table
    return element(
        "div", table, class_="wide", role="region", tabindex="0", aria_label=name or "Table"
    )


def _row(row: Sequence[Cell], setting: Setting, *, labelled: bool) -> list[str]:
    first, *rest = row
    head = _cell("th", first, setting, "row") if labelled else _cell("td", first, setting)
    return [head, *(_cell("td", cell, setting) for cell in rest)]


def _cell(tag: str, cell: Cell, setting: Setting, scope: str | None = None) -> str:
    """A cell with its words; a blank one is never a heading, and a screen reader says "blank" by itself."""
    if not plain(cell.children).strip():
        return element("td", class_="blank")
    return element(tag, inline_html(cell.children, setting), scope=scope)


def _callout(callout: Callout, setting: Setting) -> str:
    word = label = CALLOUTS[callout.kind]
    if callout.label:
        word, label = plain(callout.label), inline_html(callout.label, setting)
    return element(
        "div",
        "\n",
        lines(
            (
                element("p", label, class_="callout-label"),
                blocks_html(callout.blocks, setting.inside(callout)),
            )
        ),
        "\n",
        class_=f"callout {callout.kind}",
        id=callout.id or None,
        role="note",
        aria_label=word,
    )


def _quote(quote: Quote, setting: Setting) -> str:
    inside = blocks_html(quote.blocks, setting.inside(quote))
    text = element("blockquote", "\n", inside, "\n")
    source = inline_html(quote.source, setting)
    credit = element("figcaption", "— ", source) if source else ""
    return element("figure", "\n", lines((text, credit)), "\n", class_="quote", id=quote.id or None)


def _signature(block: SignatureBlock, setting: Setting) -> str:
    """Fields to fill in by hand, each with a line to write on."""
    fields = (_field(inline_html(label, setting)) for label in block.fields)
    return element(
        "div",
        "\n",
        lines((element("p", escape(block.signatory), class_="signatory"), *fields)),
        "\n",
        class_="signature",
        id=block.id or None,
        role="group",
        aria_label=block.signatory,
    )


def _field(label: str) -> str:
    line = element("span", class_="written")
    return element("p", element("span", label, class_="field-label"), " ", line, class_="field")


def _audience_part(part: AudiencePart, setting: Setting) -> str:
    inside = lines((audience_label(part.audience), blocks_html(part.blocks, setting.inside(part))))
    return element(
        "section",
        "\n",
        inside,
        "\n",
        class_="audience",
        id=part.id or None,
        aria_label=AUDIENCES[part.audience],
    )


def _definition(entry: Definition, setting: Setting) -> str:
    meanings = (element("dd", blocks_html(each, setting)) for each in entry.meanings)
    return lines((element("dt", inline_html(entry.term, setting)), *meanings))


def _footnote(note: Footnote, setting: Setting) -> str:
    number = element("span", escape(note.number), class_="number")
    back = element(
        "a",
        "Back to the text",
        href=f"#{mark_id(note.id)}",
        role="doc-backlink",
        aria_label=f"Back to the text at footnote {note.number}",
    )
    body = _led(number, note.blocks, setting)
    tail = "" if setting.print else element("p", back, class_="back")
    inside = lines((body, tail))
    return element(
        "div", "\n", inside, "\n", class_="footnote", id=note_id(note.id), role="doc-footnote"
    )


def _with_mark_ids(text: str) -> str:
    """Give the first mark of each footnote the id that the note points back to."""
    seen: set[str] = set()

    def first(found: re.Match[str]) -> str:
        name = found[1]
        if name in seen:
            return found[0]
        seen.add(name)
        return f'{found[0]} id="mark_{name}"'

    return _MARK.sub(first, text)


def words(children: tuple[Inline, ...]) -> str:
    """The words of a title on one line."""
    return " ".join(plain(children).split())
