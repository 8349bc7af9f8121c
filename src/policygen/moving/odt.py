"""An OpenDocument text, read as what a reader of its pages sees, its notes and comments beside it."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal
from xml.etree.ElementTree import Element

from policygen.files.office import OfficeError, office_parts, office_tree
from policygen.moving import found as f
from policygen.moving.count import words_of
from policygen.moving.wordstyles import Look, in_form

_SKIPPED = ("office:annotation", "text:note-citation", "text:page-number", "text:page-count")
_CONTENTS = ("text:table-of-content", "text:alphabetical-index", "text:illustration-index")
_HOLDERS = (
    "text:section",
    "text:index-body",
    "text:index-title",
    "office:text",
    "text:note-body",
    "drawing:text-box",
)
_FORMS = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
_OFF = ("", "none", "transparent", "#ffffff", "normal")


def _short(name: str) -> str:
    """The name of an element or attribute with its usual prefix: "text:p"."""
    namespace, _, local = name.lstrip("{").rpartition("}")
    parts = namespace.split(":")
    prefix = namespace
    if len(parts) > 2 and namespace.startswith("urn:"):
        prefix = parts[-2]
    return f"{prefix}:{local}" if prefix else local


def _get(element: Element, name: str) -> str:
    return next((value for key, value in element.attrib.items() if _short(key) == name), "")


def _all(element: Element, *names: str) -> Iterator[Element]:
    return (each for each in element.iter() if _short(each.tag) in names)


def read_odt(name: str, content: bytes) -> f.Found:
    """All that an OpenDocument text holds. Raises OfficeError, whose message follows the name of the file."""
    parts = office_parts(content)
    if "content.xml" not in parts:
        raise OfficeError("is no text document")
    body = office_tree(parts["content.xml"])
    text = next(_all(body, "office:text"), None)
    if text is None:
        raise OfficeError("is no text document")
    if next(_all(body, "text:insertion", "text:deletion"), None) is not None:
        says = "has tracked changes; accept or reject them in LibreOffice, and save the file anew"
        raise OfficeError(says)
    around = office_tree(parts["styles.xml"]) if "styles.xml" in parts else Element("nothing")
    reader = _Reader(_Styles((around, body)))
    blocks = tuple(reader.blocks(text))
    kinds: tuple[Literal["header", "footer"], ...] = ("header", "footer")
    margins = [
        f.Margin(kind, reader.region(kind, each))
        for kind in kinds
        for each in _all(around, f"style:{kind}")
    ]
    said = [each for each in margins if any(map(f.text_of, f.paragraphs(each.blocks)))]
    return f.Found(
        name, "odt", blocks, tuple(reader.notes), tuple(reader.comments), tuple(said), _title(parts)
    )


def _title(parts: Mapping[str, bytes]) -> dict[str, str]:
    meta = office_tree(parts["meta.xml"]) if "meta.xml" in parts else Element("nothing")
    titles = (each.text for each in meta.iter() if each.tag.endswith("elements/1.1/}title"))
    title = next(titles, None)
    return {"title": title} if title else {}


class _Styles:
    """Every style, by its name, with all that it takes from its parents; and every list style."""

    def __init__(self, trees: tuple[Element, ...]) -> None:
        self.styles = {
            (_get(each, "style:family"), _get(each, "style:name")): each
            for tree in trees
            for each in _all(tree, "style:style")
        }
        self.lists = {
            _get(each, "style:name") if _short(each.tag) == "text:list-style" else "outline": {
                int(_get(level, "text:level") or 1): level for level in each
            }
            for tree in trees
            for each in _all(tree, "text:list-style", "text:outline-style")
        }

    def chain(self, family: str, name: str) -> Iterator[Element]:
        """A style and those that it is based on."""
        for _ in range(20):
            style = self.styles.get((family, name))
            if style is None:
                return
            yield style
            name = _get(style, "style:parent-style-name")

    def name(self, name: str) -> str:
        """What people call the style that a paragraph has."""
        for style in self.chain("paragraph", name):
            called = _get(style, "style:display-name") or _get(style, "style:name")
            if not re.fullmatch(r"P\d+", called):
                return called.replace("_20_", " ")
        return name

    def look(self, family: str, name: str) -> Look:
        made = Look()
        for style in self.chain(family, name):
            for properties in _all(style, "style:text-properties"):
                made = made.over(_look(properties))
        return made

    def paragraph(self, name: str, attribute: str) -> str:
        """What the style of a paragraph says, by itself or through a parent."""
        for style in self.chain("paragraph", name):
            for properties in _all(style, "style:paragraph-properties"):
                if value := _get(properties, attribute):
                    return value
        return ""

    def leads(self, name: str) -> bool:
        """Whether a tab of a paragraph draws a line or dots."""
        stops = (
            each
            for style in self.chain("paragraph", name)
            for each in _all(style, "style:tab-stop")
        )
        return any(_get(each, "style:leader-style") not in _OFF for each in stops)


def _look(properties: Element) -> Look:
    def says(name: str, *on: str) -> bool | None:
        value = _get(properties, name)
        if not value:
            return None
        if on:
            return value in on
        return value.lower() not in _OFF

    marked = says("xsl-fo-compatible:background-color")
    colour = _get(properties, "xsl-fo-compatible:color").lower()
    return Look(
        bold=says("xsl-fo-compatible:font-weight", "bold", "600", "700", "800", "900"),
        italic=says("xsl-fo-compatible:font-style", "italic", "oblique"),
        underlined=says("style:text-underline-style"),
        marked=True if colour == "#ff0000" else marked,
        hidden=True if _get(properties, "text:display") == "none" else None,
    )


@dataclass
class _List:
    style: str
    identity: str
    counts: dict[int, int] = field(default_factory=dict)


class _Reader:
    """Reads blocks, counting lists, paragraphs and tables as it goes."""

    def __init__(self, styles: _Styles) -> None:
        self.styles = styles
        self.notes: list[f.Note] = []
        self.comments: list[f.Comment] = []
        self.lists: dict[str, _List] = {}
        self.last: dict[str, _List] = {"outline": _List("outline", "outline")}
        self.numbers: Counter[f.Region] = Counter()
        self.place: f.Region = "text"
        self.heading = ""
        self.cell: tuple[int, int, int] | None = None
        self.tables = 0
        self.boxes: list[Element] = []
        self.label = ("", 0, "")
        """The label, level and list of the paragraph that is next in an item."""

    def region(self, region: f.Region, element: Element) -> tuple[f.Block, ...]:
        before, self.place = self.place, region
        label, self.label = self.label, ("", 0, "")
        blocks = tuple(self.blocks(element))
        self.place, self.label = before, label
        return blocks

    def spot(self, *, says: bool) -> f.Spot:
        self.numbers[self.place] += says
        return f.Spot(max(self.numbers[self.place], 1), self.place, self.heading, self.cell)

    def blocks(self, holder: Element, *, contents: bool = False) -> Iterator[f.Block]:
        for element in holder:
            name = _short(element.tag)
            if name in ("text:p", "text:h"):
                yield from self.paragraph(element, contents=contents)
            elif name == "text:list":
                yield from self.list(element, None, 1)
            elif name == "table:table":
                yield self.table(element)
            elif name in _CONTENTS:
                yield from self.blocks(element, contents=True)
            elif name in _HOLDERS:
                yield from self.blocks(element, contents=contents)
            elif name.startswith("drawing:"):
                yield from self.boxed((element,))

    def paragraph(self, element: Element, *, contents: bool) -> Iterator[f.Block]:
        style = _get(element, "text:style-name")
        around, self.boxes = self.boxes, []
        look, leader = self.styles.look("paragraph", style), self.styles.leads(style)
        inline = tuple(_tidy(self.inline(element, look, leader=leader)))
        boxes, self.boxes = self.boxes, around
        says = bool(f.plain(inline).strip())
        level = 0
        if says:
            level = int(_get(element, "text:outline-level") or 0)
        if level and not self.label[0] and says:
            self.label = self.counted(self.last["outline"], level)
        label, depth, listed = self.label if says else ("", 0, "")
        self.label = ("", 0, "") if says else self.label
        called = self.styles.name(style)
        made = f.Paragraph(
            inline,
            self.spot(says=says),
            heading=level,
            title=called.lower() == "title",
            label=label,
            level=depth if label else 0,
            list=listed if label else "",
            style=called,
            contents=contents,
            centred=self.styles.paragraph(style, "xsl-fo-compatible:text-align") == "center",
        )
        if level and self.place == "text":
            self.heading = f.text_of(made)
        yield made
        yield from self.boxed(boxes)

    def boxed(self, elements: list[Element] | tuple[Element, ...]) -> Iterator[f.Block]:
        """Text boxes and shapes with words in them."""
        for element in elements:
            spot = self.spot(says=False)
            inner = self.region("box", element)
            if any(map(f.text_of, f.paragraphs(inner))):
                yield f.Box(inner, spot)

    # lists

    def list(self, element: Element, within: _List | None, level: int) -> Iterator[f.Block]:
        counted = within or self.begun(element)
        for item in element:
            number = _short(item.tag) == "text:list-item"
            if number and (start := _get(item, "text:start-value")):
                counted.counts[level] = int(start) - 1
            first = True
            for inner in item:
                if _short(inner.tag) == "text:list":
                    yield from self.list(inner, counted, level + 1)
                    continue
                if number and first and "".join(inner.itertext()).strip():
                    self.label = self.counted(counted, level)
                    first = False
                holder = Element("nothing")
                holder.append(inner)
                yield from self.blocks(holder)
                self.label = ("", 0, "")

    def begun(self, element: Element) -> _List:
        """The counters of a list: its own, or those of the list that it goes on with."""
        style = _get(element, "text:style-name")
        goes_on = self.lists.get(_get(element, "text:continue-list"))
        if goes_on is None and _get(element, "text:continue-numbering") == "true":
            goes_on = self.last.get(style)
        counted = goes_on or _List(style, f"{style}-{len(self.lists)}")
        identity = next((v for k, v in element.attrib.items() if k.endswith("}id")), "")
        self.lists[identity or f"list-{len(self.lists)}"] = counted
        self.last[style] = counted
        return counted

    def counted(self, counted: _List, level: int) -> tuple[str, int, str]:
        """The label of the next item at a level."""
        levels = self.styles.lists.get(counted.style, {})
        style = levels.get(level)
        if style is None:
            return "", 0, ""
        if _short(style.tag) == "text:list-level-style-bullet":
            sign = _get(style, "text:bullet-char")
            return (sign if sign.isascii() and sign != "" else "•"), level - 1, counted.identity
        form = _get(style, "style:num-format")
        if not form:
            return "", 0, ""
        first = int(_get(style, "text:start-value") or 1)
        counted.counts[level] = counted.counts.get(level, first - 1) + 1
        for deeper in [each for each in counted.counts if each > level]:
            del counted.counts[deeper]
        shown = int(_get(style, "text:display-levels") or 1)
        numbers = []
        for each in range(level - shown + 1, level + 1):
            kind = "1"
            if each in levels:
                kind = _get(levels[each], "style:num-format")
            if kind:
                numbers.append(_number(counted.counts.get(each, 1), kind))
        label = (
            f"{_get(style, 'style:num-prefix')}{'.'.join(numbers)}{_get(style, 'style:num-suffix')}"
        )
        return label.strip(), level - 1, counted.identity

    # tables

    def table(self, element: Element) -> f.Table:
        outer = self.cell
        self.tables += outer is None
        spot = replace(self.spot(says=False), number=self.numbers[self.place] + 1)
        rows: list[f.Row] = []
        for row, head in _rows(element, head=False):
            cells: list[f.Cell] = []
            covered = 0
            for cell in row:
                if outer is None:
                    self.cell = (self.tables, len(rows) + 1, len(cells) + 1)
                times = min(int(_get(cell, "table:number-columns-repeated") or 1), 100)
                if _short(cell.tag) == "table:covered-table-cell":
                    below = max(times - covered, 0)
                    covered = max(covered - times, 0)
                    cells += [f.Cell((), below=True)] * below
                    continue
                columns = int(_get(cell, "table:number-columns-spanned") or 1)
                covered = columns - 1
                cells += [f.Cell(tuple(self.blocks(cell)), columns)] * times
            rows.append(f.Row(tuple(cells), head))
        self.cell = outer
        return f.Table(tuple(rows), spot)

    # what stands in a line

    def inline(
        self, holder: Element, look: Look, *, leader: bool, link: str = ""
    ) -> Iterator[f.Inline]:
        yield _words(holder.text, look, link)
        for element in holder:
            yield from self.piece(element, look, leader=leader, link=link)
            yield _words(element.tail, look, link)

    def piece(self, element: Element, look: Look, *, leader: bool, link: str) -> Iterator[f.Inline]:
        name = _short(element.tag)
        match name:
            case "text:span":
                own = self.styles.look("text", _get(element, "text:style-name")).over(look)
                yield from self.inline(element, own, leader=leader, link=link)
            case "text:a":
                to = next((v for k, v in element.attrib.items() if k.endswith("}href")), "")
                yield from self.inline(element, look, leader=leader, link=to)
            case "text:s":
                yield f.Words(" " * min(int(_get(element, "text:c") or 1), 200), bool(look.bold))
            case "text:tab":
                yield f.Blank() if leader or look.underlined else f.Gap("tab")
            case "text:line-break":
                yield f.Gap("break")
            case "text:note":
                identity = f"note-{len(self.notes) + 1}"
                self.notes.append(f.Note(identity, self.region("note", element)))
                yield f.NoteMark(identity)
            case "office:annotation":
                self.comment(element)
            case "text:placeholder":
                yield f.Blank("".join(element.itertext()).strip(" <>"))
            case _ if name in _SKIPPED or name == "text:soft-page-break":
                pass
            case _ if name.startswith("drawing:"):
                yield from self.drawing(element)
            case _ if "FORMCHECKBOX" in "".join(element.attrib.values()):
                yield f.Tick()
            case _:
                yield from self.inline(element, look, leader=leader, link=link)

    def drawing(self, element: Element) -> Iterator[f.Inline]:
        for image in _all(element, "drawing:image"):
            href = next((v for k, v in image.attrib.items() if k.endswith("}href")), "")
            told = next(_all(element, "svg-compatible:desc", "svg-compatible:title"), None)
            yield f.Picture(posixpath.basename(href), (told.text or "") if told is not None else "")
        self.boxes.append(element)

    def comment(self, element: Element) -> None:
        creator = next((each.text or "" for each in element if each.tag.endswith("}creator")), "")
        text = "\n".join("".join(each.itertext()) for each in _all(element, "text:p"))
        spot = self.spot(says=False)
        self.comments.append(f.Comment(str(len(self.comments)), creator, text, "", spot))


def _words(text: str | None, look: Look, link: str) -> f.Words:
    """Letters; blanks in a row are one, as in every OpenDocument text."""
    return f.Words(
        re.sub(r"[ \t\r\n]+", " ", text or ""),
        bool(look.bold),
        bool(look.italic),
        bool(look.marked),
        bool(look.underlined),
        link,
        hidden=bool(look.hidden),
    )


def _tidy(inline: Iterator[f.Inline]) -> Iterator[f.Inline]:
    return (each for each in inline if not isinstance(each, f.Words) or each.text)


def _rows(table: Element, *, head: bool) -> Iterator[tuple[Element, bool]]:
    for element in table:
        match _short(element.tag):
            case "table:table-row":
                yield element, head
            case "table:table-header-rows":
                yield from _rows(element, head=True)
            case "table:table-rows" | "table:table-row-group":
                yield from _rows(element, head=head)
            case _:
                pass


def _number(number: int, kind: str) -> str:
    return in_form(number, _FORMS.get(kind, "decimal"))


# --- the count --------------------------------------------------------------------------------------------------------


def words_of_odt(content: bytes) -> dict[str, Counter[str]]:
    """The words of an OpenDocument text by where they stand, from its XML alone."""
    parts = office_parts(content)
    words: dict[str, Counter[str]] = {}

    def count(kind: str, text: str) -> None:
        words[kind] = words.get(kind, Counter()) + words_of(text)

    for each in _paragraphs(next(_all(office_tree(parts["content.xml"]), "office:text"))):
        count("text", "".join(_letters(each)))
    for note in _all(office_tree(parts["content.xml"]), "office:annotation"):
        for each in _all(note, "text:p"):
            count("comments", "".join(each.itertext()))
    if "styles.xml" in parts:
        tree = office_tree(parts["styles.xml"])
        for kind in ("header", "footer"):
            for margin in _all(tree, f"style:{kind}"):
                for each in _paragraphs(margin):
                    count(f"page {kind}s", "".join(_letters(each)))
    return words


def _paragraphs(element: Element) -> Iterator[Element]:
    for each in element:
        if _short(each.tag) in ("text:p", "text:h"):
            yield each
        if _short(each.tag) != "office:annotation":
            yield from _paragraphs(each)


def _letters(element: Element) -> Iterator[str]:
    """The letters of a paragraph, without those of paragraphs within it."""
    yield element.text or ""
    for each in element:
        name = _short(each.tag)
        if name in ("text:tab", "text:s", "text:line-break"):
            yield " "
        elif name not in (
            *_SKIPPED,
            "text:p",
            "text:h",
            "table:table",
            "svg-compatible:desc",
            "svg-compatible:title",
        ):
            yield from _letters(each)
        yield each.tail or ""
