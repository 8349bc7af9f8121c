"""What stands before the text of a policy, and on every page: title, record, versions, contents; what a copy is."""

from __future__ import annotations

from collections.abc import Sequence

from policygen.ground.wording import join_and
from policygen.html.labels import (
    VERSIONS,
    Stamp,
    record_rows,
    signatories,
    status,
    version_date,
    version_minute,
)
from policygen.html.measure import TEXT_WIDTH
from policygen.language import document as d
from policygen.word.flow import Contents, Grid, Para, Picture, Piece, Row, Standing
from policygen.word.layout import TWIPS
from policygen.word.names import bookmark

_LOGO = (60.0, 26.0)
"""The most millimetres that a logo takes."""
_VERSIONS = (19.0, 33.0, 25.0, 34.0, 51.0)
_RECORD = (56.0, 106.0)
_SIGNED = (46.0, 46.0, 44.0, 26.0)


def front_flow(document: d.Document, stamp: Stamp) -> tuple[Standing, ...]:
    """What stands before the text of a policy."""
    return (
        *_head(document, stamp, document.title),
        _table(record_rows(document, stamp), _RECORD, "Approval"),
        Para("PolicyBreak"),
        *_signatures(document),
        *_versions(document),
        *_contents(document),
    )


def form_front(document: d.Document, stamp: Stamp) -> tuple[Standing, ...]:
    """What stands at the top of a form that is a file of its own."""
    facts = (
        ("Policy", document.title),
        ("Version", document.version),
        ("Status", status(document, stamp)),
        ("Content code", stamp.content_code),
    )
    return (*_head(document, stamp, ""), _table(facts, _RECORD, "Policy"), Para("PolicyBreak"))


def end_flow(document: d.Document) -> tuple[Standing, ...]:
    """What stands behind the text."""
    footer = document.branding.footer
    if not footer:
        return ()
    return (Para("PolicyEnd", (Piece(footer),)),)


def notice(document: d.Document, stamp: Stamp) -> str:
    """What a copy is."""
    if stamp.draft:
        return f"Draft of version {document.version}, not yet approved"
    return (
        f"A copy to work with. The record of version {document.version} is the PDF and the page "
        f"with the content code {stamp.content_code}."
    )


def running_foot(document: d.Document, stamp: Stamp) -> str:
    """What stands at the foot of each page."""
    draft = " (draft)" if stamp.draft else ""
    return f"{document.short_title}, version {document.version}{draft}, {stamp.content_code}"


def _head(document: d.Document, stamp: Stamp, title: str) -> tuple[Standing, ...]:
    branding = document.branding
    paras = [Para("PolicyNotice", (Piece(notice(document, stamp)),))]
    if branding.logo:
        logo = Picture(branding.logo, branding.logo_alt, *_LOGO)
        paras.append(Para("BodyText", (Piece(picture=logo),)))
    if title:
        paras.append(Para("Title", (Piece(title),)))
    paras.append(Para("Subtitle", (Piece(document.school_name),)))
    if branding.strapline:
        paras.append(Para("PolicyStrapline", (Piece(branding.strapline),)))
    return tuple(paras)


def _signatures(document: d.Document) -> tuple[Standing, ...]:
    signing = signatories(document)
    if not signing:
        return ()
    named = [f"{each.role} ({each.name})" if each.name else each.role for each in signing]
    rows = [(each.role, each.name, "", "") for each in signing]
    said = f"To be signed by: {join_and(named)}"
    head = ("Signed by", "Print name", "Signature", "Date")
    return (
        Para("BodyText", (Piece(said),)),
        _table(rows, _SIGNED, "Signatures", head),
        Para("PolicyBreak"),
    )


def _versions(document: d.Document) -> tuple[Standing, ...]:
    if not document.school_id:
        return ()
    rows = []
    for index, row in enumerate(document.versions):
        day = version_date(row, first=index == 0)
        author, reason = row.author or "Not recorded", row.reason or "Not recorded"
        rows.append((row.version, day, version_minute(row), author, reason))
    head = ("Version", "Date", "Minute number", "Author", "Reason for change")
    table = _table(rows, _VERSIONS, VERSIONS, head)
    return Para("PolicyFrontHeading", (Piece(VERSIONS),)), table, Para("PolicyBreak")


def _table(
    rows: Sequence[Sequence[str]], widths: Sequence[float], alt: str, head: Sequence[str] = ()
) -> Grid:
    made = [Row(tuple(Para("PolicyCellHead", _said(cell)) for cell in head), head=True)]
    made += [Row(tuple(Para("PolicyCell", _said(cell)) for cell in row)) for row in rows]
    room = TEXT_WIDTH * TWIPS / sum(widths)
    return Grid(
        tuple(row for row in made if row.cells),
        tuple(round(width * room) for width in widths),
        labelled=True,
        alt=alt,
    )


def _said(text: str) -> tuple[Piece, ...]:
    return (Piece(text),) if text else ()


def _contents(document: d.Document) -> tuple[Standing, ...]:
    """The contents. Only Word knows the pages: until it makes them anew, the lines lead to their places."""
    listed = d.contents(document)
    if not listed:
        return ()
    lines = tuple(_line(line) for line in listed)
    deepest = max(line.level for line in listed)
    code = f'TOC {chr(92)}o "1-{deepest}" {chr(92)}h {chr(92)}z'
    heading = Para("TOCHeading", (Piece("Contents"),), fresh=document.front.cover)
    return heading, Contents(code, lines)


def _line(line: d.ContentsLine) -> Para:
    words = " ".join(d.plain(line.title).split())
    between = " " if line.kind != "section" else "\t"
    shown = f"{line.label}{between}{words}" if line.label else words
    return Para(f"TOC{line.level}", (Piece(shown, link=f"#{bookmark(line.target)}"),))
