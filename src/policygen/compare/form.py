"""The canonical form of a document: what its content digest is made of, and what a comparison compares.

Both read this one form, so that a different content code always has a change to show for it, and the same code has
none. The form of a published document never changes: registers hold digests of it.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar, assert_never

from policygen.language import document as d

N = TypeVar("N", d.Document, d.Section)

_UNSEEN = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")
_NUMBER = re.compile(r"\d+(?:\.\d+)*|\([a-z]+\)")
_SPACES = re.compile("[\u00a0\u2007\u202f]")


def visible(text: str) -> str:
    """A text without differences that nobody sees: composed letters, plain spaces, no soft hyphens."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", _SPACES.sub(" ", _UNSEEN.sub("", text)))


def with_pictures(node: N, images: Mapping[str, str]) -> N:
    """A document or part whose pictures know their digests. `images` gives those by path."""

    def known(inner: object) -> object:
        if isinstance(inner, d.Image) and not inner.digest:
            return replace(inner, digest=images.get(inner.path, ""))
        return inner

    return d.rebuild(node, known)


@dataclass(frozen=True)
class Form:
    """Makes the form of nodes, with ids, numbers and pictures as they print."""

    images: Mapping[str, bytes] = field(default_factory=dict)
    """The bytes of pictures that do not know their digest."""
    as_typed: bool = False
    """Whether differences that nobody sees count: the way of digests before there was `visible`."""
    by_path: bool = False
    """Whether pictures are known by path, for want of a digest."""
    unlettered: bool = False
    """Whether additions are taken without their numbers: the way of digests before they had any."""

    def document(self, document: d.Document) -> list[Any]:
        """The form of a whole policy."""
        return [*self.front(document), self.blocks(document.parts)]

    def front(self, document: d.Document) -> list[Any]:
        """What a policy says before its first part."""
        return [
            document.policy_id,
            self.text(document.title),
            self.text(document.school_name),
        ]

    # --- what a comparison sees in another way ---

    def text(self, text: str) -> str:
        """Words that somebody wrote."""
        return text if self.as_typed else visible(text)

    def id(self, identity: str) -> str:
        """An id."""
        return identity

    def number(self, number: str) -> str:
        """A number that was computed."""
        return number

    def clause_number(self, clause: d.Clause) -> str:
        """The number of a clause."""
        if self.unlettered and clause.is_addition:
            return ""
        return self.number(clause.number)

    def note(self, mark: d.FootnoteMark) -> str:
        """Which footnote a mark leads to."""
        return mark.number

    def reference(self, reference: d.Reference) -> list[Any]:
        """The words of a reference."""
        return self.words(reference.children)

    def picture(self, image: d.Image) -> str:
        """The digest of a picture."""
        if self.by_path:
            return image.path
        return image.digest or hashlib.sha256(self.images[image.path]).hexdigest()

    # --- blocks ---

    def blocks(self, blocks: Iterable[d.Block]) -> list[Any]:
        """The forms of blocks."""
        return [self.block(block) for block in blocks]

    def block(self, block: d.Block) -> list[Any]:
        """The form of a block with all that it holds."""
        match block:
            case d.Section():
                notes = [self.footnote(note) for note in block.footnotes]
                return [*self.heading(block), self.blocks(block.blocks), notes]
            case d.Clause():
                title, blocks = self.words(block.title), self.blocks(block.blocks)
                return ["clause", self.id(block.id), self.clause_number(block), title, blocks]
            case d.Paragraph():
                return ["p", self.id(block.id), self.words(block.children)]
            case d.Subhead():
                return ["head", self.id(block.id), block.level, self.words(block.children)]
            case d.ItemList():
                items = [[self.id(item.id), self.blocks(item.blocks)] for item in block.items]
                start = [block.start] if block.start > 1 else []
                return ["list", block.style, _once(items), *start]
            case d.Table():
                rows = [self._row(row) for row in (block.head, *block.rows)]
                return ["table", self.id(block.id), self.words(block.caption), _once(rows)]
            case d.Callout():
                label = [self.words(block.label)] if block.label else []
                blocks = self.blocks(block.blocks)
                return ["callout", block.kind, self.id(block.id), blocks, *label]
            case d.Quote():
                blocks, source = self.blocks(block.blocks), self.words(block.source)
                return ["quote", self.id(block.id), blocks, source]
            case d.SignatureBlock():
                fields = [self.words(label) for label in block.fields]
                return ["signature", self.id(block.id), self.text(block.signatory), fields]
            case d.AudiencePart():
                return ["audience", block.audience, self.id(block.id), self.blocks(block.blocks)]
            case d.Definitions():
                return ["definitions", [self._definition(entry) for entry in block.entries]]
            case _:
                assert_never(block)

    def heading(self, section: d.Section) -> list[Any]:
        """The form of a section without what it holds."""
        return [
            "section",
            section.kind,
            self.id(section.id),
            self.number(section.number),
            section.audience,
            self.words(section.title),
        ]

    def footnote(self, note: d.Footnote) -> list[Any]:
        """The form of a footnote."""
        return [self.number(note.number), self.blocks(note.blocks)]

    def _row(self, row: Iterable[d.Cell]) -> list[Any]:
        return [self.words(cell.children) for cell in row]

    def _definition(self, entry: d.Definition) -> list[Any]:
        return [self.words(entry.term), [self.blocks(meaning) for meaning in entry.meanings]]

    # --- words ---

    def words(self, children: Iterable[d.Inline]) -> list[Any]:
        """Runs of words as one string, whoever wrote them; what is no word as a list."""
        parts: list[Any] = []
        for child in children:
            part = self.word(child)
            if isinstance(part, str) and parts and isinstance(parts[-1], str):
                parts[-1] += part
            else:
                parts.append(part)
        return parts

    def word(self, child: d.Inline) -> Any:
        """The form of one inline node."""
        match child:
            case d.Text():
                return self.text(child.text)
            case d.Value(kind="details"):
                return ["details", child.name]
            case d.Value(kind="record"):
                return ["record", child.name]
            case d.Value():
                return self.text(child.text)
            case d.Emphasis():
                return ["em", self.words(child.children)]
            case d.Strong():
                return ["strong", self.words(child.children)]
            case d.Code():
                return ["code", self.text(child.text)]
            case d.Link():
                return ["link", child.address, self.words(child.children)]
            case d.Reference():
                return ["to", self.id(child.target), self.reference(child)]
            case d.FootnoteMark():
                return ["note", self.note(child)]
            case d.LineBreak():
                return ["break"]
            case d.Image():
                return ["image", self.text(child.alt), self.picture(child)]
            case d.ReferenceMark():
                message = f"a reference that leads nowhere yet has no form: {child.targets}"
                raise AssertionError(message)
            case _:
                assert_never(child)


