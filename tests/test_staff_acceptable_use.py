"""The acceptance list of the model policy `staff-acceptable-use`, on the documents of the three example schools."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from policygen.compose.refer import targets
from policygen.html.sheets import Stamp, policy_html
from policygen.language.document import (
    Clause,
    Item,
    ItemList,
    Paragraph,
    Reference,
    Section,
    SignatureBlock,
    Subhead,
    Table,
    contents,
    plain,
    walk,
)
from tests.support.example import SCHOOLS, adoption_of, composed, document, school

if TYPE_CHECKING:
    from policygen.language.document import Block, Document

ORDER = (
    "introduction scope electronic-communication safe-working learning-platform social-media safeguarding new-staff laptops "
    "health-safety other-equipment software access-security encryption email-monitoring internet-monitoring private-use "
    "discipline summary"
).split()
WITH_PLATFORM = ("st-brigids", "thornwick-academy")


def section(policy: Document, identity: str) -> Section:
    return next(part for part in policy.parts if part.id == identity)


def clause(policy: Document, identity: str) -> Clause:
    return next(
        node for node in walk(policy.parts) if isinstance(node, Clause) and node.id == identity
    )


def words(*nodes: object) -> str:
    """The running text of some nodes."""
    found = []
    for node in walk(*nodes):
        children = getattr(node, "children", None)
        if isinstance(node, Paragraph | Subhead) and children:
            found.append(plain(children))
    return "\n".join(found)


def lists(blocks: tuple[Block, ...]) -> list[ItemList]:
    return [block for block in blocks if isinstance(block, ItemList)]


def numbered(part: Section) -> list[Clause]:
    return [block for block in part.blocks if isinstance(block, Clause) and block.number]


@pytest.fixture(params=SCHOOLS)
def policy(request: pytest.FixtureRequest) -> Document:
    return document(request.param)


@pytest.mark.parametrize("name", WITH_PLATFORM)
def test_01_sections_and_contents(name: str) -> None:
    """19 numbered sections in order; 22 lines of contents, each equal to its heading."""
    policy = document(name)
    assert [part.id for part in policy.sections] == ORDER
    assert [part.number for part in policy.sections] == [str(number) for number in range(1, 20)]
    lines = contents(policy)
    assert len(lines) == 22
    assert [line.label for line in lines[19:]] == ["", "Appendix 1", "Appendix 2"]
    page = policy_html(
        policy,
        Stamp("draft", "0000-0000"),
        medium="screen",
        images={policy.branding.logo: school(name).logo or b""},
    )
    for line in lines:
        assert f'id="{line.target}"' in page
        heading = re.search(
            rf"<h2[^>]*>(?:(?!</h2>).)*{re.escape(plain(line.title))}(?:(?!</h2>).)*</h2>",
            page,
            re.DOTALL,
        )
        assert heading, plain(line.title)


def test_02_clause_counts(policy: Document) -> None:
    """Sections 2, 3, 4, 5, 6, 9 and 19 have 5, 11, 6, 2, 14, 6 and 3 clauses."""
    expected = {
        "scope": 5,
        "electronic-communication": 11,
        "safe-working": 6,
        "learning-platform": 2,
        "social-media": 14,
        "laptops": 6,
        "summary": 3,
    }
    found = {}
    for part in policy.sections:
        if part.id in expected:
            found[part.id] = sum(not clause.is_addition for clause in numbered(part))
    assert found == {name: count for name, count in expected.items() if name in found}
    assert ("learning-platform" in found) == (policy.school_id != "elm-grove")


def test_03_headings_on_clause_level(policy: Document) -> None:
    """3.8 to 3.11 print a number and a heading; what is below has no number."""
    titled = [each for each in numbered(section(policy, "electronic-communication")) if each.title]
    assert [each.number for each in titled] == ["3.8", "3.9", "3.10", "3.11"]
    for each in titled:
        assert not [node for node in walk(each.blocks) if isinstance(node, Clause)]
        assert all(made.style == "bullet" for made in lists(each.blocks))


def test_04_unnumbered_paragraph_and_lettered_items(policy: Document) -> None:
    """Section 1's paragraph prints no number; 2.5 has items (a) to (c)."""
    assert not numbered(section(policy, "introduction"))
    (principles,) = lists(clause(policy, "personal-use").blocks)
    assert [item.label for item in principles.items] == ["(a)", "(b)", "(c)"]


def test_05_nested_bullets_and_closing_sentence(policy: Document) -> None:
    """6.6 has 5 bullets with 3, 1, 3, 2, 1 nested, then a closing sentence inside the clause."""
    blocks = clause(policy, "must-not-post").blocks
    (bullets,) = lists(blocks)
    assert [len(lists(item.blocks)[0].items) for item in bullets.items] == [3, 1, 3, 2, 1]
    assert isinstance(blocks[-1], Paragraph)


