"""Where the parts of a file begin, its title, sections and appendices: by styles, by numbers, or by looks alone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from policygen.moving.found import Blank, Block, Box, Found, Paragraph, Table, Words, text_of
from policygen.moving.labels import looks_like_heading, numbers_of

APPENDIX = re.compile(
    r"(?P<noun>appendix|annexe?|schedule)\s+(?P<label>\d{1,2}|[A-Z])\b\s*(?P<sign>[:.–—-]?)\s*",
    re.IGNORECASE,
)
_TITLE_WORDS = re.compile(
    r"\b(?:policy|procedures?|code|agreement|plan|guidance|statement|protocol|scheme|strategy|charter)\b",
    re.IGNORECASE,
)
_LONGEST_HEADING = 16
"""Words; what is longer is a paragraph, whatever its style."""


@dataclass(frozen=True)
class Heading:
    """A heading within a part."""

    level: int
    """From 2, as the language counts: the title of the part is 1."""
    paragraph: Paragraph


Entry = Heading | Block


@dataclass(frozen=True)
class Part:
    """One section or appendix as the file has it."""

    kind: Literal["section", "appendix"]
    title: Paragraph | None
    label: str
    """The number of its title, or “Appendix 2”; empty where it has none."""
    entries: tuple[Entry, ...]
    subtitle: Paragraph | None = None
    """The words of the title where they stand below the label."""


@dataclass(frozen=True)
class Outline:
    """A file divided into parts."""

    title: Paragraph | None
    front: tuple[Block, ...]
    """What stands before the first heading, without the title."""
    parts: tuple[Part, ...]
    contents: tuple[Paragraph, ...] = ()
    """Lines of a table of contents."""


@dataclass
class _Draft:
    kind: Literal["section", "appendix"]
    title: Paragraph
    label: str
    entries: list[Entry] = field(default_factory=list)
    subtitle: Paragraph | None = None


def outline(found: Found) -> Outline:
    """Divide a file into parts."""
    contents, blocks = _without_contents(found.blocks)
    finder = _Finder(blocks)
    title = finder.title()
    front: list[Block] = []
    drafts: list[_Draft] = []
    for block in blocks:
        if block is title:
            continue
        level, appendix = 0, None
        if isinstance(block, Paragraph):
            level, appendix = finder.level(block), finder.appendix(block)
        if appendix and isinstance(block, Paragraph):
            drafts.append(_appendix(block, appendix))
        elif isinstance(block, Paragraph) and level and _is_subtitle(drafts):
            drafts[-1].subtitle = block
        elif isinstance(block, Paragraph) and level == 1 and not _within_appendix(drafts, block):
            drafts.append(_Draft("section", block, block.label))
        elif not drafts:
            front.append(block)
        elif isinstance(block, Paragraph) and level:
            drafts[-1].entries.append(Heading(max(level, 2), block))
        else:
            drafts[-1].entries.append(block)
    parts = tuple(
        Part(draft.kind, draft.title, draft.label, tuple(_even(draft.entries)), draft.subtitle)
        for draft in drafts
    )
    return Outline(title, tuple(front), parts, contents)


def _without_contents(blocks: tuple[Block, ...]) -> tuple[tuple[Paragraph, ...], list[Block]]:
    """The lines of a table of contents, with its heading, and the rest."""
    contents: list[Paragraph] = []
    rest: list[Block] = []
    for block in blocks:
        if (
            isinstance(block, Paragraph)
            and (block.contents or "toc heading" in block.style.lower())
        ) or (isinstance(block, Paragraph) and _typed_contents(block)):
            contents.append(block)
        else:
            rest.append(block)
    if contents:
        for block in rest:
            if isinstance(block, Paragraph) and re.fullmatch(
                r"(?i)(table of )?contents:?( page)?", text_of(block)
            ):
                rest.remove(block)
                contents.insert(0, block)
                break
    return tuple(contents), rest


def _typed_contents(paragraph: Paragraph) -> bool:
    """Whether a line ends with dots or a leader and the number of a page."""
    children = [
        each for each in paragraph.children if not isinstance(each, Words) or each.text.strip()
    ]
    match children[-2:]:
        case [Blank(holds=""), Words(text=text)]:
            return bool(re.fullmatch(r"\s*\d{1,3}\s*", text)) and len(children) > 2
        case _:
            return False


def _appendix(block: Paragraph, found: re.Match[str]) -> _Draft:
    text = text_of(block)
    label = text[: found.end("label")]
    return _Draft("appendix", block, label)


def _is_subtitle(drafts: Sequence[_Draft]) -> bool:
    """Whether the title of an appendix is still awaited: only its label stood there so far."""
    if not drafts or drafts[-1].kind != "appendix" or drafts[-1].entries or drafts[-1].subtitle:
        return False
    return not APPENDIX.sub("", text_of(drafts[-1].title), count=1).strip()


def _within_appendix(drafts: Sequence[_Draft], block: Paragraph) -> bool:
    """Whether a heading of the first level stands in an appendix: nothing but an appendix follows one."""
    in_appendix = bool(drafts) and drafts[-1].kind == "appendix"
    if not in_appendix:
        return False
    last = max((numbers_of(draft.label) for draft in drafts if draft.kind == "section"), default=())
    own = numbers_of(block.label)
    return not (own and last and own[:1] == (last[0] + 1,))


def _even(entries: Sequence[Entry]) -> Iterator[Entry]:
    """Entries whose headings skip no level."""
    level = 1
    for entry in entries:
        if isinstance(entry, Heading):
            level = min(entry.level, level + 1, 4)
            yield replace(entry, level=level)
        else:
            yield entry


def _is_bare(heading: Paragraph) -> bool:
    return not numbers_of(heading.label) and not APPENDIX.match(text_of(heading))


class _Finder:
    """Tells headings, knowing the whole file."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        self.blocks = blocks
        self.own = [block for block in blocks if isinstance(block, Paragraph)]
        styled = [
            each for each in self.own if each.heading and self.is_short(each) and not each.title
        ]
        counts = Counter(each.heading for each in styled)
        self.top = min(counts, default=0)
        self.title_styled: Paragraph | None = None
        # One heading of the highest level that stands before all others is the title of the file.
        first = styled[0] if len(styled) > 2 else None
        if first and counts[self.top] == 1 and first.heading == self.top and _is_bare(first):
            self.title_styled = first
            self.top = min(level for level in counts if level != self.top)
        self.styled = len(styled) - bool(self.title_styled) >= 2
        self.following = self._following()
        looks = [each for each in self.own if self.by_looks(each)]
        capitals = [each for each in looks if text_of(each).isupper()]
        self.capitals_lead = len(capitals) >= 2
        self.numbers_lead = sum(1 for each in looks if len(numbers_of(each.label)) == 1) >= 2

    def _following(self) -> dict[int, tuple[int, ...]]:
        """The numbers of the next numbered paragraph after each, by identity."""
        following: dict[int, tuple[int, ...]] = {}
        ahead: tuple[int, ...] = ()
        for paragraph in reversed(self.own):
            following[id(paragraph)] = ahead
            ahead = numbers_of(paragraph.label) or ahead
        return following

    @staticmethod
    def is_short(paragraph: Paragraph) -> bool:
        text = text_of(paragraph)
        sentence = text.endswith((".", ";", ",")) and len(text.split()) > 4
        return 0 < len(text.split()) <= _LONGEST_HEADING and not sentence

    def leads(self, paragraph: Paragraph) -> bool:
        """Whether a numbered line is followed by one whose number begins with its own: 3, then 3.1."""
        own = numbers_of(paragraph.label)
        ahead = self.following[id(paragraph)]
        return bool(own) and len(ahead) == len(own) + 1 and ahead[: len(own)] == own

    def by_looks(self, paragraph: Paragraph) -> bool:
        label = paragraph.label
        if label and not numbers_of(label):
            return False
        return looks_like_heading(paragraph, numbered=self.leads(paragraph))

    def level(self, paragraph: Paragraph) -> int:
        """The level of a heading, from 1; 0 for what is none."""
        if paragraph is self.title_styled or not self.is_short(paragraph):
            return 0
        numbers = numbers_of(paragraph.label)
        if paragraph.heading and not paragraph.title:
            return max(paragraph.heading - self.top + 1, len(numbers) if numbers else 0, 1)
        if not self.by_looks(paragraph):
            return 0
        if self.styled:
            return 2
        if numbers:
            return len(numbers)
        if self.numbers_lead:
            return 2
        if self.capitals_lead:
            return 1 if text_of(paragraph).isupper() else 2
        return 1

    def appendix(self, paragraph: Paragraph) -> re.Match[str] | None:
        """How the title of an appendix begins; None for what is none."""
        text = text_of(paragraph)
        found = APPENDIX.match(text)
        if not found or paragraph.label or not self.is_short(paragraph):
            return None
        set_apart = paragraph.heading or looks_like_heading(paragraph) or paragraph.centred
        alone = not text[found.end() :].strip()
        if set_apart or alone or found["sign"]:
            return found
        return None

    def title(self) -> Paragraph | None:
        """The title of the file."""
        styled = next((each for each in self.own if each.title and text_of(each)), None)
        if styled is not None:
            return styled
        if self.title_styled is not None:
            return self.title_styled
        front: list[Paragraph] = []
        for block in self.blocks:
            if isinstance(block, Table | Box):
                continue
            if self.appendix(block) or (
                self.level(block) == 1 and (block.heading or block.label) and len(front) > 0
            ):
                break
            if text_of(block):
                front.append(block)
            if len(front) == 8 or len(text_of(block).split()) > 20:
                break
        apart = [
            each
            for each in front
            if each.centred or looks_like_heading(each) or self.is_short(each)
        ]
        apart = [each for each in apart if not each.label and not each.heading]
        named = [
            each
            for each in apart
            if _TITLE_WORDS.search(text_of(each)) and ":" not in text_of(each)
        ]
        set_apart = [each for each in apart if each.centred or looks_like_heading(each)]
        return next(iter(named or set_apart), None)
