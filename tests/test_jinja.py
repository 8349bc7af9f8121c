"""Whatever Jinja puts together prints by the one printing, and what does not go together is refused in every branch."""

from __future__ import annotations

import datetime
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policygen.ground.dates import long_date
from policygen.ground.diagnostics import Place, Problems
from policygen.language import kinds, marks
from policygen.language.document import Value
from policygen.language.printing import printed
from policygen.language.source import source
from policygen.language.templating import fill, holds, prepare, prepare_condition
from policygen.language.vocabulary import VALUE_MARK, Filled, Shape, Vocabulary

SHAPES: dict[str, dict[str, Shape]] = {
    "school": {"name": "text", "trust": "text"},
    "people": {"dsl": {"name": "text", "public": "yes-no"}, "deputies": [{"name": "text"}]},
    "providers": {"ai": ["text"], "mis": "text"},
    "answers": {
        "keeper": "option",
        "safe": "yes-no",
        "days": "number",
        "hours": "number",
        "since": "date",
        "doors": ["text"],
        "users": ["option"],
    },
    "wording": {"keeper": "text"},
}
VOCABULARY = Vocabulary(
    {**SHAPES},
    {"answers.keeper": ("office", "caretaker")},
    details=frozenset({"providers.mis"}),
)
NAMES: dict[str, Any] = {
    "school": {"name": "All Saints", "trust": None},
    "people": {"dsl": None, "deputies": [{"name": "Jo Lee"}]},
    "providers": {"ai": None, "mis": "Ledger"},
    "answers": {
        "keeper": "office",
        "safe": False,
        "days": 2,
        "hours": None,
        "since": datetime.date(2026, 9, 1),
        "doors": ["the gate", "the hall"],
        "users": ["office"],
    },
    "wording": {"keeper": "the office"},
}


def paths(shape: Shape, name: str) -> list[tuple[str, Shape]]:
    """A name and all that stand in it, each with what it holds."""
    inner = shape.items() if isinstance(shape, dict) else ()
    return [(name, shape), *(each for key, held in inner for each in paths(held, f"{name}.{key}"))]


ALL = [each for root, shape in SHAPES.items() for each in paths(shape, root)]
LITERALS: list[tuple[str, Shape]] = [
    ('"office"', "text"),
    ('"2"', "text"),
    ("2", "number"),
    ('["office", "x"]', ["text"]),
]


def value_of(name: str) -> Any:
    """What a name holds for the school."""
    held: Any = NAMES
    for part in name.split("."):
        held = held and held[part]
    return held


def filled(text: str) -> tuple[Filled | None, Problems]:
    problems = Problems()
    prepared = prepare(source(text, "section.md"), VOCABULARY, problems)
    return (fill(prepared, NAMES, problems) if prepared else None), problems


def as_printed(text: Filled) -> str:
    """The first line as a reader sees it."""
    line = text.text.split("\n")[0]
    return VALUE_MARK.sub(lambda mark: text.values[int(mark[1])].text, line)


# --- printing ---------------------------------------------------------------------------------------------------------

names = st.sampled_from([name for name, _ in ALL])
words = st.sampled_from(["", " or ", "[TBC]", "*x*", "a’s"])


@st.composite
def expressions(draw: st.DrawFn, depth: int = 3) -> tuple[str, Any]:
    """An expression and what it is worth, worked out here by other means; an exception where it cannot print."""
    kind = draw(st.sampled_from(["name", "words", "number"] if not depth else _FORMS))
    if kind == "name":
        name = draw(names)
        return name, value_of(name)
    if kind == "words":
        text = draw(words)
        return f'"{text}"', text
    if kind == "number":
        number = draw(st.integers(0, 30))
        return str(number), number
    one, worth = draw(expressions(depth=depth - 1))
    other, alternative = draw(expressions(depth=depth - 1))
    if kind == "or":
        return f"({one} or {other})", worth or alternative
    if kind == "and":
        return f"({one} and {other})", worth and alternative
    if kind == "if":
        test = draw(names)
        chosen = worth if value_of(test) else alternative
        return f"({one} if {test} else {other})", chosen
    return f"({one} ~ {other})", (worth, alternative)


_FORMS = ["name", "words", "number", "or", "and", "if", "join"]


def expected(worth: Any) -> str | None:
    """What the printing says of a value; None where something in it cannot print."""
    if isinstance(worth, tuple):
        parts = [expected(part) for part in worth]
        return None if None in parts else "".join(map(str, parts))
    if isinstance(worth, str):
        return worth
    return printed(worth)


@settings(max_examples=400)
@given(expressions())
def test_what_an_expression_puts_together_prints_as_each_part_would(made: tuple[str, Any]) -> None:
    """Either the page says what the printing says of each part, or there is an error; nothing else reaches it."""
    text, worth = made
    result, problems = filled(f"{{{{ {text} }}}}\n")
    if result is None:
        assert problems.errors
        return
    assert as_printed(result) == expected(worth)
    for never in ("None", "True", "False", "2026-09-01", "['", "{'"):
        assert never not in as_printed(result)


