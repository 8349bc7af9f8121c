"""The cover note of a policy: what a body needs to decide, on paper and for the screen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from policygen.compare.summary import CLASSES
from policygen.ground.dates import long_date
from policygen.ground.wording import count, sentence_case
from policygen.html.blocks import text_table
from policygen.html.elements import Setting, block, element, joined, lines
from policygen.html.labels import Stamp
from policygen.html.page import facts, page
from policygen.html.redline import change_anchor
from policygen.html.templates import filled
from policygen.language.document import Document
from policygen.register.cover import Cover, Departure
from policygen.register.cover_changes import RETIRED, SILENT, ChangeRow, Spot

MOST_DEPARTURES = 3
"""How many departures a note on paper lists before it counts the rest."""
_LONGEST = 150
"""Letters of a reason that a note on paper prints. The list of all changes has it whole."""
_COLUMNS = ("Where and what", "Why", "Decided by", "Must the school take it?")
_ASKED = {
    "must": "Yes",
    "may": "No, it may choose",
    "own choice": "No, it is its own choice",
    RETIRED: "Nothing to take: it is retired",
    SILENT: "The edition does not say",
}
"""The answer to the last question; whatever else is asked says so by itself."""


@dataclass(frozen=True, slots=True)
class Room:
    """How much of what may be long fits the pages of a note. All else stands there in any case."""

    rows: int
    """Of changes."""
    pages: int = 1
    """How many pages the note takes with these."""


def cover_html(cover: Cover, document: Document) -> str:
    """The cover note as a page for the screen, such as for an e-mail."""
    what = f"Cover note: {cover.name}"
    setting = Setting("screen", Stamp("draft", cover.code), {}, linked=frozenset())
    return page(
        language=document.language,
        title=f"{what} – {cover.school}",
        description=f"{what}, of {cover.school}: what is asked of {cover.body}",
        colour=document.branding.colour,
        class_="note-page",
        body=[block("div", note_html(cover, setting), class_="note")],
    )


def note_html(cover: Cover, setting: Setting, room: Room | None = None, more: str = "") -> Markup:
    """The note without the page around it; with its main part, where it has one of its own.

    `room` is what fits the page of a pack, and `more` the id of the place there that has all changes. Without a `room`
    the note stands alone: with all of them, and with texts in full length.
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
        alone=room is None,
        paper=setting.print,
        rank=setting.rank_offset,
        more=more,
        table=_note_table(cover, setting, room),
        see_changes=_see_changes(cover, room),
        departures=departures_html(_listed(cover, room), room),
        see_departures=_see_departures(cover, room),
    )


def _short(reason: str, room: Room | None) -> str:
    """A reason as a note prints it: whole on the screen, not too long on paper."""
    if room is None or len(reason) <= _LONGEST:
        return reason
    return reason[:_LONGEST].rpartition(" ")[0].rstrip(",;:.") + " …"


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


def _note_table(cover: Cover, setting: Setting, room: Room | None) -> Markup:
    """Changes with their reasons, one row for each reason; nothing without any."""
    rows = [_cells(row, room) for row in _rows(cover, room)]
    return _reasons_table(rows, setting)


def changes_table(cover: Cover, setting: Setting) -> Markup:
    """Every change with its reason, and the way to its words; nothing without any."""
    rows = []
    for row in cover.rows:
        where = (_linked(spot, setting) for spot in row.spots)
        what = joined((Markup("; ").join(where), f" ({row.what})"))
        rows.append((what, *_cells(row, None)[1:]))
    return _reasons_table(rows, setting)


def _reasons_table(rows: Sequence[Sequence[str]], setting: Setting) -> Markup:
    if not rows:
        return Markup()
    name = "The changes, by their reason"
    return text_table("", _COLUMNS, rows, setting, class_="reasons", name=name)


def _linked(spot: Spot, setting: Setting) -> Markup:
    """A heading, and under it each change as the way to its words."""
    links = []
    for number, name in spot.changes:
        links.append(element("a", name, href=setting.href(change_anchor(number))))
    return joined((f"{spot.heading}: ", Markup(", ").join(links)))


def _list_texts(cover: Cover) -> Iterator[str]:
    """What the list of all changes says, row by row."""
    for row in cover.rows:
        where = "; ".join(_spelt(spot) for spot in row.spots)
        yield " ".join((f"{where} ({row.what})", *_cells(row, None)[1:]))


def _spelt(spot: Spot) -> str:
    names = ", ".join(name for _, name in spot.changes)
    return f"{spot.heading}: {names}"


def _cells(row: ChangeRow, room: Room | None) -> tuple[str, ...]:
    why = sentence_case(_short(row.why, room)) or "No reason on record"
    asked = _ASKED.get(row.asked, sentence_case(row.asked))
    return (
        f"{row.where} ({row.what})",
        why,
        row.by,
        f"{asked}. {sentence_case(CLASSES[row.change])}",
    )


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
    reason = _short(departure.reason, room).rstrip(".")
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
        cover.reason,
        *(point for points in cover.points for point in points.texts),
        cover.since,
        cover.in_short,
        *(" ".join(_cells(row, room)) for row in _rows(cover, room)),
        cover.must,
        cover.consultation,
        *_departure_texts(_listed(cover, room), room),
        cover.review,
        cover.ask,
    )
    return ((f"the cover note of {cover.title}", text) for text in said)


def all_passages(cover: Cover) -> Iterator[tuple[str, str]]:
    """What the list of all changes must hold, in its order."""
    said = (*_list_texts(cover), *_departure_texts(cover.departures, None))
    return ((f"the reasons of the changes of {cover.title}", text) for text in said)
