"""Taking in an edition that somebody else published."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from policygen.disk.bundles import SIGNATURE, Bundle, read_bundle, read_file
from policygen.disk.editions import (
    check_edition,
    extends_in,
    published_editions,
    read_edition_record,
)
from policygen.ground import paths
from policygen.ground.diagnostics import InputError, Place, Problems, in_order
from policygen.ground.telling import Tell, silent
from policygen.model.edition_record import EditionRecord
from policygen.project.publish import notices


@dataclass(frozen=True)
class Imported:
    """An edition that came in a bundle."""

    record: EditionRecord
    folder: str
    """Of the frozen files, in the workspace."""
    products: str
    """The folder of its circular and redline; empty where it has neither."""
    compared_with: str | None
    """The edition before it, in the redline; empty for a first edition, None where that edition is not here."""
    sha256: str
    """Of the bundle."""
    vouched_by: str
    """Whose trusted certificate the signature is by; empty where nobody was asked for."""
    signed_by: str | None
    """Whose certificate a signature beside the bundle brings, true or not; None where there is no signature."""
    new: bool = True
    """Whether it was not there before."""


def take_in(root: Path, bundle: Path, trust: Path | None = None, tell: Tell = silent) -> Imported:
    """Put the edition of a bundle into the workspace, and make its circular and redline.

    What the bundle holds of these is not taken: a page from elsewhere could run something on the reader's computer.
    With `trust`, a certificate, only a bundle with a signature by its holder beside it. Raises InputError, having
    written nothing.
    """
    from policygen.disk.writing import Content, change

    problems = Problems()
    content = read_file(bundle, problems)
    if content is None:
        raise InputError(in_order(problems))
    vouched_by, signed_by = _voucher(bundle, content, trust, problems)
    read = read_bundle(bundle.name, content, problems)
    if problems.has_errors or read is None:
        raise InputError(in_order(problems))
    record = read.record
    folder = paths.edition_folder(record.template, record.edition)
    new = _check_place(root, bundle.name, read, folder, problems)
    problems.stop()
    products = paths.edition_products_folder(record.template, record.edition)
    known = published_editions(root, record.template)
    compared_with = record.previous if record.previous in ("", *known) else None
    changes: dict[str, Content] = {folder: read.files} if new else {}
    # What its issuer made here is all of it, the bundle too.
    if not (root / paths.in_output(products) / bundle.name).exists():
        made = _notices(root, folder, read, tell)
        if made:
            changes[paths.in_output(products)] = made
        else:
            products = ""
    change(root, changes)
    digest = hashlib.sha256(content).hexdigest()
    return Imported(record, folder, products, compared_with, digest, vouched_by, signed_by, new)


def _notices(root: Path, folder: str, bundle: Bundle, tell: Tell) -> dict[str, bytes]:
    """The circular and redline of an edition that is not here yet, made where it can do no harm.

    Raises InputError for an edition that cannot be read, which is of no use here.
    """
    with TemporaryDirectory(prefix="policygen-") as name:
        scratch = Path(name)
        shutil.copytree(root / paths.TEMPLATES, scratch / paths.TEMPLATES)
        for path, content in bundle.files.items():
            file = scratch / folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        return notices(scratch, bundle.record, tell)


def _voucher(
    bundle: Path, content: bytes, trust: Path | None, problems: Problems
) -> tuple[str, str | None]:
    """Who vouches for a bundle by a trusted certificate, and who is said to have signed it."""
    from policygen.disk.vouching import VouchError, check_signature, said_signer

    beside = bundle.with_name(f"{bundle.name}{SIGNATURE}")
    signed = read_file(beside, problems) if beside.exists() else None
    if trust is None:
        return "", None if signed is None else said_signer(signed)
    certificate = read_file(trust, problems)
    if signed is None:
        says = f"no signature `{beside.name}` lies beside this bundle"
        problems.add(
            "bundle-refused", says, Place(bundle.name), "ask whoever sent it for the signature"
        )
    elif certificate is not None:
        try:
            return check_signature(content, signed, certificate), said_signer(signed)
        except VouchError as error:
            hint = "do not use this bundle until its issuer has told you, by another way, what is wrong"
            problems.add(
                "bundle-refused",
                f"`{beside.name}` does not vouch for this bundle: {error}",
                None,
                hint,
            )
    return "", None


def _check_place(root: Path, name: str, bundle: Bundle, folder: str, problems: Problems) -> bool:
    """Whether an edition is new here. Notes where it cannot stand beside, or over, the editions that are here."""
    record, hint = bundle.record, "ask whoever published it which of the two is theirs"
    if record.edition in published_editions(root, record.template):
        here = read_edition_record(root, record.template, record.edition, problems)
        check_edition(root, record.template, record.edition, problems)
        if here is not None and here.digest != record.digest:
            says = f"`{record.template}@{record.edition}` is here already, with other content"
            problems.add("bundle-refused", says, Place(folder), f"an edition never changes: {hint}")
        return False
    if record.previous in published_editions(root, record.template):
        before = read_edition_record(root, record.template, record.previous, problems)
        if before is not None and before.digest != record.previous_digest:
            says = f"this edition follows another `{record.template}@{record.previous}` than the one that is here"
            problems.add("bundle-refused", says, Place(name), hint)
    _check_below(root, name, bundle.record, bundle.files, problems)
    return True


def _check_below(
    root: Path, name: str, record: EditionRecord, files: Mapping[str, bytes], problems: Problems
) -> None:
    """Note where an edition extends one that is not here, or is another one here."""
    below = record.extends
    written = extends_in(files[paths.TEMPLATE].decode(errors="replace"))
    if written != ((below.template, below.edition) if below else None):
        says = "the `extends` of its template.yaml is not that of its record"
        problems.add("bundle-refused", says, Place(name), "ask whoever sent it for another copy")
    elif below is not None and below.edition not in published_editions(root, below.template):
        says = f"this edition extends `{below.template}@{below.edition}`, which is not here"
        hint = f"import the bundle `{below.template}-{below.edition}.zip` of its issuer first"
        problems.add("bundle-refused", says, Place(name), hint)
    elif below is not None:
        here = read_edition_record(root, below.template, below.edition, problems)
        if here is not None and here.digest != below.digest:
            says = f"this edition extends another `{below.template}@{below.edition}` than the one that is here"
            hint = "ask whoever published it which of the two is theirs"
            problems.add("bundle-refused", says, Place(name), hint)
