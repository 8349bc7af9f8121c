"""What a school is asked: each kind of question, and the answers that it takes."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Callable, Iterator
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Discriminator, Field, Tag, model_validator

from policygen.files.fields import (
    Day,
    FileModel,
    Id,
    Many,
    Maybe,
    Words,
    YesNo,
    _short_form,
    day_hint,
    kind_of,
    read_day,
    read_yes_or_no,
    refusal,
)
from policygen.files.yamledit import as_yaml
from policygen.ground.wording import did_you_mean, join_or

OPEN = "…"
"""Stands in a text for an answer that is missing."""


class _OpenNumber(int):
    """A number that nobody has given yet. It can be compared, and prints as such."""

    def __str__(self) -> str:
        return OPEN


def _stand_in(question: AnyQuestion) -> object:
    """What fills a text in place of an answer that is missing, so that nothing else is reported for want of it."""
    match question.kind:
        case "text" | "date":
            return OPEN
        case "list":
            return [OPEN]
        case "whole-number":
            return _OpenNumber()
        case _:
            return None


class _RefusedAnswerError(Exception):
    """An answer that does not fit its question."""

    def __init__(self, message: str, hint: str = "", *keys: int) -> None:
        """Say what is wrong, to follow the name of the question; `keys` name the item at fault, in a list.

        Without a hint, how to answer is said.
        """
        super().__init__(message)
        self.message, self.hint, self.keys = message, hint, keys


def _answer(question: AnyQuestion, given: Any) -> object:
    """The typed answer. Raises _RefusedAnswerError."""
    match question:
        case ChoiceQuestion(options=options):
            return _option(given, [*options])
        case ChoicesQuestion(options=options):
            return _each(given, lambda item: _option(item, [*options]))
        case YesNoQuestion():
            answer = read_yes_or_no(given)
            if answer is None:
                raise _RefusedAnswerError(f"must be yes or no{_not(given)}")
            return answer
        case TextQuestion():
            return _text(given)
        case ListQuestion():
            return _each(given, _text)
        case WholeNumberQuestion():
            if not isinstance(given, int) or isinstance(given, bool) or not question.allows(given):
                raise _RefusedAnswerError(f"must be {question.bounds}{_not(given)}")
            return given
        case DateQuestion():
            return _date(question, given)


def _not(given: object) -> str:
    return f", not {kind_of(given)}" if isinstance(given, list | dict) else ", not `{written}`"


def _option(given: object, options: list[str]) -> str:
    if isinstance(given, list | dict):
        raise _RefusedAnswerError(f"takes one option, not {kind_of(given)}")
    if isinstance(given, str) and given in options:
        return given
    raise _RefusedAnswerError("has no option `{written}`", did_you_mean(str(given), options))


def _each(given: object, read: Callable[[object], str]) -> list[str]:
    if not isinstance(given, list) or not given:
        raise _RefusedAnswerError(
            "must be a list" + (", and it is empty" if given == [] else _not(given))
        )
    answers: list[str] = []
    for index, item in enumerate(given):
        try:
            answers.append(read(item))
        except _RefusedAnswerError as error:
            raise _RefusedAnswerError(error.message, error.hint, index) from None
        if answers[-1] in answers[:-1]:
            raise _RefusedAnswerError(
                f"names `{answers[-1]}` twice", "take one of the two out", index
            )
    return answers


def _text(given: object) -> str:
    if isinstance(given, str) and given.strip():
        return given.strip()
    if isinstance(given, str) or given is None:
        raise _RefusedAnswerError("is answered with an empty text")
    hint = "" if isinstance(given, list | dict) else 'put the answer in quotes: `"{written}"`'
    raise _RefusedAnswerError(f"must be text, not {kind_of(given)}", hint)


def _date(question: DateQuestion, given: object) -> datetime.date:
    day = read_day(given)
    if day is None:
        raise _RefusedAnswerError("must be a date, the year first", f"write `{day_hint(given)}`")
    if question.earliest and day < question.earliest:
        raise _RefusedAnswerError(f"must be {question.earliest} or later")
    if question.latest and day > question.latest:
        raise _RefusedAnswerError(f"must be {question.latest} or earlier")
    return day


def _how_to_answer(name: str, question: AnyQuestion) -> Iterator[str]:
    """What to write, one hint for each option. What the template suggests serves as the example."""
    match question:
        case ChoiceQuestion(options=options):
            for key, option in options.items():
                yield f"write `{name}: {key}` for “{option.label}”"
        case ChoicesQuestion(options=options):
            yield f"write `{name}: [{', '.join(options)}]` with those that hold"
            for key, option in options.items():
                yield f"`{key}` is “{option.label}”"
        case YesNoQuestion():
            yield f"write `{name}: yes` or `{name}: no`"
        case WholeNumberQuestion():
            number = next(
                n
                for n in (question.suggested, question.lowest, question.highest, 1)
                if n is not None
            )
            yield f"write {question.bounds}, such as `{name}: {number}`"
        case DateQuestion():
            yield f"write a date, such as `{name}: {question.earliest or question.latest or day_hint(None)}`"
        case TextQuestion() | ListQuestion():
            suggested = (
                list(question.suggested)
                if isinstance(question, ListQuestion)
                else question.suggested
            )
            example = _as_yaml(
                suggested or ("…" if isinstance(question, TextQuestion) else ["…", "…"])
            )
            yield f"write `{name}: {example}`" + (", if that is right" if suggested else "")


def _as_yaml(value: object) -> str:
    """A value as it can be written in YAML."""
    match value:
        case list():
            return f"[{', '.join(_as_yaml(item) for item in value)}]"
        case str():
            return json.dumps(value, ensure_ascii=False)
        case _:
            return str(value)


QUESTION_ID_PATTERN = r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*"
# `answers.items` would be a method of the answers in Jinja, not an answer.
_NOT_QUESTIONS = frozenset(name for name in dir(dict) if not name.startswith("_"))


def _question_id(text: Any) -> Any:
    if text in _NOT_QUESTIONS:
        raise refusal(
            "bad-value",
            f"`{text}` cannot be the id of a question",
            f"write `{text}_chosen` or another word",
        )
    if isinstance(text, str) and not re.fullmatch(QUESTION_ID_PATTERN, text):
        like = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")
        hint = f"write `{like}`" if re.fullmatch(QUESTION_ID_PATTERN, like) else ""
        raise refusal("bad-value", f"`{text}` is not lower-case words joined by underscores", hint)
    return text


QuestionId = Annotated[
    str, Field(pattern=f"^{QUESTION_ID_PATTERN}$"), BeforeValidator(_question_id)
]


# --- questions --------------------------------------------------------------------------------------------------------


class Option(FileModel):
    """One allowed answer."""

    label: Words = Field(examples=["Not at all"])
    """As the school reads it when it answers."""
    prints: Maybe[Words] = None
    """The words in which it prints; without them the option chooses text and prints nothing itself."""


Options = dict[
    Id,
    Annotated[
        Option,
        BeforeValidator(_short_form("label", "a label"), json_schema_input_type=str | Option),
    ],
]


class QuestionBase(FileModel):
    """What every question has."""

    ask: Words = Field(examples=["Who keeps the logs?"])
    """The question as the school reads it."""
    guidance: Maybe[Words] = None
    """Shown to the school when it answers, never printed in a document."""
    clauses: Many[Id] = ()
    """The clauses that it decides."""
    when: Maybe[Words] = None
    """Asked only if this holds."""


class ChoiceQuestion(QuestionBase):
    """One of several options, the suggested one first."""

    kind: Literal["choice"]
    options: Options = Field(min_length=2)


class ChoicesQuestion(QuestionBase):
    """Any number of options."""

    kind: Literal["choices"]
    options: Options = Field(min_length=2)


class YesNoQuestion(QuestionBase):
    """Yes or no."""

    kind: Literal["yes-no"]
    suggested: Maybe[YesNo] = None


class TextQuestion(QuestionBase):
    """A text in the school's own words."""

    kind: Literal["text"]
    suggested: Maybe[Words] = None


