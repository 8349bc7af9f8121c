"""Selecting and checking: read everything that is asked for, compose it, note all problems, write nothing."""

from __future__ import annotations

import ast
import datetime
import inspect
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from textwrap import dedent
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core.core_schema import ModelSchema

from policygen.checks import (
    TextFinder,
    allowed,
    check_document,
    check_facts,
    check_people,
    check_template,
    details_of,
)
from policygen.checks.contradictions import Said, check_contradictions, check_unread, said_by
from policygen.checks.glyphs import check_glyphs
from policygen.checks.mend import Mend, can_mend, mended, with_bases, with_chosen_ids
from policygen.checks.retyped import check_retyped
from policygen.compose.compose import compose
from policygen.compose.deviations import check_deviations
from policygen.compose.prepare import PreparedEdition, prepare_edition
from policygen.disk.editions import (
    has_unpublished_changes,
    newer_edition,
    read_edition,
    read_shared,
    template_ids,
)
from policygen.disk.reader import as_it_will_be, content_of
from policygen.disk.reading import adopted_ids, known_schools, read_own_law, read_school, school_ids
from policygen.disk.registering import read_register, registered_policies
from policygen.files.fields import FileModel
from policygen.ground import paths
from policygen.ground.dates import printed_day
from policygen.ground.diagnostics import Diagnostic, InputError, Place, Problems, Severity, in_order
from policygen.ground.telling import Tell, silent
from policygen.ground.wording import meant_or_known
from policygen.language.document import Document
from policygen.language.source import Source
from policygen.model.adoption import AdoptionFile
from policygen.model.answers import note_misplaced, with_shared_answers
from policygen.model.changes import ChangesFile
from policygen.model.law import LawLibrary, OwnLaw, read_law, with_own
from policygen.model.overlay import OverlayFile
from policygen.model.school import School
from policygen.model.shared import AnswersFile, SharedFile
from policygen.model.template import Template
from policygen.model.workspace import SchoolFiles
from policygen.project.findings import UNREAD, Findings, Scope
from policygen.project.register import stand
from policygen.register.following import Standing
from policygen.upgrade.decisions_file import UpgradeFile


@dataclass(frozen=True)
class Selection:
    """What to check or build: all, one school, one policy of every school, or one policy of one school."""

    school: str = ""
    policy: str = ""

    def wants(self, school_id: str, template_id: str = "") -> bool:
        """Whether it takes in this policy of a school; without a policy, anything of the school."""
        takes_policy = not template_id or self.policy in ("", template_id)
        return takes_policy and self.school in ("", school_id)


@dataclass(frozen=True)
class Composed:
    """An adopted policy, with the school and edition that it came from."""

    document: Document
    school: SchoolFiles
    prepared: PreparedEdition
    standing: Standing | None = None
    """Where it stands with its register; None, with a problem, where that cannot be known."""

    @property
    def name(self) -> tuple[str, str]:
        """Its school and policy."""
        return self.document.school_id, self.document.policy_id


@dataclass(frozen=True)
class Checked:
    """The result of a check."""

    policies: tuple[Composed, ...]
    """Those that could be composed."""
    editions: tuple[PreparedEdition, ...]
    diagnostics: tuple[Diagnostic, ...]
    chosen: tuple[tuple[str, str], ...] = ()
    """The school and policy of each adoption that was selected, whether it could be read or not."""
    stopped: frozenset[Scope] = frozenset()
    """What the errors are about."""

    @property
    def failed(self) -> bool:
        """Whether anything was found that stops a build."""
        return any(each.severity is Severity.ERROR for each in self.diagnostics)

    @property
    def sound(self) -> tuple[Composed, ...]:
        """The policies that no error is about."""
        return tuple(each for each in self.policies if not self.stops(each.prepared, *each.name))

    def stops(self, prepared: PreparedEdition, school: str = "", policy: str = "") -> bool:
        """Whether an error is about what a school makes of an edition; without a school, about the edition."""
        edition = prepared.edition
        name = school, policy or edition.template_id, edition.folder
        return any(scope.takes(*name) for scope in self.stopped)


def undamaged(checked: Checked) -> Checked:
    """What was checked, for whoever does not show what is wrong. Raises InputError where a frozen file was changed."""
    damaged = ("register-damaged", "edition-damaged")
    if found := [each for each in checked.diagnostics if each.rule in damaged]:
        raise InputError(found)
    return checked


