"""Work for other processes, which import it by name."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

from policygen.disk.executors import run_all


def die_once(mark: str) -> int:
    """End its own process from outside the first time, and say how long the mark is the second."""
    path = Path(mark)
    if not path.exists():
        path.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return len(mark)


def die(mark: str) -> int:
    """End its own process, unless it is to live."""
    if mark != "live":
        os.kill(os.getpid(), signal.SIGKILL)
    return len(mark)


def wait_long(folder: str) -> None:
    """Say which process it is, and go on for longer than any test."""
    (Path(folder) / str(os.getpid())).touch()
    time.sleep(300)


if __name__ == "__main__":
    for _ in run_all(wait_long, [sys.argv[1]] * 2, 2):
        pass
