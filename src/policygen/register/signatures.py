"""Lists of signatures: read from a CSV file that a school hands in, and kept in the register as they are then.

What is kept is normalised, one line for each signature, and is never changed: who confirms again has a second line.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Literal, assert_never, get_args

from policygen.files.csvfile import csv_table, csv_text
from policygen.files.lists import read_table
from policygen.files.table import Columns, Row, Table, Written
from policygen.files.yamltree import check_characters
from policygen.ground.dates import long_date
from policygen.ground.diagnostics import Problems
from policygen.ground.wording import join_or, meant_or_known, nearest
from policygen.language.document import Document, Section
from policygen.model.people import StaffMember, by_person, same_person, turned
from policygen.register.ends import End, Superseded, Withdrawn
from policygen.register.records import (
    CorrectionEntry,
    EndorsementEntry,
    Entry,
    MinutesEntry,
    RenameEntry,
    SignaturesEntry,
    TakenBackEntry,
    VersionEntry,
    VersionRecord,
    WithdrawalEntry,
)

State = Literal["signed", "declined", "absent"]
How = Literal["", "paper", "elsewhere"]

PROBLEM = "problem"
HANDED_IN = Columns(
    ("name", "date"), ("role", "form", "state", "how", "note", "version", "code", PROBLEM)
)
_FILLED_IN = ("date", "state", "how", "note")
KEPT = Columns(("name", "role", "form", "date", "state", "how", "note"))


@dataclass(frozen=True, slots=True)
class Signature:
    """What one person did about one form of one version, on one day."""

    version: str
    name: str
    role: str
    """As it was then."""
    form: str
    """The name of the form."""
    date: datetime.date
    state: State = "signed"
    how: How = ""
    """On paper or elsewhere; empty where nobody said."""
    note: str = ""
    signed_as: str = ""
    """The name under which it was given, where the person has another one now; else empty."""


Staff = Mapping[str, Sequence[StaffMember]]
"""The rows of a list of staff, by person."""


@dataclass(frozen=True)
class Handed:
    """What a list of signatures is read against."""

    record: VersionRecord
    """Of the version that was signed."""
    end: End | None
    """How it ceased to be in force; None for the version in force."""
    document: Document
    staff: Sequence[StaffMember]
    as_of: datetime.date


def signed_forms(document: Document) -> tuple[Section, ...]:
    """The forms whose signatures a register keeps by name: those of staff, and of people who hold something."""
    return tuple(form for form in document.every_form if form.signed_by in {"staff", "holders"})


@dataclass(frozen=True)
class HandedIn:
    """What a list of signatures says."""

    signatures: tuple[Signature, ...]
    """In its order, with names and roles as the staff list has them."""
    blank: int
    """Rows of a list of ours that nobody has filled in yet."""
    left: tuple[Written, ...]
    """Rows with an error, as they stand."""
    table: Table


def read_rows_handed_in(
    content: bytes, path: str, handed: Handed, problems: Problems
) -> HandedIn | None:
    """What a file says, with every problem noted; None, with a problem, where it is not certain what its rows are."""
    table = read_table(content, path, HANDED_IN, problems)
    if table is None or table.named is None or not table.whole:
        return None
    found: dict[tuple[str, str, datetime.date], int] = {}
    signatures: list[Signature] = []
    blank: list[Row] = []
    rows: list[Row] = []
    for row in table.rows():
        is_blank = row.text("code") and not any(map(row.text, _FILLED_IN))
        (blank if is_blank else rows).append(row)
    _check_form_column(rows, handed.document)
    staff = {**by_person(handed.staff, turned), **by_person(handed.staff)}
    done = {row.first for row in blank}
    for row in rows:
        signature = _signature(row, handed, staff)
        if signature is None or not signature.form:
            continue
        key = same_person(signature.name), signature.form, signature.date
        if key in found:
            message = f"`{signature.name}` stands for the same form and day in line {found[key]}"
            row.note("bad-value", message, "keep one of the two", "name")
            continue
        found[key] = row.first
        signatures.append(signature)
        done.add(row.first)
    left = tuple(written for written in table.below if written.first not in done)
    return HandedIn(tuple(signatures), len(blank), left, table)


def rows_left(handed_in: HandedIn) -> list[tuple[str, ...]]:
    """The rows with an error as they stand, each with what is wrong, to be mended and handed in again."""
    _, names = handed_in.table.named or (0, ())
    columns = [index for index, name in enumerate(names) if name != PROBLEM]
    rows = [(*(names[index] for index in columns), PROBLEM)]
    for written in handed_in.left:
        cells = [*written.cells, *[""] * (len(names) - len(written.cells))]
        own = [cells[index] for index in columns] + cells[len(names) :]
        said = [
            ": ".join((each.message, *each.hints)) for each in handed_in.table.errors_of(written)
        ]
        rows.append((*own, "; ".join(said)))
    width = max(map(len, rows))
    return [(*row[:-1], *[""] * (width - len(row)), row[-1]) for row in rows]


def _check_form_column(rows: Sequence[Row], document: Document) -> None:
    """Note, once, a list without the column `form` of a version that has several forms."""
    names = [form.name for form in signed_forms(document)]
    if rows and "form" not in rows[0].columns and len(names) > 1:
        hint = f"add a column `form`, with {join_or(f'`{name}`' for name in names)} in each row"
        says = f"version {document.version} has several forms, and which was signed is not said"
        table = rows[0].file
        head = table.written[table.named[0]] if table.named else rows[0].written
        table.note("unknown-form", head, says, hint)


def kept(signatures: Sequence[Signature]) -> bytes:
    """The file that the register keeps of a list."""
    rows = (tuple(getattr(signature, name) for name in KEPT.names) for signature in signatures)
    return csv_text([KEPT.names, *rows]).encode()


def read_kept(text: str, path: str, version: str) -> tuple[Signature, ...]:
    """The signatures of a file that a register keeps. Raises ValueError where it is not as it was written."""
    problems = Problems()
    found = []
    clean = check_characters(text, path, problems)
    for row in csv_table(clean, path, KEPT, problems, str.strip).rows():
        date, state, how = row.day("date"), row.text("state"), row.text("how")
        if date is None or state not in get_args(State) or how not in get_args(How):
            raise ValueError(f"line {row.first} is no signature")
        name, role, form, note = map(row.text, ("name", "role", "form", "note"))
        found.append(Signature(version, name, role, form, date, state, how, note))  # type: ignore[arg-type]
    if problems.has_errors:
        raise ValueError("; ".join(each.message for each in problems))
    return tuple(found)


def new_ones(
    handed_in: Sequence[Signature], recorded: Lists, standing: Sequence[Signature]
) -> tuple[Signature, ...]:
    """Those that the register does not hold yet, word for word.

    One that was taken back is held: who hands in the same list again does not mean to give it anew.
    """
    known = {*chain.from_iterable(recorded.values())}
    known |= {replace(each, signed_as="") for each in standing}
    return tuple(each for each in handed_in if each not in known)


def taken_back(
    handed_in: Sequence[Signature], recorded: Lists, standing: Sequence[Signature]
) -> tuple[Signature, ...]:
    """Those that were recorded word for word, and that do not stand any more."""
    held = {*chain.from_iterable(recorded.values())}
    stand = {replace(each, signed_as="") for each in standing}
    stand |= {replace(each, name=each.signed_as or each.name, signed_as="") for each in standing}
    return tuple(each for each in handed_in if each in held and each not in stand)


Lists = Mapping[str, Sequence[Signature]]
"""The signatures of each list as it was recorded, by its file."""


def as_corrected(entries: Sequence[Entry], recorded: Lists) -> tuple[Signature, ...]:
    """The signatures that stand, in the order of recording: none that was taken back, each by the person's name now."""
    standing: list[Signature] = []
    for entry in entries:
        match entry:
            case SignaturesEntry():
                standing += recorded[entry.file]
            case TakenBackEntry():
                standing = [each for each in standing if not is_of(entry, each)]
            case RenameEntry():
                standing = [renamed(entry, each) for each in standing]
            case VersionEntry() | EndorsementEntry() | MinutesEntry():
                pass
            case WithdrawalEntry() | CorrectionEntry():
                pass
            case _:
                assert_never(entry)
    return tuple(standing)