def select(root: Path, words: Sequence[str], *, registered: bool = False) -> tuple[Selection, ...]:
    """Read selections as people write them: SCHOOL, SCHOOL/POLICY or POLICY. None means all.

    `registered` ones count, too, where the school does not adopt the policy any more.

    Raises InputError when a word is neither a school nor a policy.
    """
    schools, templates = school_ids(root), template_ids(root)
    problems = Problems()
    selections = []
    for word in words:
        school, slash, policy = word.strip("/").partition("/")
        if not slash and school not in schools and school in templates:
            school, policy = "", school
        if school and school not in schools:
            what, known = (
                ("school", schools) if slash else ("school or policy", [*schools, *templates])
            )
            problems.add(
                "unknown-school",
                f"there is no {what} `{school}`",
                None,
                meant_or_known(school, known),
            )
        elif registered and school and policy in registered_policies(root, school):
            selections.append(Selection(school, policy))
        elif policy and policy not in templates:
            problems.add(
                "unknown-template",
                f"there is no model policy `{policy}`",
                None,
                meant_or_known(policy, templates),
            )
        elif school and policy and policy not in (adopted := adopted_ids(root, school)):
            hint = meant_or_known(policy, adopted) or "it adopts no policy"
            problems.add("unknown-template", f"`{school}` does not adopt `{policy}`", None, hint)
        else:
            selections.append(Selection(school, policy))
    problems.stop()
    return tuple(selections) or (Selection(),)


def check(
    root: Path, selections: Sequence[Selection], as_of: datetime.date, tell: Tell = silent
) -> Checked:
    """Read, prepare and compose everything selected; notes all problems, writes nothing."""
    findings = Findings()
    law = _law(root, as_of, findings)
    schools = _read_schools(root, selections, findings)
    editions = _prepare_editions(root, selections, schools, law, findings)
    for school in schools:
        _note_reserved(school.folder, Scope(school=school.school_id), findings)
    for template_id in dict.fromkeys(template_id for template_id, _ in editions):
        _note_reserved(paths.template_folder(template_id), Scope(policy=template_id), findings)
    policies = []
    adopted = [(school, template_id) for school in schools for template_id in school.adoptions]
    for number, (school, template_id) in enumerate(adopted, 1):
        tell(f"composing {school.school_id}/{template_id}", number, len(adopted))
        prepared = editions[template_id, school.adoptions[template_id].value.edition]
        noted, composed = Problems(), None
        if prepared is not None:
            try:
                composed = _compose(root, school, template_id, prepared, law, noted)
            except InputError as error:  # the system does not open its register
                noted.extend(error.diagnostics)
        scope = Scope(school.school_id, template_id)
        findings.take(noted, scope, f"while composing {template_id} for {school.school_id}")
        if composed is not None:
            policies.append(composed)
    for school in schools:
        _check_together(root, school, editions, law, findings)
    found = tuple(prepared for prepared in editions.values() if prepared is not None)
    texts = _texts(schools, found)
    whole = not findings.problems.has_errors
    _check_texts(root, schools, policies, found, TextFinder(texts), law, as_of, findings, tell)
    left = allowed(in_order(findings.problems), texts, whole=whole)
    written = {path: "\n".join(line.text for line in text.lines) for path, text in texts.items()}
    return Checked(
        tuple(policies),
        found,
        with_chosen_ids(in_order(left), written, partial(_ids_beside, editions=found)),
        _chosen(root, selections),
        findings.stopped(left),
    )


def _chosen(root: Path, selections: Sequence[Selection]) -> tuple[tuple[str, str], ...]:
    """The school and policy of each adoption that is selected; without a policy where a folder cannot be opened."""
    chosen = []
    for school_id in school_ids(root):
        try:
            adopted = adopted_ids(root, school_id)
        except InputError:
            adopted = [""]
        chosen += [
            (school_id, policy) for policy in adopted if is_selected(selections, school_id, policy)
        ]
    return tuple(chosen)


def _law(root: Path, as_of: datetime.date, findings: Findings) -> LawLibrary:
    noted = Problems()
    law = law_of(root, noted, as_of)
    findings.take(noted, Scope())
    return law


def _read_schools(
    root: Path, selections: Sequence[Selection], findings: Findings
) -> tuple[SchoolFiles, ...]:
    """The schools that are selected. What is wrong with one adoption stops that one, and all else the school."""
    schools = []
    for school_id in school_ids(root):
        if not is_selected(selections, school_id):
            continue
        noted = Problems()
        try:
            school = _chosen_of(root, school_id, selections, noted)
        except InputError as error:  # the system does not open a folder of it
            school = None
            noted.extend(error.diagnostics)
        for each in noted:
            policy = paths.adopted_in(each.place.path) if each.place else ""
            findings.take([each], Scope(school_id, policy))
        if school is not None:
            schools.append(school)
    return tuple(schools)


