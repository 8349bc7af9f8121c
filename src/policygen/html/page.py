"""The shell of every page: head, style, what a copy says about itself."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence

from markupsafe import Markup

from policygen.ground.colours import on_dark, on_light
from policygen.ground.resources import theme
from policygen.html.elements import (
    Medium,
    Setting,
    attributes_of,
    block,
    element,
    finished,
    lines,
    unbroken,
)
from policygen.html.imprint import Imprint, imprint_of, written
from policygen.html.inline import picture
from policygen.html.labels import Stamp, full_title
from policygen.html.measure import lines_of, shortened
from policygen.html.templates import MAIN, filled
from policygen.language.document import Document

__all__ = [
    "MAIN",
    "data_of",
    "description",
    "document_page",
    "fact",
    "facts",
    "logo",
    "page",
    "running",
    "screen_style",
]
_DRAFT_MARK = '@page { background: url("policygen:draft.svg") no-repeat center / 150mm }\n'
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
"""Content-Security-Policy of a page that needs no other file."""

_FOOT = 128.0
"""How wide the foot of a page is beside its number, in millimetres."""


def page(
    *,
    language: str = "en-GB",
    title: str,
    description: str,
    colour: str = "#1d3f6e",
    medium: Medium = "screen",
    draft: bool = False,
    class_: str,
    body: Sequence[str],
    running: Mapping[str, str] | None = None,
    imprint: Imprint | None = None,
    style: str = "",
    main: str = MAIN,
    script: str = "",
) -> str:
    """A whole page. `running` gives the words of the running header and footer on paper, `style` rules of its own.

    `main` is the id of its main part, to which a reader may skip. `script` is one that the page can do without; no
    other script runs on it.
    It is text to be written to a file and no longer `Markup`, which would escape what is put into it.
    """
    whole = filled(
        "page",
        screen=medium == "screen",
        language=language,
        title=title,
        description=description,
        imprint=written(imprint) if imprint else "",
        style=finished(_style(colour, medium, draft=draft) + style),
        class_=f"{class_} draft" if draft else class_,
        running=data_of(running or {}),
        main=main,
        script=finished(script),
        policy=_policy(script),
        body=lines(body),
    )
    return f"{whole}\n"


def document_page(
    document: Document,
    setting: Setting,
    class_: str,
    body: Sequence[str],
    *,
    what: str = "",
    about: str = "",
    runs: bool = True,
    main: str = MAIN,
) -> str:
    """A page of a document.

    `what` is the title of a form, extract or sheet; empty for the whole policy. `about` says instead in the
    description what kind of page it is; `runs` is whether it has a running header and footer on paper; `main` is the
    id of its main part.
    """
    stamp = setting.stamp
    said = description(document)
    if about or what:
        said = f"{about or what}: {said}"
    header = None
    if runs and setting.print:
        header = running(document, stamp)
    return page(
        language=document.language,
        title=full_title(document, stamp, what),
        description=said,
        colour=document.branding.colour,
        medium=setting.medium,
        draft=stamp.draft,
        class_=class_,
        body=body,
        running=header,
        imprint=imprint_of(document, stamp, what),
        main=main,
    )


def _style(colour: str, medium: Medium, *, draft: bool) -> str:
    if medium == "screen":
        return screen_style(colour)
    brand = f":root {{ --brand: {colour} }}\n"
    # The rest of the rules for paper is shared between documents: pdf.render gives it to the renderer.
    if draft:
        brand += _DRAFT_MARK
    return brand


def _policy(script: str) -> Markup:
    """What a browser may load and run for a page: its own styles and pictures, and no script but its own."""
    said = _POLICY
    if script:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii")
        said = f"{said}; script-src 'sha256-{digest}'"
    return finished(said)


def screen_style(colour: str) -> str:
    """The style sheet of a page for the screen, with shades of the school's colour for words on light and on dark."""
    shades = f"--brand-on-light: {on_light(colour)}; --brand-on-dark: {on_dark(colour)}"
    return f":root {{ --brand: {colour}; {shades} }}\n{theme('screen.css')}"


def data_of(running: Mapping[str, str]) -> Markup:
    """The words of the running header and footer as attributes."""
    return attributes_of({f"data_{name}": text for name, text in running.items()})


def description(document: Document) -> str:
    """One line for search results and document properties."""
    return f"{document.title}, version {document.version}, of {document.school_name}"


def running(document: Document, stamp: Stamp) -> dict[str, str]:
    """The words of the running header and footer, each cut to the lines that it has room for."""
    short = document.short_title
    if stamp.draft:
        short = f"Draft · {short}"
    foot = f"Version {document.version} · Content code {stamp.content_code}"
    values = document.branding.footer
    # The values of the school stand on the same line where they go there.
    if values and lines_of(f"{foot} · {values}", _FOOT, 9) == 1:
        foot, values = f"{foot} · {values}", ""
    return {
        "school": shortened(document.school_name, 95, 9, 3),
        "short": shortened(short, 63, 9, 3),
        "footer": foot,
        "values": shortened(values, _FOOT, 9, 2),
    }


def logo(document: Document, setting: Setting) -> Markup:
    """The logo of the school, if it has one."""
    branding = document.branding
    if not branding.logo:
        return Markup()
    alt = branding.logo_alt or f"Logo of {document.school_name}"
    return element("p", picture(branding.logo, alt, setting), class_="logo")


def facts(rows: Sequence[tuple[str, str]]) -> Markup:
    """Labels and their values."""
    return block("ul", *(fact(label, said) for label, said in rows), class_="facts")


def fact(label: str, said: str) -> Markup:
    """One of them."""
    name = element("span", label, class_="name")
    return element("li", name, " ", element("span", unbroken(said), class_="said"))
