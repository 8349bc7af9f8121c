"""Reading a school's registers, and adding to one in a single step: the whole folder of a policy is exchanged."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from policygen.compare.form import with_pictures
from policygen.disk.reader import entries
from policygen.disk.writing import change, one_at_a_time
from policygen.ground import paths
from policygen.ground.diagnostics import Place, Problems
from policygen.language.document import Document, Image, walk
from policygen.language.stored import StoredClause, restored, stored_clauses
from policygen.register.records import (
    RegisterFile,
    SignaturesEntry,
    VersionEntry,
    VersionRecord,
    read_record,
    written_record,
)
from policygen.register.state import Register
from policygen.register.verifying import (
    DIGEST,
    DOCUMENT,
    LIST,
    VERSION,
    FrozenFolder,
    digest_file,
    picture_digests,
)


def register_path(school_id: str, policy_id: str) -> str:
    """The folder of a register in a workspace."""
    return paths.register_folder(school_id, policy_id)


def registered_policies(root: Path, school_id: str) -> tuple[str, ...]:
    """The policies of a school that have a register."""
    names = register_folders(root, school_id)
    return tuple(name for name in names if (root / register_path(school_id, name) / LIST).exists())


def read_register(
    root: Path, school_id: str, policy_id: str, problems: Problems
) -> Register | None:
    """A register; an empty one where nothing was approved yet; None, with a problem, where it cannot be read.

    Of its files only the list and the records of its versions are looked at here; `verify` looks at all of them.
    """
    folder = register_path(school_id, policy_id)
    if not (root / folder).exists():
        return Register(RegisterFile(school=school_id, policy=policy_id))
    path = f"{folder}/{LIST}"
    try:
        listed = (root / path).read_bytes()
        path = f"{folder}/{DIGEST}"
        digest = (root / path).read_bytes()
        path = f"{folder}/{LIST}"
        if digest != digest_file(listed):
            _refuse_bytes()
        file = read_record(listed.decode("utf-8"), RegisterFile)
        records = {}
        for entry in file.entries:
            if isinstance(entry, VersionEntry):
                path = f"{folder}/{entry.version}/{VERSION}"
                content = (root / path).read_bytes()
                _check_digest(content, entry.sha256)
                records[entry.version] = read_record(content.decode("utf-8"), VersionRecord)
    except (OSError, ValueError) as error:
        _note_damaged(path, error, problems)
        return None
    return Register(file, records)


def read_version_document(root: Path, record: VersionRecord, problems: Problems) -> Document | None:
    """The document of a registered version; None, with a problem, where it is not the one that was registered.

    Whatever is compared with a version is compared with what was approved, so its digest is looked at first.
    """
    try:
        document = restored(_registered(root, record, DOCUMENT).decode("utf-8"))
    except (OSError, ValueError) as error:
        _note_damaged(f"{_version_path(record)}/{DOCUMENT}", error, problems)
        return None
    pictures = [node for node in walk(document.parts) if isinstance(node, Image)]
    if all(picture.digest for picture in pictures) or paths.MANIFEST not in record.files:
        return document
    try:
        manifest = _registered(root, record, paths.MANIFEST)
    except (OSError, ValueError) as error:
        _note_damaged(f"{_version_path(record)}/{paths.MANIFEST}", error, problems)
        return None
    return with_pictures(document, picture_digests(document, manifest))


def read_version_clauses(
    root: Path, record: VersionRecord, problems: Problems
) -> tuple[StoredClause, ...]:
    """The clauses of a registered version, as words; none, with a problem, as `read_version_document`."""
    try:
        return stored_clauses(_registered(root, record, DOCUMENT).decode("utf-8"))
    except (OSError, ValueError) as error:
        _note_damaged(f"{_version_path(record)}/{DOCUMENT}", error, problems)
        return ()


def read_signatures(root: Path, register: Register, entry: SignaturesEntry) -> str:
    """A list of signatures. Raises OSError, and ValueError where it is not as it was recorded."""
    folder = register_path(register.file.school, register.file.policy)
    content = (root / folder / entry.file).read_bytes()
    _check_digest(content, entry.sha256)
    return content.decode("utf-8")


def _registered(root: Path, record: VersionRecord, name: str) -> bytes:
    """A file of a version. Raises OSError, and ValueError where it is not as it was registered."""
    content = (root / _version_path(record) / name).read_bytes()
    frozen = record.files.get(name)
    _check_digest(content, frozen.sha256 if frozen else "")
    return content


def _check_digest(content: bytes, sha256: str) -> None:
    if hashlib.sha256(content).hexdigest() != sha256:
        _refuse_bytes()


def _refuse_bytes() -> NoReturn:
    message = "these are not the bytes that were registered"
    raise ValueError(message)


def _version_path(record: VersionRecord) -> str:
    return paths.version_folder(record.school, record.policy, record.version)


def _note_damaged(path: str, error: OSError | ValueError, problems: Problems) -> None:
    reason = error.strerror if isinstance(error, OSError) else str(error)
    hint = "put the folder back as it was, from a backup or from version control"
    problems.add("register-damaged", f"the register cannot be read: {reason}", Place(path), hint)


@contextmanager
def one_register_at_a_time(root: Path) -> Iterator[None]:
    """Wait until nobody else adds to a register."""
    with one_at_a_time(root):
        yield


def write_register(root: Path, register: Register, files: Mapping[str, bytes]) -> None:
    """Make a register hold this list of entries and these new files, by path in its folder, in one step.

    Call it under `one_register_at_a_time`. Files that are there stay the same files; a path that is taken raises
    FileExistsError, and nothing was changed.
    """
    write_registers(root, [(register, files)])


def write_registers(root: Path, registers: Sequence[tuple[Register, Mapping[str, bytes]]]) -> None:
    """Write several registers, each of another policy, as `write_register` does, all in one step."""
    change(root, dict(_written(root, register, files) for register, files in registers))


def _written(
    root: Path, register: Register, files: Mapping[str, bytes]
) -> tuple[str, Mapping[str, bytes | Path]]:
    """The folder of a register, and all that it is to hold. Raises FileExistsError."""
    folder = register_path(register.file.school, register.file.policy)
    present = {path.relative_to(root / folder).as_posix(): path for path in _files(root / folder)}
    for added in files:
        if added in present:
            raise FileExistsError(added)
    written = written_record(register.file)
    digest = digest_file(written)
    return folder, {**present, **files, LIST: written, DIGEST: digest}


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def register_folders(root: Path, school_id: str) -> tuple[str, ...]:
    """What lies in the register of a school, in alphabetical order, whether it can be read or not."""
    present = entries(root, paths.registers_folder(school_id))
    return tuple(path.name for path in present if not path.name.startswith("."))


def read_frozen(root: Path, school_id: str, policy_id: str) -> FrozenFolder:
    """The folder of a register as it is, all of it from one moment."""
    path = register_path(school_id, policy_id)
    while True:
        files, strange = read_tree(root / path)
        now = root / path / LIST
        is_there = now.is_file() and not now.is_symlink()
        if (now.read_bytes() if is_there else None) == files.get(LIST):
            return FrozenFolder(school_id, policy_id, path, files, strange)


def linked(root: Path, path: str) -> str:
    """The first part of a path in the workspace that is a link, so that it leads elsewhere; empty where none is."""
    parts = path.split("/")
    on_the_way = ("/".join(parts[: index + 1]) for index in range(len(parts)))
    return next((each for each in on_the_way if (root / each).is_symlink()), "")


def read_tree(folder: Path) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """The bytes of each file below a folder, by path in it, and the paths of what is neither file nor folder."""
    files: dict[str, bytes] = {}
    strange = []
    for where, folders, names in os.walk(folder):
        for name in sorted((*folders, *names)):
            path = Path(where) / name
            within = path.relative_to(folder).as_posix()
            if path.is_symlink() or not (path.is_file() or path.is_dir()):
                strange.append(within)
            elif path.is_file():
                files[within] = path.read_bytes()
    return files, tuple(strange)
