"""What happened to a policy: every version, who approved it, why it was made and what changed."""

from __future__ import annotations

from policygen.compare.summary import Redline
from policygen.ground.dates import printed_day
from policygen.ground.wording import sentence_case
from policygen.html.elements import element, escape, heading, lines
from policygen.html.page import MAIN
from policygen.html.redline import redline_html
from policygen.language.document import VersionRow
from policygen.site.frame import SitePage, link
from policygen.site.frozen import taken_apart
from policygen.site.parts import (
    approved_by,
    changes_path,
    described,
    file_path,
    history_path,
    link_list,
    minutes_words,
    policy_path,
    size,
    version_path,
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
    versions = lines(_version(policy, each, path) for each in reversed(policy.versions))
    main = lines((versions, _earlier(policy)))
    back = element("a", escape(f"Back to {policy.title}"), href=link(path, policy_path(policy)))
    header = (
        element("p", escape(shelf.name), class_="school"),
        heading(1, "History: ", escape(policy.title)),
        element(
            "p",
            "Every approved version is kept here as it was approved, with what changed.",
            class_="lead",
        ),
    )
    return SitePage(
        path,
        f"History: {policy.title} – {shelf.name}",
        f"All versions of {policy.title} of {shelf.name}: approvals, reasons and changes",
        (
            link_list([back], "ways"),
            element("header", "\n", lines(header), "\n", class_="site-head"),
            element("main", "\n", main, "\n", id=MAIN),
        ),
    )


def changes_page(shelf: Shelf, policy: Policy, version: Version, redline: Redline) -> SitePage:
    """The redline of a version against the one before it."""
    path = changes_path(policy, version)
    made = taken_apart(redline_html(redline, medium="screen").encode())
    ways = [
        element(
            "a",
            escape(f"Version {version.number} of {policy.title}"),
            href=link(path, version_path(policy, version)),
        ),
        element("a", "History and changes", href=link(path, history_path(policy))),
    ]
    return SitePage(
        path,
        f"Version {version.number}, what changed: {policy.title} – {shelf.name}",
        made.description,
        (
            link_list(ways, "ways"),
            element("div", "\n", made.body, "\n", class_=f"frozen {made.class_}", id=MAIN),
        ),
        made.style,
        indexed=not version.superseded_on,
    )


def _version(policy: Policy, version: Version, path: str) -> str:
    record = version.record
    until = version.superseded_on
    current = element("span", "In force", class_="badge") if until is None else ""
    title = element(
        "a", escape(f"Version {version.number}"), href=link(path, version_path(policy, version))
    )
    ended = (
        f" until {printed_day(until)}, then version {escape(version.superseded_by)}"
        if until
        else ""
    )
    rows = (
        ("In force", f"From {printed_day(record.released)}{ended}"),
        ("Why", escape(sentence_case(record.amendment.reason))),
        ("Author", escape(record.amendment.author)),
        ("Kind of change", _CLASSES[record.change]),
        *_decision(version),
        ("Model policy", escape(f"{record.issuer}, edition {record.edition}")),
        ("Content code", escape(record.content.code)),
    )
    inside = (
        heading(2, lines((title, current))),
        described(rows),
        link_list(_ways(policy, version, path), "ways"),
    )
    return element(
        "section", "\n", lines(inside), "\n", class_="version", id=f"version_{version.number}"
    )


def _decision(version: Version) -> tuple[tuple[str, str], ...]:
    if version.record.approvals:
        return (("Approved by", escape(approved_by(version))), ("Minutes", minutes_words(version)))
    if version.approvals:
        return (("Approval that stands", escape(approved_by(version))),)
    return (("Approved by", "Not recorded"),)


def _ways(policy: Policy, version: Version, path: str) -> list[str]:
    of = element("span", f" version {escape(version.number)}", class_="spoken")
    found = [element("a", f"Read{of}", href=link(path, version_path(policy, version)))]
    if (pdf := f"{policy.policy_id}.pdf") in version.files:
        words = f"PDF{of} ({size(version.files[pdf])})"
        found.append(element("a", words, href=link(path, file_path(version, pdf))))
    if version.redline is not None:
        target = link(path, changes_path(policy, version))
        found.append(
            element(
                "a",
                f"What changed{element('span', f' in version {escape(version.number)}', class_='spoken')}",
                href=target,
            )
        )
    return found


def _earlier(policy: Policy) -> str:
    """Rows of the history from before the register."""
    if not policy.earlier:
        return ""
    note = "These versions were approved before the register began. Their text is not kept here and cannot be verified."
    items = lines(_earlier_item(row) for row in reversed(policy.earlier))
    inside = (heading(2, "Before the register"), element("p", note), items)
    return element("section", "\n", lines(inside), "\n", class_="before")


def _earlier_item(row: VersionRow) -> str:
    rows = (
        ("Date", printed_day(row.date) if row.date else "Not recorded"),
        ("Why", escape(row.reason or "Not recorded")),
        ("Author", escape(row.author or "Not recorded")),
        ("Minute", escape(row.minute or "None recorded")),
    )
    title = heading(
        3,
        escape(f"Version {row.version}"),
        " ",
        element("span", "Not verifiable", class_="badge plain"),
    )
    return lines((title, described(rows)))
