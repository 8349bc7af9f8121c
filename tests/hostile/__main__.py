"""Run the hostile set: `python -m tests.hostile [words of a name ...]`, or `--part` for a part, always the same."""

from __future__ import annotations

import sys
from collections import Counter

from tests.hostile.every import every_case
from tests.hostile.running import run


def main(words: list[str]) -> int:
    """Run the cases whose names hold one of some words, and say what came of them."""
    cases = [*every_case()]
    if words == ["--part"]:
        cases = [case for case in cases if "large" not in case.name][::61]
    elif words:
        cases = [case for case in cases if any(word in case.name for word in words)]
    print(f"{len(cases)} inputs", flush=True)
    outcomes = []
    for outcome in run(cases):
        outcomes.append(outcome)
        if not outcome.good:
            print(
                f"WRONG {outcome.case.name}: {outcome.ended} ({outcome.seconds:.1f} s, {outcome.megabytes} MB)",
                flush=True,
            )
    for ended, count in Counter(each.ended for each in outcomes if each.good).most_common():
        print(f"{count:6} {ended}")
    for each in sorted(outcomes, key=lambda each: -each.seconds)[:10]:
        print(f"{each.seconds:6.1f} s  {each.case.name}: {each.ended[:80]}")
    for each in sorted(outcomes, key=lambda each: -each.megabytes)[:10]:
        print(f"{each.megabytes:5} MB  {each.case.name}: {each.ended[:80]}")
    return int(any(not each.good for each in outcomes))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
