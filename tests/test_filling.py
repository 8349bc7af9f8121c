"""What can be filled in on screen: the same fields in the document, on the page and in the PDF, each of which says what it is."""

from __future__ import annotations

import io
from dataclasses import replace
from functools import cache
from random import Random
from typing import TYPE_CHECKING

import pikepdf
import pytest
from lxml import html as parser

from policygen.html.sheets import Sheet, form_html, policy_html, roster_html, sheet_setting
from policygen.language import document as d
from policygen.language.fields import Field, fields_of, is_form
from policygen.pdf.check import check_pdf, expect
from policygen.pdf.render import render_pdf
from tests.support import samples
from tests.support.validation import objections

if TYPE_CHECKING:
    from collections.abc import Callable

LABELS = ("Name (please print)", "Role", "Signed", "Date", "Approved: yes / no", "Date of return")
HEADS = (
    ("Item", "Serial number", "Date issued"),
    ("Use", "Yes", "No"),
    ("Check", "Tick when done"),
    ("Item", "Working: yes or no", "Yes", "Remarks"),
    ("Service", "Yes", "No", "N/A", "Signature of parent"),
    (),
)
ROWS = ("Laptop", "Bag & “manuals”", "Class", "", "Accessory", "In displays inside the building")
TYPED = "Łucja Gŵyn-Ŷates"


def form_of(*blocks: d.Block, one_page: bool = False) -> d.Section:
    return d.Section(
        "a-form", samples.text("A form"), blocks, kind="form", name="a-form", one_page=one_page
    )


def document_with(form: d.Section) -> d.Document:
    return replace(samples.FLAT, forms=(form,))


def generated(seed: int) -> d.Section:
    """A form with some tables and some blocks to sign, one of them in a part for parents."""
    random = Random(seed)  # noqa: S311
    blocks: list[d.Block] = [samples.paragraph("I have read this, and I agree to it.")]
    blocks += [_table(random) for _ in range(random.randint(1, 3))]
    for signatory in random.sample(("Member of staff", "Issued by", "Parent or carer"), 2):
        labels = random.sample(LABELS, random.randint(1, 4))
        blocks.append(d.SignatureBlock(signatory, tuple(map(samples.text, labels))))
    part = d.AudiencePart("parents", (samples.paragraph("For you."), *blocks[-1:]))
    return form_of(*blocks[:-1], part, one_page=random.random() < 0.3)


def _table(random: Random) -> d.Table:
    head = random.choice(HEADS)
    columns = len(head) or 2
    rows = []
    for label in random.choices(ROWS, k=random.randint(1, 5)):
        filled = [random.choice(("", "", "", "yes / no", "said")) for _ in range(columns - 1)]
        rows.append(samples.cells(label, *filled))
    return d.Table(samples.text("Equipment"), samples.cells(*head), tuple(rows))


def pages_of(form: d.Section) -> tuple[str, bytes]:
    """A form for the screen, and its PDF."""
    given = {"images": samples.IMAGES}
    document = document_with(form)
    screen = form_html(document, form, samples.DRAFT, medium="screen", **given)
    paper = form_html(document, form, samples.DRAFT, medium="print", **given)
    return screen, render_pdf(paper.encode())


def names_on(page: str) -> list[str]:
    """What the controls of a page are called, with whom they are for where a group says so."""
    names = []
    tree = parser.fromstring(page)
    for control in tree.iter("input", "textarea"):
        name = control.get("aria-label")
        if not name:
            (label,) = tree.xpath("//label[@for=$id]", id=control.get("id"))
            (group,) = control.xpath("ancestor::*[@role='group']")
            name = f"{group.get('aria-label')}: {' '.join(label.text_content().split())}"
        names.append(name)
    return names


def widgets_of(pdf: bytes) -> list[str]:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return [
            str(note.TU)
            for page in opened.pages
            for note in page.get("/Annots", [])
            if note.Subtype == "/Widget"
        ]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(12))
