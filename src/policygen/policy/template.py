"""What a model policy is, as its template.yaml says it: order, numbering, questions, forms, circular."""

import re
from collections.abc import Callable
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import BeforeValidator, Discriminator, Field, Tag, WithJsonSchema, model_validator

from policygen.files.fields import (
    Day,
    Dotted,
    FileModel,
    Id,
    Many,
    Maybe,
    Months,
    Words,
    YesNo,
    kind_of,
    refusal,
)
from policygen.ground.reviews import Slot
from policygen.ground.wording import join_or, nearest
from policygen.language.document import Adapt, Audience

Numbering = Literal["decimal", "headings", "flat", "none"]
Signer = Literal["staff", "pupils", "parents", "holders"]
Body = Literal["full-board", "committee", "head", "trust-board"]
SignatoryKey = Literal[
    "governor",
    "chair",
    "head",
    "deputy_head",
    "dsl",
    "online_safety_lead",
    "safeguarding_governor",
    "fm_governor",
    "fm_slt_lead",
    "senco",
    "dpo",
    "business_manager",
]
"""Who may be asked to sign an approval record: roles of the school, and `governor` for any governor."""

QUESTION_ID_PATTERN = r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*"
# `answers.items` would be a method of the answers in Jinja, not an answer.
_NOT_QUESTIONS = frozenset(name for name in dir(dict) if not name.startswith("_"))


def _question_id(text: Any) -> Any:
    if text in _NOT_QUESTIONS:
        raise refusal("bad-value", f"`{text}` cannot be the id of a question", f"write `{text}_chosen` or another word")
    if isinstance(text, str) and not re.fullmatch(QUESTION_ID_PATTERN, text):
        like = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")
        hint = f"write `{like}`" if re.fullmatch(QUESTION_ID_PATTERN, like) else ""
        raise refusal("bad-value", f"`{text}` is not lower-case words joined by underscores", hint)
    return text


def _short_form(key: str, what: str) -> Callable[[Any], Any]:
    """Let a text stand for a group of keys that holds it alone, under `key`."""

    def expand(written: Any) -> Any:
        if isinstance(written, str):
            return {key: written}
        if isinstance(written, dict | FileModel) or written is None:
            return written
        raise refusal("wrong-type", f"{{name}} must be {what} or a group of keys, not {kind_of(written)}")

    return expand


def _one_or_two(written: Any) -> Any:
    if isinstance(written, list | tuple) and len(written) not in (1, 2):
        raise refusal("bad-value", "{name} must be one body, or two that decide in turn", "write one or two bodies")
    if not isinstance(written, str):
        return written
    if written not in get_args(Body):
        near = nearest(written, get_args(Body))
        known = join_or(f"`{body}`" for body in get_args(Body))
        raise refusal("bad-value", f"{{name}} must be {known}", near if near.startswith("did") else "")
    return [written]


_BODY_SCHEMA = {"enum": [*get_args(Body)]}
Bodies = Annotated[
    tuple[Body, ...],
    Field(strict=False),
    BeforeValidator(_one_or_two),
    WithJsonSchema({"oneOf": [_BODY_SCHEMA, {"type": "array", "items": _BODY_SCHEMA, "minItems": 1, "maxItems": 2}]}),
]
"""Who approves: one body, or two in turn."""


QuestionId = Annotated[str, Field(pattern=f"^{QUESTION_ID_PATTERN}$"), BeforeValidator(_question_id)]


# --- parts ------------------------------------------------------------------------------------------------------------


class Issuer(FileModel):
    """Who publishes the template."""

    name: Words
    kind: Literal["la", "trust"]
    """la or trust."""
    hr_team: Maybe[Words] = None
    contact: Maybe[Words] = None


class AdoptionRules(FileModel):
    """What an adoption needs."""

    bodies: Bodies = Field(alias="body", examples=["full-board"])
    """The lowest body that may approve, or two that decide in turn."""
    review_months: Months = Field(examples=[24])
    """How often the policy is reviewed, unless the school says otherwise."""
    review_term: Maybe[Slot] = None
    """The slot of the school year in which it is reviewed, unless the school says otherwise."""
    signatories: Many[SignatoryKey] = ()
    """Who signs the approval record by hand."""

    @property
    def body(self) -> Body:
        """The body that decides last."""
        return self.bodies[-1]


