"""The list of changes in a circular."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from policygen.editions.announce import AnnouncedChange
from policygen.ground.dates import long_date
from policygen.html.blocks import framed_table
from policygen.html.elements import Medium, Setting, broken_lines, element, escape, heading, lines
from policygen.html.labels import Stamp
from policygen.html.page import page


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


def circular_html(circular: CircularContent, medium: Medium) -> str:
    """The covering notice of an edition, in labelled parts."""
    title = f"{circular.title}: edition {circular.edition}"
    header = (
        element("p", escape(circular.issuer_name), class_="school"),
        element("p", "Circular", class_="kind"),
        heading(1, escape(title)),
    )
    parts = lines(
        _circular_part(name, body) for name, body in _circular_parts(circular, medium) if body
    )
    return page(
        language=circular.language,
        title=f"Circular: {title} – {circular.issuer_name}",
        description=f"Covering notice of edition {circular.edition} of {circular.title}, by {circular.issuer_name}",
        colour=circular.colour,
        medium=medium,
        draft=False,
        class_="circular",
        body=[
            element("header", "\n", lines(header), "\n", class_="sheet-header"),
            element("main", "\n", parts, "\n"),
        ],
        running={
            "school": circular.issuer_name,
            "short": "Circular",
            "footer": title,
            "values": "",
        }
        if medium == "print"
        else None,
    )


def _circular_parts(circular: CircularContent, medium: Medium) -> Iterable[tuple[str, str]]:
    """The labelled parts in their order; an optional one that was not given is empty."""
    points = lines(element("li", element("p", escape(point))) for point in circular.summary)
    return (
        ("Action required", _paragraphs(circular.action)),
        ("To", _paragraphs(circular.to)),
        ("Date of issue", _paragraphs(long_date(circular.issued))),
        ("By when", _paragraphs(circular.by_when)),
        ("Purpose of document", _paragraphs(circular.purpose)),
        ("Summary of main points", element("ul", "\n", points, "\n", class_="items bullet")),
        ("Consultation", _paragraphs(circular.consultation)),
        ("Contact and further information", _paragraphs(circular.contact)),
        ("What has changed", changes_html(circular.changes, medium)),
    )


def _circular_part(name: str, body: str) -> str:
    class_ = "labelled" if "<table" not in body else "labelled listed"
    return element(
        "section",
        "\n",
        heading(2, escape(name)),
        "\n",
        element("div", body, class_="said"),
        "\n",
        class_=class_,
    )


def _paragraphs(text: str) -> str:
    return lines(
        element("p", broken_lines(part.strip())) for part in text.split("\n\n") if part.strip()
    )


_COLUMNS = ("Where and what", "Why", "For schools")


def changes_html(changes: Sequence[AnnouncedChange], medium: Medium) -> str:
    """A table of what changed, why, and what that asks of a school; empty where nothing did."""
    if not changes:
        return ""
    setting = Setting(medium, Stamp("draft", ""), {}, rank_offset=0, linked=frozenset())
    head = [element("th", escape(name), scope="col") for name in _COLUMNS]
    caption = "Changes since the edition before"
    rows = [[*_row(each)] for each in changes]
    return framed_table(escape(caption), head, rows, setting, class_="changes", name=caption)


def _row(change: AnnouncedChange) -> Iterator[str]:
    what = [element("p", escape(each)) for each in change.what]
    yield element("td", *(lines(what) if len(what) > 1 else escape("".join(change.what)),))
    yield element("td", escape(change.reason))
    yield element("td", escape(for_schools(change)))


def for_schools(change: AnnouncedChange) -> str:
    """What a change asks of a school, in words."""
    if change.again:
        return "Retired. Schools that chose it are asked again."
    if change.material is None:
        return "Retired. It is no longer asked."
    takes = (
        "Retired." if change.must is None else "Must be taken." if change.must else "May be taken."
    )
    return f"{takes} {'Material: the approving body decides.' if change.material else 'Editorial.'}"
