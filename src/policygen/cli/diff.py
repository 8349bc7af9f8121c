"""`policygen diff`."""

from __future__ import annotations

import datetime
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from policygen.cli.options import NAMED, day, in_workspace, writes
from policygen.cli.output import json_text, say
from policygen.cli.screen import columns
from policygen.cli.waiting import telling
from policygen.ground import paths
from policygen.ground.letters import harmless

if TYPE_CHECKING:
    from policygen.compare.comparison import Comparison
    from policygen.compare.summary import PartKind, TextLine


_STYLES: dict[PartKind, str] = {
    "head": "bold",
    "same": "",
    "inserted": "green underline",
    "deleted": "red strike",
}


@click.command("diff")
@click.argument("documents", nargs=-1, required=True, type=NAMED, metavar="[OLD] NEW")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    help="How to say what differs.",
)
@click.option(
    "--save",
    is_flag=True,
    help="Write the redline as HTML, PDF and JSON below output/packs/redlines/ too.",
)
@click.option(
    "--word",
    "word_file",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write the redline as a Word file with tracked changes, too.",
)
@click.option("--as-of", callback=day, metavar="DATE", help="Today's date, if not today.")
@in_workspace
@partial(writes, when=lambda **options: options["save"] or options["word_file"])
def diff_command(
    documents: tuple[str, ...],
    form: str,
    word_file: Path | None,
    as_of: datetime.date,
    workspace: Path,
    *,
    save: bool,
) -> None:
    """Say what changed between two documents, clause by clause, and who decided it.

    \b
    POLICY@2026.1            an edition of a model policy
    POLICY                   its working template
    SCHOOL/POLICY@1.2        an approved version
    SCHOOL/POLICY            what the school's files say now
    SCHOOL/POLICY@model      the same without the school's own wording

    Without OLD, what came before NEW.
    """  # noqa: D301
    from policygen.compare.summary import as_data, in_short
    from policygen.project.diff import diff, save_redline
    from policygen.project.word import write_redline

    if len(documents) > 2:
        raise click.UsageError("name two documents at most")
    if word_file and word_file.suffix.lower() != ".docx":
        raise click.UsageError(f"`{word_file}` is no Word file: its name must end in .docx")
    old, new = documents if len(documents) == 2 else ("", documents[0])
    folder = ""
    with telling() as tell:
        redline = diff(workspace, old, new, as_of, tell)
        if save:
            folder = save_redline(workspace / paths.OUTPUT, redline, tell)
        if word_file:
            write_redline(workspace, redline, word_file, as_of)
    if form == "json":
        data = {
            "from": redline.before.name,
            "to": redline.after.name,
            **as_data(redline.comparison),
        }
        click.echo(json_text(data, 1))
    else:
        say(f"{redline.title}\n{in_short(redline.comparison)}")
        show_changes(redline.comparison)
    if folder:
        say(f"\n{paths.in_output(folder)}/", err=form == "json")
    if word_file:
        say(f"\n{word_file}", err=form == "json")


def show_changes(comparison: Comparison) -> None:
    """Show each change, word by word."""
    from policygen.compare.summary import text_lines

    for pair in comparison.changes:
        say()
        for line in text_lines(pair):
            _show(line)


def _show(line: TextLine) -> None:
    """A line over as many as it needs, what came and what went in colours beside its signs."""
    from rich.console import Console
    from rich.text import Text

    text = Text()
    for part in line.parts:
        text.append(harmless(part.text), _STYLES[part.kind])
    width = columns(sys.stdout)
    if width is None:
        click.echo(harmless(str(line)))
        return
    console = Console(file=sys.stdout, highlight=False, width=width)
    follows = line.indent + 2
    indent = line.indent
    for shown in text.wrap(console, width - follows):
        shown.rstrip()
        console.print(Text(" " * indent) + shown)
        indent = follows
