"""The life of one policy, from its draft to years later, told through the command line; and what a kill leaves of it."""

from __future__ import annotations

import datetime
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from policygen.ground.diagnostics import InputError
from policygen.products import folders
from policygen.project.approve import approve
from policygen.project.build import build
from policygen.project.check import Asked, Selection
from policygen.register.deciding import Decision
from tests.support.filling import filled_by_keyboard
from tests.support.register import registered
from tests.support.validation import objections_by_file
from tests.support.workspace import ADOPTION, SCHOOL, TEMPLATE, Result, Workspace, run_in

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.slow

FOLDER = "schools/oak/register/tiny"
SHEETS = "output/packs/oak/tiny/sheets-{}"
LOST = "templates/tiny/sections/lost-keys.md"
FOUND = "1. Keys that are found are given to {{ people.head.name }}. {#found-keys}\n"
PUPILS = "templates/tiny/sections/for-pupils.md"
BIKES = "# Keys of bicycles {#for-pupils}\n\n1. Pupils keep the key of their bicycle in their bag. {#bicycle-keys}\n"
SIGNED = "signed.csv"


class Life:
    """One workspace that lives on from command to command."""

    def __init__(self, root: Path) -> None:
        """Begin with the base workspace, in which one clause prints a person's name, and one is for pupils alone."""
        workspace = Workspace(root)
        workspace = workspace.with_files({LOST: workspace.text(LOST) + FOUND, PUPILS: BIKES})
        section = (
            "    adapt: free\n",
            "    adapt: free\n  - {name: for-pupils, adapt: free, audience: pupils}\n",
        )
        self.root = workspace.with_change(TEMPLATE, *section).write()

    def run(self, day: str, *arguments: str) -> Result:
        return run_in(self.root, *arguments, "--as-of", day)

    def done(self, day: str, *arguments: str) -> str:
        """What a command says that must succeed."""
        result = self.run(day, *arguments)
        assert result.code == 0, result
        return result.stdout

    def refused(self, day: str, rule: str, *arguments: str) -> str:
        """What a command says that must be refused for this rule; no file changed."""
        before = frozen(self.root)
        result = self.run(day, *arguments)
        assert (result.code, frozen(self.root)) == (1, before), result
        assert f"[{rule}]" in result.stderr, result
        return result.stderr

    def hands_in(self, form: str) -> None:
        """Fill a form in on screen, and ask what it is that was handed in."""
        filled = self.root / "handed-in.pdf"
        filled.write_bytes(filled_by_keyboard((self.root / form).read_bytes()))
        result = run_in(self.root, "verify", str(filled))
        filled.unlink()
        assert result.code == 1
        assert "what is filled in was not checked" in " ".join(result.stdout.split()), result

    def edit(self, path: str, *changes: tuple[str, str]) -> None:
        text = (self.root / path).read_text()
        for old, new in changes:
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        (self.root / path).write_text(text)

    def code(self, day: str) -> str:
        """The content code that the draft prints."""
        return re.findall(
            r"content code ([0-9a-f]{4}-[0-9a-f]{4})", self.done(day, "build", "oak")
        )[0]

    def stands(self, day: str, version: str) -> set[str]:
        """What is due on a day, once `status`, `history`, `verify` and the files agree on which version is in force."""
        (policy,) = json.loads(self.done(day, "status", "oak", "--format", "json"))["policies"]
        (past,) = json.loads(
            self.done(day, "history", "oak/tiny", "--on", day, "--format", "json")
        )["versions"]
        record = registered(self.root).records[version]
        assert policy["in_force"]["version"] == past["version"] == version
        assert (
            policy["in_force"]["next_review"]
            == past["next_review"]
            == record.next_review.isoformat()
        )
        assert {*past["files"]} == {f"{FOLDER}/{version}/{name}" for name in record.files}
        assert all((self.root / path).is_file() for path in past["files"])
        assert "as approved" in run_in(self.root, "verify", "oak").stdout
        pdf = self.root / FOLDER / version / "tiny.pdf"
        assert f"version {version}, " in run_in(self.root, "verify", str(pdf)).stdout
        return {due["what"] for due in policy["due"]}

    def to_sign(self, day: str) -> set[str]:
        """Who still has to sign."""
        (policy,) = json.loads(self.done(day, "sign", "status", "oak", "--format", "json"))
        return {each["name"] for each in policy["people"] if each["state"] == "to-sign"}

    def signs(self, day: str, version: str, *names: str) -> None:
        """Make the sheets of a version, and record who signed them on that day."""
        self.done(day, "sign", "sheet", "oak/tiny", "--version", version)
        assert list((self.root / SHEETS.format(version)).glob("*.pdf"))
        (self.root / SIGNED).write_text(
            "name,date\n" + "".join(f"{name},{day}\n" for name in names)
        )
        said = self.done(
            day, "sign", "record", "oak/tiny", str(self.root / SIGNED), "--version", version
        )
        assert f"recorded for version {version}: {len(names)} signed" in said

    def changes(self, version: str) -> dict[str, Any]:
        """The frozen redline of a version, to which its history leads."""
        folder = self.root / FOLDER / version
        made: dict[str, Any] = json.loads((folder / "redline.json").read_text())
        assert 'href="redline.html"' in (folder / "history.html").read_text()
        assert f"to version {version}" in (folder / "redline.html").read_text()
        return made

    def history(self) -> list[dict[str, Any]]:
        made: list[dict[str, Any]] = json.loads(
            self.done("2030-01-01", "history", "oak/tiny", "--format", "json")
        )["versions"]
        return made

    def printed(self, version: str) -> str:
        return " ".join((self.root / FOLDER / version / "tiny.txt").read_text().split())


