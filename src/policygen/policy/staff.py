"""The list of staff who have to sign, from staff.csv. It is never published."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING

from policygen.files.fields import day_hint, read_day
from policygen.files.yamltree import check_characters
from policygen.ground.diagnostics import Place, Problems
from policygen.ground.wording import count, join_and, nearest

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator

NEEDED = ("name", "role")
COLUMNS = (*NEEDED, "email", "start", "left")


@dataclass(frozen=True, slots=True)
class StaffMember:
    """One member of staff."""

    name: str
    role: str
    email: str = ""
    start: datetime.date | None = None
    """First day at the school; None where the list does not say."""
    left: datetime.date | None = None
    """Last day at the school; None for those who are still there."""


def read_staff(text: str, path: str, problems: Problems) -> tuple[StaffMember, ...]:
    """The members of staff, in the order of the file. Every problem is noted; a row with one is left out."""
    clean = check_characters(text, path, problems)
    reader = _Reader(path, clean.split("\n"), problems)
    rows = reader.rows()
    head = next(rows, None)
    if head is None:
        problems.add("file-empty", "the file has nothing in it", Place(path), "begin with the line `name,role`")
        return ()
    columns = reader.columns(head)
    if columns is None:
        return ()
    return tuple(member for row in rows if (member := reader.member(row, columns)) is not None)


@dataclass(frozen=True, slots=True)
class _Row:
    """The cells of one row, and the lines that it takes: more than one where quotes hold a line break."""

    first: int
    last: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads the rows of one file."""

    path: str
    lines: list[str]
    problems: Problems

    def rows(self) -> Iterator[_Row]:
        """The rows that are not blank."""
        reader = csv.reader((f"{line}\n" for line in self.lines), strict=True)
        line = 1
        try:
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    yield _Row(line, reader.line_num, [cell.strip() for cell in cells])
                line = reader.line_num + 1
        except csv.Error:
            self._note(
                _Row(line, line, []),
                "the quotes of this row are not in pairs",
                'write a quote inside quotes twice: `""`',
            )

    def columns(self, head: _Row) -> list[str] | None:
        """The names of the columns; None when the rows below cannot be read with them."""
        names = [cell.lower() for cell in head.cells]
        if len(names) == 1 and ";" in names[0]:
            self._note(head, "the columns are separated by `;`", "save the file with commas between its columns")
            return None
        fine = True
        for index, name in enumerate(names):
            if name not in COLUMNS:
                self._note(head, f"a column `{head.cells[index]}` means nothing", _column_hint(name), index)
            elif name in names[:index]:
                self._note(head, f"there are two columns `{name}`", "keep one of the two", index)
            else:
                continue
            fine = False
        if missing := [name for name in NEEDED if name not in names]:
            wanted = join_and(f"`{name}`" for name in missing)
            self._note(head, f"the first line lacks {wanted}", f"name the columns there, such as `{','.join(COLUMNS)}`")
            fine = False
        return names if fine else None

    def member(self, row: _Row, columns: list[str]) -> StaffMember | None:
        """One member of staff; None when something is wrong with the row."""
        cells = row.cells
        while len(cells) > len(columns) and not cells[-1]:
            cells = cells[:-1]
        if len(cells) != len(columns):
            self._note(
                row,
                f"this row has {count(len(cells), 'cell')}, and there are {count(len(columns), 'column')}",
                "put a text that holds a comma in double quotes"
                if len(cells) > len(columns)
                else "write a comma for each empty cell",
            )
            return None
        said = dict(zip(columns, cells, strict=True))
        before = len(self.problems.found)
        if not said["name"]:
            self._note(
                row, "a member of staff has no name", "write the name, or take the row out", columns.index("name")
            )
        start, left = (self._day(row, columns, name) for name in ("start", "left"))
        if start and left and left < start:
            self._note(row, f"`left` is before `start`, {start}", "", columns.index("left"), rule="bad-value")
        if len(self.problems.found) > before:
            return None
        return StaffMember(said["name"], said["role"], said.get("email", ""), start, left)

    def _day(self, row: _Row, columns: list[str], name: str) -> datetime.date | None:
        index = columns.index(name) if name in columns else None
        if index is None or not row.cells[index]:
            return None
        day = read_day(row.cells[index])
        if day is None:
            hint = f"write `{day_hint(row.cells[index])}`, the year first"
            self._note(row, f"`{name}` is no date: `{row.cells[index]}`", hint, index, rule="bad-value")
        return day

    def _note(self, row: _Row, message: str, hint: str, cell: int | None = None, *, rule: str = "csv-shape") -> None:
        """Note a problem of a row, or of one of its cells."""
        number, column, length = row.first, 1, max(len(self.lines[row.first - 1]), 1)
        if cell is not None:
            written = self.lines[row.first - 1 : row.last]
            at = _offset("\n".join(written), row.cells, cell)
            before = "\n".join(written)[:at].split("\n")
            number, column, length = row.first + len(before) - 1, len(before[-1]) + 1, max(len(row.cells[cell]), 1)
        self.problems.add(rule, message, Place(self.path, number, column, length, self.lines[number - 1]), hint)


def _column_hint(name: str) -> str:
    near = nearest(name, COLUMNS)
    return near if near.startswith("did") else f"the columns are {join_and(f'`{each}`' for each in COLUMNS)}"


def _offset(row: str, cells: list[str], index: int) -> int:
    """How far into the text of a row one of its cells begins."""
    at = 0
    for cell in cells[:index]:
        at = max(row.find(cell, at), at) + len(cell)
        at = row.find(",", at) + 1 or at
    return max(row.find(cells[index], at), at)
