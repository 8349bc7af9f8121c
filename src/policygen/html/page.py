"""The shell of every page: head, style, what a copy says about itself."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from policygen.html.elements import Medium, Setting, element, escape, lines, void_element
from policygen.html.imprint import NAME, Imprint, imprint_of, written
from policygen.html.inline import picture
from policygen.html.labels import Stamp, full_title
from policygen.html.measure import shortened
from policygen.language.document import Document

MAIN = "main_content"
"""The id of the main part; the underscore keeps it apart from the ids that authors give."""


def page(
    *,
    language: str,
    title: str,
    description: str,
    colour: str,
    medium: Medium,
    draft: bool,
    class_: str,
    body: Sequence[str],
    running: dict[str, str] | None = None,
    imprint: Imprint | None = None,
) -> str:
    """A whole page. `running` gives the words of the running header and footer on paper."""
    style = _style(colour, medium, draft=draft)
    head = lines(
        (
            '<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            if medium == "screen"
            else "",
            element("title", escape(title)),
            void_element("meta", name="description", content=description),
            imprint_meta(imprint),
            '<meta name="color-scheme" content="light dark">' if medium == "screen" else "",
            f"<style>{style}</style>",
        )
    )
    data = {f"data_{name}": text for name, text in (running or {}).items()}
    shown = element(
        "body", "\n", lines(body), "\n", class_=f"{class_} draft" if draft else class_, **data
    )
    inside = lines((element("head", "\n", head, "\n"), shown))
    return f"<!DOCTYPE html>\n{element('html', inside, lang=language)}\n"


def document_page(
    document: Document,
    setting: Setting,
    class_: str,
    body: Sequence[str],
    *,
    what: str = "",
    about: str = "",
    runs: bool = True,
) -> str:
    """A page of a document.

    `what` is the title of a form, extract or sheet; empty for the whole policy. `about` says instead in the
    description what kind of page it is; `runs` is whether it has a running header and footer on paper.
    """
    stamp = setting.stamp
    kind = about or what
    said = description(document)
    return page(
        language=document.language,
        title=full_title(document, stamp, what),
        description=f"{kind}: {said}" if kind else said,
        colour=document.branding.colour,
        medium=setting.medium,
        draft=stamp.draft,
        class_=class_,
        body=body,
        running=running(document, stamp) if runs and setting.print else None,
        imprint=imprint_of(document, stamp, what),
    )


def imprint_meta(imprint: Imprint | None) -> str:
    """What a page is, for programs; nothing for one that is no copy of a policy."""
    return void_element("meta", name=NAME, content=written(imprint)) if imprint else ""


@cache
def _screen_css() -> str:
    return (files("policygen") / "theme" / "screen.css").read_text(encoding="utf-8")


def _style(colour: str, medium: Medium, *, draft: bool) -> str:
    brand = f":root {{ --brand: {colour} }}\n"
    if medium == "screen":
        return brand + _screen_css()
    # The rest of the rules for paper is shared between documents: pdf.py gives it to the renderer.
    mark = (
        '@page { background: url("policygen:draft.svg") no-repeat center / 150mm }\n'
        if draft
        else ""
    )
    return brand + mark


def description(document: Document) -> str:
    """One line for search results and document properties."""
    return f"{document.title}, version {document.version}, of {document.school_name}"


def running(document: Document, stamp: Stamp) -> dict[str, str]:
    """The words of the running header and footer, each cut to the lines that it has room for."""
    short = f"Draft · {document.short_title}" if stamp.draft else document.short_title
    numbers = f" · Version {document.version} · Content code {stamp.content_code}"
    return {
        "school": shortened(document.school_name, 95, 9, 3),
        "short": shortened(short, 63, 9, 3),
        "footer": shortened(document.title, 128, 9, 1) + numbers,
        "values": shortened(document.branding.footer, 128, 9, 2),
    }


def logo(document: Document, setting: Setting) -> str:
    """The logo of the school, if it has one."""
    branding = document.branding
    if not branding.logo:
        return ""
    alt = branding.logo_alt or f"Logo of {document.school_name}"
    return element("p", picture(branding.logo, alt, setting), class_="logo")


def facts(rows: Sequence[tuple[str, str]]) -> str:
    """Labels and their values."""
    found = (
        element(
            "li",
            element("span", escape(name), class_="name"),
            " ",
            element("span", escape(text), class_="said"),
        )
        for name, text in rows
    )
    return element("ul", "\n", lines(found), "\n", class_="facts")


def draft_banner() -> str:
    """What a draft says at its top."""
    return element(
        "p", element("strong", "Draft"), " – not yet approved. Not for use.", class_="draft-banner"
    )
