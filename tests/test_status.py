"""`policygen status`: how every policy stands, as a table, JSON, CSV and a calendar."""

from __future__ import annotations

import csv
import datetime
import io
import json
from typing import TYPE_CHECKING, Any

import pytest
from icalendar import Calendar

from tests.support.register import freeze, record_signatures, sign_minutes
from tests.support.standing import Standing, standing
from tests.support.terminal import Terminal
from tests.support.workspace import ADOPTION, SCHOOL, TEMPLATE, Workspace

if TYPE_CHECKING:
    from pathlib import Path

SIGNED = "name,role,form,date,state,how,note\n{},receipt,2026-11-20,signed,paper,\n"
LOSS = "templates/tiny/sections/lost-keys.md"


def approved(workspace: Workspace, *, minutes: str = "signed") -> Standing:
    """The workspace with version 2.0 approved on 12 November 2026, to be reviewed two years later."""
    made = standing(workspace)
    freeze(made.root, "2.0", "2026-11-12", minute="19.2", minutes=minutes)
    return made


def due(workspace: Workspace, day: str) -> list[dict[str, object]]:
    (policy,) = json.loads(workspace.run("status", "--format", "json", "--as-of", day).stdout)[
        "policies"
    ]
    return [(each["what"], each["says"], each["day"], each["overdue"]) for each in policy["due"]]


# --- the table --------------------------------------------------------------------------------------------------------


def test_a_school_without_a_register(tmp_path: Path) -> None:
    """The last version from before it is shown, and that nobody can verify it."""
    result = Workspace(tmp_path).run("status", "--as-of", "2026-11-20")
    assert (result.code, result.stderr) == (0, "")
    assert result.stdout == (
        "Oak Lane School\n"
        "Policy              Version  Edition  Approved     Next review  To do\n"
        "Keys to the school  1.0*     2026.1   18 Mar 2025  18 Mar 2027  2.0 to be\n"
        "                                                                approved\n"
        "\n"
        "* from before the register: cannot be verified\n"
        "1 policy of 1 school: none in the register, none overdue\n"
    )


def test_a_policy_that_was_never_approved(tmp_path: Path) -> None:
    text = Workspace(tmp_path).text(ADOPTION)
    workspace = Workspace(tmp_path).with_files({ADOPTION: text[: text.index("history:")]})
    row = workspace.run("status", "--as-of", "2026-11-20").stdout.splitlines()[2]
    assert row == "Keys to the school  –        2026.1   –         –            2.0 to be approved"


def test_all_that_is_to_do(tmp_path: Path) -> None:
    """Reviews that are overdue, minutes and staff that have not signed: one line each."""
    workspace = approved(Workspace(tmp_path), minutes="draft")
    result = workspace.run("status", "--as-of", "2028-11-13")
    assert result.stdout == (
        "Oak Lane School\n"
        "Policy              Version  Edition  Approved     Next review  To do\n"
        "Keys to the school  2.0      2026.1   12 Nov 2026  12 Nov 2028  review overdue\n"
        "                                                                minute 19.2 of\n"
        "                                                                2.0 to be signed\n"
        "                                                                2 people to sign\n"
        "\n"
        "1 policy of 1 school: 1 in the register, 1 overdue\n"
    )


@pytest.mark.slow
@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_the_table_fits_a_terminal(tmp_path: Path, width: int) -> None:
    """No line is longer than the terminal is wide, and nothing is cut off."""
    workspace = approved(Workspace(tmp_path), minutes="draft")
    with Terminal(workspace.root, "status", "--as-of", "2028-11-13", width=width) as terminal:
        assert terminal.end() == 0
        shown = terminal.shown
    assert max(map(len, shown.splitlines())) <= width
    assert "…" not in shown
    words = " ".join(shown.split())
    assert {"review", "overdue", "minute", "people"} <= {*words.split()}
    assert words.count("12 Nov 2026") == words.count("12 Nov 2028") == 1


# --- what is due ------------------------------------------------------------------------------------------------------


def test_the_day_of_the_review_is_not_overdue(tmp_path: Path) -> None:
    """The day after is."""
    workspace = approved(Workspace(tmp_path))
    assert ("review", "next review", "2028-11-12", False) in due(workspace, "2028-11-12")
    assert ("review", "review overdue", "2028-11-12", True) in due(workspace, "2028-11-13")


def test_a_month_lasts_until_its_last_day(tmp_path: Path) -> None:
    """Of an old version of which only the month is known."""
    workspace = Workspace(tmp_path).with_change(ADOPTION, "date: 2025-03-18", "date: 2025-02")
    assert ("review", "next review", "2027-02-28", False) in due(workspace, "2027-02-28")


