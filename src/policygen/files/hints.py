"""What to write in place of a value of the wrong kind, or for a key that is missing or unknown."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from policygen.files.models import Expected, expected_in
from policygen.files.yamledit import as_yaml
from policygen.files.yamltree import ListNode, MapNode, Node, TextNode
from policygen.ground.wording import code, did_you_mean, join_and, join_or

_NUMBER_WITHIN = re.compile(r"\D*?(-?\d{1,3}(?:,\d{3})+|-?\d{1,18})(?:\.0+)?\D*")
"""A text that holds one whole number: "12 months", "1,000"."""


def known_keys(key: str, known: Sequence[str], elsewhere: str = "") -> str:
    """The key that was meant, or all that there are, and where others may come from."""
    if near := did_you_mean(key, known):
        return near
    there = f"the keys here are {join_and(map(code, known))}" if known else ""
    return "; ".join(part for part in (there, elsewhere) if part)


def how_to_write(key: str, fields: Mapping[str, FieldInfo]) -> str:
    """How to write a key that is missing, where its field says what it may hold."""
    field = fields.get(key)
    if field is None:
        return ""
    options: Collection[object] = field.examples or ()
    if get_origin(field.annotation) is Literal:
        options = get_args(field.annotation)
    if not options:
        return ""
    return f"write {join_or(f'`{key}: {_as_example(option)}`' for option in options)}"


def _as_example(example: object) -> str:
    """An example as it is written: text that looks like a number in quotes."""
    looks_like_number = isinstance(example, str) and re.fullmatch(r"[\d.]+", example)
    return f'"{example}"' if looks_like_number else str(example)


def other_kind(
    expected: Expected, node: Node, key: str | int, siblings: Mapping[str, FieldInfo]
) -> str:
    """How to write a value of the wrong kind as what is expected at a key; empty where that is not clear.

    `siblings` are the fields of the group in which the key stands.
    """
    before = "{key}: " if isinstance(key, str) else ""
    match node:
        case TextNode():
            return _from_text(expected, node, before)
        case ListNode():
            return _from_list(expected, node, str(key), before, siblings)
        case MapNode():
            if expected.is_list:
                return (
                    "write each group as an item: `- ` before its first key, the others below that"
                )
            return ""


def _from_text(expected: Expected, node: TextNode, before: str) -> str:
    if expected.is_list:
        return _list_from_text(expected.at(0, None), node, before)
    if expected.annotation is int:
        number = _NUMBER_WITHIN.fullmatch(node.written)
        if number is None:
            return ""
        quotes = ", without quotes" if node.style else ""
        return f"write `{before}{number[1].replace(',', '')}`{quotes}"
    value = _value_of(expected, node.written)
    if not value or node.rows or node.style in ("|", ">"):
        return ""
    return f"write `{before}{value}`"


def _list_from_text(item: Expected, node: TextNode, before: str) -> str:
    if node.written.startswith("-"):
        return "put a space after each `-`"
    if node.rows or node.style in ("|", ">"):
        return "begin each item with `- ` on a line of its own"
    values = [_value_of(item, written) for written in node.written.split(", ")]
    return f"write `{before}[{', '.join(values)}]`" if all(values) else ""


def _value_of(expected: Expected, written: str) -> str:
    """A text as the value that is expected: itself, or in a group that needs one key alone; empty for no value."""
    needed = [name for name, field in expected.fields.items() if field.is_required()]
    if len(needed) == 1 and not expected.may_be_text:
        return f"{{{needed[0]}: {as_yaml(written, within=True)}}}"
    if expected.annotation is str or expected.may_be_text:
        return as_yaml(written, within=True)
    return ""


def _from_list(
    expected: Expected,
    node: ListNode,
    key: str,
    before: str,
    siblings: Mapping[str, FieldInfo],
) -> str:
    # Whoever lists two people under `dsl` has two: to say that one is wanted would lose the other.
    several = _for_several(key, siblings)
    if several:
        return f"keep one here, and put the others under `{several}`"
    texts = [item.written for item in node.items if isinstance(item, TextNode)]
    if expected.annotation is str and texts and len(texts) == len(node.items):
        return f"write `{before}{as_yaml(', '.join(texts))}`"
    if expected.fields:
        return "write one group of keys, without `-` or brackets"
    return ""


def _for_several(key: str, siblings: Mapping[str, FieldInfo]) -> str:
    """The key beside one that takes a list of the same: `deputy_dsls` for `dsl`; empty where there is none."""
    last = f"{key}s"
    for name, field in siblings.items():
        if (name == last or name.endswith(f"_{last}")) and expected_in(field).is_list:
            return name
    return ""
