"""Deciding an upgrade at a terminal, one open point after another. Nothing is chosen beforehand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
import questionary
from questionary import Choice as Line

from policygen.cli.asking import LaterError, answer_to, select_one
from policygen.files.fields import read_day
from policygen.ground.diagnostics import InputError
from policygen.model.adoption import Deviation
from policygen.products.text import clause_text
from policygen.project import upgrade as upgrading
from policygen.upgrade.outcome import Choice

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from policygen.files.yamlfile import Located
    from policygen.project.upgrade_inputs import Moving
    from policygen.upgrade.decisions_file import UpgradeFile
    from policygen.upgrade.outcome import Outcome, Upgrade


def decide(
    moving: Moving,
    file: Located[UpgradeFile] | None,
    given: Mapping[str, str | Choice],
    upgrade: Upgrade,
) -> Upgrade:
    """Ask about each open point, questions first; what is put off, or stopped, stays open."""
    chosen: dict[str, str | Choice] = {**given}
    later: set[str] = set()
    try:
        while outcome := next(
            (each for each in upgrade.outcomes if each.open and each.id not in later), None
        ):
            later.add(outcome.id)
            choice = _asked(moving, outcome)
            if choice is None:
                continue
            key = outcome.now[0] if outcome.kind == "question" and outcome.now else outcome.id
            try:
                upgrade = upgrading.decide(moving, file, {**chosen, key: choice})
                chosen[key] = choice
            except InputError as error:
                for each in error.diagnostics:
                    questionary.print("\n  ".join((f"  {each.message}", *each.hints)))
                later.remove(outcome.id)
    except (KeyboardInterrupt, EOFError):
        questionary.print("stopped")
    return upgrade


def _asked(moving: Moving, outcome: Outcome) -> Choice | None:
    """What the person decides about one point; None for later."""
    questionary.print(f"\n{outcome.id}: {outcome.because}", style="bold")
    try:
        return (
            _question(moving, outcome) if outcome.kind == "question" else _clause(moving, outcome)
        )
    except LaterError:
        return None


def _question(moving: Moving, outcome: Outcome) -> Choice:
    if outcome.answer is not None:
        questionary.print(f"  your answer was: {outcome.answer}")
    if outcome.why in ("removed", "unasked"):
        return Choice(select_one([Line("Take the answer out", "take")]))
    question = moving.new.edition.file.value.questions[outcome.now[0]]
    questionary.print(question.ask)
    if (
        outcome.why == "reworded"
        and select_one([Line("Keep it", "keep"), Line("Another answer", "own")]) == "keep"
    ):
        return Choice("keep")
    return Choice("answer", answer=answer_to(question))


def _clause(moving: Moving, outcome: Outcome) -> Choice:
    for title, clauses in (("before", outcome.before), ("now", outcome.after)):
        for clause in clauses:
            questionary.print(f"  {title}:", style="italic")
            for line in clause_text(clause):
                questionary.print(f"    {line}".rstrip())
    ours = _ours(outcome)
    if outcome.local:
        questionary.print("  yours:", style="italic")
        for line in (ours or "(left out)").split("\n"):
            questionary.print(f"    {line}".rstrip())
    offered = [Line("Take the model text" if outcome.now else "Take yours out, too", "take")]
    if outcome.local and outcome.why != "reference":
        offered.append(Line("Keep yours", "keep"))
    offered.append(Line("Write another text: your editor opens", "own"))
    action = select_one(offered)
    if action == "take":
        return Choice("take")
    text = "" if action == "keep" else _edited(ours or _model(outcome))
    target = _target(moving, outcome)
    reason = "" if action == "keep" or outcome.local else _typed("Why does your text differ?")
    leave = (
        _leave()
        if _is_locked(moving, target or outcome.now[0]) and not _has_leave(outcome)
        else None
    )
    return Choice(action, own=text, to=target, reason=reason, deviation=leave)


def _ours(outcome: Outcome) -> str:
    local = outcome.local
    texts = (local.replace, local.add_before, local.add_after) if local else ()
    return "\n\n".join(text.rstrip() for text in texts if text)


def _model(outcome: Outcome) -> str:
    return "\n\n".join(
        "\n".join(line.rstrip() for line in clause_text(each)).strip() for each in outcome.after
    )


def _edited(text: str) -> str:
    """The text as the person leaves it in an editor. Raises LaterError where none is left, or nothing was saved."""
    written = click.edit(f"{text}\n", extension=".md")
    if written is None or not written.strip():
        raise LaterError
    return f"{written.rstrip()}\n"


def _target(moving: Moving, outcome: Outcome) -> str:
    """The clause to which the person's text goes, where its own is gone or was split; empty where it stays."""
    if len(outcome.now) == 1 and outcome.why != "left-out":
        return ""
    if outcome.now and outcome.why != "left-out":
        return str(select_one([Line(each, each) for each in outcome.now]))
    known = [*moving.way.new]
    asked = questionary.autocomplete(
        "The id of the clause after which yours comes:",
        known,
        validate=lambda each: each in known or "no such clause",
    )
    return str(asked.unsafe_ask())


def _is_locked(moving: Moving, target: str) -> bool:
    return moving.way.new[target].clauses[0].adapt == "locked"


def _has_leave(outcome: Outcome) -> bool:
    return outcome.local is not None and outcome.local.deviation is not None


def _leave() -> Deviation:
    """Who agreed that the school departs from agreed wording, why and until when."""
    questionary.print("This is agreed wording: your text needs the issuer’s leave.")
    said = {"agreed_by": _typed("Who agreed to it?"), "reason": _typed("Why?")}
    until = read_day(
        _typed("Until when? A day, the year first; empty if no day was set.", _is_day, needed=False)
    )
    return Deviation.model_validate({**said, **({"until": until} if until else {})})


def _is_day(text: str) -> bool:
    return read_day(text) is not None


def _typed(message: str, right: Callable[[str], bool] = bool, *, needed: bool = True) -> str:
    """A line of text; empty unless it is `needed`."""

    def check(text: str) -> bool | str:
        written = text.strip()
        return (right(written) if written else not needed) or "this will not do"

    return str(questionary.text(message, validate=check).unsafe_ask()).strip()
