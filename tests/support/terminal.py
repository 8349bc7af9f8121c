"""A real terminal for the one command that asks: a program on a pseudo-terminal, what it shows, and what is typed."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from types import TracebackType

DOWN, UP, ENTER, SPACE, CTRL_C = "\x1b[B", "\x1b[A", "\r", " ", "\x03"
_PATIENCE = 20.0
_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[()][0-9A-Z]|\r|\x07")

_TAKEN_BACK = re.compile(r"[^\n]*\r\x1b\[2K")
"""A line that a sign of life wiped out again, to say something else or nothing more."""


class Terminal:
    """`policygen` at work in a folder. Use it in a `with` statement."""

    def __init__(
        self,
        folder: Path,
        *arguments: str,
        width: int = 160,
        term: str = "xterm",
        program: str = "from policygen.cli import main; main()",
    ) -> None:
        """Start `policygen` or another Python program with these arguments, on a screen so many columns wide."""
        self._screen, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 60, width, 0, 0))
        self._program = subprocess.Popen(
            [sys.executable, "-c", program, *arguments],
            cwd=folder,
            env={**os.environ, "TERM": term, "PYTHONIOENCODING": "utf-8"},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        self._bytes = b""
        self._read = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._program.poll() is None:
            os.killpg(self._program.pid, signal.SIGKILL)
            self._program.wait()
        os.close(self._screen)

    @property
    def shown(self) -> str:
        """All that was shown so far, without colours, movements and lines that were taken back."""
        return _CONTROL.sub("", _TAKEN_BACK.sub("", self.raw))

    @property
    def raw(self) -> str:
        """All that was shown so far, as it came."""
        return self._bytes.decode("utf-8", "replace")

    def expect(self, *texts: str) -> str:
        """Wait until one of the texts is shown after what was expected before; return all up to its end."""
        until = time.monotonic() + _PATIENCE
        while not (found := self._first(texts)):
            if not self._more(until):
                raise AssertionError(
                    f"none of {texts} was shown; last came:\n{self.shown[self._read :]}"
                )
        end = min(found)
        shown, self._read = self.shown[self._read : end], end
        return shown

    def _first(self, texts: tuple[str, ...]) -> list[int]:
        shown = self.shown
        return [at + len(text) for text in texts if (at := shown.find(text, self._read)) >= 0]

    def type(self, *keys: str) -> None:
        """Type these keys."""
        os.write(self._screen, "".join(keys).encode())

    def end(self, patience: float = _PATIENCE) -> int:
        """Wait until the program ends; its exit code."""
        until = time.monotonic() + patience
        while self._more(until):
            pass
        return self._program.wait(max(until - time.monotonic(), 0.1))

    def _more(self, until: float) -> bool:
        """Read what came; False when the program has ended or patience has."""
        ready, _, _ = select.select([self._screen], [], [], max(until - time.monotonic(), 0))
        if not ready:
            return False
        read = b""
        with contextlib.suppress(OSError):  # Linux says that the other end is closed
            read = os.read(self._screen, 65536)
        self._bytes += read
        return bool(read)
