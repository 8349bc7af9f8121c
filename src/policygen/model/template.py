"""What a model policy is, as its template.yaml says it: order, numbering, questions, forms, circular."""

import datetime
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Discriminator,
    Field,
    PrivateAttr,
    Tag,
    WithJsonSchema,
    model_validator,
)

from policygen.files.fields import (
    DayOrMonth,
    Dotted,
    FileModel,
    Id,
    Label,
    Many,
    Maybe,
    Months,
    Words,
    YesNo,
    _quoted,
    _short_form,
    refusal,
)
from policygen.ground.dates import Slot, first_day
from policygen.ground.wording import UnknownFormError, did_you_mean, join_or, plural
from policygen.language.document import Adapt, Audience
from policygen.model.facts import Facts, own_facts
from policygen.model.question import QuestionId
from policygen.model.shared import Never, TemplateQuestion

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
"""Who may be asked to sign an approval record, or own a policy: roles of the school, and `governor` for any."""


def _one_or_two(written: Any) -> Any:
    if isinstance(written, list | tuple) and len(written) not in (1, 2):
        raise refusal(
            "bad-value",
            "{name} must be one body, or two that decide in turn",
            "write one or two bodies",
        )
    if not isinstance(written, str):
        return written
    if written not in get_args(Body):
        known = join_or(f"`{body}`" for body in get_args(Body))
        hint = did_you_mean(written, get_args(Body))
        raise refusal("bad-value", f"{{name}} must be {known}", hint)
    return [written]


_BODY_SCHEMA = {"enum": [*get_args(Body)]}
Bodies = Annotated[
    tuple[Body, ...],
    Field(strict=False),
    BeforeValidator(_one_or_two),
    WithJsonSchema(
        {
            "oneOf": [
                _BODY_SCHEMA,
                {"type": "array", "items": _BODY_SCHEMA, "minItems": 1, "maxItems": 2},
            ]
        }
    ),
]
"""Who approves: one body, or two in turn."""


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
    owner: Maybe[SignatoryKey] = None
    """The role that looks after the policy in a school; without it, the first page names nobody."""

    @property
    def body(self) -> Body:
        """The body that decides last."""
        return self.bodies[-1]


ReadingAge = Annotated[int, Field(ge=5, le=25, examples=[13])]
"""In years."""


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
    reading: Maybe[ReadingAge] = None
    """The reading age that it may not pass, if not that of its audience."""


class AppendixEntry(SectionEntry):
    """One appendix, numbered in a series of its own. Its file is sections/NAME.md."""


class FormEntry(FileModel):
    """A page that people sign or fill. Its file is forms/NAME.md."""

    name: Id = Field(examples=["agreement"])
    signed_by: Signer
    """Who signs."""
    when: Maybe[Words] = None
    """Left out unless this holds."""
    roster: YesNo = False
    """Also made as a list with one row for each member of staff."""
    one_page: YesNo = False
    """Whether it must go on one page."""
    contents: YesNo = True
    """Listed in the contents."""
    audience: Maybe[Audience] = None
    """If not the template's."""
    reading: Maybe[ReadingAge] = None
    """The reading age that it may not pass, if not that of its audience."""


def _is_form(written: Any) -> bool:
    return isinstance(written, FormEntry) or (isinstance(written, dict) and "signed_by" in written)


AppendixOrForm = Annotated[
    Annotated[AppendixEntry, Tag("<appendix>")] | Annotated[FormEntry, Tag("<form>")],
    Discriminator(lambda written: "<form>" if _is_form(written) else "<appendix>"),
]
"""What stands among the appendices: what says who signs it is a form."""


class Labels(FileModel):
    """How the items of ordered lists are labelled."""

    letters: Literal["(a)", "a)", "a."] = "(a)"
    """Below a numbered paragraph."""
    roman: Literal["(i)", "i)", "i."] = "(i)"
    """Below those."""
    numbers: Annotated[Literal["1.", "1)", "(1)"], BeforeValidator(_quoted)] = "1."
    """Below no numbered paragraph."""


def _with_plural(written: str) -> str:
    try:
        plural(written)
    except UnknownFormError:
        says = f"{{name}} is `{written}`, of which nobody can tell the plural"
        raise refusal("bad-value", says, "write one noun, such as `clause`") from None
    return written


Noun = Annotated[Words, AfterValidator(_with_plural)]


class Nouns(FileModel):
    """What references call the levels of a policy: "section 4", "paragraph 4.1", "point 2"."""

    section: Noun = "section"
    """A section, or a heading with a number."""
    paragraph: Noun = "paragraph"
    """A numbered paragraph, and an item below it."""
    point: Noun = "point"
    """An item below no numbered paragraph."""

    def house(self, noun: str) -> str:
        """The word of the house for one of these; any other as it is."""
        return getattr(self, noun) if noun in type(self).model_fields else noun


