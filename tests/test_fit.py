"""A form that is a little too long is set tighter, down to a size that can still be read, and no further."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from importlib.resources import files
from xml.etree.ElementTree import Element, fromstring

import pypdfium2
import pytest

from policygen.html.labels import Stamp
from policygen.html.policy import form_html, policy_html
from policygen.language import document as d
from policygen.pdf.check import check_pdf, count_pages, expect
from policygen.pdf.fit import STEPS, set_to_fit
from policygen.pdf.render import render_pdf
from tests.support import samples

FORM = '<html><head /><body><main><section class="form fit" id="a" /></main></body></html>'


def steps_taken(pages: list[int]) -> tuple[str, int]:
    """The class that a form gets which takes so many pages at each step, and how often it was laid out."""
    root = fromstring(FORM)  # noqa: S314
    tries: list[Element] = []

    def taken(document: Element) -> int:
        tries.append(document)
        (form,) = document.iter("section")
        return pages[max(range(STEPS + 1), key=lambda step: f"fit-{step}" in form.get("class", ""))]

    set_to_fit(root, taken)
    (form,) = root.iter("section")
    return form.get("class", ""), len(tries)


@pytest.mark.parametrize(
    ("pages", "class_", "tries"),
    [
        ([1, 1, 1, 1], "form fit", 1),
        ([2, 1, 1, 1], "form fit fit-1", 3),
        ([2, 2, 2, 1], "form fit fit-3", 4),
        ([2, 2, 2, 2], "form fit", 2),
        ([4, 3, 2, 2], "form fit fit-2", 4),
    ],
)
def test_the_loosest_setting_with_the_fewest_pages(
    pages: list[int], class_: str, tries: int
) -> None:
    assert steps_taken(pages) == (class_, tries)


def test_a_form_is_laid_out_by_itself_and_the_rest_of_the_policy_is_kept() -> None:
    root = fromstring(  # noqa: S314
        '<html lang="en"><head><style>x</style></head>'
        '<body data-short="s"><main><p>Before</p><section class="fit">Form</section></main></body></html>'
    )
    seen: list[str] = []

    def taken(document: Element) -> int:
        seen.append("".join(document.itertext()))
        (body,) = document.iter("body")
        assert body.get("data-short") == "s"
        return 1

    set_to_fit(root, taken)
    assert seen == ["xForm"]
    assert "".join(root.itertext()) == "xBeforeForm"


def test_no_step_goes_below_a_size_that_can_be_read() -> None:
    """10 pt in running text and in tables, and 8 mm for a hand; the numbers that forms.css promises."""
    css = (files("policygen") / "theme" / "forms.css").read_text()
    for step in ("fit", *(f"fit-{number}" for number in range(1, STEPS + 1))):
        (rule,) = re.findall(rf"^\.{step} \{{(.*?)\}}", css, re.DOTALL | re.MULTILINE)
        said = {name: float(size) for name, size in re.findall(r"--(\w+): ([\d.]+)", rule)}
        assert min(said["type"], said["table"], said["subhead"], said["heading"]) >= 10
        assert said["leading"] >= 1.2
        assert said["write"] >= 8.5
        assert said["blank"] + 2 * said["row"] >= 8


# --- with the real renderer ------------------------------------------------------------------------------------------


def rows(count: int) -> d.Section:
    """A form with a table to fill in."""
    table = d.Table((), samples.cells("Item", "Number"), (samples.cells("Key", ""),) * count)
    signature = d.SignatureBlock("Holder", (samples.text("Name"), samples.text("Signed")))
    blocks = (table, samples.paragraph("I have received these."), signature)
    return d.Section("keys", samples.text("Keys"), blocks, kind="form", name="keys")


@cache
def form_pdf(count: int, mode: str) -> bytes:
    stamp = Stamp(mode, "7f3a-91c2")  # type: ignore[arg-type]
    html = form_html(samples.FLAT, rows(count), stamp, medium="print", images=samples.IMAGES)
    return render_pdf(html.encode())


def most_on_one_page(pages: Callable[[int], int]) -> int:
    return next(count for count in range(10, 40) if pages(count + 1) > 1)


@pytest.mark.slow
def test_a_form_of_a_page_and_a_half_goes_on_one_and_holds_all_it_must() -> None:
    """About 14 rows fill a page as they are set at first."""
    for mode in ("draft", "approved"):
        pdf = form_pdf(20, mode)
        assert count_pages(pdf) == 1
        stamp = Stamp(mode, "7f3a-91c2")  # type: ignore[arg-type]
        assert check_pdf(pdf, expect(samples.FLAT, stamp, "form", rows(20))) == []


@pytest.mark.slow
def test_what_goes_on_one_page_as_a_draft_does_when_it_is_approved() -> None:
    most = most_on_one_page(lambda count: count_pages(form_pdf(count, "draft")))
    assert most >= 20
    assert count_pages(form_pdf(most, "approved")) == 1


@pytest.mark.slow
def test_a_form_within_the_policy_is_set_tighter_too() -> None:
    """It takes one page there, and the next form begins on the page after it."""
    document = replace(samples.FLAT, forms=(rows(20), replace(rows(3), id="more")))
    html = policy_html(document, samples.DRAFT, medium="print", images=samples.IMAGES)
    pdf = render_pdf(html.encode())
    assert check_pdf(pdf, expect(document, samples.DRAFT)) == []
    with pypdfium2.PdfDocument(pdf) as opened:
        texts = [page.get_textpage().get_text_range() for page in opened]
    (tight,) = (text for text in texts if text.count("\nKey") >= 15)
    assert "I have received these." in tight
