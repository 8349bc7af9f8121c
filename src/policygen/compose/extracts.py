"""Audience extracts: the parts of one policy and version that are meant for staff, pupils, parents or headteachers.

An extract keeps the numbers, ids and content code of the policy that it is taken from.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import assert_never, get_args

from policygen.language import document as d
from policygen.language.document import (
    Audience,
    AudiencePart,
    Block,
    Callout,
    Clause,
    Document,
    FootnoteMark,
    Section,
    walk,
)

AUDIENCES: tuple[Audience, ...] = tuple(each for each in get_args(Audience) if each != "everyone")


def extracts(document: Document) -> dict[Audience, tuple[Section, ...]]:
    """For each audience that has parts of its own, those parts in the order in which they print."""
    found = {audience: tuple(_parts(document, audience)) for audience in AUDIENCES}
    return {audience: parts for audience, parts in found.items() if parts}


def _parts(document: Document, audience: Audience) -> Iterator[Section]:
    """What the policy as a whole is for stands in no extract, but for its key points and forms."""
    for part in document.parts:
        if part.audience == audience and (part.kind == "form" or audience != document.audience):
            yield part
            continue
        key_points = document.audience == audience or (
            document.audience == "everyone" and audience == "staff"
        )
        blocks = tuple(_blocks(part.blocks, audience, key_points=key_points))
        if blocks:
            marked = {node.id for node in walk(blocks) if isinstance(node, FootnoteMark)}
            footnotes = tuple(note for note in part.footnotes if note.id in marked)
            yield replace(part, blocks=blocks, footnotes=footnotes)


def _blocks(blocks: Iterable[Block], audience: Audience, *, key_points: bool) -> Iterator[Block]:
    for block in blocks:
        match block:
            case AudiencePart(audience=meant) if meant == audience:
                yield block
            case Callout(kind="key-points") if key_points:
                yield block
            case Section() | Clause() | AudiencePart() | Callout():
                yield from _blocks(block.blocks, audience, key_points=key_points)
            case d.Paragraph() | d.Subhead() | d.ItemList() | d.Table():
                pass
            case d.Quote() | d.SignatureBlock() | d.Definitions():
                pass
            case _:
                assert_never(block)
