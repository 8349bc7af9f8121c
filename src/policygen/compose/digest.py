"""The content digest: what a board approves, whatever the document looks like.

SHA-256 over the canonical form of the document (`compare.form`): ids, numbers, words, tables, forms, pictures. Details
(names of people and providers) are masked by their names, so that a new telephone number leaves the digest alone; items
or rows that repeat for one person after another count once, so that a second deputy leaves it alone too. Dates of
approval, versions, local-change labels and the theme take no part.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from policygen.compare.form import Form
from policygen.language.document import Document

_FORM = "policygen content 1"


def content_digest(document: Document, images: Mapping[str, bytes]) -> str:
    """The digest as 64 hexadecimal characters. `images` holds the bytes of each image by its path."""
    return _digest(document, Form(images))


def content_digests(document: Document, images: Mapping[str, bytes]) -> frozenset[str]:
    """The digest, and those of the times when additions had no numbers, and when a soft hyphen made a difference."""
    forms = (
        Form(images),
        Form(images, unlettered=True),
        Form(images, as_typed=True),
        Form(images, as_typed=True, unlettered=True),
    )
    return frozenset(_digest(document, form) for form in forms)


def _digest(document: Document, form: Form) -> str:
    text = json.dumps([_FORM, *form.document(document)], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def content_code(digest: str) -> str:
    """The short code that is printed and read out: "7f3a-91c2", the first eight characters of a digest."""
    return f"{digest[:4]}-{digest[4:8]}"
