"""Excel workbooks: a list read out of one as it was saved, within limits, and rows written as one."""

from __future__ import annotations

import datetime
import io
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from itertools import chain
from typing import TYPE_CHECKING, Any

from policygen.files.csvfile import is_formula
from policygen.files.office import OfficeError, office_parts, office_tree, zipped
from policygen.files.table import Columns, Table, Written, seen_cell
from policygen.files.yamltree import BAD_CHARACTER, check_characters
from policygen.ground.dates import written_day
from policygen.ground.diagnostics import InputError, Place, Problems, in_order
from policygen.ground.limits import COLUMNS, ROWS, SHEET_CELLS, SHEETS
from policygen.ground.wording import count, join_and

if TYPE_CHECKING:
    from openpyxl.cell import Cell
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

_ZIP, _OLD = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
"""How a workbook begins, and one from before 2007 or with a password."""
_BETWEEN = " | "
_MISSING_HINT = 'write `pip install "policygen[excel]"`, or save the list as CSV'
_FIXED = re.compile(r"(0+)(?:\.(0+))?")
_SAVED = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*")
_WIDEST, _NARROWEST, _DAY_WIDTH, _LINE_HEIGHT = 45, 8, 12, 15
_LISTS = "Lists"


def is_excel(content: bytes) -> bool:
    """Whether the bytes are a workbook, and no text."""
    return content.startswith((_ZIP, _OLD))


# --- in ---------------------------------------------------------------------------------------------------------------


def excel_table(content: bytes, path: str, columns: Columns, problems: Problems) -> Table | None:
    """The rows of the first sheet that has the columns; None, with a problem, where the file cannot be opened."""
    try:
        shown, formulas = _opened(content)
    except OfficeError as error:
        says = f"this workbook {error}"
        problems.add("file-unreadable", says, Place(path), "save it again as .xlsx, or as CSV")
        return None
    except ImportError:
        says = "a workbook can only be read with the extra `excel`"
        problems.add("file-unreadable", says, Place(path), _MISSING_HINT)
        return None
    sheets = {sheet.title: [*_written(sheet)] for sheet in shown.worksheets}
    full = [sheet for sheet in shown.worksheets if sheets[sheet.title] and _is_for_people(sheet)]
    sheet = _best(full, sheets, columns)
    if sheet is None:
        return Table(path, (), (), columns, problems)
    written = sheets[sheet.title]
    lines = [""] * written[-1].last
    for row in written:
        lines[row.first - 1] = _BETWEEN.join(cell.replace("\n", " ") for cell in row.cells)
    check_characters("\n".join(lines), path, problems)
    whole = len(written) <= ROWS + 1
    table = Table(path, lines, tuple(written[: ROWS + 1]), columns, problems, _BETWEEN, whole)
    if not whole:
        says, hint = f"there are more than {ROWS:,} rows", "take out those who have left"
        table.note("csv-shape", written[ROWS + 1], says, hint)
    _tell_what_is_not_shown(table, sheet, full)
    _tell_damage(table, sheet, formulas[sheet.title] if formulas else None)
    return table


def _opened(content: bytes) -> tuple[Workbook, Workbook | None]:
    """The workbook with values as they were last shown and, where it has any, with its formulas. Raises OfficeError."""
    from openpyxl import load_workbook

    if content.startswith(_OLD):
        raise OfficeError("is from before Excel 2007, or has a password")
    cells, computed = 0, False
    parts = office_parts(content)
    if len([name for name in parts if name.startswith("xl/worksheets/sheet")]) > SHEETS:
        raise OfficeError(f"has more than {SHEETS} sheets")
    for name, part in parts.items():
        if not name.endswith((".xml", ".rels")):
            continue
        tree = office_tree(part)
        if name.startswith("xl/worksheets/"):
            cells += len(tree.findall(".//{*}c"))
            computed = computed or tree.find(".//{*}f") is not None
    if cells > SHEET_CELLS:
        raise OfficeError(f"has more than {SHEET_CELLS:,} cells")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            shown = load_workbook(io.BytesIO(content), data_only=True, keep_links=False)
            formulas = load_workbook(io.BytesIO(content), keep_links=False) if computed else None
    except Exception as error:  # the library raises whatever it meets in a file that no Excel wrote
        raise OfficeError("is damaged, or no workbook of Excel") from error
    return shown, formulas


