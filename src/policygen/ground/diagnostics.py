"""What went wrong, where, and what to write instead.

Low code names a rule, a message and a hint; whoever knows the place adds it. Problems are collected, so that one run
tells everything. A stage whose result cannot be trusted ends with `Problems.stop`, or is a `with stage()`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import groupby
from typing import TypeVar

from policygen.ground.limits import PROBLEMS
from policygen.ground.rules import DOUBT, RULES
from policygen.ground.wording import count

T = TypeVar("T")
_LEFT = "problems-left"


class Severity(StrEnum):
    """How much a problem matters: an error stops the build, a warning does not, a note is there to be known."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A position in a file that people write. Lines and columns count from 1; 0 means the file as a whole."""

    path: str
    """Relative to the workspace, with forward slashes."""
    line: int = 0
    column: int = 0
    length: int = 1
    text: str = ""
    """The line itself, so that an error can show it."""

    def holds(self, other: Place) -> bool:
        """Whether another place lies within it."""
        if (self.path, self.line) != (other.path, other.line):
            return False
        end, other_end = self.column + self.length, other.column + other.length
        return self.column <= other.column and other_end <= end

    def __str__(self) -> str:
        """`path:line:column`, as editors and terminals understand it."""
        if not self.line:
            return self.path
        return f"{self.path}:{self.line}:{max(self.column, 1)}"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One problem, ready to be shown."""

    rule: str
    """A permanent id out of `policygen.rules.RULES`."""
    message: str
    """Lower case, no full stop."""
    place: Place | None = None
    hints: tuple[str, ...] = ()
    trail: tuple[str, ...] = ()
    """What was being done, outermost last: "while composing X for Y"."""
    subject: str = field(default="", compare=False)
    """The name that it is about, where others about the same are put together with it."""

    @property
    def severity(self) -> Severity:
        """The severity of its rule."""
        return Severity(RULES[self.rule].severity)


@dataclass(slots=True)
class Problems:
    """Collects diagnostics in the order in which they are found."""

    found: list[Diagnostic] = field(default_factory=list)
    lines: set[tuple[str, int]] = field(default_factory=set)
    """The path and line of each problem that has a place."""
    errors: list[Diagnostic] = field(default_factory=list)
    """Only what stops a build."""

    def __post_init__(self) -> None:
        """Count what was found before."""
        found, self.found = self.found, []
        for diagnostic in found:
            self._note(diagnostic)

    def add(
        self,
        rule: str,
        message: str,
        place: Place | None = None,
        *hints: str | Callable[[], str],
        subject: str = "",
    ) -> None:
        """Note one problem. Raises KeyError when the rule is not one of ours.

        A hint that takes work may come as a function. It is not called for problems of which nobody is told: a search
        for what each of thousands of words was meant to be takes minutes.
        """
        RULES[rule]
        told = len(self.errors) <= PROBLEMS
        said = (hint if isinstance(hint, str) else hint() if told else "" for hint in hints)
        kept = tuple(hint for hint in said if hint)
        self._note(Diagnostic(rule, message, place, kept, subject=subject))

    def extend(self, diagnostics: Iterable[Diagnostic], trail: str = "") -> None:
        """Take over problems found elsewhere, saying what was being done."""
        for diagnostic in diagnostics:
            if trail:
                diagnostic = replace(diagnostic, trail=(*diagnostic.trail, trail))  # noqa: PLW2901
            self._note(diagnostic)

    def _note(self, diagnostic: Diagnostic) -> None:
        self.found.append(diagnostic)
        if diagnostic.place:
            self.lines.add((diagnostic.place.path, diagnostic.place.line))
        if diagnostic.severity is Severity.ERROR:
            self.errors.append(diagnostic)

    @property
    def has_errors(self) -> bool:
        """Whether anything was found that stops a build."""
        return bool(self.errors)

    def stop(self) -> None:
        """End here with all of it, in order, if any stops a build. Raises InputError."""
        if self.has_errors:
            raise InputError(in_order(self))

    def needed(self, value: T | None) -> T:
        """A value that is None only where an error about it was noted. Raises InputError where any was."""
        self.stop()
        if value is None:
            raise InputError(in_order(self))
        return value

    def __iter__(self) -> Iterator[Diagnostic]:
        """All of it, in the order found."""
        return iter(self.found)


class InputError(Exception):
    """The input has problems; it carries all of them. The only exception that the CLI turns into exit code 1."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Carry the diagnostics."""
        self.diagnostics = tuple(diagnostics)
        super().__init__(
            "; ".join(f"{each.place}: {each.message} [{each.rule}]" for each in self.diagnostics)
        )

    def __reduce__(self) -> tuple[type[InputError], tuple[tuple[Diagnostic, ...]]]:
        """Travel from one process to another with the diagnostics."""
        return type(self), (self.diagnostics,)


@contextmanager
def stage() -> Iterator[Problems]:
    """Problems that are noted within; at its end all of them, in order, if any stops a build. Raises InputError."""
    problems = Problems()
    yield problems
    problems.stop()


def in_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """By place, then rule, then as found; each problem once; one that several schools share keeps every trail."""
    merged: dict[tuple[object, ...], Diagnostic] = {}
    for diagnostic in diagnostics:
        key = (diagnostic.rule, diagnostic.message, diagnostic.place)
        trail = diagnostic.trail
        if key in merged:
            earlier = merged[key].trail
            trail = (*earlier, *(step for step in trail if step not in earlier))
        merged[key] = replace(diagnostic, trail=trail)
    return tuple(_first_of_each_file(sorted(worth_saying([*merged.values()]), key=_position)))


def _first_of_each_file(diagnostics: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """As many errors of each file as somebody reads, and how many more there are. Nothing else is left out."""
    for path, told in groupby(diagnostics, lambda each: each.place.path if each.place else ""):
        errors = 0
        for diagnostic in told:
            errors += diagnostic.severity is Severity.ERROR and diagnostic.rule != _LEFT
            if errors <= PROBLEMS or diagnostic.severity is not Severity.ERROR:
                yield diagnostic
        if errors > PROBLEMS:
            message = f"this file has {count(errors - PROBLEMS, 'error')} more"
            yield Diagnostic(_LEFT, message, Place(path), ("mend those above first",))


def _position(diagnostic: Diagnostic) -> tuple[Place, str]:
    return diagnostic.place or Place(""), diagnostic.rule


def worth_saying(diagnostics: Collection[Diagnostic]) -> Iterator[Diagnostic]:
    """Without a doubt about a value in which another problem was found: whoever mends that looks at it anyway."""
    others: dict[tuple[str, int], list[Place]] = {}
    for each in diagnostics:
        if each.rule != DOUBT and each.place:
            others.setdefault((each.place.path, each.place.line), []).append(each.place)
    for diagnostic in diagnostics:
        place = diagnostic.place
        if diagnostic.rule == DOUBT and place:
            beside = others.get((place.path, place.line), ())
            if any(map(place.holds, beside)):
                continue
        yield diagnostic
