"""Signing: sheets for an approved version, lists of signatures into the register, and who still has to sign."""

from __future__ import annotations

import datetime
import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path

from policygen.compare.comparison import Declared
from policygen.disk.editions import editions_between
from policygen.disk.reading import read_bytes_handed_in, read_class_lists, read_school, school_ids
from policygen.disk.registering import (
    one_register_at_a_time,
    read_register,
    read_signatures,
    read_version_document,
    register_path,
    registered_policies,
    write_register,
)
from policygen.disk.writing import change
from policygen.files.csvfile import csv_text
from policygen.files.excel import Sheet, is_excel, workbook
from policygen.ground import paths
from policygen.ground.diagnostics import Diagnostic, InputError, Place, Problems, in_order
from policygen.ground.telling import Tell, silent
from policygen.ground.wording import meant_or_known
from policygen.html.sheets import ClassList
from policygen.language.document import Document, Image, Text, rebuild
from policygen.model.edition_record import declared
from policygen.model.people import Pupil
from policygen.model.workspace import SchoolFiles
from policygen.products.sheets import Asked
from policygen.project.check import Selection, is_selected
from policygen.register.ends import End
from policygen.register.records import SignaturesEntry, VersionRecord
from policygen.register.signatures import (
    Handed,
    HandedIn,
    Lists,
    Signature,
    as_corrected,
    kept,
    new_ones,
    read_kept,
    read_rows_handed_in,
    rows_left,
    taken_back,
)
from policygen.register.signing import (
    Signing,
    Stand,
    Standing,
    forms_to_sign,
    outstanding,
    standings,
)
from policygen.register.state import Register, with_entry

_LEFT = "-not-recorded"
"""After the name of a list, for the rows that were not recorded."""
_DAMAGED_HINT = "put the folder back as it was, from a backup or from version control"


@dataclass(frozen=True)
class PolicySigning:
    """How everybody stands with the version of one policy that is in force."""

    school: str
    school_name: str
    policy: str
    record: VersionRecord
    standings: tuple[Standing, ...]
    no_staff: str = ""
    """Where the list of staff should stand, while nobody is on it and there is a form for staff."""

    @property
    def counts(self) -> Mapping[Stand, int]:
        """How many people and forms stand in each way."""
        return Counter(each.state for each in self.standings)

    @property
    def outstanding(self) -> tuple[Standing, ...]:
        """Those that must still be asked."""
        return tuple(each for each in self.standings if each.outstanding)


@dataclass(frozen=True)
class SheetsMade:
    """Sheets that were written."""

    folder: str
    """Below output/."""
    record: VersionRecord
    code: str
    asked: Mapping[str, Asked]
    address: str
    """Where the QR codes lead; empty where the school has no website, so that there are none."""
    end: End | None
    """How the version ceased to be in force; None for the one in force."""
    no_staff: str = ""
    """Where the list of staff should stand, while nobody is on it."""


@dataclass(frozen=True)
class Recorded:
    """What became of a list of signatures."""

    new: tuple[Signature, ...]
    known: int
    """Rows that the register had already, word for word."""
    taken_back: tuple[Signature, ...]
    """Rows that were recorded by mistake, as was said since; only with a note they are other ones."""
    file: str
    """In the workspace; empty where nothing was new, so that nothing was written."""
    counts: Mapping[str, int] = field(default_factory=dict)
    end: End | None = None
    """How the version that was signed ceased to be in force; None while it is."""
    told: tuple[Diagnostic, ...] = ()
    """Warnings, how things were read, and what is wrong with the rows that are left."""
    blank: int = 0
    """Rows that nobody has filled in yet."""
    left: int = 0
    """Rows with an error."""
    left_in: Path | None = None
    """The file that they were put into."""


