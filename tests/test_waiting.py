"""A sign of life: whatever takes longer than a second says on stderr what it does, and stdout is for the result alone."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from pathlib import Path

import click
import pytest

from policygen.cli import commands, waiting
from tests.support.standing import standing
from tests.support.terminal import Terminal
from tests.support.workspace import (
    AS_OF,
    SCHOOL,
    Result,
    Workspace,
    without_signs,
)

POLICY = "oak/tiny"
LOST = "templates/tiny/sections/lost-keys.md"
EXPLAINED = (
    'edition: "2026.2"\nchanges:\n  - {clauses: [count], class: editorial, must: no, reason: So}\n'
)
SHORT = {
    "adopt": "asks; only the check at its end takes long",
    "cache prune": "takes files away",
    "cache show": "counts files",
    "change": "asks; one policy is composed before and after",
    "correct": "adds a line",
    "history": "reads registers",
    "init": "writes a few files",
    "minutes": "adds a line",
    "new school": "writes one file",
    "new template": "writes a few files",
    "schema": "prints what it holds",
    "serve": "says where it listens, and stays",
    "sign correct": "adds a line",
    "sign record": "adds a file",
    "sign rename": "adds a line to each register",
    "withdraw": "adds a line",
}
"""Commands of which no step is told, and why. All others are in the story below."""


def commands_by_name() -> set[str]:
    names = set()
    for name, command in commands.commands.items():
        if isinstance(command, click.Group):
            names |= {f"{name} {below}" for below in command.commands}
        else:
            names.add(name)
    return names


@pytest.mark.slow
def test_every_long_command_says_what_it_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On stderr, in words with a step and its number; its result on stdout is as it is without them."""
    monkeypatch.setattr(waiting, "_PATIENCE", 0.001)
    workspace = Workspace(tmp_path)
    person = "1. Keys that are found are given to {{ people.head.name }}. {#found-keys}\n"
    at_work = standing(workspace.with_files({LOST: workspace.text(LOST) + person}))
    seen: dict[str, tuple[str, ...]] = {}

    def run(name: str, *arguments: str) -> Result:
        result = at_work.run(*name.split(), *arguments)
        assert result.code == 0, result
        assert without_signs(result.stdout) == (result.stdout, ())
        assert "…" not in result.stderr, "every sign of life has one form"
        seen[name] = result.told
        return result

    json.loads(run("check", "--format", "json").stdout)
    json.loads(run("clauses", POLICY, "--format", "json").stdout)
    json.loads(run("answer", "oak", "--json").stdout)
    json.loads(run("law", "--json").stdout)
    built = run("build").stdout
    code = re.search(r"content code (\S+)", built)[1]
    run("pack", POLICY)
    run("meeting", "2026-11-20", "oak")
    run("word", POLICY)
    decision = ["--version", "2.0", "--content", code, "--body", "committee"]
    run("approve", POLICY, *decision, "--date", "2026-11-12", "--minute", "19.2")
    at_work.put(SCHOOL, at_work.read(SCHOOL).replace("name: Ann Lee", "name: Bea Ray"))
    run("release", POLICY, "--details")
    run("site")
    run("sign sheet", POLICY)
    json.loads(run("sign status", "--format", "json").stdout)
    json.loads(run("status", "--format", "json").stdout)
    json.loads(run("diff", POLICY, "--format", "json").stdout)
    json.loads(run("verify", "--format", "json").stdout)
    run("publish", "tiny", "--edition", "2026.1", "--issued", "2026-09-01")
    run("announce", "tiny@2026.1")
    bundle = at_work.root / "output/packs/editions/tiny/2026.1/tiny-2026.1.zip"
    run("import", str(bundle.rename(tmp_path / bundle.name)))
    json.loads(run("fleet", "--format", "json").stdout)
    at_work.put(LOST, at_work.read(LOST).replace("each term", "each half term"))
    at_work.put("templates/tiny/changes.yaml", EXPLAINED)
    run("publish", "tiny", "--edition", "2026.2", "--issued", "2026-11-01")
    json.loads(run("upgrade", "--format", "json").stdout)
    assert commands_by_name() == {*seen, *SHORT}
    silent = [name for name, told in seen.items() if not told and name != "sign status"]
    assert silent == []  # a list of signatures of one school is read in no time
    assert "upgrading oak/tiny …" in seen["upgrade"]
    told = {line for lines in seen.values() for line in lines}
    assert "making schools/oak/register/tiny/2.0 …" in told
    assert "making site/oak …" in told


