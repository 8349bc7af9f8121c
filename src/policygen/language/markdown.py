"""Markdown to blocks. The token stream of the parser goes no further than this module and `inline`.

Works on filled text, in which values are marks, and puts the values back as nodes of their own. In the end the words
that were written are compared with those of the tree: what Markdown would lose is an error, whether or not this module
has thought of the way in which it was lost.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from itertools import chain
from typing import cast, get_args

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.tree import SyntaxTreeNode
from mdit_py_plugins.container import container_plugin
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin

from policygen.ground.diagnostics import Place, Problems
from policygen.ground.limits import MARKDOWN_LEVELS, PARAGRAPH_LETTERS
from policygen.ground.wording import code, count, join_and
from policygen.language import attributes as braces
from policygen.language import document as d
from policygen.language.attributes import LANDSCAPE, UNLABELLED, Attributes, Carrier, Stated
from policygen.language.conserved import lost
from policygen.language.inline import InlineReader, extent, without_prefix
from policygen.language.runs import VALUE
from policygen.language.swallowed import DASH, in_paragraph, is_wrapped, other_marks, swallowed_item
from policygen.language.vocabulary import Filled

_CELL_END = re.compile(r"(?<!\\)\|")
_TOO_LONG = "too long"
_SHOWN = 6
"""How many words a message shows of what would be lost."""
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
_LISTS = ("ordered_list", "bullet_list")
_HOLDERS = {"list_item": "item", "dd": "meaning", "footnote_reference": "footnote"}
"""What can take in a line below it that is not indented."""
_RUN_ON_HINT = "leave a blank line before it, or indent it as far as the words above it"
_INDENT_HINT = (
    "text below an item is indented as far as the item's own words: three spaces below `1.`"
)
_NOT_AT_THE_END = (
    "write `{#id}` at the very end of a heading, a paragraph or the first paragraph of an item"
)


@dataclass(frozen=True)
class Heading:
    """A heading as written; the numbering scheme decides what becomes of it."""

    level: int
    children: tuple[d.Inline, ...]
    attributes: Attributes
    place: Place


@dataclass(frozen=True)
class Parsed:
    """A section as written: headings and blocks in order, not yet numbered."""

    blocks: tuple[Heading | d.Block, ...]
    footnotes: tuple[d.Footnote, ...]
    adapt: Mapping[str, d.Adapt] = field(default_factory=dict)
    """The status of each clause that states one, by id."""
    stated: tuple[Stated, ...] = ()
    """Every status and flag, for whoever arranges the blocks to say which had an effect."""
    whole: bool = False
    """Whether all of the section is there and in its place, so that what lacks a partner has none."""


def parse(filled: Filled, problems: Problems) -> Parsed:
    """Read the Markdown of a filled section; everything outside the section language is a problem."""
    known = len(problems.found)
    reader = _Reader(filled, problems)
    blocks = tuple(reader.blocks(_tree(filled.text).children, margin=0))
    notes = reader.footnotes(blocks)
    reader.check_words(blocks, notes, known)
    return Parsed(blocks, notes, dict(reader.adapt), tuple(reader.stated), reader.whole)


@lru_cache(512)
def _tree(text: str) -> SyntaxTreeNode:
    """The text as the parser reads it. Schools that chose the same have the same text, for values are marks in it."""
    return SyntaxTreeNode(_parser().parse(text))


@cache
def _parser() -> MarkdownIt:
    parser = (
        MarkdownIt("commonmark", {"html": True, "maxNesting": MARKDOWN_LEVELS})
        .enable("table")
        # text_join would make signs that an author escaped look like marks that he forgot.
        .disable(["lheading", "code", "reference", "text_join"])
    )
    parser.use(container_plugin, "block", validate=lambda *_: True)
    parser.use(footnote_plugin, inline=False, move_to_end=False).use(deflist_plugin)
    parser.core.ruler.before("inline", "too long", _leave_long)
    for check in ("normalizeLink", "normalizeLinkText"):
        setattr(parser, check, str)
    parser.validateLink = lambda url: True  # type: ignore[method-assign]  # noqa: ARG005
    return parser


def _leave_long(state: StateCore) -> None:
    """Leave words unread of which there are too many: what a mark may begin is looked for as far as they go."""
    for token in state.tokens:
        if token.type == "inline" and len(token.content) > PARAGRAPH_LETTERS:
            token.content = ""
            token.meta[_TOO_LONG] = True


class _Reader:
    """Turns one section's tokens into blocks, noting problems with their places."""

    def __init__(self, filled: Filled, problems: Problems) -> None:
        self.filled = filled
        self.lines = filled.text.split("\n")
        self.problems = problems
        self.words = InlineReader(filled, problems)
        self.ledger = self.words.ledger
        self.adapt: dict[str, d.Adapt] = {}
        self.stated: list[Stated] = []
        self.notes: list[tuple[d.Footnote, Place]] = []
        self.notes_printed: list[tuple[int, str]] = []
        self.crossed = 0
        """Containers that end with the one around them, so that a line further down closes nothing."""
        self.excused: set[int] = set()
        """Lines whose words may be missing, because something about them was noted elsewhere."""
        self.whole = filled.every_branch or not any(
            "{%" in line.text for lines in filled.origins for line in lines
        )

    def place(self, node: SyntaxTreeNode, needle: str = "") -> Place:
        return self.words.place(node, needle)

    def written(self, node: SyntaxTreeNode) -> str:
        """The first line of a node as it stands in the text."""
        return self.lines[extent(node)[0]]

    # blocks

    def blocks(
        self, siblings: Sequence[SyntaxTreeNode], *, margin: int | None = None
    ) -> Iterator[Heading | d.Block]:
        """The blocks of some tokens. `margin` is where each begins, if there is no item that it could belong to."""
        caption: tuple[d.Inline, ...] = ()
        named = Attributes()
        counted: dict[str, int] = {}
        for index, node in enumerate(siblings):
            if margin is not None:
                self.check_margin(node, margin)
            following = None
            if index + 1 < len(siblings):
                following = siblings[index + 1]
            if node.type == "paragraph" and self.is_caption(node):
                self.check_paragraph(node)
                caption, named = self.caption(node)
                if following is None or following.type != "table":
                    self.refuse_caption(node, following)
            elif node.type == "table":
                yield self.table(node, caption, named)
                caption, named = (), Attributes()
            elif node.type in _LISTS:
                if index:
                    self.check_beginning(node, siblings[index - 1])
                items = self.item_list(node, counted.get(node.markup, 0))
                if node.type == "ordered_list":
                    counted[node.markup] = items.start - 1 + len(items.items)
                yield items
            elif node.type == "paragraph":
                yield from self.paragraph(node, following)
            else:
                yield from self.block(node)

    def inner(
        self, nodes: Sequence[SyntaxTreeNode], *, margin: int | None = None
    ) -> tuple[d.Block, ...]:
        """Blocks within another one; it holds no heading."""
        blocks: list[d.Block] = []
        for block in self.blocks(nodes, margin=margin):
            if isinstance(block, Heading):
                self.problems.add(
                    "heading-level",
                    "a heading stands inside a list or container",
                    block.place,
                    "headings stand at the left margin",
                )
            else:
                blocks.append(block)
        return tuple(blocks)

    def block(self, node: SyntaxTreeNode) -> Iterator[Heading | d.Block]:
        match node.type:
            case "heading":
                yield self.heading(node)
            case "container_block":
                yield from self.container(node)
            case "dl":
                yield self.definitions(node)
            case "footnote_reference":
                self.note(node)
            case "html_block":
                self.words.html(node, node)
            case kind:
                what, hint = _UNSUPPORTED.get(kind, (f"`{kind}`", "see the section language"))
                message = f"{what} is not part of the section language"
                self.problems.add("markdown-unsupported", message, self.place(node), hint)
                first, last = extent(node)
                self.ledger.syntax("\n".join(self.lines[first:last]))

    def heading(self, node: SyntaxTreeNode) -> Heading:
        level = int(node.tag.removeprefix("h"))
        children, attributes = self.inline(node, "title" if level == 1 else "heading")
        place = self.place(node)
        self.refuse_marks(children, "a heading", place)
        return Heading(level, children, attributes, place)

    def paragraph(
        self, node: SyntaxTreeNode, following: SyntaxTreeNode | None
    ) -> Iterator[d.Paragraph]:
        """A paragraph; one of an id and status alone is without words, and speaks of the list or table behind it."""
        children, attributes = self.inline(node, "paragraph")
        self.check_paragraph(node)
        if self.written(node).lstrip().startswith("|"):
            hint = "the second line is dashes, `|---|---|`, with as many cells as the first"
            self.problems.add("table-shape", "these lines are no table", self.place(node), hint)
        if children:
            yield d.Paragraph(children, attributes.id, self.place(node))
        elif attributes.id and attributes.adapt and following and self.is_marked(following):
            yield d.Paragraph((), attributes.id, self.place(node))
        elif attributes != Attributes():
            message = "these attributes belong to nothing"
            hint = _NOT_AT_THE_END
            if attributes.id and not attributes.adapt and following and self.is_marked(following):
                hint = f"write `{{#{attributes.id} adapt=free}}`: a school may then decide about what is below"
            self.problems.add("bad-attributes", message, self.place(node), hint)

    def is_marked(self, node: SyntaxTreeNode) -> bool:
        """Whether an id and status on a line of their own can speak of what follows them."""
        return node.type in (*_LISTS, "dl", "table") or self.is_caption(node)

    def check_paragraph(self, node: SyntaxTreeNode) -> None:
        """Note what the lines of a paragraph were meant to be and are not."""
        first, last = extent(node)
        quoted = any(holder.info.split()[:1] == ["quote"] for holder in _containers(node))
        for swallowed in in_paragraph(_content(node), quoted=quoted):
            place = self.filled.line(first + swallowed.line).place()
            self.problems.add(swallowed.rule, swallowed.message, place, swallowed.hint)
        self.check_run_on(node)
        for index in range(first, last - 1):
            line = self.filled.line(index)
            if line.original.endswith("  ") and line.text and self.lines[index].strip():
                self.problems.add(
                    "markdown-unsupported",
                    "two spaces at the end of a line do not break it",
                    line.place(),
                    "write `\\` at its end for a line break, or take the spaces away",
                )

    def check_run_on(self, node: SyntaxTreeNode) -> None:
        """Note lines of an item, meaning or footnote that stand no further in than its sign does."""
        # Markdown lets any line below an item go on with it ("lazy continuation"). At the left
        # margin that is what an editor does that wraps lines, but only within a sentence.
        what = _HOLDERS.get(node.parent.type) if node.parent else None
        if not what or not node.parent:
            return
        first, last = extent(node)
        margin = self.indent(extent(node.parent)[0])
        for index in range(first + 1, last):
            line = self.lines[index]
            wrapped = not margin and is_wrapped(self.lines[index - 1], line)
            only_attributes = not braces.split(line)[0].strip()
            if self.indent(index) <= margin and not wrapped and not only_attributes:
                place = self.filled.line(index).place()
                message = f"this line is swallowed by the {what} above it"
                self.problems.add("lost-item", message, place, _RUN_ON_HINT)

    def check_margin(self, node: SyntaxTreeNode, margin: int) -> None:
        """Note a line that is indented as if it belonged to something, and does not."""
        first, _ = extent(node)
        # A line may begin with a space only because what stood before it did not print.
        typed = self.filled.line(first).text
        if self.indent(first) > margin and typed[margin : margin + 1].isspace():
            message = "this line is indented and belongs to nothing"
            self.problems.add("stray-indent", message, self.place(node), _INDENT_HINT)

    def indent(self, index: int) -> int:
        """How far a line is indented."""
        line = self.lines[index]
        return len(line) - len(line.lstrip(" \t"))

    # lists

    def item_list(self, node: SyntaxTreeNode, before: int) -> d.ItemList:
        """A list. `before` is how many items the lists of its kind before it have, for one that goes on counting."""
        self.check_items(node)
        items = tuple(self.item(child) for child in node.children)
        if node.type == "bullet_list":
            return d.ItemList("bullet", items)
        return d.ItemList("number", items, self.start(node, before))

    def start(self, node: SyntaxTreeNode, before: int) -> int:
        """The number of a list's first item: it goes on where somebody typed another number than 1.

        Where the items before it were left out for this school, it begins with 1.
        """
        typed = int(node.attrs.get("start", 1))
        if typed <= 1 or before:
            return before + 1 if typed > 1 else 1
        first, _ = extent(node)
        above = [*self.filled.lines(first), *self.filled.lines(first - 1)]
        if any("{%" in line.text for line in above):
            return 1
        return typed

    def check_items(self, node: SyntaxTreeNode) -> None:
        """Note items of one list that stand at different indents: they were meant to stand in one another."""
        margin = -1
        for item in node.children:
            index, _ = extent(item)
            own_line = self.lines[index].lstrip().startswith(f"{item.info}{item.markup}")
            if not own_line:
                continue
            if margin < 0:
                margin = self.indent(index)
            elif self.indent(index) != margin:
                message = "this item is indented otherwise than the list that it belongs to"
                hint = "a list within an item stands three spaces further in below `1.`, and two below `-`"
                self.problems.add("stray-indent", message, self.place(item), hint)

    def item(self, node: SyntaxTreeNode) -> d.Item:
        if node.info:
            self.ledger.syntax(node.info)
        self.check_fallen_out(node)
        blocks = self.inner(node.children)
        identity = ""
        if blocks and isinstance(blocks[0], d.Paragraph):
            first = blocks[0]
            identity = first.id
            blocks = (d.Paragraph(first.children, "", first.place), *blocks[1:])
        self.check_filled(blocks, "item", node)
        return d.Item(blocks, "", identity, self.place(node))

    def check_beginning(self, node: SyntaxTreeNode, above: SyntaxTreeNode) -> None:
        """Note a list that begins late, because what stands above it was not read as an item of it."""
        first, _ = extent(node)
        touches = bool(self.lines[first - 1].strip())
        if (
            touches
            and above.type == "paragraph"
            and (index := swallowed_item(_content(above))) >= 0
        ):
            place = self.filled.line(extent(above)[0] + index).place()
            message = "this line is no item of the list below it"
            hint = f"begin it with `{_sign(node)} `, as the items below"
            self.problems.add("lost-item", message, place, hint)
            return
        # At the top level a list with points may belong to the numbered clause above it.
        in_other = touches and node.parent is not None and node.parent.type != "root"
        if above.type == node.type or (above.type in _LISTS and in_other):
            message = f"`{_sign(node)}` begins another list than that above, of `{_sign(above)}`"
            hint = f"write `{_sign(above)}` here, too, or words between the two lists"
            self.problems.add("lost-item", message, self.place(node), hint)

    def check_fallen_out(self, node: SyntaxTreeNode) -> None:
        """Note text after a list or footnote that is indented further than that, and belongs to what is around it."""
        below = -1
        for child in node.children:
            indent = self.indent(extent(child)[0])
            if child.type in (*_LISTS, "footnote_reference"):
                below = indent
            elif 0 <= below < indent:
                message = "this line is indented and belongs to nothing above it"
                self.problems.add("stray-indent", message, self.place(child), _INDENT_HINT)

    # containers

    def container(self, node: SyntaxTreeNode) -> Iterator[d.Block]:
        words, attributes = self.attributes(node.info.strip(), node, "container")
        name, _, rest = words.partition(" ")
        rest = rest.strip()
        place = self.place(node, name)
        self.check_fences(node, name)
        identity = attributes.id
        self.ledger.syntax(name)
        label = self.behind_name(name, rest, node)
        self.ledger.syntax(node.info.strip()[len(words) :])
        match name:
            case "remember":
                blocks = self.contained(node)
                self.check_filled(blocks, "callout", node)
                yield d.Callout("remember", blocks, identity, place, label=label)
            case "key-points":
                blocks = self.contained(node)
                self.check_filled(blocks, "callout", node)
                yield d.Callout("key-points", blocks, identity, place, label=label)
            case "quote":
                quote = self.quote(node, identity, place)
                self.check_filled(quote.blocks, "quotation", node)
                yield quote
            case "signature":
                fields = tuple(self.fields(node))
                self.check_filled(fields, "signature block", node)
                if not rest:
                    message = "this signature block does not say who signs"
                    hint = "write it behind the name: `::: signature Member of staff`"
                    self.problems.add("empty-section", message, place, hint)
                yield d.SignatureBlock(self.words.fixed(rest, node), fields, identity, place)
            case "audience" if rest in get_args(d.Audience):
                blocks = self.contained(node)
                self.check_filled(blocks, "part", node)
                yield d.AudiencePart(cast("d.Audience", rest), blocks, identity, place)
            case _:
                self.unknown_container(name, rest, node)
                yield from self.contained(node)

    def check_fences(self, node: SyntaxTreeNode, name: str) -> None:
        """Note a container that is not closed, or not where it should be."""
        colons = node.markup
        place = self.place(node, colons)
        _, end = extent(node)
        named = (holder for holder in _containers(node) if holder.info.strip())
        within = [holder for holder in named if len(holder.markup) <= len(colons)]
        if not name and self.crossed:
            self.crossed -= 1
            return
        if not name:
            # What closes nothing opens, as the parser has it.
            message, hint = f"`{colons}` closes nothing", "remove this line"
        elif within:
            self.crossed += 1
            message = f"`{name}` opens inside a container of as few colons"
            hint = f"open the outer one with more than {len(colons)} colons, or close it before this line"
        elif not "".join(self.lines[end : end + 1]).lstrip().startswith(colons):
            message = "this container is never closed"
            hint = f"write `{colons}` on a line of its own after it"
        else:
            return
        self.problems.add("container-unbalanced", message, place, hint)
        self.whole = False

    def behind_name(self, name: str, rest: str, node: SyntaxTreeNode) -> tuple[d.Inline, ...]:
        """Read the words behind the name of a container. Those of a callout are its heading."""
        if not rest:
            return ()
        match name:
            case "remember" | "key-points":
                return self.label(rest, node)
            case "signature":
                self.ledger.words(extent(node)[0], rest, self.words.unmarked(rest))
            case "quote":
                self.ledger.syntax(rest)
                self.problems.add(
                    "lost-words",
                    f"“{self.words.unmarked(rest)}” behind `quote` would not print",
                    self.place(node, rest),
                    "write the source as the last paragraph, beginning with `— `",
                )
            case _:
                self.ledger.syntax(rest)
        return ()

    def check_filled(self, content: Sequence[object], what: str, node: SyntaxTreeNode) -> None:
        """Note an item or container with nothing in it, except where what was in it is a problem of its own."""
        rows = range(*extent(node))
        lines = {(line.path, line.number) for row in rows for line in self.filled.lines(row)}
        if content or lines & self.problems.lines:
            return
        message = f"this {what} has nothing in it"
        hint = "write its words, or take it out; one that is empty for some schools stands within an `if`"
        self.problems.add("empty-section", message, self.place(node), hint)

    def contained(self, node: SyntaxTreeNode) -> tuple[d.Block, ...]:
        """The blocks of a container; they begin where it does."""
        return self.inner(node.children, margin=self.indent(extent(node)[0]))

    def unknown_container(self, name: str, rest: str, node: SyntaxTreeNode) -> None:
        if name == "audience":
            known = join_and(map(code, get_args(d.Audience)))
            message = "this part is for nobody"
            if rest:
                message = f"there is no audience `{rest}`"
            place = self.place(node, rest)
        elif name:
            known = join_and(map(code, _CONTAINERS))
            message, place = f"there is no container `{name}`", self.place(node, name)
        else:
            return
        self.problems.add("container-unknown", message, place, f"there is {known}")

    def label(self, text: str, node: SyntaxTreeNode) -> tuple[d.Inline, ...]:
        """The heading of a callout, from the words behind its name."""
        (inline,) = SyntaxTreeNode(_parser().parseInline(text)).children
        children = self.words.children(inline.children, node)
        self.check_words_of(inline.children, children, node)
        self.refuse_marks(children, "the heading of a callout", self.place(node))
        return children

    def quote(self, node: SyntaxTreeNode, identity: str, place: Place) -> d.Quote:
        blocks = self.contained(node)
        last = blocks[-1] if blocks else None
        if isinstance(last, d.ItemList) and last.style == "bullet" and len(last.items) == 1:
            message = "a single point at the end of a quotation may be its source"
            hint = "begin the source with `— `, or make the point a part of the words"
            self.problems.add("lost-item", message, last.items[0].place, hint)
        dash = None
        if isinstance(last, d.Paragraph):
            dash = DASH.match(d.plain(last.children))
        if not isinstance(last, d.Paragraph) or not dash:
            return d.Quote(blocks, (), identity, place)
        if last.id:
            message = "the source of a quotation has no id"
            hint = "give the id to the quotation, on its opening line"
            self.problems.add("bad-attributes", message, last.place, hint)
        return d.Quote(blocks[:-1], without_prefix(last.children, dash[0]), identity, place)

    def fields(self, node: SyntaxTreeNode) -> Iterator[tuple[d.Inline, ...]]:
        """The labels of a signature block: each is one line, for the line to write on stands behind it."""
        for block in self.contained(node):
            if not isinstance(block, d.ItemList):
                self.excused.update(range(*extent(node)))
                message = "a signature block holds a list of field labels and nothing else"
                place = getattr(block, "place", None) or self.place(node)
                hint = "write each label as `- Signed`"
                self.problems.add("markdown-unsupported", message, place, hint)
                continue
            for item in block.items:
                yield from self.field(item, node)

    def field(self, item: d.Item, node: SyntaxTreeNode) -> Iterator[tuple[d.Inline, ...]]:
        if item.id:
            message = "a field to fill in has no id"
            hint = "give the id to the signature block, on its opening line"
            self.problems.add("bad-attributes", message, item.place, hint)
        if item.blocks and isinstance(item.blocks[0], d.Paragraph):
            yield item.blocks[0].children
            further = item.blocks[1:]
        else:
            further = item.blocks
        for block in further:
            self.excused.update(range(*extent(node)))
            nested = None
            if isinstance(block, d.ItemList):
                nested = block.items[0].place
            place = nested or getattr(block, "place", None) or self.place(node)
            message = "this line would not print: the label of a field is one paragraph"
            hint = "write it as a label of its own, or above the signature block"
            self.problems.add("lost-words", message, place, hint)

    # definitions and tables

    def definitions(self, node: SyntaxTreeNode) -> d.Definitions:
        entries: list[d.Definition] = []
        for child in node.children:
            if child.type == "dt":
                entries.append(d.Definition(self.unnamed(child, "a term", _TERM_HINT), ()))
            else:
                last = entries.pop()
                if last.meanings:
                    self.check_term(child)
                self.check_fallen_out(child)
                meaning = self.inner(child.children)
                entries.append(d.Definition(last.term, (*last.meanings, meaning)))
        return d.Definitions(tuple(entries))

    def check_term(self, node: SyntaxTreeNode) -> None:
        """Note a line before a further meaning that may be a term: Markdown puts it to the meaning above it."""
        index = extent(node)[0] - 1
        line = self.lines[index]
        stands_alone = not self.indent(index) or not self.lines[index - 1].strip()
        if line.strip() and stands_alone and not line.startswith((":", "~")):
            self.problems.add(
                "lost-item",
                "this line is swallowed by the meaning above it",
                self.filled.line(index).place(),
                "leave a blank line before a term, and write it at the margin; "
                "indent what goes on with a meaning by two spaces",
            )

    def is_caption(self, node: SyntaxTreeNode) -> bool:
        return self.written(node).lstrip().startswith("Table:")

    def refuse_caption(self, node: SyntaxTreeNode, following: SyntaxTreeNode | None) -> None:
        """Note a caption without its table; not where the lines below are meant as one, which is noted there."""
        self.excused.update(range(*extent(node)))
        if following is None or not self.written(following).lstrip().startswith("|"):
            message = "no table follows this caption"
            hint = "write it directly above its table, with a blank line between"
            self.problems.add("table-shape", message, self.place(node), hint)

    def caption(self, node: SyntaxTreeNode) -> tuple[tuple[d.Inline, ...], Attributes]:
        before = len(self.ledger.printed)
        children, attributes = self.inline(node, "caption")
        line, text = self.ledger.printed[before]
        self.ledger.printed[before] = (line, text.removeprefix("Table:"))
        return without_prefix(children, "Table:"), attributes

    def table(
        self, node: SyntaxTreeNode, caption: tuple[d.Inline, ...], named: Attributes
    ) -> d.Table:
        lines = [row for part in node.children for row in part.children]
        rows: list[tuple[d.Cell, ...]] = []
        for line in lines:
            cells = (self.unnamed(cell, "a cell", _CELL_HINT) for cell in line.children)
            rows.append(tuple(map(d.Cell, cells)))
        for line in lines[1:]:
            self.check_row(line, len(rows[0]))
        place = self.place(node)
        if not caption:
            hint = "write `Table: what it lists` and a blank line before it"
            self.problems.add("table-shape", "this table has no caption", place, hint)
        head, *body = rows
        if not body:
            hint = "write a row below the line of dashes, or take the table out"
            self.problems.add("table-shape", "this table has no rows", place, hint)
        headed = any(cell.children for cell in head)
        labelled = not headed or UNLABELLED not in named.flags
        turned = LANDSCAPE in named.flags
        # What a table takes up itself, nothing else has to.
        taken: set[tuple[str, Carrier]] = set()
        if not labelled:
            taken.add((UNLABELLED, "caption"))
        if turned:
            taken.add((LANDSCAPE, "caption"))
        if taken:
            self.stated = [
                stated for stated in self.stated if (stated.word, stated.carrier) not in taken
            ]
        return d.Table(
            caption, head if headed else (), tuple(body), named.id, place, labelled, turned
        )

    def check_row(self, node: SyntaxTreeNode, columns: int) -> None:
        written = self.written(node).strip()
        if not _CELL_END.search(written):
            message = "this line is taken for a row of the table above it"
            hint = "leave a blank line before it, or write it as a row: `| … |`"
            self.problems.add("table-shape", message, self.place(node), hint)
            return
        cells = _CELL_END.split(written.removeprefix("|").rstrip("|"))
        if len(cells) != columns:
            cells_here = count(len(cells), "cell")
            message = f"this row has {cells_here}, and the head of the table {columns}"
            hint = "leave a cell empty where there is nothing to say, and write `\\|` for a line within the text"
            self.problems.add("table-shape", message, self.place(node), hint)

    # footnotes

    def note(self, node: SyntaxTreeNode) -> None:
        """Read a footnote where it stands; its words come after those of the text."""
        label = node.meta["label"]
        self.ledger.syntax(label)
        if self.ledger.printed is self.notes_printed:
            self.excused.update(range(*extent(node)))
            message = "this footnote is indented as a part of the one above it"
            hint = "write it at the left margin"
            self.problems.add("bad-footnote", message, self.place(node), hint)
        in_text, self.ledger.printed = self.ledger.printed, self.notes_printed
        position = len(self.notes)
        blocks = self.inner(node.children)
        self.notes_printed, self.ledger.printed = self.ledger.printed, in_text
        self.check_filled(blocks, "footnote", node)
        note = d.Footnote(f"note-{label}", "", blocks)
        self.notes.insert(position, (note, self.place(node)))

    def footnotes(self, blocks: Iterable[Heading | d.Block]) -> tuple[d.Footnote, ...]:
        """The notes of the section. Each has a mark in the text, and no note of its own."""
        in_text = _marks(node for block in blocks for node in _nodes(block))
        places: dict[str, Place] = {}
        for note, place in self.notes:
            label = note.id.removeprefix("note-")
            if _marks(d.walk(*note.blocks)):
                message = "a footnote stands within a footnote"
                self.problems.add(
                    "bad-footnote", message, place, "write what it says into this one"
                )
            if note.id in places:
                message = f"there are two footnotes `{label}`; the first is at {places[note.id]}"
                hint = "give one of them another name, in the text too"
                self.refuse_second(message, place, hint, places[note.id])
            elif note.id not in in_text and self.whole:
                message = f"no mark in the text leads to the footnote `{label}`: it would not print"
                hint = f"write `[^{label}]` where it belongs, or take it out"
                self.problems.add("bad-footnote", message, place, hint)
            places.setdefault(note.id, place)
        return tuple(note for note, _ in self.notes)

    def refuse_second(self, message: str, place: Place, hint: str, first: Place) -> None:
        """Note a second footnote of one name; not where the two are branches of which a school takes one."""
        statements = self.statements.get(place.path, [])
        before, after = bisect_left(statements, first.line), bisect_left(statements, place.line)
        if not self.filled.every_branch or before == after:
            self.problems.add("bad-footnote", message, place, hint)

    @cached_property
    def statements(self) -> dict[str, list[int]]:
        """The numbers of the lines that hold a statement, in order, by the path of their file."""
        found: dict[str, set[int]] = {}
        for line in chain.from_iterable(self.filled.origins):
            if "{%" in line.text:
                found.setdefault(line.path, set()).add(line.number)
        return {path: sorted(numbers) for path, numbers in found.items()}

    def refuse_marks(self, children: tuple[d.Inline, ...], what: str, place: Place) -> None:
        for node in d.walk(*children):
            if isinstance(node, d.FootnoteMark):
                message = f"{what} has no footnote: contents and bookmarks could not show it"
                hint = "put the mark behind the first sentence below it"
                self.problems.add("bad-footnote", message, place, hint)

    # words

    def inline(
        self, node: SyntaxTreeNode, carrier: Carrier
    ) -> tuple[tuple[d.Inline, ...], Attributes]:
        """The words of a block, and the attributes at their end."""
        tokens: Sequence[SyntaxTreeNode] = ()
        if node.children and node.children[0].type == "inline":
            tokens = node.children[0].children
            self.check_length(node.children[0])
        children = self.words.children(tokens, node)
        attributes = Attributes()
        last = children[-1] if children else None
        if isinstance(last, d.Text) and braces.BRACES.search(last.text):
            text, attributes = self.attributes(last.text, node, carrier)
            self.ledger.unprinted(last.text[len(text) :])
            text = text.rstrip()
            children = (*children[:-1], d.Text(text)) if text else children[:-1]
        elif isinstance(last, d.Text) and (meant := braces.unclosed(last.text)):
            attributes = Attributes(meant)
        self.check_words_of(tokens, children, node)
        return children, attributes

    def check_length(self, words: SyntaxTreeNode) -> None:
        if words.meta.get(_TOO_LONG):
            self.excused.update(range(*extent(words)))
            says = f"this paragraph has more than {PARAGRAPH_LETTERS:,} letters"
            hint = "make several of it, with a blank line between"
            self.problems.add("file-too-large", says, self.place(words), hint)

    def check_words_of(
        self,
        tokens: Sequence[SyntaxTreeNode],
        children: tuple[d.Inline, ...],
        node: SyntaxTreeNode,
    ) -> None:
        """Note attributes that do not stand at the end, and marks that would print as they stand."""
        for inner in d.walk(*children):
            if isinstance(inner, d.Text) and (stray := braces.STRAY.search(inner.text)):
                message = "these attributes belong to nothing"
                place = self.place(node, stray[0])
                self.problems.add("bad-attributes", message, place, _NOT_AT_THE_END)
        for mark, what, hint in other_marks(_as_typed(tokens)):
            shown = f"“{mark}”" if "`" in mark else code(mark)
            message = f"{shown}, {what}, is not part of the section language"
            self.problems.add("markdown-unsupported", message, self.place(node, mark), hint)

    def unnamed(self, node: SyntaxTreeNode, what: str, hint: str) -> tuple[d.Inline, ...]:
        """The words of what can have no id; an id that stands there is a problem."""
        stated = len(self.stated)
        children, attributes = self.inline(node, "paragraph")
        if attributes != Attributes():
            del self.stated[stated:]
            needle = f"#{attributes.id}" if attributes.id else "{"
            message = f"{what} has no id or status"
            self.problems.add("bad-attributes", message, self.place(node.children[0], needle), hint)
        return children

    def attributes(
        self, text: str, node: SyntaxTreeNode, carrier: Carrier
    ) -> tuple[str, Attributes]:
        """A text without the attributes at its end, and these; what is wrong with them is noted."""
        words, attributes = braces.split(text)
        for word in attributes.wrong:
            message = f"`{word}` is not an attribute"
            hint = braces.what_instead(word)
            self.problems.add("bad-attributes", message, self.place(node, word), hint)
        for word in attributes.words:
            owner, place = self.place(node), self.place(node, word)
            self.stated.append(Stated(word, attributes.id, carrier, owner, place))
        if attributes.adapt and attributes.id:
            self.adapt[attributes.id] = attributes.adapt
        return words, attributes

    # words that would be lost

    def check_words(
        self, blocks: Iterable[Heading | d.Block], notes: Iterable[d.Footnote], known: int
    ) -> None:
        """Note words that were written and are not in the tree, except where something is wrong that was noted."""
        noted = {
            (each.place.path, each.place.line) for each in self.problems.found[known:] if each.place
        }
        trees = [node for block in blocks for node in _nodes(block)]
        trees += [node for note in notes for node in d.walk(*note.blocks)]
        in_tree = [text for node in trees if (text := _own_words(node))]
        printed = [*self.ledger.printed, *self.notes_printed]
        found = [
            *lost([*enumerate(self.lines)], self.ledger.kept),
            *lost(printed, in_tree),
        ]
        for each in found:
            lines = self.filled.lines(each.line)
            known_of = any((line.path, line.number) in noted for line in lines)
            if not known_of and each.line not in self.excused:
                says = "would not print"
                if each.twice:
                    says = "would print twice"
                self.problems.add(
                    "lost-words",
                    f"“{_shortened(each.words)}” {says}: this line is not read as it was meant",
                    lines[0].place(),
                    "write it as one of the constructs of the section language",
                )


