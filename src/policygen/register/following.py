"""Where an adoption stands with its register: what is being prepared, what differs from the last version."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from policygen.compare.comparison import Comparison, Declared, Pair, compare
from policygen.compose.digest import content_code, content_digest, content_digests
from policygen.files.yamlfile import Located
from policygen.ground.dates import printed_day
from policygen.ground.diagnostics import Place, Problems
from policygen.ground.wording import code, join_and, sentence_case
from policygen.language.document import Document, Value, walk
from policygen.model.adoption import AdoptionFile, same_version, version_order
from policygen.model.school import School
from policygen.register.ends import Withdrawn
from policygen.register.records import ChangeClass, Content, VersionRecord
from policygen.register.state import Register

_GRAVITY: tuple[ChangeClass, ...] = ("details", "editorial", "material")
_OF_ITSELF: frozenset[ChangeClass] = frozenset({"details", "review"})
"""Changes that need no new version in the adoption file."""
WHOLE = "title"
"""What `amends` calls a change that belongs to no clause and no section."""


@dataclass(frozen=True)
class Standing:
    """An adoption as it is now, beside its register."""

    register: Register
    prepared: str
    """The version that is being prepared; empty where the last registered one still is the adoption's."""
    content: Content
    """Of the files as they are now."""
    comparison: Comparison | None = None
    """Of the last registered version with the files as they are now; None before the first."""
    change: ChangeClass | None = None
    """What differs from the last registered version; None where nothing does. A first version is material."""
    clauses: tuple[tuple[str, ChangeClass], ...] = ()
    """What differs, by the ids that `amends` uses, with the gravest class of each."""
    details: tuple[str, ...] = ()
    """The details that differ, in words: "Designated safeguarding lead (phone)"."""
    because: Mapping[str, str] = field(default_factory=dict)
    """Which answers for all policies are behind what differs, in words, by the id of the clause."""

    @property
    def last(self) -> VersionRecord | None:
        """The last registered version, in force or withdrawn."""
        return self.register.latest

    @property
    def withdrawn(self) -> Withdrawn | None:
        """How the policy was withdrawn; None while a version is in force, and before the first."""
        return self.register.withdrawn


def content_of(document: Document, images: Mapping[str, bytes]) -> Content:
    """What an approval of this document binds to."""
    digest = content_digest(document, images)
    return Content(digest=digest, code=content_code(digest))


def prepared_version(
    adoption: Located[AdoptionFile], register: Register, problems: Problems
) -> str | None:
    """The version that is being prepared; empty where nothing is; None, with a problem, where it cannot follow."""
    version, last = adoption.value.version, register.latest
    if last is None or version_order(version) > version_order(last.version):
        return version
    known = [same_version(each.version, version) for each in register.versions]
    if True in known and all(
        each.change in _OF_ITSELF for each in register.versions[known.index(True) + 1 :]
    ):
        return ""
    says = (
        f"version `{version}` is being prepared, and version `{last.version}` is registered already"
    )
    problems.add("history-order", says, adoption.place("version"), "write a higher version")
    return None


def next_patch(version: str) -> str:
    """The number of a version that a release makes by itself: 2.0.1 after 2.0, 2.0.2 after 2.0.1."""
    first, second, *rest = (*version.split("."), "0")[: max(2, version.count(".") + 1)]
    if not rest:
        return f"{first}.{second}.1"
    return ".".join((first, second, *rest[:-1], str(int(rest[-1]) + 1)))


def standing(
    register: Register,
    prepared: str,
    document: Document,
    before: Document | None,
    images: Mapping[str, bytes],
    declared: Declared,
    amends: Mapping[str, Literal["editorial", "material"]],
    school: School,
) -> Standing:
    """Compare a document with the one that was registered last, `before`.

    `declared` is what the editions between the two say, and `amends` what the school says of its own changes.
    """
    content, last = content_of(document, images), register.latest
    if before is None or last is None:
        return Standing(register, prepared, content, change="material")
    told = replace(declared, classes={**declared.classes, **amends})
    comparison = compare(before, document, told)
    same = _same_content(content, last, before, document, images)
    change = _change(comparison, same_content=same)
    clauses = tuple(
        (key, _gravest(pairs, amends.get(key))) for key, pairs in changed(comparison).items()
    )
    return Standing(
        register, prepared, content, comparison, change, clauses, _details(before, document, school)
    )


