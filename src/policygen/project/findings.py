"""What a check found, and which adoptions each of it is about: an error stops those, and no others."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

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
