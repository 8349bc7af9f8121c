"""`policygen law`."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from policygen.cli.options import day, in_workspace
from policygen.cli.output import PROBLEMS, say, show, show_json
from policygen.cli.tables import Column, Line, Row, show_table
from policygen.cli.waiting import telling

if TYPE_CHECKING:
    from policygen.project.law import Change, Citing, Held, Uses

_HEADS = (
    Column("Id", whole=True),
    Column("Title"),
    Column("In force"),
    Column("Verified"),
)
_TODAY = "today"
_DUE = (Column("Id", whole=True), Column("Title"), Column("Look again after", whole=True))


def _day(
    context: click.Context, parameter: click.Parameter, value: str | None
) -> datetime.date | str | None:
    """A day; None and "today" as they are, which have no day before `--as-of` is known."""
    return value if value in (None, _TODAY) else day(context, parameter, value)


@click.command("law")
@click.argument("words", nargs=-1, metavar="[ID | WORD]...")
@click.option("--open", "is_open", is_flag=True, help="Say what somebody still has to look up.")
@click.option(
    "--due",
    metavar="[DATE]",
    is_flag=False,
    flag_value=_TODAY,
    callback=_day,
    help="Say at what somebody must look again up to this day. Default: today.",
)
@click.option(
    "--changes",
    metavar="DATE",
    callback=_day,
    help="Say what changes up to this day, and which policies that touches.",
)
@click.option("--as-of", callback=day, metavar="DATE", help="Today's date, if not today.")
@click.option("--json", "is_json", is_flag=True, help="Say it as JSON.")
@in_workspace
def law_command(
    words: tuple[str, ...],
    due: datetime.date | str | None,
    changes: datetime.date | str | None,
    as_of: datetime.date,
    workspace: Path,
    *,
    is_open: bool,
    is_json: bool,
) -> None:
    """Say what the law library knows of an act or guidance, how it was checked, and what cites it."""
    from policygen.ground.diagnostics import Problems, in_order
    from policygen.project import law

    if (is_open, due is not None, changes is not None).count(True) > 1:
        raise click.UsageError("write one of `--open`, `--due` and `--changes`")
    problems = Problems()
    known, every = law.library(workspace, problems)
    held = law.named(every, words)
    ahead = None
    if is_open:
        held = tuple(each for each in held if each.entry.checks)
    elif due is not None:
        held = law.due(held, due if isinstance(due, datetime.date) else as_of)
    elif changes is not None:
        until = changes if isinstance(changes, datetime.date) else as_of
        ahead = law.changes(held, as_of, until)
        held = tuple(dict.fromkeys(change.held for change in ahead))
    listed = is_open or due is not None or ahead is not None
    one = held[0] if not listed and words == (held[0].id,) else None
    uses = law.Uses({}, {})
    if is_json or one or ahead:
        with telling():
            uses = law.uses(workspace, known, problems)
    show(in_order(problems))
    if is_json:
        show_json([law.as_plain(each, uses.of(each.id)) for each in held])
    elif ahead is not None:
        _show_changes(ahead, uses)
    elif is_open:
        _show_open(held)
    elif due is not None:
        _show_due(held)
    elif one:
        _show_entry(one, uses)
    else:
        _show_list(held)
    if problems.has_errors:
        raise click.exceptions.Exit(PROBLEMS)


def _show_list(held: Sequence[Held]) -> None:
    from policygen.ground.wording import count

    show_table(_HEADS, ("", [_row(each) for each in held]))
    verified = sum(each.entry.verified for each in held)
    said = "entry" if len(held) == 1 else "entries"
    open_checks = count(sum(len(each.entry.checks) for each in held), "open check")
    say(f"\n{len(held)} {said}: {verified} verified, {open_checks}")


def _row(held: Held) -> Row:
    from urllib.parse import urlsplit

    from policygen.project.law import THEIRS

    entry = held.entry
    title = f"{entry.cite} ({entry.short})" if entry.short else entry.cite
    lines = [Line(title)]
    if held.whose == THEIRS:
        lines.append(Line("yours"))
    if host := urlsplit(entry.source or "").hostname:
        lines.append(Line(f"read at {host.removeprefix('www.')}", "bright_black"))
    verified = Line("yes") if entry.verified else Line("no", "yellow")
    return held.id, lines, _in_force(held), [verified]


def _in_force(held: Held) -> str:
    from policygen.checks.citations import printed_moment

    entry = held.entry
    said = f"from {printed_moment(entry.since)}" if entry.since else "from a day not looked up"
    return f"{said} until {printed_moment(entry.until)}" if entry.until else said


def _show_due(held: Sequence[Held]) -> None:
    from policygen.ground.dates import short_day

    if not held:
        say("nothing is due for review")
        return
    rows = [(each.id, each.entry.cite, short_day(each.review)) for each in held]
    show_table(_DUE, ("", rows))


def _show_open(held: Sequence[Held]) -> None:
    if not held:
        say("there are no open checks")
    for each in held:
        click.secho(each.id, bold=True)
        for check in each.entry.checks:
            say(f"  – {check}")


def _show_changes(changes: Sequence[Change], uses: Uses) -> None:
    from policygen.checks.citations import printed_moment

    if not changes:
        say("the library knows of no change up to that day")
        return
    for change in changes:
        click.secho(f"{printed_moment(change.on)}: {change.held.entry.cite}", bold=True)
        say(f"  {change.says}")
        places = uses.of(change.held.id)
        for policy, title in {each.policy: each.title for each in places}.items():
            schools = ", ".join(uses.schools(places, policy)) or "no school"
            say(f"  – {title}: {_numbers(places, policy)}; {schools}")
        if not places:
            say("  – cited nowhere")


def _numbers(places: Sequence[Citing], policy: str) -> str:
    """Where the entry stands in a policy, in its newest edition."""
    here = [each for each in places if each.policy == policy]
    newest = here[-1].edition
    return ", ".join(dict.fromkeys(_where(each) for each in here if each.edition == newest))


def _where(citing: Citing) -> str:
    return citing.number or citing.clause


def _show_entry(held: Held, uses: Uses) -> None:
    from policygen.checks.citations import printed_moment
    from policygen.ground.dates import printed_day

    entry = held.entry
    checked = {
        "page": "read on a public page",
        "repo": "seen in a public repository only",
        "own": "own knowledge, not looked up",
    }[entry.evidence]
    on = f", on {printed_day(entry.read)}" if entry.read else ""
    click.secho(f"{held.id}: {entry.cite}", bold=True)
    for name, said in (
        ("short name", entry.short),
        ("in force", _in_force(held)),
        ("replaced by", ", ".join(entry.replaced_by)),
        ("address", entry.link),
        ("verified", "yes" if entry.verified else "no"),
        ("evidence", f"{checked}{on}"),
        ("source", entry.source),
        ("known of it", entry.note),
        ("stands in", held.whose),
        ("look again", f"after {printed_day(held.review)}"),
    ):
        if said:
            say(f"  {name}: {said}")
    for check in entry.checks:
        say(f"  open check: {check}")
    for change in entry.ahead:
        say(f"  {printed_moment(change.on)}: {change.says}")
    places = uses.of(held.id)
    if not places:
        say("\ncited nowhere in this workspace")
        return
    above = ""
    for each in places:
        edition = f"edition {each.edition}" if each.frozen else f"{each.edition}, in work"
        whose = f"own wording of {each.school}" if each.school else edition
        if above != (above := f"{each.title} ({whose})"):
            click.secho(f"\n{above}", bold=True)
        said = each.number + (f" ({each.clause})" if each.number else each.clause)
        file = f", {each.place.path}:{each.place.line}" if each.place else ""
        say(f"  – {said}{file}")
