"""Whether the issuer now writes what a school had written: then both made the same change, and nobody is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from policygen.compose.bases import Base, wording
from policygen.compose.local_wording import own_blocks
from policygen.ground.diagnostics import Problems
from policygen.language import document as d
from policygen.language.source import source
from policygen.language.vocabulary import Vocabulary
from policygen.upgrade.way import refers


def says_already(
    base: Base,
    here: d.Clause | None,
    text: str,
    vocabulary: Vocabulary,
    names: Mapping[str, object] | None,
) -> bool:
    """Whether a clause says what a text of the school's says: as both are written, or as both print for this school.

    `here` is the clause as the school has it, and `names` what its texts may name; None where that is not known.
    """
    own = source(text, "")
    written = own_blocks(own, vocabulary, None, Problems())
    # Under a condition the text that prints for this school is not all that the clause says.
    conditional = "{%" in text or any(mark.startswith("{%") for mark in base.jinja)
    if not conditional and [wording(clause.blocks) for clause in base.clauses] == [
        wording(written)
    ]:
        return True
    # A reference prints a number that it does not have yet in the school's own text, so it is compared as written only.
    if here is None or names is None or refers(text):
        return False
    problems = Problems()
    filled = own_blocks(own, vocabulary, names, problems)
    return not problems.has_errors and _printed(filled) == _printed(here.blocks)


def _printed(blocks: tuple[d.Block, ...]) -> Any:
    """The wording of blocks, in which it does not count whether a word was typed or filled in."""
    clause = d.Clause("", blocks)
    return wording(d.rebuild(clause, _without_values).blocks)


def _without_values(node: Any) -> Any:
    if isinstance(node, d.Value):
        return d.Text(node.text)
    children = getattr(node, "children", None)
    if not isinstance(children, tuple):
        return node
    joined: list[Any] = []
    for child in children:
        if joined and isinstance(child, d.Text) and isinstance(joined[-1], d.Text):
            joined[-1] = d.Text(joined[-1].text + child.text)
        else:
            joined.append(child)
    return replace(node, children=tuple(joined))
