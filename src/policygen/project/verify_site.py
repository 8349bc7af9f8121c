"""Verifying what is published: every file of the website, at its place, against its manifest and the registers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from policygen.disk.editions import published_editions, read_published, template_ids
from policygen.disk.reading import school_ids
from policygen.disk.registering import read_tree
from policygen.ground import paths
from policygen.ground.diagnostics import Place, Problems
from policygen.html.finished import FinishedPage
from policygen.products.copies import first_difference
from policygen.register.ends import End, Withdrawn
from policygen.register.records import VersionRecord
from policygen.register.state import Register
from policygen.register.verifying import frozen_by_digest
from policygen.site.fragment import fragment_html, withdrawn_fragment
from policygen.site.frame import FOLDER, INDEX
from policygen.site.frozen import NotAPageError, taken_apart, without_standing
from policygen.site.issuer import IssuerShelf
from policygen.site.school import with_manifest
from policygen.site.shelf import FRAGMENT, frozen_pages

_SITE = paths.in_output(paths.SITE)
_PUBLISHED = (".html", ".pdf")
_NOT_APPROVED = "this published copy is not one of those that were approved"
_HERE = "\ue000"
"""Stands in a page for the words that are looked for: no page of ours has this sign."""


@dataclass(frozen=True)
class VerifiedSite:
    """What the website was found to be."""

    copies: int
    """Pages and PDFs that were compared."""
    behind: tuple[VersionRecord, ...]
    """The latest versions of policies that it shows only older ones of, which may be just what a school wants."""
    untold: tuple[VersionRecord, ...]
    """The latest versions of policies of whose withdrawal it does not say what the register says."""


class _Listed(NamedTuple):
    """What a manifest says of a file."""

    sha256: str
    source: str
    """SHA-256 of the frozen file that it shows; empty where it shows none."""


Listing = Mapping[str, _Listed]
"""What a manifest says of the files beside and below it, by their path from there."""


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
    is shown. What a manifest says of them comes from the registers, too, and who it is for from the workspace. Who can
    write both a file and its manifest can still change what no register holds.
    """
    files, strange = read_tree(root / _SITE)
    if (root / _SITE).is_symlink():
        _note("", "this is a link, and nothing that the website is made of", problems)
    for path in strange:
        _note(path, "this is a link, and nothing that the website is made of", problems)
    frozen = {digest for register in registers for digest in frozen_by_digest(register)}
    own = _frozen_by_path(registers)
    sources = _sources(registers, files)
    manifests = {path: _listing(files[path]) for path in files if _is_manifest(path)}
    listed = {
        f"{_folder_of(path)}{name}": said
        for path, listing in manifests.items()
        for name, said in (listing or {}).items()
    }
    unread = tuple(_folder_of(path) for path, listing in manifests.items() if listing is None)
    for path in sorted((listed.keys() | sources.keys()) - files.keys()):
        _note(path, "this published file is gone", problems)
    copies = 0
    for path, content in files.items():
        if path in manifests:
            continue
        copies += path.endswith(_PUBLISHED)
        sha256 = hashlib.sha256(content).hexdigest()
        fault = ""
        if not path.startswith(unread):
            fault = _fault(sha256, listed.get(path), frozen)
        if own.get(path, sha256) != sha256:
            fault = _NOT_APPROVED
        if not fault and path in sources and not _shows(root, content, path, sources[path]):
            fault = "this page does not show what was approved in the version that it is of"
        if fault:
            _note(path, fault, problems)
    for path, listing in manifests.items():
        if listing is None:
            _note(path, "this manifest cannot be read", problems)
    if (
        not problems.has_errors
    ):  # else less is known than there is, or more was told than can be mended at once
        _check_manifests(root, files, manifests, sources, problems)
    return VerifiedSite(copies, tuple(_behind(registers, files)), tuple(_untold(registers, files)))


def _fault(sha256: str, listed: _Listed | None, frozen: set[str]) -> str:
    """What is wrong with a published file by what its manifest says of it; empty where nothing is."""
    if listed is None:
        return "this file is none of those that the website is made of"
    if sha256 != listed.sha256 or (listed.source and listed.source not in frozen):
        return _NOT_APPROVED
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
        shown = [record for record in register.versions if _is_shown(record, files)]
        for path, (record, name) in frozen_pages(shown).items():
            end = register.end(record.version)
            found[f"{record.school}/{FOLDER}/{path}"] = _Source(record, name, end)
    return found


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
    if path.endswith(f"/{FRAGMENT}"):
        may_be = [fragment_html(page, record.policy)]
        if isinstance(source.end, Withdrawn):
            may_be.append(withdrawn_fragment(record.policy, record.title, source.end.words))
        lines = FinishedPage(content).lines
        made = (FinishedPage(each.encode()).lines for each in may_be)
        return any(first_difference(each, lines) is None for each in made)
    shown = without_standing(content.decode("utf-8", "replace"))
    around = shown.replace(str(page.body), f"<p>{_HERE}</p>", 1)
    # Words in a comment, a script or a style sheet are no words that a reader has.
    return _HERE in FinishedPage(around.encode()).lines


