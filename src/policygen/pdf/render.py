"""HTML for paper -> tagged PDF. With `tagging`, all that knows WeasyPrint: imported when the first PDF is made."""

from __future__ import annotations

import base64
import gc
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from importlib.metadata import version
from importlib.resources import as_file, files
from importlib.resources.abc import Traversable
from itertools import pairwise
from pathlib import PurePosixPath
from typing import Any
from xml.etree.ElementTree import Element

from policygen.ground.diagnostics import InputError, Problems
from policygen.pdf.fields import finish_fields
from policygen.pdf.fit import laid_out_to_fit
from policygen.pdf.metadata import xmp
from policygen.pdf.tagging import our_tags

SCHEME = "policygen:"
"""Addresses of the theme's own files; beside data: addresses the only ones that the renderer may open."""

_STYLES = ("print.css", "forms.css", "sheets.css", "redline.css", "pack.css")
_POINTS_A_PIXEL = 0.75
_RELAXED = (50_000, 20, 50)
"""Garbage collector thresholds: WeasyPrint makes many boxes that live as long as the document."""
_AROUND = ("html", "body", "main", "div")
"""Elements in which the sections of a page stand."""
_TRIES = 9
_FALSE_END = b"\r\nendstream"
_NO_FAULT = ("PDF/UA", "PDF/A")
"""How the renderer's notices begin that it does not prove conformance. `pdfcheck` looks for itself."""


_INSTALL = {
    "linux": "`sudo apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0`",
    "darwin": "`brew install pango`",
    "win32": "install MSYS2, then type `pacman -S mingw-w64-x86_64-pango` in its window",
}
"""What brings the libraries that the renderer needs, by system."""


class RendererMissingError(InputError):
    """A library that the renderer needs comes with the system, and is not here."""


class RenderError(Exception):
    """The renderer complained; this carries all that it said."""

    def __init__(self, messages: tuple[str, ...]) -> None:
        """Carry the messages."""
        self.messages = messages
        super().__init__("; ".join(messages))


def render_pdf(html: bytes) -> bytes:
    """A file that keeps PDF/UA-1 and PDF/A-2a. The same page gives the same bytes, on any machine and day."""
    tools = _tools()
    with _relaxed_garbage_collection(), _complaints() as messages, our_tags():
        pdf = _written(_laid_out(html, tools))
    if messages:
        raise RenderError(tuple(dict.fromkeys(messages)))
    return pdf


def pages_taken(html: bytes) -> int:
    """How many pages the PDF of a page has, without making it. Raises RenderError."""
    with _relaxed_garbage_collection(), _complaints() as messages:
        pages = len(_laid_out(html, _tools()).pages)
    if messages:
        raise RenderError(tuple(dict.fromkeys(messages)))
    return pages


def _laid_out(html: bytes, tools: _Tools) -> Any:
    """A page for paper, laid out; its forms are set as tight as they need."""
    page = tools.html(string=html.decode(), base_url=f"{SCHEME}page", url_fetcher=tools.fetcher)
    root = page.etree_element
    _mark_what_is_signed(root)

    def lay_out(document: Element) -> Any:
        made = _with_tree(page, document)
        return made.render(stylesheets=tools.styles, font_config=tools.fonts, pdf_forms=True)

    def try_out(document: Element) -> Any:
        # What the renderer says of a form by itself it says again of the page on which it stands.
        with _complaints():
            return lay_out(document)

    return laid_out_to_fit(root, lay_out, try_out, _pages_with)


def _pages_with(document: Any, element: Element) -> int:
    """On how many pages of a document an element stands that is not far from its root."""
    return sum(_holds(page._page_box, element) for page in document.pages)  # noqa: SLF001


def _holds(box: Any, element: Element) -> bool:
    """Whether a box is of an element, or has one that is, in whatever holds the sections of a document."""
    for kid in getattr(box, "children", ()):
        if kid.element is element:
            return True
        if kid.element_tag in _AROUND and _holds(kid, element):
            return True
    return False


