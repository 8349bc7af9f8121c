"""Adding to a YAML file that a person writes: comments, order, quotes and layout stay as they are.

To read a file and write it out again would lay it out anew. Here the text itself is added to, at places that its tree
knows, and then read again to see that it says what it should and that nothing else changed.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from policygen.files.yamltree import (
    Entry,
    ListNode,
    MapNode,
    Node,
    TextNode,
    check_characters,
    compose,
    plain,
)
from policygen.ground.diagnostics import Problems

_STEP = 2
"""Columns by which we indent."""


class CannotAddError(Exception):
    """The file is written in a way that we cannot add to."""


def with_value(
    text: str,
    group: str,
    name: str,
    value: object,
    *,
    order: Sequence[str] = (),
    note: Sequence[str] = (),
) -> str:
    """The text with this value at a key of a group, or of the file itself where `group` is empty.

    A value that stands there is replaced; None makes a key with nothing after it. A new key comes after the nearest one
    that `order` has before it, with `note` above it as a comment. Raises CannotAddError.
    """
    added = _added(text, group, _New(name, value, order, note))
    expected = _said(text)
    within = expected
    if group:
        expected[group] = within = expected.get(group) or {}
    within[name] = _said(f"x: {as_yaml(value)}")["x"]
    if _said(added) != expected:
        raise CannotAddError
    return added


def with_comment(text: str, group: str, lines: Sequence[str]) -> str:
    """The text with lines of comment at the end of a group of keys, which is made where it is missing."""
    root = _root(text)
    if group not in root.entries:
        text, root = (made := f"{_ended(text)}\n{group}:\n"), _root(made)
    entry = root.entries[group]
    indent = _indent(entry)
    found = _ended(text).split("\n")
    at = _group_end(found, root, entry)
    found[at:at] = ["", *_comment(lines, indent)]
    added = "\n".join(found)
    if _said(added) != _said(text):
        raise CannotAddError
    return added


def with_items(text: str, name: str, items: Sequence[Sequence[str]]) -> str:
    """The text with more items at the end of a list, which is made where it is missing. Raises CannotAddError.

    An item is the lines of a group of keys, comments among them, as they stand without the dash.
    """
    root = _root(text)
    lines = _ended(text).split("\n")
    entry = root.entries.get(name)
    indent = _STEP
    if entry is None:
        lines[-1:] = ["", f"{name}:", ""]
        at = len(lines) - 1
    elif isinstance(entry.node, ListNode) and entry.node.items and not entry.node.flow:
        at = _end(lines, entry, _limit(root, entry, len(lines)))
        indent = lines[entry.node.items[0].place.line - 1].find("-")
    elif plain(entry.node) is None:
        at = entry.key.line
    else:
        raise CannotAddError
    pad = " " * indent
    lines[at:at] = [
        f"{pad}{'  ' if row else '- '}{line}" for item in items for row, line in enumerate(item)
    ]
    added = "\n".join(lines)
    expected = _said(text)
    expected[name] = [*(expected.get(name) or []), *(_said("\n".join(item)) for item in items)]
    if _said(added) != expected:
        raise CannotAddError
    return added


def without_key(text: str, group: str, name: str) -> str:
    """The text without a key of a group and its value; comments stay. Raises CannotAddError."""
    root = _root(text)
    lines, entry, limit = _within(text, root, group, name)
    del lines[entry.key.line - 1 : _end(lines, entry, limit)]
    expected = _said(text)
    del expected[group][name]
    return _sure("\n".join(lines), {**expected, group: expected[group] or None})


def with_keys_renamed(text: str, group: str, names: Mapping[str, str]) -> str:
    """The text with other names for keys of a group, by their old ones; values and comments stay.

    Raises CannotAddError, also when two keys would have the same name.
    """
    root = _root(text)
    lines = _ended(text).split("\n")
    for old, new in names.items():
        _, entry, _ = _within(text, root, group, old)
        row, start = entry.key.line - 1, entry.key.column - 1
        lines[row] = f"{lines[row][:start]}{new}{lines[row][start + entry.key.length :]}"
    expected = _said(text)
    if names:
        expected[group] = {names.get(key, key): value for key, value in expected[group].items()}
    return _sure("\n".join(lines), expected)


def with_lines(text: str, group: str, name: str, written: Sequence[str]) -> str:
    """The text with a key of a group whose value takes these lines, in place of an earlier one or at the end.

    The first of `written` follows the colon; the others are indented from the key. Raises CannotAddError.
    """
    root = _root(text)
    expected = _said(text)
    said = _said("\n".join([f"{name}:{written[0]}", *written[1:]]))[name]
    expected[group] = {**(expected.get(group) or {}), name: said}
    if group not in root.entries:
        text, root = (made := f"{_ended(text)}\n{group}:\n"), _root(made)
    entry = root.entries[group]
    pad = " " * _indent(entry)
    new = [f"{pad}{name}:{written[0]}", *(f"{pad}{line}".rstrip() for line in written[1:])]
    if isinstance(entry.node, MapNode) and name in entry.node.entries:
        lines, old, limit = _within(text, root, group, name)
        lines[old.key.line - 1 : _end(lines, old, limit)] = new
    else:
        lines = _ended(text).split("\n")
        at = _end(lines, entry, _limit(root, entry, len(lines)))
        lines[at:at] = new
    return _sure("\n".join(lines), expected)


def with_inner(text: str, group: str, name: str, key: str, value: object) -> str:
    """The text with a value at a key of a group within a group. Raises CannotAddError."""
    lines, entry, limit = _within(text, _root(text), group, name)
    if not isinstance(entry.node, MapNode):
        raise CannotAddError
    new = _New(key, value, (), ())
    if entry.node.flow:
        _add_in_braces(lines, entry.node, new)
    else:
        _add(lines, entry.node, entry.key.line, limit, _indent(entry), new)
    expected = _said(text)
    expected[group][name][key] = _said(f"x: {as_yaml(value)}")["x"]
    return _sure("\n".join(lines), expected)


def as_block(key: str, text: str) -> list[str]:
    """A key with a text below it, line by line as it stands; in quotes where YAML would not keep it so."""
    ended = f"{text.rstrip()}\n"
    lines = [f"{key}: |", *(f"  {line}".rstrip() for line in ended.rstrip().split("\n"))]
    if _said_or_nothing("\n".join([*lines, ""])) == {key: ended}:
        return lines
    return [f"{key}: {json.dumps(ended, ensure_ascii=False)}"]


def _within(text: str, root: MapNode, group: str, name: str) -> tuple[list[str], Entry, int]:
    """The lines of a text, the key of a group in it, and the row before which its value ends."""
    lines = _ended(text).split("\n")
    outer = root.entries.get(group)
    if (
        outer is None
        or not isinstance(outer.node, MapNode)
        or outer.node.flow
        or name not in outer.node.entries
    ):
        raise CannotAddError
    entry = outer.node.entries[name]
    return lines, entry, _limit(outer.node, entry, _limit(root, outer, len(lines)))


def _sure(text: str, expected: Any) -> str:
    """A text that was seen to say what it should. Raises CannotAddError."""
    if _said(text) != expected:
        raise CannotAddError
    return text


def as_yaml(value: object, *, within: bool = False) -> str:
    """A value on one line, as a person would write it; `within` brackets or braces more needs quotes."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case int() | datetime.date():
            return str(value)
        case list() | tuple():
            return f"[{', '.join(as_yaml(each, within=True) for each in value)}]"
        case dict():
            return f"{{{', '.join(f'{key}: {as_yaml(each, within=True)}' for key, each in value.items())}}}"
        case _:
            return _as_text(str(value), within=within)


