"""What is signed stands on the sheet of its signature, wherever the block falls on a page."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import pypdfium2
import pytest
from lxml import html as parser

from policygen.html.sheets import (
    ClassList,
    Sheet,
    classes_html,
    extract_html,
    form_html,
    policy_html,
    recipients_html,
    roster_html,
    sheet_setting,
    slips_html,
)
from policygen.language import document as d
from policygen.pdf.check import check_pdf, expect
from policygen.pdf.render import render_pdf
from tests.support import samples
from tests.support.browser import open_browser_page

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Signed:
    """A block to sign, and the last words before it."""

    signatory: str
    last_words: str


def declared(chance: random.Random, end: str) -> list[d.Block]:
    """Words that are signed, in each shape in which a policy may hold them."""
    words = many(chance.randint(8, 120)) + f" {end}"
    match chance.randrange(7):
        case 0:
            return [samples.paragraph(words)]
        case 1:
            return [d.Subhead(2, samples.text("Declaration")), samples.paragraph(words)]
        case 2:
            return [samples.paragraph(many(chance.randint(8, 60))) for _ in range(4)] + [
                samples.paragraph(words)
            ]
        case 3:
            return [samples.paragraph("I know this:"), samples.bullets(*["A rule."] * 3, words)]
        case 4:
            rows = [samples.cells("Key", "Hall")] * chance.randint(1, 6)
            return [d.Table((), samples.cells("Item", "Place"), (*rows, samples.cells("Key", end)))]
        case 5:
            return [samples.clause(f"clause-{end}", "", words)]
        case _:
            return [d.Callout("remember", (samples.paragraph(words),))]


def many(count: int) -> str:
    return " ".join(["words"] * count)


def blocks_to_sign(chance: random.Random, number: int) -> tuple[list[d.Block], list[Signed]]:
    """One declaration with its blocks to sign."""
    end, signatory = f"end{number:03d}", f"Signatory{number:03d}"
    labels = ("Name", "Role", "Signed", "Date")[: chance.randint(2, 4)]
    fields = tuple(map(samples.text, labels))
    blocks = [*declared(chance, end), d.SignatureBlock(signatory, fields)]
    if chance.random() < 0.3:
        blocks.append(d.SignatureBlock(f"{signatory}b", fields))
    if chance.random() < 0.2:
        blocks = [d.AudiencePart("parents", tuple(blocks))]
    return blocks, [Signed(signatory, end)]


def filler(chance: random.Random) -> list[d.Block]:
    """As much as moves what follows to any place of a page."""
    lines = chance.randint(0, 40)
    if chance.random() < 0.3:
        rows = [samples.cells("Row", many(4))] * (1 + lines // 3)
        return [d.Table((), samples.cells("Name", "What"), tuple(rows))]
    return [samples.paragraph(many(10)) for _ in range(lines)]


def section(chance: random.Random, count: int) -> tuple[d.Section, list[Signed]]:
    blocks: list[d.Block] = []
    signed: list[Signed] = []
    for number in range(count):
        blocks += filler(chance)
        more, who = blocks_to_sign(chance, number)
        blocks += more
        signed += who
    return d.Section("signed", samples.text("To sign"), tuple(blocks), number="1"), signed


def pages(pdf: bytes) -> list[str]:
    with pypdfium2.PdfDocument(pdf) as opened:
        return [page.get_textpage().get_text_range() for page in opened]


def parted(pdf: bytes, signed: list[Signed]) -> list[Signed]:
    """The blocks whose first line stands on another page than the words before it."""
    texts = pages(pdf)
    found = []
    for block in signed:
        (page,) = (text for text in texts if block.signatory in text)
        if block.last_words not in page:
            found.append(block)
    return found


@pytest.mark.parametrize("cover", [True, False])
@pytest.mark.parametrize("seed", range(3))
def test_in_a_policy_and_its_extract(seed: int, *, cover: bool) -> None:
    """Twelve blocks each, in policies with a cover and in compact ones."""
    part, signed = section(random.Random(seed), 12)  # noqa: S311
    front = replace(samples.FLAT.front, cover=cover)
    document = replace(samples.FLAT, sections=(part,), front=front)
    html = policy_html(document, samples.DRAFT, medium="print", images=samples.IMAGES)
    pdf = render_pdf(html.encode())
    assert parted(pdf, signed) == []
    assert check_pdf(pdf, expect(document, samples.DRAFT)) == []
    extract = extract_html(
        document, "staff", [part], samples.DRAFT, medium="print", images=samples.IMAGES
    )
    assert parted(render_pdf(extract.encode()), signed) == []


@pytest.mark.parametrize("seed", range(10))
def test_in_a_form_and_in_its_copy_in_the_policy(seed: int) -> None:
    """Forms from less than one page to several, set as tight as they need."""
    part, signed = section(random.Random(100 + seed), 1 + seed % 3)  # noqa: S311
    form = replace(part, id="form", kind="form", name="form", number="")
    document = replace(samples.FLAT, forms=(form,))
    html = form_html(document, form, samples.DRAFT, medium="print", images=samples.IMAGES)
    pdf = render_pdf(html.encode())
    assert parted(pdf, signed) == []
    assert check_pdf(pdf, expect(document, samples.DRAFT, "form", form)) == []
    whole = policy_html(document, samples.APPROVED, medium="print", images=samples.IMAGES)
    assert parted(render_pdf(whole.encode()), signed) == []


# --- printed by a browser -----------------------------------------------------------------------------------------------


def printed(html: str, folder: Path) -> bytes:
    """What a browser prints of a page for the screen."""
    file = folder / "page.html"
    file.write_text(html)
    with open_browser_page() as quiet:
        quiet.page.goto(file.as_uri())
        return quiet.page.pdf(prefer_css_page_size=True, format="A4")


@pytest.mark.parametrize("seed", range(3))
def test_in_what_a_browser_prints(seed: int, tmp_path: Path) -> None:
    part, signed = section(random.Random(seed), 12)  # noqa: S311
    form = replace(part, id="form", kind="form", name="form", number="")
    document = replace(samples.FLAT, sections=(part,), forms=(form,))
    policy = replace(document, forms=())
    html = policy_html(policy, samples.DRAFT, medium="screen", images=samples.IMAGES)
    assert parted(printed(html, tmp_path), signed) == []
    html = form_html(document, form, samples.DRAFT, medium="screen", images=samples.IMAGES)
    assert parted(printed(html, tmp_path), signed) == []


# --- notes ------------------------------------------------------------------------------------------------------------

NOTE = d.Footnote("law", "1", (samples.paragraph("The note says where the law stands.", "noted"),))
PARENTS = d.Footnote("parents", "2", (samples.paragraph("The note for parents."),))


def marked(words: str, note: d.Footnote) -> d.Paragraph:
    mark = d.FootnoteMark(note.id, note.number)
    return d.Paragraph((*samples.text(words), mark, *samples.text(" indeed.")), "said")


def noted_form() -> d.Section:
    """A form with a note to what is signed, and one to what a parent signs."""
    signature = d.SignatureBlock("Pupil", (samples.text("Name"), samples.text("Signed")))
    parents = d.AudiencePart("parents", (marked("I agree", PARENTS), signature))
    return d.Section(
        "noted",
        samples.text("Noted"),
        (marked("I have read this", NOTE), signature, parents),
        kind="form",
        name="noted",
        footnotes=(NOTE, PARENTS),
    )


@pytest.mark.parametrize("medium", ["screen", "print"])
def test_a_sheet_prints_the_notes_to_what_is_signed(medium: Literal["screen", "print"]) -> None:
    """Each slip and each list of a class by itself; nothing in them leads anywhere, and no id stands twice."""
    form = noted_form()
    document = replace(samples.FLAT, forms=(form,))
    setting = sheet_setting(medium, samples.DRAFT, samples.IMAGES)
    sheet = Sheet(document, form, setting)
    classes = [ClassList("3A", ("Ann B",)), ClassList("3B", ("Ben C",))]
    made = {
        roster_html(sheet, samples.STAFF): (1, 0),
        slips_html(sheet, samples.STAFF[:6]): (6 + 4, 0),
        classes_html(sheet, classes): (2, 2),
        recipients_html(sheet): (1, 0),
    }
    for html, (notes, for_parents) in made.items():
        page = parser.fromstring(html)
        assert html.count("The note says where the law stands.") == notes
        assert html.count("The note for parents.") == for_parents
        ids = page.xpath("//main//@id")
        assert len(ids) == len(set(ids))
        for address in page.xpath("//main//a/@href"):
            assert page.xpath(f"//*[@id='{address[1:]}']")


def test_sheets_with_notes_hold_all_they_must() -> None:
    form = noted_form()
    document = replace(samples.FLAT, forms=(form,))
    sheet = Sheet(document, form, sheet_setting("print", samples.DRAFT, samples.IMAGES))
    roster = render_pdf(roster_html(sheet, samples.STAFF).encode())
    slips = render_pdf(slips_html(sheet, samples.STAFF).encode())
    for kind, pdf in (("roster", roster), ("slips", slips)):
        wanted = expect(document, samples.DRAFT, kind, form, samples.STAFF)
        assert check_pdf(pdf, wanted) == []
    without = Sheet(document, replace(form, footnotes=()), sheet.setting)
    cut = render_pdf(roster_html(without, samples.STAFF).encode())
    faults = check_pdf(cut, expect(document, samples.DRAFT, "roster", form, samples.STAFF))
    assert any("The note says" in fault for fault in faults)
