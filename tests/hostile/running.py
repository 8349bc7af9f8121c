"""Each case in a process of its own, with limits, and with an ear on everything that it opens, starts and connects to."""

from __future__ import annotations

import contextlib
import os
import re
import resource
import select
import shutil
import signal
import sys
import sysconfig
import tempfile
import time
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

from policygen.ground.limits import COPY_MEGABYTES as MEGABYTES
from policygen.ground.limits import COPY_SECONDS as SECONDS
from tests.support.workspace import BASE, Result, run_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.hostile.cases import Case

_PATIENCE = 900
"""Seconds of the clock: a case that waits takes no time of the processor."""
_PLACE = re.compile(r"^  --> \S", re.MULTILINE)
ACTS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""What a terminal acts upon, or shows in another order."""
_CONNECTS = (
    "socket.connect",
    "socket.bind",
    "socket.sendto",
    "socket.getaddrinfo",
    "urllib.Request",
)
_STARTS = ("subprocess.Popen", "os.exec", "os.posix_spawn", "os.system", "os.spawn", "pty.spawn")
_CHANGES = {
    "os.remove": 1, "os.rename": 2, "os.mkdir": 1, "os.rmdir": 1, "os.link": 2, "os.symlink": 2, "os.truncate": 1, "os.chmod": 1, "os.utime": 1,
}  # fmt: skip
"""Events of what changes a disk, with how many of their arguments are paths."""
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


@dataclass(frozen=True)
class Outcome:
    """How a case ended."""

    case: Case
    ended: str
    """"built", "passed", "refused", "usage", or, for what must not be, why."""
    seconds: float = 0.0
    """Of the processor."""
    megabytes: int = 0

    @property
    def good(self) -> bool:
        """Whether it ended as it may."""
        return self.ended in ("built", "passed", "refused", "usage")


class _Ear:
    """Hears what Python does to the system, and keeps what a workspace must not make it do."""

    def __init__(self, room: Path) -> None:
        self.room = room.resolve()
        self.heard: list[str] = []
        self.busy = False
        known = (
            sys.prefix,
            sys.base_prefix,
            *sysconfig.get_paths().values(),
            Path(__file__).parents[2],
        )
        system = (
            "/usr/lib",
            "/usr/share",
            "/usr/local",
            "/lib",
            "/lib64",
            "/etc/fonts",
            "/etc/mime.types",
            "/etc/localtime",
            "/proc",
            "/dev",
            "/sys",
            "/var/cache/fontconfig",
        )
        self.read = tuple({str(Path(path).resolve()) for path in (*known, *system)} | {"/etc/ssl"})

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self.busy:
            return
        self.busy = True
        try:
            self._hear(event, arguments)
        finally:
            self.busy = False

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            path, mode, flags = arguments
            writes = bool(flags & _WRITES) if isinstance(flags, int) else "r" not in (mode or "r")
            self._path("written" if writes else "read", path, writes=writes)
        elif event in _CHANGES:
            for path in (
                arguments[-_CHANGES[event] :]
                if event == "os.link"
                else arguments[: _CHANGES[event]]
            ):
                self._path(event, path, writes=True)
        elif event.startswith(_CONNECTS):
            if not str(arguments[0]).startswith("data:"):  # a picture within a page
                self.heard.append(f"{event} {arguments!r}")
        elif event.startswith(_STARTS):
            self.heard.append(f"{event} {arguments!r}")

    def _path(self, event: str, path: Any, *, writes: bool) -> None:
        if isinstance(path, int) or path is None:
            return
        given = Path(os.fsdecode(path))
        # A link itself is made or removed where it stands; what it leads to is not touched.
        real = (
            given.resolve() if event in ("read", "written") else given.parent.resolve() / given.name
        )
        if real.is_relative_to(self.room) or str(real) == os.devnull:
            return
        if writes or not str(real).startswith(self.read):
            self.heard.append(f"{event} {real}")


def run(cases: Iterable[Case]) -> Iterator[Outcome]:
    """Run cases one after another."""
    _warm()
    for case in cases:
        with tempfile.TemporaryDirectory(prefix="hostile") as folder:
            yield _outcome(case, Path(folder))


def _warm() -> None:
    """Load everything that a command may need, once for all."""
    with tempfile.TemporaryDirectory(prefix="hostile") as folder:
        shutil.copytree(BASE, folder, dirs_exist_ok=True)
        run_in(Path(folder), "build", "--workers", "1")


def _outcome(case: Case, folder: Path) -> Outcome:
    (folder / "tmp").mkdir()
    try:
        root = case.write(folder / "workspace")
    except (OSError, ValueError):
        return Outcome(case, "passed")  # this system cannot hold such a file
    receiver, sender = get_context("fork").Pipe(duplex=False)
    sys.stdout.flush()
    process = os.fork()
    if process == 0:
        receiver.close()
        with contextlib.suppress(BaseException):
            sender.send(_in_child(case, root, folder))
        os._exit(0)
    sender.close()
    ended = _heard(receiver, process)
    _, _, used = os.wait4(process, 0)
    return Outcome(case, ended, used.ru_utime + used.ru_stime, used.ru_maxrss // 1024)


def _heard(receiver: Any, process: int) -> str:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        if select.select([receiver], [], [], 1)[0]:
            try:
                return str(receiver.recv())
            except EOFError:
                return f"ended by the limit of {SECONDS} seconds, or without a word"
    os.kill(process, signal.SIGKILL)
    return "never ended"


def _in_child(case: Case, root: Path, folder: Path) -> str:
    os.environ["TMPDIR"] = tempfile.tempdir = str(folder / "tmp")
    ear = _Ear(folder)
    begun = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(begun.ru_utime + begun.ru_stime) + SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_DATA, (MEGABYTES * 1_000_000, MEGABYTES * 1_000_000))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.addaudithook(ear)
    result = run_in(root, *case.command)
    ended = _judged(result, named=len(case.command) > 1)
    if ended == "passed" and case.build:
        result = run_in(root, "build", "--workers", "1")
        ended = _judged(result, named=False)
        ended = "built" if ended == "passed" else ended
    return f"outside: {ear.heard[0]}" if ear.heard else ended


def _judged(result: Result, *, named: bool) -> str:
    said = result.stdout + result.stderr
    if found := ACTS.search(said):
        return f"said {found[0]!r} to the terminal"
    match result.code:
        case 0:
            return "passed"
        case 1 if _PLACE.search(result.stderr):
            return "refused"
        case 1 if named:
            return "refused"  # what stands on the command line has no place
        case 1:
            return f"refused without a place: {result.stderr[:200]}"
        case 2 if said.strip():
            return "usage"
        case _:
            lines = result.stderr.strip().splitlines()
            return f"exit {result.code}: {lines[-3] if len(lines) > 2 else lines}"
