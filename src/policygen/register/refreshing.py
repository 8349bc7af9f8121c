"""A registered document with today's details, while the files hold other changes that still wait for approval."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from policygen.language.document import Document, Link, Value, rebuild, walk


def with_details(before: Document, now: Document) -> Document | None:
    """A document whose details say what another one prints under the same names; nothing else of it changes.

    None where that cannot be told: where a name is gone, where one stands for several people who are not the same any
    more, or where a detail that changed is part of an address.
    """
    old, new = _details(before), _details(now)
    changed = {name: new.get(name, ()) for name, texts in old.items() if texts != new.get(name)}
    if any(len(texts) != 1 or len(old[name]) != 1 for name, texts in changed.items()):
        return None
    addresses = [each.address for each in walk(before.parts) if isinstance(each, Link)]
    if any(old[name][0] in address for name in changed for address in addresses):
        return None

    def refreshed(node: Any) -> Any:
        if isinstance(node, Value) and node.kind == "details" and node.name in changed:
            return replace(node, text=changed[node.name][0])
        return node

    return rebuild(before, refreshed)


def _details(document: Document) -> dict[str, tuple[str, ...]]:
    """What is printed under the name of each detail: each text once, in reading order."""
    found: dict[str, dict[str, None]] = {}
    for node in walk(document.parts):
        if isinstance(node, Value) and node.kind == "details":
            found.setdefault(node.name, {})[node.text] = None
    return {name: tuple(texts) for name, texts in found.items()}