def frozen(root: Path) -> dict[str, bytes]:
    folder = root / FOLDER
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_the_life_of_a_policy(tmp_path: Path) -> None:  # noqa: PLR0915
    """At each step the files on disk say the same as the commands, and what was frozen stays as it was."""
    life = Life(tmp_path)
    first = life.code("2026-11-01")
    board = ("--body", "committee")
    when = ("--date", "2026-11-12", "--minute", "19.2")
    assert first in life.done("2026-11-02", "pack", "oak/tiny")
    assert "2.0 to be approved" in life.done("2026-11-02", "status", "oak", "--format", "json")

    life.done(
        "2026-11-13", "approve", "oak/tiny", "--version", "2.0", "--content", first, *board, *when
    )
    printed = life.printed("2.0")
    assert "Status: Approved, in force from 12 November 2026" in printed
    assert f"Content code: {first}" in printed
    assert "As approved" in life.done("2026-11-13", "build")
    assert not (life.root / "output/drafts/oak/tiny").exists()
    assert life.stands("2026-11-13", "2.0") == {"review", "minutes", "signatures"}
    assert not (life.root / FOLDER / "2.0/redline.html").exists()
    kept = frozen(life.root)
    life.hands_in(FOLDER + "/2.0/forms/receipt.pdf")

    # staff sign
    assert life.to_sign("2026-11-14") == {"Ann Lee", "Joe Birch"}
    life.signs("2026-11-14", "2.0", "Ann Lee")
    assert life.to_sign("2026-11-14") == {"Joe Birch"}
    life.signs("2026-11-16", "2.0", "Joe Birch")
    assert life.to_sign("2026-11-16") == set()
    assert life.stands("2026-11-16", "2.0") == {"review", "minutes"}

    # a person changes: no approval, the same content
    life.refused("2026-12-01", "nothing-to-release", "release", "oak/tiny", "--details")
    life.edit(SCHOOL, ("name: Ann Lee", "name: Bea Ray"))
    assert "details" in life.stands("2026-12-01", "2.0")
    assert "[details-changed]" in life.run("2026-12-01", "check").stderr
    said = life.done("2026-12-01", "release", "--details")
    assert "version 2.0.1, in force from 1 December 2026" in said
    assert f"content code {first}, details, next review 12 November 2028" in said
    assert "no details have changed" in life.done("2026-12-01", "release", "--details")
    printed = life.printed("2.0.1")
    assert "Minute number: 19.2" in printed
    assert "Details updated: 1 December 2026" in printed
    assert (
        "2.0.1 1 December 2026; minute: None needed; School Business Manager: Details updated: Headteacher"
        in printed
    )
    assert "given to Bea Ray" in printed
    assert "given to Ann Lee" in life.printed("2.0")
    assert life.stands("2026-12-02", "2.0.1") == {"review", "minutes"}
    assert life.to_sign("2026-12-02") == set()
    (change,) = life.changes("2.0.1")["changes"]
    assert (change["id"], change["class"], change["owners"]) == (
        "found-keys",
        "details",
        ["details"],
    )

    # a slip: accepted by a role that may
    life.edit(LOST, ("Keys that are found are", "Keys which are found are"))
    life.refused("2027-01-10", "version-registered", "check")
    life.edit(
        ADOPTION,
        ('version: "2.0"', 'version: "2.1"'),
        ("reason: First adoption", "reason: A slip in the"),
    )
    life.refused("2027-01-10", "amendment-missing", "check")
    life.edit(ADOPTION, ("answers:\n", "amends: {found-keys: editorial}\nanswers:\n"))
    life.done("2027-01-10", "check")
    editorial = ("release", "oak/tiny", "--editorial", "--by", "head", "--date", "2027-01-10")
    life.refused("2027-01-10", "delegation-missing", *editorial)
    life.refused("2027-01-10", "approval-needed", "release", "oak/tiny", "--details")
    delegation = '{to: head, what: editorial, body: full-board, date: 2026-09-10, minute: "4.3"}'
    life.edit(SCHOOL, ("branding:", f"delegations: [{delegation}]\nbranding:"))
    life.done("2027-01-10", *editorial)
    assert "2.1 10 January 2027; minute: 4.3 (delegation)" in life.printed("2.1")
    assert "Minute number: 19.2" in life.printed("2.1")
    assert "Editorial changes accepted: 10 January 2027" in life.printed("2.1")
    assert life.stands("2027-01-11", "2.1") == {"review", "minutes"}
    assert life.to_sign("2027-01-11") == set()
    assert [(each["id"], each["class"]) for each in life.changes("2.1")["changes"]] == [
        ("found-keys", "editorial")
    ]

    # a material change: only a body may approve it
    life.edit(
        ADOPTION, ("days_to_report: 2", "days_to_report: 1"), ('version: "2.1"', 'version: "3.0"')
    )
    life.refused("2027-03-01", "amendment-missing", "check")
    life.edit(ADOPTION, ("{found-keys: editorial}", "{report-loss: material}"))
    life.refused("2027-03-01", "approval-needed", *editorial)
    third = life.code("2027-03-01")
    assert third != first
    approval = (
        "approve",
        "oak/tiny",
        "--version",
        "3.0",
        *board,
        "--date",
        "2027-03-04",
        "--minute",
        "22",
    )
    life.refused("2027-03-05", "content-differs", *approval, "--content", first)
    assert third in life.done("2027-03-01", "pack", "oak/tiny")
    assert "approval" in life.stands("2027-03-03", "2.1")
    life.done("2027-03-05", *approval, "--content", third)
    assert life.stands("2027-03-05", "3.0") == {"review", "minutes", "signatures"}
    assert [(each["id"], each["class"]) for each in life.changes("3.0")["changes"]] == [
        ("report-loss", "material")
    ]

    # everybody signs again; one of them does
    assert life.to_sign("2027-03-05") == {"Ann Lee", "Joe Birch"}
    life.signs("2027-03-08", "3.0", "Ann Lee")
    assert life.to_sign("2027-03-08") == {"Joe Birch"}

    # a material change for pupils: no staff sign again
    life.edit(PUPILS, ("in their bag", "in their locker"))
    life.edit(
        ADOPTION,
        ("{report-loss: material}", "{bicycle-keys: material}"),
        ('version: "3.0"', 'version: "3.1"'),
    )
    fourth = life.code("2027-05-10")
    pupils = (
        "approve",
        "oak/tiny",
        "--version",
        "3.1",
        *board,
        "--date",
        "2027-05-12",
        "--minute",
        "25",
    )
    life.done("2027-05-13", *pupils, "--content", fourth)
    assert life.to_sign("2027-05-13") == {"Joe Birch"}
    assert [each["id"] for each in life.changes("3.1")["changes"]] == ["bicycle-keys"]
    life.stands("2027-05-13", "3.1")

    # reviewed, and left as it is
    review = ("approve", "oak/tiny", "--version", "3.1.1", "--content", fourth, *board, "--review")
    said = life.done("2029-02-02", *review, "--date", "2029-02-01", "--minute", "40.1")
    assert "review, next review 1 February 2031" in said
    assert "Reviewed, no substantive change" in life.printed("3.1.1")
    assert life.stands("2029-02-02", "3.1.1") == {"review", "minutes", "signatures"}
    assert life.to_sign("2029-02-02") == {"Joe Birch"}
    assert life.changes("3.1.1")["changes"] == []

    assert "[review-overdue]" not in life.run("2031-02-01", "check").stderr
    assert "`3.1.1` was due for review in February 2031" in life.run("2031-02-02", "check").stderr

    # the minutes are signed
    minutes = (
        "minutes",
        "oak/tiny",
        "--version",
        "3.0",
        "--minute",
        "22",
        "--signed-on",
        "2027-05-01",
    )
    before = frozen(life.root)
    life.done("2027-05-02", *minutes)
    after = frozen(life.root)
    assert {name for name in after if after[name] != before.get(name)} == {
        "register.json",
        "register.sha256",
    }
    life.refused("2027-05-02", "minutes-unknown", *minutes)

    # what was made for meetings and for signing stays when everything is built again
    life.done("2029-02-02", "diff", "oak/tiny@2.0", "oak/tiny@3.0", "--save")
    made = {
        path
        for path in (life.root / "output/packs").rglob("*.pdf")
        if path.parent.name != "sheets-draft"
    }
    kinds = {"pack-2.0", "pack-3.0", "sheets-2.0", "sheets-3.0", "version-2.0--version-3.0"}
    assert {path.parent.name for path in made} >= kinds
    life.done("2029-02-02", "build")
    assert {path for path in made if not path.is_file()} == set()
    pdfs = sorted(life.root.rglob("*.pdf"))
    assert [objections_by_file(pdfs, standard) for standard in ("ua1", "2a")] == [{}, {}]

    # what is on record
    told = {each["version"]: each for each in life.history()}
    assert [*told] == ["1.0", "2.0", "2.0.1", "2.1", "3.0", "3.1", "3.1.1"]
    assert [each.get("change") for each in told.values()] == [
        None,
        "material",
        "details",
        "editorial",
        "material",
        "material",
        "review",
    ]
    minuted = [each.get("minutes_status") for each in told.values()]
    assert minuted == [None, "draft", None, None, "signed", "draft", "draft"]
    assert not told["1.0"]["verifiable"]
    assert registered(life.root).records["3.0"].amendment.clauses == {"report-loss": "material"}
    for day, version in {
        "2026-11-12": "2.0",
        "2026-12-24": "2.0.1",
        "2027-05-11": "3.0",
        "2028-06-01": "3.1",
        "2029-02-01": "3.1.1",
    }.items():
        (found,) = json.loads(
            life.done("2030-01-01", "history", "oak/tiny", "--on", day, "--format", "json")
        )["versions"]
        assert found["version"] == version
        assert all((life.root / path).is_file() for path in found["files"])
        assert f"{FOLDER}/{version}/tiny.pdf" in life.done(
            "2030-01-01", "history", "oak/tiny", "--on", day
        )
    assert run_in(life.root, "history", "oak/tiny", "--on", "2020-01-01").code == 1
    assert {
        name: content for name, content in frozen(life.root).items() if name.startswith("2.0/")
    } == {name: content for name, content in kept.items() if name.startswith("2.0/")}
    assert run_in(life.root, "verify", "oak").code == 0


