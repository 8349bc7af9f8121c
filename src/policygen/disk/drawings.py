"""Whether an SVG only draws: opened by itself, it is a page of the website that shows it."""

from __future__ import annotations

import re
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from policygen.ground.limits import DRAWING_LEVELS, DRAWN

_SVG = "http://www.w3.org/2000/svg"
_XLINK = "http://www.w3.org/1999/xlink"
_XML = "http://www.w3.org/XML/1998/namespace"
_FILTERS = (
    "Blend ColorMatrix ComponentTransfer Composite ConvolveMatrix DiffuseLighting DisplacementMap DistantLight "
    "DropShadow Flood FuncA FuncB FuncG FuncR GaussianBlur Image Merge MergeNode Morphology Offset PointLight "
    "SpecularLighting SpotLight Tile Turbulence"
)
_PAGES = ("http://www.w3.org/1999/xhtml", "http://www.w3.org/1998/Math/MathML")
"""Whose elements are those of a page; a browser knows no others beside SVG's own."""
_DRAWS = {
    *"svg g defs symbol use a switch view title desc metadata style image marker pattern mask clipPath".split(),
    *"path rect circle ellipse line polyline polygon text tspan textPath tref altGlyph font-face".split(),
    *"linearGradient radialGradient meshgradient meshrow meshpatch hatch hatchpath stop solidColor".split(),
    *"font glyph missing-glyph hkern vkern font-face-src font-face-name filter color-profile cursor".split(),
    *"flowRoot flowRegion flowPara flowSpan".split(),  # of old Inkscape; no browser knows them
    *(f"fe{name}" for name in _FILTERS.split()),
}
"""Elements of SVG that neither run something, hold a page, nor change others when the drawing is opened."""
_TEXTS = ("text", "tspan", "textPath")
_LETTER = 4
"""How many elements are as much work as a letter of text."""
_WITHIN = re.compile(r"\s*(#|data:image/(png|jpeg|gif);)", re.IGNORECASE)
"""What a reference may begin with: an element of this drawing, or a picture in it."""
_FETCHES = re.compile(
    r"@import|(?:expression|image|image-set|cross-fade|src|paint|element)\s*\(|\\|url\(\s*['\"]?(?!\s*#|data:image/)",
    re.IGNORECASE,
)


def drawing_fault(content: bytes) -> str:
    """What is wrong with an SVG, to follow its name; empty where nothing is."""
    # Entities of a document type could make a short file endless; no drawing program writes them.
    if b"<!ENTITY" in content:
        return "is an SVG with entities, which cannot be used"
    try:
        content.decode("utf-8")
        root = ElementTree.fromstring(content)  # noqa: S314 - without entities there is nothing to expand
    except UnicodeDecodeError:
        return "is an SVG that is not written in UTF-8"
    except ElementTree.ParseError:
        return "is a broken SVG"
    if root.tag != f"{{{_SVG}}}svg":
        return "is no picture that can be used"
    if b"<?xml-stylesheet" in content:
        return "is an SVG that fetches a style sheet, which no drawing needs"
    for element in root.iter():
        fault = _element_fault(element)
        if fault:
            return f"is an SVG with {fault}, which no drawing needs: save it as plain SVG"
    if _drawn(root) > DRAWN:
        return f"is an SVG that draws more than {DRAWN:,} things, too many to print"
    return ""


def as_drawn(content: bytes) -> bytes:
    """A sound SVG without comments, and without what drawing programs and their users noted in it.

    One that has none stays byte for byte as it is.
    """
    root = ElementTree.fromstring(content)  # noqa: S314 - it has been read before
    noted = b"<!--" in content or b"<!DOCTYPE" in content or content.count(b"<?") > 1
    for element in root.iter():
        for child in list(element):
            if _name(child.tag) == "metadata" or not child.tag.startswith(f"{{{_SVG}}}"):
                element.remove(child)
                noted = True
        for key in list(element.attrib):
            if key.startswith("{") and not key.startswith((f"{{{_XLINK}}}", f"{{{_XML}}}")):
                del element.attrib[key]
                noted = True
    if not noted:
        return content
    ElementTree.register_namespace("", _SVG)
    ElementTree.register_namespace("xlink", _XLINK)
    drawn: bytes = ElementTree.tostring(root, encoding="utf-8")
    return drawn


def _name(tag: str) -> str:
    return tag.rpartition("}")[2]


def _element_fault(element: Element) -> str:
    """What in an element acts or fetches; empty where nothing does."""
    space, _, name = element.tag.removeprefix("{").rpartition("}")
    if space in _PAGES or (space in ("", _SVG) and name not in _DRAWS):
        return f"`{name}`"
    if name == "style" and _FETCHES.search("".join(element.itertext())):
        return "a style that fetches something"
    for key, value in element.attrib.items():
        attribute = _name(key)
        if attribute.lower().startswith("on"):
            return f"`{attribute}`"
        if attribute == "href" and not _WITHIN.match(value):
            return "a reference to something outside it"
        if attribute in ("src", "ping") or _FETCHES.search(value):
            return f"a `{attribute}` that fetches something"
    return ""


def _drawn(root: Element) -> int:
    """How many elements are drawn, with what `use` repeats; more than are allowed where that cannot be told."""
    by_id = {element.attrib["id"]: element for element in root.iter() if "id" in element.attrib}
    counted: dict[str, int] = {}

    def count(element: Element, depth: int) -> int:
        if depth > DRAWING_LEVELS:  # or a circle of uses, which has no end
            return DRAWN + 1
        total = 1 + _LETTER * _letters(element)
        for child in element:
            total += count(child, depth + 1)
        target = _used(element)
        if target in by_id:
            if target not in counted:
                counted[target] = count(by_id[target], depth + 1)
            total += counted[target]
        return min(total, DRAWN + 1)

    return count(root, 0)


def _letters(element: Element) -> int:
    """How many letters of text stand in an element itself."""
    if _name(element.tag) not in _TEXTS:
        return 0
    return sum(
        len((part or "").strip()) for part in (element.text, *(child.tail for child in element))
    )


def _used(element: Element) -> str:
    """The id of the element that a `use` repeats; empty for anything else."""
    if _name(element.tag) != "use":
        return ""
    href = element.get("href") or element.get(f"{{{_XLINK}}}href") or ""
    return href.strip().removeprefix("#")