def _note_reserved(folder: str, scope: Scope, findings: Findings) -> None:
    noted = Problems()
    note_reserved(folder, noted)
    findings.take(noted, scope)


def note_reserved(folder: str, problems: Problems) -> None:
    """Note the folder of a school or model policy that cannot be made, or checked out, on Windows."""
    name = folder.rpartition("/")[2]
    if paths.is_reserved(name):
        says = f"`{name}` is the name of a device on Windows, where no folder can be called that"
        problems.add("bad-value", says, Place(folder), "give the folder another name")


def law_of(root: Path, problems: Problems, as_of: datetime.date | None = None) -> LawLibrary:
    """The law library with what this workspace adds to it; says what is past its review on a day."""
    law, own = read_law(), read_own_law(root, problems)
    if as_of is not None and law.outdated(as_of):
        says = f"the law library of policygen was due for review on {printed_day(law.review_due)}"
        problems.add("law-outdated", says, None, "install a newer version of policygen")
    if own is None:
        return law
    if as_of is not None and as_of > own.value.due:
        says = (
            f"the law library of this workspace was due for review on {printed_day(own.value.due)}"
        )
        key = "review_due" if own.value.review_due else "as_of"
        problems.add(
            "law-outdated",
            says,
            own.place(key),
            f"look at each entry again, then write a later `{key}`",
        )
    return with_own(law, own, problems)


def fix(
    root: Path, selections: Sequence[Selection], as_of: datetime.date, tell: Tell = silent
) -> tuple[Checked, tuple[Mend, ...]]:
    """Check, mend in the files what is safe to mend, and check again until nothing more can be. Says what was done.

    All is written in one step.
    """
    from policygen.disk.writing import change

    root = root.resolve()
    changes: dict[str, bytes] = {}
    done: list[Mend] = []
    while True:
        with as_it_will_be(root, changes):
            checked = check(root, selections, as_of, tell)
            mended_files, mends = _mends(root, checked)
        if not mends:
            break
        changes |= mended_files
        done.extend(mends)
    change(root, changes)
    return checked, tuple(done)


def _mends(root: Path, checked: Checked) -> tuple[dict[str, bytes], list[Mend]]:
    """What can be mended in this round: each file as it is to be, and what was done to it."""
    changes: dict[str, bytes] = {}
    done: list[Mend] = []
    for path in sorted(
        {each.place.path for each in checked.diagnostics if each.place and can_mend(each)}
    ):
        here = [each for each in checked.diagnostics if each.place and each.place.path == path]
        before = content_of(root / path).decode()
        after, mends = mended(before, here, _ids_beside(path, checked.editions))
        if mends:
            changes[path] = after.encode()
            done.extend(mends)
    for composed in () if done else checked.policies:
        path, content, mends = _remembering(root, composed)
        if mends:
            changes[path] = content
            done.extend(mends)
    return changes, done


def _remembering(root: Path, composed: Composed) -> tuple[str, bytes, tuple[Mend, ...]]:
    """The path of an adoption, and what it says with the model text that each of its local changes was made about."""
    from policygen.disk.writing import as_text

    adoption = composed.school.adoptions[composed.document.policy_id]
    before = content_of(root / adoption.path).decode("utf-8-sig").replace("\r\n", "\n")
    after, mends = with_bases(composed.prepared, adoption, before)
    return adoption.path, as_text(root / adoption.path, after), mends


def _ids_beside(path: str, editions: Sequence[PreparedEdition]) -> set[str]:
    """Every id of the templates that a file belongs to, in any branch."""
    beside = (prepared.edition.texts for prepared in editions if path in prepared.edition.texts)
    return {
        found
        for texts in beside
        for text in texts.values()
        for found in re.findall(r"\{#([\w-]+)", text.text)
    }


def _texts(
    schools: Sequence[SchoolFiles], editions: Sequence[PreparedEdition]
) -> dict[str, Source]:
    texts: dict[str, Source] = {}
    for school in schools:
        texts |= school.texts
    for prepared in editions:
        texts |= prepared.edition.texts
    return texts


