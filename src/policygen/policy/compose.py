"""From an edition and a school's adoption to a document: fill, parse, arrange, adapt, number, resolve."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, get_args

from policygen.ground.diagnostics import Problems
from policygen.ground.wording import nearest
from policygen.language.document import Block, Branding, Clause, Document, Front, Image, Section, VersionRow, walk
from policygen.language.markdown import Heading, parse
from policygen.language.source import with_includes
from policygen.language.templating import (
    Prepared,
    Shape,
    Vocabulary,
    every_branch,
    fill,
    holds,
    prepare,
    prepare_condition,
)
from policygen.policy.adaptation import Action, LocalChange, adapt_sections, with_layer, with_owner
from policygen.policy.adoption import (
    AdoptionFile,
    ClauseDecision,
    check_answers,
    check_history,
    review_cycle,
    same_version,
    wordings,
)
from policygen.policy.bases import Base, bases
from policygen.policy.bodies import named_bodies, signatory, signs
from policygen.policy.numbering import number
from policygen.policy.references import check_targets, resolve
from policygen.policy.school import School, fact_shape, facts
from policygen.policy.sections import Plan, arrange
from policygen.policy.typed_numbers import check_typed_numbers

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from policygen.ground.diagnostics import Place
    from policygen.language.templating import Filled
    from policygen.policy.adoption import LocatedAdoption
    from policygen.policy.edition import Edition, SchoolFiles
    from policygen.policy.law import LawLibrary
    from policygen.policy.template import AnyQuestion, AppendixEntry, FormEntry, SectionEntry, Template

_OPEN = "…"
"""Stands in a text for an answer that is missing."""
_DECIDING = ("choice", "choices", "yes-no")
"""Kinds of question that choose text: without their answer nobody knows what a section says."""


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
class PreparedEdition:
    """An edition that was checked once and can be composed for any school."""

    edition: Edition
    vocabulary: Vocabulary
    parts: tuple[PreparedPart, ...]
    questions: Mapping[str, Prepared]
    """The conditions of questions that are not always asked."""
    declared: frozenset[str]
    """Every id of the template, in any branch."""
    every_branch: tuple[Section, ...]
    """Its parts with the text of all branches, for checks that need no school."""
    sound: bool
    """Whether it can be composed. What a school wrote about it is checked in any case."""
    given: Mapping[str, object] = field(default_factory=dict)
    """Typed answers that an issuer gave for its schools, in a template that extends another."""

    @cached_property
    def bases(self) -> dict[str, Base]:
        """What it says under the id of each clause, in all branches."""
        return _bases(self.edition, self.parts, self.every_branch)


def _bases(edition: Edition, parts: Iterable[PreparedPart], every_branch: Iterable[Section]) -> dict[str, Base]:
    """What parts, as the layers of an edition left them, say under the id of each clause."""
    sources = {(part.plan.kind, part.plan.name): part.prepared.source for part in parts}
    found = bases((section, sources[section.kind, section.name]) for section in every_branch)
    for layer in edition.layers:
        for identity, decision in layer.decisions.value.clauses.items():
            if isinstance(decision, ClauseDecision) and (base := found.get(identity)):
                texts = (decision.replace, decision.add_before, decision.add_after)
                found[identity] = replace(base, jinja=(*base.jinja, *(text for text in texts if text)))
    return found


# --- once for each edition -------------------------------------------------------------------------------------------


def prepare_edition(edition: Edition, law: LawLibrary, problems: Problems) -> PreparedEdition:
    """Check everything about an edition that does not depend on a school; all problems are noted."""
    before = len(problems.errors)
    template = edition.file.value
    vocabulary = _vocabulary(template, law)
    questions = {
        name: condition
        for name, question in template.questions.items()
        if question.when
        and (condition := _condition(edition, question.when, ("questions", name, "when"), vocabulary, problems))
    }
    parts = tuple(_parts(edition, vocabulary, problems))
    sections: list[Section] = []
    for part in parts:
        section = arrange(parse(part.prepared.every_branch, problems), part.plan, part.place, problems)
        if section is not None:
            check_typed_numbers(section, part.prepared.source, problems)
            _check_images(section, edition, problems)
            sections.append(section)
    declared = _ids(tuple(sections))
    given = _given(edition, problems)
    if edition.layers:
        below = replace(edition, layers=edition.layers[:-1])
        under = _layered(below, vocabulary, tuple(sections), None, declared, Problems())
        _check_bases(lambda: _bases(below, parts, under), edition.layers[-1].decisions, problems, edition.template_id)
    sections = [*_layered(edition, vocabulary, tuple(sections), None, declared, problems)]
    declared |= _ids(tuple(sections))
    if len(sections) == len(template.sections) + len(template.forms) + len(template.appendices):
        check_targets(sections, declared, problems)
        _check_clause_ids(edition, sections, problems)
        sound = len(problems.errors) == before
    else:
        sound = False
    return PreparedEdition(edition, vocabulary, parts, questions, declared, tuple(sections), sound, given)


def _given(edition: Edition, problems: Problems) -> dict[str, object]:
    """The answers that issuers gave for their schools, in a template that extends another."""
    given: dict[str, object] = {}
    for layer in edition.layers:
        names = [name for name in layer.decisions.value.answers if name not in given]
        given |= check_answers(edition.file.value, layer.decisions, names, problems)
    return given


def _layered(
    edition: Edition,
    vocabulary: Vocabulary,
    sections: tuple[Section, ...],
    names: Mapping[str, object] | None,
    declared: Collection[str],
    problems: Problems,
) -> tuple[Section, ...]:
    """Sections with what each issuer of a template that extends another decided about those below it.

    Without `names`, with the text of all branches, and everything is checked; with them, for one school.
    """
    if edition.layers:
        sections = tuple(with_owner(each, edition.origins[each.name]) for each in sections)
    for layer in edition.layers:
        decisions = layer.decisions
        changes = {
            identity: _local_change(vocabulary, decisions, identity, names, problems)
            for identity in decisions.value.clauses
        }
        noted = problems if names is None else Problems()
        place = decisions.place("clauses")
        sections = with_layer(
            sections, changes, layer.locked, layer.issuer, declared, place, noted, certain=names is None
        )
    return sections


def _vocabulary(template: Template, law: LawLibrary) -> Vocabulary:
    shape: dict[str, Shape] = dict(fact_shape())
    asked = template.questions.items()
    shape["answers"] = {name: [None] if question.kind in ("choices", "list") else None for name, question in asked}
    shape["wording"] = {
        name: [None] if question.kind == "choices" else None
        for name, question in asked
        if question.kind in ("choice", "choices")
    }
    shape["issuer"] = dict.fromkeys(type(template.issuer).model_fields)
    shape["policy"] = {"title": None, "short_title": None}
    shape["law"] = dict.fromkeys(law.names())
    options = {
        f"answers.{name}": tuple(question.options) for name, question in asked if question.kind in ("choice", "choices")
    }
    for key in ("type", "phase", "employer"):
        options[f"school.{key}"] = tuple(map(str, get_args(School.model_fields[key].annotation)))
    options["issuer.kind"] = tuple(map(str, get_args(type(template.issuer).model_fields["kind"].annotation)))
    unprintable = {
        f"answers.{name}": f"write `wording.{name}`" for name, question in asked if question.kind == "choice"
    }
    unprintable |= {
        f"answers.{name}": f"write `{{% if answers.{name} %}}`" for name, question in asked if question.kind == "yes-no"
    }
    yes_no = frozenset(f"answers.{name}" for name, question in asked if question.kind == "yes-no")
    return Vocabulary(shape, options, yes_no, unprintable)


def _condition(
    edition: Edition, expression: str, keys: tuple[str | int, ...], vocabulary: Vocabulary, problems: Problems
) -> Prepared | None:
    return prepare_condition(expression, vocabulary, edition.file.place(*keys), problems)


def _parts(edition: Edition, vocabulary: Vocabulary, problems: Problems) -> Iterator[PreparedPart]:
    for plan, entry, keys in part_plans(edition.file.value):
        yield from _part(edition, entry, plan, keys, vocabulary, problems)


def part_plans(template: Template) -> Iterator[tuple[Plan, SectionEntry | FormEntry | AppendixEntry, tuple[str, int]]]:
    """What template.yaml says of each part, in the order in which they print, with its entry and where that stands."""
    for index, section in enumerate(template.sections):
        scheme = section.numbering or template.numbering
        status, audience = section.adapt or template.adapt, section.audience or template.audience
        yield Plan(section.name, "section", scheme, status, audience), section, ("sections", index)
    for index, form in enumerate(template.forms):
        audience = form.audience or ("staff" if form.signed_by == "holders" else form.signed_by)
        plan = Plan(form.name, "form", "none", template.adapt, audience, form.contents, form.one_page)
        yield plan, form, ("forms", index)
    for index, appendix in enumerate(template.appendices):
        scheme = appendix.numbering or template.numbering
        status, audience = appendix.adapt or template.adapt, appendix.audience or template.audience
        yield Plan(appendix.name, "appendix", scheme, status, audience), appendix, ("appendices", index)


def _part(
    edition: Edition,
    entry: SectionEntry | FormEntry | AppendixEntry,
    plan: Plan,
    keys: tuple[str | int, ...],
    vocabulary: Vocabulary,
    problems: Problems,
) -> Iterator[PreparedPart]:
    texts = edition.forms if plan.kind == "form" else edition.sections
    if plan.name not in texts:
        return
    condition = None
    if entry.when:
        condition = _condition(edition, entry.when, (*keys, "when"), vocabulary, problems)
    text = with_includes(texts[plan.name], edition.shared, problems)
    prepared = prepare(text, vocabulary, problems)
    if prepared is not None:
        yield PreparedPart(plan, prepared, condition, text.line(0).place())
    elif (unchecked := every_branch(text)) is not None:
        arrange(parse(unchecked, problems), plan, text.line(0).place(), problems)  # for the rest of its mistakes


def _check_clause_ids(edition: Edition, sections: Iterable[Section], problems: Problems) -> None:
    """Note each id under `guidance:` and `clauses:` of template.yaml that no clause or section has."""
    known = [node.id for node in walk(tuple(sections)) if isinstance(node, Clause | Section)]
    named = [(identity, edition.file.place("guidance", identity, key=True)) for identity in edition.file.value.guidance]
    for name, question in edition.file.value.questions.items():
        for index, identity in enumerate(question.clauses):
            named.append((identity, edition.file.place("questions", name, "clauses", index)))
    for identity, place in named:
        if identity not in known:
            near = nearest(identity, known)
            hint = near if near.startswith("did") else "write the id of a clause or section of this template"
            problems.add("unknown-clause", f"there is no clause `{identity}`", place, hint)


def _check_images(section: Section, edition: Edition, problems: Problems) -> None:
    for node in walk(section):
        if isinstance(node, Image) and node.path not in edition.images:
            hint = f"put the picture into {edition.folder}/images/ and write `images/NAME`"
            problems.add("image-missing", f"there is no picture `{node.path}`", node.place, hint)


# --- once for each school --------------------------------------------------------------------------------------------


def compose(
    prepared: PreparedEdition,
    school: SchoolFiles,
    adoption: LocatedAdoption,
    law: LawLibrary,
    problems: Problems,
    registered: Sequence[VersionRow] = (),
) -> Document | None:
    """Compose the adopted policy of one school. Returns None when there are errors; all of them are noted.

    `registered` are the versions of its register, oldest first. Where that of the adoption file is among them, nothing
    is being prepared, and the document is that of the last one.
    """
    before = len(problems.errors)
    template = prepared.edition.file.value
    check_history(adoption, problems)
    names, open_questions = _names(prepared, school, adoption, law, problems)
    changes = {
        identity: _local_change(prepared.vocabulary, adoption, identity, names, problems)
        for identity in adoption.value.clauses
    }
    name = f"{school.school_id}/{prepared.edition.template_id}"
    _check_bases(lambda: prepared.bases, adoption, problems, name)
    if not prepared.sound:
        return None
    doubtful = {f"answers.{name}" for name in open_questions if template.questions[name].kind in _DECIDING}
    settled = [part for part in prepared.parts if not part.uses & doubtful]
    written = tuple(_drafted(settled, names, problems))
    drafts = _layered(prepared.edition, prepared.vocabulary, written, names, prepared.declared, problems)
    whole = len(written) == sum(part.condition is None or holds(part.condition, names) for part in prepared.parts)
    certain = whole and not open_questions  # whether what is not there is really left out
    asked_at = adoption.place("clauses") if adoption.value.clauses else adoption.place()
    adapted = adapt_sections(
        drafts, changes, prepared.declared, asked_at, problems, guidance=template.guidance, certain=certain
    )
    if not certain:
        known = {getattr(node, "id", "") for node in walk(adapted)}
        check_targets(adapted, known | prepared.declared, problems)
        return None
    omitted = _ids(written) - _ids(adapted)
    parts = resolve(number(adapted), prepared.declared, problems, omitted)
    if len(problems.errors) > before or not isinstance(adoption.value, AdoptionFile):
        return None
    months, term = review_cycle(template, adoption.value)
    versions = _versions(adoption.value, registered)
    return Document(
        school_id=school.school_id,
        policy_id=prepared.edition.template_id,
        school_name=school.file.value.name,
        title=template.title,
        short_title=template.short_title or template.title,
        issuer_name=template.issuer.name,
        edition=template.edition,
        version=versions[-1].version,
        versions=versions,
        review_months=months,
        review_term=term,
        contents_depth=template.contents,
        sections=tuple(part for part in parts if part.kind == "section"),
        forms=_forms(parts, template),
        appendices=tuple(part for part in parts if part.kind == "appendix"),
        branding=_branding(school),
        front=_front(template, school, adoption.value),
        audience=template.audience,
    )


def asked_questions(
    prepared: PreparedEdition, school: SchoolFiles, adoption: LocatedAdoption, law: LawLibrary
) -> tuple[tuple[str, ...], frozenset[str]]:
    """The questions that are asked of this school, in the template's order, and those of which nobody knows yet.

    Of the second kind, those that are answered all the same are in both.
    """
    questions, answers = prepared.edition.file.value.questions, adoption.value.answers
    asked = _concerning(prepared, school, adoption, law) - {*prepared.given}
    unsure = _perhaps_asked(prepared, adoption, asked) - {*prepared.given}
    return tuple(name for name in questions if name in (answers if name in unsure else asked)), unsure


def _concerning(prepared: PreparedEdition, school: SchoolFiles, adoption: LocatedAdoption, law: LawLibrary) -> set[str]:
    """The questions that concern this school, whoever answers them."""
    unanswered = dict.fromkeys(prepared.edition.file.value.questions)
    own = {name: _provisional(answer) for name, answer in adoption.value.answers.items()}
    answers = {**unanswered, **own, **prepared.given}
    names = {**_standing_names(prepared, school, law), "answers": answers, "wording": {}}
    return {name for name in unanswered if name not in prepared.questions or holds(prepared.questions[name], names)}


def required_clauses(
    prepared: PreparedEdition, school: SchoolFiles, adoption: LocatedAdoption, law: LawLibrary
) -> tuple[Clause, ...]:
    """The clauses of this school's policy that it must decide about, as the model has them; “…” for what is missing."""
    sections = model_parts(prepared, school, adoption, law)
    return tuple(node for node in walk(sections) if isinstance(node, Clause) and node.adapt == "required")


