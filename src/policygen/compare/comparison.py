"""Two documents compared as trees: by id, with moves, renames and renumbering told apart from changed words."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from typing import Any, Literal, cast

from policygen.compare.form import Form, SteadyForm, numbers_of, titles_of
from policygen.compare.lines import MarkedLine, Words, carried, come, facts_of, gone, marked
from policygen.compare.units import Unit, units
from policygen.compare.words import Owner, Token, likeness, steady_values, tokens
from policygen.language import document as d

Kind = Literal["same", "reworded", "added", "removed", "moved"]
ChangeClass = Literal["details", "editorial", "material"]

_GRAVITY: tuple[ChangeClass, ...] = ("details", "editorial", "material")
_ALIKE = 0.5
"""Two blocks without an id that share less are one gone and another come."""


@dataclass(frozen=True, slots=True)
class Declared:
    """What the editions between two documents, or the school, say of the changes."""

    renamed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """New ids by old id: one for a renamed clause, several for one that was split; merged ones share theirs."""
    owners: Mapping[str, Owner] = field(default_factory=dict)
    """Who changed a clause between the editions, by its id in either document."""
    classes: Mapping[str, ChangeClass] = field(default_factory=dict)
    """How grave the change of a clause is, by its id in either document; material where nothing is said."""
    complete: bool = False
    """Whether `owners` names all that changed between the editions, so that any other change is the school's."""
    questions: tuple[str, ...] = ()
    """The questions that were asked for the first time between the two documents."""
    answered: frozenset[str] = frozenset()
    """Ids of the clauses and sections that hang on the answers to them."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A unit in the old document, in the new one, or in both."""

    old: Unit | None
    new: Unit | None
    kind: Kind
    lines: tuple[MarkedLine, ...]
    change: ChangeClass = "material"
    """Of no meaning where nothing changed."""
    owners: frozenset[Owner] = frozenset()
    """Who decided the changes."""
    moved: bool = False
    """Whether it stands elsewhere among the units around it, reworded or not."""
    related: tuple[str, ...] = ()
    """Ids of what it was split from or merged into."""
    notes: tuple[str, ...] = ()
    """What changed beside the words of its lines."""

    @property
    def inner(self) -> tuple[str, ...]:
        """The ids of the clauses within it that changed, such as items of a list."""
        return tuple(dict.fromkeys(filter(None, _changed_clauses(self.lines))))

    @property
    def unit(self) -> Unit:
        """The unit as it is now; of one that is gone, as it was."""
        return cast("Unit", self.new or self.old)

    @property
    def id(self) -> str:
        """The id that it has now, or had."""
        return self.unit.id

    @property
    def ids(self) -> frozenset[str]:
        """The ids that it has and had."""
        return frozenset(unit.id for unit in (self.old, self.new) if unit is not None and unit.id)

    @property
    def renamed(self) -> bool:
        """Whether it goes by another id now."""
        both = self.old is not None and self.new is not None
        return both and not self.unit.is_note and cast("Unit", self.old).id != self.id


