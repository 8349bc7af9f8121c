"""What became of the words of a file that are not text any more, and what was guessed: each with its place."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from policygen.moving.found import Spot

Became = Literal["structure", "left-out", "added"]
"""Words that became structure or stand elsewhere, words left out, and words that the file does not have."""


@dataclass(frozen=True)
class Fate:
    """Some words, and what became of them."""

    became: Became
    words: str
    why: str
    """Such as "numbers are computed"."""
    spot: Spot | None = None


@dataclass(frozen=True)
class Remark:
    """Something that a person should look at."""

    kind: Literal["guessed", "by-hand", "offered"]
    says: str
    spot: Spot | None = None
    now: str = ""
    """Where it stands now: a file, an id, a key."""


@dataclass
class Ledger:
    """Collects both while a file is moved in."""

    fates: list[Fate] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)

    def structure(self, words: str, why: str, spot: Spot | None = None) -> None:
        """Note words that are structure now."""
        if words.strip():
            self.fates.append(Fate("structure", words, why, spot))

    def left_out(self, words: str, why: str, spot: Spot | None = None) -> None:
        """Note words that do not come along."""
        if words.strip():
            self.fates.append(Fate("left-out", words, why, spot))

    def added(self, words: str, why: str, spot: Spot | None = None) -> None:
        """Note words that the file does not have."""
        if words.strip():
            self.fates.append(Fate("added", words, why, spot))

    def guessed(self, says: str, spot: Spot | None = None, now: str = "") -> None:
        """Note something that may be otherwise."""
        self.remarks.append(Remark("guessed", says, spot, now))

    def by_hand(self, says: str, spot: Spot | None = None, now: str = "") -> None:
        """Note something that a person has to do."""
        self.remarks.append(Remark("by-hand", says, spot, now))

    def offered(self, says: str, spot: Spot | None = None, now: str = "") -> None:
        """Note something that could be done."""
        self.remarks.append(Remark("offered", says, spot, now))
