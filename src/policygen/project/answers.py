"""The rules that a school's policies share: what is answered, where it stands, and what another answer would change."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from policygen.compare.comparison import ChangeClass, compare
from policygen.compose.compose import compose
from policygen.compose.prepare import PreparedEdition
from policygen.compose.refer import targets
from policygen.disk.reading import read_adoption_text, school_ids
from policygen.files.yamledit import with_value, without
from policygen.files.yamlfile import read_yaml
from policygen.ground import paths
from policygen.ground.diagnostics import InputError, Problems
from policygen.ground.telling import Tell, silent
from policygen.ground.wording import meant_or_known
from policygen.language.document import Clause, Document, Section, Value, walk
from policygen.model.adoption import LocatedAdoption, why_refused
from policygen.model.answers import shared_questions, with_shared_answers
from policygen.model.bodies import named_bodies
from policygen.model.question import AnyQuestion, RefusedAnswerError, in_words
from policygen.model.shared import AnswersFile
from policygen.model.template import Template
from policygen.model.workspace import SchoolFiles
from policygen.project.adopt import BEGUN_ANSWERS, check_as_read
from policygen.project.check import (
    Checked,
    Selection,
    check,
    chosen_schools,
    law_of,
    undamaged,
)


@dataclass(frozen=True)
class Stand:
    """One policy in which an answer stands."""

    policy: str
    title: str
    edition: str
    where: tuple[str, ...]
    """Such as "paragraph 4.1"; none where the policy cannot be composed, or prints it nowhere."""


@dataclass(frozen=True)
class SharedRule:
    """A question that policies of a school share."""

    name: str
    question: AnyQuestion
    """As the first of the policies asks it."""
    answer: object
    """As written; None where there is none."""
    stands: tuple[Stand, ...]

    @property
    def said(self) -> str:
        """The answer as people say it."""
        return "" if self.answer is None else in_words(self.question, self.answer)


@dataclass(frozen=True)
class Effect:
    """What another answer does to one policy."""

    stand: Stand
    change: ChangeClass | None
    """None where the policy says the same."""
    body: str
    """Who approves a material change."""


@dataclass(frozen=True)
class Changing:
    """Another answer, not written yet."""

    rule: SharedRule
    now: SharedRule
    effects: tuple[Effect, ...]
    files: Mapping[str, str]
    """What is written, by path."""
    before: Mapping[str, str | None]
    """The same files as they were read; None for one that is not there."""


@dataclass(frozen=True)
class _Here:
    """A school with its policies as they are now."""

    root: Path
    school: SchoolFiles
    checked: Checked

    @cached_property
    def editions(self) -> dict[tuple[str, str], PreparedEdition]:
        """The editions that its policies are of, as far as they can be read."""
        return {
            (each.edition.template_id, each.edition.file.value.edition): each
            for each in self.checked.editions
        }

    def policies(self, name: str) -> Iterator[tuple[str, LocatedAdoption, PreparedEdition]]:
        """The policies that read a shared question."""
        for policy, adoption in self.school.adoptions.items():
            prepared = self.editions.get((policy, adoption.value.edition))
            if prepared and name in shared_questions(prepared.edition.file.value):
                yield policy, adoption, prepared

    def document(self, policy: str) -> Document | None:
        found = (each.document for each in self.checked.policies)
        return next((each for each in found if each.policy_id == policy), None)


def shared_rules(
    root: Path, school_id: str, as_of: datetime.date, tell: Tell = silent
) -> tuple[SharedRule, ...]:
    """Every rule that the policies of a school share and ask of it, in the order of asking. Raises InputError."""
    here = _here(root, school_id, as_of, tell)
    names = dict[str, None]()
    for prepared in here.checked.editions:
        names |= dict.fromkeys(shared_questions(prepared.edition.file.value))
    rules = (_rule(here, name) for name in names)
    return tuple(rule for rule in rules if rule is not None and _is_asked(here, rule))


def changing(
    root: Path, school_id: str, name: str, written: str, as_of: datetime.date, tell: Tell = silent
) -> Changing:
    """What becomes of the policies of a school with another answer; writes nothing.

    Raises InputError where there is no such rule, or where an edition in use does not take the answer.
    """
    here, problems = _here(root, school_id, as_of, tell), Problems()
    rule = _rule(here, name)
    if rule is None:
        known = [each.name for each in shared_rules(root, school_id, as_of)]
        says = f"`{name}` is no rule that policies of `{school_id}` share"
        problems.add("unknown-answer", says, None, meant_or_known(name, known))
    rule = problems.needed(rule)
    if not _is_asked(here, rule):
        problems.add("unasked-answer", f"`{name}` is not asked of this school", None)
    answer = _typed(rule.question, written)
    for policy, _, prepared in here.policies(name):
        template = prepared.edition.file.value
        question = template.questions[name]
        if wrong := why_refused(question, answer):
            says = f"`{name}` {wrong}, as {policy}@{template.edition} asks it"
            problems.add("bad-answer", says, None, *question.how_to_answer(name))
    problems.stop()
    path = paths.answers_file(school_id)
    before = {path: read_adoption_text(root, path, problems)}
    files = {path: with_value(before[path] or BEGUN_ANSWERS, ("answers", name), answer)}
    read = read_yaml(files[path], path, AnswersFile, problems)
    after = replace(here.school, answers=problems.needed(read))
    for _, adoption, _ in here.policies(name):
        if name in adoption.value.answers:
            own = problems.needed(read_adoption_text(root, adoption.path, problems))
            before[adoption.path] = own
            files[adoption.path] = without(own, ("answers", name))
    effects = tuple(_effects(here, after, name))
    return Changing(rule, replace(rule, answer=answer), effects, files, before)


def save_answer(root: Path, made: Changing) -> None:
    """Write another answer. Raises InputError where somebody else has changed one of the files meanwhile."""
    from policygen.disk.writing import as_text, change, one_at_a_time

    with one_at_a_time(root):
        check_as_read(root, made.before)
        change(root, {path: as_text(root / path, text) for path, text in made.files.items()})


def as_plain(rules: Sequence[SharedRule]) -> list[dict[str, object]]:
    """The rules as data."""
    return [
        {
            "question": rule.name,
            "ask": rule.question.ask,
            "answer": _plain(rule.answer),
            "says": rule.said,
            "policies": [
                {"policy": each.policy, "edition": each.edition, "where": [*each.where]}
                for each in rule.stands
            ],
        }
        for rule in rules
    ]


def _plain(answer: object) -> object:
    return answer.isoformat() if isinstance(answer, datetime.date) else answer


def _here(root: Path, school_id: str, as_of: datetime.date, tell: Tell) -> _Here:
    problems = Problems()
    if school_id not in (known := school_ids(root)):
        says = f"there is no school `{school_id}`"
        problems.add("unknown-school", says, None, meant_or_known(school_id, known))
    problems.stop()
    selections = [Selection(school_id)]
    schools = chosen_schools(root, selections, problems)
    school = problems.needed(next(iter(schools), None))
    here = _Here(root, school, undamaged(check(root, selections, as_of, tell)))
    if {(name, each.value.edition) for name, each in school.adoptions.items()} - {*here.editions}:
        raise InputError(here.checked.diagnostics)  # nobody knows what the others share with it
    return here


def _rule(here: _Here, name: str) -> SharedRule | None:
    found, answer, stands = None, None, list[Stand]()
    for policy, adoption, prepared in here.policies(name):
        template = prepared.edition.file.value
        found = found or template.questions[name]
        whole = with_shared_answers(template, adoption, here.school)
        answer = whole.value.answers.get(name) if answer is None else answer
        where = tuple(_where(here.document(policy), template, name))
        stands.append(Stand(policy, template.title, template.edition, where))
    return None if found is None else SharedRule(name, found, answer, tuple(stands))


def _is_asked(here: _Here, rule: SharedRule) -> bool:
    """Whether it is asked of the school: a policy that can be composed without an answer does not ask."""
    return rule.answer is not None or None in (here.document(each.policy) for each in rule.stands)


def _where(document: Document | None, template: Template, name: str) -> Iterator[str]:
    """Where an answer stands in a policy: what its author says that it decides, and where it is printed."""
    if document is None:
        return
    known, found = targets(document.parts, template.nouns), dict[str, None]()
    for part in document.parts:
        for node in walk(part):
            if not isinstance(node, Clause | Section):
                continue
            values = (each for each in walk(node) if isinstance(each, Value))
            printed = isinstance(node, Clause) and any(
                each.name.partition(" ")[0] in (f"answers.{name}", f"wording.{name}")
                for each in values
            )
            if printed or node.id in template.questions[name].clauses:
                found[node.id if node.id in known else part.id] = None
    words = (known[identity].words() for identity in found if identity in known)
    yield from dict.fromkeys(words)  # two headings of a policy may have the same words


def _effects(here: _Here, after: SchoolFiles, name: str) -> Iterator[Effect]:
    law = law_of(here.root, Problems())
    for policy, adoption, prepared in here.policies(name):
        template = prepared.edition.file.value
        before, problems = here.document(policy), Problems()
        whole = with_shared_answers(template, adoption, after)
        made = compose(prepared, after, whole, law, problems)
        where = tuple(_where(made or before, template, name))
        stand = Stand(policy, template.title, template.edition, where)
        change = compare(before, made).change if before and made else "material"
        bodies = adoption.value.approving_body or template.adoption.bodies
        yield Effect(stand, change, named_bodies(bodies, here.school.file.value))


def _typed(question: AnyQuestion, written: str) -> object:
    """What was typed, with its type where it fits; what does not is refused for each policy, in its words."""
    try:
        if question.takes_several:
            return question.read([part.strip() for part in written.split(",")])
        return question.typed(written)
    except RefusedAnswerError:
        return written
