"""The history of a policy: what its register holds, and what its adoption file records from before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policygen.disk.reading import read_school
from policygen.disk.registering import read_register, register_path
from policygen.ground.diagnostics import InputError, Problems
from policygen.language.document import VersionRow
from policygen.register.history import History, history

if TYPE_CHECKING:
    from pathlib import Path


def recall(root: Path, school_id: str, policy_id: str) -> History:
    """Every version of a policy that is on record. Raises InputError where the records cannot be read."""
    problems = Problems()
    register = read_register(root, school_id, policy_id, problems)
    school = read_school(root, school_id, lambda template_id: template_id == policy_id, problems)
    if register is None or school is None or problems:
        raise InputError(problems)
    adoption = school.adoptions[policy_id].value
    rows = (VersionRow(row.version, row.date, row.author, row.reason, row.minute or "") for row in adoption.history)
    return history(register, tuple(rows), register_path(school_id, policy_id))
