"""The facts of a school, as its school.yaml says them, and the plain form in which texts see them."""

import datetime
import re
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from pathlib import PurePosixPath
from types import UnionType
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    ClassVar,
    Literal,
    Self,
    TypeAlias,
    Union,
    get_args,
    get_origin,
)

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    WithJsonSchema,
    create_model,
    model_validator,
)

from policygen.files.fields import Day, FileModel, Id, Many, Maybe, Quoted, Words, YesNo, refusal
from policygen.files.yamlfile import Located
from policygen.ground.colours import LEAST_CONTRAST, WHITE, contrast, darkened
from policygen.ground.diagnostics import Problems
from policygen.ground.wording import did_you_mean, join_or, sentence_case, with_article
from policygen.language.vocabulary import Scalar, Shape
from policygen.model.facts import GROUPS, DeclaredFact, Facts, Group, Kind, own_facts
from policygen.model.template import Body
from policygen.model.website import Website, with_scheme


def _readable(colour: str) -> str:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
        raise refusal("bad-value", "{name} must be `#` and six digits", 'write `{key}: "#1d5c3a"`')
    found = contrast(colour, WHITE)
    if found < LEAST_CONTRAST:
        raise refusal(
            "brand-contrast",
            f"text in `{colour}` is too pale to be read on white (contrast {found:.1f}, needed {LEAST_CONTRAST})",
            f'write `{{key}}: "{darkened(colour)}"`, the nearest shade that can be read',
        )
    return colour


def _inside(path: str) -> str:
    if (
        PurePosixPath(path).is_absolute()
        or ".." in PurePosixPath(path).parts
        or re.search(r"[\\:]", path)
    ):
        raise refusal(
            "outside-workspace",
            f"`{path}` is not in the school's folder",
            "write `{key}: logo.svg`",
        )
    return path


Colour = Annotated[
    Words,
    AfterValidator(_readable),
    WithJsonSchema({"type": "string", "pattern": "^#[0-9a-fA-F]{6}$"}),
]


class Ages(FileModel):
    """Between which ages pupils are at the school, nursery and sixth form included."""

    lowest: Annotated[int, Field(ge=0, le=25)] = Field(alias="from", examples=[4])
    highest: Annotated[int, Field(ge=0, le=25)] = Field(alias="to", examples=[11])

    @model_validator(mode="after")
    def _rise(self) -> Self:
        if self.lowest > self.highest:
            raise refusal(
                "bad-value", "`from` is more than `to`", "the lowest age comes first", "from"
            )
        return self


class Person(FileModel):
    """A person or team, and how to reach them. Details: they may change without a new approval."""

    name: Words = Field(examples=["Priya Nair"])
    email: Maybe[Words] = None
    phone: Maybe[Words] = None
    public: YesNo = False
    """Whether the public site may show them."""


class FactGroup(FileModel):
    """Facts of one group, with a field for each that is declared."""

    model_config = ConfigDict(protected_namespaces=())
    elsewhere: ClassVar[str] = "an issuer declares others in templates/shared/facts.yaml"
    """Where keys may come from that it does not have."""

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """A fact; None where the school does not have it."""


NEEDED = ("roles.head", "roles.board")
"""Facts that every school gives, because approval records print them."""


def _group(group: Group, facts: Facts) -> type[FactGroup]:
    """The model of one group of facts."""
    fields: dict[str, Any] = {
        fact.name: _field(fact) for fact in facts.values() if fact.group == group
    }
    name = "OtherFacts" if group == "facts" else group.capitalize()
    return create_model(
        name, __base__=FactGroup, __module__=__name__, __doc__=_ABOUT[group], **fields
    )


_ABOUT: Mapping[Group, str] = {
    "terms": "The words that this school uses.",
    "roles": "The title of each role, one spelling for all policies.",
    "people": "Who holds which role.",
    "partnership": "The local safeguarding partnership, and where children are referred to. Details.",
    "providers": "Products and firms. Details too.",
    "policies": "The titles of this school's other policies.",
    "facts": "What an issuer declares besides.",
}


