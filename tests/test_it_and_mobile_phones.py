"""The acceptance list of the model policy `it-and-mobile-phones`, on the documents of all schools that adopt it."""

from __future__ import annotations

import datetime
import io
import re
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pypdfium2
import pytest

from policygen.compose.compose import compose
from policygen.compose.prepare import prepare_edition
from policygen.compose.refer import targets
from policygen.disk.editions import read_edition
from policygen.ground.dates import Month, printed_day
from policygen.ground.diagnostics import Problems
from policygen.html.labels import record_rows
from policygen.html.sheets import form_html, policy_html
from policygen.language.document import (
    Clause,
    Document,
    Paragraph,
    Quote,
    Reference,
    Table,
    contents,
    plain,
)
from policygen.model.adoption import AdoptionFile
from policygen.model.law import read_law
from policygen.pdf.check import check_pdf, expect
from policygen.pdf.render import render_pdf
from tests.support.acceptance import (
    APPROVED,
    DRAFT,
    adopted,
    all_words,
    answers,
    authors_words,
    find,
    images,
    led_by,
    model,
    model_with,
    numbered,
    of_kind,
    page,
    refers,
    said,
    values,
    words,
)
from tests.support.example import ROOT, adopters, adoption_of, facts_of, school

if TYPE_CHECKING:
    from pathlib import Path

POLICY = "it-and-mobile-phones"
ORDER = "purpose scope responsibilities user-responsibilities personal-use mobile-phones".split()


