"""What a policy asks of a school as one list, whoever asks it: a terminal, a page in a browser, a file to fill in.

Facts, questions, clauses and what is said of the version are all points with a question of the same kinds, so that
nobody who asks has rules of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, TypeAlias, assert_never

from policygen.compose.compose import required_clauses
from policygen.compose.lacking import Lacking, lacking
from policygen.disk.editions import read_edition
from policygen.disk.reading import read_school
from policygen.files.fields import NUMBER_PATTERN
from policygen.files.yamledit import without
from policygen.files.yamltree import plain
from policygen.ground.diagnostics import InputError, Problems
from policygen.ground.letters import nfc
from policygen.language.document import Clause
from policygen.model.fact_words import question_about
from policygen.model.question import (
    Answer,
    AnyQuestion,
    Offer,
    Offered,
    OneOf,
    RefusedAnswerError,
    Typed,
    doubt_about,
    in_words,
    question,
)
from policygen.model.school import Ages, unknown_facts
from policygen.model.school_questions import school_questions
from policygen.project.adopt import (
    HEADS,
    Adopting,
    add_to_adoption,
    with_answer,
    with_fact,
    with_head,
    with_kept,
    with_offer,
)

Kind: TypeAlias = Literal["fact", "question", "clause", "head"]
Given: TypeAlias = str | Sequence[str]
"""What somebody typed, or chose of several."""
KEEP, OWN = "keep", "own"
_YEARS = re.compile(r"\bYears? ([0-9]{1,2})\b(?: (?:and|or|to) ([0-9]{1,2})\b)?")
"""Pupils of Year 1 are five when it begins, and six when it ends."""
AGES = ("ages", "school.ages")
"""Of the youngest and the oldest pupils, which are typed as one."""


_FIRST_VERSION = Offered("1.0: the school never had such a policy", "1.0")


@dataclass(frozen=True)
class Beside:
    """What another policy of the school answers to a question of the same id."""

    policy: str
    """Its title."""
    said: str


@dataclass(frozen=True)
class Point:
    """One thing that is asked of a school."""

    key: str
    """Its permanent name: "facts.roles.dsl", "answers.keeper", "clauses.who-may-hold", "version"."""
    kind: Kind
    question: AnyQuestion
    """In words, with its guidance and what may be answered."""
    path: str
    """The file in which the answer is kept."""
    present: Any = None
    """The answer as the question reads it; None while there is none."""
    example: str = ""
    clause: Clause | None = None
    """About which is decided, as the model has it."""
    beside: tuple[Beside, ...] = ()
    missing: Lacking | None = None
    """Of a fact that a text needs: what it is."""
    ages: Ages | None = None
    """Of the school's pupils, where an answer may name year groups."""

    @property
    def name(self) -> str:
        """Its key without what kind it is: "keeper", "roles.dsl"."""
        return self.key.partition(".")[2] or self.key

    @property
    def offer(self) -> Offer:
        """What is offered; only where a model policy asks is anything suggested."""
        offer = self.question.offer()
        if isinstance(offer, Typed) and self.key == "version":
            return Typed(_FIRST_VERSION, "Another number: there were versions before")
        if isinstance(offer, Typed) and self._has_usual_title:
            return Typed(Offered(self.example, self.example), "Our own words")
        if isinstance(offer, Typed) and offer.suggested and self.doubts(offer.suggested.answer):
            return Typed()
        if isinstance(offer, OneOf) and self.kind != "question":
            return OneOf(tuple(replace(one, suggested=False) for one in offer.options))
        return offer

    @property
    def is_example_offered(self) -> bool:
        """Whether the example can be chosen, and need not be shown besides."""
        offer = self.offer
        return isinstance(offer, Typed) and offer.suggested is not None

    @property
    def _has_usual_title(self) -> bool:
        """Whether its example is no invented name but what most schools say: of a role, a term, a policy."""
        fact = self.missing.fact if self.missing else None
        return fact is not None and fact.group in ("terms", "roles", "policies")

    @property
    def is_open(self) -> bool:
        """Whether it has no answer."""
        return self.present is None

    @property
    def said(self) -> str:
        """The answer as people say it; empty while there is none."""
        return "" if self.present is None else in_words(self.question, self.present)

    def read(self, written: Given) -> Answer | dict[str, int]:
        """The answer to what was typed or chosen; an option is meant by its key or its label.

        Raises RefusedAnswerError.
        """
        value = meant_by(self.question, written)
        if self.key == "version" and not re.fullmatch(NUMBER_PATTERN, str(value)):
            raise RefusedAnswerError("must be numbers with dots between them, such as 2.0")
        return _ages(str(value)) if self.name in AGES else value

    def doubts(self, value: Any) -> tuple[str, ...]:
        """What speaks against the school's own words in an answer; nothing where all may be meant."""
        if self.key == "version":
            return ()
        if self.name.startswith("roles.") and str(value).lower().startswith("the "):
            return (f"“{value}” begins with “the”, which the sentences have already",)
        return doubts_about(self.question, value, self.ages)