def _field(fact: DeclaredFact) -> tuple[Any, Any]:
    held: Any = _HELD.get(fact.kind, Words)
    if fact.several:
        held = Annotated[tuple[held, ...], Field(strict=False)]
    about = fact.guidance or sentence_case(fact.called)
    given = [fact.as_given(fact.example)]
    if fact.path in NEEDED:
        return held, Field(examples=given, description=about)
    maybe: Any = Maybe
    return maybe[held], Field(default=None, examples=given, description=about)


_HELD: Mapping[Kind, Any] = {"person": Person, "number": int, "date": Day}
"""What a school gives for a fact of each kind, if not words."""

if TYPE_CHECKING:
    Terms: TypeAlias = FactGroup
    Roles: TypeAlias = FactGroup
    People: TypeAlias = FactGroup
    Partnership: TypeAlias = FactGroup
    Providers: TypeAlias = FactGroup
    Policies: TypeAlias = FactGroup
    OtherFacts: TypeAlias = FactGroup
else:
    Terms, Roles, People, Partnership, Providers, Policies, OtherFacts = (
        _group(group, own_facts()) for group in GROUPS
    )


class Accessibility(FileModel):
    """What a school found when it tested its policy pages, for the accessibility statement that the law asks for."""

    tested: Day
    how: Words
    """By whom, and with what: a keyboard, a screen reader, a telephone."""
    reviewed: Maybe[Day] = None
    """When the statement was last looked through."""
    problems: Many[Words] = ()
    """What cannot be used by everybody, each in a sentence, with what to do instead."""


class BrandingFile(FileModel):
    """How the school's documents look."""

    logo: Maybe[Annotated[Words, AfterValidator(_inside)]] = None
    """A file in the school's folder."""
    logo_alt: Maybe[str] = None
    """What the logo shows, for people who do not see it."""
    strapline: Maybe[Words] = None
    footer: Maybe[Words] = None
    colour: Maybe[Colour] = None
    """`#rrggbb` in quotes, dark enough to be read on white."""

    @model_validator(mode="after")
    def _logo_is_described(self) -> Self:
        if self.logo and self.logo_alt is None:
            raise refusal(
                "missing-key",
                "{name} has a `logo` and lacks `logo_alt`",
                "say what the logo shows, such as the school's name",
            )
        return self


class Delegation(FileModel):
    """A decision that a board left to somebody, with the minute that says so."""

    to: Words = Field(examples=["head"])
    """`committee`, or a key of `roles`."""
    what: Literal["editorial", "approval"]
    """What may be decided: editorial changes, or whole versions."""
    policies: Many[Id] = ()
    """The policies for which it holds; all of them if left out."""
    body: Body
    """Who delegated."""
    date: Day
    """From when."""
    minute: Quoted
    """The minute of the delegation, in quotes."""
    until: Maybe[Day] = None
    """The last day, where there is one."""

    def covers(self, who: str, what: str, policy_id: str, day: datetime.date) -> bool:
        """Whether it lets somebody decide something about a policy on a day."""
        current = self.date <= day and (self.until is None or day <= self.until)
        return (
            current
            and (self.to, self.what) == (who, what)
            and (not self.policies or policy_id in self.policies)
        )


