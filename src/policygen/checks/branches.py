"""The text of branches that no school takes: what of it can be read as it would print, without a school."""

from __future__ import annotations

import re
from collections.abc import Sequence

from policygen.checks.passages import TextFinder
from policygen.ground.diagnostics import Place
from policygen.language.runs import Passage
from policygen.language.source import Line

_STATEMENT = re.compile(r"\{%.*?%\}|\{%|%\}")
_ONLY_STATEMENTS = re.compile(r"\s*(?:(?:\{%.*?%\}|<!--.*?-->)\s*)+$")
_ITEM = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])\s")
_BEGINS_ANEW = re.compile(r"\s*(?:$|[-*+]\s|\d{1,9}[.)]\s|:::|#{1,6}\s|\||Table:|\[\^)")
"""A line with which the paragraph above it is over."""


def stands_alone(passage: Passage, finder: TextFinder) -> bool:
    """Whether a passage prints as a whole or not at all, so that no two branches of it stand side by side."""
    place = passage.place
    if place is None or not place.line or place.path not in finder.sources:
        return False
    if passage.kind == "cell":
        return not any(
            _STATEMENT.search(line.text) for line in _table(finder.sources[place.path].lines, place)
        )
    lines = finder.sources[place.path].lines[place.line - 1 :]
    for index, line in enumerate(lines):
        if index and _BEGINS_ANEW.match(line.text):
            return True
        if _ONLY_STATEMENTS.match(line.text):
            return _over(lines[index:])
        if _STATEMENT.search(line.text):
            return False
    return True


def led_in_one_branch(place: Place, finder: TextFinder) -> bool:
    """Whether no statement stands from the words above a list down to a place in it."""
    if place.path not in finder.sources:
        return False
    indent = _indent(place.text)
    for line in reversed(finder.sources[place.path].lines[: place.line]):
        if _STATEMENT.search(line.text):
            return False
        inner = _indent(line.text)
        if line.text.strip() and (
            inner < indent or (inner == indent and not _ITEM.match(line.text))
        ):
            return True
    return False


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _over(lines: Sequence[Line]) -> bool:
    """Whether a paragraph ends at lines of statements: what follows them begins something new."""
    following = (line.text for line in lines if not _ONLY_STATEMENTS.match(line.text))
    return bool(_BEGINS_ANEW.match(next(following, "")))


def _table(lines: Sequence[Line], place: Place) -> Sequence[Line]:
    """The lines of a table from its first to the next that is none."""
    rows = lines[place.line - 1 :]
    ends = (
        index
        for index, line in enumerate(rows)
        if index > 1 and not re.match(r"\s*(?:\||Table:|\{%|$)", line.text)
    )
    return rows[: next(ends, len(rows))]
