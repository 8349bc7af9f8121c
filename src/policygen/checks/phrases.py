"""What no run may hold: leftovers of a template, words in capitals, slips of the pen."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from typing import Literal

from policygen.checks.finder import REMEMBERED, TextFinder
from policygen.files.fields import FileModel, Many, Words
from policygen.files.yamlfile import read_data
from policygen.ground.diagnostics import Problems
from policygen.ground.limits import PROBLEMS
from policygen.language.document import Reference, ReferenceMark
from policygen.language.runs import VALUE, Manner, Run


class Phrase(FileModel):
    """A pattern that no run may hold."""

    rule: Words
    pattern: Words
    message: Words
    """With `{found}` for what was found."""
    hint: Words
    not_in: Many[Literal["heading", "cell", "quote"]] = ()
    """Kinds of run that are left alone."""


class PhraseFile(FileModel):
    """The patterns that come with the program, as data/phrases.yaml holds them."""

    phrases: Many[Phrase]
    abbreviations: Words


_ONLY_COMPOSED = ("stray-punctuation", "doubled-word")
_TWICE_IS_FINE = frozenset({"had had", "that that", "is is", "her her", "no no", "bye bye"})
_A_NAME = re.compile(r"[A-Z][a-z]+ [A-Z][a-z]+")
_AFTER_PARTICLE = re.compile(r"(?i)\b(?:log|sign|hand|plug|come|bring|take|switch|turn|carr)\w* $")
_SHORT_WORDS = frozenset(
    """ALL AND ANY ARE BUT CAN DO FOR HAS HAVE IF IN IS MAY MUST NEVER NO NOT OF OFF ON ONLY OR OUR OUT THE TO
    YOU""".split()
)
"""Words of few letters that stand in capitals for emphasis, or in a title."""
_SHORT_FORM = re.compile(
    r"(?<![\w’-])(?P<words>(?:\w[\w’-]* ){2,12})\((?:the )?[“\"]?(?P<form>[A-Z]{2,}s?)[”\"]?\)"
)
_WORDS_APART = re.compile(r"[ ,&]+")
_LONGEST_SHOWN = 60
_HEADING_HINT = "write small letters, but for the first and in names"


def check_phrases(
    run: Run,
    finder: TextFinder,
    problems: Problems,
    *,
    composed: bool = True,
    short_forms: frozenset[str] = frozenset(),
) -> None:
    """Note everything in one run that no run may hold. `short_forms` are those that its document explains.

    A run that is not `composed` holds all branches of a template side by side: punctuation says nothing there.
    """
    _check_patterns(run, finder, problems, short_forms, composed=composed)
    if composed:
        _check_brackets(run, finder, problems)
        _check_start(run, finder, problems)
        _check_seams(run, finder, problems)
        _check_definition(run, finder, problems)


def short_forms_in(runs: Iterable[Run]) -> frozenset[str]:
    """The short forms that stand in brackets behind what they stand for: "the Northshire Safety Team (NST)"."""
    forms = set[str]()
    for run in runs:
        for found in _SHORT_FORM.finditer(run.text):
            initials = {word[0].lower() for word in found["words"].replace("-", " ").split()}
            if found["form"][0].lower() in initials:
                forms.update((found["form"], found["form"].rstrip("s")))
    return frozenset(forms)


def _check_patterns(
    run: Run,
    finder: TextFinder,
    problems: Problems,
    short_forms: frozenset[str],
    *,
    composed: bool,
) -> None:
    for number, (phrase, found) in enumerate(
        _patterns_in(run.typed, run.manner, composed=composed)
    ):
        if phrase.rule == "capitals" and short_forms.issuperset(_WORDS_APART.split(found[0])):
            continue
        in_heading = phrase.rule == "capitals" and run.manner == "heading"
        rule, hint = (
            ("heading-capitals", _HEADING_HINT) if in_heading else (phrase.rule, phrase.hint)
        )
        message = phrase.message.format(found=_shown(found[0]))
        # Nobody reads more places of one paragraph, and each is looked for in the whole text.
        place = finder.within(run, *found.span()) if number < PROBLEMS else run.place
        problems.add(rule, message, place, hint)


@lru_cache(REMEMBERED)
def _patterns_in(
    typed: str, manner: Manner, *, composed: bool
) -> tuple[tuple[Phrase, re.Match[str]], ...]:
    """What a text of this kind holds that it may not; of what overlaps, the first."""
    # "[School name]" is a placeholder, words in brackets and words in capitals: it is told once, as what comes first in
    # data/phrases.yaml. Letters that a leftover took belong to no other phrase.
    leftovers, all_found = set[int](), list[tuple[Phrase, re.Match[str]]]()
    for phrase, pattern in read_phrases().compiled:
        if manner in phrase.not_in or (not composed and phrase.rule in _ONLY_COMPOSED):
            continue
        for found in pattern.finditer(typed):
            span = range(*found.span())
            leftover = phrase.rule.startswith("leftover-")
            touching = leftover or phrase.rule == "stray-punctuation"
            known = not leftovers.isdisjoint(span) if touching else leftovers.issuperset(span)
            if known or not found[0].strip() or _harmless(phrase.rule, found, manner):
                continue
            if leftover:
                leftovers.update(span)
            all_found.append((phrase, found))
    return tuple(all_found)


def _shown(words: str) -> str:
    words = words.strip().replace(VALUE, "…")
    if len(words) <= _LONGEST_SHOWN:
        return words
    return f"{words[:_LONGEST_SHOWN].rsplit(maxsplit=1)[0]} …"


@dataclass(frozen=True)
class Patterns:
    """The patterns with their compiled form, and the short forms that may stand in capitals."""

    compiled: tuple[tuple[Phrase, re.Pattern[str]], ...]
    abbreviations: frozenset[str]


@cache
def read_phrases() -> Patterns:
    """What data/phrases.yaml holds. Raises InputError when it cannot be read: a fault of the release."""
    read = read_data("phrases.yaml", PhraseFile)
    compiled = tuple((phrase, re.compile(phrase.pattern)) for phrase in read.phrases)
    return Patterns(compiled, frozenset(read.abbreviations.split()))


def _harmless(rule: str, found: re.Match[str], manner: Manner) -> bool:
    """Whether words only look like damage."""
    typed, words = found.string, found[0].strip()
    match rule:
        case "capitals":
            return not _stressed(words) or _in_quotes(typed, found.start())
        case "doubled-word":
            return _said_twice(typed, found)
        case "leftover-bracket":
            return (
                manner == "quote"
                and re.fullmatch(r"\[(?:sic|…|\.{3}|[a-z][a-z ’]{0,20})\]", words) is not None
            )
        case _:
            return False


def _stressed(words: str) -> bool:
    """Whether words in capitals are more than short forms side by side."""
    parts = re.split(r"[ ,&]+", words)
    if len(parts) == 1:
        return words in _SHORT_WORDS or _is_long_word(words)
    return any(part in _SHORT_WORDS or _is_long_word(part) for part in parts)


def _is_long_word(word: str) -> bool:
    word = re.sub(r"[’'].*", "", word)
    known = read_phrases().abbreviations
    return len(word) > 3 and re.search("[AEIOUY]", word) is not None and word not in known


def _in_quotes(typed: str, at: int) -> bool:
    return typed.count("“", 0, at) > typed.count("”", 0, at)


def _said_twice(typed: str, found: re.Match[str]) -> bool:
    """Whether a word may stand twice: "had had", "log in in time", "that IT it is"."""
    one, other = found[0].split()
    particle = (
        one in {"in", "on", "off"} and _AFTER_PARTICLE.search(typed, 0, found.start()) is not None
    )
    name = found.start() > 0 and _A_NAME.fullmatch(found[0]) is not None
    fine = found[0].lower() in _TWICE_IS_FINE or one.isupper() != other.isupper()
    return fine or particle or name


_PAIRS = {")": "(", "”": "“"}
_LABEL = re.compile(r"(?:^|[\s,;:])(?:[a-z]|[ivx]{1,4}|\d{1,2})$")
_LABEL_REACH = 6
"""Letters before a bracket of which a label and what stands before it are part."""


def _check_brackets(run: Run, finder: TextFinder, problems: Problems) -> None:
    """Note a bracket or quotation mark without its partner. A label, as in "a) or b)", closes nothing and may."""
    typed, opened = run.typed, list[int]()
    if (
        run.manner == "quote"
    ):  # an editor’s business, and quotation marks may run over its paragraphs
        return
    wrong, says, hint = -1, "closes nothing", "open it, or take it out"
    for at, sign in enumerate(typed):
        if sign in "(“":
            opened.append(at)
        elif sign in _PAIRS:
            if opened and typed[opened[-1]] == _PAIRS[sign]:
                opened.pop()
            elif sign != ")" or not _LABEL.search(typed[max(at - _LABEL_REACH, 0) : at]):
                wrong = at
                break
    else:
        if opened:
            wrong, says, hint = opened[-1], "is never closed", "close it, or take it out"
    if wrong >= 0:
        place = finder.within(run, wrong, wrong + 1)
        problems.add("unbalanced-brackets", f"`{typed[wrong]}` {says}", place, hint)


def _check_start(run: Run, finder: TextFinder, problems: Problems) -> None:
    if run.children and isinstance(run.children[0], Reference | ReferenceMark):
        return  # its words get their capital when they are known
    first = run.text.split(maxsplit=1)[0] if run.text.split() else ""
    numbered = run.kind == "clause" and run.label and run.manner == "running"
    if numbered and first[:1].islower() and first == first.lower():
        words = " ".join(run.text.split()[:4])
        problems.add(
            "lower-case-start",
            f"a numbered paragraph begins with a small letter: “{words}”",
            finder.within(run, 0, len(run.typed.split(maxsplit=1)[0])),
            "has its beginning been lost? else write a capital, or `| sentence_case` after a name in braces",
        )


_FIRST, _LAST = re.compile(r"\s*([\w’]+)"), re.compile(r"(?<![\w’])([\w’]+)\s*$")


def _check_seams(run: Run, finder: TextFinder, problems: Problems) -> None:
    """Note what goes wrong where a value meets the words around it: "the the governing body"."""
    at, pieces = 0, run.pieces
    for (left, left_filled), (right, right_filled) in pairwise(pieces):
        width = len(VALUE) if left_filled else len(left)
        last, first = _LAST.search(left), _FIRST.match(right)
        apart = left[-1:].isspace() or right[:1].isspace()
        if (
            left_filled != right_filled
            and apart
            and last
            and first
            and last[1].lower() == first[1].lower()
        ):
            start = at if left_filled else at + last.start()
            end = at + width + (len(VALUE) if right_filled else first.end())
            place = finder.within(run, start, end)
            problems.add(
                "doubled-word", f"“{last[1]} {first[1]}” says a word twice", place, _SEAM_HINT
            )
        at += width


_SEAM_HINT = "what is filled in has the word already: take it out of the sentence"


_AS_ITSELF = re.compile(
    r"""(?ix) \b(\w[\w’ -]{2,40}?) [”"]? [ ]
    (?:(?P<says>(?:(?:will|shall)[ ]be[ ]|is[ ]|are[ ])?(?:referred[ ]to|known|described|defined)(?:[ ]\w+){0,4}?[ ]as)
      [ ] (?:the[ ]|an?[ ])? [“"]? \1\b
    | (?P<means>means|refers[ ]to|stands[ ]for) [ ] (?:the[ ]|an?[ ])? [“"]? \1 (?=[”"]?\s*(?:$|[.,;:)])))"""
)
_NAMED_AGAIN = re.compile(
    r"\b(?<!’)([A-Z][\w’]*(?: (?:of|and|[A-Z][\w’]*)){0,4}) "
    r"\((?:hereafter |hereinafter |called )?(?:the )?[“\"]?(?:the )?\1[”\"]?\)"
)


_LONGER_TERM = re.compile(
    r"(?i)\b(?!(?:the|a|an|our|your|each|every|any|this|policy|document|word|term|and|or)\b)[\w’]+,? $"
)
"""Before what is only the last word of a term: "the filtering system is referred to as the system"."""
_WITHIN_A_NAME = re.compile(
    r"\b(?!(?:The|A|An|Our|Your|Each|Every|Any)\b)[A-Z][\w’]*,?(?: (?:of|and|the))* $"
)


def _check_definition(run: Run, finder: TextFinder, problems: Problems) -> None:
    """Note a definition that a school's own words have made empty: "Headteacher will be referred to as Headteacher"."""
    for term, says in _empty_definitions(run.text):
        at = run.typed.find(says)
        place = finder.within(run, at, at + len(says)) if at >= 0 else run.place
        problems.add(
            "doubled-word", f"“{term}” is explained by itself", place, "leave the definition out"
        )


@lru_cache(REMEMBERED)
def _empty_definitions(text: str) -> tuple[tuple[str, str], ...]:
    """Each term that is explained by itself, with the words that do so."""
    again = [
        (found[1], found[0])
        for found in _NAMED_AGAIN.finditer(text)
        # The last word of a longer name is its short form: "Elm Grove Primary School (“the School”)".
        if not _WITHIN_A_NAME.search(text, 0, found.start())
    ]
    by_itself = [
        (found[1], found["says"] or found["means"])
        for found in _AS_ITSELF.finditer(text)
        if not _LONGER_TERM.search(text, 0, found.start())
    ]
    return (*by_itself, *again)
