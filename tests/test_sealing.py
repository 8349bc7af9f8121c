"""A seal on an approved PDF: valid by judges that are not ours, over every byte, and the PDF stays what it was."""

from __future__ import annotations

import datetime
import io
import subprocess
from functools import cache
from typing import TYPE_CHECKING

import pikepdf
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from policygen.disk import sealing
from policygen.disk.sealing import SealError, seal
from policygen.html.sheets import policy_html
from policygen.pdf.check import check_pdf, expect
from policygen.pdf.render import render_pdf
from tests.support.samples import APPROVED, APPROVED_POLICY, IMAGES
from tests.support.validation import Standard, objections

if TYPE_CHECKING:
    from pathlib import Path

PASSWORD = "a password for tests"  # noqa: S105
DAY = datetime.date(2026, 11, 12)


@cache
def key() -> tuple[bytes, bytes]:
    """A PKCS#12 file of an invented school, and its certificate."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Elm Grove Primary School")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(1)
        .not_valid_before(datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC))
        .not_valid_after(datetime.datetime(2036, 1, 1, tzinfo=datetime.UTC))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=True,
                content_commitment=True,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                key_cert_sign=False,
                crl_sign=False,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
        .sign(private, hashes.SHA256())
    )
    locked = serialization.BestAvailableEncryption(PASSWORD.encode())
    file = pkcs12.serialize_key_and_certificates(b"test", private, certificate, None, locked)
    return file, certificate.public_bytes(serialization.Encoding.PEM)


@cache
def plain() -> bytes:
    return render_pdf(
        policy_html(APPROVED_POLICY, APPROVED, medium="print", images=IMAGES).encode()
    )


@cache
def sealed() -> bytes:
    return seal(
        plain(), key()[0], PASSWORD, "Elm Grove Primary School", "Approved, minute 19.2", DAY
    )


@pytest.mark.slow
def test_the_sealed_pdf_begins_with_the_bytes_of_the_plain_one() -> None:
    """A seal adds to a file and changes nothing of it."""
    assert sealed().startswith(plain())


@pytest.mark.slow
def test_the_sealed_pdf_passes_the_gate() -> None:
    """It still holds all that the document says, and a screen reader can read it."""
    assert check_pdf(sealed(), expect(APPROVED_POLICY, APPROVED)) == []


@pytest.mark.slow
@pytest.mark.parametrize("standard", ["ua1", "2a"])
def test_the_sealed_pdf_keeps_its_standards(standard: Standard) -> None:
    """Another validator finds nothing, neither for a screen reader nor for an archive."""
    assert objections(sealed(), standard) == []


@pytest.mark.slow
def test_sealing_twice_gives_the_same_bytes() -> None:
    """Neither the clock nor chance takes part."""
    assert (
        seal(plain(), key()[0], PASSWORD, "Elm Grove Primary School", "Approved, minute 19.2", DAY)
        == sealed()
    )


@pytest.mark.slow
def test_the_seal_is_valid_for_pyhanko() -> None:
    """Whole, over the whole file, by this certificate, on the day that was given."""
    (trusted,) = load_certs_from_pemder_data(key()[1])
    (signature,) = PdfFileReader(io.BytesIO(sealed())).embedded_regular_signatures
    moment = datetime.datetime(2026, 11, 13, tzinfo=datetime.UTC)
    status = validate_pdf_signature(
        signature, ValidationContext(trust_roots=[trusted], moment=moment, allow_fetching=False)
    )
    assert (status.intact, status.valid, status.trusted) == (True, True, True)
    assert status.coverage.name == "ENTIRE_FILE"
    assert status.signer_reported_dt == datetime.datetime(2026, 11, 12, 12, tzinfo=datetime.UTC)
    assert str(signature.sig_object["/Name"]) == "Elm Grove Primary School"
    assert str(signature.sig_object["/Reason"]) == "Approved, minute 19.2"
    assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"


@pytest.mark.slow
def test_the_seal_is_valid_for_openssl(tmp_path: Path) -> None:
    """OpenSSL finds the signature good over the bytes that the PDF says it covers; not over others."""
    with pikepdf.open(io.BytesIO(sealed())) as opened:
        signature = next(field for field in opened.Root.AcroForm.Fields if field.FT == "/Sig").V
        spans = [int(each) for each in signature.ByteRange]
        cms = bytes(signature.Contents)
    covered = sealed()[: spans[1]] + sealed()[spans[2] : spans[2] + spans[3]]
    assert spans[0] == 0
    assert spans[2] + spans[3] == len(sealed())
    assert _openssl(tmp_path, cms, covered)
    assert not _openssl(tmp_path, cms, covered.replace(b"/Lang", b"/Mang", 1))


def _openssl(folder: Path, cms: bytes, content: bytes) -> bool:
    for name, written in (("cms.der", cms), ("content", content), ("ca.pem", key()[1])):
        (folder / name).write_bytes(written)
    moment = int(datetime.datetime(2026, 11, 13, tzinfo=datetime.UTC).timestamp())
    done = subprocess.run(
        f"openssl cms -verify -binary -inform DER -in cms.der -content content -CAfile ca.pem -purpose any "
        f"-attime {moment} -out /dev/null".split(),
        cwd=folder,
        capture_output=True,
        check=False,
    )
    return done.returncode == 0


@pytest.mark.slow
def test_poppler_reads_the_seal(tmp_path: Path) -> None:
    """Another reader of PDFs finds one signature, valid, over the total document."""
    (tmp_path / "sealed.pdf").write_bytes(sealed())
    done = subprocess.run(
        ["pdfsig", "-nocert", "sealed.pdf"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
        encoding="utf-8",
    )
    assert "Signature is Valid." in done.stdout
    assert "Total document signed" in done.stdout
    assert "Signature #2" not in done.stdout


@pytest.mark.slow
def test_a_changed_byte_breaks_the_seal() -> None:
    """What was sealed cannot be changed without the seal saying so."""
    altered = sealed().replace(b"/Lang", b"/Lanx", 1)
    assert altered != sealed()
    (signature,) = PdfFileReader(io.BytesIO(altered)).embedded_regular_signatures
    context = ValidationContext(
        trust_roots=load_certs_from_pemder_data(key()[1]), allow_fetching=False
    )
    assert not validate_pdf_signature(signature, context).intact


def test_a_wrong_password_is_refused() -> None:
    """With what is wrong, and nothing sealed."""
    with pytest.raises(SealError, match="the password is wrong"):
        seal(b"%PDF-", key()[0], "another", "", "", DAY)


def test_a_file_that_is_no_key_is_refused() -> None:
    with pytest.raises(SealError, match="no PKCS#12 file"):
        seal(b"%PDF-", b"words", PASSWORD, "", "", DAY)


def test_a_certificate_that_has_ended_is_refused() -> None:
    """Nobody could trust the seal."""
    with pytest.raises(
        SealError,
        match="valid from 2026-01-01 to 2036-01-01, and the day of the seal is 2036-06-01",
    ):
        seal(b"%PDF-", key()[0], PASSWORD, "", "", datetime.date(2036, 6, 1))


def test_a_certificate_seals_on_its_first_and_last_day() -> None:
    """Whatever the hour at which it begins or ends: people are told days."""

    class Certificate:
        not_valid_before = datetime.datetime(2026, 11, 25, 15, 30, tzinfo=datetime.UTC)
        not_valid_after = datetime.datetime(2036, 11, 22, 9, 0, tzinfo=datetime.UTC)

    days = {
        datetime.date(2026, 11, 24): datetime.datetime(2026, 11, 24, 12, tzinfo=datetime.UTC),
        datetime.date(2026, 11, 25): Certificate.not_valid_before,
        datetime.date(2026, 11, 26): datetime.datetime(2026, 11, 26, 12, tzinfo=datetime.UTC),
        datetime.date(2036, 11, 22): Certificate.not_valid_after,
    }
    assert {day: sealing.moment_of(Certificate, day) for day in days} == days
