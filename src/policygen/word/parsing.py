"""A Word file as lines: each paragraph and table with its style, its number, its words and the bookmarks around it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from policygen.files.office import OfficeError, office_parts, office_tree
from policygen.language import document as d
from policygen.word.counting import Lists
from policygen.word.flow import Level
from policygen.word.names import id_of
from policygen.word.xml import R, W

_W = f"{{{W}}}"
_SKIPPED = ("PolicyTick", "PolicyLine")
"""Styles of what is there to be filled in, and no words."""
_LOST = ("del", "moveFrom", "rPr", "pPr", "instrText", "delText")
_FIELD = re.compile(r"\s*(REF|NOTEREF)\s+(\S+)")
_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table."""

    cells: tuple[tuple[d.Inline, ...], ...]
    head: bool


@dataclass
class Line:
    """A paragraph or a table of a file."""

    style: str
    """The id of its style as we name it, whatever the program that saved the file made of that."""
    words: tuple[d.Inline, ...] = ()
    label: str = ""
    """What prints before it, counted or typed."""
    form: str = ""
    """In which signs it is counted; `typed` for a number that was typed, empty for none."""
    rows: tuple[Row, ...] = ()
    labelled: bool = True
    opens: list[str] = field(default_factory=list)
    """Bookmarks that begin here."""
    last: dict[str, int] = field(default_factory=dict)
    """For each of these, the line in which it ends."""


@dataclass(frozen=True)
class Parsed:
    """A Word file of ours, line by line."""

    lines: tuple[Line, ...]
    notes: Mapping[str, tuple[Line, ...]]
    """The footnotes, by the number that their marks name."""
    properties: Mapping[str, str]
    hashed: Mapping[str, str]
    """The ids that are too long for the name of a bookmark, by its name."""


def properties_of(parts: Mapping[str, bytes]) -> dict[str, str]:
    """What a file says about itself under names of ours."""
    found = {}
    if "docProps/custom.xml" in parts:
        for node in office_tree(parts["docProps/custom.xml"]):
            name = node.get("name", "")
            if name.startswith("policygen."):
                found[name] = "".join(node.itertext())
    return found


def parsed(content: bytes, hashed: Mapping[str, str], properties: Mapping[str, str]) -> Parsed:
    """Every line of a file. Raises OfficeError."""
    parts = office_parts(content)
    if "word/document.xml" not in parts:
        raise OfficeError("is no Word file")
    reader = _Reader(_styles(parts), _lists(parts), _relations(parts, "document"), hashed)
    body = office_tree(parts["word/document.xml"]).find(f"{_W}body")
    lines = [*reader.lines(body if body is not None else Element("none"))]
    _find_ends(lines, reader)
    notes = {}
    if "word/footnotes.xml" in parts:
        aside = _Reader(reader.styles, reader.lists, _relations(parts, "footnotes"), hashed)
        for node in office_tree(parts["word/footnotes.xml"]):
            found = [*aside.lines(node)]
            _find_ends(found, aside)
            notes[node.get(f"{_W}id", "")] = tuple(found)
            aside.begin(len(found))
    return Parsed(tuple(lines), notes, properties, hashed)


def _find_ends(lines: Sequence[Line], reader: _Reader) -> None:
    """Give each line the bookmarks that begin in it, and where they end.

    LibreOffice writes the beginning of one that goes over several paragraphs again in the last of them.
    """
    for name, first in reader.first.items():
        if first < len(lines):
            lines[first].opens.append(name)
            lines[first].last[name] = max(reader.end.get(name, first), first)


