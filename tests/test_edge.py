"""What the machine does to the program: streams that are gone, letters that are missing, processes that are ended."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from policygen.disk import executors
from policygen.disk.executors import Died, run_all
from policygen.disk.writing import refused
from policygen.ground.limits import FILE_BYTES
from policygen.ground.telling import silent
from policygen.pdf.check import Expectation
from policygen.products.folders import PdfJob, PdfResult, Products
from policygen.project import recheck
from policygen.project.build import render_all
from tests.support.standing import Standing, standing
from tests.support.working import die, die_once
from tests.support.workspace import (
    ADOPTION,
    AS_OF,
    SCHOOL,
    TEMPLATE,
    Workspace,
    run_in,
    without_signs,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

COMMAND = [sys.executable, "-m", "policygen"]


@pytest.fixture
def workspace(tmp_path: Path) -> Standing:
    return standing(Workspace(tmp_path / "here"))


def run(workspace: Standing, line: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """A line of shell, in which `$P` is policygen."""
    quoted = " ".join(f"'{word}'" for word in COMMAND)
    return subprocess.run(
        ["bash", "-c", f'P="{quoted}"; {line.replace("$P", "eval $P")}'],
        cwd=workspace.root,
        env={**os.environ, **environment},
        capture_output=True,
        check=False,
        timeout=120,
    )


def test_closed_streams_change_nothing(workspace: Standing) -> None:
    """Nor is a file of the workspace taken for one of them."""
    result = run(workspace, "$P check <&- >&- 2>&-")
    assert result.returncode == 0


def test_a_reader_who_has_seen_enough_is_no_problem(workspace: Standing) -> None:
    result = run(workspace, "set -o pipefail; $P schema template | head -1")
    assert (result.returncode, result.stdout, result.stderr) == (0, b"{\n", b"")


NEW = "$P new school elm --name Żółta"
DOORS = ["$P check --as-of 2026-11-20", NEW]
FAULTS = {
    "closed streams": ("{} <&- >&- 2>&-", (0,)),
    "closed output": ("{} >&-", (0,)),
    "a reader who is gone": ("set -o pipefail; {} 2>&1 | true", (0,)),
    "no home": ("unset HOME TMPDIR XDG_CACHE_HOME; {}", (0,)),
    "no place for temporary files": ("export TMPDIR=/nowhere HOME=/nowhere; {}", (0,)),
    "few letters": ("export LC_ALL=C PYTHONUTF8=0 PYTHONIOENCODING=ascii; {}", (0,)),
    "few files": ("ulimit -n 16; {}", (0, 1)),
    "small files": ("ulimit -f 0; {}", (0, 1)),
    "little memory": ("ulimit -v 110000; {}", (0, 1)),
    "less memory": ("ulimit -v 60000; {}", (0, 1)),
}
"""What may be wrong with a machine, as a line of shell around a command, and how the command may then end."""


def crashed(fault: str, code: int) -> bool:
    """Whether a signal ended it: what a library in C does that gets no memory is its own affair."""
    return "memory" in fault and (code < 0 or code > 128)


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("fault", FAULTS)
def test_whatever_is_wrong_with_the_machine_is_no_fault_of_ours(
    workspace: Standing, fault: str, door: str
) -> None:
    """It works, or says what it lacks; nothing stays by halves."""
    line, codes = FAULTS[fault]
    result = run(workspace, line.format(door))
    if not crashed(fault, result.returncode):
        assert result.returncode in codes, result.stderr.decode()
        assert (result.returncode == 0) or b"error: " in result.stderr
    assert b"Traceback" not in result.stderr
    made = workspace.root / "schools/elm/school.yaml"
    if door == NEW:
        assert made.exists() == (result.returncode == 0)
    if made.exists():
        assert "Żółta" in made.read_text("utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
def test_a_build_on_a_bad_machine_works_or_says_why(workspace: Standing, fault: str) -> None:
    line, codes = FAULTS[fault]
    result = run(workspace, line.format("$P build --workers 1 --as-of 2026-11-20"))
    if not crashed(fault, result.returncode):
        assert result.returncode in {*codes, 0}, result.stderr.decode()
        assert b"Traceback" not in result.stderr
    built = workspace.root / "output/drafts/oak/tiny/tiny.pdf"
    assert built.exists() == (result.returncode == 0)


READS = [("check",), ("build", "--workers", "1"), ("status",), ("fleet",), ("site", "oak")]
REFUSALS = [
    OSError(number, os.strerror(number))
    for number in (
        errno.EACCES, errno.EIO, errno.EISDIR, errno.ELOOP, errno.EMFILE, errno.ENAMETOOLONG, errno.ENOTDIR, errno.EPERM, errno.ESTALE,
    )
]  # fmt: skip


@pytest.mark.parametrize("command", READS, ids=lambda command: command[0])
@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda error: errno.errorcode[error.errno])
def test_a_file_that_the_system_does_not_give_is_named(
    workspace: Standing,
    monkeypatch: pytest.MonkeyPatch,
    command: tuple[str, ...],
    refusal: OSError,
) -> None:
    read = Path.read_bytes

    def refuses(path: Path) -> bytes:
        if path.suffix in (".yaml", ".md"):
            raise OSError(refusal.errno, refusal.strerror, str(path))
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", refuses)
    result = workspace.run(*command)
    assert result.code == 1
    assert str(refusal.strerror).lower() in result.stderr
    assert "\n  --> " in result.stderr


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (MemoryError(), "this machine has no memory left"),
        (RecursionError(), "goes too deep to be read"),
        (ImportError("libjpeg.so: failed to map segment", name="pikepdf"), "cannot be loaded"),
        (OSError("cannot load library 'libpango'"), "cannot load library 'libpango'"),
        (OSError(errno.ENOMEM, "Cannot allocate memory"), "cannot allocate memory"),
        (BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable"), "unavailable"),
    ],
    ids=repr,
)
def test_what_a_machine_lacks_is_told(
    workspace: Standing, monkeypatch: pytest.MonkeyPatch, error: Exception, said: str
) -> None:
    def lacks(*_: object) -> None:
        raise error

    monkeypatch.setattr(recheck, "recheck", lacks)
    result = workspace.run("check")
    assert (result.code, said in result.stderr) == (1, True), result.stderr


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="Linux says how much is taken")
@pytest.mark.parametrize("error", [SystemError(), RuntimeError("no thread"), ValueError("blake2")])
def test_whatever_a_library_raises_without_memory_is_no_fault_of_ours(
    workspace: Standing, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    import resource

    before = resource.getrlimit(resource.RLIMIT_AS)
    taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()

    def starves(*_: object) -> None:
        resource.setrlimit(resource.RLIMIT_AS, (taken + 8_000_000, before[1]))
        raise error

    monkeypatch.setattr(recheck, "recheck", starves)
    try:
        result = workspace.run("check")
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)
    assert (result.code, result.stderr) == (1, "error: this machine has no memory left\n")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with names")
@pytest.mark.parametrize("path", [SCHOOL, ADOPTION, TEMPLATE, "schools/oak/logo.svg"])
def test_what_never_ends_or_fills_the_memory_is_not_read(workspace: Standing, path: str) -> None:
    place = workspace.root / path
    place.unlink()
    os.mkfifo(place)
    result = workspace.run("check")
    assert (result.code, f"`{path}` cannot" in result.stderr) == (1, True), result.stderr
    place.unlink()
    with place.open("wb") as file:
        file.truncate(FILE_BYTES + 1)
    result = workspace.run("check")
    assert (result.code, "file too large" in result.stderr) == (1, True), result.stderr


@pytest.mark.parametrize("letters", ["\x07", "\x1b[2J", "\ue000", "\udcff", "\u2028", "\u202e"])
@pytest.mark.parametrize(
    "command",
    [("new", "school", "elm", "--name"), ("new", "template", "doors", "--title"), ("check",)],
    ids=lambda command: command[-1],
)
def test_an_argument_that_no_file_can_hold_is_refused(
    workspace: Standing, command: tuple[str, ...], letters: str
) -> None:
    result = workspace.run(*command, f"a{letters}b")
    assert result.code == 2
    assert "`a\ufffd" in result.stderr
    assert "b` holds a character that cannot be printed" in result.stderr
    assert not (workspace.root / "schools/elm").exists()


def test_a_source_tree_that_was_never_installed_works(
    workspace: Standing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has no metadata of a package of its own."""
    found = metadata.Distribution.from_name

    def not_installed(name: str) -> metadata.Distribution:
        if name == "policygen":
            raise metadata.PackageNotFoundError(name)
        return found(name)

    monkeypatch.setattr(metadata.Distribution, "from_name", not_installed)
    for command in (("--version",), ("check", "--format", "sarif"), ("build", "--workers", "1")):
        result = workspace.run(*command)
        assert (result.code, "error" in result.stderr) == (0, False), result.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
