"""What people sign or fill in by hand, and the notice that goes with an edition, as HTML pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from policygen.ground.wording import long_date
from policygen.language.document import Clause, Paragraph, SignatureBlock
from policygen.pages.html_blocks import blocks_html, framed_table, words
from policygen.pages.html_circular import changes_html
from policygen.pages.html_elements import Setting, broken_lines, element, escape, heading, lines
from policygen.pages.html_inline import inline_html
from policygen.pages.html_page import description, page, running
from policygen.pages.html_policy import sheet_header
from policygen.pages.labels import full_title, status
from policygen.pages.qr import qr_html

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Mapping, Sequence

    from policygen.language.document import Block, Document, Section
    from policygen.pages.html_elements import Medium
    from policygen.pages.labels import Stamp
    from policygen.policy.announcing import AnnouncedChange

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
    changes: tuple[AnnouncedChange, ...] = ()
    """What changes with the edition; none for the first."""
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
    address: str = "",
    settled: int = 0,
) -> str:
    """A sheet with one row for each member of staff, and blank rows for people who are not listed.

    `address` is where the version can be read; `settled` says how many others need not sign (again).
    """
    setting = Setting(medium, stamp, images, rank_offset=0, linked=frozenset())
    title = f"{inline_html(form.title, setting)}: signature sheet"
    listed = [
        [element("th", escape(row.name), scope="row"), element("td", escape(row.role)), *blanks(3)] for row in staff
    ]
    others = [blanks(5) for _ in range(blank_rows)]
    main = (
        read_at(document, address, setting),
        blocks_html(statement(form), setting),
        sign_table("Staff", _COLUMNS, listed, setting) if listed else "",
        sign_table("Supply staff and volunteers", _COLUMNS, others, setting) if others else "",
        element("p", escape(count_line(staff, settled)), class_="count"),
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
    """What the signer of a form declares: the paragraphs that stand directly before its first signature block."""
    return declaration(form.blocks)


def declaration(blocks: Sequence[Block]) -> tuple[Paragraph, ...]:
    """The paragraphs that stand directly before the first signature block; where none do, all that stand before it.

    They come without their ids, since sheets repeat them.
    """
    before = list(before_signature(blocks))
    last: list[Paragraph] = []
    while before and (paragraphs := _only_paragraphs(before[-1])):
        last[:0] = paragraphs
        before.pop()
    return tuple(last) or tuple(each for block in before for each in _only_paragraphs(block))


def before_signature(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """The blocks before the first signature block; all of them where there is none."""
    ends = (index for index, block in enumerate(blocks) if isinstance(block, SignatureBlock))
    return tuple(blocks[: next(ends, len(blocks))])


def _only_paragraphs(block: Block) -> list[Paragraph]:
    """A block as paragraphs; none where it is or holds anything else."""
    match block:
        case Paragraph(children=children):
            return [Paragraph(children)]
        case Clause(number="", blocks=inner) if all(isinstance(each, Paragraph) for each in inner):
            return [Paragraph(each.children) for each in inner if isinstance(each, Paragraph)]
        case _:
            return []


def count_line(staff: Sequence[StaffRow], settled: int = 0) -> str:
    """The line that says how many were asked, with room for how many answered."""
    others = f"; {settled} not listed, who need not sign again" if settled else ""
    return f"{len(staff)} staff listed{others}; returned ______ of ______"


def read_at(document: Document, address: str, setting: Setting) -> str:
    """Where the version that is signed can be read, with a QR code; nothing where the school has no website."""
    if not address:
        return ""
    shown = escape(address) if setting.print else element("a", escape(address), href=address)
    words = element("p", f"Version {escape(document.version)} can be read at ", shown)
    return element("div", "\n", lines((qr_html(address), words)), "\n", class_="read-at")


def slips_html(
    document: Document,
    form: Section,
    staff: Sequence[StaffRow],
    stamp: Stamp,
    *,
    medium: Medium,
    images: Mapping[str, bytes],
    address: str = "",
) -> str:
    """A slip to cut out for each member of staff, and a page of slips without a name."""
    setting = Setting(medium, stamp, images, rank_offset=0, linked=frozenset())
    named = lines(_slip(document, form, row.name, setting, address) for row in staff)
    unnamed = lines(_slip(document, form, "", setting, address) for _ in range(_UNNAMED))
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
    parts = lines(_circular_part(name, body) for name, body in _circular_parts(circular, medium) if body)
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
        "section", "\n", heading(2, escape(name)), "\n", element("div", body, class_="said"), "\n", class_=class_
    )


def _paragraphs(text: str) -> str:
    return lines(element("p", broken_lines(part.strip())) for part in text.split("\n\n") if part.strip())


def sign_table(caption: str, columns: Sequence[str], rows: Sequence[Sequence[str]], setting: Setting) -> str:
    """A table to sign in. Its rows are of finished cells."""
    head = [element("th", escape(name), scope="col") for name in columns]
    return framed_table(escape(caption), head, rows, setting, class_="sign-here", name=caption)


def blanks(number: int) -> list[str]:
    """Cells to fill in."""
    return [element("td", class_="blank")] * number


def _slip(document: Document, form: Section, name: str, setting: Setting, address: str) -> str:
    stamp = setting.stamp
    what = f"{document.title} · Version {document.version} · Content code {stamp.content_code}"
    inside = (
        qr_html(address) if address else "",
        element("p", escape(document.school_name), class_="school"),
        heading(2, inline_html(form.title, setting), class_="slip-title"),
        element("p", escape(what), class_="which"),
        element("p", escape(status(document, stamp)), class_="status"),
        element("p", escape(address), class_="status") if address else "",
        blocks_html(statement(form), setting),
        _slip_field("Name", name),
        element("div", _slip_field("Signed", ""), "\n", _slip_field("Date", ""), class_="slip-fields"),
    )
    return element("section", "\n", lines(inside), "\n", class_="slip linked" if address else "slip")


def _slip_field(label: str, value: str) -> str:
    written = element("span", escape(value), class_="written")
    return element("p", element("span", escape(label), class_="field-label"), " ", written, class_="field")
