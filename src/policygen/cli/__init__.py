"""The command line: prints, asks, and picks the exit code. Everything else is one call of `policygen.project`.

Heavy modules are imported inside the commands, so that `--help` is quick.
"""

from __future__ import annotations

import gc
import io
import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import NoReturn

import click

from policygen import __version__
from policygen.cli.edge import BUG, PROBLEMS, USAGE, readable, settle

_MOST_SHOWN = 10
"""Paths that are named when a command is stopped."""
_COLLECTED_AFTER = 50_000
"""New objects until Python looks for circles of dead ones: a document is thousands of objects, and holds none."""
_LITTLE = 100_000_000
"""Bytes without which nothing can be done: more than the C library keeps at hand for a thread."""
_ROLES: dict[str, dict[str, tuple[str, str]]] = {
    "School office": {
        "init": (
            "begin:init_command",
            "Make a folder a workspace, with an example to look at; what is in it stays.",
        ),
        "new": ("begin:new_group", "Begin a school or a model policy."),
        "adopt": (
            "adopt:adopt_command",
            "Ask what a policy asks of a school, and keep the answers; without a policy,...",
        ),
        "answer": (
            "answer:answer_command",
            "Say which rules the policies of a school share, where each stands; change one...",
        ),
        "upgrade": (
            "upgrade:upgrade_command",
            "Bring schools to a new edition, clause by clause; what they changed is kept...",
        ),
        "check": (
            "check:check_command",
            "Say what is wrong or missing, and write nothing but what --fix asks for.",
        ),
        "clauses": (
            "clauses:clauses_command",
            "List each clause: number, id, what the school may do with it, and what was...",
        ),
        "change": (
            "change:change_command",
            "Change one clause, by its id or its number, in the school's own words; shows...",
        ),
        "build": (
            "build:build_command",
            "Make drafts: HTML, PDF and text, forms, and sheets to sign.",
        ),
        "word": (
            "word:word_command",
            "Write drafts and approved versions as Word files, with their forms.",
        ),
        "cache": (
            "build:cache_group",
            "What was made before: it only saves time, and may be deleted.",
        ),
        "serve": (
            "serve:serve_command",
            "Show drafts in a browser; the page follows when a file is saved.",
        ),
        "sign": (
            "sign:sign_group",
            "Make sheets to sign, record who signed, and say who still has to.",
        ),
        "status": (
            "status:status_command",
            "Say how every policy stands: version, approval, next review, what is to be done.",
        ),
    },
    "Governors and their clerk": {
        "pack": (
            "pack:pack_command",
            "Make what governors read before they decide: cover note, changes, draft, form.",
        ),
        "meeting": (
            "meeting:meeting_command",
            "Make the pack of a meeting of governors; record all its decisions, and later...",
        ),
        "diff": (
            "diff:diff_command",
            "Say what changed between two documents, clause by clause, and who decided it.",
        ),
        "verify": (
            "verify:verify_command",
            "Say whether registers and copies are as they were approved.",
        ),
        "approve": ("approve:approve_command", "Record an approval, and freeze what was approved."),
        "release": (
            "approve:release_command",
            "Freeze what needs no approval: new details of every policy or of one, or...",
        ),
        "minutes": (
            "approve:minutes_command",
            "Record that the minutes of an approval have been signed.",
        ),
        "withdraw": (
            "withdraw:withdraw_command",
            "Record that a policy is no longer in force; all that was approved of it stays.",
        ),
        "correct": (
            "correct:correct_command",
            "Correct a FACT that was recorded by mistake: minute, date, body, its name,...",
        ),
        "history": (
            "history:history_command",
            "Say which versions there were, how each was approved, and which was in force...",
        ),
    },
    "Website manager": {
        "site": (
            "site:site_command",
            "Make the public website from what was approved: output/site/.",
        ),
    },
    "Authors of model policies": {
        "publish": (
            "publish:publish_command",
            "Freeze an edition of a model policy, and make its circular and bundle.",
        ),
        "announce": (
            "publish:announce_command",
            "Make the circular and the bundle of a published edition again.",
        ),
        "import": (
            "import_:import_command",
            "Take in an edition from its bundle (.zip), or move a policy in from another...",
        ),
        "fleet": (
            "fleet:fleet_command",
            "Say which school has which edition, where schools depart from agreed wording,...",
        ),
        "law": (
            "law:law_command",
            "Say what the law library knows of an act or guidance, how it was checked, and...",
        ),
        "schema": ("check:schema_command", "Print the JSON Schema of a YAML file, for editors."),
    },
}
"""Who uses which command, where it stands, and what it does: `--help` reads none of them. A test compares the words."""
_LISTED = {name: command for members in _ROLES.values() for name, command in members.items()}


class _Commands(Mapping[str, click.Command]):
    """Each command, read when somebody asks for it."""

    def __getitem__(self, name: str) -> click.Command:
        module, _, command = _LISTED[name][0].partition(":")
        found: click.Command = getattr(import_module(f"policygen.cli.{module}"), command)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(_LISTED)

    def __len__(self) -> int:
        return len(_LISTED)


class _Group(click.Group):
    """Lists commands by who uses them."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        for role, members in _ROLES.items():
            with formatter.section(role):
                formatter.write_dl([(name, said) for name, (_, said) in members.items()])


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
        from policygen.ground.letters import harmless_lines

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
    from policygen.cli.output import show
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
    import traceback

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


@click.group(
    cls=_Group, commands=_Commands(), context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(__version__)
def commands() -> None:
    """Model policies, adopted by schools: numbered, checked, accessible documents."""
