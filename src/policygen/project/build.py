"""Building drafts: check, make every product, write."""

from __future__ import annotations

import datetime
import json
import os
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, count, islice
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from policygen.checks.length import note_too_long
from policygen.compose.compose import image_bytes
from policygen.compose.prepare import PreparedEdition
from policygen.disk.cache import Cache
from policygen.disk.reading import own_law_inputs
from policygen.ground import paths
from policygen.ground.diagnostics import Diagnostic, Place, Problems, in_order
from policygen.ground.telling import Tell, silent
from policygen.language.document import Document
from policygen.model.workspace import Edition
from policygen.products.folders import Draft, PdfJob, PdfResult, Products, outputs_of
from policygen.project.built import BuildResult, Built, MadePolicy, Registered
from policygen.project.check import Checked, Checking, Composed, Others, Part, Selection
from policygen.project.remembered import MadeSchool, Remembered

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
    remembered: Remembered | None = None,
    *,
    all_or_nothing: bool = False,
) -> BuildResult:
    """Check, then make every product of everything selected that has no error, and write it.

    A policy is written when its last PDF is made, all of it in one step, and then let go: no more are held than are
    being made. Of a policy with an error, or of which a PDF lacks what it should hold, nothing is written: what was
    made of it before stays.

    With `all_or_nothing` all is held, and written in one step. Raises InputError then, having written nothing, where
    anything has an error.

    Schools that are `remembered` are neither read nor made.
    """
    making = making or Making()
    before: dict[str, MadeSchool] = {}

    def known(others: Others) -> dict[str, Part]:
        if remembered is not None:
            before.update(remembered.before(others))
        return {school: made.part for school, made in before.items()}

    checking = Checking(root, selections, as_of, tell, known)
    prunes = Selection() in selections
    alone = {each.policy for each in selections if each.policy and not each.school}
    law = own_law_inputs(root)
    building = _Building(output, checking, before, law, alone, prunes=prunes)
    steps: Iterable[_Step] = building.steps()
    if all_or_nothing:
        steps = [_Step.of(steps)]
        Problems([*building.checked.diagnostics]).stop()
    total = 1 if all_or_nothing else len(checking.chosen)
    render_each(steps, building.write, tell, total, workers, making)
    if all_or_nothing:
        Problems(building.damaged).stop()
    building.withdraw()
    if remembered is not None:
        remembered.keep(building.schools())
    return building.result(making.made)


@dataclass(frozen=True)
class _Step:
    """What is written together or not at all: the folders of a policy of a school, or a circular."""

    policies: tuple[tuple[Composed, tuple[Products, ...]], ...] = ()
    circulars: tuple[Products, ...] = ()
    models: tuple[Products, ...] = ()
    whole: bool = False
    """Whether it is all that there is."""

    @classmethod
    def of(cls, steps: Iterable[_Step]) -> _Step:
        """Several as one."""
        all_of_them = [*steps]
        policies = tuple(policy for step in all_of_them for policy in step.policies)
        circulars = tuple(each for step in all_of_them for each in step.circulars)
        models = tuple(each for step in all_of_them for each in step.models)
        return cls(policies, circulars, models, whole=True)

    @property
    def folders(self) -> tuple[Products, ...]:
        made = (each for _, folders in self.policies for each in folders)
        return (*made, *self.circulars, *self.models)


