"""A different content code has a redline that says something, and the same code has none.

Documents are generated with every kind of node, and one field of one node is changed: whichever fields the node kinds
have today, so that a new kind or field is tried by itself.
"""

from __future__ import annotations

import dataclasses
from dataclasses import replace
from functools import cache
from itertools import cycle, islice
from random import Random
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin, get_type_hints

import pytest

from policygen.compare.comparison import Comparison, Pair, compare
from policygen.compare.summary import as_data, as_text, in_short
from policygen.compare.units import units
from policygen.compose.digest import content_digest
from policygen.language import document as d

if TYPE_CHECKING:
    from collections.abc import Iterator

_LINKED = ("id", "number")
"""Fields that a mark and its footnote share: one of them alone never changes."""
_FIELDS = [
    (kind, field.name)
    for kind in (*get_args(d.Node), d.Document)
    if kind is not d.ReferenceMark  # no finished document holds one
    for field in dataclasses.fields(kind)
    if field.compare  # else it follows from others
    and field.name not in ("place", "owners", "versions", "branding", "front")
]


class Maker:
    """Makes documents with every kind of node, the same ones for the same seed."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311
        self.last = 0

    def id(self) -> str:
        """An id that no other node has."""
        self.last += 1
        return f"n{self.last}"

    def words(self) -> str:
        texts = ("Keep the key safe.", "Nobody lends a key ", "Tell the office", "a", "of 3 keys")
        return self.random.choice(texts)

    def inline(self, note: str, depth: int = 1) -> tuple[d.Inline, ...]:
        kinds = ["text", "value", "detail", "code", "reference", "break", "image"]
        kinds += ["note"] if note else []
        kinds += ["em", "strong", "link"] if depth else []
        chosen = self.random.choices(kinds, k=self.random.randint(1, 3))
        return tuple(self._inline(kind, note, depth) for kind in chosen)

    def _inline(self, kind: str, note: str, depth: int) -> d.Inline:
        match kind:
            case "text":
                return d.Text(self.words())
            case "value":
                return d.Value(self.words(), "roles.head", "school", "material")
            case "detail":
                return d.Value(self.words(), "people.dsl.name", "school", "details")
            case "code":
                return d.Code(self.words())
            case "reference":
                printed = self.random.choice(("paragraph 1.1", "Form 3", "the key"))
                return d.Reference("n3", (d.Text(printed),))
            case "break":
                return d.LineBreak()
            case "image":
                return d.Image("images/a.svg", self.words(), None, "ab" * 32)
            case "note":
                return d.FootnoteMark(note, "1")
            case "em":
                return d.Emphasis(self.inline(note, depth - 1))
            case "strong":
                return d.Strong(self.inline(note, depth - 1))
            case _:
                return d.Link("https://a.example", self.inline(note, depth - 1))

    def row(self, note: str) -> tuple[d.Cell, ...]:
        return (d.Cell(self.inline(note)), d.Cell(self.inline(note)))

    def blocks(self, note: str, depth: int) -> tuple[d.Block, ...]:
        return tuple(self.block(note, depth) for _ in range(self.random.randint(1, 2)))

    def block(self, note: str, depth: int = 2) -> d.Block:
        flat = ["p", "p", "head", "table", "sign"]
        nested = ["list", "list", "callout", "quote", "audience", "definitions", "clause"]
        match self.random.choice([*flat, *nested] if depth else flat):
            case "p":
                return d.Paragraph(self.inline(note), self.random.choice(("", self.id())))
            case "head":
                return d.Subhead(2, self.inline(note), self.id())
            case "table":
                rows = (self.row(note), self.row(note))
                return d.Table(self.inline(note), self.row(note), rows, self.id())
            case "sign":
                fields = (self.inline(note), self.inline(note))
                return d.SignatureBlock("Member of staff", fields, self.id())
            case "list":
                style = self.random.choice(get_args(d.ListStyle))
                items = (
                    d.Item(self.blocks(note, depth - 1), "(a)", self.id()),
                    d.Item(self.blocks(note, depth - 1), "(b)"),
                )
                return d.ItemList(style, items)
            case "callout":
                blocks, label = self.blocks(note, depth - 1), self.inline(note)
                return d.Callout("remember", blocks, self.id(), label=label)
            case "quote":
                source = self.inline(note)
                return d.Quote(self.blocks(note, depth - 1), source, self.id())
            case "audience":
                return d.AudiencePart("staff", self.blocks(note, depth - 1), self.id())
            case "definitions":
                meaning = self.blocks(note, depth - 1)
                return d.Definitions((d.Definition(self.inline(note), (meaning,)),))
            case _:
                blocks, title = self.blocks(note, depth - 1), self.inline(note)
                return d.Clause(self.id(), blocks, title, "9.1")

    def section(self, number: int, kind: Any, depth: int) -> d.Section:
        identity, note = self.id(), self.id()
        first = d.Clause(self.id(), (self.block(note),), number=f"{number}.1")
        inner = (self.section(number, kind, depth=0),) if depth else ()
        blocks = (first, self.block(note), self.block(note), *inner)
        notes = (d.Footnote(note, "1", (self.block("", 1),)),)
        title = self.inline("")
        return d.Section(
            identity, title, blocks, 2 - depth, str(number), kind=kind, footnotes=notes
        )

    def document(self) -> d.Document:
        section, form, appendix = (
            (self.section(number, kind, depth=int(kind == "section")),)
            for number, kind in enumerate(("section", "form", "appendix"), 1)
        )
        return d.Document(
            "oak", "keys", "Oak Lane School", "Keys", "Keys", "Northshire", "2026.1", "1.0", (), 24,
            1, section, form, appendix, d.Branding(),
        )  # fmt: skip

    def changed(self, kind: type, name: str, value: Any) -> Any:
        """Another value for a field."""
        hint = get_type_hints(kind, vars(d))[name]
        if get_origin(hint) is Literal:
            return self.random.choice([other for other in get_args(hint) if other != value])
        match value:
            case bool():
                return not value
            case int():
                return value + 1
            case str():
                return f"{value}-x" if name in ("id", "target", "policy_id") else f"{value}4"
            case tuple():
                turned = value[::-1]
                if turned != value and self.random.random() < 0.5:
                    return turned
                at = self.random.randrange(len(value) or 1)
                return value[:at] + value[at + 1 :]
            case _:
                return value

    def mutated(self, seed: int, kind: type, name: str) -> d.Document:
        """A document with this field of one of its nodes changed; the same one where it cannot be."""
        old = document(seed)
        found = [node for node in nodes(seed) if type(node) is kind]
        if not found:
            return old
        node: Any = self.random.choice(found)
        other = self.changed(kind, name, getattr(node, name))
        if node is old:
            return replace(old, **{name: other})
        linked = isinstance(node, d.FootnoteMark | d.Footnote) and name in _LINKED

        def change(each: Any) -> Any:
            if linked and isinstance(each, d.FootnoteMark | d.Footnote) and each.id == node.id:
                return replace(each, **{name: other})
            return replace(each, **{name: other}) if each == node else each

        return d.rebuild(old, change)


@cache
def document(seed: int) -> d.Document:
    """One document for each seed, the same for every test."""
    return Maker(seed).document()


@cache
def nodes(seed: int) -> tuple[Any, ...]:
    """The nodes of a document, and it itself."""
    made = document(seed)
    return (*d.walk(*made.parts), made)


def _says(comparison: Comparison) -> bool:
    """Whether a comparison says that content changed, and not details alone."""
    material = [pair for pair in comparison.changes if pair.change != "details"]
    return bool(material or comparison.renumbered or comparison.renamed)


each_field = pytest.mark.parametrize(
    ("kind", "name"), _FIELDS, ids=lambda value: getattr(value, "__name__", value)
)


@each_field
def test_another_code_has_a_redline_and_the_same_code_none(kind: type, name: str) -> None:
    """Four documents that have the field, compared in one way and the other by turns."""
    changed = list(islice(_changed(kind, name, range(40)), 4))
    assert changed, "no generated document has this field"
    for (seed, new), backwards in zip(changed, cycle((False, True)), strict=False):
        old = document(seed)
        _check_told(*((new, old) if backwards else (old, new)), seed)


@pytest.mark.slow
@each_field
def test_another_code_has_a_redline_in_more_documents(kind: type, name: str) -> None:
    for seed, new in islice(_changed(kind, name, range(40, 80)), 8):
        _check_told(document(seed), new, seed)
        _check_told(new, document(seed), seed)


def _changed(kind: type, name: str, seeds: range) -> Iterator[tuple[int, d.Document]]:
    """The documents in which the field could be changed, with the seeds of what they were before."""
    for seed in seeds:
        new = Maker(seed).mutated(seed, kind, name)
        if new != document(seed):
            yield seed, new


def _check_told(before: d.Document, after: d.Document, seed: int) -> None:
    differ = content_digest(before, {}) != content_digest(after, {})
    comparison = compare(before, after)
    assert _says(comparison) == differ, seed
    assert (in_short(comparison) != "nothing differs") >= differ, seed
    assert as_data(comparison)
    for change in comparison.changes:
        told = as_text([change])
        shown = any(sign in told for sign in ("[-", "{+", "    ("))
        assert shown or change.kind != "reworded", seed


@pytest.mark.parametrize("seed", range(15))
def test_both_texts_can_be_read_from_a_comparison(seed: int) -> None:
    """Of any two documents: taking every change gives the new words, refusing every change the old ones."""
    old, new = document(seed), document(seed + 1)
    comparison = compare(old, new)
    for made, side in ((old, "deleted"), (new, "inserted")):
        pairs = [pair for pair in comparison.pairs if (pair.old if side == "deleted" else pair.new)]
        told = [_text(pair, side) for pair in pairs]
        assert sorted(told) == sorted(unit.text for unit in units(made))


def _text(pair: Pair, side: str) -> str:
    lines = []
    for line in pair.lines:
        if line.change not in ("same", "reworded", side):
            continue
        cells = []
        for index, cell in enumerate(line.cells):
            if line.columns and line.columns[index] not in ("same", side):
                continue
            runs = [run for run in cell if run.change in ("same", side)]
            words = (
                run.was if side == "deleted" and run.was is not None else run.children
                for run in runs
            )
            cells.append("".join(d.plain(each) for each in words))
        lines.append("\t".join(cells))
    return "\n".join(lines)
