"""Withdrawing a policy: one more entry of its register; what was frozen stays as it is."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path

from policygen.disk.reading import adopted_ids, read_school
from policygen.disk.registering import read_register, registered_policies
from policygen.ground.diagnostics import InputError, Problems, in_order
from policygen.model.bodies import BODIES
from policygen.model.template import Body
from policygen.model.workspace import SchoolFiles
from policygen.project.freeze import Addition, write
from policygen.project.register import required_bodies
from policygen.register.ends import Withdrawn
from policygen.register.records import VersionRecord
from policygen.register.state import Register, with_entry
from policygen.register.withdrawing import Withdrawable, Withdrawal
from policygen.register.withdrawing import withdraw as decided


@dataclass(frozen=True)
class Withdrew:
    """What was recorded."""

    record: VersionRecord
    """The version that was in force."""
    withdrawn: Withdrawn


def withdraw(
    root: Path, school_id: str, policy_id: str, decision: Withdrawal, as_of: datetime.date
) -> Withdrew:
    """Record that a body withdrew a policy. Its adoption need not be there any more.

    Raises InputError, having written nothing, when anything stands against it.
    """
    ready = withdrawal(root, school_id, policy_id, decision, as_of)
    write(root, [ready])
    return withdrew(ready)


def withdrawal(
    root: Path, school_id: str, policy_id: str, decision: Withdrawal, as_of: datetime.date
) -> Addition:
    """The entry by which a policy is withdrawn. Raises InputError when anything stands against it."""
    problems = Problems()
    school = read_school(root, school_id, lambda policy: policy == policy_id, problems)
    register = read_register(root, school_id, policy_id, problems)
    if school is None or register is None or problems.has_errors:
        raise InputError(in_order(problems))
    known = dict.fromkeys((*adopted_ids(root, school_id), *registered_policies(root, school_id)))
    others = tuple(each for each in known if each != policy_id)
    required = _required(root, school, register, policy_id, problems)
    problems.stop()
    found = Withdrawable(register, school.file.value, required, others)
    entry = decided(found, decision, as_of, problems)
    if entry is None:
        raise InputError(in_order(problems))
    return Addition(register, entry)


def withdrew(ready: Addition) -> Withdrew:
    """What an entry records by which a policy is withdrawn."""
    after = with_entry(ready.register, ready.entry)
    record, withdrawn = after.latest, after.withdrawn
    if record is None or withdrawn is None:
        raise AssertionError(ready.entry)
    return Withdrew(record, withdrawn)


def _required(
    root: Path, school: SchoolFiles, register: Register, policy_id: str, problems: Problems
) -> Body:
    """The body whose decision is needed: the one that has to approve the policy, the last of two."""
    latest = register.latest
    if latest is None:
        return "head"
    if bodies := required_bodies(root, school, policy_id, latest.edition, problems):
        return bodies[-1]
    # An edition that is not here any more says nothing; whoever put the version into force can end it.
    decided = [each.body for each in register.standing_approvals(latest.version)]
    return next((body for body in BODIES if body == decided[-1]), "full-board")
