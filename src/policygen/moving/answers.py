"""What a file answers: which option's words stand in it, and what it says where the model prints a value."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

from policygen.model.question import Answer, AnyQuestion
from policygen.moving.match import Index, Pair, Words, words_of, written_words
from policygen.moving.pieces import Piece, Printed

Pieces = Callable[[Mapping[str, object], str], Sequence[Piece]]
"""The model under some answers: those of its parts that hang on one question, or all where none is named."""

_SEEN = 0.6
"""How alike a paragraph of the file is at least that shows an option."""
_CLEAR = 1.0
"""By how many words an option has to fit better than the next one."""
_LONGEST = 40
"""Words that are taken for a value at most."""
_SURE = 0.75
"""How alike a paragraph is at least that tells of a fact another thing than school.yaml."""
_ROUNDS = 2
"""An option can change which words show another one."""
_ENDS = " \t.,;:"


@dataclass(frozen=True)
class Proposal:
    """An answer that a file gives."""

    question: str
    answer: Answer
    because: str
    """The words of the file that say so; empty where only the words of every other option are missing."""


@dataclass(frozen=True)
class SaidFact:
    """What a file says where a model prints a fact of the school."""

    name: str
    """Such as `people.dsl.name`."""
    says: str
    now: str
    """What school.yaml says; empty where it says nothing."""
    places: int


def chosen(
    asked: Callable[[Mapping[str, object]], Mapping[str, AnyQuestion]],
    model: Pieces,
    file: Index,
    texts: Sequence[str],
    given: Mapping[str, object],
) -> dict[str, Proposal]:
    """The options whose words stand in a file, by question, for those that `given` does not answer.

    `asked` says which questions are asked under some answers. Each option is tried: what it adds to the model is
    looked for in the file.
    """
    found: dict[str, Proposal] = {}
    for _ in range(_ROUNDS):
        before = dict(found)
        for name in asked({**given, **_answers(found)}):
            if name in given:
                continue
            known = {**given, **_answers(found)}
            question = asked(known).get(name)
            if question is None:
                found.pop(name, None)
                continue
            proposal = _option(name, question, model, file, texts, known)
            if proposal is None:
                found.pop(name, None)
            else:
                found[name] = proposal
        if found == before:
            break
    return {name: found[name] for name in asked({**given, **_answers(found)}) if name in found}


def _answers(found: Mapping[str, Proposal]) -> dict[str, object]:
    return {name: proposal.answer for name, proposal in found.items()}


def _option(
    name: str,
    question: AnyQuestion,
    model: Pieces,
    file: Index,
    texts: Sequence[str],
    known: Mapping[str, object],
) -> Proposal | None:
    """The option of a question that fits the file clearly better than the others; None where none does."""
    said = {
        index: {*_said(model({**known, name: answer}, name))}
        for index, answer in enumerate(question.every_answer())
    }
    if len(said) < len(("this", "other")):
        return None
    everywhere = set[Words].intersection(*said.values())
    own = {index: words - everywhere for index, words in said.items()}
    scores = {index: sum(map(file.counts, words)) for index, words in own.items()}
    best, second = sorted(scores, key=lambda index: (-scores[index], index))[:2]
    if scores[best] - scores[second] < _CLEAR:
        return None
    shown = [words for words in own[best] if file.closest(words)[1] >= _SEEN]
    because = ""
    if own[best] and not shown:
        return None
    if shown:
        longest = max(shown, key=lambda words: (file.closest(words)[1], len(words), words))
        because = texts[file.closest(longest)[0]]
    return Proposal(name, question.every_answer()[best], because)


def _said(pieces: Sequence[Piece]) -> Iterator[Words]:
    return (piece.words for piece in pieces)


# --- values -----------------------------------------------------------------------------------------------------------


def said_values(
    pieces: Sequence[Piece], texts: Sequence[str], pairs: Sequence[Pair]
) -> Iterator[tuple[Printed, str]]:
    """Each value of the model that the file has a place for, with what stands there."""
    for pair in pairs:
        piece = pieces[pair.model]
        if not piece.values:
            continue
        written = written_words(texts[pair.file])
        where = _where(piece, words_of(texts[pair.file]))
        for value in piece.values:
            start, end = where(value)
            is_sure = not value.text or pair.likeness >= _SURE
            if is_sure and 0 < end - start <= _LONGEST:
                model = piece.words[value.first : value.end]
                yield value, _as_value(written[start:end], model, value.text)
    yield from _listed(pieces, texts, pairs)


def _listed(
    pieces: Sequence[Piece], texts: Sequence[str], pairs: Sequence[Pair]
) -> Iterator[tuple[Printed, str]]:
    """Values that are open and make paragraphs of their own, an item for each: what stands between the same two."""
    pairs = [pair for pair in pairs if not pair.moved]
    for before, after in pairwise([Pair(-1, -1, 0), *pairs]):
        between = pieces[before.model + 1 : after.model]
        if len(between) == 1 and between[0].values and len(between[0].words) == 1:
            for text in texts[before.file + 1 : after.file]:
                yield between[0].values[0], text.strip(_ENDS)


def _where(piece: Piece, words: Words) -> Callable[[Printed], tuple[int, int]]:
    """Between which words of the file each value of a paragraph stands; an empty run where that is not sure."""
    inside = {at for value in piece.values for at in range(value.first, value.end)}
    # The words of values are no evidence of where they stand: another school has others there.
    model = [f"\0{at}" if at in inside else word.casefold() for at, word in enumerate(piece.words)]
    theirs = [word.casefold() for word in words]
    matcher = SequenceMatcher(None, model, theirs, autojunk=False)
    of_model = {len(model): len(theirs), -1: -1}
    for block in matcher.get_matching_blocks():
        of_model.update({block.a + step: block.b + step for step in range(block.size)})

    def stands(value: Printed) -> tuple[int, int]:
        before, after = of_model.get(value.first - 1), of_model.get(value.end)
        if before is None or after is None:
            return 0, 0
        return before + 1, after

    return stands


def _as_value(words: Words, model: Words, printed: str) -> str:
    """What stands in place of a value, without the signs that the model has around it."""
    said = " ".join(words)
    around = " ".join(model)
    before, _, after = around.partition(" ".join(words_of(printed)) or "…")
    said = said.removeprefix(before).removesuffix(after)
    return said.strip(_ENDS)


def read_values(
    asked: Mapping[str, AnyQuestion], said: Sequence[tuple[Printed, str]]
) -> Iterator[Proposal]:
    """The answers that stand where the model prints them, of questions that are answered in words."""
    for name, question in asked.items():
        names = {f"answers.{name}", f"wording.{name}"}
        texts = [
            text
            for value, text in said
            if text and names & {*_NAME.findall(value.name)} and not _COUNTS.search(value.name)
        ]
        if not texts:
            continue
        because = ", ".join(dict.fromkeys(texts))
        answer = question.meant(texts)
        if answer is not None:
            yield Proposal(name, answer, because)


_COUNTS = re.compile(r"\| *(?:agree|length)\b")
"""What prints because of an answer, and does not say it."""
_NAME = re.compile(r"\b(?:answers|wording)\.\w+")


_FACT = re.compile(
    r"(?:school|terms|roles|people|partnership|providers|policies)(?:\.[a-z_]+)+"
    r"(?: \| (?P<filter>sentence_case|lower_first))?"
)


def said_facts(said: Sequence[tuple[Printed, str]]) -> Iterator[SaidFact]:
    """What a file says where the model prints facts, where it is not what school.yaml says."""
    found: dict[str, Counter[str]] = {}
    known: dict[str, str] = {}
    for value, text in said:
        fact = _FACT.fullmatch(value.name)
        if fact is None or not text:
            continue
        name = value.name.split(" | ")[0]
        if fact["filter"] is None or not known.get(name):
            known[name] = value.text
        found.setdefault(name, Counter())[text] += 1
    for name, texts in found.items():
        text, places = texts.most_common(1)[0]
        if text.casefold() != " ".join(words_of(known[name])).casefold():
            yield SaidFact(name, text, known[name], places)
