"""Looking at every school and edition that is asked for: taken from before, or done, on all cores where it is much."""

from __future__ import annotations

import os
import uuid
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, Any

from policygen.ground import paths
from policygen.ground.diagnostics import Place, Problems
from policygen.ground.telling import Tell
from policygen.project.check import Asked, Others, Together
from policygen.project.findings import EditionFound, SchoolFound, Scope
from policygen.project.remembered import MadeEdition, MadeSchool, Remembered
from policygen.project.unit import (
    EditionJob,
    EditionMade,
    Result,
    SchoolJob,
    SchoolMade,
    Unit,
    do,
    forget,
    share,
)

if TYPE_CHECKING:
    from policygen.disk.cluster import Cluster

_MANY_TO_CHECK, _MANY_TO_MAKE = 32, 8
"""So many adoptions take longer than a process needs to get ready, and to prepare their editions for itself."""


def cores() -> int:
    """How many processes can work at once."""
    return os.cpu_count() or 1


class Looking:
    """The units of one command: those that are known from before, those still to be done, and what came of them."""

    def __init__(
        self,
        asked: Asked,
        remembered: Remembered | None,
        tell: Tell,
        workers: int | None,
        *,
        makes: bool,
        alone: frozenset[str] = frozenset(),
        cluster: Cluster | None = None,
    ) -> None:
        """Look for what is known. `alone` are the templates of which the model policy is made, too.

        With a `cluster` its workers do the work, and not the processes of this machine.
        """
        self.asked, self.together = asked, Together(asked)
        self._remembered, self._tell, self._makes, self._alone = remembered, tell, makes, alone
        self._run = uuid.uuid4().hex
        known: dict[str, SchoolFound] = {}
        self.before: dict[str, MadeSchool] = {}
        """The schools of which all that would be made stands as it was made before."""
        self.editions_before: dict[tuple[str, str], MadeEdition] = {}
        if remembered is not None:
            others = Others(remembered.neighbours())
            share(self._run, asked, others)
            known = remembered.schools(others)
            if makes:
                self.before = remembered.made(known)
                known = {school: known[school] for school in self.before}
        for found in known.values():
            self.together.take_school(found)
        self._schools = [school for school in asked.schools() if school not in known]
        self._to_do = sum(map(self.together.adoptions, self._schools))
        self._is_much = self._to_do >= (_MANY_TO_MAKE if makes else _MANY_TO_CHECK)
        self.cluster = cluster
        self.workers = cluster.workers if cluster else workers
        if self._is_much and self.workers is None:
            self.workers = min(cores(), self._to_do)
        self._at_work = 0
        self._came: deque[SchoolMade | EditionMade] = deque()
        self._new_schools: dict[str, SchoolFound] = {}
        self._new_editions: dict[tuple[str, str], EditionFound] = {}

    def units(self) -> Iterator[Unit | SchoolMade | EditionMade | None]:
        """Each unit that is to be done elsewhere, and whatever came of one as soon as it did; None until then."""
        jobs = (SchoolJob(self._run, self.asked, each, self._makes) for each in self._schools)
        yield from self._each(jobs)
        for names in self.together.editions():
            yield from self._each(self._edition_jobs(names))

    def _edition_jobs(self, names: Iterable[tuple[str, str]]) -> Iterator[EditionJob]:
        for template_id, edition in names:
            alone = template_id in self._alone
            if not self._is_known(template_id, edition, alone=alone):
                yield EditionJob(self._run, self.asked, template_id, edition, self._makes, alone)

    def _is_known(self, template_id: str, edition: str, *, alone: bool) -> bool:
        if self._remembered is None:
            return False
        found = self._remembered.edition(template_id, edition)
        if found is not None and self._makes:
            made = self._remembered.made_edition(template_id, edition, alone=alone)
            if made is None:
                return False
            self.editions_before[template_id, edition] = made
        if found is not None:
            self.together.take_edition(found)
        return found is not None

    def _each(self, jobs: Iterable[Unit]) -> Iterator[Unit | SchoolMade | EditionMade | None]:
        """Not many more at a time than are done at once: what comes of them is held until it is written."""
        for job in jobs:
            if not self._is_much:
                self._tell(job.told, 1, len(self.together.chosen))
                self.take(job, do(job))
            while self._came:
                yield self._came.popleft()
            if self._is_much:
                while self._at_work >= 2 * (self.workers or 1):
                    yield from self._wait()
                self._at_work += 1
                yield job
        while self._at_work or self._came:
            yield from self._wait()

    def _wait(self) -> Iterator[SchoolMade | EditionMade | None]:
        if not self._came:
            yield None
        while self._came:
            yield self._came.popleft()

    def take(self, job: Unit, result: Result | None) -> None:
        """Take what came of a unit; None where no process could do it."""
        if self._is_much:
            self._at_work -= 1
        if result is None:
            result = _died(job)
        if isinstance(result, SchoolMade):
            self._new_schools[result.found.school] = result.found
            self.together.take_school(result.found)
            self._came.append(result)
        elif isinstance(result, EditionMade):
            found = result.found
            self._new_editions[found.template_id, found.asked] = found
            self.together.take_edition(found)
            self._came.append(result)

    def through(self, units: Iterable[Unit | SchoolMade | EditionMade | None]) -> None:
        """Do all units, where nothing else is to be done."""
        at_work: dict[int, Unit] = {}
        numbers, total = count(), len(self.together.chosen)
        done = total - self._to_do

        def jobs() -> Iterator[Any]:  # a union with None is too much for the type checker
            for each in units:
                if isinstance(each, SchoolJob | EditionJob):
                    at_work[next(numbers)] = each
                    self._tell(each.told, min(done + 1, total), total)
                    yield each
                elif each is None:
                    yield None

        for index, result in results(jobs(), self.workers, self.cluster):
            job = at_work.pop(index)
            self.take(job, result)
            if isinstance(job, SchoolJob):
                done += self.together.adoptions(job.school)

    def keep(
        self,
        schools: dict[str, MadeSchool] | None = None,
        editions: dict[tuple[str, str], MadeEdition] | None = None,
    ) -> None:
        """Keep what was found, and what was made of it, for the next command."""
        forget()
        if self._remembered is not None:
            self._remembered.keep(self._new_schools, self._new_editions)
            self._remembered.keep_made(schools or {}, editions or {}, self._alone)


def results(
    jobs: Iterable[Any], workers: int | None, cluster: Cluster | None = None
) -> Iterator[tuple[int, Result | None]]:
    """What came of each job, by its number; None where its process was ended from outside, twice."""
    from policygen.disk.executors import Died, run_all

    done = cluster.run_all(do, jobs) if cluster else run_all(do, jobs, workers)
    for index, result in done:
        yield index, None if isinstance(result, Died) else result


def _died(job: Unit) -> SchoolMade | EditionMade:
    """What is told of a unit that no process could do."""
    problems = Problems()
    says = "the process that looked at this was ended from outside, twice"
    hint = "the machine may lack memory: close other programs, or give `--workers 1`"
    if isinstance(job, SchoolJob):
        problems.add("worker-died", says, Place(paths.school_folder(job.school)), hint)
        stopped = frozenset({Scope(school=job.school)})
        return SchoolMade(SchoolFound(job.school, (), tuple(problems), stopped))
    folder = paths.template_folder(job.template_id)
    problems.add("worker-died", says, Place(folder), hint)
    stopped = frozenset({Scope(policy=job.template_id)})
    found = EditionFound(job.template_id, job.edition, folder=folder, stopped=stopped)
    return EditionMade(replace(found, diagnostics=tuple(problems)))
