"""What one very large policy costs: 2,000 clauses on some 300 pages, checked and built. See README.md."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import pikepdf

from tests.support.workspace import AS_OF, TEMPLATE, Workspace

SECTIONS = 40
CLAUSES = 50
"""In each section."""
_WHO = (
    "the caretaker",
    "each member of staff",
    "a visitor",
    "whoever locks up",
    "the school office",
)
_DOES = ("keeps", "signs for", "gives back", "asks for", "writes down")
_WHAT = (
    "a key to the hall",
    "the list of doors",
    "each spare key",
    "the day of a loss",
    "a new lock",
)
_WHEN = (
    "before the school day begins",
    "within {{ answers.days_to_report | in_words }} days, as [](#report-loss) says",
    "when {{ wording.keeper }} has no other to give",
    "and tells the {{ roles.head }} what became of it",
    "unless {{ school.name }} is closed on that day",
)
_CHOICE = random.Random(1)  # noqa: S311
"""The same policy each time."""


def main() -> None:
    """Make the policy, time each command in a process of its own, and print a table."""
    clauses = int(sys.argv[1]) if len(sys.argv) > 1 else SECTIONS * CLAUSES
    with tempfile.TemporaryDirectory() as folder:
        root = large(Path(folder), clauses)
        print(f"one policy of {clauses:,} clauses, {_words(root):,} words")
        print("| command | seconds | of the processor | megabytes at most |\n|---|--:|--:|--:|")
        for command in (("check",), ("build", "--workers", "1")):
            used = measured(root, *command)
            print(
                f"| `{' '.join(command)}` | {used.seconds:.1f} | {used.processor:.1f} | {used.megabytes:.0f} |",
                flush=True,
            )
        with pikepdf.open(next(root.glob("output/drafts/oak/tiny/*.pdf"))) as pdf:
            print(f"\n{len(pdf.pages)} pages")


def large(root: Path, clauses: int) -> Path:
    """A workspace with a policy of so many clauses."""
    here = Workspace(root)
    each = max(1, clauses // SECTIONS)
    names = [f"part-{number}" for number in range(1, -(-clauses // each) + 1)]
    files: dict[str, str] = {}
    for at, name in enumerate(names):
        count = min(each, clauses - at * each)
        files[f"templates/tiny/sections/{name}.md"] = _section(name, at, count)
    listed = "".join(f"  - {name}\n" for name in names)
    template = here.text(TEMPLATE).replace("sections:\n", f"sections:\n{listed}")
    return here.with_files({**files, TEMPLATE: template}).write()


def _section(name: str, at: int, count: int) -> str:
    lines = [f"# Keys to building {at + 1} {{#{name}}}\n"]
    for number in range(count):
        words = " ".join(_sentence(f"{at + 1}-{number + 1}") for _ in range(2 + number % 2))
        lines.append(f"1. {words} {{#{name}-{number}}}")
        if number % 10 == 9:
            lines += [f"    - Door {at + 1}-{number + 1}-{letter}." for letter in "abc"]
    return "\n".join(lines) + "\n"


def _sentence(door: str) -> str:
    who, does, what, when, other = map(_CHOICE.choice, (_WHO, _DOES, _WHAT, _WHEN, _WHEN))
    return f"{who.capitalize()} {does} {what} of door {door} {when}, {other}."


def _words(root: Path) -> int:
    sections = (root / "templates/tiny/sections").glob("*.md")
    return sum(len(path.read_text("utf-8").split()) for path in sections)


@dataclass(frozen=True)
class Used:
    """What a command took."""

    seconds: float
    """By the clock."""
    processor: float
    megabytes: float
    """At most."""


def measured(root: Path, *command: str) -> Used:
    """Run a command in a process of its own. Ends with what it said where it fails."""
    program = [sys.executable, "-m", "policygen", *command, "--as-of", AS_OF]
    begun = time.perf_counter()
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(program, cwd=root, stdout=said, stderr=said)
        _, status, used = os.wait4(process.pid, 0)
        said.seek(0)
        words = said.read().decode()
    seconds = time.perf_counter() - begun
    if status:
        sys.exit(words[-2000:])
    work = used.ru_utime + used.ru_stime
    return Used(seconds, work, used.ru_maxrss / 1000)


if __name__ == "__main__":
    main()