def test_06_monitoring_runs_without_a_gap(policy: Document) -> None:
    """Section 15 prints 15.1 to 15.5; 15.2 has 6 bullets, and 16.1 two and what the school says is logged."""
    monitoring = section(policy, "email-monitoring")
    expected = [f"{monitoring.number}.{each}" for each in range(1, 6)]
    assert [each.number for each in numbered(monitoring)] == expected
    logged = adoption_of(policy.school_id)["answers"]["logged_details"]
    for identity, count in (("email-details", 6), ("internet-logs", 2 + len(logged))):
        assert [len(made.items) for made in lists(clause(policy, identity).blocks)] == [count]


@pytest.mark.parametrize("months", [1, 6, 12])
def test_07_retention_from_one_answer(months: int) -> None:
    """The same number of months stands in 15.3 and 16.1, and changing the answer changes nothing else."""
    adoption = adoption_of("st-brigids")
    adoption["answers"]["monitoring_retention_months"] = months
    policy = document("st-brigids", adoption=adoption)
    printed = {1: "one month", 6: "six months", 12: "twelve months"}[months]
    for identity in ("email-statistics", "internet-logs"):
        text = words(clause(policy, identity))
        assert printed in text or f"{months} month" in text, text


def test_08_must_not_without_double_negatives(policy: Document) -> None:
    """13.4 has its lead-in, 8 items, and none that begins with a negative."""
    rule = clause(policy, "password-secrecy")
    (items,) = lists(rule.blocks)
    assert len(items.items) == 8
    assert "must not" in words(rule.blocks[0]).lower() or "never" in words(rule.blocks[0]).lower()
    for item in items.items:
        assert not re.match(r"(?i)(do not|don.t|never|no|not)\b", words(item))


def test_09_appendices(policy: Document) -> None:
    """Appendix 1 has 13 bullets; Appendix 2 subheads with 6 and 8 bullets, then the definition."""
    employees, heads = policy.appendices
    assert [len(made.items) for made in lists(employees.blocks)] == [13]
    assert [len(made.items) for made in lists(heads.blocks)] == [6, 8]
    subheads = [block for block in heads.blocks if isinstance(block, Subhead)]
    assert len(subheads) == 3
    after = heads.blocks[heads.blocks.index(subheads[-1]) + 1 :]
    assert [type(block) for block in after] == [Paragraph, Paragraph]
    assert heads.audience == "headteachers"


def test_10_forms(policy: Document) -> None:
    """Software: the named rows (3 unless the school lists others) and 5 blank; hardware: 3; declarations of 3 fields."""
    agreement, laptop = policy.forms
    tables = [block for block in laptop.blocks if isinstance(block, Table)]
    hardware, software = tables[:2]
    assert len(hardware.rows) == 3
    names = [plain(row[0].children) for row in software.rows]
    named = adoption_of(policy.school_id)["answers"]["laptop_software"]
    assert names[: len(named)] == named
    assert len(names[len(named) :]) == 5
    assert len(set(names[len(named) :])) == 1
    assert all(not cell.children for row in software.rows for cell in row[1:])
    for form in (agreement, laptop):
        (block,) = [block for block in form.blocks if isinstance(block, SignatureBlock)]
        assert [plain(each) for each in block.fields] == ["Name (please print)", "Signed", "Date"]


def test_11_version_and_history_tables(policy: Document) -> None:
    """Versions and history in one table: date, minute, author and reason of each; the review stands above it."""
    page = policy_html(
        policy,
        Stamp("draft", "0000-0000"),
        medium="print",
        images={policy.branding.logo: school(policy.school_id).logo or b""},
    )
    tables = re.findall(r"<table.*?</table>", page, re.DOTALL)
    record, versions = tables[:2]
    assert re.search(r"<th[^>]*>Review</th><td>Every (2 )?years?</td>", record)
    assert len(re.findall(r'<th[^>]*scope="col"', versions)) == 5
    rows = re.findall(r"<tr.*?</tr>", versions, re.DOTALL)
    assert len(rows) - 1 == len(policy.versions)
    assert not re.search(r"<td[^>]*>\s*</td>", record + versions)


def test_12_no_circular_in_an_adopted_copy(policy: Document) -> None:
    """The circular is a document of its own; nothing of it is in an adopted copy."""
    text = words(policy.parts)
    assert "Summary of main points" not in text
    assert "schools.hr@northshire.example" not in text


def test_13_without_a_platform_later_numbers_move_by_one() -> None:
    """With A8 "no" later section numbers and all references move by one, and the contents follows."""
    adoption = adoption_of("st-brigids")
    with_it = document("st-brigids", adoption=adoption)
    answers = {**adoption["answers"], "has_platform": False}
    without = document("st-brigids", adoption={**adoption, "answers": answers})
    before, after = targets(with_it.parts), targets(without.parts)
    for identity, target in after.items():
        old = before[identity].number
        first, dot, rest = old.partition(".")
        moved = (
            int(first) > 5 if first.isdigit() and target.noun in ("section", "paragraph") else False
        )
        assert target.number == (f"{int(first) - 1}{dot}{rest}" if moved else old), identity
    for node in walk(without.parts):
        if isinstance(node, Reference) and "paragraph" in plain(node.children).lower():
            printed = plain(node.children).lower().replace("paragraphs ", "paragraph ")
            assert printed == after[node.target].words().lower()
    assert len(contents(without)) == 21


