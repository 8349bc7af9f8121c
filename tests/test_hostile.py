"""A part of the hostile set, always the same; `python -m tests.hostile` runs all of it."""

from __future__ import annotations

import sys
from collections import Counter

import pytest

from tests.hostile.every import every_case


def test_the_set_is_large_and_comes_through_every_door() -> None:
    doors = Counter(case.door for case in every_case())
    assert sum(doors.values()) > 2_500
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
    }


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="limits and forks are of Unix")
def test_a_part_ends_well() -> None:
    """Each is built or refused at a place, within its limits, and reaches nothing outside."""
    from tests.hostile.running import run

    cases = [case for case in every_case() if "large" not in case.name][::61]
    assert [(each.case.name, each.ended) for each in run(cases) if not each.good] == []
