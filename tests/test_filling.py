"""What can be filled in on screen: the same fields in the document, on the page and in the PDF, each of which says what it is."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from functools import cache
from random import Random
from typing import TYPE_CHECKING

import pikepdf
import pypdfium2
import pytest
from fontTools import agl
from fontTools.ttLib import TTFont
from lxml import html as parser

from policygen.html.sheets import Sheet, form_html, policy_html, roster_html, sheet_setting
from policygen.language import document as d
from policygen.language.fields import Field, fields_of, is_form
from policygen.pdf.check import check_pdf, expect
from policygen.pdf.render import render_pdf
from policygen.products.copies import first_difference, read_copy
from policygen.project.check import Selection, check
from policygen.project.unit import draft_of
from tests.support import example, samples
from tests.support.browser import open_browser_page
from tests.support.filling import TYPED, filled_by_keyboard
from tests.support.validation import objections

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

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
            (group,) = control.xpath("ancestor::*[@role='group'][1]")  # the nearest
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


# --- filled in ------------------------------------------------------------------------------------------------------


@cache
def _example(school: str, policy: str, name: str) -> tuple[d.Document, d.Section, dict[str, bytes]]:
    """A form of one of the example schools."""
    (composed,) = check(example.ROOT, [Selection(school, policy)], example.AS_OF).policies
    draft = draft_of(composed, {})
    (form,) = (form for form in draft.document.forms if form.name == name)
    return draft.document, form, dict(draft.images)


LAPTOP = ("elm-grove", "staff-acceptable-use", "laptop")
CONSENT_FORM = ("larkspur-gardens", "online-safety", "image-consent")
OWN_DEVICE = ("beacon-academy", "computing-facilities", "own-device")


def _tab_through(page: Page) -> dict[str, str]:
    """Fill in a page by keyboard alone. Returns what was typed or taken, by the name of the field."""
    filled: dict[str, str] = {}
    while True:
        page.keyboard.press("Tab")
        kind = page.evaluate("document.activeElement.type || document.activeElement.tagName")
        if kind == "BODY":
            return filled
        if kind in ("text", "textarea"):
            value = f"Typed-{len(filled)}"
            page.keyboard.type(value)
        elif kind == "radio":
            # The arrow goes from Yes, on which the group is entered, to No.
            page.keyboard.press("ArrowDown")
            value = "No"
        elif kind == "checkbox":
            page.keyboard.press("Space")
            value = "ticked"
        else:
            continue
        filled[page.evaluate(_NAME)] = value


_NAME = """() => {
  const control = document.activeElement
  const group = control.closest("[role=group]")
  const label = control.labels[0]
  return control.ariaLabel || `${group.ariaLabel}: ${label.textContent.replace(/\\s+/g, " ").trim()}`
}"""


@pytest.mark.slow
@pytest.mark.parametrize("which", [LAPTOP, CONSENT_FORM, OWN_DEVICE], ids=lambda each: each[2])
@pytest.mark.parametrize("width", [320, 1280])
def test_a_form_is_filled_in_by_keyboard_alone_and_prints_so(
    which: tuple[str, str, str], width: int, tmp_path: Path
) -> None:
    document, form, images = _example(*which)
    fields = [*fields_of(form)]
    file = tmp_path / "form.html"
    file.write_text(form_html(document, form, samples.DRAFT, medium="screen", images=images))
    with open_browser_page(width=width, scripts=False) as quiet:
        quiet.page.goto(file.as_uri())
        filled = _tab_through(quiet.page)
        told = _told_of_controls(quiet.page)
        paper = quiet.page.pdf(format="A4")
        taken = quiet.page.locator("input:checked").count()
        assert quiet.page.evaluate("document.documentElement.scrollWidth") <= width
        assert quiet.refused == []
    # Of a group one is reached, as the arrows lead to the others.
    reached = [field.name for field in fields if field.answer.lower() not in ("yes", "n/a")]
    assert [*filled] == reached
    assert taken == sum(not value.startswith("Typed") for value in filled.values())
    assert len(told) == len(fields)
    assert all(name and name in field.name for name, field in zip(told, fields, strict=True))
    with pypdfium2.PdfDocument(paper) as printed:
        words = "".join(sheet.get_textpage().get_text_range() for sheet in printed)
    for value in filled.values():
        assert value in words or not value.startswith("Typed")


def _told_of_controls(page: Page) -> list[str]:
    """What a screen reader is told that the controls are called."""
    session = page.context.new_cdp_session(page)
    nodes = {node["nodeId"]: node for node in session.send("Accessibility.getFullAXTree")["nodes"]}
    told = []
    ahead = [next(iter(nodes))]
    while ahead:
        node = nodes[ahead.pop()]
        if node.get("role", {}).get("value") in ("textbox", "radio", "checkbox"):
            told.append(node["name"]["value"])
        ahead += reversed([kid for kid in node.get("childIds", []) if kid in nodes])
    return told


@pytest.mark.slow
def test_a_pdf_is_filled_in_by_another_program_and_shows_it() -> None:
    """By pdfium, as Chrome and Edge do: what is typed, letters of names too, stands on the page and in the file."""
    document, form, images = _example(*CONSENT_FORM)
    page = form_html(document, form, samples.DRAFT, medium="print", images=images)
    pdf = render_pdf(page.encode())
    filled = filled_by_keyboard(pdf)
    with pikepdf.open(io.BytesIO(filled)) as opened:
        values = [str(field.get("/V", "")) for field in opened.Root.AcroForm.Fields]
    groups = {field.group or field.name: field for field in fields_of(form)}
    assert values == ["/Yes" if field.group else TYPED for field in groups.values()]
    shown = "".join(_flattened_text(filled).split())
    assert shown.count("".join(TYPED.split())) == values.count(TYPED) > 0
    assert objections(pdf, "ua1") == objections(pdf, "2a") == []


def test_the_font_of_the_fields_has_the_letters_of_names() -> None:
    """Programs that fill in a PDF with its own font find them there, and a screen reader reads them."""
    names = (
        "Gŵyn Ŷates, Łucja Żółć, Řehoř Dvořák, Ștefan Rațiu, Elif Şahin Iğdir, Győző, Siân O’Dwyer"
    )
    with pikepdf.open(io.BytesIO(_good())) as pdf:
        font = pdf.Root.AcroForm.DR.Font.Field
        codes = {}
        for line in font.ToUnicode.read_bytes().decode().split("\n"):
            if found := re.fullmatch("<(..)> <(....)>", line):
                codes[chr(int(found[2], 16))] = found[1]
        file = font.FontDescriptor.FontFile2.read_bytes()
        differences = font.Encoding.Differences
        names_of_glyphs = [str(name)[1:] for name in differences if isinstance(name, pikepdf.Name)]
        shown = "".join(codes[letter] for letter in names)
        page = pdf.add_blank_page()
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(Field=font))
        page.Contents = pikepdf.Stream(pdf, f"BT /Field 9 Tf 20 20 Td <{shown}> Tj ET".encode())
        made = io.BytesIO()
        pdf.save(made)
    with pypdfium2.PdfDocument(made.getvalue()) as document:
        assert document[len(document) - 1].get_textpage().get_text_range() == names
    # ISO 14289-1, 7.21.6: each name is of the Adobe Glyph List, and leads to a glyph by the font's own map.
    with TTFont(io.BytesIO(file)) as embedded:
        glyphs = embedded["cmap"].getcmap(3, 1).cmap
    assert [name for name in names_of_glyphs if ord(agl.toUnicode(name)) not in glyphs] == []


def _flattened_text(pdf: bytes) -> str:
    """The words of all pages, those of fields too."""
    with pypdfium2.PdfDocument(pdf) as document:
        document.init_forms()
        for page in document:
            page.flatten()
        made = io.BytesIO()
        document.save(made)
    with pypdfium2.PdfDocument(made.getvalue()) as document:
        return "".join(page.get_textpage().get_text_range() for page in document)


def test_a_filled_copy_has_the_words_of_the_empty_one() -> None:
    """What is filled in is counted, and is no word of the form: `verify` says so of a copy that is handed in."""
    document = document_with(CONSENT)
    page = form_html(document, CONSENT, samples.DRAFT, medium="screen", images=samples.IMAGES)
    saved = page.replace('value="No"', 'value="No" checked').replace(
        'type="text"', 'type="text" value="Ola"', 1
    )
    with pikepdf.open(io.BytesIO(_good())) as pdf:
        pdf.Root.AcroForm.Fields[1].V = "Ola"
        made = io.BytesIO()
        pdf.save(made)
    copies = [(page.encode(), saved.encode(), 2), (_good(), made.getvalue(), 1)]
    for empty, handed_in, filled in copies:
        first, second = read_copy(empty), read_copy(handed_in)
        assert first is not None
        assert second is not None
        assert (first.filled, second.filled) == (0, filled)
        assert first_difference(first.lines, second.lines) is None
