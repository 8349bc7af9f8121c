"""Sheets for others than all staff: class lists of pupils, returns of parents' forms, holders of equipment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from policygen.language.document import AudiencePart, SignatureBlock, walk
from policygen.pages.html_blocks import blocks_html, words
from policygen.pages.html_elements import Setting, element, escape, heading, lines
from policygen.pages.html_page import description, page, running
from policygen.pages.html_policy import sheet_header
from policygen.pages.html_sheets import before_signature, blanks, declaration, read_at, sign_table, statement
from policygen.pages.labels import full_title

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from policygen.language.document import Document, Paragraph, Section
    from policygen.pages.html_elements import Medium
    from policygen.pages.labels import Stamp

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
            return declaration(part.blocks) if any(isinstance(each, SignatureBlock) for each in part.blocks) else ()
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
        element("section", "\n", lines(_list(each, columns, said, setting)), "\n", class_="class-list")
        for each in classes
    ]
    return _sheet(document, form, what, (read_at(document, address, setting), *body), setting, "classes")


def _list(group: ClassList, columns: Sequence[str], said: str, setting: Setting) -> tuple[str, ...]:
    empty = len(columns) - 1
    listed = [[element("th", escape(name), scope="row"), *blanks(empty)] for name in group.pupils]
    more = [blanks(len(columns)) for _ in range(_MORE if listed else _UNLISTED_CLASS)]
    table = sign_table("Pupils", columns, [*listed, *more], setting)
    total = f"{len(group.pupils)} pupils listed; " if listed else ""
    count = element("p", f"{total}returned ______ of ______", class_="count")
    return heading(2, escape(group.title)), said, table, count


def _sheet(document: Document, form: Section, what: str, body: Sequence[str], setting: Setting, class_: str) -> str:
    title = f"{words(form.title)}: {what}"
    stamp = setting.stamp
    return page(
        language=document.language,
        title=full_title(document, stamp, title),
        description=f"{what.capitalize()}: {description(document)}",
        colour=document.branding.colour,
        medium=setting.medium,
        draft=stamp.draft,
        class_=f"roster {class_}",
        body=[sheet_header(document, setting, escape(title)), element("main", "\n", lines(body), "\n")],
        running=running(document, stamp) if setting.print else None,
    )
