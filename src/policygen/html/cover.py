"""The cover note of a policy: one page from which a body can decide, on paper and for the screen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from policygen.ground.dates import long_date
from policygen.ground.wording import count, sentence_case
from policygen.html.blocks import text_table
from policygen.html.elements import Medium, Setting, block, element, lines
from policygen.html.labels import Stamp
from policygen.html.page import facts, page
from policygen.html.templates import filled
from policygen.language.document import Document
from policygen.register.cover import Cover, Departure
from policygen.register.cover_changes import ChangeRow

MOST_DEPARTURES = 3
"""How many departures a note on paper lists before it counts the rest."""
_LONGEST = {"reason": 240, "consultation": 260, "why": 150, "must": 420, "ask": 240, "point": 190}
"""Letters of a text that others write which a note on paper prints, so that all else has room."""
_COLUMNS = ("Where and what", "Why", "Decided by", "Must or may; class")


@dataclass(frozen=True, slots=True)
class Room:
    """How much of what may be long fits the one page of a note."""

    rows: int
    """Of changes."""
    points: int
    """Main points of a policy that is new to the body."""


def cover_html(cover: Cover, document: Document) -> str:
    """The cover note as a page for the screen, such as for an e-mail."""
    what = f"Cover note: {cover.name}"
    return page(
        language=document.language,
        title=f"{what} – {cover.school}",
        description=f"{what}, of {cover.school}: what is asked of {cover.body}",
        colour=document.branding.colour,
        class_="note-page",
        body=[block("div", note_html(cover), class_="note")],
    )


def note_html(cover: Cover, room: Room | None = None, more: str = "") -> Markup:
    """The note without the page around it.

    `room` is what fits the page; None for all, and for texts in full length. `more` is the id of the place with all
    changes.
    """
    about = [
        ("Version", cover.version),
        ("Content code", cover.code),
        ("Model policy", cover.edition),
    ]
    if cover.meeting:
        about.append(("Meeting", long_date(cover.meeting)))
    return filled(
        "cover",
        cover=cover,
        facts=facts(about),
        on_screen=room is None,
        more=more,
        reason=_short(cover.reason, "reason", room),
        points=_pointed(cover, room),
        table=reasons_table(_rows(cover, room), _setting(cover, room), room),
        see_changes=_see_changes(cover, room),
        must=_short(cover.must, "must", room),
        consultation=_short(cover.consultation, "consultation", room),
        departures=departures_html(_listed(cover, room), room),
        see_departures=_see_departures(cover, room),
        ask=_short(cover.ask, "ask", room),
    )


def _setting(cover: Cover, room: Room | None) -> Setting:
    medium: Medium = "screen" if room is None else "print"
    return Setting(medium, Stamp("draft", cover.code), {}, linked=frozenset())


def _short(text: str, what: str, room: Room | None) -> str:
    """A text as a note prints it: whole on the screen, no longer than fits on paper."""
    most = _LONGEST[what]
    if room is None or len(text) <= most:
        return text
    return text[:most].rpartition(" ")[0].rstrip(",;:.") + " …"


def _pointed(cover: Cover, room: Room | None) -> list[str]:
    most = room.points if room else None
    return [_short(text, "point", room) for text in cover.points[:most]]


# --- changes ----------------------------------------------------------------------------------------------------------


def _rows(cover: Cover, room: Room | None) -> Sequence[ChangeRow]:
    most = room.rows if room else None
    return cover.rows[:most]


def _see_changes(cover: Cover, room: Room | None) -> str:
    """What says where the other changes stand; nothing where all are here."""
    shown = len(_rows(cover, room))
    left = len(cover.rows) - shown
    if not left:
        return ""
    if not shown:
        return "All of them are in the list of changes"
    return f"And {count(left, 'more row')} in the list of all changes"


def reasons_table(rows: Sequence[ChangeRow], setting: Setting, room: Room | None = None) -> Markup:
    """Changes with their reasons, one row for each reason; nothing without any."""
    if not rows:
        return Markup()
    cells = [_cells(row, room) for row in rows]
    name = "The changes, by their reason"
    return text_table("", _COLUMNS, cells, setting, class_="reasons", name=name)


def _row_texts(rows: Sequence[ChangeRow], room: Room | None) -> list[str]:
    return [" ".join(_cells(row, room)) for row in rows]


def _cells(row: ChangeRow, room: Room | None) -> tuple[str, ...]:
    why = sentence_case(_short(row.why, "why", room)) or "No reason on record"
    return (f"{row.where} ({row.what})", why, row.by, f"{sentence_case(row.asked)}; {row.change}")


# --- departures -------------------------------------------------------------------------------------------------------


def _listed(cover: Cover, room: Room | None) -> Sequence[Departure]:
    most = MOST_DEPARTURES if room else None
    return cover.departures[:most]


def _see_departures(cover: Cover, room: Room | None) -> str:
    left = len(cover.departures) - len(_listed(cover, room))
    if not left:
        return ""
    return f"And {count(left, 'more departure')} in the list of all changes"


def departures_html(departures: Sequence[Departure], room: Room | None = None) -> Markup:
    """Departures from agreed wording, a paragraph each."""
    return lines(element("p", text) for text in _departure_texts(departures, room))


def _departure_texts(departures: Sequence[Departure], room: Room | None) -> list[str]:
    return [_departure(departure, room) for departure in departures]


def _departure(departure: Departure, room: Room | None) -> str:
    reason = _short(departure.reason, "why", room).rstrip(".")
    return f"{sentence_case(departure.what)}. Agreed by {departure.agreed}. Reason: {reason}."


# --- what must be there -----------------------------------------------------------------------------------------------


def note_passages(cover: Cover, room: Room) -> Iterator[tuple[str, str]]:
    """What a note on paper must hold, in its order, for the check of the PDF."""
    said = (
        cover.title,
        cover.code,
        cover.asked,
        cover.because,
        cover.minute,
        _short(cover.reason, "reason", room),
        *_pointed(cover, room),
        cover.since,
        cover.in_short,
        *_row_texts(_rows(cover, room), room),
        _short(cover.must, "must", room),
        _short(cover.consultation, "consultation", room),
        *_departure_texts(_listed(cover, room), room),
        cover.review,
        _short(cover.ask, "ask", room),
    )
    return ((f"the cover note of {cover.title}", text) for text in said)


def all_passages(cover: Cover) -> Iterator[tuple[str, str]]:
    """What the list of all changes must hold, in its order."""
    said = (*_row_texts(cover.rows, None), *_departure_texts(cover.departures, None))
    return ((f"the reasons of the changes of {cover.title}", text) for text in said)
