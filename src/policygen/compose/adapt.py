"""What a school decided about clauses: kept, replaced, added to, omitted. Tied to clause ids, never to position."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise, takewhile
from typing import Literal, assert_never

from policygen.ground.diagnostics import Place, Problems
from policygen.ground.wording import did_you_mean, join_and
from policygen.language import document as d
from policygen.language.document import (
    Adapt,
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
    SignatureBlock,
    Subhead,
    Table,
    plain,
    rebuild,
    walk,
)

Action = Literal["keep", "replace", "add_before", "add_after", "omit"]

_ALLOWED: dict[str, tuple[Action, ...]] = {
    "locked": ("keep",),
    "free": ("keep", "replace", "add_before", "add_after", "omit"),
    "optional": ("keep", "omit"),
    "required": ("keep", "replace", "add_before", "add_after"),
}
_ADDED: dict[Action, str] = {"add_before": "before", "add_after": "after"}
"""What the id of an added paragraph ends with, after that of its clause."""
_SAYS: dict[Action, str] = {
    "keep": "kept",
    "replace": "replaced",
    "add_before": "added to",
    "add_after": "added to",
    "omit": "left out",
}


@dataclass(frozen=True)
class LocalChange:
    """One decision about one clause, with the school's own wording already parsed."""

    clause: str
    place: Place
    texts: Mapping[Action, tuple[Block, ...]]
    """Blocks by what is done with them; none for keep and omit."""
    deviates: bool = False
    """Whether leave to depart from agreed wording is recorded with it."""


def adapt_sections(
    sections: tuple[Section, ...],
    changes: Mapping[str, LocalChange],
    declared: Collection[str],
    asked_at: Place,
    problems: Problems,
    *,
    guidance: Mapping[str, str],
    certain: bool,
    all_decided: bool = True,
) -> tuple[Section, ...]:
    """Apply a school's decisions to clauses.

    A decision that a clause does not allow, or a required clause without one, is a problem.

    `declared` are all ids of the template, in any branch; `asked_at` is where decisions are written; `guidance` is the
    issuer's, by clause. Without `certain`, a clause that is not in the sections may still belong to the policy; without
    `all_decided`, required clauses may be left for others to decide about.
    """
    clauses = {node.id: node for node in walk(sections) if isinstance(node, Clause)}
    others = {_other_id(node): node for node in walk(sections) if _other_id(node)}
    gone: set[str] = set()
    for identity, change in changes.items():
        if identity in clauses:
            _check(clauses[identity], change, problems)
            gone |= _check_inner(clauses[identity], change, changes, problems)
        elif identity in others:
            _note_no_clause(others[identity], change, clauses, problems)
        elif identity in declared:
            if certain:
                _note_left_out(change, problems)
        else:
            hint = partial(_which_clause, identity, clauses)
            problems.add("unknown-clause", f"there is no clause `{identity}`", change.place, hint)
    _check_lists(sections, changes, problems)
    for identity, clause in clauses.items() if all_decided else ():
        if clause.adapt == "required" and identity not in changes and identity not in gone:
            problems.add(
                "undecided-clause",
                f"this school has not decided about the clause `{identity}`",
                asked_at,
                f"under `clauses:` write `{identity}: keep` to keep the model text, or `replace:` with your own",
                guidance.get(identity, ""),
            )
    return tuple(_parts(sections, _beside_others(changes, clauses), problems))


