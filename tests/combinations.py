"""Reads every model policy in systematic combinations of answers and kinds of school: all pairs of both.

`python -m tests.combinations [TEMPLATE …] [--rows N] [--print DIR]` composes each template (no PDF) and says what a
reader would stumble over, with the answers and facts that caused it. `--print DIR` writes for each template the sentences
that differ, each once, under what they hang on. `tests/test_combinations.py` reads a few rows of each in CI.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import defaultdict
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import cache
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any

from policygen.checks.finder import TextFinder
from policygen.checks.phrases import check_phrases
from policygen.checks.replaced import check_replaced
from policygen.checks.structure import check_structure
from policygen.compose.compose import compose, required_clauses
from policygen.compose.names import asked_questions
from policygen.ground.diagnostics import Problems
from policygen.ground.wording import join_and
from policygen.language import document as d
from policygen.language.runs import worded
from policygen.model.adoption import AdoptionFile
from policygen.model.law import read_law
from policygen.model.school import School
from tests.support.example import ROOT, adopters, adoption_of, edition, facts_of, school
from tests.support.pairs import all_pairs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from policygen.language.document import Document
    from policygen.language.runs import Run
    from policygen.model.question import AnyQuestion

# --- what is combined -------------------------------------------------------------------------------------------------

TEMPLATES = sorted(path.parent.name for path in (ROOT / "templates").glob("*/template.yaml"))
KINDS: dict[str, dict[str, Any]] = {
    "nursery school": {"type": "community", "phase": "nursery", "ages": {"from": 2, "to": 5}, "employer": "la"},
    "infant school": {"type": "community", "phase": "primary", "ages": {"from": 4, "to": 7}, "employer": "la"},
    "junior church school": {
        "type": "voluntary-controlled", "phase": "primary", "ages": {"from": 7, "to": 11}, "employer": "la",
    },
    "aided primary school": {
        "type": "voluntary-aided", "phase": "primary", "ages": {"from": 4, "to": 11},
        "employer": "governing-board",
    },
    "secondary school": {
        "type": "foundation", "phase": "secondary", "ages": {"from": 11, "to": 18}, "employer": "governing-board",
    },
    "primary academy": {"type": "academy", "phase": "primary", "ages": {"from": 4, "to": 11}, "employer": "trust"},
    "secondary academy": {"type": "academy", "phase": "secondary", "ages": {"from": 11, "to": 16}, "employer": "trust"},
    "all-through academy": {
        "type": "academy", "phase": "all-through", "ages": {"from": 3, "to": 18}, "employer": "trust",
    },
    "special boarding school": {
        "type": "special", "phase": "special", "ages": {"from": 5, "to": 19}, "employer": "la",
        "sixth_form": False, "residential": True,
    },
}  # fmt: skip
EMPLOYER = {
    "la": "Northshire County Council",
    "governing-board": "the governing body",
    "trust": "Beacon Learning Trust",
}
_GROUPS = ("roles", "people", "partnership", "providers", "policies")
_DETAILS = ("people", "partnership")
"""What a school may withhold, so that no text hangs on it."""
_ALWAYS = {"roles.head", "roles.board"}
"""No school can be without them."""


@dataclass(frozen=True)
class Case:
    """One combination, and what the school reads."""

    row: Mapping[str, Any]
    school: School
    document: Document | None
    problems: Problems


def facts(kind: str, absent: Sequence[str] = ()) -> dict[str, Any]:
    """A school of a kind that has every fact, but for some."""
    made = {**facts_of("elm-grove"), **deepcopy(_every_fact())}
    for key in ("sixth_form", "residential", "faith", "trust", "delegations", "short_name"):
        made.pop(key, None)
    own = KINDS[kind]
    made |= {
        **own,
        "employer_name": EMPLOYER[own["employer"]],
        "local_authority": "Northshire County Council",
    }
    if own["employer"] == "trust":
        made["trust"] = EMPLOYER["trust"]
    made["terms"] = {"pupil": "pupil", "pupils": "pupils", "parents": "parents and carers"}
    for name in absent:
        *above, last = name.split(".")
        group = made[above[0]] if above and above[0] != "school" else made
        group.pop(last, None)
    return made


@cache
def _every_fact() -> dict[str, Any]:
    """Each title, person, product and policy that a school may name."""
    made: dict[str, Any] = {}
    for group in _GROUPS:
        fields = School.model_fields[group].annotation.model_fields  # type: ignore[union-attr]
        made[group] = {name: _sample(group, name) for name in fields}
    made["people"]["deputy_dsls"] = [_person("Tom Hale"), _person("Ruth Amadi")]
    made["providers"]["ai"] = ["Scribe", "Tutorly"]
    made["providers"]["storage_areas"] = ["Staff", "Teaching"]
    made["phone"] = "01632 960100"
    return made


def _sample(group: str, name: str) -> Any:
    words = name.replace("_", " ")
    if group == "people":
        return _person(f"Alex {words.title()}")
    if "phone" in name:
        return "01632 960199"
    return {"roles": words, "providers": f"Oak {words}", "policies": f"{words} policy"}.get(
        group, f"Northshire {words}"
    )


def _person(name: str) -> dict[str, Any]:
    return {"name": name, "email": "a@school.example", "phone": "01632 960111", "public": True}


def answers_of(question: AnyQuestion) -> list[Any]:
    """The answers to a question that may read differently."""
    written: Any = question
    match question.kind:
        case "choice":
            return [*question.choices]
        case "choices":
            keys = [*question.choices]
            return [keys[:1], keys[:2], keys] if len(keys) > 2 else [keys[:1], keys]
        case "yes-no":
            return [True, False]
        case "text":
            return [written.suggested or "the words of the school"]
        case "list":
            several = [*(written.suggested or ("First thing", "Second thing", "Third thing"))]
            return [several[:1], several]
        case "whole-number":
            return sorted({written.lowest or 1, written.suggested or 2, written.highest or 9})
        case "date":
            return ["2026-09-01"]


def details(policy: str) -> list[str]:
    """The people and numbers that a template prints or tests, all of which a school may withhold."""
    return [name for name in _facts_used(policy) if name.startswith(_DETAILS)]


@cache
def titles(policy: str) -> tuple[str, ...]:
    """The other facts that a template can do without: where one is missing it says something else, or nothing."""
    row = {"kind": kinds(policy)[-1]}
    others = (name for name in _facts_used(policy) if name not in (*_ALWAYS, *details(policy)))
    return tuple(name for name in others if not _missing(_composed(policy, row, [name])))


def _facts_used(policy: str) -> list[str]:
    used = set()
    for name in edition(policy).uses:
        group, *rest = name.split(".")
        if group in _GROUPS or name in ("school.local_authority", "school.phone"):
            used.add(f"{group}.{rest[0]}")
    return sorted(used)


def kinds(policy: str) -> list[str]:
    """The kinds of school that may adopt a template; that of a trust, its own schools alone."""
    is_trusts = edition(policy).edition.file.value.issuer.kind == "trust"
    return [kind for kind, own in KINDS.items() if own["employer"] == "trust" or not is_trusts]


def parameters(policy: str, *, whole: bool = True) -> dict[str, list[Any]]:
    """What is combined for a template: the kind of school, the facts that may be missing, and each question.

    If not the `whole`, of the facts only people and numbers.
    """
    questions = edition(policy).edition.file.value.questions
    absent = [*details(policy), *(titles(policy) if whole else ())]
    return {
        "kind": kinds(policy),
        **{f"without {name}": [False, True] for name in absent},
        **({"one deputy": [False, True]} if "people.deputy_dsls" in absent else {}),
        **{name: answers_of(question) for name, question in questions.items()},
    }


# --- one combination --------------------------------------------------------------------------------------------------


def composed(policy: str, row: Mapping[str, Any]) -> Case:
    """A row as a school's policy: what is not asked is not answered, and what is not offered is answered otherwise.

    A title or product that a policy cannot do without in this combination is put back, as the school would. A person or
    a number never is: whoever withholds a name has a policy all the same.
    """
    absent = [
        key.removeprefix("without ") for key in row if key.startswith("without ") and row[key]
    ]
    while True:
        case = _composed(policy, row, absent)
        back = {name for name in _missing(case) if not name.startswith(_DETAILS)}
        if not back.intersection(absent):
            return case
        absent = [name for name in absent if name not in back]


def _missing(case: Case) -> set[str]:
    """The facts that are needed and not there."""
    messages = (each.message for each in case.problems if each.rule == "missing-fact")
    return {message.split("`")[1] for message in messages if "`" in message}


def _composed(policy: str, row: Mapping[str, Any], absent: Sequence[str]) -> Case:
    prepared, name = edition(policy), adopters(policy)[0]
    questions = prepared.edition.file.value.questions
    made = facts(row["kind"], absent)
    if row.get("one deputy") and made["people"].get("deputy_dsls"):
        made["people"]["deputy_dsls"] = made["people"]["deputy_dsls"][:1]
    read = school(name)
    read = replace(read, file=replace(read.file, value=School.model_validate(made)), answers=None)
    given = {key: row.get(key, answers_of(question)[0]) for key, question in questions.items()}
    law, problems = read_law(), Problems()
    base = {**adoption_of(name, policy), "clauses": {}, "history": [], "version": "1.0"}
    for _ in questions:
        begun = AdoptionFile.model_validate({**base, "answers": given})
        own = replace(read.policies[policy], value=begun)
        asked, _ = asked_questions(prepared, read, own, law)
        fitting = {key: _fitting(question, given.get(key)) for key, question in asked.items()}
        if fitting == given:
            break
        given = fitting
    kept = {clause.id: "keep" for clause in required_clauses(prepared, read, own, law)}
    whole = AdoptionFile.model_validate({**base, "answers": given, "clauses": kept})
    document = compose(prepared, read, replace(own, value=whole), law, problems)
    if document is not None:
        finder = TextFinder({})
        for run in worded(*document.parts):
            check_phrases(run, finder, problems)
            check_replaced(run, finder, problems)
        check_structure(document, finder, problems)
    answered = {key: given.get(key, "not asked") for key in questions}
    return Case({**row, **answered}, read.file.value, document, problems)


def _fitting(question: AnyQuestion, answer: Any) -> Any:
    """The answer as far as it is offered, and another one where it is not."""
    if not question.choices:
        return answers_of(question)[0] if answer is None else answer
    if isinstance(answer, list):
        return [key for key in answer if key in question.choices] or [*question.choices][:1]
    return answer if answer in question.choices else next(iter(question.choices))


# --- what a reader stumbles over --------------------------------------------------------------------------------------

_TYPOS = {
    "two spaces": r"\S  +\S",
    "a space before punctuation": r"\w [,.;:!?](?:\s|$)",
    "punctuation twice": r"[,;:][,;:.]|(?<!\.)\.\.(?!\.)|\.,",
    "no space after punctuation": r"[a-z][,;:][A-Za-z]|[a-z]\.[A-Z][a-z]",
    "empty brackets": r"\(\s*\)|“\s*”",
    "a sentence that begins small": r"[a-z)”][.!?] (?:the|a|an|it|they|staff|this|in|where|when|if|you|and|or|but)\b",
    "a joint without a part": r"\b(?:and|or|the|an) ?[.;:]|, ?(?:and|or)[,.;:]|\b(?:and|or) (?:and|or)\b",
    "a leftover": r"\{\{|\}\}|\{%|\bNone\b|\bTrue\b|\bFalse\b|…",
}
_LEAD_TO_SEVERAL = re.compile(r"\b(?:these|those|following|each of|are|any of)\b[^.]*:$")
_ABSENT = {
    "no sixth form": (lambda school: not school.has_sixth_form, r"(?i)\bsixth form"),
    "no early years": (lambda school: not school.has_early_years, r"(?i)\bearly years\b|\bnursery\b"),
    "no trust": (lambda school: school.employer != "trust", r"\b(?:the|a|its) trust\b(?! that)|chief executive"),
    "no employer but the trust": (
        lambda school: school.employer == "trust",
        r"the school(?:’s)? (?:employs|owns)|employed by the school|property of the school|governing body",
    ),
    "no pupil over 12": (
        lambda school: school.ages.highest <= 12, r"(?i)\bYear 1[0-3]\b|\bGCSE|\bsocial networking in class",
    ),
    "no deputy": (lambda school: not school.people.deputy_dsls, r"\b(?:a|the|their) deput(?:y|ies)\b"),
}  # fmt: skip
"""Words that a school does not read which has not what they speak of."""


def stumbles(case: Case) -> Iterator[tuple[str, str, str]]:
    """What is wrong with one text: what, the unit and the words."""
    for each in case.problems:
        if each.severity == "error" or case.document is not None:
            yield f"{each.rule}: {each.message}", "", str(each.place.line if each.place else "")
    if case.document is None:
        return
    for run in worded(*case.document.parts):
        yield from ((what, run.unit, words) for what, words in _in_run(run))
        for what, (lacks, pattern) in _ABSENT.items():
            found = re.search(pattern, run.typed)
            if found and lacks(case.school):
                yield f"{what}, and the text speaks of it", run.unit, found[0]
    yield from _lists(case.document)


def _in_run(run: Run) -> Iterator[tuple[str, str]]:
    for what, pattern in _TYPOS.items():
        if found := re.search(pattern, run.text):
            yield what, run.text[max(found.start() - 30, 0) : found.end() + 30]
    doubled = re.search(r"\b(\w+) \1\b", run.text)
    if doubled and doubled[1].lower() not in ("that", "had"):
        yield "a word twice", run.text[max(doubled.start() - 30, 0) : doubled.end() + 30]
    begins_small = re.match(r"[a-z](?![a-z]*[A-Z])", run.text)
    within = any(isinstance(node, d.Item | d.Definition) for node in run.around)
    if begins_small and run.kind in ("clause", "paragraph") and not within:
        yield "a paragraph that begins small", run.text[:60]


def _lists(document: Document) -> Iterator[tuple[str, str, str]]:
    """Lists of one that are led to as if they were several, lead-ins to nothing, and items twice."""
    for part in document.parts:
        for node in d.walk(part):
            if not isinstance(node, d.Clause | d.Section | d.Item):
                continue
            for first, second in zip_longest(node.blocks, node.blocks[1:]):
                lead = d.plain(first.children) if isinstance(first, d.Paragraph) else ""
                if isinstance(second, d.ItemList):
                    yield from ((what, node.id, words) for what, words in _in_list(lead, second))
                elif (
                    lead.endswith(":")
                    and part.kind != "form"  # there, what follows is filled in
                    and isinstance(node, d.Clause)
                    and not isinstance(second, d.Quote | d.Table)
                ):
                    yield "a lead-in to nothing", node.id, lead[-60:]


def _in_list(lead: str, listed: d.ItemList) -> Iterator[tuple[str, str]]:
    if len(listed.items) == 1 and _LEAD_TO_SEVERAL.search(lead):
        yield "a list of one is led to as several", lead[-60:]
    words = ["".join(run.text for run in worded(*item.blocks)) for item in listed.items]
    yield from (("an item twice", each[:60]) for each in sorted({*words}) if words.count(each) > 1)


# --- what differs, for a reader ---------------------------------------------------------------------------------------


def differing(cases: Sequence[Case]) -> Iterator[str]:
    """The sentences that not every school reads, each once, by unit and under what they hang on."""
    texts: dict[str, list[str]] = defaultdict(lambda: [""] * len(cases))
    for index, case in enumerate(cases):
        for run in worded(*case.document.parts) if case.document else ():
            # Numbers of paragraphs move with every section, and say nothing of what they hang on.
            texts[run.unit][index] += (
                re.sub(
                    r"(?i)\b(section|paragraph)s? \d[\d.]*(?: and \d[\d.]*\d)?", r"\1 …", run.text
                )
                + "\n"
            )
    for unit, variants in texts.items():
        if len({*variants}) < 2:
            continue
        causes = _causes(cases, variants)
        yield f"\n## {unit}, by {join_and(f'`{cause}`' for cause in causes) or 'several together'}\n"
        sentences = [{*re.split(r"(?<=[.:?!])\s+|\n", text)} - {""} for text in variants]
        common = set.intersection(*sentences)
        told: set[str] = set()
        for case, own in zip(cases, sentences, strict=True):
            new = sorted(own - common - told)
            if new:
                values = ", ".join(f"{cause}: {case.row[cause]}" for cause in causes)
                yield from (
                    f"- {sentence}" for sentence in ([f"*{values}*"] if values else []) + new
                )
            told |= own


def _causes(cases: Sequence[Case], variants: Sequence[str]) -> tuple[str, ...]:
    """The fewest parameters that decide which variant stands: one, or two; none where it takes more."""
    names = sorted(cases[0].row, key=lambda name: name.startswith("without "))
    for group in [
        *((name,) for name in names),
        *((one, two) for i, one in enumerate(names) for two in names[i + 1 :]),
    ]:
        seen: dict[tuple[str, ...], str] = {}
        if all(
            seen.setdefault(tuple(str(case.row[name]) for name in group), text) == text
            for case, text in zip(cases, variants, strict=True)
        ):
            return group
    return ()


# --- the command ------------------------------------------------------------------------------------------------------


def read_all(
    policy: str, rows: int | None = None
) -> tuple[list[Case], dict[tuple[str, str, str], list[Case]]]:
    """The cases of a template, and what is wrong in them, each once with the cases in which it is."""
    cases = [composed(policy, row) for row in all_pairs(parameters(policy))[:rows]]
    found: dict[tuple[str, str, str], list[Case]] = defaultdict(list)
    for case in cases:
        for each in dict.fromkeys(stumbles(case)):
            found[each].append(case)
    return cases, found


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.combinations", description=__doc__)
    parser.add_argument("template", nargs="*", default=[*TEMPLATES])
    parser.add_argument("--rows", type=int, help="read so many rows of each only")
    parser.add_argument("--print", dest="folder", type=Path, help="write there what differs")
    said = parser.parse_args(arguments)
    wrong = 0
    for policy in said.template:
        cases, found = read_all(policy, said.rows)
        print(f"{policy}: {len(cases)} combinations, {len(found)} to look at")
        for (what, unit, words), where in found.items():
            row = where[0].row
            print(f"  {what}  [{unit}]\n    {words}\n    in {len(where)}, such as: {row['kind']}")
        wrong += len(found)
        if said.folder:
            said.folder.mkdir(parents=True, exist_ok=True)
            text = "\n".join([f"# {policy}", *differing(cases), ""])
            (said.folder / f"{policy}.md").write_text(text, "utf-8")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
