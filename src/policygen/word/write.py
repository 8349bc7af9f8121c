"""A policy and each of its forms as a Word file: of a draft a copy to work on, of an approved version one to read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

from policygen.html.labels import NOT_APPROVED, Stamp, full_title
from policygen.language import document as d
from policygen.word.flow import Flow, Turn
from policygen.word.front import end_flow, form_front, front_flow, running_foot
from policygen.word.layout import bookmark, text_flow
from policygen.word.package import Cover, docx


def policy_flow(document: d.Document, stamp: Stamp) -> Flow:
    """All that stands in the Word file of a policy."""
    text = text_flow(document.parts, draft=stamp.draft)
    body = [*front_flow(document, stamp), *text.body]
    # The last words stand on the last page, even where that lies on its side.
    at = len(body) - isinstance(body[-1], Turn)
    body[at:at] = end_flow(document)
    return replace(text, body=tuple(body))


def policy_docx(document: d.Document, stamp: Stamp, images: Mapping[str, bytes]) -> bytes:
    """The whole policy as a Word file."""
    cover = cover_of(
        document, stamp, "draft" if stamp.draft else "approved", full_title(document, stamp)
    )
    return docx(policy_flow(document, stamp), cover, images)


def form_docx(
    document: d.Document, form: d.Section, stamp: Stamp, images: Mapping[str, bytes]
) -> bytes:
    """One form as a Word file."""
    text = text_flow([form], draft=stamp.draft)
    flow = replace(text, body=(*form_front(document, stamp), *text.body))
    title = full_title(document, stamp, " ".join(d.plain(form.title).split()))
    return docx(flow, cover_of(document, stamp, "form", title), images)


def cover_of(document: d.Document, stamp: Stamp, kind: str, title: str) -> Cover:
    """What a file of a document says about itself."""
    return Cover(
        title,
        document.school_name or document.issuer_name,
        (document.school_name or document.issuer_name, NOT_APPROVED if stamp.draft else ""),
        running_foot(document, stamp),
        document.branding.colour,
        document.language,
        {
            "policygen.kind": kind,
            "policygen.school": document.school_id,
            "policygen.policy": document.policy_id,
            "policygen.edition": document.edition,
            "policygen.version": document.version,
            "policygen.code": stamp.content_code,
            "policygen.ids": json.dumps(_hashed(document), sort_keys=True),
        },
    )


def _hashed(document: d.Document) -> dict[str, str]:
    """The ids that are too long for the name of a bookmark, by its name."""
    ids = {getattr(node, "id", "") for node in d.walk(document.parts)}
    return {
        bookmark(each): each for each in ids if bookmark(each).startswith("pg_h") and len(each) > 30
    }
