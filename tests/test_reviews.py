"""When a review falls due: after so many months, or in a slot of the school year; and how documents and status say so."""

from __future__ import annotations

import datetime
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policygen.ground.dates import SLOTS, Month, printed_due, review_due
from policygen.html.labels import (
    Stamp,
    next_review,
    record_rows,
    review,
    version_date,
    version_minute,
)
from policygen.language.document import VersionRow
from policygen.model.adoption import AdoptionFile
from policygen.project.check import Selection, check
from policygen.register.history import past_versions
from policygen.register.records import RegisterFile
from policygen.register.state import Register
from tests.support import samples
from tests.support.reading import lines, reading
from tests.support.workspace import ADOPTION, TEMPLATE, Workspace, run_in

if TYPE_CHECKING:
    from pathlib import Path

DAY = datetime.date.fromisoformat
AS_OF = DAY("2026-11-20")
ADOPTED = 'edition: "2026.1"\nversion: "1.0"\nauthor: Headteacher\nreason: First adopted\n'
TERM = "  review_months: 24\n", "  review_months: 24\n  review_term: Autumn 2\n"


@pytest.mark.parametrize(
    ("decided", "months", "slot", "due"),
    [
        ("2026-11-12", 24, "", "2028-11-12"),
        ("2026-11-12", 24, "Autumn 2", "2028-12-31"),
        ("2026-11-12", 24, "Autumn 1", "2028-10-31"),
        ("2026-11-12", 12, "Spring 1", "2028-02-29"),
        ("2026-11-12", 12, "Spring 2", "2028-03-31"),
        ("2026-11-12", 12, "Summer 1", "2027-05-31"),
        ("2026-11-12", 12, "Summer 2", "2027-07-31"),
        ("2027-01-05", 12, "Autumn 2", "2027-12-31"),
        ("2026-12-30", 1, "Autumn 2", "2026-12-31"),
        ("2026-12-31", 1, "Autumn 2", "2027-12-31"),
    ],
)
def test_a_slot_ends_with_a_month(decided: str, months: int, slot: str, due: str) -> None:
    """The one nearest to so many months later, and never before the decision."""
    assert review_due(DAY(decided), months, slot) == DAY(due)


def test_of_a_month_the_slot_is_known_to_the_day() -> None:
    assert review_due(Month(2024, 1), 24) == Month(2026, 1)
    assert review_due(Month(2024, 1), 24, "Spring 1") == DAY("2026-02-28")


@given(st.dates(DAY("2000-01-01"), DAY("2100-01-01")), st.integers(1, 60), st.sampled_from(SLOTS))
def test_a_slot_follows_the_decision_within_a_year_of_its_time(
    decided: datetime.date, months: int, slot: str
) -> None:
    """It is never past when the decision is made, and never further than a slot's year from the months that were asked."""
    due, plain = review_due(decided, months, slot), review_due(decided, months)
    assert isinstance(due, datetime.date)
    assert isinstance(plain, datetime.date)
    assert due > decided
    assert abs(due - plain) <= datetime.timedelta(366)
    assert (due + datetime.timedelta(1)).day == 1


def test_it_prints_with_its_last_day() -> None:
    assert printed_due(DAY("2028-12-31"), "Autumn 2") == "Autumn 2 (by 31 December 2028)"
    assert printed_due(DAY("2028-12-31")) == "31 December 2028"


def test_the_record_names_the_slot() -> None:
    """Before approval as well as after it, in every shape."""
    document = replace(samples.APPROVED_POLICY, review_term="Autumn 2", review_months=24)
    stamp = Stamp("approved", "7f3a-91c2")
    assert review(document) == "every 2 years in Autumn 2"
    rows = dict(record_rows(document, stamp))
    assert rows["Review"] == "Every 2 years in Autumn 2"
    assert rows["Next review"].startswith("Autumn 2 (by 31 December 20")
    draft = replace(document, versions=(replace(document.versions[-1], date=None),))
    assert next_review(draft) == "2 years after approval in Autumn 2"