def changed(comparison: Comparison) -> dict[str, list[Pair]]:
    """What differs, by the id that `amends` uses: of a clause, or of the section around what has no id."""
    found: dict[str, list[Pair]] = defaultdict(list)
    for pair in comparison.changes:
        unit = pair.unit
        found[unit.id.partition(":")[0] or unit.section or WHOLE].append(pair)
    return dict(found)


def _gravest(pairs: list[Pair], said: ChangeClass | None) -> ChangeClass:
    gravest: ChangeClass = max((pair.change for pair in pairs), key=_GRAVITY.index)
    if gravest == "details" or said is None:
        return gravest
    return said


def _same_content(
    content: Content,
    last: VersionRecord,
    before: Document,
    document: Document,
    images: Mapping[str, bytes],
) -> bool:
    """Whether the last version has this content; one that was registered long ago may have it by an older digest."""
    if content.digest == last.content.digest:
        return True
    digests_now = content_digests(document, images)
    # Additions got numbers after it was registered, and nothing else is another.
    if last.content.digest in digests_now:
        return True
    try:
        digests = content_digests(before, images)
    except KeyError:  # a picture of that version is gone
        return False
    # Or they had other numbers then, by the rule of that time.
    return last.content.digest in digests and not digests.isdisjoint(digests_now)


def _change(comparison: Comparison, *, same_content: bool) -> ChangeClass | None:
    if same_content:
        return "details" if comparison.changes else None
    if comparison.change == "editorial":
        return "editorial"
    return "material"


def _details(before: Document, after: Document, school: School) -> tuple[str, ...]:
    old, new = (
        Counter(
            (each.name, each.text)
            for each in walk(document.parts)
            if isinstance(each, Value) and _is(each)
        )
        for document in (before, after)
    )
    differ = {key for key in old.keys() | new.keys() if bool(old[key]) != bool(new[key])}
    return tuple(sorted({_called(name, school) for name, _ in differ}))


def _is(value: Value) -> bool:
    return value.kind == "details"


def _called(name: str, school: School) -> str:
    """A detail in words: `people.dsl.phone` is "Designated safeguarding lead (phone)"."""
    names = name.partition(" ")[0].split(".")
    kind, who, field = (*names, "", "")[:3]
    declared = school.declared.get(f"{kind}.{who}")
    if kind == "facts" and declared:
        return sentence_case(declared.called)
    titles = {key: title for key, title in school.roles.model_dump().items() if title}
    title = titles.get(who) or titles.get(who.removesuffix("s")) or (who or kind).replace("_", " ")
    if kind == "providers":
        title = f"provider of {title}"
    return title[:1].upper() + title[1:] + (f" ({field})" if field and field != "name" else "")


# --- what the adoption file says of it --------------------------------------------------------------------------------


def check_standing(
    found: Standing,
    adoption: Located[AdoptionFile],
    document: Document,
    declared: Declared,
    problems: Problems,
) -> None:
    """Note text that differs from the last registered version and that nothing explains."""
    if found.comparison is None or found.last is None:
        _note_needless(adoption, {}, "nothing was approved yet that it could amend", problems)
        return
    _check_history(found.comparison.old, adoption, document, problems)
    if found.prepared:
        _check_amends(
            found.comparison, found.last.version, adoption, declared, found.because, problems
        )
        return
    if found.withdrawn:
        return  # nothing is in force from which the files could differ
    day = printed_day(found.last.released)
    if found.change == "details":
        says = f"details have changed since version `{found.last.version}` of {day}: {join_and(found.details)}"
        hint = f"run `policygen release {document.school_id}/{document.policy_id} --details`"
        problems.add("details-changed", says, adoption.place("version"), hint)
    elif found.change is not None:
        says = f"the text differs from that of version `{found.last.version}` of {day}: {_listed(found)}"
        hint = "write a new `version`, its `author` and `reason`, and under `amends:` each clause that you changed"
        why = sorted({found.because[key] for key, _ in found.clauses if key in found.because})
        problems.add("version-registered", says, adoption.place("version"), *why, hint)


