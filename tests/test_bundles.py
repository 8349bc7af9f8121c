"""Bundles: signed by their issuer, taken in with what they bring, and over the very edition that they extend."""

from __future__ import annotations

import hashlib
import io
import shutil
import subprocess
import zipfile
from typing import TYPE_CHECKING

import pytest

from policygen.disk.bundles import bundled
from policygen.disk.editions import read_edition
from policygen.disk.vouching import VouchError, check_signature, said_signer, signature
from policygen.files.yamlfile import read_yaml
from policygen.ground.diagnostics import Problems
from policygen.model.edition_record import EditionRecord, digest_of_record, written_edition_record
from tests.support.keys import PASSWORD, keys
from tests.support.standing import Standing, standing
from tests.support.workspace import ADOPTION, TEMPLATE, Workspace
from tests.test_overlay import ADOPTED, ADOPTS, OFFICE, OVERLAY, SECTION, TRUST
from tests.test_publishing import CHANGES, CIRCULAR, EXPLAINED, LOST

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NAME = "tiny-2026.1.zip"
PRODUCTS = "output/packs/editions/tiny/2026.1"
PUBLISH = ("publish", "tiny", "--edition", "2026.1", "--issued", "2026-09-01")
COUNTY, STRANGER = "Northshire County Council", "Somebody else"


@pytest.fixture
def issuer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Standing:
    """A workspace of an issuer, with its key in it."""
    monkeypatch.setenv("POLICYGEN_SEAL_PASSWORD", PASSWORD)
    files = {"key.p12": keys(COUNTY).file}
    return standing(
        Workspace(tmp_path / "issuer")
        .with_change(TEMPLATE, "guidance:", CIRCULAR)
        .with_files(files)
    )


def published(issuer: Standing, *options: str) -> Path:
    """The folder of the products of its first edition."""
    result = issuer.run(*PUBLISH, *options)
    assert (result.code, result.stderr) == (0, "")
    return issuer.root / PRODUCTS


def school(tmp_path: Path, *files: Path, name: str = "school") -> Standing:
    """A workspace of a school that has no model policy of its own, with files that somebody sent."""
    empty = (
        Workspace(tmp_path / name)
        .without("templates/tiny")
        .with_files({"templates/shared/empty.md": "Nothing.\n"})
    )
    made = standing(empty)
    for path in files:
        shutil.copy(path, made.root)
    for who in (COUNTY, STRANGER):
        (made.root / f"{who.split()[0].lower()}.pem").write_bytes(keys(who).certificate)
    return made


def untouched(workspace: Standing) -> bool:
    return [each.name for each in (workspace.root / "templates").iterdir()] == ["shared"]


# --- signatures ------------------------------------------------------------------------------------------------------


def test_a_signed_bundle_is_taken_by_who_trusts_its_issuer(
    tmp_path: Path, issuer: Standing
) -> None:
    """The signature lies beside the bundle, and the certificate came by another way."""
    made = published(issuer, "--sign", str(issuer.root / "key.p12"))
    there = school(tmp_path, made / NAME, made / f"{NAME}.p7s")
    result = there.run("import", NAME, "--trust", "northshire.pem")
    assert (result.code, result.stderr) == (0, "")
    assert "  signed by Northshire County Council, whose certificate you trust\n" in result.stdout
    assert f"  bundle {hashlib.sha256((made / NAME).read_bytes()).hexdigest()}\n" in result.stdout
    assert there.run("check").stdout == "1 policy checked, no errors\n"


def test_openssl_finds_the_signature_good(tmp_path: Path, issuer: Standing) -> None:
    """It is an ordinary detached CMS signature, which a school can look at with tools that are not ours."""
    made = published(issuer, "--sign", str(issuer.root / "key.p12"))
    (tmp_path / "county.pem").write_bytes(keys(COUNTY).certificate)
    told = [
        "-in",
        str(made / f"{NAME}.p7s"),
        "-content",
        str(made / NAME),
        "-CAfile",
        str(tmp_path / "county.pem"),
    ]
    command = [
        "openssl",
        "cms",
        "-verify",
        "-binary",
        "-inform",
        "DER",
        "-purpose",
        "any",
        "-out",
        "/dev/null",
        *told,
    ]
    assert subprocess.run(command, check=False, capture_output=True).returncode == 0
    (made / NAME).write_bytes((made / NAME).read_bytes() + b" ")
    assert subprocess.run(command, check=False, capture_output=True).returncode != 0


