"""Verifying what is published: every file of the website, at its place, against its manifest and the registers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from policygen.disk.registering import read_tree
from policygen.ground import paths
from policygen.ground.diagnostics import Place, Problems
from policygen.register.state import Register
from policygen.register.verifying import frozen_by_digest
from policygen.site.frame import FOLDER

_SITE = paths.in_output(paths.SITE)
_PUBLISHED = (".html", ".pdf")
_AGAIN = "publish the site again from the registers"


@dataclass(frozen=True, slots=True)
class _Listed:
    """What a manifest says of a file."""

    sha256: str
    source: str
    """SHA-256 of the frozen file that it shows; empty where it shows none."""


def check_site(root: Path, registers: Sequence[Register], problems: Problems) -> int:
    """Note each file in output/site that is changed, missing, or none of the website's; how many copies were compared.

    A copy is a page or a PDF. Who can write both a file and its manifest can still change what no register holds.
    """
    files, strange = read_tree(root / _SITE)
    if (root / _SITE).is_symlink():
        _note("", "this is a link, and nothing that the website is made of", problems)
    for path in strange:
        _note(path, "this is a link, and nothing that the website is made of", problems)
    frozen = {digest for register in registers for digest in frozen_by_digest(register)}
    own = _frozen_by_path(registers)
    listed = _all_listed(files, problems)
    for path in sorted(listed.keys() - files.keys()):
        _note(path, "this published file is gone", problems)
    copies = 0
    for path, content in files.items():
        if Path(path).name == paths.MANIFEST:
            continue
        copies += path.endswith(_PUBLISHED)
        fault = _fault(hashlib.sha256(content).hexdigest(), listed.get(path), own.get(path), frozen)
        if fault:
            _note(path, fault, problems)
    return copies


def _fault(sha256: str, listed: _Listed | None, own: str | None, frozen: set[str]) -> str:
    """What is wrong with a published file; empty where nothing is. `own` is the digest of the version that it is of."""
    if listed is None:
        return "this file is none of those that the website is made of"
    differs = sha256 != listed.sha256 or own not in (None, sha256)
    if differs or (listed.source and listed.source not in frozen):
        return "this published copy is not one of those that were approved"
    return ""


def _frozen_by_path(registers: Sequence[Register]) -> dict[str, str]:
    """SHA-256 of each frozen file, by where the website of its school shows it as it was frozen."""
    found = {}
    for register in registers:
        for record in register.versions:
            folder = f"{record.school}/{FOLDER}/{record.policy}/{record.version}"
            for name, file in record.files.items():
                found[f"{folder}/{name}"] = file.sha256
    return found


def _all_listed(files: Mapping[str, bytes], problems: Problems) -> dict[str, _Listed]:
    """What the manifests in the website say of its files, by path."""
    listed: dict[str, _Listed] = {}
    for path, content in files.items():
        folder, _, name = path.rpartition("/")
        if name != paths.MANIFEST:
            continue
        outputs = _outputs(content)
        if outputs is None:
            _note(path, "this manifest cannot be read", problems)
            continue
        for output, said in outputs.items():
            listed[f"{folder}/{output}"] = said
    return listed


def _outputs(manifest: bytes) -> dict[str, _Listed] | None:
    """What a manifest says of the files beside and below it; None for one that is not as policygen writes it."""
    try:
        outputs = json.loads(manifest)["outputs"]
        return {
            name: _Listed(said["sha256"], said.get("register") or "")
            for name, said in outputs.items()
        }
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _note(path: str, says: str, problems: Problems) -> None:
    problems.add("copy-changed", says, Place(f"{_SITE}/{path}"), _AGAIN)
