"""Selecting and checking: read everything that is asked for, compose it, note all problems, write nothing."""

from __future__ import annotations

import ast
import datetime
import inspect
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import astuple, dataclass, field, replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from textwrap import dedent
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core.core_schema import ModelSchema

from policygen.checks import (
    Allowance,
    Allowances,
    Names,
    TextFinder,
    Watched,
    allowances_in,
    check_document,
    check_facts,
    check_people,
    check_template,
    details_of,
    foreign_to,
    names_of,
)
from policygen.checks.contradictions import Said, check_contradictions, check_unread, said_by
from policygen.checks.declared import check_declared, check_unused, named_in
from policygen.checks.glyphs import check_glyphs
from policygen.checks.mend import Mend, can_mend, mended, with_bases, with_chosen_ids
from policygen.checks.retyped import check_retyped
from policygen.compose.compose import compose
from policygen.compose.deviations import check_deviations
from policygen.compose.prepare import PreparedEdition, prepare_edition
from policygen.disk.editions import (
    has_unpublished_changes,
    newer_edition,
    published_facts,
    read_edition,
    read_facts,
    read_shared,
    template_ids,
)
from policygen.disk.reader import as_it_will_be, content_of
from policygen.disk.reading import adopted_ids, known_schools, read_own_law, read_school, school_ids
from policygen.disk.registering import read_register, registered_policies
from policygen.files.fields import FileModel
from policygen.ground import paths
from policygen.ground.dates import printed_day
from policygen.ground.diagnostics import (
    Diagnostic,
    InputError,
    Place,
    Problems,
    Severity,
    in_order,
    worth_saying,
)
from policygen.ground.telling import Tell, silent
from policygen.ground.wording import meant_or_known
from policygen.language.document import Document
from policygen.language.source import Source
from policygen.model.adoption import AdoptionFile
from policygen.model.answers import note_misplaced, with_shared_answers
from policygen.model.changes import ChangesFile
from policygen.model.facts import Facts, FactsFile
from policygen.model.law import LawLibrary, OwnLaw, read_law, with_own
from policygen.model.meeting import MeetingFile
from policygen.model.overlay import OverlayFile
from policygen.model.school import School, school_model
from policygen.model.shared import AnswersFile, SharedFile
from policygen.model.template import Template
from policygen.model.workspace import SchoolFiles
from policygen.project.findings import UNREAD, EditionFound, Findings, SchoolFound, Scope
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
class Asked:
    """What of a workspace is looked at, and on which day."""

    root: Path
    selections: tuple[Selection, ...]
    as_of: datetime.date

    @property
    def everything(self) -> bool:
        """Whether all of it is."""
        return Selection() in self.selections

    def schools(self) -> list[str]:
        """The schools of which anything is."""
        return [each for each in school_ids(self.root) if is_selected(self.selections, each)]


