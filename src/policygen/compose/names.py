"""All that texts may name for one school: facts, answers, the words of options, law; and what is still open."""

from __future__ import annotations

from dataclasses import dataclass

from policygen.compose.prepare import PreparedEdition
from policygen.ground.diagnostics import Problems
from policygen.language.templating import holds
from policygen.model.adoption import LocatedAdoption, check_answers, wordings
from policygen.model.law import LawLibrary
from policygen.model.question import OPEN, Answer, RefusedAnswerError
from policygen.model.school import facts
from policygen.model.workspace import SchoolFiles


@dataclass(frozen=True)
class _Asked:
    """What a school is asked about a policy."""

    concerning: frozenset[str]
    """The questions that concern it, whoever answers them."""
    own: tuple[str, ...]
    """Those of them that it answers itself, in the template's order."""
    unsure: frozenset[str]
    """Those of which nobody knows whether they are asked: what decides it has no good answer."""
    standing: dict[str, object]
    """What texts may name whatever the answers are."""


def asked_questions(
    prepared: PreparedEdition, school: SchoolFiles, adoption: LocatedAdoption, law: LawLibrary
) -> tuple[tuple[str, ...], frozenset[str]]:
    """The questions that are asked of this school, in the template's order, and those of which nobody knows yet.

    Of the second kind, those that are answered all the same are in both.
    """
    asked = _asked(prepared, school, adoption, law)
    return asked.own, asked.unsure


def all_names(
    prepared: PreparedEdition,
    school: SchoolFiles,
    adoption: LocatedAdoption,
    law: LawLibrary,
    problems: Problems,
) -> tuple[dict[str, object], frozenset[str]]:
    """All that texts may name, and the questions whose answers are open."""
    template = prepared.edition.file.value
    asked = _asked(prepared, school, adoption, law)
    own = check_answers(template, adoption, asked.own, problems)
    given = {name: prepared.given[name] for name in prepared.given if name in asked.concerning}
    answered = {**own, **given}
    missing = frozenset(asked.own) - own.keys()
    answers: dict[str, object] = {}
    worded: dict[str, object] = {}
    for name, question in template.questions.items():
        answers[name] = question.stand_in() if name in missing else None
        if question.choices:
            stand_in = [OPEN] if question.takes_several else OPEN
            worded[name] = stand_in if name in missing else None
    names = {
        **asked.standing,
        "answers": {**answers, **answered},
        "wording": {**worded, **wordings(template, answered)},
    }
    return names, missing | asked.unsure


def _asked(
    prepared: PreparedEdition, school: SchoolFiles, adoption: LocatedAdoption, law: LawLibrary
) -> _Asked:
    template = prepared.edition.file.value
    questions = template.questions
    standing = _standing_names(prepared, school, law)
    # Whether a question is asked may depend on any answer, so all that can be read are read first.
    readable = {**_readable(prepared, adoption), **prepared.given}
    names = {
        **standing,
        "answers": {**dict.fromkeys(questions), **readable},
        "wording": {**dict.fromkeys(questions), **wordings(template, readable)},
    }
    concerning = set()
    for name in questions:
        if name not in prepared.questions or holds(prepared.questions[name], names):
            concerning.add(name)
    asked = concerning - {*prepared.given}
    unanswered = {f"answers.{name}" for name in asked if name not in readable}
    unsure = set()
    for name, question in questions.items():
        sure = name in prepared.questions and not prepared.questions[name].uses & unanswered
        if question.when and name not in prepared.given and not sure:
            unsure.add(name)
    answered = adoption.value.answers
    own = [name for name in questions if name in (answered if name in unsure else asked)]
    return _Asked(frozenset(concerning), tuple(own), frozenset(unsure), standing)


def _readable(prepared: PreparedEdition, adoption: LocatedAdoption) -> dict[str, Answer]:
    """The answers that fit their questions, asked or not."""
    answers: dict[str, Answer] = {}
    for name, question in prepared.edition.file.value.questions.items():
        given = adoption.value.answers.get(name)
        try:
            if given is not None:
                answers[name] = question.read(given)
        except RefusedAnswerError:
            continue  # noted where answers are checked
    return answers


def _standing_names(
    prepared: PreparedEdition, school: SchoolFiles, law: LawLibrary
) -> dict[str, object]:
    """What texts may name whatever the answers are."""
    template = prepared.edition.file.value
    return {
        **facts(school.file.value),
        "issuer": template.issuer.model_dump(),
        "policy": {"title": template.title, "short_title": template.short_title or template.title},
        "law": law.names(),
    }
