"""The words that every product prints beside the author's own: what a copy is, how a version stands, for whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from policygen.ground.wording import months_after, printed_day

if TYPE_CHECKING:
    from policygen.language.document import Document, VersionRow

NOT_APPROVED = "Draft, not yet approved"
NOT_MINUTED = "Not yet minuted"
CALLOUTS = {"remember": "Remember", "key-points": "Key points"}
AUDIENCES = {
    "staff": "For staff",
    "pupils": "For pupils",
    "parents": "For parents and carers",
    "headteachers": "For headteachers",
    "everyone": "For everyone",
}
LOCAL = {"replaced": "School’s own wording", "added": "Added by the school"}
"""What a draft says of a clause that is not the issuer's."""
_FIRST = ("1", "1.0")


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a copy says about its own standing."""

    mode: Literal["draft", "approved"]
    content_code: str
    """The short code of the content digest."""

    @property
    def draft(self) -> bool:
        """Whether the copy is still to be approved."""
        return self.mode == "draft"


def full_title(document: Document, stamp: Stamp, what: str = "") -> str:
    """The title of a page or PDF: "Draft: Laptop form, Acceptable use – Elm Grove Primary School"."""
    title = f"{what}, {document.title}" if what else document.title
    return f"{'Draft: ' if stamp.draft else ''}{title} – {document.school_name}"


def status(document: Document, stamp: Stamp) -> str:
    """How the version stands: a draft, or approved on which day and under which minute."""
    if stamp.draft or not document.versions:
        return NOT_APPROVED
    last = document.versions[-1]
    minute = f", minute {last.minute}" if last.minute else ""
    return f"Approved {version_date(last)}{minute}"


def version_date(row: VersionRow, *, first: bool = False) -> str:
    """The date of a version, or that it has none yet; the first row of a history may be the first approval."""
    if row.date is None:
        return NOT_APPROVED
    note = " (date of first approval)" if first and row.version in _FIRST else ""
    return f"{printed_day(row.date)}{note}"


def version_minute(row: VersionRow) -> str:
    """The minute number of a version, or that it has none."""
    if row.minute:
        return row.minute
    return "None recorded" if row.date else NOT_MINUTED


def review(months: int) -> str:
    """How often a policy is reviewed: "every 2 years", "every 18 months"."""
    number, unit = (months // 12, "year") if months % 12 == 0 else (months, "month")
    return f"every {unit}" if number == 1 else f"every {number} {unit}s"


def audience_title(audience: str) -> str:
    """The title of an extract: "For staff: what this policy asks of you"."""
    return f"{AUDIENCES[audience]}: your part of this policy"


def record_rows(document: Document, stamp: Stamp) -> tuple[tuple[str, str], ...]:
    """The approval record as labels and values, each with one statement. Nothing is left empty."""
    front, last = document.front, document.versions[-1]
    rows = (
        ("School", document.school_name),
        ("Version", f"{document.version}{' (draft)' if stamp.draft else ''}"),
        ("Approval level required", front.level),
        ("Approved by", front.level if last.date else NOT_APPROVED),
        ("Date of approval", version_date(last)),
        ("Minute number", version_minute(last)),
        ("Review", review(document.review_months).capitalize()),
        ("Next review", next_review(document)),
        ("Owner", front.owner),
        ("Model policy", f"{document.issuer_name}, edition {document.edition}"),
        ("Content code", stamp.content_code),
    )
    return tuple((label, value) for label, value in rows if value)


def record_box(document: Document, stamp: Stamp) -> tuple[tuple[str, str, str, str], ...]:
    """The approval record as rows of label, value, label, value. The signature is written by hand."""
    front, last = document.front, document.versions[-1]
    return (
        ("Review frequency", review(document.review_months).capitalize(), "Approval level required", front.level),
        ("Approved by", front.level if last.date else NOT_APPROVED, "Approval date", version_date(last)),
        ("Signed", "", "Print name", front.signatory),
        ("Next review", next_review(document), "Minute number", version_minute(last)),
        ("Version", document.version, "Content code", stamp.content_code),
    )


def next_review(document: Document) -> str:
    """When the version is due for review: so long after its approval."""
    last = document.versions[-1]
    if last.date is None:
        length = review(document.review_months).removeprefix("every ")
        return f"{length if length[0].isdigit() else f'One {length}'} after approval"
    return printed_day(months_after(last.date, document.review_months))
