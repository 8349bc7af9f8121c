"""`policygen sign`: sheets, records of signatures, and who still has to sign."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from policygen.cli.options import (
    NAMED,
    day,
    formats,
    in_workspace,
    number,
    school_and_policy,
    writes,
    writes_list,
)
from policygen.cli.output import PROBLEMS, ended, say, show, show_json, show_rows
from policygen.cli.waiting import telling
from policygen.ground import paths

if TYPE_CHECKING:
    from policygen.project.sign import PolicySigning
    from policygen.register.signing import Standing

_SIGNED = click.option(
    "--version",
    required=True,
    callback=number,
    metavar="VERSION",
    help="The version that was signed.",
)
_AS_OF = click.option("--as-of", callback=day, metavar="DATE", help="Today's date, if not today.")
_POLICY = click.argument("policy", type=NAMED, metavar="SCHOOL/POLICY", callback=school_and_policy)
_LISTED = {
    "to-sign": "to sign",
    "absent": "absent",
    "declined": "declined",
    "to-start": "not here yet",
    "signed": "signed",
    "left": "left, on the record",
    "not-asked": "signs other policies, on the record",
    "not-listed": "not on the staff list, on the record",
}
"""The states in the order in which they are listed."""
_UNNAMED = {"signed", "left", "not-asked", "not-listed"}
"""States of which the text gives the number only."""

_COLUMNS = tuple(
    "school policy version form name role state why last_version last_state last_date last_how last_name".split()
)


@click.group("sign")
def sign_group() -> None:
    """Make sheets to sign, record who signed, and say who still has to."""


@sign_group.command("sheet")
@_POLICY
@click.option(
    "--version",
    default="",
    callback=number,
    metavar="VERSION",
    help="An approved version. Default: the one in force.",
)
@_AS_OF
@in_workspace
@writes
def sheet_command(
    policy: tuple[str, str], version: str, as_of: datetime.date, workspace: Path
) -> None:
    """Make the sheets to sign of an approved version."""
    from policygen.ground.wording import count
    from policygen.project.sign import make_sheets

    with telling() as tell:
        made = make_sheets(workspace, workspace / paths.OUTPUT, *policy, version, as_of, tell)
    say(f"{made.record.title}, version {made.record.version}, content code {made.code}")
    for form, asked in made.asked.items():
        said = f"  {form}: {count(len(asked.staff), 'member of staff')} to sign"
        if asked.settled:
            said += f", {asked.settled} need not"
        say(said)
    if made.asked and made.no_staff:
        say(f"The list has blank rows only: {_no_list(made.no_staff)}.")
    if made.end:
        say(ended(made.end))
    if not made.address:
        say("The sheets have no QR code: school.yaml gives no `website`.")
    say(f"{paths.in_output(made.folder)}/")


@sign_group.command("record")
@_POLICY
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@_SIGNED
@click.option(
    "--all-or-nothing", is_flag=True, help="Record nothing while there is an error in a row."
)
@_AS_OF
@in_workspace
@writes
def record_command(
    policy: tuple[str, str],
    file: Path,
    version: str,
    as_of: datetime.date,
    workspace: Path,
    *,
    all_or_nothing: bool,
) -> None:
    """Add a list of who signed, when and how, as CSV or .xlsx, to the register."""
    from policygen.ground.dates import long_date
    from policygen.ground.wording import count
    from policygen.project.sign import record_signatures

    recorded = record_signatures(
        workspace, *policy, version, file, as_of, all_or_nothing=all_or_nothing
    )
    show(recorded.told)
    if recorded.blank:
        say(f"{count(recorded.blank, 'row')} not filled in yet")
    if recorded.known:
        say(f"{count(recorded.known, 'row')} left out: already in the register")
    for each in recorded.taken_back:
        was = f"the signature of {each.name} of {long_date(each.date)} was taken back"
        say(f"1 row left out: {was}; add a note to record it anew")
    if recorded.new:
        states = ", ".join(
            f"{number} {state}" for state, number in sorted(recorded.counts.items(), reverse=True)
        )
        say(f"{count(len(recorded.new), 'row')} recorded for version {version}: {states}")
        say(recorded.file)
        if recorded.end:
            say(ended(recorded.end))
    else:
        say("nothing new, nothing recorded")
    if recorded.left_in:
        say(f"{count(recorded.left, 'row')} not recorded; mend this file and hand it in:")
        say(str(recorded.left_in))
        raise click.exceptions.Exit(PROBLEMS)


@sign_group.command("correct")
@_POLICY
@_SIGNED
@click.option("--name", required=True, metavar="NAME", help="Who did not sign.")
@click.option(
    "--date",
    "signed_on",
    required=True,
    callback=day,
    metavar="DATE",
    help="The day that was recorded.",
)
@click.option("--form", default="", metavar="FORM", help="The form, where there are several.")
@click.option("--by", required=True, metavar="WHO", help="Who corrects it.")
@click.option("--reason", required=True, metavar="TEXT", help="Why, in a few words.")
@_AS_OF
@in_workspace
@writes
def correct_command(
    policy: tuple[str, str],
    version: str,
    name: str,
    signed_on: datetime.date,
    form: str,
    by: str,
    reason: str,
    as_of: datetime.date,
    workspace: Path,
) -> None:
    """Take back a signature that was recorded by mistake."""
    from policygen.ground.dates import long_date
    from policygen.project.check import select
    from policygen.project.correct import take_back_signature
    from policygen.register.correcting_signatures import Mistake

    select(workspace, ["/".join(policy)], registered=True)
    mistake = Mistake(version=version, name=name, date=signed_on, form=form, by=by, reason=reason)
    entry = take_back_signature(workspace, *policy, mistake, as_of)
    of = f"{entry.form} of version {entry.version}, {long_date(entry.date)}"
    say(f"{entry.name}: the signature of {of}, no longer counts")


@sign_group.command("rename")
@click.argument("school", type=NAMED, metavar="SCHOOL")
@click.option("--was", required=True, metavar="NAME", help="The name under which they signed.")
@click.option("--to", required=True, metavar="NAME", help="The name as it is now.")
@click.option("--by", required=True, metavar="WHO", help="Who says so.")
@_AS_OF
@in_workspace
@writes
def rename_command(
    school: str, was: str, to: str, by: str, as_of: datetime.date, workspace: Path
) -> None:
    """Say that somebody has another name: what they signed before is theirs."""
    from policygen.ground.wording import count
    from policygen.project.correct import rename_person
    from policygen.register.correcting_signatures import NewName

    found = rename_person(workspace, school, NewName(was=was, to=to, by=by), as_of)
    say(f"{to}, who signed as {was}: {count(len(found), 'policy')}")


@sign_group.command("status")
@click.argument("selection", nargs=-1, type=NAMED, metavar="[SCHOOL | SCHOOL/POLICY | POLICY]...")
@formats("text", "json", "csv", "xlsx", says="How to say who has to sign.")
@click.option("--strict", is_flag=True, help="Exit code 1 when somebody still has to sign.")
@_AS_OF
@in_workspace
@writes_list
def status_command(
    selection: tuple[str, ...], form: str, as_of: datetime.date, workspace: Path, *, strict: bool
) -> None:
    """Say who still has to sign the version that is in force."""
    from policygen.project.check import select
    from policygen.project.sign import signing_status

    selections = select(workspace, selection, registered=True)
    with telling():
        found = signing_status(workspace, selections, as_of)
    match form:
        case "text":
            _as_text(found)
        case "json":
            _as_json(found)
        case _:
            show_rows(form, _rows(found), workspace, "sign-status")
    if strict and any(each.outstanding for each in found):
        raise click.exceptions.Exit(PROBLEMS)


def _as_text(found: Sequence[PolicySigning]) -> None:
    from policygen.ground.dates import long_date
    from policygen.ground.wording import count

    school = ""
    for policy in found:
        if policy.school_name != school:
            school = policy.school_name
            say(f"{school}")
        record = policy.record
        say(
            f"  {record.title}, version {record.version}, in force since {long_date(record.released)}"
        )
        if policy.no_staff:
            say(f"    {_no_list(policy.no_staff)}")
        for form in dict.fromkeys(each.form for each in policy.standings):
            _form_as_text(form, [each for each in policy.standings if each.form == form])
    people = {(policy.school, each.name) for policy in found for each in policy.outstanding}
    say(f"{count(len(people), 'person')} to sign, {count(len(found), 'policy')} in force")


def _no_list(path: str) -> str:
    return f"nobody is on the staff list; write {path}, with the columns `name` and `role`"


def _form_as_text(form: str, standings: Sequence[Standing]) -> None:
    numbers = []
    lines = []
    for state, words in _LISTED.items():
        people = [standing for standing in standings if standing.state == state]
        if people:
            numbers.append(f"{len(people)} {words}")
        if state not in _UNNAMED:
            lines += [f"      {words}: {_person(standing)}" for standing in people]
    say(f"    {form}: {', '.join(numbers)}")
    for line in lines:
        say(line)


def _person(standing: Standing) -> str:
    said = standing.name
    if standing.role:
        said += f", {standing.role}"
    if standing.last and standing.last.signed_as:
        said += f", signed as {standing.last.signed_as}"
    if standing.why:
        said += f" ({standing.why})"
    return said


def _as_json(found: Sequence[PolicySigning]) -> None:
    rows = [
        {
            "school": policy.school,
            "policy": policy.policy,
            "title": policy.record.title,
            "version": policy.record.version,
            "in_force_since": policy.record.released.isoformat(),
            "outstanding": len(policy.outstanding),
            "counts": {state: policy.counts[state] for state in _LISTED if policy.counts[state]},  # type: ignore[index]
            "people": [_plain(each) for each in policy.standings],
        }
        for policy in found
    ]
    show_json(rows)


def _plain(standing: Standing) -> dict[str, str | None]:
    plain: dict[str, str | None] = {
        "form": standing.form,
        "name": standing.name,
        "role": standing.role,
        "state": standing.state,
        "why": standing.why,
        "last_version": None,
        "last_state": None,
        "last_date": None,
        "last_how": None,
        "last_name": None,
    }
    if last := standing.last:
        plain["last_version"] = last.version
        plain["last_state"] = last.state
        plain["last_date"] = last.date.isoformat()
        plain["last_how"] = last.how or None
        plain["last_name"] = last.signed_as or last.name
    return plain


def _rows(found: Sequence[PolicySigning]) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = [_COLUMNS]
    for policy in found:
        where = {"school": policy.school, "policy": policy.policy, "version": policy.record.version}
        for standing in policy.standings:
            said = {**where, **_plain(standing)}
            rows.append(tuple(said[column] or "" for column in _COLUMNS))
    return rows