@pytest.mark.parametrize(
    ("written", "cycle"),
    [
        ("", (24, "Autumn 2")),
        ("review: {months: 12}\n", (12, "Autumn 2")),
        ("review: {term: Spring 1}\n", (24, "Spring 1")),
        ("review: {months: 36, term: Summer 2}\n", (36, "Summer 2")),
    ],
)
def test_a_school_may_say_otherwise(written: str, cycle: tuple[int, str], tmp_path: Path) -> None:
    """Each of the two by itself; the template's stands for the other."""
    workspace = Workspace(tmp_path).with_change(TEMPLATE, *TERM)
    workspace = workspace.with_files({ADOPTION: workspace.text(ADOPTION) + written})
    (composed,) = check(workspace.write(), [Selection()], AS_OF).policies
    assert (composed.document.review_months, composed.document.review_term) == cycle


def test_a_slot_that_is_none_is_refused() -> None:
    """And so is a review that says nothing."""
    assert reading(f"{ADOPTED}review: {{term: Autumn 3}}\n", AdoptionFile)[1] == lines("""
        5:16+8 bad-value: `term` must be `Autumn 1`, `Autumn 2`, `Spring 1`, `Spring 2`, `Summer 1` or `Summer 2`
          did you mean `Autumn 2`?
        """)
    assert reading(f"{ADOPTED}review: {{}}\n", AdoptionFile)[1] == lines("""
        5:1+6 missing-key: `review` lacks `months`
          write `months: 12`, `term: Autumn 2` or both
        """)


@pytest.mark.slow
def test_status_history_and_calendar_say_the_slot(tmp_path: Path) -> None:
    """As the frozen copy does."""
    root = Workspace(tmp_path).with_change(TEMPLATE, *TERM).write()
    decision = (
        "--version",
        "2.0",
        "--content",
        "a27f-fdfb",
        "--body",
        "committee",
        "--date",
        "2026-11-12",
    )
    said = run_in(root, "approve", "oak/tiny", *decision, "--minute", "19.2").stdout
    assert "next review Autumn 2 (by 31 December 2028)" in said
    assert (
        "Review: Every 2 years in Autumn 2"
        in (root / "schools/oak/register/tiny/2.0/tiny.txt").read_text()
    )
    assert (
        "next review Autumn 2 (by 31 December 2028)" in run_in(root, "history", "oak/tiny").stdout
    )
    today = ("--as-of", "2026-11-20")
    (policy,) = json.loads(run_in(root, "status", "--format", "json", *today).stdout)["policies"]
    assert (policy["in_force"]["next_review"], policy["in_force"]["review_term"]) == (
        "2028-12-31",
        "Autumn 2",
    )
    assert ("review", "next review in Autumn 2") in [
        (due["what"], due["says"]) for due in policy["due"]
    ]
    calendar = run_in(root, "status", "--format", "ics", *today).stdout.replace("\r\n ", "")
    assert "DTSTART;VALUE=DATE:20281231" in calendar
    assert "Due in Autumn 2." in calendar
    late = run_in(root, "status", "--format", "json", "--as-of", "2029-01-01").stdout
    assert "review overdue since the end of Autumn 2" in late


def test_an_old_version_without_a_date_is_told_and_not_placed() -> None:
    """When the version before it ceased to be in force is not claimed; the record says what nobody recorded."""
    before = (
        VersionRow("0.1", datetime.date(2019, 3, 12), "", "", "752.1"),
        VersionRow("0.2", None, "Head", "", "", undated=True),
        VersionRow("0.3", Month(2024, 1), "Head", "Keys", ""),
    )
    first, last = past_versions(Register(RegisterFile(school="oak", policy="tiny")), before)
    assert (first.version, first.undated, last.version) == ("0.1", ("0.2",), "0.3")
    assert version_date(before[1]) == "Not recorded"
    assert version_minute(before[1]) == "None recorded"
