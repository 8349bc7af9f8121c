"""What a file means for each clause of a model: the same, changed, missing, or own words beside it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Literal, assert_never

from policygen.compose.adapt import allowed
from policygen.language.document import Adapt, Clause, Item, Section, unit_of, walk
from policygen.moving.match import Pair, Words, align, likeness, words_of
from policygen.moving.pieces import Kind, Piece, same, same_but_values

State = Literal["same", "changed", "own", "missing"]
Done = Literal[
    "",
    "keep",
    "replace",
    "add_before",
    "add_after",
    "omit",
    "open",
    "leave",
    "fixed",
    "front",
    "decided",
    "value",
    "told",
]
"""What is written of it: a decision about a clause; nothing; left to a person to decide; only with leave, for the model
does not allow it; not possible, for it is no clause; left, for it stands before the policy begins; left, for the school
has decided about it already; nothing, for only a fact or a law is said in another way; nothing, for the file is held
against a model alone."""


_NEAR = 2
"""Clauses of the model, at most, between which a paragraph of the file is taken for one of them by its place alone."""


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph of a file."""

    text: str
    kind: Kind
    place: str
    """Where it stands, for people: "paragraph 12"."""
    markdown: str
    """Its words in our language, on one line."""
    depth: int = 0
    """How many lists stand around an item."""
    ordered: bool = False
    """Whether an item is one of a numbered list."""
    ids: tuple[str, ...] = ()
    """Of the clause that it belonged to when we wrote the file, and of what stood around that."""


@dataclass(frozen=True, slots=True)
class Row:
    """What was found of one clause, or of words that belong to none."""

    state: State
    done: Done
    clause: str
    """The clause that it is, or beside which it is put; empty where there is none."""
    part: str
    lines: tuple[int, ...]
    """Numbers of its paragraphs in the file."""
    likeness: float
    model: str
    """What the model says."""
    text: str = ""
    """The school's own words, as an adoption has them."""
    moved: bool = False
    """Whether it stands in another order than in the model, where it stays."""
    first: int = -1
    """Which of the model's paragraphs it begins with; -1 for the school's own."""


@dataclass(frozen=True)
class _Clauses:
    """What the model lets a school do with each of its clauses."""

    status: Mapping[str, Adapt]
    inner: Mapping[str, tuple[str, ...]]
    """The clauses within those that hold others."""
    items: frozenset[str]
    """Those that are items of a list, and have the words of one without its sign."""

    def text(self, clause: str, lines: Sequence[Line]) -> str:
        """Paragraphs of a file as the words of this clause, or beside it."""
        if clause in self.items:
            lines = [replace(line, kind="paragraph") for line in lines]
        return as_markdown(lines)


def rows_of(
    parts: Sequence[Section], pieces: Sequence[Piece], lines: Sequence[Line], pairs: Sequence[Pair]
) -> tuple[Row, ...]:
    """What becomes of each clause, and of each paragraph of the file, in the order of the file."""
    clauses = _clauses(parts)
    found = _Found(pieces, lines, {pair.model: pair for pair in pairs}, clauses)
    rows = [*_by_place([*found.of_clauses(), *found.of_fixed()], found)]
    rows = [*_with_own(rows, found)]
    return tuple(sorted(_omitted_as_one(rows, clauses), key=found.place))


