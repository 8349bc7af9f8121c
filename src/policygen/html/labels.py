"""The words that every product prints beside the author's own: what a copy is, how a version stands, for whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from policygen.ground.dates import printed_day, printed_due, review_due
from policygen.ground.wording import sentence_case
from policygen.language.document import ApprovalRow, Document, VersionRow

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
LOCAL = {
    "replaced": "School’s own wording",
    "added": "Added by the school",
    "deviation": "School’s own wording, which departs from agreed wording with leave",
}
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
    last, decided = document.versions[-1], _decided(document)
    minute = f", minute {decided.minute}" if decided.minute else ""
    since = {"details": "details updated", "editorial": "editorial changes accepted"}.get(
        last.change
    )
    later = f"; {since} {version_date(last)}" if since else ""
    return f"Approved {printed_day(decided.date) if decided.date else NOT_APPROVED}{minute}{later}"


def _decided(document: Document) -> ApprovalRow | VersionRow:
    """The last decision that stands for a version; of one from before policygen, its row of the history."""
    approvals = document.front.approvals
    return approvals[-1] if approvals else document.versions[-1]


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
    if row.change == "details":
        return "None needed"
    return "None recorded" if row.date else NOT_MINUTED


def review(document: Document) -> str:
    """How often a policy is reviewed: "every 2 years", "every 18 months", "every year in Autumn 2"."""
    term = f" in {document.review_term}" if document.review_term else ""
    return f"every {_length(document.review_months)}{term}"


def _length(months: int) -> str:
    number, unit = (months // 12, "year") if months % 12 == 0 else (months, "month")
    return unit if number == 1 else f"{number} {unit}s"


def audience_title(audience: str) -> str:
    """The title of an extract: "For staff: what this policy asks of you"."""
    return f"{AUDIENCES[audience]}: your part of this policy"


def record_rows(document: Document, stamp: Stamp) -> tuple[tuple[str, str], ...]:
    """The approval record as labels and values, each with one statement. Nothing is left empty."""
    front = document.front
    by, day, minute = _approval(document)
    rows = (
        ("School", document.school_name),
        ("Version", f"{document.version}{' (draft)' if stamp.draft else ''}"),
        ("Approval level required", front.level),
        *_first_approval(document),
        ("Approved by", by),
        ("Date of approval", day),
        ("Minute number", minute),
        *_delegated(document),
        ("Review", sentence_case(review(document))),
        ("Next review", next_review(document)),
        ("Owner", front.owner),
        ("Model policy", f"{document.issuer_name}, edition {document.edition}"),
        ("Content code", stamp.content_code),
    )
    return tuple((label, value) for label, value in rows if value)


def record_box(document: Document, stamp: Stamp) -> tuple[tuple[str, str, str, str], ...]:
    """The approval record as rows of label, value, label, value. Signatures are written by hand."""
    front = document.front
    by, day, minute = _approval(document)
    first = _first_approval(document)
    beside = (*first, ("Print name", front.approvals[0].signatory)) if first else ()
    return (
        (
            "Review frequency",
            sentence_case(review(document)),
            "Approval level required",
            front.level,
        ),
        *((*one, *other) for one, other in zip(beside[::2], beside[1::2], strict=True)),
        ("Approved by", by, "Approval date", day),
        ("Signed", "", "Print name", front.signatory),
        ("Next review", next_review(document), "Minute number", minute),
        ("Version", document.version, "Content code", stamp.content_code),
    )


def _approval(document: Document) -> tuple[str, str, str]:
    """By whom, on which day and under which minute a version was approved: the last of two bodies."""
    front, last = document.front, document.versions[-1]
    if front.approvals:
        decided = front.approvals[-1]
        return decided.by, printed_day(decided.date), decided.minute or "None recorded"
    return front.level if last.date else NOT_APPROVED, version_date(last), version_minute(last)


def _first_approval(document: Document) -> tuple[tuple[str, str], ...]:
    """The same of the first of two bodies; nothing where one alone decides."""
    return tuple(
        pair
        for each in document.front.approvals[:-1]
        for pair in (
            ("First approved by", each.by),
            ("Date of first approval", printed_day(each.date)),
            ("Minute number of first approval", each.minute),
        )
    )


def _delegated(document: Document) -> tuple[tuple[str, str], ...]:
    minutes = [each.delegation for each in document.front.approvals if each.delegation]
    return (("Decided under delegation", f"Minute {minutes[-1]}"),) if minutes else ()


def next_review(document: Document) -> str:
    """When the version is due for review: so long after its approval, or in which slot of the school year."""
    day, term = _decided(document).date, document.review_term
    if day is None:
        length = _length(document.review_months)
        after = f"{length if length[0].isdigit() else f'One {length}'} after approval"
        return f"{after} in {term}" if term else after
    return printed_due(review_due(day, document.review_months, term), term)
