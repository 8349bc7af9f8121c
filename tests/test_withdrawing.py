"""A policy is withdrawn: every view says so from that day on, and nothing that was approved is touched."""

from __future__ import annotations

import datetime
import json
import re
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from policygen.project.site import school_site
from policygen.site.school import site_files
from tests.support.hosting import two_versions
from tests.support.register import freeze, registered
from tests.support.workspace import ADOPTION, Result, run_in

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = "schools/oak/register/tiny"
SAID = "withdrawn on 18 November 2026 by the committee of the governing board, minute 21.2"
WITHDRAW = ("withdraw", "oak/tiny", "--body", "committee", "--date", "2026-11-18")
DECIDED = ("--minute", "21.2", "--reason", "The county gave it up.")


def _frozen(root: Path) -> dict[str, bytes]:
    paths = (path for path in (root / FOLDER).glob("[0-9]*/**/*") if path.is_file())
    return {str(path.relative_to(root)): path.read_bytes() for path in paths}


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A school with two policies in force."""
    root = two_versions(tmp_path_factory.mktemp("oak"))
    shutil.copytree(root / "templates/tiny", root / "templates/bells")
    template = root / "templates/bells/template.yaml"
    template.write_text(
        re.sub("title: .*", "title: Bells of the school", template.read_text(), count=1)
    )
    adoption = (root / ADOPTION).read_text().replace("amends: {count: material}\n", "")
    (root / ADOPTION.replace("tiny", "bells")).write_text(adoption)
    freeze(root, "2.1", "2026-11-12", minute="23.2", policy="bells")
    return root


@pytest.fixture(scope="module")
def withdrawn(before: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, of which one was replaced by the other."""
    root = tmp_path_factory.mktemp("withdrawn") / "work"
    shutil.copytree(before, root)
    frozen = _frozen(root)
    result = run_in(root, *WITHDRAW, *DECIDED, "--replaced-by", "bells")
    assert (result.code, result.stderr) == (0, "")
    assert result.stdout.split("\n")[:2] == [
        f"Keys to the school, version 2.1: {SAID}",
        "  replaced by bells",
    ]
    assert _frozen(root) == frozen
    assert run_in(root, "verify").code == 0
    return root


@pytest.fixture
def again(withdrawn: Path, tmp_path: Path) -> Path:
    """A copy that a test may change."""
    return shutil.copytree(withdrawn, tmp_path / "work")


@pytest.fixture(scope="module")
def files(withdrawn: Path) -> dict[str, str]:
    """The website, without its folder."""
    shelf = school_site(withdrawn, "oak", (), datetime.date(2026, 11, 20))
    assert shelf is not None
    texts = (each for each in site_files(shelf).items() if not each[0].endswith((".pdf", ".svg")))
    return {name.removeprefix("policies/"): content.decode() for name, content in texts}


def _plain(root: Path, *arguments: str, code: int = 0) -> Any:
    result = run_in(root, *arguments, "--format", "json")
    assert (result.code, result.stderr) == (code, "")
    return json.loads(result.stdout)


# --- what may be decided ----------------------------------------------------------------------------------------------


def test_all_that_stands_against_it_is_told_at_once(before: Path) -> None:
    """A body below the level, a day before the version, what only holds a place, and a policy that is none."""
    result = run_in(
        before, "withdraw", "oak/tiny", "--body", "head", "--date", "2026-11-01",
        "--minute", "TBC", "--reason", " ", "--replaced-by", "tiny",
    )  # fmt: skip
    assert result.code == 1
    assert sorted(re.findall(r"\[([\w-]+)\]$", result.stderr, re.MULTILINE)) == [
        "approval-level",
        "date-impossible",
        "leftover-placeholder",
        "leftover-placeholder",
        "unknown-template",
    ]
    assert registered(before).withdrawn is None


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (("--minute", "21.2", "--date", "2026-11-21"), "date-impossible"),
        (("--minute", ""), "minute-missing"),
    ],
)
def test_a_day_to_come_and_no_minute_are_refused(
    before: Path, change: tuple[str, ...], rule: str
) -> None:
    result = run_in(before, *WITHDRAW, "--reason", "Not needed", *change)
    assert (result.code, re.findall(r"\[([\w-]+)\]", result.stderr)) == (1, [rule])


