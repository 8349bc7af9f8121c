"""Printing values: the sandbox, its filters, and the mark that each value leaves in the text."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, NoReturn

from jinja2 import StrictUndefined
from jinja2.lexer import TokenStream
from jinja2.sandbox import ImmutableSandboxedEnvironment

from policygen.ground import wording
from policygen.ground.dates import long_date
from policygen.ground.diagnostics import Place, Problems
from policygen.ground.limits import REPETITIONS
from policygen.language.document import Value
from policygen.language.marks import COMMENT_CLOSE, COMMENT_OPEN
from policygen.language.vocabulary import VALUE_CLOSE, VALUE_OPEN, Prepared, Shape, Site


class Row(int):
    """The number of a line, as Jinja keeps it of each node, and the column at which the node begins."""

    column = 0


def _placed(source: str, tokens: Iterable[tuple[int, str, str]]) -> Iterator[tuple[int, str, str]]:
    at = 0
    for number, name, text in tokens:
        at = max(source.find(text, at), at)  # `{%-` takes white space away
        row = Row(number)
        row.column = at - source.rfind("\n", 0, at) - 1
        yield row, name, text
        at += len(text)


class Environment(ImmutableSandboxedEnvironment):
    """A sandbox in which names lead to plain data and nothing can be called but our own printing."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        return self.getitem(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        if obj is None:
            return None
        if isinstance(obj, dict):
            if argument in obj:
                return obj[argument]
            return self.undefined(obj=obj, name=str(argument))
        return self.undefined(obj=obj, name=str(argument))

    def _tokenize(
        self, source: str, name: str | None, filename: str | None = None, state: str | None = None
    ) -> TokenStream:
        tokens = self.lexer.tokeniter(source, name, filename, state)
        wrapped = self.lexer.wrap(_placed(source, tokens), name, filename)
        return TokenStream(wrapped, name, filename)

    def is_safe_callable(self, obj: Any) -> bool:
        return isinstance(obj, Print) or isinstance(getattr(obj, "__self__", None), Print)


class StoppedError(Exception):
    """A text that cannot be filled for a school; what is wrong with it has been noted."""


@dataclass(frozen=True)
class UnknownForm:
    """What a filter gives for a word of which nobody can tell the form that was asked for."""

    says: str
    hint: str = "write the sentence so that it needs no such form, or ask the school for the words in a question"


class _NotGiven:
    """What a school does not give, in a comparison of a text that shows it all the same: no comparison holds."""

    def _never(self, _other: object) -> bool:
        return False

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __contains__ = _never
    __hash__ = object.__hash__


NOT_GIVEN = _NotGiven()


_ELSEWHERE = ("answers", "wording", "issuer", "policy", "law", "record")
"""Names of what no school.yaml says."""


def _of_school(site: Site) -> bool:
    """Whether it is a fact of the school that a site needs."""
    root, dot, _ = site.name.partition(".")
    return bool(dot) and root not in _ELSEWHERE


class Print:
    """Notes each value at its site and puts out the mark that stands for it."""

    def __init__(
        self,
        prepared: Prepared,
        names: Mapping[str, object],
        problems: Problems,
        missing: str = "",
    ) -> None:
        self.sites = prepared.sites
        self.names = names
        self.problems = problems
        self.missing = missing
        self.values: list[Value] = [*prepared.literals]
        self.rounds = 0
        self.last = 0
        """The site that was filled last."""

    def functions(self) -> dict[str, Callable[..., object]]:
        """What a prepared text calls, by the names that it uses."""
        return {
            "print_value": self,
            "each_of": self.each,
            "needed": self.needed,
            "joined": self.joined,
        }

    def __call__(self, number: int, value: object) -> str:
        site = self.sites[number]
        self.last = number
        text = printed(value)
        if isinstance(value, UnknownForm):
            self.problems.add("missing-fact", value.says, site.place, value.hint)
        elif text is None and not self.missing:
            self._note_missing(site)
        text = text or self.missing
        self.values.append(Value(text, site.name, site.layer, site.kind))
        return f"{VALUE_OPEN}{len(self.values) - 1}{VALUE_CLOSE}"

    def each(self, number: int, value: object) -> list[Any]:
        """What a text repeats over: a list, even where the school has none."""
        self.last = number
        if isinstance(value, list):
            self.rounds += len(value)
            if self.rounds > REPETITIONS:
                self.stop(f"this repeats more than {REPETITIONS:,} times")
            return value
        if not self.missing:
            self._note_missing(self.sites[number])
        return []

    def _note_missing(self, site: Site) -> None:
        subject = ""
        if _of_school(site):
            subject = site.name.partition(" ")[0]
        self.problems.add("missing-fact", *_missing(site, self.names), subject=subject)

    def stop(self, message: str) -> NoReturn:
        """Refuse what was filled last, and end. Raises StoppedError."""
        place = self.sites[self.last].place if self.sites else None
        self.problems.add("jinja-statement", message, place)
        raise StoppedError

    def needed(self, number: int, value: object) -> object:
        """A value without which nobody knows whether a comparison holds. Raises StoppedError where it is missing."""
        site = self.sites[number]
        if value is None and self.missing and _of_school(site):
            return NOT_GIVEN
        if value is None:
            message, place, _ = _missing(site, self.names)
            message = message.partition(", and ")[0] + ", and a comparison needs it"
            name = site.name.partition(" ")[0]
            hint = f"test it first: `{{% if {name} and … %}}`"
            subject = name if _of_school(site) else ""
            self.problems.add("missing-fact", message, place, hint, subject=subject)
            raise StoppedError
        if not _is(
            value, site.shape
        ):  # an answer that is still open, of which something else tells
            raise StoppedError
        return value

    def joined(self, parts: list[object]) -> object:
        """One text of several parts, each as it prints."""
        for part in parts:
            if isinstance(part, UnknownForm):
                return part
        return "".join(part if isinstance(part, str) else printed(part) or "" for part in parts)


