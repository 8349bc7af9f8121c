"""Which changes to the program no test notices: `python -m tests.mutants redline`. It needs `pip install mutmut`.

mutmut changes one thing at a time in the modules of a part and runs the tests that are to notice it. What survives is
printed with its change. It works on a copy, so that the working tree stays as it is; a part takes from a minute to an hour.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

ROOT = Path(__file__).parents[1]
COPIED = (
    "ARCHITECTURE.md", "CHANGELOG.md", "LICENSE", "README.md", "benchmarks", "build.py", "docs", "pyproject.toml",
    "requirements", "schools", "src", "templates", "tests",
)  # fmt: skip


@dataclass(frozen=True)
class Part:
    """Modules under src/policygen, and the tests that must notice a fault in them."""

    modules: tuple[str, ...]
    tests: tuple[str, ...]


PARTS = {
    "numbering": Part(("compose/number",), ("numbering", "language", "references")),
    "digest": Part(("compose/digest",), ("digest", "approving", "compare_digest")),
    "redline": Part(
        ("compare/form", "compare/words", "compare/lines", "compare/comparison"),
        ("compare", "compare_digest", "words", "redline"),
    ),
    "references": Part(
        ("compose/refer",),
        ("references", "language", "rules", "damage", "units", "form_appendices"),
    ),
    "upgrade": Part(
        ("upgrade/same", "upgrade/clauses", "upgrade/answers", "upgrade/way"),
        ("upgrade", "upgrade_property", "upgrade_model_text"),
    ),
    "yamledit": Part(("files/yamledit",), ("yamledit", "adoption_file", "mending")),
    "register": Part(
        ("register/state", "register/following", "register/history", "register/verifying"),
        ("approving", "verifying", "lives", "status"),
    ),
    "pdf-check": Part(("pdf/check", "pdf/tags"), ("pdfcheck", "paper")),
}


def settings(part: Part) -> str:
    """What mutmut reads, as a table of pyproject.toml."""
    lists = {
        "source_paths": ["src/policygen"],
        "only_mutate": [f"src/policygen/{module}.py" for module in part.modules],
        "also_copy": [*COPIED],
        "pytest_add_cli_args": ["-m", "not slow", "-p", "no:cacheprovider", "-q"],
        "pytest_add_cli_args_test_selection": [f"tests/test_{name}.py" for name in part.tests],
    }
    # A list of texts is written in TOML as it is in Python.
    return "\n".join(["\n[tool.mutmut]", *(f"{key} = {value}" for key, value in lists.items()), ""])


def run(part: Part) -> int:
    """Make and try the mutants of a part; how many survived."""
    folder = Path(mkdtemp(prefix="mutants-"))
    for name in COPIED:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
        copy(ROOT / name, folder / name)
    with (folder / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write(settings(part))
    mutmut = [sys.executable, "-m", "mutmut"]
    subprocess.run([*mutmut, "run"], cwd=folder, check=True)
    results = subprocess.run(
        [*mutmut, "results"], cwd=folder, check=True, capture_output=True, encoding="utf-8"
    )
    named = [line.split(":")[0].strip() for line in results.stdout.splitlines() if ":" in line]
    for mutant in named:
        subprocess.run([*mutmut, "show", mutant], cwd=folder, check=True)
    print(f"{len(named)} survived; all results are in {folder}")
    return len(named)


def main(names: list[str]) -> int:
    """Run the parts named."""
    if not names or {*names} - PARTS.keys():
        print(f"name one or more of: {', '.join(PARTS)}", file=sys.stderr)
        return 2
    survived = sum(run(PARTS[name]) for name in names)
    return int(survived > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
