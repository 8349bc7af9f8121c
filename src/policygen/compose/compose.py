"""From an edition and a school's adoption to a document: fill, parse, arrange, adapt, number, resolve."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Any

from policygen.compare.form import with_pictures
from policygen.compose.adapt import adapt_sections
from policygen.compose.budget import Budget
from policygen.compose.lacking import told_once
from policygen.compose.local_wording import (
    check_bases,
    check_pictures,
    ids_of,
    layered,
    local_changes,
)
from policygen.compose.names import all_names
from policygen.compose.number import number
from policygen.compose.prepare import PreparedEdition, PreparedPart, by_place
from policygen.compose.record import check_headings, one_line, with_record
from policygen.compose.refer import check_targets, resolve
from policygen.compose.sections import arrange, bare_titles, without_bare_titles
from policygen.ground.diagnostics import Problems
from policygen.language.document import (
    Branding,
    Cell,
    Clause,
    Document,
    Front,
    Image,
    Link,
    Paragraph,
    RecordRow,
    Section,
    Value,
    VersionRow,
    rebuild,
    walk,
)
from policygen.language.markdown import parse
from policygen.language.templating import fill, holds
from policygen.language.vocabulary import Filled
from policygen.model.adoption import (
    AdoptionFile,
    LocatedAdoption,
    check_history,
    review_cycle,
    same_version,
)
from policygen.model.bodies import named_bodies, office, signatory, signs
from policygen.model.law import LawLibrary, entry_id
from policygen.model.question import OPEN
from policygen.model.school import unknown_facts
from policygen.model.template import Template
from policygen.model.workspace import SchoolFiles

_DECIDING = ("choice", "choices", "yes-no")
"""Kinds of question that choose text: without their answer nobody knows what a section says."""


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
    noted = Problems()
    document = _composed(prepared, school, adoption, law, noted, registered)
    problems.extend(told_once(noted, school, prepared.edition.file.value.facts))
    return document


def _composed(
    prepared: PreparedEdition,
    school: SchoolFiles,
    adoption: LocatedAdoption,
    law: LawLibrary,
    problems: Problems,
    registered: Sequence[VersionRow],
) -> Document | None:
    """The document, with each missing fact noted where a text needs it."""
    before = len(problems.errors)
    template = prepared.edition.file.value
    check_history(adoption, problems)
    names, open_questions = all_names(prepared, school, adoption, law, problems)
    changes = local_changes(prepared.vocabulary, adoption, names, problems)
    name = f"{school.school_id}/{prepared.edition.template_id}"
    check_bases(lambda: prepared.bases, adoption, problems, name)
    _check_kinds(template, school, adoption, prepared.uses, problems)
    unknown = unknown_facts(school.file.value, prepared.uses)
    for says, hint in unknown:
        problems.add("missing-fact", says, school.file.place("phase"), hint)
    if not prepared.sound:
        return None
    doubtful = {
        f"answers.{name}" for name in open_questions if template.questions[name].kind in _DECIDING
    }
    settled = [part for part in prepared.parts if not part.uses & doubtful]
    written = tuple(_drafted(settled, names, problems))
    drafts = layered(
        prepared.edition, prepared.vocabulary, written, names, prepared.declared, problems
    )
    whole_drafts, drafts = drafts, without_bare_titles(drafts)
    own_texts = tuple(text for change in changes.values() for text in change.texts.values())
    check_pictures((drafts, own_texts), prepared.edition, problems)
    whole = len(written) == sum(
        part.condition is None or holds(part.condition, names) for part in prepared.parts
    )
    certain = whole and not (
        open_questions or unknown
    )  # whether what is not there is really left out
    asked_at = adoption.place("clauses") if adoption.value.clauses else adoption.place()
    adapted = adapt_sections(
        drafts,
        changes,
        prepared.declared,
        asked_at,
        problems,
        guidance=template.guidance,
        certain=certain,
    )
    if not certain:
        known = {getattr(node, "id", "") for node in walk(adapted)}
        check_targets(adapted, known | prepared.declared, problems)
        return None
    gone = ids_of(written) - ids_of(adapted)
    omitted = gone - {part.id for part in bare_titles(whole_drafts)}
    parts = resolve(
        number(adapted, template.labels),
        prepared.declared,
        problems,
        omitted,
        nouns=template.nouns,
    )
    check_headings(parts, problems)
    rows = tuple(_record_rows(prepared, names, problems))
    if len(problems.errors) > before or not isinstance(adoption.value, AdoptionFile):
        return None
    return _document(prepared, school, adoption.value, law, parts, rows, registered)


def _document(
    prepared: PreparedEdition,
    school: SchoolFiles,
    adoption: AdoptionFile,
    law: LawLibrary,
    parts: tuple[Section, ...],
    rows: tuple[RecordRow, ...],
    registered: Sequence[VersionRow] = (),
) -> Document:
    """The document of these parts, with all that stands around them."""
    template = prepared.edition.file.value
    digests = {
        path: sha256(content).hexdigest() for path, content in prepared.edition.images.items()
    }
    parts = tuple(with_pictures(part, digests) for part in parts)
    parts = tuple(_with_addresses(part, law) for part in parts)
    sections, forms, appendices = by_place(_signed(parts, template), template)
    months, term = review_cycle(template, adoption)
    versions = _versions(adoption, registered)
    document = Document(
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
        sections=sections,
        forms=forms,
        appendices=appendices,
        branding=_branding(school),
        front=_front(template, school, adoption, rows),
        audience=template.audience,
    )
    return with_record(document)


def document_so_far(
    prepared: PreparedEdition, school: SchoolFiles, adoption: LocatedAdoption, law: LawLibrary
) -> Document:
    """The policy to look at while it is being answered; “…” for what is missing. Notes no problems."""
    unnoted = Problems()
    names, _ = all_names(prepared, school, adoption, law, unnoted)
    parts = adopted_parts(prepared, school, adoption, law)
    begun = adoption.value
    heads = {key: getattr(begun, key) or OPEN for key in ("version", "author", "reason")}
    whole = AdoptionFile.model_construct(**{**dict(begun), **heads})
    rows = tuple(_record_rows(prepared, names, unnoted))
    return _document(prepared, school, whole, law, parts, rows)


def _check_kinds(
    template: Template,
    school: SchoolFiles,
    adoption: LocatedAdoption,
    uses: Collection[str],
    problems: Problems,
) -> None:
    """Note a fact that this edition declares as another kind than what the school can give."""
    for name, fact in template.facts.items():
        given = school.file.value.declared.get(name, fact)
        if name in uses and (fact.kind, fact.several) != (given.kind, given.several):
            says = f"`{name}` is {fact.in_words} in this edition, and elsewhere in this workspace {given.in_words}"
            hint = "ask the issuer of either for an edition in which it has another name"
            problems.add("fact-declared", says, adoption.place("edition"), hint)


def required_clauses(
    prepared: PreparedEdition, school: SchoolFiles, adoption: LocatedAdoption, law: LawLibrary
) -> tuple[Clause, ...]:
    """The clauses of this school's policy that it must decide about, as the model has them; “…” for what is missing."""
    sections = model_parts(prepared, school, adoption, law)
    return tuple(
        node for node in walk(sections) if isinstance(node, Clause) and node.adapt == "required"
    )


