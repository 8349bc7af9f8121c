"""Who has to sign, what a register keeps of it, and when somebody has to sign again."""

from __future__ import annotations

import codecs
import csv
import datetime
import io
import json
import re
import unicodedata
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policygen.files.csvfile import csv_text, unescaped
from policygen.ground.diagnostics import Problems
from policygen.html.sheets import statement
from policygen.language.document import Section, SignatureBlock
from policygen.model.people import Pupil, StaffMember, read_pupils, read_staff
from policygen.products.sheets import address_of
from policygen.register.records import Amendment, Content, RegisterFile, VersionEntry, VersionRecord
from policygen.register.signatures import Signature, kept, new_ones, read_kept
from policygen.register.signing import Signing, outstanding, standings
from policygen.register.state import Register
from tests.support.reading import told
from tests.support.register import freeze, registered
from tests.support.samples import POLICY, clause, paragraph, text
from tests.support.standing import Standing, standing
from tests.support.workspace import AS_OF, TEMPLATE, Workspace

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from policygen.language.document import Document
    from policygen.register.records import ChangeClass

DAY = datetime.date.fromisoformat
TODAY = DAY(AS_OF)
FORM = "receipt"
SIGNED = ["sign", "status", "--as-of", AS_OF]


# --- who has to sign again: versions made by hand ---------------------------------------------------------------------


def document(
    version: str,
    clauses: Mapping[str, str],
    *,
    form: str = "I keep to it.",
    pupils: str = "Be kind.",
    held: str = "I have a laptop.",
) -> Document:
    """A policy of one section for everyone, one for pupils, a form for staff and one for holders."""
    everyone = Section(
        "rules",
        text("Rules"),
        tuple(
            clause(name, f"1.{index}", words)
            for index, (name, words) in enumerate(clauses.items(), 1)
        ),
        number="1",
        name="rules",
    )
    for_pupils = Section(
        "promise",
        text("For pupils"),
        (clause("kind", "2.1", pupils),),
        number="2",
        name="promise",
        audience="pupils",
    )
    signature = SignatureBlock("Member of staff", (text("Signed"),))
    sign = Section(
        "receipt-form",
        text("Receipt"),
        (paragraph(form), signature),
        kind="form",
        name=FORM,
        audience="staff",
        signed_by="staff",
    )
    hold = replace(
        sign,
        id="hold-form",
        name="laptop",
        signed_by="holders",
        blocks=(paragraph(held), signature),
    )
    return replace(
        POLICY,
        version=version,
        sections=(everyone, for_pupils),
        forms=(sign, hold),
        appendices=(),
        versions=(),
    )


def register(*versions: tuple[str, str, ChangeClass, Mapping[str, ChangeClass]]) -> Register:
    """A register of (version, day, class, class of each changed clause)."""
    records = {
        version: VersionRecord(
            school="oak",
            policy="tiny",
            title="Keys",
            version=version,
            edition="2026.1",
            issuer="Northshire County Council",
            change=change,
            content=Content(digest="0" * 64, code="0000-0000"),
            approvals=(),
            amendment=Amendment(author="Clerk", reason="…", clauses=dict(clauses)),
            released=DAY(day),
            next_review=DAY("2030-01-01"),
            previous="",
            files={},
        )
        for version, day, change, clauses in versions
    }
    entries = tuple(VersionEntry(version=version, sha256="", previous="") for version in records)
    return Register(RegisterFile(school="oak", policy="tiny", entries=entries), records)


ANN, JOE = StaffMember("Ann Lee", "Headteacher"), StaffMember("Joe Birch", "Teacher")
OLD = {"keep": "Keep the key with you.", "lose": "Report a lost key."}


