"""Whether a register is what was written: its chain of entries, and every byte that was frozen."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import assert_never

from policygen.compose.digest import content_code, content_digest, content_digests
from policygen.ground import paths
from policygen.ground.diagnostics import Place, Problems
from policygen.ground.wording import count
from policygen.language.document import Document, Image, walk
from policygen.language.stored import NotADocumentError, restored
from policygen.model.adoption import version_order
from policygen.register.corrections import undoes
from policygen.register.records import (
    CorrectionEntry,
    EndorsementEntry,
    Entry,
    FrozenFile,
    MinutesEntry,
    RegisterFile,
    RenameEntry,
    SignaturesEntry,
    TakenBackEntry,
    VersionEntry,
    VersionRecord,
    WithdrawalEntry,
    digest_of,
    read_record,
)
from policygen.register.state import Register, last_decided

LIST = "register.json"
DIGEST = "register.sha256"
VERSION = "version.json"
DOCUMENT = "document.json"
_BACK = "put it back as it was, from a backup or from version control"
_AFTER_ITS_VERSION = MinutesEntry | SignaturesEntry | TakenBackEntry
"""Entries that are about a version that is registered. A first body decides before, and that may be corrected, too."""
_PICTURE = re.compile(rb"data:image/[\w+.-]+;base64,([A-Za-z0-9+/=]+)")


@dataclass(frozen=True)
class FrozenFolder:
    """The folder of a register with every byte in it."""

    school: str
    policy: str
    path: str
    """In the workspace."""
    files: Mapping[str, bytes]
    """By path in the folder."""
    strange: tuple[str, ...] = ()
    """Paths of what is neither a file nor a folder, such as links."""

    def place(self, file: str, line: int = 0) -> Place:
        """A place in one of its files."""
        return Place(f"{self.path}/{file}", line)


@dataclass(frozen=True)
class Frozen:
    """One frozen file of a sound register."""

    register: Register
    record: VersionRecord
    path: str
    """In the folder of its version."""


def check_register(folder: FrozenFolder, problems: Problems) -> Register | None:
    """Compare a register with its own digests and note everything that is not as it was written.

    Returns what it says, without versions whose record cannot be read, or None where its list cannot be.
    """
    for path in folder.strange:
        problems.add(
            "register-unlisted",
            "this is neither a file nor a folder",
            folder.place(path),
            "take it away",
        )
    file = _list(folder, problems)
    if file is None:
        return None
    _check_chain(folder, file, problems)
    records = _records(folder, file, problems)
    whole = {each.version for each in file.entries if isinstance(each, VersionEntry)} == set(
        records
    )
    read = (
        each
        for each in file.entries
        if not isinstance(each, VersionEntry) or each.version in records
    )
    register = Register(file.model_copy(update={"entries": (*read,)}), records)
    # A day that was corrected is the one that has to be in order.
    _check_order(folder, register.records, problems, whole=whole)
    _check_withdrawals(folder, register, problems)
    for record in records.values():
        _check_files(folder, record, problems)
        _check_content(folder, record, problems)
    for entry in file.entries:
        if isinstance(entry, SignaturesEntry):
            _check_digest(folder, entry.file, entry.sha256, problems)
    _check_unlisted(folder, file, records, problems)
    return register


def digest_file(listed: bytes) -> bytes:
    """What register.sha256 holds beside a list of entries."""
    return f"{hashlib.sha256(listed).hexdigest()}  {LIST}\n".encode()


def register_code(register: Register) -> str:
    """A short code of all that a register holds: two registers with the same code are the same, entry by entry."""
    if not register.file.entries:
        return ""
    return content_code(register.next_link)


def register_codes(register: Register) -> tuple[str, ...]:
    """Every code that a register has had, oldest first: one after each of its entries."""
    return tuple(content_code(digest_of(entry)) for entry in register.file.entries)


def frozen_by_digest(register: Register) -> dict[str, Frozen]:
    """Every frozen file of a register by its SHA-256; of equal files the one of the latest version."""
    return {
        file.sha256: Frozen(register, record, path)
        for record in register.versions
        for path, file in record.files.items()
    }


# --- the list of entries --------------------------------------------------------------------------------------------


def _list(folder: FrozenFolder, problems: Problems) -> RegisterFile | None:
    """What register.json says; None, with a problem, where that cannot be known."""
    content = folder.files.get(LIST)
    if content is None:
        _missing(folder, LIST, problems)
        return None
    written = folder.files.get(DIGEST)
    if written is None:
        _missing(folder, DIGEST, problems)
    elif written != digest_file(content):
        problems.add(
            "register-damaged",
            f"`{DIGEST}` is not the digest of `{LIST}`",
            folder.place(LIST),
            _BACK,
        )
    try:
        file = read_record(content.decode(), RegisterFile)
    except ValueError as error:
        problems.add(
            "register-damaged", f"the register cannot be read: {error}", folder.place(LIST), _BACK
        )
        return None
    if (file.school, file.policy) != (folder.school, folder.policy):
        says = f"this is the register of `{file.school}/{file.policy}`"
        problems.add(
            "register-damaged",
            says,
            folder.place(LIST),
            f"put it into schools/{file.school}/register/",
        )
    return file


def _check_chain(folder: FrozenFolder, file: RegisterFile, problems: Problems) -> None:
    """Each entry has the digest of the one before it; what an entry is about stands before it."""
    previous, versions, withdrawn = "", list[str](), ""
    lines = [
        number for number, text in enumerate(folder.files[LIST].splitlines(), 1) if text == b"  {"
    ]
    for index, entry in enumerate(file.entries):
        place = folder.place(LIST, lines[index] if len(lines) == len(file.entries) else 0)
        if entry.previous != previous:
            says = f"entry {index + 1}, {_called(entry)}, does not follow from the one before it"
            problems.add("register-order", says, place, _BACK)
        if isinstance(entry, WithdrawalEntry):
            if [entry.version] != versions[-1:] or entry.version == withdrawn:
                says = f"entry {index + 1}, {_called(entry)}, is of a version that was not in force"
                problems.add("register-order", says, place, _BACK)
            withdrawn = entry.version
        if isinstance(entry, CorrectionEntry) and undoes(entry):
            withdrawn = ""
        if isinstance(entry, _AFTER_ITS_VERSION) and entry.version not in versions:
            says = f"entry {index + 1}, {_called(entry)}, comes before its version"
            problems.add("register-order", says, place, _BACK)
        if isinstance(entry, VersionEntry):
            if entry.version in versions:
                problems.add(
                    "register-order", f"version {entry.version} is entered twice", place, _BACK
                )
            versions.append(entry.version)
        previous = digest_of(entry)


def _called(entry: Entry) -> str:
    match entry:
        case VersionEntry():
            what = ""
        case EndorsementEntry():
            what = "the endorsement of "
        case MinutesEntry():
            what = "the minutes of "
        case SignaturesEntry():
            what = "the signatures for "
        case WithdrawalEntry():
            what = "the withdrawal of "
        case CorrectionEntry():
            what = "a correction of "
        case TakenBackEntry():
            what = "a signature taken back for "
        case RenameEntry():
            return f"the new name {entry.new}"
        case _:
            assert_never(entry)
    return f"{what}version {entry.version}"


# --- versions -------------------------------------------------------------------------------------------------------


def _records(
    folder: FrozenFolder, file: RegisterFile, problems: Problems
) -> dict[str, VersionRecord]:
    """The version.json of each version that has a readable one."""
    records = {}
    for entry in file.entries:
        if not isinstance(entry, VersionEntry) or entry.version in records:
            continue
        path = f"{entry.version}/{VERSION}"
        if not _check_digest(folder, path, entry.sha256, problems):
            continue
        try:
            record = read_record(folder.files[path].decode(), VersionRecord)
        except ValueError as error:
            problems.add(
                "register-damaged", f"it cannot be read: {error}", folder.place(path), _BACK
            )
            continue
        if (record.school, record.policy, record.version) != (
            folder.school,
            folder.policy,
            entry.version,
        ):
            says = f"this is version {record.version} of `{record.school}/{record.policy}`"
            problems.add("register-damaged", says, folder.place(path), _BACK)
            continue
        records[entry.version] = record
    return records


def _check_order(
    folder: FrozenFolder, records: Mapping[str, VersionRecord], problems: Problems, *, whole: bool
) -> None:
    """Versions rise, their days do not go back and, where every record can be read, each names the one before."""
    first = next(iter(records.values()), None)
    if first and whole and first.previous:
        _note_order(folder, first, "does not begin this register", problems)
    for earlier, later in pairwise(records.values()):
        before = hashlib.sha256(folder.files[f"{earlier.version}/{VERSION}"]).hexdigest()
        if whole and later.previous != before:
            _note_order(folder, later, f"does not follow from version {earlier.version}", problems)
        if version_order(later.version) <= version_order(earlier.version):
            _note_order(folder, later, f"stands after version {earlier.version}", problems)
        if later.released < earlier.released:
            _note_order(
                folder, later, f"has an earlier day than version {earlier.version}", problems
            )
    for record in records.values():
        if any(approval.date > record.released for approval in record.approvals):
            _note_order(folder, record, "is older than its approval", problems)


def _check_withdrawals(folder: FrozenFolder, register: Register, problems: Problems) -> None:
    """A version was in force before it was withdrawn, and the next one came into force after that."""
    for version, withdrawn in register.withdrawals.items():
        record = register.records.get(version)
        if record is None:
            continue
        decided = last_decided((*register.before(version), record))
        if decided is not None and withdrawn.entry.approval.date < decided.released:
            _note_order(folder, decided, "was withdrawn before it was in force", problems)
        later = register.successor(version)
        if later is not None and later.released < withdrawn.on:
            _note_order(folder, later, "is older than the withdrawal before it", problems)


def _note_order(folder: FrozenFolder, record: VersionRecord, says: str, problems: Problems) -> None:
    place = folder.place(f"{record.version}/{VERSION}")
    problems.add("register-order", f"version {record.version} {says}", place, _BACK)


def _check_files(folder: FrozenFolder, record: VersionRecord, problems: Problems) -> None:
    for name, frozen in record.files.items():
        _check_digest(folder, f"{record.version}/{name}", frozen, problems)
    for name in {DOCUMENT, *record.sealed} - set(record.files):
        place = folder.place(f"{record.version}/{VERSION}")
        problems.add("register-damaged", f"it does not list `{name}`", place, _BACK)


def _check_content(folder: FrozenFolder, record: VersionRecord, problems: Problems) -> None:
    """The document that was frozen has the content that was approved. Bytes that changed are told elsewhere."""
    path = f"{record.version}/{DOCUMENT}"
    content = folder.files.get(path)
    frozen = record.files.get(DOCUMENT)
    if content is None or frozen is None or hashlib.sha256(content).hexdigest() != frozen.sha256:
        return
    try:
        document = restored(content.decode())
    except (NotADocumentError, UnicodeDecodeError) as error:
        problems.add("register-damaged", f"it cannot be read: {error}", folder.place(path), _BACK)
        return
    if (document.school_id, document.policy_id, document.version) != (
        record.school,
        record.policy,
        record.version,
    ):
        says = f"this is version {document.version} of `{document.school_id}/{document.policy_id}`"
        problems.add("register-damaged", says, folder.place(path), _BACK)
    images = _images(folder, record, document)
    digest, frozen_content = record.content.digest, record.content
    if images is not None and digest not in content_digests(document, images):
        digest = content_digest(document, images)
    if (digest, content_code(digest)) != (frozen_content.digest, frozen_content.code):
        says = f"its content is {content_code(digest)}, and {record.content.code} was approved"
        problems.add("register-damaged", says, folder.place(path), _BACK)


def _images(
    folder: FrozenFolder, record: VersionRecord, document: Document
) -> dict[str, bytes] | None:
    """The pictures of a document, by path, as its frozen pages hold them; None where one cannot be told.

    The manifest has the digest of each picture that took part; pages hold the bytes.
    """
    if all(node.digest for node in walk(document.parts) if isinstance(node, Image)):
        return {}
    pages = [
        content for name, content in folder.files.items() if name.startswith(f"{record.version}/")
    ]
    found = (base64.b64decode(each) for page in pages for each in _PICTURE.findall(page))
    by_digest = {hashlib.sha256(picture).hexdigest(): picture for picture in found}
    digests = picture_digests(document, folder.files.get(f"{record.version}/{paths.MANIFEST}", b""))
    try:
        return {path: by_digest[digest] for path, digest in digests.items()}
    except KeyError:
        return None


def picture_digests(document: Document, manifest: bytes) -> dict[str, str]:
    """The digest of each picture of a document, by path, as its manifest has it; empty where that cannot be told."""
    pictures = {node.path: node.digest for node in walk(document.parts) if isinstance(node, Image)}
    if all(pictures.values()):
        return pictures
    try:
        inputs = json.loads(manifest)["inputs"]
        return {
            path: next(inputs[name] for name in inputs if f"/{name}".endswith(f"/{path}"))
            for path in pictures
        }
    except (KeyError, ValueError, TypeError, StopIteration):
        return dict.fromkeys(pictures, "")


# --- files ----------------------------------------------------------------------------------------------------------


def _check_digest(
    folder: FrozenFolder, path: str, said: FrozenFile | str, problems: Problems
) -> bool:
    """Note a file that is missing or changed; returns whether it is there. `said` is its digest, or size and digest."""
    content = folder.files.get(path)
    if content is None:
        _missing(folder, path, problems)
        return False
    digest = said if isinstance(said, str) else said.sha256
    size = len(content) if isinstance(said, str) else said.bytes
    if len(content) != size:
        says = f"it has {count(len(content), 'byte')}, and {count(size, 'byte')} were frozen"
        problems.add("register-damaged", says, folder.place(path), _BACK)
    elif hashlib.sha256(content).hexdigest() != digest:
        problems.add(
            "register-damaged",
            "its bytes are not those that were frozen",
            folder.place(path),
            _BACK,
        )
    return True


def _missing(folder: FrozenFolder, path: str, problems: Problems) -> None:
    problems.add(
        "register-missing", f"the frozen file `{path}` is not there", folder.place(path), _BACK
    )


def _check_unlisted(
    folder: FrozenFolder,
    file: RegisterFile,
    records: Mapping[str, VersionRecord],
    problems: Problems,
) -> None:
    """Note what nothing in the register knows; not below a version whose own list cannot be read."""
    known = {LIST, DIGEST, *_listed(file, records)}
    versions = (each.version for each in file.entries if not isinstance(each, RenameEntry))
    unread = tuple(f"{version}/" for version in versions if version not in records)
    for path in sorted(set(folder.files) - known):
        if not path.startswith(unread):
            says = "no version of this register lists this file"
            problems.add(
                "register-unlisted", says, folder.place(path), "move it out of the register"
            )


def _listed(file: RegisterFile, records: Mapping[str, VersionRecord]) -> Iterator[str]:
    for record in records.values():
        yield f"{record.version}/{VERSION}"
        yield from (f"{record.version}/{name}" for name in record.files)
    yield from (entry.file for entry in file.entries if isinstance(entry, SignaturesEntry))