def test_signing_again_gives_the_same_bytes(issuer: Standing) -> None:
    """With a key of the common kind (RSA): no clock takes part."""
    made = published(issuer, "--sign", str(issuer.root / "key.p12"))
    before = (made / f"{NAME}.p7s").read_bytes()
    issuer.run("announce", "tiny@2026.1", "--sign", str(issuer.root / "key.p12"))
    assert (made / f"{NAME}.p7s").read_bytes() == before


UNTRUSTED: dict[str, tuple[Callable[[Path], object], str, str]] = {
    "no signature": (
        lambda folder: (folder / f"{NAME}.p7s").unlink(),
        "northshire.pem",
        "no signature",
    ),
    "another certificate": (
        lambda _: None,
        "somebody.pem",
        "not by the certificate that you trust",
    ),
    "a signature by somebody else": (
        lambda folder: (folder / f"{NAME}.p7s").write_bytes(
            signature((folder / NAME).read_bytes(), keys(STRANGER).file, PASSWORD)
        ),
        "northshire.pem",
        "not by the certificate that you trust",
    ),
    "a signature of another file": (
        lambda folder: (folder / f"{NAME}.p7s").write_bytes(
            signature(b"other", keys(COUNTY).file, PASSWORD)
        ),
        "northshire.pem",
        "it is of another file",
    ),
    "no signature at all in it": (
        lambda folder: (folder / f"{NAME}.p7s").write_bytes(b"signed, honestly"),
        "northshire.pem",
        "no signature that can be read",
    ),
    "no certificate": (
        lambda folder: (folder / "northshire.pem").write_bytes(b"?"),
        "northshire.pem",
        "PEM",
    ),
    "a certificate that is not there": (
        lambda _: None,
        "nobody.pem",
        "there is no file `nobody.pem`",
    ),
}


@pytest.mark.parametrize(("change", "trusted", "says"), UNTRUSTED.values(), ids=UNTRUSTED)
def test_what_nobody_vouches_for_is_refused(
    tmp_path: Path, issuer: Standing, change: Callable[[Path], object], trusted: str, says: str
) -> None:
    """Nothing is written, although the bundle itself is sound."""
    made = published(issuer, "--sign", str(issuer.root / "key.p12"))
    there = school(tmp_path, made / NAME, made / f"{NAME}.p7s")
    change(there.root)
    result = there.run("import", NAME, "--trust", trusted)
    assert (result.code, result.stdout) == (1, "")
    assert says in result.stderr
    assert untouched(there)


def test_without_trust_the_signature_is_only_mentioned(tmp_path: Path, issuer: Standing) -> None:
    """Whoever imports is told that nobody looked, and by whom it is said to be."""
    made = published(issuer, "--sign", str(issuer.root / "key.p12"))
    unsigned = school(tmp_path, made / NAME, name="one").run("import", NAME)
    assert "  not signed: compare the digest" in unsigned.stdout
    signed = school(tmp_path, made / NAME, made / f"{NAME}.p7s", name="two").run("import", NAME)
    assert (
        "by “Northshire County Council”, as it says; nobody looked whether it is true"
        in signed.stdout
    )


