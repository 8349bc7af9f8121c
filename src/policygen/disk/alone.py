"""One command at a time: whoever writes in a folder has it for itself, until it ends or is ended."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

_LOCK = ".policygen-lock"
"""A file to lock, where the system locks no folders."""
_mine = threading.local()


def _nobody_told() -> None:
    """What is said to whoever waits, where nobody listens."""


@contextmanager
def alone(folder: Path, waits: Callable[[], None] = _nobody_told) -> Iterator[None]:
    """Have a folder for oneself, together with all that stands in it. Whoever has it already goes on.

    `waits` is called once where somebody else has it. The system takes the lock away from a process that dies.
    """
    folder, held = folder.resolve(), _held()
    if folder in held:
        yield
        return
    with _locked(folder, waits):
        held.add(folder)
        try:
            yield
        finally:
            held.discard(folder)


def is_free(folder: Path) -> bool:
    """Whether nobody writes in a folder at this moment, as far as can be told."""

    def waits() -> None:
        raise _TakenError

    try:
        with alone(folder, waits):
            return True
    except _TakenError:
        return False


class _TakenError(Exception):
    """Somebody else has the folder."""


def _held() -> set[Path]:
    """The folders that this thread has for itself."""
    if not hasattr(_mine, "folders"):
        _mine.folders = set()
    folders: set[Path] = _mine.folders
    return folders


@contextmanager
def _locked(folder: Path, waits: Callable[[], None]) -> Iterator[None]:
    if sys.platform == "win32":
        with _locked_file(folder, waits):
            yield
        return
    import fcntl

    opened = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waits()
            fcntl.flock(opened, fcntl.LOCK_EX)
        except OSError:  # a file system of a network that locks no folders
            with _locked_file(folder, waits):
                yield
            return
        yield
    finally:
        os.close(opened)


@contextmanager
def _locked_file(folder: Path, waits: Callable[[], None]) -> Iterator[None]:
    from filelock import FileLock, Timeout

    lock = FileLock(folder / _LOCK)
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # that some systems lock no files either: then it is there, or not
        try:
            lock.acquire(timeout=0)
        except Timeout:
            waits()
            lock.acquire()
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            lock.release()
