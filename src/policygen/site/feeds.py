"""What other programs read: an Atom feed of versions, a sitemap, and an index of everything with its digest."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Iterator
from typing import Any

from policygen.ground.wording import lower_first, sentence_case
from policygen.html.elements import element, escape, lines
from policygen.register.due import unique_id
from policygen.register.ends import Superseded, Withdrawn
from policygen.site.frame import FEED, LIBRARY, SEARCH, STATEMENT, address
from policygen.site.parts import (
    approved_by,
    file_path,
    history_path,
    in_force,
    policy_path,
    version_path,
)
from policygen.site.shelf import FRAGMENT, Policy, Shelf, Version

News = tuple[Policy, Version, Withdrawn | None]
"""A version that came into force, or how it was withdrawn."""


def feed_xml(shelf: Shelf) -> str:
    """Every version and withdrawal of every policy, the latest first.

    Its ids stay the same wherever the site is hosted.
    """
    news: list[News] = []
    for policy in shelf.policies:
        for version in policy.versions:
            news.append((policy, version, None))
            if isinstance(version.ended, Withdrawn):
                news.append((policy, version, version.ended))
    entries = sorted(news, key=_latest_first)
    updated = shelf.updated
    inside = (
        element("title", escape(f"Policy updates – {shelf.name}")),
        element("id", _id(shelf)),
        element("updated", _instant(updated))
        if updated
        else element("updated", "1970-01-01T00:00:00Z"),
        element("author", element("name", escape(shelf.name))),
        _link("alternate", "text/html", _way(shelf, LIBRARY)),
        _link("self", "application/atom+xml", _way(shelf, FEED)),
        *(
            _withdrawal(shelf, policy, version, withdrawn)
            if withdrawn
            else _entry(shelf, policy, version)
            for policy, version, withdrawn in entries
        ),
    )
    body = element("feed", "\n", lines(inside), "\n", xmlns="http://www.w3.org/2005/Atom")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{body}\n'


def _entry(shelf: Shelf, policy: Policy, version: Version) -> str:
    record = version.record
    says = f"{sentence_case(record.amendment.reason)}. In force {lower_first(in_force(version))}."
    if version.ended:
        says += f" {version.ended.words}."
    inside = (
        element("title", escape(f"{version.document.title}, version {version.number}")),
        element("id", _id(shelf, policy.policy_id, version.number)),
        element("updated", _instant(record.released)),
        _link("alternate", "text/html", _way(shelf, version_path(policy, version))),
        element("summary", escape(says)),
    )
    return element("entry", "\n", lines(inside), "\n")


def _withdrawal(shelf: Shelf, policy: Policy, version: Version, withdrawn: Withdrawn) -> str:
    """That a policy was withdrawn, with the address that shows what it was."""
    inside = (
        element("title", escape(f"{version.document.title}: withdrawn")),
        element("id", _id(shelf, policy.policy_id, version.number, "withdrawn")),
        element("updated", _instant(withdrawn.on)),
        _link("alternate", "text/html", _way(shelf, version_path(policy, version))),
        element("summary", escape(f"{withdrawn.words}. {withdrawn.reason}.")),
    )
    return element("entry", "\n", lines(inside), "\n")


def _latest_first(news: News) -> tuple[int, str, int, bool]:
    """The order of the feed: by day, then by policy and version; a withdrawal before the version that it ended."""
    policy, version, withdrawn = news
    day = withdrawn.on if withdrawn else version.record.released
    place = -policy.versions.index(version)
    return -day.toordinal(), policy.policy_id, place, withdrawn is None


def _link(rel: str, type_: str, address: str) -> str:
    return element("link", rel=rel, type=type_, href=address)


def _way(shelf: Shelf, target: str) -> str:
    """The address on the website or, where there is none, relative to the feed."""
    return address(shelf, target) or target


def _id(shelf: Shelf, *names: str) -> str:
    return unique_id(*shelf.identity, *names).urn


def _instant(day: datetime.date) -> str:
    return f"{day.isoformat()}T00:00:00Z"


def sitemap_xml(shelf: Shelf) -> str:
    """The pages that search engines should list: what is in force, and no draft. Only for a school with a website."""
    pages = [(LIBRARY, shelf.updated), (SEARCH, shelf.updated), (STATEMENT, shelf.updated)]
    for policy in shelf.in_force:
        pages += [
            (path, policy.current.record.released)
            for path in (policy_path(policy), history_path(policy))
        ]
    urls = (
        element(
            "url",
            element("loc", escape(address(shelf, path))),
            element("lastmod", day.isoformat()) if day else "",
        )
        for path, day in pages
    )
    body = element(
        "urlset", "\n", lines(urls), "\n", xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
    )
    return f'<?xml version="1.0" encoding="utf-8"?>\n{body}\n'


def index_json(shelf: Shelf) -> str:
    """Every policy and version with its addresses, relative to this file, and the digests of what was frozen."""
    index = {
        "index": 1,
        "school": shelf.name,
        "address": address(shelf, LIBRARY) or None,
        "policies": [_policy(policy) for policy in shelf.policies],
    }
    return json.dumps(index, ensure_ascii=False, indent=1) + "\n"


def _policy(policy: Policy) -> dict[str, Any]:
    return {
        "policy": policy.policy_id,
        "title": policy.title,
        "for": list(policy.current.audiences),
        "purpose": policy.purpose or None,
        "current": None if policy.withdrawn else policy.current.number,
        "withdrawn_on": policy.withdrawn.on.isoformat() if policy.withdrawn else None,
        "replaced_by": policy.instead[0] if policy.instead else None,
        "page": policy_path(policy),
        "fragment": f"{policy.policy_id}/{FRAGMENT}",
        "history": history_path(policy),
        "versions": list(_versions(policy)),
    }


def _versions(policy: Policy) -> Iterator[dict[str, Any]]:
    for version in policy.versions:
        record, ended = version.record, version.ended
        yield {
            "version": version.number,
            "edition": record.edition,
            "content": {"digest": record.content.digest, "code": record.content.code},
            "in_force_from": record.released.isoformat(),
            "superseded_on": ended.on.isoformat() if isinstance(ended, Superseded) else None,
            "superseded_by": ended.by if isinstance(ended, Superseded) else None,
            "withdrawn_on": ended.on.isoformat() if isinstance(ended, Withdrawn) else None,
            "approved": approved_by(version),
            "corrections": list(version.corrections),
            "next_review": record.next_review.isoformat(),
            "page": version_path(policy, version),
            "files": {
                file_path(version, name): {
                    "bytes": len(content),
                    "sha256": hashlib.sha256(content).hexdigest(),
                }
                for name, content in sorted(version.files.items())
            },
        }
