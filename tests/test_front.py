"""The approval record in its three shapes, before and after approval: one statement a cell, and nothing left out."""

from __future__ import annotations

import datetime
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pypdfium2
import pytest
from lxml import html as parser

from policygen.compose.digest import content_digest
from policygen.ground.dates import Month
from policygen.html.labels import (
    NOT_APPROVED,
    NOT_DATED,
    Stamp,
    next_review,
    record_rows,
    signatories,
    status,
)
from policygen.html.policy import policy_html
from policygen.html.sheets import Sheet, roster_html, sheet_setting
from policygen.language.document import ApprovalRow, Branding, Front, Signatory, VersionRow
from policygen.pdf.render import render_pdf
from policygen.products.text import policy_text
from policygen.project.check import Selection, check
from policygen.register.ends import Superseded
from tests.support import samples
from tests.support.acceptance import ADOPTED, DRAFT, adopted, model, page, said
from tests.support.example import adoption_of
from tests.support.example import document as composed
from tests.support.workspace import ADOPTION, SCHOOL, TEMPLATE, Workspace

if TYPE_CHECKING:
    from pathlib import Path

    from policygen.language.document import Document

APPROVED = Stamp("approved", "7f3a-91c2")
AS_OF = datetime.date(2026, 11, 20)
SHAPES = ("versions", "box", "table")
FIRST = VersionRow("1.0", Month(2024, 1), "Headteacher", "First adopted", "9a")
NEXT = VersionRow("1.1", None, "Business manager", "Second factor added", "")
FRONT = Front(
    cover=False,
    record="table",
    level="Full governing board",
    signatory="Margaret Lindqvist",
    owner="Business manager",
)
POLICY = replace(samples.FLAT, version="1.1", versions=(FIRST, NEXT), review_months=24, front=FRONT)

DAYS = {
    "day": (datetime.date(2026, 12, 3), "3 December 2026", "3 December 2028"),
    "leap day": (datetime.date(2028, 2, 29), "29 February 2028", "28 February 2030"),
    "month": (Month(2026, 12), "December 2026", "December 2028"),
}


def approved(day: datetime.date | Month, minute: str = "14b") -> Document:
    return replace(POLICY, versions=(FIRST, replace(NEXT, date=day, minute=minute)))


def one_statement(text: str) -> bool:
    """Whether a label or value says one thing: no second sentence, no alternatives, no line break."""
    return not re.search(r"[;/\n]|[.?!] \S|\b(and|or)\b", text)


def shaped(document: Document, shape: Any) -> Document:
    return replace(document, front=replace(document.front, record=shape))


def made(document: Document, stamp: Stamp, medium: Any = "print") -> Any:
    return parser.fromstring(policy_html(document, stamp, medium=medium, images=samples.IMAGES))


def printed_first_page(document: Document, stamp: Stamp) -> str:
    page = policy_html(document, stamp, medium="print", images=samples.IMAGES)
    with pypdfium2.PdfDocument(render_pdf(page.encode())) as pdf:
        return one_line(pdf[0].get_textpage().get_text_range())


def one_line(text: str) -> str:
    return " ".join(text.replace("\ufffe", "-").split())


# --- labels and values ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(
    "document", [POLICY, approved(datetime.date(2026, 12, 3)), approved(Month(2026, 12), "")]
)
def test_one_statement_a_cell_and_nothing_empty(document: Document, shape: str) -> None:
    stamp = APPROVED if document.versions[-1].date else DRAFT
    rows = record_rows(shaped(document, shape), stamp)
    labels = [label for label, _ in rows]
    assert len(labels) == len({*labels})
    for label, value in rows:
        assert value, label
        assert one_statement(label), label
        assert one_statement(value), f"{label}: {value}"


def test_without_an_owner_there_is_no_such_row() -> None:
    rows = record_rows(replace(POLICY, front=replace(FRONT, owner="")), DRAFT)
    assert "Owner" not in dict(rows)
    assert all(value for _, value in rows)