def _mark_what_is_signed(root: Element) -> None:
    """Give a paragraph before a signature a class of its own.

    A selector could say the same (`:has(+ .signature)`), but then the renderer looks at all siblings of each paragraph.
    """
    for parent in root.iter():
        for node, behind in pairwise(parent):
            if node.tag == "p" and "signature" in behind.get("class", "").split():
                node.set("class", f"{node.get('class', '')} signed")


def _with_tree(page: Any, root: Element) -> Any:
    """A page of another tree: the renderer opens text alone, and keeps what it found of each element."""
    from cssselect2 import ElementWrapper

    other = copy(page)
    other.etree_element = root
    other.wrapper_element = ElementWrapper.from_html_root(root, content_language=None)
    return other


def _written(laid_out: Any) -> bytes:
    """The PDF of a page that is laid out.

    A validator takes a carriage return at the end of a stream for a part of the line end behind it, and its length for
    wrong. What the renderer puts together last can end so, too; with an object more it does not.
    """
    pdf = b""
    for spare in range(_TRIES):
        pdf = laid_out.write_pdf(
            pdf_variant="pdf/a-2a",
            output_intent="",  # the renderer would leave a file open
            custom_metadata=True,
            finisher=partial(_finish, spare=spare),
        )
        if _FALSE_END not in pdf:
            break
    return pdf


@lru_cache(maxsize=256)
def can_print(drawing: bytes) -> bool:
    """Whether the renderer shows all of an SVG: it leaves out links to other files, letters of other fonts and more.

    Raises RendererMissingError where there is none.
    """
    image = f'<img src="data:image/svg+xml;base64,{base64.b64encode(drawing).decode()}">'
    with _relaxed_garbage_collection(), _complaints() as messages:
        tools = _tools()
        page = tools.html(string=image, base_url=f"{SCHEME}page", url_fetcher=tools.fetcher)
        page.write_pdf(font_config=tools.fonts)
    return not messages


def renderer_version() -> str:
    """What makes the PDFs, for the record of a release."""
    return f"WeasyPrint {version('weasyprint')}"


def missing_glyphs(text: str) -> set[str]:
    """The characters that the theme's fonts cannot print."""
    return {sign for sign in set(text) - _printable() if sign not in "\n\r\t\u00ad"}


@cache
def _printable() -> frozenset[str]:
    """The characters that every face of the theme holds."""
    from fontTools.ttLib import TTFont

    maps = []
    for face in (_theme() / "fonts").iterdir():
        if face.name.endswith(".ttf"):
            with as_file(face) as path, TTFont(path, lazy=True) as font:
                maps.append(frozenset(map(chr, font.getBestCmap())))
    return frozenset.intersection(*maps)


@dataclass(frozen=True, slots=True)
class _Tools:
    """What all documents of a process share; parsing it anew would take a third of the time."""

    html: Any
    fetcher: Any
    fonts: Any
    styles: list[Any]


def _missing(error: OSError) -> Problems:
    problems = Problems()
    hints = (
        _INSTALL.get(sys.platform, "install Pango"),
        "`policygen check` and `serve` work without it",
    )
    problems.add("renderer-missing", f"no PDF can be made here: {error}", None, *hints)
    return problems


@cache
def _tools() -> _Tools:
    with _only_our_fonts():
        try:
            from weasyprint import CSS, HTML
            from weasyprint.text.fonts import FontConfiguration
        except OSError as error:
            raise RendererMissingError([*_missing(error)]) from error

        fonts = FontConfiguration()
    fetcher = _fetcher()
    styles = [
        CSS(url=f"{SCHEME}{name}", font_config=fonts, url_fetcher=fetcher) for name in _STYLES
    ]
    return _Tools(HTML, fetcher, fonts, styles)


@contextmanager
def _only_our_fonts() -> Iterator[None]:
    """Let Fontconfig read the theme's configuration, which names the theme's fonts and none of the system."""
    before = os.environ.get("FONTCONFIG_FILE")
    with as_file(_theme() / "fonts.conf") as path:
        os.environ["FONTCONFIG_FILE"] = str(path.resolve())
        try:
            yield
        finally:
            if before is None:
                del os.environ["FONTCONFIG_FILE"]
            else:
                os.environ["FONTCONFIG_FILE"] = before


