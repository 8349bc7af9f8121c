"""What an edition changes, for its circular: where, the words of it, whether schools must take it, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from policygen.compare.comparison import Comparison, Kind, Pair, compare
from policygen.compare.lines import MarkedLine, Words, come, gone, marked
from policygen.compare.summary import Redline, Side, named
from policygen.compare.units import Line
from policygen.compare.words import tokens
from policygen.editions.differences import differences, in_brief
from policygen.editions.in_words import Words as InWords
from policygen.editions.units import WrittenUnit, written_document, written_units
from policygen.ground.dates import printed_day
from policygen.ground.diagnostics import Problems
from policygen.ground.wording import join_and, sentence_case
from policygen.language.document import Text
from policygen.model.edition_record import ChangeNote, EditionRecord, declared
from policygen.model.question import AnyQuestion
from policygen.model.template import Template
from policygen.model.workspace import Edition

_KEYS = {
    "title": "the title of the policy",
    "short_title": "the short title of the policy",
    "issuer": "the issuer",
    "adoption": "the approving body or the review",
    "cover": "the cover",
    "record": "the approval record",
    "numbering": "the numbering",
    "labels": "the labels of lists",
    "nouns": "the nouns of references",
    "contents": "the contents",
    "sections": "the order of the sections",
    "forms": "the order of the forms",
    "appendices": "the order of the appendices",
}

_WORDED = ("clause", "block")
"""Kinds of unit that are called by their words; the others have a title."""
_FATES: dict[Kind, str] = {
    "same": "unchanged",
    "reworded": "changed",
    "added": "new",
    "removed": "no longer there",
    "moved": "moved",
}


def edition_redline(previous: Edition, edition: Edition, record: EditionRecord) -> Redline:
    """An edition beside the one before it, as their author wrote them."""
    before, after = written_document(previous), written_document(edition)
    comparison = compare(before, after, declared([record]))
    return Redline(comparison, _side(previous), _side(edition), after.school_name)


def _side(edition: Edition) -> Side:
    template = edition.file.value
    return Side(f"edition {template.edition}", f"issued {printed_day(template.issued)}")


@dataclass(frozen=True, slots=True)
class Spot:
    """One thing that changed: where it stands, what happened to it, and its words."""

    heading: str
    """Of the section around it; of a question or key, what it is."""
    name: str
    """How people find it there: "1.5", "footnote 1"; empty where the heading alone says it."""
    happened: str
    """Such as "changed", "merged from “Keys are …”"."""
    number: int = 0
    """Which change of the redline of the edition it is, counted from 1; 0 for one that no text shows."""
    lines: tuple[MarkedLine, ...] = ()
    notes: tuple[str, ...] = ()
    """What changed beside the words of its lines."""

    @property
    def said(self) -> str:
        """Such as "Holding keys: 1.5, changed"."""
        where = f"{self.heading}: {self.name}" if self.name else self.heading
        return f"{where}, {self.happened}"


@dataclass(frozen=True)
class AnnouncedChange:
    """What changed for one reason."""

    spots: tuple[Spot, ...]
    must: bool | None
    """Whether schools must take it; None of what is retired, which nobody can take."""
    material: bool | None
    """None of a question or option that is retired: what it printed has a class of its own."""
    reason: str
    again: bool = False
    """Whether schools that chose it are asked again."""


@dataclass(frozen=True)
class _Told:
    """What is needed to say of an id what happened to it."""

    old: Template
    new: Template
    before: Mapping[str, WrittenUnit]
    now: Mapping[str, WrittenUnit]
    record: EditionRecord
    kinds: Mapping[str, set[str]]
    """How each id and question differs, by name."""
    pairs: Mapping[str, Sequence[tuple[int, Pair]]]
    """The changes of the redline by the id that they are explained under, each with its number."""


def announced_changes(
    old: Edition, new: Edition, record: EditionRecord, comparison: Comparison
) -> tuple[AnnouncedChange, ...]:
    """Every change of an edition, as its record explains it; what is retired comes last.

    `comparison` is that of the redline which stands beside the list.
    """
    kinds: dict[str, set[str]] = {}
    for difference in differences(old, new, record.renamed, record.answers.renamed):
        kinds.setdefault(difference.name, set()).add(difference.kind)
    pairs: dict[str, list[tuple[int, Pair]]] = {}
    for number, pair in enumerate(comparison.changes, 1):
        # What has no id of its own is explained under the section around it, the title of the policy under that key.
        unit = pair.unit
        key = unit.id.partition(":")[0] or unit.section or "title"
        for each in dict.fromkeys((key, *pair.inner)):
            pairs.setdefault(each, []).append((number, pair))
    templates = old.file.value, new.file.value
    told = _Told(*templates, written_units(old), written_units(new), record, kinds, pairs)
    rows = []
    for note in record.changes:
        spots = tuple(_spots(note, told))
        if spots:
            rows.append(AnnouncedChange(spots, note.must, note.class_ == "material", note.reason))
    return (*rows, *_retired(told))


def _spots(note: ChangeNote, told: _Told) -> Iterator[Spot]:
    becomes = told.record.new_ids
    ids: dict[str, None] = {}
    for named_ in note.clauses:
        # A note may name a clause by the id that it had before.
        now = (named_,) if named_ in told.now else becomes.get(named_, ())
        ids |= dict.fromkeys(now)
    for identity in ids:
        if identity in told.now:
            yield from _of_unit(told.now[identity], _happened(identity, told), told)
    for name in note.questions:
        if name in told.old.questions or name in told.new.questions:
            yield _of_question(name, told)
    for key in note.keys:
        what = sentence_case(_KEYS.get(key, key))
        shown = told.pairs.get("title", ()) if key == "title" else ()
        yield from [_shown(each, what, "changed") for each in shown] or [Spot(what, "", "changed")]


def _of_unit(unit: WrittenUnit, happened: str, told: _Told) -> Iterator[Spot]:
    """What changed in a clause, or in what a section holds beside clauses."""
    shown = told.pairs.get(unit.id, ())
    if not shown:
        # Nothing of it prints otherwise: who signs a form, or whom a part is for.
        name = "" if unit.kind in _WORDED else unit.kind
        yield Spot(unit.heading, name, happened)
    for number, pair in shown:
        if unit.id in pair.inner:
            yield _part_shown(number, pair, unit, happened)
            continue
        is_itself = pair.unit.id == unit.id
        fate = happened if is_itself else _FATES[pair.kind]
        yield _shown((number, pair), unit.heading, fate)


def _part_shown(number: int, pair: Pair, unit: WrittenUnit, happened: str) -> Spot:
    """What changed in a clause within another one: an item is found by its letter, "2.2(b)"."""
    lines = tuple(each for each in pair.lines if each.line.clause == unit.id)
    label = lines[0].line.label if pair.unit.label else ""
    return Spot(unit.heading, f"{named(pair)}{label}", happened, number, lines)


def _shown(numbered: tuple[int, Pair], heading: str, happened: str) -> Spot:
    number, pair = numbered
    name = "title" if pair.unit.kind == "title" else named(pair)
    return Spot(heading, name, happened, number, pair.lines, pair.notes)


def _happened(identity: str, told: _Told) -> str:
    """What happened to a clause that is there now: "split from “Keys are …”", "moved here from “Visitors”"."""
    record, kinds = told.record, told.kinds.get(identity, set())
    if identity in record.merged:
        return f"merged from {_quoted(record.merged[identity], told)}"
    split = [old for old, news in record.split.items() if identity in news]
    if split:
        return f"split from {_quoted(split, told)}"
    old_names = {new: old for old, new in record.renamed.items()}
    was = told.before.get(old_names.get(identity, identity))
    if was is None:
        return "new"
    if "moved" not in kinds:
        return "changed"
    moved = "moved"
    left = told.before.get(was.around)
    if left is not None:
        moved = f"moved here from “{left.heading}”"
    if "changed" in kinds:
        return f"changed, {moved}"
    return moved


def _quoted(ids: Iterable[str], told: _Told) -> str:
    """What stood under ids of the edition before, by its first words or its title: schools never see an id."""
    called = []
    for identity in ids:
        unit = told.before.get(identity)
        if unit is None:
            continue
        words = unit.heading
        if unit.kind in _WORDED:
            words = in_brief(unit.spoken, 8)
        called.append(f"“{words}”")
    return join_and(called)


def _retired(told: _Told) -> Iterator[AnnouncedChange]:
    """The clauses, questions and options that are gone for good, with the reason of each."""
    for identity, reason in told.record.retired.items():
        note = told.record.notes.get(identity)
        material = note is None or note.class_ == "material"
        spots = tuple(_of_unit(told.before[identity], "retired", told))
        yield AnnouncedChange(spots, None, material, reason)
    for name, reason in told.record.answers.retired.items():
        asked, _, option = name.partition(".")
        spot = _of_question(asked, told)
        if option:
            spot = replace(spot, happened="an option is retired")
        yield AnnouncedChange((spot,), None, None, reason, again=bool(option))


# --- questions --------------------------------------------------------------------------------------------------------


def _of_question(name: str, told: _Told) -> Spot:
    """A question of the edition before or of this one, with its words and options as they were and as they are."""
    renamed = told.record.answers.renamed
    names = {new: old for old, new in renamed.items()}
    was = told.old.questions.get(names.get(name, name))
    now = told.new.questions.get(renamed.get(name, name))
    spot = Spot("Question to schools", "", "changed")
    match was, now:
        case None, None:
            return spot
        case None, _:
            return replace(spot, happened="new", lines=come(_asked(now, told.new)))
        case _, None:
            return replace(spot, happened="no longer asked", lines=gone(_asked(was, told.old)))
        case _:
            lines = marked(_asked(was, told.old), _asked(now, told.new))
            notes: tuple[str, ...] = ()
            if all(line.change == "same" for line in lines):
                notes = ("what may be answered, or when it is asked, is no longer the same",)
            return replace(spot, lines=lines, notes=notes)


def _asked(question: AnyQuestion | None, template: Template) -> tuple[Words, ...]:
    """What a school reads of a question: what it asks, and of each option what it prints and where it is offered."""
    if question is None:
        return ()
    lines = [Line("paragraph", ((Text(question.ask),),))]
    for option in question.choices.values():
        words = option.label
        if option.prints and option.prints != option.label:
            words += f" (prints “{option.prints}”)"
        if option.when:
            words += f" (only where {InWords(template).condition(option.when, {}).yes})"
        lines.append(Line("item", ((Text(words),),), depth=1))
    return tuple(Words(line, (tuple(tokens(line.cells[0], "issuer")),)) for line in lines)


def check_circular(old: Edition | None, new: Edition, edition: str, problems: Problems) -> None:
    """Note an edition that goes out without a circular, or with the main points of the last one."""
    circular, last = new.file.value.circular, old.file.value if old else None
    if circular is None:
        says = f"edition `{edition}` goes out without a circular: template.yaml has no `circular:`"
        name = f"{new.template_id}@{edition}"
        hint = f"write `circular:` there, and `policygen announce {name}` makes it"
        problems.add("edition-circular", says, new.file.place(), hint)
    elif last and last.circular and circular.summary == last.circular.summary:
        says = f"the circular has the main points of edition `{last.edition}`, word for word"
        hint = "write under `summary:` what is new"
        place = new.file.place("circular", "summary", key=True)
        problems.add("edition-circular", says, place, hint)
