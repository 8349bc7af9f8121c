"""Lines that Markdown runs into the text around them without a word, and marks of other Markdowns.

A line is judged by how it begins: as an item, a meaning, a heading or a rule does. Where ordinary sentences may begin
so by chance ("(a) above" at the head of a wrapped line), a second sign is needed: another line of the paragraph that
begins alike, or a sentence that ended before it.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from policygen.language.runs import VALUE

_BEGINNINGS = {
    "number": re.compile(r"\s*\d{1,2}[.)]\s+\S"),
    "bracket": re.compile(r"\s*(?:[a-zA-Z]|[ivxIVX]{1,5})\)\s+\S"),
    "brackets": re.compile(r"\s*\((?:[a-zA-Z]|[ivxIVX]{1,5}|\d{1,2})\)\s+\S"),
    "letter": re.compile(r"\s*(?:[a-zA-Z]|[ivxIVX]{1,5})\.\s+\S"),
    "decimal": re.compile(r"\s*\d{1,2}(?:\.\d{1,2})+\.?\s+\S"),
    "hyphen": re.compile(r"\s*[-*+]\s+\S"),
    "glued": re.compile(r"\s*(?:[-+]|\d{1,2}[.)]|\*(?=[^*]*$))[^\W\d_]"),
}
_CERTAIN = ("number", "bracket", "hyphen")
"""Beginnings that no sentence has."""
_SIGNS = ("So", "Sm", "Po", "Pd", "Co")
"""Unicode categories of symbols, dashes and other signs, and of those of a word processor's own fonts."""
_SENTENCE_ENDS = (".", ":", ";", "?", "!", "…", "\\", "}")
_MEANING = re.compile(r"\s*(?::(?!:)\s*|~\s+)\S")
DASH = re.compile(r"[—–―]\s*|-{2,3}\s+")
"""How the source of a quotation begins."""
_RULE = re.compile(r"\s*(?:=+|[-_*~^+#]{2,})\s*$")
_FENCE = re.compile(r"\s*::(?!:)\s*(?:\w|$)")
_ITEM_WITHOUT_SIGN = re.compile(r"\s*\d{1,2}\s+\S")
_HEADING = re.compile(r"\s*#{1,6}(?:[^\W\d_]|\*)")
_OTHER_MARKS = (
    (re.compile(rf"~~(?=\S)[^~{VALUE}]+~~"), "words struck out"),
    (re.compile(rf"==(?=\S)[^={VALUE}]+(?<=\S)=="), "highlighted words"),
    (re.compile(rf"\+\+(?=\S)[^+{VALUE}]+(?<=\S)\+\+"), "underlined words"),
    (re.compile(rf"(?<!~)~[^~\s{VALUE}]+~(?!~)"), "a low index"),
    (re.compile(rf"(?<!\^)\^(?!\[)[^^\s{VALUE}]+\^"), "a raised index"),
    (re.compile(r"\^\[[^\]]*\]"), "a footnote within the line"),
    (re.compile(r"\[\^[^\[\]\s]+\]"), "a footnote without its note"),
    (re.compile(r"\*\*|(?<!_)__(?!_)|`"), "a mark without its partner"),
    (re.compile(r"\]\([^)\s]*|^\s*\[[^\]]+\]:"), "a link that is not whole"),
    (re.compile(r"\\$"), "a line break with nothing behind it"),
    (re.compile(r"(?<!\w)&[A-Za-z]{2,31};"), "a sign by a name that nothing has"),
)
_OTHER_HINTS = {
    "words struck out": "take them out, or write `\\~` for the sign as such",
    "a low index": "write the words without it (CO₂), or `\\~` for the sign as such",
    "a raised index": "write the words without it (m²), or `\\^` for the sign as such",
    "a footnote within the line": "write `[^word]` here and `[^word]: …` below",
    "a footnote without its note": "write the note below, `[^word]: …`, or take the mark out",
    "a line break with nothing behind it": "take it out, or write `\\\\` for the sign as such",
    "a sign by a name that nothing has": "write the sign itself, or `\\&` for the sign as such",
    "a link that is not whole": "write `[words](https://…)`",
}
_OTHER_HINT = "write `*words*` or `**words**` to stress them, or `\\` before the sign as such"


