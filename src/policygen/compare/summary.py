"""A comparison in words: how many of what, by whom, and each change in a line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from policygen.compare.comparison import ChangeClass, Comparison, Kind, Pair
from policygen.compare.lines import MarkedLine
from policygen.compare.units import Unit
from policygen.compare.words import Owner
from policygen.ground.wording import count, join_and, sentence_case
from policygen.language.document import plain

OWNERS: dict[Owner, str] = {
    "issuer": "the issuer",
    "trust": "the trust",
    "school": "the school",
    "details": "new details",
    "law": "the law library",
}
KINDS: dict[Kind, str] = {
    "same": "unchanged",
    "reworded": "reworded",
    "added": "added",
    "removed": "removed",
    "moved": "moved",
}


CLASSES: dict[ChangeClass, str] = {
    "details": "details only",
    "editorial": "no change of substance",
    "material": "a change of substance",
}
"""How grave a change is, for those who read it; who writes it down uses the names."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two documents that are compared, for people."""

    name: str
    """Such as "edition 2026.1" or "version 1.2"."""
    standing: str = ""
    """Such as "approved 12 November 2026, minute 19.2"."""


@dataclass(frozen=True, slots=True)
class Redline:
    """A comparison with what a reader has to know of its two sides."""

    comparison: Comparison
    before: Side
    after: Side
    publisher: str
    """The school or issuer whose policy it is."""
    colour: str = "#1d3f6e"
    because: Mapping[str, str] = field(default_factory=dict)
    """Which answer for all policies is behind a change, in words, by the id of the clause."""

    def decided(self, pair: Pair) -> str:
        """Whose decision a change is, how grave, and which answer is behind it."""
        behind = sorted({self.because[each] for each in pair.ids if each in self.because})
        return " ".join((decided(pair), *(f"{sentence_case(why)}." for why in behind)))

    @property
    def title(self) -> str:
        """Such as "Changes from edition 2026.1 to edition 2026.2: Online safety – Northshire County Council"."""
        policy = self.comparison.new.title
        return f"Changes from {self.before.name} to {self.after.name}: {policy} – {self.publisher}"


_FIRST = 6
"""How many of its words name a unit that has no number."""


def in_short(comparison: Comparison) -> str:
    """All that differs: "3 clauses reworded, 1 clause added; 12 numbers moved along"."""
    if not comparison.differs:
        return "nothing differs"
    kinds = Counter((pair.kind, _what(pair.unit)) for pair in comparison.changes)
    said = [f"{count(number, what)} {KINDS[kind]}" for (kind, what), number in kinds.items()]
    beside = [", ".join(said) or "no words differ"]
    if comparison.renumbered:
        beside.append(f"{count(len(comparison.renumbered), 'number')} moved along")
    if comparison.renamed and not comparison.changes:
        beside.append(f"{count(len(comparison.renamed), 'id')} changed")
    return "; ".join(beside)


def _what(unit: Unit) -> str:
    if unit.is_note:
        return "footnote"
    if unit.part_kind == "form":
        return "form line"
    return {"title": "heading", "clause": "clause", "block": "paragraph"}[unit.kind]


def named(pair: Pair) -> str:
    """A unit as people find it: "4.1", "Appendix 2", or the first words of its first line."""
    unit = pair.unit
    if unit.is_note:
        return f"footnote {unit.label}"
    if unit.label:
        return unit.label
    first = next((line.text for line in unit.lines if line.text.strip()), "")
    words = first.split()
    if len(words) > _FIRST:
        words = [*words[:_FIRST], "…"]
    return " ".join(words)


def fate(pair: Pair) -> str:
    """What became of it: "reworded and moved, was 4.1", "split from safe-key"."""
    words = [KINDS[pair.kind]]
    if pair.moved and pair.kind != "moved":
        words.append("moved")
    said = join_and(words)
    if pair.old and pair.new and pair.old.label != pair.new.label and pair.old.label:
        said += f", was {pair.old.label}"
    if pair.related:
        said += f", {'from' if pair.kind == 'added' else 'into'} {join_and(pair.related)}"
    return said