def test_a_superseded_version_says_by_which_and_since_when() -> None:
    """In the panel, in plain text and on sheets: nothing that is made of it now says that it is in force."""
    document = approved(datetime.date(2026, 12, 3))
    stamp = replace(APPROVED, end=Superseded(datetime.date(2027, 3, 1), "1.2"))
    said = "Superseded on 1 March 2027 by version 1.2"
    assert dict(record_rows(document, stamp))["Status"] == status(document, stamp) == said
    assert f"Status: {said}\n" in policy_text(document, stamp)
    setting = sheet_setting("print", stamp, samples.IMAGES)
    sheet = Sheet(replace(document, forms=samples.POLICY.forms), samples.POLICY.forms[0], setting)
    assert said in roster_html(sheet, samples.STAFF[:2])


OWNED = ("  review_months: 24\n", "  review_months: 24\n  owner: business_manager\n")


@pytest.mark.parametrize(
    ("in_template", "in_school", "owner"),
    [
        (False, "", None),
        (True, "", "Business manager"),
        (True, "owner: head\n", "Headteacher"),
        (False, "owner: dsl\n", "Designated safeguarding lead"),
    ],
)
def test_who_owns_a_policy_is_said_where_it_is_known(
    tmp_path: Path, in_school: str, owner: str | None, *, in_template: bool
) -> None:
    """A role, in the school's own title; the author of a version is another fact. The content code knows neither."""
    workspace = Workspace(tmp_path)
    if in_template:
        workspace = workspace.with_change(TEMPLATE, *OWNED)
    adoption = workspace.text(ADOPTION) + in_school
    (composed,) = check(
        workspace.with_files({ADOPTION: adoption}).write(), [Selection()], AS_OF
    ).policies
    assert dict(record_rows(composed.document, DRAFT)).get("Owner") == owner
    without = replace(composed.document, front=replace(composed.document.front, owner=""))
    assert content_digest(composed.document, {}) == content_digest(without, {})


def test_a_draft_says_what_is_not_known_yet() -> None:
    rows = dict(record_rows(POLICY, DRAFT))
    assert rows["Status"] == NOT_APPROVED
    assert rows["Date of approval"] == NOT_DATED
    assert rows["To be approved by"] == "Full governing board"
    assert "Approved by" not in rows
    assert rows["Version"] == "1.1 (draft)"
    assert rows["Minute number"] == "Not yet minuted"
    assert rows["Next review"] == "2 years after approval"


def test_the_level_required_and_who_approves_are_two_facts() -> None:
    """A school may have its board approve what the model policy leaves to the headteacher."""
    adoption = {
        **adoption_of("hollin-bank", "it-and-mobile-phones"),
        "approving_body": ["committee", "full-board"],
    }
    policy = composed("hollin-bank", adoption=adoption, policy="it-and-mobile-phones")
    rows = dict(record_rows(policy, DRAFT))
    assert rows["Approval level required"] == "Full governing body"
    assert rows["To be approved by"] == "Committee of the governing body, then full governing body"


@pytest.mark.parametrize("kind", DAYS)
def test_an_approved_version_says_by_whom_and_when(kind: str) -> None:
    day, printed, due = DAYS[kind]
    rows = dict(record_rows(approved(day), APPROVED))
    assert rows["Status"] == f"Approved, in force from {printed}"
    assert rows["Approved by"] == "Full governing board"
    assert rows["Date of approval"] == printed
    assert rows["Next review"] == due
    assert rows["Minute number"] == "14b"
    assert rows["Version"] == "1.1"
    assert rows["Content code"] == APPROVED.content_code
    assert not [value for value in rows.values() if "raft" in value]


def test_an_approval_without_a_minute_says_that_too() -> None:
    assert (
        dict(record_rows(approved(Month(2026, 12), ""), APPROVED))["Minute number"]
        == "None recorded"
    )


@pytest.mark.parametrize(
    ("months", "length", "due"),
    [
        (1, "One month", "30 September 2026"),
        (6, "6 months", "28 February 2027"),
        (12, "One year", "31 August 2027"),
        (18, "18 months", "29 February 2028"),
        (24, "2 years", "31 August 2028"),
        (36, "3 years", "31 August 2029"),
    ],
)
def test_next_review_is_approval_plus_frequency(months: int, length: str, due: str) -> None:
    assert next_review(replace(POLICY, review_months=months)) == f"{length} after approval"
    last_of_august = approved(datetime.date(2026, 8, 31))
    assert next_review(replace(last_of_august, review_months=months)) == due


