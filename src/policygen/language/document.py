"""The document tree: what every product (HTML, PDF, plain text, digest, redline) reads.

Nodes are frozen and hold no text to be parsed again. Compose makes them; nothing changes them
afterwards. `place` says where a node was written; it is no part of its meaning and takes no part in comparison.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields, replace
from operator import is_
from typing import TYPE_CHECKING, Any, Literal, TypeVar, assert_never, get_args

from policygen.ground.dates import Month
from policygen.ground.diagnostics import Place

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

N = TypeVar("N", bound="DataclassInstance")

ADDED_SIDES = (".before", ".after")
"""What the id of an addition ends with. No id that an author gives has a full stop."""
Adapt = Literal["locked", "free", "optional", "required"]
Audience = Literal["staff", "pupils", "parents", "headteachers", "everyone"]
ListStyle = Literal["bullet", "number", "letter", "roman"]
PartKind = Literal["section", "appendix", "form"]
Layer = Literal["issuer", "school", "policy", "law"]
ValueClass = Literal["details", "material", "record"]


# --- inline ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Text:
    """Words of the author."""

    text: str


@dataclass(frozen=True, slots=True)
class Value:
    """A fact or an answer, printed as it is. A line break in it is a line break in print; nothing else is special."""

    text: str
    name: str
    """The expression that printed it, such as `people.dsl.name`."""
    layer: Layer
    """Who decides it."""
    kind: ValueClass
    """`details` may change without a new approval; what the `record` says of a version is not what is approved."""
    typed: bool = False
    """Whether the author typed it, in quotes within an expression: then it is checked as words of the text."""
    address: str = field(default="", compare=False)
    """Where a reader finds a law that it cites; as a mere way to it, no part of the content digest."""


@dataclass(frozen=True, slots=True)
class Emphasis:
    """Stressed words."""

    children: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Strong:
    """Strongly stressed words."""

    children: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Code:
    """Something to type as it stands."""

    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """A link to an address outside the document (https, http, mailto, tel)."""

    address: str
    children: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class ReferenceMark:
    """A reference as written, before numbering. No finished document holds one."""

    targets: tuple[str, ...]
    children: tuple[Inline, ...]
    place: Place | None = field(default=None, compare=False)
    manner: Literal["", "number", "capital"] = ""
    """Whether its number prints without a noun, or its noun with a capital wherever it stands."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference to one place of this document, with the words that print: "paragraph 4.1"."""

    target: str
    children: tuple[Inline, ...]
    said: str = field(default="", compare=False)
    """What it leads to, where its words say too little by themselves: "section 15" of "sections 14 and 15"."""


@dataclass(frozen=True, slots=True)
class FootnoteMark:
    """The mark of a footnote in the text."""

    id: str
    number: str = ""
    first: bool = False
    """Whether it is the first of its footnote on a page, to which the note leads back: told when a page is made."""


@dataclass(frozen=True, slots=True)
class LineBreak:
    """A line break that the author asked for."""


@dataclass(frozen=True, slots=True)
class Image:
    """A picture of the template or school."""

    path: str
    """Relative to the workspace."""
    alt: str
    """What it shows; empty where it only decorates."""
    place: Place | None = field(default=None, compare=False)
    digest: str = ""
    """SHA-256 of its bytes; empty in versions that were registered before pictures knew it."""


Inline = (
    Text
    | Value
    | Emphasis
    | Strong
    | Code
    | Link
    | ReferenceMark
    | Reference
    | FootnoteMark
    | LineBreak
    | Image
)


