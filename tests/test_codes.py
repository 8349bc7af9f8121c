"""A content code never ends a line: it can be read out, searched for and copied from any page."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from lxml import html as parser

from policygen.compose.extracts import extracts
from policygen.html.elements import unbroken
from policygen.html.labels import Stamp
from policygen.html.page import document_page
from policygen.html.policy import extract_html, form_html, policy_html
from policygen.html.sheets import (
    ClassList,
    Sheet,
    classes_html,
    recipients_html,
    returns_html,
    roster_html,
    sheet_setting,
    slips_html,
)
from policygen.pdf.render import render_pdf
from tests.support import samples
from tests.support.paper import torn_codes

if TYPE_CHECKING:
    from collections.abc import Callable

PRINT: dict[str, Any] = {"medium": "print", "images": samples.IMAGES}
CODE = "946c-d657"
"""A line could end behind its hyphen; before a digit it never does."""
STAMP = Stamp("draft", CODE)
TITLE = "Issue of Keys and Fobs and Entry Codes and Use of Other Equipment by Staff and by Others"
SCHOOL_NAME = (
    "The Blessed Margaret of Northshire and All Saints Voluntary Aided Church of England School"
)
AGREEMENT, LAPTOP = samples.POLICY.forms
CLASSES = [ClassList("4", ("Ann", "Ben"))]


def sheet(title: str, form: Any = AGREEMENT) -> Sheet:
    setting = sheet_setting("print", STAMP, samples.IMAGES)
    return Sheet(titled(title), form, setting)


def titled(title: str) -> Any:
    return replace(samples.POLICY, title=title)


def extract(title: str) -> str:
    document = titled(title)
    audience, parts = next(iter(extracts(document).items()))
    return extract_html(document, audience, parts, STAMP, **PRINT)


def policy(title: str, shape: Any, *, cover: bool = True) -> str:
    front = replace(samples.POLICY.front, record=shape, cover=cover)
    return policy_html(replace(titled(title), front=front), STAMP, **PRINT)


PAGES: dict[str, Callable[[str], str]] = {
    "versions": lambda title: policy(title, "versions"),
    "box": lambda title: policy(title, "box"),
    "table": lambda title: policy(title, "table"),
    "compact": lambda title: policy(title, "box", cover=False),
    "form": lambda title: form_html(titled(title), LAPTOP, STAMP, **PRINT),
    "extract": extract,
    "roster": lambda title: roster_html(sheet(title), samples.STAFF[:2]),
    "slips": lambda title: slips_html(sheet(title), samples.STAFF[:2]),
    "classes": lambda title: classes_html(sheet(title), CLASSES),
    "returns": lambda title: returns_html(sheet(title), CLASSES),
    "recipients": lambda title: recipients_html(sheet(title, LAPTOP)),
}


@pytest.mark.parametrize("kind", PAGES)
def test_every_code_that_a_page_prints_is_kept_whole(kind: str) -> None:
    page = parser.fromstring(PAGES[kind]("Keys"))
    printed = page.xpath(f"//body//text()[contains(., '{CODE}')]")
    assert printed
    for text in printed:
        assert text.getparent().get("class") == "unbroken"


def narrow(words: str, width: int) -> bytes:
    """A page of boxes in which the code would end at the end of a line, sooner or later."""
    style = f"width: {width}mm; overflow-wrap: anywhere"
    boxes = f'<main><p style="{style}">{words}</p><table class="squeezed" style="{style}"><tr><td>{words}</table></main>'
    setting = sheet_setting("print", STAMP, samples.IMAGES)
    return render_pdf(document_page(samples.FLAT, setting, "policy", [boxes]).encode())


def test_it_stays_whole_at_any_width() -> None:
    """And without the mark it would not: the check finds one that is torn apart."""
    words = f"{'i' * 20} content code {CODE} of it"
    plain = [torn_codes(narrow(words, width), CODE) for width in range(24, 48, 3)]
    assert any(plain)
    kept = [torn_codes(narrow(unbroken(words), width), CODE) for width in range(24, 48, 3)]
    assert not any(kept)


@pytest.mark.parametrize(
    ("kind", "footer"),
    [
        *((kind, "x" * 60) for kind in PAGES),
        *(("compact", footer) for footer in ("", "Kind", "Courage · " * 8, "Tolerance " * 30)),
    ],
)
def test_no_long_name_tears_it_apart(
    monkeypatch: pytest.MonkeyPatch, kind: str, footer: str
) -> None:
    """Whatever title, school, version and footer are called: in the head, in the foot and on each kind of page."""
    branding = replace(samples.POLICY.branding, footer=footer.strip())
    long = replace(samples.POLICY, school_name=SCHOOL_NAME, version="12.10.11", branding=branding)
    monkeypatch.setattr(samples, "POLICY", long)
    page = PAGES[kind](TITLE)
    assert "12.10.11" in page
    assert SCHOOL_NAME in page
    assert not torn_codes(render_pdf(page.encode()), CODE)


@pytest.mark.slow
@pytest.mark.parametrize("kind", PAGES)
def test_no_line_of_a_pdf_ends_within_it(kind: str) -> None:
    """Titles of growing length move it along the line where it stands behind them."""
    for length in range(20, 74, 9):
        page = PAGES[kind](("Keys to the school and its hall " * 3)[:length])
        assert not torn_codes(render_pdf(page.encode()), CODE), length
