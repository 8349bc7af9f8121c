"""The unions of node kinds are closed: whoever adds a kind is told every place that has to know of it."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import pytest

from policygen.language import document as d

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "policygen"
_BLOCKS = {kind.__name__ for kind in get_args(d.Block)}
_INLINE = {kind.__name__ for kind in get_args(d.Inline)}
_MANY = 4
"""A function that tells as many kinds apart has to know of all."""
_PARTIAL = {
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
_NEW = '''
@dataclass(frozen=True, slots=True)
class New{union}:
    """A kind that nobody knows."""

    id: str = ""
    place: Place | None = field(default=None, compare=False)


{union} = (
    New{union}
    | {first}
'''


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


@pytest.mark.slow
def test_the_type_checker_names_every_walk_when_a_kind_is_new(tmp_path: Path) -> None:
    """A copy of the package gets a new block and a new inline node; each walk over nodes is an error then."""
    shutil.copytree(ROOT / "src", tmp_path / "src")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    written = tmp_path / "src/policygen/language/document.py"
    text = written.read_text(encoding="utf-8")
    for union, first in (("Block", "Paragraph"), ("Inline", "Text")):
        before = f"{union} = (\n    {first}\n"
        assert before in text
        text = text.replace(before, _NEW.format(union=union, first=first).lstrip("\n"))
    written.write_text(text, encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--cache-dir",
        str(tmp_path / "cache"),
        "src/policygen",
    ]
    checked = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, check=False, encoding="utf-8"
    )
    told = set()
    for path, line in re.findall(
        r"^src/policygen/(\S+?):(\d+): error", checked.stdout, re.MULTILINE
    ):
        told.add((path, _functions(tmp_path / "src/policygen" / path)[int(line)]))
    walks = {(path, name) for path, name, _ in _walks()}
    assert len(told) > 15, checked.stdout + checked.stderr
    assert walks - told == {*_PARTIAL}


def test_what_need_not_know_of_a_new_kind_is_there() -> None:
    """The list of exceptions names functions that exist, and walks are found at all."""
    walks = {(path, name) for path, name, _ in _walks()}
    assert len(walks) > 15
    assert walks >= {*_PARTIAL}
