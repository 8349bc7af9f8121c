"""Words of a file as Markdown of the section language: every sign that would mean something there is taken as such."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import assert_never
from urllib.parse import quote

from policygen.moving.found import Blank, Gap, Inline, NoteMark, Picture, Tick, Words

_SIGNS = re.compile(r"([\\`*_\[\]<>{}|%~^])")
_BEGINNING = re.compile(r"^(\s*)([-+#:=~>!]|\d{1,9}(?=[.)]))")
_NUMBERED = re.compile(r"^(\s*\d{1,9})([.)])")
_ENTITY = re.compile(r"&(?=#?\w+;)")
_REPEATED = re.compile(r"(?<=[=+])(?=[=+])")
_BRACES_LAST = re.compile(r"\\\{(\s*[#.:a-z\\][^{}]*\})$")
"""Braces at the end of a text, which would hold attributes; what is printed cannot."""
_SCHEMES = ("https://", "http://", "mailto:", "tel:")


def escaped(text: str) -> str:
    """Words that stand in a line, every sign of the language as such."""
    text = _SIGNS.sub(r"\\\1", text).replace("\\<!", "\\<\\!").replace("\\{#", "\\{\\#")
    text = _REPEATED.sub(r"\\", text)
    return _ENTITY.sub(r"\\&", text)


def at_beginning(text: str) -> str:
    """A line of which the beginning is no sign of a list, a heading or a meaning."""
    text = text.lstrip()
    if text.startswith("Table:"):
        return text.replace(":", r"\:", 1)
    if numbered := _NUMBERED.match(text):
        return f"{numbered[1]}\\{text[numbered.end(1) :]}"
    return _BEGINNING.sub(r"\1\\\2", text)


def markdown(
    children: Iterable[Inline],
    notes: Mapping[str, str],
    *,
    plain: bool = False,
    breaks: bool = True,
    raw: Mapping[str, str] | None = None,
) -> str:
    """Some words as Markdown on one line.

    `notes` are the labels of footnotes; `plain` words have no stress; without `breaks` a line break is a space. `raw`
    is what stands for marks in the words, such as references, put in as it is.
    """
    made = ""
    children = tuple(children)
    for child, following in zip(children, (*children, Gap("break"))[1:], strict=True):
        match child:
            case Words():
                made = _with_words(made, child, following, plain=plain)
            case Blank(holds=holds):
                made += f" {escaped(holds)}" if holds else r"\_\_\_\_"
            case Tick(ticked=ticked):
                made += "☑" if ticked else "☐"
            case NoteMark(note=note):
                made = made.rstrip() + (f"[^{notes[note]}]" if note in notes else "")
            case Gap(kind="break"):
                made = made.rstrip(" ") + ("\\\n" if breaks and made.strip() else " ")
            case Gap() | Picture():
                made += " "
            case _:
                assert_never(child)
    made = re.sub(r"[^\S\n]+", " ", made)
    made = re.sub(r"(?: ?\\\n ?)+", "\\\\\n", made)
    made = made.removesuffix("\\\n").strip()
    made = _BRACES_LAST.sub(r'{{ "{" }}\1', made)
    for mark, text in (raw or {}).items():
        made = made.replace(mark, text)
    return made


def _with_words(made: str, words: Words, following: Inline, *, plain: bool) -> str:
    text = escaped(words.text.replace("\n", " "))
    core = text.strip()
    if not core:
        return f"{made} " if text else made
    before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    if words.link.startswith(_SCHEMES) and not plain:
        core = f"[{core}]({_address(words.link)})"
    mark = "" if plain else "**" if words.bold else "*" if words.italic else ""
    if mark and _can_open(made + before, core):
        last = core[-1]
        whole = last.isalnum() and not _within(after, following)
        if whole or (last in ".:,;?!)”’" and _ends(after, following)):
            core = f"{mark}{core}{mark}"
    return made + before + core + after


def _address(link: str) -> str:
    return re.sub(r"[\s()<>\\{}|]", lambda sign: quote(sign[0], safe=""), link)


def _can_open(made: str, core: str) -> bool:
    """Whether a mark of stress opens here: not within a word, nor next to another mark."""
    return core[0].isalnum() and not (made and (made[-1].isalnum() or made[-1] in "*\\_"))


def _within(after: str, following: Inline) -> bool:
    """Whether the next words follow at once and have a mark of stress themselves."""
    return not after and isinstance(following, Words) and (following.bold or following.italic)


def _ends(after: str, following: Inline) -> bool:
    """Whether a word ends here, so that a mark of stress closes behind a sign."""
    goes_on = isinstance(following, Words) and following.text[:1].isalnum()
    return bool(after) or not goes_on
