"""What authors write in braces behind a heading, a paragraph, an item or a container: `{#id adapt=free clause}`."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Literal, cast, get_args

from policygen.ground.diagnostics import Place, Problems
from policygen.ground.wording import meant_or_known
from policygen.language.document import Adapt

Carrier = Literal["title", "heading", "paragraph", "item", "container", "caption"]
"""What attributes can stand behind."""

UNLABELLED = "unlabelled"
"""Behind the caption of a table whose first column says nothing about the others."""
LANDSCAPE = "landscape"
"""Behind the caption of a table that is too wide for an upright page."""
FLAGS = ("clause", "unnumbered", "unlisted", UNLABELLED, LANDSCAPE)
BRACES = re.compile(r"(?<!\s)\s*\{\s*([#.:a-z](?:[^{}]*[^\s{}])?)\s*\}\s*$")
"""Braces at the end of a text that hold attributes, or what somebody took for attributes."""
STRAY = re.compile(r"\{\s*(?:[#.](?=\w)|adapt\b)")
"""The beginning of attributes that do not stand at the end, or are never closed."""
_UNCLOSED = re.compile(r"\{\s*(#[\w-]*)[^{}]*$")
_ID = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_WORDS = (*(f"adapt={status}" for status in get_args(Adapt)), *FLAGS)


@dataclass(frozen=True)
class Attributes:
    """What stands in one pair of braces."""

    id: str = ""
    adapt: Adapt | None = None
    flags: frozenset[str] = frozenset()
    wrong: tuple[str, ...] = ()
    """Words that mean nothing."""

    @property
    def words(self) -> tuple[str, ...]:
        """What it states beside the id, as written."""
        status = (f"adapt={self.adapt}",) if self.adapt else ()
        return (*status, *sorted(self.flags))


@dataclass(frozen=True)
class Stated:
    """A status or flag that somebody wrote, until something takes it up. One that nothing takes up is an error."""

    word: str
    """As written: `adapt=free`, `clause`."""
    id: str
    """The id that stands beside it, if any."""
    carrier: Carrier
    owner: Place
    """Where the heading, paragraph or item stands."""
    place: Place
    """Where the word stands."""


def split(text: str) -> tuple[str, Attributes]:
    """A text without the attributes at its end, and the attributes."""
    found = BRACES.search(text)
    if found is None:
        return text, Attributes()
    return text[: found.start()], _read(found[1].split())


def unclosed(text: str) -> str:
    """The id in braces that are never closed, at the end of a text; empty where there are none."""
    found = _UNCLOSED.search(text)
    return like_id(found[1]) if found else ""


def _read(words: Iterable[str]) -> Attributes:
    identity = ""
    adapt: Adapt | None = None
    flags: set[str] = set()
    wrong: list[str] = []
    for word in words:
        key, equals, value = word.partition("=")
        if word.startswith("#") and _ID.fullmatch(word[1:]) and not identity:
            identity = word[1:]
        elif equals and key == "adapt" and value in get_args(Adapt):
            adapt = cast("Adapt", value)
        elif word in FLAGS:
            flags.add(word)
        else:
            wrong.append(word)
            # The id that was meant counts, so that nothing else is reported for want of one.
            identity = identity or like_id(word)
    return Attributes(identity, adapt, frozenset(flags), tuple(wrong))


def like_id(word: str) -> str:
    """The id that was meant by "#Report_Faults" or ":#report"; empty when that is not clear."""
    _, mark, meant = word.partition("#")
    like = ""
    if mark:
        like = re.sub(r"[^a-z0-9]+", "-", meant.lower()).strip("-")
    return like if _ID.fullmatch(like) else ""


def what_instead(word: str) -> str:
    """What to write in place of a word that is no attribute."""
    if word.startswith("#") and _ID.fullmatch(word[1:]):
        return "keep one id"
    if "#" in word:
        meant = like_id(word) or "report-faults"
        return f"write `#{meant}`: an id is lower-case words joined by hyphens"
    if word.startswith("."):
        return "leave it out: there are no classes, and the theme decides how things look"
    if word.startswith("adapt="):
        return meant_or_known(word.removeprefix("adapt="), get_args(Adapt))
    return meant_or_known(word, _WORDS)


def note_without_effect(
    stated: Iterable[Stated], used: Collection[tuple[str, str | Place]], problems: Problems
) -> None:
    """Note each status or flag that nothing took up. `used` are the words, with the id or place of who stated them."""
    for each in stated:
        effective = (each.id and (each.word, each.id) in used) or (each.word, each.owner) in used
        if not effective:
            message = f"`{each.word}` has no effect here"
            problems.add("bad-attributes", message, each.place, _why(each))


def _why(stated: Stated) -> str:
    if stated.word == "clause":
        return "take it out: only `##` in a section with `numbering: decimal` or `flat` makes a clause with a title"
    if stated.word == "unnumbered":
        return "take it out: only a heading that would have a number can go without one"
    if stated.word == "unlisted":
        return "take it out: only the title of a part, or a heading in a `headings` section, is in the contents"
    if stated.word == UNLABELLED:
        return "take it out: it stands behind the caption of a table that has a header row"
    if stated.word == LANDSCAPE:
        return (
            "take it out: it stands behind the caption of a table, `Table: Equipment {landscape}`"
        )
    status = stated.word.removeprefix("adapt=")
    match stated.carrier:
        case "title":
            return f"write `adapt: {status}` under the section's name in template.yaml"
        case "heading":
            return "a heading without a number has no status: write it behind the id of each clause below"
        case "caption":
            return (
                "write it on a line of its own before the table: `{#two-or-three-words "
                f"{stated.word}}}`"
            )
        case "paragraph" | "item" | "container":
            if stated.id:
                return "a status belongs to a clause: write it behind the id of the clause that this is part of"
            return (
                "a status belongs to a clause: give it an id, `{#two-or-three-words "
                f"{stated.word}}}`"
            )
