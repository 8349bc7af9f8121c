"""An edition made ready: checked once, in all its branches, and then composed for any number of schools."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import PurePosixPath
from typing import get_args

from jinja2 import nodes

from policygen.compose.bases import Base, bases
from policygen.compose.budget import Budget
from policygen.compose.local_wording import check_bases, check_pictures, ids_of, layered
from policygen.compose.refer import check_targets, check_typed_numbers
from policygen.compose.sections import Plan, arrange, bare_titles, note_empty
from policygen.ground import paths
from policygen.ground.diagnostics import Place, Problems
from policygen.ground.wording import did_you_mean
from policygen.language.document import Clause, Section, plain, walk
from policygen.language.jinja_record import RECORD
from policygen.language.markdown import parse
from policygen.language.possible import Known
from policygen.language.source import with_includes
from policygen.language.templating import every_branch, prepare, prepare_condition
from policygen.language.vocabulary import Prepared, Shape, Vocabulary
from policygen.model.adoption import ClauseDecision, check_answers
from policygen.model.law import LawLibrary
from policygen.model.question import Answer
from policygen.model.school import School, detail_names, fact_shape, sure_facts
from policygen.model.shared import Never
from policygen.model.template import AppendixEntry, FormEntry, SectionEntry, Template
from policygen.model.workspace import Edition


@dataclass(frozen=True)
class PreparedPart:
    """One section, form or appendix, checked, with the condition under which it stands."""

    plan: Plan
    prepared: Prepared
    condition: Prepared | None
    place: Place

    @property
    def uses(self) -> frozenset[str]:
        """Every name with a dot that it prints or tests."""
        return self.prepared.uses | (self.condition.uses if self.condition else frozenset())


@dataclass(frozen=True)
class PreparedNever:
    """A combination of answers and facts that no school may have, checked."""

    rule: Never
    condition: Prepared
    names: tuple[str, ...]
    """The questions that it reads, in the order in which it names them."""


@dataclass(frozen=True)
class PreparedEdition:
    """An edition that was checked once and can be composed for any school."""

    edition: Edition
    vocabulary: Vocabulary
    parts: tuple[PreparedPart, ...]
    questions: Mapping[str, Prepared]
    """The conditions of questions that are not always asked."""
    options: Mapping[tuple[str, str], Prepared]
    """The conditions of options that are not always offered, by question and option."""
    declared: frozenset[str]
    """Every id of the template, in any branch."""
    every_branch: tuple[Section, ...]
    """Its parts with the text of all branches, for checks that need no school."""
    sound: bool
    """Whether it can be composed. What a school wrote about it is checked in any case."""
    given: Mapping[str, Answer] = field(default_factory=dict)
    """Typed answers that an issuer gave for its schools, in a template that extends another."""
    record_rows: tuple[Prepared, ...] = ()
    """The words of the rows that the approval record has besides."""
    never: tuple[PreparedNever, ...] = ()
    """What must not be, of this template and of the shared questions that it reads."""

    @cached_property
    def uses(self) -> frozenset[str]:
        """Every name with a dot that it prints or tests anywhere."""
        uses = {name for part in self.parts for name in part.uses}
        for condition in (*self.questions.values(), *self.options.values(), *self.record_rows):
            uses |= condition.uses
        return frozenset(uses)

    @cached_property
    def included(self) -> tuple[tuple[str, str], ...]:
        """Each clause that came from a text which templates share: the name of its file, and its id."""
        found = []
        for node in walk(self.every_branch):
            if isinstance(node, Clause) and node.id and node.place is not None:
                path = PurePosixPath(node.place.path)
                if path.parent.name == paths.SHARED:
                    found.append((path.name, node.id))
        return tuple(found)

    @cached_property
    def bases(self) -> dict[str, Base]:
        """What it says under the id of each clause, in all branches."""
        return _bases(self.edition, self.parts, self.every_branch)


def prepare_edition(edition: Edition, law: LawLibrary, problems: Problems) -> PreparedEdition:
    """Check everything about an edition that does not depend on a school; all problems are noted."""
    before = len(problems.errors)
    template = edition.file.value
    vocabulary = _vocabulary(template, law)
    questions = {
        name: condition
        for name, question in template.questions.items()
        if question.when
        and (
            condition := _condition(
                edition, question.when, ("questions", name, "when"), vocabulary, problems
            )
        )
    }
    options = _option_conditions(edition, vocabulary, problems)
    never = tuple(_never(edition, law, problems))
    record_rows = tuple(_record_rows(edition, vocabulary, problems))
    known = tuple(_asked(name, condition) for name, condition in questions.items())
    parts = tuple(_parts(edition, vocabulary, known, problems))
    sections: list[Section] = []
    budget = Budget(problems)
    for part in parts:
        section = arrange(
            parse(part.prepared.every_branch, problems), part.plan, part.place, problems
        )
        if section is not None:
            if not budget.holds(section):
                break
            check_typed_numbers(section, part.prepared.source, problems)
            check_pictures(section, edition, problems)
            sections.append(section)
    for bare in bare_titles(sections):
        note_empty(plain(bare.title), bare.place, problems)
    declared = ids_of(tuple(sections))
    given = _given(edition, problems)
    if edition.layers:
        below = replace(edition, layers=edition.layers[:-1])
        under = layered(below, vocabulary, tuple(sections), None, declared, Problems())
        check_bases(
            lambda: _bases(below, parts, under),
            edition.layers[-1].decisions,
            problems,
            edition.template_id,
        )
    sections = [*layered(edition, vocabulary, tuple(sections), None, declared, problems)]
    declared |= ids_of(tuple(sections))
    if len(sections) == len(template.sections) + len(template.forms) + len(template.appendices):
        check_targets(sections, declared, problems)
        _check_clause_ids(edition, sections, problems)
        sound = len(problems.errors) == before
    else:
        sound = False
    return PreparedEdition(
        edition,
        vocabulary,
        parts,
        questions,
        options,
        declared,
        tuple(sections),
        sound,
        given,
        record_rows,
        never,
    )


def _record_rows(
    edition: Edition, vocabulary: Vocabulary, problems: Problems
) -> Iterator[Prepared]:
    """The words of the rows that the approval record has besides. It decides nothing, so it names no answer."""
    shape = {name: each for name, each in vocabulary.shape.items() if name not in _DECIDED}
    for index, row in enumerate(edition.file.value.record_rows):
        text = edition.file.source(row.says, "record_rows", index, "says")
        prepared = prepare(text, replace(vocabulary, shape=shape), problems)
        if prepared is not None:
            yield prepared


_DECIDED = ("answers", "wording")


def _option_conditions(
    edition: Edition, vocabulary: Vocabulary, problems: Problems
) -> dict[tuple[str, str], Prepared]:
    """The conditions of options; one that hangs on the answer to its own question is a problem."""
    conditions: dict[tuple[str, str], Prepared] = {}
    for name, question in edition.file.value.questions.items():
        for key, option in question.choices.items():
            if not option.when:
                continue
            keys = ("questions", name, "options", key, "when")
            condition = _condition(edition, option.when, keys, vocabulary, problems)
            if condition is None:
                continue
            conditions[name, key] = condition
            if condition.uses & {f"answers.{name}", f"wording.{name}"}:
                says = f"whether `{key}` is offered cannot hang on the answer to `{name}` itself"
                hint = "write a condition over facts and the answers to other questions"
                problems.add("bad-value", says, edition.file.place(*keys), hint)
    return conditions


def _never(edition: Edition, law: LawLibrary, problems: Problems) -> Iterator[PreparedNever]:
    """What must not be; one about shared questions may read answers that only other policies read."""
    template, shared = edition.file.value, edition.rules
    beside = shared.value.questions if shared else {}
    whole = template.model_copy(update={"questions": {**beside, **template.questions}})
    written = [
        (rule, edition.file.place("never", index, "when"))
        for index, rule in enumerate(template.never)
    ]
    if shared is not None:
        for index, rule in enumerate(shared.value.never):
            written.append((rule, shared.place("never", index, "when")))
    vocabulary = _vocabulary(whole, law) if written else Vocabulary({})
    unasked = {f"{root}.{name}" for name in beside for root in ("answers", "wording")}
    vocabulary = replace(vocabulary, sure=vocabulary.sure - unasked)
    for rule, place in written:
        condition = prepare_condition(rule.when, vocabulary, place, problems)
        if condition is not None:
            yield PreparedNever(rule, condition, rule.names)


def _bases(
    edition: Edition, parts: Iterable[PreparedPart], every_branch: Iterable[Section]
) -> dict[str, Base]:
    """What parts, as the layers of an edition left them, say under the id of each clause."""
    sources = {(part.plan.kind, part.plan.name): part.prepared.source for part in parts}
    found = bases((section, sources[section.kind, section.name]) for section in every_branch)
    for layer in edition.layers:
        for identity, decision in layer.decisions.value.clauses.items():
            if isinstance(decision, ClauseDecision) and (base := found.get(identity)):
                texts = (decision.replace, decision.add_before, decision.add_after)
                found[identity] = replace(
                    base, jinja=(*base.jinja, *(text for text in texts if text))
                )
    return found


def _given(edition: Edition, problems: Problems) -> dict[str, Answer]:
    """The answers that issuers gave for their schools, in a template that extends another."""
    given: dict[str, Answer] = {}
    for layer in edition.layers:
        template = edition.file.value
        decided = layer.decisions.value.answers
        asked = {
            name: question
            for name, question in template.questions.items()
            if name in decided and name not in given
        }
        given |= check_answers(template, layer.decisions, asked, problems)
    return given


def _vocabulary(template: Template, law: LawLibrary) -> Vocabulary:
    shape: dict[str, Shape] = fact_shape(template.facts)
    shape["answers"] = {
        name: question.answer_shape for name, question in template.questions.items()
    }
    wording: dict[str, Shape] = {}
    options: dict[str, tuple[str, ...]] = {}
    numbers: dict[str, tuple[int | None, int | None]] = {}
    sure = {
        *sure_facts(template.facts),
        "policy.title",
        "policy.short_title",
        "issuer.name",
        "issuer.kind",
    }
    sure |= {f"law.{name}" for name in law.names()}
    for name, question in template.questions.items():
        if not question.when:
            sure.add(f"answers.{name}")
        if question.range:
            numbers[f"answers.{name}"] = question.range
        if question.choices:
            wording[name] = ["text"] if question.takes_several else "text"
            options[f"answers.{name}"] = tuple(question.choices)
            words = [option.prints for option in question.choices.values()]
            options[f"wording.{name}"] = tuple(each for each in words if each is not None)
            if None not in words and not question.when:
                sure.add(f"wording.{name}")
    shape["wording"] = wording
    issuer = type(template.issuer).model_fields
    shape["issuer"] = dict.fromkeys(issuer, "text")
    shape["policy"] = {"title": "text", "short_title": "text"}
    shape["record"] = dict.fromkeys(RECORD, "text")
    sure |= {f"record.{name}" for name in RECORD}
    shape["law"] = dict.fromkeys(law.names(), "text")
    for key in ("type", "phase", "employer"):
        options[f"school.{key}"] = _values(School.model_fields[key].annotation)
    options["issuer.kind"] = _values(issuer["kind"].annotation)
    details = detail_names(template.facts) | {"issuer"}
    return Vocabulary(shape, options, numbers, frozenset(sure), details)


def _values(annotation: object) -> tuple[str, ...]:
    """The fixed values of a field."""
    return tuple(map(str, get_args(annotation)))


def _condition(
    edition: Edition,
    expression: str,
    keys: tuple[str | int, ...],
    vocabulary: Vocabulary,
    problems: Problems,
) -> Prepared | None:
    return prepare_condition(expression, vocabulary, edition.file.place(*keys), problems)


def _asked(question: str, condition: Prepared) -> Known:
    """That a question has an answer only where it is asked."""
    answer = nodes.Getattr(nodes.Name("answers", "load", lineno=1), question, "load", lineno=1)
    return nodes.Or(nodes.Not(answer, lineno=1), condition.test, lineno=1), True


def _parts(
    edition: Edition, vocabulary: Vocabulary, known: tuple[Known, ...], problems: Problems
) -> Iterator[PreparedPart]:
    for plan, entry, keys in part_plans(edition.file.value):
        yield from _part(edition, entry, plan, keys, vocabulary, known, problems)


def part_plans(
    template: Template,
) -> Iterator[tuple[Plan, SectionEntry | FormEntry | AppendixEntry, tuple[str, int]]]:
    """What template.yaml says of each part, in the order in which they print, with its entry and where that stands."""
    for index, section in enumerate(template.sections):
        scheme = section.numbering or template.numbering
        status, audience = section.adapt or template.adapt, section.audience or template.audience
        yield Plan(section.name, "section", scheme, status, audience), section, ("sections", index)
    for index, form in enumerate(template.forms):
        yield _form_plan(form, template), form, ("forms", index)
    for index, entry in enumerate(template.appendices):
        if isinstance(entry, FormEntry):
            plan = replace(_form_plan(entry, template), appendix=True)
        else:
            scheme, status = entry.numbering or template.numbering, entry.adapt or template.adapt
            audience = entry.audience or template.audience
            leads = isinstance(next(iter(template.appendices[index + 1 :]), None), FormEntry)
            plan = Plan(entry.name, "appendix", scheme, status, audience, leads=leads)
        yield plan, entry, ("appendices", index)


def by_place(
    parts: Iterable[Section], template: Template
) -> tuple[tuple[Section, ...], tuple[Section, ...], tuple[Section, ...]]:
    """The sections, the forms before the appendices, and the appendices with the forms among them."""
    before = {form.name for form in template.forms}
    sections, forms, appendices = [], [], []
    for part in parts:
        if part.kind == "section":
            sections.append(part)
        elif part.kind == "form" and part.name in before:
            forms.append(part)
        else:
            appendices.append(part)
    return tuple(sections), tuple(forms), tuple(appendices)


def _form_plan(form: FormEntry, template: Template) -> Plan:
    audience = form.audience or ("staff" if form.signed_by == "holders" else form.signed_by)
    return Plan(form.name, "form", "none", template.adapt, audience, form.contents, form.one_page)


def _part(
    edition: Edition,
    entry: SectionEntry | FormEntry | AppendixEntry,
    plan: Plan,
    keys: tuple[str | int, ...],
    vocabulary: Vocabulary,
    known: tuple[Known, ...],
    problems: Problems,
) -> Iterator[PreparedPart]:
    texts = edition.forms if plan.kind == "form" else edition.sections
    if plan.name not in texts:
        return
    condition = None
    if entry.when:
        condition = _condition(edition, entry.when, (*keys, "when"), vocabulary, problems)
    if condition and condition.test:
        known = (*known, (condition.test, True))
    text = with_includes(texts[plan.name], edition.shared, problems)
    prepared = prepare(text, vocabulary, problems, known)
    if prepared is not None:
        yield PreparedPart(plan, prepared, condition, text.line(0).place())
    elif (unchecked := every_branch(text, vocabulary)) is not None:
        arrange(
            parse(unchecked, problems), plan, text.line(0).place(), problems
        )  # for the rest of its mistakes


def _check_clause_ids(edition: Edition, sections: Iterable[Section], problems: Problems) -> None:
    """Note each id under `guidance:` and `clauses:` of template.yaml that no clause or section has."""
    known = [node.id for node in walk(tuple(sections)) if isinstance(node, Clause | Section)]
    named = [
        (identity, edition.file.place("guidance", identity, key=True))
        for identity in edition.file.value.guidance
    ]
    for name, question in edition.file.value.questions.items():
        for index, identity in enumerate(question.clauses):
            named.append((identity, edition.file.place("questions", name, "clauses", index)))
    for identity, place in named:
        if identity not in known:
            near = partial(_near, identity, known)
            problems.add("unknown-clause", f"there is no clause `{identity}`", place, near)


def _near(identity: str, known: Sequence[str]) -> str:
    return did_you_mean(identity, known) or "write the id of a clause or section of this template"
