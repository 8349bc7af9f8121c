"""The website of an issuer: its model policies with their editions, circulars, changes and bundles."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from policygen.ground.dates import Month
from policygen.ground.resources import theme
from policygen.ground.wording import count
from policygen.html.page import screen_style
from policygen.site.frame import (
    LIBRARY,
    Frame,
    SitePage,
    bar_words,
    site_html,
    styled,
)
from policygen.site.frozen import taken_apart
from policygen.site.parts import site_part, size
from policygen.site.school import with_manifest

_COLOUR = "#1d3f6e"
_PDFS = {"circular.pdf": "Circular", "redline.pdf": "Changes"}
_SHOWN = {"circular.html": "Circular", "redline.html": "What changed"}
"""The pages of an edition and what they are called. They keep their names: the circular leads to the redline."""


@dataclass(frozen=True)
class Issued:
    """One published edition."""

    edition: str
    issued: datetime.date | Month
    digest: str
    files: Mapping[str, bytes]
    """Its circular, where it has one; its redline, where an edition stands before it; its bundle."""


@dataclass(frozen=True)
class ModelPolicy:
    """A model policy with its published editions."""

    template_id: str
    title: str
    purpose: str
    editions: tuple[Issued, ...]
    """Oldest first, one at least."""


@dataclass(frozen=True)
class IssuerShelf:
    """All that the site of one issuer is made of."""

    name: str
    models: tuple[ModelPolicy, ...]

    @property
    def folder(self) -> str:
        """Its name as that of a folder: "northshire-county-council"."""
        return re.sub(r"[^a-z0-9]+", "-", self.name.lower()).strip("-")


def issuer_files(shelf: IssuerShelf) -> dict[str, bytes]:
    """Every file of the site of an issuer, by path. The same shelf gives the same bytes."""
    frame = Frame(
        bar=((bar_words("Model policies", shelf.name), LIBRARY),),
        foot=(("All model policies", LIBRARY),),
        notes=(shelf.name,),
        colour=_COLOUR,
    )
    files: dict[str, bytes] = {}
    for page in _pages(shelf):
        files[page.path] = site_html(frame, page).encode()
        style = page.style or screen_style(_COLOUR)
        files[styled(style)] = style.encode()
    for model in shelf.models:
        for issued in model.editions:
            for name, content in issued.files.items():
                if name.endswith((".pdf", ".zip", ".sha256")):
                    files[_path(model, issued, name)] = content
    css = theme("site.css")
    return with_manifest({"issuer": shelf.name}, {**files, styled(css): css.encode()}, {})


def _pages(shelf: IssuerShelf) -> Iterator[SitePage]:
    yield _library(shelf)
    for model in shelf.models:
        yield _model_page(shelf, model)
        for issued in model.editions:
            for name in _SHOWN:
                if name in issued.files:
                    path = _path(model, issued, name)
                    yield _framed(model, path, issued.files[name])


def _path(model: ModelPolicy, issued: Issued, name: str) -> str:
    return f"{model.template_id}/{issued.edition}/{name}"


def _page_of(model: ModelPolicy) -> str:
    return f"{model.template_id}/index.html"


def _library(shelf: IssuerShelf) -> SitePage:
    how_many = count(len(shelf.models), "model policy")
    body = site_part("issuer", LIBRARY, shelf=shelf, how_many=how_many, page_of=_page_of)
    said = f"Model policies of {shelf.name} for schools"
    return SitePage(LIBRARY, f"Model policies – {shelf.name}", said, [body])


def _model_page(shelf: IssuerShelf, model: ModelPolicy) -> SitePage:
    path = _page_of(model)
    editions = [(issued, list(_ways(model, issued))) for issued in reversed(model.editions)]
    body = site_part("issuer_model", path, shelf=shelf, model=model, editions=editions)
    said = f"Editions of the model policy {model.title} of {shelf.name}"
    return SitePage(path, f"{model.title}: editions – {shelf.name}", said, [body])


def _ways(model: ModelPolicy, issued: Issued) -> Iterator[tuple[str, str, str]]:
    """What can be read or taken of an edition: words, path, and how large a file is."""
    for name, words in _SHOWN.items():
        if name in issued.files:
            yield words, _path(model, issued, name), ""
    for name, content in issued.files.items():
        path = _path(model, issued, name)
        if name.endswith(".zip"):
            yield "Bundle to import", path, size(content)
        elif name.endswith(".sha256"):
            yield "SHA-256 of the bundle", path, ""
        elif name in _PDFS:
            yield f"{_PDFS[name]} as PDF", path, size(content)


def _framed(model: ModelPolicy, path: str, content: bytes) -> SitePage:
    """A page made elsewhere, in the frame of the site."""
    shown = taken_apart(content)
    body = site_part("issuer_framed", path, model=model, back_to=_page_of(model), shown=shown)
    return SitePage(path, shown.title, shown.description, [body], shown.style)
