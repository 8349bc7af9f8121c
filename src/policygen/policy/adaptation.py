"""What a school decided about clauses: kept, replaced, added to, omitted. Tied to clause ids, never to position."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from policygen.ground.wording import nearest
from policygen.language.document import Block, Clause, Section, walk

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from policygen.ground.diagnostics import Place, Problems

Action = Literal["keep", "replace", "add_before", "add_after", "omit"]

_ALLOWED: dict[str, tuple[Action, ...]] = {
    "locked": ("keep",),
    "free": ("keep", "replace", "add_before", "add_after", "omit"),
    "optional": ("keep", "omit"),
    "required": ("keep", "replace", "add_before", "add_after"),
}
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


def adapt_sections(
    sections: tuple[Section, ...],
    changes: Mapping[str, LocalChange],
    declared: Collection[str],
    asked_at: Place,
    problems: Problems,
    *,
    guidance: Mapping[str, str],
    certain: bool,
) -> tuple[Section, ...]:
    """Apply a school's decisions to clauses.

    A decision that a clause does not allow, or a required clause without one, is a problem.

    `declared` are all ids of the template, in any branch; `asked_at` is where decisions are written; `guidance` is the
    issuer's, by clause. Without `certain`, a clause that is not in the sections may still belong to the policy.
    """
    clauses = {node.id: node for node in walk(sections) if isinstance(node, Clause)}
    for identity, change in changes.items():
        if identity in clauses:
            _check(clauses[identity], change, problems)
        elif identity in declared:
            if certain:
                _note_left_out(change, problems)
        else:
            near = nearest(identity, [*clauses])
            hint = near if near.startswith("did") else "write the id of a clause, as it stands in the model policy"
            problems.add("unknown-clause", f"there is no clause `{identity}`", change.place, hint)
    for identity, clause in clauses.items():
        if clause.adapt == "required" and identity not in changes:
            problems.add(
                "undecided-clause",
                f"this school has not decided about the clause `{identity}`",
                asked_at,
                f"under `clauses:` write `{identity}: keep` to keep the model text, or `replace:` with your own",
                guidance.get(identity, ""),
            )
    return tuple(replace(section, blocks=tuple(_adapted(section.blocks, changes))) for section in sections)


def _note_left_out(change: LocalChange, problems: Problems) -> None:
    problems.add(
        "unknown-clause",
        f"`{change.clause}` is no clause of this school's policy: its answers leave it out",
        change.place,
        "remove the decision, or put it into a comment until it is wanted again",
    )


def _check(clause: Clause, change: LocalChange, problems: Problems) -> None:
    for action in change.texts:
        if action in _ALLOWED[clause.adapt]:
            continue
        if clause.adapt == "locked":
            problems.add(
                "locked-clause",
                f"the clause `{clause.id}` is agreed wording and cannot be {_SAYS[action]}",
                change.place,
                "keep it, or ask the issuer",
            )
        else:
            may = ", ".join(f"`{each}`" for each in _ALLOWED[clause.adapt])
            problems.add(
                "not-allowed",
                f"the clause `{clause.id}` is {clause.adapt} and cannot be {_SAYS[action]}",
                change.place,
                f"it may be: {may}",
            )


def _adapted(blocks: Iterable[Block], changes: Mapping[str, LocalChange]) -> Iterator[Block]:
    for block in blocks:
        if isinstance(block, Section):
            yield replace(block, blocks=tuple(_adapted(block.blocks, changes)))
        elif isinstance(block, Clause) and block.id in changes:
            yield from _changed(block, changes[block.id])
        else:
            yield block


def _changed(clause: Clause, change: LocalChange) -> Iterator[Clause]:
    if "omit" in change.texts:
        return
    if "add_before" in change.texts:
        yield _added(clause, change, "add_before")
    yield replace(clause, blocks=change.texts["replace"], local="replaced") if "replace" in change.texts else clause
    if "add_after" in change.texts:
        yield _added(clause, change, "add_after")


def _added(clause: Clause, change: LocalChange, action: Literal["add_before", "add_after"]) -> Clause:
    identity = f"{clause.id}.{action.removeprefix('add_')}"
    return Clause(identity, change.texts[action], numbered=False, local="added", adapt="free", place=change.place)