class School(FileModel):
    """A school: what is true of it in every policy."""

    name: Words = Field(examples=["Elm Grove Primary School"])
    short_name: Maybe[Words] = Field(default=None, examples=["Elm Grove"])
    type: Literal[
        "community", "voluntary-aided", "voluntary-controlled", "foundation", "academy", "special"
    ]
    phase: Literal["nursery", "primary", "secondary", "all-through", "special"]
    ages: Maybe[Ages] = None
    """Of its pupils: from them follows whether it has early years and a sixth form."""
    sixth_form: Maybe[YesNo] = None
    """Where it does not follow from the ages: a special school, say, may keep pupils to 19 and have none."""
    residential: YesNo = False
    """Whether pupils live there."""
    faith: Maybe[YesNo] = None
    """Whether it has a religious character; voluntary schools have one unless they say otherwise."""
    employer: Literal["la", "governing-board", "trust"]
    """Who employs the staff."""
    employer_name: Maybe[Words] = Field(default=None, examples=["Northshire County Council"])
    local_authority: Maybe[Words] = Field(default=None, examples=["Northshire County Council"])
    trust: Maybe[Words] = Field(default=None, examples=["Beacon Learning Trust"])
    """The trust of an academy."""
    address: Maybe[Many[Words]] = Field(default=None, examples=[("1 Elm Road", "Northshire")])
    """Its lines."""
    website: Maybe[Website] = Field(default=None, examples=["https://www.elmgrove.example"])
    """Where the pages stand that are published, in the folder `policies/` below it."""
    email: Maybe[Words] = Field(default=None, examples=["office@elmgrove.example"])
    phone: Maybe[Words] = Field(default=None, examples=["01632 960200"])
    terms: Terms = Terms()
    roles: Roles
    people: People = People()
    partnership: Partnership = Partnership()
    providers: Providers = Providers()
    policies: Policies = Policies()
    facts: OtherFacts = OtherFacts()
    """What an issuer declares besides, in templates/shared/facts.yaml."""
    branding: BrandingFile = BrandingFile()
    accessibility: Accessibility | None = None
    """Its own test of its policy pages."""
    delegations: Many[Delegation] = ()
    """What the board has left to others to decide."""
    declared: ClassVar[Facts] = own_facts()
    """The facts that it may give."""

    @property
    def site(self) -> str:
        """The address of the website, with `https://` and without a slash at its end; empty where there is none."""
        return with_scheme(self.website or "")

    @property
    def known_as(self) -> tuple[str, ...]:
        """Its name, and a short one of several words."""
        short = self.short_name or ""
        return (self.name, short) if " " in short else (self.name,)

    @property
    def has_early_years(self) -> bool | None:
        """Whether there are children below the age of compulsory schooling; None where nobody can tell."""
        if self.ages is not None:
            return self.ages.lowest < _COMPULSORY
        return {"nursery": True, "secondary": False}.get(self.phase)

    @property
    def has_sixth_form(self) -> bool | None:
        """Whether it has a sixth form; None where nobody can tell."""
        if self.sixth_form is not None:
            return self.sixth_form
        if self.ages is not None and self.ages.highest <= _END_OF_YEAR_11:
            return False
        if self.ages is not None and not self.is_special:
            return True
        return {"nursery": False, "primary": False}.get(self.phase)

    @property
    def is_special(self) -> bool:
        """Whether it is a special school, whoever maintains it."""
        return "special" in (self.type, self.phase)

    @property
    def has_faith(self) -> bool:
        """Whether it has a religious character."""
        if self.faith is not None:
            return self.faith
        return self.type in ("voluntary-aided", "voluntary-controlled")

    @model_validator(mode="after")
    def _delegates_are_known(self) -> Self:
        known = ("committee", *type(self.roles).model_fields)
        for index, delegation in enumerate(self.delegations):
            if delegation.to not in known:
                near = did_you_mean(delegation.to, known)
                hint = near or "write `head`, `committee` or another key of `roles`"
                says = f"nobody is called `{delegation.to}`"
                raise refusal("bad-value", says, hint, "delegations", index, "to")
        return self

    @model_validator(mode="after")
    def _trust_is_named(self) -> Self:
        if self.employer == "trust" and not self.trust:
            raise refusal(
                "missing-key",
                "the employer is a trust, and `trust` is missing",
                "write `trust:` and its name",
                "employer",
            )
        return self


def school_model(facts: Facts) -> type[School]:
    """What a school.yaml may say where these facts are declared."""
    return School if facts == own_facts() else _school_model(tuple(facts.values()))


@lru_cache(maxsize=64)
def _school_model(declared: tuple[DeclaredFact, ...]) -> type[School]:
    facts = {fact.path: fact for fact in declared}
    groups: dict[str, Any] = {}
    for group in GROUPS:
        model = _group(group, facts)
        needed = any(name.startswith(f"{group}.") for name in NEEDED)
        groups[group] = (model, ... if needed else model())
    made = create_model("School", __base__=School, __module__=__name__, **groups)
    made.declared = facts
    return made


