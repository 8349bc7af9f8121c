"""`policygen fleet`."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from policygen.cli.options import NAMED, day, formats, in_workspace, number, writes
from policygen.cli.output import PROBLEMS, say, show, show_json, show_rows
from policygen.cli.tables import Column, show_table
from policygen.cli.waiting import telling
from policygen.ground import paths

if TYPE_CHECKING:
    from policygen.fleet.fleet import Fleet, FleetPolicy, FleetRow
    from policygen.fleet.recall import Finding, Outcome, Recall

_EDITIONS = (
    Column("Edition", whole=True),
    Column("Issued", whole=True),
    Column("In force at", right=True),
    Column("Chosen by", right=True),
)
_SCHOOLS = (
    Column("School"),
    Column("Version", whole=True),
    Column("Approved", whole=True),
    Column("Edition", whole=True),
    Column("Chosen", whole=True),
    Column("Behind", whole=True),
)
_DEPARTURES = (Column("School"), Column("Clause"), Column("Agreed by"), Column("Until"))
_OPEN = (Column("School"), Column("Policy"), Column("To", whole=True), Column("To be decided"))
_FOUND = (Column("School"), Column("Found"), Column("What stands there"))


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
    callback=number,
    metavar="EDITION",
    help="As in this edition or earlier. Default: the last.",
)
@click.option("--as-of", callback=day, metavar="DATE", help="Today's date, if not today.")
@formats(
    "text",
    "json",
    "csv",
    "xlsx",
    "html",
    says="Tables, JSON, CSV, a workbook, or a page with a filter in output/packs/fleet/.",
)
@in_workspace
@partial(writes, when=lambda **options: options["form"] in ("html", "xlsx"))
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
        case "csv" | "xlsx":
            show_rows(form, as_rows(found, recall), workspace, "recall" if recall else "fleet")
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
        say("no school has adopted a policy")
        return
    for policy in fleet.policies:
        if rows := fleet.of(policy.policy):
            _show_policy(policy, rows)
    _show_deviations(fleet)
    _show_open(fleet)
    behind = sum(bool(row.lag.editions) for row in fleet.rows)
    adoptions = f"{count(len(fleet.rows), 'adoption')} by {count(len(fleet.schools), 'school')}"
    say(f"{adoptions}: {behind or 'none'} behind")
    departures = count(len(fleet.deviations), "deviation")
    expired = sum(deviation.row.expired(fleet.as_of) for deviation in fleet.deviations)
    if expired:
        departures += f" ({expired} expired)"
    say(f"{departures}, {count(len(fleet.open), 'upgrade')} with open decisions")


def _show_policy(policy: FleetPolicy, rows: Sequence[FleetRow]) -> None:
    from policygen.fleet.fleet import by_edition
    from policygen.ground.dates import short_day

    editions = []
    for found in by_edition(policy, rows):
        issued = short_day(found.issued) if found.issued else "–"
        editions.append((found.edition, issued, str(found.in_force), str(found.chosen)))
    show_table(_EDITIONS, (f"{policy.title}  [{policy.policy}]", editions))
    say()
    show_table(_SCHOOLS, ("", [_school(row) for row in rows]))
    say()


def _school(row: FleetRow) -> tuple[str, ...]:
    from policygen.ground.dates import short_day
    from policygen.ground.wording import count

    version, approved, behind = row.version or "–", "–", "–"
    if row.version and not row.registered:
        version += "*"
    if row.withdrawn:
        version = f"withdrawn {short_day(row.withdrawn)}"
    if row.approved:
        approved = short_day(row.approved)
    if row.lag.editions:
        behind = count(row.lag.days, "day")
    editions = (row.edition_in_force or "–", row.edition_chosen or "–")
    return (row.school_name, version, approved, *editions, behind)


def _show_deviations(fleet: Fleet) -> None:
    if not fleet.deviations:
        return
    body = []
    for deviation in fleet.deviations:
        row = deviation.row
        clause = f"{deviation.policy}: {row.clause}"
        until = _until(row.until, expired=row.expired(fleet.as_of))
        body.append((deviation.school_name, clause, row.agreed_by, until))
    show_table(_DEPARTURES, ("Departures from agreed wording", body))
    say()


def _until(until: datetime.date | None, *, expired: bool) -> str:
    from policygen.ground.dates import short_day

    if until is None:
        return "no end"
    return f"{short_day(until)} expired" if expired else short_day(until)


def _show_open(fleet: Fleet) -> None:
    if not fleet.open:
        return
    body = []
    for row in fleet.open:
        if row.upgrade:
            waiting = ", ".join((*row.upgrade.questions, *row.upgrade.clauses))
            body.append((row.school_name, row.policy, row.upgrade.edition, waiting))
    show_table(_OPEN, ("Upgrades with open decisions", body))
    say()


def _show_recall(recall: Recall) -> None:
    from policygen.ground.wording import count

    traced = recall.traced
    say(f"{traced.clause} of {traced.policy}, edition {traced.before} or earlier\n")
    order: tuple[Outcome, ...] = ("exact", "altered", "unknown", "none")
    findings = sorted(recall.findings, key=lambda finding: order.index(finding.outcome))
    body = [(finding.school_name, finding.outcome, _found(finding)) for finding in findings]
    show_table(_FOUND, ("", body))
    say()
    said = ", ".join(f"{recall.count(outcome)} {outcome}" for outcome in order)
    say(f"{count(len(recall.findings), 'place')}: {said}")


def _found(finding: Finding) -> str:
    """Such as "staff-acceptable-use 1.0, 7.1 online-disclosure: the model text"."""
    where = f"{finding.number} {finding.clause}".strip()
    place = f"{finding.policy} {finding.version}".strip()
    if where:
        place += f", {where}"
    return f"{place}: {finding.says}"
