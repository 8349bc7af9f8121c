"""`policygen fleet`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from policygen.cli.options import NAMED, day, formats, in_workspace
from policygen.cli.output import PROBLEMS, show, show_csv, show_json, show_table, table_console
from policygen.cli.waiting import telling
from policygen.ground import paths

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from policygen.fleet.fleet import Fleet, FleetPolicy, FleetRow
    from policygen.fleet.recall import Finding, Outcome, Recall

_BAR = 24


@click.command("fleet")
@click.argument("policies", nargs=-1, type=NAMED, metavar="[POLICY]...")
@click.option(
    "--clause",
    default="",
    metavar="ID",
    help="Say who still publishes this clause, or a copy of it.",
)
@click.option(
    "--before",
    default="",
    metavar="EDITION",
    help="As in this edition or earlier. Default: the last.",
)
@click.option("--as-of", callback=day, metavar="DATE", help="Today's date, if not today.")
@formats(
    "text",
    "json",
    "csv",
    "html",
    says="Tables, JSON, CSV, or a page with charts in output/packs/fleet/.",
)
@in_workspace
def fleet_command(
    policies: tuple[str, ...],
    clause: str,
    before: str,
    as_of: datetime.date,
    form: str,
    workspace: Path,
) -> None:
    """Say which school has which edition, where schools depart from agreed wording, who publishes a clause."""
    from policygen.fleet.report import as_plain, as_rows
    from policygen.ground.diagnostics import Problems, in_order
    from policygen.project import fleet

    if before and not clause:
        message = "`--before` says up to which edition `--clause ID` is looked for; write both"
        raise click.UsageError(message)
    problems = Problems()
    chosen = fleet.chosen_policies(workspace, policies)
    recall = None
    with telling():
        schools = fleet.read_fleet(workspace, problems)
        if clause:
            recall = fleet.trace(workspace, schools, chosen, clause, before, as_of, problems)
        found = fleet.survey(workspace, schools, chosen, as_of, problems)
    diagnostics = in_order(problems)
    show(diagnostics)
    match form:
        case "json":
            show_json(as_plain(found, recall))
        case "csv":
            show_csv(as_rows(found, recall))
        case "html":
            click.echo(fleet.save_page(workspace / paths.OUTPUT, found, recall))
        case _ if recall:
            _show_recall(recall)
        case _:
            _show_fleet(found)
    if problems.has_errors:
        raise click.exceptions.Exit(PROBLEMS)


# --- on a terminal ----------------------------------------------------------------------------------------------------


def _show_fleet(fleet: Fleet) -> None:
    from policygen.ground.wording import count

    if not fleet.rows:
        click.echo("no school has adopted a policy")
        return
    for policy in fleet.policies:
        if rows := fleet.of(policy.policy):
            _show_policy(policy, rows)
    _show_deviations(fleet)
    _show_open(fleet)
    behind = sum(bool(row.lag.editions) for row in fleet.rows)
    adoptions = f"{count(len(fleet.rows), 'adoption')} by {count(len(fleet.schools), 'school')}"
    click.echo(f"{adoptions}: {behind or 'none'} behind")
    departures = count(len(fleet.deviations), "deviation")
    expired = sum(deviation.row.expired(fleet.as_of) for deviation in fleet.deviations)
    if expired:
        departures += f" ({expired} expired)"
    click.echo(f"{departures}, {count(len(fleet.open), 'upgrade')} with open decisions")


def _show_policy(policy: FleetPolicy, rows: Sequence[FleetRow]) -> None:
    from policygen.fleet.fleet import by_edition
    from policygen.ground.dates import short_day
    from policygen.register.due import editions_in_words

    click.echo(f"{policy.title}  [{policy.policy}]")
    counted = by_edition(rows)
    issued = {each.edition: each.issued for each in policy.issues}
    for edition, number in counted:
        bar = "#" * max(1, round(number / len(rows) * _BAR))
        when = f"  issued {short_day(issued[edition])}" if edition in issued else ""
        click.echo(f"  {edition:<9} {bar:<{_BAR}} {number:>4}  {number / len(rows):>4.0%}{when}")
    click.echo()
    body = []
    for row in rows:
        behind = f"{row.lag.editions}, {row.lag.days} days" if row.lag.editions else "–"
        unregistered = "*" if row.version and not row.registered else ""
        approved = short_day(row.approved) if row.approved else "–"
        edition = editions_in_words(row.edition, row.preparing)
        body.append((row.school_name, edition, behind, f"{row.version}{unregistered}", approved))
    _table(("School", "Edition", "Behind", "Version", "Approved"), body, fixed=(0, 19, 11, 7, 11))


def _show_deviations(fleet: Fleet) -> None:
    if not fleet.deviations:
        return
    click.echo("Departures from agreed wording")
    body = []
    for deviation in fleet.deviations:
        row = deviation.row
        clause = f"{deviation.policy}: {row.clause}"
        until = _until(row.until, expired=row.expired(fleet.as_of))
        body.append((deviation.school_name, clause, row.agreed_by, until))
    _table(("School", "Clause", "Agreed by", "Until"), body, fixed=(0, 24, 20, 11))


def _until(until: datetime.date | None, *, expired: bool) -> str:
    from policygen.ground.dates import short_day

    if until is None:
        return "no end"
    return f"{short_day(until)} expired" if expired else short_day(until)


def _show_open(fleet: Fleet) -> None:
    if not fleet.open:
        return
    click.echo("Upgrades with open decisions")
    body = []
    for row in fleet.open:
        if row.upgrade:
            waiting = ", ".join((*row.upgrade.questions, *row.upgrade.clauses))
            body.append((row.school_name, row.policy, row.upgrade.edition, waiting))
    _table(("School", "Policy", "To", "To be decided"), body, fixed=(0, 22, 8, 24))


def _show_recall(recall: Recall) -> None:
    from policygen.ground.wording import count

    traced = recall.traced
    click.echo(f"{traced.clause} of {traced.policy}, edition {traced.before} or earlier\n")
    order: tuple[Outcome, ...] = ("exact", "altered", "unknown", "none")
    findings = sorted(recall.findings, key=lambda finding: order.index(finding.outcome))
    body = [(finding.outcome, finding.school_name, _found(finding)) for finding in findings]
    _table(("Found", "School", "What stands there"), body, fixed=(7, 24, 0))
    said = ", ".join(f"{recall.count(outcome)} {outcome}" for outcome in order)
    click.echo(f"{count(len(recall.findings), 'place')}: {said}")


def _found(finding: Finding) -> str:
    """Such as "staff-acceptable-use 1.0, 7.1 online-disclosure: the model text"."""
    where = f"{finding.number} {finding.clause}".strip()
    version = f"{finding.policy} {finding.version}".strip()
    return f"{version}{f', {where}' if where else ''}: {finding.says}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]], fixed: Sequence[int]) -> None:
    """A table as wide as the terminal; a column with width 0 takes what is left."""
    from rich.table import Table
    from rich.text import Text

    console = table_console()
    rest = max(console.width - sum(size + 2 for size in fixed if size), 12)
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    for name, size in zip(head, fixed, strict=True):
        table.add_column(name, width=size or rest, overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    show_table(console, table)
    click.echo()
