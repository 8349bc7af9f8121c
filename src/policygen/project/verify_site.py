"""Verifying what is published: every file of the website, at its place, against its manifest and the registers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from policygen.disk.registering import read_tree
from policygen.ground import paths
from policygen.ground.diagnostics import Place, Problems
from policygen.html.elements import escape
from policygen.html.finished import FinishedPage
from policygen.products.copies import first_difference
from policygen.register.ends import End, Withdrawn
from policygen.register.records import VersionRecord
from policygen.register.state import Register
from policygen.register.verifying import frozen_by_digest
from policygen.site.fragment import fragment_html, withdrawn_fragment
from policygen.site.frame import FOLDER
from policygen.site.frozen import NotAPageError, parts_that_stay, taken_apart
from policygen.site.school import with_manifest
from policygen.site.shelf import is_published

_SITE = paths.in_output(paths.SITE)
_PUBLISHED = (".html", ".pdf")
_FRAGMENT = "fragment.html"
_AGAIN = "publish the site again from the registers"


@dataclass(frozen=True)
class VerifiedSite:
    """What the website was found to be."""

    copies: int
    """Pages and PDFs that were compared."""
    behind: tuple[VersionRecord, ...]
    """The latest versions of policies that it shows only older ones of, which may be just what a school wants."""
    untold: tuple[VersionRecord, ...]
    """The last versions of policies that were withdrawn, and that it shows as if they were in force."""


class _Listed(NamedTuple):
    """What a manifest says of a file."""

    sha256: str
    source: str
    """SHA-256 of the frozen file that it shows; empty where it shows none."""


@dataclass(frozen=True, slots=True)
class _Source:
    """The frozen page that a page of the website has to show."""

    record: VersionRecord
    name: str
    """In the folder of its version."""
    end: End | None
    """How that version ceased to be in force."""


def check_site(root: Path, registers: Sequence[Register], problems: Problems) -> VerifiedSite:
    """Note each file in output/site that is changed, missing, or none of the website's.

    A page of a version holds its words as they were frozen, and the page of a policy those of the newest version that
    is shown. Who can write both a file and its manifest can still change what no register holds.
    """
    files, strange = read_tree(root / _SITE)
    before = len(problems.errors)
    if (root / _SITE).is_symlink():
        _note("", "this is a link, and nothing that the website is made of", problems)
    for path in strange:
        _note(path, "this is a link, and nothing that the website is made of", problems)
    frozen = {digest for register in registers for digest in frozen_by_digest(register)}
    own = _frozen_by_path(registers)
    sources = _sources(registers, files)
    listed = _all_listed(files, problems)
    for path in sorted(listed.keys() - files.keys()):
        _note(path, "this published file is gone", problems)
    copies = 0
    for path, content in files.items():
        if Path(path).name == paths.MANIFEST:
            continue
        copies += path.endswith(_PUBLISHED)
        fault = _fault(hashlib.sha256(content).hexdigest(), listed.get(path), own.get(path), frozen)
        if not fault and path in sources and not _shows(root, content, path, sources[path]):
            fault = "this page does not show what was approved in the version that it is of"
        if fault:
            _note(path, fault, problems)
    if len(problems.errors) == before:
        _check_manifests(files, listed, problems)
    return VerifiedSite(copies, tuple(_behind(registers, files)), tuple(_untold(registers, files)))


def _fault(sha256: str, listed: _Listed | None, own: str | None, frozen: set[str]) -> str:
    """What is wrong with a published file; empty where nothing is. `own` is the digest of the version that it is of."""
    if listed is None:
        return "this file is none of those that the website is made of"
    differs = sha256 != listed.sha256 or own not in (None, sha256)
    if differs or (listed.source and listed.source not in frozen):
        return "this published copy is not one of those that were approved"
    return ""


# --- what pages show --------------------------------------------------------------------------------------------------


def _frozen_by_path(registers: Sequence[Register]) -> dict[str, str]:
    """SHA-256 of each frozen file, by where the website of its school shows it as it was frozen."""
    found = {}
    for register in registers:
        for record in register.versions:
            for name, file in record.files.items():
                found[f"{_folder(record)}/{record.version}/{name}"] = file.sha256
    return found


def _folder(record: VersionRecord) -> str:
    """Where the website has the policy of a version."""
    return f"{record.school}/{FOLDER}/{record.policy}"


def _is_shown(record: VersionRecord, files: Mapping[str, bytes]) -> bool:
    return f"{_folder(record)}/{record.version}/{record.policy}.html" in files


def _sources(registers: Sequence[Register], files: Mapping[str, bytes]) -> dict[str, _Source]:
    """The frozen page that each page of a version, and of a policy, has to show, by path in the website."""
    found: dict[str, _Source] = {}
    for register in registers:
        for record in register.versions:
            if _is_shown(record, files):
                # The newest version comes last, and is the one that the policy's own page shows.
                found.update(_sources_of(record, register.end(record.version)))
    return found


def _sources_of(record: VersionRecord, end: End | None) -> Iterator[tuple[str, _Source]]:
    folder, whole = _folder(record), f"{record.policy}.html"
    for name in record.files:
        if not (name.endswith(".html") and is_published(name, record.policy)):
            continue
        source = _Source(record, name, end)
        if name == whole:
            yield f"{folder}/{record.version}/index.html", source
            yield f"{folder}/index.html", source
            yield f"{folder}/{_FRAGMENT}", source
        else:
            yield f"{folder}/{record.version}/{name.removesuffix('.html')}/index.html", source


def _shows(root: Path, content: bytes, path: str, source: _Source) -> bool:
    """Whether a page holds the body of a frozen page to the byte, or its words where it is a fragment for a CMS."""
    record = source.record
    folder = paths.version_folder(record.school, record.policy, record.version)
    file = root / folder / source.name
    frozen = file.read_bytes() if file.is_file() else b""
    if hashlib.sha256(frozen).hexdigest() != record.files[source.name].sha256:
        return True  # the register is not as it was, which is told of it
    try:
        page = taken_apart(frozen)
    except NotAPageError:
        return True
    if path.endswith(f"/{_FRAGMENT}"):
        may_be = [fragment_html(page, record.policy)]
        if isinstance(source.end, Withdrawn):
            may_be.append(withdrawn_fragment(record.policy, record.title, source.end.words))
        lines = FinishedPage(content).lines
        made = (FinishedPage(each.encode()).lines for each in may_be)
        return any(first_difference(each, lines) is None for each in made)
    text = content.decode("utf-8", "replace")
    return all(part in text for part in parts_that_stay(page.body))


def _behind(registers: Sequence[Register], files: Mapping[str, bytes]) -> Iterator[VersionRecord]:
    for register in registers:
        shown = [record for record in register.versions if _is_shown(record, files)]
        if shown and register.latest is not None and shown[-1] != register.latest:
            yield register.latest


def _untold(registers: Sequence[Register], files: Mapping[str, bytes]) -> Iterator[VersionRecord]:
    for register in registers:
        latest, withdrawn = register.latest, register.withdrawn
        if latest is None or withdrawn is None:
            continue
        page = files.get(f"{_folder(latest)}/index.html")
        if page is not None and escape(withdrawn.words).encode() not in page:
            yield latest


# --- manifests --------------------------------------------------------------------------------------------------------


def _all_listed(files: Mapping[str, bytes], problems: Problems) -> dict[str, _Listed]:
    """What the manifests in the website say of its files, by path."""
    listed: dict[str, _Listed] = {}
    for path, content in files.items():
        folder, _, name = path.rpartition("/")
        if name != paths.MANIFEST:
            continue
        outputs = _outputs(_said(content))
        if outputs is None:
            _note(path, "this manifest cannot be read", problems)
            continue
        for output, said in outputs.items():
            listed[f"{folder}/{output}"] = said
    return listed


def _said(manifest: bytes) -> Any:
    try:
        return json.loads(manifest)
    except ValueError:
        return None


def _outputs(manifest: Any) -> dict[str, _Listed] | None:
    """What a manifest says of the files beside and below it; None for one that is not as policygen writes it."""
    try:
        return {
            name: _Listed(said["sha256"], said.get("register") or "")
            for name, said in manifest["outputs"].items()
        }
    except (KeyError, TypeError, AttributeError):
        return None


def _check_manifests(
    files: Mapping[str, bytes], listed: Mapping[str, _Listed], problems: Problems
) -> None:
    """Note each manifest that says more, or other things, than policygen writes of the files that it lists."""
    for path, content in files.items():
        folder, _, name = path.rpartition("/")
        if name != paths.MANIFEST:
            continue
        said, site = _said(content), path.partition("/")[0]
        of = {"issuer": said.get("issuer")} if site == paths.ISSUERS else {"school": site}
        listing = {each: listed[f"{folder}/{each}"] for each in said["outputs"]}
        beside = {each: files[f"{folder}/{each}"] for each in listing}
        sources = {each: source for each, (_, source) in listing.items() if source}
        if content != with_manifest(of, beside, sources)[paths.MANIFEST]:
            _note(path, "this manifest is not as it was written", problems)


def _note(path: str, says: str, problems: Problems) -> None:
    problems.add("copy-changed", says, Place(f"{_SITE}/{path}"), _AGAIN)
