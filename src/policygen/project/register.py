"""Reading what is registered of an adoption, and saying where the adoption stands with it."""

from __future__ import annotations

import datetime
from dataclasses import replace
from pathlib import Path

from policygen.compare.comparison import Declared
from policygen.compare.summary import Side
from policygen.compose.compose import image_bytes
from policygen.compose.prepare import PreparedEdition
from policygen.disk.editions import read_edition, read_published
from policygen.disk.reading import adopted_ids, read_school, school_ids
from policygen.disk.registering import (
    read_register,
    read_version_document,
    register_path,
    registered_policies,
)
from policygen.ground.diagnostics import InputError, Problems
from policygen.ground.wording import lower_first, meant_or_known
from policygen.language.document import Document
from policygen.model.template import Body
from policygen.model.workspace import Edition, SchoolFiles
from policygen.project.since import answers_behind, declared_since
from policygen.register.following import Standing, check_standing, prepared_version, standing
from policygen.register.history import History, history
from policygen.register.state import Register
from policygen.register.verifying import register_code


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
    found = standing(
        register, version, document, before, images, told, adoption.value.amends, school.file.value
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


def check_school(root: Path, school_id: str) -> None:
    """Raises InputError where there is no such school."""
    known, problems = school_ids(root), Problems()
    if school_id not in known:
        says = f"there is no school `{school_id}`"
        problems.add("unknown-school", says, None, meant_or_known(school_id, known))
    problems.stop()


def recall_school(root: Path, school_id: str, as_of: datetime.date) -> tuple[History, ...]:
    """The history of each policy of a school, adopted or on record, by its id. Raises InputError, as `recall`."""
    check_school(root, school_id)
    known = {*adopted_ids(root, school_id), *registered_policies(root, school_id)}
    return tuple(recall(root, school_id, policy_id, as_of) for policy_id in sorted(known))


def edition_of(root: Path, policy_id: str, edition: str, problems: Problems) -> Edition | None:
    """The edition of a version; None where it is not here any more, or with a problem where it is not as it was."""
    published = read_published(root, policy_id, edition, problems)
    return published or read_edition(root, policy_id, edition, None, Problems())


def required_bodies(
    root: Path, school: SchoolFiles, policy_id: str, edition: str, problems: Problems
) -> tuple[Body, ...]:
    """The bodies that have to approve a policy, in turn; none where its edition is not here any more."""
    adoption = school.adoptions.get(policy_id)
    if adoption is not None and adoption.value.approving_body:
        return adoption.value.approving_body
    found = edition_of(root, policy_id, edition, problems)
    return found.file.value.adoption.bodies if found else ()


def school_codes(root: Path, school_id: str) -> tuple[str, ...]:
    """The code of every register of a school, to be noted elsewhere. Raises InputError where one cannot be read."""
    problems = Problems()
    policies = registered_policies(root, school_id)
    registers = [read_register(root, school_id, policy_id, problems) for policy_id in policies]
    problems.stop()
    return tuple(register_code(register) for register in registers if register is not None)


def approved_side(document: Document) -> Side:
    """An approved version as a side of a redline: "version 1.1", "approved 12 November 2026, minute 19.2"."""
    from policygen.html.labels import Stamp, status

    return Side(f"version {document.version}", lower_first(status(document, Stamp("approved", ""))))
