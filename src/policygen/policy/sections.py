"""From headings and blocks as written to sections and clauses, by the numbering scheme. No numbers yet."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from policygen.ground.wording import code
from policygen.language.document import Adapt, Audience, Block, Clause, ItemList, Paragraph, Section, Subhead, plain
from policygen.language.markdown import Heading, Parsed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from policygen.ground.diagnostics import Place, Problems

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
        problems.add("no-title", "a section begins with its title", place, "write `# Title {#id}` on the first line")
        return None
    if not title.attributes.id:
        problems.add("missing-id", "the title has no id", title.place, f"write {code(_suggest(title))} after it")
    if not rest:
        problems.add("empty-section", f"“{plain(title.children)}” has a title and no text", title.place, _EMPTY_HINT)
    _check_levels(rest, problems)
    arranger = _Arranger(plan, parsed.adapt, problems)
    blocks = arranger.nested(rest) if plan.scheme == "headings" else arranger.flat(rest)
    numbered = plan.kind == "appendix" or (plan.kind == "section" and plan.scheme in ("decimal", "headings"))
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
    words = "".join(each if each.isalnum() else " " for each in plain(heading.children).lower()).split()
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
                "heading-level", f"this heading skips from level {level} to level {block.level}", block.place, hint
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
        titled: list[Clause] = []

        def close() -> None:
            arranged.extend(titled)
            titled.clear()

        for block in blocks:
            match block:
                case Heading() if "clause" in block.attributes.flags:
                    close()
                    self.need_id(block.attributes.id, block.place, _suggest(block))
                    titled.append(self.clause(block.attributes.id, (), block.place, title=block.children))
                case Heading():
                    close()
                    arranged.append(Subhead(block.level, block.children, block.attributes.id, block.place))
                case ItemList(style="number") if self.plan.scheme in ("decimal", "flat"):
                    close()
                    for item in block.items:
                        self.need_id(item.id, item.place, "{#two-or-three-words}")
                        arranged.append(self.clause(item.id, item.blocks, item.place))
                case _ if titled:
                    titled[-1] = replace(titled[-1], blocks=(*titled[-1].blocks, block))
                case Paragraph(id=identity) if identity:
                    arranged.append(self.paragraph(block))
                case _:
                    arranged.append(block)
        close()
        return tuple(arranged)

    def nested(self, blocks: Sequence[Heading | Block]) -> tuple[Block, ...]:
        """For numbered headings: each heading holds what follows, down to the next of its level or above."""
        arranged: list[Block] = []
        index = 0
        while index < len(blocks):
            block = blocks[index]
            index += 1
            if not isinstance(block, Heading):
                arranged.append(self.paragraph(block) if isinstance(block, Paragraph) and block.id else block)
                continue
            end = index
            while end < len(blocks) and not _ends(blocks[end], block.level):
                end += 1
            inner = self.nested(blocks[index:end])
            index = end
            self.need_id(block.attributes.id, block.place, _suggest(block))
            if not block.children:
                made = self.clause(block.attributes.id, inner, block.place)
                arranged.append(replace(made, level=block.level))
                continue
            arranged.append(
                Section(
                    id=block.attributes.id,
                    title=block.children,
                    blocks=inner,
                    level=block.level,
                    numbered="unnumbered" not in block.attributes.flags,
                    kind=self.plan.kind,
                    audience=self.plan.audience,
                    name=self.plan.name,
                    place=block.place,
                )
            )
        return tuple(arranged)

    def paragraph(self, paragraph: Paragraph) -> Clause:
        made = self.clause(paragraph.id, (replace(paragraph, id=""),), paragraph.place)
        return replace(made, numbered=False)

    def clause(
        self, identity: str, blocks: tuple[Block, ...], place: Place | None, title: tuple[object, ...] = ()
    ) -> Clause:
        adapt = self.adapt.get(identity, self.plan.adapt)
        return Clause(identity, blocks, title, adapt=adapt, place=place)  # type: ignore[arg-type]

    def need_id(self, identity: str, place: Place | None, suggestion: str) -> None:
        if not identity:
            self.problems.add("missing-id", "this clause has no id", place, f"write {code(suggestion)} at its end")


def _ends(block: Heading | Block, level: int) -> bool:
    return isinstance(block, Heading) and block.level <= level
