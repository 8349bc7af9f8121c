"""`policygen adopt`."""

from __future__ import annotations

import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from policygen.cli.options import NAMED, day, in_workspace, is_at_a_terminal, writes
from policygen.cli.output import say
from policygen.cli.waiting import telling

if TYPE_CHECKING:
    from policygen.project.adopt import Adoptable
    from policygen.project.sitting import AdoptionSitting


def _keeps_nobody_waiting(*, write: bool, web: bool, **_: object) -> bool:
    """Whether it runs without a person who answers one by one, and may have the workspace for itself."""
    return not web and (write or not is_at_a_terminal())


def _school_and_perhaps_policy(
    _context: click.Context, _parameter: click.Parameter, value: str
) -> tuple[str, str]:
    school, _, policy = value.strip("/").partition("/")
    if not school or "/" in policy:
        message = f"`{value}` is not a school, or a school and a policy; write `elm-grove/staff-acceptable-use`"
        raise click.BadParameter(message)
    return school, policy


@click.command("adopt")
@click.argument(
    "policy", type=NAMED, metavar="SCHOOL[/POLICY]", callback=_school_and_perhaps_policy
)
@click.option(
    "--write",
    is_flag=True,
    help="Do not ask: write the open questions into the file, to answer them there.",
)
@click.option(
    "--web",
    is_flag=True,
    help="Ask on a page in a browser on this machine, with the draft beside it.",
)
@click.option(
    "--again",
    multiple=True,
    metavar="QUESTION",
    help="Ask this question although it has an answer.",
)
@click.option("--as-of", callback=day, metavar="DATE", help="Today's date, if not today.")
@in_workspace
@partial(writes, when=_keeps_nobody_waiting)
def adopt_command(
    policy: tuple[str, str],
    again: tuple[str, ...],
    as_of: datetime.date,
    workspace: Path,
    *,
    write: bool,
    web: bool,
) -> None:
    """Ask what a policy asks of a school, and keep the answers; without a policy, list what there is."""
    asks = is_at_a_terminal() and not write and not web
    if web and write:
        raise click.UsageError("--web asks, and --write does not: choose one of the two")
    if again and not asks:
        message = "--again asks, so it needs a terminal, and no --write or --web"
        raise click.UsageError(message)
    school_id, template_id = policy
    template_id = template_id or _chosen(
        workspace, school_id, as_of, asks=is_at_a_terminal() and not write
    )
    if not template_id:
        return
    if web:
        _ask_on_a_page(workspace, school_id, template_id, as_of)
    elif asks:
        _ask(workspace, school_id, template_id, again, as_of)
    else:
        _write(workspace, school_id, template_id, as_of)


def _write(workspace: Path, school_id: str, template_id: str, as_of: datetime.date) -> None:
    from policygen.project import adopt as starting

    started = starting.start_adoption(workspace, school_id, template_id, as_of)
    if starting.write_questions(workspace, started):
        say(f"wrote {started.path}")
    else:
        say(f"{started.path} has every open question already")
    _say_left(workspace, school_id, template_id, as_of)


# --- which policy -----------------------------------------------------------------------------------------------------


def _chosen(workspace: Path, school_id: str, as_of: datetime.date, *, asks: bool) -> str:
    """The policy that the person chooses of all that there are; empty for none."""
    from policygen.project.adopt import adoptable

    found = adoptable(workspace, school_id, as_of)
    if not found:
        say(
            "there is no model policy here yet\n\n"
            "next: policygen import FILE           takes an edition that came in one file\n"
            "  or: policygen new template ID       begins a model policy of your own"
        )
        return ""
    if asks:
        return _asked_which(found)
    for each in found:
        say(f"{each.template_id}\n    {each.title}\n    {_about(each)}")
    first = next((each for each in found if not each.adopted), found[0])
    say(f"\nnext: policygen adopt {school_id}/{first.template_id}   or another of them")
    return ""


