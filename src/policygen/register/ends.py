"""How a version ceased to be in force, as every page, sheet, feed and command says it."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from policygen.ground.dates import printed_day
from policygen.ground.wording import sentence_case
from policygen.model.bodies import within_sentence
from policygen.register.records import MinutesStatus, WithdrawalEntry


@dataclass(frozen=True, slots=True)
class Superseded:
    """What came in the place of a version."""

    on: datetime.date
    by: str
    """The version that followed it."""

    @property
    def words(self) -> str:
        """Such as "Superseded on 12 November 2026 by version 1.1"."""
        return f"Superseded on {printed_day(self.on)} by version {self.by}"


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The decision by which a policy was withdrawn, so that no version followed."""

    entry: WithdrawalEntry
    on: datetime.date
    """The first day on which nothing was in force."""
    minutes_status: MinutesStatus
    """Whether its minutes are signed by now."""

    @property
    def by(self) -> str:
        """Who decided it, within a sentence: "the full governing board"."""
        return within_sentence(self.entry.approval.body, self.entry.approval.name)

    @property
    def reason(self) -> str:
        """Why it was withdrawn, as a sentence begins."""
        return sentence_case(self.entry.reason)

    @property
    def said(self) -> str:
        """Within a sentence: "withdrawn on 20 November 2026 by the full governing board, minute 19.4"."""
        minute = self.entry.approval.minute
        return f"withdrawn on {printed_day(self.on)} by {self.by}, minute {minute}"

    @property
    def words(self) -> str:
        """The same by itself."""
        return sentence_case(self.said)


End = Superseded | Withdrawn