@dataclass
class _Reader:
    styles: Mapping[str, str]
    lists: Lists
    addresses: Mapping[str, str]
    hashed: Mapping[str, str]
    first: dict[str, int] = field(default_factory=dict)
    end: dict[str, int] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    at: int = 0

    def begin(self, _lines: int) -> None:
        """Begin another text."""
        self.first, self.end, self.names, self.at = {}, {}, {}, 0

    def lines(self, body: Element) -> Iterator[Line]:
        for node in body:
            match _name(node):
                case "p":
                    yield self.paragraph(node)
                    self.at += 1
                case "tbl":
                    yield self.table(node)
                    self.at += 1
                case "sdt":
                    if _is_contents(node):
                        continue
                    inside = node.find(f"{_W}sdtContent")
                    if inside is not None:
                        yield from self.lines(inside)
                case "ins" | "customXml" | "smartTag" | "moveTo":
                    yield from self.lines(node)
                case "bookmarkStart" | "bookmarkEnd":
                    self.bookmark(node)
                case _:
                    pass

    def bookmark(self, node: Element) -> None:
        identity, name = node.get(f"{_W}id", ""), node.get(f"{_W}name", "")
        if name.startswith("pg_"):
            self.names[identity] = name
            self.first.setdefault(name, self.at)
        elif _name(node) == "bookmarkEnd" and identity in self.names:
            self.end[self.names[identity]] = self.at

    def paragraph(self, node: Element) -> Line:
        style = self.styles.get(_value(node, "pPr/pStyle"), _value(node, "pPr/pStyle"))
        line = Line(style)
        number = _value(node, "pPr/numPr/numId")
        if number:
            level = _whole(_value(node, "pPr/numPr/ilvl"))
            line.label, line.form = self.lists.next(number, level)
        words = _Words(self)
        words.read(node)
        line.words = words.made()
        if words.typed:
            line.label, line.form = words.typed.strip(), "typed"
        return line

    def table(self, node: Element) -> Line:
        rows = []
        for row in node.iter(f"{_W}tr"):
            cells = tuple(self.cell(cell) for cell in row if _name(cell) == "tc")
            rows.append(Row(cells, row.find(f"{_W}trPr/{_W}tblHeader") is not None))
        look = node.find(f"{_W}tblPr/{_W}tblLook")
        labelled = look is None or look.get(f"{_W}firstColumn", "1") not in ("0", "false")
        return Line("table", rows=tuple(rows), labelled=labelled)

    def cell(self, node: Element) -> tuple[d.Inline, ...]:
        """The words of a cell; several paragraphs are told apart by line breaks."""
        made: tuple[d.Inline, ...] = ()
        for para in node.iter(f"{_W}p"):
            words = _Words(self)
            words.read(para)
            between = (d.LineBreak(),) if made and words.nodes else ()
            made = (*made, *between, *words.made())
        return made


@dataclass
class _Words:
    """The words of one paragraph, as they come together."""

    reader: _Reader
    nodes: list[d.Inline] = field(default_factory=list)
    typed: str = ""
    fields: list[str] = field(default_factory=list)
    """Of each field that is open, its instruction; with ` ` behind it when its result has begun."""
    note: str = ""
    """The bookmark of the footnote that comes next."""

    def made(self) -> tuple[d.Inline, ...]:
        return _joined(self.nodes)

    def read(self, node: Element) -> None:
        for inner in node:
            self.one(inner)

    def one(self, node: Element) -> None:
        name = _name(node)
        if name == "r":
            self.run(node)
        elif name in ("bookmarkStart", "bookmarkEnd"):
            self.reader.bookmark(node)
            if node.get(f"{_W}name", "").startswith("pg__fn_"):
                self.note = node.get(f"{_W}name", "")
        elif name == "hyperlink":
            self.link(node)
        elif name not in _LOST:
            self.read(node)

    def link(self, node: Element) -> None:
        inside = _Words(self.reader, note=self.note)
        inside.read(node)
        children = inside.made()
        anchor = node.get(f"{_W}anchor", "")
        address = self.reader.addresses.get(node.get(f"{{{R}}}id", ""), "")
        if anchor.startswith("pg_") and children:
            self.nodes.append(d.Reference(id_of(anchor, self.reader.hashed), children))
        elif address and children:
            self.nodes.append(d.Link(address, children))
        else:
            self.nodes += inside.nodes

    def run(self, node: Element) -> None:
        style = self.reader.styles.get(_value(node, "rPr/rStyle"), "")
        for inner in node:
            match _name(inner):
                case "fldChar":
                    self.field(inner.get(f"{_W}fldCharType", ""))
                case "instrText":
                    if self.fields:
                        self.fields[-1] += inner.text or ""
                case "footnoteReference":
                    number = inner.get(f"{_W}id", "")
                    identity = number
                    if self.note:
                        identity = id_of(self.note, self.reader.hashed)
                    self.nodes.append(d.FootnoteMark(identity, number))
                case "t" | "tab" | "br" | "cr" | "noBreakHyphen":
                    self.text(_said(inner), style, node)
                case "drawing" | "pict" | "object":
                    self.picture(inner)
                case "AlternateContent":
                    self.picture(inner)
                case _:
                    pass

    def field(self, kind: str) -> None:
        if kind == "begin":
            self.fields.append("")
        elif kind == "end" and self.fields:
            self.fields.pop()

    def text(self, words: str, style: str, run: Element) -> None:
        if not words or style in _SKIPPED:
            return
        if style == "PolicyNumber":
            self.typed += words
            return
        found = _FIELD.match(self.fields[-1]) if self.fields else None
        if found and found[1] == "NOTEREF":
            name = found[2]
            self.nodes.append(d.FootnoteMark(id_of(name, self.reader.hashed), words))
            return
        if words == "\n":
            self.nodes.append(d.LineBreak())
            return
        node: d.Inline = d.Code(words) if style == "PolicyCode" else d.Text(words)
        if _is_on(run, "i"):
            node = d.Emphasis((node,))
        if _is_on(run, "b"):
            node = d.Strong((node,))
        self.nodes.append(node)

    def picture(self, node: Element) -> None:
        for inner in node.iter():
            if _name(inner) == "docPr":
                self.nodes.append(d.Image("", inner.get("descr", "")))
                return