def meant_by(question: AnyQuestion, written: Given) -> Answer:
    """The answer to what was typed, a line for each of several, or chosen. Raises RefusedAnswerError."""
    labels = {option.label: key for key, option in question.choices.items()}
    lines = written.split("\n") if isinstance(written, str) else written
    texts = [text for line in lines if (text := nfc(line).strip())]
    keys = [labels.get(text, text) for text in texts]
    try:
        return question.read(keys) if question.takes_several else question.typed(" ".join(keys))
    except RefusedAnswerError as error:
        message = error.message.replace("{written}", ", ".join(texts))
        raise RefusedAnswerError(message, "", *error.keys) from None


def doubts_about(question: AnyQuestion, value: Any, ages: Ages | None = None) -> tuple[str, ...]:
    """What speaks against the school's own words in an answer; nothing where all may be meant."""
    texts = [text for _, text in question.free_texts(value)] if not isinstance(value, dict) else []
    doubtful = ((text, doubt_about(text) or _wrong_year(text, ages)) for text in texts)
    return tuple(
        f"“{text}” {doubt}, and it would print as it stands" for text, doubt in doubtful if doubt
    )


def _wrong_year(text: str, ages: Ages | None) -> str:
    """What speaks against a text that names a year group which the school has not; empty where none does."""
    named = [int(year) for found in _YEARS.finditer(text) for year in found.groups() if year]
    if ages is None or all(ages.lowest < year + 5 <= ages.highest for year in named):
        return ""
    return f"names a year group, and the pupils here are {ages.lowest} to {ages.highest}"


def _ages(text: str) -> dict[str, int]:
    found = re.fullmatch(r"([0-9]{1,2})[^0-9]{1,20}([0-9]{1,2})", text)
    if found is None:
        raise RefusedAnswerError("must be two ages, such as 4 to 11")
    return {"from": int(found[1]), "to": int(found[2])}


# --- of a policy ------------------------------------------------------------------------------------------------------


def points(
    adopting: Adopting,
    first: Sequence[str] | None = None,
    later: Sequence[str] = (),
    beside: Mapping[str, tuple[Beside, ...]] = MappingProxyType({}),
) -> tuple[Point, ...]:
    """All that is asked, in the order of asking, with what is answered: facts, questions, clauses, the version.

    `first` and `later` name facts that come before and after the questions although they are given; the facts that are
    lacking come first where `first` is None, and after the questions where it is known what came first.
    """
    lacking_now = open_facts(adopting)
    before = lacking_now if first is None else tuple(first)
    after = tuple(dict.fromkeys((*later, *(name for name in lacking_now if name not in before))))
    questions = (_question_point(adopting, name, beside) for name in adopting.asked)
    found = [
        *_fact_points(adopting, before),
        *questions,
        *_fact_points(adopting, after),
        *_clause_points(adopting),
        *_head_points(adopting),
    ]
    return tuple(found)


def open_facts(adopting: Adopting) -> tuple[str, ...]:
    """The names of the facts that the policy needs and the school lacks, as far as one line can give them."""
    school = adopting.school.file.value
    names = [_asked_name(each, adopting) for each in adopting.open_facts]
    if unknown_facts(school, adopting.prepared.uses):
        names.insert(0, "school.ages" if school.ages is None else "school.sixth_form")
    return tuple(dict.fromkeys(name for name in names if name))


