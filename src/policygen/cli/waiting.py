"""A sign of life while a command works: what it is doing, on stderr, once it takes longer than a second."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import click

from policygen.ground.telling import Tell

_PATIENCE = 1.0
"""Seconds without a word; also between two lines, so that a thousand quick steps are not a thousand lines."""
_WIPE = "\r\x1b[2K"
"""Takes back what stands in the line, and begins it again."""


@contextmanager
def telling() -> Iterator[Tell]:
    """Say what the work inside is doing: in one line that moves on a terminal, in lines of text elsewhere.

    Nothing may be printed inside.
    """
    sign = _Lines()
    if _can_move():
        sign = _LineThatMoves()
    with suppress(RuntimeError):  # a machine that has no room for a thread gets no sign
        sign.start()
    try:
        yield sign.step
    finally:
        sign.end()


def _can_move() -> bool:
    return sys.stderr.isatty() and os.environ.get("TERM", "dumb") not in ("", "dumb", "unknown")


class _Lines(threading.Thread):
    """Each step that is being done when a second is over, unless it was said before."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self._now = ("reading", "")
        self._over = threading.Event()

    def step(self, what: str, number: int, total: int) -> None:
        which = ""
        if total > 1:
            which = f" ({number} of {total})"
        self._now = what, which

    def run(self) -> None:
        said = None
        while not self._over.wait(_PATIENCE):
            now = self._now
            if now != said:
                click.echo(f"{''.join(now)} …", err=True)
            said = now

    def end(self) -> None:
        self._over.set()
        if self.is_alive():
            self.join()


class _LineThatMoves(_Lines):
    """The step and for how many seconds it all has lasted, in one line that goes when the work is done."""

    def run(self) -> None:
        from policygen.cli.screen import columns

        seconds = 0.0
        while not self._over.wait(_PATIENCE):
            seconds += _PATIENCE
            what, number = self._now
            end = f"{number} … {seconds:.0f} s"
            room = (columns(sys.stderr) or 0) - len(end) - 1
            click.echo(f"{_WIPE}{what[:room]}{end}", err=True, nl=False)
        if seconds:
            click.echo(_WIPE, err=True, nl=False)