def test_output_that_finds_no_room_is_told(workspace: Standing) -> None:
    result = run(workspace, "$P check > /dev/full")
    assert result.returncode == 1
    assert b"what was said above could not be written: No space left on device" in result.stderr


def test_a_letter_that_the_terminal_lacks_is_replaced(workspace: Standing) -> None:
    result = run(workspace, "$P check tŷ-gwyn", PYTHONIOENCODING="cp1252")
    assert result.returncode == 1
    assert b"`t?-gwyn`" in result.stderr


def test_a_signal_ends_it_as_ctrl_c_does(workspace: Standing) -> None:
    serve = [*COMMAND, "serve", "--port", "0"]
    process = subprocess.Popen(serve, cwd=workspace.root, stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(signal.SIGTERM)
    try:
        assert process.wait(60) == 0
    finally:
        process.kill()
        process.stdout.close()


def test_what_the_system_refuses_is_told_by_the_name_that_people_know() -> None:
    staged = "output/.policygen-staging/drafts%elm%keys/keys.pdf"
    told = refused(OSError(errno.ENOSPC, "no space", str(Path.cwd() / staged)))
    assert "`output/drafts/elm/keys/keys.pdf`" in told.message
    assert refused(OSError(errno.EMFILE, "Too many open files")).hints


# --- processes that do part of the work ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pdfs", "cores", "asked", "processes"),
    [(5, 2, None, 1), (0, 2, None, 0), (40, 2, None, 2), (40, 64, None, 5), (5, 2, 3, 3)],
)
def test_a_process_is_started_where_there_is_enough_to_do(
    monkeypatch: pytest.MonkeyPatch, pdfs: int, cores: int, asked: int | None, processes: int
) -> None:
    """Getting ready takes it as long as some PDFs do; who asks for more gets them."""
    started = []

    def run_all(_: object, jobs: list[str], workers: int) -> Iterator[tuple[int, PdfResult]]:
        started.append(workers)
        return ((index, PdfResult(b"")) for index, _ in enumerate(jobs))

    monkeypatch.setattr(executors, "run_all", run_all)
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    job = PdfJob(b"", Expectation("Keys", "en-GB", (), (), 1, 1))
    folder = Products("drafts/oak/keys", {}, {f"{number}.pdf": job for number in range(pdfs)})
    results = render_all([folder], silent, asked)
    assert len(results["drafts/oak/keys"]) == pdfs
    assert sum(started) == processes


