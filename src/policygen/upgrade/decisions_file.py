"""The decisions of an upgrade as a file: what a person has to read for each, and where the decision is written.

It stands beside the adoption as POLICY.upgrade.yaml while anything is open, and is gone when the upgrade is done.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal, Self, assert_never

from pydantic import Field, model_validator

from policygen.files.fields import (
    ByClause,
    Dotted,
    FileModel,
    Group,
    Id,
    Markdown,
    Maybe,
    Words,
    refusal,
)
from policygen.files.yamledit import as_block, as_yaml
from policygen.files.yamlfile import Located
from policygen.model.adoption import ClauseDecision, Deviation
from policygen.model.edition_record import ChangeNote
from policygen.model.question import AnyQuestion
from policygen.upgrade.clauses import decision_texts, deviation_keys, own_keys
from policygen.upgrade.outcome import Choice, ClauseTexts, Outcome, OwnText
from policygen.upgrade.way import refers

_OWN: tuple[OwnText, ...] = ("own", "own_before", "own_after")


class ClauseChoice(FileModel):
    """One clause to decide about."""

    why: str | None = None
    """Why somebody has to decide; for reading only, and so are the next five."""
    issuer: str | None = None
    before: str | None = None
    now: str | None = None
    ours: str | None = None
    becomes: str | None = None
    decision: Literal["take", "keep", "own"] | None = None
    """take: the model text; keep: the school's; own: a new text of the school's."""
    own: Maybe[Markdown] = None
    """The school's new text. Where the school had added to the clause it is an addition, too."""
    own_before: Maybe[Markdown] = None
    """The new text before the clause, where the school had added to it on both sides."""
    own_after: Maybe[Markdown] = None
    """The new text after it."""
    to: Maybe[Id] = None
    """The clause to which the school's text goes, where its own is gone or split."""
    reason: Maybe[Words] = None
    """Why the school's text differs, if not for the reason that it gave before."""
    deviation: Maybe[Deviation] = None
    """Where the clause is agreed wording: who agreed that this school departs from it."""

    @property
    def texts(self) -> dict[OwnText, str]:
        """The school's new texts, by key."""
        return {key: text for key in _OWN if (text := getattr(self, key))}

    @property
    def decided(self) -> bool:
        """Whether anything is decided."""
        return self.decision is not None or bool(self.texts)

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if self.texts and self.decision in ("take", "keep"):
            key = next(iter(self.texts))
            says = f"`{self.decision}` and `{key}` exclude each other"
            raise refusal("bad-value", says, "keep one of the two", key)
        if self.decision == "own" and not self.texts:
            hint = "write `own: |` and your text below it"
            raise refusal("missing-key", "{name} lacks `own`", hint)
        return self


class UpgradeFile(FileModel):
    """What was decided so far."""

    old: Dotted = Field(alias="from")
    """The edition that the school has."""
    new: Dotted = Field(alias="to")
    """The edition that it goes to."""
    answers: Group[Any] = Field(default_factory=dict)
    """By question: an answer; or `keep` or `take`, where that is offered."""
    clauses: ByClause[ClauseChoice] = Field(default_factory=dict)


def read_answer(written: Any, options: Sequence[str]) -> Choice:
    """What was written about a question. `take` and `keep` are decisions, unless they are options of it."""
    if written in ("take", "keep") and written not in options:
        return Choice(written)
    return Choice("answer", answer=written)


def answer_choices(
    file: Located[UpgradeFile], options: Mapping[str, Sequence[str]]
) -> dict[str, Choice]:
    """The choices about questions, by id; `options` are those of each question that has some."""
    choices = {}
    for name, written in file.value.answers.items():
        if written is not None:
            choice = read_answer(written, options.get(name, ()))
            choices[name] = replace(choice, place=file.place("answers", name))
    return choices


def clause_choices(file: Located[UpgradeFile]) -> dict[str, Choice]:
    """The choices about clauses, by id."""
    return {
        name: Choice(
            "own" if entry.texts else entry.decision or "take",
            texts=entry.texts,
            to=entry.to or "",
            reason=entry.reason or "",
            deviation=entry.deviation,
            place=file.place("clauses", name, key=True),
        )
        for name, entry in file.value.clauses.items()
        if entry.decided
    }


def note_in_words(note: ChangeNote) -> str:
    """An issuer's explanation, as a school reads it before it decides."""
    may = "must" if note.must else "may"
    match note.class_:
        case "material":
            return f"{note.reason} (a material change, which schools {may} take)"
        case "editorial":
            return f"{note.reason} (an editorial change, which schools {may} take)"
        case _:
            assert_never(note.class_)


def ours_in_words(local: ClauseDecision | None) -> str:
    """What the school did with a clause, and its texts, each with what it does."""
    if local is not None and local.omit:
        return "(left out)"
    said = []
    for action, text in decision_texts(local).items():
        if action != "replace":
            said.append(f"({action.replace('_', ' ')})")
        said.append(text.rstrip())
    return "\n".join(said)