def model_parts(
    prepared: PreparedEdition, school: SchoolFiles, adoption: LocatedAdoption, law: LawLibrary
) -> tuple[Section, ...]:
    """This school's policy as the model has it, without local changes; “…” for what is missing. Notes no problems."""
    unnoted = Problems()
    names, _ = all_names(prepared, school, adoption, law, unnoted)
    drafts = _openly_drafted(prepared, names, unnoted)
    template = prepared.edition.file.value
    numbered = number(drafts, template.labels)
    return resolve(numbered, prepared.declared, unnoted, nouns=template.nouns)


def adopted_parts(
    prepared: PreparedEdition, school: SchoolFiles, adoption: LocatedAdoption, law: LawLibrary
) -> tuple[Section, ...]:
    """This school's policy with its local changes, decided or not; “…” for what is missing. Notes no problems."""
    unnoted = Problems()
    names, _ = all_names(prepared, school, adoption, law, unnoted)
    drafts = _openly_drafted(prepared, names, unnoted)
    changes = local_changes(prepared.vocabulary, adoption, names, unnoted)
    adapted = adapt_sections(
        drafts,
        changes,
        prepared.declared,
        adoption.place(),
        unnoted,
        guidance={},
        certain=False,
        all_decided=False,
    )
    template = prepared.edition.file.value
    numbered = number(adapted, template.labels)
    return resolve(numbered, prepared.declared, unnoted, nouns=template.nouns)


def _openly_drafted(
    prepared: PreparedEdition, names: Mapping[str, object], unnoted: Problems
) -> tuple[Section, ...]:
    """What an edition says to one school, before local changes; “…” for what is missing."""
    written = tuple(_drafted(prepared.parts, names, unnoted, OPEN))
    drafts = layered(
        prepared.edition, prepared.vocabulary, written, names, prepared.declared, unnoted
    )
    return without_bare_titles(drafts)


