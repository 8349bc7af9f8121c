"""The command line: prints, asks, and picks the exit code. Everything else is one call of `policygen.project`.

Heavy modules are imported inside the commands, so that `--help` is quick.
"""

from __future__ import annotations

import gc
import io
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import click

from policygen import __version__
from policygen.cli.adopt import adopt_command
from policygen.cli.answer import answer_command
from policygen.cli.approve import approve_command, minutes_command, release_command
from policygen.cli.begin import init_command, new_group
from policygen.cli.build import build_command, cache_group
from policygen.cli.change import change_command
from policygen.cli.check import check_command, schema_command
from policygen.cli.clauses import clauses_command
from policygen.cli.correct import correct_command
from policygen.cli.diff import diff_command
from policygen.cli.edge import readable, settle
from policygen.cli.fleet import fleet_command
from policygen.cli.history import history_command
from policygen.cli.import_ import import_command
from policygen.cli.law import law_command
from policygen.cli.meeting import meeting_command
from policygen.cli.output import BUG, PROBLEMS, USAGE, show
from policygen.cli.pack import pack_command
from policygen.cli.publish import announce_command, publish_command
from policygen.cli.serve import serve_command
from policygen.cli.sign import sign_group
from policygen.cli.site import site_command
from policygen.cli.status import status_command
from policygen.cli.upgrade import upgrade_command
from policygen.cli.verify import verify_command
from policygen.cli.withdraw import withdraw_command
from policygen.cli.word import word_command
from policygen.ground.letters import harmless_lines

_MOST_SHOWN = 10
"""Paths that are named when a command is stopped."""
_COLLECTED_AFTER = 50_000
"""New objects until Python looks for circles of dead ones: a document is thousands of objects, and holds none."""
_LITTLE = 100_000_000
"""Bytes without which nothing can be done: more than the C library keeps at hand for a thread."""
_ROLES: tuple[tuple[str, tuple[click.Command, ...]], ...] = (
    (
        "School office",
        (
            init_command,
            new_group,
            adopt_command,
            answer_command,
            upgrade_command,
            check_command,
            clauses_command,
            change_command,
            build_command,
            word_command,
            cache_group,
            serve_command,
            sign_group,
            status_command,
        ),
    ),
    (
        "Governors and their clerk",
        (
            pack_command,
            meeting_command,
            diff_command,
            verify_command,
            approve_command,
            release_command,
            minutes_command,
            withdraw_command,
            correct_command,
            history_command,
        ),
    ),
    ("Website manager", (site_command,)),
    (
        "Authors of model policies",
        (
            publish_command,
            announce_command,
            import_command,
            fleet_command,
            law_command,
            schema_command,
        ),
    ),
)


class _Group(click.Group):
    """Lists commands by who uses them."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        for role, members in _ROLES:
            with formatter.section(role):
                formatter.write_dl(
                    [(each.name or "", each.get_short_help_str(80)) for each in members]
                )


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line. Exit codes: 0 fine, 1 problems in the input, 2 usage, 70 a bug of ours.

    `arguments` are those of the process, unless given.
    """
    gc.set_threshold(_COLLECTED_AFTER)
    output = settle() if arguments is None else None
    try:
        arguments = readable(sys.argv[1:] if arguments is None else arguments)
        # the code of an `Exit`, or None
        code = commands(arguments, prog_name="policygen", standalone_mode=False)
        sys.stdout.flush()
    except click.Abort:
        click.echo(_stopped(), err=True)
        sys.exit(USAGE)
    except click.ClickException as error:
        said = io.StringIO()
        error.show(said)
        click.echo(harmless_lines(said.getvalue()), err=True, nl=False)
        sys.exit(USAGE)
    except Exception as error:  # noqa: BLE001
        _explain(error)
    if output is not None and output.lost is not None:
        _tell_lost(output.lost)
    sys.exit(code)


def _stopped() -> str:
    """What a command says that was ended before it was done: whatever it had decided to write is written."""
    from policygen.disk.writing import kept

    if not kept:
        return "stopped: nothing was changed; run the command again"
    here = Path.cwd()
    paths = [Path(path) for path in dict.fromkeys(kept)]
    names = [path.relative_to(here) if path.is_relative_to(here) else path for path in paths]
    shown = "".join(f"\n  {name.as_posix()}" for name in names[:_MOST_SHOWN])
    more = f"\n  and {len(names) - _MOST_SHOWN} more" if len(names) > _MOST_SHOWN else ""
    return f"stopped: kept as it was written{shown}{more}\nrun the command again for what is left"


_EXTRAS = {"distributed": "cluster", "docx": "word", "lxml": "word", "openpyxl": "excel"}
"""Which extra brings a package that not everybody needs."""


def _tell_lost(error: OSError) -> None:
    """Say that what was to be said could not be written, unless the reader wanted no more."""
    if not isinstance(error, BrokenPipeError):
        click.echo(f"error: what was said above could not be written: {error.strerror}", err=True)
        sys.exit(PROBLEMS)


def _explain(error: Exception) -> NoReturn:
    from policygen.ground.diagnostics import InputError

    if isinstance(error, InputError):
        show(error.diagnostics)
        sys.exit(PROBLEMS)
    if isinstance(error, MemoryError) or _memory_is_short():
        click.echo("error: this machine has no memory left", err=True)
        sys.exit(PROBLEMS)
    if isinstance(error, RecursionError):
        click.echo("error: something that is written here goes too deep to be read", err=True)
        sys.exit(PROBLEMS)
    if isinstance(error, ImportError) and not (error.name or "").startswith("policygen"):
        click.echo(f"error: a part that policygen needs cannot be loaded: {error.msg}", err=True)
        extra = _EXTRAS.get((error.name or "").partition(".")[0])
        hint = "install policygen again, or give it more memory"
        if isinstance(error, ModuleNotFoundError) and extra:
            hint = f'install it: `pip install "policygen[{extra}]"`'
        click.echo(f"hint: {hint}", err=True)
        sys.exit(PROBLEMS)
    if isinstance(error, OSError):
        from policygen.disk.writing import refused

        show((refused(error),))
        sys.exit(PROBLEMS)
    traceback.print_exception(error)
    click.echo(
        "\nThis is a fault of policygen, not of your files. Please report it with the lines above.",
        err=True,
    )
    sys.exit(BUG)


def _memory_is_short() -> bool:
    """Whether next to no memory is left: a library in C that gets none may raise whatever it likes, or say nothing."""
    try:
        bytearray(_LITTLE)
    except MemoryError:
        return True
    return False


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def commands() -> None:
    """Model policies, adopted by schools: numbered, checked, accessible documents."""


for _, _members in _ROLES:
    for _command in _members:
        commands.add_command(_command)