def make_sheets(
    root: Path,
    output: Path,
    school_id: str,
    policy_id: str,
    version: str,
    as_of: datetime.date,
    tell: Tell = silent,
) -> SheetsMade:
    """Make and write the sheets of an approved version; of the one in force where `version` is empty.

    Raises InputError, having written nothing.
    """
    from policygen.html.labels import Stamp
    from policygen.products.sheets import Sheets, address_of, sheet_products
    from policygen.project.build import made_before, render_all, write_all

    problems = Problems()
    school, register = (
        _school(root, school_id, problems),
        _register(root, school_id, policy_id, problems),
    )
    pupils = read_class_lists(root, school_id, problems)
    record = _version(register, version, as_of, problems)
    signing = _signing(root, school, register, record, problems) if record else None
    if problems.has_errors or record is None or signing is None:
        raise InputError(in_order(problems))
    document, images = _with_pictures(root, signing.documents[record.version])
    address = address_of(school.file.value.site, policy_id, record.version)
    end = register.end(record.version)
    sheets = Sheets(
        document,
        Stamp("approved", record.content.code, end),
        images,
        _asked(signing, record.version, as_of),
        _classes(pupils),
        address,
        _inputs(root, school, register, record.version),
    )
    products = sheet_products(sheets)
    results = render_all([products], tell, making=made_before(output))
    write_all(output, [products], results)
    return SheetsMade(
        products.folder,
        record,
        record.content.code,
        sheets.asked,
        address,
        end,
        _no_staff(school),
    )


def record_signatures(
    root: Path,
    school_id: str,
    policy_id: str,
    version: str,
    path: Path,
    as_of: datetime.date,
    *,
    all_or_nothing: bool = False,
) -> Recorded:
    """Add the signatures of a list to the register. Rows that it has already are left out.

    Rows with an error are put into a file beside the list, unless nothing is to be recorded then. Raises InputError,
    having written nothing.
    """
    problems = Problems()
    content = read_bytes_handed_in(path, problems)
    if not _register(root, school_id, policy_id, problems).versions:
        _version(_register(root, school_id, policy_id, problems), version, as_of, problems)
        raise InputError(in_order(problems))
    with one_register_at_a_time(root):
        school, register = (
            _school(root, school_id, problems),
            _register(root, school_id, policy_id, problems),
        )
        record = _version(register, version, as_of, problems)
        signing = _signing(root, school, register, record, problems) if record else None
        if content is None or record is None or signing is None:
            raise InputError(in_order(problems))
        end = register.end(record.version)
        document = signing.documents[record.version]
        handed = Handed(record, end, document, school.staff, as_of)
        problems.stop()
        handed_in = read_rows_handed_in(content, str(path), handed, problems)
        if handed_in is None or all_or_nothing or not handed_in.signatures:
            problems.stop()
        handed_in = problems.needed(handed_in) if handed_in is None else handed_in
        signatures = handed_in.signatures
        left = _set_aside(path, handed_in) if handed_in.left else None
        recorded = recorded_signatures(root, register, problems) or {}
        new = new_ones(signatures, recorded, signing.signatures)
        file = _write(root, register, record.version, new, as_of) if new else ""
        mistaken = taken_back(signatures, recorded, signing.signatures)
    known = len(signatures) - len(new) - len(mistaken)
    counts = Counter[str](signature.state for signature in new)
    return Recorded(
        new,
        known,
        mistaken,
        file,
        counts,
        end,
        in_order(problems),
        handed_in.blank,
        len(handed_in.left),
        left,
    )


def _set_aside(path: Path, handed_in: HandedIn) -> Path:
    """Write the rows with an error into a file beside the list, in the same form, over no other file."""
    rows = rows_left(handed_in)
    if is_excel(path.read_bytes()):
        content, ending = workbook(Sheet("Not recorded", rows)), ".xlsx"
    else:
        content, ending = csv_text(rows).encode(), ".csv"
    for number in count(1):
        name = f"{path.stem}{_LEFT}{f'-{number}' if number > 1 else ''}{ending}"
        beside = path.with_name(name)
        if not beside.exists() or beside.read_bytes() == content:
            break
    change(path.parent, {name: content})
    return beside


