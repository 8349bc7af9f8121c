"""Law and guidance that has ended: written out by hand, or cited from the library."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from policygen.checks.finder import REMEMBERED, TextFinder
from policygen.ground.dates import Month, printed_day
from policygen.ground.diagnostics import Place, Problems
from policygen.ground.patterns import searched
from policygen.ground.wording import join_and
from policygen.language.document import Value, walk
from policygen.language.runs import VALUE, Run
from policygen.model.law import LawLibrary, OldEntry, Status, entry_id
from policygen.model.workspace import Edition

_RULES = {"error": "law-superseded", "warning": "law-dated", "note": "law-term"}


def check_old_law(run: Run, finder: TextFinder, law: LawLibrary, problems: Problems) -> None:
    """Note law, bodies and terms that are written out by hand and gone. A quotation may use old terms."""
    entries = tuple(law.no_longer.values())
    for index, found in _old_words(tuple(entry.pattern for entry in entries), run.typed):
        entry = entries[index]
        if VALUE in found[0] or (run.manner == "quote" and entry.severity == "note"):
            continue
        words = found[0] if "(" in found[0] else found[0].rstrip(")")
        place = finder.within(run, *found.span())
        hints = _instead(entry, law, filled=run.kind == "value")
        problems.add(_RULES[entry.severity], f"“{words}” {_status(entry)}", place, *hints)


@lru_cache(REMEMBERED)
def _old_words(patterns: tuple[str, ...], typed: str) -> tuple[tuple[int, re.Match[str]], ...]:
    """What stands in a text, pattern by pattern, with the index of its pattern."""
    compiled = enumerate(_compiled(patterns))
    return tuple(
        (index, found) for index, pattern in compiled for found in searched(pattern, typed)
    )


@lru_cache
def _compiled(patterns: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    return tuple(map(re.compile, patterns))


def check_cited(
    name: str, place: Place | None, law: LawLibrary, as_of: datetime.date, problems: Problems
) -> None:
    """Note a citation `{{ law.… }}` of an entry that has ended. `name` is the id of the entry."""
    entry = law.current.get(name)
    if entry is None or not entry.ended(as_of):
        return
    says = "has been replaced"
    if entry.until:
        says = f"was in force until {printed_moment(entry.until)}"
    problems.add(
        "law-superseded",
        f"“{entry.cite}” {says}",
        place,
        *_citing(entry.replaced_by, law),
        entry.note or "",
    )


def check_edition_law(
    runs: Iterable[Run],
    edition: Edition,
    pinned: Place | None,
    newer: str,
    finder: TextFinder,
    law: LawLibrary,
    as_of: datetime.date,
    problems: Problems,
) -> None:
    """Note old law in a frozen edition, once each, where a school pins it: only its issuer can mend it.

    `newer` is the edition to go to; empty where there is none.
    """
    found = Problems()
    for run in runs:
        check_old_law(run, finder, law, found)
        check_cited_in(run, finder, law, as_of, found)
    file = edition.file.value
    issuer = (
        f"{file.issuer.name} ({file.issuer.contact})" if file.issuer.contact else file.issuer.name
    )
    hint = f"ask {issuer} for a newer edition"
    if newer:
        hint = f"edition `{newer}` is there to go to"
    for message in dict.fromkeys(each.message for each in found if each.rule != _RULES["note"]):
        says = f"edition `{file.edition}` of {file.issuer.name} is out of date: {message}"
        problems.add("law-in-edition", says, pinned, hint)


def check_cited_in(
    run: Run, finder: TextFinder, law: LawLibrary, as_of: datetime.date, problems: Problems
) -> None:
    """Note each citation in a run of an entry that has ended."""
    for value in walk(run.children):
        if isinstance(value, Value) and value.layer == "law":
            name = entry_id(value.name)
            check_cited(name, finder.named(f"law.{name}", run.place), law, as_of, problems)


_STATUS: dict[Status, tuple[str, str]] = {
    "superseded": ("was replaced", "has been replaced"),
    "partly-superseded": ("was replaced in part", "has been replaced in part"),
    "renamed": ("was renamed", "has another name now"),
    "defunct": ("came to an end", "no longer exists"),
    "deprecated-term": ("went out of use", "is out of use"),
    "dead-product": ("went out of support", "is a product that is gone or out of support"),
    "anachronism": ("cannot be right for that year", "cannot be right for that year"),
    "watch": ("may be out of date", "may be out of date"),
}
"""What to say of an old entry, with a date after it and without one."""


def _status(entry: OldEntry) -> str:
    dated, undated = _STATUS[entry.status]
    if entry.since and dated != undated:
        return f"{dated} {_when(entry.since)}"
    return undated


def printed_moment(since: str) -> str:
    """A day, month or year as it prints: "25 May 2018", "September 2022", "2011"."""
    year, *rest = map(int, since.split("-"))
    match rest:
        case [month, day]:
            return printed_day(datetime.date(year, month, day))
        case [month]:
            return printed_day(Month(year, month))
        case _:
            return str(year)


def _when(since: str) -> str:
    """The same in a sentence: "on 25 May 2018", "in September 2022"."""
    return f"{'on' if since.count('-') == 2 else 'in'} {printed_moment(since)}"


def _instead(entry: OldEntry, law: LawLibrary, *, filled: bool) -> Iterator[str]:
    """What to write in place of an old entry; where a value is filled in, nothing is composed."""
    if filled and entry.replaced_by:
        yield f"write “{join_and(law.current[name].cite for name in entry.replaced_by)}”"
    else:
        yield from _citing(entry.replaced_by, law)
    if entry.instead:
        yield f"write “{entry.instead}”"
    if entry.note:
        yield entry.note


def _citing(names: Iterable[str], law: LawLibrary) -> Iterator[str]:
    cites = [f"`{{{{ law.{name} }}}}` ({law.current[name].cite})" for name in names]
    if cites:
        yield f"cite {join_and(cites)}"
