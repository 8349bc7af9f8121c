"""What the first page of a file says of the document becomes title, history and review; the rest is told in few lines."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from policygen.moving.front import date_in
from policygen.project.moving import MovedIn, move_in
from tests.support.word_policies import Written
from tests.support.workspace import Workspace, run_in

CONTROL = [
    ["Document control", "", "", ""],
    ["Title", "Lone working", "Version", "3.2"],
    ["Author", "J. Penhallow", "Ratified on", "9 July 2026"],
    ["Owner", "Site manager", "Review date:", "July 2028"],
]
VERSIONS = [
    ["Version", "Issue date", "Author", "What changed"],
    ["3.0", "May 2024", "R. Dunmore", "Rewritten"],
    ["2.0", "11.06.2022", "R. Dunmore", ""],
]


def moved(tmp_path: Path, *tables: list[list[str]]) -> tuple[Path, MovedIn]:
    written = Written()
    for table in tables:
        written.table(table)
        written.text("")
    written.heading("Rules")
    written.text("1.1 Nobody works alone on a roof.")
    written.heading("Help")
    written.text("2.1 Ring the duty manager.")
    root = Workspace(tmp_path).with_files({"policy.docx": written.bytes()}).write()
    return root, move_in(root, root / "policy.docx", "lone", date(2026, 11, 27), school_id="oak")


def test_control_table_and_versions(tmp_path: Path) -> None:
    """The title, a history that rises though the table falls, the cycle between two dates, and one line for the rest."""
    root, made = moved(tmp_path, CONTROL, VERSIONS)
    template = (root / "templates/lone/template.yaml").read_text("utf-8")
    assert "title: Lone working\n" in template
    assert "review_months: 24\n" in template
    adoption = (root / "schools/oak/policies/lone.yaml").read_text("utf-8")
    rows = [line for line in adoption.splitlines() if line.startswith("  - ")]
    assert [row[:16] for row in rows] == [
        '  - {version: "2',
        '  - {version: "3',
        '  - {version: "3',
    ]
    assert '  - {version: "2.0", date: "2022-06-11", author: R. Dunmore}' in adoption
    assert 'version: "3.2", date: "2026-07-09", author: J. Penhallow' in rows[2]
    assert 'version: "3.3"\n' in adoption
    (rest,) = [each.says for each in made.report.of("by-hand") if "before the text" in each.says]
    assert rest.startswith("“Document control; Owner; Site manager”")
    assert run_in(root, "check", "oak/lone", "--as-of", "2026-11-27").code == 0


def test_what_cannot_be_read_is_left_to_a_person(tmp_path: Path) -> None:
    """One row without a date: no history is made up, and every word of the table is told."""
    root, made = moved(tmp_path, [*VERSIONS, ["1.0", "some time ago", "", "First"]])
    assert "history:" not in (root / "schools/oak/policies/lone.yaml").read_text("utf-8")
    assert any("some time ago" in each.says for each in made.report.of("by-hand"))


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("9 July 2026", "2026-07-09"),
        ("Thursday 9th of July 2026", "2026-07-09"),
        ("July 9, 2026", "2026-07-09"),
        ("Sept. 2025", "2025-09"),
        ("Sept 2025", "2025-09"),
        ("11/06/22", "2022-06-11"),
        ("2026-07-09", "2026-07-09"),
        ("31/02/2026", ""),
        ("Autumn 2026", ""),
        ("", ""),
    ],
)
def test_dates(text: str, date: str) -> None:
    assert date_in(text) == date
