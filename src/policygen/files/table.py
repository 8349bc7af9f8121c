"""A list as a spreadsheet holds it: named columns, rows, and every problem of a row at its place."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from policygen.files.fields import day_hint, read_day
from policygen.ground.dates import day_first, long_date, month_first, serial_day
from policygen.ground.diagnostics import Diagnostic, Place, Problems
from policygen.ground.letters import as_seen
from policygen.ground.limits import COLUMNS
from policygen.ground.wording import code, count, did_you_mean, join_and

Hint = str | Callable[[], str]
"""As a problem takes it: as a function where it takes work."""
_TIME = re.compile(r" \d\d:\d\d$")
_TITLE_ROWS = 20
"""So many rows may stand above the one that names the columns, each with a single cell."""


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns that a list may have."""

    needed: tuple[str, ...]
    others: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """All of them, in the order in which a hint names them."""
        return (*self.needed, *self.others)


@dataclass(frozen=True, slots=True)
class Written:
    """One row that is not blank, as it stands."""

    first: int
    """Line in the file; a row takes several where quotes hold a line break."""
    last: int
    cells: tuple[str, ...]

    @property
    def lines(self) -> range:
        """Every line that it takes."""
        return range(self.first, self.last + 1)


@dataclass(frozen=True)
class Table:
    """All rows of one file that are not blank, and where its problems are noted."""

    path: str
    lines: Sequence[str]
    """Each line as it is shown with a problem."""
    written: tuple[Written, ...]
    columns: Columns
    problems: Problems
    separator: str = ","
    whole: bool = True
    """Whether every row of the file is here."""
    told: set[str] = field(default_factory=set)
    """The columns of which was said how their days are read."""

    @cached_property
    def named(self) -> tuple[int, tuple[str, ...]] | None:
        """Which row names the columns, and their names, empty for one that has none; None, with problems, without."""
        if not self.written:
            hint = f"begin with the line `{','.join(self.columns.needed)}`"
            self.problems.add("file-empty", "the file has nothing in it", Place(self.path), hint)
            return None
        at = self._head()
        head = self.written[at]
        names = tuple(map(_plain, head.cells))
        if len(names) > COLUMNS:
            says = f"there are more than {COLUMNS:,} columns"
            hint = f"keep those that are needed: {join_and(map(code, self.columns.names))}"
            self.note("csv-shape", head, says, hint, COLUMNS)
            return None
        return (at, names) if self._are_known(head, names) else None

    def rows(self) -> Iterator[Row]:
        """The rows below the one that names the columns. One that does not fit or has an error is left out."""
        if self.named is None:
            return
        at, names = self.named
        spoilt = {*self._errors()}
        for written in self.written[at + 1 :]:
            cells = self._fitted(written, names)
            if cells is not None and not spoilt.intersection(written.lines):
                yield Row(written, cells, names, self)

    def errors_of(self, written: Written) -> list[Diagnostic]:
        """The errors that were noted of a row so far."""
        return [each for line in written.lines for each in self._errors().get(line, [])]

    def _errors(self) -> dict[int, list[Diagnostic]]:
        """The errors of this file by line."""
        found: dict[int, list[Diagnostic]] = {}
        for each in self.problems.errors:
            if each.place and each.place.path == self.path:
                found.setdefault(each.place.line, []).append(each)
        return found

    @property
    def below(self) -> tuple[Written, ...]:
        """The rows below the one that names the columns, those that do not fit, too."""
        return self.written[self.named[0] + 1 :] if self.named else ()

    @property
    def names_columns(self) -> bool:
        """Whether a row names all columns that are needed."""
        needed = self.columns.needed
        rows = self.written[: self._head() + 1]
        return any({*map(_plain, row.cells)}.issuperset(needed) for row in rows)

    def note(
        self, rule: str, written: Written, message: str, hint: Hint, index: int | None = None
    ) -> None:
        """Note a problem of the lines of a row, or of one of its cells."""
        number, column = written.first, 1
        length = max(len(self.lines[number - 1]), 1)
        if index is not None:
            said = "\n".join(self.lines[written.first - 1 : written.last])
            before = said[: self._offset(said, written.cells, index)].split("\n")
            number, column = written.first + len(before) - 1, len(before[-1]) + 1
            length = max(len(written.cells[index]), 1)
        place = Place(self.path, number, column, length, self.lines[number - 1])
        self.problems.add(rule, message, place, hint)

    def order_of_days(self, column: str) -> tuple[bool, Row | None]:
        """Whether a day of a column certainly begins with the day, and a row whose day begins with the month."""
        return self._orders.get(column, (False, None))

    @cached_property
    def _orders(self) -> dict[str, tuple[bool, Row | None]]:
        found: dict[str, tuple[bool, Row | None]] = {}
        unnoted = Table(
            self.path, self.lines, self.written, self.columns, Problems(), self.separator
        )
        for row in unnoted.rows():
            for column, cell in zip(row.columns, row.cells, strict=True):
                certain, other = found.get(column, (False, None))
                day, month = day_first(cell), month_first(cell)
                certain = certain or (day is not None and month is None)
                found[column] = certain, other or (row if month and not day else None)
        return found

    def _head(self) -> int:
        """Where the row is that names the columns: the first, unless titles stand above it."""
        for at, written in enumerate(self.written[:_TITLE_ROWS]):
            names = {*map(_plain, written.cells)}
            if names.issuperset(self.columns.needed):
                return at
            if sum(map(bool, written.cells)) > 1:
                break
        return 0

    def _are_known(self, head: Written, names: tuple[str, ...]) -> bool:
        known, before = self.columns.names, len(self.problems.found)
        for index, name in enumerate(names):
            if name and name not in known:
                message = f"a column `{head.cells[index]}` means nothing"
                hint = did_you_mean(name, known) or f"the columns are {join_and(map(code, known))}"
                self.note("csv-shape", head, message, hint, index)
            elif name and name in names[:index]:
                message = f"there are two columns `{name}`"
                self.note("csv-shape", head, message, "keep one of the two", index)
        if missing := [name for name in self.columns.needed if name not in names]:
            wanted = join_and(map(code, missing))
            hint = f"name the columns there, such as `{','.join(known)}`"
            self.note("csv-shape", head, f"the first line lacks {wanted}", hint)
        return len(self.problems.found) == before

    def _fitted(self, written: Written, names: tuple[str, ...]) -> tuple[str, ...] | None:
        """The cells of a row, one for each name; None, with a problem, where there are more or too few.

        Excel leaves the separators of empty cells at the end of a row away.
        """
        cells = [*written.cells]
        while len(cells) > len(names) and not cells[-1]:
            cells.pop()
        needed = 1 + max(names.index(name) for name in self.columns.needed)
        if not needed <= len(cells) <= len(names):
            says = f"this row has {count(len(cells), 'cell')}, and there are {count(len(names), 'column')}"
            hint = f"put a text that holds `{self.separator}` in double quotes"
            if len(cells) < needed:
                hint = f"write `{self.separator}` for each empty cell"
            self.note("csv-shape", written, says, hint.replace("\t", "a tab"))
            return None
        cells += [""] * (len(names) - len(cells))
        for index, name in enumerate(names):
            if cells[index] and not name:
                says = "this cell stands in a column that has no name"
                self.note("csv-shape", written, says, "name the column, or empty the cell", index)
                return None
        return tuple(cells)

    def _offset(self, row: str, cells: Sequence[str], index: int) -> int:
        """How far into the text of a row one of its cells begins."""
        at = 0
        for cell in cells[:index]:
            at = max(row.find(cell, at), at) + len(cell)
            behind = row.find(self.separator, at)
            at = at if behind < 0 else behind + len(self.separator)
        return max(row.find(cells[index], at), at)


