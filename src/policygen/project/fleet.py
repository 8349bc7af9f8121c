"""What an issuer sees of all schools: editions and their lag, deviations, open upgrades, and one clause traced."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cache
from pathlib import Path

from policygen.compose.deviations import deviations
from policygen.compose.prepare import PreparedEdition, prepare_edition
from policygen.disk.editions import (
    editions_between,
    extended_edition,
    published_editions,
    read_edition,
    read_edition_record,
    template_ids,
)
from policygen.disk.reading import read_adoption_text, read_adoptions, school_ids
from policygen.disk.registering import read_register, read_version_clauses, registered_policies
from policygen.files.yamlfile import read_yaml
from policygen.fleet.fleet import (
    Fleet,
    FleetDeviation,
    FleetPolicy,
    FleetRow,
    Issue,
    Lag,
    OpenUpgrade,
    lag,
    open_upgrade,
)
from policygen.fleet.recall import Publication, Recall, Traced, ids_by_edition, recall
from policygen.ground import paths
from policygen.ground.diagnostics import Problems
from policygen.ground.wording import code, join_and, meant_or_known
from policygen.language.stored import authored_words
from policygen.model.adoption import ClauseDecision, LocatedAdoption, StartedAdoption, version_order
from policygen.model.edition_record import EditionRecord
from policygen.project.check import law_of
from policygen.register.due import are_of_the_day, prepared, version_in_force
from policygen.register.state import Register
from policygen.upgrade.decisions_file import UpgradeFile

Pinned = tuple[str, str]
"A template and its edition."
Chains = Callable[[str, str], tuple[Pinned, ...]]
"An edition and those below it, each issuer's over the one before."


@dataclass(frozen=True)
class FleetSchool:
    """One school with its adoptions and registers, by policy."""

    school: str
    name: str
    adoptions: Mapping[str, StartedAdoption]
    departing: Mapping[str, LocatedAdoption]
    """Those adoptions that have leave to depart from agreed wording, with their places."""
    registers: Mapping[str, Register]


def read_fleet(root: Path, problems: Problems) -> tuple[FleetSchool, ...]:
    """Every school, with the register of each policy that it adopts or once approved; each file is read once."""
    found = []
    for school in school_ids(root):
        read = read_adoptions(root, school, problems)
        if read is None:
            continue
        name, adoptions = read
        registers = {}
        for policy in dict.fromkeys((*adoptions, *registered_policies(root, school))):
            register = read_register(root, school, policy, problems)
            if register is not None:
                registers[policy] = register
        values = {policy: adoption.value for policy, adoption in adoptions.items()}
        departing = {policy: adoptions[policy] for policy in values if _has_leave(values[policy])}
        found.append(FleetSchool(school, name, values, departing, registers))
    return tuple(found)


def _has_leave(adoption: StartedAdoption) -> bool:
    decisions = adoption.clauses.values()
    return any(
        isinstance(decision, ClauseDecision) and decision.deviation for decision in decisions
    )


def chosen_policies(root: Path, words: Sequence[str]) -> tuple[str, ...]:
    """The policies that are named, or all. Raises InputError for a name that is none."""
    known, problems = template_ids(root), Problems()
    for word in words:
        if word not in known:
            says = f"there is no model policy `{word}`"
            problems.add("unknown-template", says, None, meant_or_known(word, known))
    problems.stop()
    return tuple(policy for policy in known if not words or policy in words)


# --- who has what -----------------------------------------------------------------------------------------------------


def survey(
    root: Path,
    schools: Sequence[FleetSchool],
    policies: Collection[str],
    as_of: datetime.date,
    problems: Problems,
) -> Fleet:
    """How the schools stand with these policies on a day."""
    models = {}
    for policy in policies:
        if model := _model(root, policy, as_of, problems):
            models[policy] = model
    chains = _chains(root, problems)
    rows: list[FleetRow] = []
    for school in schools:
        rows += _rows(root, school, models, chains, as_of, problems)
    ordered = sorted(rows, key=lambda row: (row.policy, row.school, row.through))
    departures = tuple(_deviations(root, schools, models, as_of, problems))
    return Fleet(as_of, tuple(models.values()), tuple(ordered), departures)


def _model(root: Path, policy: str, as_of: datetime.date, problems: Problems) -> FleetPolicy | None:
    editions = published_editions(root, policy)
    edition = read_edition(root, policy, editions[-1] if editions else "", None, problems)
    if edition is None:
        return None
    records: Sequence[EditionRecord] = ()
    if editions:
        records = editions_between(root, policy, "0", editions[-1], problems)
    issues = tuple(
        Issue(record.edition, record.issued) for record in records if record.issued_on <= as_of
    )
    template = edition.file.value
    return FleetPolicy(policy, template.title, template.issuer.name, issues)


def _chains(root: Path, problems: Problems) -> Chains:
    @cache
    def below(policy: str, edition: str) -> tuple[Pinned, ...]:
        base = extended_edition(root, policy, edition, problems)
        return ((policy, edition), *(below(*base) if base else ()))

    return below


def _rows(
    root: Path,
    school: FleetSchool,
    models: Mapping[str, FleetPolicy],
    chains: Chains,
    as_of: datetime.date,
    problems: Problems,
) -> Iterator[FleetRow]:
    """The policies of a school; one that comes through a trust's template stands under that and under each below it."""
    for policy, register in school.registers.items():
        adoption = school.adoptions.get(policy)
        withdrawn = register.until(as_of).withdrawn
        now = version_in_force(register, adoption or StartedAdoption(edition="0"), as_of)
        pin = adoption.edition if adoption else ""
        # What is approved is what the register says, whatever the school's file names by now.
        own = now.edition if now and now.edition else pin
        if withdrawn:
            own = register.records[withdrawn.entry.version].edition
        if not own:
            continue
        pinned, following, upgrade = {}, {}, None
        if adoption and _is_of_the_day(root, policy, adoption, register, as_of, problems):
            pinned = dict(chains(policy, pin))
            upgrade = _upgrade(root, school.school, policy, as_of, problems)
            issued = _issued(root, policy, pin, problems)
            if coming := prepared(register, adoption, as_of, issued).edition:
                following = dict(chains(policy, coming))
        for model, edition in chains(policy, own):
            if model in models:
                row = FleetRow(
                    school=school.school,
                    school_name=school.name,
                    policy=model,
                    through="",
                    edition=edition,
                    adopted=pinned.get(model, ""),
                    version=now.version if now else "",
                    approved=now.approved if now else None,
                    registered=bool(now and now.registered),
                    lag=Lag() if withdrawn else lag(edition, models[model].issues, as_of),
                    preparing="" if following.get(model) == edition else following.get(model, ""),
                    upgrade=upgrade,
                    withdrawn=withdrawn.on if withdrawn else None,
                )
                if model != policy:
                    row = replace(row, through=f"{policy}@{own}", upgrade=None)
                yield row


