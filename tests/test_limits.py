"""What is larger than anything that is needed is refused where it stands, and all limits are in one table."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from policygen.compose import budget
from policygen.compose.bases import _closed
from policygen.ground import limits
from policygen.ground.diagnostics import Diagnostic, Place, Problems, in_order
from policygen.ground.limits import (
    CLASSES,
    COLUMNS,
    FILE_LETTERS,
    FILE_LINES,
    LINE_LETTERS,
    PARAGRAPH_LETTERS,
    PROBLEMS,
    ROWS,
    TEXT_LETTERS,
    YAML_ENTRIES,
    Limit,
)
from policygen.ground.limits import STAFF as STAFF_THERE
from policygen.language.source import source
from policygen.model.people import read_pupils, read_staff
from tests.support.reading import told
from tests.support.workspace import ADOPTION, SCHOOL, TEMPLATE, Workspace

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
    rows = "".join(f"Ann Lee {number},Teacher,2020-01-01\n" for number in range(ROWS + 5))
    result = Workspace(tmp_path).with_files({STAFF: f"name,role,left\n{rows}"}).run("check")
    assert result.code == 1
    assert (
        f"there are more than {ROWS:,} rows  [csv-shape]\n  --> {STAFF}:{ROWS + 2}:1"
        in result.stderr
    )
    assert result.stderr.endswith("\n\n1 error\n")


def test_who_signs_and_classes_are_counted_whoever_has_left() -> None:
    """At the row with which they are too many, once: each of them costs a slip or a page."""
    left = "".join(f"Joe {number},Cook,2020-01-01\n" for number in range(STAFF_THERE))
    there = "".join(f"Ann {number},Teacher,\n" for number in range(STAFF_THERE + 5))
    problems = Problems()
    assert (
        len(read_staff(f"name,role,left\n{left}{there}".encode(), STAFF, problems))
        == 2 * STAFF_THERE
    )
    assert told(problems).splitlines() == [
        f"{2 * STAFF_THERE + 2}:1+16 csv-shape: more than 500 people are on the list who have not left",
        "  take out who has left, or write the day under `left`",
    ]
    problems = Problems()
    pupils = "".join(f"{number},Ann\n{number},Ben\n" for number in range(CLASSES + 5))
    assert len(read_pupils(f"class,name\n{pupils}".encode(), "pupils.csv", problems)) == 2 * CLASSES
    assert told(problems).splitlines() == [
        f"{2 * CLASSES + 2}:1+3 csv-shape: there are more than 100 classes",
        "  write the class of each pupil as in the other rows, or take rows out",
    ]


def test_a_list_of_too_many_columns_is_refused_at_the_first_of_them(tmp_path: Path) -> None:
    head = ",".join(f"c{number}" for number in range(COLUMNS + 50))
    result = Workspace(tmp_path).with_files({STAFF: f"{head}\n"}).run("check")
    column = head.index(f"c{COLUMNS}") + 1
    assert f"columns  [csv-shape]\n  --> {STAFF}:1:{column}" in result.stderr
    assert result.stderr.endswith("\n\n1 error\n")


@pytest.mark.parametrize("path", [TEMPLATE, SCHOOL, ADOPTION, "law.yaml"])
@pytest.mark.parametrize("entry", ["- a\n", "k{}: a\n"])
def test_a_group_or_list_of_too_many_is_refused_at_its_line(
    tmp_path: Path, path: str, entry: str
) -> None:
    text = "".join(entry.format(number) for number in range(YAML_ENTRIES + 5))
    result = Workspace(tmp_path).with_files({path: text}).run("check")
    says = f"more than {YAML_ENTRIES:,} entries stand in one list or group  [yaml-syntax]"
    assert f"{says}\n  --> {path}:{YAML_ENTRIES + 1}:" in result.stderr


_WORDS = "The office keeps a list of all keys that it has given. " * 30


def _much() -> Iterator[tuple[str, str, str]]:
    """What a budget counts, a text of nine lines that takes up more, and what is said at the first line too many."""
    yield "clauses", "1. A key. {{#k{0}}}\n", "clauses"
    yield "pieces", "1. A key of {{{{ school.name }}}}. {{#k{0}}}\n", "pieces"
    yield "letters", f"1. {_WORDS} {{{{#k{{0}}}}}}\n", "letters"
    yield budget._BLOCKS, "1. A key. {{#k{0}}}\n", budget._BLOCKS


@pytest.mark.parametrize(("what", "line", "said"), list(_much()))
@pytest.mark.parametrize("whose", ["the model's", "a school's own"])
def test_a_document_that_is_too_large_is_refused_at_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str, line: str, said: str, whose: str
) -> None:
    """Its sections, and a school's own words in them, are counted together."""
    room = {"pieces": 60, "letters": 12 * len(_WORDS)}.get(what, 12)
    monkeypatch.setitem(budget._LIMITS, what, Limit(room, what))
    text = "".join(line.format(number) for number in range(40))
    files = {LOST: f"# Lost keys {{#lost-keys}}\n\n{text}"}
    path = LOST
    if whose == "a school's own" and what != "clauses":  # no clause holds another
        path = ADOPTION
        words = line.rpartition(" ")[0].removeprefix("1. ").format("")
        paragraphs = f"{words}\n\n" * 40
        held = "".join(f"      {each}\n" if each else "\n" for each in paragraphs.splitlines())
        change = f"clauses:\n  report-loss:\n    reason: A\n    replace: |\n{held}"
        files = {ADOPTION: Workspace(tmp_path).text(ADOPTION).replace("clauses:\n", change)}
    result = Workspace(tmp_path).with_files(files).run("check")
    assert result.code == 1
    found = re.search(
        rf"the policy has more than {room:,} {said}  \[file-too-large\]\n  --> {path}:(\d+):",
        result.stderr,
    )
    assert found is not None, result.stderr[:2000]
    assert int(found[1]) < 60


