"""Building drafts: check, make every product, write."""

from __future__ import annotations

import datetime
import json
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from policygen.checks.length import note_too_long
from policygen.compose.compose import image_bytes
from policygen.compose.prepare import PreparedEdition
from policygen.disk.cache import Cache
from policygen.disk.reading import own_law_inputs
from policygen.ground import paths
from policygen.ground.diagnostics import Place, Problems, in_order
from policygen.ground.telling import Tell, silent
from policygen.language.document import Document
from policygen.products.folders import Draft, PdfJob, PdfResult, Products, outputs_of
from policygen.project.built import BuildResult, Built, Registered
from policygen.project.check import Checked, Composed, Selection, check

_WORTH_A_PROCESS = 8
"""So many PDFs take as long as a process needs to get ready to make any."""


def build(
    root: Path,
    output: Path,
    selections: Sequence[Selection],
    as_of: datetime.date,
    tell: Tell = silent,
    workers: int | None = None,
    making: Making | None = None,
    *,
    all_or_nothing: bool = False,
) -> BuildResult:
    """Check, then make every product of everything selected that has no error, and write it.

    Of a policy with an error, or of which a PDF lacks what it should hold, nothing is written: what was made of it
    before stays. With `all_or_nothing` nothing is written then at all, and InputError raised.
    """
    making = making or Making()
    checked = check(root, selections, as_of, tell)
    if all_or_nothing:
        Problems([*checked.diagnostics]).stop()
    units = [*_units(checked, own_law_inputs(root))]
    results, faulty = _pdfs(
        [each for unit in units for each in unit.folders], tell, workers, making
    )
    damaged = [each for found in faulty.values() for each in found]
    if all_or_nothing:
        Problems(damaged).stop()
    made = [unit for unit in units if not any(each.folder in faulty for each in unit.folders)]
    policies = [(unit.composed, unit.folders) for unit in made if unit.composed is not None]
    approved = [each for each in checked.sound if _is_registered(each)]
    done = {each.name for each in (*approved, *(composed for composed, _ in policies))}
    stopped = tuple(name for name in checked.chosen if name not in done)
    kept = (*_kept(checked, stopped), *faulty)
    folders = [each for unit in made for each in unit.folders]
    before = {each.folder: _before(output, each.folder) for each in folders}
    changed = write_all(output, folders, results, kept if Selection() in selections else None)
    # Whether a form goes on its page was only worked out so far; now its pages can be counted.
    told = Problems(
        [each for each in (*checked.diagnostics, *damaged) if each.rule != "form-too-long"]
    )
    built = []
    for composed, (main, *_) in policies:
        document, pdfs = composed.document, results[main.folder]
        trail = f"in {document.policy_id} of {document.school_id}"
        told.extend(forms_too_long(document, pdfs), trail)
        written = main.folder in changed
        built.append(_built(document, main, pdfs, before[main.folder], written=written))
    return BuildResult(
        tuple(built),
        tuple(each.folder for each in folders),
        tuple(each.folder for unit in made if unit.composed is None for each in unit.folders),
        in_order(told),
        tuple(map(_registered, approved)),
        sum(len(each.pdfs) for each in folders),
        making.made,
        stopped,
        kept,
    )


@dataclass(frozen=True)
class _Unit:
    """What is written together or not at all: the folders of one policy of a school, or a circular."""

    folders: tuple[Products, ...]
    composed: Composed | None = None
    """None for a circular."""


def _units(checked: Checked, law: Mapping[str, str]) -> Iterator[_Unit]:
    """All that is made of what has no error. `law` are the inputs of the workspace's own law library."""
    from policygen.products.folders import circular_products, draft_products

    for composed in checked.sound:
        if not _is_registered(composed):
            yield _Unit(tuple(draft_products(draft_of(composed, law))), composed)
    for prepared in _announced(checked.editions):
        if not checked.stops(prepared):
            edition = prepared.edition
            made = circular_products(edition.template_id, edition.file.value, edition.inputs)
            if made:
                yield _Unit((made,))


