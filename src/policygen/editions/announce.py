"""What an edition changes, in the words of its circular: where, what, whether schools must take it, and why."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from policygen.compare.comparison import compare
from policygen.compare.summary import Redline, Side
from policygen.editions.differences import differences, differing_parts, in_brief
from policygen.editions.units import WrittenUnit, written_document, written_units
from policygen.ground.dates import long_date
from policygen.ground.diagnostics import Problems
from policygen.ground.wording import join_and, sentence_case
from policygen.model.edition_record import ChangeNote, EditionRecord, declared
from policygen.model.workspace import Edition

_KEYS = {
    "title": "the title of the policy",
    "short_title": "the short title of the policy",
    "issuer": "the issuer",
    "adoption": "the approving body or the review",
    "cover": "the cover",
    "record": "the approval record",
    "numbering": "the numbering",
    "contents": "the contents",
    "sections": "the order of the sections",
    "forms": "the order of the forms",
    "appendices": "the order of the appendices",
}

_WORDED = ("clause", "block")
"""Kinds of unit that are called by their words; the others have a title."""


def edition_redline(previous: Edition, edition: Edition, record: EditionRecord) -> Redline:
    """An edition beside the one before it, as their author wrote them."""
    before, after = written_document(previous), written_document(edition)
    comparison = compare(before, after, declared([record]))
    return Redline(comparison, _side(previous), _side(edition), after.school_name)


def _side(edition: Edition) -> Side:
    template = edition.file.value
    return Side(f"edition {template.edition}", f"issued {long_date(template.issued)}")


@dataclass(frozen=True)
class AnnouncedChange:
    """One row of the list of changes."""

    what: tuple[str, ...]
    """Where and what, a line each: "Passwords, changed: “Staff choose …”"."""
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

    before: Mapping[str, WrittenUnit]
    now: Mapping[str, WrittenUnit]
    record: EditionRecord
    kinds: Mapping[str, set[str]]
    """How each id and question differs, by name."""


def announced_changes(
    old: Edition, new: Edition, record: EditionRecord
) -> tuple[AnnouncedChange, ...]:
    """Every change of an edition, as its record explains it; what is retired comes last."""
    kinds: dict[str, set[str]] = {}
    for difference in differences(old, new, record.renamed, record.answers.renamed):
        kinds.setdefault(difference.name, set()).add(difference.kind)
    told = _Told(written_units(old), written_units(new), record, kinds)
    rows = []
    for note in record.changes:
        what = tuple(_what(note, old, new, told))
        if what:
            is_material = note.class_ == "material"
            rows.append(AnnouncedChange(what, note.must, is_material, note.reason))
    return (*rows, *_retired(old, told))


def _what(note: ChangeNote, old: Edition, new: Edition, told: _Told) -> Iterator[str]:
    becomes = told.record.new_ids
    ids: dict[str, None] = {}
    for named in note.clauses:
        # A note may name a clause by the id that it had before.
        now = (named,) if named in told.now else becomes.get(named, ())
        ids |= dict.fromkeys(now)
    for identity in ids:
        if identity in told.now:
            yield _changed(told.now[identity], _happened(identity, told), told)
    for name in note.questions:
        question = new.file.value.questions.get(name) or old.file.value.questions.get(name)
        if question is not None:
            happened = _happened_to_question(told.kinds.get(name, set()))
            yield f"Question to schools, {happened}: “{question.ask}”"
    for key in note.keys:
        yield f"{sentence_case(_KEYS.get(key, key))}, changed"


def _happened_to_question(kinds: Collection[str]) -> str:
    if "added" in kinds:
        return "new"
    if "removed" in kinds:
        return "no longer asked"
    return "changed"


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


def _retired(old: Edition, told: _Told) -> Iterator[AnnouncedChange]:
    """The clauses, questions and options that are gone for good, with the reason of each."""
    for identity, reason in told.record.retired.items():
        note = told.record.notes.get(identity)
        material = note is None or note.class_ == "material"
        yield AnnouncedChange((_clause(told.before[identity], "retired"),), None, material, reason)
    for name, reason in told.record.answers.retired.items():
        asked, _, option = name.partition(".")
        question = old.file.value.questions[asked]
        what = f"Question to schools, retired: “{question.ask}”"
        chosen = question.choices.get(option)
        if chosen is not None:
            what = f"Question to schools, “{question.ask}”, option retired: “{chosen.label}”"
        yield AnnouncedChange((what,), None, None, reason, again=bool(option))


def _changed(unit: WrittenUnit, happened: str, told: _Told) -> str:
    """What happened to a clause, with the words that differ as they were and as they are."""
    old_names = {new: old for old, new in told.record.renamed.items()}
    before = told.before.get(old_names.get(unit.id, unit.id))
    if before is None or before.spoken == unit.spoken or unit.kind not in _WORDED:
        return _clause(unit, happened)
    was, now = differing_parts(before.spoken, unit.spoken, 30)
    return f"{unit.heading}, {happened}: “{now}”; was: “{was}”"


def _clause(unit: WrittenUnit, happened: str) -> str:
    if unit.kind in _WORDED:
        return f"{unit.heading}, {happened}: “{in_brief(unit.spoken)}”"
    return f"{unit.heading} ({unit.kind}), {happened}"


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
