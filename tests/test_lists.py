"""Lists as spreadsheets save them in Britain, as CSV and as workbooks, in and out."""

from __future__ import annotations

import datetime
import io
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from policygen.files.csvfile import csv_text
from policygen.files.excel import Sheet, workbook
from policygen.files.lists import read_table
from policygen.files.table import Columns
from policygen.ground.dates import day_first
from policygen.ground.diagnostics import Problems
from policygen.ground.letters import as_seen
from policygen.model.people import StaffMember, read_staff
from policygen.register.signatures import read_kept
from tests.support.reading import told
from tests.support.register import freeze
from tests.support.standing import standing
from tests.support.workspace import AS_OF
from tests.support.workspace import Workspace as Place

DAY = datetime.date(2020, 9, 1)
STAFF = (StaffMember("Siân O’Brien", "Head", start=DAY), StaffMember("Ann Lee", "Cook"))
TWO = Columns(("one", "two"))


def staff(content: bytes) -> tuple[tuple[StaffMember, ...], str]:
    problems = Problems()
    return read_staff(content, "staff", problems), told(problems)


def rows_of(content: bytes) -> list[tuple[str, ...]]:
    problems = Problems()
    table = read_table(content, "list", TWO, problems)
    assert table is not None
    assert not [*problems]
    return [row.cells for row in table.rows()]


def made(*rows: tuple[Any, ...], **more: Any) -> bytes:
    """A workbook made by another program than ours; `more` is done to its sheet."""
    book = Workbook()
    sheet: Any = book.active
    for row in rows:
        sheet.append(row)
    for name, value in more.items():
        getattr(sheet, name)(value)
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        "Name,Role,Start\r\nSiân O’Brien,Head,13/09/2020\r\nAnn Lee,Cook,\r\n".encode("utf-8-sig"),
        "name;ROLE; Start ;;\r\nSiân O’Brien;Head;13/09/2020;;\r\nAnn Lee;Cook;;;\r\n;;;;\r\n".encode(),
        "name\trole\tstart\r\nSiân O’Brien\tHead\t13 Sep 2020\r\nAnn Lee\tCook\r\n".encode(
            "utf-16"
        ),
        "sep=;\r\nname;role;start\r\nSiân\xa0O’Brien;Head;13.9.20\r\nAnn Lee;Cook;\r\n".encode(),
        "Staff of Elm Grove,,\nName,Role,Start\nSiân O’Brien,Head,2020-09-13\nAnn Lee,Cook\n".encode(),
        made(
            ("Staff",),
            ("Name", "Role", None, "Start"),
            ("Siân O’Brien", "Head", None, datetime.date(2020, 9, 13)),
            (),
            ("Ann Lee", "Cook", None, None),
        ),
    ],
    ids=["bom", "semicolons", "tabs", "sep", "title", "workbook"],
)
def test_a_list_as_excel_writes_it(content: bytes) -> None:
    first = StaffMember("Siân O’Brien", "Head", start=datetime.date(2020, 9, 13))
    assert staff(content) == ((first, STAFF[1]), "")


def test_the_old_encoding_is_read_and_said_where_it_is_certain() -> None:
    file = "name,role,start\nSiân O’Brien,Head,2020-09-01\nAnn Lee,Cook,\n"
    members, said = staff(file.encode("cp1252"))
    assert members == STAFF
    assert "read as Windows-1252" in said
    members, said = staff(file.encode("mac-roman"))
    assert members == ()
    assert "file-encoding" in said


def test_days_are_read_day_first_and_never_guessed() -> None:
    """Said once a column; one that has the month first elsewhere is an error for each that is open."""
    file = b"name,role,start\nAnn,,01/09/2020\nBob,,02/09/2020\n"
    members, said = staff(file)
    assert [member.start for member in members] == [DAY, datetime.date(2020, 9, 2)]
    assert said.count("read-as: `01/09/2020` is read as 1 September 2020") == 1
    assert "write `2020-01-09`" in said
    members, said = staff(file + b"Cy,,09/13/2020\nDi,,2020-09-01\n")
    assert [member.name for member in members] == ["Di"]
    assert "`02/09/2020` may be 2 September 2020 or 9 February 2020: in line 4" in said
    assert "write `2020-09-13`" in said
    assert (
        "format the column as Date, or write `2020-09-01`"
        in staff(b"name,role,start\nAnn,,44075\n")[1]
    )


@given(st.dates(datetime.date(1930, 1, 1), datetime.date(2029, 12, 31)))
def test_every_british_day_is_read(day: datetime.date) -> None:
    for form in ("%d/%m/%Y", "%d/%m/%y", "%d-%b-%y", "%d %B %Y", "%d.%m.%Y"):
        assert day_first(day.strftime(form)) == day


WORDS = st.text("=+-@\t'\"a,;é|\n\xa0#1/", max_size=6).map(
    lambda text: "\n".join(map(as_seen, text.split("\n"))).strip()
)
ROWS = st.lists(st.tuples(WORDS, WORDS).filter(any), max_size=4)


