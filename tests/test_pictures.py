"""A picture that a build could not print is an error when it is read."""

from __future__ import annotations

import io

import pytest
import weasyprint.images  # noqa: F401 - tells Pillow to be lenient, as it does in a build
from PIL import Image

from policygen.disk.pictures import picture_fault

SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"/>'


def pixels(form: str, width: int = 60, height: int = 40) -> bytes:
    made = io.BytesIO()
    Image.effect_noise((width, height), 50).save(made, form)
    return made.getvalue()


@pytest.mark.parametrize(
    ("suffix", "content"), [(".svg", SVG), (".png", pixels("PNG")), (".jpg", pixels("JPEG"))]
)
def test_a_whole_picture_has_no_fault(suffix: str, content: bytes) -> None:
    assert picture_fault(suffix, content) == ""


@pytest.mark.parametrize(
    ("suffix", "content", "fault"),
    [
        (".png", pixels("PNG")[:900], "is broken or cut short"),
        (".jpg", pixels("JPEG")[:700], "is broken or cut short"),
        (".png", pixels("JPEG"), "is no picture that can be used"),
        (".gif", pixels("GIF"), "is no picture that can be used"),
        (".svg", SVG[:-2], "is a broken SVG"),
        (".svg", b"<html/>", "is no picture that can be used"),
        (".svg", b'<!DOCTYPE svg [<!ENTITY a "b">]>' + SVG[21:], "is an SVG with entities"),
        (".png", b"\x89PNG" + bytes(20_000_000), "is larger than 20 MB"),
    ],
)
def test_what_cannot_be_printed_is_told(suffix: str, content: bytes, fault: str) -> None:
    """Also what begins as a picture does."""
    assert picture_fault(suffix, content).startswith(fault)
