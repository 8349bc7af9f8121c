"""Printing values: the sandbox, its filters, and the mark that each value leaves in the text."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from policygen.ground import wording
from policygen.ground.dates import long_date
from policygen.ground.diagnostics import Place, Problems
from policygen.language.document import Value
from policygen.language.vocabulary import VALUE_CLOSE, VALUE_OPEN, Site


class Environment(ImmutableSandboxedEnvironment):
    """A sandbox in which names lead to plain data and nothing can be called but our own printing."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        return self.getitem(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        if obj is None:
            return None
        if isinstance(obj, dict):
            return obj[argument] if argument in obj else self.undefined(obj=obj, name=str(argument))
        return self.undefined(obj=obj, name=str(argument))

    def is_safe_callable(self, obj: Any) -> bool:
        return isinstance(obj, Print) or getattr(obj, "__func__", None) is Print.each


class Print:
    """Notes each value at its site and puts out the mark that stands for it."""

    def __init__(
        self,
        sites: tuple[Site, ...],
        names: Mapping[str, object],
        problems: Problems,
        missing: str = "",
    ) -> None:
        self.sites = sites
        self.names = names
        self.problems = problems
        self.missing = missing
        self.values: list[Value] = []

    def __call__(self, number: int, value: object) -> str:
        site = self.sites[number]
        text = printed(value)
        if text is None and not self.missing:
            self.problems.add("missing-fact", *_missing(site, self.names))
        text = text or self.missing
        self.values.append(Value(text, site.name, site.layer, site.kind))
        return f"{VALUE_OPEN}{len(self.values) - 1}{VALUE_CLOSE}"

    def each(self, number: int, value: object) -> list[Any]:
        """What a text repeats over: a list, even where the school has none."""
        if isinstance(value, list):
            return value
        if not self.missing:
            self.problems.add("missing-fact", *_missing(self.sites[number], self.names))
        return []


def _missing(site: Site, names: Mapping[str, object]) -> tuple[str, Place, str]:
    name = site.name.partition(" ")[0]
    root, _, question = name.partition(".")
    if root not in ("answers", "wording"):
        public = " (with `public: yes`)" if root == "people" else ""
        hint = f"add `{name}` to school.yaml{public}, or put the sentence under `{{% if {name} %}}`"
        return f"this school has no `{name}`, and a sentence needs it", site.place, hint
    answers = names.get("answers")
    if isinstance(answers, dict) and answers.get(question) is None:
        message = f"`{question}` is not asked of this school, and a sentence prints its answer"
        return (
            message,
            site.place,
            "put the sentence under the condition that the question has in template.yaml",
        )
    message = f"the option that this school chose for `{question}` has no words of its own to print"
    return (
        message,
        site.place,
        "give the option `prints:` in template.yaml, or test the answer first",
    )


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


def _on_text(change: Callable[[str], str]) -> Callable[[object], str | None]:
    def changed(value: object) -> str | None:
        text = printed(value)
        return None if text is None else change(text)

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
    "length": lambda value: len(value) if isinstance(value, list | str) else 0,
}


@cache
def environment() -> Environment:
    made = Environment(
        comment_start_string="<!--",
        comment_end_string="-->",
        undefined=StrictUndefined,
        autoescape=False,
        keep_trailing_newline=True,
    )
    made.globals.clear()
    made.tests.clear()
    made.filters = dict(FILTERS)
    return made
