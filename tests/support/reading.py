"""Reading a file in a test, and what is told about it, as text that can be compared at a glance."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING, TypeVar

from policygen.files.yamlfile import Located, read_yaml
from policygen.ground.diagnostics import Problems

if TYPE_CHECKING:
    from pydantic import BaseModel

M = TypeVar("M", bound="BaseModel")


def told(problems: Problems) -> str:
    """One line for each problem, `line:column+length rule: message`, and one below it for each hint."""
    lines = []
    for each in problems:
        assert each.place is not None
        at = (
            f"{each.place.line}:{each.place.column}+{each.place.length}"
            if each.place.line
            else "file"
        )
        lines += [f"{at} {each.rule}: {each.message}", *(f"  {hint}" for hint in each.hints)]
    return "\n".join(lines)


def reading(text: str, model: type[M]) -> tuple[Located[M] | None, str]:
    """What an indented text says as a file, and what is told about it."""
    problems = Problems()
    located = read_yaml(dedent(text), "some/file.yaml", model, problems)
    return located, told(problems)


def read(text: str, model: type[M]) -> Located[M]:
    """What an indented text says as a file that has no problems."""
    located, said = reading(text, model)
    assert said == ""
    assert located is not None
    return located


def lines(text: str) -> str:
    """An indented text as it is compared."""
    return dedent(text).strip("\n")