def _nodes(block: Heading | d.Block) -> Iterator[d.Node]:
    """Every node of a block, in reading order."""
    yield from d.walk(*block.children) if isinstance(block, Heading) else d.walk(block)


def _content(paragraph: SyntaxTreeNode) -> list[str]:
    """The lines of a paragraph, without the indent and sign of what it stands in."""
    content = ""
    if paragraph.children:
        content = paragraph.children[0].content
    return content.split("\n")


def _sign(node: SyntaxTreeNode) -> str:
    """How the items of a list begin."""
    if node.type == "ordered_list":
        return f"1{node.markup}"
    return node.markup


def _containers(node: SyntaxTreeNode) -> Iterator[SyntaxTreeNode]:
    """The containers that a node stands in."""
    while node.parent:
        node = node.parent
        if node.type == "container_block":
            yield node


def _shortened(words: str) -> str:
    first = words.split()[:_SHOWN]
    if len(first) == len(words.split()):
        return " ".join(first)
    return f"{' '.join(first)} …"


def _marks(nodes: Iterable[d.Node]) -> set[str]:
    """The footnotes that marks among some nodes lead to."""
    return {node.id for node in nodes if isinstance(node, d.FootnoteMark)}


def _own_words(node: d.Node) -> str:
    """The words that a node holds itself."""
    match node:
        case d.Text() | d.Code():
            return node.text
        case d.Value():
            return VALUE
        case d.Image():
            return node.alt
        case d.SignatureBlock():
            return node.signatory
        case _:
            return ""


def _as_typed(tokens: Iterable[SyntaxTreeNode]) -> str:
    """The words of tokens that are no marks, with a sign in place of everything else."""
    typed: list[str] = []
    for token in tokens:
        if token.type == "text":
            typed.append(token.content)
        elif token.type == "softbreak":
            typed.append("\n")
        elif token.type == "code_inline" or not token.children:
            typed.append(VALUE)
        else:
            typed.append(f"{VALUE}{_as_typed(token.children)}{VALUE}")
    return "".join(typed)
