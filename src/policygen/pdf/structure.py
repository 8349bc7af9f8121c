"""The elements of a page for paper as what a PDF calls them: headings, lists with labels, notes, tables, links."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Literal

Rectangle = tuple[float, float, float, float]
"""Left, bottom, right and top, in points from the lower left corner of the page."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A run of text or a picture on a page, by its number among those of the page."""

    page: int
    number: int
    text: str = ""
    rectangle: Rectangle | None = None
    """Where a picture stands."""


@dataclass(frozen=True, slots=True)
class Linked:
    """The place on a page that leads somewhere, or the field to fill in, as the renderer's own object."""

    page: int
    annotation: Any
    kind: Literal["link", "field"] = "link"


@dataclass(eq=False, slots=True)
class Node:
    """An element of the page with all that it shows, on however many pages it stands."""

    tag: str
    """Of an element in HTML; what style sheets put before it has `::before` behind it."""
    attributes: Mapping[str, str] = field(default_factory=dict)
    words: str = ""
    """What a link says."""
    kids: list[Node | Shown | Linked] = field(default_factory=list)

    def get(self, name: str) -> str:
        """An attribute; empty where the element does not have it."""
        return self.attributes.get(name, "")

    @property
    def classes(self) -> list[str]:
        """What style sheets know it by."""
        return self.get("class").split()


@dataclass(eq=False, slots=True)
class Element:
    """An element of the structure that a PDF has for screen readers."""

    role: str
    kids: list[Element | Shown | Linked] = field(default_factory=list)
    alt: str = ""
    said: str = ""
    """What a screen reader says in its place."""
    language: str = ""
    identity: str = ""
    owner: str = ""
    """What kind of attributes it has: Layout, List or Table."""
    attributes: Mapping[str, Any] = field(default_factory=dict)


Kid = Element | Shown | Linked

_SAME = {
    **{f"h{rank}": f"H{rank}" for rank in range(1, 7)},
    "main": "Part",
    "article": "Art",
    "section": "Sect",
    "blockquote": "BlockQuote",
    "p": "P",
    "code": "Code",
    "caption": "Caption",
    "table": "Table",
    "thead": "THead",
    "tbody": "TBody",
    "tfoot": "TFoot",
    "tr": "TR",
    "ins": "Span",
    "del": "Span",
}
"""Elements that are the same in a PDF. All others are there for style sheets: what is in them stands by itself."""
_NUMBERING = {
    "bullet": "/Disc",
    "number": "/Decimal",
    "letter": "/LowerAlpha",
    "roman": "/LowerRoman",
}
_GROUPS = {"Document", "Part", "Art", "Sect", "Div", "BlockQuote", "Note"}
"""What holds paragraphs, and no words by itself."""
_INLINE = {"Link", "Reference", "Code", "Span", "Figure", "Form"}
_PSEUDO = ("::before", "::marker")


def structured(page: Node) -> tuple[Element, list[Shown]]:
    """The structure of a page, and what it shows that is only decoration."""
    decoration: list[Shown] = []
    made = list(_made(page, decoration))
    return Element("Document", list(_in_paragraphs(made))), decoration


def shown_in(node: Node) -> Iterator[Shown]:
    """All that stands in an element, in the order in which it is read."""
    for kid in node.kids:
        match kid:
            case Node():
                yield from shown_in(kid)
            case Shown():
                yield kid
            case Linked():
                pass


def _made(node: Node, decoration: list[Shown]) -> Iterator[Kid]:
    """What becomes of an element: one of the structure, or only what stands in it."""
    if node.get("aria-hidden") == "true":
        decoration.extend(shown_in(node))
        return
    if node.get("data-said"):
        yield Element("Span", _kids(node, decoration), said=node.get("data-said"))
        return
    match node.tag:
        case "ol" | "ul":
            yield _list(node, decoration)
        case "dl":
            yield _definitions(node, decoration)
        case "nav":
            yield from _contents(node, decoration)
        case "a" if node.get("href"):
            yield from _link(node, decoration)
        case "img" | "svg":
            yield _figure(node)
        case "th" | "td":
            yield _cell(node, decoration)
        case _ if node.get("role") == "doc-footnote":
            yield _note(node, decoration)
        case _ if node.get("role") in ("note", "group"):
            yield _grouping("Div", node, decoration)
        case tag if tag in _SAME:
            made = _grouping(_SAME[tag], node, decoration)
            if made.kids:
                yield made
        case _:
            yield from _without_element(node, decoration)


def _kids(node: Node, decoration: list[Shown]) -> list[Kid]:
    """What becomes of all that stands in an element."""
    kids: list[Kid] = []
    for kid in node.kids:
        match kid:
            case Node():
                kids.extend(_made(kid, decoration))
            case Linked(kind="field"):
                kids.append(Element("Form", [kid]))
            case _:
                kids.append(kid)
    return kids


def _grouping(role: str, node: Node, decoration: list[Shown]) -> Element:
    kids = _kids(node, decoration)
    if role in _GROUPS:
        kids = list(_in_paragraphs(kids))
    return Element(role, kids, language=node.get("lang"))


def _without_element(node: Node, decoration: list[Shown]) -> Iterator[Kid]:
    """What stands in an element that has no name in a PDF. Words that stand directly in a block are a paragraph."""
    kids = _kids(node, decoration)
    if node.tag in ("div", "header", "footer", "figure", "figcaption"):
        kids = list(_in_paragraphs(kids))
    if node.get("lang") and node.tag != "html":
        yield Element("Span", kids, language=node.get("lang"))
        return
    yield from kids


