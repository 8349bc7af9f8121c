"""The address of a school's website: all pages that are published, and the QR codes on paper, stand below it."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator

from policygen.files.fields import Words, refusal

_EXAMPLE = "https://www.elmgrove.example"
_ADDRESS = re.compile(
    r"""
    (?:https?://)?
    (?:[^\W_]+(?:-+[^\W_]+)*\.)+ [^\W_]+(?:-+[^\W_]+)*    # the name, which has a dot
    (?::[0-9]{1,5})?
    (?:/(?:[\w.~!$&'()*+,;=:@-]|%[0-9a-f]{2})*)*          # folders
    """,
    re.VERBOSE | re.IGNORECASE,
)
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):(?![0-9])", re.IGNORECASE)


def _website(written: str) -> str:
    below = re.split(r"[?#]", written)[0]
    folder = _folder(below)
    if folder == written and _ADDRESS.fullmatch(written):
        return written
    hint = folder if _ADDRESS.fullmatch(folder) else _EXAMPLE
    raise refusal("bad-value", _fault(written, below), f"write `{{key}}: {hint}`")


def _folder(address: str) -> str:
    """An address without the page at its end: a last part with a dot, such as index.html, is one."""
    before, _, last = address.rpartition("/")
    is_host = not before or before.endswith("/")
    return f"{before}/" if "." in last and not is_host else address


def _fault(written: str, below: str) -> str:
    """Why nothing can stand below an address; `below` is what stands before `?` or `#`."""
    scheme = _SCHEME.match(written)
    if scheme and scheme[1].lower() not in ("http", "https"):
        return f"{{name}} must begin with `https://` or `http://`, not with `{scheme[1]}:`"
    if not _ADDRESS.fullmatch(below):
        return "`{written}` is not the address of a website"
    if below != written:
        return "no page can stand below `{written}`, because of `?` or `#`"
    return "no page can stand below `{written}`, which is a page itself"


Website = Annotated[Words, AfterValidator(_website)]
"""The address of a website, with or without `https://`."""


def with_scheme(website: str) -> str:
    """An address as links need it, without a slash at its end; empty where there is none."""
    if not website:
        return ""
    return (website if "://" in website else f"https://{website}").rstrip("/")
