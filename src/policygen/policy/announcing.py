"""What an edition changes, in the words of its circular: where, what, whether schools must take it, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from policygen.compare.comparison import compare
from policygen.compare.summary import Redline, Side
from policygen.ground.wording import long_date, sentence_case
from policygen.policy.edition_changes import differences, in_brief
from policygen.policy.edition_record import declared
from policygen.policy.written import written_document, written_units

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from policygen.policy.edition import Edition
    from policygen.policy.edition_record import ChangeNote, EditionRecord
    from policygen.policy.written import WrittenUnit

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
    must: bool
    material: bool
    reason: str


def announced_changes(old: Edition, new: Edition, record: EditionRecord) -> tuple[AnnouncedChange, ...]:
    """Every change of an edition, as its record explains it."""
    before, now = written_units(old), written_units(new)
    told = {each.name: each.kind for each in differences(old, new, record.renamed, record.answers.renamed)}
    rows = [
        AnnouncedChange(what, note.must, note.class_ == "material", note.reason)
        for note in record.changes
        if (what := tuple(_what(note, old, new, before, now, told)))
    ]
    for identity, reason in record.retired.items():
        rows.append(AnnouncedChange((_clause(before[identity], "no longer there"),), True, True, reason))
    return tuple(rows)


def _what(
    note: ChangeNote,
    old: Edition,
    new: Edition,
    before: Mapping[str, WrittenUnit],
    now: Mapping[str, WrittenUnit],
    told: Mapping[str, str],
) -> Iterator[str]:
    for identity in note.clauses:
        unit = now.get(identity) or before.get(identity)
        if unit is not None:
            happened = "changed" if identity in before else "new"
            yield _clause(unit, happened if identity in now else "no longer there")
    for name in note.questions:
        question = new.file.value.questions.get(name) or old.file.value.questions.get(name)
        if question is not None:
            happened = {"added": "new", "removed": "no longer asked"}.get(told.get(name, ""), "changed")
            yield f"Question to schools, {happened}: “{question.ask}”"
    for key in note.keys:
        yield f"{sentence_case(_KEYS.get(key, key))}, changed"


def _clause(unit: WrittenUnit, happened: str) -> str:
    match unit.kind:
        case "clause" | "block":
            return f"{unit.heading}, {happened}: “{in_brief(unit.spoken)}”"
        case kind:
            return f"{unit.heading} ({kind}), {happened}"
