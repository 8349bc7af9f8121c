"""The content digest changes with everything a board decides, and with nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from policygen.compose.digest import content_code, content_digest
from policygen.language.document import Text, Value, rebuild
from tests.support.example import adoption_of, document, facts_of, school

if TYPE_CHECKING:
    from policygen.language.document import Document

NAME = "st-brigids"


def digest(policy: Document) -> str:
    return content_digest(policy, {policy.branding.logo: school(NAME).logo or b""})


@pytest.fixture(scope="module")
def original() -> str:
    return digest(document(NAME))


def test_details_leave_the_digest_alone(original: str) -> None:
    """A new name, telephone number or provider needs no new approval."""
    facts = facts_of(NAME)
    facts["people"]["dsl"]["name"] = "Somebody Else"
    facts["providers"]["filtering"] = "Another filter"
    changed = document(NAME, facts)
    assert "Somebody Else" in str(changed.parts)
    assert digest(changed) == original


def test_a_role_title_is_material(original: str) -> None:
    """Who is responsible is for the board to decide."""
    facts = facts_of(NAME)
    facts["roles"]["it_support"] = "network manager"
    assert digest(document(NAME, facts)) != original


def test_an_answer_is_material(original: str) -> None:
    adoption = adoption_of(NAME)
    adoption["answers"]["monitoring_retention_months"] += 1
    assert digest(document(NAME, adoption=adoption)) != original


def test_local_wording_is_material(original: str) -> None:
    adoption = adoption_of(NAME)
    adoption["clauses"]["harmful-material"]["replace"] += "\n\nOne more sentence.\n"
    assert digest(document(NAME, adoption=adoption)) != original


def test_version_history_and_looks_are_not_content(original: str) -> None:
    """Dates of approval, version numbers and branding take no part."""
    facts, adoption = facts_of(NAME), adoption_of(NAME)
    facts["branding"]["colour"] = "#000000"
    facts["branding"]["strapline"] = "Other words"
    adoption["version"] = "9.9"
    adoption["history"] = []
    assert digest(document(NAME, facts, adoption)) == original


def test_who_wrote_the_words_is_not_content(original: str) -> None:
    """The same words, typed or filled in, are the same content."""
    typed = rebuild(
        document(NAME),
        lambda node: (
            Text(node.text) if isinstance(node, Value) and node.kind == "material" else node
        ),
    )
    assert digest(typed) == original


def test_every_part_counts(original: str) -> None:
    """A form or appendix less is other content."""
    policy = document(NAME)
    assert digest(replace(policy, appendices=policy.appendices[:1])) != original
    assert digest(replace(policy, forms=policy.forms[:1])) != original
    assert digest(replace(policy, sections=policy.sections[::-1])) != original


def test_code_is_the_start_of_the_digest() -> None:
    assert content_code("7f3a91c2" + "0" * 56) == "7f3a-91c2"
