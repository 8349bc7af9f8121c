"""Who still publishes one clause of a model policy, or an altered copy of it, whatever its id and place.

Looks at the words that somebody wrote: facts, answers and the numbers of references, which differ from school to
school, are left out on both sides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Literal

from policygen.compare.words import Token, likeness, tokens
from policygen.ground.wording import lower_first
from policygen.language.document import Text
from policygen.language.stored import StoredClause
from policygen.model.adoption import version_order
from policygen.model.edition_record import EditionRecord, chain

Alike = Callable[[tuple[str, ...]], float]

Outcome = Literal["exact", "altered", "none", "unknown"]
Words = tuple[str, ...]
"""The paragraphs of a text, without its values."""

ALIKE = 0.6
"""From which likeness on a text is an altered copy."""


@dataclass(frozen=True)
class Traced:
    """The clause that is looked for."""

    policy: str
    clause: str
    before: str
    """The last edition that has the wording in question."""
    ids: Mapping[str, frozenset[str]]
    """By edition of the policy, earlier and later ones: the ids that the clause has there."""
    wordings: tuple[Words, ...]
    """As the editions up to `before` have it."""


@dataclass(frozen=True)
class Publication:
    """The version of one policy that one school has in force."""

    school: str
    school_name: str
    policy: str
    version: str
    """Empty where none is in the register; then there are no clauses either."""
    edition: str
    base: str
    """The edition of the traced policy that it is made of, by itself or through a trust's; empty for another policy."""
    clauses: tuple[StoredClause, ...] = ()
    withdrawn: str = ""
    """When and by whom the policy was withdrawn, in words; empty where it was not."""


@dataclass(frozen=True)
class Finding:
    """What one school publishes of the clause."""

    school: str
    school_name: str
    policy: str
    version: str
    edition: str
    outcome: Outcome
    clause: str = ""
    """The id under which the words stand."""
    number: str = ""
    likeness: float = 0.0
    """From 0 to 1."""
    says: str = ""


@dataclass(frozen=True)
class Recall:
    """Everything that was found about one clause."""

    traced: Traced
    findings: tuple[Finding, ...] = field(default=())

    def count(self, outcome: Outcome) -> int:
        """How many findings have this outcome."""
        return sum(each.outcome == outcome for each in self.findings)


def ids_by_edition(
    clause: str, at: str, records: Sequence[EditionRecord], known: Iterable[str]
) -> dict[str, frozenset[str]]:
    """The ids of a clause in every edition, when `clause` is its id in the edition `at`.

    `records` are those of all published editions, oldest first; `known` are all editions that a school may have.
    """
    found = {}
    for edition in known:
        between = [record for record in records if _between(at, record.edition, edition)]
        if version_order(edition) >= version_order(at):
            found[edition] = frozenset(chain(between, clause))
        else:
            found[edition] = _earlier(clause, between)
    return found


def _between(one: str, edition: str, other: str) -> bool:
    """Whether the record of an edition says what happened on the way between two others."""
    low, high = sorted((version_order(one), version_order(other)))
    return low < version_order(edition) <= high


def _earlier(clause: str, records: Sequence[EditionRecord]) -> frozenset[str]:
    """The ids that became a clause by the changes of these editions."""
    ids = {clause}
    for record in reversed(records):
        sources = {old for old, new in record.new_ids.items() if ids & {*new}}
        # An id that came from another one was not there before; one that stands for itself was.
        arrived = {new for old in sources for new in record.new_ids[old] if new != old}
        ids = (ids - arrived) | sources
    return frozenset(ids)


def traced_with(traced: Traced, publications: Iterable[Publication]) -> Traced:
    """The same with the wordings that schools publish as the model has them: one branch or another, filled."""
    wordings = dict.fromkeys(traced.wordings)
    for published in publications:
        is_of_it = published.base and published.policy == traced.policy
        if is_of_it and _is_meant(traced, published.base):
            ids = _ids(traced, published.base)
            for clause in published.clauses:
                if clause.id in ids and not clause.local:
                    wordings[clause.paragraphs] = None
    return replace(traced, wordings=tuple(wordings))


