"""What a copy is, for programs: written once into each page and PDF, and read back from there and nowhere else."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Literal

from policygen.html.labels import Stamp
from policygen.language.document import Document

NAME = "policygen"
"""Of the `meta` element of a page, and of the entry in the document information of a PDF."""

Standing = Literal["draft", "approved"]


@dataclass(frozen=True, slots=True)
class Imprint:
    """Which version of which policy a copy shows, and how it stands."""

    standing: Standing
    title: str
    """Of the policy."""
    version: str
    school: str
    """The id of the school; empty where only its name is known, as in copies that older versions made."""
    school_name: str
    policy: str
    """Its id; empty in the same cases."""
    edition: str
    content: str
    """The content code."""
    part: str = ""
    """The title of a form, extract or sheet; empty for the whole policy."""

    @property
    def draft(self) -> bool:
        """Whether the copy is still to be approved."""
        return self.standing == "draft"


def imprint_of(document: Document, stamp: Stamp, part: str = "") -> Imprint:
    """What a copy of a document says about itself."""
    return Imprint(
        standing=stamp.mode,
        title=document.title,
        version=document.version,
        school=document.school_id,
        school_name=document.school_name,
        policy=document.policy_id,
        edition=document.edition,
        content=stamp.content_code,
        part=part,
    )


def written(imprint: Imprint) -> str:
    """An imprint as it stands in a page or PDF."""
    return json.dumps(asdict(imprint), ensure_ascii=False)


def read(text: str) -> Imprint | None:
    """An imprint read back; None for a text that is none."""
    try:
        fields = json.loads(text)
        imprint = Imprint(**fields)
    except (ValueError, TypeError):
        return None
    if not all(isinstance(value, str) for value in fields.values()):
        return None
    return imprint if imprint.standing in ("draft", "approved") else None
