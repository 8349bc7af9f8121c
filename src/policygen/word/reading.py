"""A Word file of ours, read back into the tree: also after Word or LibreOffice has saved it, and somebody changed it.

Tracked changes count as accepted. What is new in the file has no id; its place, its style and its depth say what it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, cast

from policygen.files.office import OfficeError, office_parts
from policygen.html.labels import CALLOUTS
from policygen.language import document as d
from policygen.word.names import id_of, is_own
from policygen.word.parsing import Line, Parsed, parsed, properties_of

_HEADING = re.compile(r"(Policy)?Heading(\d)")
_LEVEL = re.compile(r"(\w+?)([1-9])")
_PASSED = ("PolicyBreak", "PolicyLocal", "PolicyEnd", "PolicyNotice", "PolicyAudience")
"""Styles of what we print beside the words of the tree."""
_BOX = re.compile(r"pg__([a-z]+)_(?:([a-z]+)_)?(\d{1,6})(?:_[0-9a-f]{6})?")
_STYLES: dict[str, d.ListStyle] = {
    "decimal": "number",
    "lowerLetter": "letter",
    "lowerRoman": "roman",
    "bullet": "bullet",
}


class NotOursError(OfficeError):
    """A Word file that policygen did not write."""


@dataclass(frozen=True)
class OwnFile:
    """What a Word file of ours holds."""

    kind: str
    """`draft`, `approved` or `form`; as the other properties, what the file says of itself."""
    school: str
    policy: str
    edition: str
    version: str
    code: str
    """The content code of the document that it was written from."""
    parts: tuple[d.Section, ...]
    """Sections, forms and appendices in the order in which they stand."""


def is_ours(content: bytes) -> bool:
    """Whether policygen wrote a Word file. Raises OfficeError."""
    return "policygen.kind" in properties_of(office_parts(content))


def read_own(content: bytes) -> OwnFile:
    """Read a Word file of ours. Raises NotOursError for any other, and OfficeError for what is no Word file."""
    said = properties_of(office_parts(content))
    if "policygen.kind" not in said:
        raise NotOursError("was not written by policygen")
    hashed: dict[str, str] = {}
    for name, text in said.items():
        if name.startswith("policygen.ids"):
            hashed |= _ids(text)
    try:
        parts = _Tree(parsed(content, hashed, said)).parts()
    except RecursionError as error:
        raise OfficeError("is nested too deep") from error
    names = ("kind", "school", "policy", "edition", "version", "code")
    about = {name: said.get(f"policygen.{name}", "") for name in names}
    return OwnFile(**about, parts=parts)


def _ids(text: str) -> dict[str, str]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    if not isinstance(found, dict):
        return {}
    return {str(name): str(identity) for name, identity in found.items()}


@dataclass(frozen=True, slots=True)
class _Box:
    """A block of some kind that a bookmark spans."""

    kind: str
    audience: str
    number: int
    name: str
    last: int


@dataclass
class _Tree:
    """Makes blocks of lines; `at` is the line that comes next."""

    file: Parsed
    lines: Sequence[Line] = ()
    at: int = 0
    entered: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.lines = self.lines or self.file.lines

    # --- sections ---

    def parts(self) -> tuple[d.Section, ...]:
        while self.at < len(self.lines) and not self.level():
            self.at += 1
        found = []
        while self.at < len(self.lines):
            found.append(self.part())
        return tuple(found)

    def level(self) -> int:
        """The level of a heading of a section; 0 for any other line."""
        match = _HEADING.fullmatch(self.lines[self.at].style)
        return int(match[2]) if match else 0

    def part(self) -> d.Section:
        kinds = [box.kind for box in self.boxes() if box.kind in ("form", "appendix")]
        kind = cast("d.PartKind", kinds[0] if kinds else "section")
        part = self.section(kind)
        return replace(part, footnotes=tuple(self.notes(part)))

    def section(self, kind: d.PartKind) -> d.Section:
        line, level = self.lines[self.at], self.level()
        identity = self.own_id(self.boxes()[0].name if self.boxes() else "")
        self.at += 1
        number = line.label.removeprefix("Appendix ")
        blocks: list[d.Block] = []
        while self.at < len(self.lines) and not self.closes(level, number):
            if self.level():
                blocks.append(self.section(kind))
            else:
                blocks += self.blocks(len(self.lines), 0, number=number)
        return d.Section(
            identity,
            line.words,
            tuple(blocks),
            level,
            number,
            numbered=bool(line.label),
            kind=kind,
            contents=not line.style.startswith("Policy"),
        )

    def closes(self, level: int, number: str) -> bool:
        """Whether a section ends here: with one of its level, or with a clause whose number is as deep as its own."""
        line = self.lines[self.at]
        if self.level():
            return self.level() <= level
        counted = line.style == "PolicyClause" and "." in line.label and line.form == "decimal"
        return counted and bool(number) and line.label.count(".") <= number.count(".")

    def notes(self, part: d.Section) -> Iterator[d.Footnote]:
        """The footnotes of a part, in the order of their marks."""
        seen = set()
        for node in d.walk(part.blocks):
            if isinstance(node, d.FootnoteMark) and node.number in self.file.notes:
                if node.id not in seen:
                    inside = _Tree(self.file, self.file.notes[node.number])
                    blocks = tuple(inside.blocks(len(inside.lines), 0))
                    yield d.Footnote(node.id, node.number, blocks)
                seen.add(node.id)

    # --- bookmarks ---

    def boxes(self) -> list[_Box]:
        """The blocks that begin in this line, the outermost first; those that are being read are left out."""
        line = self.lines[self.at]
        found = []
        for name in line.opens:
            match = _BOX.fullmatch(name)
            if match and name not in self.entered:
                found.append(_Box(match[1], match[2] or "", int(match[3]), name, line.last[name]))
        return sorted(found, key=lambda box: (-box.last, -box.number))

    def ids(self) -> list[str]:
        line = self.lines[self.at]
        names = sorted(
            (name for name in line.opens if not name.startswith("pg__")),
            key=lambda name: -line.last[name],
        )
        return [id_of(name, self.file.hashed) for name in names if name not in self.entered]

    def own_id(self, box: str = "") -> str:
        """The id of a block with this bookmark; without one, that of the line itself."""
        for identity in self.ids():
            others = [
                each
                for each in self.lines[self.at].opens
                if each.startswith("pg__") and each != box
            ]
            if box and is_own(identity, box):
                return identity
            if not box and not any(is_own(identity, each) for each in others):
                return identity
        return ""

    # --- blocks ---

    def blocks(
        self, end: int, depth: int, *, number: str = "", inside: bool = False
    ) -> Iterator[d.Block]:
        """The blocks up to a line, or up to what stands less far in.

        `number` is that of the section; within an item stand only paragraphs and items that are further in.
        """
        while self.at < end and not self.closes(0, number) and not self.level():
            if inside and not self.belongs(depth):
                return
            boxes = [box for box in self.boxes() if box.kind not in ("form", "appendix", "section")]
            if boxes:
                yield from self.box(boxes[0], depth)
                continue
            line = self.lines[self.at]
            if line.style in _PASSED and not line.rows:
                self.at += 1
            elif _depth(line, depth) < depth:
                return
            else:
                yield from self.line(line, end, depth)

    def box(self, box: _Box, depth: int) -> Iterator[d.Block]:
        self.entered.add(box.name)
        end = min(box.last + 1, len(self.lines))
        identity = self.own_id(box.name)
        match box.kind:
            case "clause":
                yield self.clause(identity, end, depth)
            case "remember" | "keypoints":
                kind: Literal["remember", "key-points"] = "key-points"
                if box.kind == "remember":
                    kind = "remember"
                line = self.lines[self.at]
                label: tuple[d.Inline, ...] = ()
                if line.style == "PolicyCalloutLabel":
                    label = line.words
                    self.at += 1
                usual = d.plain(label) == CALLOUTS[kind]
                blocks = tuple(self.blocks(end, depth))
                yield d.Callout(kind, blocks, identity, label=() if usual else label)
            case "quote":
                yield self.quote(identity, end, depth)
            case "audience":
                audience = cast("d.Audience", box.audience)
                yield d.AudiencePart(audience, tuple(self.blocks(end, depth)), identity)
            case _:
                yield from self.line(self.lines[self.at], end, depth, whole=end)
        self.at = max(self.at, min(end, len(self.lines)))

    def quote(self, identity: str, end: int, depth: int) -> d.Quote:
        source: tuple[d.Inline, ...] = ()
        last = self.lines[end - 1]
        if last.style == "PolicyQuoteSource":
            source = _without_dash(last.words)
            end -= 1
        return d.Quote(tuple(self.blocks(end, depth)), source, identity)

    def clause(self, identity: str, end: int, depth: int) -> d.Clause:
        """A clause; what stands further in behind it belongs to it, too, since somebody wrote it there."""
        line = self.lines[self.at]
        titled = _LEVEL.fullmatch(line.style)
        if titled and titled[1] == "PolicyClauseTitle":
            self.at += 1
            inner = depth + 1 if line.label else depth
            blocks = tuple(self.blocks(end, inner))
            return d.Clause(
                identity, blocks, line.words, line.label, bool(line.label), level=int(titled[2])
            )
        if line.style != "PolicyClause":
            return d.Clause(identity, tuple(self.blocks(end, depth)), numbered=False)
        self.at += 1
        found: list[d.Block] = [d.Paragraph(line.words)] if line.words else []
        found += self.blocks(end, depth + 1)
        while self.at < len(self.lines) and self.belongs(depth + 1):
            found += self.blocks(self.at + 1, depth + 1)
        return d.Clause(identity, tuple(found), (), line.label)

    def belongs(self, depth: int) -> bool:
        """Whether the next line is a further paragraph or item of what stands around it."""
        line = self.lines[self.at]
        return not self.boxes() and not self.level() and _written_depth(line) >= depth

    def line(self, line: Line, end: int, depth: int, whole: int = 0) -> Iterator[d.Block]:
        """The block that begins with a line."""
        match = _LEVEL.fullmatch(line.style)
        identity = self.own_id()
        if line.rows:
            yield self.table(identity, (), line)
        elif line.style == "PolicyCaption" and self.at + 1 < end and self.lines[self.at + 1].rows:
            self.at += 1
            yield self.table(identity, line.words, self.lines[self.at])
        elif line.style == "PolicyClause" or (match and match[1] == "PolicyClauseTitle"):
            yield self.clause(identity, self.at + 1, depth)
        elif match and match[1] == "PolicySubhead":
            self.at += 1
            yield d.Subhead(int(match[2]), line.words, identity)
        elif match and match[1] == "PolicyItem":
            yield self.items(line, end, depth, whole)
        elif line.style == "PolicySignatory":
            yield self.signature(identity, end)
        elif line.style == "PolicyTerm":
            yield self.definitions(end, depth)
        else:
            self.at += 1
            if line.words:
                yield d.Paragraph(line.words, identity)

    def items(self, line: Line, end: int, depth: int, whole: int) -> d.ItemList:
        found = []
        depth = max(depth, _written_depth(line))
        bullets = line.form == "bullet"
        style: d.ListStyle = _STYLES.get(line.form, "number")
        while self.at < end and not self.level():
            boxes = self.boxes()
            inner = [box for box in boxes if box.kind == "item"]
            each = self.lines[self.at]
            if len(boxes) != len(inner) or not _is_item(each, depth):
                break
            if (each.form == "bullet") != bullets:
                break
            stop = whole or end
            if inner:
                self.entered.add(inner[0].name)
                stop = inner[0].last + 1
            identity = self.own_id(inner[0].name) if inner else self.own_id()
            if not identity and inner:
                identity = self.own_id()
            self.at += 1
            blocks: list[d.Block] = [d.Paragraph(each.words)] if each.words else []
            blocks += self.blocks(min(stop, len(self.lines)), depth + 1, inside=not inner)
            label = "" if bullets else each.label
            found.append(d.Item(tuple(blocks), label, identity))
            whole = 0
        return d.ItemList("bullet" if bullets else style, tuple(found))

    def signature(self, identity: str, end: int) -> d.SignatureBlock:
        signatory = d.plain(self.lines[self.at].words)
        self.at += 1
        fields = []
        while self.at < end and self.lines[self.at].style == "PolicyField":
            fields.append(self.lines[self.at].words)
            self.at += 1
        return d.SignatureBlock(signatory, tuple(fields), identity)

    def definitions(self, end: int, depth: int) -> d.Definitions:
        entries = []
        while self.at < end and self.lines[self.at].style == "PolicyTerm":
            term = self.lines[self.at].words
            self.at += 1
            meanings = []
            while self.at < end and self.lines[self.at].style == "PolicyMeaning":
                boxes = [box for box in self.boxes() if box.kind == "meaning"]
                line = self.lines[self.at]
                stop = boxes[0].last + 1 if boxes else self.at + 1
                self.entered |= {box.name for box in boxes}
                self.at += 1
                blocks: list[d.Block] = [d.Paragraph(line.words)] if line.words else []
                blocks += self.blocks(min(stop, len(self.lines)), depth + 1)
                meanings.append(tuple(blocks))
            entries.append(d.Definition(term, tuple(meanings)))
        return d.Definitions(tuple(entries))

    def table(self, identity: str, caption: tuple[d.Inline, ...], line: Line) -> d.Table:
        self.at += 1
        rows = [(row.head, tuple(d.Cell(cell) for cell in row.cells)) for row in line.rows]
        heads = [cells for head, cells in rows if head]
        return d.Table(
            caption,
            heads[0] if heads else (),
            tuple(cells for head, cells in rows if not head),
            identity,
            labelled=line.labelled,
        )


def _written_depth(line: Line) -> int:
    """How far in a line stands by its style; -1 where its style does not say."""
    match = _LEVEL.fullmatch(line.style)
    if match and match[1] == "PolicyText":
        return int(match[2])
    if match and match[1] == "PolicyItem":
        return int(match[2]) - 1
    return 0 if line.style == "BodyText" else -1


def _depth(line: Line, here: int) -> int:
    """The same; what does not say it stands where it is found."""
    written = _written_depth(line)
    return here if written < 0 else written


def _is_item(line: Line, depth: int) -> bool:
    match = _LEVEL.fullmatch(line.style)
    return bool(match and match[1] == "PolicyItem" and int(match[2]) - 1 == depth)


def _without_dash(words: tuple[d.Inline, ...]) -> tuple[d.Inline, ...]:
    """The source of a quotation without the dash that we print before it."""
    match words:
        case (d.Text(text=text), *rest) if text.startswith("— "):
            left = text.removeprefix("— ")
            if left:
                return (d.Text(left), *rest)
            return tuple(rest)
        case _:
            return words
