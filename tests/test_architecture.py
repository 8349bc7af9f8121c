"""ARCHITECTURE.md tells the truth: every module has its floor, and imports go down, never in a circle."""

from __future__ import annotations

import ast
import re
from graphlib import TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "policygen"
OUTSIDE = {"", "__main__"} | {folder.name for folder in PACKAGE.iterdir() if folder.is_dir()} - {
    "checks",
    "cli",
    "compare",
    "register",
    "site",
}
"""What holds no code: the package, its entry, and its folders."""


def floors() -> dict[str, int]:
    rows = re.findall(
        r"^\| (\d+) \| ([\w., ]+) \|", (ROOT / "ARCHITECTURE.md").read_text("utf-8"), re.MULTILINE
    )
    return {name.strip(): int(floor) for floor, names in rows for name in names.split(",")}


def imports() -> dict[str, set[str]]:
    found = {}
    for path in PACKAGE.rglob("*.py"):
        name = (
            ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
            .removesuffix("__init__")
            .rstrip(".")
        )
        tree = ast.parse(path.read_text("utf-8"))
        modules = {
            f"{node.module}.{each.name}".removeprefix("policygen.")
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom)
            and node.module
            and node.module.startswith("policygen.")
            for each in node.names
        }
        found[name] = {each if is_module(each) else each.rpartition(".")[0] for each in modules} - {
            name
        }
    return found


def is_module(name: str) -> bool:
    path = PACKAGE / name.replace(".", "/")
    return path.with_suffix(".py").exists() or (path / "__init__.py").exists()


def test_every_module_has_a_floor() -> None:
    assert set(imports()) - OUTSIDE == set(floors())


def test_imports_go_down() -> None:
    """A module imports from its own floor or a lower one, type hints included."""
    height = floors()
    wrong = [
        f"{name} (floor {height[name]}) imports {used} (floor {height[used]})"
        for name, modules in imports().items()
        if name not in OUTSIDE
        for used in modules
        if height[used] > height[name]
    ]
    assert wrong == []


def test_imports_never_go_in_a_circle() -> None:
    TopologicalSorter(imports()).prepare()


def test_the_page_stays_short() -> None:
    assert len((ROOT / "ARCHITECTURE.md").read_text("utf-8").splitlines()) < 150