def _in_paragraphs(kids: Sequence[Kid]) -> Iterator[Kid]:
    """Words that stand directly among blocks, as paragraphs."""
    for inline, together in groupby(kids, _is_inline):
        if inline:
            yield Element("P", list(together))
        else:
            yield from together


def _is_inline(kid: Kid) -> bool:
    return not isinstance(kid, Element) or kid.role in _INLINE


def _cell(node: Node, decoration: list[Shown]) -> Element:
    """A cell of a table, blank or not, and whether it heads a row or a column."""
    attributes: dict[str, Any] = {}
    if node.tag == "th":
        attributes["Scope"] = "/Row" if node.get("scope") == "row" else "/Column"
    for name, span in (("ColSpan", node.get("colspan")), ("RowSpan", node.get("rowspan"))):
        if span:
            attributes[name] = int(span)
    kids = _kids(node, decoration)
    return Element(node.tag.upper(), kids, owner="/Table", attributes=attributes)


# --- lists, contents, notes -------------------------------------------------------------------------------------------


def _list(node: Node, decoration: list[Shown]) -> Element:
    """A list. A screen reader says of each item what its label is, and what stands behind that."""
    items: list[Kid] = []
    labelled = False
    for item in _elements(node, "li"):
        parts: list[Kid] = []
        label = _take_label(item)
        if label is not None:
            labelled = True
            parts.append(Element("Lbl", _kids(label, decoration)))
        parts.append(Element("LBody", _kids(item, decoration)))
        items.append(Element("LI", parts))
    numbering = "/None"
    for style in node.classes:
        numbering = _NUMBERING.get(style, numbering)
    if labelled and numbering == "/None":
        numbering = "/Disc"
    return Element("L", items, owner="/List", attributes={"ListNumbering": numbering})


def _take_label(node: Node) -> Node | None:
    """The label with which an item or note begins, which then no longer stands in it; None where it has none."""
    for kid in node.kids:
        if not isinstance(kid, Node):
            return None
        if kid.tag.endswith(_PSEUDO) or set(kid.classes) & {"label", "number"}:
            node.kids.remove(kid)
            return kid
        if any(True for _ in shown_in(kid)):
            return _take_label(kid)
    return None


def _elements(node: Node, *tags: str) -> Iterator[Node]:
    """The elements of a kind directly in another."""
    for kid in node.kids:
        if isinstance(kid, Node) and kid.tag in tags:
            yield kid


def _definitions(node: Node, decoration: list[Shown]) -> Element:
    """Terms with their meanings: the term is the label of its item."""
    items: list[Kid] = []
    body: Element | None = None
    for entry in _elements(node, "dt", "dd"):
        kids = _kids(entry, decoration)
        if entry.tag == "dt":
            body = Element("LBody")
            items.append(Element("LI", [Element("Lbl", kids), body]))
        elif body is not None:
            body.kids.extend(kids)
    return Element("L", items, owner="/List", attributes={"ListNumbering": "/None"})


def _contents(node: Node, decoration: list[Shown]) -> Iterator[Kid]:
    """A table of contents under its heading."""
    for kid in node.kids:
        match kid:
            case Node(tag="ol"):
                yield _contents_list(kid, decoration)
            case Node():
                yield from _made(kid, decoration)
            case _:
                yield kid


def _contents_list(node: Node, decoration: list[Shown]) -> Element:
    items: list[Kid] = [
        Element("TOCI", list(_contents_line(item, decoration))) for item in _elements(node, "li")
    ]
    return Element("TOC", items)


def _contents_line(item: Node, decoration: list[Shown]) -> Iterator[Kid]:
    """Number, link and page of a line of the contents, then the lines below it."""
    label = _take_label(item)
    if label is not None:
        yield Element("Lbl", _kids(label, decoration))
    for kid in item.kids:
        match kid:
            case Node(tag="ol"):
                yield _contents_list(kid, decoration)
            case Node():
                yield Element("Reference", list(_words_alone(_made(kid, decoration))))
            case _:
                yield kid


def _words_alone(kids: Iterable[Kid]) -> Iterator[Kid]:
    """What stands in paragraphs, without them."""
    for kid in kids:
        if isinstance(kid, Element) and kid.role == "P":
            yield from kid.kids
        else:
            yield kid


def _note(node: Node, decoration: list[Shown]) -> Element:
    """A footnote, which a reference in the text leads to."""
    label = _take_label(node)
    kids = list(_in_paragraphs(_kids(node, decoration)))
    if label is not None:
        kids.insert(0, Element("Lbl", _kids(label, decoration)))
    return Element("Note", kids, identity=node.get("id"))


# --- links and pictures -----------------------------------------------------------------------------------------------


def _link(node: Node, decoration: list[Shown]) -> Iterator[Kid]:
    """A link; in another that it stands in by mistake, or without a place that leads there, it is only its words."""
    kids = _kids(node, decoration)
    made = Element("Link", kids)
    if not kids:
        return
    if node.get("role") == "doc-noteref":
        made = Element("Reference", [made])
    yield made


def _figure(node: Node) -> Element:
    """A picture with what it shows, in words, and where it stands."""
    pictures = list(shown_in(node))
    box = next((shown.rectangle for shown in pictures if shown.rectangle), None)
    attributes = {"BBox": box} if box else {}
    return Element(
        "Figure", list(pictures), alt=node.get("alt"), owner="/Layout", attributes=attributes
    )