@dataclass(frozen=True)
class Swallowed:
    """A line that is not read as what it looks like."""

    line: int
    """Of the paragraph, from 0."""
    rule: str
    message: str
    hint: str


def swallowed_item(lines: Sequence[str]) -> int:
    """The index of the line of a paragraph that was meant as an item of the list directly below it; -1 for none."""
    if lines[-1].rstrip().endswith(":"):
        return -1
    for index, line in enumerate(lines):
        if _beginning(line) or _ITEM_WITHOUT_SIGN.match(line):
            return index
    return -1


def is_wrapped(above: str, line: str) -> bool:
    """Whether a line goes on with the sentence of the line above it, as where an editor wraps lines."""
    begins = line.strip()
    return begins[:1].islower() and not above.rstrip().endswith(_SENTENCE_ENDS)


def in_paragraph(lines: Sequence[str], *, quoted: bool = False) -> Iterator[Swallowed]:
    """What a paragraph has run together. `lines` are its own, as written; `quoted` ones stand in a quotation."""
    kinds = [_beginning(line) for line in lines]
    alike = Counter(kinds)
    for index, line in enumerate(lines):
        kind = kinds[index]
        if _RULE.match(line) and index:
            yield Swallowed(
                index,
                "markdown-unsupported",
                "a line below words makes no heading",
                "write `## Words` for a heading, or take the line out",
            )
        elif _HEADING.match(line):
            yield Swallowed(
                index,
                "markdown-unsupported",
                "`#` without a space behind it makes no heading",
                "write `## Words`, with a blank line before it",
            )
        elif _FENCE.match(line):
            message = "two colons open and close no container"
            yield Swallowed(index, "container-unbalanced", message, "write three, `:::`")
        elif _MEANING.match(line):
            yield _meaning(index, line)
        elif quoted and index and DASH.match(line):
            message = "the source of this quotation is swallowed by the words above it"
            yield Swallowed(index, "lost-item", message, "leave a blank line before it")
        elif kind == "glued":
            # One asterisk before a word is a note below a table, or a stress that was not closed.
            if alike[kind] > 1 or not line.lstrip().startswith("*"):
                yield Swallowed(
                    index, "lost-item", "this is no item", "write a space behind its mark"
                )
        elif kind and index and not lines[index - 1].endswith("\\"):
            ended = lines[index - 1].rstrip().endswith(_SENTENCE_ENDS)
            if kind in _CERTAIN or alike[kind] > 1 or ended:
                yield _item(index, kind)


def other_marks(text: str) -> Iterator[tuple[str, str, str]]:
    """Marks of other Markdowns in words that print as they stand: each as found, with what it is and a hint."""
    for pattern, what in _OTHER_MARKS:
        for found in pattern.finditer(text):
            yield found[0], what, _OTHER_HINTS.get(what, _OTHER_HINT)


def _beginning(line: str) -> str:
    """How a line begins, if it begins as an item does."""
    for kind, pattern in _BEGINNINGS.items():
        if pattern.match(line):
            return kind
    first, space, rest = line.strip().partition(" ")
    # Signs that word processors put before items: • ▪ ➢ – and the like.
    is_sign = len(first) == 1 and not first.isascii()
    if space and rest and is_sign and unicodedata.category(first) in _SIGNS:
        return first
    return ""


def _meaning(index: int, line: str) -> Swallowed:
    if not re.match(r"\s*[:~]\s", line):
        message = "this is no meaning of the line above it"
        return Swallowed(index, "lost-item", message, "write a space behind the colon")
    if index:
        return Swallowed(
            index,
            "lost-item",
            "this meaning is swallowed by the lines above it",
            "leave a blank line before its term",
        )
    return Swallowed(
        index, "lost-item", "this meaning has no term", "write the term on the line directly above"
    )


def _item(index: int, kind: str) -> Swallowed:
    message = "this line is swallowed by the paragraph above it"
    if kind == "number":
        message = "this numbered line is swallowed by the paragraph above it"
    mark = "`1.`"
    if not kind.isalpha() or kind == "hyphen":
        mark = "`-`"
    return Swallowed(
        index, "lost-item", message, f"leave a blank line before it, and begin it with {mark}"
    )
