"""Policies as schools keep them in files: made from a model, then answered, reworded, shortened, added to and moved about."""

from __future__ import annotations

import datetime
import io
import random
import shutil
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from docx import Document as DocxDocument

from policygen.compose.compose import model_parts
from policygen.compose.names import asked_questions
from policygen.compose.prepare import PreparedEdition, prepare_edition
from policygen.disk.editions import last_issued, read_edition
from policygen.ground.diagnostics import Problems
from policygen.model.answers import with_shared_answers
from policygen.model.law import read_law
from policygen.moving.decide import Line
from policygen.moving.docx import read_docx
from policygen.moving.lines import lines_of
from policygen.moving.match import GAP
from policygen.moving.pieces import Kind, Piece, pieces_of
from policygen.project.match import Matched, match
from tests.support.example import ROOT, school

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from policygen.model.adoption import LocatedAdoption

AS_OF = datetime.date(2026, 11, 27)
OWN = (
    "Our caretaker keeps the spare keys of the boat house in a tin that only the two of them may open.",
    "The orchard is closed from the first frost until Easter, whatever the weather is like on the day.",
    "Anyone who borrows the kiln logs the hour, the glaze and the name of the class in the green book.",
    "On days with a fair we ask for two adults at the ford, and one who carries the telephone.",
)


@dataclass(frozen=True)
class Damaged:
    """A school's file, and what is true of it."""

    lines: tuple[Line, ...]
    owners: tuple[str, ...]
    """The clause that each paragraph came from; empty for what is no clause, or the school's own."""
    states: dict[str, str]
    """Of each clause: same, changed or missing."""
    moved: frozenset[str]
    answers: dict[str, object]
    """To the questions that are answered by one of a few options."""


def damaged(name: str, policy: str, seed: int, *, amount: float = 0.3) -> Damaged:
    """A policy of an example school as an older file of its own, of which so much was changed."""
    chance = random.Random(seed)  # noqa: S311
    adoption = _answered_at_random(name, policy, chance)
    alone = replace(
        school(name), answers=None
    )  # its answers for all policies stand in the adoption
    parts = model_parts(_prepared(policy), alone, adoption, read_law())
    groups: list[tuple[str, list[Piece]]] = []
    for piece in pieces_of(parts):
        clause = "" if piece.title else piece.clause
        if groups and groups[-1][0] == clause and clause:
            groups[-1][1].append(piece)
        else:
            groups.append((clause, [piece]))
    whole = [clause for clause, _ in groups]
    states: dict[str, str] = {clause: "same" for clause in whole if clause}
    moved: set[str] = set()
    made: list[tuple[str, str, Kind]] = []
    for clause, pieces in groups:
        texts: list[tuple[str, Kind]] = [(" ".join(each.words), each.kind) for each in pieces]
        # A clause around another one comes in several groups; it is left as it is.
        if clause and whole.count(clause) == 1 and chance.random() < amount:
            match chance.randrange(4):
                case 0:
                    states[clause] = "missing"
                    continue
                case 1:
                    texts = [(_reworded(text, chance), kind) for text, kind in texts]
                    states[clause] = "changed"
                case 2:
                    texts.append((chance.choice(OWN), "paragraph"))
                    made += [(clause, *text) for text in texts[:-1]]
                    made.append(("", *texts[-1]))
                    continue
                case _:
                    at = chance.randrange(len(made) + 1)
                    made[at:at] = [(clause, *text) for text in texts]
                    moved.add(clause)
                    continue
        made += [(clause, *text) for text in texts]
    lines = tuple(_line(text, kind, at) for at, (_, text, kind) in enumerate(made, 1))
    return Damaged(
        lines,
        tuple(clause for clause, _, _ in made),
        states,
        frozenset(moved),
        _options(policy, adoption),
    )


@cache
def _prepared(policy: str) -> PreparedEdition:
    """The edition of a model that a school which adopts it now is given."""
    problems = Problems()
    read = read_edition(ROOT, policy, last_issued(ROOT, policy, AS_OF), None, problems)
    assert read is not None, problems.found
    prepared = prepare_edition(read, read_law(), problems)
    assert prepared is not None, problems.found
    return prepared


def line_of(piece: Piece, number: int) -> Line:
    """A paragraph of a policy as a file holds it."""
    return _line(" ".join(piece.words), piece.kind, number)


def _line(text: str, kind: Kind, number: int) -> Line:
    text = text.replace(GAP, "3.2")
    return Line(text, kind, f"line {number}", _escaped(text, kind))


def _escaped(text: str, kind: str) -> str:
    text = "".join(f"\\{sign}" if sign in "\\*_`[]<>#|" else sign for sign in text)
    return f"| {text} |" if kind == "row" else text


