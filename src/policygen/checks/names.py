"""Names: another school's, a role called by two names, and the people that a policy needs."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from policygen.checks.finder import TextFinder
from policygen.ground.diagnostics import Problems
from policygen.language.runs import Run
from policygen.model.school import School, given
from policygen.model.workspace import SchoolFiles

_WORD = re.compile(r"[^\W_]+")
_SCHOOL = re.compile(
    r"""(?x)\b
    (?:(?:St|SS|Saint)\.?[ ])?
    (?:[A-Z][\w’'-]+,?[ ](?:of[ ]|the[ ]|and[ ]|&[ ]|C[ ]of[ ]E[ ]|CofE[ ]|RC[ ]|CE[ ])?){1,5}
    (?:School|Academy|College|Primary|Infants?|Juniors?|Nursery)\b
    (?![ ](?:Schools|Academies|Colleges)\b)"""
)
_BEFORE = re.compile(
    r"(?i)^(?:(?:the|a|an|our|your|each|every|this|all|any|in|at|by|from|of|for|and|to|with) )+"
)
_OF_ANY_SCHOOL = frozenset(
    """a academy aided all an and another any association at both by c catholic ce chartered church cofe college
    community controlled council county deputy e each early eco education england every executive female for
    form former foundation free from further governing grammar head healthy high higher in independent infant
    infants junior juniors key learning local lower maintained male middle multi national neighbouring new
    nursery of old open or other our partner phase police prep preparatory primary private pupil rc reception
    roman royal safe safer saturday school secondary senior sixth sixth-form special staff stage state student
    summer sunday teaching that the this to training trust uk university upper virtual voluntary wales whole
    with year years your""".split()
)
"""Words that make no name: what is left of a school's name without them is its own."""
_NO_SCHOOL = re.compile(
    r"\b(?:Oak National|Khan|Duolingo|Google|Microsoft|Apple|Cisco \w+) Academy\b"
)
"""Products, whatever they are called."""
_LIKE_MOST = re.compile(r"\b(?:School|Primary|High|Infants?)\b")
"""How the names of most schools end, and of hardly any product."""
_OF_A_PLACE = r" (?:Avenue|Centre|Church|Close|Farm|Hall|Lane|Library|Parish|Park|Road|Street)\b"
"""What makes the name of a place of the name of a school."""
_KINDS = frozenset(
    {
        "primary",
        "infant",
        "infants",
        "junior",
        "secondary",
        "high",
        "grammar",
        "community",
        "special",
    }
)
_PLACES = frozenset(
    """abbey avenue bank bridge brook c catholic church close common court cross down drive end farm field
    fields fold garden gardens gate grange green grove hall heath hill hills house lane lea lodge manor meadow
    meadows mill mount oak park place priory rc ridge rise road saint saints square ss st street top vale valley
    view village walk way well wood woods""".split()
)
_PLACE_ENDING = re.compile(
    r"\w{3,}(?:field|wood|ton|ham|ford|bury|ley|brook|bridge|gate|side|mead|croft|hill|dale|worth|well|stead|mere|moor)"
)
_ROLES: dict[str, tuple[str, ...]] = {
    "head": (
        "headteacher",
        "head teacher",
        "head-teacher",
        "principal",
        "head of school",
        "headmaster",
        "headmistress",
    ),
    "board": (
        "governing board",
        "governing body",
        "board of governors",
        "local governing committee",
        "board of trustees",
    ),
    "dsl": (
        "designated safeguarding lead",
        "designated safeguarding officer",
        "designated senior person",
        "designated person",
        "child protection officer",
        "child protection coordinator",
    ),
    "chair": (
        "chair of governors",
        "chair of the governing body",
        "chairman of governors",
        "chair of the governing board",
    ),
}


@dataclass(frozen=True, eq=False)
class Names:
    """The names of all schools but one, by their first word: there are thousands, and a text has few."""

    by_word: Mapping[str, Sequence[tuple[str, str, Sequence[str]]]]
    """The id of a school, its name and the words of that."""
    but: str = ""

    def beside(self, school_id: str) -> Names:
        """The names of all others, as a text of one school may not have them."""
        return replace(self, but=school_id)

    def among(self, words: Collection[str]) -> Iterator[tuple[str, str]]:
        """Each that may stand in a text of these words, and the school that it is of."""
        for word in ("", *words):
            for school_id, name, all_of in self.by_word.get(word, ()):
                if school_id != self.but and all(each in words for each in all_of):
                    yield school_id, name


def names_of(schools: Mapping[str, School]) -> Names:
    """The names of schools."""
    by_word: dict[str, list[tuple[str, str, Sequence[str]]]] = defaultdict(list)
    for school_id, school in schools.items():
        for name in map(same_quotes, school.known_as):
            words = words_of(name)
            by_word[words[0] if words else ""].append((school_id, name, words))
    return Names(by_word)


def words_of(text: str) -> list[str]:
    """The words of a text, as names are looked for in it."""
    return _WORD.findall(same_quotes(text))


def check_other_schools(
    runs: Sequence[Run],
    school: SchoolFiles | None,
    others: Names,
    finder: TextFinder,
    problems: Problems,
) -> None:
    """Note the name of another school: any of the workspace, or a proper name of that shape.

    Without a school, as in a template, every school is another one.
    """
    own = _own_names(school) if school else []
    named = _named(tuple(own), tuple(_products(school)) if school else ())
    for run in runs:
        typed = same_quotes(run.typed)
        known = {name for _, name in others.among({*words_of(typed)})}.difference(own)
        for start, end in _names(typed, named, tuple(sorted(known))):
            problems.add(
                "foreign-school",
                f"“{run.typed[start:end]}” is another school's name" if school else _IN_TEMPLATE,
                finder.within(run, start, end),
                "write your own, or “the school”"
                if run.kind == "value"
                else "write `{{ school.name }}` or “the school”",
            )


def _own_names(school: SchoolFiles) -> list[str]:
    facts = school.file.value
    names = (facts.name, facts.short_name, facts.trust, facts.local_authority, facts.employer_name)
    return [same_quotes(name) for name in names if name]


def _products(school: SchoolFiles) -> list[str]:
    """What may look like the name of a school and is none: the school's providers, and answers that are a name alone.

    An answer that ends like most schools ("Hazel Road Primary School") is taken for what it looks like.
    """
    facts = school.file.value
    written = [*facts.providers.model_dump(exclude_none=True).values()]
    written += [given(facts, fact) for fact in facts.declared.values() if fact.kind == "name"]
    answers = [
        answer
        for adoption in school.adoptions.values()
        for answer in adoption.value.answers.values()
    ]
    if school.answers is not None:
        answers += school.answers.value.answers.values()
    providers = {same_quotes(text) for text in _texts(written)}
    named = (same_quotes(text) for text in _texts(answers))
    return [
        *providers,
        *(text for text in named if _SCHOOL.fullmatch(text) and not _LIKE_MOST.search(text)),
    ]


def _texts(values: Iterable[object]) -> Iterator[str]:
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, list | tuple):
            yield from _texts(value)


_IN_TEMPLATE = "a school's name stands in the model policy, and would print in every school's"


@dataclass(frozen=True)
class _Named:
    """What is called by a name in the texts of one school."""

    own: tuple[str, ...]
    ours: re.Pattern[str]
    """This school and its products."""
    own_words: frozenset[str]


@lru_cache
def _named(own: tuple[str, ...], products: tuple[str, ...]) -> _Named:
    return _Named(
        own=own,
        ours=re.compile(any_of({*own, *products})),
        own_words=frozenset(word for name in own for word in own_words(name)),
    )


@lru_cache
def _schools(own: tuple[str, ...], known: tuple[str, ...]) -> re.Pattern[str]:
    """This school and others, of which the longest name counts."""
    return re.compile(rf"{any_of({*own, *known})}(?!{_OF_A_PLACE})")


def _names(typed: str, named: _Named, known: tuple[str, ...]) -> list[tuple[int, int]]:
    """Where names of other schools stand: of those in the workspace, whatever else has that name, then of any."""
    spans = []
    if known:
        schools = _schools(named.own, known).finditer(typed)
        spans = [found.span() for found in schools if found[0] in known]
    for found in named.ours.finditer(typed):
        typed = f"{typed[: found.start()]}{' ' * len(found[0])}{typed[found.end() :]}"
    for found in _SCHOOL.finditer(typed):
        name = _BEFORE.sub("", found[0])
        start = found.end() - len(name)
        words = {*own_words(name)}
        overlaps = any(start < end and found.end() > begin for begin, end in spans)
        another = (
            words
            and not named.own_words >= words
            and not _NO_SCHOOL.search(name)
            and _is_a_name(name, words)
        )
        if another and not overlaps:
            spans.append((start, found.end()))
    return spans


def any_of(names: Collection[str]) -> str:
    """A pattern for any of some names as whole words, the longest that fits; of none, one that fits nothing."""
    longest_first = sorted(names, key=lambda name: (-len(name), name))
    if names:
        return rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)"
    return r"(?!)"


