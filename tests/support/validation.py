"""PDF/UA and PDF/A as other programs see them: `page`, a validator in Rust that needs no Java, and pdf.js."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import page

_VALIDATORS = Path(__file__).parents[1] / "validators"
Standard = Literal["ua1", "2a"]


def objections(pdf: bytes, standard: Standard) -> list[str]:
    """What the validator holds against a PDF."""
    report = page.validate_pdf_bytes(pdf, profile=standard)
    return [f"{failure.rule_id}: {failure.message}" for failure in report.failures]


def objections_by_file(pdfs: list[Path], standard: Standard) -> dict[str, list[str]]:
    """The same of many files, those without any left out."""
    found = {}
    for path in pdfs:
        if said := objections(path.read_bytes(), standard):
            found[str(path)] = said
    return found


@dataclass(frozen=True)
class Heard:
    """What pdf.js finds of the words of a PDF."""

    tagged: int
    """How many runs of text stand in the structure."""
    untagged: list[str]
    """What a screen reader meets outside of it."""


def heard(pdfs: list[Path]) -> dict[str, Heard]:
    """What pdf.js, the reader of Firefox, knows of the structure of each file."""
    node = shutil.which("node")
    if node is None:
        raise FileNotFoundError("node is not on the path; `python3 build.py test` installs it")
    command = [node, str(_VALIDATORS / "untagged.mjs"), *map(str, pdfs)]
    done = subprocess.run(
        command, capture_output=True, check=True, encoding="utf-8", cwd=_VALIDATORS
    )
    return {path: Heard(**said) for path, said in json.loads(done.stdout).items()}
