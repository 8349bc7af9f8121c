"""A school's own policy, in whatever file it is, held against a model policy: what is the same, and what to write."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import assert_never

from policygen.compose.compose import adopted_parts, model_parts
from policygen.compose.names import asked_questions
from policygen.disk.editions import read_edition
from policygen.disk.writing import one_at_a_time
from policygen.editions.model_document import model_document
from policygen.files.yamledit import Lines, as_block, as_yaml, with_value
from policygen.ground.diagnostics import stage
from policygen.ground.telling import Tell, silent
from policygen.language.document import Section
from policygen.model.adoption import LocatedAdoption
from policygen.model.question import AnyQuestion, in_words
from policygen.moving.answers import Proposal, chosen, read_values, said_facts, said_values
from policygen.moving.decide import Line, Row, known_pairs, rows_of
from policygen.moving.match import Index, Pair, align, words_of
from policygen.moving.pieces import Piece, pieces_of
from policygen.moving.proof import proof
from policygen.moving.report import AnswerRow, MatchReport
from policygen.project.adopt import (
    HEADS,
    Adopting,
    check_as_read,
    save_adoption,
    start_adoption,
    with_answer,
)

_ORDER = ("edition", *HEADS, "answers", "clauses", "amends", "history")
_AROUND = "model-"
"""Begins the ids of what a model policy without a school prints around its text."""
_LATER = "to be given"
"""Stands for a reason that a person has to give, while the policy is only composed to be compared."""


@dataclass(frozen=True)
class Matched:
    """What a file says, clause by clause of a model, and the adoption that says the same."""

    before: Adopting
    after: Adopting
    answers: tuple[Proposal, ...]
    report: MatchReport

    @property
    def adds(self) -> tuple[str, ...]:
        """The files that say more than before."""
        pairs = (
            (self.before.path, self.before.text, self.after.text),
            (self.before.answers_path, self.before.answers, self.after.answers),
        )
        return tuple(path for path, before, after in pairs if before != after)


def match(
    root: Path,
    name: tuple[str, str],
    lines: Sequence[Line],
    source: str,
    as_of: datetime.date,
    tell: Tell = silent,
) -> Matched:
    """Hold the paragraphs of a file, which is called `source`, against a model policy. Raises InputError.

    Nothing is written.
    """
    before = start_adoption(root, *name, as_of)
    words = [words_of(line.text) for line in lines]
    index = Index(words)
    tell("looking for the words of each answer", 1, 3)
    given = {key: value for key, value in before.given.items() if value is not None}
    texts = [line.text for line in lines]
    model = _Model(before, {})
    found = chosen(partial(_asked, before), model.under, index, texts, given)
    known = {**given, **{key: proposal.answer for key, proposal in found.items()}}
    tell("looking for each clause", 2, 3)
    # What a value is stands where the model prints it, and with it the paragraph is more alike.
    parts, pieces, pairs = _aligned(before, known, lines)
    said = [*said_values(pieces, texts, pairs)]
    open_questions = {
        key: question for key, question in _asked(before, known).items() if key not in known
    }
    found.update({each.question: each for each in read_values(open_questions, said)})
    known.update({key: proposal.answer for key, proposal in found.items()})
    parts, pieces, pairs = _aligned(before, known, lines)
    decided = frozenset(before.file.value.clauses)
    rows = tuple(_unless_decided(row, decided) for row in rows_of(parts, pieces, lines, pairs))
    answers = tuple(found[key] for key in before.template.questions if key in found)
    written = partial(_written, before, answers, rows, source)
    tell("comparing every word", 3, 3)
    composed = written(_LATER)
    adopted = adopted_parts(composed.prepared, composed.school, composed.file, composed.law)
    built = pieces_of(adopted)
    return Matched(
        before,
        written(""),
        answers,
        MatchReport(
            policy=before.name,
            title=before.template.title,
            file=source,
            lines=tuple(lines),
            rows=rows,
            answers=tuple(_answer_row(before, proposal) for proposal in answers),
            open_questions=tuple(
                (key, question.ask)
                for key, question in _asked(before, known).items()
                if key not in known
            ),
            facts=tuple(said_facts(said)),
            proof=proof(built, lines, known_pairs(adopted, built, lines)),
        ),
    )


def _answer_row(adopting: Adopting, proposal: Proposal) -> AnswerRow:
    question = adopting.template.questions[proposal.question]
    said = in_words(question, proposal.answer)
    return AnswerRow(proposal.question, question.ask, said, proposal.because)


def match_template(root: Path, template_id: str, lines: Sequence[Line], source: str) -> MatchReport:
    """Hold the paragraphs of a file against a model policy without a school. Raises InputError."""
    with stage() as problems:
        edition = problems.needed(read_edition(root, template_id, "", None, problems))
    template = edition.file.value
    ids = {each for line in lines for each in line.ids}
    # What we print around the model is held against the file only where it stands there.
    every = model_document(edition).parts
    parts = tuple(part for part in every if not part.id.startswith(_AROUND) or part.id in ids)
    pieces = pieces_of(parts)
    known = known_pairs(parts, pieces, lines)
    pairs = align([piece.words for piece in pieces], [words_of(line.text) for line in lines], known)
    rows = rows_of(parts, pieces, lines, pairs)
    told = (replace(row, done="" if row.state == "same" else "told", text="") for row in rows)
    return MatchReport(
        policy=template_id,
        title=template.title,
        file=source,
        lines=tuple(lines),
        rows=tuple(told),
        answers=(),
        open_questions=(),
        facts=(),
        proof=proof(pieces, lines, known),
        builds="the model policy",
    )


def save(root: Path, matched: Matched) -> None:
    """Write what was found into the adoption. Raises InputError where somebody has changed it meanwhile."""
    before, after = matched.before, matched.after
    with one_at_a_time(root):
        there = {before.path: before.text, before.answers_path: before.answers or None}
        check_as_read(root, {path: text for path, text in there.items() if (root / path).exists()})
        save_adoption(root, after)


def _aligned(
    adopting: Adopting, answers: Mapping[str, object], lines: Sequence[Line]
) -> tuple[tuple[Section, ...], tuple[Piece, ...], tuple[Pair, ...]]:
    located = _answered(adopting, answers)
    parts = adopted_parts(adopting.prepared, adopting.school, located, adopting.law)
    pieces = pieces_of(parts)
    words = [words_of(line.text) for line in lines]
    known = known_pairs(parts, pieces, lines)
    return parts, pieces, align([piece.words for piece in pieces], words, known)


def _answered(adopting: Adopting, answers: Mapping[str, object]) -> LocatedAdoption:
    """The adoption with other answers, in memory."""
    value = adopting.file.value.model_copy(update={"answers": dict(answers)})
    return replace(adopting.file, value=value)


def _asked(adopting: Adopting, answers: Mapping[str, object]) -> Mapping[str, AnyQuestion]:
    located = _answered(adopting, answers)
    return asked_questions(adopting.prepared, adopting.school, located, adopting.law)[0]


@dataclass(frozen=True)
class _Model:
    """The paragraphs of the model that hang on a question, under some answers; each made once."""

    adopting: Adopting
    made: dict[tuple[str, str], Sequence[Piece]]

    def under(self, answers: Mapping[str, object], question: str) -> Sequence[Piece]:
        names = {f"answers.{question}", f"wording.{question}"}
        parts = tuple(part for part in self.adopting.prepared.parts if part.uses & names)
        used = {name.partition(".")[2] for part in parts for name in part.uses}
        told = {name: answer for name, answer in answers.items() if name in used}
        key = question, repr(sorted(told.items(), key=lambda pair: pair[0]))
        if key not in self.made:
            prepared = replace(self.adopting.prepared, parts=parts)
            located = _answered(self.adopting, answers)
            sections = model_parts(prepared, self.adopting.school, located, self.adopting.law)
            self.made[key] = pieces_of(sections)
        return self.made[key]


def _unless_decided(row: Row, decided: frozenset[str]) -> Row:
    """The row; what the school has decided already is not decided anew, and neither is a paragraph that it added."""
    clause = row.clause.partition(".")[0]
    if row.done in ("", "fixed", "front", "leave", "value") or clause not in decided:
        return row
    return replace(row, done="" if row.state == "same" else "decided")


def _written(
    adopting: Adopting,
    answers: Sequence[Proposal],
    rows: Sequence[Row],
    source: str,
    later: str,
) -> Adopting:
    """The adoption with the answers and local changes that are not there yet; `later` in place of an open reason."""
    for proposal in answers:
        adopting = with_answer(adopting, proposal.question, proposal.answer)
    text = adopting.text
    for clause, lines in _decisions(rows, source, later).items():
        text = with_value(text, ("clauses", clause), lines, order=_ORDER)
    return replace(adopting, text=text)


def _decisions(rows: Sequence[Row], source: str, later: str) -> dict[str, Lines | str]:
    """What is decided about each clause."""
    ours = f"reason: {as_yaml(f'Our own wording, from {source}')}"
    made: dict[str, Lines | str] = {}
    texts: dict[str, list[str]] = {}
    for row in rows:
        match row.done:
            case "keep":
                made.setdefault(row.clause, "keep")
            case "omit":
                made[row.clause] = Lines(["", "  omit: true", f"  reason: {later}".rstrip()])
            case "replace" | "add_before" | "add_after":
                texts.setdefault(row.clause, []).extend(as_block(row.done, row.text))
            case "" | "open" | "leave" | "fixed" | "front" | "decided" | "value" | "told":
                pass
            case _:
                assert_never(row.done)
    for clause, lines in texts.items():
        made[clause] = Lines(["", *(f"  {line}".rstrip() for line in (*lines, ours))])
    return made