def after(
    change: ChangeClass,
    clauses: Mapping[str, ChangeClass],
    new: Document,
    *signatures: Signature,
    staff: tuple[StaffMember, ...] = (ANN, JOE),
    as_of: datetime.date = TODAY,
) -> dict[str, tuple[str, str]]:
    """State and reason of each person once version 2.0 is in force, after 1.0 with `OLD`."""
    versions = register(
        ("1.0", "2026-01-10", "material", {}), ("2.0", "2026-06-10", change, clauses)
    )
    signing = Signing(versions, {"1.0": document("1.0", OLD), "2.0": new}, signatures, staff)
    found = standings(signing, "2.0", as_of)
    assert all(each.form == FORM for each in found)
    assert [each for each in found if each.outstanding] == list(outstanding(signing, as_of))
    return {each.name: (each.state, each.why) for each in found}


def signed(name: str, version: str = "1.0", day: str = "2026-01-15", **more: str) -> Signature:
    return Signature(version, name, "Teacher", more.pop("form", FORM), DAY(day), **more)  # type: ignore[arg-type]


REWORDED = document("2.0", {**OLD, "lose": "Report a lost key within a day."})


def test_a_material_change_must_be_signed_again() -> None:
    """With the paragraph that changed; who signed the new version need not."""
    found = after(
        "material",
        {"lose": "material"},
        REWORDED,
        signed("Ann Lee"),
        signed("Joe Birch", "2.0", "2026-06-12"),
    )
    assert found == {
        "Ann Lee": ("to-sign", "paragraph 1.2 has changed since 1.0"),
        "Joe Birch": ("signed", ""),
    }


@pytest.mark.parametrize("change", ["details", "editorial", "review"])
def test_other_versions_never_ask_anybody_again(change: ChangeClass) -> None:
    """Whatever their text, a details, editorial or review version keeps every signature."""
    assert after(change, {"lose": "editorial"}, REWORDED, signed("Ann Lee"))["Ann Lee"] == (
        "signed",
        "",
    )


def test_an_editorial_clause_of_a_material_version_asks_nobody() -> None:
    """Only what is material itself counts: here what is material is for pupils."""
    new = document(
        "2.0", {**OLD, "lose": "Report a lost key at once."}, pupils="Be kind and quiet."
    )
    classes: dict[str, ChangeClass] = {"lose": "editorial", "kind": "material"}
    assert after("material", classes, new, signed("Ann Lee"))["Ann Lee"] == ("signed", "")


@pytest.mark.parametrize(
    ("new", "state"),
    [
        (document("2.0", OLD, pupils="Be quiet."), "signed"),
        (document("2.0", OLD, held="I have a laptop and its bag."), "signed"),
        (document("2.0", OLD, form="I keep to all of it."), "to-sign"),
        (document("2.0", {"new": "Keys are numbered.", **OLD}), "to-sign"),
        (document("2.0", {"lose": OLD["lose"]}), "to-sign"),
        (document("2.0", OLD), "signed"),
    ],
    ids=[
        "a part for pupils",
        "another form",
        "the form",
        "a new clause",
        "a clause that went",
        "nothing that is left",
    ],
)
def test_what_counts_is_the_form_and_what_it_covers(new: Document, state: str) -> None:
    """Parts for others and forms of others do not; numbers that moved along do not either."""
    assert after("material", {}, new, signed("Ann Lee"))["Ann Lee"][0] == state


def test_a_clause_that_moved_along_asks_nobody() -> None:
    """A part for pupils before it: the numbers of the rest move, its words do not."""
    new = document("2.0", OLD)
    sections = tuple(reversed(new.sections))
    assert (
        after("material", {}, replace(new, sections=sections), signed("Ann Lee"))["Ann Lee"][0]
        == "signed"
    )


def test_who_never_signed_started_or_has_not_come() -> None:
    """Each has a reason; who starts later is not outstanding."""
    staff = (
        ANN,
        StaffMember("New Here", "Teacher", start=DAY("2026-09-01")),
        StaffMember("Comes Soon", "Teacher", start=DAY("2027-01-04")),
        StaffMember("Has Left", "Teacher", left=DAY("2026-07-31")),
        StaffMember("Other Work", "Cook", policies=("kitchen",)),
    )
    found = after(
        "material",
        {},
        REWORDED,
        signed("Has Left"),
        signed("Vic Supply"),
        signed("Other Work"),
        staff=staff,
    )
    assert found == {
        "Ann Lee": ("to-sign", "never signed"),
        "New Here": ("to-sign", "new since 1 September 2026"),
        "Comes Soon": ("to-start", "starts on 4 January 2027"),
        "Has Left": ("left", ""),
        "Other Work": ("not-asked", ""),
        "Vic Supply": ("not-listed", ""),
    }


