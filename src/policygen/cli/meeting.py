"""`policygen meeting`: the pack of a meeting, all its decisions, and all its minutes."""

from __future__ import annotations

import datetime
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from policygen.cli.approve import say_released, sealed
from policygen.cli.options import (
    BODIES,
    NAMED,
    day,
    day_if_said,
    in_workspace,
    sealing_key,
    writes,
)
from policygen.cli.output import say
from policygen.cli.pack import say_packed
from policygen.cli.waiting import telling
from policygen.ground import paths

if TYPE_CHECKING:
    from policygen.model.template import Body
    from policygen.project.meeting import Recorded


@click.command("meeting")
@click.argument("date", callback=day, metavar="DATE")
@click.argument("school", type=NAMED)
@click.argument("policies", nargs=-1, type=NAMED, metavar="[POLICY]...")
@click.option(
    "--body", type=click.Choice(BODIES), help="Who meets. Default: the body whose turn it is."
)
@click.option(
    "--record", "records", is_flag=True, help="Record what the meeting decided, as its file says."
)
@click.option(
    "--signed-on",
    callback=day_if_said,
    metavar="DATE",
    help="The day on which the minutes of the meeting were signed: record it of all its decisions.",
)
@sealed
@click.option("--as-of", callback=day, metavar="DATE", help="Today's date, if not today.")
@in_workspace
@writes
def meeting_command(
    school: str,
    date: datetime.date,
    policies: tuple[str, ...],
    body: Body | None,
    signed_on: datetime.date | None,
    seal: Path | None,
    as_of: datetime.date,
    workspace: Path,
    *,
    records: bool,
) -> None:
    """Make the pack of a meeting of governors; record all its decisions, and later that its minutes are signed.

    Without POLICY, everything is on the agenda of which a version is being prepared or whose review falls due by DATE.
    """
    from policygen.project import meeting
    from policygen.project.check import select

    if records and signed_on:
        raise click.UsageError(
            "record the decisions first, and that the minutes are signed in another run"
        )
    if policies and (records or signed_on):
        raise click.UsageError("what was decided about is known: leave out the policies")
    if (records and body) or (seal and not records):
        raise click.UsageError("`--body` is for the pack and the minutes, `--seal` for `--record`")
    named = [each.rpartition("/")[2] for each in policies]
    select(workspace, [school, *(f"{school}/{each}" for each in named)])
    if signed_on:
        for policy, version, minute in meeting.sign_all(
            workspace, school, date, signed_on, as_of, body
        ):
            say(f"{school}/{policy}, version {version}: minute {minute} is signed")
        return
    if records:
        _ask_for_minutes(workspace, school, date)
        key = sealing_key(seal, "--seal", as_of)
        with telling() as tell:
            made = meeting.record(workspace, school, date, as_of, key, tell)
        for each in made:
            _say(each)
        return
    with telling() as tell:
        output = workspace / paths.OUTPUT
        prepared = meeting.prepare(workspace, output, school, date, named, body, as_of, tell)
    say_packed(prepared.pack)
    for policy, other in prepared.elsewhere:
        say(f"not on this agenda: {policy}, which `{other}` decides about")
    say(f"after the meeting, write the minutes into {prepared.file}, then:")
    say(f"next: policygen meeting {date} {school} --record")


def _ask_for_minutes(workspace: Path, school: str, date: datetime.date) -> None:
    """Ask for the minutes that the file of the meeting lacks, where somebody can answer, and write them into it."""
    from policygen.project import meeting

    if not sys.stdin.isatty():
        return
    lacking = meeting.open_items(workspace, school, date)
    if lacking:
        say(
            "The number of each minute, such as 19.2. Leave it empty where the decision was put off."
        )
    given = {
        number: click.prompt(
            f"{item.policy}, version {item.version}", default="", show_default=False
        )
        for number, item in lacking
    }
    if given:
        meeting.fill_in(workspace, school, date, given)


def _say(recorded: Recorded) -> None:
    from policygen.project.approve import Released

    item = recorded.item
    if recorded.before:
        say(f"{recorded.policy}: minute {item.minute} was recorded before")
    elif recorded.became is None:
        what = "put off" if item.decision == "defer" else "refused"
        say(f"{recorded.policy}: {what}; nothing is recorded, and the draft stays")
    elif isinstance(recorded.became, Released):
        say_released(recorded.became)
    else:
        say(f"{recorded.became.record.title}: {recorded.became.withdrawn.said}")
