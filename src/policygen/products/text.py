"""A policy, and each of its forms, as plain text of 78 columns: for e-mail, for a terminal, for comparing by eye."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence

from policygen.ground.wording import join_and
from policygen.html.labels import (
    AUDIENCES,
    CALLOUTS,
    LOCAL,
    Stamp,
    review,
    status,
    version_date,
    version_minute,
)
from policygen.language.document import (
    AudiencePart,
    Block,
    Callout,
    Cell,
    Clause,
    Code,
    Definition,
    Definitions,
    Document,
    Emphasis,
    Footnote,
    FootnoteMark,
    Image,
    Inline,
    Item,
    ItemList,
    LineBreak,
    Link,
    Paragraph,
    Quote,
    Reference,
    ReferenceMark,
    Section,
    SignatureBlock,
    Strong,
    Subhead,
    Table,
    Text,
    Value,
    contents,
)

WIDTH = 78
_BLANK = "____________"


def policy_text(document: Document, stamp: Stamp) -> str:
    """The whole policy as plain text."""
    return _joined(
        [
            _title(document.title),
            _standing(document, stamp),
            _versions(document),
            _contents(document),
            *(_part(part, stamp) for part in document.parts),
        ]
    )


def clause_text(clause: Clause) -> list[str]:
    """The lines of one clause as the model policy has it, without its number."""
    return _blocks(clause.blocks, Stamp("draft", ""), WIDTH)


def _joined(groups: Iterable[Sequence[str]]) -> str:
    """Groups of lines with an empty line between them."""
    return (
        "\n\n".join("\n".join(line.rstrip() for line in group) for group in groups if group) + "\n"
    )


def _title(text: str) -> list[str]:
    lines = _wrapped(text)
    return [*lines, "=" * max(map(len, lines))]


def _standing(document: Document, stamp: Stamp) -> list[str]:
    return [
        document.school_name,
        f"Version: {document.version}",
        f"Status: {status(document, stamp)}",
        f"Content code: {stamp.content_code}",
        f"Review requirement: {review(document)}",
        *_signatories(document),
    ]


def _signatories(document: Document) -> list[str]:
    named = (
        f"{each.role} ({each.name})" if each.name else each.role
        for each in document.front.signatories
    )
    words = f"To be signed by: {join_and(named)}"
    return _wrapped(words) if document.front.signatories else []


def _versions(document: Document) -> list[str]:
    found = ["Versions and amendments", "-----------------------"]
    for index, row in enumerate(document.versions):
        author = row.author or "author not recorded"
        day = version_date(row, first=index == 0)
        words = f"{day}; minute: {version_minute(row)}; {author}: {row.reason}"
        found += _hanging(row.version, _wrapped(words, WIDTH - 6), 6)
    return found


def _contents(document: Document) -> list[str]:
    found = ["Contents", "--------"] if contents(document) else []
    for line in contents(document):
        margin = 2 * (line.level - 1)
        found += _indented(_labelled(line.label, line.title, WIDTH - margin), margin)
    return found


def _labelled(label: str, title: tuple[Inline, ...], width: int = WIDTH) -> list[str]:
    """A title beside its number; "Appendix 2: " stands before it."""
    if not label:
        return _wrapped(_words(title), width)
    if label.startswith("Appendix "):
        return _wrapped(f"{label}: {_words(title)}", width)
    margin = len(label) + 1
    return _hanging(label, _wrapped(_words(title), width - margin), margin)


def _part(part: Section, stamp: Stamp) -> list[str]:
    return _joined([_heading(part), *_body(part, stamp)]).splitlines()


def _heading(section: Section) -> list[str]:
    lines = _labelled(section.label, section.title)
    return [*lines, ("-" if section.level == 1 else ".") * max(map(len, lines))]


def _body(part: Section, stamp: Stamp) -> Iterator[list[str]]:
    if part.kind == "appendix" and part.audience != "everyone":
        yield [AUDIENCES[part.audience]]
    for block in part.blocks:
        yield _block(block, stamp, WIDTH)
    for note in part.footnotes:
        yield _footnote(note, stamp)


def _blocks(blocks: Sequence[Block], stamp: Stamp, width: int) -> list[str]:
    """Blocks with an empty line between them."""
    found: list[str] = []
    for block in blocks:
        found += ["", *_block(block, stamp, width)] if found else _block(block, stamp, width)
    return found


def _block(block: Block, stamp: Stamp, width: int) -> list[str]:
    match block:
        case Paragraph(children=children):
            return _wrapped(_words(children), width)
        case Subhead(children=children):
            return _wrapped(_words(children), width)
        case ItemList(items=items):
            return [line for item in items for line in _item(item, stamp, width)]
        case Table():
            return _table(block, width)
        case Callout(kind=kind, blocks=blocks):
            return [f"{CALLOUTS[kind]}:", *_indented(_blocks(blocks, stamp, width - 2), 2)]
        case Quote(blocks=blocks, source=source):
            credit = _wrapped(f"— {_words(source)}", width - 2) if source else []
            return _indented([*_blocks(blocks, stamp, width - 2), *credit], 2)
        case SignatureBlock(signatory=signatory, fields=fields):
            return [
                *_wrapped(signatory, width),
                *(f"{_words(label)}: {_BLANK * 2}" for label in fields),
            ]
        case AudiencePart(audience=audience, blocks=blocks):
            return [f"{AUDIENCES[audience]}:", *_indented(_blocks(blocks, stamp, width - 2), 2)]
        case Definitions(entries=entries):
            return [line for entry in entries for line in _definition(entry, stamp, width)]
        case Clause():
            return _clause(block, stamp, width)
        case Section(blocks=blocks):
            return [*_heading(block), "", *_blocks(blocks, stamp, width)]


def _clause(clause: Clause, stamp: Stamp, width: int) -> list[str]:
    margin = max(len(clause.number) + 2, 6) if clause.number else 0
    lines = _blocks(clause.blocks, stamp, width - margin)
    if clause.title:
        lines = [*_wrapped(_words(clause.title), width - margin), *lines]
    if clause.local and stamp.draft:
        lines = [f"[{LOCAL[clause.local]}]", *lines]
    return _hanging(clause.number, lines, margin)


def _item(item: Item, stamp: Stamp, width: int) -> list[str]:
    label = item.label or "-"
    margin = len(label) + 1
    return _hanging(label, _tight(item.blocks, stamp, width - margin), margin)


def _tight(blocks: Sequence[Block], stamp: Stamp, width: int) -> list[str]:
    return [line for block in blocks for line in _block(block, stamp, width)]


def _definition(entry: Definition, stamp: Stamp, width: int) -> list[str]:
    meanings = [line for each in entry.meanings for line in _blocks(each, stamp, width - 4)]
    return [*_wrapped(_words(entry.term), width), *_indented(meanings, 4)]


def _footnote(note: Footnote, stamp: Stamp) -> list[str]:
    label = f"[{note.number}]"
    return _hanging(label, _blocks(note.blocks, stamp, WIDTH - len(label) - 1), len(label) + 1)


def _table(table: Table, width: int) -> list[str]:
    """Aligned columns where they fit, else each row as lines of "heading: words"."""
    caption = _wrapped(_words(table.caption), width) if table.caption else []
    rows = [[_cell(cell) for cell in row] for row in table.rows]
    head = [_words(cell.children) for cell in table.head]
    grid = [head, *rows] if head else rows
    if not grid:
        return caption
    widths = [max(len(row[column]) for row in grid) for column in range(len(grid[0]))]
    if sum(widths) + 3 * (len(widths) - 1) > width or any(
        "\n" in cell for row in grid for cell in row
    ):
        return [*caption, *_listed(head, rows, width)]
    aligned = [
        "   ".join(cell.ljust(size) for cell, size in zip(row, widths, strict=True)) for row in grid
    ]
    rule = ["   ".join("-" * size for size in widths)] if head else []
    return [*caption, *aligned[: len(rule)], *rule, *aligned[len(rule) :]]


def _listed(head: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> list[str]:
    found: list[str] = []
    for row in rows:
        named = (
            [f"{name}: {cell}" for name, cell in zip(head, row, strict=True)]
            if head
            else [": ".join(row)]
        )
        lines = [line for each in named for line in _wrapped(each, width - 2)]
        found += _hanging("*", lines, 2)
    return found


def _cell(cell: Cell) -> str:
    return _words(cell.children) or _BLANK


def _wrapped(text: str, width: int = WIDTH) -> list[str]:
    """Lines of at most this width; a line break in the text stays one, and long words stay whole."""
    found: list[str] = []
    for line in text.split("\n"):
        found += textwrap.wrap(
            line, max(width, 20), break_long_words=False, break_on_hyphens=False
        ) or [""]
    return found


def _indented(lines: Iterable[str], by: int) -> list[str]:
    return [f"{' ' * by}{line}" if line else "" for line in lines]


def _hanging(label: str, lines: Sequence[str], margin: int) -> list[str]:
    """Lines that stand beside a label."""
    first, *rest = lines or [""]
    return [f"{label:<{margin}}{first}", *_indented(rest, margin)]


def _words(children: tuple[Inline, ...]) -> str:
    return "".join(map(_inline, children)).strip()


def _inline(node: Inline) -> str:
    match node:
        case Text(text=text):
            return text.replace("\n", " ")
        case Value(text=text) | Code(text=text):
            return text
        case Emphasis(children=children) | Strong(children=children):
            return "".join(map(_inline, children))
        case Reference(children=children) | ReferenceMark(children=children):
            return "".join(map(_inline, children))
        case Link(address=address, children=children):
            words = "".join(map(_inline, children))
            return (
                words
                if address.removeprefix("mailto:").removeprefix("tel:") == words
                else f"{words} ({address})"
            )
        case FootnoteMark(number=number):
            return f"[{number}]"
        case LineBreak():
            return "\n"
        case Image(alt=alt):
            return f"[{alt}]" if alt else ""