def _asked_name(missing: Lacking, adopting: Adopting) -> str:
    """The fact to ask for: of a person the name first, then the leave to print it, then what else is missing.

    Empty for one of several people: a line of questions cannot show of which.
    """
    held = missing.held(adopting.school)
    if missing.fact is None or missing.fact.kind != "person":
        return missing.name
    if held is None:
        return missing.fact.path
    if isinstance(held, tuple):
        return ""
    return f"{missing.fact.path}.{missing.part if held.public else 'public'}"


def _fact_points(adopting: Adopting, names: Sequence[str]) -> Iterator[Point]:
    for name in names:
        missing = lacking(name, adopting.template.facts)
        written = _written_fact(adopting, name)
        yield Point(
            f"facts.{name}",
            "fact",
            _fact_question(missing),
            adopting.facts_path,
            present=written,
            example=""
            if missing.part == "public" or name == "school.sixth_form"
            else missing.example,
            missing=missing,
        )


def _fact_question(missing: Lacking) -> AnyQuestion:
    if missing.name == "school.ages":
        return school_questions()["ages"]
    path = tuple(missing.name.split("."))
    several = missing.several and not missing.part
    ask = question_about(path, missing.called, several=several)
    guidance = missing.fact.guidance if missing.fact and not missing.part else ""
    held = missing.fact.kind if missing.fact else "text"
    if missing.part == "public" or missing.name == "school.sixth_form":
        return question(kind="yes-no", ask=ask)
    kinds = {"number": "whole-number", "date": "date"}
    kind = "list" if several else kinds.get(held, "text") if not missing.part else "text"
    return question(kind=kind, ask=ask, guidance=guidance)


def _written_fact(adopting: Adopting, name: str) -> object:
    return written_at(plain(adopting.school.file.root), name.removeprefix("school."))


def written_at(said: Any, name: str) -> Any:
    """A fact as a school's file says it, in the form in which it is asked for; None where it does not."""
    return _as_asked(_at(said, name))


def _at(said: Any, name: str) -> Any:
    for key in name.split("."):
        said = said.get(key) if isinstance(said, dict) else None
    return said


def _as_asked(written: Any) -> Any:
    match written:
        case {"from": lowest, "to": highest}:
            return f"{lowest} to {highest}"
        case {"name": name}:
            return name
        case list():
            return [_as_asked(each) for each in written]
        case _:
            return written


def _question_point(
    adopting: Adopting, name: str, beside: Mapping[str, tuple[Beside, ...]]
) -> Point:
    asked, written = adopting.asked[name], adopting.given.get(name)
    try:
        present = None if written is None else asked.read(written)
    except RefusedAnswerError:
        present = None
    path = adopting.answers_path if asked.shared else adopting.path
    others = () if asked.own else beside.get(name, ())
    ages = adopting.school.file.value.ages
    return Point(f"answers.{name}", "question", asked, path, present, beside=others, ages=ages)


def _clause_points(adopting: Adopting) -> Iterator[Point]:
    decided = adopting.file.value.clauses
    for clause in _required(adopting):
        asked = _clause_question(adopting, clause)
        present = None
        if clause.id in decided:
            present = KEEP if decided[clause.id] == KEEP else OWN
        key = f"clauses.{clause.id}"
        yield Point(key, "clause", asked, adopting.path, present, clause=clause)


def _clause_question(adopting: Adopting, clause: Clause) -> AnyQuestion:
    later = f"Write our own later, with `policygen change {adopting.name} {clause.id}`"
    return question(
        kind="choice",
        ask="Every school decides about this clause: does ours keep the text?",
        guidance=adopting.template.guidance.get(clause.id),
        options={KEEP: "Keep this text", OWN: later},
    )


_HEADS = {
    "version": ("Which version is being prepared?", "1.0 if the school never had such a policy"),
    "author": ("Who prepares this version?", "Prints in the amendment history"),
    "reason": ("Why, in a few words?", "Prints in the amendment history"),
}
_EXAMPLES = {"author": "School Business Manager", "reason": "First adoption of the model policy"}


