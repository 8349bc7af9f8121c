"""One sitting in which a school answers: what is asked next, and each answer saved when it is given.

First comes what every school says of itself, where its school.yaml lacks that; then what a policy asks.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from policygen.disk.editions import declared_facts
from policygen.disk.reading import read_adoption_text
from policygen.disk.writing import as_text, change, one_at_a_time
from policygen.files.yamledit import with_value
from policygen.files.yamlfile import read_yaml
from policygen.files.yamltree import compose, plain
from policygen.ground import paths
from policygen.ground.diagnostics import Problems
from policygen.model.question import AnyQuestion, RefusedAnswerError
from policygen.model.school import check_school, employers_of, school_model
from policygen.model.school_questions import school_questions
from policygen.project.adopt import (
    Adopting,
    AnsweredMeanwhileError,
    add_to_adoption,
    as_it_stands,
    edited,
    with_history,
)
from policygen.project.questions import (
    Given,
    Point,
    open_facts,
    points,
    read_answer,
    said_by_others,
    save_point,
    written_at,
)

_OPTIONAL = ("ages", "employer_name")
"""What a school may leave open at the beginning; a policy that needs it asks again."""


class MeanwhileError(Exception):
    """Somebody else has given the same answer meanwhile; the sitting knows it by now."""


class Sitting(Protocol):
    """What somebody who asks works with."""

    @property
    def title(self) -> str:
        """What it is about."""

    @property
    def school_name(self) -> str:
        """Who is asked."""

    def points(self) -> tuple[Point, ...]:
        """All that is asked, as the files stood when they were read last."""

    def refresh(self) -> None:
        """Read the files again. Raises InputError, and stays as it was, where they cannot be read."""

    def read(self, point: Point, written: Given) -> object:
        """The answer that is meant. Raises RefusedAnswerError."""

    def save(self, point: Point, value: object) -> None:
        """Keep an answer. Raises MeanwhileError, after which `points` says how it is now, and InputError."""


class AdoptionSitting:
    """The questions of one policy."""

    def __init__(self, root: Path, adopting: Adopting) -> None:
        """Begin with what is open now."""
        self.root, self.adopting = root, adopting
        self._began = adopting
        self._first = open_facts(adopting)
        self._later: tuple[str, ...] = ()
        self._beside = said_by_others(root, adopting)
        self._known: tuple[Adopting, tuple[Point, ...]] | None = None

    def points(self) -> tuple[Point, ...]:
        """All that is asked; a fact that was lacking once stays among it, to be looked at again."""
        if self._known is None or self._known[0] is not self.adopting:
            now = points(self.adopting, self._first, self._later, self._beside)
            facts = (each.name for each in now if each.kind == "fact")
            self._later = tuple(name for name in facts if name not in self._first)
            self._known = self.adopting, now
        return self._known[1]

    @property
    def title(self) -> str:
        """The policy."""
        return self.adopting.template.title

    @property
    def school_name(self) -> str:
        """The school."""
        return self.adopting.school.file.value.name

    def refresh(self) -> None:
        """Read the files again."""
        now = as_it_stands(self.root, self.adopting)
        if (now.text, now.answers, now.facts) != (
            self.adopting.text,
            self.adopting.answers,
            self.adopting.facts,
        ):
            self.adopting = now

    def changed_files(self) -> tuple[str, ...]:
        """The files in which something was kept in this sitting."""
        before, now = self._began, self.adopting
        texts = (
            (now.path, before.text, now.text),
            (now.answers_path, before.answers, now.answers),
            (now.facts_path, before.facts, now.facts),
        )
        return tuple(path for path, old, new in texts if old != new)

    def answered_already(self) -> tuple[Point, ...]:
        """The questions that are answered for all policies of the school."""
        return tuple(
            point for point in self.points() if point.name in self.adopting.answered_already
        )

    @property
    def history(self) -> tuple[object, ...]:
        """The versions from before policygen."""
        return self.adopting.file.value.history

    def save_history(self, rows: list[dict[str, object]]) -> None:
        """Keep the versions from before policygen."""
        self.adopting = add_to_adoption(
            self.root,
            self.adopting,
            lambda at: at.file.value.history,
            lambda at: with_history(at, rows),
        )

    def read(self, point: Point, written: Given) -> object:
        """The answer that is meant. Raises RefusedAnswerError."""
        return read_answer(self.adopting, point, written)

    def save(self, point: Point, value: object) -> None:
        """Keep an answer."""
        try:
            self.adopting = save_point(self.root, self.adopting, point, value)
        except AnsweredMeanwhileError as error:
            self.adopting = error.now
            raise MeanwhileError from None


class SchoolSitting:
    """What every school says of itself."""

    def __init__(self, root: Path, school_id: str) -> None:
        """Begin with its file as it stands. Raises InputError where that cannot be read at all."""
        self.root, self.path = root, paths.school_file(school_id)
        self.text = self._read()
        self._model = school_model(declared_facts(root))

    def _read(self) -> str:
        problems = Problems()
        text = read_adoption_text(self.root, self.path, problems)
        problems.stop()
        return text or ""

    def points(self) -> tuple[Point, ...]:
        """All that is asked of it, with what its file says."""
        return tuple(_school_points(self.path, _said(self.text)))

    @property
    def title(self) -> str:
        """What it is about."""
        return "Your school"

    @property
    def school_name(self) -> str:
        """The school, as far as its name is known."""
        return str(written_at(_said(self.text), "name") or self.path.split("/")[1])

    def refresh(self) -> None:
        """Read its file again."""
        self.text = self._read()

    @property
    def is_begun(self) -> bool:
        """Whether all is there without which nothing can be made for the school."""
        return not any(each.is_open for each in self.points() if each.name not in _OPTIONAL)

    def read(self, point: Point, written: Given) -> object:
        """The answer that is meant, if it goes together with the others. Raises RefusedAnswerError."""
        value = point.read(written)
        problems = Problems()
        text = self._with(self.text, point, value)
        for open_point in _school_points(self.path, _said(text)):
            if open_point.is_open and open_point.name not in _OPTIONAL:
                text = self._with(text, open_point, _stand_in(open_point))
        file = read_yaml(text, self.path, self._model, problems)
        if file is not None:
            check_school(file, problems)
        if problems.errors:
            raise RefusedAnswerError(f"cannot be kept: {problems.errors[0].message}")
        return value

    def save(self, point: Point, value: object) -> None:
        """Keep an answer."""
        with one_at_a_time(self.root):
            now = self._read()
            if written_at(_said(now), point.name) != written_at(_said(self.text), point.name):
                self.text = now
                raise MeanwhileError
            self.text = self._with(now, point, value)
            change(self.root, {self.path: as_text(self.root / self.path, self.text)})

    def _with(self, text: str, point: Point, value: object) -> str:
        return edited(text, self.path, partial(with_value, path=point.name.split("."), value=value))


def _school_points(path: str, said: Any) -> Iterator[Point]:
    """The questions about a school that its file answers or leaves open; who has no trust is not asked its name."""
    employer, kind = written_at(said, "employer"), written_at(said, "type")
    for name, question in school_questions().items():
        if name == "trust" and "trust" not in (employer, kind) and kind != "academy":
            continue
        present = written_at(said, name)
        asked = _fitting(question, str(kind)) if name == "employer" else question
        yield Point(f"facts.{name}", "fact", asked, path, present, example=_EXAMPLES.get(name, ""))


_EXAMPLES = {
    "name": "Elm Grove Primary School",
    "ages": "4 to 11",
    "trust": "Beacon Learning Trust",
    "employer_name": "Northshire County Council",
}


def _fitting(question: AnyQuestion, kind: str) -> AnyQuestion:
    """The question for the employer, with those who employ the staff of a school of this kind."""
    fitting = employers_of(kind)
    return question.without({key: "" for key in question.choices if key not in fitting})


def _stand_in(point: Point) -> object:
    return next(iter(point.question.choices), point.example or "x")


def _said(text: str) -> Any:
    """What a file says; nothing where it cannot be read, for then nobody can add to it."""
    problems = Problems()
    root = compose(text, "", problems)
    return plain(root) if root is not None and not problems.has_errors else {}


def knows_school(root: Path, school_id: str) -> bool:
    """Whether there is a file of the school that somebody can add to; where not, whoever reads it says why."""
    problems = Problems()
    text = read_adoption_text(root, paths.school_file(school_id), problems)
    return bool(text and not problems.has_errors and _said(text))
