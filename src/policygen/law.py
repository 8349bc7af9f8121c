"""Law and guidance that policies cite, from a library that comes with the program: one release repairs every policy."""

import datetime
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal

from pydantic import Field

from policygen.diagnostics import InputError, Problems
from policygen.fields import Day, FileModel, Maybe, Words
from policygen.yamlfile import read_yaml

LawId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$")]


class LawEntry(FileModel):
    """One law, regulation or piece of guidance."""

    cite: Words
    """The words that print."""
    year: int
    evidence: Literal["page", "repo", "own"]
    """How it was checked: read on a public page, seen in a repository, or known and not checked."""
    note: Maybe[Words] = None
    source: Maybe[Words] = None


class LawLibrary(FileModel):
    """What is in force, and until when that may be relied on."""

    as_of: Day
    """The day on which it was compiled."""
    review_due: Day
    """After that day somebody must look again."""
    current: dict[LawId, LawEntry]

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
