"""What the bookmarks of a Word file of ours are called: `pg_` and an id, `pg__` and what a block is."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

_LONGEST_NAME = 40
"""Letters of a bookmark."""


def bookmark(identity: str) -> str:
    """The bookmark around the node of an id."""
    name = "pg_" + identity.replace("-", "_").replace(".", "__")
    if len(name) <= _LONGEST_NAME:
        return name
    return f"pg_h{_hash(identity)}"


def note_bookmark(identity: str) -> str:
    """The bookmark around the first mark of a footnote."""
    name = bookmark(identity).replace("pg_", "pg__fn_", 1)
    if len(name) <= _LONGEST_NAME:
        return name
    return f"pg__fn_h{_hash(identity)}"


def box_name(kind: str, number: int, identity: str) -> str:
    """The bookmark around a block of some kind; that it has an id is told by the first signs of its hash."""
    own = f"_{_hash(identity)[:6]}" if identity else ""
    return f"pg__{kind}_{number}{own}"


def _hash(identity: str) -> str:
    return hashlib.sha256(identity.encode()).hexdigest()[:12]


def id_of(name: str, hashed: Mapping[str, str]) -> str:
    """The id that a bookmark stands for. `hashed` are those that are too long for a name, by their bookmark."""
    if name in hashed:
        return hashed[name]
    spelt = name.removeprefix("pg__fn_").removeprefix("pg_")
    return spelt.replace("__", ".").replace("_", "-")


def is_own(identity: str, box: str) -> bool:
    """Whether an id is that of a block with this bookmark."""
    return box.endswith(f"_{_hash(identity)[:6]}")
