"""Building drafts: check, make every product, write."""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from policygen.checks.length import note_too_long
from policygen.compose.compose import image_bytes
from policygen.compose.prepare import PreparedEdition
from policygen.disk.reading import own_law_inputs
from policygen.ground import paths
from policygen.ground.diagnostics import Diagnostic, InputError, Place, Problems, in_order
from policygen.ground.telling import Tell, silent
from policygen.language.document import Document
from policygen.products.folders import Draft, PdfJob, PdfResult, Products
from policygen.project.check import Composed, Selection, check

_WORTH_A_PROCESS = 8
"""So many PDFs take as long as a process needs to get ready to make any."""


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
    approved: tuple[Composed, ...] = ()
    """Those of which nothing is being prepared: they stand in the register as approved."""


def build(
    root: Path,
    output: Path,
    selections: Sequence[Selection],
    as_of: datetime.date,
    tell: Tell = silent,
    workers: int | None = None,
) -> BuildResult:
    """Check, then make every product of everything selected, and write it.

    Raises InputError, having written nothing, when anything selected has an error or a PDF lacks what it should hold.
    """
    from policygen.products.folders import circular_products, draft_products

    checked = check(root, selections, as_of, tell)
    if checked.failed:
        raise InputError(checked.diagnostics)
    problems = Problems()
    law = own_law_inputs(root)
    prepared = [composed for composed in checked.policies if not _is_registered(composed)]
    per_policy = [(composed, draft_products(draft_of(composed, law))) for composed in prepared]
    circulars = [
        made
        for prepared in _announced(checked.editions)
        if (
            made := circular_products(
                prepared.edition.template_id, prepared.edition.file.value, prepared.edition.inputs
            )
        )
    ]
    problems.stop()
    folders = [*(products for _, made in per_policy for products in made), *circulars]
    results = render_all(folders, tell, workers)
    changed = write_all(output, folders, results, prune=Selection() in selections)
    built = tuple(
        _built(composed.document, made[0], results[made[0].folder], changed)
        for composed, made in per_policy
    )
    approved = tuple(composed for composed in checked.policies if _is_registered(composed))
    # Whether a form goes on its page was only worked out so far; now its pages can be counted.
    told = Problems([each for each in checked.diagnostics if each.rule != "form-too-long"])
    for composed, folders_made in per_policy:
        document = composed.document
        trail = f"in {document.policy_id} of {document.school_id}"
        told.extend(forms_too_long(document, results[folders_made[0].folder]), trail)
    return BuildResult(built, tuple(each.folder for each in circulars), in_order(told), approved)


def forms_too_long(document: Document, made: Mapping[str, PdfResult]) -> Problems:
    """A warning for each form that is meant for one page and takes more."""
    problems = Problems()
    for form in document.forms:
        pages = made[f"forms/{form.name}.pdf"].pages
        if form.one_page and pages > 1:
            note_too_long(form, f"takes {pages}", problems)
    return problems


def _announced(editions: Sequence[PreparedEdition]) -> tuple[PreparedEdition, ...]:
    """Those whose circulars are made: of a working template beside the published edition of its number, that one."""
    published_last = sorted(editions, key=lambda each: each.edition.frozen)
    by_name = {
        (each.edition.template_id, each.edition.file.value.edition): each for each in published_last
    }
    return tuple(each for each in editions if each in by_name.values())


def _is_registered(composed: Composed) -> bool:
    """Whether nothing of it is being prepared, so that there is no draft to make."""
    return composed.standing is not None and not composed.standing.prepared


def draft_of(composed: Composed, law: Mapping[str, str]) -> Draft:
    """A composed policy with all that its products need. `law` are the inputs of the workspace's own law library."""
    from policygen.html.sheets import StaffRow
    from policygen.products.folders import Draft

    document, school, edition = composed.document, composed.school, composed.prepared.edition
    other = {
        paths.adoption_file(school.school_id, name)
        for name in school.policies
        if name != document.policy_id
    }
    inputs = {path: digest for path, digest in school.inputs.items() if path not in other}
    return Draft(
        document=document,
        images=image_bytes(composed.prepared, document, school.logo),
        inputs={**inputs, **edition.inputs, **law},
        staff=tuple(
            StaffRow(member.name, member.role) for member in school.staff if member.left is None
        ),
        forms=edition.file.value.forms,
    )


def render_all(
    folders: Sequence[Products], tell: Tell, workers: int | None = None
) -> dict[str, dict[str, PdfResult]]:
    """Every PDF, by folder and name. Raises InputError where one lacks what it should hold.

    Of folders whose PDFs are made at the same time, the first is told.
    """
    jobs = [
        (products.folder, name, job) for products in folders for name, job in products.pdfs.items()
    ]
    results: dict[str, dict[str, PdfResult]] = {products.folder: {} for products in folders}
    problems = Problems()
    left = {products.folder: len(products.pdfs) for products in folders if products.pdfs}
    total = len(left)
    tell(f"making {next(iter(left), '')}", 1, total)
    for index, result in _rendered(jobs, workers):
        folder, name, _ = jobs[index]
        results[folder][name] = result
        left[folder] -= 1
        if not left[folder]:
            del left[folder]
        if left:
            tell(f"making {next(iter(left))}", total - len(left) + 1, total)
        place = Place(paths.in_output(f"{folder}/{name}"))
        for message in result.warnings:
            problems.add("renderer-warning", f"the PDF renderer says: {message}", place)
        for message in result.faults:
            problems.add("pdf-damaged", message, place)
    problems.stop()
    return results


def _rendered(
    jobs: Sequence[tuple[str, str, PdfJob]], workers: int | None
) -> Iterator[tuple[int, PdfResult]]:
    """Each PDF as it is made, by the index of its job. Raises InputError where its process was ended from outside."""
    from policygen.disk.executors import WorkerDiedError, run_all
    from policygen.products.folders import render

    at_once = workers or _as_many_as_help(len(jobs))
    try:
        yield from run_all(render, [job for _, _, job in jobs], at_once)
    except WorkerDiedError as error:
        folder, name, _ = jobs[error.index]
        says = "the process that made this PDF was ended from outside, twice"
        hint = "the machine may lack memory: close other programs, or give `--workers 1`"
        problems = Problems()
        problems.add("worker-died", says, Place(paths.in_output(f"{folder}/{name}")), hint)
        raise InputError(problems) from None


def _as_many_as_help(pdfs: int) -> int:
    """How many processes make so many PDFs soonest."""
    return max(1, min(os.cpu_count() or 1, pdfs // _WORTH_A_PROCESS))


def write_all(
    output: Path,
    folders: Sequence[Products],
    results: dict[str, dict[str, PdfResult]],
    *,
    prune: bool,
) -> set[str]:
    """Write every folder; returns those that changed. `prune` removes what an earlier build made and this one not."""
    from policygen.disk.writing import withdrawn, write_folders
    from policygen.products.folders import with_manifest

    made = {}
    for products in folders:
        pdfs = {name: result.pdf for name, result in results[products.folder].items()}
        made[products.folder] = with_manifest(products, pdfs)
    return write_folders(output, made, withdrawn(output, made) if prune else ())


def _built(
    document: Document, products: Products, results: dict[str, PdfResult], changed: set[str]
) -> Built:
    pdf = results[f"{document.policy_id}.pdf"]
    return Built(
        document,
        products.folder,
        products.record["content"]["code"],
        pdf.pages,
        products.folder in changed,
    )
