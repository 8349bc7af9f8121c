"""The law library as a person asks for it: each entry with its evidence, what cites it, what is due, what changes."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from policygen.compose.compose import adopted_parts
from policygen.compose.number import number
from policygen.compose.prepare import PreparedEdition, prepare_edition
from policygen.disk.editions import (
    has_unpublished_changes,
    published_editions,
    read_edition,
    template_ids,
)
from policygen.disk.reading import read_adoptions, read_own_law, read_school, school_ids
from policygen.ground import paths
from policygen.ground.diagnostics import Place, Problems
from policygen.ground.wording import did_you_mean
from policygen.language.document import Clause, Section, Value, walk
from policygen.language.marks import names_in
from policygen.language.runs import Run, worded
from policygen.model.adoption import LocatedAdoption
from policygen.model.law import LawEntry, LawLibrary, entry_id, moment_days, read_law, with_own

OURS = "the library of policygen"
THEIRS = "the law.yaml of this workspace"


@dataclass(frozen=True)
class Held:
    """One entry, with whose it is."""

    id: str
    entry: LawEntry
    whose: str
    review: datetime.date
    """After that day somebody must look again."""


@dataclass(frozen=True)
class Citing:
    """One place that cites an entry."""

    policy: str
    title: str
    edition: str
    """Of a template, or the one that a school has chosen."""
    frozen: bool
    """Whether that edition was published."""
    school: str
    """The school whose own wording it is; empty for a template."""
    clause: str
    """The id of the clause; of the section where no clause is around."""
    number: str
    """As it prints; in a template, with all its branches there. Empty where there is none."""
    part: str
    """The title of the section, form or appendix."""
    place: Place | None


@dataclass(frozen=True)
class Uses:
    """Which templates and schools cite which entries."""

    places: Mapping[str, tuple[Citing, ...]]
    """By id of the entry."""
    adopting: Mapping[tuple[str, str], tuple[str, ...]]
    """The schools that have chosen an edition of a policy."""

    def of(self, entry: str) -> tuple[Citing, ...]:
        """The places that cite an entry."""
        return self.places.get(entry, ())

    def schools(self, places: Iterable[Citing], policy: str) -> tuple[str, ...]:
        """The schools whose copy of a policy is made of an edition among these places, or cites by itself."""
        found: set[str] = set()
        for each in places:
            if each.policy == policy:
                named = (each.school,) if each.school else ()
                found.update(named or self.adopting.get((policy, each.edition), ()))
        return tuple(sorted(found))


@dataclass(frozen=True)
class Change:
    """What changes on a day ahead."""

    held: Held
    on: str
    """A day, a month or a year."""
    says: str


def library(root: Path, problems: Problems) -> tuple[LawLibrary, tuple[Held, ...]]:
    """The library with what a workspace adds to it, and its entries in the order of their ids."""
    law, own = read_law(), read_own_law(root, problems)
    if own is None:
        return law, tuple(_held(law.current, OURS, law.review_due))
    added = own.value.current
    ours = {name: entry for name, entry in law.current.items() if name not in added}
    held = (*_held(ours, OURS, law.review_due), *_held(added, THEIRS, own.value.due))
    return with_own(law, own, problems), tuple(sorted(held, key=lambda each: each.id))


def _held(entries: Mapping[str, LawEntry], whose: str, review: datetime.date) -> Iterator[Held]:
    for name in sorted(entries):
        yield Held(name, entries[name], whose, entries[name].review or review)


def named(held: Sequence[Held], words: Sequence[str]) -> tuple[Held, ...]:
    """The one entry of this id; else those that hold all words in id, titles or notes. Raises InputError for none."""
    exact = tuple(each for each in held if [each.id] == [*words])
    if exact or not words:
        return exact or tuple(held)
    found = tuple(each for each in held if all(word.lower() in _searched(each) for word in words))
    if not found:
        problems = Problems()
        said = " ".join(words)
        hint = did_you_mean(said, [each.id for each in held])
        problems.add("unknown-name", f"nothing in the law library holds `{said}`", None, hint)
        problems.stop()
    return found


def _searched(held: Held) -> str:
    entry = held.entry
    said = (held.id, entry.cite, entry.short, entry.note, *entry.checks)
    return " ".join(each for each in said if each).lower()


def due(held: Iterable[Held], on: datetime.date) -> tuple[Held, ...]:
    """Those at which somebody must look again on a day, the one that waits longest first."""
    return tuple(sorted((each for each in held if each.review <= on), key=lambda each: each.review))


def changes(held: Iterable[Held], after: datetime.date, until: datetime.date) -> tuple[Change, ...]:
    """What comes into force, changes or ends after one day and up to another, the first first."""
    found = []
    for each in held:
        entry = each.entry
        moments = [(one.on, one.says) for one in entry.ahead]
        if entry.since:
            moments.append((entry.since, "comes into force"))
        if entry.until:
            moments.append((entry.until, "is in force for the last time"))
        found += [Change(each, on, says) for on, says in moments if _between(on, after, until)]
    return tuple(sorted(found, key=lambda change: moment_days(change.on)))


def _between(moment: str, after: datetime.date, until: datetime.date) -> bool:
    """Whether a moment may lie after one day and up to another: a month or a year does if any of its days does."""
    first, last = moment_days(moment)
    return last > after and first <= until


# --- what cites it ----------------------------------------------------------------------------------------------------


def uses(root: Path, law: LawLibrary, problems: Problems) -> Uses:
    """Every place that cites an entry: templates in work, published editions, the own wording of schools."""
    every = _editions(root, law, problems)
    # A school's edition is the published one where there is one: it comes after the template in work.
    editions = {(each.edition.template_id, each.edition.file.value.edition): each for each in every}
    places: dict[str, list[Citing]] = {}
    for prepared in every:
        for name, each in _in_template(prepared):
            places.setdefault(name, []).append(each)
    adopting: dict[tuple[str, str], tuple[str, ...]] = {}
    for school in school_ids(root):
        read = read_adoptions(root, school, problems)
        for policy, adoption in (read[1] if read else {}).items():
            key = policy, adoption.value.edition
            adopting[key] = (*adopting.get(key, ()), school)
            if key in editions and _may_cite(adoption):
                for name, each in _own(root, school, policy, editions[key], law, problems):
                    places.setdefault(name, []).append(each)
    return Uses({name: tuple(found) for name, found in places.items()}, adopting)


def _editions(root: Path, law: LawLibrary, problems: Problems) -> list[PreparedEdition]:
    """Every edition of each template; first the template in work, where it differs from what was published last."""
    found = []
    for policy in template_ids(root):
        published = published_editions(root, policy)
        changed = not published or has_unpublished_changes(root, policy, problems)
        in_work = [""] if changed else []
        for edition in (*in_work, *published):
            read = read_edition(root, policy, edition, None, problems)
            if read is not None:
                found.append(prepare_edition(read, law, problems))
    return found


def _may_cite(adoption: LocatedAdoption) -> bool:
    """Whether local wording may cite an entry: then the policy of that school is worth making."""
    decisions = (each for each in adoption.value.clauses.values() if each != "keep")
    texts = (text for each in decisions for text in (each.replace, each.add_before, each.add_after))
    return any(name.startswith("law.") for text in texts for name in names_in(text or ""))


def _own(
    root: Path,
    school: str,
    policy: str,
    prepared: PreparedEdition,
    law: LawLibrary,
    problems: Problems,
) -> Iterator[tuple[str, Citing]]:
    files = read_school(root, school, lambda each: each == policy, problems)
    if files is None or policy not in files.adoptions:
        return
    for part in adopted_parts(prepared, files, files.adoptions[policy], law):
        for run in worded(part):
            own = run.place and run.place.path.startswith(f"{paths.school_folder(school)}/")
            for value in walk(run.children) if own else ():
                if isinstance(value, Value) and value.layer == "law":
                    yield entry_id(value.name), _citing(prepared, part, run, run.place, school)


def _in_template(prepared: PreparedEdition) -> Iterator[tuple[str, Citing]]:
    """Each citation in an edition, with the id of its entry."""
    parts = {
        (part.kind, part.name): part
        for part in number(prepared.every_branch, prepared.edition.file.value.labels)
    }
    for made in prepared.parts:
        part = parts.get((made.plan.kind, made.plan.name))
        for site in made.prepared.sites if part else ():
            if part and site.layer == "law":
                run = _run_at(part, site.place)
                yield entry_id(site.name), _citing(prepared, part, run, site.place, "")


def _run_at(part: Section, place: Place) -> Run:
    """The run that a place is in. With all branches there, values have lost their names: the lines know."""
    found = next(worded(part))
    for run in worded(part):
        if run.place and run.place.path == place.path and run.place.line <= place.line:
            found = run
    return found


def _citing(
    prepared: PreparedEdition, part: Section, run: Run, place: Place | None, school: str
) -> Citing:
    edition = prepared.edition
    file = edition.file.value
    numbers = [n.number for n in run.around if isinstance(n, Clause | Section) and n.number]
    return Citing(
        policy=edition.template_id,
        title=file.title,
        edition=file.edition,
        frozen=edition.frozen,
        school=school,
        clause=run.unit,
        number=numbers[-1] if numbers else part.label,
        part=next(worded(part)).text,
        place=place,
    )


# --- for programs -----------------------------------------------------------------------------------------------------


def as_plain(held: Held, places: Collection[Citing]) -> dict[str, Any]:
    """An entry as plain data."""
    entry = held.entry
    return {
        "id": held.id,
        "cite": entry.cite,
        "short": entry.short,
        "from": entry.since,
        "until": entry.until,
        "replaced_by": [*entry.replaced_by],
        "verified": entry.verified,
        "evidence": entry.evidence,
        "source": entry.source,
        "read": entry.read.isoformat() if entry.read else None,
        "link": entry.link,
        "note": entry.note,
        "open": [*entry.checks],
        "ahead": [{"on": each.on, "says": each.says} for each in entry.ahead],
        "review": held.review.isoformat(),
        "whose": "workspace" if held.whose == THEIRS else "policygen",
        "cited": [
            {
                "policy": each.policy,
                "edition": each.edition,
                "published": each.frozen,
                "school": each.school or None,
                "clause": each.clause,
                "number": each.number or None,
                "path": each.place.path if each.place else None,
                "line": each.place.line if each.place else None,
            }
            for each in places
        ],
    }