def model_parts(
    prepared: PreparedEdition, school: SchoolFiles, adoption: LocatedAdoption, law: LawLibrary
) -> tuple[Section, ...]:
    """This school's policy as the model has it, without local changes; “…” for what is missing. Notes no problems."""
    unnoted = Problems()
    names, _ = _names(prepared, school, adoption, law, unnoted)
    written = tuple(_drafted(prepared.parts, names, unnoted, _OPEN))
    drafts = _layered(prepared.edition, prepared.vocabulary, written, names, prepared.declared, unnoted)
    return resolve(number(drafts), prepared.declared, unnoted)


def filled_parts(
    prepared: PreparedEdition, school: SchoolFiles, adoption: LocatedAdoption, law: LawLibrary
) -> Iterator[tuple[PreparedPart, Filled]]:
    """The parts of this school's policy as Markdown, without local changes; “…” for what is missing."""
    unnoted = Problems()
    names, _ = _names(prepared, school, adoption, law, unnoted)
    for part in prepared.parts:
        if part.condition is None or holds(part.condition, names):
            filled = fill(part.prepared, names, unnoted, _OPEN)
            if filled is not None:
                yield part, filled


def _standing_names(prepared: PreparedEdition, school: SchoolFiles, law: LawLibrary) -> dict[str, object]:
    """What texts may name whatever the answers are."""
    template = prepared.edition.file.value
    return {
        **facts(school.file.value),
        "issuer": template.issuer.model_dump(),
        "policy": {"title": template.title, "short_title": template.short_title or template.title},
        "law": law.names(),
    }


