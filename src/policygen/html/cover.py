"""The cover note of a policy: one page from which a body can decide, on paper and for the screen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from policygen.ground.dates import long_date
from policygen.ground.wording import count, sentence_case
from policygen.html.blocks import framed_table
from policygen.html.elements import Setting, element, escape, heading, lines
from policygen.html.labels import Stamp
from policygen.html.page import MAIN, facts, page
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
        medium="screen",
        draft=False,
        class_="note-page",
        body=[element("div", "\n", note_html(cover), "\n", class_="note")],
    )


def note_html(cover: Cover, room: Room | None = None, more: str = "") -> str:
    """The note without the page around it.

    `room` is what fits the page; None for all, and for texts in full length. `more` is the id of the place with all
    changes.
    """
    setting = Setting(
        "screen" if room is None else "print", Stamp("draft", cover.code), {}, linked=frozenset()
    )
    parts = (
        ("Decision asked", _paragraphs(cover.asked, cover.because), "asked"),
        ("Proposed minute", element("p", escape(cover.minute)), "minute"),
        ("Why now", _paragraphs(_short(cover.reason, "reason", room)), ""),
        ("Main points of the policy", _points(cover, room), ""),
        (
            "The school’s own wording" if cover.first else "What changed",
            _changes(cover, setting, room, more),
            "listed",
        ),
        ("Must or may", _paragraphs(_short(cover.must, "must", room)), ""),
        ("Consultation", _paragraphs(_short(cover.consultation, "consultation", room)), ""),
        ("Departures from agreed wording", _departures(cover, room, more), ""),
        ("Next review", _paragraphs(cover.review), ""),
        ("Whom to ask", _paragraphs(_short(cover.ask, "ask", room)), ""),
    )
    body = lines(_part(name, said, class_) for name, said, class_ in parts if said)
    main = element("main", "\n", body, "\n", id=MAIN) if room is None else body
    return lines((_header(cover), main))


def _header(cover: Cover) -> str:
    said = [
        ("Version", cover.version),
        ("Content code", cover.code),
        ("Model policy", cover.edition),
    ]
    if cover.meeting:
        said.append(("Meeting", long_date(cover.meeting)))
    inside = (
        element("p", escape(f"{cover.school} · Cover note for {cover.body}"), class_="school"),
        heading(1, escape(cover.title), class_="pack-title"),
        facts(said),
    )
    return element("header", "\n", lines(inside), "\n", class_="sheet-header")


def _part(name: str, said: str, class_: str) -> str:
    inside = lines((heading(2, escape(name)), element("div", "\n", said, "\n", class_="said")))
    return element("section", "\n", inside, "\n", class_=f"labelled {class_}".strip())


def _paragraphs(*texts: str) -> str:
    return lines(element("p", escape(text)) for text in texts)


def _short(text: str, what: str, room: Room | None) -> str:
    """A text as a note prints it: whole on the screen, no longer than fits on paper."""
    most = _LONGEST[what]
    if room is None or len(text) <= most:
        return text
    return text[:most].rpartition(" ")[0].rstrip(",;:.") + " …"


def _points(cover: Cover, room: Room | None) -> str:
    """The main points as a list; empty where the body knows the policy."""
    found = [element("li", element("p", escape(text))) for text in _pointed(cover, room)]
    if not found:
        return ""
    left = len(cover.points) - len(found)
    more = element("p", f"And {left} more in the circular of the edition.") if left else ""
    return lines((element("ul", "\n", lines(found), "\n", class_="items bullet"), more))


def _pointed(cover: Cover, room: Room | None) -> list[str]:
    points = cover.points if room is None else cover.points[: room.points]
    return [_short(text, "point", room) for text in points]


# --- changes ----------------------------------------------------------------------------------------------------------


def _changes(cover: Cover, setting: Setting, room: Room | None, more: str) -> str:
    rows = cover.rows if room is None else cover.rows[: room.rows]
    left = len(cover.rows) - len(rows)
    return lines(
        (
            element("p", escape(f"{cover.since}:"), class_="since"),
            element("p", escape(cover.in_short), class_="in-short") if cover.in_short else "",
            reasons_table(rows, setting, room) if rows else "",
            _see(f"And {count(left, 'more row')} in the list of all changes", more)
            if rows and left
            else "",
            _see("All of them are in the list of changes", more) if left and not rows else "",
        )
    )


def _see(text: str, target: str) -> str:
    link = element("a", escape(text), href=f"#{target}")
    number = element("span", class_="on-page", data_target=f"#{target}")
    return element("p", link, number, class_="see")


def reasons_table(rows: Sequence[ChangeRow], setting: Setting, room: Room | None = None) -> str:
    """Changes with their reasons, one row for each reason."""
    head = [element("th", escape(text), scope="col") for text in _COLUMNS]
    name = "The changes, by their reason"
    return framed_table(
        "", head, [_row(row, room) for row in rows], setting, class_="reasons", name=name
    )


def _row(row: ChangeRow, room: Room | None) -> list[str]:
    where, *cells = _cells(row, room)
    return [
        element("th", escape(where), scope="row"),
        *(element("td", escape(text)) for text in cells),
    ]


def _cells(row: ChangeRow, room: Room | None) -> tuple[str, ...]:
    why = sentence_case(_short(row.why, "why", room)) or "No reason on record"
    return (f"{row.where} ({row.what})", why, row.by, f"{sentence_case(row.asked)}; {row.change}")


# --- departures -------------------------------------------------------------------------------------------------------


def _departures(cover: Cover, room: Room | None, more: str) -> str:
    if not cover.departures:
        return _paragraphs("None.")
    listed = cover.departures if room is None else cover.departures[:MOST_DEPARTURES]
    left = len(cover.departures) - len(listed)
    seen = (
        _see(f"And {count(left, 'more departure')} in the list of all changes", more)
        if left
        else ""
    )
    return lines((departures_html(listed, room), seen))


def departures_html(departures: Sequence[Departure], room: Room | None = None) -> str:
    """Departures from agreed wording, a paragraph each."""
    return _paragraphs(*(_departure(each, room) for each in departures))


def _departure(departure: Departure, room: Room | None) -> str:
    reason = _short(departure.reason, "why", room).rstrip(".")
    return f"{sentence_case(departure.what)}. Agreed by {departure.agreed}. Reason: {reason}."


# --- what must be there -----------------------------------------------------------------------------------------------


def note_passages(cover: Cover, room: Room) -> Iterator[tuple[str, str]]:
    """What a note on paper must hold, in its order, for the check of the PDF."""
    rows = [" ".join(_cells(row, room)) for row in cover.rows[: room.rows]]
    departures = [_departure(each, room) for each in cover.departures[:MOST_DEPARTURES]]
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
        *rows,
        _short(cover.must, "must", room),
        _short(cover.consultation, "consultation", room),
        *departures,
        cover.review,
        _short(cover.ask, "ask", room),
    )
    return ((f"the cover note of {cover.title}", text) for text in said)


def all_passages(cover: Cover) -> Iterator[tuple[str, str]]:
    """What the list of all changes must hold, in its order."""
    said = (
        *(" ".join(_cells(row, None)) for row in cover.rows),
        *(_departure(each, None) for each in cover.departures),
    )
    return ((f"the reasons of the changes of {cover.title}", text) for text in said)
