"""Words of two texts side by side: what stayed, what went, what came, and who decides each.

A word is compared with its emphasis and link, whoever wrote it. A reference is compared by where it leads, so that a
number that moved along is no change.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import accumulate, groupby
from typing import Any, Literal, assert_never

from policygen.compare.form import Form, visible
from policygen.language import document as d

Owner = Literal["issuer", "trust", "school", "details", "law"]
Mark = Literal["same", "inserted", "deleted"]

_WORDS = re.compile(r"\s+|\w+(?:[’'\-]\w+)*|.", re.DOTALL)
_WORD = re.compile(r"\w")
_SMALL = frozenset(
    "a an and are as at be by for from in is it of on or that the they to with".split()
)


@dataclass(frozen=True, slots=True)
class Run:
    """Words in a row that share their fate."""

    change: Mark
    children: tuple[d.Inline, ...]
    owner: Owner
    """Who decided the change; of words that stayed, who wrote them."""
    was: tuple[d.Inline, ...] | None = None
    """What prints in the old document where that differs and is no change: a reference whose number moved along."""


@dataclass(frozen=True, slots=True)
class Token:
    """One word, space or mark with all that it is compared by."""

    key: tuple[Any, ...]
    leaves: tuple[d.Inline, ...]
    """More than one where a word is partly typed and partly filled in: a name and its “’s”."""
    styles: tuple[d.Inline, ...]
    """The emphasis and links around it, outermost first, without children."""
    owner: Owner

    @property
    def text(self) -> str:
        """What it prints."""
        return d.plain(self.leaves)

    @property
    def is_word(self) -> bool:
        """Whether it is more than a space or punctuation."""
        text = isinstance(self.leaves[0], d.Text | d.Value)
        return not text or bool(_WORD.search(self.text))


def tokens(
    children: Iterable[d.Inline],
    owner: Owner,
    form: Form | None = None,
    steady: Collection[str] = (),
    styles: tuple[d.Inline, ...] = (),
) -> Iterator[Token]:
    """The words of inline nodes. `owner` is whose text it is; what is no word is compared by its `form`.

    A value belongs to whoever decides it, but one that is `steady`, named here, comes and goes with the text around it.
    """
    form = form or Form()
    row: list[tuple[d.Text | d.Value, Owner]] = []
    for node in children:
        whose = owner
        if isinstance(node, d.Value) and node.name not in steady:
            whose = _owner_of(node)
        if isinstance(node, d.Text) or (isinstance(node, d.Value) and node.kind == "material"):
            row.append((node, whose))
            continue
        yield from _of_row(row, owner, styles)
        row.clear()
        match node:
            case d.Value(kind="record"):  # whatever it says now, it is the same
                yield _token(("record", node.name), node, styles, owner)
            case d.Value():
                for word in _WORDS.findall(visible(node.text)) or [""]:
                    key = ("details", node.name, word)
                    yield _token(key, replace(node, text=word), styles, whose)
            case d.Emphasis() | d.Strong() | d.Link():
                around = (*styles, replace(node, children=()))
                yield from tokens(node.children, owner, form, steady, around)
            case d.Reference():
                to, target, words = form.word(node)
                yield _token((to, target, str(words)), node, styles, owner)
            case d.Image():
                # Another picture with the same alternative text is told beside the words.
                yield _token(("image", visible(node.alt)), node, styles, owner)
            case d.Code() | d.FootnoteMark() | d.LineBreak() | d.ReferenceMark():
                yield _token(tuple(form.word(node)), node, styles, owner)
            case _:
                assert_never(node)
    yield from _of_row(row, owner, styles)


def _of_row(
    row: Sequence[tuple[d.Text | d.Value, Owner]], owner: Owner, styles: tuple[d.Inline, ...]
) -> Iterator[Token]:
    """The words of neighbours that print as one text, whoever typed or filled in each."""
    # "Headteacher’s" is one word whether its beginning was typed or filled in. So words are cut
    # out of the joined text, and each one is put together from the pieces that it lies across.
    texts = [visible(node.text) for node, _ in row]
    ends = [*accumulate(map(len, texts))]
    for found in _WORDS.finditer("".join(texts)):
        start, end = found.span()
        leaves: list[d.Inline] = []
        whose = owner
        for (node, decided), text, stop in zip(row, texts, ends, strict=True):
            begin = stop - len(text)
            piece = text[max(start - begin, 0) : max(end - begin, 0)]
            if piece:
                leaves.append(replace(node, text=piece))
                if decided != owner:
                    whose = decided
        key = (found[0], *_styled(styles))
        yield Token(key, tuple(leaves), styles, whose)


def _token(
    key: tuple[Any, ...], leaf: d.Inline, styles: tuple[d.Inline, ...], owner: Owner
) -> Token:
    return Token((*key, *_styled(styles)), (leaf,), styles, owner)


def _styled(styles: Iterable[d.Inline]) -> Iterator[type[d.Inline]]:
    """What is around a word; where a link leads is told beside the words."""
    return (type(style) for style in styles)


def _owner_of(value: d.Value) -> Owner:
    if value.kind == "details":
        return "details"
    match value.layer:
        case "issuer" | "law":
            return value.layer
        case _:
            return "school"


def steady_values(old: d.Document, new: d.Document) -> frozenset[str]:
    """Names of the values that nobody decided anew: they print the same in both documents, or in one of them alone."""
    before, after = _printed(old), _printed(new)
    differ = {name for name in before.keys() & after.keys() if before[name] != after[name]}
    return frozenset((before.keys() | after.keys()) - differ)


def _printed(document: d.Document) -> dict[str, set[str]]:
    printed: dict[str, set[str]] = defaultdict(set)
    for node in d.walk(document.parts):
        if isinstance(node, d.Value):
            printed[node.name].add(node.text)
    return printed


def likeness(old: Sequence[Token], new: Sequence[Token]) -> float:
    """How much two texts share, from 0 to 1: their common words, in whatever order (Dice's coefficient)."""
    ours, theirs = (Counter(token.key for token in side if token.is_word) for side in (old, new))
    size = ours.total() + theirs.total()
    if size:
        return 2 * (ours & theirs).total() / size
    return 1.0


KEPT = 0.45
"""A text that keeps less of another, by `kept`, was written anew: marks on each word would only break it up.

Measured on edits of policies: those that a reader follows word by word keep 0.58 and more, those that one has to read
twice 0.32 and less (tests/test_rewritten.py).
"""


_SHORT = 12
"""Words of a text that a reader sees at one glance, however many of them are others."""


def is_rewritten(old: Sequence[Token], new: Sequence[Token]) -> bool:
    """Whether a text is better read as it was and then as it is than with its words marked."""
    shorter = min(sum(token.is_word for token in side) for side in (old, new))
    return shorter >= _SHORT and kept(old, new) < KEPT


def kept(old: Sequence[Token], new: Sequence[Token]) -> float:
    """How much of two texts a reader finds again in one piece, from 0 to 1: the words that stay where they are.

    Words that stay count, less one for each place where they are broken off: eleven scraps of two words are no text.
    """
    sizes = [sum(token.is_word for token in side) for side in (old, new)]
    if not any(sizes):
        return 1.0
    stays = breaks = 0
    for same, left, _ in _legible(old, new):
        if same:
            stays += sum(token.is_word for token in old[left])
        else:
            breaks += 1
    # Where words only came or only went, the shorter text stands whole in the longer one.
    return max(stays - breaks, 0) / max(min(sizes), 1)


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


_LONG = 2_000
"""Words and spaces from which on common ones lead to nothing by themselves."""
_Spans = list[tuple[bool, slice, slice]]


def _legible(old: Sequence[Token], new: Sequence[Token]) -> _Spans:
    """Where the texts agree and where not, without islands too small to help a reader."""
    # In a text of many pages each "the" of one would be tried with each of the other: rarer words lead there.
    matcher = SequenceMatcher(
        None,
        [token.key for token in old],
        [token.key for token in new],
        autojunk=min(len(old), len(new)) > _LONG,
    )
    # difflib keeps every word that both texts share in order, so two texts with nothing in
    # common but "the" come out as four scraps around it. A reader sees one exchange: islands are
    # dissolved, and changes that then touch are joined.
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
    return not real or (len(real) == 1 and real[0].text.lower() in _SMALL)


def _kept(old: Sequence[Token], new: Sequence[Token]) -> Iterator[Run]:
    pairs = list(zip(old, new, strict=True))
    for owner, group in groupby(pairs, key=lambda pair: pair[1].owner):
        both = list(group)
        before, after = _nodes(pair[0] for pair in both), _nodes(pair[1] for pair in both)
        yield Run("same", after, owner, None if before == after else before)


def _changed(change: Mark, words: Sequence[Token]) -> Iterator[Run]:
    for owner, group in groupby(words, key=lambda token: token.owner):
        yield Run(change, _nodes(group), owner)


def _nodes(words: Iterable[Token]) -> tuple[d.Inline, ...]:
    """Inline nodes out of tokens: neighbours join again, emphasis and links close around them."""
    nodes: list[d.Inline] = []
    for styles, group in groupby(words, key=lambda token: token.styles):
        inner: list[d.Inline] = []
        for leaf in (leaf for token in group for leaf in token.leaves):
            joined = _joined(inner[-1], leaf) if inner else None
            if joined is None:
                inner.append(leaf)
            else:
                inner[-1] = joined
        for style in reversed(styles):
            inner = [replace(style, children=tuple(inner))]
        nodes.extend(inner)
    return tuple(nodes)


def _joined(left: d.Inline, right: d.Inline) -> d.Inline | None:
    match left, right:
        case d.Text(), d.Text():
            return d.Text(left.text + right.text)
        case d.Value(), d.Value() if replace(left, text="") == replace(right, text=""):
            return replace(left, text=left.text + right.text)
        case _:
            return None
