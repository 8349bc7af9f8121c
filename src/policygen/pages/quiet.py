"""Whether a page that came from elsewhere runs nothing and fetches nothing, as every page made here."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_ELEMENTS = frozenset(
    """applet audio base button embed form frame frameset iframe input link object portal script select source svg
    template textarea track video math""".split()
)
"""What runs, fetches, sends or redirects, or may hold what does."""
_FETCHES = frozenset({"src", "srcset", "data", "poster", "background", "action", "formaction", "ping", "xlink:href"})
_LEADS_TO = re.compile(r"(?:#|https?://|mailto:|tel:)", re.IGNORECASE)
_IN_STYLES = re.compile(r"@import|expression\s*\(|\\|url\(\s*['\"]?(?!data:)", re.IGNORECASE)


def first_unquiet(page: str) -> str:
    """The first thing in an HTML page that runs or fetches something; empty where there is none."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return reader.found


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found = ""
        self.in_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.in_style = tag == "style"
        named = {name: (value or "").strip() for name, value in attrs}
        if tag in _ELEMENTS or (tag == "meta" and "http-equiv" in named):
            self.note(f"<{tag}>")
        for name, value in named.items():
            fetches = name in _FETCHES and not value.lower().startswith("data:image/")
            leads = name == "href" and not _LEADS_TO.match(value)
            if name.startswith("on") or fetches or leads or (name == "style" and _IN_STYLES.search(value)):
                self.note(f"<{tag} {name}>")

    def handle_endtag(self, tag: str) -> None:
        self.in_style = self.in_style and tag != "style"

    def handle_data(self, data: str) -> None:
        if self.in_style and _IN_STYLES.search(data):
            self.note("<style>")

    def note(self, what: str) -> None:
        self.found = self.found or what