_COMPULSORY, _END_OF_YEAR_11 = 5, 16
"""Ages, in years: compulsory school age begins after the fifth birthday, and Year 11 ends at sixteen."""
_AGES_OF = {
    "nursery": (range(6), range(8)),
    "primary": (range(10), range(14)),
    "secondary": (range(9, 17), range(12, 26)),
    "all-through": (range(9), range(14, 26)),
}
"""The ages from which and to which a school of each phase may be; a middle school counts as primary or secondary."""
_EMPLOYERS = {
    "community": ("la",),
    "voluntary-controlled": ("la",),
    "voluntary-aided": ("governing-board",),
    "foundation": ("governing-board",),
    "academy": ("trust",),
}
"""Who employs the staff of a school of each type; anybody may of a special school."""


def employers_of(kind: str) -> tuple[str, ...]:
    """Who employs the staff of a school of a type, the usual one first."""
    return _EMPLOYERS.get(kind, ("la", "governing-board", "trust"))


def check_school(file: Located[School], problems: Problems) -> None:
    """Note facts that cannot be true of one school, and those that hardly are."""
    school = file.value
    if school.ages is not None:
        _check_ages(file, school.ages, problems)
    if school.faith and school.type == "community":
        hint = "take `faith` out, or write the `type` of the school"
        says = "a community school has no religious character"
        problems.add("bad-value", says, file.place("faith"), hint)
    _check_employer(file, problems)


def _check_ages(file: Located[School], ages: Ages, problems: Problems) -> None:
    school = file.value
    lowest, highest = _AGES_OF.get(school.phase, (range(26), range(26)))
    if ages.lowest not in lowest or ages.highest not in highest:
        says = f"no {school.phase} school is for ages {ages.lowest} to {ages.highest}"
        fitting = [
            f"`{phase}`"
            for phase, (first, last) in _AGES_OF.items()
            if ages.lowest in first and ages.highest in last
        ]
        hint = f"write `phase:` and {join_or([*fitting, '`special`'])}, or the right ages"
        problems.add("bad-value", says, file.place("ages", key=True), hint)
    elif school.sixth_form and ages.highest <= _END_OF_YEAR_11:
        says = f"there is no sixth form where the oldest pupils are {ages.highest}"
        hint = "write `to: 18`, or take `sixth_form` out"
        problems.add("bad-value", says, file.place("sixth_form"), hint)


def _check_employer(file: Located[School], problems: Problems) -> None:
    school = file.value
    employers = _EMPLOYERS.get(school.type, (school.employer,))
    place, hint = file.place("employer"), f"write `employer: {employers[0]}`, or another `type`"
    if school.employer not in employers:
        kind = with_article(f"{school.type.replace('-', ' ')}{_SCHOOL.get(school.type, ' school')}")
        if "trust" in (school.employer, *employers):
            says = f"the staff of {kind} are not employed by {_CALLED[school.employer]}"
            problems.add("bad-value", says, place, hint)
        else:
            says = f"the staff of {kind} are hardly ever employed by {_CALLED[school.employer]}"
            problems.add("doubtful-value", says, place, hint)


_SCHOOL = {"academy": ""}
_CALLED = {
    "la": "the local authority",
    "governing-board": "its governing board",
    "trust": "a trust",
}


def unknown_facts(school: School, uses: Collection[str]) -> list[tuple[str, str]]:
    """Each fact on which a policy hangs and that nobody can tell: in words, and what to write.

    `uses` are the names that the policy prints or tests.
    """
    unknown = []
    by_age = {"school.ages.from", "school.ages.to"}
    if school.has_early_years is None:
        by_age.add("school.early_years")
    if school.has_sixth_form is None and not school.is_special:
        by_age.add("school.sixth_form")
    if school.ages is None and by_age.intersection(uses):
        hint = "write `ages: {from: 4, to: 11}` there, with the youngest and the oldest"
        unknown.append(
            ("this policy hangs on how old the pupils are, and the facts do not say", hint)
        )
    elif school.has_sixth_form is None and "school.sixth_form" in uses:
        hint = "write `sixth_form: yes` or `sixth_form: no` there"
        unknown.append(("this policy hangs on whether there is a sixth form", hint))
    return unknown


# --- as texts see it --------------------------------------------------------------------------------------------------

_FOLLOWING: dict[str, Shape] = {"early_years": "yes-no", "special": "yes-no"}
"""What nobody writes, for it follows from other facts."""
_NOT_FACTS = {*GROUPS, "accessibility", "branding", "delegations"}


