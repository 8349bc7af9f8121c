"""`policygen diff`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from policygen.cli.options import NAMED, day, in_workspace
from policygen.cli.output import say
from policygen.cli.waiting import telling
from policygen.ground import paths

if TYPE_CHECKING:
    import datetime
    from pathlib import Path


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
@click.option("--as-of", callback=day, metavar="DATE", help="Today's date, if not today.")
@in_workspace
def diff_command(
    documents: tuple[str, ...], form: str, as_of: datetime.date, workspace: Path, *, save: bool
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
    import json

    from policygen.compare.summary import as_data, as_text, in_short
    from policygen.project.diff import diff, save_redline

    if len(documents) > 2:
        raise click.UsageError("name two documents at most")
    old, new = documents if len(documents) == 2 else ("", documents[0])
    folder = ""
    with telling() as tell:
        redline = diff(workspace, old, new, as_of, tell)
        if save:
            folder = save_redline(workspace / paths.OUTPUT, redline, tell)
    if form == "json":
        data = {
            "from": redline.before.name,
            "to": redline.after.name,
            **as_data(redline.comparison),
        }
        click.echo(json.dumps(data, ensure_ascii=False, indent=1))
    else:
        say(f"{redline.title}\n{in_short(redline.comparison)}")
        if redline.comparison.changes:
            say(f"\n{as_text(redline.comparison.changes)}")
    if folder:
        say(f"\n{paths.in_output(folder)}/", err=form == "json")