def test_document_page_and_pdf_have_the_same_fields(seed: int) -> None:
    form = generated(seed)
    fields = [*fields_of(form)]
    screen, pdf = pages_of(form)
    assert names_on(screen) == [field.name for field in fields]
    assert widgets_of(pdf) == [field.tooltip for field in fields]
    ids = parser.fromstring(screen).xpath("//@id")
    assert len(ids) == len({*ids})
    assert check_pdf(pdf, expect(document_with(form), samples.DRAFT, "form", form)) == []
    assert objections(pdf, "ua1") == objections(pdf, "2a") == []


def test_each_field_says_what_it_is() -> None:
    head = samples.cells("Item", "Number", "Date issued", "Tick when back")
    rows = (samples.cells("Laptop", "", "", ""), samples.cells("", "", "12", ""))
    uses = samples.cells("Use", "Yes", "No")
    form = form_of(
        d.Table(samples.text("Equipment"), head, rows),
        d.Table((), (), (samples.cells("Class", ""), samples.cells("Day of return", "yes / no"))),
        d.Table(
            (), uses, (samples.cells("On the website", "", ""), samples.cells("Here", "x", ""))
        ),
        d.SignatureBlock("Holder", tuple(map(samples.text, ("Signed", "Approved: yes / no")))),
    )
    assert [*fields_of(form)] == [
        Field("text", "Laptop: Number"),
        Field("date", "Laptop: Date issued"),
        Field("tick", "Laptop: Tick when back"),
        Field("text", "Equipment, row 2: Item"),
        Field("text", "Equipment, row 2: Number"),
        Field("tick", "Equipment, row 2: Tick when back"),
        Field("text", "Class"),
        Field("choice", "Day of return: yes", "Day of return", "yes"),
        Field("choice", "Day of return: no", "Day of return", "no"),
        Field("choice", "On the website: Yes", "On the website", "Yes"),
        Field("choice", "On the website: No", "On the website", "No"),
        Field("tick", "Here: No"),
        Field("signature", "Holder: Signed"),
        Field("choice", "Holder: Approved: yes", "Holder: Approved", "yes"),
        Field("choice", "Holder: Approved: no", "Holder: Approved", "no"),
    ]


def test_rows_of_the_same_words_are_counted() -> None:
    rows = (samples.cells("Accessory", ""),) * 2
    assert [field.name for field in fields_of(form_of(d.Table((), (), rows)))] == [
        "Accessory (1 of 2)",
        "Accessory (2 of 2)",
    ]


def test_a_blank_cell_is_a_field_only_where_something_is_filled_in() -> None:
    """In a table of who may do what it says no."""
    rights = d.Table((), samples.cells("Who", "Reads"), (samples.cells("Staff", "x"),) * 2)
    empty = d.Table((), (), (samples.cells("Make", ""),))
    signed = d.SignatureBlock("Head", (samples.text("Signed"),))

    def part(kind: d.PartKind, *blocks: d.Block) -> d.Section:
        return replace(form_of(*blocks), kind=kind)

    assert is_form(part("form", rights))
    assert is_form(part("appendix", empty))
    assert is_form(part("section", signed))
    assert not is_form(part("appendix", rights))
    assert not is_form(part("section", empty))


def test_a_page_sends_nothing_and_remembers_nothing() -> None:
    """No form, no script; what a browser knows from elsewhere is not offered; only choices have names."""
    page = parser.fromstring(pages_of_policy("screen"))
    assert not page.xpath("//form | //script | //button | //@action")
    typed = page.xpath("//input[@type='text'] | //textarea")
    assert typed
    assert {control.get("autocomplete") for control in typed} == {"off"}
    assert {control.get("type") for control in page.xpath("//*[@name][self::input]")} <= {"radio"}


def pages_of_policy(medium) -> str:
    return policy_html(samples.POLICY, samples.DRAFT, medium=medium, images=samples.IMAGES)


