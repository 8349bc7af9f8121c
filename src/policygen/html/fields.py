"""What is filled in: a line to write on, a day, a choice of yes and no, a cell to tick.

For a hand it is room on paper. Where the setting counts controls, the same can be filled in on screen: the page for the
screen has a control of the browser, and the page for paper says where pdf.fields is to make a field.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, assert_never

from markupsafe import Markup

from policygen.html.elements import Setting, block, element, joined, void_element
from policygen.html.inline import inline_html
from policygen.language import document as d
from policygen.language.fields import CHOICE, Field, FieldKind, signature_fields

Shape = Literal["line", "box", "tick", "choice"]
"""How a field stands on paper: on a line of its own, in a cell, as a box to tick, or as one of several."""

BOX = element("span", class_="tick-box")
"""A box to tick. The theme draws it, so that it needs no letter of a font."""

HOW_TO_FILL = (
    "You can fill this in here and print it, or print it and write by hand. To sign, type your name, or leave the line "
    "empty and sign on paper. What you type stays on this page: it is not sent anywhere, and it is gone when you close "
    "the page."
)


def signature_html(node: d.SignatureBlock, setting: Setting) -> Markup:
    """Who signs, and the fields to fill in."""
    fields = []
    for label, asked in zip(node.fields, signature_fields(node), strict=True):
        if asked[0].kind == "choice":
            said = element("span", choices_html(label, asked, setting), class_="field-label")
            fields.append(element("p", said, class_="field choice"))
        else:
            fields.append(_line(inline_html(label, setting), asked[0], setting))
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
    if value:
        written = element("span", value, class_="written")
    else:
        # A PDF has no field here: what stands for the line is a space with words for a screen reader.
        written = element("span", "\u00a0", class_="written", data_said="to be written by hand")
    return element("p", said, " ", written, class_=_class(kind))


def _class(kind: FieldKind) -> str:
    return "field date" if kind == "date" else "field"


def _line(label: str, field: Field, setting: Setting) -> Markup:
    """A label and its line."""
    if setting.controls is None:
        return field_html(label, kind=field.kind)
    id_ = _next_id(setting.controls)
    if setting.print:
        said, control = element("span", label, class_="field-label"), _place_of(field, "line", id_)
    else:
        said = element("label", label, class_="field-label", for_=id_)
        control = void_element("input", type="text", class_="written", id=id_, **_typed(field))
    return element("p", said, " ", control, class_=_class(field.kind))


def choices_html(label: tuple[d.Inline, ...], asked: Sequence[Field], setting: Setting) -> Markup:
    """Words that offer "yes / no", with a box before each of the two."""
    before, yes, slash, no, after = CHOICE.split(d.plain(label), maxsplit=1)
    # What is beside a control belongs to it, so that a click on the word counts.
    tag = "label" if setting.controls and not setting.print else "span"
    groups: dict[str, str] = {}
    boxes = []
    for word, field in zip((yes, no), asked, strict=True):
        boxes.append(element(tag, _box(field, groups, setting), " ", word, class_="choice"))
    return joined((before, boxes[0], slash, boxes[1], after))


def cell_html(field: Field, columns: int, groups: dict[str, str], setting: Setting) -> Markup:
    """A blank cell of a row of so many. `groups` holds what the choices of the row are called on the page."""
    match field.kind:
        case "text" | "date" | "signature":
            return element("td", _room(field, columns, setting), class_="blank")
        case "tick" | "choice":
            return element("td", _box(field, groups, setting), class_="blank tick")
        case _:
            assert_never(field.kind)


def _room(field: Field, columns: int, setting: Setting) -> Markup:
    """What fills a blank cell. The words that name it stand in other cells, so it says them itself."""
    if setting.controls is None:
        return Markup()
    id_ = _next_id(setting.controls)
    if setting.print:
        return _place_of(field, "box", id_)
    # What goes beyond its lines would not print, and a page without script cannot make more of them: a narrow cell has
    # more from the start.
    lines = "1" if columns < 3 else "2"
    return element("textarea", rows=lines, id=id_, aria_label=field.name, **_typed(field))


def _box(field: Field, groups: dict[str, str], setting: Setting) -> Markup:
    """A box to tick; of those of one group, one."""
    if setting.controls is None:
        return BOX
    id_ = _next_id(setting.controls)
    if field.kind == "choice":
        group = groups.setdefault(field.group, id_)
        if setting.print:
            return _place_of(field, "choice", group)
        said = {"name": group, "value": field.answer, "aria_label": field.name}
        return void_element("input", type="radio", id=id_, **said)
    if setting.print:
        return _place_of(field, "tick", id_)
    return void_element("input", type="checkbox", id=id_, aria_label=field.name)


def _next_id(controls: Iterator[int]) -> str:
    return f"field-{next(controls)}"


def _typed(field: Field) -> dict[str, str]:
    """What every control says in which something is typed: what was typed elsewhere is not offered for it."""
    said = {"autocomplete": "off"}
    if field.hint:
        said["title"] = field.hint
    return said


def _place_of(field: Field, shape: Shape, name: str) -> Markup:
    """Where a field stands on paper; those of one group have one name. pdf.fields reads it."""
    classes = {"line": "written", "box": "room", "tick": "tick-box", "choice": "tick-box"}
    # As a check box, whatever it is: it is the one control for which the renderer asks for no font.
    return void_element(
        "input",
        type="checkbox",
        class_=classes[shape],
        name=name,
        value=field.answer or None,
        data_shape=shape,
        data_tooltip=field.tooltip,
        data_group=field.group or None,
    )
