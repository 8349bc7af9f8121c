"""Work on a file from elsewhere, in a process of its own: whatever is in the file, it cannot take the machine."""

from __future__ import annotations

import contextlib
import faulthandler
import multiprocessing
import os
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, TypeVar

from policygen.ground.limits import COPY_MEGABYTES, COPY_SECONDS

Result = TypeVar("Result")


class TooMuchError(Exception):
    """A file takes more time or memory than it may, or ends the process that reads it."""


def guarded(work: Callable[[bytes], Result], content: bytes) -> Result:
    """What `work` makes of a file. Raises TooMuchError, and what `work` raises.

    `work`, its result and what it raises travel between processes, so they must be picklable.
    """
    context = _context()
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_limited, args=(sender, work, content), daemon=True)
    process.start()
    sender.close()
    try:
        # The limit is on the work of the processor. By the clock it may take longer: the machine may have other work.
        if not receiver.poll(2 * COPY_SECONDS):
            raise TooMuchError
        good, result = receiver.recv()
    except EOFError:
        raise TooMuchError from None
    finally:
        process.kill()
        process.join()
        receiver.close()
    if not good:
        raise result
    return result  # type: ignore[no-any-return]


def _context() -> multiprocessing.context.DefaultContext:
    # A fork has everything loaded already. Nothing else runs in this process that it could leave half done.
    if "fork" in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("fork")  # type: ignore[return-value]
    return multiprocessing.get_context("spawn")  # type: ignore[return-value]


def _limited(sender: Connection, work: Callable[[bytes], Any], content: bytes) -> None:
    """Do the work within the limits, and send whether it went well, with what it gave or raised."""
    _set_limits()
    # A library that gives up says so on its own, which is of no use to whoever handed in the file.
    faulthandler.disable()
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    try:
        outcome = True, work(content)
    except MemoryError:
        return
    except Exception as error:  # noqa: BLE001 - the process that asked for the work deals with it
        outcome = False, error
    sender.send(outcome)


def _held() -> int:
    """The bytes of data that this process has from the one that it was forked from; 0 where nobody tells."""
    try:
        statm = Path("/proc/self/statm").read_text("ascii")
    except OSError:
        return 0
    return int(statm.split()[5]) * os.sysconf("SC_PAGESIZE")


def _set_limits() -> None:
    with contextlib.suppress(ImportError, ValueError):  # Windows has none, some systems not these
        import resource

        memory = _held() + COPY_MEGABYTES * 1_000_000
        resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CPU, (COPY_SECONDS, COPY_SECONDS))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
