"""An office file from anybody is opened within limits, or refused with a reason."""

from __future__ import annotations

import io
import zipfile

import pytest

from policygen.files.office import OfficeError, office_parts, office_tree
from policygen.ground.limits import OFFICE_LEVELS, OFFICE_PART_BYTES

BOMB = b"<!DOCTYPE a [<!ENTITY b 'b'>]><a>&b;</a>"


def zipped(**parts: bytes) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return whole.getvalue()


def test_every_part_is_read() -> None:
    assert office_parts(zipped(a=b"1", b=b"2")) == {"a": b"1", "b": b"2"}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"plain text", "no office file"),
        (zipped(a=b"1")[:-9], "damaged"),
        (zipped(**{"word/vbaProject.bin": b""}), "macros"),
        (zipped(a=bytes(OFFICE_PART_BYTES + 1)), "unpacks to more than 150 MB"),
        (zipped(**{str(number): b"" for number in range(2001)}), "more than 2000 files"),
    ],
    ids=["text", "cut", "macros", "bomb", "many"],
)
def test_what_is_no_plain_office_file_is_refused(content, says) -> None:
    with pytest.raises(OfficeError, match=says):
        office_parts(content)


@pytest.mark.parametrize(
    ("part", "says"),
    [
        (BOMB, "document type"),
        (b"<a>" * (OFFICE_LEVELS + 1), "nested too deep"),
        (b"<a><b></a>", "cannot be read"),
    ],
    ids=["entities", "deep", "broken"],
)
def test_what_is_no_plain_xml_is_refused(part, says) -> None:
    with pytest.raises(OfficeError, match=says):
        office_tree(part)
