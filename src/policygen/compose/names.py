"""All that texts may name for one school: facts, answers, the words of options, law; and what is still open."""

from __future__ import annotations

from collections.abc import Collection

from policygen.compose.prepare import PreparedEdition
from policygen.ground.diagnostics import Problems
from policygen.language.templating import holds
from policygen.model.adoption import LocatedAdoption, check_answers, wordings
from policygen.model.law import LawLibrary
from policygen.model.question import OPEN
from policygen.model.school import facts
from policygen.model.workspace import SchoolFiles


def asked_questions(
    prepared: PreparedEdition, school: SchoolFiles, adoption: LocatedAdoption, law: LawLibrary
) -> tuple[tuple[str, ...], frozenset[str]]:
    """The questions that are asked of this school, in the template's order, and those of which nobody knows yet.

    Of the second kind, those that are answered all the same are in both.
    """
    questions, answers = prepared.edition.file.value.questions, adoption.value.answers
    asked = _concerning(prepared, school, adoption, law) - {*prepared.given}
    unsure = _perhaps_asked(prepared, adoption, asked) - {*prepared.given}
    return tuple(
        name for name in questions if name in (answers if name in unsure else asked)
    ), unsure


def all_names(
    prepared: PreparedEdition,
    school: SchoolFiles,
    adoption: LocatedAdoption,
    law: LawLibrary,
    problems: Problems,
) -> tuple[dict[str, object], frozenset[str]]:
    """All that texts may name, and the questions whose answers are open."""
    template = prepared.edition.file.value
    asked, unsure = asked_questions(prepared, school, adoption, law)
    answers = check_answers(template, adoption, asked, problems)
    missing = [name for name in asked if name not in answers]
    concerning = _concerning(prepared, school, adoption, law) if prepared.given else ()
    answers |= {name: answer for name, answer in prepared.given.items() if name in concerning}
    choices = {name for name, question in template.questions.items() if question.choices}
    stand_ins = {name: template.questions[name].stand_in() for name in missing}
    worded = {name: [OPEN] if template.questions[name].takes_several else OPEN for name in missing}
    names = _standing_names(prepared, school, law)
    names["answers"] = {**dict.fromkeys(template.questions), **stand_ins, **answers}
    names["wording"] = {
        **dict.fromkeys(choices),
        **{name: words for name, words in worded.items() if name in choices},
        **wordings(template, answers),
    }
    return names, frozenset(missing) | unsure


def _concerning(
    prepared: PreparedEdition, school: SchoolFiles, adoption: LocatedAdoption, law: LawLibrary
) -> set[str]:
    """The questions that concern this school, whoever answers them."""
    unanswered = dict.fromkeys(prepared.edition.file.value.questions)
    own = {name: _provisional(answer) for name, answer in adoption.value.answers.items()}
    answers = {**unanswered, **own, **prepared.given}
    names = {**_standing_names(prepared, school, law), "answers": answers, "wording": {}}
    return {
        name
        for name in unanswered
        if name not in prepared.questions or holds(prepared.questions[name], names)
    }


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


def _perhaps_asked(
    prepared: PreparedEdition, adoption: LocatedAdoption, asked: Collection[str]
) -> frozenset[str]:
    """The questions of which nobody knows whether they are asked: what decides it has no good answer."""
    template = prepared.edition.file.value
    answers = check_answers(template, adoption, asked, Problems())
    missing = {f"answers.{name}" for name in asked if name not in answers}
    return frozenset(
        name
        for name, question in template.questions.items()
        if question.when
        and (name not in prepared.questions or prepared.questions[name].uses & missing)
    )


def _provisional(answer: object) -> object:
    """An answer as `when:` may test it before answers are checked."""
    return {"yes": True, "no": False}.get(answer, answer) if isinstance(answer, str) else answer
