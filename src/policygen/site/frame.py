"""The frame around every page of a site: head, ways to the other pages, style sheets with names of their own.

Addresses are paths below `policies/`, the folder that is uploaded. Links are relative and name files, so that the site
works in any folder of any server, and from a disk.
"""

from __future__ import annotations

import hashlib
import json
import posixpath
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from policygen.ground.resources import theme
from policygen.html.elements import element, escape, lines, void_element
from policygen.html.imprint import NAME
from policygen.html.page import MAIN
from policygen.site.shelf import Shelf

FOLDER = "policies"
FILES = "site_files"
"""Styles, script and logo."""
LIBRARY = "index.html"
SEARCH = "search.html"
STATEMENT = "accessibility.html"
FEED = "feed.xml"
SCRIPT = f"{FILES}/search.js"


@dataclass(frozen=True)
class SitePage:
    """What one page of a site says."""

    path: str
    """Below `policies/`, such as "staff-acceptable-use/1.0/index.html"."""
    title: str
    description: str
    body: Sequence[str]
    style: str = ""
    """The style sheet of a frozen page that it shows; the site's own where it shows none."""
    class_: str = "site"
    indexed: bool = True
    """Whether search engines may list it."""
    canonical: str = ""
    """The path of the page that search engines should list for it; empty for itself."""
    scripts: Sequence[str] = ()
    imprint: str = ""
    """What a frozen page that it shows says about itself to programs."""
    data: dict[str, Any] = field(default_factory=dict)
    """What schema.org knows of it."""


def link(path: str, target: str) -> str:
    """The way from one page to another file, or to a place on a page ("other.html#id")."""
    return posixpath.relpath(target, posixpath.dirname(path) or ".")


def address(shelf: Shelf, target: str) -> str:
    """Where a file stands on the school's website; empty where it has none. A folder's page stands at the folder."""
    if not shelf.website:
        return ""
    return f"{shelf.website}/{FOLDER}/{target.removesuffix('index.html')}"


def styled(css: str) -> str:
    """The path of a style sheet: its name is its digest, so that a browser never mixes two."""
    return f"{FILES}/{hashlib.sha256(css.encode()).hexdigest()[:12]}.css"


def own_style(colour: str) -> str:
    """The style sheet of pages that show nothing frozen."""
    return f":root {{ --brand: {colour} }}\n{theme('screen.css')}"


@dataclass(frozen=True)
class Frame:
    """What is the same on all pages of one site."""

    bar: Sequence[tuple[str, str]]
    """Ways at the top: finished words and path."""
    foot: Sequence[tuple[str, str]]
    notes: Sequence[str]
    """Finished paragraphs below."""
    colour: str
    language: str = "en-GB"
    address: Callable[[str], str] = lambda _path: ""
    """Where a path stands on the web; empty where that is not known."""
    feed: str = ""
    """The title of the feed; empty for none."""


def frame_of(shelf: Shelf) -> Frame:
    """The frame of a school's site."""
    of = element("span", f" of {escape(shelf.name)}", class_="of")
    return Frame(
        bar=((f"Policies{of}", LIBRARY), ("Search", SEARCH)),
        foot=(
            ("All policies", LIBRARY),
            ("Search all rules", SEARCH),
            ("Accessibility statement", STATEMENT),
            ("Policy updates (Atom feed)", FEED),
        ),
        notes=(paper_copy(shelf), escape(shelf.name)),
        colour=shelf.colour,
        language=shelf.language,
        address=partial(address, shelf),
        feed=f"Policy updates of {shelf.name}",
    )


def site_html(frame: Frame, page: SitePage) -> str:
    """A whole page."""
    inside = lines((element("head", "\n", _head(frame, page), "\n"), _body(frame, page)))
    return f"<!DOCTYPE html>\n{element('html', inside, lang=frame.language)}\n"


def _head(frame: Frame, page: SitePage) -> str:
    canonical = frame.address(page.canonical or page.path) if page.indexed else ""
    styles = (styled(page.style or own_style(frame.colour)), styled(theme("site.css")))
    data = json.dumps(page.data, ensure_ascii=False, sort_keys=True).replace("<", "\\u003c")
    return lines(
        (
            '<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            element("title", escape(page.title)),
            void_element("meta", name="description", content=page.description),
            void_element("meta", name=NAME, content=page.imprint) if page.imprint else "",
            '<meta name="color-scheme" content="light dark">',
            "" if page.indexed else '<meta name="robots" content="noindex">',
            void_element("link", rel="canonical", href=canonical) if canonical else "",
            *(
                void_element("link", rel="stylesheet", href=link(page.path, style))
                for style in styles
            ),
            _feed(frame, page) if frame.feed else "",
            *(element("script", src=link(page.path, script), defer="") for script in page.scripts),
            element("script", data, type="application/ld+json") if page.data else "",
        )
    )


def _feed(frame: Frame, page: SitePage) -> str:
    target = link(page.path, FEED)
    return void_element(
        "link", rel="alternate", type="application/atom+xml", title=frame.feed, href=target
    )


def _body(frame: Frame, page: SitePage) -> str:
    skip = element("a", "Skip to main content", class_="skip-link", href=f"#{MAIN}")
    bar = element(
        "nav", "\n", _ways(frame.bar, page.path), "\n", class_="site-bar", aria_label="Site"
    )
    notes = lines(element("p", note) for note in frame.notes)
    about = lines((notes, _ways(frame.foot, page.path) if frame.foot else ""))
    foot = element("nav", "\n", about, "\n", class_="site-foot", aria_label="About these policies")
    return element("body", "\n", lines((skip, bar, *page.body, foot)), "\n", class_=page.class_)


def _ways(ways: Sequence[tuple[str, str]], path: str) -> str:
    items = (
        element(
            "li",
            element(
                "a", words, href=link(path, target), aria_current="page" if path == target else None
            ),
        )
        for words, target in ways
    )
    return element("ul", "\n", lines(items), "\n")


def paper_copy(shelf: Shelf) -> str:
    """How to get a policy on paper, with the public address, e-mail and telephone number of the school."""
    free = "free of charge" if shelf.maintained else "on request"
    ways = [element("a", escape(shelf.email), href=f"mailto:{shelf.email}")] if shelf.email else []
    if shelf.phone:
        ways.append(element("a", escape(shelf.phone), href=f"tel:{''.join(shelf.phone.split())}"))
    reach = f": {' or '.join(ways)}" if ways else ""
    return f"Ask for a paper copy of any policy, {free}, at the school office{reach}."
