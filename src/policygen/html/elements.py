"""HTML as text: escaping, elements, pictures. What each floor above builds its pages from."""

from __future__ import annotations

import base64
import html
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Literal

from policygen.html.labels import Stamp
from policygen.html.measure import TEXT_WIDTH, room_inside
from policygen.language.document import Block, Item

Medium = Literal["screen", "print"]

_MIME = {
    ".gif": "image/gif",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
}
_CONTROLS = {code: None for code in (*range(32), *range(127, 160)) if chr(code) not in "\t\n"}


@dataclass(frozen=True, slots=True)
class Setting:
    """All that rendering a node depends on beside the node."""

    medium: Medium
    stamp: Stamp
    images: Mapping[str, bytes]
    """The bytes of each picture, by its path."""
    rank_offset: int = 1
    """How far a heading stands below the level of its section: 1 where the page's h1 is the policy's title."""
    linked: frozenset[str] | None = None
    """The ids on a form's own page, where a reference to anything else is words only; None for the whole policy."""
    room: float = TEXT_WIDTH
    """How wide the text may be on paper, in millimetres."""

    def links(self, target: str) -> bool:
        """Whether the target stands on this page."""
        return self.linked is None or target in self.linked

    def inside(self, block: Block | Item) -> Setting:
        """The same for what stands in a block, which is indented on paper."""
        return replace(self, room=room_inside(block, self.room)) if self.print else self

    @property
    def print(self) -> bool:
        """Whether the page goes to paper."""
        return self.medium == "print"


def escape(text: str) -> str:
    """Text as it stands, whatever it holds; control characters, which HTML cannot hold, are left out."""
    return html.escape(text.translate(_CONTROLS))


def broken_lines(text: str) -> str:
    """Escaped text whose line breaks stay line breaks."""
    return "<br>".join(map(escape, text.split("\n")))


def element(tag: str, *content: str, **attributes: str | None) -> str:
    """An element around finished HTML. Attribute values are escaped; `None` leaves one out; `class_` is `class`."""
    return f"<{tag}{_attributes(attributes)}>{''.join(content)}</{tag}>"


def void_element(tag: str, **attributes: str | None) -> str:
    """An element that holds nothing, such as `img`."""
    return f"<{tag}{_attributes(attributes)}>"


def lines(parts: Iterable[str]) -> str:
    """Blocks one below the other, the empty ones left out."""
    return "\n".join(part for part in parts if part)


def heading(rank: int, *content: str, **attributes: str | None) -> str:
    """A heading of the given rank, h1 to h6."""
    return element(f"h{min(rank, 6)}", *content, **attributes)


def data_uri(path: str, content: bytes) -> str:
    """The picture itself as an address, so that the page needs no other file."""
    mime = _MIME[PurePosixPath(path).suffix.lower()]
    return f"data:{mime};base64,{base64.b64encode(content).decode('ascii')}"


def _attributes(attributes: Mapping[str, str | None]) -> str:
    return "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escape(value)}"'
        for name, value in attributes.items()
        if value is not None
    )
