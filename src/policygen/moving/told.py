"""What is told of a policy that was moved in: the count of its words, what was guessed, what needs a hand."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from policygen.moving.count import Count
from policygen.moving.ledger import Fate, Remark

_HEADS = {
    "by-hand": "Needs a hand",
    "guessed": "Guessed",
    "offered": "Could be a fact",
}
_BECAME = {
    "structure": "Became structure",
    "left-out": "Left out",
    "added": "Added",
}


@dataclass(frozen=True)
class Report:
    """All there is to tell of one file."""

    file: str
    target: str
    count: Count
    remarks: tuple[Remark, ...]
    fates: tuple[Fate, ...]

    def of(self, kind: str) -> tuple[Remark, ...]:
        """The remarks of one kind."""
        return tuple(remark for remark in self.remarks if remark.kind == kind)


def as_data(report: Report) -> dict[str, object]:
    """The report as plain data."""
    count = report.count
    return {
        "file": report.file,
        "template": report.target,
        "count": {
            "file": dict(count.of_file),
            "policy": count.of_policy,
            **{key.replace("-", "_"): number for key, number in count.became.items()},
            "missing": dict(count.missing),
            "surplus": dict(count.surplus),
        },
        "remarks": [
            {
                "kind": remark.kind,
                "says": remark.says,
                "place": str(remark.spot) if remark.spot else "",
                "now": remark.now,
            }
            for remark in report.remarks
        ],
        "words": [
            {
                "became": fate.became,
                "words": fate.words,
                "why": fate.why,
                "place": str(fate.spot) if fate.spot else "",
            }
            for fate in report.fates
        ],
    }


def count_lines(count: Count) -> Iterator[str]:
    """The count in words, one line for each sum."""
    kinds = ", ".join(f"{number} in {kind}" for kind, number in count.of_file.items())
    total = sum(count.of_file.values())
    yield f"{total:,} words in the file: {kinds}"
    became = count.became
    policy = count.of_policy - became["added"]
    yield (
        f"= {policy:,} in the policy + {became['structure']:,} that became structure"
        f" + {became['left-out']:,} left out"
    )
    if became["added"]:
        yield f"{became['added']:,} words were added: captions, titles, who signs"


def as_html(report: Report) -> str:
    """The report as a page of its own."""
    rows = "\n".join(_section(head, report.of(kind)) for kind, head in _HEADS.items())
    words = "\n".join(
        _fates(head, [fate for fate in report.fates if fate.became == became])
        for became, head in _BECAME.items()
    )
    counted = "<br>\n".join(html.escape(line) for line in count_lines(report.count))
    file, target = html.escape(report.file), html.escape(report.target)
    return f"""<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{file} moved in as {target}</title>
<style>
body {{ font: 1rem/1.5 sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }}
table {{ border-collapse: collapse; width: 100% }}
th, td {{ text-align: left; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid #bbb }}
td {{ overflow-wrap: anywhere }}
</style>
</head>
<body>
<main>
<h1>{file} moved in as {target}</h1>
<p>{counted}</p>
{rows}
{words}
</main>
</body>
</html>
"""


def _section(head: str, remarks: Sequence[Remark]) -> str:
    cells = [
        (remark.says, str(remark.spot) if remark.spot else "", remark.now) for remark in remarks
    ]
    return _table(head, ("What", "Place in the file", "Where it stands now"), cells)


def _fates(head: str, fates: Sequence[Fate]) -> str:
    cells = [(fate.words, str(fate.spot) if fate.spot else "", fate.why) for fate in fates]
    return _table(f"{head}: words", ("Words", "Place in the file", "Why"), cells)


def _table(head: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    if not rows:
        return ""
    heads = "".join(f'<th scope="col">{html.escape(column)}</th>' for column in columns)
    body = "\n".join(
        "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    return (
        f"<h2>{html.escape(head)} ({len(rows)})</h2>\n<table>\n<thead><tr>{heads}</tr></thead>\n"
        f"<tbody>\n{body}\n</tbody>\n</table>"
    )
