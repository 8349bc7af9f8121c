"""Putting things on disk: all that a command changes appears at once or not at all, whatever ends it meanwhile.

Everything is first made beside its place, in a staging folder, and written through to the disk. Then a list of what is
to change places with what is put there, in one step: that decides. What was decided is done by this command or, if that
is ended, by the next one; what was not is cleared away.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import json
import os
import re
import shutil
import stat
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from policygen.disk.alone import alone, is_free
from policygen.disk.system import system_says
from policygen.ground import paths
from policygen.ground.diagnostics import Diagnostic, Place

Content = bytes | Mapping[str, "bytes | Path"] | None
"""What a path is to hold: a file, a folder with exactly these files, or nothing. A Path is a file that stays."""

_BUILT = re.compile(r"drafts/.+|packs/circulars/.+|packs/[^/]+/[^/]+(/sheets-draft)?")
"""The folders that a build makes; what other commands make stays until they make it anew."""
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
STAGING = ".policygen-staging"
"""Where things are made before they take their places."""
_STAGING_OF_WORKSPACE = f"{STAGING}-of-workspace"
"""In output/, for a change of the whole workspace: output/ may lie on another disk, and has a staging of its own."""
_DECIDED = "decided.json"
_ASIDE = ".old"
kept: list[str] = []
"""What this process has changed so far, by path, for whoever ends it before it is done."""
_REMEDIES = {
    errno.ENOSPC: "make room on the disk, then run the command again",
    errno.EDQUOT: "make room on the disk, then run the command again",
    errno.EACCES: "whoever runs this needs leave to read and write there",
    errno.EPERM: "whoever runs this needs leave to read and write there",
    errno.EROFS: "nothing can be written there: choose another folder",
    errno.EEXIST: "a file stands where a folder is needed: move it",
    errno.ENOTDIR: "a file stands where a folder is needed: move it",
    errno.ELOOP: "put a folder in its place: nothing is written or taken away behind a link",
    errno.EMFILE: "close other programs, or let this one open more files (`ulimit -n`)",
}
"""What to do, by the number of what the system says."""


@dataclass(frozen=True)
class _Move:
    """One path that changes: what was made for it and what stands there change places."""

    path: str
    staged: str
    new: str
    """By what the new content is known again, once it has its place; empty where there is to be nothing."""
    old: str
    """By what the old content is known; empty where there was nothing."""
    made: tuple[str, ...]
    """Folders above it that have to be made, the outermost first."""


@contextmanager
def one_at_a_time(base: Path, waits: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Wait until nobody else writes below a folder, and finish or clear away what a command left that was ended."""
    base.mkdir(parents=True, exist_ok=True)
    with alone(base, waits):
        _recover(base)
        yield


def finish(base: Path) -> None:
    """Finish or clear away what an ended command left, unless one is at work that will do so."""
    output = base / paths.OUTPUT
    left = (base / STAGING, output / STAGING, output / _STAGING_OF_WORKSPACE)
    if any(each.exists() for each in left) and is_free(base):
        with one_at_a_time(base):
            if output.is_dir():
                with one_at_a_time(output):
                    pass


def change(base: Path, changes: Mapping[str, Content]) -> None:
    """Make every one of these paths below `base` hold what it is to hold, or none of them.

    What holds it already is left alone. Raises OSError where that cannot be done; nothing has changed then.
    """
    if not changes:
        return
    with one_at_a_time(base):
        new = {path: each for path, each in changes.items() if not _stands(base, path, each)}
        if not new:
            return
        try:
            moves = [_staged(base, path, content) for path, content in new.items()]
            _decide(base, moves)
        except BaseException:
            _clear(base)
            raise
        try:
            _carry_out(base, moves)
        except KeyboardInterrupt:
            _carry_out(base, moves)
            raise
        finally:
            kept.extend(
                str(base / move.path) for move in moves if _mark(base / move.path) == move.new
            )


def write_folder(output: Path, folder: str, files: Mapping[str, bytes]) -> bool:
    """Make `output/folder` hold exactly these files, in one step. Returns whether anything changed.

    Whoever reads meanwhile sees the old folder or the new one.
    """
    return bool(write_folders(output, {folder: files}))


