"""Deciding an upgrade at a terminal, one open point after another. Nothing is chosen beforehand."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING

import click
import questionary
from questionary import Choice as Line

from policygen.cli.asking import LaterError, answer_meant, say, select_one
from policygen.files.fields import read_day
from policygen.ground.diagnostics import InputError
from policygen.model.adoption import Deviation
from policygen.products.text import clause_text
from policygen.project import upgrade as upgrading
from policygen.project.questions import doubts_about, meant_by
from policygen.upgrade.clauses import decision_texts, own_keys
from policygen.upgrade.decisions_file import note_in_words
from policygen.upgrade.outcome import Choice, ClauseTexts

if TYPE_CHECKING:
    from policygen.files.yamlfile import Located
    from policygen.project.upgrade_inputs import Moving
    from policygen.upgrade.decisions_file import UpgradeFile
    from policygen.upgrade.outcome import Outcome, OwnText, Upgrade

_WHICH: dict[OwnText, str] = {
    "own": "your text",
    "own_before": "your text before the clause",
    "own_after": "your text after the clause",
}


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
        while outcome := _next(upgrade, later):
            later.add(outcome.id)
            choice = _asked(moving, outcome, upgrade)
            if choice is None:
                continue
            try:
                upgrade = upgrading.decide(moving, file, {**chosen, outcome.key: choice})
                chosen[outcome.key] = choice
            except InputError as error:
                for problem in error.diagnostics:
                    say("\n  ".join((f"  {problem.message}", *problem.hints)))
                later.remove(outcome.id)
    except (KeyboardInterrupt, EOFError):
        say("stopped")
    return upgrade


def wants_to_save(lines: Iterator[str]) -> bool:
    """Show what the school's copy will say, and ask whether to save it; later, or stopped, is no."""
    for line in lines:
        say(line)
    try:
        return bool(select_one([Line("Save it", value=True)], "Is that right?"))
    except (LaterError, KeyboardInterrupt, EOFError):
        return False


def _next(upgrade: Upgrade, later: set[str]) -> Outcome | None:
    for outcome in upgrade.outcomes:
        if outcome.open and outcome.id not in later:
            return outcome
    return None


def _asked(moving: Moving, outcome: Outcome, upgrade: Upgrade) -> Choice | None:
    """What the person decides about one point; None for later."""
    say(f"\n{outcome.id}: {outcome.because}", style="bold")
    if outcome.details:
        say(f"  {outcome.details}")
    for note in outcome.notes:
        say(f"  the issuer: {note_in_words(note)}")
    try:
        if outcome.kind == "question":
            return _question(upgrade, outcome)
        return _clause(moving, outcome, upgrade.shown.get(outcome.id, ClauseTexts()))
    except LaterError:
        return None


def _question(upgrade: Upgrade, outcome: Outcome) -> Choice:
    if outcome.answer is not None:
        say(f"  your answer was: {outcome.answer}")
    if outcome.why in ("removed", "unasked"):
        return Choice(select_one([Line("Take the answer out", "take")]))
    question = upgrade.questions[outcome.now[0]]
    say(question.ask)
    if outcome.why == "reworded":
        offered = [Line("Keep it", "keep"), Line("Another answer", "own")]
        if select_one(offered) == "keep":
            return Choice("keep")
    answer = answer_meant(
        question.offer(), partial(meant_by, question), partial(doubts_about, question)
    )
    return Choice("answer", answer=answer)


def _clause(moving: Moving, outcome: Outcome, shown: ClauseTexts) -> Choice:
    for title, text in (("before", shown.before), ("now", shown.now), ("yours", shown.ours)):
        if text:
            say(f"  {title}:", style="italic")
            for line in text.split("\n"):
                say(f"    {line}".rstrip())
    offered = [Line("Take the model text" if outcome.now else "Take yours out, too", "take")]
    if outcome.can_keep:
        offered.append(Line("Keep yours", "keep"))
    offered.append(Line("Write another text", "own"))
    action = select_one(offered)
    if action == "take":
        return Choice("take")
    texts = {} if action == "keep" else _new_texts(moving, outcome, shown)
    target = _target(moving, outcome)
    reason = "" if outcome.local else _typed("Why does your text differ?")
    has_leave = outcome.local is not None and outcome.local.deviation is not None
    is_locked = moving.way.new[target or outcome.now[0]].clauses[0].adapt == "locked"
    leave = _leave() if is_locked and not has_leave else None
    return Choice(action, texts=texts, to=target, reason=reason, deviation=leave)


# --- a text of the school's own ---------------------------------------------------------------------------------------


def _new_texts(moving: Moving, outcome: Outcome, shown: ClauseTexts) -> dict[OwnText, str]:
    """A new text for each that the school has there; without one, a text in place of the model's."""
    before = decision_texts(outcome.local)
    return {
        key: _new_text(moving, _WHICH[key], before.get(action, shown.now))
        for key, action in own_keys(outcome.local).items()
    }


def _new_text(moving: Moving, which: str, text: str) -> str:
    """The text as the person leaves it in an editor, or types it. Raises LaterError where none is left."""
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if editor:
        say(f"  {which}: your editor opens")
        try:
            written = click.edit(f"{text}\n", extension=".md")
        except click.ClickException:
            say(f"  your editor `{editor}` cannot be opened")
            written = _typed_text(moving, which)
    else:
        written = _typed_text(moving, which)
    if written is None or not written.strip():
        raise LaterError
    return f"{written.rstrip()}\n"


def _typed_text(moving: Moving, which: str) -> str:
    say(
        f"  Type {which}; an empty line ends it. Or leave it empty, and write the text later, under"
        f" `own:` in {moving.choices_path}."
    )
    lines: list[str] = []
    while line := str(questionary.text("", qmark="  >").unsafe_ask()).strip():
        lines.append(line)
    return "\n".join(lines)


def _target(moving: Moving, outcome: Outcome) -> str:
    """The clause to which the person's text goes, where its own is gone or was split; empty where it stays."""
    if not outcome.needs_a_place:
        return ""
    if len(outcome.now) > 1:
        parts = [Line(f"{part}: {_first_words(moving, part)}", part) for part in outcome.now]
        return str(select_one(parts, "This clause was split. To which part does your text go?"))
    known = [*moving.way.new]
    asked = questionary.autocomplete(
        "This clause is gone. The id of the clause beside which your text goes:",
        known,
        validate=lambda typed: typed in known or "there is no such clause",
    )
    return str(asked.unsafe_ask())


def _first_words(moving: Moving, identity: str, most: int = 9) -> str:
    words = " ".join(clause_text(moving.way.new[identity].clauses[0])).split()
    return " ".join(words[:most]) + (" …" if len(words) > most else "")


# --- leave to depart from agreed wording ------------------------------------------------------------------------------


def _leave() -> Deviation:
    """Who agreed that the school departs from agreed wording, why and until when."""
    say("This is agreed wording: your text needs the issuer’s leave.")
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
        if right(written) if written else not needed:
            return True
        return "this will not do"

    return str(questionary.text(message, validate=check).unsafe_ask()).strip()