def _kept(checked: Checked, stopped: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """Below which folders what an earlier build made stays, because an error keeps it from being made anew."""
    templates = {
        *(policy for _, policy in stopped),
        *(scope.policy for scope in checked.stopped if not scope.school),
        *(each.edition.template_id for each in checked.editions if checked.stops(each)),
    }
    return (
        *(folder for school, policy in stopped for folder in paths.built_folders(school, policy)),
        *(paths.circulars_folder(template_id) for template_id in sorted(templates) if template_id),
    )


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


@dataclass
class Making:
    """How PDFs come about: made, or taken from what was made before."""

    cache: Cache | None = None
    force: bool = False
    """Whether each is made, even where the same one was made before."""
    made: int = 0
    """How many were made so far."""

    def taken(self, key: str) -> PdfResult | None:
        """The PDF that was made before under a key; None where there is none, or it is to be made again."""
        content = self.cache.get(key) if self.cache and not self.force else None
        if content is None:
            return None
        pages, _, pdf = content.partition(b"\n")
        return PdfResult(pdf, int(pages))

    def keep(self, key: str, result: PdfResult) -> None:
        """Keep a PDF that was made, if it is sound."""
        self.made += 1
        if self.cache and not result.warnings and not result.faults:
            self.cache.put(key, b"%d\n" % result.pages + result.pdf)


def made_before(output: Path) -> Making:
    """How the PDFs of other commands come about: taken from what was made before for this folder, or made."""
    return Making(Cache(output / paths.CACHE))


def render_all(
    folders: Sequence[Products],
    tell: Tell,
    workers: int | None = None,
    making: Making | None = None,
) -> dict[str, dict[str, PdfResult]]:
    """Every PDF, by folder and name. Raises InputError where one lacks what it should hold."""
    results, faulty = _pdfs(folders, tell, workers, making or Making())
    Problems([each for found in faulty.values() for each in found]).stop()
    return results


def _pdfs(
    folders: Sequence[Products], tell: Tell, workers: int | None, making: Making
) -> tuple[dict[str, dict[str, PdfResult]], dict[str, Problems]]:
    """Every PDF, by folder and name; and what is wrong with those of a folder, where anything is.

    Of folders whose PDFs are made at the same time, the first is told.
    """
    jobs = [
        (products.folder, name, job) for products in folders for name, job in products.pdfs.items()
    ]
    results: dict[str, dict[str, PdfResult]] = {products.folder: {} for products in folders}
    faulty: dict[str, Problems] = {}
    left = {products.folder: len(products.pdfs) for products in folders if products.pdfs}
    total = len(left)
    tell(f"making {next(iter(left), '')}", 1, total)
    for index, result in _made(jobs, workers, making):
        folder, name, _ = jobs[index]
        left[folder] -= 1
        if not left[folder]:
            del left[folder]
        if left:
            tell(f"making {next(iter(left))}", total - len(left) + 1, total)
        problems = _faults(result, Place(paths.in_output(f"{folder}/{name}")))
        if problems.has_errors:
            faulty.setdefault(folder, Problems()).extend(problems)
        if result is not None:
            results[folder][name] = result
    return results, faulty


def _faults(result: PdfResult | None, place: Place) -> Problems:
    """What is wrong with a PDF; with one that nobody could make, that."""
    problems = Problems()
    if result is None:
        says = "the process that made this PDF was ended from outside, twice"
        hint = "the machine may lack memory: close other programs, or give `--workers 1`"
        problems.add("worker-died", says, place, hint)
        return problems
    for message in result.warnings:
        problems.add("renderer-warning", f"the PDF renderer says: {message}", place)
    for message in result.faults:
        problems.add("pdf-damaged", message, place)
    return problems


def _made(
    jobs: Sequence[tuple[str, str, PdfJob]], workers: int | None, making: Making
) -> Iterator[tuple[int, PdfResult | None]]:
    """Each PDF by the index of its job: first those that were made before, then the others as they are made.

    None in place of one whose process was ended from outside.
    """
    keys = [_key(job) for _, _, job in jobs] if making.cache else [""] * len(jobs)
    left = []
    for index, key in enumerate(keys):
        taken = making.taken(key)
        if taken is None:
            left.append(index)
        else:
            yield index, taken
    for at, result in _rendered([jobs[index] for index in left], workers):
        if result is not None:
            making.keep(keys[left[at]], result)
        yield left[at], result


def _key(job: PdfJob) -> str:
    """Of what a PDF is made, and against what it is read back."""
    from policygen.disk.cache import key_of

    return key_of("pdf", job.html, repr(job.expectation))


def _rendered(
    jobs: Sequence[tuple[str, str, PdfJob]], workers: int | None
) -> Iterator[tuple[int, PdfResult | None]]:
    """Each PDF as it is made, by the index of its job; None where its process was ended from outside, twice."""
    if not jobs:
        return
    from policygen.disk.executors import WorkerDiedError, run_all
    from policygen.products.folders import render

    at_once = workers or _as_many_as_help(len(jobs))
    left = [*range(len(jobs))]
    while left:
        asked = tuple(left)
        try:
            for at, result in run_all(render, [jobs[index][2] for index in asked], at_once):
                left.remove(asked[at])
                yield asked[at], result
        except WorkerDiedError as error:
            left.remove(asked[error.index])
            yield asked[error.index], None


def _as_many_as_help(pdfs: int) -> int:
    """How many processes make so many PDFs soonest."""
    return max(1, min(os.cpu_count() or 1, pdfs // _WORTH_A_PROCESS))


def write_all(
    output: Path,
    folders: Sequence[Products],
    results: dict[str, dict[str, PdfResult]],
    kept: Collection[str] | None = None,
) -> set[str]:
    """Write every folder; returns those that changed.

    With `kept`, what an earlier build made and this one does not goes, but for what stands there or below.
    """
    from policygen.disk.writing import withdrawn, write_folders
    from policygen.products.folders import with_manifest

    made = {}
    for products in folders:
        pdfs = {name: result.pdf for name, result in results[products.folder].items()}
        made[products.folder] = with_manifest(products, pdfs)
    gone = () if kept is None else withdrawn(output, made, kept)
    return write_folders(output, made, gone) if made or gone else set()


def _before(output: Path, folder: str) -> dict[str, Any]:
    """What the manifest of a folder says of how it was last made; empty where it was not, or says nothing."""
    from policygen.disk.writing import link_on_the_way

    if link_on_the_way(output, f"{folder}/{paths.MANIFEST}"):
        return {}
    try:
        said = json.loads((output / folder / paths.MANIFEST).read_bytes())
    except (OSError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}


def _because(before: Mapping[str, Any], record: Mapping[str, Any]) -> tuple[str, ...]:
    """What a folder is made from that is not as it was; nothing where it was not made before."""
    if not before:
        return ()
    was, now = (
        {**said.get("inputs", {}), **said.get("made_with", {})} for said in (before, record)
    )
    return tuple(sorted(name for name in {*was, *now} if was.get(name) != now.get(name)))


def _built(
    document: Document,
    products: Products,
    results: dict[str, PdfResult],
    before: Mapping[str, Any],
    *,
    written: bool,
) -> Built:
    """What became of one policy. `written` says whether anything in its folder is not as it stood there."""
    pdfs = {name: result.pdf for name, result in results.items()}
    prints_the_same = before.get("outputs") == outputs_of({**products.files, **pdfs})
    because = _because(before, products.record)
    return Built(
        document.school_id,
        document.school_name,
        document.policy_id,
        document.title,
        document.version,
        products.folder,
        products.record["content"]["code"],
        results[f"{document.policy_id}.pdf"].pages,
        changed=written and not (because and prints_the_same),
        because=because,
    )


def _registered(composed: Composed) -> Registered:
    document = composed.document
    folder = paths.version_folder(document.school_id, document.policy_id, document.version)
    return Registered(document.school_name, document.title, document.version, folder)
