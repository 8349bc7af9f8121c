"""Words within a paragraph, as HTML."""

from __future__ import annotations

import re

from policygen.html.elements import Setting, broken_lines, data_uri, element, escape, void_element
from policygen.language.document import (
    Code,
    Emphasis,
    FootnoteMark,
    Image,
    Inline,
    LineBreak,
    Link,
    Reference,
    ReferenceMark,
    Strong,
    Text,
    Value,
)

_SPACE_BEFORE_ELEMENT = re.compile(r" (?=<(?!br\b|/))")
"""WeasyPrint 70 breaks a line behind its first word if only such a space exceeds it; a box of its own helps."""


def inline_html(children: tuple[Inline, ...], setting: Setting) -> str:
    """Inline nodes, one after the other."""
    text = "".join(_inline(node, setting) for node in children)
    return _SPACE_BEFORE_ELEMENT.sub("<span> </span>", text) if setting.print else text


def _inline(node: Inline, setting: Setting) -> str:
    match node:
        case Text(text=text):
            return escape(text)
        case Value(text=text):
            return broken_lines(text)
        case Emphasis(children=children):
            return element("em", inline_html(children, setting))
        case Strong(children=children):
            return element("strong", inline_html(children, setting))
        case Code(text=text):
            return element("code", escape(text))
        case Link(address=address, children=children):
            return element("a", inline_html(children, setting), href=address)
        case Reference(target=target, children=children):
            if not setting.links(target):
                return inline_html(children, setting)
            return element(
                "a", inline_html(children, setting), class_="reference", href=f"#{target}"
            )
        case FootnoteMark():
            return _footnote_mark(node) if setting.links(node.id) else ""
        case LineBreak():
            return "<br>"
        case Image():
            return picture(node.path, node.alt, setting)
        case ReferenceMark():
            raise ValueError(f"a reference to {', '.join(node.targets)} was never resolved")


def note_id(footnote: str) -> str:
    """The id of a footnote; the underscore keeps it apart from the ids that authors give."""
    return f"note_{footnote}"


def mark_id(footnote: str) -> str:
    """The id of the first mark of a footnote in the text."""
    return f"mark_{footnote}"


def _footnote_mark(mark: FootnoteMark) -> str:
    link = element(
        "a",
        escape(mark.number),
        class_="footnote-mark",
        href=f"#{note_id(mark.id)}",
        role="doc-noteref",
        aria_label=f"Footnote {mark.number}",
    )
    return element("sup", link)


def picture(path: str, alt: str, setting: Setting, class_: str | None = None) -> str:
    """A picture with its bytes. On paper one that only decorates is a background, which tags leave out."""
    address = data_uri(path, setting.images[path])
    if setting.print and not alt:
        return element("span", class_="decoration", style=f"background-image: url({address})")
    return void_element("img", class_=class_, src=address, alt=alt)