def _is(value: object, shape: Shape) -> bool:
    """Whether a value is what a name holds."""
    match shape:
        case "text" | "option":
            return isinstance(value, str)
        case "number":
            return isinstance(value, int) and not isinstance(value, bool)
        case "date":
            return isinstance(value, datetime.date)
        case "yes-no":
            return isinstance(value, bool)
        case list():
            return isinstance(value, list)
        case _:
            return True


def _missing(site: Site, names: Mapping[str, object]) -> tuple[str, Place, str]:
    name = site.name.partition(" ")[0]
    root, _, question = name.partition(".")
    if root == "issuer":
        hint = f"write `{question}:` under `issuer:` in template.yaml, or test it first"
        return f"the issuer gives no `{name}`, and a sentence needs it", site.place, hint
    if root not in ("answers", "wording"):
        public = " (with `public: yes`)" if root == "people" else ""
        hint = f"add `{name}` to school.yaml{public}, or put the sentence under `{{% if {name} %}}`"
        return f"this school has no `{name}`, and a sentence needs it", site.place, hint
    answers = names.get("answers")
    if isinstance(answers, dict) and answers.get(question) is None:
        message = f"`{question}` is not asked of this school, and a sentence prints its answer"
        hint = "put the sentence under the condition that the question has in template.yaml"
        return message, site.place, hint
    message = f"the option that this school chose for `{question}` has no words of its own to print"
    hint = "give the option `prints:` in template.yaml, or test the answer first"
    return message, site.place, hint


def printed(value: object) -> str | None:
    """A value as it prints; None when it has no printed form (missing, empty, true or false, a structure)."""
    match value:
        case bool() | None:
            return None
        case str():
            return value.replace("\r\n", "\n").replace("\r", "\n").strip() or None
        case int():
            return str(value)
        case datetime.date():
            return long_date(value)
        case _:
            return None


def _join(join: Callable[[list[str]], str]) -> Callable[[object], str | None]:
    def joined(value: object) -> str | None:
        if not isinstance(value, list) or not value:
            return None
        names = [each.get("name") if isinstance(each, dict) else each for each in value]
        parts = [printed(name) or "" for name in names]
        return join(parts) if all(parts) else None

    return joined


def _on_text(change: Callable[[str], str]) -> Callable[[object], str | UnknownForm | None]:
    def changed(value: object) -> str | UnknownForm | None:
        text = printed(value)
        if isinstance(value, UnknownForm) or text is None:
            return value if isinstance(value, UnknownForm) else None
        try:
            return change(text)
        except wording.UnknownFormError as error:
            return UnknownForm(f"{error}, and a sentence needs it")

    return changed


def _agree(value: object, one: str, more: str) -> str | None:
    """The word that goes with a list by its length, with a whole number, or with a text, which is one thing."""
    match value:
        case bool() | None | []:
            return None
        case list():
            return wording.agree(len(value), one, more)
        case int():
            return wording.agree(value, one, more)
        case _:
            return one if printed(value) else None


FILTERS: dict[str, Callable[..., object]] = {
    "possessive": _on_text(wording.possessive),
    "with_article": _on_text(wording.with_article),
    "plural": _on_text(wording.plural),
    "sentence_case": _on_text(wording.sentence_case),
    "lower_first": _on_text(wording.lower_first),
    "join_and": _join(wording.join_and),
    "join_or": _join(wording.join_or),
    "agree": _agree,
    "in_words": lambda value: wording.in_words(value) if isinstance(value, int) else printed(value),
    "length": lambda value: len(value) if isinstance(value, list) else None,
}


@cache
def environment() -> Environment:
    made = Environment(
        comment_start_string=COMMENT_OPEN,
        comment_end_string=COMMENT_CLOSE,
        undefined=StrictUndefined,
        autoescape=False,
        keep_trailing_newline=True,
    )
    made.globals.clear()
    made.tests.clear()
    made.filters = dict(FILTERS)
    return made
