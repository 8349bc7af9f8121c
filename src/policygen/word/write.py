"""A policy and each of its forms as a Word file: of a draft a copy to work on, of an approved version one to read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

from policygen.html.labels import NOT_APPROVED, Stamp, full_title
from policygen.language import document as d
from policygen.word.flow import Flow, Para, Turn
from policygen.word.front import end_flow, form_front, front_flow, running_foot
from policygen.word.layout import text_flow
from policygen.word.names import bookmark, id_of, note_bookmark
from policygen.word.package import Cover, docx

_LONGEST_PROPERTY = 255


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
    title, *rest = text.body
    if isinstance(title, Para):  # below the head of the form, and not on a page of its own
        title = replace(title, fresh=False)
    flow = replace(text, body=(*form_front(document, stamp), title, *rest))
    named = full_title(document, stamp, " ".join(d.plain(form.title).split()))
    return docx(flow, cover_of(document, stamp, "form", named), images)


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
            **_kept(_hashed(document)),
        },
    )


def _hashed(document: d.Document) -> dict[str, str]:
    """The ids that are too long for the name of a bookmark, by its name."""
    found = {}
    for node in d.walk(document.parts):
        identity = getattr(node, "id", "")
        is_note = isinstance(node, d.FootnoteMark | d.Footnote)
        name = note_bookmark(identity) if is_note else bookmark(identity)
        if id_of(name, {}) != identity:
            found[name] = identity
    return found


def _kept(ids: Mapping[str, str]) -> dict[str, str]:
    """These ids as properties, each of a length that Word keeps."""
    texts = ["{}"]
    for name, identity in sorted(ids.items()):
        longer = json.dumps({**json.loads(texts[-1]), name: identity})
        if len(longer) > _LONGEST_PROPERTY:
            longer = json.dumps({name: identity})
            texts.append("")
        texts[-1] = longer
    return {f"policygen.ids{f'.{at}' if at else ''}": text for at, text in enumerate(texts)}
