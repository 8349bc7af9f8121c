"""What a policy of a school is made of: each clause, what may be done with it, and what was done by whom."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, assert_never

from policygen.compose.refer import targets
from policygen.ground.diagnostics import InputError
from policygen.ground.telling import Tell, silent
from policygen.language.document import Adapt, Clause, Document, Section, is_group, plain, walk
from policygen.model.adoption import Decision
from policygen.products.text import clause_text
from policygen.project.check import Composed, check, select, undamaged

Done = Literal["", "kept", "replaced", "added", "left out"]
"""What the school did with a clause; nothing where it has said nothing of it."""


@dataclass(frozen=True)
class ClauseRow:
    """One clause as a list names it."""

    id: str
    number: str
    """As it prints; empty where none prints, or the clause is left out."""
    part: str
    """The title of the section, form or appendix, with its number."""
    may: Adapt
    """What a school may do with it."""
    done: Done
    by: str
    """Whose wording stands there."""
    reason: str
    """Why the school did it."""
    words: str
    """What it says, on one line."""


@dataclass(frozen=True)
class ClauseList:
    """Every clause of a policy, in the order in which they print; those that are left out stand last."""

    document: Document
    rows: tuple[ClauseRow, ...]


def list_clauses(
    root: Path, school_id: str, policy_id: str, as_of: datetime.date, tell: Tell = silent
) -> ClauseList:
    """The clauses of a school's policy as it is being prepared. Raises InputError where it cannot be composed."""
    checked = undamaged(check(root, select(root, [f"{school_id}/{policy_id}"]), as_of, tell))
    if not checked.policies:
        raise InputError(checked.diagnostics)
    (composed,) = checked.policies
    document = composed.document
    decisions = composed.school.adoptions[policy_id].value.clauses
    rows = [row for part in document.parts for row in _rows(part, document, decisions)]
    rows += _left_out(composed, decisions)
    return ClauseList(document, tuple(rows))


def _rows(
    part: Section, document: Document, decisions: Mapping[str, Decision]
) -> Iterator[ClauseRow]:
    title = f"{part.number} {plain(part.title)}".strip()
    numbers = numbers_in((part,))
    for clause in walk(part.blocks):
        if not isinstance(clause, Clause) or not clause.id:
            continue
        decision = decisions.get(clause.id.partition(".")[0])
        done = _done(clause, decision)
        is_schools = done in ("replaced", "added")
        issuer = clause.owners[-1] if clause.owners else document.issuer_name
        yield ClauseRow(
            clause.id,
            numbers.get(clause.id, ""),
            title,
            clause.adapt,
            done,
            document.school_name if is_schools else issuer,
            _reason(decision) if is_schools else "",
            _words(clause),
        )


def numbers_in(parts: tuple[Section, ...]) -> dict[str, str]:
    """The number of each clause that prints one, by id; of an item of a list "4.1(a)"."""
    clauses = (node for node in walk(parts) if isinstance(node, Clause))
    numbers = {clause.id: clause.number for clause in clauses if clause.number}
    of_items = {key: each.number for key, each in targets(parts).items() if each.item}
    return {**numbers, **of_items}


def _done(clause: Clause, decision: Decision | None) -> Done:
    if clause.is_addition:
        return "added"
    match decision:
        case None:
            return ""
        case "keep":
            return "kept"
        case _:
            return "replaced" if decision.replace else ""


def _reason(decision: Decision | None) -> str:
    match decision:
        case None | "keep":
            return ""
        case _:
            return decision.reason


def _left_out(composed: Composed, decisions: Mapping[str, Decision]) -> Iterator[ClauseRow]:
    """What the school left out, with the words that the model policy has there."""
    for identity, decision in decisions.items():
        base = composed.prepared.bases.get(identity)
        if base is None or decision == "keep" or not decision.omit:
            continue
        clause = base.clauses[0]
        yield ClauseRow(
            identity,
            "",
            base.part,
            clause.adapt,
            "left out",
            composed.document.school_name,
            decision.reason,
            _words(clause),
        )


def _words(clause: Clause) -> str:
    if is_group(clause):
        return plain(clause.title)
    return " ".join(" ".join(clause_text(clause)).split())


def in_words(may: Adapt) -> str:
    """What a school may do with a clause of this status."""
    match may:
        case "locked":
            return "agreed wording"
        case "free":
            return "may be changed"
        case "optional":
            return "may be left out"
        case "required":
            return "to be decided"
        case _:
            assert_never(may)
