"""Reading files below one folder: each once, its bytes noted by digest, and nothing outside, whatever a file says."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TypeVar

from policygen.disk.pictures import as_shown, picture_fault
from policygen.disk.system import system_says
from policygen.files.fields import FileModel
from policygen.files.text import text_of
from policygen.files.yamlfile import Located, read_yaml
from policygen.ground.diagnostics import Place, Problems, stage
from policygen.ground.letters import nfc
from policygen.ground.limits import FILE_BYTES
from policygen.language.source import Source, source

M = TypeVar("M", bound=FileModel)

_to_be: ContextVar[Mapping[Path, bytes]] = ContextVar("_to_be")
"""What files are to hold that are still to be written."""


@contextmanager
def as_it_will_be(root: Path, changes: Mapping[str, bytes]) -> Iterator[None]:
    """Read files below `root`, by path, as if they were written already."""
    token = _to_be.set({root.resolve() / path: content for path, content in changes.items()})
    try:
        yield
    finally:
        _to_be.reset(token)


def content_of(path: Path) -> bytes:
    """The bytes of a file as it is, or is to be. Raises OSError, also for one that never ends or fills the memory."""
    content = _to_be.get({}).get(path)
    if content is not None:
        return content
    said = path.stat()
    if said.st_size > FILE_BYTES:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), str(path))
    if not stat.S_ISREG(said.st_mode) and not stat.S_ISDIR(said.st_mode):
        raise OSError(errno.EINVAL, "this is a pipe or device, and no file", str(path))
    return path.read_bytes()


def entries(root: Path, folder: str) -> tuple[Path, ...]:
    """What lies in a folder of a workspace, by name; nothing where there is no such folder.

    Raises InputError where the system does not open it.
    """
    # `Path.glob` takes a folder that cannot be opened for an empty one; a full build would then remove, as withdrawn,
    # everything that it had made of what stands there.
    try:
        return tuple(sorted((root / folder).iterdir()))
    except (FileNotFoundError, NotADirectoryError):
        return ()
    except OSError as error:
        with stage() as problems:
            _note_unreadable(problems, folder, Place(folder), error)
        return ()


def printable(name: str) -> str:
    """A name as it can be printed: bytes in it that are not UTF-8 become U+FFFD."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _note_unreadable(
    problems: Problems, name: str, place: Place, error: OSError | RuntimeError
) -> None:
    problems.add("file-unreadable", f"`{name}` cannot be opened: {system_says(error)}", place)


class Reader:
    """Reads files below one root, noting problems and the digest of each file."""

    def __init__(self, root: Path, problems: Problems) -> None:
        self.root = root.resolve()
        self.problems = problems
        self.inputs: dict[str, str] = {}
        self.texts: dict[str, Source] = {}

    def path(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()

    def content(self, path: Path, asked: Place | None = None, hint: str = "") -> bytes | None:
        """The bytes of a file of this workspace; None, with a problem, where there are none.

        `hint` is what to do about a file that is not there.
        """
        place, name = asked or Place(self.path(path)), self.path(path)
        shown = printable(name)
        if shown != name:
            # Such a name can be printed nowhere, and no record could hold it.
            says = "the name of this file is not UTF-8"
            self.problems.add("file-encoding", says, Place(shown), "give it another name")
            return None
        try:
            if not path.resolve().is_relative_to(self.root):
                copy = "copy the file here, in place of the link"
                self.problems.add(
                    "outside-workspace", f"`{name}` leads out of the workspace", place, copy
                )
                return None
            content = content_of(path)
        except FileNotFoundError:
            self.problems.add("file-missing", f"there is no file `{name}`", place, hint)
            return None
        except (OSError, RuntimeError) as error:
            _note_unreadable(self.problems, name, place, error)
            return None
        self.inputs[self.path(path)] = hashlib.sha256(content).hexdigest()
        return content

    def text(
        self, path: Path, asked: Place | None = None, hint: str = "", *, frozen: bool = False
    ) -> str | None:
        """The text of a UTF-8 file; None, with a problem, where it is missing, empty or holds what cannot print.

        Its letters are composed, unless it is `frozen`.
        """
        content, name = self.content(path, asked, hint), self.path(path)
        if content is None:
            return None
        noted = Problems()
        text = text_of(content, name, noted, frozen=frozen)
        self.problems.extend(noted)
        if text is None:
            return None
        self.texts[name] = source(text, name)
        return None if noted.has_errors else text

    def model(self, path: Path, model: type[M], hint: str = "") -> Located[M] | None:
        """What a YAML file says; None, with a problem, where it cannot be read."""
        text = self.text(path, hint=hint)
        if text is None:
            return None
        return read_yaml(text, self.path(path), model, self.problems)

    def source(self, path: Path, asked: Place | None = None, hint: str = "") -> Source | None:
        text = self.text(path, asked, hint)
        return None if text is None else source(text, self.path(path))

    def picture(self, path: Path, asked: Place) -> bytes | None:
        """A picture of a kind that every browser shows, without what was noted in its file."""
        stored = _stored(path)
        if stored is None:
            self.problems.add("image-missing", f"there is no picture `{self.path(path)}`", asked)
            return None
        content = self.content(stored, asked)
        fault = "" if content is None else picture_fault(path.suffix.lower(), content)
        if fault:
            hint = "use an SVG, PNG or JPEG file that opens in a browser"
            self.problems.add("image-missing", f"`{self.path(path)}` {fault}", asked, hint)
            return None
        return None if content is None else as_shown(path.suffix.lower(), content)


def _stored(path: Path) -> Path | None:
    """A file under its name as the disk has it, which may hold decomposed letters; None where there is none."""
    if path.exists():
        return path
    beside = path.parent.glob("*")
    return next((other for other in beside if nfc(other.name) == nfc(path.name)), None)


def read_files(root: Path, folder: str, names: Iterable[str]) -> dict[str, bytes]:
    """The bytes of files below a folder, by name. Raises OSError, and ValueError for one outside the workspace."""
    within, found = (root / folder).resolve(), dict[str, bytes]()
    for name in names:
        path = (within / name).resolve()
        if not path.is_relative_to(root.resolve()):
            raise ValueError(name)
        found[name] = path.read_bytes()
    return found