def is_of(entry: TakenBackEntry, signature: Signature) -> bool:
    """Whether a signature is the one that was taken back."""
    person = same_person(signature.name) == same_person(entry.name)
    what = (signature.version, signature.form, signature.date)
    return person and what == (entry.version, entry.form, entry.date)


def renamed(entry: RenameEntry, signature: Signature) -> Signature:
    """A signature under the name that its person has now."""
    if same_person(signature.name) != same_person(entry.old):
        return signature
    given = signature.signed_as or signature.name
    back = same_person(given) == same_person(entry.new)
    return replace(signature, name=entry.new, signed_as="" if back else given)


# --- one row ----------------------------------------------------------------------------------------------------------


def _signature(row: Row, handed: Handed, staff: Staff) -> Signature | None:
    before = len(row.file.problems.errors)
    _check_version(row, handed.record)
    form = _form(row, handed.document)
    date = _date(row, handed)
    state = _word(row, "state", get_args(State)) or "signed"
    how = _word(row, "how", [each for each in get_args(How) if each])
    name, role = _person(row, staff, date)
    if len(row.file.problems.errors) > before or date is None:
        return None
    version = handed.record.version
    return Signature(version, name, role, form, date, state, how, row.text("note"))  # type: ignore[arg-type]


def _check_version(row: Row, record: VersionRecord) -> None:
    written = row.text("version")
    # Excel takes 1.0 for a number, and shows 1.
    if written and record.version not in (written, f"{written}.0"):
        message = f"this is a signature of version {written}, not of {record.version}"
        row.note(
            "unknown-version",
            message,
            f"record it by itself, with `--version {written}`",
            "version",
        )
    code = record.content.code
    if row.text("code") not in ("", code):
        says = f"this list was made for the text {row.text('code')}, not for {code}"
        hint = f"take the list of `policygen sign sheet` for version {record.version}"
        row.note("unknown-version", says, hint, "code")


