"""24,000 schools × 30 policies on the real scheduler of Dask: units that cost what was measured, but only sleep.

`python -m benchmarks.country` measures units of a generated county, then hands tens of thousands of stand-ins to a
scheduler, one at a time and in batches, and reckons a country from both. See docs/explanation/a-country.md.
"""

from __future__ import annotations

import argparse
import logging
import pickle
import random
import statistics
import tempfile
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.county import AS_OF, write_county
from policygen.products.folders import render
from policygen.project.check import Asked, Selection
from policygen.project.unit import SchoolJob, SchoolMade, do

SCHOOLS, POLICIES = 24_000, 30
CORE_HOUR = 0.04
"""US dollars of a core for an hour, hired by the hour; half of it or less where it may be taken away."""
GIGABYTE_MONTH = 0.02
SEED = 20261120


@dataclass(frozen=True)
class Measured:
    """What units of a county took, in processor seconds and bytes."""

    school: list[float]
    """Reading, checking and composing a school with five policies, its pages included."""
    pdf: list[float]
    pdfs: int
    """Of so many policies."""
    policies: int
    sent: list[int]
    made: list[int]
    output: int
    """All bytes that are written, of those policies."""


def measure(county: Path, schools: int) -> Measured:
    """Do the units of a few schools here; the first school pays for the model policies, and is left out."""
    asked = Asked(county, (Selection(),), AS_OF)
    found = Measured([], [], 0, 0, [], [], 0)
    pdfs = policies = output = 0
    for number in range(schools + 1):
        start = time.process_time()
        made = do(SchoolJob("country", asked, f"school-{number:04}", makes=True))
        took = time.process_time() - start
        if not number or not isinstance(made, SchoolMade):
            continue
        found.school.append(took)
        folders = [folder for draft in made.drafts for folder in draft.folders]
        policies += len(made.drafts)
        output += sum(len(content) for folder in folders for content in folder.files.values())
        for job in (job for folder in folders for job in folder.pdfs.values()):
            start = time.process_time()
            result = render(job)
            found.pdf.append(time.process_time() - start)
            found.sent.append(len(pickle.dumps(job)))
            found.made.append(len(result.pdf))
            output += len(result.pdf)
            pdfs += 1
    return Measured(found.school, found.pdf, pdfs, policies, found.sent, found.made, output)


# --- stand-ins --------------------------------------------------------------------------------------------------------


def stand_in(batch: tuple[float, ...], _sent: bytes) -> bytes:
    """Units that only sleep: as long as measured ones took, scaled down."""
    time.sleep(sum(batch))
    return b""


def stand_ins(address: str, seconds: list[float], batch: int, sent: int) -> tuple[float, float]:
    """Hand out units in batches, a bounded number at a time, as a build does; gives seconds taken and slept."""
    from distributed import Client, as_completed

    with Client(address) as client:
        workers = sum(client.nthreads().values())
        batches = deque(tuple(seconds[at : at + batch]) for at in range(0, len(seconds), batch))

        def submitted() -> Iterator[object]:
            for _ in range(min(4 * workers, len(batches))):
                yield client.submit(stand_in, batches.popleft(), b"x" * sent, pure=False)

        begun = time.perf_counter()
        running = as_completed([*submitted()])
        for future in running:
            future.result()
            if batches:
                job = client.submit(stand_in, batches.popleft(), b"x" * sent, pure=False)
                running.add(job)
        return time.perf_counter() - begun, sum(seconds) / workers