# --- blocks ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph."""

    children: tuple[Inline, ...]
    id: str = ""
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Subhead:
    """A heading without a number that is no section of its own. Level 2 stands directly below a section's title."""

    level: int
    children: tuple[Inline, ...]
    id: str = ""
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a list."""

    blocks: tuple[Block, ...]
    label: str = ""
    """As printed: "(a)", "(ii)", "3."; empty for a bullet."""
    id: str = ""
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class ItemList:
    """A list below a clause or in running text."""

    style: ListStyle
    items: tuple[Item, ...]
    start: int = 1
    """The number of its first item; more than 1 where it goes on from a list before it."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table; without children it is a blank to fill in."""

    children: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table."""

    caption: tuple[Inline, ...]
    head: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]
    id: str = ""
    place: Place | None = field(default=None, compare=False)
    labelled: bool = True
    """Whether the first cell of each row says what the others are about; in a table without a head it always does."""
    landscape: bool = False
    """Whether it stands on pages that are turned; as nothing but how it looks, no part of the content digest."""


@dataclass(frozen=True, slots=True)
class Callout:
    """One thing to remember, or the key points."""

    kind: Literal["remember", "key-points"]
    label: tuple[Inline, ...] = field(default=(), kw_only=True)
    """Its own heading, in place of the usual one; empty for the usual one."""
    blocks: tuple[Block, ...]
    id: str = ""
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Quote:
    """A quotation and its source."""

    blocks: tuple[Block, ...]
    source: tuple[Inline, ...] = ()
    id: str = ""
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class SignatureBlock:
    """Fields that one person fills in by hand."""

    signatory: str
    """Who signs, such as "Member of staff"."""
    fields: tuple[tuple[Inline, ...], ...]
    id: str = ""
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class AudiencePart:
    """A part meant for one audience."""

    audience: Audience
    blocks: tuple[Block, ...]
    id: str = ""
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Definition:
    """A term and what it means here."""

    term: tuple[Inline, ...]
    meanings: tuple[tuple[Block, ...], ...]


@dataclass(frozen=True, slots=True)
class Definitions:
    """Terms and their meanings."""

    entries: tuple[Definition, ...]


@dataclass(frozen=True, slots=True)
class Clause:
    """One numbered paragraph with all that belongs to it, or a paragraph without a number that has an id."""

    id: str
    blocks: tuple[Block, ...]
    title: tuple[Inline, ...] = ()
    """The heading of a clause with a title (3.8 Personal use of the internet)."""
    number: str = ""
    """Computed; empty where it prints none."""
    numbered: bool = True
    adapt: Adapt = "locked"
    local: str = ""
    """Empty, or what the school did: "replaced", "added", or either against agreed wording: "deviation"."""
    level: int = 2
    """Heading depth of its number, for number-only headings."""
    owners: tuple[str, ...] = ()
    """Issuers that wrote or changed it, from the first to the last; none where the policy has one issuer only."""
    place: Place | None = field(default=None, compare=False)

    @property
    def is_addition(self) -> bool:
        """Whether it was added beside a clause, whose id it has with the side: `report-loss.after`."""
        return self.id.endswith(ADDED_SIDES)


def is_group(clause: Clause) -> bool:
    """Whether it is a heading without a number, with all that stands below it."""
    return bool(clause.title) and not clause.numbered and not clause.number


def unit_of(item: Item) -> Clause | None:
    """The clause that an item of a list is, where a school may decide about it by itself; None for any other item."""
    match item.blocks:
        case (Clause(title=()) as unit,):
            return unit
        case _:
            return None


def opened(item: Item) -> Item:
    """An item as it prints: what a clause in it holds is its own, and so is the id."""
    unit = unit_of(item)
    if unit is None:
        return item
    return replace(item, blocks=unit.blocks, id=unit.id)


@dataclass(frozen=True, slots=True)
class Section:
    """A section, appendix or form with its title; in a template with numbered headings, sections hold sections."""

    id: str
    title: tuple[Inline, ...]
    blocks: tuple[Block, ...]
    level: int = 1
    number: str = ""
    """Computed: "4", "4.1.2"; for an appendix "1"; empty where it prints none."""
    numbered: bool = True
    kind: PartKind = "section"
    contents: bool = True
    """Whether the contents may list it."""
    audience: Audience = "everyone"
    flat: bool = False
    """Whether its clauses count from 1 by themselves, without its own number before them."""
    one_page: bool = False
    """Whether a form must go on one page."""
    signed_by: Literal["", "staff", "pupils", "parents", "holders"] = ""
    """Who signs a form; empty for what is none."""
    name: str = ""
    """Of its file, without ending."""
    footnotes: tuple[Footnote, ...] = ()
    place: Place | None = field(default=None, compare=False)

    @property
    def label(self) -> str:
        """What prints before its title: "4", "Appendix 2", "A2.1", or nothing."""
        if self.kind != "section" and self.number.isdecimal():
            return f"Appendix {self.number}"
        return self.number


@dataclass(frozen=True, slots=True)
class Footnote:
    """A note at the end of its section."""

    id: str
    number: str
    blocks: tuple[Block, ...]


Block = (
    Paragraph
    | Subhead
    | ItemList
    | Table
    | Callout
    | Quote
    | SignatureBlock
    | AudiencePart
    | Definitions
    | Clause
    | Section
)
Node = Inline | Block | Item | Cell | Definition | Footnote


# --- the whole ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One row of the version table and of the amendment history."""

    version: str
    date: datetime.date | Month | None
    """None while the version is a draft, or where it is `undated`; only a month where an old record says no more."""
    author: str
    reason: str
    minute: str
    """Minute number; empty where there is none."""
    change: Literal["", "details", "editorial", "material", "review"] = ""
    """What kind of change it was; empty for a draft, and for versions from before policygen."""
    undated: bool = False
    """Whether it is a version from before policygen of which nobody recorded the date."""


