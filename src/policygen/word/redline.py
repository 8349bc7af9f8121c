"""A comparison as a Word file with tracked changes; the author of each is who decided it."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import replace

from policygen.compare.comparison import Comparison
from policygen.compare.summary import OWNERS, Redline
from policygen.compare.words import Owner
from policygen.ground.wording import sentence_case
from policygen.language import document as d
from policygen.word.flow import Flow, Para, Piece
from policygen.word.layout import text_flow
from policygen.word.package import Cover, docx
from policygen.word.tracked import Kind, tracked

_WORDS = re.compile(r"\w+(?:[’'\-]\w+)*|[^\w\s]")
_RENUMBERED = "Numbers that moved along"
"""The author of what nobody decided: a reference to what has another number now."""


def redline_docx(redline: Redline, images: Mapping[str, bytes], day: datetime.date) -> bytes:
    """The new text with all that changed in it, to be accepted or rejected. `day` is when that was written down."""
    comparison = redline.comparison
    whose = _Whose(comparison)
    flow = tracked(_text(comparison.old), _text(comparison.new), whose.author)
    new = comparison.new
    about = Para("PolicyNotice", (Piece(redline.title),))
    sides = [
        f"{side.name}: {side.standing}" for side in (redline.before, redline.after) if side.standing
    ]
    said = [Para("BodyText", (Piece(line),)) for line in (*sides, _HOW)]
    # What was added last of all stands before a paragraph that stays: no program leaves an empty one there.
    flow = replace(flow, body=(about, *said, *flow.body, Para("PolicyBreak")))
    cover = Cover(
        redline.title,
        redline.publisher,
        (redline.publisher, "Changes"),
        f"{new.short_title}, {redline.before.name} to {redline.after.name}",
        redline.colour,
        new.language,
        {
            "policygen.kind": "redline",
            "policygen.school": new.school_id,
            "policygen.policy": new.policy_id,
            "policygen.edition": new.edition,
            "policygen.version": new.version,
        },
        day,
    )
    return docx(flow, cover, images)


_HOW = (
    "Changes are tracked, each with who decided it as its author. "
    "Accept all for the new text, reject all for the old one."
)


def _text(document: d.Document) -> Flow:
    """The title of a document and its text."""
    text = text_flow(document.parts, draft=False)
    head = (
        Para("Title", (Piece(document.title),)),
        Para("Subtitle", (Piece(document.school_name),)),
    )
    return replace(text, body=(*head, *text.body))


class _Whose:
    """Who decided that a word came or went, as the comparison has it."""

    def __init__(self, comparison: Comparison) -> None:
        """Take down the words of all changes."""
        new = comparison.new
        self.names: dict[Owner, str] = {
            owner: sentence_case(said) for owner, said in OWNERS.items()
        }
        self.names["issuer"] = new.issuer_name
        if new.school_id:
            self.names["school"] = new.school_name
        self.words: dict[tuple[str, str, str], Owner] = {}
        self.units: dict[str, Owner] = {}
        for pair in comparison.changes:
            places = {
                *pair.ids,
                *(unit.section for unit in (pair.old, pair.new) if unit and not unit.id),
            }
            if pair.unit.is_note:
                places.add(pair.unit.section)
            for place in places:
                for owner in sorted(pair.owners):
                    self.units.setdefault(place, owner)
                for line in pair.lines:
                    for run in (run for cell in line.cells for run in cell if run.change != "same"):
                        kind = run.change[:3]
                        for word in _WORDS.findall(d.plain(run.children)):
                            self.words[place, kind, word] = run.owner

    def author(self, unit: str, kind: Kind, words: str) -> str:
        """Whom a change is by: of one word, or of a whole paragraph."""
        owner = self.words.get((unit, kind, words.strip())) or self.units.get(unit)
        return self.names[owner] if owner else _RENUMBERED
