"""Beginning an adoption, and writing open questions into its file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policygen.disk.editions import last_issued, read_edition
from policygen.disk.reading import adoption_path, read_adoption_text, read_school, school_ids
from policygen.ground.diagnostics import InputError, Problems, in_order
from policygen.ground.wording import nearest
from policygen.policy.prepared import prepare_edition
from policygen.project.checking import law_of

if TYPE_CHECKING:
    import datetime
    from pathlib import Path

    from policygen.project.adopting import Adopting


def start_adoption(root: Path, school_id: str, template_id: str, as_of: datetime.date) -> Adopting:
    """Read a school's adoption of a template, or begin one of the last edition that is issued by `as_of`.

    Raises InputError; writes nothing.
    """
    from policygen.project.adopting import Adopting, begun, read_started

    problems = Problems()
    if school_id not in (known := school_ids(root)):
        hints = (nearest(school_id, known), f"to begin it, type `policygen new school {school_id}`")
        problems.add("unknown-school", f"there is no school `{school_id}`", None, *hints)
        raise InputError(problems)
    path = adoption_path(school_id, template_id)
    law, school = law_of(root, problems), read_school(root, school_id, lambda _: False, problems)
    text = read_adoption_text(root, path, problems)
    if problems:
        raise InputError(in_order(problems))
    started = None if text is None else read_started(text, path)
    edition_id = last_issued(root, template_id, as_of) if started is None else started.value.edition
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
    from policygen.project.adopting import with_notes

    noted = with_notes(adopting)
    if noted.text == adopting.text and (root / adopting.path).exists():
        return False
    save_adoption(root, noted)
    return True


def save_adoption(root: Path, adopting: Adopting) -> None:
    """Write an adoption into its file."""
    from policygen.disk.writing import write_text

    write_text(root / adopting.path, adopting.text)
