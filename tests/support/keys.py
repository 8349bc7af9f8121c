"""Keys and certificates of invented issuers."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

if TYPE_CHECKING:
    from typing import Literal

PASSWORD = "a password for tests"  # noqa: S105


@dataclass(frozen=True)
class Keys:
    """What an issuer keeps, and what it gives to everybody."""

    file: bytes
    """PKCS#12, with PASSWORD."""
    certificate: bytes
    """PEM."""


@cache
def keys(name: str, kind: Literal["rsa", "ec", "ed25519"] = "rsa", until: int = 2046) -> Keys:
    """Keys that are valid from 2020 to the end of a year, signed by themselves."""
    private = _private(kind)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(private.public_key())
        .serial_number(7)
        .not_valid_before(datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC))
        .not_valid_after(datetime.datetime(until, 12, 31, tzinfo=datetime.UTC))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(private, None if kind == "ed25519" else hashes.SHA256())
    )
    locked = serialization.BestAvailableEncryption(PASSWORD.encode())
    file = pkcs12.serialize_key_and_certificates(b"test", private, certificate, None, locked)
    return Keys(file, certificate.public_bytes(serialization.Encoding.PEM))


def _private(
    kind: str,
) -> rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey:
    match kind:
        case "rsa":
            return rsa.generate_private_key(public_exponent=65537, key_size=2048)
        case "ec":
            return ec.generate_private_key(ec.SECP256R1())
        case _:
            return ed25519.Ed25519PrivateKey.generate()
