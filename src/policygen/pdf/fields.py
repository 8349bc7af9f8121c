"""The fields of a form in a PDF: made where the renderer left room for them, and read back.

Only `finish_fields` meets the renderer's own objects, which `pdf.render` hands to it.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from typing import Any, assert_never

import pikepdf

from policygen.ground.wording import count
from policygen.language.fields import Field
from policygen.pdf.tags import entry, off_the_page

_PRINTS = 1 << 2
_MULTILINE = 1 << 12
_RADIO = 1 << 15
_NOT_SYMBOLIC = 1 << 5
_FONT_NAME = "/POLICY+Source-Sans-Pro"
"""Six capital letters say that it is not the whole font."""
_FONT = "Field"
"""What the font of the fields is called in a file."""
_LOOK = f"/{_FONT} 0 Tf 0.09 0.1 0.11 rg"
"""In ink, and as large as the room and what is typed allow."""
_HIGHEST = 16.0
"""How high a field of one line is, in points, whatever room a hand has there: for type of about 12 pt."""


# --- made -----------------------------------------------------------------------------------------------------------


def finish_fields(document: Any, pdf: Any) -> None:
    """Make fields of the places that the renderer found and tagged: each with its words, its look and its name."""
    places = [box for page in document.pages for box, _ in page.forms[None]]
    if not places:
        return
    import pydyf

    top_level = pydyf.Array()
    groups: dict[str, Any] = {}
    for box in places:
        said, widget = box.element.attrib, box.widget_annotation
        field = _finish_widget(pdf, widget, said)
        if said["data-shape"] != "choice":
            field["T"] = pydyf.String(said["name"])
            top_level.append(field.reference)
            continue
        if said["name"] not in groups:
            groups[said["name"]] = _group(pdf, said)
            top_level.append(groups[said["name"]].reference)
        field["Parent"] = groups[said["name"]].reference
        groups[said["name"]]["Kids"].append(field.reference)
    fonts = pydyf.Dictionary({_FONT: _add_font(pdf)})
    pdf.catalog["AcroForm"] = pydyf.Dictionary(
        {
            "Fields": top_level,
            "DR": pydyf.Dictionary({"Font": fonts}),
            "DA": pydyf.String(_LOOK),
        }
    )


def _finish_widget(pdf: Any, widget: Any, said: Mapping[str, str]) -> Any:
    """What the renderer made for a check box, turned into what the page asks for."""
    import pydyf

    left, bottom, right, top = _rectangle(widget["Rect"])
    shape = said["data-shape"]
    if shape == "line":
        spare = max(0.0, top - bottom - _HIGHEST) / 2
        bottom, top = bottom + spare, top - spare
    size = right - left, top - bottom
    look = _object(pdf, widget["AP"]["N"]["on"])
    look.extra = {
        "Type": "/XObject",
        "Subtype": "/Form",
        "BBox": pydyf.Array((0, 0, *size)),
        "Resources": pydyf.Dictionary(),
    }
    made = pydyf.Dictionary(
        {
            "Type": "/Annot",
            "Subtype": "/Widget",
            "P": widget["P"],
            "StructParent": widget["StructParent"],
            "Rect": pydyf.Array((left, bottom, right, top)),
            "F": _PRINTS,
            "TU": pydyf.String(said["data-tooltip"]),
        }
    )
    if shape in ("line", "box"):
        look.stream = [b"/Tx BMC EMC"]
        made |= {"FT": "/Tx", "DA": pydyf.String(_LOOK), "AP": _looks(look.reference)}
        if shape == "box":
            made["Ff"] = _MULTILINE
    else:
        off = pydyf.Stream([], dict(look.extra), look.compress)
        pdf.add_object(off)
        look.stream = [_tick(*size)]
        on = _state(said.get("value", "Yes"))
        made |= {
            "AS": "/Off",
            "AP": _looks(pydyf.Dictionary({on: look.reference, "Off": off.reference})),
        }
        if shape == "tick":
            made |= {"FT": "/Btn", "V": "/Off"}
    # The tags and the page lead to it by its number.
    widget.clear()
    widget.update(made)
    return widget


def _group(pdf: Any, said: Mapping[str, str]) -> Any:
    """The field of which the choices of a row are the parts."""
    import pydyf

    group = pydyf.Dictionary(
        {
            "FT": "/Btn",
            "Ff": _RADIO,
            "T": pydyf.String(said["name"]),
            "TU": pydyf.String(said["data-group"]),
            "V": "/Off",
            "Kids": pydyf.Array(),
        }
    )
    pdf.add_object(group)
    return group


def _looks(look: Any) -> Any:
    import pydyf

    return pydyf.Dictionary({"N": look})


def _object(pdf: Any, reference: bytes) -> Any:
    return pdf.objects[int(reference.split()[0])]


def _rectangle(corners: Any) -> tuple[float, float, float, float]:
    """Left, bottom, right and top."""
    x1, y1, x2, y2 = (round(float(each), 2) for each in corners)
    return min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)


def _state(answer: str) -> str:
    """What a PDF calls a box that is ticked."""
    return re.sub(r"\W+", "-", answer)


def _tick(width: float, height: float) -> bytes:
    """A tick drawn by hand, so that no font of signs is needed."""
    corners = ((0.16, 0.5), (0.4, 0.2), (0.86, 0.84))
    start, turn, end = (f"{x * width:.2f} {y * height:.2f}" for x, y in corners)
    return f"0.09 0.1 0.11 RG 1.4 w 1 J 1 j {start} m {turn} l {end} l S".encode()


# --- read back --------------------------------------------------------------------------------------------------------


def field_faults(pdf: pikepdf.Pdf, expected: Sequence[Field]) -> Iterator[str]:
    """What is wrong with the fields of a PDF, held against those that its document has."""
    tagged = list(_tagged_widgets(pdf))
    yield from _order_faults([str(widget.get("/TU", "")) for widget in tagged], expected)
    form = pdf.Root.get("/AcroForm", pikepdf.Dictionary())
    if form.get("/NeedAppearances"):
        yield "a reader would draw the fields anew"
    fields = {field.objgen for field in form.get("/Fields", [])}
    known = {widget.objgen for widget in tagged}
    for number, page in enumerate(pdf.pages, 1):
        for widget in page.get("/Annots", []):
            if widget.get("/Subtype") != "/Widget" or off_the_page(widget, page):
                continue  # the field of a digital signature cannot be seen
            if widget.objgen not in known:
                yield f"a field on page {number} is not tagged"
            if widget.get("/Parent", widget).objgen not in fields:
                yield f"a field on page {number} is not a field of the file"
            yield from _widget_faults(number, page, widget)
    shown = {note.objgen for page in pdf.pages for note in page.get("/Annots", [])}
    for widget in tagged:
        if widget.objgen not in shown:
            yield f"the field `{widget.get('/TU', '')}` is on no page"
    if tagged and entry(form, "/DR", "/Font", f"/{_FONT}") is None:
        yield "the fields have no font of the file"
    names = [str(field.get("/T", "")) for field in form.get("/Fields", [])]
    if "" in names or len({*names}) < len(names):
        yield "two fields have the same name, or one has none"
    for widget, field in zip(tagged, expected, strict=False):
        yield from _kind_faults(widget, field)


def filled_fields(pdf: pikepdf.Pdf) -> int:
    """How many of the fields of a PDF, from wherever it comes, hold something."""
    fields = entry(pdf.Root, "/AcroForm", "/Fields")
    if not isinstance(fields, pikepdf.Array):
        return 0
    filled = 0
    for field in fields:
        if field.get("/FT") in ("/Tx", "/Btn"):
            filled += str(field.get("/V", "")) not in ("", "/Off")
    return filled


def _order_faults(found: list[str], expected: Sequence[Field]) -> Iterator[str]:
    """Fields that are missing or too many, in the order in which they are read."""
    rest = iter(found)
    for field in expected:
        # A search in what is left of the fields finds each of them, as long as they are in order.
        if not any(tooltip == field.tooltip for tooltip in rest):
            yield f"the field `{field.name}` is missing or out of order"
            return
    if len(found) > len(expected):
        yield f"it has {count(len(found), 'field')}, and its document has {len(expected)}"


def _widget_faults(number: int, page: pikepdf.Page, widget: Any) -> Iterator[str]:
    left, bottom, right, top = map(float, widget.Rect)
    _, _, width, height = map(float, page.mediabox)
    name = f"the field `{widget.get('/TU', '')}` on page {number}"
    if not (0 < left < right < width and 0 < bottom < top < height):
        yield f"{name} has no room"
    if entry(widget, "/AP", "/N") is None:
        yield f"{name} has no look"


def _kind_faults(widget: Any, field: Field) -> Iterator[str]:
    """Whether what can be typed can be typed, and what can be ticked, ticked."""
    owner = widget.get("/Parent", widget)
    match field.kind:
        case "text" | "date" | "signature":
            right = owner.get("/FT") == "/Tx"
        case "tick":
            right = owner.get("/FT") == "/Btn"
        case "choice":
            right = owner.get("/FT") == "/Btn" and owner.get("/TU") == field.group
        case _:
            assert_never(field.kind)
    if not right:
        yield f"the field `{field.name}` is of another kind"


def _tagged_widgets(pdf: pikepdf.Pdf) -> Iterator[Any]:
    """The fields that are tagged as such, in reading order."""
    ahead = [(pdf.Root.get("/StructTreeRoot"), "")]
    while ahead:
        node, role = ahead.pop()
        if not isinstance(node, pikepdf.Dictionary):
            continue
        thing = node.get("/Obj")
        if thing is not None and thing.get("/Subtype") == "/Widget" and role == "/Form":
            yield thing
        kids: Any = node.get("/K", [])
        if not isinstance(kids, pikepdf.Array):
            kids = [kids]
        ahead += [(kid, str(node.get("/S", ""))) for kid in reversed(list(kids))]


# --- the font ---------------------------------------------------------------------------------------------------------

_RARE = (
    b"\x81\x83\x84\x86\x87\x88\x89\x8b\x8d\x8f\x90\x95\x98\x99\x9b\x9d\xa1\xa2\xa4\xa5\xa6\xa8"
    b"\xa9\xaa\xab\xac\xae\xaf\xb1\xb2\xb3\xb4\xb5\xb6\xb7\xb8\xb9\xba\xbb\xbc\xbe\xbf\xd7\xf7"
)
"""Codes of the usual encoding that mean nothing, or a sign that nobody needs on a form, such as ¤ and ‰."""
_OF_NAMES = "ŴŵŶŷĄąĆćĘęŁłŃńŚśŹźŻżČčŘřĚěňůĐđĂăȘșȚțĞğİıŞşőű"
"""Letters in people's names that the usual encoding lacks: Welsh, Polish, Czech, Romanian, Turkish, Hungarian."""
_NAMED = {"Ș": "Scommaaccent", "ș": "scommaaccent", "Ț": "Tcommaaccent", "ț": "tcommaaccent"}
"""Names that the list of the day leaves out. Those of Ț and ț are the names of Ţ and ţ, which look like them."""