class ListQuestion(QuestionBase):
    """Several texts."""

    kind: Literal["list"]
    suggested: Many[Words] = ()


class WholeNumberQuestion(QuestionBase):
    """A whole number within bounds."""

    kind: Literal["whole-number"]
    lowest: Maybe[int] = Field(None, alias="from")
    highest: Maybe[int] = Field(None, alias="to")
    suggested: Maybe[int] = None

    @model_validator(mode="after")
    def _bounds_hold(self) -> Self:
        if self.lowest is not None and self.highest is not None and self.lowest > self.highest:
            raise refusal("bad-value", "`from` is more than `to`", "", "from")
        if self.suggested is not None and not self.allows(self.suggested):
            raise refusal("bad-value", f"`suggested` must be {self.bounds}", "", "suggested")
        return self

    def allows(self, number: int) -> bool:
        """Whether a number lies within the bounds."""
        return (self.lowest is None or number >= self.lowest) and (
            self.highest is None or number <= self.highest
        )

    @property
    def bounds(self) -> str:
        """The numbers allowed, in words: "a whole number from 1 to 12"."""
        match self.lowest, self.highest:
            case None, None:
                return "a whole number"
            case low, None:
                return f"a whole number of at least {low}"
            case None, high:
                return f"a whole number of at most {high}"
            case low, high:
                return f"a whole number from {low} to {high}"


