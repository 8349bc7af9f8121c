"""Freezing a version: rendered once, sealed if asked, and written into its register with its own digests."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from policygen.compare.summary import Redline
from policygen.compose.record import with_record
from policygen.disk.registering import (
    one_register_at_a_time,
    read_register,
    register_path,
    write_registers,
)
from policygen.disk.sealing import SealError, check_key, seal
from policygen.ground import paths
from policygen.ground.diagnostics import Diagnostic, Place, Problems
from policygen.ground.telling import Tell, silent
from policygen.language.document import Document, Image, walk
from policygen.products.folders import Draft, Products
from policygen.project.check import Composed
from policygen.project.register import approved_side
from policygen.register.deciding import Case, stands_on
from policygen.register.records import (
    Entry,
    FrozenFile,
    VersionEntry,
    VersionRecord,
    written_record,
)
from policygen.register.state import Register, with_entry


@dataclass(frozen=True)
class SealKey:
    """What to seal PDFs with, on which day."""

    file: bytes
    """PKCS#12: a private key with its certificate."""
    password: str
    day: datetime.date


def note_bad_key(key: SealKey | None, problems: Problems) -> None:
    """Note a key that cannot seal, before anything is made that it should seal."""
    try:
        if key:
            check_key(key.file, key.password, key.day)
    except SealError as error:
        _note_refused(error, problems)


def _note_refused(error: SealError, problems: Problems) -> None:
    hint = "name the PKCS#12 file of a certificate that is valid today, and give its password"
    problems.add("seal-refused", f"no PDF can be sealed: {error}", None, hint)


@dataclass(frozen=True)
class Addition:
    """An entry that a register is to have, with its files by path in the register's folder."""

    register: Register
    """As it is, but for the record of a version that comes with the entry."""
    entry: Entry
    files: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Frozen:
    """A version as it is to be written into its register."""

    record: VersionRecord
    addition: Addition
    warnings: tuple[Diagnostic, ...]
    """Of what its pages turned out to be."""


@dataclass(frozen=True)
class _Made:
    """The files of a version, and which of them are sealed."""

    files: Mapping[str, bytes]
    sealed: tuple[str, ...]
    warnings: tuple[Diagnostic, ...]


def freeze(
    root: Path,
    composed: Composed,
    case: Case,
    version: VersionRecord,
    key: SealKey | None = None,
    workers: int | None = None,
    base: VersionRecord | None = None,
    tell: Tell = silent,
) -> Frozen:
    """Render a version once; gives it with all that its register is to have of it. `write` writes that.

    `base` is the version whose frozen document it takes over, with new details; None for what the files say.

    Raises InputError where a PDF lacks what it should hold, or cannot be sealed.
    """
    register = case.standing.register
    document = _approved(case.document, version, register)
    draft = _draft(root, replace(composed, document=document), base)
    made = _files(draft, _redline(case, document), key, workers, tell)
    files = dict(made.files)
    digests = {
        name: FrozenFile(bytes=len(content), sha256=_sha256(content))
        for name, content in sorted(files.items())
    }
    record = version.model_copy(update={"files": digests, "sealed": made.sealed})
    files["version.json"] = written_record(record)
    entry = VersionEntry(version=record.version, sha256=_sha256(files["version.json"]), previous="")
    below = {f"{record.version}/{name}": content for name, content in files.items()}
    added = Register(register.file, {**register.frozen, record.version: record})
    return Frozen(record, Addition(added, entry, below), made.warnings)


def _approved(document: Document, version: VersionRecord, register: Register) -> Document:
    """The document with its approval: the row of its version, and the decisions that stand for it."""
    approvals = stands_on(register, version.approvals)
    front = replace(
        document.front,
        signatory=approvals[-1].signatory or document.front.signatory,
        office=approvals[-1].office or document.front.office,
        approvals=tuple(approval.row for approval in approvals),
    )
    earlier = tuple(row for row in document.versions if row.date or row.undated)
    versions = (*earlier, version.row)
    return with_record(replace(document, version=version.version, versions=versions, front=front))


