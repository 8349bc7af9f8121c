"""What a register says when it is read as a whole: versions in order, the one in force, minutes, history."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from policygen.compare.comparison import ChangeClass as ClauseClass
from policygen.files.fields import NUMBER_PATTERN
from policygen.language.document import VersionRow
from policygen.model.adoption import same_version, version_order
from policygen.register.corrections import (
    Decided,
    Facts,
    corrections_shown,
    days,
    is_signed,
    read,
)
from policygen.register.ends import End, Superseded, Withdrawn
from policygen.register.records import (
    Approval,
    CorrectionEntry,
    EndorsementEntry,
    Entry,
    MinutesStatus,
    RegisterFile,
    SignaturesEntry,
    VersionEntry,
    VersionRecord,
    WithdrawalEntry,
    digest_of,
    gravest,
)


@dataclass(frozen=True)
class Register:
    """The register of one policy of one school."""

    file: RegisterFile
    frozen: Mapping[str, VersionRecord] = field(default_factory=dict)
    """The records of its versions as they were frozen, by version, in the order of the register."""

    @cached_property
    def facts(self) -> Facts:
        """What it says, each fact as it was corrected last: the one place where every view reads."""
        return read(self.file.entries, self.frozen)

    @property
    def records(self) -> Mapping[str, VersionRecord]:
        """By version, in the order of the register."""
        return self.facts.records

    @property
    def versions(self) -> tuple[VersionRecord, ...]:
        """Oldest first."""
        return tuple(self.records.values())

    @property
    def latest(self) -> VersionRecord | None:
        """The last version, in force or withdrawn; None while nothing has been approved."""
        return self.versions[-1] if self.versions else None

    @property
    def decided(self) -> VersionRecord | None:
        """The last version that somebody decided about; new details are no decision."""
        return last_decided(self.versions)

    @cached_property
    def withdrawals(self) -> Mapping[str, Withdrawn]:
        """How the policy was withdrawn, by the version that was in force until then."""
        found = (each for each in self.facts.entries if isinstance(each, WithdrawalEntry))
        return {entry.version: self._withdrawn(entry) for entry in found}

    def _withdrawn(self, entry: WithdrawalEntry) -> Withdrawn:
        decided = next(each for each in self.facts.decisions if each.approval is entry.approval)
        status: MinutesStatus = "signed" if self.is_signed(decided) else "draft"
        return Withdrawn(entry, self.facts.withdrawn_on(entry), status)

    def named(self, version: str) -> VersionRecord | None:
        """The version with a number, however that is written: 2.1.0 is 2.1; None where it is not registered."""
        if not re.fullmatch(NUMBER_PATTERN, version):
            return None
        return next((each for each in self.versions if same_version(each.version, version)), None)

    @property
    def signatures(self) -> tuple[SignaturesEntry, ...]:
        """The lists of signatures that were recorded, oldest first."""
        return tuple(each for each in self.file.entries if isinstance(each, SignaturesEntry))

    @property
    def next_link(self) -> str:
        """What the next entry says under `previous`."""
        if not self.file.entries:
            return ""
        return digest_of(self.file.entries[-1])

    @property
    def last_digest(self) -> str:
        """SHA-256 of the version.json of the last version; empty where there is none."""
        entries = [entry for entry in self.file.entries if isinstance(entry, VersionEntry)]
        return entries[-1].sha256 if entries else ""

    def until(self, day: datetime.date) -> Register:
        """The register as it was at the end of a day: nothing in it was decided, signed or in force later."""
        dated = zip(self.file.entries, days(self.file.entries, self.facts), strict=True)
        entries = tuple(entry for entry, since in dated if since <= day)
        return Register(self.file.model_copy(update={"entries": entries}), self.frozen)

    def in_force(self, day: datetime.date) -> VersionRecord | None:
        """The version that was in force at the end of a day; None before the first, and while it was withdrawn."""
        then = self.until(day)
        return None if then.withdrawn else then.latest

    def after(self, version: str) -> tuple[VersionRecord, ...]:
        """The versions that came after one, oldest first."""
        order = [record.version for record in self.versions]
        return self.versions[order.index(version) + 1 :]

    def before(self, version: str) -> tuple[VersionRecord, ...]:
        """The versions that came before one, oldest first; all of them while it is still to come."""
        order = [record.version for record in self.versions]
        return self.versions[: order.index(version) if version in order else len(order)]

    def successor(self, version: str) -> VersionRecord | None:
        """The version that came after one; None for the latest."""
        return next(iter(self.after(version)), None)

    @property
    def withdrawn(self) -> Withdrawn | None:
        """How the policy was withdrawn; None while a version is in force, and before the first."""
        end = self.end(self.latest.version) if self.latest else None
        return end if isinstance(end, Withdrawn) else None

    def end(self, version: str) -> End | None:
        """How a version ceased to be in force, withdrawn or superseded; None for the one that is in force."""
        withdrawn, successor = self.withdrawals.get(version), self.successor(version)
        if withdrawn is not None:
            return withdrawn
        if not successor:
            return None
        return Superseded(successor.released, successor.version)

    def between(self, old: str, new: str) -> tuple[VersionRecord, ...]:
        """The versions that came after one, up to another; none where that is not later."""
        later = {record.version for record in self.after(new)}
        return tuple(record for record in self.after(old) if record.version not in later)

    def classes(self, old: str, new: str) -> dict[str, ClauseClass]:
        """How grave each clause was changed from one version to another, as the versions were approved.

        What differs from version to version has this class wherever it is shown: in a redline, a cover note, a page,
        and whichever of the two is read first.
        """
        steps = self.between(old, new) or self.between(new, old)
        return gravest(*(record.amendment.clauses for record in steps))

    def standing_approvals(self, version: str) -> tuple[Approval, ...]:
        """The decisions on which a version stands: details and editorial changes leave those of a body as they are."""
        later = len(self.after(version))
        for record in reversed(self.versions[: len(self.versions) - later]):
            if record.minuted:
                return record.approvals
        return ()

    @property
    def pending(self) -> tuple[EndorsementEntry, ...]:
        """Decisions of a first body about a version that is still to come, oldest first."""
        order = version_order(self.latest.version) if self.latest else ()
        decided = (entry for entry in self.facts.entries if isinstance(entry, EndorsementEntry))
        return tuple(entry for entry in decided if version_order(entry.version) > order)

    def endorsements(self, version: str, digest: str) -> tuple[EndorsementEntry, ...]:
        """Decisions of a first body about this very content."""
        decided = (entry for entry in self.facts.entries if isinstance(entry, EndorsementEntry))
        return tuple(
            entry
            for entry in decided
            if same_version(entry.version, version) and entry.content.digest == digest
        )

    def unsigned(self, version: str) -> tuple[Approval, ...]:
        """The approvals of a version whose minutes are still a draft."""
        approvals = self.records[version].approvals
        open_ = (each.approval for each in self.facts.decisions if not self.is_signed(each))
        return tuple(each for each in open_ if any(each is approval for approval in approvals))

    def is_signed(self, decided: Decided) -> bool:
        """Whether the minutes of a decision about a version are signed by now."""
        return is_signed(decided, self.facts.signed)

    def corrections(self, version: str) -> tuple[CorrectionEntry, ...]:
        """The corrections of what the frozen copy of a version prints, oldest first."""
        return corrections_shown(self.file.entries, version)

    def minutes_status(self, version: str) -> MinutesStatus | None:
        """Whether all minutes of a version are signed by now; None where it needed none."""
        if not self.records[version].minuted:
            return None
        if self.unsigned(version):
            return "draft"
        return "signed"

    def rows(self) -> tuple[VersionRow, ...]:
        """The rows of the amendment history, oldest first."""
        return tuple(record.row for record in self.versions)


def last_decided(versions: Sequence[VersionRecord]) -> VersionRecord | None:
    """The last of some versions that somebody decided about; new details are no decision."""
    return next((each for each in reversed(versions) if each.change != "details"), None)


def with_entry(register: Register, entry: Entry) -> Register:
    """The register with one more entry, linked to the one before it."""
    linked = entry.model_copy(update={"previous": register.next_link})
    entries = (*register.file.entries, linked)
    return Register(register.file.model_copy(update={"entries": entries}), register.frozen)
