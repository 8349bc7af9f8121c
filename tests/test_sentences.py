"""Rules that guess about language are right nearly always: over tests/sentences/, no less than was reached."""

from __future__ import annotations

from pathlib import Path

from tests.support.sentences import samples, scores

PRECISION, RECALL = 0.85, 0.75
"""Of each rule."""


def test_what_guesses_is_right(tmp_path: Path) -> None:
    reached = scores(tmp_path)
    assert {each.rule for each in reached} == {each.rule for each in samples()}
    poor = {each.rule: (each.precision, each.recall) for each in reached}
    assert {
        rule: both for rule, both in poor.items() if both[0] < PRECISION or both[1] < RECALL
    } == {}
    found = sum(each.found for each in reached)
    assert found / (found + sum(len(each.wrong) for each in reached)) > 0.95
    assert found / (found + sum(len(each.missed) for each in reached)) > 0.95