class Others:
    """What the schools of a workspace are called and have, which no other may say of itself."""

    def __init__(self, schools: Mapping[str, School]) -> None:
        """Find them by their first words: there are thousands, and a text has few."""
        self.schools = schools
        self.details, self.names = details_of(schools), names_of(schools)

    def every_name(self) -> list[tuple[str, tuple[str, ...]]]:
        """The names of all schools."""
        return [(school_id, school.known_as) for school_id, school in self.schools.items()]

    def told(self, school_id: str, words: str) -> list[object]:
        """The names and details of others that may stand in a text of these words of a school, as plain data."""
        known = dict.fromkeys(words.split())
        names = [*self.names.beside(school_id).among(known)]
        school = self.schools.get(school_id)
        if school is None:
            return [names]
        return [names, [astuple(each) for each in foreign_to(school, self.details).among(known)]]


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
    allowances: Mapping[Allowance, bool] = field(default_factory=dict)
    """Each that stands in what was checked, and whether it lets something pass."""

    @property
    def failed(self) -> bool:
        """Whether anything was found that stops a build."""
        return any(each.severity is Severity.ERROR for each in self.diagnostics)

    @property
    def sound(self) -> tuple[Composed, ...]:
        """The policies that no error is about."""
        return tuple(
            each
            for each in self.policies
            if not self.stops(*each.name, each.prepared.edition.folder)
        )

    def stops(self, school: str, policy: str, edition: str) -> bool:
        """Whether an error is about what a school makes of an edition; without a school, about the edition."""
        return any(scope.takes(school, policy, edition) for scope in self.stopped)


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
    root: Path,
    selections: Sequence[Selection],
    as_of: datetime.date,
    tell: Tell = silent,
    held: Callable[[Composed], bool] = lambda _: True,
) -> Checked:
    """Read, prepare and compose everything selected; notes all problems, writes nothing.

    Only those policies are held that `held` says: of many schools they fill the memory.
    """
    asked = Asked(root, tuple(selections), as_of)
    checking, together = Checking(asked, tell), Together(asked)
    policies: list[Composed] = []
    for school_id in asked.schools():
        looked = checking.school(school_id)
        together.take_school(looked.found)
        policies += filter(held, looked.policies)
    for editions in together.editions():
        for name in editions:
            together.take_edition(checking.edition(*name))
    return replace(together.whole(), policies=tuple(policies), editions=checking.prepared)


class Together:
    """What was found in each school and edition, put together: in whatever order it came, it is told in the same."""

    def __init__(self, asked: Asked) -> None:
        """Look at what all schools and editions share."""
        self.chosen = chosen_adoptions(asked.root, asked.selections)
        self._asked = asked
        self._schools: dict[str, SchoolFound] = {}
        self._editions: dict[tuple[str, str], EditionFound] = {}
        self._in_work: list[str] = []
        """The working templates that no school uses as they are."""
        self._noted: dict[str, Problems] = {}
        """What is wrong with looking for them, by template."""
        noted = Problems()
        law_of(asked.root, noted, asked.as_of)
        self._found = [*noted]
        self._sound = not noted.has_errors
        self._stopped = frozenset({Scope()} if noted.has_errors else ())
        self._facts = read_facts(asked.root, Problems())
        self._check_declared()

    def _check_declared(self) -> None:
        """Look at the facts that are declared here. What is wrong with them stops what is being written."""
        noted, root = Problems(), self._asked.root
        if self._facts is not None:
            check_declared(self._facts, published_facts(root), noted)
        self._found += noted
        if noted.has_errors:
            self._sound = False
            for name in template_ids(root):
                self._stopped |= {Scope(policy=name, edition=paths.template_folder(name))}

    def adoptions(self, school_id: str) -> int:
        """How many adoptions of a school are selected."""
        return sum(school == school_id for school, _ in self.chosen)

    @property
    def read(self) -> list[EditionFound]:
        """The editions that could be read."""
        return [each for each in self._editions.values() if each.folder]

    def take_school(self, found: SchoolFound) -> None:
        """Take what was found in a school."""
        self._schools[found.school] = found

    def take_edition(self, found: EditionFound) -> None:
        """Take what was found in an edition."""
        self._editions[found.template_id, found.asked] = found

    def editions(self) -> Iterator[list[tuple[str, str]]]:
        """The editions that are to be looked at once all schools were: those that they pin, then those in work."""
        pinned = (name for _, found in sorted(self._schools.items()) for name in found.editions)
        yield [*dict.fromkeys(pinned)]
        self._look_for_work()
        yield [(template_id, "") for template_id in self._in_work]

    def _look_for_work(self) -> None:
        """Look for working templates that are selected and that no school uses as they are."""
        root = self._asked.root
        whole = [each.policy for each in self._asked.selections if not each.school]
        pinned = {found.template_id for found in self._editions.values() if found.folder}
        for template_id in template_ids(root):
            if not any(policy in ("", template_id) for policy in whole):
                continue
            noted, used = Problems(), template_id in pinned
            try:
                used = used and not has_unpublished_changes(root, template_id, noted)
            except InputError as error:  # the system does not open a folder of a published edition
                noted.extend(error.diagnostics)
            self._noted[template_id] = noted
            if not used:
                self._in_work.append(template_id)

    def whole(self) -> Checked:
        """What was found in everything, without the policies and editions themselves."""
        found = list[Diagnostic]()
        editions = self.read
        for edition in editions:
            found += edition.diagnostics
        found += self._found
        sound, stopped = self._sound and all(each.sound for each in editions), self._stopped
        stopped = stopped.union(*(each.stopped for each in editions))
        used, named = set[Allowance](), set[str]()
        theirs, own = dict[Allowance, bool](), dict[Allowance, bool]()
        for _, school in sorted(self._schools.items()):
            found += school.diagnostics
            stopped |= school.stopped
            sound = sound and school.sound
            used.update(school.used)
            named.update(school.named)
            own.update(school.allowances)
        for template_id, noted in self._noted.items():
            noted.extend(self._unread(template_id))
            found += noted
            if noted.has_errors:
                stopped |= {Scope(policy=template_id, edition=UNREAD)}
                sound = False
        for edition in editions:
            used.update(edition.used)
            named.update(edition.named)
        for edition in editions:
            theirs.update((each, each in used) for each in edition.allowances)
            if sound:
                found += Allowances(edition.allowances, ()).unused(used)
        if sound and self._facts is not None and self._asked.everything:
            unused = Problems()
            check_unused(self._facts, named, unused)
            found += unused
        return Checked((), (), in_order(found), self.chosen, stopped, theirs | own)

    def _unread(self, template_id: str) -> Sequence[Diagnostic]:
        """Why a working template that is looked for cannot be read."""
        if template_id not in self._in_work:
            return ()
        edition = self._editions[template_id, ""]
        return () if edition.folder else edition.diagnostics


