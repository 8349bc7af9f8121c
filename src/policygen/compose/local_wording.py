"""Own wording of schools and trusts: read from an adoption, parsed, and put into the sections of a policy."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from policygen.compose.adapt import Action, LocalChange, with_layer, with_owner
from policygen.compose.bases import Base
from policygen.compose.budget import Budget
from policygen.ground.diagnostics import Problems
from policygen.ground.wording import code, join_and
from policygen.language.attributes import note_without_effect
from policygen.language.document import Block, Image, Section, walk
from policygen.language.markdown import Heading, parse
from policygen.language.source import Source
from policygen.language.templating import fill, prepare
from policygen.language.vocabulary import Vocabulary
from policygen.model.adoption import ClauseDecision, LocatedAdoption
from policygen.model.workspace import Edition


def layered(
    edition: Edition,
    vocabulary: Vocabulary,
    sections: tuple[Section, ...],
    names: Mapping[str, object] | None,
    declared: Collection[str],
    problems: Problems,
) -> tuple[Section, ...]:
    """Sections with what each issuer of a template that extends another decided about those below it.

    Without `names`, with the text of all branches, and everything is checked; with them, for one school.
    """
    if edition.layers:
        sections = tuple(with_owner(each, edition.origins[each.name]) for each in sections)
    for layer in edition.layers:
        decisions = layer.decisions
        changes = local_changes(vocabulary, decisions, names, problems)
        noted = problems if names is None else Problems()
        place = decisions.place("clauses")
        sections = with_layer(
            sections,
            changes,
            layer.locked,
            layer.issuer,
            declared,
            place,
            noted,
            certain=names is None,
        )
    return sections


def local_changes(
    vocabulary: Vocabulary,
    adoption: LocatedAdoption,
    names: Mapping[str, object] | None,
    problems: Problems,
) -> dict[str, LocalChange]:
    """All decisions of an adoption, by clause id, as far as one document has room for their texts."""
    budget = Budget(problems)
    changes: dict[str, LocalChange] = {}
    for identity in adoption.value.clauses:
        change = local_change(vocabulary, adoption, identity, names, problems)
        changes[identity] = change
        if not budget.holds(*change.texts.values()):
            break
    return changes


def local_change(
    vocabulary: Vocabulary,
    adoption: LocatedAdoption,
    identity: str,
    names: Mapping[str, object] | None,
    problems: Problems,
) -> LocalChange:
    """One decision, its texts filled for a school; without `names`, with all branches."""
    place = adoption.place("clauses", identity, key=True)
    decision = adoption.value.clauses[identity]
    if isinstance(decision, str):
        return LocalChange(identity, place, {"keep": ()})
    texts: dict[Action, tuple[Block, ...]] = {}
    for action in ("replace", "add_before", "add_after"):
        text = getattr(decision, action)
        if text is not None:
            own = adoption.source(text, "clauses", identity, action)
            texts[action] = own_blocks(own, vocabulary, names, problems)
    if decision.omit:
        texts["omit"] = ()
    return LocalChange(identity, place, texts, deviates=decision.deviation is not None)


def check_bases(
    model: Callable[[], Mapping[str, Base]],
    adoption: LocatedAdoption,
    problems: Problems,
    name: str,
) -> None:
    """Note each decision that was made about another model text than that of the edition. `name` is who decided."""
    remembering = {
        identity: decision.against
        for identity, decision in adoption.value.clauses.items()
        if isinstance(decision, ClauseDecision) and decision.against
    }
    found = model() if remembering else {}
    for identity, against in remembering.items():
        base = found.get(identity)
        if base is not None and against != base.digest():
            problems.add(
                "changed-base",
                f"the model text of `{identity}` is not the one that this decision was made about",
                adoption.place("clauses", identity, "against"),
                f"`policygen upgrade {name}{'' if '/' in name else ' --base'}` shows both texts and moves `edition:`",
                "or read the clause again and take `against:` out",
            )


def own_blocks(
    own: Source, vocabulary: Vocabulary, names: Mapping[str, object] | None, problems: Problems
) -> tuple[Block, ...]:
    """A text of a school's own, filled for it; without `names`, with all branches. Everything about it is checked."""
    ready = prepare(own, vocabulary, problems)
    filled = (
        None
        if ready is None
        else ready.every_branch
        if names is None
        else fill(ready, names, problems)
    )
    if filled is None:
        return ()
    blocks: list[Block] = []
    parsed = parse(filled, problems)
    note_without_effect(parsed.stated, (), problems)
    if parsed.footnotes:
        first = next(iter(walk(*parsed.footnotes[0].blocks)), None)
        place = getattr(first, "place", None) or own.line(0).place()
        says = "the wording of a clause holds no footnote: notes stand at the end of a section"
        problems.add("bad-footnote", says, place, "write what it says into the text, in brackets")
    for block in parsed.blocks:
        if isinstance(block, Heading):
            hint = "write the text of the clause; its heading and number stay"
            problems.add(
                "heading-level", "a clause's own wording holds no heading", block.place, hint
            )
        else:
            blocks.append(block)
    return tuple(blocks)


def check_pictures(texts: object, edition: Edition, problems: Problems) -> None:
    """Note each picture that the edition does not have, in its own texts and in those that others wrote for it."""
    for node in walk(texts):
        if not isinstance(node, Image) or node.path in edition.images:
            continue
        hints = [f"put the picture into {edition.folder}/images/ and write `images/NAME`"]
        if node.place is not None and not node.place.path.startswith(f"{edition.folder}/"):
            hints = [f"the model policy has {join_and(code(path) for path in edition.images)}"]
            if not edition.images:
                hints = ["say it in words: the model policy has no pictures"]
        problems.add("image-missing", f"there is no picture `{node.path}`", node.place, *hints)


def ids_of(parts: tuple[Section, ...]) -> frozenset[str]:
    return frozenset(identity for node in walk(parts) if (identity := getattr(node, "id", "")))
