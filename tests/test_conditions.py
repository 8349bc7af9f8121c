"""Every word of a text that the check accepts is read by some school, and every condition is open; else it says so.

What may be is worked out here by filling each text for every school that there can be in a small world.
"""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policygen.ground.diagnostics import Place, Problems
from policygen.language.marks import names_in
from policygen.language.printing import FILTERS
from policygen.language.source import source
from policygen.language.templating import fill, holds, prepare, prepare_condition
from policygen.language.vocabulary import Prepared, Shape, Vocabulary
from tests.support.workspace import ADOPTION, Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SHAPES: dict[str, dict[str, Shape]] = {
    "school": {"name": "text", "trust": "text"},
    "people": {"dsl": {"name": "text"}},
    "answers": {
        "keeper": "option",
        "days": "number",
        "safe": "yes-no",
        "users": ["option"],
        "place": "text",
    },
}
OPTIONS = {"answers.keeper": ("office", "head", "nobody"), "answers.users": ("staff", "pupils")}
SURE = frozenset(
    {
        "school.name",
        "people.dsl.name",
        "answers.keeper",
        "answers.days",
        "answers.safe",
        "answers.users",
    }
)
VOCABULARY = Vocabulary({**SHAPES}, OPTIONS, {"answers.days": (1, 3)}, SURE)


def every_school() -> Iterator[dict[str, Any]]:
    """All that names can stand for in the small world."""
    for keeper, days, safe, users, trust, dsl, place in itertools.product(
        OPTIONS["answers.keeper"],
        (1, 2, 3),
        (True, False),
        (["staff"], ["pupils"], ["staff", "pupils"]),
        (None, "Beacon"),
        (None, {"name": "Jo Lee"}),
        (None, "the safe"),
    ):
        yield {
            "school": {"name": "All Saints", "trust": trust},
            "people": {"dsl": dsl},
            "answers": {
                "keeper": keeper,
                "days": days,
                "safe": safe,
                "users": users,
                "place": place,
            },
        }


_TAG = re.compile(r"\{[{%].*?[%}]\}")
SCHOOLS = [*every_school()]

# --- conditions -------------------------------------------------------------------------------------------------------

_options = st.sampled_from(OPTIONS["answers.keeper"])
_numbers = st.integers(0, 4)
_orders = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])
_atoms = st.one_of(
    st.builds('answers.keeper {} "{}"'.format, st.sampled_from(["==", "!="]), _options),
    st.builds(
        'answers.keeper {} ["{}", "{}"]'.format,
        st.sampled_from(["in", "not in"]),
        _options,
        _options,
    ),
    st.builds("answers.days {} {}".format, _orders, _numbers),
    st.builds("{} < answers.days < {}".format, _numbers, _numbers),
    st.builds('"{}" in answers.users'.format, st.sampled_from(OPTIONS["answers.users"])),
    st.builds("answers.users | length {} {}".format, _orders, st.integers(0, 3)),
    st.sampled_from(
        [
            "answers.safe",
            "school.trust",
            "school.name",
            "people.dsl",
            "people.dsl.name",
            'people.dsl.name == "Jo Lee"',
            "answers.days",
            "answers.users",
        ]
    ),
)
conditions = st.recursive(
    _atoms,
    lambda inner: st.one_of(
        st.builds("not ({})".format, inner),
        st.builds("({}) and ({})".format, inner, inner),
        st.builds("({}) or ({})".format, inner, inner),
    ),
    max_leaves=3,
)


def condition_of(text: str) -> tuple[Prepared | None, Problems]:
    problems = Problems()
    made = prepare_condition(text, VOCABULARY, Place("template.yaml", 7, 5, 1, text), problems)
    return made, problems


@settings(max_examples=300)
@given(conditions)
def test_a_condition_that_is_the_same_for_every_school_is_an_error(text: str) -> None:
    made, problems = condition_of(text)
    if made is None:
        assert {problem.rule for problem in problems} == {"fixed-condition"}
        assert all(problem.hints and problem.place for problem in problems)
        return
    assert {holds(made, names) for names in SCHOOLS} == {True, False}


