"""What was found of a file that was held against a model, in words and as plain data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, assert_never

from policygen.files.yamledit import as_yaml
from policygen.moving.answers import SaidFact
from policygen.moving.decide import Line, Row
from policygen.moving.proof import Proof

_MOST_WORDS = 14
_LEAST = 0.1
"""The share of the clauses of a model that a form of it has at least."""


@dataclass(frozen=True)
class AnswerRow:
    """An answer that the file gives."""

    question: str
    ask: str
    answer: str
    because: str
    """The words of the file that say so; empty where nothing stands there that another answer would bring."""


@dataclass(frozen=True)
class MatchReport:
    """All that was found, for every view of it."""

    policy: str
    """As people write it: "elm-grove/online-safety"."""
    title: str
    file: str
    lines: tuple[Line, ...]
    rows: tuple[Row, ...]
    answers: tuple[AnswerRow, ...]
    open_questions: tuple[tuple[str, str], ...]
    """Those that it does not answer, each with its wording."""
    facts: tuple[SaidFact, ...]
    proof: Proof
    builds: str = "the policy that this builds"
    """What the words of the file were compared with."""

    @property
    def is_of_model(self) -> bool:
        """Whether so much of the model is in the file that it can be a form of it."""
        clauses = [row for row in self.rows if row.clause and row.state != "own"]
        found = [row for row in clauses if row.likeness]
        return len(found) >= _LEAST * len(clauses)

    @property
    def not_same(self) -> tuple[Row, ...]:
        """What there is to look at, in the order of the file."""
        return tuple(
            row for row in self.rows if row.state != "same" or row.moved or row.done == "value"
        )

    @property
    def new_facts(self) -> str:
        """The facts that school.yaml does not have, as they would stand in it; empty where it has them all."""
        groups: dict[str, Any] = {}
        for fact in self.facts:
            if not fact.now:
                *above, name = fact.name.removeprefix("school.").split(".")
                group = groups
                for key in above:
                    group = group.setdefault(key, {})
                group[name] = fact.says
        return "\n".join(_yaml(groups, ""))

    def place(self, row: Row) -> str:
        """Where it stands in the file."""
        if not row.lines:
            return ""
        return self.lines[row.lines[0]].place

    def words(self, row: Row) -> str:
        """What the file says there; what the model says, where the file says nothing."""
        if not row.lines:
            return row.model
        return " ".join(self.lines[number].text for number in row.lines)


def _yaml(group: Mapping[str, Any], indent: str) -> Iterator[str]:
    for key, value in group.items():
        if isinstance(value, dict):
            yield f"{indent}{key}:"
            yield from _yaml(value, f"{indent}  ")
        else:
            yield f"{indent}{key}: {as_yaml(value)}"


def first_words(text: str) -> str:
    """The beginning of a text, for a table."""
    words = text.split()
    return " ".join(words[:_MOST_WORDS]) + (" …" if len(words) > _MOST_WORDS else "")


def done_in_words(row: Row) -> str:
    """What becomes of it."""
    said = _done(row)
    if row.moved:
        return f"{said}; stands elsewhere in the model"
    return said


def _done(row: Row) -> str:
    match row.done:
        case "":
            return "as in the model"
        case "keep":
            return "decided: the model’s wording"
        case "replace":
            return "our own wording in its place"
        case "add_before":
            return f"our own, put before {row.clause}"
        case "add_after":
            return f"our own, put after {row.clause}"
        case "omit":
            return "left out: a reason has to be given"
        case "open":
            return "to be decided: it cannot be left out"
        case "leave":
            return _needs_leave(row)
        case "fixed" if row.clause:
            return "not taken: it holds clauses of its own; see `policygen change`"
        case "fixed":
            return "not taken: it is no clause, and stays as in the model"
        case "front":
            return "not taken: it stands before the policy begins"
        case "decided":
            return "not taken: the school has decided about this clause already; see `policygen change`"
        case "told":
            return "nothing is written: change it in the template"
        case "value":
            return "as in the model, where only a fact or a law is said in another way"
        case _:
            assert_never(row.done)


def _needs_leave(row: Row) -> str:
    match row.state:
        case "missing":
            return "stays as in the model: to leave it out needs leave"
        case "own":
            return "not taken: nothing may be added there without leave"
        case "changed" | "same":
            return "not taken: other words than the model’s need leave"
        case _:
            assert_never(row.state)


def counted(rows: Sequence[Row]) -> Iterator[str]:
    """How many clauses there are of each kind."""
    clauses = Counter(
        row.state for row in rows if row.done != "fixed" and (row.clause or row.state == "own")
    )
    for state in ("same", "changed", "own", "missing"):
        yield f"{clauses[state]} {_STATES[state]}"


_STATES = {
    "same": "as in the model",
    "changed": "in other words",
    "own": "of your own",
    "missing": "in the model only",
}
STATES = {"same": "same", "changed": "changed", "own": "own", "missing": "model only"}
"""What each kind is called in a table."""


def as_plain(report: MatchReport) -> dict[str, object]:
    """The report for programs."""
    return {
        "policy": report.policy,
        "file": report.file,
        "rows": [
            {
                "place": report.place(row),
                "state": row.state,
                "done": row.done,
                "clause": row.clause,
                "part": row.part,
                "likeness": round(row.likeness, 3),
                "moved": row.moved,
                "file": report.words(row) if row.lines else "",
                "model": row.model,
                "text": row.text,
            }
            for row in report.rows
        ],
        "answers": [
            {"question": row.question, "answer": row.answer, "because": row.because}
            for row in report.answers
        ],
        "open_questions": [name for name, _ in report.open_questions],
        "facts": [
            {"fact": fact.name, "says": fact.says, "now": fact.now, "places": fact.places}
            for fact in report.facts
        ],
        "proof": {
            "words": report.proof.words,
            "kept": report.proof.kept,
            "added": report.proof.added,
            "differences": [
                {
                    "place": each.place,
                    "file": each.file,
                    "policy": each.policy,
                    "moved": each.moved,
                }
                for each in report.proof.differences
            ],
        },
    }


def proof_in_words(report: MatchReport) -> str:
    """What can be claimed of it, and no more."""
    proof, builds = report.proof, report.builds
    if proof.words == proof.kept and not proof.differences:
        return f"every word of the file ({proof.words}) stands in {builds}, and no other"
    said = f"{proof.kept} of the {proof.words} words of the file stand in {builds}"
    return f"{said}; it has {proof.added} that the file has not. Every difference is listed"