def test_declined_and_absent_hold_for_what_they_were_said_of() -> None:
    """After a material change both are asked anew; a signature of the version in force outweighs them."""
    declined, absent = (
        signed("Ann Lee", state="declined", note="asks her union"),
        signed("Joe Birch", state="absent"),
    )
    assert after("editorial", {}, REWORDED, declined, absent) == {
        "Ann Lee": ("declined", "asks her union"),
        "Joe Birch": ("absent", ""),
    }
    assert {state for state, _ in after("material", {}, REWORDED, declined, absent).values()} == {
        "to-sign"
    }
    later = signed("Joe Birch", "2.0", "2026-06-20")
    assert (
        after("material", {}, REWORDED, replace(absent, version="2.0"), later)["Joe Birch"][0]
        == "signed"
    )


def test_an_old_sheet_that_comes_late_takes_nothing_away() -> None:
    """Who signed 2.0 has signed it, though a sheet of 1.0 is dated after that."""
    found = after(
        "material",
        {},
        REWORDED,
        signed("Ann Lee", "2.0", "2026-06-12"),
        signed("Ann Lee", "1.0", "2026-06-30"),
    )
    assert found["Ann Lee"] == ("signed", "")


def test_who_came_back_is_one_person() -> None:
    """Listed twice, asked once, and what was signed the first time still holds."""
    staff = (
        StaffMember("Ann Lee", "Teacher", start=DAY("2020-09-01"), left=DAY("2026-03-31")),
        StaffMember("Ann  lee", "Headteacher", start=DAY("2026-05-01")),
    )
    assert after("editorial", {}, REWORDED, signed("Ann Lee"), staff=staff) == {
        "Ann  lee": ("signed", "")
    }


def test_a_day_in_the_past_knows_nothing_of_later_signatures() -> None:
    """On the day before they signed, they had not."""
    record = signed("Ann Lee", "2.0", "2026-06-12")
    assert (
        after("material", {}, REWORDED, record, as_of=DAY("2026-06-11"))["Ann Lee"][0] == "to-sign"
    )


CLASSES: st.SearchStrategy[ChangeClass] = st.sampled_from(
    ["details", "editorial", "review", "material"]
)


@given(st.lists(st.tuples(CLASSES, st.booleans()), min_size=1, max_size=5), st.integers(0, 5))
def test_a_signature_holds_until_a_material_change_of_what_it_covers(
    steps: list[tuple[ChangeClass, bool]], signed_at: int
) -> None:
    """For any history of versions: asked again exactly if a material version since then changed a clause for staff."""
    versions: list[tuple[str, str, ChangeClass, Mapping[str, ChangeClass]]] = [
        ("0.0", "2026-01-01", "material", {})
    ]
    documents = {"0.0": document("0.0", {"keep": "Text 0."})}
    words, changed = "Text 0.", []
    for number, (change, touches) in enumerate(steps, 1):
        version = f"{number}.0"
        if change == "material" and touches:
            words = f"Another text, namely the one of {'x' * number}."
            changed.append(number)
        classes: dict[str, ChangeClass] = (
            {"keep": "material"} if change == "material" and touches else {}
        )
        versions.append((version, f"2026-01-{number + 1:02}", change, classes))
        documents[version] = document(
            version, {"keep": words}, pupils=f"Rule {number}." if not touches else "Be kind."
        )
    signed_at = min(signed_at, len(steps))
    signing = Signing(
        register(*versions), documents, (signed("Ann Lee", f"{signed_at}.0", "2026-02-01"),), (ANN,)
    )
    asked = bool(outstanding(signing, TODAY))
    assert asked == any(number > signed_at for number in changed)


# --- what is kept -----------------------------------------------------------------------------------------------------

