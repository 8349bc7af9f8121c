"""Faults at a chosen write: a command runs in a child process, and its n-th change of a file is the one that goes wrong.

An audit hook sees every file that is opened for writing, made, renamed, linked or removed below a workspace, whichever
module does it; `os.fsync`, which no hook sees, is wrapped. So "between any two writes" is enumerated, not guessed.
"""

from __future__ import annotations

import errno
import os
import pickle
import signal
import sys
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from policygen.cli import edge
from policygen.disk import executors, writing
from tests.support.workspace import Result, run_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

Kind = Literal["none", "kill", "torn", "full", "io", "term", "int", "hup"]
"""What happens at the n-th write: nothing; the process is killed; it is killed with half of a file written; the disk is
full from there on; one write fails; or a signal comes."""
SIGNALS = {"term": signal.SIGTERM, "int": signal.SIGINT, "hup": signal.SIGHUP}
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_BY_PATH = {"os.rename": 2, "os.remove": 1, "os.rmdir": 1, "os.mkdir": 1, "os.link": 2}
"""Events of the interpreter that change what a folder holds, and how many paths each has."""
_TAKES_ROOM = {"open", "os.mkdir", "os.link", "fsync"}
KILLED = -signal.SIGKILL


@dataclass(frozen=True)
class Op:
    """One write: what kind, and the paths below the workspace that it is about."""

    kind: str
    paths: tuple[str, ...]


@dataclass(frozen=True)
class Ran:
    """How a command ended, and the writes up to then."""

    code: int
    """As of a process: KILLED for one that was killed."""
    stdout: str = ""
    stderr: str = ""
    ops: tuple[Op, ...] = ()


class _Writes:
    """Counts the writes below a folder, and lets one go wrong."""

    def __init__(self, root: Path, kind: Kind, at: int) -> None:
        self.root, self.kind, self.at = str(root.resolve()), kind, at
        self.ops: list[Op] = []
        self.on = False

    def seen(self, event: str, args: tuple[Any, ...]) -> None:
        """The audit hook."""
        if not self.on:
            return
        if event == "open":
            path, _, flags = args
            if isinstance(path, int) or not flags & _WRITES:
                return
            self.op(event, path)
        elif event in _BY_PATH:
            number = _BY_PATH[event]
            folders = args[number : number + 2] if event != "os.mkdir" else args[2:3]
            folders = [each for each in folders if isinstance(each, int)]
            self.op(event, *(_whole(path, *folders[:1]) for path in args[:number]))
        elif event == "ctypes.dlsym" and "renameat2" in str(args[1]):
            self.count("exchange", ())

    def synced(self, fsync: Callable[[int], None]) -> Callable[[int], None]:
        """`os.fsync`, which may fail, with half of the file written."""

        def write_through(file: int) -> None:
            if self.on:
                path = Path(f"/proc/self/fd/{file}").readlink()
                self.op("fsync", path, file=file)
            fsync(file)

        return write_through

    def op(self, kind: str, *found: Any, file: int = -1) -> None:
        named = [Path(os.fsdecode(each)) for each in found]
        paths = [str(path.parent.resolve() / path.name) for path in named]
        if not any(path.startswith(f"{self.root}/") or path == self.root for path in paths):
            return
        self.count(kind, tuple(os.path.relpath(path, self.root) for path in paths), file)

    def count(self, kind: str, paths: tuple[str, ...], file: int = -1) -> None:
        self.ops.append(Op(kind, paths))
        number = len(self.ops)
        if number < self.at or (number > self.at and self.kind != "full") or self.kind == "none":
            return
        where = str(Path(self.root, *paths[-1:]))
        halved = file >= 0 and not Path(f"/proc/self/fd/{file}").is_dir()
        if halved and self.kind in ("torn", "full", "io"):
            os.ftruncate(file, os.fstat(file).st_size // 2)
        if self.kind in ("kill", "torn"):
            os.kill(os.getpid(), signal.SIGKILL)
        elif self.kind == "full" and kind in _TAKES_ROOM:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), where)
        elif self.kind == "io":
            raise OSError(errno.EIO, os.strerror(errno.EIO), where)
        elif self.kind in SIGNALS:
            os.kill(os.getpid(), SIGNALS[self.kind])