@dataclass(frozen=True)
class _Found:
    pieces: Sequence[Piece]
    lines: Sequence[Line]
    pairs: Mapping[int, Pair]
    clauses: _Clauses

    def owners(self) -> dict[int, str]:
        """The clause of each paragraph of the file that belongs to one."""
        owners = {}
        for pair in self.pairs.values():
            piece = self.pieces[pair.model]
            if not piece.title:
                owners[pair.file] = piece.clause
        taken = {pair.file for pair in self.pairs.values()}
        for number, line in enumerate(self.lines):
            before = owners.get(number - 1, "")
            if number in taken:
                continue
            if known := clause_of(line, self.clauses.status, self.clauses.inner):
                owners[number] = known
                continue
            if not before:
                continue
            after = next((at for at in range(number, len(self.lines)) if at in taken), -1)
            goes_on = line.kind in ("item", "row") and self.lines[number - 1].kind == line.kind
            if owners.get(after) == before or goes_on:
                owners[number] = before
        owners = {number: clause for number, clause in owners.items() if clause}
        return {**owners, **self._at_ends(owners, taken)}

    def _at_ends(self, owners: Mapping[int, str], taken: Collection[int]) -> dict[int, str]:
        """Paragraphs that stand just where a clause has others that are not found: at its beginning or its end."""
        body: dict[str, list[bool]] = {}
        for index, piece in enumerate(self.pieces):
            if piece.clause and not piece.title:
                body.setdefault(piece.clause, []).append(index in self.pairs)
        claimed: dict[int, str] = {}
        for clause, found in body.items():
            numbers = [number for number, owner in owners.items() if owner == clause]
            if not numbers or clause in self.clauses.inner:
                continue
            first, last = min(numbers), max(numbers)
            lead, rest = found.index(True), found[::-1].index(True)
            for there in (*range(first - lead, first), *range(last + 1, last + 1 + rest)):
                is_there = 0 <= there < len(self.lines) and there not in {*taken, *owners}
                if is_there and self.lines[there].kind != "heading":
                    claimed[there] = clause
        return claimed

    def of_clauses(self) -> Iterator[Row]:
        owned: dict[str, list[int]] = {}
        for number, clause in sorted(self.owners().items()):
            owned.setdefault(clause, []).append(number)
        body: dict[str, list[int]] = {}
        for index, piece in enumerate(self.pieces):
            if piece.clause and not piece.title:
                body.setdefault(piece.clause, []).append(index)
        for clause, indexes in body.items():
            yield self._clause(clause, indexes, owned.get(clause, []))

    def _clause(self, clause: str, indexes: Sequence[int], numbers: Sequence[int]) -> Row:
        model = [self.pieces[index] for index in indexes]
        pairs = [self.pairs[index] for index in indexes if index in self.pairs]
        said = " ".join(word for piece in model for word in piece.words)
        part, first = model[0].part, indexes[0]
        row = Row("missing", "", clause, part, tuple(numbers), 0.0, said, first=first)
        adapt = self.clauses.status[clause]
        if not numbers:
            done: Done = "omit" if "omit" in allowed(adapt) else "leave"
            return replace(row, done="open" if adapt == "required" else done)
        moved = any(pair.moved for pair in pairs)
        is_same, with_values = self._is_same(indexes, numbers)
        if is_same:
            done = "value" if with_values else "keep" if adapt == "required" else ""
            return replace(row, state="same", done=done, likeness=1.0, moved=moved)
        words: Words = tuple(word for piece in model for word in piece.words)
        theirs = tuple(word for number in numbers for word in words_of(self.lines[number].text))
        done = "replace" if "replace" in allowed(adapt) else "leave"
        if clause in self.clauses.inner:
            done = "fixed"
        text = self.clauses.text(clause, [self.lines[number] for number in numbers])
        return replace(
            row,
            state="changed",
            done=done,
            likeness=likeness(words, theirs),
            text=text,
            moved=moved,
        )

    def _is_same(self, indexes: Sequence[int], numbers: Sequence[int]) -> tuple[bool, bool]:
        """Whether a clause says the same, and whether that is so but for facts and laws."""
        pairs = [self.pairs.get(index) for index in indexes]
        if [pair.file if pair else -1 for pair in pairs] != [*numbers]:
            return False, False
        found = [self._says(pair) for pair in pairs if pair]
        return all(found), "value" in found

    def _says(self, pair: Pair) -> Literal["", "same", "value"]:
        piece, words = self.pieces[pair.model], words_of(self.lines[pair.file].text)
        if same(piece, words):
            return "same"
        if not same_but_values(piece, words):
            return ""
        return "value"

    def of_fixed(self) -> Iterator[Row]:
        """Headings, and paragraphs that are no clauses: nobody can decide about them."""
        for index, piece in enumerate(self.pieces):
            if piece.clause and not piece.title:
                continue
            pair = self.pairs.get(index)
            said = " ".join(piece.words)
            row = Row("missing", "fixed", "", piece.part, (), 0.0, said, first=index)
            if pair is None:
                yield row
                continue
            row = replace(row, lines=(pair.file,), likeness=pair.likeness, moved=pair.moved)
            if says := self._says(pair):
                yield replace(row, state="same", done="value" if says == "value" else "")
            else:
                yield replace(row, state="changed", text=as_markdown([self.lines[pair.file]]))

    def place(self, row: Row) -> tuple[int, int]:
        """Where a row stands in a list in the order of the file; what is missing, behind what stands before it."""
        if row.lines:
            return row.lines[0], -1
        before = (
            self.pairs[at].file
            for at in range(row.first, -1, -1)
            if at in self.pairs and not self.pairs[at].moved
        )
        return next(before, -1), row.first

    def gaps(self, rows: Sequence[Row]) -> Iterator[tuple[list[int], list[str]]]:
        """Paragraphs one after another that belong to nothing, with the clauses that the model has just there."""
        model = {pair.file: pair.model for pair in self.pairs.values() if not pair.moved}
        for numbers in self.free(rows):
            before = next((model[at] for at in range(numbers[0] - 1, -1, -1) if at in model), -1)
            behind = range(numbers[-1] + 1, len(self.lines))
            after = next((model[at] for at in behind if at in model), len(self.pieces))
            between = self.pieces[before + 1 : after]
            yield numbers, [*dict.fromkeys(piece.clause for piece in between if not piece.title)]

    def free(self, rows: Sequence[Row]) -> Iterator[list[int]]:
        """Paragraphs one after another that belong to no row."""
        taken = {number for row in rows for number in row.lines}
        free = [number for number in range(len(self.lines)) if number not in taken]
        for _, run in groupby(enumerate(free), lambda pair: pair[1] - pair[0]):
            yield [number for _, number in run]

    def runs(self, rows: Sequence[Row]) -> Iterator[tuple[str, list[int], str]]:
        """Paragraphs one after another that belong to nothing, with the clauses between which they stand, if any."""
        taken = {number: row for row in rows for number in row.lines}
        for numbers in self.free(rows):
            before = self._beside(taken, range(numbers[0] - 1, -1, -1))
            after = self._beside(taken, range(numbers[-1] + 1, len(self.lines)))
            yield before, numbers, after

    def _beside(self, taken: Mapping[int, Row], numbers: Sequence[int]) -> str:
        """The nearest clause in one direction, up to a heading of the model."""
        for number in numbers:
            row = taken.get(number)
            if row is not None and row.moved:
                continue
            if row is not None:
                if row.done == "fixed" or self.lines[number].kind == "heading":
                    return ""
                return row.clause
        return ""


