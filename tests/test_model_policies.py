"""What all model policies and their adoptions have in common: one rule in one place, and nothing that no school uses."""

from __future__ import annotations

import re
from collections import Counter
from itertools import combinations
from typing import TYPE_CHECKING, Any

import pytest

from policygen.compose.refer import targets
from policygen.language.document import (
    Clause,
    FootnoteMark,
    Item,
    ItemList,
    Reference,
    contents,
    plain,
    walk,
)
from tests.support import example
from tests.support.acceptance import (
    ADOPTED,
    POLICIES,
    adopted,
    all_words,
    answers,
    authors_words,
    model,
    of_kind,
    page,
    right_words,
    sentences,
    words,
)
from tests.support.example import ROOT, adopters, edition, facts_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policygen.model.question import AnyQuestion

SCHOOLS = tuple(sorted({name for _, name in ADOPTED}))
each_adopted = pytest.mark.parametrize(("policy", "name"), ADOPTED)


def questions(policy: str) -> dict[str, AnyQuestion]:
    return edition(policy).edition.file.value.questions


# --- one rule in one place --------------------------------------------------------------------------------------------

PROHIBITED = ROOT / "templates" / "shared" / "prohibited-content.md"
WITHOUT_PROHIBITED = {"online-safety", "staff-code-of-conduct"}
"""The first has a list of its own, since it is for pupils and visitors too; the second refers to the rules on IT."""
WITH_PROHIBITED = [each for each in POLICIES if each not in WITHOUT_PROHIBITED]


def bullets_of_the_include() -> list[str]:
    text = re.sub(r"<!--.*?-->", "", PROHIBITED.read_text(encoding="utf-8"), flags=re.DOTALL)
    return [" ".join(item.split()) for item in re.split(r"(?m)^- ", text) if item.strip()]


def test_prohibited_content_is_one_include() -> None:
    """The wording stands in one file, and in no template beside it."""
    first_words = [" ".join(item.split()[:8]) for item in bullets_of_the_include()]
    including = set()
    for file in (ROOT / "templates").glob("*/**/*.md"):
        if "editions" in file.parts:
            continue  # holds its own copy, for ever
        text = " ".join(file.read_text(encoding="utf-8").split())
        if '{% include "prohibited-content.md" %}' in text:
            including.add(file.relative_to(ROOT / "templates").parts[0])
        assert file == PROHIBITED or not [each for each in first_words if each in text], file
    assert including == {*WITH_PROHIBITED}


@pytest.mark.parametrize(
    ("policy", "name"), [pair for pair in ADOPTED if pair[0] in WITH_PROHIBITED]
)
def test_prohibited_content_prints_the_same(policy: str, name: str) -> None:
    """All its bullets, in their order, at the head of each list that begins so."""
    expected = bullets_of_the_include()
    found = [
        [" ".join(words(item).split()) for item in made.items]
        for made in of_kind(ItemList, model(policy, name).parts)
    ]
    including = [each[: len(expected)] for each in found if each[0] == expected[0]]
    assert including
    assert all(each == expected for each in including)


def test_the_rule_on_pictures_is_one_include() -> None:
    """Each policy that asks about own devices for pictures prints the same include."""
    including = {
        file.relative_to(ROOT / "templates").parts[0]
        for file in (ROOT / "templates").glob("*/**/*.md")
        if '{% include "pupil-images.md" %}' in file.read_text(encoding="utf-8")
    }
    assert including == {policy for policy in POLICIES if "image_devices" in questions(policy)}


def shared_answers(name: str) -> dict[str, Any]:
    """What a school answers for all its policies."""
    file = example.school(name).answers
    return dict(file.value.answers) if file else {}


