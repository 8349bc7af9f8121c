"""What the entries of a register say together, read in their order: each fact as it was corrected last."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal, assert_never

from policygen.ground.dates import printed_day
from policygen.register.records import (
    DAYS,
    Approval,
    Change,
    CorrectionEntry,
    EndorsementEntry,
    Entry,
    Fact,
    MinutesEntry,
    RenameEntry,
    SignaturesEntry,
    TakenBackEntry,
    VersionEntry,
    VersionRecord,
    WithdrawalEntry,
)

_CALLED: Mapping[Fact, str] = {
    "minute": "minute",
    "date": "date of the decision",
    "body": "body",
    "name": "body",
    "signatory": "signatory",
    "delegation": "delegation",
    "author": "author",
    "released": "in force from",
    "next_review": "next review",
}
"""Facts that print, as they are called. Of a body its name prints, and not the office of its chair."""


Kind = Literal["approval", "withdrawal"]


@dataclass(frozen=True)
class Key:
    """Which decision of a register is meant."""

    version: str
    decision: Kind
    content: str
    body: str


@dataclass(frozen=True)
class Decided:
    """One decision about a version."""

    version: str
    decision: Kind
    content: str
    """The content code that was approved; empty for a withdrawal."""
    approval: Approval

    @property
    def key(self) -> Key:
        """Which one it is."""
        return Key(self.version, self.decision, self.content, self.approval.body)


@dataclass(frozen=True)
class Facts:
    """What a register says."""

    records: Mapping[str, VersionRecord]
    """By version, in the order of the register."""
    entries: tuple[Entry, ...]
    """Each where it stands in the register, with its decision as it was corrected since."""
    signed: Mapping[Key, datetime.date]
    """The decisions whose minutes were signed after they were recorded, and when."""

    @cached_property
    def decisions(self) -> tuple[Decided, ...]:
        """Every decision: approvals, those of a first body that wait for the second, and withdrawals."""
        return tuple(_decisions(self.records, self.entries))

    def withdrawn_on(self, entry: WithdrawalEntry) -> datetime.date:
        """The first day on which nothing was in force: that of the decision, or of what was released meanwhile."""
        record = self.records.get(entry.version)
        if record:
            return max(entry.approval.date, record.released)
        return entry.approval.date


def read(entries: Sequence[Entry], frozen: Mapping[str, VersionRecord]) -> Facts:
    """What a register says, by its entries and the records of its versions as they were frozen."""
    reading = _Reading({}, [], {})
    for entry in entries:
        reading.takes(entry, frozen)
    return Facts(reading.records, tuple(reading.entries), reading.signed)


def _decisions(records: Mapping[str, VersionRecord], entries: Sequence[Entry]) -> Iterator[Decided]:
    for record in records.values():
        yield from (_approved(record, approval) for approval in record.approvals)
    for entry in entries:
        if isinstance(entry, WithdrawalEntry) or (
            isinstance(entry, EndorsementEntry) and entry.version not in records
        ):
            yield _decided(entry)


def _approved(record: VersionRecord, approval: Approval) -> Decided:
    return Decided(record.version, "approval", record.content.code, approval)


def _decided(entry: EndorsementEntry | WithdrawalEntry) -> Decided:
    if isinstance(entry, WithdrawalEntry):
        return Decided(entry.version, "withdrawal", "", entry.approval)
    return Decided(entry.version, "approval", entry.content.code, entry.approval)


@dataclass
class _Reading:
    """What was read so far. A correction changes what stands before it, and nothing after it."""

    records: dict[str, VersionRecord]
    entries: list[Entry]
    signed: dict[Key, datetime.date]

    def takes(self, entry: Entry, frozen: Mapping[str, VersionRecord]) -> None:
        match entry:
            case VersionEntry():
                self.records[entry.version] = frozen[entry.version]
            case MinutesEntry():
                self._signs(entry)
            case CorrectionEntry():
                for change in entry.changes:
                    if change.fact == "withdrawal":
                        self._undoes(entry)
                    else:
                        self._corrects(change)
            case EndorsementEntry() | WithdrawalEntry():
                pass  # read where it stands
            case SignaturesEntry() | TakenBackEntry() | RenameEntry():
                pass  # about people, not about versions
            case _:
                assert_never(entry)
        self.entries.append(entry)

    def _signs(self, entry: MinutesEntry) -> None:
        """Of two bodies that have one number for their minutes, the first whose minutes are not signed yet."""
        for decided in _decisions(self.records, self.entries):
            meant = (decided.version, decided.approval.minute) == (entry.version, entry.minute)
            if meant and not is_signed(decided, self.signed):
                self.signed[decided.key] = entry.signed_on
                return

    def _corrects(self, change: Change) -> None:
        record = self.records.get(change.version)
        if record is not None and change.decision != "withdrawal":
            self.records[change.version] = _corrected_record(record, change)
        self.entries = [_corrected_entry(entry, change) for entry in self.entries]
        if change.fact == "body" and change.decision:
            was = Key(change.version, change.decision, change.content, change.body)
            if was in self.signed:
                self.signed[replace(was, body=change.new)] = self.signed.pop(was)

    def _undoes(self, correction: CorrectionEntry) -> None:
        """A withdrawal that nobody decided: where it stood, its correction stands."""
        self.entries = [
            correction
            if isinstance(entry, WithdrawalEntry) and entry.version == correction.version
            else entry
            for entry in self.entries
        ]
        undone = (correction.version, "withdrawal")
        self.signed = {
            key: day for key, day in self.signed.items() if (key.version, key.decision) != undone
        }


def is_signed(decided: Decided, signed: Mapping[Key, datetime.date]) -> bool:
    """Whether the minutes of a decision are signed by now."""
    return decided.approval.minutes_status == "signed" or decided.key in signed


def _corrected_record(record: VersionRecord, change: Change) -> VersionRecord:
    if change.decision:
        approvals = tuple(
            _corrected(_approved(record, approval), change) for approval in record.approvals
        )
        return record.model_copy(update={"approvals": approvals})
    if change.fact == "author":
        amendment = record.amendment.model_copy(update={"author": change.new})
        return record.model_copy(update={"amendment": amendment})
    return record.model_copy(update=_value(change))


def _corrected_entry(entry: Entry, change: Change) -> Entry:
    """A decision that stands in the list itself: of a first body, or to withdraw."""
    if not isinstance(entry, EndorsementEntry | WithdrawalEntry):
        return entry
    return entry.model_copy(update={"approval": _corrected(_decided(entry), change)})


def _corrected(decided: Decided, change: Change) -> Approval:
    """A decision, corrected if it is the one that is meant, and has the fact as the correction found it."""
    approval, key = decided.approval, decided.key
    meant = (key.version, key.decision, key.content, key.body)
    if meant != (change.version, change.decision, change.content, change.body):
        return approval
    if str(getattr(approval, change.fact)) != change.old:
        return approval
    return approval.model_copy(update=_value(change))


def _value(change: Change) -> dict[str, Any]:
    new = change.new
    return {change.fact: datetime.date.fromisoformat(new) if change.fact in DAYS else new}


# --- days -------------------------------------------------------------------------------------------------------------


def days(entries: Sequence[Entry], facts: Facts) -> tuple[datetime.date, ...]:
    """For each entry of a register, from which day on it says something."""
    found: list[datetime.date] = []
    withdrawn: dict[str, datetime.date] = {}
    for written, entry in zip(entries, facts.entries, strict=True):
        if isinstance(written, WithdrawalEntry):
            withdrawn[written.version] = _day(entry, facts)
        if isinstance(written, CorrectionEntry) and of_withdrawal(written):
            found.append(withdrawn.get(written.version, datetime.date.min))
        elif isinstance(written, CorrectionEntry):
            # What was corrected was so all along, whenever somebody noticed: the days are the right ones.
            found.append(datetime.date.min)
        else:
            found.append(_day(entry, facts))
    return tuple(found)


def _day(entry: Entry, facts: Facts) -> datetime.date:
    """The day of what an entry says."""
    match entry:
        case VersionEntry():
            return facts.records[entry.version].released
        case EndorsementEntry():
            return entry.approval.date
        case MinutesEntry():
            return entry.signed_on
        case SignaturesEntry():
            # A list may be recorded long after people signed. Each signature in it has a day of its own.
            return facts.records[entry.version].released
        case WithdrawalEntry():
            return facts.withdrawn_on(entry)
        case CorrectionEntry():
            # It stands in the place of a withdrawal that nobody decided, and of which it says the day.
            (undone, *_) = (each for each in entry.changes if each.fact == "withdrawal")
            return datetime.date.fromisoformat(undone.old)
        case TakenBackEntry() | RenameEntry():
            return datetime.date.min
        case _:
            assert_never(entry)


def of_withdrawal(entry: CorrectionEntry) -> bool:
    """Whether a decision to withdraw is corrected, and not an approval."""
    return any(change.decision == "withdrawal" for change in entry.changes)


def undoes(entry: CorrectionEntry) -> bool:
    """Whether nobody decided that withdrawal at all."""
    return any(change.fact == "withdrawal" for change in entry.changes)


# --- in words ---------------------------------------------------------------------------------------------------------


def corrections_shown(entries: Sequence[Entry], version: str) -> tuple[CorrectionEntry, ...]:
    """The corrections of what the frozen copy of a version prints: of it, and of those before it in its history.

    Those of a withdrawal stand with the version that it ended, as long as the withdrawal itself does.
    Of one that is still to come, those of a first body's decision.
    """
    registered = {each.version for each in entries if isinstance(each, VersionEntry)}
    if version not in registered:
        return tuple(
            each
            for each in entries
            if isinstance(each, CorrectionEntry) and each.version == version
        )
    frozen: list[str] = []
    found: list[CorrectionEntry] = []
    withdrawn = False
    for entry in entries:
        if isinstance(entry, VersionEntry):
            frozen.append(entry.version)
        elif isinstance(entry, WithdrawalEntry):
            withdrawn |= entry.version == version
        elif not isinstance(entry, CorrectionEntry):
            continue
        elif of_withdrawal(entry):
            if not withdrawn or entry.version != version:
                continue
            if undoes(entry):
                found = [each for each in found if undoes(each) or not of_withdrawal(each)]
                withdrawn = False
            found.append(entry)
        elif version in frozen and entry.version in frozen[: frozen.index(version) + 1]:
            found.append(entry)
    return tuple(found)


def correction_words(entry: CorrectionEntry, shown_at: str) -> str:
    """What was corrected, as a sentence of a page: "Corrected on 20 November 2026: minute 19.2, recorded as 91.2"."""
    said = "; ".join(f"{words} {new}, recorded as {old}".strip() for words, old, new in told(entry))
    of = ""
    if entry.version != shown_at:
        of = f" (version {entry.version})"
    return f"Corrected on {printed_day(entry.on)}{of}: {said}"


def told(entry: CorrectionEntry) -> Iterator[tuple[str, str, str]]:
    """What each fact that prints is called, with the old and the new one as they print.

    The next review of versions that stand on the same decision is not told once more.
    """
    named = any(change.fact == "name" for change in entry.changes)
    for change in entry.changes:
        own = change.version == entry.version
        old, new = _printed(change, change.old), _printed(change, change.new)
        if change.fact == "withdrawal":
            yield "", f"withdrawn on {old}", "not withdrawn"
        elif change.fact == "body" and named:
            continue  # its name is told
        elif change.decision == "withdrawal" and change.fact in _CALLED:
            called = "date"
            if change.fact != "date":
                called = _CALLED[change.fact]
            yield f"{called} of the withdrawal", old, new
        elif change.fact == "released" and not own:
            yield f"version {change.version} in force from", old, new
        elif change.fact in _CALLED and own:
            yield _CALLED[change.fact], old, new


def _printed(change: Change, text: str) -> str:
    if not text:
        return "nothing"
    if change.fact in DAYS or change.fact == "withdrawal":
        return printed_day(datetime.date.fromisoformat(text))
    return text
