"""What a YAML library says about a file that it cannot read, in plain words."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

ODD_SPACE = (
    "a no-break space, or another special space, stands where only plain spaces may stand",
    "delete it, and type a space",
)
_ODD_SPACE = re.compile(r"^(?:[ ]*(?:- *)*|[^:'\"#]*:)(?P<space>[^\S \t])")
"""In the indent of a line, or after the mark of an item or a key."""
_TIGHT_KEY = re.compile(r"[ ]*(?:- +)*(?P<key>[A-Za-z][\w-]*):(?P<value>[^\s:/\"'].*)")
"""A key and its value without a space between them; no address, which begins with `https://`."""
_LONG_KEY = re.compile(r"(?:^|[:,{\[])\s*(?P<key>[^\s:,{\[][^:,{\[]{1023,}):(?: |$)")
_LINES_BEFORE = 2
"""Lines by which an odd space can stand before the place at which reading failed."""


class Mark(Protocol):
    """A position in a file, from 0."""

    @property
    def line(self) -> int: ...

    @property
    def column(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong at a position."""

    line: int
    column: int
    message: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Saying:
    """One thing that ruamel says, and we."""

    pattern: str
    """Of its context and its problem."""
    message: str
    hint: str
    at_beginning: bool = False
    """Whether to point at the beginning of the thing being read, rather than at where reading failed."""


_SAYINGS = (
    Saying(
        r"character '\\t'|found a tab",
        "a tab stands where only spaces may stand",
        "indent with spaces",
    ),
    Saying(
        r"character '`' that cannot start",
        "a value cannot begin with a backtick",
        "put the whole value in quotes",
    ),
    Saying(
        r"character '(.)' that cannot start",
        r"a value cannot begin with `\1`",
        "put the whole value in quotes",
    ),
    Saying(
        r"sequence entries are not allowed",
        "a `-` stands where no list can begin",
        "begin the list on the next line, or write a text in place of the `-`",
    ),
    Saying(
        r"mapping keys are not allowed",
        "a value cannot begin with `?`",
        "write a text in its place, or take the line out",
    ),
    Saying(r"scanning an anchor", "a value cannot begin with `&`", "put the whole value in quotes"),
    Saying(r"scanning an alias", "a value cannot begin with `*`", "put the whole value in quotes"),
    Saying(r"scanning a tag", "a value cannot begin with `!`", "put the whole value in quotes"),
    Saying(
        r"quoted scalar .*unexpected (?:end|document)",
        "a text in quotes is not closed",
        "add the closing quote",
        at_beginning=True,
    ),
    Saying(
        r"unknown escape character '(.)'",
        r"`\\\1` means nothing inside double quotes",
        "put the text in single quotes instead",
    ),
    Saying(
        r"expected escape sequence",
        r"a `\\x`, `\\u` or `\\U` inside double quotes lacks its digits",
        "put the text in single quotes instead",
    ),
    Saying(
        r"block (?:mapping|sequence).*found ','",
        "a comma stands after a value that is already complete",
        "take the comma out, or put the whole value in quotes",
    ),
    Saying(
        r"scanning a block scalar",
        "`|` or `>` does not stand alone at the end of its line",
        "begin the text on the next line",
        at_beginning=True,
    ),
    Saying(
        r"mapping values are not allowed",
        "a `:` stands where no key can be",
        "put a text that holds `: ` in quotes, and begin all keys of one level in the same column",
    ),
    Saying(
        r"flow sequence",
        "a list in `[ ]` is not closed or lacks a comma",
        "close it with `]`",
        at_beginning=True,
    ),
    Saying(
        r"flow mapping.*got ':'",
        "a text in `{ }` holds `: `",
        "put the text in quotes",
    ),
    Saying(
        r"flow mapping",
        "a group in `{ }` is not closed or lacks a comma",
        "close it with `}`",
        at_beginning=True,
    ),
    Saying(
        r"could not find expected ':'",
        "a line has no `:` after its key",
        "write `key: value`, or indent a text that goes on from the line above",
        at_beginning=True,
    ),
    Saying(
        r"found '<scalar>'",
        "a text stands after a value that is already complete",
        "put a text that holds quotes or ` #` in quotes as a whole",
    ),
    Saying(
        r"block (?:mapping|collection|sequence)",
        "this line does not fit the lines above it",
        "begin all keys of one level, and every `-` of one list, in the same column",
    ),
)


def explained(error: Any, lines: Sequence[str]) -> Fault:
    """Why ruamel could not read these lines."""
    mark = error.problem_mark or error.context_mark
    said = f"{error.context or ''} {error.problem or ''}"
    for row in range(max(mark.line - _LINES_BEFORE, 0), min(mark.line + 1, len(lines))):
        odd = _ODD_SPACE.search(lines[row])
        if odd:
            return Fault(row, odd.start("space"), *ODD_SPACE)
    if ":" in said or "mapping values" in said:
        fault = _unread_key(mark, lines)
        if fault:
            return fault
    for saying in _SAYINGS:
        found = re.search(saying.pattern, said)
        if found is None:
            continue
        begin = error.context_mark if saying.at_beginning and error.context_mark else mark
        hint = saying.hint
        if "flow" in saying.pattern and _comment_between(begin, mark, lines):
            hint = "what follows ` #` is a comment; put a value that holds it in quotes"
        return Fault(begin.line, begin.column, found.expand(saying.message), hint)
    return Fault(mark.line, mark.column, f"this is not YAML: {(error.problem or said).strip()}")


def _unread_key(mark: Mark, lines: Sequence[str]) -> Fault | None:
    """A key that YAML does not take for one: no space follows its colon, or it is too long."""
    for row in range(max(mark.line - 1, 0), min(mark.line + 1, len(lines))):
        tight = _TIGHT_KEY.match(lines[row])
        if tight:
            says = f"`{tight['key']}:` needs a space after its colon"
            return Fault(row, tight.start("key"), says, f"write `{tight['key']}: {tight['value']}`")
        long = _LONG_KEY.search(lines[row])
        if long:
            says = "a key can have 1024 characters, and this one has more"
            return Fault(row, long.start("key"), says, "write a shorter key")
    return None


def _comment_between(begin: Mark, end: Mark, lines: Sequence[str]) -> bool:
    """Whether a comment cuts off a list or group in brackets on the way to where reading failed."""
    return any(re.search(r"[^\s,\[{] #", line) for line in lines[begin.line : end.line + 1])


def impossible_escape(lines: Sequence[str]) -> Fault | None:
    """The first escape of eight digits that stands for no character."""
    for row, line in enumerate(lines):
        for escape in re.finditer(r"\\U([0-9a-fA-F]{8})", line):
            if int(escape[1], 16) > sys.maxunicode:
                says = f"`{escape[0]}` stands for no character"
                return Fault(row, escape.start(), says, "type the character itself")
    return None
