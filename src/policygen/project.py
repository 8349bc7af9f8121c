"""The conductor: knows the order of the steps and nothing else. What the CLI does is one call of this module."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from policygen.checks import TextFinder, allowed, check_document, check_facts, check_people, check_template
from policygen.compose import PreparedEdition, compose, image_bytes, prepare_edition
from policygen.diagnostics import Diagnostic, InputError, Place, Problems, Severity, in_order
from policygen.glyphs import check_glyphs
from policygen.law import read_law, with_own
from policygen.reading import (
    adopted_ids,
    adoption_path,
    latest_edition,
    own_law_inputs,
    read_adoption_text,
    read_edition,
    read_own_law,
    read_school,
    school_ids,
    school_names,
    template_ids,
)
from policygen.wording import nearest, printed_day

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from policygen.adopting import Adopting
    from policygen.document import Document
    from policygen.edition import SchoolFiles
    from policygen.law import LawLibrary
    from policygen.mending import Mend
    from policygen.products import Draft, PdfResult, Products
    from policygen.source import Source


@dataclass(frozen=True)
class Selection:
    """What to check or build: all, one school, one policy of every school, or one policy of one school."""

    school: str = ""
    policy: str = ""

    def wants(self, template_id: str) -> bool:
        """Whether it takes in this policy."""
        return self.policy in ("", template_id)


@dataclass(frozen=True)
class Composed:
    """An adopted policy, with the school and edition that it came from."""

    document: Document
    school: SchoolFiles
    prepared: PreparedEdition


@dataclass(frozen=True)
class Checked:
    """The result of a check."""

    policies: tuple[Composed, ...]
    """Those without errors."""
    editions: tuple[PreparedEdition, ...]
    diagnostics: tuple[Diagnostic, ...]

    @property
    def failed(self) -> bool:
        """Whether anything was found that stops a build."""
        return any(each.severity is Severity.ERROR for each in self.diagnostics)


@dataclass(frozen=True)
class Built:
    """One policy that was built."""

    document: Document
    folder: str
    content_code: str
    pages: int
    changed: bool


@dataclass(frozen=True)
class BuildResult:
    """The result of a build."""

    policies: tuple[Built, ...]
    circulars: tuple[str, ...]
    """Folders."""
    warnings: tuple[Diagnostic, ...]


def select(root: Path, words: Sequence[str]) -> tuple[Selection, ...]:
    """Read selections as people write them: SCHOOL, SCHOOL/POLICY or POLICY. None means all.

    Raises InputError when a word is neither a school nor a policy.
    """
    schools, templates = school_ids(root), template_ids(root)
    problems = Problems()
    selections = []
    for word in words:
        school, slash, policy = word.strip("/").partition("/")
        if not slash and school not in schools and school in templates:
            school, policy = "", school
        if school and school not in schools:
            what, known = ("school", schools) if slash else ("school or policy", [*schools, *templates])
            problems.add("unknown-school", f"there is no {what} `{school}`", None, nearest(school, known))
        elif policy and policy not in templates:
            problems.add("unknown-template", f"there is no model policy `{policy}`", None, nearest(policy, templates))
        elif school and policy and policy not in (adopted := adopted_ids(root, school)):
            hint = nearest(policy, adopted) or "it adopts no policy"
            problems.add("unknown-template", f"`{school}` does not adopt `{policy}`", None, hint)
        else:
            selections.append(Selection(school, policy))
    if problems:
        raise InputError(problems)
    return tuple(selections) or (Selection(),)


def check(root: Path, selections: Sequence[Selection], as_of: datetime.date) -> Checked:
    """Read, prepare and compose everything selected; notes all problems, writes nothing."""
    problems = Problems()
    law = _read_law(root, problems, as_of)
    schools = _read_schools(root, selections, problems)
    editions = _prepare_editions(root, selections, schools, law, problems)
    policies = tuple(composed for school in schools for composed in _compose_school(school, editions, law, problems))
    found = tuple(prepared for prepared in editions.values() if prepared is not None)
    texts = _texts(schools, found)
    whole = not problems
    _check_texts(root, schools, policies, found, TextFinder(texts), law, as_of, problems)
    return Checked(policies, found, in_order(allowed(problems, texts, whole=whole)))


def _read_law(root: Path, problems: Problems, as_of: datetime.date | None = None) -> LawLibrary:
    """The law library with what this workspace adds to it; says what is past its review on a day."""
    law, own = read_law(), read_own_law(root, problems)
    if as_of is not None and law.outdated(as_of):
        says = f"the law library of policygen was due for review on {printed_day(law.review_due)}"
        problems.add("law-outdated", says, None, "install a newer version of policygen")
    if own is None:
        return law
    if as_of is not None and as_of > own.value.due:
        says = f"the law library of this workspace was due for review on {printed_day(own.value.due)}"
        key = "review_due" if own.value.review_due else "as_of"
        problems.add("law-outdated", says, own.place(key), f"look at each entry again, then write a later `{key}`")
    return with_own(law, own, problems)


def fix(root: Path, selections: Sequence[Selection], as_of: datetime.date) -> tuple[Checked, tuple[Mend, ...]]:
    """Check, mend in the files what is safe to mend, and check again until nothing more can be. Says what was done."""
    done: list[Mend] = []
    while True:
        checked = check(root, selections, as_of)
        mends = _mend(root, checked)
        if not mends:
            return checked, tuple(done)
        done.extend(mends)


def _mend(root: Path, checked: Checked) -> list[Mend]:
    from policygen.mending import can_mend, mended
    from policygen.writing import write_file

    done: list[Mend] = []
    for path in sorted({each.place.path for each in checked.diagnostics if each.place and can_mend(each)}):
        here = [each for each in checked.diagnostics if each.place and each.place.path == path]
        before = (root / path).read_bytes().decode()
        after, mends = mended(before, here, _ids_beside(path, checked.editions))
        if mends:
            write_file(root / path, after.encode())
            done.extend(mends)
    return done


def _ids_beside(path: str, editions: Sequence[PreparedEdition]) -> set[str]:
    """Every id of the templates that a file belongs to, in any branch."""
    beside = (prepared.edition.texts for prepared in editions if path in prepared.edition.texts)
    return {found for texts in beside for text in texts.values() for found in re.findall(r"\{#([\w-]+)", text.text)}


def _texts(schools: Sequence[SchoolFiles], editions: Sequence[PreparedEdition]) -> dict[str, Source]:
    texts: dict[str, Source] = {}
    for school in schools:
        texts |= school.texts
    for prepared in editions:
        texts |= prepared.edition.texts
    return texts


def _check_texts(
    root: Path,
    schools: Sequence[SchoolFiles],
    policies: Sequence[Composed],
    editions: Sequence[PreparedEdition],
    finder: TextFinder,
    law: LawLibrary,
    as_of: datetime.date,
    problems: Problems,
) -> None:
    """Look for the damage that real policies were published with, in templates, facts and composed policies."""
    names = school_names(root)
    found = Problems()
    for prepared in editions:
        check_template(prepared, names.values(), finder, law, as_of, found)
    others = {each.school_id: [name for other, name in names.items() if other != each.school_id] for each in schools}
    for school in schools:
        check_facts(school, others[school.school_id], finder, law, found)
    problems.extend(found)
    known = {(each.rule, each.place) for each in found}
    for composed in policies:
        school, document = composed.school, composed.document
        template = composed.prepared.edition.file.value
        own = Problems()
        check_document(document, template, school, others[school.school_id], finder, law, as_of, own)
        new = (each for each in own if (each.rule, each.place) not in known)
        problems.extend(new, f"in {document.policy_id} of {school.school_id}")


def _read_schools(root: Path, selections: Sequence[Selection], problems: Problems) -> tuple[SchoolFiles, ...]:
    schools = []
    for school_id in school_ids(root):
        chosen = tuple(each for each in selections if each.school in ("", school_id))
        if chosen:
            school = read_school(root, school_id, partial(_wanted, chosen), problems)
            if school is not None:
                schools.append(school)
    return tuple(schools)


def _wanted(selections: Sequence[Selection], template_id: str) -> bool:
    return any(each.wants(template_id) for each in selections)


def _prepare_editions(
    root: Path,
    selections: Sequence[Selection],
    schools: Sequence[SchoolFiles],
    law: LawLibrary,
    problems: Problems,
) -> dict[tuple[str, str], PreparedEdition | None]:
    """Every edition that a school pins, and every working template that is selected, each prepared once."""
    asked: dict[tuple[str, str], Place | None] = {}
    for school in schools:
        for template_id, adoption in school.adoptions.items():
            asked.setdefault((template_id, adoption.value.edition), adoption.place("edition"))
    whole = [each.policy for each in selections if not each.school]
    pinned = {template_id for template_id, _ in asked}
    for template_id in template_ids(root):
        if template_id not in pinned and any(policy in ("", template_id) for policy in whole):
            asked[template_id, ""] = None
    editions: dict[tuple[str, str], PreparedEdition | None] = {}
    for (template_id, edition), place in asked.items():
        read = read_edition(root, template_id, edition, place, problems)
        editions[template_id, edition] = None if read is None else prepare_edition(read, law, problems)
    return editions


def _compose_school(
    school: SchoolFiles,
    editions: dict[tuple[str, str], PreparedEdition | None],
    law: LawLibrary,
    problems: Problems,
) -> list[Composed]:
    composed = []
    for template_id, adoption in school.adoptions.items():
        prepared = editions[template_id, adoption.value.edition]
        if prepared is None:
            continue
        own = Problems()
        names = {site.name for part in prepared.parts for site in part.prepared.sites}
        check_people(names, school, own)
        document = compose(prepared, school, adoption, law, own)
        if document is not None:
            check_glyphs(document, prepared.edition, school, adoption, own)
        problems.extend(own, f"while composing {template_id} for {school.school_id}")
        if document is not None:
            composed.append(Composed(document, school, prepared))
    return composed


def start_adoption(root: Path, school_id: str, template_id: str) -> Adopting:
    """Read a school's adoption of a template, or begin one of the last edition. Raises InputError; writes nothing."""
    from policygen.adopting import Adopting, begun, read_started

    problems = Problems()
    if school_id not in (known := school_ids(root)):
        hints = (nearest(school_id, known), f"to begin it, type `policygen new school {school_id}`")
        problems.add("unknown-school", f"there is no school `{school_id}`", None, *hints)
        raise InputError(problems)
    path = adoption_path(school_id, template_id)
    law, school = _read_law(root, problems), read_school(root, school_id, lambda _: False, problems)
    text = read_adoption_text(root, path, problems)
    if problems:
        raise InputError(in_order(problems))
    started = None if text is None else read_started(text, path)
    edition_id = latest_edition(root, template_id) if started is None else started.value.edition
    asked_at = None if started is None else started.place("edition")
    edition = read_edition(root, template_id, edition_id, asked_at, problems)
    prepared = None if edition is None else prepare_edition(edition, law, problems)
    if problems or school is None or prepared is None:
        raise InputError(in_order(problems))
    name = f"{school_id}/{template_id}"
    text = text or begun(name, school.file.value.name, prepared.edition.file.value)
    return Adopting(name, path, text, school, prepared, law)


