"""The way from one edition to another: what became of each id, and of what texts refer to."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from policygen.compose.bases import Base
from policygen.ground.wording import join_and
from policygen.language.document import Clause
from policygen.model.edition_record import ChangeNote, EditionRecord, chain


@dataclass(frozen=True)
class Side:
    """What one edition says to one school."""

    here: Mapping[str, Clause]
    """The clauses of this school's policy, as the model has them."""
    ids: Collection[str]
    """All that a reference can lead to."""


@dataclass(frozen=True)
class Way:
    """The way from one edition to another: all that does not depend on the school that goes it."""

    old: Mapping[str, Base]
    new: Mapping[str, Base]
    records: tuple[EditionRecord, ...]
    ids: Collection[str] = ()
    """All ids of the old edition, those of its clauses among them or not."""

    def became(self, identity: str) -> tuple[str, ...]:
        """The ids that an id of the old edition has become."""
        if identity in self._ways:
            return self._ways[identity]
        return chain(self.records, identity)

    def steps(self, identity: str) -> Iterator[tuple[str, EditionRecord]]:
        """Each id that an id of the old edition had on its way, with the record of the edition that took it up."""
        for index, record in enumerate(self.records):
            for name in chain(self.records[:index], identity):
                yield name, record

    def why_retired(self, identity: str) -> str:
        """The reason that an edition gives for an id that is gone; empty where none does."""
        for name, record in self.steps(identity):
            if name in record.retired:
                return record.retired[name]
        return ""

    def notes(self, identity: str) -> tuple[ChangeNote, ...]:
        """What the editions say about the changes to a clause, in order, each note once."""
        found: list[ChangeNote] = []
        for name, record in self.steps(identity):
            for named in (name, *record.new_ids.get(name, ())):
                note = record.notes.get(named)
                if note is not None and note not in found:
                    found.append(note)
        return tuple(found)

    @cached_property
    def _ways(self) -> dict[str, tuple[str, ...]]:
        return {identity: chain(self.records, identity) for identity in (*self.old, *self.ids)}

    @cached_property
    def names(self) -> dict[str, str]:
        """New names, by old ones, of what became one other."""
        return {old: now[0] for old, now in self._ways.items() if len(now) == 1 and now[0] != old}

    @cached_property
    def sources(self) -> Counter[str]:
        """How many old clauses each new one was made of."""
        return Counter(new for old in self.old for new in self.became(old))

    @cached_property
    def before(self) -> dict[str, str]:
        """The digest of each clause in the old edition."""
        return {identity: base.digest() for identity, base in self.old.items()}

    @cached_property
    def carried(self) -> dict[str, str]:
        """The same, with references to what goes by another name now."""
        return {identity: base.digest(self.names) for identity, base in self.old.items()}

    @cached_property
    def after(self) -> dict[str, str]:
        """The digest of each clause in the new edition."""
        return {identity: base.digest() for identity, base in self.new.items()}


# --- references in the school's own texts -----------------------------------------------------------------------------

_REFERENCE = re.compile(r"\]\((#[\w.-]+(?:\s*,\s*#[\w.-]+)*)\)")
_BARE_REFERENCE = re.compile(r"\[\]\((#[\w.-]+(?:\s*,\s*#[\w.-]+)*)\)")
_ID = re.compile(r"#([\w.-]+)")


def with_new_names(text: str, names: Mapping[str, str]) -> str:
    """The text with references to ids that have another name now."""

    def renamed(reference: re.Match[str]) -> str:
        return _ID.sub(lambda target: f"#{names.get(target[1], target[1])}", reference[0])

    return _REFERENCE.sub(renamed, text)


def with_printed_references(text: str, printed: Mapping[str, str]) -> str:
    """The text as a reader sees it where it refers: "paragraph 4.1"; what leads nowhere stays as it is written."""

    def words(reference: re.Match[str]) -> str:
        targets = _ID.findall(reference[1])
        if not all(target in printed for target in targets):
            return reference[0]
        return join_and(printed[target] for target in targets)

    return _BARE_REFERENCE.sub(words, text)


def refers(text: str) -> bool:
    """Whether a text refers to a place of the policy."""
    return bool(_REFERENCE.search(text))


def lost_references(way: Way, ids: Collection[str], texts: Sequence[str]) -> list[str]:
    """Ids of the old edition to which texts refer, and which are not one of the `ids` of the new one.

    They are gone, were split, or are left out of this school's policy.
    """
    lost: dict[str, None] = {}
    for reference in _REFERENCE.finditer("\n\n".join(texts)):
        for target in _ID.findall(reference[1]):
            is_known = target in way.old or target in way.ids
            if is_known and len(_now(way, ids, target)) != 1:
                lost[target] = None
    return [*lost]


def lost_in_words(way: Way, ids: Collection[str], lost: Sequence[str]) -> str:
    """What became of them: "`#count` is gone", "`#report-loss` is `#loss` and `#loss-when`"."""
    sayings = []
    for old in lost:
        now = join_and(f"`#{new}`" for new in _now(way, ids, old))
        sayings.append(f"`#{old}` is {now or 'gone'}")
    return "; ".join(sayings)


def _now(way: Way, ids: Collection[str], identity: str) -> list[str]:
    return [new for new in way.became(identity) if new in ids]
