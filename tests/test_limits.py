"""What is larger than anything that is needed is refused where it stands, and all limits are in one table."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from policygen.ground import limits
from policygen.ground.diagnostics import Diagnostic, Place, in_order
from policygen.ground.limits import FILE_LETTERS, FILE_LINES, LINE_LETTERS, PROBLEMS, ROWS
from tests.support.workspace import ADOPTION, SCHOOL, Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
LOST = "templates/tiny/sections/lost-keys.md"
STAFF = "schools/oak/staff.csv"


def test_the_table_is_made_of_the_limits() -> None:
    """Copy what is missing: `python -c "from policygen.ground.limits import table; print(table())"`."""
    assert limits.table() in (ROOT / "docs/reference/limits.md").read_text("utf-8")


def test_every_limit_is_used_and_no_other_module_has_one() -> None:
    """A number that bounds what is read stands in one place."""
    texts = {path: path.read_text("utf-8") for path in (ROOT / "src").rglob("*.py")}
    names = [name for name, limit in vars(limits).items() if isinstance(limit, limits.Limit)]
    others = "\n".join(text for path, text in texts.items() if path.name != "limits.py")
    assert [name for name in names if not re.search(rf"\b{name}\b", others)] == []


def _large() -> Iterator[tuple[str, str, str]]:
    line = "a" * (LINE_LETTERS + 1)
    many = "a b\n\n" * (FILE_LETTERS // 5 + 1)
    for path in (LOST, SCHOOL, ADOPTION, STAFF):
        yield path, f"# a\n{line}\n", f"{path}:2:{LINE_LETTERS + 1}"
        yield path, "#\n" * (FILE_LINES + 1), f"{path}:{FILE_LINES + 1}:1"
        yield path, many, path


@pytest.mark.parametrize(("path", "text", "place"), list(_large()))
def test_a_text_that_is_too_large_is_refused_at_its_place(
    tmp_path: Path, path: str, text: str, place: str
) -> None:
    result = Workspace(tmp_path).with_files({path: text}).run("check")
    assert result.code == 1
    assert "[file-too-large]" in result.stderr
    assert f"  --> {place}\n" in result.stderr


def test_a_text_as_large_as_it_may_be_is_read(tmp_path: Path) -> None:
    text = f"# Lost keys {{#lost-keys}}\n\n<!--{' ' * (LINE_LETTERS - 7)}-->\n"
    result = Workspace(tmp_path).with_files({LOST: text}).run("check")
    assert "file-too-large" not in result.stderr


def test_a_list_of_too_many_people_is_refused_at_its_row(tmp_path: Path) -> None:
    rows = "".join(f"Ann Lee {number},Teacher\n" for number in range(ROWS + 5))
    result = Workspace(tmp_path).with_files({STAFF: f"name,role\n{rows}"}).run("check")
    assert result.code == 1
    assert (
        f"there are more than {ROWS:,} rows  [csv-shape]\n  --> {STAFF}:{ROWS + 2}:1"
        in result.stderr
    )
    assert result.stderr.endswith("\n\n1 error\n")


def test_of_many_problems_the_first_are_told_and_how_many_there_are() -> None:
    """No warning and no other file is left out, whatever comes of it a second time."""
    errors = [Diagnostic("bad-link", "a", Place("a.md", line)) for line in range(1, PROBLEMS + 51)]
    warnings = [Diagnostic("capitals", "a", Place("a.md", line)) for line in range(1, 300)]
    other = Diagnostic("bad-link", "a", Place("b.md", 1))
    told = in_order([*errors, *warnings, other])
    left = [each for each in told if each.rule == "problems-left"]
    assert [(each.message, str(each.place)) for each in left] == [
        ("this file has 50 errors more", "a.md")
    ]
    assert set(warnings) | {other} <= set(told)
    assert [each for each in told if each.rule == "bad-link" and each != other] == errors[:PROBLEMS]
    assert set(in_order(told)) == set(told)


def test_a_number_of_a_thousand_digits_is_refused(tmp_path: Path) -> None:
    text = f"# Lost keys {{#lost-keys}}\n\n1. It is {{{{ 0x{'f' * 5000} }}}}. {{#report-loss}}\n"
    result = Workspace(tmp_path).with_files({LOST: text}).run("check")
    assert (result.code, "[jinja-statement]" in result.stderr) == (1, True)


def test_each_test_that_a_promise_names_is_there() -> None:
    """Promises whose tests were renamed or taken out are found."""
    promises = (ROOT / "docs/explanation/promises.md").read_text("utf-8")
    texts = {path.name: path.read_text("utf-8") for path in (ROOT / "tests").glob("test_*.py")}
    named = re.findall(r"`(?:tests/)?(test_\w+(?:\.py)?)`", promises)
    whole = "\n".join(texts.values())
    lost = [name for name in named if name not in texts and f"def {name}(" not in whole]
    assert (lost, len(named) > 20) == ([], True)
