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
_LATER = {"details": "details updated", "editorial": "editorial changes accepted"}
"""What a version changed that no board had to decide anew."""


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
    title = f"{document.title} – {document.school_name}"
    if what:
        title = f"{what}, {title}"
    if stamp.draft:
        title = f"Draft: {title}"
    return title


def status(document: Document, stamp: Stamp) -> str:
    """How the version stands: a draft, or approved on which day and under which minute."""
    if stamp.draft or not document.versions:
        return NOT_APPROVED
    last, decided = document.versions[-1], _decided(document)
    said = f"Approved {printed_day(decided.date) if decided.date else NOT_APPROVED}"
    if decided.minute:
        said += f", minute {decided.minute}"
    if last.change in _LATER:
        said += f"; {_LATER[last.change]} {version_date(last)}"
    return said


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
    if row.date is None:
        return NOT_MINUTED
    return "None recorded"


def review(document: Document) -> str:
    """How often a policy is reviewed: "every 2 years", "every 18 months", "every year in Autumn 2"."""
    length = _length(document.review_months).removeprefix("one ")
    return f"every {length}{_in_term(document)}"


def _in_term(document: Document) -> str:
    if not document.review_term:
        return ""
    return f" in {document.review_term}"


def _length(months: int) -> str:
    """A time in words: "one year", "18 months"."""
    number, unit = months, "month"
    if months % 12 == 0:
        number, unit = months // 12, "year"
    if number == 1:
        return f"one {unit}"
    return f"{number} {unit}s"


def audience_title(audience: str) -> str:
    """The title of an extract: "For staff: what this policy asks of you"."""
    return f"{AUDIENCES[audience]}: your part of this policy"


def record_rows(document: Document, stamp: Stamp) -> tuple[tuple[str, str], ...]:
    """The approval record as labels and values, each with one statement. Nothing is left empty."""
    front = document.front
    by, day, minute = _approval(document)
    version = f"{document.version} (draft)" if stamp.draft else document.version
    rows = (
        ("School", document.school_name),
        ("Version", version),
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
    beside = list(_first_approval(document))
    if beside:
        beside.append(("Print name", front.approvals[0].signatory))
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
    by = front.level if last.date else NOT_APPROVED
    return by, version_date(last), version_minute(last)


def _first_approval(document: Document) -> tuple[tuple[str, str], ...]:
    """The same of the first of two bodies; nothing where one alone decides."""
    rows: list[tuple[str, str]] = []
    for approval in document.front.approvals[:-1]:
        rows += [
            ("First approved by", approval.by),
            ("Date of first approval", printed_day(approval.date)),
            ("Minute number of first approval", approval.minute),
        ]
    return tuple(rows)


def _delegated(document: Document) -> tuple[tuple[str, str], ...]:
    for approval in reversed(document.front.approvals):
        if approval.delegation:
            return (("Decided under delegation", f"Minute {approval.delegation}"),)
    return ()


def next_review(document: Document) -> str:
    """When the version is due for review: so long after its approval, or in which slot of the school year."""
    day, term = _decided(document).date, document.review_term
    if day is None:
        length = sentence_case(_length(document.review_months))
        return f"{length} after approval{_in_term(document)}"
    return printed_due(review_due(day, document.review_months, term), term)
