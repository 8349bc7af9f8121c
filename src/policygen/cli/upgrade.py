"""`policygen upgrade`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from policygen.cli.options import day, in_workspace
from policygen.cli.output import PROBLEMS, show

if TYPE_CHECKING:
    import datetime
    from collections.abc import Sequence

    from policygen.project.upgrade_inputs import Library
    from policygen.upgrade.outcome import Upgrade


def _decisions(
    _context: click.Context, _parameter: click.Parameter, value: Sequence[str]
) -> dict[str, str]:
    found = {}
    for each in value:
        identity, equals, decision = each.partition("=")
        if not identity or not equals or not decision:
            message = f"`{each}` is no decision; write `ID=take`, `ID=keep`, `ID=keep:OTHER-ID` or `QUESTION=ANSWER`"
            raise click.BadParameter(message)
        found[identity] = decision
    return found


@click.command("upgrade")
@click.argument("selection", nargs=-1, metavar="[SCHOOL | SCHOOL/POLICY | POLICY]...")
@click.option(
    "--to",
    "edition",
    default="",
    metavar="EDITION",
    help="The edition to go to. Default: the last one.",
)
@click.option("--as-of", callback=day, metavar="DATE", help="Today's date, if not today.")
@click.option(
    "--decide",
    "given",
    multiple=True,
    callback=_decisions,
    metavar="ID=take|keep",
    help="Decide one thing.",
)
@click.option(
    "--decisions",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Read the decisions from this file, not from POLICY.upgrade.yaml beside the adoption.",
)
@click.option(
    "--base",
    is_flag=True,
    help="Bring a template that extends another one to a new edition of that.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    help="How to say what happened.",
)
@in_workspace
def upgrade_command(
    selection: tuple[str, ...],
    edition: str,
    given: dict[str, str],
    decisions: Path | None,
    form: str,
    as_of: datetime.date,
    workspace: Path,
    *,
    base: bool,
) -> None:
    """Bring schools to a new edition, clause by clause; what they changed is kept or asked about."""
    if base:
        _rebase(workspace, selection, (edition, as_of), given, decisions, form)
        return
    from policygen.project import check as checking
    from policygen.project import upgrade_inputs

    pairs = upgrade_inputs.chosen(workspace, checking.select(workspace, selection))
    if len(pairs) == 1 and len(selection) == 1 and "/" in selection[0]:
        _upgrade_one(
            upgrade_inputs.library_of(workspace, as_of), pairs[0], edition, given, decisions, form
        )
    elif given or decisions:
        message = "decisions are about one policy of one school; write SCHOOL/POLICY"
        raise click.UsageError(message)
    else:
        _upgrade_all(workspace, pairs, edition, as_of, form)


def _rebase(
    workspace: Path,
    selection: tuple[str, ...],
    wanted: tuple[str, datetime.date],
    given: dict[str, str],
    decisions: Path | None,
    form: str,
) -> None:
    from policygen.project import upgrade as rebasing

    if len(selection) != 1:
        message = "--base is about one template; write its id"
        raise click.UsageError(message)
    moving = rebasing.read_rebasing(workspace, selection[0], *wanted)
    upgrade = rebasing.rebase(
        moving, rebasing.read_rebase_choices(workspace, moving, decisions), given
    )
    path = rebasing.save_rebasing(workspace, moving, upgrade)
    _say_one(upgrade, path, "publish the next edition, and its schools can follow", form)


def _upgrade_one(
    library: Library,
    pair: tuple[str, str],
    edition: str,
    given: dict[str, str],
    decisions: Path | None,
    form: str,
) -> None:
    from policygen.project import upgrade as upgrading
    from policygen.project import upgrade_inputs

    workspace = library.root
    moving = upgrade_inputs.read_moving(library, *pair, edition)
    if moving is None:
        raise upgrade_inputs.not_an_upgrade(library, *pair, edition)
    file = upgrade_inputs.read_choices(workspace, moving, decisions)
    upgrade = upgrading.decide(moving, file, given)
    if not upgrade.done and form == "text" and sys.stdin.isatty() and sys.stdout.isatty():
        from policygen.cli import deciding

        upgrade = deciding.decide(moving, file, given, upgrade)
    path = upgrading.save_upgrade(workspace, moving, upgrade)
    _say_one(upgrade, path, upgrading.next_version(workspace, moving), form)


def _upgrade_all(
    workspace: Path, pairs: Sequence[tuple[str, str]], edition: str, as_of: datetime.date, form: str
) -> None:
    from policygen.ground.diagnostics import in_order
    from policygen.project.upgrade import upgrade_all
    from policygen.upgrade.report import summary

    reports = upgrade_all(workspace, pairs, edition, as_of)
    if form == "json":
        click.echo(json.dumps(reports.upgrades, ensure_ascii=False, indent=2))
    else:
        for each in reports.upgrades:
            click.echo(f"{each['school']}/{each['policy']}: {each['from']} -> {each['to']}")
            click.echo(f"  {each['summary']}")
            click.echo(
                f"  wrote {each['wrote']}" if each["done"] else f"  {_open(str(each['wrote']))}"
            )
        if not reports.diagnostics:
            click.echo(summary(reports.upgrades))
    show(in_order(reports.diagnostics))
    if reports.diagnostics or not all(each["done"] for each in reports.upgrades):
        raise click.exceptions.Exit(PROBLEMS)


def _say_one(upgrade: Upgrade, path: str, after: str, form: str) -> None:
    """One upgrade: what came of it, each thing that a person may want to look at, and what comes `after` it."""
    from policygen.upgrade.report import as_report, in_words

    if form == "json":
        click.echo(json.dumps([as_report(upgrade, path)], ensure_ascii=False, indent=2))
    else:
        click.echo(f"{upgrade.name}: {upgrade.old} -> {upgrade.new}")
        click.echo(f"  {in_words(upgrade)}")
        for outcome in upgrade.outcomes:
            if outcome.why:
                word = "decided" if outcome.decided else outcome.result
                now = (
                    f" -> {', '.join(outcome.now)}"
                    if outcome.now not in ((), (outcome.id,))
                    else ""
                )
                click.echo(f"  {word:8}{outcome.id}{now}: {outcome.because}")
        click.echo(f"  wrote {path}; {after}" if upgrade.done else f"  {_open(path)}")
    if not upgrade.done:
        raise click.exceptions.Exit(PROBLEMS)


def _open(path: str) -> str:
    return f"nothing is changed yet: decide in {path}, then run this again"