@given(ROWS)
@settings(max_examples=60)
def test_what_we_write_reads_back_the_same_in_either_form(rows: list[tuple[str, ...]]) -> None:
    table = [TWO.names, *rows]
    assert rows_of(csv_text(table).encode()) == rows
    saved = workbook(Sheet("List", table))
    assert rows_of(saved) == rows
    assert saved == workbook(Sheet("List", table))
    cells = [
        cell for row in load_workbook(io.BytesIO(saved)).worksheets[0].iter_rows() for cell in row
    ]
    assert not [cell for cell in cells if cell.data_type == "f"]


def test_a_workbook_shows_days_as_days_and_its_head_always() -> None:
    sheet: Any = load_workbook(
        io.BytesIO(workbook(Sheet("List", [("what", "day"), ("1.0", "2026-09-01"), ("2", "")])))
    ).worksheets[0]
    assert str(sheet["B2"].value) == "2026-09-01 00:00:00"
    assert sheet["B2"].is_date
    assert (sheet["A2"].value, sheet["A3"].value) == ("1.0", "2")
    assert sheet.freeze_panes == "A2"


def test_values_are_read_as_a_person_sees_them() -> None:
    book = Workbook()
    sheet: Any = book.active
    sheet.append(TWO.names)
    for value, form in (
        (1.0, "General"),
        (1, "0.0"),
        (0.5, "0%"),
        (7, "000"),
        (DAY, "d mmm yy"),
        (True, "General"),
    ):
        sheet.append((value, "x"))
        sheet.cell(sheet.max_row, 1).number_format = form
    saved = io.BytesIO()
    book.save(saved)
    assert [row[0] for row in rows_of(saved.getvalue())] == [
        "1",
        "1.0",
        "50%",
        "007",
        "2020-09-01",
        "yes",
    ]


def test_what_a_workbook_hides_or_spoils_is_told() -> None:
    """Hidden rows and other sheets are notes; a formula without a result, an error, and merged cells are errors."""
    book = Workbook()
    sheet: Any = book.active
    for row in (
        TWO.names,
        ("a", "b"),
        ("=1+1", "c"),
        ("#N/A", "d"),
        ("e", "f"),
        (None, "g"),
        ("h", "i"),
    ):
        sheet.append(row)
    sheet.merge_cells("A5:A6")
    sheet.row_dimensions[2].hidden = True
    book.create_sheet("Old").append(("x",))
    saved = io.BytesIO()
    book.save(saved)
    problems = Problems()
    table = read_table(saved.getvalue(), "list.xlsx", TWO, problems)
    assert table is not None
    assert [row.cells for row in table.rows()] == [("a", "b"), ("", "g"), ("h", "i")]
    said = told(problems)
    for words in (
        "only the sheet `Sheet` is read, not `Old`",
        "1 hidden row",
        "in A3",
        "`#N/A` is an error",
        "A5:A6 are merged",
    ):
        assert words in said


@pytest.mark.parametrize(
    ("part", "content", "said"),
    [
        ("xl/sharedStrings.xml", b'<!DOCTYPE x [<!ENTITY a "b">]><x/>', "document type"),
        ("xl/vbaProject.bin", b"", "macros"),
        ("xl/worksheets/sheet1.xml", b"<x", "damaged"),
        (
            "xl/worksheets/sheet1.xml",
            b"<worksheet><sheetData>" + b"<row><c/></row>" * 300_001 + b"</sheetData></worksheet>",
            "300,000 cells",
        ),
        ("xl/media/bomb", b"\0" * 151_000_000, "150 MB"),
    ],
)
def test_a_workbook_that_would_do_harm_is_not_opened(part: str, content: bytes, said: str) -> None:
    whole = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(made(("name", "role")))) as good,
        zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as bad,
    ):
        for name in good.namelist():
            if name != part:
                bad.writestr(name, good.read(name))
        bad.writestr(part, content)
    members, why = staff(whole.getvalue())
    assert members == ()
    assert said in why


def test_a_file_from_before_2007_or_cut_short_is_told() -> None:
    assert "before Excel 2007" in staff(b"\xd0\xcf\x11\xe0" + b"\0" * 99)[1]
    assert "is damaged" in staff(made(("name", "role"))[:900])[1]


# --- signatures -------------------------------------------------------------------------------------------------------

LIST = "output/packs/oak/tiny/sheets-2.0/signatures"


def oak(folder: Path) -> Any:
    workspace = standing(Place(folder))
    freeze(workspace.root, "2.0", "2026-11-12", minute="19.2")
    return workspace


def record(workspace: Any, file: str, *more: str) -> tuple[int, str]:
    command = ("sign", "record", "oak/tiny", file, "--version", "2.0", "--as-of", AS_OF)
    result = workspace.run(*command, *more)
    return result.code, result.stdout + result.stderr


