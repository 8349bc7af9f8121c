"""JSON Schema for editors, made from the models that read the files; and the law library, which is read by one, too."""

import datetime
from typing import Any, get_args

import pytest

from policygen.model.law import read_law
from policygen.project.check import Kind, schema

KINDS: tuple[Kind, ...] = get_args(Kind)


def groups(part: Any) -> list[dict[str, Any]]:
    """Every schema within a schema that says which keys a group has."""
    if isinstance(part, list):
        return [group for each in part for group in groups(each)]
    if not isinstance(part, dict):
        return []
    inner = [group for each in part.values() for group in groups(each)]
    return (
        [part, *inner]
        if isinstance(part.get("properties"), dict) and part.get("type") == "object"
        else inner
    )


@pytest.mark.parametrize("kind", KINDS)
def test_unknown_keys_are_refused_everywhere(kind: Kind) -> None:
    """As they are when the file is read. Each key has its title."""
    made = schema(kind)
    assert made["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    found = groups(made)
    assert found
    for group in found:
        assert group["additionalProperties"] is False
        assert group["title"]
        assert group["description"]
        for key, part in group["properties"].items():
            assert part["title"] == key.replace("_", " ").capitalize()


@pytest.mark.parametrize("kind", KINDS)
def test_no_key_may_hold_nothing(kind: Kind) -> None:
    """A key that is not wanted is left out."""
    assert "'null'" not in str(schema(kind))


def test_keys_of_an_adoption() -> None:
    """Versions are text, months have bounds, and fields keep their docstrings."""
    made = schema("adoption")
    assert made["required"] == ["edition", "version", "author", "reason"]
    assert made["properties"]["version"] == {
        "title": "Version",
        "description": "The version that is being prepared.",
        "type": "string",
        "pattern": r"^[0-9]{1,9}(?:\.[0-9]{1,9}){0,5}$",
        "examples": ["1.0"],
    }
    assert made["$defs"]["Review"]["properties"]["months"] == {
        "title": "Months",
        "type": "integer",
        "minimum": 1,
        "maximum": 60,
        "examples": [12],
    }
    assert made["$defs"]["ClauseDecision"]["properties"]["omit"] == {
        "title": "Omit",
        "description": "yes to leave the clause out.",
        "enum": ["yes", "no", True, False],
    }
    decision = {"oneOf": [{"const": "keep", "type": "string"}, {"$ref": "#/$defs/ClauseDecision"}]}
    assert list(made["properties"]["clauses"]["patternProperties"].values()) == [decision]
    assert made["$defs"]["HistoryRow"]["properties"]["date"]["pattern"] == r"^\d{4}-\d{2}(-\d{2})?$"


def test_keys_of_a_template() -> None:
    """Short forms are allowed, and each kind of question has keys of its own, by the names that people write."""
    made = schema("template")
    either = {"anyOf": [{"type": "string"}, {"$ref": "#/$defs/SectionEntry"}]}
    assert made["properties"]["sections"]["items"] == either
    word, use, question = next(iter(made["properties"]["questions"]["patternProperties"].values()))[
        "anyOf"
    ]
    assert word["const"] == "shared"
    assert use["$ref"].endswith("/SharedUse")
    assert [each["$ref"].rpartition("/")[2] for each in question["oneOf"]] == [
        "ChoiceQuestion",
        "ChoicesQuestion",
        "YesNoQuestion",
        "TextQuestion",
        "ListQuestion",
        "WholeNumberQuestion",
        "DateQuestion",
    ]
    assert list(made["$defs"]["WholeNumberQuestion"]["properties"]) == [
        "ask",
        "guidance",
        "clauses",
        "when",
        "shared",
        "own",
        "topic",
        "kind",
        "from",
        "to",
        "suggested",
    ]
    assert made["$defs"]["TextQuestion"]["properties"]["guidance"]["description"] == (
        "Shown to the school when it answers, never printed in a document."
    )


def test_keys_of_a_school() -> None:
    """A person's key leads to the keys of a person."""
    made = schema("school")
    assert made["$defs"]["People"]["properties"]["dsl"] == {
        "$ref": "#/$defs/Person",
        "title": "Dsl",
        "description": "Designated safeguarding lead",
        "examples": [{"name": "Leila Haddad", "public": True}],
    }
    assert made["$defs"]["Person"]["properties"]["public"]["enum"] == ["yes", "no", True, False]
    assert made["required"] == ["name", "type", "phase", "employer", "roles"]


def test_the_law_library() -> None:
    """It has citations by id, and knows when it is out of date."""
    law = read_law()
    assert law.names()["dpa_2018"] == "Data Protection Act 2018"
    assert all(name.isidentifier() and cite for name, cite in law.names().items())
    assert not law.outdated(law.review_due)
    assert law.outdated(law.review_due + datetime.timedelta(days=1))
    assert read_law() is law
