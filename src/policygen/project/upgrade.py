"""Upgrading adoptions, and templates that extend another: the pin moves when nothing is open any more."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby
from pathlib import Path

from policygen.compose.local_wording import own_blocks
from policygen.compose.names import all_names, asked_questions
from policygen.disk.executors import Died, run_all
from policygen.disk.registering import read_register
from policygen.disk.writing import Content, as_text, change
from policygen.files.yamledit import CannotAddError, with_value
from policygen.files.yamlfile import Located, read_yaml
from policygen.ground.diagnostics import Diagnostic, InputError, Place, Problems
from policygen.ground.telling import Tell, silent
from policygen.ground.wording import meant_or_known
from policygen.language.source import source
from policygen.language.vocabulary import Vocabulary
from policygen.model.adoption import StartedAdoption, version_order
from policygen.model.question import AnyQuestion
from policygen.model.template import Template
from policygen.project.adopt import changed_meanwhile, check_as_read, question_note, read_started
from policygen.project.upgrade_inputs import (
    Adopter,
    Library,
    Moving,
    library_of,
    read_choices,
    read_moving,
)
from policygen.project.upgrade_texts import copy_to_read, texts_to_read
from policygen.upgrade.answers import (
    AnswersUpgraded,
    Elsewhere,
    carried_answers,
    followed,
    needed_answers,
)
from policygen.upgrade.clauses import Situation, upgrade_clauses
from policygen.upgrade.decisions_file import (
    UpgradeFile,
    answer_choices,
    clause_choices,
    read_answer,
    written_choices,
)
from policygen.upgrade.outcome import Choice, Outcome, Upgrade
from policygen.upgrade.report import as_report
from policygen.upgrade.same import says_already
from policygen.upgrade.shared import apart
from policygen.upgrade.way import Side, with_new_names


@dataclass(frozen=True)
class _Choices:
    """What was decided about questions and about clauses."""

    answers: Mapping[str, Choice]
    clauses: Mapping[str, Choice]


@dataclass(frozen=True)
class _Answered:
    """The answers of a file, brought over as far as they are known."""

    outcomes: tuple[Outcome, ...]
    text: str
    """The file with them."""
    file: Located[StartedAdoption]
    questions: Mapping[str, AnyQuestion]
    """What the new edition asks; of a school, with the options that are for it."""

    @property
    def open(self) -> tuple[str, ...]:
        """The questions that somebody still has to answer, by their new names."""
        return tuple(outcome.key for outcome in self.outcomes if outcome.open)


def decide(
    moving: Moving, file: Located[UpgradeFile] | None, given: Mapping[str, str | Choice]
) -> Upgrade:
    """What becomes of an adoption or template with these decisions. Raises InputError for those that cannot be done.

    `given` are decisions from the command line, by the id of a clause or question, which go before those of the file.
    """
    problems = Problems()
    choices = _all_choices(moving, file, given)
    _check_own_texts(file, choices.clauses, moving.new.vocabulary, problems)
    try:
        answered = _answered(moving, choices.answers, problems)
        clauses = upgrade_clauses(_situation(moving, answered, choices.clauses))
        outcomes = (*answered.outcomes, *clauses.outcomes)
        text = moving.text
        # While something is open the file is not written, and its texts may still have nowhere to go.
        if not any(outcome.open for outcome in outcomes):
            text = clauses.edits.applied(with_new_names(answered.text, moving.way.names))
            text = with_value(text, moving.pin, moving.editions[1])
    except CannotAddError:
        says = "this file is written in a way that policygen cannot change"
        problems.add("yaml-syntax", says, Place(moving.path), "begin each key on a line of its own")
        raise InputError(problems) from None
    problems.extend(clauses.problems)
    _check_needed(outcomes, choices, problems)
    problems.stop()
    open_questions = {
        name: answered.questions[name] for name in answered.open if name in answered.questions
    }
    shown = texts_to_read(moving, answered.text, outcomes, open_questions)
    written = written_choices(
        moving.command,
        moving.editions,
        outcomes,
        answered.questions,
        choices.answers,
        choices.clauses,
        shown,
        question_note,
    )
    upgrade = Upgrade(
        moving.name, *moving.editions, outcomes, text, written, shown, answered.questions
    )
    if upgrade.done:
        return replace(upgrade, copy=copy_to_read(moving, text, outcomes))
    return upgrade


# --- what was decided -------------------------------------------------------------------------------------------------


def _all_choices(
    moving: Moving, file: Located[UpgradeFile] | None, given: Mapping[str, str | Choice]
) -> _Choices:
    """What was decided in the file, and on the command line, which goes first.

    Raises InputError for a word on the command line that is no decision about a clause.
    """
    problems = Problems()
    old: Template = moving.old.edition.file.value
    new: Template = moving.new.edition.file.value
    options = {name: [*question.choices] for name, question in new.questions.items()}
    answers = answer_choices(file, options) if file else {}
    clauses = clause_choices(file) if file else {}
    for identity, decision in given.items():
        is_question = identity in new.questions or identity in old.questions
        if isinstance(decision, Choice):
            (answers if is_question else clauses)[identity] = decision
        elif is_question:
            answers[identity] = read_answer(decision, options.get(identity, ()))
        else:
            clauses[identity] = _clause_choice(identity, decision, problems)
    problems.stop()
    return _Choices(answers, clauses)


def _clause_choice(identity: str, written: str, problems: Problems) -> Choice:
    """A decision about a clause as it is written on the command line: take, keep, or keep:OTHER-ID."""
    action, colon, target = written.partition(":")
    if action == "keep" and (target or not colon):
        return Choice("keep", to=target)
    if written != "take":
        says = f"`{written}` is no decision about `{identity}`"
        hint = f"write `{identity}=take` for the model text, `{identity}=keep` for yours, or `{identity}=keep:OTHER-ID`"
        problems.add("bad-decision", says, None, hint)
    return Choice("take")


def _check_needed(outcomes: Sequence[Outcome], choices: _Choices, problems: Problems) -> None:
    """Note decisions about what need not be decided."""
    for subject, made in (("question", choices.answers), ("clause", choices.clauses)):
        known = [each.key for each in outcomes if each.result == "asked" and each.kind == subject]
        for identity, choice in made.items():
            if identity not in known:
                hint = meant_or_known(identity, sorted(known))
                says = f"`{identity}` is no {subject} that needs a decision"
                hint = hint or f"no {subject} needs a decision"
                problems.add("bad-decision", says, choice.place, hint)


def _check_own_texts(
    file: Located[UpgradeFile] | None,
    clauses: Mapping[str, Choice],
    vocabulary: Vocabulary,
    problems: Problems,
) -> None:
    """Note all that is wrong with new texts of a school's own, where they are written, before one is taken over."""
    for identity, choice in clauses.items():
        for key, text in choice.texts.items():
            own = source(text, identity)
            if file is not None and choice.place is not None:
                own = file.source(text, "clauses", identity, key)
            own_blocks(own, vocabulary, None, problems)


