"""A model policy in words: no Jinja reaches what a school reads of an edition, and no word of any branch is lost."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from policygen.compose.prepare import PreparedEdition
from policygen.editions.as_written import as_written
from policygen.editions.in_words import Words
from policygen.editions.units import written_document, written_units
from policygen.ground.diagnostics import Problems
from policygen.language.source import source
from policygen.language.templating import prepare
from policygen.language.vocabulary import VALUE_MARK, Filled, Shape
from policygen.model.fact_words import fact
from policygen.model.facts import own_facts
from policygen.model.school import fact_shape
from tests.support.example import edition

TEMPLATES = (
    "staff-acceptable-use",
    "online-safety",
    "computing-facilities",
    "it-and-mobile-phones",
    "electronic-communications-advice",
)
ROOTS = "answers|wording|school|terms|roles|people|partnership|providers|policies|law|issuer|policy"
JINJA = re.compile(
    rf"\{{[{{%#]|[%}}]\}}|[=!<>]=|\b(?:{ROOTS})\.[a-z]|\b[a-z]+_[a-z_]+\b"
    r"|\bend(?:if|for)\b|\belif\b|\|"
)
"""What no text for people holds."""


@pytest.fixture(scope="module")
def policy() -> PreparedEdition:
    return edition("staff-acceptable-use")


def shown(prepared: PreparedEdition, text: str) -> str:
    """A text as written, in words."""
    written = as_written(source(text, "sections/a.md"), Words(prepared.edition.file.value))
    return spelt(written.filled)


def spelt(filled: Filled) -> str:
    """A filled text with its values where their marks are."""
    return VALUE_MARK.sub(lambda found: filled.values[int(found[1])].text, filled.text)


# --- one by one -------------------------------------------------------------------------------------------------------

SAME = "“Are memory sticks and other portable drives allowed?”"
ISSUED = "Only drives that the school issues and encrypts"
EXPECTED = {
    "the {{ roles.head }} decides": "the headteacher decides",
    "{{ roles.head | sentence_case }}": "Headteacher",
    "ask {{ people.dsl.name }}": "ask [name of the designated safeguarding lead]",
    "{{ people.dsl.name | possessive }} desk": "[name of the designated safeguarding lead]’s desk",
    "{{ terms.pupils }} and {{ providers.ai | join_and }}": "pupils and [approved AI tools]",
    "{{ law.dpa_2018 }}": "Data Protection Act 2018",
    "{{ issuer.name }} writes “{{ policy.short_title }}”": (
        "Northshire County Council writes “Staff acceptable use of IT”"
    ),
    "{{ answers.password_min_length | in_words }} letters": (
        "[answer to “How many characters must a staff password have at least?”, in words] letters"
    ),
    '{% if answers.removable_media == "school-issued-encrypted" %}a{% else %}b{% endif %}': (
        f"[if the answer to {SAME} is “{ISSUED}”: a; otherwise: b]"
    ),
    '{% if answers.removable_media != "not-allowed" %}a{% elif people.dsl %}b{% endif %}': (
        f"[if the answer to {SAME} is not “No”: a; otherwise, if the school names a designated "
        "safeguarding lead: b]"
    ),
    'x {{ "one" if answers.auto_reply else roles.dsl }} y': (
        "x [if the answer to “Do school email accounts answer automatically in the holidays with "
        "emergency contacts?” is yes: “one”; otherwise: designated safeguarding lead] y"
    ),
    "{% for tool in providers.ai %}{{ tool }}, {% endfor %}": (
        "[for each approved AI tool: [each approved AI tool], ]"
    ),
    "{% for one in people.deputy_dsls %}{{ one.phone }}{% endfor %}": (
        "[for each deputy designated safeguarding lead: "
        "[telephone number of each deputy designated safeguarding lead]]"
    ),
    '{% if school.employer == "la" and not roles.dpo %}a{% endif %}': (
        "[if the employer is the local authority and the school has no data protection officer: a]"
    ),
    '{% if (roles.dpo or roles.lado) and school.phase in ["primary", "nursery"] %}a{% endif %}': (
        "[if either the school has a data protection officer or the school has a local authority "
        "designated officer, and the phase of the school is primary or nursery: a]"
    ),
    "{% if not (roles.dpo or roles.lado) %}a{% endif %}": (
        "[if the school has no data protection officer and the school has no local authority "
        "designated officer: a]"
    ),
    '{% set who = roles.dsl if roles.dsl else "the office" %}Tell {{ who }}': (
        "Tell [if the school has a designated safeguarding lead: designated safeguarding lead; "
        "otherwise: “the office”]"
    ),
    "{% if answers.monitoring_retention_months > 3 %}a{% endif %}": (
        "[if the answer to “For how many months are monitoring logs kept?” is more than 3: a]"
    ),
}


@pytest.mark.parametrize(("text", "words"), EXPECTED.items(), ids=EXPECTED)
def test_an_expression_in_words(policy: PreparedEdition, text: str, words: str) -> None:
    assert prepare(source(text, "sections/a.md"), policy.vocabulary, Problems()) is not None
    assert shown(policy, text) == words


def test_lines_under_a_condition_know_it_in_words(policy: PreparedEdition) -> None:
    """What stands under `else` says when it stands by itself: a redline may show it alone."""
    text = '{% if answers.byod == "not-allowed" %}\n1. One. {#a}\n{% else %}\n1. Two. {#b}\n{% endif %}\n'
    says = Words(policy.edition.file.value)
    found = as_written(source(text, "sections/a.md"), says).conditions
    asked = "the answer to “May staff connect their own devices to the school network?”"
    assert [*found.values()][:2] == [(f"if {asked} is “No”",), (f"if {asked} is not “No”",)]


DPO = "the school has a data protection officer"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "One\n{% if roles.dpo %}\ntwo\nthree\n{% endif %}\nfour.",
            f"One\n[if {DPO}: two\nthree]\nfour.",
        ),
        (
            "{% if roles.dpo %}\n1. One {#a}\n{% endif %}\n   two.",
            f"1. [if {DPO}: One] {{#a}}\n   two.",
        ),
        (
            "1. One\n{% if roles.dpo %}\n   two {#a}\n{% endif %}\n\nthree",
            f"1. One\n   [if {DPO}: two] {{#a}}\n\nthree",
        ),
        (
            "| A | B |\n|---|---|\n{% if roles.dpo %}\n| 1 | 2 |\n{% endif %}\n| 3 | 4 |",
            f"| A | B |\n|---|---|\n| [if {DPO}:] 1 | 2 |\n| 3 | 4 |",
        ),
        ("{% if roles.dpo %}\nOne\ntwo\n{% endif %}\n\nthree", "One\ntwo\n\nthree"),
    ],
)
def test_what_holds_for_some_lines_of_a_paragraph_is_said_around_them(
    policy: PreparedEdition, text: str, words: str
) -> None:
    """Nothing says that the rest of it holds in any case; what holds for all lines is said before the whole."""
    assert shown(policy, text) == words


def test_a_name_that_one_branch_gave_and_another_stands_for_both(policy: PreparedEdition) -> None:
    text = (
        "{% if roles.dpo %}\n{% set who = roles.dpo %}\n{% else %}\n{% set who = roles.office %}\n"
        "{% endif %}\nTell {{ who }}."
    )
    assert shown(policy, text) == (
        "Tell [if the school has a data protection officer: data protection officer; "
        "otherwise: school office]."
    )


def test_every_fact_has_words() -> None:
    """A new fact without words would stand in a redline by its key."""

    def names(shape: Shape, path: tuple[str, ...]) -> list[tuple[str, ...]]:
        if not isinstance(shape, dict):
            return [path]
        inner = [name for key, held in shape.items() for name in names(held, (*path, key))]
        return [path, *inner] if path[:1] == ("people",) and len(path) == 2 else inner

    found = [
        name for root, shape in fact_shape(own_facts()).items() for name in names(shape, (root,))
    ]
    assert len(found) > 100
    assert [name for name in found if fact(name) is None] == []


# --- every expression -------------------------------------------------------------------------------------------------


def paths(shape: Shape, name: str) -> list[tuple[str, Shape]]:
    """A name and all that stand in it, each with what it holds."""
    inner = shape.items() if isinstance(shape, dict) else ()
    return [(name, shape), *(path for key, held in inner for path in paths(held, f"{name}.{key}"))]


Made = dict[str, st.SearchStrategy[str]]


def expressions(prepared: PreparedEdition) -> Made:
    """Expressions of every kind that the language has, by what they are worth."""
    shape: dict[str, Any] = prepared.vocabulary.shape
    found = [path for root, held in shape.items() for path in paths(held, root) if "." in path[0]]
    of = {
        kind: [name for name, held in found if held == kind]
        for kind in ("text", "number", "option")
    }
    lists = [name for name, held in found if held == ["text"]]
    keyed = [name for name in of["option"] if name in prepared.vocabulary.options]
    people = [name for name, held in found if isinstance(held, dict) and "email" in held]

    def key_of(name: str) -> st.SearchStrategy[str]:
        return st.sampled_from([repr(key) for key in prepared.vocabulary.options[name]])

    def with_key(name: str) -> st.SearchStrategy[str]:
        one = st.tuples(st.sampled_from(("==", "!=")), key_of(name))
        several = st.lists(key_of(name), min_size=1, max_size=3, unique=True)
        return st.one_of(
            one.map(lambda it: f"({name} {it[0]} {it[1]})"),
            several.map(lambda keys: f"({name} in [{', '.join(keys)}])"),
            several.map(lambda keys: f"({name} not in [{', '.join(keys)}])"),
        )

    made: Made = {}
    text, test, number = (st.deferred(lambda kind=kind: made[kind]) for kind in ("t", "c", "n"))
    listed = st.one_of(st.sampled_from(lists), st.lists(text, max_size=2).map(_listed))
    person = st.one_of(
        st.sampled_from(people),
        st.tuples(st.sampled_from(people), test, st.sampled_from(people)).map(
            lambda it: f"({it[0]} if {it[1]} else {it[2]})"
        ),
        st.tuples(st.sampled_from(people), st.sampled_from(people)).map(
            lambda it: f"({it[0]} or {it[1]})"
        ),
    )
    compared = st.sampled_from(("==", "!=", "<", "<=", ">", ">="))
    made["n"] = st.one_of(
        st.sampled_from([*of["number"], "3", "12"]), listed.map(lambda it: f"({it} | length)")
    )
    made["t"] = st.one_of(
        st.sampled_from([*of["text"], "'a word'", '"is"']),
        st.tuples(text, st.sampled_from(TEXT)).map(lambda it: f"({it[0]} | {it[1]})"),
        number.map(lambda it: f"({it} | in_words)"),
        number.map(lambda it: f'({it} | agree("is", "are"))'),
        listed.map(lambda it: f"({it} | join_and)"),
        listed.map(lambda it: f"({it} | join_or)"),
        st.tuples(text, text).map(lambda it: f"({it[0]} ~ {it[1]})"),
        st.tuples(text, text).map(lambda it: f"({it[0]} or {it[1]})"),
        st.tuples(test, text).map(lambda it: f"({it[0]} and {it[1]})"),
        st.tuples(text, test, text).map(lambda it: f"({it[0]} if {it[1]} else {it[2]})"),
        person.map(lambda it: f"{it}.name"),
        person.map(lambda it: f"{it}['phone']"),
    )
    made["c"] = st.one_of(
        st.sampled_from([name for name, _ in found]),
        st.sampled_from(["true", "false", "'a'", "0"]),
        st.sampled_from(keyed).flatmap(with_key),
        st.tuples(text, compared, text).map(" ".join).map(_grouped),
        st.tuples(number, compared, number, compared, number).map(" ".join).map(_grouped),
        st.tuples(text, st.sampled_from(("in", "not in")), listed).map(" ".join).map(_grouped),
        test.map(lambda it: f"(not {it})"),
        st.tuples(test, st.sampled_from(("and", "or")), test).map(" ".join).map(_grouped),
        st.tuples(test, test, test).map(lambda it: f"({it[0]} if {it[1]} else {it[2]})"),
        text,
        listed,
        person,
    )
    made["l"] = listed
    return made


TEXT = ("possessive", "with_article", "plural", "sentence_case", "lower_first")


def _listed(items: list[str]) -> str:
    return f"[{', '.join(items)}]" if items else "['a']"


def _grouped(words: str) -> str:
    return f"({words})"


PLACES = (
    ("t", "Tell {{ X }} now"),
    ("c", "{% if X %}Yes{% else %}no{% endif %}"),
    ("c", "{% if X %}\n\n1. One. {#a}\n{% elif people.dsl %}\n1. Two. {#b}\n{% endif %}\n"),
    ("l", "{% for one in X %}- {{ one }}{% endfor %}"),
    ("t", "{% for one in people.deputy_dsls %}{{ X }} {{ one.name }}{% endfor %}"),
    ("t", "{% set one = X %}{% if one %}{{ one }}{% endif %}"),
    ("c", "{% set one = X %}{% if one %}yes{% endif %}"),
    ("t", "{% if roles.dpo %}{% set one = X %}{% else %}{% set one = 'b' %}{% endif %}{{ one }}"),
)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_no_expression_that_the_check_accepts_leaves_jinja(data: st.DataObject) -> None:
    """Printed, tested, repeated over, given to a name; within a line and around lines."""
    prepared = edition("staff-acceptable-use")
    kind, place = data.draw(st.sampled_from(PLACES))
    text = place.replace("X", data.draw(expressions(prepared)[kind]))
    checked = prepare(source(text, "sections/a.md"), prepared.vocabulary, Problems())
    assume(checked is not None)
    written = as_written(source(text, "sections/a.md"), Words(prepared.edition.file.value))
    said = [spelt(written.filled), *(word for held in written.conditions.values() for word in held)]
    for words in said:
        assert JINJA.search(words.replace("{#a}", "").replace("{#b}", "")) is None, (text, words)
        assert "an author has still to write" not in words, (text, words)


def lost_from(said: str, possible: str) -> str:
    """What follows, of all that can print, the last letter that stands in its turn in what is said."""
    at = 0
    for index, letter in enumerate(possible):
        at = said.find(letter, at) + 1
        if not at:
            return possible[index : index + 60]
    return ""


@pytest.mark.parametrize("name", TEMPLATES)
def test_no_jinja_in_any_example_and_no_word_is_lost(name: str) -> None:
    """Every word that a branch can print stands in what is shown of it."""
    prepared = edition(name)
    says = Words(prepared.edition.file.value)
    for unit in written_units(prepared.edition).values():
        assert JINJA.search(unit.words.replace("[#", "")) is None, unit.words
    for part in prepared.parts:
        all_branches = part.prepared.every_branch
        possible = VALUE_MARK.sub(
            lambda found, of=all_branches: f" {of.values[int(found[1])].text} ", all_branches.text
        )
        here = spelt(as_written(part.prepared.source, says).filled)
        assert lost_from(here, "".join(possible.replace("…", "").split())) == "", part.plan.name
    assert written_document(prepared.edition).sections
