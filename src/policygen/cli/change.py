"""`policygen change`: a school's own wording of one clause, without opening a YAML file."""

from __future__ import annotations

import datetime
import os
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from policygen.cli.options import (
    NAMED,
    day,
    day_if_said,
    in_workspace,
    number,
    school_and_policy,
    writes,
)
from policygen.cli.output import say

if TYPE_CHECKING:
    from policygen.project.change import Action, Subject, Wanted

_SAYS: dict[Action, str] = {
    "replace": "Write our own wording in its place",
    "add_before": "Add a paragraph of our own before it",
    "add_after": "Add a paragraph of our own after it",
    "omit": "Leave it out",
    "keep": "Keep the model’s wording, and say that we decided so",
    "take_back": "Take back what we decided",
}
_HAS_TEXT = ("replace", "add_before", "add_after")
_HAS_REASON = (*_HAS_TEXT, "omit")


def _option(action: Action) -> str:
    return f"`--{action.replace('_', '-')}`"


def _actions(command: Any) -> Any:
    """An option for each thing that can be done."""
    for action, says in reversed(_SAYS.items()):
        command = click.option(_option(action).strip("`"), action, is_flag=True, help=f"{says}.")(
            command
        )
    return command


@click.command("change")
@click.argument("policy", type=NAMED, metavar="SCHOOL/POLICY", callback=school_and_policy)
@click.argument("clause")
@_actions
@click.option(
    "--text",
    "text_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Read the new wording from this file, in place of an editor.",
)
@click.option("--reason", default="", help="Why, for the redline and the amendment history.")
@click.option(
    "--editorial", is_flag=True, help="A slip is mended: it needs no new decision of the board."
)
@click.option(
    "--version",
    default="",
    callback=number,
    help="The version that begins with it, after an approved one.",
)
@click.option("--author", default="", help="Who prepares that version.")
@click.option("--purpose", default="", help="Why there is that version.")
@click.option("--agreed-by", default="", help="Who gave leave to depart from agreed wording.")
@click.option("--until", callback=day_if_said, metavar="DATE", help="The last day of that leave.")
@click.option("--yes", is_flag=True, help="Save it without asking.")
@click.option("--as-of", callback=day, metavar="DATE", help="Today's date, if not today.")
@in_workspace
@partial(writes, when=lambda **options: options["yes"])
def change_command(
    policy: tuple[str, str],
    clause: str,
    text_file: Path | None,
    as_of: datetime.date,
    workspace: Path,
    *,
    editorial: bool,
    until: datetime.date | None,
    yes: bool,
    **said: Any,
) -> None:
    """Change one clause, by its id or its number, in the school's own words; shows what that does, then saves it."""
    from policygen.cli.diff import show_changes
    from policygen.ground.wording import join_and
    from policygen.project import change as changing

    actions = [action for action in _SAYS if said[action]]
    if len(actions) > 1:
        raise click.UsageError(f"write one of {join_and(map(_option, actions))}")
    action = actions[0] if actions else None
    found = changing.subject(workspace, policy, clause, as_of)
    asks = sys.stdin.isatty() and sys.stdout.isatty() and text_file is None
    if not asks and action is None:
        raise click.UsageError(f"say what to do: {', '.join(map(_option, _SAYS))}")
    wanted = changing.Wanted(
        action or "keep",
        changing.wording_in(text_file) if text_file else "",
        said["reason"],
        "editorial" if editorial else "material",
        said["version"],
        said["author"],
        said["purpose"],
        said["agreed_by"],
        until,
    )
    if asks:
        wanted = _asked(found, wanted, action)
    _check_complete(found, wanted)
    planned = changing.plan(workspace, found, wanted)
    if planned.text == planned.before:
        say("It is so already.")
        return
    if not planned.comparison.changes:
        say("The policy reads as before.")
    show_changes(planned.comparison)
    if not yes and not (asks and _is_right()):
        raise click.UsageError("nothing was saved; with `--yes` it is saved without asking")
    changing.save(workspace, planned)
    say(f"saved in {planned.path}")
    say(f"next: policygen build {'/'.join(policy)}")


