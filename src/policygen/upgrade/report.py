"""What came of upgrades, in words and as data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from policygen.ground.wording import count
from policygen.upgrade.outcome import Outcome, Upgrade


def in_words(upgrade: Upgrade) -> str:
    """What came of it: "31 clauses taken, 2 local changes kept, 3 new questions, 1 answer no longer used"."""
    said = []
    for (noun, end), number in _counts(upgrade).items():
        if number:
            said.append(f"{count(number, noun)} {end}".rstrip())
    return ", ".join(said) or "nothing changes for this school"


def _counts(upgrade: Upgrade) -> dict[tuple[str, str], int]:
    counts: dict[tuple[str, str], int] = dict.fromkeys(_COUNTED, 0)
    for outcome in upgrade.outcomes:
        for counted in _counted_as(outcome):
            counts[counted] += 1
    return counts


_COUNTED = (
    ("clause", "taken"),
    ("local change", "kept"),
    ("answer", "kept"),
    ("new question", ""),
    ("answer", "no longer used"),
    ("answer", "to give again"),
    ("clause", "decided"),
    ("clause", "to decide"),
)
"""What is counted, in the order in which it is said."""


def _counted_as(outcome: Outcome) -> Iterator[tuple[str, str]]:
    match outcome.kind, outcome.result:
        case "clause", "taken":
            if outcome.why:
                yield "clause", "taken"
        case "clause", "kept":
            if outcome.local:
                yield "local change", "kept"
        case "clause", "asked":
            yield "clause", "to decide" if outcome.open else "decided"
        case "question", "taken":
            yield "answer", "no longer used"
        case "question", "kept":
            yield "answer", "kept"
        case "question", "asked":
            if outcome.why in ("new", "unanswered"):
                yield "new question", ""
            elif outcome.open:
                yield "answer", "to give again"


def as_report(upgrade: Upgrade, path: str) -> dict[str, object]:
    """One upgrade as plain data, for JSON; `path` is what was written."""
    first, _, second = upgrade.name.partition("/")
    return {
        **({"school": first, "policy": second} if second else {"template": first}),
        "from": upgrade.old,
        "to": upgrade.new,
        "done": upgrade.done,
        "wrote": path,
        "summary": in_words(upgrade),
        "outcomes": [
            {
                "kind": outcome.kind,
                "id": outcome.id,
                "now": [*outcome.now],
                "result": outcome.result,
                "why": outcome.why or "unchanged",
                "open": outcome.open,
            }
            for outcome in upgrade.outcomes
        ],
    }


def summary(reports: Sequence[Mapping[str, object]]) -> str:
    """All upgrades of one run, in a line."""
    done = sum(bool(report["done"]) for report in reports)
    if not reports:
        return "no school has an earlier edition"
    waiting = len(reports) - done
    return f"{count(done, 'policy')} upgraded, {count(waiting, 'policy')} with open decisions"
