"""From headings and blocks as written to sections and clauses, by the numbering scheme. No numbers yet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from policygen.ground.diagnostics import Place, Problems
from policygen.ground.wording import code
from policygen.language.document import (
    Adapt,
    Audience,
    AudiencePart,
    Block,
    Callout,
    Clause,
    Definitions,
    Item,
    ItemList,
    Paragraph,
    Quote,
    Section,
    Subhead,
    Table,
    plain,
)
from policygen.language.markdown import Heading, Parsed

Scheme = Literal["decimal", "headings", "flat", "none"]
_DEEPEST = 4
_LED = (ItemList, Table, Definitions, Quote)
"""What a lead-in that ends with a colon leads in."""
_EMPTY_HINT = "write its text, or take the section off the list in template.yaml"


@dataclass(frozen=True)
class Plan:
    """What template.yaml says of one section, form or appendix."""

    name: str
    """Of its file."""
    kind: Literal["section", "appendix", "form"]
    scheme: Scheme
    adapt: Adapt
    audience: Audience = "everyone"
    contents: bool = True
    one_page: bool = False


def arrange(parsed: Parsed, plan: Plan, place: Place, problems: Problems) -> Section | None:
    """Make a section of what was parsed. Returns None without a title; all problems are noted.

    `place` is the section's file, for problems that have no line.
    """
    title, *rest = parsed.blocks or (None,)
    if not isinstance(title, Heading) or title.level != 1:
        problems.add(
            "no-title",
            "a section begins with its title",
            place,
            "write `# Title {#id}` on the first line",
        )
        return None
    if not title.attributes.id:
        problems.add(
            "missing-id",
            "the title has no id",
            title.place,
            f"write {code(_suggest(title))} after it",
        )
    if not rest:
        problems.add(
            "empty-section",
            f"“{plain(title.children)}” has a title and no text",
            title.place,
            _EMPTY_HINT,
        )
    _check_levels(rest, problems)
    arranger = _Arranger(plan, parsed.adapt, problems)
    blocks = arranger.nested(rest) if plan.scheme == "headings" else arranger.flat(rest)
    numbered = plan.kind == "appendix" or (
        plan.kind == "section" and plan.scheme in ("decimal", "headings")
    )
    return Section(
        id=title.attributes.id,
        title=title.children,
        blocks=blocks,
        numbered=numbered and "unnumbered" not in title.attributes.flags,
        kind=plan.kind,
        contents=plan.contents,
        flat=plan.scheme == "flat",
        one_page=plan.one_page,
        audience=plan.audience,
        name=plan.name,
        footnotes=parsed.footnotes,
        place=title.place,
    )


def _suggest(heading: Heading) -> str:
    words = "".join(
        each if each.isalnum() else " " for each in plain(heading.children).lower()
    ).split()
    return "{#" + "-".join(words[:3]) + "}"


def _check_levels(blocks: Iterable[Heading | Block], problems: Problems) -> None:
    level = 1
    for block in blocks:
        if not isinstance(block, Heading):
            continue
        if block.level == 1:
            hint = "write `##`; the title is the only heading with one `#`"
            problems.add("heading-level", "a section has one title", block.place, hint)
        elif block.level > min(level + 1, _DEEPEST):
            hint = f"write `{'#' * min(level + 1, _DEEPEST)}`"
            problems.add(
                "heading-level",
                f"this heading skips from level {level} to level {block.level}",
                block.place,
                hint,
            )
        level = max(block.level, 1)


@dataclass(frozen=True)
class _Arranger:
    plan: Plan
    adapt: Mapping[str, Adapt]
    problems: Problems

    def flat(self, blocks: Sequence[Heading | Block]) -> tuple[Block, ...]:
        """For decimal, flat and unnumbered sections: top-level ordered items are clauses, headings stand between."""
        arranged: list[Block] = []
        for opener, following in self.runs(blocks):
            match opener:
                case Heading() if "clause" in opener.attributes.flags:
                    identity = self.need_id(opener.attributes.id, opener.place, _suggest(opener))
                    inner = self.within(identity).loose(following)
                    arranged.append(
                        self.clause(identity, inner, opener.place, title=opener.children)
                    )
                case Heading():
                    arranged.append(
                        Subhead(opener.level, opener.children, opener.attributes.id, opener.place)
                    )
                    arranged += self.loose(following)
                case ItemList():
                    arranged += self.loose([*map(self.item, opener.items), *following])
                case None:
                    arranged += self.loose(following)
        return tuple(arranged)

    def runs(
        self, blocks: Iterable[Heading | Block]
    ) -> Iterator[tuple[Heading | ItemList | None, list[Block]]]:
        """Each heading and each list of clauses, with what follows it; first what stands before all of them."""
        opener: Heading | ItemList | None = None
        following: list[Block] = []
        counted = self.plan.scheme in ("decimal", "flat")
        for block in blocks:
            if isinstance(block, Heading) or (
                counted and isinstance(block, ItemList) and block.style == "number"
            ):
                yield opener, following
                opener, following = block, []
            else:
                following.append(block)
        yield opener, following

    def nested(self, blocks: Sequence[Heading | Block]) -> tuple[Block, ...]:
        """For numbered headings: each heading holds what follows, down to the next of its level or above."""
        leading: list[Block] = []
        arranged: list[Block] = []
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

    def headed(self, heading: Heading, below: Sequence[Heading | Block]) -> Clause | Section:
        """What a heading of a section with numbered headings makes of the blocks that it holds."""
        identity = self.need_id(heading.attributes.id, heading.place, _suggest(heading))
        inner = self.within(identity).nested(below)
        if not heading.children:
            return replace(self.clause(identity, inner, heading.place), level=heading.level)
        return Section(
            id=identity,
            title=heading.children,
            blocks=inner,
            level=heading.level,
            numbered="unnumbered" not in heading.attributes.flags,
            kind=self.plan.kind,
            audience=self.plan.audience,
            name=self.plan.name,
            place=heading.place,
        )

    def loose(self, blocks: Iterable[Block]) -> tuple[Block, ...]:
        """Blocks without headings: a paragraph with an id is a clause, and what its lead-in leads in belongs to it."""
        made: list[Block] = []
        for written in blocks:
            block = self.one(written)
            last = made[-1] if made else None
            if isinstance(last, Clause) and _goes_on(last, block):
                made[-1] = replace(last, blocks=(*last.blocks, block))
            else:
                made.append(block)
        return tuple(made)

    def one(self, block: Block) -> Block:
        match block:
            case Paragraph(id=identity) if identity:
                made = self.clause(identity, (replace(block, id=""),), block.place)
                return replace(made, numbered=False)
            case Callout() | Quote() | AudiencePart():
                return replace(block, blocks=self.within(block.id).loose(block.blocks))
            case _:
                return block

    def item(self, item: Item) -> Clause:
        identity = self.need_id(item.id, item.place, "{#two-or-three-words}")
        inner = self.within(identity)
        blocks = (each if isinstance(each, Paragraph) else inner.one(each) for each in item.blocks)
        return self.clause(identity, tuple(blocks), item.place)

    def within(self, identity: str) -> _Arranger:
        """For what stands within something that may state a status: that is then the status of all in it."""
        return replace(
            self, plan=replace(self.plan, adapt=self.adapt.get(identity, self.plan.adapt))
        )

    def clause(
        self,
        identity: str,
        blocks: tuple[Block, ...],
        place: Place | None,
        title: tuple[object, ...] = (),
    ) -> Clause:
        adapt = self.adapt.get(identity, self.plan.adapt)
        return Clause(identity, blocks, title, adapt=adapt, place=place)  # type: ignore[arg-type]

    def need_id(self, identity: str, place: Place | None, suggestion: str) -> str:
        if not identity:
            self.problems.add(
                "missing-id", "this clause has no id", place, f"write {code(suggestion)} at its end"
            )
        return identity


def _ends(block: Heading | Block, level: int) -> bool:
    return isinstance(block, Heading) and block.level <= level


def _goes_on(clause: Clause, block: Block) -> bool:
    """Whether a block goes on with a sentence that the clause before it began."""
    last = clause.blocks[-1] if clause.blocks else None
    if clause.title:
        return False
    match block:
        case ItemList() if isinstance(last, ItemList):
            return not clause.numbered
        case ItemList() | Table() | Definitions() | Quote():
            return isinstance(last, Paragraph) and plain(last.children).rstrip().endswith(":")
        case Paragraph():
            return isinstance(last, _LED) and plain(block.children).lstrip()[:1].islower()
        case _:
            return False
