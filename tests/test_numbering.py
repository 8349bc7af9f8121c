"""Numbers of sections, clauses, items and footnotes, on trees made by hand: the series and depths that no example has."""

from __future__ import annotations

from itertools import chain

from policygen.compose.number import number
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


def test_each_kind_of_part_has_its_own_series_from_1() -> None:
    parts = [
        part(kind=kind, name=f"{kind}-{at}")
        for kind in ("section", "form", "appendix")
        for at in "ab"
    ]
    assert [made.number for made in number(parts)] == ["1", "2"] * 3


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
