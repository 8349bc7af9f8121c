"""What changes on disk while somebody edits."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path
from threading import Event
from typing import Any

from policygen.ground import paths

FOLDERS = (paths.TEMPLATES, paths.SCHOOLS)
WATCHED = (*FOLDERS, paths.LAW_FILE)

_Bundles = Generator[set[tuple[Any, str]], None, None]


def changes(root: Path, stop: Event) -> Iterator[frozenset[str]]:
    """Paths in the workspace that were written, moved or deleted, in bundles, until `stop` is set.

    The first bundle is empty and comes when the watch is on, so that nothing is missed by whoever reads the files then.
    Hidden files take no part: editors and our own writing leave them behind for a moment.
    """
    # A watch belongs to what lies at a path now, not to the path: that of a file ends when an editor puts another file
    # in its place, and what is not there yet has none. So the workspace itself is watched for the names in it, and
    # where one of the folders is another than before, it gets a watch of its own again.
    names = _watch(stop, root, recursive=False)
    trees: _Bundles | None = None
    on = False
    while not stop.is_set():
        top = _seen(root, names)
        if not on or any(name in FOLDERS for name in top):
            folders = [root / name for name in FOLDERS if (root / name).is_dir()]
            trees = _watch(stop, *folders, recursive=True) if folders else None
        bundle = top | (_seen(root, trees) if trees else set())
        if bundle or not on:
            on = True
            yield frozenset(bundle)


def _watch(stop: Event, *folders: Path, recursive: bool) -> _Bundles:
    """A watch that gives an empty bundle after a moment without changes. What happens between two bundles is kept."""
    from watchfiles import watch

    return watch(
        *folders,
        stop_event=stop,
        debounce=150,
        step=30,
        rust_timeout=150,
        yield_on_timeout=True,
        raise_interrupt=False,
        recursive=recursive,
    )


def _seen(root: Path, bundles: _Bundles) -> set[str]:
    """The next bundle: those of the paths that a preview is made of."""
    below = (_below(root, path) for _, path in next(bundles, ()))
    return {path for path in below if _matters(path)}


def _matters(path: str) -> bool:
    parts = path.split("/")
    return parts[0] in WATCHED and not any(part.startswith(".") for part in parts)


def _below(root: Path, path: str) -> str:
    try:
        return Path(path).relative_to(root).as_posix()
    except ValueError:
        return ""