def decided_by(pair: Pair) -> str:
    """Whose decision it is: "the issuer", "the school and the law library"."""
    return join_and(text for owner, text in OWNERS.items() if owner in pair.owners)


def decided(pair: Pair) -> str:
    """Whose decision a change is and how grave, in words."""
    return f"Decided by {decided_by(pair)}. {sentence_case(CLASSES[pair.change])}."


def as_data(comparison: Comparison) -> dict[str, Any]:
    """The changes as plain data for JSON. A run is [mark, owner, words]; a mark is same, inserted or deleted."""
    return {
        "change": comparison.change,
        "changes": [_pair(pair) for pair in comparison.changes],
        "renumbered": [
            {"id": moved.id, "old": moved.old, "new": moved.new} for moved in comparison.renumbered
        ],
        "renamed": [
            {"old": pair.old.id, "new": pair.id} for pair in comparison.renamed if pair.old
        ],
    }


def _pair(pair: Pair) -> dict[str, Any]:
    return {
        "id": pair.id,
        "was": pair.old.id if pair.renamed and pair.old else None,
        "unit": pair.unit.kind,
        "part": pair.unit.part,
        "kind": pair.kind,
        "moved": pair.moved,
        "class": pair.change,
        "owners": sorted(pair.owners),
        "number": {
            "old": pair.old.label if pair.old else None,
            "new": pair.new.label if pair.new else None,
        },
        "related": list(pair.related),
        "notes": list(pair.notes),
        "lines": [_line(line) for line in pair.lines],
    }


def _line(line: MarkedLine) -> dict[str, Any]:
    return {
        "role": line.line.role,
        "change": line.change,
        "notes": list(line.notes),
        "cells": [
            [[run.change, run.owner, plain(run.children)] for run in cell] for cell in line.cells
        ],
    }


PartKind = Literal["head", "same", "inserted", "deleted"]
_SIGNS: dict[PartKind, str] = {
    "head": "{}",
    "same": "{}",
    "inserted": "{{+{}+}}",
    "deleted": "[-{}-]",
}


@dataclass(frozen=True, slots=True)
class TextPart:
    """Words of a comparison in plain text, with the signs around them."""

    text: str
    kind: PartKind


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line of a comparison in plain text."""

    indent: int
    parts: tuple[TextPart, ...]

    def __str__(self) -> str:
        return " " * self.indent + "".join(part.text for part in self.parts)


def as_text(pairs: Iterable[Pair]) -> str:
    """Changes for a plain file: "[-gone-]" and "{+come+}" around words."""
    return "\n\n".join("\n".join(map(str, text_lines(pair))) for pair in pairs)


def text_lines(pair: Pair) -> Iterator[TextLine]:
    """One change: what it is and who decided it, then its words."""
    head = f"{named(pair)}  {fate(pair)}  ({decided_by(pair)}; {pair.change})  [{pair.id}]"
    yield TextLine(0, (TextPart(head.replace("  []", ""), "head"),))
    beside = (*pair.notes, *(note for line in pair.lines for note in line.notes))
    for note in dict.fromkeys(beside):
        yield TextLine(4, (TextPart(f"({note})", "same"),))
    for line in pair.lines:
        yield TextLine(4 + 2 * line.line.depth, tuple(_text_parts(line)))


def _text_parts(line: MarkedLine) -> Iterator[TextPart]:
    if line.line.role == "item":
        yield TextPart(f"{line.line.label or '•'} ", "same")
    for number, cell in enumerate(line.cells):
        if number:
            yield TextPart(" | ", "same")
        for run in cell:
            yield TextPart(_SIGNS[run.change].format(plain(run.children)), run.change)
