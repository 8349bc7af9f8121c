"""How hard a text is to read: its sentences, and the Flesch-Kincaid grade.

The formula is that of J. P. Kincaid, R. P. Fishburne, R. L. Rogers and B. S. Chissom, Derivation of new readability
formulas for Navy enlisted personnel, Research Branch Report 8-75, 1975. A reading age is the grade and five, in years.

- A sentence ends with a full stop, a question mark or an exclamation mark, and where a paragraph or an item of a list
  ends. A colon or a semicolon ends none. An item of fewer than five words that is no sentence (an entry of a list) is
  left out, as headings, captions, labels, quotations and cells that are no sentences are: they would flatter the text.
- A reference, and the title of a law of the library or of a policy, is one word of one syllable. So is any other word
  with a capital letter within a sentence, a number and an address: names are not hard words.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import assert_never

from policygen.checks.finder import TextFinder
from policygen.ground.diagnostics import Place, Problems
from policygen.ground.wording import join_and
from policygen.language.document import (
    Audience,
    AudiencePart,
    Document,
    Inline,
    Reference,
    Section,
    Value,
)
from policygen.language.runs import Run, worded
from policygen.model.template import AppendixEntry, Template

LONG = 35
"""Words that a sentence may have."""
PUPILS_MAY_READ = 11
"""The reading age, in years, that a text for pupils may not pass where its template says nothing: the end of primary
school."""
_ENTRY = 5
"""Words of an item from which it counts as a sentence without a full stop."""
_BREAK = re.compile(r"(?<=[.!?])[”’)]*\s+(?=[“‘(]*[A-Z0-9])|\n")
_ENDED = re.compile(r"[.!?][”’)]*\s*$")
_TOKEN = re.compile(r"[^\s–—]+")
_LETTER = re.compile(r"\w")
_EDGE = ".,;:!?()[]“”‘’'\"…"
_TITLE = "it"
_TITLED = ("law.", "policies.", "policy.")
"""How the names of values begin that print a title of a law or a policy."""


@dataclass(frozen=True)
class Sentence:
    """A sentence, with its figures."""

    text: str
    run: Run
    words: int
    syllables: int
    hard: tuple[str, ...]
    """Its words of four syllables and more."""

    @property
    def long(self) -> bool:
        """Whether it has more words than a sentence may have."""
        return self.words > LONG


@dataclass(frozen=True)
class Reading:
    """The figures of what one audience reads of a part, or of a whole policy."""

    id: str
    """Of the part; empty for all parts."""
    title: str
    audience: Audience
    limit: int | None
    """The reading age that its template allows, in years."""
    sentences: tuple[Sentence, ...]
    place: Place | None = None
    """Where the part begins."""

    @property
    def words(self) -> int:
        """Those of its sentences."""
        return sum(each.words for each in self.sentences)

    @property
    def average(self) -> float:
        """Words of a sentence; 0 where there is none."""
        if not self.sentences:
            return 0.0
        return self.words / len(self.sentences)

    @property
    def longest(self) -> int:
        """Words of its longest sentence."""
        return max((each.words for each in self.sentences), default=0)

    @property
    def long(self) -> float:
        """The share of its sentences that are too long, from 0 to 1."""
        return sum(each.long for each in self.sentences) / max(len(self.sentences), 1)

    @property
    def age(self) -> float:
        """The age, in years, at which it is read with ease; 0 where there is nothing to read."""
        return age_of(self.sentences)


def age_of(sentences: Sequence[Sentence]) -> float:
    """The reading age of some sentences, in years; 0 where there are none."""
    words = sum(each.words for each in sentences)
    if not words:
        return 0.0
    syllables = sum(each.syllables for each in sentences)
    grade = 0.39 * words / len(sentences) + 11.8 * syllables / words - 15.59
    return round(max(grade, 0.0) + 5, 1)


# --- sentences --------------------------------------------------------------------------------------------------------


def sentences_of(run: Run) -> Iterator[Sentence]:
    """The sentences of a run; none of what is no running text."""
    if run.manner != "running" and not (run.kind == "cell" and _ENDED.search(run.text)):
        return
    parts = (_TITLE if _is_title(node) else text for text, node in run.parts)
    for measured in _measured("".join(parts), is_item=run.kind == "item"):
        yield Sentence(measured[0], run, *measured[1:])


@lru_cache(maxsize=2**15)
def _measured(text: str, *, is_item: bool) -> tuple[tuple[str, int, int, tuple[str, ...]], ...]:
    """Each sentence of a text, its words, its syllables and its hard words: schools of one edition share most texts."""
    found = []
    for sentence in _BREAK.split(text):
        tokens = [token for token in _TOKEN.findall(sentence) if _LETTER.search(token)]
        entry = is_item and not sentence.rstrip().endswith((".", "!", "?", ":"))
        if not tokens or (entry and len(tokens) < _ENTRY):
            continue
        counts = [_weight(token, first=index == 0) for index, token in enumerate(tokens)]
        weighed = zip(tokens, counts, strict=True)
        hard = tuple(token.strip(_EDGE).lower() for token, count in weighed if count >= 4)
        found.append((sentence.strip(), len(tokens), sum(counts), hard))
    return tuple(found)


def _is_title(node: Inline | None) -> bool:
    """Whether a piece of a run prints a title: of a law, of a policy, or of the place that it refers to."""
    if isinstance(node, Value):
        return node.name.startswith(_TITLED)
    return isinstance(node, Reference)


def _weight(token: str, *, first: bool) -> int:
    """The syllables of a word as it stands in a sentence."""
    word = token.strip(_EDGE)
    plain = word.replace("-", "").replace("’", "").replace("'", "")
    if not plain.isalpha() or not plain.isascii():
        return 1
    if any(map(str.isupper, word[1:])) or (not first and word[0].isupper()):
        return 1
    return sum(map(syllables, word.lower().split("-")))


_SUFFIX = (
    "ful|fully|ly|less|lessly|ment|ments|ness|some|where|thing|body|one|fore|hand|ty|work|wall|page"
)
_SILENT = re.compile(
    r"(?<=[^aeiouy])(?:e|es(?<![cgsxz]es)(?<![cs]hes)|ed(?<![dt]ed))$"
    rf"|(?<=[aeiouy][^aeiouy])e(?=(?:{_SUFFIX})$)|(?<=[ls]l|[oa]y)ed$|(?<=ev)e(?=ry)|(?<=saf)e(?=g)"
)
"""An e that is written and not spoken: at the end, and before an ending."""
_SPLIT = re.compile(
    r"(?<![cstg])i(?:a|o|u|et|er$|ers$)(?<!nio)|(?<=t)iat|(?<=[^qg])u(?:a|ou)|eo(?!p)"
    r"|(?<=[aeiouy])ing|ea(?=tive|$|s$)|[^aeiouylrw]le[sd]?$|sms?$|y(?=ond|one|e[er])|recipi(?=e)|audi(?=e)|who(?=e)|crea(?=te|ti|to)"
)
"""Vowels that stand together and are spoken apart, and endings that are a syllable without a vowel."""
_APART = {"business": 2, "businesses": 3, "colleague": 2, "colleagues": 2, "sometimes": 2}


@cache
def syllables(word: str) -> int:
    """The spoken syllables of a word in small letters, by the rules of English spelling."""
    spoken = word.replace("’", "'").removesuffix("'s").replace("'", "")
    if spoken in _APART:
        return _APART[spoken]
    groups = re.findall("[aeiouy]+", _SILENT.sub("", spoken))
    return max(len(groups) + len(_SPLIT.findall(spoken)), 1)


# --- parts ------------------------------------------------------------------------------------------------------------


def readings(document: Document, template: Template) -> Iterator[Reading]:
    """The figures of each part of a document, and of what is meant for another audience within one."""
    for part in document.parts:
        by_audience: dict[Audience, list[Sentence]] = {part.audience: []}
        for run in worded(part):
            by_audience.setdefault(_audience(run, part), []).extend(sentences_of(run))
        title = next(worded(part)).text
        for audience, found in by_audience.items():
            if found:
                limit = _limit(template, part, audience)
                yield Reading(part.id, title, audience, limit, tuple(found), part.place)


def together(found: Sequence[Reading]) -> Iterator[Reading]:
    """The figures of all that one audience reads, for each audience."""
    for audience in dict.fromkeys(each.audience for each in found):
        theirs = [each for each in found if each.audience == audience]
        limits = [each.limit for each in theirs if each.limit is not None]
        every = tuple(sentence for each in theirs for sentence in each.sentences)
        yield Reading("", "", audience, max(limits, default=None), every)


def _audience(run: Run, part: Section) -> Audience:
    meant = [each.audience for each in run.around if isinstance(each, AudiencePart)]
    return meant[-1] if meant else part.audience


def _limit(template: Template, part: Section, audience: Audience) -> int | None:
    """The reading age that a template allows to an audience in a part."""
    match part.kind:
        case "section":
            own = {entry.name: entry.reading for entry in template.sections}
        case "form":
            own = {entry.name: entry.reading for entry in template.every_form}
        case "appendix":
            own = {
                entry.name: entry.reading
                for entry in template.appendices
                if isinstance(entry, AppendixEntry)
            }
        case _:
            assert_never(part.kind)
    if audience == part.audience and (limit := own.get(part.name)):
        return limit
    return template.reading.get(audience)


# --- rules ------------------------------------------------------------------------------------------------------------


def check_readability(
    document: Document, template: Template, finder: TextFinder, problems: Problems
) -> None:
    """Note what is harder to read than its template allows, and sentences that are too long."""
    for part in readings(document, template):
        if part.limit is not None:
            _check_age(part, part.limit, finder, problems)
            for sentence in part.sentences:
                if sentence.long:
                    says = f"this sentence has {sentence.words} words"
                    hint = f"make two sentences of it, or a list: {LONG} words are enough"
                    problems.add("long-sentence", says, _place(sentence, finder), hint)
        elif part.audience == "pupils" and part.age > PUPILS_MAY_READ:
            problems.add(
                "pupil-readability",
                f"this text is for pupils, and its reading age is {part.age}",
                part.place,
                f"shorter words and sentences bring it to {PUPILS_MAY_READ} or below",
            )


def _check_age(part: Reading, limit: int, finder: TextFinder, problems: Problems) -> None:
    """Note, at its hardest clause, a part that is too hard."""
    if part.age <= limit:
        return
    by_unit: dict[str, list[Sentence]] = {}
    for sentence in part.sentences:
        by_unit.setdefault(sentence.run.unit, []).append(sentence)

    def adds(those: Sequence[Sentence]) -> float:
        # What they add to the whole, not their own figure: a clause of six words may have any.
        return (age_of(those) - limit) * sum(each.words for each in those)

    hardest = max(by_unit.values(), key=adds)
    worst = max(hardest, key=lambda each: adds([each]))
    longest = max(each.words for each in hardest)
    says = (
        f"the reading age of “{part.title}” is {part.age}, and {limit} is its limit; "
        f"this clause makes it hardest, with {age_of(hardest)}"
    )
    hints = [f"its longest sentence has {longest} words: make two of it, or a list"]
    hard = Counter(word for sentence in hardest for word in sentence.hard)
    if hard:
        words = join_and(f"“{word}”" for word, _ in hard.most_common(4))
        hints.append(f"long words in it are {words}")
    problems.add("reading-age", says, _place(worst, finder), *hints)


def _place(sentence: Sentence, finder: TextFinder) -> Place | None:
    """Where a sentence begins; its run where it begins with a value."""
    run = sentence.run
    begin = run.typed.find(sentence.text[:20])
    if begin < 0:
        return run.place
    return finder.within(run, begin, begin + len(sentence.text[:20]))
