"""The acceptance list of the model policy `staff-code-of-conduct`, on the documents of the three schools that adopt it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from policygen.checks.readability import readings
from policygen.language.document import Clause, SignatureBlock, Table
from tests.support.acceptance import (
    all_words,
    find,
    led_by,
    lists,
    model,
    model_with,
    numbered,
    of_kind,
    refers,
    sentences,
    subheads,
    words,
)
from tests.support.example import adopters, adoption_of, composed, edition, facts_of

if TYPE_CHECKING:
    from policygen.language.document import Document

POLICY = "staff-code-of-conduct"
SMALL, TRUST, SPECIAL = "oakfield-infants", "beacon-cove", "larkspur-gardens"
CLAUSES = {
    "about": 8,
    "standards": 5,
    "boundaries": 10,
    "close-work": 11,
    "child-concerns": 7,
    "low-level": 8,
    "allegations": 8,
    "colleagues": 5,
    "interests": 7,
    "honesty": 4,
    "information": 7,
    "beliefs": 4,
    "health": 7,
    "suitability": 4,
    "speaking-up": 4,
    "breaches": 5,
    "leaving": 2,
}
"""The sections in their order, with their numbered clauses; without childcare, suitability has one fewer."""
FREE = {"close-work", "child-concerns", "low-level", "allegations"}


@pytest.fixture(params=(SMALL, TRUST, SPECIAL))
def code(request: pytest.FixtureRequest) -> Document:
    return model(POLICY, request.param)


def text(code: Document, identity: str) -> str:
    return " ".join(words(find(code, identity)).split())


def test_01_a_primary_an_academy_and_a_special_school_adopt_it() -> None:
    assert set(adopters(POLICY)) == {SMALL, TRUST, SPECIAL}
    kinds = {(facts_of(name)["phase"], facts_of(name)["employer"]) for name in adopters(POLICY)}
    assert kinds == {("primary", "la"), ("secondary", "trust"), ("special", "trust")}


def test_02_sections_and_clauses(code: Document) -> None:
    assert [part.id for part in code.sections] == [*CLAUSES]
    expected = {**CLAUSES, "suitability": 3 if code.school_id == TRUST else 4}
    assert {part.id: len(numbered(part)) for part in code.sections} == expected


def test_03_forms_and_appendices(code: Document) -> None:
    """Everybody signs the agreement; the other two forms are for those whom they concern."""
    assert [(form.id, form.signed_by) for form in code.forms] == [
        ("agreement", "staff"),
        ("interests-form", "holders"),
        ("self-report", "holders"),
    ]
    assert [len(of_kind(SignatureBlock, form)) for form in code.forms] == [1, 2, 1]
    assert [len(table.rows) for table in of_kind(Table, find(code, "interests-form"))] == [3, 3]
    assert [part.id for part in code.appendices] == ["who-to-tell", "examples"]


def test_04_what_keeps_children_safe_may_be_adapted_and_the_rest_is_agreed() -> None:
    template = edition(POLICY).edition.file.value
    assert template.adapt == "locked"
    assert {entry.name for entry in template.sections if entry.adapt == "free"} == FREE
    document = model(POLICY, SMALL)
    status = {clause.id: clause.adapt for clause in of_kind(Clause, document.parts)}
    assert status["threshold"] == status["low-level-defined"] == "locked"
    assert status["dress"] == status["low-level-tell"] == "free"


def test_05_a_school_decides_about_touch_before_it_can_adopt() -> None:
    adoption = adoption_of(SMALL, POLICY)
    adoption["clauses"].pop("physical-contact")
    made, problems = composed(SMALL, adoption=adoption, policy=POLICY)
    assert made is None
    assert [each.rule for each in problems] == ["undecided-clause"]


def test_06_all_four_parts_of_the_threshold(code: Document) -> None:
    limbs = [words(item) for item in led_by(code, "threshold").items]
    for limb, said in zip(limbs, ("harmed", "offence", "risk of harm", "suitable"), strict=True):
        assert said in limb
    assert "conduct outside work" in text(code, "threshold")


def test_07_the_head_is_never_the_only_way(code: Document) -> None:
    """Whoever hears about the head is the same wherever it is said, and the designated officer is open to all."""
    hears = "the Chief Executive of Beacon Learning Trust" if code.school_id == TRUST else "Chair"
    for identity in ("head-concerned", "low-level-tell", "allegation-tell", "speak"):
        assert hears in text(code, identity), identity
    assert hears.lower() in all_words(find(code, "who-to-tell")).lower()
    assert "Anybody may turn straight to" in text(code, "allegation-tell")
    assert "needs nobody’s permission" in text(code, "refer")


def test_08_a_lead_who_is_also_the_head_is_not_reported_to_the_head() -> None:
    said = "A concern about the {} goes to the Headteacher."
    lead = {name: facts_of(name)["roles"]["dsl"] for name in (SMALL, SPECIAL)}
    assert said.format(lead[SMALL]) not in text(model(POLICY, SMALL), "low-level-tell")
    assert said.format(lead[SPECIAL]) in text(model(POLICY, SPECIAL), "low-level-tell")


def test_09_low_level_concerns(code: Document) -> None:
    """What one is, whom to tell, oneself, what follows, records, patterns, agencies and references."""
    for identity, said in {
        "low-level-defined": r"however small.*unease.*does not mean unimportant",
        "report-yourself": r"on themselves as well",
        "low-level-records": r"It is kept until",
        "low-level-patterns": r"look for patterns",
        "low-level-sharing": r"agency.*reference does not mention",
        "low-level-neutral": r"Nobody is worse off",
    }.items():
        assert re.search(said, text(code, identity)), identity


def test_10_suspension_is_no_punishment(code: Document) -> None:
    assert text(code, "suspension").startswith("Suspension is not a punishment")
    assert "full pay" in text(code, "suspension")


def test_11_nobody_is_asked_about_their_household() -> None:
    """Where childcare is given, the rules on disqualification print, and say that it is not by association."""
    for name in (SMALL, SPECIAL):
        assert "does not ask staff about the records of people" in text(
            model(POLICY, name), "childcare"
        )
    assert "isqualification" not in all_words(model(POLICY, TRUST).parts)


def test_12_a_post_is_weighed_before_it_is_held_against_anybody(code: Document) -> None:
    assert "does not by itself justify dismissal" in text(code, "belief")
    assert [len(made.items) for made in lists(find(code, "belief").blocks)] == [4]
    assert "trade union" in text(code, "rights-kept")


@pytest.mark.parametrize(
    ("answer", "value", "identity", "said"),
    [
        ("own_cars", "never", "transport", "do not carry"),
        ("own_cars", "with-leave", "transport", "insured for work"),
        ("home_visits", True, "home-visits", "a manager agrees to it beforehand"),
        ("home_visits", False, "home-visits", "do not visit"),
        ("intimate_care", True, "intimate-care", "written plan"),
        ("intimate_care", False, "intimate-care", "After an accident"),
        ("gift_limit", 35, "gifts", "more than £35 in a school year"),
        ("tutoring", "with-leave", "tutoring", "never those whom they teach"),
    ],
)
def test_13_an_answer_decides_the_words(
    answer: str, value: object, identity: str, said: str
) -> None:
    assert said in text(model_with(POLICY, SPECIAL, **{answer: value}), identity)


def test_14_the_rules_on_it_are_named_and_not_repeated(code: Document) -> None:
    title = adoption_of(code.school_id, POLICY)["answers"]["it_rules"]
    for identity in ("other-policies", "pictures", "it"):
        assert title in text(code, identity)
    said = all_words(code.parts).lower()
    for elsewhere in ("password", "memory stick", "encrypt", "monitoring log", "laptop"):
        assert elsewhere not in said, elsewhere


def test_15_length_and_plain_english(code: Document) -> None:
    """6,000 to 7,500 words; sentences of 18 words on average and 35 at most, law apart; reading age 13 at most."""
    assert 6_000 <= len(all_words(code.parts).split()) <= 7_500
    template = edition(POLICY).edition.file.value
    assert template.reading == {"staff": 13}
    found = [*sentences(code)]
    assert sum(length for length, _ in found) / len(found) <= 18
    assert not [length for length, law in found if length > 35 and not law]
    assert all(part.age <= part.limit for part in readings(code, template))


def test_16_examples_of_three_kinds(code: Document) -> None:
    examples = find(code, "examples")
    assert len(subheads(examples)) == 3
    assert [len(made.items) for made in lists(examples.blocks)] == [3, 7, 7]


@pytest.mark.parametrize(
    "link",
    (
        "applies-to>not-employees other-policies>who-to-tell low-level-defined>threshold low-level-defined>examples "
        "low-level-tell>allegations report-yourself>self-report low-level-response>breaches declare>interests-form "
        "own-posts>belief rights-kept>speaking-up safety>support gross-misconduct>disclose press>refer "
        "self-report>low-level-tell interests-form>interests"
    ).split(),
)
def test_17_references(code: Document, link: str) -> None:
    refers(code, link)


def test_18_every_clause_that_somebody_must_decide_about_has_guidance() -> None:
    template = edition(POLICY).edition.file.value
    ids = {clause.id for clause in of_kind(Clause, model(POLICY, SPECIAL).parts)}
    assert template.guidance.keys() <= ids
    asked = {identity for question in template.questions.values() for identity in question.clauses}
    assert asked <= ids


def test_19_what_the_circular_says_stands_in_no_copy(code: Document) -> None:
    assert "This is the first edition" not in all_words(code.parts)
