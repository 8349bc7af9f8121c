"""Numbers, computed: sections, clauses, items, appendices and footnotes. They follow the text as it stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import count

from policygen.ground.wording import letters, roman
from policygen.language.document import (
    AudiencePart,
    Block,
    Callout,
    Clause,
    Definitions,
    FootnoteMark,
    ItemList,
    ListStyle,
    Quote,
    Section,
    rebuild,
    walk,
)

_BELOW_CLAUSE: tuple[ListStyle, ...] = ("letter", "roman", "number")
_IN_TEXT: tuple[ListStyle, ...] = ("number", "letter", "roman")


def number(parts: Iterable[Section]) -> tuple[Section, ...]:
    """Number sections, forms and appendices, given in the order in which they print. Each kind has its own series."""
    series = {"section": count(1), "appendix": count(1), "form": count(1)}
    notes = count(1)
    numbered = []
    for part in parts:
        own = str(next(series[part.kind])) if part.numbered else ""
        prefix = "" if part.flat else f"A{own}" if part.kind == "appendix" and own else own
        blocks = tuple(_number(part.blocks, _Series(prefix)))
        numbered.append(_number_notes(replace(part, number=own, blocks=blocks), notes))
    return tuple(numbered)


@dataclass
class _Series:
    """The running number at one depth: "4" gives 4.1, 4.2 and so on."""

    prefix: str
    last: int = 0

    def next(self) -> str:
        self.last += 1
        return f"{self.prefix}.{self.last}" if self.prefix else str(self.last)


def _number(
    blocks: Iterable[Block], series: _Series, styles: tuple[ListStyle, ...] = _IN_TEXT
) -> Iterator[Block]:
    """`styles` are those of ordered lists, by depth, where no clause with a number is around them."""
    for block in blocks:
        match block:
            case Section():
                own = series.next() if block.numbered else ""
                inner = _Series(own) if own else series
                yield replace(block, number=own, blocks=tuple(_number(block.blocks, inner)))
            case Clause():
                own = series.next() if block.numbered else ""
                inner, below = (_Series(own), _BELOW_CLAUSE) if own else (series, styles)
                yield replace(block, number=own, blocks=tuple(_number(block.blocks, inner, below)))
            case _:
                yield _label(block, styles, 0)


def _label(block: Block, styles: tuple[ListStyle, ...], depth: int) -> Block:
    match block:
        case ItemList(style=style):
            ordered = style != "bullet"
            style = styles[min(depth, len(styles) - 1)] if ordered else "bullet"
            items = tuple(
                replace(
                    item,
                    label=_text(style, index),
                    blocks=tuple(_label(each, styles, depth + ordered) for each in item.blocks),
                )
                for index, item in enumerate(block.items, block.start)
            )
            return replace(block, style=style, items=items)
        case Callout() | Quote() | AudiencePart() | Clause():
            return replace(
                block, blocks=tuple(_label(each, styles, depth) for each in block.blocks)
            )
        case Definitions():
            return replace(
                block,
                entries=tuple(
                    replace(
                        entry,
                        meanings=tuple(
                            tuple(_label(b, styles, depth) for b in m) for m in entry.meanings
                        ),
                    )
                    for entry in block.entries
                ),
            )
        case _:
            return block


def _text(style: ListStyle, index: int) -> str:
    match style:
        case "bullet":
            return ""
        case "number":
            return f"{index}."
        case "letter":
            return f"({letters(index)})"
        case "roman":
            return f"({roman(index)})"


def _number_notes(part: Section, numbers: Iterator[int]) -> Section:
    """Footnotes run on through the document, in the order of their marks; ids are made unique by section."""
    order: dict[str, str] = {}
    for node in walk(part.title, part.blocks):
        if isinstance(node, FootnoteMark) and node.id not in order:
            order[node.id] = str(next(numbers))
    if not order:
        return replace(part, footnotes=())

    def mark(node: object) -> object:
        if isinstance(node, FootnoteMark):
            return FootnoteMark(f"{part.id}-{node.id}", order[node.id])
        return node

    notes = sorted(
        (note for note in part.footnotes if note.id in order), key=lambda note: int(order[note.id])
    )
    footnotes = tuple(
        replace(note, id=f"{part.id}-{note.id}", number=order[note.id]) for note in notes
    )
    return replace(rebuild(replace(part, footnotes=()), mark), footnotes=footnotes)
