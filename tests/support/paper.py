"""How full the pages of a PDF are, whether what is signed stays with its signature, and whether codes stay whole."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

import pypdfium2
import pypdfium2.raw as pdfium_c

from policygen.language import document as d

MM = 72 / 25.4
ABOVE, BELOW = 27.0, 28.0
"""What a page has above and below its text, in millimetres: margins and running lines (theme/print.css)."""
_DRAWN = (pdfium_c.FPDF_PAGEOBJ_PATH, pdfium_c.FPDF_PAGEOBJ_IMAGE)
_LETTERS = 30
"""By how many letters before a signature the declaration is known."""


def fills(pdf: bytes) -> list[float]:
    """How much of the room for text each page uses, from its top down to its last words or rules."""
    found = []
    with pypdfium2.PdfDocument(pdf) as document:
        for page in document:
            height = page.get_height()
            top, bottom = height - ABOVE * MM, BELOW * MM
            low = min(_feet(page, bottom, top), default=top)
            found.append((top - low) / (top - bottom))
    return found


def _feet(page: pypdfium2.PdfPage, bottom: float, top: float) -> Iterator[float]:
    """The lower edge of each line of text and each rule between the running lines."""
    text = page.get_textpage()
    for index in range(text.count_rects()):
        _, low, _, high = text.get_rect(index)
        if bottom <= low and high <= top:
            yield low
    # What stands within a form, such as the word DRAFT behind the page, is no text.
    for drawn in page.get_objects(filter=_DRAWN, max_depth=1):
        _, low, _, high = drawn.get_bounds()
        if bottom <= low and high <= top:
            yield low


def parted(pdf: bytes, parts: tuple[d.Section, ...]) -> tuple[int, int]:
    """How many signatures stand on another page than the words before them, and how many alone on a page."""
    pages = _bare_pages(pdf)
    elsewhere = alone = 0
    for part in parts:
        for before, signature in _signed(part):
            words = _bare(d.plain(tuple(_inline(before))))[-_LETTERS:]
            signs = _bare(signature.signatory)
            if not any(f"{words}{signs}" in page for page in pages):
                elsewhere += 1
                alone += any(page.startswith(signs) for page in pages)
    return elsewhere, alone


def _signed(part: d.Section) -> Iterator[tuple[d.Block, d.SignatureBlock]]:
    """Each signature with the block before it."""
    for node in d.walk(part):
        for before, block in pairwise(getattr(node, "blocks", ())):
            if isinstance(block, d.SignatureBlock) and not isinstance(before, d.SignatureBlock):
                yield before, block


def _inline(block: d.Block) -> Iterator[d.Inline]:
    for node in d.walk(block):
        if isinstance(node, d.Paragraph | d.Subhead):
            yield from node.children


def _bare_pages(pdf: bytes) -> list[str]:
    with pypdfium2.PdfDocument(pdf) as document:
        pages = []
        for page in document:
            width, height = page.get_size()
            text = page.get_textpage().get_text_bounded(0, 15 * MM, width, height - 15 * MM)
            pages.append(_bare(text))
        return pages


def _bare(text: str) -> str:
    return "".join(sign for sign in text if sign.isalnum())


def torn_codes(pdf: bytes, code: str) -> list[str]:
    """Where a content code is torn apart at the end of a line, or has lost its hyphen there; fails where it has none."""
    first, second = code.split("-")
    torn = re.compile(rf"{first}(?!-{second})\W{{0,3}}{second}")
    with pypdfium2.PdfDocument(pdf) as document:
        texts = [page.get_textpage().get_text_range() for page in document]
    assert code in "".join(texts)
    return [found[0] for text in texts for found in torn.finditer(text)]
