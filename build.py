"""Set up what policygen needs, then run it.

python3 build.py [arguments]        policygen build, with these arguments; without any, policygen site too
python3 build.py docs               the website of the documentation, in output/docs/
python3 build.py test [arguments]   every check and test, or pytest alone with these arguments
"""

from __future__ import annotations

import ctypes
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
VALIDATORS = ROOT / "tests" / "validators"
LOCKS = ("run", "docs", "dev")
"""Files in requirements/: each holds all that stands in those before it."""

# What is loaded or run, and the Debian packages that bring it.
RENDERER = {
    "libpango-1.0.so.0": ["libpango-1.0-0"],
    "libpangoft2-1.0.so.0": ["libpangoft2-1.0-0"],
    "libharfbuzz-subset.so.0": ["libharfbuzz-subset0"],
}
BROWSER_DRIVER = {"libatomic.so.1": ["libatomic1"]}
TEST_PROGRAMS = {
    # With it the fonts of a usual machine: pdfium, which fills in forms, takes letters like Ż from them.
    ("chromium", "chromium-browser", "google-chrome"): ["chromium", "fonts-dejavu-extra"],
    ("java",): ["default-jre-headless"],
    ("node",): ["nodejs"],
    ("npm",): ["nodejs", "npm"],
    ("openssl",): ["openssl"],
    ("pdfsig",): ["poppler-utils"],
    ("soffice",): ["libreoffice-writer-nogui", "libreoffice-calc-nogui"],
}
UNPACKAGED = {"verapdf": "the PDFs are not held against veraPDF, which no package brings"}
"""Programs that nobody can install for us. The tests are skipped where they are missing."""


def main(arguments: list[str]) -> int:
    if sys.version_info < (3, 11):  # noqa: UP036 - this runs before pip could refuse
        print("policygen needs Python 3.11 or newer", file=sys.stderr)
        return 1
    try:
        if arguments[:1] == ["test"]:
            return test(arguments[1:])
        if arguments == ["docs"]:
            return docs()
        set_up("run")
        return build(arguments)
    except subprocess.CalledProcessError as error:
        print(f"this command failed: {' '.join(map(str, error.cmd))}", file=sys.stderr)
        return 1


def build(arguments: list[str]) -> int:
    """Make the drafts asked for, or every draft and the website of what was approved."""
    for command in [["build", *arguments]] if arguments else [["build"], ["site"]]:
        if code := subprocess.run([BIN / "policygen", *command], check=False).returncode:
            return code
    return 0


def docs() -> int:
    """Make a website of docs/; a link that leads nowhere stops it."""
    set_up("docs")
    folder = ROOT / "output" / "docs"
    command: list[str | Path] = [BIN / "python", "-m", "sphinx", "-q", "-W", "-E"]
    command += ["-c", ROOT / "docs" / "site", "-d", VENV / "doctrees", ROOT / "docs", folder]
    if code := subprocess.run(command, check=False).returncode:
        return code
    say(f"open {folder / 'index.html'}")
    return 0


def test(arguments: list[str]) -> int:
    """Run the stages in order, up to the first that fails."""
    set_up("dev")
    set_up_validators()
    for program, absence in UNPACKAGED.items():
        if shutil.which(program) is None:
            say(f"without `{program}`: {absence}")
    python: list[str | Path] = [BIN / "python", "-m"]
    stages = {
        "checking the style": [*python, "ruff", "check"],
        "checking the layout of the code": [*python, "ruff", "format", "--check"],
        "checking the types": [*python, "mypy"],
        "running the fast tests": [*python, "pytest", "-n", "auto", "-m", "not slow"],
        "running the slow tests": [
            *python,
            "pytest",
            "-n",
            "auto",
            "--dist",
            "loadscope",
            "-m",
            "slow",
        ],
    }
    if arguments:
        stages = {"running the tests asked for": [*python, "pytest", *arguments]}
    for words, command in stages.items():
        say(words)
        if code := subprocess.run(command, cwd=ROOT, check=False).returncode:
            print(f"stopped while {words}", file=sys.stderr)
            return code
    return 0


