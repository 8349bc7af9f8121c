"""Words within a paragraph, as pieces of a Word file; a reference is a link to a bookmark, and its number a field."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import assert_never

from policygen.compose.record import is_blank
from policygen.language import document as d
from policygen.word.flow import Picture, Piece

Places = Mapping[str, tuple[str, str]]
"""By id: whether its number is counted, typed or none ("title"), and the number."""
Naming = Callable[[str], str]
"""The bookmark of an id."""
_PLAIN = Piece()
_MOST_WIDE, _MOST_HIGH = 120.0, 80.0


def pieces_of(children: tuple[d.Inline, ...], places: Places, name: Naming) -> tuple[Piece, ...]:
    """Inline nodes, one after the other."""
    return tuple(_all(children, _PLAIN, places, name))


def _all(
    children: tuple[d.Inline, ...], look: Piece, places: Places, name: Naming
) -> Iterator[Piece]:
    for node in children:
        yield from _pieces(node, look, places, name)


def _pieces(node: d.Inline, look: Piece, places: Places, name: Naming) -> Iterator[Piece]:
    match node:
        case d.Text():
            yield replace(look, text=node.text.replace("\n", " "))
        case d.Value() if is_blank(node):
            yield replace(look, text=node.text, bold=True)
        case d.Value():
            yield replace(look, text=node.text, link=node.address or look.link)
        case d.Emphasis():
            yield from _all(node.children, replace(look, italic=True), places, name)
        case d.Strong():
            yield from _all(node.children, replace(look, bold=True), places, name)
        case d.Code():
            yield replace(look, text=node.text, style="PolicyCode")
        case d.Link():
            yield from _all(node.children, replace(look, link=node.address), places, name)
        case d.Reference():
            yield from _reference(node, look, places, name)
        case d.FootnoteMark():
            yield replace(look, text=node.number, note=node.id)
        case d.LineBreak():
            yield replace(look, text="\n")
        case d.Image():
            shown = Picture(node.path, node.alt, _MOST_WIDE, _MOST_HIGH)
            yield replace(look, picture=shown)
        case d.ReferenceMark():
            raise ValueError(f"a reference to {', '.join(node.targets)} was never resolved")
        case _:
            assert_never(node)


def _reference(node: d.Reference, look: Piece, places: Places, name: Naming) -> Iterator[Piece]:
    if node.target not in places:  # in a form that is a file of its own
        yield from _all(node.children, look, places, name)
        return
    look = replace(look, link=f"#{name(node.target)}")
    how, label = places.get(node.target, ("", ""))
    match node.children:
        case (d.Text(text=text),) if how == "counted" and (found := _number(label, text)):
            lettered = "(" in found[0]
            code = f"REF {name(node.target)} {chr(92)}{'w' if lettered else 'n'} {chr(92)}h"
            parts = text[: found.start()], found[0], text[found.end() :]
        case (d.Text(text=text),) if how == "title" and (found := re.fullmatch("“(.+)”", text)):
            code = f"REF {name(node.target)} {chr(92)}h"
            parts = "“", found[1], "”"
        case _:
            yield from _all(node.children, look, places, name)
            return
    before, shown, after = parts
    if after and not before:
        # LibreOffice moves a field that begins a link behind its other words.
        yield from _all(node.children, look, places, name)
        return
    if before:
        yield replace(look, text=before)
    yield replace(look, text=shown, field=code)
    if after:
        yield replace(look, text=after)


def _number(label: str, text: str) -> re.Match[str] | None:
    """Where a text says a number: of an item of a clause with that of the clause before it."""
    if label.startswith("("):
        return re.search(rf"\b[A\d][\d.]*(?:\([a-z]+\))*{re.escape(label)}(?![\w(])", text)
    return re.search(rf"(?<![\w.(]){re.escape(label)}(?![\w(]|\.\d)", text)
