"""A template that extends another issuer's edition: its own answers, local changes, questions and sections over it.

What comes out is an edition like any other, so that composing, numbering and checking need not know. Places stay those
of the files in which things are written.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Discriminator, Field, Tag, model_validator

from policygen.files.fields import (
    ByClause,
    DayOrMonth,
    Dotted,
    FileModel,
    Group,
    Id,
    Many,
    Maybe,
    Words,
    refusal,
)
from policygen.files.yamlfile import Located
from policygen.files.yamltree import ListNode, MapNode, Node, items_of
from policygen.ground.diagnostics import Problems
from policygen.ground.wording import meant_or_known
from policygen.language.source import Source, with_includes
from policygen.model.adoption import ClauseDecision, Decision, StartedAdoption, keep_or_group
from policygen.model.question import QuestionId
from policygen.model.shared import Never, TemplateQuestion, both_rules
from policygen.model.template import AdoptionRules, Circular, Issuer, SectionEntry, Template
from policygen.model.workspace import Edition, Layer


class Extends(FileModel):
    """The edition that is extended."""

    template: Id = Field(examples=["staff-acceptable-use"])
    edition: Dotted = Field(examples=["2026.1"])


class PlacedSection(SectionEntry):
    """A section of the trust's own, and where it stands."""

    after: Maybe[Id] = None
    """The section after which it comes; without it, after all others."""


class LayerDecision(ClauseDecision):
    """What the trust did with one clause; it may lock it for its schools, too."""

    reason: Words = ""
    """Why it differs."""
    adapt: Maybe[Literal["locked"]] = None
    """locked: its schools may not change it."""

    @model_validator(mode="after")
    def _has_a_reason(self) -> Self:
        if (self.replace or self.add_before or self.add_after or self.omit) and not self.reason:
            raise refusal(
                "missing-key",
                "{name} lacks `reason`",
                "write `reason:` and why the trust's wording differs",
            )
        return self

    def _decides_otherwise(self) -> bool:
        return self.adapt is not None

    @property
    def nothing_done(self) -> bool:
        """Whether it only locks the clause."""
        return not (self.replace or self.add_before or self.add_after or self.omit)


LayerChoice = Annotated[
    Annotated[Literal["keep"], Tag("<keep>")] | Annotated[LayerDecision, Tag("<decision>")],
    Discriminator(lambda written: "<keep>" if isinstance(written, str) else "<decision>"),
    BeforeValidator(keep_or_group),
]


class Narrowed(FileModel):
    """A question of the extended template of which the trust leaves some options to its schools."""

    only: Many[Id] = Field(min_length=1, examples=[["office-only", "staff-areas"]])
    """Those that are left."""


OverlayQuestion = Annotated[
    Annotated[Narrowed, Tag("<narrowed>")] | Annotated[TemplateQuestion, Tag("<own>")],
    Discriminator(
        lambda written: (
            "<narrowed>"
            if isinstance(written, Narrowed) or (isinstance(written, dict) and "only" in written)
            else "<own>"
        )
    ),
]


class OverlayFile(FileModel):
    """A template that extends another."""

    extends: Extends
    title: Maybe[Words] = None
    """If not that of the template it extends; so are the short title, the rules of adoption and the circular."""
    short_title: Maybe[Words] = None
    edition: Dotted = Field(examples=["2026.1"])
    """The trust's own edition."""
    issued: DayOrMonth = Field(examples=["2026-09-01", "2026-09"])
    issuer: Issuer
    adoption: Maybe[AdoptionRules] = None
    answers: Group[Any] = Field(default_factory=dict)
    """Questions that the trust answers for its schools; they are not asked any more."""
    clauses: ByClause[LayerChoice] = Field(default_factory=dict)
    """The trust's local changes, by clause id."""
    sections: Many[PlacedSection] = ()
    """Sections of the trust's own; the files are sections/NAME.md."""
    questions: dict[QuestionId, OverlayQuestion] = Field(default_factory=dict)
    """Questions of the trust's own, shared ones of its workspace, or which options of a question it leaves."""
    never: Many[Never] = ()
    """Combinations of answers and facts that none of its schools may have."""
    guidance: dict[Id, Words] = Field(default_factory=dict)
    circular: Maybe[Circular] = None


def extends(text: str) -> bool:
    """Whether a template.yaml extends another template."""
    return any(line.startswith("extends:") for line in text.split("\n"))


def merged_file(
    base: Located[Template], own: Located[OverlayFile], problems: Problems
) -> Located[Template]:
    """The template that a trust's schools adopt. A question or section that the base has already is a problem."""
    overlay, below = own.value, base.value
    added = {
        name: each for name, each in overlay.questions.items() if not isinstance(each, Narrowed)
    }
    for name, narrowed in overlay.questions.items():
        if isinstance(narrowed, Narrowed):
            _check_narrowed(name, narrowed, below, own, problems)
        elif name in below.questions:
            says = f"the extended template has a question `{name}` already"
            problems.add(
                "bad-value", says, own.place("questions", name, key=True), "choose another id"
            )
    sections, nodes = _sections(base, own, problems)
    kept = {
        key: value
        for key in ("title", "short_title", "adoption", "circular")
        if (value := getattr(overlay, key))
    }
    if overlay.title and not overlay.short_title:
        kept["short_title"] = overlay.title
    value = below.model_copy(
        update={
            **kept,
            "edition": overlay.edition,
            "issued": overlay.issued,
            "issuer": overlay.issuer,
            "sections": sections,
            "questions": {**below.questions, **added},
            "never": (*below.never, *overlay.never),
            "guidance": {**below.guidance, **overlay.guidance},
        }
    )
    return Located(value, own.path, _root(base.root, own.root, nodes))


