"""A school's own wording of one clause: what stands there, what it would become, and its file with that in it."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NoReturn, assert_never

from policygen.compare.comparison import Comparison, compare
from policygen.compose.adapt import allowed
from policygen.compose.compose import compose
from policygen.compose.local_wording import own_blocks
from policygen.disk.reading import read_handed_in
from policygen.disk.registering import read_register, read_version_document
from policygen.disk.writing import as_text, change, one_at_a_time
from policygen.files.yamledit import CannotAddError, Lines, as_block, as_yaml, with_value, without
from policygen.files.yamlfile import Located, read_yaml
from policygen.files.yamltree import check_characters
from policygen.ground.diagnostics import InputError, Place, Problems, stage
from policygen.ground.wording import did_you_mean
from policygen.language.document import ADDED_SIDES, Adapt, Clause, Document, walk
from policygen.language.source import source
from policygen.model.adoption import AdoptionFile, ClauseDecision, version_order
from policygen.model.answers import with_shared_answers
from policygen.products.text import clause_text
from policygen.project.check import Composed, check, law_of, select, undamaged
from policygen.project.clauses import numbers_in
from policygen.register.following import changed

Action = Literal["replace", "add_before", "add_after", "omit", "keep", "take_back"]
"""What is done with a clause. `keep` decides for the model's wording; `take_back` undoes what was decided."""
Class = Literal["editorial", "material"]

_ORDER = ("edition", "version", "author", "reason", "answers", "clauses", "amends", "history")


@dataclass(frozen=True)
class Subject:
    """One clause of a policy, as somebody is about to change it."""

    composed: Composed
    clause: str
    """Its id."""
    may: Adapt
    model: str
    """The model's text as its author wrote it, or as it prints where that cannot stand by itself."""
    own: dict[str, str]
    """The school's own texts there, by action."""
    reason: str
    """Why the school has them; empty where it has none."""

    @property
    def adoption(self) -> Located[AdoptionFile]:
        """The file in which the change will stand."""
        return self.composed.school.policies[self.composed.document.policy_id]

    @property
    def is_decided(self) -> bool:
        """Whether the school has said anything of the clause."""
        return self.clause in self.adoption.value.clauses

    @property
    def approved(self) -> str:
        """The version that was registered last; empty before the first."""
        standing = self.composed.standing
        return standing.last.version if standing and standing.last else ""

    @property
    def needs_a_version(self) -> bool:
        """Whether nothing is being prepared since the last version, so that a new one begins with this change."""
        version = self.adoption.value.version
        return bool(self.approved) and version_order(version) <= version_order(self.approved)


@dataclass(frozen=True)
class Wanted:
    """What somebody wants done with a clause."""

    action: Action
    text: str = ""
    """The new text, where there is one."""
    reason: str = ""
    """Why, in the words of the school."""
    class_: Class = "material"
    """How much it changes, where a version was approved before."""
    version: str = ""
    """The version that begins with it, with its author and what it is for, where there is to be a new one."""
    author: str = ""
    purpose: str = ""
    agreed_by: str = ""
    """Who gave leave to depart from agreed wording, and until when."""
    until: datetime.date | None = None


@dataclass(frozen=True)
class Planned:
    """A change that can be made."""

    path: str
    before: str
    """The file of the adoption as it was read."""
    text: str
    """The same with the change."""
    comparison: Comparison
    """What it does to the policy."""


def subject(root: Path, name: tuple[str, str], clause: str, as_of: datetime.date) -> Subject:
    """A clause by its id, or by the number that prints. Raises InputError where there is none, or no policy."""
    checked = undamaged(check(root, select(root, ["/".join(name)]), as_of))
    if not checked.policies:
        raise InputError(checked.diagnostics)
    (composed,) = checked.policies
    identity = _identity(composed, clause)
    base = composed.prepared.bases[identity]
    model = base.written[0]
    if not _can_stand_alone(composed, model):
        model = _printed(composed.document, identity)
    decision = composed.school.policies[name[1]].value.clauses.get(identity)
    own: dict[str, str] = {}
    reason = ""
    if isinstance(decision, ClauseDecision):
        texts = {action: getattr(decision, action) for action in ("replace", *_ADDITIONS)}
        own = {action: text for action, text in texts.items() if text}
        reason = decision.reason
    return Subject(composed, identity, base.clauses[0].adapt, model, own, reason)


def _can_stand_alone(composed: Composed, text: str) -> bool:
    """Whether a text means by itself what it means in its section: no name that is set there, and no footnote."""
    problems = Problems()
    own_blocks(source(text, ""), composed.prepared.vocabulary, None, problems)
    return not problems.has_errors


def _printed(document: Document, identity: str) -> str:
    nodes = (node for part in document.parts for node in walk(part.blocks))
    clause = next(
        (node for node in nodes if isinstance(node, Clause) and node.id == identity), None
    )
    return "" if clause is None else "\n".join([*clause_text(clause), ""])


_ADDITIONS = ("add_before", "add_after")


def _identity(composed: Composed, clause: str) -> str:
    document = composed.document
    numbers = numbers_in(document.parts).items()
    numbered = {number: key for key, number in numbers if not key.endswith(ADDED_SIDES)}
    known = composed.prepared.bases
    found = clause if clause in known else numbered.get(clause, "")
    if not found:
        says = f"`{clause}` is no clause of {document.policy_id}"
        name = f"{document.school_id}/{document.policy_id}"
        hint = f"`policygen clauses {name}` lists them all"
        _refuse("unknown-clause", says, None, did_you_mean(clause, [*known]), hint)
    return found


