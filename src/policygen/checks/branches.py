"""The text of branches that no school takes: what of it can be read as it would print, without a school."""

from __future__ import annotations

import re
from collections.abc import Sequence

from policygen.checks.finder import TextFinder
from policygen.ground.diagnostics import Place
from policygen.language.marks import CHOICE, STATEMENT, is_silent
from policygen.language.runs import Run

_ITEM = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])\s")
_BEGINS_ANEW = re.compile(r"\s*(?:$|[-*+]\s|\d{1,9}[.)]\s|:::|#{1,6}\s|\||Table:|\[\^)")
"""A line with which the paragraph above it is over."""


def stands_alone(run: Run, finder: TextFinder) -> bool:
    """Whether a run prints as a whole or not at all, so that no two branches of it stand side by side."""
    place = run.place
    if place is None or not place.line or place.path not in finder.sources:
        return False
    # Of a template all branches are read one after another. What would be found in words of two branches that no
    # school ever reads together would be a false alarm, so only what lies within one is looked at.
    lines = finder.sources[place.path].masked[place.line - 1 :]
    if run.manner == "cell":
        return not any(map(_branches, _table(lines)))
    for index, line in enumerate(lines):
        if index and _BEGINS_ANEW.match(line):
            return True
        if is_silent(line):
            return _over(lines[index:])
        if _branches(line):
            return False
    return True


def led_in_one_branch(place: Place, finder: TextFinder) -> bool:
    """Whether no statement stands from the words above a list down to a place in it."""
    if place.path not in finder.sources:
        return False
    indent = _indent(place.text)
    for line in reversed(finder.sources[place.path].masked[: place.line]):
        if _branches(line):
            return False
        inner = _indent(line)
        leads = inner < indent or (inner == indent and not _ITEM.match(line))
        if line.strip() and leads:
            return True
    return False


def _branches(line: str) -> bool:
    """Whether a masked line prints otherwise in one branch than in another."""
    return STATEMENT in line or CHOICE in line


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _over(lines: Sequence[str]) -> bool:
    """Whether a paragraph ends at lines of statements: what follows them begins something new."""
    following = (line for line in lines if not is_silent(line))
    return bool(_BEGINS_ANEW.match(next(following, "")))


def _table(rows: Sequence[str]) -> Sequence[str]:
    """The lines of a table from its first to the next that is none."""
    for index, line in enumerate(rows):
        in_table = line.strip() == "" or line.lstrip().startswith(("|", "Table:", STATEMENT))
        if index > 1 and not in_table:
            return rows[:index]
    return rows
