"""The content digest: what a board approves, whatever the document looks like.

SHA-256 over a canonical JSON form of the document: ids, numbers, words, tables, forms. Details (names of people and
providers) are masked by their names, so that a new telephone number leaves the digest alone; items or rows that repeat
for one person after another count once, so that a second deputy leaves it alone too. Dates of approval, versions,
local-change labels and the theme take no part.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from policygen.language.document import (
    AudiencePart,
    Block,
    Callout,
    Clause,
    Code,
    Definitions,
    Document,
    Emphasis,
    FootnoteMark,
    Image,
    Inline,
    ItemList,
    LineBreak,
    Link,
    Paragraph,
    Quote,
    Reference,
    ReferenceMark,
    Section,
    SignatureBlock,
    Strong,
    Subhead,
    Table,
    Text,
    Value,
)

_FORM = "policygen content 1"


def content_digest(document: Document, images: Mapping[str, bytes]) -> str:
    """The digest as 64 hexadecimal characters. `images` holds the bytes of each image by its path."""
    form = [
        _FORM,
        document.policy_id,
        document.title,
        document.school_name,
        _blocks(document.parts, images),
    ]
    text = json.dumps(form, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def content_code(digest: str) -> str:
    """The short code that is printed and read out: "7f3a-91c2", the first eight characters of a digest."""
    return f"{digest[:4]}-{digest[4:8]}"


def _blocks(blocks: Iterable[Block], images: Mapping[str, bytes]) -> list[Any]:
    return [_block(block, images) for block in blocks]


def _block(block: Block, images: Mapping[str, bytes]) -> list[Any]:
    match block:
        case Section():
            notes = [[note.number, _blocks(note.blocks, images)] for note in block.footnotes]
            title = _words(block.title, images)
            inner = _blocks(block.blocks, images)
            return [
                "section",
                block.kind,
                block.id,
                block.number,
                block.audience,
                title,
                inner,
                notes,
            ]
        case Clause():
            return [
                "clause",
                block.id,
                block.number,
                _words(block.title, images),
                _blocks(block.blocks, images),
            ]
        case Paragraph():
            return ["p", block.id, _words(block.children, images)]
        case Subhead():
            return ["head", block.id, block.level, _words(block.children, images)]
        case ItemList():
            items = [[item.id, _blocks(item.blocks, images)] for item in block.items]
            start = [block.start] if block.start > 1 else []
            return ["list", block.style, _once(items), *start]
        case Table():
            rows = [
                [_words(cell.children, images) for cell in row] for row in (block.head, *block.rows)
            ]
            return ["table", block.id, _words(block.caption, images), _once(rows)]
        case Callout():
            label = [_words(block.label, images)] if block.label else []
            return ["callout", block.kind, block.id, _blocks(block.blocks, images), *label]
        case Quote():
            return ["quote", block.id, _blocks(block.blocks, images), _words(block.source, images)]
        case SignatureBlock():
            return [
                "signature",
                block.id,
                block.signatory,
                [_words(field, images) for field in block.fields],
            ]
        case AudiencePart():
            return ["audience", block.audience, block.id, _blocks(block.blocks, images)]
        case Definitions():
            return [
                "definitions",
                [
                    [
                        _words(entry.term, images),
                        [_blocks(meaning, images) for meaning in entry.meanings],
                    ]
                    for entry in block.entries
                ],
            ]


def _once(forms: list[Any]) -> list[Any]:
    """Neighbours that are the same but for details that they print, once."""
    return [
        form
        for before, form in zip([None, *forms], forms, strict=False)
        if form != before or not _prints_details(form)
    ]


def _prints_details(form: Any) -> bool:
    return isinstance(form, list) and (
        form[:1] == ["details"] or any(_prints_details(part) for part in form)
    )


def _words(children: Iterable[Inline], images: Mapping[str, bytes]) -> list[Any]:
    """Runs of words as one string, whoever wrote them; what is no word as a list."""
    parts: list[Any] = []
    for child in children:
        part = _word(child, images)
        if isinstance(part, str) and parts and isinstance(parts[-1], str):
            parts[-1] += part
        else:
            parts.append(part)
    return parts


def _word(child: Inline, images: Mapping[str, bytes]) -> Any:
    match child:
        case Text():
            return child.text
        case Value(kind="details"):
            return ["details", child.name]
        case Value():
            return child.text
        case Emphasis():
            return ["em", _words(child.children, images)]
        case Strong():
            return ["strong", _words(child.children, images)]
        case Code():
            return ["code", child.text]
        case Link():
            return ["link", child.address, _words(child.children, images)]
        case Reference():
            return ["to", child.target, _words(child.children, images)]
        case FootnoteMark():
            return ["note", child.number]
        case LineBreak():
            return ["break"]
        case Image():
            return ["image", child.alt, hashlib.sha256(images[child.path]).hexdigest()]
        case ReferenceMark():
            message = f"an unresolved reference reached the digest: {child.targets}"
            raise AssertionError(message)