def _names(
    prepared: PreparedEdition, school: SchoolFiles, adoption: LocatedAdoption, law: LawLibrary, problems: Problems
) -> tuple[dict[str, object], frozenset[str]]:
    """All that texts may name, and the questions whose answers are open."""
    template = prepared.edition.file.value
    asked, unsure = asked_questions(prepared, school, adoption, law)
    answers = check_answers(template, adoption, asked, problems)
    missing = [name for name in asked if name not in answers]
    concerning = _concerning(prepared, school, adoption, law) if prepared.given else ()
    answers |= {name: answer for name, answer in prepared.given.items() if name in concerning}
    choices = {name for name, question in template.questions.items() if question.kind in ("choice", "choices")}
    stand_ins = {name: _stand_in(template.questions[name]) for name in missing}
    worded = {name: [_OPEN] if template.questions[name].kind == "choices" else _OPEN for name in missing}
    names = _standing_names(prepared, school, law)
    names["answers"] = {**dict.fromkeys(template.questions), **stand_ins, **answers}
    names["wording"] = {
        **dict.fromkeys(choices),
        **{name: words for name, words in worded.items() if name in choices},
        **wordings(template, answers),
    }
    return names, frozenset(missing) | unsure


def _perhaps_asked(prepared: PreparedEdition, adoption: LocatedAdoption, asked: Collection[str]) -> frozenset[str]:
    """The questions of which nobody knows whether they are asked: what decides it has no good answer."""
    template = prepared.edition.file.value
    answers = check_answers(template, adoption, asked, Problems())
    missing = {f"answers.{name}" for name in asked if name not in answers}
    return frozenset(
        name
        for name, question in template.questions.items()
        if question.when and (name not in prepared.questions or prepared.questions[name].uses & missing)
    )


