"""Changing a YAML file that a person writes: comments, order, quotes and layout stay as they are.

To read a file and write it out again would lay it out anew. Here the lines themselves are changed, at places that the
tree of the file knows, and then read again to see that they say what they should and that nothing else changed.

Each function takes a path of keys, such as `("answers", "doors")`, and raises CannotAddError where the file is written
in a way that it cannot change.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, assert_never

from policygen.files.yamltree import (
    Entry,
    ListNode,
    MapNode,
    Node,
    TextNode,
    check_characters,
    compose,
    is_nothing,
    plain,
)
from policygen.ground.dates import Month
from policygen.ground.diagnostics import Problems
from policygen.language.marks import ALLOW

_STEP = 2
"""Columns by which we indent."""
_BLOCKS = ("|", ">")


class CannotAddError(Exception):
    """The file is written in a way that we cannot change."""


@dataclass(frozen=True)
class Lines:
    """A value that takes these lines: the first follows the colon, the others are indented from the key."""

    written: Sequence[str]


def with_value(
    text: str,
    path: Sequence[str],
    value: object,
    *,
    order: Sequence[str] = (),
    note: Sequence[str] = (),
) -> str:
    """The text with this value, or these `Lines`, at a key; groups that it needs are made.

    A value that stands there is replaced, and its comments stay; None makes a key with nothing after it. A new key
    comes after the nearest one that `order` has before it, with `note` above it as a comment.
    """
    *groups, name = path
    expected = _said(text)
    written = "\n".join([*_value_lines(name, value), ""])
    _group_of(expected, groups)[name] = _said(written)[name]
    file = _File(_with_groups(text, groups))
    group = file.group(groups)
    if group.flow:
        file.put_in_braces(group, name, value)
    elif name in group.entries:
        file.replace(group, group.entries[name], value)
    else:
        file.insert(group, _New(name, value, order, note))
    return file.sure(expected)


def without(text: str, path: Sequence[str]) -> str:
    """The text without a key and its value; comments stay."""
    *groups, name = path
    expected = _said(text)
    del _group_of(expected, groups)[name]
    if groups and not _group_of(expected, groups):
        _group_of(expected, groups[:-1])[groups[-1]] = None
    file = _File(text)
    file.remove(*file.find(path))
    return file.sure(expected)


def with_names(text: str, path: Sequence[str], names: Mapping[str, str]) -> str:
    """The text with other names for keys of a group, by their old ones; values and comments stay.

    All at once, so that two keys can exchange their names.
    """
    expected = _said(text)
    group = _group_of(expected, path)
    renamed = {names.get(key, key): value for key, value in group.items()}
    group.clear()
    group.update(renamed)
    file = _File(text)
    for old, new in names.items():
        _, entry = file.find([*path, old])
        file.rename(entry, new)
    return file.sure(expected)


def with_items(text: str, path: Sequence[str], items: Sequence[Sequence[str]]) -> str:
    """The text with more items at the end of a list, which is made where it is missing.

    An item is the lines of a group of keys, comments among them, as they stand without the dash.
    """
    *groups, name = path
    expected = _said(text)
    within = _group_of(expected, groups)
    within[name] = [*(within.get(name) or []), *(_said("\n".join(item)) for item in items)]
    file = _File(_with_groups(text, path))
    file.append(*file.find(path), items)
    return file.sure(expected)


def with_comment(text: str, path: Sequence[str], lines: Sequence[str]) -> str:
    """The text with lines of comment at the end of a group of keys, which is made where it is missing."""
    text = _with_groups(text, path)
    file = _File(text)
    file.comment(path, lines)
    return file.sure(_said(text))


def without_comments(text: str) -> str:
    """The text without its comments, but for those that allow something. It says the same."""
    said, lines = _said_or_nothing(text), text.split("\n")
    for row in reversed(range(len(lines))):
        at = _comment_at(lines[row])
        if at < 0 or lines[row][at:].lstrip("# ").startswith(ALLOW):
            continue
        rest = lines[row][:at].rstrip()
        others = [*lines[:row], *([rest] if rest else []), *lines[row + 1 :]]
        # What looks like a comment may be a heading within a text.
        if _said_or_nothing("\n".join(others)) == said:
            lines = others
    return "\n".join(lines)


def as_block(key: str, text: str) -> list[str]:
    """A key with a text below it, line by line as it stands; in quotes where YAML would not keep it so."""
    ended = f"{text.rstrip()}\n"
    lines = [f"{key}: |", *(f"  {line}".rstrip() for line in ended.rstrip().split("\n"))]
    if _said_or_nothing("\n".join([*lines, ""])) == {key: ended}:
        return lines
    return [f"{key}: {json.dumps(ended, ensure_ascii=False)}"]


def as_yaml(value: object, *, within: bool = False) -> str:
    """A value on one line, as a person would write it; `within` brackets or braces more needs quotes."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case int() | datetime.date() | Month():
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
    if plainly:
        return text
    return json.dumps(text, ensure_ascii=False)


