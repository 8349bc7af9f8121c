"""Sections with decision units of every kind: a decision about one changes its words and no others."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policygen.compose.adapt import Action, LocalChange, adapt_sections
from policygen.compose.number import number
from policygen.ground.diagnostics import Place
from policygen.language import document as d
from tests.test_conserved import read

if TYPE_CHECKING:
    from collections.abc import Iterator

KINDS = ("clause", "lettered", "further", "marked", "bullet", "group", "plain")
OURS = "ours"


def section(kinds: list[str]) -> str:
    """A section of these things one after another; each word stands in it once."""
    lines = ["# Title {#title}", "", "1. first {#first adapt=free}", ""]
    for at, kind in enumerate(kinds):
        status = f"{{#u{at} adapt=free}}"
        match kind:
            case "clause":
                lines += [f"1. c{at} {status}"]
            case "lettered":
                lines += [f"1. c{at} {{#c{at} adapt=free}}", ""]
                lines += [f"   1. a{at}", f"   1. i{at} {status}", f"   1. z{at}"]
            case "further":
                lines += [
                    f"1. c{at} {{#c{at} adapt=free}}",
                    "",
                    f"   f{at} {status}",
                    "",
                    f"   g{at}",
                ]
            case "marked":
                lines += [status, "", f"- a{at}", f"- b{at} {{#b{at} adapt=free}}"]
            case "bullet":
                lines += [f"p{at}", "", f"- a{at}", f"- b{at} {status}"]
            case "group":
                lines += [f"## h{at} {status}", "", f"t{at} {{#t{at}}}"]
            case _:
                lines += [f"p{at}"]
        lines += [""]
    return "\n".join(lines)


def words(*nodes: d.Node) -> Counter[str]:
    texts = (node.text for node in d.walk(*nodes) if isinstance(node, d.Text))
    return Counter(word for text in texts for word in text.split())


def labels(part: d.Section) -> Iterator[str]:
    """The numbers and letters that print, without those of what the school added."""
    for node in d.walk(part):
        match node:
            case d.Clause() if not node.is_addition:
                yield node.number
            case d.ItemList():
                yield from (
                    item.label
                    for item in node.items
                    if not ((unit := d.unit_of(item)) and unit.is_addition)
                )
            case _:
                pass


@pytest.mark.parametrize("action", ["replace", "omit", "add_before", "add_after"])
@given(st.lists(st.sampled_from(KINDS), min_size=1, max_size=6), st.data())
@settings(max_examples=30, deadline=None)
def test_its_words_and_no_others_change(
    action: Action, kinds: list[str], data: st.DataObject
) -> None:
    before, problems = read(section(kinds), "decimal")
    assert before is not None, [*problems]
    assert not problems.found
    units = {node.id: node for node in d.walk(before) if isinstance(node, d.Clause)}
    unit = units[data.draw(st.sampled_from(sorted(units)))]
    text: tuple[d.Block, ...] = (d.Paragraph((d.Text(OURS),)),) if action != "omit" else ()
    change = LocalChange(unit.id, Place(""), {action: text})
    parts = adapt_sections(
        (before,), {unit.id: change}, [*units], Place(""), problems, guidance={}, certain=True
    )
    assert not problems.found
    (after,) = number(parts)
    expected = words(before)
    if action in ("replace", "omit"):
        expected -= words(*unit.blocks)
    if action == "omit":
        expected -= words(*(d.Subhead(2, unit.title),) if unit.title else ())
    else:
        expected[OURS] += 1
    assert words(after) == expected
    if action.startswith("add"):
        assert [*labels(after)] == [*labels(before)]  # no number and no letter moves