def with_layer(
    sections: tuple[Section, ...],
    changes: Mapping[str, LocalChange],
    locked: Collection[str],
    issuer: str,
    declared: Collection[str],
    asked_at: Place,
    problems: Problems,
    *,
    certain: bool,
) -> tuple[Section, ...]:
    """Apply what an issuer decided about the template that its own extends; the outcome is model text to its schools.

    A clause that it touched has it as its last owner. One that every school had to decide about is free after that.
    """
    adapted = adapt_sections(
        sections,
        changes,
        declared,
        asked_at,
        problems,
        guidance={},
        certain=certain,
        all_decided=False,
    )

    def settled(node: object) -> object:
        if not isinstance(node, Clause) or not (node.local or node.id in changes):
            return node
        adapt: Adapt = node.adapt
        if adapt == "required":
            adapt = "free"
        if node.id in locked:
            adapt = "locked"
        owners = node.owners
        if owners[-1:] != (issuer,):
            owners = (*owners, issuer)
        return replace(node, local="", adapt=adapt, owners=owners)

    return tuple(rebuild(section, settled) for section in adapted)


def with_owner(section: Section, issuer: str) -> Section:
    """The section with its issuer as the owner of each clause."""
    return rebuild(
        section, lambda node: replace(node, owners=(issuer,)) if isinstance(node, Clause) else node
    )


def _beside_others(
    changes: Mapping[str, LocalChange], clauses: Collection[str]
) -> dict[str, LocalChange]:
    """The changes; a paragraph that is added where an issuer above added one comes on the far side of that."""
    # An issuer above may have added a paragraph of its own to the same clause ("key.after").
    # What a school adds there then hangs on that paragraph, or it would come between the clause
    # and what its issuer meant to follow it.
    made = {**changes}
    for identity, change in changes.items():
        for action, ending in _ADDED.items():
            other = f"{identity}.{ending}"
            there = made.get(other, LocalChange(other, change.place, {}, change.deviates))
            if (
                action in change.texts
                and other in clauses
                and not {action, "omit"} & {*there.texts}
            ):
                here = {key: text for key, text in made[identity].texts.items() if key != action}
                made[identity] = replace(change, texts=here)
                made[other] = replace(there, texts={**there.texts, action: change.texts[action]})
    return made


def _which_clause(identity: str, clauses: Iterable[str]) -> str:
    near = did_you_mean(identity, [*clauses])
    return near or "write the id of a clause, as it stands in the model policy"


def _note_left_out(change: LocalChange, problems: Problems) -> None:
    problems.add(
        "unknown-clause",
        f"`{change.clause}` is no clause of this school's policy: its answers leave it out",
        change.place,
        "remove the decision, or put it into a comment until it is wanted again",
    )


def _note_no_clause(
    node: d.Node, change: LocalChange, clauses: Mapping[str, Clause], problems: Problems
) -> None:
    """Note a decision about something that is there and is no clause, with what to decide about instead."""
    around = [clause.id for clause in clauses.values() if node in walk(clause.blocks)]
    if around:
        said = f"it belongs to the clause `{around[-1]}`"
        hint = f"decide about `{around[-1]}`; `replace:` gives that clause's whole text"
    else:
        said = f"it is {_called(node)}, and decisions are about clauses"
        inside = [f"`{inner.id}`" for inner in walk(node) if isinstance(inner, Clause)]
        hint = "ask the issuer to make it a clause"
        if isinstance(node, Subhead):
            hint = "decide about the clauses below it; when all of them are left out, it goes, too"
        elif inside:
            hint = f"decide about what is in it: {join_and(inside)}"
    problems.add("unknown-clause", f"`{change.clause}` is no clause: {said}", change.place, hint)


def _other_id(node: d.Node) -> str:
    """The id of what may have one and is no clause; empty for anything else."""
    return getattr(node, "id", "") if _called(node) else ""


def _called(node: d.Node) -> str:
    """What something with an id is that is no clause; empty for a clause, and for what has none of an author's."""
    match node:
        case Section():
            return "a section"
        case Subhead():
            return "a heading"
        case Paragraph():
            return "a paragraph of a list"
        case Item():
            return "an item of a list"
        case Table():
            return "a table"
        case Callout():
            return "a callout"
        case Quote():
            return "a quotation"
        case AudiencePart():
            return "a part for one audience"
        case SignatureBlock():
            return "a block to sign"
        case Clause() | ItemList() | Definitions() | d.Definition() | d.Cell() | d.Footnote():
            return ""
        case d.Text() | d.Value() | d.Emphasis() | d.Strong() | d.Code() | d.Link():
            return ""
        case d.ReferenceMark() | d.Reference() | d.FootnoteMark() | d.LineBreak() | d.Image():
            return ""
        case _:
            assert_never(node)


