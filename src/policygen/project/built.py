"""What a build did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from policygen.ground import paths
from policygen.ground.diagnostics import Diagnostic, Place, Severity

READ = (paths.TEMPLATES, paths.SCHOOLS, paths.LAW_FILE)
"""All that a build reads of a workspace."""


@dataclass(frozen=True)
class Built:
    """One policy that was built."""

    school_id: str
    school_name: str
    policy_id: str
    title: str
    version: str
    folder: str
    content_code: str
    pages: int
    changed: bool
    """Whether a file of it is not as it was; its manifest apart, which names what it was made from."""
    because: tuple[str, ...] = ()
    """What it is made from that is not as it was when it was last made: paths, and names of programs."""


@dataclass(frozen=True)
class Registered:
    """One policy of which nothing is being prepared: it stands in the register as approved."""

    school_name: str
    title: str
    version: str
    folder: str


@dataclass(frozen=True)
class MadePolicy:
    """A policy that was built, and what is to be known of it besides."""

    built: Built
    folders: tuple[str, ...]
    """All of them, below output/."""
    measured: tuple[Diagnostic, ...]
    """What was found when it was made, and not before."""
    pdfs: int


@dataclass(frozen=True)
class CheckResult:
    """The result of a check, without what was composed."""

    diagnostics: tuple[Diagnostic, ...]
    chosen: int
    """How many adoptions were selected."""
    allowances: tuple[tuple[Place, str, str, str, bool], ...]
    """Each allowance that stands in what was checked: place, rule, words, reason, whether it lets something pass."""

    @property
    def failed(self) -> bool:
        """Whether anything was found that stops a build."""
        return any(each.severity is Severity.ERROR for each in self.diagnostics)


@dataclass(frozen=True)
class BuildResult:
    """The result of a build."""

    policies: tuple[Built, ...]
    folders: tuple[str, ...]
    """All that it made, below output/."""
    circulars: tuple[str, ...]
    """Those of them that hold circulars."""
    models: tuple[str, ...]
    """Those of them that hold model policies without a school."""
    diagnostics: tuple[Diagnostic, ...]
    approved: tuple[Registered, ...] = ()
    pdfs: int = 0
    made: int = 0
    """How many of the PDFs were made, and not taken from what was made before."""
    stopped: tuple[tuple[str, str], ...] = ()
    """The school and policy of each of which nothing was written, because of an error."""
    kept: tuple[str, ...] = ()
    """Below which folders what an earlier build made stays, because of an error."""

    @property
    def failed(self) -> bool:
        """Whether anything was not built because of an error."""
        return any(each.severity is Severity.ERROR for each in self.diagnostics)


def restored_diagnostic(said: Mapping[str, Any]) -> Diagnostic:
    """A diagnostic that was kept as JSON."""
    place = Place(**said["place"]) if said["place"] else None
    hints, trail = tuple(said["hints"]), tuple(said["trail"])
    return Diagnostic(said["rule"], said["message"], place, hints, trail, said["subject"])


def restored_check(said: Mapping[str, Any]) -> CheckResult:
    """What a check found, as it was kept as JSON."""
    return CheckResult(
        tuple(map(restored_diagnostic, said["diagnostics"])),
        said["chosen"],
        tuple((Place(**place), *rest) for place, *rest in said["allowances"]),
    )


def restored_built(said: Mapping[str, Any]) -> Built:
    """A policy as it was built before: nothing has changed since."""
    return Built(**{**said, "changed": False, "because": ()})
