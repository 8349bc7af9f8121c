"""YAML files as typed values that know their places, and every problem of a file at once.

The only module that reads pydantic's errors: each becomes one of our rules, in plain words, at its line and column.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from policygen.files.doubts import note_doubts
from policygen.files.fields import kind_of
from policygen.files.hints import how_to_write, known_keys, other_kind
from policygen.files.models import Expected, expected_at
from policygen.files.yamltree import (
    ListNode,
    MapNode,
    Node,
    TextNode,
    check_characters,
    compose,
    is_nothing,
    plain,
)
from policygen.ground.diagnostics import Diagnostic, InputError, Place, Problems, in_order
from policygen.ground.resources import data
from policygen.ground.rules import RULES
from policygen.ground.wording import code, count, did_you_mean, join_or, nearest
from policygen.language.source import Line, Source, source

M = TypeVar("M", bound=BaseModel)
Keys = tuple[str | int, ...]

_EXPECTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "tuple_type": "a list",
    "dict_type": "a group of keys",
    "model_type": "a group of keys",
    "model_attributes_type": "a group of keys",
}


@dataclass(frozen=True, slots=True)
class Located(Generic[M]):
    """What a file says, and where it says it."""

    value: M
    path: str
    root: Node

    def place(self, *keys: str | int, key: bool = False) -> Place:
        """Where the value at these keys stands, or with `key` its key; the nearest parent's where there is none.

        A value of several lines, or one with nothing in it, has the place of its key. The place of no keys is the file.
        """
        return _place(self.root, self.path, keys, key=key)

    def written(self, *keys: str | int) -> str:
        """A single value as it stands in the file, without quotes: "1.10". Empty for a list, a group or no value."""
        way = _find(self.root, keys)
        node = way[-1]
        if len(way) - 1 < len(keys) or not isinstance(node, TextNode):
            return ""
        return node.written

    def text_origin(self, *keys: str | int) -> tuple[int, int]:
        """The line of the first line of a text, counted from 1, and the columns that stand before it there."""
        node = _find(self.root, keys)[-1]
        line, before = node.place.line, node.place.column - 1
        match node:
            case TextNode(style="|" | ">"):
                return line + 1, node.indent
            case TextNode(style="'" | '"'):
                return line, before + 1
            case _:
                return line, before

    def source(self, text: str, *keys: str | int) -> Source:
        """The text at these keys as something to compose, each line with its place.

        Where YAML would fold lines into one, they stay lines: to Markdown that is the same, and a list stays a list.
        """
        node = _find(self.root, keys)[-1]
        if not isinstance(node, TextNode) or node.style == "|" or node.written != text:
            first_line, indent = self.text_origin(*keys)
            return source(text, self.path, first_line=first_line, indent=indent)
        rows = node.rows or (node.place,)
        if node.style in {'"', "'"}:
            lines = tuple(
                Line(line, self.path, rows[0].line, rows=rows) for line in text.rstrip().split("\n")
            )
        else:
            lines = tuple(_line(row) for row in rows)
        return Source(self.path, lines)


def _line(row: Place) -> Line:
    shift = row.column - 1
    return Line(row.text[shift : shift + row.length], row.path, row.line, shift, row.text)


def read_yaml(
    text: str,
    path: str,
    model: type[M],
    problems: Problems,
    *,
    frozen: bool = False,
    completed: Callable[[Node, Problems], Node] | None = None,
) -> Located[M] | None:
    """What a YAML file says, as `model`; None when anything is wrong with it. Every problem is noted, by place.

    `text` is the whole file and `path` its name in messages. Of a `frozen` file the letters stay as they are stored.
    `completed` puts into its tree what the file takes from another one.
    """
    mine = Problems()
    clean = check_characters(text, path, mine, frozen=frozen)
    root = compose(clean, path, mine, frozen=frozen)
    value = None
    if root is not None and completed is not None:
        root = completed(root, mine)
    if root is not None:
        value = _validated(root, path, model, mine)
        if not frozen:
            note_doubts(root, Expected(model), mine)
    elif not mine.has_errors:
        mine.add("file-empty", "the file has nothing in it", Place(path))
    problems.extend(in_order(mine))
    if value is None or root is None or mine.has_errors:
        return None
    return Located(value, path, root)


def read_data(name: str, model: type[M]) -> M:
    """What one of the package's own data files says. Raises InputError when it is faulty: a fault of the release."""
    problems = Problems()
    read = read_yaml(data(name), f"policygen/data/{name}", model, problems)
    if read is None:
        raise InputError(problems)
    return read.value


