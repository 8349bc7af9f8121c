"""Whether the tags of a PDF make sense to a screen reader: the roles, their order, and nothing outside them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pikepdf

_CHILDREN = {
    "L": {"L", "LI", "Caption"},
    "LI": {"Lbl", "LBody"},
    "Table": {"TR", "THead", "TBody", "TFoot", "Caption"},
    "THead": {"TR"},
    "TBody": {"TR"},
    "TFoot": {"TR"},
    "TR": {"TH", "TD"},
}
"""Which roles may stand directly below which (ISO 14289-1, 7.2)."""
_PARENTS = {
    "LI": {"L"},
    "Lbl": {"LI"},
    "LBody": {"LI"},
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
_HIDDEN = 2
"""The flag of an annotation that no reader shows."""


def tag_faults(pdf: pikepdf.Pdf) -> Iterator[str]:
    """What is wrong with the tags of a PDF."""
    if not entry(pdf.Root, "/MarkInfo", "/Marked"):
        yield "the file does not say that it is tagged"
    tree = pdf.Root.get("/StructTreeRoot")
    if tree is None or "/K" not in tree or "/ParentTree" not in tree:
        yield "the file has no tags"
        return
    nodes = list(_nodes(tree))
    yield from _role_faults(nodes)
    yield from _heading_faults([role for role, _, _ in nodes])
    yield from _figure_faults(nodes)
    yield from _table_faults(nodes)
    yield from _link_faults(pdf, tree)
    for number, page in enumerate(pdf.pages, 1):
        yield from _page_faults(number, page)


def entry(node: Any, *names: str) -> Any:
    """What stands at the end of a path of dictionary entries, or None."""
    for name in names:
        if node is None:
            return None
        node = node.get(name)
    return node


def _nodes(tree: Any) -> Iterator[tuple[str, str, Any]]:
    """Role, role of the parent, and the element itself, in reading order."""
    todo = [(kid, "") for kid in reversed(_kids(tree))]
    while todo:
        node, above = todo.pop()
        role = str(node.get("/S", ""))[1:]
        if not role:
            continue  # a reference to an annotation
        yield role, above, node
        todo.extend((kid, role) for kid in reversed(_kids(node)))


def _kids(node: Any) -> list[Any]:
    kids = node.get("/K")
    if kids is None:
        return []
    found = list(kids) if isinstance(kids, pikepdf.Array) else [kids]
    return [kid for kid in found if isinstance(kid, pikepdf.Dictionary)]


def _role_faults(nodes: list[tuple[str, str, Any]]) -> Iterator[str]:
    seen: set[str] = set()
    for role, above, _ in nodes:
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


def _figure_faults(nodes: list[tuple[str, str, Any]]) -> Iterator[str]:
    for role, _, node in nodes:
        if role == "Figure" and not str(node.get("/Alt", "")).strip():
            yield "a picture has no alternative text"


def _table_faults(nodes: list[tuple[str, str, Any]]) -> Iterator[str]:
    tables = heads = 0
    for role, _, node in nodes:
        tables += role == "Table"
        if role == "TH":
            heads += 1
            if "/Scope" not in node.get("/A", {}):
                yield "a table heading does not say whether it heads a row or a column"
    if tables > heads:
        yield "a table has no heading"


def _link_faults(pdf: pikepdf.Pdf, tree: Any) -> Iterator[str]:
    owners = pikepdf.NumberTree(tree.ParentTree)
    for number, page in enumerate(pdf.pages, 1):
        for note in page.get("/Annots", []):
            if note.get("/Subtype") == "/Widget" and int(note.get("/F", 0)) & _HIDDEN:
                continue  # the field of a digital signature (ISO 14289-1, 7.18.1)
            if note.get("/Subtype") != "/Link":
                yield f"page {number} has an annotation that is no link"
                continue
            if not str(note.get("/Contents", "")).strip():
                yield f"a link on page {number} does not say where it leads"
            owner = owners.get(int(note.StructParent)) if "/StructParent" in note else None
            if owner is None or owner.get("/S") != "/Link":
                yield f"a link on page {number} is not tagged"


def _page_faults(number: int, page: pikepdf.Page) -> Iterator[str]:
    if "/StructParents" not in page or page.get("/Tabs") != "/S":
        yield f"page {number} is not bound to the tags"
    depth = 0
    for instruction in pikepdf.parse_content_stream(page, " ".join((_MARKS, *sorted(_DRAWS)))):
        name = str(instruction.operator)
        if name in {"BDC", "BMC"}:
            depth += 1
        elif name == "EMC":
            depth -= 1
        elif name in _DRAWS and depth == 0:
            yield f"page {number} shows something that is neither tagged nor marked as decoration"
            return
