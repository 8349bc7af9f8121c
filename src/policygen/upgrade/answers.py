"""An upgrade, question by question: answers carried over, mapped, dropped where declared, or to be given again."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from policygen.ground.diagnostics import Problems
from policygen.ground.wording import join_or
from policygen.model.adoption import why_refused
from policygen.model.edition_record import EditionRecord
from policygen.model.question import AnyQuestion, ChoiceQuestion, ChoicesQuestion
from policygen.model.template import Template
from policygen.upgrade.outcome import Choice, Edits, Outcome


@dataclass(frozen=True)
class Followed:
    """A question and its answer, followed through the editions between."""

    name: str
    """Empty where the question was retired."""
    answer: object
    retired: str = ""
    """The reason why it was."""
    material: bool | None = None
    """Whether the editions call a change of it material; None where they say nothing."""


def followed(records: Sequence[EditionRecord], name: str, answer: object) -> Followed:
    """What became of a question and of the options that answer it."""
    material: bool | None = None
    for record in records:
        changes = record.answers
        if name in changes.retired:
            return Followed("", answer, changes.retired[name], material)
        new = changes.renamed.get(name, name)
        options = {**changes.options.get(name, {}), **changes.options.get(new, {})}
        answer = (
            [_mapped(each, options) for each in answer]
            if isinstance(answer, list)
            else _mapped(answer, options)
        )
        for note in record.changes:
            if {name, new} & {*note.questions}:
                material = bool(material) or note.class_ == "material"
        name = new
    return Followed(name, answer, material=material)


def _mapped(answer: object, options: Mapping[str, str]) -> object:
    return options.get(answer, answer) if isinstance(answer, str) else answer


def carried_answers(
    old: Template,
    new: Template,
    records: Sequence[EditionRecord],
    answers: Mapping[str, object],
    choices: Mapping[str, Choice],
    problems: Problems,
) -> tuple[list[Outcome], Edits]:
    """What becomes of each answer that the school gave. A choice that cannot be carried out is a problem."""
    outcomes: list[Outcome] = []
    edits = Edits("answers")
    for name, answer in answers.items():
        if answer is None:
            continue
        way = followed(records, name, answer)
        if way.retired:
            outcomes.append(
                Outcome("question", name, "taken", "retired", (), way.retired, answer=answer)
            )
            edits.removed.append(name)
            continue
        outcome = _carried(old, new, name, answer, way)
        choice = choices.get(way.name) if outcome.result == "asked" else None
        if choice is not None and _carry_out(outcome, choice, new, way, edits, problems):
            outcome = Outcome(**{**vars(outcome), "decided": True})
        elif outcome.result == "kept":
            edits.renamed[name] = way.name
            if way.answer != answer:
                edits.values[way.name] = way.answer
        outcomes.append(outcome)
    return outcomes, edits


def _carried(old: Template, new: Template, name: str, answer: object, way: Followed) -> Outcome:
    question, before = new.questions.get(way.name), old.questions.get(name)
    now = (way.name,) if question else ()
    if question is None:
        result, why = "asked", "removed"
    elif why_refused(question, way.answer):
        result, why = "asked", "refused"
    elif (
        before
        and _meaning(before, answer) != _meaning(question, way.answer)
        and way.material is not False
    ):
        result, why = "asked", "reworded"
    else:
        result, why = "kept", "renamed" if (way.name, way.answer) != (name, answer) else ""
    return Outcome("question", name, result, why, now, answer=answer)  # type: ignore[arg-type]


def _meaning(question: AnyQuestion, answer: object) -> tuple[object, ...]:
    """What somebody who gave this answer was asked, and said."""
    chosen = answer if isinstance(answer, list) else [answer]
    if isinstance(question, ChoiceQuestion | ChoicesQuestion):
        options = question.options
        return (
            question.kind,
            question.ask,
            tuple(options[each].label for each in chosen if each in options),
        )
    return question.kind, question.ask


def _carry_out(
    outcome: Outcome, choice: Choice, new: Template, way: Followed, edits: Edits, problems: Problems
) -> bool:
    """Put what was decided about an answer into the edits; False, with a problem, where that cannot be."""
    name = outcome.id
    if not outcome.now:
        if choice.action == "take":
            edits.removed.append(name)
            return True
        _refuse(
            name, choice, "its question is gone", "write `take`, and the answer goes too", problems
        )
        return False
    if choice.action == "keep" and outcome.why == "reworded":
        answer = way.answer
    elif choice.action == "answer":
        answer = choice.answer
        if said := why_refused(new.questions[way.name], answer):
            _refuse(way.name, choice, said, _allowed(new.questions[way.name]), problems)
            return False
    else:
        _refuse(way.name, choice, "needs an answer", _allowed(new.questions[way.name]), problems)
        return False
    edits.renamed[name] = way.name
    edits.values[way.name] = answer
    return True


def needed_answers(
    new: Template,
    outcomes: Sequence[Outcome],
    answers: Mapping[str, object],
    asked: Collection[str],
    known: Collection[str],
    choices: Mapping[str, Choice],
    problems: Problems,
) -> tuple[list[Outcome], Edits]:
    """The questions that the new edition asks and the school has not answered, and answers that nobody asks for.

    `answers` are those that were carried over; `known` the questions that the old edition asked, by their new names.
    """
    found: list[Outcome] = []
    edits = Edits("answers")
    spoken = {now for outcome in outcomes for now in outcome.now if outcome.result == "asked"}
    for name in new.questions:
        if name in asked and answers.get(name) is None and name not in spoken:
            why, choice = "unanswered" if name in known else "new", choices.get(name)
            decided = choice is not None and _answered(
                name, choice, new.questions[name], edits, problems
            )
            found.append(Outcome("question", name, "asked", why, (name,), decided=decided))
        elif name not in asked and answers.get(name) is not None and name not in spoken:
            choice = choices.get(name)
            decided = choice is not None and choice.action == "take"
            if decided:
                edits.removed.append(name)
            elif choice is not None:
                _refuse(
                    name,
                    choice,
                    "is not asked any more",
                    "write `take`, and the answer goes",
                    problems,
                )
            found.append(
                Outcome(
                    "question",
                    name,
                    "asked",
                    "unasked",
                    (name,),
                    answer=answers[name],
                    decided=decided,
                )
            )
    return found, edits


def _answered(
    name: str, choice: Choice, question: AnyQuestion, edits: Edits, problems: Problems
) -> bool:
    said = why_refused(question, choice.answer) if choice.action == "answer" else "needs an answer"
    if said:
        _refuse(name, choice, said, _allowed(question), problems)
        return False
    edits.values[name] = choice.answer
    return True


def _allowed(question: AnyQuestion) -> str:
    match question:
        case ChoiceQuestion(options=options) | ChoicesQuestion(options=options):
            return f"there is {join_or(f'`{option}`' for option in options)}"
        case _:
            return question.ask


def _refuse(name: str, choice: Choice, said: str, hint: str, problems: Problems) -> None:
    problems.add("bad-decision", f"`{name}` {said}", choice.place, hint)