def _issued(root: Path, policy: str, edition: str, problems: Problems) -> datetime.date:
    """The day of issue of an edition, also of one that is still being written."""
    record = None
    if edition in published_editions(root, policy):
        record = read_edition_record(root, policy, edition, problems)
    if record is not None:
        return record.issued_on
    read = read_edition(root, policy, edition, None, Problems())
    return read.file.value.issued_on if read else datetime.date.min


def _is_of_the_day(
    root: Path,
    policy: str,
    adoption: StartedAdoption,
    register: Register,
    as_of: datetime.date,
    problems: Problems,
) -> bool:
    return are_of_the_day(register, as_of, _issued(root, policy, adoption.edition, problems))


def _upgrade(
    root: Path, school_id: str, policy: str, as_of: datetime.date, problems: Problems
) -> OpenUpgrade | None:
    path = paths.decisions_file(school_id, policy)
    text = read_adoption_text(root, path, problems)
    if text is None:
        return None
    file = read_yaml(text, path, UpgradeFile, problems)
    if file is None or _issued(root, policy, file.value.new, problems) > as_of:
        return None
    return open_upgrade(file.value, path)


def _deviations(
    root: Path,
    schools: Sequence[FleetSchool],
    models: Mapping[str, FleetPolicy],
    as_of: datetime.date,
    problems: Problems,
) -> Iterator[FleetDeviation]:
    """Departures from agreed wording; an edition is prepared only where a school may have one."""
    law = law_of(root, problems)

    @cache
    def prepared_once(policy: str, edition: str) -> PreparedEdition | None:
        read = read_edition(root, policy, edition, None, problems)
        return None if read is None else prepare_edition(read, law, Problems())

    for school in schools:
        for policy, adoption in school.departing.items():
            register = school.registers.get(policy)
            if register is None or register.until(as_of).withdrawn:
                continue
            if not _is_of_the_day(root, policy, adoption.value, register, as_of, problems):
                continue
            pin = adoption.value.edition
            edition = prepared_once(policy, pin) if policy in models else None
            for row in deviations(edition, adoption) if edition else ():
                yield FleetDeviation(school.school, school.name, policy, pin, row)


# --- one clause -------------------------------------------------------------------------------------------------------


def trace(
    root: Path,
    schools: Sequence[FleetSchool],
    policies: Sequence[str],
    clause: str,
    before: str,
    as_of: datetime.date,
    problems: Problems,
) -> Recall:
    """Who publishes a clause as it was in the edition `before` or an earlier one; empty means the last edition.

    Raises InputError where none of the policies has it, or several.
    """
    traced = _traced(root, policies, clause, before)
    chains = _chains(root, problems)
    return recall(traced, [*_publications(root, schools, traced.policy, chains, as_of, problems)])


