"""A school's use of one edition, as its policies/TEMPLATE-ID.yaml says it, and the check of its answers and history."""

from collections.abc import Collection, Mapping, Sequence
from functools import partial
from itertools import pairwise
from typing import Annotated, Any, Literal, Self, TypeAlias

from pydantic import BeforeValidator, Discriminator, Field, Tag, model_validator

from policygen.editions.in_words import Words as InWords
from policygen.files.fields import (
    ByClause,
    Day,
    DayOrMonth,
    Dotted,
    FileModel,
    Group,
    Many,
    Markdown,
    Maybe,
    Months,
    Quoted,
    Words,
    YesNo,
    refusal,
)
from policygen.files.yamlfile import Located
from policygen.ground.dates import Slot, certainly_before
from policygen.ground.diagnostics import Problems
from policygen.ground.wording import meant_or_known
from policygen.language.document import VersionRow
from policygen.model.question import Answer, AnyQuestion, RefusedAnswerError, doubt_about
from policygen.model.template import Bodies, SignatoryKey, Template


class Deviation(FileModel):
    """Leave to depart from agreed wording."""

    agreed_by: Words = Field(examples=["Northshire County Council, Schools HR"])
    """Who gave it: the issuer, or those who agreed the wording."""
    reason: Words = Field(examples=["Agreed with the recognised unions for this site"])
    """Why this school may depart from it."""
    until: Maybe[Day] = None
    """The last day on which it holds; without it, until the issuer changes the clause."""


class ClauseDecision(FileModel):
    """What the school did with one clause, and why."""

    replace: Maybe[Markdown] = None
    """The clause's whole content, without its number."""
    add_before: Maybe[Markdown] = None
    """Paragraphs of the school's own before the clause."""
    add_after: Maybe[Markdown] = None
    """Paragraphs of the school's own after the clause."""
    omit: Maybe[YesNo] = None
    """yes to leave the clause out."""
    reason: Words = Field(examples=["Agreed with the safeguarding partnership"])
    against: Maybe[Quoted] = None
    """The digest of the model text that the school had before it; written by policygen."""
    deviation: Maybe[Deviation] = None
    """Where the clause is agreed wording: who agreed that this school departs from it."""

    @model_validator(mode="after")
    def _decides_one_thing(self) -> Self:
        if self.omit is False:
            raise refusal(
                "bad-value",
                "`omit` can only be true",
                "write `omit: true`, or take the line out",
                "omit",
            )
        added = [key for key in ("add_before", "add_after") if getattr(self, key)]
        done = [key for key in ("replace", "omit") if getattr(self, key)] + added[:1]
        if not done and not self._decides_otherwise():
            raise refusal(
                "missing-key",
                "{name} decides nothing",
                "write `replace`, `add_before`, `add_after` or `omit: true`, or `keep` alone",
            )
        if len(done) > 1:
            raise refusal(
                "bad-value",
                f"`{done[0]}` and `{done[1]}` exclude each other",
                "keep one of the two",
                done[1],
            )
        return self

    def _decides_otherwise(self) -> bool:
        """Whether it does something that is no change of the wording."""
        return False


def keep_or_group(written: Any) -> Any:
    """Refuse what is neither `keep` nor a decision."""
    if isinstance(written, dict | FileModel) or written is None or written == "keep":
        return written
    raise refusal(
        "bad-value", "{name} must be `keep` or a decision with its reason", "write `{key}: keep`"
    )


Decision = Annotated[
    Annotated[Literal["keep"], Tag("<keep>")] | Annotated[ClauseDecision, Tag("<decision>")],
    Discriminator(lambda written: "<keep>" if isinstance(written, str) else "<decision>"),
    BeforeValidator(keep_or_group),
]


class Review(FileModel):
    """The review cycle, where it is not the template's."""

    months: Maybe[Months] = Field(None, examples=[12])
    term: Maybe[Slot] = None
    """The slot of the school year in which it is reviewed, the one nearest to so many months after approval."""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.months is None and self.term is None:
            raise refusal(
                "missing-key",
                "{name} lacks `months`",
                "write `months: 12`, `term: Autumn 2` or both",
            )
        return self


class HistoryRow(FileModel):
    """One version from before policygen."""

    version: Dotted = Field(examples=["1.0"])
    date: Maybe[DayOrMonth] = None
    author: Maybe[Words] = None
    """What nobody recorded prints as “Not recorded”; so do the date, the reason and the minute."""
    reason: Maybe[Words] = None
    minute: Maybe[Quoted] = None
    """The minute number, in quotes."""

    @property
    def row(self) -> VersionRow:
        """Its row of the version table."""
        said = self.author or "", self.reason or "", self.minute or ""
        return VersionRow(self.version, self.date, *said, undated=self.date is None)


class StartedAdoption(FileModel):
    """An adoption whose version, author or reason may not have been written yet."""

    edition: Dotted = Field(examples=["2026.1"])
    """The edition that is adopted."""
    version: Dotted | None = None
    author: Words | None = None
    reason: Words | None = None
    answers: Group[Any] = Field(default_factory=dict)
    """By question, as written; `check_answers` gives them their types."""
    clauses: ByClause[Decision] = Field(default_factory=dict)
    """What the school decided about clauses, by id."""
    amends: ByClause[Literal["editorial", "material"]] = Field(default_factory=dict)
    """What this version changes since the last approved one: ids of clauses, each with the class of its change."""
    approving_body: Maybe[Bodies] = None
    """Who is to approve this version, if not the body that the model policy asks for; two of them decide in turn."""
    review: Maybe[Review] = None
    owner: Maybe[SignatoryKey] = None
    """The role that looks after the policy here, where it is not the one that the model policy names."""
    history: Many[HistoryRow] = ()
    """Versions from before policygen, oldest first."""