def same_quotes(text: str) -> str:
    """The text with curly apostrophes."""
    return text.replace("'", "’")


def own_words(name: str) -> list[str]:
    """What tells the name of a school from that of any other, in small letters."""
    words = (re.sub(r"’s?$|[,.]", "", word.lower()) for word in name.split())
    return [word for word in words if word not in _OF_ANY_SCHOOL]


def _is_a_name(name: str, words: Collection[str]) -> bool:
    """Whether a phrase such as "Hazel Road School" names a school: by its kind, or by a word as in names of places."""
    *before, last = name.lower().split()
    if last in {"academy", "college"} or (last == "school" and _KINDS.intersection(before)):
        return True
    return any(word in _PLACES or _PLACE_ENDING.fullmatch(word) for word in (*before[:1], *words))


def check_terms(
    runs: Sequence[Run], school: SchoolFiles, finder: TextFinder, problems: Problems
) -> None:
    """Note a role that is called by another title than the school's own."""
    titles = school.file.value.roles.model_dump()
    for role, names in _ROLES.items():
        own = (titles.get(role) or "").lower()
        others = [name for name in names if name != own and name not in own]
        if not own or not others:
            continue
        pattern = re.compile(
            rf"(?i)\b(?:the|a|our|their) ({'|'.join(map(_as_role, others))})\b{_OF_ANOTHER}"
        )
        for run in runs:
            for found in pattern.finditer(run.typed):
                problems.add(
                    "term-drift",
                    f"“{found[1]}” is called “{titles[role]}” in this school",
                    finder.within(run, *found.span(1)),
                    f"write “{titles[role]}”"
                    if run.kind == "value"
                    else f"write `{{{{ roles.{role} }}}}`",
                )


