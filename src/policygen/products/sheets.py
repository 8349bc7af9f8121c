"""The sheets to sign of an approved version: who gets which, as pages for the screen and for paper."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import assert_never, get_args

from policygen.files.csvfile import csv_text
from policygen.files.excel import Sheet as Workbook
from policygen.files.excel import can_write, workbook
from policygen.ground import paths
from policygen.html.blocks import words
from policygen.html.elements import Medium
from policygen.html.imprint import imprint_of
from policygen.html.labels import Stamp, full_title
from policygen.html.sheets import (
    CLASSES,
    RECIPIENTS,
    RETURNS,
    ClassList,
    Sheet,
    StaffRow,
    classes_html,
    parents_declaration,
    received_part,
    recipients_html,
    returns_html,
    roster_html,
    sheet_setting,
    slips_html,
    statement,
)
from policygen.language.document import Document, Section, SignatureBlock
from policygen.pdf.check import Expectation, Kind, Passage, expect, passages_declared
from policygen.products.folders import Copies, Products, made_with, record_of
from policygen.register.signatures import How, State

LIST = "signatures"
"""The name of the list to fill in, without its ending."""

_UNLISTED = (ClassList(),)
_ROWS_A_PAGE = 10


@dataclass(frozen=True)
class Asked:
    """Who is asked to sign a form for staff, and how many others need not."""

    staff: tuple[StaffRow, ...]
    settled: int = 0


@dataclass(frozen=True)
class Sheets:
    """All that the sheets of one version are made of."""

    document: Document
    stamp: Stamp
    images: Mapping[str, bytes]
    asked: Mapping[str, Asked]
    """By form for staff."""
    classes: Sequence[ClassList] = ()
    address: str = ""
    """Of the version on the school's website; empty where it has none."""
    inputs: Mapping[str, str] = field(default_factory=dict)

    def sheet(self, form: Section, medium: Medium) -> Sheet:
        """A form, to be signed."""
        setting = sheet_setting(medium, self.stamp, self.images)
        return Sheet(self.document, form, setting, self.address)

    def expected(self, kind: Kind, form: Section, staff: Sequence[StaffRow] = ()) -> Expectation:
        """What the PDF of a form, or of a list of staff, must hold."""
        return expect(self.document, self.stamp, kind, form, staff)


def address_of(site: str, policy_id: str, version: str) -> str:
    """Where the HTML copy of a version stands on a school's site, for good; empty where it has none."""
    return f"{site}/policies/{policy_id}/{version}/" if site else ""


def sheet_products(sheets: Sheets) -> Products:
    """The folder of sheets of one version."""
    document = sheets.document
    copies = Copies()
    for form in document.every_form:
        for name, page, expectation in _pages(sheets, form):
            copies.add(f"{form.name}-{name}", partial(_page, sheets, form, page), expectation)
    copies.files |= _list_to_fill_in(sheets)
    record = {
        **record_of(document, sheets.stamp),
        "content": {"code": sheets.stamp.content_code},
        "address": sheets.address,
        "inputs": dict(sorted(sheets.inputs.items())),
        "made_with": made_with(),
    }
    folder = paths.sheets_folder(document.school_id, document.policy_id, document.version)
    return Products(folder, copies.files, copies.pdfs, record)


def _list_to_fill_in(sheets: Sheets) -> dict[str, bytes]:
    """Who still has to sign, as a list that `sign record` takes back; as a workbook, too, where one can be made."""
    document, code = sheets.document, sheets.stamp.content_code
    people = [(row, form) for form, asked in sheets.asked.items() for row in asked.staff]
    if not people:
        return {}
    rows = [
        (row.name, row.role, form, "", "", "", "", document.version, code) for row, form in people
    ]
    columns = "name role form date state how note version code".split()
    files = {f"{LIST}.csv": csv_text([columns, *rows]).encode()}
    if can_write():
        hows = tuple(how for how in get_args(How) if how)
        choices = {(row, 4): get_args(State) for row in range(len(rows))}
        choices |= {(row, 5): hows for row in range(len(rows))}
        above = (
            f"{document.school_name}: {document.title}, version {document.version}",
            "Write the date beside each who signed, and the state where it is another. Save, and send the file back.",
        )
        hidden = frozenset((7, 8))
        sheet = Workbook("Signatures", [columns, *rows], above, choices, frozenset((3,)), hidden)
        files[f"{LIST}.xlsx"] = workbook(sheet)
    return files


def _page(sheets: Sheets, form: Section, page: Callable[[Sheet], str], medium: Medium) -> str:
    return page(sheets.sheet(form, medium))


def _pages(
    sheets: Sheets, form: Section
) -> Iterator[tuple[str, Callable[[Sheet], str], Expectation]]:
    """The sheets of a form: how the file is called, its page, and what its PDF must hold."""
    classes = sheets.classes or _UNLISTED
    match form.signed_by:
        case "staff":
            asked = sheets.asked[form.name]
            staff = asked.staff
            roster = partial(roster_html, staff=staff, settled=asked.settled)
            yield "roster", roster, sheets.expected("roster", form, staff)
            slips = partial(slips_html, staff=staff)
            yield "slips", slips, sheets.expected("slips", form, staff)
        case "pupils":
            where = f"the declaration of {form.name}"
            said = [
                *passages_declared(form, statement(form), where),
                *passages_declared(form, parents_declaration(form), where),
            ]
            expected = _expect_lists(sheets, form, CLASSES, said)
            yield "classes", partial(classes_html, classes=classes), expected
        case "parents":
            expected = _expect_lists(sheets, form, RETURNS, ())
            yield "returns", partial(returns_html, classes=classes), expected
        case "holders":
            if any(isinstance(block, SignatureBlock) for block in form.blocks):
                yield "recipients", recipients_html, _expect_recipients(sheets, form)
        case "":
            return
        case _:
            assert_never(form.signed_by)


def _expect_lists(sheets: Sheets, form: Section, what: str, said: Sequence[Passage]) -> Expectation:
    classes = sheets.classes or _UNLISTED
    passages: list[Passage] = []
    for group in classes:
        passages.append((group.title, group.title))
        passages += said
        passages += [(f"the row of {name}", name) for name in group.pupils]
    most = sum(2 + len(group.pupils) // _ROWS_A_PAGE for group in classes) + 2
    expected = _named(sheets, form, what, sheets.expected("roster", form))
    return replace(expected, passages=tuple(passages), min_pages=len(classes), max_pages=most)


def _expect_recipients(sheets: Sheets, form: Section) -> Expectation:
    shortened = received_part(form)
    expected = _named(sheets, form, RECIPIENTS, sheets.expected("form", shortened))
    return replace(expected, max_pages=expected.max_pages + 1, fields=())


def _named(sheets: Sheets, form: Section, what: str, expected: Expectation) -> Expectation:
    """The same under the title of one kind of sheet."""
    part = f"{words(form.title)}: {what}"
    return replace(
        expected,
        title=full_title(sheets.document, sheets.stamp, part),
        imprint=imprint_of(sheets.document, sheets.stamp, part),
    )
