"""Facts that a school does not have and that its policy prints: each once, in school.yaml, with what to write there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from policygen.ground.diagnostics import Diagnostic, Place
from policygen.ground.wording import count
from policygen.model.fact_words import fact as in_words
from policygen.model.facts import PARTS_OF_PERSON, DeclaredFact, Facts
from policygen.model.school import given
from policygen.model.workspace import SchoolFiles


@dataclass(frozen=True)
class Lacking:
    """One fact that is missing, or the part of one."""

    name: str
    """As texts name it: `people.dsl.phone`."""
    fact: DeclaredFact | None
    """None for a fact of the school itself, such as `school.phone`."""
    part: str
    """Of a person that the school has: what is missing."""


def told_once(
    found: Iterable[Diagnostic], school: SchoolFiles, declared: Facts
) -> Iterator[Diagnostic]:
    """The same problems, with all that are about one fact of the school as one, at its place in school.yaml."""
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
    says = f"this school has no `{missing.name}`, and a sentence needs it"
    words = in_words(tuple(missing.name.split(".")))
    if missing.fact is not None:
        words = in_words(tuple(missing.name.split(".")), {missing.fact.path: missing.fact})
    if words is not None:
        says = f"this school gives no {words.noun} (`{missing.name}`), and a sentence needs it"
    guidance = missing.fact.guidance if missing.fact else ""
    hints = (_what_to_write(missing, school), guidance, _where(places))
    shown = tuple(hint for hint in hints if hint)
    return Diagnostic("missing-fact", says, _place(missing, school), shown)


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
        return f"write `{name}:` and what it is, at the left margin"
    held = given(school.file.value, fact)
    if fact.kind == "person" and held:
        if missing.part in PARTS_OF_PERSON and _is_public(held):
            return f"write `{missing.part}: {PARTS_OF_PERSON[missing.part]}` in `{name}` under `{group}:`"
        return f"write `public: yes` in `{name}` under `{group}:`: a policy names nobody else"
    return f"write `{fact.line(missing.part)}` under `{group}:`"


def _is_public(held: object) -> bool:
    people = held if isinstance(held, tuple) else (held,)
    return any(person.public for person in people)


def all_lacking(found: Iterable[Diagnostic], declared: Facts) -> Mapping[str, Lacking]:
    """The facts of a school that problems are about, by their names."""
    names = dict.fromkeys(each.subject.replace("[]", "") for each in found if each.subject)
    return {name: lacking(name, declared) for name in names}
