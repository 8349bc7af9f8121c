"""Slips of the keyboard in a section: what then stands elsewhere than it was meant is an error.

Sections are generated as people write them, with every kind of block, and one line of one of them is written wrong: a
sign of an item or container, a blank line too many or too few. Either each word still stands where it stood, or there is an error.
"""

from __future__ import annotations

import re
from random import Random
from typing import TYPE_CHECKING

import pytest

from policygen.language.runs import runs
from tests.test_conserved import read

if TYPE_CHECKING:
    from collections.abc import Callable

    from policygen.language import document as d

_SLIPS = {
    "- ": ("* ", "+ ", "– ", "• ", "-", "a) ", "(a) "),
    "1. ": ("1) ", "a) ", "(a) ", "1.", "1 ", "i. ", "1.1 "),
    ": ": (":", ":  ", ":: "),
    "| ": ("", "|"),
    "::: ": (":::", ":: ", ":::: ", "    ::: "),
    ":::": ("::", "::::", " :::", ""),
    "## ": ("##", "# "),
    "[^": ("[", "^", "[ ^"),
    "— ": ("- ", "—", "– ", "-- "),
    "Table:": ("Table", "table:", "Table 1:"),
    "|---": ("|", "|--- |-", ""),
}
"""How a line begins, and what is typed in place of that."""
_SEPARATE = ("subhead", "caption", "head", "cell", "source", "signatory", "field", "term")
"""Runs that are a kind of their own: what was one of them is to stay one."""


class Writer:
    """Writes sections; each word is one of its own."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.last = 0
        self.notes: list[str] = []

    def word(self) -> str:
        self.last += 1
        return f"W{self.last}x"

    def sentence(self) -> str:
        words = f"{self.word()} *{self.word()}*" if self.random.random() < 0.2 else self.word()
        if self.random.random() < 0.1:
            self.notes.append(f"n{self.last}")
            words += f"[^n{self.last}]"
        return f"{words}."

    def paragraph(self) -> list[str]:
        return [self.sentence() for _ in range(self.random.choice((1, 1, 2)))]

    def items(self, depth: int) -> list[str]:
        sign = self.random.choice(("-", "1."))
        indent = " " * (len(sign) + 1)
        lines = []
        for _ in range(self.random.randint(2, 3)):
            below = self.paragraph()
            if self.random.random() < 0.2:
                below += ["", *self.paragraph()]
            if depth and self.random.random() < 0.4:
                below += self.items(depth - 1)
            lines.append(f"{sign} {below[0]}")
            lines += [f"{indent}{line}" if line else "" for line in below[1:]]
        return lines

    def block(self) -> list[str]:
        make: Callable[[], list[str]] = self.random.choice(
            (
                *(self.paragraph, self.list, self.list, self.terms, self.table),
                *(self.callout, self.quote, self.signature, self.heading),
            )
        )
        return make()

    def list(self) -> list[str]:
        return [f"{self.word()} lead:", "", *self.items(2)]

    def terms(self) -> list[str]:
        one, two = ([self.word(), f": {self.sentence()}"] for _ in range(2))
        return [*one, "", f"  {self.sentence()}", "", *two]

    def table(self) -> list[str]:
        rows = [f"| {self.word()} | {self.word()} |" for _ in range(3)]
        return [f"Table: {self.word()}", "", rows[0], "|---|---|", *rows[1:]]

    def callout(self) -> list[str]:
        return ["::: remember", *self.paragraph(), "", *self.items(0), ":::"]

    def quote(self) -> list[str]:
        return ["::: quote", *self.paragraph(), "", f"— {self.word()}", ":::"]

    def signature(self) -> list[str]:
        return [f"::: signature {self.word()}", f"- {self.word()}", f"- {self.word()}", ":::"]

    def heading(self) -> list[str]:
        return [f"## {self.word()} {{#h{self.last}}}", "", *self.paragraph()]

    def section(self) -> list[str]:
        lines = ["# Title {#t}"]
        for _ in range(self.random.randint(2, 4)):
            lines += ["", *self.block()]
        for note in self.notes:
            lines += ["", f"[^{note}]: {self.word()}", "", f"    {self.word()}"]
        return lines


def _with_slip(lines: list[str], random: Random) -> list[str] | None:
    index = random.randrange(2, len(lines))
    line = lines[index]
    if not line:
        return lines[:index] + lines[index + 1 :]
    if random.random() < 0.2:
        return [*lines[:index], "", *lines[index:]]
    sign = next((sign for sign in _SLIPS if line.lstrip().startswith(sign)), "")
    if not sign:
        return None
    slip = line.replace(sign, random.choice(_SLIPS[sign]), 1)
    return [*lines[:index], slip, *lines[index + 1 :]]


def _standing(section: d.Section) -> dict[str, tuple[object, ...]]:
    """Where each word stands: in which nodes, and as what if not as one paragraph or another."""
    return {
        word: (run.kind in _SEPARATE and run.kind, *map(type, run.around))
        for run in runs(section)
        for word in re.findall(r"W\d+x", run.text)
    }


@pytest.mark.parametrize("seed", range(60))
def test_a_slip_is_an_error_or_changes_nothing(seed: int) -> None:
    random = Random(seed)  # noqa: S311
    told = 0
    for _ in range(25):
        lines = Writer(random).section()
        meant, none = read("\n".join(lines), "none")
        assert not none.found, "\n".join(lines)
        slipped = _with_slip(lines, random)
        if meant is None or slipped is None:
            continue
        section, problems = read("\n".join(slipped), "none")
        told += problems.has_errors
        if not problems.has_errors:
            assert section is not None
            assert _standing(section) == _standing(meant), "\n".join(slipped)
    assert told, "no slip of this seed is an error"