@dataclass(frozen=True)
class _Face:
    """The theme's font with what people type."""

    file: bytes
    letters: Mapping[int, str]
    """By code."""
    differences: Sequence[int | str]
    """From the usual encoding: a code, then the name of its letter."""
    widths: Sequence[int]
    """Of the letters from code 32 to 255."""
    metrics: Mapping[str, object]


@cache
def _face() -> _Face:
    from fontTools import subset
    from fontTools.agl import UV2AGL
    from fontTools.ttLib import TTFont

    usual = {code: bytes([code]).decode("cp1252", "replace") for code in range(32, 256)}
    own = dict(zip(_RARE, _OF_NAMES, strict=True))
    letters = {**usual, **own}
    letters[127] = "\u2022"
    differences: list[int | str] = []
    for code, letter in sorted(own.items()):
        differences += [code, f"/{_NAMED.get(letter) or UV2AGL[ord(letter)]}"]
    path = files("policygen") / "theme" / "fonts" / "SourceSansPro-Regular.ttf"
    with as_file(path) as file, TTFont(file, recalcTimestamp=False) as font:
        options = subset.Options(layout_features=[], hinting=False, notdef_outline=True)
        cutter = subset.Subsetter(options)
        cutter.populate(unicodes=[*map(ord, letters.values()), *map(ord, "Ţţ")])
        cutter.subset(font)
        saved = io.BytesIO()
        font.save(saved)
        glyphs, head, lines = font.getBestCmap(), font["head"], font["hhea"]
        per_mille = 1000 / head.unitsPerEm

        def scaled(*units: int) -> list[int]:
            return [round(unit * per_mille) for unit in units]

        widths = scaled(*(font["hmtx"][glyphs[ord(letters[code])]][0] for code in sorted(letters)))
        ascent, descent, capitals = scaled(lines.ascent, lines.descent, font["OS/2"].sCapHeight)
        edges = scaled(head.xMin, head.yMin, head.xMax, head.yMax)
    metrics = {"FontBBox": edges, "Ascent": ascent, "Descent": descent, "CapHeight": capitals}
    return _Face(saved.getvalue(), letters, differences, widths, metrics)


