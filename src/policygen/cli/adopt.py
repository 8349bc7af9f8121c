"""`policygen adopt`."""

from __future__ import annotations

import datetime
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from policygen.cli.options import NAMED, day, in_workspace, school_and_policy, writes
from policygen.cli.output import say
from policygen.cli.waiting import telling

if TYPE_CHECKING:
    from policygen.project.adopt import Adopting


def _does_not_ask(*, write: bool, **_: object) -> bool:
    """Whether it runs without a person at a terminal; who answers one by one keeps nobody waiting."""
    return write or not (sys.stdin.isatty() and sys.stdout.isatty())


@click.command("adopt")
@click.argument("policy", type=NAMED, metavar="SCHOOL/POLICY", callback=school_and_policy)
@click.option(
    "--write",
    is_flag=True,
    help="Do not ask: write the open questions into the file, to answer them there.",
)
@click.option(
    "--again",
    multiple=True,
    metavar="QUESTION",
    help="Ask this question although it has an answer.",
)
@click.option("--as-of", callback=day, metavar="DATE", help="Today's date, if not today.")
@in_workspace
@partial(writes, when=_does_not_ask)
def adopt_command(
    policy: tuple[str, str],
    again: tuple[str, ...],
    as_of: datetime.date,
    workspace: Path,
    *,
    write: bool,
) -> None:
    """Ask what a policy asks of a school, and keep the answers."""
    from policygen.project import adopt as starting

    started = starting.start_adoption(workspace, *policy, as_of)
    asks = sys.stdin.isatty() and sys.stdout.isatty() and not write
    _check_again(again, started, asks=asks)
    if asks:
        _ask(started, again, workspace)
    else:
        written = starting.write_questions(workspace, started)
        say(
            f"wrote {started.path}"
            if written
            else f"{started.path} has every open question already"
        )
    _say_left(policy, workspace, as_of)


def _check_again(again: tuple[str, ...], started: Adopting, *, asks: bool) -> None:
    from policygen.ground.wording import meant_or_known

    if again and not asks:
        message = "--again asks, so it needs a terminal, and no --write"
        raise click.UsageError(message)
    for name in again:
        if name not in started.asked:
            hint = meant_or_known(name, [*started.asked])
            message = f"`{name}` is not a question that is asked of this school; {hint}"
            raise click.BadParameter(message, param_hint="--again")


def _ask(started: Adopting, again: tuple[str, ...], workspace: Path) -> None:
    from policygen.cli import asking
    from policygen.ground.wording import join_and
    from policygen.project import adopt as starting

    adopted, ended = asking.ask(started, again, partial(starting.add_to_adoption, workspace))
    kept = [
        path
        for path, before, after in (
            (adopted.path, started.text, adopted.text),
            (adopted.answers_path, started.answers, adopted.answers),
            (adopted.facts_path, started.facts, adopted.facts),
        )
        if before != after
    ]
    if not kept:
        say("\nnothing was changed")
    elif ended:
        say(f"\nkept in {join_and(kept)}")
    else:
        say(f"\nstopped: what was answered is kept in {join_and(kept)}")


def _say_left(policy: tuple[str, str], workspace: Path, as_of: datetime.date) -> None:
    from policygen.ground.wording import count
    from policygen.project import adopt as starting
    from policygen.project import check as checking

    name = "/".join(policy)
    if left := starting.start_adoption(workspace, *policy, as_of).left:
        say(f"{left}\n\nnext: policygen adopt {name}   asks for it, on a terminal")
        say(f"  or: policygen check {name}   names each with its line")
        return
    with telling() as tell:
        checked = checking.check(workspace, [checking.Selection(*policy)], as_of, tell)
    errors = sum(each.severity == "error" for each in checked.diagnostics)
    if not errors:
        say(f"everything is decided\n\nnext: policygen build {name}")
        return
    say(
        f"everything is decided, but not right yet: {count(errors, 'error')}\n\nnext: policygen check {name}"
    )
