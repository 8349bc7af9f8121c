"""Two flows as one with tracked changes: accepting all gives the new one, rejecting all the old one.

What stands in the same place in the same style is compared word by word; all else went or came as a whole. Numbers are
Word's own in both, so a list that went on keeps its series, whatever came into it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from itertools import groupby
from typing import Literal, TypeVar

from policygen.word.flow import (
    Change,
    Count,
    Flow,
    Grid,
    Note,
    Para,
    Piece,
    Row,
    Series,
    Standing,
    Turn,
)

Kind = Literal["ins", "del"]
Author = Callable[[str, Kind, str], str]
"""Who decided that a word came or went in a unit: its id, what became of it, the word."""
_WORDS = re.compile(r"\s+|\w+(?:[’'\-]\w+)*|.", re.DOTALL)
_ALIKE = 0.4
"""Paragraphs that share less are one gone and another come; so are the words of a paragraph that was rewritten."""
N = TypeVar("N")


def tracked(old: Flow, new: Flow, author: Author) -> Flow:
    """Both flows as one."""
    return _Merger(author, *_kept_series(old, new)).flow(old, new)


def _kept_series(old: Flow, new: Flow) -> tuple[dict[str, Series], dict[str, Series]]:
    """The series of both, by name."""
    return {each.name: each for each in old.series}, {each.name: each for each in new.series}


@dataclass
class _Merger:
    author: Author
    before: Mapping[str, Series]
    after: Mapping[str, Series]
    now: dict[str, str] = field(default_factory=dict)
    """The series that an old one has become."""
    dropped: set[str] = field(default_factory=set)
    """The footnotes of which a mark went."""
    names: frozenset[str] = frozenset()
    """Bookmarks of the new flow: an old one keeps those alone that the new one does not have."""

    def flow(self, old: Flow, new: Flow) -> Flow:
        self.names = frozenset(
            name for para in _all_paras(new) for name in (*para.opens, *_named(para))
        )
        body = [*self.standing(old.body, new.body)]
        notes = [*self.notes(old.notes, new.notes)]
        gone = {name: other for name, other in self.now.items() if other not in self.after}
        kept = (replace(self.before[name], name=other) for name, other in gone.items())
        return Flow(tuple(body), tuple(notes), (*new.series, *kept))

    # --- what stands below each other ---

    def standing(self, old: Sequence[Standing], new: Sequence[Standing]) -> Iterator[Standing]:
        for left, right in _aligned(old, new, _key, self.fits):
            if left is None:
                yield from self.come(right)
            elif right is None:
                yield from self.gone(left)
            else:
                yield from self.both(left, right)

    def both(self, left: Standing, right: Standing) -> Iterator[Standing]:
        match left, right:
            case Para(), Para() if self.same_count(left, right):
                yield self.para(left, right)
            case Grid(), Grid():
                yield self.grid(left, right)
            case Turn(), Turn():
                yield right
            case _:
                yield from self.gone(left)
                yield from self.come(right)

    def fits(self, left: Standing, right: Standing) -> bool:
        """Whether one can have become the other."""
        match left, right:
            case Para(), Para():
                if _shape(left) != _shape(right):
                    return False
                return (bool(left.unit) and left.unit == right.unit) or _alike(
                    left.text, right.text
                )
            case Grid(), Grid():
                same = len(left.widths) == len(right.widths)
                return same and _alike(_grid_text(left), _grid_text(right))
            case _:
                return False

    def come(self, node: Standing | None) -> Iterator[Standing]:
        match node:
            case Para():
                yield self.whole(node, "ins")
            case Grid():
                yield replace(node, rows=tuple(self.row(row, "ins") for row in node.rows))
            case Turn():
                yield node
            case _:
                pass

    def gone(self, node: Standing) -> Iterator[Standing]:
        match node:
            case Para():
                yield self.whole(self.old(node), "del")
            case Grid():
                yield replace(node, rows=tuple(self.row(row, "del") for row in node.rows))
            case _:  # pages are turned as the new text has it
                pass

    # --- numbers ---

    def same_count(self, left: Para, right: Para) -> bool:
        """Whether both are counted in one series; a list that is met for the first time goes on as the new one."""
        if left.count is None or right.count is None:
            return left.count is right.count
        was, now = left.count.series, right.count.series
        if self.before[was].levels != self.after[now].levels:
            return False
        if was not in self.now and now not in self.now.values():
            self.now[was] = now
        return self.now.get(was) == now

    def old(self, para: Para) -> Para:
        """A paragraph that went, in the series that goes on."""
        opens = tuple(
            name for name in para.opens if name not in self.names and not name.startswith("pg__")
        )
        kept = replace(para, opens=opens, closes=opens)
        if para.count is None:
            return kept
        was = para.count.series
        if was not in self.now:
            free = was not in self.now.values() and self.after.get(was) == self.before[was]
            self.now[was] = was if free and not was.startswith("list-") else f"old-{was}"
        return replace(kept, count=Count(self.now[was], para.count.level))

    # --- paragraphs and their words ---

    def whole(self, para: Para, kind: Kind) -> Para:
        """A paragraph that came or went."""
        change = Change(kind, self.author(para.unit, kind, para.text), whole=True)
        marked = self.pieces(para.pieces, kind, para.unit)
        pieces = tuple(_joined([replace(piece, change=change) for piece in marked]))
        return replace(para, pieces=pieces, change=change)

    def para(self, left: Para, right: Para) -> Para:
        """A paragraph that stayed, with the words that came and went."""
        return replace(
            right, pieces=tuple(self.merged(left.pieces, right.pieces, right.unit or left.unit))
        )

    def merged(self, old: Sequence[Piece], new: Sequence[Piece], unit: str) -> Iterator[Piece]:
        if _keys(old) == _keys(new):
            yield from new
            return
        before, after = [*_tokens(old)], [*_tokens(new)]
        matcher = SequenceMatcher(None, _keys(before), _keys(after), autojunk=False)
        if matcher.ratio() < _ALIKE:
            yield from self.pieces(before, "del", unit)
            yield from self.pieces(after, "ins", unit)
            return
        for tag, left, left_end, right, right_end in matcher.get_opcodes():
            if tag == "equal":
                yield from _joined(after[right:right_end])
            else:
                yield from self.pieces(before[left:left_end], "del", unit)
                yield from self.pieces(after[right:right_end], "ins", unit)

    def pieces(self, pieces: Sequence[Piece], kind: Kind, unit: str) -> Iterator[Piece]:
        """Words that came or went, each with who decided it."""
        marked: list[Piece] = []
        author = ""
        for token in _tokens(pieces):
            if not author or token.text.strip():
                author = self.author(unit, kind, token.text)
            if kind == "del":
                token = self.without_names(token)  # noqa: PLW2901
            # LibreOffice cannot save a field within a link that came or went: the words stand alone.
            marked.append(replace(token, field="", change=Change(kind, author)))
        yield from _joined(marked)

    def without_names(self, token: Piece) -> Piece:
        """Words that went: a footnote of theirs is one of its own, since the new text may have it elsewhere."""
        if token.note:
            self.dropped.add(token.note)
            return replace(token, name="", note=_old(token.note))
        return replace(token, name="")

    # --- tables and notes ---

    def grid(self, left: Grid, right: Grid) -> Grid:
        rows = []
        for old, new in _aligned(left.rows, right.rows, _row_key, _rows_fit):
            if old is None or new is None:
                rows.append(self.row(old, "del") if new is None and old else self.row(new, "ins"))
            else:
                cells = (self.para(*cells) for cells in zip(old.cells, new.cells, strict=True))
                rows.append(replace(new, cells=tuple(cells)))
        return replace(right, rows=tuple(rows))

    def row(self, row: Row | None, kind: Kind) -> Row:
        """A row that came or went."""
        assert row is not None  # noqa: S101  one of two that are aligned
        cells = []
        for cell in row.cells:
            kept = cell
            if kind != "ins":
                kept = replace(cell, opens=(), closes=())
            cells.append(replace(kept, pieces=tuple(self.pieces(cell.pieces, kind, cell.unit))))
        return replace(
            row, cells=tuple(cells), change=Change(kind, self.author(row.cells[0].unit, kind, ""))
        )

    def notes(self, old: Sequence[Note], new: Sequence[Note]) -> Iterator[Note]:
        before = {note.id: note for note in old}
        for note in new:
            if note.id not in before or note.id in self.dropped:
                yield note
                continue
            paras = self.standing(before[note.id].paras, note.paras)
            yield replace(note, paras=tuple(para for para in paras if isinstance(para, Para)))
        for note in old:
            if note.id in self.dropped:
                yield replace(note, id=_old(note.id))


def _old(note: str) -> str:
    """The id of a footnote that went; no id of a document has two hyphens."""
    return f"old--{note}"


# --- side by side -----------------------------------------------------------------------------------------------------


def _aligned(
    old: Sequence[N], new: Sequence[N], key: Callable[[N], object], fits: Callable[[N, N], bool]
) -> Iterator[tuple[N | None, N | None]]:
    """Both in one row: what is the same, what became what, and what went before what came in its place."""
    matcher = SequenceMatcher(None, [*map(key, old)], [*map(key, new)], autojunk=False)
    for tag, left, left_end, right, right_end in matcher.get_opcodes():
        if tag == "equal":
            yield from zip(old[left:left_end], new[right:right_end], strict=True)
            continue
        start, begun = left, right
        for index in range(right, right_end):
            found = next((at for at in range(start, left_end) if fits(old[at], new[index])), None)
            if found is None:
                continue
            yield from ((each, None) for each in old[start:found])
            yield from ((None, each) for each in new[begun:index])
            yield old[found], new[index]
            start, begun = found + 1, index + 1
        yield from ((each, None) for each in old[start:left_end])
        yield from ((None, each) for each in new[begun:right_end])


def _key(node: Standing) -> object:
    match node:
        case Para():
            return node.unit, _shape(node), _keys(node.pieces)
        case Grid():
            return tuple(_row_key(row) for row in node.rows)
        case Turn():
            return node.landscape
        case _:
            return node


def _shape(para: Para) -> object:
    """What two paragraphs have in common of which one became the other."""
    level = para.count.level if para.count else -1
    return para.style, para.left, para.hanging, para.look, para.fresh, level


def _row_key(row: Row) -> object:
    return row.head, row.span, tuple((cell.style, _keys(cell.pieces)) for cell in row.cells)


def _rows_fit(left: Row, right: Row) -> bool:
    same = (left.head, left.span, len(left.cells)) == (right.head, right.span, len(right.cells))
    styles = [cell.style for cell in left.cells] == [cell.style for cell in right.cells]
    return same and styles and _alike(_row_text(left), _row_text(right))


def _row_text(row: Row) -> str:
    return "\t".join(cell.text for cell in row.cells)


def _grid_text(grid: Grid) -> str:
    return "\n".join(map(_row_text, grid.rows))


def _alike(left: str, right: str) -> bool:
    matcher = SequenceMatcher(None, left.split(), right.split(), autojunk=False)
    return matcher.real_quick_ratio() >= _ALIKE and matcher.ratio() >= _ALIKE


def _keys(pieces: Sequence[Piece]) -> list[tuple[object, ...]] | tuple[object, ...]:
    """What pieces are compared by: the mark of a footnote by the note, since Word counts it."""
    return tuple(
        (
            "" if piece.note else piece.text,
            piece.bold,
            piece.italic,
            piece.style,
            piece.link,
            piece.field,
            piece.note,
            piece.picture,
        )
        for piece in pieces
    )


def _tokens(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Pieces word by word; a field, a mark and a picture stay whole."""
    for piece in pieces:
        if piece.field or piece.note or piece.picture:
            yield piece
        else:
            yield from (replace(piece, text=word) for word in _WORDS.findall(piece.text))


def _joined(tokens: Sequence[Piece]) -> Iterator[Piece]:
    """Words of one look and fate as one piece."""
    for alike, group in groupby(tokens, key=lambda token: replace(token, text="")):
        if alike.field or alike.note or alike.picture:
            yield from group
        else:
            yield replace(alike, text="".join(token.text for token in group))


def _all_paras(flow: Flow) -> Iterator[Para]:
    for node in flow.body:
        match node:
            case Para():
                yield node
            case Grid():
                yield from (cell for row in node.rows for cell in row.cells)
            case _:
                pass


def _named(para: Para) -> Iterator[str]:
    yield from (piece.name for piece in para.pieces if piece.name)