# --- bringing it over -------------------------------------------------------------------------------------------------


def _answered(moving: Moving, choices: Mapping[str, Choice], problems: Problems) -> _Answered:
    """The answers first: they say what the new edition says to this school."""
    old, new = moving.old.edition.file.value, moving.new.edition.file.value
    elsewhere = Elsewhere(moving.beside.answers, moving.beside.readers) if moving.beside else None
    carried = carried_answers(
        old, new, moving.way.records, moving.file.value.answers, choices, elsewhere
    )
    problems.extend(carried.problems)
    text = carried.edits.applied(moving.text, [*new.questions])
    if moving.adopter is None:
        return _Answered((*carried.outcomes,), text, moving.file, new.questions)
    return _with_needed(moving, moving.adopter, text, choices, carried, problems)


def _with_needed(
    moving: Moving,
    adopter: Adopter,
    text: str,
    choices: Mapping[str, Choice],
    carried: AnswersUpgraded,
    problems: Problems,
) -> _Answered:
    """With the answers to questions that are new. An answer may raise further questions, so this goes round."""
    new, records = moving.new.edition.file.value, moving.way.records
    before, _ = asked_questions(moving.old, adopter.school, moving.file, adopter.law)
    known = {followed(records, name, None).name for name in before}
    outcomes = carried.outcomes
    while True:
        file = moving.file if text == moving.text else read_started(text, moving.path)
        asked, _ = asked_questions(moving.new, adopter.school, file, adopter.law)
        needed = needed_answers(new, outcomes, file.value.answers, asked, known, records, choices)
        changed = needed.edits.applied(text, [*new.questions])
        outcomes = [*outcomes, *(each for each in needed.outcomes if each.decided)]
        if changed == text:
            break
        text = changed
    problems.extend(needed.problems)
    still_open = (each for each in needed.outcomes if not each.decided)
    return _Answered((*outcomes, *still_open), text, file, {**new.questions, **asked})


