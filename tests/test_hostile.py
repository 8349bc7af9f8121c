"""A part of the hostile set, always the same; `python -m tests.hostile` runs all of it."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.hostile.every import every_case

ROOT = Path(__file__).parents[1]


def test_the_set_is_large_and_comes_through_every_door() -> None:
    doors = Counter(case.door for case in every_case())
    assert sum(doors.values()) > 4_000
    assert {*doors} == {
        "text",
        "expression",
        "yaml",
        "csv",
        "law",
        "overlay",
        "svg",
        "picture",
        "name",
        "answers",
        "include",
        "changes",
        "change",
        "bundle",
        "copy",
        "signed",
        "typed",
        "website",
    }


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="limits and forks are of Unix")
def test_a_part_ends_well() -> None:
    """Each is built or refused at a place, within its limits, and reaches nothing outside."""
    # In a process of its own: what other tests left in memory would count against the limits.
    command = [sys.executable, "-m", "tests.hostile", "--part"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", cwd=ROOT, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