class SectionEntry(FileModel):
    """One section, in its place in the order. Its file is sections/NAME.md."""

    name: Id = Field(examples=["introduction"])
    when: Maybe[Words] = None
    """Left out unless this holds, such as `answers.has_platform`."""
    adapt: Maybe[Adapt] = None
    """The status of its clauses that say nothing, if not the template's."""
    numbering: Maybe[Numbering] = None
    """If not the template's."""
    audience: Maybe[Audience] = None
    """If not the template's."""


class AppendixEntry(SectionEntry):
    """One appendix, numbered in a series of its own. Its file is sections/NAME.md."""


class FormEntry(FileModel):
    """A page that people sign or fill, printed after the sections. Its file is forms/NAME.md."""

    name: Id = Field(examples=["agreement"])
    signed_by: Signer
    """Who signs."""
    when: Maybe[Words] = None
    """Left out unless this holds."""
    roster: YesNo = False
    """Also made as a list with one row for each member of staff."""
    one_page: YesNo = False
    """Whether it is set small enough for one page."""
    contents: YesNo = True
    """Listed in the contents."""
    audience: Maybe[Audience] = None
    """If not the template's."""


class Circular(FileModel):
    """The covering notice of an edition."""

    action: Words
    to: Words
    purpose: Words
    summary: Many[Words] = Field(min_length=1)
    """The main points."""
    contact: Words
    consultation: Maybe[Words] = None
    """With whom the edition was discussed and agreed."""
    by_when: Maybe[Words] = None


# --- questions --------------------------------------------------------------------------------------------------------


class Option(FileModel):
    """One allowed answer."""

    label: Words = Field(examples=["Not at all"])
    """As the school reads it when it answers."""
    prints: Maybe[Words] = None
    """The words in which it prints; without them the option chooses text and prints nothing itself."""


Options = dict[
    Id, Annotated[Option, BeforeValidator(_short_form("label", "a label"), json_schema_input_type=str | Option)]
]


class QuestionBase(FileModel):
    """What every question has."""

    ask: Words = Field(examples=["Who keeps the logs?"])
    """The question as the school reads it."""
    guidance: Maybe[Words] = None
    """Shown to the school when it answers, never printed in a document."""
    clauses: Many[Id] = ()
    """The clauses that it decides."""
    when: Maybe[Words] = None
    """Asked only if this holds."""


class ChoiceQuestion(QuestionBase):
    """One of several options, the suggested one first."""

    kind: Literal["choice"]
    options: Options = Field(min_length=2)


class ChoicesQuestion(QuestionBase):
    """Any number of options."""

    kind: Literal["choices"]
    options: Options = Field(min_length=2)


class YesNoQuestion(QuestionBase):
    """Yes or no."""

    kind: Literal["yes-no"]
    suggested: Maybe[YesNo] = None


class TextQuestion(QuestionBase):
    """A text in the school's own words."""

    kind: Literal["text"]
    suggested: Maybe[Words] = None


class ListQuestion(QuestionBase):
    """Several texts."""

    kind: Literal["list"]
    suggested: Many[Words] = ()


class WholeNumberQuestion(QuestionBase):
    """A whole number within bounds."""

    kind: Literal["whole-number"]
    lowest: Maybe[int] = Field(None, alias="from")
    highest: Maybe[int] = Field(None, alias="to")
    suggested: Maybe[int] = None

    @model_validator(mode="after")
    def _bounds_hold(self) -> Self:
        if self.lowest is not None and self.highest is not None and self.lowest > self.highest:
            raise refusal("bad-value", "`from` is more than `to`", "", "from")
        if self.suggested is not None and not self.allows(self.suggested):
            raise refusal("bad-value", f"`suggested` must be {self.bounds}", "", "suggested")
        return self

    def allows(self, number: int) -> bool:
        """Whether a number lies within the bounds."""
        return (self.lowest is None or number >= self.lowest) and (self.highest is None or number <= self.highest)

    @property
    def bounds(self) -> str:
        """The numbers allowed, in words: "a whole number from 1 to 12"."""
        match self.lowest, self.highest:
            case None, None:
                return "a whole number"
            case low, None:
                return f"a whole number of at least {low}"
            case None, high:
                return f"a whole number of at most {high}"
            case low, high:
                return f"a whole number from {low} to {high}"


class DateQuestion(QuestionBase):
    """A day."""

    kind: Literal["date"]
    earliest: Maybe[Day] = Field(None, alias="from")
    latest: Maybe[Day] = Field(None, alias="to")

    @model_validator(mode="after")
    def _bounds_hold(self) -> Self:
        if self.earliest and self.latest and self.earliest > self.latest:
            raise refusal("bad-value", "`from` is later than `to`", "", "from")
        return self


