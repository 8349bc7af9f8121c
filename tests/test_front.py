"""The approval record in its three shapes, before and after approval: one statement a cell, and nothing left out."""

from __future__ import annotations

import datetime
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from lxml import html as parser

from policygen.ground.dates import Month
from policygen.html.labels import NOT_APPROVED, next_review, record_box, record_rows
from policygen.html.sheets import Stamp, policy_html
from policygen.language.document import Front, Signatory, VersionRow
from policygen.products.text import policy_text
from policygen.project.check import Selection, check
from tests.support import samples
from tests.support.acceptance import ADOPTED, DRAFT, adopted, model, page, said
from tests.support.example import adoption_of
from tests.support.example import document as composed
from tests.support.workspace import SCHOOL, TEMPLATE, Workspace

if TYPE_CHECKING:
    from pathlib import Path

    from policygen.language.document import Document

APPROVED = Stamp("approved", "7f3a-91c2")
AS_OF = datetime.date(2026, 11, 20)
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


def box(document: Document, stamp: Stamp) -> dict[str, str]:
    return {row[at]: row[at + 1] for row in record_box(document, stamp) for at in (0, 2)}


def one_statement(text: str) -> bool:
    """Whether a label or value says one thing: no second sentence, no alternatives, no line break."""
    return not re.search(r"[;/\n]|[.?!] \S|\b(and|or)\b", text)


def table(document: Document, shape: str, stamp: Stamp, medium: str = "screen") -> Any:
    made = parser.fromstring(
        policy_html(
            replace(document, front=replace(document.front, record=shape)),
            stamp,
            medium=medium,
            images=samples.IMAGES,
        )
    )
    class_ = {"versions": "versions", "box": "approval box", "table": "approval labels"}[shape]
    (found,) = made.xpath(f"//table[@class='{class_}']")
    return found


# --- labels and values ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "document", [POLICY, approved(datetime.date(2026, 12, 3)), approved(Month(2026, 12), "")]
)
def test_one_statement_a_cell(document: Document) -> None:
    stamp = APPROVED if document.versions[-1].date else DRAFT
    rows, cells = record_rows(document, stamp), box(document, stamp)
    labels = [label for label, _ in rows]
    assert len(labels) == len({*labels})
    for label, value in (*rows, *cells.items()):
        assert one_statement(label), label
        assert one_statement(value), f"{label}: {value}"


def test_nothing_is_empty_but_the_signature() -> None:
    for document, stamp in ((POLICY, DRAFT), (approved(datetime.date(2026, 12, 3), ""), APPROVED)):
        assert all(value for _, value in record_rows(document, stamp))
        assert [label for label, value in box(document, stamp).items() if not value] == ["Signed"]


def test_without_an_owner_there_is_no_such_row() -> None:
    rows = record_rows(replace(POLICY, front=replace(FRONT, owner="")), DRAFT)
    assert "Owner" not in dict(rows)
    assert all(value for _, value in rows)


def test_a_draft_says_so() -> None:
    rows, cells = dict(record_rows(POLICY, DRAFT)), box(POLICY, DRAFT)
    for found in (rows["Date of approval"], cells["Approved by"], cells["Approval date"]):
        assert found == NOT_APPROVED
    assert rows["Approved by"].startswith(NOT_APPROVED)
    assert rows["Version"] == "1.1 (draft)"
    assert rows["Minute number"] == cells["Minute number"] == "Not yet minuted"
    assert rows["Next review"] == cells["Next review"] == "2 years after approval"


@pytest.mark.parametrize("kind", DAYS)
def test_an_approved_version_says_by_whom_and_when(kind: str) -> None:
    day, printed, due = DAYS[kind]
    rows, cells = dict(record_rows(approved(day), APPROVED)), box(approved(day), APPROVED)
    assert rows["Approved by"] == cells["Approved by"] == "Full governing board"
    assert rows["Date of approval"] == cells["Approval date"] == printed
    assert rows["Next review"] == cells["Next review"] == due
    assert rows["Minute number"] == cells["Minute number"] == "14b"
    assert rows["Version"] == cells["Version"] == "1.1"
    assert rows["Content code"] == cells["Content code"] == APPROVED.content_code
    assert cells["Print name"] == "Margaret Lindqvist"
    assert not [value for value in (*rows.values(), *cells.values()) if "raft" in value]


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
    ("body", "signatory"),
    [
        ("full-board", "Digby Rahman"),
        ("committee", "Chair of the committee"),
        ("trust-board", "Chair of the trust board"),
        ("head", "Leocadia Thwaite"),
    ],
)
def test_who_signs_is_who_approves(body: str, signatory: str) -> None:
    """The chair of governors signs for the full board alone; nobody's name stands where the facts do not say it."""
    adoption = {**adoption_of("hollin-bank", "it-and-mobile-phones"), "approving_body": body}
    cells = box(composed("hollin-bank", adoption=adoption, policy="it-and-mobile-phones"), DRAFT)
    assert cells["Print name"] == signatory


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


