"""Running jobs on a cluster of Dask: the same pure function, on the workers of other machines.

A worker needs this package, the same version of all that takes part in making, and nothing of the workspace: what a job
reads travels with it. What all jobs read is sent once, to each worker that asks for it. Who reaches the scheduler of
a cluster can run any program on its workers; how to keep others away from it is for Dask to say (`distributed.comm`).
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any, Protocol, TypeVar, runtime_checkable

from distributed import Client, Future, KilledWorker, wait
from distributed.comm.core import CommClosedError

from policygen.disk.cache import program
from policygen.disk.executors import Died
from policygen.ground.diagnostics import Diagnostic, InputError, Problems
from policygen.ground.telling import Tell

Job = TypeVar("Job")
Result = TypeVar("Result")
Files = Mapping[str, bytes]
"""The bytes of files by their paths in a workspace."""

_SECONDS_TO_CONNECT, _SECONDS_FOR_A_WORKER = 5, 60
_AHEAD = 4
"""Jobs for each worker that are on their way before one has ended: sending takes time."""
_one_at_a_time = Lock()
"""What we run keeps things for each process, not for each thread: several threads of one take turns."""


@runtime_checkable
class ReadsFiles(Protocol):
    """A job that reads files of a workspace."""

    def shares(self) -> Iterable[str]:
        """The files that all jobs of its kind read, by their paths in the workspace."""

    def reads(self) -> Iterable[str]:
        """Those that it alone reads."""

    def at(self, root: Path) -> Any:
        """The same job on a copy of them."""


@dataclass(frozen=True)
class _Sent:
    """A job on its way to a worker, with what it alone reads."""

    job: Any
    run: str = ""
    """The same for all jobs of one command; empty for one that reads no files."""
    own: Files = field(default_factory=dict)


@dataclass(frozen=True)
class _OtherProgram:
    """In place of a result: the worker would make something else of the same input."""

    worker: str


@dataclass(frozen=True)
class Cluster:
    """A scheduler with workers that were seen to have the same program."""

    client: Client
    address: str
    root: Path

    @property
    def workers(self) -> int:
        """How many jobs can be done at once."""
        threads: Mapping[str, int] = self.client.nthreads()
        return max(1, sum(threads.values()))

    @property
    def _is_there(self) -> bool:
        return bool(self.client.status == "running")

    def run_all(
        self, function: Callable[[Job], Result], jobs: Iterable[Job | None]
    ) -> Iterator[tuple[int, Result | Died]]:
        """Run `function` for every job, as `executors.run_all` does.

        Raises InputError where the cluster is lost, or a worker has come that has another program.
        """
        run, numbers = uuid.uuid4().hex, count()
        shared: Any = None
        running: dict[Future[Any], int] = {}
        room = _AHEAD * self.workers
        try:
            for job in jobs:
                if job is None or len(running) >= room:
                    yield from self._ended(running)
                    room = _AHEAD * self.workers
                if job is None:
                    continue
                sent: _Sent = _Sent(job)
                if isinstance(job, ReadsFiles):
                    if shared is None:
                        # A job of its own, so that it can be had again when the worker that had it is lost.
                        files = _content(self.root, job.shares())
                        shared = self.client.submit(_kept, files, pure=False)
                    sent = _Sent(job.at(Path()), run, _content(self.root, job.reads()))
                future = self.client.submit(
                    _do, function, sent, shared if sent.run else None, program(), pure=False
                )
                running[future] = next(numbers)
            while running:
                yield from self._ended(running)
        except Exception as error:
            # What the parent does for a job fails by itself: only what fails for want of a scheduler is of the cluster.
            if self._is_there and not isinstance(error, CommClosedError | CancelledError):
                raise
            raise InputError([_lost(self.address, "was lost")]) from error
        finally:
            # Where the scheduler is gone, nobody is left who could be told.
            with suppress(Exception):
                self.client.cancel([*running])

    def _ended(self, running: dict[Future[Any], int]) -> Iterator[tuple[int, Any]]:
        """Those that have ended, at least one, and are let go."""
        if not running:
            return
        for future in wait([*running], return_when="FIRST_COMPLETED").done:
            index = running.pop(future)
            try:
                result = future.result()
            except KilledWorker:
                result = Died()
            if isinstance(result, _OtherProgram):
                raise InputError([_refused(result.worker, "another one")])
            yield index, result


@contextmanager
def connected(address: str, root: Path, tell: Tell) -> Iterator[Cluster]:
    """The cluster of a scheduler, for jobs that read files of a workspace.

    Raises InputError where the scheduler cannot be reached, has no workers, or a worker has another program than this.
    """
    for name in ("distributed", "tornado"):  # what they would say is told in our words
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        client = Client(address, timeout=_SECONDS_TO_CONNECT)
    except (OSError, TimeoutError, ValueError) as error:
        raise InputError([_lost(address, "cannot be reached")]) from error
    with client:
        tell(f"waiting for a worker of {address}", 1, 1)
        try:
            client.wait_for_workers(1, timeout=_SECONDS_FOR_A_WORKER)
        except TimeoutError as error:
            hint = f"start one on each machine: `dask worker {address} --nthreads 1 --nworkers -1`"
            raise InputError([_failed(f"the scheduler {address} has no workers", hint)]) from error
        found = client.run(program, on_error="return")
        others = [worker for worker, said in found.items() if said != program()]
        if others:
            raise InputError([_refused(worker, _had(found[worker])) for worker in others])
        yield Cluster(client, address, root)


def _had(said: object) -> str:
    return "another one" if isinstance(said, str) else "none that can be loaded"


def _refused(worker: str, has: str) -> Diagnostic:
    return _failed(
        f"all workers need the program that is here, and the worker {worker} has {has}",
        "install the same policygen, packages, Python and Pango there as here, from one image or lock file,"
        " and start the worker again",
    )


def _lost(address: str, what: str) -> Diagnostic:
    return _failed(
        f"the scheduler {address} {what}",
        "look whether it runs; what was made so far stands, and the next build goes on from there",
    )


def _failed(message: str, hint: str) -> Diagnostic:
    problems = Problems()
    problems.add("cluster-failed", message, None, hint)
    (diagnostic,) = problems
    return diagnostic


def _content(root: Path, names: Iterable[str]) -> dict[str, bytes]:
    return {name: (root / name).read_bytes() for name in names}


# --- on a worker ------------------------------------------------------------------------------------------------------


def _kept(files: Files) -> Files:
    return files


def _do(function: Callable[[Any], Any], sent: _Sent, shared: Files | None, expected: str) -> object:
    if program() != expected:
        from distributed import get_worker

        return _OtherProgram(get_worker().address)
    with _one_at_a_time:
        if shared is None:
            return function(sent.job)
        folder = Path(_folder(sent.run).name)
        if not any(folder.iterdir()):
            _unpack(folder, shared)
        _unpack(folder, sent.own)
        return function(sent.job.at(folder))


@lru_cache(maxsize=1)
def _folder(_run: str) -> TemporaryDirectory[str]:
    """Where a worker has its copy of what the jobs of one command read; gone when it works for another."""
    return TemporaryDirectory(prefix="policygen-")


def _unpack(folder: Path, files: Files) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
