"""`policygen import FILE --match`."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from policygen.cli.options import school_and_policy
from policygen.cli.output import PROBLEMS, json_text, say
from policygen.cli.tables import Column, show_table
from policygen.cli.waiting import telling

if TYPE_CHECKING:
    from policygen.moving.found import Choice
    from policygen.moving.report import MatchReport
    from policygen.project.match import Matched

_CLAUSES = (
    Column("Place"),
    Column("Found", whole=True),
    Column("Clause"),
    Column("Alike", whole=True, right=True),
    Column("What becomes of it"),
)
_ANSWERS = (Column("Question"), Column("Answer"), Column("Because the file says"))
_FACTS = (Column("Fact", whole=True), Column("The file says"), Column("school.yaml says"))
_DIFFERENCES = (Column("Place"), Column("Only in the file"), Column("Only in the policy"))
_MOST = 40
"""Differences that are shown on a terminal."""


def match_file(
    file: Path,
    policy: str,
    changes: Choice | None,
    report: Path | None,
    as_of: datetime.date,
    workspace: Path,
) -> None:
    """Hold a file against a model, write the adoption that says the same, and say what was found.

    Against a model policy without a school nothing is written.
    """
    from policygen.moving.lines import lines_of
    from policygen.project.match import match, match_template, save
    from policygen.project.moving import read_moving

    lines = lines_of(read_moving(file, changes))
    if "/" not in policy.strip("/"):
        found = match_template(workspace, policy.strip("/"), lines, file.name)
        _show_and_report(found, report)
        return
    name = school_and_policy(click.get_current_context(), click.Option(["--match"]), policy)
    with telling() as tell:
        matched = match(workspace, name, lines, file.name, as_of, tell)
    _show_and_report(matched.report, report)
    if not matched.report.is_of_model:
        say(
            "\nhardly a clause of the model is in this file, so nothing was written: is it another policy?"
        )
        raise click.exceptions.Exit(PROBLEMS)
    save(workspace, matched)
    _say_written(matched)


def _show_and_report(found: MatchReport, report: Path | None) -> None:
    from policygen.disk.writing import change

    show_match(found)
    if report is not None:
        change(report.parent.resolve(), {report.name: report_bytes(found, report)})
        say(f"\nwrote {report}")


def _say_written(matched: Matched) -> None:
    from policygen.ground.wording import count, join_and

    if not matched.adds:
        say(f"\n{matched.before.path} says all of that already; nothing was written")
        return
    say(f"\nwrote {join_and(matched.adds)}")
    name = matched.before.name
    omitted = sum(row.done == "omit" for row in matched.report.rows)
    if omitted:
        say(
            f"{count(omitted, 'clause')} left out: give the reason where `reason:` stands empty, or take the lines out"
        )
        say(f"\nnext: policygen check {name}   names each with its line")
    elif matched.after.left:
        say(f"{matched.after.left}\n\nnext: policygen adopt {name}   asks for it, on a terminal")
    else:
        say(f"\nnext: policygen build {name}")


def show_match(report: MatchReport) -> None:
    """Print what was found, in the order of the file."""
    from policygen.moving.report import STATES, counted, done_in_words, first_words

    say(f"{report.file}, held against {report.title} ({report.policy})")
    say(f"clauses: {', '.join(counted(report.rows))}\n")
    if report.not_same:
        rows = [
            (
                report.place(row),
                STATES[row.state],
                row.clause or first_words(report.words(row)),
                f"{row.likeness:.0%}" if row.lines and row.state != "own" else "",
                done_in_words(row),
            )
            for row in report.not_same
        ]
        show_table(_CLAUSES, ("What is not as in the model", rows))
        say()
    if report.answers:
        answers = [
            (row.question, row.answer, first_words(row.because) or "nothing of another answer")
            for row in report.answers
        ]
        show_table(_ANSWERS, ("Answers that stand in the file", answers))
        say()
    if report.open_questions:
        say(f"not answered by the file: {', '.join(name for name, _ in report.open_questions)}\n")
    if report.facts:
        facts = [(fact.name, fact.says, fact.now or "nothing") for fact in report.facts]
        show_table(_FACTS, ("Facts that the file says in another way", facts))
        say()
    if report.new_facts:
        say(
            "What is right of these, and missing in school.yaml, can be put into it, each below its group:\n"
        )
        say(f"{report.new_facts}\n")
    _show_proof(report)


def _show_proof(report: MatchReport) -> None:
    from policygen.moving.report import first_words, proof_in_words

    differences = report.proof.differences
    if differences:
        rows = [
            (
                each.place,
                "all of it stands elsewhere"
                if each.moved and not each.file
                else first_words(each.file),
                first_words(each.policy),
            )
            for each in differences[:_MOST]
        ]
        show_table(_DIFFERENCES, ("Every word that differs", rows))
        if len(differences) > _MOST:
            say(f"and {len(differences) - _MOST} more places: `--report FILE.html` has them all")
        say()
    say(proof_in_words(report))


def report_bytes(report: MatchReport, path: Path) -> bytes:
    """The report in the form that the name of its file asks for."""
    if path.suffix == ".json":
        from policygen.moving.report import as_plain

        return f"{json_text(as_plain(report))}\n".encode()
    if path.suffix == ".html":
        from policygen.html.match import match_html

        return match_html(report).encode()
    message = f"`{path.name}` ends neither in .html nor in .json"
    raise click.BadParameter(message, param_hint="--report")
