"""Words within a paragraph, as HTML."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from typing import assert_never

from markupsafe import Markup

from policygen.compose.record import is_blank
from policygen.html.elements import (
    Setting,
    broken_lines,
    data_uri,
    element,
    escape,
    joined,
    void_element,
)
from policygen.language import document as d


def inline_html(children: tuple[d.Inline, ...], setting: Setting) -> Markup:
    """Inline nodes, one after the other."""
    if setting.print:
        return joined(_with_spaces_apart(children, setting))
    return joined(_inline(node, setting) for node in children)


def _with_spaces_apart(children: tuple[d.Inline, ...], setting: Setting) -> Iterator[Markup]:
    """Inline nodes for paper, with a box around each space before an element.

    WeasyPrint 70 breaks a line behind its first word if only such a space exceeds it; a box of its own helps.
    """
    for node, following in zip_longest(children, children[1:]):
        markup = _inline(node, setting)
        if markup.endswith(" ") and _is_element(following, setting):
            yield markup[:-1]
            yield element("span", " ")
        else:
            yield markup


def _is_element(node: d.Inline | None, setting: Setting) -> bool:
    """Whether a node is written as an element that has a box."""
    match node:
        case None | d.Text() | d.LineBreak():
            return False
        case d.Value():
            return bool(node.address) or is_blank(node)
        case d.Reference():
            first = node.children[0] if node.children else None
            return setting.links(node.target) or _is_element(first, setting)
        case d.FootnoteMark():
            return setting.links(node.id)
        case d.Emphasis() | d.Strong() | d.Code() | d.Link() | d.Image() | d.ReferenceMark():
            return True
        case _:
            assert_never(node)


def _inline(node: d.Inline, setting: Setting) -> Markup:
    match node:
        case d.Text():
            return escape(node.text)
        case d.Value() if is_blank(node):
            return element("span", node.text, class_="not-known")
        case d.Value():
            words = broken_lines(node.text)
            return element("a", words, href=node.address) if node.address else words
        case d.Emphasis():
            return element("em", inline_html(node.children, setting))
        case d.Strong():
            return element("strong", inline_html(node.children, setting))
        case d.Code():
            return element("code", node.text)
        case d.Link():
            return element("a", inline_html(node.children, setting), href=node.address)
        case d.Reference():
            words = inline_html(node.children, setting)
            if not setting.links(node.target):
                return words
            href = setting.href(node.target)
            said = node.said or None
            return element("a", words, class_="reference", href=href, aria_label=said)
        case d.FootnoteMark():
            if not setting.links(node.id):
                return element("sup", node.number)
            return _footnote_mark(node, setting)
        case d.LineBreak():
            return Markup("<br>")
        case d.Image():
            return picture(node.path, node.alt, setting)
        case d.ReferenceMark():
            raise ValueError(f"a reference to {', '.join(node.targets)} was never resolved")
        case _:
            assert_never(node)


def note_id(footnote: str) -> str:
    """The id of a footnote; the underscore keeps it apart from the ids that authors give."""
    return f"note_{footnote}"


def mark_id(footnote: str) -> str:
    """The id of the first mark of a footnote in the text."""
    return f"mark_{footnote}"


def _footnote_mark(mark: d.FootnoteMark, setting: Setting) -> Markup:
    link = element(
        "a",
        mark.number,
        class_="footnote-mark",
        href=setting.href(note_id(mark.id)),
        id=setting.id(mark_id(mark.id)) if mark.first else None,
        role="doc-noteref",
        aria_label=f"Footnote {mark.number}",
    )
    return element("sup", link)


def picture(path: str, alt: str, setting: Setting, class_: str | None = None) -> Markup:
    """A picture with its bytes. On paper one that only decorates is a background, which tags leave out."""
    address = data_uri(path, setting.images[path])
    if setting.print and not alt:
        return element("span", class_="decoration", style=f"background-image: url({address})")
    return void_element("img", class_=class_, src=address, alt=alt)
