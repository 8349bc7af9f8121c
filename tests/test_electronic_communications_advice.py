"""The acceptance list of the model policy `electronic-communications-advice`, on all schools that adopt it."""

from __future__ import annotations

import re
from functools import reduce
from operator import getitem
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError

from policygen.html.labels import record_rows
from policygen.html.sheets import policy_html
from policygen.language.document import (
    Callout,
    Clause,
    Document,
    Item,
    ItemList,
    Paragraph,
    Reference,
    Section,
    SignatureBlock,
    Strong,
    contents,
    plain,
    rebuild,
)
from policygen.model.adoption import AdoptionFile
from policygen.model.school import School
from policygen.model.template import Template
from policygen.pdf.check import check_pdf, count_pages, expect
from policygen.pdf.render import render_pdf
from tests.support.acceptance import (
    DRAFT,
    adopted,
    all_words,
    answers,
    authors_words,
    find,
    images,
    led_by,
    lists,
    model,
    model_with,
    of_kind,
    page,
    refers,
    said,
    values,
    words,
)
from tests.support.example import adopters, adoption_of, edition, facts_of, masked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import BaseModel

POLICY = "electronic-communications-advice"
ORDER = (
    "introduction equipment social-media-defined personal-use personal-social-media tips misuse monitoring sanctions"
).split()