# --- killed -----------------------------------------------------------------------------------------------------------

ROUNDS = 20
"""Each kills one `approve` and one `build`."""
AS_OF = datetime.date(2026, 11, 20)


def test_a_kill_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Kills -9 at random moments of `approve` and `build`: the register is whole each time, with the version or without."""
    # The same page gives the same PDF: each is made once, so that most kills hit what reads, decides and writes.
    monkeypatch.setattr(folders, "render_pdf", cache(folders.render_pdf))
    root = Workspace(tmp_path / "work").write()
    code = re.findall(r"content code (\S+)", run_in(root, "build").stdout)[0]
    decision = Decision(
        version="2.0",
        content=code,
        body="committee",
        date=datetime.date(2026, 11, 12),
        minute="19.2",
    )

    def approval(root: Path) -> object:
        return approve(root, "oak", "tiny", decision, AS_OF, workers=1)

    def building(root: Path) -> object:
        return build(Asked(root, (Selection(),), AS_OF), root / "output", workers=1)

    took = {command: _seconds(tmp_path, root, command) for command in (building, approval)}
    chance = random.Random(20261120)  # noqa: S311
    outcomes = {"without": 0, "whole": 0}
    for turn in range(ROUNDS):
        _killed(root, building, chance.uniform(0, took[building]))
        assert not _is_whole(root)
        _killed(root, approval, chance.uniform(0, took[approval] * 1.3))
        whole = _is_whole(root)
        outcomes["whole" if whole else "without"] += 1
        if whole or turn % 10 == 9:
            if not whole:
                approval(root)
            assert _is_whole(root)
            assert approved_again(approval, root)
            shutil.rmtree(root / FOLDER)
    assert run_in(root, "build").code == 0
    assert outcomes["without"]
    assert outcomes["whole"]


def approved_again(approval: Callable[[Path], object], root: Path) -> bool:
    """Whether a second approval is refused, as it must be when the first is there."""
    with pytest.raises(InputError, match="approved-already"):
        approval(root)
    return True


WRITER = """
import sys
from pathlib import Path
from policygen.disk.registering import one_register_at_a_time, read_register, write_register
from policygen.ground.diagnostics import Problems
from policygen.register.records import MinutesEntry
from policygen.register.state import with_entry
import datetime
root = Path(sys.argv[1])
print("ready", flush=True)
while True:
    with one_register_at_a_time(root):
        register = read_register(root, "oak", "tiny", Problems())
        number = len(register.file.entries)
        entry = MinutesEntry(version="2.0", minute=str(number), signed_on=datetime.date(2026, 11, 20), previous="")
        write_register(root, with_entry(register, entry), {f"signatures/{number}.csv": b"x" * 40000})
    if number > 60:
        break