def _form(row: Row, document: Document) -> str:
    """The name of the form; it may be left out where there is only one."""
    written, forms = row.text("form"), signed_forms(document)
    names = [form.name for form in forms]
    if not written and len(names) == 1:
        return names[0]
    if not written and "form" in row.columns:
        hint = f"write {join_or(f'`{name}`' for name in names)}"
        row.note("unknown-form", "which form was signed is not said", hint, "form")
    elif written and written not in names:
        others = {
            form.name: form.signed_by for form in document.every_form if form.name not in names
        }
        if written in others:
            hint = "keep the signed lists of pupils and parents with the pupils’ files"
            row.note(
                "unknown-form", f"what {others[written]} sign is not recorded by name", hint, "form"
            )
        else:
            what = f"version {document.version} has no form `{written}` that is signed by name"
            row.note("unknown-form", what, meant_or_known(written, names), "form")
    return written


def _date(row: Row, handed: Handed) -> datetime.date | None:
    before = len(row.file.problems.found)
    date = row.day("date")
    if date is None:
        if len(row.file.problems.found) == before:
            row.note(
                "csv-shape",
                "this signature has no date",
                "write the day on which it was given",
                "date",
            )
        return None
    record = handed.record
    if date < record.released:
        came = f"version {record.version} came into force, on {long_date(record.released)}"
        row.note(
            "signature-date",
            f"{long_date(date)} is before {came}",
            "correct the date, or the version of the command",
            "date",
        )
    elif date > handed.as_of:
        row.note(
            "signature-date", f"{long_date(date)} has not come yet", "correct the date", "date"
        )
    else:
        _check_ended(row, date, handed)
    return date


def _check_ended(row: Row, date: datetime.date, handed: Handed) -> None:
    """Warn of a signature of a day when the version was not in force any more."""
    end = handed.end
    if end is None or date < end.on:
        return
    match end:
        case Superseded():
            came = f"version {end.by} had come into force on {long_date(end.on)}"
            hint = f"record it with `--version {end.by}`, if that was signed"
        case Withdrawn():
            came = f"the policy had been withdrawn on {long_date(end.on)}"
            hint = "correct the date, if it was signed before that"
        case _:
            assert_never(end)
    message = f"{came}, and this is a signature of {handed.record.version}"
    row.note("signature-superseded", message, hint, "date")


def _word(row: Row, column: str, allowed: Sequence[str]) -> str:
    written = row.text(column).lower()
    if written and written not in allowed:
        hint = f"write {join_or(f'`{each}`' for each in allowed)}"
        row.note("bad-value", f"`{row.text(column)}` is no word for `{column}`", hint, column)
        return ""
    return written


def _person(row: Row, staff: Staff, date: datetime.date | None) -> tuple[str, str]:
    """Name and role as the staff list writes them; for somebody who is not on it, as the row does."""
    name, role = row.text("name"), row.text("role")
    if not name:
        row.note("csv-shape", "nobody is named here", "write the name, or take the row out", "name")
        return "", ""
    rows = staff.get(same_person(name)) or staff.get(same_person(turned(name)))
    if rows is None:
        _check_visitor(row, name, role, staff)
        return name, role
    there = [each for each in rows if date is None or not each.gone(date)]
    if not there and date is not None:
        message = f"`{name}` had left by {long_date(date)}"
        row.note("signature-date", message, "correct the date or the staff list", "date")
    member = (there or rows)[-1]
    if same_person(member.name) != same_person(name):
        says = f"`{name}` is taken for `{member.name}` of the staff list"
        row.note(
            "read-as", says, "write the name as that list has it, if somebody else is meant", "name"
        )
    return member.name, role or member.role


def _check_visitor(row: Row, name: str, role: str, staff: Staff) -> None:
    """Supply staff, volunteers and visitors need not be on the staff list, if their role says what they are."""
    members = list(chain.from_iterable(staff.values()))
    # Who is nearest takes work for each row, and only matters where somebody has that role.
    if role and not any(member.role == role for member in members):
        return
    near = nearest(name, list(dict.fromkeys(member.name for member in members)))
    if role and not any(member.name == near and member.role == role for member in members):
        return
    visitor = "for supply staff, volunteers and visitors write what they are under `role`"
    hint = visitor if near is None else f"did you mean `{near}`?"
    row.note("unknown-signer", f"`{name}` is not on the staff list", hint, "name")
