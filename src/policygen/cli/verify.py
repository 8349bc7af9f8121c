"""`policygen verify`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from policygen.cli.options import codes, formats, in_workspace, named
from policygen.cli.output import PROBLEMS, say, show, show_json
from policygen.cli.waiting import telling
from policygen.ground import paths
from policygen.ground.diagnostics import Diagnostic

if TYPE_CHECKING:
    from policygen.project.verify import Verdict, Verified


@click.command("verify")
@click.argument("what", nargs=-1, metavar="[FILE | SCHOOL | SCHOOL/POLICY | all]...")
@formats("text", "json", says="How to say what was found.")
@click.option(
    "--expect",
    "expected",
    multiple=True,
    callback=codes,
    metavar="CODE",
    help="The code of a register or edition, noted elsewhere: it must be on record still.",
)
@in_workspace
def verify_command(
    what: tuple[str, ...], form: str, expected: tuple[str, ...], workspace: Path
) -> None:
    """Say whether registers and copies are as they were approved.

    Without arguments: every register, and every copy in output/site.
    """
    from policygen.disk.reader import content_of
    from policygen.ground.diagnostics import in_order
    from policygen.project.verify import Verified, verify_files, verify_registers

    files = {word: content_of(Path(word)) for word in what if Path(word).is_file()}
    words = [named(workspace, word) for word in what if word not in files]
    verified = Verified((), 0, (), (), (), ())
    verdicts: Sequence[Verdict] = ()
    found: Sequence[Diagnostic] = ()
    with telling() as tell:
        if words or expected or not files:
            chosen = [] if "all" in words else words
            verified = verify_registers(workspace, chosen, tell, expected)
        if files:
            verdicts, found = verify_files(workspace, files)
    diagnostics = in_order((*verified.diagnostics, *found))
    if form == "json":
        _show_json(verified, verdicts, diagnostics)
    else:
        show(diagnostics)
        _show_registers(verified, asked=bool(words or expected) or not files)
        _show_verdicts(verdicts)
    if diagnostics or any(each.standing not in ("approved", "published") for each in verdicts):
        raise click.exceptions.Exit(PROBLEMS)


def _show_json(
    verified: Verified, verdicts: Sequence[Verdict], diagnostics: Sequence[object]
) -> None:
    import json

    from policygen.cli.reports import as_json
    from policygen.project.verify import as_plain

    show_json({**as_plain(verified, verdicts), **json.loads(as_json(diagnostics))})  # type: ignore[arg-type]


def _show_registers(verified: Verified, *, asked: bool) -> None:
    from policygen.ground.dates import long_date
    from policygen.ground.wording import count

    if not asked:
        return
    damaged = [each.place.path for each in verified.diagnostics if each.place]
    school = ""
    for each in verified.registers:
        if each.school_name != school:
            school = each.school_name
            say(school)
        folder = f"{paths.register_folder(each.school, each.policy)}/"
        if any(path.startswith(folder) for path in damaged):
            say(f"  {each.title}: damaged")
        else:
            held = f"{count(len(each.register.versions), 'version')}, {count(each.files, 'file')}"
            said = f"  {each.title}: {held}, as approved"
            if withdrawn := each.register.withdrawn:
                said += f", withdrawn on {long_date(withdrawn.on)}"
            if each.code:
                said += f" (register {each.code})"
            say(said)
    if verified.editions:
        say("Model policies")
    for edition in verified.editions:
        name = f"{edition.template}@{edition.edition}"
        say(f"  {name}: as published (edition {edition.code})")
    if verified.published:
        say(f"{count(verified.published, 'published copy')} compared")
    for latest in verified.behind:
        shown = f"{latest.school}/{latest.policy}"
        says = f"the website does not show version {latest.version} of {shown}"
        say(f"  {says}; `policygen site {latest.school}` would show it")
    for last in verified.untold:
        shown = f"{last.school}/{last.policy}"
        says = f"the website does not say of {shown} what the register says of its withdrawal"
        say(f"  {says}: run `policygen site {last.school}`")
    if not verified.registers and not damaged:
        say("no register yet: nothing has been approved")


def _show_verdicts(verdicts: Sequence[Verdict]) -> None:
    for each in verdicts:
        say(f"{each.file}: {each.says}")
        for note in each.notes:
            say(f"  {note}")
