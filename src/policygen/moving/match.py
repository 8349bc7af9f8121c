"""Which paragraph of a file says what a paragraph of a model policy says: by likeness of words, mostly in order.

A pure function over words. Most of a policy stands in the order of its model, so the pairs that fit this order are
taken first; what is left is then looked for elsewhere, and has moved; and what stands between two pairs on both sides
has been reworded there.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import pairwise
from math import log, sqrt
from typing import TypeAlias

from policygen.ground.letters import as_seen, with_plain_signs

GAP = "\ue000"
"""Begins a word that stands for whatever the file says there: an open answer, a number of a reference."""
Words: TypeAlias = tuple[str, ...]
"""One paragraph, word by word, as it is written."""

_MOVED = 0.75
"""How alike two paragraphs are at least that stand in another order, and seem to be one."""
_LIKE = 0.5
"""The same of two that stand in order."""
_REWORDED = 0.3
"""The same of two that stand between the same neighbours."""
_CANDIDATES = 6
"""Paragraphs of the file that are looked at closely for one of the model."""
_COMMON = 120
"""A word in more paragraphs than this tells nothing."""
_BLOCK = 60
"""Paragraphs between two pairs, on one side, that are still compared one by one."""
_EDGES = re.compile(r"^\W+|\W+$")


@dataclass(frozen=True, slots=True)
class Pair:
    """A paragraph of the model and the one of the file that says it."""

    model: int
    file: int
    likeness: float
    """From 0 to 1: 1 where every word is the same."""
    moved: bool = False
    """Whether it stands in another order than in the model."""


@lru_cache(maxsize=20_000)
def words_of(text: str) -> Words:
    """The words of a text. One form of quotation mark and of dash; a dash or a blank by itself is no word."""
    return tuple(map(with_plain_signs, written_words(text)))


@lru_cache(maxsize=20_000)
def written_words(text: str) -> Words:
    """The same words as they are written."""
    words = as_seen(text).split()
    return tuple(word for word in words if with_plain_signs(word).strip("-_"))


@lru_cache(maxsize=100_000)
def _key(word: str) -> str:
    """A word as it counts for likeness: without signs around it, in small letters."""
    return _EDGES.sub("", word).casefold()


def keys(words: Words) -> Words:
    """The words as they count for likeness; a gap does not."""
    return tuple(key for word in words if not word.startswith(GAP) and (key := _key(word)))


def likeness(one: Words, other: Words) -> float:
    """How alike two paragraphs are, from 0 to 1, by the words that both have in one order. A gap is no word."""
    return _alike(keys(one), keys(other), 0.0)


def _alike(one: Words, other: Words, least: float) -> float:
    """The same of keys; 0 where it cannot reach `least`."""
    if one == other:
        return 1.0
    size = len(one) + len(other)
    if not one or not other or 2 * min(len(one), len(other)) < least * size:
        return 0.0
    if 2 * (Counter(one) & Counter(other)).total() < least * size:
        return 0.0
    blocks = SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks()
    found = 2 * sum(block.size for block in blocks) / size
    return found if found >= least else 0.0


class Index:
    """The paragraphs of a file, to be found by the words that few of them have."""

    def __init__(self, file: Sequence[Words]) -> None:
        self.keys = tuple(map(keys, file))
        self._where = defaultdict[str, list[int]](list)
        self._same = defaultdict[Words, list[int]](list)
        for number, words in enumerate(self.keys):
            self._same[words].append(number)
            for word in {*words}:
                self._where[word].append(number)
        size = len(self.keys)
        self._tells = {word: log(1 + size / len(found)) ** 2 for word, found in self._where.items()}
        self._sizes = [
            sqrt(sum(self._tells[word] for word in {*words})) or 1.0 for words in self.keys
        ]
        self._closest: dict[Words, tuple[int, float]] = {}

    def near(self, said: Words) -> Iterator[int]:
        """The paragraphs that may be most like these words."""
        shared = defaultdict[int, float](float)
        for word in {*said}:
            found = self._where.get(word, [])
            if len(found) <= _COMMON:
                for number in found:
                    shared[number] += self._tells[word]
        best = sorted(shared, key=lambda number: (-shared[number] / self._sizes[number], number))
        yield from dict.fromkeys([*self._same.get(said, [])[:_COMMON], *best[:_CANDIDATES]])

    def closest(self, words: Words) -> tuple[int, float]:
        """The paragraph that is most like these words, and how alike; -1 where none is."""
        said = keys(words)
        if said not in self._closest:
            found = ((_alike(said, self.keys[at], _REWORDED), -at) for at in self.near(said))
            like, at = max(found, default=(0.0, 1))
            self._closest[said] = -at, like
        return self._closest[said]

    def counts(self, words: Words) -> float:
        """How far the file speaks for these words standing in it: words that are there less those that are not."""
        at, like = self.closest(words)
        theirs = len(self.keys[at]) if at >= 0 else 0
        return (like - 0.5) * (len(keys(words)) + theirs)


def align(
    model: Sequence[Words], file: Sequence[Words], known: Mapping[int, int] | None = None
) -> tuple[Pair, ...]:
    """Each paragraph of the model that is found in the file, in the order of the model; each of either once.

    `known` says of some, by number in the model, which of the file it is.
    """
    index = Index(file)
    sides = _Sides(tuple(map(keys, model)), index.keys)
    known = known or {}
    likely = [pair for pair in sides.likely(index) if pair.model not in known]
    taken = {*known.values()}
    likely = [pair for pair in likely if pair.file not in taken]
    likely += [Pair(one, other, sides.alike(one, other, 0)) for one, other in known.items()]
    backbone = _in_order(likely, sides)
    backbone = [*backbone, *sides.between(backbone)]
    pairs = {pair.model: pair for pair in backbone}
    used = {pair.file for pair in backbone}
    for pair in sorted(likely, key=lambda pair: (-sides.weight(pair), pair.model, pair.file)):
        free = pair.model not in pairs and pair.file not in used
        if free and (pair.likeness >= _MOVED or pair.model in known):
            pairs[pair.model] = Pair(pair.model, pair.file, pair.likeness, moved=True)
            used.add(pair.file)
    return tuple(pairs[number] for number in sorted(pairs))


@dataclass(frozen=True, slots=True)
class _Sides:
    """Both texts as keys."""

    model: Sequence[Words]
    file: Sequence[Words]

    def weight(self, pair: Pair) -> float:
        """What a pair counts: long paragraphs that are alike count most."""
        return pair.likeness**2 * (1 + len(self.model[pair.model]) + len(self.file[pair.file]))

    def alike(self, one: int, other: int, least: float) -> float:
        return _alike(self.model[one], self.file[other], least)

    def likely(self, index: Index) -> list[Pair]:
        """Pairs that are alike, by the words that few paragraphs have."""
        return [
            Pair(number, other, found)
            for number, words in enumerate(self.model)
            for other in index.near(words)
            if (found := self.alike(number, other, _LIKE))
        ]

    def between(self, pairs: Sequence[Pair]) -> Iterator[Pair]:
        """Pairs of what stands between the same two pairs on both sides, in order, though it is less alike."""
        ends = [Pair(-1, -1, 0), *pairs, Pair(len(self.model), len(self.file), 0)]
        for before, after in pairwise(ends):
            ours = range(before.model + 1, after.model)
            theirs = range(before.file + 1, after.file)
            if 0 < len(ours) <= _BLOCK and 0 < len(theirs) <= _BLOCK:
                found = (
                    Pair(one, other, like)
                    for one in ours
                    for other in theirs
                    if (like := self.alike(one, other, _REWORDED))
                )
                yield from _in_order([*found], self)


def _in_order(pairs: Sequence[Pair], sides: _Sides) -> list[Pair]:
    """The pairs that go on in both texts and count most together."""
    ordered = sorted(pairs, key=lambda pair: (pair.model, -pair.file))
    # For each place of the file in which a chain ends that no other one beats: the place, what the chain counts
    # and its last pair. Both rise from one entry to the next.
    places: list[int] = []
    counts: list[float] = []
    lasts: list[int] = []
    before: list[int] = []
    for index, pair in enumerate(ordered):
        at = bisect_left(places, pair.file)
        counted = sides.weight(pair) + (counts[at - 1] if at else 0.0)
        before.append(lasts[at - 1] if at else -1)
        if at < len(places) and places[at] == pair.file and counts[at] >= counted:
            continue
        end = at
        while end < len(places) and counts[end] <= counted:
            end += 1
        places[at:end] = [pair.file]
        counts[at:end] = [counted]
        lasts[at:end] = [index]
    chain = []
    index = lasts[-1] if lasts else -1
    while index >= 0:
        chain.append(ordered[index])
        index = before[index]
    return chain[::-1]
