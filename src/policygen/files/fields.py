"""What the keys of our files may hold: the model that all files build on, and the kinds of value that they share.

A validator refuses a value with `refusal`, which names one of our rules. In its message and hint, `{name}` stands for
the name of the key in backticks, `{key}` for the key alone and `{written}` for the value as it stands in the file.
"""

import datetime
import re
from collections.abc import Callable
from typing import Annotated, Any, LiteralString, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from policygen.ground.dates import Month, last_day_of_month, meant_day, written_day, written_month
from policygen.ground.limits import NUMBER_DIGITS, NUMBERS
from policygen.ground.paths import is_reserved


def _short_form(key: str, what: str) -> Callable[[Any], Any]:
    """Let a text stand for a group of keys that holds it alone, under `key`."""

    def expand(written: Any) -> Any:
        if isinstance(written, str):
            return {key: written}
        if isinstance(written, dict | FileModel) or written is None:
            return written
        raise refusal(
            "wrong-type", f"{{name}} must be {what} or a group of keys, not {kind_of(written)}"
        )

    return expand


T = TypeVar("T")

ID_PATTERN = r"[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*"
_CLAUSE_PATTERN = rf"{ID_PATTERN}(?:\.(?:before|after))*"
_DIGITS = rf"[0-9]{{1,{NUMBER_DIGITS}}}"
NUMBER_PATTERN = rf"{_DIGITS}(?:\.{_DIGITS}){{0,{NUMBERS - 1}}}"


class FileModel(BaseModel):
    """A group of keys in a file that people write. Frozen; a key that it does not know is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def refusal(
    rule: LiteralString, message: str, hint: str = "", *keys: str | int
) -> PydanticCustomError:
    """An error for a validator to raise. `keys` lead from the value to the part of it that is at fault."""
    return PydanticCustomError(rule, "{message}", {"message": message, "hint": hint, "keys": keys})


def kind_of(value: object) -> str:
    """What a value is, in plain words."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "true or false"
        case int():
            return "a whole number"
        case float():
            return "a number"
        case datetime.date():
            return "a date"
        case str():
            return "text"
        case list():
            return "a list"
        case _:
            return "a group of keys"


def _not_nothing(value: Any) -> Any:
    if value is None:
        raise refusal("wrong-type", "{name} has no value")
    return value


def _empty_when_nothing(value: Any) -> Any:
    if value is None:
        return {}
    return value


def _not_blank(text: str) -> str:
    if not text.strip():
        raise refusal("bad-value", "{name} is empty", "write a text, or take it out")
    return text


def _id(text: Any) -> Any:
    if isinstance(text, str) and not re.fullmatch(ID_PATTERN, text):
        hint = ""
        like = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
        if re.fullmatch(ID_PATTERN, like):
            hint = f"write `{like}`"
        raise refusal("bad-value", f"`{text}` is not lower-case words joined by hyphens", hint)
    if isinstance(text, str) and is_reserved(text):
        says = f"`{text}` is the name of a device on Windows, where no file can be called that"
        raise refusal("bad-value", says, "choose another id")
    return text


def _clause_id(text: Any) -> Any:
    if isinstance(text, str) and re.fullmatch(_CLAUSE_PATTERN, text):
        return text
    return _id(text)


def read_yes_or_no(value: object) -> bool | None:
    """True or False for `yes`, `no`, `true` and `false`; None for anything else."""
    if isinstance(value, bool):
        return value
    if not isinstance(value, str):
        return None
    return {"yes": True, "no": False}.get(value.lower())


def _yes_or_no(value: Any) -> bool:
    answer = read_yes_or_no(value)
    if answer is None:
        raise refusal("wrong-type", "{name} must be yes or no", "write `{key}: yes` or `{key}: no`")
    return answer


def read_day(value: object) -> datetime.date | None:
    """The day that a date, or a text such as "2026-09-01", names; None for anything else."""
    if isinstance(value, datetime.date):
        return value
    return written_day(value) if isinstance(value, str) else None


def day_hint(written: object) -> str:
    """How to write a day: the one meant by "12/11/2026"; the form of a day that cannot be guessed; else an example."""
    if not isinstance(written, str):
        return "2026-09-01"
    meant = meant_day(written)
    if meant is None:
        return "YYYY-MM-DD"
    return meant.isoformat()


