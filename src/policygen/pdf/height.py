"""About how high a form is in each setting of theme/forms.css, worked out from its words: within some four per cent.

`pdf.fit` lays out only what is too near to the end of a page to be told so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from xml.etree.ElementTree import Element

from policygen.ground.resources import theme
from policygen.html.measure import MM, TEXT_WIDTH, WIDER, lines_of

_PAGES = ((235.0, 158.0), (255.0, 168.0), (264.0, 177.0), (264.0, 177.0))
"""What the margins leave of the height of a page, upright and turned, at each step."""
_WIDENED = 12.0
"""How much wider the text is in a form that is set tighter."""
_TABLE_LINE = 1.32 * MM
_HEADING_LINE = 1.22 * MM
_SETTINGS = {"snug": (11.0, 4.0), "dense": (9.5, 2.8), "denser": (8.5, 1.8), "squeezed": (8.5, 1.8)}
"""How large the type of a table is at most, and what stands free at both sides of a cell."""
_PADDING = 4.8
"""Of any other."""
_BLANK, _TICK, _WORDS = 31.0, 18.0, 20.0
"""How wide columns are that are filled in by hand, and others at least."""
_BOX, _DAY, _BESIDE = 56.0, 30.0, 4.0
_LETTERS = 12
"""For how many letters a column has room at least."""
_AFTER_ITEM = (1.4, 1.4, 0.3, 0.3)
"""Below the words of an item."""
_PICTURES = (24.0, 20.0, 15.0, 9.0)


def pages_needed(form: Element, step: int) -> float:
    """About how many pages a form takes at a step."""
    turned = "landscape" in _classes(form)
    width = TEXT_WIDTH + (_WIDENED if step else 0) + (WIDER if turned else 0)
    return _Heights(step).of(form, width) / _PAGES[step][turned]


@cache
def _sizes(step: int) -> Mapping[str, float]:
    """The numbers of a step, by the names that they have in the theme."""
    name = f"fit-{step}" if step else "fit"
    rule = theme("forms.css").partition(f"\n.{name} {{")[2].partition("}")[0]
    return {said: float(size) for said, size in re.findall(r"--(\w+): ([\d.]+)", rule)}


class _Heights:
    """The heights of elements at one step, in millimetres."""

    def __init__(self, step: int) -> None:
        self._step, self._sizes = step, _sizes(step)
        self._line = self._sizes["type"] * self._sizes["leading"] * MM

    def of(self, node: Element, width: float) -> float:
        """How high an element is, with the space around it."""
        sizes, tight = self._sizes, self._step > 0
        below, between = sizes["below"], sizes["between"]
        match node.tag, _classes(node):
            case "header", _:
                return self._header(node, width)
            case _, ["section-title", *_]:
                return 12.6 + _lines(node, width, 17, bold=True) * 17 * _HEADING_LINE
            case _, ["subhead", *_]:
                title = _lines(node, width, sizes["subhead"], bold=True)
                around = 1.5 * between + below if tight else 8.4
                return title * sizes["subhead"] * _HEADING_LINE + around
            case "p", ["signatory"]:
                return self._line + 1
            case "p", _ if node.find("img") is not None and not _text(node):
                return 40.0
            case "p" | "dt" as tag, _:
                after = below if tag == "p" else 0
                return _lines(node, width, sizes["type"]) * self._line + after
            case "table", classes:
                return sum(self._rows(node, classes, width)) + 2 * between - below
            case _, ["fields"]:
                return self._fields(node, width)
            case _, ["signature", *_]:
                return self._inside(node, width) + 2 * between - below
            case _, ["audience", *_]:
                return self._inside(node, width - 9.5) + (4 if self._step > 1 else 12.2)
            case _, ["callout", *_] | ["quote", *_]:
                return self._inside(node, width - 10.4) + 8.2 + (below if tight else 5)
            case _, ["clause"]:
                return self._inside(node, width - 12) + 1.2
            case "ul" | "ol" | "dl", _:
                return self._inside(node, width) + below
            case "li", _:
                closer = below - _AFTER_ITEM[self._step] if node.find("p") is not None else 0
                return self._inside(node, width - 6) - closer
            case "dd", _:
                return self._inside(node, width - 8) - below + 1
            case _:
                return self._inside(node, width)

    def _inside(self, nodes: Iterable[Element], width: float) -> float:
        return sum(self.of(node, width) for node in nodes)

    def _header(self, header: Element, width: float) -> float:
        """School and title beside the logo, and below them what form it is, with a banner above a draft."""
        tight, size = self._step > 0, self._sizes["heading"]
        banner = school = title = facts = 0.0
        logo = (21.0, 21.0, 13.0, 13.0)[self._step]
        for node in header:
            match node.tag, _classes(node):
                case _, ["draft-banner"]:
                    banner = self._line + (3.9 if tight else 9.5)
                case _, ["school"]:
                    school = 13 * self._sizes["leading"] * MM + 1
                case "h1", _:
                    lines = _lines(node, width - 30, size, bold=True)
                    title = lines * size * _HEADING_LINE + (1 if tight else 4)
                case _, ["facts"]:
                    rows = _lines(node, width - 24, 10, bold=True)
                    line = 10 * self._sizes["leading"] * MM
                    facts = rows * ((line if tight else 2 * line) + 1) + (1 if tight else 3)
                case _:
                    pass
        below = self._sizes["below"] if tight else 7
        return banner + max(school + title, logo) + facts + below + 1

    def _fields(self, fields: Element, width: float) -> float:
        """Rows of boxes: as many stand side by side as there is room for."""
        rows, used = [0.0], 0.0
        for field in fields:
            classes = _classes(field)
            if "choice" in classes:
                rows.append(self._line)
                used = width
                continue
            least = _DAY if "date" in classes else _BOX
            if used and used + least > width:
                rows.append(0.0)
                used = 0.0
            used += least + _BESIDE
            label = field.find("span")
            lines = 1 if label is None else _lines(label, least, 10)
            rows[-1] = max(rows[-1], lines * 4.24 + 0.7 + self._sizes["write"])
        filled = [row for row in rows if row]
        return sum(filled) + 2.4 * max(len(filled) - 1, 0)

    def _rows(self, table: Element, classes: list[str], width: float) -> Iterator[float]:
        """The height of each row, and of the caption."""
        size, padding = self._sizes["table"], _PADDING
        for name in classes:
            most, padding = _SETTINGS.get(name, (size, padding))
            size = min(size, most)
        caption = table.find("caption")
        if caption is not None:
            height = _lines(caption, width, self._sizes["table"], bold=True)
            yield height * self._sizes["table"] * _TABLE_LINE + min(1.6, self._sizes["below"])
        rows = [*table.iter("tr")]
        widths = _widths(table, rows, classes, width)
        for row in rows:
            cells = zip(row, widths, strict=False)
            highest = max(
                (self._cell(cell, room - padding, size) for cell, room in cells), default=0.0
            )
            yield highest + 2 * self._sizes["row"] + 0.2

    def _cell(self, cell: Element, width: float, size: float) -> float:
        if cell.find("img") is not None:
            return _PICTURES[self._step]
        lines = _lines(cell, width, size, bold=cell.tag == "th")
        height = lines * size * _TABLE_LINE
        return max(height, self._sizes["blank"]) if "blank" in _classes(cell) else height


def _widths(table: Element, rows: list[Element], classes: list[str], width: float) -> list[float]:
    """How wide the columns of a table are.

    Where the page does not say so, what is left by those to be filled in goes about by the length of words.
    """
    told = [re.search(r"[\d.]+", column.get("style", "")) for column in table.iter("col")]
    if told:
        return [float(share[0]) * width / 100 if share else 0.0 for share in told]
    count = max(map(len, rows), default=1)
    if "labels" in classes and count > 1:
        return [0.4 * width, *[0.6 * width / (count - 1)] * (count - 1)]
    by_hand, words = [0.0] * count, [_LETTERS] * count
    for row in rows:
        for index, cell in enumerate(row):
            words[index] = max(words[index], len(_text(cell)))
            if "blank" in _classes(cell):
                by_hand[index] = max(by_hand[index], _TICK if "tick" in _classes(cell) else _BLANK)
    if all(by_hand):
        return [width / count] * count
    shared = sum(length for length, hand in zip(words, by_hand, strict=True) if not hand)
    rest = max(width - sum(by_hand), _WORDS * by_hand.count(0))
    found = [hand or rest * length / shared for length, hand in zip(words, by_hand, strict=True)]
    return [column * width / sum(found) for column in found]


def _classes(node: Element) -> list[str]:
    return node.get("class", "").split()


def _text(node: Element) -> str:
    return " ".join("".join(node.itertext()).split())


def _lines(node: Element, width: float, size: float, *, bold: bool = False) -> int:
    # Letters that stand closer to each other let more words into a line than their widths would.
    return lines_of(_text(node), 1.01 * width, size, bold=bold)
