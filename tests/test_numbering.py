"""Numbers of sections, clauses, items and footnotes, on trees made by hand: the series and depths that no example has."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policygen.compose.number import number
from policygen.compose.refer import targets
from policygen.language import document as d
from tests.support.samples import paragraph, text


def part(*blocks: d.Block, kind: d.PartKind = "section", name: str = "keys", **given) -> d.Section:
    return d.Section(name, text("Keys"), blocks, kind=kind, **given)


def clause(*blocks: d.Block, name: str = "c", numbered: bool = True) -> d.Clause:
    return d.Clause(name, (paragraph("Keys hang here:"), *blocks), numbered=numbered)


def ordered(*items: tuple[d.Block, ...]) -> d.ItemList:
    return d.ItemList("number", tuple(d.Item((paragraph("a key"), *blocks)) for blocks in items))


def lists(*parts: d.Section) -> list[tuple[str, list[str]]]:
    """The style of each list and the labels of its items, in reading order."""
    return [
        (node.style, [item.label for item in node.items])
        for node in d.walk(number(parts))
        if isinstance(node, d.ItemList)
    ]


def numbers(*parts: d.Section) -> list[str]:
    return [node.number for node in d.walk(number(parts)) if isinstance(node, d.Section | d.Clause)]


def test_sections_and_appendices_have_their_own_series_from_1() -> None:
    """A form with a number is one of the appendices."""
    parts = [
        part(kind=kind, name=f"{kind}-{at}")
        for kind in ("section", "form", "appendix")
        for at in "ab"
    ]
    assert [made.number for made in number(parts)] == ["1", "2", "1", "2", "3", "4"]


def test_what_has_no_number_has_an_empty_one() -> None:
    assert numbers(part(clause(numbered=False), numbered=False)) == ["", ""]


def test_a_clause_within_one_without_a_number_counts_with_those_around_it() -> None:
    inner = clause(clause(name="inner"), name="outer", numbered=False)
    assert numbers(part(clause(), inner, clause(name="last"))) == ["1", "1.1", "", "1.2", "1.3"]


def test_lists_below_a_clause_are_lettered_and_each_depth_has_its_style() -> None:
    """From the fourth depth on, the style of the third."""
    deep = ordered((ordered((ordered((ordered(()),)),), ()),), ())
    assert lists(part(clause(deep))) == [
        ("letter", ["(a)", "(b)"]),
        ("roman", ["(i)", "(ii)"]),
        ("number", ["1."]),
        ("number", ["1."]),
    ]


def test_lists_in_text_are_numbered_first() -> None:
    deep = ordered((ordered((ordered((ordered(()),)),), ()),), ())
    assert [style for style, _ in lists(part(deep))] == ["number", "letter", "roman", "roman"]


def test_letters_run_on_through_a_clause_whatever_holds_the_list() -> None:
    """So that "paragraph 1.1(c)" stands once: through boxes, quotations, definitions and second lists."""
    box = d.Callout("remember", (ordered((), ()),))
    entry = d.Definition(text("Key"), ((ordered(()),),))
    made = clause(ordered((), ()), box, d.Quote((ordered(()),)), d.Definitions((entry,)))
    labels = list(chain.from_iterable(labels for _, labels in lists(part(made))))
    assert labels == ["(a)", "(b)", "(c)", "(d)", "(e)", "(f)"]


def test_a_second_list_below_an_item_goes_on_and_that_of_the_next_item_begins_anew() -> None:
    twice = ordered((ordered(()), ordered(())), (ordered(()),))
    assert lists(part(clause(twice)))[1:] == [
        ("roman", ["(i)"]),
        ("roman", ["(ii)"]),
        ("roman", ["(i)"]),
    ]


def test_footnotes_run_on_and_their_ids_are_those_of_their_part() -> None:
    """In the order of their marks; a mark and its note agree; a note without a mark is gone."""
    marks = tuple(d.FootnoteMark(name) for name in ("two", "one", "two"))
    notes = tuple(d.Footnote(name, "", (paragraph(name),)) for name in ("one", "two", "three"))
    one = part(d.Paragraph(marks), name="one", footnotes=notes)
    other = part(d.Paragraph(marks[:1]), name="other", footnotes=notes)
    silent = part(paragraph("nothing"), name="silent", footnotes=notes)
    made = number([one, other, silent])
    assert [
        [(node.id, node.number) for node in d.walk(each) if isinstance(node, d.FootnoteMark)]
        for each in made
    ] == [[("one-two", "1"), ("one-one", "2"), ("one-two", "1")], [("other-two", "3")], []]
    assert [[(note.id, note.number) for note in each.footnotes] for each in made] == [
        [("one-two", "1"), ("one-one", "2")],
        [("other-two", "3")],
        [],
    ]


# --- additions --------------------------------------------------------------------------------------------------------


def addition(to: str, side: str = "after") -> d.Clause:
    return clause(name=f"{to}.{side}", numbered=False)


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (part(clause(name="a"), addition("a"), clause(name="b")), ["1", "1.1", "1.1A", "1.2"]),
        (
            part(clause(name="a"), addition("a"), addition("b", "before"), clause(name="b")),
            ["1", "1.1", "1.1A", "1.1B", "1.2"],
        ),
        (part(addition("a", "before"), clause(name="a")), ["1", "1.A", "1.1"]),
        (part(clause(name="a"), addition("a"), flat=True), ["1", "1", "1A"]),
        (part(clause(name="a"), addition("a"), kind="appendix"), ["1", "A1.1", "A1.1A"]),
        (part(clause(name="a", numbered=False), addition("a")), ["1", "", "1.A"]),
        (
            part(clause(name="a", numbered=False), addition("a"), addition("b"), numbered=False),
            ["", "", "A", "B"],
        ),
        (
            part(part(clause(name="a"), addition("a"), name="in", level=2), name="out"),
            ["1", "1.1", "1.1.1", "1.1.1A"],
        ),
        (
            part(
                part(clause(name="a", numbered=False), addition("a"), name="in", level=2),
                name="out",
            ),
            ["1", "1.1", "", "1.1.A"],
        ),
        (
            part(clause(name="a", numbered=False), addition("a"), kind="appendix"),
            ["1", "", "A1.A"],
        ),
        (part(addition("a", "before"), clause(name="a"), flat=True), ["1", "A", "1"]),
    ],
)
def test_an_addition_has_the_number_before_it_and_a_letter(
    made: d.Section, expected: list[str]
) -> None:
    assert numbers(made) == expected


def test_lists_in_an_addition_are_labelled_as_before_it_had_a_number() -> None:
    inner = clause(ordered((), ()), name="a.after", numbered=False)
    assert lists(part(clause(name="a"), inner)) == [("number", ["1.", "2."])]


@st.composite
def blocks(draw: st.DrawFn, depth: int, names: st.SearchStrategy[str]) -> tuple[d.Block, ...]:
    """Clauses with and without numbers, additions on either side, and sections with the like in them."""
    made: list[d.Block] = []
    for _ in range(draw(st.integers(0, 4))):
        name = draw(names)
        inner: tuple[d.Block, ...] = ()
        if depth and draw(st.booleans()):
            inner = draw(blocks(depth - 1, names))
        if draw(st.sampled_from(("clause", "clause", "section"))) == "section" and depth:
            level = 4 - depth
            made.append(
                d.Section(name, text(name), inner, level=level, numbered=draw(st.booleans()))
            )
            continue
        around = [clause(*inner, name=name, numbered=draw(st.booleans()))]
        if draw(st.booleans()):
            around.insert(0, addition(name, "before"))
        if draw(st.booleans()):
            around.append(addition(name))
        made += around
    return tuple(made)


@st.composite
def documents(draw: st.DrawFn) -> tuple[d.Section, ...]:
    counted = iter(range(10_000))
    names = st.builds(lambda: f"n{next(counted)}")
    made = []
    for kind in draw(st.lists(st.sampled_from(("section", "appendix")), min_size=1, max_size=3)):
        numbered, flat = draw(st.booleans()), draw(st.booleans())
        inner, name = draw(blocks(2, names)), draw(names)
        made.append(d.Section(name, text(name), inner, kind=kind, numbered=numbered, flat=flat))
    return tuple(made)


def without_additions(node: object) -> object:
    return () if isinstance(node, d.Clause) and node.is_addition else node


@given(documents())
def test_no_addition_moves_another_number_and_no_two_print_the_same(
    parts: tuple[d.Section, ...],
) -> None:
    """In every scheme and at every depth; a reference to one never prints what leads to another."""
    made = number(parts)
    bare = number(tuple(d.rebuild(part, without_additions) for part in parts))
    others = {node.id: node.number for node in d.walk(bare) if hasattr(node, "numbered")}
    found = {node.id: node.number for node in d.walk(made) if hasattr(node, "numbered")}
    assert {name: said for name, said in found.items() if name in others} == others
    assert all(found[name] for name in found if name.endswith((".before", ".after")))
    for one in made:
        inside = [node.number for node in d.walk(one.blocks) if isinstance(node, d.Clause)]
        added = [
            node.number
            for node in d.walk(one.blocks)
            if isinstance(node, d.Clause) and node.is_addition
        ]
        assert all(inside.count(said) == 1 for said in added), inside
        heads = [node.number for node in d.walk(one) if isinstance(node, d.Section)]
        assert not {*heads} & {*added}
    known = targets(tuple(replace(each) for each in made))
    printed = [known[name].words("") for name in found if "." in name]
    assert len({*printed}) == len(printed), printed
