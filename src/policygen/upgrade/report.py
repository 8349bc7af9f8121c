"""What came of upgrades, in words and as data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from policygen.ground.wording import count
from policygen.upgrade.outcome import Upgrade


def in_words(upgrade: Upgrade) -> str:
    """What came of it: "31 clauses taken, 2 local changes kept, 3 new questions, 1 answer no longer used"."""
    counts = _counts(upgrade)
    said = [
        count(number, noun) + f" {end}".rstrip() for (noun, end), number in counts.items() if number
    ]
    return ", ".join(said) or "nothing changes for this school"


def _counts(upgrade: Upgrade) -> dict[tuple[str, str], int]:
    clauses = [each for each in upgrade.outcomes if each.kind == "clause"]
    questions = [each for each in upgrade.outcomes if each.kind == "question"]
    new = [each for each in questions if each.why in ("new", "unanswered")]
    again = [each for each in questions if each.result == "asked" and each not in new]
    return {
        ("clause", "taken"): sum(each.result == "taken" and bool(each.why) for each in clauses),
        ("local change", "kept"): sum(
            each.result == "kept" and each.local is not None for each in clauses
        ),
        ("answer", "kept"): sum(each.result == "kept" for each in questions),
        ("new question", ""): len(new),
        ("answer", "no longer used"): sum(each.result == "taken" for each in questions),
        ("answer", "to give again"): sum(each.open for each in again),
        ("clause", "decided"): sum(each.decided for each in clauses),
        ("clause", "to decide"): sum(each.open for each in clauses),
    }


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
                "kind": each.kind,
                "id": each.id,
                "now": [*each.now],
                "result": each.result,
                "why": each.why or "unchanged",
                "open": each.open,
            }
            for each in upgrade.outcomes
        ],
    }


def summary(reports: Sequence[Mapping[str, object]]) -> str:
    """All upgrades of one run, in a line."""
    done = sum(bool(each["done"]) for each in reports)
    if not reports:
        return "no school has an earlier edition"
    waiting = len(reports) - done
    return f"{count(done, 'policy')} upgraded, {count(waiting, 'policy')} with open decisions"
