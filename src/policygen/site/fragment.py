"""A policy for pasting into a page of a content management system: words and structure that such a system keeps.

Ids and classes carry the policy's name, so that they meet nothing of the page around; there is no style and no script.
Lists with printed labels become plain ones that hold their labels as words, so that "(b)" stays "(b)" in any style.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

from policygen.html.elements import block, escape, finished
from policygen.html.finished import FinishedPage

_KEPT = set(
    "a p h1 h2 h3 h4 h5 h6 ul ol li dl dt dd em strong code sup sub br table caption thead tbody tr th td".split()
)
_KEPT |= set("blockquote section div span img figure figcaption".split())
_VOID = {"br", "img"}
_LEFT_OUT = {"nav", "footer"}
_LEFT_CLASSES = {"skip-link", "logo", "to-record", "back"}
_AS_DIV = {"header", "main", "section", "figure", "figcaption"}
_PLAIN = {"href", "alt", "src", "scope", "colspan", "rowspan"}
_HEADINGS = {f"h{rank}": rank for rank in range(1, 7)}


def fragment_html(page: FinishedPage, policy_id: str) -> str:
    """The body of a frozen page for pasting, its headings one rank lower."""
    writer = _Writer(f"pg-{policy_id}-")
    writer.feed(page.body)
    writer.close()
    inside = re.sub(r"\n\s*\n+", "\n", "".join(writer.made)).strip()
    return block("div", finished(inside), class_=f"pg-{policy_id}", lang=page.language) + "\n"


class _Writer(HTMLParser):
    """Writes again what a content management system keeps."""

    def __init__(self, prefix: str) -> None:
        super().__init__()
        self.prefix = prefix
        self.made: list[str] = []
        self._open: list[str] = []
        """End tags to be written; an empty one for an element of which only the content is kept."""
        self._skipping = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        classes = given.get("class", "").split()
        if self._skipping or tag in _LEFT_OUT or _LEFT_CLASSES & {*classes}:
            self._skipping += tag not in _VOID and tag not in ("input", "meta", "link")
            return
        name = self._name(tag, classes)
        if name in _VOID:
            self.made.append(f"<{name}{self._attributes(given)}>")
            return
        self._open.append(f"</{name}>" if name else "")
        if name:
            self.made.append(f"<{name}{self._attributes(given)}>")

    def handle_endtag(self, tag: str) -> None:
        if self._skipping:
            self._skipping -= 1
        elif tag not in _VOID:
            self.made.append(self._open.pop())

    def handle_data(self, data: str) -> None:
        if not self._skipping:
            self.made.append(escape(data))

    def _name(self, tag: str, classes: list[str]) -> str:
        if tag in _HEADINGS:
            return f"h{min(_HEADINGS[tag] + 1, 6)}"
        if tag == "ol" and "items" in classes:
            return "ul"
        if tag in _AS_DIV:
            return "div"
        return tag if tag in _KEPT else ""

    def _attributes(self, given: dict[str, str]) -> str:
        kept = {name: value for name, value in given.items() if name in _PLAIN}
        if kept.get("href", "").startswith("#"):
            kept["href"] = f"#{self.prefix}{kept['href'][1:]}"
        if "id" in given:
            kept["id"] = self.prefix + given["id"]
        if "class" in given:
            kept["class"] = " ".join(self.prefix + each for each in given["class"].split())
        return "".join(f' {name}="{escape(value)}"' for name, value in kept.items())