@settings(max_examples=200)
@given(expressions(), expressions())
def test_a_name_that_set_gives_prints_as_what_it_stands_for(
    one: tuple[str, Any], other: tuple[str, Any]
) -> None:
    """The same values, names, layers and classes, also where a branch gives the name anew."""
    inline, _ = filled(f"{{{{ {other[0]} if answers.safe else {one[0]} }}}}\n")
    text = (
        f"{{% set x = {one[0]} %}}{{% if answers.safe %}}{{% set x = {other[0]} %}}{{% endif %}}"
        "{{ x }}\n"
    )
    given_name, _ = filled(text)
    assert (inline is None) == (given_name is None)
    if inline and given_name:
        assert as_printed(given_name) == as_printed(inline)
        assert given_name.values == inline.values


def test_each_part_of_a_joined_text_keeps_its_name_layer_and_class() -> None:
    result, _ = filled('{{ school.name ~ ", " ~ providers.mis ~ " " ~ answers.since }}\n')
    assert result
    assert result.values[3:] == (
        Value("All Saints", "school.name", "school", "material"),
        Value("Ledger", "providers.mis", "school", "details"),
        Value(long_date(datetime.date(2026, 9, 1)), "answers.since", "policy", "material"),
    )
    assert [value.text for value in result.values[1:3]] == [", ", " "]
    assert all(value.typed for value in result.values[1:3])


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ('("hall " ~ school.name) | sentence_case', "Hall All Saints"),
        ('("the " ~ school.name) | possessive', "the All Saints’"),
        ('(school.trust or "a school") | sentence_case', "A school"),
        ('("pupil" if answers.safe else "governor") | plural', "governors"),
        ('"school office" | with_article', "a school office"),
        ('"F1 form" | with_article', "an F1 form"),
        ('"office" | with_article', "an office"),
        ('"" if answers.days else "none"', ""),
    ],
)
def test_a_filter_changes_the_part_that_it_is_about(expression: str, text: str) -> None:
    """Words in quotes stay words of the text, whatever changes them."""
    result, problems = filled(f"{{{{ {expression} }}}}\n")
    assert result, problems.found
    assert as_printed(result) == text


# --- comparing --------------------------------------------------------------------------------------------------------

COMPARABLE = [*ALL, *LITERALS]
OPERATORS = ("==", "!=", "<", "<=", ">", ">=", "in", "not in")


def go_together(left: Shape, operator: str, right: Shape) -> bool:
    """Whether a comparison has a meaning, said in another way than the program says it."""
    keys = "option" in (left, right)
    left, right = ("text" if each == "option" else each for each in (left, right))
    if operator in ("in", "not in"):
        items = (
            ["text" if each == "option" else each for each in right]
            if isinstance(right, list)
            else []
        )
        return left in items or (left == right == "text" and not keys)
    single = isinstance(left, str) and left == right
    return single and (operator in ("==", "!=") or left in ("number", "date"))


@pytest.mark.parametrize("operator", OPERATORS)
def test_a_comparison_of_two_kinds_is_an_error_in_every_branch(operator: str) -> None:
    """Of any two names or literals, in `{% if %}` where no school comes and in `when:`, at its place."""
    pairs = [
        (f"{left} {operator} {right}", go_together(one, operator, other))
        for (left, one), (right, other) in product(COMPARABLE, COMPARABLE)
        if not (left in dict(LITERALS) and right in dict(LITERALS))
    ]
    # One section with a comparison in each line, so that the line tells which of them was refused.
    lines = [f"{{% if {test} %}}x{{% endif %}}" for test, _ in pairs]
    problems = Problems()
    text = "\n".join(["{% if answers.safe %}", *lines, "{% endif %}", ""])
    prepare(source(text, "section.md"), VOCABULARY, problems)
    refused: dict[int, set[str]] = {}
    for problem in problems:
        assert problem.place
        refused.setdefault(problem.place.line, set()).add(problem.rule)
    assert refused.keys() <= {*range(2, len(pairs) + 2)}
    compared = 0
    for line, (test, allowed) in enumerate(pairs, 2):
        alone = Problems()
        condition = prepare_condition(test, VOCABULARY, Place("template.yaml", 7, 5), alone)
        rules = refused.get(line, set())
        assert rules == {problem.rule for problem in alone}, test
        if allowed:
            assert "wrong-comparison" not in rules, test
        else:
            assert rules, test
        if condition:
            compared += 1
            assert holds(condition, NAMES) in (True, False)
    assert compared