class AdoptionFile(StartedAdoption):
    """A school's adoption of one edition."""

    version: Dotted = Field(examples=["1.0"])
    """The version that is being prepared."""
    author: Words = Field(examples=["Headteacher"])
    """Who prepares it, for the amendment history."""
    reason: Words = Field(examples=["First adopted"])
    """Why, for the amendment history."""


LocatedAdoption: TypeAlias = Located[AdoptionFile] | Located[StartedAdoption]


# --- answers ----------------------------------------------------------------------------------------------------------


def check_answers(
    template: Template,
    adoption: LocatedAdoption,
    asked: Mapping[str, AnyQuestion],
    problems: Problems,
) -> dict[str, Answer]:
    """The typed answers to the questions that are asked, in their order, without those that are bad.

    `asked` are questions of the template, with the options that are for this school.
    """
    given = adoption.value.answers
    _note_needless(template, adoption, asked, problems)
    answers: dict[str, Answer] = {}
    for name, question in asked.items():
        if given.get(name) is None:
            problems.add(
                "unanswered-question",
                f"`{name}` has no answer",
                adoption.place("answers", name, key=True),
                question.ask,
                *question.how_to_answer(name),
            )
            continue
        try:
            answers[name] = question.read(given[name])
        except RefusedAnswerError as error:
            keys: tuple[str | int, ...] = ("answers", name, *error.keys)
            written = adoption.written(*keys)
            hint = error.hint.replace("{written}", written).replace("{name}", name)
            problems.add(
                "bad-answer",
                f"`{name}` {error.message.replace('{written}', written)}",
                adoption.place(*keys),
                *([hint] if hint else question.how_to_answer(name)),
            )
        else:
            _note_doubts(adoption, name, question, answers[name], problems)
    return answers


def _note_doubts(
    adoption: LocatedAdoption, name: str, question: AnyQuestion, answer: Answer, problems: Problems
) -> None:
    """Note own words that are likely to be none, such as `TBC` or the number of a choice in a menu."""
    for index, text in question.free_texts(answer):
        doubt = doubt_about(text)
        if doubt:
            place = adoption.place("answers", name, *index)
            hint = (
                "write the words that the policy prints, or take the answer out until you know them"
            )
            problems.add("doubtful-value", f"`{text}` {doubt}", place, hint)


def why_refused(question: AnyQuestion, given: object) -> str:
    """What is wrong with an answer, to follow the name of the question; empty when it will do."""
    try:
        question.read(given)
    except RefusedAnswerError as error:
        return error.message.replace("{written}", str(given))
    return ""


def wordings(template: Template, answers: Mapping[str, Answer]) -> dict[str, object]:
    """The words in which the chosen options print, by question: text for a choice, a list for choices.

    None for an option that has no words of its own, or for choices with such an option among them. `answers` come from
    `check_answers`; those to questions without options have no wording.
    """
    return {
        name: template.questions[name].wording(answer)
        for name, answer in answers.items()
        if template.questions[name].choices
    }


def review_cycle(template: Template, adoption: StartedAdoption) -> tuple[int, str]:
    """After how many months a policy is reviewed, and in which slot of the school year; empty for any."""
    rules, own = (
        template.adoption,
        adoption.review or Review(months=template.adoption.review_months),
    )
    return own.months or rules.review_months, own.term or rules.review_term or ""


def check_history(adoption: LocatedAdoption, problems: Problems) -> None:
    """Note a history whose versions do not rise up to the one being prepared, or whose dates go back."""
    file = adoption.value
    for index, (earlier, later) in enumerate(pairwise(file.history), start=1):
        if version_order(later.version) <= version_order(earlier.version):
            problems.add(
                "history-order",
                f"version `{later.version}` stands after version `{earlier.version}`",
                adoption.place("history", index, "version"),
                "write the oldest version first, and each version once",
            )
        if earlier.date and later.date and certainly_before(later.date, earlier.date):
            problems.add(
                "history-order",
                f"version `{later.version}` has an earlier date than version `{earlier.version}`",
                adoption.place("history", index, "date"),
                "write the oldest version first",
            )
    if (
        file.version
        and file.history
        and version_order(file.version) <= version_order(file.history[-1].version)
    ):
        problems.add(
            "history-order",
            f"version `{file.version}` is being prepared, and the history already has `{file.history[-1].version}`",
            adoption.place("version"),
            "write a higher version",
        )


def same_version(one: str, other: str) -> bool:
    """Whether two numbers name the same version: 1.0 and 1."""
    return version_order(one) == version_order(other)


def version_order(version: str) -> tuple[int, ...]:
    """What to sort versions by: 1.9 before 1.10, and 1.0 the same as 1."""
    numbers = [int(number) for number in version.split(".")]
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)


def _what_is_asked(name: str, known: Sequence[str]) -> str:
    return meant_or_known(name, known) or "the template asks no questions"


def _note_needless(
    template: Template, adoption: LocatedAdoption, asked: Collection[str], problems: Problems
) -> None:
    """Note answers to questions that do not exist, or that are not asked of this school."""
    known = [*template.questions]
    for name in adoption.value.answers:
        place = adoption.place("answers", name, key=True)
        if name not in template.questions:
            hint = partial(_what_is_asked, name, known)
            problems.add("unknown-answer", f"`{name}` is no question of this policy", place, hint)
        elif name not in asked and not template.questions[name].shared:
            when = template.questions[name].when
            problems.add(
                "unasked-answer",
                f"`{name}` is not asked of this school",
                place,
                f"it is asked only where {InWords(template).condition(when, {}).yes}; take the answer out"
                if when
                else "take the answer out",
            )