# --- finding places ---------------------------------------------------------------------------------------------------


def _find(root: Node, keys: Sequence[str | int]) -> list[Node]:
    """The nodes on the way down these keys, the root first, as far as they exist."""
    way = [root]
    for key in keys:
        node = way[-1]
        if isinstance(node, MapNode) and key in node.entries:
            way.append(node.entries[str(key)].node)
        elif isinstance(node, ListNode) and isinstance(key, int) and key < len(node.items):
            way.append(node.items[key])
        else:
            break
    return way


def _place(root: Node, path: str, keys: Sequence[str | int], *, key: bool = False) -> Place:
    way = _find(root, keys)
    depth = len(way) - 1
    if not depth:
        return Place(path)
    node, parent = way[-1], way[-2]
    several_lines = not isinstance(node, TextNode) and not node.flow
    if isinstance(parent, MapNode) and (key or is_nothing(node) or several_lines):
        return parent.entries[str(keys[depth - 1])].key
    return node.place


# --- from pydantic's errors to ours -----------------------------------------------------------------------------------


def without_faulty(
    text: str, path: str, model: type[M], optional: Collection[str]
) -> Located[M] | None:
    """What a file says without the optional keys that are at fault, so that the rest of it can be checked as well.

    None where the fault lies elsewhere. What is wrong is for `read_yaml` to note.
    """
    root = compose(check_characters(text, path, Problems()), path, Problems())
    if not isinstance(root, MapNode):
        return None
    try:
        return Located(model.model_validate(plain(root)), path, root)
    except ValidationError as error:
        faulty = {str(each["loc"][0]) for each in error.errors(include_url=False) if each["loc"]}
    if not faulty <= {*optional}:
        return None
    kept = {key: entry for key, entry in root.entries.items() if key not in faulty}
    root = replace(root, entries=kept)
    return Located(model.model_validate(plain(root)), path, root)


def _validated(root: Node, path: str, model: type[M], problems: Problems) -> M | None:
    if not isinstance(root, MapNode):
        says = f"the file must hold keys and values, not {kind_of(plain(root))}"
        problems.add("wrong-type", says, root.place, "write `key: value`, with a space between")
        return None
    data = plain(root)
    try:
        return model.model_validate(data)
    except ValidationError as error:
        reader = _Translator(root, path, model, data)
        problems.extend(reader.diagnostics(error.errors(include_url=False)))
        return None


@dataclass(frozen=True, slots=True)
class _Fault:
    """One problem before its place is known."""

    rule: str
    message: str
    hint: str = ""
    keys: Keys = ()
    """From the value to the part of it that is at fault."""
    at_key: bool = False