def one_rule(name: str) -> dict[str, str]:
    """By subject, the words in which every policy of a school says the rule that is one for all of them."""
    facts, answers = facts_of(name), shared_answers(name)
    roles = {"line_manager": "line manager", "dpo": "data protection officer", **facts["roles"]}
    manager = f"the {roles['line_manager']} or the {roles['head']}"
    pupils = facts["terms"]["pupils"]
    hears = f"the {roles.get('chair')}"
    if answers.get("concern_about_head") == "chief-executive":
        hears = f"the {roles.get('chief_executive', 'chief executive')} of {facts['trust']}"
    if answers.get("concern_about_head") == "trust-chair":
        hears = f"the {roles.get('trust_chair', 'chair of the board')} of {facts['trust']}"
    opens = f"The {roles['line_manager']}"
    if answers.get("mailbox_access", "named-person") == "named-person":
        opens = f"One person, whom the {roles['head']} names beforehand in a written record,"
    told = f"the {roles['dsl']}" if answers.get("report_to") == "dsl" else manager
    where = {
        "staff-areas": "in areas that are for staff alone",
        "staff-areas-or-empty-rooms": "in areas that are for staff alone or in an empty classroom",
        "office-only": "in the school office alone",
    }
    approved = answers.get("ai_tools") == "approved-list"
    never = answers.get("personal_use") == "never"
    return {
        "who hears about the head": hears,
        "absent colleague’s mail": f"{opens} may open a mailbox in an absence to keep work going",
        "unsuitable site": f"{told} and the {roles['it_support']}",
        "abuse of staff online": manager,
        "close family online": f"Close family is the only exception, and the {roles['head']} is told of it.",
        "laptop in a car": "School equipment is not left in a vehicle in which nobody is",
        "taken abroad": f"abroad before the {roles['head']} has agreed",
        "own phones of staff": f"are silent and out of sight wherever {pupils} are. They are used only off duty and "
        + where[answers["staff_phones"]],
        "personal data and AI": f"only if the {roles['dpo']} has agreed to that tool for that purpose"
        if approved
        else f"Personal data, and work by {pupils} or staff, are not put into any AI tool",
        "AI that takes notes": "An AI tool takes notes of a meeting only if it is approved for that"
        if approved
        else "AI tools do not take notes of meetings or transcribe them. The "
        f"{roles['head']} may agree to an exception",
        "private purchases": "Nothing is bought or paid for privately on school equipment"
        if never
        else "at their own risk, and saves no card details there",
    }


LEFT_TO_OTHERS = {
    "online-safety": {
        "absent colleague’s mail",
        "taken abroad",
        "AI that takes notes",
        "private purchases",
    },
    "electronic-communications-advice": {"unsuitable site"},
    "staff-code-of-conduct": {
        *(
            "absent colleague’s mail",
            "unsuitable site",
            "laptop in a car",
            "taken abroad",
            "own phones of staff",
        ),
        *("personal data and AI", "AI that takes notes", "private purchases"),
    },
}
"""Of what a policy does not speak."""
WITHOUT_LAPTOPS = {("online-safety", "oakfield-infants", "laptop in a car")}
"""It stands in the conditions for class laptops, which this school does not have."""
AHEAD = {("it-and-mobile-phones", "larkspur-gardens")}
"""A school that has not yet answered what the edition in preparation asks."""


@pytest.mark.parametrize(("policy", "name"), [pair for pair in ADOPTED if pair not in AHEAD])
def test_all_drafts_of_a_school_print_the_same_rule(policy: str, name: str) -> None:
    text = " ".join(words(model(policy, name).parts).split())
    rules = one_rule(name)
    assert rules
    for subject, rule in rules.items():
        silent = (
            subject in LEFT_TO_OTHERS.get(policy, set())
            or (policy, name, subject) in WITHOUT_LAPTOPS
        )
        assert (rule.lower() in text.lower()) != silent, subject


@each_adopted
def test_nobody_but_the_one_who_is_named_hears_about_the_head(policy: str, name: str) -> None:
    """A chief executive and a chair are never both named for it."""
    if shared_answers(name).get("concern_about_head") in ("chief-executive", "trust-chair"):
        other = f"the {facts_of(name)['roles']['chair']}"
    else:
        other = facts_of(name)["roles"].get("chief_executive", "chief executive")
    assert other.lower() not in words(model(policy, name).parts).lower()


# --- what staff are told in each ---------------------------------------------------------------------------------------

TOLD = {
    "nobody answers out of hours": r"outside (your|their own|their) working hours",
    "days off of part-time staff": r"days on which (you|they) (do not )?work",
    "whom to tell of a data breach": r"data protection officer and the .{5,40} at once",
    "the regulator hears of some within 72 hours": r"within 72 hours",
    "union work is untouched": r"trade union",
    "a risk to the name justifies no dismissal": r"name( of a Setting)? does not by itself justify dismissal",
    "partisan views are not promoted": r"no partisan political view",
    "medical devices need no permission": r"[Hh]earing aid.{0,80}glucose monitor.{0,120}needs? no permission|"
    r"outside this rule and need no permission",
    "suspension is no punishment": r"Suspension is not a punishment",
    "some messages are never opened": r"occupational health, a counsellor or a legal adviser",
    "harassment by outsiders": r"all reasonable steps",
    "nobody records in secret": r"(?i)\b(nobody records|do not record) .{0,40} in secret",
}
"""What a policy for staff has to say, whatever the school answered."""

FOR_STAFF = [pair for pair in ADOPTED if pair[0] != "online-safety"]


ON_IT_ALONE = {"the regulator hears of some within 72 hours", "some messages are never opened"}
"""What the code of conduct leaves to the policy on IT to which it refers."""


