"""A Word file, read part by part: what a reader of its pages sees, tracked changes and comments beside it.

Nothing outside the file is ever fetched. What Word computes (numbers of lists, contents) is computed as Word does it.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal
from xml.etree.ElementTree import Element

from policygen.files.office import OfficeError, office_parts, office_tree
from policygen.moving import found as f
from policygen.moving.labels import sign_of
from policygen.moving.wordstyles import (
    Look,
    Numbering,
    Style,
    Styles,
    attribute,
    centred,
    child,
    children,
    is_on,
    leads,
    look,
    number_of,
    outline_of,
    short,
)

_COMPOUND = b"\xd0\xcf\x11\xe0"
"""How a file of the Word of before 2007 begins, and one with a password."""
_CHANGES: Mapping[str, f.Change] = {
    "w:ins": "inserted",
    "w:moveTo": "inserted",
    "w:del": "deleted",
    "w:moveFrom": "deleted",
}
_PAGE_FIELDS = re.compile(r"\s*(PAGE|NUMPAGES|SECTIONPAGES)\b")
_DEEPEST = 9


def read_docx(name: str, content: bytes) -> f.Found:
    """All that a Word file holds. Raises OfficeError, whose message follows the name of the file."""
    if content.startswith(_COMPOUND):
        says = "has a password or was saved by an old Word; open it and save it as .docx, without a password"
        raise OfficeError(says)
    parts = office_parts(content)
    main = _main(parts)
    relations = _relations(parts, main)
    _check_relations(parts)
    trees = {kind: office_tree(parts[path]) for kind, path in _single(relations, parts).items()}
    reader = _Reader(trees, relations)
    body = child(office_tree(parts[main]), "w:body")
    if body is None:
        raise OfficeError("is no Word document")
    blocks = reader.blocks(body)
    notes = (*reader.notes("footnotes", "w:footnote"), *reader.notes("endnotes", "w:endnote"))
    margins = tuple(_margins(reader, relations, parts))
    return f.Found(name, "docx", blocks, notes, reader.comments(), margins, properties_of(parts))


@dataclass(frozen=True)
class _Relation:
    kind: str
    target: str
    external: bool


def _main(parts: Mapping[str, bytes]) -> str:
    for relation in _relations(parts, "").values():
        if relation.kind == "officeDocument" and relation.target in parts:
            return relation.target
    raise OfficeError("is no Word document")


def _relations(parts: Mapping[str, bytes], part: str) -> dict[str, _Relation]:
    """What a part of the file points to, by id."""
    folder, name = posixpath.split(part)
    path = posixpath.join(folder, "_rels", f"{name}.rels")
    if path not in parts:
        return {}
    found = {}
    for each in office_tree(parts[path]):
        target = attribute(each, "Target")
        external = attribute(each, "TargetMode") == "External"
        if not external:
            target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
        kind = attribute(each, "Type").rpartition("/")[2]
        found[attribute(each, "Id")] = _Relation(kind, target, external)
    return found


def _check_relations(parts: Mapping[str, bytes]) -> None:
    """Refuse a file of which a part stands elsewhere: that would be missing, and is not fetched."""
    for path in parts:
        folder, name = posixpath.split(path)
        if not name.endswith(".rels"):
            continue
        owner = posixpath.join(posixpath.dirname(folder), name.removesuffix(".rels"))
        for relation in _relations(parts, owner).values():
            if not relation.external or relation.kind == "hyperlink":
                continue
            # Word writes the path of a template on its author's disk into most files: nothing of it is loaded.
            if relation.kind == "attachedTemplate" and not re.match(
                r"(?:https?:|ftp:|\\\\|file:(?://///?)?\\\\|//)", relation.target
            ):
                continue
            what = {
                "image": "a picture",
                "attachedTemplate": "a template",
                "oleObject": "an object",
            }.get(relation.kind, f"a part ({relation.kind})")
            says = f"points to {what} that stands elsewhere and would be loaded from there"
            raise OfficeError(f"{says}; embed it or break the link in Word, and save the file anew")


def _single(relations: Mapping[str, _Relation], parts: Mapping[str, bytes]) -> dict[str, str]:
    """The parts of which there is one, by kind."""
    kinds = ("styles", "numbering", "footnotes", "endnotes", "comments")
    return {
        relation.kind: relation.target
        for relation in relations.values()
        if relation.kind in kinds and relation.target in parts
    }


def properties_of(parts: Mapping[str, bytes]) -> dict[str, str]:
    """What an office file says of itself: `title` and its custom properties."""
    properties = {}
    if "docProps/core.xml" in parts:
        for each in office_tree(parts["docProps/core.xml"]):
            name = each.tag.rpartition("}")[2]
            if name in ("title", "creator", "language") and each.text:
                properties[name] = each.text
    if "docProps/custom.xml" in parts:
        for each in office_tree(parts["docProps/custom.xml"]):
            properties[attribute(each, "name")] = "".join(each.itertext())
    return properties


def _margins(
    reader: _Reader, relations: Mapping[str, _Relation], parts: Mapping[str, bytes]
) -> Iterator[f.Margin]:
    said = set()
    kinds: tuple[Literal["header", "footer"], ...] = ("header", "footer")
    for relation in relations.values():
        for kind in kinds:
            if relation.kind == kind and relation.target in parts:
                blocks = reader.region(kind, office_tree(parts[relation.target]))
                words = "\n".join(f.text_of(each) for each in f.paragraphs(blocks))
                if words.strip() and (kind, words) not in said:
                    said.add((kind, words))
                    yield f.Margin(kind, blocks)


@dataclass
class _Field:
    """A field of Word that is open: what it does stands before its words."""

    instruction: str = ""
    form: Element | None = None
    words: list[str] = field(default_factory=list)


@dataclass
class _State:
    """Where the reader stands."""

    region: f.Region = "text"
    numbers: dict[f.Region, int] = field(default_factory=dict)
    heading: str = ""
    cell: tuple[int, int, int] | None = None
    tables: int = 0
    fields: list[_Field] = field(default_factory=list)
    bookmarks: list[str] = field(default_factory=list)
    commented: dict[str, list[str]] = field(default_factory=dict)
    """The words that each open comment is about."""
    about: dict[str, tuple[str, f.Spot]] = field(default_factory=dict)
    boxes: list[Element] = field(default_factory=list)
    """Text boxes that stand in the paragraph that is being read."""
    change: f.Change = ""
    author: str = ""


class _Reader:
    """Reads blocks, counting lists, paragraphs and tables as it goes."""

    def __init__(self, trees: Mapping[str, Element], relations: Mapping[str, _Relation]) -> None:
        self.trees = trees
        self.styles = Styles(trees.get("styles"))
        self.numbering = Numbering(trees.get("numbering"), self.styles)
        self.relations = relations
        self.at = _State()

    # blocks

    def region(self, region: f.Region, element: Element) -> tuple[f.Block, ...]:
        """The blocks of what stands beside the text."""
        before = self.at.region, self.at.cell
        self.at.region, self.at.cell = region, None
        blocks = self.blocks(element)
        self.at.region, self.at.cell = before
        return blocks

    def blocks(self, holder: Element) -> tuple[f.Block, ...]:
        """Every block directly in something, in order."""
        made: list[f.Block] = []
        for element in holder:
            match short(element):
                case "w:p":
                    made += self.paragraph(element)
                case "w:tbl":
                    made.append(self.table(element))
                case "w:sdt":
                    made += self.blocks(_content(element))
                case "w:bookmarkStart":
                    self.at.bookmarks.append(attribute(element, "name"))
                case "w:customXml" | "w:ins" | "w:del" | "w:moveFrom" | "w:moveTo" | "w:smartTag":
                    made += self.blocks(element)
                case "mc:AlternateContent":
                    made += self.blocks(chosen(element))
                case _:
                    pass
        return tuple(made)

    def paragraph(self, element: Element) -> Iterator[f.Block]:
        properties = child(element, "w:pPr")
        style_id = attribute(child(properties, "w:pStyle"), "val") or self.styles.default
        style = self.styles.style(style_id)
        leader = leads(properties) or style.leader
        named, self.at.bookmarks = self.at.bookmarks, []
        around, self.at.boxes = self.at.boxes, []
        in_contents = any("TOC" in each.instruction.split()[:1] for each in self.at.fields)
        comments: list[str] = []
        inline = tuple(self.inline(element, style.look, comments, leader=leader))
        boxes, self.at.boxes = self.at.boxes, around
        if not inline and child(properties, "w:pBdr", "w:bottom") is not None:
            inline = (f.Blank(),)
        in_contents |= any("TOC" in each.instruction.split()[:1] for each in self.at.fields)
        is_contents = in_contents or bool(re.match(r"(toc|contents) ?\d", style.name.lower()))
        outline = outline_of(properties)
        if outline is None:
            outline = style.outline
        says = bool(f.plain(inline).strip())
        number = None
        if says or boxes:
            number = self.number(properties, style, style_id)
        label, counted = self.numbering.label(number) if number and says else ("", "")
        paragraph = f.Paragraph(
            inline,
            self.spot(says=says),
            heading=outline + 1 if outline is not None and outline < _DEEPEST and says else 0,
            title=style.name.lower() == "title",
            label=label,
            level=number[1] if number and label else 0,
            list=counted if label else "",
            style=style.name,
            contents=is_contents,
            centred=centred(properties) or style.centred,
            comments=tuple(comments),
            bookmarks=(*named, *self.at.bookmarks),
            mark=_mark(properties),
        )
        self.at.bookmarks = []
        if paragraph.heading and self.at.region == "text":
            self.at.heading = f.text_of(paragraph)
        yield paragraph
        for box in boxes:
            inner = self.region("box", box)
            if any(f.text_of(each) for each in f.paragraphs(inner)):
                yield f.Box(inner, paragraph.spot)

    def number(
        self, properties: Element | None, style: Style, style_id: str
    ) -> tuple[str, int] | None:
        """The list and level that a paragraph counts in; None where it does not."""
        own = number_of(properties)
        if own is None:
            if style.number is None or style.number[0] in ("", "0"):
                return None
            return style.number[0], self.numbering.level_of_style(style.number, style_id)
        identity = own[0] or (style.number[0] if style.number else "")
        if identity in ("", "0"):
            return None
        return (identity, own[1])

    def spot(self, *, says: bool) -> f.Spot:
        count = self.at.numbers.get(self.at.region, 0) + says
        self.at.numbers[self.at.region] = count
        return f.Spot(max(count, 1), self.at.region, self.at.heading, self.at.cell)

    def table(self, element: Element) -> f.Table:
        outer = self.at.cell
        if outer is None:
            self.at.tables += 1
        named, self.at.bookmarks = self.at.bookmarks, []
        spot = replace(self.spot(says=False), number=self.at.numbers.get(self.at.region, 0) + 1)
        rows: list[f.Row] = []
        for row in _rows(element):
            properties = child(row, "w:trPr")
            change: f.Change = "inserted" if child(properties, "w:ins") is not None else ""
            if child(properties, "w:del") is not None:
                change = "deleted"
            cells = []
            for column, cell in enumerate(_cells(row), 1):
                if outer is None:
                    self.at.cell = (self.at.tables, len(rows) + 1, column)
                cells.append(self.cell(cell))
            rows.append(f.Row(tuple(cells), bool(is_on(properties, "w:tblHeader")), change))
        self.at.cell = outer
        return f.Table(tuple(rows), spot, tuple(named))

    def cell(self, element: Element) -> f.Cell:
        properties = child(element, "w:tcPr")
        span = attribute(child(properties, "w:gridSpan"), "val")
        merge = child(properties, "w:vMerge")
        goes_on = merge is not None and attribute(merge, "val") != "restart"
        return f.Cell(self.blocks(element), int(span) if span.isdigit() else 1, goes_on)

    # what stands in a line

    def inline(
        self,
        holder: Element,
        below: Look,
        comments: list[str],
        *,
        leader: bool = False,
        link: str = "",
    ) -> Iterator[f.Inline]:
        for element in holder:
            match short(element):
                case "w:r":
                    yield from self.run(element, below, comments, leader=leader, link=link)
                case "w:hyperlink":
                    to = self.address(element)
                    yield from self.inline(element, below, comments, leader=leader, link=to)
                case "w:ins" | "w:del" | "w:moveFrom" | "w:moveTo":
                    before = self.at.change, self.at.author
                    if self.at.change != "deleted":
                        self.at.change = _CHANGES[short(element)]
                    self.at.author = attribute(element, "author")
                    yield from self.inline(element, below, comments, leader=leader, link=link)
                    self.at.change, self.at.author = before
                case "w:sdt":
                    yield from self.control(element, below, comments, leader=leader, link=link)
                case "w:fldSimple":
                    if not _PAGE_FIELDS.match(attribute(element, "instr")):
                        to = _bookmark_of(attribute(element, "instr")) or link
                        yield from self.inline(element, below, comments, leader=leader, link=to)
                case "w:bookmarkStart":
                    self.at.bookmarks.append(attribute(element, "name"))
                case "w:commentRangeStart":
                    self.at.commented[attribute(element, "id")] = []
                case "w:commentRangeEnd":
                    words = self.at.commented.pop(attribute(element, "id"), [])
                    self.at.about[attribute(element, "id")] = "".join(words), self.spot(says=False)
                case "mc:AlternateContent":
                    yield from self.inline(
                        chosen(element), below, comments, leader=leader, link=link
                    )
                case "w:smartTag" | "w:customXml" | "w:dir" | "w:bdo" | "w:sdtContent":
                    yield from self.inline(element, below, comments, leader=leader, link=link)
                case "m:oMath" | "m:oMathPara":
                    text = "".join(
                        each.text or "" for each in element.iter() if short(each) == "m:t"
                    )
                    yield f.Words(text, change=self.at.change)
                case _:
                    pass

    def address(self, element: Element) -> str:
        relation = self.relations.get(attribute(element, "r:id"))
        if relation is not None:
            return relation.target
        anchor = attribute(element, "anchor")
        return f"#{anchor}" if anchor else ""

    def control(
        self, element: Element, below: Look, comments: list[str], *, leader: bool, link: str
    ) -> Iterator[f.Inline]:
        """A content control: a box to tick, a field that waits for words, or words that were put in."""
        properties = child(element, "w:sdtPr")
        box = child(properties, "w14:checkbox")
        inner = tuple(self.inline(_content(element), below, comments, leader=leader, link=link))
        if box is not None:
            ticked = attribute(child(box, "w14:checked"), "val") in ("1", "true")
            yield f.Tick(ticked, self.at.change)
        elif child(properties, "w:showingPlcHdr") is not None:
            yield f.Blank(f.plain(inner).strip(), self.at.change)
        else:
            yield from inner

    def run(
        self, element: Element, below: Look, comments: list[str], *, leader: bool, link: str
    ) -> Iterator[f.Inline]:
        properties = child(element, "w:rPr")
        character = attribute(child(properties, "w:rStyle"), "val")
        of_style = self.styles.style(character).look if character else Look()
        own = look(properties).over(of_style).over(below)
        for piece in element:
            yield from self.piece(piece, own, comments, leader=leader, link=link)

    def piece(
        self, piece: Element, own: Look, comments: list[str], *, leader: bool, link: str
    ) -> Iterator[f.Inline]:
        change = self.at.change
        match short(piece):
            case "w:t" | "w:delText":
                yield from self.words(piece.text or "", own, link)
            case "w:tab" | "w:ptab":
                drawn = leader or bool(own.underlined)
                yield f.Blank(change=change) if drawn else f.Gap("tab", change)
            case "w:br" | "w:cr":
                if attribute(piece, "type") not in ("page", "column"):
                    yield f.Gap("break", change)
            case "w:noBreakHyphen":
                yield from self.words("-", own, link)
            case "w:sym":
                letter = chr(int(attribute(piece, "char") or "2022", 16))
                yield from self.words(sign_of(letter), own, link)
            case "w:footnoteReference":
                yield f.NoteMark(f"footnote-{attribute(piece, 'id')}", change)
            case "w:endnoteReference":
                yield f.NoteMark(f"endnote-{attribute(piece, 'id')}", change)
            case "w:commentReference":
                comments.append(attribute(piece, "id"))
            case "w:fldChar":
                yield from self.field(piece)
            case "w:instrText":
                if self.at.fields:
                    self.at.fields[-1].instruction += piece.text or ""
            case "w:drawing" | "w:pict" | "w:object":
                yield from self.drawing(piece)
            case "mc:AlternateContent":
                for inner in chosen(piece):
                    yield from self.piece(inner, own, comments, leader=leader, link=link)
            case _:
                pass

    def words(self, text: str, own: Look, link: str) -> Iterator[f.Inline]:
        """Letters as they stand; what a field puts there is part of it."""
        for waiting in self.at.commented.values():
            waiting.append(text)
        for open_field in self.at.fields:
            if _PAGE_FIELDS.match(open_field.instruction):
                return
            if open_field.form is not None:
                open_field.words.append(text)
                return
        to = link or next((_bookmark_of(each.instruction) for each in self.at.fields), "")
        if own.underlined and len(text) > 2 and not text.strip():  # a line of spaces
            yield f.Blank(change=self.at.change)
            return
        yield f.Words(
            text,
            bool(own.bold),
            bool(own.italic),
            bool(own.marked),
            bool(own.underlined),
            to,
            self.at.change,
            self.at.author if self.at.change else "",
            bool(own.hidden),
        )

    def field(self, element: Element) -> Iterator[f.Inline]:
        match attribute(element, "fldCharType"):
            case "begin":
                self.at.fields.append(_Field(form=child(element, "w:ffData")))
            case "end":
                if self.at.fields:
                    yield from self.form_field(self.at.fields.pop())
            case _:
                pass

    def form_field(self, ended: _Field) -> Iterator[f.Inline]:
        """A field of an old form: a box to tick or room for words."""
        if ended.form is None:
            return
        box = child(ended.form, "w:checkBox")
        if box is not None:
            checked = child(box, "w:checked")
            ticked = checked is not None and attribute(checked, "val") not in ("0", "false")
            yield f.Tick(ticked, self.at.change)
        else:
            yield f.Blank("".join(ended.words).strip(), self.at.change)

    def drawing(self, element: Element) -> Iterator[f.Inline]:
        boxes = [each for each in seen(element) if short(each) == "w:txbxContent"]
        self.at.boxes += boxes
        for art in seen(element):
            if short(art) == "v:textpath":  # letters drawn as a picture
                yield f.Words(attribute(art, "string"), bold=True, change=self.at.change)
        described = next((each for each in seen(element) if short(each) == "wp:docPr"), None)
        alt = attribute(described, "descr")
        pictures = [each for each in seen(element) if short(each) in ("a:blip", "v:imagedata")]
        for picture in pictures:
            relation = self.relations.get(attribute(picture, "embed") or attribute(picture, "id"))
            name = ""
            if relation:
                name = posixpath.basename(relation.target)
            yield f.Picture(name, alt, self.at.change)
        if not boxes and not pictures and alt:
            yield f.Picture("", alt, self.at.change)

    # beside the text

    def notes(self, part: str, kind: str) -> Iterator[f.Note]:
        for element in children(self.trees.get(part), kind):
            if attribute(element, "type") in ("", "normal"):
                identity = f"{kind.removeprefix('w:')}-{attribute(element, 'id')}"
                yield f.Note(identity, self.region("note", element))

    def comments(self) -> tuple[f.Comment, ...]:
        made = []
        for element in children(self.trees.get("comments"), "w:comment"):
            identity = attribute(element, "id")
            about, spot = self.at.about.get(identity, ("", None))
            lines = (text_below(each) for each in element.iter() if short(each) == "w:p")
            text = "\n".join(line for line in lines if line.strip())
            made.append(f.Comment(identity, attribute(element, "author"), text, about, spot))
        return tuple(made)


def text_below(element: Element) -> str:
    """The letters of a paragraph, whatever stands around them."""
    return "".join(each.text or "" for each in element.iter() if short(each) == "w:t")


def _content(element: Element) -> Element:
    found = child(element, "w:sdtContent")
    return Element("nothing") if found is None else found


def chosen(element: Element) -> Element:
    """What is shown of several ways to show the same: the first, which is the one for newer programs."""
    choice, fallback = child(element, "mc:Choice"), child(element, "mc:Fallback")
    if choice is None:
        if fallback is None:
            return Element("nothing")
        return fallback
    return choice


def seen(element: Element) -> Iterator[Element]:
    """Every element below one, of several ways to show the same only one; nothing below a text box."""
    for inner in element:
        if short(inner) == "mc:AlternateContent":
            yield from seen(chosen(inner))
            continue
        yield inner
        if short(inner) != "w:txbxContent":
            yield from seen(inner)


def _rows(table: Element) -> Iterator[Element]:
    for element in table:
        if short(element) == "w:tr":
            yield element
        elif short(element) == "w:sdt":
            yield from _rows(_content(element))
        elif short(element) in ("w:customXml", "w:ins", "w:del"):
            yield from _rows(element)


def _cells(row: Element) -> Iterator[Element]:
    for element in row:
        if short(element) == "w:tc":
            yield element
        elif short(element) == "w:sdt":
            yield from _cells(_content(element))
        elif short(element) == "w:customXml":
            yield from _cells(element)


def _mark(properties: Element | None) -> f.Change:
    """What a tracked change did to the end of a paragraph."""
    marks = child(properties, "w:rPr")
    for name, change in _CHANGES.items():
        if child(marks, name) is not None:
            return change
    return ""


def _bookmark_of(instruction: str) -> str:
    """Where a field leads: `#` and the name of a bookmark, or an address; empty for other fields."""
    found = re.match(r'\s*(?:REF|HYPERLINK\s+\\l)\s+"?([^\s"\\]+)', instruction)
    address = re.match(r'\s*HYPERLINK\s+"([^"]+)"', instruction)
    if found:
        return f"#{found[1]}"
    return address[1] if address else ""