# --- what a text says -------------------------------------------------------------------------------------------------


@lru_cache(8)
def _clean(text: str) -> str:
    problems = Problems()
    clean = check_characters(text, "", problems)
    if problems.has_errors:
        raise CannotAddError
    return clean


@lru_cache(8)
def _root(text: str) -> MapNode:
    problems = Problems()
    root = compose(_clean(text), "", problems)
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


def _group_of(said: Any, path: Sequence[str]) -> Any:
    """A group within what a file says, made where it is missing."""
    for key in path:
        if said.get(key) is None:
            said[key] = {}
        said = said[key]
        if not isinstance(said, dict):
            raise CannotAddError
    return said


def _with_groups(text: str, path: Sequence[str]) -> str:
    """The text with a key for each group on a path, with nothing after it where it is new."""
    for depth in range(1, len(path) + 1):
        file = _File(text)
        above = file.group(path[: depth - 1])
        if path[depth - 1] in above.entries:
            continue
        new = _New(path[depth - 1], None, (), ())
        if above.flow:
            raise CannotAddError
        file.insert(above, new, blank_above=depth == 1)
        text = file.text
    return text


# --- the lines of a file ----------------------------------------------------------------------------------------------


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
        if not above and _is_table(self.value):
            above = [""]
        pad = " " * indent
        return [*above, *(f"{pad}{line}".rstrip() for line in _value_lines(self.name, self.value))]

    def before(self, entries: Mapping[str, Entry]) -> str:
        """The key of a group after which it comes; empty where it comes first."""
        if self.name not in self.order:
            return [*entries][-1] if entries else ""
        earlier = self.order[: self.order.index(self.name)]
        return next((key for key in reversed(earlier) if key in entries), "")


@dataclass(frozen=True)
class _Group:
    """A group of keys, and the rows that it takes, from 0."""

    node: Node
    first: int
    limit: int
    """The row before which it ends."""
    indent: int

    @property
    def entries(self) -> Mapping[str, Entry]:
        """Its keys; none where nothing stands after its own key."""
        return self.node.entries if isinstance(self.node, MapNode) else {}

    @property
    def flow(self) -> bool:
        """Whether it is written in braces."""
        return isinstance(self.node, MapNode) and self.node.flow

    def limit_of(self, entry: Entry) -> int:
        """The row of the key that comes after one of its keys."""
        rows = [other.key.line - 1 for other in self.entries.values()]
        return min((row for row in rows if row >= entry.key.line), default=self.limit)


