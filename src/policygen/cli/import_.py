"""`policygen import`: an edition from its bundle, or a policy from a file of another program."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from policygen.cli.match import match_file
from policygen.cli.options import NAMED, day, in_workspace, writes
from policygen.cli.output import say
from policygen.cli.waiting import telling
from policygen.ground import paths
from policygen.ground.letters import harmless

if TYPE_CHECKING:
    from policygen.moving.found import Choice
    from policygen.moving.ledger import Remark
    from policygen.project.import_ import Imported
    from policygen.project.moving import MovedIn

_BUNDLE = ".zip"
_SHOWN = 20
"""Remarks of a kind that are shown on a terminal; a report has them all."""


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--as",
    "template",
    type=NAMED,
    metavar="POLICY",
    help="The id of the model policy that is made of the file.",
)
@click.option(
    "--school", type=NAMED, metavar="SCHOOL", help="Make it a policy of this school's own."
)
@click.option(
    "--match",
    "policy",
    type=NAMED,
    metavar="SCHOOL/POLICY",
    help="Hold it against a model policy, and write what it says into the school's adoption. POLICY: only say it.",
)
@click.option(
    "--changes",
    type=click.Choice(["accept", "reject", "refuse"]),
    default="refuse",
    help="What becomes of tracked changes; a file with any is refused.",
)
@click.option(
    "--report",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write all that was guessed into this file (.html or .json).",
)
@click.option(
    "--trust",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Take a bundle only with a signature by the holder of this certificate (.pem).",
)
@click.option("--as-of", callback=day, metavar="DATE", help="Today's date, if not today.")
@in_workspace
@writes
def import_command(
    file: Path,
    template: str | None,
    school: str | None,
    policy: str | None,
    changes: str,
    report: Path | None,
    trust: Path | None,
    as_of: datetime.date,
    workspace: Path,
) -> None:
    """Take in an edition from its bundle (.zip), or move a policy in from another file (.docx, .odt, .md, .txt)."""
    if file.suffix.lower() == _BUNDLE:
        if template or school or policy or report:
            message = "a bundle has its own name: --as, --school, --match and --report are for other files"
            raise click.UsageError(message)
        _take_in(file, trust, workspace)
        return
    if trust is not None:
        message = "--trust is for bundles (.zip)"
        raise click.UsageError(message)
    if report is not None and report.suffix.lower() not in (".html", ".json"):
        message = "the name of the report ends with .html or .json"
        raise click.UsageError(message)
    choices: dict[str, Choice] = {"accept": "accept", "reject": "reject"}
    if policy is not None:
        if template or school:
            message = "--match names the school and the policy; leave --as and --school out"
            raise click.UsageError(message)
        match_file(file, policy, choices.get(changes), report, as_of, workspace)
        return
    _move_in(
        file, template or _id_of(file), school or "", choices.get(changes), report, as_of, workspace
    )


def _id_of(file: Path) -> str:
    """The id that the name of a file makes."""
    made = re.sub(r"[^a-z0-9]+", "-", file.stem.lower()).strip("-")
    made = re.sub(r"^[0-9-]+", "", made)
    if not made or made == "shared" or paths.is_reserved(made):
        message = "give the id of the policy: --as visitors"
        raise click.UsageError(message)
    return made


def _move_in(
    file: Path,
    template: str,
    school: str,
    changes: Choice | None,
    report: Path | None,
    as_of: datetime.date,
    workspace: Path,
) -> None:
    from policygen.moving.told import count_lines
    from policygen.project.moving import move_in, write_report

    moved = move_in(workspace, file, template, as_of, school_id=school, changes=changes)
    for path in moved.files:
        say(f"wrote {path}")
    say()
    for line in count_lines(moved.report.count):
        say(line)
    _say_remarks("needs a hand", moved.report.of("by-hand"))
    _say_remarks("guessed", moved.report.of("guessed"))
    _say_remarks("could be a fact", moved.report.of("offered"))
    if report is not None:
        write_report(report, moved.report)
        say(f"\nwrote {report}")
    _say_next(moved)


def _say_remarks(head: str, remarks: Sequence[Remark]) -> None:
    if not remarks:
        return
    say(f"\n{head}: {len(remarks)}")
    for remark in remarks[:_SHOWN]:
        say(f"  {harmless(remark.says)}")
        where = "; ".join(
            filter(None, (str(remark.spot or ""), remark.now and f"now {remark.now}"))
        )
        if where:
            say(f"    {harmless(where)}")
    if len(remarks) > _SHOWN:
        say(f"  … and {len(remarks) - _SHOWN} more: --report FILE.html has them all")


def _say_next(moved: MovedIn) -> None:
    if moved.missing:
        template = paths.template_file(moved.template)
        say(f"\nfill in {template}: {', '.join(moved.missing)}")
    if moved.school:
        say(f"\nnext: policygen build {moved.school}/{moved.template}")
    else:
        say(f"\nnext: policygen check {moved.template}")


def _take_in(bundle: Path, trust: Path | None, workspace: Path) -> None:
    from policygen.project.import_ import take_in

    with telling() as tell:
        taken = take_in(workspace, bundle, trust, tell)
    name = f"{taken.record.template}@{taken.record.edition}"
    if taken.new:
        say(f"imported {name}")
    else:
        say(f"{name} is here already, just as it is in the bundle")
    say(f"  {taken.folder}/")
    if taken.products:
        say(f"  {paths.in_output(taken.products)}/   {_made_of(taken)}")
    say(f"  digest {taken.record.digest}")
    say(f"  bundle {taken.sha256}")
    say(f"  {_voucher(taken)}")
    if taken.new:
        say(f"\nnext: policygen check {taken.record.template}")


def _made_of(taken: Imported) -> str:
    if taken.compared_with is None:
        before = f"{taken.record.template}@{taken.record.previous}"
        return f"its circular; what changed can be shown when {before} is here too"
    if taken.compared_with:
        return "its circular and what changed"
    return "its circular"


def _voucher(taken: Imported) -> str:
    if taken.vouched_by:
        return f"signed by {harmless(taken.vouched_by)}, whose certificate you trust"
    if taken.signed_by is None:
        return (
            "not signed: compare the digest with the one that its issuer published by another way"
        )
    said = (
        f"by “{harmless(taken.signed_by)}”, as it says"
        if taken.signed_by
        else "that cannot be read"
    )
    return f"a signature lies beside it, {said}; nobody looked whether it is true: give --trust CERTIFICATE"
