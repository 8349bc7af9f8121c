"""Boxes of the renderer as elements of a page, and their structure into the PDF. Knows WeasyPrint, as `render` does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from policygen.pdf.structure import (
    Element,
    Linked,
    Node,
    Rectangle,
    Shown,
    structured,
)

_POINTS = 0.75
"""In each of the renderer's pixels."""
_PRINTED = 4
"""The flag of an annotation that is printed with its page, as PDF/A asks."""


@contextmanager
def our_tags() -> Iterator[None]:
    """Let the renderer take its tags from here.

    Its own have running heads for text, an element for each page on which a paragraph, list or table stands, no
    labels, no notes and no contents. There is no way to give it others but to stand in for the function that adds them.
    """
    import weasyprint.pdf as renderer

    theirs = renderer.add_tags
    renderer.add_tags = _add_tags
    try:
        yield
    finally:
        renderer.add_tags = theirs


def _add_tags(pdf: Any, document: Any, _version: Any, streams: list[Any]) -> None:
    """Tag all that the pages show."""
    pages = _Pages(document.pages, streams)
    root, decoration = structured(pages.root)
    for number, stream in enumerate(streams):
        marks = pages.artifacts[number]
        marks.update({shown.number: {} for shown in decoration if shown.page == number})
        _mark_artifacts(stream, marks)
    _take_off(pdf, pages.unread)
    for node, linked in pages.links:
        linked.annotation["F"] = _PRINTED
        if linked.kind == "link":
            linked.annotation["Contents"] = _string(_said(node))
    _Writer(pdf, [len(stream_marks) for stream_marks in pages.marks]).write(root)


# --- what the renderer has laid out -----------------------------------------------------------------------------------


class _Pages:
    """The boxes of all pages, as elements: those of one element belong together, whatever page they stand on."""

    def __init__(self, pages: list[Any], streams: list[Any]) -> None:
        self.root = Node("html")
        self.links: list[tuple[Node, Linked]] = []
        self.artifacts: list[dict[int, dict[str, str]]] = [{} for _ in pages]
        """Of each page, what is not part of the text, by its number."""
        self.unread: set[bytes] = set()
        """Links in what is not part of the text, by their references."""
        self.marks: list[dict[Any, dict[str, Any]]] = [stream._tags for stream in streams]  # noqa: SLF001
        self._nodes: dict[tuple[int, str], Node] = {}
        self._heads: dict[int, int] = {}
        """The page on which the head of a table stands first."""
        self._link = self.root
        """The last link that began."""
        self._height = 0.0
        for number, page in enumerate(pages):
            self._height = page.height
            for box in page._page_box.children:  # noqa: SLF001
                self._read(box, self.root, number)

    def _read(self, box: Any, around: Node, page: int) -> None:
        """Take over a box and all boxes in it."""
        box = getattr(box, "_box", box)  # what stands elsewhere than its text is held in a wrapper
        keyword = getattr(box, "at_keyword", "")
        if keyword:
            kind = "/Header" if keyword.startswith("@top") else "/Footer"
            self._leave_out(box, page, {"Type": "/Pagination", "Subtype": kind})
            return
        node = self._node_of(box, around)
        self._read_links(box, node, page)
        if node.tag == "thead" and self._heads.setdefault(id(node), page) != page:
            # The head of a table stands on each of its pages, and is read once.
            self._leave_out(box, page, {"Type": "/Pagination"})
            return
        if box in self.marks[page]:
            node.kids.append(self._shown(box, page))
        for kid in getattr(box, "children", ()):
            self._read(kid, node, page)

    def _node_of(self, box: Any, around: Node) -> Node:
        """The element of a box. Boxes that the renderer made for itself belong to the one around them."""
        if box.element is None or not isinstance(box.element_tag, str):
            return around
        key = (id(box.element), box.element_tag)
        found = self._nodes.get(key)
        if found is None:
            tag = box.element_tag.rpartition("}")[2]
            found = self._nodes[key] = Node(tag, dict(box.element.attrib))
            if tag == "a":
                words = found.get("aria-label") or "".join(box.element.itertext())
                found.words = " ".join(words.split())
            around.kids.append(found)
        return found

    def _read_links(self, box: Any, node: Node, page: int) -> None:
        if node.tag == "a":
            self._link = node
        if box.link_annotation:
            # Whatever stands in a link, such as stress, is a link again to the renderer.
            self._note(self._link, Linked(page, box.link_annotation))
        if box.widget_annotation:
            self._note(node, Linked(page, box.widget_annotation, "field"))

    def _note(self, node: Node, linked: Linked) -> None:
        self.links.append((node, linked))
        node.kids.append(linked)

    def _shown(self, box: Any, page: int) -> Shown:
        number = self.marks[page][box]["mcid"]
        text = getattr(box, "text", "")
        if text:
            return Shown(page, number, text)
        return Shown(page, number, rectangle=self._rectangle(box))

    def _rectangle(self, box: Any) -> Rectangle:
        left, top = box.content_box_x(), box.content_box_y()
        right, bottom = left + box.width, self._height - top - box.height
        return (
            round(left * _POINTS, 2),
            round(bottom * _POINTS, 2),
            round(right * _POINTS, 2),
            round((self._height - top) * _POINTS, 2),
        )

    def _leave_out(self, box: Any, page: int, properties: dict[str, str]) -> None:
        """Take a box for decoration, with all boxes in it."""
        box = getattr(box, "_box", box)
        box = getattr(box, "_box", box)
        if box.link_annotation:
            self.unread.add(box.link_annotation.reference)
        if box in self.marks[page]:
            self.artifacts[page][self.marks[page][box]["mcid"]] = properties
        for kid in getattr(box, "children", ()):
            self._leave_out(kid, page, properties)


