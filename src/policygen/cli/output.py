"""What every command prints: problems, and how far it is."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from policygen.ground.diagnostics import Diagnostic

PROBLEMS, USAGE, BUG = 1, 2, 70
"""Exit codes."""


def show(diagnostics: Sequence[Diagnostic]) -> None:
    from policygen.cli.reports import as_text

    text = as_text(diagnostics)
    if text:
        click.echo(text, err=True, nl=False)


class Progress:
    """A bar on a terminal; silence elsewhere."""

    def __enter__(self) -> Callable[[int, int], None]:
        if not sys.stderr.isatty():
            return lambda _done, _all: None
        from rich.console import Console
        from rich.progress import Progress

        self.bar = Progress(console=Console(stderr=True), transient=True)
        self.bar.start()
        task = self.bar.add_task("Making PDFs", total=None)
        return lambda done, total: self.bar.update(task, completed=done, total=total)

    def __exit__(self, *_: object) -> None:
        if hasattr(self, "bar"):
            self.bar.stop()
