"""Word files: of what a school's files say now, or of a version in its register."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from policygen.compose.digest import content_code
from policygen.disk.registering import read_register, read_version_document
from policygen.ground import paths
from policygen.ground.diagnostics import Diagnostic, InputError, Problems, in_order
from policygen.ground.telling import Tell, silent
from policygen.ground.wording import meant_or_known
from policygen.language.document import Document, Image, Text, rebuild
from policygen.project.check import check, select

if TYPE_CHECKING:
    from policygen.compare.summary import Redline
    from policygen.html.labels import Stamp
    from policygen.html.pack import Paper


@dataclass(frozen=True)
class WordFiles:
    """The Word files of one version."""

    document: Document
    stamp: Stamp
    images: Mapping[str, bytes]


@dataclass(frozen=True)
class WordResult:
    """What was written, and what the check found."""

    written: tuple[tuple[Document, Stamp, str], ...]
    """Each with its folder below output/."""
    diagnostics: tuple[Diagnostic, ...]
    failed: bool


def word(
    root: Path, output: Path, names: Sequence[str], as_of: datetime.date, tell: Tell = silent
) -> WordResult:
    """Write Word files: SCHOOL/POLICY@1.2 is an approved version, all else what is being prepared.

    Of a policy of which nothing is being prepared it is the last approved version.

    Raises InputError where a name means nothing. What has an error is not written.
    """
    from policygen.products.folders import with_manifest
    from policygen.products.word import word_products

    versions = [name for name in names if "@" in name]
    drafts = [name for name in names if "@" not in name]
    found = [_version(root, name, as_of) for name in versions]
    diagnostics: tuple[Diagnostic, ...] = ()
    failed = False
    if drafts or not versions:
        checked = check(root, select(root, drafts), as_of, tell)
        diagnostics, failed = checked.diagnostics, checked.failed
        found += [_current(root, composed, as_of) for composed in checked.policies]
    made = {}
    written = []
    for number, files in enumerate(found, 1):
        tell(f"writing {files.document.school_id}/{files.document.policy_id}", number, len(found))
        products = word_products(files.document, files.stamp, files.images)
        made[products.folder] = with_manifest(products, {})
        written.append((files.document, files.stamp, products.folder))
    approved = [files.document for files in found[len(versions) :] if not files.stamp.draft]
    gone = [paths.word_folder(each.school_id, each.policy_id, "draft") for each in approved]
    _write(output, made, [folder for folder in gone if folder not in made])
    return WordResult(tuple(written), diagnostics, failed)


def _write(output: Path, made: Mapping[str, Mapping[str, bytes]], gone: Sequence[str]) -> None:
    """Write folders, and take drafts away that were approved since."""
    from policygen.disk.writing import write_folders

    if made:
        write_folders(output, made, gone)


def _current(root: Path, composed: Any, as_of: datetime.date) -> WordFiles:
    """What is being prepared of a policy; the last approved version where that is nothing."""
    from policygen.html.labels import Stamp
    from policygen.project.unit import draft_of

    standing, document = composed.standing, composed.document
    if standing is not None and not standing.prepared:
        name = f"{document.school_id}/{document.policy_id}@{document.version}"
        return _version(root, name, as_of)
    draft = draft_of(composed, {})
    return WordFiles(document, Stamp("draft", content_code(draft.digest)), draft.images)


def _version(root: Path, name: str, as_of: datetime.date) -> WordFiles:
    """An approved version, as it was frozen. Raises InputError."""
    from policygen.html.labels import Stamp

    problems = Problems()
    base, _, version = name.partition("@")
    school, _, policy = base.partition("/")
    register = read_register(root, school, policy, problems)
    if register is None:
        raise InputError(in_order(problems))
    record = register.named(version)
    if record is None:
        hint = meant_or_known(version, [*register.records])
        problems.add("unknown-version", f"`{base}` has no approved version `{version}`", None, hint)
        raise InputError(in_order(problems))
    document = read_version_document(root, record, problems)
    if document is None:
        raise InputError(in_order(problems))
    then = register.until(as_of)
    end = then.end(record.version) if then.named(record.version) else None
    stamp = Stamp("approved", record.content.code, end)
    return _with_pictures(root, document, stamp)


def write_redline(root: Path, redline: Redline, file: Path, day: datetime.date) -> None:
    """Write a comparison as a Word file with tracked changes of a day.

    Raises InputError where another file stands there.
    """
    from policygen.disk.writing import write_durably

    problems = Problems()
    if file.exists() and not _is_redline(file):
        says = f"`{file}` is there already, and is no redline that policygen wrote"
        problems.add("already-there", says, None, "name another file")
        raise InputError(in_order(problems))
    write_durably(file, _redline_bytes(root, redline, day))


def pack_files(root: Path, paper: Paper, day: datetime.date) -> dict[str, bytes]:
    """What a pack holds of a policy as Word files: the draft, and what changed, tracked."""
    from policygen.word.write import policy_docx

    name = paper.document.policy_id
    return {
        f"{name}.docx": policy_docx(paper.document, paper.stamp, paper.images),
        f"changes-{name}.docx": _redline_bytes(root, paper.redline, day),
    }


def _redline_bytes(root: Path, redline: Redline, day: datetime.date) -> bytes:
    from policygen.word.redline import redline_docx

    comparison = redline.comparison
    images: dict[str, bytes] = {}
    old = _worded(root, comparison.old, images)
    new = _worded(root, comparison.new, images)
    shown = replace(redline, comparison=replace(comparison, old=old, new=new))
    return redline_docx(shown, images, day)


def _is_redline(file: Path) -> bool:
    from policygen.files.office import OfficeError, office_parts
    from policygen.word.parsing import properties_of

    try:
        said = properties_of(office_parts(file.read_bytes()))
    except OfficeError:
        return False
    return said.get("policygen.kind") == "redline"


def _with_pictures(root: Path, document: Document, stamp: Stamp) -> WordFiles:
    """A frozen document with its pictures and logo as they still are in the workspace."""
    images: dict[str, bytes] = {}
    logo = _inside(root, document.branding.logo)
    if logo:
        images[document.branding.logo] = logo
    else:
        document = replace(document, branding=replace(document.branding, logo=""))
    return WordFiles(_worded(root, document, images), stamp, images)


def _worded(root: Path, document: Document, images: dict[str, bytes]) -> Document:
    """The document with the words of each picture that is gone or not as it was; the others are put into `images`."""

    def shown(node: object) -> object:
        if not isinstance(node, Image):
            return node
        content = _picture(root, node)
        if not content:
            return Text(node.alt)
        images[node.path] = content
        return node

    return rebuild(document, shown)


def _picture(root: Path, image: Image) -> bytes:
    """The bytes of a picture; none where it is gone, or is not as it was."""
    content = _inside(root, image.path)
    same = not image.digest or hashlib.sha256(content).hexdigest() == image.digest
    return content if same else b""


def _inside(root: Path, path: str) -> bytes:
    """A file within the workspace; nothing where there is none."""
    file = root / path
    if not path or not file.is_file() or not file.resolve().is_relative_to(root.resolve()):
        return b""
    return file.read_bytes()