@dataclass(frozen=True, slots=True)
class ApprovalRow:
    """One decision about a version, as its approval record prints it."""

    by: str
    """The body: "Full governing board"; or the role to which the decision was delegated."""
    date: datetime.date
    minute: str
    signatory: str = ""
    """Who signs for it: a name, or an office where no name may print."""
    delegation: str = ""
    """The minute under which a lower body, or a role, decided."""
    office: str = ""
    """In which office they sign: "Chair of Governors"; empty in records of before this was kept."""


@dataclass(frozen=True, slots=True)
class Signatory:
    """One who signs the approval record."""

    role: str
    """As it prints: "Designated safeguarding lead"."""
    name: str = ""
    """Empty where it is written by hand: nobody holds the role, or the school does not publish the name."""


@dataclass(frozen=True, slots=True)
class RecordRow:
    """A row that a model policy adds to the approval record."""

    label: str
    said: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Branding:
    """How a school's documents look; no part of the content digest."""

    logo: str = ""
    """Path relative to the workspace, or empty."""
    logo_alt: str = ""
    strapline: str = ""
    footer: str = ""
    colour: str = "#1d3f6e"


@dataclass(frozen=True, slots=True)
class Front:
    """How a policy begins, and what its approval record says. No part of the content digest."""

    cover: bool = True
    """Whether there is a cover page; without one the policy is set compactly."""
    record: Literal["versions", "box", "table"] = "versions"
    level: str = ""
    """The body that the model policy asks for: "full governing board"."""
    body: str = ""
    """The body that decides in this school; empty where it is the one that the model policy asks for."""
    signatory: str = ""
    """Who signs for that body: the name, or the office where the school does not publish the name."""
    office: str = ""
    """In which office they sign: "Chair of Governors"."""
    owner: str = ""
    """The role that looks after the policy; empty where neither model policy nor school names one."""
    approvals: tuple[ApprovalRow, ...] = ()
    """The decisions that stand for this version, in turn; none while it is a draft."""
    signatories: tuple[Signatory, ...] = ()
    """Who signs it by hand beside the body, where the model policy asks for that."""
    rows: tuple[RecordRow, ...] = ()
    """What the record says besides."""


