"""A copy says what it is in a field of its own, whatever its title holds; older copies are still understood."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as parser

from policygen.html.imprint import Imprint, imprint_of, read, written
from policygen.html.sheets import (
    Sheet,
    extract_html,
    form_html,
    policy_html,
    roster_html,
    sheet_setting,
)
from policygen.pdf.check import check_pdf, expect
from policygen.pdf.render import render_pdf
from policygen.products.copies import read_copy
from tests.support import samples

ROOT = Path(__file__).parents[1]
REGISTER = ROOT / "schools/larkspur-gardens/register/it-and-mobile-phones"
AGREEMENT, _ = samples.POLICY.forms
TITLES = (
    "Draft: how we draft policies",
    "Keys: who holds them",
    "Keys, version 2.0, of Oak",
    "A – B: C, D",
    "“Draft” & <b>others</b>",
)
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]))


def _described(document, stamp, part: str = "", kind: str = "") -> tuple[str, str]:
    """Title and description as older versions wrote them."""
    what = f"{part}, {document.title}" if part else document.title
    title = f"{'Draft: ' if stamp.draft else ''}{what} – {document.school_name}"
    said = f"{document.title}, version {document.version}, of {document.school_name}"
    return title, f"{kind or part}: {said}" if part else said


def _older_page(title: str, description: str) -> bytes:
    page = parser.fromstring("<html><head><title/><meta name='description'/></head><body/></html>")
    page.find(".//title").text = title
    page.find(".//meta").set("content", description)
    return parser.tostring(page, encoding="utf-8", doctype="<!DOCTYPE html>")


@given(st.builds(Imprint, st.sampled_from(["draft", "approved"]), *[ANY_TEXT] * 8))
def test_an_imprint_is_read_as_it_was_written(imprint: Imprint) -> None:
    assert read(written(imprint)) == imprint


@pytest.mark.parametrize("text", ["", "{}", "[]", "1", '{"standing": "draft"}', "x"])
def test_what_is_no_imprint_is_none(text: str) -> None:
    assert read(text) is None


def test_an_imprint_of_the_wrong_shape_is_none() -> None:
    good = '"draft", "title": "T", "version": "1", "school": "s", "school_name": "S", "policy": "p"'
    rest = '"edition": "1", "content": "c"'
    assert read(f'{{"standing": {good}, {rest}}}') is not None
    assert read(f'{{"standing": {good}, {rest}, "part": 7}}') is None
    assert read(f'{{"standing": {good.replace("draft", "stolen")}, {rest}}}') is None


@pytest.mark.parametrize("stamp", [samples.DRAFT, samples.APPROVED], ids=lambda each: each.mode)
@pytest.mark.parametrize("title", TITLES)
def test_every_page_says_what_it_is_whatever_its_title(title: str, stamp) -> None:
    document = replace(samples.POLICY, title=title)
    given = {"medium": "screen", "images": samples.IMAGES}
    part = document.appendices[0]
    pages = {
        "": policy_html(document, stamp, **given),
        "Agreement to the rules on IT": form_html(document, AGREEMENT, stamp, **given),
        "For staff: your part of this policy": extract_html(
            document, "staff", [part], stamp, **given
        ),
    }
    sheet = Sheet(document, AGREEMENT, sheet_setting("screen", stamp, samples.IMAGES))
    pages["Agreement to the rules on IT: signature sheet"] = roster_html(sheet, samples.STAFF)
    found = {
        name: copy.imprint for name, page in pages.items() if (copy := read_copy(page.encode()))
    }
    name = " ".join("".join(node.text for node in AGREEMENT.title).split())
    assert found[""] == imprint_of(document, stamp)
    assert [each and each.title for each in found.values()] == [title] * 4
    assert [each and each.standing for each in found.values()] == [stamp.mode] * 4
    assert [each and each.part.partition(":")[0] for each in found.values()] == [
        "",
        name,
        "For staff",
        name,
    ]


@pytest.mark.parametrize("stamp", [samples.DRAFT, samples.APPROVED], ids=lambda each: each.mode)
def test_a_pdf_says_what_it_is(stamp) -> None:
    """The gate wants it exactly; a policy that is titled "Draft: ..." can be approved."""
    document = replace(samples.FLAT, title=TITLES[0])
    pdf = render_pdf(policy_html(document, stamp, medium="print", images=samples.IMAGES).encode())
    copy = read_copy(pdf)
    assert check_pdf(pdf, expect(document, stamp)) == []
    assert copy is not None
    assert copy.imprint == imprint_of(document, stamp)


def test_a_draft_is_no_approved_copy() -> None:
    """A PDF that says "Draft" where an approved one is wanted, or the other way, has a fault."""
    for stamp, other in (
        (samples.DRAFT, samples.APPROVED),
        (samples.APPROVED, samples.DRAFT),
    ):
        page = policy_html(samples.FLAT, stamp, medium="print", images=samples.IMAGES)
        faults = check_pdf(render_pdf(page.encode()), expect(samples.FLAT, other))
        assert any(fault.startswith("the title is not") for fault in faults)
        assert "it does not say to programs which version of which policy it is" in faults


# --- older copies -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stamp", [samples.DRAFT, samples.APPROVED], ids=lambda each: each.mode)
@pytest.mark.parametrize("school", ["Oak Lane School", "Oak, version 1, of <Lane>", "St A – B"])
@pytest.mark.parametrize("title", TITLES)
def test_an_older_copy_is_understood_by_both_its_sentences(title: str, school: str, stamp) -> None:
    document = replace(samples.FLAT, title=title, school_name=school)
    for part, kind in (("", ""), ("Receipt: for keys", ""), ("Receipt: signature sheet", "Sheet")):
        copy = read_copy(_older_page(*_described(document, stamp, part, kind)))
        assert copy is not None
        found = copy.imprint
        assert found is not None
        assert (found.standing, found.title, found.version, found.school_name) == (
            stamp.mode,
            title,
            document.version,
            school,
        )


def test_what_describes_itself_otherwise_is_no_copy() -> None:
    copy = read_copy(_older_page("News", "What happened this week"))
    assert copy is not None
    assert copy.imprint is None


FROZEN = sorted(
    path.relative_to(REGISTER).as_posix()
    for path in REGISTER.rglob("*")
    if path.suffix in (".html", ".pdf")
)


@pytest.mark.parametrize("name", FROZEN)
def test_the_frozen_example_is_understood(name: str) -> None:
    """It was made before copies had an imprint, and its bytes never change."""
    content = (REGISTER / name).read_bytes()
    copy = read_copy(content)
    assert b"{&quot;standing" not in content
    assert copy is not None
    found = copy.imprint
    assert found is not None
    assert (found.standing, found.title, found.version, found.school_name) == (
        "approved",
        "Acceptable use of IT and mobile phones",
        "2.0",
        "Larkspur Gardens",
    )
    assert len(found.content) == 9
    assert bool(found.part) == ("/it-and-mobile-phones." not in name)
    assert len(fields(found)) == 9
