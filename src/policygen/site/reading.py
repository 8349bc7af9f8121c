"""The pages on which policies, forms and extracts are read: their words as they were frozen, in the site's frame."""

from __future__ import annotations

from typing import Any

from policygen.compare.units import units
from policygen.ground.dates import printed_day
from policygen.html.elements import element, escape, heading, lines
from policygen.html.page import MAIN, description
from policygen.site.frame import SitePage, link
from policygen.site.frozen import taken_apart
from policygen.site.parts import (
    changes_path,
    file_path,
    history_path,
    link_list,
    part_path,
    part_title,
    policy_path,
    size,
    version_path,
)
from policygen.site.shelf import DraftCopy, LostRule, Policy, Shelf, Version, lost_rules

_COPIES = "site_copies"
"""Ids of the frame have an underscore, which keeps them apart from those that authors give."""


def current_page(shelf: Shelf, policy: Policy) -> SitePage:
    """The policy as it is in force, at the address that stays."""
    version, path = policy.current, policy_path(policy)
    return _policy_page(shelf, policy, version, path, after=_lost(policy, path))


def version_page(shelf: Shelf, policy: Policy, version: Version) -> SitePage:
    """A version at the address that is its own for ever; one that was superseded says so, and by what."""
    return _policy_page(shelf, policy, version, version_path(policy, version))


def _policy_page(
    shelf: Shelf, policy: Policy, version: Version, path: str, after: str = ""
) -> SitePage:
    frozen = taken_apart(version.files[version.page])
    body = (
        _standing(policy, version, path),
        _ways(policy, version, path),
        element("div", "\n", frozen.body, "\n", class_=f"frozen {frozen.class_}"),
        after,
        _copies(policy, version, path),
    )
    return SitePage(
        path,
        _titled(frozen.title, version),
        frozen.description,
        body,
        frozen.style,
        indexed=not version.superseded_on,
        canonical=policy_path(policy),
        imprint=frozen.imprint,
        data=_data(shelf, version),
    )


def part_page(policy: Policy, version: Version, part: str) -> SitePage:
    """A form or extract of a version."""
    path = part_path(version, part)
    frozen = taken_apart(version.files[f"{part}.html"])
    back = element(
        "a",
        escape(f"Back to {version.document.title}"),
        href=link(path, version_path(policy, version)),
    )
    ways = [back]
    if (pdf := f"{part}.pdf") in version.files:
        words = f"PDF to print ({size(version.files[pdf])})"
        ways.append(element("a", words, href=link(path, file_path(version, pdf))))
    return SitePage(
        path,
        _titled(frozen.title, version),
        frozen.description,
        (
            _standing(policy, version, path),
            link_list(ways, "ways"),
            element("div", "\n", frozen.body, "\n", class_=f"frozen {frozen.class_}", id=MAIN),
        ),
        frozen.style,
        indexed=not version.superseded_on,
        imprint=frozen.imprint,
    )


def draft_path(draft: DraftCopy) -> str:
    """Where a draft stands: its name says what it is."""
    return f"{draft.document.policy_id}/draft/{draft.document.policy_id}-draft.html"


def draft_page(draft: DraftCopy) -> SitePage:
    """A draft that is shown before it is approved."""
    frozen = taken_apart(draft.page)
    notice = element(
        "p",
        element("strong", "This is a draft."),
        f" Version {escape(draft.document.version)} has not been approved and is not in force.",
        class_="standing",
    )
    body = element("div", "\n", frozen.body, "\n", class_=f"frozen {frozen.class_}")
    title, said = frozen.title, f"Draft, not approved: {description(draft.document)}"
    return SitePage(
        draft_path(draft),
        title,
        said,
        (notice, body),
        frozen.style,
        indexed=False,
        imprint=frozen.imprint,
    )


def _titled(title: str, version: Version) -> str:
    return f"Superseded: {title} (version {version.number})" if version.superseded_on else title


def _standing(policy: Policy, version: Version, path: str) -> str:
    """The notice on a version that is no longer in force."""
    if version.superseded_on is None:
        return ""
    after = element(
        "a",
        f"Read the current version, {escape(policy.current.number)}",
        href=link(path, policy_path(policy)),
    )
    says = f"Superseded on {printed_day(version.superseded_on)} by version {escape(version.superseded_by)}."
    return element("p", element("strong", says), " ", after, class_="standing")