class _OpenNumber(int):
    """A number that nobody has given yet. It can be compared, and prints as such."""

    def __str__(self) -> str:
        return _OPEN


def _stand_in(question: AnyQuestion) -> object:
    """What fills a text in place of an answer that is missing, so that nothing else is reported for want of it."""
    match question.kind:
        case "text" | "date":
            return _OPEN
        case "list":
            return [_OPEN]
        case "whole-number":
            return _OpenNumber()
        case _:
            return None


def _provisional(answer: object) -> object:
    """An answer as `when:` may test it before answers are checked."""
    return {"yes": True, "no": False}.get(answer, answer) if isinstance(answer, str) else answer


def _drafted(
    parts: Iterable[PreparedPart], names: Mapping[str, object], problems: Problems, missing: str = ""
) -> Iterator[Section]:
    for part in parts:
        if part.condition is not None and not holds(part.condition, names):
            continue
        filled = fill(part.prepared, names, problems, missing)
        if filled is None:
            continue
        section = arrange(parse(filled, problems), part.plan, part.place, problems)
        if section is not None:
            yield section


def _local_change(
    vocabulary: Vocabulary,
    adoption: LocatedAdoption,
    identity: str,
    names: Mapping[str, object] | None,
    problems: Problems,
) -> LocalChange:
    """One decision, its texts filled for a school; without `names`, with all branches."""
    place = adoption.place("clauses", identity, key=True)
    decision = adoption.value.clauses[identity]
    if isinstance(decision, str):
        return LocalChange(identity, place, {"keep": ()})
    texts: dict[Action, tuple[Block, ...]] = {}
    for action in ("replace", "add_before", "add_after"):
        text = getattr(decision, action)
        if text is not None:
            blocks = _local_blocks(vocabulary, adoption, (identity, action), text, names, problems)
            texts[action] = blocks
    if decision.omit:
        texts["omit"] = ()
    return LocalChange(identity, place, texts, deviates=decision.deviation is not None)