def signing_status(
    root: Path, selections: Sequence[Selection], as_of: datetime.date
) -> tuple[PolicySigning, ...]:
    """Who has to sign what, for every selected policy that has a version in force. Raises InputError."""
    problems = Problems()
    found = []
    for school_id in school_ids(root):
        policies = [
            policy_id
            for policy_id in registered_policies(root, school_id)
            if is_selected(selections, school_id, policy_id)
        ]
        school = read_school(root, school_id, lambda _: False, problems) if policies else None
        if school is None:
            continue
        found += [
            _policy_signing(root, school, policy_id, as_of, problems) for policy_id in policies
        ]
    problems.stop()
    return tuple(filter(None, found))


def _policy_signing(
    root: Path, school: SchoolFiles, policy_id: str, as_of: datetime.date, problems: Problems
) -> PolicySigning | None:
    """How everybody stands with one policy; None where no version is in force, or with a problem."""
    register = read_register(root, school.school_id, policy_id, problems)
    record = register.in_force(as_of) if register else None
    if register is None or record is None:
        return None
    signing = _signing(root, school, register, record, problems)
    if signing is None:
        return None
    needs_staff = forms_to_sign(signing.documents[record.version])
    return PolicySigning(
        school.school_id,
        school.file.value.name,
        policy_id,
        record,
        standings(signing, record.version, as_of),
        _no_staff(school) if needs_staff else "",
    )


def people_to_sign(
    root: Path, school: SchoolFiles, register: Register, as_of: datetime.date, problems: Problems
) -> tuple[str, ...]:
    """The names of those who still have to sign the version in force, each once, in the order of the staff list."""
    record = register.in_force(as_of)
    signing = _signing(root, school, register, record, problems) if record else None
    return (
        tuple(dict.fromkeys(each.name for each in outstanding(signing, as_of))) if signing else ()
    )


# --- reading ----------------------------------------------------------------------------------------------------------


def _school(root: Path, school_id: str, problems: Problems) -> SchoolFiles:
    """The facts and staff list of a school. Raises InputError where there is no such school or it cannot be read."""
    known = school_ids(root)
    if school_id not in known:
        problems.add(
            "unknown-school",
            f"there is no school `{school_id}`",
            None,
            meant_or_known(school_id, known),
        )
        raise InputError(in_order(problems))
    school = read_school(root, school_id, lambda _: False, problems)
    if school is None:
        raise InputError(in_order(problems))
    return school


def _no_staff(school: SchoolFiles) -> str:
    """Where the list of staff should stand, while nobody is on it; else empty."""
    return "" if school.staff else paths.staff_file(school.school_id)


def _register(root: Path, school_id: str, policy_id: str, problems: Problems) -> Register:
    """A register, which may be empty. Raises InputError where it cannot be read."""
    register = read_register(root, school_id, policy_id, problems)
    if register is None:
        raise InputError(in_order(problems))
    return register


def _version(
    register: Register, version: str, as_of: datetime.date, problems: Problems
) -> VersionRecord | None:
    """The version asked for, or the one in force; None, with a problem, where there is none."""
    where, known = f"{register.file.school}/{register.file.policy}", list(register.records)
    found = register.named(version) if version else register.in_force(as_of)
    withdrawn = register.until(as_of).withdrawn
    if found is None and not version and withdrawn:
        message = f"`{where}` is not in force: {withdrawn.said}"
        hint = "nobody has to sign it; name a `--version` for a sheet of what was in force"
        problems.add("policy-withdrawn", message, None, hint)
    elif found is None:
        message = f"`{where}` has no approved version{f' {version}' if version else ''}"
        hint = (
            meant_or_known(version, known)
            if version and known
            else "have it approved first: `policygen approve`"
        )
        problems.add("unknown-version", message, None, hint)
    return found


def _signing(
    root: Path, school: SchoolFiles, register: Register, record: VersionRecord, problems: Problems
) -> Signing | None:
    """All that tells who has to sign a version; None, with a problem, where the register is damaged."""
    policy_id = register.file.policy
    recorded = recorded_signatures(root, register, problems)
    if recorded is None:
        return None
    signatures = as_corrected(register.file.entries, recorded)
    documents: dict[str, Document] = {}
    for version in dict.fromkeys((record.version, *(signed.version for signed in signatures))):
        document = read_version_document(root, register.records[version], problems)
        if document is None:
            return None
        documents[version] = document
    told = {
        version: _declared(root, policy_id, old, documents[record.version], problems)
        for version, old in documents.items()
    }
    return Signing(register, documents, signatures, school.staff, told)