def _redline(case: Case, document: Document) -> Redline | None:
    """What changed since the last registered version; None for the first."""
    comparison = case.standing.comparison
    if comparison is None:
        return None
    before, after = approved_side(comparison.old), approved_side(document)
    colour, because = document.branding.colour, case.standing.because
    return Redline(comparison, before, after, document.school_name, colour, because)


def _draft(root: Path, composed: Composed, base: VersionRecord | None) -> Draft:
    """A version with all that its files need. What was made of a frozen document names that among its inputs."""
    from policygen.disk.reading import own_law_inputs
    from policygen.project.unit import draft_of

    draft = draft_of(composed, own_law_inputs(root))
    if base is None:
        return draft
    pictures = tuple(each.path for each in walk(draft.document.parts) if isinstance(each, Image))
    wanted = (paths.school_file(composed.school.school_id), draft.document.branding.logo, *pictures)
    ends = tuple(f"/{path}" for path in wanted if path)
    kept = {path: digest for path, digest in draft.inputs.items() if f"/{path}".endswith(ends)}
    document = f"{register_path(base.school, base.policy)}/{base.version}/document.json"
    return replace(draft, inputs={**kept, document: base.files["document.json"].sha256})


def _files(
    draft: Draft,
    redline: Redline | None,
    key: SealKey | None,
    workers: int | None,
    tell: Tell,
) -> _Made:
    """Every file that is frozen of a version, but for its own record.

    Raises InputError where a PDF is at fault.
    """
    from policygen.language.stored import stored
    from policygen.products.folders import approved_products, with_manifest
    from policygen.products.redline import redline_files
    from policygen.project.build import forms_too_long, render_all
    from policygen.project.unit import one_page

    document = draft.document
    folder = f"{register_path(document.school_id, document.policy_id)}/{document.version}"
    products = approved_products(draft, folder, redline_files(redline) if redline else {})
    results = render_all([products], tell, workers)
    pdfs = {name: result.pdf for name, result in results[folder].items()}
    if key:
        pdfs = _sealed(document, products, pdfs, key)
    files = {**with_manifest(products, pdfs), "document.json": stored(document).encode()}
    sealed = tuple(sorted(pdfs)) if key else ()
    return _Made(files, sealed, tuple(forms_too_long(one_page(document), results[folder])))


def _sealed(
    document: Document, products: Products, pdfs: Mapping[str, bytes], key: SealKey
) -> dict[str, bytes]:
    """PDFs with a seal each, that still hold all that they must. Raises InputError."""
    from policygen.html.labels import Stamp, status
    from policygen.pdf.check import check_pdf

    reason, problems, sealed = status(document, Stamp("approved", "")), Problems(), {}
    for name, pdf in pdfs.items():
        try:
            sealed[name] = seal(pdf, key.file, key.password, document.school_name, reason, key.day)
        except SealError as error:
            _note_refused(error, problems)
            break
        for message in check_pdf(sealed[name], products.pdfs[name].expectation):
            problems.add("pdf-damaged", message, Place(f"{products.folder}/{name}"))
    problems.stop()
    return sealed


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def write(root: Path, additions: Sequence[Addition]) -> None:
    """Write these additions, each to another register, in one step.

    Raises InputError, having written nothing, where somebody else has added to one of them meanwhile.
    """
    with one_register_at_a_time(root):
        problems = Problems()
        for each in additions:
            before = each.register.file
            now = read_register(root, before.school, before.policy, problems)
            if now is not None and now.file != before:
                says = "somebody else has added to this register meanwhile"
                hint = "look at the history, and run the command again"
                problems.add("approved-already", says, None, hint)
        problems.stop()
        write_registers(
            root, [(with_entry(each.register, each.entry), each.files) for each in additions]
        )