@pytest.mark.parametrize("told", TOLD)
def test_each_policy_for_staff_says_it(told: str) -> None:
    of_conduct = told not in ON_IT_ALONE
    asked = [pair for pair in FOR_STAFF if of_conduct or pair[0] != "staff-code-of-conduct"]
    assert asked
    for policy, name in asked:
        text = " ".join(words(model(policy, name).parts).split())
        assert re.search(TOLD[told], text), (policy, name)


LONGEST = 35
"""Words of a sentence; a sentence that names law may be longer, and lists are no sentences."""


@pytest.mark.parametrize(("policy", "name"), FOR_STAFF)
def test_sentences_are_short(policy: str, name: str) -> None:
    """At most 18 words on average; long ones only where they name law or a school’s own long titles."""
    found = [*sentences(model(policy, name))]
    assert sum(length for length, _ in found) / len(found) <= 18
    titles = 4  # room for a policy whose title has more words than most
    assert not [length for length, law in found if length > LONGEST + titles and not law]


# --- one answer in one school -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SCHOOLS)
def test_a_school_answers_a_question_the_same_in_every_policy(name: str) -> None:
    given: dict[str, dict[str, Any]] = {}
    for policy, school in ADOPTED:
        if school == name:
            for key, answer in answers(policy, name).items():
                given.setdefault(key, {})[policy] = answer
    differing = {
        key: each
        for key, each in given.items()
        if len({str(answer) for answer in each.values()}) > 1
    }
    assert not differing


def test_a_question_means_the_same_in_every_policy() -> None:
    """The same key is the same kind of question with the same options, so that one answer holds for both."""
    shared = [
        (questions(one)[key], questions(other)[key], f"{key} of {one} and {other}")
        for one, other in combinations(POLICIES, 2)
        for key in questions(one).keys() & questions(other).keys()
    ]
    assert shared
    for left, right, key in shared:
        assert left.kind == right.kind, key
        assert not hasattr(left, "options") or left.options.keys() == right.options.keys(), key
        if left.kind == "whole-number":
            assert left.bounds == right.bounds, key


# --- nothing that no school uses --------------------------------------------------------------------------------------

NEVER_CHOSEN = {
    "electronic-communications-advice: equipment_kinds without accounts": "no school works without accounts",
    "electronic-communications-advice: equipment_kinds without computers": "nor without computers",
    "it-and-mobile-phones: phones_primary = handed-in": "two schools have younger and older pupils",
    "online-safety: phones_primary = handed-in": "the same two",
    "it-and-mobile-phones: phones_sixth_form = nowhere": "one of its schools has a sixth form",
    "online-safety: form promises-youngest is left out of no school's policy": "each has young children",
    "online-safety: phones_sixth_form = nowhere": "one of its schools has a sixth form",
    "staff-acceptable-use: pupil_groups = False": "one of its schools has pupils over 12",
}
"""What the schools do not use both ways, with the reason."""


def unused() -> Iterator[str]:
    """Each question, option, optional section and form that is not used both ways by some school."""
    for policy in POLICIES:
        given = {name: answers(policy, name) for name in adopters(policy)}
        for key, question in questions(policy).items():
            asked = [own[key] for own in given.values() if key in own]
            if question.shared:  # one answer in each school, whichever policy reads it
                asked = [own[key] for own in map(shared_answers, SCHOOLS) if key in own]
            if not asked:
                yield f"{policy}: {key} is asked of nobody"
            elif question.when and not question.shared and len(asked) == len(given):
                yield f"{policy}: {key} is asked of everybody"
            match question.kind:
                case "choice":
                    yield from (
                        f"{policy}: {key} = {each}"
                        for each in question.options
                        if each not in asked
                    )
                case "choices":
                    for each in question.options:
                        ticked = {each in own for own in asked}
                        yield from (
                            f"{policy}: {key} {way} {each}"
                            for way in ("with", "without")
                            if (way == "with") not in ticked
                        )
                case "yes-no":
                    yield from (
                        f"{policy}: {key} = {each}" for each in (True, False) if each not in asked
                    )
                case "whole-number" if len({*asked}) < 2:
                    yield f"{policy}: {key} is the same everywhere"
        template = edition(policy).edition.file.value
        for kind, entries in (
            ("section", (*template.sections, *template.appendices)),
            ("form", template.forms),
        ):
            for entry in entries:
                present = {
                    entry.name in {part.name for part in model(policy, name).parts}
                    for name in given
                }
                for way in (True, False) if entry.when else (True,):
                    if way not in present:
                        yield f"{policy}: {kind} {entry.name} is {'in' if way else 'left out of'} no school's policy"


def test_everything_is_used_both_ways() -> None:
    assert sorted(unused()) == sorted(NEVER_CHOSEN)


# --- every adopted policy ---------------------------------------------------------------------------------------------


