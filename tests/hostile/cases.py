"""What a case is, and the texts that several doors share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.support.workspace import ADOPTION, SCHOOL, TEMPLATE, Workspace

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.support.workspace import Entry

LOST = "templates/tiny/sections/lost-keys.md"
DOORS = "templates/tiny/sections/app-doors.md"
STAFF = "schools/oak/staff.csv"
LAW = "law.yaml"
YAML_FILES = (TEMPLATE, SCHOOL, ADOPTION)

LARGE = 200_000
"""Letters of what is to be large."""
DEEP = 5_000
"""Levels of what is to be deep."""


@dataclass(frozen=True)
class Case:
    """Changes to the base workspace, and what is then run in it."""

    name: str
    """The door, a slash, and what comes through it."""
    files: Mapping[str, Entry | None] = field(default_factory=dict)
    command: tuple[str, ...] = ("check",)
    build: bool = False
    """Whether it is built too where `check` finds nothing wrong: what only the renderer meets."""

    @property
    def door(self) -> str:
        """What it comes in by."""
        return self.name.partition("/")[0]

    def write(self, root: Path) -> Path:
        """Write its workspace."""
        here = Workspace(root)
        for path, entry in self.files.items():
            here = here.without(path) if entry is None else here.with_files({path: entry})
        return here.write()


def clause(text: str, more: str = "") -> str:
    """A section with a text in a clause of its own, and lines behind it."""
    return f"# Lost keys {{#lost-keys}}\n\n1. A key is lost. {{#report-loss}}\n1. {text} {{#count}}\n{more}\n"


def base(path: str) -> str:
    """The text of a file of the base workspace."""
    from pathlib import Path

    return Workspace(Path()).text(path)
