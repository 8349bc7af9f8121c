"""Mending what is safe to mend, in the text itself: ids that are missing, versions without quotes. All else stays.

Works on the text of a file exactly as it is on disk, so that line ends and a byte order mark are kept.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count

from policygen.compose.prepare import PreparedEdition
from policygen.files.yamledit import CannotAddError, with_value
from policygen.ground.diagnostics import Diagnostic, Place
from policygen.ground.paths import is_frozen
from policygen.language.marks import is_silent, masked_lines, pieces
from policygen.model.adoption import ClauseDecision, LocatedAdoption

MENDABLE = ("missing-id", "version-not-text")
_LINE_END = re.compile(r"(\r\n|\r|\n)")
_BOM = "\ufeff"


@dataclass(frozen=True)
class Mend:
    """One thing that was mended."""

    path: str
    line: int
    what: str
    """In words, after the place."""

    def __str__(self) -> str:
        """`path:line: what`."""
        return f"{self.path}:{self.line}: {self.what}"


def can_mend(diagnostic: Diagnostic) -> bool:
    """Whether a problem is of a kind that can be mended, in a file that may change."""
    place = diagnostic.place
    return diagnostic.rule in MENDABLE and place is not None and not is_frozen(place.path)


def mended(
    text: str, diagnostics: Iterable[Diagnostic], taken: Collection[str]
) -> tuple[str, tuple[Mend, ...]]:
    """The text of one file without those problems that are safe to mend, and what was done.

    `taken` are the ids that the template has. A problem is left where its line is another than when it was found.
    """
    bom = _BOM if text.startswith(_BOM) else ""
    parts = _LINE_END.split(text.removeprefix(_BOM))
    lines, ends = parts[::2], [*parts[1::2], ""]
    masks = masked_lines("\n".join(lines))
    ids, done = {*taken}, list[Mend]()
    for diagnostic in sorted({*filter(can_mend, diagnostics)}, key=_last_first):
        place = diagnostic.place
        if place is None or not 0 < place.line <= len(lines):
            continue
        row = place.line - 1
        if lines[row].rstrip() != place.text.rstrip():
            continue
        if diagnostic.rule == "missing-id":
            row, what = _add_id(lines, masks, row, ids)
        else:
            what = _put_in_quotes(lines, row, place.column - 1, place.length)
        if what:
            done.append(Mend(place.path, row + 1, what))
    text = "".join(line + end for line, end in zip(lines, ends, strict=True))
    return bom + text, tuple(reversed(done))


def with_chosen_ids(
    diagnostics: Sequence[Diagnostic],
    texts: Mapping[str, str],
    taken: Callable[[str], Collection[str]],
) -> tuple[Diagnostic, ...]:
    """The diagnostics, each about an id that is missing with the one that mending would choose in its hint.

    `texts` are those of the files by path; `taken` gives the ids that the template of a file has.
    """
    chosen: dict[Place, str] = {}
    for path, text in texts.items():
        places = {
            diagnostic.place
            for diagnostic in diagnostics
            if diagnostic.rule == "missing-id" and diagnostic.place and can_mend(diagnostic)
            if diagnostic.place.path == path
        }
        if places:
            chosen |= _chosen_ids(text, places, {*taken(path)})
    told = []
    for diagnostic in diagnostics:
        made = chosen.get(diagnostic.place) if diagnostic.place else ""
        if made and diagnostic.rule == "missing-id":
            hint = f"write `{{#{made}}}` at its end; `--fix` does"
            told.append(replace(diagnostic, hints=(hint,)))
        else:
            told.append(diagnostic)
    return tuple(told)


def _chosen_ids(text: str, places: Iterable[Place], ids: set[str]) -> dict[Place, str]:
    """The id for each of these places of one file, as mending would choose them."""
    lines, masks = text.split("\n"), masked_lines(text)
    chosen = {}
    for place in sorted(places, key=lambda place: (-place.line, -place.column)):
        if 0 < place.line <= len(lines):
            _, chosen[place] = _choose_id(lines, masks, place.line - 1, ids)
    return chosen


def _last_first(diagnostic: Diagnostic) -> tuple[int, int]:
    """From the end of a file to its beginning, and of a line, so that the places before stay right."""
    place = diagnostic.place
    return (-place.line, -place.column) if place else (0, 0)


# --- versions ---------------------------------------------------------------------------------------------------------

_PLAIN = re.compile(r"[0-9][0-9.eE+-]*")


def _put_in_quotes(lines: list[str], row: int, start: int, length: int) -> str:
    """Put a number or date in quotes, digit for digit. Gives what was done, nothing where it is unsafe."""
    line = lines[row]
    written = line[start : start + length]
    if not _PLAIN.fullmatch(written):
        return ""
    lines[row] = f'{line[:start]}"{written}"{line[start + length :]}'
    return f'`{written}` is now `"{written}"`'


# --- ids --------------------------------------------------------------------------------------------------------------
# What a line is, is seen from its mask, in which a sign stands for each character of Jinja.

_HEADING = re.compile(r"#{1,6}\s+(.*)")
_CLOSING_HASHES = re.compile(r"(?<![ \t])[ \t]+#+[ \t]*$")
"""Markdown lets a heading end with signs that print nothing; behind an id they would print."""
_ITEM = re.compile(r"\s*\d{1,9}[.)]\s+(.*)")
_ENDS = re.compile(r"\s*(?:$|[-*+]\s|\d{1,9}[.)]\s|:::|#{1,6}\s)")
"""A line with which the paragraph above it is over."""
_UNSURE = re.compile(r"\s*[|:](?!::)|\s+(?!1[.)])\d{1,9}[.)]\s")
"""A line of a table, or a number that Markdown takes for words of the paragraph."""
_NO_PARAGRAPH = re.compile(r"\s*(?:[-*+]\s|\d{1,9}[.)]\s|:::|\||#|$)")
_ATTRIBUTES = re.compile(r"\{([a-z][^{}#]*)\}(\s*)$")
_BRACES = re.compile(r"\{[^{}]*\}\s*$")
_NOT_WORDS = re.compile(r"\]\([^)]*\)|\{[^{}]*\}|[’']\w*", re.DOTALL)
_SAY_NOTHING = frozenset(
    """a all also an and any anybody anyone are as at be been being both but by can do does each either every for from
    had has have he her his how if in into is it its may more most must nor not of on only or other our out over she
    should so some such than that the their them then there these they this those through to under until up was what
    when where which while who whom whose why will with within without you your""".split()
)
_WORDS_OF_AN_ID = 3
_MOST = 4


def _add_id(lines: list[str], masks: Sequence[str], row: int, ids: set[str]) -> tuple[int, str]:
    """Put an id at the end of a title, or of the first paragraph of a clause. Gives its row and what was done."""
    last, made = _choose_id(lines, masks, row, ids)
    if not made:
        return row, ""
    lines[last] = _with_id(lines[last], masks[last], made)
    return last, f"`{{#{made}}}` was added"


def _choose_id(
    lines: Sequence[str], masks: Sequence[str], row: int, ids: set[str]
) -> tuple[int, str]:
    """The row at whose end an id belongs, and a new one, now taken; nothing where it is not clear what is right."""
    last, words = _first_paragraph(lines, masks, row)
    made = _new_id(words, ids)
    if last < 0 or not made or not _with_id(lines[last], masks[last], made):
        return row, ""
    ids.add(made)
    return last, made


def _with_id(line: str, mask: str, made: str) -> str:
    """The line with an id at its end, in the braces that stand there already; empty where they hold something else."""
    attributes = _ATTRIBUTES.search(line)
    if attributes:
        return f"{line[: attributes.start()]}{{#{made} {attributes[1]}}}{attributes[2]}"
    if _BRACES.search(mask):
        return ""
    text = line.rstrip()
    space = line[len(text) :]
    if _HEADING.fullmatch(line):
        text = _CLOSING_HASHES.sub("", text)
    return f"{text} {{#{made}}}{space}"


def _first_paragraph(lines: Sequence[str], masks: Sequence[str], row: int) -> tuple[int, str]:
    """The index of the last line of the paragraph that begins in a row, and its words; -1 where that is not clear."""
    heading = _HEADING.fullmatch(masks[row])
    if heading:
        return row, heading[1]
    item = _ITEM.fullmatch(masks[row])
    if not item or _NO_PARAGRAPH.match(item[1]):
        return -1, ""
    last = row
    for mask in masks[row + 1 :]:
        if _ENDS.match(mask) or is_silent(mask):
            break
        last += 1
    within = masks[row + 1 : last + 1]
    certain = (
        _is_whole("\n".join(lines[row : last + 1]))
        and not any(map(_UNSURE.match, masks[row + 1 : last + 2]))
        and _is_over(lines, masks, last)
    )
    if certain:
        return (last, "\n".join([item[1], *within]))
    return (-1, "")


def _is_whole(paragraph: str) -> bool:
    """Whether each branch, loop and comment that opens in a paragraph closes in it."""
    depth = 0
    for mark in pieces(paragraph):
        if mark.kind == "broken":
            return False
        depth += (mark.word in _OPENING) - (mark.word in _ENDING)
    return depth == 0


_OPENING, _ENDING = ("if", "for"), ("endif", "endfor")


def _is_over(lines: Sequence[str], masks: Sequence[str], last: int) -> bool:
    """Whether nothing of a paragraph comes below its last line, also behind lines of Jinja that print nothing."""
    for line, mask in zip(lines[last + 1 :], masks[last + 1 :], strict=True):
        if not is_silent(mask):
            return bool(_ENDS.match(mask))
        if any(mark.word == "include" for mark in pieces(line)):
            return False
    return True


def _new_id(text: str, ids: Collection[str]) -> str:
    """An id of the first telling words of a text that no other place has; empty where the text has no words."""
    words = re.findall(r"[a-z0-9]+", _in_plain_letters(_NOT_WORDS.sub(" ", text)))
    telling = [word for word in words if word not in _SAY_NOTHING]
    chosen = telling if len(telling) > 1 else words
    while chosen and not chosen[0][0].isalpha():
        chosen = chosen[1:]
    if not chosen:
        return ""
    for length in range(min(_WORDS_OF_AN_ID, len(chosen)), min(_MOST, len(chosen)) + 1):
        made = "-".join(chosen[:length])
        if made not in ids:
            return made
    shortest = "-".join(chosen[:_WORDS_OF_AN_ID])
    return next(made for number in count(2) if (made := f"{shortest}-{number}") not in ids)


def _in_plain_letters(text: str) -> str:
    """A text in small letters from a to z as far as it can be: "Łódź" is "lodz"."""
    return "".join(map(_plain_letter, unicodedata.normalize("NFKD", text.casefold()))).lower()


def _plain_letter(letter: str) -> str:
    """A letter of Latin script by its name: "L" for LATIN SMALL LETTER L WITH STROKE. Accents are taken away."""
    if letter.isascii():
        return letter
    if unicodedata.combining(letter):
        return ""
    name = unicodedata.name(letter, "")
    base = name.partition(" LETTER ")[2].partition(" WITH ")[0]
    if name.startswith("LATIN ") and len(base) in _LETTERS:
        return base
    return " "


_LETTERS = (1, 2)
"""Of which a letter is made: "O", "AE"."""


def with_bases(
    prepared: PreparedEdition, adoption: LocatedAdoption, text: str
) -> tuple[str, tuple[Mend, ...]]:
    """The text of an adoption with `against:` in each local change that lacks it, and what was done.

    A change that says already what it was made about is left alone, and so is one that nothing can be added to.
    """
    done = []
    for identity, decision in adoption.value.clauses.items():
        base = prepared.bases.get(identity)
        if base is None or not isinstance(decision, ClauseDecision) or decision.against:
            continue
        try:
            text = with_value(text, ("clauses", identity, "against"), base.digest())
        except CannotAddError:
            continue
        place = adoption.place("clauses", identity, key=True)
        done.append(
            Mend(
                place.path, place.line, f"`{identity}` says now which model text it was made about"
            )
        )
    return text, tuple(done)