def write_questions(root: Path, adopting: Adopting) -> bool:
    """Write every open question into an adoption's file, without an answer. Returns whether anything was added."""
    from policygen.adopting import with_notes

    noted = with_notes(adopting)
    if noted.text == adopting.text and (root / adopting.path).exists():
        return False
    save_adoption(root, noted)
    return True


def save_adoption(root: Path, adopting: Adopting) -> None:
    """Write an adoption into its file."""
    from policygen.writing import write_text

    write_text(root / adopting.path, adopting.text)


def build(
    root: Path,
    output: Path,
    selections: Sequence[Selection],
    as_of: datetime.date,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
    workers: int | None = None,
) -> BuildResult:
    """Check, then make every product of everything selected, and write it.

    Raises InputError, having written nothing, when anything selected has an error or a PDF lacks what it should hold.
    `progress` is told how many of how many PDFs are made.
    """
    from policygen.products import circular_products, draft_products

    checked = check(root, selections, as_of)
    if checked.failed:
        raise InputError(checked.diagnostics)
    problems = Problems()
    law = own_law_inputs(root)
    per_policy = [(composed, draft_products(_draft(composed, law))) for composed in checked.policies]
    circulars = [
        made
        for prepared in checked.editions
        if (
            made := circular_products(
                prepared.edition.template_id, prepared.edition.file.value, prepared.edition.inputs
            )
        )
    ]
    if problems:
        raise InputError(in_order(problems))
    folders = [*(products for _, made in per_policy for products in made), *circulars]
    results = _render_all(folders, progress, workers)
    changed = _write_all(output, folders, results, prune=Selection() in selections)
    built = tuple(_built(composed.document, made[0], results[made[0].folder], changed) for composed, made in per_policy)
    return BuildResult(built, tuple(each.folder for each in circulars), checked.diagnostics)


