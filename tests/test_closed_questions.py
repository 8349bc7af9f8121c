"""A new kind of question is named by the type checker wherever something has to be done about it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from policygen.model.question import AnyQuestion, QuestionBase

ROOT = Path(__file__).parents[1]
SOURCES = ROOT / "src" / "policygen"
QUESTIONS = Path("src/policygen/model/question.py")
NEW_KIND = '''
@final
class DateRangeQuestion(QuestionBase):
    """A first and a last day."""

    kind: Literal["date-range"]


AnyQuestion: TypeAlias = (
    DateRangeQuestion
    | ChoiceQuestion
'''
NEW_OFFER = '''
@dataclass(frozen=True)
class Span:
    """Two lines are typed."""


Offer: TypeAlias = OneOf | AnyOf | Typed | Entries | Span
'''


def test_no_other_module_tells_kinds_apart() -> None:
    """All that hangs on the kind of a question is a method of its class: nobody else asks which class it is."""
    names = re.compile("|".join(rf"\b{kind.__name__}\b" for kind in get_args(AnyQuestion)))
    naming = {
        str(path.relative_to(ROOT))
        for path in SOURCES.rglob("*.py")
        if names.search(path.read_text("utf-8"))
    }
    assert naming == {str(QUESTIONS)}


def checked(root: Path, *changes: tuple[str, str]) -> str:
    """What mypy says of the package after some changes to the module of questions."""
    shutil.copytree(SOURCES, root / "src" / "policygen")
    shutil.copy(ROOT / "pyproject.toml", root)
    if (ROOT / ".mypy_cache").is_dir():
        shutil.copytree(ROOT / ".mypy_cache", root / ".mypy_cache")
    path = root / QUESTIONS
    text = path.read_text("utf-8")
    for old, new in changes:
        assert text.count(old) == 1
        text = text.replace(old, new)
    path.write_text(text, "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "src/policygen"],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout


@pytest.mark.slow
def test_a_new_kind_of_question_must_say_all_that_a_kind_can_do(tmp_path: Path) -> None:
    """In a copy of the package, mypy names each method that the new kind lacks, at its class."""
    change = ("\nAnyQuestion: TypeAlias = (\n    ChoiceQuestion\n", NEW_KIND)
    said = checked(tmp_path, change)
    lines = [line for line in said.splitlines() if "error:" in line]
    assert len(lines) == 1
    assert lines[0].startswith(str(QUESTIONS))
    needed = {name for name in dir(QuestionBase) if _is_abstract(name)}
    assert set(re.findall(r'"(\w+)"', lines[0])) >= needed
    assert {"read", "how_to_answer", "allowed", "offer", "stand_in"} < needed


def _is_abstract(name: str) -> bool:
    return bool(getattr(getattr(QuestionBase, name, None), "__isabstractmethod__", False))


@pytest.mark.slow
def test_a_new_way_to_be_asked_is_named_where_it_is_asked(tmp_path: Path) -> None:
    """In a copy of the package: the terminal matches over what a kind offers, and its `assert_never` says so."""
    change = ("\nOffer: TypeAlias = OneOf | AnyOf | Typed | Entries\n", NEW_OFFER)
    used = ("-> Typed:\n        return Typed()\n", "-> Span:\n        return Span()\n")
    said = checked(tmp_path, change, used)
    assert re.search(r"src/policygen/cli/asking.py:\d+: error: .*assert_never", said)