def write_folders(
    output: Path, folders: Mapping[str, Mapping[str, bytes]], removed: Collection[str] = ()
) -> set[str]:
    """Make each of these folders below `output` hold exactly its files, and the others be gone, all in one step.

    Returns those that changed.
    """
    with one_at_a_time(output):
        new = {path: files for path, files in folders.items() if not _holds(output, path, files)}
        gone = [path for path in removed if (output / path).exists()]
        change(output, {**new, **dict.fromkeys(gone)})
    return {*new, *gone}


def other_folders(output: Path, folder: str, kept: Collection[str]) -> list[str]:
    """The folders of ours in `output/folder` that are not among `kept`."""
    return [
        f"{folder}/{path.name}"
        for path in sorted((output / folder).glob("*"))
        if path.is_dir() and path.name not in kept and _is_made(output, path)
    ]


def withdrawn(output: Path, folders: Collection[str], kept: Collection[str] = ()) -> list[str]:
    """Earlier drafts and packs that a full build no longer makes: nothing withdrawn is to lie about.

    What stands at or below `kept` stays.
    """
    found = []
    for manifest in sorted(output.glob(f"*/**/{paths.MANIFEST}")):
        folder = manifest.parent.relative_to(output).as_posix()
        if any(f"{folder}/".startswith(f"{each}/") for each in kept) or folder in folders:
            continue
        if _BUILT.fullmatch(folder) and _is_made(output, manifest.parent):
            found.append(folder)
    return [path for path in found if not any(path.startswith(f"{other}/") for other in found)]


def as_text(path: Path, text: str) -> bytes:
    """A text that people edit, as its file is to hold it: line ends and byte order mark stay as the file has them."""
    before = path.read_bytes() if path.exists() else b""
    content = text.replace("\n", "\r\n") if b"\r\n" in before else text
    return (b"\xef\xbb\xbf" if before.startswith(b"\xef\xbb\xbf") else b"") + content.encode()


def write_text(root: Path, path: str, text: str) -> None:
    """Make a file below `root` that people edit hold this text, in one step."""
    change(root, {path: as_text(root / path, text)})


# --- what is made first -----------------------------------------------------------------------------------------------


def _staging(base: Path, path: str) -> Path:
    """Where the new content of a path is made: on the disk on which it is to stand."""
    if path.startswith(f"{paths.OUTPUT}/"):
        return base / paths.OUTPUT / _STAGING_OF_WORKSPACE
    return base / STAGING


def _staged(base: Path, path: str, content: Content) -> _Move:
    """Make the new content of a path beside it, written through to the disk."""
    target = _target(base, path)
    path = target.relative_to(base).as_posix()
    staged = _staging(base, path) / path.replace("/", "%")
    for way in (path, staged.relative_to(base).as_posix()):
        if link := link_on_the_way(base, way):
            raise OSError(errno.ELOOP, "a link stands where a folder is needed", str(link))
    (base / STAGING).mkdir(exist_ok=True)
    staged.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, bytes):
        write_durably(staged, content)
        if target.exists():
            shutil.copymode(target, staged)
    elif content is not None:
        _stage_folder(staged, content)
    missing = [each for each in target.parents if not each.exists()]
    above = next(each for each in target.parents if each.exists())
    if above.stat().st_dev != staged.parent.stat().st_dev:
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV), str(target))
    if not above.is_dir() or not os.access(above, os.W_OK):
        number = errno.EACCES if above.is_dir() else errno.ENOTDIR
        raise OSError(number, os.strerror(number), str(above))
    made = tuple(each.relative_to(base).as_posix() for each in reversed(missing))
    return _Move(path, staged.relative_to(base).as_posix(), _mark(staged), _mark(target), made)


def link_on_the_way(base: Path, path: str) -> Path | None:
    """A folder above a path that is a link; None where there is none. `output/` as a whole may lie on another disk."""
    above = [
        base / each for each in Path(path).parents if each.as_posix() not in (".", paths.OUTPUT)
    ]
    return next((each for each in above if each.is_symlink()), None)


def _target(base: Path, path: str) -> Path:
    """Where a path leads: a link to a file inside `base` stays a link."""
    target = base / path
    if target.is_symlink() and target.is_file():
        real = target.resolve()
        if real.is_relative_to(base.resolve()):
            return base / real.relative_to(base.resolve())
    return target


