"""What was read from disk, held together: an edition of a template, and a school with its adoptions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from policygen.files.yamlfile import Located
from policygen.language.source import Source
from policygen.model.adoption import AdoptionFile, LocatedAdoption, StartedAdoption
from policygen.model.people import StaffMember
from policygen.model.school import School
from policygen.model.shared import AnswersFile, SharedFile
from policygen.model.template import Template


@dataclass(frozen=True)
class Layer:
    """What an issuer decided about the edition that its template extends."""

    issuer: str
    decisions: Located[StartedAdoption]
    """Answers and local changes, in the shape of an adoption, with the places of its template.yaml."""
    locked: frozenset[str]
    """Clauses that its schools may not change."""
    only: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By question: the options that are left to its schools, where not all are."""


@dataclass(frozen=True)
class Edition:
    """One edition of a template, with the text of all its files."""

    template_id: str
    folder: str
    """Relative to the workspace."""
    frozen: bool
    """Whether it was published, so that no file of it may change any more."""
    file: Located[Template]
    sections: Mapping[str, Source]
    """By name; appendices too."""
    forms: Mapping[str, Source]
    shared: Mapping[str, Source]
    """Texts to include, by file name."""
    images: Mapping[str, bytes]
    """By path as a section writes it: "images/padlock.svg"."""
    inputs: Mapping[str, str] = field(default_factory=dict)
    """SHA-256 of each file that was read, by path."""
    texts: Mapping[str, Source] = field(default_factory=dict)
    """Every text file as it stands, by path: for the places of words, and for allowances."""
    layers: tuple[Layer, ...] = ()
    """Of a template that extends another: what each issuer decided, that next to the first issuer first."""
    rules: Located[SharedFile] | None = None
    """The shared questions that it reads, and the combinations with them that must never be."""
    origins: Mapping[str, str] = field(default_factory=dict)
    """Of such a template: the name of the issuer of each section and form, by its name."""


@dataclass(frozen=True)
class SchoolFiles:
    """One school, with the policies that it adopts."""

    school_id: str
    folder: str
    file: Located[School]
    policies: Mapping[str, Located[AdoptionFile]]
    """By template id."""
    staff: tuple[StaffMember, ...]
    logo: bytes | None
    inputs: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, Source] = field(default_factory=dict)
    started: Mapping[str, Located[StartedAdoption]] = field(default_factory=dict)
    """Adoptions that lack their version, author or reason, by template id."""
    answers: Located[AnswersFile] | None = None
    """Its answers to shared questions; None where it has no answers.yaml."""

    @property
    def adoptions(self) -> dict[str, LocatedAdoption]:
        """Whole and started ones, by template id."""
        return {**self.policies, **self.started}

    def with_adoption(self, template_id: str, adoption: LocatedAdoption) -> SchoolFiles:
        """With another reading of one of its adoptions."""
        if isinstance(adoption.value, AdoptionFile):
            whole = Located(adoption.value, adoption.path, adoption.root)
            return replace(self, policies={**self.policies, template_id: whole})
        begun: Located[StartedAdoption] = Located(adoption.value, adoption.path, adoption.root)
        return replace(self, started={**self.started, template_id: begun})