@pytest.mark.parametrize(
    "text",
    [
        'answers.keeper == "office" or answers.keeper == "head"',
        'answers.keeper != "office" and answers.keeper != "head"',
        'answers.keeper in ["office", "head"] and answers.days > 1',
        'not (answers.keeper == "office" or answers.safe)',
        "1 < answers.days",
        "1 < answers.days < 3",
        'answers.days > 1 and answers.days < 3 and answers.keeper == "head"',
        '"staff" in answers.users and "pupils" in answers.users',
        "answers.users | length > 1",
        "people.dsl and people.dsl.name == school.name",
        "people.dsl.name",
        "school.trust and answers.safe",
        "answers.place",
        "answers.place == school.name",
        'answers.place == "a" or answers.place == "b"',
    ],
)
def test_a_condition_that_is_open_is_no_error(text: str) -> None:
    made, problems = condition_of(text)
    assert made, problems.found


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('answers.keeper == "office" and answers.keeper == "head"', "write `or`"),
        ('answers.keeper != "office" or answers.keeper != "head"', "write `and`"),
        ('answers.keeper == "office" or "head"', "compare each by itself"),
        ('answers.keeper == ("office" or "head")', 'write `"office"` alone'),
        ('answers.keeper == "office" == "head"', "`office`, `head` or `nobody`"),
        ("answers.days > 3", "a number from 1 to 3"),
        ("answers.days in []", "a number from 1 to 3"),
        ("3 < answers.days < 2", "a number from 1 to 3"),
        ("answers.safe and not answers.safe", "take it out"),
        ("answers.safe and answers.safe", "take one of the two out"),
        ("school.name == school.name", "take it out"),
        ("school.name", "take it out"),
        ("people", "take it out"),
        ("true", "take it out"),
        ('school.trust ~ "x"', "take it out"),
    ],
)
def test_a_slip_is_told_with_what_to_type(text: str, says: str) -> None:
    made, problems = condition_of(text)
    assert made is None
    assert [problem.rule for problem in problems] == ["fixed-condition"]
    assert any(says in hint for problem in problems for hint in problem.hints)
    assert all(len(problem.message) < 110 for problem in problems)


# --- texts ------------------------------------------------------------------------------------------------------------


@st.composite
def texts(draw: st.DrawFn, depth: int = 2) -> str:
    """Words under conditions within conditions; each `W` becomes a word of its own."""
    parts = []
    for _ in range(draw(st.integers(1, 2))):
        kind = draw(st.sampled_from(["words", "if", "for", "chosen"] if depth else ["words"]))
        if kind == "words":
            parts.append(" W ")
        elif kind == "chosen":
            parts.append(f'{{{{ "W" if {draw(conditions)} else "W" }}}}')
        elif kind == "for":
            parts.append(f"{{% for one in answers.users %}}{draw(texts(depth - 1))}{{% endfor %}}")
        else:
            arms = [f"{{% if {draw(conditions)} %}}{draw(texts(depth - 1))}"]
            if draw(st.booleans()):
                arms.append(f"{{% elif {draw(conditions)} %}}{draw(texts(depth - 1))}")
            if draw(st.booleans()):
                arms.append(f"{{% else %}}{draw(texts(depth - 1))}")
            parts.append("".join([*arms, "{% endif %}"]))
    return " ".join(parts)


@settings(max_examples=120)
@given(texts())
def test_every_word_of_an_accepted_text_is_read_by_some_school(text: str) -> None:
    pieces = text.split("W")
    words = [f"w{index}w" for index in range(len(pieces) - 1)]
    numbered = "".join(itertools.chain(*itertools.zip_longest(pieces, words, fillvalue="")))
    problems = Problems()
    prepared = prepare(source(f"{numbered}\n", "section.md"), VOCABULARY, problems)
    if prepared is None:
        for problem in problems:
            assert (problem.rule, problem.place and problem.place.line) == ("fixed-condition", 1)
            assert problem.place
            at = problem.place.column - 1
            assert any(tag.start() <= at < tag.end() for tag in _TAG.finditer(numbered))
        return
    unread = {*words}
    for names in SCHOOLS:
        filled = fill(prepared, names, Problems())
        assert filled
        printed = {*filled.text.split(), *(value.text for value in _printed(filled))}
        unread -= printed
        if not unread:
            break
    assert not unread, numbered


def _printed(filled: Any) -> Iterator[Any]:
    for index, value in enumerate(filled.values):
        if f"\ue000{index}\ue001" in filled.text:
            yield value


# --- filters ----------------------------------------------------------------------------------------------------------

KINDS: dict[str, Shape] = {
    "school.name": "text",
    "people.dsl": "group",
    "answers.keeper": "option",
    "answers.days": "number",
    "answers.safe": "yes-no",
    "answers.users": ["option"],
}
WORKS_ON = {
    **dict.fromkeys(
        ("possessive", "with_article", "plural", "sentence_case", "lower_first"), ("school.name",)
    ),
    "in_words": ("answers.days",),
    "join_and": (),
    "join_or": (),
    "length": ("answers.users",),
    'agree("is", "are")': ("school.name", "answers.days", "answers.users"),
}
"""Which of the names each filter works on. The keys of options are no words, so they are never joined."""


@pytest.mark.parametrize("filtered", WORKS_ON)
def test_a_filter_works_on_what_it_is_for_and_on_nothing_else(filtered: str) -> None:
    """Where it prints, within a condition that no school meets, in `set`, in a comparison and in another filter."""
    assert {name.partition("(")[0] for name in WORKS_ON} == {*FILTERS}
    places = (
        "{{{{ {} }}}}",
        '{{% if answers.keeper == "nobody" %}}{{{{ {} }}}}{{% endif %}}',
        "{{% set x = {} %}}{{{{ x }}}}",
        "{{% if {} == answers.place %}}x{{% endif %}}",
        "{{{{ ({}) ~ school.name }}}}",
    )
    for name, place in itertools.product(KINDS, places):
        text = place.format(f"{name} | {filtered}")
        problems = Problems()
        prepare(source(f"Words.\n{text}\n", "section.md"), VOCABULARY, problems)
        told = [problem for problem in problems if problem.rule == "unprintable-name"]
        assert bool(told) is (name not in WORKS_ON[filtered]), text
        for problem in told:
            assert problem.place
            shown = problem.place.text[problem.place.column - 1 :]
            assert (problem.place.line, shown.startswith(name)) == (2, True), text
            assert problem.hints


