"""What a new edition means for one school: each clause and question taken, kept, or to be decided. Never a default.

The words of this module and of its neighbours: an *outcome* is what becomes of one clause or question; a *choice* is
what a person decided about one; *edits* are what then changes in the adoption's file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Literal

from policygen.compose.bases import Base
from policygen.files.yamledit import (
    with_inner,
    with_keys_renamed,
    with_lines,
    with_value,
    without_key,
)
from policygen.ground.diagnostics import Place
from policygen.language.document import Clause
from policygen.model.adoption import ClauseDecision, Deviation
from policygen.model.edition_record import EditionRecord, chain

Result = Literal["taken", "kept", "asked"]

CLAUSE_REASONS = {
    "": "unchanged",
    "reworded": "the issuer reworded it",
    "renamed": "it has another id",
    "moved": "it stands in another section",
    "split": "the issuer split it",
    "merged": "the issuer merged it with others",
    "retired": "the issuer retired it",
    "removed": "it is gone, and the edition does not say why",
    "left-out": "it no longer belongs to this school's policy",
    "locked": "it is agreed wording now",
    "not-allowed": "the school may no longer do this with it",
    "reference": "the school's text refers to what is gone or was split",
    "required": "every school decides about it",
    "new": "it is new",
}
"""What happened to a clause, by the key that reports in JSON give."""

ANSWER_REASONS = {
    "": "unchanged",
    "renamed": "the question or its option has another name",
    "reworded": "the question means something else than it did",
    "refused": "the answer is no longer allowed",
    "retired": "the question was retired",
    "removed": "the question is gone, and the edition does not say why",
    "unasked": "the question is no longer asked of this school",
    "new": "the question is new",
    "unanswered": "the question has no answer",
}
"""What happened to a question."""


@dataclass(frozen=True)
class Outcome:
    """What becomes of one clause or question."""

    kind: Literal["clause", "question"]
    id: str
    """In the old edition, if it was there; by it people decide."""
    result: Result
    why: str
    """A key of the reasons above."""
    now: tuple[str, ...] = ()
    """Its ids in the new edition."""
    said: str = ""
    """What the issuer says about it: the reason why it is gone."""
    before: tuple[Clause, ...] = ()
    """The model text in the old edition, as this school has it."""
    after: tuple[Clause, ...] = ()
    """The model text in the new one."""
    local: ClauseDecision | None = None
    """What the school made of it."""
    answer: object = None
    """The answer that the school gave."""
    decided: bool = False
    """Whether a choice was made, where it was asked."""

    @property
    def open(self) -> bool:
        """Whether somebody still has to decide."""
        return self.result == "asked" and not self.decided

    @property
    def because(self) -> str:
        """Why, in words."""
        reasons = CLAUSE_REASONS if self.kind == "clause" else ANSWER_REASONS
        return reasons[self.why]


@dataclass(frozen=True)
class Choice:
    """What a person decided about one clause or question."""

    action: Literal["take", "keep", "own", "answer"]
    own: str = ""
    """The school's new text."""
    to: str = ""
    """The clause to which the school's text goes, where its own is gone or split."""
    reason: str = ""
    deviation: Deviation | None = None
    answer: object = None
    place: Place | None = None
    """Where it is written; None for a choice from the command line."""


@dataclass
class Edits:
    """Changes to one group of keys of a file, applied in this order."""

    group: str
    removed: list[str] = field(default_factory=list)
    renamed: dict[str, str] = field(default_factory=dict)
    inner: dict[str, dict[str, object]] = field(default_factory=dict)
    """Values within the group of a key, by its new name."""
    values: dict[str, object] = field(default_factory=dict)
    lines: dict[str, Sequence[str]] = field(default_factory=dict)
    """Values that take several lines."""

    def applied(self, text: str, order: Sequence[str] = ()) -> str:
        """The text of a file with these changes. Raises CannotAddError."""
        for name in self.removed:
            text = without_key(text, self.group, name)
        renamed = {old: new for old, new in self.renamed.items() if old != new}
        text = with_keys_renamed(text, self.group, renamed) if renamed else text
        for name, values in self.inner.items():
            for key, value in values.items():
                text = with_inner(text, self.group, name, key, value)
        put = partial(with_value, group=self.group, order=order)
        for name, value in self.values.items():
            text = put(text, name=name, value=value)
        for name, lines in self.lines.items():
            text = with_lines(text, self.group, name, lines)
        return text


@dataclass(frozen=True)
class Side:
    """What one edition says to one school."""

    here: Mapping[str, Clause]
    """The clauses of this school's policy, as the model has them."""
    ids: Collection[str]
    """All that a reference can lead to."""


@dataclass(frozen=True)
class Way:
    """The way from one edition to another: what is the same for everybody who goes it."""

    old: Mapping[str, Base]
    new: Mapping[str, Base]
    records: tuple[EditionRecord, ...]
    ids: Collection[str] = ()
    """All ids of the old edition, those of its clauses among them or not."""

    def became(self, identity: str) -> tuple[str, ...]:
        """The ids that an id of the old edition has become."""
        found = self._ways.get(identity)
        return chain(self.records, identity) if found is None else found

    @cached_property
    def _ways(self) -> dict[str, tuple[str, ...]]:
        return {identity: chain(self.records, identity) for identity in (*self.old, *self.ids)}

    @cached_property
    def names(self) -> dict[str, str]:
        """New names, by old ones, of what became one other."""
        return {old: now[0] for old, now in self._ways.items() if len(now) == 1 and now[0] != old}

    @cached_property
    def sources(self) -> Counter[str]:
        """How many old clauses each new one was made of."""
        return Counter(new for old in self.old for new in self.became(old))

    @cached_property
    def before(self) -> dict[str, str]:
        """The digest of each clause in the old edition."""
        return {identity: base.digest() for identity, base in self.old.items()}

    @cached_property
    def carried(self) -> dict[str, str]:
        """The same, with references to what goes by another name now."""
        return {identity: base.digest(self.names) for identity, base in self.old.items()}

    @cached_property
    def after(self) -> dict[str, str]:
        """The digest of each clause in the new edition."""
        return {identity: base.digest() for identity, base in self.new.items()}


@dataclass(frozen=True)
class Upgrade:
    """What became of one adoption, or of one template that extends another."""

    name: str
    old: str
    new: str
    outcomes: tuple[Outcome, ...]
    text: str
    """The text of its file after it, as far as all is decided."""
    choices: str
    """The text of the file of its decisions."""

    @property
    def done(self) -> bool:
        """Whether nothing is open."""
        return not any(outcome.open for outcome in self.outcomes)
