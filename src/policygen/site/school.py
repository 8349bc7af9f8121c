"""Every file of a school's site, by path below `policies/`, and what its manifest says of each."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from policygen.ground import paths
from policygen.ground.resources import theme
from policygen.html.page import screen_style
from policygen.site.feeds import feed_xml, index_json, sitemap_xml
from policygen.site.fragment import fragment_html, withdrawn_fragment
from policygen.site.frame import (
    FEED,
    FILES,
    FOLDER,
    INDEX,
    SCRIPT,
    SitePage,
    frame_of,
    site_html,
    styled,
)
from policygen.site.frozen import taken_apart
from policygen.site.history import changes_page, history_page
from policygen.site.library import library_page
from policygen.site.missing import missing_page
from policygen.site.parts import file_path
from policygen.site.reading import current_page, draft_page, part_page, version_page
from policygen.site.search import search_page
from policygen.site.shelf import FRAGMENT, Policy, Shelf, frozen_pages
from policygen.site.statement import statement_page


def site_files(shelf: Shelf) -> dict[str, bytes]:
    """The whole site of a school, with `policies/` before each path. The same shelf gives the same bytes."""
    files: dict[str, bytes] = {}
    frame = frame_of(shelf)
    for page in _pages(shelf):
        files[page.path] = site_html(frame, page).encode()
        style = page.style or screen_style(shelf.colour)
        files[styled(style)] = style.encode()
    sources: dict[str, str] = {}
    for policy in shelf.policies:
        for version in policy.versions:
            files |= {file_path(version, name): content for name, content in version.files.items()}
        files[f"{policy.policy_id}/{FRAGMENT}"] = _fragment(policy).encode()
        shown = frozen_pages([version.record for version in policy.versions])
        sources |= {path: record.files[name].sha256 for path, (record, name) in shown.items()}
    files |= _common(shelf)
    made = with_manifest({"school": shelf.school_id}, files, sources)
    return {f"{FOLDER}/{name}": content for name, content in made.items()}


def _fragment(policy: Policy) -> str:
    """The policy for pasting; where it was withdrawn, that it was, for pages that take it from here."""
    if policy.withdrawn:
        return withdrawn_fragment(policy.policy_id, policy.title, policy.withdrawn.words)
    source = policy.current.files[policy.current.page]
    return fragment_html(taken_apart(source), policy.policy_id)


def _pages(shelf: Shelf) -> Iterator[SitePage]:
    yield library_page(shelf)
    yield search_page(shelf)
    yield statement_page(shelf)
    yield missing_page(shelf)
    for policy in shelf.policies:
        yield current_page(shelf, policy)
        yield history_page(shelf, policy)
        yield from _of_versions(shelf, policy)
    for draft in shelf.drafts:
        yield draft_page(draft)


def _of_versions(shelf: Shelf, policy: Policy) -> Iterator[SitePage]:
    for version in policy.versions:
        yield version_page(shelf, policy, version)
        if version.redline is not None:
            yield changes_page(shelf, policy, version, version.redline)
        for part in version.parts:
            yield part_page(policy, version, part)


def _common(shelf: Shelf) -> dict[str, bytes]:
    css = theme("site.css")
    files = {
        styled(css): css.encode(),
        SCRIPT: theme("search.js").encode(),
        FEED: feed_xml(shelf).encode(),
        INDEX: index_json(shelf).encode(),
    }
    if shelf.website:
        files["sitemap.xml"] = sitemap_xml(shelf).encode()
    if shelf.logo:
        files[f"{FILES}/{shelf.logo_name}"] = shelf.logo
    return files


def with_manifest(
    said: Mapping[str, str], files: Mapping[str, bytes], sources: Mapping[str, str]
) -> dict[str, bytes]:
    """With `manifest.json`: size and SHA-256 of each file, and of the frozen file that it shows, under `register`."""
    outputs: dict[str, Any] = {}
    for name, content in sorted(files.items()):
        outputs[name] = {"bytes": len(content), "sha256": _sha256(content)}
        if name in sources:
            outputs[name]["register"] = sources[name]
    manifest = {"manifest": 1, **said, "outputs": outputs}
    return {
        **files,
        paths.MANIFEST: (json.dumps(manifest, ensure_ascii=False, indent=1) + "\n").encode(),
    }


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
