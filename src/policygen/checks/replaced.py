"""What finding and replacing without looking leaves behind: an article, a lost apostrophe, a title inside a word."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache

from policygen.checks.finder import REMEMBERED, TextFinder
from policygen.checks.names import any_of, own_words, same_quotes
from policygen.ground.diagnostics import Problems
from policygen.language.runs import VALUE, Run
from policygen.language.source import Source
from policygen.model.school import School

_ALONE = r"""(?:\s*(?:$|[.,;:!?)”]|[’']s?(?!\w))|\s+(?:is|are|was|were|be|been|will|shall|may|must|can|cannot|could
    |should|would|has|have|had|does|do|did|and|or|but|nor|to|of|in|on|at|by|for|from|with|as|if|when|where|which|who|that
    |about|across|after|against|around|before|behind|between|beyond|during|into|near|onto|over|since|through|towards
    |under|upon|within|without
    |whose|while|until|unless|because|not|also|than|accepts|adopts|aims|allows|believes|complies|considers|employs
    |encourages|ensures|expects|follows|insures|keeps|lends|monitors|owns|provides|publishes|recognises|requires
    |reserves|seeks|supports|takes|uses|wishes)\b
    |\s+\w+s\s+(?:a|an|the|its|all|each|every|no|any|these|our|their|how|what)\b)"""
"""With which a name before it is over: no noun follows that an article could belong to ("issues a" is a verb)."""
_ALONE_AFTER = re.compile(rf"(?x){_ALONE}")
_THE = re.compile(r"(?:^|(?<=[\s(“]))[Tt]he\s+$")
_THE_NAME = re.compile(
    rf"(?x)(?:^|(?<=[\s(“]))[Tt]he[\s*_]+\{{\{{\s*school\.name\s*(?:\|\s*(?P<own>possessive)\s*)?\}}\}}[*_]*(?(own)|(?={_ALONE}))"
)
_HINT = "take “the” out: a school's name needs no article"


def check_article(run: Run, school: School, finder: TextFinder, problems: Problems) -> None:
    """Note “the” before the school's name: “the Elm Grove Primary School will”. “The Elm Grove network” is right."""
    typed = run.typed
    for start, end, name in _own_names(run, school):
        before = _THE.search(typed, 0, start)
        if before and (name.endswith(("’", "’s")) or _ALONE_AFTER.match(typed, end)):
            says = f"“{' '.join(typed[before.start() : start].split())} {name}” has an article before a name"
            problems.add(
                "article-before-name", says, finder.within(run, before.start(), end), _HINT
            )


def check_article_in_source(source: Source, problems: Problems) -> None:
    """The same in a template's text, in each of its branches."""
    text = "\n".join(line.text for line in source.lines)
    for found in _THE_NAME.finditer(text):
        place = source.place_at(found.start(), found.end())
        problems.add("article-before-name", "“the” stands before a school's name", place, _HINT)


def _own_names(run: Run, school: School) -> Iterator[tuple[int, int, str]]:
    """Where the school's own name stands, filled in or typed. One that begins with its article is left out."""
    for at, value in run.values:
        if value.name.partition(" ")[0] in ("school.name", "school.short_name"):
            yield at, at + len(VALUE), value.text
    for found in _either_of(school.name, school.short_name).finditer(same_quotes(run.typed)):
        yield *found.span(), found[0]


@lru_cache
def _either_of(name: str, short_name: str | None) -> re.Pattern[str]:
    """The names of a school that tell it from others."""
    names = [same_quotes(each) for each in (name, short_name) if each and own_words(each)]
    return re.compile(any_of(names))


# --- a title inside a word --------------------------------------------------------------------------------------------

