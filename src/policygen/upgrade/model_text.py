"""What an edition says to one school, clause by clause, made only as far as somebody asks.

Schools that chose the same have the same text, in which values are marks: it is read once for all of them. Which
clauses a school has, and whether two editions say the same to it, is seen from such texts and the values beside them.
Only who wants to read a clause has the policy composed.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from policygen.compose.bases import wording
from policygen.compose.compose import filled_parts, model_parts
from policygen.compose.prepare import PreparedEdition, PreparedPart
from policygen.compose.sections import arrange
from policygen.ground.diagnostics import Problems
from policygen.language.document import (
    Clause,
    FootnoteMark,
    ReferenceMark,
    Section,
    Value,
    rebuild,
    walk,
)
from policygen.language.markdown import parse
from policygen.language.vocabulary import VALUE_CLOSE, VALUE_MARK, VALUE_OPEN, Filled
from policygen.model.adoption import LocatedAdoption
from policygen.model.law import LawLibrary
from policygen.model.workspace import SchoolFiles

_QUOTED_MARK = re.compile("%EE%80%80|%EE%80%81")
"""A value within the address of a link."""


@dataclass(frozen=True)
class _Form:
    """One clause with marks in place of values, in such a form that what says the same is the same."""

    wording: str
    targets: tuple[str, ...]
    """Of its references, in order."""
    marks: tuple[int, ...]
    """Numbers of its values, in order."""


@dataclass(frozen=True)
class _Reading:
    """One text of a part with marks in place of values."""

    scheme: str
    section: Section | None
    plain: bool
    """Whether it says all that there is to know: no value stands where it could change more than a word."""

    @cached_property
    def clauses(self) -> dict[str, Clause]:
        return {node.id: node for node in walk(self.section) if isinstance(node, Clause)}

    @cached_property
    def ids(self) -> tuple[str, ...]:
        ids = []
        for node in walk(self.section):
            identity = getattr(node, "id", "")
            if identity and hasattr(node, "place"):
                ids.append(identity)
        return tuple(ids)

    @cached_property
    def forms(self) -> dict[str, _Form]:
        return {identity: self._form(clause) for identity, clause in self.clauses.items()}

    def _form(self, clause: Clause) -> _Form:
        # Three things hang on the place of a clause, not on its words, and would make equal clauses differ: the ids
        # to which it refers (they may have other names in the other edition), the numbers of its values (they count
        # through the whole part), and what prints beside it (a number, notes of its section). So references and
        # values are taken out of the words and kept beside them, in order, and the rest is added as it is.
        targets: list[str] = []
        numbered: list[bool] = []
        has_notes = False
        for node in walk(clause):
            if isinstance(node, ReferenceMark):
                targets += node.targets
            elif isinstance(node, Clause):
                numbered.append(node.numbered)
            elif isinstance(node, FootnoteMark):
                has_notes = True
        marks: list[int] = []

        def without_number(mark: re.Match[str]) -> str:
            marks.append(int(mark[1]))
            return f"{VALUE_OPEN}{VALUE_CLOSE}"

        words = json.dumps(wording(rebuild(clause, _without_targets)), ensure_ascii=False)
        words = VALUE_MARK.sub(without_number, words)
        noted_in = ""
        if has_notes and self.section:
            noted_in = self.section.id
        return _Form(f"{words}{[self.scheme, numbered, noted_in]}", tuple(targets), tuple(marks))


def _without_targets(node: object) -> object:
    if isinstance(node, ReferenceMark):
        return replace(node, targets=("",) * len(node.targets))
    return node


@dataclass(frozen=True)
class ModelTexts:
    """The model text of one edition, read once for all schools that have the same."""

    prepared: PreparedEdition
    law: LawLibrary
    read: dict[tuple[str, str, str], _Reading] = field(default_factory=dict)
    """By kind and name of a part, and its text."""

    def of(self, school: SchoolFiles, adoption: LocatedAdoption) -> ModelText:
        """What it says to one school."""
        return ModelText(self, school, adoption)

    def reading(self, part: PreparedPart, filled: Filled) -> _Reading:
        """A text of a part, with marks in place of values."""
        key = part.plan.kind, part.plan.name, filled.text
        if key not in self.read:
            marks = []
            for index, value in enumerate(filled.values):
                mark = replace(value, text=f"{VALUE_OPEN}{index}{VALUE_CLOSE}", name="")
                marks.append(replace(mark, layer="policy", kind="material"))
            problems = Problems()
            parsed = parse(replace(filled, values=tuple(marks)), problems)
            section = arrange(parsed, part.plan, part.place, problems)
            # A mark within an address is no node that could be put beside the words: such a text tells too little.
            addresses = (str(getattr(node, "address", "")) for node in walk(section))
            hidden = any(_QUOTED_MARK.search(address) for address in addresses)
            self.read[key] = _Reading(
                part.plan.scheme, section, not problems.has_errors and not hidden
            )
        return self.read[key]


@dataclass(frozen=True, eq=False)
class ModelText(Mapping[str, Clause]):
    """The clauses of one school's policy as the model has them, by id, without local changes."""

    texts: ModelTexts
    school: SchoolFiles
    adoption: LocatedAdoption

    def __getitem__(self, identity: str) -> Clause:
        return self._composed[identity]

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)

    def __contains__(self, identity: object) -> bool:
        return identity in self._known

    @property
    def _known(self) -> Mapping[str, object]:
        """By id, what can be known about each clause with the least work."""
        if self._shared:
            return self._clauses
        return self._composed

    @cached_property
    def ids(self) -> Counter[str]:
        """How often each id is used, of clauses or not."""
        counted = Counter[str]()
        if self._shared:
            for reading, _ in self._parts:
                counted.update(reading.ids)
            return counted
        counted.update(getattr(node, "id", "") for node in walk(self._whole))
        del counted[""]
        return counted

    @property
    def _shared(self) -> bool:
        """Whether the texts of the parts tell all: no other issuer decided anything about them."""
        return not self.texts.prepared.edition.layers

    @cached_property
    def _whole(self) -> tuple[Section, ...]:
        return model_parts(self.texts.prepared, self.school, self.adoption, self.texts.law)

    @cached_property
    def _composed(self) -> dict[str, Clause]:
        return {node.id: node for node in walk(self._whole) if isinstance(node, Clause)}

    @cached_property
    def _parts(self) -> tuple[tuple[_Reading, tuple[Value, ...]], ...]:
        filled = filled_parts(self.texts.prepared, self.school, self.adoption, self.texts.law)
        return tuple((self.texts.reading(part, text), text.values) for part, text in filled)

    @cached_property
    def _clauses(self) -> dict[str, tuple[_Reading, tuple[Value, ...]]]:
        found = {}
        for reading, values in self._parts:
            found.update(dict.fromkeys(reading.clauses, (reading, values)))
        return found

    def says(self, identity: str, names: Mapping[str, str]) -> object:
        """What a clause says, to be compared with what another edition says; None where only composing it can tell.

        References to ids that have other `names` now count as those to these.
        """
        if not self._shared:
            return None
        reading, values = self._clauses[identity]
        if not reading.plain:
            return None
        form = reading.forms[identity]
        # Whether a reference leads to one place decides whether it prints a number or is an error.
        targets = [(names.get(target, target), self.ids[target] == 1) for target in form.targets]
        return form.wording, targets, [values[mark] for mark in form.marks]


def print_otherwise(
    old: Mapping[str, Clause],
    before: str,
    new: Mapping[str, Clause],
    after: str,
    names: Mapping[str, str],
) -> bool:
    """Whether a clause that a school had and still has says something else to it than before.

    References to ids that have other `names` now count as those to these.
    """
    if before not in old or after not in new:
        return False
    if isinstance(old, ModelText) and isinstance(new, ModelText):
        one, other = old.says(before, names), new.says(after, {})
        if one is not None and one == other:
            return False
    return bool(wording(old[before], names) != wording(new[after]))