@dataclass(frozen=True, slots=True)
class Document:
    """An adopted policy, composed: numbered, every reference resolved, ready for any product."""

    school_id: str
    policy_id: str
    school_name: str
    title: str
    short_title: str
    issuer_name: str
    edition: str
    version: str
    """The version that is being prepared or was approved."""
    versions: tuple[VersionRow, ...]
    """Oldest first; the last one is this version."""
    review_months: int
    contents_depth: int
    sections: tuple[Section, ...]
    forms: tuple[Section, ...]
    """Those that stand before the appendices."""
    appendices: tuple[Section, ...]
    """In the order in which they print, with the forms that are among them."""
    branding: Branding
    front: Front = Front()
    audience: Audience = "everyone"
    """For whom the policy as a whole is meant."""
    language: str = "en-GB"
    review_term: str = ""
    """The slot of the school year in which it is reviewed, such as "Autumn 2"; empty for any day."""

    @property
    def parts(self) -> tuple[Section, ...]:
        """Sections, forms and appendices in the order in which they print."""
        return (*self.sections, *self.forms, *self.appendices)

    @property
    def every_form(self) -> tuple[Section, ...]:
        """The forms, wherever they stand, in the order in which they print."""
        return tuple(part for part in self.parts if part.kind == "form")


@dataclass(frozen=True, slots=True)
class ContentsLine:
    """One line of the contents."""

    target: str
    label: str
    title: tuple[Inline, ...]
    level: int
    kind: PartKind


def contents(document: Document) -> tuple[ContentsLine, ...]:
    """The lines of the contents, down to the document's depth, in the order in which they print."""

    def lines(section: Section) -> Iterator[ContentsLine]:
        if not section.contents or section.level > document.contents_depth:
            return
        yield ContentsLine(section.id, section.label, section.title, section.level, section.kind)
        for block in section.blocks:
            if isinstance(block, Section):
                yield from lines(block)

    return tuple(line for part in document.parts for line in lines(part))


_NODES = frozenset(get_args(Node))
_BRANCHES = {
    kind: tuple(each.name for each in reversed(fields(kind)) if str(each.type).startswith("tuple"))
    for kind in (*get_args(Node), Document)
}
"""The fields of each kind of node that hold others, the last one first."""


def walk(*nodes: object) -> Iterator[Node]:
    """Every node below and including these, in reading order."""
    ahead: list[Any] = [*reversed(nodes)]
    while ahead:
        node = ahead.pop()
        kind = type(node)
        if kind is tuple:
            ahead.extend(reversed(node))
        elif kind in _BRANCHES:
            if kind in _NODES:
                yield node
            if branches := _BRANCHES[kind]:
                ahead.extend(inner for name in branches if (inner := getattr(node, name)))


def rebuild(node: N, change: Callable[[Any], Any]) -> N:
    """A copy of a node in which `change` was applied to every node below it, innermost first.

    `change` gives back a node, or a tuple of nodes to stand in its place.
    """

    def below(value: tuple[Any, ...]) -> tuple[Any, ...]:
        made: list[Any] = []
        for each in value:
            if isinstance(each, tuple):
                made.append(below(each))
            elif type(each) in _NODES:
                changed = change(rebuild(each, change))
                made.extend(changed if isinstance(changed, tuple) else (changed,))
            else:
                made.append(each)
        same = len(made) == len(value) and all(map(is_, made, value))
        return value if same else tuple(made)

    parts = {}
    names = (
        reversed(_BRANCHES[type(node)])
        if type(node) in _BRANCHES
        else (each.name for each in fields(node))
    )
    for name in names:
        value = getattr(node, name)
        if isinstance(value, tuple) and (new := below(value)) is not value:
            parts[name] = new
    return replace(node, **parts) if parts else node


def plain(children: tuple[Inline, ...]) -> str:
    """The words of inline nodes, as a reader hears them. An image gives its alternative text."""
    return "".join(_plain(node) for node in children)


def _plain(node: Inline) -> str:
    match node:
        case Text(text=text) | Value(text=text) | Code(text=text):
            return text
        case Emphasis(children=children) | Strong(children=children) | Link(children=children):
            return plain(children)
        case Reference(children=children) | ReferenceMark(children=children):
            return plain(children)
        case LineBreak():
            return "\n"
        case FootnoteMark():
            return ""
        case Image(alt=alt):
            return alt
        case _:
            assert_never(node)
