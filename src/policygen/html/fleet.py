"""All schools of an issuer as a page: what each edition and each school stands at, to be filtered and sorted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from policygen.fleet.fleet import Fleet, FleetPolicy, FleetRow, by_edition, by_lag
from policygen.fleet.recall import Outcome, Recall
from policygen.ground.dates import long_date, printed_day
from policygen.ground.resources import theme
from policygen.ground.wording import count
from policygen.html.blocks import column_heads, framed_table, text_table
from policygen.html.elements import Setting, element, heading, lines
from policygen.html.labels import Stamp
from policygen.html.page import facts, page
from policygen.html.templates import filled

_SETTING = Setting("screen", Stamp("approved", ""), {}, linked=frozenset())
_NONE = "–"
_OUTCOMES: dict[Outcome, str] = {
    "exact": "As it was",
    "altered": "Altered copy",
    "unknown": "Not on record",
    "none": "Not published",
}


@dataclass(frozen=True)
class _Cell:
    """One cell of the table of schools."""

    says: str
    order: str = ""
    """What it is sorted by, where that is not what it says."""


def fleet_html(fleet: Fleet, recall: Recall | None) -> str:
    """The page; with what was found about one clause, where one was looked for."""
    behind = sum(bool(row.lag.editions) for row in fleet.rows)
    expired = sum(departure.row.expired(fleet.as_of) for departure in fleet.deviations)
    body = filled(
        "fleet",
        facts=facts(
            [
                ("On", long_date(fleet.as_of)),
                ("Schools", str(len(fleet.schools))),
                ("Adoptions", str(len(fleet.rows))),
                ("Behind the last edition", str(behind)),
                ("Departures from agreed wording", f"{len(fleet.deviations)}, {expired} expired"),
                ("Upgrades with open decisions", str(len(fleet.open))),
            ]
        ),
        recall=lines(_recall(recall)) if recall else "",
        editions=_editions(fleet),
        behind=_behind(fleet),
        policies=[policy for policy in fleet.policies if fleet.of(policy.policy)],
        how_many=count(len(fleet.rows), "adoption"),
        rows=[_row(fleet, row) for row in _by_school(fleet)],
        deviations=_deviations(fleet),
        open=_open(fleet),
    )
    return page(
        title="Schools and editions",
        description="Which school has which edition of each policy",
        class_="fleet",
        body=[body],
        style=theme("fleet.css"),
        script=theme("fleet.js"),
    )


# --- editions ---------------------------------------------------------------------------------------------------------


def _editions(fleet: Fleet) -> Markup:
    """Every edition of every policy, also one that no school has."""
    rows: list[list[Markup]] = []
    for policy in fleet.policies:
        rows += _editions_of(policy, fleet.of(policy.policy))
    if not rows:
        return element("p", "None.")
    head = column_heads(("Policy", "Edition", "Issued", "In force at", "Chosen by"))
    caption = "Every edition, and how many schools have it"
    return framed_table(caption, head, rows, _SETTING, name=caption)


def _editions_of(policy: FleetPolicy, rows: Sequence[FleetRow]) -> Iterator[list[Markup]]:
    for found in by_edition(policy, rows):
        issued = printed_day(found.issued) if found.issued else "Not published"
        yield [
            element("th", policy.title, scope="row"),
            element("td", found.edition),
            element("td", issued),
            _measured(found.in_force, len(rows)),
            _measured(found.chosen, len(rows)),
        ]


def _measured(number: int, total: int) -> Markup:
    """A number and, below it, how much of all it is, as a bar that needs no colour."""
    if not number:
        return element("td", "0", class_="number")
    share = f"{number / total:.0%}"
    bar = element("span", class_="bar", style=f"width: {share}")
    return element("td", f"{number} ({share})", bar, class_="number")


def _behind(fleet: Fleet) -> Markup:
    if not fleet.rows:
        return element("p", "None.")
    rows = []
    for span, number in by_lag(fleet.rows):
        rows.append([element("th", span, scope="row"), _measured(number, len(fleet.rows))])
    caption = "Adoptions by how long they are behind"
    head = column_heads(("Behind", "Adoptions"))
    return framed_table(caption, head, rows, _SETTING, name=caption, class_="lag")


# --- schools ----------------------------------------------------------------------------------------------------------


def _by_school(fleet: Fleet) -> list[FleetRow]:
    return sorted(fleet.rows, key=lambda row: (row.school_name, row.school, row.policy))


def _row(fleet: Fleet, row: FleetRow) -> dict[str, object]:
    """One adoption: what it is, for the filter, and its cells."""
    titles = {policy.policy: policy.title for policy in fleet.policies}
    is_ = []
    if row.lag.editions:
        is_.append("behind")
    if not row.registered and not row.withdrawn:
        is_.append("unapproved")
    if row in fleet.open:
        is_.append("open")
    return {
        "policy": row.policy,
        "is_": " ".join(is_),
        "cells": [_Cell(row.school_name), _Cell(titles[row.policy]), *_standing(row)],
    }


def _standing(row: FleetRow) -> Iterator[_Cell]:
    """What is in force, and what is to follow: each column says one thing."""
    version = row.version or _NONE
    if row.version and not row.registered:
        version += " (not in the register)"
    if row.withdrawn:
        version = f"Withdrawn {printed_day(row.withdrawn)}"
    yield _Cell(version)
    if row.approved:
        yield _Cell(printed_day(row.approved), str(row.approved))
    else:
        yield _Cell(_NONE)
    yield _Cell(row.edition_in_force or _NONE)
    chosen = row.edition_chosen or _NONE
    if row.through:
        chosen = f"{row.edition_chosen} through {row.through}".strip()
    yield _Cell(chosen)
    if row.lag.editions:
        behind = f"{count(row.lag.editions, 'edition')}, {count(row.lag.days, 'day')}"
        yield _Cell(behind, str(row.lag.days))
    else:
        yield _Cell(_NONE)


def _deviations(fleet: Fleet) -> Markup:
    rows = []
    for departure in fleet.deviations:
        row = departure.row
        until = printed_day(row.until) if row.until else "no end"
        if row.expired(fleet.as_of):
            until += " – expired"
        said = (row.clause, row.reason, row.agreed_by, until)
        rows.append((departure.school_name, departure.policy, departure.edition, *said))
    head = ("School", "Policy", "Edition", "Clause", "Reason", "Agreed by", "Until")
    return _table("Who departs, with whose leave", head, rows)


def _open(fleet: Fleet) -> Markup:
    rows = []
    for row in fleet.open:
        if row.upgrade:
            undecided = ", ".join((*row.upgrade.questions, *row.upgrade.clauses))
            said = (row.adopted, row.upgrade.edition, undecided)
            rows.append((row.school_name, row.policy, *said))
    head = ("School", "Policy", "From edition", "To edition", "To be decided")
    return _table("What schools have still to decide", head, rows)


def _recall(recall: Recall) -> Iterator[Markup]:
    traced = recall.traced
    yield heading(2, f"Who still publishes {traced.clause}")
    said = f"A clause of {traced.policy}, as it was in edition {traced.before} or an earlier one."
    yield element("p", said)
    found = []
    for outcome, name in _OUTCOMES.items():
        measured = _measured(recall.count(outcome), len(recall.findings))
        found.append([element("th", name, scope="row"), measured])
    caption = f"What was found about {traced.clause}"
    head = column_heads(("Found", "Places"))
    yield framed_table(caption, head, found, _SETTING, name=caption, class_="lag")
    order = list(_OUTCOMES)
    rows = []
    for finding in sorted(recall.findings, key=lambda finding: order.index(finding.outcome)):
        clause = f"{finding.number} {finding.clause}".strip() or _NONE
        name = _OUTCOMES[finding.outcome]
        where = (finding.policy, finding.version or _NONE, clause, finding.says)
        rows.append((finding.school_name, name, *where))
    columns = ("School", "Found", "Policy", "Version", "Clause", "What stands there")
    yield _table("Where it was found", columns, rows)


def _table(caption: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> Markup:
    if not rows:
        return element("p", "None.")
    return text_table(caption, head, rows, _SETTING)
