"""Law and guidance that policies cite, from a library that comes with the program: one release repairs every policy."""

import datetime
import re
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import AfterValidator, Field, model_validator

from policygen.diagnostics import InputError, Problems
from policygen.fields import Day, FileModel, Many, Maybe, Words, refusal
from policygen.yamlfile import read_yaml


def _compiles(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise refusal("bad-value", f"{{name}} is no regular expression: {error}") from None
    return pattern


LawId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$")]


class LawEntry(FileModel):
    """One law, regulation or piece of guidance."""

    cite: Words
    """The words that print."""
    year: int
    since: Maybe[Words] = Field(None, alias="from")
    """The day, month or year from which it is in force, where that was looked up."""
    evidence: Literal["page", "repo", "own"]
    """How it was checked: read on a public page, seen in a repository, or known and not checked."""
    note: Maybe[Words] = None
    source: Maybe[Words] = None


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
    since: Maybe[Words] = None
    replaced_by: Many[LawId] = ()
    instead: Maybe[Words] = None
    """What to write where no entry of the library replaces it."""
    evidence: Literal["page", "repo", "own"]
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
        for name, entry in self.no_longer.items():
            for target in entry.replaced_by:
                if target not in self.current:
                    message = f"`{target}`, which replaces `{name}`, is not under `current`"
                    raise refusal("bad-value", message, "", "no_longer", name)
        return self

    def names(self) -> dict[str, str]:
        """The citation of each entry, by id, as texts use it: `{{ law.uk_gdpr }}`."""
        return {name: entry.cite for name, entry in self.current.items()}

    def outdated(self, as_of: datetime.date) -> bool:
        """Whether its own review date is past on a day."""
        return as_of > self.review_due


@cache
def read_law() -> LawLibrary:
    """The library that comes with the program. Raises InputError when it is faulty, which is a fault of the release."""
    problems = Problems()
    text = files("policygen").joinpath("data", "law.yaml").read_text(encoding="utf-8")
    library = read_yaml(text, "policygen/data/law.yaml", LawLibrary, problems)
    if library is None:
        raise InputError(problems)
    return library.value
