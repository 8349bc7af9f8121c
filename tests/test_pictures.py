"""A picture that a build could not print is an error when it is read."""

from __future__ import annotations

import io

import pytest
import weasyprint.images  # noqa: F401 - tells Pillow to be lenient, as it does in a build
from PIL import Image

from policygen.checks.paper import check_drawing
from policygen.disk.pictures import picture_fault
from policygen.ground.diagnostics import Place, Problems

SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"/>'


def pixels(form: str, mode: str = "L") -> bytes:
    made = io.BytesIO()
    noise = Image.effect_noise((60, 40), 50)
    (Image.new(mode, (60, 40)) if mode == "I;16" else noise.convert(mode)).save(made, form)
    return made.getvalue()


@pytest.mark.parametrize(
    ("suffix", "content"),
    [
        (".svg", SVG),
        *((".png", pixels("PNG", mode)) for mode in ("1", "L", "LA", "P", "RGB", "RGBA")),
        *((".jpg", pixels("JPEG", mode)) for mode in ("L", "RGB", "CMYK")),
    ],
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
        (".png", pixels("PNG", "I;16"), "has 16 bits or more"),
        (".svg", SVG[:-2], "is a broken SVG"),
        (".svg", b"<html/>", "is no picture that can be used"),
        (".svg", b'<!DOCTYPE svg [<!ENTITY a "b">]>' + SVG[21:], "is an SVG with entities"),
        (".png", b"\x89PNG" + bytes(20_000_000), "is larger than 20 MB"),
    ],
)
def test_what_cannot_be_printed_is_told(suffix: str, content: bytes, fault: str) -> None:
    """Also what begins as a picture does."""
    assert picture_fault(suffix, content).startswith(fault)


@pytest.mark.parametrize(
    ("inside", "printed"),
    [
        ('<rect width="9" height="9"/>', True),
        ('<text y="9">Keys</text>', True),
        ('<text y="9">\u4e2d</text>', False),
        ('<image href="https://northshire.example/key.png" width="9" height="9"/>', False),
        ('<image href="file:///etc/hostname" width="9" height="9"/>', False),
        ('<g id="a"><use href="#a"/></g>', False),
    ],
)
def test_a_drawing_of_which_paper_would_not_show_everything(inside: str, *, printed: bool) -> None:
    """Links to other files, letters that no font has, a drawing that holds itself."""
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{inside}</svg>'.encode()
    problems = Problems()
    check_drawing(drawing, "images/key.svg", Place("images/key.svg"), problems)
    assert [each.rule for each in problems] == ([] if printed else ["image-missing"])
