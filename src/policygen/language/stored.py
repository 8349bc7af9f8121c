"""A document as JSON, and back: what a register keeps of a version beside its pages, to compare later ones with.

Every node is an object with its type under `node` and its fields; a field that has its usual value is left out, and so
are places. The same document gives the same text.
"""

from __future__ import annotations

import datetime
import json
from dataclasses import MISSING, dataclass, fields, is_dataclass
from typing import Any, assert_never

from policygen.ground.dates import Month
from policygen.language import document as d
from policygen.language.runs import runs

_NODES = {
    kind.__name__: kind
    for kind in vars(d).values()
    if isinstance(kind, type) and is_dataclass(kind)
}
_FORM = 1


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
        made = _node(written)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NotADocumentError(str(error)) from error
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


def stored_clauses(text: str) -> tuple[StoredClause, ...]:
    """Every clause of a stored document, in reading order. Raises NotADocumentError."""
    document = restored(text)
    clauses = []
    for node in d.walk(document.sections, document.forms, document.appendices):
        if isinstance(node, d.Clause):
            words = authored_words(node)
            clauses.append(StoredClause(node.id, node.number, node.local, node.owners, words))
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


def _node(value: Any) -> Any:
    match value:
        case list():
            return tuple(_node(each) for each in value)
        case {"month": month}:
            year, number = month.split("-")
            return Month(int(year), int(number))
        case {"day": day}:
            return datetime.date.fromisoformat(day)
        case dict():
            return _NODES[value["node"]](
                **{name: _node(held) for name, held in value.items() if name != "node"}
            )
        case _:
            return value
