"""Whether a file is a picture that every browser and the PDF renderer can show."""

from __future__ import annotations

import io

from policygen.disk.drawings import drawing_fault
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
        with Image.open(io.BytesIO(content), formats=[form]) as picture:
            width, height = picture.size
            if width * height > PICTURE_PIXELS:
                return f"has {width} × {height} pixels, too many to print"
            if picture.mode.startswith(("I", "F")):
                return "has 16 bits or more for each pixel, which cannot be printed"
            picture.load()
    except UnidentifiedImageError:
        return "is no picture that can be used"
    except (OSError, SyntaxError, ValueError):
        return "is broken or cut short"
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = patience
    return ""
