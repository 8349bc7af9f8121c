"""YAML text as a tree of nodes, each with its place. The only module that knows YAML libraries.

The tree is made from a parser's events, so that one reading finds every duplicate key, tag and alias. Plain words are
read by the rules below alone, those of YAML 1.2: `yes` and `12:30` are text, and a value never loses the way in which
it was written. PyYAML's compiled parser gives the events of a sound file, 25 times as fast as ruamel; ruamel, which
knows YAML 1.2 best, has the last word on every file that PyYAML cannot read, and says why.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from policygen.files.yamlsyntax import ODD_SPACE, Fault, Mark, explained, impossible_escape
from policygen.ground.diagnostics import Place, Problems
from policygen.ground.letters import TURNS, Misread, misread, nfc
from policygen.ground.limits import YAML_ENTRIES, YAML_LEVELS

Plain = str | bool | int | float | datetime.date | list[Any] | dict[str, Any] | None
"""What a node holds once it is read: what JSON has, and dates."""

BAD_CHARACTER = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ue000-\uf8ff\ufeff\ufffe\uffff\U000f0000-\U0010ffff"
    f"{''.join(TURNS)}]"
)
"""What no printer has a sign for, and what turns the direction of a line, so that it is read otherwise than it runs."""
_WHOLE_NUMBER = re.compile(r"[-+]?[0-9]{1,18}")
_NUMBER = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_HEAD = re.compile(r"[&*!][^\s,\]}]*")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


@dataclass(frozen=True, slots=True)
class TextNode:
    """A single value."""

    place: Place
    written: str
    """Its text, without quotes."""
    style: str = ""
    """The mark that it begins with: one of `'`, `"`, `|`, `>`; empty for a plain word."""
    indent: int = 0
    """Of a text after `|` or `>`: the columns before each of its lines."""
    rows: tuple[Place, ...] = ()
    """Where it stands on several lines that YAML folds into one: its part of each line."""
    refused: bool = False
    """A problem was noted about it already; nothing that follows from it is worth saying."""


@dataclass(frozen=True, slots=True)
class ListNode:
    """A list."""

    place: Place
    items: tuple[Node, ...]
    flow: bool
    """Written in brackets."""


@dataclass(frozen=True, slots=True)
class MapNode:
    """Keys and their values."""

    place: Place
    entries: dict[str, Entry]
    flow: bool
    """Written in braces."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One key with its value."""

    key: Place
    node: Node


Node = TextNode | ListNode | MapNode


