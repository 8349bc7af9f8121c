"""A school's adoption while it is being answered: what is still open, and its file with one more answer in it."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING

from policygen.files.yamledit import CannotAddError, as_yaml, with_comment, with_value
from policygen.files.yamlfile import read_yaml
from policygen.ground.diagnostics import InputError, Place, Problems
from policygen.ground.wording import count, join_and
from policygen.pages.plaintext import clause_text
from policygen.policy.adoption import StartedAdoption
from policygen.policy.compose import required_clauses
from policygen.policy.names import asked_questions
from policygen.policy.template import (
    ChoiceQuestion,
    ChoicesQuestion,
    DateQuestion,
    ListQuestion,
    TextQuestion,
    WholeNumberQuestion,
    YesNoQuestion,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from policygen.files.yamlfile import Located
    from policygen.language.document import Clause
    from policygen.policy.edition import SchoolFiles
    from policygen.policy.law import LawLibrary
    from policygen.policy.prepared import PreparedEdition
    from policygen.policy.template import AnyQuestion, Template

HEADS = ("version", "author", "reason")
"""What an adoption says of the version that it prepares."""

_WIDTH = 100
_CLAUSES = (
    "Required clauses: keep our text, or write your own. To keep it, take the `# ` away before `ID: keep`.",
    "For your own, write this in its place:",
    "    ID:",
    "      replace: |",
    "        Your own text, without a number.",
    "      reason: Why it differs",
)


@dataclass(frozen=True)
class Adopting:
    """An adoption as its file stands, with the edition and the school that say what is asked."""

    name: str
    """As people write it: "elm-grove/staff-acceptable-use"."""
    path: str
    text: str
    school: SchoolFiles
    prepared: PreparedEdition
    law: LawLibrary

    @cached_property
    def file(self) -> Located[StartedAdoption]:
        """What the file says. Raises InputError."""
        return read_started(self.text, self.path)

    @property
    def template(self) -> Template:
        """The model policy."""
        return self.prepared.edition.file.value

    @cached_property
    def asked(self) -> tuple[str, ...]:
        """The questions that are asked of this school, as far as its answers tell, in the template's order."""
        return asked_questions(self.prepared, self.school, self.file, self.law)[0]

    @property
    def open_questions(self) -> tuple[str, ...]:
        """Those of them that have no answer."""
        return tuple(name for name in self.asked if self.file.value.answers.get(name) is None)

    @property
    def open_clauses(self) -> tuple[Clause, ...]:
        """The required clauses that nothing was decided about."""
        required = required_clauses(self.prepared, self.school, self.file, self.law)
        return tuple(clause for clause in required if clause.id not in self.file.value.clauses)

    @property
    def open_heads(self) -> tuple[str, ...]:
        """Those of version, author and reason that are not written yet."""
        return tuple(key for key in HEADS if getattr(self.file.value, key) is None)

    @property
    def left(self) -> str:
        """What is left, in words; empty when all is decided."""
        kinds = ((len(self.open_questions), "question"), (len(self.open_clauses), "clause"))
        decide = join_and(count(number, noun) for number, noun in kinds if number)
        heads = join_and(self.open_heads)
        return "; ".join(
            [*([f"{decide} still to decide"] if decide else []), *([f"{heads} still to fill in"] if heads else [])]
        )


def read_started(text: str, path: str) -> Located[StartedAdoption]:
    """What an adoption says, whole or only started. Raises InputError."""
    problems = Problems()
    file = read_yaml(text, path, StartedAdoption, problems)
    if file is None:
        raise InputError(problems)
    return file


def begun(name: str, school_name: str, template: Template) -> str:
    """The text of an adoption in which nothing is answered yet."""
    title = " ".join(f"{template.title}, {school_name}.".split())
    return (
        f"# {title}\n"
        f"# What stands empty is still to be decided: type it here, or let `policygen adopt {name}` ask.\n"
        "\n"
        f"edition: {as_yaml(template.edition)}\n"
        "\n"
        '# The version that is being prepared ("1.0", in quotes, if the school never had such a policy), who prepares\n'
        "# it, and why. All three print in the amendment history.\n"
        "version:\n"
        "author:\n"
        "reason:\n"
        "\n"
        "answers:\n"
    )


# --- the file with more in it -----------------------------------------------------------------------------------------


def with_answer(adopting: Adopting, name: str, answer: object) -> Adopting:
    """With the answer to a question, in place of an earlier one if there is one."""
    order = [*adopting.template.questions]
    return _changed(adopting, lambda text: with_value(text, "answers", name, answer, order=order))


