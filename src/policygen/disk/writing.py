"""Putting outputs on disk: each folder appears whole or not at all, and two builds at once do not mix."""

from __future__ import annotations

import ctypes
import errno
import json
import os
import re
import shutil
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock

from policygen.disk.reader import system_says
from policygen.ground import paths
from policygen.ground.diagnostics import Diagnostic, Place

_BUILT = re.compile(r"drafts/.+|packs/circulars/.+|packs/[^/]+/[^/]+(/sheets-draft)?")
"""The folders that a build makes; what other commands make stays until they make it anew."""
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
_STAGING = ".staging"
"""Where a folder of output is made, before it takes the place of the old one."""
_REMEDIES = {
    errno.ENOSPC: "make room on the disk, then run the command again",
    errno.EDQUOT: "make room on the disk, then run the command again",
    errno.EACCES: "whoever runs this needs leave to read and write there",
    errno.EPERM: "whoever runs this needs leave to read and write there",
    errno.EROFS: "nothing can be written there: choose another folder",
    errno.EEXIST: "a file stands where a folder is needed: move it",
    errno.ENOTDIR: "a file stands where a folder is needed: move it",
    errno.EMFILE: "close other programs, or let this one open more files (`ulimit -n`)",
}
"""What to do, by the number of what the system says."""


@contextmanager
def one_at_a_time(output: Path) -> Iterator[None]:
    """Wait until no other build writes below `output`, and clear what a killed one left behind."""
    output.mkdir(parents=True, exist_ok=True)
    with FileLock(output / ".lock"):
        _recover(output)
        yield


def write_folder(output: Path, folder: str, files: Mapping[str, bytes]) -> bool:
    """Make `output/folder` hold exactly these files, in one step. Returns whether anything changed.

    Call it under `one_at_a_time`. Whoever reads meanwhile sees the old folder or the new one.
    """
    target = output / folder
    if _holds(target, files):
        return False
    staging = output / _STAGING / folder.replace("/", "%")
    shutil.rmtree(staging, ignore_errors=True)
    try:
        for name, content in files.items():
            write_durably(staging / name, content)
        target.parent.mkdir(parents=True, exist_ok=True)
        swap(staging, target)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return True


def remove_folder(output: Path, folder: str) -> bool:
    """Make `output/folder` be gone, in one step. Returns whether it was there. Call it under `one_at_a_time`."""
    target, staging = output / folder, output / _STAGING / folder.replace("/", "%")
    if not target.exists():
        return False
    staging.parent.mkdir(parents=True, exist_ok=True)
    target.rename(staging)
    shutil.rmtree(staging)
    return True


def remove_other_folders(output: Path, folder: str, kept: Collection[str]) -> None:
    """Remove the folders in `output/folder` that are not among `kept`. Call it under `one_at_a_time`."""
    for path in sorted((output / folder).glob("*")):
        if path.is_dir() and path.name not in kept and _is_made(output, path):
            remove_folder(output, f"{folder}/{path.name}")


def write_new_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Make a folder that is not there yet, with these files, in one step. Raises OSError where it is there."""
    staging = folder.parent.parent / f".new-{os.getpid()}"
    for name, content in files.items():
        write_durably(staging / name, content)
    try:
        staging.rename(folder)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def write_file(path: Path, content: bytes) -> None:
    """Make a file hold this content, in one step: whoever reads meanwhile sees the old file or the new one."""
    target = path.resolve()
    target.parent.mkdir(parents=True, exist_ok=True)
    staging = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        write_durably(staging, content)
        staging.replace(target)
    finally:
        staging.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """The same for a text that people edit: line ends and the byte order mark stay as the file has them."""
    before = path.read_bytes() if path.exists() else b""
    content = text.replace("\n", "\r\n") if b"\r\n" in before else text
    write_file(
        path, (b"\xef\xbb\xbf" if before.startswith(b"\xef\xbb\xbf") else b"") + content.encode()
    )


def remove_others(output: Path, folders: Collection[str]) -> None:
    """Remove earlier drafts and packs that a full build no longer makes, so that nothing withdrawn lies about."""
    for manifest in sorted(output.glob(f"*/**/{paths.MANIFEST}")):
        folder = manifest.parent.relative_to(output).as_posix()
        withdrawn = _BUILT.fullmatch(folder) and folder not in folders
        if withdrawn and _is_made(output, manifest.parent):
            shutil.rmtree(manifest.parent)
            for parent in manifest.parent.parents:
                if parent == output or any(parent.iterdir()):
                    break
                parent.rmdir()


def _is_made(output: Path, folder: Path) -> bool:
    """Whether a folder below `output` is one that we made, and not another's to which a link leads."""
    if folder.resolve() != output.resolve() / folder.relative_to(output):
        return False
    # The website of a school has its manifest one folder down, in `policies/`.
    return any(map(_is_manifest, (folder / paths.MANIFEST, *folder.glob(f"*/{paths.MANIFEST}"))))


def _is_manifest(path: Path) -> bool:
    try:
        manifest = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return False
    return isinstance(manifest, dict) and {"manifest", "outputs"} <= set(manifest)


def _holds(folder: Path, files: Mapping[str, bytes]) -> bool:
    if not folder.is_dir():
        return False
    present = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    return present == set(files) and all(
        (folder / name).read_bytes() == content for name, content in files.items()
    )


def write_durably(path: Path, content: bytes) -> None:
    """Write a file, with its folder, through to the disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        # The system says of a full disk that it is full, and not what was being written.
        error.filename = error.filename or str(path)
        raise


def refused(error: OSError) -> Diagnostic:
    """What the system would not do, as a problem of whoever owns the machine."""
    remedy = _REMEDIES.get(error.errno or 0)
    hints = (remedy,) if remedy else ()
    if not error.filename:
        return Diagnostic("file-refused", f"the system refuses: {system_says(error)}", None, hints)
    path = _meant(Path(os.fsdecode(error.filename)))
    here = Path.cwd()
    name = path.relative_to(here) if path.is_relative_to(here) else path
    says = f"`{name.as_posix()}` cannot be read or written: {system_says(error)}"
    return Diagnostic("file-refused", says, Place(name.as_posix()), hints)


def _meant(path: Path) -> Path:
    """Where a file was to stand that is made elsewhere first."""
    if _STAGING not in path.parts:
        return path
    at = path.parts.index(_STAGING)
    folder = path.parts[at + 1].replace("%", "/")
    return Path(*path.parts[:at], folder, *path.parts[at + 2 :])


def swap(new: Path, target: Path) -> None:
    """Put the folder `new` where `target` is, or will be; the old one is then at `new`, or gone.

    Atomic where the system can exchange two names (Linux); else two quick renames.
    """
    if not target.exists():
        new.rename(target)
        return
    # A folder cannot be renamed over one that holds something: between two renames there would be none for a moment.
    if _exchange(new, target):
        return
    old = new.with_name(new.name + ".old")
    shutil.rmtree(old, ignore_errors=True)
    target.rename(old)
    new.rename(target)
    shutil.rmtree(old, ignore_errors=True)


def _exchange(one: Path, other: Path) -> bool:
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError, TypeError):
        return False
    names = os.fsencode(one), os.fsencode(other)
    return bool(rename(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_EXCHANGE) == 0)


def _recover(output: Path) -> None:
    """Finish or undo what a build killed between two renames left, then clear its staging."""
    staging = output / ".staging"
    for old in staging.glob("*.old"):
        target = output / old.name.removesuffix(".old").replace("%", "/")
        if not target.exists():
            old.rename(target)
    shutil.rmtree(staging, ignore_errors=True)
