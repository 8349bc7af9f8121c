"""A workspace that stays as commands leave it, so that several can follow one another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.support.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Standing(Workspace):
    """A workspace that was written once. Its commands run in the folder as it is."""

    def write(self) -> Path:
        """Nothing is written anew."""
        return self.root

    def read(self, path: str) -> str:
        """The text of a file as it stands now, line ends and all."""
        return (self.root / path).read_bytes().decode()

    def put(self, path: str, text: str) -> None:
        """Write a file, as a person with an editor does."""
        (self.root / path).write_bytes(text.encode())


def standing(workspace: Workspace) -> Standing:
    """Write this workspace and let it stand."""
    return Standing(workspace.write())