def _written(sheet: Worksheet) -> Iterator[Written]:
    rows = sheet.iter_rows(max_col=min(sheet.max_column, COLUMNS + 1))
    for number, row in enumerate(rows, sheet.min_row):
        cells = tuple(seen_cell(_text(cell)) for cell in row)
        if any(cells):
            yield Written(number, number, cells)


def _text(cell: Any) -> str:
    """The value of a cell as a person reads it, whatever its format; a day with the year first."""
    value, form = cell.value, cell.number_format
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case datetime.datetime():
            return f"{value:%Y-%m-%d %H:%M}".removesuffix(" 00:00")
        case int() | float() if "%" in form:
            return f"{value * 100:.15g}%"
        case int() | float() if fixed := _FIXED.fullmatch(form):
            return f"{value:.{len(fixed[2] or '')}f}".zfill(len(fixed[0]))
        case int() | float():
            return f"{value:.15g}"
        case _:
            return str(value)


def _is_for_people(sheet: Worksheet) -> bool:
    """Whether a person can bring the sheet to view: what programs keep in one is not told."""
    return bool(sheet.sheet_state != "veryHidden")


def _best(
    full: Sequence[Worksheet], sheets: Mapping[str, list[Written]], columns: Columns
) -> Worksheet | None:
    """The first sheet in view that names the columns; else the first in view, else the first."""

    def fits(sheet: Worksheet) -> tuple[bool, bool]:
        table = Table("", (), tuple(sheets[sheet.title]), columns, Problems())
        return sheet.sheet_state == "visible", table.names_columns

    return max(full, key=fits, default=None)


def _tell_what_is_not_shown(table: Table, sheet: Worksheet, full: Sequence[Worksheet]) -> None:
    others = [f"`{other.title}`" for other in full if other is not sheet]
    if others:
        says = f"only the sheet `{sheet.title}` is read, not {join_and(others)}"
        table.problems.add("read-as", says, Place(table.path), "make one sheet of them, if need be")
    hidden = [row for row in table.written if sheet.row_dimensions[row.first].hidden]
    if hidden:
        says = f"{count(len(hidden), 'hidden row')} from here on is read, too"
        if len(hidden) > 1:
            says = f"{count(len(hidden), 'hidden row')} from here on are read, too"
        table.note("read-as", hidden[0], says, "show all rows in Excel to see them")


def _tell_damage(table: Table, sheet: Worksheet, formulas: Worksheet | None) -> None:
    """Note what stands in no cell as it should: errors of Excel, formulas without a result, cells made one."""
    rows = {row.first: row for row in table.below}
    for row in rows.values():
        for index, written in enumerate(row.cells):
            cell = sheet.cell(row.first, index + 1)
            if cell.data_type == "e":
                says = f"`{written}` is an error of a formula"
                table.note("csv-shape", row, says, "write the value itself", index)
    cells: Iterator[Any] = chain.from_iterable(formulas.iter_rows()) if formulas else iter(())
    for formula in cells:
        empty = sheet.cell(formula.row, formula.column).value is None
        if formula.data_type == "f" and empty and formula.row in rows:
            says = f"the file holds no result of the formula in {formula.coordinate}"
            hint = "open it in Excel and save it, or write the value itself"
            table.note("csv-shape", rows[formula.row], says, hint)
    for merged in sheet.merged_cells.ranges:
        if merged.min_row in rows:
            says = f"the cells {merged.coord} are merged"
            hint = "unmerge them in Excel, and fill in each"
            table.note("csv-shape", rows[merged.min_row], says, hint)


# --- out --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sheet:
    """What a sheet is to hold. Text stays text, days are days, and nothing is a formula."""

    title: str
    rows: Sequence[Sequence[object]]
    """The first names the columns."""
    above: Sequence[str] = ()
    """Lines above the names of the columns, for who fills it in."""
    choices: Mapping[tuple[int, int], Sequence[str]] = field(default_factory=dict)
    """What may stand in a cell, by its row below the names of the columns and its column, both from 0."""
    days: frozenset[int] = frozenset()
    """Columns for days that are still to be filled in."""
    hidden: frozenset[int] = frozenset()
    """Columns for programs."""


def can_write() -> bool:
    """Whether the extra with the library is installed."""
    return find_spec("openpyxl") is not None


