"""The files of a register as values.

`schools/SCHOOL/register/POLICY/` holds `register.json`, a list of entries, each with the digest of the one before;
`register.sha256`, the digest of that file; one folder for each version with its frozen files and `version.json`, which
has the digest of every one of them; and `signatures/`, one CSV file for each list of signatures that was recorded.
Nothing here is rewritten: the list of entries only grows, and the other files stay as they are.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from policygen.compare.comparison import ChangeClass as ClauseClass
from policygen.language.document import ApprovalRow, VersionRow
from policygen.model.template import Body

R = TypeVar("R", bound="Record")

ChangeClass = Literal["details", "editorial", "material", "review"]
"""What follows: nothing (details), acceptance under a delegation, approval. A `review` changes no text at all."""
MinutesStatus = Literal["draft", "signed"]
_GRAVITY: tuple[ClauseClass, ...] = ("details", "editorial", "material")


class Record(BaseModel):
    """A group of keys in a file that only the program writes."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Content(Record):
    """What a version binds to: the content digest and the short code of it that people read."""

    digest: str
    code: str


class Approval(Record):
    """One decision about a version."""

    body: Body | str
    """Who decided; for editorial changes the role that accepted them, by its key in school.yaml."""
    name: str
    """As it prints: "Full governing board"."""
    date: datetime.date
    minute: str
    """Empty where a role accepted editorial changes; `delegation` then says by which minute it may."""
    minutes_status: MinutesStatus = "draft"
    """As it was when the version was approved; later entries of the register say when minutes were signed."""
    signatory: str = ""
    """Who signs for the body: a name, or the office where no name may print."""
    office: str = ""
    """In which office they sign."""
    delegation: str = ""
    """The minute under which a body below the level required, or a role, may decide; empty where none is needed."""

    @property
    def by_body(self) -> bool:
        """Whether a body decided, and not a role that accepts editorial changes."""
        return bool(self.minute)

    @property
    def row(self) -> ApprovalRow:
        """The decision as documents print it."""
        return ApprovalRow(
            self.name, self.date, self.minute, self.signatory, self.delegation, self.office
        )


class Amendment(Record):
    """Why a version was made: its row of the amendment history."""

    author: str
    reason: str
    clauses: dict[str, ChangeClass] = Field(default_factory=dict)
    """Every clause whose text differs from the version before, by id, with the class of the change."""


class FrozenFile(Record):
    """Size and SHA-256 of one frozen file."""

    bytes: int
    sha256: str


class VersionRecord(Record):
    """`version.json`: one version of one policy, and all that was frozen of it."""

    record: Literal[1] = 1
    school: str
    policy: str
    title: str
    version: str
    edition: str
    issuer: str
    change: ChangeClass
    content: Content
    approvals: tuple[Approval, ...]
    """In turn; none for a version that changes details only."""
    amendment: Amendment
    released: datetime.date
    """The day from which it is in force: of the last approval, or the day on which details were released."""
    next_review: datetime.date
    review_term: str = ""
    """The slot of the school year that ends with that day, such as "Autumn 2"; empty for a day of its own."""
    previous: str
    """SHA-256 of the version.json of the version before; empty for the first."""
    files: dict[str, FrozenFile]
    """By path in the folder of the version, version.json itself left out."""
    sealed: tuple[str, ...] = ()
    """Those of the files that carry a digital signature."""

    @property
    def row(self) -> VersionRow:
        """Its row of the amendment history."""
        minutes = ", ".join(
            each.minute or f"{each.delegation} (delegation)" for each in self.approvals
        )
        return VersionRow(
            self.version,
            self.released,
            self.amendment.author,
            self.amendment.reason,
            minutes,
            self.change,
        )

    @property
    def minuted(self) -> bool:
        """Whether a body decided about it, so that there are minutes of that."""
        return any(approval.by_body for approval in self.approvals)


class VersionEntry(Record):
    """A version that was frozen."""

    entry: Literal["version"] = "version"
    version: str
    sha256: str
    """Of its version.json."""
    previous: str
    """Digest of the entry before; empty for the first. So in every entry."""


class EndorsementEntry(Record):
    """The decision of the first of two bodies, before the second has decided."""

    entry: Literal["endorsement"] = "endorsement"
    version: str
    content: Content
    approval: Approval
    previous: str


class MinutesEntry(Record):
    """Minutes that were draft when the version was approved have been signed."""

    entry: Literal["minutes"] = "minutes"
    version: str
    minute: str
    signed_on: datetime.date
    previous: str


class SignaturesEntry(Record):
    """A list of signatures was recorded."""

    entry: Literal["signatures"] = "signatures"
    version: str
    file: str
    """Below the register, such as signatures/0001.csv."""
    sha256: str
    recorded: datetime.date
    previous: str