def _options(policy: str, adoption: LocatedAdoption) -> dict[str, object]:
    questions = _prepared(policy).edition.file.value.questions
    given = adoption.value.answers
    return {
        key: question.read(given[key])
        for key, question in questions.items()
        if key in given and question.kind in ("choice", "yes-no")
    }


def _reworded(text: str, chance: random.Random) -> str:
    """A text in which about a quarter of the words are others."""
    words = text.split()
    other = " ".join(OWN).lower().split()
    for at in range(len(words)):
        if chance.random() < 0.25:
            words[at] = chance.choice(other)
    words.insert(chance.randrange(len(words) + 1), chance.choice(other))
    return " ".join(words)


def _answered_at_random(name: str, policy: str, chance: random.Random) -> LocatedAdoption:
    prepared, read = _prepared(policy), school(name)
    template = prepared.edition.file.value
    adoption = with_shared_answers(template, read.policies[policy], read)
    read = replace(read, answers=None)
    for _ in range(3):  # an answer can bring other questions with it
        answers: dict[str, Any] = {}
        asked, _unsure = asked_questions(prepared, read, adoption, read_law())
        for key, question in asked.items():
            few = question.every_answer()
            given = adoption.value.answers.get(key)
            if given is None or (few and chance.random() < 0.5):
                given = chance.choice(few) if few else question.stand_in()
            answers[key] = given
        adoption = replace(adoption, value=adoption.value.model_copy(update={"answers": answers}))
    return adoption


def as_word(lines: Sequence[Line]) -> bytes:
    """A Word file of these paragraphs, without styles: bold headings, and every number typed by hand."""
    document = DocxDocument()
    section = clause = item = 0
    for line in lines:
        label = ""
        if line.kind == "heading":
            section, clause, item = section + 1, 0, 0
            label = f"{section}. "
        elif line.kind == "item":
            label = f"({chr(ord('a') + item % 26)}) "
            item += 1
        elif line.kind == "paragraph":
            clause, item = clause + 1, 0
            label = f"{section}.{clause} "
        run = document.add_paragraph().add_run(f"{label}{line.text}")
        run.bold = line.kind == "heading" or None
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def from_word(content: bytes) -> tuple[Line, ...]:
    """The paragraphs of a Word file, as the command reads them."""
    return lines_of(read_docx("old.docx", content))


def workspace_of(name: str, root: Path) -> Path:
    """A workspace in which a school of the examples has adopted nothing yet."""
    if not (root / "templates").exists():
        shutil.copytree(ROOT / "templates", root / "templates")
    folder = root / "schools" / name
    folder.mkdir(parents=True, exist_ok=True)
    for file in (ROOT / "schools" / name).glob("*.*"):
        if file.is_file() and file.name != "answers.yaml":
            shutil.copy(file, folder)
    return root


@dataclass(frozen=True)
class Measured:
    """How far what was found of a file is true: right, found and true ones of each kind."""

    paragraphs: tuple[int, int, int]
    clauses: tuple[int, int, int]
    """Clauses of which is said what is true: the same, changed or missing."""
    answers: tuple[int, int, int]

    def __add__(self, other: Measured) -> Measured:
        return Measured(
            *(
                tuple(one + more for one, more in zip(mine, theirs, strict=True))
                for mine, theirs in (
                    (self.paragraphs, other.paragraphs),
                    (self.clauses, other.clauses),
                    (self.answers, other.answers),
                )
            )
        )


def measured(damaged: Damaged, found: Matched) -> Measured:
    """What `match` found, held against the truth."""
    owner = {
        number: row.clause
        for row in found.report.rows
        if row.state in ("same", "changed") and row.done != "fixed"
        for number in row.lines
    }
    told = {number: clause for number, clause in owner.items() if clause}
    true = {number: clause for number, clause in enumerate(damaged.owners) if clause}
    right = sum(true.get(number) == clause for number, clause in told.items())
    states = {
        row.clause: row.state for row in found.report.rows if row.clause and row.state != "own"
    }
    right_states = sum(states.get(clause) == state for clause, state in damaged.states.items())
    said = {
        each.question: each.answer for each in found.answers if each.question in damaged.answers
    }
    right_answers = sum(damaged.answers[key] == answer for key, answer in said.items())
    return Measured(
        (right, len(told), len(true)),
        (right_states, len(states), len(damaged.states)),
        (right_answers, len(said), len(damaged.answers)),
    )


def found_in(root: Path, name: str, policy: str, lines: Sequence[Line]) -> Matched:
    """What a file of a school says, as `policygen import --match` finds it."""
    return match(workspace_of(name, root), (name, policy), lines, "old.docx", AS_OF)
