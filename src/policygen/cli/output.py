"""What every command prints: problems, plain data."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from policygen.cli import edge
from policygen.ground.diagnostics import Diagnostic
from policygen.ground.letters import harmless_json, harmless_lines

if TYPE_CHECKING:
    from policygen.register.ends import End

PROBLEMS, USAGE, BUG = edge.PROBLEMS, edge.USAGE, edge.BUG


def show(diagnostics: Sequence[Diagnostic]) -> None:
    from policygen.cli.reports import as_text
    from policygen.cli.screen import columns

    text = as_text(diagnostics, columns(sys.stderr))
    if text:
        click.echo(text, err=True, nl=False)


def say(text: str = "", *, err: bool = False) -> None:
    """Print a text for people; a line that is longer than the terminal goes on, indented, in the next."""
    from policygen.cli.screen import columns, folded

    safe = harmless_lines(text)
    click.echo(folded(safe, columns(sys.stderr if err else sys.stdout)), err=err)


def ended(end: End) -> str:
    """What is said after an act about a version that is not in force any more."""
    from policygen.ground.dates import long_date
    from policygen.register.ends import Superseded

    if isinstance(end, Superseded):
        return (
            f"This version was superseded on {long_date(end.on)}: version {end.by} came into force."
        )
    return f"This version was {end.said}."


def show_json(plain: object) -> None:
    click.echo(json_text(plain))


def json_text(plain: object, indent: int = 2) -> str:
    """JSON for programs, which people may look at on a terminal."""
    return harmless_json(json.dumps(plain, ensure_ascii=False, indent=indent))


def show_csv(rows: Iterable[Iterable[object]]) -> None:
    from policygen.files.csvfile import csv_text

    click.echo(csv_text(rows), nl=False)


def show_rows(form: str, rows: Sequence[Sequence[object]], workspace: Path, name: str) -> None:
    """Say a table as CSV, or write it as a workbook of this name."""
    if form == "xlsx":
        _save_list(workspace, name, rows)
    else:
        show_csv(rows)


def _save_list(workspace: Path, name: str, rows: Sequence[Sequence[object]]) -> None:
    """Write rows as a workbook below output/, and say where: no shell takes its bytes as they are."""
    from policygen.disk.writing import change
    from policygen.files.excel import Sheet, workbook
    from policygen.ground import paths

    path = f"packs/lists/{name}.xlsx"
    output = workspace / paths.OUTPUT
    output.mkdir(exist_ok=True)
    change(output, {path: workbook(Sheet(name[:31], rows))})
    say(paths.in_output(path))