@pytest.mark.parametrize("shape", ["versions", "box", "table"])
@pytest.mark.parametrize("medium", ["screen", "print"])
def test_each_signatory_has_a_row(shape: Any, medium: Any) -> None:
    """Role, name, and room for signature and date; a name that is not known here is left to be written."""
    signs = (Signatory("Governor"), Signatory("Headteacher", "Ann Lee"))
    document = replace(POLICY, front=replace(FRONT, record=shape, signatories=signs))
    made = parser.fromstring(policy_html(document, DRAFT, medium=medium, images=samples.IMAGES))
    (found,) = made.xpath("//table[@class='signatories']")
    assert [[said(cell) for cell in row] for row in found.xpath(".//tr")] == [
        ["Signed by", "Name", "Signature", "Date"],
        ["Governor", "", "", ""],
        ["Headteacher", "Ann Lee", "", ""],
    ]
    assert [each.get("scope") for each in found.xpath(".//th")] == ["col"] * 4 + ["row"] * 2
    assert len(found.xpath(".//td[@class='blank']")) == 5


# --- on pages ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("medium", ["screen", "print"])
@pytest.mark.parametrize("cover", [True, False])
@pytest.mark.parametrize("document", [POLICY, approved(datetime.date(2026, 12, 3))])
def test_the_page_shows_the_record(document: Document, medium: str, *, cover: bool) -> None:
    """Once, with a header for each value; on the screen the signature is blank as well."""
    stamp = APPROVED if document.versions[-1].date else DRAFT
    document = replace(document, front=replace(document.front, cover=cover))
    labels = table(document, "table", stamp, medium)
    assert [[said(cell) for cell in row] for row in labels.xpath(".//tr")] == [
        [*row] for row in record_rows(document, stamp)
    ]
    four = table(document, "box", stamp, medium)
    assert [[said(cell) for cell in row] for row in four.xpath(".//tr")] == [
        [*row] for row in record_box(document, stamp)
    ]
    for found in (labels, four):
        assert {each.get("scope") for each in found.xpath(".//th")} == {"row"}
        assert [said(each.getprevious()) for each in found.xpath(".//td[@class='blank']")] == [
            "Signed"
        ] * (found is four)
    versions = table(document, "versions", stamp, medium)
    assert len(versions.xpath(".//tbody/tr")) == len(document.versions) + 1
    assert not [cell for cell in versions.xpath(".//td") if not said(cell)]


def test_the_versions_shape_dates_the_first_approval() -> None:
    rows = [
        [said(cell) for cell in row]
        for row in table(POLICY, "versions", DRAFT).xpath(".//tbody/tr")
    ]
    assert rows == [
        ["1.0", "January 2024 (date of first approval)", "9a"],
        ["1.1", NOT_APPROVED, "Not yet minuted"],
        ["Review requirement: every 2 years"],
    ]


@pytest.mark.parametrize(("policy", "name"), ADOPTED)
def test_the_record_of_each_adopted_policy(policy: str, name: str) -> None:
    """No value is empty but the signature, and each is what the history says."""
    document = adopted(policy, name)
    record = {
        "versions": {},
        "table": dict(record_rows(document, DRAFT)),
        "box": box(document, DRAFT),
    }[document.front.record]
    assert [label for label, value in record.items() if not value] in ([], ["Signed"])
    for medium in ("screen", "print"):
        made = page(document, medium=medium)
        assert not [
            said(cell)
            for cell in made.xpath("//*[contains(@class, 'amendments')]//td")
            if not said(cell)
        ]
    assert document.front.level
    assert document.review_months == model(policy, name).review_months
