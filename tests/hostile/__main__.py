"""Run the hostile set: `python -m tests.hostile [words of a name ...]`, or `--part` for a part, always the same.

`--to FILE` keeps what came of each input in a file, a line each; what stands there already is not run again, so that
a run that was ended goes on where it was. The whole set takes some hours.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

from tests.hostile.every import every_case
from tests.hostile.running import Outcome, run


def main(words: list[str]) -> int:
    """Run the cases whose names hold one of some words, and say what came of them."""
    kept = None
    if words[:1] == ["--to"]:
        kept, words = Path(words[1]), words[2:]
    cases = [*every_case()]
    if words == ["--part"]:
        cases = [case for case in cases if "large" not in case.name][::91]
    elif words:
        cases = [case for case in cases if any(word in case.name for word in words)]
    print(f"{len(cases)} inputs", flush=True)
    known = _known(kept) if kept else {}
    outcomes = [Outcome(case, *known[case.name]) for case in cases if case.name in known]
    for outcome in run(case for case in cases if case.name not in known):
        outcomes.append(outcome)
        if kept:
            _keep(kept, outcome)
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


def _known(path: Path) -> dict[str, tuple[str, float, int]]:
    """What came of the inputs of a run so far."""
    if not path.exists():
        return {}
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return {name: (ended, seconds, megabytes) for name, ended, seconds, megabytes in lines}


def _keep(path: Path, outcome: Outcome) -> None:
    line = [outcome.case.name, outcome.ended, outcome.seconds, outcome.megabytes]
    with path.open("a", encoding="utf-8") as file:
        file.write(f"{json.dumps(line)}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
