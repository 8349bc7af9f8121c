"""An upgrade of a policy that shares questions: its answers gathered in one text, and taken apart again at the end.

In between everything is as if the school had answered in the adoption alone. Which file an answer stands in then
follows from what the new edition shares.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from policygen.files.yamledit import with_value, without
from policygen.model.adoption import StartedAdoption
from policygen.model.answers import shared_questions
from policygen.model.edition_record import EditionRecord
from policygen.model.question import AnyQuestion
from policygen.model.template import Template
from policygen.upgrade.answers import followed


@dataclass(frozen=True)
class Beside:
    """What a school has answered for all its policies, and which of the others read it."""

    path: str
    text: str
    """Of answers.yaml, or of one that is still to be begun."""
    answers: Mapping[str, object] = field(default_factory=dict)
    readers: Mapping[str, Sequence[tuple[str, AnyQuestion]]] = field(default_factory=dict)
    """By question: every other policy that shares it, as POLICY@EDITION, with how it asks."""
    certain: bool = True
    """Whether all other policies could be read."""


def gathered(
    text: str,
    file: StartedAdoption,
    editions: tuple[Template, Template],
    records: Sequence[EditionRecord],
    beside: Beside,
) -> str:
    """The text of an adoption with the school's answers that either edition shares. Raises CannotAddError."""
    old, new = editions
    coming = {followed(records, name, answer).name for name, answer in file.answers.items()}
    names = [*shared_questions(old)]
    names += [each for each in shared_questions(new) if each not in old.questions]
    for name in dict.fromkeys(names):
        if name in beside.answers and name not in {*file.answers, *coming}:
            text = with_value(text, ("answers", name), beside.answers[name])
    return text


def apart(
    text: str,
    answers: Mapping[str, object],
    editions: tuple[Template, Template],
    beside: Beside,
) -> tuple[str, str]:
    """The text of the adoption with its own answers alone, and that of answers.yaml. Raises CannotAddError.

    `answers` are all that the gathered text gives. What no policy reads any more is taken out of answers.yaml.
    """
    old, new = editions
    given, shared = beside.text, shared_questions(new)
    for name in shared:
        if name not in answers:
            continue
        text = without(text, ("answers", name))
        if answers[name] is not None and answers[name] != beside.answers.get(name):
            given = with_value(given, ("answers", name), answers[name])
    for name in shared_questions(old):
        read = name in shared or beside.readers.get(name) or not beside.certain
        if name in beside.answers and not read:
            given = without(given, ("answers", name))
    return text, given
