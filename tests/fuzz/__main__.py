"""Fuzz one door: `python -m tests.fuzz TARGET [--minutes N]`. Needs `pip install atheris`, which Linux alone has.

What it finds goes to `output/fuzz/TARGET/found/`, one input for each kind of ending, with how it ended beside it. What
is mended goes from there to `tests/fuzz/found/TARGET/`, where every run of the tests tries it again.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from pathlib import Path

_ROOM = Path("output/fuzz")


def main() -> int:
    """Fuzz for some minutes; begins again where an input ended the process itself."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("target")
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    end = time.monotonic() + 60 * asked.minutes
    while (left := int(end - time.monotonic())) > 0:
        arguments = [asked.target, str(left), str(asked.seed)]
        done = subprocess.run([sys.executable, "-m", "tests.fuzz.run", *arguments], check=False)
        if done.returncode in (2, 130):
            return done.returncode
        asked.seed += 1
    kept = sorted((_ROOM / asked.target / "found").glob("*.txt"))
    print(f"{len(kept)} kinds of ending to look at", *kept, sep="\n")
    return int(bool(kept))


if __name__ == "__main__":
    sys.exit(main())