def facts_of(school: School, declared: Facts | None = None) -> dict[str, object]:
    """The school as plain data, by the names that texts use. A fact that it does not have is None.

    The groups have what is `declared`: if left out, what the school may give. A person whose entry does not say
    `public: yes` is left out: no document can print them.
    """
    own = school.model_dump(by_alias=True, exclude=_NOT_FACTS)
    own |= {
        "ages": own["ages"] or {"from": None, "to": None},
        "early_years": school.has_early_years,
        "sixth_form": school.has_sixth_form,
        "special": school.is_special,
        "faith": school.has_faith,
    }
    groups: dict[str, dict[str, object]] = {"school": own, **{group: {} for group in GROUPS}}
    for fact in (school.declared if declared is None else declared).values():
        held = given(school, fact)
        groups[fact.group][fact.name] = _public(held) if fact.kind == "person" else held
    return {group: {name: _plain(held[name]) for name in held} for group, held in groups.items()}


def given(school: School, fact: DeclaredFact) -> Any:
    """What a school gives for a fact; None for nothing."""
    return getattr(getattr(school, fact.group), fact.name, None)


def _public(held: Any) -> Any:
    if isinstance(held, tuple):
        return tuple(person for person in held if person.public)
    return held if held is not None and held.public else None


def _plain(value: Any) -> Any:
    """A value as texts take it. An empty list is a fact that the school does not have."""
    if isinstance(value, tuple):
        return [_plain(each) for each in value] or None
    return value.model_dump() if isinstance(value, BaseModel) else value


def fact_shape(declared: Facts) -> dict[str, Shape]:
    """Every name of `facts_of`, whatever a school has: `fact_shape(…)["people"]["dsl"]["name"]` is "text"."""
    own = {name: shape for name, shape in _fields(School).items() if name not in _NOT_FACTS}
    groups: dict[str, dict[str, Shape]] = {group: {} for group in GROUPS}
    for fact in declared.values():
        groups[fact.group][fact.name] = shape_of(fact)
    return {"school": {**own, **_FOLLOWING}, **groups}


def shape_of(fact: DeclaredFact) -> Shape:
    """What a school gives for a fact."""
    shapes: dict[Kind, Shape] = {"person": _fields(Person), "number": "number", "date": "date"}
    shape = shapes.get(fact.kind, "text")
    return [shape] if fact.several else shape


def sure_facts(declared: Facts) -> frozenset[str]:
    """The names of `facts_of` that are there whenever that is which they are a part of: "school.name"."""
    sure = {f"school.{name}" for name in _sure(School) if name.partition(".")[0] not in _NOT_FACTS}
    # The group of the ages is there, and empty where nobody wrote it.
    sure -= {"school.ages.from", "school.ages.to"}
    sure |= {"school.ages", "school.special", *GROUPS, *NEEDED}
    for fact in declared.values():
        if fact.kind == "person":
            sure |= {f"{fact.path}.{name}" for name in _sure(Person)}
    return frozenset(sure)


def detail_names(declared: Facts) -> frozenset[str]:
    """The facts that may change without a new approval."""
    return frozenset(fact.path for fact in declared.values() if fact.details)


def _sure(model: type[BaseModel]) -> Iterator[str]:
    for key, field in model.model_fields.items():
        name = field.alias or key
        if type(None) not in get_args(field.annotation):
            yield name
        for inner in _models(field.annotation):
            yield from (f"{name}.{part}" for part in _sure(inner))


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    """The groups of keys that a field may hold, also in a list."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for each in get_args(annotation):
        yield from _models(each)


def _fields(model: type[BaseModel]) -> dict[str, Shape]:
    return {
        field.alias or name: _shape(field.annotation) for name, field in model.model_fields.items()
    }


def _shape(annotation: Any) -> Shape:
    """The shape of what a field may hold, apart from None."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return _fields(annotation)
    if origin is Annotated:
        return _shape(arguments[0])
    if origin in {Union, UnionType}:
        return next(_shape(each) for each in arguments if each is not type(None))
    return [_shape(arguments[0])] if origin is tuple else _SCALARS.get(annotation, "text")


_SCALARS: dict[object, Scalar] = {bool: "yes-no", int: "number", datetime.date: "date"}
