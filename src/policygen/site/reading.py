"""The pages on which policies, forms and extracts are read: their words as they were frozen, in the site's frame."""

from __future__ import annotations

from typing import Any, assert_never

from markupsafe import Markup

from policygen.compare.units import units
from policygen.html.elements import joined
from policygen.html.finished import FinishedPage
from policygen.html.page import description
from policygen.register.ends import Superseded, Withdrawn
from policygen.site.frame import SitePage
from policygen.site.frozen import taken_apart, with_standing
from policygen.site.parts import part_path, policy_path, site_part, version_path
from policygen.site.shelf import DraftCopy, Policy, Shelf, Version, lost_rules

_COPIES = (
    ("pdf", "PDF"),
    ("html", "One page that needs no other file (HTML)"),
    ("txt", "Plain text"),
)


def current_page(shelf: Shelf, policy: Policy) -> SitePage:
    """The policy as it is in force, or as it was when it was withdrawn, at the address that stays."""
    lost = [
        (rule, next(version for version in policy.versions if version.number == rule.version))
        for rule in lost_rules(policy)
    ]
    titles = {
        unit.id: f"{unit.label} {unit.heading}".strip() for unit in units(policy.current.document)
    }
    return _policy_page(
        shelf, policy, policy.current, policy_path(policy), lost=lost, titles=titles
    )


def version_page(shelf: Shelf, policy: Policy, version: Version) -> SitePage:
    """A version at the address that is its own for ever; one that is not in force any more says so."""
    path = version_path(policy, version)
    return _policy_page(shelf, policy, version, path, lost=(), titles={})


def _policy_page(
    shelf: Shelf, policy: Policy, version: Version, path: str, **lost: object
) -> SitePage:
    frozen = taken_apart(version.files[version.page])
    whole = [
        (words, name)
        for ending, words in _COPIES
        if (name := f"{policy.policy_id}.{ending}") in version.files
    ]
    body = site_part(
        "reading",
        path,
        policy=policy,
        version=version,
        frozen=frozen,
        shown=_shown(frozen, policy, version, path),
        pdf=f"{policy.policy_id}.pdf",
        whole=whole,
        **lost,
    )
    return SitePage(
        path,
        _titled(frozen.title, version),
        frozen.description,
        [body],
        frozen.style,
        indexed=not version.ended,
        canonical=policy_path(policy),
        imprint=frozen.imprint,
        data=_data(shelf, version),
    )


def part_page(policy: Policy, version: Version, part: str) -> SitePage:
    """A form or extract of a version."""
    path = part_path(version, part)
    frozen = taken_apart(version.files[f"{part}.html"])
    body = site_part(
        "reading_part",
        path,
        policy=policy,
        version=version,
        frozen=frozen,
        shown=_shown(frozen, policy, version, path),
        pdf=f"{part}.pdf",
    )
    return SitePage(
        path,
        _titled(frozen.title, version),
        frozen.description,
        [body],
        frozen.style,
        indexed=not version.ended,
        imprint=frozen.imprint,
    )


def draft_path(draft: DraftCopy) -> str:
    """Where a draft stands: its name says what it is."""
    return f"{draft.document.policy_id}/draft/{draft.document.policy_id}-draft.html"


def draft_page(draft: DraftCopy) -> SitePage:
    """A draft that is shown before it is approved."""
    frozen, path = taken_apart(draft.page), draft_path(draft)
    return SitePage(
        path,
        frozen.title,
        f"Draft, not approved: {description(draft.document)}",
        [site_part("reading_draft", path, draft=draft, frozen=frozen)],
        frozen.style,
        indexed=False,
        imprint=frozen.imprint,
    )


def _shown(frozen: FinishedPage, policy: Policy, version: Version, path: str) -> Markup:
    """The body of a frozen page; its panel says how a version has ended, with the way to what is in force."""
    if version.ended is None:
        return frozen.body
    way = site_part("reading_now", path, policy=policy, version=version)
    said = joined((version.ended.words, ". ", way)) if way.strip() else version.ended.words
    return with_standing(frozen.body, said)


def _titled(title: str, version: Version) -> str:
    match version.ended:
        case None:
            return title
        case Superseded():
            return f"Superseded: {title} (version {version.number})"
        case Withdrawn():
            return f"Withdrawn: {title} (version {version.number})"
        case _:
            assert_never(version.ended)


def _data(shelf: Shelf, version: Version) -> dict[str, Any]:
    document = version.document
    said = {
        "@context": "https://schema.org",
        "@type": "DigitalDocument",
        "name": document.title,
        "version": version.number,
        "datePublished": version.record.released.isoformat(),
        "inLanguage": document.language,
        "publisher": {"@type": "School", "name": shelf.name},
    }
    if version.ended:
        said["expires"] = version.ended.on.isoformat()
    return said
