"""Correcting what was recorded by mistake: one more entry of the register; what was frozen stays as it is."""

from __future__ import annotations

import datetime
from pathlib import Path

from policygen.disk.editions import read_edition
from policygen.disk.reading import read_school
from policygen.disk.registering import (
    one_register_at_a_time,
    read_register,
    read_version_document,
    write_register,
)
from policygen.ground.diagnostics import InputError, Problems, in_order
from policygen.register.correcting import Correctable, Correction
from policygen.register.correcting import correct as corrected
from policygen.register.records import CorrectionEntry
from policygen.register.state import with_entry


def correct(
    root: Path, school_id: str, policy_id: str, asked: Correction, as_of: datetime.date
) -> CorrectionEntry:
    """Record that a fact was recorded by mistake, and what it should have been.

    Raises InputError, having written nothing, when anything stands against it.
    """
    with one_register_at_a_time(root):
        problems = Problems()
        found = _correctable(root, school_id, policy_id, asked.version, problems)
        if found is None:
            raise InputError(in_order(problems))
        entry = corrected(found, asked, as_of, problems)
        if entry is None:
            raise InputError(in_order(problems))
        write_register(root, with_entry(found.register, entry), {})
    return entry


def _correctable(
    root: Path, school_id: str, policy_id: str, version: str, problems: Problems
) -> Correctable | None:
    """A register with what a correction of one version depends on; None, with a problem, where that cannot be read."""
    school = read_school(root, school_id, lambda _: False, problems)
    register = read_register(root, school_id, policy_id, problems)
    if school is None or register is None:
        return None
    record = register.records.get(version)
    if record is None:
        return Correctable(register, school.file.value, None, None)
    document = read_version_document(root, record, problems)
    if document is None:
        return None
    # An edition that is not here any more says nothing of its day.
    edition = read_edition(root, policy_id, record.edition, None, Problems())
    issued = edition.file.value.issued if edition else None
    return Correctable(register, school.file.value, document, issued)
