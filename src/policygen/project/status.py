"""How every policy of every school stands, as values, as rows and as a calendar."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from policygen.disk.editions import newer_edition, read_edition, template_ids
from policygen.disk.registering import read_register, read_version_document, registered_policies
from policygen.ground.diagnostics import Diagnostic, Problems, in_order
from policygen.model.adoption import LocatedAdoption, StartedAdoption, review_cycle
from policygen.model.bodies import named_body, within_sentence
from policygen.model.template import Template
from policygen.model.workspace import Edition, SchoolFiles
from policygen.project.check import Checked, Composed, Selection, check, chosen_schools, is_selected
from policygen.project.sign import people_to_sign
from policygen.register.due import (
    Due,
    PolicyStanding,
    Prepared,
    approval_due,
    are_of_the_day,
    details_due,
    deviations_due,
    edition_due,
    in_time,
    minutes_due,
    prepared,
    review_due,
    signatures_due,
    unique_id,
    version_in_force,
)
from policygen.register.ends import Withdrawn
from policygen.register.history import plain_withdrawn
from policygen.register.state import Register

COLUMNS = ("school", "policy", "title", "what", "due", "overdue", "says")


def standings(
    root: Path, selections: Sequence[Selection], as_of: datetime.date
) -> tuple[tuple[PolicyStanding, ...], tuple[Diagnostic, ...]]:
    """How the selected policies stand on a day, by school and policy, and what could not be read."""
    problems = Problems()
    schools = tuple(chosen_schools(root, selections, problems))
    checked = _checked(root, schools, as_of)
    found = []
    for school in schools:
        for policy in _policies(root, school, selections):
            register = read_register(root, school.school_id, policy, problems)
            if register is None:
                continue
            edition = _edition(root, school, policy, register, problems)
            if edition is not None:
                reading = _Reading(root, school, policy, edition.file.value, register, as_of)
                found.append(reading.standing(checked, problems))
    return tuple(found), in_order(problems)


def _policies(root: Path, school: SchoolFiles, selections: Sequence[Selection]) -> tuple[str, ...]:
    """The selected policies that a school adopts, and those that are on record though it does not any more."""
    registered = (
        policy
        for policy in registered_policies(root, school.school_id)
        if is_selected(selections, school.school_id, policy)
    )
    return tuple(sorted({*school.adoptions, *registered}))


def _edition(
    root: Path, school: SchoolFiles, policy: str, register: Register, problems: Problems
) -> Edition | None:
    """The edition that a school adopts; of a policy that it does not adopt any more, that of the last version."""
    adoption = school.adoptions.get(policy)
    if adoption is not None:
        place = adoption.place("edition")
        return read_edition(root, policy, adoption.value.edition, place, problems)
    if register.latest is None or (register.withdrawn and policy not in template_ids(root)):
        return None
    edition = "" if register.withdrawn else register.latest.edition
    return read_edition(root, policy, edition, None, problems)


def _checked(root: Path, schools: Sequence[SchoolFiles], as_of: datetime.date) -> Checked:
    """Every policy that has a register as its files make it now. What cannot be composed is for `check` to say."""
    registered = [
        Selection(school.school_id, policy)
        for school in schools
        for policy in registered_policies(root, school.school_id)
        if policy in school.policies
    ]
    return check(root, registered, as_of) if registered else Checked((), (), ())


@dataclass(frozen=True)
class _Reading:
    """One policy of one school with what is read of it."""

    root: Path
    school: SchoolFiles
    policy: str
    template: Template
    register: Register
    as_of: datetime.date

    @property
    def adoption(self) -> LocatedAdoption | None:
        """None where the school does not adopt the policy any more."""
        return self.school.adoptions.get(self.policy)

    @property
    def file(self) -> StartedAdoption:
        """What the adoption says; without one, that nothing is being prepared."""
        if self.adoption is not None:
            return self.adoption.value
        latest = self.register.latest
        return (
            StartedAdoption(edition=latest.edition, version=latest.version)
            if latest
            else StartedAdoption(edition="0")
        )

    @property
    def present(self) -> bool:
        """Whether the files are of this day."""
        return are_of_the_day(self.register, self.as_of, self.template.issued_on)

    def standing(self, checked: Checked, problems: Problems) -> PolicyStanding:
        file = self.file
        in_force = version_in_force(self.register, file, self.as_of)
        review, term = (
            in_force.review(review_cycle(self.template, file)) if in_force else (None, "")
        )
        composed = self._composed(checked)
        preparing = self._prepared(checked, composed)
        edition = (in_force.edition if in_force else "") or file.edition
        then = self.register.until(self.as_of)
        withdrawn, last = then.withdrawn, then.latest
        waiting = people_to_sign(self.root, self.school, self.register, self.as_of, problems)
        known = file.edition if self.present else edition
        due = [
            *approval_due(in_force, preparing, withdrawn=withdrawn is not None),
            *review_due(review, term, self.as_of),
            *minutes_due(then),
            *signatures_due(len(waiting)),
        ]
        if not withdrawn:
            newer = newer_edition(self.root, self.policy, known, self.as_of, problems)
            due += edition_due(newer)
        if self.present and not withdrawn:
            stands = composed.standing if composed else None
            due += details_due(stands.details if stands else ())
            due += deviations_due(_until(file), self.as_of)
        return PolicyStanding(
            school=self.school.school_id,
            school_name=self.school.file.value.name,
            policy=self.policy,
            title=last.title if last else self.template.title,
            short_title=self.template.short_title,
            edition=edition,
            in_force=in_force,
            next_review=review,
            review_term=term,
            prepared=preparing,
            due=tuple(due),
            uid=str(self._unique_id(problems)),
            sequence=len(then.file.entries),
            withdrawn=withdrawn,
        )

    def _composed(self, checked: Checked) -> Composed | None:
        for composed in checked.policies:
            if (composed.school.school_id, composed.document.policy_id) == (
                self.school.school_id,
                self.policy,
            ):
                return composed
        return None

    def _prepared(self, checked: Checked, composed: Composed | None) -> Prepared:
        """What the files prepare, and whether their text is still that of the last version, or of the first body."""
        preparing = prepared(self.register, self.file, self.as_of, self.template.issued_on)
        if self.present and composed and composed.standing:
            because = tuple(sorted({*composed.standing.because.values()}))
            preparing = replace(preparing, because=because)
        changed = self.present and any(
            diagnostic.rule == "version-registered"
            and diagnostic.place is not None
            and self.adoption is not None
            and diagnostic.place.path == self.adoption.path
            for diagnostic in checked.diagnostics
        )
        decided = preparing.decided
        if decided is None:
            return replace(preparing, changed=changed)
        content = composed.standing.content if composed and composed.standing else decided.content
        bodies = self.file.approving_body or self.template.adoption.bodies
        body = within_sentence(bodies[-1], named_body(bodies[-1], self.school.file.value))
        return replace(preparing, holds=content == decided.content, waits_for=body)

    def _unique_id(self, problems: Problems) -> uuid.UUID:
        facts, first = self.school.file.value, next(iter(self.register.versions), None)
        document = read_version_document(self.root, first, problems) if first else None
        name = document.school_name if document else facts.name
        authority = facts.local_authority or self.template.issuer.name
        return unique_id(name, authority, self.policy)


def _until(adoption: StartedAdoption) -> dict[str, datetime.date]:
    """By clause, the last day of each leave to depart from agreed wording."""
    return {
        clause: decision.deviation.until
        for clause, decision in adoption.clauses.items()
        if not isinstance(decision, str) and decision.deviation and decision.deviation.until
    }


# --- other forms ----------------------------------------------------------------------------------------------------


def as_plain(found: Sequence[PolicyStanding], as_of: datetime.date) -> dict[str, Any]:
    """Everything as plain data. A day is YYYY-MM-DD, a month YYYY-MM; null where there is none."""
    return {"as_of": as_of.isoformat(), "policies": [_plain(standing) for standing in found]}


def _plain(standing: PolicyStanding) -> dict[str, Any]:
    decided = standing.prepared.decided
    return {
        "school": standing.school,
        "school_name": standing.school_name,
        "policy": standing.policy,
        "title": standing.title,
        "edition": standing.edition,
        "next_edition": standing.prepared.edition or None,
        "in_force": _plain_version(standing),
        "withdrawn": plain_withdrawn(standing.withdrawn),
        "preparing": standing.prepared.version or None,
        "decided": decided
        and decided.model_dump(mode="json", include={"version", "content", "approval"}),
        "overdue": standing.overdue,
        "unsigned": standing.unsigned,
        "due": [
            {
                "what": due.what,
                "says": due.says,
                "day": due.day and str(due.day),
                "overdue": due.overdue,
            }
            for due in standing.due
        ],
    }


def _plain_version(standing: PolicyStanding) -> dict[str, Any] | None:
    version = standing.in_force
    if version is None:
        return None
    return {
        "version": version.version,
        "edition": version.edition or None,
        "change": version.row.change or None,
        "since": str(version.since),
        "approved": str(version.approved),
        "body": version.body or None,
        "minute": version.minute or None,
        "next_review": str(standing.next_review),
        "review_term": standing.review_term or None,
        "in_register": version.registered,
    }


def as_rows(found: Sequence[PolicyStanding]) -> list[tuple[str, ...]]:
    """What is due as rows of a table with its head, what has a day first."""
    rows: list[tuple[str, ...]] = [COLUMNS]
    for standing, due in in_time(found):
        day, overdue = str(due.day or ""), "yes" if due.overdue else "no"
        name = (standing.school, standing.policy, standing.title)
        rows.append((*name, due.what, day, overdue, due.says))
    return rows


def as_calendar(found: Sequence[PolicyStanding], as_of: datetime.date) -> str:
    """Reviews, and the ends of leave to depart from agreed wording, as all-day events of a calendar (RFC 5545).

    The event of a policy keeps its UID, so that a calendar that imports it again moves it.
    """
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", "-//policygen//status//EN")
    calendar.add("version", "2.0")
    for standing, due in in_time(found):
        if due.day is not None and due.what in ("review", "deviation"):
            calendar.add_component(_event(standing, due, as_of))
    for standing in found:
        if standing.withdrawn:
            calendar.add_component(_cancelled(standing, standing.withdrawn, as_of))
    written: bytes = calendar.to_ical()
    return written.decode()


def _event(standing: PolicyStanding, due: Due, as_of: datetime.date) -> Any:
    from icalendar import Event

    event = Event()
    now = datetime.datetime.combine(as_of, datetime.time(), datetime.UTC)
    event.add("uid", "-".join(filter(None, (due.what, standing.uid, due.clause))) + "@policygen")
    event.add("dtstamp", now)
    # A calendar that has the event already takes over its new day only if these two have grown.
    event.add("sequence", standing.sequence)
    event.add("last-modified", now)
    event.add("dtstart", due.day)
    event.add("transp", "TRANSPARENT")
    what = "Review" if due.what == "review" else "Leave for own wording ends"
    event.add("summary", f"{what}: {standing.title} ({standing.school_name})")
    event.add("description", _description(standing, due))
    return event


def _cancelled(standing: PolicyStanding, withdrawn: Withdrawn, as_of: datetime.date) -> Any:
    """The review of a policy that was withdrawn: a calendar that has its event takes it out."""
    event = _event(standing, Due("review", "next review", withdrawn.on), as_of)
    event.add("status", "CANCELLED")
    return event


def _description(standing: PolicyStanding, due: Due) -> str:
    if standing.withdrawn:
        return f"{standing.withdrawn.words}."
    agenda = "Put it on the agenda of the last meeting before this day."
    if standing.in_force is None:
        return agenda
    version = f"Version {standing.in_force.version}."
    if due.what == "review" and standing.review_term:
        return f"{version} Due in {standing.review_term}. {agenda}"
    return f"{version} {agenda}"
