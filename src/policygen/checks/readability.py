"""How hard a text is to read: the Flesch-Kincaid grade (Kincaid and others, 1975), with syllables counted by pyphen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from policygen.ground.diagnostics import Problems
from policygen.language.document import Document, Section
from policygen.language.runs import worded

PUPILS_MAY_READ = 11
"""The reading age, in years, that a text for pupils may not pass: the end of primary school."""
_WORD = re.compile(r"[A-Za-z’']+")
_SENTENCE = re.compile(r"(?<![.!?:;])[.!?:;]+(?=\s|$)|\n")


@dataclass(frozen=True)
class Readability:
    """A section with its figures."""

    id: str
    title: str
    words: int
    reading_age: float
    """In years: the grade and five."""


def reading_age(text: str) -> float:
    """The age, in years, at which a text can be read with ease. A line end closes a sentence."""
    words = _WORD.findall(text)
    sentences = sum(1 for part in _SENTENCE.split(text) if _WORD.search(part))
    if not words or not sentences:
        return 0.0
    syllables = sum(_syllables(word.strip("’'").lower()) for word in words)
    grade = 0.39 * len(words) / sentences + 11.8 * syllables / len(words) - 15.59
    return round(max(grade, 0.0) + 5, 1)


@cache
def _syllables(word: str) -> int:
    return len(_dictionary().positions(word)) + 1


@cache
def _dictionary() -> Any:
    import pyphen

    return pyphen.Pyphen(lang="en_GB", left=1, right=1)


def readability(document: Document) -> Iterator[Readability]:
    """The figures of each part of a document."""
    for part in document.parts:
        text = _text(part)
        yield Readability(
            part.id, "".join(_title(part)), len(_WORD.findall(text)), reading_age(text)
        )


def check_readability(document: Document, problems: Problems) -> None:
    """Note a part for pupils that is too hard to read for most of them."""
    for part in document.parts:
        if part.audience == "pupils":
            age = reading_age(_text(part))
            if age > PUPILS_MAY_READ:
                problems.add(
                    "pupil-readability",
                    f"this text is for pupils, and its reading age is {age:.0f}",
                    part.place,
                    f"shorter words and sentences bring it to {PUPILS_MAY_READ} or below",
                )


def _text(part: Section) -> str:
    return "\n".join(run.text for run in worded(part) if run.manner != "cell")


def _title(part: Section) -> Iterator[str]:
    yield next(worded(part)).text
