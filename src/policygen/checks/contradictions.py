"""What two policies of one school say apart: answers, combinations that must never be, texts that both include.

It reads a small summary of each policy, not its document, so that a policy with other faults is compared all the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from policygen.compose.names import given_answers
from policygen.compose.prepare import PreparedEdition, PreparedNever
from policygen.files.yamledit import as_yaml
from policygen.ground.diagnostics import Place, Problems
from policygen.ground.wording import code, join_and
from policygen.language.templating import holds
from policygen.model.adoption import ClauseDecision, LocatedAdoption
from policygen.model.answers import unread_answers, with_shared_answers
from policygen.model.law import LawLibrary
from policygen.model.question import Answer
from policygen.model.workspace import SchoolFiles


@dataclass(frozen=True)
class Said:
    """One policy of a school, as far as it can contradict another."""

    policy: str
    title: str
    answers: Mapping[str, tuple[Answer, Place]]
    """Typed, with the place where each is written; of an issuer that answers for its schools, in its template.yaml."""
    own: frozenset[str]
    """Questions that are this template's own, whatever others are called."""
    read: frozenset[str] = frozenset()
    """The shared questions that it reads, asked or not."""
    open: frozenset[str] = frozenset()
    names: Mapping[str, object] = field(default_factory=dict)
    """All that its conditions may name."""
    never: tuple[PreparedNever, ...] = ()
    included: Mapping[tuple[str, str], tuple[str, Place | None]] = field(default_factory=dict)
    """By shared text and clause in it: what the school did with the clause, empty for nothing, and where."""


def said_by(
    prepared: PreparedEdition, school: SchoolFiles, adoption: LocatedAdoption, law: LawLibrary
) -> Said:
    """What a policy says."""
    edition, template = prepared.edition, prepared.edition.file.value
    whole = with_shared_answers(template, adoption, school)
    names, answers, open_questions = given_answers(prepared, school, whole, law)
    found = {}
    for name, answer in answers.items():
        givers = [layer.decisions for layer in edition.layers]
        writer = next((each for each in givers if name in each.value.answers), whole)
        found[name] = (answer, writer.place("answers", name))
    return Said(
        policy=edition.template_id,
        title=template.title,
        answers=found,
        own=frozenset(name for name, question in template.questions.items() if question.own),
        read=frozenset(name for name, question in template.questions.items() if question.shared),
        open=open_questions,
        names=names,
        never=prepared.never,
        included=dict(_included(prepared, adoption)),
    )


def _included(
    prepared: PreparedEdition, adoption: LocatedAdoption
) -> Iterator[tuple[tuple[str, str], tuple[str, Place | None]]]:
    """Each clause that came from a shared text, with what the school did about it."""
    for text, clause in prepared.included:
        decision = adoption.value.clauses.get(clause)
        done, place = "", None
        if isinstance(decision, ClauseDecision):
            texts = (decision.replace, decision.add_before, decision.add_after)
            done = " | ".join(" ".join((text or "").split()) for text in texts)
            if decision.omit:
                done = f"{done} | omitted"
            place = adoption.place("clauses", clause, key=True)
        yield (text, clause), (done, place)


def check_contradictions(said: Sequence[Said], school: SchoolFiles, problems: Problems) -> None:
    """Note where a policy of `school`, as it was read, contradicts another of the same school.

    `said` are all policies of the school, whichever were read of `school`.
    """
    for one, other in combinations(said, 2):
        if {one.policy, other.policy} & school.adoptions.keys():
            _check_answers(one, other, problems)
            _check_included(one, other, problems)
    for each in said:
        for rule in each.never if each.policy in school.adoptions else ():
            _check_never(rule, each, said, school, problems)


def check_unread(said: Sequence[Said], school: SchoolFiles, problems: Problems) -> None:
    """Note answers for all policies that none of them reads; `said` are all policies of the school."""
    if school.answers is None:
        return
    read = frozenset(name for each in said for name in each.read)
    for name, place in unread_answers(school.answers, read):
        problems.add(
            "unread-answer",
            f"no policy of this school reads the answer to `{name}`",
            place,
            "take it out, or look at how it is spelt",
        )


def _check_answers(one: Said, other: Said, problems: Problems) -> None:
    for name, (answer, place) in other.answers.items():
        if name not in one.answers or name in one.own | other.own:
            continue
        before, there = one.answers[name]
        if there == place or _same(before, answer):
            continue
        problems.add(
            "answers-differ",
            f"`{name}` is `{as_yaml(answer)}` here, and `{as_yaml(before)}` in"
            f" {there.path}:{there.line}, for “{one.title}”",
            place,
            "a school has one rule: give both the same answer",
        )


def _same(one: Answer, other: Answer) -> bool:
    """Whether two answers say the same; the order of several does not count."""
    if isinstance(one, list) and isinstance(other, list):
        return sorted(map(_plain, one)) == sorted(map(_plain, other))
    return type(one) is type(other) and _plain(one) == _plain(other)


def _plain(answer: object) -> str:
    return " ".join(str(answer).split()).casefold()


def _check_included(one: Said, other: Said, problems: Problems) -> None:
    for key in one.included.keys() & other.included.keys():
        (done, place), (elsewhere, there) = one.included[key], other.included[key]
        if done == elsewhere:
            continue
        at, untouched = (place, other) if place else (there, one)
        text, clause = key
        problems.add(
            "worded-apart",
            f"`{clause}` comes from the shared text `{text}`, and “{untouched.title}” says it otherwise",
            at,
            "give both policies the same wording",
        )


def _check_never(
    rule: PreparedNever, here: Said, said: Sequence[Said], school: SchoolFiles, problems: Problems
) -> None:
    """Note a combination that its issuer excludes. It waits while an answer that it reads is not there."""
    known = dict[str, tuple[Answer, Place]]()
    for name in rule.names:
        given = [each.answers[name] for each in (here, *said) if name in each.answers]
        if given:
            known[name] = given[0]
        elif any(name in each.open for each in said) or not _is_known(name, said):
            return
    own = here.names["answers"]
    others = {name: answer for name, (answer, _) in known.items()}
    names = {**here.names, "answers": {**(own if isinstance(own, dict) else {}), **others}}
    if not holds(rule.condition, names):
        return
    answers = [f"`{name}: {as_yaml(answer)}`" for name, (answer, _) in known.items()]
    place = next((place for _, place in known.values()), school.file.place())
    problems.add(
        "never-together",
        f"{join_and(answers)} cannot stand for this school" if answers else "this cannot be",
        place,
        rule.rule.why,
        *_elsewhere(known, place),
    )


def _is_known(name: str, said: Sequence[Said]) -> bool:
    """Whether a policy has this question, so that it is not asked of this school where it has no answer."""
    questions = (each.names["answers"] for each in said)
    return any(name in each for each in questions if isinstance(each, dict))


def _elsewhere(known: Mapping[str, tuple[Answer, Place]], place: Place) -> Iterator[str]:
    """Where the other answers stand, in one line."""
    others = [
        f"{code(name)} in {there.path}:{there.line}"
        for name, (_, there) in known.items()
        if there != place
    ]
    if others:
        yield f"there are also {join_and(others)}" if len(others) > 1 else f"see {others[0]}"
