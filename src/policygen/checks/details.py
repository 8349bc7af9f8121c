"""Details of another school: its people, addresses, numbers, firms and authority, left in a text copied from it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from policygen.checks.finder import TextFinder
from policygen.checks.names import same_quotes
from policygen.ground.diagnostics import Problems
from policygen.language.runs import Run
from policygen.model.school import School

_FACTS = ("email", "phone", "website", "local_authority", "trust")
_FIRMS = ("broadband", "filtering", "monitoring")
"""Of these a school has one each. Other products, such as a video service, a text may name for everybody."""
_WORD = re.compile(r"(?<!\w)\w+")
_PART = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Detail:
    """Something that is true of one school."""

    text: str
    fact: str
    """What a section writes to print it."""
    school: str
    """The name of the school."""

    def may_stand_among(self, words: Collection[str]) -> bool:
        """Whether a text of these words may hold it."""
        return all(word in words for word in _PART.findall(self.text))


Details = Mapping[str, Sequence[Detail]]
"""Those of every school of a workspace, by their first word: there are thousands, and a text has few such words."""


class Watched(Mapping[str, Sequence[Detail]]):
    """The details of all schools, with all words for which some were looked for: those of every text that was read."""

    def __init__(self, details: Details) -> None:
        self._details = details
        self.words: set[str] = set()

    def __getitem__(self, word: str) -> Sequence[Detail]:
        """Those that begin with a word: none, for most."""
        self.words.add(word)
        if "_" in word:
            self.words.update(word.split("_"))
        return self._details.get(word, ())

    def __iter__(self) -> Iterator[str]:
        """All words, which are looked for then."""
        self.words.update(self._details)
        return iter(self._details)

    def __len__(self) -> int:
        """How many words there are."""
        return len(self._details)


def details_of(schools: Mapping[str, School]) -> Details:
    """The details of all schools, to look for in the texts of each."""
    found: dict[str, list[Detail]] = defaultdict(list)
    for school in schools.values():
        for fact, text in _written(school):
            detail = Detail(same_quotes(text), fact, school.name)
            if first := _WORD.search(detail.text):
                found[first[0]].append(detail)
    return found


def _written(school: School) -> Iterator[tuple[str, str]]:
    """Each fact that belongs to this school alone, or to few, with its name in a section."""
    for key in _FACTS:
        yield f"school.{key}", getattr(school, key) or ""
    for firm in _FIRMS:
        yield f"providers.{firm}", getattr(school.providers, firm) or ""
    for role, held in school.people.model_dump(exclude_none=True).items():
        one = isinstance(held, dict)
        for person in [held] if one else held:
            for key in ("name", "email", "phone"):
                text = person.get(key) or ""
                if key != "name" or " " in text:
                    yield f"people.{role}.{key}" if one else f"people.{role}", text


def check_details(
    runs: Sequence[Run], school: School, details: Details, finder: TextFinder, problems: Problems
) -> None:
    """Note what is a fact of another school, and none of this one."""
    for run in runs:
        typed = same_quotes(run.typed)
        for word in _WORD.finditer(typed):
            found = _at(typed, word.start(), details.get(word[0], ()))
            if found is not None and not _has(school, found.text):
                problems.add(
                    "foreign-detail",
                    f"“{found.text}” stands among the facts of {found.school}, and not of this school",
                    finder.within(run, word.start(), word.start() + len(found.text)),
                    "write this school's own"
                    if run.kind == "value"
                    else f"write `{{{{ {found.fact} }}}}`, or this school's own",
                )


def _has(school: School, text: str) -> bool:
    """Whether it is a fact of this school, too: two schools may share a person or a firm."""
    return text in map(same_quotes, _texts(school.model_dump(exclude_none=True)))


def _at(typed: str, start: int, details: Sequence[Detail]) -> Detail | None:
    """The longest detail that stands at a place as whole words."""
    found = [
        each
        for each in details
        if typed.startswith(each.text, start) and not typed[start + len(each.text) :][:1].isalnum()
    ]
    return max(found, key=lambda each: len(each.text), default=None)


def _texts(data: Any) -> Iterator[str]:
    if isinstance(data, dict):
        for value in data.values():
            yield from _texts(value)
    elif isinstance(data, list | tuple):
        for value in data:
            yield from _texts(value)
    elif isinstance(data, str):
        yield data