class _File:
    """The lines of a file while one change is made in them."""

    def __init__(self, text: str) -> None:
        self._root = _root(text)
        self._mark = "\ufeff" if text.startswith("\ufeff") else ""
        self._ends = "\n"
        if "\r\n" in text:
            self._ends = "\r\n"
        clean = _clean(text)
        if not clean.endswith("\n"):
            clean = f"{clean}\n"
        self.lines = clean.split("\n")

    @property
    def text(self) -> str:
        """The lines, with line ends and byte order mark as the file had them."""
        return self._mark + self._ends.join(self.lines)

    def sure(self, expected: Any) -> str:
        """The text, which was seen to say what it should."""
        if _said(self.text) != expected:
            raise CannotAddError
        return self.text

    # where

    def group(self, path: Sequence[str]) -> _Group:
        """The group of keys at the end of a path."""
        entries = [*self._root.entries.values()]
        top = entries[0].key.line - 1 if entries else 0
        group = _Group(self._root, top, self._bottom(), 0)
        for key in path:
            entry = group.entries.get(key)
            if entry is None or not (isinstance(entry.node, MapNode) or is_nothing(entry.node)):
                raise CannotAddError
            indent = entry.key.column - 1 + _STEP
            if isinstance(entry.node, MapNode) and entry.node.entries:
                indent = next(iter(entry.node.entries.values())).key.column - 1
            group = _Group(entry.node, entry.key.line, group.limit_of(entry), indent)
        return group

    def find(self, path: Sequence[str]) -> tuple[_Group, Entry]:
        """A key that stands on a line of its own, and the group that it is in."""
        group = self.group(path[:-1])
        if group.flow or path[-1] not in group.entries:
            raise CannotAddError
        return group, group.entries[path[-1]]

    def _bottom(self) -> int:
        """The row below the last line: that of `...` where the file ends with it."""
        for row in range(len(self.lines) - 1, -1, -1):
            line = self.lines[row]
            if line.split("#")[0].rstrip() == "...":
                return row
            if line.strip() and not line.startswith("#"):
                break
        return len(self.lines) - (not self.lines[-1])

    def _end(self, entry: Entry, limit: int) -> int:
        """The row after the last line of a value; comments and empty lines below it are not its own."""
        block = 0
        last = _last_text(entry.node)
        if last is not None and last.style in _BLOCKS:
            block = last.indent
        at = limit
        while at > entry.key.line:
            line = self.lines[at - 1]
            indent = len(line) - len(line.lstrip(" "))
            is_comment = line.lstrip(" ").startswith("#") and not (block and indent >= block)
            if line.strip() and not is_comment:
                break
            at -= 1
        return at

    def _colon(self, entry: Entry) -> int:
        """The index of the colon after a key."""
        found = self.lines[entry.key.line - 1].find(":", entry.key.column - 1 + entry.key.length)
        if found < 0:
            raise CannotAddError
        return found

    def _dash(self, node: Node) -> int:
        """The column of the dashes of a list; a comment may stand between a dash and its item."""
        row = _items(node)[0].place.line - 1
        while row and not self.lines[row].lstrip(" ").startswith("-"):
            row -= 1
        return self.lines[row].find("-")

    # what

    def insert(self, group: _Group, new: _New, *, blank_above: bool = False) -> None:
        """Put a new key into a group."""
        at = group.first
        before = new.before(group.entries)
        if before:
            entry = group.entries[before]
            at = self._end(entry, group.limit_of(entry))
        if blank_above:
            at = group.limit
        self.lines[at:at] = [""] * blank_above + new.lines(group.indent)

    def put_in_braces(self, group: _Group, name: str, value: object) -> None:
        """The same for a group in braces, in which a new key comes first."""
        written = as_yaml(value, within=True)
        if name in group.entries:
            self._replace_in_line(group.entries[name], written)
            return
        row, start = group.node.place.line - 1, group.node.place.column
        first = f"{name}: {written}"
        if group.entries:
            first = f"{first}, "
        line = self.lines[row]
        self.lines[row] = f"{line[:start]}{first}{line[start:]}"

    def replace(self, group: _Group, entry: Entry, value: object) -> None:
        """Put another value in place of one; its comments stay, or move above its key."""
        row, end = entry.key.line - 1, self._end(entry, group.limit_of(entry))
        line = self.lines[row]
        key = line[entry.key.column - 1 : self._colon(entry)]
        if end == row + 1 and not isinstance(value, Lines) and not _is_table(value):
            self._replace_in_line(entry, as_yaml(value))
            return
        if (
            isinstance(value, list)
            and value
            and _is_simple_list(entry.node)
            and not _is_table(value)
        ):
            self._replace_items(entry, end, value)
            return
        pad = line[: entry.key.column - 1]
        comments = [f"{pad}{comment}" for comment in self._comments(entry, row, end)]
        new = [f"{pad}{line}".rstrip() for line in _value_lines(key, value)]
        self.lines[row:end] = [*comments, *new]

    def _replace_in_line(self, entry: Entry, value: str) -> None:
        row, place = entry.key.line - 1, entry.node.place
        line = self.lines[row]
        if not is_nothing(entry.node):
            start = place.column - 1
            self.lines[row] = f"{line[:start]}{value}{line[start + place.length :]}"
            return
        # Where nothing stood, a comment stays in its column while the value leaves room for it.
        start = self._colon(entry) + 1
        after = line[start:]
        comment = after.lstrip()
        room = max(len(after) - len(comment) - len(value) - 1, 1)
        self.lines[row] = f"{line[:start]} {value}{' ' * room}{comment}".rstrip()

    def _replace_items(self, entry: Entry, end: int, values: Sequence[object]) -> None:
        """Other items in a list of which each stands on lines of its own: what stays, stays with its comments."""
        row = entry.key.line - 1
        items = _items(entry.node)
        starts = [item.place.line - 1 for item in items]
        indent = self._dash(entry.node)
        kept: list[tuple[object, list[str]]] = []
        above = row + 1
        for item, start, following in zip(items, starts, [*starts[1:], end], strict=True):
            last = following
            while last > start + 1 and _is_aside(self.lines[last - 1]):
                last -= 1
            kept.append((plain(item), self.lines[above:last]))
            above = last
        new: list[str] = []
        for value in values:
            found = next((pair for pair in kept if pair[0] == value), None)
            if found is None:
                new.append(f"{' ' * indent}- {as_yaml(value)}")
            else:
                kept.remove(found)
                new += found[1]
        pad = self.lines[row][: entry.key.column - 1]
        gone = [f"{pad}{comment}" for _, lines in kept for comment in _comments_in(lines)]
        self.lines[row:end] = [*gone, self.lines[row], *new]

    def remove(self, group: _Group, entry: Entry) -> None:
        """Take a key and its value out; comments within them become lines of their own."""
        row, end = entry.key.line - 1, self._end(entry, group.limit_of(entry))
        pad = self.lines[row][: entry.key.column - 1]
        self.lines[row:end] = [f"{pad}{comment}" for comment in self._comments(entry, row, end)]

    def rename(self, entry: Entry, name: str) -> None:
        """Give a key another name."""
        row, start = entry.key.line - 1, entry.key.column - 1
        line = self.lines[row]
        self.lines[row] = f"{line[:start]}{name}{line[start + entry.key.length :]}"

    def append(self, group: _Group, entry: Entry, items: Sequence[Sequence[str]]) -> None:
        """Put items at the end of a list."""
        at, indent = entry.key.line, entry.key.column - 1 + _STEP
        if isinstance(entry.node, ListNode) and entry.node.items and not entry.node.flow:
            at = self._end(entry, group.limit_of(entry))
            indent = self._dash(entry.node)
        elif not is_nothing(entry.node):
            raise CannotAddError
        pad = " " * indent
        new = []
        for first, *others in items:
            new.append(f"{pad}- {first}")
            new += [f"{pad}  {line}" for line in others]
        self.lines[at:at] = new

    def comment(self, path: Sequence[str], lines: Sequence[str]) -> None:
        """Put a comment at the end of a group, below the comments that stand there."""
        inner = self.group(path)
        group, entry = self.find(path)
        at = group.limit_of(entry)
        while at > entry.key.line and not self.lines[at - 1].startswith(" "):
            at -= 1
        self.lines[at:at] = ["", *_comment(lines, inner.indent)]

    def _comments(self, entry: Entry, row: int, end: int) -> Iterator[str]:
        """The comments between two rows of a value, without what only looks like one in a text."""
        texts = {*_rows_of_text(entry.node, end)}
        for at in range(row, end):
            if at not in texts:
                yield from _comments_in([self.lines[at]])