@each_adopted
def test_every_clause_says_something(policy: str, name: str) -> None:
    """No clause and no item is empty; a numbered clause ends its sentence, or ends in a list."""
    said = of_kind(Clause | Item, adopted(policy, name).parts)
    assert said
    for node in said:
        text = all_words(node.blocks).strip()
        assert text, node
        if isinstance(node, Clause) and node.number and not isinstance(node.blocks[-1], ItemList):
            assert text[-1] in ".:?)”", text[-80:]


@each_adopted
def test_grammar_where_facts_meet_sentences(policy: str, name: str) -> None:
    """No "Saints's", no "the Elm Grove Primary School", no "a academy", no doubled word or stray space."""
    document = adopted(policy, name)
    text = words(document.parts)
    assert "s’s" not in text
    assert f"the {document.school_name}" not in text
    for wrong in (
        r"\b[Aa] (?=[aeio])\w+",
        r"\b(?:an|An) (?![aeiouhAEIOUHLMNSFRX])\w+",
        r"\b([Tt]he|[Aa]n?) ([Tt]he|[Aa]n?)\b",
        r"\b(\w+) \1\b",
        r".{20} [,.;:)].{5}|\( |  |,,|\.\.",
        r"\bundefined\b|\bNone\b(?! of)",
        r"(?<!etc)[.?!] [a-zà-ÿ]\w*",
    ):
        assert not re.search(wrong, text), [found.group() for found in re.finditer(wrong, text)]


@each_adopted
def test_no_placeholder(policy: str, name: str) -> None:
    """No bracket, no "school to adapt" text and no placeholder anywhere."""
    text = all_words(adopted(policy, name).parts)
    assert not re.search(r"[\[\]{}<>]|_{3}|\.\.\.|…|TODO|TBC|\bxxx", text)
    assert not re.search(
        r"(?i)school to adapt|delete as|insert |proforma|model policy|template", text
    )


@each_adopted
def test_law_comes_from_the_library(policy: str, name: str) -> None:
    """Authors write no Act and no year: all are cited through the law library."""
    own = authors_words(model(policy, name).parts)
    assert not re.search(r"\b[A-Z]\w+ Act\b|\b(?:19|20)\d\d\b|\bRegulations\b", own), re.findall(
        r".{20}\b(?:19|20)\d\d\b", own
    )


@each_adopted
def test_references_print_what_they_lead_to(policy: str, name: str) -> None:
    """Each prints its target's noun and number, or its title, unless the author gave it words of its own."""
    document = adopted(policy, name)
    known = targets(document.parts)
    references = of_kind(Reference, document.parts)
    assert references
    for reference in references:
        assert right_words(reference, known[reference.target]), plain(reference.children)


@each_adopted
def test_ids_stand_once(policy: str, name: str) -> None:
    nodes = walk(adopted(policy, name).parts)
    ids = Counter(
        node.id for node in nodes if getattr(node, "id", "") and not isinstance(node, FootnoteMark)
    )
    assert [each for each, count in ids.items() if count > 1] == []


WITHOUT_CONTENTS = {"it-and-mobile-phones"}
"""Too short for a list of what it holds."""


@each_adopted
def test_contents_lead_to_headings(policy: str, name: str) -> None:
    """Each line of the contents is the heading that it leads to."""
    document = adopted(policy, name)
    made = page(document)
    assert bool(contents(document)) == (policy not in WITHOUT_CONTENTS)
    for line in contents(document):
        heading = made.get_element_by_id(line.target).xpath("./h2|./h3|./h4|./h5")[0]
        said = " ".join(heading.text_content().split())
        assert said == " ".join(
            filter(
                None,
                (f"{line.label}:" if "Appendix" in line.label else line.label, plain(line.title)),
            )
        )


@each_adopted
def test_nobody_who_is_not_public_is_named(policy: str, name: str) -> None:
    people = facts_of(name)["people"].values()
    every = [person for each in people for person in (each if isinstance(each, list) else [each])]
    shown = {person["name"] for person in every if person.get("public")}
    text = all_words(adopted(policy, name).parts)
    assert not [
        person["name"] for person in every if person["name"] not in shown and person["name"] in text
    ]


def test_six_policies() -> None:
    """Each is adopted by some school."""
    assert len(POLICIES) == 6
    assert all(adopters(policy) for policy in POLICIES)


def test_a_link_that_is_only_a_number_says_of_what() -> None:
    """As "section 15" in "sections 14 and 15", for those who go from link to link."""
    said = []
    for policy, school in ADOPTED:
        for reference in of_kind(Reference, adopted(policy, school)):
            printed = plain(reference.children)
            if not re.search(r"[A-Za-z]{3}", printed):
                assert re.match(rf"[A-Za-z]{{3,}} {re.escape(printed)}(?: of|$)", reference.said)
                said.append(reference.said)
    assert len(said) > 10
