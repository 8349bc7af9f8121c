"""Freezing a version: rendered once, sealed if asked, and written into its register with its own digests."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from policygen.compare.summary import Redline, Side
from policygen.disk.registering import (
    one_register_at_a_time,
    read_register,
    register_path,
    write_register,
)
from policygen.disk.sealing import SealError, check_key, seal
from policygen.ground.dates import review_due
from policygen.ground.diagnostics import Place, Problems
from policygen.ground.wording import lower_first
from policygen.language.document import ApprovalRow, Document, Image, VersionRow, walk
from policygen.products.folders import Draft, Products
from policygen.project.check import Composed
from policygen.register.deciding import Case, is_approved, standing_approvals
from policygen.register.records import (
    Amendment,
    Approval,
    ChangeClass,
    Entry,
    FrozenFile,
    VersionEntry,
    VersionRecord,
    written_record,
)
from policygen.register.state import Register, printed_minutes, with_entry


@dataclass(frozen=True)
class SealKey:
    """What to seal PDFs with, on which day."""

    file: bytes
    """PKCS#12: a private key with its certificate."""
    password: str
    day: datetime.date


@dataclass(frozen=True)
class NewVersion:
    """A version about to be frozen."""

    number: str
    change: ChangeClass
    reason: str
    released: datetime.date
    approvals: tuple[Approval, ...]
    """The decisions that made this version."""
    base: VersionRecord | None = None
    """The version whose frozen document it takes over, with new details; None for what the files say."""


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


def freeze(
    root: Path,
    composed: Composed,
    case: Case,
    version: NewVersion,
    key: SealKey | None = None,
    workers: int | None = None,
) -> VersionRecord:
    """Render a version once, and write it into the register.

    Raises InputError, having written nothing, where a PDF lacks what it should hold, cannot be sealed, or somebody else
    has added to the register meanwhile.
    """
    document = _approved(case, version)
    draft = _draft(root, replace(composed, document=document), version.base)
    files, sealed = _files(draft, _redline(case, document), key, workers)
    record = _record(case, document, version, files, sealed)
    written = written_record(record)
    entry = VersionEntry(
        version=version.number, sha256=hashlib.sha256(written).hexdigest(), previous=""
    )
    below = {
        f"{version.number}/{name}": content
        for name, content in {**files, "version.json": written}.items()
    }
    register = case.standing.register
    added = Register(register.file, {**register.records, version.number: record})
    write(root, added, entry, below, known=register)
    return record


def _approved(case: Case, version: NewVersion) -> Document:
    """The document with its approval: the row of its version, and the decisions that stand for it."""
    document, last = case.document, case.standing.last
    author = (
        case.adoption.value.author
        if case.standing.prepared or last is None
        else last.amendment.author
    )
    minutes = printed_minutes(version.approvals)
    row = VersionRow(
        version.number, version.released, author, version.reason, minutes, version.change
    )
    earlier = tuple(each for each in document.versions if each.date is not None)
    before = standing_approvals(case.standing.register.versions)
    stand = version.approvals if is_approved(version.approvals) else before
    front = replace(
        document.front,
        signatory=stand[-1].signatory or document.front.signatory,
        approvals=tuple(
            ApprovalRow(each.name, each.date, each.minute, each.signatory, each.delegation)
            for each in stand
        ),
    )
    return replace(document, version=version.number, versions=(*earlier, row), front=front)


def _redline(case: Case, document: Document) -> Redline | None:
    """What changed since the last registered version; None for the first."""
    from policygen.html.labels import Stamp, status

    comparison = case.standing.comparison
    if comparison is None:
        return None
    stamp = Stamp("approved", case.standing.content.code)
    before, after = (
        Side(f"version {each.version}", lower_first(status(each, stamp)))
        for each in (comparison.old, document)
    )
    return Redline(comparison, before, after, document.school_name, document.branding.colour)


def _draft(root: Path, composed: Composed, base: VersionRecord | None) -> Draft:
    """A version with all that its files need. What was made of a frozen document names that among its inputs."""
    from policygen.disk.reading import own_law_inputs
    from policygen.project.build import draft_of

    draft = draft_of(composed, own_law_inputs(root))
    if base is None:
        return draft
    pictures = tuple(each.path for each in walk(draft.document.parts) if isinstance(each, Image))
    wanted = (f"{composed.school.folder}/school.yaml", draft.document.branding.logo, *pictures)
    ends = tuple(f"/{path}" for path in wanted if path)
    kept = {path: digest for path, digest in draft.inputs.items() if f"/{path}".endswith(ends)}
    document = f"{register_path(base.school, base.policy)}/{base.version}/document.json"
    return replace(draft, inputs={**kept, document: base.files["document.json"].sha256})


def _files(
    draft: Draft, redline: Redline | None, key: SealKey | None, workers: int | None
) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """Every file that is frozen of a version, but for its own record; and which of them are sealed.

    Raises InputError where a PDF is at fault.
    """
    from policygen.language.stored import stored
    from policygen.products.folders import approved_products, with_manifest
    from policygen.products.redline import redline_files
    from policygen.project.build import render_all

    document = draft.document
    folder = f"{register_path(document.school_id, document.policy_id)}/{document.version}"
    products = approved_products(draft, folder, redline_files(redline) if redline else {})
    results = render_all([products], lambda _done, _all: None, workers)
    pdfs = {name: result.pdf for name, result in results[folder].items()}
    if key:
        pdfs = _sealed(document, products, pdfs, key)
    files = {**with_manifest(products, pdfs), "document.json": stored(document).encode()}
    return files, tuple(sorted(pdfs)) if key else ()


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


def _record(
    case: Case,
    document: Document,
    version: NewVersion,
    files: Mapping[str, bytes],
    sealed: tuple[str, ...],
) -> VersionRecord:
    standing = case.standing
    decided = document.front.approvals[-1].date
    due = review_due(decided, document.review_months, document.review_term)
    return VersionRecord(
        school=document.school_id,
        policy=document.policy_id,
        title=document.title,
        version=version.number,
        edition=document.edition,
        issuer=document.issuer_name,
        change=version.change,
        content=standing.content,
        approvals=version.approvals,
        amendment=Amendment(
            author=document.versions[-1].author,
            reason=version.reason,
            clauses=dict(standing.clauses),
        ),
        released=version.released,
        next_review=due,
        review_term=document.review_term,
        previous=_last_digest(standing.register),
        files={
            name: FrozenFile(bytes=len(content), sha256=hashlib.sha256(content).hexdigest())
            for name, content in sorted(files.items())
        },
        sealed=sealed,
    )


def _last_digest(register: Register) -> str:
    """SHA-256 of the version.json of the last version; empty where there is none."""
    entries = [each for each in register.file.entries if isinstance(each, VersionEntry)]
    return entries[-1].sha256 if entries else ""


def write(
    root: Path,
    register: Register,
    entry: Entry,
    files: Mapping[str, bytes],
    known: Register | None = None,
) -> None:
    """Add an entry and its files, unless somebody else has added to the register meanwhile."""
    before = (known or register).file
    with one_register_at_a_time(root, before.school):
        problems = Problems()
        now = read_register(root, before.school, before.policy, problems)
        if now is not None and now.file != before:
            says = "somebody else has added to this register meanwhile"
            problems.add(
                "approved-already", says, None, "look at the history, and run the command again"
            )
        problems.stop()
        write_register(root, with_entry(register, entry), files)
