"""Facts that a school does not have and that its policy prints: each once, in school.yaml, with what to write there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from policygen.files.yamledit import as_yaml
from policygen.ground.diagnostics import Diagnostic, Place
from policygen.ground.wording import count
from policygen.model.fact_words import fact as in_words
from policygen.model.facts import PARTS_OF_PERSON, DeclaredFact, Facts
from policygen.model.school import School, given
from policygen.model.workspace import SchoolFiles


@dataclass(frozen=True)
class Lacking:
    """One fact that is missing, or the part of one."""

    name: str
    """As texts name it: `people.dsl.phone`."""
    fact: DeclaredFact | None
    """None for a fact of the school itself, such as `school.phone`."""
    part: str
    """Of a person: what of them is missing."""

    @property
    def called(self) -> str:
        """What people call it."""
        declared = {self.fact.path: self.fact} if self.fact else None
        words = in_words(tuple(self.name.split(".")), declared)
        return words.noun if words else "fact"

    @property
    def example(self) -> str:
        """What a school might write; empty where nothing is declared."""
        if self.fact is None:
            field = School.model_fields.get(self.name.removeprefix("school."))
            return as_yaml(field.examples[0]) if field and field.examples else "…"
        held = self.fact.example
        return ", ".join(map(str, held)) if isinstance(held, tuple) else as_yaml(held)

    @property
    def several(self) -> bool:
        """Whether a list is given."""
        return self.fact.several if self.fact else self.name == "school.address"

    @property
    def is_person(self) -> bool:
        """Whether it is somebody whom the policy names."""
        return self.fact is not None and self.fact.kind == "person" and not self.part

    @property
    def wanted(self) -> str:
        """What is given, in words."""
        return self.fact.in_words if self.fact else "a text"

    def held(self, school: SchoolFiles) -> Any:
        """What the school gives all the same: a person who is not to be named, or of whom something is missing."""
        return given(school.file.value, self.fact) if self.fact else None


def told_once(
    found: Iterable[Diagnostic], school: SchoolFiles, declared: Facts
) -> Iterator[Diagnostic]:
    """The same problems, with all that are about one fact of the school as one, at its place in school.yaml.

    The subject of such a problem is the name of the fact.
    """
    needed: dict[str, list[Diagnostic]] = {}
    for problem in found:
        if problem.subject:
            needed.setdefault(problem.subject.replace("[]", ""), []).append(problem)
        else:
            yield problem
    for name, problems in needed.items():
        yield _about(lacking(name, declared), [each.place for each in problems], school)


def lacking(name: str, declared: Facts) -> Lacking:
    """What is missing where a text finds nothing under a name."""
    group, key, *parts = name.split(".")
    return Lacking(name, declared.get(f"{group}.{key}"), parts[0] if parts else "")


def _about(missing: Lacking, places: list[Place | None], school: SchoolFiles) -> Diagnostic:
    says = f"this school gives no {missing.called} (`{missing.name}`), and a sentence needs it"
    guidance = missing.fact.guidance if missing.fact else ""
    hints = (_what_to_write(missing, school), guidance, _where(places))
    shown = tuple(hint for hint in hints if hint)
    return Diagnostic("missing-fact", says, _place(missing, school), shown, subject=missing.name)


def _where(places: list[Place | None]) -> str:
    first, *others = (str(place) for place in dict.fromkeys(places) if place)
    if not others:
        return f"it is needed at {first}"
    return f"it is needed at {first} and {count(len(others), 'more place')}"


def _place(missing: Lacking, school: SchoolFiles) -> Place:
    group, name, *_ = missing.name.split(".")
    keys = (name,) if group == "school" else (group, name)
    return school.file.place(*keys, key=True)


def _what_to_write(missing: Lacking, school: SchoolFiles) -> str:
    group, name, *_ = missing.name.split(".")
    fact = missing.fact
    if fact is None:
        return f"write `{name}: {missing.example}` at the left margin"
    held = missing.held(school)
    if fact.kind == "person" and held:
        if missing.part in PARTS_OF_PERSON and _is_public(held):
            return f"write `{missing.part}: {PARTS_OF_PERSON[missing.part]}` in `{name}` under `{group}:`"
        return f"write `public: yes` in `{name}` under `{group}:`: a policy names nobody else"
    line = fact.line(missing.part)
    if group in school.file.value.model_fields_set:
        return f"write `{line}` under `{group}:`"
    return f"write the line `{group}:` and, on the next one behind two spaces, `{line}`"


def _is_public(held: object) -> bool:
    people = held if isinstance(held, tuple) else (held,)
    return any(person.public for person in people)