def check_characters(text: str, path: str, problems: Problems, *, frozen: bool = False) -> str:
    """The text with plain line ends, composed letters and no byte order mark.

    What cannot be printed is noted and becomes U+FFFD; what was read in a wrong encoding is noted. One problem of each
    kind a line, so that a file that is no text at all does not fill the screen. A `frozen` text keeps its letters as
    they are stored, because a digest was made of them.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if not frozen and not text.isascii():
        text = nfc(text)
    lines = text.split("\n")
    for index, line in enumerate(lines):
        bad = BAD_CHARACTER.search(line)
        if bad:
            lines[index] = BAD_CHARACTER.sub("\ufffd", line)
            place = Place(path, index + 1, bad.start() + 1, 1, lines[index])
            _add_bad_character(bad.group(), place, problems)
        if line.isascii():
            continue
        misread_run = next(misread(line), None)
        if misread_run:
            length = len(misread_run.written)
            place = Place(path, index + 1, misread_run.start + 1, length, lines[index])
            _add_misread(misread_run, place, problems)
    return "\n".join(lines)


def _add_misread(run: Misread, place: Place, problems: Problems) -> None:
    written = BAD_CHARACTER.sub("\ufffd", run.written)
    if run.meant:
        message = f"`{written}` stands here for `{run.meant}`"
        hint = f"write `{run.meant}`"
    else:
        message = f"`{written}` stands here for another character"
        hint = "write the character that was meant"
    why = "the text was UTF-8 and was opened as something else on its way here"
    problems.add("misread-letters", message, place, f"{hint}; {why}")


def compose(text: str, path: str, problems: Problems, *, frozen: bool = False) -> Node | None:
    """The root node of a YAML file; None where there is none, or where the file cannot be read as YAML.

    `text` comes from `check_characters`.
    """
    from yaml import YAMLError

    mine = Problems()
    try:
        root = _Composer(path, text.split("\n"), mine, _fast_events(text), frozen).document()
    except YAMLError:
        return compose_thoroughly(text, path, problems)
    problems.extend(mine)
    return root


def compose_thoroughly(text: str, path: str, problems: Problems) -> Node | None:
    """The same as `compose`, slowly, and with words for what cannot be read."""
    from ruamel.yaml.error import MarkedYAMLError

    reader = _Composer(path, text.split("\n"), problems, _thorough_events(text))
    try:
        return reader.document()
    except MarkedYAMLError as error:
        reader.note_fault(explained(error, reader.lines))
    except (ValueError, OverflowError):
        # ruamel makes a character of any eight digits after `\U`; Python has fewer characters than that.
        fault = impossible_escape(reader.lines)
        if fault is None:
            raise
        reader.note_fault(fault)
    return None


def plain(node: Node) -> Plain:
    """What a node says, without places."""
    match node:
        case TextNode(written=written, style=""):
            return _read_word(written)
        case TextNode(written=written):
            return written
        case ListNode(items=items):
            return [plain(item) for item in items]
        case MapNode(entries=entries):
            return {key: plain(entry.node) for key, entry in entries.items()}


def entries_of(root: Node, key: str) -> dict[str, Entry]:
    """What a group below a group holds; nothing where it is not there, or no group."""
    entry = root.entries.get(key) if isinstance(root, MapNode) else None
    return entry.node.entries if entry and isinstance(entry.node, MapNode) else {}


def items_of(root: Node, key: str) -> tuple[Node, ...]:
    """What a list below a group holds; nothing where it is not there, or no list."""
    entry = root.entries.get(key) if isinstance(root, MapNode) else None
    return entry.node.items if entry and isinstance(entry.node, ListNode) else ()


def is_nothing(node: Node) -> bool:
    """Whether nothing stands where a value could."""
    return isinstance(node, TextNode) and not node.written and not node.style


def _read_word(word: str) -> Plain:
    if word in _WORDS:
        return _WORDS[word]
    if _WHOLE_NUMBER.fullmatch(word):
        return int(word)
    if _NUMBER.fullmatch(word):
        return float(word)
    if _DATE.fullmatch(word):
        try:
            return datetime.date.fromisoformat(word)
        except ValueError:
            return word  # no day of the calendar: whoever wants a date says so
    return word


def _add_bad_character(character: str, place: Place, problems: Problems) -> None:
    problems.add(
        "bad-character",
        f"the character U+{ord(character):04X} cannot be printed",
        place,
        "delete it and type the text around it again",
    )


def _fast_events(text: str) -> Iterator[Any]:
    import yaml

    # Where PyYAML comes without its compiled parser, the other one reads alone.
    if not yaml.__with_libyaml__:
        return _thorough_events(text)
    return yaml.parse(text, Loader=yaml.CSafeLoader)


def _thorough_events(text: str) -> Iterator[Any]:
    from ruamel.yaml import YAML

    events: Iterator[Any] = YAML(typ="safe", pure=True).parse(text)
    return events


class _UnreadableError(Exception):
    """The rest of the file cannot be read; why is noted."""


@dataclass(slots=True)
class _Composer:
    """Turns the events of one file into nodes."""

    path: str
    lines: list[str]
    problems: Problems
    events: Iterator[Any]
    frozen: bool = False
    """Letters stay as they are stored."""

    def document(self) -> Node | None:
        """The root of the one document of the file; None where there is none, or where it cannot be read."""
        try:
            return self._document()
        except _UnreadableError:
            return None  # it was noted where it was found

    def _document(self) -> Node | None:
        next(self.events)  # the stream begins
        if _kind(event := next(self.events)) == "StreamEnd":
            return None
        if event.version not in {None, (1, 2)}:
            self._note(
                event,
                "the file says that it is not YAML 1.2",
                "take out the line that begins with `%`",
            )
        root = self._node(next(self.events))
        next(self.events)  # the document ends
        if _kind(event := next(self.events)) != "StreamEnd":
            self._note(event, "a second document begins here", "keep one document in each file")
        if is_nothing(root):
            return None
        return root

    def note_fault(self, fault: Fault) -> None:
        """Note what ruamel could not read."""
        self.problems.add("yaml-syntax", fault.message, self._at(fault), fault.hint)

    def _node(self, event: Any, depth: int = 0) -> Node:
        if depth > YAML_LEVELS:
            self._note(event, f"more than {YAML_LEVELS} levels stand inside each other", "")
            raise _UnreadableError
        refused = self._is_refused(event)
        match _kind(event):
            case "Scalar":
                return self._text(event, refused=refused)
            case "SequenceStart":
                return self._list(event, depth)
            case "MappingStart":
                return self._map(event, depth)
            case _:  # a reference to another value
                place = self._at(event.start_mark, event.end_mark)
                return TextNode(place, f"*{event.anchor}", refused=True)

    def _is_refused(self, event: Any) -> bool:
        """Whether a value begins with a name, a reference or a tag, which is noted: people mean none of them."""
        anchor, tag = getattr(event, "anchor", None), getattr(event, "tag", None)
        if anchor is None and tag is None:
            return False
        head = _HEAD.match(self.lines[event.start_mark.line], event.start_mark.column)
        if head is None:
            return False
        place = replace(self._at(event.start_mark), length=len(head.group()))
        message = f"a value cannot begin with `{head.group()[0]}`"
        hint = f"put the whole value in quotes, or take `{head.group()}` out"
        self.problems.add("yaml-syntax", message, place, hint)
        return True

    def _text(self, event: Any, *, refused: bool) -> TextNode:
        place = self._before(event)
        if event.value or event.style:
            place = self._at(event.start_mark, event.end_mark)
        indent = 0
        if event.style in ("|", ">"):
            indent = self._indent(place.line, event.value)
        rows: tuple[Place, ...] = ()
        if event.style != "|":
            rows = tuple(self._rows(event, indent))
        value = event.value
        # Quotes may hold an escape that stands for a mark of its own.
        if event.style == '"' and not self.frozen:
            value = nfc(value)
        bad = BAD_CHARACTER.search(event.value)
        if bad:
            _add_bad_character(bad.group(), place, self.problems)
        return TextNode(place, value, event.style or "", indent, rows, refused or bool(bad))

    def _rows(self, event: Any, indent: int) -> Iterator[Place]:
        start, end = event.start_mark, event.end_mark
        if event.style == ">":
            for index, line in enumerate(self.lines[start.line + 1 :], start.line + 2):
                if line.strip() and not line.startswith(" " * indent):
                    return
                yield Place(self.path, index, indent + 1, max(len(line.rstrip()) - indent, 0), line)
        elif start.line != end.line:
            for index in range(start.line, min(end.line + 1, len(self.lines))):
                line = self.lines[index]
                first = start.column if index == start.line else len(line) - len(line.lstrip())
                last = end.column if index == end.line else len(line.rstrip())
                yield Place(self.path, index + 1, first + 1, max(last - first, 0), line)

    def _indent(self, first: int, value: str) -> int:
        """The indent of the block text that begins at a line index: what stands before its words in the file alone."""
        for line, kept in zip(self.lines[first:], value.split("\n"), strict=False):
            if line.strip():
                return len(line) - len(line.lstrip(" ")) - (len(kept) - len(kept.lstrip(" ")))
        return 0

    def _list(self, start: Any, depth: int) -> ListNode:
        items: list[Node] = []
        while _kind(event := next(self.events)) != "SequenceEnd":
            self._check_number(event, len(items))
            items.append(self._node(event, depth + 1))
        return ListNode(self._extent(start, event), tuple(items), bool(start.flow_style))

    def _map(self, start: Any, depth: int) -> MapNode:
        entries: dict[str, Entry] = {}
        while _kind(event := next(self.events)) != "MappingEnd":
            self._check_number(event, len(entries))
            key = self._key(event)
            place = self._at(event.start_mark, event.end_mark)
            node = self._node(next(self.events), depth + 1)
            if start.flow_style and self._is_rest_of_a_value(event, node):
                hint = "put a text that holds a comma in quotes"
                self._note(event, f"`{key}` has no `:` after it", hint)
            elif key in entries:
                first = entries[key].key.line
                self.problems.add(
                    "duplicate-key",
                    f"`{key}` stands here twice",
                    place,
                    f"the first is in line {first}; keep one of the two",
                )
            else:
                entries[key] = Entry(place, node)
        return MapNode(self._extent(start, event), entries, bool(start.flow_style))

    def _check_number(self, event: Any, before: int) -> None:
        """Refuse a list or group that has more in it than any real one."""
        if before >= YAML_ENTRIES:
            says = f"more than {YAML_ENTRIES:,} entries stand in one list or group"
            self._note(event, says, "take out what is not needed")
            raise _UnreadableError

    def _is_rest_of_a_value(self, key: Any, node: Node) -> bool:
        """Whether what stands for a key in braces only follows a comma: `{name: Ann Lee, BEd}`."""
        if not is_nothing(node):
            return False
        after = self.lines[key.end_mark.line][key.end_mark.column :]
        return not after.lstrip().startswith(":")

    def _key(self, event: Any) -> str:
        """The word of a key. Anything else cannot be read any further."""
        self._is_refused(event)
        if _kind(event) != "Scalar":
            self._note(
                event,
                "a key must be a word",
                "put a text that begins with `{`, `[` or `*` in quotes",
            )
            raise _UnreadableError
        if not event.value:
            self._note(event, "a `:` has no key before it", "write `key: value`")
            raise _UnreadableError
        if event.value[0].isspace() and not event.style:
            self._note(event, *ODD_SPACE)
            raise _UnreadableError
        return str(event.value)

    def _extent(self, start: Any, end: Any) -> Place:
        """The place of a list or group in brackets; of any other, the rest of the line on which it begins."""
        place = self._at(start.start_mark, end.end_mark)
        if start.flow_style:
            return place
        return replace(place, length=max(len(place.text.rstrip()) - place.column + 1, 1))

    def _before(self, event: Any) -> Place:
        """The place of the `-` or `:` after which nothing stands; parsers differ in where they see the nothing."""
        index, column = event.start_mark.line, event.start_mark.column
        if index >= len(self.lines):
            index, column = len(self.lines) - 1, len(self.lines[-1])
        while index and (self.lines[index][:column].strip() or "#").startswith("#"):
            index -= 1
            column = len(self.lines[index])
        line = self.lines[index]
        return Place(self.path, index + 1, max(len(line[:column].rstrip()), 1), 1, line)

    def _note(self, event: Any, message: str, hint: str) -> None:
        self.problems.add("yaml-syntax", message, self._at(event.start_mark, event.end_mark), hint)

    def _at(self, start: Mark, end: Mark | None = None) -> Place:
        """The place of a mark; down to `end`, or to the end of the line where that is further down."""
        index = min(start.line, len(self.lines) - 1)
        line = self.lines[index]
        column = len(line)
        if index == start.line:
            column = min(start.column, column)
        if end is None:
            return Place(self.path, index + 1, column + 1, 1, line)
        last = len(line.rstrip())
        if end.line == start.line:
            last = end.column
        length = max(last - column, 1)
        return Place(self.path, index + 1, column + 1, length, line)


def _kind(event: Any) -> str:
    return type(event).__name__.removesuffix("Event")
