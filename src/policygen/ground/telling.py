"""How far a long command is, told to whoever waits for it."""

from __future__ import annotations

from collections.abc import Callable

Tell = Callable[[str, int, int], None]
"""Told what is being done, and which of how many it is: `tell("making drafts/elm-grove/online-safety", 3, 19)`."""


def silent(_what: str, _number: int, _total: int) -> None:
    """What is told where nobody waits."""
