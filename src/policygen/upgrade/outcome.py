"""What a new edition means for one school: each clause and question taken, kept, or to be decided. Never a default.

The words of this module and of its neighbours: an *outcome* is what becomes of one clause or question; a *choice* is
what a person decided about one; *edits* are what then changes in the adoption's file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, assert_never

from policygen.files import yamledit
from policygen.ground.diagnostics import Place
from policygen.language.document import Clause
from policygen.model.adoption import ClauseDecision, Deviation
from policygen.model.edition_record import ChangeNote
from policygen.model.question import AnyQuestion

Subject = Literal["clause", "question"]
Result = Literal["taken", "kept", "asked"]
Action = Literal["take", "keep", "own", "answer"]
OwnText = Literal["own", "own_before", "own_after"]
"""Under which key a new text of the school's is written; the last two where it adds to a clause on both sides."""

CLAUSE_REASONS = {
    "": "unchanged",
    "same": "the issuer says the same now",
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
    "otherwise": "it is one question for all policies now, and another policy of the school answers it otherwise",
    "needed": "the answer has another name now, which another policy of the school does not have yet",
}
"""What happened to a question."""


@dataclass(frozen=True)
class Outcome:
    """What becomes of one clause or question."""

    kind: Subject
    id: str
    """In the old edition, if it was there; by it people decide."""
    result: Result
    why: str
    """A key of the reasons above."""
    now: tuple[str, ...] = ()
    """Its ids in the new edition."""
    details: str = ""
    """What the edition says of it: the reason why it is gone, or what became of what the school's text refers to."""
    notes: tuple[ChangeNote, ...] = ()
    """The issuer's explanations of the changes to it."""
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
        match self.kind:
            case "clause":
                return CLAUSE_REASONS[self.why]
            case "question":
                return ANSWER_REASONS[self.why]
            case _:
                assert_never(self.kind)

    @property
    def key(self) -> str:
        """By what a decision about it is written: a question by its new name."""
        if self.kind == "question" and self.now:
            return self.now[0]
        return self.id

    @property
    def needs_a_place(self) -> bool:
        """Whether a text of the school's that stays has to be told to which clause it goes."""
        return self.kind == "clause" and (len(self.now) != 1 or self.why == "left-out")

    @property
    def can_keep(self) -> bool:
        """Whether the school's text can stay as it is."""
        if self.local is None or self.why == "reference":
            return False
        return not (self.local.omit and (not self.now or self.why == "left-out"))


@dataclass(frozen=True)
class Choice:
    """What a person decided about one clause or question."""

    action: Action
    texts: Mapping[OwnText, str] = field(default_factory=dict)
    """The school's new texts."""
    to: str = ""
    """The clause to which the school's text goes, where its own is gone or split."""
    reason: str = ""
    deviation: Deviation | None = None
    answer: object = None
    place: Place | None = None
    """Where it is written; None for a choice from the command line."""


@dataclass(frozen=True)
class ClauseTexts:
    """The texts of one clause that a person reads before deciding."""

    before: str = ""
    """The model text in the old edition, as this school has it."""
    now: str = ""
    """That in the new one; where it hangs on an answer that is still open, with each answer."""
    ours: str = ""
    """The school's, with what it does; references as they print."""


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
            text = yamledit.without(text, (self.group, name))
        renamed = {old: new for old, new in self.renamed.items() if old != new}
        if renamed:
            text = yamledit.with_names(text, (self.group,), renamed)
        for name, values in self.inner.items():
            for key, value in values.items():
                text = yamledit.with_value(text, (self.group, name, key), value)
        for name, value in self.values.items():
            text = yamledit.with_value(text, (self.group, name), value, order=order)
        for name, lines in self.lines.items():
            text = yamledit.with_value(text, (self.group, name), yamledit.Lines(lines))
        return text


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
    shown: Mapping[str, ClauseTexts] = field(default_factory=dict)
    """What to read about each clause that is asked about."""
    questions: Mapping[str, AnyQuestion] = field(default_factory=dict)
    """What the new edition asks; of a school, with the options that are for it."""
    copy: Mapping[str, str] = field(default_factory=dict)
    """What the school's copy will say where the school's own words stand, by the id of the clause."""

    @property
    def done(self) -> bool:
        """Whether nothing is open."""
        return not any(outcome.open for outcome in self.outcomes)
