"""What a file holds, as a row of paragraphs to hold against a model: each with its words and as our language has it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import assert_never

from policygen.moving import found as f
from policygen.moving.decide import Line
from policygen.word.names import id_of

_OURS = re.compile(r"pg_(?!_)")
"""Begins the names of bookmarks that say which node of a policy stands there."""
_FURNITURE = frozenset({"Policy Local", "Policy Audience", "Policy End", "TOC Heading"})
"""Styles of what we print beside the words of a policy."""
_CLAUSE = re.compile(r"\d+(?:\.\d+)+\.?|[A-Z]\d+(?:\.\d+)*\.?")
"""A number that no item of a list has."""
_NUMBER = re.compile(r"\d+[.)]?")
_BULLETS = frozenset("•·-–—*o◦▪■●○")
_SIGNS = re.compile(r"([\\*_`\[\]<>|#^~{}])")
_BEGINS = re.compile(r"^([-+=:]|\d{1,9}[.)])")


def lines_of(found: f.Found) -> tuple[Line, ...]:
    """The paragraphs of a file in reading order. A table of contents, and what stands in page margins, is left out.

    Of a file that we wrote, so is what we print around the words of the policy.
    """
    names = _hashed(found.properties)
    lines = [line for line in _of_blocks(found.blocks, names) if line.text]
    if "policygen.kind" in found.properties:
        first = next((at for at, line in enumerate(lines) if line.ids), 0)
        lines = lines[first:]
    for note in found.notes:
        lines += [line for line in _of_blocks(note.blocks, names) if line.text]
    return tuple(lines)


def _hashed(properties: Mapping[str, str]) -> Mapping[str, str]:
    """The ids of bookmarks whose names say only a digest of them."""
    hashed: dict[str, str] = {}
    for name, text in properties.items():
        if not name.startswith("policygen.ids"):
            continue
        try:
            known = json.loads(text)
        except ValueError:
            continue
        if isinstance(known, dict):
            hashed |= {str(each): str(identity) for each, identity in known.items()}
    return hashed


def _of_blocks(blocks: Sequence[f.Block], names: Mapping[str, str]) -> Iterator[Line]:
    before: Line | None = None
    levels: list[int] = []
    for block in blocks:
        made: Sequence[Line]
        match block:
            case f.Paragraph():
                is_left = block.contents or block.style in _FURNITURE
                made = () if is_left else (_paragraph(block, before, levels, names),)
            case f.Table():
                made = [_row(row, block, names) for row in block.rows]
            case f.Box():
                made = [*_of_blocks(block.blocks, names)]
            case _:
                assert_never(block)
        yield from made
        before = made[-1] if made else before


def _paragraph(
    paragraph: f.Paragraph, before: Line | None, levels: list[int], names: Mapping[str, str]
) -> Line:
    """A paragraph; `levels` are those of the items before it that it may stand in."""
    text = f.text_of(paragraph)
    line = Line(
        text,
        "paragraph",
        str(paragraph.spot),
        _markdown(paragraph.children, names),
        ids=_ids(paragraph.bookmarks, names),
    )
    if paragraph.heading or paragraph.title:
        line = replace(line, kind="heading")
    elif _is_item(paragraph, before):
        while levels and levels[-1] > paragraph.level:
            levels.pop()
        if not levels or levels[-1] < paragraph.level:
            levels.append(paragraph.level)
        ordered = paragraph.label not in _BULLETS
        return replace(line, kind="item", depth=len(levels) - 1, ordered=ordered)
    levels.clear()
    return line


def _is_item(paragraph: f.Paragraph, before: Line | None) -> bool:
    if not paragraph.label or _CLAUSE.fullmatch(paragraph.label):
        return False
    if _NUMBER.fullmatch(paragraph.label) and not paragraph.level:
        # A number alone is that of a clause, unless something led to it.
        return before is not None and (before.kind == "item" or before.text.endswith(":"))
    return True


def _row(row: f.Row, table: f.Table, names: Mapping[str, str]) -> Line:
    cells = [[*f.paragraphs(cell.blocks)] for cell in row.cells]
    texts = (" ".join(map(f.text_of, paragraphs)) for paragraphs in cells)
    written = (" ".join(_markdown(each.children, names) for each in inner) for inner in cells)
    inside = [each for paragraphs in cells for each in paragraphs]
    bookmarks = (*table.bookmarks, *(name for each in inside for name in each.bookmarks))
    place = str(inside[0].spot if inside else table.spot)
    text = " ".join(filter(None, texts))
    return Line(text, "row", place, f"| {' | '.join(written)} |", ids=_ids(bookmarks, names))


def _ids(bookmarks: Sequence[str], names: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(id_of(name, names) for name in bookmarks if _OURS.match(name))


def _markdown(children: Sequence[f.Inline], names: Mapping[str, str]) -> str:
    """Words as our language writes them on one line, with nothing in them that it would take for a sign."""
    said = ""
    for link, group in groupby(children, key=_own_link):
        inner = "".join(map(_inline, group))
        # What a reference says follows the number of what it leads to.
        said += f"[](#{id_of(link, names)})" if link and inner.strip() else inner
    said = re.sub(r"\s+", " ", said).strip()
    return _BEGINS.sub(r"\\\1", said) if not said[:1].isdigit() else _number_escaped(said)


def _own_link(child: f.Inline) -> str:
    """The bookmark of ours to which a word leads; empty for any other."""
    link = child.link.removeprefix("#") if isinstance(child, f.Words) else ""
    return link if _OURS.match(link) else ""


def _number_escaped(said: str) -> str:
    return re.sub(r"^(\d{1,9})([.)])", r"\1\\\2", said)


def _inline(child: f.Inline) -> str:
    match child:
        case f.Words():
            return _words(child)
        case f.Blank() | f.Tick():
            return _SIGNS.sub(r"\\\1", f.plain((child,)))
        case f.Gap():
            return " "
        case f.NoteMark() | f.Picture():
            return ""
        case _:
            assert_never(child)


def _words(words: f.Words) -> str:
    said = _SIGNS.sub(r"\\\1", words.text)
    inner = said.strip()
    if not inner:
        return said
    marks = "*" * (2 * words.bold + words.italic)
    start = said[: len(said) - len(said.lstrip())]
    return f"{start}{marks}{inner}{marks}{said[len(said.rstrip()) :]}"
