"""`policygen upgrade`."""

from __future__ import annotations

import datetime
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from policygen.cli.options import NAMED, day, in_workspace, number, writes
from policygen.cli.output import PROBLEMS, say, show, show_json
from policygen.cli.waiting import telling

if TYPE_CHECKING:
    from policygen.project.upgrade_inputs import Moving
    from policygen.upgrade.outcome import Upgrade


def _decisions(
    _context: click.Context, _parameter: click.Parameter, value: Sequence[str]
) -> dict[str, str]:
    found = {}
    for written in value:
        identity, _, decision = written.partition("=")
        if not identity or not decision:
            forms = "`ID=take`, `ID=keep`, `ID=keep:OTHER-ID` or `QUESTION=ANSWER`"
            message = f"`{written}` is not a decision; write {forms}"
            raise click.BadParameter(message)
        found[identity] = decision
    return found


def _does_not_ask(**_: object) -> bool:
    """Whether it runs without a person at a terminal; who decides one by one keeps nobody waiting."""
    return not (sys.stdin.isatty() and sys.stdout.isatty())


@click.command("upgrade")
@click.argument("selection", nargs=-1, type=NAMED, metavar="[SCHOOL | SCHOOL/POLICY | POLICY]...")
@click.option(
    "--to",
    "edition",
    default="",
    callback=number,
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
    "--preview",
    is_flag=True,
    help="Say what the school's copy will say, and write nothing.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    help="How to say what happened.",
)
@in_workspace
@partial(writes, when=_does_not_ask)
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
    preview: bool,
) -> None:
    """Bring schools to a new edition, clause by clause; what they changed is kept or asked about."""
    from policygen.project import upgrade_inputs
    from policygen.project.check import select

    if base:
        if len(selection) != 1:
            message = "--base is about one template; write its id"
            raise click.UsageError(message)
        library = upgrade_inputs.library_of(workspace, as_of)
        moving = upgrade_inputs.read_moving_template(library, selection[0], edition)
        _upgrade_one(workspace, moving, given, decisions, form, preview=preview)
        return
    pairs = upgrade_inputs.chosen(workspace, select(workspace, selection))
    if len(pairs) == 1 and len(selection) == 1 and "/" in selection[0]:
        library = upgrade_inputs.library_of(workspace, as_of)
        adoption = upgrade_inputs.read_moving(library, *pairs[0], edition)
        if adoption is None:
            raise upgrade_inputs.not_an_upgrade(library, *pairs[0], edition)
        _upgrade_one(workspace, adoption, given, decisions, form, preview=preview)
    elif given or decisions or preview:
        message = "decisions and --preview are about one policy of one school; write SCHOOL/POLICY"
        raise click.UsageError(message)
    else:
        _upgrade_all(workspace, pairs, edition, as_of, form)


def _upgrade_one(
    workspace: Path,
    moving: Moving,
    given: dict[str, str],
    decisions: Path | None,
    form: str,
    *,
    preview: bool,
) -> None:
    from policygen.disk.writing import one_at_a_time
    from policygen.project import upgrade as upgrading
    from policygen.project.upgrade_inputs import read_choices

    file = read_choices(workspace, moving, decisions)
    with telling():
        upgrade = upgrading.decide(moving, file, given)
    path = ""
    asks = form == "text" and sys.stdin.isatty() and sys.stdout.isatty()
    if asks and not preview and not upgrade.done:
        from policygen.cli import deciding

        upgrade = deciding.decide(moving, file, given, upgrade)
        saves = not upgrade.copy or deciding.wants_to_save(_copy_lines(upgrade))
        # Nobody was kept waiting while somebody thought about it.
        with one_at_a_time(workspace):
            upgrading.check_unchanged(workspace, moving, file, decisions)
            if not saves:
                upgrading.save_decisions(workspace, moving, upgrade)
                say(f"  {_open(moving.choices_path)}")
                raise click.exceptions.Exit(PROBLEMS)
            path = upgrading.save(workspace, moving, upgrade)
    elif not preview:
        path = upgrading.save(workspace, moving, upgrade)
    if form == "json":
        from policygen.upgrade.report import as_report

        show_json([as_report(upgrade, path)])
    else:
        _say_one(upgrade)
        if preview:
            say("  nothing was written")
        elif upgrade.done:
            say(f"  wrote {path}; {upgrading.next_version(workspace, moving)}")
        else:
            say(f"  {_open(path)}")
    if not upgrade.done:
        raise click.exceptions.Exit(PROBLEMS)


def _upgrade_all(
    workspace: Path, pairs: Sequence[tuple[str, str]], edition: str, as_of: datetime.date, form: str
) -> None:
    from policygen.ground.diagnostics import in_order
    from policygen.project.upgrade import upgrade_all
    from policygen.upgrade.report import summary

    with telling() as tell:
        reports = upgrade_all(workspace, pairs, edition, as_of, tell=tell)
    if form == "json":
        show_json(reports.upgrades)
    else:
        for report in reports.upgrades:
            path = str(report["wrote"])
            say(f"{report['school']}/{report['policy']}: {report['from']} -> {report['to']}")
            say(f"  {report['summary']}")
            say(f"  wrote {path}" if report["done"] else f"  {_open(path)}")
        if not reports.diagnostics:
            say(summary(reports.upgrades))
    show(in_order(reports.diagnostics))
    if reports.diagnostics or not all(report["done"] for report in reports.upgrades):
        raise click.exceptions.Exit(PROBLEMS)


def _say_one(upgrade: Upgrade) -> None:
    """What came of one upgrade, each thing that a person may want to look at, and what the copy will say."""
    from policygen.upgrade.report import in_words

    say(f"{upgrade.name}: {upgrade.old} -> {upgrade.new}")
    say(f"  {in_words(upgrade)}")
    for outcome in upgrade.outcomes:
        if outcome.why:
            word: str = outcome.result
            if outcome.decided:
                word = "decided"
            name = outcome.id
            if outcome.now not in ((), (outcome.id,)):
                name += f" -> {', '.join(outcome.now)}"
            say(f"  {word:8}{name}: {outcome.because}")
    for line in _copy_lines(upgrade):
        say(line)


def _copy_lines(upgrade: Upgrade) -> Iterator[str]:
    """What the school's copy will say where something was decided."""
    for identity, text in upgrade.copy.items():
        yield f"  the school's copy will say at {identity}:"
        for line in text.split("\n"):
            yield f"    {line}".rstrip()


def _open(path: str) -> str:
    return f"nothing is changed yet: decide in {path}, then run this again"
