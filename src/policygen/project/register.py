"""Reading what is registered of an adoption, and saying where the adoption stands with it."""

from __future__ import annotations

import datetime
from dataclasses import replace
from pathlib import Path

from policygen.compare.comparison import Declared
from policygen.compare.summary import Side
from policygen.compose.compose import image_bytes
from policygen.compose.prepare import PreparedEdition
from policygen.disk.reading import read_school
from policygen.disk.registering import read_register, read_version_document, register_path
from policygen.ground.diagnostics import InputError, Problems
from policygen.ground.wording import lower_first
from policygen.language.document import Document
from policygen.model.workspace import SchoolFiles
from policygen.project.since import answers_behind, declared_since
from policygen.register.following import Standing, check_standing, prepared_version, standing
from policygen.register.history import History, history
from policygen.register.state import Register


def stand(
    root: Path,
    document: Document,
    school: SchoolFiles,
    prepared: PreparedEdition,
    register: Register,
    problems: Problems,
) -> Standing | None:
    """Where an adoption stands with its register; None, with a problem, where that cannot be known."""
    adoption = school.policies[document.policy_id]
    version = prepared_version(adoption, register, problems)
    if version is None:
        return None
    last = register.latest
    before = read_version_document(root, last, problems) if last else None
    if last is not None and before is None:
        return None
    told = Declared()
    if before is not None and before.edition != document.edition:
        told = declared_since(root, before.edition, prepared, problems)
    images = image_bytes(prepared, document, school.logo)
    roles = school.file.value.roles
    found = standing(
        register, version, document, before, images, told, adoption.value.amends, roles
    )
    found = replace(found, because=answers_behind(prepared, found.comparison))
    check_standing(found, adoption, document, told, problems)
    return found


def recall(root: Path, school_id: str, policy_id: str, as_of: datetime.date) -> History:
    """Every version of a policy that was on record on a day. Raises InputError where the records cannot be read."""
    problems = Problems()
    register = read_register(root, school_id, policy_id, problems)
    school = read_school(root, school_id, lambda template_id: template_id == policy_id, problems)
    if register is None or school is None or problems.has_errors:
        raise InputError(problems)
    adoption = school.adoptions.get(policy_id)
    rows = tuple(row.row for row in adoption.value.history) if adoption else ()
    return history(register, rows, register_path(school_id, policy_id), as_of)


def approved_side(document: Document) -> Side:
    """An approved version as a side of a redline: "version 1.1", "approved 12 November 2026, minute 19.2"."""
    from policygen.html.labels import Stamp, status

    return Side(f"version {document.version}", lower_first(status(document, Stamp("approved", ""))))