def _draft(composed: Composed, law: Mapping[str, str]) -> Draft:
    from policygen.html import StaffRow
    from policygen.products import Draft

    document, school, edition = composed.document, composed.school, composed.prepared.edition
    other = {f"{school.folder}/policies/{name}.yaml" for name in school.policies if name != document.policy_id}
    inputs = {path: digest for path, digest in school.inputs.items() if path not in other}
    return Draft(
        document=document,
        images=image_bytes(composed.prepared, document, school.logo),
        inputs={**inputs, **edition.inputs, **law},
        staff=tuple(StaffRow(member.name, member.role) for member in school.staff if member.left is None),
        forms=edition.file.value.forms,
    )


def _render_all(
    folders: Sequence[Products], progress: Callable[[int, int], None], workers: int | None
) -> dict[str, dict[str, PdfResult]]:
    from policygen.executors import run_all
    from policygen.products import render

    jobs = [(products.folder, name, job) for products in folders for name, job in products.pdfs.items()]
    results: dict[str, dict[str, PdfResult]] = {products.folder: {} for products in folders}
    problems = Problems()
    progress(0, len(jobs))
    ended = run_all(render, [job for _, _, job in jobs], workers)
    for done, (index, result) in enumerate(ended, 1):
        folder, name, _ = jobs[index]
        results[folder][name] = result
        progress(done, len(jobs))
        place = Place(f"output/{folder}/{name}")
        for message in result.warnings:
            problems.add("renderer-warning", f"the PDF renderer says: {message}", place)
        for message in result.faults:
            problems.add("pdf-damaged", message, place)
    if problems:
        raise InputError(in_order(problems))
    return results


def _write_all(
    output: Path, folders: Sequence[Products], results: dict[str, dict[str, PdfResult]], *, prune: bool
) -> set[str]:
    from policygen.products import with_manifest
    from policygen.writing import one_at_a_time, remove_others, write_folder

    changed = set()
    with one_at_a_time(output):
        for products in folders:
            pdfs = {name: result.pdf for name, result in results[products.folder].items()}
            if write_folder(output, products.folder, with_manifest(products, pdfs)):
                changed.add(products.folder)
        if prune:
            remove_others(output, {products.folder for products in folders})
    return changed


def _built(document: Document, products: Products, results: dict[str, PdfResult], changed: set[str]) -> Built:
    pdf = results[f"{document.policy_id}.pdf"]
    return Built(document, products.folder, products.record["content"]["code"], pdf.pages, products.folder in changed)