# --- small questions --------------------------------------------------------------------------------------------------


def _value_lines(name: str, value: object) -> list[str]:
    """A key with its value, as lines without an indent."""
    if isinstance(value, Lines):
        return [f"{name}:{value.written[0]}", *value.written[1:]]
    if _is_table(value):
        return [f"{name}:", *(f"  - {as_yaml(row)}" for row in value)]  # type: ignore[attr-defined]
    return [f"{name}: {as_yaml(value)}".rstrip()]


def _is_table(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(row, dict) for row in value)


def _is_simple_list(node: Node) -> bool:
    """Whether it is a list of single values, each on lines of its own."""
    if not isinstance(node, ListNode) or node.flow:
        return False
    return all(isinstance(item, TextNode) and item.style not in _BLOCKS for item in node.items)


def _items(node: Node) -> tuple[Node, ...]:
    """The items of a list; none of anything else."""
    if isinstance(node, ListNode):
        return node.items
    return ()


def _is_aside(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith("#")


def _comment(lines: Sequence[str], indent: int) -> list[str]:
    return [f"{' ' * indent}# {line}".rstrip() for line in lines]


def _comments_in(lines: Sequence[str]) -> Iterator[str]:
    for line in lines:
        at = _comment_at(line)
        if at >= 0:
            yield line[at:]


def _comment_at(line: str) -> int:
    """Where a comment begins in a line; -1 where there is none. A `#` within quotes begins none."""
    quote = ""
    for at, letter in enumerate(line):
        if quote:
            if letter == quote and line[at - 1] != "\\":
                quote = ""
        elif letter in "\"'" and line[:at].rstrip()[-1:] in ("", *"[{,:-"):
            quote = letter
        elif letter == "#" and (at == 0 or line[at - 1] in " \t"):
            return at
    return -1


def _rows_of_text(node: Node, end: int) -> Iterator[int]:
    """The rows, up to `end`, that hold nothing but a part of a text: below `|` or `>`, or within quotes."""
    match node:
        case TextNode(style="|" | ">"):
            yield from range(node.place.line, end)
        case TextNode(style="'" | '"'):
            yield from (row.line - 1 for row in node.rows[:-1])
            yield from (row.line - 1 for row in node.rows[-1:] if "#" in row.text[: row.length])
        case TextNode():
            pass
        case ListNode(items=items):
            limits = [*(item.place.line - 1 for item in items[1:]), end]
            for item, limit in zip(items, limits, strict=False):
                yield from _rows_of_text(item, limit)
        case MapNode(entries=entries):
            limits = [*(entry.key.line - 1 for entry in [*entries.values()][1:]), end]
            for entry, limit in zip(entries.values(), limits, strict=False):
                yield from _rows_of_text(entry.node, limit)
        case _:
            assert_never(node)


def _last_text(node: Node) -> TextNode | None:
    match node:
        case TextNode():
            return node
        case ListNode(items=items):
            inner = [*items]
        case MapNode(entries=entries):
            inner = [entry.node for entry in entries.values()]
        case _:
            assert_never(node)
    if not inner:
        return None
    return _last_text(inner[-1])