def _situation(moving: Moving, answered: _Answered, choices: Mapping[str, Choice]) -> Situation:
    """What is known about the clauses, once the answers are known."""
    old, new, adopter = moving.old, moving.new, moving.adopter
    situation = Situation(
        moving.way,
        Side({}, old.declared),
        Side({}, new.declared),
        moving.file.value.clauses,
        choices,
        certain=False,
        locks=moving.locks,
        says_already=lambda target, text: says_already(
            new.bases[target], None, text, new.vocabulary, None
        ),
    )
    if adopter is None:
        return situation
    before = adopter.before.of(adopter.school, moving.file)
    after = adopter.after.of(adopter.school, answered.file)
    situation = replace(situation, old=Side(before, old.declared), new=Side(after, new.declared))
    if answered.open:
        return situation

    @cache
    def names() -> dict[str, object]:
        return all_names(new, adopter.school, answered.file, adopter.law, Problems())[0]

    return replace(
        situation,
        new=Side(after, after.ids),
        certain=True,
        says_already=lambda target, text: says_already(
            new.bases[target], after.get(target), text, new.vocabulary, names()
        ),
    )


# --- writing ----------------------------------------------------------------------------------------------------------


def save(root: Path, moving: Moving, upgrade: Upgrade) -> str:
    """Write what is upgraded when all is decided, else the file of decisions; the path of what was written."""
    change(root, _changes(root, moving, upgrade))
    return _written(moving, upgrade)


def check_unchanged(
    root: Path, moving: Moving, file: Located[UpgradeFile] | None, other: Path | None
) -> None:
    """Raise InputError where somebody else has changed what is upgraded, or its decisions, since they were read.

    `file` are the decisions as they were read from `other`, or from beside the adoption. Call it, and write, while
    nobody else can.
    """
    check_as_read(root, {moving.path: moving.text})
    now = read_choices(root, moving, other)
    if (now and now.value) != (file and file.value):
        raise changed_meanwhile(moving.choices_path)


def _written(moving: Moving, upgrade: Upgrade) -> str:
    """The path of what is written of an upgrade."""
    return moving.path if upgrade.done else moving.choices_path


def save_decisions(root: Path, moving: Moving, upgrade: Upgrade) -> None:
    """Write the file of decisions, unless it says all that already: then it stays as people left it."""
    change(root, _decisions(root, moving, upgrade))


def _changes(root: Path, moving: Moving, upgrade: Upgrade) -> dict[str, Content]:
    """What is to be written of an upgrade, by path."""
    if not upgrade.done:
        return _decisions(root, moving, upgrade)
    text, beside = upgrade.text, moving.beside
    changes: dict[str, Content] = {}
    if beside is not None:
        given = read_started(text, moving.path).value.answers
        editions = (moving.old.edition.file.value, moving.new.edition.file.value)
        text, answers = apart(text, given, editions, beside)
        if answers != beside.text:
            changes[beside.path] = as_text(root / beside.path, answers)
    changes[moving.path] = as_text(root / moving.path, text)
    if (root / moving.choices_path).exists():
        changes[moving.choices_path] = None
    return changes


def _decisions(root: Path, moving: Moving, upgrade: Upgrade) -> dict[str, Content]:
    path = root / moving.choices_path
    if path.exists():
        texts = (path.read_text("utf-8"), upgrade.choices)
        ours, new = (
            read_yaml(text, moving.choices_path, UpgradeFile, Problems()) for text in texts
        )
        if ours is not None and new is not None and ours.value == new.value:
            return {}
    return {moving.choices_path: as_text(path, upgrade.choices)}


def next_version(root: Path, moving: Moving) -> str:
    """What its author has to do before anything is built again."""
    if moving.adopter is None:
        return "publish the next edition, and its schools can follow"
    policy = moving.new.edition.template_id
    register = read_register(root, moving.adopter.school.school_id, policy, Problems())
    latest, version = (register.latest if register else None), moving.file.value.version
    if version is None:
        return "its version, author and reason are still to be written"
    if latest is None or version_order(version) > version_order(latest.version):
        return f"version {version}, which is being prepared, takes the new edition: look at its `reason:` again"
    return f"version {version} is approved: write the next `version:`, `author:` and `reason:`"