def test_quick_work_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with waiting.telling() as tell:
        tell("making oak/tiny", 1, 1)
    assert capsys.readouterr() == ("", "")


def test_a_step_is_said_once_and_with_its_number(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """However long it lasts; a line goes out at once, so that whoever waits sees it."""
    monkeypatch.setattr(waiting, "_PATIENCE", 0.01)
    with waiting.telling() as tell:
        time.sleep(0.05)
        for number in (1, 2, 3):
            tell(f"making oak/policy-{number}", number, 3)
            time.sleep(0.1)
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.splitlines() == [
        "reading …",
        "making oak/policy-1 (1 of 3) …",
        "making oak/policy-2 (2 of 3) …",
        "making oak/policy-3 (3 of 3) …",
    ]


def test_quick_steps_are_not_a_line_each(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(waiting, "_PATIENCE", 0.05)
    with waiting.telling() as tell:
        for number in range(10_000):
            tell("checking", number, 10_000)
        time.sleep(0.1)
    assert len(capsys.readouterr().err.splitlines()) <= 5


def test_an_error_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "_PATIENCE", 0.01)
    with pytest.raises(ValueError, match="no"), waiting.telling():
        raise ValueError("no")
    time.sleep(
        0.05
    )  # nothing is said after that: `filterwarnings` would raise for a thread that fails


PROGRAM = """
import time
from policygen.cli import waiting
waiting._PATIENCE = 0.2
with waiting.telling() as tell:
    tell("making a folder with a name as long as the terminal is wide and more", 3, 19)
    time.sleep(1)
print("done")
"""


@pytest.mark.parametrize("term", ["dumb", ""])
def test_plain_lines_where_nothing_can_move(tmp_path: Path, term: str) -> None:
    """In a terminal that cannot move its cursor, as for a program that reads: no control character at all."""
    with Terminal(tmp_path, width=60, term=term, program=PROGRAM) as terminal:
        assert terminal.end() == 0
        assert "\x1b" not in terminal.raw
        assert terminal.raw.splitlines() == [
            "making a folder with a name as long as the terminal is wide and more (3 of 19) …",
            "done",
        ]


def test_one_line_that_moves_on_a_terminal(tmp_path: Path) -> None:
    """It fits the terminal, and nothing of it is left when the work is done."""
    with Terminal(tmp_path, width=40, program=PROGRAM) as terminal:
        assert terminal.end() == 0
        lines = [line for line in terminal.raw.split("\r\x1b[2K") if "making" in line]
        assert lines[0] == "making a folder with a  (3 of 19) … 0 s"
        assert max(map(len, lines)) < 40
        assert terminal.shown.split() == ["done"]


@pytest.mark.slow
def test_a_script_that_reads_gets_the_result_alone(tmp_path: Path) -> None:
    """With both redirected: stdout is JSON, and what is said goes to stderr."""
    root = Workspace(tmp_path).write()
    program = Path(sys.executable).with_name("policygen")
    words = [program, "diff", POLICY, "--save", "--format", "json", "--as-of", AS_OF]
    done = subprocess.run(words, cwd=root, capture_output=True, check=True, encoding="utf-8")
    assert json.loads(done.stdout)["to"] == "version 2.0"
    assert (
        without_signs(done.stderr)[0].strip()
        == "output/packs/redlines/oak/tiny/model-text-of-edition-2026.1--version-2.0/"
    )
