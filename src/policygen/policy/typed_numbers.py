"""Finds clause numbers that an author typed by hand; they go wrong as soon as a paragraph moves."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from policygen.language.document import Item, Paragraph, Section, Subhead, Text, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policygen.ground.diagnostics import Place, Problems
    from policygen.language.source import Source

_TYPED = re.compile(r"\b(?:[Pp]aragraphs?|[Ss]ections?|[Cc]lauses?|[Aa]ppendix) \d+(?:\.\d+)*(?:\([a-z]+\))?")
_LAW = re.compile(r"^[^.;]{0,60}\b(?:Act|Regulations|Order|guidance|Code)\b")


def check_typed_numbers(section: Section, source: Source, problems: Problems) -> None:
    """Warn of "see paragraph 4.2" in the author's words. A section of an Act or of guidance is left alone."""
    place: Place | None = section.place
    for node in walk(section):
        if isinstance(node, Paragraph | Item | Subhead):
            place = node.place or place
        if isinstance(node, Text):
            for found in typed_numbers(node.text):
                note_typed_number(found[0], _place(found[0], place, source), problems)


def typed_numbers(text: str) -> Iterator[re.Match[str]]:
    """Where a text says "paragraph 4.2" of itself."""
    return (found for found in _TYPED.finditer(text) if not _LAW.match(text[found.end() :]))


def note_typed_number(words: str, place: Place | None, problems: Problems) -> None:
    """Note one number that was typed by hand."""
    hint = "write a reference: `[](#id)` prints the noun and the number"
    problems.add("typed-number", f"“{words}” is typed by hand", place, hint)


def _place(words: str, block: Place | None, source: Source) -> Place | None:
    """Where the words stand, at or below the beginning of their block; the block where they go over two lines."""
    if block is not None:
        for line in source.lines:
            if line.path == block.path and line.number >= block.line and words in line.text:
                return line.place(words)
    return block