def _about(each: Adoptable) -> str:
    """What a school wants to know of a policy besides its title."""
    from policygen.ground.wording import count

    adopted = f"adopted in edition {each.adopted}" if each.adopted else "not adopted"
    questions = count(each.questions, "question")
    return f"edition {each.edition} of {each.issuer}, up to {questions}, {adopted}"


def _asked_which(found: tuple[Adoptable, ...]) -> str:
    from questionary import Choice

    from policygen.cli.asking import LaterError, select_one

    choices = [Choice(f"{each.title}: {_about(each)}", each.template_id) for each in found]
    try:
        return str(select_one(choices, "Which policy?"))
    except (LaterError, KeyboardInterrupt, EOFError):
        return ""


# --- asking -----------------------------------------------------------------------------------------------------------


def _ask(
    workspace: Path,
    school_id: str,
    template_id: str,
    again: tuple[str, ...],
    as_of: datetime.date,
) -> None:
    from policygen.cli.asking import ask, ask_of_school, say_how
    from policygen.project import adopt as starting
    from policygen.project.sitting import AdoptionSitting

    say_how()
    if not ask_of_school(workspace, school_id):
        say(
            f"\nstopped; what was answered is kept\n\nnext: policygen adopt {school_id}/{template_id}"
        )
        return
    started = starting.start_adoption(workspace, school_id, template_id, as_of)
    sitting = AdoptionSitting(workspace, started)
    ended = ask(sitting, _keys_again(again, sitting))
    _say_kept(sitting, ended=ended)
    _say_left(workspace, school_id, template_id, as_of, sitting)


def _ask_on_a_page(workspace: Path, school_id: str, template_id: str, as_of: datetime.date) -> None:
    from policygen.project.webform import WebForm, start_form

    form = WebForm(workspace, school_id, template_id, as_of)
    server = start_form(form)
    say(
        f"Open this address in a browser on this machine; nobody else can:\n\n  {form.address(server)}\n"
    )
    say("It ends with “Finish” on the page, or with Ctrl-C here. What is saved is kept either way.")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        say("\nended")
    finally:
        server.server_close()
    if form.is_about_the_policy:
        _say_left(workspace, school_id, template_id, as_of)
    else:
        say(f"\nnext: policygen adopt {school_id}/{template_id}   asks for the rest")


def _keys_again(again: tuple[str, ...], sitting: AdoptionSitting) -> list[str]:
    from policygen.ground.wording import meant_or_known

    keys = {point.name: point.key for point in sitting.points()}
    for name in again:
        if name not in keys:
            hint = meant_or_known(name, [*keys])
            message = f"`{name}` is not a question that is asked of this school; {hint}"
            raise click.BadParameter(message, param_hint="--again")
    return [keys[name] for name in again]


def _say_kept(sitting: AdoptionSitting, *, ended: bool) -> None:
    from policygen.ground.wording import join_and

    kept = sitting.changed_files()
    if not kept:
        say("\nnothing was changed")
    elif ended:
        say(f"\nkept in {join_and(kept)}")
    else:
        say(f"\nstopped: what was answered is kept in {join_and(kept)}")


def _say_left(
    workspace: Path,
    school_id: str,
    template_id: str,
    as_of: datetime.date,
    sitting: AdoptionSitting | None = None,
) -> None:
    from policygen.ground.wording import count
    from policygen.project import adopt as starting
    from policygen.project import check as checking

    name = f"{school_id}/{template_id}"
    if left := starting.start_adoption(workspace, school_id, template_id, as_of).left:
        say(left)
        for point in sitting.points() if sitting else ():
            if point.is_open:
                say(f"  - {point.question.ask}")
        say(f"\nnext: policygen adopt {name}   asks for it, on a terminal")
        say(f"  or: policygen check {name}   names each with its line")
        return
    with telling() as tell:
        checked = checking.check(
            workspace, [checking.Selection(school_id, template_id)], as_of, tell
        )
    errors = sum(each.severity == "error" for each in checked.diagnostics)
    if not errors:
        say(f"everything is decided\n\nnext: policygen build {name}")
        return
    say(
        f"everything is decided, but not right yet: {count(errors, 'error')}\n\nnext: policygen check {name}"
    )
