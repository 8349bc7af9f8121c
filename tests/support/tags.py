"""The tag tree of a PDF as text: what a screen reader gets to know, in its order."""

from __future__ import annotations

import ctypes
import io
from typing import TYPE_CHECKING, Any

import pikepdf
import pypdfium2
import pypdfium2.raw as pdfium_c

if TYPE_CHECKING:
    from collections.abc import Iterator

_SHOWN = ("/Alt", "/ActualText", "/Lang", "/ID")
_ATTRIBUTES = ("/Scope", "/ListNumbering", "/ColSpan")

Words = dict[tuple[int, int], str]
"""What each piece of marked content says, by its page and number."""


def tag_tree(pdf: bytes) -> str:
    """Each element on a line with its words, below the one in which it stands."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        pages = {page.obj.objgen: index for index, page in enumerate(opened.pages)}
        root = opened.Root.StructTreeRoot
        return "\n".join(_lines(root.K, None, pages, _words(pdf), 0)) + "\n"


def _lines(
    kids: Any, page: int | None, pages: dict[Any, int], words: Words, depth: int
) -> Iterator[str]:
    indent = "  " * depth
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, int):
            yield f"{indent}{words.get((page, kid), '')!r}"
        elif kid.get("/Type") == "/MCR":
            yield f"{indent}{words.get((pages[kid.Pg.objgen], int(kid.MCID)), '')!r}"
        elif kid.get("/Type") == "/OBJR":
            yield f"{indent}-> {_annotation(kid.Obj)}"
        else:
            yield f"{indent}{_element(kid)}"
            here = pages[kid.Pg.objgen] if "/Pg" in kid else page
            yield from _lines(kid.get("/K", []), here, pages, words, depth + 1)


def _element(element: Any) -> str:
    said = [str(element.S)[1:]]
    said += [f"{name[1:]}={str(element[name])!r}" for name in _SHOWN if name in element]
    attributes = element.get("/A", {})
    said += [f"{name[1:]}={attributes[name]}" for name in _ATTRIBUTES if name in attributes]
    return " ".join(said)


def _annotation(note: Any) -> str:
    where = note.get("/Dest") or note.get("/A", {}).get("/URI") or note.get("/T", "")
    return f"{str(note.Subtype)[1:]} {str(where)!r} {str(note.get('/Contents', note.get('/TU', '')))!r}"


def _words(pdf: bytes) -> Words:
    found: Words = {}
    with pypdfium2.PdfDocument(pdf) as document:
        for index, page in enumerate(document):
            text = page.get_textpage()
            for piece in page.get_objects(filter=(pdfium_c.FPDF_PAGEOBJ_TEXT,), max_depth=1):
                number = pdfium_c.FPDFPageObj_GetMarkedContentID(piece.raw)
                if number >= 0:
                    key = index, number
                    found[key] = found.get(key, "") + _text_of(piece.raw, text)
    return found


def _text_of(piece: Any, text: Any) -> str:
    size = pdfium_c.FPDFTextObj_GetText(piece, text.raw, None, 0)
    buffer = ctypes.create_string_buffer(size)
    pdfium_c.FPDFTextObj_GetText(
        piece, text.raw, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), size
    )
    return buffer.raw[: max(size - 2, 0)].decode("utf-16-le")
