"""PDFs are tagged, the same everywhere, made from nothing but the theme, and silent renderers only are believed."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pikepdf
import pypdfium2
import pytest

from policygen.html.sheets import (
    Sheet,
    circular_html,
    form_html,
    policy_html,
    roster_html,
    sheet_setting,
    slips_html,
)
from policygen.language.document import (
    AudiencePart,
    Emphasis,
    ItemList,
    Paragraph,
    Section,
    Text,
    walk,
)
from policygen.pdf.check import check_pdf, expect, expect_circular
from policygen.pdf.render import RenderError, missing_glyphs, render_pdf, renderer_version
from tests.support import samples

AGREEMENT, LAPTOP = samples.POLICY.forms
PRINT = {"medium": "print", "images": samples.IMAGES}
LEGAL = (
    "The Beacon Learning Trust is a charitable company limited by guarantee, registered in England and Wales "
    "under number 01234567"
)


def _policy_pdf(document=samples.POLICY, stamp=samples.DRAFT) -> bytes:
    return render_pdf(policy_html(document, stamp, **PRINT).encode())


def _sheet(stamp) -> Sheet:
    return Sheet(samples.POLICY, AGREEMENT, sheet_setting("print", stamp, samples.IMAGES))


def _texts(pdf: bytes) -> list[str]:
    with pypdfium2.PdfDocument(pdf) as document:
        return [page.get_textpage().get_text_range() for page in document]


def _outline(items, depth: int = 0) -> list[str]:
    return [
        line
        for item in items
        for line in ("  " * depth + item.title, *_outline(item.children, depth + 1))
    ]


def test_a_small_policy_becomes_a_pdf_that_holds_up() -> None:
    pdf = _policy_pdf(samples.FLAT)
    assert check_pdf(pdf, expect(samples.FLAT, samples.DRAFT)) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("document", "stamp"),
    [
        (samples.POLICY, samples.DRAFT),
        (samples.APPROVED_POLICY, samples.APPROVED),
        (samples.NUMBERED_HEADINGS, samples.DRAFT),
    ],
)
def test_every_policy_holds_up(document, stamp) -> None:
    assert check_pdf(_policy_pdf(document, stamp), expect(document, stamp)) == []


@pytest.mark.slow
def test_every_sheet_holds_up() -> None:
    staff = samples.STAFF
    made = {
        "form": (
            form_html(samples.POLICY, LAPTOP, samples.DRAFT, **PRINT),
            expect(samples.POLICY, samples.DRAFT, "form", LAPTOP),
        ),
        "roster": (
            roster_html(_sheet(samples.DRAFT), staff),
            expect(samples.POLICY, samples.DRAFT, "roster", AGREEMENT, staff),
        ),
        "slips": (
            slips_html(_sheet(samples.DRAFT), staff),
            expect(samples.POLICY, samples.DRAFT, "slips", AGREEMENT, staff),
        ),
        "circular": (
            circular_html(samples.CIRCULAR, "print"),
            expect_circular(samples.CIRCULAR),
        ),
    }
    for name, (html, wanted) in made.items():
        assert check_pdf(render_pdf(html.encode()), wanted) == [], name


@pytest.mark.slow
def test_awkward_shapes_hold_up() -> None:
    """Clauses and items that begin with a list or table, stress within links, very long words, empty sections."""
    table = next(
        node for node in walk(samples.POLICY.parts) if getattr(node, "id", "") == "responsibilities"
    )
    bullets = samples.bullets("one", "two")
    blocks = (
        samples.clause("begins-with-table", "1.1", table),
        samples.clause("begins-with-list", "1.2", bullets),
        samples.clause("empty", "1.3"),
        ItemList("number", (samples.Item((bullets, samples.paragraph("after")), "1."),)),
        Paragraph(
            (
                samples.Link(
                    "https://example.org/",
                    (Text("a "), Emphasis((Text("stressed"),)), Text(" link")),
                ),
            )
        ),
        AudiencePart("staff", (bullets, replace(table, id=""))),
        samples.paragraph("Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch" * 4),
    )
    odd = Section("odd", (Text("Odd"),), blocks, number="1")
    document = replace(
        samples.FLAT, sections=(odd, Section("none", (Text("Nothing"),), (), number="2"))
    )
    assert check_pdf(_policy_pdf(document), expect(document, samples.DRAFT)) == []


def test_a_line_is_full_before_a_link_that_does_not_fit() -> None:
    """WeasyPrint 70 would break behind "I": the words before the link fill the line, less than a space is left."""
    words = f"I have received {'i' * 32} equipment and software listed above, and I understand it "
    link = samples.Link("https://example.org/", (Text("section 8"),))
    section = Section(
        "only", (Text("Only"),), (Paragraph((Text(words), link, Text(" of it all."))),)
    )
    page = _texts(_policy_pdf(replace(samples.FLAT, sections=(section,))))[-1]
    assert "\nI have received" in page


@pytest.mark.slow
def test_bookmarks_are_sections_with_their_numbers_forms_and_appendices() -> None:
    with (
        pikepdf.open(io.BytesIO(_policy_pdf(samples.NUMBERED_HEADINGS))) as pdf,
        pdf.open_outline() as outline,
    ):
        assert _outline(outline.root) == [
            "Versions and amendments",
            "Contents",
            "Key points",
            "1 Use of the facilities",
            "  1.1 Who may use them",
            "    1.1.1 Visitors",
            "      1.1.1.1 Children who visit",
            "Appendix 1: Guidance for employees on social media",
            "Appendix 2: Additional guidance for headteachers",
        ]


@pytest.mark.slow
def test_a_draft_is_marked_on_each_page_without_harm_to_its_text() -> None:
    draft, approved = (
        _texts(_policy_pdf()),
        _texts(_policy_pdf(samples.APPROVED_POLICY, samples.APPROVED)),
    )
    assert all("Draft" in page for page in draft)
    assert not any("DRAFT" in page for page in draft)
    assert not any("Draft" in page for page in approved)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("values", "foot"),
    [
        ("Kindness · Courage", ["Version 1.2 · Content code 7f3a-91c2 · Kindness · Courage"]),
        (LEGAL, ["Version 1.2 · Content code 7f3a-91c2", LEGAL]),
        ("", ["Version 1.2 · Content code 7f3a-91c2"]),
    ],
)
def test_each_page_but_the_cover_runs_school_policy_version_code_and_values(
    values: str, foot: list[str]
) -> None:
    """In one line at the foot; values that do not go there have lines of their own, none of them cut."""
    branding = replace(samples.POLICY.branding, footer=values)
    cover, *pages = _texts(_policy_pdf(replace(samples.POLICY, branding=branding)))
    assert "Page 1" not in cover
    for number, page in enumerate(pages, 2):
        for line in foot:
            assert line in " ".join(page.split())
        assert "Elm Grove Primary School" in page
        assert "Draft · Staff IT" in page
        assert f"Page {number} of {len(pages) + 1}" in page


@pytest.mark.slow
def test_a_form_stands_whole_and_what_follows_it_begins_a_page() -> None:
    pages = _texts(_policy_pdf())
    assert samples.POLICY.forms
    for part, following in pairwise((*samples.POLICY.forms, samples.POLICY.appendices[0])):
        (on,) = (page for page in pages if "Signed" in page and part.title[0].text in page)
        title = f"{following.label}: " * bool(following.label) + following.title[0].text
        assert any(page.startswith(title) for page in pages), title
        assert title not in on


@pytest.mark.slow
def test_four_slips_fill_a_page_and_the_unnamed_ones_have_their_own() -> None:
    pages = _texts(render_pdf(slips_html(_sheet(samples.APPROVED), samples.STAFF[:6]).encode()))
    assert [page.count("Signed") for page in pages] == [4, 2, 4]


SCRIPT = """
import hashlib, sys
from policygen.html.sheets import policy_html
from policygen.pdf.render import render_pdf
from tests.support import samples
documents = [samples.POLICY, samples.NUMBERED_HEADINGS, samples.FLAT]
for document in documents[:: int(sys.argv[1])]:
    html = policy_html(document, samples.DRAFT, medium="print", images=samples.IMAGES)
    print(document.policy_id, hashlib.sha256(render_pdf(html.encode())).hexdigest())
