"""Law and guidance that policies cite, from a library that comes with the program: one release repairs every policy.

A workspace may add to the library and correct it, in a file of its own.
"""

import datetime
import re
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from typing import Annotated, Any, Literal, Self, TypeAlias

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Discriminator,
    Field,
    Tag,
    WithJsonSchema,
    model_validator,
)

from policygen.files.fields import Day, FileModel, Many, Maybe, Words, YesNo, refusal
from policygen.files.yamlfile import Located, read_data
from policygen.ground.diagnostics import Problems
from policygen.ground.limits import PATTERNS
from policygen.ground.patterns import why_slow
from policygen.ground.wording import meant_or_known


def _compiles(pattern: str) -> str:
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise refusal("bad-value", f"{{name}} is no regular expression: {error}") from None
    return pattern


def _quick(entry: "OldEntry") -> "OldEntry":
    """An entry whose pattern cannot take for ever, whatever the text. Those of the library are tried by its tests."""
    if wrong := why_slow(entry.pattern):
        hint = "say how many there may be, as in `.{0,40}`, and put no repeat within a repeat"
        raise refusal("bad-value", f"`pattern` {wrong}", hint, "pattern")
    return entry


LawId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$")]


def _moment(value: Any) -> Any:
    written = (
        str(value)
        if isinstance(value, int | datetime.date) and not isinstance(value, bool)
        else value
    )
    if not isinstance(written, str) or not _is_moment(written):
        raise refusal(
            "bad-value", "{name} must be a day, a month or a year", "write `{key}: 2026-09-01`"
        )
    return written


def _is_moment(text: str) -> bool:
    try:
        datetime.date.fromisoformat(text + "-01" * (2 - text.count("-")))
    except ValueError:
        return False
    return re.fullmatch(r"\d{4}(-\d{2}){0,2}", text) is not None


Moment = Annotated[
    str,
    BeforeValidator(_moment),
    WithJsonSchema(
        {
            "type": ["string", "integer"],
            "pattern": r"^\d{4}(-\d{2}){0,2}$",
            "examples": ["2026-09-01"],
        }
    ),
]
"""A day, a month or a year: "2026-09-01", "2026-09", "2026"."""

Evidence: TypeAlias = Literal["page", "repo", "own"]


def entry_id(name: str) -> str:
    """The id in "law.uk_gdpr | sentence_case"."""
    return name.partition(" ")[0].removeprefix("law.")


def moment_days(moment: str) -> tuple[datetime.date, datetime.date]:
    """The first and the last day of a day, month or year as it is written."""
    year, month, day = [*map(int, moment.split("-")), 0, 0][:3]
    first = datetime.date(year, month or 1, day or 1)
    if day:
        return first, first
    after = datetime.date(year + 1, 1, 1)
    if month and month < 12:
        after = datetime.date(year, month + 1, 1)
    return first, after - datetime.timedelta(days=1)


def _address(value: str) -> str:
    if not re.fullmatch(r"https?://[^\s<>\"]+", value):
        hint = "write the whole address, which begins with `https://`"
        raise refusal("bad-value", "{name} is no address of a page", hint)
    return value


Address = Annotated[Words, AfterValidator(_address)]


class Ahead(FileModel):
    """Something that changes on a day ahead."""

    on: Moment
    says: Words
    """What changes then, in a sentence without its full stop."""


class LawEntry(FileModel):
    """One law, regulation or piece of guidance."""

    cite: Words
    """The words that print."""
    short: Maybe[Words] = None
    """What people call it, where that is another word: "KCSIE"."""
    year: int
    since: Maybe[Moment] = Field(None, alias="from")
    """From when it is in force, where that was looked up."""
    until: Maybe[Moment] = None
    """Until when it is, or was, in force. A policy may not cite it after that."""
    replaced_by: Many[LawId] = ()
    """The entries to cite in its place."""
    evidence: Evidence = "own"
    """How it was checked: read on a public page, seen in a repository, or known and not checked."""
    source: Maybe[Words] = None
    """Where it was read."""
    read: Maybe[Day] = None
    """When it was read."""
    link: Maybe[Address] = None
    """The address at which a reader finds it; pages link to it. It may be known without having been read."""
    note: Maybe[Words] = None
    """What is known of it: a text says no more."""
    open: Many[Words] = ()
    """What somebody still has to look up."""
    ahead: Many[Ahead] = ()
    """What changes on a day that was still to come when it was written."""
    review: Maybe[Day] = None
    """After that day somebody must look again, if not that of the whole library."""

    @property
    def checks(self) -> tuple[str, ...]:
        """What somebody still has to look up; of what is known by nobody but the author, all of it."""
        return ("what it says, at its source", *self.open) if self.evidence == "own" else self.open

    @property
    def verified(self) -> bool:
        """Whether it was read on a public page, and nothing about it is still to be looked up."""
        return self.evidence == "page" and not self.checks

    def ended(self, as_of: datetime.date) -> bool:
        """Whether it may no longer be cited on a day."""
        if self.until:
            return as_of.isoformat()[: len(self.until)] > self.until
        return bool(self.replaced_by)


