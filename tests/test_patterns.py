"""Regular expressions: ours are quick on their worst texts, and those of other people are used only if they are."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import policygen
from policygen.checks.phrases import read_phrases
from policygen.ground.limits import PATTERN_REACH
from policygen.ground.patterns import searched, why_slow
from policygen.model.law import read_law
from tests.hostile.files import PATTERNS
from tests.support.pumps import grows_too_fast, pumps
from tests.support.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCES = Path(policygen.__file__).parent
_WHOLE = ("match", "fullmatch")
_TRIED_AT_THE_BEGINNING = ("_BEGINNINGS",)
"""Patterns in a table, whose use cannot be told by their names: each is given to `match`."""
_CALLS = ("search", "match", "fullmatch", "sub", "subn", "split", "findall", "finditer")


@cache
def _ours() -> dict[str, tuple[str, int, bool]]:
    """Each pattern of the program by its name: its text, its flags, and whether it is tried at one place alone."""
    found: dict[str, tuple[str, int, bool]] = {}
    for module in pkgutil.walk_packages(policygen.__path__, "policygen."):
        if module.name.endswith("__main__"):
            continue
        loaded = importlib.import_module(module.name)
        tree = ast.parse(Path(loaded.__file__ or "").read_text("utf-8"))
        uses = _uses(tree)
        for name, value in vars(loaded).items():
            for index, pattern in enumerate(_patterns(value)):
                if isinstance(pattern.pattern, str):
                    once = bool(uses.get(name)) and uses[name] <= {*_WHOLE}
                    once = once or name in _TRIED_AT_THE_BEGINNING
                    found[f"{module.name}.{name}.{index}"] = (pattern.pattern, pattern.flags, once)
        for line, call, text in _literals(tree):
            found[f"{module.name}:{line}"] = (text, 0, call in _WHOLE)
    for phrase, _ in read_phrases().compiled:
        found[f"phrases {phrase.pattern[:30]}"] = (phrase.pattern, 0, False)
    return found


def _patterns(value: Any) -> Iterator[re.Pattern[Any]]:
    match value:
        case re.Pattern():
            yield value
        case dict():
            for each in value.values():
                yield from _patterns(each)
        case list() | tuple() | set() | frozenset():
            for each in value:
                yield from _patterns(each)


def _uses(tree: ast.AST) -> dict[str, set[str]]:
    """By the name of a pattern, the ways in which its module uses it; a use that cannot be told is a search."""
    uses: dict[str, set[str]] = {}
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id=name), attr=attribute) if attribute in _CALLS:
                uses.setdefault(name, set()).add(attribute)
    return uses


def _literals(tree: ast.AST) -> Iterator[tuple[int, str, str]]:
    """Patterns that stand in the call that uses them."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="re"), attr=call),
                args=[ast.Constant(value=str() as text), *_],
                lineno=line,
            ) if call in _CALLS:
                yield line, call, text


def test_there_are_many() -> None:
    """So that a change of how they are found is seen."""
    assert len(_ours()) > 180


@pytest.mark.slow
def test_each_of_ours_is_quick_on_its_worst_text() -> None:
    """Up to the longest line that is read."""
    slow = []
    for name, (text, flags, once) in _ours().items():
        pattern = re.compile(text, flags)
        work = pattern.fullmatch if once else partial(_all, pattern)
        worst = (pump for pump in pumps(text, flags & re.VERBOSE) if grows_too_fast(work, *pump))
        slow += [(name, pump) for pump in list(worst)[:1]]
    assert slow == []


def test_each_of_the_library_is_quick_as_it_is_searched() -> None:
    for entry in read_law().no_longer.values():
        _quick(entry.pattern)


def _all(pattern: re.Pattern[str], text: str) -> None:
    for _ in pattern.finditer(text):
        pass


def _quick(text: str) -> None:
    pattern = re.compile(text)
    for before, body, after in pumps(text):
        slow = grows_too_fast(lambda given: [*searched(pattern, given)], before, body, after)
        assert not slow, (text, before, body, after)


@pytest.mark.parametrize("slow", ["(a+)+$", "(a|aa)+b"])
def test_the_worst_texts_find_what_is_slow(slow: str) -> None:
    """This test can fail."""
    work = partial(_all, re.compile(slow))
    assert any(grows_too_fast(work, *each) for each in pumps(slow))


# --- patterns of other people ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "pattern",
    [
        "Data Protection Act( 1998)?",
        r"(?i)\bkey\s+books?\b",
        "KCSIE.{0,40}2019",
        "(?<!UK )GDPR",
        "Act (of )?(1998|2018)",
        r"Education\s+Act\s+\d{4}",
        "[Hh]ead ?[Tt]eacher’s .*list",
    ],
)
def test_what_people_write_is_used(pattern: str) -> None:
    assert why_slow(pattern) == ""


@pytest.mark.parametrize("pattern", PATTERNS)
def test_what_is_used_is_quick(pattern: str) -> None:
    written = pattern.replace("\\\\", "\\")
    if not why_slow(written):
        _quick(written)


_LETTER = st.sampled_from(
    ["a", "b", "ab", "[ab]", ".", "\\\\w", "\\\\s", "(?:a|b)", "(?:a|ab)", "x"]
)
_REPEAT = st.sampled_from(["", "", "*", "+", "?", "{0,9}", "{3}", "*?"])
_PIECE = st.builds(lambda letter, repeat: f"(?:{letter}){repeat}", _LETTER, _REPEAT)
_GROUP = st.builds(
    lambda pieces, repeat: f"(?:{''.join(pieces)}){repeat}", st.lists(_PIECE, max_size=3), _REPEAT
)


@settings(max_examples=25, deadline=None)
@given(st.lists(_PIECE | _GROUP, min_size=1, max_size=5))
def test_whatever_is_used_is_quick(pieces: list[str]) -> None:
    """Of a pattern that is not refused, no text takes more than a few steps at each of its places."""
    written = "".join(pieces).replace("\\\\", "\\")
    if not why_slow(written):
        _quick(written)


@given(st.text(alphabet="ab ", max_size=80), st.integers(0, 3))
def test_windows_find_what_a_search_finds(text: str, times: int) -> None:
    """Of matches that are no longer than a window is wide."""
    long = text * times * 20
    for pattern in (
        re.compile(r"\bab?"),
        re.compile("(?<=a)b"),
        re.compile("a{1,9} "),
        re.compile(""),
    ):
        assert [m.span() for m in searched(pattern, long)] == [
            m.span() for m in pattern.finditer(long)
        ]


def test_a_pattern_sees_far_enough() -> None:
    text = " " * (PATTERN_REACH - 1) + "a" + "b" * (PATTERN_REACH - 1) + "c"
    assert [m.span() for m in searched(re.compile("ab*c"), text)] == [
        (PATTERN_REACH - 1, len(text))
    ]


def test_a_slow_pattern_is_refused_at_its_place(tmp_path: Path) -> None:
    law = (
        "as_of: 2026-11-20\nno_longer:\n"
        '  old: {pattern: "(a+)+$", status: defunct, severity: warning, instead: other}\n'
    )
    result = Workspace(tmp_path).with_files({"law.yaml": law}).run("check")
    assert result.code == 1
    assert "error: `pattern` could take for ever on some texts" in result.stderr
    assert "--> law.yaml:3:18" in result.stderr
    assert "`.{0,40}`" in result.stderr
