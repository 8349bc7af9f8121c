"""From an edition and a school's adoption to a document: fill, parse, arrange, adapt, number, resolve."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, get_args

from policygen.adaptation import Action, LocalChange, adapt_sections
from policygen.adoption import check_answers, wordings
from policygen.document import Block, Branding, Document, Image, Section, VersionRow, walk
from policygen.markdown import Heading, parse
from policygen.numbering import number
from policygen.references import resolve
from policygen.school import School, fact_shape, facts
from policygen.sections import Plan, arrange
from policygen.source import source, with_includes
from policygen.templating import Prepared, Shape, Vocabulary, fill, holds, prepare, prepare_condition
from policygen.typed_numbers import check_typed_numbers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from policygen.adoption import AdoptionFile
    from policygen.diagnostics import Place, Problems
    from policygen.edition import Edition, SchoolFiles
    from policygen.law import LawLibrary
    from policygen.template import AppendixEntry, FormEntry, SectionEntry, Template
    from policygen.yamlfile import Located


@dataclass(frozen=True)
class PreparedPart:
    """One section, form or appendix, checked, with the condition under which it stands."""

    plan: Plan
    prepared: Prepared
    condition: Prepared | None
    place: Place


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


# --- once for each edition -------------------------------------------------------------------------------------------


def prepare_edition(edition: Edition, law: LawLibrary, problems: Problems) -> PreparedEdition | None:
    """Check everything about an edition that does not depend on a school. Returns None when it cannot be composed."""
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
    declared: set[str] = set()
    for part in parts:
        section = arrange(parse(part.prepared.every_branch, problems), part.plan, part.place, problems)
        if section is not None:
            check_typed_numbers(section, problems)
            declared |= {identity for node in walk(section) if (identity := getattr(node, "id", ""))}
            _check_images(section, edition, problems)
    if len(problems.errors) > before:
        return None
    return PreparedEdition(edition, vocabulary, parts, questions, frozenset(declared))


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
    template = edition.file.value
    for index, section in enumerate(template.sections):
        plan = Plan(
            section.name,
            "section",
            section.numbering or template.numbering,
            section.adapt or template.adapt,
            section.audience or template.audience,
        )
        yield from _part(edition, section, plan, ("sections", index), vocabulary, problems)
    for index, form in enumerate(template.forms):
        plan = Plan(form.name, "form", "none", template.adapt, _form_audience(form), form.contents)
        yield from _part(edition, form, plan, ("forms", index), vocabulary, problems)
    for index, appendix in enumerate(template.appendices):
        scheme = appendix.numbering or template.numbering
        plan = Plan(
            appendix.name, "appendix", scheme, appendix.adapt or template.adapt, appendix.audience or template.audience
        )
        yield from _part(edition, appendix, plan, ("appendices", index), vocabulary, problems)


def _form_audience(form: FormEntry) -> Any:
    return "staff" if form.signed_by == "holders" else form.signed_by


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


def _check_images(section: Section, edition: Edition, problems: Problems) -> None:
    for node in walk(section):
        if isinstance(node, Image) and node.path not in edition.images:
            hint = f"put the picture into {edition.folder}/images/ and write `images/NAME`"
            problems.add("image-missing", f"there is no picture `{node.path}`", node.place, hint)


# --- once for each school --------------------------------------------------------------------------------------------


def compose(
    prepared: PreparedEdition,
    school: SchoolFiles,
    adoption: Located[AdoptionFile],
    law: LawLibrary,
    problems: Problems,
) -> Document | None:
    """Compose the adopted policy of one school. Returns None when there are errors; all of them are noted."""
    before = len(problems.errors)
    template = prepared.edition.file.value
    names = _names(prepared, school, adoption, law, problems)
    drafts = tuple(_drafted(prepared, names, problems))
    changes = {
        identity: change
        for identity in adoption.value.clauses
        if (change := _local_change(prepared, adoption, identity, names, problems))
    }
    asked_at = adoption.place("clauses") if adoption.value.clauses else adoption.place()
    adapted = adapt_sections(drafts, changes, prepared.declared, asked_at, problems)
    parts = resolve(number(adapted), prepared.declared, problems)
    if len(problems.errors) > before:
        return None
    review = adoption.value.review.months if adoption.value.review else template.adoption.review_months
    return Document(
        school_id=school.school_id,
        policy_id=prepared.edition.template_id,
        school_name=school.file.value.name,
        title=template.title,
        short_title=template.short_title or template.title,
        issuer_name=template.issuer.name,
        edition=template.edition,
        version=adoption.value.version,
        versions=_versions(adoption.value),
        review_months=review,
        contents_depth=template.contents,
        sections=tuple(part for part in parts if part.kind == "section"),
        forms=tuple(part for part in parts if part.kind == "form"),
        appendices=tuple(part for part in parts if part.kind == "appendix"),
        branding=_branding(school),
    )


def _names(
    prepared: PreparedEdition,
    school: SchoolFiles,
    adoption: Located[AdoptionFile],
    law: LawLibrary,
    problems: Problems,
) -> dict[str, object]:
    template = prepared.edition.file.value
    names: dict[str, object] = {
        **facts(school.file.value),
        "issuer": template.issuer.model_dump(),
        "policy": {"title": template.title, "short_title": template.short_title or template.title},
        "law": law.names(),
    }
    given = {name: _provisional(answer) for name, answer in adoption.value.answers.items()}
    unanswered = dict.fromkeys(template.questions)
    first = {**names, "answers": {**unanswered, **given}, "wording": {}}
    asked = {
        name for name in template.questions if name not in prepared.questions or holds(prepared.questions[name], first)
    }
    answers = check_answers(template, adoption, asked, problems)
    wording = wordings(template, answers)
    questions = {name for name, question in template.questions.items() if question.kind in ("choice", "choices")}
    names["answers"] = {**unanswered, **answers}
    names["wording"] = {**dict.fromkeys(questions), **wording}
    return names


def _provisional(answer: object) -> object:
    """An answer as `when:` may test it before answers are checked."""
    return {"yes": True, "no": False}.get(answer, answer) if isinstance(answer, str) else answer


def _drafted(prepared: PreparedEdition, names: Mapping[str, object], problems: Problems) -> Iterator[Section]:
    for part in prepared.parts:
        if part.condition is not None and not holds(part.condition, names):
            continue
        filled = fill(part.prepared, names, problems)
        if filled is None:
            continue
        section = arrange(parse(filled, problems), part.plan, part.place, problems)
        if section is not None:
            yield section


def _local_change(
    prepared: PreparedEdition,
    adoption: Located[AdoptionFile],
    identity: str,
    names: Mapping[str, object],
    problems: Problems,
) -> LocalChange | None:
    place = adoption.place("clauses", identity)
    decision = adoption.value.clauses[identity]
    if isinstance(decision, str):
        return LocalChange(identity, place, {"keep": ()})
    texts: dict[Action, tuple[Block, ...]] = {}
    for action in ("replace", "add_before", "add_after"):
        text = getattr(decision, action)
        if text is not None:
            blocks = _local_blocks(prepared, adoption, (identity, action), text, names, problems)
            texts[action] = blocks
    if decision.omit:
        texts["omit"] = ()
    return LocalChange(identity, place, texts)


def _local_blocks(
    prepared: PreparedEdition,
    adoption: Located[AdoptionFile],
    keys: tuple[str, str],
    text: str,
    names: Mapping[str, object],
    problems: Problems,
) -> tuple[Block, ...]:
    first_line, indent = adoption.text_origin("clauses", *keys)
    own = source(text, adoption.place().path, first_line=first_line, indent=indent)
    ready = prepare(own, prepared.vocabulary, problems)
    filled = fill(ready, names, problems) if ready else None
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


def _versions(adoption: AdoptionFile) -> tuple[VersionRow, ...]:
    earlier = (VersionRow(row.version, row.date, row.author, row.reason, row.minute or "") for row in adoption.history)
    return (*earlier, VersionRow(adoption.version, None, adoption.author, adoption.reason, ""))


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
