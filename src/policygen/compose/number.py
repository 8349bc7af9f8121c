"""Numbers, computed: sections, clauses, items, appendices and footnotes. They follow the text as it stands.

What was added to a model text has the number before it and a letter (4.3A); where no number stands before it, a letter
behind that of the part (4.A), or a letter that no other addition of the document has. So no other number moves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from typing import assert_never

from policygen.ground.wording import letters, roman
from policygen.language import document as d
from policygen.model.template import USUAL_LABELS, Labels


@dataclass(frozen=True)
class _Styles:
    """How lists are labelled, by depth."""

    labels: Labels
    by_depth: tuple[d.ListStyle, ...] = ("number", "letter", "roman")

    @property
    def below_clause(self) -> _Styles:
        """The same for lists below a numbered paragraph."""
        return replace(self, by_depth=("letter", "roman", "number"))

    def at(self, depth: int) -> d.ListStyle:
        """The style of lists so deep."""
        return self.by_depth[min(depth, len(self.by_depth) - 1)]

    def label(self, style: d.ListStyle, index: int, added: int = 0) -> str:
        """The label of one item; of one that was `added` behind it, that and a letter: (ba)."""
        letter = letters(added) if added else ""
        match style:
            case "bullet":
                return ""
            case "number":
                return self.labels.numbers.replace("1", f"{index}{letter.upper()}")
            case "letter":
                return self.labels.letters.replace("a", f"{letters(index) or 'z'}{letter}")
            case "roman":
                return self.labels.roman.replace("i", f"{roman(index) or 'z'}{letter}")


def number(parts: Iterable[d.Section], labels: Labels = USUAL_LABELS) -> tuple[d.Section, ...]:
    """Number parts, given in the order in which they print. What is no section is of the series of appendices."""
    sections, appendices = count(1), count(1)
    notes, bare = count(1), count(1)
    styles = _Styles(labels)
    numbered = []
    for part in parts:
        own = ""
        if part.numbered:
            own = str(next(sections if part.kind == "section" else appendices))
        series_in = _Series(_prefix(part, own), bare)
        blocks = tuple(_number(part.blocks, series_in, styles))
        numbered.append(_number_notes(replace(part, number=own, blocks=blocks), notes))
    return tuple(numbered)


def _prefix(part: d.Section, own: str) -> str:
    """What the numbers in a part begin with."""
    if part.flat:
        return ""
    if part.kind != "section" and own:
        return f"A{own}"
    return own


@dataclass
class _Series:
    """The running number at one depth: "4" gives 4.1, 4.2 and so on."""

    prefix: str
    bare: Iterator[int] = field(default_factory=lambda: count(1))
    """Counts the additions of the document whose number is a letter alone."""
    last: int = 0
    added: int = 0
    """Additions since the last number."""

    def next(self) -> str:
        self.last += 1
        self.added = 0
        return self._with_prefix(str(self.last))

    def number(self, block: d.Section | d.Clause) -> str:
        """The next number, for a block that has one."""
        if isinstance(block, d.Clause) and block.is_addition:
            return self.addition()
        if not block.numbered:
            return ""
        return self.next()

    def addition(self) -> str:
        """The number of what stands between two others: 4.3A, 4.3B; where no number is before it 4.A, or A."""
        if not self.last and not self.prefix:
            return letters(next(self.bare)).upper()
        self.added += 1
        letter = letters(self.added).upper()
        if not self.last:
            return self._with_prefix(letter)
        return self._with_prefix(f"{self.last}{letter}")

    def _with_prefix(self, number: str) -> str:
        if not self.prefix:
            return number
        return f"{self.prefix}.{number}"


def _number(blocks: Iterable[d.Block], series: _Series, styles: _Styles) -> Iterator[d.Block]:
    """`styles` are those of ordered lists where no clause with a number is around them."""
    for block in blocks:
        match block:
            case d.Section():
                own = series.number(block)
                inner = series
                if own:
                    inner = _Series(own)
                yield replace(block, number=own, blocks=tuple(_number(block.blocks, inner, styles)))
            case d.Clause():
                yield _clause(replace(block, number=series.number(block)), series, styles)
            case _:
                yield _label(block, styles, 0, None)


def _clause(clause: d.Clause, series: _Series, styles: _Styles) -> d.Clause:
    # Lists in an addition are labelled as they were when additions had no numbers, since labels
    # of lists are content that boards have approved.
    if not clause.number or clause.is_addition:
        return replace(clause, blocks=tuple(_number(clause.blocks, series, styles)))
    inner, letters_of = _Series(clause.number), _Series("")
    blocks: list[d.Block] = []
    for block in clause.blocks:
        if isinstance(block, d.Section | d.Clause) and not _is_list(block):
            blocks += _number((block,), inner, styles.below_clause)
        else:
            blocks.append(_label(block, styles.below_clause, 0, letters_of))
    return replace(clause, blocks=tuple(blocks))


def _is_list(block: d.Section | d.Clause) -> bool:
    """Whether it is a list of the issuer's that is decided about by itself: its letters run on, as in any list."""
    is_ours = isinstance(block, d.Clause) and not block.local
    return is_ours and any(isinstance(first, d.ItemList) for first in block.blocks[:1])


