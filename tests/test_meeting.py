"""A meeting: one pack and one file beforehand, all its decisions in one step afterwards, all its minutes in another."""

from __future__ import annotations

import datetime
import json
import re
import shutil
from typing import TYPE_CHECKING

import pytest

from policygen.project.meeting import fill_in, open_items
from tests.support.register import freeze
from tests.support.scenes import LOST, edit
from tests.support.workspace import ADOPTION, Workspace, run_in

if TYPE_CHECKING:
    from pathlib import Path

DAY = "2026-11-18"
FILE = f"schools/oak/meetings/{DAY}.yaml"
MEETING = ("meeting", DAY, "oak")


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A school with a policy in force of which a new version is prepared, a first one, and one whose review is due."""
    root = Workspace(tmp_path_factory.mktemp("oak")).write()
    for name, title in (("bells", "Bells of the school"), ("gates", "Gates of the school")):
        shutil.copytree(root / "templates/tiny", root / "templates" / name)
        template = root / f"templates/{name}/template.yaml"
        text = template.read_text()
        template.write_text(re.sub("title: .*", f"title: {title}", text, count=1))
        shutil.copy(root / ADOPTION, root / ADOPTION.replace("tiny", name))
    freeze(root, "2.0", "2026-03-12", minute="19.2")
    freeze(root, "2.0", "2024-03-12", minute="11.2", policy="gates")
    edit(root, ADOPTION, 'version: "2.0"', 'version: "2.1"\namends: {count: material}')
    edit(root, LOST, "each term", "each half term")
    return root


@pytest.fixture
def root(before: Path, tmp_path: Path) -> Path:
    return shutil.copytree(before, tmp_path / "work")


@pytest.fixture(scope="module")
def prepared(before: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, with the pack and the file of the meeting."""
    root = shutil.copytree(before, tmp_path_factory.mktemp("prepared") / "work")
    result = run_in(root, *MEETING)
    assert result.code == 0, result
    assert result.stdout.endswith(f"next: policygen meeting {DAY} oak --record\n")
    return root


@pytest.fixture
def ready(prepared: Path, tmp_path: Path) -> Path:
    return shutil.copytree(prepared, tmp_path / "work")


def filled_in(root: Path, *minutes: str) -> None:
    """Put a minute into each item of the file, in their order; none where it is empty."""
    text = (root / FILE).read_text()
    for minute in minutes:
        text = text.replace('minute: ""', f"minute: '{minute}'", 1)
    (root / FILE).write_text(text)


def entries(root: Path, policy: str) -> list[str]:
    path = root / f"schools/oak/register/{policy}/register.json"
    if not path.exists():
        return []
    return [each["entry"] for each in json.loads(path.read_text())["entries"]]


def test_everything_that_is_up_is_in_one_pack_and_one_file(prepared: Path) -> None:
    """A version that is being prepared, a first one, and a review that falls due; each code stands in both."""
    text = (prepared / FILE).read_text()
    agenda = (prepared / f"output/packs/oak/meetings/{DAY}/agenda.txt").read_text()
    assert re.findall(r"policy: (\w+)", text) == ["bells", "gates", "tiny"]
    assert re.findall(r"^    decision: (\w+)", text, re.MULTILINE) == [
        "approve",
        "review",
        "approve",
    ]
    assert re.findall(r'version: "(.+)"', text) == ["2.0", "2.0.1", "2.1"]
    codes = re.findall(r"content: (.+)", text)
    assert len(codes) == 3
    assert all(code in agenda for code in codes)


def test_all_decisions_are_recorded_in_one_step(ready: Path) -> None:
    """And said once more when they are recorded again; later all minutes at once."""
    filled_in(ready, "19.2", "19.3", "19.4")
    recorded = run_in(ready, *MEETING, "--record")
    assert (recorded.code, recorded.stderr) == (0, ""), recorded
    assert "version 2.1, in force from 18 November 2026" in recorded.stdout
    assert entries(ready, "bells") == ["version"]
    assert entries(ready, "gates") == ["version", "version"]
    again = run_in(ready, *MEETING, "--record")
    assert again.stdout.splitlines() == [
        "oak/bells: minute 19.2 was recorded before",
        "oak/gates: minute 19.3 was recorded before",
        "oak/tiny: minute 19.4 was recorded before",
    ]
    signed = run_in(ready, *MEETING, "--signed-on", "2026-11-20")
    assert signed.stdout.splitlines() == [
        "oak/bells, version 2.0: minute 19.2 is signed",
        "oak/gates, version 2.0.1: minute 19.3 is signed",
        "oak/tiny, version 2.1: minute 19.4 is signed",
    ]
    assert run_in(ready, *MEETING, "--signed-on", "2026-11-20").code == 1
    assert run_in(ready, "verify").code == 0