def _behind(registers: Sequence[Register], files: Mapping[str, bytes]) -> Iterator[VersionRecord]:
    for register in registers:
        shown = [record for record in register.versions if _is_shown(record, files)]
        if shown and register.latest is not None and shown[-1] != register.latest:
            yield register.latest


def _untold(registers: Sequence[Register], files: Mapping[str, bytes]) -> Iterator[VersionRecord]:
    for register in registers:
        latest, withdrawn = register.latest, register.withdrawn
        index = files.get(f"{latest.school}/{FOLDER}/{INDEX}") if latest else None
        if latest is None or index is None or not _is_shown(latest, files):
            continue
        on = withdrawn.on.isoformat() if withdrawn else None
        if _withdrawn_on(index, latest.policy) != on:
            yield latest


def _withdrawn_on(index: bytes, policy: str) -> object:
    """On which day a policy was withdrawn, by what the website says of itself to programs; None for one in force."""
    try:
        listed = {each["policy"]: each["withdrawn_on"] for each in _json(index)["policies"]}
        return listed.get(policy)
    except (KeyError, TypeError):
        return None  # a changed file is told of


# --- manifests --------------------------------------------------------------------------------------------------------


def _is_manifest(path: str) -> bool:
    """Whether the website of a school or of an issuer has its manifest there."""
    match path.split("/"):
        case [paths.ISSUERS, _, paths.MANIFEST]:
            return True
        case [school, folder, paths.MANIFEST]:
            return school != paths.ISSUERS and folder == FOLDER
        case _:
            return False


def _folder_of(path: str) -> str:
    """The folder of a file, with the slash after it."""
    return path.removesuffix(Path(path).name)


def _json(content: bytes) -> Any:
    """What a text of JSON says; None for one that says nothing."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def _listing(content: bytes) -> Listing | None:
    """What a manifest says; None for one that is not of the shape in which policygen writes it."""
    match _json(content):
        case {"outputs": dict(outputs)}:
            found = {name: _listed(name, said) for name, said in outputs.items()}
            sound = {name: said for name, said in found.items() if said is not None}
            return sound if len(sound) == len(found) else None
        case _:
            return None


def _listed(name: str, said: object) -> _Listed | None:
    match said:
        case {"sha256": str(sha256), "register": str(source)} if name.isprintable():
            return _Listed(sha256, source)
        case {"sha256": str(sha256), **more} if "register" not in more and name.isprintable():
            return _Listed(sha256, "")
        case _:
            return None


def _check_manifests(
    root: Path,
    files: Mapping[str, bytes],
    manifests: Mapping[str, Listing | None],
    sources: Mapping[str, _Source],
    problems: Problems,
) -> None:
    """Note each manifest that is not what policygen writes of the files that it lists."""
    whose = _whose(root, manifests)
    for path, listing in manifests.items():
        folder = _folder_of(path)
        beside = {name: files[f"{folder}{name}"] for name in listing or ()}
        shown = {
            name: sources[f"{folder}{name}"] for name in beside if f"{folder}{name}" in sources
        }
        digests = {name: source.record.files[source.name].sha256 for name, source in shown.items()}
        made = (with_manifest(of, beside, digests)[paths.MANIFEST] for of in whose.get(path, ()))
        if files[path] not in made:
            _note(path, "this manifest is not as it was written", problems)


def _whose(root: Path, manifests: Iterable[str]) -> dict[str, list[dict[str, str]]]:
    """Whose website each manifest may say that it is of, by its path."""
    found = {
        f"{school}/{FOLDER}/{paths.MANIFEST}": [{"school": school}] for school in school_ids(root)
    }
    if any(path.startswith(f"{paths.ISSUERS}/") for path in manifests):
        for name in _issuers(root):
            path = f"{paths.ISSUERS}/{IssuerShelf(name, ()).folder}/{paths.MANIFEST}"
            found.setdefault(path, []).append({"issuer": name})
    return found


def _issuers(root: Path) -> set[str]:
    """The names of all who issued an edition that is here."""
    named = (
        read_published(root, template, edition, Problems())
        for template in template_ids(root)
        for edition in published_editions(root, template)
    )
    return {edition.file.value.issuer.name for edition in named if edition is not None}


def _note(path: str, says: str, problems: Problems) -> None:
    school, _, below = path.partition("/")
    of = f" {school}" if below.startswith(f"{FOLDER}/") and school != paths.ISSUERS else ""
    problems.add("copy-changed", says, Place(f"{_SITE}/{path}"), f"run `policygen site{of}`")
