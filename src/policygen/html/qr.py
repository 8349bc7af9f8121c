"""An address as a QR code. The only module that knows segno."""

from __future__ import annotations

import io
from functools import cache

from markupsafe import Markup

from policygen.html.elements import data_uri, void_element

_QUIET = 4
"""Modules of white around the code, as the standard asks; white too on a dark screen."""


@cache
def qr_svg(address: str) -> bytes:
    """The code as an SVG picture, with the quiet zone that readers need. The same address gives the same bytes."""
    import segno

    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        out, kind="svg", border=_QUIET, light="#fff", xmldecl=False, nl=False, omitsize=True
    )
    return out.getvalue()


def qr_html(address: str) -> Markup:
    """The code as a picture that says in words where it leads."""
    return void_element(
        "img",
        class_="qr",
        src=data_uri("qr.svg", qr_svg(address)),
        alt=f"QR code that leads to {address}",
    )
