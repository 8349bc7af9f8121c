"""Output folders appear whole or not at all."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from policygen.disk import writing
from policygen.disk.writing import (
    STAGING,
    change,
    one_at_a_time,
    other_folders,
    withdrawn,
    write_folder,
    write_folders,
)

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = "drafts/oak/policy"
MANIFEST = b'{"manifest": 1, "outputs": {}}'


def content(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_folder_holds_exactly_the_new_files(tmp_path: Path) -> None:
    """What an earlier build made and this one does not is gone."""
    with one_at_a_time(tmp_path):
        assert write_folder(tmp_path, FOLDER, {"a.html": b"1", "forms/b.html": b"2"})
        assert write_folder(tmp_path, FOLDER, {"a.html": b"3"})
        assert not write_folder(tmp_path, FOLDER, {"a.html": b"3"})
    assert content(tmp_path / FOLDER) == {"a.html": b"3"}
    assert not (tmp_path / STAGING).exists()


def test_a_full_build_removes_what_is_withdrawn(tmp_path: Path) -> None:
    """Only folders that a build made (they have a manifest) are removed."""
    with one_at_a_time(tmp_path):
        write_folder(tmp_path, FOLDER, {"manifest.json": MANIFEST})
        write_folder(tmp_path, "drafts/elm/policy", {"manifest.json": MANIFEST})
        (tmp_path / "drafts" / "notes").mkdir()
        (tmp_path / "drafts" / "notes" / "mine.txt").write_text("keep")
        write_folders(tmp_path, {}, withdrawn(tmp_path, {FOLDER}))
    assert sorted(content(tmp_path / "drafts")) == ["notes/mine.txt", "oak/policy/manifest.json"]


PLACE = "schools/oak/register/tiny/2.0"
ABOVE = ["schools", "schools/oak", "schools/oak/register", "schools/oak/register/tiny"]


def led_elsewhere(base: Path, above: str, outside: Path) -> dict[str, bytes]:
    """Put a link in the place of a folder, and what it holds behind the link. Returns what stands there."""
    (base / above).mkdir(parents=True, exist_ok=True)
    (base / above).rename(outside)
    (base / above).symlink_to(outside)
    return content(outside)


@pytest.mark.parametrize("within", [False, True])
@pytest.mark.parametrize("above", [*ABOVE, STAGING])
def test_nothing_is_written_or_taken_away_behind_a_link(
    tmp_path: Path, above: str, *, within: bool
) -> None:
    """At whatever level it stands, and whether it leads out or to another place of the workspace."""
    base, outside = tmp_path / "work", tmp_path / ("work/other" if within else "outside")
    base.mkdir()
    write_folder(base, PLACE, {"a.txt": b"1"})
    before = led_elsewhere(base, above, outside)
    for new in ({"a.txt": b"2"}, b"2", None):
        with pytest.raises(OSError, match="a link stands where a folder is needed"):
            change(base, {"elsewhere.txt": b"2", PLACE: new})
        assert content(outside) == before
        assert not (base / "elsewhere.txt").exists()


@pytest.mark.parametrize("above", ABOVE)
def test_a_link_that_is_put_there_after_all_was_made_is_not_followed(
    tmp_path: Path, above: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor one that a list of what was decided leads through, whoever wrote the list."""
    base, outside, before = tmp_path / "work", tmp_path / "outside", {}
    base.mkdir()
    write_folder(base, PLACE, {"a.txt": b"1"})
    decide = writing._decide

    def swapped(*given: object) -> None:
        decide(*given)  # type: ignore[arg-type]
        before.update(led_elsewhere(base, above, outside))

    monkeypatch.setattr(writing, "_decide", swapped)
    with pytest.raises(OSError, match="a link stands where a folder is needed"):
        change(base, {PLACE: {"a.txt": b"2"}})
    assert content(outside) == before
    monkeypatch.undo()
    with one_at_a_time(base):
        pass
    assert content(outside) == before
    assert not (base / STAGING).exists()


def test_nothing_of_anybody_else_is_removed(tmp_path: Path) -> None:
    """Neither through a link that leads elsewhere, nor a folder whose manifest is another program's."""
    outside, output = tmp_path / "outside", tmp_path / "output"
    for folder in (outside / "website", output / "drafts" / "foreign" / "app"):
        folder.mkdir(parents=True)
        (folder / "manifest.json").write_text('{"name": "another program"}')
    (outside / "ours").mkdir()
    (outside / "ours" / "manifest.json").write_bytes(MANIFEST)
    (output / "packs").mkdir()
    (output / "packs" / "oak").symlink_to(outside)
    (output / "site").symlink_to(outside)
    before = content(tmp_path)
    with one_at_a_time(output):
        assert withdrawn(output, set()) == []
        assert other_folders(output, "site", set()) == []
    assert content(tmp_path) == before
    assert len(before) == 3


LIMITED = """
import resource, sys
from pathlib import Path
from policygen.disk.writing import one_at_a_time, write_folder
output = Path(sys.argv[1])
with one_at_a_time(output):
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
    write_folder(output, "drafts/oak/policy", {"small.txt": b"new", "large.txt": b"new" * 1000})
"""


def test_a_disk_that_is_full_leaves_the_folder_as_it_was(tmp_path: Path) -> None:
    """The old files are whole, nothing half written lies about, and the error names a file."""
    with one_at_a_time(tmp_path):
        write_folder(tmp_path, FOLDER, {"small.txt": b"old", "large.txt": b"old"})
    ran = subprocess.run(
        [sys.executable, "-c", LIMITED, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert "large.txt" in ran.stderr.splitlines()[-1]
    assert content(tmp_path / FOLDER) == {"small.txt": b"old", "large.txt": b"old"}
    assert not (tmp_path / STAGING).exists()


WRITER = """
import sys
from pathlib import Path
from policygen.disk.writing import one_at_a_time, write_folder
output, mark = Path(sys.argv[1]), sys.argv[2]
turn = 0
print("ready", flush=True)
while True:
    turn += 1
    with one_at_a_time(output):
        write_folder(output, "drafts/oak/policy", {f"{n}.txt": f"{mark}{turn}".encode() * 500 for n in range(8)})
"""


def _start(output: Path, mark: str) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(output), mark], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    process.stdout.readline()
    return process


def test_killed_writers_leave_a_whole_folder(tmp_path: Path) -> None:
    """Two writers at once, killed with SIGKILL at random moments: the folder is always one whole version."""
    chance = random.Random(1)  # noqa: S311
    with one_at_a_time(tmp_path):
        write_folder(tmp_path, FOLDER, {f"{n}.txt": b"first" * 500 for n in range(8)})
    for _ in range(12):
        writers = [_start(tmp_path, mark) for mark in ("a", "b")]
        time.sleep(chance.uniform(0.0, 0.15))
        for writer in writers:
            os.kill(writer.pid, signal.SIGKILL)
        for writer in writers:
            writer.communicate()
        found = content(tmp_path / FOLDER)
        assert len(found) == 8
        assert len(set(found.values())) == 1, "a mixture of two builds"
    with one_at_a_time(tmp_path):
        write_folder(tmp_path, FOLDER, {"last.txt": b"last"})
    assert content(tmp_path / FOLDER) == {"last.txt": b"last"}
