"""`policygen adopt`."""

from __future__ import annotations

import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from policygen.cli.options import NAMED, day, in_workspace, is_at_a_terminal, writes
from policygen.cli.output import PROBLEMS, say, show
from policygen.cli.waiting import telling

if TYPE_CHECKING:
    from policygen.project.adopt import Adoptable
    from policygen.project.sitting import AdoptionSitting


def _keeps_nobody_waiting(
    *, write: bool, web: bool, export: Path | None, form: Path | None, **_: object
) -> bool:
    """Whether it runs without a person who answers one by one, and may have the workspace for itself."""
    return not web and bool(write or export or form or not is_at_a_terminal())


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
    "--export",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the questions into a form, FILE.xlsx or FILE.csv, for a colleague to fill in.",
)
@click.option(
    "--from",
    "form",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    metavar="FILE",
    help="Take the answers of such a form.",
)
@click.option("--replace", is_flag=True, help="With --from: also over what was answered meanwhile.")
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
    export: Path | None,
    form: Path | None,
    *,
    write: bool,
    web: bool,
    replace: bool,
) -> None:
    """Ask what a policy asks of a school, and keep the answers; without a policy, list what there is."""
    if export or form:
        _check_form(policy, export, form, others=write or web or bool(again))
    asks = is_at_a_terminal() and not (write or web or export or form)
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
    if export:
        _export(workspace, school_id, template_id, export, as_of)
    elif form:
        _take(workspace, school_id, template_id, form, as_of, replace=replace)
    elif web:
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


# --- forms ------------------------------------------------------------------------------------------------------------


def _check_form(
    policy: tuple[str, str], export: Path | None, form: Path | None, *, others: bool
) -> None:
    if others or (export and form):
        raise click.UsageError("a form is written with --export or read with --from, by itself")
    if not policy[1]:
        raise click.UsageError(f"a form is of one policy; write `{policy[0]}/staff-acceptable-use`")
    if export and export.suffix.lower() not in (".xlsx", ".csv"):
        raise click.BadParameter(f"`{export}` must end in .xlsx or .csv", param_hint="--export")


def _export(
    workspace: Path, school_id: str, template_id: str, path: Path, as_of: datetime.date
) -> None:
    from policygen.ground.wording import count
    from policygen.project.adopt import start_adoption
    from policygen.project.forms import form_of, save_form
    from policygen.project.questions import points

    adopting = start_adoption(workspace, school_id, template_id, as_of)
    save_form(path, form_of(adopting, path.suffix.lower()))
    left = sum(point.is_open for point in points(adopting))
    say(f"{path}: {count(left, 'question')} open")
    say(f"\nnext: policygen adopt {school_id}/{template_id} --from {path}   when it is filled in")


def _take(
    workspace: Path,
    school_id: str,
    template_id: str,
    path: Path,
    as_of: datetime.date,
    *,
    replace: bool,
) -> None:
    from policygen.ground.diagnostics import Severity
    from policygen.ground.wording import count
    from policygen.project.adopt import start_adoption
    from policygen.project.forms import keep, read_form

    adopting = start_adoption(workspace, school_id, template_id, as_of)
    returned = read_form(path, adopting, replace=replace)
    keep(workspace, returned)
    show(returned.told)
    say(f"{count(returned.taken, 'answer')} taken, {returned.same or 'none'} known already")
    refused = [each for each in returned.told if each.severity is Severity.ERROR]
    if refused:
        say(f"{count(len(refused), 'answer')} not taken; mend {path} and hand it in again")
    _say_left(workspace, school_id, template_id, as_of)
    if refused:
        raise click.exceptions.Exit(PROBLEMS)


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
