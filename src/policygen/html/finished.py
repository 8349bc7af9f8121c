"""A finished page read back: what its head says, its words, and its body to the byte."""

from __future__ import annotations

from html.parser import HTMLParser

from markupsafe import Markup

from policygen.html.elements import finished
from policygen.html.imprint import NAME

_UNSEEN = ("style", "script", "template", "textarea")
_WITHIN_LINES = {"a", "abbr", "b", "code", "em", "i", "q", "small", "span", "strong", "sub", "sup"}


class FinishedPage(HTMLParser):
    """A page of ours, or of anybody else; what it does not have is empty."""

    def __init__(self, content: bytes) -> None:
        """Read it."""
        super().__init__()
        self.text = content.decode("utf-8", "replace")
        self.language = ""
        self.title = ""
        self.description = ""
        self.imprint = ""
        """What it says about itself, as `imprint.read` reads it."""
        self.style = ""
        self.class_ = ""
        """Of its body."""
        self.filled = 0
        """How many of its fields hold something."""
        self.main = ""
        """The id of its main part."""
        self._words: list[str] = []
        self._inside = ""
        self._body = self._end = 0
        self._line_starts = [0]
        for line in self.text.split("\n"):
            self._line_starts.append(self._line_starts[-1] + len(line) + 1)
        self.feed(self.text)
        self.close()

    @property
    def body(self) -> Markup:
        """Everything between the tags of its body, as it stands, without the line breaks at both ends."""
        if not self._body:
            return Markup()
        return finished(self.text[self._body : self._end].removeprefix("\n").removesuffix("\n"))

    @property
    def lines(self) -> tuple[str, ...]:
        """What a reader sees, a line for each block; a picture is what it shows, in square brackets."""
        return lines_of("".join(self._words))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take what the head says, and the words of pictures."""
        given = {name: value or "" for name, value in attrs}
        match tag:
            case "html":
                self.language = given.get("lang", "")
            case "meta" if given.get("name") == "description":
                self.description = given.get("content", "")
            case "meta" if given.get("name") == NAME:
                self.imprint = given.get("content", "")
            case "body":
                self.class_ = given.get("class", "")
                self._body = self._position() + len(self.get_starttag_text() or "")
                self._end = len(self.text)
            case "main":
                self.main = given.get("id", "")
            case "input" if given.get("type") in ("checkbox", "radio"):
                self.filled += "checked" in given
            case "input":
                self.filled += bool(given.get("value"))
            case "img" if given.get("alt"):
                self._words.append(f"[{given['alt']}]")
        if tag in (*_UNSEEN, "title"):
            self._inside = tag
        if tag not in _WITHIN_LINES:
            self._words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """Note where an element ends."""
        if tag == self._inside:
            self._inside = ""
        if tag == "body":
            self._end = max(self._body, self._position())
        if tag not in _WITHIN_LINES:
            self._words.append("\n")

    def handle_data(self, data: str) -> None:
        """Take the words of the title, of the first style sheet and of the page."""
        match self._inside:
            case "title":
                self.title += data
            case "style" if not self._body:
                self.style += data
            case "textarea":
                self.filled += bool(data.strip())
            case "":
                self._words.append(data.replace("\n", " "))

    def _position(self) -> int:
        """Where the parser stands in the text."""
        line, column = self.getpos()
        return self._line_starts[line - 1] + column


def lines_of(text: str) -> tuple[str, ...]:
    """The lines of a text that hold words, with single spaces."""
    lines = (" ".join(line.split()) for line in text.splitlines())
    return tuple(line for line in lines if line)
