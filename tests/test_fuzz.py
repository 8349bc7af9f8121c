"""What fuzzing begins with, and all that it found, through every door again. `python -m tests.fuzz` looks for more."""

from __future__ import annotations

import pytest

from tests.fuzz.seeds import FOUND, found, seeds
from tests.fuzz.targets import targets


@pytest.mark.parametrize("target", targets())
def test_every_seed_and_every_finding_ends_well(target: str) -> None:
    tried = [*seeds(target)]
    assert tried
    for data in tried:
        targets()[target](data)


def test_each_finding_belongs_to_a_target() -> None:
    assert {path.name for path in FOUND.iterdir()} <= {*targets()}
    assert all(any(found(path.name)) for path in FOUND.iterdir())


def test_a_target_can_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    """A word that goes is missed."""
    monkeypatch.setattr("tests.fuzz.targets.runs", lambda _: ())
    with pytest.raises(AssertionError, match="w1x"):
        targets()["section"](b"\x00# W {#w}\n\n1. w1x {#one}\n")
