"""One way to test the command line: files in, arguments, and exactly what a person then sees."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from policygen import cli

if TYPE_CHECKING:
    from collections.abc import Mapping

BASE = Path(__file__).parents[1] / "workspaces" / "base"
"""A small sound workspace: the model policy `tiny`, and Oak Lane School, `oak`, which adopts it."""

TEMPLATE = "templates/tiny/template.yaml"
SCHOOL = "schools/oak/school.yaml"
ADOPTION = "schools/oak/policies/tiny.yaml"

AS_OF = "2026-11-20"
"""The day on which tests run, whatever the day: given to each command that asks for one."""
_DATED = (
    "approve",
    "build",
    "change",
    "check",
    "clauses",
    "correct",
    "diff",
    "import",
    "meeting",
    "minutes",
    "pack",
    "release",
    "sign",
    "site",
    "status",
    "upgrade",
    "withdraw",
)


@dataclass(frozen=True)
class Link:
    """A symbolic link that stands in place of a file."""

    target: str


@dataclass(frozen=True)
class Folder:
    """An empty folder that stands in place of a file."""


Entry = str | bytes | Link | Folder


@dataclass(frozen=True)
class Result:
    """What one command said, and how it ended."""

    stdout: str
    stderr: str
    """Without signs of life: whether a command takes longer than a second depends on the machine."""
    code: int
    told: tuple[str, ...] = field(default=(), compare=False)
    """The signs of life."""


@dataclass(frozen=True)
class Workspace:
    """The base workspace with changes. Each `with_…` gives another one; files are written when a command runs."""

    root: Path
    changes: tuple[tuple[str, Entry | None], ...] = ()
    """In order; None removes a file or a folder."""

    def with_files(self, files: Mapping[str, Entry]) -> Workspace:
        """Put in these files, by path."""
        return replace(self, changes=(*self.changes, *files.items()))

    def with_change(self, path: str, old: str, new: str) -> Workspace:
        """Put `new` where `old` stands in a file, which must hold it exactly once."""
        text = self.text(path)
        if text.count(old) != 1:
            raise ValueError(f"{path} holds {text.count(old)} times:\n{old}")
        return self.with_files({path: text.replace(old, new)})

    def without(self, *paths: str) -> Workspace:
        """Take out files or folders."""
        return replace(self, changes=(*self.changes, *((path, None) for path in paths)))

    def text(self, path: str) -> str:
        """The text of a file, as the changes so far leave it."""
        for changed, entry in reversed(self.changes):
            if changed == path and isinstance(entry, str):
                return entry
        return (BASE / path).read_text(encoding="utf-8")

    def write(self) -> Path:
        """Write the workspace, anew but for its output, and return its folder."""
        self.root.mkdir(parents=True, exist_ok=True)
        for folder in ("templates", "schools"):
            shutil.rmtree(self.root / folder, ignore_errors=True)
        shutil.copytree(BASE, self.root, dirs_exist_ok=True)
        for path, entry in self.changes:
            _remove(self.root / path)
            if entry is not None:
                _put(self.root / path, entry)
        return self.root

    def run(self, *arguments: str) -> Result:
        """Run a command in the workspace, in this process, as `policygen` itself runs it."""
        return run_in(self.write(), *arguments)

    def run_program(self, *arguments: str) -> Result:
        """Run a command in a process of its own: slower, and nothing of this process can help it."""
        program = Path(sys.executable).with_name("policygen")
        done = subprocess.run(
            [program, *_on_the_day(arguments)],
            cwd=self.write(),
            env={**os.environ, "PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            check=False,
            encoding="utf-8",
        )
        return _result(done.stdout, done.stderr, done.returncode)


def run_in(root: Path, *arguments: str) -> Result:
    """Run a command in a workspace as it stands, in this process, as `policygen` itself runs it."""
    out, err = io.StringIO(), io.StringIO()
    with chdir(root), redirect_stdout(out), redirect_stderr(err):
        try:
            cli.main(_on_the_day(arguments))
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(bool(end.code))
    return _result(out.getvalue(), err.getvalue(), code)


_SIGN = re.compile(r"^[a-z][^:`\n]* …\n", re.MULTILINE)


def without_signs(stderr: str) -> tuple[str, tuple[str, ...]]:
    """What a command printed on stderr, without the lines that only say what it is doing; and those."""
    return _SIGN.sub("", stderr), tuple(line.rstrip() for line in _SIGN.findall(stderr))


def _result(stdout: str, stderr: str, code: int) -> Result:
    said, told = without_signs(stderr)
    return Result(stdout, said, code, told)


def _on_the_day(arguments: tuple[str, ...]) -> tuple[str, ...]:
    if arguments[:1] and arguments[0] in _DATED and not {"--as-of", "--help"} & {*arguments}:
        return (*arguments, "--as-of", AS_OF)
    return arguments


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _put(path: Path, entry: Entry) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    match entry:
        case Link(target):
            path.symlink_to(target)
        case Folder():
            path.mkdir()
        case bytes():
            path.write_bytes(entry)
        case str():
            path.write_bytes(entry.encode())