@pytest.fixture(params=adopters(POLICY))
def name(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def policy(name: str) -> Document:
    return model(POLICY, name)


def test_01_approval_box(policy: Document) -> None:
    """Label, value, label, value; room for the chair to sign and date it; no cover and no contents."""
    assert (policy.front.cover, policy.front.record) == (False, "box")
    made = page(policy, medium="print")
    (box,) = made.xpath("//table[@class='approval pairs']")
    rows = box.xpath(".//tr")
    assert len(rows) >= 4
    for row in rows[:-1]:
        assert [cell.tag for cell in row] == ["th", "td", "th", "td"]
    assert all(said(cell) for cell in box.xpath(".//th | .//td"))
    labels = {"Review", "Approval level required", "To be approved by", "Next review"}
    assert labels <= {said(cell) for cell in box.xpath(".//th")}
    (chair,) = made.xpath("//table[@class='signatories']/tbody/tr")
    assert [said(cell) for cell in chair][2:] == ["", ""]
    assert not contents(policy)
    assert not made.xpath("//nav[@class='contents']")


@pytest.mark.parametrize("day", [datetime.date(2026, 12, 3), Month(2026, 12)])
def test_01_next_review(policy: Document, day: datetime.date | Month) -> None:
    """The next review is the day or month of approval, and so many months later."""
    approved = replace(
        policy, versions=(*policy.versions[:-1], replace(policy.versions[-1], date=day, minute="7"))
    )
    cells = dict(record_rows(approved, APPROVED))
    years, months = divmod(policy.review_months + 11, 12)
    later = (2026 + years, months + 1)
    due = Month(*later) if isinstance(day, Month) else datetime.date(*later, 3)
    assert cells["Date of approval"] == printed_day(day)
    assert cells["Next review"] == printed_day(due)


def test_02_headings(policy: Document) -> None:
    """Six, numbered 1 to 6, in sentence case in the source."""
    assert [(part.id, part.number) for part in policy.sections] == [
        (each, str(at)) for at, each in enumerate(ORDER, 1)
    ]
    for part in policy.sections:
        first, *rest = plain(part.title).split()
        assert first.istitle()
        assert all(word.islower() for word in rest), plain(part.title)


def test_03_purpose_has_no_number(policy: Document) -> None:
    (aims,) = find(policy, "purpose").blocks
    assert not aims.number


def test_04_paragraphs(name: str, policy: Document) -> None:
    """Sections 2 to 6 have 2 (1 where nobody else's staff work on site), 5, 25, 7 and 9."""
    scope = 2 if answers(POLICY, name)["central_staff"] else 1
    assert [len(numbered(part)) for part in policy.sections[1:]] == [scope, 5, 25, 7, 9]
    for part in policy.sections[1:]:
        assert [each.number for each in numbered(part)] == [
            f"{part.number}.{at}" for at, _ in enumerate(numbered(part), 1)
        ]


@pytest.mark.parametrize(
    ("identity", "number", "count"),
    [
        ("inspection", "4.14", 10),
        ("prohibited-content", "4.18", 7),
        ("personal-use-limits", "5.1", 4),
    ],
)
def test_05_bullets(policy: Document, identity: str, number: str, count: int) -> None:
    """4.14 has 10 bullets, 4.18 has 7 and 5.1 has 4, below the paragraph."""
    clause = find(policy, identity)
    assert clause.number == number
    assert isinstance(clause.blocks[0], Paragraph)
    assert clause.blocks[1] == led_by(policy, identity)
    assert len(clause.blocks[1].items) == count
    assert clause.blocks[1].style == "bullet"


@pytest.mark.parametrize("boxed", [True, False])
def test_06_four_readers(name: str, *, boxed: bool) -> None:
    """5.3 holds a quotation with its source, if the school wants it, and then two paragraphs without a number."""
    policy = model_with(POLICY, name, four_readers=boxed)
    clause = find(policy, "social-networking")
    assert clause.number == "5.3"
    kinds = [Paragraph, Quote, Paragraph, Paragraph] if boxed else [Paragraph] * 3
    assert [type(block) for block in clause.blocks] == kinds
    for quote in of_kind(Quote, clause):
        assert plain(quote.source)
    assert words(clause.blocks[0])[-1] == (":" if boxed else ".")


def test_07_the_same_noun(policy: Document) -> None:
    """4.5 prints "paragraph 5.1" and 5.2 prints "paragraph 4.18"."""
    for start, number, printed in (
        ("laptop-receipt", "4.5", "paragraph 5.1"),
        ("personal-internet", "5.2", "paragraph 4.18"),
    ):
        clause = find(policy, start)
        assert clause.number == number
        assert printed in [plain(each.children) for each in of_kind(Reference, clause)]


def test_08_values_and_strapline(policy: Document) -> None:
    """Neither the footer's words nor the strapline stand in the text; the strapline prints once, below the title."""
    footer, strapline = policy.branding.footer, policy.branding.strapline
    text = all_words(policy.parts)
    for line in filter(None, (footer, strapline)):
        assert line not in text
    paper = page(policy, medium="print")
    found = [
        each.get("class")
        for each in paper.xpath("//body//*[@class='policy-title' or @class='strapline']")
    ]
    assert found == ["policy-title", "strapline"][: 1 + bool(strapline)]


@pytest.mark.slow
def test_08_and_13_pages(name: str) -> None:
    """The text and the first form fit 8 pages, the first with the box and section 1; the values stand on every page."""
    policy = adopted(POLICY, name)
    pdf = render_pdf(policy_html(policy, DRAFT, medium="print", images=images(policy)).encode())
    assert check_pdf(pdf, expect(policy, DRAFT)) == []
    with pypdfium2.PdfDocument(io.BytesIO(pdf)) as document:
        pages = [" ".join(each.get_textpage().get_text_range().split()) for each in document]
    assert policy.branding.footer
    assert all(" ".join(policy.branding.footer.split()) in each for each in pages)
    assert all(
        each in pages[0]
        for each in ("Approval level required", "1 Purpose", words(find(policy, "purpose"))[:40])
    )
    title = plain(policy.forms[0].title)
    assert len(pages) <= 9
    assert title in pages[-2]
    assert pages[-1].startswith(plain(policy.forms[1].title))


def test_09_possessive_of_a_name_in_s(name: str) -> None:
    policy = model_with(
        POLICY, name, {**facts_of(name), "name": "All Saints C of E School, St Giles"}
    )
    assert "C of E School, St Giles’ ICT" in words(find(policy, "applies-to"))
    assert "s’s" not in words(policy.parts)


def test_10_a_trust_has_no_county(name: str) -> None:
    """With a trust as employer nothing is left of a local authority or county."""
    facts = {
        **facts_of(name),
        "employer": "trust",
        "employer_name": "Beacon Learning Trust",
        "trust": "Beacon Learning Trust",
    }
    for role in ("hr_adviser", "compliance"):
        facts["roles"].pop(role, None)  # titles are the school's own
    policy = model_with(POLICY, name, facts, central_staff=True, concern_about_head="chair")
    for identity in ("not-school-based", "suspected-misuse", "licences", "inspection"):
        assert not re.search(
            r"(?i)local authority|county|council|\bLA\b|area office", words(find(policy, identity))
        )
    assert "Beacon Learning Trust" in words(find(policy, "not-school-based"))


def test_the_board_adopts(name: str, policy: Document) -> None:
    """3.2 names the body that the approval box names, and a trust only as that on whose behalf it acts."""
    facts = facts_of(name)
    text = words(find(policy, "board-adopts"))
    assert text.startswith(f"The {facts['roles']['board']} adopts")
    assert (f"on behalf of {facts.get('trust')}" in text) == (facts["employer"] == "trust")


def test_11_parallel_cases(policy: Document) -> None:
    """Each of the ten completes "necessary to:" with a verb; none of them catches the rest."""
    clause = find(policy, "inspection")
    assert words(clause.blocks[0]).endswith("necessary to:")
    items = [words(item) for item in clause.blocks[1].items]
    verbs = [item.split()[0] for item in items]
    assert {*verbs} <= set(
        "act look protect establish show prevent investigate keep find meet".split()
    )
    assert not any("anything" in item for item in items)
    assert not any(item.endswith((".", ";", ",")) for item in items)


def test_12_nothing_outdated(name: str) -> None:
    """No former department, no data Act of 1998, no interception regulations of 2000."""
    text = all_words(adopted(POLICY, name).parts)
    assert not re.search(
        r"DCSF|DfES|Department for Children|Data Protection Act 1998|Regulations 2000|newsgroup|top-shelf",
        text,
    )
    assert not re.search(
        r"\bAct\b|\b(19|20)\d\d\b|Regulations", authors_words(model(POLICY, name).parts)
    )


def test_14_another_order(name: str, tmp_path: Path) -> None:
    """When section 4 is written in another order, 4.5 and 5.2 repair themselves."""
    shutil.copytree(ROOT / "templates", tmp_path / "templates")
    file = tmp_path / "templates" / POLICY / "sections" / "user-responsibilities.md"
    title, *paragraphs = re.split(r"(?m)^1\. ", file.read_text(encoding="utf-8"))
    file.write_text(
        title + "".join(f"1. {each.rstrip()}\n" for each in reversed(paragraphs)), encoding="utf-8"
    )
    problems = Problems()
    prepared = prepare_edition(
        read_edition(tmp_path, POLICY, "", None, problems), read_law(), problems
    )
    adoption = AdoptionFile.model_validate(adoption_of(name, POLICY))
    own = replace(school(name).policies[POLICY], value=adoption)
    policy = compose(prepared, replace(school(name), answers=None), own, read_law(), problems)
    assert policy is not None, problems.found
    usual = adopted(POLICY, name)
    for identity in ("laptop-receipt", "prohibited-content"):
        assert find(policy, identity).number != find(usual, identity).number
    refers(policy, "laptop-receipt>personal-use-limits")
    refers(policy, "personal-internet>prohibited-content")
    known = targets(policy.parts)
    for each in of_kind(Reference, policy.parts):
        if known[each.target].noun == "paragraph":
            assert plain(each.children).lower() == known[each.target].words()


REFERENCES = (
    "laptop-receipt>personal-use-limits personal-internet>prohibited-content suspected-misuse>inspection "
    "breach>suspected-misuse agreement-by-login>acknowledgement sensitive-data>sending security>inspection "
    "accidental>prohibited-content phone-pictures>staff-phones school-accounts>messaging ai-tools>sensitive-data "
    "filtering-duty>accidental laptop-receipt>laptop-receipt-form others-files>inspection leavers>inspection"
).split()


@pytest.mark.parametrize("link", REFERENCES)
def test_references(policy: Document, link: str) -> None:
    """Every reference that must exist does, with the right noun."""
    refers(policy, link)


def test_laptop_receipt(policy: Document) -> None:
    """Two columns; device, serial number, tag, four accessories and the date are blank; the return has its own rows."""
    received, back = of_kind(Table, find(policy, "laptop-receipt-form"))
    labels = [plain(row[0].children) for row in received.rows]
    assert labels == ["Device", "Serial number", "Asset tag", *["Accessory"] * 4, "Date issued"]
    assert [plain(row[0].children) for row in back.rows] == ["Return date", "Received by"]
    assert all(len(row) == 2 and not row[1].children for row in (*received.rows, *back.rows))


def test_acknowledgement_is_for_one_version(policy: Document) -> None:
    form = find(policy, "acknowledgement")
    assert "this version only" in words(form)
    made = form_html(policy, form, DRAFT, medium="screen", images=images(policy))
    assert all(each in made for each in (policy.version, DRAFT.content_code, policy.title))


@pytest.mark.parametrize("months", [1, 6, 12])
def test_retention_from_one_answer(name: str, months: int) -> None:
    policy = model_with(POLICY, name, monitoring_retention_months=months)
    assert values("answers.monitoring_retention_months", policy.parts) == [str(months)]
    assert re.search(rf"\b{months} month{'s' * (months != 1)}\b", words(find(policy, "inspection")))


def test_only_the_last_section_is_free(policy: Document) -> None:
    """The rules are agreed with the employer; section 6 is free."""
    free = {clause.id for clause in of_kind(Clause, policy.sections) if clause.adapt != "locked"}
    assert free == {clause.id for clause in numbered(find(policy, "mobile-phones"))}
