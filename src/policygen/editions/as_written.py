"""A section as its author wrote it: each expression and condition in words, where its value or its text would stand.

For comparing editions: two texts that fill to the same words for one school may be different templates.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from itertools import groupby, takewhile
from typing import Any

from policygen.editions.in_words import Bound, Either, Said, Scope, Words, also, otherwise
from policygen.ground.wording import sentence_case
from policygen.language.document import Clause, Emphasis, Item, Paragraph, Section, Text, Value
from policygen.language.marks import Piece, is_silent, masked
from policygen.language.source import Line, Source
from policygen.language.vocabulary import VALUE_CLOSE, VALUE_OPEN, Filled

_STARTS_BLOCK = re.compile(r"\s*(?:[-*+]\s|\d+[.)]\s|#|:::|>|\||$)")
_BEHIND_WORDS = re.compile(r"(?<!\s)(?:\s*\{[^{}]*\})?\s*(?:\\\s*)?$")
_FIRST_WORDS = re.compile(r"\s*(?:[-*+]\s+|\d+[.)]\s+|\|\s*)?")

Conditions = tuple[str, ...]
"""What must hold, outermost first."""


@dataclass(frozen=True)
class Written:
    """Markdown in which words stand for each expression, and the conditions under which each line stands."""

    filled: Filled
    conditions: dict[tuple[str, int], Conditions]
    """By path and line."""


@dataclass
class _Frame:
    """An `if` or `for` that is open."""

    inline: bool
    """Whether its words stand in the line, in brackets."""
    outside: Scope
    """What names stand for before it."""
    tests: list[tuple[Said, Bound]] = field(default_factory=list)
    """The conditions of its branches up to here; none of a `for`."""
    ends: list[Scope] = field(default_factory=list)
    """What names stand for at the end of each branch that is over."""
    words: str = ""
    """What must hold where the text stands now: "if the answer to … is yes"."""


@dataclass
class _Writer:
    source: Source
    says: Words
    values: list[Value] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    origins: list[tuple[Line, ...]] = field(default_factory=list)
    conditions: dict[tuple[str, int], Conditions] = field(default_factory=dict)
    stack: list[_Frame] = field(default_factory=list)
    scope: Scope = field(default_factory=dict)
    frame: str = ""
    """How the lines of the table or signature block that is being read begin or end."""
    block: list[tuple[int, Conditions]] = field(default_factory=list)
    """The lines of the paragraph, item or frame that is being read, each with its conditions."""

    def write(self) -> None:
        """Every line of the source; what stands between marks does not end one."""
        text = self.source.text
        marks = deque(mark for mark in self.source.pieces if mark.kind not in ("text", "broken"))
        at = row = 0
        for masked_line in masked(text).removesuffix("\n").split("\n"):
            end = at + len(masked_line)
            here = []
            while marks and marks[0].start < end:
                here.append(marks.popleft())
            count = text.count("\n", at, end) + 1
            if is_silent(masked_line):
                for mark in here:
                    self.enter(mark, inline=False)
            else:
                now = self.now
                self.line(text[at:end], self.shown(at, end, here), now, row, count)
            at, row = end + 1, row + count
        self.end_block()

    @property
    def now(self) -> Conditions:
        """The conditions that stand before lines, outermost first; those within a line say so themselves."""
        return tuple(frame.words for frame in self.stack if not frame.inline)

    def line(self, whole: str, shown: str, now: Conditions, row: int, count: int) -> None:
        origins = tuple(self.source.line(index) for index in range(row + count - 1, row - 1, -1))
        for origin in origins:
            self.conditions[origin.path, origin.number] = now
        if not self.goes_on(whole.strip()):
            self.end_block()
        self.block.append((len(self.lines), now))
        self.lines.append(shown)
        self.origins.append(origins)

    def shown(self, at: int, end: int, marks: Iterable[Piece]) -> str:
        """A line with what stands for each of its marks."""
        parts = []
        for mark in marks:
            parts.append(self.source.text[at : mark.start])
            if mark.kind == "print":
                words = self.says.printed(mark.inside, self.scope)
                parts.append(self.value(words, mark.inside))
            elif mark.kind == "statement":
                words = self.enter(mark, inline=True)
                parts.append(self.value(words, mark.inside) if words else "")
            at = mark.end
        return "".join([*parts, self.source.text[at:end]])

    def goes_on(self, bare: str) -> bool:
        """Whether a line belongs to the paragraph, item, table or signature block of the line before."""
        if self.frame == "|" and not bare.startswith("|"):
            self.frame = ""
        if self.frame:
            if bare == ":::":
                self.frame = ""
            return True
        if bare.startswith(("|", "::: signature")):
            self.frame = "|" if bare.startswith("|") else ":::"
            return False
        return bool(self.lines and self.lines[-1].strip()) and not _STARTS_BLOCK.match(bare)

    def end_block(self) -> None:
        """Say in its lines what holds for some of them alone; what holds for all is said before the whole."""
        block, self.block = self.block, []
        common = _common([now for _, now in block])
        if all(now == common for _, now in block):
            return
        for index, _ in block:
            for origin in self.origins[index]:
                self.conditions[origin.path, origin.number] = common
        framed = self.lines[block[0][0]].lstrip().startswith(("|", ":::"))
        for now, stretch in groupby(block, key=lambda line: line[1]):
            indices = [index for index, _ in stretch]
            words = _in_words(now[len(common) :])
            if not words:
                continue
            if framed:
                for index in indices:
                    self.begin(index, f"[{words}:] ")
            else:
                self.begin(indices[0], f"[{words}: ")
                self.end(indices[-1], "]")

    def begin(self, index: int, words: str) -> None:
        """Put words before the first of a line, behind its number or sign."""
        line = self.lines[index]
        start = len(_FIRST_WORDS.match(line)[0])  # type: ignore[index] # it matches nothing, too
        self.lines[index] = f"{line[:start]}{self.value(words, words)}{line[start:]}"

    def end(self, index: int, words: str) -> None:
        """Put words behind the last of a line, before its id or line break."""
        line = self.lines[index]
        at = _BEHIND_WORDS.search(line).start()  # type: ignore[union-attr] # it matches nothing, too
        self.lines[index] = f"{line[:at]}{self.value(words, words)}{line[at:]}"

    # --- statements ---

    def enter(self, mark: Piece, *, inline: bool) -> str:
        """Follow a statement; what stands for it where it is within a line."""
        condition = mark.inside.removeprefix(mark.word).lstrip()
        match mark.word:
            case "if":
                self.stack.append(_Frame(inline, self.scope))
                return f"[{self.branch(condition)}: "
            case "for":
                return self.repeat(mark.inside, inline=inline)
            case "set":
                self.scope = self.says.assigned(mark.inside, self.scope)
                return ""
            case "elif" | "else" if self.stack and self.stack[-1].tests:
                return self.next_branch(condition)
            case "endif" | "endfor" if self.stack:
                self.leave()
                return "]"
            case _:  # a statement that the check refuses
                return ""

    def branch(self, condition: str) -> str:
        """Begin a branch of the `if` that is open; its condition, within a line."""
        frame = self.stack[-1]
        held = self.says.condition(condition, self.scope)
        before = [said for said, _ in frame.tests]
        frame.tests.append((held, self.says.bound(condition, self.scope)))
        frame.words = f"if {held.yes}"
        if before:
            frame.words = f"if {also(otherwise(before), held).yes}"
        return f"if {held.yes}"

    def repeat(self, statement: str, *, inline: bool) -> str:
        name, each, one = self.says.of_each(statement, self.scope)
        frame = _Frame(inline, self.scope, words=f"for each {one}")
        self.stack.append(frame)
        if name:
            self.scope = {**self.scope, name: each}
        return f"[{frame.words}: "

    def next_branch(self, condition: str) -> str:
        frame = self.stack[-1]
        frame.ends.append(self.scope)
        self.scope = frame.outside
        if condition:
            return f"; otherwise, {self.branch(condition)}: "
        frame.words = f"if {otherwise([said for said, _ in frame.tests]).yes}"
        return "; otherwise: "

    def leave(self) -> None:
        """Close the innermost `if` or `for`: a name that it set stands for what each branch gave it."""
        frame = self.stack.pop()
        behind = frame.outside
        if frame.tests:
            ends = [*frame.ends, self.scope]
            behind = ends.pop() if len(ends) > len(frame.tests) else frame.outside
            for (_, test), end in zip(reversed(frame.tests), reversed(ends), strict=False):
                behind = _merged(test, end, behind)
        self.scope = behind

    def value(self, text: str, name: str) -> str:
        """The mark of words that stand for an expression; its name keeps it apart from others with such words."""
        self.values.append(Value(text, name, "issuer", "material"))
        return f"{VALUE_OPEN}{len(self.values) - 1}{VALUE_CLOSE}"


def _common(conditions: Sequence[Conditions]) -> Conditions:
    """The outermost conditions that all of these begin with."""
    first, *others = conditions or [()]
    size = len(first)
    for other in others:
        same = takewhile(lambda pair: pair[0] == pair[1], zip(first[:size], other, strict=False))
        size = len([*same])
    return first[:size]


def _merged(test: Bound, yes: Scope, no: Scope) -> Scope:
    merged = {}
    for name in yes.keys() & no.keys():
        same = yes[name] is no[name]
        merged[name] = yes[name] if same else Either(test, yes[name], no[name])
    return merged


def as_written(source: Source, says: Words) -> Written:
    """The text of a section, shared texts put in, with its expressions and conditions in words."""
    writer = _Writer(source, says)
    writer.write()
    filled = Filled(
        source.path, "\n".join(writer.lines), tuple(writer.values), tuple(writer.origins)
    )
    return Written(filled, writer.conditions)


def with_conditions(section: Section, written: Written, when: str = "") -> Section:
    """The section with a line "If …:" before each block, clause or item that stands under a condition of its own.

    `when` is the condition of the whole, in words.
    """
    made: Section = _below(section, (), written.conditions)
    if not when:
        return made
    return replace(made, blocks=(_condition((f"if {when}",)), *made.blocks))


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
    words = f"{sentence_case(_in_words(conditions))}:"
    return Paragraph((Emphasis((Value(words, words, "issuer", "material"),)),))


def _in_words(conditions: Conditions) -> str:
    return "; ".join(conditions)
