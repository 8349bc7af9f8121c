"""What an edition says about itself: its files with their digests, and what changed since the edition before, and why.

`changes.yaml` is written by the author of the next edition; `edition.yaml` is written by `publish`, and never again.
"""

import datetime
import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from policygen.compare.comparison import Declared
from policygen.compare.words import Owner
from policygen.files.fields import (
    DayOrMonth,
    Dotted,
    FileModel,
    Group,
    Id,
    Many,
    Maybe,
    Words,
    YesNo,
)
from policygen.files.yamledit import as_yaml
from policygen.ground.dates import first_day

NoteClass = Literal["editorial", "material"]
"""What a change asks of a school: acceptance under a delegation, or approval."""


def _one_or_many(written: Any) -> Any:
    return [written] if isinstance(written, str) else written


Ids = Annotated[tuple[Id, ...], BeforeValidator(_one_or_many), Field(strict=False)]
"""One id or a list of them."""

Names = Annotated[tuple[Words, ...], BeforeValidator(_one_or_many), Field(strict=False)]
"""One name or a list of them."""


class ChangeNote(FileModel):
    """One change of an edition, explained."""

    clauses: Ids = ()
    """Ids of clauses, sections, forms and other blocks."""
    questions: Names = ()
    keys: Names = ()
    """Keys of template.yaml: title, adoption, sections …"""
    class_: NoteClass = Field(alias="class")
    must: YesNo
    """Whether schools must take it, or may."""
    reason: Words


class AnswerChanges(FileModel):
    """What becomes of the answers that schools have given."""

    renamed: Group[Words] = Field(default_factory=dict)
    """Old question to new question."""
    options: Group[Group[Words]] = Field(default_factory=dict)
    """By question, old option to new option."""
    retired: Group[Words] = Field(default_factory=dict)
    """QUESTION or QUESTION.OPTION to the reason."""


class ExtendedEdition(FileModel):
    """The edition of another issuer over which an edition is put."""

    template: Id
    edition: Dotted
    digest: Words


class EditionRecord(FileModel):
    """`edition.yaml`: one published edition, as `publish` wrote it."""

    record: Literal[1] = 1
    template: Id
    edition: Dotted
    issued: DayOrMonth
    previous: str = ""
    """The edition before; empty for the first."""
    previous_digest: str = ""
    extends: Maybe[ExtendedEdition] = None
    digest: str
    """SHA-256 over the digests of all files and over everything else that this record says."""
    files: dict[str, str]
    """SHA-256 of each file of the edition, by path in its folder; edition.yaml itself left out."""
    changes: Many[ChangeNote] = ()
    moved: Group[Id] = Field(default_factory=dict)
    """Ids that stand in another section now, with the id of that section."""
    renamed: Group[Id] = Field(default_factory=dict)
    """Old id to new id, wherever it stands."""
    split: Group[Ids] = Field(default_factory=dict)
    """Old id to new ids."""
    merged: Group[Ids] = Field(default_factory=dict)
    """New id to old ids."""
    retired: Group[Words] = Field(default_factory=dict)
    """Old id to the reason why it is gone."""
    answers: AnswerChanges = Field(default_factory=AnswerChanges)

    @property
    def issued_on(self) -> datetime.date:
        """The day from which it counts as issued."""
        return first_day(self.issued)

    @property
    def new_ids(self) -> dict[str, tuple[str, ...]]:
        """Old id to the ids that it became: one (renamed, or merged with others), several (split), none (retired)."""
        merged = {old: (new,) for new, olds in self.merged.items() for old in olds}
        renamed = {old: (new,) for old, new in self.renamed.items()}
        return {**renamed, **self.split, **merged, **dict.fromkeys(self.retired, ())}

    @property
    def notes(self) -> dict[str, ChangeNote]:
        """The explanation of each clause, section or form that changed, by id; the gravest where there are several."""
        graver = sorted(self.changes, key=lambda note: note.class_ == "material")
        return {identity: note for note in graver for identity in note.clauses}


def edition_digest(said: Mapping[str, Any]) -> str:
    """The digest of an edition: SHA-256 over what its record says, the digests of its files among it, `digest` not."""
    form = {key: value for key, value in said.items() if key != "digest"}
    text = json.dumps(
        ["policygen edition 1", form], ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
    return hashlib.sha256(text.encode()).hexdigest()


def digest_of_record(record: EditionRecord) -> str:
    """The digest that a record must state."""
    return edition_digest(_said(record))


def with_digest(record: EditionRecord) -> EditionRecord:
    """The record with its digest filled in."""
    return record.model_copy(update={"digest": digest_of_record(record)})


def written_edition_record(record: EditionRecord) -> str:
    """The text of edition.yaml. The same record gives the same text."""
    head = "# Written by `policygen publish`. No file of a published edition is ever changed."
    return "\n".join([head, *_lines(_said(record), "")]) + "\n"


def _said(record: EditionRecord) -> dict[str, Any]:
    """What a record says, by key, without what says nothing; days as text."""
    said = record.model_dump(mode="json", by_alias=True)
    said["answers"] = {key: value for key, value in said["answers"].items() if value}
    said["changes"] = [
        {key: value for key, value in note.items() if value not in ((), [], "")}
        for note in said["changes"]
    ]
    return {key: value for key, value in said.items() if value not in ("", [], {}, None)}


def _lines(held: Mapping[str, Any], indent: str) -> list[str]:
    lines: list[str] = []
    for key, value in held.items():
        lines += _block(key, value, indent)
    return lines


def _block(key: str, value: Any, indent: str) -> list[str]:
    match value:
        case dict():
            return [f"{indent}{as_yaml(key)}:", *_lines(value, f"{indent}  ")]
        case [dict(), *_]:
            lines = [f"{indent}{key}:"]
            for item in value:
                first, *rest = _lines(item, f"{indent}    ")
                lines += [f"{indent}  - {first.strip()}", *rest]
            return lines
        case _ if key == "issued":
            return [f"{indent}{key}: {value}"]
        case _:
            return [f"{indent}{as_yaml(key)}: {as_yaml(value)}"]


def chain(records: Sequence[EditionRecord], identity: str) -> tuple[str, ...]:
    """The ids that an id of the edition before `records` has become after all of them, in order."""
    ids: tuple[str, ...] = (identity,)
    for record in records:
        becomes = record.new_ids
        # Two ids of one clause may have been merged again on the way: each id counts once.
        ids = tuple(dict.fromkeys(new for old in ids for new in becomes.get(old, (old,))))
    return ids


def declared(records: Sequence[EditionRecord]) -> Declared:
    """What the records of several editions, oldest first, say to a comparison of what stands before and after them."""
    olds = dict.fromkeys(old for record in records for old in record.new_ids)
    became = {old: chain(records, old) for old in olds}
    renamed = {old: now for old, now in became.items() if now and now != (old,)}
    classes: dict[str, NoteClass] = {}
    for index, record in enumerate(records):
        for identity, note in record.notes.items():
            for new in chain(records[index + 1 :], identity) or (identity,):
                if classes.get(new) != "material":
                    classes[new] = note.class_
    ended = (old for old, now in became.items() if len(now) != 1)
    owners: dict[str, Owner] = dict.fromkeys((*classes, *ended), "issuer")
    return Declared(renamed, owners, dict(classes), complete=bool(records))
