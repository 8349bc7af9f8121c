"""What a file holds, as a row of paragraphs to hold against a model: each with its words and as our language has it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import assert_never

from policygen.files.yamltree import BAD_CHARACTER
from policygen.moving import found as f
from policygen.moving.decide import Line
from policygen.moving.labels import kind_of, looks_like_heading, tidied
from policygen.moving.marking import at_beginning, markdown
from policygen.word.names import id_of

_OURS = re.compile(r"pg_(?!_)")
"""Begins the names of bookmarks that say which node of a policy stands there."""
_FURNITURE = frozenset({"Policy Local", "Policy Audience", "Policy End", "TOC Heading"})
"""Styles of what we print beside the words of a policy."""
_CLAUSE = re.compile(r"\d+(?:\.\d+)+\.?|[A-Z]\d+(?:\.\d+)*\.?")
"""A number that no item of a list has."""
_NUMBER = re.compile(r"\d+[.)]?")


def lines_of(found: f.Found) -> tuple[Line, ...]:
    """The paragraphs of a file in reading order. A table of contents, and what stands in page margins, is left out.

    Of a file that we wrote, so is what we print around the words of the policy.
    """
    found = tidied(replace(found, blocks=f.rewritten(found.blocks, _readable)))
    names = _hashed(found.properties)
    lines = [line for line in _of_blocks(found.blocks, names) if line.text]
    if "policygen.kind" in found.properties:
        first = next((at for at, line in enumerate(lines) if line.ids), 0)
        lines = lines[first:]
    for note in found.notes:
        lines += [line for line in _of_blocks(note.blocks, names) if line.text]
    return tuple(lines)


def _readable(paragraph: f.Paragraph) -> f.Paragraph:
    """A paragraph without the signs that nobody sees and no file of ours can hold."""
    children = tuple(
        replace(child, text=BAD_CHARACTER.sub(_space_or_nothing, child.text))
        if isinstance(child, f.Words)
        else child
        for child in paragraph.children
    )
    return replace(paragraph, children=children)


def _space_or_nothing(sign: re.Match[str]) -> str:
    return " " if sign[0].isspace() else ""


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
    around: list[tuple[str, int]] = []
    for block in blocks:
        made: Sequence[Line]
        match block:
            case f.Paragraph():
                is_left = block.contents or block.style in _FURNITURE
                made = () if is_left else (_paragraph(block, before, around, names),)
            case f.Table():
                made = [_row(row, block, names) for row in block.rows]
            case f.Box():
                made = [*_of_blocks(block.blocks, names)]
            case _:
                assert_never(block)
        yield from made
        if made:
            before = made[-1]


def _paragraph(
    paragraph: f.Paragraph,
    before: Line | None,
    around: list[tuple[str, int]],
    names: Mapping[str, str],
) -> Line:
    """A paragraph; `around` are the lists in which the item before it stands, the outermost first."""
    text = f.text_of(paragraph)
    line = Line(
        text,
        "paragraph",
        str(paragraph.spot),
        _markdown(paragraph.children, names),
        ids=_ids(paragraph.bookmarks, names),
    )
    if paragraph.heading or paragraph.title or looks_like_heading(paragraph):
        line = replace(
            line, kind="heading", markdown=_markdown(paragraph.children, names, plain=True)
        )
    elif _is_item(paragraph, before):
        _enter(paragraph, before, around)
        ordered = kind_of(paragraph.label) != "bullet"
        return replace(line, kind="item", depth=len(around) - 1, ordered=ordered)
    around.clear()
    return line


def _enter(paragraph: f.Paragraph, before: Line | None, around: list[tuple[str, int]]) -> None:
    """Let `around` be the lists in which an item stands."""
    own = paragraph.list or kind_of(paragraph.label), paragraph.level
    if own in around:
        del around[around.index(own) + 1 :]
        return
    is_led_in = before is not None and before.text.endswith(":")
    while around and around[-1][1] > paragraph.level and not is_led_in:
        around.pop()
    if around and around[-1][1] == paragraph.level and not is_led_in:
        around.pop()
    around.append(own)


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


def _markdown(
    children: Sequence[f.Inline], names: Mapping[str, str], *, plain: bool = False
) -> str:
    """Words as our language writes them on one line; a reference of a file of ours is one again."""
    said = []
    for link, group in groupby(children, key=_own_link):
        inner = [*group]
        # What a reference says follows the number of what it leads to.
        is_reference = link and f.plain(tuple(inner)).strip()
        said.append(f"[](#{id_of(link, names)})" if is_reference else _spaced(inner, plain=plain))
    return at_beginning(re.sub(r"\s+", " ", "".join(said)).strip())


def _spaced(children: Sequence[f.Inline], *, plain: bool) -> str:
    """Words as Markdown, with a space at an end where there is one."""
    said = f.plain(tuple(children))
    before = " " if said[:1].isspace() else ""
    after = " " if said[-1:].isspace() and said.strip() else ""
    return f"{before}{markdown(children, {}, plain=plain, breaks=False)}{after}"


def _own_link(child: f.Inline) -> str:
    """The bookmark of ours to which a word leads; empty for any other."""
    link = ""
    if isinstance(child, f.Words):
        link = child.link.removeprefix("#")
    return link if _OURS.match(link) else ""
