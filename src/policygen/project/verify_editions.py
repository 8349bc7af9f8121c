"""Verifying editions against their records and what was made from them, and bundles against the editions."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from policygen.compose.digest import content_code
from policygen.disk.bundles import SIGNATURE, Bundle, bundle_name, claimed_record, read_bundle
from policygen.disk.editions import (
    check_edition,
    published_editions,
    read_edition_record,
    template_ids,
)
from policygen.disk.registering import linked, read_tree
from policygen.ground import paths
from policygen.ground.dates import on_day
from policygen.ground.diagnostics import Place, Problems
from policygen.model.edition_record import EditionRecord
from policygen.products.folders import edition_products
from policygen.register.state import Register
from policygen.register.verifying import FrozenFolder

_RECORD = re.compile(r"templates/([^/]+)/editions/([^/]+)/edition\.yaml")
_MOST_NOTES = 10
"""Of what is wrong with a bundle that is handed in."""
_BACK = "put the folder of the edition back as it was, from version control or from its bundle"


@dataclass(frozen=True)
class VerifiedEdition:
    """One published edition that is as it was."""

    template: str
    edition: str
    digest: str

    @property
    def code(self) -> str:
        """The short code of the edition, to be noted elsewhere."""
        return content_code(self.digest)


@dataclass(frozen=True, order=True)
class MadeFrom:
    """The record of an edition from which a version was made, as the manifest of the version has it."""

    path: str
    sha256: str
    version: str
    """As people call it: "version 2.0 of oak/tiny"."""


def made_from(folder: FrozenFolder, register: Register) -> Iterator[MadeFrom]:
    """The published editions from which the versions of a register were made."""
    for record in register.versions:
        manifest = folder.files.get(f"{record.version}/{paths.MANIFEST}", b"")
        frozen = record.files.get(paths.MANIFEST)
        if frozen is None or frozen.sha256 != hashlib.sha256(manifest).hexdigest():
            continue  # what was changed is told elsewhere
        inputs = json.loads(manifest).get("inputs", {})
        for path, sha256 in inputs.items():
            if _RECORD.fullmatch(path):
                called = f"version {record.version} of {record.school}/{record.policy}"
                yield MadeFrom(path, sha256, called)


def check_editions(
    root: Path, adopted: Iterable[MadeFrom], problems: Problems
) -> tuple[VerifiedEdition, ...]:
    """Note each edition that is not as it was published, or not the one that others were made from or follow."""
    found = []
    for template in template_ids(root):
        for edition in published_editions(root, template):
            if not check_edition(root, template, edition, problems):
                continue
            record = read_edition_record(root, template, edition, problems)
            if record is not None:
                _check_before(root, record, problems)
                found.append(VerifiedEdition(template, edition, record.digest))
                _check_products(root, record, problems)
    for each in sorted({*adopted}):
        _check_adopted(root, each, problems)
    return tuple(found)


def _check_before(root: Path, record: EditionRecord, problems: Problems) -> None:
    """The edition before it, and the one that it is put over, have the digests that it says."""
    before = [(record.template, record.previous, record.previous_digest)]
    if record.extends is not None:
        below = record.extends
        before.append((below.template, below.edition, below.digest))
    for template, edition, digest in before:
        if not digest or edition not in published_editions(root, template):
            continue
        here = read_edition_record(root, template, edition, Problems())
        if here is not None and here.digest != digest:
            says = f"this is not the edition that `{record.template}@{record.edition}` names"
            _note(paths.edition_folder(template, edition), says, problems)


def _check_adopted(root: Path, made: MadeFrom, problems: Problems) -> None:
    file = root / made.path
    if not file.is_file():
        says = f"this edition is gone, and {made.version} was made from it"
    elif hashlib.sha256(file.read_bytes()).hexdigest() != made.sha256:
        says = f"this is not the edition that {made.version} was made from"
    else:
        return
    _note(made.path.rpartition("/")[0], says, problems)


def _note(folder: str, says: str, problems: Problems) -> None:
    problems.add("edition-damaged", says, Place(f"{folder}/{paths.EDITION_RECORD}"), _BACK)


# --- what announces an edition ----------------------------------------------------------------------------------------


def _check_products(root: Path, record: EditionRecord, problems: Problems) -> None:
    """The bundle of an edition holds it, and all that lies beside the bundle is what is in it."""
    below = paths.edition_products_folder(record.template, record.edition)
    folder, name = paths.in_output(below), bundle_name(record.template, record.edition)
    if link := linked(root / paths.OUTPUT, below):  # all of it may lie elsewhere
        says = "this is a link, and nothing that was made of the edition"
        _again(paths.in_output(link), says, record, problems)
        return
    files, strange = read_tree(root / folder)
    content = files.get(name)
    if content is None:
        # Beside a circular that was made for somebody else's edition there is none, nor what is made with one.
        if strange or files.keys() & {f"{name}.sha256", paths.MANIFEST}:
            _again(f"{folder}/{name}", "the bundle is gone, or a link", record, problems)
        return
    bundle = read_bundle(name, content, Problems())
    if bundle is None or bundle.record.digest != record.digest:
        _again(f"{folder}/{name}", "this bundle is not that of its edition", record, problems)
        return
    digest = f"{hashlib.sha256(content).hexdigest()}  {name}\n".encode()
    made = edition_products(record, {**bundle.beside, name: content, f"{name}.sha256": digest})
    for path in (*strange, *sorted({*files, *made} - {f"{name}{SIGNATURE}"})):
        if path not in files or files[path] != made.get(path):
            says = "this is not what was made of the edition"
            _again(f"{folder}/{path}", says, record, problems)


# --- bundles that are handed in ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SentBundle:
    """What a zip file says that it is, and what is wrong with it by itself."""

    bundle: Bundle | None
    """None where anything is wrong."""
    claimed: EditionRecord | None
    wrong: tuple[str, ...]


@dataclass(frozen=True)
class BundleVerdict:
    """What a bundle is, compared with the editions here."""

    standing: Literal["published", "changed", "unknown"]
    says: str
    notes: tuple[str, ...] = ()


def look_at_bundle(file: str, content: bytes) -> SentBundle:
    """What a file says of itself as a bundle."""
    problems = Problems()
    bundle = read_bundle(file, content, problems)
    claimed = bundle.record if bundle else claimed_record(content)
    return SentBundle(bundle, claimed, tuple(each.message for each in problems))


def bundle_verdict(
    root: Path, sent: SentBundle, content: bytes, problems: Problems
) -> BundleVerdict:
    """What a bundle is; `problems` takes what is wrong with the edition here that says so."""
    record = sent.claimed
    if record is None:
        says = "unknown: no register here has it, and it is not the bundle of an edition"
        return BundleVerdict("unknown", says)
    name = f"{record.template}@{record.edition}"
    if record.edition not in published_editions(root, record.template):
        says = f"unknown: it says that it is the bundle of {name}, and that edition is not here"
        return BundleVerdict("unknown", says)
    here = None
    if check_edition(root, record.template, record.edition, problems):
        here = read_edition_record(root, record.template, record.edition, problems)
    if here is None:
        says = f"it says that it is the bundle of {name}, and that edition is damaged here"
        return BundleVerdict("unknown", f"unknown: {says}")
    published = f"the edition was issued {on_day(here.issued)}, code {content_code(here.digest)}"
    if sent.bundle is None or record.digest != here.digest:
        says = f"it says that it is the bundle of {name}, but it is not what was published"
        differ = _files_that_differ(record, here)
        return BundleVerdict("changed", says, (published, *sent.wrong, *differ)[:_MOST_NOTES])
    beside = _beside_that_differs(root, sent.bundle, content)
    if beside is None:
        says = f"this is a bundle with the edition {name} as it was published"
        alone = "its circular and redline were compared with nothing"
        makes = f"{alone}: `policygen announce {name}` makes them here"
        return BundleVerdict("published", says, (published, makes))
    if beside:
        says = f"it holds the edition {name} as it was published, but it is not the bundle that was made here"
        return BundleVerdict("changed", says, (published, *beside)[:_MOST_NOTES])
    return BundleVerdict("published", f"this is the bundle of {name}, as published", (published,))


def _files_that_differ(record: EditionRecord, here: EditionRecord) -> list[str]:
    names = sorted({*record.files, *here.files})
    return [
        f"`{name}` is not that of the edition here"
        for name in names
        if record.files.get(name) != here.files.get(name)
    ]


def _beside_that_differs(root: Path, bundle: Bundle, content: bytes) -> tuple[str, ...] | None:
    """How a bundle differs from the one that announces its edition here; None where that is not here, or damaged."""
    record = bundle.record
    folder = paths.in_output(paths.edition_products_folder(record.template, record.edition))
    file = root / folder / bundle_name(record.template, record.edition)
    if not file.is_file():
        return None if bundle.beside else ()
    if (made := file.read_bytes()) == content:
        return ()
    ours = read_bundle(file.name, made, Problems())
    if ours is None or ours.record.digest != record.digest:
        return None  # that one is not as it was, which `verify` without a file tells
    names = sorted({*ours.beside, *bundle.beside})
    differ = [name for name in names if ours.beside.get(name) != bundle.beside.get(name)]
    says = (f"its `{name}` is not the one in {folder}/" for name in differ)
    return tuple(says) or ("what differs is in none of its files",)


def _again(path: str, says: str, record: EditionRecord, problems: Problems) -> None:
    hint = f"make it again: `policygen announce {record.template}@{record.edition}`"
    problems.add("copy-changed", says, Place(path), hint)