LINES = st.text(
    st.characters(exclude_categories=["Cc", "Cs", "Co", "Cn", "Zl", "Zp"]), min_size=1
).map(lambda words: unicodedata.normalize("NFC", " ".join(words.split()) or "x"))


@given(
    LINES,
    LINES,
    LINES,
    st.sampled_from(["signed", "declined", "absent"]),
    st.sampled_from(["", "paper", "elsewhere"]),
)
def test_what_is_kept_reads_back_the_same(
    name: str, role: str, note: str, state: str, how: str
) -> None:
    """Commas, quotes and all."""
    signature = Signature("2.0", name, role, FORM, TODAY, state, how, note)  # type: ignore[arg-type]
    assert read_kept(kept([signature]).decode(), "signatures/0001.csv", "2.0") == (signature,)
    assert new_ones([signature], {"0001.csv": [signature]}, []) == ()
    other = {"0001.csv": [replace(signature, version="1.0")]}
    assert new_ones([signature], other, []) == (signature,)


@given(st.lists(st.lists(st.text("=+-@\t\r'\"a,é\n"), min_size=2, max_size=2), min_size=1))
def test_no_cell_of_a_csv_file_is_a_formula(rows: list[list[str]]) -> None:
    """Whatever people wrote: every spreadsheet shows the words, reads them as UTF-8, and none of them is lost."""
    text = csv_text(rows)
    assert text.encode().startswith(codecs.BOM_UTF8)
    written = [*csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))]
    lines = [[re.sub("\r\n?", "\n", cell) for cell in row] for row in rows]
    assert [[unescaped(cell) for cell in row] for row in written] == lines
    assert not [cell for row in written for cell in row if cell.startswith(tuple("=+-@\t\r"))]


@pytest.mark.parametrize(
    "damage", ["name,role\nx,y\n", "", "name,role,form,date,state,how,note\nA,,f,soon,signed,,\n"]
)
def test_a_kept_file_that_was_changed_is_refused(damage: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        read_kept(damage or 'a,"', "signatures/0001.csv", "2.0")


# --- lists of people --------------------------------------------------------------------------------------------------


def test_staff_may_sign_some_policies_only() -> None:
    """All when the cell is empty, none when it says so; a policy that the school does not adopt is a mistake."""
    problems = Problems()
    file = "name,role,policies\nAnn,Head,\nBob,Cook,none\nCy,Cook,tiny; phones\nDi,Cook,tinny\n"
    members = read_staff(file.encode(), "schools/oak/staff.csv", problems, ["tiny", "phones"])
    assert [[each.signs(policy) for policy in ("tiny", "phones")] for each in members] == [
        [True, True],
        [False, False],
        [True, True],
    ]
    assert told(problems).splitlines() == [
        "5:9+5 bad-value: the school adopts no policy `tinny`",
        "  did you mean `tiny`?",
    ]


def test_two_people_of_one_name_are_told_apart() -> None:
    """Unless one left before the other came: that is one person who came back."""
    problems = Problems()
    file = "name,role,start,left\nAnn Lee,Cook,2020-01-01,2021-01-01\nAnn Lee,Head,2022-01-01,\nann lee,Teacher,,\n"
    assert len(read_staff(file.encode(), "schools/oak/staff.csv", problems)) == 2
    assert told(problems).splitlines() == [
        "4:1+7 bad-value: two members of staff are called `ann lee`",
        "  tell them apart, such as `ann lee (Teacher)`, or take one row out",
    ]


def test_class_lists_hold_no_more_than_they_need() -> None:
    """A first name with an initial; no surname, and no other column."""
    problems = Problems()
    pupils = read_pupils(
        b"class,name\nOwls,Amara O\nOwls,Mary Jane K.\nOwls,Ben\nOwls,Ada Lovelace\n",
        "pupils.csv",
        problems,
    )
    assert pupils == (Pupil("Owls", "Amara O"), Pupil("Owls", "Mary Jane K."), Pupil("Owls", "Ben"))
    assert told(problems).splitlines() == [
        "5:6+12 bad-value: a class list holds a first name and an initial, no more",
        "  write `Ada L`",
    ]
    problems = Problems()
    read_pupils(b"class,name,born\nOwls,Ada L,2020-01-01\n", "pupils.csv", problems)
    assert "a column `born` means nothing" in told(problems)


# --- sheets -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("site", "address"),
    [
        ("https://www.oak.example", "https://www.oak.example/policies/tiny/2.0/"),
        ("", ""),
    ],
)
def test_the_address_of_a_version(site: str, address: str) -> None:
    assert address_of(site, "tiny", "2.0") == address


