"""What a policy asks as a form for a spreadsheet: to be filled in by a colleague, and read back into the adoption."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import assert_never

from policygen.disk.reading import read_bytes_handed_in
from policygen.disk.writing import change
from policygen.files.csvfile import csv_text
from policygen.files.excel import Sheet, workbook
from policygen.files.lists import read_table
from policygen.files.table import Columns, Row
from policygen.ground.dates import day_first
from policygen.ground.diagnostics import Diagnostic, InputError, Place, Problems, in_order
from policygen.ground.rules import DOUBT
from policygen.ground.wording import meant_or_known
from policygen.model.question import (
    AnyOf,
    Entries,
    Offer,
    Offered,
    OneOf,
    RefusedAnswerError,
    Typed,
)
from policygen.products.text import clause_text
from policygen.project.adopt import Adopting, save_adoption
from policygen.project.questions import Point, points, read_answer, with_point

_FORM = Columns(
    ("answer", "key"),
    ("question", "explanation", "choices", "suggested", "now", "policy", "edition"),
)
_HEADS = (
    "question",
    "answer",
    "explanation",
    "choices",
    "suggested",
    "now",
    "key",
    "policy",
    "edition",
)
_ANSWER = _HEADS.index("answer")
_FOR_PROGRAMS = frozenset(map(_HEADS.index, ("key", "policy", "edition")))
_HOW = "Write or choose under “answer”; of several each on its own line (Alt+Enter). What is left empty stays open."


@dataclass(frozen=True)
class Returned:
    """What became of a form that was handed in."""

    adopting: Adopting
    """With every answer that was understood."""
    taken: int
    same: int
    """Answers that the adoption has already."""
    told: tuple[Diagnostic, ...]
    """What was not taken and why, and what is doubtful of the rest."""


def form_of(adopting: Adopting, ending: str) -> bytes:
    """A form with all that is asked, what is open first, as `.xlsx` or `.csv`."""
    asked = sorted(points(adopting), key=lambda point: not point.is_open)
    edition = str(adopting.file.value.edition)
    rows = [(*_row(point), adopting.name, edition) for point in asked]
    if ending == ".csv":
        return csv_text([_HEADS, *rows]).encode()
    school = adopting.school.file.value.name
    above = (f"{school}: {adopting.template.title}, edition {edition}", _HOW)
    choices = {
        (number, _ANSWER): tuple(option.label for option in _options(point.offer))
        for number, point in enumerate(asked)
    }
    return workbook(Sheet("Questions", [_HEADS, *rows], above, choices, hidden=_FOR_PROGRAMS))


def save_form(path: Path, content: bytes) -> None:
    """Write a form, over no other file. Raises InputError."""
    if path.exists() and path.read_bytes() != content:
        problems = Problems()
        says = "this file is there already, and somebody may have filled it in"
        problems.add("already-there", says, Place(str(path)), "write another name after `--export`")
        raise InputError(in_order(problems))
    change(path.parent, {path.name: content})


def read_form(path: Path, adopting: Adopting, *, replace: bool) -> Returned:
    """The adoption with the answers of a form. Raises InputError where it is no form of this policy.

    An answer that was given elsewhere since the form was made stays, unless it is to be replaced.
    """
    problems = Problems()
    content = problems.needed(read_bytes_handed_in(path, problems))
    table = problems.needed(read_table(content, str(path), _FORM, problems))
    rows = [row for row in table.rows() if row.text("answer")]
    if table.named is None or not table.whole:
        problems.stop()
    _check_policy(table.rows(), adopting, problems)
    taken = same = 0
    while rows:
        asked = {point.key: point for point in points(adopting)}
        # An answer may add and take away clauses: these are decided when nothing else is left.
        now = [row for row in rows if row.text("key") in asked]
        first = [row for row in now if asked[row.text("key")].kind != "clause"] or now
        if not first:
            break
        for row in first:
            rows.remove(row)
            after = _with_answer(adopting, asked[row.text("key")], row, replace=replace)
            same += after is adopting
            taken += after is not None and after is not adopting
            adopting = after or adopting
    for row in rows:
        says = "this is not asked of the school as it answers now"
        row.note("bad-value", says, "make the form anew with `--export`", "answer")
    return Returned(adopting, taken, same, in_order(problems))


def keep(root: Path, returned: Returned) -> None:
    """Write the answers that were understood into the files."""
    if returned.taken:
        save_adoption(root, returned.adopting)


def _row(point: Point) -> tuple[str, ...]:
    options = _options(point.offer)
    suggested = "\n".join(option.label for option in options if option.suggested)
    explanation = point.question.guidance or ""
    if point.clause is not None:
        explanation = "\n".join(filter(None, (explanation, *clause_text(point.clause, 100))))
    if point.example:
        explanation = f"{explanation}\nFor example: {point.example}".strip()
    choices = "\n".join(option.label for option in options)
    return (point.question.ask, "", explanation, choices, suggested, point.said, point.key)


def _options(offer: Offer) -> tuple[Offered, ...]:
    match offer:
        case OneOf() | AnyOf():
            return offer.options
        case Typed() | Entries():
            return (offer.suggested,) if offer.suggested else ()
        case _:
            assert_never(offer)


def _check_policy(rows: Iterator[Row], adopting: Adopting, problems: Problems) -> None:
    """Refuse a form of another policy, and tell of one that was made for another edition."""
    row = next(rows, None)
    policy, edition = (row.text("policy"), row.text("edition")) if row else ("", "")
    now = str(adopting.file.value.edition)
    if row and policy not in ("", adopting.name):
        says = f"this form was made for `{policy}`, not for `{adopting.name}`"
        row.note("unknown-template", says, meant_or_known(policy, [adopting.name]), "policy")
        problems.stop()
    if row and edition not in ("", now):
        says = f"this form was made for edition {edition}, and this is edition {now}"
        row.note("read-as", says, "make the form anew with `--export` to see what else is asked")


def _with_answer(adopting: Adopting, point: Point, row: Row, *, replace: bool) -> Adopting | None:
    """With the answer of a row; the same where it is given already; None, with a problem, where it is not taken."""
    problems = row.file.problems
    written = row.text("answer")
    try:
        value = _read(adopting, point, row)
    except RefusedAnswerError as error:
        says = f"this {error.message}"
        labels = [option.label for option in _options(point.offer)]
        row.note("bad-value", says, meant_or_known(written, labels), "answer")
        return None
    if value is None:
        return None
    if value == point.present:
        return adopting
    if point.said != row.text("now") and not point.is_open and not replace:
        says = f"this was answered meanwhile: “{point.said}”"
        row.note("changed-meanwhile", says, "`--replace` takes what the form says", "answer")
        return None
    for doubt in point.doubts(value):
        row.note(DOUBT, doubt, "write it anew, if it is not meant", "answer")
    try:
        return with_point(adopting, point, value)
    except InputError as error:
        problems.extend(error.diagnostics)
        return None


def _read(adopting: Adopting, point: Point, row: Row) -> object | None:
    """The answer of a row; one that is refused is tried as a day. Raises RefusedAnswerError.

    None, with a problem, where it may be two days.
    """
    written = row.text("answer")
    try:
        return read_answer(adopting, point, _given(point, written))
    except RefusedAnswerError:
        day = day_first(written)
        if day is None:
            raise
    read_answer(adopting, point, day.isoformat())
    certain = row.day("answer")
    if certain is None:
        return None
    return read_answer(adopting, point, certain.isoformat())


def _given(point: Point, written: str) -> str | Sequence[str]:
    """The answer that is meant: a suggestion that was taken; several may stand on one line with `;` between them."""
    offer = point.offer
    if isinstance(offer, Typed | Entries) and offer.suggested and written == offer.suggested.label:
        taken = offer.suggested.answer
        return [str(each) for each in taken] if isinstance(taken, list | tuple) else str(taken)
    if point.question.takes_several and "\n" not in written:
        return written.split(";")
    return written