@dataclass(frozen=True, slots=True)
class Row:
    """One row that fits, with as many cells as there are columns."""

    written: Written
    cells: tuple[str, ...]
    columns: tuple[str, ...]
    file: Table

    @property
    def first(self) -> int:
        """The line in which it begins."""
        return self.written.first

    def text(self, column: str) -> str:
        """What stands in a column; empty where the file has no such column."""
        if column not in self.columns:
            return ""
        return self.cells[self.columns.index(column)]

    def day(self, column: str) -> datetime.date | None:
        """The day in a column; None where it is empty, or, with a problem, where it is no day."""
        written = self.text(column)
        day = read_day(_TIME.sub("", written))
        if day or not written:
            return day
        day, other = day_first(written), month_first(written)
        certain, american = self.file.order_of_days(column)
        if day is None:
            meant = serial_day(written)
            hint = f"write `{meant or day_hint(written)}`, the year first"
            if meant:
                hint = f"it is how Excel counts days: format the column as Date, or write `{meant}`"
            self.note("bad-value", f"`{column}` is no date: `{written}`", hint, column)
            return None
        if american and other and day != other:
            either = f"{long_date(day)} or {long_date(other)}"
            says = f"`{written}` may be {either}: in line {american.first} the month is first"
            self.note("bad-value", says, f"write `{day}` or `{other}`", column)
            return None
        if other and day != other and not certain and column not in self.file.told:
            self.file.told.add(column)
            says = f"`{written}` is read as {long_date(day)}, like every such day of this column"
            self.note("read-as", says, f"write `{other}`, if that is meant", column)
        return day

    def note(self, rule: str, message: str, hint: Hint = "", column: str = "") -> None:
        """Note a problem of the row, or of its cell in one column."""
        index = None
        if column in self.columns:
            index = self.columns.index(column)
            if index >= len(self.written.cells):
                index = None
        self.file.note(rule, self.written, message, hint, index)


def seen_cell(text: str) -> str:
    """A cell without no-break spaces and signs that nobody sees; its line breaks stay."""
    if not text.isascii():
        text = "\n".join(as_seen(line) for line in text.split("\n"))
    return text.strip()


def _plain(head: str) -> str:
    """The name of a column without what a typist may do to it."""
    return " ".join(head.casefold().replace("_", " ").split())
