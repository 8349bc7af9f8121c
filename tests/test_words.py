"""No word is lost: what stands in the tree stands in the page, on paper and in plain text, in order, once."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import count
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policygen.html.finished import FinishedPage
from policygen.html.sheets import form_html, policy_html
from policygen.language import document as d
from policygen.language.runs import runs
from policygen.products.text import policy_text
from policygen.site.fragment import fragment_html
from tests.support import samples

JUNK = (
    "",
    "s",
    "<b>",
    "&amp;",
    '"',
    "'",
    "*x*",
    "{{n}}",
    "a:b",
    "e-mail",
    "ŷ’s",
    "100%",
    ":",
    "?",
    "\\",
)
"""What an author or school may write; each word has some of it, between its brackets."""
TOKEN = re.compile(r"⟦\d+[^⟧]*⟧")
RUNS = st.lists(st.sampled_from(JUNK), min_size=1, max_size=3)


class Tree:
    """Draws a part of a document in which every word is another one."""

    def __init__(self, draw: Any) -> None:
        self.draw = draw
        self.numbers = count(1)
        self.notes: list[str] = []
        self.depth = 0

    def word(self, junk: str = "") -> str:
        return f"⟦{next(self.numbers)}{junk}⟧"

    def words(self) -> str:
        return " ".join(self.word(junk) for junk in self.draw(RUNS))

    def text(self) -> tuple[d.Inline, ...]:
        return (d.Text(self.words()),)

    def some(self, most: int = 2) -> range:
        return range(self.draw(st.integers(1, most)))

    def inline(self) -> tuple[d.Inline, ...]:
        kinds = self.draw(st.lists(st.sampled_from(list(INLINE)), min_size=1, max_size=3))
        spaced: list[d.Inline] = []
        for kind in kinds:
            spaced += [INLINE[kind](self), d.Text(" ")]
        return tuple(spaced)

    def blocks(self, allowed: tuple[type, ...] = ()) -> tuple[d.Block, ...]:
        self.depth += 1
        deep = self.depth > 3
        kinds = [d.Paragraph] if deep else [kind for kind in BLOCKS if kind in (allowed or BLOCKS)]
        chosen = self.draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=3))
        made = tuple(BLOCKS[kind](self) for kind in chosen)
        self.depth -= 1
        return made

    def cells(self, width: int) -> tuple[d.Cell, ...]:
        return tuple(d.Cell(self.inline()) for _ in range(width))

    def table(self) -> d.Table:
        width = self.draw(st.integers(1, 4))
        head = self.cells(width) if self.draw(st.booleans()) else ()
        rows = tuple(self.cells(width) for _ in self.some())
        return d.Table(self.text() if self.draw(st.booleans()) else (), head, rows)

    def mark(self) -> d.Inline:
        name = f"note-{len(self.notes)}"
        self.notes.append(name)
        return d.FootnoteMark(name, str(len(self.notes)))

    def callout(self) -> d.Callout:
        label = self.inline() if self.draw(st.booleans()) else ()
        return d.Callout("remember", self.blocks(), label=label)

    def item(self) -> d.Item:
        label = self.word() if self.draw(st.booleans()) else ""
        return d.Item(self.blocks(), label)

    def clause(self) -> d.Clause:
        title = self.text() if self.draw(st.booleans()) else ()
        number = self.word() if self.draw(st.booleans()) else ""
        name = f"clause-{next(self.numbers)}"
        return d.Clause(name, self.blocks(), title=title, number=number)

    def section(self) -> d.Section:
        name = f"section-{next(self.numbers)}"
        return d.Section(name, self.text(), self.blocks(), level=2, number=self.word())

    def part(self) -> d.Section:
        kind = self.draw(st.sampled_from(get_args(d.PartKind)))
        part = d.Section("part", self.text(), self.blocks(), number=self.word(), kind=kind)
        # A note may hold no mark, so its words are plain.
        notes = tuple(
            d.Footnote(name, str(number), (d.Paragraph(self.text()),))
            for number, name in enumerate(self.notes, 1)
        )
        return replace(part, footnotes=notes)


INLINE = {
    d.Text: lambda tree: d.Text(tree.words()),
    d.Value: lambda tree: d.Value(tree.words(), "school.name", "school", "text"),
    d.Emphasis: lambda tree: d.Emphasis(tree.text()),
    d.Strong: lambda tree: d.Strong(tree.text()),
    d.Code: lambda tree: d.Code(tree.word()),
    d.Link: lambda tree: d.Link("https://x.example/", tree.text()),
    d.Reference: lambda tree: d.Reference("part", tree.text()),
    d.FootnoteMark: Tree.mark,
    d.LineBreak: lambda _: d.LineBreak(),
    d.Image: lambda tree: d.Image("padlock.svg", tree.words()),
}
BLOCKS = {
    d.Paragraph: lambda tree: d.Paragraph(tree.inline()),
    d.Subhead: lambda tree: d.Subhead(3, tree.text()),
    d.ItemList: lambda tree: d.ItemList("bullet", tuple(tree.item() for _ in tree.some())),
    d.Table: Tree.table,
    d.Callout: Tree.callout,
    d.Quote: lambda tree: d.Quote(tree.blocks(), tree.text()),
    d.SignatureBlock: lambda tree: d.SignatureBlock(
        tree.words(), tuple(tree.text() for _ in tree.some())
    ),
    d.AudiencePart: lambda tree: d.AudiencePart("staff", tree.blocks()),
    d.Definitions: lambda tree: d.Definitions(
        tuple(d.Definition(tree.text(), (tree.blocks(), tree.blocks())) for _ in tree.some())
    ),
    d.Clause: Tree.clause,
    d.Section: Tree.section,
}


@st.composite
def parts(draw: Any) -> d.Section:
    return Tree(draw).part()


def test_every_kind_of_node_is_drawn() -> None:
    """A kind that is added to the tree has to be added here, too. A mark that was never resolved is no finished node."""
    assert set(INLINE) == set(get_args(d.Inline)) - {d.ReferenceMark}
    assert set(BLOCKS) == set(get_args(d.Block))


def tokens(text: str) -> list[str]:
    return TOKEN.findall(text)


def wanted(part: d.Section, *, pictures: bool) -> list[str]:
    """The words of the tree, each label before its text."""
    return [
        token
        for run in runs(part)
        if (run.kind == "picture") == pictures
        for token in tokens(f"{run.label} {run.text}")
    ]


def document_of(part: d.Section) -> d.Document:
    empty: dict[str, tuple[d.Section, ...]] = {"sections": (), "forms": (), "appendices": ()}
    place = {"section": "sections", "form": "forms", "appendix": "appendices"}[part.kind]
    return replace(samples.FLAT, contents_depth=0, **{**empty, place: (part,)})


def assert_whole(found: list[str], part: d.Section) -> None:
    pictures = wanted(part, pictures=True)
    assert [token for token in found if token not in pictures] == wanted(part, pictures=False)
    assert sorted(token for token in found if token in pictures) == sorted(pictures)


@settings(max_examples=60, deadline=None)
@given(parts())
def test_every_word_stands_in_the_page_in_order_once(part: d.Section) -> None:
    document = document_of(part)
    for medium in ("screen", "print"):
        page = policy_html(document, samples.DRAFT, medium=medium, images=samples.IMAGES)
        assert_whole(tokens("\n".join(FinishedPage(page.encode()).lines)), part)
        fragment = fragment_html(FinishedPage(page.encode()), "flat")
        assert_whole(
            tokens("\n".join(FinishedPage(f"<body>{fragment}</body>".encode()).lines)), part
        )
        ids, targets = set(re.findall(r' id="([^"]+)"', page)), re.findall(r'href="#([^"]+)"', page)
        assert len(ids) == len(re.findall(r' id="', page))
        assert {*targets} <= ids
        if part.kind == "form":
            given = {"medium": medium, "images": samples.IMAGES}
            alone = form_html(document, part, samples.DRAFT, **given)
            found = tokens("\n".join(FinishedPage(alone.encode()).lines))
            assert_whole(found, part)


@settings(max_examples=100, deadline=None)
@given(parts())
def test_every_word_stands_in_plain_text_in_order_once(part: d.Section) -> None:
    """A table that is too wide repeats its headings for each row; all else stands once."""
    text = policy_text(document_of(part), samples.DRAFT)
    heads = {token for run in runs(part) if run.kind == "head" for token in tokens(run.text)}
    found = tokens(text)
    assert {*found} >= heads
    # Pictures in headings are repeated with them.
    inside = [
        token
        for run in runs(part)
        if run.kind == "picture"
        for token in tokens(run.text)
        if found.count(token) > 1
    ]
    kept = [token for token in found if token not in heads and token not in inside]
    pictures = [token for token in wanted(part, pictures=True) if token not in inside]
    rest = [token for token in wanted(part, pictures=False) if token not in heads]
    assert [token for token in kept if token not in pictures] == rest
    assert sorted(token for token in kept if token in pictures) == sorted(pictures)


@pytest.mark.parametrize(
    "label", ["Name:", "to;", "Next step?", "Done!", "and so on …", "that is,"]
)
def test_no_colon_is_put_behind_punctuation(label: str) -> None:
    """A label that ends with a letter gets a colon, in signature blocks and tables, and never a second one."""
    texts = [(d.Text(word),) for word in (label, "Name")]
    long = (d.Text("word " * 20),)
    row = tuple(d.Cell(text) for text in (texts[0], texts[1], long))
    blocks = (
        d.SignatureBlock("Staff", tuple(texts)),
        d.Table((), (), (row,)),
        d.Table((), row, ((d.Cell(()), d.Cell(()), d.Cell(())),)),
    )
    part = d.Section("part", (d.Text("Title"),), blocks)
    text = policy_text(document_of(part), samples.DRAFT)
    blank = "_" * 12
    assert f"{label} {blank}{blank}\nName: {blank}{blank}\n" in text
    assert f"* {label} Name: word word" in text
    assert f"* {label} {blank}\n  Name: {blank}\n" in text


@pytest.mark.parametrize("stamp", [samples.DRAFT, samples.APPROVED], ids=lambda each: each.mode)
@pytest.mark.parametrize("cover", [True, False])
def test_what_a_school_says_of_itself_stands_in_every_copy(stamp, cover: bool) -> None:  # noqa: FBT001
    """Strapline and values stand on the page, on paper and in plain text."""
    branding = replace(
        samples.FLAT.branding, strapline="⟦1 Grow & shine⟧", footer="⟦2 <Kind>: brave⟧"
    )
    front = replace(samples.FLAT.front, cover=cover)
    document = replace(samples.FLAT, branding=branding, front=front)
    given = {"images": samples.IMAGES}
    screen = policy_html(document, stamp, medium="screen", **given)
    paper = policy_html(document, stamp, medium="print", **given)
    both = ["⟦1 Grow & shine⟧", "⟦2 <Kind>: brave⟧"]
    assert tokens("\n".join(FinishedPage(screen.encode()).lines)) == both
    assert tokens("\n".join(FinishedPage(paper.encode()).lines)) == both[:1]
    assert "⟦2 &lt;Kind&gt;: brave⟧" in paper.partition("<body")[2].partition(">")[0]
    assert tokens(policy_text(document, stamp)) == both
