"""The words that every product prints beside the author's own: what a copy is, how a version stands, for whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, assert_never

from policygen.compose.record import decided
from policygen.ground.dates import printed_day, printed_due, review_due
from policygen.ground.wording import lower_first, sentence_case
from policygen.language.document import ApprovalRow, Document, Signatory, VersionRow, plain
from policygen.register.ends import End

NOT_APPROVED = "Draft, not yet approved"
NOT_DATED = "Not yet approved"
NOT_MINUTED = "Not yet minuted"
STATUS = "Status"
VERSIONS = "Versions and amendments"
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
_LATER = {"details": "Details updated", "editorial": "Editorial changes accepted"}
"""What a version changed that no board had to decide anew."""
_Rows = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a copy says about its own standing."""

    mode: Literal["draft", "approved"]
    content_code: str
    """The short code of the content digest."""
    end: End | None = None
    """How it ceased to be in force; None for a draft, and for what is in force or to be frozen."""

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
    """How the version stands: a draft, superseded, withdrawn, or approved on which day and under which minute."""
    if stamp.end:
        return stamp.end.words
    if stamp.draft or not document.versions:
        return NOT_APPROVED
    last, decision = document.versions[-1], decided(document)
    if decision.date is None:
        return NOT_APPROVED
    said = f"Approved {printed_day(decision.date)}"
    if decision.minute:
        said += f", minute {decision.minute}"
    if last.change in _LATER:
        said += f"; {lower_first(_LATER[last.change])} {version_date(last)}"
    return said


def version_date(row: VersionRow, *, first: bool = False) -> str:
    """The date of a version, or that it has none yet; the first row of a history may be the first approval."""
    if row.undated:
        return "Not recorded"
    if row.date is None:
        return NOT_DATED
    note = " (date of first approval)" if first and row.version in _FIRST else ""
    return f"{printed_day(row.date)}{note}"


def version_minute(row: VersionRow) -> str:
    """The minute number of a version, or that it has none."""
    if row.minute:
        return row.minute
    if row.change == "details":
        return "None needed"
    if row.date is None and not row.undated:
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


def record_rows(document: Document, stamp: Stamp) -> _Rows:
    """What the first page says of a version, as labels and values of one statement each. Nothing is left empty.

    It is the same for every kind of record, on paper, on the screen and in plain text.
    """
    if not document.school_id:
        return _model_rows(document, stamp)
    front = document.front
    school, version = "", document.version
    if front.record == "table":
        school = document.school_name
    if stamp.draft:
        version = f"{version} (draft)"
    rows = (
        ("School", school),
        (STATUS, _standing(document, stamp)),
        ("Version", version),
        ("Approval level required", front.level),
        *_first_approval(document),
        *_approval(document, stamp),
        *_delegated(document),
        *_later(document),
        ("Review", sentence_case(review(document))),
        ("Next review", next_review(document)),
        ("Owner", front.owner),
        *((row.label, sentence_case(plain(row.said))) for row in front.rows),
        ("Content code", stamp.content_code),
        ("Model policy", f"{document.issuer_name}, edition {document.edition}"),
    )
    return tuple((label, value) for label, value in rows if value)


def _model_rows(document: Document, stamp: Stamp) -> _Rows:
    """The same of a model policy, which no school has adopted yet."""
    issued = document.versions[-1].date
    rows = (
        (STATUS, "Model policy, not the policy of any school"),
        ("Issued by", document.issuer_name),
        ("Edition", document.edition),
        ("Date of issue", printed_day(issued) if issued else ""),
        ("Approval level required", document.front.level),
        ("Review", sentence_case(review(document))),
        ("Content code", stamp.content_code),
    )
    return tuple((label, value) for label, value in rows if value)


def signatories(document: Document) -> tuple[Signatory, ...]:
    """Who signs by hand: of a box for the bodies that decide, then whom the model policy names beside them."""
    signing = []
    if document.front.record == "box":
        signing += _for_the_bodies(document)
    known = {signatory.role for signatory in signing}
    signing += [other for other in document.front.signatories if other.role not in known]
    return tuple(signing)


def _for_the_bodies(document: Document) -> list[Signatory]:
    """Who signs for each body that decides; without a name where none may print."""
    front = document.front
    if not front.approvals:
        return _in_office(front.office, front.signatory)
    signing = []
    for approval in front.approvals:
        signing += _in_office(approval.office or front.office, approval.signatory)
    return signing


def _in_office(office: str, signatory: str) -> list[Signatory]:
    """One signatory. What was recorded may be the office, or a name whose office was not kept yet."""
    if signatory in ("", office):
        return [Signatory(office)] if office else []
    return [Signatory(office or signatory, signatory if office else "")]


def _standing(document: Document, stamp: Stamp) -> str:
    """Whether a version is a draft, superseded, withdrawn, or since when it is in force."""
    if stamp.end:
        return stamp.end.words
    since = document.versions[-1].date
    if stamp.draft or since is None:
        return NOT_APPROVED
    return f"Approved, in force from {printed_day(since)}"


def _approval(document: Document, stamp: Stamp) -> _Rows:
    """By whom, on which day and under which minute a version was approved: the last of two bodies."""
    front, decision = document.front, decided(document)
    body = front.body or front.level
    match decision:
        case ApprovalRow():
            body, day = decision.by, printed_day(decision.date)
            minute = decision.minute or "None recorded"
        case VersionRow():
            day, minute = version_date(decision), version_minute(decision)
        case _:
            assert_never(decision)
    label = "Approved by"
    if stamp.draft or decision.date is None:
        label = "To be approved by"
    return (label, body), ("Date of approval", day), ("Minute number", minute)


def _first_approval(document: Document) -> _Rows:
    """The same of the first of two bodies; nothing where one alone decides."""
    rows: list[tuple[str, str]] = []
    for approval in document.front.approvals[:-1]:
        rows += [
            ("First approved by", approval.by),
            ("Date of first approval", printed_day(approval.date)),
            ("Minute number of first approval", approval.minute),
        ]
    return tuple(rows)


def _delegated(document: Document) -> _Rows:
    for approval in reversed(document.front.approvals):
        if approval.delegation:
            return (("Decided under delegation", f"Minute {approval.delegation}"),)
    return ()


def _later(document: Document) -> _Rows:
    """What came after the last decision without a new one, and when."""
    last = document.versions[-1]
    if last.change not in _LATER or last.date is None:
        return ()
    return ((_LATER[last.change], printed_day(last.date)),)


def next_review(document: Document) -> str:
    """When the version is due for review: so long after its approval, or in which slot of the school year."""
    day, term = decided(document).date, document.review_term
    if day is None:
        length = sentence_case(_length(document.review_months))
        return f"{length} after approval{_in_term(document)}"
    return printed_due(review_due(day, document.review_months, term), term)