def _check_narrowed(
    name: str,
    narrowed: Narrowed,
    below: Template,
    own: Located[OverlayFile],
    problems: Problems,
) -> None:
    """Note a question that the extended template does not have, or options that it does not have."""
    if name not in below.questions:
        hint = meant_or_known(name, [*below.questions])
        says = f"the extended template has no question `{name}`"
        problems.add("bad-value", says, own.place("questions", name, key=True), hint)
        return
    known = [*below.questions[name].choices]
    for index, option in enumerate(narrowed.only):
        if option not in known:
            says = f"`{name}` has no option `{option}`"
            place = own.place("questions", name, "only", index)
            problems.add("bad-value", says, place, meant_or_known(option, known))


def _sections(
    base: Located[Template], own: Located[OverlayFile], problems: Problems
) -> tuple[tuple[SectionEntry, ...], tuple[Node, ...]]:
    """The sections of both in order, each with the node in which it is written."""
    entries = [*zip(base.value.sections, items_of(base.root, "sections"), strict=True)]
    parts = (*base.value.sections, *base.value.appendices)
    taken = {entry.name for entry in parts if isinstance(entry, SectionEntry)}
    added = zip(own.value.sections, items_of(own.root, "sections"), strict=True)
    for index, (entry, node) in enumerate(added):
        names = [before.name for before, _ in entries]
        if entry.name in taken:
            says = f"the extended template has a section `{entry.name}` already"
            problems.add("bad-value", says, own.place("sections", index), "choose another name")
            continue
        if entry.after and entry.after not in names:
            says, hint = f"there is no section `{entry.after}`", meant_or_known(entry.after, names)
            problems.add("bad-value", says, own.place("sections", index, "after"), hint)
        at = names.index(entry.after) + 1 if entry.after in names else len(entries)
        made = SectionEntry(**entry.model_dump(exclude={"after"}, exclude_none=True))
        entries.insert(at, (made, node))
    return tuple(entry for entry, _ in entries), tuple(node for _, node in entries)


def _root(base: Node, own: Node, sections: tuple[Node, ...]) -> Node:
    """One tree out of the trees of two files, each node with its own place."""
    if not isinstance(base, MapNode) or not isinstance(own, MapNode):
        return own
    entries = {**base.entries, **own.entries}
    for key in ("questions", "guidance"):
        below, above = base.entries.get(key), own.entries.get(key)
        if below and above and isinstance(below.node, MapNode) and isinstance(above.node, MapNode):
            added = {
                name: entry
                for name, entry in above.node.entries.items()
                if not (isinstance(entry.node, MapNode) and "only" in entry.node.entries)
            }
            node = replace(above.node, entries={**below.node.entries, **added})
            entries[key] = replace(above, node=node)
    if below_rules := items_of(base, "never"):
        held = own.entries.get("never") or base.entries["never"]
        items = (*below_rules, *items_of(own, "never"))
        entries["never"] = replace(held, node=ListNode(held.node.place, items, flow=False))
    whole = base.entries["sections"]
    if isinstance(whole.node, ListNode):
        entries["sections"] = replace(whole, node=replace(whole.node, items=sections))
    return replace(own, entries=entries)


def layer(own: Located[OverlayFile]) -> Layer:
    """What a trust decided, in the shape of an adoption."""
    decisions: dict[str, Decision] = {}
    locked: set[str] = set()
    for identity, choice in own.value.clauses.items():
        decisions[identity] = "keep"
        if isinstance(choice, str):
            continue
        if choice.adapt == "locked":
            locked.add(identity)
        if not choice.nothing_done:
            held = choice.model_dump(exclude={"adapt"}, exclude_none=True)
            decisions[identity] = ClauseDecision(**held)
    said = StartedAdoption(
        edition=own.value.extends.edition, answers=own.value.answers, clauses=decisions
    )
    only = {
        name: each.only for name, each in own.value.questions.items() if isinstance(each, Narrowed)
    }
    decisions_file = Located(said, own.path, own.root)
    return Layer(own.value.issuer.name, decisions_file, frozenset(locked), only)


def merged_edition(
    base: Edition, own: Edition, file: Located[Template], layer: Layer, problems: Problems
) -> Edition:
    """The edition that a trust's schools adopt: `own` holds the trust's files, `file` the merged template.

    What the base includes is put in here, for the trust may have other shared texts of the same names.
    """
    sections = _with_includes(base, base.sections, problems)
    below = [*base.sections, *base.forms]
    origins = base.origins or dict.fromkeys(below, base.file.value.issuer.name)
    return replace(
        own,
        file=file,
        sections={**sections, **own.sections},
        forms=_with_includes(base, base.forms, problems),
        shared=own.shared,
        images={**base.images, **own.images},
        inputs=dict(sorted({**base.inputs, **own.inputs}.items())),
        texts={**base.texts, **own.texts},
        layers=(*base.layers, layer),
        rules=both_rules(base.rules, own.rules),
        origins={**origins, **dict.fromkeys(own.sections, layer.issuer)},
    )


def _with_includes(
    edition: Edition, texts: Mapping[str, Source], problems: Problems
) -> dict[str, Source]:
    return {name: with_includes(text, edition.shared, problems) for name, text in texts.items()}