def test_a_sheet_repeats_what_the_signer_declares() -> None:
    """The paragraphs right before the signature, with ids or without; not what introduces a list further up."""
    signature = SignatureBlock("Member of staff", (text("Signed"),))
    declares = replace(clause("declares", "", "I have read it."), numbered=False)
    form = Section(
        "f",
        text("F"),
        (paragraph("I will:"), clause("a", "1", "Do this."), declares, signature),
        kind="form",
    )
    assert statement(form) == (paragraph("I have read it."),)
    alone = replace(form, blocks=(paragraph("I will."), clause("a", "1", "Do this."), signature))
    assert statement(alone) == (paragraph("I will."),)


# --- the command line -------------------------------------------------------------------------------------------------

SAFE_PLACE = ("schools/oak/policies/tiny.yaml", "in the staff room", "in the hall")


def oak(folder: Path) -> Standing:
    """Oak Lane School with version 2.0 of its policy in force."""
    made = standing(Workspace(folder))
    freeze(made.root, "2.0", "2026-11-12", minute="19.2")
    return made


def record(workspace: Standing, file: str, version: str = "2.0", *more: str) -> tuple[int, str]:
    """Record a list; the exit code, and what is said."""
    workspace.put("list.csv", file)
    result = workspace.run(
        "sign", "record", "oak/tiny", "list.csv", "--version", version, "--as-of", AS_OF, *more
    )
    return result.code, result.stdout + result.stderr


def test_signatures_are_recorded_once(tmp_path: Path) -> None:
    """Normalised, in the register's chain; the same list again records nothing, a list with more records the rest."""
    workspace = oak(tmp_path)
    one = "Name,Date\nann  LEE,2026-11-13\n"
    assert record(workspace, one) == (
        0,
        "1 row recorded for version 2.0: 1 signed\nschools/oak/register/tiny/signatures/0001.csv\n",
    )
    first = workspace.read("schools/oak/register/tiny/signatures/0001.csv")
    assert (
        first
        == f"\ufeffname,role,form,date,state,how,note\nAnn Lee,Headteacher,{FORM},2026-11-13,signed,,\n"
    )
    before = registered(workspace.root)
    again = "1 row left out: already in the register\nnothing new, nothing recorded\n"
    assert record(workspace, one) == (0, again)
    assert registered(workspace.root) == before
    more = "name,date,state,how,note\nAnn Lee,2026-11-13,,,\nAnn Lee,2026-11-19,,paper,again\nJoe Birch,2026-11-19,absent,,\n"
    assert record(workspace, more)[1].splitlines()[:2] == [
        "1 row left out: already in the register",
        "2 rows recorded for version 2.0: 1 signed, 1 absent",
    ]
    assert workspace.read("schools/oak/register/tiny/signatures/0001.csv") == first
    assert [each.file for each in registered(workspace.root).signatures] == [
        f"signatures/000{n}.csv" for n in (1, 2)
    ]
    assert workspace.run("verify", "oak").code == 0


