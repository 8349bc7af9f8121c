"""An upgrade of 400 schools: in one run, and with one process for each school. Prints ratios. See README.md."""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import fleet

POLICY = "staff-acceptable-use"
SAMPLE = 20
"""Schools that are upgraded one by one; the rest would take as long each."""


def main() -> None:
    """Measure both ways on one generated county."""
    schools = int(sys.argv[1]) if len(sys.argv) > 1 else fleet.SCHOOLS
    with tempfile.TemporaryDirectory() as folder:
        county = Path(folder) / "county"
        fleet.write_fleet(county, schools, (POLICY,))
        moving = sorted(
            path.parts[-3]
            for path in county.glob(f"schools/*/policies/{POLICY}.yaml")
            if f'edition: "{fleet.EDITIONS[-1][0]}"' not in path.read_text("utf-8")
        )
        alone = Path(folder) / "alone"
        shutil.copytree(county, alone)
        together = seconds(county, POLICY)
        one_by_one = [seconds(alone, f"{school}/{POLICY}") for school in moving[:SAMPLE]]
        same = all(files(county, school) == files(alone, school) for school in moving[:SAMPLE])
    wall, cpu = (
        sum(each) / len(one_by_one) * len(moving) for each in zip(*one_by_one, strict=True)
    )
    print(f"{len(moving)} of {schools} schools go to edition {fleet.EDITIONS[-1][0]}")
    print(f"in one run              {together[0]:7.1f} s, {together[1]:6.1f} s of processor time")
    print(f"one process each        {wall:7.1f} s, {cpu:6.1f} s, from {len(one_by_one)} of them")
    print(f"ratio                   {wall / together[0]:7.1f}   {cpu / together[1]:6.1f}")
    print("the same files" if same else "DIFFERENT FILES")


def seconds(root: Path, selection: str) -> tuple[float, float]:
    """How long an upgrade takes: by the clock, and of processor time."""
    program = Path(sys.executable).with_name("policygen")
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(
        [program, "upgrade", selection], cwd=root, capture_output=True, check=False
    )
    if done.returncode > 1:
        sys.exit(done.stderr.decode())
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - start, processor


def files(root: Path, school: str) -> dict[str, bytes]:
    """The adoptions and decisions of a school."""
    return {
        path.name: path.read_bytes() for path in (root / "schools" / school / "policies").glob("*")
    }


if __name__ == "__main__":
    main()
