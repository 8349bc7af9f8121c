"""HTML by type: text is escaped, `Markup` is finished. What each floor above builds its pages from."""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import Literal

from markupsafe import Markup

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
_CODE = re.compile(r"\b([0-9a-f]{4}-[0-9a-f]{4})\b")
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
    prefix: str = ""
    """What stands before each id, so that no two policies on one page share one."""
    around: str = ""
    """What the page shows in this part of it, where it has several such as the drafts of a pack; else empty."""
    controls: Iterator[int] | None = field(default=None, compare=False)
    """The numbers of the fields to come, which can be filled in on screen; None where they are lines for a hand."""

    def links(self, target: str) -> bool:
        """Whether the target stands on this page."""
        return self.linked is None or target in self.linked

    def inside(self, block: Block | Item) -> Setting:
        """The same for what stands in a block, which is indented on paper."""
        if not self.print:
            return self
        return replace(self, room=room_inside(block, self.room))

    @property
    def print(self) -> bool:
        """Whether the page goes to paper."""
        return self.medium == "print"

    def named(self, name: str) -> str:
        """What a screen reader calls a landmark: no two on a page have one name."""
        return f"{name}: {self.around}" if self.around else name

    def id(self, name: str) -> str | None:
        """An id on this page; none where there is no name."""
        return f"{self.prefix}{name}" if name else None

    def href(self, target: str) -> str:
        """The address of an id on this page."""
        return f"#{self.prefix}{target}"


def finished(text: str) -> Markup:
    """HTML that this package made: the one place where text is taken for markup."""
    return Markup(text)  # noqa: S704


def escape(text: str) -> Markup:
    """Text as it stands, whatever it holds; control characters, which HTML cannot hold, are left out.

    Markup is finished and stays as it is.
    """
    if isinstance(text, Markup):
        return text
    return finished(html.escape(text.translate(_CONTROLS)))


def broken_lines(text: str) -> Markup:
    """Text whose line breaks stay line breaks."""
    return Markup("<br>").join(map(escape, text.split("\n")))


def unbroken(text: str) -> Markup:
    """Text in which no line ends within a content code, so that it can be copied and searched for.

    Markup is finished and stays as it is.
    """
    if isinstance(text, Markup):
        return text
    parts = _CODE.split(text)
    # What the pattern holds stands at every second place.
    for index in range(1, len(parts), 2):
        parts[index] = element("span", parts[index], class_="unbroken")
    return joined(parts)


def element(tag: str, *content: str, **attributes: str | None) -> Markup:
    """An element around text and markup. `None` leaves an attribute out; `class_` is `class`."""
    inside = "".join(map(escape, content))
    return finished(f"<{tag}{attributes_of(attributes)}>{inside}</{tag}>")


def block(tag: str, *parts: str, **attributes: str | None) -> Markup:
    """An element whose parts stand on lines of their own, the empty ones left out."""
    return element(tag, "\n", lines(parts), "\n", **attributes)


def element_if(content: str, tag: str, **attributes: str | None) -> Markup:
    """An element around its content; nothing where there is no content."""
    if not content:
        return Markup()
    return element(tag, content, **attributes)


def void_element(tag: str, **attributes: str | None) -> Markup:
    """An element that holds nothing, such as `img`."""
    return finished(f"<{tag}{attributes_of(attributes)}>")


def joined(parts: Iterable[str]) -> Markup:
    """Text and markup, one behind the other."""
    return finished("".join(map(escape, parts)))


def lines(parts: Iterable[str]) -> Markup:
    """Blocks one below the other, the empty ones left out."""
    return finished("\n".join(escape(part) for part in parts if part))


def heading(rank: int, *content: str, **attributes: str | None) -> Markup:
    """A heading of the given rank, h1 to h6."""
    return element(f"h{min(rank, 6)}", *content, **attributes)


def data_uri(path: str, content: bytes) -> str:
    """The picture itself as an address, so that the page needs no other file."""
    mime = _MIME[PurePosixPath(path).suffix.lower()]
    return f"data:{mime};base64,{base64.b64encode(content).decode('ascii')}"


def attributes_of(given: Mapping[str, str | None]) -> Markup:
    """Attributes as they stand in a tag. A value is always text, whatever it was made as."""
    return finished(
        "".join(
            f' {name.rstrip("_").replace("_", "-")}="{html.escape(str(value).translate(_CONTROLS))}"'
            for name, value in given.items()
            if value is not None
        )
    )
