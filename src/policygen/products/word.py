"""Word files of a policy and of its forms, in a folder."""

from __future__ import annotations

from collections.abc import Mapping

from policygen.ground import paths
from policygen.html.labels import Stamp
from policygen.language.document import Document
from policygen.products.folders import Products, made_with, record_of
from policygen.word.write import form_docx, policy_docx


def word_products(document: Document, stamp: Stamp, images: Mapping[str, bytes]) -> Products:
    """The folder of a draft, or of an approved version."""
    version = "draft" if stamp.draft else document.version
    files = {f"{document.policy_id}.docx": policy_docx(document, stamp, images)}
    for form in document.every_form:
        files[f"forms/{form.name}.docx"] = form_docx(document, form, stamp, images)
    record = {
        **record_of(document, stamp),
        "content": {"code": stamp.content_code},
        "made_with": made_with(),
    }
    folder = paths.word_folder(document.school_id, document.policy_id, version)
    return Products(folder, files, {}, record)
