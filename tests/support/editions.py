"""Published editions for tests: the working template frozen as it stands, with a record of what changed."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from policygen.model.edition_record import EditionRecord, with_digest, written_edition_record

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def freeze(root: Path, template: str, edition: str, **said: object) -> None:
    """Put the working template of a workspace among its editions; `said` is what the record declares."""
    working = root / "templates" / template
    text = (working / "template.yaml").read_text("utf-8")
    lines = [
        f'edition: "{edition}"' if line.startswith("edition:") else line
        for line in text.split("\n")
    ]
    put(working / "template.yaml", "\n".join(lines).encode())
    files = {
        path.relative_to(working).as_posix(): path.read_bytes()
        for path in sorted(working.rglob("*"))
        if path.is_file() and not path.is_relative_to(working / "editions")
    }
    files |= {
        f"shared/{path.name}": path.read_bytes()
        for path in sorted((root / "templates/shared").glob("*.*"))
    }
    write_edition(root, template, edition, files, **said)


def write_edition(
    root: Path, template: str, edition: str, files: Mapping[str, bytes], **said: object
) -> None:
    """Write these files as a published edition."""
    folder = root / "templates" / template / "editions" / edition
    for name, content in files.items():
        put(folder / name, content)
    record = EditionRecord.model_validate(
        {
            "template": template,
            "edition": edition,
            "issued": "2026-09-01",
            "digest": "",
            "files": {
                name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())
            },
            **said,
        }
    )
    put(folder / "edition.yaml", written_edition_record(with_digest(record)).encode())


def put(path: Path, content: bytes) -> None:
    """Write a file, with its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
