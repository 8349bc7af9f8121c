"""What people sign or fill in by hand, and the notice that goes with an edition, as HTML pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, takewhile
from typing import Any, assert_never

from markupsafe import Markup

from policygen.html.blocks import part_body, text_table, with_first_marks, words
from policygen.html.circular import CircularContent, circular_html
from policygen.html.elements import (
    Medium,
    Setting,
    block,
    element,
    element_if,
    heading,
    lines,
    unbroken,
)
from policygen.html.fields import field_html
from policygen.html.inline import inline_html
from policygen.html.labels import Stamp, status
from policygen.html.page import MAIN, document_page
from policygen.html.policy import (
    extract_html,
    form_html,
    history_html,
    ids_of,
    policy_html,
    sheet_header,
)
from policygen.html.qr import qr_html
from policygen.language import document as d

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
]

ROSTER, SLIPS = "signature sheet", "slips to sign"
CLASSES, RETURNS, RECIPIENTS = "class lists", "returns", "recipients"
"""What the sheets are called, behind the title of their form."""

_STAFF = ("Name", "Role", "Signature", "Date", "Declined or absent")
_PUPIL = ("Pupil", "Signature of pupil", "Date")
_PARENT = ("Signature of parent or carer", "Date")
_DECLINED = ("Declined or absent",)
_RETURN = ("Pupil", "Form given out on", "Came back on", "Filed by")
_RECIPIENT = ("Name", "Role", "Signature", "Issued on", "Returned on")
_BLANK_ROWS = 8
"""For people who are not listed."""
_UNNAMED = 4
"""How many slips without a name fill a page."""
_UNLISTED_CLASS = 30
"""Blank rows of a class whose pupils are not listed."""
_MORE = 3
"""Blank rows for pupils who join a class."""


@dataclass(frozen=True, slots=True)
class StaffRow:
    """One person who has to sign."""

    name: str
    role: str


@dataclass(frozen=True, slots=True)
class ClassList:
    """The pupils of one class; without any, a list to write on."""

    name: str = ""
    pupils: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """What stands above it."""
        if not self.name:
            return "Class: ______________"
        return f"Class {self.name}"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A form of a document, to be signed on sheets."""

    document: d.Document
    form: d.Section
    setting: Setting
    address: str = ""
    """Where the version can be read; empty where the school has no website."""

    def title(self, what: str) -> str:
        """Of one kind of sheet: "Agreement: signature sheet"."""
        return f"{words(self.form.title)}: {what}"


def sheet_setting(medium: Medium, stamp: Stamp, images: Mapping[str, bytes]) -> Setting:
    """How sheets are set: nothing in them leads anywhere."""
    return Setting(medium, stamp, images, rank_offset=0, linked=frozenset())


def roster_html(sheet: Sheet, staff: Sequence[StaffRow], settled: int = 0) -> str:
    """A sheet with one row for each member of staff, and blank rows for people who are not listed.

    `settled` says how many others need not sign (again).
    """
    listed = [(row.name, row.role, "", "", "") for row in staff]
    main = (
        read_at(sheet),
        _said(sheet, statement(sheet.form)),
        sign_table("Staff", _STAFF, listed, sheet),
        sign_table("Supply staff and volunteers", _STAFF, blanks(_STAFF, _BLANK_ROWS), sheet),
        element("p", count_line(staff, settled), class_="count"),
    )
    return _page(sheet, ROSTER, main, "roster")


def statement(form: d.Section) -> tuple[d.Paragraph, ...]:
    """What the signer of a form declares: the paragraphs that stand directly before its first signature block."""
    return declaration(form.blocks)


def declaration(blocks: Sequence[d.Block]) -> tuple[d.Paragraph, ...]:
    """The paragraphs that stand directly before the first signature block; where none do, all that stand before it.

    They come without their ids, since sheets repeat them.
    """
    before = [_only_paragraphs(block) for block in before_signature(blocks)]
    # From the signature upwards, as far as there are paragraphs and nothing else: what stands further up, such as a
    # list of equipment, is not declared again on each sheet.
    last = list(takewhile(bool, reversed(before)))
    if last:
        before = last[::-1]
    return tuple(chain.from_iterable(before))


