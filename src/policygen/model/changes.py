"""`changes.yaml`: what its author says of the changes of the edition that is about to be published."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from policygen.files.fields import Dotted, FileModel, Group, Id, Many, Words, YesNo
from policygen.model.edition_record import Ids, Names, NoteClass


def _nothing_yet(written: Any) -> Any:
    return {} if written is None else written


def _none_yet(written: Any) -> Any:
    return () if written is None else written


class ChangeEntry(FileModel):
    """One change and its reason. What the author has not filled in yet is None."""

    clauses: Ids = ()
    questions: Names = ()
    keys: Names = ()
    class_: NoteClass | None = Field(None, alias="class", examples=["material"])
    must: YesNo | None = None
    reason: Words | None = None


class AnswerEntries(FileModel):
    """What becomes of answers."""

    renamed: Group[Words] = Field(default_factory=dict)
    options: Group[Group[Words]] = Field(default_factory=dict)
    retired: Group[Words | None] = Field(default_factory=dict)


class ChangesFile(FileModel):
    """`changes.yaml`: what changes with the edition that is about to be published, and why."""

    edition: Dotted = Field(examples=["2026.2"])
    changes: Annotated[Many[ChangeEntry], BeforeValidator(_none_yet)] = ()
    renamed: Group[Id] = Field(default_factory=dict)
    """Old id to new id."""
    split: Group[Ids] = Field(default_factory=dict)
    """Old id to new ids."""
    merged: Group[Ids] = Field(default_factory=dict)
    """New id to old ids."""
    retired: Group[Words | None] = Field(default_factory=dict)
    """Old id to the reason."""
    answers: Annotated[AnswerEntries, BeforeValidator(_nothing_yet)] = Field(
        default_factory=AnswerEntries
    )
