"""What people sign or fill in by hand, and the notice that goes with an edition, as HTML pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from policygen.html.blocks import blocks_html, framed_table, words
from policygen.html.circular import CircularContent, circular_html
from policygen.html.elements import Medium, Setting, element, escape, heading, lines
from policygen.html.inline import inline_html
from policygen.html.labels import Stamp, status
from policygen.html.page import document_page
from policygen.html.policy import extract_html, form_html, history_html, policy_html, sheet_header
from policygen.html.qr import qr_html
from policygen.language.document import (
    AudiencePart,
    Block,
    Clause,
    Document,
    Paragraph,
    Section,
    SignatureBlock,
    walk,
)

_COLUMNS = ("Name", "Role", "Signature", "Date", "Declined or absent")
_UNNAMED = 4
"""How many slips without a name fill a page."""


@dataclass(frozen=True, slots=True)
class StaffRow:
    """One person who has to sign."""

    name: str
    role: str


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
        [element("th", escape(row.name), scope="row"), element("td", escape(row.role)), *blanks(3)]
        for row in staff
    ]
    others = [blanks(5) for _ in range(blank_rows)]
    main = (
        read_at(document, address, setting),
        blocks_html(statement(form), setting),
        sign_table("Staff", _COLUMNS, listed, setting) if listed else "",
        sign_table("Supply staff and volunteers", _COLUMNS, others, setting) if others else "",
        element("p", escape(count_line(staff, settled)), class_="count"),
    )
    body = [sheet_header(document, setting, title), element("main", "\n", lines(main), "\n")]
    what = f"{words(form.title)}: signature sheet"
    return document_page(document, setting, "roster", body, what=what, about="Signature sheet")


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
    body = [element("main", "\n", lines(main), "\n")]
    return document_page(
        document, setting, "slips-page", body, what=title, about="Slips to sign", runs=False
    )


def sign_table(
    caption: str, columns: Sequence[str], rows: Sequence[Sequence[str]], setting: Setting
) -> str:
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
        element(
            "div", _slip_field("Signed", ""), "\n", _slip_field("Date", ""), class_="slip-fields"
        ),
    )
    return element(
        "section", "\n", lines(inside), "\n", class_="slip linked" if address else "slip"
    )


def _slip_field(label: str, value: str) -> str:
    written = element("span", escape(value), class_="written")
    return element(
        "p", element("span", escape(label), class_="field-label"), " ", written, class_="field"
    )


CLASSES, RETURNS, RECIPIENTS = "class lists", "returns", "recipients"
"""What the sheets are called, behind the title of their form."""

_PUPIL = ("Pupil", "Signature of pupil", "Date")
_PARENT = ("Signature of parent or carer", "Date")
_DECLINED = ("Declined or absent",)
_RETURN = ("Pupil", "Form given out on", "Came back on", "Filed by")
_RECIPIENT = ("Name", "Role", "Signature", "Issued on", "Returned on")
_UNLISTED_CLASS = 30
"""Blank rows of a class whose pupils are not listed."""
_MORE = 3
"""Blank rows for pupils who join a class."""
_RECIPIENT_ROWS = 8


@dataclass(frozen=True, slots=True)
class ClassList:
    """The pupils of one class; without any, a list to write on."""

    name: str = ""
    pupils: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """What stands above it."""
        return f"Class {self.name}" if self.name else "Class: ______________"


def classes_html(
    document: Document,
    form: Section,
    classes: Sequence[ClassList],
    stamp: Stamp,
    *,
    medium: Medium,
    images: Mapping[str, bytes],
    address: str = "",
) -> str:
    """A list for each class to sign; with a signature of a parent beside each pupil's where the form asks for one."""
    parents = parents_declaration(form)
    columns = (*_PUPIL, *(_PARENT if parents else ()), *_DECLINED)
    setting = Setting(medium, stamp, images, rank_offset=0, linked=frozenset())
    said = lines(
        (
            blocks_html(statement(form), setting),
            element("p", element("strong", "A parent or carer signs for this:")) if parents else "",
            blocks_html(parents, setting),
        )
    )
    return _lists(document, form, CLASSES, classes, columns, said, setting, address)