class _Building:
    """A build on its way: what is still to be made, one step after another, and what came of those that were."""

    def __init__(
        self,
        output: Path,
        checking: Checking,
        before: Mapping[str, MadeSchool],
        law: Mapping[str, str],
        alone: Collection[str],
        *,
        prunes: bool,
    ) -> None:
        """`before` are the schools that need not be made again; `law` the inputs of the workspace's own law library.

        `alone` are the templates of which the model policy is made, too.
        """
        self._output, self._checking, self._law, self._prunes = output, checking, law, prunes
        self._alone = alone
        self._models: list[Products] = []
        self.checked = Checked((), (), ())
        """What was found, once the last step was taken."""
        self.damaged: list[Diagnostic] = []
        self._before = before
        self._parts: dict[str, Part] = {}
        self._made: dict[str, list[MadePolicy]] = defaultdict(list)
        self._approved: dict[str, list[tuple[str, Registered]]] = defaultdict(list)
        self._circulars: list[Products] = []
        self._spoilt: list[str] = []

    def steps(self) -> Iterator[_Step]:
        """All that is made of what has no error."""
        from policygen.products.folders import circular_products, draft_products

        for school in self._checking.schools():
            if school.part is not None:
                self._take(school.part)
            for composed in school.sound:
                if _is_registered(composed):
                    school_id, policy_id = composed.name
                    self._approved[school_id].append((policy_id, _registered(composed)))
                else:
                    folders = tuple(draft_products(draft_of(composed, self._law)))
                    yield _Step(((composed, folders),))
        self.checked = self._checking.whole()
        for prepared in _announced(self.checked.editions):
            edition = prepared.edition
            if not self.checked.stops(prepared):
                made = circular_products(edition.template_id, edition.file.value, edition.inputs)
                if made:
                    yield _Step(circulars=(made,))
                if edition.template_id in self._alone:
                    yield _Step(models=(_model(edition, self._law),))

    def _take(self, part: Part) -> None:
        """Take over what was made of a school before, or note that it is made now."""
        made = self._before.get(part.school)
        if made is None:
            self._parts[part.school] = part
        else:
            self._made[part.school] += made.policies
            self._approved[part.school] += made.approved

    def write(self, step: _Step, pdfs: Pdfs, wrong: Problems) -> None:
        """Write what was made in one step, unless a PDF of it is damaged."""
        folders = [each.folder for each in step.folders]
        if wrong.has_errors:
            self.damaged += wrong
            self._spoilt += folders
            return
        before = {folder: _before(self._output, folder) for folder in folders}
        gone = self._withdrawn((), folders) if step.whole else ()
        changed = write_all(self._output, step.folders, pdfs, gone)
        self._circulars += step.circulars
        self._models += step.models
        for composed, products in step.policies:
            main, document = products[0], composed.document
            written, made = main.folder in changed, pdfs[main.folder]
            built = _built(document, main, made, before[main.folder], written=written)
            measured = Problems()
            trail = f"in {document.policy_id} of {document.school_id}"
            measured.extend(forms_too_long(document, made), trail)
            mine = tuple(each.folder for each in products)
            self._made[document.school_id].append(
                MadePolicy(built, mine, tuple(measured), sum(len(pdfs[each]) for each in mine))
            )

    def withdraw(self) -> None:
        """Take away what an earlier build made and this one would not, where everything was asked for."""
        write_all(self._output, (), {}, self._withdrawn(self._kept))

    def _withdrawn(self, kept: Sequence[str], folders: Sequence[str] = ()) -> Sequence[str]:
        """What an earlier build made, and this one neither made, took over, nor is about to write."""
        from policygen.disk.writing import withdrawn

        made = {*folders, *(each.folder for each in self._circulars)}
        made.update(folder for policy in self._policies for folder in policy.folders)
        return withdrawn(self._output, made, kept) if self._prunes else ()

    def schools(self) -> dict[str, MadeSchool]:
        """The schools without an error of which all was made now."""
        found = {}
        for school_id, part in self._parts.items():
            made, approved = tuple(self._made[school_id]), tuple(self._approved[school_id])
            if len(made) + len(approved) == len(part.editions):
                found[school_id] = MadeSchool(part, made, approved)
        return found

    def result(self, made: int) -> BuildResult:
        """What came of it, in the order of schools and policies, whatever was made first."""
        policies = self._policies
        # Whether a form goes on its page was only worked out so far; now its pages can be counted.
        told = [each for each in self.checked.diagnostics if each.rule != "form-too-long"]
        measured = (each for policy in policies for each in policy.measured)
        circulars = tuple(sorted(each.folder for each in self._circulars))
        models = tuple(sorted(each.folder for each in self._models))
        folders = (folder for policy in policies for folder in policy.folders)
        return BuildResult(
            tuple(policy.built for policy in policies),
            (*folders, *circulars, *models),
            circulars,
            models,
            in_order([*told, *measured, *self.damaged]),
            tuple(
                registered
                for _, approved in sorted(self._approved.items())
                for _, registered in approved
            ),
            sum(policy.pdfs for policy in policies)
            + sum(len(each.pdfs) for each in (*self._circulars, *self._models)),
            made,
            self._stopped,
            self._kept,
        )

    @property
    def _policies(self) -> list[MadePolicy]:
        """Those that were made, in order."""
        found = [policy for made in self._made.values() for policy in made]
        return sorted(found, key=lambda each: (each.built.school_id, each.built.policy_id))

    @property
    def _stopped(self) -> tuple[tuple[str, str], ...]:
        """The adoptions of which nothing was written."""
        done = {(each.built.school_id, each.built.policy_id) for each in self._policies}
        done |= {
            (school, policy) for school, all_of in self._approved.items() for policy, _ in all_of
        }
        return tuple(name for name in self._checking.chosen if name not in done)

    @property
    def _kept(self) -> tuple[str, ...]:
        """Below which folders what an earlier build made stays, because an error keeps it from being made anew."""
        checked, stopped = self.checked, self._stopped
        templates = {
            *(policy for _, policy in stopped),
            *(scope.policy for scope in checked.stopped if not scope.school),
            *(each.edition.template_id for each in checked.editions if checked.stops(each)),
        }
        drafts = (folder for name in stopped for folder in paths.built_folders(*name))
        circulars = (paths.circulars_folder(each) for each in sorted(templates) if each)
        return (*drafts, *circulars, *sorted(self._spoilt))


def forms_too_long(document: Document, made: Mapping[str, PdfResult]) -> Problems:
    """A warning for each form that is meant for one page and takes more."""
    problems = Problems()
    for form in document.every_form:
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


def _model(edition: Edition, law: Mapping[str, str]) -> Products:
    """A model policy without a school, as its author wrote it."""
    from policygen.editions.model_document import model_document
    from policygen.products.folders import Draft, model_products

    document = model_document(edition)
    draft = Draft(document, edition.images, {**edition.inputs, **law}, (), ())
    return model_products(draft, edition.file.value)


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
        forms=edition.file.value.every_form,
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