@pytest.fixture(params=adopters(POLICY))
def name(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def policy(name: str) -> Document:
    return model(POLICY, name)


def test_01_sections_and_contents(policy: Document) -> None:
    """9 sections, and 9 lines of contents: the receipt is not among them."""
    assert [part.id for part in policy.sections] == ORDER
    lines = contents(policy)
    assert [(line.target, line.label) for line in lines] == [
        (each, str(at)) for at, each in enumerate(ORDER, 1)
    ]
    assert [form.id for form in policy.forms] == ["receipt"]


@pytest.mark.slow
def test_01_pages_in_the_contents(name: str) -> None:
    """The page numbers are right after rendering, which is part of the check of a PDF; and it is short."""
    document = adopted(POLICY, name)
    pdf = render_pdf(policy_html(document, DRAFT, medium="print", images=images(document)).encode())
    assert len(expect(document, DRAFT).contents) == 9
    assert check_pdf(pdf, expect(document, DRAFT)) == []
    assert count_pages(pdf) <= 10


def without_id(nodes: tuple[Any, ...]) -> Iterator[object]:
    """Paragraphs and bullets that have no id, and stand in nothing that has one."""
    for node in nodes:
        match node:
            case Section():
                yield from without_id(node.blocks)
            case ItemList():
                yield from without_id(node.items)
            case Clause() if node.id:
                yield from without_id(tuple(lists(node.blocks)))
            case Callout() | Item() | Paragraph() if node.id:
                pass
            case _:
                yield node


def test_02_ids_and_no_numbers(policy: Document) -> None:
    """No number below a section; every paragraph and bullet has an id."""
    assert not [node for node in of_kind(Clause, policy.parts) if node.number]
    assert not [node for node in of_kind(Item, policy.parts) if node.label]
    assert not list(without_id(policy.sections))


def test_03_callouts_and_lists(policy: Document) -> None:
    """Section 3 ends with a callout; in section 6 one stands between lists of 4 and 11."""
    assert find(policy, "social-media-defined").blocks[-1].id == "callout-social"
    tips = find(policy, "tips").blocks
    shape = [
        one for each in tips for one in (each.id, *(len(made.items) for made in lists(each.blocks)))
    ]
    assert shape == ["tips-posting", 4, "callout-doubt", "tips-equipment", 11]


def test_04_misuse(policy: Document) -> None:
    """At least 11 bullets, a lead-in whose modal is stressed, and a closing sentence outside the list."""
    clause, closing = find(policy, "misuse").blocks[1:]
    lead, bullets = clause.blocks
    assert len(bullets.items) >= 11
    assert [plain(each.children) for each in of_kind(Strong, lead)] == ["must not"]
    assert words(lead).startswith("You must not")
    assert words(lead).endswith(":")
    assert closing.id == "misuse-closing"
    assert words(closing).endswith(".")


def test_05_no_double_negatives(policy: Document) -> None:
    items = led_by(policy, "misuse-lead").items
    assert items
    for item in items:
        assert not re.match(r"(?i)(do not|don.t|never|no|not)\b", words(item))


@pytest.mark.parametrize(
    ("identity", "count"),
    [("introduction", 2), ("personal-social-media", 7), ("monitoring", 5), ("sanctions", 1)],
)
def test_06_paragraphs(policy: Document, identity: str, count: int) -> None:
    """Section 1 has 2, section 5 has 7, section 8 has 5 and section 9 has 1."""
    blocks = find(policy, identity).blocks
    assert len(blocks) == len(of_kind(Paragraph, blocks)) == count


def test_07_consequences_twice_and_the_same(policy: Document) -> None:
    """The last section is the bold words of the first, word for word."""
    (bold,) = of_kind(Strong, find(policy, "introduction-breach"))
    assert plain(bold.children) == words(find(policy, "sanctions"))


def test_08_record(policy: Document) -> None:
    """The record is complete: school, version, approval, minute, review; nothing in it is empty."""
    assert policy.front.record == "table"
    labels = "School,Version,To be approved by,Date of approval,Minute number,Next review"
    rows = record_rows(policy, DRAFT)
    assert {*labels.split(",")} <= {label for label, _ in rows}
    assert all(value for _, value in rows)


@pytest.mark.parametrize(
    ("file", "keys"),
    [
        (School, ("name",)),
        (AdoptionFile, ("version",)),
        (Template, ("adoption", "body")),
        (AdoptionFile, ("history", 0, "version")),
    ],
)
def test_08_nothing_that_the_record_needs_may_be_missing(
    name: str, file: type[BaseModel], keys: tuple[str | int, ...]
) -> None:
    """Who leaves out the school's name, the version, the body that approves or the number of an earlier version is told."""
    rules = edition(POLICY).edition.file.value.model_dump(
        mode="json", by_alias=True, exclude_none=True
    )
    history = [{"version": "0.1", "date": "2020-01-31", "author": "Office", "reason": "First"}]
    adoption = {**adoption_of(name, POLICY), "history": history}
    written: Any = {School: facts_of(name), AdoptionFile: adoption, Template: rules}[file]
    file.model_validate(written)
    *above, last = keys
    del reduce(getitem, above, written)[last]
    with pytest.raises(ValidationError, match=str(last)):
        file.model_validate(written)


def test_09_disclaimer_from_one_answer(name: str) -> None:
    """It prints once, in quotation marks."""
    disclaimer = "Only my cat agrees with me."
    policy = model_with(POLICY, name, disclaimer=disclaimer)
    assert all_words(policy.parts).count(disclaimer) == 1
    assert f"“{disclaimer}”" in words(find(policy, "tip-disclaimer"))
    assert values("answers.disclaimer", model(POLICY, name).parts) == [
        answers(POLICY, name)["disclaimer"]
    ]


@pytest.mark.parametrize("months", [1, 2, 12])
def test_10_retention_from_one_answer(name: str, months: int) -> None:
    """One number, which prints once; changing it changes no other text but “month” itself."""
    policy = model_with(POLICY, name, monitoring_retention_months=months)
    assert values("answers.monitoring_retention_months", policy.parts) == [str(months)]
    logs = find(policy, "monitoring-logs")
    assert re.search(rf"\b{months} month{'s' * (months != 1)}\b", words(logs))
    before = masked(model_with(POLICY, name, monitoring_retention_months=6))
    if months != 1:
        assert masked(policy) == before
    else:
        assert without(masked(policy), "monitoring-logs") == without(before, "monitoring-logs")


def without(policy: Document, identity: str) -> Document:
    return rebuild(policy, lambda node: () if getattr(node, "id", "") == identity else node)


def test_11_nothing_outdated(name: str) -> None:
    """No fax, hand-held computer or RIPA; laws print only from the library."""
    document = adopted(POLICY, name)
    assert not re.search(
        r"(?i)\bfax|palm|hand-?held|\bRIPA\b|Regulation of Investigatory|teletext|screensaver",
        all_words(document.parts),
    )
    assert not re.search(
        r"\bAct\b|\b(19|20)\d\d\b|Regulations", authors_words(model(POLICY, name).parts)
    )


def test_12_second_person(policy: Document) -> None:
    """At least 20 paragraphs and bullets say "you" or "your"."""
    said_to_you = [
        each
        for each in words(policy.sections).splitlines()
        if re.search(r"(?i)\byou(r|rs|rself)?\b", each)
    ]
    assert len(said_to_you) >= 20


def test_12_the_school_is_we(policy: Document) -> None:
    """Nowhere are those who read it spoken of as others."""
    text = words(policy.sections)
    assert not re.search(
        r"\b[Ee]mployees (must|may|should|are)\b|\b[Ss]taff (must|may not|should)\b", text
    )


@pytest.mark.parametrize("medium", ["screen", "print"])
def test_13_callouts_by_words_and_role(policy: Document, medium: str) -> None:
    """Callouts are marked by a word and a role, and are no headings."""
    made = page(policy, medium=medium)
    found = made.xpath("//*[contains(@class, 'callout ')]")
    assert [each.get("id") for each in found] == ["callout-social", "callout-doubt"]
    for each in found:
        assert each.get("role") == "note"
        assert each.get("aria-label") == said(each[0]) == "Remember"
        assert not each.xpath(".//h1|.//h2|.//h3|.//h4|.//h5|.//h6")
        assert not each.xpath("ancestor::li")


REFERENCES = (
    "introduction-breach>sanctions personal-use-times>misuse pupils-may-find-you>tips tip-mail>monitoring "
    "misuse-closing>sanctions"
).split()


@pytest.mark.parametrize("link", REFERENCES)
def test_references(policy: Document, link: str) -> None:
    """Every reference that must exist does, with the right noun."""
    refers(policy, link)


NAMED = {
    "tip-report": "policies.safeguarding",
    "tip-images": "policies.mobile_phones",
    "closer-look": "policies.data_protection",
    "misuse-closing": "policies.whistleblowing",
}


@pytest.mark.parametrize("identity", NAMED)
def test_policies_named(name: str, policy: Document, identity: str) -> None:
    """The school's other policies are named by their own titles, where it has them."""
    title = facts_of(name)["policies"].get(NAMED[identity].removeprefix("policies."))
    assert values(NAMED[identity], find(policy, identity)) == ([title] if title else [])


def test_item_7_follows_the_rule_on_personal_use(name: str) -> None:
    """What misuse says of working time agrees with the section on personal use, whatever is answered."""
    said_of_it = {}
    for answer in ("own-time-and-urgent", "own-time", "never"):
        policy = model_with(POLICY, name, personal_use=answer)
        item = find(policy, "no-work-time")
        said_of_it[answer] = words(item)
        assert bool(of_kind(Reference, item)) == (answer == "own-time-and-urgent")
    assert "at any time" in said_of_it["never"]
    assert said_of_it["own-time"].endswith("in working time")


def test_receipt(policy: Document) -> None:
    """It confirms receipt for one version, with name, role, signature and date, and is no consent."""
    (receipt,) = policy.forms
    (fields,) = of_kind(SignatureBlock, receipt)
    assert [plain(each) for each in fields.fields] == [
        "Name (please print)",
        "Role",
        "Signed",
        "Date",
    ]
    assert "this version" in words(receipt)
    assert "no consent" in words(receipt)