def recorded(workspace: Any) -> list[str]:
    folder = workspace.root / "schools/oak/register/tiny/signatures"
    files = sorted(folder.glob("*.csv")) if folder.exists() else []
    return [each.name for file in files for each in read_kept(file.read_text(), "kept", "2.0")]


def test_rows_that_are_understood_are_recorded_and_the_rest_is_kept_to_be_mended(
    tmp_path: Path,
) -> None:
    workspace = oak(tmp_path)
    workspace.put(
        "signed.csv", "Name;Date\nBirch, Joe;13/11/2026\nAnn Leigh;13/11/2026\nVic;soon;x\n"
    )
    code, said = record(workspace, "signed.csv", "--all-or-nothing")
    assert (code, recorded(workspace)) == (1, [])
    code, said = record(workspace, "signed.csv")
    assert (code, recorded(workspace)) == (1, ["Joe Birch"])
    assert "`Birch, Joe` is taken for `Joe Birch`" in said
    assert "2 rows not recorded" in said
    left = workspace.read("signed-not-recorded.csv").removeprefix("\ufeff")
    assert left.splitlines()[:2] == [
        "name,date,,problem",
        "Ann Leigh,13/11/2026,,`Ann Leigh` is not on the staff list: did you mean `Ann Lee`?",
    ]
    workspace.put("signed-not-recorded.csv", left.replace("Ann Leigh,", "Ann Lee,").split("Vic")[0])
    assert record(workspace, "signed-not-recorded.csv")[0] == 0
    assert recorded(workspace) == ["Joe Birch", "Ann Lee"]
    code, said = record(workspace, "signed.csv")
    assert "1 row left out: already in the register" in said
    assert recorded(workspace) == ["Joe Birch", "Ann Lee"]
    assert workspace.read("signed-not-recorded-2.csv").count("\n") == 3


def test_the_list_of_a_sheet_is_filled_in_and_handed_back(tmp_path: Path) -> None:
    """Rows that nobody has filled in yet are none; a list of another text is not taken."""
    workspace = oak(tmp_path)
    assert workspace.run("sign", "sheet", "oak/tiny", "--as-of", AS_OF).code == 0
    book: Any = load_workbook(workspace.root / f"{LIST}.xlsx")
    page = book.worksheets[0]
    assert [rule.formula1 for rule in page.data_validations.dataValidation] == [
        "Lists!$A$1:$A$3",
        "Lists!$B$1:$B$2",
    ]
    page["D4"] = datetime.date(2026, 11, 13)
    book.save(workspace.root / "back.xlsx")
    code, said = record(workspace, "back.xlsx")
    assert (code, recorded(workspace)) == (0, ["Ann Lee"])
    assert "1 row not filled in yet" in said
    page["I5"], page["D5"] = "0000-0000", "13/11/2026"
    book.save(workspace.root / "other.xlsx")
    code, said = record(workspace, "other.xlsx")
    assert (code, recorded(workspace)) == (1, ["Ann Lee"])
    assert "this list was made for the text 0000-0000" in said
    assert (workspace.root / "other-not-recorded.xlsx").exists()
    csv = workspace.read(f"{LIST}.csv")
    workspace.put(
        "back.csv",
        csv.replace("Joe Birch,Teacher,receipt,", "Joe Birch,Teacher,receipt,14/11/2026"),
    )
    assert record(workspace, "back.csv")[0] == 0
    assert recorded(workspace) == ["Ann Lee", "Joe Birch"]


def has_calc() -> bool:
    """Whether LibreOffice is here, and with it the part that reads spreadsheets, which Debian packages by itself."""
    program = shutil.which("soffice")
    return program is not None and any(Path(program).resolve().parent.glob("*sclo.*"))


@pytest.mark.slow
@pytest.mark.skipif(not has_calc(), reason="needs LibreOffice with its spreadsheets (Calc)")
def test_libreoffice_reads_and_writes_the_same(tmp_path: Path) -> None:
    """Our workbook, saved again by another program, and its CSV, mean what they did."""
    table = [TWO.names, ("=1+1", "2026-09-01"), ("Siân’s", "")]
    (tmp_path / "ours.xlsx").write_bytes(workbook(Sheet("List", table)))
    for form in ("xlsx:Calc MS Excel 2007 XML", "csv:Text - txt - csv (StarCalc):59,34,76"):
        subprocess.run(
            [
                "soffice",
                f"-env:UserInstallation=file://{tmp_path}/profile",
                "--headless",
                "--convert-to",
                form,
                "--outdir",
                str(tmp_path / "out"),
                str(tmp_path / "ours.xlsx"),
            ],
            check=True,
            capture_output=True,
        )
    assert rows_of((tmp_path / "out/ours.xlsx").read_bytes()) == table[1:]
    assert rows_of((tmp_path / "out/ours.csv").read_bytes()) == [
        ("=1+1", "01/09/2026"),
        ("Siân’s", ""),
    ]