def _traced(root: Path, policies: Sequence[str], clause: str, before: str) -> Traced:
    problems = Problems()
    editions: dict[str, tuple[PreparedEdition, ...]] = {}
    for policy in policies:
        if until := _until(root, policy, before, problems):
            editions[policy] = until
    if not editions and not problems.has_errors:
        issued = [edition for policy in policies for edition in published_editions(root, policy)]
        hint = meant_or_known(before, issued)
        problems.add("unknown-edition", f"there is no edition `{before}`", None, hint)
    found: dict[str, Traced] = {}
    for policy, until in editions.items():
        for edition in reversed(until):
            if clause in edition.bases:
                found[policy] = _with_ids(root, policy, clause, edition, until, problems)
                break
    if len(found) > 1:
        says = f"{join_and(map(code, found))} have a clause `{clause}`"
        hint = f"name the policy, too: `policygen fleet {next(iter(found))} --clause {clause}`"
        problems.add("not-traceable", says, None, hint)
    elif not found and not problems.has_errors:
        _note_untraceable(policies, clause, before, editions, problems)
    problems.stop()
    return next(iter(found.values()))


def _note_untraceable(
    policies: Sequence[str],
    clause: str,
    before: str,
    editions: Mapping[str, Sequence[PreparedEdition]],
    problems: Problems,
) -> None:
    known = {
        identity for until in editions.values() for prepared in until for identity in prepared.bases
    }
    near = [identity for identity in sorted(known) if get_close_matches(clause, [identity])]
    says = f"no policy has a clause `{clause}`"
    if len(policies) == 1:
        says = f"`{policies[0]}` has no clause `{clause}`"
    if before:
        says += f" up to edition {before}"
    problems.add("not-traceable", says, None, meant_or_known(clause, near))


def _until(root: Path, policy: str, before: str, problems: Problems) -> tuple[PreparedEdition, ...]:
    """The editions of a policy up to one, oldest first; none where it has no such edition.

    The working template stands for one that was never published.
    """
    published, law = published_editions(root, policy), law_of(root, problems)
    wanted = [""]
    if published:
        wanted = [
            edition
            for edition in published
            if not before or version_order(edition) <= version_order(before)
        ]
    editions = []
    for number in wanted:
        edition = read_edition(root, policy, number, None, problems)
        if edition is not None:
            editions.append(prepare_edition(edition, law, Problems()))
    last = editions[-1].edition.file.value.edition if editions else ""
    return tuple(editions) if before in ("", last) else ()


def _with_ids(
    root: Path,
    policy: str,
    clause: str,
    at: PreparedEdition,
    until: Sequence[PreparedEdition],
    problems: Problems,
) -> Traced:
    published = published_editions(root, policy)
    records: tuple[EditionRecord, ...] = ()
    if published:
        records = editions_between(root, policy, "0", published[-1], problems)
    own = at.edition.file.value.edition
    ids = ids_by_edition(clause, own, records, {*published, own})
    wordings: dict[tuple[str, ...], None] = {}
    for edition in until:
        for identity in sorted(ids.get(edition.edition.file.value.edition, ())):
            if identity in edition.bases:
                for node in edition.bases[identity].clauses:
                    wordings[authored_words(node)] = None
    return Traced(policy, clause, until[-1].edition.file.value.edition, ids, tuple(wordings))


def _publications(
    root: Path,
    schools: Sequence[FleetSchool],
    traced: str,
    chains: Chains,
    as_of: datetime.date,
    problems: Problems,
) -> Iterator[Publication]:
    """The version of every policy that each school has in force, with its clauses."""
    for school in schools:
        for policy, register in school.registers.items():
            record, withdrawn = register.in_force(as_of), register.until(as_of).withdrawn
            adoption = school.adoptions.get(policy)
            version = record.version if record else ""
            edition = record.edition if record else adoption.edition if adoption else ""
            if withdrawn:
                edition = register.records[withdrawn.entry.version].edition
            base = dict(chains(policy, edition)).get(traced, "") if edition else ""
            clauses = read_version_clauses(root, record, problems) if record else ()
            ended = withdrawn.words if withdrawn else ""
            yield Publication(
                school.school, school.name, policy, version, edition, base, clauses, ended
            )


def save_page(output: Path, fleet: Fleet, found: Recall | None) -> str:
    """Write the page of all schools; its path below the workspace."""
    from policygen.disk.writing import write_folder
    from policygen.html.fleet import fleet_html

    write_folder(output, paths.FLEET_FOLDER, {"index.html": fleet_html(fleet, found).encode()})
    return paths.in_output(f"{paths.FLEET_FOLDER}/index.html")
