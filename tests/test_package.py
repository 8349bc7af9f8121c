"""What is handed on: the same bytes each time, whole without the sources beside it, and every dependency accounted for."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.support.workspace import Workspace

ROOT = Path(__file__).parents[1]
NAME = re.compile(r"[A-Za-z0-9_.-]+")


def dependencies() -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = [each for extra in project["optional-dependencies"].values() for each in extra]
    return [NAME.match(each)[0] for each in (*project["dependencies"], *extras)]  # type: ignore[index]


def test_every_dependency_has_a_line_that_says_why() -> None:
    rows = re.findall(
        r"^\| `([^`]+)` \| \S", (ROOT / "requirements/README.md").read_text("utf-8"), re.MULTILINE
    )
    assert rows == dependencies()


@pytest.mark.parametrize("lock", ["run", "docs", "dev"])
def test_every_locked_package_has_its_hashes(lock: str) -> None:
    """One version each, and nothing by a link or a branch."""
    entries = re.split(r"\n(?=\S)", (ROOT / f"requirements/{lock}.txt").read_text("utf-8").strip())
    assert [each for each in entries if not re.match(r"[\w.-]+==\S+", each)] == []
    assert [each for each in entries if "--hash=sha256:" not in each] == []


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Wheel and source archive, made in two copies of the sources with other times."""
    folders = []
    for number in (1, 2):
        folder = tmp_path_factory.mktemp(f"copy-{number}") / "policygen"
        folder.mkdir()
        for name in ("pyproject.toml", "README.md", "LICENSE", "build.py"):
            shutil.copy(ROOT / name, folder)
        for name in ("src", "requirements"):
            shutil.copytree(
                ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__")
            )
        for path in folder.rglob("*"):
            os.utime(path, (1_700_000_000 + number, 1_700_000_000 + number))
        command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-t", "sdist"]
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
        folders.append(folder / "dist")
    return folders


@pytest.mark.slow
def test_the_same_sources_give_the_same_package(made: list[Path]) -> None:
    one, other = ({path.name: path.read_bytes() for path in folder.iterdir()} for folder in made)
    assert {name.rpartition(".")[2] for name in one} == {"whl", "gz"}
    assert one == other


@pytest.mark.slow
def test_the_wheel_works_alone(made: list[Path], tmp_path: Path) -> None:
    """Unpacked somewhere else, its commands run: no file that they need stayed behind with the sources."""
    (wheel,) = made[0].glob("*.whl")
    alone = tmp_path / "alone"
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-index", "--no-compile"]
    subprocess.run([*pip, "--target", alone, wheel], check=True, capture_output=True)
    root = Workspace(tmp_path / "work").write()
    environment = {**os.environ, "PYTHONPATH": str(alone)}

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=root,
            env=environment,
            check=False,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert run("-c", "import policygen; print(policygen.__file__)").startswith(str(alone))
    for command in (
        "check",
        "build --workers 1",
        "status",
        "new school ash",
        "new template bikes",
        "verify",
        "schema school",
    ):
        assert run("-m", "policygen", *command.split())
