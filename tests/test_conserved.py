"""No word of a section is lost: whatever is written, it stands in the tree, once and in order, or is an error."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from policygen.compose.number import number
from policygen.compose.sections import Plan, arrange
from policygen.ground.diagnostics import Place, Problems
from policygen.language import document as d
from policygen.language.conserved import Lost, lost
from policygen.language.markdown import parse
from policygen.language.marks import without_comments
from policygen.language.runs import runs
from policygen.language.source import source
from policygen.language.templating import fill, prepare
from tests.support.example import edition
from tests.test_language import NAMES, VOCABULARY

if TYPE_CHECKING:
    from policygen.compose.sections import Scheme

_WORD = re.compile(r"w\d+x")
_LETTERS = re.compile(r"[^\W\d_]+")
_SYNTAX = re.compile(
    r"\{[#a-z][^{}]*\}|\]\([^)]*\)|^ *:::+ *(?:audience \w+|[\w-]+)?|^ *Table:|\[\^\w+\]",
    re.MULTILINE,
)
"""What prints nothing: attributes, addresses, names of containers, labels of footnotes."""
TEMPLATES = [*Path(__file__).parents[1].glob("templates/*/template.yaml")]
_INDENTS = st.sampled_from(["", "", "", " ", "  ", "   ", "    ", "      ", "        "])
_BEGINNINGS = st.sampled_from(
    """
    |||||1. |1. |2. |4. |10. |1) |- |- |* |+ |a) |(i) |a. |B) |• |➢ |– |1.1 |1.1.2. |1.|-|: |: |~ |> |
    # |## |### |#### |##|#|::: remember |::: quote |::: key-points |::: signature |::: audience staff |:::: audience everyone |
    :::: remember |::: |:::|::::|Table: |[^n]: |[^m]: |[n]: |---|====|***|```|``` |<div>|<!-- |\\|---\\|---\\||\\|---\\||
    \\|\\|\\||\\\\|&nbsp;|— |"|{#one}
    """.replace("\n    ", "").replace("\\|", "\x00").strip().replace("|", "\x01").replace("\x00", "|").split("\x01")
)  # fmt: skip
_PIECES = st.sampled_from(
    [
        "W", "W", "W", "W W", "*W*", "**W**", "**W", "*W", "_W_", "W_W", "`W`", "`W", "~~W~~", "W~2~", "W^2^", "==W==",
        "[W](https://example.org/a)", '[W](https://example.org/a "W")', "[W](#one)", '[W](#one "W")', "[W](W)",
        "[](#one)", "[W][W]", "[W]", "[^n]", "[^m]", "[^W]", "^[W]", "<https://example.org>", "<b>W</b>", "<W>",
        "![W](images/a.png)", '![W](images/a.png "W")', "![](images/a.png){decorative}", "![*W* W](images/a.png)", "![W",
        "{{ school.name }}", "**{{ school.name }} W**", "`{{ school.name }}`", "&amp;W", "&eacute;W", "W&W;", "\\*W", "W\\",
        "W  ", "| W | W |", "| W |", "W | W", "| W", "||", "(a) W", ":", "W:", ": W", "- W", "1. W", "*", "**", "`", "|",
        "{#one}", "{#two adapt=free}", "{.W}", "{ #three }", "{#Four}", "{W}", "{#", "}", "W {#five} W", "\\", "<!-- W -->",
        "—", "W - W", "W*W*W", "***W** W*", "[*W*](https://example.org/a)", "[![W](images/a.png)](https://example.org/a)",
        "\tW", "W\u00a0", "\u2028W", "W\u200b",
    ]
)  # fmt: skip


_SOUND = st.sampled_from(
    """
    W W|- W|- W\n  W|1. W I|1. W\n   W I|1. W I\n\n   W|1. W: I\n\n   1. W\n   1. W\n\n   W|- W\n  - W|W: I\n\n- W\n- W|W[^n] W|
    W\\\nW|## W I|::: remember W *W*\nW\n:::|::: quote\nW\n\n— W\n:::|::: signature W\n- W\n- W\n:::|W\n: W\n\n  W|W\n: W\n\n: W|
    Table: W I\n\n¦ W ¦ W ¦\n¦---¦---¦\n¦ W ¦ ¦|W *W* **W _W_** `W`|[W](https://example.org/a) W|![W](images/a.png) W|[](#t) W|
    :::: audience staff\n::: key-points\n- W\n:::\n::::|{{ school.name }} W|[^n]: W\n\n    W|4. W I|W I
    """.replace("\n    ", "").strip().replace("\\n", "\n").replace("\\\\", "\\").split("|")
)  # fmt: skip


@st.composite
def texts(draw: st.DrawFn) -> str:
    """A section of sound blocks with some odd lines among them. Each word is one of its own, and so is each id."""
    blocks = ["# W {#t}"]
    for _ in range(draw(st.integers(1, 6))):
        if draw(st.integers(0, 3)):
            blocks.append(draw(_SOUND).replace("¦", "|"))
            gap = "\n\n" if draw(st.integers(0, 3)) else "\n"
        else:
            words = " ".join(draw(st.lists(_PIECES, max_size=3)))
            blocks.append(f"{draw(_INDENTS)}{draw(_BEGINNINGS)}{words}")
            gap = draw(st.sampled_from(["\n", "\n\n"]))
        blocks[-1] = (
            f"{draw(_INDENTS)}{blocks[-1]}{gap}"
            if not draw(st.integers(0, 5))
            else blocks[-1] + gap
        )
    text = f"{blocks[0]}\n\n{''.join(blocks[1:])}"
    for mark, name in (("W", "w{}x"), ("I", "{{#i{}}}")):
        for count in range(1, text.count(mark) + 1):
            text = text.replace(mark, name.format(count), 1)
    return text


@settings(max_examples=400, deadline=None)
@given(texts(), st.sampled_from(["decimal", "headings", "flat", "none"]))
@example("# w1x {#t}\n\n- - - - - w2x {#one}\n", "none")
@example("# w1x {#t}\n\nw2x\n: w3x\n\n[^n]: w4x\n", "none")
def test_every_word_once_or_an_error(text: str, scheme: Scheme) -> None:
    """A text without an error has all of its words in its tree, none twice, in the order in which they were written."""
    section, problems = read(text, scheme)
    if problems.has_errors or section is None:
        return
    comments = re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)
    written = _WORD.findall(comments)
    found = list(runs(section))
    kept = [word for run in found for word in _WORD.findall(run.text)]
    assert Counter(kept) == Counter(written)
    moved = {
        word
        for run in found
        if run.kind == "picture" or any(isinstance(node, d.Footnote) for node in run.around)
        for word in _WORD.findall(run.text)
    }
    assert [word for word in kept if word not in moved] == [
        word for word in written if word not in moved
    ]


@settings(max_examples=200, deadline=None)
@given(texts(), st.lists(st.integers(0, 400), max_size=4))
@example("# w1x {#t}\n\n- w2x\n\n<!-- w3x\n\n  w4x -->\n\n- w5x\n", [])
@example("# w1x {#t}\n\nw2x <!-- w3x\nw4x\nw5x --> w6x `<!-- w7x -->`\n", [])
def test_a_section_says_the_same_with_nothing_in_its_comments(text: str, at: list[int]) -> None:
    """As it is published: what its authors noted is gone, and nothing else moved."""
    for place in sorted(at, reverse=True):
        text = f"{text[:place]}<!-- secret\n{{{{ school.nope }}}} -->{text[place:]}"
    section, problems = read(text, "decimal")
    if problems.has_errors or section is None:
        return
    bare = without_comments(text)
    assert "secret" not in bare
    assert read(bare, "decimal")[0] == section
    assert bare.count("\n") == text.count("\n")


def read(text: str, scheme: Scheme) -> tuple[d.Section | None, Problems]:
    """A section as it is composed for a school, and what is wrong with it."""
    problems = Problems()
    prepared = prepare(source(text, "section.md"), VOCABULARY, problems)
    filled = fill(prepared, NAMES, problems) if prepared else None
    if filled is None:
        return None, problems
    plan = Plan("section", "section", scheme, "locked")
    section = arrange(parse(filled, problems), plan, Place("section.md"), problems)
    if section is None:
        return None, problems
    (section,) = number([section])
    return section, problems


def test_the_guard_finds_what_no_rule_names() -> None:
    """Where the parser itself gives up (lists a hundred deep), what follows is an error at its own lines."""
    text = f"# T {{#t}}\n\n{'- ' * 60}deep\n\nAfter it.\n"
    _, problems = read(text, "none")
    told = {(problem.rule, problem.place.line) for problem in problems if problem.place}
    assert told == {("empty-section", 3), ("lost-words", 5)}


def test_what_is_lost() -> None:
    """Letters count, in order: what is gone, what stands twice, and what only changed its marks."""
    written = [(0, "One *two*"), (1, "thr\\*ee &amp; f&ouml;ur \ue0000\ue001")]
    assert [*lost(written, ["One two", "thr", "ee", "föur ￼"])] == []
    assert [*lost(written, ["One", "thr*ee föur ￼"])] == [Lost(0, "two")]
    assert [*lost(written, ["One two", "thr*ee föur"])] == [Lost(1, "…")]
    assert [*lost(written, ["One two two", "thr*ee föur ￼"])] == [Lost(0, "two", twice=True)]


@pytest.mark.parametrize("policy", sorted(path.parent.name for path in TEMPLATES))
def test_every_word_of_the_shipped_templates(policy: str) -> None:
    """Each word of each shipped section, in whatever branch, stands in its tree as often as it was written."""
    parts = edition(policy).parts
    assert parts
    for part in parts:
        problems = Problems()
        parsed = parse(part.prepared.every_branch, problems)
        section = arrange(parsed, part.plan, part.place, problems)
        assert section is not None
        assert not problems.found
        # What stands in for a fact that a school need not give is written in the expression.
        text = part.prepared.every_branch.text
        for index, value in enumerate(part.prepared.every_branch.values):
            text = text.replace(f"\ue000{index}\ue001", value.text)
        written = _SYNTAX.sub(" ", text)
        kept = " ".join(run.text for run in runs(section))
        assert Counter(_LETTERS.findall(written)) == Counter(_LETTERS.findall(kept)), part.plan.name