"""


def test_a_kill_while_writing_leaves_the_last_register(tmp_path: Path) -> None:
    """Kills in the very moments of writing: every entry that was there before is there after, and none is half."""
    from tests.support.register import freeze

    root = Workspace(tmp_path / "work").write()
    freeze(root, "2.0", "2026-11-12", minute="19.2")
    start = frozen(root)
    chance = random.Random(20261121)  # noqa: S311
    known = 1
    for _ in range(20):
        _writer_killed(root, chance.uniform(0, 0.12))
        entries = registered(root).file.entries
        assert len(entries) >= known
        known = len(entries)
        held = frozen(root)
        assert sorted(name for name in held if name.startswith("signatures/")) == sorted(
            f"signatures/{number}.csv" for number in range(1, known)
        )
        assert all(
            held[name] == content
            for name, content in start.items()
            if not name.startswith("register.")
        )
        if known > 15:
            shutil.rmtree(root / FOLDER)
            freeze(root, "2.0", "2026-11-12", minute="19.2")
            start, known = frozen(root), 1


def _seconds(folder: Path, root: Path, command: Callable[[Path], object]) -> float:
    """How long a process takes for a command, in a copy, once all that it needs is loaded."""
    copy = folder / "copy"
    shutil.copytree(root, copy)
    command(copy)
    shutil.rmtree(copy)
    shutil.copytree(root, copy)
    began = time.monotonic()
    _, status = os.waitpid(_begun(copy, command), 0)
    took = time.monotonic() - began
    assert status == 0
    shutil.rmtree(copy)
    return took


def _begun(root: Path, command: Callable[[Path], object]) -> int:
    """Run a command in a process of its own, and give its number.

    The process is a copy of this one, which has loaded everything already: so that most kills hit the work.
    """
    process = os.fork()
    if not process:
        os.setsid()
        code = 1
        try:
            command(root)
            code = 0
        finally:
            os._exit(code)
    return process


def _killed(root: Path, command: Callable[[Path], object], after: float) -> None:
    """Run a command in a process of its own, and kill it, with all its workers, so many seconds later."""
    process = _begun(root, command)
    time.sleep(after)
    for kill in (os.killpg, os.kill):  # before it has a group of its own, the process alone
        with suppress(ProcessLookupError):
            kill(process, signal.SIGKILL)
    os.waitpid(process, 0)


def _writer_killed(root: Path, after: float) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(root)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(after)
        process.kill()


def _is_whole(root: Path) -> bool:
    """Whether version 2.0 is in the register, which is whole, with or without it."""
    assert run_in(root, "verify").code == 0
    return "2.0" in registered(root).records
