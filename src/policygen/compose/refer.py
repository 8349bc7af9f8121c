"""References: each prints the noun and number of what it leads to. Nothing unresolved leaves this module."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from operator import is_
from typing import Any

from policygen.ground.diagnostics import Place, Problems
from policygen.ground.wording import did_you_mean, sentence_case
from policygen.language.document import (
    AudiencePart,
    Block,
    Callout,
    Clause,
    Inline,
    Item,
    ItemList,
    Paragraph,
    Quote,
    Reference,
    ReferenceMark,
    Section,
    SignatureBlock,
    Subhead,
    Table,
    Text,
    Value,
    plain,
    rebuild,
    walk,
)
from policygen.language.source import Source

_PLURAL = {
    "section": "sections",
    "paragraph": "paragraphs",
    "point": "points",
    "Appendix": "Appendices",
}
_SENTENCE_END = re.compile(r"[.?!][”’)]*\s+$")


@dataclass(frozen=True)
class Target:
    """What a reference to an id prints: noun and number, or a heading in quotation marks."""

    noun: str
    number: str
    title: str
    within: str = ""
    """The part that the number counts in, where it does not say so itself: "Appendix 3"."""

    @property
    def words(self) -> str:
        """As printed in the middle of a sentence."""
        of = f" of {self.within}" if self.within else ""
        return f"{self.noun} {self.number}{of}" if self.noun else f"“{self.title}”"


def targets(parts: Iterable[Section]) -> dict[str, Target]:
    """Everything that a reference can lead to, by id, in reading order. Of an id used twice, the first."""
    found: dict[str, Target] = {}
    for part in parts:
        for identity, target in _section_targets(part):
            found.setdefault(identity, target)
    return found


def _section_targets(section: Section) -> Iterator[tuple[str, Target]]:
    title = plain(section.title)
    own = Target("", "", title)
    if section.number:
        own = Target(
            "Appendix" if section.kind == "appendix" and section.level == 1 else "section",
            section.number,
            title,
        )
    yield section.id, own
    for identity, target in _block_targets(section.blocks, own):
        counts = section.flat and target.noun == "paragraph" and not target.within
        yield identity, replace(target, within=own.words) if counts else target


def _block_targets(blocks: Iterable[Block], around: Target) -> Iterator[tuple[str, Target]]:
    """`around` is what an id without a number of its own refers to: the clause or heading that it stands in."""
    for block in blocks:
        match block:
            case Section():
                yield from _section_targets(block)
            case Clause():
                own = (
                    Target("paragraph", block.number, plain(block.title))
                    if block.number
                    else around
                )
                yield block.id, own
                yield from _block_targets(block.blocks, own)
            case Subhead():
                around = Target("", "", plain(block.children))
                yield block.id, around
            case ItemList():
                for item in block.items:
                    own = _item_target(item, around)
                    yield item.id, own
                    yield from _block_targets(item.blocks, own)
            case Table(id=identity, caption=caption):
                yield identity, Target("", "", plain(caption)) if caption else around
            case Callout(id=identity, blocks=inner) | Quote(id=identity, blocks=inner):
                yield identity, around
                yield from _block_targets(inner, around)
            case AudiencePart(id=identity, blocks=inner):
                yield identity, around
                yield from _block_targets(inner, around)
            case Paragraph(id=identity) | SignatureBlock(id=identity):
                yield identity, around
            case _:
                pass


def _item_target(item: Item, around: Target) -> Target:
    if not item.label:
        return around
    if around.noun in ("paragraph", "point"):
        return replace(around, number=f"{around.number}{item.label.removesuffix('.')}")
    return Target("point", item.label.removesuffix("."), around.title)


def check_ids(parts: tuple[Section, ...], problems: Problems) -> Counter[str]:
    """Note every id that is used twice, at its second place. Returns how often each id is used."""
    seen: Counter[str] = Counter()
    first: dict[str, Place | None] = {}
    for node in walk(parts):
        identity = getattr(node, "id", "")
        if not identity or not hasattr(node, "place"):
            continue
        seen[identity] += 1
        if seen[identity] > 1:
            at = f"; the first is at {first[identity]}" if first[identity] else ""
            problems.add(
                "duplicate-id",
                f"the id `{identity}` is used twice{at}",
                node.place,
                "give one of them another id",
            )
        else:
            first[identity] = node.place
    return seen


def resolve(
    parts: tuple[Section, ...],
    declared: Collection[str],
    problems: Problems,
    omitted: Collection[str] = (),
) -> tuple[Section, ...]:
    """Replace every reference as written by one that prints.

    `declared` are all ids of the template, in any branch; `omitted` those clauses that the school left out.
    """
    used = check_ids(parts, problems)
    known = targets(parts)
    known.pop("", None)

    def leads(mark: ReferenceMark, target: str) -> bool:
        if used[target] > 1:
            hint = "give one of the places another id, then name the one that is meant"
            problems.add(
                "ambiguous-reference", f"`#{target}` could mean several places", mark.place, hint
            )
            return False
        if target in known:
            return True
        if target in omitted:
            problems.add(
                "broken-reference",
                f"`#{target}` is left out by this school's own decision, and is referred to here",
                mark.place,
                "keep it, or give this clause words of your own, too",
            )
        elif target in declared:
            problems.add(
                "broken-reference",
                f"`#{target}` is left out of this school's policy",
                mark.place,
                f"put the reference under the same condition as `#{target}`",
            )
        else:
            note_nowhere(mark, target, known, problems)
        return False

    def change(node: Any) -> Any:
        if isinstance(node, ReferenceMark):
            found = [leads(node, target) for target in node.targets]
            if not all(found):
                return ()
            return _printed(node, known)
        return _with_capital(node)

    return tuple(rebuild(part, change) for part in parts)


def check_targets(parts: Iterable[Section], declared: Collection[str], problems: Problems) -> None:
    """Note each reference to an id that the template does not have in any branch."""
    for node in walk(tuple(parts)):
        if isinstance(node, ReferenceMark):
            for target in (each for each in node.targets if each not in declared):
                note_nowhere(node, target, declared, problems)


def note_nowhere(
    mark: ReferenceMark, target: str, known: Collection[str], problems: Problems
) -> None:
    """Note a reference to an id that does not exist."""
    hint = did_you_mean(f"#{target}", [f"#{each}" for each in sorted(known)])
    problems.add("broken-reference", f"`#{target}` leads nowhere", mark.place, hint)


def _printed(mark: ReferenceMark, known: dict[str, Target]) -> tuple[Inline, ...]:
    if mark.children:
        return (Reference(mark.targets[0], mark.children),)
    groups = [
        [*group]
        for _, group in groupby(
            mark.targets, key=lambda target: (known[target].noun, known[target].within)
        )
    ]
    printed: list[Inline] = []
    remaining = len(mark.targets)
    for group in groups:
        for index, target in enumerate(group):
            if printed:
                printed.append(Text(" and " if remaining == 1 else ", "))
            noun = known[target].noun
            words = known[target].words
            if noun and len(group) > 1:
                number = known[target].number
                of = (
                    f" of {known[target].within}"
                    if known[target].within and index == len(group) - 1
                    else ""
                )
                words = f"{_PLURAL[noun]} {number}" if index == 0 else f"{number}{of}"
            printed.append(Reference(target, (Text(words),)))
            remaining -= 1
    return tuple(printed)


def _with_capital(node: Any) -> Any:
    """A reference that begins a sentence begins with a capital."""
    if not isinstance(node, Paragraph | Subhead):
        return node
    children: list[Inline] = []
    before = ""
    for child in node.children:
        starts = not before or _SENTENCE_END.search(before)
        if (
            isinstance(child, Reference)
            and starts
            and len(child.children) == 1
            and isinstance(child.children[0], Text)
        ):
            child = Reference(child.target, (Text(sentence_case(child.children[0].text)),))  # noqa: PLW2901
        children.append(child)
        before = (
            plain((child,))
            if not isinstance(child, Text | Value) or plain((child,)).strip()
            else before + plain((child,))
        )
    same = all(map(is_, children, node.children))
    return node if same else replace(node, children=tuple(children))


_TYPED = re.compile(
    r"\b(?:[Pp]aragraphs?|[Ss]ections?|[Cc]lauses?|[Aa]ppendix) \d+(?:\.\d+)*(?:\([a-z]+\))?"
)
_LAW = re.compile(r"^[^.;]{0,60}\b(?:Act|Regulations|Order|guidance|Code)\b")


def check_typed_numbers(section: Section, source: Source, problems: Problems) -> None:
    """Warn of "see paragraph 4.2" in the author's words. A section of an Act or of guidance is left alone."""
    place: Place | None = section.place
    for node in walk(section):
        if isinstance(node, Paragraph | Item | Subhead):
            place = node.place or place
        if isinstance(node, Text):
            for found in typed_numbers(node.text):
                note_typed_number(found[0], _place(found[0], place, source), problems)


def typed_numbers(text: str) -> Iterator[re.Match[str]]:
    """Where a text says "paragraph 4.2" of itself."""
    return (found for found in _TYPED.finditer(text) if not _LAW.match(text[found.end() :]))


def note_typed_number(words: str, place: Place | None, problems: Problems) -> None:
    """Note one number that was typed by hand."""
    hint = "write a reference: `[](#id)` prints the noun and the number"
    problems.add("typed-number", f"“{words}” is typed by hand", place, hint)


def _place(words: str, block: Place | None, source: Source) -> Place | None:
    """Where the words stand, at or below the beginning of their block; the block where they go over two lines."""
    if block is not None:
        for line in source.lines:
            if line.path == block.path and line.number >= block.line and words in line.text:
                return line.place(words)
    return block
