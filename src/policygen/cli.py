"""The command line: prints, asks, and picks the exit code. Everything else is one call of `policygen.project`.

Heavy modules are imported inside the commands, so that `--help` is quick.
"""

from __future__ import annotations

import datetime
import re
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from policygen.adopting import Adopting
    from policygen.diagnostics import Diagnostic
    from policygen.project import BuildResult, Composed

PROBLEMS, USAGE, BUG = 1, 2, 70


class _Group(click.Group):
    """Lists commands by who uses them."""

    roles: tuple[tuple[str, tuple[str, ...]], ...] = (
        ("School office", ("new", "adopt", "check", "build")),
        ("Authors of model policies", ("schema",)),
    )

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for role, names in self.roles:
            rows = [
                (name, command.get_short_help_str(80))
                for name in names
                if (command := self.get_command(ctx, name)) is not None
            ]
            if rows:
                with formatter.section(role):
                    formatter.write_dl(rows)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line. Exit codes: 0 fine, 1 problems in the input, 2 usage, 70 a bug of ours.

    `arguments` are those of the process, unless given.
    """
    try:
        code = commands(arguments, prog_name="policygen", standalone_mode=False)  # the code of an `Exit`, or None
    except click.Abort:
        click.echo("stopped", err=True)
        sys.exit(USAGE)
    except click.ClickException as error:
        error.show()
        sys.exit(USAGE)
    except Exception as error:  # noqa: BLE001
        _explain(error)
    else:
        sys.exit(code)


def _explain(error: Exception) -> None:
    from policygen.diagnostics import InputError

    if isinstance(error, InputError):
        _show(error.diagnostics)
        sys.exit(PROBLEMS)
    traceback.print_exception(error)
    click.echo("\nThis is a fault of policygen, not of your files. Please report it with the lines above.", err=True)
    sys.exit(BUG)


def _day(_context: click.Context, _parameter: click.Parameter, value: str | None) -> datetime.date:
    if value is None:
        return datetime.datetime.now(tz=datetime.UTC).date()
    try:
        return datetime.date.fromisoformat(value)
    except ValueError:
        message = f"`{value}` is not a date; write it as 2026-11-20"
        raise click.BadParameter(message) from None


def _workspace(_context: click.Context, _parameter: click.Parameter, value: Path | None) -> Path:
    from policygen.reading import find_workspace

    found = find_workspace((value or Path.cwd()).resolve())
    if found is None:
        message = "here is no workspace: no folder with `templates/` and `schools/` in it"
        raise click.BadParameter(message)
    return found


def _shared(command: Callable[..., Any]) -> Callable[..., Any]:
    command = click.argument("selection", nargs=-1, metavar="[SCHOOL | SCHOOL/POLICY | POLICY]...")(command)
    command = click.option("--as-of", callback=_day, metavar="DATE", help="Today's date, if not today.")(command)
    return _with_workspace(command)


def _with_workspace(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "--workspace",
        type=click.Path(path_type=Path, file_okay=False),
        callback=_workspace,
        help="The folder with templates/ and schools/. Default: this folder or one above it.",
    )(command)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="policygen")
def commands() -> None:
    """Model policies, adopted by schools: numbered, checked, accessible documents."""


@commands.command("check")
@_shared
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "sarif"]), default="text", help="How to say what was found."
)
@click.option("--strict", is_flag=True, help="Treat warnings as errors.")
@click.option("--readability", is_flag=True, help="Say how hard each part is to read.")
@click.option("--fix", is_flag=True, help="First add ids that are missing, and put versions in quotes, in the files.")
def check_command(
    selection: tuple[str, ...],
    as_of: datetime.date,
    workspace: Path,
    form: str,
    *,
    strict: bool,
    readability: bool,
    fix: bool,
) -> None:
    """Say what is wrong or missing, and write nothing but what --fix asks for."""
    from policygen import project
    from policygen.diagnostics import Severity
    from policygen.reports import as_json, as_sarif
    from policygen.wording import count

    selections = project.select(workspace, selection)
    if fix:
        checked, mends = project.fix(workspace, selections, as_of)
        for mend in mends:
            click.echo(f"mended {mend}", err=form != "text")
    else:
        checked = project.check(workspace, selections, as_of)
    if form == "json":
        click.echo(as_json(checked.diagnostics), nl=False)
    elif form == "sarif":
        from importlib.metadata import version

        click.echo(as_sarif(checked.diagnostics, version("policygen")), nl=False)
    else:
        _show(checked.diagnostics)
        if not checked.failed:
            click.echo(f"{count(len(checked.policies), 'policy')} checked, no errors")
        if readability:
            _show_readability(checked.policies)
    warned = any(each.severity is Severity.WARNING for each in checked.diagnostics)
    if checked.failed or (strict and warned):
        raise click.exceptions.Exit(PROBLEMS)


@commands.command("build")
@_shared
@click.option(
    "--workers", type=click.IntRange(min=1), help="How many PDFs to make at once. Default: one for each core."
)
def build_command(selection: tuple[str, ...], as_of: datetime.date, workspace: Path, workers: int | None) -> None:
    """Make drafts: HTML, PDF and text, forms, and sheets to sign."""
    from policygen import project

    selections = project.select(workspace, selection)
    with _progress() as progress:
        result = project.build(workspace, workspace / "output", selections, as_of, progress, workers)
    _show(result.warnings)
    _summary(result)


@commands.command("schema")
@click.argument("kind", type=click.Choice(["template", "school", "adoption"]))
def schema_command(kind: Any) -> None:
    """Print the JSON Schema of a YAML file, for editors."""
    import json

    from policygen.schema import schema

    click.echo(json.dumps(schema(kind), ensure_ascii=False, indent=2))


def _show_readability(policies: Sequence[Composed]) -> None:
    from rich.console import Console
    from rich.table import Table

    from policygen.checks.readability import readability

    for composed in policies:
        document = composed.document
        table = Table(title=f"{document.title}, {document.school_name}", title_justify="left")
        table.add_column("Part")
        table.add_column("Words", justify="right")
        table.add_column("Reading age", justify="right")
        for part in readability(document):
            table.add_row(part.title, str(part.words), f"{part.reading_age:.0f}")
        Console().print(table)


def _show(diagnostics: Sequence[Diagnostic]) -> None:
    from policygen.reports import as_text

    text = as_text(diagnostics)
    if text:
        click.echo(text, err=True, nl=False)


class _progress:  # noqa: N801
    """A bar on a terminal; silence elsewhere."""

    def __enter__(self) -> Callable[[int, int], None]:
        if not sys.stderr.isatty():
            return lambda _done, _all: None
        from rich.console import Console
        from rich.progress import Progress

        self.bar = Progress(console=Console(stderr=True), transient=True)
        self.bar.start()
        task = self.bar.add_task("Making PDFs", total=None)
        return lambda done, total: self.bar.update(task, completed=done, total=total)

    def __exit__(self, *_: object) -> None:
        if hasattr(self, "bar"):
            self.bar.stop()


def _summary(result: BuildResult) -> None:
    from policygen.wording import count

    school = ""
    for built in result.policies:
        document = built.document
        if document.school_name != school:
            school = document.school_name
            click.echo(f"\n{school}")
        changed = "" if built.changed else " (as it was)"
        click.echo(f"  {document.title}, version {document.version}, draft{changed}")
        click.echo(f"  {count(built.pages, 'page')}, content code {built.content_code}")
        click.echo(f"  output/{built.folder}/")
    if result.circulars:
        click.echo("\nCirculars")
        for folder in result.circulars:
            click.echo(f"  output/{folder}/")
    schools = len({built.document.school_id for built in result.policies})
    click.echo(f"\n{count(len(result.policies), 'policy')} built for {count(schools, 'school')}.")


def _new_id(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    from policygen.fields import ID_PATTERN

    if not re.fullmatch(ID_PATTERN, value):
        like = re.sub(r"[^a-z0-9]+", "-", value.lower()).strip("-")
        hint = f"; write `{like}`" if re.fullmatch(ID_PATTERN, like) else ""
        message = f"`{value}` is not lower-case words joined by hyphens{hint}"
        raise click.BadParameter(message)
    if value == "shared":
        message = "`shared` is the folder of what templates share; choose another id"
        raise click.BadParameter(message)
    return value


@commands.group("new")
def new_group() -> None:
    """Begin a school or a model policy."""


@new_group.command("school")
@click.argument("school_id", metavar="ID", callback=_new_id)
@click.option("--name", default="", help="The school's name, in full.")
@_with_workspace
def new_school_command(school_id: str, name: str, workspace: Path) -> None:
    """Begin a school: a file of its facts, to be filled in."""
    from policygen.scaffold import new_school

    for path in new_school(workspace, school_id, name):
        click.echo(f"wrote {path}")
    click.echo(
        "\nOpen it and fill in what stands empty. For sheets to sign, save a list of staff beside it as staff.csv,\n"
        "with the columns `name` and `role`."
    )
    click.echo(f"\nnext: policygen check {school_id}")


@new_group.command("template")
@click.argument("template_id", metavar="ID", callback=_new_id)
@click.option("--title", default="", help="The title of the policy.")
@_with_workspace
def new_template_command(template_id: str, title: str, workspace: Path) -> None:
    """Begin a model policy: a small one that works, every line explained."""
    from policygen.scaffold import new_template

    for path in new_template(workspace, template_id, title):
        click.echo(f"wrote {path}")
    click.echo("\nOpen template.yaml and fill in what stands empty; then make the sections your own.")
    click.echo(f"\nnext: policygen check {template_id}")


def _school_and_policy(_context: click.Context, _parameter: click.Parameter, value: str) -> tuple[str, str]:
    school, _, policy = value.strip("/").partition("/")
    if not school or not policy or "/" in policy:
        message = f"`{value}` is not a school and a policy; write `elm-grove/staff-acceptable-use`"
        raise click.BadParameter(message)
    return school, policy


@commands.command("adopt")
@click.argument("policy", metavar="SCHOOL/POLICY", callback=_school_and_policy)
@click.option("--write", is_flag=True, help="Do not ask: write the open questions into the file, to answer them there.")
@click.option("--again", multiple=True, metavar="QUESTION", help="Ask this question although it has an answer.")
@click.option("--as-of", callback=_day, metavar="DATE", help="Today's date, if not today.")
@_with_workspace
def adopt_command(
    policy: tuple[str, str], again: tuple[str, ...], as_of: datetime.date, workspace: Path, *, write: bool
) -> None:
    """Ask what a policy asks of a school, and keep the answers."""
    from policygen import project

    started = project.start_adoption(workspace, *policy)
    asks = sys.stdin.isatty() and sys.stdout.isatty() and not write
    _check_again(again, started, asks=asks)
    if asks:
        _ask(started, again, workspace)
    else:
        written = project.write_questions(workspace, started)
        click.echo(f"wrote {started.path}" if written else f"{started.path} has every open question already")
    _say_left(policy, workspace, as_of)


def _check_again(again: tuple[str, ...], started: Adopting, *, asks: bool) -> None:
    from policygen.wording import nearest

    if again and not asks:
        message = "--again asks, so it needs a terminal, and no --write"
        raise click.UsageError(message)
    for name in again:
        if name not in started.asked:
            message = f"`{name}` is no question that is asked of this school; {nearest(name, started.asked)}"
            raise click.BadParameter(message, param_hint="--again")


def _ask(started: Adopting, again: tuple[str, ...], workspace: Path) -> None:
    from policygen import asking, project

    adopted, ended = asking.ask(started, again, lambda each: project.save_adoption(workspace, each))
    if adopted.text == started.text:
        click.echo("\nnothing was changed")
    else:
        stopped = "" if ended else "stopped: what was answered is "
        click.echo(f"\n{stopped}kept in {adopted.path}")


def _say_left(policy: tuple[str, str], workspace: Path, as_of: datetime.date) -> None:
    from policygen import project
    from policygen.wording import count

    name = "/".join(policy)
    if left := project.start_adoption(workspace, *policy).left:
        click.echo(f"{left}\n\nnext: policygen adopt {name}   asks for it, on a terminal")
        click.echo(f"  or: policygen check {name}   names each with its line")
        return
    checked = project.check(workspace, [project.Selection(*policy)], as_of)
    errors = sum(each.severity == "error" for each in checked.diagnostics)
    if errors:
        click.echo(f"everything is decided, but there {'is' if errors == 1 else 'are'} {count(errors, 'error')}")
    else:
        click.echo("everything is decided")
    click.echo(f"\nnext: policygen {'check' if errors else 'build'} {name}")