class Group(Protocol):
    """Folders that are made together."""

    @property
    def folders(self) -> Sequence[Products]:
        """With the PDFs that are to be made."""


G = TypeVar("G", bound=Group)
Pdfs = Mapping[str, Mapping[str, PdfResult]]
"""PDFs by folder and name."""


@dataclass(frozen=True)
class _Folder:
    folders: tuple[Products]


def render_all(
    folders: Sequence[Products],
    tell: Tell,
    workers: int | None = None,
    making: Making | None = None,
) -> Pdfs:
    """Every PDF, by folder and name. Raises InputError where one lacks what it should hold."""
    made: dict[str, Mapping[str, PdfResult]] = {}
    problems = Problems()

    def ended(_: _Folder, pdfs: Pdfs, wrong: Problems) -> None:
        made.update(pdfs)
        problems.extend(wrong)

    groups = [_Folder((products,)) for products in folders]
    render_each(groups, ended, tell, len(groups), workers, making or Making())
    problems.stop()
    return made


@dataclass
class _Begun(Generic[G]):
    """A group of which PDFs are being made."""

    group: G
    pdfs: dict[str, dict[str, PdfResult]]
    left: int = 0
    wrong: Problems = field(default_factory=Problems)

    def take(self, folder: str, name: str, result: PdfResult | None) -> None:
        """Take a PDF that was made; None for one that no process could make."""
        self.wrong.extend(_faults(result, Place(paths.in_output(f"{folder}/{name}"))))
        if result is not None:
            self.pdfs[folder][name] = result


def render_each(
    groups: Iterable[G],
    ended: Callable[[G, Pdfs, Problems], None],
    tell: Tell,
    total: int,
    workers: int | None,
    making: Making,
) -> None:
    """Make the PDFs of each group, and when they all are, call `ended` with them and with what is wrong with them.

    Groups are taken as there is room for them, and let go when they have ended. Of those that are made at the same
    time, the first is told.
    """
    waiting: dict[int, tuple[_Begun[G], str, str, str]] = {}  # by the number of its job
    numbers, number = count(), 1

    def jobs() -> Iterator[PdfJob]:
        nonlocal number
        for group in groups:
            begun = _Begun(group, {each.folder: {} for each in group.folders})
            missing = [*_missing(begun, making)]
            begun.left = len(missing)
            for folder, name, key, job in missing:
                waiting[next(numbers)] = begun, folder, name, key
                yield job
            if not missing:
                number += 1
                ended(group, begun.pdfs, begun.wrong)

    def tell_first() -> None:
        for _, at_work, _, _ in islice(waiting.values(), 1):
            tell(f"making {at_work}", min(number, total), total)

    to_make = jobs()
    first = [*islice(to_make, _cores() * _WORTH_A_PROCESS)]
    tell_first()
    for index, result in _rendered(first, to_make, workers):
        begun, folder, name, key = waiting.pop(index)
        begun.take(folder, name, result)
        if result is not None:
            making.keep(key, result)
        begun.left -= 1
        if not begun.left:
            ended(begun.group, begun.pdfs, begun.wrong)
            number += 1
            tell_first()


def _missing(begun: _Begun[G], making: Making) -> Iterator[tuple[str, str, str, PdfJob]]:
    """The PDFs of a group that have to be made, with their keys; those that were made before are taken."""
    for products in begun.group.folders:
        for name, job in products.pdfs.items():
            key = _key(job) if making.cache else ""
            taken = making.taken(key)
            if taken is None:
                yield products.folder, name, key, job
            else:
                begun.take(products.folder, name, taken)


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


def _key(job: PdfJob) -> str:
    """Of what a PDF is made, and against what it is read back."""
    from policygen.disk.cache import key_of

    return key_of("pdf", job.html, repr(job.expectation))


def _cores() -> int:
    return os.cpu_count() or 1


def _rendered(
    first: Sequence[PdfJob], jobs: Iterator[PdfJob], workers: int | None
) -> Iterator[tuple[int, PdfResult | None]]:
    """Each PDF as it is made, by the number of its job; None where its process was ended from outside, twice."""
    if not first:
        return
    from policygen.disk.executors import Died, run_all
    from policygen.products.folders import render

    as_many_as_help = max(1, min(_cores(), len(first) // _WORTH_A_PROCESS))
    for index, result in run_all(render, chain(first, jobs), workers or as_many_as_help):
        yield index, None if isinstance(result, Died) else result


def write_all(
    output: Path, folders: Sequence[Products], pdfs: Pdfs, gone: Sequence[str] = ()
) -> set[str]:
    """Write every folder, and take others away, all in one step; returns those that changed."""
    from policygen.disk.writing import write_folders
    from policygen.products.folders import with_manifest

    made = {}
    for products in folders:
        content = {name: result.pdf for name, result in pdfs[products.folder].items()}
        made[products.folder] = with_manifest(products, content)
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
    results: Mapping[str, PdfResult],
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
