"""A redline in all its forms: words, JSON, a page and a PDF that say the same, by signs and not by colour alone."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from policygen.compare.comparison import compare
from policygen.compare.summary import Redline, Side, as_data, as_text, in_short
from policygen.html.finished import FinishedPage
from policygen.html.redline import LEGEND, redline_html
from policygen.products.folders import render
from policygen.products.redline import redline_expectation, redline_products
from tests.support.browser import axe_violations, open_browser_page
from tests.support.example import document
from tests.support.nu import check_html
from tests.support.validation import objections
from tests.test_compare_digest import document as made

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def redline() -> Redline:
    """Two long versions that differ in clauses, tables, lists and forms."""
    old, new = (
        document("oakfield-infants", policy="online-safety"),
        document("st-brigids", policy="online-safety"),
    )
    return Redline(
        compare(old, new),
        Side("version 1.0", "approved 12 November 2026"),
        Side("version 1.1", "draft"),
        new.school_name,
    )


def test_every_change_is_in_the_page_the_text_and_the_data(redline: Redline) -> None:
    page = redline_html(redline, medium="screen")
    changes = redline.comparison.changes
    assert len(changes) > 40
    assert len(re.findall(r'<section id="change_\d+"', page)) == len(changes)
    assert len(as_data(redline.comparison)["changes"]) == len(changes)
    assert as_text(changes).count("\n\n") == len(changes) - 1


def test_marks_are_signs_and_words_not_colour_alone(redline: Redline) -> None:
    """Each insertion and deletion has signs for the eye, and says where it begins and ends."""
    page, paper = redline_html(redline, medium="screen"), redline_html(redline, medium="print")
    for tag, sign, said, noun in (
        ("ins", "+", "inserted", "insertion"),
        ("del", "\N{MINUS SIGN}", "deleted", "deletion"),
    ):
        marks = re.findall(rf"<{tag}>", page)
        assert len(marks) > 20
        hidden = f'<span class="sign" aria-hidden="true">{sign}</span>'
        assert page.count(f'<{tag}><span class="spoken">{said}: </span>{hidden}') == len(marks)
        ends = f", end of {noun}"
        assert page.count(f'{hidden}<span class="spoken">{ends}</span></{tag}>') == len(marks)
        assert paper.count(f'<{tag}><span class="sign" data-said="{said}: ">{sign}</span>') == len(
            marks
        )
        assert paper.count(f'<span class="sign" data-said="{ends}">{sign}</span></{tag}>') == len(
            marks
        )
    assert LEGEND in page
    assert LEGEND in paper


@pytest.mark.parametrize("seed", range(12))
def test_every_word_of_a_redline_stands_on_its_page(seed: int) -> None:
    """Of any two documents, with pictures in links and stress, too: what the gate of the PDF wants is there, in order."""
    old, new = made(seed), made(seed + 1)
    found = Redline(compare(old, new), Side("version 1.0"), Side("version 1.1"), "Oak Lane School")
    page = redline_html(found, medium="print")
    printed = "".join("".join(FinishedPage(page.encode()).lines).split())
    at = 0
    for where, words in redline_expectation(found).passages:
        passage = "".join(words.split())
        at = printed.find(passage, at)
        assert at >= 0, (where, words)
        at += len(passage)
    assert "<ins>" in redline_html(found, medium="screen")


def test_nothing_differs() -> None:
    same = document("st-brigids", policy="online-safety")
    found = Redline(compare(same, same), Side("version 1.0"), Side("version 1.1"), same.school_name)
    assert in_short(found.comparison) == "nothing differs"
    assert "Nothing differs." in redline_html(found, medium="screen")


def test_the_data_tells_both_texts(redline: Redline) -> None:
    """From the JSON alone, words that stayed and came make the new text of a clause."""
    data = json.loads(json.dumps(as_data(redline.comparison)))
    by_id = {pair.id: pair for pair in redline.comparison.changes if pair.new}
    checked = 0
    for change in data["changes"]:
        pair = by_id.get(change["id"])
        if pair is None or not change["id"] or pair.new is None:
            continue
        lines = [line for line in change["lines"] if line["change"] != "deleted"]
        cells = (
            [
                "".join(words for mark, _, words in cell if mark != "deleted")
                for cell in line["cells"]
            ]
            for line in lines
        )
        assert "\n".join("\t".join(cell) for cell in cells) == pair.new.text
        checked += 1
    assert checked > 30


@pytest.mark.slow
def test_the_page_and_the_pdf_stand_before_the_validators(redline: Redline, tmp_path: Path) -> None:
    products = redline_products(redline)
    path = tmp_path / "redline.html"
    path.write_bytes(products.files["redline.html"])
    assert check_html([path]) == []
    for width, scheme in ((320, "light"), (1280, "dark")):
        with open_browser_page(width=width) as quiet:
            quiet.page.emulate_media(color_scheme=scheme)
            quiet.page.goto(path.as_uri())
            assert [str(each) for each in axe_violations(quiet.page)] == []
            assert quiet.page.evaluate("document.documentElement.scrollWidth") <= width
            assert quiet.refused == []
    result = render(products.pdfs["redline.pdf"])
    assert (result.warnings, result.faults) == ((), ())
    assert [objections(result.pdf, standard) for standard in ("ua1", "2a")] == [[], []]
    assert result.pages > 10
