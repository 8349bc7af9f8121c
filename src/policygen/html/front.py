"""How a policy begins: its title, what its first page says, its versions; and what of that a cover has room for."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from markupsafe import Markup

from policygen.html.blocks import framed_table, text_table
from policygen.html.elements import Setting, element, escape, heading, unbroken
from policygen.html.labels import (
    VERSIONS,
    Stamp,
    record_rows,
    signatories,
    version_date,
    version_minute,
)
from policygen.html.measure import MM, TEXT_WIDTH, lines_needed, lines_of, title_lines
from policygen.language.document import Document, VersionRow, contents

# What the theme makes of a front (theme/print.css), in millimetres; type sizes are in points.
_COVER = 249.0
_AROUND_TITLE = 93.0
"""On a cover: the band, the logo, the room around the title, and the banner of a draft."""
_ABOVE_TITLE, _LOWER, _MOST_LOWER = 22.0, 0.45, 36.0
"""The room above the title: at least so much, more by this share of what would be left below, up to so much more."""
_COMPACT_TITLE = 21
_TITLES = (("policy-title", 34, 3), ("policy-title long", 24, 4), ("policy-title longer", 16, 7))
"""Classes of the title on a cover, with the size of its type and the lines that it may have."""
_TYPE, _LINE, _SIDES = 10, 4.7, 4.2
"""Of the tables of a front: their type, a line, and what the padding takes from the width of a cell."""
_ROW = {"versions": 2.6, "box": 2.6, "table": 1.9}
"""What padding and rules add to a row of the panel."""
_PAIRS, _LABELS = (0.24, 0.26, 0.2, 0.3), (0.34, 0.66)
"""How the columns of a panel share the width."""
_VERSIONS = (18, 35, 26, 33, 50)
"""The columns of the table of versions."""
_VERSION_ROW, _HEADING = 2.6, 15.0
_PAGE = 235.0
_GAPS, _CONTENTS_SIZES = (3.2, 1.2), (12, 11)
"""What padding and rule add to a line of the contents, or to one that stands closer; the type of each level."""
APPROVAL = 14.0
"""What the panel of a cover grows by when a version is approved: a second body, a delegation, new details."""
_MOST = 0.66
"""So much of a page the contents may fill, and the text still begins below them."""


def title_on_paper(document: Document, stamp: Stamp) -> Markup:
    """The title: on a cover as large as it goes, and lower where there is room."""
    if not document.front.cover:
        return heading(1, _balanced(document.title, _COMPACT_TITLE), class_="policy-title")
    class_, size, _ = _cover_title(document, stamp)
    left = cover_room(document, stamp)
    if versions_fit_cover(document, stamp):
        left -= _versions_height(document)
    above = _ABOVE_TITLE + min(max(left * _LOWER, 0), _MOST_LOWER)
    shown = _balanced(document.title, size)
    return heading(1, shown, class_=class_, style=f"margin-top: {above:.1f}mm")


def _cover_title(document: Document, stamp: Stamp) -> tuple[str, int, float]:
    """The class of a title on a cover, its size, and its height; infinitely high, where no cover has room for it.

    As large as leaves room below it for what an approval adds to the panel.
    """
    room = _room_for_title(document, stamp) - APPROVAL
    largest = (*_TITLES[-1][:2], math.inf)
    for class_, size, most in _TITLES:
        lines = lines_of(document.title, TEXT_WIDTH, size, bold=True)
        if lines <= most:
            largest = class_, size, lines * size * 1.14 * MM
            if largest[-1] <= room:
                break
    return largest


def _balanced(title: str, size: float) -> Markup:
    """A title in lines of about one length, none of which breaks: its last word never stands alone."""
    # A line that the renderer finds a little longer than measured must not reach into the margin.
    lines = title_lines(title, TEXT_WIDTH - 1, size)
    if len(lines) == 1:
        return escape(title)
    return Markup(" ").join(element("span", line, class_="line") for line in lines)


def signatories_table(document: Document, setting: Setting) -> Markup:
    """A row for each of those who sign: a name that may not print is written by hand."""
    rows = [(signatory.role, signatory.name, "", "") for signatory in signatories(document)]
    if not rows:
        return Markup()
    head = ("Signed by", "Print name", "Signature", "Date")
    return text_table("Signatures", head, rows, setting, class_="signatories")


def panel(document: Document, setting: Setting) -> Markup:
    """What the first page says of a version, in the shape that the model policy asks for."""
    rows = record_rows(document, setting.stamp)
    match document.front.record:
        case "table":
            cells, class_ = [_labelled(*row) for row in rows], "approval labels"
        case "versions" | "box":
            cells, class_ = _in_pairs(rows), "approval pairs"
        case _:
            assert_never(document.front.record)
    return framed_table("", [], cells, setting, class_=class_, name="Approval")


def _in_pairs(rows: Sequence[tuple[str, str]]) -> list[list[Markup]]:
    """Two labels with what they say in each row; the last one may have a row of its own."""
    cells = [
        [*_labelled(*left), *_labelled(*right)]
        for left, right in zip(rows[::2], rows[1::2], strict=False)
    ]
    if len(rows) % 2:
        cells.append(_labelled(*rows[-1], colspan="3"))
    return cells


def _labelled(label: str, said: str, colspan: str | None = None) -> list[Markup]:
    return [element("th", label, scope="row"), element("td", unbroken(said), colspan=colspan)]


def versions_table(document: Document, setting: Setting) -> Markup:
    """When each version was approved, under which minute, by whom it was written and why."""
    rows = [_version(row, first=index == 0) for index, row in enumerate(document.versions)]
    head = ("Version", "Date", "Minute number", "Author", "Reason for change")
    return text_table("", head, rows, setting, class_="versions", name=VERSIONS)


def _version(row: VersionRow, *, first: bool) -> tuple[str, ...]:
    author, reason = row.author or "Not recorded", row.reason or "Not recorded"
    return row.version, version_date(row, first=first), version_minute(row), author, reason


# --- what there is room for -------------------------------------------------------------------------------------------


def cover_room(document: Document, stamp: Stamp) -> float:
    """What is left of a cover below its title and panel, in millimetres; less than nothing where it is too full."""
    return _room_for_title(document, stamp) - _cover_title(document, stamp)[-1]


def _room_for_title(document: Document, stamp: Stamp) -> float:
    strapline = document.branding.strapline
    room = _COVER - _AROUND_TITLE - _panel_height(document, stamp)
    room -= lines_of(document.school_name, TEXT_WIDTH, 20, bold=True) * 20 * 1.2 * MM
    if strapline:
        room -= lines_of(strapline, TEXT_WIDTH, 13) * 13 * 1.42 * MM + 1.5
    return room


def versions_fit_cover(document: Document, stamp: Stamp) -> bool:
    """Whether all versions go on the cover, with those who sign: else they stand whole on the page behind it."""
    return _versions_height(document) <= cover_room(document, stamp)


@dataclass(frozen=True, slots=True)
class Shape:
    """How what stands before the text of a policy is set."""

    on_cover: bool = False
    """Whether the versions stand on the cover."""
    close: bool = False
    """Whether the lines of the contents stand closer: they would not go on one page otherwise."""
    fresh: bool = False
    """Whether the text begins a page of its own: what stands before it leaves little of its last page."""


def shape_of(document: Document, stamp: Stamp) -> Shape:
    """How the front of a document is set; of one without a cover, one behind the other."""
    if not document.front.cover:
        return Shape()
    on_cover = versions_fit_cover(document, stamp)
    before = 0.0
    if not on_cover:
        before += _versions_height(document)
    wide, narrow = (_contents_height(document, gap) for gap in _GAPS)
    close = before + wide > _PAGE
    before += narrow if close else wide
    return Shape(on_cover, close, fresh=before % _PAGE > _MOST * _PAGE)


def _panel_height(document: Document, stamp: Stamp) -> float:
    said, side_by_side = record_rows(document, stamp), 1
    widths = [share * TEXT_WIDTH for share in _LABELS]
    if document.front.record != "table":
        side_by_side = 2
        widths = [share * TEXT_WIDTH for share in _PAIRS]
    height = 8.0
    for index in range(0, len(said), side_by_side):
        row = [words for pair in said[index : index + side_by_side] for words in pair]
        height += _row_height(row, widths) + _ROW[document.front.record]
    return height


def _versions_height(document: Document) -> float:
    """Of the table of versions with its heading, and of the table of those who sign."""
    height = _HEADING + _LINE + _VERSION_ROW
    for index, row in enumerate(document.versions):
        height += _row_height(_version(row, first=index == 0), _VERSIONS) + _VERSION_ROW
    signing = len(signatories(document))
    if signing:
        height += 16 + 12 * signing
    return height


def _row_height(cells: Sequence[str], widths: Sequence[float]) -> float:
    highest = 1
    for cell, width in zip(cells, widths, strict=False):
        highest = max(highest, lines_of(cell, width - _SIDES, _TYPE, bold=True))
    return highest * _LINE


def _contents_height(document: Document, gap: float) -> float:
    """With so much between two lines of the first level."""
    listed = contents(document)
    height = _HEADING if listed else 0.0
    for line in listed:
        size = _CONTENTS_SIZES[line.level > 1]
        height += lines_needed(line.title, TEXT_WIDTH - 26, size) * size * 1.42 * MM
        if line.level == 1:
            height += gap
    return height
