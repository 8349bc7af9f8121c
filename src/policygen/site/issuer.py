"""The website of an issuer: its model policies with their editions, circulars, changes and bundles."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from policygen.ground.dates import printed_day
from policygen.ground.resources import theme
from policygen.ground.wording import count
from policygen.html.elements import element, escape, heading, lines
from policygen.html.page import MAIN
from policygen.site.frame import LIBRARY, Frame, SitePage, link, own_style, site_html, styled
from policygen.site.frozen import taken_apart
from policygen.site.parts import described, link_list, size
from policygen.site.school import with_manifest

_COLOUR = "#1d3f6e"
_PDFS = {"circular.pdf": "Circular", "redline.pdf": "Changes"}


@dataclass(frozen=True)
class Issued:
    """One published edition."""

    edition: str
    issued: datetime.date
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
        bar=(
            ("Model policies" + element("span", f" of {escape(shelf.name)}", class_="of"), LIBRARY),
        ),
        foot=(("All model policies", LIBRARY),),
        notes=(escape(shelf.name),),
        colour=_COLOUR,
    )
    files: dict[str, bytes] = {}
    for page in _pages(shelf):
        files[page.path] = site_html(frame, page).encode()
        style = page.style or own_style(_COLOUR)
        files[styled(style)] = style.encode()
    for model in shelf.models:
        for each in model.editions:
            files |= {
                f"{model.template_id}/{each.edition}/{name}": content
                for name, content in each.files.items()
                if name.endswith((".pdf", ".zip", ".sha256"))
            }
    css = theme("site.css")
    return with_manifest({"issuer": shelf.name}, {**files, styled(css): css.encode()}, {})


def _pages(shelf: IssuerShelf) -> Iterator[SitePage]:
    yield _library(shelf)
    for model in shelf.models:
        yield _model_page(shelf, model)
        for each in model.editions:
            if "circular.html" in each.files:
                yield _framed(model, _circular_path(model, each), each.files["circular.html"])
            if "redline.html" in each.files:
                yield _framed(model, _changes_path(model, each), each.files["redline.html"])


def _library(shelf: IssuerShelf) -> SitePage:
    cards = lines(_card(model) for model in shelf.models)
    header = (
        element("p", escape(shelf.name), class_="school"),
        heading(1, "Model policies"),
        element(
            "p", f"{count(len(shelf.models), 'model policy')}, for schools to adopt.", class_="lead"
        ),
    )
    body = (
        element("header", "\n", lines(header), "\n", class_="site-head"),
        element("main", "\n", element("ul", "\n", cards, "\n", class_="shelf"), "\n", id=MAIN),
    )
    return SitePage(
        LIBRARY,
        f"Model policies – {shelf.name}",
        f"Model policies of {shelf.name} for schools",
        body,
    )


def _card(model: ModelPolicy) -> str:
    last, page = model.editions[-1], f"{model.template_id}/index.html"
    rows = (("Latest edition", escape(last.edition)), ("Issued", printed_day(last.issued)))
    inside = (
        heading(2, element("a", escape(model.title), href=page)),
        element("p", escape(model.purpose), class_="purpose") if model.purpose else "",
        described(rows),
    )
    return element("li", "\n", lines(inside), "\n", class_="card")


def _model_page(shelf: IssuerShelf, model: ModelPolicy) -> SitePage:
    path = f"{model.template_id}/index.html"
    header = (
        element("p", escape(shelf.name), class_="school"),
        heading(1, escape(model.title)),
        element("p", escape(model.purpose), class_="lead") if model.purpose else "",
    )
    editions = lines(_edition(model, each, path) for each in reversed(model.editions))
    body = (
        element("header", "\n", lines(header), "\n", class_="site-head"),
        element("main", "\n", editions, "\n", id=MAIN),
    )
    said = f"Editions of the model policy {model.title} of {shelf.name}"
    return SitePage(path, f"{model.title}: editions – {shelf.name}", said, body)


def _edition(model: ModelPolicy, each: Issued, path: str) -> str:
    latest = element("span", "Latest", class_="badge") if each is model.editions[-1] else ""
    rows = (
        ("Issued", printed_day(each.issued)),
        ("Digest", element("code", escape(each.digest[:16]))),
    )
    inside = (
        heading(2, lines((escape(f"Edition {each.edition}"), latest))),
        described(rows),
        link_list(_ways(model, each, path), "ways"),
    )
    return element("section", "\n", lines(inside), "\n", class_="version")


def _ways(model: ModelPolicy, each: Issued, path: str) -> Iterator[str]:
    of, folder = (
        element("span", f" of edition {escape(each.edition)}", class_="spoken"),
        f"{model.template_id}/{each.edition}",
    )
    if "circular.html" in each.files:
        yield element("a", f"Circular{of}", href=link(path, _circular_path(model, each)))
    if "redline.html" in each.files:
        yield element("a", f"What changed{of}", href=link(path, _changes_path(model, each)))
    for name, content in each.files.items():
        if name.endswith(".zip"):
            yield element(
                "a", f"Bundle to import{of} ({size(content)})", href=link(path, f"{folder}/{name}")
            )
        elif name.endswith(".sha256"):
            yield element("a", f"SHA-256 of the bundle{of}", href=link(path, f"{folder}/{name}"))
        elif name in _PDFS:
            yield element(
                "a",
                f"{_PDFS[name]} as PDF{of} ({size(content)})",
                href=link(path, f"{folder}/{name}"),
            )


def _circular_path(model: ModelPolicy, each: Issued) -> str:
    return f"{model.template_id}/{each.edition}/circular.html"


def _changes_path(model: ModelPolicy, each: Issued) -> str:
    return f"{model.template_id}/{each.edition}/changes.html"


def _framed(model: ModelPolicy, path: str, content: bytes) -> SitePage:
    """A page made elsewhere, in the frame of the site."""
    made = taken_apart(content)
    back = element(
        "a",
        escape(f"All editions of {model.title}"),
        href=link(path, f"{model.template_id}/index.html"),
    )
    shown = element("div", "\n", made.body, "\n", class_=f"frozen {made.class_}", id=MAIN)
    return SitePage(
        path, made.title, made.description, (link_list([back], "ways"), shown), made.style
    )
