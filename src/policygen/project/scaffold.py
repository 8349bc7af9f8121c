"""The files that `policygen new` makes: a school's facts to fill in, and a small model policy that works."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from policygen.disk.writing import write_new_folder
from policygen.files.yamledit import with_value
from policygen.ground.diagnostics import InputError, Place, Problems

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable
    from pathlib import Path


def new_school(root: Path, school_id: str, name: str = "") -> tuple[str, ...]:
    """Make the folder of a school and return the files in it, by path. Raises InputError where it is there already."""
    made = _files("school")
    if name:
        made["school.yaml"] = with_value(made["school.yaml"], "", "name", name)
    return _make(root, f"schools/{school_id}", made)


def new_template(root: Path, template_id: str, title: str = "") -> tuple[str, ...]:
    """Make the folder of a model policy and return the files in it, by path. Raises InputError as `new_school` does."""
    made = _files("template")
    if title:
        made["template.yaml"] = with_value(made["template.yaml"], "", "title", title)
    return _make(root, f"templates/{template_id}", made)


def _make(root: Path, folder: str, made: dict[str, str]) -> tuple[str, ...]:
    if (root / folder).exists():
        problems = Problems()
        hint = "choose another id, or delete the folder if nobody needs it"
        problems.add("already-there", f"there is a folder `{folder}` already", Place(folder), hint)
        raise InputError(problems)
    write_new_folder(root / folder, {path: text.encode() for path, text in made.items()})
    return tuple(f"{folder}/{path}" for path in made)


def _files(kind: str) -> dict[str, str]:
    """The text of each file that comes with the package for this kind of folder, by path."""
    return dict(sorted(_texts(files("policygen") / "data" / "new" / kind, "")))


def _texts(folder: Traversable, path: str) -> list[tuple[str, str]]:
    found = []
    for entry in folder.iterdir():
        if entry.is_dir():
            found += _texts(entry, f"{path}{entry.name}/")
        else:
            found.append((f"{path}{entry.name}", entry.read_text(encoding="utf-8")))
    return found