def recorded_signatures(root: Path, register: Register, problems: Problems) -> Lists | None:
    """The lists of signatures of a register; None, with a problem, where one is not as it was recorded."""
    folder = register_path(register.file.school, register.file.policy)
    path = folder
    recorded = {}
    try:
        for entry in register.signatures:
            path = f"{folder}/{entry.file}"
            text = read_signatures(root, register, entry)
            recorded[entry.file] = read_kept(text, path, entry.version)
    except (OSError, ValueError) as error:
        says = error.strerror if isinstance(error, OSError) else str(error)
        problems.add(
            "register-damaged", f"the register cannot be read: {says}", Place(path), _DAMAGED_HINT
        )
        return None
    return recorded


def _declared(
    root: Path, policy_id: str, signed: Document, now: Document, problems: Problems
) -> Declared:
    """What the editions between two versions declare."""
    if signed.edition == now.edition:
        return Declared()
    return declared(editions_between(root, policy_id, signed.edition, now.edition, problems))


# --- writing ----------------------------------------------------------------------------------------------------------


def _write(
    root: Path, register: Register, version: str, new: Sequence[Signature], as_of: datetime.date
) -> str:
    content = kept(new)
    name = f"signatures/{len(register.signatures) + 1:04}.csv"
    digest = hashlib.sha256(content).hexdigest()
    entry = SignaturesEntry(version=version, file=name, sha256=digest, recorded=as_of, previous="")
    write_register(root, with_entry(register, entry), {name: content})
    return f"{register_path(register.file.school, register.file.policy)}/{name}"


def _asked(signing: Signing, version: str, as_of: datetime.date) -> dict[str, Asked]:
    """For each form for staff, who still has to sign it, and how many need not."""
    from policygen.html.sheets import StaffRow
    from policygen.products.sheets import Asked

    asked = {}
    found = standings(signing, version, as_of)
    for form in forms_to_sign(signing.documents[version]):
        mine = [each for each in found if each.form == form.name]
        rows = tuple(
            StaffRow(each.name, each.role)
            for each in mine
            if each.outstanding or each.state == "to-start"
        )
        asked[form.name] = Asked(rows, sum(each.state == "signed" for each in mine))
    return asked


def _classes(pupils: Sequence[Pupil]) -> tuple[ClassList, ...]:
    """The pupils by class, in the order of the file."""
    from policygen.html.sheets import ClassList

    names = dict.fromkeys(pupil.group for pupil in pupils)
    return tuple(
        ClassList(name, tuple(each.name for each in pupils if each.group == name)) for name in names
    )


def _with_pictures(root: Path, document: Document) -> tuple[Document, dict[str, bytes]]:
    """The document with the logo as it is now; other pictures, which a sheet does not need, by their words."""
    logo = document.branding.logo
    within = (
        bool(logo)
        and (root / logo).resolve().is_relative_to(root.resolve())
        and (root / logo).is_file()
    )
    branding = document.branding if within else replace(document.branding, logo="")

    def worded(node: object) -> object:
        return Text(node.alt) if isinstance(node, Image) else node

    forms = tuple(rebuild(form, worded) for form in document.forms)
    appendices = tuple(rebuild(part, worded) for part in document.appendices)
    return replace(document, forms=forms, appendices=appendices, branding=branding), {
        logo: (root / logo).read_bytes()
    } if within else {}


def _inputs(root: Path, school: SchoolFiles, register: Register, version: str) -> dict[str, str]:
    """SHA-256 of the files that the sheets are made of, by path."""
    folder = register_path(register.file.school, register.file.policy)
    pupils = paths.forms_of_list(paths.pupils_file(school.school_id))
    made_of = [f"{folder}/{version}/document.json", *pupils]
    made_of += [f"{folder}/{entry.file}" for entry in register.signatures]
    inputs = dict(school.inputs)
    for path in made_of:
        if (root / path).is_file():
            inputs[path] = hashlib.sha256((root / path).read_bytes()).hexdigest()
    return inputs