def _check_inner(
    clause: Clause, change: LocalChange, changes: Mapping[str, LocalChange], problems: Problems
) -> set[str]:
    """Check the clauses within one that is replaced or left out; they go with it. Returns their ids."""
    if not {"replace", "omit"} & {*change.texts}:
        return set()
    inner = [node for node in walk(clause.blocks) if isinstance(node, Clause)]
    for each in inner:
        if each.id in changes:
            problems.add(
                "not-allowed",
                f"the clause `{each.id}` is a part of `{clause.id}`, which is {_said(change)} as a whole",
                changes[each.id].place,
                f"remove this decision or that about `{clause.id}`",
            )
        else:
            _check(each, change, problems)
    return {each.id for each in inner}


def _check_lists(
    sections: Iterable[Section], changes: Mapping[str, LocalChange], problems: Problems
) -> None:
    """Note a list all of whose items are left out: the sentence before it would lead in nothing."""
    for node in walk(tuple(sections)):
        if not isinstance(node, Clause) or node.id in changes:
            continue
        for lead, points in pairwise(node.blocks):
            if not isinstance(points, ItemList) or not isinstance(lead, Paragraph):
                continue
            units = [unit for item in points.items if (unit := d.unit_of(item))]
            left_out = [unit.id for unit in units if "omit" in _texts(changes, unit.id)]
            if len(left_out) == len(points.items) and plain(lead.children).rstrip().endswith(":"):
                problems.add(
                    "not-allowed",
                    f"every item of the list of `{node.id}` is left out, and its first words lead in nothing",
                    changes[left_out[-1]].place,
                    f"decide about `{node.id}` as a whole, or keep one item",
                )


def _texts(changes: Mapping[str, LocalChange], identity: str) -> Mapping[Action, tuple[Block, ...]]:
    if identity not in changes:
        return {}
    return changes[identity].texts


def _said(change: LocalChange) -> str:
    return _SAYS["omit" if "omit" in change.texts else "replace"]


def _check(clause: Clause, change: LocalChange, problems: Problems) -> None:
    for action in change.texts:
        if action in _ALLOWED[clause.adapt] or (clause.adapt == "locked" and change.deviates):
            continue
        if clause.adapt == "locked":
            problems.add(
                "locked-clause",
                f"the clause `{clause.id}` is agreed wording and cannot be {_SAYS[action]}",
                change.place,
                "keep it, or ask the issuer",
                "with its leave, add `deviation: {agreed_by: …, reason: …, until: DATE}` to the decision",
            )
        else:
            may = ", ".join(f"`{each}`" for each in _ALLOWED[clause.adapt])
            problems.add(
                "not-allowed",
                f"the clause `{clause.id}` is {clause.adapt} and cannot be {_SAYS[action]}",
                change.place,
                f"it may be: {may}",
            )


def _parts(
    sections: Iterable[Section], changes: Mapping[str, LocalChange], problems: Problems
) -> Iterator[Section]:
    """The parts after the decisions. One of which nothing is left goes; a form may not, for it is to be signed."""
    for section in sections:
        blocks = _adapted(section.blocks, changes)
        if blocks or not section.blocks:
            yield replace(section, blocks=blocks)
        elif section.kind == "form":
            first = next(
                node.id
                for node in walk(section.blocks)
                if isinstance(node, Clause) and node.id in changes
            )
            problems.add(
                "empty-section",
                f"nothing is left of the form “{plain(section.title)}”: this school leaves out all that it says",
                changes[first].place,
                "keep one of its clauses, or ask the issuer for a question that decides about the form",
            )