def filled_parts(
    prepared: PreparedEdition, school: SchoolFiles, adoption: LocatedAdoption, law: LawLibrary
) -> Iterator[tuple[PreparedPart, Filled]]:
    """The parts of this school's policy as Markdown, without local changes; “…” for what is missing."""
    unnoted = Problems()
    names, _ = all_names(prepared, school, adoption, law, unnoted)
    for part in prepared.parts:
        if part.condition is None or holds(part.condition, names):
            filled = fill(part.prepared, names, unnoted, OPEN)
            if filled is not None:
                yield part, filled


def _drafted(
    parts: Iterable[PreparedPart],
    names: Mapping[str, object],
    problems: Problems,
    missing: str = "",
) -> Iterator[Section]:
    budget = Budget(problems)
    for part in parts:
        if part.condition is not None and not holds(part.condition, names):
            continue
        filled = fill(part.prepared, names, problems, missing)
        if filled is None:
            continue
        section = arrange(parse(filled, problems), part.plan, part.place, problems)
        if section is not None:
            if not budget.holds(section):
                return
            yield section


def _with_addresses(part: Section, law: LawLibrary) -> Section:
    """A part whose citations know where a reader finds the law: in running text, where nothing else is a link."""

    def addressed(node: Any) -> Any:
        match node:
            case Value(layer="law"):
                entry = law.current.get(entry_id(node.name))
                return replace(node, address=(entry.link or "") if entry else "")
            case Link():
                return rebuild(node, _unaddressed)
            case _:
                return node

    def in_text(node: Any) -> Any:
        if isinstance(node, Paragraph | Cell):
            return rebuild(node, addressed)
        return node

    return rebuild(part, in_text)


def _unaddressed(node: Any) -> Any:
    if isinstance(node, Value):
        return replace(node, address="")
    return node


def _signed(parts: Iterable[Section], template: Template) -> Iterator[Section]:
    """Parts of which each form knows who signs it."""
    signers = {form.name: form.signed_by for form in template.every_form}
    for part in parts:
        yield replace(part, signed_by=signers[part.name]) if part.kind == "form" else part


def _versions(adoption: AdoptionFile, registered: Sequence[VersionRow]) -> tuple[VersionRow, ...]:
    """Those from before policygen, those of the register, and that which is being prepared."""
    before = (row.row for row in adoption.history)
    known = (*before, *registered)
    if any(same_version(row.version, adoption.version) for row in registered):
        return known
    return (*known, VersionRow(adoption.version, None, adoption.author, adoption.reason, ""))


def _record_rows(
    prepared: PreparedEdition, names: Mapping[str, object], problems: Problems
) -> Iterator[RecordRow]:
    """What the model policy adds to the approval record, filled for the school."""
    rows = prepared.edition.file.value.record_rows
    for row, ready in zip(rows, prepared.record_rows, strict=False):
        filled = fill(ready, names, problems)
        if filled is not None:
            yield RecordRow(row.label, one_line(filled))


def _front(
    template: Template, school: SchoolFiles, adoption: AdoptionFile, rows: tuple[RecordRow, ...]
) -> Front:
    facts_of_school = school.file.value
    bodies = adoption.approving_body or template.adoption.bodies
    owner = adoption.owner or template.adoption.owner
    return Front(
        cover=template.cover,
        record=template.record,
        level=named_bodies(template.adoption.bodies, facts_of_school),
        body=named_bodies(bodies, facts_of_school),
        signatory=signatory(bodies[-1], facts_of_school),
        office=office(bodies[-1], facts_of_school),
        owner=signs(owner, facts_of_school).role if owner else "",
        signatories=tuple(signs(key, facts_of_school) for key in template.adoption.signatories),
        rows=rows,
    )


def _branding(school: SchoolFiles) -> Branding:
    branding = school.file.value.branding
    made = Branding(
        logo=f"{school.folder}/{branding.logo}" if branding.logo else "",
        logo_alt=branding.logo_alt or "",
        strapline=branding.strapline or "",
        footer=branding.footer or "",
    )
    if branding.colour:
        return replace(made, colour=branding.colour)
    return made


def image_bytes(
    prepared: PreparedEdition, document: Document, logo: bytes | None
) -> dict[str, bytes]:
    """The bytes of every picture that a document shows, by the path in its Image nodes and its branding."""
    images = {
        node.path: prepared.edition.images[node.path]
        for node in walk(document.parts)
        if isinstance(node, Image)
    }
    if document.branding.logo and logo is not None:
        images[document.branding.logo] = logo
    return images
