"""How often `policygen import --match` is right, on policies that were damaged as schools change theirs."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from tests.support.damaged import Measured, as_word, damaged, found_in, from_word, measured
from tests.support.example import ROOT


def main() -> None:
    """Match each adoption of the examples, so many times damaged in another way."""
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    total = Measured((0, 0, 0), (0, 0, 0), (0, 0, 0))
    kept = words = 0
    seconds = 0.0
    with tempfile.TemporaryDirectory() as folder:
        for path in sorted(ROOT.glob("schools/*/policies/*.yaml")):
            name, policy = path.parent.parent.name, path.stem
            for seed in range(times):
                file = damaged(name, policy, seed)
                lines = from_word(as_word(file.lines))
                began = time.process_time()
                found = found_in(Path(folder), name, policy, lines)
                seconds += time.process_time() - began
                one = measured(file, found)
                total += one
                kept, words = kept + found.report.proof.kept, words + found.report.proof.words
                print(f"{name}/{policy} {seed}: {_said(one)}")
    print(f"\nall: {_said(total)}")
    print(
        f"words of the files that the adoptions build: {kept / words:.1%} of {words}; {seconds:.0f} s"
    )


def _said(measure: Measured) -> str:
    parts = []
    for what in ("paragraphs", "clauses", "answers"):
        right, told, true = getattr(measure, what)
        parts.append(f"{what} precision {_share(right, told)} recall {_share(right, true)}")
    return ", ".join(parts)


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.3f}" if whole else "-"


if __name__ == "__main__":
    main()
