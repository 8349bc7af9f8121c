"""What the entries of a register say together, read in their order: each fact as it was corrected last."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
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
    "name": "body",
    "signatory": "signatory",
    "author": "author",
    "released": "in force from",
    "next_review": "next review",
}
"""Facts that print, as they are called. Of a body its name prints, and not its id or the office of its chair."""


@dataclass(frozen=True)
class Key:
    """Which decision of a register is meant."""

    version: str
    decision: Literal["approval", "withdrawal"]
    body: str


@dataclass(frozen=True)
class Facts:
    """What a register says."""

    records: Mapping[str, VersionRecord]
    """By version, in the order of the register."""
    entries: tuple[Entry, ...]
    """Each where it stands in the register, with its decision as it was corrected since."""
    signed: frozenset[Key]
    """The decisions whose minutes were signed after they were recorded."""


def read(entries: Sequence[Entry], frozen: Mapping[str, VersionRecord]) -> Facts:
    """What a register says, by its entries and the records of its versions as they were frozen."""
    reading = _Reading({}, [], set())
    for entry in entries:
        reading.takes(entry, frozen)
    return Facts(reading.records, tuple(reading.entries), frozenset(reading.signed))


@dataclass
class _Reading:
    """What was read so far. A correction changes what stands before it, and nothing after it."""

    records: dict[str, VersionRecord]
    entries: list[Entry]
    signed: set[Key]

    def takes(self, entry: Entry, frozen: Mapping[str, VersionRecord]) -> None:
        match entry:
            case VersionEntry():
                self.records[entry.version] = frozen[entry.version]
            case MinutesEntry():
                self.signed |= {
                    key
                    for key, decision in self._decisions()
                    if (key.version, decision.minute) == (entry.version, entry.minute)
                }
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

    def _decisions(self) -> Iterator[tuple[Key, Approval]]:
        for version, record in self.records.items():
            for approval in record.approvals:
                yield Key(version, "approval", approval.body), approval
        for entry in self.entries:
            if isinstance(entry, WithdrawalEntry):
                yield Key(entry.version, "withdrawal", entry.approval.body), entry.approval

    def _corrects(self, change: Change) -> None:
        record = self.records.get(change.version)
        if record is not None and change.decision != "withdrawal":
            self.records[change.version] = _corrected_record(record, change)
        self.entries = [_corrected_entry(entry, change) for entry in self.entries]
        if change.fact == "body" and change.decision:
            was = Key(change.version, change.decision, change.body)
            now = Key(change.version, change.decision, change.new)
            self.signed = {now if key == was else key for key in self.signed}

    def _undoes(self, correction: CorrectionEntry) -> None:
        """A withdrawal that nobody decided: where it stood, its correction stands."""
        self.entries = [
            correction
            if isinstance(entry, WithdrawalEntry) and entry.version == correction.version
            else entry
            for entry in self.entries
        ]
        undone = (correction.version, "withdrawal")
        self.signed = {key for key in self.signed if (key.version, key.decision) != undone}


def _corrected_record(record: VersionRecord, change: Change) -> VersionRecord:
    if change.decision:
        approvals = tuple(_corrected_approval(each, change) for each in record.approvals)
        return record.model_copy(update={"approvals": approvals})
    if change.fact == "author":
        amendment = record.amendment.model_copy(update={"author": change.new})
        return record.model_copy(update={"amendment": amendment})
    return record.model_copy(update=_value(change))


def _corrected_entry(entry: Entry, change: Change) -> Entry:
    """A decision that stands in the list itself: of a first body, or to withdraw."""
    if isinstance(entry, EndorsementEntry):
        meant = change.decision == "approval"
    elif isinstance(entry, WithdrawalEntry):
        meant = change.decision == "withdrawal"
    else:
        return entry
    if not meant or entry.version != change.version:
        return entry
    return entry.model_copy(update={"approval": _corrected_approval(entry.approval, change)})


def _corrected_approval(approval: Approval, change: Change) -> Approval:
    return approval.model_copy(update=_value(change)) if approval.body == change.body else approval


def _value(change: Change) -> dict[str, Any]:
    new = change.new
    return {change.fact: datetime.date.fromisoformat(new) if change.fact in DAYS else new}


# --- in words ---------------------------------------------------------------------------------------------------------


def corrections_shown(entries: Sequence[Entry], version: str) -> tuple[CorrectionEntry, ...]:
    """The corrections of what the frozen copy of a version prints: of it, and of those before it in its history.

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
    found = []
    for entry in entries:
        if isinstance(entry, VersionEntry):
            frozen.append(entry.version)
        if isinstance(entry, CorrectionEntry) and version in frozen:
            printed = frozen[: frozen.index(version) + 1]
            if entry.version in printed:
                found.append(entry)
    return tuple(found)


def correction_words(entry: CorrectionEntry, shown_at: str) -> str:
    """What was corrected, as a sentence of a page: "Corrected on 20 November 2026: minute 19.2, recorded as 91.2"."""
    said = "; ".join(f"{words} {new}, recorded as {old}".strip() for words, old, new in told(entry))
    of = "" if entry.version == shown_at else f" (version {entry.version})"
    return f"Corrected on {printed_day(entry.on)}{of}: {said}"


def told(entry: CorrectionEntry) -> Iterator[tuple[str, str, str]]:
    """What each fact that prints is called, with the old and the new one as they print.

    What follows for versions that stand on the same decision is not told once more.
    """
    for change in entry.changes:
        if change.fact == "withdrawal":
            day = printed_day(datetime.date.fromisoformat(change.old))
            yield "", f"withdrawn on {day}", "not withdrawn"
        if change.fact in _CALLED and change.version == entry.version:
            withdrawn = " of the withdrawal" if change.decision == "withdrawal" else ""
            yield (
                f"{_CALLED[change.fact]}{withdrawn}",
                _printed(change, change.old),
                _printed(change, change.new),
            )


def _printed(change: Change, text: str) -> str:
    return printed_day(datetime.date.fromisoformat(text)) if change.fact in DAYS else text
