"""A policy as a row of paragraphs: their words, the clause that each belongs to, and the values that print in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, assert_never

from policygen.html.labels import CALLOUTS
from policygen.language import document as d
from policygen.model.question import OPEN
from policygen.moving.match import GAP, Words, keys, words_of

Kind = Literal["heading", "paragraph", "item", "row"]

_VALUE, _END = "\ue002", "\ue003"
_MARK = re.compile(f"{_VALUE}(\\d+):|{_END}")
_HAS_DIGIT = re.compile(r"\d")
_MORE = 6
"""Words by which another value may be longer."""
_CONTEXT = 2
"""Words behind a value by which its end is known."""


@dataclass(frozen=True, slots=True)
class Printed:
    """A value that prints in a paragraph."""

    name: str
    """The expression that prints it, such as `people.dsl.name`."""
    first: int
    """The first of the words of the paragraph that it stands in."""
    end: int
    """The word behind its last one."""
    text: str
    """As it prints; empty where nothing is known yet."""
    layer: d.Layer = "issuer"
    """Who decides it."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One paragraph, heading, item or row of a table."""

    words: Words
    kind: Kind
    clause: str = ""
    """The id of the innermost clause around it; empty outside of clauses."""
    part: str = ""
    """The title of its section, form or appendix."""
    title: bool = False
    """Whether it is the title of its clause, which a school's own wording leaves as it is."""
    values: tuple[Printed, ...] = ()


def pieces_of(parts: Iterable[d.Section]) -> tuple[Piece, ...]:
    """Every paragraph of these parts in the order in which they print."""
    return tuple(piece for part in parts for piece in _section(part, d.plain(part.title)))


def same(piece: Piece, file: Words) -> bool:
    """Whether a paragraph says what the model says, word for word.

    A number of a reference is any other; a heading may be in capitals.
    """
    if piece.kind == "heading":
        return keys(piece.words) == keys(file)
    return same_words(piece.words, file)


def same_words(model: Words, file: Words) -> bool:
    """Whether these are the same words, but for the numbers of references."""
    if len(model) != len(file):
        return False
    pairs = zip(model, file, strict=True)
    return all(one == other or _is_number(one, other) for one, other in pairs)


def _is_number(one: str, other: str) -> bool:
    return one == GAP and bool(_HAS_DIGIT.search(other))


def same_but_values(piece: Piece, file: Words) -> bool:
    """Whether it says the same with another name, role or law than school.yaml and the law library have."""
    spans = _spans(piece)
    model, words = piece.words, file
    if piece.kind == "heading":
        model, words = _small(model), _small(file)
    at = start = 0
    for (first, end), (following, _) in pairwise([*spans, (len(model), 0)]):
        if not same_words(model[start:first], words[at : at + first - start]):
            return False
        at += first - start
        after = model[end : min(end + _CONTEXT, following)]
        start, at = end, _behind_value(after, words, at, end - first + _MORE)
        if at < 0:
            return False
    return bool(spans) and same_words(model[start:], words[at:])


def _spans(piece: Piece) -> list[tuple[int, int]]:
    """The words in which facts and laws stand; those that touch each other are one run."""
    spans: list[tuple[int, int]] = []
    for value in piece.values:
        if value.layer not in ("school", "law"):
            continue
        if spans and value.first <= spans[-1][1]:
            spans[-1] = spans[-1][0], max(spans[-1][1], value.end)
        else:
            spans.append((value.first, value.end))
    return spans


def _small(words: Words) -> Words:
    return tuple(word.casefold() for word in words)


def _behind_value(after: Words, words: Words, at: int, most: int) -> int:
    """Where in the file these words go on behind a value of so many words at most; -1 where they do not."""
    if not after:
        if 0 < len(words) - at <= most:
            return len(words)
        return -1
    for there in range(at + 1, min(at + most, len(words)) + 1):
        if same_words(after, words[there : there + len(after)]):
            return there
    return -1


def _section(section: d.Section, part: str) -> Iterator[Piece]:
    yield from _piece(section.title, "heading", "", part)
    yield from _blocks(section.blocks, "", part)
    for note in section.footnotes:
        yield from _blocks(note.blocks, "", part)


def _blocks(blocks: Sequence[d.Block], clause: str, part: str) -> Iterator[Piece]:
    for block in blocks:
        yield from _block(block, clause, part)


