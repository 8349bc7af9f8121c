"""What every command prints: problems, tables, plain data."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.console import Console, RenderableType

    from policygen.ground.diagnostics import Diagnostic
    from policygen.register.records import VersionRecord

PROBLEMS, USAGE, BUG = 1, 2, 70
"""Exit codes."""


def show(diagnostics: Sequence[Diagnostic]) -> None:
    from policygen.cli.reports import as_text
    from policygen.cli.screen import columns

    text = as_text(diagnostics, columns(sys.stderr))
    if text:
        click.echo(text, err=True, nl=False)


def superseded(successor: VersionRecord) -> str:
    """What is said after an act about a version that another one has replaced."""
    from policygen.ground.dates import long_date

    on = long_date(successor.released)
    return f"This version was superseded on {on}: version {successor.version} came into force."


def show_json(plain: object) -> None:
    import json

    click.echo(json.dumps(plain, ensure_ascii=False, indent=2))


def show_csv(rows: Iterable[Iterable[object]]) -> None:
    from policygen.files.csvfile import csv_text

    click.echo(csv_text(rows), nl=False)


_PLAIN_WIDTH = 80
"""Columns of a table where it is not shown on a terminal."""


def table_console() -> Console:
    """Where tables are shown: as wide as the terminal, without colours elsewhere."""
    from rich.console import Console

    on_terminal = sys.stdout.isatty()
    return Console(
        file=sys.stdout,
        highlight=False,
        width=None if on_terminal else _PLAIN_WIDTH,
        no_color=not on_terminal,
    )


def show_table(console: Console, table: RenderableType) -> None:
    """Show a table without spaces at the ends of its lines."""
    with console.capture() as capture:
        console.print(table)
    click.echo("\n".join(line.rstrip() for line in capture.get().splitlines()))
