"""Data files of the package."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


def data(*names: str) -> str:
    """The text of one file below `data/`."""
    return files("policygen").joinpath("data", *names).read_text(encoding="utf-8")


@cache
def theme(name: str) -> str:
    """The text of one file of the theme."""
    return files("policygen").joinpath("theme", name).read_text(encoding="utf-8")
