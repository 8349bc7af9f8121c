"""What people read of an upgrade: the texts before they decide, and then what the school's copy will say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product

from policygen.compose.compose import adopted_parts
from policygen.compose.prepare import PreparedEdition
from policygen.compose.refer import targets
from policygen.editions.units import written_units
from policygen.files.yamledit import CannotAddError, with_value
from policygen.files.yamlfile import Located
from policygen.language.document import Clause, Section, walk
from policygen.model.adoption import StartedAdoption
from policygen.model.question import AnyQuestion
from policygen.products.text import clause_text
from policygen.project.adopt import read_started
from policygen.project.upgrade_inputs import Adopter, Moving
from policygen.upgrade.decisions_file import ours_in_words
from policygen.upgrade.outcome import ClauseTexts, Outcome
from policygen.upgrade.way import refers, with_printed_references

_MOST_VARIANTS = 4
"""So many ways in which one clause may read are shown one by one; more, and it is shown as its author wrote it."""


def texts_to_read(
    moving: Moving,
    text: str,
    outcomes: Sequence[Outcome],
    open_questions: Mapping[str, AnyQuestion],
) -> dict[str, ClauseTexts]:
    """The texts of each clause that is asked about; `text` is the adoption with the answers that are known by now."""
    asked = [each for each in outcomes if each.kind == "clause" and each.result == "asked"]
    ours = {outcome.id: ours_in_words(outcome.local) for outcome in asked}
    printed: Mapping[str, str] = {}
    # Only a text that refers is worth composing the whole policy for: there may be hundreds of schools.
    if moving.adopter is not None and any(map(refers, ours.values())):
        printed = _printed_references(moving.old, moving.adopter, moving.file)
    return {
        outcome.id: ClauseTexts(
            before=_in_lines(outcome.before),
            now=_text_now(moving, text, outcome, open_questions),
            ours=with_printed_references(ours[outcome.id], printed),
        )
        for outcome in asked
    }


def copy_to_read(moving: Moving, text: str, outcomes: Sequence[Outcome]) -> dict[str, str]:
    """What the school's copy will say where a decision was carried out, by the id of the clause in the new edition."""
    if moving.adopter is None:
        return {}
    decided = [each for each in outcomes if each.kind == "clause" and each.decided]
    if not decided:
        return {}
    adopter, file = moving.adopter, read_started(text, moving.path)
    clauses = _clauses(adopted_parts(moving.new, adopter.school, file, adopter.law))
    said = {}
    for identity in dict.fromkeys(_places(decided, file)):
        around = (f"{identity}.before", identity, f"{identity}.after")
        there = [clauses[name] for name in around if name in clauses]
        said[identity] = _in_lines(there) or "(nothing)"
    return said


def _places(decided: Sequence[Outcome], file: Located[StartedAdoption]) -> Iterator[str]:
    """The clauses about which something was decided, and those to which a text was sent."""
    for outcome in decided:
        yield from outcome.now or (outcome.id,)
    if any(outcome.needs_a_place for outcome in decided):
        for identity, decision in file.value.clauses.items():
            if decision != "keep":
                yield identity


def _clauses(parts: Iterable[Section]) -> dict[str, Clause]:
    return {node.id: node for part in parts for node in walk(part) if isinstance(node, Clause)}


def _in_lines(clauses: Iterable[Clause]) -> str:
    texts = ["\n".join(line.rstrip() for line in clause_text(clause)) for clause in clauses]
    return "\n\n".join(text.strip() for text in texts if text.strip())


def _printed_references(
    edition: PreparedEdition, adopter: Adopter, file: Located[StartedAdoption]
) -> dict[str, str]:
    """How references print in this school's copy: "paragraph 4.1", by id."""
    parts = adopted_parts(edition, adopter.school, file, adopter.law)
    known = targets(parts, edition.edition.file.value.nouns)
    return {identity: target.words() for identity, target in known.items() if identity}


# --- a clause that hangs on an answer ---------------------------------------------------------------------------------


def _text_now(
    moving: Moving, text: str, outcome: Outcome, open_questions: Mapping[str, AnyQuestion]
) -> str:
    """The model text in the new edition, with each answer of a question that it hangs on and that is still open."""
    hangs_on = {
        name: question for name, question in open_questions.items() if _uses(moving, outcome, name)
    }
    if moving.adopter is None or not hangs_on:
        return _in_lines(outcome.after)
    variants = _variants(hangs_on)
    if not 0 < len(variants) <= _MOST_VARIANTS:
        units = written_units(moving.new.edition)
        return "\n\n".join(units[target].words for target in outcome.now if target in units)
    said = []
    for answers in variants:
        reads = _reading(moving, moving.adopter, text, outcome, answers)
        when = ", ".join(f"{name} is {_named(answer)}" for name, answer in answers.items())
        said.append(f"(if {when})\n{reads or '(not in your policy)'}")
    return "\n\n".join(said)


def _uses(moving: Moving, outcome: Outcome, question: str) -> bool:
    """Whether one of the clauses that are here now prints, or tests, the answer to a question."""
    name = re.compile(rf"\b(?:answers|wording)\.{re.escape(question)}\b")
    jinja = (mark for target in outcome.now for mark in moving.new.bases[target].jinja)
    return any(name.search(mark) for mark in jinja)


def _variants(questions: Mapping[str, AnyQuestion]) -> list[dict[str, object]]:
    """All answers to some questions at once; none where one of them cannot be answered by choosing."""
    possible = [question.every_answer() for question in questions.values()]
    return [dict(zip(questions, answers, strict=True)) for answers in product(*possible)]


def _named(answer: object) -> str:
    return {True: "yes", False: "no"}[answer] if isinstance(answer, bool) else str(answer)


def _reading(
    moving: Moving, adopter: Adopter, text: str, outcome: Outcome, answers: Mapping[str, object]
) -> str:
    """How the clauses read with these answers."""
    try:
        for name, answer in answers.items():
            text = with_value(text, ("answers", name), answer)
    except CannotAddError:
        return _in_lines(outcome.after)
    here = adopter.after.of(adopter.school, read_started(text, moving.path))
    return _in_lines(here[target] for target in outcome.now if target in here)