def test_status_says_who_still_has_to_sign(tmp_path: Path) -> None:
    """In text, JSON and CSV; --strict fails while somebody has to, and does not fail after."""
    workspace = oak(tmp_path)
    result = workspace.run(*SIGNED, "oak/tiny", "--strict")
    said = (
        "Oak Lane School\n"
        "  Keys to the school, version 2.0, in force since 12 November 2026\n"
        "    receipt: 2 to sign\n"
        "      to sign: Ann Lee, Headteacher (never signed)\n"
        "      to sign: Joe Birch, Teacher (never signed)\n"
        "2 people to sign, 1 policy in force\n"
    )
    assert (result.code, result.stdout) == (1, said)
    file = "name,role,date,state,how\nAnn Lee,,2026-11-13,,paper\nJoe Birch,,2026-11-13,declined,\nVic Moss,supply teacher,2026-11-14,,\n"
    assert record(workspace, file)[0] == 0
    result = workspace.run(*SIGNED, "--strict")
    assert (result.code, result.stdout.splitlines()[2:]) == (
        0,
        [
            "    receipt: 1 declined, 1 signed, 1 not on the staff list, on the record",
            "      declined: Joe Birch, Teacher",
            "no people to sign, 1 policy in force",
        ],
    )
    [policy] = json.loads(workspace.run(*SIGNED, "oak", "--format", "json").stdout)
    assert (policy["version"], policy["outstanding"]) == ("2.0", 0)
    assert policy["counts"] == {"declined": 1, "signed": 1, "not-listed": 1}
    rows = [*csv.DictReader(io.StringIO(workspace.run(*SIGNED, "--format", "csv").stdout[1:]))]
    assert [(row["name"], row["state"], row["last_date"], row["last_how"]) for row in rows] == [
        ("Ann Lee", "signed", "2026-11-13", "paper"),
        ("Joe Birch", "declined", "2026-11-13", ""),
        ("Vic Moss", "not-listed", "2026-11-14", ""),
    ]


def test_only_a_material_version_is_signed_again(tmp_path: Path) -> None:
    """A change accepted as editorial asks nobody, the same change approved as material asks all, starters always."""
    for change, version, expected in (("editorial", "2.1", 0), ("material", "3.0", 1)):
        workspace = oak(tmp_path / change)
        assert record(workspace, "name,date\nAnn Lee,2026-11-13\nJoe Birch,2026-11-13\n")[0] == 0
        path, old, new = SAFE_PLACE
        workspace.put(path, workspace.read(path).replace(old, new))
        clauses = {"who-keeps": change}
        freeze(workspace.root, version, "2026-11-18", minute="20.1", change=change, clauses=clauses)  # type: ignore[arg-type]
        result = workspace.run(*SIGNED, "--strict")
        assert result.code == expected, result.stdout
        if expected:
            assert "to sign: Ann Lee, Headteacher (paragraph" in result.stdout
            assert "changed since 2.0)" in result.stdout


def test_every_mistake_of_a_list_is_told_at_once_and_nothing_is_written(tmp_path: Path) -> None:
    """With line and column: unknown people and forms, impossible days, wrong words, the wrong version, the same twice."""
    workspace = oak(tmp_path)
    before = registered(workspace.root)
    code, said = record(
        workspace,
        "name,role,form,date,state,how,version\n"
        "Ann Leigh,,,2026-11-13,,,\n"
        "Joe Birc,Teacher,,2026-11-13,,,\n"
        "Vic Moss,,,2026-11-13,,,\n"
        "Ann Lee,,reciept,2026-11-13,,,\n"
        "Ann Lee,,,2026-11-11,,,\n"
        "Ann Lee,,,2026-11-21,,,\n"
        "Ann Lee,,,31/11/2026,,,\n"
        "Ann Lee,,,,,,\n"
        "Ann Lee,,,2026-11-13,yes,email,\n"
        "Ann Lee,,,2026-11-13,,,1.0\n"
        ",,,2026-11-13,,,\n"
        "Joe Birch,,,2026-11-13,,,\n"
        "Joe Birch,,,2026-11-13,absent,,\n",
        "2.0",
        "--all-or-nothing",
    )
    problems = [line for line in said.splitlines() if line.startswith(("error", "  -->"))]
    assert code == 1
    assert [
        " ".join(pair).replace("error: ", "").replace("  -->", "at")
        for pair in zip(problems[::2], problems[1::2], strict=True)
    ] == [
        "`Ann Leigh` is not on the staff list  [unknown-signer] at list.csv:2:1",
        "`Joe Birc` is not on the staff list  [unknown-signer] at list.csv:3:1",
        "`Vic Moss` is not on the staff list  [unknown-signer] at list.csv:4:1",
        "version 2.0 has no form `reciept` that is signed by name  [unknown-form] at list.csv:5:10",
        "11 November 2026 is before version 2.0 came into force, on 12 November 2026  [signature-date] at list.csv:6:11",
        "21 November 2026 has not come yet  [signature-date] at list.csv:7:11",
        "`date` is no date: `31/11/2026`  [bad-value] at list.csv:8:11",
        "this signature has no date  [csv-shape] at list.csv:9:11",
        "`yes` is no word for `state`  [bad-value] at list.csv:10:22",
        "`email` is no word for `how`  [bad-value] at list.csv:10:26",
        "this is a signature of version 1.0, not of 2.0  [unknown-version] at list.csv:11:24",
        "nobody is named here  [csv-shape] at list.csv:12:1",
        "`Joe Birch` stands for the same form and day in line 13  [bad-value] at list.csv:14:1",
    ]
    assert "hint: did you mean `Ann Lee`?" in said
    assert registered(workspace.root) == before
    assert not (workspace.root / "schools/oak/register/tiny/signatures").exists()


