"""A list of people or answers, in whichever form a spreadsheet saved it: .xlsx, or CSV of any kind."""

from __future__ import annotations

from policygen.files.csvfile import csv_table
from policygen.files.excel import excel_table, is_excel
from policygen.files.table import Columns, Table
from policygen.files.text import as_old_excel, as_utf_8, text_of
from policygen.ground.diagnostics import Place, Problems


def read_table(content: bytes, path: str, columns: Columns, problems: Problems) -> Table | None:
    """The rows of a file, with letters as they look; None, with every problem, where it cannot be opened."""
    if is_excel(content):
        return excel_table(content, path, columns, problems)
    content = as_utf_8(content)
    if old := as_old_excel(content):
        content = old.encode()
        says = "this file was read as Windows-1252, the way Excel saves plain CSV"
        problems.add("read-as", says, Place(path), "look at the letters with accents")
    if not content.decode("utf-8-sig", "replace").strip():
        return csv_table("", path, columns, problems)
    text = text_of(content, path, problems)
    return None if text is None else csv_table(text, path, columns, problems)
