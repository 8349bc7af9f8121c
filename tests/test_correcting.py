"""What was recorded by mistake is corrected: every view reads the right fact, and shows what was recorded."""

from __future__ import annotations

import datetime
import json
import re
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from policygen.ground.diagnostics import Problems
from policygen.project.sign import recorded_signatures
from policygen.project.site import school_site
from policygen.register.records import Change, read_record
from policygen.register.signatures import as_corrected
from policygen.site.school import site_files
from tests.support.hosting import two_versions
from tests.support.register import freeze, registered
from tests.support.workspace import Result, run_in

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = "schools/oak/register/tiny"
BY = ("--by", "Clerk to the governors", "--reason", "Typed wrong")


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three versions: two that a committee approved, and new details after that."""
    root = two_versions(tmp_path_factory.mktemp("oak"))
    freeze(root, "2.1.1", "2026-11-15", change="details", reason="Details updated: head")
    return root


@pytest.fixture
def root(before: Path, tmp_path: Path) -> Path:
    return shutil.copytree(before, tmp_path / "work")


def _correct(root: Path, fact: str, version: str, was: str, to: str, *more: str) -> Result:
    says = ("--version", version, "--was", was, "--to", to)
    return run_in(root, "correct", "oak/tiny", fact, *says, *BY, *more)


def _frozen(root: Path) -> dict[str, bytes]:
    paths = (path for path in (root / FOLDER).glob("[0-9]*/**/*") if path.is_file())
    return {str(path.relative_to(root)): path.read_bytes() for path in paths}


def _plain(root: Path, *arguments: str) -> Any:
    result = run_in(root, *arguments, "--format", "json")
    assert (result.code, result.stderr) == (0, "")
    return json.loads(result.stdout)


def _versions(root: Path) -> dict[str, Any]:
    versions = _plain(root, "history", "oak/tiny")["versions"]
    return {version["version"]: version for version in versions}


@pytest.mark.parametrize(
    ("fact", "was", "to", "more", "rule"),
    [
        ("minute", "23.2", "24.1", (), "not-recorded"),
        ("minute", "23.1", "23.1", (), "not-recorded"),
        ("minute", "23.1", "24.1", ("--withdrawal",), "not-recorded"),
        ("minute", "23.1", "24.1?", (), "leftover-placeholder"),
        ("minute", "23.1", "", (), "leftover-placeholder"),
        ("minute", "23.1", "24.1", ("--reason", "tbc"), "leftover-placeholder"),
        ("minute", "23.1", "24.1", ("--by", ""), "leftover-placeholder"),
        ("date", "2026-11-12", "12/11/2026", (), "bad-value"),
        ("date", "2026-11-12", "20261111", (), "bad-value"),
        ("date", "2026-11-12", "2026-W46-3", (), "bad-value"),
        ("date", "2026-11-12", "2026-11-16", (), "date-impossible"),
        ("date", "2026-11-12", "2026-10-31", (), "date-impossible"),
        ("body", "committee", "board", (), "bad-value"),
        ("body", "committee", "head", (), "approval-level"),
        ("minute", "23.1", " 23.1 ", (), "not-recorded"),
        ("author", "School Business Manager", "Head", ("--body", "committee"), "bad-value"),
        ("withdrawal", "2026-11-12", "never", ("--withdrawal",), "bad-value"),
    ],
)
def test_what_cannot_have_been_is_refused(
    before: Path, fact: str, was: str, to: str, more: tuple[str, ...], rule: str
) -> None:
    """A fact that is not recorded so, words that say nothing, a day out of order, a body that would not do."""
    template = before / "templates/tiny/template.yaml"
    template.write_text(re.sub(r"issued: .*", "issued: 2026-11-01", template.read_text()))
    result = _correct(before, fact, "2.1", was, to, *more)
    assert (result.code, re.findall(r"\[([\w-]+)\]$", result.stderr, re.MULTILINE)) == (1, [rule])
    assert registered(before).corrections("2.1") == ()


def test_a_minute_is_corrected_wherever_it_is_read(root: Path) -> None:
    """And the minutes are signed under the right number, or were under the wrong one."""
    frozen = _frozen(root)
    minutes = ("minutes", "oak/tiny", "--version", "2.1", "--signed-on", "2026-11-19", "--minute")
    assert run_in(root, *minutes, "23.1").code == 0
    done = _correct(root, "minute", "2.1", "23.1", "24.1")
    assert (done.code, done.stderr) == (0, "")
    assert "  minute: 24.1, recorded as 23.1\n" in done.stdout
    assert _frozen(root) == frozen
    versions = _versions(root)
    assert [each["minute"] for each in versions["2.1"]["approvals"]] == ["24.1"]
    assert versions["2.1"]["minutes_status"] == "signed"
    (status,) = _plain(root, "status", "oak")["policies"]
    assert status["in_force"]["minute"] == "24.1"
    said = "corrected on 20 November 2026: minute 24.1, recorded as 23.1"
    told = run_in(root, "history", "oak/tiny").stdout
    assert f"      {said}\n        by Clerk to the governors: Typed wrong\n" in told
    copy = run_in(root, "verify", f"{FOLDER}/2.1/tiny.html").stdout
    assert "minute 24.1\n" in copy
    assert f"\n  {said}\n" in copy
    again = _correct(root, "minute", "2.1", "23.1", "24.1")
    assert (again.code, "it has `24.1`" in again.stderr) == (1, True)
    assert run_in(root, *minutes, "24.1").code == 1


def test_a_copy_shows_the_corrections_of_all_that_it_prints(root: Path) -> None:
    """Of its own version and of earlier ones in its history; not of later ones, and not once it was frozen right."""
    assert _correct(root, "author", "2.1", "School Business Manager", "Headteacher").code == 0
    freeze(root, "2.2", "2026-11-18", minute="25.1")
    shown = {
        version: len(said["corrections"])
        for version, said in _versions(root).items()
        if said["verifiable"]
    }
    assert shown == {"2.0": 0, "2.1": 1, "2.1.1": 1, "2.2": 0}
    assert _versions(root)["2.1"]["author"] == "Headteacher"
    shelf = school_site(root, "oak", (), datetime.date(2026, 11, 20))
    assert shelf is not None
    files = {name.removeprefix("policies/"): text for name, text in site_files(shelf).items()}
    said = "author Headteacher, recorded as School Business Manager"
    assert f"<p>Corrected on 20 November 2026: {said}.</p>" in files["tiny/2.1/index.html"].decode()
    other = f"<p>Corrected on 20 November 2026 (version 2.1): {said}.</p>"
    assert other in files["tiny/2.1.1/index.html"].decode()
    assert other in files["tiny/2.1.1/forms/receipt/index.html"].decode()
    assert "Corrected on" not in files["tiny/2.0/index.html"].decode()
    assert "Corrected on" not in files["tiny/index.html"].decode()
    history = files["tiny/history/index.html"].decode()
    assert "<dt>Author</dt><dd>Headteacher</dd>" in history
    assert f"<dt>Correction</dt><dd>Corrected on 20 November 2026: {said}</dd>" in history
    for typed in (b"Typed wrong", b"Clerk to the governors"):
        assert not any(typed in content for content in files.values())


def test_with_a_day_go_its_review_and_what_stands_on_it(root: Path) -> None:
    """Since when the version is in force, and when it and the new details after it are due; also looking back."""
    assert _correct(root, "date", "2.1", "2026-11-12", "2026-11-05").code == 0
    versions = _versions(root)
    assert (versions["2.0"]["until"], versions["2.1"]["from"]) == ("2026-11-05", "2026-11-05")
    assert [versions[each]["next_review"] for each in ("2.0", "2.1", "2.1.1")] == [
        "2028-03-12",
        "2028-11-05",
        "2028-11-05",
    ]
    (then,) = _plain(root, "history", "oak/tiny", "--on", "2026-11-06")["versions"]
    assert then["version"] == "2.1"
    (status,) = _plain(root, "status", "oak", "--as-of", "2026-11-06")["policies"]
    assert (status["in_force"]["version"], status["in_force"]["approved"]) == ("2.1", "2026-11-05")
    assert run_in(root, "verify").code == 0
    # A version of a day that was impossible before is in order now.
    assert _correct(root, "date", "2.1.1", "2026-11-15", "2026-11-10").code == 0
    assert _correct(root, "date", "2.1", "2026-11-05", "2026-11-11").code == 1
    assert run_in(root, "verify").code == 0


def test_another_body_decided(root: Path) -> None:
    """With its name and the office of who signs; signed minutes stay signed."""
    minutes = ("minutes", "oak/tiny", "--version", "2.1", "--signed-on", "2026-11-19", "--minute")
    assert run_in(root, *minutes, "23.1").code == 0
    late = _correct(root, "date", "2.1", "2026-11-12", "2026-11-20")
    assert "is too late: its minutes were signed on 19 November 2026" in late.stderr
    done = _correct(root, "body", "2.1", "committee", "full-board")
    assert done.stdout.splitlines()[1:-1] == [
        "  body: Full governing board, recorded as Committee of the governing board",
        "  signatory: Chair, recorded as nothing",
    ]
    (approval,) = _versions(root)["2.1"]["approvals"]
    who = [approval[each] for each in ("body", "name", "signatory", "office")]
    assert who == ["full-board", "Full governing board", "Chair", "Chair"]
    assert _versions(root)["2.1"]["minutes_status"] == "signed"
    # What a correction made of it can be corrected: the body that is required is not the one on record.
    assert _correct(root, "body", "2.1", "full-board", "committee").code == 0
    assert _correct(root, "body", "2.1", "committee", "full-board").code == 0
    assert _correct(root, "name", "2.1", "Full governing board", "Board of governors").code == 0
    (status,) = _plain(root, "status", "oak")["policies"]
    assert status["in_force"]["body"] == "Board of governors"
    # Also where nothing that prints is another one, a correction says what it corrects.
    named = ("name", "2.1", "Board of governors", "Trust board")
    assert _correct(root, *named).code == 0
    done = _correct(root, "body", "2.1", "full-board", "trust-board")
    assert "  body: trust-board, recorded as full-board\n" in done.stdout


def test_a_withdrawal_is_corrected_as_an_approval_is(root: Path) -> None:
    decided = (
        "--body",
        "committee",
        "--date",
        "2026-11-18",
        "--minute",
        "23.1",
        "--reason",
        "No use",
    )
    assert run_in(root, "withdraw", "oak/tiny", *decided).code == 0
    assert _correct(root, "minute", "2.1.1", "23.1", "26.1", "--withdrawal").code == 0
    assert _correct(root, "date", "2.1.1", "2026-11-18", "2026-11-11", "--withdrawal").code == 1
    assert _correct(root, "date", "2.1.1.0", "2026-11-18", "2026-11-17", "--withdrawal").code == 0
    by = "by the committee of the governing board, minute 26.1"
    assert _said(root) == f"withdrawn on 17 November 2026 {by}"
    told = run_in(root, "history", "oak/tiny").stdout
    assert "minute of the withdrawal 26.1, recorded as 23.1" in told
    assert "date of the withdrawal 17 November 2026, recorded as 18 November 2026" in told
    # New details were released after the meeting: nothing is in force from then on.
    assert _correct(root, "date", "2.1.1", "2026-11-17", "2026-11-14", "--withdrawal").code == 0
    assert _said(root) == f"withdrawn on 15 November 2026 {by}"
    assert _correct(root, "date", "2.1.1", "2026-11-15", "2026-11-13").code == 0
    assert _said(root) == f"withdrawn on 14 November 2026 {by}"
    assert run_in(root, "verify").code == 0


def _said(root: Path) -> str:
    withdrawn = registered(root).withdrawn
    assert withdrawn is not None
    return withdrawn.said


def test_a_correction_of_a_withdrawal_shows_where_that_does(root: Path) -> None:
    """Not before it, nor of the version that follows; and not once nobody decided it."""

    def shown(day: str = "2026-11-20") -> dict[str, int]:
        register = registered(root).until(datetime.date.fromisoformat(day))
        return {each.version: len(register.corrections(each.version)) for each in register.versions}

    withdraw = ("withdraw", "oak/tiny", "--body", "committee", "--reason", "No use", "--minute")
    assert run_in(root, *withdraw, "7", "--date", "2026-11-17").code == 0
    assert _correct(root, "minute", "2.1.1", "7", "8", "--withdrawal").code == 0
    before = {"2.0": 0, "2.1": 0, "2.1.1": 0}
    assert (shown("2026-11-16"), shown("2026-11-17")) == (before, before | {"2.1.1": 1})
    undone = shutil.copytree(root, root.parent / "undone")
    freeze(root, "2.2", "2026-11-18", minute="25.1")
    assert shown() == before | {"2.1.1": 1, "2.2": 0}
    root = undone
    assert _correct(root, "withdrawal", "2.1.1", "2026-11-17", "never").code == 0
    # Decided before the new details were released, as an approval may have been.
    assert run_in(root, *withdraw, "9", "--date", "2026-11-14").code == 0
    assert _said(root).startswith("withdrawn on 15 November 2026 by")
    (left,) = registered(root).corrections("2.1.1")
    assert left.changes[0].fact == "withdrawal"
    assert (shown("2026-11-16"), shown()) == (before, before | {"2.1.1": 1})
    assert run_in(root, "verify").code == 0


def test_a_first_bodys_decision_is_frozen_as_it_was_corrected(before: Path, tmp_path: Path) -> None:
    """What was corrected before the version was made stands right in its record, and needs no note."""
    root = shutil.copytree(before, tmp_path / "work")
    adoption = root / "schools/oak/policies/tiny.yaml"
    text = adoption.read_text().replace('"2.1"', '"2.2"').replace("amends: {count: material}\n", "")
    text = re.sub(r"days_to_report:.*", "days_to_report: 4", text)
    adoption.write_text(
        f"{text}amends: {{report-loss: material}}\napproving_body: [committee, full-board]\n"
    )
    code = re.findall(r"content code (\S+)", run_in(root, "build", "oak/tiny").stdout)[0]
    approve = ("approve", "oak/tiny", "--version", "2.2", "--content", code)

    def decides(body: str, minute: str) -> Result:
        return run_in(root, *approve, "--body", body, "--date", "2026-11-18", "--minute", minute)

    assert decides("committee", "3.1").code == 0
    assert _correct(root, "minute", "2.2", "3.1", "3.2").code == 0
    approve = ("approve", "oak/tiny", "--version", "2.2.0", *approve[4:])  # the same number
    told = run_in(root, "history", "oak/tiny").stdout
    assert "minute 3.2; content code" in told
    assert "minute 3.2, recorded as 3.1" in told
    done = decides("full-board", "19.2")
    assert done.code == 0, done
    version = _versions(root)["2.2"]
    assert [each["minute"] for each in version["approvals"]] == ["3.2", "19.2"]
    assert version["corrections"] == []
    assert "3.2" in (root / FOLDER / "2.2/tiny.txt").read_text()
    both = _correct(root, "date", "2.2", "2026-11-18", "2026-11-17")
    assert "add `--body committee` or `--body full-board`" in both.stderr
    assert (
        _correct(root, "date", "2.2", "2026-11-18", "2026-11-17", "--body", "committee").code == 0
    )
    assert run_in(root, "verify").code == 0


# --- signatures -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def signed(before: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both members of staff signed, the one of them by mistake."""
    root = shutil.copytree(before, tmp_path_factory.mktemp("signed") / "work")
    (root / "signed.csv").write_text("name,date\nAnn Lee,2026-11-16\nJoe Birch,2026-11-17\n")
    done = run_in(root, "sign", "record", "oak/tiny", "signed.csv", "--version", "2.1.1")
    assert done.code == 0, done
    return root