def clause_of(line: Line, clauses: Collection[str], inner: Mapping[str, Collection[str]]) -> str:
    """The innermost clause that a paragraph belonged to when we wrote the file; empty where that is not known."""
    if line.kind == "heading":
        return ""
    ids = [each for each in line.ids if each in clauses]
    return next((each for each in ids if not {*inner.get(each, ())} & {*ids}), "")


def known_pairs(
    parts: Sequence[Section], pieces: Sequence[Piece], lines: Sequence[Line]
) -> dict[int, int]:
    """Paragraphs of a file of ours that are those of the model with the same id, by number in the model."""
    if not any(line.ids for line in lines):
        return {}
    clauses = _clauses(parts)
    ours: dict[str, list[int]] = {}
    theirs: dict[str, list[int]] = {}
    for index, piece in enumerate(pieces):
        if piece.clause and not piece.title:
            ours.setdefault(piece.clause, []).append(index)
    for number, line in enumerate(lines):
        if clause := clause_of(line, clauses.status, clauses.inner):
            theirs.setdefault(clause, []).append(number)
    titles = {
        each: number
        for number, line in enumerate(lines)
        if line.kind == "heading"
        for each in line.ids
    }
    known = {
        index: titles[piece.clause]
        for index, piece in enumerate(pieces)
        if piece.title and piece.clause in titles
    }
    for clause in ours.keys() & theirs.keys():
        mine, found = ours[clause], theirs[clause]
        words = [words_of(lines[number].text) for number in found]
        pairs = align([pieces[index].words for index in mine], words)
        known |= {mine[pair.model]: found[pair.file] for pair in pairs if not pair.moved}
        if len(mine) == len(found) == 1:
            known[mine[0]] = found[0]
    return known


def _clauses(parts: Sequence[Section]) -> _Clauses:
    every = [*walk(tuple(parts))]
    nodes = [node for node in every if isinstance(node, Clause)]
    inner = {
        node.id: tuple(each.id for each in walk(node.blocks) if isinstance(each, Clause))
        for node in nodes
    }
    return _Clauses(
        {node.id: node.adapt for node in nodes},
        {clause: ids for clause, ids in inner.items() if ids},
        frozenset(unit.id for node in every if isinstance(node, Item) if (unit := unit_of(node))),
    )


def _by_place(rows: Sequence[Row], found: _Found) -> Iterator[Row]:
    """The rows; a clause that is missing just where the school has words of its own is one that it wrote anew."""
    anew: dict[str, Row] = {}
    missing = {row.clause: row for row in rows if row.state == "missing" and row.clause}
    for numbers, between in found.gaps(rows):
        free = [
            clause
            for clause in between
            if clause in missing
            and clause not in found.clauses.inner
            and "replace" in allowed(found.clauses.status[clause])
        ]
        if len(free) == 1 and len(between) <= _NEAR:
            text = found.clauses.text(free[0], [found.lines[number] for number in numbers])
            anew[free[0]] = replace(
                missing[free[0]], state="changed", done="replace", lines=tuple(numbers), text=text
            )
    for row in rows:
        yield anew.get(row.clause, row) if row.state == "missing" else row