def _check_texts(
    root: Path,
    schools: Sequence[SchoolFiles],
    policies: Sequence[Composed],
    editions: Sequence[PreparedEdition],
    finder: TextFinder,
    law: LawLibrary,
    as_of: datetime.date,
    findings: Findings,
    tell: Tell,
) -> None:
    """Look for the damage that real policies were published with, in templates, facts and composed policies."""
    all_schools = known_schools(root)
    details = details_of(all_schools)
    known = set()
    shared = read_shared(root, Problems())
    for prepared in editions:
        found = Problems()
        check_template(prepared, _all_but("", all_schools), finder, law, as_of, found)
        if shared is not None and not prepared.edition.frozen:
            check_retyped(prepared, shared.value.questions, finder, found)
        edition = prepared.edition
        findings.take(found, Scope(policy=edition.template_id, edition=edition.folder))
        known |= {(each.rule, each.place) for each in found}
    others = {each.school_id: _all_but(each.school_id, all_schools) for each in schools}
    for school in schools:
        found = Problems()
        check_facts(school, others[school.school_id], details, finder, law, found)
        findings.take(found, Scope(school=school.school_id))
        known |= {(each.rule, each.place) for each in found}
    for number, composed in enumerate(policies, 1):
        school, document = composed.school, composed.document
        tell(f"checking {school.school_id}/{document.policy_id}", number, len(policies))
        edition = composed.prepared.edition
        scope, later = Scope(school.school_id, document.policy_id), Problems()
        newer = newer_edition(root, edition.template_id, edition.file.value.edition, as_of, later)
        findings.take(later, scope)
        own = Problems()
        check_document(
            document,
            edition,
            newer,
            school,
            others[school.school_id],
            details,
            finder,
            law,
            as_of,
            own,
        )
        check_deviations(composed.prepared, school.adoptions[document.policy_id], as_of, own)
        new = (each for each in own if (each.rule, each.place) not in known)
        findings.take(new, scope, f"in {document.policy_id} of {school.school_id}")


def _all_but(school_id: str, schools: Mapping[str, School]) -> list[str]:
    """The names of every school but one."""
    return [name for other, each in schools.items() if other != school_id for name in each.known_as]


def chosen_schools(
    root: Path, selections: Sequence[Selection], problems: Problems
) -> tuple[SchoolFiles, ...]:
    """The schools that are selected, each with those of its adoptions that are."""
    schools = []
    for school_id in school_ids(root):
        if is_selected(selections, school_id):
            school = _chosen_of(root, school_id, selections, problems)
            if school is not None:
                schools.append(school)
    return tuple(schools)


def _chosen_of(
    root: Path, school_id: str, selections: Sequence[Selection], problems: Problems
) -> SchoolFiles | None:
    """One school, with those of its adoptions that are selected."""
    return read_school(root, school_id, partial(is_selected, selections, school_id), problems)


def is_selected(selections: Sequence[Selection], school_id: str, template_id: str = "") -> bool:
    """Whether a policy of a school is selected; without a policy, whether anything of the school is."""
    return any(selection.wants(school_id, template_id) for selection in selections)


def _prepare_editions(
    root: Path,
    selections: Sequence[Selection],
    schools: Sequence[SchoolFiles],
    law: LawLibrary,
    findings: Findings,
) -> dict[tuple[str, str], PreparedEdition | None]:
    """Every edition that a school pins, and every working template that is selected and in work, each prepared once."""
    asked: dict[tuple[str, str], Place | None] = {}
    for school in schools:
        for template_id, adoption in school.adoptions.items():
            asked.setdefault((template_id, adoption.value.edition), adoption.place("edition"))
    whole = [each.policy for each in selections if not each.school]
    pinned = {template_id for template_id, _ in asked}
    for template_id in template_ids(root):
        if not any(policy in ("", template_id) for policy in whole):
            continue
        noted = Problems()
        if template_id not in pinned or has_unpublished_changes(root, template_id, noted):
            asked[template_id, ""] = None
        findings.take(noted, Scope(policy=template_id, edition=UNREAD))
    editions: dict[tuple[str, str], PreparedEdition | None] = {}
    for (template_id, edition), place in asked.items():
        noted, prepared = Problems(), None
        try:
            read = read_edition(root, template_id, edition, place, noted)
            prepared = None if read is None else prepare_edition(read, law, noted)
        except InputError as error:  # the system does not open a folder of it
            noted.extend(error.diagnostics)
        editions[template_id, edition] = prepared
        folder = prepared.edition.folder if prepared else UNREAD
        findings.take(noted, Scope(policy=template_id, edition=folder))
    return editions