def test_lists_to_sign_stay_paper() -> None:
    """They go round a room: one person fills in one row by hand."""
    for medium in ("screen", "print"):
        sheet = Sheet(
            samples.POLICY,
            samples.POLICY.forms[0],
            sheet_setting(medium, samples.DRAFT, samples.IMAGES),
        )
        page = parser.fromstring(roster_html(sheet, samples.STAFF))
        assert not page.xpath("//input | //textarea")


# --- what the gate finds --------------------------------------------------------------------------------------------

CONSENT = form_of(
    d.Table((), samples.cells("Use", "Yes", "No"), (samples.cells("On the website", "", ""),)),
    d.SignatureBlock("Parent", tuple(map(samples.text, ("Name", "Signed")))),
)


@cache
def _good() -> bytes:
    return pages_of(CONSENT)[1]


def _faults(breaks: Callable[[pikepdf.Pdf], object]) -> list[str]:
    with pikepdf.open(io.BytesIO(_good())) as pdf:
        breaks(pdf)
        made = io.BytesIO()
        pdf.save(made)
    expected = expect(document_with(CONSENT), samples.DRAFT, "form", CONSENT)
    return check_pdf(made.getvalue(), expected)


def _widget(pdf: pikepdf.Pdf, index: int):
    return [note for note in pdf.pages[0].Annots if note.Subtype == "/Widget"][index]


def _role(pdf: pikepdf.Pdf, index: int, role: str) -> None:
    owner = pikepdf.NumberTree(pdf.Root.StructTreeRoot.ParentTree)[
        int(_widget(pdf, index).StructParent)
    ]
    owner.S = pikepdf.Name(role)


def test_the_good_one_is_good() -> None:
    assert _faults(lambda _: None) == []


@pytest.mark.parametrize(
    ("breaks", "message"),
    [
        (
            lambda pdf: _role(pdf, 2, "/Span"),
            "the field `Parent: Name` is missing or out of order",
        ),
        (lambda pdf: _role(pdf, 2, "/Span"), "a field on page 1 is not tagged"),
        (
            lambda pdf: _widget(pdf, 0).__setattr__("TU", "Yes"),
            "the field `On the website: Yes` is missing or out of order",
        ),
        (
            lambda pdf: pdf.pages[0].Annots.__delitem__(3),
            "sign by hand)` is on no page",
        ),
        (
            lambda pdf: pdf.Root.AcroForm.Fields.__delitem__(1),
            "a field on page 1 is not a field of the file",
        ),
        (
            lambda pdf: pdf.Root.AcroForm.Fields[1].__setattr__("T", "field-4"),
            "two fields have the same name, or one has none",
        ),
        (
            lambda pdf: pdf.Root.AcroForm.__setattr__("NeedAppearances", True),
            "a reader would draw the fields anew",
        ),
        (lambda pdf: _widget(pdf, 2).__setattr__("F", 0), "on page 1 would not be printed"),
        (lambda pdf: _widget(pdf, 2).__delitem__("/AP"), "on page 1 has no look"),
        (lambda pdf: _widget(pdf, 2).Rect.__setitem__(2, 900), "on page 1 has no room"),
        (
            lambda pdf: _widget(pdf, 3).__setattr__("FT", pikepdf.Name("/Sig")),
            "the field `Parent: Signed` is of another kind",
        ),
        (
            lambda pdf: _widget(pdf, 0).Parent.__setattr__("TU", "On a leaflet"),
            "the field `On the website: Yes` is of another kind",
        ),
        (
            lambda pdf: pdf.Root.AcroForm.DR.Font.__delitem__("/Field"),
            "the fields have no font of the file",
        ),
    ],
)
@pytest.mark.filterwarnings("ignore:This document has:UserWarning")  # pikepdf sees some of them too
def test_a_broken_field_is_found(breaks: Callable[[pikepdf.Pdf], object], message: str) -> None:
    assert any(message in fault for fault in _faults(breaks)), _faults(breaks)


def test_the_same_form_makes_the_same_bytes() -> None:
    assert pages_of(CONSENT)[1] == _good()
