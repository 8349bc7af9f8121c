"""The changes of a comparison, by the reason on record for them: why, by whom, and whether a school must take them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from policygen.compare.comparison import ChangeClass, Comparison, Pair
from policygen.compare.summary import KINDS, OWNERS, named
from policygen.ground.wording import agree, count, join_and, sentence_case
from policygen.model.adoption import AdoptionFile
from policygen.model.edition_record import EditionRecord, chain
from policygen.register.records import VersionRecord

_GRAVITY: tuple[ChangeClass, ...] = ("material", "editorial", "details")
SILENT = "comes with the edition"
"""What is said of a change of which the edition does not say whether it must be taken."""
RETIRED = "retired"
"""What is said of a clause that the issuer has given up: there is nothing to take."""
_OPEN = ("own choice", "may", "must", RETIRED, SILENT)
"""What a body is freest to decide about comes first."""
_MOST_PLACES = 4
"""How many sections a row names before it counts the rest."""
_MOST_NUMBERS = 6


@dataclass(frozen=True, slots=True)
class Why:
    """What is on record of the change of a clause."""

    reason: str
    by_issuer: bool = False
    """Whether an edition says so, or the school."""
    must: bool | None = None
    """Whether the edition says that schools must take it; None where it does not say."""
    retired: bool = False
    """Whether the edition says that the clause is gone for good."""


@dataclass(frozen=True, slots=True)
class Spot:
    """The changes of one row that stand under one heading."""

    heading: str
    changes: tuple[tuple[int, str], ...]
    """Which of all changes each is, counted from 1, and how people find it: "4.1"."""


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """Changes that have one reason, one owner and one class."""

    where: str
    """In short, such as "Passwords: 4.1, 4.3; Safeguarding: title"."""
    spots: tuple[Spot, ...]
    """The same for every change, without exception."""
    what: str
    """Such as "2 reworded, 1 added"."""
    why: str
    """Empty where nothing is on record."""
    by: str
    asked: str
    """Whether the school must take it."""
    change: ChangeClass


def change_rows(comparison: Comparison, whys: Mapping[str, Sequence[Why]]) -> tuple[ChangeRow, ...]:
    """The changes of a comparison in rows: the gravest class first, of one class what is the school's own choice."""
    groups: dict[tuple[str, str, str, ChangeClass], list[_Numbered]] = defaultdict(list)
    issuer = comparison.new.issuer_name
    for number, pair in enumerate(comparison.changes, 1):
        key = (_why(pair, whys), by_whom(pair, issuer), asks(pair, whys), pair.change)
        groups[key].append((number, pair))
    rows = []
    for (why, by, asked, change), numbered in groups.items():
        pairs = [pair for _, pair in numbered]
        what, spots = _what(pairs), tuple(_spots(numbered))
        rows.append(ChangeRow(_where(pairs), spots, what, why, sentence_case(by), asked, change))
    return tuple(sorted(rows, key=_weight))


_Numbered = tuple[int, Pair]


def _spots(numbered: Iterable[_Numbered]) -> Iterator[Spot]:
    places: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for number, pair in numbered:
        places[pair.unit.heading].append((number, _name(pair)))
    for heading, changes in places.items():
        yield Spot(heading, tuple(changes))


def _weight(row: ChangeRow) -> tuple[int, int]:
    return _GRAVITY.index(row.change), _OPEN.index(row.asked) if row.asked in _OPEN else 0


def by_whom(pair: Pair, issuer: str) -> str:
    """Whose decision it is: "Northshire County Council", "the school and the law library".

    A detail within other changes is not worth a word.
    """
    owners = pair.owners - {"details"} or pair.owners
    return join_and(text for owner, text in {**OWNERS, "issuer": issuer}.items() if owner in owners)


def _keys(pair: Pair) -> Iterator[str]:
    """The ids under which a change may be explained, the nearest first.

    Of a paragraph of the school's own ("report-loss.after") also that of its clause; of what has no id, the section's.
    Then the clauses within it that changed, and the headings above that were decided about with all below them.
    """
    unit = pair.unit
    own = unit.id.partition(":")[0] or unit.section or unit.part
    within = (each for name in pair.inner for each in (name, name.partition(".")[0]))
    yield from dict.fromkeys((own, own.partition(".")[0], *sorted(pair.ids), *within, *unit.groups))


def _told(pair: Pair, whys: Mapping[str, Sequence[Why]]) -> list[Why]:
    """What is on record of a change, by those who decided it."""
    issuers, school = bool(pair.owners & {"issuer", "trust"}), bool(pair.owners & {"school", "law"})
    found = [why for key in _keys(pair) for why in whys.get(key, ())]
    return [why for why in found if (issuers if why.by_issuer else school)]


