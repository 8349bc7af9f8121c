"""What differs between a published edition and the working template: by id, whatever the numbers and the order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, is_dataclass, replace
from difflib import SequenceMatcher
from itertools import islice
from typing import Any, Literal, assert_never

from policygen.editions.in_words import Words
from policygen.editions.units import WrittenUnit, written_units
from policygen.ground import paths
from policygen.ground.diagnostics import Place
from policygen.ground.wording import lower_first
from policygen.language.document import ReferenceMark, rebuild
from policygen.model.question import AnyQuestion
from policygen.model.template import Template
from policygen.model.workspace import Edition

Where = Literal["clauses", "questions", "keys"]
"""Under which key of changes.yaml it is named."""
Kind = Literal["added", "removed", "changed", "moved"]

_PLAIN = (
    "title",
    "short_title",
    "issuer",
    "adoption",
    "cover",
    "record",
    "record_rows",
    "numbering",
    "labels",
    "nouns",
    "contents",
)
"""Keys of template.yaml that print, or that say what an adoption needs."""
_ORDERED = ("sections", "forms", "appendices")
KEYS = (*_PLAIN, "never", "facts", *_ORDERED)
"""The keys of template.yaml whose change needs a reason."""
_UNSEEN = {"guidance", "suggested", "clauses", "topic", "own"}
"""Keys of a question that neither print nor limit an answer."""
_OF_THE_EDITION = {"edition", "issued", "circular"}
"""Keys of template.yaml that no school adopts."""


@dataclass(frozen=True)
class Difference:
    """One thing that differs."""

    where: Where
    name: str
    kind: Kind
    label: str
    """What it is, in words: "clause `mfa`"."""
    old: str = ""
    new: str = ""
    place: Place | None = None
    around: str = ""
    """The id of the section that a clause stands in now."""
    covered: tuple[str, ...] = ()
    """The new sections around a clause that is new or came there: the reason for one of them is its reason, too."""


@dataclass(frozen=True)
class LostOption:
    """An option of a question that the edition before had."""

    question: str
    """Its name in the edition before."""
    option: str
    place: Place | None


def differences(
    old: Edition, new: Edition, renamed: Mapping[str, str], renamed_questions: Mapping[str, str]
) -> tuple[Difference, ...]:
    """All that differs, in the order of the new edition; what is gone comes last."""
    return (
        *_key_differences(old, new),
        *_unit_differences(written_units(old), written_units(new), renamed),
        *_question_differences(old.file.value, new, renamed_questions),
    )


def lost_options(
    old: Edition, new: Edition, renamed_questions: Mapping[str, str]
) -> tuple[LostOption, ...]:
    """The options that questions of the edition before had and that they lack now."""
    lost = []
    for name, question in old.file.value.questions.items():
        now_name = renamed_questions.get(name, name)
        now = new.file.value.questions.get(now_name)
        if now is None or not now.choices:
            continue
        place = new.file.place("questions", now_name, "options", key=True)
        for option in question.choices:
            if option not in now.choices:
                lost += [LostOption(name, option, place)]
    return tuple(lost)


# --- clauses, sections, forms ----------------------------------------------------------------------------------------


def _unit_differences(
    old: Mapping[str, WrittenUnit], new: Mapping[str, WrittenUnit], renamed: Mapping[str, str]
) -> Iterator[Difference]:
    before = {renamed.get(identity, identity): unit for identity, unit in old.items()}
    for identity, unit in new.items():
        was = before.get(identity)
        found = Difference("clauses", identity, "added", _label(unit), place=unit.place)
        covered = tuple(section for section in _around(unit, new) if section not in before)
        if was is None:
            yield replace(found, new=unit.words, around=unit.around, covered=covered)
            continue
        if _compared(was, renamed) != _compared(unit, {}):
            yield replace(found, kind="changed", old=was.words, new=unit.words)
        if renamed.get(was.around, was.around) != unit.around:
            moved = replace(found, kind="moved", old=was.around, new=unit.around)
            yield replace(moved, around=unit.around, covered=covered)
    for identity, unit in old.items():
        if renamed.get(identity, identity) not in new:
            yield Difference("clauses", identity, "removed", _label(unit), unit.words)


def _label(unit: WrittenUnit) -> str:
    return f"{unit.kind} `{unit.id}`"


def _around(unit: WrittenUnit, units: Mapping[str, WrittenUnit]) -> Iterator[str]:
    """The sections around a unit, innermost first."""
    around = unit.around
    while around:
        yield around
        around = units[around].around if around in units else ""


def _compared(unit: WrittenUnit, renamed: Mapping[str, str]) -> tuple[Any, ...]:
    """What is compared of a unit: all but its own id, with the new ids of what it refers to."""

    def with_new_targets(node: Any) -> Any:
        if not isinstance(node, ReferenceMark):
            return node
        return replace(node, targets=tuple(renamed.get(target, target) for target in node.targets))

    compared = []
    for part in unit.content:
        if is_dataclass(part) and not isinstance(part, type):
            compared.append(rebuild(replace(part, id=""), with_new_targets))
        else:
            compared.append(part)
    return tuple(compared)


# --- questions and keys ----------------------------------------------------------------------------------------------


def _question_differences(
    old: Template, new: Edition, renamed: Mapping[str, str]
) -> Iterator[Difference]:
    before = {renamed.get(name, name): question for name, question in old.questions.items()}
    for name, question in new.file.value.questions.items():
        was, place = before.get(name), new.file.place("questions", name, key=True)
        found = Difference("questions", name, "added", f"question `{name}`", place=place)
        if was is None:
            yield replace(found, new=question.ask)
        elif (old_keys := _asked(was)) != (new_keys := _asked(question)):
            old_words = _differing(old_keys, new_keys, old)
            new_words = _differing(new_keys, old_keys, new.file.value)
            yield replace(found, kind="changed", old=old_words, new=new_words)
    for name, question in old.questions.items():
        if renamed.get(name, name) not in new.file.value.questions:
            yield Difference("questions", name, "removed", f"question `{name}`", question.ask)


def _asked(question: AnyQuestion) -> dict[str, Any]:
    return question.model_dump(exclude=_UNSEEN)


def _differing(asked: dict[str, Any], other: dict[str, Any], template: Template) -> str:
    """Those keys of a question that another one has not, or not so."""
    said = []
    for key, value in asked.items():
        if value is None or value == other.get(key):
            continue
        shown = value
        if key == "options":
            shown = _options(value, other.get(key) or {}, template)
        elif key == "when":
            shown = f"only where {Words(template).condition(value, {}).yes}"
        said.append(f"{key}: {shown}")
    return "; ".join(said)


def _options(options: Mapping[str, Any], others: Mapping[str, Any], template: Template) -> str:
    """The options that another question has not, or not so; all keys where only their order differs."""
    said = []
    for key, option in options.items():
        if option != others.get(key):
            words = [option[part] for part in ("label", "prints") if option[part] is not None]
            if option["when"]:
                words.append(f"only where {Words(template).condition(option['when'], {}).yes}")
            said.append(f"{key} ({', '.join(words)})")
    return ", ".join(said or options)


def _key_differences(old: Edition, new: Edition) -> Iterator[Difference]:
    before, now = old.file.value, new.file.value
    for key in _PLAIN:
        was, value = getattr(before, key), getattr(now, key)
        if was != value:
            label, place = f"`{key}` of template.yaml", new.file.place(key, key=True)
            yield Difference("keys", key, "changed", label, _said(was), _said(value), place)
    if (rules := _never(old)) != (now_rules := _never(new)):
        label, place = "what `never` excludes", new.file.place("never", key=True)
        gone, came = _whys(rules, now_rules), _whys(now_rules, rules)
        yield Difference("keys", "never", "changed", label, gone, came, place)
    if (classes := _classes(before, now)) != (now_classes := _classes(now, before)):
        label, place = "which facts are details", new.file.place()
        yield Difference("keys", "facts", "changed", label, classes, now_classes, place)
    for key in _ORDERED:
        old_names = [entry.name for entry in getattr(before, key)]
        new_names = [entry.name for entry in getattr(now, key)]
        # What came or went is a change of its own; here counts only in which order the others stand.
        old_order = [name for name in old_names if name in new_names]
        new_order = [name for name in new_names if name in old_names]
        if old_order != new_order:
            label, place = f"the order of `{key}` in template.yaml", new.file.place(key, key=True)
            orders = (", ".join(old_order), ", ".join(new_order))
            yield Difference("keys", key, "changed", label, *orders, place)


def _never(edition: Edition) -> list[dict[str, str]]:
    """The combinations that an edition excludes, its own and those of shared questions."""
    shared = edition.rules.value.never if edition.rules else ()
    return [each.model_dump() for each in (*edition.file.value.never, *shared)]


def _classes(template: Template, other: Template) -> str:
    """The class of each fact that is of another one in another edition."""
    others = other.facts
    return "; ".join(
        f"{fact.path}: {'details' if fact.details else 'material'}"
        for fact in template.facts.values()
        if fact.path in others and others[fact.path].details != fact.details
    )


def _whys(rules: Sequence[dict[str, str]], others: Sequence[dict[str, str]]) -> str:
    return "; ".join(each["why"] for each in rules if each not in others)


def _said(value: Any) -> str:
    if isinstance(value, tuple):
        return "; ".join(map(_said, value))
    if not hasattr(value, "model_dump"):
        return str(value)
    held = value.model_dump(exclude_none=True)
    return ", ".join(f"{key}: {held[key]}" for key in held)


def in_brief(text: str, words: int = 12) -> str:
    """The first words of a text."""
    said = text.split()
    brief = " ".join(said[:words])
    if len(said) <= words or brief.endswith("…"):
        return brief
    return f"{brief} …"


_AROUND = 4
"""Words that are shown before and behind those that differ."""
_LONGEST, _PLACES = 18, 3
"""How many words are shown of a place, and of how many places."""


def differing_parts(old: str, new: str) -> tuple[str, str]:
    """Two texts, each cut to the first places where they differ, with a few words around them."""
    before, after = old.split(), new.split()
    was, now = list[str](), list[str]()
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for group in islice(matcher.get_grouped_opcodes(_AROUND), _PLACES):
        _, left, _, right, _ = group[0]
        _, _, left_end, _, right_end = group[-1]
        was += _stretch(before, left, left_end)
        now += _stretch(after, right, right_end)
    return _joined(was), _joined(now)


def _stretch(words: Sequence[str], first: int, end: int) -> list[str]:
    """The words from one place to another, with dots where others stand around them."""
    last = min(end, first + _LONGEST)
    return [*["…"][: first > 0], *words[first:last], *["…"][: last < len(words)]]


def _joined(words: Sequence[str]) -> str:
    """Words in a row; dots that follow one another are one gap."""
    return " ".join(words).replace("… …", "…")


def named(differing: Sequence[Difference], where: Where) -> dict[str, Difference]:
    """What needs a reason, by name: all but what is gone. Of what changed and moved, the change."""
    found: dict[str, Difference] = {}
    for each in differing:
        if each.where == where and each.kind != "removed":
            found.setdefault(each.name, each)
    return found


def same_text(
    old: Edition, new: Edition, before: Mapping[str, str], now: Mapping[str, str]
) -> bool:
    """Whether a school would get the same twice.

    `before` and `now` are the digests of all files by name. Of template.yaml counts what is said, but for its edition,
    its day of issue and its circular.
    """
    own = {paths.TEMPLATE, paths.CHANGES, f"{paths.SHARED}/{paths.SHARED_QUESTIONS}"}
    if any(before.get(name) != now.get(name) for name in {*before, *now} - own):
        return False
    said = old.file.value.model_dump(exclude=_OF_THE_EDITION)
    if said != new.file.value.model_dump(exclude=_OF_THE_EDITION):
        return False
    return _never(old) == _never(new)


def what_happened(difference: Difference) -> str:
    """What differs, in words: "clause `mfa` is new"."""
    label = lower_first(difference.label)
    match difference.kind:
        case "added":
            return f"{label} is new"
        case "removed":
            return f"{label} is gone"
        case "changed":
            return f"{label} has changed"
        case "moved":
            return f"{label} has moved"
        case _:
            assert_never(difference.kind)
