"""What each fact of a school is called by people who do not write templates: "the designated safeguarding lead"."""

from __future__ import annotations

from dataclasses import dataclass

from policygen.ground.wording import UnknownFormError, with_article
from policygen.model.facts import GROUPS, Facts, own_facts

_SCHOOL = {
    "name": "name of the school",
    "short_name": "short name of the school",
    "type": "type of the school",
    "phase": "phase of the school",
    "ages": "ages of the pupils",
    "employer": "employer",
    "employer_name": "name of the employer",
    "local_authority": "name of the local authority",
    "trust": "name of the trust",
    "address": "lines of the school’s address",
    "website": "address of the school’s website",
    "email": "email address of the school",
    "phone": "telephone number of the school",
}
_YES_NO = {
    "early_years": ("the school has children under five", "the school has no children under five"),
    "sixth_form": ("the school has a sixth form", "the school has no sixth form"),
    "special": ("the school is a special school", "the school is no special school"),
    "faith": ("the school has a religious character", "the school has no religious character"),
    "residential": ("pupils live at the school", "no pupils live at the school"),
}
_OF_PERSON = {
    "name": "name of",
    "email": "email address of",
    "phone": "telephone number of",
    "public": "leave to name",
}
_ONE_OF = {"address": "line of the school’s address"}
_VALUES = {
    "la": "the local authority",
    "governing-board": "the governing board",
    "trust": "the trust",
    "all-through": "all-through",
    "voluntary-aided": "voluntary aided",
    "voluntary-controlled": "voluntary controlled",
}


@dataclass(frozen=True, slots=True)
class Fact:
    """What a fact is called."""

    noun: str
    """Such as "name of the designated safeguarding lead"."""
    there: str
    """That a school has it, such as "the school has a designated safeguarding lead"."""
    not_there: str
    stands: bool = False
    """Whether the noun may stand in a sentence in place of the school's own word: a title of a role, a term."""
    one: str = ""
    """What one of several is called; empty for a single fact."""


def fact(path: tuple[str, ...], declared: Facts | None = None) -> Fact | None:
    """What a fact is called, by its names: `("people", "dsl", "name")`. None for what is no fact of a school.

    One that is not `declared`, because nobody knows any more who declared it, is called as its name says.
    """
    match path:
        case ("school", "ages", "from"):
            return _given("lowest age of the pupils")
        case ("school", "ages", "to"):
            return _given("highest age of the pupils")
        case ("school", name) if name in _YES_NO:
            there, not_there = _YES_NO[name]
            return Fact(f"answer to whether {there}", there, not_there)
        case ("school", name) if name in _SCHOOL:
            return _given(_SCHOOL[name], one=_ONE_OF.get(name, ""))
        case (group, name, *parts) if group in GROUPS:
            known = {**own_facts(), **(declared or {})}.get(f"{group}.{name}")
            called = known.called if known else name.replace("_", " ")
            return _declared(group, called, known.one if known else "", tuple(parts))
        case _:
            return None


def _declared(group: str, called: str, one: str, parts: tuple[str, ...]) -> Fact | None:
    match (group, *parts):
        case ("terms",):
            return _given(called, stands=True)
        case ("roles",):
            return _had(called, called, one, stands=True)
        case ("people",):
            return _had(called, called, one, verb="names")
        case ("people", part) if part in _OF_PERSON:
            return _given(f"{_OF_PERSON[part]} the {called}")
        case ("providers",):
            noun = called if one else f"name of the {called}"
            return _had(called, noun, one, verb="names")
        case ("policies",):
            return _had(called, f"title of the {called}", one)
        case ("partnership" | "facts",):
            return _given(called, one=one)
        case _:
            return None


def question_about(path: tuple[str, ...], noun: str, *, several: bool) -> str:
    """What a school is asked for a fact that it has not given yet, by its names and what it is called."""
    match path:
        case ("terms", _):
            return f"Which word does the school use for “{noun}”?"
        case ("roles", _):
            return f"What does the school call its {noun}?"
        case ("people", _):
            return f"Who {'are' if several else 'is'} the {noun}?"
        case ("people", _, "public"):
            return f"May the policy give the {noun.removeprefix('leave to name ')} by name, on the website, too?"
        case ("providers", *_) if several:
            return f"Which {noun} does the school use?"
        case ("school", name) if name in _YES_NO:
            return f"Is it so that {_YES_NO[name][0]}?"
        case _:
            return f"What {'are' if several else 'is'} the {noun}?"


def part_of_person(part: str) -> str:
    """What a part of a person is called, to stand before the person: "name of"."""
    return _OF_PERSON.get(part, f"{part.replace('_', ' ')} of")


def fixed_value(value: str) -> str:
    """One of the fixed values of a fact, as people say it: `governing-board` is "the governing board"."""
    return _VALUES.get(value, value.replace("-", " "))


def _had(called: str, noun: str, one: str, *, verb: str = "has", stands: bool = False) -> Fact:
    if one:
        there, gone = f"the school {verb} any {called}", f"the school {verb} no {called}"
        return Fact(noun, there, gone, one=one)
    try:
        counted = with_article(called)
    except UnknownFormError:  # nobody can tell whether an abbreviation is spelt or spoken
        counted = f"the {called}"
    return Fact(noun, f"the school {verb} {counted}", f"the school {verb} no {called}", stands)


def _given(noun: str, *, stands: bool = False, one: str = "") -> Fact:
    verb = "are" if one else "is"
    there, gone = f"the {noun} {verb} given", f"the {noun} {verb} not given"
    return Fact(noun, there, gone, stands, one)
