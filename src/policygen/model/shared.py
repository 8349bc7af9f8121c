"""Questions that an issuer declares once for all its templates, and how a template reads one.

They stand in shared/questions.yaml, beside the shared texts. A template names one in its own `questions:`, as `shared`
or as a group with what is its own. Here the declaration is put into the tree of template.yaml before that is read, so
that to everything else it is a question like any other, each part with the place where it is written.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from policygen.files.fields import FileModel, Group, Id, Label, Many, Maybe, Words, YesNo
from policygen.files.hints import known_keys
from policygen.files.yamlfile import Located
from policygen.files.yamltree import (
    Entry,
    ListNode,
    MapNode,
    Node,
    TextNode,
    entries_of,
    items_of,
    plain,
)
from policygen.ground.diagnostics import Problems
from policygen.ground.wording import meant_or_known
from policygen.language.marks import names_in
from policygen.model.question import AnyQuestion, Question, QuestionId


class Never(FileModel):
    """A combination of answers and facts that no school may have."""

    when: Words = Field(examples=["answers.ai_pupils == 'none' and school.phase == 'secondary'"])
    """The condition that must not hold."""
    why: Words
    """What is wrong with it, to the school."""

    @property
    def names(self) -> tuple[str, ...]:
        """The ids of the questions that its condition reads, in the order in which it names them."""
        named = names_in(f"{{{{ {self.when} }}}}")
        asked = (name.split(".")[1] for name in named if name.startswith("answers."))
        return tuple(dict.fromkeys(asked))


class SharedFile(FileModel):
    """What an issuer declares once for all its templates."""

    questions: dict[QuestionId, Question] = Field(default_factory=dict)
    """Questions that templates name in their own `questions:`; a school answers each once for all its policies."""
    never: Many[Never] = ()
    """Combinations of answers that no school may have."""


class SharedUse(FileModel):
    """What a template says of a shared question that it reads."""

    shared: YesNo
    clauses: Many[Id] = ()
    """The clauses of this template that it decides."""
    guidance: Maybe[Words] = None
    """What the school should know besides, for this policy."""
    when: Maybe[Words] = None
    """Asked for this policy only if this holds."""
    prints: dict[Id, Label] = Field(default_factory=dict)
    """Words of options, where the sentences of this template need others: “your” for “their”."""


TemplateQuestion = Annotated[
    Question,
    BeforeValidator(
        lambda written: written,
        json_schema_input_type=Literal["shared"] | SharedUse | Question,
    ),
]
"""A question of a template: its own, or one that it shares with others."""


class AnswersFile(FileModel):
    """A school's answers to the questions that several of its policies share."""

    answers: Group[object] = Field(default_factory=dict)
    """By question, as written; each policy gives them their types."""


# --- into the tree of template.yaml -----------------------------------------------------------------------------------

_OWN_KEYS = tuple(SharedUse.model_fields)


def declarations(shared: Located[SharedFile]) -> dict[str, Entry]:
    """Each shared question as it is written, by its id."""
    return entries_of(shared.root, "questions")


def without_shared(root: Node, problems: Problems) -> Node:  # noqa: ARG001
    """The tree of a template.yaml without the shared questions that it reads, where nobody needs them."""
    kept = {
        name: each for name, each in entries_of(root, "questions").items() if not _is_use(each.node)
    }
    return _with_questions(root, kept)


def with_declared(root: Node, problems: Problems, *, declared: Mapping[str, Entry]) -> Node:
    """The tree of a template.yaml with the declaration of each shared question in its place.

    Notes one that is not declared, and one with the id of a shared question that says neither `shared` nor `own`.
    """
    entries = entries_of(root, "questions")
    return _with_questions(
        root, {name: _read(name, entry, declared, problems) for name, entry in entries.items()}
    )


def _with_questions(root: Node, entries: dict[str, Entry]) -> Node:
    held = root.entries.get("questions") if isinstance(root, MapNode) else None
    if not isinstance(root, MapNode) or held is None or not isinstance(held.node, MapNode):
        return root
    questions = replace(held, node=replace(held.node, entries=entries))
    return replace(root, entries={**root.entries, "questions": questions})