def set_up(lock: str) -> None:
    """Make `.venv` hold exactly what `requirements/<lock>.txt` names, and policygen itself."""
    if packages := missing_packages(tests=lock == "dev"):
        install_packages(packages)
    pip: list[str | Path] = [
        BIN / "python",
        "-m",
        "pip",
        "-qq",
        "--disable-pip-version-check",
        "install",
    ]
    requirements = ROOT / "requirements" / f"{lock}.txt"
    stamp, digest = VENV / "lock.stamp", digest_of(requirements)
    larger = LOCKS[LOCKS.index(lock) :]
    enough = {digest_of(ROOT / "requirements" / f"{name}.txt") for name in larger}
    if read_stamp(stamp) not in enough:
        say(f"installing the packages of requirements/{lock}.txt")
        creator = getattr(sys, "_base_executable", sys.executable)  # not the .venv that is cleared
        subprocess.run([creator, "-m", "venv", "--clear", VENV], check=True)
        locked = ["--require-hashes", "--no-deps", "--only-binary=:all:", "--requirement"]
        subprocess.run([*pip, *locked, requirements], check=True)
        stamp.write_text(digest)

    stamp, digest = VENV / "project.stamp", digest_of(ROOT / "pyproject.toml")
    if read_stamp(stamp) != digest:
        say("installing policygen")
        subprocess.run([*pip, "--no-deps", "--no-build-isolation", "--editable", ROOT], check=True)
        stamp.write_text(digest)


def set_up_validators() -> None:
    """Install the npm packages that the slow tests use, as their lock names them."""
    stamp, digest = (
        VALIDATORS / "node_modules" / "lock.stamp",
        digest_of(VALIDATORS / "package-lock.json"),
    )
    if read_stamp(stamp) != digest:
        say("installing the validators")
        npm = shutil.which("npm") or "npm"
        subprocess.run(
            [npm, "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=VALIDATORS, check=True
        )
        stamp.write_text(digest)


def missing_packages(*, tests: bool) -> list[str]:
    """Name the Debian packages of what this machine lacks."""
    libraries = RENDERER | (BROWSER_DRIVER if tests else {})
    programs = TEST_PROGRAMS if tests else {}
    missing = [packages for library, packages in libraries.items() if not can_load(library)]
    missing += [
        packages for names, packages in programs.items() if not any(map(shutil.which, names))
    ]
    if importlib.util.find_spec("ensurepip") is None:  # Debian keeps a part of `venv` apart
        missing.append(["python3-venv"])
    return [package for packages in missing for package in packages]


def install_packages(packages: list[str]) -> None:
    """Install Debian packages where we may; otherwise say what to type, and stop."""
    if not (shutil.which("apt-get") and os.geteuid() == 0):
        print("this machine lacks some programs; on Debian or Ubuntu, type:", file=sys.stderr)
        print(
            f"    sudo apt-get update && sudo apt-get install {' '.join(packages)}", file=sys.stderr
        )
        raise SystemExit(1)
    say(f"installing {', '.join(packages)}")
    unasked = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-qq"], env=unasked, check=True)
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    subprocess.run(install, env=unasked, stdout=subprocess.DEVNULL, check=True)


def can_load(library: str) -> bool:
    if sys.platform != "linux":
        return True  # named otherwise there; the renderer itself says what it misses
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def digest_of(file: Path) -> str:
    """Tell this file, for this Python, in this folder (an environment cannot be moved)."""
    parts = [file.read_bytes(), str(ROOT).encode(), str(sys.version_info[:2]).encode()]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def read_stamp(stamp: Path) -> str:
    return stamp.read_text() if stamp.exists() else ""


def say(words: str) -> None:
    print(f"== {words}", flush=True)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
