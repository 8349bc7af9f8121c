"""All pairs of answers and kinds of school: a few rows of each template here, all of them by `python -m tests.combinations`."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, product
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policygen.language import document as d
from tests.combinations import (
    KINDS,
    TEMPLATES,
    Case,
    composed,
    differing,
    parameters,
    stumbles,
)
from tests.support.pairs import all_pairs

if TYPE_CHECKING:
    from collections.abc import Sequence

POLICY = "it-and-mobile-phones"
PARAMETERS = st.dictionaries(
    st.sampled_from("abcdefg"),
    st.lists(st.integers(0, 9), min_size=1, max_size=4, unique=True),
    min_size=2,
)


@given(PARAMETERS)
def test_every_pair_stands_in_some_row(parameters: dict[str, list[int]]) -> None:
    """And no row could be left out."""
    rows = all_pairs(parameters)
    for one, other in combinations(parameters, 2):
        held = {(row[one], row[other]) for row in rows}
        assert held == {*product(parameters[one], parameters[other])}
    longest = sorted((len(values) for values in parameters.values()), reverse=True)
    assert longest[0] * longest[1] <= len(rows) <= max(1, longest[0] * longest[1] * 3)


@pytest.mark.parametrize("policy", TEMPLATES)
def test_a_few_combinations_read_well(policy: str) -> None:
    """Schools far apart in kind and answers, without the names that a school may withhold."""
    rows = all_pairs(parameters(policy, whole=False))[:3]
    assert rows
    for row in rows:
        assert [*stumbles(composed(policy, row))] == []


@pytest.fixture(scope="module")
def case() -> Case:
    return composed(POLICY, {"kind": "infant school"})


def with_text(case: Case, *paragraphs: str, items: Sequence[str] = ()) -> Case:
    """The case with another text: paragraphs, and items below the last."""
    blocks: list[d.Block] = [d.Paragraph((d.Text(text),)) for text in paragraphs]
    if items:
        listed = tuple(d.Item((d.Paragraph((d.Text(item),)),)) for item in items)
        blocks.append(d.ItemList("bullet", listed))
    clause = d.Clause("rule", tuple(blocks))
    section = d.Section("one", (d.Text("One"),), (clause,))
    assert case.document
    document = replace(case.document, sections=(section,), forms=(), appendices=())
    return replace(case, document=document)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("Staff  read it.", "two spaces"),
        ("Staff read it , and sign.", "a space before punctuation"),
        ("Staff read it,. They sign.", "punctuation twice"),
        ("Staff read it. they sign.", "a sentence that begins small"),
        ("Staff read it and. They sign.", "a joint without a part"),
        ("Staff read it ().", "empty brackets"),
        ("Staff read None.", "a leftover"),
        ("Staff read the the rules.", "a word twice"),
        ("staff read it.", "a paragraph that begins small"),
        ("The sixth form has a room.", "no sixth form, and the text speaks of it"),
        ("It is the property of the trust.", "no trust, and the text speaks of it"),
    ],
)
def test_what_a_reader_stumbles_over(case: Case, text: str, what: str) -> None:
    """Each kind of fault is found where it is planted, and nothing in its place without it."""
    assert what in {found for found, _, _ in stumbles(with_text(case, text))}
    sound = with_text(case, "Staff read it, and sign. They keep a copy (on paper).")
    assert [*stumbles(sound)] == []


def test_lists_of_one_and_lead_ins_to_nothing(case: Case) -> None:
    lead = "Staff do the following:"
    for items, what in (
        (("they sign",), "a list of one is led to as several"),
        ((), "a lead-in to nothing"),
    ):
        assert what in {found for found, _, _ in stumbles(with_text(case, lead, items=items))}
    twice = with_text(case, lead, items=("they sign", "they sign"))
    assert "an item twice" in {found for found, _, _ in stumbles(twice)}
    assert [*stumbles(with_text(case, lead, items=("they sign", "they read")))] == []


def test_what_differs_is_printed_under_what_it_hangs_on() -> None:
    """Each sentence once; a text that all schools read is not printed."""
    cases = [composed(POLICY, {"kind": kind}) for kind in ("infant school", "secondary academy")]
    said = "\n".join(differing(cases))
    assert "## board-adopts, by `kind`" in said
    assert said.count("on behalf of Beacon Learning Trust") == 1
    assert "## own-number" not in said


def test_the_kinds_of_school_differ_in_what_decides() -> None:
    """Each kind is one that a school.yaml may say, and every deciding fact has two values at least."""
    for fact in ("type", "phase", "employer", "ages"):
        assert len({str(kind[fact]) for kind in KINDS.values()}) > 1
    assert len(parameters(POLICY, whole=False)["kind"]) == len(KINDS)
