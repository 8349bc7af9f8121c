"""Values of a YAML file that are likely not to say what was meant: YAML reads them otherwise than people do.

A doubt is a warning: the file is read as it stands.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from typing import assert_never

from policygen.files.models import Expected
from policygen.files.yamltree import ListNode, MapNode, Node, TextNode, plain
from policygen.ground.diagnostics import Problems
from policygen.ground.letters import is_placeholder
from policygen.ground.rules import DOUBT

_CUT = re.compile(r" (#\S.*)")
"""What people mean as `Ash Road #1`. Two spaces before a `#`, or one after it, are how comments are written."""
_CUT_ITEM = re.compile(r", (#\S.*)")
"""The same where an item in brackets would begin with `#`."""
_QUOTES = "\"'`\u00b4\u201a\u201e"
"""Those that Unicode does not call initial or final quotation marks."""
_BLOCKS = ("|", ">")


def note_doubts(root: Node, expected: Expected, problems: Problems) -> None:
    """Note each value of a file that is likely not to say what was meant. `expected` is what the file may say."""
    for node, key, kind in _values(root, expected):
        if node.refused or node.style in _BLOCKS:
            continue
        _note_cut(node, key, problems)
        _note_quoted(node, key, problems)
        if kind.is_free_text:
            _note_folded_list(node, problems)
        if kind.is_free_text and node.written and is_placeholder(node.written):
            message = f"`{node.written}` only holds the place of a text"
            hint = "write the text, or take the line out"
            problems.add(DOUBT, message, node.place, hint)


def _values(
    node: Node, expected: Expected, key: str = ""
) -> Iterator[tuple[TextNode, str, Expected]]:
    """Each single value with its key, which is empty for the items of a list, and what is expected there."""
    match node:
        case TextNode():
            yield node, key, expected
        case ListNode(items=items):
            for index, item in enumerate(items):
                yield from _values(item, expected.at(index, plain(item)))
        case MapNode(entries=entries):
            for name, entry in entries.items():
                inner = expected.at(name, plain(entry.node))
                yield from _values(entry.node, inner, name)
        case _:
            assert_never(node)


def _note_cut(node: TextNode, key: str, problems: Problems) -> None:
    if node.style or not isinstance(plain(node), str):
        return
    end = (node.place, *node.rows)[-1]
    after = end.column - 1 + end.length
    item = None if key else _CUT_ITEM.match(end.text, after)
    if item:
        rest = item[1].rstrip(" ,]")
        message = f"`{rest}` is read as a comment, for a space and `#` begin one"
        place = replace(end, column=item.start(1) + 1, length=len(rest))
        problems.add(DOUBT, message, place, f'write `"{rest}"`, or `# ` before a comment')
        return
    cut = _CUT.match(end.text, after)
    if cut is None:
        return
    rest = cut[1].rstrip()
    whole = f"{node.written} {rest}".replace('"', '\\"')
    value = _as_value(key, f'"{whole}"')
    hint = f"write `{value}`; a comment begins with `# ` and a space"
    message = f"`{rest}` is read as a comment, for a space and `#` begin one"
    problems.add(DOUBT, message, node.place, hint)


def _note_folded_list(node: TextNode, problems: Problems) -> None:
    """A list below a text on the same key: YAML joins its lines, dashes and all, to that text."""
    for row in node.rows[1:]:
        if not node.style and row.text[row.column - 1 :].startswith("- "):
            message = "this line goes on with the text above it, its `-` included"
            hint = "put the text on one line; a list needs a key of its own"
            problems.add(DOUBT, message, row, hint)
            return


def _note_quoted(node: TextNode, key: str, problems: Problems) -> None:
    text = node.written.strip()
    inner = text[1:-1]
    if len(text) < 3 or not (_is_quote(text[0]) and _is_quote(text[-1])):
        return
    if not key and text[0] not in _QUOTES:
        return  # the items of a list may be names that print in quotation marks: [“Music”, “Drama”]
    if any(_is_quote(letter) and not _is_apostrophe(inner, at) for at, letter in enumerate(inner)):
        return  # several quotations, as in “one” and “two”
    message = "the quotation marks are part of this value and would print"
    hint = f'write `{_as_value(key, inner)}`, in plain quotes (") if it needs any'
    problems.add(DOUBT, message, node.place, hint)


def _is_quote(letter: str) -> bool:
    return letter in _QUOTES or unicodedata.category(letter) in ("Pi", "Pf")


def _is_apostrophe(text: str, at: int) -> bool:
    """Whether a mark stands within a word, as in “the school’s hall”."""
    return text[at] in "'’" and text[at - 1 : at].isalpha()


def _as_value(key: str, value: str) -> str:
    if not key:
        return value
    return f"{key}: {value}"
