"""What checking and building many schools takes: memory of the process that conducts it, and time. See README.md."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.support.workspace import AS_OF, SCHOOL, Workspace

COUNTS = (20, 100)
_PROGRAM = """
import json, resource, sys
from policygen import cli
try:
    cli.main(sys.argv[1:])
except SystemExit as end:
    code = end.code
used = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps([code or 0, used.ru_maxrss / 1000, used.ru_utime + used.ru_stime]))
"""


def main() -> None:
    """Check and build one small policy of so many schools, and print a line for each."""
    print("| documents | command | MB | seconds | of its own processor time |")
    print("|--:|---|--:|--:|--:|")
    for count in map(int, sys.argv[1:] or COUNTS):
        with tempfile.TemporaryDirectory() as folder:
            root = schools(Path(folder), count)
            for command in (("check",), ("build", "--workers", "2"), ("build",)):
                _measure(root, count, *command)


def schools(root: Path, count: int) -> Path:
    """A workspace of so many schools with one policy each."""
    Workspace(root).write()
    school = root / "schools/oak"
    for number in range(1, count):
        copy = Path(shutil.copytree(school, root / f"schools/oak-{number}"))
        facts = copy / Path(SCHOOL).name
        named = facts.read_text("utf-8").replace("Oak Lane", f"Oak Lane {number}")
        facts.write_text(named, "utf-8")
    return root


def _measure(root: Path, count: int, *command: str) -> None:
    program = [sys.executable, "-c", _PROGRAM, *command, "--as-of", AS_OF]
    begun = time.perf_counter()
    done = subprocess.run(program, cwd=root, capture_output=True, text=True, check=True)
    seconds = time.perf_counter() - begun
    said = done.stdout.rstrip().rpartition("\n")[2]
    code, megabytes, processor = json.loads(said)
    if code:
        sys.exit(done.stderr[-2000:])
    name = " ".join(command)
    print(
        f"| {count} | `{name}` | {megabytes:.0f} | {seconds:.1f} | {processor:.1f} |",
        flush=True,
    )


if __name__ == "__main__":
    main()