def workbook(sheet: Sheet) -> bytes:
    """A workbook with one sheet; the same sheet gives the same bytes. Raises InputError without the library."""
    try:
        from openpyxl import Workbook
    except ImportError:
        problems = Problems()
        says = "a workbook can only be written with the extra `excel`"
        problems.add("file-unreadable", says, None, _MISSING_HINT)
        raise InputError(in_order(problems)) from None
    book = Workbook()
    page: Any = book.active
    page.title = sheet.title
    for number, line in enumerate(sheet.above, 1):
        _put(page.cell(number, 1), line)
    _fill(page, sheet)
    _offer(book, page, sheet)
    saved = io.BytesIO()
    book.save(saved)
    parts = office_parts(saved.getvalue())
    parts["docProps/core.xml"] = _SAVED.sub(
        rb"\g<1>1980-01-01T00:00:00Z", parts["docProps/core.xml"]
    )
    return zipped(parts)


def _put(cell: Cell, value: object) -> None:
    """Fill a cell; a text that begins like a formula stays one, also when somebody edits it."""
    if isinstance(value, datetime.date):
        cell.value, cell.number_format = value, "dd/mm/yyyy"
    elif isinstance(value, int) and not isinstance(value, bool):
        cell.value = value
    elif text := BAD_CHARACTER.sub("\ufffd", str(value)):
        cell.value = text
        cell.data_type = "s"
        cell.quotePrefix = is_formula(text)


def _fill(page: Any, sheet: Sheet) -> None:
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    head = len(sheet.above) + 1
    heights = [1] * len(sheet.rows)
    for index, cells in enumerate(zip(*sheet.rows, strict=True)):
        is_days = index in sheet.days or _are_days(cells[1:])
        width = _DAY_WIDTH if is_days else _width(index, cells, sheet)
        for number, value in enumerate(cells):
            cell = page.cell(head + number, index + 1)
            day = written_day(str(value)) if is_days and number else None
            _put(cell, day or value)
            cell.alignment = Alignment(vertical="top", wrap_text=True)
            if not number:
                cell.font = Font(name=cell.font.name, sz=cell.font.sz, b=True)
            elif is_days:
                cell.number_format = "dd/mm/yyyy"
            if index not in sheet.hidden:
                said = str(value).split("\n")
                heights[number] = max(heights[number], sum(len(line) // width + 1 for line in said))
        column = page.column_dimensions[get_column_letter(index + 1)]
        column.width, column.hidden = width, index in sheet.hidden
    # Not every program finds the height of wrapped text by itself.
    for number, lines in enumerate(heights, head):
        page.row_dimensions[number].height = min(_LINE_HEIGHT * lines, 400)
    page.freeze_panes = f"A{head + 1}"
    page.print_options.gridLines = True
    page.print_title_rows = f"{head}:{head}"
    page.page_setup.orientation, page.page_setup.paperSize = "landscape", page.PAPERSIZE_A4
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.page_setup.fitToHeight = 0


def _width(index: int, cells: Sequence[object], sheet: Sheet) -> int:
    """The letters of a column's longest line, or of what can be chosen there, between two limits."""
    offered = (words for (_, column), words in sheet.choices.items() if column == index)
    texts = [*map(str, cells), *chain.from_iterable(offered)]
    longest = max(len(line) for text in texts for line in text.split("\n"))
    return min(max(longest + 2, _NARROWEST), _WIDEST)


def _are_days(cells: Sequence[object]) -> bool:
    said = [str(cell) for cell in cells if str(cell)]
    return bool(said) and all(written_day(each) for each in said)


def _offer(book: Any, page: Any, sheet: Sheet) -> None:
    """Put a list to choose from into each cell that has one. The words stand in a sheet that nobody sees."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    offered = dict.fromkeys(tuple(words) for words in sheet.choices.values() if words)
    if not offered:
        return
    lists = book.create_sheet(_LISTS)
    lists.sheet_state = "veryHidden"
    rules = {}
    for column, words in enumerate(offered, 1):
        for number, word in enumerate(words, 1):
            _put(lists.cell(number, column), word)
        letter = get_column_letter(column)
        where = f"{_LISTS}!${letter}$1:${letter}${len(words)}"
        # A list only offers: what else is written is judged when it is read, with words that say why.
        rule = DataValidation("list", formula1=where, allow_blank=True, showErrorMessage=False)
        page.add_data_validation(rule)
        rules[words] = rule
    for (row, column), choice in sheet.choices.items():
        if choice:
            rules[tuple(choice)].add(page.cell(len(sheet.above) + 2 + row, column + 1))
