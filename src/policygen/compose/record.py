"""What a text prints of the record of its version: the number, the approval, the next review.

A governor approves a text whose version is not yet approved. So these values are no part of the content: they are
filled in by what the document knows of its approval, and until then hold a blank that says what will stand there.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from policygen.ground.dates import Month, printed_day, printed_due, review_due
from policygen.ground.diagnostics import Problems
from policygen.ground.wording import lower_first
from policygen.language.document import (
    ApprovalRow,
    Clause,
    Document,
    Inline,
    Section,
    Subhead,
    Table,
    Text,
    Value,
    VersionRow,
    rebuild,
    walk,
)
from policygen.language.jinja_record import RECORD
from policygen.language.vocabulary import VALUE_MARK, Filled

BLANKS = {f"record.{name}": f"[{called}: ________]" for name, called in RECORD.items()}
"""What prints until it is known."""
NOT_RECORDED = "none recorded"


def check_headings(parts: tuple[Section, ...], problems: Problems) -> None:
    """Note what the record says in a heading or caption: references take its words before they are known."""
    for node in walk(parts):
        match node:
            case Section(title=words) | Clause(title=words):
                pass
            case Subhead(children=words) | Table(caption=words):
                pass
            case _:
                continue
        for value in walk(words):
            if isinstance(value, Value) and value.kind == "record":
                says = f"`{value.name}` cannot stand in a heading or a caption, whose words references print"
                problems.add("record-tested", says, node.place, "print it in a sentence")


def record_names(edition: str, issued: datetime.date | Month) -> dict[str, object]:
    """What texts may name, before a document knows more."""
    blanks: dict[str, object] = {name: BLANKS[f"record.{name}"] for name in RECORD}
    return blanks | {"edition": edition, "issued": printed_day(issued)}


def one_line(filled: Filled) -> tuple[Inline, ...]:
    """What a filled text of one line says: nothing in it is Markdown."""
    words: list[Inline] = []
    for index, piece in enumerate(VALUE_MARK.split(filled.text.strip())):
        if index % 2:
            words.append(filled.values[int(piece)])
        elif piece:
            words.append(Text(piece))
    return tuple(words)


def decided(document: Document) -> ApprovalRow | VersionRow:
    """The last decision that stands for a version; of one from before policygen, its row of the history."""
    approvals = document.front.approvals
    if approvals:
        return approvals[-1]
    return document.versions[-1]


def is_blank(value: Value) -> bool:
    """Whether what it prints is not known yet."""
    return value.kind == "record" and value.text == BLANKS.get(value.name)


def with_record(document: Document) -> Document:
    """A document whose text and approval record say what is known of its version."""
    known = {f"record.{name}": said for name, said in _known(document).items()}

    def filled(node: Any) -> Any:
        if isinstance(node, Value) and node.kind == "record":
            return replace(node, text=known.get(node.name, node.text))
        return node

    rows = tuple(rebuild(row, filled) for row in document.front.rows)
    return replace(rebuild(document, filled), front=replace(document.front, rows=rows))


def _known(document: Document) -> Mapping[str, str]:
    """What stands in place of each blank. The day of issue is that of the edition, and stands in the text already."""
    known = {"version": document.version, "edition": document.edition}
    decision = decided(document)
    if decision.date is None:
        return known | {
            name: BLANKS[f"record.{name}"]
            for name in ("approved_on", "body", "minute", "next_review")
        }
    body = document.front.body or document.front.level
    if isinstance(decision, ApprovalRow):
        body = decision.by
    due = review_due(decision.date, document.review_months, document.review_term)
    return known | {
        "approved_on": printed_day(decision.date),
        "body": lower_first(body),
        "minute": decision.minute or NOT_RECORDED,
        "next_review": printed_due(due, document.review_term),
    }
