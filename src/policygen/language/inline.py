"""Words within a paragraph: from the parser's tokens to inline nodes, with a ledger of every piece that was read."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Literal
from urllib.parse import quote

from markdown_it.tree import SyntaxTreeNode

from policygen.ground.diagnostics import Place, Problems
from policygen.language import document as d
from policygen.language.source import Line
from policygen.language.vocabulary import VALUE_MARK, Filled

_SCHEMES = ("https://", "http://", "mailto:", "tel:")
_DECORATIVE = "{decorative}"
"""Behind a picture that only decorates."""
_MANNERS: dict[str, Literal["number", "capital"]] = {"{number}": "number", "{capital}": "capital"}
"""Behind a reference: its number alone; its noun with a capital."""


@dataclass
class Ledger:
    """Every piece of text that was read, in order, so that what was not read can be found."""

    kept: list[str] = field(default_factory=list)
    """What was read, as written: words, ids, addresses, numbers of items."""
    printed: list[tuple[int, str]] = field(default_factory=list)
    """What of it is to stand in the tree, each with its line of the filled text."""

    def syntax(self, text: str) -> None:
        """Note what was read and does not print."""
        self.kept.append(text)

    def words(self, line: int, written: str, printed: str | None = None) -> None:
        """Note what prints; `printed` where that is not as written."""
        self.kept.append(written)
        self.printed.append((line, written if printed is None else printed))

    def unprinted(self, end: str) -> None:
        """Note that the end of what was read last does not print after all."""
        if self.printed:
            line, text = self.printed[-1]
            self.printed[-1] = (line, text.removesuffix(end.strip()))


class InlineReader:
    """Reads the words of one section's paragraphs, noting problems with their places."""

    def __init__(self, filled: Filled, problems: Problems) -> None:
        self.filled = filled
        self.lines = filled.text.split("\n")
        self.problems = problems
        self.ledger = Ledger()

    def place(self, node: SyntaxTreeNode, needle: str = "") -> Place:
        """Where a block stands; where some characters of it stand, if they are found."""
        first, last = extent(node)
        for index in range(first, max(last, first + 1)):
            for line in self.filled.lines(index):
                if needle and needle in line.text:
                    return line.place(needle)
        return self._beginning(first).place()

    def _beginning(self, index: int) -> Line:
        """The source line on which an output line begins; that on which it ends where its first words do not tell."""
        opening = VALUE_MARK.split(self.lines[index])[0].strip()[:16]
        lines = self.filled.lines(index)
        for line in reversed(lines):
            if opening and opening in line.text:
                return line
        return lines[0]

    def children(
        self, tokens: Sequence[SyntaxTreeNode], within: SyntaxTreeNode
    ) -> tuple[d.Inline, ...]:
        """The inline nodes of some tokens. `within` is the block that they stand in."""
        return joined(self._spans(tokens, within))

    def unmarked(self, text: str) -> str:
        """A text with its values in place of their marks."""
        return VALUE_MARK.sub(lambda mark: self.filled.values[int(mark[1])].text, text)

    def fixed(self, text: str, within: SyntaxTreeNode) -> str:
        """The same where no value can be filled in later: what the record of a version says cannot stand there."""
        marked = VALUE_MARK.finditer(text)
        self._refuse_record((self.filled.values[int(mark[1])] for mark in marked), within)
        return self.unmarked(text)

    def _refuse_record(self, values: Iterable[object], within: SyntaxTreeNode) -> None:
        for value in values:
            if isinstance(value, d.Value) and value.kind == "record":
                says = f"`{value.name}` cannot stand in an address, a picture, code or the name of who signs"
                place = self.place(within, value.name)
                self.problems.add("record-tested", says, place, "print it in a sentence")

    def html(self, node: SyntaxTreeNode, within: SyntaxTreeNode) -> None:
        """Note HTML."""
        self.ledger.syntax(node.content)
        first_line = node.content.strip().split("\n")[0]
        self.problems.add(
            "raw-html",
            f"`{first_line}` is HTML",
            self.place(within, first_line),
            "write Markdown; for a sign as such write `\\<`",
        )

    def _spans(
        self, tokens: Sequence[SyntaxTreeNode], within: SyntaxTreeNode
    ) -> Iterator[d.Inline]:
        for index, token in enumerate(tokens):
            following = ""
            if index + 1 < len(tokens):
                following = tokens[index + 1].content
            match token.type:
                case "text" | "text_special":
                    before = tokens[index - 1] if index > 0 else None
                    yield from self._text(token, within, _behind(before, token.content))
                case "softbreak":
                    yield d.Text(" ")
                case "hardbreak":
                    yield d.LineBreak()
                case "em":
                    yield d.Emphasis(self.children(token.children, within))
                case "strong":
                    yield d.Strong(self.children(token.children, within))
                case "code_inline":
                    code = self.fixed(token.content, within)
                    self.ledger.words(extent(within)[0], token.content, code)
                    yield d.Code(code)
                case "link":
                    yield from self._link(token, within, _behind(token, following))
                case "image":
                    decorative = bool(_behind(token, following))
                    yield self._image(token, within, decorative=decorative)
                case "footnote_ref":
                    label = token.meta["label"]
                    self.ledger.syntax(label)
                    yield d.FootnoteMark(f"note-{label}")
                case "html_inline":
                    self.html(token, within)
                case kind:
                    message = f"`{kind}` is not part of the section language"
                    self.problems.add("markdown-unsupported", message, self.place(within))

    def _text(
        self, token: SyntaxTreeNode, within: SyntaxTreeNode, braces: str
    ) -> Iterator[d.Inline]:
        """`braces` stand at its beginning and belong to what is before it."""
        content = token.content
        if token.type == "text_special" and unicodedata.category(content[0]) == "Co":
            # A sign of ours, forged by its number, could stand for a value.
            self.problems.add(
                "bad-character",
                f"`{token.markup}` is a sign that cannot be printed",
                self.place(within, token.markup),
                "take it out",
            )
            content = ""
        words = content.removeprefix(braces)
        self.ledger.words(extent(within)[0], content, words)
        for index, part in enumerate(VALUE_MARK.split(words)):
            if index % 2:
                yield self.filled.values[int(part)]
            elif part:
                yield d.Text(part)

    def _link(
        self, token: SyntaxTreeNode, within: SyntaxTreeNode, braces: str
    ) -> Iterator[d.Inline]:
        address = str(token.attrs.get("href", ""))
        children = self.children(token.children, within)
        if token.info != "auto":
            self.ledger.syntax(address)
        self._refuse_title(token, within, "link")
        if address.startswith("#"):
            targets = tuple(part.strip().removeprefix("#") for part in address.split(","))
            place = self.place(within, address)
            if children and braces:
                hint = "take it out, or leave the words between the brackets out"
                says = f"`{braces}` has no effect behind a reference with words of its own"
                self.problems.add("bad-attributes", says, place, hint)
            yield d.ReferenceMark(targets, children, place, _MANNERS.get(braces, ""))
            return
        self.fixed(address, within)
        address = VALUE_MARK.sub(
            lambda mark: quote(self.filled.values[int(mark[1])].text, safe="@:/?&=+."), address
        )
        if not address.startswith(_SCHEMES):
            hint = "a link leads to `#id`, or to an address with `https:`, `mailto:` or `tel:`"
            message = f"`{address}` is not an address that may be linked"
            self.problems.add("bad-link", message, self.place(within, address), hint)
            yield from children
            return
        yield d.Link(address, children or (d.Text(address),))

    def _image(self, token: SyntaxTreeNode, within: SyntaxTreeNode, *, decorative: bool) -> d.Image:
        before = len(self.ledger.printed)
        shown = self.children(token.children, within)
        self._refuse_record(d.walk(shown), within)
        alt = d.plain(shown)
        self.ledger.printed[before:] = [(extent(within)[0], alt)]
        path = str(token.attrs.get("src", ""))
        self.ledger.syntax(path)
        self._refuse_title(token, within, "picture")
        place = self.place(within, path)
        if not alt and not decorative:
            hint = f"write `![what it shows]({path})`, or `![]({path}){_DECORATIVE}` if it only decorates"
            message = f"the image `{path}` has no alternative text"
            self.problems.add("image-alt", message, place, hint)
        return d.Image(path, alt, place)

    def _refuse_title(self, token: SyntaxTreeNode, within: SyntaxTreeNode, what: str) -> None:
        title = str(token.attrs.get("title", ""))
        if title:
            self.ledger.syntax(title)
            self.problems.add(
                "lost-words",
                f"“{self.unmarked(title)}”, the title of a {what}, would not print",
                self.place(within, title),
                "write it into the sentence, or take it out",
            )