_GOES_ON = {
    "headteacher": "s|ships?",
    "head teacher": "s|ships?",
    "principal": "s|ly|it(?:y|ies)|ships?",
    "academy": "",
    "governor": "s|ships?",
    "college": "s",
    "pupil": "s|lage",
    "student": "s|ships?",
    "governing body": "",
    "governing board": "s|rooms?",
}
"""How words that begin with a title go on."""
_CAPITAL = "Head ?[Tt]eacher|Principal|School|Academy|College|Trust|Governor|Council"
_INSIDE = re.compile(
    "|".join(
        [
            *(
                rf"\b(?i:{title})(?!(?:{ends or '(?!)'})\b)[a-z]+"
                for title, ends in _GOES_ON.items()
            ),
            rf"\b(?!(?:e|i|my|pre|u)[A-Z])[a-z]+(?:{_CAPITAL})\w*",
            r"\b[a-z]+(?:headteacher|principal|academy)\w*",
        ]
    )
)
_ADDRESS = re.compile(r"(?<!\S)\S*(?:@|/|\w\.\w)\S*")
_NAMES_INSIDE = (
    "school.name",
    "school.short_name",
    "school.trust",
    "school.local_authority",
    "roles.",
    "terms.",
)
_OF_ITSELF = re.compile(
    rf"""(?ix)\b(?P<it>school|academy|college|trust|head[ ]?teacher|principal|governing[ ]board|governing[ ]body)
    (?:[’']s?[ ](?:(?P=it)(?={_ALONE})|(?-i:School)[ ](?-i:[A-Z])\w*)|[ ]of[ ]the[ ](?P=it)\b)"""
)
_WRONG_WORD = "put the word back that was here before something was replaced"


def check_replaced(run: Run, finder: TextFinder, problems: Problems) -> None:
    """Note a title inside another word ("Headteacherlines") and what is said to be its own ("the school’s school")."""
    typed = run.typed
    spans = _inside(typed) | {*_glued(run)}
    for start, end in sorted(spans):
        says = f"“{typed[start:end].replace(VALUE, '…')}” has something put inside a word"
        problems.add("blind-replacement", says, finder.within(run, start, end), _WRONG_WORD)
    for found in _of_itself(run.text):
        if any(found[0] in value.text for _, value in run.values):
            continue
        at = typed.find(found[0])
        place = finder.within(run, at, at + len(found[0])) if at >= 0 else run.place
        problems.add("blind-replacement", f"“{found[0]}” is said of itself", place, _WRONG_WORD)


@lru_cache(REMEMBERED)
def _inside(typed: str) -> frozenset[tuple[int, int]]:
    """Where a title stands inside another word, and no address."""
    words = _ADDRESS.sub(lambda found: " " * len(found[0]), typed)
    return frozenset(found.span() for found in _INSIDE.finditer(words))


@lru_cache(REMEMBERED)
def _of_itself(text: str) -> tuple[re.Match[str], ...]:
    return tuple(_OF_ITSELF.finditer(text))


def _glued(run: Run) -> Iterator[tuple[int, int]]:
    """Where a name or title is filled in in the middle of a word. A plural “s” may follow it."""
    typed = run.typed
    for at, value in run.values:
        if value.name.startswith(_NAMES_INSIDE):
            before = re.search(r"(?<![A-Za-z])[A-Za-z]*$", typed[max(at - 100, 0) : at])
            after = re.match(r"(?!s\b)[A-Za-z]*", typed[at + len(VALUE) :])
            left, right = len(before[0]) if before else 0, after.end() if after else 0
            if left or right:
                yield at - left, at + len(VALUE) + right


# --- a lost apostrophe ------------------------------------------------------------------------------------------------

_THINGS = r"""(?:anti-virus|behaviour[ ]policy|broadband|code[ ]of[ ]conduct|computers?|data|devices?|disciplinary|email
    [ ](?:system|account|address)|equipment|ethos|facilities|filtering|filters?|firewall|good[ ]name|hardware|ICT
    |internet|IT|insurance
    |laptops?|leadership[ ]team|learning[ ]platform|logo|management[ ]information|network|policy|policies
    |premises|property|reputation|servers?|software|staff|systems?|values|website|wi-?fi)(?!\w)
    (?![ ](?:adviser|forum|group|officer|service|team|unit)\b)"""
"""What schools have, as words that are no verbs."""
_OWNERS = r"(?:school|academie|college|trust|head[ ]?teacher|principal|employer|council|governor|pupil|student)s"
_LOST = re.compile(
    rf"(?ix)(?:(?<![\w{VALUE}’])(?P<before>[\w{VALUE}’]+))?(?(before)[ ]|\b)(?P<pair>{_OWNERS}[ ](?:own[ ])?{_THINGS})"
)
_ANY_OWNERS = r"""(?:school|academie|college|trust|head[ ]?teacher|principal|employer|council|user|employee|teacher
    |pupil|student|parent|visitor|manager|member|child)s"""