def _read(name: str, entry: Entry, declared: Mapping[str, Entry], problems: Problems) -> Entry:
    node = entry.node
    own = node.entries if isinstance(node, MapNode) else {}
    if not _is_use(node):
        # With `only`, a template that extends another narrows the question of that one.
        if name in declared and not _says_yes(own, "own") and "only" not in own:
            problems.add(
                "shared-question",
                f"`{name}` is a shared question, and this template asks it by itself",
                entry.key,
                f"write `{name}: shared`",
                "or write `own: yes` in it, if it only has the same name",
            )
        return entry
    if name not in declared:
        hint = meant_or_known(name, [*declared])
        hint = hint or "declare it in templates/shared/questions.yaml"
        says = f"there is no shared question `{name}`"
        problems.add("shared-question", says, entry.key, hint)
        return replace(entry, node=TextNode(node.place, "shared", refused=True))
    for key, each in own.items():
        if key not in _OWN_KEYS:
            says = f"`{key}` of a shared question stands in its declaration"
            hint = known_keys(key, _OWN_KEYS)
            problems.add("unknown-key", says, each.key, hint)
    below = declared[name].node
    if not isinstance(below, MapNode):
        return entry
    place = entry.key
    said = {key: each for key, each in own.items() if key not in ("shared", "prints", "guidance")}
    made = {**below.entries, **said, "shared": Entry(place, TextNode(place, "yes"))}
    if "guidance" in own:
        made["guidance"] = _joined(below.entries.get("guidance"), own["guidance"])
    if "prints" in own:
        made["options"] = _reworded(below.entries.get("options"), own["prints"], problems)
    return replace(entry, node=MapNode(node.place, made, flow=False))


def _is_use(node: Node) -> bool:
    if isinstance(node, TextNode):
        return node.written == "shared"
    return isinstance(node, MapNode) and _says_yes(node.entries, "shared")


def _says_yes(entries: Mapping[str, Entry], key: str) -> bool:
    entry = entries.get(key)
    said = plain(entry.node) if entry else None
    return said is True or (isinstance(said, str) and said.lower() == "yes")


def _joined(below: Entry | None, own: Entry) -> Entry:
    """The guidance of the declaration, and what a template adds to it."""
    if below and isinstance(below.node, TextNode) and isinstance(own.node, TextNode):
        written = f"{below.node.written.strip()} {own.node.written}"
        return replace(own, node=replace(own.node, written=written))
    return own


def _reworded(below: Entry | None, prints: Entry, problems: Problems) -> Entry:
    """The options of a declaration with the words that they print in one template."""
    options = below.node.entries if below and isinstance(below.node, MapNode) else {}
    made = dict(options)
    for name, words in prints.node.entries.items() if isinstance(prints.node, MapNode) else ():
        if name not in options:
            hint = meant_or_known(name, [*options])
            problems.add("bad-value", f"there is no option `{name}`", words.key, hint)
            continue
        option = options[name].node
        held = option.entries if isinstance(option, MapNode) else {}
        label = held.get("label") or Entry(options[name].key, option)
        node = MapNode(option.place, {**held, "label": label, "prints": words}, flow=False)
        made[name] = replace(options[name], node=node)
    if below is None:
        return prints
    return replace(below, node=MapNode(below.node.place, made, flow=False))


# --- the part of it that one edition needs ----------------------------------------------------------------------------


def rules_of(
    shared: Located[SharedFile] | None, questions: Mapping[str, AnyQuestion]
) -> Located[SharedFile] | None:
    """What concerns a template with these questions: those that it shares, and what must never be with one of them.

    A combination can be of answers in two policies, so the other questions that it names belong to it, too.
    """
    if shared is None:
        return None
    used, known = {name for name, each in questions.items() if each.shared}, shared.value.questions
    never = [
        index for index, each in enumerate(shared.value.never) if used.intersection(each.names)
    ]
    for index in never:
        used.update(name for name in shared.value.never[index].names if name in known)
    if not used:
        return None
    return _cut(shared, used, never)


def _cut(
    shared: Located[SharedFile], questions: Collection[str], never: Collection[int]
) -> Located[SharedFile]:
    value = SharedFile(
        questions={key: each for key, each in shared.value.questions.items() if key in questions},
        never=tuple(shared.value.never[index] for index in never),
    )
    root = shared.root
    if not isinstance(root, MapNode):
        return shared
    entries = dict(root.entries)
    held, rules = entries.get("questions"), entries.get("never")
    if held and isinstance(held.node, MapNode):
        kept = {key: each for key, each in held.node.entries.items() if key in questions}
        entries["questions"] = replace(held, node=replace(held.node, entries=kept))
    if rules and isinstance(rules.node, ListNode):
        items = tuple(rules.node.items[index] for index in never)
        entries["never"] = replace(rules, node=replace(rules.node, items=items))
    return Located(value, shared.path, replace(root, entries=entries))


def both_rules(
    base: Located[SharedFile] | None, own: Located[SharedFile] | None
) -> Located[SharedFile] | None:
    """What concerns a template that extends another: the rules of both, each with its place."""
    if base is None or own is None:
        return base or own
    value = SharedFile(
        questions={**base.value.questions, **own.value.questions},
        never=(*base.value.never, *own.value.never),
    )
    items = (*items_of(base.root, "never"), *items_of(own.root, "never"))
    place = own.root.place
    never = Entry(place, ListNode(place, items, flow=False))
    return Located(value, own.path, MapNode(place, {"never": never}, flow=False))
