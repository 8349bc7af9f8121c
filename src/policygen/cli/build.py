"""`policygen build`."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from policygen.cli.options import selected, writes
from policygen.cli.output import say, show
from policygen.cli.waiting import telling
from policygen.ground import paths

if TYPE_CHECKING:
    from policygen.project.build import BuildResult


@click.command("build")
@selected
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    help="How many PDFs to make at once. Default: where there are many, one for each core.",
)
@writes
def build_command(
    selection: tuple[str, ...], as_of: datetime.date, workspace: Path, workers: int | None
) -> None:
    """Make drafts: HTML, PDF and text, forms, and sheets to sign."""
    from policygen.project.build import build
    from policygen.project.check import select

    selections = select(workspace, selection)
    with telling() as tell:
        result = build(workspace, workspace / paths.OUTPUT, selections, as_of, tell, workers)
    show(result.warnings)
    _summary(result)


def _summary(result: BuildResult) -> None:
    from policygen.ground.wording import count

    school = ""
    for built in result.policies:
        document = built.document
        if document.school_name != school:
            school = document.school_name
            say(f"\n{school}")
        changed = ""
        if not built.changed:
            changed = ", unchanged since it was last built"
        say(f"  {document.title}, version {document.version}, draft{changed}")
        say(f"  {count(built.pages, 'page')}, content code {built.content_code}")
        say(f"  output/{built.folder}/")
    if result.approved:
        say("\nAs approved, so that there is no draft to make")
        for composed in result.approved:
            document = composed.document
            say(f"  {document.school_name}: {document.title}, version {document.version}")
            say(f"  {composed.school.folder}/register/{document.policy_id}/{document.version}/")
    if result.circulars:
        say("\nCirculars")
        for folder in result.circulars:
            say(f"  output/{folder}/")
    schools = len({built.document.school_id for built in result.policies})
    say(f"\n{count(len(result.policies), 'policy')} built for {count(schools, 'school')}.")