def _takes_back(root: Path, name: str, day: str, *more: str) -> Result:
    meant = ("--version", "2.1.1", "--name", name, "--date", day)
    return run_in(root, "sign", "correct", "oak/tiny", *meant, *BY, *more)


def _people(root: Path) -> dict[str, Any]:
    (policy,) = _plain(root, "sign", "status", "oak")
    return {person["name"]: person for person in policy["people"]}


@pytest.mark.parametrize(
    ("command", "rule"),
    [
        (("correct", "oak/tiny", "--version", "2.1.1", "--name", "Joe Birch", "--date", "2026-11-16"), "not-recorded"),
        (("correct", "oak/tiny", "--version", "2.1", "--name", "Joe Birch", "--date", "2026-11-17"), "not-recorded"),
        (("correct", "oak/tiny", "--version", "2.1.1", "--name", "Jo", "--date", "2026-11-17"), "not-recorded"),
        (("rename", "oak", "--was", "Joe Birch", "--to", "Joe Birch-Hay"), "bad-value"),
        (("rename", "oak", "--was", "Joe Birk", "--to", "Joe Birch-Hay"), "not-recorded"),
    ],
)  # fmt: skip
def test_only_what_is_recorded_is_taken_back_or_renamed(
    signed: Path, command: tuple[str, ...], rule: str
) -> None:
    """And nobody who is on the staff list gets another name beside that."""
    result = run_in(signed, "sign", *command, *(BY if command[0] == "correct" else BY[:2]))
    assert (result.code, re.findall(r"\[([\w-]+)\]", result.stderr)) == (1, [rule])


