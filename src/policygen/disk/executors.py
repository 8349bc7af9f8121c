"""Running renders: the same pure function, on one core or on all."""

from __future__ import annotations

import multiprocessing
import os
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import wait
from multiprocessing.context import BaseContext
from typing import TypeVar

Job = TypeVar("Job")
Result = TypeVar("Result")

_LONGEST = 70
"""Letters of the folder for temporary files. A fork server has its socket some 35 letters below it, of 107."""


class WorkerDiedError(Exception):
    """The process that did a job was ended from outside, twice: `index` says which job."""

    def __init__(self, index: int) -> None:
        super().__init__(index)
        self.index = index


def run_all(
    function: Callable[[Job], Result], jobs: Sequence[Job], workers: int | None = None
) -> Iterator[tuple[int, Result]]:
    """Run `function` for every job; yields the job's index and its result as each ends, in no fixed order.

    `function` and jobs travel to other processes, so both must be picklable; what it raises is raised here. Raises
    WorkerDiedError where a process cannot end its job, most likely for want of memory.
    """
    workers = min(workers or os.cpu_count() or 1, len(jobs))
    if workers <= 1:
        for index, job in enumerate(jobs):
            yield index, function(job)
        return
    left = dict(enumerate(jobs))
    try:
        for index, result in _in_pool(function, left, workers):
            del left[index]
            yield index, result
    except BrokenProcessPool:
        # One process that died takes all others with it, and nobody knows whose job it was: each by itself, then.
        for index, job in left.items():
            yield index, _by_itself(function, index, job)


def _in_pool(
    function: Callable[[Job], Result], jobs: dict[int, Job], workers: int
) -> Iterator[tuple[int, Result]]:
    with ProcessPoolExecutor(workers, _context(), _end_with_parent) as pool:
        futures = {pool.submit(function, job): index for index, job in jobs.items()}
        try:
            for future in as_completed(futures):
                yield futures[future], future.result()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _by_itself(function: Callable[[Job], Result], index: int, job: Job) -> Result:
    try:
        with ProcessPoolExecutor(1, _context(), _end_with_parent) as pool:
            return pool.submit(function, job).result()
    except BrokenProcessPool:
        raise WorkerDiedError(index) from None


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
