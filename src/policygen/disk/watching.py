"""What changes on disk while somebody edits."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Event

from policygen.ground import paths

WATCHED = (paths.TEMPLATES, paths.SCHOOLS, paths.LAW_FILE)


def changes(root: Path, stop: Event) -> Iterator[frozenset[str]]:
    """Paths in the workspace that were written, moved or deleted, in bundles, until `stop` is set.

    The first bundle is empty and comes when the watch is on, so that nothing is missed by whoever reads the files then.
    Hidden files take no part: editors and our own writing leave them behind for a moment.
    """
    from watchfiles import watch

    watched = [root / name for name in WATCHED if (root / name).exists()]
    on = False
    bundles = watch(
        *watched,
        stop_event=stop,
        debounce=150,
        step=30,
        rust_timeout=300,
        yield_on_timeout=True,
        raise_interrupt=False,
    )
    for bundle in bundles:
        paths = (_below(root, path) for _, path in bundle)
        seen = frozenset(
            path
            for path in paths
            if path and not any(part.startswith(".") for part in path.split("/"))
        )
        if seen or not on:
            on = True
            yield seen


def _below(root: Path, path: str) -> str:
    try:
        return Path(path).relative_to(root).as_posix()
    except ValueError:
        return ""