def _check_bases(
    model: Callable[[], Mapping[str, Base]], adoption: LocatedAdoption, problems: Problems, name: str
) -> None:
    """Note each decision that was made about another model text than that of the edition. `name` is who decided."""
    remembering = {
        identity: decision.against
        for identity, decision in adoption.value.clauses.items()
        if isinstance(decision, ClauseDecision) and decision.against
    }
    found = model() if remembering else {}
    for identity, against in remembering.items():
        base = found.get(identity)
        if base is not None and against != base.digest():
            problems.add(
                "changed-base",
                f"the model text of `{identity}` is not the one that this decision was made about",
                adoption.place("clauses", identity, "against"),
                f"`policygen upgrade {name}{'' if '/' in name else ' --base'}` shows both texts and moves `edition:`",
                "or read the clause again and take `against:` out",
            )


def _local_blocks(
    vocabulary: Vocabulary,
    adoption: LocatedAdoption,
    keys: tuple[str, str],
    text: str,
    names: Mapping[str, object] | None,
    problems: Problems,
) -> tuple[Block, ...]:
    own = adoption.source(text, "clauses", *keys)
    ready = prepare(own, vocabulary, problems)
    filled = None if ready is None else ready.every_branch if names is None else fill(ready, names, problems)
    if filled is None:
        return ()
    blocks: list[Block] = []
    for block in parse(filled, problems).blocks:
        if isinstance(block, Heading):
            hint = "write the text of the clause; its heading and number stay"
            problems.add("heading-level", "a clause's own wording holds no heading", block.place, hint)
        else:
            blocks.append(block)
    return tuple(blocks)


