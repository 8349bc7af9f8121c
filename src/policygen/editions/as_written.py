"""A section as its author wrote it: each expression in place of its value, each condition where it holds.

For comparing editions: two texts that fill to the same words for one school may be different templates.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import Any

from policygen.language.document import Clause, Emphasis, Item, Paragraph, Section, Text, Value
from policygen.language.marks import Piece, is_silent, masked
from policygen.language.source import Line, Source
from policygen.language.vocabulary import VALUE_CLOSE, VALUE_OPEN, Filled

_STARTS_BLOCK = re.compile(r"\s*(?:[-*+]\s|\d+[.)]\s|#|:::|>|\||$)")
_FIRST_WORDS = re.compile(r"\s*(?:[-*+]\s+|\d+[.)]\s+|\|\s*)?")

Conditions = tuple[str, ...]
"""What must hold, outermost first."""


@dataclass(frozen=True)
class Written:
    """Markdown in which each expression stands as a mark, and the conditions under which each line stands."""

    filled: Filled
    conditions: dict[tuple[str, int], Conditions]
    """By path and line."""


@dataclass
class _Writer:
    source: Source
    values: list[Value] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    origins: list[tuple[Line, ...]] = field(default_factory=list)
    conditions: dict[tuple[str, int], Conditions] = field(default_factory=dict)
    stack: list[str] = field(default_factory=list)
    frame: tuple[str, Conditions] | None = None
    """How the lines of the table or signature block that is being read begin or end, and the conditions around it."""
    before: Conditions = ()
    """The conditions of the line before."""

    def write(self) -> None:
        """Every line of the source; what stands between marks does not end one."""
        text = self.source.text
        marks = [mark for mark in self.source.pieces if mark.kind not in ("text", "broken")]
        at = row = 0
        for masked_line in masked(text).removesuffix("\n").split("\n"):
            end = at + len(masked_line)
            here = [mark for mark in marks if at <= mark.start < end]
            count = text.count("\n", at, end) + 1
            if is_silent(masked_line):
                for mark in here:
                    self.enter(mark)
            else:
                self.line(text[at:end], self.shown(at, end, here), row, count)
            at, row = end + 1, row + count

    def line(self, whole: str, shown: str, row: int, count: int) -> None:
        now = tuple(self.stack)
        origins = tuple(self.source.line(index) for index in range(row + count - 1, row - 1, -1))
        for origin in origins:
            self.conditions[origin.path, origin.number] = now
        if self.marked(whole.strip(), now):
            start = len(_FIRST_WORDS.match(shown)[0])  # type: ignore[index] # it matches nothing, too
            shown = f"{shown[:start]}{self.value(f'[{_in_words(now)}]')}{shown[start:]}"
        self.lines.append(shown)
        self.origins.append(origins)
        self.before = now

    def shown(self, at: int, end: int, marks: Iterable[Piece]) -> str:
        """A line with what stands for each of its marks."""
        parts = []
        for mark in marks:
            parts.append(self.source.text[at : mark.start])
            if mark.kind == "print":
                parts.append(self.value(f"[{mark.inside}]", mark.inside))
            elif mark.kind == "statement":
                parts.append(self.value(f"[{mark.inside}]"))
            at = mark.end
        return "".join([*parts, self.source.text[at:end]])

    def marked(self, bare: str, now: Conditions) -> bool:
        """Whether the condition of a line must stand in it, because no block, clause or item begins there."""
        if self.frame is None and bare.startswith(("|", "::: signature")):
            self.frame = ("|" if bare.startswith("|") else ":::", now)
        if self.frame is None:
            goes_on = bool(self.lines and self.lines[-1].strip()) and not _STARTS_BLOCK.match(bare)
            return goes_on and now != self.before
        mark, outside = self.frame
        if (mark == "|" and not bare.startswith("|")) or (mark == bare == ":::"):
            self.frame = None
            return False
        return bool(bare) and not bare.startswith(":::") and now != outside

    def enter(self, mark: Piece) -> None:
        """Follow a statement that stands alone on its line."""
        condition = mark.inside.removeprefix(mark.word).lstrip()
        match mark.word:
            case "if":
                self.stack.append(condition)
            case "for" | "set":
                self.stack.append(mark.inside)
            case "elif" | "else":
                self.close_sets()
                held = "".join(self.stack[-1:])
                del self.stack[-1:]
                otherwise = f"not ({held})"
                self.stack.append(f"{otherwise} and {condition}" if condition else otherwise)
            case "endif" | "endfor":
                self.close_sets()
                if self.stack:
                    self.stack.pop()

    def close_sets(self) -> None:
        while self.stack and self.stack[-1].startswith("set "):
            self.stack.pop()

    def value(self, text: str, name: str = "") -> str:
        """The mark of a value, which has a name only if it prints."""
        self.values.append(Value(text, name, "issuer", "material"))
        return f"{VALUE_OPEN}{len(self.values) - 1}{VALUE_CLOSE}"


def as_written(source: Source) -> Written:
    """The text of a section, shared texts put in, with its expressions and conditions for what they are."""
    writer = _Writer(source)
    writer.write()
    filled = Filled(
        source.path, "\n".join(writer.lines), tuple(writer.values), tuple(writer.origins)
    )
    return Written(filled, writer.conditions)


def with_conditions(section: Section, written: Written, when: str = "") -> Section:
    """The section with a line "[if …]" before each block, clause or item that stands under a condition of its own."""
    made: Section = _below(section, (), written.conditions)
    if not when:
        return made
    return replace(made, blocks=(_condition((when,)), *made.blocks))


def _below(node: Any, outer: Conditions, conditions: dict[tuple[str, int], Conditions]) -> Any:
    """A copy of a node with the conditions of what it holds; `outer` are its own."""
    parts = {}
    for field_ in fields(node):
        value = getattr(node, field_.name)
        if isinstance(value, tuple) and value:
            parts[field_.name] = tuple(_conditioned(value, outer, conditions))
    if not parts:
        return node
    return replace(node, **parts)


def _conditioned(
    nodes: tuple[Any, ...], outer: Conditions, conditions: dict[tuple[str, int], Conditions]
) -> Iterator[Any]:
    for node in nodes:
        if isinstance(node, tuple):
            yield tuple(_conditioned(node, outer, conditions))
            continue
        if not is_dataclass(node):
            yield node
            continue
        own = outer
        place = getattr(node, "place", None)
        if place is not None:
            own = conditions.get((place.path, place.line), outer)
        # What holds around a node is said there; only what comes in addition is said at the node.
        extra = own
        if own[: len(outer)] == outer:
            extra = own[len(outer) :]
        made = _below(node, own, conditions)
        if not extra or isinstance(node, Value | Text):
            yield made
        elif isinstance(node, Clause | Section | Item):
            yield replace(made, blocks=(_condition(extra), *made.blocks))
        elif hasattr(node, "children") and not isinstance(node, Paragraph):
            yield made
        else:
            yield from (_condition(extra), made)


def _condition(conditions: Conditions) -> Paragraph:
    words = f"[{_in_words(conditions)}]"
    return Paragraph((Emphasis((Value(words, "", "issuer", "material"),)),))


def _in_words(conditions: Conditions) -> str:
    said = []
    for condition in conditions:
        is_statement = condition.startswith(("for ", "set "))
        said.append(condition if is_statement else f"if {condition}")
    return "; ".join(said) or "in any case"
