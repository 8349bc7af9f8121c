"""Whether an SVG only draws: opened by itself, it is a page of the website that shows it."""

from __future__ import annotations

import re
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from policygen.ground.limits import DRAWING_LEVELS, DRAWN

_SVG = "http://www.w3.org/2000/svg"
_XLINK = "http://www.w3.org/1999/xlink"
_ACTS = {
    *"script handler listener foreignObject iframe embed object audio video canvas".split(),
    *"animate animateColor animateMotion animateTransform set discard".split(),
}
"""Elements that run something, hold a page, or change others when the drawing is opened (SVG 2, 5 and 12)."""
_TEXTS = ("text", "tspan", "textPath")
_LETTER = 4
"""How many elements are as much work as a letter of text."""
_WITHIN = re.compile(r"\s*(#|data:image/(png|jpeg|gif);)", re.IGNORECASE)
"""What a reference may begin with: an element of this drawing, or a picture in it."""
_FETCHES = re.compile(
    r"@import|expression\s*\(|\\|url\(\s*['\"]?(?!\s*#|data:image/)", re.IGNORECASE
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
    if _name(root.tag) != "svg":
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


def as_published(content: bytes) -> bytes:
    """A sound SVG without what no reader sees: comments, and what drawing programs and their users noted in it."""
    ElementTree.register_namespace("", _SVG)
    ElementTree.register_namespace("xlink", _XLINK)
    root = ElementTree.fromstring(content)  # noqa: S314 - it has been read before
    for element in root.iter():
        for child in list(element):
            if _name(child.tag) == "metadata" or not child.tag.startswith(f"{{{_SVG}}}"):
                element.remove(child)
        for key in list(element.attrib):
            if key.startswith("{") and not key.startswith(f"{{{_XLINK}}}"):
                del element.attrib[key]
    published: bytes = ElementTree.tostring(root, encoding="utf-8")
    return published


def _name(tag: str) -> str:
    return tag.rpartition("}")[2]


def _element_fault(element: Element) -> str:
    """What in an element acts or fetches; empty where nothing does."""
    name = _name(element.tag)
    if name in _ACTS:
        return f"`{name}`"
    if name == "style" and _FETCHES.search("".join(element.itertext())):
        return "a style that fetches something"
    for key, value in element.attrib.items():
        attribute = _name(key)
        if attribute.lower().startswith("on"):
            return f"`{attribute}`"
        if attribute == "href" and not _WITHIN.match(value):
            return "a reference to something outside it"
        if attribute == "src" or _FETCHES.search(value):
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