def test_nobody_answers_out_of_hours_with_or_without_a_platform(policy: Document) -> None:
    """The rule stands outside the section that a school without a platform leaves out."""
    rule = words(clause(policy, "no-out-of-hours"))
    assert "outside their own working hours" in rule
    assert "only the days on which they work count" in rule


def test_never_leaves_no_private_use() -> None:
    """Where private use is ruled out, nothing speaks of it as allowed."""
    adoption = adoption_of("elm-grove")
    adoption["answers"]["personal_use"] = "never"
    policy = document("elm-grove", adoption=adoption)
    text = words(policy.parts)
    for allowed in ("keeps within", "private traffic included", "stays slight", "Own time means"):
        assert allowed not in text, allowed


def test_monitoring_claims_what_the_school_ticked() -> None:
    """A detail that no answer names is in no list of what is logged."""
    adoption = adoption_of("elm-grove")
    adoption["answers"]["logged_details"] = ["device"]
    policy = document("elm-grove", adoption=adoption)
    (logged,) = lists(clause(policy, "internet-logs").blocks)
    assert [words(item) for item in logged.items] == [
        "the address of the site or service",
        "the date and time",
        "the device",
    ]


@pytest.mark.parametrize("identity", ["harmful-material", "online-disclosure", "portable-data"])
def test_14_required_clauses_block_until_decided(identity: str) -> None:
    """A7, A13 and A23 block until the school has decided."""
    adoption = adoption_of("elm-grove")
    adoption["clauses"].pop(identity)
    made, problems = composed("elm-grove", adoption=adoption)
    assert made is None
    assert [(each.rule, identity in each.message) for each in problems] == [
        ("undecided-clause", True)
    ]


def test_14_no_placeholder(policy: Document) -> None:
    """No bracket, no "school to adapt" text and no placeholder anywhere."""
    text = words(policy.parts)
    assert not re.search(r"[\[\]{}<>]|_{3}|\.\.\.\.|TODO|TBC|\bxxx", text)
    assert not re.search(
        r"(?i)school to adapt|delete as|insert |proforma|model policy|template", text
    )


REFERENCES = (
    "personal-email>personal-use personal-internet>personal-use business-purpose>personal-use "
    "recorded-activity>email-monitoring recorded-activity>internet-monitoring site-contents>email-content "
    "own-login>password-secrecy home-use>licensed-software outside-work>discipline report-discrimination>discipline "
    "improper-statements>discipline social-media>app-employees social-media>app-heads "
    "filtering-monitoring-roles>accidental-access induction>social-media laptop-software>licensed-software "
    "laptop-backup>portable-data own-equipment>portable-data email-statistics>internet-logs "
    "internet-logs>email-statistics app-heads>app-employees laptop-form>laptops "
    "disrepute>belief-and-expression outside-work>belief-and-expression must-not-post>rights-kept "
    "recorded-activity>protected-messages internet-logs>monitoring-basis confidential-sending>data-breach "
    "laptop-care>data-breach mail-on-own-devices>data-breach"
).split()


@pytest.mark.parametrize("link", REFERENCES)
def test_15_references(policy: Document, link: str) -> None:
    """Every reference that must exist does, with the right noun."""
    start, _, target = link.partition(">")
    node = next(node for node in walk(policy.parts) if getattr(node, "id", "") == start)
    found = [each for each in walk(node) if isinstance(each, Reference) and each.target == target]
    assert found, link
    known = targets(policy.parts)[target]
    printed = plain(found[0].children).lower()
    assert printed.split()[-1] == known.number or not known.number
    assert known.noun in ("paragraph", "section", "Appendix")


def test_every_clause_says_something(policy: Document) -> None:
    """No clause and no item is empty, and each ends its sentence or belongs to a list."""
    said = [node for node in walk(policy.parts) if isinstance(node, Clause | Item)]
    assert said
    for node in said:
        assert words(node.blocks).strip(), node
        if isinstance(node, Clause) and node.number:
            assert words(node.blocks).strip()[-1] in ".:?)”" or isinstance(
                node.blocks[-1], ItemList
            ), words(node.blocks)[-80:]


@pytest.mark.parametrize("name", SCHOOLS)
def test_grammar_where_facts_meet_sentences(name: str) -> None:
    """No "Saints's", no "the Elm Grove Primary School", no "a academy", no doubled word or stray space."""
    policy = document(name)
    text = words(policy.parts)
    assert "s’s" not in text.replace("boss’s", "")
    assert not re.search(rf"\b[Tt]he {re.escape(policy.school_name)}", text)
    assert not re.search(r"\b[Aa] (?=[aeio])", text), re.findall(r"\b[Aa] [aeio]\w+", text)
    assert not re.search(r"\b(\w+) \1\b", text), re.findall(r"\b(\w+) \1\b", text)
    assert not re.search(r" [,.;:)]|\( |  |,,|\.\.", text), re.findall(
        r".{20} [,.;:)].{5}|.{20}  .{5}", text
    )
