"""What people sign or fill in by hand, and the notice that goes with an edition, as HTML pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from policygen.ground.wording import long_date
from policygen.language.document import Paragraph, SignatureBlock
from policygen.pages.html_blocks import blocks_html, framed_table, words
from policygen.pages.html_elements import Setting, broken_lines, element, escape, heading, lines
from policygen.pages.html_inline import inline_html
from policygen.pages.html_page import description, page, running
from policygen.pages.html_policy import sheet_header
from policygen.pages.labels import full_title, status

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Mapping, Sequence

    from policygen.language.document import Document, Section
    from policygen.pages.html_elements import Medium
    from policygen.pages.labels import Stamp

_COLUMNS = ("Name", "Role", "Signature", "Date", "Declined or absent")
_UNNAMED = 4
"""How many slips without a name fill a page."""


@dataclass(frozen=True, slots=True)
class StaffRow:
    """One person who has to sign."""

    name: str
    role: str


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
    colour: str = "#1d3f6e"
    language: str = "en-GB"


def roster_html(
    document: Document,
    form: Section,
    staff: Sequence[StaffRow],
    stamp: Stamp,
    *,
    medium: Medium,
    images: Mapping[str, bytes],
    blank_rows: int = 8,
) -> str:
    """A sheet with one row for each member of staff, and blank rows for people who are not listed."""
    setting = Setting(medium, stamp, images, rank_offset=0, linked=frozenset())
    title = f"{inline_html(form.title, setting)}: signature sheet"
    listed = [
        [element("th", escape(row.name), scope="row"), element("td", escape(row.role)), *_blanks(3)] for row in staff
    ]
    others = [_blanks(5) for _ in range(blank_rows)]
    main = (
        blocks_html(statement(form), setting),
        _roster_table("Staff", listed, setting) if listed else "",
        _roster_table("Supply staff and volunteers", others, setting) if others else "",
        element("p", escape(count_line(staff)), class_="count"),
    )
    return page(
        language=document.language,
        title=full_title(document, stamp, f"{words(form.title)}: signature sheet"),
        description=f"Signature sheet: {description(document)}",
        colour=document.branding.colour,
        medium=medium,
        draft=stamp.draft,
        class_="roster",
        body=[sheet_header(document, setting, title), element("main", "\n", lines(main), "\n")],
        running=running(document, stamp) if setting.print else None,
    )


def statement(form: Section) -> tuple[Paragraph, ...]:
    """What the signer declares: the paragraphs of a form that stand before its first signature block."""
    found: list[Paragraph] = []
    for block in form.blocks:
        if isinstance(block, SignatureBlock):
            break
        if isinstance(block, Paragraph):
            found.append(Paragraph(block.children))  # without its id, since slips repeat it
    return tuple(found)


def count_line(staff: Sequence[StaffRow]) -> str:
    """The line that says how many were asked, with room for how many answered."""
    return f"{len(staff)} staff listed; returned ______ of ______"


def slips_html(
    document: Document,
    form: Section,
    staff: Sequence[StaffRow],
    stamp: Stamp,
    *,
    medium: Medium,
    images: Mapping[str, bytes],
) -> str:
    """A slip to cut out for each member of staff, and a page of slips without a name."""
    setting = Setting(medium, stamp, images, rank_offset=0, linked=frozenset())
    named = lines(_slip(document, form, row.name, setting) for row in staff)
    unnamed = lines(_slip(document, form, "", setting) for _ in range(_UNNAMED))
    title = f"{words(form.title)}: slips to sign"
    main = (
        heading(1, escape(title), class_="slips-title"),
        element("div", "\n", named, "\n", class_="slips") if staff else "",
        element("div", "\n", unnamed, "\n", class_="slips unnamed"),
    )
    return page(
        language=document.language,
        title=full_title(document, stamp, title),
        description=f"Slips to sign: {description(document)}",
        colour=document.branding.colour,
        medium=medium,
        draft=stamp.draft,
        class_="slips-page",
        body=[element("main", "\n", lines(main), "\n")],
    )


def circular_html(circular: CircularContent, medium: Medium) -> str:
    """The covering notice of an edition, in labelled parts."""
    title = f"{circular.title}: edition {circular.edition}"
    header = (
        element("p", escape(circular.issuer_name), class_="school"),
        element("p", "Circular", class_="kind"),
        heading(1, escape(title)),
    )
    parts = lines(_circular_part(name, body) for name, body in _circular_parts(circular) if body)
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


def _circular_parts(circular: CircularContent) -> Iterable[tuple[str, str]]:
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
    )


def _circular_part(name: str, body: str) -> str:
    return element(
        "section", "\n", heading(2, escape(name)), "\n", element("div", body, class_="said"), "\n", class_="labelled"
    )


def _paragraphs(text: str) -> str:
    return lines(element("p", broken_lines(part.strip())) for part in text.split("\n\n") if part.strip())


def _roster_table(caption: str, rows: Sequence[Sequence[str]], setting: Setting) -> str:
    head = [element("th", escape(name), scope="col") for name in _COLUMNS]
    return framed_table(escape(caption), head, rows, setting, class_="sign-here", name=caption)


def _blanks(number: int) -> list[str]:
    return [element("td", class_="blank")] * number


def _slip(document: Document, form: Section, name: str, setting: Setting) -> str:
    stamp = setting.stamp
    what = f"{document.title} · Version {document.version} · Content code {stamp.content_code}"
    inside = (
        element("p", escape(document.school_name), class_="school"),
        heading(2, inline_html(form.title, setting), class_="slip-title"),
        element("p", escape(what), class_="which"),
        element("p", escape(status(document, stamp)), class_="status"),
        blocks_html(statement(form), setting),
        _slip_field("Name", name),
        element("div", _slip_field("Signed", ""), "\n", _slip_field("Date", ""), class_="slip-fields"),
    )
    return element("section", "\n", lines(inside), "\n", class_="slip")


def _slip_field(label: str, value: str) -> str:
    written = element("span", escape(value), class_="written")
    return element("p", element("span", escape(label), class_="field-label"), " ", written, class_="field")
