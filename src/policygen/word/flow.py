"""What stands in a Word file, one thing below the other: paragraphs of pieces, tables, page turns. Frozen and flat.

`layout` makes it of a document, `tracked` of two flows one with the changes marked, and `markup` writes it as XML.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Look = Literal["", "callout", "quote"]
"""In which box a paragraph stands."""
Align = Literal["", "center", "right"]


@dataclass(frozen=True, slots=True)
class Change:
    """A tracked change: what came or went, and who decided it."""

    kind: Literal["ins", "del"]
    author: str
    whole: bool = False
    """Whether the whole paragraph or row came or went."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture by its path, with what it shows; how large it is follows from its bytes and these limits."""

    path: str
    alt: str
    width: float
    """At most so many millimetres wide."""
    height: float
    """At most so many millimetres high."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of one look; or a field, the mark of a footnote, or a picture."""

    text: str = ""
    """A line break in it is a line break, a tab a tab. Of a field it is what shows until Word computes it."""
    bold: bool = False
    italic: bool = False
    style: str = ""
    """A character style."""
    link: str = ""
    """An address, or `#` with a bookmark."""
    field: str = ""
    """The instruction of a field."""
    note: str = ""
    """The id of a footnote."""
    picture: Picture | None = None
    name: str = ""
    """A bookmark around this piece alone."""
    change: Change | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """How Word counts a paragraph: in which series, and at which of its levels."""

    series: str
    level: int


@dataclass(frozen=True, slots=True)
class Para:
    """A paragraph."""

    style: str
    pieces: tuple[Piece, ...] = ()
    count: Count | None = None
    left: int = 0
    """Twentieths of a point, as all measures here."""
    hanging: int = 0
    look: Look = ""
    opens: tuple[str, ...] = ()
    """Bookmarks that begin with it."""
    closes: tuple[str, ...] = ()
    """Bookmarks that end with it."""
    unit: str = ""
    """The id of the clause or section that it is part of."""
    fresh: bool = False
    """Whether it begins a page."""
    change: Change | None = None
    """Of its end: whether the paragraph as such came or went."""

    @property
    def text(self) -> str:
        """Its words."""
        return "".join(piece.text for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table; each cell holds one paragraph."""

    cells: tuple[Para, ...]
    head: bool = False
    span: int = 1
    """How many columns its last cell takes."""
    change: Change | None = None


@dataclass(frozen=True, slots=True)
class Grid:
    """A table."""

    rows: tuple[Row, ...]
    widths: tuple[int, ...]
    labelled: bool = False
    left: int = 0
    small: int = 0
    """The size of its type in half points, where it is not the usual one."""
    alt: str = ""
    """What it is, for a screen reader."""


@dataclass(frozen=True, slots=True)
class Turn:
    """The end of some pages; whether those before it lie on their side."""

    landscape: bool


@dataclass(frozen=True, slots=True)
class Contents:
    """The field of the contents, with its lines as they are now."""

    instruction: str
    lines: tuple[Para, ...]


Standing = Para | Grid | Turn | Contents


@dataclass(frozen=True, slots=True)
class Note:
    """A footnote."""

    id: str
    paras: tuple[Para, ...]


@dataclass(frozen=True, slots=True)
class Flow:
    """All that stands in a file."""

    body: tuple[Standing, ...]
    notes: tuple[Note, ...]
    """In the order of their first marks."""
    series: tuple[Series, ...]
    """Each counts by itself, in the order of their first use."""


NumberForm = Literal["decimal", "lowerLetter", "lowerRoman", "bullet"]


@dataclass(frozen=True, slots=True)
class Level:
    """How one level of a series counts: in which signs, and what prints, as Word says it: `%1.%2`, `(%3)`."""

    form: NumberForm | str
    """Of a file of somebody else's, whatever it says there."""
    text: str
    start: int = 1


@dataclass(frozen=True, slots=True)
class Series:
    """A list with several levels, as Word counts it."""

    name: str
    levels: tuple[Level, ...]
