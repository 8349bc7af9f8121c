"""Signatures beside files: over every byte of one, in a file of its own, in the form of CMS (RFC 5652)."""

from __future__ import annotations

import hashlib
from typing import Any

from policygen.disk.sealing import SealError, open_key

_DIGESTS = frozenset({"sha256", "sha384", "sha512"})
_MALFORMED = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    AssertionError,
    NotImplementedError,
)
"""What the libraries raise at bytes that are no signature, or one of another kind than the key."""


class VouchError(Exception):
    """A signature does not vouch for a file; the text says why."""


def signature(content: bytes, key: bytes, password: str) -> bytes:
    """A detached signature of some bytes (DER), with the key in a PKCS#12 file and all certificates in it.

    It says no time: the same bytes and RSA key give the same signature. Raises SealError.
    """
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

    held = open_key(key, password)
    builder = pkcs7.PKCS7SignatureBuilder().set_data(content)
    for each in held.additional_certs:
        builder = builder.add_certificate(each.certificate)
    options = pkcs7.PKCS7Options
    try:
        signed = builder.add_signer(held.cert.certificate, held.key, SHA256())  # type: ignore[arg-type, union-attr]
    except TypeError as error:
        raise SealError("its key is neither RSA nor of an elliptic curve") from error
    return signed.sign(
        Encoding.DER, [options.DetachedSignature, options.Binary, options.NoAttributes]
    )


def check_signature(content: bytes, signed: bytes, certificate: bytes) -> str:
    """Whose certificate it is, where a signature is over these bytes and by the holder of this certificate (PEM).

    Only this certificate counts, whatever else the signature brings. Raises VouchError.
    """
    from pyhanko.sign.validation.generic_cms import validate_sig_integrity

    trusted = _certificate(certificate)
    data = _signed_data(signed)
    try:
        info, embedded = data["signer_infos"][0], data["encap_content_info"]["content"].native
        hashed_with = info["digest_algorithm"]["algorithm"].native
        if len(data["signer_infos"]) != 1 or embedded is not None or hashed_with not in _DIGESTS:
            raise VouchError("it is no signature of one signer over a file beside it")
        digest = hashlib.new(hashed_with, content).digest()
        good = all(validate_sig_integrity(info, trusted, "data", digest))
    except _MALFORMED as error:
        raise VouchError("it is not by the certificate that you trust") from error
    if not good:
        raise VouchError("it is of another file, or not by the certificate that you trust")
    return _name(trusted)


def said_signer(signed: bytes) -> str:
    """Whose certificate a signature brings, which anybody can write; empty where that cannot be read."""
    try:
        brought = [each.chosen for each in _signed_data(signed)["certificates"]]
        wanted = _signed_data(signed)["signer_infos"][0]["sid"].chosen["serial_number"].native
        return next((_name(each) for each in brought if each.serial_number == wanted), "")
    except (VouchError, *_MALFORMED):
        return ""


def _certificate(pem: bytes) -> Any:
    from asn1crypto import x509
    from cryptography.hazmat.primitives.serialization import Encoding
    from cryptography.x509 import load_pem_x509_certificates

    try:
        (one,) = load_pem_x509_certificates(pem)
    except ValueError as error:
        raise VouchError(
            "the file to trust does not hold one certificate in the form of PEM"
        ) from error
    return x509.Certificate.load(one.public_bytes(Encoding.DER))


def _signed_data(signed: bytes) -> Any:
    from asn1crypto import cms

    try:
        info = cms.ContentInfo.load(signed, strict=True)
        if info["content_type"].native == "signed_data":
            return info["content"]
    except _MALFORMED as error:
        raise VouchError("it is no signature that can be read") from error
    raise VouchError("it is no signature that can be read")


def _name(certificate: Any) -> str:
    subject = certificate.subject
    return str(subject.native.get("common_name") or subject.human_friendly)
