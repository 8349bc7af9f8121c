"""Pages hold what the tree holds, in the elements that assistive technology expects, and no value changes them."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from cssselect2 import ElementWrapper
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as parser

from policygen.compose.digest import content_digest
from policygen.html.blocks import part_html
from policygen.html.elements import Setting
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
    Branding,
    Paragraph,
    ReferenceMark,
    Section,
    Text,
    Value,
    walk,
)
from tests.support import samples

if TYPE_CHECKING:
    from collections.abc import Callable

    from policygen.html.elements import Medium
    from policygen.html.labels import Stamp

AGREEMENT, LAPTOP = samples.POLICY.forms
POLICIES = {"decimal": samples.POLICY, "headings": samples.NUMBERED_HEADINGS, "flat": samples.FLAT}


def _page(document=samples.POLICY, stamp=samples.DRAFT, medium="screen"):
    return parser.fromstring(policy_html(document, stamp, medium=medium, images=samples.IMAGES))


def _select(page, selector: str) -> list:
    root = ElementWrapper.from_html_root(page.getroottree().getroot())
    return [found.etree_element for found in root.query_all(selector)]


def _texts(page, selector: str) -> list[str]:
    return [" ".join(found.text_content().split()) for found in _select(page, selector)]


def _one_paragraph(*children) -> Section:
    return Section("only", (Text("Only"),), (Paragraph(children, "here"),))


def _sheet(stamp: Stamp, medium: Medium) -> Sheet:
    return Sheet(samples.POLICY, AGREEMENT, sheet_setting(medium, stamp, samples.IMAGES))


def _every_screen_page() -> dict[str, str]:
    words = {"medium": "screen", "images": samples.IMAGES}
    pages = {
        f"{name}-{stamp.mode}": policy_html(document, stamp, **words)
        for name, document in POLICIES.items()
        for stamp in (samples.DRAFT, samples.APPROVED)
    }
    return pages | {
        "form": form_html(samples.POLICY, LAPTOP, samples.DRAFT, **words),
        "roster": roster_html(_sheet(samples.DRAFT, "screen"), samples.STAFF),
        "slips": slips_html(_sheet(samples.DRAFT, "screen"), samples.STAFF),
        "circular": circular_html(samples.CIRCULAR, "screen"),
    }


def test_a_value_prints_as_it_stands_and_its_line_break_is_one() -> None:
    """Promise 2 about values: whatever is in one, it changes no structure."""
    value = Value(samples.AWKWARD, "answers.note", "policy", "material")
    document = replace(samples.FLAT, sections=(_one_paragraph(value),))
    found = _page(document).get_element_by_id("here")
    assert [element.tag for element in found] == ["br"]
    assert [found.text, found[0].tail] == samples.AWKWARD.split("\n")


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"])))
def test_no_value_adds_an_element_or_loses_a_letter(text: str) -> None:
    document = replace(
        samples.FLAT, sections=(_one_paragraph(Value(text, "x", "school", "material")),)
    )
    found = _page(document).get_element_by_id("here")
    assert {element.tag for element in found} <= {"br"}
    assert re.sub(r"\s", "", found.text_content()) == re.sub(r"\s", "", text)


@pytest.mark.parametrize("where", ["school_name", "title", "short_title", "issuer_name", "version"])
@pytest.mark.parametrize("medium", ["screen", "print"])
def test_no_field_of_a_document_is_markup(where: str, medium: str) -> None:
    document = replace(samples.FLAT, **{where: '"><script>x</script>'})
    assert "<script" not in policy_html(document, samples.DRAFT, medium=medium, images={})


@pytest.mark.parametrize("medium", ["screen", "print"])
@pytest.mark.parametrize("name", POLICIES)
def test_every_node_with_an_id_has_it_on_the_page_once(name: str, medium: str) -> None:
    page = _page(POLICIES[name], medium=medium)
    ids = page.xpath("//@id")
    wanted = {node.id for node in walk(POLICIES[name].parts) if getattr(node, "id", "")}
    footnotes = {"scope-note-services"}
    assert len(ids) == len(set(ids))
    assert wanted - footnotes <= set(ids)


@pytest.mark.parametrize("medium", ["screen", "print"])
@pytest.mark.parametrize("name", POLICIES)
def test_every_link_within_the_page_arrives(name: str, medium: str) -> None:
    page = _page(POLICIES[name], medium=medium)
    targets = {
        address.removeprefix("#") for address in page.xpath("//@href") if address.startswith("#")
    }
    assert targets <= set(page.xpath("//@id"))


@pytest.mark.parametrize("medium", ["screen", "print"])
@pytest.mark.parametrize("name", POLICIES)
def test_headings_begin_with_one_h1_and_skip_no_level(name: str, medium: str) -> None:
    page = _page(POLICIES[name], medium=medium)
    ranks = [int(found.tag[1]) for found in page.xpath("//h1|//h2|//h3|//h4|//h5|//h6")]
    assert ranks[0] == 1
    assert ranks.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(ranks))


def test_numbered_headings_go_four_levels_deep() -> None:
    page = _page(samples.NUMBERED_HEADINGS)
    assert _texts(page, "h5") == ["1.1.1.1 Children who visit"]
    assert _texts(page, "#contact-channels") == ["1.1.2 A paragraph with a number of its own."]


def test_a_number_is_text_in_the_first_paragraph_and_not_in_the_next() -> None:
    first, second = _select(_page(), "#personal-email > p")
    assert first.text_content().startswith("3.1 Staff write")
    assert _texts(_page(), "#personal-email .number") == ["3.1"]
    assert second.text_content().startswith("Too much")


def test_the_number_of_a_clause_links_to_it_on_screen_and_is_plain_on_paper() -> None:
    """Whoever wants to show others a clause copies the address of its number."""
    (number,) = _select(_page(), "#personal-email .number")
    assert (number.tag, number.get("href")) == ("a", "#personal-email")
    assert [each.tag for each in _select(_page(medium="print"), "#personal-email .number")] == [
        "span"
    ]


def test_a_clause_with_a_title_is_a_heading_with_its_number() -> None:
    assert _texts(_page(), "#copyright > h3") == ["3.4 Copyright"]


def test_a_clause_that_begins_with_a_table_keeps_its_number() -> None:
    table = next(
        block
        for block in samples.MONITORING.blocks
        if getattr(block, "id", "") == "responsibilities"
    )
    section = replace(samples.INTRODUCTION, blocks=(samples.clause("odd", "1.1", table),))
    page = _page(replace(samples.FLAT, sections=(section,)))
    assert [child.tag for child in page.get_element_by_id("odd")] == ["p", "div"]


def test_labels_of_items_are_text_and_their_ids_stay() -> None:
    page = _page()
    assert page.get_element_by_id("not-instead").tag == "li"
    labels = _texts(page, "#personal-use .label")
    assert labels == ["(a)", "(b)", "(i)", "(ii)", "(c)"]


def test_a_footnote_is_linked_both_ways_though_marked_twice() -> None:
    page = _page()
    marks = _select(page, "a[role=doc-noteref]")
    assert [mark.get("href") for mark in marks] == ["#note_scope-note-services"] * 2
    assert [mark.get("id") for mark in marks] == ["mark_scope-note-services", None]
    note = page.get_element_by_id("note_scope-note-services")
    assert note.get("role") == "doc-footnote"
    assert note.xpath(".//a[@role='doc-backlink']")[0].get("href") == "#mark_scope-note-services"


def test_a_table_says_what_heads_what() -> None:
    page = _page()
    assert {cell.get("scope") for cell in _select(page, "#software thead th")} == {"col"}
    assert {cell.get("scope") for cell in _select(page, "#loan tbody th")} == {"row"}
    for row in _select(page, "main tbody tr"):
        first, *others = row
        blank = "blank" in first.get("class", "")
        assert blank or (first.tag, first.get("scope")) == ("th", "row")
        assert {cell.tag for cell in others} == {"td"}
    assert len(_select(page, "#software td.blank")) == 13
    assert _texts(page, "#software caption") == ["Software"]
    assert not [cell for cell in _select(page, "th") if not cell.text_content().strip()]


def test_a_column_is_no_label_where_the_author_says_so() -> None:
    """It is how the table is read, and no part of what the policy says: the content code stays."""
    table = samples.LAPTOP.blocks[0]
    unlabelled = replace(table, labelled=False)
    form = replace(samples.LAPTOP, blocks=(unlabelled, *samples.LAPTOP.blocks[1:]))
    document = replace(samples.POLICY, forms=(samples.POLICY.forms[0], form))
    assert not _select(_page(document), "#hardware tbody th")
    digests = {content_digest(each, samples.IMAGES) for each in (samples.POLICY, document)}
    assert len(digests) == 1


def test_who_signs_names_the_group() -> None:
    groups = _select(_page(), "#laptop-form [role=group]")
    assert [group.get("aria-label") for group in groups] == ["Member of staff", "For the school"]
    assert _texts(_page(), "#sign-staff .field") == ["Name (please print)", "Signed", "Date"]


def test_a_callout_is_marked_by_a_word_that_is_no_heading() -> None:
    assert _texts(_page(), "#when-in-doubt > p")[0] == "Remember"
    assert not _select(_page(), ".callout :is(h1, h2, h3, h4)")


def test_an_audience_part_is_a_labelled_region() -> None:
    part = _page().get_element_by_id("for-heads")
    assert (part.tag, part.get("aria-label")) == ("section", "For headteachers")


def test_a_draft_says_so_in_title_banner_and_tables_and_an_approved_copy_does_not() -> None:
    draft, approved = _page(), _page(samples.APPROVED_POLICY, samples.APPROVED)
    assert _texts(draft, "title") == [
        "Draft: Acceptable use of IT by staff – Elm Grove Primary School"
    ]
    assert _texts(draft, ".draft-banner") == ["Draft – not yet approved. Not for use."]
    assert _texts(draft, ".versions tr")[3] == (
        "1.2Not yet approvedNot yet minutedSchool business manager"
        "County model policy, edition 2026.1, adopted"
    )
    assert "Draft" not in approved.text_content()
    assert "Approved, in force from 12 November 2026" in approved.text_content()


def test_local_wording_is_labelled_in_a_draft_only() -> None:
    assert _texts(_page(), ".local") == ["School’s own wording", "Added by the school"]
    assert _texts(_page(samples.APPROVED_POLICY, samples.APPROVED), ".local") == []


@pytest.mark.parametrize("medium", ["screen", "print"])
def test_the_version_table_tells_the_first_approval_and_the_reasons(medium: str) -> None:
    page = _page(medium=medium)
    rows = _texts(page, ".versions tr")
    assert len(rows) == 1 + len(samples.POLICY.versions)
    assert rows[0] == "VersionDateMinute numberAuthorReason for change"
    assert rows[1] == "1.012 March 2019 (date of first approval)752.1HeadteacherFirst adopted"
    assert all(cell.text_content().strip() for cell in _select(page, ".versions td"))


def test_a_first_draft_is_no_date_of_first_approval() -> None:
    document = replace(
        samples.POLICY, versions=(replace(samples.POLICY.versions[2], version="1.0"),)
    )
    row = _texts(_page(document), ".versions tr")[1]
    assert row.startswith("1.0Not yet approvedNot yet minuted")


def test_the_same_page_comes_of_the_same_setting_twice() -> None:
    """The first mark of a footnote has the id to which the note leads back, however often it is made."""
    setting = Setting("screen", samples.DRAFT, samples.IMAGES)
    made = [part_html(part, setting) for part in samples.POLICY.parts]
    assert "mark_" in "".join(made)
    assert [part_html(part, setting) for part in samples.POLICY.parts] == made


def test_the_contents_have_the_lines_of_the_headings() -> None:
    page = _page()
    assert _texts(page, "nav .title") == _texts(page, "h2.section-title")
    assert _texts(page, "nav .title")[-1] == "Appendix 2: Additional guidance for headteachers"


def test_deeper_contents_are_nested_and_no_contents_leave_no_empty_part() -> None:
    page = _page(samples.NUMBERED_HEADINGS)
    assert _texts(page, "nav li li li .title") == ["1.1.1 Visitors"]
    assert not _select(_page(samples.FLAT), "nav")


def test_a_page_needs_nothing_from_outside_and_no_script() -> None:
    pages = _every_screen_page()
    assert pages
    for name, text in pages.items():
        page = parser.fromstring(text)
        sources = [*page.xpath("//@src"), *page.xpath("//link/@href")]
        assert all(source.startswith("data:") for source in sources), name
        assert not page.xpath("//script | //@style | //@*[starts-with(name(), 'on')]"), name
        assert "url(" not in text, name
        assert "@import" not in text, name


def test_landmarks_language_and_skip_link() -> None:
    page = _page()
    assert page.get("lang") == "en-GB"
    assert [found.tag for found in page.body] == ["a", "header", "nav", "main", "footer"]
    assert _select(page, "a.skip-link")[0].get("href") == f"#{_select(page, 'main')[0].get('id')}"


def test_a_decorative_picture_has_an_empty_alternative_on_screen_and_no_image_on_paper() -> None:
    assert [image.get("alt") for image in _select(_page(), "#monitoring img")] == [
        "A closed padlock",
        "",
    ]
    assert [image.get("alt") for image in _select(_page(medium="print"), "#monitoring img")] == [
        "A closed padlock"
    ]


def test_a_school_without_logo_or_colours_has_a_page_too() -> None:
    page = _page(replace(samples.POLICY, branding=Branding(), sections=(), forms=(), appendices=()))
    assert not _select(page, "img")


def test_an_unresolved_reference_is_a_fault_of_ours() -> None:
    document = replace(samples.FLAT, sections=(_one_paragraph(ReferenceMark(("nowhere",), ())),))
    with pytest.raises(ValueError, match="nowhere"):
        policy_html(document, samples.DRAFT, medium="screen", images={})


def test_a_form_by_itself_links_only_to_what_is_on_its_page() -> None:
    page = parser.fromstring(
        form_html(samples.POLICY, LAPTOP, samples.DRAFT, medium="print", images=samples.IMAGES)
    )
    assert page.xpath("//@href") == []
    assert "keep to paragraph 2.2." in page.text_content()
    assert _texts(page, "h1") == ["School laptop: equipment and software"]
    assert _texts(page, "h2") == ["Declaration"]
    assert "7f3a-91c2" in page.text_content()


def test_a_roster_has_every_name_blank_rows_and_a_count() -> None:
    page = parser.fromstring(roster_html(_sheet(samples.APPROVED, "print"), samples.STAFF))
    assert _texts(page, "tbody th") == [row.name for row in samples.STAFF]
    assert _texts(page, "caption") == ["Staff", "Supply staff and volunteers"]
    assert len(_select(page, "table:last-of-type tbody tr")) == 8
    assert _texts(page, "thead th")[:5] == [
        "Name",
        "Role",
        "Signature",
        "Date",
        "Declined or absent",
    ]
    assert _texts(page, ".count") == ["14 staff listed; returned ______ of ______"]


def test_slips_carry_version_and_code_and_end_with_a_page_without_names() -> None:
    page = parser.fromstring(slips_html(_sheet(samples.APPROVED, "print"), samples.STAFF[:2]))
    names = _texts(page, ".slip > .field .written")
    assert names == ["Amara Okafor", "Ben Whitlock", "", "", "", ""]
    assert set(_texts(page, ".which")) == {
        "Acceptable use of IT by staff · Version 1.2 · Content code 7f3a-91c2"
    }
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))


ALWAYS = [
    "Action required",
    "To",
    "Date of issue",
    "Purpose of document",
    "Summary of main points",
    "Contact and further information",
]


@pytest.mark.parametrize(
    ("change", "labels"),
    [
        (lambda circular: replace(circular, by_when="", consultation=""), ALWAYS),
        (
            lambda circular: circular,
            [*ALWAYS[:3], "By when", *ALWAYS[3:5], "Consultation", ALWAYS[5]],
        ),
    ],
)
def test_a_circular_has_its_six_parts_and_the_two_that_may_be_left_out(
    change: Callable, labels: list[str]
) -> None:
    page = parser.fromstring(circular_html(change(samples.CIRCULAR), "print"))
    assert _texts(page, "h2") == labels


@pytest.mark.slow
def test_the_nu_checker_holds_nothing_against_any_page(tmp_path) -> None:
    from tests.support.nu import check_html

    files = []
    for name, text in _every_screen_page().items():
        files.append(tmp_path / f"{name}.html")
        files[-1].write_text(text, encoding="utf-8")
    assert [str(finding) for finding in check_html(files)] == []


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_pages_meet_wcag_and_never_scroll_sideways(tmp_path, width: int, scheme: str) -> None:
    from tests.support.browser import axe_violations, open_browser_page

    with open_browser_page(width=width) as quiet:
        quiet.page.emulate_media(color_scheme=scheme)
        for name, text in _every_screen_page().items():
            file = tmp_path / f"{name}.html"
            file.write_text(text, encoding="utf-8")
            quiet.page.goto(file.as_uri())
            assert [str(each) for each in axe_violations(quiet.page)] == [], name
            assert quiet.page.evaluate("document.documentElement.scrollWidth") <= width, name
        assert quiet.refused == []