def test_a_signature_by_mistake_no_longer_counts(signed: Path, tmp_path: Path) -> None:
    """Nobody gave it; the same list handed in again does not bring it back, and a real one counts."""
    root = shutil.copytree(signed, tmp_path / "work")
    lists = (root / FOLDER / "signatures/0001.csv").read_bytes()
    assert _takes_back(root, "Joe Birch", "2026-11-17", "--version", "2.1.1.0").code == 0
    assert (root / FOLDER / "signatures/0001.csv").read_bytes() == lists
    person = _people(root)["Joe Birch"]
    said = "never signed; what was recorded of 17 November 2026 was a mistake"
    assert (person["state"], person["why"]) == ("to-sign", said)
    record = ("sign", "record", "oak/tiny", "signed.csv", "--version", "2.1.1")
    assert run_in(root, *record).stdout.splitlines() == [
        "1 row left out: already in the register",
        "1 row left out: the signature of Joe Birch of 17 November 2026 was taken back; add a note to record it anew",
        "nothing new, nothing recorded",
    ]
    assert _people(root)["Joe Birch"]["state"] == "to-sign"
    anew = shutil.copytree(root, tmp_path / "anew")
    (anew / "signed.csv").write_text("name,date,note\nJoe Birch,2026-11-17,He did sign\n")
    assert run_in(anew, *record).code == 0
    assert _people(anew)["Joe Birch"]["state"] == "signed"
    assert _takes_back(root, "Joe Birch", "2026-11-17").code == 1
    (root / "signed.csv").write_text("name,date\nJoe Birch,2026-11-18\n")
    assert run_in(root, *record).code == 0
    assert _people(root)["Joe Birch"]["state"] == "signed"
    assert run_in(root, "verify", "oak").code == 0