@dataclass(frozen=True, slots=True)
class _Translator:
    """What is known about one file while pydantic's errors about it are put into our words."""

    root: Node
    path: str
    model: type[BaseModel]
    data: Any

    def diagnostics(self, errors: Sequence[ErrorDetails]) -> list[Diagnostic]:
        """Our diagnostics; one error can hide another that only follows from it."""
        located = [(self._keys(error), error) for error in errors if not _follows(error)]
        misspelt = {
            (keys[:-1], near)
            for keys, error in located
            if error["type"] == "extra_forbidden" and (near := self._meant(keys))
        }
        return [
            self._diagnostic(keys, self._fault(keys, error))
            for keys, error in located
            if (keys[:-1], keys[-1] if keys else "") not in misspelt or error["type"] != "missing"
            if not self._refused(keys)
        ]

    def _keys(self, error: ErrorDetails) -> Keys:
        """The way to a value, without the names of branches that pydantic puts in."""
        return tuple(
            key
            for key in error["loc"]
            if not (isinstance(key, str) and re.fullmatch(r"<[a-z-]+>|\[key\]", key))
        )

    def _refused(self, keys: Keys) -> bool:
        return any(isinstance(node, TextNode) and node.refused for node in _find(self.root, keys))

    def _diagnostic(self, keys: Keys, fault: _Fault) -> Diagnostic:
        words = [key for key in keys if isinstance(key, str)]
        names = {
            "key": "".join(words[-1:]),
            "name": _name(keys),
            "written": _written(_find(self.root, keys)[-1]),
        }
        place = _place(self.root, self.path, (*keys, *fault.keys), key=fault.at_key)
        hints = tuple(_fill(hint, names) for hint in (fault.hint,) if hint)
        return Diagnostic(fault.rule, _fill(fault.message, names), place, hints)

    def _fault(self, keys: Keys, error: ErrorDetails) -> _Fault:
        kind, context = error["type"], error.get("ctx", {})
        value = error["input"]
        match kind:
            case "missing":
                return self._missing(keys)
            case "extra_forbidden":
                return self._unknown(keys)
            case _ if value is None:
                return _Fault("wrong-type", "{name} has no value", self._nothing_hint(keys))
            case _ if kind in RULES:
                at_key = error["loc"][-1:] == ("[key]",) or (
                    kind == "missing-key" and not context["keys"]
                )
                return _Fault(
                    kind, context["message"], context["hint"], tuple(context["keys"]), at_key
                )
            case _ if kind in _EXPECTED:
                message = f"{{name}} must be {_EXPECTED[kind]}, not {kind_of(value)}"
                expected = expected_at(self.model, self.data, keys)
                node = _find(self.root, keys)[-1]
                hint = other_kind(expected, node, keys[-1], self._fields(keys[:-1]))
                return _Fault("wrong-type", message, hint)
            case "literal_error":
                return _bad_choice(context["expected"], value)
            case _:
                return _Fault("bad-value", _bound(kind, context, error["msg"]))

    def _missing(self, keys: Keys) -> _Fault:
        key, parents = keys[-1], keys[:-1]
        message = f"`{key}` is missing"
        if parents:
            message = f"{_name(parents)} lacks `{key}`"
        hint = how_to_write(str(key), self._fields(parents))
        return _Fault("missing-key", message, hint, at_key=True)

    def _unknown(self, keys: Keys) -> _Fault:
        key, parents = str(keys[-1]), keys[:-1]
        where = "here"
        if parents:
            where = f"in {_name(parents)}"
        group = expected_at(self.model, self.data, parents)
        hint = known_keys(key, [*group.fields], group.elsewhere)
        return _Fault("unknown-key", f"`{key}` means nothing {where}", hint, at_key=True)

    def _meant(self, keys: Keys) -> str:
        """The key that a misspelt one stands for; empty when none is near."""
        return nearest(str(keys[-1]), list(self._fields(keys[:-1]))) or ""

    def _fields(self, keys: Keys) -> dict[str, FieldInfo]:
        """The fields of the model that these keys lead to, by the names that people write."""
        return expected_at(self.model, self.data, keys).fields

    def _nothing_hint(self, keys: Keys) -> str:
        line = _place(self.root, self.path, keys).text
        fields, key = self._fields(keys[:-1]), str(keys[-1])
        is_needed = key in fields and fields[key].is_required()
        # Where a value is needed, `# later` beside it is a comment that was meant.
        comment = re.search(r":\s+#(\S?)", line)
        if comment and (comment[1] or not is_needed):
            return "what follows ` #` is a comment; put the value in quotes"
        if is_needed:
            return how_to_write(key, fields) or "write one"
        return "write one, or take the line out"


def _written(node: Node) -> str:
    """A single value as it stands in the file; empty for a list or a group."""
    return node.written if isinstance(node, TextNode) else ""


def _follows(error: ErrorDetails) -> bool:
    """Whether pydantic reports an error only because something else is wrong, too."""
    if error["type"] == "too_short":  # it counts only the items that are right
        return bool(len(error["input"]) >= error["ctx"]["min_length"])
    return error["type"] == "default_factory_not_called"


def _name(keys: Keys) -> str:
    """What to call a value: "`title`", "item 2 of `sections`"."""
    match keys:
        case (*_, str(key), int(index)):
            return f"item {index + 1} of `{key}`"
        case (*_, key):
            return f"`{key}`"
        case _:
            return "the file"


def _fill(text: str, names: dict[str, str]) -> str:
    return re.sub(r"\{(name|key|written)\}", lambda found: names[found[1]], text)


def _bad_choice(expected: str, value: object) -> _Fault:
    options = re.findall(r"'([^']+)'", expected)
    hint = ""
    if isinstance(value, str):
        hint = did_you_mean(value, options)
    return _Fault("bad-value", f"{{name}} must be {join_or(map(code, options))}", hint)


def _bound(kind: str, context: dict[str, Any], said: str) -> str:
    match kind:
        case "greater_than_equal":
            return f"{{name}} must be at least {context['ge']}"
        case "less_than_equal":
            return f"{{name}} must be at most {context['le']}"
        case "string_too_short":
            return "{name} is empty"
        case "too_short":
            return f"{{name}} must hold at least {count(context['min_length'], 'entry')}"
        case _:
            return f"{{name}} cannot be read: {said[:1].lower()}{said[1:]}"
