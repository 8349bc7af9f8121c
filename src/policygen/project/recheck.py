"""Checking again: where no file was changed since the same check, it says the same, before any of them is parsed."""

from __future__ import annotations

import datetime
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from policygen.disk.cache import Cache, key_of
from policygen.disk.known import KnownFiles
from policygen.ground import paths
from policygen.ground.rules import RULES
from policygen.ground.telling import Tell, silent
from policygen.project.built import READ, CheckResult, restored_check

if TYPE_CHECKING:
    from policygen.project.check import Checked


def recheck(
    root: Path,
    words: Sequence[str],
    as_of: datetime.date,
    tell: Tell = silent,
    workers: int | None = None,
) -> CheckResult:
    """Check what is selected in words, as `select` reads them, and look at nothing that was found sound or wanting.

    Says the same as `check`. What was found is kept below output/.cache/, and nothing else is written.
    """
    output = root / paths.OUTPUT
    cache, known = Cache(output / paths.CACHE), KnownFiles(output / paths.CACHE / "files.json")
    asked = json.dumps([as_of.isoformat(), *words])
    key = _key(known, root, asked)
    content = cache.get(key) if key else None
    if content is not None:
        result = restored_check(json.loads(content))
    else:
        result = _checked(root, words, as_of, cache, known, tell, workers)
        passing = any(RULES[each.rule].passing for each in result.diagnostics)
        if key and not passing and _key(known, root, asked) == key:
            cache.put(key, json.dumps(asdict(result)).encode())
    known.save()
    return result


def _key(known: KnownFiles, root: Path, asked: str) -> str:
    """Of the bytes of all files that a check reads; empty where they cannot be known."""
    read = known.digests(root, *READ)
    return "" if read is None else key_of("check", asked, json.dumps(read))


def _checked(
    root: Path,
    words: Sequence[str],
    as_of: datetime.date,
    cache: Cache,
    known: KnownFiles,
    tell: Tell,
    workers: int | None,
) -> CheckResult:
    from policygen.project.check import Asked, select
    from policygen.project.looking import Looking
    from policygen.project.remembered import Remembered

    asked = Asked(root, select(root, words), as_of)
    remembered = Remembered(asked, root / paths.OUTPUT, cache, known)
    looking = Looking(asked, remembered, tell, workers, makes=False)
    looking.through(looking.units())
    looking.keep()
    return summary(looking.together.whole())


def summary(checked: Checked) -> CheckResult:
    """What a check found, without what was composed."""
    allowances = tuple(
        (each.place, each.rule, each.words, each.reason, used)
        for each, used in sorted(checked.allowances.items())
    )
    return CheckResult(checked.diagnostics, len(checked.chosen), allowances)
