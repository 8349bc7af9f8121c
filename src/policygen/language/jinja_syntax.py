"""What Jinja cannot read, in our words and at its place."""

from __future__ import annotations

import re

from jinja2 import TemplateSyntaxError

from policygen.ground.diagnostics import Place, Problems
from policygen.language.marks import pieces
from policygen.language.source import Line, Source

_SYNTAX: tuple[tuple[str, str, str], ...] = (
    (
        r"unknown tag '(\w+)'",
        r"there is no statement `\1`",
        "there is `if`, `elif`, `else`, `for`, `set` and `include`",
    ),
    (
        r"'end of statement block'$",
        "this ends before it is complete",
        "write what comes after the last word",
    ),
    (
        r"expected token .*, got '(.+)'",
        r"`\1` has no meaning here",
        "compare with `==`, join with `and` or `or`, change with `|`",
    ),
    (
        r"unexpected char '([“”‘’])'",
        r"`\1` is a curly quotation mark",
        'write the straight one, `"`',
    ),
    (r"unexpected char '(.)'", r"`\1` has no meaning here", "take it out, or put a text in quotes"),
    (r"unexpected '(.+)'", r"`\1` has no meaning here", "take it out"),
)
"""What Jinja says, what we say, and what to write."""


def note_unclosed(source: Source, problems: Problems) -> bool:
    """Note what opens and does not close, or closes and does not open, at its place. Returns whether there is any."""
    before = len(problems.errors)
    for mark in source.pieces:
        place = source.place_at(mark.start, mark.end)
        if mark.kind == "print" and mark.text.strip("{}-+ \n") == "":
            message = "there is nothing to print here"
            problems.add("jinja-syntax", message, place, "write a name between the braces")
        elif mark.kind == "broken":
            opening, closing, what = _UNCLOSED[mark.text[:2]]
            message = f"this `{opening}` is not closed with `{closing}`"
            problems.add("jinja-syntax", message, place, f"write `{closing}` after {what}")
    _note_pairs(source, problems)
    return len(problems.errors) > before


_UNCLOSED = {
    "{{": ("{{", "}}", "the name"),
    "{%": ("{%", "%}", "the statement"),
    "<!": ("<!--", "-->", "the comment"),
}


def _note_pairs(source: Source, problems: Problems) -> None:
    opened: list[tuple[str, Place]] = []
    for mark in source.pieces:
        name, place = mark.word, source.place_at(mark.start, mark.end)
        if name in ("if", "for"):
            opened.append((name, place))
        elif opened and name == f"end{opened[-1][0]}":
            opened.pop()
        elif name in ("endif", "endfor"):
            hint = f"take it out, or write `{{% {name.removeprefix('end')} … %}}` before it"
            problems.add("jinja-syntax", f"this `{name}` closes nothing", place, hint)
    for name, place in opened:
        hint = f"write `{{% end{name} %}}` after it"
        problems.add("jinja-syntax", f"this `{name}` is never closed", place, hint)


def note_syntax(error: TemplateSyntaxError, line: Line, problems: Problems) -> None:
    """Note what Jinja could not read, at the word that it stumbled over, in our words where we have some."""
    said = (error.message or "Jinja cannot read this").partition(". ")[0].rstrip(".")
    for pattern, message, hint in _SYNTAX:
        if found := re.search(pattern, said):
            word = found[1] if found.groups() else ""
            problems.add("jinja-syntax", found.expand(message), _in_tag(line, word), hint)
            return
    problems.add("jinja-syntax", said[:1].lower() + said[1:], line.place())


def _in_tag(line: Line, word: str) -> Place:
    """The place of a word between Jinja's marks, or of the tag where there is but one; else of the line."""
    tags = [mark for mark in pieces(line.text) if mark.kind in ("print", "statement")]
    for tag in tags:
        at = tag.text.find(word, 2) if word else -1
        if at >= 0:
            return line.place_at(tag.start + at, len(word))
    if len(tags) == 1:
        return line.place(tags[0].text)
    return line.place(word)