class DateQuestion(QuestionBase):
    """A day."""

    kind: Literal["date"]
    earliest: Maybe[Day] = Field(None, alias="from")
    latest: Maybe[Day] = Field(None, alias="to")

    @model_validator(mode="after")
    def _bounds_hold(self) -> Self:
        if self.earliest and self.latest and self.earliest > self.latest:
            raise refusal("bad-value", "`from` is later than `to`", "", "from")
        return self


AnyQuestion = (
    ChoiceQuestion
    | ChoicesQuestion
    | YesNoQuestion
    | TextQuestion
    | ListQuestion
    | WholeNumberQuestion
    | DateQuestion
)
QUESTION_KINDS = ("choice", "choices", "yes-no", "text", "list", "whole-number", "date")


def _with_known_kind(written: Any) -> Any:
    if isinstance(written, FileModel):
        return written
    if not isinstance(written, dict):
        raise refusal("wrong-type", "{name} must be a group of keys, not " + kind_of(written))
    kinds = [f"`{kind}`" for kind in QUESTION_KINDS]
    if "kind" not in written:
        raise refusal("missing-key", "{name} lacks `kind`", f"write `kind:` and {join_or(kinds)}")
    kind = written["kind"]
    if kind not in QUESTION_KINDS:
        hint = did_you_mean(str(kind), QUESTION_KINDS)
        raise refusal("bad-value", f"`kind` must be {join_or(kinds)}", hint, "kind")
    return written


def _kind_tag(written: Any) -> str:
    kind = written["kind"] if isinstance(written, dict) else written.kind
    return f"<{kind}>"


Question = Annotated[
    Annotated[ChoiceQuestion, Tag("<choice>")]
    | Annotated[ChoicesQuestion, Tag("<choices>")]
    | Annotated[YesNoQuestion, Tag("<yes-no>")]
    | Annotated[TextQuestion, Tag("<text>")]
    | Annotated[ListQuestion, Tag("<list>")]
    | Annotated[WholeNumberQuestion, Tag("<whole-number>")]
    | Annotated[DateQuestion, Tag("<date>")],
    Discriminator(_kind_tag),
    BeforeValidator(_with_known_kind),
]


def answers_allowed(question: AnyQuestion) -> Iterator[str]:
    """What may be answered, as lines; what the template suggests is marked."""
    match question:
        case ChoiceQuestion(options=options):
            for index, (key, option) in enumerate(options.items()):
                yield f"- {key}: {option.label}{suggested(marked=not index)}"
        case ChoicesQuestion(options=options):
            yield f"any of these, as a list: [{', '.join(options)}]"
            yield from (f"- {key}: {option.label}" for key, option in options.items())
        case YesNoQuestion(suggested=answer):
            yield f"yes or no{_suggestion(answer)}"
        case TextQuestion(suggested=answer):
            yield f"text{_suggestion(answer)}"
        case ListQuestion(suggested=answers):
            yield f"a list{_suggestion([*answers] or None)}"
        case WholeNumberQuestion(suggested=answer):
            yield f"{question.bounds}{_suggestion(answer)}"
        case DateQuestion():
            yield "a date, the year first, such as 2026-09-01"


def suggested(*, marked: bool = True) -> str:
    """The mark of what the template suggests."""
    return " (suggested)" if marked else ""


def _suggestion(answer: object) -> str:
    return "" if answer is None else f"; suggested: {as_yaml(answer)}"
