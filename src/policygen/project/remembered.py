"""What was found in schools and editions before, and made of them: known from bytes, without reading them again."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from policygen.checks import Allowance
from policygen.disk.cache import Cache, key_of
from policygen.disk.editions import declared_facts
from policygen.disk.known import KnownFiles
from policygen.disk.reading import known_school, school_ids
from policygen.files.fields import NUMBER_PATTERN
from policygen.ground import paths
from policygen.ground.diagnostics import Place
from policygen.ground.rules import RULES
from policygen.model.school import School, school_model
from policygen.project.built import (
    READ,
    MadePolicy,
    Registered,
    restored_built,
    restored_diagnostic,
)
from policygen.project.check import Asked, Others, chosen_adoptions
from policygen.project.findings import EditionFound, SchoolFound, Scope


@dataclass(frozen=True)
class MadeSchool:
    """What was built of a school without an error: all that was asked for."""

    policies: tuple[MadePolicy, ...]
    approved: tuple[tuple[str, Registered], ...]
    """By policy: those of which nothing is being prepared."""

    @property
    def folders(self) -> tuple[str, ...]:
        """All that was made, below output/."""
        return tuple(folder for policy in self.policies for folder in policy.folders)


@dataclass(frozen=True)
class MadeEdition:
    """What was built of an edition without an error."""

    circulars: tuple[str, ...]
    """The folder of its circular, where it has one."""
    models: tuple[str, ...]
    """The folder of the model policy without a school, where that was asked for."""
    pdfs: int


class _Files:
    """The digests of all files of a workspace, by what hangs on them."""

    def __init__(self, root: Path, read: Mapping[str, str]) -> None:
        """Put each file where it belongs."""
        self.schools: dict[str, dict[str, str]] = defaultdict(dict)
        self._published: dict[str, dict[str, str]] = defaultdict(dict)
        self._working: dict[str, dict[str, str]] = defaultdict(dict)
        self._overlays: set[str] = set()
        """The templates that extend another, or may."""
        of_all = dict[str, str]()
        for path, digest in read.items():
            if path.endswith(f"/{paths.TEMPLATE}") and b"extends" in (root / path).read_bytes():
                self._overlays.add(path.split("/")[1])
            if path.endswith(f"/{paths.SHARED}/{paths.SHARED_FACTS}"):
                of_all[path] = (
                    digest  # every school is read with all facts that are declared anywhere
                )
            match path.split("/"):
                case [paths.SCHOOLS, school, *_]:
                    self.schools[school][path] = digest
                case [paths.TEMPLATES, template_id, "editions", *_]:
                    self._published[template_id][path] = digest
                case [paths.TEMPLATES, template_id, *_]:
                    self._working[template_id][path] = digest
                case _:
                    of_all[path] = digest
        templates = sorted({*self._published, *self._working})  # a message may say which there are
        self.of_all = key_of("all", json.dumps([of_all, templates]))
        self._everything = key_of("all", json.dumps([self._published, self._working]))
        self._published_keys = _keys(self._published)
        self._working_keys = _keys(self._working)

    def of_templates(self, names: Collection[str]) -> list[str]:
        """What does not change of these templates while they are written: the editions that were published."""
        return [self.of_all, *(self._published_keys.get(name, "") for name in sorted(names))]

    def of_editions(self, editions: Collection[tuple[str, str]]) -> list[str]:
        """What changes of them: the working templates, where one is meant, and all where one extends another."""
        if any(name in self._overlays for name, _ in editions):
            return [self._everything]
        written = sorted(
            name for name, edition in editions if not self._is_published(name, edition)
        )
        if written:
            written.append(Path(paths.SHARED_FOLDER).name)
        return [self._working_keys.get(name, "") for name in written]

    def _is_published(self, template_id: str, edition: str) -> bool:
        folder = f"{paths.edition_folder(template_id, edition)}/"
        known = self._published.get(template_id, {})
        return folder in known and bool(re.fullmatch(NUMBER_PATTERN, edition))


def _keys(digests: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    return {name: key_of("files", json.dumps(found)) for name, found in digests.items()}


class Remembered:
    """The schools and editions on record, seen from a command that is about to look at them."""

    def __init__(
        self,
        asked: Asked,
        output: Path,
        cache: Cache,
        known: KnownFiles,
        *,
        force: bool = False,
    ) -> None:
        """With `force` nothing is taken, but what is made now is kept."""
        self._asked, self._output, self._cache, self._known = asked, output, cache, known
        self._force = force
        self._others = Others({})
        self._kept: dict[str | tuple[str, str], SchoolFound | EditionFound] = {}
        self._files = self._read_now()
        self._chosen: dict[str, list[str]] = defaultdict(list)
        for school, policy in chosen_adoptions(asked.root, asked.selections):
            self._chosen[school].append(policy)

    def neighbours(self) -> dict[str, School]:
        """The facts of every school, as `known_schools` reads them."""
        root, found = self._asked.root, dict[str, School]()
        model = school_model(declared_facts(root))
        for school_id in school_ids(root):
            key = self._facts_key(school_id)
            said = self._record("facts", key)
            school = model.model_validate(said) if said else known_school(root, school_id, model)
            if school is not None:
                found[school_id] = school
            if school is not None and key and not said:
                plain = school.model_dump(mode="json", by_alias=True, exclude_unset=True)
                with suppress(ValueError):  # not all that is read from YAML may be read from JSON
                    if model.model_validate(plain) == school:
                        self._put("facts", key, plain)
        return found

    def _facts_key(self, school_id: str) -> str:
        if self._files is None:
            return ""
        path = paths.school_file(school_id)
        digest = self._files.schools.get(school_id, {}).get(path, "")
        return digest and json.dumps([digest, self._files.of_all])

    def schools(self, others: Others) -> dict[str, SchoolFound]:
        """What was found in each school in which the same would be found now.

        What is made from the same bytes is the same, and so is what is found in it, if the names and details of
        others that may stand in it are.
        """
        self._others = others
        found = {}
        for school in self._chosen:
            record = self._record("school", self._school_key(school, self._files))
            if record is not None:
                restored = _school(record["found"])
                if record["beside"] == self._beside(restored, self._files):
                    found[school] = restored
        return found

    def made(self, found: Mapping[str, SchoolFound]) -> dict[str, MadeSchool]:
        """What was built of those schools of which all that was made still stands."""
        made = {}
        for school, here in found.items():
            record = self._record("made", self._made_key(here, self._files))
            if record is not None:
                restored = _made(record["school"])
                if self._stands(restored.folders) == record["made"]:
                    made[school] = restored
        return made

    def edition(self, template_id: str, edition: str) -> EditionFound | None:
        """What was found in an edition, if the same would be found now."""
        record = self._record("edition", self._edition_key(template_id, edition, self._files))
        return None if record is None else _edition(record)

    def made_edition(self, template_id: str, edition: str, *, alone: bool) -> MadeEdition | None:
        """What was built of an edition, with the model policy or without, if all of it still stands."""
        record = self._record("circular", self._circular_key(template_id, edition, alone=alone))
        if record is None:
            return None
        circulars, models = tuple(record["circulars"]), tuple(record["models"])
        if self._stands((*circulars, *models)) != record["made"]:
            return None
        return MadeEdition(circulars, models, record["pdfs"])

    def keep(
        self,
        schools: Mapping[str, SchoolFound],
        editions: Mapping[tuple[str, str], EditionFound],
    ) -> None:
        """Keep what was found, unless somebody has changed a file of it since the command began."""
        now = self._read_now()
        for school, found in schools.items():
            key, beside = self._school_key(school, now), self._beside(found, now)
            as_before = key == self._school_key(school, self._files)
            if key and as_before and beside == self._beside(found, self._files) and _lasts(found):
                self._put("school", key, {"found": _plain(found), "beside": beside})
                self._kept[school] = found
        for name, edition in editions.items():
            key = self._edition_key(*name, now)
            if key and key == self._edition_key(*name, self._files) and _lasts(edition):
                self._put("edition", key, _plain(edition))
                self._kept[name] = edition

    def keep_made(
        self,
        schools: Mapping[str, MadeSchool],
        editions: Mapping[tuple[str, str], MadeEdition],
        alone: Collection[str],
    ) -> None:
        """Keep what was built of what was kept."""
        for school, made in schools.items():
            found, stands = self._kept.get(school), self._stands(made.folders)
            if isinstance(found, SchoolFound) and stands is not None:
                key = self._made_key(found, self._files)
                self._put("made", key, {"school": asdict(made), "made": stands})
        for name, edition in editions.items():
            stands = self._stands((*edition.circulars, *edition.models))
            if name in self._kept and stands is not None:
                key = self._circular_key(*name, alone=name[0] in alone)
                self._put("circular", key, {**asdict(edition), "made": stands})

    def _stands(self, folders: tuple[str, ...]) -> dict[str, str] | None:
        return self._known.folders(self._output, *folders)

    def _record(self, kind: str, key: str) -> Any:
        content = self._cache.get(key_of(kind, key)) if key and not self._force else None
        return json.loads(content) if content else None

    def _put(self, kind: str, key: str, record: Mapping[str, Any]) -> None:
        self._cache.put(key_of(kind, key), json.dumps(record).encode())

    def _read_now(self) -> _Files | None:
        """None where the files cannot be known by their bytes."""
        root = self._asked.root
        read = self._known.digests(root, *READ)
        if read is None:
            return None
        return _Files(root, read)

    def _school_key(self, school: str, files: _Files | None) -> str:
        """Of all that a school always hangs on; empty where that cannot be known."""
        if files is None:
            return ""
        own = files.schools.get(school, {})
        adopted = {name for name in map(paths.adopted_in, own) if name}
        day, chosen = self._asked.as_of.isoformat(), self._chosen[school]
        return json.dumps([day, school, chosen, own, files.of_templates(adopted)])

    def _beside(self, found: SchoolFound, files: _Files | None) -> str:
        """The key of all that it hangs on besides, now that it is known what it names."""
        if files is None:
            return ""
        adopted = {paths.adopted_in(path) for path in files.schools[found.school]} - {""}
        pinned = {*found.editions, *((name, "") for name in adopted - {*dict(found.editions)})}
        told = self._others.told(found.school, found.words)
        return key_of("beside", json.dumps([told, files.of_editions(pinned)]))

    def _made_key(self, found: SchoolFound, files: _Files | None) -> str:
        return self._school_key(found.school, files) + self._beside(found, files)

    def _edition_key(self, template_id: str, edition: str, files: _Files | None) -> str:
        if files is None:
            return ""
        day, name = self._asked.as_of.isoformat(), [(template_id, edition)]
        hangs_on = [files.of_templates([template_id]), files.of_editions(name)]
        return json.dumps([day, template_id, edition, self._others.every_name(), hangs_on])

    def _circular_key(self, template_id: str, edition: str, *, alone: bool) -> str:
        key = self._edition_key(template_id, edition, self._files)
        return key and f"{key}{alone}"


def _lasts(found: SchoolFound | EditionFound) -> bool:
    """Whether it would be found again: not what the machine did this once."""
    return not any(RULES[each.rule].passing for each in found.diagnostics)


# --- as JSON, and back ------------------------------------------------------------------------------------------------


def _plain(found: SchoolFound | EditionFound) -> dict[str, Any]:
    stopped = sorted(found.stopped, key=lambda each: (each.school, each.policy, each.edition))
    return asdict(replace(found, stopped=frozenset())) | {
        "stopped": [asdict(each) for each in stopped]
    }


def _school(said: Mapping[str, Any]) -> SchoolFound:
    return SchoolFound(
        **{
            **said,
            **_restored(said),
            "editions": tuple((name, edition) for name, edition in said["editions"]),
            "allowances": tuple((_allowance(each), used) for each, used in said["allowances"]),
        }
    )


def _edition(said: Mapping[str, Any]) -> EditionFound:
    allowances = tuple(map(_allowance, said["allowances"]))
    return EditionFound(**{**said, **_restored(said), "allowances": allowances})


def _restored(said: Mapping[str, Any]) -> dict[str, Any]:
    """What schools and editions share."""
    return {
        "diagnostics": tuple(map(restored_diagnostic, said["diagnostics"])),
        "stopped": frozenset(Scope(**each) for each in said["stopped"]),
        "used": tuple(map(_allowance, said["used"])),
        "named": tuple(said["named"]),
    }


def _allowance(said: Mapping[str, Any]) -> Allowance:
    return Allowance(**{**said, "place": Place(**said["place"])})


def _made(said: Mapping[str, Any]) -> MadeSchool:
    return MadeSchool(
        tuple(map(_policy, said["policies"])),
        tuple((policy, Registered(**registered)) for policy, registered in said["approved"]),
    )


def _policy(said: Mapping[str, Any]) -> MadePolicy:
    measured = tuple(map(restored_diagnostic, said["measured"]))
    return MadePolicy(restored_built(said["built"]), tuple(said["folders"]), measured, said["pdfs"])
