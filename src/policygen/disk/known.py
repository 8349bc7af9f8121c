"""The digest of each file below a folder, known without reading it while its size and times are as they were."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_SETTLED = 2_000_000_000
"""Nanoseconds until a file can be told, by its times, from the same file written again."""

State = list[int | str]
"""Size, times of content and of entry in nanoseconds, and number of a file, then the digest of its content."""


class _UnknownError(Exception):
    """A folder holds what cannot be told by size and times."""


class KnownFiles:
    """Digests by path, kept in a file between one command and the next."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._before = _read(file)
        self._now: dict[str, State] = {}
        self._asked: set[str] = set()
        """The folders at the top of which anything was asked for."""

    def digests(self, base: Path, *below: str) -> dict[str, str] | None:
        """SHA-256 of every file at or below these paths of `base`, by path; of a folder, whose path ends in /, none.

        None where that cannot be known: a link leads to a folder, or something is no file, or cannot be read.
        """
        self._asked.update(each.partition("/")[0] for each in below)
        try:
            return {
                name: self._digest(name, path) if path.is_file() else ""
                for each in below
                for name, path in _walk(base / each, each)
            }
        except (OSError, _UnknownError):
            return None

    def folders(self, base: Path, *below: str) -> dict[str, str] | None:
        """The same of folders that all have to be there; None where one is not."""
        if not all((base / each).is_dir() for each in below):
            return None
        return self.digests(base, *below)

    def save(self) -> None:
        """Keep what is known now. Where that cannot be done, files are read again next time."""
        others = {
            name: state
            for name, state in self._before.items()
            if name.partition("/")[0] not in self._asked
        }
        self._now |= others
        if self._now != self._before and not _behind_a_link(self._file):
            with suppress(OSError):
                self._file.parent.mkdir(parents=True, exist_ok=True)
                self._file.write_text(json.dumps(self._now), "utf-8")

    def _digest(self, name: str, path: Path) -> str:
        said = path.stat()
        state: State = [said.st_size, said.st_mtime_ns, said.st_ctime_ns, said.st_ino]
        known = self._now.get(name) or self._before.get(name)
        if isinstance(known, list) and known[:-1] == state:
            self._now[name] = known
            return str(known[-1])
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        if time.time_ns() - max(said.st_mtime_ns, said.st_ctime_ns) > _SETTLED:
            self._now[name] = [*state, digest]
        return digest


def _behind_a_link(file: Path) -> bool:
    """Whether a file lies elsewhere, where nothing is read or written."""
    return file.parent.is_symlink() or file.is_symlink()


def _read(file: Path) -> dict[str, State]:
    if _behind_a_link(file):
        return {}
    try:
        known = json.loads(file.read_bytes())
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def _walk(path: Path, name: str) -> Iterator[tuple[str, Path]]:
    """Everything at or below a path, each with its name; nothing where there is nothing."""
    if path.is_file():
        yield name, path
    elif path.is_dir() and not path.is_symlink():
        yield f"{name}/", path
        for entry in sorted(path.iterdir()):
            yield from _walk(entry, f"{name}/{entry.name}")
    elif path.is_symlink() or path.exists():
        raise _UnknownError(name)
