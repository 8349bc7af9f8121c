"""What an upgrade is made of: both editions, prepared once for all schools, the adoption, and what was decided."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from policygen.compose.prepare import PreparedEdition, prepare_edition
from policygen.disk.editions import editions_between, last_issued, latest_edition, read_edition
from policygen.disk.reading import (
    adopted_ids,
    read_adoption_text,
    read_school,
    school_ids,
)
from policygen.files.yamlfile import Located, read_yaml
from policygen.ground import paths
from policygen.ground.dates import printed_day
from policygen.ground.diagnostics import InputError, Place, Problems, in_order
from policygen.ground.wording import meant_or_known
from policygen.model.adoption import StartedAdoption, version_order
from policygen.model.law import LawLibrary
from policygen.model.workspace import SchoolFiles
from policygen.project.adopt import read_started
from policygen.project.check import Selection, law_of
from policygen.upgrade.decisions_file import UpgradeFile
from policygen.upgrade.model_text import ModelTexts
from policygen.upgrade.outcome import Way


@dataclass(frozen=True)
class Moving:
    """One adoption between two editions: all that was read about it."""

    school: SchoolFiles
    path: str
    """Of the adoption."""
    text: str
    file: Located[StartedAdoption]
    old: PreparedEdition
    new: PreparedEdition
    way: Way
    before: ModelTexts
    """What the old edition says to schools."""
    after: ModelTexts
    """What the new one says."""
    law: LawLibrary

    @property
    def name(self) -> str:
        """As people write it: "elm-grove/staff-acceptable-use"."""
        return f"{self.school.school_id}/{self.new.edition.template_id}"

    @property
    def choices_path(self) -> str:
        """Of the file of its decisions."""
        return paths.decisions_file(self.school.school_id, self.new.edition.template_id)


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

    @cached_property
    def schools(self) -> frozenset[str]:
        """The ids of all schools."""
        return frozenset(school_ids(self.root))

    def latest(self, template_id: str) -> str:
        """The last edition of a template that is issued; empty where none is."""
        if template_id not in self.last:
            self.last[template_id] = last_issued(self.root, template_id, self.as_of)
        return self.last[template_id]

    def edition(self, template_id: str, edition: str, asked: Place | None) -> ModelTexts:
        """What one edition says. Raises InputError."""
        if (template_id, edition) not in self.texts:
            problems = Problems()
            read = read_edition(self.root, template_id, edition, asked, problems)
            prepared = None if read is None else prepare_edition(read, self.law, problems)
            if problems.has_errors or prepared is None:
                raise InputError(in_order(problems))
            self.texts[template_id, edition] = ModelTexts(prepared, self.law)
        return self.texts[template_id, edition]

    def way(self, old: PreparedEdition, new: PreparedEdition) -> Way:
        """From one edition of a template to another. Raises InputError."""
        template_id = new.edition.template_id
        names = old.edition.file.value.edition, new.edition.file.value.edition
        if (template_id, *names) not in self.ways:
            problems = Problems()
            records = editions_between(self.root, template_id, *names, problems)
            problems.stop()
            self.ways[template_id, *names] = Way(old.bases, new.bases, records, old.declared)
        return self.ways[template_id, *names]


def library_of(root: Path, as_of: datetime.date) -> Library:
    """The library of a workspace. Raises InputError."""
    problems = Problems()
    law = law_of(root, problems)
    problems.stop()
    return Library(root, law, as_of)


def chosen(root: Path, selections: Sequence[Selection]) -> list[tuple[str, str]]:
    """The school and policy of each adoption that is selected."""
    pairs = [
        (school, policy) for school in school_ids(root) for policy in adopted_ids(root, school)
    ]
    return [
        pair
        for pair in pairs
        if any(each.school in ("", pair[0]) and each.wants(pair[1]) for each in selections)
    ]


def read_moving(library: Library, school_id: str, template_id: str, edition: str) -> Moving | None:
    """Read all that an upgrade needs; None where the adoption has this edition or a later one.

    Raises InputError, also for an edition that is still to be issued.
    """
    problems, root = Problems(), library.root
    path = paths.adoption_file(school_id, template_id)
    if school_id not in library.schools:
        hint = meant_or_known(school_id, sorted(library.schools))
        problems.add("unknown-school", f"there is no school `{school_id}`", None, hint)
        raise InputError(problems)
    text = read_adoption_text(root, path, problems)
    if text is None and not problems.has_errors:
        adopted = adopted_ids(root, school_id)
        hint = meant_or_known(template_id, adopted) or "it adopts no policy"
        problems.add(
            "unknown-template", f"`{school_id}` does not adopt `{template_id}`", None, hint
        )
    if text is None:
        raise InputError(problems)
    file = read_started(text, path)
    old, new = file.value.edition, edition or library.latest(template_id)
    if not new or version_order(new) <= version_order(old):
        return None
    before = library.edition(template_id, old, file.place("edition"))
    after = library.edition(template_id, new, None)
    issued = after.prepared.edition.file.value.issued
    if issued > library.as_of:
        said = f"edition `{new}` of `{template_id}` is issued on {printed_day(issued)}, which is still to come"
        problems.add(
            "date-impossible", said, file.place("edition"), "upgrade to it when it is issued"
        )
    school = read_school(root, school_id, lambda _: False, problems)
    if problems.has_errors or school is None:
        raise InputError(in_order(problems))
    way = library.way(before.prepared, after.prepared)
    return Moving(
        school, path, text, file, before.prepared, after.prepared, way, before, after, library.law
    )


def not_an_upgrade(library: Library, school_id: str, template_id: str, edition: str) -> InputError:
    """Why an adoption cannot go to an edition: it is there, or past it."""
    path = paths.adoption_file(school_id, template_id)
    file = read_started((library.root / path).read_text("utf-8"), path)
    pinned, problems = file.value.edition, Problems()
    latest = library.latest(template_id) or pinned
    same = version_order(edition or latest) == version_order(pinned)
    said = (
        f"has edition `{pinned}` already"
        if same
        else f"has edition `{pinned}`, which is later than `{edition}`"
    )
    newer = version_order(latest) > version_order(pinned)
    hint = (
        f"the last edition is `{latest}`: write `--to {latest}`"
        if newer
        else "there is no later edition"
    )
    coming = latest_edition(library.root, template_id)
    if not newer and coming and version_order(coming) > version_order(pinned):
        hint = f"edition `{coming}` is published, but not issued yet"
    if not same and edition:
        hint = f"{hint}; what a school has adopted does not go back"
    problems.add(
        "not-an-upgrade", f"`{school_id}/{template_id}` {said}", file.place("edition"), hint
    )
    return InputError(problems)


def read_choices(
    root: Path, moving: Moving, other: Path | None = None
) -> Located[UpgradeFile] | None:
    """The decisions that were written so far, or those in another file; None where there are none.

    Raises InputError.
    """
    wanted = (moving.old.edition.file.value.edition, moving.new.edition.file.value.edition)
    return read_decisions(root, moving.choices_path, wanted, other)


def read_decisions(
    root: Path, path: str, editions: tuple[str, str], other: Path | None
) -> Located[UpgradeFile] | None:
    """The decisions in a file of the workspace, or in another one, about the way between two editions.

    None where there is no such file. Raises InputError.
    """
    problems = Problems()
    path = other.name if other else path
    text = other.read_text("utf-8") if other else read_adoption_text(root, path, problems)
    file = None if text is None else read_yaml(text, path, UpgradeFile, problems)
    if file is not None and (file.value.old, file.value.new) != editions:
        said = f"these decisions are about the way from `{file.value.old}` to `{file.value.new}`"
        hint = f"delete the file to go from `{editions[0]}` to `{editions[1]}`"
        problems.add("bad-decision", said, file.place("to"), hint)
    problems.stop()
    return file