def test_a_key_that_cannot_sign_publishes_nothing(
    issuer: Standing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrong password, a certificate that has ended, and a key of a kind that CMS here has not."""
    (issuer.root / "old.p12").write_bytes(keys(COUNTY, until=2021).file)
    (issuer.root / "new.p12").write_bytes(keys(COUNTY, "ed25519").file)
    for name, says in (
        ("old.p12", "valid from 2020-01-01 to 2021-12-31"),
        ("new.p12", "neither RSA"),
    ):
        result = issuer.run(*PUBLISH, "--sign", str(issuer.root / name))
        assert (result.code, says in result.stderr) == (1, True), result.stderr
    monkeypatch.setenv("POLICYGEN_SEAL_PASSWORD", "wrong")
    assert (
        "the password is wrong  [seal-refused]"
        in issuer.run(*PUBLISH, "--sign", str(issuer.root / "key.p12")).stderr
    )
    assert not (issuer.root / "templates/tiny/editions").exists()


def test_only_the_certificate_that_is_trusted_counts() -> None:
    """Two issuers of one name and one serial number are told apart by their keys."""
    real, false = keys(COUNTY), keys(COUNTY, "ec")
    for each, other in ((real, false), (false, real)):
        signed = signature(b"words", each.file, PASSWORD)
        assert check_signature(b"words", signed, each.certificate) == COUNTY
        assert said_signer(signed) == COUNTY
        with pytest.raises(VouchError):
            check_signature(b"words", signed, other.certificate)
        with pytest.raises(VouchError):
            check_signature(b"word", signed, each.certificate)


def test_any_changed_byte_of_a_signature_is_no_fault_of_ours() -> None:
    """It is refused with words, or still the same signature; never with a traceback."""
    good = keys(COUNTY, "ec")
    signed = signature(b"words", good.file, PASSWORD)
    for at in range(0, len(signed), 3):
        broken = signed[:at] + bytes([signed[at] ^ 0x55]) + signed[at + 1 :]
        said_signer(broken)
        with pytest.raises(VouchError):
            check_signature(b"other words", broken, good.certificate)


# --- what a bundle brings --------------------------------------------------------------------------------------------


def published_again(issuer: Standing) -> Path:
    """The folder of the products of its second edition."""
    published(issuer)
    text = issuer.read(LOST)
    issuer.put(LOST, text.replace("each term", "each half term"))
    issuer.put(CHANGES, EXPLAINED)
    assert issuer.run("publish", "tiny", "--edition", "2026.2", "--issued", "2026-11-20").code == 0
    return issuer.root / "output/packs/editions/tiny/2026.2"


def test_the_circular_and_the_redline_are_made_here(tmp_path: Path, issuer: Standing) -> None:
    """The same bytes as its issuer made, of the same editions."""
    made = published_again(issuer)
    there = school(tmp_path, issuer.root / PRODUCTS / NAME, made / "tiny-2026.2.zip")
    first = there.run("import", NAME)
    assert f"  {PRODUCTS}/   its circular\n" in first.stdout
    second = there.run("import", "tiny-2026.2.zip")
    assert "  output/packs/editions/tiny/2026.2/   its circular and what changed\n" in second.stdout
    kept = there.root / "output/packs/editions/tiny/2026.2"
    names = {"circular.html", "circular.pdf", "redline.html", "redline.pdf", "redline.json"}
    assert {path.name: path.read_bytes() for path in kept.iterdir()} == {
        name: (made / name).read_bytes() for name in names
    }


def test_what_changed_since_an_edition_that_is_not_here_is_said_to_be_missing(
    tmp_path: Path, issuer: Standing
) -> None:
    made = published_again(issuer)
    there = school(tmp_path, made / "tiny-2026.2.zip")
    result = there.run("import", "tiny-2026.2.zip")
    assert "its circular; what changed can be shown when tiny@2026.1 is here too\n" in result.stdout
    kept = there.root / "output/packs/editions/tiny/2026.2"
    assert {path.name for path in kept.iterdir()} == {"circular.html", "circular.pdf"}


@pytest.mark.parametrize(
    "page",
    [
        b"<!--><script>document.title = 'RAN'</script><!-- -->",
        b"<noscript><p title='</noscript><script>document.title = 1</script>'></noscript>",
        b"<p onclick='x()'>",
    ],
)
def test_nothing_of_a_page_in_a_bundle_is_taken(
    tmp_path: Path, issuer: Standing, page: bytes
) -> None:
    """However a browser would read it: the circular beside the edition is the one that is made here."""
    made = published(issuer)
    whole = changed(
        (made / NAME).read_bytes(), "circular.html", lambda before: before + page, listed=True
    )
    there = school(tmp_path)
    (there.root / NAME).write_bytes(whole)
    assert there.run("import", NAME).code == 0
    kept = (there.root / PRODUCTS / "circular.html").read_bytes()
    assert kept == (made / "circular.html").read_bytes()


@pytest.mark.parametrize("cut", [0, 10, 100, 1000])
def test_a_bundle_with_bytes_missing_is_no_zip_file(
    tmp_path: Path, issuer: Standing, cut: int
) -> None:
    whole = (published(issuer) / NAME).read_bytes()
    there = school(tmp_path)
    (there.root / NAME).write_bytes(whole[:cut] + whole[cut + 100 :])
    result = there.run("import", NAME)
    assert (result.code, "[bundle-refused]" in result.stderr) == (1, True), result.stderr
    assert untouched(there)


@pytest.mark.parametrize(
    ("path", "more", "says"),
    [
        ("template.yaml", b"unheard_of: 1\n", "unheard_of"),
        ("sections/lost-keys.md", b'\n{% include "no.md" %}\n', "no shared text `no.md`"),
    ],
)
def test_an_edition_that_cannot_be_read_is_not_kept(
    tmp_path: Path, issuer: Standing, path: str, more: bytes, says: str
) -> None:
    """Though its digests are right: no school could adopt it."""
    made = published(issuer)
    with zipfile.ZipFile(made / NAME) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    text = files[f"edition/{path}"] + more
    files[f"edition/{path}"] = text
    written = files["edition/edition.yaml"].decode()
    read = read_yaml(written, "edition.yaml", EditionRecord, Problems())
    assert read is not None
    record = read.value
    digests = {**record.files, path: hashlib.sha256(text).hexdigest()}
    record = record.model_copy(update={"files": digests})
    record = record.model_copy(update={"digest": digest_of_record(record)})
    files["edition/edition.yaml"] = written_edition_record(record).encode()
    beside = {name: text for name, text in files.items() if name.startswith("circular")}
    inner = {
        name.removeprefix("edition/"): text
        for name, text in files.items()
        if name.startswith("edition/")
    }
    there = school(tmp_path)
    (there.root / NAME).write_bytes(bundled(inner, beside))
    result = there.run("import", NAME)
    assert (result.code, says in result.stderr) == (1, True), result.stderr
    assert untouched(there)


def changed(content: bytes, name: str, change: Callable[[bytes], bytes], *, listed: bool) -> bytes:
    """The bundle with another file in it, its manifest brought up to date or not."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = {each: archive.read(each) for each in archive.namelist()}
    before = hashlib.sha256(files[name]).hexdigest()
    files[name] = change(files[name])
    if listed:
        after = hashlib.sha256(files[name]).hexdigest()
        files["SHA256SUMS"] = files["SHA256SUMS"].replace(before.encode(), after.encode())
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for each, held in files.items():
            archive.writestr(each, held)
    return whole.getvalue()


def _more(content: bytes) -> bytes:
    return content + b"0" * 64 + b"  redline.html\n"


@pytest.mark.parametrize(
    ("name", "change", "listed", "says"),
    [
        (
            "circular.html",
            lambda page: page + b" ",
            "as it was",
            "`circular.html` in this bundle is not as its `SHA256SUMS`",
        ),
        (
            "SHA256SUMS",
            lambda _: b"",
            "as it was",
            "`circular.html` in this bundle is not as its `SHA256SUMS` says",
        ),
        ("SHA256SUMS", _more, "as it was", "lists what the bundle does not hold"),
    ],
)
def test_a_circular_that_is_not_as_it_was_made_is_refused(
    tmp_path: Path,
    issuer: Standing,
    name: str,
    change: Callable[[bytes], bytes],
    listed: str,
    says: str,
) -> None:
    """A changed page, and a manifest that does not fit."""
    made = published(issuer)
    there = school(tmp_path)
    whole = changed((made / NAME).read_bytes(), name, change, listed=listed == "listed")
    (there.root / NAME).write_bytes(whole)
    result = there.run("import", NAME)
    assert (result.code, says in result.stderr) == (1, True), result.stderr
    assert untouched(there)
    assert not (there.root / "output/packs").exists()


# --- editions that extend others -------------------------------------------------------------------------------------


@pytest.fixture
def trust(tmp_path: Path) -> Standing:
    """A workspace in which a trust extends the county's template, and a school has the trust's."""
    files = {TRUST: OVERLAY, SECTION: OFFICE, ADOPTED: ADOPTS}
    return standing(Workspace(tmp_path / "trust").without(ADOPTION).with_files(files))


OVER = ("publish", "trust-keys", "--edition", "2026.1", "--issued", "2026-10-01")


def test_an_edition_is_published_after_the_one_it_extends(trust: Standing) -> None:
    """Over a text that can still change nothing can be frozen."""
    before = trust.run(*OVER)
    assert (
        "error: `trust-keys` extends `tiny@2026.1`, which is not published  [unknown-edition]"
        in before.stderr
    )
    assert before.code == 1
    assert trust.run(*PUBLISH).code == 0
    assert (after := trust.run(*OVER)).code == 0, after.stderr
    assert trust.run("check").stdout == "1 policy checked, no errors\n"
    names = [
        each.name for each in (trust.root / "templates/trust-keys/editions/2026.1").rglob("*.*")
    ]
    assert sorted(names) == ["edition.yaml", "template.yaml", "trust-office.md"]


def test_a_bundle_over_another_says_which_one_is_missing(tmp_path: Path, trust: Standing) -> None:
    """Each issuer sends its own; the school imports them in order, and has the trust's policy."""
    trust.run(*PUBLISH)
    trust.run(*OVER)
    over = trust.root / "output/packs/editions/trust-keys/2026.1/trust-keys-2026.1.zip"
    there = school(tmp_path, trust.root / PRODUCTS / NAME, over)
    (there.root / ADOPTION).unlink()
    there.put(ADOPTED, ADOPTS)
    early = there.run("import", over.name)
    assert early.code == 1
    assert "this edition extends `tiny@2026.1`, which is not here  [bundle-refused]" in early.stderr
    assert "import the bundle `tiny-2026.1.zip` of its issuer first" in early.stderr
    assert untouched(there)
    assert [there.run("import", each).code for each in (NAME, over.name)] == [0, 0]
    assert there.run("check").stdout == "1 policy checked, no errors\n"


def test_an_edition_stands_over_the_very_one_it_was_published_over(
    tmp_path: Path, trust: Standing
) -> None:
    """Another edition of the same number is no base for it: neither when it comes nor afterwards."""
    trust.run(*PUBLISH)
    trust.run(*OVER)
    over = trust.root / "output/packs/editions/trust-keys/2026.1/trust-keys-2026.1.zip"
    other = standing(Workspace(tmp_path / "other").with_change(LOST, "each term", "each year"))
    other.run(*PUBLISH)
    there = school(tmp_path, other.root / PRODUCTS / NAME, over)
    assert there.run("import", NAME).code == 0
    assert (
        "extends another `tiny@2026.1` than the one that is here"
        in there.run("import", over.name).stderr
    )
    shutil.rmtree(trust.root / "templates/tiny/editions/2026.1")
    shutil.copytree(
        other.root / "templates/tiny/editions/2026.1", trust.root / "templates/tiny/editions/2026.1"
    )
    assert (
        "`tiny@2026.1` is not the edition that this one was published over  [edition-damaged]"
        in (trust.run("check").stderr)
    )


def test_a_shared_text_of_the_base_stays_as_it_was_published(trust: Standing) -> None:
    """The trust's edition holds the county's words, although the text of that name has changed since."""
    (trust.root / "templates/shared").mkdir(exist_ok=True)
    trust.put("templates/shared/rule.md", "1. Nobody lends a key. {#lending}\n")
    trust.put(LOST, trust.read(LOST) + '\n{% include "rule.md" %}\n')
    trust.run(*PUBLISH)
    trust.put("templates/shared/rule.md", "1. Everybody lends keys. {#lending}\n")
    problems = Problems()
    for _ in range(2):  # as it is written, and as it is published
        edition = read_edition(trust.root, "trust-keys", "2026.1", None, problems)
        assert edition is not None
        assert "Nobody lends a key" in edition.sections["lost-keys"].text
        assert trust.run("check").code == 0
        trust.run(*OVER)
    assert not [*problems]