def _as_text(text: str, *, within: bool) -> str:
    """Text without quotes where it is read as itself."""
    ends_it = within and any(mark in text for mark in ",:?[]{}")
    plainly = text.isprintable() and not ends_it and _said_or_nothing(f"x: {text}") == {"x": text}
    return text if plainly else json.dumps(text, ensure_ascii=False)


# --- the text before and after ---------------------------------------------------------------------------------------


@lru_cache(8)
def _root(text: str) -> MapNode:
    problems = Problems()
    root = compose(check_characters(text, "", problems), "", problems)
    if problems.has_errors or not isinstance(root, MapNode):
        raise CannotAddError
    return root


def _said(text: str) -> Any:
    return plain(_root(text))


def _said_or_nothing(text: str) -> Any:
    try:
        return _said(text)
    except CannotAddError:
        return None


def _ended(text: str) -> str:
    return text if text.endswith("\n") else f"{text}\n"


def _comment(lines: Sequence[str], indent: int) -> list[str]:
    return [f"{' ' * indent}# {line}".rstrip() for line in lines]


# --- where and how ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _New:
    """A key with its value, to be put into a group."""

    name: str
    value: object
    order: Sequence[str]
    note: Sequence[str]

    def lines(self, indent: int) -> list[str]:
        """How it is written: with a note or over several lines, below an empty line."""
        above = ["", *_comment(self.note, indent)] if self.note else []
        pad = " " * indent
        if (
            isinstance(self.value, list)
            and self.value
            and all(isinstance(each, dict) for each in self.value)
        ):
            return [
                *(above or [""]),
                f"{pad}{self.name}:",
                *(f"{pad}  - {as_yaml(each)}" for each in self.value),
            ]
        return [*above, f"{pad}{self.name}: {as_yaml(self.value)}".rstrip()]

    def before(self, entries: Mapping[str, Entry]) -> str:
        """The key of a group after which it comes; empty where it comes first."""
        if self.name not in self.order:
            return [*entries][-1] if entries else ""
        earlier = self.order[: self.order.index(self.name)]
        return next((key for key in reversed(earlier) if key in entries), "")