class WithdrawalEntry(Record):
    """The policy was withdrawn: from that day on no version of it is in force, until a body approves another."""

    entry: Literal["withdrawal"] = "withdrawal"
    version: str
    """The one that was in force."""
    approval: Approval
    """Who decided that, when and under which minute."""
    reason: str
    replaced_by: str = ""
    """The policy of the school that stands in its place; empty for none."""
    previous: str


Fact = Literal[
    "minute",
    "date",
    "body",
    "name",
    "signatory",
    "office",
    "delegation",
    "author",
    "released",
    "next_review",
    "withdrawal",
]
"""What can be corrected: keys of an approval or, without a decision, of a version and its amendment.

A `withdrawal` that was recorded by mistake has its day as the old fact, and nothing as the new one.
"""


OF_VERSIONS: frozenset[Fact] = frozenset(("author", "released", "next_review"))
"""Those of a version; the others are of a decision about it."""
DAYS: frozenset[Fact] = frozenset(("date", "released", "next_review"))


class Change(Record):
    """One fact as it was recorded, and as it is."""

    version: str
    decision: Literal["", "approval", "withdrawal"]
    """Whether it is a fact of a decision about the version; empty for one of the version itself."""
    content: str = ""
    """The content code that was approved: a text that changed meanwhile has another; empty but for an approval."""
    body: str = ""
    """Whose decision it is, as that is recorded; empty without a decision."""
    fact: Fact
    old: str
    """As text, a day as YYYY-MM-DD; so is the new one."""
    new: str

    @model_validator(mode="after")
    def _is_a_fact(self) -> Change:
        """Raises ValueError where there is no such fact, or no such day."""
        if self.fact == "withdrawal":
            fits = self.decision == "withdrawal" and not self.new
        else:
            fits = bool(self.decision) != (self.fact in OF_VERSIONS)
        if not fits:
            raise ValueError(f"`{self.fact}` cannot be corrected of `{self.decision}`")
        days = (self.old, self.new) if self.fact in DAYS else ()
        for day in (self.old,) if self.fact == "withdrawal" else days:
            datetime.date.fromisoformat(day)
        return self


class CorrectionEntry(Record):
    """Facts that were recorded by mistake. What is frozen stays as it is; every view reads the new facts."""

    entry: Literal["correction"] = "correction"
    version: str
    """The one that it is about; others may stand on its decision, and have changes, too."""
    changes: tuple[Change, ...]
    on: datetime.date
    by: str
    """Who corrected it, in words."""
    reason: str
    previous: str


class TakenBackEntry(Record):
    """A signature that was recorded by mistake: nobody has given it."""

    entry: Literal["taken-back"] = "taken-back"
    version: str
    name: str
    form: str
    date: datetime.date
    on: datetime.date
    by: str
    reason: str
    previous: str


class RenameEntry(Record):
    """Somebody has another name: what was signed under the old one before this entry is signed by the same person."""

    entry: Literal["rename"] = "rename"
    old: str
    new: str
    on: datetime.date
    by: str
    previous: str


Entry = Annotated[
    VersionEntry
    | EndorsementEntry
    | MinutesEntry
    | SignaturesEntry
    | WithdrawalEntry
    | CorrectionEntry
    | TakenBackEntry
    | RenameEntry,
    Field(discriminator="entry"),
]


class RegisterFile(Record):
    """`register.json`: what happened to one policy of one school, in order."""

    register_: Literal[1] = Field(1, alias="register")
    school: str
    policy: str
    entries: tuple[Entry, ...] = ()


def gravest(*said: Mapping[str, ChangeClass]) -> dict[str, ClauseClass]:
    """What several say of how grave the changes of clauses are; of each clause the gravest that is said."""
    classes: dict[str, ClauseClass] = {}
    for each in said:
        for clause, change in each.items():
            if change == "review":
                continue
            if _GRAVITY.index(change) >= _GRAVITY.index(classes.get(clause, "details")):
                classes[clause] = change
    return classes


def read_record(text: str, kind: type[R]) -> R:
    """A record out of its JSON. Raises ValueError."""
    try:
        return kind.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        raise ValueError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from error


def written_record(record: Record) -> bytes:
    """A record as the JSON that is written, indented, with a line break at its end."""
    return (json.dumps(_json(record), ensure_ascii=False, indent=1) + "\n").encode()


def digest_of(record: Record) -> str:
    """SHA-256 of a record in its canonical form: keys sorted, no spaces."""
    text = json.dumps(_json(record), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _json(record: Record) -> Any:
    return record.model_dump(mode="json", by_alias=True)