def test_what_is_missing_has_no_length_and_is_like_nothing() -> None:
    """Neither is a list that is not there counted, nor are two names that are both missing the same."""
    shapes: dict[str, Shape] = {"a": {"one": ["text"], "other": "text", "third": "text"}}
    for text in ("{{ a.one | length }}", "{% if a.other == a.third %}x{% endif %}"):
        problems = Problems()
        prepared = prepare(source(f"{text}\n", "section.md"), Vocabulary(shapes), problems)
        assert prepared
        names = {"a": {"one": None, "other": None, "third": None}}
        assert fill(prepared, names, problems) is None
        assert [problem.rule for problem in problems] == ["missing-fact"]


# --- every door -------------------------------------------------------------------------------------------------------

NEVER = "answers.days_to_report > 9"
TEXT = "templates/tiny/sections/lost-keys.md"
TEMPLATE = "templates/tiny/template.yaml"


def _workspace(root: Path, door: str) -> tuple[Workspace, str]:
    """A workspace with a condition that never holds behind one door, and the file that has it."""
    base = Workspace(root)
    told = f"{{% if {NEVER} %}}\nNobody reads this.\n{{% endif %}}\n"
    match door:
        case "section" | "form" | "appendix":
            paths = {"section": TEXT, "form": "templates/tiny/forms/receipt.md"}
            path = paths.get(door, "templates/tiny/sections/app-doors.md")
            return base.with_files({path: f"{base.text(path)}\n{told}"}), path
        case "shared text":
            path = "templates/shared/words.md"
            text = f'{base.text(TEXT)}\n{{% include "words.md" %}}\n'
            return base.with_files({path: told, TEXT: text}), path
        case "branch that nobody takes":
            text = f'{base.text(TEXT)}\n{{% if school.type == "academy" %}}\n{told}{{% endif %}}\n'
            return base.with_files({TEXT: text}), TEXT
        case "condition of a section":
            old, new = "    adapt: free\n", f"    adapt: free\n    when: {NEVER}\n"
        case "condition of a form":
            old, new = "    roster: true\n", f"    roster: true\n    when: {NEVER}\n"
        case "condition of an appendix":
            old, new = "  - app-doors\n", f"  - name: app-doors\n    when: {NEVER}\n"
        case _:
            old, new = "    when: answers.key_safe\n", f"    when: {NEVER}\n"
    return base.with_change(TEMPLATE, old, new), TEMPLATE


DOORS = (
    "section",
    "form",
    "appendix",
    "shared text",
    "branch that nobody takes",
    "condition of a section",
    "condition of a form",
    "condition of an appendix",
    "condition of a question",
)


@pytest.mark.parametrize("door", DOORS)
def test_a_condition_that_never_holds_is_found_behind_every_door(door: str, tmp_path: Path) -> None:
    workspace, path = _workspace(tmp_path, door)
    lines = workspace.text(path).split("\n")
    row = next(index for index, line in enumerate(lines) if NEVER in line)
    result = workspace.run("check")
    assert result.code == 1
    said = result.stdout + result.stderr
    assert f"error: `{NEVER}` never holds  [fixed-condition]" in said
    assert f"--> {path}:{row + 1}:{lines[row].index(NEVER) + 1}" in said
    assert said.count("error: ") == 1


def test_a_condition_in_a_school_s_own_wording_is_looked_at_too(tmp_path: Path) -> None:
    base = Workspace(tmp_path)
    own = f"who-may-hold:\n    reason: Ours\n    add_after: |\n      Tell us. {{% if {NEVER} %}}Never.{{% endif %}}\n"
    result = base.with_change(ADOPTION, "who-may-hold: keep\n", own).run("check")
    assert "[fixed-condition]" in result.stdout + result.stderr


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("{{ answers.a == 'answers.b' and not answers . c }}", ["answers.a", "answers.c"]),
        (
            "{% for one in people.all %}{{ one.name | in_words }}{% endfor %}",
            ["one", "people.all", "one.name"],
        ),
        (
            '{{ "school.name" if school.phase in ["x"] else told }} answers.d',
            ["school.phase", "told"],
        ),
        ("<!-- {{ answers.e }} --> {{ answers.f", []),
    ],
)
def test_a_name_in_quotes_in_words_or_in_a_comment_is_none(text: str, names: list[str]) -> None:
    assert [*names_in(text)] == names