def _near_day(written: str) -> str:
    """A hint about a day that no calendar has."""
    meant = meant_day(written)
    if meant is not None:
        return f"write `{{key}}: {meant}`, if that is the day"
    return last_day_of_month(written) or "write the year, the month and the day"


def _day(value: Any) -> datetime.date:
    day = read_day(value)
    if day is None:
        if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
            raise refusal("bad-value", "the calendar has no day `{written}`", _near_day(value))
        says = "{name} must be a date"
        if not isinstance(value, str):
            says = f"{says}, not {kind_of(value)}"
        raise refusal("wrong-type", says, f"write `{{key}}: {day_hint(value)}`, the year first")
    return day


def _day_or_month(value: Any) -> datetime.date | Month:
    if isinstance(value, Month):
        return value
    return written_month(str(value)) or _day(value)


def _quoted(value: Any) -> Any:
    if isinstance(value, int | float | datetime.date) and not isinstance(value, bool):
        raise refusal(
            "version-not-text",
            "{name} must be text in quotes; `{written}` without them is " + kind_of(value),
            'write `{key}: "{written}"`',
        )
    return value


def _dotted(text: str) -> str:
    if not re.fullmatch(NUMBER_PATTERN, text):
        says = "{name} must be numbers with dots between them"
        if len(text) > NUMBER_DIGITS:
            says = f"{says}, {NUMBERS} at most, each of {NUMBER_DIGITS} digits at most"
        raise refusal("bad-value", says, 'write `{key}: "1.0"`')
    return text


Maybe = Annotated[T | None, BeforeValidator(_not_nothing)]
"""A key that may be left out, and is then None; it may not stand there with nothing after it."""

Many = Annotated[tuple[T, ...], Field(strict=False)]
"""A list."""

Group = Annotated[dict[str, T], BeforeValidator(_empty_when_nothing)]
"""Keys that the writer chooses; none when nothing stands after the colon."""


class FreeText:
    """Marks a field that holds a writer's own words: `TBC` there is likely to have been left over."""


Label = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
"""Words to choose by; `None` may well be one of the choices."""

Words = Annotated[Label, FreeText()]
"""Text that prints, or a name."""

Markdown = Annotated[str, AfterValidator(_not_blank)]
"""Text in the section language, exactly as it stands."""

Id = Annotated[str, Field(pattern=f"^{ID_PATTERN}$"), BeforeValidator(_id)]
"""Lower-case words joined by hyphens (or underscores)."""

ByClause = Annotated[
    dict[Annotated[str, Field(pattern=f"^{_CLAUSE_PATTERN}$"), BeforeValidator(_clause_id)], T],
    BeforeValidator(_empty_when_nothing),
]
"""The same for ids of clauses: an issuer's added paragraph is its clause's id with `.after` or `.before`."""

YesNo = Annotated[
    bool, BeforeValidator(_yes_or_no), WithJsonSchema({"enum": ["yes", "no", True, False]})
]
"""yes or no."""

Day = Annotated[
    datetime.date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})
]
"""A day, written with the year first."""

DayOrMonth = Annotated[
    datetime.date | Month,
    BeforeValidator(_day_or_month),
    PlainSerializer(str),
    WithJsonSchema({"type": "string", "pattern": r"^\d{4}-\d{2}(-\d{2})?$"}),
]
"""A day, or only its month where an old record says no more: "2024-01"."""

Quoted = Annotated[Words, BeforeValidator(_quoted)]
"""Text that looks like a number and therefore stands in quotes: a minute number."""

StillOpen = Annotated[str, BeforeValidator(_quoted)]
"""The same where it may still be empty: `minute: ""` until the minutes are written."""

Dotted = Annotated[
    Quoted,
    AfterValidator(_dotted),
    WithJsonSchema({"type": "string", "pattern": f"^{NUMBER_PATTERN}$"}),
]
"""A version or edition: numbers with dots between them, in quotes."""

Months = Annotated[int, Field(ge=1, le=60)]
"""A review cycle."""
