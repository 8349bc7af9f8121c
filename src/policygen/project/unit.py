"""The unit of work: one school, one edition or one PDF, a pure function of bytes, in any process on any machine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from policygen.compose.compose import image_bytes
from policygen.disk.reading import known_schools, own_law_inputs, school_ids
from policygen.ground import paths
from policygen.ground.diagnostics import Place
from policygen.language.document import Document
from policygen.model.workspace import Edition
from policygen.project.built import Registered
from policygen.project.check import Asked, Checking, Composed, Others
from policygen.project.findings import EditionFound, SchoolFound

if TYPE_CHECKING:
    from policygen.products.folders import Draft, PdfJob, PdfResult, Products

_NOT_READ = (".pdf", ".html", ".txt")
"""Endings of files that a register keeps and that only `verify` and the website read."""


@dataclass(frozen=True)
class SchoolJob:
    """A school that is to be checked and, if asked, made."""

    run: str
    """The same for all jobs of one command and no other: what they share is read once in each process."""
    asked: Asked
    school: str
    makes: bool

    @property
    def told(self) -> str:
        """What is told while it is done."""
        return f"checking {self.school}"

    def at(self, root: Path) -> SchoolJob:
        """The same job on a copy of all that it reads."""
        return replace(self, asked=replace(self.asked, root=root))

    def shares(self) -> Iterator[str]:
        """The files that the jobs of all schools read, by their paths in the workspace."""
        return _shared_files(self.asked.root)

    def reads(self) -> Iterator[str]:
        """Those that it alone reads."""
        for name in _files_below(self.asked.root, paths.school_folder(self.school)):
            if "/register/" not in name or not name.endswith(_NOT_READ):
                yield name


@dataclass(frozen=True)
class EditionJob:
    """An edition that is to be checked and, if asked, its circular made."""

    run: str
    asked: Asked
    template_id: str
    edition: str
    """Empty for the working template."""
    makes: bool
    alone: bool = False
    """Whether the model policy without a school is made, too."""

    @property
    def told(self) -> str:
        """What is told while it is done."""
        return f"checking {'@'.join(filter(None, (self.template_id, self.edition)))}"

    def at(self, root: Path) -> EditionJob:
        """The same job on a copy of all that it reads."""
        return replace(self, asked=replace(self.asked, root=root))

    def shares(self) -> Iterator[str]:
        """The files that the jobs of all editions read, by their paths in the workspace."""
        return _shared_files(self.asked.root)

    def reads(self) -> Iterator[str]:
        """Those that it alone reads: none."""
        return iter(())


def _shared_files(root: Path) -> Iterator[str]:
    """The files that the jobs of all schools read."""
    yield from _files_below(root, paths.TEMPLATES)
    own = [paths.LAW_FILE, *(paths.school_file(school) for school in school_ids(root))]
    yield from (name for name in own if (root / name).is_file())


def _files_below(root: Path, folder: str) -> Iterator[str]:
    for path in sorted((root / folder).rglob("*")):
        if path.is_file():
            yield path.relative_to(root).as_posix()


@dataclass(frozen=True)
class Drafted:
    """A policy in draft, ready to be written but for its PDFs."""

    school_id: str
    school_name: str
    policy_id: str
    title: str
    version: str
    one_page: tuple[tuple[str, Place | None], ...]
    """The forms that are meant for one page, each with its place."""
    folders: tuple[Products, ...]


@dataclass(frozen=True)
class SchoolMade:
    """What came of a school."""

    found: SchoolFound
    drafts: tuple[Drafted, ...] = ()
    """Of each policy that no error is about."""
    approved: tuple[tuple[str, Registered], ...] = ()
    """By policy: those of which nothing is being prepared."""
    whole: bool = False
    """Whether no error is about any of its policies."""


@dataclass(frozen=True)
class EditionMade:
    """What came of an edition."""

    found: EditionFound
    circulars: tuple[Products, ...] = ()
    """One, where it has any."""
    models: tuple[Products, ...] = ()
    """The model policy without a school, where that is asked for."""

    @property
    def folders(self) -> tuple[Products, ...]:
        """All that was made."""
        return (*self.circulars, *self.models)


Unit = SchoolJob | EditionJob
Job: TypeAlias = "Unit | PdfJob"
Result: TypeAlias = "SchoolMade | EditionMade | PdfResult"


def do(job: Job) -> Result:
    """Do a job. What it writes and keeps is for whoever gave it."""
    if isinstance(job, SchoolJob):
        return school_made(job)
    if isinstance(job, EditionJob):
        return edition_made(job)
    from policygen.products.folders import render

    return render(job)


_shared: dict[str, Checking] = {}
"""What the jobs of a command share in this process, by its run; of one command at a time."""


def share(run: str, asked: Asked, others: Others) -> None:
    """Let the jobs of a run that are done in this process know the schools that were read for it."""
    _shared.clear()
    _shared[run] = Checking(asked, others=others)


def forget() -> None:
    """Let go of what the jobs of a command shared in this process."""
    _shared.clear()


def _checking(job: Unit) -> Checking:
    if job.run not in _shared:
        share(job.run, job.asked, Others(known_schools(job.asked.root)))
    return _shared[job.run]


def school_made(job: SchoolJob) -> SchoolMade:
    """Check a school, and make the files and pages of its policies that no error is about."""
    looked = _checking(job).school(job.school)
    if not job.makes:
        return SchoolMade(looked.found)
    law = own_law_inputs(job.asked.root)
    drafts, approved = list[Drafted](), list[tuple[str, Registered]]()
    for composed in looked.sound:
        if _is_registered(composed):
            approved.append((composed.document.policy_id, _registered(composed)))
        else:
            drafts.append(_drafted(composed, law))
    whole = len(drafts) + len(approved) == len(looked.found.editions) and not looked.stopped
    return SchoolMade(looked.found, tuple(drafts), tuple(approved), whole)


def edition_made(job: EditionJob) -> EditionMade:
    """Check an edition, and make its circular."""
    checking = _checking(job)
    found = checking.edition(job.template_id, job.edition)
    prepared = checking.prepared_edition(job.template_id, job.edition) if job.makes else None
    if prepared is None:
        return EditionMade(found)
    from policygen.products.folders import circular_products

    edition = prepared.edition
    circular = circular_products(edition.template_id, edition.file.value, edition.inputs)
    circulars = () if circular is None else (circular,)
    if not job.alone or found.stopped:
        return EditionMade(found, circulars)
    return EditionMade(found, circulars, (_model(edition, own_law_inputs(job.asked.root)),))


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


def _registered(composed: Composed) -> Registered:
    document = composed.document
    folder = paths.version_folder(document.school_id, document.policy_id, document.version)
    return Registered(document.school_name, document.title, document.version, folder)


def _drafted(composed: Composed, law: Mapping[str, str]) -> Drafted:
    from policygen.products.folders import draft_products

    document = composed.document
    return Drafted(
        document.school_id,
        document.school_name,
        document.policy_id,
        document.title,
        document.version,
        one_page(document),
        draft_products(draft_of(composed, law)),
    )


def one_page(document: Document) -> tuple[tuple[str, Place | None], ...]:
    """The forms that are meant for one page, each with its place."""
    return tuple((form.name, form.place) for form in document.every_form if form.one_page)


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
