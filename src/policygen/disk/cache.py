"""What was made before, by the digest of all that it was made from, so that it need not be made again.

An entry begins with the digest of what follows. One that was damaged, or was being written when its command was ended,
is no entry: what it held is made again, and put in its place.
"""

from __future__ import annotations

import ctypes
import hashlib
import json
import os
import platform
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

_DAY = 24 * 60 * 60
_LIBRARIES = (("pango-1.0", "pango_version_string"), ("harfbuzz", "hb_version_string"))
"""What sets the type of a PDF and comes with the system, and what each calls its version."""
_FILE_NAMES = ("lib{}.so.0", "lib{}.0.dylib", "lib{}-0.dll")
"""How systems call such a library."""


@dataclass(frozen=True)
class Size:
    """How much a cache holds."""

    entries: int
    octets: int


class Cache:
    """Entries below one folder, which several machines may share."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def get(self, key: str) -> bytes | None:
        """What was put under a key; None where nothing was, or not whole."""
        path = self._path(key)
        if self._behind_a_link(path):
            return None
        try:
            digest, _, content = path.read_bytes().partition(b"\n")
        except OSError:
            return None
        if hashlib.sha256(content).hexdigest().encode() != digest:
            return None
        with suppress(OSError):  # who may only read it cannot say that it is in use
            os.utime(path)
        return content

    def put(self, key: str, content: bytes) -> None:
        """Keep something under a key. Where that cannot be done, nothing is lost but time."""
        path = self._path(key)
        if self._behind_a_link(path):
            return
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(hashlib.sha256(content).hexdigest().encode() + b"\n" + content)

    def size(self) -> Size:
        """How much it holds."""
        sizes = [path.stat().st_size for path in self._entries()]
        return Size(len(sizes), sum(sizes))

    def prune(self, days: int) -> Size:
        """Take away what nobody has used for so many days; 0 for everything. Says how much that was."""
        last = time.time() - days * _DAY
        gone = []
        for path in self._entries():
            said = path.stat()
            if said.st_mtime <= last:
                gone.append(said.st_size)
                path.unlink()
        return Size(len(gone), sum(gone))

    def _behind_a_link(self, path: Path) -> bool:
        """Whether a path leads elsewhere, where nothing is read or written."""
        return self.folder.is_symlink() or path.parent.is_symlink() or path.is_symlink()

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / key

    def _entries(self) -> Iterator[Path]:
        yield from (path for path in sorted(self.folder.glob("??/*")) if path.is_file())


def key_of(*parts: bytes | str) -> str:
    """The key of what is made from these parts, by this program, with these libraries."""
    digest = hashlib.sha256(program().encode())
    for part in parts:
        content = part.encode() if isinstance(part, str) else part
        digest.update(b"%d:" % len(content))
        digest.update(content)
    return digest.hexdigest()


@cache
def program() -> str:
    """A digest of all that takes part in making, apart from what is read: program, theme, fonts, libraries, Python."""
    digest = hashlib.sha256(
        json.dumps([platform.system(), platform.machine(), platform.python_version()]).encode()
    )
    # The folder of an installed package's metadata has its name and version; reading them all takes longer.
    installed = {path.name for each in sys.path for path in Path(each).glob("*.dist-info")}
    digest.update(json.dumps(sorted(installed)).encode())
    for name, says_version in _LIBRARIES:
        digest.update(_version_of(name, says_version))
    for name, file in _files(files("policygen"), ""):
        content = file.read_bytes()
        digest.update(f"{name}:{len(content)}:".encode())
        digest.update(content)
    return digest.hexdigest()


def _files(folder: Traversable, above: str) -> Iterator[tuple[str, Traversable]]:
    for each in sorted(folder.iterdir(), key=lambda each: each.name):
        if each.is_dir() and each.name != "__pycache__":
            yield from _files(each, f"{above}{each.name}/")
        elif each.is_file():
            yield f"{above}{each.name}", each


def _version_of(library: str, says_version: str) -> bytes:
    """The version of a library of the system; nothing where it is not there, so that no PDF is made either."""
    for file_name in _FILE_NAMES:
        with suppress(OSError, AttributeError):
            function = getattr(ctypes.CDLL(file_name.format(library)), says_version)
            function.restype = ctypes.c_char_p
            version: bytes = function()
            return version
    return b""