@pytest.mark.slow
def test_a_worker_that_dies_is_tried_again(tmp_path: Path) -> None:
    marks = [str(tmp_path / name) for name in ("a", "bb", "ccc")]
    for done in marks[1:]:
        Path(done).touch()
    assert dict(run_all(die_once, marks, 2)) == {at: len(mark) for at, mark in enumerate(marks)}


@pytest.mark.slow
def test_work_that_kills_every_worker_is_named_and_stops_nothing_else() -> None:
    jobs = ["live", "die", *["live"] * 20]
    assert dict(run_all(die, jobs, 2)) == dict.fromkeys(range(22), 4) | {1: Died()}


@pytest.mark.slow
@pytest.mark.parametrize("kills", [1, 99])
def test_a_build_whose_worker_is_killed_goes_on_or_names_the_document(
    tmp_path: Path, kills: int
) -> None:
    """What one kill took is made again, to the same bytes; where every process is killed, nothing is written."""
    root = Workspace(tmp_path).write()
    command = [sys.executable, "-m", "policygen", "build", "--workers", "2", "--as-of", AS_OF]
    build = subprocess.Popen(
        command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    killed: set[int] = set()
    while build.poll() is None:
        for worker in _workers_of(build.pid) - killed:
            if len(killed) < kills:
                with contextlib.suppress(ProcessLookupError):  # it has ended since it was listed
                    os.kill(worker, signal.SIGKILL)
                    killed.add(worker)
        time.sleep(0.02)
    said, errors = build.communicate(timeout=60)
    assert killed
    if kills == 1:
        assert (build.returncode, without_signs(errors)[0]) == (0, "")
        made = _files(root / "output/drafts")
        shutil.rmtree(root / "output")
        assert run_in(root, "build", "--workers", "1").stdout == said
        assert _files(root / "output/drafts") == made
    else:
        assert build.returncode == 1
        assert (
            "the process that made this PDF was ended from outside, twice  [worker-died]" in errors
        )
        assert re.search(r"--> output/drafts/oak/tiny/\S+\.pdf\n", errors)
        assert not (root / "output/drafts").exists()


def _workers_of(process: int) -> set[int]:
    """The processes that a fork server has started for another process."""
    parents: dict[int, int] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, parent = path.read_text().rpartition(")")[2].split()[:2]
            if state != "Z":
                parents[int(path.parent.name)] = int(parent)
    return {each for each, parent in parents.items() if parents.get(parent) == process}


def _files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.mark.slow
def test_a_long_path_for_temporary_files_is_no_hindrance(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fork server has a socket there, whose path the system limits."""
    folder = tmp_path / ("t" * 90)
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    assert dict(run_all(die, ["live", "live"], 2)) == {0: 4, 1: 4}


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_workers_end_with_their_parent(tmp_path: Path, number: signal.Signals) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-m", "tests.support.working", str(tmp_path)],
        cwd=Path(__file__).parents[1],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert _within(60, lambda: len(list(tmp_path.iterdir())) == 2)
    workers = [int(path.name) for path in tmp_path.iterdir()]
    parent.send_signal(number)
    parent.wait(30)
    assert _within(30, lambda: not any(_runs(worker) for worker in workers))


def _within(seconds: float, holds: object) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():  # type: ignore[operator]
            return True
        time.sleep(0.1)
    return False


def _runs(process: int) -> bool:
    """Whether a process is there, and not only what is left of one that has ended."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text()
    except FileNotFoundError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"
