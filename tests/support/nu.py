"""The Nu HTML checker: a list of files in one start of Java."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

if TYPE_CHECKING:
    from collections.abc import Sequence

JAR = (
    Path(__file__).parents[1]
    / "validators"
    / "node_modules"
    / "vnu-jar"
    / "build"
    / "dist"
    / "vnu.jar"
)


_MISREAD = "Resource violates Content Security Policy (meta tag): "
"""The checker says so of any picture in an address that begins with `data:`, also where the policy is `img-src data:`,
and of any file beside a page that it reads from a disk, where nothing counts as `'self'` to it. What a page may load is
seen in a browser: in `test_pages_run_nothing.py` its console is silent on every page, from a disk and from a server."""


@dataclass(frozen=True)
class Finding:
    """One thing that the checker holds against a file."""

    file: Path
    line: int
    column: int
    level: Literal["error", "warning"]
    message: str
    extract: str

    def __str__(self) -> str:
        return f"{self.file.name}:{self.line}:{self.column}: {self.level}: {self.message}\n    {self.extract}"


def check_html(files: Sequence[Path]) -> list[Finding]:
    """Return errors and warnings of all the files, in the checker's order."""
    if not files:
        return []
    java = shutil.which("java")
    if java is None:
        raise FileNotFoundError("java is not on the path; `python3 build.py test` installs it")
    if absent := [file for file in files if not file.is_file()]:
        raise FileNotFoundError(
            f"nothing to check at {absent}"
        )  # the checker would find no fault there
    command = [java, "-jar", str(JAR), "--format", "json", "--stdout", "--exit-zero-always"]
    done = subprocess.run(
        [*command, *(str(file.resolve()) for file in files)],
        capture_output=True,
        check=True,
        encoding="utf-8",
    )
    findings = (_read_finding(row) for row in json.loads(done.stdout)["messages"])
    return [each for each in findings if not _is_misread(each)]


def _is_misread(finding: Finding) -> bool:
    """Whether the checker takes what a page may do for what it may not; data in a `script` runs nowhere."""
    is_data = 'type="application/ld+json"' in finding.extract
    runs = finding.message.startswith("Inline script violates Content Security Policy (meta tag): ")
    return finding.message.startswith(_MISREAD) or (runs and is_data)


def _read_finding(row: dict[str, Any]) -> Finding:
    # Types are `error`, `info` (with subType `warning`, or none for a plain note) and `non-document-error`.
    return Finding(
        file=Path(url2pathname(unquote(urlsplit(row["url"]).path))),
        line=row.get("lastLine", 0),
        column=row.get("firstColumn", row.get("lastColumn", 0)),
        level="warning" if row["type"] == "info" else "error",
        message=row["message"],
        extract=row.get("extract", "").strip().replace("\n", " "),
    )
