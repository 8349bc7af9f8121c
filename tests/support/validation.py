"""PDF/UA and PDF/A as another program judges them: `page`, a validator in Rust that needs no Java."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import page

if TYPE_CHECKING:
    from pathlib import Path

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
            found[path.name] = said
    return found
