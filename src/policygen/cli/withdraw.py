"""`policygen withdraw`: a policy that is no longer in force."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from policygen.cli.options import NAMED, of_a_meeting, of_policy, writes
from policygen.cli.output import say

if TYPE_CHECKING:
    from policygen.model.template import Body


@click.command("withdraw")
@of_policy
@of_a_meeting
@click.option("--reason", required=True, metavar="TEXT", help="Why, in a few words.")
@click.option(
    "--replaced-by",
    default="",
    type=NAMED,
    metavar="POLICY",
    help="The policy of the school that stands in its place.",
)
@writes
def withdraw_command(
    policy: tuple[str, str],
    as_of: datetime.date,
    workspace: Path,
    body: Body,
    decided: datetime.date,
    minute: str,
    reason: str,
    replaced_by: str,
    minutes_status: Literal["draft", "signed"],
    signatory: str,
) -> None:
    """Record that a policy is no longer in force; all that was approved of it stays."""
    from policygen.project.check import select
    from policygen.project.withdraw import withdraw
    from policygen.register.withdrawing import Withdrawal

    select(workspace, ["/".join(policy)], registered=True)
    decision = Withdrawal(
        body=body,
        date=decided,
        minute=minute,
        reason=reason,
        replaced_by=replaced_by.rpartition("/")[2],
        minutes_status=minutes_status,
        signatory=signatory,
    )
    done = withdraw(workspace, *policy, decision, as_of)
    record, withdrawn = done.record, done.withdrawn
    say(f"{record.title}, version {record.version}: {withdrawn.said}")
    if withdrawn.entry.replaced_by:
        say(f"  replaced by {withdrawn.entry.replaced_by}")
    say(f"next: policygen site {record.school}   says so on the website")