def _head_points(adopting: Adopting) -> Iterator[Point]:
    for key in HEADS:
        ask, guidance = _HEADS[key]
        asked = question(kind="text", ask=ask, guidance=guidance)
        present = getattr(adopting.file.value, key)
        yield Point(key, "head", asked, adopting.path, present, _EXAMPLES.get(key, ""))


def read_answer(adopting: Adopting, point: Point, written: Given) -> object:
    """The answer that somebody means, which the files can take. Raises RefusedAnswerError."""
    value = point.read(written)
    try:
        with_point(adopting, point, value)
    except InputError as error:
        raise RefusedAnswerError(error.diagnostics[0].message) from None
    return value


def with_point(adopting: Adopting, point: Point, value: Any) -> Adopting:
    """With an answer, in place of an earlier one if there is one. Raises InputError where the files cannot take it."""
    match point.kind:
        case "fact":
            return with_fact(adopting, *_as_kept(adopting, point, value))
        case "question":
            return with_answer(adopting, point.name, value)
        case "clause":
            return _with_clause(adopting, point, value)
        case "head":
            return with_head(adopting, point.key, value)
        case _:
            assert_never(point.kind)


def _as_kept(adopting: Adopting, point: Point, value: Any) -> tuple[tuple[str, ...], object]:
    """Where a fact stands and how: who is named for the first time may be named, and who is there keeps the rest."""
    path = tuple(point.name.split("."))
    fact = point.missing.fact if point.missing else None
    if fact is None or fact.kind != "person" or len(path) > len(("people", "dsl")):
        return path, value
    written = _at(plain(adopting.school.file.root), point.name)
    if isinstance(value, list):
        known = {each["name"]: each for each in written or () if isinstance(each, dict)}
        return path, [known.get(name) or fact.as_given(name) for name in value]
    if isinstance(written, dict):
        return (*path, "name"), value
    return path, fact.as_given(value)


def _with_clause(adopting: Adopting, point: Point, value: object) -> Adopting:
    clause = next(each for each in _required(adopting) if each.id == point.name)
    if value == KEEP:
        return with_kept(adopting, clause.id)
    if point.present == KEEP:
        text = without(adopting.text, ("clauses", clause.id))
        adopting = replace(adopting, text=text)
    return with_offer(adopting, clause) if point.present != OWN else adopting


def _required(adopting: Adopting) -> tuple[Clause, ...]:
    return required_clauses(adopting.prepared, adopting.school, adopting.file, adopting.law)


def save_point(root: Path, adopting: Adopting, point: Point, value: object) -> Adopting:
    """Write one answer into the files as they stand now; what somebody else has written there stays.

    Raises AnsweredMeanwhileError where somebody else has answered the same, and InputError as `add_to_adoption` does.
    """

    def about(at: Adopting) -> object:
        return _present(at, point)

    return add_to_adoption(root, adopting, about, lambda at: with_point(at, point, value))


def _present(adopting: Adopting, point: Point) -> object:
    match point.kind:
        case "fact":
            return _written_fact(adopting, point.name)
        case "question":
            return adopting.given.get(point.name)
        case "clause":
            return adopting.file.value.clauses.get(point.name)
        case "head":
            return getattr(adopting.file.value, point.key)
        case _:
            assert_never(point.kind)


def said_by_others(root: Path, adopting: Adopting) -> dict[str, tuple[Beside, ...]]:
    """What other policies of the school answer to questions of the same ids: nobody is to contradict them unawares."""
    school_id, template_id = adopting.name.split("/")
    school = read_school(root, school_id, lambda policy: policy != template_id, Problems())
    found: dict[str, tuple[Beside, ...]] = {}
    for policy, adoption in (school.adoptions if school else {}).items():
        asked = adopting.asked.keys() & adoption.value.answers.keys()
        edition = (
            read_edition(root, policy, adoption.value.edition, None, Problems()) if asked else None
        )
        if edition is None:
            continue
        template = edition.file.value
        for name in asked & template.questions.keys():
            asks, answer = template.questions[name], adoption.value.answers[name]
            if answer is not None and not asks.shared and not asks.own:
                beside = Beside(template.title, in_words(asks, answer))
                found[name] = (*found.get(name, ()), beside)
    return found