def before_signature(blocks: Sequence[d.Block]) -> tuple[d.Block, ...]:
    """The blocks before the first signature block; all of them where there is none."""
    return tuple(takewhile(lambda node: not isinstance(node, d.SignatureBlock), blocks))


def _only_paragraphs(node: d.Block) -> list[d.Paragraph]:
    """A block as paragraphs; none where it is or holds anything else."""
    match node:
        case d.Paragraph():
            return [_repeated(node)]
        case d.Clause():
            inner = list(map(_only_paragraphs, node.blocks))
            if node.number or not all(inner):
                return []
            return list(chain.from_iterable(inner))
        case (
            d.Subhead()
            | d.ItemList()
            | d.Table()
            | d.Callout()
            | d.Quote()
            | d.SignatureBlock()
            | d.AudiencePart()
            | d.Definitions()
            | d.Section()
        ):
            return []
        case _:
            assert_never(node)


def _repeated(paragraph: d.Paragraph) -> d.Paragraph:
    """A paragraph without what leads to it: its id."""
    return d.rebuild(d.Paragraph(paragraph.children), _without_id)


def _without_id(node: Any) -> Any:
    """A node that may stand on a page more than once; marks of notes keep the number that they share."""
    if isinstance(node, d.FootnoteMark | d.Footnote) or not getattr(node, "id", ""):
        return node
    return replace(node, id="")


def declared(form: d.Section, said: Sequence[d.Block]) -> d.Section:
    """What is declared on a sheet, with the notes to it. A sheet repeats both, and so they lead nowhere."""
    part = d.Section("", (), tuple(said), footnotes=_notes_to(form, said))
    return d.rebuild(part, _without_id)


def received_part(form: d.Section) -> d.Section:
    """What stands before the first signature of a form, with the notes to it."""
    received = before_signature(form.blocks)
    return replace(form, blocks=received, footnotes=_notes_to(form, received))


def _notes_to(form: d.Section, said: Sequence[d.Block]) -> tuple[d.Footnote, ...]:
    marked = {node.id for node in d.walk(*said) if isinstance(node, d.FootnoteMark)}
    return tuple(note for note in form.footnotes if note.id in marked)


def _said(sheet: Sheet, said: Sequence[d.Block]) -> Markup:
    """What is declared, and the notes to it below."""
    return part_body(declared(sheet.form, said), sheet.setting)


def count_line(staff: Sequence[StaffRow], settled: int = 0) -> str:
    """The line that says how many were asked, with room for how many answered."""
    listed = f"{len(staff)} staff listed"
    if settled:
        listed += f"; {settled} not listed, who need not sign again"
    return f"{listed}; returned ______ of ______"


def read_at(sheet: Sheet) -> Markup:
    """Where the version that is signed can be read, with a QR code; nothing where the school has no website."""
    address = sheet.address
    if not address:
        return Markup()
    link = address if sheet.setting.print else element("a", address, href=address)
    says = element("p", f"Version {sheet.document.version} can be read at ", link)
    return block("div", qr_html(address), says, class_="read-at")


def slips_html(sheet: Sheet, staff: Sequence[StaffRow]) -> str:
    """A slip to cut out for each member of staff, and a page of slips without a name."""
    named = [_slip(sheet, row.name) for row in staff]
    title = sheet.title(SLIPS)
    parts = [heading(1, title, class_="slips-title")]
    if named:
        parts.append(block("div", *named, class_="slips"))
    parts.append(block("div", *[_slip(sheet, "")] * _UNNAMED, class_="slips unnamed"))
    about = SLIPS.capitalize()
    return document_page(
        sheet.document,
        sheet.setting,
        "slips-page",
        [block("main", *parts, id=MAIN)],
        what=title,
        about=about,
        runs=False,
    )


def sign_table(
    caption: str, columns: Sequence[str], rows: Sequence[Sequence[str]], sheet: Sheet
) -> Markup:
    """A table to sign in; nothing without rows."""
    if not rows:
        return Markup()
    return text_table(caption, columns, rows, sheet.setting, class_="sign-here")


def blanks(columns: Sequence[str], number: int) -> list[tuple[str, ...]]:
    """Rows to fill in."""
    return [("",) * len(columns)] * number


