"""`policygen pack`."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from policygen.cli.options import (
    BODIES,
    NAMED,
    day,
    day_if_said,
    in_workspace,
    school_and_policy,
    writes,
)
from policygen.cli.output import say, show
from policygen.cli.waiting import telling
from policygen.ground import paths

if TYPE_CHECKING:
    from policygen.model.template import Body
    from policygen.project.pack import PackResult


def _policies(
    context: click.Context, parameter: click.Parameter, values: tuple[str, ...]
) -> tuple[str, ...]:
    return tuple("/".join(school_and_policy(context, parameter, value)) for value in values)


@click.command("pack")
@click.argument(
    "policies", nargs=-1, required=True, type=NAMED, metavar="SCHOOL/POLICY...", callback=_policies
)
@click.option(
    "--meeting",
    callback=day_if_said,
    metavar="DATE",
    help="The day of the meeting: one pack for all policies.",
)
@click.option(
    "--body", type=click.Choice(BODIES), help="Who decides. Default: the body whose turn it is."
)
@click.option(
    "--review",
    is_flag=True,
    help="Where no version is being prepared: put up the one in force for review without change.",
)
@click.option(
    "--word", is_flag=True, help="Put the draft and what changed into it as Word files, too."
)
@click.option("--as-of", callback=day, metavar="DATE", help="Today's date, if not today.")
@in_workspace
@writes
def pack_command(
    policies: tuple[str, ...],
    meeting: datetime.date | None,
    body: Body | None,
    as_of: datetime.date,
    workspace: Path,
    *,
    review: bool,
    word: bool,
) -> None:
    """Make what governors read before they decide: cover note, changes, draft, form."""
    from policygen.project.pack import pack

    with telling() as tell:
        output = workspace / paths.OUTPUT
        result = pack(
            workspace, output, policies, as_of, meeting, body, tell, review=review, word=word
        )
    say_packed(result)


def say_packed(result: PackResult) -> None:
    """Say what was packed, for whom, and where it is."""
    from policygen.ground.wording import count

    show(result.warnings)
    for each in result.packs:
        for cover in each.covers:
            say(f"{cover.name}, content code {cover.code}, for {cover.body}")
        say(f"  output/{each.folder}/  ({count(each.pages, 'page')})")