def wording_in(path: Path) -> str:
    """The text of a file that a person wrote. Raises InputError where it cannot be read."""
    with stage() as problems:
        text = problems.needed(read_handed_in(path, problems))
        return check_characters(text, str(path), problems)


def plan(root: Path, subject: Subject, wanted: Wanted) -> Planned:
    """The change as it would be written, and what it does. Raises InputError where it cannot be made."""
    before = (root / subject.adoption.path).read_text("utf-8-sig")
    try:
        text = _written(before, subject, wanted)
        after = _composed(root, subject, text)
        if subject.approved:
            text = _with_version(text, root, subject, wanted, after)
            after = _composed(root, subject, text)
    except CannotAddError:
        says = "this file is written in a way that policygen cannot add to"
        hint = "begin each key on a line of its own, or write the change by hand"
        _refuse("yaml-syntax", says, Place(subject.adoption.path), hint)
    return Planned(subject.adoption.path, before, text, compare(subject.composed.document, after))


def save(root: Path, planned: Planned) -> None:
    """Put the change into the file. Raises InputError where somebody has written it meanwhile."""
    with one_at_a_time(root):
        if (root / planned.path).read_text("utf-8-sig") != planned.before:
            says = "somebody has written this file meanwhile; nothing was saved"
            _refuse("changed-meanwhile", says, Place(planned.path), "run the command again")
        change(root, {planned.path: as_text(root / planned.path, planned.text)})


def may_do(subject: Subject) -> Sequence[Action]:
    """What can be done with a clause without anybody's leave."""
    return (*allowed(subject.may), *(("take_back",) if subject.is_decided else ()))


def _written(text: str, subject: Subject, wanted: Wanted) -> str:
    """The file of the adoption with the change in it. Raises CannotAddError."""
    path = ("clauses", subject.clause)
    decided = subject.adoption.value.clauses
    match wanted.action:
        case "take_back":
            text = without(text, ("clauses",) if [*decided] == [subject.clause] else path)
        case "keep":
            text = with_value(text, path, "keep", order=_ORDER)
        case "omit":
            text = with_value(text, path, _decision(wanted, ["omit: true"]), order=_ORDER)
        case "replace":
            lines = as_block("replace", wanted.text)
            text = with_value(text, path, _decision(wanted, lines), order=_ORDER)
        case "add_before" | "add_after":
            beside = {key: subject.own[key] for key in _ADDITIONS if key in subject.own}
            texts = {**beside, wanted.action: wanted.text}
            lines = [line for key, each in texts.items() for line in as_block(key, each)]
            text = with_value(text, path, _decision(wanted, lines), order=_ORDER)
        case _:
            assert_never(wanted.action)
    return text


def _decision(wanted: Wanted, lines: Sequence[str]) -> Lines:
    """A decision with its reason and, against agreed wording, who gave leave."""
    said = [*lines, f"reason: {as_yaml(wanted.reason)}"]
    if wanted.agreed_by:
        said += ["deviation:", f"  agreed_by: {as_yaml(wanted.agreed_by)}"]
        said.append(f"  reason: {as_yaml(wanted.reason)}")
        if wanted.until:
            said.append(f"  until: {wanted.until}")
    return Lines(["", *(f"  {line}".rstrip() for line in said)])


def _with_version(text: str, root: Path, subject: Subject, wanted: Wanted, after: Document) -> str:
    """The file with what a change of an approved policy needs: a version of its own, and what that amends."""
    standing, adoption = subject.composed.standing, subject.adoption.value
    last = standing.last if standing else None
    approved = read_version_document(root, last, Problems()) if last else None
    if approved is None:
        return text
    amended = {} if subject.needs_a_version else adoption.amends
    if subject.needs_a_version:
        heads = {"version": wanted.version, "author": wanted.author, "reason": wanted.purpose}
        for key, value in heads.items():
            text = with_value(text, (key,), value, order=_ORDER)
    earlier = changed(compare(approved, subject.composed.document))
    classes: dict[str, Class] = {}
    for key in changed(compare(approved, after)):
        if key in amended:
            classes[key] = amended[key]
        elif key not in earlier:
            classes[key] = wanted.class_
    return _with_amends(text, adoption.amends, classes)


def _with_amends(text: str, before: Mapping[str, Class], classes: Mapping[str, Class]) -> str:
    """The file with these changes named in place of those before."""
    if not classes:
        return without(text, ("amends",)) if before else text
    if not before:
        lines = ["", *(f"  {key}: {class_}" for key, class_ in classes.items())]
        return with_value(text, ("amends",), Lines(lines), order=_ORDER)
    for key, class_ in classes.items():
        text = with_value(text, ("amends", key), class_)
    for key in before.keys() - classes.keys():
        text = without(text, ("amends", key))
    return text


def _composed(root: Path, subject: Subject, text: str) -> Document:
    """The policy as the changed file makes it. Raises InputError where it makes none."""
    before, prepared = subject.composed.document, subject.composed.prepared
    with stage() as problems:
        adoption = read_yaml(text, subject.adoption.path, AdoptionFile, problems)
        register = read_register(root, before.school_id, before.policy_id, problems)
        adoption = problems.needed(adoption)
        whole = with_shared_answers(prepared.edition.file.value, adoption, subject.composed.school)
        school = subject.composed.school.with_adoption(before.policy_id, whole)
        rows = register.rows() if register else ()
        law = law_of(root, Problems())
        return problems.needed(compose(prepared, school, whole, law, problems, rows))


def _refuse(rule: str, says: str, place: Place | None, *hints: str) -> NoReturn:
    problems = Problems()
    problems.add(rule, says, place, *hints)
    raise InputError(problems)
