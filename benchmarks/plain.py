"""The text of a page as Markdown and as typst, for peers that lay it out themselves: words, headings, lists, tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

_BLOCKS = {"h1", "h2", "h3", "h4", "p", "li", "dt", "dd", "caption", "td", "th"}
_UNSEEN = {"style", "script", "head", "svg"}
_TYPST = re.compile(r"([\\#$*_@<>`\[\]~/=+-])")
_MARKDOWN = re.compile(r"([\\*_#<>`\[\]{}|+-])")
TYPST_HEAD = """#set document(title: "Policy")
#set page(paper: "a4", margin: (x: 24mm, y: 31mm), numbering: "1 of 1", header: [Policy])
#set text(font: "Source Sans Pro", size: 12pt, lang: "en", region: "GB")
#set heading(numbering: "1.1")
#outline()
"""


class _Reader(HTMLParser):
    """Takes blocks out of a page, and the rows of its tables."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[tuple[str, str]] = []
        self.rows: list[list[str]] = []
        self._unseen = 0
        self._words: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        del attrs
        self._unseen += tag in _UNSEEN
        if tag in _BLOCKS:
            self._words = []
        elif tag == "tr":
            self.rows.append([])

    def handle_endtag(self, tag: str) -> None:
        self._unseen -= tag in _UNSEEN
        if tag in ("td", "th"):
            self.rows[-1].append(self._text())
        elif tag == "table":
            width = max((len(row) for row in self.rows), default=0)
            self.blocks.extend(
                ("row", "\x1f".join(row + [""] * (width - len(row)))) for row in self.rows
            )
            self.blocks.append(("table", str(width)))
            self.rows = []
        elif tag in _BLOCKS and (text := self._text()):
            self.blocks.append((tag, text))

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self._words.append(data)

    def _text(self) -> str:
        text, self._words = " ".join("".join(self._words).split()), []
        return text


def _blocks(page: str) -> Iterator[tuple[str, str | list[list[str]]]]:
    reader = _Reader()
    reader.feed(page)
    rows: list[list[str]] = []
    for kind, text in reader.blocks:
        if kind == "row":
            rows.append(text.split("\x1f"))
        elif kind == "table":
            yield "table", rows
            rows = []
        else:
            yield kind, text


def as_markdown(page: str) -> str:
    """The text in Markdown."""
    signs = {"li": "- ", "h1": "# ", "h2": "## ", "h3": "### "}
    lines = []
    for kind, content in _blocks(page):
        if isinstance(content, str):
            lines.append(signs.get(kind, "") + _markdown(content))
        elif content:
            rows = [f"| {' | '.join(map(_markdown, row))} |" for row in content]
            lines.append("\n".join([rows[0], "|---" * len(content[0]) + "|", *rows[1:]]))
    return "\n\n".join(lines)


def as_typst(page: str) -> str:
    """The text in typst's own language, with a contents page and page numbers as ours have."""
    signs = {"li": "- ", "h1": "= ", "h2": "== ", "h3": "=== "}
    lines = [TYPST_HEAD]
    for kind, content in _blocks(page):
        if isinstance(content, str):
            lines.append(signs.get(kind, "") + _typst(content))
        elif content:
            cells = ", ".join(f"[{_typst(cell)}]" for row in content for cell in row)
            lines.append(f"#table(columns: {len(content[0])}, {cells})")
    return "\n\n".join(lines)


def _markdown(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", text)


def _typst(text: str) -> str:
    return _TYPST.sub(r"\\\1", text)