def _joined(nodes: Sequence[d.Inline]) -> tuple[d.Inline, ...]:
    """Words that stand beside each other in one look, as one node."""
    made: list[d.Inline] = []
    for node in nodes:
        match made[-1] if made else None, node:
            case d.Text(text=before), d.Text(text=words):
                made[-1] = d.Text(before + words)
            case d.Code(text=before), d.Code(text=words):
                made[-1] = d.Code(before + words)
            case d.Emphasis(children=before), d.Emphasis(children=words):
                made[-1] = d.Emphasis(_joined((*before, *words)))
            case d.Strong(children=before), d.Strong(children=words):
                made[-1] = d.Strong(_joined((*before, *words)))
            case _:
                made.append(node)
    return tuple(made)


def _said(node: Element) -> str:
    match _name(node):
        case "t":
            return node.text or ""
        case "tab":
            return "\t"
        case "noBreakHyphen":
            return "\u2011"
        case _:
            if node.get(f"{_W}type") in ("page", "column"):
                return ""
            return "\n"


def _is_on(run: Element, look: str) -> bool:
    node = run.find(f"{_W}rPr/{_W}{look}")
    return node is not None and node.get(f"{_W}val", "1") not in ("0", "false", "off")


def _is_contents(node: Element) -> bool:
    gallery = node.find(f"{_W}sdtPr/{_W}docPartObj/{_W}docPartGallery")
    return gallery is not None and gallery.get(f"{_W}val") == "Table of Contents"


def _name(node: Element) -> str:
    return node.tag.rpartition("}")[2]


def _value(node: Element, path: str) -> str:
    found = node.find("/".join(f"{_W}{step}" for step in path.split("/")))
    if found is None:
        return ""
    return found.get(f"{_W}val", "")


def _styles(parts: Mapping[str, bytes]) -> dict[str, str]:
    """What we call each style, by the id that it has in the file: its name without spaces."""
    found = {}
    if "word/styles.xml" in parts:
        for node in office_tree(parts["word/styles.xml"]).iter(f"{_W}style"):
            name = "".join(word[:1].upper() + word[1:] for word in _value(node, "name").split())
            found[node.get(f"{_W}styleId", "")] = name
    return found


def _lists(parts: Mapping[str, bytes]) -> Lists:
    levels: dict[str, dict[int, Level]] = {}
    uses: dict[str, tuple[str, dict[int, int]]] = {}
    root = office_tree(parts["word/numbering.xml"]) if "word/numbering.xml" in parts else ()
    for node in root:
        if _name(node) == "abstractNum":
            levels[node.get(f"{_W}abstractNumId", "")] = {
                _whole(level.get(f"{_W}ilvl")): Level(
                    _value(level, "numFmt"),
                    _value(level, "lvlText"),
                    _whole(_value(level, "start")),
                )
                for level in node.iter(f"{_W}lvl")
            }
        elif _name(node) == "num":
            starts = {
                _whole(each.get(f"{_W}ilvl")): _whole(_value(each, "startOverride"))
                for each in node.iter(f"{_W}lvlOverride")
                if _value(each, "startOverride")
            }
            uses[node.get(f"{_W}numId", "")] = _value(node, "abstractNumId"), starts
    return Lists(levels, uses)


def _whole(text: str | None) -> int:
    if text and text.isdecimal() and len(text) < 7:
        return int(text)
    return 0


def _relations(parts: Mapping[str, bytes], name: str) -> dict[str, str]:
    """The addresses outside the file, by the name of their relation."""
    path = f"word/_rels/{name}.xml.rels"
    if path not in parts:
        return {}
    return {
        node.get("Id", ""): node.get("Target", "")
        for node in office_tree(parts[path]).iter(_RELATION)
        if node.get("TargetMode") == "External"
    }
