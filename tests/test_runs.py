"""The one walk over the text of a document: every word once, in order, with its kind and surroundings."""

from __future__ import annotations

import re
from typing import get_args

from hypothesis import given

from policygen.language import document as d
from policygen.language.runs import RunKind, runs
from tests.support.example import document
from tests.support.trees import sections

_LEAVES = (d.Text, d.Value, d.Code)


@given(sections())
def test_every_word_once_in_order(made: tuple[d.Section, int]) -> None:
    """No kind of node falls through, and none is read twice. A picture's words come after the run that it stands in."""
    section, count = made
    words = [word for run in runs(section) for word in re.findall(r"w\d+", run.text)]
    assert sorted(words) == sorted(f"w{index}" for index in range(1, count + 1))
    pictures = {word for run in runs(section) if run.kind == "picture" for word in run.text.split()}
    read = [int(word[1:]) for word in words if word not in pictures]
    assert read == sorted(read)


def test_every_word_of_the_examples() -> None:
    """The runs of a composed policy hold the letters of its tree, no more and no less."""
    parts = document("elm-grove").parts
    held = [node.text for node in d.walk(parts) if isinstance(node, _LEAVES)]
    held += [node.alt for node in d.walk(parts) if isinstance(node, d.Image)]
    held += [node.signatory for node in d.walk(parts) if isinstance(node, d.SignatureBlock)]
    read = [run.text for run in runs(*parts)]
    assert held
    assert sorted("".join("".join(held).split())) == sorted("".join("".join(read).split()))


def test_what_a_run_knows() -> None:
    """Kind, label, unit, depth and row of each run, blank cells too; a label without words stands by itself."""
    inner = d.ItemList("roman", (d.Item((_said("deep"),), "(i)"),))
    listed = d.ItemList("letter", (d.Item((_said("item"),), "(a)"), d.Item((inner,), "(b)")))
    table = d.Table(_text("what"), (), ((d.Cell(_text("one")), d.Cell(())),))
    clause = d.Clause("rule", (_said("first"), _said("second"), listed, table), number="1.1")
    quote = d.Quote((_said("wise"),), _text("a proverb"))
    signature = d.SignatureBlock("Parent", (_text("Signed"),))
    terms = d.Definitions((d.Definition(_text("term"), ((_said("means"), _said("more")),)),))
    note = d.Footnote("note-1", "1", (_said("noted"),))
    part = d.Section(
        "part", _text("Title"), (clause, quote, signature, terms), number="1", footnotes=(note,)
    )
    said = [
        f"{run.kind} {run.label}|{run.text}|{run.unit} {run.depth} {run.row} {run.quoted}"
        for run in runs(part)
    ]
    assert said == [
        "title 1|Title|part 0 -1 False",
        "clause 1.1|first|rule 0 -1 False",
        "paragraph |second|rule 0 -1 False",
        "item (a)|item|rule 1 -1 False",
        "item (b)||rule 1 -1 False",
        "item (i)|deep|rule 2 -1 False",
        "caption |what|rule 0 -1 False",
        "cell |one|rule 0 0 False",
        "cell ||rule 0 0 False",
        "paragraph |wise|part 0 -1 True",
        "source |a proverb|part 0 -1 True",
        "signatory |Parent|part 0 -1 False",
        "field |Signed|part 0 -1 False",
        "term |term|part 0 -1 False",
        "meaning |means|part 0 -1 False",
        "paragraph |more|part 0 -1 False",
        "footnote 1|noted|part 0 -1 False",
    ]


def test_a_value_is_told_from_what_was_typed() -> None:
    """What a school filled in is a sign in `typed`, and stands with its place in `values`."""
    name = d.Value("Elm Grove", "school.name", "school", "material")
    (run,) = runs(d.Paragraph((d.Text("At "), d.Strong((name,)), d.Text(" now"))))
    assert run.text == "At Elm Grove now"
    assert run.typed == "At \ufffc now"
    assert run.values == ((3, name),)


def test_kinds_are_spelt_once() -> None:
    """No kind of run is named twice."""
    assert len(set(get_args(RunKind))) == len(get_args(RunKind))


def _text(words: str) -> tuple[d.Inline, ...]:
    return (d.Text(words),)


def _said(words: str) -> d.Paragraph:
    return d.Paragraph(_text(words))
