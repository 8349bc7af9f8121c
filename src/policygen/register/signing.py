"""Who still has to sign: people, what they signed last, and whether that has changed materially since."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from policygen.compare.comparison import Declared, Pair, compare
from policygen.ground.dates import long_date
from policygen.ground.wording import join_and
from policygen.language.document import Document, Section
from policygen.model.people import StaffMember, by_person, same_person
from policygen.register.records import TakenBackEntry, VersionRecord, gravest
from policygen.register.signatures import Signature
from policygen.register.state import Register

Stand = Literal[
    "signed", "to-sign", "declined", "absent", "to-start", "left", "not-asked", "not-listed"
]
"""What holds of a person and a form now. Who starts later, has left, signs other policies only (`not-asked`) or is not
on the staff list is not asked; what they signed stays on the record."""

OUTSTANDING: frozenset[Stand] = frozenset(("to-sign", "absent"))
_REFUSED: dict[str, Stand] = {"declined": "declined", "absent": "absent"}
_MOST_NAMED = 3
"""How many changed paragraphs a reason names."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How one person stands with one form of one version."""

    form: str
    name: str
    role: str
    state: Stand
    last: Signature | None = None
    """What they last signed of this form, of whichever version; of those who declined or were absent, that."""
    why: str = ""
    """Why they have to sign: "never signed", "paragraph 4.1 has changed since 1.0"."""

    @property
    def outstanding(self) -> bool:
        """Whether somebody must still be asked. Who declined has answered."""
        return self.state in OUTSTANDING


@dataclass(frozen=True)
class Signing:
    """All that tells who has to sign one policy of one school."""

    register: Register
    documents: Mapping[str, Document]
    """Of each version of the register that was signed, and of the one that is to be."""
    signatures: Sequence[Signature]
    """Those that stand, in the order in which they were recorded."""
    staff: Sequence[StaffMember]
    declared: Mapping[str, Declared] = field(default_factory=dict)
    """By version that was signed, what the editions since then declare; nothing where the edition is the same."""


def forms_to_sign(document: Document) -> tuple[Section, ...]:
    """The forms that every member of staff signs."""
    return tuple(form for form in document.every_form if form.signed_by == "staff")


def standings(signing: Signing, version: str, as_of: datetime.date) -> tuple[Standing, ...]:
    """How everybody stands with each form of a version on a day: staff in the order of the list, then others."""
    policy = signing.register.file.policy
    known = [each for each in signing.signatures if each.date <= as_of]
    found: list[Standing] = []
    for form in forms_to_sign(signing.documents[version]):
        judge = _Judge(signing, signing.register.records[version], form, as_of)
        mine = by_person(each for each in known if each.form == form.name)
        members = _once_each(signing.staff)
        for person, member in members.items():
            own = mine.get(person, [])
            if member.gone(as_of) or not member.signs(policy):
                found += _on_record(
                    own, form, member, "left" if member.gone(as_of) else "not-asked"
                )
            else:
                found.append(judge.standing(member, own))
        found += _not_listed(mine, form, members)
    return tuple(found)


def outstanding(signing: Signing, as_of: datetime.date) -> tuple[Standing, ...]:
    """Who still has to sign the version that is in force on a day; nobody where none is."""
    record = signing.register.in_force(as_of)
    if record is None:
        return ()
    return tuple(each for each in standings(signing, record.version, as_of) if each.outstanding)


def changed_materially(
    signing: Signing, signed: str, version: str, form: Section
) -> tuple[Pair, ...]:
    """What differs materially, for those who sign a form, between the version they signed and another.

    The form itself, and what stands in parts for everyone or for them; other forms, and parts for others, do not count.
    What the register accepted as details or editorial does not either, nor what was changed and changed back.
    """
    between = signing.register.between(signed, version)
    if all(each.change != "material" for each in between):
        return ()
    told = signing.declared.get(signed, Declared())
    classes = gravest(told.classes, signing.register.classes(signed, version))
    declared = replace(told, classes=classes)
    comparison = compare(signing.documents[signed], signing.documents[version], declared)
    return tuple(
        pair for pair in comparison.changes if pair.change == "material" and _covers(pair, form)
    )


# --- one form ---------------------------------------------------------------------------------------------------------


