"""`policygen clauses`."""

from __future__ import annotations

import datetime
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from policygen.cli.options import NAMED, day, formats, in_workspace, school_and_policy, writes_list
from policygen.cli.output import say, show_json, show_rows
from policygen.cli.tables import Column, show_table
from policygen.cli.waiting import telling

if TYPE_CHECKING:
    from policygen.project.clauses import ClauseList, ClauseRow

_HEADS = (
    Column("No", whole=True),
    Column("Id", whole=True),
    Column("Status"),
    Column("Says"),
)
_CSV = ("number", "id", "part", "may", "done", "by", "reason", "words")
_MOST_WORDS = 7


@click.command("clauses")
@click.argument("policy", type=NAMED, metavar="SCHOOL/POLICY", callback=school_and_policy)
@click.option("--as-of", callback=day, metavar="DATE", help="Today's date, if not today.")
@formats(
    "text",
    "json",
    "csv",
    "xlsx",
    says="A table with the first words, or JSON, CSV or a workbook with all.",
)
@in_workspace
@writes_list
def clauses_command(
    policy: tuple[str, str], as_of: datetime.date, form: str, workspace: Path
) -> None:
    """List each clause: number, id, what the school may do with it, and what was done by whom."""
    from policygen.project.clauses import list_clauses

    with telling() as tell:
        listed = list_clauses(workspace, *policy, as_of, tell)
    if form == "json":
        show_json([asdict(row) for row in listed.rows])
    elif form == "text":
        _show(listed)
    else:
        rows = [_CSV, *([getattr(row, name) for name in _CSV] for row in listed.rows)]
        show_rows(form, rows, workspace, f"clauses-{'-'.join(policy)}")


def _show(listed: ClauseList) -> None:
    groups: dict[str, list[tuple[str, ...]]] = {}
    for row in listed.rows:
        title = "Left out" if row.done == "left out" else row.part
        groups.setdefault(title, []).append((row.number, row.id, _status(row), _first(row.words)))
    document = listed.document
    say(f"{document.title}, {document.school_name}, version {document.version}\n")
    show_table(_HEADS, *groups.items())


def _status(row: ClauseRow) -> str:
    from policygen.project.clauses import in_words

    if row.done == "kept":
        return "decided: the model’s wording"
    if not row.done:
        return in_words(row.may)
    return f"{row.done}: {row.reason}" if row.reason else row.done


def _first(words: str) -> str:
    first = words.split()[:_MOST_WORDS]
    return " ".join(first) + (" …" if len(words.split()) > _MOST_WORDS else "")