def _behind(token: SyntaxTreeNode | None, text: str) -> str:
    """The braces at the beginning of a text that belong to the picture or reference before it; empty for none."""
    known: tuple[str, ...] = ()
    if token is not None and token.type == "image":
        known = (_DECORATIVE,)
    elif token is not None and token.type == "link" and str(token.attrs["href"]).startswith("#"):
        known = tuple(_MANNERS)
    return next((braces for braces in known if text.startswith(braces)), "")


def joined(spans: Iterable[d.Inline]) -> tuple[d.Inline, ...]:
    """Inline nodes with neighbouring texts made one."""
    together: list[d.Inline] = []
    for is_text, group in groupby(spans, lambda span: isinstance(span, d.Text)):
        if not is_text:
            together += group
        elif text := d.plain(tuple(group)):
            together.append(d.Text(text))
    return tuple(together)


def without_prefix(children: tuple[d.Inline, ...], prefix: str) -> tuple[d.Inline, ...]:
    """Inline nodes without the words that they begin with."""
    first, *rest = children
    if not isinstance(first, d.Text):
        return children
    text = first.text.removeprefix(prefix).lstrip()
    return (d.Text(text), *rest) if text else tuple(rest)


def extent(node: SyntaxTreeNode) -> tuple[int, int]:
    """The first line of a node in the filled text, and that after its last one. A cell stands where its words do."""
    if node.map is None and node.children:
        return extent(node.children[0])
    return node.map or (0, 1)