@pytest.mark.parametrize(
    ("months", "due"), [(1, "January 2027"), (12, "December 2027"), (18, "June 2028")]
)
def test_next_review_of_a_month_is_a_month(months: int, due: str) -> None:
    assert next_review(replace(approved(Month(2026, 12)), review_months=months)) == due


@pytest.mark.parametrize(
    ("body", "role", "name"),
    [
        ("full-board", "Chair of Governors", "Digby Rahman"),
        ("committee", "Chair of the committee", ""),
        ("trust-board", "Chair of the trust board", ""),
        ("head", "Headteacher", "Leocadia Thwaite"),
    ],
)
def test_who_signs_a_box_is_who_approves(body: str, role: str, name: str) -> None:
    """The chair of governors signs for the full board alone. Where no name may print there is room to write it."""
    adoption = {**adoption_of("hollin-bank", "it-and-mobile-phones"), "approving_body": body}
    policy = composed("hollin-bank", adoption=adoption, policy="it-and-mobile-phones")
    assert signatories(policy) == (Signatory(role, name),)
    plain = replace(policy, branding=Branding())
    (row,) = made(plain, DRAFT).xpath("//table[@class='signatories']/tbody/tr")
    assert [said(cell) for cell in row] == [role, name, "", ""]
    assert signatories(shaped(policy, "table")) == ()


@pytest.mark.parametrize(
    ("office", "signatory", "signs"),
    [
        ("Chair of Governors", "Ann Lee", Signatory("Chair of Governors", "Ann Lee")),
        ("Chair of Governors", "Chair of Governors", Signatory("Chair of Governors")),
        ("", "Chair of the Local Board", Signatory("Chair of the Local Board")),
    ],
    ids=["name", "no name", "record of before offices were kept"],
)
def test_an_office_is_never_printed_as_a_name(
    office: str, signatory: str, signs: Signatory
) -> None:
    day = datetime.date(2026, 12, 3)
    row = ApprovalRow("Full board", day, "7", signatory, office=office)
    front = replace(FRONT, record="box", office="", signatory="", approvals=(row,))
    assert signatories(replace(approved(day), front=front)) == (signs,)


def test_one_who_signs_for_the_body_signs_once() -> None:
    front = replace(FRONT, record="box", office="Headteacher", signatory="Ann Lee")
    front = replace(front, signatories=(Signatory("Headteacher", "Ann Lee"), Signatory("Governor")))
    roles = [signatory.role for signatory in signatories(replace(POLICY, front=front))]
    assert roles == ["Headteacher", "Governor"]


SIGNS = (
    "  review_months: 24\n",
    "  review_months: 24\n  signatories: [governor, head, online_safety_lead, dsl]\n",
)


def test_the_template_names_who_signs(tmp_path: Path) -> None:
    """By the school's own titles; with a name only where the school publishes it."""
    workspace = Workspace(tmp_path).with_change(TEMPLATE, *SIGNS)
    facts = workspace.text(SCHOOL).replace("people:\n", "people:\n  dsl: {name: Priya Nair}\n")
    (composed,) = check(
        workspace.with_files({SCHOOL: facts}).write(), [Selection()], AS_OF
    ).policies
    assert [(each.role, each.name) for each in composed.document.front.signatories] == [
        ("Governor", ""),
        ("Headteacher", "Ann Lee"),
        ("Online-safety lead", ""),
        ("Designated safeguarding lead", ""),
    ]
    printed = " ".join(policy_text(composed.document, DRAFT).split())
    assert (
        "To be signed by: Governor, Headteacher (Ann Lee), Online-safety lead and Designated safe"
        in printed
    )


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("medium", ["screen", "print"])
def test_each_signatory_has_a_row(shape: Any, medium: Any) -> None:
    """Role, name, and room for signature and date; a name that is not known here is left to be written."""
    signs = (Signatory("Governor"), Signatory("Headteacher", "Ann Lee"))
    front = replace(FRONT, record=shape, signatory="", signatories=signs)
    page = made(replace(POLICY, front=front), DRAFT, medium)
    (found,) = page.xpath("//table[@class='signatories']")
    assert [[said(cell) for cell in row] for row in found.xpath(".//tr")] == [
        ["Signed by", "Print name", "Signature", "Date"],
        ["Governor", "", "", ""],
        ["Headteacher", "Ann Lee", "", ""],
    ]
    assert [each.get("scope") for each in found.xpath(".//th")] == ["col"] * 4 + ["row"] * 2
    assert len(found.xpath(".//td[@class='blank']")) == 5


