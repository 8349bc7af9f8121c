"""`policygen status`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from policygen.cli.options import selected
from policygen.cli.output import PROBLEMS, show

if TYPE_CHECKING:
    import datetime
    from collections.abc import Sequence
    from pathlib import Path

    from rich.console import Group
    from rich.text import Text

    from policygen.ground.dates import Month
    from policygen.register.due import PolicyStanding

_PLAIN_WIDTH = 80
"""Columns of the table where it is not shown on a terminal."""
_WIDTHS = {"Version": 7, "Edition": 7, "Approved": 11, "Next review": 11}
_TO_DO = 20
"""Columns that what is to be done should have, where there is room."""


@click.command("status")
@selected
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "csv", "ics"]),
    default="text",
    help="A table, JSON, or what is due as CSV or as a calendar.",
)
@click.option("--strict", is_flag=True, help="Exit code 1 when something is overdue or unsigned.")
def status_command(
    selection: tuple[str, ...], as_of: datetime.date, workspace: Path, form: str, *, strict: bool
) -> None:
    """Say how every policy stands: version, approval, next review, what is to be done."""
    from policygen.ground.diagnostics import Severity
    from policygen.project.check import select
    from policygen.project.status import as_calendar, as_plain, as_rows, standings

    found, diagnostics = standings(workspace, select(workspace, selection), as_of)
    show(diagnostics)
    failed = any(each.severity is Severity.ERROR for each in diagnostics)
    match form:
        case "json":
            import json

            click.echo(json.dumps(as_plain(found, as_of), ensure_ascii=False, indent=2))
        case "csv":
            from policygen.files.csvfile import csv_text

            click.echo(csv_text(as_rows(found)), nl=False)
        case "ics":
            click.echo(as_calendar(found, as_of), nl=False)
        case _ if found or not failed:
            _show(found)
    if failed or (strict and any(each.overdue or each.unsigned for each in found)):
        raise click.exceptions.Exit(PROBLEMS)


def _show(standings: Sequence[PolicyStanding]) -> None:
    from rich.console import Console

    if not standings:
        click.echo("no policy has been adopted")
        return
    on_terminal = sys.stdout.isatty()
    console = Console(
        file=sys.stdout,
        highlight=False,
        width=None if on_terminal else _PLAIN_WIDTH,
        no_color=not on_terminal,
    )
    with console.capture() as capture:
        console.print(_table(standings, console.width))
    click.echo("\n".join(line.rstrip() for line in capture.get().splitlines()))
    click.echo(f"\n{_summary(standings)}")


def _table(standings: Sequence[PolicyStanding], width: int) -> Group:
    """A table for each school below its name, with columns of the same width in all of them."""
    from itertools import groupby

    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    rest = width - sum(size + 2 for size in _WIDTHS.values()) - 2
    title = min(max(rest - _TO_DO, 16), 40)
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
        for name, size in _WIDTHS.items():
            table.add_column(name, width=size, no_wrap=True)
        table.add_column("To do", width=max(rest - title, 16))
        for standing in each:
            table.add_row(*_cells(standing))
        parts += [Text(f"\n{school}" if parts else school, "bold"), table]
    return Group(*parts)


def _cells(standing: PolicyStanding) -> tuple[Text, ...]:
    from rich.text import Text

    now = standing.in_force
    version = f"{now.version}{'' if now.registered else '*'}" if now else "–"
    approved, review = (_short(now.approved), _short(now.next_review)) if now else ("–", "–")
    due = (Text(each.says, "red" if each.overdue else "") for each in standing.due if each.now)
    plain = (standing.short_title, version, standing.edition, approved, review)
    return (*map(Text, plain), Text("\n").join(due))


def _short(day: datetime.date | Month) -> str:
    """A day or month in as little room as may be: "12 Nov 2026"."""
    from policygen.ground.dates import printed_day

    *number, month, year = printed_day(day).split()
    return " ".join((*number, month[:3], year))


def _summary(standings: Sequence[PolicyStanding]) -> str:
    from policygen.ground.wording import count

    schools = len({each.school for each in standings})
    approved = sum(each.in_force is not None and each.in_force.registered for each in standings)
    overdue = sum(each.overdue for each in standings)
    of = f"{count(len(standings), 'policy')} of {count(schools, 'school')}"
    text = f"{of}: {approved or 'none'} in the register, {overdue or 'none'} overdue"
    earlier = any(each.in_force is not None and not each.in_force.registered for each in standings)
    return f"* from before the register: cannot be verified\n{text}" if earlier else text
