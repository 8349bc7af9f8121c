"""`policygen clauses`: a list of what a policy is made of."""

from __future__ import annotations

import csv
import datetime
import io
import json
from pathlib import Path
from typing import Any

import pytest

from policygen.language.document import Clause, walk
from policygen.project.check import Selection, check
from tests.support.workspace import ADOPTION, AS_OF, Workspace, run_in

DAY = datetime.date.fromisoformat(AS_OF)
EXAMPLES = Path(__file__).parents[1]
OWN = """clauses:
  who-may-hold: keep
  report-loss:
    replace: |
      The bell is rung.
    reason: Agreed here
  count:
    omit: true
    reason: Nobody counts
  key-safe:
    add_after: |
      It is locked.
    reason: After the summer
"""


def rows(root: Path, policy: str = "oak/tiny") -> list[dict[str, Any]]:
    result = run_in(root, "clauses", policy, "--format", "json")
    assert result.code == 0, result.stderr
    found: list[dict[str, Any]] = json.loads(result.stdout)
    return found


@pytest.fixture
def root(tmp_path: Path) -> Path:
    template = "templates/tiny/sections/holding-keys.md"
    workspace = Workspace(tmp_path).with_change(ADOPTION, "clauses:\n  who-may-hold: keep\n", OWN)
    return workspace.with_change(template, "{#key-safe}", "{#key-safe adapt=free}").write()


def test_each_says_what_was_done_and_why(root: Path) -> None:
    done = {row["id"]: (row["done"], row["reason"]) for row in rows(root)}
    assert done["who-keeps"] == ("", "")
    assert done["who-may-hold"] == ("kept", "")
    assert done["report-loss"] == ("replaced", "Agreed here")
    assert done["key-safe.after"] == ("added", "After the summer")
    assert done["count"] == ("left out", "Nobody counts")


def test_whose_wording_it_is(root: Path) -> None:
    schools = {row["id"] for row in rows(root) if row["by"] == "Oak Lane School"}
    assert schools == {"report-loss", "key-safe.after", "count"}


def test_what_is_left_out_is_shown_with_its_words(root: Path) -> None:
    (row,) = (row for row in rows(root) if row["id"] == "count")
    assert row["number"] == ""
    assert "Keys are counted each term" in row["words"]


@pytest.mark.parametrize(
    "policy", ["elm-grove/staff-acceptable-use", "beacon-heights/computing-facilities"]
)
def test_every_clause_of_a_document_is_listed_once(policy: str) -> None:
    """In the order in which they print, with the number that prints."""
    school_id, _, policy_id = policy.partition("/")
    (composed,) = check(EXAMPLES, (Selection(school_id, policy_id),), DAY).policies
    document = composed.document
    printed = [
        (node.id, node.number)
        for part in (*document.sections, *document.forms, *document.appendices)
        for node in walk(part.blocks)
        if isinstance(node, Clause) and node.id
    ]
    listed = [
        (row["id"], row["number"]) for row in rows(EXAMPLES, policy) if row["done"] != "left out"
    ]
    assert listed == printed
    assert len(listed) > 30


def test_a_list_for_a_spreadsheet_has_all_that_json_has(root: Path) -> None:
    said = run_in(root, "clauses", "oak/tiny", "--format", "csv").stdout
    assert [*csv.DictReader(io.StringIO(said.removeprefix("\ufeff")))] == rows(root)


def test_people_read_a_table(root: Path) -> None:
    said = run_in(root, "clauses", "oak/tiny").stdout
    assert "Keys to the school, Oak Lane School, version 2.0" in said
    assert "replaced: Agreed here" in said
    assert said.index("1 Holding keys") < said.index("2 Lost keys") < said.index("Left out")


def test_a_policy_with_errors_says_them(tmp_path: Path) -> None:
    root = Workspace(tmp_path).with_change(ADOPTION, "  keeper: office\n", "").write()
    result = run_in(root, "clauses", "oak/tiny")
    assert result.code == 1
    assert "unanswered-question" in result.stderr