@pytest.mark.parametrize(
    "text",
    [
        "0 %}no{% endif %}{% if 1",
        "{{ answers.safe }}",
        "<!-- x --> answers.safe",
        "answers.safe %}",
    ],
)
def test_a_condition_holds_no_marks(text: str) -> None:
    problems = Problems()
    assert prepare_condition(text, VOCABULARY, Place("template.yaml", 7, 5), problems) is None
    assert [problem.rule for problem in problems] == ["jinja-syntax"]


def test_a_condition_about_what_is_missing_does_not_hold() -> None:
    for text in (
        "answers.hours > 1",
        "answers.hours < 1",
        '"x" in providers.ai',
        "people.dsl.name",
    ):
        condition = prepare_condition(text, VOCABULARY, Place("template.yaml"), Problems())
        assert condition
        assert not holds(condition, NAMES)


# --- what the language does not have ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "rule", "says"),
    [
        ("{% raw %}{{ x }}{% endraw %}", "jinja-statement", "`raw`"),
        ("{# a remark #}", "jinja-statement", "comment of Jinja"),
        ("{% set x %}words{% endset %}", "jinja-statement", "a `set` with an `endset`"),
        ("{{ none }}", "jinja-statement", "`none`"),
        ("{{ 1.5 }}", "jinja-statement", "number"),
        ("{{ 'a\\ue000b' }}", "bad-character", "character"),
        ("{{ 'a' if answers.safe }}", "jinja-statement", "an `if` without `else`"),
        ("{% autoescape false %}x{% endautoescape %}", "jinja-statement", "is not part"),
        ("{{ " + "9" * 5000 + " }}", "jinja-syntax", "number"),
        ("{{ " + "(" * 2000 + "1" + ")" * 2000 + " }}", "jinja-syntax", "deep"),
        (
            "{% for x in answers.doors %}\n- {{ x }} {#door}\n{% endfor %}",
            "duplicate-id",
            "each item",
        ),
    ],
)
def test_what_is_refused_says_what_it_is(text: str, rule: str, says: str) -> None:
    result, problems = filled(f"{text}\n")
    assert result is None
    assert rule in [problem.rule for problem in problems]
    assert any(says in problem.message for problem in problems)


def test_doubling_is_refused_before_it_takes_memory() -> None:
    """Forty lines that double a text, and loops within loops, end at a bound."""
    doubling = "{% set a = school.name %}\n" + "{% set a = a ~ a %}\n" * 40 + "{{ a }}\n"
    assert [problem.rule for problem in filled(doubling)[1]][:1] == ["jinja-statement"]
    loops = "{% for x in answers.doors %}" * 14 + "x" + "{% endfor %}" * 14 + "\n"
    assert [problem.rule for problem in filled(loops)[1]] == ["jinja-statement"]


@pytest.mark.parametrize("statement", ["if answers.safe", "for x in answers.doors"])
def test_statements_within_statements_end_at_a_bound(statement: str) -> None:
    end = f"{{% end{statement.partition(' ')[0]} %}}"
    for depth in (30, 300):
        text = f"{{% {statement} %}}" * depth + "x" + end * depth + "\n"
        assert {problem.rule for problem in filled(text)[1]} <= {"jinja-syntax", "jinja-statement"}


# --- marks ------------------------------------------------------------------------------------------------------------

pieces = st.lists(
    st.sampled_from(
        [
            "{{ school.name }}",
            "{{",
            "}}",
            "{%",
            "%}",
            "{% if answers.safe %}",
            "{%- endif -%}",
            "{% set x = 'a\nb' %}",
            '"',
            "'",
            "<!--",
            "-->",
            "<!-- c\n d -->",
            "{#id}",
            "{# x #}",
            "{% raw %}",
            "{% endraw %}",
            " ",
            "\n",
            "\r\n",
            "\t",
            "words",
            "(",
            "]",
            "}",
            "“",
            "\\",
        ]
    ),
    max_size=25,
).map("".join)


@settings(max_examples=400)
@given(pieces)
def test_the_pieces_of_a_text_joined_are_the_text(text: str) -> None:
    """Nothing is lost, whatever is broken; a mask is as long as its text, and its words are those of the text."""
    found = marks.pieces(text)
    assert "".join(piece.text for piece in found) == text
    assert [piece.start for piece in found] == [
        sum(len(piece.text) for piece in found[:index]) for index in range(len(found))
    ]
    for piece in found:
        for token in piece.tokens:
            assert text.startswith(token.text, token.start)
            assert piece.start <= token.start < piece.end
    mask = marks.masked(text)
    assert len(mask) == len(text)
    assert all(
        sign == letter or sign in marks.MARK for sign, letter in zip(mask, text, strict=True)
    )
    assert [len(line) for line in marks.masked_lines(text)] == [
        len(line) for line in text.split("\n")
    ]


def test_every_shape_has_words() -> None:
    for _, shape in COMPARABLE:
        assert kinds.in_words(shape)
