"""Schools as they were built before: known from the bytes of their files, without reading or composing them again."""

from __future__ import annotations

import datetime
import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from policygen.checks import Allowance
from policygen.disk.cache import Cache, key_of
from policygen.disk.known import KnownFiles
from policygen.ground import paths
from policygen.ground.diagnostics import Place
from policygen.project.built import (
    READ,
    MadePolicy,
    Registered,
    restored_built,
    restored_diagnostic,
)
from policygen.project.check import Others, Part


@dataclass(frozen=True)
class MadeSchool:
    """A school without an error, of which all was built that was asked for."""

    part: Part
    policies: tuple[MadePolicy, ...]
    approved: tuple[tuple[str, Registered], ...]
    """By policy: those of which nothing is being prepared."""

    @property
    def folders(self) -> tuple[str, ...]:
        """All that was made, below output/."""
        return tuple(folder for policy in self.policies for folder in policy.folders)


class Remembered:
    """The schools on record, seen from a build that is about to begin."""

    def __init__(
        self,
        root: Path,
        output: Path,
        cache: Cache,
        known: KnownFiles,
        as_of: datetime.date,
        *,
        force: bool,
    ) -> None:
        self._root, self._output, self._cache, self._known = root, output, cache, known
        self._as_of, self._force = as_of.isoformat(), force
        self._others = Others({}, {}, ())
        self._read = self._read_now()
        self._keys: dict[str, str] = {}

    def before(self, others: Others) -> dict[str, MadeSchool]:
        """The schools that would come out as they stand.

        What is made from the same bytes is the same, and so is what is found in it, if the details of others that may
        stand in it are.
        """
        self._others = others
        self._keys = self._keys_of(self._read)
        if self._force:
            return {}
        found = {}
        for school, key in self._keys.items():
            content = self._cache.get(key)
            record = json.loads(content) if content else None
            if record is not None:
                made = _restored(record["school"])
                if self._others_of(made) != record["others"]:
                    continue
                if self._known.folders(self._output, *made.folders) == record["made"]:
                    found[school] = replace(made, part=replace(made.part, words=""))
        return found

    def keep(self, schools: Mapping[str, MadeSchool]) -> None:
        """Keep what was built, unless somebody has changed a file of it since the build began."""
        now = self._keys_of(self._read_now())
        for school, made in schools.items():
            stands = self._known.folders(self._output, *made.folders)
            if stands is not None and school in now and now[school] == self._keys.get(school):
                others = self._others_of(made)
                record = {"school": asdict(made), "made": stands, "others": others}
                self._cache.put(now[school], json.dumps(record).encode())

    def _others_of(self, made: MadeSchool) -> str:
        return key_of("others", json.dumps(self._others.told(made.part.words)))

    def _read_now(self) -> dict[str, str] | None:
        return self._known.digests(self._root, *READ)

    def _keys_of(self, read: Mapping[str, str] | None) -> dict[str, str]:
        """The key of each school that is asked for; none where the files cannot be known by their bytes."""
        if read is None:
            return {}
        own: dict[str, dict[str, str]] = defaultdict(dict)
        shared = {}
        for path, digest in read.items():
            match path.split("/"):
                case [paths.SCHOOLS, school, _, *_]:
                    own[school][path] = digest
                case [paths.SCHOOLS, *_]:
                    pass
                case _:
                    shared[path] = digest
        chosen: dict[str, list[str]] = defaultdict(list)
        for school, policy in self._others.chosen:
            chosen[school].append(policy)
        what_all_read = key_of(self._as_of, json.dumps([self._others.names, shared]))
        return {
            school: key_of("school", what_all_read, json.dumps([policies, own[school]]))
            for school, policies in chosen.items()
        }


def _restored(said: Mapping[str, Any]) -> MadeSchool:
    part = said["part"]
    return MadeSchool(
        Part(
            part["school"],
            tuple((template_id, edition) for template_id, edition in part["editions"]),
            tuple(map(restored_diagnostic, part["diagnostics"])),
            tuple(Allowance(**{**each, "place": Place(**each["place"])}) for each in part["used"]),
            part["words"],
        ),
        tuple(map(_policy, said["policies"])),
        tuple((policy, Registered(**registered)) for policy, registered in said["approved"]),
    )


def _policy(said: Mapping[str, Any]) -> MadePolicy:
    measured = tuple(map(restored_diagnostic, said["measured"]))
    return MadePolicy(restored_built(said["built"]), tuple(said["folders"]), measured, said["pdfs"])
