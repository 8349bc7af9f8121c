"""All schools of an issuer as a page: charts that need no colour, each with its table beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from policygen.fleet.fleet import Fleet, FleetPolicy, FleetRow, by_edition, by_lag
from policygen.fleet.recall import Outcome, Recall
from policygen.ground.dates import long_date, printed_day
from policygen.ground.resources import theme
from policygen.ground.wording import count
from policygen.html.blocks import framed_table
from policygen.html.elements import Setting, element, escape, heading, lines
from policygen.html.labels import Stamp
from policygen.html.page import facts, page

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
    made = page(
        language="en-GB",
        title="Schools and editions",
        description="Which school has which edition of each policy",
        colour="#1d3f6e",
        medium="screen",
        draft=False,
        class_="fleet",
        body=[_header(fleet), element("main", "\n", lines(_parts(fleet, recall)), "\n")],
    )
    return made.replace("</head>", f"<style>{theme('fleet.css')}</style>\n</head>", 1)


def _header(fleet: Fleet) -> str:
    behind = sum(bool(row.lag.editions) for row in fleet.rows)
    expired = sum(each.row.expired(fleet.as_of) for each in fleet.deviations)
    said = [
        ("On", long_date(fleet.as_of)),
        ("Schools", str(len(fleet.schools))),
        ("Adoptions", str(len(fleet.rows))),
        ("Behind the last edition", str(behind)),
        ("Departures from agreed wording", f"{len(fleet.deviations)}, {expired} expired"),
        ("Upgrades with open decisions", str(len(fleet.open))),
    ]
    parts = (heading(1, "Schools and editions"), facts(said))
    return element("header", "\n", lines(parts), "\n", class_="sheet-header")


def _parts(fleet: Fleet, recall: Recall | None) -> Iterator[str]:
    yield _patterns()
    if recall:
        yield from _recall(recall)
    yield heading(2, "Editions")
    for policy in fleet.policies:
        if rows := fleet.of(policy.policy):
            yield from _editions(policy, rows)
    if fleet.rows:
        yield heading(2, "How long schools are behind")
        yield element(
            "p", "Counted from the day on which the next edition after theirs was issued."
        )
        yield _figure(
            "behind",
            "Adoptions by how long they are behind",
            "Behind",
            "Adoptions",
            by_lag(fleet.rows),
        )
        yield heading(2, "Every school")
        yield _matrix(fleet)
    yield from _deviations(fleet)
    yield from _open(fleet)


# --- charts -----------------------------------------------------------------------------------------------------------


def _patterns() -> str:
    """The fills of all charts, once for the page."""
    return (
        '<svg class="patterns" width="0" height="0" aria-hidden="true" focusable="false"><defs>'
        '<pattern id="fill_lines" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<path d="M1.5 0V7" class="mark"/></pattern>'
        '<pattern id="fill_dots" width="7" height="7" patternUnits="userSpaceOnUse">'
        '<circle cx="3.5" cy="3.5" r="1.7" class="spot"/></pattern>'
        '<pattern id="fill_cross" width="8" height="8" patternUnits="userSpaceOnUse">'
        '<path d="M0 4H8M4 0V8" class="thin"/></pattern>'
        "</defs></svg>"
    )


def _editions(policy: FleetPolicy, rows: Sequence[FleetRow]) -> Iterator[str]:
    issued = {each.edition: printed_day(each.issued) for each in policy.issues}
    yield heading(3, escape(policy.title), id=f"policy_{policy.policy}")
    yield element(
        "p",
        escape(f"Published by {policy.issuer}. {count(len(rows), 'adoption')}."),
        class_="change-note",
    )
    counted = by_edition(rows)
    yield _figure(
        f"editions_{policy.policy}",
        f"{policy.title}: adoptions by edition",
        "Edition",
        "Adoptions",
        counted,
        ("Issued", [issued.get(edition, "not published") for edition, _ in counted]),
    )


def _figure(
    name: str,
    title: str,
    label: str,
    what: str,
    bars: Sequence[tuple[str, int]],
    more: tuple[str, Sequence[str]] | None = None,
) -> str:
    """A bar chart and, beside it, the same as a table."""
    total = sum(number for _, number in bars)
    head = [
        element("th", text, scope="col")
        for text in (label, what, "Share", *([more[0]] if more else []))
    ]
    body = [
        [
            element("th", escape(text), scope="row"),
            element("td", str(number), class_="number"),
            element("td", f"{number / total:.0%}" if total else "–", class_="number"),
            *([element("td", escape(more[1][index]))] if more else []),
        ]
        for index, (text, number) in enumerate(bars)
    ]
    table = framed_table(escape(title), head, body, _SETTING, name=title)
    return element(
        "figure", "\n", _chart(name, title, bars), "\n", table, "\n", class_="chart-and-table"
    )


def _chart(name: str, title: str, bars: Sequence[tuple[str, int]]) -> str:
    most = max((number for _, number in bars), default=0) or 1
    room = _WIDTH - _LABELS - _NUMBERS
    drawn = []
    for index, (text, number) in enumerate(bars):
        top = index * _STEP + 4
        middle = str(top + _HEIGHT // 2 + 5)
        length = round(number / most * room, 1)
        drawn += [
            element("text", escape(text), x=str(_LABELS - 8), y=middle, text_anchor="end"),
            element(
                "rect",
                class_=_fill(index),
                x=str(_LABELS),
                y=str(top),
                width=str(length),
                height=str(_HEIGHT),
            ),
            element("text", str(number), x=str(_LABELS + length + 8), y=middle),
        ]
    inside = lines((element("title", escape(title), id=f"chart_{name}"), *drawn))
    return element(
        "svg",
        "\n",
        inside,
        "\n",
        viewBox=f"0 0 {_WIDTH} {len(bars) * _STEP + 4}",
        role="img",
        aria_labelledby=f"chart_{name}",
        class_="chart",
    )


def _fill(index: int) -> str:
    return f"bar {_FILLS[min(index, len(_FILLS) - 1)]}"


# --- tables -----------------------------------------------------------------------------------------------------------


def _matrix(fleet: Fleet) -> str:
    """A row for each school, a column for each policy."""
    policies = [each for each in fleet.policies if fleet.of(each.policy)]
    head = [
        element("th", text, scope="col")
        for text in ("School", *(escape(each.title) for each in policies))
    ]
    rows = []
    ordered = sorted(fleet.rows, key=lambda row: (row.school_name, row.school))
    for (name, _), group in groupby(ordered, key=lambda row: (row.school_name, row.school)):
        own = list(group)
        cells = ([row for row in own if row.policy == each.policy] for each in policies)
        rows.append(
            [
                element("th", escape(name), scope="row"),
                *(element("td", _standing(each)) for each in cells),
            ]
        )
    return framed_table(
        "Edition in force, and how far it is behind", head, rows, _SETTING, name="Every school"
    )


def _standing(rows: Sequence[FleetRow]) -> str:
    return "<br>".join(escape(_said(row)) for row in rows) or "–"


def _said(row: FleetRow) -> str:
    """One adoption in a cell: "2026.1, 2 behind (80 days); 1.0 of 12 November 2026"."""
    edition = f"{row.edition} through {row.through}" if row.through else row.edition
    behind = (
        f", {row.lag.editions} behind ({count(row.lag.days, 'day')})" if row.lag.editions else ""
    )
    approved = (
        f"version {row.version} of {printed_day(row.approved)}" if row.approved else "not approved"
    )
    preparing = f"; {row.preparing} being prepared" if row.preparing else ""
    return f"{edition}{behind}; {approved}{preparing}"


def _deviations(fleet: Fleet) -> Iterator[str]:
    yield heading(2, "Departures from agreed wording")
    if not fleet.deviations:
        yield element("p", "None.")
        return
    head = ("School", "Policy", "Clause", "Reason", "Agreed by", "Until")
    rows = (
        (
            each.school_name,
            f"{each.policy} {each.edition}",
            each.row.clause,
            each.row.reason,
            each.row.agreed_by,
            (printed_day(each.row.until) if each.row.until else "no end")
            + (" – expired" if each.row.expired(fleet.as_of) else ""),
        )
        for each in fleet.deviations
    )
    yield _table("Who departs, with whose leave", head, rows)


def _open(fleet: Fleet) -> Iterator[str]:
    yield heading(2, "Upgrades with open decisions")
    if not fleet.open:
        yield element("p", "None.")
        return
    rows = (
        (
            row.school_name,
            row.policy,
            f"{row.adopted} to {row.upgrade.edition}",
            ", ".join((*row.upgrade.questions, *row.upgrade.clauses)),
        )
        for row in fleet.open
        if row.upgrade
    )
    yield _table(
        "What schools have still to decide", ("School", "Policy", "Upgrade", "To be decided"), rows
    )


def _recall(recall: Recall) -> Iterator[str]:
    traced = recall.traced
    yield heading(2, escape(f"Who still publishes {traced.clause}"))
    said = f"A clause of {traced.policy}, as it was in edition {traced.before} or an earlier one."
    yield element("p", escape(said))
    counted = [(name, recall.count(outcome)) for outcome, name in _OUTCOMES.items()]
    yield _figure("recall", f"What was found about {traced.clause}", "Found", "Places", counted)
    rows = (
        (
            name,
            each.school_name,
            f"{each.policy} {each.version}".strip(),
            f"{each.number} {each.clause}".strip() or "–",
            each.says,
        )
        for outcome, name in _OUTCOMES.items()
        for each in recall.findings
        if each.outcome == outcome
    )
    yield _table(
        "Where it was found",
        ("Found", "School", "Policy and version", "Clause", "What stands there"),
        rows,
    )


def _table(caption: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of plain texts; the first cell of a row heads it."""
    body = [
        [element("th", escape(first), scope="row"), *(element("td", escape(text)) for text in rest)]
        for first, *rest in rows
    ]
    return framed_table(
        escape(caption),
        [element("th", text, scope="col") for text in head],
        body,
        _SETTING,
        name=caption,
    )
