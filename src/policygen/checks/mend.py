"""Mending what is safe to mend, in the text itself: ids that are missing, versions without quotes. All else stays.

Works on the text of a file exactly as it is on disk, so that line ends and a byte order mark are kept.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count

from policygen.compose.prepare import PreparedEdition
from policygen.files.yamledit import CannotAddError, with_inner
from policygen.ground.diagnostics import Diagnostic, Place
from policygen.model.adoption import ClauseDecision, LocatedAdoption

MENDABLE = ("missing-id", "version-not-text")
_UNTOUCHED = frozenset({"editions", "register"})
"""Folders whose files never change once they are written."""

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
    return (
        diagnostic.rule in MENDABLE
        and place is not None
        and _UNTOUCHED.isdisjoint(place.path.split("/"))
    )


def mended(
    text: str, diagnostics: Iterable[Diagnostic], taken: Collection[str]
) -> tuple[str, tuple[Mend, ...]]:
    """The text of one file without those problems that are safe to mend, and what was done.

    `taken` are the ids that the template has. A problem is left where its line is another than when it was found.
    """
    bom = _BOM if text.startswith(_BOM) else ""
    parts = _LINE_END.split(text.removeprefix(_BOM))
    lines, ends = parts[::2], [*parts[1::2], ""]
    ids, done = {*taken}, list[Mend]()
    for diagnostic in sorted({*filter(can_mend, diagnostics)}, key=_last_first):
        place = diagnostic.place
        if (
            place is None
            or not 0 < place.line <= len(lines)
            or lines[place.line - 1].rstrip() != place.text.rstrip()
        ):
            continue
        if diagnostic.rule == "missing-id":
            row, what = _add_id(lines, place.line - 1, ids)
        else:
            row, what = _put_in_quotes(lines, place.line - 1, place.column - 1, place.length)
        if what:
            done.append(Mend(place.path, row + 1, what))
    return bom + "".join(line + end for line, end in zip(lines, ends, strict=True)), tuple(
        reversed(done)
    )


def with_chosen_ids(
    diagnostics: Sequence[Diagnostic],
    texts: Mapping[str, str],
    taken: Callable[[str], Collection[str]],
) -> tuple[Diagnostic, ...]:
    """The diagnostics, each about an id that is missing with the one that mending would choose in its hint.

    `texts` are those of the files by path; `taken` gives the ids that the template of a file has.
    """
    told = list(diagnostics)
    for path in {
        each.place.path for each in diagnostics if each.rule == "missing-id" and each.place
    } & {*texts}:
        lines, ids = texts[path].split("\n"), {*taken(path)}
        here = [
            index
            for index, each in enumerate(told)
            if each.place and each.place.path == path and can_mend(each)
        ]
        chosen: dict[Place, str] = {}
        for index in sorted(here, key=lambda index: _last_first(told[index])):
            place = told[index].place
            if told[index].rule == "missing-id" and place and 0 < place.line <= len(lines):
                if place not in chosen:
                    _, chosen[place] = _choose_id(lines, place.line - 1, ids)
                if chosen[place]:
                    hint = f"write `{{#{chosen[place]}}}` at its end; `--fix` does"
                    told[index] = replace(told[index], hints=(hint,))
    return tuple(told)


def _last_first(diagnostic: Diagnostic) -> tuple[int, int]:
    """From the end of a file to its beginning, and of a line, so that the places before stay right."""
    place = diagnostic.place
    return (-place.line, -place.column) if place else (0, 0)


# --- versions ---------------------------------------------------------------------------------------------------------

_PLAIN = re.compile(r"[0-9][0-9.eE+-]*")


def _put_in_quotes(lines: list[str], row: int, start: int, length: int) -> tuple[int, str]:
    """Put a number or date in quotes, digit for digit. Gives the row and what was done, nothing where it is unsafe."""
    line = lines[row]
    written = line[start : start + length]
    if not _PLAIN.fullmatch(written):
        return row, ""
    lines[row] = f'{line[:start]}"{written}"{line[start + length :]}'
    return row, f'`{written}` is now `"{written}"`'


# --- ids --------------------------------------------------------------------------------------------------------------

_HEADING = re.compile(r"#{1,6}\s+(.*)")
_ITEM = re.compile(r"\s*\d{1,9}[.)]\s+(.*)")
_ENDS = re.compile(r"\s*(?:$|[-*+]\s|\d{1,9}[.)]\s|:::|#{1,6}\s)")
"""A line with which the paragraph above it is over."""
_UNSURE = re.compile(r"\s*[|:](?!::)|\s+(?!1[.)])\d{1,9}[.)]\s")
"""A line of a table, or a number that Markdown takes for words of the paragraph."""
_CONTROL = re.compile(r"\s*(?:(?:\{%.*?%\}|<!--.*?-->)\s*)+$")
_OPEN, _CLOSE = (
    re.compile(r"\{%-?\s*(?:if|for)\b|<!--"),
    re.compile(r"\{%-?\s*(?:endif|endfor)\b|-->"),
)
_NO_PARAGRAPH = re.compile(r"\s*(?:[-*+]\s|\d{1,9}[.)]\s|:::|\||#|$)")
_ATTRIBUTES = re.compile(r"\{([a-z][^{}#]*)\}(\s*)$")
_BRACES = re.compile(r"(?<!\{)\{(?![{%])[^{}]*\}\s*$")
_NOT_WORDS = re.compile(
    r"\{\{.*?\}\}|\{%.*?%\}|<!--.*?-->|\]\([^)]*\)|\{[^{}]*\}|[’']\w*", re.DOTALL
)
_SAY_NOTHING = frozenset(
    """a all also an and any anybody anyone are as at be been being both but by can do does each either every for from
    had has have he her his how if in into is it its may more most must nor not of on only or other our out over she
    should so some such than that the their them then there these they this those through to under until up was what
    when where which while who whom whose why will with within without you your""".split()
)
_WORDS_OF_AN_ID = 3
_MOST = 4


def _add_id(lines: list[str], row: int, ids: set[str]) -> tuple[int, str]:
    """Put an id at the end of a title, or of the first paragraph of a clause. Gives its row and what was done."""
    last, made = _choose_id(lines, row, ids)
    if not made:
        return row, ""
    lines[last] = _with_id(lines[last], made)
    return last, f"`{{#{made}}}` was added"


def _choose_id(lines: Sequence[str], row: int, ids: set[str]) -> tuple[int, str]:
    """The row at whose end an id belongs, and a new one, now taken; nothing where it is not clear what is right."""
    last, words = _first_paragraph(lines, row)
    made = _new_id(words, ids)
    if last < 0 or not made or not _with_id(lines[last], made):
        return row, ""
    ids.add(made)
    return last, made


def _with_id(line: str, made: str) -> str:
    """The line with an id at its end, in the braces that stand there already; empty where they hold something else."""
    attributes = _ATTRIBUTES.search(line)
    if attributes:
        return f"{line[: attributes.start()]}{{#{made} {attributes[1]}}}{attributes[2]}"
    if _BRACES.search(line):
        return ""
    text = line.rstrip()
    return f"{text} {{#{made}}}{line[len(text) :]}"


def _first_paragraph(lines: Sequence[str], row: int) -> tuple[int, str]:
    """The index of the last line of the paragraph that begins in a row, and its words; -1 where that is not clear."""
    heading = _HEADING.fullmatch(lines[row])
    if heading:
        return (-1, "") if heading[1].rstrip().endswith(" #") else (row, heading[1])
    item = _ITEM.fullmatch(lines[row])
    if not item or _NO_PARAGRAPH.match(item[1]):
        return -1, ""
    last = row
    while (
        last + 1 < len(lines)
        and not _ENDS.match(lines[last + 1])
        and not _CONTROL.match(lines[last + 1])
    ):
        last += 1
    words = "\n".join([item[1], *lines[row + 1 : last + 1]])
    balanced = len(_OPEN.findall(words)) == len(_CLOSE.findall(words))
    certain = (
        balanced
        and not any(map(_UNSURE.match, lines[row + 1 : last + 2]))
        and _is_over(lines, last)
    )
    return (last, words) if certain else (-1, "")


def _is_over(lines: Sequence[str], last: int) -> bool:
    """Whether nothing of a paragraph comes below its last line, also behind lines of Jinja that print nothing."""
    for line in lines[last + 1 :]:
        if not _CONTROL.match(line) or not line.strip():
            return bool(_ENDS.match(line))
        if "include" in line:
            return False
    return True


def _new_id(text: str, ids: Collection[str]) -> str:
    """An id of the first telling words of a text that no other place has; empty where the text has no words."""
    words = [*_words(text)]
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
    return next(
        made
        for number in count(2)
        if (made := f"{'-'.join(chosen[:_WORDS_OF_AN_ID])}-{number}") not in ids
    )


def _words(text: str) -> Iterator[str]:
    plain = (
        unicodedata.normalize("NFKD", _NOT_WORDS.sub(" ", text)).encode("ascii", "ignore").decode()
    )
    return (found[0] for found in re.finditer(r"[a-z0-9]+", plain.lower()))


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
            text = with_inner(text, "clauses", identity, "against", base.digest())
        except CannotAddError:
            continue
        place = adoption.place("clauses", identity, key=True)
        done.append(
            Mend(
                place.path, place.line, f"`{identity}` says now which model text it was made about"
            )
        )
    return text, tuple(done)