def _with_own(rows: Sequence[Row], found: _Found) -> Iterator[Row]:
    """The rows, with the school's own paragraphs put beside clauses that may be added to."""
    made = {row.clause: row for row in rows if row.clause and row.done != "fixed"}
    own: list[Row] = []
    first = min((number for row in rows for number in row.lines), default=0)
    for before, numbers, after in found.runs(rows):
        text = as_markdown([found.lines[number] for number in numbers])
        row = Row("own", "leave", "", "", tuple(numbers), 0.0, "", text)
        if numbers[-1] < first:
            own.append(replace(row, done="front"))
        elif before in made and made[before].done == "replace":
            # What is replaced cannot be added to as well, so its own words go on.
            grown = made[before]
            made[before] = replace(
                grown, text=f"{grown.text}\n{text}", lines=tuple(sorted((*grown.lines, *numbers)))
            )
        elif _can_add(before, "add_after", made, found):
            own.append(_added(row, "add_after", made[before], found))
        elif _can_add(after, "add_before", made, found):
            own.append(_added(row, "add_before", made[after], found))
        else:
            beside = before or after
            part = made[beside].part if beside in made else ""
            own.append(replace(row, clause=beside, part=part))
    yield from (
        made.get(row.clause, row) if row.done != "fixed" and row.clause else row for row in rows
    )
    yield from own


def _added(row: Row, done: Done, beside: Row, found: _Found) -> Row:
    text = found.clauses.text(beside.clause, [found.lines[number] for number in row.lines])
    return replace(row, done=done, clause=beside.clause, part=beside.part, text=text)


def _can_add(
    clause: str, action: Literal["add_before", "add_after"], made: Mapping[str, Row], found: _Found
) -> bool:
    return (
        clause in made
        and made[clause].state == "same"
        and action in allowed(found.clauses.status[clause])
    )


def _omitted_as_one(rows: Sequence[Row], clauses: _Clauses) -> Iterator[Row]:
    """The rows; of clauses within one that is left out, and of one that holds others, only what is possible is said."""
    omitted = {row.clause for row in rows if row.done == "omit"}
    whole = {
        clause
        for clause in omitted
        if clause in clauses.inner and omitted.issuperset(clauses.inner[clause])
    }
    within = {each for clause in whole for each in clauses.inner[clause]}
    for row in rows:
        if row.done == "omit" and row.clause in within:
            yield replace(row, done="")
        elif row.done == "omit" and row.clause in clauses.inner and row.clause not in whole:
            yield replace(row, done="fixed")
        else:
            yield row


# --- own words in our language ----------------------------------------------------------------------------------------


def as_markdown(lines: Sequence[Line]) -> str:
    """Paragraphs of a file as the text of a local change: headings in bold, items as lists, rows as a table."""
    written: list[str] = []
    signs: list[str] = []
    before: Line | None = None
    for line in lines:
        goes_on = before is not None and before.kind == line.kind and line.kind in ("item", "row")
        if written and not goes_on:
            written.append("")
        match line.kind:
            case "heading":
                ends = line.markdown[:1], line.markdown[-1:]
                can_stress = all(end.isalnum() or end in ("?", ")") for end in ends)
                written.append(f"**{line.markdown}**" if can_stress else line.markdown)
            case "paragraph":
                written.append(line.markdown)
            case "row":
                captioned = len(written) > 1 and written[-2].startswith("Table: ")
                if not goes_on and not captioned:
                    written += ["Table: Table", ""]  # every table has a caption
                written += _row(line.markdown, begins=not goes_on)
            case "item":
                sign = "1." if line.ordered else "-"
                if goes_on and signs[line.depth : line.depth + 1] not in ([], [sign]):
                    written.append("")  # another list begins
                signs = signs[: line.depth] if goes_on else []
                indent = sum(len(each) + 1 for each in signs)
                signs.append(sign)
                written.append(f"{' ' * indent}{signs[-1]} {line.markdown}")
            case _:
                assert_never(line.kind)
        before = line
    return "\n".join([*written, ""])


def _row(written: str, *, begins: bool) -> Iterator[str]:
    if begins:
        cells = len(re.findall(r"(?<!\\)\|", written)) - 1
        yield f"|{'   |' * cells}"
        yield f"|{'---|' * cells}"
    yield written
