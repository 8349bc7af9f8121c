"""Where the program meets the system: streams that nobody takes any more, and signals that end it."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType
from typing import TextIO

import click

PROBLEMS, USAGE, BUG = 1, 2, 70
"""Exit codes."""
_STANDARD = 3
"""Input, output and errors are the first three files of a process."""


class _Taken(io.RawIOBase):
    """A stream of the system. What nobody takes, as when `| head` has seen enough, is dropped: the work goes on."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.lost: OSError | None = None

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self.number

    def write(self, content: bytes, /) -> int:  # type: ignore[override]
        if self.lost is None:
            try:
                return os.write(self.number, content)
            except OSError as error:
                self.lost = error
        return len(content)


def settle() -> _Taken | None:
    """Make the streams of this process bear anything, and signals end it as Ctrl+C does.

    Gives what takes the output, so that a loss can be told; None on a terminal.
    """
    _open_missing()
    for name in ("SIGTERM", "SIGHUP"):  # Windows has no hang-up
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), _stop)
    sys.stderr, _ = _patient(sys.stderr, 2)
    sys.stdout, output = _patient(sys.stdout, 1)
    return output


def readable(arguments: Sequence[str]) -> list[str]:
    """Arguments as text. Raises click.UsageError for one that can stand in no file, unless it names one."""
    return [argument if argument.isprintable() else _read(argument) for argument in arguments]


def _read(argument: str) -> str:
    from policygen.files.yamltree import BAD_CHARACTER

    with contextlib.suppress(UnicodeError):
        # Where the system's own encoding has fewer letters, Python keeps the bytes of the others.
        argument = os.fsencode(argument).decode()
    bad = BAD_CHARACTER.search(argument)
    if bad and not any(map(os.path.lexists, (argument, argument.partition("=")[2]))):
        said = BAD_CHARACTER.sub("\ufffd", argument)
        raise click.UsageError(f"`{said}` holds a character that cannot be printed")
    return argument


def _open_missing() -> None:
    """Open what a caller closed: the next file that is read or written would be taken for it."""
    for number in range(_STANDARD):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    # Python has no stream for what was closed when it began.
    sys.stdin = sys.stdin or open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stdout = sys.stdout or open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = sys.stderr or open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _patient(stream: TextIO, number: int) -> tuple[TextIO, _Taken | None]:
    """A stream that shows `?` for a letter it does not have, and what takes its bytes where that is no terminal."""
    if stream.isatty():
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
        return stream, None
    with contextlib.suppress(OSError):
        stream.flush()
    taken = _Taken(number)
    buffered = io.BufferedWriter(taken)  # type: ignore[type-var]
    # Errors are shown line by line; what a script reads may wait until there is more of it.
    patient = io.TextIOWrapper(buffered, stream.encoding, "replace", line_buffering=number == 2)
    return patient, taken
