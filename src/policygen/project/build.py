"""Building drafts: check, make every product, write."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, count, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from policygen.checks.length import note_too_long
from policygen.disk.cache import Cache
from policygen.ground import paths
from policygen.ground.diagnostics import Diagnostic, Place, Problems, in_order
from policygen.ground.telling import Tell, silent
from policygen.products.folders import PdfJob, PdfResult, Products, outputs_of
from policygen.project.built import BuildResult, Built, MadePolicy, Registered
from policygen.project.check import Asked, Checked
from policygen.project.findings import EditionFound
from policygen.project.looking import Looking, cores, results
from policygen.project.remembered import MadeEdition, MadeSchool, Remembered
from policygen.project.unit import (
    Drafted,
    EditionJob,
    EditionMade,
    Job,
    Result,
    SchoolJob,
    SchoolMade,
    Unit,
)

if TYPE_CHECKING:
    from policygen.disk.cluster import Cluster

_WORTH_A_PROCESS = 8
"""So many PDFs take as long as a process needs to get ready to make any."""


def build(
    asked: Asked,
    output: Path,
    tell: Tell = silent,
    workers: int | None = None,
    making: Making | None = None,
    remembered: Remembered | None = None,
    *,
    all_or_nothing: bool = False,
    cluster: Cluster | None = None,
) -> BuildResult:
    """Check, then make every product of everything that is asked for and has no error, and write it.

    A policy is written when its last PDF is made, all of it in one step, and then let go: no more are held than are
    being made. Of a policy with an error, or of which a PDF lacks what it should hold, nothing is written: what was
    made of it before stays.

    With `all_or_nothing` all is held, and written in one step. Raises InputError then, having written nothing, where
    anything has an error.

    Schools that are `remembered` are neither read nor made. With a `cluster` its workers do the work.
    """
    making = making or Making()
    alone = frozenset(each.policy for each in asked.selections if each.policy and not each.school)
    looking = Looking(asked, remembered, tell, workers, makes=True, alone=alone, cluster=cluster)
    building = _Building(output, looking)
    if all_or_nothing:
        steps = [_Step.of(building.steps_alone())]
        Problems([*building.checked.diagnostics]).stop()
        render_each(steps, building.write, tell, 1, looking.workers, making, looking)
        Problems(building.damaged).stop()
    else:
        total = len(looking.together.chosen)
        render_each(building.steps(), building.write, tell, total, looking.workers, making, looking)
    building.withdraw()
    looking.keep(building.schools(), building.editions)
    return building.result(making.made)


@dataclass(frozen=True)
class _Step:
    """What is written together or not at all: the folders of a policy of a school, or a circular."""

    policies: tuple[Drafted, ...] = ()
    editions: tuple[EditionMade, ...] = ()
    whole: bool = False
    """Whether it is all that there is."""

    @classmethod
    def of(cls, steps: Iterable[_Step]) -> _Step:
        """Several as one."""
        all_of_them = [*steps]
        policies = tuple(policy for step in all_of_them for policy in step.policies)
        editions = tuple(each for step in all_of_them for each in step.editions)
        return cls(policies, editions, whole=True)

    @property
    def folders(self) -> tuple[Products, ...]:
        made = (folder for policy in self.policies for folder in policy.folders)
        return (*made, *(folder for edition in self.editions for folder in edition.folders))


class _Building:
    """A build on its way: what is still to be made, one step after another, and what came of those that were."""

    def __init__(self, output: Path, looking: Looking) -> None:
        self._output, self._looking = output, looking
        self.checked = Checked((), (), ())
        """What was found, once the last step was taken."""
        self.damaged: list[Diagnostic] = []
        self._whole: set[str] = set()
        """The schools without an error that are made now."""
        self._made: dict[str, list[MadePolicy]] = defaultdict(list)
        self._approved: dict[str, list[tuple[str, Registered]]] = defaultdict(list)
        self.editions: dict[tuple[str, str], MadeEdition] = {}
        """What was made of each that has something."""
        self._spoilt: list[str] = []

    def steps(self) -> Iterator[_Step | Unit | None]:
        """All that is made of what has no error, and what is to be looked at for it; None while it is looked at."""
        editions: list[EditionMade] = []
        for school_id, before in self._looking.before.items():
            self._made[school_id] += before.policies
            self._approved[school_id] += before.approved
        for each in self._looking.units():
            if isinstance(each, SchoolMade):
                yield from self._of_school(each)
            elif isinstance(each, EditionMade):
                editions.append(each)
            else:
                yield each
        self.checked = self._looking.together.whole()
        made = {(each.found.template_id, each.found.asked): each for each in editions}
        for found in _announced(self._looking.together.read):
            name = found.template_id, found.asked
            if self.checked.stops("", found.template_id, found.folder):
                continue
            if name in made:
                yield _Step(editions=(made[name],))
            else:
                self.editions[name] = self._looking.editions_before[name]

    def steps_alone(self) -> Iterator[_Step]:
        """The steps, once all was looked at."""
        held = list[_Step]()

        def units() -> Iterator[Unit | None]:
            for each in self.steps():
                if isinstance(each, _Step):
                    held.append(each)
                else:
                    yield each

        self._looking.through(units())
        return iter(held)

    def _of_school(self, made: SchoolMade) -> Iterator[_Step]:
        school_id = made.found.school
        self._approved[school_id] += made.approved
        if made.whole:
            self._whole.add(school_id)
        yield from (_Step((policy,)) for policy in made.drafts)

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
        for edition in step.editions:
            self.editions[edition.found.template_id, edition.found.asked] = MadeEdition(
                tuple(each.folder for each in edition.circulars),
                tuple(each.folder for each in edition.models),
                sum(len(pdfs[each.folder]) for each in edition.folders),
            )
        for policy in step.policies:
            main = policy.folders[0]
            written, made = main.folder in changed, pdfs[main.folder]
            built = _built(policy, made, before[main.folder], written=written)
            measured = Problems()
            trail = f"in {policy.policy_id} of {policy.school_id}"
            measured.extend(forms_too_long(policy.one_page, made), trail)
            mine = tuple(each.folder for each in policy.folders)
            self._made[policy.school_id].append(
                MadePolicy(built, mine, tuple(measured), sum(len(pdfs[each]) for each in mine))
            )

    def withdraw(self) -> None:
        """Take away what an earlier build made and this one would not, where everything was asked for."""
        write_all(self._output, (), {}, self._withdrawn(self._kept))

    def _withdrawn(self, kept: Sequence[str], folders: Sequence[str] = ()) -> Sequence[str]:
        """What an earlier build made, and this one neither made, took over, nor is about to write."""
        from policygen.disk.writing import withdrawn

        made = {
            *folders,
            *(each for edition in self.editions.values() for each in edition.circulars),
        }
        made.update(folder for policy in self._policies for folder in policy.folders)
        return withdrawn(self._output, made, kept) if self._looking.asked.everything else ()

    def schools(self) -> dict[str, MadeSchool]:
        """The schools without an error of which all was made now."""
        found = {}
        for school_id in self._whole:
            made, approved = tuple(self._made[school_id]), tuple(self._approved[school_id])
            if len(made) + len(approved) == self._looking.together.adoptions(school_id):
                found[school_id] = MadeSchool(made, approved)
        return found

    def result(self, made: int) -> BuildResult:
        """What came of it, in the order of schools and policies, whatever was made first."""
        policies = self._policies
        # Whether a form goes on its page was only worked out so far; now its pages can be counted.
        told = [each for each in self.checked.diagnostics if each.rule != "form-too-long"]
        measured = (each for policy in policies for each in policy.measured)
        editions = self.editions.values()
        circulars = tuple(sorted(each for edition in editions for each in edition.circulars))
        models = tuple(sorted(each for edition in editions for each in edition.models))
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
            sum(policy.pdfs for policy in policies) + sum(edition.pdfs for edition in editions),
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
        return tuple(name for name in self._looking.together.chosen if name not in done)

    @property
    def _kept(self) -> tuple[str, ...]:
        """Below which folders what an earlier build made stays, because an error keeps it from being made anew."""
        checked, stopped = self.checked, self._stopped
        templates = {
            *(policy for _, policy in stopped),
            *(scope.policy for scope in checked.stopped if not scope.school),
            *(
                found.template_id
                for found in self._looking.together.read
                if checked.stops("", found.template_id, found.folder)
            ),
        }
        drafts = (folder for name in stopped for folder in paths.built_folders(*name))
        circulars = (paths.circulars_folder(each) for each in sorted(templates) if each)
        return (*drafts, *circulars, *sorted(self._spoilt))


def forms_too_long(
    one_page: Iterable[tuple[str, Place | None]], made: Mapping[str, PdfResult]
) -> Problems:
    """A warning for each form that is meant for one page and takes more."""
    problems = Problems()
    for name, place in one_page:
        pages = made[f"forms/{name}.pdf"].pages
        if pages > 1:
            note_too_long(place, f"takes {pages}", problems)
    return problems


def _announced(editions: Sequence[EditionFound]) -> tuple[EditionFound, ...]:
    """Those whose circulars are made: of a working template beside the published edition of its number, that one."""
    published_last = sorted(editions, key=lambda each: each.frozen)
    by_name = {(each.template_id, each.edition): each for each in published_last}
    return tuple(each for each in editions if each in by_name.values())


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
    groups: Iterable[G | Unit | None],
    ended: Callable[[G, Pdfs, Problems], None],
    tell: Tell,
    total: int,
    workers: int | None,
    making: Making,
    looking: Looking | None = None,
) -> None:
    """Make the PDFs of each group, and when they all are, call `ended` with them and with what is wrong with them.

    Groups are taken as there is room for them, and let go when they have ended. Of those that are made at the same
    time, the first is told. Between them stand units that are `looking` for more groups, and None while they are.
    """
    waiting: dict[int, _Missing[G] | Unit] = {}  # by the number of its job
    numbers, number = count(), 1

    def jobs() -> Iterator[Job | None]:
        nonlocal number
        for each in groups:
            if each is None:
                yield None
                continue
            if isinstance(each, SchoolJob | EditionJob):
                waiting[next(numbers)] = each
                yield each
                continue
            begun = _Begun(each, {folder.folder: {} for folder in each.folders})
            missing = [*_missing(begun, making)]
            begun.left = len(missing)
            for pdf in missing:
                waiting[next(numbers)] = pdf
                yield pdf.job
            if not missing:
                number += 1
                ended(each, begun.pdfs, begun.wrong)

    def tell_first() -> None:
        for at_work in islice(waiting.values(), 1):
            tell(at_work.told, min(number, total), total)

    for index, result in _done(jobs(), tell_first, workers, looking.cluster if looking else None):
        at_work = waiting.pop(index)
        if isinstance(at_work, SchoolJob | EditionJob):
            if looking is not None:
                looking.take(at_work, result)
            tell_first()
            continue
        begun = at_work.begun
        pdf = result if isinstance(result, PdfResult) else None
        begun.take(at_work.folder, at_work.name, pdf)
        if pdf is not None:
            making.keep(at_work.key, pdf)
        begun.left -= 1
        if not begun.left:
            ended(begun.group, begun.pdfs, begun.wrong)
            number += 1
            tell_first()


@dataclass(frozen=True)
class _Missing(Generic[G]):
    """A PDF that has to be made."""

    begun: _Begun[G]
    folder: str
    name: str
    key: str
    job: PdfJob

    @property
    def told(self) -> str:
        """What is told while it is made."""
        return f"making {self.folder}"


def _missing(begun: _Begun[G], making: Making) -> Iterator[_Missing[G]]:
    """The PDFs of a group that have to be made, with their keys; those that were made before are taken."""
    for products in begun.group.folders:
        for name, job in products.pdfs.items():
            key = _key(job) if making.cache else ""
            taken = making.taken(key)
            if taken is None:
                yield _Missing(begun, products.folder, name, key, job)
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


def _done(
    jobs: Iterator[Any],
    begun: Callable[[], None],
    workers: int | None,
    cluster: Cluster | None,
) -> Iterator[tuple[int, Result | None]]:
    """What came of each job, by its number; None where its process was ended from outside, twice.

    Without a number of workers there are as many as help to make PDFs; then all jobs are PDFs.
    """
    if workers is None:
        first = [*islice(jobs, cores() * _WORTH_A_PROCESS)]
        begun()
        if not first:
            return
        workers, jobs = max(1, min(cores(), len(first) // _WORTH_A_PROCESS)), chain(first, jobs)
    yield from results(jobs, workers, cluster)


def write_all(
    output: Path, folders: Sequence[Products], pdfs: Pdfs, gone: Sequence[str] = ()
) -> set[str]:
    """Write every folder, and take others away, all in one step; returns those that changed."""
    from policygen.disk.writing import write_folders

    made = contents(folders, pdfs)
    return write_folders(output, made, gone) if made or gone else set()


def contents(folders: Sequence[Products], pdfs: Pdfs) -> dict[str, dict[str, bytes]]:
    """All files of each folder, with its manifest."""
    from policygen.products.folders import with_manifest

    made = {}
    for products in folders:
        content = {name: result.pdf for name, result in pdfs[products.folder].items()}
        made[products.folder] = with_manifest(products, content)
    return made


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
    policy: Drafted,
    results: Mapping[str, PdfResult],
    before: Mapping[str, Any],
    *,
    written: bool,
) -> Built:
    """What became of one policy. `written` says whether anything in its folder is not as it stood there."""
    products = policy.folders[0]
    pdfs = {name: result.pdf for name, result in results.items()}
    prints_the_same = before.get("outputs") == outputs_of({**products.files, **pdfs})
    because = _because(before, products.record)
    return Built(
        policy.school_id,
        policy.school_name,
        policy.policy_id,
        policy.title,
        policy.version,
        products.folder,
        products.record["content"]["code"],
        results[f"{policy.policy_id}.pdf"].pages,
        changed=written and not (because and prints_the_same),
        because=because,
    )