def _stage_folder(staged: Path, files: Mapping[str, bytes | Path]) -> None:
    folders = {staged}
    staged.mkdir()
    for name, content in files.items():
        file = staged / name
        if not file.parent.is_dir():
            file.parent.mkdir(parents=True)
        folders |= {each for each in file.parents if each.is_relative_to(staged)}
        if isinstance(content, Path):
            _same_file(content, file)
        else:
            write_durably(file, content)
    for folder in folders:
        _sync(folder)


def _same_file(path: Path, copy: Path) -> None:
    try:
        os.link(path, copy)
    except OSError:  # a file system without links
        write_durably(copy, path.read_bytes())


def write_durably(path: Path, content: bytes) -> None:
    """Write a file, with its folder, through to the disk."""
    if not path.parent.is_dir():
        path.parent.mkdir(parents=True)
    try:
        with path.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        # The system says of a full disk that it is full, and not what was being written.
        error.filename = error.filename or str(path)
        raise


def _sync(folder: Path) -> None:
    """Write the names in a folder through to the disk."""
    if os.name == "nt":  # where no folder can be opened
        return
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    except OSError as error:
        error.filename = error.filename or str(folder)
        raise
    finally:
        os.close(opened)


def _mark(path: Path) -> str:
    """By what a file or folder is known again wherever it is moved; empty where there is none.

    A file that somebody has written since is another one.
    """
    try:
        said = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return ""
    if stat.S_ISDIR(said.st_mode):
        return str(said.st_ino)
    return f"{said.st_ino} {said.st_mtime_ns} {said.st_size}"


# --- what is decided --------------------------------------------------------------------------------------------------


def _decide(base: Path, moves: Collection[_Move]) -> None:
    """Put down what is to change. Once the list has its name, it is going to be done."""
    staging = base / STAGING
    for folder in {staging.parent, *((base / move.staged).parent for move in moves)}:
        _sync(folder)
    part = staging / f"{_DECIDED}.part"
    write_durably(part, json.dumps([asdict(move) for move in moves]).encode())
    _sync(base)
    part.rename(staging / _DECIDED)
    _sync(staging)


def _carry_out(base: Path, moves: Collection[_Move]) -> None:
    """Let each path and what was made for it change places; if one of them cannot, none does.

    Raises OSError where one could not.
    """
    try:
        for move in moves:
            _forward(base, move)
        _sync_places(base, moves)
    except OSError:
        for move in moves:
            _backward(base, move)
        _sync_places(base, moves)
        _clear(base)
        raise
    _clear(base)


def _sync_places(base: Path, moves: Collection[_Move]) -> None:
    places = {(base / move.path).parent for move in moves}
    places |= {(base / folder).parent for move in moves for folder in move.made}
    places |= {(base / move.staged).parent for move in moves}
    for folder in places:
        _sync(next(each for each in (folder, *folder.parents) if each.is_dir()))


def _is_done(base: Path, move: _Move) -> bool:
    """Whether a path has had its new content, whatever became of it since."""
    if move.new:
        return _mark(base / move.staged) != move.new
    return not _mark(base / move.path) or _mark(base / move.staged) == move.old


def _is_untouched(base: Path, move: _Move) -> bool:
    """Whether a path still has its old content, or we were ended between the two renames that put it aside."""
    if (base / _aside(move)).exists():
        return not _mark(base / move.path)
    return _mark(base / move.path) == move.old


def _aside(move: _Move) -> str:
    return f"{move.staged}{_ASIDE}"


def _forward(base: Path, move: _Move) -> None:
    target, staged = base / move.path, base / move.staged
    if link := link_on_the_way(base, move.path):  # put there since
        raise OSError(errno.ELOOP, "a link stands where a folder is needed", str(link))
    if not move.new:
        if not _is_done(base, move):
            target.rename(staged)
        _remove_empty(base, next(each for each in target.parents if each.is_dir()))
        return
    if _is_done(base, move):
        return
    for folder in move.made:
        (base / folder).mkdir(exist_ok=True)
    swap(staged, target)


def _remove_empty(base: Path, folder: Path) -> None:
    """Take away a folder below `base` that holds nothing any more, and those above it that then hold nothing."""
    while folder != base and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent


