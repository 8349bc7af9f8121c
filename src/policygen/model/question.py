"""What a school is asked: each kind of question is one class, with all that it can do.

It reads an answer and gives it its type, says how to answer, what is offered on a terminal, what stands in for a
missing answer, and what a text may print. To add a kind is to add a class, and its name to `AnyQuestion`.
"""

from __future__ import annotations

import datetime
import re
from abc import abstractmethod
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    Literal,
    Self,
    TypeAlias,
    Union,
    final,
    get_args,
)

from pydantic import (
    BeforeValidator,
    Discriminator,
    Field,
    PrivateAttr,
    Tag,
    TypeAdapter,
    model_validator,
)

from policygen.files.fields import (
    Day,
    FileModel,
    Id,
    Label,
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
from policygen.ground.dates import long_date, meant_day
from policygen.ground.letters import as_seen, is_placeholder, with_plain_signs
from policygen.ground.wording import code, did_you_mean, join_and, join_or
from policygen.ground.wording import in_words as number_in_words
from policygen.language.vocabulary import Shape

Answer: TypeAlias = str | bool | int | datetime.date | list[str]
"""A typed answer. Whatever a kind reads is one of these: texts can print and compare them."""

OPEN = "…"
"""Stands in a text for an answer that is missing."""


class _OpenNumber(int):
    """A number that nobody has given yet. It can be compared, and prints as such."""

    def __str__(self) -> str:
        return OPEN


class RefusedAnswerError(Exception):
    """An answer that does not fit its question."""

    def __init__(self, message: str, hint: str = "", *keys: int) -> None:
        """Say what is wrong, to follow the name of the question; `keys` name the item at fault, in a list.

        `{written}` stands for the answer as it was written, and in the hint `{name}` for the question. Without a hint,
        how to answer is said.
        """
        super().__init__(message)
        self.message, self.hint, self.keys = message, hint, keys


# --- what is offered on a terminal ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Offered:
    """One answer that can be chosen."""

    label: str
    answer: Answer
    suggested: bool = False


@dataclass(frozen=True)
class OneOf:
    """One of these is chosen."""

    options: tuple[Offered, ...]


@dataclass(frozen=True)
class AnyOf:
    """Any number of these is chosen; each stands for one entry of the answer, which is a list."""

    options: tuple[Offered, ...]


@dataclass(frozen=True)
class Typed:
    """A line is typed, or the suggested answer taken."""

    suggested: Offered | None = None
    own: str = ""
    """What the choice is called that leads to typing."""


@dataclass(frozen=True)
class Entries:
    """Lines are typed, one after another, or the suggested answer taken."""

    suggested: Offered | None = None
    own: str = ""


Offer: TypeAlias = OneOf | AnyOf | Typed | Entries


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

    label: Label = Field(examples=["Not at all"])
    """As the school reads it when it answers."""
    prints: Maybe[Label] = None
    """The words in which it prints; without them the option chooses text and prints nothing itself."""
    when: Maybe[Words] = None
    """Offered only if this holds."""


_NO_OPTION = "none of its options is for this school: its issuer has to add one, or not to ask it"

Options = dict[
    Id,
    Annotated[
        Option,
        BeforeValidator(_short_form("label", "a label"), json_schema_input_type=str | Option),
    ],
]


class QuestionBase(FileModel):
    """What every question has, and what every kind of question can do."""

    ask: Words = Field(examples=["Who keeps the logs?"])
    """The question as the school reads it."""
    guidance: Maybe[Words] = None
    """Shown to the school when it answers, never printed in a document."""
    clauses: Many[Id] = ()
    """The clauses that it decides."""
    when: Maybe[Words] = None
    """Asked only if this holds."""
    shared: YesNo = False
    """Whether the issuer declares it for all its templates, so that a school answers it once for all policies."""
    own: YesNo = False
    """This template's own, although another question of this workspace has the same id; never compared with it."""
    topic: Many[Words] = ()
    """Words that speak of its subject: typed in a section that does not read the answer, they may contradict it."""

    @property
    @abstractmethod
    def answer_shape(self) -> Shape:
        """What texts may compare its answer with, and whether they may print it."""

    @property
    def open_answer(self) -> str:
        """What a school may write, in words; empty where it chooses."""
        return ""

    @property
    def range(self) -> tuple[int | None, int | None] | None:
        """Of a number, the lowest and the highest that is allowed; None for what is no number."""
        return None

    @property
    def takes_several(self) -> bool:
        """Whether its answer is a list."""
        return isinstance(self.answer_shape, list)

    @property
    @abstractmethod
    def choices(self) -> Mapping[str, Option]:
        """The options of a kind that has some, by their keys; none for any other."""

    @abstractmethod
    def without(self, withheld: Mapping[str, str]) -> Self:
        """The question as it is asked of a school that some options are not for: in words where each is, by its key."""

    @abstractmethod
    def read(self, given: object) -> Answer:
        """The typed answer to what stands in a file. Raises RefusedAnswerError."""

    def typed(self, text: str) -> Answer:
        """The typed answer to what was typed on a terminal. Raises RefusedAnswerError."""
        return self.read(text)

    def meant(self, texts: Sequence[str]) -> Answer | None:
        """The answer that these words give, each found where a text prints it; None where they give none."""
        try:
            return self.read(self._meant(texts))
        except RefusedAnswerError:
            return None

    @abstractmethod
    def _meant(self, texts: Sequence[str]) -> object:
        """The same as it would stand in a file."""

    @abstractmethod
    def how_to_answer(self, name: str) -> Iterator[str]:
        """What to write, one hint for each option. What the template suggests serves as the example."""

    @abstractmethod
    def allowed(self) -> Iterator[str]:
        """What may be answered, as lines of a comment; what the template suggests is marked."""

    @abstractmethod
    def offer(self) -> Offer:
        """What is offered on a terminal."""

    @abstractmethod
    def stand_in(self) -> object:
        """What fills a text in place of a missing answer, so that nothing else is reported for want of it."""

    @abstractmethod
    def every_answer(self) -> tuple[Answer, ...]:
        """All answers there are, where one of a few is chosen; none where there may be others."""

    @abstractmethod
    def wording(self, answer: Answer) -> str | list[str] | None:
        """The words in which a chosen option prints; None where it, or the kind, has none."""

    @abstractmethod
    def free_texts(self, answer: Answer) -> Iterator[tuple[tuple[int, ...], str]]:
        """The school's own words in an answer, each with its index where it is one of several."""


class _WithoutOptions(QuestionBase):
    """A question that is answered by other than options."""

    @property
    def choices(self) -> Mapping[str, Option]:
        return {}

    def without(self, withheld: Mapping[str, str]) -> Self:  # noqa: ARG002
        return self

    def wording(self, answer: Answer) -> None:  # noqa: ARG002
        return None


class _WithOptions(QuestionBase):
    """A question whose answers are options."""

    options: Options = Field(min_length=2)
    _withheld: dict[str, str] = PrivateAttr(default_factory=dict)
    """Options that are not for the school that is asked."""

    @property
    def choices(self) -> Mapping[str, Option]:
        return self.options

    def without(self, withheld: Mapping[str, str]) -> Self:
        if not withheld:
            return self
        offered = {key: option for key, option in self.options.items() if key not in withheld}
        asked = self.model_copy(update={"options": offered})
        asked._withheld = dict(withheld)  # noqa: SLF001
        return asked

    def free_texts(self, answer: Answer) -> Iterator[tuple[tuple[int, ...], str]]:  # noqa: ARG002
        yield from ()

    def _options_in(self, text: str) -> list[str]:
        """The options whose words stand in a text, in its order; of two, one within the other, the longer one."""
        said = _as_compared(text)
        words = {
            key: _as_compared(option.prints)
            for key, option in self.options.items()
            if option.prints
        }
        places = {}
        for key in sorted(words, key=lambda key: -len(words[key])):
            at = said.find(words[key])
            if at >= 0:
                places[key] = at
                said = said.replace(words[key], "\0" * len(words[key]))
        return sorted(places, key=lambda key: places[key])

    def _key(self, given: object) -> str:
        if isinstance(given, list | dict):
            raise RefusedAnswerError(f"takes one option, not {kind_of(given)}")
        if isinstance(given, str) and given in self.options:
            return given
        if isinstance(given, str) and given in self._withheld:
            where = self._withheld[given]
            raise RefusedAnswerError(
                f"has `{given}`, which is not for this school: only where {where}"
            )
        near = did_you_mean(str(given), [*self.options])
        raise RefusedAnswerError("has no option `{written}`", near)

    def _offered(self, suggested: str = "") -> tuple[Offered, ...]:
        return tuple(
            Offered(option.label, key, key == suggested) for key, option in self.options.items()
        )


@final
class ChoiceQuestion(_WithOptions):
    """One of several options, the suggested one first."""

    kind: Literal["choice"]

    @property
    def answer_shape(self) -> Shape:
        return "option"

    def read(self, given: object) -> str:
        return self._key(given)

    def _meant(self, texts: Sequence[str]) -> str | None:
        options = self._options_in(_commonest(texts))
        return options[0] if len(options) == 1 else None

    def how_to_answer(self, name: str) -> Iterator[str]:
        if not self.options:
            yield _NO_OPTION
        for key, option in self.options.items():
            yield f"write `{name}: {key}` for “{option.label}”"

    def allowed(self) -> Iterator[str]:
        for offered in self.offer().options:
            yield f"- {offered.answer}: {offered.label}{mark(offered)}"

    def offer(self) -> OneOf:
        return OneOf(self._offered(suggested=next(iter(self.options), "")))

    def every_answer(self) -> tuple[Answer, ...]:
        return (*self.options,)

    def stand_in(self) -> None:
        return None

    def wording(self, answer: Answer) -> str | None:
        return self.options[str(answer)].prints


@final
class ChoicesQuestion(_WithOptions):
    """Any number of options."""

    kind: Literal["choices"]

    @property
    def answer_shape(self) -> Shape:
        return ["option"]

    def read(self, given: object) -> list[str]:
        return _each(given, self._key)

    def _meant(self, texts: Sequence[str]) -> list[str]:
        return self._options_in(" ".join(texts))

    def how_to_answer(self, name: str) -> Iterator[str]:
        if not self.options:
            yield _NO_OPTION
            return
        yield f"write `{name}: [{', '.join(self.options)}]` with those that hold"
        for key, option in self.options.items():
            yield f"`{key}` is “{option.label}”"

    def allowed(self) -> Iterator[str]:
        yield f"any of these, as a list: [{', '.join(self.options)}]"
        for key, option in self.options.items():
            yield f"- {key}: {option.label}"

    def offer(self) -> AnyOf:
        return AnyOf(self._offered())

    def every_answer(self) -> tuple[Answer, ...]:
        return ()

    def stand_in(self) -> None:
        return None

    def wording(self, answer: Answer) -> list[str] | None:
        words = []
        for key in answer if isinstance(answer, list) else ():
            prints = self.options[key].prints
            if prints is None:
                return None
            words.append(prints)
        return words


@final
class YesNoQuestion(_WithoutOptions):
    """Yes or no."""

    kind: Literal["yes-no"]
    suggested: Maybe[YesNo] = None

    @property
    def answer_shape(self) -> Shape:
        return "yes-no"

    def read(self, given: object) -> bool:
        answer = read_yes_or_no(given)
        if answer is None:
            raise RefusedAnswerError(f"must be yes or no{_not(given)}")
        return answer

    def _meant(self, texts: Sequence[str]) -> None:  # noqa: ARG002
        return None  # it chooses text, and prints nowhere

    def how_to_answer(self, name: str) -> Iterator[str]:
        yield f"write `{name}: yes` or `{name}: no`"

    def allowed(self) -> Iterator[str]:
        yield f"yes or no{_suggestion(self.suggested)}"

    def offer(self) -> OneOf:
        # The suggested answer stands first, as with every other choice.
        yes = Offered("Yes", answer=True, suggested=self.suggested is True)
        no = Offered("No", answer=False, suggested=self.suggested is False)
        return OneOf((no, yes) if no.suggested else (yes, no))

    def every_answer(self) -> tuple[Answer, ...]:
        return (True, False)

    def free_texts(self, answer: Answer) -> Iterator[tuple[tuple[int, ...], str]]:  # noqa: ARG002
        yield from ()

    def stand_in(self) -> None:
        return None


@final
class TextQuestion(_WithoutOptions):
    """A text in the school's own words."""

    kind: Literal["text"]
    suggested: Maybe[Words] = None

    @property
    def open_answer(self) -> str:
        return "words of the school’s own"

    @property
    def answer_shape(self) -> Shape:
        return "text"

    def read(self, given: object) -> str:
        return _text(given)

    def _meant(self, texts: Sequence[str]) -> str:
        return _commonest(texts)

    def how_to_answer(self, name: str) -> Iterator[str]:
        yield _example(name, self.suggested, OPEN)

    def allowed(self) -> Iterator[str]:
        yield f"text{_suggestion(self.suggested)}"

    def offer(self) -> Typed:
        return Typed(_offered(self.suggested), "Our own words")

    def every_answer(self) -> tuple[Answer, ...]:
        return ()

    def stand_in(self) -> str:
        return OPEN

    def free_texts(self, answer: Answer) -> Iterator[tuple[tuple[int, ...], str]]:
        yield (), str(answer)


@final
class ListQuestion(_WithoutOptions):
    """Several texts."""

    kind: Literal["list"]
    suggested: Many[Words] = ()

    @property
    def open_answer(self) -> str:
        return "a list in words of the school’s own"

    @property
    def answer_shape(self) -> Shape:
        return ["text"]

    def read(self, given: object) -> list[str]:
        return _each(given, _text)

    def _meant(self, texts: Sequence[str]) -> list[str]:
        parts = [part for text in texts for part in re.split(r",\s*(?:and\s+)?|\s+and\s+", text)]
        return [*dict.fromkeys(part.strip() for part in parts)]

    def how_to_answer(self, name: str) -> Iterator[str]:
        yield _example(name, [*self.suggested] or None, [OPEN, OPEN])

    def allowed(self) -> Iterator[str]:
        yield f"a list{_suggestion([*self.suggested] or None)}"

    def offer(self) -> Entries:
        return Entries(_offered([*self.suggested] or None), "Our own list")

    def every_answer(self) -> tuple[Answer, ...]:
        return ()

    def stand_in(self) -> list[str]:
        return [OPEN]

    def free_texts(self, answer: Answer) -> Iterator[tuple[tuple[int, ...], str]]:
        for index, text in enumerate(answer if isinstance(answer, list) else ()):
            yield (index,), text


@final
class WholeNumberQuestion(_WithoutOptions):
    """A whole number within bounds."""

    kind: Literal["whole-number"]
    lowest: Maybe[int] = Field(None, alias="from")
    highest: Maybe[int] = Field(None, alias="to")
    suggested: Maybe[int] = None

    @property
    def open_answer(self) -> str:
        return self.bounds

    @property
    def answer_shape(self) -> Shape:
        return "number"

    @property
    def range(self) -> tuple[int | None, int | None]:
        return self.lowest, self.highest

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

    def read(self, given: object) -> int:
        if not isinstance(given, int) or isinstance(given, bool) or not self.allows(given):
            raise RefusedAnswerError(f"must be {self.bounds}{_not(given)}")
        return given

    def typed(self, text: str) -> int:
        return self.read(int(text) if re.fullmatch(r"-?[0-9]{1,18}", text) else text)

    def _meant(self, texts: Sequence[str]) -> int | None:
        text = _commonest(texts)
        number = re.search(r"[0-9]{1,18}", text)
        return int(number[0]) if number else _NUMBERS.get(text.casefold())

    def how_to_answer(self, name: str) -> Iterator[str]:
        examples = (self.suggested, self.lowest, self.highest, 1)
        number = next(number for number in examples if number is not None)
        yield f"write {self.bounds}, such as `{name}: {number}`"

    def allowed(self) -> Iterator[str]:
        yield f"{self.bounds}{_suggestion(self.suggested)}"

    def offer(self) -> Typed:
        return Typed(_offered(self.suggested), "Another number")

    def every_answer(self) -> tuple[Answer, ...]:
        return ()

    def free_texts(self, answer: Answer) -> Iterator[tuple[tuple[int, ...], str]]:  # noqa: ARG002
        yield from ()

    def stand_in(self) -> int:
        return _OpenNumber()


@final
class DateQuestion(_WithoutOptions):
    """A day."""

    kind: Literal["date"]
    earliest: Maybe[Day] = Field(None, alias="from")
    latest: Maybe[Day] = Field(None, alias="to")

    @property
    def open_answer(self) -> str:
        return "a day"

    @property
    def answer_shape(self) -> Shape:
        return "date"

    @model_validator(mode="after")
    def _bounds_hold(self) -> Self:
        if self.earliest and self.latest and self.earliest > self.latest:
            raise refusal("bad-value", "`from` is later than `to`", "", "from")
        return self

    def read(self, given: object) -> datetime.date:
        day = read_day(given)
        if day is None:
            hint = f"write `{{name}}: {day_hint(given)}`"
            raise RefusedAnswerError("must be a date, the year first", hint)
        if self.earliest and day < self.earliest:
            raise RefusedAnswerError(f"must be {self.earliest} or later")
        if self.latest and day > self.latest:
            raise RefusedAnswerError(f"must be {self.latest} or earlier")
        return day

    def _meant(self, texts: Sequence[str]) -> datetime.date | None:
        return meant_day(_commonest(texts))

    def how_to_answer(self, name: str) -> Iterator[str]:
        example = self.earliest or self.latest or day_hint(None)
        yield f"write a date, such as `{name}: {example}`"

    def allowed(self) -> Iterator[str]:
        yield "a date, the year first, such as 2026-09-01"

    def offer(self) -> Typed:
        return Typed()

    def every_answer(self) -> tuple[Answer, ...]:
        return ()

    def free_texts(self, answer: Answer) -> Iterator[tuple[tuple[int, ...], str]]:  # noqa: ARG002
        yield from ()

    def stand_in(self) -> str:
        return OPEN


_NUMBERS = {number_in_words(number): number for number in range(1, 13)}


def _commonest(texts: Sequence[str]) -> str:
    return Counter(texts).most_common(1)[0][0] if texts else ""


def _as_compared(text: str) -> str:
    return " ".join(with_plain_signs(as_seen(text)).split()).casefold()


# --- what kinds share -------------------------------------------------------------------------------------------------


def _not(given: object) -> str:
    return f", not {kind_of(given)}" if isinstance(given, list | dict) else ", not `{written}`"


def _each(given: object, read: Callable[[object], str]) -> list[str]:
    if isinstance(given, str) and given.strip():
        raise RefusedAnswerError("must be a list, not `{written}`", "write `{name}: [{written}]`")
    if not isinstance(given, list) or not given:
        empty = ", and it is empty" if given == [] else _not(given)
        raise RefusedAnswerError(f"must be a list{empty}")
    answers: list[str] = []
    for index, item in enumerate(given):
        try:
            answer = read(item)
        except RefusedAnswerError as error:
            raise RefusedAnswerError(error.message, error.hint, index) from None
        if answer in answers:
            raise RefusedAnswerError(f"names `{answer}` twice", "take one of the two out", index)
        answers.append(answer)
    return answers


def _text(given: object) -> str:
    if isinstance(given, str) and given.strip():
        return given.strip()
    if isinstance(given, str) or given is None:
        raise RefusedAnswerError("is answered with an empty text")
    hint = "" if isinstance(given, list | dict) else 'put the answer in quotes: `"{written}"`'
    raise RefusedAnswerError(f"must be text, not {kind_of(given)}", hint)


def _example(name: str, suggested: object, otherwise: object) -> str:
    if suggested:
        return f"write `{name}: {as_yaml(suggested)}`, if that is right"
    return f"write `{name}: {as_yaml(otherwise)}`"


def _offered(suggested: str | int | list[str] | None) -> Offered | None:
    if suggested is None:
        return None
    label = ", ".join(suggested) if isinstance(suggested, list) else str(suggested)
    return Offered(label, suggested, suggested=True)


def in_words(question: QuestionBase, answer: object) -> str:
    """An answer as people say it: the label of an option, not its key."""
    match answer:
        case bool():
            return "yes" if answer else "no"
        case list():
            return join_and(in_words(question, entry) for entry in answer)
        case datetime.date():
            return long_date(answer)
        case _:
            option = question.choices.get(str(answer))
            return option.label if option else str(answer)


def doubt_about(text: str) -> str:
    """What speaks against a text that a school gave as its own words, to follow the text; empty where nothing does."""
    if re.fullmatch(r"[0-9]{1,2}[.)]?", text.strip()):
        return "is only a number, such as that of a choice in a menu"
    return "only holds the place of a text" if is_placeholder(text) else ""


def mark(offered: Offered) -> str:
    """What follows the label of an answer that the template suggests."""
    return " (suggested)" if offered.suggested else ""


def _suggestion(answer: object) -> str:
    return "" if answer is None else f"; suggested: {as_yaml(answer)}"


# --- as template.yaml has them ----------------------------------------------------------------------------------------

AnyQuestion: TypeAlias = (
    ChoiceQuestion
    | ChoicesQuestion
    | YesNoQuestion
    | TextQuestion
    | ListQuestion
    | WholeNumberQuestion
    | DateQuestion
)


def _kind_of(question: type[QuestionBase]) -> str:
    return str(get_args(question.model_fields["kind"].annotation)[0])


QUESTION_KINDS = tuple(map(_kind_of, get_args(AnyQuestion)))


def _with_known_kind(written: Any) -> Any:
    if isinstance(written, FileModel):
        return written
    if not isinstance(written, dict):
        raise refusal("wrong-type", "{name} must be a group of keys, not " + kind_of(written))
    kinds = join_or(map(code, QUESTION_KINDS))
    if "kind" not in written:
        raise refusal("missing-key", "{name} lacks `kind`", f"write `kind:` and {kinds}")
    if written["kind"] not in QUESTION_KINDS:
        hint = did_you_mean(str(written["kind"]), QUESTION_KINDS)
        raise refusal("bad-value", f"`kind` must be {kinds}", hint, "kind")
    return written


def _kind_tag(written: Any) -> str:
    kind = written["kind"] if isinstance(written, dict) else written.kind
    return f"<{kind}>"


if TYPE_CHECKING:
    Question = AnyQuestion
else:
    _tagged = [Annotated[kind, Tag(f"<{_kind_of(kind)}>")] for kind in get_args(AnyQuestion)]
    Question = Annotated[
        Union[tuple(_tagged)],  # noqa: UP007
        Discriminator(_kind_tag),
        BeforeValidator(_with_known_kind),
    ]


def question(**said: object) -> AnyQuestion:
    """A question that no file asks, from the same keys; what is empty is not said of it."""
    written = {key: value for key, value in said.items() if value}
    asked: AnyQuestion = TypeAdapter(Question).validate_python(written)
    return asked
