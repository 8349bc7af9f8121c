"""A policy for pasting into a page of a content management system: words and structure that such a system keeps.

Ids and classes carry the policy's name, so that they meet nothing of the page around; there is no style sheet and no
script. Lists with printed labels become plain ones that hold their labels as words, so that "(b)" stays "(b)" in any
style. What keeps a page from scrolling sideways stands at the elements themselves: tables scroll in a frame of their
own, and pictures are never wider than their column, whatever the style sheet around says. Letters outside ASCII are
character references: a page that does not say how it is encoded shows them, too. Fields become
lines and blank cells again, since many such systems take controls out and leave nothing in their place.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

from policygen.html.elements import block, element, escape, finished
from policygen.html.finished import FinishedPage

_KEPT = set(
    "a p h1 h2 h3 h4 h5 h6 ul ol li dl dt dd em strong code sup sub br table caption thead tbody tr th td".split()
)
_KEPT |= set("blockquote section div span img figure figcaption".split())
_VOID = set("area base br col embed hr img input link meta source track wbr".split())
_LEFT_OUT = {"nav", "footer"}
_LEFT_CLASSES = {"skip-link", "logo", "to-record", "back", "to-fill"}
_AS_DIV = {"header", "main", "section", "figure", "figcaption"}
_PLAIN = {"href", "alt", "src", "scope", "colspan", "rowspan"}
_ROOT = "overflow-wrap: break-word"
_PICTURE = "max-width: 100% !important; height: auto"
# Its content gives it no width: else a column of the page around would grow with the table.
_FRAME = "overflow-x: auto !important; max-width: 100% !important; contain: inline-size"
_AS_SPAN = {"label"}
_CONTROLS = {"input", "textarea"}
_HEADINGS = {f"h{rank}": rank for rank in range(1, 7)}


def fragment_html(page: FinishedPage, policy_id: str) -> str:
    """The body of a frozen page for pasting, its headings one rank lower."""
    writer = _Writer(f"pg-{policy_id}__")
    writer.feed(page.body)
    writer.close()
    inside = finished(re.sub(r"\n\s*\n+", "\n", "".join(writer.made)).strip())
    whole = block("div", inside, class_=f"pg-{policy_id}", lang=page.language, style=_ROOT) + "\n"
    return whole.encode("ascii", "xmlcharrefreplace").decode("ascii")


def withdrawn_fragment(policy_id: str, title: str, words: str) -> str:
    """What stands in place of a policy that was withdrawn."""
    said = element("p", element("strong", escape(title)), ". ", escape(f"{words}."))
    whole = block("div", said, class_=f"pg-{policy_id}", style=_ROOT) + "\n"
    return whole.encode("ascii", "xmlcharrefreplace").decode("ascii")


class _Writer(HTMLParser):
    """Writes again what a content management system keeps."""

    def __init__(self, prefix: str) -> None:
        super().__init__()
        self.prefix = prefix
        self.made: list[str] = []
        self._open: list[str] = []
        """End tags to be written; an empty one for an element of which only the content is kept."""
        self._skipping = 0
        self._tables = self._frame = 0
        """How many tables have begun, and where the frame of the last one begins."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        classes = given.get("class", "").split()
        if self._skipping or tag in _LEFT_OUT or _LEFT_CLASSES & {*classes}:
            self._skipping += tag not in _VOID
            return
        if tag in _CONTROLS:
            self._line(tag, given)
            return
        name = self._name(tag, classes)
        if name == "img":
            given["style"] = _PICTURE
        if name == "table":
            self._begin_frame()
        elif name == "caption":
            self._name_frame(given)
        if name:
            self.made.append(f"<{name}{self._attributes(given)}>")
        if tag not in _VOID:
            self._open.append(_end(name))

    def handle_endtag(self, tag: str) -> None:
        if self._skipping:
            self._skipping -= 1
        elif tag not in _VOID and tag not in _CONTROLS:
            self.made.append(self._open.pop())

    def handle_data(self, data: str) -> None:
        if not self._skipping:
            self.made.append(escape(data))

    def _line(self, tag: str, given: dict[str, str]) -> None:
        """What is written on in place of a control. A cell needs nothing more."""
        if tag == "input" and "class" in given:
            line = {"class": given["class"]}
            self.made.append(f"<span{self._attributes(line)}></span>")

    def _begin_frame(self) -> None:
        """Begin what scrolls a table. Its own page frames wide ones only, for it knows its style sheet."""
        self._tables += 1
        self._frame = len(self.made)
        self.made.append(_frame(self.prefix, f'aria-label="Table {self._tables}"'))

    def _name_frame(self, caption: dict[str, str]) -> None:
        """Call the frame of the table that is open as its caption does."""
        caption.setdefault("id", f"caption__{self._tables}")
        named = f'aria-labelledby="{self.prefix}{caption["id"]}"'
        self.made[self._frame] = _frame(self.prefix, named)

    def _name(self, tag: str, classes: list[str]) -> str:
        if tag in _HEADINGS:
            return f"h{min(_HEADINGS[tag] + 1, 6)}"
        if tag == "ol" and "items" in classes:
            return "ul"
        if tag in _AS_DIV:
            return "div"
        if "wide" in classes:
            return ""
        if tag in _AS_SPAN:
            return "span"
        return tag if tag in _KEPT else ""

    def _attributes(self, given: dict[str, str]) -> str:
        kept = {name: value for name, value in given.items() if name in _PLAIN}
        if kept.get("href", "").startswith("#"):
            kept["href"] = f"#{self.prefix}{kept['href'][1:]}"
        if "id" in given:
            kept["id"] = self.prefix + given["id"]
        if "class" in given:
            kept["class"] = " ".join(self.prefix + name for name in given["class"].split())
        return "".join(f' {name}="{escape(value)}"' for name, value in kept.items())


def _frame(prefix: str, named: str) -> str:
    return f'<div class="{prefix}frame" role="region" tabindex="0" {named} style="{_FRAME}">'


def _end(name: str) -> str:
    if name == "table":
        return "</table></div>"
    return f"</{name}>" if name else ""