@pytest.mark.parametrize(
    "command",
    [
        (*WITHDRAW, *DECIDED),
        ("sign", "sheet", "oak/tiny"),
        ("release", "oak/tiny", "--details"),
        (
            "approve",
            "oak/tiny",
            "--version",
            "2.1.1",
            "--review",
            "--content",
            "CODE",
            *WITHDRAW[2:],
            "--minute",
            "22",
        ),
    ],
)
def test_what_is_not_in_force_is_not_withdrawn_signed_released_or_reviewed(
    withdrawn: Path, command: tuple[str, ...]
) -> None:
    code = registered(withdrawn).versions[-1].content.code
    result = run_in(withdrawn, *(code if each == "CODE" else each for each in command))
    assert (result.code, re.findall(r"\[([\w-]+)\]", result.stderr)) == (1, ["policy-withdrawn"])
    assert SAID in result.stderr


# --- what every view says ---------------------------------------------------------------------------------------------


def test_it_was_in_force_until_that_day(withdrawn: Path) -> None:
    for day, version in (("2026-11-11", "2.0"), ("2026-11-17", "2.1")):
        (said,) = _plain(withdrawn, "history", "oak/tiny", "--on", day)["versions"]
        assert (said["version"], said["until"] <= "2026-11-18") == (version, True)
    said = _plain(withdrawn, "history", "oak/tiny", "--on", "2026-11-18", code=1)
    assert said["versions"] == []
    assert (said["withdrawn"]["reason"], said["withdrawn"]["replaced_by"]) == (
        "The county gave it up",
        "bells",
    )
    told = run_in(withdrawn, "history", "oak/tiny").stdout
    by = "withdrawn by Committee of the governing board, 18 November 2026, minute 21.2 (minutes draft)"
    assert "until 18 November 2026\n" in told
    assert f"      {by}; The county gave it up\n      replaced by bells\n" in told


def test_a_day_of_a_whole_school_is_answered_at_once(withdrawn: Path) -> None:
    """Every policy with its version of that day, as for one policy; and what was not in force, and why."""
    history = ("history", "oak", "--as-of", "2026-11-20", "--on")
    bells, tiny = run_in(withdrawn, *history, "2026-11-17").stdout.splitlines()[1::2]
    assert bells.split()[:5] == ["bells", "2.1", "12", "Nov", "2026"]
    assert tiny.split()[:5] == ["tiny", "2.1", "12", "Nov", "2026"]
    told = run_in(withdrawn, *history, "2026-11-18").stdout
    assert told.splitlines()[-1] == f"tiny: {SAID}"
    first = run_in(withdrawn, *history, "2024-01-01")
    assert (first.code, first.stdout.splitlines()) == (
        1,
        ["bells: nothing was in force", "tiny: nothing was in force"],
    )
    for day in ("2025-03-18", "2026-11-17", "2026-11-18"):
        said = _plain(withdrawn, *history, day)["policies"]
        assert [each["policy"] for each in said] == ["bells", "tiny"]
        for each in said:
            alone = run_in(
                withdrawn, "history", f"oak/{each['policy']}", *history[2:], day, "--format", "json"
            )
            assert json.loads(alone.stdout) == each
    assert run_in(withdrawn, "history", "tiny").code == 1


def test_status_has_nothing_to_do_but_its_minutes(withdrawn: Path) -> None:
    """Also on the day before, when nothing of it was known."""
    _, now = _plain(withdrawn, "status", "oak")["policies"]
    assert (now["in_force"], now["withdrawn"]["on"]) == (None, "2026-11-18")
    assert [due["says"] for due in now["due"]] == [
        "minute 23.1 of 2.1 to be signed",
        "minute 21.2 of the withdrawal to be signed",
    ]
    _, then = _plain(withdrawn, "status", "oak", "--as-of", "2026-11-17")["policies"]
    assert (then["in_force"]["version"], then["withdrawn"]) == ("2.1", None)
    shown = run_in(withdrawn, "status", "oak").stdout
    assert "2 policies of 1 school: 2 in the register, none overdue, 1 withdrawn" in shown