_NO_NOUN = r"""(?!(?:a|all|also|am|an|and|are|as|at|be|been|both|but|by|can|cannot|concerned|could|did|do|does|each|for
    |from|had|has|have|if|in|involved|is|may|might|must|need|needs|no|not|of|on|only|or|over|shall|should|so|than|that|the
    |their|them|then|there|these|they|this|those|through|to|under|until|was|were|what|when|where|whether|which|who|whose
    |will|with|within|would|\w+ing|\w+ed|\w+ly)\b)"""
_OVER = r"""(?=\s*(?:$|[.,;:)])|[ ](?:is|are|was|were|will|must|may|can|has|have|had|should|shall|and|or)\b)"""
_OF_ONE = re.compile(
    rf"""(?ix)\b(?:about|at|by|for|from|in|into|of|on|to|under|with|follow|keep|lend|read|return|see|take|use)(?:s|es|ing)?
    [ ](?:our|the|this)[ ](?:registered[ ]|named[ ])?(?P<pair>{_ANY_OWNERS}[ ]{_NO_NOUN}[a-z]+(?:[ ]{_NO_NOUN}[a-z]+)?)
    (?<!\bsure){_OVER}
    |(?:^|(?<=[.;]\s))(?:our|the|this)[ ](?P<first>{_ANY_OWNERS}[ ]{_NO_NOUN}[a-z]+(?:[ ]{_NO_NOUN}[a-z]+)?)
    (?=[ ](?:is|are|was|were|will|must|has|have|had|should|shall)\b)
    |\b(?P<own>{_ANY_OWNERS}[ ]own[ ](?!(?:a|all|an|any|and|every|no|the|their|these|this|those|or)\b)\w+(?<!s)\b)"""
)
"""A plural that owns what follows, because no verb stands where one would have to: "in the users possession"."""
_AFTER_VALUE = re.compile(rf"(?x){VALUE}s[ ](?:own[ ])?{_THINGS}")
_ONE = frozenset("a an any each every our that the this your".split())
"""Words after which only one school can be meant, or one head."""
_MANY = frozenset(
    """all both church few independent local maintained many most other partner primary secondary several some special
    state these those""".split()
)
_SEVERAL = 3
"""How often a pair of words must stand in a policy to be no accident."""
_APOSTROPHE = "write the apostrophe: “the school’s network”, “pupils’ laptops”"
_POSSESSIVE = (
    "write `{{ school.name | possessive }}`, or the name that stands here with `| possessive`"
)


def check_apostrophes(runs: Sequence[Run], finder: TextFinder, problems: Problems) -> None:
    """Note a possessive that lost its apostrophe: "the schools network", or "schools broadband" again and again."""
    found = [(run, each) for run in runs for each in _lost(run.typed)]
    often = Counter(each["pair"].lower() for _, each in found)
    for run in runs:
        spans = {each.span(each.lastgroup or 0) for each in _OF_ONE.finditer(run.typed)}
        for each in _lost(run.typed):
            before, pair = (each["before"] or "").lower(), each["pair"].lower()
            of_one = before in _ONE and not pair.startswith(("pupils", "students", "governors"))
            if of_one or (often[pair] >= _SEVERAL and before not in _MANY | _ONE):
                spans.add(each.span("pair"))
        for start, end in sorted(_apart(spans)):
            says = f"“{run.typed[start:end]}” lacks an apostrophe"
            problems.add("lost-apostrophe", says, finder.within(run, start, end), _APOSTROPHE)
        for each in _AFTER_VALUE.finditer(run.typed):
            says = f"“{each[0].replace(VALUE, '…')}” lacks an apostrophe"
            problems.add("lost-apostrophe", says, finder.within(run, *each.span()), _POSSESSIVE)


def _apart(spans: set[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Of spans that begin together, the longest."""
    for start in {start for start, _ in spans}:
        yield start, max(end for begin, end in spans if begin == start)


@lru_cache(REMEMBERED)
def _lost(typed: str) -> tuple[re.Match[str], ...]:
    return tuple(_LOST.finditer(typed))
