"""The list of changes in a circular."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from policygen.compare.summary import CLASSES
from policygen.editions.announce import AnnouncedChange, Spot
from policygen.ground.dates import Month, printed_day
from policygen.ground.wording import sentence_case
from policygen.html.elements import (
    Medium,
    Setting,
    block,
    broken_lines,
    element,
    escape,
    heading,
    lines,
)
from policygen.html.labels import Stamp
from policygen.html.page import page
from policygen.html.redline import LEGEND, change_anchor, marked_html
from policygen.html.templates import filled


@dataclass(frozen=True, slots=True)
class CircularContent:
    """What the covering notice of an edition says."""

    issuer_name: str
    title: str
    """The title of the policy."""
    edition: str
    issued: datetime.date | Month
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


_REDLINE = "redline.html"
"""The page beside the circular that shows what changed, clause by clause."""


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
        issued=printed_day(circular.issued),
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
    """What changed, why, what that asks of a school, and the words themselves; empty where nothing did."""
    if not changes:
        return Markup()
    setting = Setting(medium, Stamp("draft", ""), {}, linked=frozenset())
    legend = element("p", LEGEND, class_="legend")
    return lines((legend, *(_change(change, setting) for change in changes)))


def _change(change: AnnouncedChange, setting: Setting) -> Markup:
    parts = []
    for spot in change.spots:
        parts.append(heading(3, _linked(spot, setting), class_="change-title"))
        parts += marked_html(spot.notes, spot.lines, spot.said, setting)
    asks = element("strong", for_schools(change))
    return block(
        "div", *parts, element("p", _reason(change), " ", asks, class_="why"), class_="change"
    )


def _linked(spot: Spot, setting: Setting) -> Markup:
    """Where a change stands; on the screen it leads to its place in the redline beside the circular."""
    if setting.print or not spot.number:
        return escape(spot.said)
    return element("a", spot.said, href=f"{_REDLINE}#{change_anchor(spot.number)}")


def why(change: AnnouncedChange) -> str:
    """The reason of a change, and what it asks of a school, in words."""
    return f"{_reason(change)} {for_schools(change)}"


def _reason(change: AnnouncedChange) -> str:
    whose = "Why all of these" if len(change.spots) > 1 else "Why"
    reason = change.reason if change.reason.endswith((".", "!", "?")) else f"{change.reason}."
    return f"{whose}: {reason}"


def for_schools(change: AnnouncedChange) -> str:
    """What a change asks of a school, in words."""
    if change.again:
        return "Retired. Schools that chose it are asked again."
    if change.material is None:
        return "Retired. It is no longer asked."
    substance, slight = (sentence_case(CLASSES[each]) for each in ("material", "editorial"))
    takes = {None: "Retired.", True: "Must be taken.", False: "May be taken."}[change.must]
    class_ = f"{substance}: the approving body decides." if change.material else f"{slight}."
    return f"{takes} {class_}"
