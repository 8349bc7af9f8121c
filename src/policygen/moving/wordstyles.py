"""What a Word file says of looks: its styles, each based on another, and the numbers that Word computes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from xml.etree.ElementTree import Element

_NAMESPACES = {
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main": "w",
    "http://purl.oclc.org/ooxml/wordprocessingml/main": "w",
    "http://schemas.openxmlformats.org/markup-compatibility/2006": "mc",
    "http://schemas.openxmlformats.org/officeDocument/2006/math": "m",
    "http://purl.oclc.org/ooxml/officeDocument/math": "m",
    "http://schemas.openxmlformats.org/drawingml/2006/main": "a",
    "http://purl.oclc.org/ooxml/drawingml/main": "a",
    "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing": "wp",
    "http://purl.oclc.org/ooxml/drawingml/wordprocessingDrawing": "wp",
    "http://schemas.microsoft.com/office/word/2010/wordml": "w14",
    "urn:schemas-microsoft-com:vml": "v",
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships": "r",
    "http://purl.oclc.org/ooxml/officeDocument/relationships": "r",
}
"""The short name of each namespace, in the transitional and the strict kind of Word file."""
_OFF = ("0", "false", "off", "none")
_ROMAN = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
_HUNDRED = ((100, "c"), (90, "xc"), (50, "l"), (40, "xl"), *_ROMAN)
BULLETS = {"\uf0b7": "•", "\uf0a7": "▪", "\uf0d8": "➢", "\uf0fc": "✓", "\uf0a8": "☐", "o": "o"}
_MARKING = re.compile(r"(?:[cdef][0-9a-f])(?:[0-4][0-9a-f]){2}", re.IGNORECASE)
"""Colours of letters that mark something to be adapted: reds."""


def short(element: Element) -> str:
    """The name of an element with the usual prefix: "w:p"."""
    return _short(element.tag)


def _short(name: str) -> str:
    if not name.startswith("{"):
        return name
    namespace, _, local = name[1:].partition("}")
    prefix = _NAMESPACES.get(namespace, "")
    return f"{prefix}:{local}" if prefix else local


def attribute(element: Element | None, name: str) -> str:
    """One attribute, by its name with or without a prefix; empty where it has none."""
    if element is None:
        return ""
    for key, value in element.attrib.items():
        if _short(key) == name or _short(key).rpartition(":")[2] == name:
            return value
    return ""


def child(element: Element | None, *path: str) -> Element | None:
    """The first element below another, step by step."""
    for name in path:
        if element is None:
            return None
        element = next((inner for inner in element if short(inner) == name), None)
    return element


def children(element: Element | None, name: str) -> Iterator[Element]:
    """Every element of a name directly below another."""
    for inner in () if element is None else element:
        if short(inner) == name:
            yield inner


def is_on(properties: Element | None, name: str) -> bool | None:
    """What a switch says; None where it is not there."""
    switch = child(properties, name)
    if switch is None:
        return None
    return attribute(switch, "val").lower() not in _OFF


@dataclass(frozen=True)
class Look:
    """How letters look, as far as it says something; None where a style says nothing."""

    bold: bool | None = None
    italic: bool | None = None
    underlined: bool | None = None
    marked: bool | None = None
    hidden: bool | None = None

    def over(self, below: Look) -> Look:
        """This look where it says something, else the one below."""
        said = {key: value for key, value in asdict(self).items() if value is not None}
        return replace(below, **said)


def look(properties: Element | None) -> Look:
    """What run properties say."""
    underline, highlight = child(properties, "w:u"), child(properties, "w:highlight")
    ground, colour = child(properties, "w:shd"), child(properties, "w:color")
    marked: bool | None = None
    if highlight is not None:
        marked = attribute(highlight, "val").lower() not in (*_OFF, "white")
    elif ground is not None and attribute(ground, "fill").lower() not in ("", "auto", "ffffff"):
        marked = True
    elif colour is not None:
        marked = bool(_MARKING.fullmatch(attribute(colour, "val"))) or None
    return Look(
        bold=is_on(properties, "w:b"),
        italic=is_on(properties, "w:i"),
        underlined=None if underline is None else attribute(underline, "val").lower() not in _OFF,
        marked=marked,
        hidden=is_on(properties, "w:vanish"),
    )


@dataclass(frozen=True)
class Style:
    """A style of paragraphs or letters, with all that it takes from the one that it is based on."""

    name: str = ""
    outline: int | None = None
    """The level of a heading, from 0."""
    number: tuple[str, int] | None = None
    """The list and level of its paragraphs."""
    leader: bool = False
    """Whether a tab of it draws a line or dots."""
    centred: bool = False
    look: Look = field(default_factory=Look)


class Styles:
    """Every style of a file, by its id."""

    def __init__(self, root: Element | None) -> None:
        self.elements = {attribute(each, "styleId"): each for each in children(root, "w:style")}
        self.known: dict[str, Style] = {}
        self.default = next(
            (
                name
                for name, each in self.elements.items()
                if attribute(each, "type") == "paragraph"
                and attribute(each, "default") in ("1", "true")
            ),
            "",
        )

    def style(self, identity: str, depth: int = 0) -> Style:
        """One style; an empty one where there is none of this id."""
        if identity in self.known:
            return self.known[identity]
        element = self.elements.get(identity)
        if element is None or depth > 20:
            return Style()
        based = attribute(child(element, "w:basedOn"), "val")
        below = self.style(based, depth + 1) if based and based != identity else Style()
        properties = child(element, "w:pPr")
        name = attribute(child(element, "w:name"), "val")
        outline = outline_of(properties)
        if heading := re.fullmatch(r"heading (\d)", name.lower()):
            outline = int(heading[1]) - 1
        own_number = number_of(properties)
        number = below.number
        if own_number:
            of_below = below.number[0] if below.number else ""
            number = own_number[0] or of_below, own_number[1]
        made = Style(
            name,
            below.outline if outline is None else outline,
            number,
            leads(properties) or below.leader,
            centred(properties) or below.centred,
            look(child(element, "w:rPr")).over(below.look),
        )
        self.known[identity] = made
        return made


def outline_of(properties: Element | None) -> int | None:
    """The outline level that paragraph properties state, from 0; 9 stands for none."""
    level = attribute(child(properties, "w:outlineLvl"), "val")
    return int(level) if level.isdigit() else None


def number_of(properties: Element | None) -> tuple[str, int] | None:
    """The list and level that paragraph properties state; the list is empty where only the level is said."""
    numbered = child(properties, "w:numPr")
    if numbered is None:
        return None
    level = attribute(child(numbered, "w:ilvl"), "val")
    return attribute(child(numbered, "w:numId"), "val"), int(level) if level.isdigit() else 0


def leads(properties: Element | None) -> bool:
    """Whether a tab stop draws a line or dots up to it."""
    stops = child(properties, "w:tabs")
    return any(
        attribute(stop, "leader") not in ("", "none") and attribute(stop, "val") != "clear"
        for stop in children(stops, "w:tab")
    )


def centred(properties: Element | None) -> bool:
    """Whether a paragraph stands in the middle."""
    return attribute(child(properties, "w:jc"), "val") == "center"


@dataclass(frozen=True)
class _Level:
    form: str
    text: str
    start: int
    restarts: bool
    legal: bool
    style: str


class Numbering:
    """Every list of a file, and where its counting stands."""

    def __init__(self, root: Element | None, styles: Styles) -> None:
        self.styles = styles
        self.abstract = {
            attribute(each, "abstractNumId"): each for each in children(root, "w:abstractNum")
        }
        self.lists = {attribute(each, "numId"): each for each in children(root, "w:num")}
        self.counts: dict[str, list[int]] = {}
        self.begun: set[tuple[str, int]] = set()

    def label(self, number: tuple[str, int]) -> tuple[str, str]:
        """The label of the next paragraph of a list, and the name of what counts it; empty where it prints none."""
        identity, depth = number
        element = self.lists.get(identity)
        if element is None or depth > 8:
            return "", ""
        counted = self._counted(element)
        levels = self._levels(element, counted)
        if depth not in levels:
            return "", ""
        counts = self.counts.setdefault(counted, [0] * 9)
        self._step(element, counts, levels, depth)
        level = levels[depth]
        if level.form == "bullet":
            return BULLETS.get(level.text, level.text.strip() or "•"), counted
        printed = re.sub(
            r"%(\d)",
            lambda part: self._printed(counts, levels, int(part[1]) - 1, level),
            level.text,
        )
        return printed.strip(), counted

    def _step(
        self, element: Element, counts: list[int], levels: dict[int, _Level], depth: int
    ) -> None:
        identity = attribute(element, "numId")
        for override in children(element, "w:lvlOverride"):
            begin = attribute(child(override, "w:startOverride"), "val")
            at = int(attribute(override, "ilvl") or 0)
            if begin.isdigit() and at == depth and (identity, at) not in self.begun:
                self.begun.add((identity, at))
                counts[at] = int(begin)
                self._reset(counts, levels, depth)
                return
        counts[depth] = counts[depth] + 1 if counts[depth] else levels[depth].start
        self._reset(counts, levels, depth)

    @staticmethod
    def _reset(counts: list[int], levels: dict[int, _Level], depth: int) -> None:
        for deeper in range(depth + 1, 9):
            if deeper not in levels or levels[deeper].restarts:
                counts[deeper] = 0

    @staticmethod
    def _printed(counts: list[int], levels: dict[int, _Level], at: int, level: _Level) -> str:
        shown = levels.get(at)
        if shown is None:
            return ""
        form = "decimal" if level.legal else shown.form
        return in_form(counts[at] or shown.start, form)

    def _counted(self, element: Element) -> str:
        """The list whose numbers these are: lists made from one another count together."""
        identity = attribute(child(element, "w:abstractNumId"), "val")
        linked = attribute(child(self.abstract.get(identity), "w:numStyleLink"), "val")
        if linked:
            number = self.styles.style(linked).number
            target = self.lists.get(number[0]) if number else None
            if target is not None and target is not element:
                return attribute(child(target, "w:abstractNumId"), "val")
        return identity

    def _levels(self, element: Element, counted: str) -> dict[int, _Level]:
        levels = {}
        for each in children(self.abstract.get(counted), "w:lvl"):
            levels[int(attribute(each, "ilvl") or 0)] = _level(each)
        for override in children(element, "w:lvlOverride"):
            own = child(override, "w:lvl")
            if own is not None:
                levels[int(attribute(override, "ilvl") or 0)] = _level(own)
        return levels

    def level_of_style(self, number: tuple[str, int], style: str) -> int:
        """The level of a list that belongs to a paragraph style, where it names one."""
        element = self.lists.get(number[0])
        if element is None:
            return number[1]
        levels = self._levels(element, self._counted(element))
        return next((at for at, level in levels.items() if level.style == style), number[1])


def _level(element: Element) -> _Level:
    start = attribute(child(element, "w:start"), "val")
    return _Level(
        form=attribute(child(element, "w:numFmt"), "val") or "decimal",
        text=attribute(child(element, "w:lvlText"), "val"),
        start=int(start) if start.isdigit() else 1,
        restarts=attribute(child(element, "w:lvlRestart"), "val") != "0",
        legal=bool(is_on(element, "w:isLgl")),
        style=attribute(child(element, "w:pStyle"), "val"),
    )


def in_form(number: int, form: str) -> str:
    """A number as a list prints it."""
    match form:
        case "lowerLetter":
            return _letters(number)
        case "upperLetter":
            return _letters(number).upper()
        case "lowerRoman":
            return _roman(number)
        case "upperRoman":
            return _roman(number).upper()
        case "decimalZero":
            return f"{number:02d}"
        case "none":
            return ""
        case _:
            return str(number)


def _letters(number: int) -> str:
    letter = chr(ord("a") + (number - 1) % 26)
    return letter * ((number - 1) // 26 + 1)


def _roman(number: int) -> str:
    made = ""
    for value, letters in _HUNDRED:
        while number >= value and len(made) < 20:
            made += letters
            number -= value
    return made
