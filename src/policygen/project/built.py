"""What a build did."""

from __future__ import annotations

from dataclasses import dataclass

from policygen.ground.diagnostics import Diagnostic


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
    warnings: tuple[Diagnostic, ...]
    approved: tuple[Registered, ...] = ()
    pdfs: int = 0
    made: int = 0
    """How many of the PDFs were made, and not taken from what was made before."""
