"""`policygen history`: which versions there were, and which was in force on a day, of one policy or of a school."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from policygen.cli.options import NAMED, day, day_if_said, formats, in_workspace
from policygen.cli.output import PROBLEMS, say, show_json
from policygen.cli.tables import Column, Row, show_table

if TYPE_CHECKING:
    from policygen.register.history import History

_HEADS = (
    Column("Policy"),
    Column("Version", whole=True),
    Column("In force from", whole=True),
    Column("Approved by"),
    Column("Minute", whole=True),
    Column("Content code", whole=True),
)


@click.command("history")
@click.argument("of", type=NAMED, metavar="SCHOOL | SCHOOL/POLICY")
@click.option(
    "--on",
    callback=day_if_said,
    metavar="DATE",
    help="Only what was in force on this day, with its frozen files.",
)
@formats("text", "json", says="How to say it.")
@click.option("--as-of", callback=day, metavar="DATE", help="Today's date, if not today.")
@in_workspace
def history_command(
    of: str, as_of: datetime.date, workspace: Path, on: datetime.date | None, form: str
) -> None:
    """Say which versions there were, how each was approved, and which was in force on a day."""
    from policygen.project.check import select
    from policygen.project.register import recall, recall_school
    from policygen.register.history import as_json, as_text

    school, _, policy = of.strip("/").partition("/")
    if policy:
        select(workspace, [f"{school}/{policy}"], registered=True)
        found: tuple[History, ...] = (recall(workspace, school, policy, as_of),)
    else:
        found = recall_school(workspace, school, as_of)
    if on is not None:
        found = tuple(history.on(on) for history in found)
    if form == "json":
        plain = [as_json(history) for history in found]
        show_json(plain[0] if policy else {"school": school, "policies": plain})
    elif policy or on is None:
        say("\n\n".join(as_text(history) for history in found) or f"{school}: no policies")
    else:
        _show_day(found)
    if on is not None and not any(history.versions for history in found):
        raise click.exceptions.Exit(PROBLEMS)


def _show_day(found: Sequence[History]) -> None:
    """What was in force of a school on a day, as a table, and below it what was not."""
    if rows := [_row(history) for history in found if history.versions]:
        show_table(_HEADS, ("", rows))
    for history in found:
        if history.withdrawn:
            say(f"{history.policy}: {history.withdrawn.said}")
        elif not history.versions:
            say(f"{history.policy}: nothing was in force")
    if any(not version.registered for history in found for version in history.versions):
        say("* from before the register: cannot be verified")


def _row(history: History) -> Row:
    from policygen.ground.dates import short_day

    version = history.versions[-1]
    content = version.record.content.code if version.record else "–"
    number = version.version if version.registered else f"{version.version}*"
    return (
        history.policy,
        number,
        short_day(version.since),
        version.body or "–",
        version.minute or "–",
        content,
    )