def _ways(policy: Policy, version: Version, path: str) -> str:
    """The shortest ways from a policy: its PDF, its forms, its history."""
    found = []
    if (pdf := f"{policy.policy_id}.pdf") in version.files:
        words = f"PDF ({size(version.files[pdf])})"
        found.append(element("a", words, href=link(path, file_path(version, pdf))))
    if version.parts:
        found.append(element("a", "Forms and parts", href=f"#{_COPIES}"))
    found.append(element("a", "History and changes", href=link(path, history_path(policy))))
    return element("nav", "\n", link_list(found, "ways"), "\n", aria_label="This policy")


def _copies(policy: Policy, version: Version, path: str) -> str:
    """Every copy of a version: pages, PDFs, the page in one file, plain text; forms and extracts."""
    whole = []
    for ending, words in (
        ("pdf", "PDF"),
        ("html", "One page that needs no other file (HTML)"),
        ("txt", "Plain text"),
    ):
        name = f"{policy.policy_id}.{ending}"
        if name in version.files:
            whole.append(_file(version, name, words, path, download=ending == "html"))
    parts = [_part(version, part, path) for part in version.parts]
    here = link(path, version_path(policy, version))
    ways = [
        element("a", "All versions and approvals", href=link(path, history_path(policy))),
        element("a", f"Permanent address of version {escape(version.number)}", href=here),
    ]
    if version.redline is not None:
        ways.insert(
            1,
            element(
                "a", "What changed in this version", href=link(path, changes_path(policy, version))
            ),
        )
    inside = (
        heading(2, "Copies, forms and history", id=f"{_COPIES}_title"),
        lines((heading(3, "Forms and parts of this policy"), link_list(parts, "files")))
        if parts
        else "",
        heading(3, "The whole policy"),
        link_list(whole, "files"),
        heading(3, "Versions"),
        link_list(ways, "files"),
    )
    return element(
        "section",
        "\n",
        lines(inside),
        "\n",
        class_="copies",
        id=_COPIES,
        aria_labelledby=f"{_COPIES}_title",
    )


def _file(version: Version, name: str, words: str, path: str, *, download: bool = False) -> str:
    said = f"{words} ({size(version.files[name])})"
    target = link(path, file_path(version, name))
    return element("a", escape(said), href=target, download="" if download else None)


def _part(version: Version, part: str, path: str) -> str:
    title = part_title(version, part)
    read = element("a", escape(title), href=link(path, part_path(version, part)))
    if (pdf := f"{part}.pdf") not in version.files:
        return read
    words = element("span", f" of {escape(title)}", class_="spoken")
    paper = element(
        "a",
        f"PDF{words} ({size(version.files[pdf])})",
        href=link(path, file_path(version, pdf)),
        class_="beside",
    )
    return f"{read} {paper}"


def _lost(policy: Policy, path: str) -> str:
    """Where old links to rules that moved or went lead: to a line that says what became of them."""
    found = lost_rules(policy)
    if not found:
        return ""
    titles = {
        unit.id: f"{unit.label} {unit.heading}".strip() for unit in units(policy.current.document)
    }
    items = lines(_lost_line(policy, each, titles, path) for each in found)
    title = heading(2, "Rules of earlier versions", id="site_earlier_title")
    words = element(
        "p", "If a link brought you here: this is what became of the rule that it was made for."
    )
    inside = lines((title, words, element("ul", "\n", items, "\n")))
    return element(
        "section", "\n", inside, "\n", class_="earlier", aria_labelledby="site_earlier_title"
    )


def _lost_line(policy: Policy, rule: LostRule, titles: dict[str, str], path: str) -> str:
    version = next(each for each in policy.versions if each.number == rule.version)
    target = f"{link(path, version_path(policy, version))}#{rule.id}"
    name = f"{rule.label} {rule.heading}".strip()
    was = element("a", escape(f"{name} in version {rule.version}"), href=target)
    now = [element("a", escape(titles[each]), href=f"#{each}") for each in rule.now]
    says = f" is now {' and '.join(now)}." if now else " is no longer part of this policy."
    return element("li", was, says, id=rule.id)


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
    if version.superseded_on:
        said["expires"] = version.superseded_on.isoformat()
    return said
