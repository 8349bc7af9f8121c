"""What a policy asks as a form for a spreadsheet, and the way back."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

import pytest
from openpyxl import load_workbook

from tests.support.standing import Standing, standing
from tests.support.workspace import ADOPTION, Workspace

if TYPE_CHECKING:
    from pathlib import Path

OPEN = ("adopt", "oak/tiny")


@pytest.fixture
def oak(tmp_path: Path) -> Standing:
    """A school that has not begun with the policy."""
    return standing(Workspace(tmp_path).without(ADOPTION))


def run(workspace: Standing, *more: str) -> tuple[int, str]:
    result = workspace.run(*OPEN, *more)
    return result.code, result.stdout + result.stderr


def form(workspace: Standing, name: str = "form.csv") -> list[dict[str, str]]:
    assert run(workspace, "--export", name)[0] == 0
    return [*csv.DictReader(io.StringIO(workspace.read(name).removeprefix("\ufeff")))]


def hand_in(workspace: Standing, rows: list[dict[str, str]], *more: str) -> tuple[int, str]:
    out = io.StringIO()
    writer = csv.DictWriter(out, [*rows[0]], delimiter=";")
    writer.writeheader()
    writer.writerows(rows)
    workspace.put("back.csv", out.getvalue())
    return run(workspace, "--from", "back.csv", *more)


TYPED = {"days_to_report": "2", "count_from": "01/09/2026", "key_safe": "No", "version": "2.0"}


def answered(rows: list[dict[str, str]], **more: str) -> list[dict[str, str]]:
    """The form filled in: with these answers, else with what is suggested or can be chosen first."""
    return [{**row, "answer": _answer(row["key"], row, {**TYPED, **more})} for row in rows]


def _answer(key: str, row: dict[str, str], typed: dict[str, str]) -> str:
    chosen = row["suggested"] or row["choices"].split("\n")[0] or "School office"
    return typed.get(key.rpartition(".")[2], chosen)


def test_a_form_that_is_filled_in_makes_the_adoption(oak: Standing) -> None:
    """What is there already is known when it comes again; a second form shows it."""
    rows = form(oak)
    assert {row["now"] for row in rows} == {""}
    code, said = hand_in(oak, answered(rows))
    assert (code, "everything is decided" in said) == (0, True)
    before = oak.read(ADOPTION)
    code, said = hand_in(oak, answered(rows))
    assert code == 0
    assert f"no answers taken, {len(rows)} known already" in said
    assert oak.read(ADOPTION) == before
    assert "" not in {row["now"] for row in form(oak, "again.csv")}


def test_what_is_not_understood_is_told_and_the_rest_is_taken(oak: Standing) -> None:
    rows = answered(form(oak), version="next")
    code, said = hand_in(oak, rows)
    assert code == 1
    assert "must be numbers with dots between them" in said
    assert "1 answer not taken" in said
    assert "author: School office" in oak.read(ADOPTION)
    rows[0] = {**rows[0], "key": "answers.gone"}
    assert "not asked of the school as it answers now" in hand_in(oak, rows)[1]


def test_a_day_that_may_be_two_is_not_taken(oak: Standing) -> None:
    """Another answer of the same form has the month first."""
    code, said = hand_in(oak, answered(form(oak), doors="01/25/2026"))
    assert code == 1
    assert "`01/09/2026` may be 1 September 2026 or 9 January 2026" in said
    assert "count_from: 2026" not in oak.read(ADOPTION)


def test_an_answer_given_meanwhile_stays_unless_it_is_to_be_replaced(oak: Standing) -> None:
    rows = form(oak)
    assert hand_in(oak, answered(rows, author="Ann Lee"))[0] == 0
    code, said = hand_in(oak, answered(rows, author="Joe Birch"))
    assert code == 1
    assert "this was answered meanwhile: “Ann Lee”" in said
    assert "author: Ann Lee" in oak.read(ADOPTION)
    assert hand_in(oak, answered(rows, author="Joe Birch"), "--replace")[0] == 0
    assert "author: Joe Birch" in oak.read(ADOPTION)


def test_a_form_of_another_policy_or_edition_is_told(oak: Standing) -> None:
    rows = answered(form(oak))
    code, said = hand_in(oak, [{**row, "policy": "elm/tiny"} for row in rows])
    assert (code, "made for `elm/tiny`" in said) == (1, True)
    code, said = hand_in(oak, [{**row, "edition": "2020.1"} for row in rows])
    assert (code, "made for edition 2020.1" in said) == (0, True)


def test_a_workbook_offers_the_choices_and_is_never_written_over(oak: Standing) -> None:
    assert run(oak, "--export", "form.xlsx")[0] == 0
    book: Any = load_workbook(oak.root / "form.xlsx")
    page = book.worksheets[0]
    assert page.data_validations.dataValidation
    assert page.column_dimensions["G"].hidden
    for row in page.iter_rows(min_row=4):
        said = {"choices": row[3].value or "", "suggested": row[4].value}
        row[1].value = _answer(row[6].value, said, TYPED)
    book.save(oak.root / "form.xlsx")
    assert run(oak, "--from", "form.xlsx")[0] == 0
    code, said = run(oak, "--export", "form.xlsx")
    assert (code, "already" in said) == (1, True)
