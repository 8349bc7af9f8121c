"""What a copy of a policy says about itself, whoever hands it in: title, version and content code, and its words."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from itertools import zip_longest

import pikepdf
import pypdfium2

_CODE = re.compile(r"(?i)content code\W{1,3}([0-9a-f]{4}-[0-9a-f]{4})\b")
_CLAIM = re.compile(r"(?:.+: )?(?P<title>.+), version (?P<version>\d[\d.]*), of (?P<school>.+)")
_DRAFT = "Draft: "
_UNSEEN = ("style", "script", "template")
_WITHIN_LINES = {"a", "abbr", "b", "code", "em", "i", "q", "small", "span", "strong", "sub", "sup"}


@dataclass(frozen=True)
class Copy:
    """A page or PDF as a reader sees it."""

    title: str
    description: str
    """Such as "Acceptable use of IT by staff, version 1.2, of Elm Grove Primary School"."""
    lines: tuple[str, ...]

    @property
    def draft(self) -> bool:
        """Whether it says that it is a draft."""
        return self.title.startswith(_DRAFT)

    @property
    def code(self) -> str:
        """The content code that it prints; empty where it prints none."""
        found = _CODE.search("\n".join(self.lines))
        return found[1].lower() if found else ""

    @property
    def claim(self) -> tuple[str, str, str] | None:
        """The title, version and school that it claims; None for what claims to be no policy."""
        found = _CLAIM.fullmatch(self.description)
        return (found["title"], found["version"], found["school"]) if found else None


def read_copy(content: bytes) -> Copy | None:
    """What a PDF or HTML file says; None for what is neither or cannot be read."""
    if content.startswith(b"%PDF-"):
        return _pdf(content)
    return _page(content) if b"<html" in content[:1024].lower() else None


def first_difference(approved: Iterable[str], other: Iterable[str]) -> tuple[str, str] | None:
    """The line of each text in which their words first differ, empty for one that has ended; None for the same words.

    Where lines break makes no difference.
    """
    for (one, line), (two, other_line) in zip_longest(
        _words(approved), _words(other), fillvalue=("", "")
    ):
        if one != two:
            return line, other_line
    return None


def _words(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    return ((word, line) for line in lines for word in line.split())


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line for each in text.splitlines() if (line := " ".join(each.split())))


def _pdf(content: bytes) -> Copy | None:
    try:
        with pikepdf.open(io.BytesIO(content)) as opened:
            title, subject = (str(opened.docinfo.get(key, "")) for key in ("/Title", "/Subject"))
        with pypdfium2.PdfDocument(content) as document:
            text = "\n".join(page.get_textpage().get_text_bounded() for page in document)
    except (pikepdf.PdfError, pypdfium2.PdfiumError):
        return None
    return Copy(title, subject, _lines(text))


def _page(content: bytes) -> Copy:
    reader = _PageReader()
    reader.feed(content.decode("utf-8", "replace"))
    reader.close()
    return Copy(" ".join(reader.title.split()), reader.description, _lines("".join(reader.text)))


class _PageReader(HTMLParser):
    """Collects the title, the description and the words of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.title = ""
        self.description = ""
        self.text: list[str] = []
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "meta" and given.get("name") == "description":
            self.description = given.get("content") or ""
        if tag in (*_UNSEEN, "title"):
            self._inside = tag
        if tag == "img" and given.get("alt"):
            self.text.append(f"[{given['alt']}]")
        if tag not in _WITHIN_LINES:
            self.text.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == self._inside:
            self._inside = ""
        if tag not in _WITHIN_LINES:
            self.text.append("\n")

    def handle_data(self, data: str) -> None:
        if self._inside == "title":
            self.title += data
        elif not self._inside:
            self.text.append(data.replace("\n", " "))