def _adapted(blocks: Sequence[Block], changes: Mapping[str, LocalChange]) -> tuple[Block, ...]:
    """Blocks after the decisions. A heading all of whose text was left out goes, too."""
    made = [_outcome(block, changes) for block in blocks]
    kept: list[Block] = []
    for index, block in enumerate(blocks):
        if not (
            isinstance(block, Subhead)
            and _emptied(block, [*zip(blocks, made, strict=True)][index + 1 :])
        ):
            kept += made[index]
    return tuple(kept)


def _emptied(heading: Subhead, following: Iterable[tuple[Block, tuple[Block, ...]]]) -> bool:
    """Whether there was text below a heading, and none is left. What follows it comes with what became of it."""
    # The outcome of each block is known already, so an empty one tells what was left out from
    # what was never there: a heading over headings alone holds no text, and stays.
    below = takewhile(lambda pair: not _ends(pair[0], heading.level), following)
    text = [made for block, made in below if not isinstance(block, Subhead)]
    return bool(text) and not any(text)


def _ends(block: Block, level: int) -> bool:
    return (
        isinstance(block, Subhead) or (isinstance(block, Clause) and bool(block.title))
    ) and block.level <= level


def _outcome(block: Block, changes: Mapping[str, LocalChange]) -> tuple[Block, ...]:
    """What becomes of a block; nothing, where it held only what was left out."""
    match block:
        case Clause() if block.id in changes:
            return tuple(_changed(block, changes))
        case Section() | Clause() | Callout() | Quote() | AudiencePart():
            return _holding(block, changes)
        case ItemList():
            items = tuple(item for each in block.items for item in _items(each, changes))
            if not items:
                return ()
            return (replace(block, items=items),)
        case Paragraph() | Subhead() | Table() | SignatureBlock() | Definitions():
            return (block,)
        case _:
            assert_never(block)


def _items(item: Item, changes: Mapping[str, LocalChange]) -> Iterator[Item]:
    """What becomes of an item: what is added beside it is an item, too."""
    unit = d.unit_of(item)
    if unit is None:
        blocks = _adapted(item.blocks, changes)
        if blocks or not item.blocks:
            yield replace(item, blocks=blocks)
        return
    for block in _outcome(unit, changes):
        yield replace(item, blocks=(block,))


def _holding(
    block: Section | Clause | Callout | Quote | AudiencePart, changes: Mapping[str, LocalChange]
) -> tuple[Block, ...]:
    inner = _adapted(block.blocks, changes)
    if inner or not block.blocks:
        return (replace(block, blocks=inner),)
    return ()


def _changed(clause: Clause, changes: Mapping[str, LocalChange]) -> Iterator[Block]:
    change = changes[clause.id]
    if "omit" in change.texts:
        return
    if "add_before" in change.texts:
        yield _added(clause, change, "add_before")
    if "replace" in change.texts:
        yield replace(
            clause, blocks=change.texts["replace"], local=_mark(clause, change, "replaced")
        )
    else:
        yield from _holding(clause, changes)
    if "add_after" in change.texts:
        yield _added(clause, change, "add_after")


def _added(
    clause: Clause, change: LocalChange, action: Literal["add_before", "add_after"]
) -> Clause:
    identity = f"{clause.id}.{action.removeprefix('add_')}"
    mark = _mark(clause, change, "added")
    return Clause(
        identity, change.texts[action], numbered=False, local=mark, adapt="free", place=change.place
    )


def _mark(clause: Clause, change: LocalChange, done: str) -> str:
    if clause.adapt == "locked" and change.deviates:
        return "deviation"
    return done


def allowed(adapt: Adapt) -> tuple[Action, ...]:
    """What a school may do with a clause of this status, without leave."""
    return _ALLOWED[adapt]