def recall(traced: Traced, publications: Sequence[Publication]) -> Recall:
    """What every school publishes of a clause; those that adopt the policy and do not publish it are named, too."""
    whole = traced_with(traced, publications)
    alike = cache(lambda paragraphs: _likeness(paragraphs, whole.wordings))
    findings: list[Finding] = []
    for published in publications:
        findings += _findings(whole, published, alike)
    return Recall(whole, tuple(findings))


def _is_meant(traced: Traced, edition: str) -> bool:
    return version_order(edition) <= version_order(traced.before)


def _ids(traced: Traced, edition: str) -> frozenset[str]:
    return traced.ids.get(edition, frozenset((traced.clause,)))


def _findings(traced: Traced, published: Publication, alike: Alike) -> Iterator[Finding]:
    if published.withdrawn:
        if published.base:
            yield _finding(published, "none", says=lower_first(published.withdrawn))
        return
    if published.base and not published.version:
        yield _finding(published, "unknown", says="no approved version in the register")
        return
    ids = _ids(traced, published.base) if published.base else frozenset[str]()
    findings: list[Finding] = []
    for clause in published.clauses:
        if clause.id in ids and clause.local != "added":
            finding = _in_its_place(traced, published, clause, alike)
        elif ids & clause.inner:
            continue  # it has the words because the clause stands in it
        else:
            finding = _copied(published, clause, alike)
        if finding is not None:
            findings.append(finding)
    publishing = [finding for finding in findings if finding.outcome != "none"]
    if publishing or not published.base:
        yield from publishing
    elif findings:
        yield findings[0]
    elif _is_meant(traced, published.base):
        yield _finding(published, "none", says="not in this version")
    else:
        yield _finding(published, "none", says=f"has edition {published.base}")


def _in_its_place(
    traced: Traced, published: Publication, clause: StoredClause, alike: Alike
) -> Finding | None:
    """What stands under an id of the clause."""
    if not clause.local and len(clause.owners) < 2:
        if _is_meant(traced, published.base):
            return _finding(published, "exact", clause, 1.0, "the model text")
        return None
    much = alike(clause.paragraphs)
    whose = "the school’s" if clause.local else "the trust’s"
    if much == 1.0:
        return _finding(published, "exact", clause, much, f"{whose} text, the same words")
    outcome: Outcome = "altered" if much >= ALIKE else "none"
    return _finding(
        published, outcome, clause, much, f"{whose} text in its place, {much:.0%} alike"
    )


def _copied(published: Publication, clause: StoredClause, alike: Alike) -> Finding | None:
    """A text that stands under another id. Of model text only the very words count: its issuer knows the rest."""
    much = alike(clause.paragraphs)
    if much == 1.0:
        return _finding(published, "exact", clause, much, "the same words under another id")
    if clause.local and much >= ALIKE:
        says = f"in the school’s own text, {much:.0%} alike"
        return _finding(published, "altered", clause, much, says)
    return None


def _finding(
    published: Publication,
    outcome: Outcome,
    clause: StoredClause | None = None,
    much: float = 0.0,
    says: str = "",
) -> Finding:
    return Finding(
        published.school,
        published.school_name,
        published.policy,
        published.version,
        published.edition,
        outcome,
        clause.id if clause else "",
        clause.number if clause else "",
        round(much, 2),
        says,
    )


def _likeness(paragraphs: Words, wordings: Sequence[Words]) -> float:
    """How much of one text is like the nearest wording; a wording may stand among other paragraphs."""
    return max((_nearest(paragraphs, wording) for wording in wordings), default=0.0)


def _nearest(paragraphs: Words, wording: Words) -> float:
    size = len(wording)
    windows = {paragraphs}
    for start in range(len(paragraphs) - size + 1):
        windows.add(paragraphs[start : start + size])
    return max(_alike(window, wording) for window in windows)


def _alike(one: Words, other: Words) -> float:
    """1.0 for the same words in the same order only."""
    left, right = _tokens(one), _tokens(other)
    if not left or not right:
        return 0.0
    if [each.key for each in left] == [each.key for each in right]:
        return 1.0
    return min(likeness(left, right), 0.99)


@cache
def _tokens(paragraphs: Words) -> tuple[Token, ...]:
    words: list[Token] = []
    for paragraph in paragraphs:
        text = Text(paragraph.casefold())
        words += (token for token in tokens((text,), "school") if token.is_word)
    return tuple(words)
