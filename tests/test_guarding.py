"""Work on a file from elsewhere has the memory that it may take, whatever the process has that asks for it."""

from __future__ import annotations

import sys

import pytest

from policygen.disk.guarding import TooMuchError, guarded
from policygen.ground.limits import COPY_MEGABYTES

MEGABYTE = 1_000_000


def _kept(content: bytes) -> int:
    return len(content * 50)


def _takes_too_much(content: bytes) -> int:
    return len(content * (COPY_MEGABYTES + 100))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what a process has")
def test_what_the_asking_process_has_is_not_counted() -> None:
    held = bytearray((COPY_MEGABYTES + 100) * MEGABYTE)
    assert guarded(_kept, b"x" * MEGABYTE) == 50 * MEGABYTE
    with pytest.raises(TooMuchError):
        guarded(_takes_too_much, b"x" * MEGABYTE)
    assert len(held) > COPY_MEGABYTES * MEGABYTE
