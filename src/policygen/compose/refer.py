"""References: each prints the noun and number of what it leads to. Nothing unresolved leaves this module."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby
from operator import is_
from typing import Any, assert_never, cast

from policygen.ground.diagnostics import Place, Problems
from policygen.ground.wording import did_you_mean, plural, sentence_case
from policygen.language.document import (
    AudiencePart,
    Block,
    Callout,
    Clause,
    Definitions,
    Inline,
    Item,
    ItemList,
    ListStyle,
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
    opened,
    plain,
    rebuild,
    unit_of,
    walk,
)
from policygen.language.source import Source
from policygen.model.template import USUAL_NOUNS, Nouns

_SENTENCE_END = re.compile(r"[.?!][”’)]*\s+$")


@dataclass(frozen=True)
class Heading:
    """What a place of the document stands under: a section, or a heading without a number."""

    key: str
    noun: str
    """Empty where it has no number."""
    name: str
    """Its number, or its words in quotation marks."""

    @property
    def words(self) -> str:
        """How to name it: "section 1.1", "“Leaving”"."""
        return f"{self.noun} {self.name}".lstrip()


@dataclass(frozen=True)
class Target:
    """What a reference to an id prints: noun and number, or a heading in quotation marks."""

    noun: str
    number: str
    title: str
    within: Heading | None = None
    """Where the number counts, if it does not say so itself: "Appendix 3"."""
    always: bool = False
    """Whether `within` prints there, too."""
    own: bool = True
    """Whether these words are its own; what has neither number nor title goes by what it stands in."""
    item: bool = False
    """Whether they are those of an item of a list, and of the clause that it is."""

    def words(self, here: str = "") -> str:
        """As printed in the middle of a sentence, under the heading with this key."""
        if not self.noun:
            return f"“{self.title}”"
        return f"{self.noun} {self.number}{self.of(here)}"

    def called(self, nouns: Nouns) -> Target:
        """The same with the nouns of the house."""
        within = self.within and replace(self.within, noun=nouns.house(self.within.noun))
        return replace(self, noun=nouns.house(self.noun), within=within)

    def of(self, here: str) -> str:
        """What stands behind the number, so that it tells where it counts."""
        if self.within is None or (self.within.key == here and not self.always):
            return ""
        return f" of {self.within.words}"


def targets(parts: Iterable[Section], nouns: Nouns = USUAL_NOUNS) -> dict[str, Target]:
    """Everything that a reference can lead to, by id, in reading order. Of an id used twice, the first."""
    found: dict[str, Target] = {}
    for part in parts:
        for identity, target in _section_targets(part, part):
            found.setdefault(identity, target)
    found.pop("", None)
    # A number that counts within its part alone is named with that part where another part has
    # the same one.
    short = Counter(
        (target.noun, target.number) for target in found.values() if target.own and target.noun
    )
    for identity, target in found.items():
        counts_once = short[target.noun, target.number] < 2 and target.noun != "point"
        if counts_once and not target.always:
            found[identity] = replace(target, within=None)
    return {identity: target.called(nouns) for identity, target in found.items()}


def _section_targets(section: Section, part: Section) -> Iterator[tuple[str, Target]]:
    title = plain(section.title)
    own = Target("", "", title)
    if section.number:
        own = Target(_noun(section), section.number, title)
        if section is not part and not _says_its_part(part):
            own = replace(own, within=_heading(part))
    yield section.id, own
    for identity, target in _block_targets(section.blocks, own, _heading(section), part):
        counts = section.flat and target.noun == "paragraph" and not target.always
        if counts:
            target = replace(target, within=_heading(section), always=True)  # noqa: PLW2901
        yield identity, target


def _says_its_part(part: Section) -> bool:
    """Whether numbers in a part begin with that of the part: 4.1, A2.1."""
    return bool(part.number) and not part.flat


def _heading(section: Section) -> Heading:
    if not section.number:
        return Heading(section.id, "", f"“{plain(section.title)}”")
    return Heading(section.id, _noun(section), section.number)


def _noun(section: Section) -> str:
    if section.kind != "section" and section.level == 1:
        return "Appendix"
    return "section"


def _under(blocks: Iterable[Block], heading: Heading) -> Iterator[tuple[Block, Heading]]:
    """Each block with the heading under which it stands."""
    for index, block in enumerate(blocks):
        title = ""
        if isinstance(block, Subhead):
            title = plain(block.children)
        elif isinstance(block, Clause) and not block.number:
            title = plain(block.title)
        if title:
            heading = Heading(f"{heading.key}/{index}", "", f"“{title}”")
        yield block, heading


def _block_targets(
    blocks: Iterable[Block], around: Target, heading: Heading, part: Section
) -> Iterator[tuple[str, Target]]:
    """`around` is what an id without a number of its own goes by: the clause or heading that it stands in."""
    for block, here in _under(blocks, heading):
        lent = replace(around, own=False)
        match block:
            case Section():
                yield from _section_targets(block, part)
            case Clause():
                own = _clause_target(block, lent, part)
                yield block.id, own
                yield from _block_targets(block.blocks, own, here, part)
            case Subhead():
                around = Target("", "", plain(block.children))
                yield block.id, around
            case ItemList():
                for item in block.items:
                    own = _item_target(item, block.style, around, here)
                    if unit := unit_of(item):
                        yield unit.id, replace(own, item=bool(item.label))
                    else:
                        yield item.id, own
                    yield from _block_targets(opened(item).blocks, own, here, part)
            case Table(id=identity, caption=caption):
                yield identity, Target("", "", plain(caption)) if caption else lent
            case Callout() | Quote() | AudiencePart():
                yield block.id, lent
                yield from _block_targets(block.blocks, around, here, part)
            case Paragraph(id=identity) | SignatureBlock(id=identity):
                yield identity, lent
            case Definitions():
                for entry in block.entries:
                    for meaning in entry.meanings:
                        yield from _block_targets(meaning, around, here, part)
            case _:
                assert_never(block)


def _clause_target(clause: Clause, lent: Target, part: Section) -> Target:
    title = plain(clause.title)
    if not clause.number:
        return Target("", "", title) if title else lent
    if _says_its_part(part):
        return Target("paragraph", clause.number, title)
    return Target("paragraph", clause.number, title, _heading(part))


def _item_target(item: Item, style: ListStyle, around: Target, heading: Heading) -> Target:
    label = item.label.strip("().")
    if not label:
        return replace(around, own=False)
    if style != "number":
        label = f"({label})"
    # An item of a numbered paragraph carries its number, "4.1(a)"; below a heading there is only
    # the point itself, which counts from 1 in every list.
    if around.noun in ("paragraph", "point"):
        return replace(around, number=f"{around.number}{label}", own=True)
    return Target("point", label, around.title, heading)


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
            at = ""
            if first[identity]:
                at = f"; the first is at {first[identity]}"
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
    *,
    nouns: Nouns = USUAL_NOUNS,
) -> tuple[Section, ...]:
    """Replace every reference as written by one that prints.

    `declared` are all ids of the template, in any branch; `omitted` those clauses that the school left out.
    """
    used = check_ids(parts, problems)
    resolver = _Resolver(targets(parts, nouns), used, declared, omitted, problems)
    resolved = tuple(resolver.section(part) for part in parts)
    resolver.check_words()
    return resolved


@dataclass
class _Resolver:
    known: dict[str, Target]
    used: Mapping[str, int]
    """How many places have each id."""
    declared: Collection[str]
    omitted: Collection[str]
    problems: Problems
    printed: list[tuple[str, str, Heading, ReferenceMark]] = field(default_factory=list)
    """The target and the words of each reference without words of its own, where it stands, and how it is written."""

    def section(self, section: Section) -> Section:
        here = _heading(section)
        title = rebuild(Paragraph(section.title), self._at(here)).children
        blocks = tuple(
            self._block(block, heading) for block, heading in _under(section.blocks, here)
        )
        notes = tuple(rebuild(note, self._at(here)) for note in section.footnotes)
        return replace(section, title=title, blocks=blocks, footnotes=notes)

    def _block(self, block: Block, here: Heading) -> Block:
        if isinstance(block, Section):
            return self.section(block)
        changed: Block = rebuild(block, self._at(here))
        return cast("Block", _with_capital(changed))

    def _at(self, here: Heading) -> Callable[[Any], Any]:
        """Resolves the references under one heading."""

        def change(node: Any) -> Any:
            if not isinstance(node, ReferenceMark):
                return _with_capital(node)
            leads = [self._leads(node, target) for target in node.targets]
            if not all(leads):
                return ()
            return self._words(node, here)

        return change

    def _leads(self, mark: ReferenceMark, target: str) -> bool:
        """Whether there is one place with this id; else a problem says why not."""
        if self.used[target] > 1:
            hint = "give one of the places another id, then name the one that is meant"
            says = f"`#{target}` could mean several places"
            self.problems.add("ambiguous-reference", says, mark.place, hint)
            return False
        if target in self.known:
            return True
        if target in self.omitted:
            says = f"`#{target}` is left out by this school's own decision, and is referred to here"
            hint = "keep it, or give this clause words of your own, too"
            self.problems.add("broken-reference", says, mark.place, hint)
        elif target in self.declared:
            says = f"`#{target}` is left out of this school's policy"
            hint = f"put the reference under the same condition as `#{target}`"
            self.problems.add("broken-reference", says, mark.place, hint)
        else:
            note_nowhere(mark, target, self.known, self.problems)
        return False

    def _words(self, mark: ReferenceMark, here: Heading) -> tuple[Inline, ...]:
        if mark.children:
            return (Reference(mark.targets[0], mark.children),)
        for target in mark.targets:
            words = self.known[target].words(here.key)
            self.printed.append((target, words, here, mark))
            if mark.manner == "number" and not self.known[target].noun:
                says, hint = f"`#{target}` has no number", "take `{number}` out: its title prints"
                self.problems.add("bad-attributes", says, mark.place, hint)
        return _in_a_row(mark, self.known, here)

    def check_words(self) -> None:
        """Note each reference whose words lead as well to another place."""
        says_it: dict[str, set[str]] = defaultdict(set)
        for target, words, _, _ in self.printed:
            says_it[words].add(target)
        everywhere: dict[str, dict[str, list[str]]] = {}
        for target, words, here, mark in self.printed:
            if here.key not in everywhere:
                everywhere[here.key] = self._words_from(here)
            # What has a name of its own is told from all that has one. What goes by the name of
            # what it stands in is told from nothing else in there; that is an error as soon as
            # something else is referred to by that name.
            others = says_it[words]
            if self.known[target].own:
                others = {*everywhere[here.key][words]}
            rest = others - {target}
            if not rest:
                continue
            other = next(name for name in self.known if name in rest)
            self.problems.add(
                "ambiguous-reference",
                f"{_quoted(words)} could mean `#{target}` or `#{other}`",
                mark.place,
                f"say which one in your own words: `[the words](#{target})`",
            )

    def _words_from(self, here: Heading) -> dict[str, list[str]]:
        """The ids with a name of their own, by what a reference under this heading prints for them."""
        found: dict[str, list[str]] = defaultdict(list)
        for name, target in self.known.items():
            if target.own:
                found[target.words(here.key)].append(name)
        return found


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

    def hint() -> str:
        return did_you_mean(f"#{target}", [f"#{each}" for each in sorted(known)])

    problems.add("broken-reference", f"`#{target}` leads nowhere", mark.place, hint)


def _quoted(words: str) -> str:
    if words.startswith("“"):
        return words
    return f"“{words}”"


def _in_a_row(
    mark: ReferenceMark, known: Mapping[str, Target], here: Heading
) -> tuple[Inline, ...]:
    """The references of one mark: "sections 15 and 16", "paragraph 4.1 and Appendix 2"."""
    alike = groupby(
        mark.targets, key=lambda target: (known[target].noun, known[target].of(here.key))
    )
    printed: list[Inline] = []
    remaining = len(mark.targets)
    for (noun, of), group in alike:
        together = [*group]
        for index, target in enumerate(together):
            if printed:
                printed.append(Text(" and " if remaining == 1 else ", "))
            words, said = known[target].words(here.key), ""
            if noun and (len(together) > 1 or mark.manner == "number"):
                said = words if index or mark.manner == "number" else ""
                words = known[target].number
                if index == 0 and mark.manner != "number":
                    words = f"{plural(noun)} {words}"
                if index == len(together) - 1:
                    words += of
            if index == 0 and mark.manner == "capital":
                words = sentence_case(words)
            printed.append(Reference(target, (Text(words),), said))
            remaining -= 1
    return tuple(printed)


def _with_capital(node: Any) -> Any:
    """A reference that begins a sentence begins with a capital."""
    if not isinstance(node, Paragraph | Subhead):
        return node
    # What stands before a reference may end in a node of its own (an emphasis, a value), with
    # the space behind it in the next text: `before` gathers until it holds more than spaces.
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
            words = Text(sentence_case(child.children[0].text))
            child = replace(child, children=(words,))  # noqa: PLW2901
        children.append(child)
        before = (
            plain((child,))
            if not isinstance(child, Text | Value) or plain((child,)).strip()
            else before + plain((child,))
        )
    same = all(map(is_, children, node.children))
    if same:
        return node
    return replace(node, children=tuple(children))


_TYPED = re.compile(
    r"\b(?:[Pp]ara(?:graph)?s?\.?|[Ss]ections?|[Cc]lauses?|[Pp]oints?|[Ii]tems?|[Aa]ppendix) "
    r"(?:\d+(?:\.\d+)*(?:\([a-z]+\))*|\([a-z]+\))"
    r"|(?<=[a-z] )\d+\.\d+\.\d{1,2}(?:\([a-z]+\))*(?![.\d]*\d)"
)
"""Also "3.1.1" alone; behind a name it is a version of something, and with a year a date."""
_VERSION = re.compile(r"\b(?:version|release)s? $")
_LAW = re.compile(r"^[^.;]{0,60}\b(?:Act|Regulations|Order|guidance|Code)\b")
_OF_ANOTHER = re.compile(
    r"^ (?:above |below )?of (?!(?:this|these|the (?:policy|document|agreement|form))\b)"
)
"""Behind a number that belongs to something else: "paragraph 12 of the county's scheme"."""
_LABEL = re.compile(
    r"\s*(\d{1,2}(?:\.\d{1,2})*[.)]|\d{1,2}(?:\.\d{1,2})+|\([a-z]\)|\([ivx]+\))\s+(?=\w)"
)
"""What begins a title like a number: "3.", "3.1", "(a)"; a quantity ("3 steps") has neither point nor bracket."""
_IN_TEXT = re.compile(
    r"\s*(\d{1,2}(?:\.\d{1,2})*[.)]|\d{1,2}(?:\.\d{1,2})+|\([a-z]\)|\([ivx]+\))\s+(?=[A-Z“‘])"
)
"""The same at the head of a paragraph, before a capital: "2.5 metres" is a measure."""


def check_typed_numbers(section: Section, source: Source, problems: Problems) -> None:
    """Warn of "see paragraph 4.2" in the author's words, and of a number at the head of a title or paragraph.

    A section of an Act or of guidance is left alone, and so is what is quoted.
    """
    place: Place | None = section.place
    quoted = {
        id(inner) for node in walk(section) if isinstance(node, Quote) for inner in walk(node)
    }
    for node in walk(section):
        if isinstance(node, Paragraph | Item | Subhead | Section | Clause):
            place = node.place or place
        if id(node) in quoted:
            continue
        if label := _typed_label(node):
            note_typed_label(label, _place(label, place, source), problems)
        if isinstance(node, Text):
            for found in typed_numbers(node.text):
                note_typed_number(found[0], _place(found[0], place, source), problems)


def _typed_label(node: object) -> str:
    match node:
        case Section(title=(Text(text), *_)) | Clause(title=(Text(text), *_)):
            return typed_label(text, title=True)
        case Subhead(children=(Text(text), *_)):
            return typed_label(text, title=True)
        case Paragraph(children=(Text(text), *_)):
            return typed_label(text, title=False)
        case _:
            return ""


def typed_label(text: str, *, title: bool) -> str:
    """The number that begins a title or a paragraph, as somebody typed it; empty for none."""
    found = _LABEL.match(text) if title else _IN_TEXT.match(text)
    return found[1] if found else ""


def typed_numbers(text: str) -> Iterator[re.Match[str]]:
    """Where a text says "paragraph 4.2" of itself."""
    for found in _TYPED.finditer(text):
        after = text[found.end() :]
        elsewhere = _LAW.match(after) or _OF_ANOTHER.match(after)
        if not elsewhere and not _VERSION.search(text[: found.start()]):
            yield found


def note_typed_number(words: str, place: Place | None, problems: Problems) -> None:
    """Note one number that was typed by hand."""
    hint = "write a reference: `[](#id)` prints the noun and the number"
    problems.add("typed-number", f"“{words}” is typed by hand", place, hint)


def note_typed_label(words: str, place: Place | None, problems: Problems) -> None:
    """Note a number that was typed by hand before what it numbers."""
    hint = "take it out: titles and paragraphs that begin with `1.` get their numbers when they are put together"
    problems.add("typed-number", f"“{words}” is typed by hand", place, hint)


def _place(words: str, block: Place | None, source: Source) -> Place | None:
    """Where the words stand, at or below the beginning of their block; the block where they go over two lines."""
    if block is not None:
        for line in source.lines:
            if line.path == block.path and line.number >= block.line and words in line.text:
                return line.place(words)
    return block
