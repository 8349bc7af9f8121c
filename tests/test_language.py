"""The section language: each case is a text, and the tree or the errors that it gives. See tests/cases/*.md.

A `decisions` fence is what a school decided about its clauses.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from ruamel.yaml import YAML

from policygen.cli.reports import as_text
from policygen.compose.adapt import LocalChange, adapt_sections
from policygen.compose.number import number
from policygen.compose.refer import resolve
from policygen.compose.sections import Plan, arrange
from policygen.ground.diagnostics import Place, Problems, in_order
from policygen.language.markdown import parse
from policygen.language.source import source, with_includes
from policygen.language.templating import fill, prepare
from policygen.language.vocabulary import Vocabulary
from tests.support.outline import outline

if TYPE_CHECKING:
    from policygen.language.document import Section

CASES = Path(__file__).parent / "cases"
_CASE = re.compile(r"^## Case: (?P<title>.+)\n(?P<body>(?:(?!## Case: ).*\n)*)", re.MULTILINE)
_FENCE = re.compile(r"^````(?P<info>.+)\n(?P<text>(?:(?!````).*\n)*)^````$", re.MULTILINE)

VOCABULARY = Vocabulary(
    shape={
        "school": {"name": "text", "employer": "text"},
        "people": {"dsl": {"name": "text", "phone": "text"}, "deputy_dsls": [{"name": "text"}]},
        "providers": {"ai": ["text"], "antivirus": "text"},
        "answers": {
            "insurer": "option",
            "has_platform": "yes-no",
            "months": "number",
            "since": "date",
            "users": ["option"],
        },
        "wording": {"insurer": "text"},
    },
    options={"answers.insurer": ("school", "la"), "answers.users": ("governors", "volunteers")},
)
NAMES = {
    "school": {"name": "All Saints", "employer": "la"},
    "people": {
        "dsl": {"name": "Priya Nair", "phone": None},
        "deputy_dsls": [{"name": "Tom Hale"}, {"name": "Jo Lee"}],
    },
    "providers": {"ai": ["Alpha", "Beta", "Gamma"], "antivirus": None},
    "answers": {
        "insurer": "school",
        "has_platform": False,
        "months": 6,
        "since": datetime.date(2026, 9, 1),
        "users": ["governors"],
    },
    "wording": {"insurer": "the school’s own scheme"},
}


@dataclass(frozen=True)
class Case:
    title: str
    texts: tuple[tuple[str, str], ...]
    """Kind and scheme, such as "section decimal", with the text."""
    shared: dict[str, str]
    expected: str
    decisions: str = ""
    """What a school decided about clauses, as under `clauses:` of its adoption."""


def cases() -> list[Case]:
    cases = []
    for path in sorted(CASES.glob("*.md")):
        for found in _CASE.finditer(path.read_text(encoding="utf-8")):
            fences = [(each["info"], each["text"]) for each in _FENCE.finditer(found["body"])]
            cases.append(
                Case(
                    f"{path.stem}: {found['title']}",
                    tuple(
                        (info, text)
                        for info, text in fences
                        if info.split()[0] in ("section", "appendix", "form")
                    ),
                    {info.split()[1]: text for info, text in fences if info.startswith("shared ")},
                    next(text for info, text in fences if info == "expect").rstrip("\n"),
                    next((text for info, text in fences if info == "decisions"), ""),
                )
            )
    return cases


def run(case: Case) -> str:
    problems = Problems()
    shared = {name: source(text, name) for name, text in case.shared.items()}
    sections = []
    for index, (info, text) in enumerate(case.texts, 1):
        kind, scheme = [*info.split(), "decimal"][:2]
        path = f"{index}.md" if len(case.texts) > 1 else "section.md"
        prepared = prepare(
            with_includes(source(text, path), shared, problems), VOCABULARY, problems
        )
        filled = fill(prepared, NAMES, problems) if prepared else None
        if filled is not None:
            plan = Plan(path, kind, scheme, "locked")  # type: ignore[arg-type]
            section = arrange(parse(filled, problems), plan, Place(path), problems)
            sections += [section] if section else []
    adapted = (
        _adapted(tuple(sections), case.decisions, problems) if case.decisions else tuple(sections)
    )
    parts = resolve(number(adapted), frozenset(), problems)
    if problems.found:
        return as_text(in_order(problems)).rstrip("\n")
    return outline(parts)


def _adapted(
    sections: tuple[Section, ...], decisions: str, problems: Problems
) -> tuple[Section, ...]:
    changes = {}
    for identity, decision in YAML(typ="safe").load(decisions).items():
        given = (
            {"keep": ""}
            if decision == "keep"
            else {key: value for key, value in decision.items() if key != "reason"}
        )
        line = next(
            index
            for index, text in enumerate(decisions.splitlines(), 1)
            if text.startswith(f"{identity}:")
        )
        changes[identity] = LocalChange(
            identity,
            Place("decisions.yaml", line, 1, len(identity), decisions.splitlines()[line - 1]),
            {
                action: _blocks(text, problems) if isinstance(text, str) else ()
                for action, text in given.items()
            },
        )
    asked_at = Place("decisions.yaml")
    return adapt_sections(
        sections, changes, frozenset(), asked_at, problems, guidance={}, certain=True
    )


def _blocks(text: str, problems: Problems) -> tuple[Any, ...]:
    prepared = prepare(source(text, "own.md"), VOCABULARY, problems)
    filled = fill(prepared, NAMES, problems) if prepared else None
    return parse(filled, problems).blocks if filled else ()


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.title)
def test_case(case: Case) -> None:
    """Each case gives exactly the tree, or exactly the errors, that it shows."""
    assert run(case) == case.expected


def accept() -> None:
    """Write what each case gives now into its file: `python -m tests.test_language`. Read the difference before you commit."""
    for path in sorted(CASES.glob("*.md")):
        text = path.read_text(encoding="utf-8")
        for case in cases():
            title = case.title.removeprefix(f"{path.stem}: ")
            if title != case.title:
                start = text.index(f"## Case: {title}\n")
                opening = text.index("````expect\n", start) + len("````expect\n")
                text = text[:opening] + run(case) + text[text.index("\n````", opening - 1) :]
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    accept()