@dataclass(frozen=True)
class _Edition:
    """An edition, read, prepared and checked once for all schools."""

    prepared: PreparedEdition
    found: EditionFound
    known: frozenset[tuple[str, Place | None]]
    """The rule and place of all that is wrong with its text: not told once more of each policy that is made of it."""
    allowances: Allowances


@dataclass(frozen=True)
class Looked:
    """A school that was checked."""

    found: SchoolFound
    policies: tuple[Composed, ...] = ()
    """Those that could be composed."""
    stopped: frozenset[Scope] = frozenset()
    """What errors are about, those of its editions and of the law among them."""

    @property
    def sound(self) -> tuple[Composed, ...]:
        """The policies that no error is about."""
        return Checked(self.policies, (), (), stopped=self.stopped).sound


class Checking:
    """A check of one school or edition at a time: what they share is read once, and no school is kept."""

    def __init__(self, asked: Asked, tell: Tell = silent, others: Others | None = None) -> None:
        """Read what they share, and all schools if they are not known; what is wrong with it is told by `Together`."""
        self._asked, self._root, self._tell = asked, asked.root, tell
        self._total = len(chosen_adoptions(asked.root, asked.selections))
        noted = Problems()
        self._law = law_of(asked.root, noted, asked.as_of)
        self._of_law = frozenset({Scope()} if noted.has_errors else ())
        others = others or Others(known_schools(asked.root))
        self._names, self._details = others.names, Watched(others.details)
        self._questions = read_shared(asked.root, Problems())
        self._editions: dict[tuple[str, str], _Edition] = {}
        self._unread: dict[tuple[str, str], Problems] = {}
        """What is wrong with editions that cannot be read, whoever asks for them."""
        self._beside: dict[tuple[str, str], PreparedEdition | None] = {}
        self._number = 0

    @property
    def prepared(self) -> tuple[PreparedEdition, ...]:
        """The editions that were asked for and could be read."""
        return tuple(edition.prepared for edition in self._editions.values())

    def edition(self, template_id: str, asked: str) -> EditionFound:
        """An edition, checked."""
        noted = Problems()
        edition = self._edition(template_id, asked, None, noted)
        if edition is None:
            return EditionFound(template_id, asked, diagnostics=tuple(noted))
        return edition.found

    def prepared_edition(self, template_id: str, asked: str) -> PreparedEdition | None:
        """An edition that was checked; None where it cannot be read."""
        edition = self._edition(template_id, asked, None, Problems())
        return None if edition is None else edition.prepared

    def _edition(
        self, template_id: str, edition: str, asked: Place | None, problems: Problems
    ) -> _Edition | None:
        """An edition; None, with a problem, where it cannot be read, which each that asks for it is told."""
        key = template_id, edition
        if key in self._unread:
            problems.extend(self._unread[key])
            return None
        if key not in self._editions:
            noted, prepared = Problems(), None
            try:
                read = read_edition(self._root, template_id, edition, asked, noted)
                prepared = None if read is None else prepare_edition(read, self._law, noted)
            except InputError as error:  # the system does not open a folder of it
                noted.extend(error.diagnostics)
            if prepared is None:
                if asked not in (each.place for each in noted):
                    self._unread[key] = noted
                problems.extend(noted)
                return None
            self._editions[key] = self._checked(prepared, edition, noted)
        return self._editions[key]

    def _checked(self, prepared: PreparedEdition, asked: str, noted: Problems) -> _Edition:
        """An edition with the damage that real policies were published with, in any of its branches."""
        edition, findings, found = prepared.edition, Findings(), Problems()
        scope = Scope(policy=edition.template_id, edition=edition.folder)
        note_reserved(paths.template_folder(edition.template_id), noted)
        findings.take(noted, scope)
        finder, names = TextFinder(edition.texts), self._names
        named = {*named_in(edition.texts.values(), edition.file.value.facts)}
        named.update(".".join(name.split(".")[:2]) for name in prepared.uses)
        check_template(prepared, names, finder, self._law, self._asked.as_of, found)
        if self._questions is not None and not edition.frozen:
            check_retyped(prepared, self._questions.value.questions, finder, found)
        findings.take(found, scope)
        allowances = allowances_in(edition.texts)
        left, used = allowances.left(worth_saying([*findings.problems]))
        told = _with_ids((*left, *allowances.wrong), edition.texts, [prepared])
        summary = EditionFound(
            edition.template_id,
            asked,
            edition.file.value.edition,
            edition.folder,
            edition.frozen,
            not noted.has_errors,
            told,
            findings.stopped(left),
            allowances.found,
            tuple(sorted(used)),
            tuple(sorted(named)),
        )
        known = frozenset((each.rule, each.place) for each in found)
        return _Edition(prepared, summary, known, allowances)

    def school(self, school_id: str) -> Looked:
        """A school with what is selected of it, composed and checked."""
        self._details.words, findings = set(), Findings()
        school = _read_school(self._root, school_id, self._asked.selections, findings)
        if school is None:
            unread = tuple(worth_saying([*findings.problems]))
            return Looked(SchoolFound(school_id, (), unread, findings.stopped(unread)))
        noted = Problems()
        note_reserved(school.folder, noted)
        findings.take(noted, Scope(school=school_id))
        editions: dict[str, _Edition] = {}
        policies = []
        for template_id in school.adoptions:
            composed = self._composed(school, template_id, editions, findings)
            if composed is not None:
                policies.append(composed)
        self._check_together(school, findings)
        sound = not findings.problems.has_errors
        self._check_texts(school, policies, [*editions.values()], findings)
        own = allowances_in(school.texts)
        left, used = own.left(worth_saying([*findings.problems]))
        theirs: set[Allowance] = set()
        for edition in editions.values():
            left, more = edition.allowances.left(left)
            theirs |= more
        whole = sound and all(edition.found.sound for edition in editions.values())
        told = (*left, *own.wrong, *(own.unused(used) if whole else ()))
        prepared = [edition.prepared for edition in editions.values()]
        found = SchoolFound(
            school_id,
            tuple((name, each.value.edition) for name, each in school.adoptions.items()),
            _with_ids(told, school.texts, prepared),
            findings.stopped(left),
            sound,
            tuple((each, each in used) for each in own.found),
            tuple(sorted(theirs)),
            tuple(sorted(named_in(school.texts.values(), school.file.value.declared))),
            " ".join(sorted(self._details.words)),
        )
        stopped = self._of_law.union(
            found.stopped, *(each.found.stopped for each in editions.values())
        )
        return Looked(found, tuple(policies), stopped)

    def _composed(
        self,
        school: SchoolFiles,
        template_id: str,
        editions: dict[str, _Edition],
        findings: Findings,
    ) -> Composed | None:
        """One policy of a school; None, with problems, where it cannot be composed."""
        self._number += 1
        name = f"{school.school_id}/{template_id}"
        self._tell(f"composing {name}", self._number, self._total)
        adoption, noted = school.adoptions[template_id], Problems()
        pinned = adoption.value.edition
        edition = self._edition(template_id, pinned, adoption.place("edition"), noted)
        scope = Scope(school.school_id, template_id)
        findings.take(noted, scope)
        if edition is None:
            return None
        editions[edition.prepared.edition.folder] = edition
        noted, composed = Problems(), None
        try:
            composed = _compose(self._root, school, template_id, edition.prepared, self._law, noted)
        except InputError as error:  # the system does not open its register
            noted.extend(error.diagnostics)
        findings.take(noted, scope, f"while composing {template_id} for {school.school_id}")
        return composed

    def _check_together(self, school: SchoolFiles, findings: Findings) -> None:
        """Compare what the chosen policies of one school say with each other, and with its other policies."""
        unnoted = Problems()  # what is wrong with a policy that was not chosen is told when it is
        whole = read_school(self._root, school.school_id, lambda _: True, unnoted) or school
        said, found = list[Said](), Problems()
        for template_id, adoption in whole.adoptions.items():
            prepared = self._prepared(template_id, adoption.value.edition)
            if prepared is not None:
                said.append(said_by(prepared, whole, adoption, self._law))
        check_contradictions(said, school, found)
        if len(said) == len(adopted_ids(self._root, school.school_id)):
            check_unread(said, school, found)
        # What stands in a file that was not chosen may be allowed there.
        beside = {path: text for path, text in whole.texts.items() if path not in school.texts}
        left, _ = allowances_in(beside).left(found)
        findings.take(left, Scope(school=school.school_id))

    def _prepared(self, template_id: str, edition: str) -> PreparedEdition | None:
        """An edition that nobody may have asked about; None where it cannot be read."""
        key = template_id, edition
        if key in self._editions:
            return self._editions[key].prepared
        if key not in self._beside:
            unnoted, self._beside[key] = Problems(), None
            with suppress(InputError):  # the system does not open a folder of it
                read = read_edition(self._root, template_id, edition, None, unnoted)
                if read is not None:
                    self._beside[key] = prepare_edition(read, self._law, unnoted)
        return self._beside[key]

    def _check_texts(
        self,
        school: SchoolFiles,
        policies: Sequence[Composed],
        editions: Sequence[_Edition],
        findings: Findings,
    ) -> None:
        """Look for the damage that real policies were published with, in facts and composed policies."""
        texts = dict(school.texts)
        for edition in editions:
            texts |= edition.prepared.edition.texts
        finder, found = TextFinder(texts), Problems()
        others = self._names.beside(school.school_id)
        check_facts(school, others, self._details, finder, self._law, found)
        findings.take(found, Scope(school=school.school_id))
        known = {(each.rule, each.place) for each in found}.union(
            *(each.known for each in editions)
        )
        for composed in policies:
            name = composed.document.policy_id
            scope = Scope(school.school_id, name)
            self._tell(f"checking {school.school_id}/{name}", self._number, self._total)
            own = self._damage(composed, others, finder, findings)
            new = (each for each in own if (each.rule, each.place) not in known)
            findings.take(new, scope, f"in {name} of {school.school_id}")

    def _damage(
        self, composed: Composed, others: Names, finder: TextFinder, findings: Findings
    ) -> Problems:
        document, school, edition = composed.document, composed.school, composed.prepared.edition
        template_id, number = edition.template_id, edition.file.value.edition
        noted, found = Problems(), Problems()
        newer = newer_edition(self._root, template_id, number, self._asked.as_of, noted)
        findings.take(noted, Scope(*composed.name))
        check_document(
            document,
            edition,
            newer,
            school,
            others,
            self._details,
            finder,
            self._law,
            self._asked.as_of,
            found,
        )
        adoption = school.adoptions[document.policy_id]
        check_deviations(composed.prepared, adoption, self._asked.as_of, found)
        return found