def _backward(base: Path, move: _Move) -> None:
    target, staged, aside = base / move.path, base / move.staged, base / _aside(move)
    # Where neither holds, nothing was done, or somebody has changed the path since: it stays as it is.
    was_put_aside = aside if aside.exists() else staged
    if not target.exists() and move.old and _mark(was_put_aside) == move.old:
        target.parent.mkdir(parents=True, exist_ok=True)
        was_put_aside.rename(target)
    elif move.new and _mark(target) == move.new:
        if move.old:
            swap(was_put_aside, target)
        else:
            target.rename(staged)
    for folder in reversed(move.made):
        with contextlib.suppress(OSError):  # not there, or not empty
            (base / folder).rmdir()


def _clear(base: Path) -> None:
    """Take away what was made or put aside; the list first, so that nothing in it is taken for undone."""
    with contextlib.suppress(OSError):  # what is left is cleared by the next command
        if (base / STAGING / _DECIDED).exists():
            (base / STAGING / _DECIDED).unlink()
            _sync(base / STAGING)
        for each in (base / paths.OUTPUT / _STAGING_OF_WORKSPACE, base / STAGING):
            if each.exists():
                shutil.rmtree(each)


def _recover(base: Path) -> None:
    """Do what an ended command had decided, and clear away what it had not.

    Where somebody has changed one of the paths since, nothing of it is done: what people write counts.
    """
    moves = _decided(base)
    left = [move for move in moves if not _is_done(base, move)]
    if all(_is_untouched(base, move) for move in left):
        _carry_out(base, moves)
        return
    for move in moves:
        _backward(base, move)
    _clear(base)


def _decided(base: Path) -> list[_Move]:
    """What an ended command had decided and may not have done; nothing of what could lie outside the folder."""
    try:
        listed = json.loads((base / STAGING / _DECIDED).read_bytes())
        moves = [_Move(**{**each, "made": tuple(each["made"])}) for each in listed]
    except (OSError, ValueError, TypeError, KeyError):
        return []
    named = [Path(path) for move in moves for path in (move.path, move.staged, *move.made)]
    sound = not any(
        path.is_absolute() or ".." in path.parts or link_on_the_way(base, path.as_posix())
        for path in named
    )
    return moves if sound and all(STAGING in move.staged for move in moves) else []


def swap(new: Path, target: Path) -> None:
    """Put `new` where `target` is, or will be; the old one is then at `new`, or beside it, or there was none.

    Atomic where the system can exchange two names (Linux); else two quick renames.
    """
    if not target.exists() and not target.is_symlink():
        new.rename(target)
        return
    # A folder cannot be renamed over one that holds something: between two renames there would be none for a moment.
    if _exchange(new, target):
        return
    aside = new.with_name(f"{new.name}{_ASIDE}")
    target.rename(aside)
    new.rename(target)


def _exchange(one: Path, other: Path) -> bool:
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError, TypeError):
        return False
    names = os.fsencode(one), os.fsencode(other)
    return bool(rename(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_EXCHANGE) == 0)


# --- what is ours ----------------------------------------------------------------------------------------------------


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


def _stands(base: Path, path: str, content: Content) -> bool:
    """Whether a path below a folder holds already what it is to hold, itself and not by a link."""
    if link_on_the_way(base, path) or (base / path).is_symlink():
        return False
    match content:
        case None:
            return not (base / path).exists()
        case bytes():
            return (base / path).is_file() and (base / path).read_bytes() == content
        case _:
            # A folder with files that stay is a register with one more entry: nobody need open what is frozen in it.
            stays = any(isinstance(each, Path) for each in content.values())
            return not stays and _holds(base, path, content)


def _holds(output: Path, path: str, files: Mapping[str, bytes | Path]) -> bool:
    folder = output / path
    if link_on_the_way(output, f"{path}/{paths.MANIFEST}") or not folder.is_dir():
        return False
    present = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    return present == set(files) and all(
        (folder / name).read_bytes() == content for name, content in files.items()
    )


# --- what the system refuses ------------------------------------------------------------------------------------------


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
    staging = [part for part in path.parts if part.startswith(STAGING)]
    if not staging:
        return path
    at = path.parts.index(staging[0])
    names = [name.replace("%", "/") for name in path.parts[at + 1 : at + 2]]
    above = path.parts[: at - 1] if staging[0] == _STAGING_OF_WORKSPACE else path.parts[:at]
    return Path(*above, *names, *path.parts[at + 2 :])
