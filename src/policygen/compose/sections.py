"""From headings and blocks as written to sections and clauses, by the numbering scheme. No numbers yet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from typing import Literal, TypeGuard, assert_never

from policygen.ground.diagnostics import Place, Problems
from policygen.ground.wording import code
from policygen.language import document as d
from policygen.language.attributes import note_without_effect
from policygen.language.markdown import Heading, Parsed

Scheme = Literal["decimal", "headings", "flat", "none"]
_DEEPEST = 4
_EMPTY_HINT = "write its text, or take the section off the list in template.yaml"


@dataclass(frozen=True)
class Plan:
    """What template.yaml says of one section, form or appendix."""

    name: str
    """Of its file."""
    kind: Literal["section", "appendix", "form"]
    scheme: Scheme
    adapt: d.Adapt
    audience: d.Audience = "everyone"
    contents: bool = True
    one_page: bool = False
    appendix: bool = False
    """Whether a form stands among the appendices, in their series."""
    leads: bool = False
    """Whether an appendix may be a title alone, because a form follows it."""

    @property
    def numbered(self) -> bool:
        """Whether its title has a number, unless the title says otherwise."""
        match self.kind:
            case "appendix":
                return True
            case "section":
                return self.scheme in ("decimal", "headings")
            case "form":
                return self.appendix
            case _:
                assert_never(self.kind)

    @property
    def counts_clauses(self) -> bool:
        """Whether ordered items at the top level are clauses, and a heading can be one."""
        return self.scheme in ("decimal", "flat")


def arrange(parsed: Parsed, plan: Plan, place: Place, problems: Problems) -> d.Section | None:
    """Make a section of what was parsed. Returns None without a title; all problems are noted.

    `place` is the section's file, for problems that have no line.
    """
    title, *rest = parsed.blocks or (None,)
    if not isinstance(title, Heading) or title.level != 1:
        hint = "write `# Title {#id}` on the first line"
        problems.add("no-title", "a section begins with its title", place, hint)
        return None
    if not title.attributes.id:
        hint = f"write {code(_suggest(title))} after it"
        problems.add("missing-id", "the title has no id", title.place, hint)
    if not rest and not plan.leads:
        note_empty(d.plain(title.children), title.place, problems)
    _check_headings(rest, plan, problems)
    arranger = _Arranger(plan, parsed.adapt, problems)
    numbered = plan.numbered and not arranger.flagged(title, "unnumbered", counts=plan.numbered)
    listed = plan.contents and not arranger.flagged(title, "unlisted")
    blocks = arranger.nested(rest) if plan.scheme == "headings" else arranger.flat(rest)
    if parsed.whole:
        note_without_effect(parsed.stated, arranger.used, problems)
    return d.Section(
        id=title.attributes.id,
        title=title.children,
        blocks=blocks,
        numbered=numbered,
        kind=plan.kind,
        contents=listed,
        flat=plan.scheme == "flat",
        one_page=plan.one_page,
        audience=plan.audience,
        name=plan.name,
        footnotes=parsed.footnotes,
        place=title.place,
    )


def note_empty(title: str, place: Place | None, problems: Problems) -> None:
    """Note a part that is a title and nothing else."""
    problems.add("empty-section", f"“{title}” has a title and no text", place, _EMPTY_HINT)


def bare_titles(parts: Sequence[d.Section]) -> tuple[d.Section, ...]:
    """The appendices that are a title alone, and have no form without a number behind them."""
    found = []
    for part, after in zip_longest(parts, parts[1:]):
        leads = after is not None and after.kind == "form" and not after.numbered
        if part.kind == "appendix" and not part.blocks and not leads:
            found.append(part)
    return tuple(found)


def without_bare_titles(parts: Sequence[d.Section]) -> tuple[d.Section, ...]:
    """The parts of one school: an appendix whose forms it does not have goes with them."""
    bare = bare_titles(parts)
    return tuple(part for part in parts if part not in bare)


def _suggest(heading: Heading) -> str:
    letters = (sign if sign.isalnum() else " " for sign in d.plain(heading.children).lower())
    words = "".join(letters).split()
    return "{#" + "-".join(words[:3]) + "}"


def _check_headings(blocks: Iterable[Heading | d.Block], plan: Plan, problems: Problems) -> None:
    level = 1
    for block in blocks:
        if not isinstance(block, Heading):
            continue
        deepest = min(level + 1, _DEEPEST)
        if block.level == 1:
            hint = "write `##`; the title is the only heading with one `#`"
            problems.add("heading-level", "a section has one title", block.place, hint)
        elif block.level > deepest:
            message = f"this heading skips from level {level} to level {block.level}"
            problems.add("heading-level", message, block.place, f"write `{'#' * deepest}`")
        if not block.children and plan.scheme != "headings":
            message = "a heading without words prints its number alone, and has none here"
            problems.add("heading-level", message, block.place, "write its words")
        level = block.level


@dataclass(frozen=True)
class _Arranger:
    plan: Plan
    adapt: Mapping[str, d.Adapt]
    problems: Problems
    around: str = ""
    """The id of what states the status of all that stands here; empty where template.yaml does."""
    used: set[tuple[str, str | Place]] = field(default_factory=set)
    """Each status with the id, and each flag with the place of the heading, that had an effect."""

    def flat(self, blocks: Sequence[Heading | d.Block]) -> tuple[d.Block, ...]:
        """For decimal, flat and unnumbered sections: top-level ordered items are clauses, headings stand between."""
        arranged: list[d.Block] = []
        begin = 0
        for index, block in enumerate(blocks):
            if index < begin or not self.is_group(block):
                continue
            ends = (at for at in range(index + 1, len(blocks)) if _ends(blocks[at], block.level))
            end = next(ends, len(blocks))
            arranged += self.ungrouped(blocks[begin:index])
            arranged.append(self.group(block, blocks[index + 1 : end]))
            begin = end
        return (*arranged, *self.ungrouped(blocks[begin:]))

    def is_group(self, block: Heading | d.Block) -> TypeGuard[Heading]:
        """Whether a block is a heading that states a status: that of all below it, which is decided about as one."""
        if not isinstance(block, Heading) or block.attributes.id not in self.adapt:
            return False
        return not ("clause" in block.attributes.flags and self.plan.counts_clauses)

    def group(self, heading: Heading, below: Sequence[Heading | d.Block]) -> d.Clause:
        """A heading without a number, with all below it."""
        identity = heading.attributes.id
        inner = self.within(identity).flat(below)
        clause = self.clause(identity, inner, heading.place, title=heading.children)
        return replace(clause, numbered=False, level=heading.level)

    def ungrouped(self, blocks: Sequence[Heading | d.Block]) -> tuple[d.Block, ...]:
        """Blocks among which no heading states a status."""
        arranged: list[d.Block] = []
        for opener, following in self.runs(blocks):
            match opener:
                case Heading():
                    arranged += self.heading(opener, following)
                case d.ItemList():
                    arranged += self.loose([*map(self.item, opener.items), *following])
                case None:
                    arranged += self.loose(following)
                case _:
                    assert_never(opener)
        return tuple(arranged)

    def heading(self, heading: Heading, following: list[d.Block]) -> tuple[d.Block, ...]:
        """A heading of a section whose headings have no numbers: a clause with a title, or a subhead."""
        place = heading.place
        if self.flagged(heading, "clause", counts=self.plan.counts_clauses):
            identity = self.need_id(heading.attributes.id, place, _suggest(heading))
            inner = self.within(identity).loose(following)
            return (self.clause(identity, inner, place, title=heading.children),)
        subhead = d.Subhead(heading.level, heading.children, heading.attributes.id, place)
        return (subhead, *self.loose(following))

    def runs(
        self, blocks: Iterable[Heading | d.Block]
    ) -> Iterator[tuple[Heading | d.ItemList | None, list[d.Block]]]:
        """Each heading and each list of clauses, with what follows it; first what stands before all of them."""
        opener: Heading | d.ItemList | None = None
        following: list[d.Block] = []
        for block in blocks:
            if isinstance(block, Heading) or self.holds_clauses(block):
                yield opener, following
                opener, following = block, []
            else:
                following.append(block)
        yield opener, following

    def holds_clauses(self, block: d.Block) -> TypeGuard[d.ItemList]:
        """Whether the items of a block at the top level are clauses."""
        return (
            self.plan.counts_clauses and isinstance(block, d.ItemList) and block.style == "number"
        )

    def nested(self, blocks: Sequence[Heading | d.Block]) -> tuple[d.Block, ...]:
        """For numbered headings: each heading holds what follows, down to the next of its level or above."""
        leading: list[d.Block] = []
        arranged: list[d.Block] = []
        index = 0
        while index < len(blocks):
            block = blocks[index]
            index += 1
            if not isinstance(block, Heading):
                leading.append(block)
                continue
            end = index
            while end < len(blocks) and not _ends(blocks[end], block.level):
                end += 1
            arranged.append(self.headed(block, blocks[index:end]))
            index = end
        return (*self.loose(leading), *arranged)

    def headed(self, heading: Heading, below: Sequence[Heading | d.Block]) -> d.Clause | d.Section:
        """What a heading of a section with numbered headings makes of the blocks that it holds."""
        identity = self.need_id(heading.attributes.id, heading.place, _suggest(heading))
        inner = self.within(identity).nested(below)
        if not heading.children:
            return replace(self.clause(identity, inner, heading.place), level=heading.level)
        return d.Section(
            id=identity,
            title=heading.children,
            blocks=inner,
            level=heading.level,
            numbered=not self.flagged(heading, "unnumbered"),
            contents=not self.flagged(heading, "unlisted"),
            kind=self.plan.kind,
            audience=self.plan.audience,
            name=self.plan.name,
            place=heading.place,
        )

    def loose(self, blocks: Iterable[d.Block]) -> tuple[d.Block, ...]:
        """Blocks without headings: a paragraph with an id is a clause, and what its lead-in leads in belongs to it."""
        blocks = tuple(blocks)
        self.check_interrupted(blocks)
        return _with_led_in(map(self.one, self.with_marked(blocks)))

    def check_interrupted(self, blocks: Sequence[d.Block]) -> None:
        """Note points at the margin that make a numbered list begin anew."""
        for above, points, below in zip(blocks, blocks[1:], blocks[2:], strict=False):
            match above, points, below:
                case (
                    d.ItemList(style="number"),
                    d.ItemList(style="bullet"),
                    d.ItemList(style="number", start=1),
                ):
                    message = (
                        "this list stands between two items, and the next one would be 1 again"
                    )
                    hint = "indent it by three spaces, as a part of the item above it"
                    place = points.items[0].place
                    self.problems.add("stray-indent", message, place, hint)
                case _:
                    pass

    def with_marked(self, blocks: Sequence[d.Block]) -> Iterator[d.Block]:
        """The blocks; one with an id that stands alone on the line before it is a clause without a lead-in."""
        marked: d.Paragraph | None = None
        for block in blocks:
            if marked is not None:
                held = self.within(marked.id).unit(block)
                yield replace(self.clause(marked.id, (held,), marked.place), numbered=False)
                marked = None
            elif isinstance(block, d.Paragraph) and not block.children:
                marked = block
            else:
                yield block

    def unit(self, block: d.Block) -> d.Block:
        """A block below a clause or in an item: what states a status there is a clause of its own."""
        match block:
            case d.Paragraph(id=identity) if identity in self.adapt:
                return self.one(block)
            case d.ItemList():
                return replace(block, items=tuple(map(self.unit_item, block.items)))
            case _:
                return block

    def unit_item(self, item: d.Item) -> d.Item:
        """An item with the clauses in it; one that states a status holds a clause alone, with all that it says."""
        inner = self.within(item.id)
        blocks = _with_led_in(map(inner.unit, inner.with_marked(item.blocks)))
        if item.id not in self.adapt:
            return replace(item, blocks=blocks)
        unit = replace(self.clause(item.id, blocks, item.place), numbered=False)
        return replace(item, id="", blocks=(unit,))

    def one(self, block: d.Block) -> d.Block:
        """A block with the clauses that are in it."""
        match block:
            case d.ItemList():
                return self.unit(block)
            case d.Paragraph(id=identity) if identity:
                clause = self.clause(identity, (replace(block, id=""),), block.place)
                return replace(clause, numbered=False)
            case d.Callout() | d.Quote() | d.AudiencePart():
                return replace(block, blocks=self.within(block.id).loose(block.blocks))
            case (
                d.Paragraph()
                | d.Subhead()
                | d.Table()
                | d.SignatureBlock()
                | d.Definitions()
                | d.Clause()
                | d.Section()
            ):
                return block
            case _:
                assert_never(block)

    def item(self, item: d.Item) -> d.Clause:
        """A clause from an item at the top level. Its further paragraphs are parts of it unless they state a status."""
        identity = self.need_id(item.id, item.place, "{#two-or-three-words}")
        inner = self.within(identity)
        blocks = (
            inner.unit(block) if isinstance(block, d.Paragraph) else inner.one(block)
            for block in inner.with_marked(item.blocks)
        )
        return self.clause(identity, _with_led_in(blocks), item.place)

    def within(self, identity: str) -> _Arranger:
        """For what stands within something that may state a status: that is then the status of all in it."""
        status = self.adapt.get(identity)
        if not status:
            return self
        return replace(self, plan=replace(self.plan, adapt=status), around=identity)

    def clause(
        self,
        identity: str,
        blocks: tuple[d.Block, ...],
        place: Place | None,
        title: tuple[d.Inline, ...] = (),
    ) -> d.Clause:
        """A clause with its status: its own, or that of what is around it."""
        stated_by = identity if identity in self.adapt else self.around
        status = self.adapt.get(stated_by, self.plan.adapt)
        self.used.add((f"adapt={status}", stated_by))
        return d.Clause(identity, blocks, title, adapt=status, place=place)

    def flagged(self, heading: Heading, flag: str, *, counts: bool = True) -> bool:
        """Whether a heading has a flag that means something here."""
        if flag not in heading.attributes.flags or not counts:
            return False
        self.used.add((flag, heading.place))
        return True

    def need_id(self, identity: str, place: Place | None, suggestion: str) -> str:
        """The id of a clause; one that has none is a problem."""
        if not identity:
            hint = f"write {code(suggestion)} at its end"
            self.problems.add("missing-id", "this clause has no id", place, hint)
        return identity


def _ends(block: Heading | d.Block, level: int) -> bool:
    return isinstance(block, Heading) and block.level <= level


def _with_led_in(blocks: Iterable[d.Block]) -> tuple[d.Block, ...]:
    """The blocks; what the lead-in of a clause leads in belongs to it."""
    arranged: list[d.Block] = []
    for block in blocks:
        last = arranged[-1] if arranged else None
        if isinstance(last, d.Clause) and _goes_on(last, block):
            arranged[-1] = replace(last, blocks=(*last.blocks, block))
        else:
            arranged.append(block)
    return tuple(arranged)


def _goes_on(clause: d.Clause, block: d.Block) -> bool:
    """Whether a block goes on with a sentence that the clause before it began."""
    last = clause.blocks[-1] if clause.blocks else None
    if clause.title:
        return False
    match block:
        case d.ItemList() if isinstance(last, d.ItemList):
            return not clause.numbered
        case d.ItemList() | d.Table() | d.Definitions() | d.Quote():
            return isinstance(last, d.Paragraph) and d.plain(last.children).rstrip().endswith(":")
        case d.Paragraph():
            led = isinstance(last, d.ItemList | d.Table | d.Definitions | d.Quote)
            return led and d.plain(block.children).lstrip()[:1].islower()
        case (
            d.Subhead()
            | d.Callout()
            | d.SignatureBlock()
            | d.AudiencePart()
            | d.Clause()
            | d.Section()
        ):
            return False
        case _:
            assert_never(block)
