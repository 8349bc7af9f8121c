"""Whether a body may withdraw a policy: everything that stands against it, noted at once."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from policygen.ground.diagnostics import Problems
from policygen.ground.wording import meant_or_known
from policygen.model.bodies import is_below
from policygen.model.school import School
from policygen.model.template import Body
from policygen.register.deciding import (
    Minuted,
    check_day,
    check_reason,
    check_words,
    delegated,
    in_force_since,
    recorded,
)
from policygen.register.records import WithdrawalEntry
from policygen.register.state import Register


@dataclass(frozen=True, kw_only=True)
class Withdrawal(Minuted):
    """The decision that a policy is no longer in force, from the day of the decision on."""

    reason: str
    replaced_by: str = ""
    """The policy of the school that stands in its place; empty for none."""


@dataclass(frozen=True)
class Withdrawable:
    """A policy with all on which a decision to withdraw it depends."""

    register: Register
    school: School
    required: Body
    """The body that has to decide, or a higher one."""
    others: Sequence[str]
    """The other policies of the school."""

    @property
    def policy(self) -> str:
        """As commands name it: elm-grove/staff-acceptable-use."""
        return f"{self.register.file.school}/{self.register.file.policy}"


def withdraw(
    found: Withdrawable, decision: Withdrawal, as_of: datetime.date, problems: Problems
) -> WithdrawalEntry | None:
    """The entry by which a policy is withdrawn; None, with a problem for each thing that stands against it."""
    before = len(problems.errors)
    _check_in_force(found, decision, as_of, problems)
    check_words(decision.minute, decision.signatory, problems)
    check_reason(decision.reason, problems)
    _check_replaced_by(found, decision, problems)
    delegation = None
    if is_below(decision.body, found.required):
        policy = found.register.file.policy
        delegation = delegated(found.school, policy, decision, found.required, problems)
    if len(problems.errors) > before or found.register.latest is None:
        return None
    return WithdrawalEntry(
        version=found.register.latest.version,
        approval=recorded(decision, found.school, delegation),
        reason=decision.reason.strip().rstrip("."),
        replaced_by=decision.replaced_by,
        previous="",
    )


def _check_in_force(
    found: Withdrawable, decision: Withdrawal, as_of: datetime.date, problems: Problems
) -> None:
    """Note a policy that is not in force, and a day on which it cannot have been decided."""
    latest, withdrawn = found.register.latest, found.register.withdrawn
    if latest is None:
        hint = "what was never approved needs no withdrawal: take its file out of policies/"
        problems.add("unknown-version", f"`{found.policy}` has no approved version", None, hint)
        return
    if withdrawn is not None:
        says = f"`{found.policy}` is not in force: {withdrawn.said}"
        problems.add("policy-withdrawn", says, None, f"see `policygen history {found.policy}`")
        return
    # As for an approval: new details that were released since the meeting are no decision.
    decided = found.register.decided
    early = [in_force_since(decided)] if decided and decision.date < decided.released else []
    check_day(decision.date, as_of, problems, early=early)


def _check_replaced_by(found: Withdrawable, decision: Withdrawal, problems: Problems) -> None:
    wanted = decision.replaced_by
    if wanted and wanted not in found.others:
        school = found.register.file.school
        says = f"`{school}` has no other policy `{wanted}`"
        hint = meant_or_known(wanted, found.others)
        other = "if policygen does not make what replaces it, say in the reason what that is"
        problems.add("unknown-template", says, None, hint, other)