def _ids(parts: tuple[Section, ...]) -> frozenset[str]:
    return frozenset(identity for node in walk(parts) if (identity := getattr(node, "id", "")))


def _forms(parts: Iterable[Section], template: Template) -> tuple[Section, ...]:
    """The forms, each with who signs it."""
    signers = {form.name: form.signed_by for form in template.forms}
    return tuple(replace(part, signed_by=signers[part.name]) for part in parts if part.kind == "form")


def _versions(adoption: AdoptionFile, registered: Sequence[VersionRow]) -> tuple[VersionRow, ...]:
    """Those from before policygen, those of the register, and that which is being prepared."""
    before = (VersionRow(row.version, row.date, row.author, row.reason, row.minute or "") for row in adoption.history)
    known = (*before, *registered)
    if any(same_version(row.version, adoption.version) for row in registered):
        return known
    return (*known, VersionRow(adoption.version, None, adoption.author, adoption.reason, ""))


def _front(template: Template, school: SchoolFiles, adoption: AdoptionFile) -> Front:
    facts_of_school = school.file.value
    bodies = adoption.approving_body or template.adoption.bodies
    return Front(
        cover=template.cover,
        record=template.record,
        level=named_bodies(bodies, facts_of_school),
        signatory=signatory(bodies[-1], facts_of_school),
        owner=adoption.author,
        signatories=tuple(signs(key, facts_of_school) for key in template.adoption.signatories),
    )


def _branding(school: SchoolFiles) -> Branding:
    branding = school.file.value.branding
    made = Branding(
        logo=f"{school.folder}/{branding.logo}" if branding.logo else "",
        logo_alt=branding.logo_alt or "",
        strapline=branding.strapline or "",
        footer=branding.footer or "",
    )
    return replace(made, colour=branding.colour) if branding.colour else made


def image_bytes(prepared: PreparedEdition, document: Document, logo: bytes | None) -> dict[str, bytes]:
    """The bytes of every picture that a document shows, by the path in its Image nodes and its branding."""
    images = {node.path: prepared.edition.images[node.path] for node in walk(document.parts) if isinstance(node, Image)}
    if document.branding.logo and logo is not None:
        images[document.branding.logo] = logo
    return images
