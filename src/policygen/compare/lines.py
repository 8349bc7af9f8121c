"""Lines of two units side by side: which line became which, and the words that changed in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import pairwise, zip_longest
from typing import Any, Literal, assert_never, cast

from policygen.compare.form import Form
from policygen.compare.units import Facts, Line
from policygen.compare.words import Mark, Run, Token, is_rewritten, likeness, runs, whole
from policygen.ground.wording import join_and
from policygen.language import document as d
from policygen.model.fact_words import fact

_PAIRS = 4_000
"""Pairs of lines of one clause that are compared word by word."""
_ALIKE = 0.5
"""Two lines that share less are one line gone and another come."""
_CARRIED = 0.8
"""Words that share as much were carried from one line to the next, whoever polished them on the way."""
_PICTURE = "picture"
"""The name of the fact that a line shows a picture. Its value is the digest, which no reader is told."""
_FILLED = "filled in"
"""The name of the fact that a value of the school stands there. Its value is the name as templates have it."""
_SHOWN = 6
"""How many of its words name a line in a note."""
Slots = tuple[tuple[int | None, int | None], ...]
"""The columns of two tables side by side: the index of each in the old table and in the new one."""


@dataclass(frozen=True, slots=True)
class MarkedLine:
    """A line of a redline."""

    change: Literal["same", "inserted", "deleted", "reworded"]
    cells: tuple[tuple[Run, ...], ...]
    old: Line | None
    new: Line | None
    notes: tuple[str, ...] = ()
    """What changed beside the words: "list: bullets; was: letters"."""
    columns: tuple[Mark, ...] = ()
    """The fate of each cell, in a table whose columns are others now; empty where they are the same."""

    @property
    def line(self) -> Line:
        """The line as it is now; of one that is gone, as it was."""
        return cast("Line", self.new or self.old)


@dataclass(frozen=True, slots=True)
class Words:
    """A line with its words: one list of tokens for each cell."""

    line: Line
    cells: tuple[tuple[Token, ...], ...]
    facts: Facts = ()
    """What is true of it beside its words."""

    @property
    def key(self) -> tuple[Any, ...]:
        """What two lines agree in when nothing changed. Labels of items move along and take no part."""
        words = tuple(tuple(token.key for token in cell) for cell in self.cells)
        return (self.line.role, self.line.depth, self.facts, words)


def facts_of(line: Line, form: Form) -> Facts:
    """What is true of a line beside its words, in order; ids and pictures as `form` has them."""
    facts: list[tuple[str, str]] = []
    if line.within:
        facts.append(("in", line.within))
    for name, value in line.facts:
        shown = form.id(value) if name == "id" else value
        facts.append((name, shown))
    for node in d.walk(*line.cells):
        match node:
            case d.Link():
                facts.append(("link", node.address))
            case d.Image():
                facts.append((_PICTURE, form.picture(node)))
            case d.Value(kind="details"):
                facts.append((_FILLED, node.name))
            case _:  # whatever else is in a line is compared word by word
                pass
    return tuple(facts)


def marked(old: Sequence[Words], new: Sequence[Words]) -> tuple[MarkedLine, ...]:
    """All lines of both in one row. A line that is gone stands before what came in its place."""
    slots = _slots(old, new)
    lines: list[MarkedLine] = []
    matcher = SequenceMatcher(
        None, [words.key for words in old], [words.key for words in new], autojunk=False
    )
    for tag, left, left_end, right, right_end in matcher.get_opcodes():
        if tag == "equal":
            pairs = zip(old[left:left_end], new[right:right_end], strict=True)
            lines.extend(_side_by_side("same", *pair, slots) for pair in pairs)
        else:
            lines.extend(_replaced(old[left:left_end], new[right:right_end], slots))
    return tuple(_with_moves(_with_columns(lines, old, new, slots)))


def gone(lines: Iterable[Words]) -> tuple[MarkedLine, ...]:
    """Lines that are no more."""
    return tuple(_alone("deleted", line, ()) for line in lines)


def come(lines: Iterable[Words]) -> tuple[MarkedLine, ...]:
    """Lines that are new."""
    return tuple(_alone("inserted", line, ()) for line in lines)


def _alone(change: Literal["inserted", "deleted"], words: Words, slots: Slots) -> MarkedLine:
    """A line that stands in one document only."""
    cells = [whole(change, cell) for cell in words.cells]
    fates: tuple[Mark, ...] = ()
    if slots and _is_row(words):
        # Its cells stand below those of the rows around it, which have the columns of both tables.
        fates = _fates(slots)
        rest = iter(cells)
        cells = [next(rest) if fate in ("same", change) else () for fate in fates]
    if change == "deleted":
        return MarkedLine(change, tuple(cells), words.line, None, columns=fates)
    return MarkedLine(change, tuple(cells), None, words.line, columns=fates)


def _side_by_side(
    change: Literal["same", "reworded"], old: Words, new: Words, slots: Slots
) -> MarkedLine:
    notes = (*_notes(old.facts, new.facts), *_picture_notes(old, new))
    if not slots or not _is_row(old):
        cells = [runs(left, right) for left, right in zip(old.cells, new.cells, strict=True)]
        return MarkedLine(change, tuple(cells), old.line, new.line, notes)
    before, after = iter(old.cells), iter(new.cells)
    cells = []
    for fate in _fates(slots):
        match fate:
            case "inserted":
                cells.append(whole("inserted", next(after)))
            case "deleted":
                cells.append(whole("deleted", next(before)))
            case "same":
                cells.append(runs(next(before), next(after)))
            case _:
                assert_never(fate)
    return MarkedLine(change, tuple(cells), old.line, new.line, notes, _fates(slots))


def _notes(old: Facts, new: Facts) -> Iterator[str]:
    """What differs between the facts of a line, each in a few words."""
    for name in dict.fromkeys(name for name, _ in (*old, *new)):
        if name == _PICTURE:
            continue
        before, after = ([value for key, value in facts if key == name] for facts in (old, new))
        if name == _FILLED:
            before, after = ([*map(_called, side)] for side in (before, after))
        if before != after:
            yield f"{name}: {join_and(after) or 'none'}; was: {join_and(before) or 'none'}"


def _called(value: str) -> str:
    """What people call a value that templates name: "name of the designated safeguarding lead"."""
    # "people.dpo.name or people.head.name" is called by what it is first of all.
    path = tuple(value.partition(" ")[0].split("."))
    known = fact(path)
    if known:
        return known.noun
    return path[-1].replace("_", " ")


def _picture_notes(old: Words, new: Words) -> Iterator[str]:
    """What became of the pictures of a line, by what they show: the line itself has words only."""
    before, after = _pictures(old), _pictures(new)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for tag, left, left_end, right, right_end in matcher.get_opcodes():
        if tag == "equal":
            continue
        for was, now in zip_longest(before[left:left_end], after[right:right_end]):
            yield _picture_note(was, now)


_Picture = tuple[str, str]
"""What a picture shows, and its digest."""


def _pictures(words: Words) -> list[_Picture]:
    shown = (node.alt for node in d.walk(*words.line.cells) if isinstance(node, d.Image))
    digests = (value for name, value in words.facts if name == _PICTURE)
    return [*zip(shown, digests, strict=True)]


def _picture_note(was: _Picture | None, now: _Picture | None) -> str:
    match was, now:
        case None, (alt, _):
            return f"a picture is new, of {_shown(alt)}"
        case (alt, _), None:
            return f"a picture is gone, of {_shown(alt)}"
        case (old_alt, _), (alt, _) if old_alt == alt:
            return f"another picture, still of {_shown(alt)}"
        case (old_alt, old), (alt, new) if old == new:
            return f"the description of a picture: {_shown(alt)}; was: {_shown(old_alt)}"
        case (old_alt, _), (alt, _):
            return f"another picture, of {_shown(alt)}; was of {_shown(old_alt)}"
        case _:
            raise AssertionError("two rows were put side by side, and there is neither")


def _shown(alt: str) -> str:
    if alt:
        return f"“{alt}”"
    return "nothing that is described"


def _replaced(old: Sequence[Words], new: Sequence[Words], slots: Slots) -> Iterator[MarkedLine]:
    if len(old) * len(new) > _PAIRS and min(len(old), len(new)) > 1:
        # Of so many lines that all differ, those of one half are compared with those of one half.
        middle, other = len(old) // 2, len(new) // 2
        yield from _replaced(old[:middle], new[:other], slots)
        yield from _replaced(old[middle:], new[other:], slots)
        return
    alike = [[_likeness(before, after, slots) for after in new] for before in old]
    for left, right in _in_step(len(old), len(new), _matches(alike)):
        if right is None and left is not None:
            yield _alone("deleted", old[left], slots)
        elif left is None and right is not None:
            yield _alone("inserted", new[right], slots)
        elif left is not None and right is not None:
            yield from _reworded(old[left], new[right], slots)


def _reworded(old: Words, new: Words, slots: Slots) -> Iterator[MarkedLine]:
    """A line with its words marked; one that was written anew as it was, and below that as it is."""
    line = _side_by_side("reworded", old, new, slots)
    if _is_row(old) or not is_rewritten(_tokens(old.cells), _tokens(new.cells)):
        yield line
        return
    yield _alone("deleted", old, slots)
    yield replace(_alone("inserted", new, slots), notes=line.notes)


def _in_step(old: int, new: int, matches: Iterable[tuple[int, int]]) -> Slots:
    """Two rows of so many members side by side: what is gone stands before what came in its place."""
    steps: list[tuple[int | None, int | None]] = []
    left = right = 0
    for match_left, match_right in [*matches, (old, new)]:
        steps += [(index, None) for index in range(left, match_left)]
        steps += [(None, index) for index in range(right, match_right)]
        if match_left < old:
            steps.append((match_left, match_right))
        left, right = match_left + 1, match_right + 1
    return tuple(steps)


def _matches(alike: Sequence[Sequence[float]]) -> list[tuple[int, int]]:
    """Which member of one row became which of another, in order: the choice with the greatest likeness in all."""
    # The equality that difflib looks for is of no use where each line was reworded a little. So
    # this is the alignment of two sequences: best[i][j] is the greatest likeness that the members
    # from i and from j on can have together, counted from the ends; the way that led to it is
    # then walked from the beginning. Units are short: the product of their lines is small.
    old, new = len(alike), len(alike[0]) if alike else 0
    best = [[0.0] * (new + 1) for _ in range(old + 1)]
    for i in range(old - 1, -1, -1):
        for j in range(new - 1, -1, -1):
            together = 0.0
            if alike[i][j] >= _ALIKE:
                together = best[i + 1][j + 1] + alike[i][j]
            best[i][j] = max(together, best[i + 1][j], best[i][j + 1])
    pairs: list[tuple[int, int]] = []
    i = j = 0
    while i < old and j < new:
        if alike[i][j] >= _ALIKE and best[i][j] == best[i + 1][j + 1] + alike[i][j]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return pairs


def _likeness(old: Words, new: Words, slots: Slots) -> float:
    """How much two lines share; of rows in a table with other columns, what the columns that stayed share."""
    if (old.line.role, old.line.depth) != (new.line.role, new.line.depth):
        return 0.0
    if slots and _is_row(old):
        before: list[Token] = []
        after: list[Token] = []
        for left, right in slots:
            if left is not None and right is not None:
                before += old.cells[left]
                after += new.cells[right]
        return likeness(before, after)
    if len(old.cells) != len(new.cells):
        return 0.0
    return likeness(_tokens(old.cells), _tokens(new.cells))


def _tokens(cells: Iterable[Iterable[Token]]) -> list[Token]:
    return [token for cell in cells for token in cell]


# --- columns of a table -----------------------------------------------------------------------------------------------


def _is_row(words: Words) -> bool:
    return words.line.role in ("head", "row")


def _slots(old: Sequence[Words], new: Sequence[Words]) -> Slots:
    """Which column of a table became which; nothing where all stayed, or where there are several tables."""
    before, after = _columns(old), _columns(new)
    if not before or not after:
        return ()
    alike = [[likeness(left, right) for right in after] for left in before]
    matches = _matches(alike)
    stayed = len(before) == len(after) and all(left == right for left, right in matches)
    if stayed or not matches:
        return ()
    return _in_step(len(before), len(after), matches)


def _columns(lines: Iterable[Words]) -> list[list[Token]]:
    """The words of each column, from all rows; none where rows have not all as many cells."""
    rows = [words.cells for words in lines if _is_row(words)]
    if len({len(cells) for cells in rows}) != 1:
        return []
    return [_tokens(column) for column in zip(*rows, strict=True)]


def _fates(slots: Slots) -> tuple[Mark, ...]:
    fates: list[Mark] = []
    for before, after in slots:
        if before is None:
            fates.append("inserted")
        elif after is None:
            fates.append("deleted")
        else:
            fates.append("same")
    return tuple(fates)


def _with_columns(
    lines: Sequence[MarkedLine], old: Sequence[Words], new: Sequence[Words], slots: Slots
) -> Iterator[MarkedLine]:
    """The lines with what became of the columns of their table, said once."""
    before = next((words.line for words in old if _is_row(words)), None)
    after = next((words.line for words in new if _is_row(words)), None)
    came = [_column(after, right) for left, right in slots if left is None and after]
    went = [_column(before, left) for left, right in slots if right is None and before]
    notes = [f"{name} stands elsewhere" for name in came if name in went]
    notes += [f"{name} is new" for name in came if name not in went]
    notes += [f"{name} is gone" for name in went if name not in came]
    for line in lines:
        if notes and line.columns:
            yield replace(line, notes=(*line.notes, *notes))
            notes = []
        else:
            yield line


def _column(head: Line, index: int | None) -> str:
    words = ""
    if head.role == "head":
        words = d.plain(head.cells[index or 0])
    if words:
        return f"the column “{words}”"
    return f"column {(index or 0) + 1}"


# --- words that stand elsewhere ---------------------------------------------------------------------------------------


def _with_moves(lines: Iterable[MarkedLine]) -> Iterator[MarkedLine]:
    """The lines, each that stood elsewhere with a note that says so."""
    lines = tuple(lines)
    went: dict[tuple[str, str], list[MarkedLine]] = {}
    for line in lines:
        if line.change == "deleted" and line.line.text.strip():
            went.setdefault((line.line.role, line.line.text), []).append(line)
    for line in lines:
        before = went.get((line.line.role, line.line.text))
        if line.change != "inserted" or not before:
            yield line
            continue
        note = f"“{_in_short(line.line.text)}” stood elsewhere"
        was, now = before.pop(0).line.label, line.line.label
        if was != now:
            note += f": now {now}, was {was}"
        yield replace(line, notes=(*line.notes, note))


def carried(lines: Sequence[MarkedLine]) -> dict[int, str]:
    """Notes about reworded lines whose words went into a line beside them or came from one, by index."""
    notes: dict[int, str] = {}
    for index, (first, second) in enumerate(pairwise(lines)):
        for reworded, line, beside in ((index, first, second), (index + 1, second, first)):
            note = ""
            if line.change == "reworded":
                note = _carried(line, beside)
            if note:
                notes[reworded] = note
    return notes


def _carried(line: MarkedLine, beside: MarkedLine) -> str:
    """What to say where the words that a line lost or won are those of the line beside it; empty where they are not."""
    what = "a paragraph of its own"
    if beside.line.role == "item":
        what = "an item of its own"
    words = f"“{_in_short(beside.line.text)}”"
    if beside.change == "inserted" and _share(line, "deleted", beside):
        return f"{words} is now {what}"
    if beside.change == "deleted" and _share(line, "inserted", beside):
        return f"{words} is no longer {what}"
    return ""


def _share(line: MarkedLine, change: Mark, beside: MarkedLine) -> bool:
    """Whether the words of a line that were changed so are nearly those of the line beside it."""
    one, other = _marked_words(line, change), _marked_words(beside, beside.change)
    size = one.total() + other.total()
    return size > 0 and 2 * (one & other).total() / size >= _CARRIED


def _marked_words(line: MarkedLine, change: str) -> Counter[str]:
    words: Counter[str] = Counter()
    for cell in line.cells:
        for run in cell:
            if run.change == change:
                words.update(d.plain(run.children).split())
    return words


def _in_short(text: str) -> str:
    words = text.split()
    if len(words) > _SHOWN:
        words = [*words[:_SHOWN], "…"]
    return " ".join(words)