def _why(pair: Pair, whys: Mapping[str, Sequence[Why]]) -> str:
    if pair.owners == {"details"}:
        return "Names, numbers or providers as they are now"
    return "; ".join(dict.fromkeys(why.reason.rstrip(".") for why in _told(pair, whys)))


def is_must(pair: Pair, whys: Mapping[str, Sequence[Why]]) -> bool | None:
    """Whether an edition says that a change must be taken; None where none says so, or the clause is retired."""
    if any(why.retired for each in pair.ids for why in whys.get(each, ())):
        return None
    said = [why.must for why in _told(pair, whys) if why.must is not None]
    return any(said) if said else None


def must_or_may(comparison: Comparison, whys: Mapping[str, Sequence[Why]]) -> str:
    """How many of the changes between two editions must be taken, and how many may be, in a sentence."""
    said = [is_must(pair, whys) for pair in comparison.changes]
    must, may = said.count(True), said.count(False)
    asked = Counter(asks(pair, whys) for pair in comparison.changes)
    silent, retired = asked[SILENT], asked[RETIRED]
    own = len(said) - must - may - silent - retired
    parts = (
        (must, "must be taken"),
        (may, "may be taken"),
        (retired, f"{agree(retired, 'is', 'are')} retired"),
        (silent, f"{agree(silent, 'comes', 'come')} with the edition, which does not say"),
        (own, f"{agree(own, 'is', 'are')} the school’s own"),
    )
    how_many = join_and(f"{number} {words}" for number, words in parts if number)
    changes = f"Of {count(len(said), 'change')} since edition {comparison.old.edition}"
    return f"{changes}, {how_many}."


def asks(pair: Pair, whys: Mapping[str, Sequence[Why]]) -> str:
    """What a change asks of a school, in a word or two."""
    must = is_must(pair, whys)
    if must is not None:
        return "must" if must else "may"
    if pair.owners == {"details"}:
        return "no approval needed"
    if any(why.retired for why in _told(pair, whys)):
        return RETIRED
    if pair.owners & {"issuer", "trust"}:
        return SILENT
    return "own choice"


def _where(pairs: Iterable[Pair]) -> str:
    """The places of changes, by the section in which they stand."""
    places: dict[str, list[str]] = defaultdict(list)
    for pair in pairs:
        places[pair.unit.heading].append(_name(pair))
    said = [_place(heading, labels) for heading, labels in places.items()]
    rest = len(said) - _MOST_PLACES
    return "; ".join(said[:_MOST_PLACES]) + (
        f"; and {count(rest, 'other section')}" if rest > 0 else ""
    )


def _name(pair: Pair) -> str:
    """How people find a change below the heading of its section."""
    if pair.unit.kind == "title":
        return "title"
    return named(pair)


def _place(heading: str, labels: Sequence[str]) -> str:
    shown = [*dict.fromkeys(filter(None, labels))]
    more = ""
    if len(shown) > _MOST_NUMBERS:
        more = f" and {len(shown) - _MOST_NUMBERS} more"
    if shown:
        return f"{heading}: {', '.join(shown[:_MOST_NUMBERS])}{more}"
    return heading


def _what(pairs: Iterable[Pair]) -> str:
    kinds = Counter(KINDS[pair.kind] for pair in pairs)
    if kinds.total() == 1:
        return next(iter(kinds))
    return ", ".join(f"{number} {kind}" for kind, number in kinds.items())


# --- why --------------------------------------------------------------------------------------------------------------


def reasons(
    records: Sequence[EditionRecord], versions: Sequence[VersionRecord], adoption: AdoptionFile
) -> dict[str, list[Why]]:
    """Why clauses changed, by id: what the editions say, the versions since, and the adoption as it is now.

    A local change says best why the school words a clause in its own way; else the version that named it.
    """
    found: dict[str, list[Why]] = defaultdict(list)
    for index, record in enumerate(records):
        for note in record.changes:
            for identity in note.clauses:
                for now in chain(records[index + 1 :], identity) or (identity,):
                    since = [why for why in found[now] if not why.retired]
                    found[now] = [*since, Why(note.reason, by_issuer=True, must=note.must)]
        for identity, reason in record.retired.items():
            found[identity] = [Why(reason, by_issuer=True, retired=True)]
    own = {
        key: decision.reason
        for key, decision in adoption.clauses.items()
        if not isinstance(decision, str)
    }
    for version in versions:
        for identity in version.amendment.clauses:
            found[identity].append(Why(own.pop(identity, version.amendment.reason)))
    for identity in {**own, **dict.fromkeys(adoption.amends)}:
        found[identity].append(Why(own.get(identity, adoption.reason)))
    return dict(found)
