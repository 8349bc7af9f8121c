"""How text fits a terminal: its width, lines that go on with a hanging indent, and a line cut around a mark."""

from __future__ import annotations

import os
import re
import unicodedata
from dataclasses import dataclass
from itertools import accumulate
from typing import TextIO

_USUAL = 80
"""Columns of a terminal that does not say how many it has."""
_LEAST = 20
"""Columns that a text is fitted to at least, however narrow the terminal."""
_LONGEST = 1_000
"""Columns to which a line is cut that goes to no terminal."""
_TAB = 4
_CUT = "…"
_UNSEEN = {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}
"""Categories of characters that a terminal obeys, hides or does not know. They show as `�`."""
_JOINERS = "\u200c\u200d"


def columns(stream: TextIO) -> int | None:
    """How wide the terminal is to which a stream goes; None where it goes elsewhere."""
    if not stream.isatty():
        return None
    try:
        found = os.get_terminal_size(stream.fileno()).columns
    except OSError:
        return _USUAL
    return max(found or _USUAL, _LEAST)


def width_of(text: str) -> int:
    """How many columns a text takes: a wide letter takes two, one that joins another none."""
    from rich.cells import cell_len  # the first command line is answered without it

    return cell_len(text)


# --- lines that go on -------------------------------------------------------------------------------------------------


def folded(text: str, width: int | None, hanging: int = 2) -> str:
    """Each line of a text over as many as it needs, broken between words; those that follow are indented further.

    What stands in backticks stays in one line if it can, so that it can be copied. Without a width all stays as it is.
    """
    if width is None:
        return text
    return "\n".join(_folded(line, width, hanging) for line in text.split("\n"))


def _folded(line: str, width: int, hanging: int) -> str:
    if width_of(line) <= width:
        return line
    indent = line[: len(line) - len(line.lstrip())]
    follows = indent + " " * hanging
    lines = [indent]
    for gap, word in _words(line, width - width_of(follows)):
        longer = lines[-1] + gap + word
        # A first word stays in its line: the next one is narrower.
        if width_of(longer) <= width or not lines[-1].strip():
            lines[-1] = longer
        else:
            lines.append(follows + word)
    return "\n".join(lines)


def _words(line: str, room: int) -> list[tuple[str, str]]:
    """Each part that is not broken, after the spaces before it."""
    parts: list[tuple[str, str]] = []
    for gap, word in re.findall(r"( *)((?:`[^`]*`|[^` ])+|`)", line.strip()):
        if width_of(word) <= room:
            parts.append((gap, word))
        else:
            parts += re.findall(r"( *)([^ ]+)", gap + word)
    return parts


# --- a line around a mark ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Glyph:
    """What a terminal shows as one: a character with all that joins it."""

    shown: str
    marked: bool
    width: int


def excerpt(text: str, start: int, length: int, width: int | None) -> tuple[str, str]:
    """A line, cut to a window around a mark, and the line of signs that stand under what is marked.

    The mark begins at the character `start`, the first is 0; one past the end is marked there. Without a width the
    line is as long as it is, up to a limit. `…` stands for what is left out.
    """
    room = _LONGEST if width is None else width
    # No more of a long line than could be shown is looked at.
    start = min(start, len(text))
    begin, end = max(start - room, 0), start + room
    glyphs = _glyphs(text[begin:end], start - begin, start - begin + max(length, 1))
    if begin > 0:
        glyphs.insert(0, _Glyph(_CUT, marked=False, width=1))
    if end < len(text):
        glyphs.append(_Glyph(_CUT, length > room, width=1))
    left, right = _window(glyphs, room)
    shown = glyphs[left:right]
    if left > 0:
        shown.insert(0, _Glyph(_CUT, marked=False, width=1))
    if right < len(glyphs):
        shown.append(_Glyph(_CUT, glyphs[right].marked, width=1))
    line = "".join(glyph.shown for glyph in shown)
    signs = "".join(("^" if glyph.marked else " ") * glyph.width for glyph in shown)
    return line, signs.rstrip()


def _glyphs(text: str, start: int, end: int) -> list[_Glyph]:
    """A line as a terminal shows it, at least one of its glyphs marked."""
    glyphs: list[_Glyph] = []
    column = 0
    for index, character in enumerate(text):
        marked = start <= index < end
        if character == "\t":
            shown = " " * (_TAB - column % _TAB)
        elif unicodedata.category(character) in _UNSEEN and character not in _JOINERS:
            shown = "\N{REPLACEMENT CHARACTER}"
        else:
            shown = character
        if glyphs and (width_of(shown) == 0 or glyphs[-1].shown[-1] in _JOINERS):
            before = glyphs.pop()
            column -= before.width
            shown, marked = before.shown + shown, before.marked or marked
        width = width_of(shown)
        glyphs.append(_Glyph(shown, marked, width))
        column += width
    if not any(glyph.marked for glyph in glyphs):
        glyphs.append(_Glyph("", marked=True, width=1))
    return glyphs


def _window(glyphs: list[_Glyph], width: int) -> tuple[int, int]:
    """From which glyph to which is shown: the beginning of the mark, and as much around it as there is room for."""
    first = [glyph.marked for glyph in glyphs].index(True)
    left, right = first, first + 1
    before = [0, *accumulate(glyph.width for glyph in glyphs)]

    def fits(left: int, right: int) -> bool:
        cut = (left > 0) + (right < len(glyphs))
        return before[right] - before[left] + cut <= width

    # First all that is marked, then one more on either side in turn.
    while right < len(glyphs) and glyphs[right].marked and fits(left, right + 1):
        right += 1
    grown = True
    while grown:
        grown = False
        if right < len(glyphs) and fits(left, right + 1):
            right, grown = right + 1, True
        if left > 0 and fits(left - 1, right):
            left, grown = left - 1, True
    return left, right