def _whole(path: Any, *folder: int) -> Any:
    """A path that may be relative to an open folder, as `shutil.rmtree` has them."""
    if folder and folder[0] >= 0:
        return Path(f"/proc/self/fd/{folder[0]}").readlink() / os.fsdecode(path)
    return Path.cwd() / os.fsdecode(path)


def run_with(root: Path, arguments: Sequence[str], kind: Kind = "none", at: int = 0) -> Ran:
    """Run a command in a child process, where the `at`-th write goes wrong."""
    receiver, sender = os.pipe()
    child = os.fork()
    if not child:
        os.close(receiver)
        _in_child(root, arguments, kind, at, sender)
    os.close(sender)
    with os.fdopen(receiver, "rb") as said:
        content = said.read()
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    if not content:
        return Ran(code)
    result, ops = pickle.loads(content)  # noqa: S301 - our own child wrote it
    return Ran(result.code, result.stdout, result.stderr, ops)


_watching: _Writes | None = None
"""Of this process: a hook of the interpreter cannot be taken off again."""


def watched(root: Path, arguments: Sequence[str]) -> Ran:
    """Run a command in this process, undisturbed, and count its writes."""
    global _watching  # noqa: PLW0603
    if _watching is None:
        _watching = _Writes(root, "none", 0)
        sys.addaudithook(_watching.seen)
    fsync, _watching.root, _watching.ops = os.fsync, str(root.resolve()), []
    os.fsync, _watching.on = _watching.synced(fsync), True
    try:
        result = run_in(root, *arguments)
    finally:
        os.fsync, _watching.on = fsync, False
    return Ran(result.code, result.stdout, result.stderr, tuple(_watching.ops))


def _in_child(root: Path, arguments: Sequence[str], kind: Kind, at: int, sender: int) -> None:
    try:
        writes = _Writes(root, kind, at)
        sys.addaudithook(writes.seen)
        os.fsync = writes.synced(os.fsync)
        for name in SIGNALS.values():
            signal.signal(name, edge._stop)
        writing.kept.clear()
        writes.on = True
        try:
            result = run_in(root, *arguments)
        except KeyboardInterrupt:  # between two lines of the edge itself
            result = Result("", "", 2)
        writes.on = False
        os.write(sender, pickle.dumps((result, tuple(writes.ops))))
    except BaseException:  # noqa: BLE001 - what it is stands in the output of the test
        traceback.print_exc()
        os._exit(99)
    os._exit(0)


def remember_renders() -> None:
    """Let this process, and the children it forks, make no PDF twice: the same job gives the same bytes."""
    made: dict[bytes, Any] = {}

    def run_all(
        function: Any, jobs: Sequence[Any], workers: int | None = None
    ) -> Iterator[tuple[int, Any]]:
        for index, job in enumerate(jobs):
            key = pickle.dumps((function.__qualname__, job))
            if key not in made:
                made[key] = function(job)
            yield index, made[key]

    executors.run_all = run_all  # type: ignore[assignment]


def held(root: Path) -> dict[str, bytes | None]:
    """Every file and folder below a workspace, by path; a folder output/ with nothing in it says nothing.

    Nor does what is kept there to save time: it may hold anything, as `test_building_again.py` shows.
    """
    found = {
        path.relative_to(root).as_posix(): None if path.is_dir() else path.read_bytes()
        for path in sorted(root.rglob("*"))
        if ".cache" not in path.relative_to(root).parts
    }
    empty = not any(path.startswith("output/") for path in found)
    return {path: content for path, content in found.items() if path != "output" or not empty}
