"""All schools of an issuer as a page: charts that need no colour, each with its table beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from markupsafe import Markup

from policygen.fleet.fleet import Fleet, FleetPolicy, FleetRow, by_edition, by_lag
from policygen.fleet.recall import Outcome, Recall
from policygen.ground.dates import long_date, printed_day
from policygen.ground.resources import theme
from policygen.ground.wording import count
from policygen.html.blocks import column_heads, framed_table, text_table
from policygen.html.elements import Setting, block, element, heading, lines
from policygen.html.labels import Stamp
from policygen.html.page import facts, page
from policygen.html.templates import filled

_SETTING = Setting("screen", Stamp("approved", ""), {}, linked=frozenset())
_FILLS = ("solid", "lines", "dots", "cross", "empty")
"""How bars are told apart, whatever their colour: the newest edition, and who is not behind, is solid."""
_WIDTH, _HEIGHT, _STEP = 440, 22, 30
_LABELS, _NUMBERS = 130, 80
"""Columns of a chart left and right of its bars, in its own units."""
_OUTCOMES: dict[Outcome, str] = {
    "exact": "As it was",
    "altered": "Altered copy",
    "unknown": "Not on record",
    "none": "Not published",
}


def fleet_html(fleet: Fleet, recall: Recall | None) -> str:
    """The page; with what was found about one clause, where one was looked for."""
    behind = sum(bool(row.lag.editions) for row in fleet.rows)
    expired = sum(each.row.expired(fleet.as_of) for each in fleet.deviations)
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
        editions=lines(_editions(policy, fleet.of(policy.policy)) for policy in fleet.policies),
        behind=_behind(fleet),
        deviations=_deviations(fleet),
        open=_open(fleet),
    )
    return page(
        title="Schools and editions",
        description="Which school has which edition of each policy",
        class_="fleet",
        body=[body],
        style=theme("fleet.css"),
    )


# --- charts -----------------------------------------------------------------------------------------------------------


def _editions(policy: FleetPolicy, rows: Sequence[FleetRow]) -> Markup:
    if not rows:
        return Markup()
    issued = {issue.edition: printed_day(issue.issued) for issue in policy.issues}
    counted = by_edition(rows)
    says = f"Published by {policy.issuer}. {count(len(rows), 'adoption')}."
    figure = _figure(
        f"editions_{policy.policy}",
        f"{policy.title}: adoptions by edition",
        ("Edition", "Adoptions", "Share", "Issued"),
        counted,
        [issued.get(edition, "not published") for edition, _ in counted],
    )
    title = heading(3, policy.title, id=f"policy_{policy.policy}")
    return lines((title, element("p", says, class_="change-note"), figure))


def _behind(fleet: Fleet) -> Markup:
    if not fleet.rows:
        return Markup()
    head = ("Behind", "Adoptions", "Share")
    title = "Adoptions by how long they are behind"
    says = "Counted from the day on which the next edition after theirs was issued."
    return lines(
        (
            heading(2, "How long schools are behind"),
            element("p", says),
            _figure("behind", title, head, by_lag(fleet.rows)),
            heading(2, "Every school"),
            _matrix(fleet),
        )
    )


def _figure(
    name: str,
    title: str,
    head: Sequence[str],
    bars: Sequence[tuple[str, int]],
    last: Sequence[str] = (),
) -> Markup:
    """A bar chart and, beside it, the same as a table; `last` are the cells of its last column, if it has one."""
    total = sum(number for _, number in bars)
    body = []
    for index, (text, number) in enumerate(bars):
        # Without any adoption there are no shares, and every number is 0.
        share = f"{number / total:.0%}" if total else "–"
        body.append(
            [
                element("th", text, scope="row"),
                element("td", str(number), class_="number"),
                element("td", share, class_="number"),
                *(element("td", cell) for cell in last[index : index + 1]),
            ]
        )
    table = framed_table(title, column_heads(head), body, _SETTING, name=title)
    return block("figure", _chart(name, title, bars), table, class_="chart-and-table")


def _chart(name: str, title: str, bars: Sequence[tuple[str, int]]) -> Markup:
    most = max((number for _, number in bars), default=0) or 1
    room = _WIDTH - _LABELS - _NUMBERS
    drawn = []
    for index, (text, number) in enumerate(bars):
        top = index * _STEP + 4
        length = round(number / most * room, 1)
        drawn.append(
            {
                "text": text,
                "number": str(number),
                "fill": _FILLS[min(index, len(_FILLS) - 1)],
                "top": str(top),
                "middle": str(top + _HEIGHT // 2 + 5),
                "length": str(length),
                "end": str(_LABELS + length + 8),
            }
        )
    return filled(
        "chart",
        name=name,
        title=title,
        bars=drawn,
        size=f"{_WIDTH} {len(bars) * _STEP + 4}",
        left=str(_LABELS),
        before=str(_LABELS - 8),
        height=str(_HEIGHT),
    )


# --- tables -----------------------------------------------------------------------------------------------------------


def _matrix(fleet: Fleet) -> Markup:
    """A row for each school, a column for each policy."""
    policies = [policy for policy in fleet.policies if fleet.of(policy.policy)]
    rows = []
    ordered = sorted(fleet.rows, key=lambda row: (row.school_name, row.school))
    for (name, _), group in groupby(ordered, key=lambda row: (row.school_name, row.school)):
        own = list(group)
        rows.append([name, *(_standing(own, policy.policy) for policy in policies)])
    head = ("School", *(policy.title for policy in policies))
    caption = "Edition in force, and how far it is behind"
    return text_table(caption, head, rows, _SETTING, name="Every school")


def _standing(rows: Sequence[FleetRow], policy: str) -> str:
    """The adoptions of one policy by one school; a dash for none."""
    said = [_said(row) for row in rows if row.policy == policy]
    return Markup("<br>").join(said) or "–"


def _said(row: FleetRow) -> str:
    """One adoption in a cell: "2026.1, 2 behind (80 days); 1.0 of 12 November 2026"."""
    said = row.edition
    if row.through:
        said += f" through {row.through}"
    if row.lag.editions:
        said += f", {row.lag.editions} behind ({count(row.lag.days, 'day')})"
    if row.approved:
        said += f"; version {row.version} of {printed_day(row.approved)}"
    else:
        said += "; not approved"
    if row.preparing:
        said += f"; {row.preparing} being prepared"
    return said


def _deviations(fleet: Fleet) -> Markup:
    rows = []
    for departure in fleet.deviations:
        row = departure.row
        until = printed_day(row.until) if row.until else "no end"
        if row.expired(fleet.as_of):
            until += " – expired"
        policy = f"{departure.policy} {departure.edition}"
        rows.append((departure.school_name, policy, row.clause, row.reason, row.agreed_by, until))
    head = ("School", "Policy", "Clause", "Reason", "Agreed by", "Until")
    return _table("Who departs, with whose leave", head, rows)


def _open(fleet: Fleet) -> Markup:
    rows = []
    for row in fleet.open:
        if row.upgrade:
            upgrade = f"{row.adopted} to {row.upgrade.edition}"
            undecided = ", ".join((*row.upgrade.questions, *row.upgrade.clauses))
            rows.append((row.school_name, row.policy, upgrade, undecided))
    head = ("School", "Policy", "Upgrade", "To be decided")
    return _table("What schools have still to decide", head, rows)


def _recall(recall: Recall) -> Iterator[Markup]:
    traced = recall.traced
    yield heading(2, f"Who still publishes {traced.clause}")
    said = f"A clause of {traced.policy}, as it was in edition {traced.before} or an earlier one."
    yield element("p", said)
    counted = [(name, recall.count(outcome)) for outcome, name in _OUTCOMES.items()]
    title = f"What was found about {traced.clause}"
    yield _figure("recall", title, ("Found", "Places", "Share"), counted)
    order = list(_OUTCOMES)
    rows = []
    for finding in sorted(recall.findings, key=lambda finding: order.index(finding.outcome)):
        version = f"{finding.policy} {finding.version}".strip()
        clause = f"{finding.number} {finding.clause}".strip() or "–"
        name = _OUTCOMES[finding.outcome]
        rows.append((name, finding.school_name, version, clause, finding.says))
    head = ("Found", "School", "Policy and version", "Clause", "What stands there")
    yield text_table("Where it was found", head, rows, _SETTING)


def _table(caption: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> Markup:
    if not rows:
        return element("p", "None.")
    return text_table(caption, head, rows, _SETTING)
