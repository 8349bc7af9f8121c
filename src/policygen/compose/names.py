"""All that texts may name for one school: facts, answers, the words of options, law; and what is still open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from policygen.compose.prepare import PreparedEdition
from policygen.compose.record import record_names
from policygen.editions.in_words import Words
from policygen.files.yamledit import as_yaml
from policygen.ground.diagnostics import Problems
from policygen.language.templating import holds
from policygen.model.adoption import LocatedAdoption, check_answers, why_refused, wordings
from policygen.model.answers import with_shared_answers
from policygen.model.law import LawLibrary
from policygen.model.question import OPEN, Answer, AnyQuestion, RefusedAnswerError
from policygen.model.school import facts_of
from policygen.model.workspace import SchoolFiles


@dataclass(frozen=True)
class _Asked:
    """What a school is asked about a policy."""

    concerning: Mapping[str, AnyQuestion]
    """The questions that concern it, whoever answers them, in the template's order, with the options offered to it."""
    own: Mapping[str, AnyQuestion]
    """Those of them that it answers itself."""
    unsure: frozenset[str]
    """Those of which nobody knows whether they are asked: what decides it has no good answer."""
    standing: dict[str, object]
    """What texts may name whatever the answers are."""


def asked_questions(
    prepared: PreparedEdition, school: SchoolFiles, adoption: LocatedAdoption, law: LawLibrary
) -> tuple[Mapping[str, AnyQuestion], frozenset[str]]:
    """The questions that are asked of this school, in the template's order, and those of which nobody knows yet.

    The questions have the options that are for this school. Of the second kind, those that are answered all the same
    are in both.
    """
    asked = _asked(prepared, school, adoption, law)
    return asked.own, asked.unsure


def given_answers(
    prepared: PreparedEdition, school: SchoolFiles, adoption: LocatedAdoption, law: LawLibrary
) -> tuple[dict[str, object], dict[str, Answer], frozenset[str]]:
    """All that texts may name, the typed answers to what concerns this school, and the questions that are open."""
    names, open_questions = all_names(prepared, school, adoption, law, Problems())
    answers = names["answers"]
    given = answers.items() if isinstance(answers, dict) else ()
    known = {name: each for name, each in given if each is not None and name not in open_questions}
    return names, known, open_questions


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
    adoption = with_shared_answers(template, adoption, school)
    own = _checked(prepared, adoption, asked.own, problems)
    given = {name: prepared.given[name] for name in prepared.given if name in asked.concerning}
    _note_not_for_school(prepared, asked.concerning, given, problems)
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


def _checked(
    prepared: PreparedEdition,
    adoption: LocatedAdoption,
    asked: Mapping[str, AnyQuestion],
    problems: Problems,
) -> dict[str, Answer]:
    """The typed answers. What is wrong with one for several policies says which edition does not take it."""
    edition, noted = prepared.edition, Problems()
    answers = check_answers(edition.file.value, adoption, asked, noted)
    for each in noted:
        elsewhere = each.rule == "bad-answer" and each.place and each.place.path != adoption.path
        name = f"{edition.template_id}@{edition.file.value.edition}"
        problems.extend([each], f"as {name} asks it" if elsewhere else "")
    for name, given in prepared.given.items():
        question, said = edition.file.value.questions[name], adoption.value.answers.get(name)
        if not question.shared or said is None:
            continue
        if why_refused(question, said) or question.read(said) != given:
            problems.add(
                "bad-answer",
                f"`{name}` is answered by the issuer for its schools, and not so",
                adoption.place("answers", name),
                f"write `{name}: {as_yaml(given)}`, or take the line out",
            )
    return answers


def _asked(
    prepared: PreparedEdition, school: SchoolFiles, adoption: LocatedAdoption, law: LawLibrary
) -> _Asked:
    template = prepared.edition.file.value
    questions = template.questions
    adoption = with_shared_answers(template, adoption, school)
    standing = _standing_names(prepared, school, law)
    # Whether a question is asked may depend on any answer, so all that can be read are read first.
    readable = {**_readable(prepared, adoption), **prepared.given}
    names = {
        **standing,
        "answers": {**dict.fromkeys(questions), **readable},
        "wording": {**dict.fromkeys(questions), **wordings(template, readable)},
    }
    concerning = [
        name
        for name in questions
        if name not in prepared.questions or holds(prepared.questions[name], names)
    ]
    asked = {name for name in concerning if name not in prepared.given}
    unanswered = {f"answers.{name}" for name in asked if name not in readable}
    unsure = set()
    for name, question in questions.items():
        sure = name in prepared.questions and not prepared.questions[name].uses & unanswered
        if question.when and name not in prepared.given and not sure:
            unsure.add(name)
    answered = adoption.value.answers
    own = [name for name in questions if name in (answered if name in unsure else asked)]
    offered = {
        name: question.without(_withheld(prepared, name, names, unanswered))
        for name, question in questions.items()
    }
    return _Asked(
        {name: offered[name] for name in concerning},
        {name: offered[name] for name in own},
        frozenset(unsure),
        standing,
    )


def _withheld(
    prepared: PreparedEdition, name: str, names: Mapping[str, object], unanswered: set[str]
) -> dict[str, str]:
    """The options of a question that are not for this school, and in words where each is.

    An option that hangs on an answer which is still missing is offered.
    """
    template = prepared.edition.file.value
    withheld = {}
    for (question, key), condition in prepared.options.items():
        decided = question == name and not condition.uses & unanswered
        if decided and not holds(condition, names):
            when = template.questions[name].choices[key].when or ""
            withheld[key] = Words(template).condition(when, {}).yes
    for layer in prepared.edition.layers:
        for key in template.questions[name].choices if name in layer.only else ():
            if key not in layer.only[name]:
                withheld[key] = f"{layer.issuer} leaves it to its schools"
    return withheld


def _note_not_for_school(
    prepared: PreparedEdition,
    asked: Mapping[str, AnyQuestion],
    given: Mapping[str, Answer],
    problems: Problems,
) -> None:
    """Note an answer of an issuer for its schools that is an option which this school does not have."""
    for name, answer in given.items():
        if wrong := why_refused(asked[name], answer):
            decisions = next(
                layer.decisions
                for layer in prepared.edition.layers
                if name in layer.decisions.value.answers
            )
            place = decisions.place("answers", name)
            problems.add("bad-answer", f"`{name}` {wrong}", place, *asked[name].how_to_answer(name))


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
        **facts_of(school.file.value, template.facts),
        "issuer": template.issuer.model_dump(),
        "policy": {"title": template.title, "short_title": template.short_title or template.title},
        "law": law.names(),
        "record": record_names(template.edition, template.issued),
    }
