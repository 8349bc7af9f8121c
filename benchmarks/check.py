"""What checking many schools costs: at first, again, and after a change; processor time an adoption. See README.md."""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
DAY = "2026-11-26"
ADOPTIONS = 230
FIRST = ("Ash", "Birch", "Cedar", "Elder", "Hazel", "Holly", "Larch", "Maple", "Rowan", "Willow")
SECOND = ("bank", "brook", "combe", "dale", "field", "gate", "hill", "lea", "mere", "wick")
THIRD = ("North", "South", "East", "West", "Upper", "Lower", "Great", "Little", "Old", "New")
_SUBREAPER = 36
"""What Linux calls a process that takes over the orphans of those below it: the workers of a command."""


@dataclass(frozen=True)
class Cost:
    """What one command took, with all its workers."""

    processor: float
    seconds: float
    megabytes: float
    """At most, of the process that took most."""


def county(root: Path, adoptions: int) -> int:
    """Copies of the example schools, each with a name of its own; says how many adoptions they have."""
    shutil.copytree(ROOT / "templates", root / "templates")
    samples, number, made = sorted((ROOT / "schools").iterdir()), 0, 0
    while made < adoptions:
        sample = samples[number % len(samples)]
        folder = Path(shutil.copytree(sample, root / f"schools/{sample.name}-{number}"))
        facts = (folder / "school.yaml").read_text("utf-8")
        found = re.search(r"(?m)^short_name: (.*)$", facts)
        called = found[1] if found else sample.name
        name = f"{THIRD[number // 100 % 10]} {FIRST[number % 10]}{SECOND[number // 10 % 10]}"
        for path in (folder / "school.yaml", *folder.glob("policies/*.yaml")):
            path.write_text(path.read_text("utf-8").replace(called, name), "utf-8")
        made += len([*folder.glob("policies/*.yaml")])
        number += 1
    return made


def cost(root: Path, *command: str) -> Cost:
    """What one command takes. Ends where it fails for another reason than what it found."""
    program = [sys.executable, "-m", "policygen", *command, "--as-of", DAY]
    begun = time.perf_counter()
    process = subprocess.Popen(
        program, cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    processor = megabytes = 0.0
    while True:
        try:
            pid, status, used = os.wait4(-1, 0)
        except ChildProcessError:
            break
        if pid == process.pid and os.waitstatus_to_exitcode(status) not in (0, 1):
            sys.exit(f"{command} ended with {os.waitstatus_to_exitcode(status)}")
        processor += used.ru_utime + used.ru_stime
        megabytes = max(megabytes, used.ru_maxrss / 1000)
    return Cost(processor, time.perf_counter() - begun, megabytes)


def edit(root: Path, path: str, old: str, new: str) -> None:
    """Change a file, once."""
    text = (root / path).read_text("utf-8")
    if old not in text:
        sys.exit(f"{path} does not hold {old}")
    (root / path).write_text(text.replace(old, new, 1), "utf-8")


def main() -> None:
    """Check a county five times, and print a line for each."""
    ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        adoptions = county(root, int(sys.argv[1]) if sys.argv[1:] else ADOPTIONS)
        print(f"{adoptions} adoptions, load {os.getloadavg()[0]:.1f}")
        print("| check | ms of processor an adoption | of the first | seconds | MB |")
        print("|---|--:|--:|--:|--:|")
        first = 0.0

        def line(what: str) -> None:
            nonlocal first
            took = cost(root, "check")
            first = first or took.processor
            an_adoption, share = 1000 * took.processor / adoptions, took.processor / first
            figures = f"{an_adoption:.1f} | {share:.4f} | {took.seconds:.1f} | {took.megabytes:.0f}"
            print(f"| {what} | {figures} |", flush=True)

        line("at first")
        time.sleep(2)  # until what was just written can be told by its times
        line("again, to know the times of files")
        line("again")
        school = min((root / "schools").glob("elm-grove-*/school.yaml"))
        edit(root, school.relative_to(root).as_posix(), "Priya Nair", "Priya Nair-Hale")
        line("after a name at one school")
        edit(root, "templates/online-safety/sections/ai.md", "\n\n", "\n\nThis is all.\n\n")
        line("after a sentence of one model policy")


if __name__ == "__main__":
    main()