def test_a_list_without_forms_is_told_once(tmp_path: Path) -> None:
    """Where several forms are signed by name, a column that is missing is one mistake, not one for each row."""
    workspace = standing(Workspace(tmp_path))
    workspace.put(
        TEMPLATE,
        workspace.read(TEMPLATE).replace(
            "forms:\n", "forms:\n  - {name: again, signed_by: staff}\n"
        ),
    )
    workspace.put(
        "templates/tiny/forms/again.md",
        "# Once more {#again}\n\nI sign again.\n\n::: signature Member of staff\n- Name\n:::\n",
    )
    freeze(workspace.root, "2.0", "2026-11-12", minute="19.2")
    code, said = record(workspace, "name,date\nAnn Lee,2026-11-13\nJoe Birch,2026-11-13\n")
    assert code == 1
    assert said.count("[unknown-form]") == 1
    assert "--> list.csv:1:1" in said
    assert "`again` or" in said


def test_a_school_without_a_list_of_staff_is_told_where_to_write_one(tmp_path: Path) -> None:
    """Not that nobody has to sign."""
    workspace = oak(tmp_path)
    (workspace.root / "schools/oak/staff.csv").unlink()
    assert (
        "write schools/oak/staff.csv, with the columns `name` and `role`"
        in workspace.run(*SIGNED).stdout
    )


def test_leavers_are_told_by_their_last_day(tmp_path: Path) -> None:
    """What they signed while they were there is recorded and stays; later days are refused."""
    workspace = oak(tmp_path)
    workspace.put(
        "schools/oak/staff.csv",
        "name,role,left\nAnn Lee,Headteacher,\nJoe Birch,Teacher,2026-11-16\n",
    )
    code, said = record(workspace, "name,date\nJoe Birch,2026-11-17\n")
    assert (code, "`Joe Birch` had left by 17 November 2026  [signature-date]" in said) == (1, True)
    assert record(workspace, f"name,date\nJoe Birch,2026-11-16\nAnn Lee,{AS_OF}\n")[0] == 0
    assert "    receipt: 1 signed, 1 left, on the record\n" in workspace.run(*SIGNED).stdout


def test_a_version_that_was_not_approved_has_no_sheets_and_no_signatures(tmp_path: Path) -> None:
    """Said with what to do; nothing is made, not even a folder."""
    workspace = standing(Workspace(tmp_path))
    code, said = record(workspace, "name,date\nAnn Lee,2026-11-13\n")
    assert (code, said.splitlines()[0]) == (
        1,
        "error: `oak/tiny` has no approved version 2.0  [unknown-version]",
    )
    result = workspace.run("sign", "sheet", "oak/tiny", "--as-of", AS_OF)
    assert (result.code, result.stderr.splitlines()[0]) == (
        1,
        "error: `oak/tiny` has no approved version  [unknown-version]",
    )
    assert not (workspace.root / "schools/oak/register").exists()
    assert not (workspace.root / "output").exists()
    assert workspace.run(*SIGNED, "--strict").stdout == "no people to sign, no policies in force\n"