def with_head(adopting: Adopting, key: str, value: str) -> Adopting:
    """With its version, author or reason."""
    return _changed(adopting, lambda text: with_value(text, "", key, value, order=["edition", *HEADS]))


def with_history(adopting: Adopting, rows: Sequence[dict[str, object]]) -> Adopting:
    """With the versions from before policygen."""
    return _changed(adopting, lambda text: with_value(text, "", "history", [*rows]))


def with_kept(adopting: Adopting, clause: str) -> Adopting:
    """With the decision to keep the model text of a clause."""
    lines = adopting.text.split("\n")
    rows = [row for row, line in enumerate(lines) if line.strip() == _offer(clause)]
    if rows:  # the line that `with_notes` wrote
        lines[rows[0]] = lines[rows[0]].replace("# ", "", 1)
        return replace(adopting, text="\n".join(lines))
    return _changed(adopting, lambda text: with_value(text, "clauses", clause, "keep"))


def with_offer(adopting: Adopting, clause: Clause) -> Adopting:
    """With a clause's model text as a comment, ready to be kept or rewritten."""
    if _is_offered(adopting, clause):
        return adopting
    first = not any(line.strip() == f"# {_CLAUSES[0]}" for line in adopting.text.split("\n"))
    if first:
        adopting = _changed(adopting, lambda text: with_comment(text, "clauses", _CLAUSES))
    return _changed(adopting, lambda text: with_comment(text, "clauses", [*_clause_note(adopting, clause)]))


def with_notes(adopting: Adopting) -> Adopting:
    """With every open question as a key without an answer, its wording above it, and every open clause as a comment."""
    order = [*adopting.template.questions]
    for name in adopting.open_questions:
        if name not in adopting.file.value.answers:
            note = [*question_note(adopting.template.questions[name])]
            add = partial(with_value, group="answers", name=name, value=None, order=order, note=note)
            adopting = _changed(adopting, add)
    for clause in adopting.open_clauses:
        adopting = with_offer(adopting, clause)
    return adopting


def _changed(adopting: Adopting, change: Callable[[str], str]) -> Adopting:
    try:
        return replace(adopting, text=change(adopting.text))
    except CannotAddError:
        problems = Problems()
        problems.add(
            "yaml-syntax",
            "this file is written in a way that policygen cannot add to",
            Place(adopting.path),
            "begin each key on a line of its own, or write the answers by hand",
        )
        raise InputError(problems) from None


def _offer(clause: str) -> str:
    return f"# {clause}: keep"


def _is_offered(adopting: Adopting, clause: Clause) -> bool:
    return any(line.strip() == _offer(clause.id) for line in adopting.text.split("\n"))


# --- in words ---------------------------------------------------------------------------------------------------------


def question_note(question: AnyQuestion) -> Iterator[str]:
    """A question as lines of comment: its wording, its guidance, and what may be answered."""
    yield from textwrap.wrap(question.ask, _WIDTH)
    if question.guidance:
        yield from textwrap.wrap(question.guidance, _WIDTH)
    yield from answers_allowed(question)


def answers_allowed(question: AnyQuestion) -> Iterator[str]:
    """What may be answered, as lines; what the template suggests is marked."""
    match question:
        case ChoiceQuestion(options=options):
            for index, (key, option) in enumerate(options.items()):
                yield f"- {key}: {option.label}{suggested(marked=not index)}"
        case ChoicesQuestion(options=options):
            yield f"any of these, as a list: [{', '.join(options)}]"
            yield from (f"- {key}: {option.label}" for key, option in options.items())
        case YesNoQuestion(suggested=answer):
            yield f"yes or no{_suggestion(answer)}"
        case TextQuestion(suggested=answer):
            yield f"text{_suggestion(answer)}"
        case ListQuestion(suggested=answers):
            yield f"a list{_suggestion([*answers] or None)}"
        case WholeNumberQuestion(suggested=answer):
            yield f"{question.bounds}{_suggestion(answer)}"
        case DateQuestion():
            yield "a date, the year first, such as 2026-09-01"


def suggested(*, marked: bool = True) -> str:
    """The mark of what the template suggests."""
    return " (suggested)" if marked else ""


def _suggestion(answer: object) -> str:
    return "" if answer is None else f"; suggested: {as_yaml(answer)}"


def _clause_note(adopting: Adopting, clause: Clause) -> Iterator[str]:
    guidance = adopting.template.guidance.get(clause.id, "")
    yield from textwrap.wrap(guidance, _WIDTH)
    yield "Our text:"
    yield from (f"    {line}".rstrip() for line in clause_text(clause))
    yield _offer(clause.id).removeprefix("# ")
