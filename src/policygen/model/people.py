"""The lists of people who have to sign, from staff.csv and pupils.csv. They are never published."""

from __future__ import annotations

import datetime
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol, TypeVar

from policygen.files.lists import read_table
from policygen.files.table import Columns, Row
from policygen.ground.diagnostics import Problems
from policygen.ground.letters import as_seen
from policygen.ground.limits import CLASSES, STAFF
from policygen.ground.wording import meant_or_known

STAFF_COLUMNS = Columns(("name", "role"), ("email", "start", "left", "policies"))
PUPIL_COLUMNS = Columns(("class", "name"))
NO_POLICIES = "none"
"""What the column `policies` says of somebody who signs nothing."""
_UNKNOWN_TOLD = 10
"""Of one cell."""
_INITIAL = re.compile(r"[^\W\d_]\.?")


@dataclass(frozen=True, slots=True)
class StaffMember:
    """One member of staff."""

    name: str
    role: str
    email: str = ""
    start: datetime.date | None = None
    """First day at the school; None where the list does not say."""
    left: datetime.date | None = None
    """Last day at the school; None for those who are still there."""
    policies: tuple[str, ...] | None = None
    """The policies that they sign, by id; None for all."""

    def signs(self, policy_id: str) -> bool:
        """Whether they sign a policy at all."""
        return self.policies is None or policy_id in self.policies

    def gone(self, day: datetime.date) -> bool:
        """Whether they have left by a day."""
        return self.left is not None and self.left < day


@dataclass(frozen=True, slots=True)
class Pupil:
    """One pupil on a class list: no more than is needed to find the line to sign on."""

    group: str
    """The class."""
    name: str
    """First name, with an initial at most."""


def same_person(name: str) -> str:
    """What two spellings of one name have in common: its letters as they look, small ones, with single spaces."""
    return " ".join(as_seen(name).casefold().replace("’", "'").split())


def turned(name: str) -> str:
    """A name with the surname last: "Ann Lee" for "Lee, Ann", as lists of other programs write it."""
    surname, comma, first = name.partition(",")
    return f"{first.strip()} {surname.strip()}" if comma and first.strip() else name


class Named(Protocol):
    """Somebody, or what somebody did."""

    @property
    def name(self) -> str:
        """As it was written."""


N = TypeVar("N", bound=Named)


def by_person(
    listed: Iterable[N], spelt: Callable[[str], str] = lambda name: name
) -> Mapping[str, list[N]]:
    """What belongs to each person, in its order, by what spellings of the name, as `spelt`, have in common."""
    people: defaultdict[str, list[N]] = defaultdict(list)
    for each in listed:
        people[same_person(spelt(each.name))].append(each)
    return people


def read_staff(
    content: bytes, path: str, problems: Problems, adopted: Sequence[str] | None = None
) -> tuple[StaffMember, ...]:
    """The members of staff, in the order of the file. Every problem is noted; a row with one is left out.

    `adopted` are the policies of the school, by id, which the column `policies` may name.
    """
    members: list[StaffMember] = []
    namesakes: defaultdict[str, list[StaffMember]] = defaultdict(list)
    there = 0
    table = read_table(content, path, STAFF_COLUMNS, problems)
    for row in table.rows() if table else ():
        member = _member(row, adopted)
        if member is None:
            continue
        others = namesakes[same_person(member.name)]
        if _twice(row, member, others):
            continue
        there += member.left is None
        if there > STAFF:
            says = f"more than {STAFF:,} people are on the list who have not left"
            row.note("csv-shape", says, "take out who has left, or write the day under `left`")
            break
        members.append(member)
        others.append(member)
    return tuple(members)


def read_pupils(content: bytes, path: str, problems: Problems) -> tuple[Pupil, ...]:
    """The pupils, in the order of the file. A list that says more than it needs is a problem."""
    pupils = []
    groups: set[str] = set()
    table = read_table(content, path, PUPIL_COLUMNS, problems)
    for row in table.rows() if table else ():
        group, name = row.text("class"), row.text("name")
        groups.add(group)
        if len(groups) > CLASSES:
            says = f"there are more than {CLASSES:,} classes"
            row.note(
                "csv-shape",
                says,
                "write the class of each pupil as in the other rows, or take rows out",
                "class",
            )
            break
        words = name.split()
        if not group or not name:
            missing = "name" if group else "class"
            row.note(
                "csv-shape",
                f"a pupil has no {missing}",
                f"write the {missing}, or take the row out",
                missing,
            )
        elif len(words) > 1 and not _INITIAL.fullmatch(words[-1]):
            hint = f"write `{' '.join(words[:-1])} {words[-1][0]}`"
            row.note(
                "bad-value", "a class list holds a first name and an initial, no more", hint, "name"
            )
        else:
            pupils.append(Pupil(group, name))
    return tuple(pupils)


def _member(row: Row, adopted: Sequence[str] | None) -> StaffMember | None:
    before = len(row.file.problems.errors)
    name = row.text("name")
    if not name:
        row.note(
            "csv-shape",
            "a member of staff has no name",
            "write the name, or take the row out",
            "name",
        )
    start, left = row.day("start"), row.day("left")
    if start and left and left < start:
        row.note("bad-value", f"`left` is before `start`, {start}", "", "left")
    policies = _policies(row, adopted if left is None else None)
    if len(row.file.problems.errors) > before:
        return None
    return StaffMember(name, row.text("role"), row.text("email"), start, left, policies)


def _policies(row: Row, adopted: Sequence[str] | None) -> tuple[str, ...] | None:
    """The policies that a row names, with `;` between them; None where it names none, so that all are meant."""
    written = row.text("policies")
    if not written:
        return None
    if written.lower() == NO_POLICIES:
        return ()
    named = tuple(each.strip() for each in written.split(";") if each.strip())
    if adopted is None:
        return named
    for each in [each for each in named if each not in adopted][:_UNKNOWN_TOLD]:
        hint = partial(_policy_hint, each, adopted)
        row.note("bad-value", f"the school adopts no policy `{each}`", hint, "policies")
    return named


def _policy_hint(written: str, adopted: Sequence[str]) -> str:
    none = f"leave the cell empty for all, or write `{NO_POLICIES}`"
    return meant_or_known(written, adopted) or none


def _twice(row: Row, member: StaffMember, namesakes: Sequence[StaffMember]) -> bool:
    """Whether somebody of the same name is at the school at the same time; somebody who came back is one person."""
    if not any(_together(member, other) for other in namesakes):
        return False
    hint = (
        f"tell them apart, such as `{member.name} ({member.role or 'Year 2'})`, or take one row out"
    )
    row.note("bad-value", f"two members of staff are called `{member.name}`", hint, "name")
    return True


def _together(one: StaffMember, other: StaffMember) -> bool:
    earlier, later = sorted(
        (one, other), key=lambda each: (each.left is None, each.left or each.start)
    )
    return earlier.left is None or later.start is None or later.start <= earlier.left
