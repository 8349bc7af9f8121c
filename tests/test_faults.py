"""Whatever ends a command between any two writes, the workspace is as before or as after, and the next run completes."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click
import pytest

from policygen.cli import commands
from policygen.disk import executors, writing
from policygen.disk.alone import alone, is_free
from policygen.disk.writing import STAGING, change, finish
from tests import kills
from tests.support.faults import Op, held, remember_renders, run_with
from tests.support.scenes import scenes
from tests.support.workspace import ADOPTION, Workspace, run_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

NUMBERS = {"a.txt": b"new", "b/c.txt": b"new", "gone.txt": None, "d": {"e.txt": b"new"}}


@pytest.fixture(scope="module", autouse=True)
def _renders() -> Iterator[None]:
    before = executors.run_all
    remember_renders()
    yield
    executors.run_all = before


@pytest.fixture
def quick(tmp_path: Path) -> Iterator[Path]:
    """A folder where nothing waits for a disk, if there is such a place."""
    with TemporaryDirectory(dir=kills.memory() or tmp_path) as name:
        yield Path(name)


# --- every command ----------------------------------------------------------------------------------------------------

TRIED = [
    "build",
    "approve",
    "minutes",
    "sign record",
    "publish",
    "import",
    "upgrade",
    "site",
    "fix",
]
"""Here, at some writes. All commands at every write: `python -m tests.kills --long`."""


@pytest.mark.slow
@pytest.mark.parametrize("name", TRIED)
def test_a_fault_leaves_nothing_between(name: str, quick: Path) -> None:
    """SIGKILL, half a file and SIGKILL, a full disk, a write that fails, three signals: each at a few writes."""
    for number, kind in enumerate(kills.ALL):
        tried = kills.tried(
            name, quick, (kind,), lambda writes, at=number: range(1 + 3 * at, writes + 1, 29)
        )
        assert tried.tried.total() > 0
        assert tried.faults == []


@pytest.mark.slow
def test_nor_where_the_system_cannot_exchange_two_names(
    quick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on macOS and Windows, where each place is empty for a moment."""
    monkeypatch.setattr(writing, "_exchange", lambda *_: False)
    for name in ("fix", "upgrade"):
        tried = kills.tried(name, quick, ("kill", "io"), lambda writes: range(1, writes + 1, 3))
        assert tried.faults == []


# --- one change of several places -------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "d").mkdir()
    for name in ("a.txt", "gone.txt", "d/old.txt"):
        (tmp_path / name).write_text("old")
    return tmp_path


def test_a_change_is_made_whole(folder: Path) -> None:
    change(folder, NUMBERS)
    assert held(folder) == {
        "a.txt": b"new",
        "b": None,
        "b/c.txt": b"new",
        "d": None,
        "d/e.txt": b"new",
    }


