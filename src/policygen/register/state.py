"""What a register says when it is read as a whole: versions in order, the one in force, minutes, history."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field

from policygen.language.document import VersionRow
from policygen.register.records import (
    Approval,
    EndorsementEntry,
    Entry,
    MinutesEntry,
    MinutesStatus,
    RegisterFile,
    SignaturesEntry,
    VersionEntry,
    VersionRecord,
    digest_of,
)


@dataclass(frozen=True)
class Register:
    """The register of one policy of one school."""

    file: RegisterFile
    records: Mapping[str, VersionRecord] = field(default_factory=dict)
    """By version, in the order of the register."""

    @property
    def versions(self) -> tuple[VersionRecord, ...]:
        """Oldest first."""
        return tuple(
            self.records[each.version]
            for each in self.file.entries
            if isinstance(each, VersionEntry)
        )

    @property
    def latest(self) -> VersionRecord | None:
        """The version in force, whatever the day; None while nothing has been approved."""
        return self.versions[-1] if self.versions else None

    @property
    def decided(self) -> VersionRecord | None:
        """The last version that somebody decided about; new details are no decision."""
        return next((each for each in reversed(self.versions) if each.change != "details"), None)

    @property
    def signatures(self) -> tuple[SignaturesEntry, ...]:
        """The lists of signatures that were recorded, oldest first."""
        return tuple(each for each in self.file.entries if isinstance(each, SignaturesEntry))

    @property
    def next_link(self) -> str:
        """What the next entry says under `previous`."""
        return digest_of(self.file.entries[-1]) if self.file.entries else ""

    def in_force(self, day: datetime.date) -> VersionRecord | None:
        """The version that was in force at the end of a day; None before the first."""
        released = [each for each in self.versions if each.released <= day]
        return released[-1] if released else None

    def superseded(self, version: str) -> datetime.date | None:
        """The day on which the version after it came into force; None for the latest."""
        order = [each.version for each in self.versions]
        after = order.index(version) + 1
        return self.versions[after].released if after < len(order) else None

    def endorsements(self, version: str, digest: str) -> tuple[EndorsementEntry, ...]:
        """Decisions of a first body about this very content."""
        found = (each for each in self.file.entries if isinstance(each, EndorsementEntry))
        return tuple(
            each for each in found if (each.version, each.content.digest) == (version, digest)
        )

    def minutes_status(self, version: str) -> MinutesStatus:
        """Whether all minutes of a version are signed by now."""
        signed = {
            (each.version, each.minute)
            for each in self.file.entries
            if isinstance(each, MinutesEntry)
        }
        approvals = self.records[version].approvals
        done = all(
            each.minutes_status == "signed" or (version, each.minute) in signed
            for each in approvals
        )
        return "signed" if done else "draft"

    def rows(self) -> tuple[VersionRow, ...]:
        """The rows of the amendment history, oldest first."""
        return tuple(
            VersionRow(
                each.version,
                each.released,
                each.amendment.author,
                each.amendment.reason,
                printed_minutes(each.approvals),
                each.change,
            )
            for each in self.versions
        )


def printed_minutes(approvals: tuple[Approval, ...]) -> str:
    """The minutes of decisions, in turn; of a role that decided under a delegation, the minute of that."""
    return ", ".join(each.minute or f"{each.delegation} (delegation)" for each in approvals)


def with_entry(register: Register, entry: Entry) -> Register:
    """The register with one more entry, linked to the one before it."""
    linked = entry.model_copy(update={"previous": register.next_link})
    entries = (*register.file.entries, linked)
    return Register(register.file.model_copy(update={"entries": entries}), register.records)
