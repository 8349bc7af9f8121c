"""The unions are closed: whoever adds a kind of node or of question is told every place that has to know of it."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import pytest

from policygen.language import document as d
from policygen.model.question import AnyQuestion, QuestionBase

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "policygen"
_BLOCKS = {kind.__name__ for kind in get_args(d.Block)}
_INLINE = {kind.__name__ for kind in get_args(d.Inline)}
_MANY = 4
"""A function that tells as many kinds apart has to know of all."""
_PARTIAL = {
    ("compose/record.py", "check_headings"): "asks for headings and captions alone",
    ("word/parsing.py", "_joined"): "joins the kinds that hold words; others stand as they are",
    (
        "compose/refer.py",
        "_typed_label",
    ): "asks for the words that something begins with, where it has some",
    ("language/markdown.py", "_own_words"): "words that it does not know of are told as lost",
    (
        "pdf/check.py",
        "_where",
    ): "tells the kinds that hold a run apart, a closed union of its own in runs.py",
}
"""Functions that need not know of a new kind, each with the reason."""
_NODE = '''
@dataclass(frozen=True, slots=True)
class New{union}:
    """A kind that nobody knows."""

    id: str = ""
    place: Place | None = field(default=None, compare=False)


{union} = (
    New{union}
    | {first}
'''
_QUESTION = '''
@final
class DateRangeQuestion(QuestionBase):
    """A first and a last day."""

    kind: Literal["date-range"]


AnyQuestion: TypeAlias = (
    DateRangeQuestion
    | ChoiceQuestion
'''
_OFFER = '''
@dataclass(frozen=True)
class Span:
    """Two lines are typed."""


Offer: TypeAlias = OneOf | AnyOf | Typed | Entries | Span
'''
_QUESTIONS = "src/policygen/model/question.py"
_CHANGES = {
    "src/policygen/language/document.py": {
        "Block = (\n    Paragraph\n": _NODE.format(union="Block", first="Paragraph").lstrip("\n"),
        "Inline = (\n    Text\n": _NODE.format(union="Inline", first="Text").lstrip("\n"),
    },
    _QUESTIONS: {
        "\nAnyQuestion: TypeAlias = (\n    ChoiceQuestion\n": _QUESTION,
        "\nOffer: TypeAlias = OneOf | AnyOf | Typed | Entries\n": _OFFER,
        "-> Typed:\n        return Typed()\n": "-> Span:\n        return Span()\n",
    },
}


def _walks() -> Iterator[tuple[str, str, int]]:
    """Each function that tells many kinds of nodes apart: its file, its name, and the line of its `match`."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(function, ast.FunctionDef):
                continue
            for match in ast.walk(function):
                if isinstance(match, ast.Match):
                    patterns = [
                        ast.unparse(node.cls)
                        for node in ast.walk(match)
                        if isinstance(node, ast.MatchClass)
                    ]
                    kinds = {pattern.removeprefix("d.") for pattern in patterns}
                    if max(len(kinds & _BLOCKS), len(kinds & _INLINE)) >= _MANY:
                        yield path.relative_to(PACKAGE).as_posix(), function.name, match.lineno


def _functions(path: Path) -> dict[int, str]:
    """The innermost function of each line."""
    names: dict[int, str] = {}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            names |= dict.fromkeys(range(node.lineno, (node.end_lineno or 0) + 1), node.name)
    return names


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the package with a new block, inline node and kind of question, and a new way to be asked."""
    root = tmp_path_factory.mktemp("changed")
    shutil.copytree(PACKAGE, root / "src/policygen")
    shutil.copy(ROOT / "pyproject.toml", root)
    if (ROOT / ".mypy_cache").is_dir():
        shutil.copytree(ROOT / ".mypy_cache", root / ".mypy_cache")
    for name, changes in _CHANGES.items():
        path = root / name
        text = path.read_text("utf-8")
        for old, new in changes.items():
            assert text.count(old) == 1
            text = text.replace(old, new)
        path.write_text(text, "utf-8")
    return root


@pytest.fixture(scope="module")
def errors(changed: Path) -> list[str]:
    """What mypy says of it."""
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "src/policygen"],
        cwd=changed,
        env={**os.environ, "PYTHONPATH": str(changed / "src")},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return [line for line in done.stdout.splitlines() if ": error: " in line]


@pytest.mark.slow
def test_the_type_checker_names_every_walk_when_a_kind_is_new(
    changed: Path, errors: list[str]
) -> None:
    """Each walk over nodes is an error then."""
    told = set()
    for error in errors:
        path, line, _ = error.removeprefix("src/policygen/").split(":", 2)
        told.add((path, _functions(changed / "src/policygen" / path).get(int(line))))
    walks = {(path, name) for path, name, _ in _walks()}
    assert len(told) > 15, errors
    assert walks - told == {*_PARTIAL}


@pytest.mark.slow
def test_a_new_kind_of_question_must_say_all_that_a_kind_can_do(errors: list[str]) -> None:
    """The type checker names each method that the new kind lacks, at its class."""
    (error,) = (each for each in errors if each.startswith(_QUESTIONS))
    needed = {name for name in dir(QuestionBase) if _is_abstract(name)}
    assert set(re.findall(r'"(\w+)"', error)) >= needed
    assert {"read", "how_to_answer", "allowed", "offer", "stand_in"} < needed


def _is_abstract(name: str) -> bool:
    return bool(getattr(getattr(QuestionBase, name, None), "__isabstractmethod__", False))


@pytest.mark.slow
def test_a_new_way_to_be_asked_is_named_where_it_is_asked(errors: list[str]) -> None:
    """The terminal matches over what a kind offers, and its `assert_never` says so."""
    asked = [error for error in errors if error.startswith("src/policygen/cli/asking.py:")]
    assert any("assert_never" in error for error in asked)


def test_no_other_module_tells_kinds_of_questions_apart() -> None:
    """All that hangs on the kind of a question is a method of its class: nobody else asks which class it is."""
    names = re.compile("|".join(rf"\b{kind.__name__}\b" for kind in get_args(AnyQuestion)))
    naming = {
        path.relative_to(ROOT).as_posix()
        for path in PACKAGE.rglob("*.py")
        if names.search(path.read_text("utf-8"))
    }
    assert naming == {_QUESTIONS}


def test_what_need_not_know_of_a_new_kind_is_there() -> None:
    """The list of exceptions names functions that exist, and walks are found at all."""
    walks = {(path, name) for path, name, _ in _walks()}
    assert len(walks) > 15
    assert walks >= {*_PARTIAL}
