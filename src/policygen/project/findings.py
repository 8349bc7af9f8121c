"""What a check found, and which adoptions each of it is about: an error stops those, and no others."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from policygen.checks import Allowance
from policygen.ground.diagnostics import Diagnostic, Place, Problems, Severity

_Said = tuple[str, str, Place | None]
UNREAD = "-"
"""In place of the folder of an edition that could not be read: no policy was composed of it."""


@dataclass(frozen=True)
class Scope:
    """The adoptions that something is about: those of a school, of a policy, of an edition. What is empty is any."""

    school: str = ""
    policy: str = ""
    edition: str = ""
    """Its folder."""

    def takes(self, school: str, policy: str, edition: str) -> bool:
        """Whether it is about this adoption; without a school, about this edition."""
        return (
            self.school in ("", school)
            and self.policy in ("", policy)
            and self.edition in ("", edition)
        )


@dataclass(frozen=True)
class SchoolFound:
    """What was found in one school, but not in what it shares with others."""

    school: str
    editions: tuple[tuple[str, str], ...] = ()
    """The template and edition of each of its adoptions that is selected; of a school that cannot be read, none."""
    diagnostics: tuple[Diagnostic, ...] = ()
    stopped: frozenset[Scope] = frozenset()
    """What its own errors are about."""
    sound: bool = False
    """Whether it could be read and composed without an error."""
    allowances: tuple[tuple[Allowance, bool], ...] = ()
    """Its own, and whether each lets something pass."""
    used: tuple[Allowance, ...] = ()
    """Those of model policies that let something pass in it."""
    named: tuple[str, ...] = ()
    """The facts that its texts name."""
    words: str = ""
    """Those of its texts in which names and details of others were looked for, with spaces between: they are many."""


@dataclass(frozen=True)
class EditionFound:
    """What was found in one edition, whatever schools make of it."""

    template_id: str
    asked: str
    """The edition that was asked for; empty for the working template."""
    edition: str = ""
    folder: str = ""
    """Empty where it could not be read."""
    frozen: bool = False
    sound: bool = False
    """Whether it could be prepared without an error."""
    diagnostics: tuple[Diagnostic, ...] = ()
    """What is wrong with it, and not allowed; or why it cannot be read, which each school that asks for it is told."""
    stopped: frozenset[Scope] = frozenset()
    allowances: tuple[Allowance, ...] = ()
    used: tuple[Allowance, ...] = ()
    """Those of them that let something pass in it."""
    named: tuple[str, ...] = ()
    """The facts that its texts name."""


@dataclass
class Findings:
    """Problems as they are found, each error with its scope."""

    problems: Problems = field(default_factory=Problems)
    _errors: list[tuple[Scope, Diagnostic]] = field(default_factory=list)

    def take(self, found: Iterable[Diagnostic], scope: Scope, trail: str = "") -> None:
        """Take over what was found about a scope, saying what was being done."""
        told = [*found]
        self.problems.extend(told, trail)
        self._errors += [(scope, each) for each in told if each.severity is Severity.ERROR]

    def stopped(self, left: Iterable[Diagnostic]) -> frozenset[Scope]:
        """The scopes of which an error stands: `left` is what no allowance lets pass."""
        standing = {*map(_said, left)}
        return frozenset(scope for scope, error in self._errors if _said(error) in standing)


def _said(diagnostic: Diagnostic) -> _Said:
    return diagnostic.rule, diagnostic.message, diagnostic.place
