"""The list of changes in a circular."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from policygen.editions.announce import AnnouncedChange
from policygen.ground.dates import long_date
from policygen.html.blocks import column_heads, framed_table
from policygen.html.elements import Medium, Setting, broken_lines, element, escape, lines
from policygen.html.labels import Stamp
from policygen.html.page import page
from policygen.html.templates import filled


@dataclass(frozen=True, slots=True)
class CircularContent:
    """What the covering notice of an edition says."""

    issuer_name: str
    title: str
    """The title of the policy."""
    edition: str
    issued: datetime.date
    action: str
    to: str
    purpose: str
    summary: tuple[str, ...]
    contact: str
    consultation: str = ""
    by_when: str = ""
    changes: tuple[AnnouncedChange, ...] = ()
    """What changes with the edition; none for the first."""
    colour: str = "#1d3f6e"
    language: str = "en-GB"


_COLUMNS = ("Where and what", "Why", "For schools")


def circular_html(circular: CircularContent, medium: Medium) -> str:
    """The covering notice of an edition, in labelled parts; an optional one that was not given is left out."""
    title = f"{circular.title}: edition {circular.edition}"
    said = f"Covering notice of edition {circular.edition} of {circular.title}, by {circular.issuer_name}"
    running = {
        "school": circular.issuer_name,
        "short": "Circular",
        "footer": title,
        "values": "",
    }
    body = filled(
        "circular",
        circular=circular,
        title=title,
        issued=long_date(circular.issued),
        changes=changes_html(circular.changes, medium),
        paragraphs=_paragraphs,
    )
    return page(
        language=circular.language,
        title=f"Circular: {title} – {circular.issuer_name}",
        description=said,
        colour=circular.colour,
        medium=medium,
        class_="circular",
        body=[body],
        running=running if medium == "print" else None,
    )


def _paragraphs(text: str) -> Markup:
    parts = (part.strip() for part in text.split("\n\n"))
    return lines(element("p", broken_lines(part)) for part in parts if part)


def changes_html(changes: Sequence[AnnouncedChange], medium: Medium) -> Markup:
    """A table of what changed, why, and what that asks of a school; empty where nothing did."""
    if not changes:
        return Markup()
    setting = Setting(medium, Stamp("draft", ""), {}, rank_offset=0, linked=frozenset())
    head = column_heads(_COLUMNS)
    caption = "Changes since the edition before"
    rows = [_row(change) for change in changes]
    return framed_table(caption, head, rows, setting, class_="changes", name=caption)


def _row(change: AnnouncedChange) -> list[Markup]:
    what = lines(element("p", text) for text in change.what)
    if len(change.what) == 1:
        what = escape(change.what[0])
    return [element("td", text) for text in (what, change.reason, for_schools(change))]


def for_schools(change: AnnouncedChange) -> str:
    """What a change asks of a school, in words."""
    if change.again:
        return "Retired. Schools that chose it are asked again."
    if change.material is None:
        return "Retired. It is no longer asked."
    takes = {None: "Retired.", True: "Must be taken.", False: "May be taken."}[change.must]
    class_ = "Material: the approving body decides." if change.material else "Editorial."
    return f"{takes} {class_}"