AnyQuestion = (
    ChoiceQuestion | ChoicesQuestion | YesNoQuestion | TextQuestion | ListQuestion | WholeNumberQuestion | DateQuestion
)
QUESTION_KINDS = ("choice", "choices", "yes-no", "text", "list", "whole-number", "date")


def _with_known_kind(written: Any) -> Any:
    if isinstance(written, FileModel):
        return written
    if not isinstance(written, dict):
        raise refusal("wrong-type", "{name} must be a group of keys, not " + kind_of(written))
    kinds = [f"`{kind}`" for kind in QUESTION_KINDS]
    if "kind" not in written:
        raise refusal("missing-key", "{name} lacks `kind`", f"write `kind:` and {join_or(kinds)}")
    kind = written["kind"]
    if kind not in QUESTION_KINDS:
        near = nearest(str(kind), QUESTION_KINDS)
        raise refusal("bad-value", f"`kind` must be {join_or(kinds)}", near if near.startswith("did") else "", "kind")
    return written


def _kind_tag(written: Any) -> str:
    kind = written["kind"] if isinstance(written, dict) else written.kind
    return f"<{kind}>"


Question = Annotated[
    Annotated[ChoiceQuestion, Tag("<choice>")]
    | Annotated[ChoicesQuestion, Tag("<choices>")]
    | Annotated[YesNoQuestion, Tag("<yes-no>")]
    | Annotated[TextQuestion, Tag("<text>")]
    | Annotated[ListQuestion, Tag("<list>")]
    | Annotated[WholeNumberQuestion, Tag("<whole-number>")]
    | Annotated[DateQuestion, Tag("<date>")],
    Discriminator(_kind_tag),
    BeforeValidator(_with_known_kind),
]


# --- the whole --------------------------------------------------------------------------------------------------------


class Template(FileModel):
    """A model policy."""

    title: Words = Field(examples=["Acceptable use of IT by staff"])
    """On the cover, in the footer, everywhere."""
    short_title: Words = Field(default_factory=lambda data: data.get("title", ""))
    """Where there is little room; the title, if there is none."""
    purpose: Maybe[Words] = None
    """What the policy is for, in a sentence for whoever looks for it on a school's website."""
    edition: Dotted = Field(examples=["2026.1"])
    """The published issue that these files are, or are about to become."""
    issued: Day = Field(examples=["2026-09-01"])
    """The date of issue."""
    issuer: Issuer
    adoption: AdoptionRules
    audience: Audience = "everyone"
    """Whom the policy is meant for."""
    cover: YesNo = True
    """Whether the policy begins with a cover; without one it is set compactly, from the first page on."""
    record: Literal["versions", "box", "table"] = "versions"
    """The shape of the approval record: a table of versions, a box of four cells, or a table of labels."""
    numbering: Numbering = "decimal"
    """How sections and clauses are numbered."""
    contents: int = Field(1, ge=0, le=4)
    """Levels in the contents; 0 for no contents."""
    adapt: Adapt = "locked"
    """What a school may do with a clause that says nothing."""
    sections: Many[
        Annotated[
            SectionEntry, BeforeValidator(_short_form("name", "a name"), json_schema_input_type=str | SectionEntry)
        ]
    ] = Field(min_length=1)
    """In the order in which they print."""
    forms: Many[FormEntry] = ()
    """In the order in which they print, after the sections."""
    appendices: Many[
        Annotated[
            AppendixEntry, BeforeValidator(_short_form("name", "a name"), json_schema_input_type=str | AppendixEntry)
        ]
    ] = ()
    """In the order in which they print, after the forms."""
    questions: dict[QuestionId, Question] = Field(default_factory=dict)
    """What each school decides."""
    guidance: dict[Id, Words] = Field(default_factory=dict)
    """To the school, by clause id; never printed in a document."""
    circular: Maybe[Circular] = None
    """The covering notice of the edition."""

    @model_validator(mode="after")
    def _each_file_once(self) -> Self:
        for files in (("sections", "appendices"), ("forms",)):
            seen: set[str] = set()
            for key in files:
                for index, entry in enumerate(getattr(self, key)):
                    if entry.name in seen:
                        raise refusal("bad-value", f"`{entry.name}` is listed twice", "keep one of the two", key, index)
                    seen.add(entry.name)
        return self