_OF_ANOTHER = (
    r"(?! (?:of|at|for|from) (?:another|other|any|each|the (?:other|new|next|previous|receiving)))"
)


def _as_role(name: str) -> str:
    """A pattern for the name of a role. In small letters, "the principal" may be "the principal reason"."""
    if name != "principal":
        return re.escape(name)
    return r"(?-i:Principal)|principal(?=[.,;:)’]|$| (?:and|or|is|was|has|may|must|can|will|who|at|of the school)\b)"


def lacks_lead(names: Collection[str], school: SchoolFiles) -> bool:
    """Whether a model policy that uses these names relies on a lead for safeguarding whom the school does not name."""
    return "roles.dsl" in names and school.file.value.people.dsl is None


def check_people(names: Collection[str], school: SchoolFiles, problems: Problems) -> None:
    """Note a school without a lead for safeguarding, or one whose lead is listed as a deputy as well.

    `names` are those that the model policy uses.
    """
    people = school.file.value.people
    if lacks_lead(names, school):
        problems.add(
            "dsl-count",
            "this school names no designated safeguarding lead, and its policy relies on one",
            school.file.place("people"),
            "write `dsl: {name: …, public: yes}` under `people:`",
        )
    for index, deputy in enumerate(people.deputy_dsls or ()):
        if people.dsl is not None and deputy.name == people.dsl.name:
            problems.add(
                "dsl-count",
                f"{deputy.name} is both the lead and a deputy",
                school.file.place("people", "deputy_dsls", index, "name"),
                "a school has one lead: take the entry out of `dsl` or out of `deputy_dsls`",
            )
