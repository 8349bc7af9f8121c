"""An office file: a zip file of XML from anybody, opened within limits; a macro, a bomb and a DTD are refused."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser

from policygen.ground.limits import (
    OFFICE_BYTES,
    OFFICE_FILES,
    OFFICE_LEVELS,
    OFFICE_NODES,
    OFFICE_PART_BYTES,
)

_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
)
"""What zipfile raises for a file that is damaged, cut, encrypted or no zip file at all."""
_WHEN = (1980, 1, 1, 0, 0, 0)
"""The time of every part that we write, so that it says nothing."""
_MACROS = ("vbaproject.bin", "vbadata.xml")


class OfficeError(ValueError):
    """A file that is not opened; the message follows its name."""


def office_parts(content: bytes) -> dict[str, bytes]:
    """Every file within an office file, by its name. Raises OfficeError."""
    if len(content) > OFFICE_BYTES:
        raise OfficeError(f"is larger than {OFFICE_BYTES // 1_000_000} MB")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _unpacked(archive)
    except OfficeError:
        raise
    except _BROKEN as error:
        raise OfficeError("is damaged, has a password, or is no office file") from error


def _unpacked(archive: zipfile.ZipFile) -> dict[str, bytes]:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > OFFICE_FILES:
        raise OfficeError(f"holds more than {OFFICE_FILES} files")
    if any(entry.filename.lower().endswith(_MACROS) for entry in entries):
        raise OfficeError("holds macros; save it as a file without them")
    parts: dict[str, bytes] = {}
    left = int(OFFICE_PART_BYTES)
    for entry in entries:
        # What the directory says of the size may be a lie: read no more than is left, and one byte.
        with archive.open(entry) as file:
            part = file.read(left + 1)
        left -= len(part)
        if left < 0:
            raise OfficeError(f"unpacks to more than {OFFICE_PART_BYTES // 1_000_000} MB")
        if entry.filename in parts:
            raise OfficeError(f"holds `{entry.filename}` twice")
        parts[entry.filename] = part
    return parts


def zipped(files: Mapping[str, bytes]) -> bytes:
    """The files as a package; what says what they are stands first."""
    first = ("[Content_Types].xml", "_rels/.rels")
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in (*first, *(name for name in files if name not in first)):
            entry = zipfile.ZipInfo(name, _WHEN)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, files[name])
    return whole.getvalue()


class _Within(TreeBuilder):
    """Builds a tree of a bounded size, without a DTD."""

    def __init__(self) -> None:
        super().__init__()
        self.depth = self.count = 0

    def start(self, tag: str, attrs: dict[str, str], /) -> Element:
        self.depth += 1
        self.count += 1
        if self.depth > OFFICE_LEVELS or self.count > OFFICE_NODES:
            raise OfficeError("is nested too deep, or has too many elements")
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> Element:
        self.depth -= 1
        return super().end(tag)

    def doctype(self, *_: object) -> None:
        """Refuse what could grow without end, or lead to other files: no program writes one."""
        raise OfficeError("holds a document type, which no office program writes")


def office_tree(part: bytes) -> Element:
    """The XML of one part. Raises OfficeError."""
    try:
        parser = XMLParser(target=_Within())  # noqa: S314  bounded, and without a DTD
        parser.feed(part)
        root: Element = parser.close()
    except (ParseError, ValueError) as error:
        if isinstance(error, OfficeError):
            raise
        raise OfficeError("is damaged: its XML cannot be read") from error
    return root
