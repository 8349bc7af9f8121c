"""Details of another school: its people, addresses, numbers, firms and authority, left in a text copied from it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from policygen.checks.finder import TextFinder
from policygen.checks.names import same_quotes, words_of
from policygen.ground import paths
from policygen.ground.diagnostics import Problems
from policygen.language.runs import Run
from policygen.model.facts import role_words
from policygen.model.school import School, given

_REACHED = ("email", "phone", "website")
_BODIES = ("local_authority", "trust")
_FIRMS = ("broadband", "filtering", "monitoring")
"""Of these a school has one each. Other products, such as a video service, a text may name for everybody."""
_OWN = {"name", "short_name", "employer_name", "people", "partnership", "providers", "facts"}
_OWN |= {*_REACHED, *_BODIES}
"""Where a school names itself and others, and no running text stands."""
_WORD = re.compile(r"[^\W_]+")
_MAIL = re.compile(r"(?<![\w.+’-])[\w.+’-]+@[\w-]+(?:\.[\w-]+)+")
_SITE = re.compile(r"(?i)(?<![\w@.-])(?:https?://)?(?:[\w-]+\.)+[a-z]{2,}(?:/[^\s<>”\"]*)?")
_DIGITS = re.compile(r"(?<!\w)\+?\(?\d+(?:[\s().-]{1,2}\d+)*(?!\w)")
_PHONE_DIGITS = range(9, 15)
_MOST_GROUPS = 8
"""In which the digits of a telephone number are written."""


@dataclass(frozen=True)
class Detail:
    """Something that is true of one school."""

    text: str
    fact: str
    """What a section writes to print it."""
    school: str
    """The name of the school."""
    found_by: tuple[str, ...]
    """The words of a name; the plain form of a number or an address, however it is written."""


Details = Mapping[str, Sequence[Detail]]
"""Those of every school of a workspace, by what they are looked for first: there are thousands, and a text has few."""


class Watched(Mapping[str, Sequence[Detail]]):
    """The details of all schools, with all for which some were looked for: the words of every text that was read."""

    def __init__(self, details: Details) -> None:
        self._details = details
        self.words: set[str] = set()

    def __getitem__(self, word: str) -> Sequence[Detail]:
        """Those that begin with a word: none, for most."""
        self.words.add(word)
        return self._details.get(word, ())

    def __iter__(self) -> Iterator[str]:
        """All words, which are looked for then."""
        self.words.update(self._details)
        return iter(self._details)

    def __len__(self) -> int:
        """How many words there are."""
        return len(self._details)


@dataclass(frozen=True)
class Foreign:
    """The details of all schools, seen from one that has its own."""

    details: Details
    own_texts: frozenset[str]
    own_names: re.Pattern[str]
    own_forms: frozenset[str]
    """Of its numbers and addresses."""

    def among(self, words: Collection[str]) -> Iterator[Detail]:
        """The details of others that may stand in a text in which these words were looked for."""
        for word in words:
            for detail in self.details.get(word, ()):
                own = detail.text in self.own_texts or detail.found_by[0] in self.own_forms
                if not own and all(each in words for each in detail.found_by):
                    yield detail


# --- the details of schools -------------------------------------------------------------------------------------------


def details_of(schools: Mapping[str, School]) -> Details:
    """The details of all schools, to look for in the texts of each."""
    titles = {
        title.casefold()
        for school in schools.values()
        for title in school.roles.model_dump(exclude_none=True).values()
    }
    found: dict[str, list[Detail]] = defaultdict(list)
    for school in schools.values():
        for fact, text, found_by in (*_names(school, titles), *_reached(school)):
            beside = found[found_by[0]] if found_by else []
            # Of what many schools have, such as their authority, only the first is ever told.
            if found_by and all(detail.text != text for detail in beside):
                beside.append(Detail(text, fact, school.name, found_by))
    return found


def foreign_to(school: School, details: Details) -> Foreign:
    """The details of all schools, as a text of one of them may not have them."""
    own = _texts(school.model_dump(include=_OWN, exclude_none=True))
    texts = tuple(map(same_quotes, own))
    return Foreign(details, frozenset(texts), *_own(texts))


@lru_cache(maxsize=4)
def _own(texts: tuple[str, ...]) -> tuple[re.Pattern[str], frozenset[str]]:
    """What finds the names of a school, and the forms of its numbers and addresses, for all of its policies."""
    longest_first = sorted({*texts}, key=lambda text: (-len(text), text))
    pattern = "|".join(map(_as_name, longest_first))
    return re.compile(pattern), frozenset(form for text in texts for _, _, form in _forms(text))


Fact = tuple[str, str, tuple[str, ...]]
"""What a section writes to print it, its text, and by what it is found."""


def _names(school: School, titles: Collection[str]) -> Iterator[Fact]:
    """The names of its people, firms, authority and trust; not of whoever is called by a role, as a team is."""
    for body in _BODIES:
        yield f"school.{body}", *_name(getattr(school, body) or "")
    for firm in _FIRMS:
        yield f"providers.{firm}", *_name(getattr(school.providers, firm) or "")
    for declared in school.declared.values():
        if declared.kind == "name":
            yield declared.path, *_name(given(school, declared) or "")
    for fact, key, text in _of_people(school):
        words = text.casefold().split()
        if key == "name" and " ".join(words) not in titles and role_words().isdisjoint(words):
            yield fact, *_name(text)


def _name(text: str) -> tuple[str, tuple[str, ...]]:
    """A name and its words; without them where it is one word, or not capitalised: it may mean something else."""
    words = text.split()
    small = [word for word in words if word[0].islower()]
    # "Jan van der Berg", "Borough of Elm": what is not capitalised in a name is short, and does not end it.
    is_name = len(words) > 1 and words[-1] not in small and all(len(word) <= 3 for word in small)
    return same_quotes(text), tuple(words_of(text)) if is_name else ()


def _reached(school: School) -> Iterator[Fact]:
    """Where the school and its people are reached."""
    facts = [(f"school.{key}", key, getattr(school, key) or "") for key in _REACHED]
    for fact, key, text in (*facts, *_of_people(school)):
        form = next((form for _, _, form in _forms(text)), "")
        if key in _REACHED and form:
            yield fact, text, (form,)


def _of_people(school: School) -> Iterator[tuple[str, str, str]]:
    """What a section writes to print a text of a person's entry, its key and the text."""
    for role, held in school.people.model_dump(exclude_none=True).items():
        one = isinstance(held, dict)
        for person in [held] if one else held:
            for key in ("name", *_REACHED):
                if key in person:
                    yield f"people.{role}.{key}" if one else f"people.{role}", key, person[key]


