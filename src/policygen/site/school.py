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
from policygen.site.shelf import Policy, Shelf
from policygen.site.statement import statement_page


def site_files(shelf: Shelf) -> dict[str, bytes]:
    """The whole site of a school, with `policies/` before each path. The same shelf gives the same bytes."""
    files: dict[str, bytes] = {}
    sources: dict[str, str] = {}
    frame = frame_of(shelf)
    for page, source in _pages(shelf):
        files[page.path] = site_html(frame, page).encode()
        style = page.style or screen_style(shelf.colour)
        files[styled(style)] = style.encode()
        if source:
            sources[page.path] = _sha256(source)
    for policy in shelf.policies:
        for version in policy.versions:
            files |= {file_path(version, name): content for name, content in version.files.items()}
        name = f"{policy.policy_id}/fragment.html"
        source = policy.current.files[policy.current.page]
        files[name] = _fragment(policy, source).encode()
        sources[name] = _sha256(source)
    files |= _common(shelf)
    made = with_manifest({"school": shelf.school_id}, files, sources)
    return {f"{FOLDER}/{name}": content for name, content in made.items()}


def _fragment(policy: Policy, source: bytes) -> str:
    """The policy for pasting; where it was withdrawn, that it was, for pages that take it from here."""
    if policy.withdrawn:
        return withdrawn_fragment(policy.policy_id, policy.title, policy.withdrawn.words)
    return fragment_html(taken_apart(source), policy.policy_id)


def _pages(shelf: Shelf) -> Iterator[tuple[SitePage, bytes]]:
    """Every page, with the frozen page whose words it shows, if it shows one."""
    yield library_page(shelf), b""
    yield search_page(shelf), b""
    yield statement_page(shelf), b""
    yield missing_page(shelf), b""
    for policy in shelf.policies:
        yield current_page(shelf, policy), policy.current.files[policy.current.page]
        yield history_page(shelf, policy), b""
        yield from _of_versions(shelf, policy)
    for draft in shelf.drafts:
        yield draft_page(draft), b""


def _of_versions(shelf: Shelf, policy: Policy) -> Iterator[tuple[SitePage, bytes]]:
    for version in policy.versions:
        yield version_page(shelf, policy, version), version.files[version.page]
        if version.redline is not None:
            yield changes_page(shelf, policy, version, version.redline), b""
        for part in version.parts:
            yield part_page(policy, version, part), version.files[f"{part}.html"]


def _common(shelf: Shelf) -> dict[str, bytes]:
    css = theme("site.css")
    files = {
        styled(css): css.encode(),
        SCRIPT: theme("search.js").encode(),
        FEED: feed_xml(shelf).encode(),
        "policies.json": index_json(shelf).encode(),
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