@dataclass(frozen=True)
class SteadyForm(Form):
    """The form of one of two documents that are compared, without what moves along with other text."""

    renamed: Mapping[str, str] = field(default_factory=dict)
    """The new id of what goes by another one in the new document."""
    notes: Mapping[str, str] = field(default_factory=dict)
    """The id of each footnote in the new document."""
    numbers: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """By id, the numbers of this document that lead to it: its own, and those of what it stands in."""
    titles: Mapping[str, str] = field(default_factory=dict)
    """By id, the title of each part, as a reference to one without a number says it."""
    mute: bool = False
    """Whether references that say a number are seen by what they lead to alone."""

    def id(self, identity: str) -> str:
        """The id in the new document, also of a paragraph that a school added to a clause."""
        clause, dot, side = identity.partition(".")
        if identity not in self.renamed and clause in self.renamed:
            return f"{self.renamed[clause]}{dot}{side}"
        return self.renamed.get(identity, identity)

    def number(self, number: str) -> str:
        """Whether there is a number; which one follows from what stands before it."""
        return "#" if number else ""

    def clause_number(self, clause: d.Clause) -> str:
        """Whether there is one; that of an addition follows from what stands before it, as does having one."""
        if clause.is_addition:
            return ""
        return self.number(clause.number)

    def note(self, mark: d.FootnoteMark) -> str:
        """The footnote, by its id in the new document."""
        return self.notes.get(mark.id, mark.id)

    def reference(self, reference: d.Reference) -> list[Any]:
        """The words, without the numbers of what it leads to; any other number is the author's.

        A form is called by its title, or by its number where it stands among the appendices: both are steady.
        """
        if d.plain(reference.children) == self.titles.get(reference.target):
            return ["#"]
        own = self.numbers.get(reference.target, frozenset())

        def mask(found: re.Match[str]) -> str:
            return "#" if found[0] in own else found[0]

        words = self.words(reference.children)
        for index, word in enumerate(words):
            if isinstance(word, str):
                words[index] = _NUMBER.sub(mask, word)
        numbered = self.mute and any("#" in word for word in words if isinstance(word, str))
        if numbered or words == ["Appendix #"]:
            return ["#"]
        return words


def titles_of(document: d.Document) -> dict[str, str]:
    """By id, the title of each part in quotation marks."""
    return {part.id: f"“{d.plain(part.title)}”" for part in document.parts}


def numbers_of(document: d.Document) -> dict[str, frozenset[str]]:
    """By id, the numbers that a reference to it may print: its own, and those of what it stands in."""
    found: dict[str, frozenset[str]] = {}

    def visit(nodes: Iterable[Any], around: frozenset[str]) -> None:
        for node in nodes:
            if isinstance(node, tuple):
                visit(node, around)
                continue
            own = around
            if isinstance(node, d.Section | d.Item):
                own = around.union(_NUMBER.findall(node.label))
            elif isinstance(node, d.Clause):
                own = around.union(_NUMBER.findall(node.number))
            found.setdefault(getattr(node, "id", ""), own)
            for held in ("blocks", "items", "entries", "meanings"):
                visit(getattr(node, held, ()), own)

    visit(document.parts, frozenset())
    return found


def _once(forms: list[Any]) -> list[Any]:
    """Neighbours that are the same but for details that they print, once."""
    # A template prints people in a loop. One deputy more is a detail, and must leave the digest
    # alone; rows that say the same without printing a detail are meant, and count each time.
    kept: list[Any] = []
    for form in forms:
        if not kept or form != kept[-1] or not _prints_details(form):
            kept.append(form)
    return kept


def _prints_details(form: Any) -> bool:
    return isinstance(form, list) and (
        form[:1] == ["details"] or any(_prints_details(part) for part in form)
    )
