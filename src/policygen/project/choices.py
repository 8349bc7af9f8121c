"""What a school chose where its model policy leaves the choice: each question with its answer."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import assert_never

from policygen.compose.names import asked_questions
from policygen.ground.wording import join_and, sentence_case
from policygen.html.pack import Choice
from policygen.language.document import Clause, plain, walk
from policygen.model.answers import with_shared_answers
from policygen.model.law import LawLibrary
from policygen.model.question import (
    AnyOf,
    Entries,
    OneOf,
    QuestionBase,
    Typed,
    in_words,
)
from policygen.project.check import Composed
from policygen.project.since import hanging_on


def choices_of(composed: Composed, law: LawLibrary, new: Collection[str]) -> tuple[Choice, ...]:
    """Each question that is asked of the school, in the order of the model policy; `new` ones are marked."""
    prepared, school = composed.prepared, composed.school
    template = prepared.edition.file.value
    adoption = school.adoptions[composed.document.policy_id]
    asked, _ = asked_questions(prepared, school, adoption, law)
    given = with_shared_answers(template, adoption, school).value.answers
    made = []
    for name, question in asked.items():
        answer = question.read(given[name])
        made.append(
            Choice(
                question.ask,
                sentence_case(in_words(question, answer)),
                _suggested(question, answer),
                join_and(_places(composed, name)),
                name in new,
            )
        )
    return tuple(made)


def _suggested(question: QuestionBase, answer: object) -> str:
    """What the model policy suggests, in words."""
    offer = question.offer()
    match offer:
        case OneOf(options=options) | AnyOf(options=options):
            suggested = [each for each in options if each.suggested]
        case Typed(suggested=typed) | Entries(suggested=typed):
            suggested = [typed] if typed else []
        case _:
            assert_never(offer)
    if not suggested:
        return "Nothing"
    if suggested[0].answer == answer:
        return "The same"
    return sentence_case(in_words(question, suggested[0].answer))


def _places(composed: Composed, question: str) -> Iterator[str]:
    """The numbers of the clauses that hang on an answer; where a part reads it outside its clauses, the part."""
    ids = hanging_on(composed.prepared, (question,))
    names = {f"answers.{question}", f"wording.{question}"}
    reading = {part.plan.name for part in composed.prepared.parts if names & part.uses}
    for part in composed.document.parts:
        numbers = [
            node.number
            for node in walk(part.blocks)
            if isinstance(node, Clause) and node.id in ids and node.number
        ]
        if part.id in ids or (not numbers and part.name in reading):
            yield part.label or f"“{plain(part.title)}”"
        else:
            yield from numbers