# --- writing it -------------------------------------------------------------------------------------------------------


def written_choices(
    name: str,
    editions: tuple[str, str],
    outcomes: Sequence[Outcome],
    questions: Mapping[str, AnyQuestion],
    answers: Mapping[str, Choice],
    clauses: Mapping[str, Choice],
    shown: Mapping[str, ClauseTexts],
    note_of: Callable[[AnyQuestion], Iterator[str]],
) -> str:
    """The text of the file: everything that has to be decided, with what was decided already filled in.

    `shown` are the texts to read about each clause; `note_of` gives the lines that say what a question asks.
    """
    lines = [
        f"# Upgrade of {name}. Nothing is changed until all of this is decided.",
        f"# Write an answer or a decision for each; then type: policygen upgrade {name} --to {editions[1]}",
        "",
        f"from: {as_yaml(editions[0])}",
        f"to: {as_yaml(editions[1])}",
    ]
    asked_questions: list[str] = []
    asked_clauses: list[str] = []
    for outcome in outcomes:
        if outcome.result != "asked":
            continue
        match outcome.kind:
            case "question":
                choice = answers.get(outcome.key)
                asked_questions += ["", *_question(outcome, questions, choice, note_of)]
            case "clause":
                texts = shown.get(outcome.id, ClauseTexts())
                asked_clauses += ["", *_clause(outcome, clauses.get(outcome.id), texts)]
            case _:
                assert_never(outcome.kind)
    for heading, entries in (("answers", asked_questions), ("clauses", asked_clauses)):
        if entries:
            lines += ["", f"{heading}:", *entries]
    return "\n".join(lines) + "\n"


def _question(
    outcome: Outcome,
    questions: Mapping[str, AnyQuestion],
    choice: Choice | None,
    note_of: Callable[[AnyQuestion], Iterator[str]],
) -> Iterator[str]:
    yield f"  # {outcome.because}"
    if outcome.details:
        yield f"  # {outcome.details}"
    for note in outcome.notes:
        yield f"  # The issuer: {note_in_words(note)}"
    if outcome.answer is not None:
        yield f"  # Your answer was: {as_yaml(outcome.answer)}"
    if outcome.key in questions and outcome.why != "unasked":
        for line in note_of(questions[outcome.key]):
            yield f"  # {line}".rstrip()
    if outcome.why in ("removed", "unasked"):
        yield "  # Write `take`, and the answer goes."
    elif outcome.why == "reworded":
        yield "  # Write `keep` if your answer is still right, or another answer."
    if choice is None:
        yield f"  {outcome.key}:"
        return
    written = choice.answer if choice.action == "answer" else choice.action
    yield f"  {outcome.key}: {as_yaml(written)}".rstrip()


def _clause(outcome: Outcome, choice: Choice | None, shown: ClauseTexts) -> Iterator[str]:
    yield f"  {outcome.id}:"
    yield f"    why: {as_yaml('; '.join(filter(None, (outcome.because, outcome.details))))}"
    if outcome.notes:
        notes = "; ".join(note_in_words(note) for note in outcome.notes)
        yield f"    issuer: {as_yaml(notes)}"
    if outcome.now and outcome.now != (outcome.id,):
        yield f"    becomes: {as_yaml(', '.join(outcome.now))}"
    for key, text in (("before", shown.before), ("now", shown.now), ("ours", shown.ours)):
        if text:
            for line in as_block(key, text):
                yield f"    {line}".rstrip()
    yield f"    # {_offer(outcome)}"
    if outcome.local and any(map(refers, decision_texts(outcome.local).values())):
        yield "    # In a text of yours, write [](#ID) to refer to a clause or section."
    yield from _chosen(choice)


def _offer(outcome: Outcome) -> str:
    """What may be decided, in a line."""
    local = outcome.local
    offers = []
    if outcome.can_keep:
        offers.append("keep (left out)" if local and local.omit else "keep (yours)")
    offers.append("take (the model text)" if outcome.now else "take (yours goes, too)")
    own = "own: with a text below it"
    if "own" not in own_keys(local):
        own = "own_before: and own_after: with texts below them"
    offer = f"{', '.join(offers)}, or {own}"
    if local and outcome.needs_a_place:
        offer += "; with `to:` and the clause where yours goes"
    if local and any(clause.adapt == "locked" for clause in outcome.after):
        offer += "; yours needs `deviation: {agreed_by: …, reason: …, until: DATE}`"
    return offer


def _chosen(choice: Choice | None) -> Iterator[str]:
    if choice is None:
        yield "    decision:"
        return
    yield f"    decision: {choice.action}"
    for name, text in choice.texts.items():
        for line in as_block(name, text):
            yield f"    {line}".rstrip()
    for key, value in (("to", choice.to), ("reason", choice.reason)):
        if value:
            yield f"    {key}: {as_yaml(value)}"
    if choice.deviation:
        yield f"    deviation: {as_yaml(deviation_keys(choice.deviation))}"