def _compose(
    root: Path,
    school: SchoolFiles,
    template_id: str,
    prepared: PreparedEdition,
    law: LawLibrary,
    problems: Problems,
) -> Composed | None:
    """One policy of a school; None, with problems, where it cannot be composed."""
    adoption = school.adoptions[template_id]
    template = prepared.edition.file.value
    note_misplaced(template, adoption, school, problems)
    adoption = with_shared_answers(template, adoption, school)
    school = school.with_adoption(template_id, adoption)
    names = {site.name for part in prepared.parts for site in part.prepared.sites}
    check_people(names, school, problems)
    register = read_register(root, school.school_id, template_id, problems)
    rows = register.rows() if register else ()
    document = compose(prepared, school, adoption, law, problems, rows)
    if document is None:
        return None
    check_glyphs(document, prepared.edition, school, adoption, problems)
    standing = stand(root, document, school, prepared, register, problems) if register else None
    return Composed(document, school, prepared, standing)


def _check_together(
    root: Path,
    school: SchoolFiles,
    editions: Mapping[tuple[str, str], PreparedEdition | None],
    law: LawLibrary,
    findings: Findings,
) -> None:
    """Compare what the chosen policies of one school say with each other, and with its other policies."""
    unnoted = Problems()  # what is wrong with a policy that was not chosen is told when it is
    whole = read_school(root, school.school_id, lambda _: True, unnoted) or school
    said, found = list[Said](), Problems()
    for template_id, adoption in whole.adoptions.items():
        key = (template_id, adoption.value.edition)
        prepared = editions[key] if key in editions else _prepared(root, *key, law)
        if prepared is not None:
            said.append(said_by(prepared, whole, adoption, law))
    check_contradictions(said, school, found)
    if len(said) == len(adopted_ids(root, school.school_id)):
        check_unread(said, school, found)
    # What stands in a file that was not chosen may be allowed there.
    beside = {path: text for path, text in whole.texts.items() if path not in school.texts}
    left = allowed(found, beside, whole=False)
    findings.take((each for each in found if each in left), Scope(school=school.school_id))


def _prepared(
    root: Path, template_id: str, edition: str, law: LawLibrary
) -> PreparedEdition | None:
    """An edition that nobody asked about; None where it cannot be read."""
    unnoted = Problems()
    read = read_edition(root, template_id, edition, None, unnoted)
    return None if read is None else prepare_edition(read, law, unnoted)


Kind = Literal[
    "template", "overlay", "shared", "changes", "school", "answers", "adoption", "upgrade", "law"
]
_MODELS: dict[Kind, type[FileModel]] = {
    "template": Template,
    "overlay": OverlayFile,
    "shared": SharedFile,
    "changes": ChangesFile,
    "school": School,
    "answers": AnswersFile,
    "adoption": AdoptionFile,
    "upgrade": UpgradeFile,
    "law": OwnLaw,
}


def schema(kind: Kind) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of one kind of file."""
    made = _MODELS[kind].model_json_schema(
        by_alias=True, mode="validation", schema_generator=_Described
    )
    without_nothing: dict[str, Any] = _without_nothing(made)
    return {"$schema": GenerateJsonSchema.schema_dialect, **without_nothing}


class _Described(GenerateJsonSchema):
    """Describes each key with the docstring of its field."""

    def model_schema(self, schema: ModelSchema) -> JsonSchemaValue:
        """The schema of one model."""
        made = super().model_schema(schema)
        model: type[BaseModel] = schema["cls"]
        described = _docstrings(model)
        for name, field in model.model_fields.items():
            key = field.alias or name
            part = made["properties"][key]
            part["title"] = key.replace("_", " ").capitalize()
            if name in described:
                part["description"] = described[name]
        return made


def _docstrings(model: type[BaseModel]) -> dict[str, str]:
    """The docstrings below the fields of a model and of those that it builds on, by field. Read from the source."""
    found: dict[str, str] = {}
    for each in reversed(model.__mro__):
        if each.__module__.startswith("policygen."):
            body = ast.parse(dedent(inspect.getsource(each))).body[0]
            for field, docstring in pairwise(body.body if isinstance(body, ast.ClassDef) else ()):
                match field, docstring:
                    case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(
                        value=ast.Constant(value=str(text))
                    ):
                        found[name] = text
                    case _:
                        pass
    return found


def _without_nothing(part: Any) -> Any:
    """A schema in which no key may hold nothing: a key that is not wanted is left out."""
    if isinstance(part, list):
        return [_without_nothing(each) for each in part]
    if not isinstance(part, dict):
        return part
    kept = {
        key: _without_nothing(value)
        for key, value in part.items()
        if (key, value) != ("default", None)
    }
    options = [each for each in kept.get("anyOf", ()) if each != {"type": "null"}]
    if len(options) == 1:
        del kept["anyOf"]
        return {**options[0], **kept}
    return kept