def test_a_calendar_takes_its_review_out(withdrawn: Path) -> None:
    """Under the id that the review had, and with a number that has grown."""

    def event(day: str) -> str:
        calendar = run_in(withdrawn, "status", "oak/tiny", "--format", "ics", "--as-of", day)
        return calendar.stdout.replace("\r\n", "\n")

    before, after = event("2026-11-17"), event("2026-11-18")
    assert "STATUS:CANCELLED" in after
    assert "STATUS:" not in before
    uids, numbers = (re.findall(rf"\n{key}:(.*)", before + after) for key in ("UID", "SEQUENCE"))
    assert uids[0] == uids[1]
    assert int(numbers[0]) < int(numbers[1])


def test_nobody_signs_it_and_its_issuer_sees_why(withdrawn: Path) -> None:
    assert [each["policy"] for each in _plain(withdrawn, "sign", "status", "oak")] == ["bells"]
    (row,) = _plain(withdrawn, "fleet", "tiny", "--as-of", "2026-11-20")["adoptions"]
    assert (row["version"], row["withdrawn"], row["editions_behind"]) == (None, "2026-11-18", 0)
    found = _plain(withdrawn, "fleet", "tiny", "--clause", "report-loss", "--as-of", "2026-11-20")
    said = {each["policy"]: (each["outcome"], each["says"]) for each in found["recall"]["findings"]}
    assert said["tiny"] == ("none", SAID)


def test_verify_says_of_each_copy_how_it_ended(withdrawn: Path) -> None:
    for version, said in (("2.0", "superseded by version 2.1"), ("2.1", SAID)):
        result = run_in(withdrawn, "verify", f"{FOLDER}/{version}/tiny.html")
        assert (result.code, f"\n  {said}" in result.stdout) == (0, True)
    assert (
        ", as approved, withdrawn on 18 November 2026 (register"
        in run_in(withdrawn, "verify", "oak").stdout
    )


def test_without_its_adoption_all_say_the_same(again: Path) -> None:
    """`status`, `history`, `fleet` and `sign` read the register."""
    said = [run_in(again, *command).stdout for command in VIEWS]
    (again / ADOPTION).unlink()
    after = [run_in(again, *command) for command in VIEWS]
    assert [each.code for each in after] == [0] * len(VIEWS)
    assert [each.stdout for each in after] == [
        re.sub(r"\n\n  1\.0  from.*?(?=\n\n)", "", each, flags=re.DOTALL) for each in said
    ]


VIEWS = (
    ("status", "oak"),
    ("history", "oak/tiny"),
    ("fleet", "tiny", "--as-of", "2026-11-20"),
    ("sign", "status", "oak"),
)


# --- the website ------------------------------------------------------------------------------------------------------


def test_the_old_addresses_stay_and_say_so(files: dict[str, str]) -> None:
    """Each version, form and history, and the address of the policy; with the way to what replaced it."""
    way = '<a href="../bells/index.html">Read what replaced it, Bells of the school</a>'
    capital = SAID.replace("withdrawn", "Withdrawn")
    now = files["tiny/index.html"]
    assert f"<strong>{capital}.</strong> {way}" in now
    assert "<title>Withdrawn: Keys to the school" in now
    assert '<meta name="robots" content="noindex">' in now
    assert f'Status</span> <span class="said">{capital}. {way}</span>' in now
    assert capital in files["tiny/2.1/forms/receipt/index.html"]
    older = files["tiny/2.0/index.html"]
    assert "<strong>Superseded on 12 November 2026 by version 2.1.</strong>" in older
    assert f"The policy was {SAID}." in older
    assert "Read the current version" not in now + older
    history = files["tiny/history/index.html"]
    assert "From 12 November 2026 until 18 November 2026" in history
    assert "<dt>Why withdrawn</dt><dd>The county gave it up</dd>" in history
    assert "In force</span>" not in history
    assert files["tiny/fragment.html"].count(capital) == 1
    assert "lost key" not in files["tiny/fragment.html"]


