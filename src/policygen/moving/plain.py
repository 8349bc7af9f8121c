"""Plain text and Markdown of any make, read as what a person sees in them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from html import unescape

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from mdit_py_plugins.footnote import footnote_plugin

from policygen.files.office import OfficeError
from policygen.moving import found as f
from policygen.moving.count import words_of
from policygen.moving.labels import without_label

_NUMBER = re.compile(r"(\d{1,2})\s+(?=[A-Z])")
_RULE = re.compile(r"[=~_*-]{3,}")
_LONGEST_WRAPPED = 100
"""Letters; a text with a longer line has its paragraphs on one line each."""
_SHORTEST_WRAPPED = 45
_COMMENT = re.compile(r"<!--(.*?)-->", re.DOTALL)
_TAG = re.compile(r"</?[a-z][a-z0-9]*(?:\s[^<>]*)?/?>", re.IGNORECASE)
_TICKED = re.compile(r"^\[[xX]\](?=\s)")


def decoded(content: bytes) -> str:
    """The text of a file in any of the usual encodings. Raises OfficeError."""
    encoding = "utf-8-sig"
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encoding = "utf-16"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    if "\0" in text:
        raise OfficeError("is no text")
    return text.replace("\r\n", "\n").replace("\r", "\n")


# --- plain text -------------------------------------------------------------------------------------------------------


def read_text(name: str, content: bytes) -> f.Found:
    """What a plain text holds."""
    blocks: list[f.Block] = []
    for lines, apart in _paragraphs(decoded(content).split("\n")):
        text = " ".join(line.strip() for line in lines)
        if not text or _RULE.fullmatch(text):
            if blocks and set(text) <= {"=", "-", "~"} and text:
                blocks[-1] = _bold(blocks[-1])  # a line drawn below it
            continue
        label = ""
        if (number := _NUMBER.match(text)) and len(text.split()) <= 10 and text[-1].isalnum():
            label, text = number[1], text[number.end() :]
        short = len(text.split()) <= 6 and text[-1].isalnum() and text[0].isupper()
        paragraph = f.Paragraph(
            (f.Words(text),), f.Spot(len(blocks) + 1), label=label, typed=bool(label)
        )
        blocks.append(_bold(paragraph) if apart and short else paragraph)
    return f.Found(name, "text", tuple(blocks))


def _paragraphs(lines: Sequence[str]) -> Iterator[tuple[list[str], bool]]:
    """The lines of each paragraph, and whether it stands between blank lines."""
    wrapped = all(len(line) <= _LONGEST_WRAPPED for line in lines)
    group: list[list[str]] = []
    for line in [*lines, ""]:
        if not line.strip():
            for paragraph in group:
                yield paragraph, len(group) == 1
            group = []
        elif group and wrapped and _goes_on(group[-1][-1], line):
            group[-1].append(line)
        else:
            group.append([line])


def _goes_on(before: str, line: str) -> bool:
    """Whether a line goes on with the sentence of the one before it."""
    labelled = without_label((f.Words(line),), heading=True)[0]
    return len(before) >= _SHORTEST_WRAPPED and not labelled and not _RULE.fullmatch(line.strip())


def _bold(block: f.Block) -> f.Block:
    if not isinstance(block, f.Paragraph):
        return block
    return replace(
        block,
        children=tuple(
            replace(each, bold=True) if isinstance(each, f.Words) else each
            for each in block.children
        ),
    )


def words_of_text(content: bytes) -> dict[str, Counter[str]]:
    """The words of a plain text."""
    return {"text": words_of(decoded(content))}


# --- Markdown ---------------------------------------------------------------------------------------------------------


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"maxNesting": 40}).enable(["table", "strikethrough"])
    return parser.use(footnote_plugin, inline=False, move_to_end=False)


def words_of_markdown(content: bytes) -> dict[str, Counter[str]]:
    """The words of a Markdown file, as its parser has them, without addresses and tags."""
    words: Counter[str] = Counter()
    for token in _parser().parse(decoded(content)):
        pieces = [token.content] if token.type in ("html_block", "fence", "code_block") else []
        texts = "".join(
            each.content if each.type in ("text", "code_inline", "html_inline") else " "
            for each in token.children or ()
            if not each.type.startswith(("strong", "em", "link", "s_"))
        )
        pieces.append(_TICKED.sub("", texts))
        for piece in pieces:
            words += words_of(unescape(_TAG.sub(" ", piece)) if "<" in piece else piece)
    return {"text": words}


def read_markdown(name: str, content: bytes) -> f.Found:
    """What a Markdown file holds."""
    reader = _Reader()
    blocks = tuple(reader.blocks(SyntaxTreeNode(_parser().parse(decoded(content)))))
    return f.Found(name, "markdown", blocks, tuple(reader.notes))


class _Reader:
    """Reads blocks, counting paragraphs, tables and lists as it goes."""

    def __init__(self) -> None:
        self.notes: list[f.Note] = []
        self.count = self.tables = self.lists = 0
        self.heading = ""

    def spot(self) -> f.Spot:
        self.count += 1
        return f.Spot(self.count, heading=self.heading)

    def blocks(self, node: SyntaxTreeNode, level: int = 0) -> Iterator[f.Block]:
        for each in node.children:
            match each.type:
                case "paragraph":
                    yield self.paragraph(each)
                case "heading":
                    made = self.paragraph(each)
                    self.heading = f.text_of(made)
                    yield replace(made, heading=int(each.tag[1:]))
                case "bullet_list" | "ordered_list":
                    yield from self.items(each, level)
                case "table":
                    yield self.table(each)
                case "footnote_reference":
                    self.notes.append(f.Note(each.meta["label"], tuple(self.blocks(each))))
                case "html_block":
                    yield from self.html(each.content)
                case "fence" | "code_block":
                    yield from self.lines(each.content)
                case _:
                    yield from self.blocks(each, level)

    def paragraph(self, node: SyntaxTreeNode) -> f.Paragraph:
        inline = node.children[0] if node.children else None
        children = tuple(_inline(inline, f.Words(""))) if inline else ()
        if children and isinstance(first := children[0], f.Words):
            ticked = _TICKED.match(first.text)
            if ticked:
                rest = replace(first, text=first.text[ticked.end() :])
                children = (f.Tick(ticked=True), rest, *children[1:])
        return f.Paragraph(children, self.spot())

    def items(self, node: SyntaxTreeNode, level: int) -> Iterator[f.Block]:
        self.lists += 1
        listed, start = str(self.lists), int(node.attrs.get("start", 1))
        for index, item in enumerate(node.children):
            label = "•"
            if node.type != "bullet_list":
                label = f"{start + index}."
            for number, block in enumerate(self.blocks(item, level + 1)):
                if number == 0 and isinstance(block, f.Paragraph):
                    yield replace(block, label=label, level=level, list=listed)
                else:
                    yield block

    def table(self, node: SyntaxTreeNode) -> f.Table:
        self.tables += 1
        spot, rows = self.spot(), []
        for part in node.children:
            for row in part.children:
                cells = tuple(f.Cell((self.paragraph(cell),)) for cell in row.children)
                rows.append(f.Row(cells, head=part.type == "thead"))
        return f.Table(tuple(rows), spot)

    def html(self, content: str) -> Iterator[f.Block]:
        for hidden in _COMMENT.findall(content):
            yield f.Paragraph((f.Words(hidden, hidden=True),), self.spot())
        yield from self.lines(unescape(_TAG.sub("\n", _COMMENT.sub("", content))))

    def lines(self, content: str) -> Iterator[f.Block]:
        for line in content.split("\n"):
            if line.strip():
                yield f.Paragraph((f.Words(line.strip()),), self.spot())


def _inline(node: SyntaxTreeNode, look: f.Words) -> Iterator[f.Inline]:
    for each in node.children:
        match each.type:
            case "strong":
                yield from _inline(each, replace(look, bold=True))
            case "em":
                yield from _inline(each, replace(look, italic=True))
            case "link":
                yield from _inline(each, replace(look, link=str(each.attrs.get("href", ""))))
            case "text" | "code_inline":
                yield replace(look, text=each.content)
            case "hardbreak":
                yield f.Gap("break")
            case "softbreak":
                yield f.Gap("break") if _begins_item(each) else replace(look, text=" ")
            case "image":
                name = str(each.attrs.get("src", "")).rpartition("/")[2]
                yield f.Picture(name, each.content)
            case "footnote_ref":
                yield f.NoteMark(each.meta["label"])
            case "html_inline":
                for hidden in _COMMENT.findall(each.content):
                    yield f.Words(hidden, hidden=True)
                if each.content.lower().startswith("<br"):
                    yield f.Gap("break")
            case _:
                yield from _inline(each, look)


def _begins_item(gap: SyntaxTreeNode) -> bool:
    """Whether the line after a break is an item that somebody typed."""
    after = gap.next_sibling
    text = ""
    if after is not None and after.type == "text":
        text = after.content
    return bool(without_label((f.Words(text),), heading=False)[0])