def _texts(data: Any) -> Iterator[str]:
    if isinstance(data, dict):
        for value in data.values():
            yield from _texts(value)
    elif isinstance(data, list | tuple):
        for value in data:
            yield from _texts(value)
    elif isinstance(data, str):
        yield data


# --- finding them -----------------------------------------------------------------------------------------------------


def check_details(
    runs: Sequence[Run], foreign: Foreign, finder: TextFinder, problems: Problems
) -> None:
    """Note what is a fact of another school, and none of this one."""
    for run in runs:
        for start, end, found in _found(same_quotes(run.typed), foreign):
            own = "this school's own"
            hints = [] if run.kind == "value" else [f"`{{{{ {found.fact} }}}}`"]
            if run.place is None or run.place.path.startswith(f"{paths.SCHOOLS}/"):
                hints.append(own)  # in a template it would be every school's
            problems.add(
                "foreign-detail",
                f"“{found.text}” stands among the facts of {found.school}, and not of this school",
                finder.within(run, start, end),
                f"write {', or '.join(hints)}",
            )


def _found(typed: str, foreign: Foreign) -> Iterator[tuple[int, int, Detail]]:
    """Each detail in a text, with where it stands. The first and longest counts, whether of this school or another."""
    spans: list[tuple[int, int, Detail | None]] = []
    for start, end, form in _forms(typed):
        details = foreign.details.get(form, ())
        if form in foreign.own_forms:
            spans.append((start, end, None))
        elif details:
            spans.append((start, end, details[0]))
    words = {*words_of(typed)}
    for word in _WORD.finditer(typed):
        for detail in foreign.details.get(word[0], ()):
            if not words.issuperset(detail.found_by):
                continue
            found = _pattern(detail.text).match(typed, word.start())
            spans += [(*found.span(), detail)] if found else []
    if not spans:
        return
    spans += [(*found.span(), None) for found in foreign.own_names.finditer(typed)]
    done = 0
    for start, end, found_here in sorted(spans, key=_first_longest_own):
        if start >= done:
            done = end
            if found_here is not None:
                yield start, end, found_here


def _first_longest_own(span: tuple[int, int, Detail | None]) -> tuple[int, int, bool]:
    start, end, detail = span
    return start, -end, detail is not None


@lru_cache(maxsize=1000)
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(_as_name(name))


def _as_name(name: str) -> str:
    """A pattern for a name as whole words, however many spaces are between them; "Ann Lee" is not "Ann Lee-Smith"."""
    words = r"\s+".join(map(re.escape, name.split()))
    return rf"(?<!\w)(?<!\w-){words}(?!\w|-\w)"


def _forms(text: str) -> Iterator[tuple[int, int, str]]:
    """Each number and address in a text: where it stands and its plain form, the longest at each place first."""
    if "@" in text:
        for mail in _MAIL.finditer(text):
            yield *mail.span(), mail[0].casefold()
    if "." in text:
        for site in _SITE.finditer(text):
            yield from _forms_of_site(site[0], site.start())
    for number in _DIGITS.finditer(text):
        yield from _forms_of_number(number[0], number.start())


def _forms_of_site(written: str, start: int) -> Iterator[tuple[int, int, str]]:
    """An address without its scheme and "www.", then each that it lies below."""
    rest = written.casefold().rstrip("/.,;:!?)")
    while rest:
        form = re.sub(r"^(?:https?://)?(?:www\.)?", "", rest)
        yield start, start + len(rest), form
        rest = rest.rpartition("/")[0].rstrip("/") if "/" in form else ""


def _forms_of_number(written: str, start: int) -> Iterator[tuple[int, int, str]]:
    """The digits of each telephone number that may stand in a row of digits: several may follow one another."""
    groups = [*re.finditer(r"\d+", written.replace("(0)", "   "))]
    for first, begin in enumerate(groups):
        found = []
        digits = ""
        for group in groups[first : first + _MOST_GROUPS]:
            digits += group[0]
            abroad = first == 0 and written.startswith(("+", "00"))
            form = digits
            if abroad:
                form = re.sub(r"^(?:00)?44", "0", digits)
            found.append((start + begin.start(), start + group.end(), form))
        yield from (each for each in reversed(found) if len(each[2]) in _PHONE_DIGITS)
