"""The acceptance list of the model policy `online-safety`, on the documents of all schools that adopt it."""

from __future__ import annotations

import datetime
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from policygen.checks.readability import readings
from policygen.compose.extracts import extracts
from policygen.html.labels import record_rows, version_date
from policygen.html.sheets import form_html
from policygen.language.document import (
    Callout,
    Clause,
    Emphasis,
    Image,
    Item,
    ItemList,
    Paragraph,
    Reference,
    Section,
    SignatureBlock,
    Strong,
    Table,
    plain,
    walk,
)
from policygen.pdf.check import check_pdf, count_pages, expect
from policygen.pdf.render import render_pdf
from tests.support.acceptance import (
    APPROVED,
    DRAFT,
    adopted,
    all_words,
    answers,
    below,
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
    subheads,
    values,
    words,
)
from tests.support.example import adopters, edition, facts_of

if TYPE_CHECKING:
    from policygen.language.document import Document

POLICY = "online-safety"
ORDER = (
    "purpose scope roles risks teaching authorise not-allowed curriculum concerns community enlist cyberbullying harms images "
    "prevent reporting published filtering remote ai assurance appendix-list"
).split()
"""That of the outline; `roles`, `risks`, `harms`, `remote`, `ai` and `assurance` are new."""
FORMS = "staff-agreement image-consent laptop-issue".split()
SHEETS = {
    "oakfield-infants": "promises-youngest",
    "beacon-heights": "promises-youngest pupil-agreement",
    "st-brigids": "promises-youngest pupil-agreement",
    "thornwick-academy": "promises-youngest pupil-agreement promises-11-16 promises-16-19",
    "larkspur-gardens": "promises-youngest pupil-agreement promises-11-16 promises-16-19 promises-symbols",
}
"""The pupils' sheets of each school, which follow from the ages of its pupils: 3 to 7, 4 to 11, 3 to 18, 5 to 19."""
PICTURED = ("promises-youngest", "promises-symbols")
APPENDICES = "phones social-media-guidance laptop-conditions".split()
OF_LAPTOPS = {"laptop-issue", "laptop-conditions"}
"""Only in schools that issue laptops to classes; Oakfield does not."""


