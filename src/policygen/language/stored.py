"""A document as JSON, and back: what a register keeps of a version beside its pages, to compare later ones with.

Every node is an object with its type under `node` and its fields; a field that has its usual value is left out, and so
are places. The same document gives the same text.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from dataclasses import MISSING, dataclass, fields, is_dataclass
from typing import Any

from policygen.ground.dates import Month
from policygen.language import document as nodes
from policygen.language.document import Clause, Document

_NODES = {
    kind.__name__: kind
    for kind in vars(nodes).values()
    if isinstance(kind, type) and is_dataclass(kind)
}
_FORM = 1
_FLAT = {"Paragraph", "Subhead", "Table", "SignatureBlock"}
"""Blocks that hold no clauses."""
_HOLDERS = ("blocks", "items", "entries", "meanings")
_AUTHORED = {"Text", "Code"}
"""Inline nodes whose text somebody wrote for this place."""
_AROUND = {"Emphasis", "Strong", "Link"}
_INLINE = (
    _AUTHORED
    | _AROUND
    | {"Value", "Reference", "ReferenceMark", "FootnoteMark", "LineBreak", "Image"}
)


class NotADocumentError(ValueError):
    """A text that is no stored document, or one that a newer program wrote."""


def stored(document: Document) -> str:
    """The document as JSON, with a line break at its end."""
    return json.dumps({"form": _FORM, **_plain(document)}, ensure_ascii=False, indent=1) + "\n"


def restored(text: str) -> Document:
    """The document that `stored` made this text of, without places. Raises NotADocumentError."""
    try:
        written = json.loads(text)
        form = written.pop("form")
        made = _node(written)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NotADocumentError(str(error)) from error
    if form != _FORM or not isinstance(made, Document):
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
    """Paragraphs, items and cells, without values and references."""


def stored_clauses(text: str) -> tuple[StoredClause, ...]:
    """Every clause of a stored document, in reading order, without making the document. Raises NotADocumentError."""
    try:
        written = json.loads(text)
        if written["form"] != _FORM:
            raise NotADocumentError(f"form {written['form']}")
        parts = [written[key] for key in ("sections", "forms", "appendices")]
        return tuple(_clauses(parts))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NotADocumentError(str(error)) from error


def authored_words(clause: Clause) -> tuple[str, ...]:
    """The words of a clause that somebody wrote, as `StoredClause.paragraphs` has them."""
    return tuple(_paragraphs([_plain(clause.title), *_plain(clause.blocks)]))


def _clauses(nodes: list[Any]) -> Iterator[StoredClause]:
    """The clauses in nodes and below them; lists and tables below a clause hold none that is not its own."""
    for node in nodes:
        if isinstance(node, list):
            yield from _clauses(node)
        elif node["node"] == "Clause":
            blocks = node["blocks"]
            yield StoredClause(
                node["id"],
                node.get("number", ""),
                node.get("local", ""),
                tuple(node.get("owners", ())),
                tuple(_paragraphs([*([node["title"]] if "title" in node else []), *blocks])),
            )
            yield from _clauses([each for each in blocks if each["node"] not in _FLAT])
        elif node["node"] not in _FLAT:
            yield from _clauses([held for key in _HOLDERS if (held := node.get(key))])


def _paragraphs(nodes: list[Any]) -> Iterator[str]:
    """The words of nodes: one text for each row of inline nodes that holds any."""
    for node in nodes:
        if isinstance(node, list):
            if node and isinstance(node[0], dict) and node[0]["node"] in _INLINE:
                if words := " ".join(_words(node).split()):
                    yield words
            else:
                yield from _paragraphs(node)
        elif isinstance(node, dict):
            yield from _paragraphs([held for held in node.values() if isinstance(held, list)])


def _words(inline: list[Any]) -> str:
    return "".join(
        node["text"]
        if node["node"] in _AUTHORED
        else _words(node["children"])
        if node["node"] in _AROUND
        else " "
        for node in inline
    )


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
