"""Markdown to blocks. The token stream of the parser goes no further than this module.

Works on filled text, in which values are marks, and puts the values back as nodes of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Literal, get_args
from urllib.parse import quote

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from mdit_py_plugins.container import container_plugin
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin

from policygen.ground.diagnostics import Place, Problems
from policygen.ground.wording import count, join_and, meant_or_known
from policygen.language.document import (
    Adapt,
    Audience,
    AudiencePart,
    Block,
    Callout,
    Cell,
    Code,
    Definition,
    Definitions,
    Emphasis,
    Footnote,
    FootnoteMark,
    Image,
    Inline,
    Item,
    ItemList,
    LineBreak,
    Link,
    Paragraph,
    Quote,
    ReferenceMark,
    SignatureBlock,
    Strong,
    Table,
    Text,
    plain,
)
from policygen.language.source import Line
from policygen.language.vocabulary import VALUE_MARK, Filled

_ATTRIBUTES = re.compile(r"\s*\{([#a-z][^{}]*)\}\s*$")
_ID = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_FLAGS = ("clause", "unnumbered")
_CELL_END = re.compile(r"(?<!\\)\|")
_FENCE = re.compile(r"^\s*(:{3,})\s*(.*?)\s*$")
_TYPED_ITEM = re.compile(r"^\s*\d{1,2}[.)]\s+\S")
_SCHEMES = ("https://", "http://", "mailto:", "tel:")
_CONTAINERS = ("remember", "key-points", "quote", "signature", "audience")
_UNSUPPORTED = {
    "fence": ("a block of code", "write the text as a paragraph"),
    "blockquote": ("a quotation with `>`", "write `::: quote` and `:::` around it"),
    "hr": ("a rule across the page", "leave it out"),
}
_CELL_HINT = (
    "give the id to the table, at the end of its caption; "
    "for a rule to be adapted write a paragraph with an id"
)
_TERM_HINT = "give the id to the paragraph before the definitions, ending with a colon; they belong to it then"


@dataclass(frozen=True)
class Attributes:
    """What stands in braces: `{#id adapt=free clause}`."""

    id: str = ""
    adapt: Adapt | None = None
    flags: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Heading:
    """A heading as written; the numbering scheme decides what becomes of it."""

    level: int
    children: tuple[Inline, ...]
    attributes: Attributes
    place: Place


@dataclass(frozen=True)
class Parsed:
    """A section as written: headings and blocks in order, not yet numbered."""

    blocks: tuple[Heading | Block, ...]
    footnotes: tuple[Footnote, ...]
    adapt: Mapping[str, Adapt] = field(default_factory=dict)
    """The status of each clause that states one, by id."""


def parse(filled: Filled, problems: Problems) -> Parsed:
    """Read the Markdown of a filled section; everything outside the section language is a problem."""
    _check_containers(filled, problems)
    reader = _Reader(filled, problems)
    root = _tree(filled.text)
    blocks = tuple(reader.blocks(root.children, top=True))
    footnotes = tuple(
        note
        for node in root.children
        if node.type == "footnote_block"
        for note in reader.notes(node)
    )
    return Parsed(blocks, footnotes, dict(reader.adapt))


@lru_cache(512)
def _tree(text: str) -> SyntaxTreeNode:
    """The text as the parser reads it. Schools that chose the same have the same text, for values are marks in it."""
    return SyntaxTreeNode(_parser().parse(text))


@cache
def _parser() -> MarkdownIt:
    parser = (
        MarkdownIt("commonmark", {"html": True})
        .enable("table")
        .disable(["lheading", "code", "reference"])
    )
    parser.use(container_plugin, "block", validate=lambda *_: True)
    parser.use(footnote_plugin, inline=False).use(deflist_plugin)
    for check in ("normalizeLink", "normalizeLinkText"):
        setattr(parser, check, str)
    parser.validateLink = lambda url: True  # type: ignore[method-assign]  # noqa: ARG005
    return parser


def _check_containers(filled: Filled, problems: Problems) -> None:
    opened: list[tuple[int, int]] = []
    for index, line in enumerate(filled.text.split("\n")):
        fence = _FENCE.match(line)
        if fence is None:
            continue
        colons, name = len(fence[1]), fence[2]
        place = filled.line(index).place(fence[1])
        if name:
            if opened and colons >= opened[-1][0]:
                hint = f"open the outer one with more than {colons} colons, or close it before this line"
                problems.add(
                    "container-unbalanced",
                    f"`{name}` opens inside a container of as few colons",
                    place,
                    hint,
                )
            opened.append((colons, index))
        elif not opened:
            problems.add("container-unbalanced", "`:::` closes nothing", place, "remove this line")
        else:
            opened.pop()
    for colons, index in opened:
        mark = ":" * colons
        problems.add(
            "container-unbalanced",
            "this container is never closed",
            filled.line(index).place(mark),
            f"write `{mark}` on a line of its own after it",
        )


class _Reader:
    """Turns one section's tokens into blocks, noting problems with their places."""

    def __init__(self, filled: Filled, problems: Problems) -> None:
        self.filled = filled
        self.problems = problems
        self.adapt: dict[str, Adapt] = {}

    # blocks

    def place(self, node: SyntaxTreeNode, needle: str = "") -> Place:
        first, last = node.map or (0, 1)
        for line in (
            line
            for index in range(first, max(last, first + 1))
            for line in self.filled.lines(index)
        ):
            if needle and needle in line.text:
                return line.place(needle)
        return self.beginning(first).place()

    def beginning(self, index: int) -> Line:
        """The source line on which an output line begins; that on which it ends where its first words do not tell."""
        opening = VALUE_MARK.split(self.filled.text.split("\n")[index])[0].strip()[:16]
        lines = self.filled.lines(index)
        return next(
            (line for line in reversed(lines) if opening and opening in line.text), lines[0]
        )

    def blocks(
        self, siblings: Sequence[SyntaxTreeNode], *, top: bool = False
    ) -> Iterator[Heading | Block]:
        caption: tuple[tuple[Inline, ...], str] | None = None
        for index, node in enumerate(siblings):
            if top:
                self.stray(node)
            following = siblings[index + 1] if index + 1 < len(siblings) else None
            if node.type == "paragraph" and following is not None and following.type == "table":
                children, attributes = self.inline(node)
                if plain(children).startswith("Table:"):
                    caption = (_without_prefix(children, "Table:"), attributes.id)
                    continue
            if node.type == "table":
                yield self.table(node, *(caption or ((), "")))
                caption = None
            else:
                yield from self.block(node, top=top)

    def stray(self, node: SyntaxTreeNode) -> None:
        if node.map is None or node.type == "footnote_block":
            return
        line = self.filled.text.split("\n")[node.map[0]]
        if line[:1] in (" ", "\t"):
            self.problems.add(
                "stray-indent",
                "this line is indented and belongs to nothing",
                self.place(node),
                "text below an item is indented as far as the item's own words: three spaces below `1.`",
            )

    def block(self, node: SyntaxTreeNode, *, top: bool) -> Iterator[Heading | Block]:
        match node.type:
            case "paragraph":
                children, attributes = self.inline(node)
                self.lost(node)
                if self.written(node).lstrip().startswith("|"):
                    hint = "the second line is dashes, `|---|---|`, with as many cells as the first"
                    self.problems.add(
                        "table-shape", "these lines are no table", self.place(node), hint
                    )
                if children:
                    yield Paragraph(children, attributes.id, self.place(node))
            case "heading":
                children, attributes = self.inline(node)
                if not top:
                    hint = "headings stand at the left margin"
                    self.problems.add(
                        "heading-level",
                        "a heading stands inside a list or container",
                        self.place(node),
                        hint,
                    )
                yield Heading(int(node.tag[1:]), children, attributes, self.place(node))
            case "ordered_list" | "bullet_list":
                items = tuple(self.item(each) for each in node.children)
                yield ItemList("number" if node.type == "ordered_list" else "bullet", items)
            case "container_block":
                yield from self.container(node)
            case "dl":
                yield self.definitions(node)
            case "footnote_block":
                pass
            case "html_block":
                self.html(node)
            case kind:
                what, hint = _UNSUPPORTED.get(kind, (f"`{kind}`", "see the section language"))
                self.problems.add(
                    "markdown-unsupported",
                    f"{what} is not part of the section language",
                    self.place(node),
                    hint,
                )

    def plain_blocks(self, nodes: Sequence[SyntaxTreeNode]) -> tuple[Block, ...]:
        return tuple(block for block in self.blocks(nodes) if not isinstance(block, Heading))

    def item(self, node: SyntaxTreeNode) -> Item:
        blocks = self.plain_blocks(node.children)
        identity = ""
        if blocks and isinstance(blocks[0], Paragraph):
            first = blocks[0]
            identity = first.id
            blocks = (Paragraph(first.children, "", first.place), *blocks[1:])
        return Item(blocks, "", identity, self.place(node))

    def lost(self, node: SyntaxTreeNode) -> None:
        first, last = node.map or (0, 0)
        lines = self.filled.text.split("\n")
        for index in range(first + 1, last):
            if _TYPED_ITEM.match(lines[index]):
                self.problems.add(
                    "lost-item",
                    "this numbered line is swallowed by the paragraph above it",
                    self.filled.line(index).place(),
                    "leave a blank line before it, or write `1.`",
                )

    def container(self, node: SyntaxTreeNode) -> Iterator[Block]:
        words, attributes = self.split_attributes(node.info.strip(), node)
        name, _, rest = words.partition(" ")
        rest = rest.strip()
        place = self.place(node, name)
        if attributes.adapt:
            self.adapt[attributes.id] = attributes.adapt
        match name:
            case "remember" | "key-points":
                kind: Literal["remember", "key-points"] = (
                    "remember" if name == "remember" else "key-points"
                )
                yield Callout(kind, self.plain_blocks(node.children), attributes.id, place)
            case "quote":
                blocks = self.plain_blocks(node.children)
                source: tuple[Inline, ...] = ()
                if (
                    blocks
                    and isinstance(blocks[-1], Paragraph)
                    and plain(blocks[-1].children).startswith("— ")
                ):
                    source = _without_prefix(blocks[-1].children, "—")
                    blocks = blocks[:-1]
                yield Quote(blocks, source, attributes.id, place)
            case "signature":
                fields = tuple(self.fields(node))
                yield SignatureBlock(self.unmarked(rest), fields, attributes.id, place)
            case "audience" if rest in get_args(Audience):
                audience = next(each for each in get_args(Audience) if each == rest)
                yield AudiencePart(audience, self.plain_blocks(node.children), attributes.id, place)
            case "audience":
                hint = f"there is {join_and(f'`{each}`' for each in get_args(Audience))}"
                there = self.place(node, rest) if rest else place
                self.problems.add(
                    "container-unknown", f"there is no audience `{rest}`", there, hint
                )
                yield from self.plain_blocks(node.children)
            case _:
                if name:
                    hint = f"there is {join_and(f'`{each}`' for each in _CONTAINERS)}"
                    self.problems.add(
                        "container-unknown", f"there is no container `{name}`", place, hint
                    )
                yield from self.plain_blocks(node.children)

    def fields(self, node: SyntaxTreeNode) -> Iterator[tuple[Inline, ...]]:
        for block in self.plain_blocks(node.children):
            if not isinstance(block, ItemList):
                self.problems.add(
                    "markdown-unsupported",
                    "a signature block holds a list of field labels and nothing else",
                    self.place(node),
                    "write each label as `- Signed`",
                )
                continue
            for item in block.items:
                if item.blocks and isinstance(item.blocks[0], Paragraph):
                    yield item.blocks[0].children

    def definitions(self, node: SyntaxTreeNode) -> Definitions:
        entries: list[Definition] = []
        for child in node.children:
            if child.type == "dt":
                entries.append(Definition(self.unnamed(child, "a term", _TERM_HINT), ()))
            else:
                last = entries.pop()
                entries.append(
                    Definition(last.term, (*last.meanings, self.plain_blocks(child.children)))
                )
        return Definitions(tuple(entries))

    def table(self, node: SyntaxTreeNode, caption: tuple[Inline, ...], identity: str) -> Table:
        rows = [
            tuple(Cell(self.unnamed(cell, "a cell", _CELL_HINT)) for cell in row.children)
            for part in node.children
            for row in part.children
        ]
        head, body = rows[0], tuple(rows[1:])
        place = self.place(node)
        if not any(cell.children for cell in head):
            head = ()
        if not caption:
            hint = "write `Table: what it lists` and a blank line before it"
            self.problems.add("table-shape", "this table has no caption", place, hint)
        for row in (row for part in node.children[1:] for row in part.children):
            self.row(row, len(rows[0]))
        return Table(caption, head, body, identity, place)

    def row(self, node: SyntaxTreeNode, columns: int) -> None:
        cells = _CELL_END.split(self.written(node).strip().removeprefix("|").rstrip("|"))
        if len(cells) != columns:
            message = (
                f"this row has {count(len(cells), 'cell')}, and the head of the table {columns}"
            )
            hint = "leave a cell empty where there is nothing to say, and write `\\|` for a line within the text"
            self.problems.add("table-shape", message, self.place(node), hint)

    def written(self, node: SyntaxTreeNode) -> str:
        """The first line of a node as it stands in the text."""
        return self.filled.text.split("\n")[node.map[0]] if node.map else ""

    def notes(self, node: SyntaxTreeNode) -> Iterator[Footnote]:
        for index, note in enumerate(node.children):
            blocks = self.plain_blocks(note.children)
            yield Footnote(f"note-{note.meta.get('label', index)}", "", blocks)

    # inline

    def inline(self, node: SyntaxTreeNode) -> tuple[tuple[Inline, ...], Attributes]:
        tokens = (
            node.children[0].children if node.children and node.children[0].type == "inline" else []
        )
        children = _joined(self.spans(tokens, node))
        attributes = Attributes()
        if children and isinstance(children[-1], Text) and _ATTRIBUTES.search(children[-1].text):
            text, attributes = self.split_attributes(children[-1].text, node)
            text = text.rstrip()
            children = (*children[:-1], Text(text)) if text else children[:-1]
            if attributes.adapt:
                self.adapt[attributes.id] = attributes.adapt
        for child in children:
            if isinstance(child, Text) and "{#" in child.text:
                hint = "write `{#id}` at the very end of a heading, a paragraph or the first paragraph of an item"
                self.problems.add(
                    "bad-attributes",
                    "these attributes belong to nothing",
                    self.place(node, "{#"),
                    hint,
                )
        return children, attributes

    def unnamed(self, node: SyntaxTreeNode, what: str, hint: str) -> tuple[Inline, ...]:
        """The words of what can have no id; an id that stands there is a problem."""
        children, attributes = self.inline(node)
        if attributes != Attributes():
            needle = f"#{attributes.id}" if attributes.id else "{"
            self.problems.add(
                "bad-attributes",
                f"{what} has no id or status",
                self.place(node.children[0], needle),
                hint,
            )
        return children

    def split_attributes(self, text: str, node: SyntaxTreeNode) -> tuple[str, Attributes]:
        found = _ATTRIBUTES.search(text)
        if found is None:
            return text, Attributes()
        identity, adapt, flags = "", None, set()
        for word in found[1].split():
            key, equals, value = word.partition("=")
            if word.startswith("#") and _ID.fullmatch(word[1:]) and not identity:
                identity = word[1:]
            elif equals and key == "adapt" and value in get_args(Adapt):
                adapt = next(each for each in get_args(Adapt) if each == value)
            elif word in _FLAGS:
                flags.add(word)
            else:
                self.bad_attribute(word, node)
                identity = identity or _like_id(
                    word
                )  # so that nothing else is reported for want of an id
        return text[: found.start()], Attributes(identity, adapt, frozenset(flags))

    def bad_attribute(self, word: str, node: SyntaxTreeNode) -> None:
        if word.startswith("#") and _ID.fullmatch(word[1:]):
            hint = "keep one id"
        elif word.startswith("#"):
            hint = f"write `#{_like_id(word) or 'report-faults'}`: an id is lower-case words joined by hyphens"
        elif word.startswith("adapt="):
            hint = meant_or_known(word.removeprefix("adapt="), get_args(Adapt))
        else:
            hint = meant_or_known(
                word, ["adapt=locked", "adapt=free", "adapt=optional", "adapt=required", *_FLAGS]
            )
        self.problems.add(
            "bad-attributes", f"`{word}` is not an attribute", self.place(node, word), hint
        )

    def unmarked(self, text: str) -> str:
        return VALUE_MARK.sub(lambda mark: self.filled.values[int(mark[1])].text, text)

    def html(self, node: SyntaxTreeNode, within: SyntaxTreeNode | None = None) -> None:
        found = node.content.strip().split("\n")[0]
        self.problems.add(
            "raw-html",
            f"`{found}` is HTML",
            self.place(within or node, found),
            "write Markdown; for a sign as such write `\\<`",
        )

    def spans(self, tokens: Sequence[SyntaxTreeNode], within: SyntaxTreeNode) -> Iterator[Inline]:
        for index, token in enumerate(tokens):
            match token.type:
                case "text" | "text_special":
                    decorated = index > 0 and tokens[index - 1].type == "image"
                    yield from self.text(
                        token.content.removeprefix("{decorative}") if decorated else token.content
                    )
                case "softbreak":
                    yield Text(" ")
                case "hardbreak":
                    yield LineBreak()
                case "em":
                    yield Emphasis(_joined(self.spans(token.children, within)))
                case "strong":
                    yield Strong(_joined(self.spans(token.children, within)))
                case "code_inline":
                    yield Code(self.unmarked(token.content))
                case "link":
                    yield from self.link(token, within)
                case "image":
                    following = tokens[index + 1].content if index + 1 < len(tokens) else ""
                    yield self.image(token, within, decorative=following.startswith("{decorative}"))
                case "footnote_ref":
                    yield FootnoteMark(f"note-{token.meta.get('label', token.meta['id'])}")
                case "footnote_anchor":
                    pass
                case "html_inline":
                    self.html(token, within)
                case kind:
                    self.problems.add(
                        "markdown-unsupported",
                        f"`{kind}` is not part of the section language",
                        self.place(within),
                    )

    def text(self, content: str) -> Iterator[Inline]:
        for index, part in enumerate(VALUE_MARK.split(content)):
            if index % 2:
                yield self.filled.values[int(part)]
            elif part:
                yield Text(part)

    def link(self, token: SyntaxTreeNode, within: SyntaxTreeNode) -> Iterator[Inline]:
        address = str(token.attrs.get("href", ""))
        children = _joined(self.spans(token.children, within))
        if address.startswith("#"):
            targets = tuple(part.strip().removeprefix("#") for part in address.split(","))
            yield ReferenceMark(targets, children, self.place(within, address))
            return
        address = VALUE_MARK.sub(
            lambda mark: quote(self.filled.values[int(mark[1])].text, safe="@:/?&=+."), address
        )
        if not address.startswith(_SCHEMES):
            hint = "a link leads to `#id`, or to an address with `https:`, `mailto:` or `tel:`"
            message = f"`{address}` is not an address that may be linked"
            self.problems.add("bad-link", message, self.place(within, address), hint)
            return
        yield Link(address, children or (Text(address),))

    def image(self, token: SyntaxTreeNode, within: SyntaxTreeNode, *, decorative: bool) -> Image:
        alt = plain(_joined(self.spans(token.children, within)))
        path = str(token.attrs.get("src", ""))
        place = self.place(within, path)
        if not alt and not decorative:
            hint = f"write `![what it shows]({path})`, or `![]({path}){{decorative}}` if it only decorates"
            self.problems.add(
                "image-alt", f"the image `{path}` has no alternative text", place, hint
            )
        return Image(path, alt, place)


def _like_id(word: str) -> str:
    """The id that was meant by "#Report_Faults"; empty when that is not clear."""
    like = re.sub(r"[^a-z0-9]+", "-", word.lower()).strip("-") if word.startswith("#") else ""
    return like if _ID.fullmatch(like) else ""


def _without_prefix(children: tuple[Inline, ...], prefix: str) -> tuple[Inline, ...]:
    first, *rest = children
    if not isinstance(first, Text):
        return children
    text = first.text.removeprefix(prefix).lstrip()
    return (Text(text), *rest) if text else tuple(rest)


def _joined(spans: Iterator[Inline]) -> tuple[Inline, ...]:
    """Neighbouring texts made one, and the white space at both ends taken away."""
    joined: list[Inline] = []
    for span in spans:
        if isinstance(span, Text) and joined and isinstance(joined[-1], Text):
            joined[-1] = Text(joined[-1].text + span.text)
        else:
            joined.append(span)
    return tuple(span for span in joined if span != Text(""))