def test_minutes_are_due_until_they_are_signed(tmp_path: Path) -> None:
    workspace = approved(Workspace(tmp_path), minutes="draft")
    assert ("minutes", "minute 19.2 of 2.0 to be signed", "2026-11-12", False) in due(
        workspace, "2026-11-20"
    )
    sign_minutes(workspace.root, "2.0", "19.2", "2026-12-03")
    assert "minutes" not in {what for what, *_ in due(workspace, "2026-12-04")}


def test_staff_are_due_until_they_have_signed(tmp_path: Path) -> None:
    workspace = approved(Workspace(tmp_path))
    assert ("signatures", "2 people to sign", None, False) in due(workspace, "2026-11-20")
    record_signatures(workspace.root, "2.0", SIGNED.format("Ann Lee,Headteacher"))
    assert ("signatures", "1 person to sign", None, False) in due(workspace, "2026-11-20")
    record_signatures(workspace.root, "2.0", SIGNED.format("Joe Birch,Teacher"))
    assert "signatures" not in {what for what, *_ in due(workspace, "2026-11-20")}


def test_what_is_prepared_is_to_be_approved(tmp_path: Path) -> None:
    """Only a version above the last one in the register."""
    workspace = approved(Workspace(tmp_path))
    assert "approval" not in {what for what, *_ in due(workspace, "2026-11-20")}
    workspace.put(ADOPTION, workspace.read(ADOPTION).replace('version: "2.0"', 'version: "2.1"'))
    assert ("approval", "2.1 to be approved", None, False) in due(workspace, "2026-11-20")


def test_stale_details_are_named(tmp_path: Path) -> None:
    """A person who changed since the version in force was frozen."""
    text = (
        Workspace(tmp_path)
        .text(LOSS)
        .replace("{{ roles.head }}", "{{ roles.head }}, {{ people.head.name }},")
    )
    workspace = approved(Workspace(tmp_path).with_files({LOSS: text}))
    assert "details" not in {what for what, *_ in due(workspace, "2026-11-20")}
    workspace.put(SCHOOL, workspace.read(SCHOOL).replace("name: Ann Lee", "name: Bea Moss"))
    assert ("details", "details changed: Headteacher", None, False) in due(workspace, "2026-11-20")


def test_leave_for_own_wording_ends(tmp_path: Path) -> None:
    """A deviation from agreed wording with a day: in the calendar before it, overdue after it."""
    own = (
        "clauses:\n  who-keeps:\n    replace: The caretaker keeps the keys.\n    reason: The office moved\n"
        "    deviation: {reason: Agreed for this site, agreed_by: Schools HR, until: 2027-08-31}\n"
    )
    workspace = approved(Workspace(tmp_path).with_change(ADOPTION, "clauses:\n", own))
    says = "leave for own wording of who-keeps"
    assert ("deviation", f"{says} ends", "2027-08-31", False) in due(workspace, "2027-08-31")
    assert ("deviation", f"{says} has ended", "2027-08-31", True) in due(workspace, "2027-09-01")


def test_one_broken_school_does_not_hide_the_others(tmp_path: Path) -> None:
    """What can be read is shown, and what cannot is told."""
    files = {"schools/elm/school.yaml": "name: Elm\nname: Elm\n"}
    result = Workspace(tmp_path).with_files(files).run("status", "--as-of", "2026-11-20")
    assert result.code == 1
    assert "[duplicate-key]" in result.stderr
    assert "Oak Lane School" in result.stdout


@pytest.mark.parametrize(
    ("day", "minutes", "code"),
    [("2028-11-12", "signed", 0), ("2028-11-13", "signed", 1), ("2026-11-20", "draft", 1)],
    ids=["fine", "overdue", "unsigned"],
)
def test_strict_turns_what_is_overdue_or_unsigned_into_an_exit_code(
    tmp_path: Path, day: str, minutes: str, code: int
) -> None:
    """Without it the exit code is 0."""
    template = Workspace(tmp_path).text(TEMPLATE).replace("signed_by: staff", "signed_by: pupils")
    workspace = approved(Workspace(tmp_path).with_files({TEMPLATE: template}), minutes=minutes)
    assert workspace.run("status", "--as-of", day).code == 0
    assert workspace.run("status", "--strict", "--as-of", day).code == code


# --- other forms ------------------------------------------------------------------------------------------------------


