"""CSV files as people's spreadsheets save them, and ours, which every spreadsheet reads as they are meant."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from policygen.files.table import Columns, Table, Written, seen_cell
from policygen.ground.diagnostics import Place, Problems
from policygen.ground.limits import ROWS

_FORMULA = re.compile(r"'*[=+\-@\t\r\n]")
"""How a cell begins that a spreadsheet would run, or that was kept from it by an apostrophe."""
_SEPARATORS = (",", ";", "\t")
_SEP_LINE = re.compile(r"sep=(.)\s*", re.IGNORECASE | re.DOTALL)
_HEAD_LINES = 20


def csv_table(
    text: str,
    path: str,
    columns: Columns,
    problems: Problems,
    cell: Callable[[str], str] = seen_cell,
) -> Table:
    """All rows of a text with plain line ends, each cell as `cell` makes it; not `whole` where some cannot be read."""
    lines = text.split("\n")
    told = _SEP_LINE.fullmatch(lines[0])
    separator = told[1] if told else _separator(lines, columns)
    found: list[Written] = []
    whole = True
    for written in _written(lines, separator, cell, skipped=bool(told)):
        if isinstance(written, int):
            hint = 'write a quote inside quotes twice: `""`'
            says = "the quotes of this row are not in pairs"
            problems.add("csv-shape", says, _line(path, lines, written), hint)
            whole = False
        elif len(found) > ROWS:
            says, hint = f"there are more than {ROWS:,} rows", "take out those who have left"
            problems.add("csv-shape", says, _line(path, lines, written.first), hint)
            whole = False
            break
        else:
            found.append(written)
    return Table(path, lines, tuple(found), columns, problems, separator, whole)


def _line(path: str, lines: Sequence[str], number: int) -> Place:
    return Place(path, number, 1, max(len(lines[number - 1]), 1), lines[number - 1])


def _separator(lines: Sequence[str], columns: Columns) -> str:
    """What stands between the cells: that by which most names of columns are found near the top."""

    def names(separator: str) -> int:
        heads = (line.casefold().split(separator) for line in lines[:_HEAD_LINES])
        return max(len({*columns.names} & {cell.strip(' "') for cell in head}) for head in heads)

    return max(_SEPARATORS, key=names)


def _written(
    lines: Sequence[str], separator: str, cell: Callable[[str], str], *, skipped: bool
) -> Iterator[Written | int]:
    """Each row that is not blank; last, the line of one whose quotes are not in pairs."""
    below = (f"{line}\n" for line in lines[skipped:])
    reader = csv.reader(below, delimiter=separator, strict=True)
    line = 1 + skipped
    try:
        for cells in reader:
            if any(each.strip() for each in cells):
                kept = tuple(unescaped(cell(each)) for each in cells)
                yield Written(line, reader.line_num + skipped, kept)
            line = reader.line_num + skipped + 1
    except csv.Error:
        yield line


def csv_text(rows: Iterable[Iterable[object]]) -> str:
    """A CSV file that spreadsheets read as it is meant: as UTF-8, and no cell of it as a formula."""
    out = io.StringIO()
    # Excel takes a file for the old code page of the machine unless it begins with this mark.
    out.write("\ufeff")
    writer = csv.writer(out, lineterminator="\n")
    for row in rows:
        writer.writerow(_inert(str(cell)) for cell in row)
    return out.getvalue()


def is_formula(cell: str) -> bool:
    """Whether a spreadsheet would take a text for a formula."""
    return bool(_FORMULA.match(cell))


def _inert(cell: str) -> str:
    """A cell with an apostrophe before what would make it a formula; `unescaped` takes it away again."""
    lines = cell.replace("\r\n", "\n").replace("\r", "\n")
    if is_formula(cell):
        return f"'{lines}"
    return lines


def unescaped(cell: str) -> str:
    """What a cell of a file that `csv_text` wrote stands for."""
    if cell.startswith("'") and _FORMULA.match(cell):
        return cell[1:]
    return cell
