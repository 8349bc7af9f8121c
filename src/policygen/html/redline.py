"""A redline as a page: every change under its heading; words that came and went have signs, not colour alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from policygen.compare.comparison import Comparison, Pair
from policygen.compare.lines import MarkedLine
from policygen.compare.summary import Redline, decided_by, fate, in_short, named
from policygen.compare.words import Run
from policygen.ground.wording import sentence_case
from policygen.html.blocks import framed_table
from policygen.html.elements import Medium, Setting, element, escape, heading, lines
from policygen.html.inline import inline_html
from policygen.html.labels import Stamp
from policygen.html.page import facts, page
from policygen.language.document import Image, Inline, Text

_SIGNS = {"inserted": ("ins", "+", "inserted: "), "deleted": ("del", "−", "deleted: ")}  # noqa: RUF001
LEGEND = "Words that came in are underlined, behind a plus sign; words that went are struck out, behind a minus sign."


def redline_html(redline: Redline, *, medium: Medium) -> str:
    """The page of a redline."""
    setting = Setting(medium, Stamp("approved", ""), {}, linked=frozenset())
    running = {
        "school": redline.publisher,
        "short": "Changes",
        "footer": f"{redline.comparison.new.title} · {redline.before.name} to {redline.after.name}",
        "values": "",
    }
    return page(
        language=redline.comparison.new.language,
        title=redline.title,
        description=redline.title,
        colour=redline.colour,
        medium=medium,
        draft=False,
        class_="redline",
        body=[_header(redline), element("main", "\n", changes_html(redline, setting), "\n")],
        running=running if setting.print else None,
    )


def _header(redline: Redline) -> str:
    sides = [
        (label, f"{sentence_case(side.name)}{f', {side.standing}' if side.standing else ''}")
        for label, side in (("From", redline.before), ("To", redline.after))
    ]
    return element(
        "header",
        "\n",
        lines(
            (
                element("p", escape(redline.publisher), class_="school"),
                heading(1, escape(f"Changes: {redline.comparison.new.title}")),
                facts(sides),
            )
        ),
        "\n",
        class_="sheet-header",
    )


def changes_html(redline: Redline, setting: Setting) -> str:
    """The changes of a redline, for a page of its own or for a part of one."""
    comparison = redline.comparison
    parts = [element("p", escape(f"{sentence_case(in_short(comparison))}."), class_="in-short")]
    if comparison.changes:
        parts += [
            _table(comparison.changes, setting),
            element("p", escape(LEGEND), class_="legend"),
        ]
    numbered = enumerate(comparison.changes, 1)
    for where, changes in groupby(numbered, key=lambda change: change[1].unit.heading):
        parts.append(heading(2, escape(where), class_="section-title"))
        parts.extend(_change(number, pair, setting) for number, pair in changes)
    if comparison.renumbered:
        parts.append(_renumbered(comparison, setting))
    if comparison.renamed:
        ids = [f"{pair.old.id} is now {pair.id}" for pair in comparison.renamed if pair.old]
        parts.append(_note(f"ids that changed: {', '.join(ids)}"))
    return lines(parts)


def _table(changes: Sequence[Pair], setting: Setting) -> str:
    head = ("Where", "What changed", "Decided by", "Class")
    body = [
        [
            element(
                "th", element("a", escape(named(pair)), href=f"#{_anchor(number)}"), scope="row"
            ),
            *(
                element("td", escape(text))
                for text in (sentence_case(fate(pair)), decided_by(pair), pair.change)
            ),
        ]
        for number, pair in enumerate(changes, 1)
    ]
    columns = [element("th", escape(text), scope="col") for text in head]
    return framed_table(
        "All changes", columns, body, setting, class_="all-changes", name="All changes"
    )


def _anchor(number: int) -> str:
    """The id of a change on the page; the underscore keeps it apart from the ids that authors give."""
    return f"change_{number}"


def _change(number: int, pair: Pair, setting: Setting) -> str:
    label = f"{pair.unit.label} " if pair.unit.label else ""
    title = heading(3, escape(f"{label}{sentence_case(fate(pair))}"), class_="change-title")
    note = element(
        "p", escape(f"Decided by {decided_by(pair)}. Class: {pair.change}."), class_="change-note"
    )
    notes = [_note(words) for words in pair.notes]
    body = [title, note, *notes, *_marked_lines(pair.lines, setting)]
    return element(
        "section", "\n", lines(body), "\n", id=_anchor(number), class_=f"change {pair.kind}"
    )


def _marked_lines(found: Iterable[MarkedLine], setting: Setting) -> Iterator[str]:
    """Lines as paragraphs, lists and tables; neighbours of one kind belong together."""
    for kind, group in groupby(found, key=_shape):
        members = list(group)
        if kind == "list":
            items = [_item(line, setting) for line in members]
            yield element("ul", "\n", lines(items), "\n", class_="marked-items")
        elif kind == "table":
            yield _marked_table(members, setting)
        else:
            yield from (_paragraph(line, setting) for line in members)
        yield from (_note(words) for words in dict.fromkeys(_notes(members)))


def _notes(members: Iterable[MarkedLine]) -> Iterator[str]:
    """What changed in lines beside their words, in the order of the lines."""
    for line in members:
        yield from line.notes


def _note(words: str) -> str:
    return element("p", escape(f"{sentence_case(words)}."), class_="change-note")


def _shape(line: MarkedLine) -> str:
    return {"item": "list", "row": "table", "head": "table"}.get(line.line.role, "text")


def _item(line: MarkedLine, setting: Setting) -> str:
    label = escape(line.line.label or "•")
    return element(
        "li",
        element("span", label, class_="label"),
        " ",
        _cell(line.cells[0], setting),
        class_=_depth(line),
    )


def _depth(line: MarkedLine) -> str:
    return f"depth-{min(line.line.depth, 4)}"


def _paragraph(line: MarkedLine, setting: Setting) -> str:
    return element("p", _cell(line.cells[0], setting), class_=f"{line.line.role} {_depth(line)}")


def _marked_table(members: Sequence[MarkedLine], setting: Setting) -> str:
    head = [_table_cells(line, "col", setting) for line in members if line.line.role == "head"]
    rows = [_table_cells(line, "row", setting) for line in members if line.line.role == "row"]
    first, rest = (head[0], [*head[1:], *rows]) if head else ([], rows)
    return framed_table("", first, rest, setting, class_="marked-table")


def _table_cells(line: MarkedLine, scope: str, setting: Setting) -> list[str]:
    """The cells of a row. The first one heads it; in the head of a table, each its column."""
    return [
        element("th", _cell(cell, setting), scope=scope)
        if scope == "col" or not index
        else element("td", _cell(cell, setting))
        for index, cell in enumerate(line.cells)
    ]


def _cell(runs: Iterable[Run], setting: Setting) -> str:
    return "".join(_run(run, setting) for run in runs)


def _run(run: Run, setting: Setting) -> str:
    words = inline_html(_without_pictures(run.children), setting)
    if run.change == "same":
        return words
    tag, sign, said = _SIGNS[run.change]
    spoken = "" if setting.print else element("span", said, class_="spoken")
    hidden = None if setting.print else "true"
    return element(tag, spoken, element("span", sign, class_="sign", aria_hidden=hidden), words)


def _without_pictures(children: tuple[Inline, ...]) -> tuple[Inline, ...]:
    """A picture stands in a redline as what it shows, in words."""
    return tuple(Text(node.alt) if isinstance(node, Image) else node for node in children)


def _renumbered(comparison: Comparison, setting: Setting) -> str:
    head = [element("th", text, scope="col") for text in ("Was", "Is now")]
    rows = [
        [
            element("td", escape(each.old or "no number")),
            element("td", escape(each.new or "no number")),
        ]
        for each in comparison.renumbered
    ]
    title = heading(2, "Numbers that moved along", class_="section-title")
    return lines(
        (title, framed_table("The text of these is not changed by it", head, rows, setting))
    )
