"""Words of two texts side by side: what stayed, what went, what came, and who decides each.

A word is compared with its emphasis and link, whoever wrote it. A reference is compared by where it leads, so that a
number that moved along is no change.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import groupby
from typing import Any, Literal

from policygen.language.document import (
    Code,
    Document,
    Emphasis,
    FootnoteMark,
    Image,
    Inline,
    LineBreak,
    Link,
    Reference,
    ReferenceMark,
    Strong,
    Text,
    Value,
    plain,
    walk,
)

Owner = Literal["issuer", "trust", "school", "details", "law"]
Mark = Literal["same", "inserted", "deleted"]

_WORDS = re.compile(r"\s+|\w+(?:[’'\-]\w+)*|.", re.DOTALL)
_NUMBERS = re.compile(r"\d+(?:\.\d+)*|\([a-z]+\)")
_WORD = re.compile(r"\w")
_SMALL = frozenset(
    "a an and are as at be by for from in is it of on or that the they to with".split()
)


@dataclass(frozen=True, slots=True)
class Run:
    """Words in a row that share their fate."""

    change: Mark
    children: tuple[Inline, ...]
    owner: Owner
    """Who decided the change; of words that stayed, who wrote them."""
    was: tuple[Inline, ...] | None = None
    """What prints in the old document where that differs and is no change: a reference whose number moved along."""


@dataclass(frozen=True, slots=True)
class Token:
    """One word, space or mark with all that it is compared by."""

    key: tuple[Any, ...]
    leaf: Inline
    styles: tuple[Inline, ...]
    """The emphasis and links around it, outermost first, without children."""
    owner: Owner
    masked: tuple[Any, ...]
    """The key, with a detail known by its name alone."""

    @property
    def is_word(self) -> bool:
        """Whether it is more than a space or punctuation."""
        return not isinstance(self.leaf, Text | Value) or bool(_WORD.search(self.leaf.text))


def tokens(
    children: Iterable[Inline],
    owner: Owner,
    renamed: Mapping[str, str],
    steady: Collection[str] = (),
    styles: tuple[Inline, ...] = (),
) -> Iterator[Token]:
    """The words of inline nodes. `owner` is whose text it is; `renamed` gives the new id of a target that has one.

    A value belongs to whoever decides it, but one that is `steady`, named here, comes and goes with the text around it.
    """
    for node in children:
        match node:
            case Text():
                for word in _WORDS.findall(node.text):
                    yield _token((word,), Text(word), styles, owner)
            case Value():
                whose = owner if node.name in steady else _owner_of(node)
                for word in _WORDS.findall(node.text):
                    masked = ("details", node.name) if node.kind == "details" else None
                    yield _token((word,), replace(node, text=word), styles, whose, masked)
            case Emphasis() | Strong() | Link():
                yield from tokens(
                    node.children, owner, renamed, steady, (*styles, replace(node, children=()))
                )
            case Reference():
                words = _NUMBERS.sub("#", plain(node.children))
                yield _token(
                    ("to", renamed.get(node.target, node.target), words), node, styles, owner
                )
            case Code():
                yield _token(("code", node.text), node, styles, owner)
            case FootnoteMark():
                yield _token(("note", node.id), node, styles, owner)
            case LineBreak():
                yield _token(("break",), node, styles, owner)
            case Image():
                yield _token(("image", node.path, node.alt), node, styles, owner)
            case ReferenceMark():
                message = f"an unresolved reference reached a comparison: {node.targets}"
                raise AssertionError(message)


def _token(
    key: tuple[Any, ...],
    leaf: Inline,
    styles: tuple[Inline, ...],
    owner: Owner,
    masked: tuple[Any, ...] | None = None,
) -> Token:
    return Token((*key, styles), leaf, styles, owner, masked or (*key, styles))


def _owner_of(value: Value) -> Owner:
    if value.kind == "details":
        return "details"
    match value.layer:
        case "issuer" | "law":
            return value.layer
        case _:
            return "school"


def steady_values(old: Document, new: Document) -> frozenset[str]:
    """Names of the values that nobody decided anew: they print the same in both documents, or in one of them alone."""
    before, after = _printed(old), _printed(new)
    differ = {name for name in before.keys() & after.keys() if before[name] != after[name]}
    return frozenset((before.keys() | after.keys()) - differ)


def _printed(document: Document) -> dict[str, set[str]]:
    printed: dict[str, set[str]] = defaultdict(set)
    for node in walk(document.parts):
        if isinstance(node, Value):
            printed[node.name].add(node.text)
    return printed


def likeness(old: Sequence[Token], new: Sequence[Token]) -> float:
    """How much two texts share, from 0 to 1: their common words, in whatever order (Dice's coefficient)."""
    ours, theirs = (Counter(token.key for token in side if token.is_word) for side in (old, new))
    size = ours.total() + theirs.total()
    return 2 * (ours & theirs).total() / size if size else 1.0


def runs(old: Sequence[Token], new: Sequence[Token]) -> tuple[Run, ...]:
    """The words of both texts in one row: what went stands before what came in its place."""
    made: list[Run] = []
    for same, left, right in _legible(old, new):
        if same:
            made.extend(_kept(old[left], new[right]))
        else:
            made.extend(_changed("deleted", old[left]))
            made.extend(_changed("inserted", new[right]))
    return tuple(made)


def whole(change: Mark, words: Sequence[Token]) -> tuple[Run, ...]:
    """All words of one text with the same fate."""
    return tuple(_changed(change, words))


_Spans = list[tuple[bool, slice, slice]]


def _legible(old: Sequence[Token], new: Sequence[Token]) -> _Spans:
    """Where the texts agree and where not, without islands too small to help a reader."""
    matcher = SequenceMatcher(
        None, [token.key for token in old], [token.key for token in new], autojunk=False
    )
    spans: _Spans = []
    opcodes = matcher.get_opcodes()
    for index, (tag, left, left_end, right, right_end) in enumerate(opcodes):
        same = tag == "equal"
        if same and 0 < index < len(opcodes) - 1 and _is_island(old[left:left_end]):
            same = False
        if spans and not same and not spans[-1][0]:
            _, before, after = spans[-1]
            spans[-1] = (False, slice(before.start, left_end), slice(after.start, right_end))
        else:
            spans.append((same, slice(left, left_end), slice(right, right_end)))
    return spans


def _is_island(words: Sequence[Token]) -> bool:
    """Whether words that stayed, with changes on both sides, are only spaces and marks, or one small word."""
    real = [token for token in words if token.is_word]
    return not real or (
        len(real) == 1 and isinstance(real[0].leaf, Text) and real[0].leaf.text.lower() in _SMALL
    )


def _kept(old: Sequence[Token], new: Sequence[Token]) -> Iterator[Run]:
    pairs = list(zip(old, new, strict=True))
    for owner, group in groupby(pairs, key=lambda pair: pair[1].owner):
        both = list(group)
        before, after = _nodes(pair[0] for pair in both), _nodes(pair[1] for pair in both)
        yield Run("same", after, owner, None if before == after else before)


def _changed(change: Mark, words: Sequence[Token]) -> Iterator[Run]:
    for owner, group in groupby(words, key=lambda token: token.owner):
        yield Run(change, _nodes(group), owner)


def _nodes(words: Iterable[Token]) -> tuple[Inline, ...]:
    """Inline nodes out of tokens: neighbours join again, emphasis and links close around them."""
    made: list[Inline] = []
    for styles, group in groupby(words, key=lambda token: token.styles):
        node: list[Inline] = []
        for token in group:
            joined = _joined(node[-1], token.leaf) if node else None
            if joined is None:
                node.append(token.leaf)
            else:
                node[-1] = joined
        for style in reversed(styles):
            node = [replace(style, children=tuple(node))]
        made.extend(node)
    return tuple(made)


def _joined(left: Inline, right: Inline) -> Inline | None:
    match left, right:
        case Text(), Text():
            return Text(left.text + right.text)
        case Value(), Value() if replace(left, text="") == replace(right, text=""):
            return replace(left, text=left.text + right.text)
        case _:
            return None
