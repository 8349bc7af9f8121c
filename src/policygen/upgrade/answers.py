"""An upgrade, question by question: answers carried over, mapped, dropped where declared, or to be given again."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from policygen.ground.diagnostics import Problems
from policygen.ground.wording import code, join_and, join_or
from policygen.model.adoption import why_refused
from policygen.model.edition_record import ChangeNote, EditionRecord
from policygen.model.question import AnyQuestion
from policygen.model.template import Template
from policygen.upgrade.outcome import Choice, Edits, Outcome, Result


@dataclass(frozen=True)
class Followed:
    """A question and its answer, followed through the editions between."""

    name: str
    """Empty where the question was retired."""
    answer: object
    retired: str = ""
    """The reason why it was."""
    notes: tuple[ChangeNote, ...] = ()
    """What the editions say about the changes to it."""

    @property
    def only_editorial(self) -> bool:
        """Whether the editions speak of changes to it, and call all of them editorial."""
        return bool(self.notes) and all(note.class_ == "editorial" for note in self.notes)


def followed(records: Sequence[EditionRecord], name: str, answer: object) -> Followed:
    """What became of a question and of the options that answer it."""
    notes: tuple[ChangeNote, ...] = ()
    for record in records:
        changes = record.answers
        if name in changes.retired:
            return Followed("", answer, changes.retired[name], notes)
        new = changes.renamed.get(name, name)
        # An author may write the options of a renamed question under either of its names.
        options = {**changes.options.get(name, {}), **changes.options.get(new, {})}
        if isinstance(answer, list):
            answer = [_mapped(option, options) for option in answer]
        else:
            answer = _mapped(answer, options)
        notes += tuple(note for note in record.changes if {name, new} & {*note.questions})
        name = new
    return Followed(name, answer, notes=notes)


def _mapped(answer: object, options: Mapping[str, str]) -> object:
    if isinstance(answer, str):
        return options.get(answer, answer)
    return answer


@dataclass
class AnswersUpgraded:
    """What becomes of answers, and of the file in which they stand."""

    outcomes: list[Outcome] = field(default_factory=list)
    edits: Edits = field(default_factory=lambda: Edits("answers"))
    problems: Problems = field(default_factory=Problems)
    """Choices that cannot be carried out."""

    def refuse(self, name: str, choice: Choice, says: str, hint: str) -> bool:
        """Note a choice that cannot be carried out."""
        self.problems.add("bad-decision", f"`{name}` {says}", choice.place, hint)
        return False

    def answered(self, name: str, question: AnyQuestion, choice: Choice) -> bool:
        """Put an answer that was given now into the edits; False, with a problem, where it is none."""
        says: str | None = "needs an answer"
        if choice.action == "answer":
            says = why_refused(question, choice.answer)
        if says:
            return self.refuse(name, choice, says, _allowed(question))
        self.edits.values[name] = choice.answer
        return True


@dataclass(frozen=True)
class Elsewhere:
    """What other policies of the school say to a question that they share."""

    answers: Mapping[str, object]
    """The answers for all policies."""
    readers: Mapping[str, Sequence[tuple[str, AnyQuestion]]]

    def with_conflict(
        self, outcome: Outcome, old: Template, new: Template, way: Followed
    ) -> Outcome:
        """An answer that would be kept, unless that changes what another policy says, or cannot be said there."""
        if not new.questions[way.name].shared:
            return outcome
        before = old.questions.get(outcome.id)
        given = self.answers.get(way.name)
        was_shared = before is not None and before.shared
        if not (was_shared and way.name == outcome.id) and given not in (None, way.answer):
            says = f"`{way.answer}` here, `{given}` for the other policies"
            return replace(outcome, result="asked", why="otherwise", details=says)
        if way.answer == outcome.answer:
            return outcome
        lacking = [
            policy
            for policy, question in self.readers.get(way.name, ())
            if why_refused(question, way.answer)
        ]
        if not lacking:
            return outcome
        says = f"`{outcome.answer}` is `{way.answer}` now, which {join_and(lacking)} does not have"
        return replace(outcome, result="asked", why="needed", details=says)


def carried_answers(
    old: Template,
    new: Template,
    records: Sequence[EditionRecord],
    answers: Mapping[str, object],
    choices: Mapping[str, Choice],
    elsewhere: Elsewhere | None = None,
) -> AnswersUpgraded:
    """What becomes of each answer that the school gave."""
    made = AnswersUpgraded()
    for name, answer in answers.items():
        if answer is None:
            continue
        way = followed(records, name, answer)
        if way.retired:
            outcome = Outcome("question", name, "taken", "retired", (), way.retired, answer=answer)
            made.edits.removed.append(name)
        else:
            outcome = _carried(old, new, name, answer, way)
            if elsewhere is not None and outcome.result == "kept":
                outcome = elsewhere.with_conflict(outcome, old, new, way)
        choice = choices.get(way.name)
        if outcome.result == "asked" and choice is not None:
            outcome = replace(outcome, decided=_carried_out(made, outcome, choice, new, way))
        elif outcome.result == "kept":
            made.edits.renamed[name] = way.name
            if way.answer != answer:
                made.edits.values[way.name] = way.answer
        made.outcomes.append(outcome)
    return made


def _carried(old: Template, new: Template, name: str, answer: object, way: Followed) -> Outcome:
    """An answer to a question that was not retired."""
    question, before = new.questions.get(way.name), old.questions.get(name)
    result: Result = "asked"
    if question is None:
        return Outcome("question", name, result, "removed", notes=way.notes, answer=answer)
    if why_refused(question, way.answer):
        why = "refused"
    elif before and _other_meaning(before, answer, question, way):
        why = "reworded"
    elif (way.name, way.answer) != (name, answer):
        result, why = "kept", "renamed"
    else:
        result, why = "kept", ""
    return Outcome("question", name, result, why, (way.name,), notes=way.notes, answer=answer)


def _other_meaning(before: AnyQuestion, answer: object, now: AnyQuestion, way: Followed) -> bool:
    """Whether the answer says something else under the new question, and the issuer does not deny it."""
    if before.kind != now.kind:
        # The key of an option may pass for a text of the school's own, and would print as one.
        return True
    return not way.only_editorial and _meaning(before, answer) != _meaning(now, way.answer)


def _meaning(question: AnyQuestion, answer: object) -> tuple[object, ...]:
    """What somebody who gave this answer was asked, and said."""
    chosen = map(str, answer if isinstance(answer, list) else [answer])
    labels = [question.choices[option].label for option in chosen if option in question.choices]
    return question.ask, tuple(labels)


def _carried_out(
    made: AnswersUpgraded, outcome: Outcome, choice: Choice, new: Template, way: Followed
) -> bool:
    """Put what was decided about an answer into the edits; False, with a problem, where that cannot be."""
    name = outcome.id
    if not outcome.now:
        if choice.action != "take":
            hint = "write `take`, and the answer goes too"
            return made.refuse(name, choice, "its question is gone", hint)
        made.edits.removed.append(name)
        return True
    if choice.action == "keep" and outcome.why == "reworded":
        made.edits.values[way.name] = way.answer
    elif not made.answered(way.name, new.questions[way.name], choice):
        return False
    made.edits.renamed[name] = way.name
    return True


def needed_answers(
    new: Template,
    outcomes: Sequence[Outcome],
    answers: Mapping[str, object],
    asked: Mapping[str, AnyQuestion],
    known: Collection[str],
    records: Sequence[EditionRecord],
    choices: Mapping[str, Choice],
) -> AnswersUpgraded:
    """The questions that the new edition asks and the school has not answered, and answers that nobody asks for.

    `answers` are those that were carried over; `asked` the questions with the options that are for this school, so that
    an answer may be among them no more; `known` the questions that the old edition asked, by their new names.
    """
    made = AnswersUpgraded()
    open_already = {
        name for outcome in outcomes if outcome.result == "asked" for name in outcome.now
    }
    for name in new.questions:
        is_answered, choice = answers.get(name) is not None, choices.get(name)
        refused = is_answered and name in asked and why_refused(asked[name], answers[name])
        if name in open_already or (is_answered == (name in asked) and not refused):
            continue
        notes = followed(records, name, None).notes
        outcome = Outcome("question", name, "asked", "unasked", (name,), notes=notes)
        if refused:
            outcome = replace(outcome, why="refused", answer=answers[name])
            decided = choice is not None and made.answered(name, asked[name], choice)
        elif is_answered:
            outcome = replace(outcome, answer=answers[name])
            decided = choice is not None and _given_up(made, name, choice)
        else:
            outcome = replace(outcome, why="unanswered" if name in known else "new")
            decided = choice is not None and made.answered(name, asked[name], choice)
        made.outcomes.append(replace(outcome, decided=decided))
    return made


def _given_up(made: AnswersUpgraded, name: str, choice: Choice) -> bool:
    if choice.action != "take":
        hint = "write `take`, and the answer goes"
        return made.refuse(name, choice, "is not asked any more", hint)
    made.edits.removed.append(name)
    return True


def _allowed(question: AnyQuestion) -> str:
    """What may be answered, for a hint."""
    if question.choices:
        return f"there is {join_or(map(code, question.choices))}"
    return question.ask
