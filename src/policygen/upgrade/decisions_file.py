"""The decisions of an upgrade as a file: what a person has to read for each, and where the decision is written.

It stands beside the adoption as POLICY.upgrade.yaml while anything is open, and is gone when the upgrade is done.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Literal, Self

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
from policygen.language.document import Clause
from policygen.model.adoption import ClauseDecision, Deviation
from policygen.model.question import AnyQuestion
from policygen.upgrade.outcome import Choice, Outcome

_TEXTS = ("replace", "add_before", "add_after")


class ClauseChoice(FileModel):
    """One clause to decide about."""

    why: str | None = None
    """Why somebody has to decide; for reading only, and so are the next four."""
    before: str | None = None
    now: str | None = None
    ours: str | None = None
    becomes: str | None = None
    decision: Literal["take", "keep", "own"] | None = None
    """take: the model text; keep: the school's; own: a new text of the school's."""
    own: Maybe[Markdown] = None
    """The school's new text."""
    to: Maybe[Id] = None
    """The clause to which the school's text goes, where its own is gone or split."""
    reason: Maybe[Words] = None
    """Why the school's text differs, if not for the reason that it gave before."""
    deviation: Maybe[Deviation] = None
    """Where the clause is agreed wording: who agreed that this school departs from it."""

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if self.own and self.decision in ("take", "keep"):
            raise refusal(
                "bad-value",
                f"`{self.decision}` and `own` exclude each other",
                "keep one of the two",
                "own",
            )
        if self.decision == "own" and not self.own:
            raise refusal(
                "missing-key", "{name} lacks `own`", "write `own: |` and your text below it"
            )
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
    return {
        name: Choice(choice.action, answer=choice.answer, place=file.place("answers", name))
        for name, written in file.value.answers.items()
        if written is not None
        for choice in [read_answer(written, options.get(name, ()))]
    }


def clause_choices(file: Located[UpgradeFile]) -> dict[str, Choice]:
    """The choices about clauses, by id."""
    return {
        name: Choice(
            "own" if each.own else each.decision or "take",
            own=each.own or "",
            to=each.to or "",
            reason=each.reason or "",
            deviation=each.deviation,
            place=file.place("clauses", name, key=True),
        )
        for name, each in file.value.clauses.items()
        if each.decision or each.own
    }


# --- writing it -------------------------------------------------------------------------------------------------------


def written_choices(
    name: str,
    editions: tuple[str, str],
    outcomes: Sequence[Outcome],
    questions: Mapping[str, AnyQuestion],
    answers: Mapping[str, Choice],
    clauses: Mapping[str, Choice],
    text_of: Callable[[Clause], list[str]],
    note_of: Callable[[AnyQuestion], Iterator[str]],
) -> str:
    """The text of the file: everything that has to be decided, with what was decided already filled in.

    `text_of` gives the lines of a clause, `note_of` those that say what a question asks.
    """
    asked = [outcome for outcome in outcomes if outcome.result == "asked"]
    lines = [
        f"# Upgrade of {name}. Nothing is changed until all of this is decided.",
        f"# Write an answer or a decision for each; then type: policygen upgrade {name} --to {editions[1]}",
        "",
        f"from: {as_yaml(editions[0])}",
        f"to: {as_yaml(editions[1])}",
    ]
    for kind, heading in (("question", "answers"), ("clause", "clauses")):
        own = [outcome for outcome in asked if outcome.kind == kind]
        lines += ["", f"{heading}:"] if own else []
        for outcome in own:
            if kind == "question":
                lines += ["", *_question(outcome, questions, answers, note_of)]
            else:
                lines += ["", *_clause(outcome, clauses.get(outcome.id), text_of)]
    return "\n".join(lines) + "\n"


def _question(
    outcome: Outcome,
    questions: Mapping[str, AnyQuestion],
    answers: Mapping[str, Choice],
    note_of: Callable[[AnyQuestion], Iterator[str]],
) -> Iterator[str]:
    key = outcome.now[0] if outcome.now else outcome.id
    yield f"  # {outcome.because}"
    if outcome.answer is not None:
        yield f"  # Your answer was: {as_yaml(outcome.answer)}"
    if key in questions and outcome.why != "unasked":
        yield from (f"  # {line}".rstrip() for line in note_of(questions[key]))
    match outcome.why:
        case "removed" | "unasked":
            yield "  # Write `take`, and the answer goes."
        case "reworded":
            yield "  # Write `keep` if your answer is still right, or another answer."
    choice = answers.get(key)
    written = (
        "" if choice is None else choice.answer if choice.action == "answer" else choice.action
    )
    yield f"  {key}: {as_yaml(written)}".rstrip() if written != "" else f"  {key}:"


def _clause(
    outcome: Outcome, choice: Choice | None, text_of: Callable[[Clause], list[str]]
) -> Iterator[str]:
    yield f"  {outcome.id}:"
    yield f"    why: {as_yaml('; '.join(filter(None, (outcome.because, outcome.said))))}"
    if outcome.now and outcome.now != (outcome.id,):
        yield f"    becomes: {as_yaml(', '.join(outcome.now))}"
    for key, lines in (
        ("before", _shown(outcome.before, text_of)),
        ("now", _shown(outcome.after, text_of)),
        ("ours", _ours(outcome.local)),
    ):
        if lines:
            yield from (f"    {line}".rstrip() for line in as_block(key, "\n".join(lines)))
    yield f"    # {_offer(outcome)}"
    yield from _chosen(choice)


def _shown(clauses: Sequence[Clause], text_of: Callable[[Clause], list[str]]) -> list[str]:
    texts = ["\n".join(line.rstrip() for line in text_of(each)).strip() for each in clauses]
    return "\n\n".join(filter(None, texts)).split("\n") if any(texts) else []


def _ours(decision: ClauseDecision | None) -> list[str]:
    if decision is None:
        return []
    if decision.omit:
        return ["(left out)"]
    return [
        line
        for key in _TEXTS
        if (text := getattr(decision, key))
        for line in ([] if key == "replace" else [f"({key.replace('_', ' ')})"])
        + text.rstrip().split("\n")
    ]


def _offer(outcome: Outcome) -> str:
    kept = (
        ""
        if outcome.local is None
        else "keep (left out), "
        if outcome.local.omit
        else "keep (yours), "
    )
    model = "take (the model text)" if outcome.now else "take (yours goes, too)"
    gone = not outcome.now or len(outcome.now) > 1 or outcome.why == "left-out"
    where = "; with `to:` and the clause where yours goes" if gone and outcome.local else ""
    locked = any(each.adapt == "locked" for each in outcome.after) and outcome.local is not None
    leave = "; yours needs `deviation: {agreed_by: …, reason: …, until: DATE}`" if locked else ""
    return f"{kept}{model}, or own: with a text below it{where}{leave}"


def _chosen(choice: Choice | None) -> Iterator[str]:
    if choice is None:
        yield "    decision:"
        return
    yield f"    decision: {choice.action}"
    if choice.own:
        yield from (f"    {line}".rstrip() for line in as_block("own", choice.own))
    for key, value in (("to", choice.to), ("reason", choice.reason)):
        if value:
            yield f"    {key}: {as_yaml(value)}"
    if choice.deviation:
        said = {
            key: value for key, value in choice.deviation.model_dump().items() if value is not None
        }
        yield f"    deviation: {as_yaml(said)}"
