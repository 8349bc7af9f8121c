"""A document as JSON, and back: what a register keeps of a version beside its pages, to compare later ones with.

Every node is an object with its type under `node` and its fields; a field that has its usual value is left out, and so
are places. The same document gives the same text.
"""

from __future__ import annotations

import datetime
import json
from dataclasses import MISSING, fields, is_dataclass
from typing import Any

from policygen.ground.wording import Month
from policygen.language import document as nodes
from policygen.language.document import Document

_NODES = {kind.__name__: kind for kind in vars(nodes).values() if isinstance(kind, type) and is_dataclass(kind)}
_FORM = 1


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
            return _NODES[value["node"]](**{name: _node(held) for name, held in value.items() if name != "node"})
        case _:
            return value