Status: TypeAlias = Literal[
    "superseded",
    "partly-superseded",
    "renamed",
    "defunct",
    "deprecated-term",
    "dead-product",
    "anachronism",
    "watch",
]


class OldEntry(FileModel):
    """What a policy should no longer say: repealed law, a body that is gone, a word that is out of use."""

    pattern: Annotated[Words, AfterValidator(_compiles)]
    """A regular expression, searched in the words of a text."""
    status: Status
    severity: Literal["error", "warning", "note"]
    since: Maybe[Moment] = None
    replaced_by: Many[LawId] = ()
    instead: Maybe[Words] = None
    """What to write where no entry of the library replaces it."""
    evidence: Evidence = "own"
    note: Maybe[Words] = None
    source: Maybe[Words] = None


class LawLibrary(FileModel):
    """What is in force, and until when that may be relied on."""

    as_of: Day
    """The day on which it was compiled."""
    review_due: Day
    """After that day somebody must look again."""
    current: dict[LawId, LawEntry]
    no_longer: dict[LawId, OldEntry] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _replacements_exist(self) -> Self:
        for keys, target in _lost_replacements(self.current, self.no_longer, self.current):
            raise refusal("bad-value", f"there is no `{target}` under `current`", "", *keys)
        return self

    def names(self) -> dict[str, str]:
        """The citation of each entry, by id, as texts use it: `{{ law.uk_gdpr }}`."""
        return {name: entry.cite for name, entry in self.current.items()}

    def outdated(self, as_of: datetime.date) -> bool:
        """Whether its own review date is past on a day."""
        return as_of > self.review_due


Entries: TypeAlias = Mapping[str, LawEntry | OldEntry]


def _lost_replacements(
    current: Entries, no_longer: Entries, known: Collection[str]
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """The keys of each `replaced_by` that names no known entry, and what it names."""
    for group, entries in (("current", current), ("no_longer", no_longer)):
        for name, entry in entries.items():
            for index, target in enumerate(entry.replaced_by):
                if target not in known:
                    yield (group, name, "replaced_by", index), target


# --- a workspace's own ------------------------------------------------------------------------------------------------


def _only_yes(*, off: bool) -> bool:
    if not off:
        raise refusal(
            "bad-value", "`off` can only be true", "write `off: true`, or take the entry out"
        )
    return off


class SwitchedOff(FileModel):
    """An entry of the library's `no_longer` that is not looked for in this workspace."""

    off: Annotated[YesNo, AfterValidator(lambda off: _only_yes(off=off))]
    reason: Words = Field(examples=["Our older policies tell their history"])


OwnOldEntry = Annotated[
    Annotated[OldEntry, AfterValidator(_quick), Tag("<entry>")]
    | Annotated[SwitchedOff, Tag("<off>")],
    Discriminator(
        lambda written: "<off>" if isinstance(written, dict) and "off" in written else "<entry>"
    ),
]


class OwnLaw(FileModel):
    """What a workspace adds to the library, replaces in it or does not want looked for: law.yaml."""

    as_of: Day = Field(examples=["2026-11-20"])
    """The day on which it was written or looked at again."""
    review_due: Maybe[Day] = None
    """After that day somebody must look again; a year after `as_of` if it is not given."""
    current: dict[LawId, LawEntry] = Field(default_factory=dict)
    no_longer: dict[LawId, OwnOldEntry] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _few_enough(self) -> Self:
        for name in [*self.no_longer][PATTERNS : PATTERNS + 1]:
            message = f"there are more than {PATTERNS} entries under `no_longer`"
            raise refusal(
                "bad-value", message, "take out those that no text holds", "no_longer", name
            )
        return self

    @property
    def due(self) -> datetime.date:
        """The day after which somebody must look again."""
        year = datetime.timedelta(days=365)
        return self.review_due or min(self.as_of, datetime.date.max - year) + year


def with_own(library: LawLibrary, own: Located[OwnLaw], problems: Problems) -> LawLibrary:
    """The library with a workspace's own entries added, or in place of those of the same id. Problems are noted."""
    current = {**library.current, **own.value.current}
    no_longer = dict(library.no_longer)
    added: dict[str, OldEntry] = {}
    for name, entry in own.value.no_longer.items():
        if isinstance(entry, OldEntry):
            added[name] = entry
        elif no_longer.pop(name, None) is None:
            hint = meant_or_known(name, [*library.no_longer])
            place = own.place("no_longer", name, key=True)
            problems.add("bad-value", f"the library has no `{name}` under `no_longer`", place, hint)
    for keys, target in _lost_replacements(own.value.current, added, current):
        hint = meant_or_known(target, [*current])
        problems.add("bad-value", f"there is no `{target}` under `current`", own.place(*keys), hint)
    known = {name: entry for name, entry in added.items() if {*entry.replaced_by} <= {*current}}
    return library.model_copy(update={"current": current, "no_longer": {**no_longer, **known}})


@cache
def read_law() -> LawLibrary:
    """The library that comes with the program. Raises InputError when it is faulty, which is a fault of the release."""
    return read_data("law.yaml", LawLibrary)