def returns_html(
    document: Document,
    form: Section,
    classes: Sequence[ClassList],
    stamp: Stamp,
    *,
    medium: Medium,
    images: Mapping[str, bytes],
    address: str = "",
) -> str:
    """A list for each class of the parents' forms that came back. What a family decided stays on its form."""
    setting = Setting(medium, stamp, images, rank_offset=0, linked=frozenset())
    said = element(
        "p",
        f"This list only says whose copy of “{escape(words(form.title))}” came back. What a family has decided stands ",
        "on its own form, and is asked apart from any agreement to rules.",
    )
    return _lists(document, form, RETURNS, classes, _RETURN, said, setting, address)


def recipients_html(
    document: Document,
    form: Section,
    stamp: Stamp,
    *,
    medium: Medium,
    images: Mapping[str, bytes],
    address: str = "",
) -> str:
    """A form for equipment that several people hold: what they receive, then a row for each of them."""
    ids = frozenset(str(getattr(node, "id", "")) for node in walk(before_signature(form.blocks)))
    setting = Setting(medium, stamp, images, rank_offset=0, linked=ids)
    rows = [blanks(len(_RECIPIENT)) for _ in range(_RECIPIENT_ROWS)]
    body = (
        read_at(document, address, setting),
        blocks_html(before_signature(form.blocks), setting),
        sign_table("Recipients", _RECIPIENT, rows, setting),
    )
    return _sheet(document, form, RECIPIENTS, body, setting, "recipients")


def parents_declaration(form: Section) -> tuple[Paragraph, ...]:
    """What a parent declares beside a pupil: the words before the signature in the parents' part of a form."""
    for part in form.blocks:
        if isinstance(part, AudiencePart) and part.audience == "parents":
            return (
                declaration(part.blocks)
                if any(isinstance(each, SignatureBlock) for each in part.blocks)
                else ()
            )
    return ()


def _lists(
    document: Document,
    form: Section,
    what: str,
    classes: Sequence[ClassList],
    columns: Sequence[str],
    said: str,
    setting: Setting,
    address: str,
) -> str:
    """The same list for each class, each on a page of its own."""
    body = [
        element(
            "section", "\n", lines(_list(each, columns, said, setting)), "\n", class_="class-list"
        )
        for each in classes
    ]
    return _sheet(
        document, form, what, (read_at(document, address, setting), *body), setting, "classes"
    )


def _list(group: ClassList, columns: Sequence[str], said: str, setting: Setting) -> tuple[str, ...]:
    empty = len(columns) - 1
    listed = [[element("th", escape(name), scope="row"), *blanks(empty)] for name in group.pupils]
    more = [blanks(len(columns)) for _ in range(_MORE if listed else _UNLISTED_CLASS)]
    table = sign_table("Pupils", columns, [*listed, *more], setting)
    total = f"{len(group.pupils)} pupils listed; " if listed else ""
    count = element("p", f"{total}returned ______ of ______", class_="count")
    return heading(2, escape(group.title)), said, table, count


def _sheet(
    document: Document, form: Section, what: str, body: Sequence[str], setting: Setting, class_: str
) -> str:
    title = f"{words(form.title)}: {what}"
    parts = [
        sheet_header(document, setting, escape(title)),
        element("main", "\n", lines(body), "\n"),
    ]
    about = what.capitalize()
    return document_page(document, setting, f"roster {class_}", parts, what=title, about=about)


__all__ = [
    "CircularContent",
    "Medium",
    "StaffRow",
    "Stamp",
    "circular_html",
    "extract_html",
    "form_html",
    "history_html",
    "policy_html",
    "roster_html",
    "slips_html",
]