@dataclass(frozen=True, slots=True)
class Renumbered:
    """A number that moved along with what stands before it."""

    id: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Every unit of two documents, side by side."""

    old: d.Document
    new: d.Document
    pairs: tuple[Pair, ...]
    """In the order of the new document; what is gone stands behind what it followed."""

    @property
    def changes(self) -> tuple[Pair, ...]:
        """Those that differ."""
        return tuple(pair for pair in self.pairs if pair.kind != "same")

    @property
    def change(self) -> ChangeClass | None:
        """The gravest class of all changes; None where nothing differs."""
        classes = {pair.change for pair in self.changes}
        for change in reversed(_GRAVITY):
            if change in classes:
                return change
        return None

    @property
    def renumbered(self) -> tuple[Renumbered, ...]:
        """Numbers that are no longer the same, of units that stand where they stood."""
        found = []
        for pair in self.pairs:
            if pair.old is None or pair.new is None or pair.moved:
                continue
            before = _numbers(pair.old)
            for (identity, number), was in zip(_numbers(pair.new), before, strict=False):
                if number != was[1]:
                    found.append(Renumbered(identity, was[1], number))
        return tuple(found)

    @property
    def renamed(self) -> tuple[Pair, ...]:
        """Those that are the same, and go by another id."""
        return tuple(pair for pair in self.pairs if pair.renamed and pair.kind == "same")

    @property
    def differs(self) -> bool:
        """Whether there is anything to say; where there is not, the content codes are the same."""
        return bool(self.changes or self.renumbered or self.renamed)


def compare(old: d.Document, new: d.Document, declared: Declared | None = None) -> Comparison:
    """Compare two documents of one policy."""
    comparer = _Comparer.of(old, new, declared or Declared())
    comparison = Comparison(old, new, _with_carried([*comparer.pairs()]))
    # By construction this cannot happen. Were it to, a cover note would propose to minute "no
    # changes" about content that changed: better to stop.
    printed = Form(by_path=comparer.old_form.by_path)
    if not comparison.differs and printed.document(old) != printed.document(new):
        message = f"a comparison of {old.policy_id} is silent, and its content codes differ"
        raise AssertionError(message)
    return comparison


@dataclass
class _Comparer:
    old: tuple[Unit, ...]
    new: tuple[Unit, ...]
    old_form: SteadyForm
    new_form: SteadyForm
    declared: Declared
    trust: frozenset[str]
    """Ids of what a trust wrote or changed last."""
    steady: frozenset[str]
    """Names of the values that print the same in both documents, or in one of them alone."""
    same_edition: bool
    of_issuer: bool
    """Whether these are editions of a model policy: no school has decided anything in them."""

    @classmethod
    def of(cls, old: d.Document, new: d.Document, declared: Declared) -> _Comparer:
        before, after = units(old), units(new)
        renamed = {was: ids[0] for was, ids in declared.renamed.items() if ids}
        pictures = [node for node in d.walk(old, new) if isinstance(node, d.Image)]
        by_path = not all(picture.digest for picture in pictures)
        return cls(
            before,
            after,
            SteadyForm(
                by_path=by_path, renamed=renamed, numbers=numbers_of(old), titles=titles_of(old)
            ),
            SteadyForm(by_path=by_path, numbers=numbers_of(new), titles=titles_of(new)),
            declared,
            _of_trusts((*before, *after), {old.issuer_name, new.issuer_name}),
            steady_values(old, new),
            old.edition == new.edition,
            of_issuer=not new.school_id,
        )

    def pairs(self) -> Iterator[Pair]:
        partners = self._partners()
        self._name_notes(partners)
        moved = self._moved(partners)
        behind = self._gone(partners)
        yield from (self._removed(index) for index in behind.get(-1, ()))
        for index, unit in enumerate(self.new):
            partner = partners.get(index)
            if partner is None:
                yield self._added(unit)
            else:
                yield self._pair(self.old[partner], unit, moved=index in moved)
            yield from (self._removed(index) for index in behind.get(index, ()))

    def _name_notes(self, partners: Mapping[int, int]) -> None:
        """Let the marks of the old document lead to the footnotes of the new one."""
        notes = {}
        for index, partner in partners.items():
            old, new = self.old[partner].node, self.new[index].node
            if isinstance(old, d.Footnote) and isinstance(new, d.Footnote):
                notes[old.id] = new.id
        self.old_form = replace(self.old_form, notes=notes)

    # --- which became which ---

    def _partners(self) -> dict[int, int]:
        """The index of the old unit by that of the new one."""
        partners = self._by_id()
        partners |= self._by_words(partners)
        return partners

    def _by_id(self) -> dict[int, int]:
        old = {self._key(unit): index for index, unit in enumerate(self.old) if _has_identity(unit)}
        before = {
            new: gone for gone, ids in reversed([*self.declared.renamed.items()]) for new in ids[:1]
        }
        partners: dict[int, int] = {}
        for index, unit in enumerate(self.new):
            if not _has_identity(unit):
                continue
            kind, identity = self._key(unit)
            # A paragraph that a school added ("key.after") goes by the id of its clause, and
            # follows it when an edition renames the clause.
            clause, _, side = identity.partition(".")
            was = before.get(identity) or (
                f"{before[clause]}.{side}" if side and clause in before else ""
            )
            for candidate in ((kind, identity), (kind, was)):
                if candidate in old:
                    partners[index] = old.pop(candidate)
                    break
        return partners

    def _by_words(self, known: Mapping[int, int]) -> dict[int, int]:
        """Units without an id, section by section: the same words first, then what is like enough, in order.

        The id of a footnote is for its mark alone: a note with another id may be the same.
        """
        old, new = defaultdict(list), defaultdict(list)
        paired = {*known.values()}
        for index, unit in enumerate(self.old):
            if index not in paired and (unit.is_note or not unit.id):
                old[self._now(unit.section), unit.is_note].append(index)
        for index, unit in enumerate(self.new):
            if index not in known and (unit.is_note or not unit.id):
                new[unit.section, unit.is_note].append(index)
        partners: dict[int, int] = {}
        for place, indices in new.items():
            partners |= self._aligned(old[place], indices)
        return partners

    def _aligned(self, old: Sequence[int], new: Sequence[int]) -> dict[int, int]:
        matcher = SequenceMatcher(
            None, [self.old[i].text for i in old], [self.new[i].text for i in new], autojunk=False
        )
        # What is the same on both sides splits the rest into short stretches. Within one, each
        # new block takes the first old one that is like enough, and never one before that:
        # partners cannot cross.
        partners: dict[int, int] = {}
        for tag, left, left_end, right, right_end in matcher.get_opcodes():
            if tag == "equal":
                partners |= dict(zip(new[right:right_end], old[left:left_end], strict=True))
                continue
            start = left
            for index in new[right:right_end]:
                for position in range(start, left_end):
                    if self._alike(old[position], index):
                        partners[index] = old[position]
                        start = position + 1
                        break
        return partners

    def _alike(self, old: int, new: int) -> bool:
        before, after = self.old[old], self.new[new]
        if [line.role for line in before.lines[:1]] != [line.role for line in after.lines[:1]]:
            return False
        left = self._words(before, "issuer", self.old_form, {})
        right = self._words(after, "issuer", self.new_form, {})
        return likeness(_all_tokens(left), _all_tokens(right)) >= _ALIKE

    def _key(self, unit: Unit) -> tuple[bool, str]:
        return unit.kind == "title", unit.id

    def _now(self, identity: str) -> str:
        """The id that an old id has become."""
        return self.declared.renamed.get(identity, (identity,))[0]

    # --- order ---

    def _moved(self, partners: Mapping[int, int]) -> set[int]:
        """New units that changed place: into another section, or among what stands around them."""
        groups: dict[str, list[int]] = defaultdict(list)
        moved: set[int] = set()
        for index, partner in partners.items():
            unit, before = self.new[index], self.old[partner]
            if unit.section == self._now(before.section):
                groups[unit.section].append(index)
            else:
                moved.add(index)
        for members in groups.values():
            members.sort()
            staying = _rising([partners[index] for index in members])
            moved |= {index for index in members if partners[index] not in staying}
        return moved

    def _gone(self, partners: Mapping[int, int]) -> dict[int, list[int]]:
        """Old units without a partner, by the index of the new unit that they stand behind; -1 for the beginning."""
        now = {old: new for new, old in partners.items()}
        behind: dict[int, list[int]] = defaultdict(list)
        last = -1
        for index in range(len(self.old)):
            if index in now:
                last = now[index]
            else:
                behind[last].append(index)
        return behind

    # --- what changed ---

    def _pair(self, old: Unit, new: Unit, *, moved: bool) -> Pair:
        owner = self._owner(old, new)
        within = self._owners_within(old, new)
        if owner == "school" and self._refers_otherwise(old, new):
            owner, within = "issuer", {}  # nor has it a way to change what a reference prints
        before = self._words(old, owner, self.old_form, within)
        after = self._words(new, owner, self.new_form, within)
        lines = marked(before, after)
        # The forms decide whether it changed, as they decide about the content code; the lines
        # only show what changed. The same forms with other lines are details: a new name, or one
        # person more in a list.
        same_content = _form(old, self.old_form) == _form(new, self.new_form)
        same_words = all(line.change == "same" for line in lines)
        if same_content and same_words and not moved:
            return Pair(old, new, "same", lines)
        change = self._class(old, new, lines)
        owners = frozenset(_owners(lines)) or frozenset([owner])
        owners |= self._answerer(old, new)
        if same_content and same_words:
            if owner == "school" and not self.same_edition and not new.local:
                owner = "issuer"  # a school has no way to move what it did not write
            return Pair(old, new, "moved", lines, change, frozenset([owner]), moved=True)
        if same_content and not moved:
            change, owners = "details", frozenset[Owner](["details"])
        elif owners == {"law"} and not moved and not self._declares(old, new, lines):
            change = "editorial"
        notes: tuple[str, ...] = ()
        if same_words:
            notes = ("its words are put together in another way",)
        return Pair(old, new, "reworded", lines, change, owners, moved, notes=notes)

    def _refers_otherwise(self, old: Unit, new: Unit) -> bool:
        """Whether nothing but the nouns of references differs in a text of the model, from one edition to another."""
        if self.same_edition or old.local or new.local:
            return False
        before, after = (replace(form, mute=True) for form in (self.old_form, self.new_form))
        return _form(old, before) == _form(new, after)

    def _added(self, unit: Unit) -> Pair:
        owner = self._owner(None, unit)
        sources = tuple(
            old for old, ids in self.declared.renamed.items() if unit.id and unit.id in ids
        )
        lines = come(self._words(unit, owner, self.new_form, {}))
        owners = frozenset([owner]) | self._answerer(unit)
        change = self._class(None, unit)
        return Pair(None, unit, "added", lines, change, owners, related=sources)

    def _removed(self, index: int) -> Pair:
        unit = self.old[index]
        owner = self._owner(unit, None)
        targets = self.declared.renamed.get(unit.id, ()) if unit.id else ()
        lines = gone(self._words(unit, owner, self.old_form, {}))
        owners = frozenset([owner]) | self._answerer(unit)
        change = self._class(unit, None)
        return Pair(unit, None, "removed", lines, change, owners, related=targets)

    def _answerer(self, *units: Unit | None) -> frozenset[Owner]:
        """The school, if a changed unit hangs on a question that it answered for the first time."""
        ids = {
            identity for unit in units if unit is not None for identity in (unit.id, unit.section)
        }
        if not ids & self.declared.answered:
            return frozenset()
        return frozenset(["school"])

    def _owner(self, old: Unit | None, new: Unit | None) -> Owner:
        """Whose decision a changed word of the text is, where it is no value."""
        both = [unit for unit in (old, new) if unit is not None]
        if self.of_issuer:
            if any(self.trust & {unit.id, unit.section} for unit in both):
                return "trust"
            return "issuer"
        if any(unit.local for unit in both):
            return "school"
        names = [*self._declarable(old, new)]
        named = next((name for name in names if name in self.declared.owners), None)
        if named is None and (self.same_edition or (self.declared.complete and any(names))):
            return "school"
        if not self.same_edition and any(self.trust & {unit.id, unit.section} for unit in both):
            return "trust"
        if named is None:
            return "issuer"
        return self.declared.owners[named]

    def _declarable(self, old: Unit | None, new: Unit | None) -> Iterator[str]:
        """What the change of a unit may be declared by; what is new or gone by the section around it, too."""
        both = [unit for unit in (old, new) if unit is not None]
        for unit in both:
            yield from (unit.id, unit.id.partition(":")[0])
        yield from self._became(old, new)
        yield from (unit.section for unit in both if len(both) == 1 or not unit.id)

    def _became(self, old: Unit | None, new: Unit | None) -> tuple[str, ...]:
        """The ids of what a unit that is gone became: of a clause that was merged with others."""
        if old is None or new is not None:
            return ()
        return self.declared.renamed.get(old.id, ())

    def _owners_within(self, old: Unit, new: Unit) -> dict[str, Owner]:
        """Whose decision the changed words of each clause within a unit are."""
        before, after = old.inner, new.inner
        found: dict[str, Owner] = {}
        for each in dict.fromkeys((*before, *after)):
            was, now = before.get(each), after.get(each)
            owner = self._owner(was, now)
            is_models = was and now and not now.local and not self.same_edition
            if owner == "school" and is_models and _said_in(old, each) == _said_in(new, each):
                owner = "issuer"  # it has moved, and a school has no way to move it
            found[each] = owner
        return found

    def _class(
        self, old: Unit | None, new: Unit | None, lines: Iterable[MarkedLine] = ()
    ) -> ChangeClass:
        """How grave a change is: the gravest of what is said of it, and of each clause within it that changed."""
        whole = (*_names(new, old), *self._became(old, new))
        return max(
            (self._said(self._or_whole(name, whole)) for name in _changed_clauses(lines)),
            key=_GRAVITY.index,
            default=self._said(whole),
        )

    def _or_whole(self, clause: str, whole: tuple[str, ...]) -> tuple[str, ...]:
        """What says how grave the change of a clause within a unit is: the unit, where no edition names it."""
        if clause in self.declared.owners:
            return (clause,)
        return (clause, *whole)

    def _said(self, names: Iterable[str]) -> ChangeClass:
        found = (self.declared.classes[name] for name in names if name in self.declared.classes)
        return next(found, "material")

    def _declares(self, old: Unit, new: Unit, lines: Iterable[MarkedLine]) -> bool:
        names = (*_names(new, old), *_changed_clauses(lines))
        return any(key in self.declared.classes for key in names)

    def _words(
        self, unit: Unit, owner: Owner, form: SteadyForm, within: Mapping[str, Owner]
    ) -> tuple[Words, ...]:
        """The words of a unit; those of the clauses `within` it may be of other owners."""
        lines = []
        for line in unit.lines:
            whose = within.get(line.clause, owner)
            cells = tuple(tuple(tokens(cell, whose, form, self.steady)) for cell in line.cells)
            lines.append(Words(line, cells, facts_of(line, form)))
        return tuple(lines)


def _said_in(unit: Unit, clause: str) -> list[str]:
    """The words of a clause within a unit."""
    return [line.text for line in unit.lines if line.clause == clause]


def _changed_clauses(lines: Iterable[MarkedLine]) -> Iterator[str]:
    """The clause within the unit of each line that changed; empty for one of the unit itself."""
    for line in lines:
        if line.change != "same" or line.notes:
            yield line.line.clause


def _with_carried(pairs: Sequence[Pair]) -> tuple[Pair, ...]:
    """The pairs with notes about words that went from one paragraph into the next."""
    lines = [line for pair in pairs for line in pair.lines]
    notes = carried(lines)
    if not notes:
        return tuple(pairs)
    told = []
    first = 0
    for pair in pairs:
        marked_lines = list(pair.lines)
        for index, line in enumerate(marked_lines):
            if note := notes.get(first + index):
                marked_lines[index] = replace(line, notes=(*line.notes, note))
        first += len(marked_lines)
        told.append(replace(pair, lines=tuple(marked_lines)))
    return tuple(told)


def _numbers(unit: Unit) -> list[tuple[str, str]]:
    """Its id and number, and those of the clauses within it."""
    found = [(unit.id, unit.label)]
    if not isinstance(unit.node, d.Document | d.Section):
        within = (node for node in d.walk(unit.node) if node is not unit.node)
        found += [
            (node.id, node.number) for node in within if isinstance(node, d.Clause | d.Section)
        ]
    return found


def _form(unit: Unit, form: SteadyForm) -> list[Any]:
    """The form of a unit, without that of the units within it."""
    match unit.node:
        case d.Document():
            return form.front(unit.node)
        case d.Section():
            return form.heading(unit.node)
        case d.Footnote():
            return form.footnote(unit.node)
        case _:
            return form.block(unit.node)


def _of_trusts(found: Sequence[Unit], issuers: Collection[str]) -> frozenset[str]:
    """Ids of the clauses whose last owner extends another issuer's template, and of sections that hold no others.

    `issuers` are those of the two documents. Clauses know their owners where there are several.
    """
    owned = [unit for unit in found if unit.owners]
    later = {*issuers, *(name for unit in owned for name in unit.owners[1:])}
    clauses = {unit.id for unit in owned if unit.owners[-1] in later}
    others = {unit.section for unit in owned if unit.owners[0] not in later}
    return frozenset(clauses | ({unit.section for unit in owned if unit.id in clauses} - others))


def _names(*units: Unit | None) -> tuple[str, ...]:
    """What a change can be declared by: the id of a unit, or of the section around one that has none."""
    return tuple(
        unit.id.partition(":")[0] or unit.section or "title" for unit in units if unit is not None
    )


def _has_identity(unit: Unit) -> bool:
    return bool(unit.id) or unit.kind == "title"


def _all_tokens(lines: Iterable[Words]) -> list[Token]:
    return [token for line in lines for cell in line.cells for token in cell]


def _owners(lines: Iterable[MarkedLine]) -> Iterator[Owner]:
    for line in lines:
        for cell in line.cells:
            for run in cell:
                if run.change != "same":
                    yield run.owner


def _rising(numbers: Sequence[int]) -> set[int]:
    """The members of a longest rising subsequence: what can be said to have stayed while the others moved."""
    # Patience sorting: tails[n] is the smallest number with which a rising run of n + 1 members
    # can end so far, so that the longest run is found in one pass, and `before` leads back
    # through it. A pair-wise test of order would call every clause moved that one clause has
    # jumped over.
    tails: list[int] = []
    before: dict[int, int | None] = {}
    for number in numbers:
        place = bisect_left(tails, number)
        before[number] = tails[place - 1] if place else None
        tails[place : place + 1] = [number]
    staying: set[int] = set()
    last = tails[-1] if tails else None
    while last is not None:
        staying.add(last)
        last = before[last]
    return staying