def _add_font(pdf: Any) -> bytes:
    """Put the font of the fields into a file."""
    import pydyf

    def added(made: Any) -> bytes:
        pdf.add_object(made)
        reference: bytes = made.reference
        return reference

    face = _face()
    file = pydyf.Stream([face.file], {"Length1": len(face.file)}, compress=True)
    descriptor = pydyf.Dictionary(
        {
            "Type": "/FontDescriptor",
            "FontName": _FONT_NAME,
            "Flags": _NOT_SYMBOLIC,
            "ItalicAngle": 0,
            "StemV": 80,
            "FontFile2": added(file),
            **face.metrics,
        }
    )
    descriptor["FontBBox"] = pydyf.Array(descriptor["FontBBox"])
    encoding = pydyf.Dictionary(
        {
            "Type": "/Encoding",
            "BaseEncoding": "/WinAnsiEncoding",
            "Differences": pydyf.Array(face.differences),
        }
    )
    font = pydyf.Dictionary(
        {
            "Type": "/Font",
            "Subtype": "/TrueType",
            "BaseFont": _FONT_NAME,
            "FirstChar": min(face.letters),
            "LastChar": max(face.letters),
            "Widths": pydyf.Array(face.widths),
            "FontDescriptor": added(descriptor),
            "Encoding": added(encoding),
            "ToUnicode": added(pydyf.Stream(_to_unicode(face.letters), compress=True)),
        }
    )
    return added(font)


def _to_unicode(letters: Mapping[int, str]) -> list[bytes]:
    """What each code reads as."""
    lines = [
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap",
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
        "/CMapName /Adobe-Identity-UCS def /CMapType 2 def",
        "1 begincodespacerange <00> <ff> endcodespacerange",
    ]
    listed = [f"<{code:02x}> <{ord(letter):04x}>" for code, letter in sorted(letters.items())]
    # A list may have a hundred lines at most.
    for start in range(0, len(listed), 100):
        some = listed[start : start + 100]
        lines += [f"{len(some)} beginbfchar", *some, "endbfchar"]
    lines.append("endcmap CMapName currentdict /CMap defineresource pop end end")
    return [line.encode() for line in lines]