def _listed(found: Standing) -> str:
    named = [key for key, change in found.clauses if change != "details"]
    if named:
        return join_and(map(code, named))
    return "its pictures or the order of its numbers"


def _check_amends(
    comparison: Comparison,
    last: str,
    adoption: Located[AdoptionFile],
    declared: Declared,
    because: Mapping[str, str],
    problems: Problems,
) -> None:
    """`amends` names every clause whose text differs, but for details and for what a new edition changed."""
    pairs = changed(comparison)
    amends = adoption.value.amends
    same_edition = comparison.old.edition == comparison.new.edition
    for key, each in pairs.items():
        if key not in amends and not all(
            _explained(pair, declared.answered, same_edition=same_edition) for pair in each
        ):
            says = f"`{key}` differs from version `{last}`, and `amends` does not name it"
            place = _own(adoption, key) or _place(comparison.new, key) or adoption.place("version")
            hint = f"under `amends:` in {adoption.path} write `{key}: material`, or `{key}: editorial` for a slip"
            problems.add("amendment-missing", says, place, because.get(key, ""), hint)
    _note_needless(adoption, pairs, f"it is as it was in version `{last}`", problems)
    for key, said in amends.items():
        within = (each for pair in pairs.get(key, ()) for each in (key, *pair.inner))
        least = {declared.classes.get(each) for each in within}
        if said == "editorial" and "material" in least:
            says = f"edition `{comparison.new.edition}` says that the change of `{key}` is material"
            problems.add(
                "amendment-class", says, adoption.place("amends", key), f"write `{key}: material`"
            )


def _explained(pair: Pair, answered: Collection[str], *, same_edition: bool) -> bool:
    """Whether something else says why it changed: an edition, also where a new question decides how it reads."""
    issuers = {"issuer", "trust"}
    by_edition = pair.owners <= issuers or (pair.ids & {*answered} and pair.owners & issuers)
    return pair.change == "details" or (not same_edition and bool(by_edition))


def _note_needless(
    adoption: Located[AdoptionFile], pairs: Mapping[str, object], why: str, problems: Problems
) -> None:
    for key in adoption.value.amends:
        if key not in pairs:
            says, place = f"`amends` names `{key}`: {why}", adoption.place("amends", key, key=True)
            problems.add("amendment-needless", says, place, "take the line out")


def _own(adoption: Located[AdoptionFile], key: str) -> Place | None:
    """Where the school says what it made of a clause, if it does."""
    written = key.partition(".")[0]
    decided = adoption.value.clauses.get(written)
    if decided in (None, "keep"):
        return None
    return adoption.place("clauses", written, key=True)


def _place(document: Document, identity: str) -> Place | None:
    places: Iterator[Place | None] = (
        getattr(node, "place", None)
        for node in walk(document.parts)
        if getattr(node, "id", "") == identity
    )
    return next(places, None)


def _check_history(
    before: Document, adoption: Located[AdoptionFile], document: Document, problems: Problems
) -> None:
    """Rows from before policygen that were printed in an approved version stay as they were."""
    now = {row for row in document.versions if not row.change}
    for row in before.versions:
        if not row.change and row not in now:
            says = f"version `{row.version}` of the history is not as version `{before.version}` was approved with"
            problems.add(
                "history-rewritten", says, adoption.place("history"), "write the row as it was"
            )
