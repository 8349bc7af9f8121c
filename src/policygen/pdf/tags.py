"""Whether the tags of a PDF make sense to a screen reader: the roles, their order, and nothing outside them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any, NamedTuple

import pikepdf

_CHILDREN = {
    "L": {"L", "LI", "Caption"},
    "LI": {"Lbl", "LBody"},
    "TOC": {"TOC", "TOCI", "Caption"},
    "TOCI": {"Lbl", "Reference", "NonStruct", "P", "TOC"},
    "Table": {"TR", "THead", "TBody", "TFoot", "Caption"},
    "THead": {"TR"},
    "TBody": {"TR"},
    "TFoot": {"TR"},
    "TR": {"TH", "TD"},
}
"""Which roles may stand directly below which (ISO 14289-1, 7.2)."""
_PARENTS = {
    "LI": {"L"},
    "Lbl": {"LI", "TOCI", "Note"},
    "LBody": {"LI"},
    "TOCI": {"TOC"},
    "TR": {"Table", "THead", "TBody", "TFoot"},
    "TH": {"TR"},
    "TD": {"TR"},
    "THead": {"Table"},
    "TBody": {"Table"},
    "TFoot": {"Table"},
}
_ROLES = {
    *"Document Part Art Sect Div BlockQuote Caption TOC TOCI Index NonStruct Private".split(),
    *"H H1 H2 H3 H4 H5 H6 P L LI Lbl LBody Table TR TH TD THead TBody TFoot".split(),
    *"Span Quote Note Reference BibEntry Code Link Annot Ruby Warichu Figure Formula Form".split(),
}
_DRAWS = {*"Tj TJ ' \" Do S s f F f* B B* b b* sh BI".split()}
_MARKS = "BDC BMC EMC"
_PRINTED, _UNSEEN = 4, 1 | 2 | 32
"""The flags of an annotation that is printed, and that no reader shows."""


class _Tag(NamedTuple):
    """An element of the structure."""

    role: str
    above: str
    """The role of the element in which it stands."""
    node: Any


def tag_faults(pdf: pikepdf.Pdf, contents: int, row_labels: int) -> Iterator[str]:
    """What is wrong with the tags of a PDF that has so many lines of contents, and so many rows with a label."""
    if not entry(pdf.Root, "/MarkInfo", "/Marked"):
        yield "the file does not say that it is tagged"
    tree = pdf.Root.get("/StructTreeRoot")
    if tree is None or "/K" not in tree or "/ParentTree" not in tree:
        yield "the file has no tags"
        return
    tags = list(_tags(tree))
    yield from _role_faults(tags)
    if sum(tag.role == "TOCI" for tag in tags) < contents:
        yield "the contents are not tagged as such"
    yield from _heading_faults([tag.role for tag in tags])
    yield from _figure_faults(pdf, tags)
    yield from _list_faults(tags)
    yield from _note_faults(tree, tags)
    yield from _table_faults(tags, row_labels)
    yield from _annotation_faults(pdf, tree)
    told = _told(tags)
    for number, page in enumerate(pdf.pages, 1):
        yield from _page_faults(number, page, told[page.obj.objgen])


def entry(node: Any, *names: str) -> Any:
    """What stands at the end of a path of dictionary entries, or None."""
    for name in names:
        if node is None:
            return None
        node = node.get(name)
    return node


def _tags(tree: Any) -> Iterator[_Tag]:
    """Each element, in reading order."""
    todo = [(kid, "") for kid in reversed(_kids(tree))]
    while todo:
        node, above = todo.pop()
        role = str(node.get("/S", ""))[1:]
        if not role:
            continue  # a reference to an annotation, or to what a page shows
        yield _Tag(role, above, node)
        todo.extend((kid, role) for kid in reversed(_kids(node)))


def _all_kids(node: Any) -> list[Any]:
    kids = node.get("/K")
    if kids is None:
        return []
    return list(kids) if isinstance(kids, pikepdf.Array) else [kids]


def _kids(node: Any) -> list[Any]:
    return [kid for kid in _all_kids(node) if isinstance(kid, pikepdf.Dictionary)]


def _told(tags: Iterable[_Tag]) -> dict[Any, Counter[int]]:
    """How often the structure names each piece of what a page shows, by page."""
    told: dict[Any, Counter[int]] = defaultdict(Counter)
    for tag in tags:
        for kid in _all_kids(tag.node):
            if isinstance(kid, int):
                told[tag.node.Pg.objgen][kid] += 1
            elif "/MCID" in kid:
                told[kid.Pg.objgen][int(kid.MCID)] += 1
    return told


def _role_faults(tags: Iterable[_Tag]) -> Iterator[str]:
    seen: set[str] = set()
    for tag in tags:
        role, above = tag.role, tag.above
        wrong = (
            role not in _ROLES
            or (above in _CHILDREN and role not in _CHILDREN[above])
            or (role in _PARENTS and above not in _PARENTS[role])
        )
        message = f"a tag {role} stands below {above or 'the root'}"
        if wrong and message not in seen:
            seen.add(message)
            yield message


def _heading_faults(roles: list[str]) -> Iterator[str]:
    ranks = [
        int(role[1]) for role in roles if len(role) == 2 and role[0] == "H" and role[1].isdigit()
    ]
    if not ranks:
        yield "no heading is tagged"
        return
    if ranks[0] != 1:
        yield f"the first heading is an H{ranks[0]}, not an H1"
    for before, after in pairwise(ranks):
        if after > before + 1:
            yield f"an H{after} follows an H{before}"


def _figure_faults(pdf: pikepdf.Pdf, tags: Iterable[_Tag]) -> Iterator[str]:
    papers = {page.obj.objgen: [float(edge) for edge in page.mediabox] for page in pdf.pages}
    for tag in tags:
        if tag.role != "Figure":
            continue
        if not str(tag.node.get("/Alt", "")).strip():
            yield "a picture has no alternative text"
        box = entry(tag.node, "/A", "/BBox")
        if box is None:
            yield "a picture does not say where it stands"
            continue
        left, bottom, right, top = map(float, box)
        paper = papers.get(tag.node.Pg.objgen)
        if paper is None:
            continue  # its page is gone, which is found out elsewhere
        if not (paper[0] <= left < right <= paper[2] and paper[1] <= bottom < top <= paper[3]):
            yield "a picture says that it stands off the page"


def _list_faults(tags: Iterable[_Tag]) -> Iterator[str]:
    """Lists whose numbers or bullets a screen reader does not know for what they are."""
    for tag in tags:
        roles = [str(kid.get("/S")) for kid in _kids(tag.node)]
        if tag.role == "L" and entry(tag.node, "/A", "/ListNumbering") is None:
            yield "a list does not say how its items are numbered"
        if tag.role == "LI" and "/LBody" not in roles:
            yield "an item of a list has no body"
        marked = entry(tag.node, "/P", "/A", "/ListNumbering") != "/None"
        if tag.role == "LI" and marked and "/Lbl" not in roles:
            yield "an item of a numbered or bulleted list has no label"


def _note_faults(tree: Any, tags: Iterable[_Tag]) -> Iterator[str]:
    names = [str(tag.node.get("/ID", "")) for tag in tags if tag.role == "Note"]
    if not all(names):
        yield "a footnote has no id"
    if len(set(names)) < len(names):
        yield "two footnotes have the same id"
    known = tree.get("/IDTree")
    found = {str(name) for name in pikepdf.NameTree(known)} if known is not None else set()
    if set(names) - {""} - found:
        yield "a footnote is not found by its id"


def _table_faults(tags: Iterable[_Tag], row_labels: int) -> Iterator[str]:
    tables = heads = labels = 0
    for tag in tags:
        tables += tag.role == "Table"
        if tag.role == "TH":
            heads += 1
            scope = entry(tag.node, "/A", "/Scope")
            labels += scope == "/Row"
            if scope is None:
                yield "a table heading does not say whether it heads a row or a column"
    if tables > heads:
        yield "a table has no heading"
    if labels < row_labels:
        yield "the label of a row of a table is no heading"


def _annotation_faults(pdf: pikepdf.Pdf, tree: Any) -> Iterator[str]:
    owners = pikepdf.NumberTree(tree.ParentTree)
    for number, page in enumerate(pdf.pages, 1):
        for note in page.get("/Annots", []):
            kind = note.get("/Subtype")
            if kind == "/Widget" and off_the_page(note, page):
                continue  # the field of a digital signature (ISO 14289-1, 7.18.1)
            flags = int(note.get("/F", 0))
            if not flags & _PRINTED or flags & _UNSEEN:
                yield f"an annotation on page {number} would not be printed"
            if kind == "/Widget":
                continue  # pdf.fields looks at the rest of it
            if kind != "/Link":
                yield f"page {number} has an annotation that is no link"
                continue
            if not str(note.get("/Contents", "")).strip():
                yield f"a link on page {number} does not say where it leads"
            owner = owners.get(int(note.StructParent)) if "/StructParent" in note else None
            if owner is None or owner.get("/S") != "/Link":
                yield f"a link on page {number} is not tagged"


def off_the_page(note: Any, page: pikepdf.Page) -> bool:
    """Whether an annotation cannot be seen, wherever its page is shown."""
    left, bottom, right, top = (float(edge) for edge in note.Rect)
    return left == right or bottom == top or right <= 0 or left >= float(page.mediabox[2])


def _page_faults(number: int, page: pikepdf.Page, told: Counter[int]) -> Iterator[str]:
    if "/StructParents" not in page or page.get("/Tabs") != "/S":
        yield f"page {number} is not bound to the tags"
    shown: Counter[int] = Counter()
    depth = 0
    bare = outside = False
    for instruction in pikepdf.parse_content_stream(page, " ".join((_MARKS, *sorted(_DRAWS)))):
        name = str(instruction.operator)
        if name in {"BDC", "BMC"}:
            depth += 1
            mark = _mark(instruction)
            if mark is not None:
                shown[mark] += 1
            elif instruction.operands[0] != "/Artifact":
                outside = True
        elif name == "EMC":
            depth -= 1
        elif name in _DRAWS and depth == 0:
            bare = True
    if bare:
        yield f"page {number} shows something that is neither tagged nor marked as decoration"
    if outside or shown - told:
        yield f"page {number} shows something that stands nowhere in the structure"
    if told - shown:
        yield f"the structure names something that page {number} does not show, or names it twice"


def _mark(instruction: Any) -> int | None:
    """By which number the structure may name what begins here."""
    operands = instruction.operands
    if len(operands) < 2 or not isinstance(operands[1], pikepdf.Dictionary):
        return None
    number = operands[1].get("/MCID")
    return None if number is None else int(number)
