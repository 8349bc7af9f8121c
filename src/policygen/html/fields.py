"""What is filled in by hand: a line to write on, a day, a choice of yes and no, a cell to tick."""

from __future__ import annotations

import re
from typing import Literal

from markupsafe import Markup

from policygen.html.elements import Setting, block, element, joined
from policygen.html.inline import inline_html
from policygen.language import document as d

FieldKind = Literal["text", "date", "choice"]
"""What goes into a field."""

BOX = element("span", class_="tick-box")
"""A box to tick. The theme draws it, so that it needs no letter of a font."""

_DATE = re.compile(r"\bdated?\b", re.IGNORECASE)
_CHOICE = re.compile(r"\b(yes)(\s*/\s*)(no)\b", re.IGNORECASE)
_TICK = re.compile(r"\s*(yes|no|n/a|tick\b.*)\s*", re.IGNORECASE)


def signature_html(node: d.SignatureBlock, setting: Setting) -> Markup:
    """Who signs, and the fields to fill in by hand."""
    fields = (field_html(label_html(label, setting), kind=kind_of(label)) for label in node.fields)
    return block(
        "div",
        element("p", node.signatory, class_="signatory"),
        block("div", *fields, class_="fields"),
        class_="signature",
        id=setting.id(node.id),
        role="group",
        aria_label=node.signatory,
    )


def field_html(label: str, value: str = "", kind: FieldKind = "text") -> Markup:
    """A label and what is written beside it; without a value, room to write."""
    said = element("span", label, class_="field-label")
    if kind == "choice":
        return element("p", said, class_="field choice")
    class_ = "field"
    if kind != "text":
        class_ = f"field {kind}"
    return element("p", said, " ", element("span", value, class_="written"), class_=class_)


def kind_of(label: tuple[d.Inline, ...]) -> FieldKind:
    """What goes into a field, by its label."""
    text = d.plain(label)
    if _is_choice(label):
        return "choice"
    if _DATE.search(text):
        return "date"
    return "text"


def label_html(label: tuple[d.Inline, ...], setting: Setting) -> Markup:
    """The label of a field, or the words of a cell, with a box before each of "yes / no"."""
    if not _is_choice(label):
        return inline_html(label, setting)
    before, yes, slash, no, after = _CHOICE.split(d.plain(label), maxsplit=1)
    return joined((before, _to_tick(yes), slash, _to_tick(no), after))


def heads_ticks(head: d.Cell) -> bool:
    """Whether the blank cells of a column are there to be ticked, by its head."""
    return bool(_TICK.fullmatch(d.plain(head.children)))


def is_choice(cell: d.Cell) -> bool:
    """Whether a cell offers yes and no, and nothing else."""
    return _is_choice(cell.children) and bool(_CHOICE.fullmatch(d.plain(cell.children).strip()))


def _is_choice(words: tuple[d.Inline, ...]) -> bool:
    """Whether plain words offer "yes / no"; among links and notes they are left as they stand."""
    plain = all(isinstance(node, d.Text | d.Value) for node in words)
    return plain and bool(_CHOICE.search(d.plain(words)))


def _to_tick(word: str) -> Markup:
    return element("span", BOX, " ", word, class_="choice")
