"""`policygen status`."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from policygen.cli.options import formats, selected, writes_list
from policygen.cli.output import PROBLEMS, say, show, show_json, show_rows
from policygen.cli.tables import Cell, Column, Line, Row, show_table
from policygen.cli.waiting import telling

if TYPE_CHECKING:
    from policygen.register.due import PolicyStanding

_HEADS = (
    Column("Policy"),
    Column("Version", whole=True),
    Column("Edition", whole=True),
    Column("Approved", whole=True),
    Column("Next review", whole=True),
    Column("To do"),
)


@click.command("status")
@selected
@formats(
    "text",
    "json",
    "csv",
    "xlsx",
    "ics",
    says="A table, JSON, or what is due as CSV, as a workbook or as a calendar.",
)
@click.option("--strict", is_flag=True, help="Exit code 1 when something is overdue or unsigned.")
@writes_list
def status_command(
    selection: tuple[str, ...], as_of: datetime.date, workspace: Path, form: str, *, strict: bool
) -> None:
    """Say how every policy stands: version, approval, next review, what is to be done."""
    from policygen.ground.diagnostics import Severity
    from policygen.project.check import select
    from policygen.project.status import as_calendar, as_plain, as_rows, standings

    selections = select(workspace, selection, registered=True)
    with telling():
        found, diagnostics = standings(workspace, selections, as_of)
    show(diagnostics)
    failed = any(each.severity is Severity.ERROR for each in diagnostics)
    match form:
        case "json":
            show_json(as_plain(found, as_of))
        case "csv" | "xlsx":
            show_rows(form, as_rows(found), workspace, "status")
        case "ics":
            click.echo(as_calendar(found, as_of), nl=False)
        case _ if found or not failed:
            _show(found)
    if failed or (strict and any(each.overdue or each.unsigned for each in found)):
        raise click.exceptions.Exit(PROBLEMS)


def _show(standings: Sequence[PolicyStanding]) -> None:
    from itertools import groupby

    if not standings:
        say("no policy has been adopted")
        return
    groups = []
    for school, policies in groupby(standings, lambda standing: standing.school_name):
        groups.append((school, [_row(standing) for standing in policies]))
    show_table(_HEADS, *groups)
    say(f"\n{_summary(standings)}")


def _row(standing: PolicyStanding) -> Row:
    from policygen.ground.dates import short_day

    now = standing.in_force
    version: Cell = "–"
    approved, review = "–", "–"
    if standing.withdrawn:
        version = [Line("withdrawn"), Line(short_day(standing.withdrawn.on))]
    if now is not None and standing.next_review is not None:
        version = now.version if now.registered else f"{now.version}*"
        approved, review = short_day(now.approved), short_day(standing.next_review)
    to_do = [Line(due.says, "red" if due.overdue else None) for due in standing.due if due.now]
    editions = [Line(standing.edition)]
    if following := standing.prepared.edition:
        editions = [Line(f"{standing.edition},"), Line(f"{following} next")]
    return standing.short_title, version, editions, approved, review, to_do


def _summary(standings: Sequence[PolicyStanding]) -> str:
    from policygen.ground.wording import count

    schools = len({each.school for each in standings})
    withdrawn = sum(each.withdrawn is not None for each in standings)
    approved = sum(each.in_force is not None and each.in_force.registered for each in standings)
    overdue = sum(each.overdue for each in standings)
    of = f"{count(len(standings), 'policy')} of {count(schools, 'school')}"
    text = f"{of}: {approved + withdrawn or 'none'} in the register, {overdue or 'none'} overdue"
    if withdrawn:
        text += f", {withdrawn} withdrawn"
    earlier = any(each.in_force is not None and not each.in_force.registered for each in standings)
    return f"* from before the register: cannot be verified\n{text}" if earlier else text
