"""Whatever an edition does to its questions: an answer stays what the school said, or is asked for again."""

from __future__ import annotations

from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from policygen.model.adoption import why_refused
from policygen.model.edition_record import EditionRecord
from policygen.model.template import Template
from policygen.upgrade.answers import carried_answers

KINDS: dict[str, dict[str, Any]] = {
    "choice": {"options": {"head": "The head", "office": "The office", "nobody": "Nobody"}},
    "choices": {"options": {"head": "The head", "office": "The office", "nobody": "Nobody"}},
    "yes-no": {},
    "text": {},
    "list": {},
    "whole-number": {"from": 1, "to": 9},
    "date": {},
}
ANSWERS: dict[str, Any] = {
    "choice": "head",
    "choices": ["head", "office"],
    "yes-no": True,
    "text": "head",
    "list": ["head", "office"],
    "whole-number": 4,
    "date": "2026-09-01",
}
MOVES = (
    *("leave", "reword", "rename", "retire", "remove", "relabel", "drop", "map", "narrow"),
    *(f"to {kind}" for kind in KINDS),
)


def template(questions: dict[str, Any]) -> Template:
    return Template.model_validate(
        {
            "title": "Keys",
            "edition": "1",
            "issued": "2026-09-01",
            "issuer": {"name": "County", "kind": "la"},
            "adoption": {"body": "head", "review_months": 12},
            "sections": ["one"],
            "questions": questions,
        }
    )


def record(edition: str, **said: Any) -> EditionRecord:
    blank = {"template": "t", "issued": "2026-09-01", "digest": "", "files": {}}
    return EditionRecord.model_validate({**blank, "edition": edition, **said})


def moved(name: str, question: dict[str, Any], move: str, said: dict[str, Any]) -> dict[str, Any]:
    """The question by its name in the next edition, with what its record says of it."""
    options = question.get("options", {})
    match move.split():
        case ["reword"]:
            return {name: {**question, "ask": f"{question['ask']} Or otherwise?"}}
        case ["rename"]:
            said["renamed"][name] = f"{name}_new"
            return {f"{name}_new": question}
        case ["retire"]:
            said["retired"][name] = "No longer needed"
            return {}
        case ["remove"]:
            return {}
        case ["relabel"] if options:
            return {name: {**question, "options": {**options, "head": "Another head"}}}
        case ["drop"] if "head" in options:
            left = {key: label for key, label in options.items() if key != "head"}
            return {name: {**question, "options": left}}
        case ["map"] if "head" in options:
            said["options"][name] = {"head": "chief"}
            chief = {"chief": options["head"]}
            left = {key: label for key, label in options.items() if key != "head"}
            return {name: {**question, "options": {**chief, **left}}}
        case ["narrow"] if question["kind"] == "whole-number":
            return {name: {**question, "to": 3}}
        case ["to", kind]:
            return {name: {"kind": kind, "ask": question["ask"], **KINDS[kind]}}
        case _:
            return {name: question}


KIND = st.sampled_from([*KINDS])
MOVE = st.sampled_from(MOVES)


@given(kind=KIND, first=MOVE, second=MOVE, editorial=st.booleans())
@example(kind="choice", first="to text", second="leave", editorial=True)
@example(kind="choice", first="to text", second="to choice", editorial=False)
@example(kind="choice", first="map", second="rename", editorial=False)
@example(kind="choices", first="rename", second="drop", editorial=False)
def test_an_answer_says_the_same_or_is_asked_for(
    kind: str, first: str, second: str, *, editorial: bool
) -> None:
    """Over two editions: kept only where the new question takes it and means the same by it; never a default."""
    before = {"who": {"kind": kind, "ask": "Who?", **KINDS[kind]}}
    questions, records = before, []
    for edition, move in (("2", first), ("3", second)):
        said: dict[str, Any] = {"renamed": {}, "options": {}, "retired": {}}
        after: dict[str, Any] = {}
        for name, question in questions.items():
            after |= moved(name, question, move, said)
        note = {"questions": ["who", "who_new"], "class": "editorial", "must": True, "reason": "x"}
        changes = [note] if editorial else []
        records.append(record(edition, answers=said, changes=changes))
        questions = after
    old, new = template(before), template(questions)
    made = carried_answers(old, new, records, {"who": ANSWERS[kind]}, {})
    (outcome,) = made.outcomes
    assert outcome.answer == ANSWERS[kind]
    assert not made.problems.has_errors
    match outcome.result:
        case "taken":
            assert outcome.details == "No longer needed"
        case "asked":
            assert outcome.open
            assert not made.edits.values
        case "kept":
            (now,) = outcome.now
            answer = made.edits.values.get(now, ANSWERS[kind])
            question = new.questions[now]
            assert not why_refused(question, answer)
            assert question.kind == kind
            assert editorial or question.ask == "Who?"
            if question.choices and not editorial:
                assert labels(old, "who", ANSWERS[kind]) == labels(new, now, answer)


def labels(of: Template, name: str, answer: Any) -> list[str]:
    chosen = answer if isinstance(answer, list) else [answer]
    return [of.questions[name].choices[option].label for option in chosen]