def _cut(folder: Path, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    """Begin the change, and be ended after so many places have changed."""
    real, done = writing._forward, 0

    def forward(base: Path, move: writing._Move) -> None:
        nonlocal done
        if done == after:
            raise SystemExit
        done += 1
        real(base, move)

    monkeypatch.setattr(writing, "_forward", forward)
    with pytest.raises(SystemExit):
        change(folder, NUMBERS)
    monkeypatch.setattr(writing, "_forward", real)


@pytest.mark.parametrize("after", range(4))
def test_what_was_decided_is_done_by_the_next_command(
    folder: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    _cut(folder, monkeypatch, after)
    finish(folder)
    assert held(folder) == {
        "a.txt": b"new",
        "b": None,
        "b/c.txt": b"new",
        "d": None,
        "d/e.txt": b"new",
    }


def test_what_somebody_wrote_since_stays_and_the_rest_goes_back(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A person who edits after a kill, before any command runs, loses nothing of it."""
    before = held(folder)
    _cut(folder, monkeypatch, 1)
    (folder / "gone.txt").write_text("edited by hand")
    finish(folder)
    assert held(folder) == {**before, "gone.txt": b"edited by hand"}


@pytest.mark.parametrize("path", ["d", "gone.txt"])
def test_what_somebody_took_away_since_stays_away(
    folder: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    """Nothing comes back that a person removed after a kill, neither as it was nor as it was to be."""
    before = held(folder)
    _cut(folder, monkeypatch, 0)
    if path == "d":
        shutil.rmtree(folder / path)
    else:
        (folder / path).unlink()
    finish(folder)
    kept = {name: text for name, text in before.items() if name.partition("/")[0] != path}
    done = {**kept, "a.txt": b"new", "b": None, "b/c.txt": b"new", "d": None, "d/e.txt": b"new"}
    done.pop("d/old.txt", None)
    # To take away what is away already is no contradiction, so the rest of that is done.
    assert held(folder) == (kept if path == "d" else done)


def test_a_place_that_cannot_be_changed_undoes_the_others(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, real = held(folder), writing._forward

    def forward(base: Path, move: writing._Move) -> None:
        if move.path == "d":
            raise PermissionError(13, "Permission denied", "d")
        real(base, move)

    monkeypatch.setattr(writing, "_forward", forward)
    with pytest.raises(PermissionError):
        change(folder, NUMBERS)
    assert held(folder) == before


@pytest.mark.parametrize("path", ["../outside.txt", "/etc/outside.txt"])
def test_a_list_that_leads_out_of_the_workspace_is_not_followed(folder: Path, path: str) -> None:
    """A workspace may come from anywhere, and a list of what was decided with it."""
    root = folder / "work"
    (root / STAGING).mkdir(parents=True)
    (root / STAGING / "x").write_text("planted")
    move = {
        "path": path,
        "staged": f"{STAGING}/x",
        "new": writing._mark(root / STAGING / "x"),
        "old": "",
        "made": [],
    }
    (root / STAGING / "decided.json").write_text(json.dumps([move]))
    finish(root)
    assert held(root) == {}
    assert not (folder / "outside.txt").exists()


# --- a power cut ------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("name", ["minutes", "publish", "build"])
def test_everything_is_on_the_disk_before_what_needs_it(name: str, quick: Path) -> None:
    """Files and their names before the list that decides, the list before a place changes, places before it goes."""
    # What is kept to save time is not waited for: half of it is found to be none.
    ops = [
        op
        for op in kills.staged(name, quick).ops.ops
        if not any(".cache" in path for path in op.paths)
    ]
    steps = [*_steps(ops)]
    assert len(steps) == (
        2 if name == "build" else 1
    )  # of a policy, then of one that was withdrawn
    for step in steps:
        _check_order(step)


def _steps(ops: Sequence[Op]) -> Iterator[list[Op]]:
    """The writes of each step, the last of which takes its list away."""
    step: list[Op] = []
    for op in ops:
        step.append(op)
        if op.kind == "os.remove" and op.paths[0].endswith("decided.json"):
            yield step
            step = []


def _check_order(ops: Sequence[Op]) -> None:
    decided, *more = (
        at
        for at, op in enumerate(ops)
        if op.kind == "os.rename" and op.paths[1].endswith("decided.json")
    )
    assert not more
    staging = ops[decided].paths[1].rpartition("/")[0]
    named_last = [op for op in ops[:decided] if not op.paths or not op.paths[-1].endswith(".part")]
    assert _unsynced(named_last) <= {"output", "."}  # asked for, and there before
    first = next(
        at for at, op in enumerate(ops) if at > decided and op.kind in ("exchange", "os.rename")
    )
    assert Op("fsync", (staging,)) in ops[decided:first]
    last = max(at for at, op in enumerate(ops) if op.kind in ("exchange", "os.rename"))
    synced = {op.paths[0] for op in ops[last:] if op.kind == "fsync"}
    named = {
        path.rpartition("/")[0] or "."
        for op in ops[decided + 1 :]
        if op.kind == "os.rename"
        for path in op.paths
    }
    emptied = {op.paths[0] for op in ops[decided:] if op.kind == "os.rmdir"}
    assert named - emptied <= synced
    assert len(synced) > 1


def _unsynced(ops: Sequence[Op]) -> set[str]:
    """Files that were written, and folders that got a name, and were not written through to the disk since."""
    open_ones: set[str] = set()
    for op in ops:
        match op.kind:
            case "fsync":
                open_ones.discard(op.paths[0])
            case "open":
                open_ones |= {op.paths[0], op.paths[0].rpartition("/")[0] or "."}
            case "os.mkdir" | "os.link":
                open_ones.add(op.paths[-1].rpartition("/")[0] or ".")
            case _:
                pass
    return open_ones


# --- two at once ------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_second_command_waits_and_says_so(tmp_path: Path) -> None:
    """What it reads then is what the first one has written."""
    root = Workspace(tmp_path).without(ADOPTION).write()
    command = [sys.executable, "-m", "policygen", "adopt", "oak/tiny", "--write"]
    with alone(root):
        second = subprocess.Popen(
            command, cwd=root, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert second.stderr is not None
        assert (
            second.stderr.readline()
            == "waiting until another command has finished in this workspace …\n"
        )
        assert not (root / ADOPTION).exists()
    said, errors = second.communicate(timeout=60)
    assert (errors, second.returncode, said[:6]) == ("", 0, "wrote ")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["publish first", "approve", "new school", "upgrade"])
def test_the_same_command_twice_at_once_is_done_once(name: str, quick: Path) -> None:
    stage = kills.staged(name, quick)
    kills.back(stage.root.with_name("before"), stage.root)
    assert _twice_at_once(stage) == [0, 1]
    assert held(stage.root) == stage.after


def _twice_at_once(stage: kills.Stage) -> list[int]:
    """The exit codes of a command that is given twice at once."""
    codes: list[int] = []

    def run() -> None:
        codes.append(run_with(stage.root, stage.scene.arguments).code)

    both = [threading.Thread(target=run) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    return sorted(codes)


LOCK = ".policygen-lock"


@pytest.fixture(params=[errno.EBADF, errno.ENOSYS], ids=["no folders", "nothing"])
def locks_less(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a drive of a network that locks files and no folders, or nothing at all."""
    lock: Callable[[int, int], None] = fcntl.flock

    def flock(file: int, operation: int) -> None:
        if request.param == errno.ENOSYS or stat.S_ISDIR(os.fstat(file).st_mode):
            raise OSError(request.param, os.strerror(request.param))
        lock(file, operation)

    monkeypatch.setattr(fcntl, "flock", flock)


@pytest.mark.usefixtures("locks_less")
def test_where_no_folder_can_be_locked_one_writes_at_a_time(tmp_path: Path) -> None:
    """There a file is locked; whoever is killed with it keeps nobody waiting."""
    others: list[bool] = []
    other = threading.Thread(target=lambda: others.append(is_free(tmp_path)))
    with alone(tmp_path), alone(tmp_path):
        assert (tmp_path / LOCK).exists()
        other.start()
        other.join()
    assert others == [False]
    assert is_free(tmp_path)
    child = os.fork()
    if not child:
        with alone(tmp_path):
            (tmp_path / "has it").touch()
            signal.pause()
    while not (tmp_path / "has it").exists():
        time.sleep(0.01)
    assert not is_free(tmp_path)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    assert is_free(tmp_path)


@pytest.mark.slow
@pytest.mark.usefixtures("locks_less")
def test_and_a_fault_there_leaves_nothing_but_the_lock(
    quick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def held_but_locks(root: Path) -> dict[str, bytes | None]:
        return {path: content for path, content in held(root).items() if LOCK not in path}

    monkeypatch.setattr(kills, "held", held_but_locks)
    tried = kills.tried("minutes", quick, ("kill", "full"), lambda writes: range(1, writes + 1, 5))
    assert tried.tried.total() > 10
    assert tried.faults == []
    stage = kills.staged("new school", quick)
    kills.back(stage.root.with_name("before"), stage.root)
    assert _twice_at_once(stage) == [0, 1]
    assert held_but_locks(stage.root) == stage.after


def test_who_only_looks_does_not_wait(tmp_path: Path) -> None:
    root = Workspace(tmp_path).write()
    done: list[int] = []
    with alone(root):
        looking = threading.Thread(target=lambda: done.append(run_in(root, "check").code))
        looking.start()
        looking.join(60)
    assert done == [0]


def test_every_command_that_writes_is_tried() -> None:
    """`kills` has a scene of each that has the workspace for itself."""

    def writing_ones(group: click.Group, names: tuple[str, ...] = ()) -> Iterator[str]:
        for name, command in group.commands.items():
            if isinstance(command, click.Group):
                yield from writing_ones(command, (*names, name))
            elif hasattr(command.callback, "__wrapped__"):  # by `options.writes`
                yield " ".join((*names, name))

    named = {name.replace("check", "fix") for name in writing_ones(commands)}
    assert len(named) > 15
    assert named <= set(scenes())
