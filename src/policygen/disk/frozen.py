"""Every byte of a register or of the public site, to be verified. Nothing is written, and no link is followed."""

from __future__ import annotations

import os
from pathlib import Path

from policygen.disk.registering import LIST, register_path
from policygen.register.verifying import FrozenFolder


def register_folders(root: Path, school_id: str) -> tuple[str, ...]:
    """What lies in the register of a school, in alphabetical order, whether it can be read or not."""
    folder = root / "schools" / school_id / "register"
    return tuple(sorted(path.name for path in folder.glob("*") if not path.name.startswith((".lock", ".new-"))))


def read_frozen(root: Path, school_id: str, policy_id: str) -> FrozenFolder:
    """The folder of a register as it is, all of it from one moment."""
    path = register_path(school_id, policy_id)
    while True:
        files, strange = read_tree(root / path)
        now = root / path / LIST
        if (now.read_bytes() if now.is_file() else None) == files.get(LIST):
            return FrozenFolder(school_id, policy_id, path, files, strange)


def read_tree(folder: Path) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """The bytes of each file below a folder, by path in it, and the paths of what is neither file nor folder."""
    files: dict[str, bytes] = {}
    strange = []
    for where, folders, names in os.walk(folder):
        for name in sorted((*folders, *names)):
            path = Path(where) / name
            within = path.relative_to(folder).as_posix()
            if path.is_symlink() or not (path.is_file() or path.is_dir()):
                strange.append(within)
            elif path.is_file():
                files[within] = path.read_bytes()
    return files, tuple(strange)
