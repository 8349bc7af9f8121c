"""A build on a cluster of Dask: the same bytes, whatever is lost on the way. The commands are those of the how-to."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.scenes import edit
from tests.support.workspace import Workspace, run_in

if TYPE_CHECKING:
    from collections.abc import Iterator

HOW_TO = Path("docs/how-to/build-on-a-cluster.md")
SCHEDULER, WORKER, BUILD = re.findall(
    r"^(?:dask|policygen) .*127\.0\.0\.1.*$", HOW_TO.read_text("utf-8"), re.MULTILINE
)
SCHOOLS = ("oak", "elm", "ash", "yew", "fir", "bay", "box", "may")


class Cluster:
    """A scheduler and workers, as processes of this machine."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.folder, self.running = folder, list[subprocess.Popen[bytes]]()
        self.scheduler = self.start(SCHEDULER)

    def start(self, command: str, **environment: str) -> subprocess.Popen[bytes]:
        program, *options = command.replace("8786", str(self.port)).split()
        started = subprocess.Popen(
            [str(Path(sys.executable).with_name(program)), *options, "--no-dashboard"],
            cwd=self.folder,
            env={**os.environ, **environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.running.append(started)
        return started

    def build(self, root: Path, *more: str) -> subprocess.Popen[str]:
        options = BUILD.replace("8786", str(self.port)).split()[1:]
        return subprocess.Popen(
            [sys.executable, "-m", "policygen", *options, *more, "--as-of", "2026-11-20"],
            cwd=root,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )

    def stop(self) -> None:
        for each in self.running:
            kill(each)


def kill(process: subprocess.Popen[bytes]) -> None:
    """End a process and all that it began, at once."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@contextmanager
def cluster(folder: Path, workers: int = 1) -> Iterator[Cluster]:
    made = Cluster(folder)
    try:
        for _ in range(workers):
            made.start(WORKER if workers == 1 else WORKER.replace("--nworkers 2", "--nworkers 1"))
        yield made
    finally:
        made.stop()


def begun(root: Path) -> None:
    """Wait until the first policy was written."""
    deadline = time.monotonic() + 60
    while not made_in(root) and time.monotonic() < deadline:
        time.sleep(0.02)


def made_in(root: Path) -> dict[str, bytes]:
    files = (path for path in (root / "output").rglob("*") if path.is_file())
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in files
        if ".cache" not in path.parts
    }


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight schools with a policy each, one of them with a mistake; built here."""
    root = Workspace(tmp_path_factory.mktemp("cluster") / "work").write()
    for school in SCHOOLS[1:]:
        shutil.copytree(root / "schools/oak", root / "schools" / school)
        edit(
            root, f"schools/{school}/school.yaml", "name: Oak Lane", f"name: {school.title()} Lane"
        )
    edit(root, "schools/yew/policies/tiny.yaml", "\nauthor:", "\nautor:")
    assert run_in(root, "build").code == 1
    return root


@pytest.fixture
def empty(root: Path, tmp_path: Path) -> Path:
    """The same schools, of which nothing was built."""
    return shutil.copytree(root, tmp_path / "work", ignore=shutil.ignore_patterns("output"))


@pytest.mark.slow
def test_the_same_bytes_and_the_same_words(root: Path, empty: Path) -> None:
    """From two workers that see nothing of the workspace; a mistake stops one school alone."""
    with cluster(empty.parent) as workers:
        out, errors = workers.build(empty).communicate(timeout=60)
    assert made_in(empty) == made_in(root)
    here = run_in(root, "build", "--force")
    assert "autor" in errors
    assert [line for line in out.splitlines() if "content code" in line] == [
        line for line in here.stdout.splitlines() if "content code" in line
    ]


@pytest.mark.slow
def test_what_is_lost_on_the_way_is_made_by_others_or_by_the_next_build(
    root: Path, empty: Path
) -> None:
    """The scheduler is killed: the build says so, and what it had written stands; then one of two workers."""
    with cluster(empty.parent) as lost:
        build = lost.build(empty)
        begun(empty)
        kill(lost.scheduler)
        _, errors = build.communicate(timeout=60)
    assert build.returncode == 1, errors
    written = made_in(empty)
    whole = made_in(root)
    assert written
    assert {name: content for name, content in whole.items() if name in written} == written
    if len(written) < len(whole):
        assert "[cluster-failed]" in errors
    shutil.rmtree(empty / "output")
    with cluster(empty.parent, workers=2) as workers:
        build = workers.build(empty)
        begun(empty)
        kill(workers.running[1])
        build.communicate(timeout=60)
    assert made_in(empty) == whole


@pytest.mark.slow
def test_a_worker_with_another_program_is_refused(empty: Path, tmp_path: Path) -> None:
    """Before anything is made, by its address."""
    other = tmp_path / "site-packages"
    (other / "somebody-9.9.dist-info").mkdir(parents=True)
    with cluster(tmp_path, workers=0) as workers:
        workers.start(WORKER, PYTHONPATH=str(other))
        build = workers.build(empty)
        _, errors = build.communicate(timeout=60)
    assert build.returncode == 1
    assert "all workers need the program that is here, and the worker tcp://127.0.0.1:" in errors
    assert made_in(empty) == {}


def test_a_scheduler_that_is_not_there(empty: Path) -> None:
    """Is told, with what to look at; an option without the other is a slip of the command."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
        result = run_in(empty, "build", "--executor", "dask", "--scheduler", address)
    assert result.code == 1
    assert f"the scheduler {address} cannot be reached  [cluster-failed]" in result.stderr
    assert run_in(empty, "build", "--executor", "dask").code == 2
    assert run_in(empty, "build", "--scheduler", address).code == 2
