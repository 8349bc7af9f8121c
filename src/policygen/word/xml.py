"""XML as text: an element of its parts, with everything that is not markup escaped."""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.sax.saxutils import escape, quoteattr

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_OTHERS = {
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "pic": "http://schemas.openxmlformats.org/drawingml/2006/picture",
    "w14": "http://schemas.microsoft.com/office/word/2010/wordml",
    "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
}
NAMES = {
    **{f"xmlns:{prefix}": address for prefix, address in {"w": W, "r": R, **_OTHERS}.items()},
    "mc:Ignorable": "w14",
}
"""The name spaces of a part that holds text."""
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def element(name: str, *inside: str, **attributes: str | int) -> str:
    """An element; `w_val` is the attribute `w:val`. What is inside is finished XML."""
    given = {key.rstrip("_").replace("_", ":", 1): value for key, value in attributes.items()}
    return tagged(name, given, *inside)


def tagged(name: str, attributes: Mapping[str, object], *inside: str) -> str:
    """The same with attributes by their own names."""
    said = "".join(f" {key}={quoteattr(_clean(str(value)))}" for key, value in attributes.items())
    content = "".join(inside)
    if content:
        return f"<{name}{said}>{content}</{name}>"
    return f"<{name}{said}/>"


def text(words: str) -> str:
    """Words as XML; what XML cannot hold is left out."""
    return escape(_clean(words))


def _clean(words: str) -> str:
    return _FORBIDDEN.sub("", words)
