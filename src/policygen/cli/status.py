"""`policygen status`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from policygen.cli.options import formats, selected
from policygen.cli.output import PROBLEMS, show, show_csv, show_json, show_table, table_console
from policygen.cli.waiting import telling

if TYPE_CHECKING:
    import datetime
    from collections.abc import Sequence
    from pathlib import Path

    from rich.console import Group
    from rich.text import Text

    from policygen.register.due import PolicyStanding

_WIDTHS = {"Version": 7, "Edition": 7, "Approved": 11, "Next review": 11}
_TWO_EDITIONS = 11
"""Columns for an edition and, below it, the one that is to follow."""
_TO_DO = 20
"""Columns that what is to be done should have, where there is room."""


@click.command("status")
@selected
@formats(
    "text", "json", "csv", "ics", says="A table, JSON, or what is due as CSV or as a calendar."
)
@click.option("--strict", is_flag=True, help="Exit code 1 when something is overdue or unsigned.")
def status_command(
    selection: tuple[str, ...], as_of: datetime.date, workspace: Path, form: str, *, strict: bool
) -> None:
    """Say how every policy stands: version, approval, next review, what is to be done."""
    from policygen.ground.diagnostics import Severity
    from policygen.project.check import select
    from policygen.project.status import as_calendar, as_plain, as_rows, standings

    selections = select(workspace, selection)
    with telling():
        found, diagnostics = standings(workspace, selections, as_of)
    show(diagnostics)
    failed = any(each.severity is Severity.ERROR for each in diagnostics)
    match form:
        case "json":
            show_json(as_plain(found, as_of))
        case "csv":
            show_csv(as_rows(found))
        case "ics":
            click.echo(as_calendar(found, as_of), nl=False)
        case _ if found or not failed:
            _show(found)
    if failed or (strict and any(each.overdue or each.unsigned for each in found)):
        raise click.exceptions.Exit(PROBLEMS)


def _show(standings: Sequence[PolicyStanding]) -> None:
    if not standings:
        click.echo("no policy has been adopted")
        return
    console = table_console()
    show_table(console, _table(standings, console.width))
    click.echo(f"\n{_summary(standings)}")


def _table(standings: Sequence[PolicyStanding], width: int) -> Group:
    """A table for each school below its name, with columns of the same width in all of them."""
    from itertools import groupby

    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    widths, least = dict(_WIDTHS), 16
    if any(standing.prepared.edition for standing in standings):
        widths["Edition"], least = _TWO_EDITIONS, 14
    rest = width - sum(size + 2 for size in widths.values()) - 2
    title = min(max(rest - _TO_DO, least), 40)
    parts: list[Table | Text] = []
    for school, each in groupby(standings, lambda standing: standing.school_name):
        table = Table(
            box=None,
            padding=(0, 2, 0, 0),
            pad_edge=False,
            header_style="dim",
            show_header=not parts,
        )
        table.add_column("Policy", width=title)
        for name, size in widths.items():
            table.add_column(name, width=size, no_wrap=name != "Edition")
        table.add_column("To do", width=max(rest - title, 16))
        for standing in each:
            table.add_row(*_cells(standing))
        parts += [Text(f"\n{school}" if parts else school, "bold"), table]
    return Group(*parts)


def _cells(standing: PolicyStanding) -> tuple[Text, ...]:
    from rich.text import Text

    from policygen.ground.dates import short_day

    now = standing.in_force
    version, approved, review = "–", "–", "–"
    if now is not None and standing.next_review is not None:
        version = now.version if now.registered else f"{now.version}*"
        approved, review = short_day(now.approved), short_day(standing.next_review)
    plain = (standing.short_title, version, standing.editions, approved, review)
    due = (Text(due.says, "red" if due.overdue else "") for due in standing.due if due.now)
    return (*map(Text, plain), Text("\n").join(due))


def _summary(standings: Sequence[PolicyStanding]) -> str:
    from policygen.ground.wording import count

    schools = len({each.school for each in standings})
    approved = sum(each.in_force is not None and each.in_force.registered for each in standings)
    overdue = sum(each.overdue for each in standings)
    of = f"{count(len(standings), 'policy')} of {count(schools, 'school')}"
    text = f"{of}: {approved or 'none'} in the register, {overdue or 'none'} overdue"
    earlier = any(each.in_force is not None and not each.in_force.registered for each in standings)
    return f"* from before the register: cannot be verified\n{text}" if earlier else text
