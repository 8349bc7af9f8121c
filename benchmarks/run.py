"""Measures policygen against named peers and its own bars, side by side in one run. See README.md.

`python -m benchmarks.run` takes under five minutes on two idle cores, `--long` the rest. `--json FILE` writes the
figures, `--record` adds a line to benchmarks/history.jsonl, `--peers PYTHON` names a Python that has the peers.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from shutil import copytree, rmtree
from typing import Any

import pikepdf

from benchmarks.county import AS_OF, write_county
from benchmarks.plain import as_markdown, as_typst
from policygen.disk.executors import run_all
from policygen.products.folders import PdfJob, render
from policygen.project.check import Asked, Selection
from policygen.project.unit import SchoolJob, SchoolMade, do

ROOT = Path(__file__).parents[1]
HISTORY = Path(__file__).with_name("history.jsonl")
THEME = ROOT / "src/policygen/theme"
ROUNDS = 3
"""Ratios are medians of so many, each of what ran one after the other."""
SAMPLE = 5
"""Pages of each round."""
CHECK_BEFORE = 0.20
"""Processor seconds that `check` took an adoption in November 2026, on two idle cores of an AMD EPYC."""
PAGES_BEFORE = 856
"""Pages laid out for a cold build of the examples at the same time, when there were fewer."""
CORES = os.cpu_count() or 1
ENVIRONMENT = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
ENVIRONMENT.pop("PYTHONDONTWRITEBYTECODE", None)  # who has installed a program has it compiled


@dataclass(frozen=True)
class Row:
    """A figure, and the bar that it has to reach, if any."""

    name: str
    value: float | None
    unit: str
    least: float | None = None
    aim: float | None = None
    more_is_better: bool = False
    note: str = ""
    load: float = field(default_factory=lambda: os.getloadavg()[0])

    @property
    def reached(self) -> str:
        """Whether the bar is reached, or the aim behind it."""
        if self.least is None:
            return ""
        if self.value is None:
            return "not measured"
        sign = 1 if self.more_is_better else -1
        bars = ((self.aim, "aim"), (self.least, "yes"))
        found = (said for bar, said in bars if bar is not None and sign * self.value >= sign * bar)
        return next(found, "no")


# --- start ------------------------------------------------------------------------------------------------------------


def start(_run: Run) -> Iterator[Row]:
    """How long before the program says anything."""
    _seconds(sys.executable, "-m", "policygen", "--help")  # compiled
    ratios = []
    for _ in range(9):
        empty = _seconds(sys.executable, "-c", "")
        ratios.append(_seconds(sys.executable, "-m", "policygen", "--help") / empty)
    yield Row("`policygen --help`, against an empty Python", statistics.median(ratios), "×", 3, 2)


def _seconds(*command: object) -> float:
    begun = time.perf_counter()
    words = [str(word) for word in command]
    subprocess.run(words, check=True, capture_output=True, env=ENVIRONMENT)
    return time.perf_counter() - begun


# --- documents --------------------------------------------------------------------------------------------------------


def documents(run: Run) -> Iterator[Row]:
    """PDFs of a fleet, against other ways to make them of the same HTML and CSS, or of the same text."""
    rounds = _sample(run)
    render(rounds[0].mix[0])  # warm
    ours = [_ours(one) for one in rounds]
    pages = sum(one["pages"] for one in ours)
    cost = 1000 * sum(one["policies"] for one in ours) / pages
    yield Row("a page of a policy, read back and checked, warm, of processor time", cost, "ms")
    for way, peer in PEERS.items():
        try:
            theirs = [_peer(run, way, getattr(one, f"{peer.of}_folder")) for one in rounds]
        except MissingError as missing:
            yield Row(peer.says, None, peer.unit, *peer.bars, peer.more_is_better, str(missing))
            continue
        ratios = [
            their[peer.clock] / our[peer.beside] for their, our in zip(theirs, ours, strict=True)
        ]
        ratio = statistics.median(ratios)
        note = ""
        if way == "process":
            of_processor = sum(their["processor"] for their in theirs) / sum(
                our["mix"] for our in ours
            )
            note = f"{of_processor:.1f} × of processor time, on {CORES} cores"
        if way == "typst":
            a_page = sum(their["processor"] for their in theirs) / _pages_of_typst(rounds)
            ratio, note = cost / 1000 / a_page, f"{1000 * a_page:.1f} ms a page"
        yield Row(peer.says, ratio, peer.unit, *peer.bars, peer.more_is_better, note)


@dataclass(frozen=True)
class Round:
    """Pages of one round, and the same for others to make."""

    mix: list[PdfJob]
    policies: list[PdfJob]
    mix_folder: Path
    policies_folder: Path


@dataclass(frozen=True)
class Peer:
    """Another way: of which pages, beside which of our times, by which clock."""

    says: str
    of: str
    beside: str
    clock: str
    bars: tuple[float | None, float | None] = (None, None)
    unit: str = "× as long"
    more_is_better: bool = True


PEERS = {
    "process": Peer(
        "one `weasyprint` process a document, same HTML and CSS", "mix", "pool", "clock", (4.5, 6)
    ),
    "pool": Peer("a naive pool of processes, same HTML and CSS", "mix", "pool", "clock"),
    "loop": Peer("a warm naive loop, same HTML and CSS, one core", "mix", "mix", "processor"),
    "script": Peer(
        "Jinja, Python-Markdown and WeasyPrint, same text, one core", "policies", "policies", "processor"
    ),
    "typst": Peer(
        "a page, warm, one core, against typst from the same text", "policies", "policies",
        "processor", (3.5, 2.5), "times as long as typst", more_is_better=False,
    ),
    "pandoc": Peer("pandoc to typst, same HTML, one core", "policies", "policies", "processor"),
}  # fmt: skip


def _ours(one: Round) -> dict[str, float]:
    """Our seconds for a round: of the processor on one core, and by the clock on all."""
    start = time.process_time()
    for job in one.mix:
        render(job)
    mixed = time.process_time()
    pages = sum(render(job).pages for job in one.policies)
    ended = time.process_time()
    pooled = _pooled(one.mix)
    return {"mix": mixed - start, "policies": ended - mixed, "pages": pages, "pool": pooled}


def _jobs(county: Path, schools: int = 2) -> list[PdfJob]:
    """All PDFs of the first schools of a county."""
    asked = Asked(county, (Selection(),), AS_OF)
    found = []
    for number in range(schools):
        made = do(SchoolJob("benchmark", asked, f"school-{number:04}", makes=True))
        if isinstance(made, SchoolMade):
            folders = (folder for draft in made.drafts for folder in draft.folders)
            found += [job for folder in folders for job in folder.pdfs.values()]
    return found


def _sample(run: Run) -> list[Round]:
    """As long and short as they are in the fleet, each round with its share of both; and policies alone."""
    jobs = sorted(_jobs(run.county), key=lambda job: len(job.html))
    count = SAMPLE * ROUNDS
    mix = [jobs[(2 * number + 1) * len(jobs) // (2 * count)] for number in range(count)]
    policies = jobs[-2 * ROUNDS :]
    rounds = []
    for number in range(ROUNDS):
        ours, long = mix[number::ROUNDS], policies[number::ROUNDS]
        folders = [
            _folder_for_peers(run.folder / f"peers-{kind}{number}", some)
            for kind, some in (("mix", ours), ("policies", long))
        ]
        rounds.append(Round(ours, long, *folders))
    return rounds


def _pooled(jobs: list[PdfJob]) -> float:
    """Seconds of a warm pool for these jobs: of one that has many, without what it needs to begin."""
    warm, times = 2 * CORES, 3
    begun = 0.0
    for ended, _ in enumerate(run_all(render, [*jobs[:1] * warm, *jobs * times], CORES), 1):
        if ended == warm:
            begun = time.perf_counter()
    return (time.perf_counter() - begun) / times


def _folder_for_peers(folder: Path, jobs: list[PdfJob]) -> Path:
    """The pages of jobs with their style sheets and fonts, and the same text for those that take no HTML."""
    folder.mkdir()
    for number, job in enumerate(jobs):
        page = job.html.decode()
        (folder / f"{number}.html").write_text(page.replace("policygen:", ""), "utf-8")
        (folder / f"{number}.md").write_text(as_markdown(page), "utf-8")
        (folder / f"{number}.typ").write_text(as_typst(page), "utf-8")
    for path in THEME.glob("*.*"):
        text = path.read_text("utf-8").replace("policygen:", "")
        (folder / path.name).write_text(text, "utf-8")
    copytree(THEME / "fonts", folder / "fonts")
    return folder


class MissingError(Exception):
    """A peer is not installed, or fails."""


def _peer(run: Run, way: str, folder: Path) -> dict[str, float]:
    """Seconds that another way takes for a folder. Raises MissingError."""
    script = Path(__file__).with_name("peers.py")
    done = subprocess.run(
        [run.peers, script, way, folder], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise MissingError((done.stderr.strip().splitlines() or ["it failed"])[-1][:120])
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _pages_of_typst(rounds: list[Round]) -> int:
    pages = 0
    for one in rounds:
        for path in one.policies_folder.glob("[0-9]*.typst.pdf"):
            with pikepdf.open(path) as pdf:
                pages += len(pdf.pages)
    return pages


# --- builds -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Used:
    """What a command took."""

    seconds: float
    processor: float
    """Of the process that conducts it, its workers apart."""
    in_all: float
    """The same with its workers."""
    parent: float
    """Megabytes at most."""
    worker: float
    said: str


def command(root: Path, *words: str) -> Used:
    """Run policygen in a process group of its own, and watch how much memory each process of it takes."""
    program = [sys.executable, "-m", "policygen", *words, "--as-of", AS_OF.isoformat()]
    with tempfile.TemporaryFile() as said:
        begun = time.perf_counter()
        process = subprocess.Popen(
            program, cwd=root, stdout=said, stderr=said, env=ENVIRONMENT, start_new_session=True
        )
        most: dict[int, tuple[float, float]] = {}
        ended = threading.Event()
        watcher = threading.Thread(target=_watch, args=(process.pid, most, ended))
        watcher.start()
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begun
        ended.set()
        watcher.join()
        said.seek(0)
        text = said.read().decode()
    if status:
        raise RuntimeError(text[-500:])
    parent, _ = most.get(
        process.pid, (0, 0)
    )  # what the system says afterwards counts who started it
    processor = used.ru_utime + used.ru_stime
    workers = [each for pid, each in most.items() if pid != process.pid]
    worker = max((size for size, _ in workers), default=0)
    in_all = processor + sum(spent for _, spent in workers)
    return Used(seconds, processor, in_all, parent, worker, text)


def _watch(session: int, most: dict[int, tuple[float, float]], ended: threading.Event) -> None:
    """The megabytes that each process of a session has had at most, and its seconds of work. Linux alone tells it."""
    while not ended.wait(0.1):
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                stat = (folder / "stat").read_text().rpartition(")")[2].split()
                if int(stat[3]) == session:
                    status = (folder / "status").read_text()
                    size = status.partition("VmHWM:")[2].split()[0]
                    worked = (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")
                    most[int(folder.name)] = int(size) / 1000, worked
            except (OSError, IndexError, ValueError):
                continue


def builds(run: Run) -> Iterator[Row]:
    """A county built on one core, on two, again, and after a change."""
    few = [f"school-{number:04}" for number in range(run.built)]
    ratios, cold = [], None
    for _ in range(ROUNDS if run.long else 1):
        one = _cold(run.county, *few, "--workers", "1")
        cold = _cold(run.county, *few, "--workers", "2")
        ratios.append(one.seconds / cold.seconds)
    assert cold is not None  # noqa: S101
    size = f"{run.built} schools × 5 policies"
    yield Row(
        "two workers against one, whole build",
        statistics.median(ratios),
        "× as fast",
        1.8,
        1.9,
        more_is_better=True,
        note=size,
    )
    yield Row("memory of the process that conducts a build", cold.parent, "MB", note=size)
    yield Row("memory of a worker", cold.worker, "MB", 260, 180, note=size)
    again = statistics.median(command(run.county, "build", *few).processor for _ in range(3))
    share = 100 * again * CORES / cold.in_all
    note = f"{size}; {again:.2f} s of the processor, against {cold.in_all:.0f} s on {CORES} cores"
    yield Row(
        "a build of what is unchanged, start included, against cold",
        share,
        "%",
        0.5,
        0.1,
        note=note,
    )
    yield from _name_changed(run, few, cold)
    yield _cluster(run, few, cold)


def _cold(root: Path, *words: str) -> Used:
    rmtree(root / "output", ignore_errors=True)
    return command(root, "build", *words)


def _name_changed(run: Run, few: list[str], cold: Used) -> Iterator[Row]:
    """One person has another name: which PDFs are made, and what is done beside them."""
    path = run.county / "schools" / few[0] / "school.yaml"
    text = path.read_text("utf-8")
    name = text.partition("  dsl:\n    name: ")[2].partition("\n")[0]
    path.write_text(text.replace(f"name: {name}\n", "name: Another Person\n", 1), "utf-8")
    try:
        changed = command(run.county, "build", *few)
    finally:
        path.write_text(text, "utf-8")
    share = 100 * changed.in_all / (cold.in_all / len(few))
    last = changed.said.rstrip().rpartition("\n")[2]
    name = "a name changed at one school, of a cold build of it: processor time"
    yield Row(f"{name} with its renders", share, "%", note=last)
    why = "so few PDFs are made in the same process, and are not told apart"
    yield Row(f"{name} beside its renders", None, "%", 2, note=why)


def _cluster(run: Run, few: list[str], pool: Used) -> Row:
    """Two local workers of Dask, against the pool."""
    name = "dask with two local workers, against the pool"
    bars: dict[str, Any] = {"unit": "× as fast", "least": 0.85, "aim": 0.95, "more_is_better": True}
    dask = Path(sys.executable).with_name("dask")
    if not dask.exists():
        return Row(name, None, note="dask is not installed", **bars)
    rmtree(run.county / "output", ignore_errors=True)
    address = "tcp://127.0.0.1:18786"
    where = run.folder / "dask"
    where.mkdir()
    parts = [
        [dask, "scheduler", "--host", "127.0.0.1", "--port", "18786", "--no-dashboard"],
        [dask, "worker", address, "--nthreads", "1", "--nworkers", "2", "--no-dashboard"],
    ]
    running = []
    try:
        for part in parts:
            running.append(
                subprocess.Popen(
                    part,
                    cwd=where,
                    env=ENVIRONMENT,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
            )
            time.sleep(4)
        words = ("--executor", "dask", "--scheduler", address)
        took = command(run.county, "build", *few, *words)
    except RuntimeError as error:
        return Row(name, None, note=str(error).strip().splitlines()[-1][:120], **bars)
    finally:
        for process in reversed(running):
            process.terminate()
            process.wait()
    return Row(name, pool.seconds / took.seconds, **bars)


# --- what else --------------------------------------------------------------------------------------------------------


def steps(run: Run) -> Iterator[Row]:
    """What of a build is not the renderer, and how many pages are laid out: of the examples, or of one school."""
    where, selected = (ROOT, []) if run.long else (run.county, ["school-0000"])
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.steps", "--json", where, *selected],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    found = json.loads(done.stdout)
    note = (
        "the examples"
        if run.long
        else "one school × 5 policies, which pays for five model policies alone"
    )
    yield Row(
        "what is not the renderer, of the time of a build",
        100 * found["other"],
        "%",
        10,
        5,
        note=note,
    )
    yield Row(
        "pages laid out for each that is kept", found["laid_out"] / found["kept"], "×", note=note
    )
    laid_out = found["laid_out"] / PAGES_BEFORE if run.long else None
    note = "there are more examples now" if run.long else "--long builds the examples"
    yield Row("pages laid out for the examples, against 856", laid_out, "×", 0.7, 0.55, note=note)


def checks(run: Run) -> Iterator[Row]:
    """`check` of a county, and again."""
    rmtree(run.county / "output", ignore_errors=True)
    adoptions = 5 * run.schools
    one = _processor(run.county, "check", "school-0000")
    rmtree(run.county / "output", ignore_errors=True)
    first, again = _processor(run.county, "check"), _processor(run.county, "check")
    more = (first - one) / (adoptions - 5)
    fixed = max(0, one - 5 * more)
    each = more + fixed / 2_000
    note = f"{more:.3f} s each and {fixed:.1f} s once, of {adoptions} adoptions, for 2,000"
    yield Row(
        f"`check`, processor time an adoption, against {CHECK_BEFORE} s in November 2026",
        each / CHECK_BEFORE,
        "×",
        0.5,
        0.3,
        note=note,
    )
    yield Row(
        "`check` of what is unchanged, likewise",
        again / adoptions / CHECK_BEFORE, "×", 0.02, 0.005, note=f"{again:.2f} s in all",
    )  # fmt: skip


def _processor(root: Path, *words: str) -> float:
    """Processor seconds of a command, with all processes that it starts."""
    program = [sys.executable, "-m", "policygen", *words, "--as-of", AS_OF.isoformat()]
    reading = [sys.executable, "-c", _ALL_OF_IT, *program]
    done = subprocess.run(
        reading, cwd=root, env=ENVIRONMENT, capture_output=True, text=True, check=True
    )
    return float(done.stdout.rpartition("\n")[2])


_ALL_OF_IT = """
import ctypes, os, subprocess, sys
ctypes.CDLL(None).prctl(36, 1)  # whoever loses its parent becomes ours, so that we are told what it took
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL)
try:
    while True:
        os.wait()
