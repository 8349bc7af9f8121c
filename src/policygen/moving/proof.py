"""Every word in which a policy differs from the file that it was made from.

Numbers of clauses, and capitals in headings, are no words of either.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from policygen.moving.decide import Line
from policygen.moving.match import GAP, Words, align, words_of
from policygen.moving.pieces import Piece, same, same_words


@dataclass(frozen=True, slots=True)
class Difference:
    """Words that stand in one of the two only, or stand elsewhere."""

    place: str
    """In the file; empty where the file does not have them."""
    file: str
    policy: str
    moved: bool = False
    """Whether the paragraph stands elsewhere in the policy."""


@dataclass(frozen=True)
class Proof:
    """What a policy keeps of a file, and every difference, in the order of the file."""

    words: int
    """Of the file."""
    kept: int
    """Those of them that the policy has, in the paragraph that says the same."""
    added: int
    """Words of the policy that the file does not have."""
    differences: tuple[Difference, ...]


def proof(
    pieces: Sequence[Piece], lines: Sequence[Line], known: Mapping[int, int] | None = None
) -> Proof:
    """A policy compared with a file, paragraph by paragraph. `known` says of some which of the file they are."""
    model = [piece.words for piece in pieces]
    file = [words_of(line.text) for line in lines]
    pairs = {pair.file: pair for pair in align(model, file, known)}
    found: list[tuple[float, Difference]] = []
    kept = added = 0
    for number, words in enumerate(file):
        pair = pairs.get(number)
        if pair is None:
            found.append((number, Difference(lines[number].place, " ".join(words), "")))
            continue
        policy = model[pair.model]
        if same(pieces[pair.model], words):
            kept += len(words)
            if pair.moved:
                found.append((number, Difference(lines[number].place, "", "", moved=True)))
            continue
        for ours, theirs in _runs(policy, words):
            if ours is None:
                kept += len(theirs)
                continue
            added += len(ours)
            said = Difference(lines[number].place, " ".join(theirs), _shown(ours), pair.moved)
            found.append((number, said))
    matched = {pair.model: number for number, pair in pairs.items()}
    before = -1.0
    for index, words in enumerate(model):
        if index in matched:
            before = matched[index]
            continue
        added += len(words)
        found.append((before + 0.5, Difference("", "", _shown(words))))
    found.sort(key=lambda pair: pair[0])
    total = sum(map(len, file))
    return Proof(total, kept, added, tuple(difference for _, difference in found))


def _runs(policy: Words, file: Words) -> Iterator[tuple[Words | None, Words]]:
    """Runs of words one after another: the policy's and the file's where they differ, else None and what both have."""
    matcher = SequenceMatcher(None, policy, file, autojunk=False)
    for kind, start, end, first, last in matcher.get_opcodes():
        ours, theirs = policy[start:end], file[first:last]
        if kind == "equal" or same_words(ours, theirs):
            yield None, theirs
        else:
            yield ours, theirs


def _shown(words: Words) -> str:
    return " ".join("…" if word == GAP else word for word in words)
