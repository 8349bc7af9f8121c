"""Ten mistakes in three files are told in one run, each in its place, and nothing is written."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from policygen.ground.rules import RULES
from tests.support.workspace import ADOPTION, Workspace

if TYPE_CHECKING:
    from pathlib import Path

SECTION = "templates/tiny/sections/lost-keys.md"
STAFF = "schools/oak/staff.csv"

BROKEN = {
    ADOPTION: """\
edition: "2026.1"
version: "2.0"
author: School Business Manager
reason: First adoption of the county model policy
answers:
  keeper: ofice
  holders: [staff, governors]
  key_safe: yes
  safe_place: in the staff room
  doors: [the front door, the hall door]
  days_to_report: 2
  count_from: 2026-09-01
  hirers: no
clauses:
  who-may-hold: keep
  report-loss:
    replace: >-
      Tell the office
      or {{ people.haed.name }}.
    reason: Agreed with the caretaker
history:
  - {version: "2.1", date: 2021-03-16, author: Headteacher, reason: First approved}
""",
    STAFF: """\
name,role,start
Ann Lee,Headteacher,1/9/19x9
,Teacher,2024-01-08
""",
    SECTION: """\
# Lost keys {#lost-keys}

1. A lost key is reported to the {{ roles.haed }}. {#report-loss}
1. Keys are counted each term, see [the list](list.html). {#count adapt=optional}
1. A key that is found is handed in.

A new key costs<br>£5.
""",
}
MISTAKES = [
    ("history-order", ADOPTION, 2, 10),
    ("bad-answer", ADOPTION, 6, 11),
    ("unknown-answer", ADOPTION, 13, 3),
    ("unknown-name", ADOPTION, 19, 13),
    ("bad-value", STAFF, 2, 21),
    ("csv-shape", STAFF, 3, 1),
    ("unknown-name", SECTION, 3, 37),
    ("bad-link", SECTION, 4, 47),
    ("missing-id", SECTION, 5, 1),
    ("raw-html", SECTION, 7, 16),
]
"""Rule, path, line and column of all that is told, in order."""

_SHOWN = re.compile(r"^(?:error|warning|note): .*  \[(.+)\]\n  --> (.+):(\d+):(\d+)$", re.MULTILINE)


@pytest.fixture
def sound(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


@pytest.fixture
def broken(sound: Workspace) -> Workspace:
    return sound.with_files(BROKEN)


def test_all_are_told_in_one_run(broken: Workspace) -> None:
    """In their places, each once, and counted."""
    result = broken.run("check")
    assert result.code == 1
    told = [
        (rule, path, int(line), int(column))
        for rule, path, line, column in _SHOWN.findall(result.stderr)
    ]
    assert told == MISTAKES
    assert result.stderr.endswith("\n\n10 errors\n")


def test_json_says_the_same(broken: Workspace) -> None:
    """For programs: on stdout alone, with the hints."""
    result = broken.run("check", "--format", "json")
    assert (result.code, result.stderr) == (1, "")
    problems = json.loads(result.stdout)["problems"]
    assert [
        (each["rule"], each["path"], each["line"], each["column"]) for each in problems
    ] == MISTAKES
    assert problems[1] == {
        "severity": "error",
        "rule": "bad-answer",
        "message": "`keeper` has no option `ofice`",
        "path": ADOPTION,
        "line": 6,
        "column": 11,
        "hints": ["did you mean `office`?"],
        "notes": ["while composing tiny for oak"],
    }


def test_sarif_says_the_same(broken: Workspace) -> None:
    """For code hosts and editors."""
    result = broken.run("check", "--format", "sarif")
    assert (result.code, result.stderr) == (1, "")
    log = json.loads(result.stdout)
    check_sarif(log)
    told = []
    for each in log["runs"][0]["results"]:
        place = each["locations"][0]["physicalLocation"]
        region = place["region"]
        told.append(
            (
                each["ruleId"],
                place["artifactLocation"]["uri"],
                region["startLine"],
                region["startColumn"],
            )
        )
    assert told == MISTAKES


@pytest.mark.parametrize("form", ["json", "sarif"])
def test_no_problems_are_said_as_well(sound: Workspace, form: str) -> None:
    """An empty list, not nothing at all."""
    result = sound.run("check", "--format", form)
    assert (result.code, result.stderr) == (0, "")
    log = json.loads(result.stdout)
    if form == "sarif":
        check_sarif(log)
        assert log["runs"][0]["results"] == []
    else:
        assert log == {"problems": []}


def check_sarif(log: dict[str, Any]) -> None:
    """Assert what SARIF 2.1.0 (OASIS) requires of every log, and of what we put into ours."""
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-2.1.0.json")
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"] == "policygen"
    assert re.fullmatch(r"\d+\.\d+\.\d+", driver["version"])
    assert [set(rule) for rule in driver["rules"]] == [{"id", "shortDescription"}] * len(
        driver["rules"]
    )
    assert run["columnKind"] == "unicodeCodePoints"
    for each in run["results"]:
        assert driver["rules"][each["ruleIndex"]]["id"] == each["ruleId"]
        assert each["level"] == RULES[each["ruleId"]].severity
        assert each["message"]["text"]
        for location in each["locations"]:
            place = location["physicalLocation"]
            assert re.fullmatch(r"[\w./%-]+", place["artifactLocation"]["uri"])
            assert place["region"]["startLine"] >= 1
            assert 1 <= place["region"]["startColumn"] < place["region"]["endColumn"]


def test_a_build_tells_the_same_and_writes_nothing(broken: Workspace) -> None:
    """Beside what it keeps to be quicker next time."""
    result = broken.run("build")
    assert (result.stderr, result.code) == (broken.run("check").stderr, 1)
    assert result.stdout.endswith("what was built before stays\n  oak/tiny\n")
    assert outputs(broken.root) == {}


@pytest.mark.slow
def test_an_earlier_build_stays_as_it_was(sound: Workspace, broken: Workspace) -> None:
    """Byte for byte, until the mistakes are mended."""
    assert sound.run("build").code == 0
    before = outputs(sound.root)
    assert any(name.endswith(".pdf") for name in before)
    assert broken.run("build").code == 1
    assert outputs(sound.root) == before


def outputs(root: Path) -> dict[str, bytes]:
    """Every file below output/, by path; without what only saves time."""
    below = (path for path in (root / "output").rglob("*") if path.is_file())
    files = (path for path in below if ".cache" not in path.parts)
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}