except ChildProcessError:
    used = os.times()
    print(used.children_user + used.children_system, end="")
"""


def growth(run: Run) -> Iterator[Row]:
    """What a document costs, and what memory is taken, when there are many more."""
    from benchmarks.many import schools

    few, many = (20, 400) if run.long else (10, 40)
    found = {}
    for count in (few, many):
        root = run.folder / f"many{count}"
        root.mkdir()
        schools(root, count)
        found[count] = command(root, "build", "--workers", "2")
    a, b = found[few], found[many]
    note = f"{few} and {many} schools with one small policy"
    each = (b.seconds - a.seconds) / (many - few) / (b.seconds / many)
    yield Row("a further document, against one of many", each, "×", 1.1, 1, note=note)
    yield Row(
        "memory that conducts a build, many against few",
        b.parent / a.parent,
        "×",
        1.1,
        1,
        note=f"{a.parent:.0f} and {b.parent:.0f} MB; {note}",
    )


def updates(run: Run) -> Iterator[Row]:
    """An upgrade to a new edition, against copier's update of as many projects."""
    from benchmarks import fleet

    root, policy = run.folder / "upgrade", "staff-acceptable-use"
    root.mkdir()
    count = 100 if run.long else 12
    fleet.write_fleet(root, count, (policy,), registers=False)
    begun = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "policygen", "upgrade", policy], cwd=root, check=False,
        env=ENVIRONMENT, capture_output=True,
    )  # fmt: skip
    taken = (time.perf_counter() - begun) / count
    text = run.folder / "copier"
    text.mkdir()
    for number, path in enumerate(sorted((ROOT / "templates" / policy / "sections").glob("*.md"))):
        plain = path.read_text("utf-8").replace("{", "(").replace("}", ")")
        (text / f"{number}.md").write_text(plain, "utf-8")
    note, ratio = f"{count} schools; copier in one process, 4 projects", None
    try:
        ratio = _peer(run, "copier", text)["clock"] / 4 / taken
    except MissingError as missing:
        note = str(missing)
    yield Row(
        "copier update of as many projects", ratio, "× as long", more_is_better=True, note=note
    )


