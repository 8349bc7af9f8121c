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
from urllib.parse import urlsplit

from markupsafe import Markup

from policygen.ground.resources import theme
from policygen.html.elements import element, finished, joined, lines
from policygen.html.page import screen_style
from policygen.html.templates import filled
from policygen.site.shelf import Shelf

FOLDER = "policies"
FILES = "site_files"
"""Styles, script and logo."""
LIBRARY = "index.html"
SEARCH = "search.html"
STATEMENT = "accessibility.html"
MISSING = "404.html"
"""The name under which web servers look for what they show where there is no page."""
FEED = "feed.xml"
INDEX = "policies.json"
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
    anywhere: bool = False
    """Whether it is shown at any address, so that no link of it may be relative."""


def link(path: str, target: str) -> str:
    """The way from one page to another file, or to a place on a page ("other.html#id")."""
    return posixpath.relpath(target, posixpath.dirname(path) or ".")


def from_anywhere(root: str, target: str) -> str:
    """The way to a file from any address of the server."""
    return f"{root}/{target}"


def site_root(shelf: Shelf) -> str:
    """Where the site stands on its server; right below its root where the school does not say."""
    return f"{urlsplit(shelf.website).path}/{FOLDER}"


def address(shelf: Shelf, target: str) -> str:
    """Where a file stands on the school's website; empty where it has none. A folder's page stands at the folder."""
    if not shelf.website:
        return ""
    return f"{shelf.website}/{FOLDER}/{target.removesuffix('index.html')}"


def styled(css: str) -> str:
    """The path of a style sheet: its name is its digest, so that a browser never mixes two."""
    return f"{FILES}/{hashlib.sha256(css.encode()).hexdigest()[:12]}.css"


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
    root: str = ""
    """Where the site stands on its server."""


def frame_of(shelf: Shelf) -> Frame:
    """The frame of a school's site."""
    return Frame(
        bar=((bar_words("Policies", shelf.name), LIBRARY), ("Search", SEARCH)),
        foot=(
            ("All policies", LIBRARY),
            ("Search all rules", SEARCH),
            ("Accessibility statement", STATEMENT),
            ("Policy updates (Atom feed)", FEED),
        ),
        notes=(paper_copy(shelf), shelf.name),
        colour=shelf.colour,
        language=shelf.language,
        address=partial(address, shelf),
        feed=f"Policy updates of {shelf.name}",
        root=site_root(shelf),
    )


def bar_words(what: str, name: str) -> Markup:
    """The first way at the top of a page; a narrow screen leaves out whose site it is."""
    return joined((what, element("span", f" of {name}", class_="of")))


def site_html(frame: Frame, page: SitePage) -> str:
    """A whole page."""
    canonical = frame.address(page.canonical or page.path) if page.indexed else ""
    styles = (styled(page.style or screen_style(frame.colour)), styled(theme("site.css")))
    data = json.dumps(page.data, ensure_ascii=False, sort_keys=True).replace("<", "\\u003c")
    to = partial(link, page.path)
    if page.anywhere:
        to = partial(from_anywhere, frame.root)
    whole = filled(
        "site_page",
        frame=frame,
        page=page,
        to=to,
        canonical=canonical,
        styles=styles,
        feed=FEED,
        data=finished(data) if page.data else "",
        body=lines(page.body),
    )
    return f"{whole}\n"


def paper_copy(shelf: Shelf) -> Markup:
    """How to get a policy on paper, with the public address, e-mail and telephone number of the school."""
    return filled("paper_copy", shelf=shelf, dialled="".join(shelf.phone.split()))
