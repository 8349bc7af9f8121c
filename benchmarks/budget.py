"""What a policy as large as it may be costs, whatever it is made of: checked and built. See README.md."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks.large import measured
from policygen.ground.limits import DOCUMENT_BLOCKS, DOCUMENT_CLAUSES, DOCUMENT_LETTERS
from tests.support.workspace import TEMPLATE, Workspace

_CLAUSES = DOCUMENT_CLAUSES - 10
_BLOCKS = DOCUMENT_BLOCKS - 30
_WORDS = "The office keeps a list of all keys that it has given, and to whom. " * 30


def _each(number: int, line: Callable[[int], str]) -> str:
    return "\n".join(map(line, range(number)))


def _reference(number: int) -> str:
    others = ", ".join(f"[](#k{number * prime % 1_500})" for prime in (7, 11, 13))
    return f"1. See {others} and more. {{#k{number}}}"


_MARKS = "{{ school.name }} and {{ roles.head }} in {{ answers.days_to_report | in_words }} days"

SHAPES: dict[str, str] = {
    "short clauses": _each(_CLAUSES, lambda n: f"1. A key is lost. {{#k{n}}}"),
    "clauses with three marks": _each(_CLAUSES, lambda n: f"1. {_MARKS}. {{#k{n}}}"),
    "clauses with three references": _each(1_500, _reference),
    "subheads": _each(2_000, lambda n: f"## About {n} {{#h{n}}}\n\n1. A key. {{#k{n}}}\n"),
    "paragraphs": "1. Keys. {#k}\n\n" + _each(_BLOCKS, lambda n: f"    Key {n}.\n"),
    "items": "1. Keys: {#k}\n" + _each(_BLOCKS, lambda n: f"    - key {n}"),
    "letters": _each(
        DOCUMENT_LETTERS // len(_WORDS) - 20, lambda n: f"1. {_WORDS} {{#k{n}}}\n"
    ),
}  # fmt: skip
"""A section of each kind, as long as the budget of a document lets it be."""


def main(names: list[str]) -> None:
    """Check and build a policy of each shape, or of those named, and print a table."""
    print("| made of | command | seconds of the processor | megabytes at most |\n|---|---|--:|--:|")
    for name, text in SHAPES.items():
        if names and name not in names:
            continue
        with tempfile.TemporaryDirectory() as folder:
            here = Workspace(Path(folder))
            template = here.text(TEMPLATE).replace("sections:\n", "sections:\n  - much\n")
            section = f"# Much {{#much}}\n\n{text}\n"
            root = here.with_files(
                {TEMPLATE: template, "templates/tiny/sections/much.md": section}
            ).write()
            for command in (("check",), ("build", "--workers", "1")):
                used = measured(root, *command)
                row = f"| {name} | `{command[0]}` | {used.processor:.1f} | {used.megabytes:.0f} |"
                print(row, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
