"""Taking in an edition that somebody else published, with its circular and redline."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from policygen.disk.bundles import SIGNATURE, Bundle, read_bundle, read_file
from policygen.disk.editions import extends_in, published_editions, read_edition_record
from policygen.ground import paths
from policygen.ground.diagnostics import InputError, Place, Problems, in_order
from policygen.model.edition_record import EditionRecord


@dataclass(frozen=True)
class Imported:
    """An edition that came in a bundle."""

    record: EditionRecord
    folder: str
    """Of the frozen files, in the workspace."""
    products: str
    """The folder of its circular and its redline; empty where the bundle has none."""
    sha256: str
    """Of the bundle."""
    vouched_by: str
    """Whose trusted certificate the signature is by; empty where nobody was asked for."""
    signed_by: str | None
    """Whose certificate a signature beside the bundle brings, true or not; None where there is no signature."""
    new: bool = True
    """Whether it was not there before."""


def take_in(root: Path, output: Path, bundle: Path, trust: Path | None = None) -> Imported:
    """Put the edition of a bundle into the workspace, its circular and redline into the output.

    With `trust`, a certificate, only a bundle with a signature by its holder beside it. Raises InputError, having
    written nothing.
    """
    from policygen.disk.writing import one_at_a_time, write_folder, write_new_folder

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
    if new:
        (root / folder).parent.mkdir(parents=True, exist_ok=True)
        write_new_folder(root / folder, read.files)
    products = ""
    if read.beside:
        products = paths.edition_products_folder(record.template, record.edition)
    if (
        read.beside and not (output / products / bundle.name).exists()
    ):  # what its issuer made here is all of it
        with one_at_a_time(output):
            write_folder(output, products, read.beside)
    digest = hashlib.sha256(content).hexdigest()
    return Imported(record, folder, products, digest, vouched_by, signed_by, new)


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
