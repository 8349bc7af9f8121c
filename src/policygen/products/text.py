"""A policy, and each of its forms, as plain text of 78 columns: for e-mail, for a terminal, for comparing by eye."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import assert_never

from policygen.ground.wording import join_and
from policygen.html.labels import (
    AUDIENCES,
    CALLOUTS,
    LOCAL,
    VERSIONS,
    Stamp,
    record_rows,
    signatories,
    version_date,
    version_minute,
)
from policygen.language import document as d

WIDTH = 78
_BLANK = "____________"
_LEAST = 20
"""Columns that a line has at least, however deep it stands."""
_BETWEEN = "   "
"""Between the columns of a table."""
_NO_COLON_AFTER = (".", ",", ":", ";", "?", "!", "…", "–", "—")


@dataclass(frozen=True, slots=True)
class _Column:
    """Where text stands: how much room it has, and whether it is a draft's."""

    width: int = WIDTH
    draft: bool = True

    def within(self, margin: int) -> _Column:
        """The column of what stands further in."""
        return _Column(self.width - margin, self.draft)

    def wrapped(self, text: str) -> list[str]:
        """Lines of at most this width; a line break in the text stays one, and long words stay whole."""
        width = max(self.width, _LEAST)
        lines: list[str] = []
        for line in text.split("\n"):
            lines += textwrap.wrap(line, width, break_long_words=False, break_on_hyphens=False) or [
                ""
            ]
        return lines


def policy_text(document: d.Document, stamp: Stamp) -> str:
    """The whole policy as plain text."""
    column = _Column(draft=stamp.draft)
    parts = [_joined([_heading(part), *_body(part, column)]) for part in document.parts]
    groups = [
        _title(document.title),
        _standing(document, stamp),
        _versions(document) if document.school_id else [],
        _contents(document),
        *parts,
        column.wrapped(document.branding.footer) if document.branding.footer else [],
    ]
    return "\n".join(line.rstrip() for line in _joined(groups)) + "\n"


def clause_text(clause: d.Clause, width: int = WIDTH) -> list[str]:
    """The lines of one clause as the model policy has it, without its number."""
    return _blocks(clause.blocks, _Column(width))


def _joined(groups: Iterable[Sequence[str]]) -> list[str]:
    """Groups of lines with an empty line between them."""
    lines: list[str] = []
    for group in groups:
        if lines and group:
            lines.append("")
        lines += group
    return lines


# --- what stands before the text ------------------------------------------------------------------------------------


def _title(text: str) -> list[str]:
    lines = _Column().wrapped(text)
    return [*lines, "=" * max(map(len, lines))]


def _standing(document: d.Document, stamp: Stamp) -> list[str]:
    strapline = document.branding.strapline
    return [
        document.school_name,
        *(_Column().wrapped(strapline) if strapline else []),
        *_record(document, stamp),
        *_signatories(document),
    ]


def _record(document: d.Document, stamp: Stamp) -> list[str]:
    lines: list[str] = []
    for label, said in record_rows(document, stamp):
        lines += _Column().wrapped(f"{label}: {said}")
    return lines


def _signatories(document: d.Document) -> list[str]:
    named = [
        f"{signatory.role} ({signatory.name})" if signatory.name else signatory.role
        for signatory in signatories(document)
    ]
    return _Column().wrapped(f"To be signed by: {join_and(named)}") if named else []


def _versions(document: d.Document) -> list[str]:
    lines = [VERSIONS, "-" * len(VERSIONS)]
    for index, row in enumerate(document.versions):
        author = row.author or "author not recorded"
        day = version_date(row, first=index == 0)
        reason = row.reason or "reason not recorded"
        words = f"{day}; minute: {version_minute(row)}; {author}: {reason}"
        lines += _hanging(row.version, _Column(WIDTH - 6).wrapped(words), 6)
    return lines


