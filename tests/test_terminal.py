"""Whatever a file is called and whatever somebody types: nothing of it acts on a terminal, or passes for a line of ours."""

from __future__ import annotations

import json

import pytest

from policygen.ground.letters import harmless_json
from tests.hostile.running import ACTS
from tests.support.standing import Standing, standing
from tests.support.workspace import Result, Workspace

ODD = "ev\x1b[2J\u202e\rerror\u2028\x9b2K\u061c\nerror: forged\nil"
NAMES = (
    "schools/oak/policies/{}.yaml",
    "templates/tiny/sections/{}.md",
    "templates/tiny/images/{}.svg",
    "templates/tiny/forms/{}.md",
    "templates/shared/{}.md",
    "schools/oak/{}.yaml",
    "schools/oak/register/{}/register.json",
    "schools/oak/register/tiny/{}.txt",
    "output/site/oak/policies/{}.html",
)
COMMANDS = (
    "check", "check --format json", "check --format sarif", "build --workers 1", "verify", "verify --format json",
    "status", "fleet --as-of 2026-11-20", "site", "check --fix",
)  # fmt: skip
TYPED = (
    "check", "build", "status", "verify", "pack", "upgrade", "import", "clauses", "schema", "new school", "adopt oak", "check --format",
    "fleet --clause", "verify --expect", "approve oak/tiny --version 2.1 --content", "sign record oak/tiny", "",
)  # fmt: skip


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Standing:
    made = Workspace(tmp_path_factory.mktemp("odd") / "work")
    return standing(made.with_files({name.format(ODD): "x: 1\n" for name in NAMES}))


def is_harmless(result: Result) -> bool:
    said = result.stdout + result.stderr
    lines = [line.strip() for line in said.splitlines()]
    return not ACTS.search(said) and "error: forged" not in lines and result.code != 70


@pytest.mark.parametrize("command", COMMANDS)
def test_no_name_of_a_file_acts_or_lies(workspace: Standing, command: str) -> None:
    result = workspace.run(*command.split())
    assert is_harmless(result), result


@pytest.mark.parametrize("command", TYPED)
def test_nothing_that_is_typed_acts(workspace: Standing, command: str) -> None:
    """It may go over lines, as it was typed."""
    result = workspace.run(*command.split(), ODD)
    assert result.code != 70
    assert not ACTS.search(result.stdout + result.stderr), result


def test_json_says_the_same_by_numbers() -> None:
    written = json.dumps({"a": [ODD, "é – 中 😀"]}, ensure_ascii=False, indent=2)
    safe = harmless_json(written)
    assert json.loads(safe) == json.loads(written)
    assert not ACTS.search(safe)
    assert "é – 中 😀" in safe
