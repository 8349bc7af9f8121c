"""Asking a person at a terminal, one question after another. The only interactive module.

Nothing is chosen beforehand: the pointer begins at “Decide later”, and each answer is saved as soon as it is given.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, assert_never

import questionary
from prompt_toolkit.key_binding import KeyBindings
from questionary import Choice

from policygen.cli.screen import columns, folded
from policygen.files.fields import NUMBER_PATTERN, day_hint, read_day
from policygen.ground.letters import nfc
from policygen.ground.wording import lower_first
from policygen.model.adoption import version_order
from policygen.model.question import (
    AnyOf,
    Entries,
    Offered,
    OneOf,
    RefusedAnswerError,
    Typed,
    mark,
)
from policygen.products.text import clause_text
from policygen.project.sitting import (
    AdoptionSitting,
    MeanwhileError,
    SchoolSitting,
    knows_school,
)

if TYPE_CHECKING:
    from pathlib import Path

    from policygen.model.question import Offer
    from policygen.project.questions import Given, Point
    from policygen.project.sitting import Sitting

_MOST = 78
"""Columns of a line at most: longer ones are hard to read."""
# Where the cursor is does not matter here, and a terminal that cannot say so would be scolded for it.
os.environ.setdefault("PROMPT_TOOLKIT_NO_CPR", "1")
_LATER = "<later>"
_OWN = "<own>"
_BACK = "<"
"""What is typed to go back to the question before."""


class LaterError(Exception):
    """The person decides later."""


class BackError(LaterError):
    """The person goes back to the question before."""


def ask(sitting: Sitting, again: Sequence[str] = ()) -> bool:
    """Ask all that is open, and first what is asked `again`, by key; each answer is saved.

    Returns whether the person went through to the end. Raises InputError where a file is such, by now, that nothing
    can be added to it.
    """
    try:
        _Interview(sitting).run(again)
    except (KeyboardInterrupt, EOFError):
        return False
    return True


def ask_of_school(root: Path, school_id: str) -> bool:
    """Ask what every school says of itself, as far as its file lacks that. Returns whether it is all there now."""
    if not knows_school(root, school_id):
        return True
    sitting = SchoolSitting(root, school_id)
    return sitting.is_begun or (ask(sitting) and sitting.is_begun)


def say_how() -> None:
    """How one answers, said once."""
    say(f"Each answer is kept when it is given. {_BACK} goes back to the question before.")


class _Interview:
    """One sitting at a terminal."""

    def __init__(self, sitting: Sitting) -> None:
        self.sitting = sitting
        self._trail: list[str] = []
        """The keys of what was asked, in order: the way back."""
        self._put_off: set[str] = set()

    def run(self, again: Sequence[str]) -> None:
        queue = [*again]
        self._say_answered_already(again)
        while point := self._next(queue):
            try:
                self._ask(point)
            except BackError:
                queue.insert(0, point.key)
                if self._trail:
                    queue.insert(0, self._trail.pop())
                else:
                    say("  this is the first question", "italic")
                continue
            self._trail.append(point.key)

    def _next(self, queue: list[str]) -> Point | None:
        """What is asked next: an answer just given may have taken out what was to come, or added to it."""
        points = {point.key: point for point in self.sitting.points()}
        while queue:
            if found := points.get(queue.pop(0)):
                return found
        return next(
            (each for each in points.values() if each.is_open and each.key not in self._put_off),
            None,
        )

    def _say_answered_already(self, again: Sequence[str]) -> None:
        """What is not asked, because another policy of the school has asked it."""
        if not isinstance(self.sitting, AdoptionSitting):
            return
        known = [point for point in self.sitting.answered_already() if point.key not in again]
        if known:
            say(f"\nanswered for all policies, in {known[0].path}:", "bold")
        for point in known:
            _say_indented(f"{point.question.ask} {point.said}")

    def _ask(self, point: Point) -> None:
        self._put_off.add(point.key)
        self._show(point)
        try:
            value = answer_meant(
                point.offer,
                partial(self.sitting.read, point),
                point.doubts,
                before=point.present,
                back=True,
            )
        except BackError:
            raise
        except LaterError:
            return
        try:
            self.sitting.save(point, value)
        except MeanwhileError:
            say(
                "  somebody else has decided this meanwhile: what they wrote stays, yours is not kept"
            )
            return
        if point.key == "version" and version_order(str(value)) > version_order("1.0"):
            self._history()

    def _show(self, point: Point) -> None:
        same = [each.key for each in self.sitting.points() if each.kind == point.kind]
        where = f", kept in {point.path} for all policies" if point.kind == "fact" else ""
        if point.kind == "head":
            say("\nabout the version that is being prepared", "bold")
        else:
            number = same.index(point.key) + 1
            say(f"\n{point.kind} {number} of {len(same)}{where}", "bold")
        say(point.question.ask)
        _say_indented(point.question.guidance or "")
        for line in clause_text(point.clause, _width() - 4) if point.clause else ():
            say(f"    {line}".rstrip())
        if point.missing and point.missing.is_person:
            say("  the policy names them, on the website, too", "italic")
        for other in point.beside:
            _say_indented(f"In “{other.policy}” the school says: {other.said}")
        if not point.is_open:
            _say_indented(f"your answer is: {point.said}")
        elif point.example and not point.is_example_offered:
            _say_indented(f"such as: {point.example}")

    def _history(self) -> None:
        """The versions from before policygen, for the amendment history."""
        if not isinstance(self.sitting, AdoptionSitting) or self.sitting.history:
            return
        say("\nearlier versions, for the amendment history, the oldest first", "bold")
        rows: list[dict[str, object]] = []
        while version := typed("Earlier version, such as 1.0 (empty: no more):", _version_fault):
            rows.append(_row(version))
            self.sitting.save_history(rows)


# --- one answer -------------------------------------------------------------------------------------------------------


def answer_meant(
    offer: Offer,
    read: Callable[[Given], object],
    doubts: Callable[[Any], Sequence[str]],
    *,
    before: Any = None,
    back: bool = False,
) -> object:
    """What the person answers, asked for again while it cannot be read or is not meant. Raises LaterError, BackError.

    `before` is the answer that they gave earlier, and `back` whether there is a question to go back to.
    """

    def fault(written: Given) -> str:
        try:
            read(written)
        except RefusedAnswerError as error:
            return error.message
        return ""

    way = _Way(back, before is not None, fault)
    while True:
        try:
            value = read(_answer_to(offer, before, way))
        except RefusedAnswerError as error:
            say(f"  this {error.message}", "italic")
            continue
        if all(map(_is_meant, doubts(value))):
            return value


@dataclass(frozen=True)
class _Way:
    """How a question can be left."""

    back: bool
    answered: bool
    fault: Callable[[str], str] = lambda _: ""
    """What is wrong with a typed answer; empty for nothing."""

    @property
    def later(self) -> str:
        return "Leave it as it is" if self.answered else "Decide later"

    @property
    def keys(self) -> str:
        """What instructions say of the way back."""
        return "< goes back; " if self.back else ""


_NO_WAY = _Way(back=False, answered=False)


def _answer_to(offer: Offer, before: Any, way: _Way) -> Given:
    match offer:
        case OneOf(options):
            offered = [Choice(f"{one.label}{mark(one)}", _as_typed(one.answer)) for one in options]
            chosen: Given = _select(offered, way)
            return chosen
        case AnyOf(options):
            earlier = before if isinstance(before, list) else []
            return _checkbox(
                [Choice(one.label, one.answer, checked=one.answer in earlier) for one in options],
                way,
            )
        case Typed(suggested, own):
            return _suggested_or(suggested, own, lambda: _line(way), way)
        case Entries(suggested, own):
            return _suggested_or(suggested, own, lambda: _list(way), way)
        case _:
            assert_never(offer)


def _as_typed(answer: object) -> Given:
    """An answer that is offered, as a person would type it."""
    match answer:
        case bool():
            return "yes" if answer else "no"
        case list():
            return answer
        case _:
            return str(answer)


def _suggested_or(
    answer: Offered | None, own: str, ask_own: Callable[[], Given], way: _Way
) -> Given:
    """The suggested answer, if that is chosen; without one, the own one is asked for at once."""
    if answer is None:
        return ask_own()
    label = answer.label
    if isinstance(answer.answer, list):
        label = "This list"
        for item in answer.answer:
            say(f"    - {item}")
    offered = [Choice(f"{label}{mark(answer)}", _as_typed(answer.answer)), Choice(own, _OWN)]
    chosen: Given = _select(offered, way)
    return ask_own() if chosen == _OWN else chosen


def select_one(choices: list[Choice], message: str = "Your answer:") -> Any:
    """One of these. Raises LaterError."""
    return _select(choices, _NO_WAY, message)


def _select(choices: list[Choice], way: _Way, message: str = "Your answer:") -> Any:
    """One of these. The pointer begins at “Decide later”, so that nobody takes an answer by pressing Enter alone."""
    last = Choice(way.later, _LATER)
    asked = questionary.select(
        message,
        [*map(_whole, choices), last],
        default=last,
        use_shortcuts=len(choices) < 9,
        instruction=f"(number or arrows, then Enter; {way.keys}Ctrl-C stops)",
    )
    chosen = _chosen(asked, way)
    if chosen == _LATER:
        raise LaterError
    return chosen


def _chosen(asked: questionary.Question, way: _Way) -> Any:
    """What is chosen; `<` goes back where there is a way."""
    bindings = asked.application.key_bindings
    if way.back and isinstance(bindings, KeyBindings):

        @bindings.add(_BACK, eager=True)
        def _(event: Any) -> None:
            event.app.exit(result=_BACK)

    chosen = asked.unsafe_ask()
    if chosen == _BACK:
        raise BackError
    return chosen


def _whole(choice: Choice) -> Choice:
    """A choice whose label goes on in the next line where the screen ends, instead of being cut off there."""
    label = folded(str(choice.title), _width() - 6, hanging=0).replace("\n", f"\n{' ' * 6}")
    return Choice(label, choice.value, checked=choice.checked)


def _checkbox(choices: list[Choice], way: _Way) -> list[str]:
    asked = questionary.checkbox(
        "Answers:",
        [*map(_whole, choices)],
        instruction=f"(Space marks, Enter ends; {way.keys}nothing marked: later)",
    )
    chosen: list[str] = _chosen(asked, way)
    if not chosen:
        raise LaterError
    return chosen


def _line(way: _Way) -> str:
    """A typed answer."""
    text = typed(f"Your answer (empty: {lower_first(way.later)}):", way.fault, way=way)
    if not text:
        raise LaterError
    return text


def _is_meant(doubt: str) -> bool:
    """Whether a text that looks like a placeholder or the number of a choice is meant all the same."""
    say(f"  {doubt}", "italic")
    return bool(
        select_one([Choice("Write another text", value=False), Choice("It is meant", value=True)])
    )


def _list(way: _Way) -> list[str]:
    """Texts, one after another."""
    texts: list[str] = []
    while text := typed(
        f"Entry {len(texts) + 1} (empty: {'no more' if texts else lower_first(way.later)}):",
        way=way,
    ):
        if text not in texts:
            texts.append(text)
    if not texts:
        raise LaterError
    return texts


def typed(
    message: str,
    fault: Callable[[str], str] = lambda _: "",
    *,
    needed: bool = False,
    way: _Way = _NO_WAY,
) -> str:
    """A line of text, empty unless it is needed. `fault` says what is wrong with one. `<` goes back on the way."""

    def check(text: str) -> bool | str:
        written = nfc(text).strip()
        found = ""
        if written and not (way.back and written == _BACK):
            found = fault(written)
        elif needed and not written:
            found = "cannot be empty"
        return f"this {found}" if found else True

    text = nfc(str(questionary.text(message, validate=check).unsafe_ask())).strip()
    if way.back and text == _BACK:
        raise BackError
    return text


# --- earlier versions -------------------------------------------------------------------------------------------------


def _row(version: str) -> dict[str, object]:
    """One row of the history."""
    row: dict[str, object] = {
        "version": version,
        "date": read_day(typed("Approved on, the year first:", _date_fault, needed=True)),
        "author": typed("Prepared by:", needed=True),
        "reason": typed("Why:", needed=True),
    }
    if minute := typed("Minute number (empty: not known):"):
        row["minute"] = minute
    return row


def _version_fault(text: str) -> str:
    if re.fullmatch(NUMBER_PATTERN, text):
        return ""
    return "must be numbers with dots between them, such as 2.0"


def _date_fault(text: str) -> str:
    if read_day(text):
        return ""
    return f"must be a date such as {day_hint(text)}"


# --- on the screen ----------------------------------------------------------------------------------------------------


def say(text: str, style: str = "") -> None:
    """Print a text between two questions."""
    questionary.print(folded(text, _width()), style=style)


def _say_indented(text: str) -> None:
    if text:
        lines = folded(text, _width() - 2, hanging=0)
        say("  " + lines.replace("\n", "\n  "), "italic")


def _width() -> int:
    return min(columns(sys.stdout) or _MOST, _MOST)
