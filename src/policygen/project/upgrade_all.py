"""Upgrading many adoptions in one run, each as if it were alone; many of them on all cores."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from policygen.disk.executors import run_all
from policygen.ground.diagnostics import InputError
from policygen.policy.upgrade_report import as_report
from policygen.project.upgrade_inputs import library_of, read_choices, read_moving
from policygen.project.upgrading import decide, save_upgrade

if TYPE_CHECKING:
    import datetime
    from collections.abc import Sequence

    from policygen.ground.diagnostics import Diagnostic
    from policygen.project.upgrade_inputs import Library

_AT_ONCE = 400
"""Adoptions that one process takes on; for fewer it is not worth to start another."""


@dataclass(frozen=True)
class Reports:
    """What came of several upgrades."""

    upgrades: tuple[dict[str, object], ...]
    """A report for each adoption that has an earlier edition."""
    diagnostics: tuple[Diagnostic, ...]
    """Why others could not be upgraded."""


@dataclass(frozen=True)
class _Job:
    root: str
    pairs: tuple[tuple[str, str], ...]
    """School and policy."""
    edition: str
    as_of: datetime.date


def upgrade_all(
    root: Path, pairs: Sequence[tuple[str, str]], edition: str, as_of: datetime.date, workers: int | None = None
) -> Reports:
    """Bring each of these adoptions to an edition, or to the last one that is issued, as far as all is decided.

    Raises InputError.

    `workers` is how many processes there may be; without it, one for each core, where there is work for them.
    """
    if workers == 1 or len(pairs) < 2 * _AT_ONCE:
        return _upgraded(library_of(root, as_of), pairs, edition)
    jobs = [
        _Job(str(root), tuple(pairs[start : start + _AT_ONCE]), edition, as_of)
        for start in range(0, len(pairs), _AT_ONCE)
    ]
    found = dict(run_all(_work, jobs, workers))
    made = [found[index] for index in range(len(jobs))]
    return Reports(
        tuple(each for reports in made for each in reports.upgrades),
        tuple(each for reports in made for each in reports.diagnostics),
    )


def _work(job: _Job) -> Reports:
    return _upgraded(_library(job.root, job.as_of), job.pairs, job.edition)


@cache
def _library(root: str, as_of: datetime.date) -> Library:
    """That of a process, for all of its jobs."""
    return library_of(Path(root), as_of)


def _upgraded(library: Library, pairs: Sequence[tuple[str, str]], edition: str) -> Reports:
    reports: list[dict[str, object]] = []
    found: list[Diagnostic] = []
    for pair in pairs:
        try:
            moving = read_moving(library, *pair, edition)
            if moving is not None:
                upgrade = decide(moving, read_choices(library.root, moving), {})
                reports.append(as_report(upgrade, save_upgrade(library.root, moving, upgrade)))
        except InputError as error:
            found += error.diagnostics
    return Reports(tuple(reports), tuple(found))
