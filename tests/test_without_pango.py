"""A machine without the libraries that PDFs need: what makes none works, the rest says what to install."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.support.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path

BROKEN = "raise OSError(\"cannot load library 'libpango-1.0-0'\")\n"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A workspace on such a machine."""
    package = tmp_path / "packages/weasyprint/__init__.py"
    package.parent.mkdir(parents=True)
    package.write_text(BROKEN)
    before = os.environ.get("PYTHONPATH", "")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(package.parents[1]), before]))
    return Workspace(tmp_path / "work")


def test_what_makes_pdfs_says_what_to_install(root: Workspace) -> None:
    """In the words of this system, and writes nothing."""
    result = root.run_program("build")
    assert result.code == 1
    assert "error: no PDF can be made here: cannot load library" in result.stderr
    assert "[renderer-missing]" in result.stderr
    assert not (root.root / "output/drafts").exists()


@pytest.mark.parametrize("command", ["check", "history oak", "status", "clauses oak/tiny"])
def test_the_rest_works(root: Workspace, command: str) -> None:
    assert root.run_program(*command.split()).code == 0
