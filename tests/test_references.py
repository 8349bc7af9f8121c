"""References tell their target, in any part: what prints the same words is an error; numbers typed by hand are found."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from policygen.compose.number import number
from policygen.compose.refer import resolve, targets, typed_label, typed_numbers
from policygen.ground.diagnostics import Problems
from policygen.language import document as d
from policygen.model.template import Labels, Nouns


class Maker:
    """Makes parts of a policy with an id on everything that can have one."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311
        self.ids: list[str] = []

    def id(self) -> str:
        self.ids.append(f"n{len(self.ids)}")
        return self.ids[-1]

    def text(self) -> d.Paragraph:
        return d.Paragraph((d.Text("Words."),), self.id())

    def list(self, depth: int = 1) -> d.ItemList:
        style: d.ListStyle = self.random.choice(("bullet", "number"))
        items = []
        for _ in range(2):
            inner = (self.list(depth - 1),) if depth and self.random.random() < 0.3 else ()
            items.append(d.Item((self.text(), *inner), id=self.id()))
        return d.ItemList(style, tuple(items))

    def block(self, level: int) -> d.Block:
        match self.random.randrange(7):
            case 0:
                return d.Subhead(level + 1, (d.Text(self.random.choice("ABC")),), self.id())
            case 1:
                return d.Callout("remember", (self.text(), self.list()), self.id())
            case 2:
                caption = (d.Text("What there is"),) if self.random.random() < 0.5 else ()
                return d.Table(caption, (), ((d.Cell((d.Text("a"),)),),), self.id())
            case 3:
                return self.list()
            case _:
                blocks = (self.text(), *(self.list() for _ in range(self.random.randrange(3))))
                return d.Clause(self.id(), blocks, numbered=self.random.random() < 0.7)

    def section(self, kind: d.PartKind, level: int = 1) -> d.Section:
        blocks = [self.block(level) for _ in range(self.random.randint(1, 4))]
        if level < 2 and self.random.random() < 0.5:
            blocks += [self.section(kind, level + 1) for _ in range(2)]
        numbered = kind != "form" and self.random.random() < 0.6
        flat = self.random.random() < 0.2
        title = (d.Text(self.random.choice(("Keys", "Doors", "Locks"))),)
        return d.Section(
            self.id(), title, tuple(blocks), level, kind=kind, numbered=numbered, flat=flat
        )


def _referring(identity: str) -> d.Clause:
    return d.Clause(f"to-{identity}", (d.Paragraph((d.ReferenceMark((identity,), ()),)),))


@pytest.mark.parametrize("seed", range(60))
def test_from_one_place_no_two_targets_print_the_same_words(seed: int) -> None:
    """Where two would, each reference is an error, and no other one is."""
    maker = Maker(seed)
    kinds: tuple[d.PartKind, ...] = ("section", "section", "form", "appendix", "appendix")
    parts = tuple(maker.section(kind) for kind in kinds)
    ids = (*maker.ids, "last")
    last = d.Section("last", (d.Text("Last"),), tuple(_referring(identity) for identity in ids))
    problems = Problems()
    resolved = resolve(number((*parts, last)), (), problems)
    words = {
        node.target: d.plain(node.children).lower()
        for node in d.walk(*resolved)
        if isinstance(node, d.Reference)
    }
    assert words.keys() == {*ids}
    shared = {text for text, times in Counter(words.values()).items() if times > 1}
    noted = [problem for problem in problems if problem.rule == "ambiguous-reference"]
    wrong = {target for target, text in words.items() if text in shared}
    named = {
        target
        for target in wrong
        if any(f"(#{target})" in hint for problem in noted for hint in problem.hints)
    }
    unclear = {words[target] for target in wrong}
    # One of those that share words may be what they name; all others are errors.
    for text in unclear:
        sharing = {target for target in wrong if words[target] == text}
        assert len(sharing - named) <= 1, text
    assert len(noted) == len(named)


def test_the_house_has_its_own_nouns_and_labels() -> None:
    """References say them, in the plural too; how items are labelled does not change what a reference says."""
    maker = Maker(1)
    items = d.ItemList(
        "number", (d.Item((maker.text(),), id="one"), d.Item((maker.text(),), id="two"))
    )
    marks = (("clause",), ("clause", "last"), ("one",), ("two",))
    refers = tuple(
        d.Clause(f"to-{at}", (d.Paragraph((d.ReferenceMark(mark, ()),)),))
        for at, mark in enumerate(marks)
    )
    section = d.Section(
        "s", (d.Text("Keys"),), (d.Clause("clause", (items,)), *refers, d.Clause("last", ()))
    )
    nouns = Nouns(paragraph="clause", section="part")
    numbered = number((section,), Labels(letters="a)"))
    (resolved,) = resolve(numbered, (), Problems(), nouns=nouns)
    assert [item.label for item in d.walk(resolved) if isinstance(item, d.Item)] == ["a)", "b)"]
    said = [d.plain(node.children) for node in d.walk(resolved) if isinstance(node, d.Paragraph)]
    assert [words for words in said if "lause" in words] == [
        "Clause 1.1",
        "Clauses 1.1 and 1.6",
        "Clause 1.1(a)",
        "Clause 1.1(b)",
    ]
    assert targets(numbered, nouns)["s"].words() == "part 1"


@pytest.mark.parametrize("seed", range(20))
def test_letters_stand_once_in_a_numbered_clause(seed: int) -> None:
    maker = Maker(seed)
    blocks = (maker.text(), maker.list(), maker.text(), maker.list())
    clause = d.Clause("c", blocks)
    (part,) = number((d.Section("s", (d.Text("Keys"),), (clause,)),))
    (numbered,) = part.blocks
    assert isinstance(numbered, d.Clause)
    lists = [block for block in numbered.blocks if isinstance(block, d.ItemList)]
    labels = [item.label for block in lists for item in block.items if item.label]
    assert len(labels) == len(set(labels))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("See paragraph 4.2 and section 3.", ["paragraph 4.2", "section 3"]),
        ("As said in 3.1.1 above", ["3.1.1"]),
        ("in para 3.1, point 4, item (b)", ["para 3.1", "point 4", "item (b)"]),
        ("under section 3 of the Children Act", []),
        ("Tablets with iOS 17.2.1 or version 3.1.2 of the app", []),
        ("from 1.9.2026 on, at 192.168.2.10", []),
    ],
)
def test_numbers_of_the_policy_that_were_typed(text: str, words: list[str]) -> None:
    assert [found[0] for found in typed_numbers(text)] == words


@pytest.mark.parametrize(
    ("text", "title", "label"),
    [
        ("3. Passwords", True, "3."),
        ("3.1 Length", True, "3.1"),
        ("3.1.1 Passwords are long", False, "3.1.1"),
        ("(a) Staff keep them", False, "(a)"),
        ("(iv) Staff keep them", False, "(iv)"),
        ("3 steps to safety", True, ""),
        ("2026 Act", True, ""),
        ("2.5 metres of cable", False, ""),
        ("(see below) Staff", False, ""),
    ],
)
def test_numbers_typed_before_what_they_number(text: str, title: bool, label: str) -> None:  # noqa: FBT001
    assert typed_label(text, title=title) == label