# --- all of it --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Run:
    """Where one run has its files, and how much it does."""

    folder: Path
    peers: str
    long: bool

    @property
    def county(self) -> Path:
        """A workspace with many schools."""
        return self.folder / "county"

    @property
    def schools(self) -> int:
        """How many it has."""
        return 400 if self.long else 16

    @property
    def built(self) -> int:
        """How many of them are built."""
        return 40 if self.long else 2


PARTS: tuple[Callable[[Run], Iterator[Row]], ...] = (
    start,
    documents,
    builds,
    steps,
    checks,
    growth,
    updates,
)


def main() -> None:
    """Measure, print a table, and keep the figures where that is asked for."""
    reader = argparse.ArgumentParser(prog="python -m benchmarks.run", description=__doc__)
    reader.add_argument("--long", action="store_true", help="all of it, in hours")
    reader.add_argument("--json", type=Path, metavar="FILE")
    reader.add_argument("--record", action="store_true", help=f"add a line to {HISTORY.name}")
    reader.add_argument("--peers", default=sys.executable, metavar="PYTHON")
    reader.add_argument(
        "parts", nargs="*", metavar="PART", help=", ".join(part.__name__ for part in PARTS)
    )
    given = reader.parse_args()
    begun = time.perf_counter()
    rows = []
    print("| | value | | at least | aim | reached | load | |\n|---|--:|---|--:|--:|---|--:|---|")
    with tempfile.TemporaryDirectory(prefix="policygen-benchmarks-") as folder:
        run = Run(Path(folder), given.peers, given.long)
        write_county(run.county, run.schools)
        for part in PARTS:
            if given.parts and part.__name__ not in given.parts:
                continue
            for row in _rows(part, run):
                rows.append(row)
                print(_line(row), flush=True)
    print(f"\n{time.perf_counter() - begun:.0f} s on {_machine()}")
    found = _figures(rows)
    if given.json:
        given.json.write_text(
            json.dumps({**found, "rows": [_said(row) for row in rows]}, indent=2) + "\n", "utf-8"
        )
    if given.record:
        with HISTORY.open("a", encoding="utf-8") as history:
            history.write(json.dumps(found, ensure_ascii=False) + "\n")