def _contents(document: d.Document) -> list[str]:
    listed = d.contents(document)
    if not listed:
        return []
    lines = ["Contents", "--------"]
    for line in listed:
        margin = 2 * (line.level - 1)
        column = _Column().within(margin)
        lines += _indented(_labelled(line.label, line.title, line.kind, column), margin)
    return lines


def _labelled(
    label: str, title: tuple[d.Inline, ...], kind: d.PartKind, column: _Column
) -> list[str]:
    """A title beside its number; "Appendix 2: " stands before it."""
    words = _words(title)
    if not label:
        return column.wrapped(words)
    if kind != "section":
        return column.wrapped(f"{label}: {words}")
    margin = len(label) + 1
    return _hanging(label, column.within(margin).wrapped(words), margin)


# --- blocks -----------------------------------------------------------------------------------------------------------


def _heading(section: d.Section) -> list[str]:
    lines = _labelled(section.label, section.title, section.kind, _Column())
    return [*lines, ("-" if section.level == 1 else ".") * max(map(len, lines))]


def _body(part: d.Section, column: _Column) -> Iterator[list[str]]:
    if part.kind == "appendix" and part.audience != "everyone":
        yield [AUDIENCES[part.audience]]
    for block in part.blocks:
        yield _block(block, column)
    for note in part.footnotes:
        yield _beside(f"[{note.number}]", note.blocks, column)


def _blocks(blocks: Sequence[d.Block], column: _Column) -> list[str]:
    """Blocks with an empty line between them."""
    return _joined(_block(block, column) for block in blocks)


def _block(block: d.Block, column: _Column) -> list[str]:
    match block:
        case d.Paragraph() | d.Subhead():
            return column.wrapped(_words(block.children))
        case d.ItemList():
            return [line for item in block.items for line in _item(item, column)]
        case d.Table():
            return _table(block, column)
        case d.Callout():
            label = _words(block.label) or CALLOUTS[block.kind]
            return _under(label, block.blocks, column)
        case d.Quote():
            return _quote(block, column)
        case d.SignatureBlock():
            lines = [_led(_words(label), _BLANK * 2) for label in block.fields]
            return [line for text in (block.signatory, *lines) for line in column.wrapped(text)]
        case d.AudiencePart():
            return _under(AUDIENCES[block.audience], block.blocks, column)
        case d.Definitions():
            return [line for entry in block.entries for line in _definition(entry, column)]
        case d.Clause():
            return _clause(block, column)
        case d.Section():
            return _joined([_heading(block), _blocks(block.blocks, column)])
        case _:
            assert_never(block)


def _under(label: str, blocks: Sequence[d.Block], column: _Column) -> list[str]:
    """Blocks below a label of ours."""
    return [*column.wrapped(_led(label)), *_indented(_blocks(blocks, column.within(2)), 2)]


def _quote(quote: d.Quote, column: _Column) -> list[str]:
    inner = column.within(2)
    lines = _blocks(quote.blocks, inner)
    if quote.source:
        lines += inner.wrapped(f"— {_words(quote.source)}")
    return _indented(lines, 2)


def _clause(clause: d.Clause, column: _Column) -> list[str]:
    margin = max(len(clause.number) + 2, 6) if clause.number else 0
    inner = column.within(margin)
    lines = _blocks(clause.blocks, inner)
    if clause.title:
        lines = [*inner.wrapped(_words(clause.title)), *lines]
    if clause.local and column.draft:
        lines = [f"[{LOCAL[clause.local]}]", *lines]
    return _hanging(clause.number, lines, margin)


def _item(item: d.Item, column: _Column) -> list[str]:
    label = item.label or "-"
    margin = len(label) + 1
    inner = column.within(margin)
    unit = d.unit_of(item)
    lines = [line for block in d.opened(item).blocks for line in _block(block, inner)]
    if unit and unit.local and column.draft:
        lines = [f"[{LOCAL[unit.local]}]", *lines]
    return _hanging(label, lines, margin)


