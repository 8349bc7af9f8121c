"""Signatures that were recorded by mistake, and people who have another name now."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from policygen.ground.dates import printed_day
from policygen.ground.diagnostics import Problems
from policygen.ground.letters import is_placeholder
from policygen.ground.wording import code, join_or, meant_or_known
from policygen.model.adoption import same_version
from policygen.model.people import StaffMember, same_person
from policygen.register.deciding import check_by, check_reason
from policygen.register.records import RenameEntry, TakenBackEntry
from policygen.register.signatures import Signature
from policygen.register.state import Register


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """A signature that nobody gave."""

    version: str
    name: str
    date: datetime.date
    form: str = ""
    """May be left out where only one was recorded of that person and day."""
    by: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class NewName:
    """Somebody who has another name now."""

    was: str
    to: str
    by: str


def take_back(
    standing: Sequence[Signature], mistake: Mistake, as_of: datetime.date, problems: Problems
) -> TakenBackEntry | None:
    """The entry by which a signature no longer counts; None, with a problem for each thing that stands against it."""
    check_by(mistake.by, problems)
    check_reason(mistake.reason, problems)
    own = [each for each in standing if same_person(each.name) == same_person(mistake.name)]
    meant = [
        each
        for each in own
        if same_version(each.version, mistake.version)
        and each.date == mistake.date
        and mistake.form in ("", each.form)
    ]
    forms = list(dict.fromkeys(each.form for each in meant))
    if len(forms) > 1:
        says = f"`{mistake.name}` signed several forms on {printed_day(mistake.date)}"
        hint = f"add {join_or(code(f'--form {form}') for form in forms)}"
        problems.add("not-recorded", says, None, hint)
    elif not meant:
        _note_no_signature(standing, own, mistake, problems)
    if problems.has_errors:
        return None
    return TakenBackEntry(
        version=meant[0].version,
        name=meant[0].name,
        form=meant[0].form,
        date=mistake.date,
        on=as_of,
        by=mistake.by.strip(),
        reason=mistake.reason.strip().rstrip("."),
        previous="",
    )


def _note_no_signature(
    standing: Sequence[Signature], own: Sequence[Signature], mistake: Mistake, problems: Problems
) -> None:
    """Note that a signature is not on record, and which ones of that person are."""
    form = f" of `{mistake.form}`" if mistake.form else ""
    by = f"`{mistake.name}`, {printed_day(mistake.date)}"
    says = f"no signature{form} by {by}, is recorded for version `{mistake.version}`"
    hint = meant_or_known(mistake.name, list(dict.fromkeys(each.name for each in standing)))
    if own:
        known = (f"--version {each.version} --form {each.form} --date {each.date}" for each in own)
        hint = f"there is {join_or(code(each) for each in known)}"
    problems.add("not-recorded", says, None, hint)


def rename(
    signed: Sequence[tuple[Register, Sequence[Signature]]],
    staff: Sequence[StaffMember],
    asked: NewName,
    as_of: datetime.date,
    problems: Problems,
) -> list[tuple[Register, RenameEntry]]:
    """An entry for each register in which the person signed. Notes a problem where that cannot be."""
    check_by(asked.by, problems)
    was, to = same_person(asked.was), asked.to.strip()
    if is_placeholder(to) or was == same_person(to):
        says = "`--to` is no name"
        if to:
            says = f"`--to {to}` is no other name"
        problems.add("leftover-placeholder", says, None, "write the name as it is now")
    if any(same_person(each.name) == was for each in staff):
        hint = "write the new name there first; who signed as that stays on the record"
        problems.add("bad-value", f"`{asked.was}` stands on the staff list", None, hint)
    for register, standing in signed:
        _check_apart(register, standing, asked, problems)
    entry = RenameEntry(old=asked.was.strip(), new=to, on=as_of, by=asked.by.strip(), previous="")
    found = [
        (register, entry)
        for register, standing in signed
        if any(same_person(each.name) == was for each in standing)
    ]
    if not found:
        known = dict.fromkeys(each.name for _, standing in signed for each in standing)
        hint = meant_or_known(asked.was, list(known))
        problems.add("not-recorded", f"nobody signed as `{asked.was}`", None, hint)
    return found


def _check_apart(
    register: Register, standing: Sequence[Signature], asked: NewName, problems: Problems
) -> None:
    """Note that two people would be one for ever: somebody of the new name signed the same, too."""
    was, to = same_person(asked.was), same_person(asked.to)
    own = {(each.version, each.form) for each in standing if same_person(each.name) == was}
    others = {(each.version, each.form) for each in standing if same_person(each.name) == to}
    for version, form in sorted(own & others) if was != to else ():
        both = f"`{asked.was.strip()}` and `{asked.to.strip()}`"
        says = f"both {both} signed `{form}` of version `{version}` of `{register.file.policy}`"
        hint = "they are two people: write a name that tells them apart"
        other = "if they are one, who signed under the new name need not be renamed"
        problems.add("bad-value", says, None, hint, other)