def test_json_says_how_a_policy_stands(tmp_path: Path) -> None:
    workspace = approved(Workspace(tmp_path))
    plain = json.loads(
        workspace.run("status", "oak", "--format", "json", "--as-of", "2026-11-20").stdout
    )
    (policy,) = plain["policies"]
    assert plain["as_of"] == "2026-11-20"
    assert policy["in_force"] == {
        "version": "2.0",
        "edition": "2026.1",
        "change": "material",
        "since": "2026-11-12",
        "approved": "2026-11-12",
        "body": "Committee of the governing board",
        "minute": "19.2",
        "next_review": "2028-11-12",
        "review_term": None,
        "in_register": True,
    }
    assert (policy["school"], policy["policy"], policy["preparing"], policy["overdue"]) == (
        "oak",
        "tiny",
        None,
        False,
    )


def test_csv_lists_what_is_due_by_day(tmp_path: Path) -> None:
    workspace = approved(Workspace(tmp_path), minutes="draft")
    text = workspace.run("status", "--format", "csv", "--as-of", "2026-11-20").stdout
    rows = [*csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))]
    assert [(row["what"], row["due"], row["overdue"]) for row in rows] == [
        ("minutes", "2026-11-12", "no"),
        ("review", "2028-11-12", "no"),
        ("signatures", "", "no"),
    ]
    assert {(row["school"], row["policy"], row["title"]) for row in rows} == {
        ("oak", "tiny", "Keys to the school")
    }


def test_the_calendar_has_an_event_for_each_review(tmp_path: Path) -> None:
    """All day, with a UID that stays, the day of the command as its stamp, and no alarm."""
    workspace = approved(Workspace(tmp_path))
    text = workspace.run("status", "--format", "ics", "--as-of", "2026-11-20").stdout
    calendar = Calendar.from_ical(text)
    (event,) = calendar.walk("VEVENT")
    assert event["UID"].startswith("review-")
    assert event.decoded("LAST-MODIFIED") == event.decoded("DTSTAMP")
    assert event.decoded("DTSTART") == datetime.date(2028, 11, 12)
    assert event.decoded("DTSTAMP") == datetime.datetime(2026, 11, 20, tzinfo=datetime.UTC)
    assert event["SUMMARY"] == "Review: Keys to the school (Oak Lane School)"
    assert (
        event["DESCRIPTION"]
        == "Version 2.0. Put it on the agenda of the last meeting before this day."
    )
    assert calendar.walk("VALARM") == []
    assert text == workspace.run("status", "--format", "ics", "--as-of", "2026-11-20").stdout


def test_the_event_of_a_policy_moves_and_is_no_other_schools(tmp_path: Path) -> None:
    """Its UID stays when a version follows and when the school gets another name; its sequence grows with its day."""

    def event(workspace: Standing, day: str) -> Any:
        text = workspace.run("status", "--format", "ics", "--as-of", day).stdout
        return Calendar.from_ical(text).walk("VEVENT")[0]

    other = standing(
        Workspace(tmp_path / "other").with_change(SCHOOL, "name: Oak Lane", "name: Ash Road")
    )
    workspace = standing(Workspace(tmp_path / "oak"))
    before = event(workspace, "2026-11-01")
    assert event(other, "2026-11-01")["UID"] != before["UID"]
    freeze(workspace.root, "2.0", "2026-11-12", minute="19.2")
    first = event(workspace, "2026-11-20")
    workspace.put(SCHOOL, workspace.read(SCHOOL).replace("name: Oak Lane", "name: Oak Grove"))
    freeze(workspace.root, "2.1", "2026-11-19", minute="20.1")
    second = event(workspace, "2026-11-20")
    assert before["UID"] == first["UID"] == second["UID"]
    assert before["SEQUENCE"] < first["SEQUENCE"] < second["SEQUENCE"]
    assert first.decoded("DTSTART") < second.decoded("DTSTART")


def test_files_that_wait_for_the_board_are_to_do(tmp_path: Path) -> None:
    """Brought to another edition, or changed, after the last approval: the edition shown is that of the version in force."""
    workspace = approved(Workspace(tmp_path))
    assert "approval" not in {what for what, *_ in due(workspace, "2026-11-20")}
    text = workspace.read(LOSS)
    workspace.put(LOSS, text.replace("A lost key", "A key that is lost"))
    says = "changed since 2.0, not yet brought to the board"
    assert ("approval", says, None, False) in due(workspace, "2026-11-20")
    assert "changed since" not in workspace.run("status", "--as-of", "2026-11-11").stdout
    workspace.put(LOSS, text)
    for path in (TEMPLATE, ADOPTION):
        workspace.put(path, workspace.read(path).replace("2026.1", "2026.2"))
    shown = workspace.run("status", "--as-of", "2026-11-20").stdout
    assert "2026.1," in shown
    assert "2026.2 next" in shown
    says = "upgraded to 2026.2, not yet brought to the board"
    assert ("approval", says, None, False) in due(workspace, "2026-11-20")
