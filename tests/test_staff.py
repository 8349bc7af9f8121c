"""staff.csv: who has to sign."""

import datetime
from pathlib import Path

import pytest

from policygen.ground.diagnostics import Problems
from policygen.model.people import StaffMember, read_staff
from tests.support.reading import told

ROOT = Path(__file__).parents[1]


def staff(text: str) -> tuple[tuple[StaffMember, ...], str]:
    """The members of staff of a file, and what is told about it."""
    problems = Problems()
    members = read_staff(text.encode(), "schools/elm/staff.csv", problems)
    return members, told(problems)


def test_staff_in_the_order_of_the_file() -> None:
    """As a spreadsheet saves it: byte order mark, Windows line ends, quotes where a comma stands, blank rows."""
    file = (
        "\ufeffName,Role,Email,Start,Left\r\n"
        '"Nair, Priya",Designated safeguarding lead,priya@elm.example,2020-09-01,\r\n'
        "\r\n"
        ",,,,\r\n"
        '"Tom ""TJ"" Hale", Caretaker ,,2019-01-07,2026-07-31,,\r\n'
    )
    assert staff(file) == (
        (
            StaffMember(
                "Nair, Priya",
                "Designated safeguarding lead",
                "priya@elm.example",
                datetime.date(2020, 9, 1),
                None,
            ),
            StaffMember(
                'Tom "TJ" Hale',
                "Caretaker",
                "",
                datetime.date(2019, 1, 7),
                datetime.date(2026, 7, 31),
            ),
        ),
        "",
    )


def test_name_and_role_are_enough() -> None:
    """In any order; a role may be blank."""
    assert staff("role,name\nTeacher,Ann\n,Bob\n") == (
        (StaffMember("Ann", "Teacher"), StaffMember("Bob", "")),
        "",
    )


def test_a_list_without_rows() -> None:
    """Nobody has to sign, which is no problem."""
    assert staff("name,role\n") == ((), "")


def test_every_problem_of_the_rows_is_told_at_once() -> None:
    """At the line of the row, also below a row of several lines; what is right is still read."""
    members, said = staff(
        "name,role,start,left\n"
        "Ann\n"
        ' ,"Caretaker, and cook",,\n'
        "Bob,Head of year, two,,2024-09-01\n"
        '"Cy\nDee",Teacher,1/9/2024,31.2.2025\n'
        "Eve,Teacher,2024-09-01,2024-08-31\n"
        "Fay,Teacher,,\n"
    )
    assert members == (StaffMember("Fay", "Teacher"),)
    assert said.splitlines() == [
        "2:1+3 csv-shape: this row has 1 cell, and there are 4 columns",
        "  write `,` for each empty cell",
        "3:1+1 csv-shape: a member of staff has no name",
        "  write the name, or take the row out",
        "4:1+33 csv-shape: this row has 5 cells, and there are 4 columns",
        "  put a text that holds `,` in double quotes",
        "6:14+8 read-as: `1/9/2024` is read as 1 September 2024, like every such day of this column",
        "  write `2024-01-09`, if that is meant",
        "6:23+9 bad-value: `left` is no date: `31.2.2025`",
        "  write `YYYY-MM-DD`, the year first",
        "7:24+10 bad-value: `left` is before `start`, 2024-09-01",
    ]


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("", "file file-empty: the file has nothing in it\n  begin with the line `name,role`"),
        ("\n\n", "file file-empty: the file has nothing in it\n  begin with the line `name,role`"),
        (
            "nmae,role,shoe size\n",
            (
                "1:1+4 csv-shape: a column `nmae` means nothing\n  did you mean `name`?\n"
                "1:11+9 csv-shape: a column `shoe size` means nothing\n"
                "  the columns are `name`, `role`, `email`, `start`, `left` and `policies`\n"
                "1:1+19 csv-shape: the first line lacks `name`\n"
                "  name the columns there, such as `name,role,email,start,left,policies`"
            ),
        ),
        (
            "email\n",
            (
                "1:1+5 csv-shape: the first line lacks `name` and `role`\n"
                "  name the columns there, such as `name,role,email,start,left,policies`"
            ),
        ),
        (
            "name,role,role\n",
            "1:11+4 csv-shape: there are two columns `role`\n  keep one of the two",
        ),
        (
            'name,role\nAnn,"Teacher\n',
            '2:1+12 csv-shape: the quotes of this row are not in pairs\n  write a quote inside quotes twice: `""`',
        ),
        (
            "name,role\nAnn\ue000,Teacher\n",
            "2:4+1 bad-character: the character U+E000 cannot be printed\n  delete it and type the text around it again",
        ),
    ],
)
def test_a_file_that_cannot_be_read(file: str, said: str) -> None:
    """One problem, at its place."""
    assert staff(file)[1] == said


@pytest.mark.parametrize(
    "path", sorted(ROOT.glob("schools/*/staff.csv")), ids=lambda path: path.parent.name
)
def test_the_lists_of_this_repository_read(path: Path) -> None:
    """Without a problem."""
    members, said = staff(path.read_text(encoding="utf-8"))
    assert said == ""
    assert members
