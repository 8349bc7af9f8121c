"""What a school publishes, as values: approved versions with their frozen files, and what a visitor may know of it."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from policygen.compare.summary import Redline
from policygen.compare.units import units
from policygen.language.document import Audience, Document, VersionRow
from policygen.model.school import Accessibility
from policygen.register.ends import End, Withdrawn
from policygen.register.records import Approval, MinutesStatus, VersionRecord

PUBLISHED_FOLDERS = ("forms/", "extracts/")
FRAGMENT = "fragment.html"
"""In the folder of a policy: the policy for pasting."""


@dataclass(frozen=True)
class Version:
    """One approved version with those of its frozen files that are published."""

    record: VersionRecord
    document: Document
    files: Mapping[str, bytes]
    """By path in the folder of the version: the policy, its forms and its extracts."""
    approvals: tuple[Approval, ...]
    """The decisions that stand for it: its own, or those of the version whose details it brings up to date."""
    minutes: MinutesStatus | None
    """Whether its minutes are signed by now; None where it needed none."""
    ended: End | None = None
    """How it ceased to be in force; None for the one in force."""
    corrections: tuple[str, ...] = ()
    """What is not so that its frozen copy prints, each as a sentence without its full stop."""
    redline: Redline | None = None
    """What changed since the version before; None for the first."""

    @property
    def number(self) -> str:
        """Such as "1.1"."""
        return self.record.version

    @property
    def page(self) -> str:
        """The name of the frozen page of the whole policy."""
        return f"{self.record.policy}.html"

    @property
    def parts(self) -> tuple[str, ...]:
        """The frozen pages of forms and extracts, without their ending: "forms/agreement"."""
        names = (
            name.removesuffix(".html")
            for name in self.files
            if name.endswith(".html") and name != self.page
        )
        return tuple(sorted(names, key=lambda name: (not name.startswith("forms/"), name)))

    @property
    def audiences(self) -> tuple[Audience, ...]:
        """Whom the policy, or a part of it, is for; "everyone" where it says no more."""
        found = {self.document.audience, *(part.audience for part in self.document.parts)}
        order: tuple[Audience, ...] = ("staff", "pupils", "parents", "headteachers", "everyone")
        return tuple(each for each in order if each in found)


@dataclass(frozen=True)
class Policy:
    """One policy with all its approved versions."""

    policy_id: str
    versions: tuple[Version, ...]
    """Oldest first, one at least."""
    earlier: tuple[VersionRow, ...] = ()
    """Versions from before the register, oldest first; nothing of them can be verified."""
    purpose: str = ""
    """What the policy is for, in a sentence of its issuer; empty where the edition has none."""
    became: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Ids that the editions since the first version changed, with what they are now; nothing for one that is gone."""

    instead: tuple[str, str] | None = None
    """The policy that replaced it when it was withdrawn, as id and title, where the site has that."""

    @property
    def current(self) -> Version:
        """The version in force or, of a policy that was withdrawn, the last one."""
        return self.versions[-1]

    @property
    def withdrawn(self) -> Withdrawn | None:
        """How it was withdrawn; None while it is in force."""
        ended = self.current.ended
        return ended if isinstance(ended, Withdrawn) else None

    @property
    def updated(self) -> datetime.date:
        """The day of its last release, or on which it was withdrawn."""
        return self.withdrawn.on if self.withdrawn else self.current.record.released

    @property
    def title(self) -> str:
        """As the last version has it."""
        return self.current.document.title


@dataclass(frozen=True)
class DraftCopy:
    """A draft that the school asked for by name, to show it before it is approved."""

    document: Document
    page: bytes


@dataclass(frozen=True)
class Shelf:
    """All that the site of one school is made of."""

    school_id: str
    name: str
    policies: tuple[Policy, ...]
    """In alphabetical order of their titles, those that were withdrawn among them."""
    drafts: tuple[DraftCopy, ...] = ()
    website: str = ""
    """With its scheme and without a slash at the end; empty where the school gives none."""
    email: str = ""
    phone: str = ""
    address: tuple[str, ...] = ()
    colour: str = "#1d3f6e"
    logo: bytes = b""
    logo_name: str = ""
    """Such as "logo.svg"."""
    logo_alt: str = ""
    maintained: bool = True
    """Whether it must give paper copies free of charge."""
    accessibility: Accessibility | None = None
    """What the school found when it tested these pages; None where it has not said."""
    language: str = "en-GB"
    identity: tuple[str, str] = ("", "")
    """The name under which the school approved its first version, and its authority: no other school has both."""

    @property
    def updated(self) -> datetime.date | None:
        """The day of the last release or withdrawal."""
        return max((policy.updated for policy in self.policies), default=None)

    @property
    def in_force(self) -> tuple[Policy, ...]:
        """The policies of which a version is in force."""
        return tuple(policy for policy in self.policies if not policy.withdrawn)

    @property
    def keeps_ended(self) -> bool:
        """Whether versions are shown that are no longer in force."""
        return any(version.ended for policy in self.policies for version in policy.versions)


@dataclass(frozen=True)
class LostRule:
    """An id of an earlier version that the current one does not have, so that old links to it would lead nowhere."""

    id: str
    label: str
    """The number that it had."""
    heading: str
    version: str
    """The last version that has it."""
    now: tuple[str, ...]
    """The ids that it became, among those of the current version."""


def lost_rules(policy: Policy) -> tuple[LostRule, ...]:
    """Every id of an earlier version that is gone from the current one, in the order of the latest that had it."""
    here = {unit.id for unit in units(policy.current.document)}
    found: dict[str, LostRule] = {}
    for version in reversed(policy.versions[:-1]):
        for unit in units(version.document):
            if unit.id and ":" not in unit.id and unit.id not in here and unit.id not in found:
                now = tuple(each for each in policy.became.get(unit.id, ()) if each in here)
                found[unit.id] = LostRule(unit.id, unit.label, unit.heading, version.number, now)
    return tuple(found.values())


def frozen_pages(versions: Sequence[VersionRecord]) -> dict[str, tuple[VersionRecord, str]]:
    """The frozen page that each page of the website shows: its version and its name there, by path below `policies/`.

    The versions of one policy come oldest first; the page of the policy shows the last.
    """
    found = {}
    for record in versions:
        policy, whole = record.policy, f"{record.policy}.html"
        for name in record.files:
            if not (name.endswith(".html") and is_published(name, policy)):
                continue
            paths = [f"{policy}/{record.version}/{name.removesuffix('.html')}/index.html"]
            if name == whole:
                paths = [
                    f"{policy}/{record.version}/index.html",
                    f"{policy}/index.html",
                    f"{policy}/{FRAGMENT}",
                ]
            found.update(dict.fromkeys(paths, (record, name)))
    return found


def is_published(name: str, policy_id: str) -> bool:
    """Whether anybody may read a frozen file of a version: pages for people, and nothing about how they were made."""
    pages = name.endswith((".html", ".pdf"))
    return name in {f"{policy_id}.{ending}" for ending in ("html", "pdf", "txt")} or (
        pages and name.startswith(PUBLISHED_FOLDERS)
    )
