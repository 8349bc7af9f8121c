"""The worst texts for a regular expression, made of what it is made of."""

from __future__ import annotations

import re
import time
from re import _constants as c  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

Part = tuple[Any, Any]
_REPEATS = (c.MAX_REPEAT, c.MIN_REPEAT, c.POSSESSIVE_REPEAT)
_LETTERS = "a b1.,-'<>[]{}()/:\n\tA\u2019é_|*\"#"


def pumps(pattern: str, flags: int = 0) -> Iterator[tuple[str, str, str]]:
    """What a long text begins with, what is then repeated, and what ends it, so that a pattern tries everything."""
    parsed = _parser.parse(pattern, flags)
    found = set[tuple[str, str]]()
    for before, body in _repeated(parsed, ""):
        found |= {(before, body), ("", before + body)}
    samples = [_sample(parsed[: index + 1]) for index in range(len(parsed))]
    found |= {("", sample) for sample in samples}
    for before, body in sorted(found):
        if body:
            yield before, body, "\x00"


def _repeated(parts: Sequence[Part], before: str) -> Iterator[tuple[str, str]]:
    """What stands before each repeat, and what it repeats."""
    for kind, inner in parts:
        match kind:
            case c.MAX_REPEAT | c.MIN_REPEAT | c.POSSESSIVE_REPEAT:
                yield from ((before, sample) for sample in _samples(inner[2]))
                yield from _repeated(inner[2], before)
            case c.SUBPATTERN:
                yield from _repeated(inner[3], before)
            case c.BRANCH:
                for choice in inner[1]:
                    yield from _repeated(choice, before)
            case c.ASSERT | c.ASSERT_NOT:
                yield from _repeated(inner[1], before)
        before += _sample([(kind, inner)])


def _samples(parts: Sequence[Part]) -> list[str]:
    """Texts that parts match: each choice once."""
    if len(parts) == 1 and parts[0][0] is c.SUBPATTERN:
        return _samples(parts[0][1][3])
    if len(parts) == 1 and parts[0][0] is c.BRANCH:
        return [_sample(choice) for choice in parts[0][1][1]][:6]
    if len(parts) == 1 and parts[0][0] in (c.IN, c.ANY, c.NOT_LITERAL):
        return [letter for letter in _LETTERS if _holds(parts[0], letter)][:6] or [_sample(parts)]
    return [_sample(parts)]


def _sample(parts: Sequence[Part]) -> str:
    """One text that parts match, or nearly."""
    found = ""
    for kind, inner in parts:
        match kind:
            case c.LITERAL:
                found += chr(inner)
            case c.IN | c.ANY | c.NOT_LITERAL:
                likely = next((letter for letter in _LETTERS if _holds((kind, inner), letter)), "")
                found += likely or _first(inner)
            case c.MAX_REPEAT | c.MIN_REPEAT | c.POSSESSIVE_REPEAT:
                found += _sample(inner[2]) * max(1, min(inner[0], 50))
            case c.SUBPATTERN:
                found += _sample(inner[3])
            case c.ATOMIC_GROUP:
                found += _sample(inner)
            case c.BRANCH:
                found += _sample(inner[1][0])
    return found


def _first(inner: Any) -> str:
    """The first letter of a set that none of the usual ones is in."""
    if isinstance(inner, list):
        for kind, value in inner:
            if kind is c.LITERAL:
                return chr(value)
            if kind is c.RANGE:
                return chr(value[0])
    return "x"


def _holds(part: Part, letter: str) -> bool:
    kind, inner = part
    if kind is c.ANY:
        return letter != "\n"
    if kind is c.NOT_LITERAL:
        return letter != chr(inner)
    held = any(_in(item, letter) for item in inner)
    return held != (inner[0][0] is c.NEGATE)


def _in(item: Part, letter: str) -> bool:
    match item:
        case (c.LITERAL, code):
            return letter == chr(code)
        case (c.RANGE, (low, high)):
            return bool(low <= ord(letter) <= high)
        case (c.CATEGORY, category):
            name = str(category).rsplit("_", 1)[-1]
            sign = {"DIGIT": r"\d", "SPACE": r"\s", "WORD": r"\w"}[name]
            if "NOT" in str(category):
                sign = sign.upper()
            return re.match(sign, letter) is not None
    return False


def grows_too_fast(work: Callable[[str], object], before: str, body: str, after: str) -> bool:
    """Whether the time for a text grows at least as the square of its length, up to a line of the longest kind.

    Time is that of the processor, the least of several tries, so that a machine with other work does not matter.
    """
    times = 4
    spent = 0.0
    while len(body) * times <= 20_000:
        now = _time(work, before + body * times + after)
        if now > 0.25:
            # A step that is longer than any linear one: is it twice as long for twice the text?
            half = _time(work, before + body * (times // 2) + after)
            return now > 3 * half
        spent += now
        times = times + 4 if times < 40 else times * 2
    return False


def _time(work: Callable[[str], object], text: str) -> float:
    least = 9.0
    for _ in range(3):
        begun = time.process_time()
        work(text)
        least = min(least, time.process_time() - begun)
        if least < 0.05:
            break
    return least
