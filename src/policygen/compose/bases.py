"""What a model policy says under each clause id, and the digest by which a local change remembers it.

The digest is of the wording as the issuer wrote it, in all branches: its words, what it prints and its conditions. The
clause's number, its place in the policy and what a school may do with it take no part.
"""

from __future__ import annotations

import hashlib
import json
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields, is_dataclass
from itertools import takewhile
from typing import Any

from policygen.language.document import (
    Clause,
    Item,
    ItemList,
    Reference,
    ReferenceMark,
    Section,
    Subhead,
    unit_of,
    walk,
)
from policygen.language.marks import STATEMENT
from policygen.language.source import Source

_LENGTH = 12
"""Hexadecimal characters of a digest, as it stands in a file."""
_OPEN, _CLOSE = ("if", "for"), ("endif", "endfor")
_MARKER = re.compile(r"\s*(?:\d{1,9}[.)]|[-*+])\s+")
_NOT_WORDING = frozenset({"place", "number", "numbered", "level", "adapt", "local", "owners"})


@dataclass(frozen=True)
class Base:
    """One clause as an edition has it, in all branches."""

    clauses: tuple[Clause, ...]
    """One, or one for each branch that has its own."""
    part: str
    """The name of the file of its section or form."""
    jinja: tuple[str, ...]
    """What it prints and tests, as written."""
    written: tuple[str, ...] = ()
    """Each of the clauses as its author wrote it, without its number and id."""

    def digest(self, renamed: Mapping[str, str] | None = None) -> str:
        """The digest of its wording. References to ids that were `renamed` count as those to their new names."""
        form = [wording(self.clauses, renamed), self.jinja]
        text = json.dumps(form, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:_LENGTH]


def bases(parts: Iterable[tuple[Section, Source]]) -> dict[str, Base]:
    """Every clause of an edition's parts with the text of all branches, by id, from these and their files."""
    found: dict[str, Base] = {}
    for section, source in parts:
        for clause, first, end in _rows_of_clauses(section, source):
            before = found.get(clause.id, Base((), section.name, ()))
            found[clause.id] = Base(
                (*before.clauses, clause),
                before.part,
                (*before.jinja, *_jinja(source, first, end)),
                (*before.written, _as_written(clause, source, first, end)),
            )
    return found


def wording(node: object, renamed: Mapping[str, str] | None = None) -> Any:
    """The wording of a node as plain lists and texts, to compare and to digest.

    References stand for what they lead to, whatever number prints.
    """
    renamed = renamed or {}
    match node:
        case tuple():
            return [wording(each, renamed) for each in node]
        case Reference(target=target):
            return ["reference", renamed.get(target, target)]
        case ReferenceMark(targets=targets, children=children, manner=manner):
            return [
                "reference",
                [renamed.get(each, each) for each in targets],
                wording(children, renamed),
                *([manner] if manner else []),
            ]
        case _ if is_dataclass(node):
            kept = [(each.name, getattr(node, each.name), each.default) for each in fields(node)]
            return [
                type(node).__name__,
                {
                    name: wording(value, renamed)
                    for name, value, usual in kept
                    if name not in _NOT_WORDING and not (name == "id" and isinstance(node, Clause))
                    if usual is MISSING or value != usual
                },
            ]
        case _:
            return node


def _rows_of_clauses(section: Section, source: Source) -> Iterator[tuple[Clause, int, int]]:
    """Each clause of a section, with its first line and the one behind its last."""
    rows = {(line.path, line.number): index for index, line in enumerate(source.lines)}
    starts = sorted({row for node in walk(section.blocks) for row in _row(node, rows)})
    # A clause within another one, or in a list, ends where what stands beside it begins.
    beside = {row for node in _beside_units(section) for row in _row_of(node, rows)}
    for clause in (node for node in walk(section.blocks) if isinstance(node, Clause)):
        first = next(iter(_row(clause, rows)), None)
        if first is None:
            yield clause, 0, 0
            continue
        inner = {row for node in walk(clause.blocks) for row in _row(node, rows)}
        behind = range(bisect_right(starts, first), len(starts))
        end = next((starts[at] for at in behind if starts[at] not in inner), len(source.lines))
        if first in beside:
            end = min(end, *(row for row in beside if row > first), len(source.lines))
        # Statements behind its last words belong to what comes next.
        while end > first and not source.masked[end - 1].strip(f" \t{STATEMENT}"):
            end -= 1
        yield clause, first, end


def _beside_units(section: Section) -> Iterator[object]:
    """What stands beside clauses that are items of a list, or paragraphs of another clause, and those themselves."""
    for node in walk(section.blocks):
        match node:
            case ItemList(items=items) if any(map(unit_of, items)):
                yield from items
            case Clause(title=(), blocks=blocks) | Item(blocks=blocks):
                if any(isinstance(block, Clause) for block in blocks):
                    yield from blocks


def _row_of(node: object, rows: Mapping[tuple[str, int], int]) -> Iterable[int]:
    """The line in which a block begins."""
    if isinstance(node, ItemList):
        node = node.items[0]
    place = getattr(node, "place", None)
    row = None if place is None else rows.get((place.path, place.line))
    return () if row is None else (row,)


def _as_written(clause: Clause, source: Source, first: int, end: int) -> str:
    lines = [line.text for line in source.lines[first : _closed(source, first, end)]]
    if lines and lines[0].startswith("#"):
        lines = lines[1:]
    text = "\n".join(_own_lines(lines))
    marker = _MARKER.match(text)
    indent = len(marker[0]) if marker else 0
    # What continues a numbered paragraph is indented by as much as its number takes.
    others = [line[min(indent, _leading(line)) :] for line in text[indent:].split("\n")]
    without_id = re.sub(rf"[ \t]*\{{#{re.escape(clause.id)}\b[^}}]*\}}", "", "\n".join(others))
    return f"{without_id.strip()}\n"


def _own_lines(lines: Sequence[str]) -> Iterator[str]:
    """The lines of a clause up to what stands beside it: a container or table, or what is not indented."""
    is_numbered = bool(lines and _MARKER.match(lines[0]))
    before = "-"
    for line in lines:
        begins = bool(line.strip()) and not before.strip()
        stands_beside = begins and is_numbered and not line.startswith((" ", "{%"))
        if line.startswith((":::", "|")) or stands_beside:
            return
        before = line
        yield line


def _closed(source: Source, first: int, end: int) -> int:
    """The line behind which whatever begins within some lines has ended."""
    opened = 0
    for mark in source.pieces_from(first):
        row = source.row(mark.start)
        if row >= end and not opened:
            break
        if mark.kind == "statement":
            opened += (mark.word in _OPEN) - (mark.word in _CLOSE)
            end = max(end, row + 1)
    return end


def _leading(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _jinja(source: Source, first: int, end: int) -> Iterator[str]:
    """What some lines print and test, each on one line as it is written."""
    for mark in takewhile(lambda mark: mark.start < source.starts[end], source.pieces_from(first)):
        if mark.kind in ("print", "statement"):
            yield " ".join(mark.text.split())


def _row(node: object, rows: Mapping[tuple[str, int], int]) -> Iterable[int]:
    """The line of a section in which something begins that ends a clause before it."""
    if isinstance(node, Clause | Section | Subhead) and node.place is not None:
        row = rows.get((node.place.path, node.place.line))
        return () if row is None else (row,)
    return ()
