"""`policygen approve`, `release` and `minutes`: what governors decided."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from policygen.cli.options import (
    NAMED,
    code,
    day,
    in_workspace,
    number,
    of_a_meeting,
    of_policy,
    school_and_policy,
    sealing_key,
    writes,
)
from policygen.cli.output import ended, say, show
from policygen.cli.waiting import telling

if TYPE_CHECKING:
    from policygen.model.template import Body
    from policygen.project.approve import Released


def sealed(command: Callable[..., Any]) -> Callable[..., Any]:
    """With what PDFs are sealed."""
    return click.option(
        "--seal",
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        metavar="FILE",
        help="Seal every PDF with the key in this PKCS#12 file (.p12). Password: POLICYGEN_SEAL_PASSWORD, or asked.",
    )(command)


@click.command("approve")
@of_policy
@click.option(
    "--version", required=True, callback=number, help="The version that was approved: 1.2."
)
@click.option(
    "--content",
    required=True,
    callback=code,
    metavar="CODE",
    help="The content code on the copy that the body read.",
)
@of_a_meeting
@sealed
@click.option(
    "--review", is_flag=True, help="It was reviewed and left as it is: only its next review moves."
)
@writes
def approve_command(
    policy: tuple[str, str],
    as_of: datetime.date,
    workspace: Path,
    version: str,
    content: str,
    body: Body,
    decided: datetime.date,
    minute: str,
    minutes_status: Literal["draft", "signed"],
    signatory: str,
    seal: Path | None,
    *,
    review: bool,
) -> None:
    """Record an approval, and freeze what was approved."""
    from policygen.project.approve import approve
    from policygen.register.deciding import Decision

    _known(workspace, policy)
    decision = Decision(
        version=version,
        content=content,
        body=body,
        date=decided,
        minute=minute,
        minutes_status=minutes_status,
        signatory=signatory,
        review=review,
    )
    key = sealing_key(seal, "--seal", as_of)
    with telling() as tell:
        released = approve(workspace, *policy, decision, as_of, key, tell=tell)
    say_released(released)


@click.command("release")
@click.argument("policy", type=NAMED, metavar="[SCHOOL/POLICY]", required=False)
@click.option("--as-of", callback=day, metavar="DATE", help="Today's date, if not today.")
@in_workspace
@click.option(
    "--details",
    "kind",
    flag_value="details",
    help="Only names, numbers and providers have changed.",
)
@click.option(
    "--editorial",
    "kind",
    flag_value="editorial",
    help="Editorial changes, accepted under a delegation.",
)
@click.option(
    "--by", "role", metavar="ROLE", help="Who accepted editorial changes: head, business_manager …"
)
@click.option(
    "--date", "released", metavar="DATE", help="From when it is in force, if not from today."
)
@sealed
@click.pass_context
@writes
def release_command(
    context: click.Context,
    policy: str | None,
    as_of: datetime.date,
    workspace: Path,
    kind: str | None,
    role: str | None,
    released: str | None,
    seal: Path | None,
) -> None:
    """Freeze what needs no approval: new details of every policy or of one, or editorial changes."""
    from policygen.project import approve as approving

    parameter = context.command.params[0]
    when = day(context, parameter, released) if released else as_of
    if kind is None:
        raise click.UsageError("say `--details` or `--editorial`")
    if kind == "editorial" and not (policy and role):
        raise click.UsageError("`--editorial` needs SCHOOL/POLICY and `--by ROLE`")
    if policy is None:
        with telling() as tell:
            chosen = approving.stale_details(workspace, as_of, tell)
        if not chosen:
            say("no details have changed")
    else:
        chosen = (school_and_policy(context, parameter, policy),)
        _known(workspace, chosen[0])
    key = sealing_key(seal, "--seal", as_of) if chosen else None
    with telling() as tell:
        if kind == "details":
            made = approving.release_details(workspace, chosen, when, as_of, key, tell)
        else:
            edited = approving.release_editorial(
                workspace, *chosen[0], str(role), when, as_of, key, tell
            )
            made = (edited,)
    for each in made:
        say_released(each)


@click.command("minutes")
@of_policy
@click.option("--version", required=True, callback=number, help="The version that was approved.")
@click.option("--minute", required=True, help="The minute under which it was approved.")
@click.option(
    "--signed-on",
    required=True,
    callback=day,
    metavar="DATE",
    help="The day on which they were signed.",
)
@writes
def minutes_command(
    policy: tuple[str, str],
    as_of: datetime.date,
    workspace: Path,
    version: str,
    minute: str,
    signed_on: datetime.date,
) -> None:
    """Record that the minutes of an approval have been signed."""
    from policygen.ground.dates import long_date
    from policygen.project.approve import sign_minutes
    from policygen.project.check import select

    select(workspace, ["/".join(policy)], registered=True)
    record, end = sign_minutes(workspace, *policy, version, minute, signed_on, as_of)
    say(
        f"{record.title}, version {record.version}: minute {minute} signed on {long_date(signed_on)}"
    )
    if end:
        say(ended(end))


def _known(workspace: Path, policy: tuple[str, str]) -> None:
    """Raises InputError where the school does not adopt such a policy."""
    from policygen.project.check import select

    select(workspace, ["/".join(policy)])


def say_released(released: Released) -> None:
    """Say what a decision made."""
    from policygen.ground.dates import long_date, printed_due
    from policygen.ground.wording import count

    show(released.warnings)
    record = released.record
    if record is None:
        say(f"recorded; next it goes to: {released.waits_for}")
        return
    due = printed_due(record.next_review, record.review_term)
    say(f"{record.title}, version {record.version}, in force from {long_date(record.released)}")
    say(f"  content code {record.content.code}, {record.change}, next review {due}")
    if record.sealed:
        say(f"  {count(len(record.sealed), 'PDF')} sealed")
    say(f"  {released.folder}/")
    say(f"next: policygen site {record.school}   puts it on the website")
