"""Building again: where no file was changed since the same build, there is nothing to read, compose or make.

That is known from the bytes of all files of the workspace, before any of them is parsed, and before anything is loaded
that could parse or render.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from policygen.disk.cache import Cache, key_of
from policygen.disk.known import KnownFiles
from policygen.ground import paths
from policygen.ground.rules import RULES
from policygen.ground.telling import Tell, silent
from policygen.project.built import (
    READ,
    BuildResult,
    Registered,
    restored_built,
    restored_diagnostic,
)

if TYPE_CHECKING:
    from policygen.disk.cluster import Cluster

Connect = Callable[[], "AbstractContextManager[Cluster]"]


def rebuild(
    root: Path,
    output: Path,
    words: Sequence[str],
    as_of: datetime.date,
    cache: Cache,
    tell: Tell = silent,
    workers: int | None = None,
    *,
    force: bool = False,
    all_or_nothing: bool = False,
    connect: Connect | None = None,
) -> BuildResult:
    """Build what is selected in words, as `select` reads them, and make nothing that would come out as it stands.

    With `force` everything is made; with `all_or_nothing`, InputError is raised for any error, as `build` does.
    Where anything is to be made, the cluster that `connect` gives does the work.
    """
    builds = _Builds(root, output, cache, words, as_of)
    result = None if force else builds.last()
    if result is None or (result.failed and all_or_nothing):
        from policygen.project.build import Making, build
        from policygen.project.check import Asked, select
        from policygen.project.remembered import Remembered

        making = Making(cache, force=force)
        asked = Asked(root, select(root, words), as_of)
        remembered = Remembered(asked, output, cache, builds.known, force=force)
        with connect() if connect else nullcontext() as cluster:
            result = build(
                asked,
                output,
                tell,
                workers,
                making,
                remembered,
                all_or_nothing=all_or_nothing,
                cluster=cluster,
            )
        passing = any(RULES[each.rule].passing for each in result.diagnostics)
        if not passing and (result.folders or not result.failed):
            builds.remember(result)
    return result


class _Builds:
    """The builds on record, seen from one that is about to begin."""

    def __init__(
        self, root: Path, output: Path, cache: Cache, words: Sequence[str], as_of: datetime.date
    ) -> None:
        self._root, self._output, self._cache = root, output, cache
        self._whole = not words
        self._asked = json.dumps([as_of.isoformat(), *words])
        self.known = KnownFiles(output / paths.CACHE / "files.json")
        self._key = self._key_now()

    def last(self) -> BuildResult | None:
        """What the same build did of the same files, if all that it made still stands there, and nothing else."""
        content = self._cache.get(self._key) if self._key else None
        if content is None:
            return None
        record = json.loads(content)
        result = _result(record["result"])
        if self._made(result) != record["made"] or self._has_others(result):
            return None
        self.known.save()
        return result

    def remember(self, result: BuildResult) -> None:
        """Keep what this build did, unless somebody has changed a file since it began."""
        made = self._made(result)
        if self._key and made is not None and self._key_now() == self._key:
            record = {"result": asdict(result), "made": made}
            self._cache.put(self._key, json.dumps(record).encode())
        self.known.save()

    def _key_now(self) -> str | None:
        read = self.known.digests(self._root, *READ)
        return None if read is None else key_of("build", self._asked, json.dumps(read))

    def _made(self, result: BuildResult) -> dict[str, str] | None:
        return self.known.folders(self._output, *result.folders)

    def _has_others(self, result: BuildResult) -> bool:
        """Whether a build of everything would take something away."""
        from policygen.disk.writing import withdrawn

        return self._whole and bool(withdrawn(self._output, result.folders, result.kept))


def _result(said: dict[str, Any]) -> BuildResult:
    """What a build did, as it was kept: nothing has changed since, and nothing was made."""
    return BuildResult(
        tuple(map(restored_built, said["policies"])),
        tuple(said["folders"]),
        tuple(said["circulars"]),
        tuple(said["models"]),
        tuple(map(restored_diagnostic, said["diagnostics"])),
        tuple(Registered(**each) for each in said["approved"]),
        said["pdfs"],
        stopped=tuple((school, policy) for school, policy in said["stopped"]),
        kept=tuple(said["kept"]),
    )
