"""What a second build costs beside the first: nothing changed, a note, a name, a sentence. See README.md."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
DAY = "2026-11-26"
SCHOOL = "schools/elm-grove/school.yaml"
SECTION = "templates/staff-acceptable-use/sections/summary.md"
NAME = ("Priya Nair", "Priya Nair-Hale")


def cost(root: Path, *options: str) -> tuple[float, str]:
    """Processor seconds of one build, without those of its workers, which nobody waits for; and its last line."""
    command = [sys.executable, "-m", "policygen", "build", "--as-of", DAY, *options]
    process = subprocess.Popen(
        command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    said = process.stdout.read() if process.stdout else ""
    _, status, used = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"the build ended with {os.waitstatus_to_exitcode(status)}")
    return used.ru_utime + used.ru_stime, said.rstrip().rpartition("\n")[2]


def edit(root: Path, path: str, old: str, new: str) -> None:
    """Change a file, wherever the text stands in it."""
    text = (root / path).read_text("utf-8")
    if old not in text:
        sys.exit(f"{path} does not hold {old}")
    (root / path).write_text(text.replace(old, new), "utf-8")


def main() -> None:
    """Build the examples five times, and print a line for each."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for name in ("templates", "schools"):
            shutil.copytree(ROOT / name, root / name)
        cold, said = cost(root)
        print(f"cold: {said} Shares are of the process that conducts it, its workers apart.")

        def line(what: str, *options: str) -> None:
            used, said = cost(root, *options)
            print(f"{what}: {100 * used / cold:.2f} % of its processor time; {said}")

        line("again, nothing changed")
        edit(root, SCHOOL, "# Facts about Elm Grove", "# The facts about Elm Grove")
        line("a note in the facts of one school")
        edit(root, SCHOOL, *NAME)
        line("a person's name at one school")
        edit(root, SECTION, "\n\n", "\n\nThis is a summary.\n\n")
        line("a sentence of a model policy")
        line("everything again, by --force", "--force")


if __name__ == "__main__":
    main()