def _definition(entry: d.Definition, column: _Column) -> list[str]:
    lines = column.wrapped(_words(entry.term))
    for meaning in entry.meanings:
        lines += _indented(_blocks(meaning, column.within(4)), 4)
    return lines


def _beside(label: str, blocks: Sequence[d.Block], column: _Column) -> list[str]:
    margin = len(label) + 1
    return _hanging(label, _blocks(blocks, column.within(margin)), margin)


# --- tables -----------------------------------------------------------------------------------------------------------


def _table(table: d.Table, column: _Column) -> list[str]:
    """Aligned columns where they fit, else each row as lines of "heading: words"."""
    caption = column.wrapped(_words(table.caption)) if table.caption else []
    head = [_words(cell.children) for cell in table.head]
    rows = [[_words(cell.children) or _BLANK for cell in row] for row in table.rows]
    grid = [head, *rows] if head else rows
    if not grid:
        return caption
    sizes = [max(map(len, cells)) for cells in zip(*grid, strict=True)]
    room = column.width - len(_BETWEEN) * (len(sizes) - 1)
    broken = any("\n" in text for row in grid for text in row)
    if broken or sum(sizes) > room:
        return [*caption, *_listed(head, rows, column)]
    lines = [_aligned(row, sizes) for row in grid]
    if head:
        lines.insert(1, _aligned(["-" * size for size in sizes], sizes))
    return [*caption, *lines]


def _aligned(row: Sequence[str], sizes: Sequence[int]) -> str:
    cells = (text.ljust(size) for text, size in zip(row, sizes, strict=True))
    return _BETWEEN.join(cells)


def _listed(head: Sequence[str], rows: Sequence[Sequence[str]], column: _Column) -> list[str]:
    inner = column.within(2)
    lines: list[str] = []
    # A table of headings alone still prints them.
    for row in rows or [[_BLANK] * len(head)]:
        pairs = zip(head, row, strict=True) if head else [row]
        texts = [_led(*pair) for pair in pairs]
        wrapped = [line for text in texts for line in inner.wrapped(text)]
        lines += _hanging("*", wrapped, 2)
    return lines


# --- words ------------------------------------------------------------------------------------------------------------


def _led(*texts: str) -> str:
    """Texts of which each leads to the next: "Name: Ann". A colon never follows other punctuation."""
    *leading, last = (*texts, "") if len(texts) == 1 else texts
    colons = ("" if text.endswith(_NO_COLON_AFTER) else ":" for text in leading)
    led = (f"{text}{colon}" for text, colon in zip(leading, colons, strict=True) if text)
    return " ".join((*led, last)).strip()


def _indented(lines: Iterable[str], margin: int) -> list[str]:
    return [f"{' ' * margin}{line}" if line else "" for line in lines]


def _hanging(label: str, lines: Sequence[str], margin: int) -> list[str]:
    """Lines that stand beside a label."""
    first, *rest = lines or [""]
    return [f"{label:<{margin}}{first}", *_indented(rest, margin)]


def _words(children: tuple[d.Inline, ...]) -> str:
    return "".join(map(_inline, children)).strip()


def _inline(node: d.Inline) -> str:
    match node:
        case d.Text():
            return node.text.replace("\n", " ")
        case d.Value() | d.Code():
            return node.text
        case d.Emphasis() | d.Strong() | d.Reference() | d.ReferenceMark():
            return "".join(map(_inline, node.children))
        case d.Link():
            words = "".join(map(_inline, node.children))
            shown = node.address.removeprefix("mailto:").removeprefix("tel:")
            return words if shown == words else f"{words} ({node.address})"
        case d.FootnoteMark():
            return f"[{node.number}]"
        case d.LineBreak():
            return "\n"
        case d.Image():
            return f"[{node.alt}]" if node.alt else ""
        case _:
            assert_never(node)