def test_forms_have_less_room_than_other_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For they are laid out in several ways. The fields of a block to sign count, each."""
    monkeypatch.setitem(budget._LIMITS, budget._IN_FORMS, Limit(5, ""))
    path = "templates/tiny/forms/receipt.md"
    here = Workspace(tmp_path)
    fields = "- Name\n- Role\n- Signed\n"
    short, long = (
        here.with_files({path: here.text(path).replace("- Name\n- Signed\n", fields * times)})
        for times in (1, 2)
    )
    assert short.run("check").code == 0
    result = long.run("check")
    says = f"the policy has more than 5 {budget._IN_FORMS}  [file-too-large]\n  --> {path}:5:"
    assert (result.code, says in result.stderr) == (1, True), result.stderr


def test_a_loop_over_much_text_is_refused_before_it_takes_memory(tmp_path: Path) -> None:
    long = "word " * (PARAGRAPH_LETTERS // 5 - 20)
    text = "# Lost keys {#lost-keys}\n\n1. A key. {#report-loss}\n"
    rows = "".join(f"\n   - {{{{ door }}}} {long}\n" for _ in range(20))
    text += f"{{% for door in answers.doors %}}{rows}{{% endfor %}}"
    doors = ", ".join(f"door {number}" for number in range(900))
    adoption = Workspace(tmp_path).text(ADOPTION).replace("the front door, the hall door", doors)
    result = Workspace(tmp_path).with_files({LOST: text, ADOPTION: adoption}).run("check")
    assert result.code == 1
    assert f"more than {TEXT_LETTERS:,} letters  [jinja-statement]\n  --> {LOST}:" in result.stderr


def test_shared_texts_with_too_many_letters_are_refused(tmp_path: Path) -> None:
    long = f"{'word ' * (LINE_LETTERS // 5)}\n" * 20
    text = "# Lost keys {#lost-keys}\n" + '{% include "long.md" %}\n' * 100
    files = {LOST: text, "templates/shared/long.md": long}
    result = Workspace(tmp_path).with_files(files).run("check")
    assert f"{TEXT_LETTERS:,} letters  [include-loop]\n  --> {LOST}:4:" in result.stderr


@pytest.mark.parametrize("sign", ["a", "[a](b", "`a", "<a@b.c>", "*a", "![", "&amp;", "[^1]", "|"])
def test_a_paragraph_of_too_many_letters_is_refused_at_its_line(tmp_path: Path, sign: str) -> None:
    """It is not even read: what begins at one letter may be looked for behind all the others."""
    line = f"{sign * 20}\n"
    lines = line * (PARAGRAPH_LETTERS // len(line) + 1)
    text = f"# Lost keys {{#lost-keys}}\n\n1. A key. {{#report-loss}}\n\n{lines}"
    result = Workspace(tmp_path).with_files({LOST: text}).run("check")
    says = f"this paragraph has more than {PARAGRAPH_LETTERS:,} letters  [file-too-large]"
    assert f"{says}\n  --> {LOST}:5:1" in result.stderr


def test_what_was_meant_is_not_looked_for_when_nobody_is_told(tmp_path: Path) -> None:
    """Nor does it take a day to compare thousands of words with each other."""
    names = [f"q{number}_{number * 7919 % 9973}" for number in range(YAML_ENTRIES - 10)]
    asked = "".join(f"  {name}:\n    ask: A?\n    kind: yes-no\n" for name in names[::3])
    answers = "".join(f"  {name}x: yes\n" for name in names)
    here = Workspace(tmp_path)
    files = {
        TEMPLATE: here.text(TEMPLATE).replace("questions:\n", f"questions:\n{asked}"),
        ADOPTION: here.text(ADOPTION).replace("answers:\n", f"answers:\n{answers}"),
    }
    begun = time.process_time()
    result = here.with_files(files).run("check")
    assert result.code == 1
    assert time.process_time() - begun < 10


def test_of_a_long_section_no_clause_looks_at_all_marks() -> None:
    """Where each of thousands ends is found in a time that grows as they do."""
    line = "1. {{ roles.head }} tells {{ school.name }}."
    section = source(f"{line}\n" * 3_000, LOST)
    begun = time.process_time()
    ends = [_closed(section, row, row + 1) for row in range(3_000)]
    assert (ends, time.process_time() - begun < 2) == ([*range(1, 3_001)], True)


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
