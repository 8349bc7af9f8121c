"""A picture that a build could not print is an error when it is read."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
import weasyprint.images  # noqa: F401 - tells Pillow to be lenient, as it does in a build
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from policygen.checks.paper import check_drawing
from policygen.disk.drawings import as_drawn
from policygen.disk.pictures import as_shown, picture_fault
from policygen.ground.diagnostics import Place, Problems

SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"/>'


def pixels(form: str, mode: str = "L") -> bytes:
    made = io.BytesIO()
    noise = Image.effect_noise((60, 40), 50)
    (Image.new(mode, (60, 40)) if mode == "I;16" else noise.convert(mode)).save(made, form)
    return made.getvalue()


def sized(side: int) -> bytes:
    """A picture that says it has so many pixels on each side."""
    content = pixels("PNG")
    head = b"IHDR" + struct.pack(">II", side, side) + content[24:29]
    return content[:12] + head + struct.pack(">I", zlib.crc32(head)) + content[33:]


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
        # Of the first Pillow warns, which nobody is to read; the others it does not open.
        (".png", sized(13_000), "has 13000 × 13000 pixels, too many to print"),
        (".png", sized(14_000), "has too many pixels to print"),
        (".png", sized(2**31 - 1), "has too many pixels to print"),
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


def _ten_of(level: int) -> str:
    repeated = f'<use href="#a{level - 1}"/>' * 10
    return f'<g id="a{level}">{repeated}</g>'


# --- drawings that would do more than draw --------------------------------------------------------------------------


def drawing(inside: str, head: str = "") -> bytes:
    names = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return f'<svg {names} {head} viewBox="0 0 9 9">{inside}</svg>'.encode()


@pytest.mark.parametrize(
    ("inside", "named"),
    [
        ("<script>x()</script>", "`script`"),
        ('<foreignObject><p xmlns="http://www.w3.org/1999/xhtml"/></foreignObject>', "`foreignObj"),
        ('<rect onclick="x()"/>', "`onclick`"),
        ('<rect ONLOAD="x()"/>', "`ONLOAD`"),
        ('<a href="javascript:x()"><rect/></a>', "a reference to something outside"),
        ('<a xlink:href=" java&#x09;script:x()"><rect/></a>', "a reference to something outside"),
        ('<image href="https://elsewhere.example/x.png"/>', "a reference to something outside"),
        ('<image href="data:image/svg+xml;base64,AA"/>', "a reference to something outside"),
        ('<use href="other.svg#a"/>', "a reference to something outside"),
        ('<a href="#"><set attributeName="href" to="javascript:x()"/></a>', "`set`"),
        ("<style>@import 'https://elsewhere.example'</style>", "a style that fetches"),
        ("<style>rect { fill: u\\72l(//elsewhere.example) }</style>", "a style that fetches"),
        ('<rect style="fill: url(//elsewhere.example)"/>', "a `style` that fetches"),
        ('<rect fill="url(https://elsewhere.example#x)"/>', "a `fill` that fetches"),
        ('<x:script xmlns:x="http://www.w3.org/2000/svg">x()</x:script>', "`script`"),
        (
            '<x:img xmlns:x="http://www.w3.org/1999/xhtml" srcset="//elsewhere.example/a 1x"/>',
            "`img`",
        ),
        (
            '<x:meta xmlns:x="http://www.w3.org/1999/xhtml" http-equiv="refresh" content="0;//a"/>',
            "`meta`",
        ),
        ('<m:math xmlns:m="http://www.w3.org/1998/Math/MathML"/>', "`math`"),
        ('<a href="#" ping="//elsewhere.example"><rect/></a>', "a `ping` that fetches"),
        ("<style>svg { background: image-set('//elsewhere.example' 1x) }</style>", "a style that"),
        (
            "<rect style=\"mask-image: -webkit-image-set('//a.example' 1x)\"/>",
            "a `style` that fetches",
        ),
        ('<newElementOfTomorrow href="#"/>', "`newElementOfTomorrow`"),
    ],
)
def test_a_drawing_that_acts_or_fetches_is_refused(inside: str, named: str) -> None:
    """Opened by itself, it would do so in the name of the website that shows it."""
    assert picture_fault(".svg", drawing(inside)).startswith(f"is an SVG with {named}")


@pytest.mark.parametrize(
    "inside",
    [
        '<defs><linearGradient id="g"><stop offset="0"/></linearGradient></defs><rect fill="url(#g)"/>',
        '<symbol id="s"><rect/></symbol><use href="#s"/><use xlink:href="#s"/>',
        '<style>.a { fill: url(#g) }</style><rect class="a"/>',
        '<image href="data:image/png;base64,AAAA"/>',
        "<metadata>made by hand</metadata><title>Oak</title><text>On the oak</text>",
    ],
)
def test_a_drawing_that_only_draws_is_used(inside: str) -> None:
    assert picture_fault(".svg", drawing(inside)) == ""


@pytest.mark.parametrize(
    "inside",
    [
        '<g id="a0"><rect/></g>' + "".join(_ten_of(level) for level in range(1, 9)),
        '<g id="a"><use href="#b"/></g><g id="b"><use href="#a"/></g>',
        "<g>" * 500 + "</g>" * 500,
    ],
    ids=["ten times ten", "a circle", "deep"],
)
def test_a_small_drawing_that_never_ends_is_refused(inside: str) -> None:
    assert "draws more than 20,000 things" in picture_fault(".svg", drawing(inside))


def test_a_drawing_in_another_encoding_is_refused() -> None:
    """Nothing that was looked for in it would be found."""
    text = drawing("<script/>").decode()
    told = picture_fault(".svg", f'<?xml version="1.0" encoding="utf-16"?>{text}'.encode("utf-16"))
    assert told == "is an SVG that is not written in UTF-8"


def test_a_drawing_without_a_name_space_is_none() -> None:
    """No browser shows it."""
    assert "no picture" in picture_fault(".svg", b'<svg viewBox="0 0 9 9"><rect/></svg>')


SECRET = b"taken by S. Smith at 53.4, -2.9"


def noted_png() -> bytes:
    notes = PngInfo()
    notes.add_text("Author", SECRET.decode())
    notes.add_itxt("Where", SECRET.decode(), zip=True)
    made = io.BytesIO()
    Image.open(io.BytesIO(pixels("PNG", "RGB"))).save(
        made, "PNG", pnginfo=notes, exif=exif(6), dpi=(300, 300)
    )
    return made.getvalue() + SECRET


def exif(turned: int) -> Image.Exif:
    noted = Image.Exif()
    noted[0x0112], noted[0x010E] = turned, SECRET.decode()
    return noted


def noted_jpeg(turned: int = 1, *, progressive: bool = False) -> bytes:
    made = io.BytesIO()
    picture = Image.effect_noise((60, 40), 50).convert("RGB")
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    picture.save(
        made, "JPEG", exif=exif(turned), comment=SECRET, icc_profile=profile, progressive=progressive, restart_marker_blocks=3, dpi=(300, 300)
    )  # fmt: skip
    return made.getvalue() + SECRET


@pytest.mark.parametrize(
    ("suffix", "noted"),
    [
        (".png", noted_png()),
        (".jpg", noted_jpeg()),
        (".jpeg", noted_jpeg(6)),
        (".jpg", noted_jpeg(8, progressive=True)),
        (".svg", drawing(f"<!-- {SECRET.decode()} --><metadata>{SECRET.decode()}</metadata><rect/>")),
    ],
    ids=["png", "jpeg", "turned", "progressive", "svg"],
)  # fmt: skip
def test_what_is_noted_in_a_picture_is_left_out_and_nothing_else(suffix: str, noted: bytes) -> None:
    """Its pixels, its colours, its density and which way up it is stay; what holds no notes stays byte for byte."""
    shown = as_shown(suffix, noted)
    assert SECRET in noted
    assert b"Smith" not in shown
    assert as_shown(suffix, shown) == shown
    assert picture_fault(suffix, shown) == ""
    if suffix == ".svg":
        return
    before, after = (Image.open(io.BytesIO(each)) for each in (noted, shown))
    assert before.tobytes() == after.tobytes()
    assert before.info.get("icc_profile") == after.info.get("icc_profile")
    assert before.info["dpi"] == after.info["dpi"]
    if suffix != ".png":
        assert after.getexif().get(0x0112, 1) == before.getexif()[0x0112]


@pytest.mark.parametrize(
    ("suffix", "content"),
    [(".svg", SVG), (".png", pixels("PNG", "P")), (".jpg", pixels("JPEG", "RGB"))],
)
def test_a_picture_without_notes_stays_byte_for_byte(suffix: str, content: bytes) -> None:
    assert as_shown(suffix, content) == content


def test_what_is_published_of_a_drawing_is_what_is_seen() -> None:
    """Not who made it, where, and with what."""
    noted = drawing(
        "<!-- by S. Smith --><metadata>S. Smith</metadata>"
        '<i:view xmlns:i="http://www.inkscape.org/namespaces/inkscape">S. Smith</i:view>'
        '<rect xmlns:i="http://www.inkscape.org/namespaces/inkscape" i:label="S. Smith" width="9"/>'
        '<use xlink:href="#a"/>'
    )
    shown = as_drawn(noted)
    assert b"Smith" not in shown
    assert b'<rect width="9" />' in shown
    assert b'xlink:href="#a"' in shown
    assert picture_fault(".svg", shown) == ""
