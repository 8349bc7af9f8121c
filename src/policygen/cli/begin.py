"""`policygen init` and `policygen new`."""

from __future__ import annotations

import datetime
import re
from functools import partial
from pathlib import Path

import click

from policygen.cli.options import day, in_workspace, is_at_a_terminal, writes
from policygen.cli.output import say
from policygen.ground import paths


@click.command("init")
@click.argument(
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=".",
    metavar="[FOLDER]",
)
@click.option("--as-of", callback=day, metavar="DATE", help="Today's date, if not today.")
def init_command(folder: Path, as_of: datetime.date) -> None:
    """Make a folder a workspace, with an example to look at; what is in it stays."""
    from policygen.project.begin import EXAMPLE_SCHOOL, EXAMPLE_TEMPLATE, begin_workspace

    begun = begin_workspace(folder.resolve(), as_of)
    if not begun.made:
        say("this is a workspace already; nothing was made\n\nnext: policygen check")
        return
    for path in begun.made:
        say(f"made {(folder / path).as_posix()}{'/' if path.endswith('/') else ''}")
    there = "" if folder == Path() else f"cd {folder}, then "
    if not begun.has_example:
        say(f"\nnext: {there}policygen new template ID   begins a model policy")
        say("  or: policygen new school ID     begins a school")
        return
    say(
        f"\n{EXAMPLE_TEMPLATE} is a small model policy, {EXAMPLE_SCHOOL} a school that has adopted it. Both are"
        " examples: change them, or delete their folders when you have your own."
    )
    say(f"\nnext: {there}policygen build {EXAMPLE_SCHOOL}   makes the school's draft in output/")
    say("  or: policygen new school ID       begins your own school")
    say("  or: policygen new template ID     begins your own model policy")


def _new_id(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    from policygen.files.fields import ID_PATTERN

    value = paths.named(value)
    if not re.fullmatch(ID_PATTERN, value):
        like = re.sub(r"[^a-z0-9]+", "-", value.lower()).strip("-")
        hint = f"; write `{like}`" if re.fullmatch(ID_PATTERN, like) else ""
        message = f"`{value}` is not lower-case words joined by hyphens{hint}"
        raise click.BadParameter(message)
    if value == "shared":
        message = "`shared` is the folder of what templates share; choose another id"
        raise click.BadParameter(message)
    if paths.is_reserved(value):
        message = f"`{value}` is the name of a device on Windows, where no folder can be called that; choose another id"
        raise click.BadParameter(message)
    return value


@click.group("new")
def new_group() -> None:
    """Begin a school or a model policy."""


@new_group.command("school")
@click.argument("school_id", metavar="ID", callback=_new_id)
@click.option("--name", default="", help="The school's name, in full.")
@in_workspace
@partial(writes, when=lambda **_: not is_at_a_terminal())
def new_school_command(school_id: str, name: str, workspace: Path) -> None:
    """Begin a school: on a terminal it is asked for the first facts; else a file of them is there to be filled in."""
    from policygen.disk.writing import one_at_a_time
    from policygen.project.begin import new_school

    with one_at_a_time(workspace):
        made = new_school(workspace, school_id, name)
    for path in made:
        say(f"wrote {path}")
    staff = "For sheets to sign, save a list of staff beside it as staff.csv, with the columns `name` and `role`."
    if not is_at_a_terminal():
        say(
            f"\nOpen it and fill in what stands empty. {staff}\n\nnext: policygen check {school_id}"
        )
        return
    from policygen.cli.asking import ask_of_school, say_how

    say_how()
    told = "" if ask_of_school(workspace, school_id) else "\nstopped; `adopt` asks for the rest\n"
    say(f"{told}\n{staff}\n\nnext: policygen adopt {school_id}   says which policies there are")


@new_group.command("template")
@click.argument("template_id", metavar="ID", callback=_new_id)
@click.option("--title", default="", help="The title of the policy.")
@in_workspace
@writes
def new_template_command(template_id: str, title: str, workspace: Path) -> None:
    """Begin a model policy: a small one that works, every line explained."""
    from policygen.project.begin import new_template

    for path in new_template(workspace, template_id, title):
        say(f"wrote {path}")
    say("\nOpen template.yaml and fill in what stands empty; then make the sections your own.")
    say(f"\nnext: policygen check {template_id}")
