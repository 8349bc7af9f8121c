"""A document as JSON, and back: what a register keeps of a version beside its pages, to compare later ones with.

Every node is an object with its type under `node` and its fields; a field that has its usual value is left out, and so
are places. The same document gives the same text.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from functools import cache
from types import UnionType
from typing import Any, Literal, assert_never, get_args, get_origin, get_type_hints

from policygen.ground.dates import Month
from policygen.ground.limits import MARKDOWN_LEVELS
from policygen.language import document as d
from policygen.language.runs import runs

_NODES = {
    kind.__name__: kind
    for kind in vars(d).values()
    if isinstance(kind, type) and is_dataclass(kind)
}
_FORM = 1
_LEVELS = 6 * MARKDOWN_LEVELS
"""How deep the JSON of a document goes at most: an item of a list that stands in another adds four levels."""


class NotADocumentError(ValueError):
    """A text that is no stored document, or one that a newer program wrote."""


def stored(document: d.Document) -> str:
    """The document as JSON, with a line break at its end."""
    return json.dumps({"form": _FORM, **_plain(document)}, ensure_ascii=False, indent=1) + "\n"


def restored(text: str) -> d.Document:
    """The document that `stored` made this text of, without places. Raises NotADocumentError."""
    try:
        written = json.loads(text)
        form = written.pop("form")
        made = _node(written, _LEVELS)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NotADocumentError(str(error)) from error
    except RecursionError as error:
        raise NotADocumentError("it is too deep") from error
    if form != _FORM or not isinstance(made, d.Document):
        raise NotADocumentError(f"form {form}")
    return made


@dataclass(frozen=True, slots=True)
class StoredClause:
    """One clause of a stored document, as the words that somebody wrote."""

    id: str
    number: str
    local: str
    """As in `Clause`."""
    owners: tuple[str, ...]
    paragraphs: tuple[str, ...]
    """Its runs of text, without references, and without values other than those that an author typed."""
    inner: frozenset[str] = frozenset()
    """The ids of the clauses within it, such as items of a list."""


def stored_clauses(text: str) -> tuple[StoredClause, ...]:
    """Every clause of a stored document, in reading order. Raises NotADocumentError."""
    document = restored(text)
    clauses = []
    for node in d.walk(document.parts):
        if isinstance(node, d.Clause):
            words = authored_words(node)
            within = d.walk(node.blocks)
            inner = frozenset(each.id for each in within if isinstance(each, d.Clause))
            clauses.append(
                StoredClause(node.id, node.number, node.local, node.owners, words, inner)
            )
    return tuple(clauses)


def authored_words(clause: d.Clause) -> tuple[str, ...]:
    """The words of a clause that somebody wrote, run by run; literals that an author typed in Jinja among them."""
    written = []
    for run in runs(clause):
        words = " ".join(_authored(run.children).split())
        if words and run.kind != "picture":
            written.append(words)
    return tuple(written)


def _authored(children: tuple[d.Inline, ...]) -> str:
    """Inline nodes without what was filled in or computed."""
    words = []
    for node in children:
        match node:
            case d.Text() | d.Code() | d.Value(typed=True):
                words.append(node.text)
            case d.Emphasis() | d.Strong() | d.Link():
                words.append(_authored(node.children))
            case d.Value() | d.Reference() | d.ReferenceMark():
                words.append(" ")
            case d.FootnoteMark() | d.LineBreak() | d.Image():
                words.append(" ")
            case _:
                assert_never(node)
    return "".join(words)


def _plain(value: Any) -> Any:
    match value:
        case tuple():
            return [_plain(each) for each in value]
        case Month():
            return {"month": str(value)}
        case datetime.date():
            return {"day": value.isoformat()}
        case str() | int() | None:
            return value
    plain = {"node": type(value).__name__}
    for each in fields(value):
        held = getattr(value, each.name)
        if each.name != "place" and (each.default is MISSING or held != each.default):
            plain[each.name] = _plain(held)
    return plain


def _is_ragged(table: d.Table) -> bool:
    """Whether its rows, and its head if it has one, are not all as long as one another."""
    rows = (table.head, *table.rows) if table.head else table.rows
    return len({*map(len, rows)}) > 1


def _node(value: Any, levels: int) -> Any:
    """What JSON stands for. Raises ValueError, KeyError, TypeError and AttributeError where it is no node."""
    if not levels:
        raise ValueError("it is too deep")
    match value:
        case list():
            return tuple(_node(each, levels - 1) for each in value)
        case {"month": str(month)}:
            first = datetime.date.fromisoformat(f"{month}-01")
            return Month(first.year, first.month)
        case {"day": str(day)}:
            return datetime.date.fromisoformat(day)
        case dict():
            kind = _NODES[value.pop("node")]
            held = {name: _node(each, levels - 1) for name, each in value.items()}
            for name, each in held.items():
                if not _fits(each, _kinds(kind)[name]):
                    raise TypeError(f"`{name}` of a {kind.__name__} is of another kind")
            made = kind(**held)
            if isinstance(made, d.Table) and _is_ragged(made):
                raise ValueError("the rows of a table are not as long as one another")
            return made
        case _:
            return value


@cache
def _kinds(node: type) -> Mapping[str, Any]:
    """What each field of a kind of node may hold."""
    return get_type_hints(node, vars(d))


def _fits(value: object, kind: Any) -> bool:
    """Whether a field may hold a value: what reads a document relies on it, and anybody can write a file."""
    match get_origin(kind):
        case None:
            return type(value) is kind
        case origin if origin is tuple and isinstance(value, tuple):
            return all(_fits(each, get_args(kind)[0]) for each in value)
        case origin if origin is Literal:
            return isinstance(value, str) and value in get_args(kind)
        case origin if origin is UnionType:
            return any(_fits(value, each) for each in get_args(kind))
        case _:
            return False
