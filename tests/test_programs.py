"""Every program that the tests or the product run is one that build.py installs, or whose absence it says."""

from __future__ import annotations

import ast
import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
RUNS = {"run", "Popen", "call", "check_call", "check_output", "which"}
OF_EVERY_MACHINE = {"sys.executable", "apt-get", "bash"}
"""Python itself, what build.py installs with, where there is such a thing, and the shell in which people type."""


def _build_script():
    spec = importlib.util.spec_from_file_location("build_script", ROOT / "build.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _known_programs() -> set[str]:
    build = _build_script()
    return {name for names in build.TEST_PROGRAMS for name in names} | build.UNPACKAGED.keys()


def _programs_in(source: str) -> set[str]:
    """The first word of each command that a module runs or looks for; what cannot be told is in angle brackets."""
    tree = ast.parse(source)
    assigned = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            assigned.setdefault(node.targets[0].id, []).append(node.value)
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            assigned.setdefault(node.target.id, []).append(node.value)
    programs = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _is_run(node.func):
            programs |= _first_words(node.args[0], assigned)
        elif isinstance(node, ast.Call) and "shutil.which" in map(ast.unparse, node.args):
            programs |= _all_words(node.args[1], assigned)
    return programs


def _is_run(function: ast.expr) -> bool:
    return (
        isinstance(function, ast.Attribute)
        and function.attr in RUNS
        and ast.unparse(function.value) in ("subprocess", "shutil")
    )


def _first_words(
    command: ast.expr, assigned: dict[str, list[ast.expr]], depth: int = 9
) -> set[str]:
    match command:
        case ast.Constant(value=str(words)):
            return {words.split()[0]}
        case ast.JoinedStr(values=[first, *_]):
            return _first_words(first, assigned, depth)
        case ast.Call(func=ast.Attribute(value=value, attr="split" | "with_name")):
            return _first_words(value, assigned, depth)
        case ast.Call(func=ast.Name(id="Path" | "str"), args=[path]):
            return _first_words(path, assigned, depth)
        case ast.List(elts=[first, *_]) | ast.Tuple(elts=[first, *_]):
            first = first.value if isinstance(first, ast.Starred) else first
            return _first_words(first, assigned, depth)
        case ast.NamedExpr(value=value):
            return _first_words(value, assigned, depth)
        case ast.BoolOp(values=values):
            return set().union(*(_first_words(value, assigned, depth) for value in values))
        case ast.Call(func=function, args=[name]) if ast.unparse(function) == "shutil.which":
            return _first_words(name, assigned, depth)
        case ast.Name(id=name) if name in assigned and depth:
            values = assigned[name]
            return set().union(*(_first_words(value, assigned, depth - 1) for value in values))
        case ast.Attribute() if ast.unparse(command) == "sys.executable":
            return {"sys.executable"}
        case _:
            return {f"<{ast.unparse(command)}>"}


def _all_words(names: ast.expr, assigned: dict[str, list[ast.expr]]) -> set[str]:
    """Each of some names for one program, as a literal or by the name of a constant."""
    if isinstance(names, ast.Name) and names.id in assigned:
        (names,) = assigned[names.id]
    return {str(name) for name in ast.literal_eval(names)}


def test_every_program_is_installed_or_its_absence_is_said() -> None:
    """A machine without `pdfsig` once failed one slow test of 229, because build.py did not know of it."""
    modules = [*(ROOT / "tests").rglob("*.py"), *(ROOT / "src").rglob("*.py")]
    found = set[str]()
    for path in modules:
        if "node_modules" not in path.parts and path != Path(__file__):
            found |= _programs_in(path.read_text("utf-8"))
    assert found >= {"pdfsig", "openssl", "java", "chromium"}
    assert found - OF_EVERY_MACHINE <= _known_programs()


@pytest.mark.parametrize(
    ("source", "programs"),
    [
        ('subprocess.run(["pdfsig", "-nocert"])', {"pdfsig"}),
        ('subprocess.run(f"openssl cms {x}".split(), check=False)', {"openssl"}),
        ('command = ["qpdf", name]\nsubprocess.Popen(command)', {"qpdf"}),
        ('java = shutil.which("java")\nsubprocess.run([java, "-jar"])', {"java"}),
        ('subprocess.run([Path(sys.executable).with_name("policygen")])', {"sys.executable"}),
        ('NAMES = ("one", "two")\nnext(filter(None, map(shutil.which, NAMES)))', {"one", "two"}),
        ("subprocess.run(made())", {"<made()>"}),
    ],
)
def test_the_program_of_a_command_is_found(source: str, programs: set[str]) -> None:
    """However the command is put together; one that cannot be told is shown, so that it fails above."""
    assert _programs_in(source) == programs
