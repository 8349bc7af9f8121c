"""CSV files as people's spreadsheets save them: named columns, every problem at its line and column, all at once."""

from __future__ import annotations

import csv
import datetime
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from policygen.files.fields import day_hint, read_day
from policygen.files.yamltree import check_characters
from policygen.ground.diagnostics import Place, Problems
from policygen.ground.limits import COLUMNS, ROWS
from policygen.ground.wording import code, count, did_you_mean, join_and

Hint = str | Callable[[], str]
"""As a problem takes it: as a function where it takes work."""
_FORMULA = re.compile(r"'*[=+\-@\t\r\n]")
"""How a cell begins that a spreadsheet would run, or that was kept from it by an apostrophe."""


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns that a file may have."""

    needed: tuple[str, ...]
    others: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """All of them, in the order in which a hint names them."""
        return (*self.needed, *self.others)


@dataclass(frozen=True, slots=True)
class Row:
    """One row that is not blank, with as many cells as there are columns."""

    first: int
    """Line in the file; a row takes several where quotes hold a line break."""
    last: int
    cells: tuple[str, ...]
    columns: tuple[str, ...]
    file: CsvFile

    def text(self, column: str) -> str:
        """What stands in a column; empty where the file has no such column."""
        if column not in self.columns:
            return ""
        return self.cells[self.columns.index(column)]

    def day(self, column: str) -> datetime.date | None:
        """The day in a column; None where it is empty, or, with a problem, where it is no day."""
        written = self.text(column)
        if not written:
            return None
        day = read_day(written)
        if day is None:
            hint = f"write `{day_hint(written)}`, the year first"
            self.note("bad-value", f"`{column}` is no date: `{written}`", hint, column)
        return day

    def note(self, rule: str, message: str, hint: Hint = "", column: str = "") -> None:
        """Note a problem of the row, or of its cell in one column."""
        index = None
        if column in self.columns:
            index = self.columns.index(column)
        self.file.note(rule, self.first, self.last, self.cells, message, hint, index)


@dataclass(frozen=True, slots=True)
class CsvFile:
    """The text of one file, and where its problems are noted."""

    path: str
    lines: tuple[str, ...]
    problems: Problems

    def rows(self, columns: Columns) -> Iterator[Row]:
        """The rows below the first, which names the columns. A row of another length is noted and left out."""
        raw = self._raw()
        head = next(raw, None)
        if head is None:
            hint = f"begin with the line `{','.join(columns.needed)}`"
            self.problems.add("file-empty", "the file has nothing in it", Place(self.path), hint)
            return
        names = self._named(head, columns)
        if names is None and len(head[2]) == 1:
            return
        for number, (first, last, cells) in enumerate(raw, 1):
            if number > ROWS:
                message = f"there are more than {ROWS:,} rows"
                self.note("csv-shape", first, last, cells, message, "take out those who have left")
                return
            # Without names the rows are read for their quotes alone.
            if names is None:
                continue
            whole = self._fitted(first, last, cells, len(names))
            if whole is not None:
                yield Row(first, last, whole, names, self)

    def note(
        self,
        rule: str,
        first: int,
        last: int,
        cells: Sequence[str],
        message: str,
        hint: Hint,
        index: int | None = None,
    ) -> None:
        """Note a problem of the lines of a row, or of one of its cells."""
        number, column, length = first, 1, max(len(self.lines[first - 1]), 1)
        if index is not None:
            written = "\n".join(self.lines[first - 1 : last])
            before = written[: _offset(written, cells, index)].split("\n")
            number, column = first + len(before) - 1, len(before[-1]) + 1
            length = max(len(cells[index]), 1)
        self.problems.add(
            rule, message, Place(self.path, number, column, length, self.lines[number - 1]), hint
        )

    def _raw(self) -> Iterator[tuple[int, int, list[str]]]:
        """First line, last line and cells of each row that is not blank."""
        reader = csv.reader((f"{line}\n" for line in self.lines), strict=True)
        line = 1
        try:
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    yield line, reader.line_num, [cell.strip() for cell in cells]
                line = reader.line_num + 1
        except csv.Error:
            hint = 'write a quote inside quotes twice: `""`'
            self.note("csv-shape", line, line, (), "the quotes of this row are not in pairs", hint)

    def _named(self, head: tuple[int, int, list[str]], columns: Columns) -> tuple[str, ...] | None:
        """The names of the columns; None when the rows below cannot be read with them."""
        first, last, cells = head
        names = tuple(cell.lower() for cell in cells)
        if len(names) == 1 and ";" in names[0]:
            hint = "save the file with commas between its columns"
            self.note("csv-shape", first, last, cells, "the columns are separated by `;`", hint)
            return None
        if len(names) > COLUMNS:
            says = f"there are more than {COLUMNS:,} columns"
            hint = f"keep those that are needed: {join_and(map(code, columns.names))}"
            self.note("csv-shape", first, last, cells, says, hint, COLUMNS)
            return None
        before = len(self.problems.found)
        for index, name in enumerate(names):
            if name not in columns.names:
                message = f"a column `{cells[index]}` means nothing"
                hint = _column_hint(name, columns)
                self.note("csv-shape", first, last, cells, message, hint, index)
            elif name in names[:index]:
                message = f"there are two columns `{name}`"
                self.note("csv-shape", first, last, cells, message, "keep one of the two", index)
        if missing := [name for name in columns.needed if name not in names]:
            wanted = join_and(f"`{name}`" for name in missing)
            hint = f"name the columns there, such as `{','.join(columns.names)}`"
            self.note("csv-shape", first, last, cells, f"the first line lacks {wanted}", hint)
        if len(self.problems.found) > before:
            return None
        return names

    def _fitted(
        self, first: int, last: int, cells: list[str], wanted: int
    ) -> tuple[str, ...] | None:
        cells = [*cells]
        while len(cells) > wanted and not cells[-1]:
            cells.pop()
        if len(cells) == wanted:
            return tuple(cells)
        message = (
            f"this row has {count(len(cells), 'cell')}, and there are {count(wanted, 'column')}"
        )
        hint = "write a comma for each empty cell"
        if len(cells) > wanted:
            hint = "put a text that holds a comma in double quotes"
        self.note("csv-shape", first, last, cells, message, hint)
        return None


def read_rows(text: str, path: str, columns: Columns, problems: Problems) -> Iterator[Row]:
    """The rows of a file, as they are asked for. Its problems are noted; what is right is still read."""
    clean = check_characters(text, path, problems)
    return CsvFile(path, tuple(clean.split("\n")), problems).rows(columns)


def csv_text(rows: Iterable[Iterable[object]]) -> str:
    """A CSV file that spreadsheets read as it is meant: as UTF-8, and no cell of it as a formula."""
    out = io.StringIO()
    # Excel takes a file for the old code page of the machine unless it begins with this mark.
    out.write("\ufeff")
    writer = csv.writer(out, lineterminator="\n")
    for row in rows:
        writer.writerow(_inert(str(cell)) for cell in row)
    return out.getvalue()


def _inert(cell: str) -> str:
    """A cell with an apostrophe before what would make it a formula; `unescaped` takes it away again."""
    lines = cell.replace("\r\n", "\n").replace("\r", "\n")
    if _FORMULA.match(cell):
        return f"'{lines}"
    return lines


def unescaped(cell: str) -> str:
    """What a cell of a file that `csv_text` wrote stands for."""
    if cell.startswith("'") and _FORMULA.match(cell):
        return cell[1:]
    return cell


def _column_hint(name: str, columns: Columns) -> str:
    near = did_you_mean(name, columns.names)
    return near or f"the columns are {join_and(map(code, columns.names))}"


def _offset(row: str, cells: Sequence[str], index: int) -> int:
    """How far into the text of a row one of its cells begins."""
    at = 0
    for cell in cells[:index]:
        at = max(row.find(cell, at), at) + len(cell)
        at = row.find(",", at) + 1 or at
    return max(row.find(cells[index], at), at)
