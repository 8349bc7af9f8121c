"""Digital signatures on PDFs, with a key out of a PKCS#12 file. With `vouching`, all that knows pyHanko."""

from __future__ import annotations

import datetime
import hashlib
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from cryptography.hazmat.primitives.serialization.pkcs12 import PKCS12KeyAndCertificates

_FIELD = "Seal"
_NOON = datetime.time(12, tzinfo=datetime.UTC)


class SealError(Exception):
    """The key cannot be read or cannot sign; the text says why."""


@dataclass(frozen=True)
class Seal:
    """What the seal of a PDF says, and whether it holds."""

    name: str
    """Who sealed, in the words of the seal."""
    certificate: str
    """Whose certificate it is; whether to believe it is for the reader to decide."""
    on: datetime.date | None
    whole: bool
    """Whether the file is as it was sealed, with nothing added, by the holder of that certificate."""


def check_key(key: bytes, password: str, at: datetime.date) -> None:
    """Raises SealError where this key cannot seal on a day, before anything is made that it should seal."""
    _valid_signer(key, password, at)


def seal(pdf: bytes, key: bytes, password: str, name: str, reason: str, at: datetime.date) -> bytes:
    """The PDF with a signature over all of it, in the form of PAdES (baseline B-B), invisible on its pages.

    `key` is a PKCS#12 file with a private key, its certificate, and those that vouch for it. `name` and `reason` are
    what a reader shows: who seals and why. The signature says noon UTC of `at`; on the first and last day of a
    certificate, the nearest moment at which it is valid. It is not stamped by anyone else; nobody is asked over the
    network. Raises SealError.
    """
    from pyhanko.sign.fields import InvisSigSettings, SigFieldSpec, SigSeedSubFilter
    from pyhanko.sign.signers import PdfSignatureMetadata

    signer = _valid_signer(key, password, at)
    metadata = PdfSignatureMetadata(
        field_name=_FIELD,
        md_algorithm="sha256",
        name=name,
        reason=reason,
        subfilter=SigSeedSubFilter.PADES,
    )
    # Off the page PDF/UA asks no tag of it, and PDF/A forbids to hide it.
    unseen = InvisSigSettings(set_print_flag=True, set_hidden_flag=False, box_out_of_bounds=True)
    sealer = _sealer(moment_of(signer.signing_cert, at))(
        metadata, signer, new_field_spec=SigFieldSpec(_FIELD, invis_sig_settings=unseen)
    )
    made: io.BytesIO = sealer.sign_pdf(_writer(pdf))
    return made.getvalue()


def read_seal(pdf: bytes) -> Seal | None:
    """The seal of a PDF; None where it has none that can be read. Whether to trust its certificate is not judged."""
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.pdf_utils.reader import PdfFileReader

    if b"/ByteRange" not in pdf:
        return None
    try:
        signatures = PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures
        if not signatures:
            return None
        found = signatures[-1]
        whole, said = _is_whole(found), found.self_reported_timestamp
    except (PdfError, ValueError):
        return None
    name, subject = str(found.sig_object.get("/Name", "")), found.signer_cert.subject
    certificate = str(subject.native.get("common_name") or subject.human_friendly)
    return Seal(name or certificate, certificate, said.date() if said else None, whole)


def _is_whole(signature: Any) -> bool:
    """Whether a signature is over the whole file, and good over its bytes. Raises ValueError."""
    from pyhanko.sign.validation.generic_cms import validate_sig_integrity

    signature.compute_integrity_info(skip_diff=True)
    good = validate_sig_integrity(
        signature.signer_info, signature.signer_cert, "data", signature.compute_digest()
    )
    return all(good) and signature.coverage.name == "ENTIRE_FILE"


def _valid_signer(key: bytes, password: str, at: datetime.date) -> Any:
    """What signs with this key on a day. Raises SealError."""
    signer = _signer(key, password)
    certificate = signer.signing_cert
    moment = moment_of(certificate, at)
    if not certificate.not_valid_before <= moment <= certificate.not_valid_after:
        raise SealError(
            f"the certificate is valid from {certificate.not_valid_before:%Y-%m-%d} to "
            f"{certificate.not_valid_after:%Y-%m-%d}, and the day of the seal is {at}"
        )
    return signer


def moment_of(certificate: Any, at: datetime.date) -> datetime.datetime:
    """Noon of a day; on the first and last day of a certificate, the nearest moment at which it is valid."""
    noon = datetime.datetime.combine(at, _NOON)
    begins, ends = certificate.not_valid_before, certificate.not_valid_after
    if noon < begins and begins.date() == at:
        return begins  # type: ignore[no-any-return]
    if noon > ends and ends.date() == at:
        return ends  # type: ignore[no-any-return]
    return noon


def open_key(key: bytes, password: str) -> PKCS12KeyAndCertificates:
    """What a PKCS#12 file holds: a private key and its certificate at least. Raises SealError."""
    from cryptography.hazmat.primitives.serialization import pkcs12

    try:
        held = pkcs12.load_pkcs12(key, password.encode())
    except ValueError as error:
        raise SealError("the file is no PKCS#12 file, or the password is wrong") from error
    if held.key is None or held.cert is None:
        raise SealError("the file lacks a private key or its certificate")
    return held


def _signer(key: bytes, password: str) -> Any:
    from pyhanko.sign.signers import SimpleSigner

    open_key(key, password)
    return SimpleSigner.load_pkcs12_data(key, other_certs=[], passphrase=password.encode())


def _writer(pdf: bytes) -> Any:
    """The writer of pyHanko, without the wall clock and the random id that it would put into the file."""
    from pyhanko.pdf_utils.generic import ArrayObject, ByteStringObject
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    class Writer(IncrementalPdfFileWriter):
        @classmethod
        def _handle_id(cls, prev: Any) -> ArrayObject:
            made = ByteStringObject(hashlib.sha256(pdf).digest()[:16])
            return ArrayObject([prev.trailer["/ID"][0] if "/ID" in prev.trailer else made, made])

        def _update_meta(self) -> None:
            """Title, description and the claim of PDF/UA stay as they are."""

    return Writer(io.BytesIO(pdf))


def _sealer(moment: datetime.datetime) -> Callable[..., Any]:
    """What signs PDFs in pyHanko, by another clock than the machine's."""
    from pyhanko.sign.signers import PdfSigner

    class Sealer(PdfSigner):
        def init_signing_session(self, *given: Any, **named: Any) -> Any:
            session = super().init_signing_session(*given, **named)
            session.system_time = moment
            return session

    return Sealer