def _added(text: str, group: str, new: _New) -> str:
    root = _root(text)
    lines = _ended(text).split("\n")
    if not group:
        _add(lines, root, 0, len(lines), 0, new)
    elif group in root.entries:
        entry = root.entries[group]
        if isinstance(entry.node, MapNode) and entry.node.flow:
            _add_in_braces(lines, entry.node, new)
        else:
            _add(
                lines,
                entry.node,
                entry.key.line,
                _limit(root, entry, len(lines)),
                _indent(entry),
                new,
            )
    else:
        lines[-1:] = ["", f"{group}:", *new.lines(_STEP), ""]
    return "\n".join(lines)


def _add(lines: list[str], group: Node, first: int, limit: int, indent: int, new: _New) -> None:
    """Put a value into a group that takes the lines from `first` to before `limit`."""
    entries = group.entries if isinstance(group, MapNode) else {}
    if new.name in entries:
        _replace(
            lines, entries[new.name], _limit(group, entries[new.name], limit), as_yaml(new.value)
        )
        return
    if before := new.before(entries):
        first = _end(lines, entries[before], _limit(group, entries[before], limit))
    lines[first:first] = new.lines(indent)


def _add_in_braces(lines: list[str], group: MapNode, new: _New) -> None:
    """The same for a group in braces, in which a new key comes first."""
    value = as_yaml(new.value, within=True)
    if new.name in group.entries:
        _replace_in_line(lines, group.entries[new.name], value)
        return
    row, start = group.place.line - 1, group.place.column
    rest = ", " if group.entries else ""
    lines[row] = f"{lines[row][:start]}{new.name}: {value}{rest}{lines[row][start:]}"


def _replace(lines: list[str], entry: Entry, limit: int, value: str) -> None:
    """Put another value in place of one that may take several lines."""
    row, end = entry.key.line - 1, _end(lines, entry, limit)
    if end == row + 1:
        _replace_in_line(lines, entry, value)
    else:
        lines[row:end] = [f"{lines[row][: _colon(lines, entry) + 1]} {value}"]


def _replace_in_line(lines: list[str], entry: Entry, value: str) -> None:
    row, place = entry.key.line - 1, entry.node.place
    if isinstance(entry.node, TextNode) and not entry.node.written and not entry.node.style:
        lines[row] = _after_colon(lines[row], _colon(lines, entry), value)
    else:
        start = place.column - 1
        lines[row] = f"{lines[row][:start]}{value}{lines[row][start + place.length :]}"


def _colon(lines: list[str], entry: Entry) -> int:
    """The index of the colon after a key."""
    found = lines[entry.key.line - 1].find(":", entry.key.column - 1 + entry.key.length)
    if found < 0:
        raise CannotAddError
    return found


def _after_colon(line: str, colon: int, value: str) -> str:
    """The line with a value after its colon; a comment stays in its column if it can."""
    before, after = line[: colon + 1], line[colon + 1 :]
    comment = after.lstrip()
    room = max(len(after) - len(comment) - len(value) - 1, 1)
    return f"{before} {value}{' ' * room}{comment}".rstrip()


def _indent(entry: Entry) -> int:
    """The columns before the keys of a group."""
    columns = (
        [each.key.column - 1 for each in entry.node.entries.values()]
        if isinstance(entry.node, MapNode)
        else []
    )
    return columns[0] if columns else entry.key.column - 1 + _STEP


def _limit(group: Node, entry: Entry, limit: int) -> int:
    """The row of the key that comes next in the group, from 0; `limit` for its last."""
    entries: Mapping[str, Entry] = group.entries if isinstance(group, MapNode) else {}
    return min(
        (each.key.line - 1 for each in entries.values() if each.key.line > entry.key.line),
        default=limit,
    )


def _group_end(lines: list[str], root: MapNode, entry: Entry) -> int:
    """The row after the last line of a group, its indented comments included."""
    at = _limit(root, entry, len(lines))
    while at > entry.key.line and not lines[at - 1].startswith(" "):
        at -= 1
    return at


def _end(lines: list[str], entry: Entry, limit: int) -> int:
    """The row after the last line of a value; comments and empty lines below it are not its own."""
    last = _last_text(entry.node)
    block = last.indent if last is not None and last.style in {"|", ">"} else 0
    at = limit
    while at > entry.key.line:
        line = lines[at - 1]
        indent = len(line) - len(line.lstrip(" "))
        if line.strip() and (not line.lstrip(" ").startswith("#") or (block and indent >= block)):
            break
        at -= 1
    return at


def _last_text(node: Node) -> TextNode | None:
    match node:
        case TextNode():
            return node
        case ListNode(items=items):
            return _last_text(items[-1]) if items else None
        case MapNode(entries=entries):
            return _last_text([*entries.values()][-1].node) if entries else None
