"""Running renders: the same pure function, on one core or on all."""

from __future__ import annotations

import multiprocessing
import os
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor
from concurrent.futures import wait as wait_for
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import chain, count, islice
from multiprocessing.connection import wait
from multiprocessing.context import BaseContext
from typing import TypeVar

Job = TypeVar("Job")
Result = TypeVar("Result")

_LONGEST = 70
"""Letters of the folder for temporary files. A fork server has its socket some 35 letters below it, of 107."""
_AHEAD = 4
"""Jobs for each process that are taken from whoever makes them before one has ended."""


@dataclass(frozen=True)
class Died:
    """In place of a result: the process that did the job was ended from outside, twice. Likely it lacked memory."""


def run_all(
    function: Callable[[Job], Result], jobs: Iterable[Job | None], workers: int | None = None
) -> Iterator[tuple[int, Result | Died]]:
    """Run `function` for every job; yields the job's index and its result as each ends, in no fixed order.

    Jobs are taken as there is room for them, so that many need never be held at once; where there is None, the next
    hangs on one that is still at work, and is asked for when any has ended. `function` and jobs travel to other
    processes, so both must be picklable; what it raises is raised here.
    """
    workers, numbered = workers or os.cpu_count() or 1, _numbered(jobs)
    first = [] if workers <= 1 else [*islice(numbered, 2)]
    numbered_again = chain(first, numbered)
    if len(first) <= 1:
        for each in numbered_again:
            if each is not None:
                yield each[0], function(each[1])
        return
    going = True
    while going:
        begun: dict[int, Job] = {}
        try:
            yield from _in_pool(function, numbered_again, begun, workers)
            going = False
        except BrokenProcessPool:
            # One process that died takes all others with it, and nobody knows whose job it was: each by itself, then.
            for index, job in begun.items():
                yield index, _by_itself(function, job)


def _numbered(jobs: Iterable[Job | None]) -> Iterator[tuple[int, Job] | None]:
    numbers = count()
    for job in jobs:
        yield None if job is None else (next(numbers), job)


def _in_pool(
    function: Callable[[Job], Result],
    jobs: Iterator[tuple[int, Job] | None],
    begun: dict[int, Job],
    workers: int,
) -> Iterator[tuple[int, Result]]:
    """The results of jobs as they end; those that were taken and have not ended are in `begun`."""
    with ProcessPoolExecutor(workers, _context(), _end_with_parent) as pool:
        running: dict[Future[Result], int] = {}
        try:
            for each in jobs:
                if each is None:
                    yield from _ended(running, begun)
                    continue
                index, job = each
                begun[index] = job
                running[_submitted(pool, function, job)] = index
                if len(running) >= workers * _AHEAD:
                    yield from _ended(running, begun)
            while running:
                yield from _ended(running, begun)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _submitted(
    pool: ProcessPoolExecutor, function: Callable[[Job], Result], job: Job
) -> Future[Result]:
    try:
        return pool.submit(function, job)
    except OSError as error:  # a process died since, and the pool is just being taken down
        raise BrokenProcessPool from error


def _ended(
    running: dict[Future[Result], int], begun: dict[int, Job]
) -> Iterator[tuple[int, Result]]:
    """Those that have ended, at least one, and are let go."""
    for future in wait_for(running, return_when=FIRST_COMPLETED).done:
        index = running.pop(future)
        result = future.result()
        del begun[index]
        yield index, result


def _by_itself(function: Callable[[Job], Result], job: Job) -> Result | Died:
    try:
        with ProcessPoolExecutor(1, _context(), _end_with_parent) as pool:
            return pool.submit(function, job).result()
    except BrokenProcessPool:
        return Died()


def _context() -> BaseContext:
    methods = multiprocessing.get_all_start_methods()
    if "forkserver" in methods and len(tempfile.gettempdir()) <= _LONGEST:
        return multiprocessing.get_context("forkserver")
    return multiprocessing.get_context("spawn")


def _end_with_parent() -> None:
    """Let this process end when its parent does, however that ended; it would wait for work for ever."""
    parent = multiprocessing.parent_process()

    def watch() -> None:
        if parent is not None:
            wait([parent.sentinel])
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
