"""Options and arguments that several commands take."""

from __future__ import annotations

import datetime
import os
import re
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from policygen.ground import paths
from policygen.ground.letters import nfc

if TYPE_CHECKING:
    from policygen.ground.dates import Month
    from policygen.project.freeze import SealKey


BODIES = ("full-board", "committee", "head", "trust-board")
"""Those of `model.bodies`, which takes long to load."""
_PASSWORD = "POLICYGEN_SEAL_PASSWORD"  # noqa: S105


def today() -> datetime.date:
    """The day on which a command runs."""
    return datetime.datetime.now(tz=datetime.UTC).date()


def is_at_a_terminal(**_: object) -> bool:
    """Whether a person can be asked."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def day(_context: click.Context, _parameter: click.Parameter, value: str | None) -> datetime.date:
    if value is None:
        return today()
    from policygen.ground.dates import meant_day, written_day

    written = written_day(value)
    if written is not None:
        return written
    meant = meant_day(value)
    message = f"`{value}` is not a day of the calendar; write the day as YYYY-MM-DD, the year first"
    if meant is not None:
        message = f"`{value}` is not a date; write it as {meant}, the year first"
    raise click.BadParameter(message)


def day_if_said(
    context: click.Context, parameter: click.Parameter, value: str | None
) -> datetime.date | None:
    """A day; None where none was said."""
    return day(context, parameter, value) if value else None


def day_or_month_if_said(
    context: click.Context, parameter: click.Parameter, value: str | None
) -> datetime.date | Month | None:
    """A day, or a month; None where none was said."""
    from policygen.ground.dates import written_month

    month = written_month(value or "")
    return month or day_if_said(context, parameter, value)


def number(_context: click.Context, parameter: click.Parameter, value: str) -> str:
    """A version or edition; empty where none was said and none need be."""
    from policygen.files.fields import NUMBER_PATTERN

    if (value or parameter.required) and not re.fullmatch(NUMBER_PATTERN, value):
        message = f"`{value}` is not numbers with dots between them, such as 1.2"
        raise click.BadParameter(message)
    return value


def of_a_meeting(command: Callable[..., Any]) -> Callable[..., Any]:
    """What the minutes say of a decision: whose it is, when, under which number, and who signs for it."""
    for option in (
        click.option(
            "--signatory",
            default="",
            metavar="NAME",
            help="Who signs, if not the chair of the body.",
        ),
        click.option(
            "--minutes-status",
            type=click.Choice(["draft", "signed"]),
            default="draft",
            help="Whether the minutes are signed.",
        ),
        click.option("--minute", default="", help="The number of the minute: 19.2."),
        click.option(
            "--date",
            "decided",
            required=True,
            callback=day,
            metavar="DATE",
            help="The day of the meeting.",
        ),
        click.option("--body", required=True, type=click.Choice(BODIES), help="Who decided it."),
    ):
        command = option(command)
    return command


def read_code(text: str) -> str:
    """A code as it is printed, from one that was noted by hand. Raises BadParameter for what cannot be one."""
    found = re.fullmatch(r"([0-9a-f]{4})[\s\u2010-\u2015-]*([0-9a-f]{4})", text.strip().lower())
    if found is None:
        message = f"`{text}` is no code: eight signs from 0 to 9 and a to f, such as 7f3a-91c2"
        raise click.BadParameter(message)
    return f"{found[1]}-{found[2]}"


def code(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    return read_code(value)


def codes(
    _context: click.Context, _parameter: click.Parameter, values: tuple[str, ...]
) -> tuple[str, ...]:
    """Codes, of which several may have been noted in one line."""
    found = []
    for value in values:
        signs = re.sub(r"[\s,;\u2010-\u2015-]", "", value)
        parts = [signs[at : at + 8] for at in range(0, len(signs), 8)]
        found += [read_code(part if len(parts) > 1 else value) for part in parts or [value]]
    return tuple(found)


def _workspace(_context: click.Context, _parameter: click.Parameter, value: Path | None) -> Path:
    from policygen.disk.system import find_workspace
    from policygen.disk.writing import finish

    found = find_workspace((value or Path.cwd()).resolve())
    if found is None:
        message = (
            "there is no workspace here: no folder with `templates/` and `schools/` in it;"
            " `policygen init` makes one"
        )
        raise click.BadParameter(message)
    with suppress(OSError):  # who only looks may not be allowed to write
        finish(found)
    return found


class _Named(click.ParamType[str]):
    """A school, a policy, or a policy of a school: as it is called, or by the path that a shell completes."""

    name = "name"

    def convert(
        self,
        value: str,
        param: click.Parameter | None,  # noqa: ARG002
        ctx: click.Context | None,
    ) -> str:
        root = ctx.params.get("workspace") if ctx else None
        return named(root, value) if root else value


NAMED = _Named()


def named(root: Path, word: str) -> str:
    """What a word on the command line means in a workspace, with each name as its folder has it."""
    from policygen.disk.editions import template_ids
    from policygen.disk.reading import school_ids

    where = Path(word).resolve()
    is_path = Path(word).is_absolute() or ("/" in word and where.exists())
    if is_path and where.is_relative_to(root):
        word = where.relative_to(root).as_posix()
    # A disk may hold letters decomposed that were typed composed, and the other way round.
    folders = {nfc(name): name for name in (*school_ids(root), *template_ids(root))}
    parts = re.split("([/@])", paths.named(word))
    return "".join(folders.get(part, part) for part in parts)


def selected(command: Callable[..., Any]) -> Callable[..., Any]:
    command = click.argument(
        "selection", nargs=-1, type=NAMED, metavar="[SCHOOL | SCHOOL/POLICY | POLICY]..."
    )(command)
    command = click.option(
        "--as-of", callback=day, metavar="DATE", help="Today's date, if not today."
    )(command)
    return in_workspace(command)


def formats(*forms: str, says: str) -> Callable[..., Any]:
    """The option in which form a command says what it found; the first is what people read."""
    return click.option("--format", "form", type=click.Choice(forms), default=forms[0], help=says)


def writes(
    command: Callable[..., Any], when: Callable[..., bool] = lambda **_: True
) -> Callable[..., Any]:
    """Let a command have the workspace for itself, while it reads as well: what it read is then what it changes."""

    @wraps(command)
    def alone(*arguments: Any, workspace: Path, **options: Any) -> Any:
        from policygen.disk.writing import one_at_a_time

        if not when(**options):
            return command(*arguments, workspace=workspace, **options)
        with one_at_a_time(workspace, _say_waits):
            return command(*arguments, workspace=workspace, **options)

    return alone


writes_list = partial(writes, when=lambda **options: options["form"] == "xlsx")
"""The same for a command that only writes where its `--format` is a workbook."""


def _say_waits() -> None:
    click.echo("waiting until another command has finished in this workspace …", err=True)


def in_workspace(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "--workspace",
        type=click.Path(path_type=Path, file_okay=False),
        callback=_workspace,
        is_eager=True,
        help="The folder with templates/ and schools/. Default: this folder or one above it.",
    )(command)


def school_and_policy(
    _context: click.Context, _parameter: click.Parameter, value: str
) -> tuple[str, str]:
    school, _, policy = value.strip("/").partition("/")
    if not school or not policy or "/" in policy:
        message = f"`{value}` is not a school and a policy; write `elm-grove/staff-acceptable-use`"
        raise click.BadParameter(message)
    return school, policy


def sealing_key(file: Path | None, option: str, on: datetime.date) -> SealKey | None:
    """The key in a file, with its password from the environment or from whoever sits at the terminal."""
    from policygen.project.freeze import SealKey

    if file is None:
        return None
    password = os.environ.get(_PASSWORD)
    if password is None:
        if not sys.stdin.isatty():
            raise click.UsageError(
                f"`{option}` needs the password of the key in the environment, as {_PASSWORD}"
            )
        password = click.prompt(
            f"Password of {file.name}", hide_input=True, default="", show_default=False, err=True
        )
    return SealKey(file.read_bytes(), password, on)


def of_policy(command: Callable[..., Any]) -> Callable[..., Any]:
    """The arguments that every command about one policy takes."""
    command = click.argument(
        "policy", type=NAMED, metavar="SCHOOL/POLICY", callback=school_and_policy
    )(command)
    command = click.option(
        "--as-of", callback=day, metavar="DATE", help="Today's date, if not today."
    )(command)
    return in_workspace(command)
