"""A redline as a page: every change under its heading; words that came and went have signs, not colour alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal, assert_never

from markupsafe import Markup

from policygen.compare.comparison import Comparison, Pair
from policygen.compare.lines import MarkedLine
from policygen.compare.summary import (
    CLASSES,
    Redline,
    Side,
    decided_by,
    fate,
    in_short,
    named,
)
from policygen.compare.words import Mark, Run
from policygen.ground.wording import sentence_case
from policygen.html.blocks import column_heads, framed_table, text_table
from policygen.html.elements import Medium, Setting, block, element, heading, joined, lines
from policygen.html.inline import inline_html
from policygen.html.labels import Stamp
from policygen.html.page import facts, page
from policygen.html.templates import filled
from policygen.language import document as d


@dataclass(frozen=True, slots=True)
class Signs:
    """How words that came or went are told from the others."""

    tag: str
    sign: str
    """Before and behind them, for the eye."""
    begins: str
    """What a screen reader says in place of the first sign."""
    ends: str
    """And of the second, so that nobody has to guess where the text goes on as it was."""


MARKS = {
    "inserted": Signs("ins", "+", "inserted: ", ", end of insertion"),
    "deleted": Signs("del", "−", "deleted: ", ", end of deletion"),  # noqa: RUF001
}
LEGEND = "Words that came in are underlined, between plus signs; words that went are struck out, between minus signs."


def redline_html(redline: Redline, *, medium: Medium) -> str:
    """The page of a redline."""
    setting = Setting(medium, Stamp("approved", ""), {}, linked=frozenset())
    new = redline.comparison.new
    running = {
        "school": redline.publisher,
        "short": "Changes",
        "footer": f"{new.title} · {redline.before.name} to {redline.after.name}",
        "values": "",
    }
    body = filled(
        "redline",
        redline=redline,
        title=new.title,
        facts=facts([("From", _side(redline.before)), ("To", _side(redline.after))]),
        changes=changes_html(redline, setting),
    )
    return page(
        language=new.language,
        title=redline.title,
        description=redline.title,
        colour=redline.colour,
        medium=medium,
        class_="redline",
        body=[body],
        running=running if setting.print else None,
    )


def _side(side: Side) -> str:
    name = sentence_case(side.name)
    if side.standing:
        name += f", {side.standing}"
    return name


def changes_html(redline: Redline, setting: Setting, *, listed: bool = False) -> Markup:
    """The changes of a redline, for a page of its own or for a part of one.

    `listed` is whether the page has a list of all changes already.
    """
    comparison = redline.comparison
    parts = [element("p", f"{sentence_case(in_short(comparison))}.", class_="in-short")]
    if comparison.changes and not listed:
        parts.append(_table(comparison.changes, setting))
    if comparison.changes:
        parts.append(element("p", LEGEND, class_="legend"))
    numbered = enumerate(comparison.changes, 1)
    for where, changes in groupby(numbered, key=lambda change: change[1].unit.heading):
        parts.append(_heading(where, setting))
        parts.extend(_change(number, pair, redline, setting) for number, pair in changes)
    if comparison.renumbered:
        parts.append(_renumbered(comparison, setting))
    if comparison.renamed:
        ids = [f"{pair.old.id} is now {pair.id}" for pair in comparison.renamed if pair.old]
        parts.append(_note(f"ids that changed: {', '.join(ids)}"))
    return lines(parts)


def _heading(words: str, setting: Setting) -> Markup:
    return heading(setting.rank_offset + 1, words, class_="section-title")


def _table(changes: Sequence[Pair], setting: Setting) -> Markup:
    rows = []
    for number, pair in enumerate(changes, 1):
        link = element("a", named(pair), href=setting.href(change_anchor(number)))
        by, kind = sentence_case(decided_by(pair)), sentence_case(CLASSES[pair.change])
        rows.append((link, sentence_case(fate(pair)), by, kind))
    head = ("Where", "What changed", "Decided by", "Kind of change")
    return text_table("All changes", head, rows, setting, class_="all-changes")


def change_anchor(number: int) -> str:
    """The id of a change on the page; the underscore keeps it apart from the ids that authors give."""
    return f"change_{number}"


def _change(number: int, pair: Pair, redline: Redline, setting: Setting) -> Markup:
    title = f"{sentence_case(named(pair))}: {fate(pair)}"
    return block(
        "section",
        heading(setting.rank_offset + 2, title, class_="change-title"),
        element("p", redline.decided(pair), class_="change-note"),
        *marked_html(pair.notes, pair.lines, title, setting),
        id=setting.id(change_anchor(number)),
        class_=f"change {pair.kind}",
    )


def marked_html(
    notes: Iterable[str], marked: Iterable[MarkedLine], name: str, setting: Setting
) -> Iterator[Markup]:
    """A change: what it is beside its words, then its lines as paragraphs, lists and tables, with their marks.

    `name` tells its tables apart from others.
    """
    yield from map(_note, notes)
    # Neighbours of one kind belong together.
    for kind, group in groupby(marked, key=_shape):
        members = list(group)
        match kind:
            case "list":
                items = (_item(line, setting) for line in members)
                yield block("ul", *items, class_="marked-items")
            case "table":
                yield _marked_table(members, f"Table, {name}", setting)
            case "text":
                yield from (_paragraph(line, setting) for line in members)
            case _:
                assert_never(kind)
        yield from map(_note, dict.fromkeys(_notes(members)))


def _notes(members: Iterable[MarkedLine]) -> Iterator[str]:
    """What changed in lines beside their words, in the order of the lines."""
    for line in members:
        yield from line.notes


def _note(words: str) -> Markup:
    return element("p", f"{sentence_case(words)}.", class_="change-note")


def _shape(line: MarkedLine) -> Literal["list", "table", "text"]:
    if line.line.role == "item":
        return "list"
    if line.line.role in ("row", "head"):
        return "table"
    return "text"


def _item(line: MarkedLine, setting: Setting) -> Markup:
    label = element("span", line.line.label or "•", class_="label")
    return element("li", label, " ", _cell(line.cells[0], setting), class_=_depth(line))


def _depth(line: MarkedLine) -> str:
    return f"depth-{min(line.line.depth, 4)}"


def _paragraph(line: MarkedLine, setting: Setting) -> Markup:
    return element("p", _cell(line.cells[0], setting), class_=f"{line.line.role} {_depth(line)}")


def _marked_table(members: Sequence[MarkedLine], name: str, setting: Setting) -> Markup:
    head = [_table_cells(line, "col", setting) for line in members if line.line.role == "head"]
    rows = [_table_cells(line, "row", setting) for line in members if line.line.role == "row"]
    first: Sequence[Markup] = ()
    if head:
        first, *more = head
        rows = [*more, *rows]
    return framed_table("", first, rows, setting, class_="marked-table", name=name)


def _table_cells(line: MarkedLine, scope: str, setting: Setting) -> list[Markup]:
    """The cells of a row. The first one heads it; in the head of a table, each its column."""
    cells = [_cell(runs, setting) for runs in line.cells]
    heads = len(cells) if scope == "col" else 1
    return [
        *(element("th", cell, scope=scope) for cell in cells[:heads]),
        *(element("td", cell) for cell in cells[heads:]),
    ]


def _cell(runs: Iterable[Run], setting: Setting) -> Markup:
    """Words one behind the other; neighbours that came or went together have signs around them once."""
    parts = []
    for change, together in groupby(runs, key=lambda run: run.change):
        words = joined(inline_html(_in_words_alone(run.children), setting) for run in together)
        parts.append(_marked(change, words, setting))
    return joined(parts)


def _marked(change: Mark, words: Markup, setting: Setting) -> Markup:
    if change == "same":
        return words
    mark = MARKS[change]
    # The line through or below the words leaves the signs alone: a minus that is struck out would read as "=".
    words = element("span", words, class_="words")
    if setting.print:
        begins = element("span", mark.sign, class_="sign", data_said=mark.begins)
        ends = element("span", mark.sign, class_="sign", data_said=mark.ends)
        return element(mark.tag, begins, words, ends)
    sign = element("span", mark.sign, class_="sign", aria_hidden="true")
    begins = element("span", mark.begins, class_="spoken")
    ends = element("span", mark.ends, class_="spoken")
    return element(mark.tag, begins, sign, words, sign, ends)


def printed(cell: Iterable[Run]) -> str:
    """What a cell shows on paper: words that came or went between their signs."""
    said = []
    for change, together in groupby(cell, key=lambda run: run.change):
        words = "".join(d.plain(run.children) for run in together)
        sign = "" if change == "same" else MARKS[change].sign
        said.append(f"{sign}{words}{sign}")
    return "".join(said)


def _in_words_alone(children: tuple[d.Inline, ...]) -> tuple[d.Inline, ...]:
    """A picture stands in a redline as what it shows, in words, within stress and links as well; no note is there."""
    return d.rebuild(d.Paragraph(children), _in_words).children


def _in_words(node: d.Node) -> d.Node:
    match node:
        case d.Image():
            return d.Text(node.alt)
        case d.FootnoteMark():
            return d.Text("")
        case _:
            return node


def _renumbered(comparison: Comparison, setting: Setting) -> Markup:
    rows = []
    for moved in comparison.renumbered:
        was, now = moved.old or "no number", moved.new or "no number"
        rows.append([element("td", was), element("td", now)])
    head = column_heads(("Was", "Is now"))
    title = _heading("Numbers that moved along", setting)
    caption = "The text of these is not changed by it"
    return lines((title, framed_table(caption, head, rows, setting)))
