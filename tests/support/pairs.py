"""All pairs: few rows in which every two values of every two parameters stand together at least once."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

V = TypeVar("V")
Pair = tuple[tuple[str, int], tuple[str, int]]
"""A value of one parameter with a value of another, each by its index; the parameters in their order."""


def all_pairs(parameters: Mapping[str, Sequence[V]]) -> list[dict[str, V]]:
    """Rows that hold every pair, greedily few; the same for the same parameters."""
    names = [*parameters]
    open_: set[Pair] = {
        ((first, i), (second, j))
        for first, second in combinations(names, 2)
        for i in range(len(parameters[first]))
        for j in range(len(parameters[second]))
    }
    rows = []
    while open_:
        chosen = dict(min(open_))
        for name in (each for each in names if each not in chosen):
            gains = [
                sum(_pair(names, name, index, other, at) in open_ for other, at in chosen.items())
                for index in range(len(parameters[name]))
            ]
            # Where nothing is gained the values take turns, so that later rows differ, too.
            best, turn = max(gains), len(rows) % len(gains)
            chosen[name] = turn if gains[turn] == best else gains.index(best)
        open_ -= {_pair(names, *one, *other) for one, other in combinations(chosen.items(), 2)}
        rows.append({name: parameters[name][chosen[name]] for name in names})
    return rows


def _pair(names: Sequence[str], one: str, index: int, other: str, at: int) -> Pair:
    if names.index(one) < names.index(other):
        return (one, index), (other, at)
    return (other, at), (one, index)