# --- many schools -----------------------------------------------------------------------------------------------------

_AT_ONCE = 400
"""Adoptions for one process. To start another one for fewer takes longer than it saves."""


@dataclass(frozen=True)
class Reports:
    """What came of several upgrades."""

    upgrades: tuple[dict[str, object], ...]
    """A report for each adoption that has an earlier edition."""
    diagnostics: tuple[Diagnostic, ...]
    """Why others could not be upgraded."""


@dataclass(frozen=True)
class _Made:
    """What came of several upgrades, before anything is written."""

    reports: Reports
    changes: Mapping[str, Content]


@dataclass(frozen=True)
class _Job:
    root: str
    pairs: tuple[tuple[str, str], ...]
    """School and policy."""
    edition: str
    as_of: datetime.date


def upgrade_all(
    root: Path,
    pairs: Sequence[tuple[str, str]],
    edition: str,
    as_of: datetime.date,
    workers: int | None = None,
    tell: Tell = silent,
) -> Reports:
    """Bring each of these adoptions to an edition, or to the last one that is issued, as far as all is decided.

    All are written in one step. Raises InputError.

    `workers` is how many processes there may be; without it, one for each core, where there is work for them.
    """
    if workers == 1 or len(pairs) < 2 * _AT_ONCE:
        made = _upgraded(library_of(root, as_of), pairs, edition, tell)
        change(root, made.changes)
        return made.reports
    jobs = [_Job(str(root), part, edition, as_of) for part in _parts(pairs)]
    found: dict[int, _Made] = {}
    for index, part in run_all(_work, jobs, workers):
        if isinstance(part, Died):
            school, policy = jobs[index].pairs[0]
            says = (
                f"the process that upgraded `{school}/{policy}` and others was ended from outside"
            )
            hint = "the machine may lack memory: close other programs"
            problems = Problems()
            problems.add("worker-died", says, None, hint)
            raise InputError(problems)
        found[index] = part
        tell("upgrading policies in parts", len(found), len(jobs))
    upgrades: list[dict[str, object]] = []
    diagnostics: list[Diagnostic] = []
    changes: dict[str, Content] = {}
    for index in range(len(jobs)):
        upgrades += found[index].reports.upgrades
        diagnostics += found[index].reports.diagnostics
        changes |= found[index].changes
    change(root, changes)
    return Reports(tuple(upgrades), tuple(diagnostics))


def _parts(pairs: Sequence[tuple[str, str]]) -> Iterator[tuple[tuple[str, str], ...]]:
    """The adoptions for one process each; those of one school stay together, for they may share answers."""
    part: list[tuple[str, str]] = []
    for _, adoptions in groupby(pairs, lambda pair: pair[0]):
        part += adoptions
        if len(part) >= _AT_ONCE:
            yield tuple(part)
            part = []
    if part:
        yield tuple(part)


def _work(job: _Job) -> _Made:
    return _upgraded(_library(job.root, job.as_of), job.pairs, job.edition, silent)


@cache
def _library(root: str, as_of: datetime.date) -> Library:
    """A process reads the editions once, for all of its jobs."""
    return library_of(Path(root), as_of)


def _upgraded(
    library: Library, pairs: Sequence[tuple[str, str]], edition: str, tell: Tell
) -> _Made:
    reports: list[dict[str, object]] = []
    diagnostics: list[Diagnostic] = []
    changes: dict[str, Content] = {}
    for number, (school, policy) in enumerate(pairs, 1):
        tell(f"upgrading {school}/{policy}", number, len(pairs))
        try:
            moving = read_moving(library, school, policy, edition)
            if moving is not None:
                upgrade = decide(moving, read_choices(library.root, moving), {})
                written = _changes(library.root, moving, upgrade)
                changes |= written
                if moving.beside and isinstance(text := written.get(moving.beside.path), bytes):
                    library.answers[moving.beside.path] = text.decode("utf-8-sig").replace(
                        "\r\n", "\n"
                    )
                reports.append(as_report(upgrade, _written(moving, upgrade)))
        except InputError as error:
            diagnostics += error.diagnostics
    return _Made(Reports(tuple(reports), tuple(diagnostics)), changes)
