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
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from policygen.disk import executors
from policygen.disk.executors import WorkerDiedError, run_all
from policygen.disk.writing import refused
from policygen.ground.telling import silent
from policygen.pdf.check import Expectation
from policygen.products.folders import PdfJob, PdfResult, Products
from policygen.project.build import render_all
from tests.support.standing import Standing, standing
from tests.support.working import die, die_once
from tests.support.workspace import AS_OF, Workspace, run_in, without_signs

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
    [(5, 2, None, 1), (0, 2, None, 1), (40, 2, None, 2), (40, 64, None, 5), (5, 2, 3, 3)],
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
    assert started == [processes]


@pytest.mark.slow
def test_a_worker_that_dies_is_tried_again(tmp_path: Path) -> None:
    marks = [str(tmp_path / name) for name in ("a", "bb", "ccc")]
    for done in marks[1:]:
        Path(done).touch()
    assert dict(run_all(die_once, marks, 2)) == {at: len(mark) for at, mark in enumerate(marks)}


@pytest.mark.slow
def test_work_that_kills_every_worker_is_named() -> None:
    with pytest.raises(WorkerDiedError) as raised:
        dict(run_all(die, ["live", "die", "live"], 2))
    assert raised.value.index == 1


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