@dataclass
class _Judge:
    """Judges people by one form of one version; compares it with each version that was signed once."""

    signing: Signing
    record: VersionRecord
    form: Section
    as_of: datetime.date
    seen: dict[str, tuple[Pair, ...]] = field(default_factory=dict)

    def standing(self, member: StaffMember, own: Sequence[Signature]) -> Standing:
        """How a member of staff stands. `own` are their records for the form, in the order of recording."""
        name, role, form = member.name, member.role, self.form.name
        valid = [each for each in own if not self._changes(each.version)]
        if good := _last([each for each in valid if each.state == "signed"]):
            return Standing(form, name, role, "signed", good)
        if refused := _last(valid):
            return Standing(form, name, role, _REFUSED[refused.state], refused, refused.note)
        if member.start is not None and member.start > self.as_of:
            return Standing(
                form, name, role, "to-start", None, f"starts on {long_date(member.start)}"
            )
        if earlier := _last([each for each in own if each.state == "signed"]):
            why = f"{_said(self._changes(earlier.version))} since {earlier.version}"
            return Standing(form, name, role, "to-sign", earlier, why)
        new = member.start is not None and member.start > self.record.released
        why = "never signed"
        if new and member.start:
            why = f"new since {long_date(member.start)}"
        return Standing(form, name, role, "to-sign", None, f"{why}{self._taken_back(name)}")

    def _taken_back(self, name: str) -> str:
        """That signatures of somebody were recorded by mistake, to follow a reason; empty where none was."""
        days = [
            long_date(entry.date)
            for entry in self.signing.register.file.entries
            if isinstance(entry, TakenBackEntry)
            and entry.form == self.form.name
            and same_person(entry.name) == same_person(name)
        ]
        if not days:
            return ""
        return f"; what was recorded of {join_and(days)} was a mistake"

    def _changes(self, signed: str) -> tuple[Pair, ...]:
        if signed not in self.seen:
            self.seen[signed] = changed_materially(
                self.signing, signed, self.record.version, self.form
            )
        return self.seen[signed]


def _covers(pair: Pair, form: Section) -> bool:
    return any(
        unit.part == form.name
        if unit.part_kind == "form"
        else unit.audience in {"everyone", form.audience}
        for unit in (pair.old, pair.new)
        if unit is not None
    )


def _said(changes: Sequence[Pair]) -> str:
    """What changed, in a few words: "paragraphs 4.1 and 4.3 have changed"."""
    labels = list(
        dict.fromkeys(
            pair.unit.label for pair in changes if pair.unit.kind == "clause" and pair.unit.label
        )
    )
    named, others = labels[:_MOST_NAMED], len(changes) - len(labels[:_MOST_NAMED])
    if not named:
        if all(pair.unit.part_kind == "form" for pair in changes):
            return "the form has changed"
        return "it has changed"
    words = [f"{'paragraphs' if len(named) > 1 else 'paragraph'} {named[0]}", *named[1:]]
    words += [f"{others} more"] if others else []
    return f"{join_and(words)} {'has' if len(words) == 1 else 'have'} changed"


# --- people -----------------------------------------------------------------------------------------------------------


def _once_each(staff: Sequence[StaffMember]) -> dict[str, StaffMember]:
    """Each person once: of one who left and came back, the row that holds now."""
    people: dict[str, StaffMember] = {}
    for member in staff:
        person = same_person(member.name)
        known = people.get(person)
        if (
            known is None
            or member.left is None
            or (known.left is not None and known.left < member.left)
        ):
            people[person] = member
    return people


def _on_record(
    own: Sequence[Signature], form: Section, member: StaffMember, state: Stand
) -> Iterator[Standing]:
    last = _last(own)
    if last is not None:
        yield Standing(form.name, member.name, member.role, state, last)


def _not_listed(
    mine: Mapping[str, Sequence[Signature]], form: Section, members: Mapping[str, StaffMember]
) -> Iterator[Standing]:
    """Supply staff, volunteers and visitors who are on the record: each once, by what they did last."""
    for person, own in mine.items():
        last = _last(own)
        if last is not None and person not in members:
            yield Standing(form.name, last.name, last.role, "not-listed", last)


def _key(signature: Signature) -> datetime.date:
    return signature.date


def _last(signatures: Sequence[Signature]) -> Signature | None:
    """The latest by date; of one day, the one that was recorded last."""
    return max(reversed(signatures), key=_key, default=None)
