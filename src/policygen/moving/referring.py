"""Cross references: "paragraph 4.1", "Appendix 2" and the fields of a word processor, found and made to lead there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from policygen.moving.found import Inline, Paragraph, Spot, Words
from policygen.moving.labels import numbers_of
from policygen.moving.ledger import Ledger
from policygen.moving.points import MARK, with_spans

_REFERENCE = re.compile(
    r"\b(?P<noun>paragraphs?|paras?\.?|sections?|clauses?|parts?)\s+(?P<numbers>\d{1,2}(?:\.\d{1,2}){0,3}"
    r"(?:(?:\s*,\s*|\s+and\s+|\s+or\s+|\s+to\s+|\s*[–-]\s*|\s*&\s*)\d{1,2}(?:\.\d{1,2}){0,3})*)(?![\d.]*\d|\s*\()"
    r"(?!\s+of\s+(?:the\b(?!\s+(?:policy|procedure|code|document))|[A-Z]))"
    r"|\b(?P<appendix>appendix|annexe?|schedule)\s+(?P<label>\d{1,2}|[A-Z])\b(?!\s+of\s+(?:the|[A-Z]))",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d{1,2}(?:\.\d{1,2}){0,3}")
_BARE = re.compile(
    r"\b(?i:see|in|at|under|with|as|by)\s+(?P<numbers>\d{1,2}(?:\.\d{1,2}){1,3})(?![.\d]*\d)"
)


@dataclass
class References:
    """What each number of the file is called now."""

    ledger: Ledger
    ids: dict[tuple[int, ...], str] = field(default_factory=dict)
    appendices: dict[str, str] = field(default_factory=dict)
    bookmarks: dict[str, str] = field(default_factory=dict)
    sought: frozenset[str] = frozenset()
    """The bookmarks that something in the file leads to."""

    def name(self, paragraph: Paragraph, identity: str) -> None:
        """Remember under which id a paragraph stands."""
        numbers = numbers_of(paragraph.label)
        if numbers:
            self.ids.setdefault(numbers, identity)
        for bookmark in paragraph.bookmarks:
            self.bookmarks[bookmark] = identity

    def wanted(self, paragraph: Paragraph) -> bool:
        """Whether something leads to a paragraph."""
        return bool(self.sought.intersection(paragraph.bookmarks))

    def replaced(
        self, children: tuple[Inline, ...], spot: Spot, marks: dict[str, str]
    ) -> tuple[Inline, ...]:
        """Some words with a mark in place of each number that leads somewhere; `marks` says what each stands for."""
        text = "".join(each.text if isinstance(each, Words) else "\ue10c" for each in children)
        spans: list[tuple[int, int, str]] = []
        for found in _REFERENCE.finditer(text):
            if found["appendix"]:
                identity = self.appendices.get(found["label"].upper())
                if identity:
                    spans.append(
                        self._span(
                            found.start(), found.end(), f"[](#{identity})", found[0], spot, marks
                        )
                    )
                else:
                    self._nowhere(found[0], spot)
                continue
            for number in _NUMBER.finditer(found["numbers"]):
                identity = self.ids.get(tuple(map(int, number[0].split("."))))
                start = found.start("numbers") + number.start()
                end = start + len(number[0])
                if identity:
                    spans.append(
                        self._span(start, end, f"[](#{identity}){{number}}", number[0], spot, marks)
                    )
                else:
                    self._nowhere(f"{found['noun']} {number[0]}", spot)
        for found in _BARE.finditer(text):
            identity = self.ids.get(tuple(map(int, found["numbers"].split("."))))
            if identity:
                span = (found.start("numbers"), found.end("numbers"))
                spans.append(
                    self._span(*span, f"[](#{identity}){{number}}", found["numbers"], spot, marks)
                )
        spans.sort()
        if spans:
            return with_spans(children, spans)
        return children

    def _span(
        self, start: int, end: int, written: str, words: str, spot: Spot, marks: dict[str, str]
    ) -> tuple[int, int, str]:
        mark = MARK.format(len(marks))
        marks[mark] = written
        self.ledger.structure(words, "a reference prints its number", spot)
        self.ledger.guessed(f"“{words}” leads there now", spot, written)
        return start, end, mark

    def _nowhere(self, words: str, spot: Spot) -> None:
        self.ledger.by_hand(
            f"“{words}” leads to nothing in this file; write `[](#id)` if it should", spot
        )


def same_numbers(
    labels: Mapping[str, str], printed: Mapping[str, str]
) -> dict[str, tuple[str, str]]:
    """Where the number of the file is not the one that prints, by id: both."""
    differ = {}
    for identity, label in labels.items():
        was, now = label.strip("().: "), printed.get(identity, "").strip("().: ")
        if was and was != now:
            differ[identity] = was, now
    return differ
