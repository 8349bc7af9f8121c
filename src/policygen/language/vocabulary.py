"""What a text may name, and a text on its way: checked, then filled for one school."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias, Union

from jinja2 import Template as JinjaTemplate
from jinja2 import nodes

from policygen.ground.diagnostics import Place
from policygen.language.document import Layer, Value, ValueClass
from policygen.language.source import Line, Source

Scalar: TypeAlias = Literal["text", "number", "date", "yes-no", "option", "one of several", "?"]
"""What a single value is. An option is the key of an answer; "?" is what was refused, of which nothing more is said."""
Shape: TypeAlias = Union["dict[str, Shape]", "list[Shape]", Scalar]
"""What a name holds: a single value, a dict of parts, or a list of one shape."""

VALUE_OPEN, VALUE_CLOSE = "\ue000", "\ue001"
VALUE_MARK = re.compile(f"{VALUE_OPEN}(\\d+){VALUE_CLOSE}")


@dataclass(frozen=True)
class Vocabulary:
    """The names that the sections of one template may use."""

    shape: dict[str, Shape]
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """For a name with fixed values ("answers.insurer"), those values."""
    numbers: Mapping[str, tuple[int | None, int | None]] = field(default_factory=dict)
    """For a number within bounds, the lowest and the highest."""
    sure: frozenset[str] = frozenset()
    """Names that hold something whenever that does which they are a part of."""
    details: frozenset[str] = frozenset()
    """Names whose values may change without a new approval, with all that is a part of them."""


@dataclass(frozen=True)
class Site:
    """One place of a section that prints a value, compares one, or repeats over one."""

    name: str
    layer: Layer
    kind: ValueClass
    place: Place
    shape: Shape


@dataclass(frozen=True)
class Prepared:
    """A section that was checked and is ready to be filled."""

    source: Source
    template: JinjaTemplate
    sites: tuple[Site, ...]
    every_branch: Filled
    """The text with all branches one after another and a dummy for each value: for checks without a school."""
    uses: frozenset[str] = frozenset()
    """Every name with a dot that it prints or tests, in any branch."""
    choices: tuple[tuple[str, Place], ...] = ()
    """Words that a filter chooses from ("is", "are"), which stand in no text but print."""
    test: nodes.Expr | None = None
    """Of a condition of template.yaml, what it asks."""

    @property
    def literals(self) -> tuple[Value, ...]:
        """What stands before the values of a school in the table of a filled text."""
        return self.every_branch.values


@dataclass(frozen=True)
class Filled:
    """Markdown for one school: its values stand as marks."""

    path: str
    text: str
    values: tuple[Value, ...]
    origins: tuple[tuple[Line, ...], ...]
    """For each line of the text, the source lines that it came from: several where a statement goes over lines."""
    every_branch: bool = False
    """Whether it holds all branches one after another, for checks without a school."""

    def lines(self, index: int) -> tuple[Line, ...]:
        """The source lines of an output line, from 0; that on which it ends first."""
        return self.origins[min(max(index, 0), len(self.origins) - 1)]

    def line(self, index: int) -> Line:
        """The source line on which an output line ends."""
        return self.lines(index)[0]
