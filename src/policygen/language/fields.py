"""What a person fills in on a form: each field in reading order, with its kind and a name that says it all.

The pages, the PDFs and the check of the PDFs ask here, so that each of them has the same fields.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Literal

from policygen.language import document as d

FieldKind = Literal["text", "date", "signature", "tick", "choice"]

CHOICE = re.compile(r"(?i)\b(yes)(\s*/\s*)(no)\b")
"""Words that offer a choice."""
_HINTS = {"date": "day month year", "signature": "type your name, or sign by hand"}
_ANSWERS = ("yes", "no", "n/a")
_DATE = re.compile(r"(?i)\bdated?\b")
_SIGNATURE = re.compile(r"(?i)\bsign(ed|ature)\b")
_TICK = re.compile(r"(?i)tick\b.*")


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form."""

    kind: FieldKind
    name: str
    """All that a screen reader has to say of it: "Laptop model: Date issued"."""
    group: str = ""
    """Of a choice, what its row is called. The choices of one row are one group, of which one is taken."""
    answer: str = ""
    """Of a choice, the head of its column: "Yes"."""

    @property
    def hint(self) -> str:
        """How it is filled in; empty where its name says enough."""
        return _HINTS.get(self.kind, "")

    @property
    def tooltip(self) -> str:
        """Its name with its hint, for a PDF, in which a field says nothing else."""
        if self.hint:
            return f"{self.name} ({self.hint})"
        return self.name


def is_form(part: d.Section) -> bool:
    """Whether a part is there to be filled in: a form, or a part with a signature block or an empty table.

    Elsewhere a blank cell may as well say "no", as in a table of who may do what.
    """
    if part.kind == "form":
        return True
    for node in d.walk(part.blocks):
        if isinstance(node, d.SignatureBlock):
            return True
        if part.kind == "appendix" and isinstance(node, d.Table) and _is_empty(node):
            return True
    return False


def fields_of(part: d.Section) -> Iterator[Field]:
    """The fields of a part, in reading order."""
    if not is_form(part):
        return
    for node in d.walk(part.blocks):
        match node:
            case d.SignatureBlock():
                yield from chain.from_iterable(signature_fields(node))
            case d.Table():
                for row in table_fields(node):
                    yield from chain.from_iterable(row)
            case _:
                pass


def signature_fields(node: d.SignatureBlock) -> list[tuple[Field, ...]]:
    """For each label of a signature block its field, or those of the choice that it offers."""
    made: list[tuple[Field, ...]] = []
    for label in node.fields:
        words = _words(label)
        if _offers_choice(label):
            asked = CHOICE.split(words, maxsplit=1)[0].rstrip(" :")
            made.append(_choices(f"{node.signatory}: {asked}".rstrip(" :")))
        else:
            made.append((Field(_kind(words), f"{node.signatory}: {words}"),))
    return made


def table_fields(table: d.Table) -> list[list[tuple[Field, ...]]]:
    """The fields of each cell of a table, row by row; none where it only says something."""
    heads = [_words(cell.children) for cell in table.head]
    rows = []
    for row, label in zip(table.rows, _row_labels(table), strict=True):
        rows.append(_row_fields(row, label, heads if any(heads) else []))
    return rows


def _row_fields(row: Sequence[d.Cell], label: str, heads: Sequence[str]) -> list[tuple[Field, ...]]:
    columns = [heads[index] if index < len(heads) else "" for index in range(len(row))]
    answers = _answers(row, columns)
    made: list[tuple[Field, ...]] = []
    for index, (cell, column) in enumerate(zip(row, columns, strict=True)):
        name = f"{label}: {column}" if column else label
        if not is_blank(cell):
            offers = _offers_choice(cell.children) and CHOICE.fullmatch(_words(cell.children))
            made.append(_choices(name) if offers and index else ())
        elif index in answers:
            made.append((Field("choice", name, label, column),))
        elif column.lower() in _ANSWERS or _TICK.fullmatch(column):
            made.append((Field("tick", name),))
        else:
            # A table without a head says in its first column what each row is.
            made.append((Field(_kind(column or label), name),))
    return made


def _choices(asked: str) -> tuple[Field, Field]:
    """The two fields of "yes / no"."""
    yes, no = (Field("choice", f"{asked}: {word}", asked, word) for word in ("yes", "no"))
    return yes, no


def is_blank(cell: d.Cell) -> bool:
    """Whether nothing prints in a cell: a mark of a footnote or a picture has no words, and still prints."""
    prints = any(isinstance(node, d.FootnoteMark | d.Image) for node in d.walk(cell.children))
    return not prints and not d.plain(cell.children).strip()


def _is_empty(table: d.Table) -> bool:
    """Whether nothing is said beside the first column, which names the rows of an empty table too."""
    return all(is_blank(cell) for row in table.rows for cell in row[1:])


def _row_labels(table: d.Table) -> list[str]:
    """What each row is called; those of the same words, and those without any, are counted."""
    said = [_words(row[0].children) if table.labelled else "" for row in table.rows]
    often, seen = Counter(said), Counter[str]()
    caption = _words(table.caption)
    labels = []
    for index, label in enumerate(said, 1):
        seen[label] += 1
        if not label:
            labels.append(f"{caption}, row {index}" if caption else f"Row {index}")
        elif often[label] > 1:
            labels.append(f"{label} ({seen[label]} of {often[label]})")
        else:
            labels.append(label)
    return labels


def _answers(row: Sequence[d.Cell], columns: Sequence[str]) -> set[int]:
    """The columns of a row of which one is ticked: blank cells below two answers or more, such as Yes and No."""
    found = set()
    for index, (cell, column) in enumerate(zip(row, columns, strict=True)):
        if is_blank(cell) and column.lower() in _ANSWERS:
            found.add(index)
    if len(found) < 2:
        return set()
    return found


def _offers_choice(words: tuple[d.Inline, ...]) -> bool:
    """Whether plain words offer "yes / no"; among links and notes they are left as they stand."""
    plain = all(isinstance(node, d.Text | d.Value) for node in words)
    return plain and bool(CHOICE.search(d.plain(words)))


def _kind(words: str) -> FieldKind:
    """What is written on a line with these words before it. It only chooses what a reader is told beside its name."""
    if _DATE.search(words):
        return "date"
    if _SIGNATURE.search(words):
        return "signature"
    return "text"


def _words(children: tuple[d.Inline, ...]) -> str:
    """Words on one line."""
    return " ".join(d.plain(children).split())
