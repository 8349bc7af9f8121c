"""A value can never change the structure of a document: whatever is in it prints literally."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policygen.html.sheets import Stamp, policy_html
from policygen.language.document import Value, walk
from tests.support.example import adoption_of, document, edition, facts_of, masked, school

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policygen.language.document import Document

NASTY = "*x* # y | <b> {{ 7*7 }} {% raw %}\n1. z"
STAMP = Stamp("draft", "0000-0000")
# What decides by its value, or has a form of its own, is no free text.
_DECIDING = {"type", "phase", "employer", "logo", "colour", "email", "phone", "website"}


def _texts(data: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The path of every free text in plain data."""
    if isinstance(data, dict):
        for key, value in data.items():
            if key not in _DECIDING:
                yield from _texts(value, (*path, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _texts(value, (*path, index))
    elif isinstance(data, str):
        yield path


def _with(data: Any, path: tuple[str | int, ...], text: str) -> Any:
    if not path:
        return text
    first, *rest = path
    if isinstance(data, dict):
        return {
            key: _with(value, tuple(rest), text) if key == first else value
            for key, value in data.items()
        }
    return [
        _with(value, tuple(rest), text) if index == first else value
        for index, value in enumerate(data)
    ]


FACTS = facts_of("st-brigids")
FACT_PATHS = [path for path in _texts(FACTS) if path[0] != "branding"]
ADOPTION = adoption_of("st-brigids")
QUESTIONS = edition().edition.file.value.questions
ANSWERS = [
    name for name, answer in ADOPTION["answers"].items() if QUESTIONS[name].kind in ("text", "list")
]

special = st.text(alphabet="*#|<>{}%&[]()_`~:!\"'\\-+=.1^ \nab£ŵ’", min_size=1).filter(
    lambda text: text.strip() and "\n\n" not in text
)


def _same_but_for_values(changed: Document, original: Document) -> bool:
    one, other = masked(changed), masked(original)
    return (one.sections, one.forms, one.appendices) == (
        other.sections,
        other.forms,
        other.appendices,
    )


@pytest.fixture(scope="module")
def original() -> Document:
    return document("st-brigids")


@settings(max_examples=25)
@given(path=st.sampled_from(FACT_PATHS), text=special)
def test_a_fact_changes_only_its_own_words(
    original: Document, path: tuple[str | int, ...], text: str
) -> None:
    """Any text in any fact gives the same tree, numbers, references and ids, but for that value's words."""
    assert _same_but_for_values(document("st-brigids", _with(FACTS, path, text)), original)


def _name(path: tuple[str | int, ...]) -> str:
    """The name under which a text prints what stands at a path of the facts."""
    name = ".".join(part for part in path if isinstance(part, str))
    own = path[0] in ("roles", "people", "partnership", "providers", "policies", "terms")
    return name if own else f"school.{name}"


def _nasty(path: tuple[str | int, ...]) -> str:
    return f"{NASTY} {FACT_PATHS.index(path)}"


POLICIES = sorted(school("st-brigids").policies)


@pytest.fixture(scope="module")
def nasty() -> dict[str, Document]:
    """The school's policies with the worst value we know in every fact, and in each another one."""
    facts = FACTS
    for path in FACT_PATHS:
        facts = _with(facts, path, _nasty(path))
    return {policy: document("st-brigids", facts, policy=policy) for policy in POLICIES}


def test_the_worst_facts_move_nothing(nasty: dict[str, Document], original: Document) -> None:
    assert _same_but_for_values(nasty[original.policy_id], original)


NOT_PRINTED = {
    "school.short_name",
    "school.employer_name",
    "school.address",
    "people.deputy_dsls.name",
    "people.it_support.name",
}
"""Facts that no policy of this school prints among its words."""


@pytest.mark.parametrize("path", FACT_PATHS, ids=lambda path: ".".join(map(str, path)))
def test_every_fact_prints_literally(
    nasty: dict[str, Document], path: tuple[str | int, ...]
) -> None:
    """The worst value prints as it is, and under its name no other fact's."""
    printed = [
        node.text
        for policy in nasty.values()
        for node in walk(policy.parts)
        if isinstance(node, Value) and node.name == _name(path)
    ]
    assert bool(printed) == (_name(path) not in NOT_PRINTED)
    assert {*printed} <= {_nasty(other) for other in FACT_PATHS if _name(other) == _name(path)}


@pytest.mark.parametrize("name", ANSWERS)
def test_every_written_answer_prints_literally(original: Document, name: str) -> None:
    """The same for answers that a school writes in its own words."""
    answer = ADOPTION["answers"][name]
    changed = {
        **ADOPTION["answers"],
        name: [NASTY, *answer[1:]] if isinstance(answer, list) else NASTY,
    }
    made = document("st-brigids", adoption={**ADOPTION, "answers": changed})
    assert _same_but_for_values(made, original)
    values = [
        node.text
        for node in walk(made.parts)
        if isinstance(node, Value) and f"answers.{name}" in node.name
    ]
    assert any(NASTY in text for text in values)


def test_a_value_prints_literally_in_html(original: Document) -> None:
    """In the page, the value stands escaped, and the page is otherwise the same, character by character."""
    logo = {original.branding.logo: school("st-brigids").logo or b""}
    plain = document("st-brigids", _with(FACTS, ("roles", "it_support"), "QQQQ"))
    nasty = document("st-brigids", _with(FACTS, ("roles", "it_support"), NASTY))
    for medium in ("screen", "print"):
        expected = policy_html(plain, STAMP, medium=medium, images=logo)  # type: ignore[arg-type]
        page = policy_html(nasty, STAMP, medium=medium, images=logo)  # type: ignore[arg-type]
        assert expected.count("QQQQ") > 3
        assert page == expected.replace("QQQQ", "*x* # y | &lt;b&gt; {{ 7*7 }} {% raw %}<br>1. z")
