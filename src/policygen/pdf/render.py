"""HTML for paper -> tagged PDF. The only module that knows WeasyPrint, and it imports it when the first PDF is made."""

from __future__ import annotations

import base64
import gc
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.metadata import version
from importlib.resources import as_file, files
from importlib.resources.abc import Traversable
from pathlib import PurePosixPath
from typing import Any

SCHEME = "policygen:"
"""Addresses of the theme's own files; beside data: addresses the only ones that the renderer may open."""

_STYLES = ("print.css", "sheets.css", "redline.css", "pack.css")
_RELAXED = (50_000, 20, 50)
"""Garbage collector thresholds: WeasyPrint makes many boxes that live as long as the document."""
_NO_FAULT = ("PDF/UA", "PDF/A")
"""How the renderer's notices begin that it does not prove conformance. `pdfcheck` looks for itself."""


class RenderError(Exception):
    """The renderer complained; this carries all that it said."""

    def __init__(self, messages: tuple[str, ...]) -> None:
        """Carry the messages."""
        self.messages = messages
        super().__init__("; ".join(messages))


def render_pdf(html: bytes) -> bytes:
    """A tagged PDF/UA-1 file of a page for paper. The same page gives the same bytes, on any machine and day."""
    with _relaxed_garbage_collection(), _complaints() as messages:
        tools = _tools()
        page = tools.html(string=html.decode(), base_url=f"{SCHEME}page", url_fetcher=tools.fetcher)
        pdf: bytes = page.write_pdf(
            stylesheets=tools.styles,
            font_config=tools.fonts,
            pdf_variant="pdf/ua-1",
            custom_metadata=True,
            finisher=_mend_tags,
        )
    if messages:
        raise RenderError(tuple(messages))
    return pdf


@lru_cache(maxsize=256)
def can_print(drawing: bytes) -> bool:
    """Whether the renderer shows all of an SVG: it leaves out links to other files, letters of other fonts and more."""
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


@cache
def _tools() -> _Tools:
    with _only_our_fonts():
        from weasyprint import CSS, HTML
        from weasyprint.text.fonts import FontConfiguration

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


def _mend_tags(_document: Any, pdf: Any) -> None:
    """Say of each table heading whether it heads a column or a row, and of each part of a link that it is a link."""

    def named(reference: bytes) -> Any:
        return pdf.objects[int(reference.split()[0])]

    # The renderer tags cells of a head and of a first column alike, and parts of a link that runs over a line end as
    # spans; ISO 14289-1 asks for the scope of a heading (7.5) and for each part to be a link (7.18.5).
    for node in pdf.objects:
        match node:
            case {"S": "/TH"}:
                group = named(named(node["P"])["P"])["S"]
                node["A"]["Scope"] = "/Column" if group == "/THead" else "/Row"
            case {"S": role, "K": kids} if role != "/Link":
                inner = (named(kid) for kid in kids if isinstance(kid, bytes))
                if any(isinstance(kid, dict) and kid.get("Type") == "/OBJR" for kid in inner):
                    node["S"] = "/Link"
