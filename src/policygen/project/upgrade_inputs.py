"""What an upgrade is made of: both editions, prepared once for all schools, the file, and what was decided."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from policygen.compose.prepare import PreparedEdition, prepare_edition
from policygen.disk.editions import (
    editions_between,
    last_issued,
    latest_edition,
    read_edition,
    read_template_text,
)
from policygen.disk.reading import (
    adopted_ids,
    read_adoption_text,
    read_adoptions,
    read_school,
    school_ids,
)
from policygen.files.yamledit import CannotAddError
from policygen.files.yamlfile import Located, read_yaml
from policygen.ground import paths
from policygen.ground.dates import first_day, on_day
from policygen.ground.diagnostics import InputError, Place, Problems, stage
from policygen.ground.wording import meant_or_known
from policygen.model.adoption import StartedAdoption, version_order
from policygen.model.answers import shared_questions
from policygen.model.law import LawLibrary
from policygen.model.overlay import OverlayFile, extends, layer
from policygen.model.question import AnyQuestion
from policygen.model.shared import AnswersFile, without_shared
from policygen.model.template import Template
from policygen.model.workspace import SchoolFiles
from policygen.project.adopt import BEGUN_ANSWERS, read_started
from policygen.project.check import Selection, is_selected, law_of
from policygen.upgrade.decisions_file import UpgradeFile
from policygen.upgrade.model_text import ModelTexts
from policygen.upgrade.shared import Beside, gathered
from policygen.upgrade.way import Way


@dataclass(frozen=True)
class Adopter:
    """The school that an adoption is of, and what both editions say to it."""

    school: SchoolFiles
    before: ModelTexts
    after: ModelTexts
    law: LawLibrary


@dataclass(frozen=True)
class Moving:
    """One file on its way from an edition to another: an adoption, or a template that extends another one."""

    name: str
    """As people write it: "elm-grove/staff-acceptable-use"; of a template, its id."""
    command: str
    """What `policygen upgrade` is given to go on with it."""
    path: str
    choices_path: str
    """Of the file of its decisions."""
    text: str
    file: Located[StartedAdoption]
    """What it decides; a template decides in the shape of an adoption."""
    old: PreparedEdition
    new: PreparedEdition
    way: Way
    pin: tuple[str, ...]
    """Under which keys it names its edition."""
    adopter: Adopter | None = None
    """None for a template: what it says depends on answers of schools that it does not know."""
    locks: Collection[str] = ()
    """Clauses that a template locks for its schools."""
    beside: Beside | None = None
    """The answers for all policies of the school; None for a template."""

    @property
    def editions(self) -> tuple[str, str]:
        """The numbers of both."""
        return self.old.edition.file.value.edition, self.new.edition.file.value.edition


@dataclass
class Library:
    """The law and the editions of a workspace; each edition is read and prepared once, however many schools have it."""

    root: Path
    law: LawLibrary
    as_of: datetime.date
    """Today: an edition that is issued later is none yet."""
    texts: dict[tuple[str, str], ModelTexts] = field(default_factory=dict)
    ways: dict[tuple[str, str, str], Way] = field(default_factory=dict)
    last: dict[str, str] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)
    """The text of each answers.yaml that an upgrade before this one changed, by path."""

    @cached_property
    def schools(self) -> frozenset[str]:
        """The ids of all schools."""
        return frozenset(school_ids(self.root))

    def latest(self, template_id: str) -> str:
        """The last edition of a template that is issued; empty where none is."""
        if template_id not in self.last:
            self.last[template_id] = last_issued(self.root, template_id, self.as_of)
        return self.last[template_id]

    def edition(
        self, template_id: str, edition: str, asked: Place | None, trail: tuple[str, ...] = ()
    ) -> ModelTexts:
        """What one edition says; `trail` are the templates that extend it. Raises InputError."""
        if (template_id, edition) not in self.texts:
            with stage() as problems:
                read = read_edition(self.root, template_id, edition, asked, problems, trail)
                prepared = prepare_edition(problems.needed(read), self.law, problems)
            self.texts[template_id, edition] = ModelTexts(prepared, self.law)
        return self.texts[template_id, edition]

    def way(self, old: PreparedEdition, new: PreparedEdition) -> Way:
        """From one edition of a template to another. Raises InputError."""
        template_id = new.edition.template_id
        names = old.edition.file.value.edition, new.edition.file.value.edition
        if (template_id, *names) not in self.ways:
            with stage() as problems:
                records = editions_between(self.root, template_id, *names, problems)
            self.ways[template_id, *names] = Way(old.bases, new.bases, records, old.declared)
        return self.ways[template_id, *names]


def library_of(root: Path, as_of: datetime.date) -> Library:
    """The library of a workspace. Raises InputError."""
    with stage() as problems:
        law = law_of(root, problems)
    return Library(root, law, as_of)


def chosen(root: Path, selections: Sequence[Selection]) -> list[tuple[str, str]]:
    """The school and policy of each adoption that is selected."""
    return [
        (school, policy)
        for school in school_ids(root)
        for policy in adopted_ids(root, school)
        if is_selected(selections, school, policy)
    ]


def read_moving(library: Library, school_id: str, template_id: str, edition: str) -> Moving | None:
    """Read all that the upgrade of an adoption needs; None where it has this edition or a later one.

    Raises InputError, also for an edition that is still to be issued.
    """
    problems, root = Problems(), library.root
    path = paths.adoption_file(school_id, template_id)
    if school_id not in library.schools:
        hint = meant_or_known(school_id, sorted(library.schools))
        problems.add("unknown-school", f"there is no school `{school_id}`", None, hint)
        problems.stop()
    text = read_adoption_text(root, path, problems)
    if text is None and not problems.has_errors:
        hint = meant_or_known(template_id, adopted_ids(root, school_id)) or "it adopts no policy"
        says = f"`{school_id}` does not adopt `{template_id}`"
        problems.add("unknown-template", says, None, hint)
    text = problems.needed(text)
    file = read_started(text, path)
    old, new = file.value.edition, edition or library.latest(template_id)
    if not new or version_order(new) <= version_order(old):
        return None
    before = library.edition(template_id, old, file.place("edition"))
    after = library.edition(template_id, new, None)
    issued = after.prepared.edition.file.value.issued
    if first_day(issued) > library.as_of:
        said = (
            f"edition `{new}` of `{template_id}` is issued {on_day(issued)}, which is still to come"
        )
        hint = "upgrade to it when it is issued"
        problems.add("date-impossible", said, file.place("edition"), hint)
    school = problems.needed(read_school(root, school_id, lambda _: False, problems))
    problems.stop()
    way, beside = library.way(before.prepared, after.prepared), None
    editions = (before.prepared.edition.file.value, after.prepared.edition.file.value)
    if any(map(shared_questions, editions)):
        beside = _beside(library, school_id, template_id)
        text = _gathered(text, file, editions, way, beside)
        file = read_started(text, path)
        school = replace(school, answers=None)  # they are in the text now
    name = f"{school_id}/{template_id}"
    return Moving(
        name=name,
        command=name,
        path=path,
        choices_path=paths.decisions_file(school_id, template_id),
        text=text,
        file=file,
        old=before.prepared,
        new=after.prepared,
        way=way,
        pin=("edition",),
        adopter=Adopter(school, before, after, library.law),
        beside=beside,
    )


def _beside(library: Library, school_id: str, template_id: str) -> Beside:
    """The answers of a school for all its policies, and the other policies that read them. Raises InputError."""
    path = paths.answers_file(school_id)
    with stage() as problems:
        text = library.answers.get(path) or read_adoption_text(library.root, path, problems)
        text = text or BEGUN_ANSWERS
        given = read_yaml(text, path, AnswersFile, problems)
        read = read_adoptions(library.root, school_id, Problems())
    readers, certain = dict[str, list[tuple[str, AnyQuestion]]](), read is not None
    for policy, adoption in (read[1] if read else {}).items():
        if policy == template_id:
            continue
        try:
            edition = library.edition(policy, adoption.value.edition, None).prepared.edition
        except InputError:
            certain = False
            continue
        template = edition.file.value
        for name in shared_questions(template):
            asks = (f"{policy}@{template.edition}", template.questions[name])
            readers.setdefault(name, []).append(asks)
    return Beside(path, text, given.value.answers if given else {}, readers, certain)


def _gathered(
    text: str,
    file: Located[StartedAdoption],
    editions: tuple[Template, Template],
    way: Way,
    beside: Beside,
) -> str:
    try:
        return gathered(text, file.value, editions, way.records, beside)
    except CannotAddError:
        with stage() as problems:
            says = "this file is written in a way that policygen cannot change"
            hint = "begin each key on a line of its own"
            problems.add("yaml-syntax", says, Place(file.path), hint)
        return text


def read_moving_template(library: Library, template_id: str, edition: str) -> Moving:
    """Read all that is needed to bring a template to another edition of the one that it extends.

    Without an `edition`, to the last one that is issued. Raises InputError.
    """
    problems = Problems()
    path = paths.template_file(template_id)
    text = problems.needed(read_template_text(library.root, template_id, problems))
    if not extends(text):
        hint = "a template that extends another one says so under `extends:`"
        says = f"`{template_id}` extends no other template"
        problems.add("unknown-template", says, Place(path), hint)
        problems.stop()
    own = problems.needed(read_yaml(text, path, OverlayFile, problems, completed=without_shared))
    below, place = own.value.extends, own.place("extends", "edition")
    to = edition or library.latest(below.template) or below.edition
    if version_order(to) <= version_order(below.edition):
        says = f"`{template_id}` extends edition `{below.edition}` already"
        hint = "write a later edition after `--to`; there is no way back"
        problems.add("not-an-upgrade", says, place, hint)
        problems.stop()
    old = library.edition(below.template, below.edition, place, (template_id,)).prepared
    new = library.edition(below.template, to, None, (template_id,)).prepared
    decided = layer(own)
    return Moving(
        name=template_id,
        command=f"{template_id} --base",
        path=path,
        choices_path=paths.base_decisions_file(template_id),
        text=text,
        file=decided.decisions,
        old=old,
        new=new,
        way=library.way(old, new),
        pin=("extends", "edition"),
        locks=decided.locked,
    )


def not_an_upgrade(library: Library, school_id: str, template_id: str, edition: str) -> InputError:
    """Why an adoption cannot go to an edition: it is there, or past it."""
    path = paths.adoption_file(school_id, template_id)
    file = read_started((library.root / path).read_text("utf-8"), path)
    pinned, problems = file.value.edition, Problems()
    latest = library.latest(template_id) or pinned
    coming = latest_edition(library.root, template_id)
    if version_order(latest) > version_order(pinned):
        hint = f"the last edition is `{latest}`: write `--to {latest}`"
    elif coming and version_order(coming) > version_order(pinned):
        hint = f"edition `{coming}` is published, but not issued yet"
    else:
        hint = "there is no later edition"
    said = f"has edition `{pinned}` already"
    if edition and version_order(edition) != version_order(pinned):
        said = f"has edition `{pinned}`, which is later than `{edition}`"
        hint += "; what a school has adopted does not go back"
    name = f"`{school_id}/{template_id}`"
    problems.add("not-an-upgrade", f"{name} {said}", file.place("edition"), hint)
    return InputError(problems)


def read_choices(
    root: Path, moving: Moving, other: Path | None = None
) -> Located[UpgradeFile] | None:
    """The decisions that were written so far, or those in another file; None where there are none.

    Raises InputError.
    """
    with stage() as problems:
        path = other.name if other else moving.choices_path
        text = other.read_text("utf-8") if other else read_adoption_text(root, path, problems)
        file = None if text is None else read_yaml(text, path, UpgradeFile, problems)
        if file is not None and (file.value.old, file.value.new) != moving.editions:
            said = (
                f"these decisions are about the way from `{file.value.old}` to `{file.value.new}`"
            )
            old, new = moving.editions
            hint = f"delete the file to go from `{old}` to `{new}`"
            problems.add("bad-decision", said, file.place("to"), hint)
    return file
