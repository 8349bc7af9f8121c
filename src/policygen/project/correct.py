"""Correcting what was recorded by mistake: one more entry of the register; what was frozen stays as it is."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path

from policygen.disk.reading import read_school
from policygen.disk.registering import (
    one_register_at_a_time,
    read_register,
    read_version_document,
    registered_policies,
    write_register,
    write_registers,
)
from policygen.ground.diagnostics import InputError, Problems, in_order
from policygen.model.template import Body
from policygen.project.register import check_school, edition_of, required_bodies
from policygen.project.sign import recorded_signatures
from policygen.register.correcting import Correctable, Correction
from policygen.register.correcting import correct as corrected
from policygen.register.correcting_signatures import Mistake, NewName, rename, take_back
from policygen.register.records import CorrectionEntry, TakenBackEntry
from policygen.register.signatures import Signature, as_corrected
from policygen.register.state import Register, with_entry


def correct(
    root: Path, school_id: str, policy_id: str, asked: Correction, as_of: datetime.date
) -> CorrectionEntry:
    """Record that a fact was recorded by mistake, and what it should have been.

    Raises InputError, having written nothing, when anything stands against it.
    """
    with one_register_at_a_time(root):
        problems = Problems()
        found = _correctable(root, school_id, policy_id, asked, problems)
        if found is None:
            raise InputError(in_order(problems))
        entry = corrected(found, asked, as_of, problems)
        if entry is None:
            raise InputError(in_order(problems))
        write_register(root, with_entry(found.register, entry), {})
    return entry


def _correctable(
    root: Path, school_id: str, policy_id: str, asked: Correction, problems: Problems
) -> Correctable | None:
    """A register with what a correction of one version depends on; None, with a problem, where that cannot be read."""
    # Only what a body has to decide stands in the adoption, which may be gone, or in work.
    about_bodies = asked.fact == "body"
    school = read_school(root, school_id, lambda id_: about_bodies and id_ == policy_id, problems)
    register = read_register(root, school_id, policy_id, problems)
    if school is None or register is None:
        return None
    record = register.named(asked.version)
    document = read_version_document(root, record, problems) if record else None
    latest = record or register.latest
    # An edition that is not here any more says nothing of its day.
    edition = edition_of(root, policy_id, record.edition, problems) if record else None
    bodies: tuple[Body, ...] = ()
    if about_bodies and latest is not None:
        bodies = required_bodies(root, school, policy_id, latest.edition, problems)
    if problems.has_errors:
        return None
    issued = edition.file.value.issued if edition else None
    return Correctable(register, school.file.value, document, issued, bodies)


# --- signatures -------------------------------------------------------------------------------------------------------


def take_back_signature(
    root: Path, school_id: str, policy_id: str, mistake: Mistake, as_of: datetime.date
) -> TakenBackEntry:
    """Record that a signature was recorded by mistake. Raises InputError, having written nothing."""
    with one_register_at_a_time(root):
        problems = Problems()
        register = read_register(root, school_id, policy_id, problems)
        standing = _standing(root, register, problems) if register else None
        if register is None or standing is None:
            raise InputError(in_order(problems))
        entry = take_back(standing, mistake, as_of, problems)
        if entry is None:
            raise InputError(in_order(problems))
        write_register(root, with_entry(register, entry), {})
    return entry


def rename_person(
    root: Path, school_id: str, asked: NewName, as_of: datetime.date
) -> tuple[str, ...]:
    """Record in every register in which somebody signed that they have another name; gives those policies.

    Raises InputError, having written nothing, where nobody of that name signed, or somebody still has it.
    """
    check_school(root, school_id)
    with one_register_at_a_time(root):
        problems = Problems()
        school = read_school(root, school_id, lambda _: False, problems)
        signed: list[tuple[Register, Sequence[Signature]]] = []
        for policy_id in registered_policies(root, school_id):
            register = read_register(root, school_id, policy_id, problems)
            standing = _standing(root, register, problems) if register else None
            if register is not None and standing is not None:
                signed.append((register, standing))
        if school is None or problems.has_errors:
            raise InputError(in_order(problems))
        entries = rename(signed, school.staff, asked, as_of, problems)
        problems.stop()
        write_registers(root, [(with_entry(register, entry), {}) for register, entry in entries])
    return tuple(register.file.policy for register, _ in entries)


def _standing(root: Path, register: Register, problems: Problems) -> tuple[Signature, ...] | None:
    """The signatures of a register that stand; None, with a problem, where they cannot be read."""
    recorded = recorded_signatures(root, register, problems)
    return None if recorded is None else as_corrected(register.file.entries, recorded)
