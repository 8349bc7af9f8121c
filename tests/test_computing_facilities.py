"""The acceptance list of the model policy `computing-facilities`, on the documents of all schools that adopt it."""

from __future__ import annotations

import datetime
import re
from collections import Counter
from dataclasses import replace

import pytest

from policygen.compose.refer import targets
from policygen.ground.dates import Month, months_after, printed_day
from policygen.html.labels import record_rows
from policygen.html.sheets import form_html, policy_html
from policygen.language.document import (
    Callout,
    Clause,
    Definitions,
    Document,
    FootnoteMark,
    Paragraph,
    Reference,
    Section,
    SignatureBlock,
    Table,
    Value,
    contents,
    plain,
    walk,
)
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
    lists,
    model,
    model_with,
    of_kind,
    refers,
    values,
    words,
)
from tests.support.example import adopters, edition, facts_of

POLICY = "computing-facilities"
ORDER = "facilities network other-use data-security email-internet discipline ownership best-practice".split()
BEST = "contact networks material recordings internet-conduct byod propriety confidentiality cyberbullying".split()


@pytest.fixture(params=adopters(POLICY))
def name(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def policy(name: str) -> Document:
    return model(POLICY, name)


def children(part: Section) -> list[Section]:
    return [block for block in part.blocks if isinstance(block, Section)]


def counts(policy: Document, identity: str) -> list[int]:
    """How many items the lists directly in a part have."""
    return [len(made.items) for made in lists(find(policy, identity).blocks)]


def test_01_contents(name: str, policy: Document) -> None:
    """Headings of levels 1 to 4, 5.2.2.1 among them and 1.1.2.1 if there are departments; no number-only heading."""
    lines = contents(policy)
    every = of_kind(Section, policy.parts)
    assert [(line.target, line.label, plain(line.title)) for line in lines] == [
        (part.id, part.label, plain(part.title)) for part in every
    ]
    assert {line.level for line in lines} == {1, 2, 3, 4}
    labels = [line.label for line in lines]
    assert "5.2.2.1" in labels
    assert ("1.1.2.1" in labels) == bool(answers(POLICY, name)["department_ict"])
    assert not {clause.number for clause in of_kind(Clause, policy.parts) if clause.number} & {
        *labels
    }
    unnumbered = [line.target for line in lines if not line.label and line.level < 3]
    assert {
        "key-points",
        "introduction",
        "updates",
        "def-facilities",
        "ownership-all",
        "exchange",
        "loss",
    } <= {*unnumbered}


@pytest.mark.slow
def test_01_pages_in_the_contents(name: str) -> None:
    document = adopted(POLICY, name)
    pdf = render_pdf(policy_html(document, DRAFT, medium="print", images=images(document)).encode())
    wanted = expect(document, DRAFT)
    assert len(wanted.contents) == len(contents(document))
    assert check_pdf(pdf, wanted) == []


def test_02_sections(policy: Document) -> None:
    """Sections 1 to 8 in order; section 6 has nothing below it; section 7 has 7.1 to 7.3."""
    found = [part for part in policy.sections if part.number]
    assert [(part.id, part.number) for part in found] == [
        (each, str(at)) for at, each in enumerate(ORDER, 1)
    ]
    assert [part.id for part in policy.sections if not part.number] == [
        "key-points",
        "introduction",
        "references",
    ]
    assert not children(find(policy, "discipline"))
    assert [each.number for each in children(find(policy, "ownership"))] == ["7.1", "7.2", "7.3"]


def test_03_numbers_over_a_paragraph(policy: Document) -> None:
    """In section 8 all third levels are a number only, but for 8.3.2, 8.3.3 and 8.3.4."""
    best = find(policy, "best-practice")
    assert [each.id for each in children(best) if each.number] == BEST
    last = dict(zip(range(1, 10), (5, 5, 1, 6, 3, 7, 7, 3, 6), strict=True))
    bare = [clause.number for clause in of_kind(Clause, best) if clause.number]
    assert bare == [
        f"8.{second}.{third}" for second, count in last.items() for third in range(1, count + 1)
    ]
    assert not any(clause.title for clause in of_kind(Clause, best))
    assert [each.number for part in children(best) for each in children(part)] == [
        "8.3.2",
        "8.3.3",
        "8.3.4",
    ]
    assert not [
        each
        for part in policy.sections
        if part.id != "best-practice"
        for each in of_kind(Clause, part)
        if each.number
    ]


POINTS = (
    "desktop-install|desktop-data|portable-data|desktop-data|device-rules|data-rules|loss|data-rules|password|software|"
    "peripherals software|network-rules|network-rules|byod|other-use data-rules|mis|data-rules|recording-equipment|"
    "email-internet|viewing|antivirus|personal-use|auditing monitoring|discipline"
).split("|")


def test_04_key_points(policy: Document) -> None:
    """24 bullets; each links to its rule."""
    (box,) = of_kind(Callout, find(policy, "key-points"))
    assert box.kind == "key-points"
    (points,) = lists(box.blocks)
    assert len(points.items) == 24
    assert [
        " ".join(each.target for each in of_kind(Reference, item)) for item in points.items
    ] == POINTS
    assert {target for point in POINTS for target in point.split()} <= targets(policy.parts).keys()


def test_05_conditions_and_points(policy: Document) -> None:
    """5.2 has 17 numbered items; 5.2.1 has 6 points; 5.2.2.1 refers to points 1 to 3 and 4 to 6 by links."""
    for identity, count in (("internet", 17), ("web-publishing", 6)):
        (made,) = lists(find(policy, identity).blocks)
        assert [item.label for item in made.items] == [f"{at}." for at in range(1, count + 1)]
    exceptions = find(policy, "viewing-exceptions")
    assert exceptions.number == "5.2.2.1"
    points = [item.id for item in lists(find(policy, "web-publishing").blocks)[0].items]
    linked = [each.target for each in of_kind(Reference, exceptions)]
    assert [each for each in linked if each in points] == points
    assert "oints 1, 2 and 3 of section 5.2.1" in words(exceptions)
    assert "points 4, 5 and 6" in words(exceptions)


LISTS = {
    "data-rules": [8, 4],
    "password": [7],
    "software": [9],
    "network-rules": [7, 3],
    "bullying-protection": [9],
    "inappropriate-material": [7],
    "recording-practice": [4],
    "device-rules": [6],
    "portable-data": [3],
    "peripherals": [4],
    "email-content": [8],
    "data-security": [7],
    "other-use": [2],
}


@pytest.mark.parametrize("identity", LISTS)
def test_06_lists(policy: Document, identity: str) -> None:
    """4.1 has 8 and 4; 4.2 has 7; 1.4 has 9; 2.1 has 7 and then 3; 8.9.5 has 9; 8.3.4 has 7; 8.4.5 has 4."""
    assert counts(policy, identity) == LISTS[identity]


def test_06_paragraphs(policy: Document) -> None:
    """5.1 has 6 paragraphs, section 8 begins with 6 (the two terms are a list of their own), discipline is one."""
    assert (
        len([block for block in find(policy, "email").blocks if isinstance(block, Paragraph)]) == 6
    )
    (rule,) = find(policy, "discipline").blocks
    assert "Suspension is not a punishment" in words(rule)


def test_07_subheads_before_1_1(policy: Document) -> None:
    """Section 1 has four subheads without a number before 1.1."""
    first = children(find(policy, "facilities"))
    assert [(each.id, each.number) for each in first][:5] == [
        ("def-facilities", ""),
        ("ownership-all", ""),
        ("exchange", ""),
        ("loss", ""),
        ("desktop", "1.1"),
    ]


def test_08_repeated_titles(policy: Document) -> None:
    """The same title may stand more than once; every id stands once."""
    titles = Counter(plain(part.title) for part in of_kind(Section, policy.parts))
    assert titles["Ownership"] == 3
    assert titles["Local data"] == titles["Introduction"] == 2
    named = [
        node
        for node in walk(policy.parts)
        if getattr(node, "id", "") and not isinstance(node, FootnoteMark)
    ]
    ids = Counter(node.id for node in named)
    assert [each for each, count in ids.items() if count > 1] == []


def test_09_terms_of_one_section(name: str) -> None:
    """The two terms are defined, and used with their capitals, in section 8 alone."""
    policy = model(POLICY, name)
    (definitions,) = of_kind(Definitions, policy.parts)
    terms = [plain(entry.term) for entry in definitions.entries]
    assert terms == ["Young People", "Setting"]
    capital = re.compile(
        r"\bYoung (?:People|Person)\b|(?<!^)(?<![.?!:] )\bSettings?\b", re.MULTILINE
    )
    for part in adopted(POLICY, name).parts:
        assert bool(capital.search(all_words(part))) == (part.id == "best-practice"), part.id
    text = all_words(find(policy, "best-practice"))
    assert not re.search(r"young (people|person)|\ba setting\b|\bthe setting\b", text)


def test_10_one_name_for_each(name: str, policy: Document) -> None:
    """No slash between alternatives; IT services and the trust have the names that facts give them."""
    assert not re.search(r"[^\W\d] ?/ ?[^\W\d]", all_words(adopted(POLICY, name).parts))
    own = authors_words(policy.parts)
    assert not re.search(
        r"(?i)IT (services|support|technician|department|team)|ICT (services|support|team)|help ?desk",
        own,
    )
    assert policy.issuer_name not in own
    titles = {*values("roles.it_support", policy.parts)}
    assert {each.lower() for each in titles} == {facts_of(name)["roles"]["it_support"].lower()}


ONE_PLACE = {
    "monitoring_retention_months": {"monitoring-retention"},
    "return_hours": {"return"},
    "portable_software": {"software"},
    "image_devices": {"key-points", "recording-equipment"},
}
"""What may change with an answer: everything else refers to it."""


@pytest.mark.parametrize("question", ONE_PLACE)
def test_11_one_answer_each(name: str, question: str) -> None:
    """Retention, software, recording and return come from one answer, and change in the places that say so only."""
    asked = edition(POLICY).edition.file.value.questions[question]
    options = (
        [*asked.options]
        if asked.kind == "choice"
        else [asked.lowest, asked.lowest + 1, asked.highest]
    )
    made = [model_with(POLICY, name, **{question: option}) for option in options]
    found = set()
    for other in made[1:]:
        before, now = dict(smallest(made[0])), dict(smallest(other))
        assert before.keys() == now.keys()
        found |= {identity for identity, said in now.items() if said != before[identity]}
    assert found == ONE_PLACE[question]
    if asked.kind != "choice":
        for option, document in zip(options, made, strict=True):
            assert values(f"answers.{question}", document.parts) == [str(option)]


def smallest(policy: Document) -> list[tuple[str, str]]:
    """The words of each section and clause, without those of the sections and clauses within it."""
    found = []
    for node in of_kind(Section | Clause, policy.parts):
        own = tuple(block for block in node.blocks if not isinstance(block, Section | Clause))
        found.append((node.id, all_words(own)))
    return found


@pytest.mark.parametrize("group", ["references-outside", "references-own"])
def test_12_references_list(policy: Document, group: str) -> None:
    """Two groups; each item is one publication or policy, and none stands twice."""
    assert [part.id for part in children(find(policy, "references"))] == [
        "references-outside",
        "references-own",
    ]
    (made,) = lists(find(policy, group).blocks)
    for item in made.items:
        (line,) = item.blocks
        (value,) = line.children
        assert isinstance(value, Value)
        assert value.name.startswith("law." if group == "references-outside" else "policies.")
    printed = [words(item) for item in made.items]
    assert len(printed) == len({*printed})


@pytest.mark.parametrize("day", [datetime.date(2027, 1, 31), Month(2027, 1)])
def test_13_months_are_dates_enough(policy: Document, day: datetime.date | Month) -> None:
    """A version of which only the month is known has its next review computed to the month."""
    approved = replace(
        policy, versions=(*policy.versions[:-1], replace(policy.versions[-1], date=day))
    )
    rows = dict(record_rows(approved, APPROVED))
    assert rows["Date of approval"] == printed_day(day)
    assert rows["Next review"] == printed_day(months_after(day, policy.review_months))
    assert (
        rows["Next review"].endswith(str(2027 + policy.review_months // 12))
        or policy.review_months % 12
    )


def test_14_acknowledgement(policy: Document) -> None:
    """It names version and content code; nothing says that a signature covers later amendments."""
    form = find(policy, "acknowledgement")
    made = form_html(policy, form, DRAFT, medium="print", images=images(policy))
    assert all(each in made for each in (policy.version, DRAFT.content_code, policy.title))
    assert "this version only: it is not agreement to any later one" in words(form)
    (fields,) = of_kind(SignatureBlock, form)
    assert [plain(each) for each in fields.fields] == [
        "Name (please print)",
        "Role",
        "Signed",
        "Date",
    ]
    for sentence in re.split(r"(?<=[.?!])\s", words(policy.parts)):
        if re.search(r"\b(signature|signs?|signed|signing)\b", sentence) and re.search(
            r"\b(later|future)\b", sentence
        ):
            assert "not agreement" in sentence, sentence


def test_14_other_forms(name: str) -> None:
    """Device: 4 named and 4 blank rows, signed twice at issue and twice on return. Own device: only if any may connect."""
    for byod in ("guest-network", "with-leave", "not-allowed"):
        policy = model_with(POLICY, name, byod=byod)
        assert ("own-device-form" in [form.id for form in policy.forms]) == (byod != "not-allowed")
    (table,) = of_kind(Table, find(policy, "device-form"))
    labels = [plain(row[0].children) for row in table.rows]
    assert labels == ["Device", "Charger", "Case", "Accessories", "", "", "", ""]
    assert len(table.head) == 5
    assert [len(each.fields) for each in of_kind(SignatureBlock, find(policy, "device-form"))] == [
        4,
        3,
        2,
        3,
    ]


@pytest.mark.parametrize(
    ("question", "gone"),
    [
        ({"ai_tools": ("approved-list", "none")}, {"ai-approved", "ai-data", "ai-checking"}),
        ({"department_ict": (True, False)}, {"desktop-exceptions", "peripherals-exceptions"}),
    ],
)
def test_15_parts_left_out(
    name: str, question: dict[str, tuple[object, object]], gone: set[str]
) -> None:
    """Without AI tools, a ban of three sentences; without departments, no exceptions. No id moves; links follow."""
    ((key, (yes, no)),) = question.items()
    whole, less = (model_with(POLICY, name, **{key: answer}) for answer in (yes, no))
    before, after = targets(whole.parts), targets(less.parts)
    assert before.keys() - after.keys() == gone
    assert not after.keys() - before.keys()
    if key == "ai_tools":
        (ban,) = find(less, "ai").blocks
        assert words(ban).startswith("AI tools are not used")
        assert words(ban).count(".") == 3
        assert find(less, "ai").number == "1.6"
    numbers = [part.number for part in of_kind(Section, less.sections) if part.number]
    assert numbers == sorted(numbers, key=lambda number: [int(each) for each in number.split(".")])
    for each in of_kind(Reference, less.parts):
        known = after[each.target]
        assert not known.number or known.number in plain(each.children).split()


REFERENCES = (
    "email-internet>best-practice viewing-exceptions>web-defamation "
    "viewing-exceptions>web-reputation forums>email-content forums>web-publishing blogs>email-content "
    "blogs>web-publishing chat>email-content chat>web-publishing internet-images>illegal-material "
    "internet-adult>inappropriate-material recording-breach>recording-equipment byod-recording>recording-equipment "
    "bullying-protection>contact-private bullying-protection>networks-contact data-rules>password auditing>monitoring "
    "email-security>antivirus ownership>ownership-all ownership-devices>device-form no-cover>device-rules "
    "confidential-storage>cloud ai-data>data-rules introduction>acknowledgement return>loss"
).split()


@pytest.mark.parametrize("link", REFERENCES)
def test_references(name: str, link: str) -> None:
    """Every reference that must exist does, with the right noun."""
    refers(model_with(POLICY, name, ai_tools="approved-list"), link)


def test_approved_services_are_listed_where_the_school_says(name: str, policy: Document) -> None:
    """1.5.1 leads to the privacy notice, or wherever the list is."""
    assert values("answers.approved_list", find(policy, "cloud-approved")) == [
        answers(POLICY, name)["approved_list"]
    ]


def test_footnotes_have_their_marks(policy: Document) -> None:
    """Real footnotes take the place of asterisks; the extremism duty is one of them."""
    assert [note.id for part in policy.sections for note in part.footnotes] == [
        "key-points-note-extremism",
        "facilities-note-unattended",
    ]
    assert "*" not in all_words(policy.parts)