"""


@pytest.mark.slow
def test_the_bytes_are_the_same_in_another_process_another_order_and_another_place(
    tmp_path,
) -> None:
    root = Path.cwd()
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": f"{root}{os.pathsep}{root}/src",
        "PYTHONHASHSEED": "7",
    }

    def run(step: str, **more: str) -> set[str]:
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT, step],
            env=environment | more,
            cwd=tmp_path,
            check=True,
            capture_output=True,
            text=True,
        )
        return set(done.stdout.splitlines())

    here = {
        f"{document.policy_id} {hashlib.sha256(_policy_pdf(document)).hexdigest()}"
        for document in (samples.POLICY, samples.NUMBERED_HEADINGS, samples.FLAT)
    }
    assert run("1") == run("-1", LANG="de_DE.UTF-8", HOME=str(tmp_path), TZ="Asia/Tokyo") == here


def _with(words: str) -> bytes:
    html = policy_html(samples.FLAT, samples.APPROVED, medium="print", images={})
    return html.replace("</main>", f"{words}</main>").encode()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ('<img src="https://example.org/x.png" alt="x">', "example.org"),
        ('<img src="file:///etc/hostname" alt="x">', "hostname"),
        ('<img src="policygen:../../../../etc/hostname" alt="x">', "hostname"),
        ('<a href="#nowhere">x</a>', "nowhere"),
    ],
)
def test_what_the_renderer_complains_of_is_an_error(words: str, message: str) -> None:
    with pytest.raises(RenderError) as raised:
        render_pdf(_with(words))
    assert any(message in each for each in raised.value.messages)


def test_rendering_leaves_the_environment_alone() -> None:
    render_pdf(_with(""))
    assert "FONTCONFIG_FILE" not in os.environ


def test_the_module_loads_no_renderer() -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, policygen.pdf.render as p; print(p.renderer_version()); print('weasyprint' in sys.modules)",
        ],
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout.split("\n")[:2] == [renderer_version(), "False"]
    assert renderer_version().startswith("WeasyPrint ")


def test_characters_without_a_glyph_are_told() -> None:
    assert missing_glyphs("Ŵŷ “quoted” – it’s £5 €6 ☐ ✓ • soft\u00adhyphen\n") == set()
    assert missing_glyphs("◦ 日本\u2011") == {"◦", "日", "本", "\u2011"}
