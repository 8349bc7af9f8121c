"""What a build did."""

from __future__ import annotations

from dataclasses import dataclass

from policygen.ground.diagnostics import Diagnostic, Severity


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
class BuildResult:
    """The result of a build."""

    policies: tuple[Built, ...]
    folders: tuple[str, ...]
    """All that it made, below output/."""
    circulars: tuple[str, ...]
    """Those of them that hold circulars."""
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
