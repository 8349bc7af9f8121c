"""How every policy of every school stands, as values, as rows and as a calendar."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from policygen.disk.editions import newer_edition, read_edition
from policygen.disk.reading import read_school, school_ids
from policygen.disk.registering import read_register, read_version_document, registered_policies
from policygen.ground.diagnostics import Diagnostic, Problems, in_order
from policygen.language.document import Document
from policygen.model.adoption import LocatedAdoption, StartedAdoption, review_cycle
from policygen.model.workspace import SchoolFiles
from policygen.project.check import Selection, check
from policygen.project.sign import people_to_sign
from policygen.register.due import (
    Due,
    PolicyStanding,
    approval_due,
    details_due,
    deviations_due,
    edition_due,
    in_time,
    minutes_due,
    review_due,
    signatures_due,
    version_in_force,
    version_in_preparation,
)
from policygen.register.state import Register

COLUMNS = ("school", "policy", "title", "what", "due", "overdue", "says")


def standings(
    root: Path, selections: Sequence[Selection], as_of: datetime.date
) -> tuple[tuple[PolicyStanding, ...], tuple[Diagnostic, ...]]:
    """How the selected policies stand on a day, by school and policy, and what could not be read."""
    problems = Problems()
    schools = [
        school
        for school_id in school_ids(root)
        if (chosen := [each for each in selections if each.school in ("", school_id)])
        and (school := read_school(root, school_id, partial(_wanted, chosen), problems))
    ]
    now = _composed(root, schools, as_of)
    found = [
        standing
        for school in schools
        for policy, adoption in school.adoptions.items()
        if (
            standing := _standing(
                root, school, policy, adoption, now.get((school.school_id, policy)), as_of, problems
            )
        )
    ]
    return tuple(found), in_order(problems)


def _wanted(selections: Sequence[Selection], template_id: str) -> bool:
    return any(each.wants(template_id) for each in selections)


def _composed(
    root: Path, schools: Sequence[SchoolFiles], as_of: datetime.date
) -> dict[tuple[str, str], Document]:
    """Every policy that has a register as its files make it now. What cannot be composed is for `check` to say."""
    registered = [
        Selection(school.school_id, policy)
        for school in schools
        for policy in registered_policies(root, school.school_id)
        if policy in school.policies
    ]
    made = check(root, registered, as_of).policies if registered else ()
    return {(each.school.school_id, each.document.policy_id): each.document for each in made}


def _standing(
    root: Path,
    school: SchoolFiles,
    policy: str,
    adoption: LocatedAdoption,
    now: Document | None,
    as_of: datetime.date,
    problems: Problems,
) -> PolicyStanding | None:
    file = adoption.value
    edition = read_edition(root, policy, file.edition, adoption.place("edition"), problems)
    register = read_register(root, school.school_id, policy, problems)
    if edition is None or register is None:
        return None
    template = edition.file.value
    in_force = version_in_force(register, file, review_cycle(template, file), as_of)
    preparing = version_in_preparation(register, file)
    due = (
        *approval_due(in_force, preparing),
        *review_due(in_force, as_of),
        *minutes_due(register),
        *signatures_due(len(people_to_sign(root, school, register, as_of, problems))),
        *edition_due(newer_edition(root, policy, file.edition, as_of)),
        *details_due(_registered(root, register), now),
        *deviations_due(_until(file), as_of),
    )
    return PolicyStanding(
        school=school.school_id,
        school_name=school.file.value.name,
        policy=policy,
        title=template.title,
        short_title=template.short_title,
        edition=file.edition,
        in_force=in_force,
        preparing=preparing,
        due=due,
    )


def _until(adoption: StartedAdoption) -> dict[str, datetime.date]:
    """By clause, the last day of each leave to depart from agreed wording."""
    return {
        clause: decision.deviation.until
        for clause, decision in adoption.clauses.items()
        if not isinstance(decision, str) and decision.deviation and decision.deviation.until
    }


def _registered(root: Path, register: Register) -> Document | None:
    """The document of the latest version; None where there is none, or it cannot be read, as `verify` says."""
    latest = register.latest
    try:
        return (
            read_version_document(root, latest.school, latest.policy, latest.version)
            if latest
            else None
        )
    except (OSError, ValueError):
        return None


# --- other forms ----------------------------------------------------------------------------------------------------


def as_plain(found: Sequence[PolicyStanding], as_of: datetime.date) -> dict[str, Any]:
    """Everything as plain data. A day is YYYY-MM-DD, a month YYYY-MM; null where there is none."""
    return {
        "as_of": as_of.isoformat(),
        "policies": [
            {
                "school": each.school,
                "school_name": each.school_name,
                "policy": each.policy,
                "title": each.title,
                "edition": each.edition,
                "in_force": each.in_force
                and {
                    "version": each.in_force.version,
                    "edition": each.in_force.edition or None,
                    "approved": str(each.in_force.approved),
                    "minute": each.in_force.minute or None,
                    "next_review": str(each.in_force.next_review),
                    "review_term": each.in_force.review_term or None,
                    "in_register": each.in_force.registered,
                },
                "preparing": each.preparing or None,
                "overdue": each.overdue,
                "unsigned": each.unsigned,
                "due": [
                    {
                        "what": due.what,
                        "says": due.says,
                        "day": due.day and str(due.day),
                        "overdue": due.overdue,
                    }
                    for due in each.due
                ],
            }
            for each in found
        ],
    }


def as_rows(found: Sequence[PolicyStanding]) -> list[tuple[str, ...]]:
    """What is due as rows of a table with its head, what has a day first."""
    rows = (
        (
            each.school,
            each.policy,
            each.title,
            due.what,
            str(due.day or ""),
            "yes" if due.overdue else "no",
            due.says,
        )
        for each, due in in_time(found)
    )
    return [COLUMNS, *rows]


def as_calendar(found: Sequence[PolicyStanding], as_of: datetime.date) -> str:
    """Reviews, and the ends of leave to depart from agreed wording, as all-day events of a calendar (RFC 5545).

    The event of a policy keeps its UID, so that a calendar that imports it again moves it.
    """
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", "-//policygen//status//EN")
    calendar.add("version", "2.0")
    for each, due in in_time(found):
        if due.day is not None and due.what in ("review", "deviation"):
            calendar.add_component(_event(each, due, as_of))
    written: bytes = calendar.to_ical()
    return written.decode()


def _event(standing: PolicyStanding, due: Due, as_of: datetime.date) -> Any:
    from icalendar import Event

    event = Event()
    event.add(
        "uid",
        f"{'-'.join(filter(None, (due.what, standing.school, standing.policy, due.clause)))}@policygen",
    )
    event.add("dtstamp", datetime.datetime.combine(as_of, datetime.time(), datetime.UTC))
    event.add("dtstart", due.day)
    event.add("transp", "TRANSPARENT")
    what = "Review" if due.what == "review" else "Leave for own wording ends"
    event.add("summary", f"{what}: {standing.title} ({standing.school_name})")
    now = standing.in_force
    term = f"Due in {now.review_term}. " if now and now.review_term and due.what == "review" else ""
    version = f"Version {now.version}. {term}" if now else ""
    event.add("description", f"{version}Put it on the agenda of the last meeting before this day.")
    return event
