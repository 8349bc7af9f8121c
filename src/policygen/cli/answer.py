"""`policygen answer`."""

from __future__ import annotations

import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from policygen.cli.options import NAMED, day, in_workspace, writes
from policygen.cli.output import say, show_json
from policygen.cli.waiting import telling
from policygen.ground import paths

if TYPE_CHECKING:
    from policygen.project.answers import Changing, SharedRule, Stand


@click.command("answer")
@click.argument("school", type=NAMED, metavar="SCHOOL")
@click.argument("question", default="", metavar="[QUESTION]")
@click.argument("answer", default="", metavar="[ANSWER]")
@click.option("--yes", is_flag=True, help="Write the answer without asking.")
@click.option("--json", "plain", is_flag=True, help="Say the rules as JSON.")
@click.option("--as-of", callback=day, metavar="DATE", help="Today's date, if not today.")
@in_workspace
@partial(writes, when=lambda *, yes, **_: yes)
def answer_command(
    school: str,
    question: str,
    answer: str,
    as_of: datetime.date,
    workspace: Path,
    *,
    yes: bool,
    plain: bool,
) -> None:
    """Say which rules the policies of a school share, where each stands; change one for all of them."""
    from policygen.project import answers as rules

    if answer:
        with telling() as tell:
            made = rules.changing(workspace, school, question, answer, as_of, tell)
        _change(made, school, workspace, yes=yes)
        return
    with telling() as tell:
        found = rules.shared_rules(workspace, school, as_of, tell)
    if question:
        found = tuple(rule for rule in found if rule.name == question)
        if not found:
            message = f"no policy of `{school}` shares a rule `{question}`; `policygen answer {school}` lists them"
            raise click.BadParameter(message)
    if plain:
        show_json(rules.as_plain(found))
        return
    for rule in found:
        _show(rule, options=bool(question))
    if not found:
        say("no policy of this school shares a rule with another")
    elif not question:
        say(f"\nThe answers stand in {paths.answers_file(school)}.")
        say(f"To change one: policygen answer {school} QUESTION ANSWER")


def _show(rule: SharedRule, *, options: bool) -> None:
    say(f"\n{rule.name}")
    say(f"  {rule.question.ask}")
    say(f"  {rule.said or 'not answered yet'}")
    for stand in rule.stands:
        say(f"  {_stand(stand)}")
    if options:
        say("  may be answered:")
        for line in rule.question.allowed():
            say(f"    {line}")


def _stand(stand: Stand) -> str:
    from policygen.ground.wording import join_and

    where = f": {join_and(stand.where)}" if stand.where else ""
    return f"{stand.title} (edition {stand.edition}){where}"


def _change(made: Changing, school: str, workspace: Path, *, yes: bool) -> None:
    from policygen.project.answers import save_answer

    say(f"\n{made.rule.question.ask}")
    if made.rule.answer == made.now.answer and len(made.files) == 1:
        say(f"  It is answered so already: {made.now.said}.")
        return
    say(f"  so far: {made.rule.said or 'not answered'}")
    say(f"  now: {made.now.said}\n")
    for effect in made.effects:
        needs = "says the same"
        if effect.change == "material":
            needs = f"a material change, for approval by: {effect.body}"
        elif effect.change is not None:
            needs = f"a change that is {effect.change}"
        say(f"  {_stand(effect.stand)}")
        say(f"    {needs}")
    if not yes and not click.confirm("\nWrite it?", default=False):
        say("nothing was changed")
        return
    save_answer(workspace, made)
    for path in made.files:
        say(f"wrote {path}")
    say(f"\nnext: policygen status {school}")