@pytest.fixture(params=adopters(POLICY))
def name(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def policy(name: str) -> Document:
    return model(POLICY, name)


def has(name: str, parts: list[str]) -> list[str]:
    """Those of some parts that a school has."""
    laptops = answers(POLICY, name)["class_laptops"]
    return [part for part in parts if laptops or part not in OF_LAPTOPS]


def cells(table: Table) -> list[list[str]]:
    return [[plain(cell.children) for cell in row] for row in table.rows]


def test_01_approval_table(policy: Document) -> None:
    """Two columns, at least three rows and a value in each cell; its dates are those of the history."""
    assert policy.front.record == "table"
    day = datetime.date(2026, 12, 3)
    last = replace(policy.versions[-1], date=day, minute="14b")
    approved = replace(policy, versions=(*policy.versions[:-1], last))
    for document, stamp in ((policy, DRAFT), (approved, APPROVED)):
        made = page(document, stamp=stamp, medium="print")
        rows = made.xpath("//table[@class='approval labels']//tr")
        assert len(rows) >= 3
        assert all(
            [cell.tag for cell in row] == ["th", "td"] and all(map(said, row)) for row in rows
        )
        dates = [said(row[1]) for row in made.xpath("//table[@class='versions']//tr")[1:]]
        assert dict(record_rows(document, stamp))["Date of approval"] == version_date(
            document.versions[-1]
        )
        first = len(document.versions) == 1
        assert version_date(document.versions[-1], first=first) == dates[-1]
    assert all(all(row) and len(row) == 2 for row in cells(find(policy, "oversight")))


def test_02_no_numbers_and_the_order_of_the_headings(policy: Document) -> None:
    """The main policy prints no number; teaching has its three children."""
    assert [part.id for part in policy.sections] == ORDER
    assert not [
        node for node in walk(policy.sections) if isinstance(node, Section | Clause) and node.number
    ]
    assert not [item for item in of_kind(Item, policy.sections) if item.label]
    assert subheads(find(policy, "teaching")) == ["why", "enhance", "evaluate"]


def test_03_what_is_not_allowed(policy: Document) -> None:
    """Lists of 5, 7 and 11 bullets; one bullet has 7 nested ones, and no bullet is alone below another."""
    found = [led_by(policy, identity) for identity in ("prohibited", "police", "also-not")]
    assert [len(each.items) for each in found] == [5, 7, 11]
    nested = [
        len(inner.items) for each in found for item in each.items for inner in lists(item.blocks)
    ]
    assert nested == [7]


COUNTS = {
    "concerns-rules": 7,
    "community-work": 4,
    "enlist-ways": 4,
    "cyberbullying-steps": 6,
    "authorise-terms": 6,
    "why-reasons": 3,
    "evaluate-habits": 3,
}


@pytest.mark.parametrize("identity", COUNTS)
def test_04_bullets(policy: Document, identity: str) -> None:
    """Concerns 7; community and parents 4 each; cyberbullying 6; authorising 6; why and evaluating 3 each."""
    assert len(led_by(policy, identity).items) == COUNTS[identity]


def test_05_sheets_for_each_age(name: str, policy: Document) -> None:
    """A school has the sheets of its ages, in their order, and its list of forms names them all and no other."""
    sheets = [form for form in policy.forms if form.signed_by == "pupils"]
    assert [sheet.name for sheet in sheets] == SHEETS[name].split()
    listed = {each.target for each in of_kind(Reference, led_by(policy, "parts-present"))}
    assert {sheet.id for sheet in sheets} == {
        each for each in listed if each in {form.id for form in policy.forms} - {*FORMS}
    }
    assert all(sheet.one_page and sheet.audience == "pupils" for sheet in sheets)


def test_05_who_signs(name: str, policy: Document) -> None:
    """A parent signs for the youngest, and beside the others up to 16; from 16 on a pupil signs alone."""
    signed = {
        sheet.name: [block.signatory for block in of_kind(SignatureBlock, sheet)]
        for sheet in policy.forms
        if sheet.signed_by == "pupils"
    }
    for sheet, signatories in signed.items():
        assert any("Parent" in each for each in signatories) == (sheet != "promises-16-19"), sheet
    youngest = find(policy, "promises-youngest") if "promises-youngest" in signed else None
    assert youngest is None or [
        [plain(each) for each in block.fields] for block in of_kind(SignatureBlock, youngest)
    ] == [["Name or picture"], ["Signed", "Date"]]
    assert name in SHEETS


def test_05_pictures_say_what_they_show(policy: Document) -> None:
    """On the sheets with pictures each cell of words has its picture, each with its own alternative text."""
    sheets = [sheet for sheet in policy.forms if sheet.name in PICTURED]
    assert sheets
    for sheet in sheets:
        shown = [picture.alt for picture in of_kind(Image, sheet)]
        assert len(shown) == len({*shown}) == 6
        assert all(shown)
        for table in of_kind(Table, sheet):
            pictures, sentences = table.rows
            assert [len(of_kind(Image, cell)) for cell in pictures] == [1, 1, 1]
            assert all(plain(cell.children).endswith(".") for cell in sentences)


@pytest.mark.parametrize("name", ["st-brigids", "thornwick-academy", "larkspur-gardens"])
def test_05_promises_of_7_to_11(policy: Document) -> None:
    """Three tiles with alternative text; 5, 13 (with the one on AI) and 1 promises; pupil and parent sign."""
    sheet = find(policy, "pupil-agreement")
    tiles = find(policy, "tiles")
    assert len(tiles.head) == 3
    assert [len(row) for row in tiles.rows] == [3, 3]
    pictures = of_kind(Image, tiles)
    assert len(pictures) == len({picture.alt for picture in pictures if picture.alt}) == 3
    promises = [
        len(led_by(policy, f"promise-{group}-list").items) for group in ("safe", "school", "broken")
    ]
    assert promises == [5, 13, 1]
    pupil, parent = of_kind(SignatureBlock, sheet)
    assert [plain(each) for each in pupil.fields] == ["Name", "Signed", "Date"]
    assert [plain(each) for each in parent.fields] == ["Signed", "Date"]


def test_05_what_the_older_ones_must_know() -> None:
    """Extortion, made images, fake people, where to get help: in the words of each age."""
    policy = model(POLICY, "thornwick-academy")
    for sheet in ("promises-11-16", "promises-16-19"):
        text = words(find(policy, sheet))
        for part in ("under 18, real or made with AI", "threaten", "Report Remove", "filter"):
            assert part in text, (sheet, part)


def test_05_each_sheet_is_read_at_its_age(name: str, policy: Document) -> None:
    """At 7 with help, 9, 11 and 13: the limits of the template, which `check` holds schools' own wording to as well."""
    template = edition(POLICY).edition.file.value
    found = [each for each in readings(policy, template) if each.audience == "pupils"]
    assert len(found) == len(SHEETS[name].split())
    for each in found:
        assert each.limit is not None
        assert 0 < each.age <= each.limit, each.title


@pytest.mark.slow
@pytest.mark.parametrize("name", ["larkspur-gardens"])
def test_05_sheets_fit_one_page(name: str) -> None:
    document = adopted(POLICY, name)
    sheets = [sheet for sheet in document.forms if sheet.one_page]
    assert sheets
    for sheet in sheets:
        pdf = render_pdf(
            form_html(document, sheet, DRAFT, medium="print", images=images(document)).encode()
        )
        assert check_pdf(pdf, expect(document, DRAFT, "form", sheet)) == []
        assert count_pages(pdf) == 1, sheet.name


def test_06_staff_agreement(policy: Document) -> None:
    """3 aims; 21 statements under subheads; 2; 2; a declaration; 3 fields."""
    sheet = find(policy, "staff-agreement")
    groups = subheads(sheet)
    assert groups == [
        f"agree-{each}"
        for each in "safety communications devices professional answerable declaration".split()
    ]
    assert len(led_by(policy, "agreement-purpose").items) == 3
    counts = [
        sum(len(made.items) for made in of_kind(ItemList, below(sheet.blocks, group)))
        for group in groups
    ]
    assert (sum(counts[:3]), *counts[3:]) == (21, 2, 2, 0)
    declaration, signature = below(sheet.blocks, "agree-declaration")
    assert isinstance(declaration, Paragraph)
    assert isinstance(signature, SignatureBlock)
    assert len(signature.fields) == 3


def test_07_social_media(policy: Document) -> None:
    """9 headings in order; 14 responsibilities; 3 bullets with bold beginnings; one callout."""
    guidance = find(policy, "social-media-guidance")
    topics = "documents purpose application definition use responsibilities discipline security monitoring".split()
    assert subheads(guidance) == [f"sm-{topic}" for topic in topics]
    assert len(led_by(policy, "sm-responsibilities-list").items) == 14
    bold = [
        item
        for item in led_by(policy, "sm-use-list").items
        if isinstance(item.blocks[0].children[0], Strong)
    ]
    assert len(bold) == len(led_by(policy, "sm-use-list").items) == 3
    assert [callout.id for callout in of_kind(Callout, guidance)] == ["sm-think"]


@pytest.mark.parametrize(
    ("employer", "mentions"), [("la", 7), ("governing-board", 0), ("trust", 0)]
)
def test_08_the_employer_all_or_nowhere(name: str, employer: str, mentions: int) -> None:
    """The seven mentions of the local authority all appear, or all vanish, with one fact."""
    authority = "Northshire County Council"
    named = {
        "employer_name": authority,
        "local_authority": authority,
        "trust": "Beacon Learning Trust",
    }
    facts = {**facts_of(name), "employer": employer, **named}
    given = (
        answers(POLICY, name).get("concern_about_head", "chair") if employer == "trust" else None
    )
    policy = model_with(POLICY, name, facts, concern_about_head=given)
    guidance = find(policy, "social-media-guidance")
    assert len(values("school.employer_name", guidance)) == mentions
    assert all_words(guidance).count(authority) == mentions


def test_09_class_laptops(name: str) -> None:
    """Equipment of 3 rows, 14 conditions, and recipients with 3 labels and blank lines. The tables are in the form."""
    asked = {"class_laptops": True, "laptop_connect": 1, "laptop_insurer": "school"}
    policy = model_with(POLICY, name, **asked)
    conditions = find(policy, "laptop-conditions")
    found = [block for block in conditions.blocks if isinstance(block, Clause) and block.number]
    assert [clause.number for clause in found] == [str(number) for number in range(1, 15)]
    assert len(of_kind(Emphasis, conditions)) == 3, "three conditions stress that they must be met"
    assert len(find(policy, "laptop-equipment").rows) == 3
    recipients = find(policy, "laptop-recipients")
    assert len(recipients.head) == 3
    assert len(recipients.rows) >= 3
    assert not any(cell for row in cells(recipients) for cell in row)
    assert "Date returned" in cells(find(policy, "laptop-return"))[0]


@pytest.mark.parametrize("drives", ["not-allowed", "school-issued-encrypted"])
def test_09_a_school_without_class_laptops(name: str, drives: str) -> None:
    """Neither the conditions nor the form, nobody refers to them, and the agreement has the rule on drives itself."""
    without = {"class_laptops": False, "laptop_connect": None, "laptop_insurer": None}
    policy = model_with(POLICY, name, removable_media=drives, **without)
    assert not OF_LAPTOPS & {part.id for part in policy.parts}
    assert "class laptop" not in all_words(policy.parts).lower()
    assert "portable drive" in words(find(policy, "agree-drives"))


def test_10_list_of_forms_and_appendices(name: str, policy: Document) -> None:
    """It names what is present and nothing else. The two agreements are forms, so the appendices are 1 to 3."""
    listed = [each.target for each in of_kind(Reference, led_by(policy, "parts-present"))]
    expected = [*SHEETS[name].split(), *has(name, FORMS), *has(name, APPENDICES)]
    assert listed == [part.id for part in (*policy.forms, *policy.appendices)] == expected
    labels = ["Appendix 1", "Appendix 2", "Appendix 3"]
    assert [part.label for part in policy.appendices] == labels[: len(has(name, APPENDICES))]
    assert {each.target for each in of_kind(Reference, find(policy, "other-policies"))} == {
        "appendix-list",
        *has(name, FORMS),
        *has(name, APPENDICES),
    }


def test_11_one_lead_and_deputies(name: str, policy: Document) -> None:
    """Exactly one person has the lead's role; any other is listed as a deputy. Without deputies nobody speaks of them."""
    facts = facts_of(name)
    lead, deputies = facts["people"]["dsl"], facts["people"].get("deputy_dsls", [])
    named = lead["name"] if lead.get("public") else "The office gives the name"
    title = facts["roles"]["dsl"]
    held = [
        (role, by)
        for role, by, _ in cells(find(policy, "roles-table"))
        if title.lower() in role.lower()
    ]
    assert held[0] == (f"{title[:1].upper()}{title[1:]}", named)
    assert len(held) == 2
    if not deputies:
        assert held[1][0].startswith("Whoever stands in for ")
        assert not re.search(r"(?i)deput", all_words(policy.parts))
        return
    assert held[1][0].startswith("Deputies of ")
    assert lead["name"] not in held[1][1]
    assert all((each["name"] in held[1][1]) == bool(each.get("public")) for each in deputies)


def test_12_extracts(name: str, policy: Document) -> None:
    """The pupils' extract holds none of the staff's text, and the other way round. See also test_extracts.py."""
    made = extracts(policy)
    sheets = SHEETS[name].split()
    assert [part.id for part in made["pupils"]] == sheets
    assert [part.id for part in made["staff"]] == [
        "staff-agreement",
        *has(name, ["laptop-issue", *APPENDICES[1:]]),
    ]
    theirs = [sheet for sheet in sheets if sheet != "promises-16-19"]
    assert [part.id for part in made["parents"]] == [*theirs, "image-consent"]
    assert not {*words(made["pupils"]).splitlines()} & {*words(made["staff"]).splitlines()}


def test_13_consent_is_a_sheet_of_its_own(policy: Document) -> None:
    """The agreement of pupils and parents asks for no consent; the form for it has a yes and a no in each row."""
    for sheet in policy.forms:
        if sheet.signed_by == "pupils":
            assert not re.search(
                r"(?<!is not )(?<!without their )(?<!sent with )consent", words(sheet)
            )
            assert not of_kind(Reference, sheet)
    consents = [table for table in of_kind(Table, find(policy, "image-consent")) if table.head]
    assert consents
    for table in consents:
        assert [plain(cell.children) for cell in table.head][1:] == ["Yes", "No"]
        assert all(row[0] and not any(row[1:]) for row in cells(table))


def test_13_one_row_for_each_service_that_needs_consent(name: str) -> None:
    apps = ["Maths Garden", "Reading Tree", "Saltglass Spelling"]
    with_apps = model_with(POLICY, name, app_consent=True, consent_apps=apps)
    assert [row[0] for row in cells(find(with_apps, "consent-apps"))] == apps
    without = model_with(POLICY, name, app_consent=False, consent_apps=None)
    assert not [node for node in walk(without.parts) if getattr(node, "id", "") == "consent-apps"]


def test_14_phones(name: str, policy: Document) -> None:
    """8 subheads; free of phones by default; exceptions by written agreement, and each that the school grants."""
    topics = "aim pupils exceptions breach staff visitors wearables contact".split()
    assert subheads(find(policy, "phones")) == [f"phones-{topic}" for topic in topics]
    assert "free of phones, by default and for the whole day" in words(
        find(policy, "phones-whole-day")
    )
    assert "written agreement" in words(find(policy, "phones-exceptions-list"))
    granted = answers(POLICY, name)["phone_exceptions"]
    printed = [words(item) for item in led_by(policy, "phones-exceptions-list").items]
    assert [each.lower() for each in printed] == [each.lower() for each in granted]


KEPT = {
    "handed-in": "handed in on arrival",
    "out-of-sight": "out of sight",
    "pouches": "locker or pouch",
    "not-brought": "not brought to school",
}


@pytest.mark.parametrize("answer", KEPT)
def test_14_how_phones_are_kept(name: str, answer: str) -> None:
    policy = model_with(POLICY, name, phones_pupils=answer)
    for other, printed in KEPT.items():
        assert (printed in words(find(policy, "phones-kept"))) == (other == answer)
    assert any(getattr(node, "id", "") == "phones-care" for node in walk(policy.parts)) == (
        answer != "not-brought"
    )


@pytest.mark.parametrize("sixth_form", [True, False])
@pytest.mark.parametrize("answer", ["nowhere", "own-areas"])
def test_14_the_sixth_form(name: str, answer: str, *, sixth_form: bool) -> None:
    """Only a school that has one is asked, and only those that allow phones in areas of its own say so."""
    policy = model_with(
        POLICY,
        name,
        {**facts_of(name), "sixth_form": sixth_form},
        phones_sixth_form=answer if sixth_form else None,
    )
    said_so = any(getattr(node, "id", "") == "phones-sixth-form" for node in walk(policy.parts))
    assert said_so == (sixth_form and answer == "own-areas")


@pytest.mark.parametrize("answer", ["as-others", "not-brought", "handed-in"])
def test_14_the_primary_years(answer: str) -> None:
    """Only a school that has younger and older pupils has a rule for the younger ones, if it is another one."""
    policy = model_with(POLICY, "thornwick-academy", phones_primary=answer)
    said_so = any(getattr(node, "id", "") == "phones-primary" for node in walk(policy.parts))
    assert said_so == (answer != "as-others")


@pytest.mark.parametrize("youngest", [2, 4, 5, 11])
def test_14_the_early_years(name: str, youngest: int) -> None:
    """Their paragraph stands where there are children under five, whatever kind of school it is."""
    ages = {"from": youngest, "to": 16}
    policy = model_with(
        POLICY,
        name,
        {**facts_of(name), "ages": ages, "sixth_form": False},
        images_years="Years 5 and 6",
        phones_sixth_form=None,
        phones_primary="as-others" if youngest < 11 else None,
    )
    said_so = any(getattr(node, "id", "") == "phones-early-years" for node in walk(policy.parts))
    assert said_so == (youngest < 5)


@pytest.mark.parametrize(
    "known", [(), ("name",), ("phone",), ("name", "referrals", "phone", "night_phone")]
)
def test_the_partnership_and_its_numbers(name: str, known: tuple[str, ...]) -> None:
    """What the school knows prints, and what it does not know is looked for elsewhere."""
    partnership = {key: f"01632 {key}" for key in known}
    said = words(
        find(
            model_with(POLICY, name, {**facts_of(name), "partnership": partnership}),
            "report-referral",
        )
    )
    for value in partnership.values():
        assert value in said
    assert ("local safeguarding partnership" in said) == ("name" not in known)
    assert ("says where referrals go" in said) == ("phone" not in known)


def test_14_nobody_asks_leave_for_a_medical_device(policy: Document) -> None:
    """It stands before the exceptions that have to be agreed, and is none of them."""
    adjustments = words(find(policy, "phones-adjustments"))
    assert adjustments.startswith("A medical device")
    reasons = words(led_by(policy, "phones-exceptions-list"))
    assert not re.search(r"(?i)medical|disabilit|special educational", reasons)
    assert "Medical devices" in words(find(policy, "phones-wearables-text"))


def test_14_who_must_have_regard_to_the_guidance(name: str) -> None:
    """The proprietor of an academy; in every other school the head."""
    facts = {**facts_of(name), "local_authority": "Northshire", "trust": "Beacon Learning Trust"}
    head = facts_of(name)["roles"]["head"]
    for employer in ("la", "governing-board", "trust"):
        given = {"employer": employer, "employer_name": "Northshire"}
        heard = "chair" if employer == "trust" else None
        policy = model_with(POLICY, name, {**facts, **given}, concern_about_head=heard)
        aim = words(find(policy, "phones-aim-text"))
        bound = (
            "Beacon Learning Trust, as the proprietor," if employer == "trust" else f"the {head}"
        )
        assert f"{bound} must have regard" in aim


RISKS = {
    "risk-areas": "misinformation disinformation Conspiracy self-harm grooming extortion challenges scams gambling",
    "risk-companions": "companions",
    "child-on-child": "sexual harassment misogyny",
    "grooming": "money police",
    "challenges": "challenge real",
    "staff-abuse": "threatened complaint",
    "images-nudes": "AI",
    "images-help": "Childline IWF CEOP Helpline",
    "concerns-lado": "agency premises",
    "filtering-reports": "misspelling alerts blocked",
    "prevent-duty": "due regard",
    "training": "join once",
    "incident-log": "log term",
    "risk-assessment": "Once year",
    "remote-lessons": "recorded",
    "loaned-devices": "filtered monitored",
    "sm-belief": "beliefs balanced",
    "sm-discipline-fair": "belief expression needed",
}
"""What a safeguarding lead looks for, by the clause in which it stands, with its list."""


@pytest.mark.parametrize("identity", RISKS)
def test_16_what_a_safeguarding_lead_looks_for(policy: Document, identity: str) -> None:
    text = words(find(policy, identity))
    if text.rstrip().endswith(":"):
        text += words(led_by(policy, identity))
    assert not [each for each in RISKS[identity].split() if each not in text], text


def test_16_who_may_refer_and_what_is_an_allegation(policy: Document) -> None:
    """Anybody, at any time; and all four parts of the threshold."""
    assert "Anybody may make a referral at any time" in words(find(policy, "report-referral"))
    assert len(led_by(policy, "concerns-threshold").items) == 4


def test_17_sentences_are_short(policy: Document) -> None:
    """At most 18 words on average, and none over 35 outside lists."""
    inside = {id(block) for item in of_kind(Item, policy.parts) for block in walk(item.blocks)}
    paragraphs = [each for each in of_kind(Paragraph, policy.parts) if id(each) not in inside]
    sentences = [
        len(sentence.split())
        for paragraph in paragraphs
        for sentence in re.split(r"(?<=[.?!:]) ", " ".join(plain(paragraph.children).split()))
    ]
    assert sum(sentences) / len(sentences) <= 18
    assert max(sentences) <= 35


def test_15_no_alternatives_and_no_old_names(name: str) -> None:
    """No bracket, no slash between alternatives and no old name in what a school adopts."""
    text = all_words(adopted(POLICY, name).parts)
    assert not re.search(r"[\[\]{}<>]|[^\W\d] ?/ ?[^\W\d]", text), re.findall(
        r".{9}[\[\]{}<>/].{9}", text
    )
    assert not re.search(
        r"(?i)e-?safety|sexting|grid for learning|LGfL|Janet|tweet|twitter|safeguarding children board",
        text,
    )


REFERENCES = (
    "other-policies>phones other-policies>social-media-guidance other-policies>laptop-conditions "
    "other-policies>appendix-list other-policies>staff-agreement "
    "authorise-terms>staff-agreement evaluate-habits>unsuitable-sites after-breach>filtering after-breach>concerns "
    "after-breach>planned-exceptions concerns-rules>reporting cyberbullying-steps>reporting images-nudes>reporting "
    "published-rules>agree-images community-work>enlist "
    "agree-social-media>social-media-guidance agree-own-devices>phones agree-drives>laptop-drives "
    "sm-use-documents>sm-documents sm-monitoring-use>sm-discipline laptop-policy>staff-agreement "
    "parts-present>phones parts-present>social-media-guidance parts-present>laptop-conditions"
).split()


@pytest.mark.parametrize("link", REFERENCES)
def test_references(name: str, policy: Document, link: str) -> None:
    """Every reference that must exist does, with the right noun."""
    if "laptop" not in link or answers(POLICY, name)["class_laptops"]:
        refers(policy, link)


def test_the_policies_named_for_concerns_are_the_schools(name: str, policy: Document) -> None:
    """Behaviour, discipline and child protection are named by the titles that the school uses."""
    titles = facts_of(name)["policies"]
    text = words(led_by(policy, "concerns-rules"))
    assert all(titles[each] in text for each in ("behaviour", "discipline", "safeguarding"))