def test_who_has_another_name_has_signed(signed: Path, tmp_path: Path) -> None:
    """What was signed as the old one is hers, and says so; somebody who has that name later is somebody else."""
    root = shutil.copytree(signed, tmp_path / "work")
    staff = root / "schools/oak/staff.csv"
    staff.write_text(staff.read_text().replace("Ann Lee", "Ann Lee-Green"))
    assert _people(root)["Ann Lee-Green"]["state"] == "to-sign"
    rename = ("sign", "rename", "oak", "--was", "Ann Lee", "--to", "Ann Lee-Green", *BY[:2])
    assert run_in(root, *rename).code == 0
    person = _people(root)["Ann Lee-Green"]
    assert (person["state"], person["last_name"]) == ("signed", "Ann Lee")
    assert "Ann Lee" not in _people(root)
    # Two who signed the same would be one person for ever; who has her old name back signed as herself.
    assert "`Ann Lee-Green` and `Joe Birch` signed `receipt`" in _renames(root, "Joe Birch").stderr
    back = shutil.copytree(root, tmp_path / "back")
    (back / staff.relative_to(root)).write_text(
        staff.read_text().replace("Ann Lee-Green", "Ann Lee")
    )
    assert _renames(back, "Ann Lee").code == 0
    recorded = recorded_signatures(back, registered(back), Problems())
    assert recorded is not None
    standing = as_corrected(registered(back).file.entries, recorded)
    assert (standing[0].name, standing[0].signed_as) == ("Ann Lee", "")
    staff.write_text(staff.read_text() + "Ann Lee,Teacher,2026-11-17\n")
    assert _people(root)["Ann Lee"]["state"] == "to-sign"
    (root / "signed.csv").write_text("name,date\nAnn Lee,2026-11-18\n")
    record = ("sign", "record", "oak/tiny", "signed.csv", "--version", "2.1.1")
    assert run_in(root, *record).code == 0
    assert [_people(root)[each]["state"] for each in ("Ann Lee", "Ann Lee-Green")] == ["signed"] * 2
    assert run_in(root, "verify", "oak").code == 0