def _slip(sheet: Sheet, name: str) -> Markup:
    document, setting = sheet.document, sheet.setting
    which = (
        f"{document.title} · Version {document.version} · Content code {setting.stamp.content_code}"
    )
    signed = (field_html("Signed"), "\n", field_html("Date", kind="date"))
    code, class_ = Markup(), "slip"
    if sheet.address:
        code, class_ = qr_html(sheet.address), "slip linked"
    return block(
        "section",
        code,
        element("p", document.school_name, class_="school"),
        heading(2, inline_html(sheet.form.title, setting), class_="slip-title"),
        element("p", unbroken(which), class_="which"),
        element("p", status(document, setting.stamp), class_="status"),
        element_if(sheet.address, "p", class_="status"),
        _said(sheet, statement(sheet.form)),
        field_html("Name", name),
        element("div", *signed, class_="slip-fields"),
        class_=class_,
    )


# --- pupils, parents, holders -----------------------------------------------------------------------------------------


def classes_html(sheet: Sheet, classes: Sequence[ClassList]) -> str:
    """A list for each class to sign; with a signature of a parent beside each pupil's where the form asks for one."""
    columns = [*_PUPIL]
    said = [_said(sheet, statement(sheet.form))]
    parents = parents_declaration(sheet.form)
    if parents:
        columns += _PARENT
        said.append(element("p", element("strong", "A parent or carer signs for this:")))
        said.append(_said(sheet, parents))
    columns += _DECLINED
    return _lists(sheet, CLASSES, classes, columns, lines(said))


def returns_html(sheet: Sheet, classes: Sequence[ClassList]) -> str:
    """A list for each class of the parents' forms that came back. What a family decided stays on its form."""
    says = (
        f"This list only says whose copy of “{words(sheet.form.title)}” came back. What a family has decided stands "
        "on its own form, and is asked apart from any agreement to rules."
    )
    return _lists(sheet, RETURNS, classes, _RETURN, element("p", says))


def recipients_html(sheet: Sheet) -> str:
    """A form for equipment that several people hold: what they receive, then a row for each of them."""
    received = with_first_marks(received_part(sheet.form))
    setting = replace(sheet.setting, linked=ids_of(received))
    main = (
        read_at(sheet),
        part_body(received, setting),
        sign_table("Recipients", _RECIPIENT, blanks(_RECIPIENT, _BLANK_ROWS), sheet),
    )
    return _page(sheet, RECIPIENTS, main, "roster recipients")


def parents_declaration(form: d.Section) -> tuple[d.Paragraph, ...]:
    """What a parent declares beside a pupil: the words before the signature in the parents' part of a form."""
    for part in form.blocks:
        if isinstance(part, d.AudiencePart) and part.audience == "parents":
            if before_signature(part.blocks) != part.blocks:
                return declaration(part.blocks)
            break
    return ()


def _lists(
    sheet: Sheet, what: str, classes: Sequence[ClassList], columns: Sequence[str], said: Markup
) -> str:
    """The same list for each class, each on a page of its own."""
    lists = (_list(group, columns, said, sheet) for group in classes)
    return _page(sheet, what, (read_at(sheet), *lists), "roster classes")


def _list(group: ClassList, columns: Sequence[str], said: Markup, sheet: Sheet) -> Markup:
    beside = ("",) * (len(columns) - 1)
    listed = [(name, *beside) for name in group.pupils]
    more, total = _UNLISTED_CLASS, ""
    if listed:
        more, total = _MORE, f"{len(listed)} pupils listed; "
    return block(
        "section",
        heading(2, group.title),
        said,
        sign_table("Pupils", columns, [*listed, *blanks(columns, more)], sheet),
        element("p", f"{total}returned ______ of ______", class_="count"),
        class_="class-list",
    )


def _page(sheet: Sheet, what: str, main: Sequence[str], class_: str) -> str:
    document, setting = sheet.document, sheet.setting
    title = sheet.title(what)
    shown = Markup(": ").join((inline_html(sheet.form.title, setting), what))
    body = [sheet_header(document, setting, shown), block("main", *main, id=MAIN)]
    return document_page(document, setting, class_, body, what=title, about=what.capitalize())
