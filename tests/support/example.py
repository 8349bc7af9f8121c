"""The example workspace, read and composed in a test's own way: with other facts or other answers."""

from __future__ import annotations

import datetime
import json
from dataclasses import replace
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from policygen.compose.compose import compose
from policygen.compose.prepare import PreparedEdition, prepare_edition
from policygen.disk.editions import read_edition
from policygen.disk.reading import read_school
from policygen.ground.diagnostics import Problems
from policygen.language.document import Document, rebuild
from policygen.model.adoption import AdoptionFile
from policygen.model.answers import shared_questions, with_shared_answers
from policygen.model.law import read_law
from policygen.model.school import School

if TYPE_CHECKING:
    from policygen.ground.diagnostics import Diagnostic
    from policygen.model.workspace import SchoolFiles

ROOT = Path(__file__).parents[2]
AS_OF = datetime.date(2026, 11, 20)
POLICY = "staff-acceptable-use"
SCHOOLS = ("elm-grove", "st-brigids", "thornwick-academy")
"""Some of those that adopt it: a school of a local authority, one that employs its own staff, and an academy."""


@cache
def edition(policy: str = POLICY) -> PreparedEdition:
    problems = Problems()
    read = read_edition(ROOT, policy, "", None, problems)
    assert read is not None, problems.found
    prepared = prepare_edition(read, read_law(), problems)
    assert prepared is not None, problems.found
    return prepared


@cache
def adopters(policy: str) -> list[str]:
    """The schools that adopt a policy, in alphabetical order."""
    return sorted(
        path.parent.parent.name for path in (ROOT / "schools").glob(f"*/policies/{policy}.yaml")
    )


@cache
def school(name: str) -> SchoolFiles:
    problems = Problems()
    read = read_school(ROOT, name, lambda _: True, problems)
    assert read is not None, problems.found
    assert not problems.found
    return read


def facts_of(name: str) -> dict[str, Any]:
    """A school's facts as plain data, to change and hand to `composed`."""
    return school(name).file.value.model_dump(mode="json", by_alias=True, exclude_none=True)


ASKED_SINCE = {
    "larkspur-gardens": {"mailbox_access": "named-person", "monitoring_assessed": "2026-10-19"}
}
"""What a school on an earlier edition would answer to what the edition in preparation asks besides."""


def adoption_of(name: str, policy: str = POLICY) -> dict[str, Any]:
    """A school's adoption as plain data, to change and hand to `composed`; with its answers for all policies."""
    read = school(name)
    template = edition(policy).edition.file.value
    whole = with_shared_answers(template, read.policies[policy], read)
    written = whole.value.model_dump(mode="json", by_alias=True, exclude_none=True)
    for key in shared_questions(template):
        if key in ASKED_SINCE.get(name, {}):
            written["answers"].setdefault(key, ASKED_SINCE[name][key])
    for decision in written["clauses"].values():
        if isinstance(decision, dict) and not decision.get("omit"):
            decision.pop("omit", None)
    return written


def composed(
    name: str,
    facts: dict[str, Any] | None = None,
    adoption: dict[str, Any] | None = None,
    policy: str = POLICY,
) -> tuple[Document | None, Problems]:
    """Compose the example policy for a school, with other facts or another adoption."""
    made, found = _composed(name, json.dumps(facts), json.dumps(adoption), policy)
    return made, Problems([*found])


@lru_cache(maxsize=64)
def _composed(
    name: str, facts: str, adoption: str, policy: str
) -> tuple[Document | None, tuple[Diagnostic, ...]]:
    """The same for data as text. Documents are frozen, so tests that ask for the same one share it."""
    read = school(name)
    own = read.policies[policy]
    if changed_facts := json.loads(facts):
        read = replace(read, file=replace(read.file, value=School.model_validate(changed_facts)))
    changed = json.loads(adoption) or adoption_of(name, policy)
    own = replace(own, value=AdoptionFile.model_validate(changed))
    read = replace(read, answers=None)  # they stand in the adoption now
    problems = Problems()
    made = compose(edition(policy), read, own, read_law(), problems)
    return made, tuple(problems)


def document(
    name: str,
    facts: dict[str, Any] | None = None,
    adoption: dict[str, Any] | None = None,
    policy: str = POLICY,
) -> Document:
    """As `composed`, for what must succeed."""
    made, problems = composed(name, facts, adoption, policy)
    assert made is not None, [f"{each.place} {each.message}" for each in problems]
    return made


def masked(tree: Document) -> Document:
    """The document with every value's text taken out: what no value may change."""

    def change(node: Any) -> Any:
        return replace(node, text="") if type(node).__name__ == "Value" else node

    return rebuild(tree, change)
