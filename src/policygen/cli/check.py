"""`policygen check` and `policygen schema`."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from policygen.cli.options import selected, writes
from policygen.cli.output import PROBLEMS, say, show, show_json
from policygen.cli.tables import Column, Line, Row, show_table
from policygen.cli.waiting import telling

if TYPE_CHECKING:
    from policygen.checks.mend import Mend
    from policygen.checks.readability import Reading
    from policygen.ground.telling import Tell
    from policygen.project.built import CheckResult
    from policygen.project.check import Composed


_KINDS = (
    *("template", "overlay", "shared", "facts", "changes"),
    *("school", "answers", "adoption", "upgrade", "law"),
)
_PARTS = (
    Column("Part"),
    Column("For", whole=True),
    Column("Words", right=True),
    Column("Average", right=True),
    Column("Longest", right=True),
    Column("Over 35", right=True),
    Column("Age", right=True),
    Column("Limit", right=True),
)


@click.command("check")
@selected
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "sarif"]),
    default="text",
    help="How to say what was found.",
)
@click.option("--strict", is_flag=True, help="Treat warnings as errors.")
@click.option(
    "--readability",
    is_flag=True,
    help="Say how long the sentences of each part are, and how hard it is to read.",
)
@click.option(
    "--allowed",
    is_flag=True,
    help="List what was allowed, with its reason, and whether it lets anything pass.",
)
@click.option(
    "--fix",
    is_flag=True,
    help="First add ids that are missing, and put versions in quotes, in the files.",
)
@partial(writes, when=lambda **options: options["fix"])
def check_command(
    selection: tuple[str, ...],
    as_of: datetime.date,
    workspace: Path,
    form: str,
    *,
    strict: bool,
    readability: bool,
    allowed: bool,
    fix: bool,
) -> None:
    """Say what is wrong or missing, and write nothing but what --fix asks for."""
    from policygen.cli.reports import as_json, as_sarif
    from policygen.ground.diagnostics import Severity
    from policygen.ground.wording import count
    from policygen.project.recheck import recheck

    mends: Sequence[Mend] = ()
    policies: Sequence[Composed] = ()
    with telling() as tell:
        if fix or readability:
            checked, policies, mends = _composed(workspace, selection, as_of, tell, fix=fix)
        else:
            checked = recheck(workspace, selection, as_of, tell)
    for mend in mends:
        say(f"fixed {mend}", err=form != "text")
    if form == "json":
        click.echo(as_json(checked.diagnostics), nl=False)
    elif form == "sarif":
        from policygen import __version__

        click.echo(as_sarif(checked.diagnostics, __version__), nl=False)
    else:
        show(checked.diagnostics)
        if not checked.failed:
            say(f"{count(checked.chosen, 'policy')} checked, no errors")
        if allowed:
            _show_allowed(checked)
        if readability:
            _show_readability(policies)
    warned = any(each.severity is Severity.WARNING for each in checked.diagnostics)
    if checked.failed or (strict and warned):
        raise click.exceptions.Exit(PROBLEMS)


def _composed(
    workspace: Path, selection: Sequence[str], as_of: datetime.date, tell: Tell, *, fix: bool
) -> tuple[CheckResult, Sequence[Composed], Sequence[Mend]]:
    """What was found, and the policies themselves, after what can be mended was, if asked."""
    from policygen.project import check as checking
    from policygen.project.recheck import summary

    selections = checking.select(workspace, selection)
    if fix:
        checked, mends = checking.fix(workspace, selections, as_of, tell)
        return summary(checked), checked.policies, mends
    checked = checking.check(workspace, selections, as_of, tell)
    return summary(checked), checked.policies, ()


def _show_allowed(checked: CheckResult) -> None:
    """Each allowance with its words, reason and place."""
    if not checked.allowances:
        say("nothing is allowed by a comment")
    for place, rule, allowed, reason, used in checked.allowances:
        words = f" “{allowed}”" if allowed else ""
        unused = "" if used else " (lets nothing pass)"
        say(f"{place}: {rule}{words}: {reason}{unused}")


@click.command("schema")
@click.argument(
    "kind",
    type=click.Choice(_KINDS),
)
def schema_command(kind: Any) -> None:
    """Print the JSON Schema of a YAML file, for editors."""
    from policygen.disk.editions import declared_facts
    from policygen.disk.system import find_workspace
    from policygen.project.check import schema

    root = find_workspace(Path.cwd())
    show_json(schema(kind, None if root is None else declared_facts(root)))


def _show_readability(policies: Sequence[Composed]) -> None:
    """Words, words of a sentence, sentences over 35 words and reading age, part by part."""
    from policygen.checks.readability import readings, together

    for composed in policies:
        document = composed.document
        found = [*readings(document, composed.prepared.edition.file.value)]
        rows = [_reading_row(part.title, part) for part in found]
        rows += [_reading_row(f"All for {part.audience}", part) for part in together(found)]
        show_table(_PARTS, (f"{document.title}, {document.school_name}", rows))
        say()


def _reading_row(title: str, part: Reading) -> Row:
    limit = "" if part.limit is None else str(part.limit)
    hard = part.limit is not None and part.age > part.limit
    return (
        title,
        part.audience,
        str(part.words),
        f"{part.average:.0f}",
        str(part.longest),
        f"{part.long:.0%}",
        [Line(f"{part.age:.1f}", "yellow" if hard else None)],
        limit,
    )