def _with_ids(
    found: tuple[Diagnostic, ...],
    texts: Mapping[str, Source],
    editions: Sequence[PreparedEdition],
) -> tuple[Diagnostic, ...]:
    """The diagnostics, each about a missing id with the one that mending would choose."""
    if not any(each.rule == "missing-id" for each in found):
        return found
    written = {path: "\n".join(line.text for line in text.lines) for path, text in texts.items()}
    return with_chosen_ids(found, written, partial(_ids_beside, editions=editions))


def chosen_adoptions(root: Path, selections: Sequence[Selection]) -> tuple[tuple[str, str], ...]:
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


def _read_school(
    root: Path, school_id: str, selections: Sequence[Selection], findings: Findings
) -> SchoolFiles | None:
    """A school that is selected. What is wrong with one adoption stops that one, and all else the school."""
    noted, school = Problems(), None
    try:
        school = _chosen_of(root, school_id, selections, noted)
    except InputError as error:  # the system does not open a folder of it
        noted.extend(error.diagnostics)
    for each in noted:
        policy = paths.adopted_in(each.place.path) if each.place else ""
        findings.take([each], Scope(school_id, policy))
    return school


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


Kind = Literal[
    "template",
    "overlay",
    "shared",
    "facts",
    "changes",
    "school",
    "answers",
    "meeting",
    "adoption",
    "upgrade",
    "law",
]
_MODELS: dict[Kind, type[FileModel]] = {
    "template": Template,
    "overlay": OverlayFile,
    "shared": SharedFile,
    "facts": FactsFile,
    "changes": ChangesFile,
    "school": School,
    "answers": AnswersFile,
    "meeting": MeetingFile,
    "adoption": AdoptionFile,
    "upgrade": UpgradeFile,
    "law": OwnLaw,
}


def schema(kind: Kind, declared: Facts | None = None) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of one kind of file; of a school, with the facts that are `declared`."""
    model = _MODELS[kind]
    if kind == "school" and declared is not None:
        model = school_model(declared)
    made = model.model_json_schema(by_alias=True, mode="validation", schema_generator=_Described)
    without_nothing: dict[str, Any] = _without_nothing(made)
    return {"$schema": GenerateJsonSchema.schema_dialect, **without_nothing}


class _Described(GenerateJsonSchema):
    """Describes each key with the docstring of its field."""

    def model_schema(self, schema: ModelSchema) -> JsonSchemaValue:
        """The schema of one model."""
        made = super().model_schema(schema)
        model: type[BaseModel] = schema["cls"]
        described = _docstrings(model)
        for name, shape in model.model_fields.items():
            key = shape.alias or name
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
            try:
                source = inspect.getsource(each)
            except (
                OSError
            ):  # a group of facts is made of their declarations, and its fields are described
                continue
            body = ast.parse(dedent(source)).body[0]
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