def _check_complete(subject: Subject, wanted: Wanted) -> None:
    """Raise UsageError for what is still to be said."""
    if wanted.action == "take_back" and not subject.is_decided:
        message = f"nothing was decided about `{subject.clause}` that could be taken back"
        raise click.UsageError(message)
    lacks = []
    if wanted.action in _HAS_TEXT and not wanted.text.strip():
        lacks.append("`--text FILE` with the wording")
    if wanted.action in _HAS_REASON and not wanted.reason:
        lacks.append("`--reason`")
    if subject.may == "locked" and wanted.action in _HAS_REASON and not wanted.agreed_by:
        lacks.append("`--agreed-by`, for this is agreed wording")
    if subject.needs_a_version and not (wanted.version and wanted.author and wanted.purpose):
        approved = f"version {subject.approved} is approved, so that a new one begins"
        lacks.append(f"`--version`, `--author` and `--purpose`, for {approved}")
    if lacks:
        raise click.UsageError(f"it lacks {'; '.join(lacks)}")


# --- at a terminal ----------------------------------------------------------------------------------------------------


def _asked(subject: Subject, wanted: Wanted, action: Action | None) -> Wanted:
    """What a person wants, asked for as far as it was not said. Stopped, or put off, ends the command."""
    from policygen.cli.asking import LaterError

    say(f"{subject.clause}, the model’s wording:\n")
    say(subject.model)
    for own in subject.own.values():
        say("our own wording:\n")
        say(own)
    try:
        return _complete(subject, replace(wanted, action=action or _action(subject)))
    except (LaterError, KeyboardInterrupt, EOFError):
        raise click.Abort from None


def _action(subject: Subject) -> Action:
    from questionary import Choice

    from policygen.cli.asking import select_one
    from policygen.project.change import may_do

    may = may_do(subject)
    if subject.may == "locked":
        say("This is agreed wording: to change it needs leave.")
        may = [*(action for action in _SAYS if action != "take_back" or "take_back" in may)]
    chosen: Action = select_one(
        [Choice(_SAYS[action], action) for action in may], "What is to be done?"
    )
    return chosen


def _complete(subject: Subject, wanted: Wanted) -> Wanted:
    from policygen.cli.asking import typed

    if wanted.action in _HAS_TEXT and not wanted.text:
        before = subject.own.get(wanted.action, "")
        if wanted.action == "replace":
            before = before or subject.model
        wanted = replace(wanted, text=_edited(before))
    if wanted.action in _HAS_REASON and not wanted.reason:
        wanted = replace(wanted, reason=typed("Why?", needed=True))
    if subject.may == "locked" and wanted.action in _HAS_REASON and not wanted.agreed_by:
        wanted = replace(wanted, agreed_by=typed("Who gave leave?", needed=True))
    if subject.needs_a_version:
        say(f"Version {subject.approved} is approved: a new one begins with this change.")
        version = wanted.version or typed("Its number:", needed=True)
        author = wanted.author or typed("Who prepares it?", needed=True)
        purpose = wanted.purpose or typed("Why, in a few words?", needed=True)
        wanted = replace(wanted, version=version, author=author, purpose=purpose)
    return wanted


def _edited(text: str) -> str:
    """The text as the person leaves it in an editor; typed, where there is none."""
    from policygen.cli.asking import LaterError, typed

    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if not editor:
        return typed("The wording, in one paragraph:", needed=True)
    written = click.edit(text, extension=".md")
    if written is None or not written.strip():
        raise LaterError
    return written


def _is_right() -> bool:
    from questionary import Choice

    from policygen.cli.asking import LaterError, select_one

    try:
        return bool(select_one([Choice("Save it", value=True)], "Is that right?"))
    except (LaterError, KeyboardInterrupt, EOFError):
        return False
