"""The sheets to sign of an approved version: who gets which, as pages for the screen and for paper."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any

from policygen.ground import paths
from policygen.html.blocks import words
from policygen.html.elements import Medium
from policygen.html.imprint import imprint_of
from policygen.html.labels import full_title
from policygen.html.sheets import (
    CLASSES,
    RECIPIENTS,
    RETURNS,
    ClassList,
    StaffRow,
    Stamp,
    before_signature,
    classes_html,
    parents_declaration,
    recipients_html,
    returns_html,
    roster_html,
    slips_html,
    statement,
)
from policygen.language.document import Document, Section, SignatureBlock, plain
from policygen.pdf.check import Expectation, expect
from policygen.products.folders import MEDIA, PdfJob, Products, made_with

Page = Callable[[Medium], str]

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

    @property
    def common(self) -> dict[str, Any]:
        """What every page is told."""
        return {"images": self.images, "address": self.address}


def address_of(website: str, policy_id: str, version: str) -> str:
    """Where the HTML copy of a version stands on a school's website, for good; empty where it has none."""
    if not website:
        return ""
    base = website if "://" in website else f"https://{website}"
    return f"{base.rstrip('/')}/policies/{policy_id}/{version}/"


def sheet_products(sheets: Sheets) -> Products:
    """The folder of sheets of one version."""
    document = sheets.document
    files: dict[str, bytes] = {}
    pdfs: dict[str, PdfJob] = {}
    for form in document.forms:
        for name, page, expectation in _pages(sheets, form):
            made = {medium: page(medium).encode() for medium in MEDIA}
            files[f"{form.name}-{name}.html"] = made["screen"]
            pdfs[f"{form.name}-{name}.pdf"] = PdfJob(made["print"], expectation)
    record = {
        "school": document.school_id,
        "policy": document.policy_id,
        "title": document.title,
        "edition": document.edition,
        "version": document.version,
        "status": "approved",
        "content": {"code": sheets.stamp.content_code},
        "address": sheets.address,
        "inputs": dict(sorted(sheets.inputs.items())),
        "made_with": made_with(),
    }
    folder = paths.sheets_folder(document.school_id, document.policy_id, document.version)
    return Products(folder, files, pdfs, record)


def _pages(sheets: Sheets, form: Section) -> Iterator[tuple[str, Page, Expectation]]:
    """The sheets of a form: how the file is called, the page for a medium, and what its PDF must hold."""
    document, stamp, common = sheets.document, sheets.stamp, sheets.common
    classes = sheets.classes or _UNLISTED
    match form.signed_by:
        case "staff":
            asked = sheets.asked[form.name]
            staff = asked.staff
            yield (
                "roster",
                lambda medium: roster_html(
                    document, form, staff, stamp, medium=medium, settled=asked.settled, **common
                ),
                expect(document, stamp, "roster", form, staff),
            )
            yield (
                "slips",
                lambda medium: slips_html(document, form, staff, stamp, medium=medium, **common),
                expect(document, stamp, "slips", form, staff),
            )
        case "pupils":
            yield (
                "classes",
                lambda medium: classes_html(
                    document, form, classes, stamp, medium=medium, **common
                ),
                _expect_lists(
                    document,
                    stamp,
                    form,
                    CLASSES,
                    classes,
                    [*statement(form), *parents_declaration(form)],
                ),
            )
        case "parents":
            yield (
                "returns",
                lambda medium: returns_html(
                    document, form, classes, stamp, medium=medium, **common
                ),
                _expect_lists(document, stamp, form, RETURNS, classes, []),
            )
        case "holders" if any(isinstance(block, SignatureBlock) for block in form.blocks):
            yield (
                "recipients",
                lambda medium: recipients_html(document, form, stamp, medium=medium, **common),
                _expect_recipients(document, stamp, form),
            )


def _expect_lists(
    document: Document,
    stamp: Stamp,
    form: Section,
    what: str,
    classes: Sequence[ClassList],
    said: Sequence[Any],
) -> Expectation:
    declared = [(f"the declaration of {form.name}", plain(each.children)) for each in said]
    passages = chain.from_iterable(
        (
            (group.title, group.title),
            *declared,
            *((f"the row of {name}", name) for name in group.pupils),
        )
        for group in classes
    )
    most = sum(2 + len(group.pupils) // _ROWS_A_PAGE for group in classes) + 2
    return replace(
        _named(document, stamp, form, what),
        passages=tuple(passages),
        min_pages=len(classes),
        max_pages=most,
    )


def _expect_recipients(document: Document, stamp: Stamp, form: Section) -> Expectation:
    shortened = replace(form, blocks=before_signature(form.blocks), one_page=False)
    whole = expect(document, stamp, "form", shortened)
    named = _named(document, stamp, form, RECIPIENTS)
    return replace(
        whole,
        title=named.title,
        imprint=named.imprint,
        max_pages=whole.max_pages + 1,
        side=18.0,
    )


def _named(document: Document, stamp: Stamp, form: Section, what: str) -> Expectation:
    part = f"{words(form.title)}: {what}"
    return replace(
        expect(document, stamp, "roster", form),
        title=full_title(document, stamp, part),
        imprint=imprint_of(document, stamp, part),
    )
