"""Asking a person at a terminal, one question after another. The only interactive module.

Nothing is chosen beforehand: the pointer begins at “Decide later”, and each answer is saved as soon as it is given.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Sequence
from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING, Any, assert_never

import questionary
from questionary import Choice

from policygen.cli.screen import columns, folded
from policygen.files.fields import NUMBER_PATTERN, day_hint, read_day
from policygen.files.yamledit import as_yaml
from policygen.ground.diagnostics import InputError
from policygen.ground.letters import nfc
from policygen.ground.wording import sentence_case
from policygen.model.adoption import version_order
from policygen.model.question import (
    AnyOf,
    Entries,
    Offered,
    OneOf,
    RefusedAnswerError,
    Typed,
    doubt_about,
    in_words,
    mark,
)
from policygen.products.text import clause_text
from policygen.project.adopt import (
    AnsweredMeanwhileError,
    with_answer,
    with_fact,
    with_head,
    with_history,
    with_kept,
    with_offer,
)

if TYPE_CHECKING:
    from policygen.compose.lacking import Lacking
    from policygen.language.document import Clause
    from policygen.model.facts import DeclaredFact
    from policygen.model.question import AnyQuestion
    from policygen.project.adopt import Adopting

    Save = Callable[
        [Adopting, Callable[[Adopting], object], Callable[[Adopting], Adopting]], Adopting
    ]
    """Writes one change, as `add_to_adoption` does below a root."""

_MOST = 78
"""Columns of a line at most: longer ones are hard to read."""
# Where the cursor is does not matter here, and a terminal that cannot say so would be scolded for it.
os.environ.setdefault("PROMPT_TOOLKIT_NO_CPR", "1")
_LATER = "<later>"
_OWN = "<own>"


class LaterError(Exception):
    """The person decides later."""


def ask(adopting: Adopting, again: Sequence[str], save: Save) -> tuple[Adopting, bool]:
    """Ask all that is open, and what is asked `again`; each step is saved.

    Returns the adoption with the answers, and whether the person went through to the end. Raises InputError where the
    file is such, by now, that nothing can be added to it.
    """
    interview = _Interview(adopting, save)
    try:
        interview.questions(again)
        interview.clauses()
        interview.facts()
        interview.heads()
    except (KeyboardInterrupt, EOFError):
        return interview.adopting, False
    return interview.adopting, True


def _is_lacking(adopting: Adopting, name: str) -> bool:
    return any(each.name == name for each in adopting.open_facts)


class _Interview:
    """One sitting."""

    def __init__(self, adopting: Adopting, save: Save) -> None:
        self.adopting = adopting
        self._save = save

    def keep(
        self,
        about: Callable[[Adopting], object],
        change: Callable[[Adopting], Adopting],
    ) -> None:
        """Save one decision, unless somebody else at another terminal has decided the same meanwhile."""
        try:
            self.adopting = self._save(self.adopting, about, change)
        except AnsweredMeanwhileError as error:
            self.adopting = error.now
            say(
                "  somebody else has decided this meanwhile: what they wrote stays, yours is not kept"
            )

    def questions(self, again: Sequence[str]) -> None:
        """First those that are asked again; then the open ones, which an answer may add to."""
        self.answered_already(again)
        for name in again:
            if name in self.adopting.asked:  # an answer just given may have taken it out
                self.question(name)
        later: set[str] = {*again}
        while name := next(
            (name for name in self.adopting.open_questions if name not in later), ""
        ):
            later.add(name)
            self.question(name)

    def answered_already(self, again: Sequence[str]) -> None:
        """What is not asked, because another policy of the school has asked it."""
        known = [name for name in self.adopting.answered_already if name not in again]
        if known:
            say(f"\nanswered for all policies, in {self.adopting.answers_path}:", "bold")
        for name in known:
            question = self.adopting.asked[name]
            _say_indented(f"{question.ask} {in_words(question, self.adopting.given[name])}")

    def question(self, name: str) -> None:
        asked = self.adopting.asked
        question = asked[name]
        say(f"\nquestion {[*asked].index(name) + 1} of {len(asked)}", "bold")
        say(question.ask)
        _say_indented(question.guidance or "")
        before = self.adopting.given.get(name)
        if before is not None:
            say(f"  your answer is: {as_yaml(before)}", "italic")
        try:
            answer = answer_to(question, before)
        except LaterError:
            return
        self.keep(lambda each: each.given.get(name), lambda each: with_answer(each, name, answer))

    def clauses(self) -> None:
        clauses = self.adopting.open_clauses
        for index, clause in enumerate(clauses, 1):
            say(f"\nclause {index} of {len(clauses)}: every school decides about it", "bold")
            for line in clause_text(clause, _width() - 4):
                say(f"    {line}".rstrip())
            _say_indented(self.adopting.template.guidance.get(clause.id, ""))
            self.clause(clause)

    def clause(self, clause: Clause) -> None:
        own = Choice("Write our own later: our text goes into the file, to begin from", _OWN)
        try:
            chosen = select_one([Choice("Keep this text", "keep"), own])
        except LaterError:
            return
        self.keep(
            lambda each: each.file.value.clauses.get(clause.id),
            lambda each: (
                with_kept(each, clause.id) if chosen == "keep" else with_offer(each, clause)
            ),
        )

    def facts(self) -> None:
        """What the policy prints of the school and its school.yaml does not say; one may lead to another."""
        later: set[str] = set()
        while missing := next(
            (each for each in self.adopting.open_facts if each.name not in later), None
        ):
            later.add(missing.name)
            try:
                path, value = fact_given(missing, self.adopting)
            except LaterError:
                continue
            self.keep(
                partial(_is_lacking, name=missing.name),
                partial(with_fact, path=path, value=value),
            )

    def heads(self) -> None:
        """The version, who prepares it and why: what the amendment history prints."""
        for key in self.adopting.open_heads:
            try:
                value = _head(key)
            except LaterError:
                continue
            self.keep(attrgetter(f"file.value.{key}"), partial(with_head, key=key, value=value))
            if key == "version" and version_order(value) > version_order("1.0"):
                self.history()

    def history(self) -> None:
        if self.adopting.file.value.history:
            return
        say("\nearlier versions, for the amendment history, the oldest first", "bold")
        rows: list[dict[str, object]] = []
        while version := typed("Earlier version, such as 1.0 (empty: no more):", _version_fault):
            rows.append(_row(version))
            self.keep(attrgetter("file.value.history"), partial(with_history, rows=[*rows]))


# --- one answer -------------------------------------------------------------------------------------------------------


def answer_to(question: AnyQuestion, before: object = None) -> object:
    """What the person answers; `before` is the answer that they gave earlier. Raises LaterError."""
    offer = question.offer()
    match offer:
        case OneOf(options):
            return select_one([Choice(f"{one.label}{mark(one)}", one.answer) for one in options])
        case AnyOf(options):
            earlier = before if isinstance(before, list) else []
            return _checkbox(
                [Choice(one.label, one.answer, checked=one.answer in earlier) for one in options]
            )
        case Typed(suggested, own):
            return _suggested_or(suggested, own, lambda: _line(question))
        case Entries(suggested, own):
            return _suggested_or(suggested, own, _list)
        case _:
            assert_never(offer)


def _suggested_or(answer: Offered | None, own: str, ask_own: Callable[[], object]) -> object:
    """The suggested answer, if that is chosen; without one, the own one is asked for at once."""
    if answer is None:
        return ask_own()
    chosen = select_one([Choice(f"{answer.label}{mark(answer)}", answer.answer), Choice(own, _OWN)])
    return ask_own() if chosen == _OWN else chosen


def select_one(choices: list[Choice], message: str = "Your answer:") -> Any:
    """One of these. The pointer begins at “Decide later”, so that nobody takes an answer by pressing Enter alone."""
    later = Choice("Decide later", _LATER)
    chosen = questionary.select(
        message,
        [*map(_whole, choices), later],
        default=later,
        use_shortcuts=len(choices) < 9,
        instruction="(number or arrows, then Enter; Ctrl-C stops)",
    ).unsafe_ask()
    if chosen == _LATER:
        raise LaterError
    return chosen


def _whole(choice: Choice) -> Choice:
    """A choice whose label goes on in the next line where the screen ends, instead of being cut off there."""
    label = folded(str(choice.title), _width() - 6, hanging=0).replace("\n", f"\n{' ' * 6}")
    return Choice(label, choice.value, checked=choice.checked)


def _checkbox(choices: list[Choice]) -> Any:
    chosen = questionary.checkbox(
        "Answers:",
        [*map(_whole, choices)],
        instruction="(Space marks, Enter ends; nothing marked: later)",
    ).unsafe_ask()
    if not chosen:
        raise LaterError
    return chosen


def _line(question: AnyQuestion) -> object:
    """A typed answer, asked for again while the person does not mean it."""

    def fault(text: str) -> str:
        try:
            question.typed(text)
        except RefusedAnswerError as error:
            return error.message.replace("{written}", text)
        return ""

    while True:
        text = typed("Your answer (empty: decide later):", fault)
        if not text:
            raise LaterError
        answer = question.typed(text)
        texts = [said for _, said in question.free_texts(answer)]
        if all(map(_is_meant, texts)):
            return answer


def _is_meant(text: str) -> bool:
    """Whether a text that looks like a placeholder or the number of a choice is meant all the same."""
    doubt = doubt_about(text)
    if not doubt:
        return True
    say(f"  “{text}” {doubt}, and it would print as it stands", "italic")
    return bool(
        select_one([Choice("Write another text", value=False), Choice("It is meant", value=True)])
    )


def fact_given(missing: Lacking, adopting: Adopting) -> tuple[tuple[str, ...], object]:
    """What the person gives for a fact of the school, and where it stands. Raises LaterError."""
    path = tuple(missing.name.split("."))
    say(f"\na fact that this policy prints, kept in {adopting.facts_path} for all policies", "bold")
    say(f"{sentence_case(missing.called)} (`{missing.name}`)")
    _say_indented(missing.fact.guidance if missing.fact else "")
    if missing.fact is not None and missing.fact.kind == "person":
        return _person(missing, missing.fact, path[:2], missing.held(adopting.school))
    if missing.example:
        say(f"  such as: {missing.example}", "italic")
    if missing.several:
        return path, _list()
    return path, _typed_fact(partial(_fact_fault, missing, path, adopting), missing)


def _person(
    missing: Lacking, fact: DeclaredFact, path: tuple[str, ...], held: Any
) -> tuple[tuple[str, ...], object]:
    """A person: the name, or what else a text prints; nobody is named who may not be."""
    if isinstance(held, tuple):  # which of them it is about, a line of questions cannot show
        says = f"  look at `{path[1]}` there: who is to be named has `public: yes`, and all that the policy prints"
        say(says, "italic")
        raise LaterError
    if held is not None and not held.public:
        yes = Choice(f"The policy may name {held.name}, on the website, too", value=True)
        return (*path, "public"), select_one([yes])
    if held is not None:
        say(f"  of {held.name}", "italic")
        return (*path, missing.part), _line_or_later()
    say(f"  the policy names them, on the website, too; such as: {missing.example}", "italic")
    return path, fact.as_given(tuple(_list()) if fact.several else _line_or_later())


def _line_or_later() -> str:
    text = typed("Your answer (empty: decide later):")
    if not text:
        raise LaterError
    return text


def _typed_fact(fault: Callable[[str], str], missing: Lacking) -> object:
    while True:
        text = typed("Your answer (empty: decide later):", fault)
        if not text:
            raise LaterError
        value = missing.read(text)
        if not isinstance(value, str) or _is_meant(value):
            return value


def _fact_fault(missing: Lacking, path: tuple[str, ...], adopting: Adopting, text: str) -> str:
    value = missing.read(text)
    if value is None:
        return f"must be {missing.wanted}"
    try:
        with_fact(adopting, path, value)
    except InputError as error:
        return f"cannot be kept: {error.diagnostics[0].message}"
    return ""


def _list() -> list[str]:
    """Texts, one after another."""
    texts: list[str] = []
    while text := typed(
        f"Entry {len(texts) + 1} (empty: {'no more' if texts else 'decide later'}):"
    ):
        if text not in texts and _is_meant(text):
            texts.append(text)
    if not texts:
        raise LaterError
    return texts


def typed(message: str, fault: Callable[[str], str] = lambda _: "", *, needed: bool = False) -> str:
    """A line of text, empty unless it is needed. `fault` says what is wrong with one."""

    def check(text: str) -> bool | str:
        written = nfc(text).strip()
        found = ""
        if written:
            found = fault(written)
        elif needed:
            found = "cannot be empty"
        return f"this {found}" if found else True

    return nfc(str(questionary.text(message, validate=check).unsafe_ask())).strip()


# --- about the version ------------------------------------------------------------------------------------------------


def _head(key: str) -> str:
    """The version, author or reason. Raises LaterError."""
    if key == "version":
        say("\nthe version that is being prepared", "bold")
        first = Choice("1.0: the school never had such a policy", "1.0")
        chosen = str(
            select_one([first, Choice("Another number: there were versions before", _OWN)])
        )
        text = (
            typed("Its number, such as 2.0 (empty: decide later):", _version_fault)
            if chosen == _OWN
            else chosen
        )
    else:
        if key == "author":
            asked, like = "Who prepares this version?", "School Business Manager"
        else:
            asked, like = "Why, in a few words?", "First adoption of the model policy"
        say(f"\n{asked} Such as: {like}")
        text = typed("Your answer (empty: decide later):")
    if not text:
        raise LaterError
    return text


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