def _rows(part: Callable[[Run], Iterator[Row]], run: Run) -> Iterator[Row]:
    """The rows of a part; what it could not measure is a row, too, and stops no other."""
    try:
        yield from part(run)
    except Exception as error:  # noqa: BLE001
        says = (str(error).strip().splitlines() or [type(error).__name__])[-1]
        yield Row(f"{part.__name__}: could not go on", None, "", note=says[:160])


def _line(row: Row) -> str:
    value = "–" if row.value is None else f"{row.value:.3g}"
    bars = ("" if bar is None else f"{bar:g}" for bar in (row.least, row.aim))
    return (
        "| "
        + " | ".join([row.name, value, row.unit, *bars, row.reached, f"{row.load:.1f}", row.note])
        + " |"
    )


def _said(row: Row) -> dict[str, Any]:
    return {**asdict(row), "reached": row.reached}


def _figures(rows: list[Row]) -> dict[str, Any]:
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    ).stdout.strip()
    return {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "commit": commit,
        "machine": _machine(),
        "load": round(max((row.load for row in rows), default=0), 1),
        "figures": {row.name: round(row.value, 4) for row in rows if row.value is not None},
    }


def _machine() -> str:
    """What kind of machine this is, and whose it may be is left out."""
    cpu = Path("/proc/cpuinfo")
    model = (
        cpu.read_text().partition("model name")[2].partition("\n")[0].strip("\t :")
        if cpu.exists()
        else ""
    )
    return f"{CORES} cores, {model or platform.machine()}, {platform.system()}, Python {platform.python_version()}"


if __name__ == "__main__":
    main()
