"""Words and small pieces that several pages of a site share."""

from __future__ import annotations

from collections.abc import Iterable

from policygen.ground.dates import printed_day
from policygen.ground.wording import join_and
from policygen.html.elements import element, escape, lines
from policygen.html.labels import AUDIENCES
from policygen.language.document import plain
from policygen.site.shelf import Policy, Version


def policy_path(policy: Policy) -> str:
    """The stable address of the current version."""
    return f"{policy.policy_id}/index.html"


def version_path(policy: Policy, version: Version) -> str:
    """The address of a version for ever."""
    return f"{policy.policy_id}/{version.number}/index.html"


def file_path(version: Version, name: str) -> str:
    """Where a frozen file of a version stands, as it was frozen."""
    return f"{version.record.policy}/{version.number}/{name}"


def part_path(version: Version, part: str) -> str:
    """The page that shows a form or extract: "forms/agreement" stands at forms/agreement/."""
    return f"{version.record.policy}/{version.number}/{part}/index.html"


def history_path(policy: Policy) -> str:
    """The page of all versions."""
    return f"{policy.policy_id}/history/index.html"


def changes_path(policy: Policy, version: Version) -> str:
    """What changed with a version."""
    return f"{policy.policy_id}/{version.number}/changes.html"


def part_title(version: Version, part: str) -> str:
    """What a form or extract is called."""
    kind, name = part.split("/")
    if kind == "extracts":
        return f"{AUDIENCES.get(name, name)}: your part of this policy"
    titles = {form.name: " ".join(plain(form.title).split()) for form in version.document.forms}
    return titles.get(name, name)


def approved_by(version: Version) -> str:
    """Who decided, and when: "Full governing board, 12 November 2026, minute 19.2"."""
    said = (
        f"{each.name}, {printed_day(each.date)}{f', minute {each.minute}' if each.minute else ''}"
        for each in version.approvals
    )
    return join_and(said) or "Not recorded"


def minutes_words(version: Version) -> str:
    """How the minutes of a version stand."""
    return {
        "signed": "Signed",
        "draft": "Draft, to be signed at the next meeting",
        None: "None needed",
    }[version.minutes]


def described(rows: Iterable[tuple[str, str]], class_: str = "described") -> str:
    """Names and what is said of them, of finished words."""
    pairs = (
        element("div", element("dt", escape(name)), element("dd", said))
        for name, said in rows
        if said
    )
    return element("dl", "\n", lines(pairs), "\n", class_=class_)


def size(content: bytes) -> str:
    """How large a file is, as a reader wants to know it: "212 kB"."""
    kilobytes = max(1, round(len(content) / 1000))
    return f"{kilobytes} kB" if kilobytes < 1000 else f"{kilobytes / 1000:.1f} MB"


def link_list(items: Iterable[str], class_: str) -> str:
    """Finished items as a list."""
    return element("ul", "\n", lines(element("li", item) for item in items), "\n", class_=class_)
