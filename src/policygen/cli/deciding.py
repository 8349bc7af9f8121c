"""Deciding an upgrade at a terminal, one open point after another. Nothing is chosen beforehand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import questionary
from questionary import Choice as Line

from policygen.cli.asking import LaterError, answer_to, select_one
from policygen.pages.plaintext import clause_text
from policygen.policy.upgrade import Choice
from policygen.project import upgrading

if TYPE_CHECKING:
    from collections.abc import Mapping

    from policygen.files.yamlfile import Located
    from policygen.policy.upgrade import Outcome, Upgrade
    from policygen.policy.upgrade_file import UpgradeFile
    from policygen.project.upgrade_inputs import Moving


def decide(
    moving: Moving, file: Located[UpgradeFile] | None, given: Mapping[str, str | Choice], upgrade: Upgrade
) -> Upgrade:
    """Ask about each open point, questions first; what is put off, or stopped, stays open."""
    chosen: dict[str, str | Choice] = {**given}
    later: set[str] = set()
    try:
        while outcome := next((each for each in upgrade.outcomes if each.open and each.id not in later), None):
            later.add(outcome.id)
            choice = _asked(moving, outcome)
            if choice is not None:
                key = outcome.now[0] if outcome.kind == "question" and outcome.now else outcome.id
                chosen[key] = choice
                upgrade = upgrading.decide(moving, file, chosen)
    except (KeyboardInterrupt, EOFError):
        questionary.print("stopped")
    return upgrade


def _asked(moving: Moving, outcome: Outcome) -> Choice | None:
    """What the person decides about one point; None for later."""
    questionary.print(f"\n{outcome.id}: {outcome.because}", style="bold")
    try:
        return _question(moving, outcome) if outcome.kind == "question" else _clause(outcome)
    except LaterError:
        return None


def _question(moving: Moving, outcome: Outcome) -> Choice:
    if outcome.answer is not None:
        questionary.print(f"  your answer was: {outcome.answer}")
    if outcome.why in ("removed", "unasked"):
        return Choice(select_one([Line("Take the answer out", "take")]))
    question = moving.new.edition.file.value.questions[outcome.now[0]]
    questionary.print(question.ask)
    if outcome.why == "reworded" and select_one([Line("Keep it", "keep"), Line("Another answer", "own")]) == "keep":
        return Choice("keep")
    return Choice("answer", answer=answer_to(question))


def _clause(outcome: Outcome) -> Choice:
    for title, clauses in (("before", outcome.before), ("now", outcome.after)):
        for clause in clauses:
            questionary.print(f"  {title}:", style="italic")
            for line in clause_text(clause):
                questionary.print(f"    {line}".rstrip())
    if outcome.local:
        questionary.print("  yours:", style="italic")
        texts = (outcome.local.replace, outcome.local.add_before, outcome.local.add_after)
        for line in "\n".join(text.rstrip() for text in texts if text).split("\n"):
            questionary.print(f"    {line or '(left out)'}")
    offered = [Line("Take the model text", "take")]
    if outcome.local and len(outcome.now) == 1 and all(each.adapt != "locked" for each in outcome.after):
        offered.append(Line("Keep yours", "keep"))
    return Choice(select_one(offered))