def _label(block: d.Block, styles: _Styles, depth: int, running: _Series | None) -> d.Block:
    """A block with its lists labelled. Within a clause with a number, `running` counts: (a) stands there once."""

    def all_of(blocks: Iterable[d.Block]) -> tuple[d.Block, ...]:
        return tuple(_label(inner, styles, depth, running) for inner in blocks)

    match block:
        case d.ItemList():
            return _labelled(block, styles, depth, running)
        case d.Callout() | d.Quote() | d.AudiencePart() | d.Clause():
            return replace(block, blocks=all_of(block.blocks))
        case d.Definitions():
            entries = tuple(
                replace(entry, meanings=tuple(all_of(meaning) for meaning in entry.meanings))
                for entry in block.entries
            )
            return replace(block, entries=entries)
        case d.Paragraph() | d.Subhead() | d.Table() | d.SignatureBlock() | d.Section():
            return block
        case _:
            assert_never(block)


def _labelled(
    block: d.ItemList, styles: _Styles, depth: int, running: _Series | None
) -> d.ItemList:
    items = []
    if block.style == "bullet":
        # Nothing but the run of letters could tell apart two lists that stand below two bullets.
        for item in block.items:
            blocks = tuple(_label(inner, styles, depth, running) for inner in item.blocks)
            items.append(replace(item, label="", blocks=blocks))
        return replace(block, items=tuple(items))
    style = styles.at(depth)
    counted = running or _Series("")
    counted.last = max(counted.last, block.start - 1)
    for item in block.items:
        unit = d.unit_of(item)
        if unit and unit.is_addition:
            counted.added += 1
            label = styles.label(style, counted.last, counted.added)
        else:
            label = styles.label(style, int(counted.next()))
        below = running and _Series("")
        blocks = tuple(_label(inner, styles, depth + 1, below) for inner in item.blocks)
        items.append(replace(item, label=label, blocks=blocks))
    return replace(block, style=style, items=tuple(items))


def _number_notes(part: d.Section, numbers: Iterator[int]) -> d.Section:
    """Footnotes run on through the document, in the order of their marks; ids are made unique by section."""
    order: dict[str, str] = {}
    for node in d.walk(part.title, part.blocks):
        if isinstance(node, d.FootnoteMark) and node.id not in order:
            order[node.id] = str(next(numbers))
    if not order:
        return replace(part, footnotes=())

    def mark(node: object) -> object:
        if isinstance(node, d.FootnoteMark):
            return d.FootnoteMark(f"{part.id}-{node.id}", order[node.id])
        return node

    notes = sorted(
        (note for note in part.footnotes if note.id in order), key=lambda note: int(order[note.id])
    )
    footnotes = tuple(
        replace(note, id=f"{part.id}-{note.id}", number=order[note.id]) for note in notes
    )
    return replace(d.rebuild(replace(part, footnotes=()), mark), footnotes=footnotes)