def _block(block: d.Block, clause: str, part: str) -> Iterator[Piece]:
    match block:
        case d.Paragraph():
            yield from _piece(block.children, "paragraph", clause, part)
        case d.Subhead():
            yield from _piece(block.children, "heading", clause, part)
        case d.ItemList():
            for item in block.items:
                yield from _item(item, clause, part)
        case d.Table():
            yield from _table(block, clause, part)
        case d.Callout():
            label = block.label or (d.Text(CALLOUTS[block.kind]),)
            yield from _headed(label, block.blocks, clause, part)
        case d.AudiencePart():
            yield from _blocks(block.blocks, clause, part)
        case d.Quote():
            yield from _blocks(block.blocks, clause, part)
            yield from _piece(block.source, "paragraph", clause, part)
        case d.SignatureBlock():
            for label in ((d.Text(block.signatory),), *block.fields):
                yield from _piece(label, "row", clause, part)
        case d.Definitions():
            for entry in block.entries:
                yield from _headed(entry.term, entry.meanings, clause, part)
        case d.Clause():
            yield from _piece(block.title, "heading", block.id, part, title=True)
            yield from _blocks(block.blocks, block.id, part)
        case d.Section():
            yield from _section(block, part)
        case _:
            assert_never(block)


def _item(item: d.Item, clause: str, part: str) -> Iterator[Piece]:
    unit = d.unit_of(item)
    for block in item.blocks if unit is None else unit.blocks:
        inside = clause if unit is None else unit.id
        if isinstance(block, d.Paragraph):
            yield from _piece(block.children, "item", inside, part)
        else:
            yield from _block(block, inside, part)


def _table(table: d.Table, clause: str, part: str) -> Iterator[Piece]:
    yield from _piece(table.caption, "paragraph", clause, part)
    for row in (table.head, *table.rows):
        cells = tuple(node for cell in row for node in (*cell.children, d.Text(" ")))
        yield from _piece(cells, "row", clause, part)


def _headed(
    label: tuple[d.Inline, ...],
    below: Sequence[d.Block | tuple[d.Block, ...]],
    clause: str,
    part: str,
) -> Iterator[Piece]:
    yield from _piece(label, "heading", clause, part)
    for block in below:
        yield from _blocks(block if isinstance(block, tuple) else (block,), clause, part)


def _piece(
    children: tuple[d.Inline, ...], kind: Kind, clause: str, part: str, *, title: bool = False
) -> Iterator[Piece]:
    values: list[d.Value] = []
    marked = "".join(_marked(node, values) for node in children)
    words, printed = _words_and_values(marked, values)
    if words:
        yield Piece(words, kind, clause, part, title, printed)


def _marked(node: d.Inline, values: list[d.Value]) -> str:
    """The words of an inline node, with marks around each value; a number of a reference is a gap."""
    match node:
        case d.Value() if not node.typed:
            values.append(node)
            return f"{_VALUE}{len(values) - 1}:{node.text}{_END}"
        case d.Reference() | d.ReferenceMark():
            said = d.plain(node.children).split()
            return " ".join(GAP if _HAS_DIGIT.search(word) else word for word in said)
        case d.Emphasis() | d.Strong() | d.Link():
            return "".join(_marked(child, values) for child in node.children)
        case d.Text() | d.Value() | d.Code() | d.LineBreak() | d.FootnoteMark():
            return d.plain((node,))
        case d.Image():
            return ""  # what it shows is said to those who do not see it, and stands nowhere
        case _:
            assert_never(node)


def _words_and_values(marked: str, values: Sequence[d.Value]) -> tuple[Words, tuple[Printed, ...]]:
    """The words of a marked text, and which of them hold which value."""
    words: list[str] = []
    printed: list[Printed] = []
    before = ""
    at = 0
    opened: tuple[d.Value, int] | None = None
    for mark in _MARK.finditer(marked):
        before += marked[at : mark.start()]
        at = mark.end()
        if mark[1] is not None:
            # A sign directly before the value belongs to the word in which the value begins.
            is_glued = bool(before) and not before[-1].isspace()
            opened = values[int(mark[1])], len(words_of(before)) - is_glued
        elif opened is not None:
            value, first = opened
            end = max(len(words_of(before)), first + 1)
            known = "" if OPEN in value.text else value.text
            printed.append(Printed(value.name, first, end, known, value.layer))
            opened = None
    words = [*words_of(before + marked[at:])]
    return tuple(GAP if word.startswith(GAP) else word for word in words), tuple(printed)