def _renames(root: Path, to: str) -> Result:
    return run_in(root, "sign", "rename", "oak", "--was", "Ann Lee-Green", "--to", to, *BY[:2])


def test_a_withdrawal_that_nobody_decided_never_was(root: Path) -> None:
    """The policy was in force all along, and may be withdrawn once more."""
    day = ("--body", "committee", "--reason", "No use", "--minute", "26.1", "--date")
    withdraw = ("withdraw", "oak/tiny", *day)
    assert _correct(root, "withdrawal", "2.1.1", "2026-11-18", "never").code == 1
    assert run_in(root, *withdraw, "2026-11-18").code == 0
    minutes = ("minutes", "oak/tiny", "--version", "2.1.1", "--minute", "26.1", "--signed-on")
    assert run_in(root, *minutes, "2026-11-19").code == 0
    assert _correct(root, "withdrawal", "2.1.1", "2026-11-18", "2026-11-19").code == 1
    assert _correct(root, "withdrawal", "2.1.1", "2026-11-18", "never").code == 0
    assert registered(root).withdrawn is None
    (status,) = _plain(root, "status", "oak", "--as-of", "2026-11-18")["policies"]
    assert (status["in_force"]["version"], status["withdrawn"]) == ("2.1.1", None)
    told = run_in(root, "history", "oak/tiny").stdout
    said = "corrected on 20 November 2026: not withdrawn, recorded as withdrawn on 18 November 2026"
    assert f"      {said}\n" in told
    assert "2.1.1  from 15 November 2026, in force" in told
    assert run_in(root, *withdraw, "2026-11-20").code == 0
    withdrawn = registered(root).withdrawn
    assert withdrawn is not None
    assert (str(withdrawn.on), withdrawn.minutes_status) == ("2026-11-20", "draft")
    assert run_in(root, "verify", "oak").code == 0


@pytest.mark.parametrize(
    ("decision", "fact", "old", "new"),
    [
        ("", "minute", "1", "2"),
        ("approval", "author", "A", "B"),
        ("approval", "date", "2026-11-12", "soon"),
        ("", "released", "then", "2026-11-12"),
        ("approval", "withdrawal", "2026-11-12", ""),
        ("withdrawal", "withdrawal", "then", ""),
    ],
)
def test_a_register_with_a_change_that_is_none_cannot_be_read(
    decision: str, fact: str, old: str, new: str
) -> None:
    """However well its digests fit."""
    said = {"version": "1.0", "decision": decision, "fact": fact, "old": old, "new": new}
    with pytest.raises(ValueError, match=r"correct|isoformat"):
        read_record(json.dumps(said), Change)
