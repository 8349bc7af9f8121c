"""Words and small pieces that several pages of a site share."""

from __future__ import annotations

from functools import partial

from markupsafe import Markup

from policygen.ground.dates import printed_day, printed_due
from policygen.ground.wording import join_and, sentence_case
from policygen.html.labels import AUDIENCES
from policygen.html.templates import filled
from policygen.language.document import plain
from policygen.site.frame import link
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
    titles = {
        form.name: " ".join(plain(form.title).split()) for form in version.document.every_form
    }
    return titles.get(name, name)


def approved_by(version: Version) -> str:
    """Who decided, and when: "Full governing board, 12 November 2026, minute 19.2"."""
    said = (
        f"{each.name}, {printed_day(each.date)}{f', minute {each.minute}' if each.minute else ''}"
        for each in version.approvals
    )
    return join_and(said) or "Not recorded"


def in_force(version: Version) -> str:
    """From when, and of a superseded version until when: "From 12 March 2026 until 12 November 2026"."""
    said = f"From {printed_day(version.record.released)}"
    if version.ended:
        said += f" until {printed_day(version.ended.on)}"
    return said


def minutes_words(version: Version) -> str:
    """How the minutes of a version stand."""
    return {
        "signed": "Signed",
        "draft": "Draft, to be signed at the next meeting",
        None: "None needed",
    }[version.minutes]


def size(content: bytes) -> str:
    """How large a file is, as a reader wants to know it: "212 kB"."""
    kilobytes = max(1, round(len(content) / 1000))
    return f"{kilobytes} kB" if kilobytes < 1000 else f"{kilobytes / 1000:.1f} MB"


def site_part(name: str, path: str, **values: object) -> Markup:
    """A template for the page at a path: it knows the ways from there, and the words that pages share."""
    return filled(name, **_WORDS, to=partial(link, path), path=path, **values)


_WORDS = {
    "approved_by": approved_by,
    "changes_path": changes_path,
    "file_path": file_path,
    "history_path": history_path,
    "minutes_words": minutes_words,
    "part_path": part_path,
    "part_title": part_title,
    "policy_path": policy_path,
    "printed_day": printed_day,
    "printed_due": printed_due,
    "sentence_case": sentence_case,
    "size": size,
    "version_path": version_path,
}
