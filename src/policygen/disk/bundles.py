"""An edition as one zip file that can go anywhere, and back: whatever such a file holds, nothing of it is trusted."""

from __future__ import annotations

import hashlib
import io
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from policygen.files.fields import ID_PATTERN, NUMBER_PATTERN
from policygen.files.yamlfile import read_yaml
from policygen.ground import paths
from policygen.ground.diagnostics import Place, Problems
from policygen.ground.letters import harmless
from policygen.ground.limits import BUNDLE_BYTES, BUNDLE_FILE_BYTES, BUNDLE_FILES
from policygen.model.edition_record import EditionRecord, digest_of_record, written_edition_record

_WHEN = (1980, 1, 1, 0, 0, 0)
_FOLDER = "edition/"
_RECORD = f"{_FOLDER}{paths.EDITION_RECORD}"
_BESIDE = ("circular.html", "circular.pdf", "redline.html", "redline.pdf", "redline.json")
SIGNATURE = ".p7s"
"""What the name of a signature adds to that of the bundle."""
_DIGESTS = "SHA256SUMS"
"""The manifest: a digest for each file beside the edition, and for the record, which has those of the others."""
_TEXT = r"[a-z0-9][a-z0-9_-]*\.md"
_ALLOWED = re.compile(
    rf"{_FOLDER}(?:(?:template|changes|edition)\.yaml|shared/(?:questions|facts)\.yaml"
    rf"|(?:sections|forms|includes|shared)/{_TEXT}"
    r"|images/[A-Za-z0-9][A-Za-z0-9_-]*\.(?:svg|png|jpe?g))"
)
_ASK = "ask whoever sent it for another copy"
_NOT_A_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,  # a way of packing that Python does not know
    RuntimeError,  # a password
    OSError,
    ValueError,  # a place before the beginning of the file, or a name that is no text
    struct.error,
)
"""What zipfile raises for a file that is damaged, cut or no zip file at all."""


@dataclass(frozen=True)
class Bundle:
    """An edition that came in a zip file, checked against its digests."""

    record: EditionRecord
    files: Mapping[str, bytes]
    """By path in the folder of the edition, edition.yaml among them."""
    beside: Mapping[str, bytes]
    """Its circular and redline, by name."""


class _RefusedError(Exception):
    """Why a file is no bundle that may be imported."""


def can_travel(name: str) -> bool:
    """Whether a file of an edition has a name that a bundle may hold."""
    return _ALLOWED.fullmatch(f"{_FOLDER}{name}") is not None


def bundle_name(template_id: str, edition: str) -> str:
    """The name of an edition's zip file."""
    return f"{template_id}-{edition}.zip"


def bundled(edition_files: Mapping[str, bytes], beside: Mapping[str, bytes]) -> bytes:
    """A zip file of an edition's files, and of its circular and redline beside them, with a manifest.

    The same files give the same bytes.
    """
    files = {f"{_FOLDER}{name}": content for name, content in edition_files.items()} | dict(beside)
    files[_DIGESTS] = _digests(files)
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _WHEN)
            entry.create_system = 3
            entry.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(entry, files[name])
    return whole.getvalue()


def _digests(files: Mapping[str, bytes]) -> bytes:
    listed = sorted(name for name in files if name in (*_BESIDE, _RECORD))
    return "".join(
        f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in listed
    ).encode()


def read_file(path: Path, problems: Problems) -> bytes | None:
    """The bytes of a bundle, or of what belongs to one; None, with a problem, where they cannot be read."""
    try:
        with path.open("rb") as file:
            content = file.read(BUNDLE_BYTES + 1)
    except OSError as error:
        if isinstance(error, FileNotFoundError):
            problems.add("file-missing", f"there is no file `{path.name}`", Place(path.name))
        else:
            problems.add("file-unreadable", f"`{path.name}` cannot be opened", Place(path.name))
        return None
    if len(content) > BUNDLE_BYTES:
        problems.add(
            "bundle-refused", f"`{path.name}` is larger than any bundle", Place(path.name), _ASK
        )
        return None
    return content


def read_bundle(source: str, content: bytes, problems: Problems) -> Bundle | None:
    """The edition in a zip file; None, with a problem, where anything about it is not as `publish` makes it.

    `source` is what the file is called.
    """
    before = len(problems.errors)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            files = dict(_contents(archive))
    except _NOT_A_ZIP:
        problems.add(
            "bundle-refused", f"`{source}` is no zip file that can be read", Place(source), _ASK
        )
    except _RefusedError as error:
        problems.add("bundle-refused", str(error), Place(source), _ASK)
    if len(problems.errors) > before:
        return None
    return _bundle(source, files, problems)


