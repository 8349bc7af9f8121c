"""What happened to a policy: every version, who approved it, why it was made and what changed."""

from __future__ import annotations

from policygen.compare.summary import Redline
from policygen.ground.wording import sentence_case
from policygen.html.labels import STATUS
from policygen.html.redline import redline_html
from policygen.register.ends import Withdrawn
from policygen.site.frame import SitePage
from policygen.site.frozen import taken_apart
from policygen.site.parts import (
    approved_by,
    changes_path,
    history_path,
    in_force,
    minutes_words,
    site_part,
)
from policygen.site.shelf import Policy, Shelf, Version

_CLASSES = {
    "details": "Details only (names, telephone numbers)",
    "editorial": "Editorial",
    "material": "Material",
    "review": "Reviewed without a change",
}


def history_page(shelf: Shelf, policy: Policy) -> SitePage:
    """All versions, the latest first, with those from before the register, of which nothing can be verified."""
    path = history_path(policy)
    versions = [(version, _rows(version)) for version in reversed(policy.versions)]
    return SitePage(
        path,
        f"History: {policy.title} – {shelf.name}",
        f"All versions of {policy.title} of {shelf.name}: approvals, reasons and changes",
        [site_part("history", path, shelf=shelf, policy=policy, versions=versions)],
    )


def changes_page(shelf: Shelf, policy: Policy, version: Version, redline: Redline) -> SitePage:
    """The redline of a version against the one before it."""
    path = changes_path(policy, version)
    shown = taken_apart(redline_html(redline, medium="screen").encode())
    return SitePage(
        path,
        f"Version {version.number}, what changed: {policy.title} – {shelf.name}",
        shown.description,
        [site_part("changes", path, policy=policy, version=version, shown=shown)],
        shown.style,
        indexed=not version.ended,
    )


def _rows(version: Version) -> list[tuple[str, str]]:
    """What is known of a version."""
    record = version.record
    return [
        (STATUS, version.ended.words if version.ended else ""),
        ("In force", in_force(version)),
        ("Why withdrawn", version.ended.reason if isinstance(version.ended, Withdrawn) else ""),
        ("Why", sentence_case(record.amendment.reason)),
        ("Author", record.amendment.author),
        ("Kind of change", _CLASSES[record.change]),
        *_decision(version),
        *(("Correction", said) for said in version.corrections),
        ("Model policy", f"{record.issuer}, edition {record.edition}"),
        ("Content code", record.content.code),
    ]


def _decision(version: Version) -> tuple[tuple[str, str], ...]:
    if version.record.approvals:
        return (("Approved by", approved_by(version)), ("Minutes", minutes_words(version)))
    if version.approvals:
        return (("Approval that stands", approved_by(version)),)
    return (("Approved by", "Not recorded"),)
