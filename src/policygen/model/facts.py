"""The facts of a school that texts may print: those that come with the program, and those that an issuer declares.

Both are declared in the same form, by the group of school.yaml in which a school gives them: `roles.network_manager`.
Ours stand in data/facts.yaml, an issuer's in shared/facts.yaml beside the texts that its templates share.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal, Self, TypeAlias, get_args

from pydantic import BaseModel, BeforeValidator, Field, WithJsonSchema, model_validator

from policygen.files.fields import FileModel, Maybe, Words, kind_of, read_day, refusal
from policygen.files.yamledit import as_yaml
from policygen.files.yamlfile import read_data
from policygen.ground.wording import with_article

Group: TypeAlias = Literal[
    "terms", "roles", "people", "partnership", "providers", "policies", "facts"
]
GROUPS: tuple[Group, ...] = get_args(Group)
Kind: TypeAlias = Literal["role", "person", "provider", "name", "text", "date", "number", "list"]
_KINDS: dict[Group, Kind] = {"roles": "role", "people": "person", "providers": "provider"}
_DETAILS = ("people", "partnership", "providers")
"""Groups whose facts may change without a new approval, unless their declaration says otherwise."""
NAME_PATTERN = r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*"
_NOT_NAMES = frozenset(
    name for held in (dict, BaseModel) for name in dir(held) if not name.startswith("_")
)
"""In a text `facts.copy` would be something that the group can do, and no fact."""


@dataclass(frozen=True, slots=True)
class DeclaredFact:
    """What is declared of one fact."""

    group: Group
    name: str
    kind: Kind
    details: bool
    """Whether it may change without a new approval."""
    called: str
    """What people call it, without an article: "network manager"."""
    one: str
    """What one of several is called; empty for a single fact."""
    guidance: str
    """To the school that gives it; may be empty."""
    example: object

    @property
    def path(self) -> str:
        """Its name in texts: `roles.network_manager`."""
        return f"{self.group}.{self.name}"

    @property
    def several(self) -> bool:
        """Whether a school gives a list."""
        return bool(self.one)

    @property
    def in_words(self) -> str:
        """What a school gives, in words: "a text", "a list of names"."""
        if self.several and self.kind != "list":
            return f"a list of {_SEVERAL[self.kind]}"
        return with_article(self.kind)

    @property
    def printed(self) -> str:
        """What prints it in a text."""
        if self.several:
            return f"{self.path} | join_and"
        return f"{self.path}.name" if self.kind == "person" else self.path

    def line(self, part: str = "") -> str:
        """The line of its group with which a school gives it, such as "office: school office".

        `part` is what a text prints of a person besides the name.
        """
        value = self.as_given(self.example)
        if isinstance(value, dict) and part in PARTS_OF_PERSON:
            value = {"name": value["name"], part: PARTS_OF_PERSON[part], "public": True}
        return f"{self.name}: {as_yaml(value)}"

    def as_given(self, value: object) -> object:
        """A value as it stands in school.yaml: of a person, with leave to print the name."""
        if self.kind != "person":
            return value
        if isinstance(value, tuple):
            return [self.as_given(each) for each in value]
        return {"name": value, "public": True}


PARTS_OF_PERSON = {"email": "office@school.example", "phone": "01632 960101"}
"""What might be written of a person besides the name."""
_SEVERAL: Mapping[Kind, str] = {"person": "people", "provider": "providers"}

Facts: TypeAlias = Mapping[str, DeclaredFact]
"""Facts by their names in texts, in the order in which they are declared."""


# --- as a file says it ------------------------------------------------------------------------------------------------


def _name(text: Any) -> Any:
    if text in _NOT_NAMES:
        says = f"`{text}` cannot be the name of a fact"
        raise refusal("bad-value", says, f"write `school_{text}` or another word")
    if isinstance(text, str) and not re.fullmatch(NAME_PATTERN, text):
        like = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")
        hint = f"write `{like}`" if re.fullmatch(NAME_PATTERN, like) else ""
        raise refusal("bad-value", f"`{text}` is not lower-case words joined by underscores", hint)
    return text


FactName = Annotated[str, Field(pattern=f"^{NAME_PATTERN}$"), BeforeValidator(_name)]
"""Lower-case words joined by underscores."""


def _not_nothing(written: Any) -> Any:
    if written is None:
        raise refusal("wrong-type", "{name} has no value", "write what a school might write")
    return written


Example = Annotated[
    Any,
    BeforeValidator(_not_nothing),
    WithJsonSchema(
        {"type": ["string", "integer", "array"], "items": {"type": "string"}, "minItems": 1}
    ),
]
"""What a school might write: of a person, the name."""


class _Declaration(FileModel):
    """A fact that schools give."""

    guidance: Maybe[Words] = None
    """What a school should know when it gives it; never in a document."""
    class_: Maybe[Literal["details", "material"]] = Field(default=None, alias="class")
    """`details`: it may change without a new approval, as people and providers may. `material`: a body approves it."""


class TitleDeclaration(_Declaration):
    """A title or a term: of a role, of another policy."""

    called: Words = Field(examples=["network manager"])
    """What people call it, without an article."""
    example: Example

    @model_validator(mode="after")
    def _fits(self) -> Self:
        _check_example("text", several=False, written=self.example)
        return self


class ProviderDeclaration(_Declaration):
    """A product or firm, or several of them."""

    called: Words = Field(examples=["firewall"])
    """What people call it, without an article."""
    one: Maybe[Words] = None
    """What one of several is called; then a school gives a list."""
    example: Example

    @model_validator(mode="after")
    def _fits(self) -> Self:
        _check_example("provider", several=bool(self.one), written=self.example)
        return self


class PersonDeclaration(_Declaration):
    """A person or team, or several of them."""

    called: Maybe[Words] = None
    """What people call them, without an article; if left out, as the role of the same name."""
    one: Maybe[Words] = None
    """What one of several is called; then a school gives a list."""
    example: Example

    @model_validator(mode="after")
    def _fits(self) -> Self:
        _check_example("person", several=bool(self.one), written=self.example)
        return self


class OtherDeclaration(_Declaration):
    """A fact of any other kind."""

    kind: Literal["name", "text", "date", "number", "list"]
    """A `name` is that of somebody or something."""
    called: Words = Field(examples=["number of classes"])
    """What people call it, without an article."""
    one: Maybe[Words] = None
    """Of a list: what one entry is called."""
    example: Example

    @model_validator(mode="after")
    def _fits(self) -> Self:
        _check_example(self.kind, several=self.kind == "list", written=self.example)
        if self.one and self.kind != "list":
            raise refusal("bad-value", "only of a list is there one", "take `one` out", "one")
        return self


_EXAMPLES = {"number": "14", "date": "2026-09-01"}


def _check_example(kind: Kind, *, several: bool, written: object) -> None:
    if _read(kind, written, several=several) is None:
        wanted = (
            "a list"
            if several
            else {"number": "a whole number", "date": "a date"}.get(kind, "text")
        )
        example = "[Hall, Library]" if several else _EXAMPLES.get(kind, "Hall")
        says = f"the example must be {wanted}, not {kind_of(written)}"
        raise refusal("wrong-type", says, f"write `example: {example}`", "example")


def _read(kind: Kind, written: object, *, several: bool) -> object:
    """What a written example holds; None where it is of another kind."""
    if several:
        items = written if isinstance(written, list) else []
        read = tuple(_read("text", item, several=False) for item in items)
        return read if read and None not in read else None
    if kind == "number":
        return written if isinstance(written, int) and not isinstance(written, bool) else None
    if kind == "date":
        return read_day(written)
    return written if isinstance(written, str) and written.strip() else None


class FactsFile(FileModel):
    """Facts that an issuer declares once for all its templates, by the groups in which schools give them."""

    terms: dict[FactName, TitleDeclaration] = Field(default_factory=dict)
    """Words that a school uses."""
    roles: dict[FactName, TitleDeclaration] = Field(default_factory=dict)
    """The titles of roles."""
    people: dict[FactName, PersonDeclaration] = Field(default_factory=dict)
    """Who holds them."""
    partnership: dict[FactName, TitleDeclaration] = Field(default_factory=dict)
    """About the local safeguarding partnership."""
    providers: dict[FactName, ProviderDeclaration] = Field(default_factory=dict)
    """Products and firms."""
    policies: dict[FactName, TitleDeclaration] = Field(default_factory=dict)
    """The titles of a school's other policies."""
    facts: dict[FactName, OtherDeclaration] = Field(default_factory=dict)
    """All others."""

    @model_validator(mode="after")
    def _people_are_called(self) -> FactsFile:
        for name, declared in self.people.items():
            if not declared.called and name not in self.roles:
                says = f"`{name}` lacks `called`, and there is no role of this name"
                hint = f"write `called: {name.replace('_', ' ')}`"
                raise refusal("missing-key", says, hint, "people", name)
        return self


def declared_in(file: FactsFile) -> Facts:
    """What a file declares."""
    return {fact.path: fact for group in GROUPS for fact in _of_group(file, group)}


def _of_group(file: FactsFile, group: Group) -> Iterator[DeclaredFact]:
    held: Mapping[str, Any] = getattr(file, group)
    for name, said in held.items():
        kind: Kind = _KINDS.get(group, "text")
        if isinstance(said, OtherDeclaration):
            kind = said.kind
        called = said.called or file.roles[name].called
        one = getattr(said, "one", None) or ""
        if kind == "list" and not one:
            one = f"entry of the {called}"
        example = _read(kind, said.example, several=bool(one))
        class_ = said.class_ or ("details" if group in _DETAILS else "material")
        details = class_ == "details"
        yield DeclaredFact(group, name, kind, details, called, one, said.guidance or "", example)


@cache
def own_facts() -> Facts:
    """The facts that come with the program."""
    return declared_in(read_data("facts.yaml", FactsFile))


@cache
def role_words() -> frozenset[str]:
    """Words of roles: who has one of them for a name is no person, but a team or whoever holds a role."""
    roles = [fact.called for fact in own_facts().values() if fact.group == "roles"]
    return frozenset(word for called in roles for word in called.casefold().split())
