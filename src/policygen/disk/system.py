"""What the operating system is asked before anything is read."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from policygen.ground import paths


def find_workspace(start: Path) -> Path | None:
    """The nearest folder, from `start` upwards, that holds `templates/` and `schools/`."""
    for folder in (start, *start.parents):
        if (folder / paths.TEMPLATES).is_dir() and (folder / paths.SCHOOLS).is_dir():
            return folder
    return None


def system_says(error: OSError | RuntimeError) -> str:
    """Why the system does not do what it was asked, to follow a colon."""
    if isinstance(error, OSError):
        return error.strerror.lower() if error.strerror else str(error).partition("\n")[0]
    # Up to Python 3.12 `resolve` makes a RuntimeError of links that lead in a circle.
    return os.strerror(errno.ELOOP).lower()
