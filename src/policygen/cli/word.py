"""`policygen word`."""

from __future__ import annotations

import datetime
from pathlib import Path

import click

from policygen.cli.options import NAMED, day, in_workspace, writes
from policygen.cli.output import PROBLEMS, say, show
from policygen.cli.waiting import telling
from policygen.ground import paths


@click.command("word")
@click.argument(
    "names",
    nargs=-1,
    type=NAMED,
    metavar="[SCHOOL | SCHOOL/POLICY | SCHOOL/POLICY@VERSION | POLICY]...",
)
@click.option("--as-of", callback=day, metavar="DATE", help="Today's date, if not today.")
@in_workspace
@writes
def word_command(names: tuple[str, ...], as_of: datetime.date, workspace: Path) -> None:
    """Write drafts and approved versions as Word files, with their forms."""
    from policygen.ground.wording import count
    from policygen.project.word import word

    with telling() as tell:
        result = word(workspace, workspace / paths.OUTPUT, names, as_of, tell)
    show(result.diagnostics)
    for document, stamp, folder in result.written:
        standing = "draft" if stamp.draft else "approved"
        say(f"{document.school_name}: {document.title}, version {document.version}, {standing}")
        files = 1 + len(document.every_form)
        say(f"  {paths.in_output(folder)}/  ({count(files, 'Word file')})")
    if result.failed:
        raise click.exceptions.Exit(PROBLEMS)
