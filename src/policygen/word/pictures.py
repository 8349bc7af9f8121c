"""Pictures for Word: their bytes and size; a drawing (SVG) as pixels, which every version of Word shows."""

from __future__ import annotations

import base64
import io
import re
from dataclasses import dataclass
from pathlib import PurePosixPath

_MM_A_PIXEL = 25.4 / 96
_SHARP = 3.0
"""Pixels for each pixel of a drawing."""
_SIZE = re.compile(rb"<svg[^>]*>", re.DOTALL)
_BOX = re.compile(rb'viewBox="\s*[-\d.]+[\s,]+[-\d.]+[\s,]+([\d.]+)[\s,]+([\d.]+)\s*"')


@dataclass(frozen=True, slots=True)
class Sized:
    """A picture, ready to be put into a file."""

    content: bytes
    ending: str
    width: float
    """In millimetres, as it would stand by itself."""
    height: float
    relation: str


def sized(path: str, content: bytes, relation: str) -> Sized:
    """A picture by its path."""
    from PIL import Image

    ending = PurePosixPath(path).suffix.lower()
    if ending == ".svg":
        width, height = _drawn_size(content)
        content, ending = _pixels(content, width, height), ".png"
    else:
        with Image.open(io.BytesIO(content)) as picture:
            width, height = picture.size
    ending = ending.replace("jpg", "jpeg")
    return Sized(content, ending, width * _MM_A_PIXEL, height * _MM_A_PIXEL, relation)


def _pixels(drawing: bytes, width: float, height: float) -> bytes:
    """A drawing as a PNG, made as the PDF has it."""
    import pypdfium2

    from policygen.pdf.render import render_pdf

    address = base64.b64encode(drawing).decode()
    html = (
        '<html lang="en"><head><title>Picture</title><style>'
        f"@page {{ size: {width}px {height}px; margin: 0 }} body {{ margin: 0 }}"
        f"img {{ display: block; width: {width}px; height: {height}px }}</style></head>"
        f'<body><img alt="Picture" src="data:image/svg+xml;base64,{address}"></body></html>'
    )
    page = pypdfium2.PdfDocument(render_pdf(html.encode()))[0]
    picture = page.render(scale=_SHARP * 96 / 72).to_pil()
    written = io.BytesIO()
    picture.save(written, "PNG")
    return written.getvalue()


def _drawn_size(drawing: bytes) -> tuple[float, float]:
    """The width and height of a drawing in pixels, the longer one at most 600."""
    head = _SIZE.search(drawing)
    found = _BOX.search(head[0]) if head else None
    width, height = (float(found[1]), float(found[2])) if found else (300.0, 150.0)
    share = min(600 / max(width, height, 1.0), 1.0)
    return round(width * share, 2) or 1, round(height * share, 2) or 1