def _take_off(pdf: Any, links: set[bytes]) -> None:
    """Take links off their pages: in the head of a table that goes on, the one on its first page is enough."""
    for page in pdf.objects:
        if isinstance(page, dict) and page.get("Type") == "/Page" and "Annots" in page:
            page["Annots"][:] = [each for each in page["Annots"] if each not in links]


def _said(node: Node) -> str:
    """What a link says: its words, and the address where these are others."""
    address = node.get("href")
    if address.startswith("#") or address.partition(":")[2].strip("/") in node.words:
        return node.words
    return f"{node.words} ({address})"


def _mark_artifacts(stream: Any, marks: dict[int, dict[str, str]]) -> None:
    """Say of some of what a page shows that it is no part of the text."""
    from pydyf import Dictionary

    drawn = stream.stream
    for index, operand in enumerate(drawn):
        number = operand.get("MCID") if isinstance(operand, dict) else None
        if number in marks:
            drawn[index - 1] = "/Artifact"
            drawn[index] = Dictionary(marks[number])


# --- what the PDF says ------------------------------------------------------------------------------------------------


class _Writer:
    """Writes the structure of a document into its PDF."""

    def __init__(self, pdf: Any, sizes: list[int]) -> None:
        self._pdf = pdf
        self._owners: list[list[Any]] = [["null"] * size for size in sizes]
        """Of each page, which element each of its runs belongs to."""
        self._linked: list[tuple[Any, Any]] = []
        self._named: list[tuple[str, Any]] = []

    def write(self, root: Element) -> None:
        """Write all of it, and where each run of text and each link belongs."""
        tree = self._added({"Type": "/StructTreeRoot"})
        tree["K"] = self._array([self._element(root, tree.reference)])
        tree["ParentTree"] = self._added({"Nums": self._numbers()}).reference
        tree["ParentTreeNextKey"] = len(self._owners) + len(self._linked)
        if self._named:
            names: list[Any] = []
            for name, reference in sorted(self._named):
                names += [_string(name), reference]
            tree["IDTree"] = self._added({"Names": self._array(names)}).reference
        self._pdf.catalog["StructTreeRoot"] = tree.reference
        self._pdf.catalog["ViewerPreferences"] = _dictionary({"DisplayDocTitle": "true"})
        self._pdf.catalog["MarkInfo"] = _dictionary({"Marked": "true"})

    def _element(self, element: Element, parent: Any) -> Any:
        """Write an element and all that stands in it. Returns the reference to it."""
        written = self._added({"Type": "/StructElem", "S": f"/{element.role}", "P": parent})
        page = next((kid.page for kid in element.kids if not isinstance(kid, Element)), None)
        if page is not None:
            written["Pg"] = self._pdf.page_references[page]
        if element.alt:
            written["Alt"] = _string(element.alt)
        if element.said:
            written["ActualText"] = _string(element.said)
        if element.language:
            written["Lang"] = _string(element.language)
        if element.identity:
            written["ID"] = _string(element.identity)
            self._named.append((element.identity, written.reference))
        if element.attributes:
            written["A"] = _dictionary({"O": element.owner, **_values(element.attributes)})
        kids = [self._kid(kid, written.reference, page) for kid in element.kids]
        written["K"] = self._array(kids)
        return written.reference

    def _kid(self, kid: Element | Shown | Linked, owner: Any, page: int | None) -> Any:
        match kid:
            case Element():
                return self._element(kid, owner)
            case Shown():
                self._owners[kid.page][kid.number] = owner
                if kid.page == page:
                    return kid.number
                where = self._pdf.page_references[kid.page]
                return _dictionary({"Type": "/MCR", "Pg": where, "MCID": kid.number})
            case Linked():
                self._linked.append((kid.annotation, owner))
                where = self._pdf.page_references[kid.page]
                return _dictionary({"Type": "/OBJR", "Pg": where, "Obj": kid.annotation.reference})

    def _numbers(self) -> Any:
        """The element of each run of text by page, then that of each link."""
        numbers: list[Any] = []
        for page, owners in enumerate(self._owners):
            numbers += [page, self._array(owners)]
        for number, (annotation, owner) in enumerate(self._linked, len(self._owners)):
            numbers += [number, owner]
            annotation["StructParent"] = number
        return self._array(numbers)

    def _added(self, entries: dict[str, Any]) -> Any:
        made = _dictionary(entries)
        self._pdf.add_object(made)
        return made

    @staticmethod
    def _array(entries: Iterable[Any]) -> Any:
        from pydyf import Array

        return Array(entries)


def _values(attributes: Any) -> dict[str, Any]:
    from pydyf import Array

    return {
        name: Array(value) if isinstance(value, tuple) else value
        for name, value in attributes.items()
    }


def _dictionary(entries: dict[str, Any]) -> Any:
    from pydyf import Dictionary

    return Dictionary(entries)


def _string(text: str) -> Any:
    from pydyf import String

    return String(text)