def test_it_is_not_listed_any_more_and_the_feed_says_why(files: dict[str, str]) -> None:
    for name in ("index.html", "search.html", "sitemap.xml"):
        assert "bells/" in files[name]
        assert "tiny/" not in files[name]
    assert "1 policy in force. Last updated 18 November 2026" in files["index.html"]
    feed = files["feed.xml"]
    first = feed[feed.index("<entry>") : feed.index("</entry>")]
    assert "<title>Keys to the school: withdrawn</title>" in first
    assert f"{SAID.replace('withdrawn', 'Withdrawn')}. The county gave it up." in first
    (_, index) = json.loads(files["policies.json"])["policies"]
    assert (index["current"], index["withdrawn_on"], index["replaced_by"]) == (
        None,
        "2026-11-18",
        "bells",
    )
    assert [each["withdrawn_on"] for each in index["versions"]] == [None, "2026-11-18"]


# --- afterwards -------------------------------------------------------------------------------------------------------


def test_a_website_that_does_not_say_so_is_told(again: Path) -> None:
    """It waits for somebody to make it again, and is no damage."""
    said = "does not say of oak/tiny what the register says of its withdrawal: run `policygen site oak`"
    for day, is_told in (("2026-11-17", True), ("2026-11-20", False)):
        assert run_in(again, "site", "oak", "--as-of", day).code == 0
        result = run_in(again, "verify")
        assert (result.code, said in result.stdout) == (0, is_told)


def test_its_minutes_are_signed_as_others_are(again: Path) -> None:
    minutes = ("minutes", "oak/tiny", "--version", "2.1", "--minute", "21.2")
    done = run_in(again, *minutes, "--signed-on", "2026-11-19")
    assert (done.code, f"This version was {SAID}." in done.stdout) == (0, True)
    (said,) = [
        each
        for each in _plain(again, "history", "oak/tiny")["versions"]
        if each["version"] == "2.1"
    ]
    assert (said["minutes_status"], said["withdrawn"]["minutes_status"]) == ("draft", "signed")
    assert run_in(again, *minutes, "--signed-on", "2026-11-19").code == 1


def test_a_late_signature_is_warned_of(again: Path) -> None:
    (again / "signed.csv").write_text("name,date\nAnn Lee,2026-11-17\nJoe Birch,2026-11-19\n")
    done = run_in(again, "sign", "record", "oak/tiny", "signed.csv", "--version", "2.1")
    assert done.code == 0, done
    assert done.stderr.count("[signature-superseded]") == 1
    assert "the policy had been withdrawn on 18 November 2026" in done.stderr


def test_a_new_version_brings_it_back(again: Path) -> None:
    """Also with the words that it had: a body approves it, after the day of the withdrawal."""
    adoption = again / ADOPTION
    adoption.write_text(
        adoption.read_text().replace('"2.1"', '"2.2"').replace("amends: {count: material}\n", "")
    )
    code = re.findall(r"content code (\S+)", run_in(again, "build", "oak/tiny").stdout)[0]
    approve = ("approve", "oak/tiny", "--version", "2.2", "--content", code, "--body", "committee")

    def on(day: str) -> Result:
        return run_in(again, *approve, "--date", day, "--minute", "22.1")

    early = on("2026-11-17")
    assert "the policy was withdrawn on 18 November 2026  [date-impossible]" in early.stderr
    pack = run_in(again, "pack", "oak/tiny")
    assert pack.code == 0, pack
    agenda = (again / "output/packs/oak/tiny/pack-2.2/agenda.txt").read_text()
    assert (
        f"which brings back into force what was {SAID.partition(' by ')[0]} under minute 21.2"
        in agenda
    )
    (noted,) = re.findall(r"the codes of the records so far: (.*)", agenda)
    assert len(noted.split()) == 2
    assert on("2026-11-19").code == 0
    register = registered(again)
    assert register.withdrawn is None
    assert [(each.version, each.change) for each in register.versions][-1] == ("2.2", "material")
    assert run_in(again, "verify", "oak").code == 0
    for day, version in (("2026-11-17", "2.1"), ("2026-11-19", "2.2")):
        (said,) = _plain(again, "history", "oak/tiny", "--on", day)["versions"]
        assert said["version"] == version
    assert _plain(again, "history", "oak/tiny", "--on", "2026-11-18", code=1)["versions"] == []
    assert SAID in run_in(again, "verify", f"{FOLDER}/2.1/tiny.html").stdout
    assert run_in(again, "verify", "--expect", noted).code == 0
