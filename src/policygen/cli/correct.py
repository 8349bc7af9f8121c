"""`policygen correct`: what was recorded by mistake."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from policygen.cli.options import BODIES, number, of_policy, writes
from policygen.cli.output import say

if TYPE_CHECKING:
    from policygen.register.correcting import Asked

_FACTS = ("minute", "date", "body", "name", "signatory", "author", "withdrawal")


@click.command("correct")
@of_policy
@click.argument("fact", type=click.Choice(_FACTS), metavar="FACT")
@click.option(
    "--version", required=True, callback=number, help="The version of which it was recorded: 1.2."
)
@click.option("--was", required=True, metavar="TEXT", help="What was recorded.")
@click.option("--to", required=True, metavar="TEXT", help="What it should have been.")
@click.option("--by", required=True, metavar="WHO", help="Who corrects it.")
@click.option("--reason", required=True, metavar="TEXT", help="Why, in a few words.")
@click.option(
    "--body", type=click.Choice(BODIES), help="Whose decision is meant, where several have it."
)
@click.option(
    "--withdrawal",
    is_flag=True,
    help="The decision to withdraw that version is meant, and not its approval.",
)
@writes
def correct_command(
    policy: tuple[str, str],
    as_of: datetime.date,
    workspace: Path,
    fact: Asked,
    version: str,
    was: str,
    to: str,
    by: str,
    reason: str,
    body: str | None,
    *,
    withdrawal: bool,
) -> None:
    """Correct a FACT that was recorded by mistake: minute, date, body, its name, signatory, author or withdrawal.

    What was frozen stays as it is; the correction stands beside it.
    """
    from policygen.project.check import select
    from policygen.project.correct import correct
    from policygen.register.correcting import Correction
    from policygen.register.corrections import told

    select(workspace, ["/".join(policy)], registered=True)
    asked = Correction(
        fact=fact,
        version=version,
        was=was,
        to=to,
        by=by,
        reason=reason,
        body=body or "",
        withdrawal=withdrawal,
    )
    entry = correct(workspace, *policy, asked, as_of)
    say(f"{'/'.join(policy)}, version {entry.version}: corrected")
    for words, old, new in told(entry):
        say(f"  {f'{words}: ' if words else ''}{new}, recorded as {old}")
    say(f"next: policygen site {policy[0]}   shows the correction on the website")
