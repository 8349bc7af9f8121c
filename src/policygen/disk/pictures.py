"""Whether a file is a picture that every browser and the PDF renderer can show, and the picture alone."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from warnings import catch_warnings

from policygen.disk.drawings import as_drawn, drawing_fault
from policygen.ground.limits import PICTURE_BYTES, PICTURE_PIXELS

_FORMATS = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG"}


def picture_fault(suffix: str, content: bytes) -> str:
    """What is wrong with a picture, to follow its name; empty where nothing is."""
    if len(content) > PICTURE_BYTES:
        return f"is larger than {PICTURE_BYTES // 1_000_000} MB"
    if suffix == ".svg":
        return drawing_fault(content)
    if suffix in _FORMATS:
        return _pixel_fault(_FORMATS[suffix], content)
    return "is no picture that can be used"


def _pixel_fault(form: str, content: bytes) -> str:
    """A file may begin as a picture and be cut short: only its last row of pixels tells."""
    from PIL import Image, ImageFile, UnidentifiedImageError

    # WeasyPrint, once loaded, lets Pillow fill up every picture that is cut short with grey.
    patience, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, False
    try:
        with (
            # Pillow has a limit of its own, above ours.
            catch_warnings(action="ignore", category=Image.DecompressionBombWarning),
            Image.open(io.BytesIO(content), formats=[form]) as picture,
        ):
            width, height = picture.size
            if width * height > PICTURE_PIXELS:
                return f"has {width} × {height} pixels, too many to print"
            if picture.mode.startswith(("I", "F")):
                return "has 16 bits or more for each pixel, which cannot be printed"
            picture.load()
    except Image.DecompressionBombError:
        return "has too many pixels to print"
    except UnidentifiedImageError:
        return "is no picture that can be used"
    except (OSError, SyntaxError, ValueError):
        return "is broken or cut short"
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = patience
    return ""


# --- the picture alone ------------------------------------------------------------------------------------------------

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_PARTS = {*b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP sBIT bKGD pHYs".split()}
_SCAN, _END, _COMMENT = 0xDA, 0xD9, 0xFE
_APPLICATION = range(0xE0, 0xF0)
_JPEG_PARTS = {0xE0: b"JFIF\0", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}
"""What of what programs put into a JPEG is needed to show it: its density and its colours."""
_TURNED = 0x0112
"""The field of Exif that says which way up a photograph is (Exif 2.32, 4.6.4)."""


def as_shown(suffix: str, content: bytes) -> bytes:
    """A sound picture without what no reader sees: where and with what it was taken, what people noted in it.

    One that holds nothing of the kind stays byte for byte as it is.
    """
    if suffix == ".svg":
        return as_drawn(content)
    try:
        return _png(content) if suffix == ".png" else _jpeg(content)
    except (struct.error, IndexError):  # decoders forgive more than is written here
        return content


def _png(content: bytes) -> bytes:
    kept, at = [_PNG], len(_PNG)
    name = b""
    while name != b"IEND":
        size, name = struct.unpack_from(">I4s", content, at)
        if name in _PNG_PARTS:
            kept.append(content[at : at + size + 12])
        at += size + 12
    return b"".join(kept)


def _jpeg(content: bytes) -> bytes:
    kept = [content[:2]]
    turned = _which_way_up(content)
    for marker, part in _jpeg_parts(content):
        needed = _JPEG_PARTS.get(marker, b"-")
        if marker == 0xE1 and turned != 1 and part[4:10] == b"Exif\0\0":
            kept.append(_exif(turned))
            turned = 1
        elif marker != _COMMENT and (marker not in _APPLICATION or part[4:].startswith(needed)):
            kept.append(part)
    return b"".join(kept)


def _jpeg_parts(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Each part behind the first two bytes, with its marker; what follows the end of the picture is none."""
    at = 2
    while True:
        marker = content[at + 1]
        if content[at] != 0xFF:
            raise IndexError
        if marker == _END:
            yield marker, content[at : at + 2]
            return
        (size,) = struct.unpack_from(">H", content, at + 2)
        end = at + 2 + size
        if marker == _SCAN:
            # Within the pixels, 0xFF stands before a zero or a mark to restart from.
            while content[end] != 0xFF or content[end + 1] in (0, *range(0xD0, 0xD8)):
                end += 1
        yield marker, content[at:end]
        at = end


def _which_way_up(content: bytes) -> int:
    from PIL import Image

    with Image.open(io.BytesIO(content), formats=["JPEG"]) as picture:
        turned = picture.getexif().get(_TURNED, 1)
    return turned if turned in range(1, 9) else 1


def _exif(turned: int) -> bytes:
    """Exif that says which way up a picture is, and no more."""
    field = struct.pack(">HHIHHI", _TURNED, 3, 1, turned, 0, 0)
    body = b"Exif\0\0" + b"MM\0*" + struct.pack(">IH", 8, 1) + field
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body
