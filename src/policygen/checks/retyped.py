"""A rule that is asked somewhere and typed elsewhere: the author's check of a workspace with shared questions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from policygen.checks.finder import TextFinder
from policygen.compose.prepare import PreparedEdition
from policygen.ground.diagnostics import Problems
from policygen.language.runs import worded
from policygen.model.question import AnyQuestion

_FEWEST = 4
"""Words that an option prints, from which on they are hardly typed by chance."""


def check_retyped(
    prepared: PreparedEdition,
    questions: Mapping[str, AnyQuestion],
    finder: TextFinder,
    problems: Problems,
) -> None:
    """Note what a shared question decides where it is typed, in a section that does not read its answer."""
    uses = {(part.plan.kind, part.plan.name): part.uses for part in prepared.parts}
    for section in prepared.every_branch:
        read = uses.get((section.kind, section.name), frozenset())
        asked = {
            name: question
            for name, question in questions.items()
            if not {f"answers.{name}", f"wording.{name}"} & read
        }
        for run in worded(section):
            for name, words in _watched(asked):
                found = _pattern(words).search(run.typed)
                if found:
                    problems.add(
                        "rule-retyped",
                        f"“{found[0]}” is what the shared question `{name}` decides",
                        finder.within(run, *found.span()),
                        f"read the answer: `{{{{ wording.{name} }}}}`, or `answers.{name}` in an `if`",
                    )


def _watched(questions: Mapping[str, AnyQuestion]) -> Iterator[tuple[str, str]]:
    """The words that speak for each question: those that its options print, and what its author names."""
    for name, question in questions.items():
        for option in question.choices.values():
            if option.prints and len(option.prints.split()) >= _FEWEST:
                yield name, option.prints
        for phrase in question.topic:
            yield name, phrase


def _pattern(words: str) -> re.Pattern[str]:
    typed = r"\s+".join(re.escape(word).replace("’", "[’']") for word in words.split())
    return re.compile(rf"(?<!\w){typed}(?!\w)", re.IGNORECASE)