# --- on pages ---------------------------------------------------------------------------------------------------------

CASES = pytest.mark.parametrize("document", [POLICY, approved(datetime.date(2026, 12, 3))])


@CASES
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("cover", [True, False])
def test_the_first_page_answers_what_a_governor_asks(
    document: Document, shape: str, *, cover: bool
) -> None:
    """By whom, when, under which minute, until when: on paper, on the screen before anything else, in plain text."""
    stamp = APPROVED if document.versions[-1].date else DRAFT
    document = shaped(document, shape)
    document = replace(document, front=replace(document.front, cover=cover))
    paper = printed_first_page(document, stamp)
    screen = made(document, stamp, "screen")
    (masthead,) = screen.xpath("//header")
    shown = [(said(row[0]), said(row[1])) for row in masthead.xpath(".//ul[@class='facts']/li")]
    assert tuple(shown) == record_rows(document, stamp)
    before_the_text = one_line(policy_text(document, stamp).split("Versions and amendments")[0])
    for label, value in record_rows(document, stamp):
        assert value in paper, label
        assert f"{label}: {value}" in before_the_text


@CASES
@pytest.mark.parametrize("shape", SHAPES)
def test_each_value_on_paper_has_its_label(document: Document, shape: str) -> None:
    stamp = APPROVED if document.versions[-1].date else DRAFT
    document = shaped(document, shape)
    (found,) = made(document, stamp).xpath("//table[starts-with(@class, 'approval')]")
    cells = [said(cell) for cell in found.xpath(".//th | .//td")]
    assert tuple(zip(cells[::2], cells[1::2], strict=True)) == record_rows(document, stamp)
    assert {cell.get("scope") for cell in found.xpath(".//th")} == {"row"}


@pytest.mark.parametrize("medium", ["screen", "print"])
@pytest.mark.parametrize("cover", [True, False])
def test_one_table_of_versions(medium: str, *, cover: bool) -> None:
    """A row for each, the first approval dated. It stands once, whole; where there is a cover, before the text."""
    page = made(replace(POLICY, front=replace(FRONT, cover=cover)), DRAFT, medium)
    (found,) = page.xpath("//table[@class='versions']")
    assert [[said(cell) for cell in row] for row in found.xpath(".//tr")] == [
        ["Version", "Date", "Minute number", "Author", "Reason for change"],
        ["1.0", "January 2024 (date of first approval)", "9a", "Headteacher", "First adopted"],
        ["1.1", NOT_DATED, "Not yet minuted", "Business manager", "Second factor added"],
    ]
    assert bool(found.xpath("following::*[@class='section']")) == cover


@pytest.mark.parametrize("versions", range(1, 30, 4))
def test_the_screen_has_the_order_of_the_paper(versions: int) -> None:
    """Facts, who signs, versions, contents, text: wherever the versions find room."""
    history = tuple(replace(FIRST, version=f"1.{number}") for number in range(versions))
    front = replace(FRONT, cover=True, signatories=(Signatory("Governor"),))
    document = replace(samples.POLICY, versions=(*history, NEXT), front=front)
    orders = []
    for medium, first in (("print", "approval labels"), ("screen", "facts")):
        page = made(document, DRAFT, medium)
        kinds = {first: "facts", "signatories": "signs", "versions": "versions"}
        kinds |= {"contents": "contents", "section": "text"}
        classes = [element.get("class") for element in page.iter()]
        orders.append(list(dict.fromkeys(kinds[class_] for class_ in classes if class_ in kinds)))
    assert orders == [["facts", "signs", "versions", "contents", "text"]] * 2


@pytest.mark.parametrize(("policy", "name"), ADOPTED)
def test_the_record_of_each_adopted_policy(policy: str, name: str) -> None:
    """No value is empty, and each is what the history says."""
    document = adopted(policy, name)
    assert all(value for _, value in record_rows(document, DRAFT))
    for medium in ("screen", "print"):
        cells = page(document, medium=medium).xpath("//table[@class='versions']//td")
        assert cells
        assert all(map(said, cells))
    assert document.front.level
    assert document.review_months == model(policy, name).review_months
