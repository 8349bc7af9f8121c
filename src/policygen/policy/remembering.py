"""Writing into an adoption which model text each of its local changes was made about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policygen.files.yamledit import CannotAddError, with_inner
from policygen.policy.adoption import ClauseDecision
from policygen.policy.mending import Mend

if TYPE_CHECKING:
    from policygen.policy.adoption import LocatedAdoption
    from policygen.policy.prepared import PreparedEdition


def with_bases(prepared: PreparedEdition, adoption: LocatedAdoption, text: str) -> tuple[str, tuple[Mend, ...]]:
    """The text of an adoption with `against:` in each local change that lacks it, and what was done.

    A change that says already what it was made about is left alone, and so is one that nothing can be added to.
    """
    done = []
    for identity, decision in adoption.value.clauses.items():
        base = prepared.bases.get(identity)
        if base is None or not isinstance(decision, ClauseDecision) or decision.against:
            continue
        try:
            text = with_inner(text, "clauses", identity, "against", base.digest())
        except CannotAddError:
            continue
        place = adoption.place("clauses", identity, key=True)
        done.append(Mend(place.path, place.line, f"`{identity}` says now which model text it was made about"))
    return text, tuple(done)