def _fetcher() -> Any:
    """Opens the theme's files and data: addresses, and nothing else."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class ThemeFetcher(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
            if not url.startswith(SCHEME):
                return super().fetch(url, headers)
            name = url.removeprefix(SCHEME)
            kind = "text/css" if name.endswith(".css") else "image/svg+xml"
            return URLFetcherResponse(url, _theme_file(name), {"Content-Type": kind})

    return ThemeFetcher(allowed_protocols={"data"})


def _theme_file(name: str) -> bytes:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts:
        raise ValueError(f"`{name}` is not a file of the theme")
    return _theme().joinpath(*path.parts).read_bytes()


def _theme() -> Traversable:
    return files("policygen") / "theme"


@contextmanager
def _complaints() -> Iterator[list[str]]:
    """Collect what the renderer logs instead of printing it."""
    messages: list[str] = []

    class Collect(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            message = record.getMessage()
            if not message.startswith(_NO_FAULT):
                messages.append(message)

    logger = logging.getLogger("weasyprint")
    handler = Collect(logging.WARNING)
    others, propagate = logger.handlers[:], logger.propagate
    logger.handlers[:], logger.propagate = [handler], False
    try:
        yield messages
    finally:
        logger.handlers[:], logger.propagate = others, propagate


@contextmanager
def _relaxed_garbage_collection() -> Iterator[None]:
    before = gc.get_threshold()
    gc.set_threshold(*_RELAXED)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _finish(document: Any, pdf: Any, *, spare: int) -> None:
    """Say what the colours of a file mean, and which standards it keeps: the renderer knows only one at a time."""
    from pydyf import Array, Dictionary, Stream, String

    profile = Stream([_colour_profile()], Dictionary({"N": 3}), compress=True)
    pdf.add_object(profile)
    intent = {
        "Type": "/OutputIntent",
        "S": "/GTS_PDFA1",
        "OutputConditionIdentifier": String("sRGB"),
        "Info": String("sRGB IEC61966-2.1"),
        "DestOutputProfile": profile.reference,
    }
    pdf.catalog["OutputIntents"] = Array([Dictionary(intent)])
    said = document.metadata
    packet = xmp(
        said.title or "",
        said.description or "",
        said.generator or "",
        renderer_version(),
        said.lang or "",
    )
    metadata = pdf.objects[int(pdf.catalog["Metadata"].split()[0])]
    metadata.stream, metadata.compress = [packet], False
    finish_fields(document, pdf)
    _set_content_boxes(document, pdf)
    for _ in range(spare):
        pdf.add_object(Dictionary())
    for written in pdf.objects:
        if isinstance(written, Stream):
            _end_well(written)


def _set_content_boxes(document: Any, pdf: Any) -> None:
    """Say of each page how far its content may reach: beyond are its running header and footer, and nothing else."""
    from pydyf import Array

    pages = [node for node in pdf.objects if _is_page(node)]
    for node, page in zip(pages, document.pages, strict=True):
        box = page._page_box  # noqa: SLF001
        left, top = box.content_box_x(), page.height - box.content_box_y()
        corners = (left, top - box.height, left + box.width, top)
        node["ArtBox"] = Array(round(corner * _POINTS_A_PIXEL, 2) for corner in corners)


def _is_page(node: Any) -> bool:
    match node:
        case {"Type": "/Page"}:
            return True
        case _:
            return False


def _end_well(stream: Any) -> None:
    """Add a line end to what would be compressed to something with a false one: it ends with a sum over all of it."""
    if not stream.data.endswith(_FALSE_END):
        return
    stream.stream.append(b"")
    if "Length1" in stream.extra:  # of a font
        stream.extra["Length1"] += 1


@cache
def _colour_profile() -> bytes:
    """What red, green and blue are: sRGB as the International Color Consortium publishes it, free to embed."""
    return (files("weasyprint") / "pdf" / "sRGB2014.icc").read_bytes()