def test_nothing_is_recorded_where_anything_stands_against_it(ready: Path) -> None:
    """All of it is told at once, with its place: a missing minute, one that holds a place, text changed since."""
    edit(ready, LOST, "each half term", "each week")
    filled_in(ready, "19.2", "TBC")
    result = run_in(ready, *MEETING, "--record")
    assert result.code == 1
    told = re.findall(r"\[([a-z-]+)\]", result.stderr)
    assert {*told} >= {"minute-missing", "leftover-placeholder", "content-differs"}
    assert f"{FILE}:" in result.stderr
    assert entries(ready, "bells") == []
    assert entries(ready, "tiny") == ["version"]


def test_what_was_put_off_or_withdrawn(ready: Path) -> None:
    """Nothing is recorded of the first; the second ceases to be in force."""
    text = (ready / FILE).read_text()
    first, review, last = re.findall(r"  - policy: (?:.+\n)+?    minute: \"\"\n", text)
    (ready / FILE).write_text(
        text.replace(first, first.replace("approve", "defer"))
        .replace(review, "  - policy: gates\n    decision: withdraw\n    reason: No gates now\n    minute: '20'\n")
        .replace(last, last.replace("approve", "refuse"))
    )  # fmt: skip
    result = run_in(ready, *MEETING, "--record")
    assert result.code == 0, result
    assert "oak/bells: put off; nothing is recorded" in result.stdout
    assert "withdrawn on 18 November 2026" in result.stdout
    assert "oak/tiny: refused" in result.stdout
    assert entries(ready, "gates") == ["version", "withdrawal"]
    assert entries(ready, "bells") == []


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('    version: "2.1"\n', "", "lacks `version`"),
        ("decision: review", "decision: withdraw", "lacks `reason`"),
        ("decision: review", "decision: agreed", "decision"),
        ("body: committee", "body: comittee", "committee"),
        ("policy: gates", "policy: gate", "`oak` has no policy `gate`"),
        ("policy: gates", "policy: bells", "`bells` is decided about twice"),
        ('minute: ""', "minute: 19.2", 'minute: "19.2"'),
    ],
)
def test_a_slip_in_the_file_is_told(ready: Path, old: str, new: str, says: str) -> None:
    text = (ready / FILE).read_text()
    assert old in text
    (ready / FILE).write_text(text.replace(old, new))
    result = run_in(ready, *MEETING, "--record")
    assert result.code == 1
    assert says in result.stderr


def test_a_file_with_minutes_is_not_made_anew(ready: Path) -> None:
    filled_in(ready, "19.2")
    before = (ready / FILE).read_bytes()
    result = run_in(ready, *MEETING)
    assert result.code == 1
    assert "has minutes in it already" in result.stderr
    assert (ready / FILE).read_bytes() == before


def test_what_is_asked_at_a_terminal_goes_into_the_file(ready: Path) -> None:
    """Each minute at its place; what was put off says so; an item without a place for one is left to its error."""
    text = (ready / FILE).read_text()
    last = text.rindex('    minute: ""\n')
    (ready / FILE).write_text(text[:last])
    day = datetime.date.fromisoformat(DAY)
    asked = open_items(ready, "oak", day)
    assert [item.policy for _, item in asked] == ["bells", "gates"]
    fill_in(ready, "oak", day, {0: "19.20", 1: ""})
    expected = text[:last].replace('minute: ""', 'minute: "19.20"', 1)
    assert (ready / FILE).read_text() == expected.replace("decision: review", "decision: defer")
    told = run_in(ready, *MEETING, "--record")
    assert (told.code, told.stderr.count("[minute-missing]")) == (1, 1)


def test_a_meeting_without_a_file_or_a_policy(root: Path) -> None:
    assert "there is no file" in run_in(root, *MEETING, "--record").stderr
    none = run_in(root, "meeting", "2026-01-05", "oak", "--body", "head")
    assert none.code == 1
    assert "is up for decision by 5 January 2026" in none.stderr
    assert run_in(root, "meeting", "oak", DAY).code == 2