def main() -> None:
    """Measure, simulate, and print what a country takes."""
    reader = argparse.ArgumentParser(prog="python -m benchmarks.country", description=__doc__)
    reader.add_argument("--units", type=int, default=20_000)
    reader.add_argument("--schools", type=int, default=3, help="schools that are measured")
    reader.add_argument("--workers", type=int, default=16)
    reader.add_argument("--scale", type=float, default=100, help="how much quicker stand-ins are")
    given = reader.parse_args()
    logging.getLogger("distributed").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory(prefix="policygen-country-") as folder:
        write_county(Path(folder), given.schools + 1)
        found = measure(Path(folder), given.schools)
    cost = _told(found)
    from distributed import LocalCluster

    chance = random.Random(SEED)  # noqa: S311
    drawn = [chance.choice(found.pdf) / given.scale for _ in range(given.units)]
    sent = int(statistics.mean(found.sent))
    print(
        f"\n{given.units:,} stand-ins, {given.scale:g} × as quick, on {given.workers} local workers"
    )
    print("| units a task | seconds | of them slept | a second | scheduler, ms a task |")
    print("|--:|--:|--:|--:|--:|")
    overhead = 0.0
    with LocalCluster(
        n_workers=1,
        threads_per_worker=given.workers,
        processes=False,
        dashboard_address=None,
        protocol="tcp://",
    ) as cluster:
        for batch in (1, 10):
            some = drawn if batch > 1 else drawn[: max(1, given.units // 2)]
            taken, slept = stand_ins(cluster.scheduler_address, some, batch, sent)
            tasks = -(-len(some) // batch)
            each = 1000 * max(0, taken - slept) / tasks
            overhead = overhead or each
            print(
                f"| {batch} | {taken:.1f} | {slept:.1f} | {len(some) / taken:,.0f} | {each:.2f} |",
                flush=True,
            )
    _reckoned(cost, overhead, found)


def _told(found: Measured) -> float:
    """Print what was measured; gives the seconds of a policy."""
    school, pdf = statistics.mean(found.school) / 5, statistics.mean(found.pdf)
    middle, longest = statistics.median(found.pdf), max(found.pdf)
    sent, made = statistics.mean(found.sent) / 1e3, statistics.mean(found.made) / 1e3
    each = found.pdfs / found.policies
    print("| measured, processor time on one core | |\n|---|--:|")
    print(f"| a policy checked, composed, as pages | {school:.2f} s |")
    print(f"| a PDF made and read back, mean | {pdf:.2f} s |")
    print(f"| the same, median and longest | {middle:.2f} and {longest:.2f} s |")
    print(f"| PDFs of a policy | {each:.1f} |")
    print(f"| a policy, all of it | {school + each * pdf:.2f} s |")
    print(f"| sent to a worker, came back, a PDF | {sent:.0f} and {made:.0f} kB |")
    print(f"| written, a policy | {found.output / found.policies / 1e6:.2f} MB |")
    return school + each * pdf


def _reckoned(cost: float, overhead: float, found: Measured) -> None:
    """Print what a country takes."""
    policies, each = SCHOOLS * POLICIES, found.pdfs / found.policies
    hours = policies * cost / 3600
    tasks = policies * each + SCHOOLS
    busy = cost / each / (overhead / 1000)
    stored = policies * found.output / found.policies / 1e9
    print(
        f"\n{SCHOOLS:,} schools × {POLICIES} policies = {policies:,}, {tasks / 1e6:.1f} million tasks"
    )
    print("| | |\n|---|--:|")
    print(f"| core-hours | {hours:,.0f} |")
    for cores in (16, 128, 512):
        print(f"| hours on {cores} cores | {hours / cores:.1f} |")
    print(f"| hours of one scheduler, a task for each unit | {tasks * overhead / 3.6e6:.1f} |")
    print(f"| cores that one scheduler keeps busy, so | {busy:,.0f} |")
    print(f"| stored | {stored:,.0f} GB |")
    print(f"| money, at ${CORE_HOUR} a core-hour | ${hours * CORE_HOUR:,.0f} |")
    print(
        f"| storage, at ${GIGABYTE_MONTH} a GB and month | ${stored * GIGABYTE_MONTH:,.0f} a month |"
    )


if __name__ == "__main__":
    main()