def claimed_record(content: bytes) -> EditionRecord | None:
    """Which edition a file says that it is the bundle of, in whatever state it is otherwise; None for no bundle."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive, archive.open(_RECORD) as file:
            return _record(file.read(BUNDLE_FILE_BYTES))
    except (*_NOT_A_ZIP, KeyError):
        return None


def _contents(archive: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    """Each file by its name. Raises _RefusedError for a name, kind or size that no bundle has."""
    entries = archive.infolist()
    if len(entries) > BUNDLE_FILES:
        raise _RefusedError(f"this bundle holds {len(entries)} files, more than any edition has")
    names: set[str] = set()
    room = int(BUNDLE_BYTES)
    for entry in entries:
        name = entry.orig_filename
        if name != entry.filename or (
            name not in (*_BESIDE, _DIGESTS) and not _ALLOWED.fullmatch(name)
        ):
            raise _RefusedError(
                f"this bundle holds `{harmless(name)[:80]}`, which is no file of an edition"
            )
        if stat.S_IFMT(entry.external_attr >> 16) not in (0, stat.S_IFREG):
            raise _RefusedError(f"`{name}` in this bundle is a link, not a file")
        if name.lower() in names:
            raise _RefusedError(f"this bundle holds `{name}` twice")
        names.add(name.lower())
        with archive.open(entry) as file:
            content = file.read(min(BUNDLE_FILE_BYTES, room) + 1)
        room -= len(content)
        if len(content) > BUNDLE_FILE_BYTES or room < 0:
            raise _RefusedError(f"`{name}` in this bundle is larger than any file of an edition")
        yield name, content


def _bundle(source: str, files: Mapping[str, bytes], problems: Problems) -> Bundle | None:
    edition = {
        name.removeprefix(_FOLDER): content
        for name, content in files.items()
        if name.startswith(_FOLDER)
    }
    record = _record(files.get(_RECORD, b""))
    place = Place(source)
    if record is None:
        problems.add(
            "bundle-refused", "this bundle lacks an `edition.yaml` that can be read", place, _ASK
        )
        return None
    if record.digest != digest_of_record(record):
        says = "`edition.yaml` of this bundle is not as it was published: its digest does not fit what it says"
        problems.add("bundle-refused", says, place, _ASK)
    present = {
        name: hashlib.sha256(content).hexdigest()
        for name, content in edition.items()
        if name != paths.EDITION_RECORD
    }
    for name in sorted({*present, *record.files}):
        if name not in present:
            problems.add("bundle-refused", f"`{name}` is missing from this bundle", place, _ASK)
        elif name not in record.files:
            problems.add(
                "bundle-refused", f"`{name}` in this bundle belongs to no edition", place, _ASK
            )
        elif present[name] != record.files[name]:
            problems.add(
                "bundle-refused", f"`{name}` in this bundle is not as it was published", place, _ASK
            )
    _check_beside(place, files, problems)
    beside = {name: content for name, content in files.items() if name in _BESIDE}
    return None if problems.has_errors else Bundle(record, edition, beside)


def _check_beside(place: Place, files: Mapping[str, bytes], problems: Problems) -> None:
    """Note a circular or redline that is not as it was published. Nobody reads them: they are made anew here."""
    listed, made = files.get(_DIGESTS, b"").splitlines(), _digests(files).splitlines()
    names = [
        line.partition(b"  ")[2].decode(errors="replace") for line in made if line not in listed
    ]
    for name in names:
        problems.add(
            "bundle-refused",
            f"`{name}` in this bundle is not as its `{_DIGESTS}` says",
            place,
            _ASK,
        )
    if not names and listed != made:
        says = f"`{_DIGESTS}` of this bundle lists what the bundle does not hold"
        problems.add("bundle-refused", says, place, _ASK)


def _record(content: bytes) -> EditionRecord | None:
    """The record of an edition, exactly as `publish` writes it."""
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return None
    read = read_yaml(text, paths.EDITION_RECORD, EditionRecord, Problems())
    if read is None or written_edition_record(read.value) != text:
        return None
    sound = re.fullmatch(ID_PATTERN, read.value.template) and re.fullmatch(
        NUMBER_PATTERN, read.value.edition
    )
    return read.value if sound else None