USUAL_LABELS, USUAL_NOUNS = Labels(), Nouns()


class RecordRowEntry(FileModel):
    """A row that the approval record has besides."""

    label: Words = Field(examples=["Adopted from"])
    says: Label = Field(examples=["the county’s model policy, edition {{ record.edition }}"])
    """Its words, with facts in double braces; no answers, which are decided in the text."""


class Circular(FileModel):
    """The covering notice of an edition; what it does not say has no heading."""

    summary: Many[Words] = Field(min_length=1)
    """The main points."""
    action: Maybe[Words] = None
    to: Maybe[Words] = None
    purpose: Maybe[Words] = None
    contact: Maybe[Words] = None
    """Without it, the team and address of the issuer."""
    consultation: Maybe[Words] = None
    """With whom the edition was discussed and agreed."""
    by_when: Maybe[Words] = None


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
    issued: DayOrMonth = Field(examples=["2026-09-01", "2026-09"])
    """The date of issue; a month alone counts from its first day."""
    issuer: Issuer
    adoption: AdoptionRules
    audience: Audience = "everyone"
    """Whom the policy is meant for."""
    reading: dict[Audience, ReadingAge] = Field(default_factory=dict)
    """The reading age that a text may not pass, by whom it is meant for; with it, long sentences are noted, too."""
    cover: YesNo = True
    """Whether the policy begins with a cover; without one it is set compactly, from the first page on."""
    record: Literal["versions", "box", "table"] = "versions"
    """The shape of the approval record: a table of versions, a box of four cells, or a table of labels."""
    record_rows: Many[RecordRowEntry] = ()
    """What the approval record says besides, below the owner."""
    numbering: Numbering = "decimal"
    """How sections and clauses are numbered."""
    labels: Labels = USUAL_LABELS
    """How the items of ordered lists are labelled."""
    nouns: Nouns = USUAL_NOUNS
    """What references call sections, paragraphs and points."""
    contents: int = Field(1, ge=0, le=4)
    """Levels in the contents; 0 for no contents."""
    adapt: Adapt = "locked"
    """What a school may do with a clause that says nothing."""
    sections: Many[
        Annotated[
            SectionEntry,
            BeforeValidator(
                _short_form("name", "a name"), json_schema_input_type=str | SectionEntry
            ),
        ]
    ] = Field(min_length=1)
    """In the order in which they print."""
    forms: Many[FormEntry] = ()
    """In the order in which they print, after the sections."""
    appendices: Many[
        Annotated[
            AppendixOrForm,
            BeforeValidator(
                _short_form("name", "a name"), json_schema_input_type=str | AppendixOrForm
            ),
        ]
    ] = ()
    """In the order in which they print, after the forms; with `signed_by` a form that is an appendix."""
    questions: dict[QuestionId, TemplateQuestion] = Field(default_factory=dict)
    """What each school decides; `shared` for a question that shared/questions.yaml declares."""
    never: Many[Never] = ()
    """Combinations of answers and facts that no school may have."""
    guidance: dict[Id, Words] = Field(default_factory=dict)
    """To the school, by clause id; never printed in a document."""
    circular: Maybe[Circular] = None
    """The covering notice of the edition."""
    _facts: Facts = PrivateAttr(default_factory=own_facts)

    @property
    def facts(self) -> Facts:
        """What its texts may name of a school: what comes with the program, and what its issuers declare."""
        return self._facts

    def with_facts(self, declared: Facts) -> Self:
        """With more facts that its texts may name."""
        made = self.model_copy()
        made._facts = {**self._facts, **declared}  # noqa: SLF001
        return made

    @model_validator(mode="after")
    def _each_file_once(self) -> Self:
        seen: set[tuple[bool, str]] = set()
        for key in ("sections", "forms", "appendices"):
            for index, entry in enumerate(getattr(self, key)):
                file = isinstance(entry, FormEntry), entry.name
                if file in seen:
                    says = f"`{entry.name}` is listed twice"
                    raise refusal("bad-value", says, "keep one of the two", key, index)
                seen.add(file)
        return self

    @property
    def issued_on(self) -> datetime.date:
        """The day from which it counts as issued."""
        return first_day(self.issued)

    @property
    def contact(self) -> str:
        """Whom to ask about it."""
        if self.circular and self.circular.contact:
            return self.circular.contact
        issuer = self.issuer
        return ", ".join(filter(None, (issuer.hr_team, issuer.name, issuer.contact)))

    @property
    def every_form(self) -> tuple[FormEntry, ...]:
        """The forms, wherever they stand, in the order in which they print."""
        return (*self.forms, *(each for each in self.appendices if isinstance(each, FormEntry)))
