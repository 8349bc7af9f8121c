"""Upgrading adoptions: both editions, the school's changes and what was decided; the pin moves when nothing is open."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from policygen.compose.local_wording import own_blocks
from policygen.compose.names import asked_questions
from policygen.compose.prepare import PreparedEdition, prepare_edition
from policygen.disk.editions import editions_between, last_issued, read_edition, read_template_text
from policygen.disk.executors import run_all
from policygen.disk.registering import read_register
from policygen.disk.writing import write_text
from policygen.files.yamledit import CannotAddError, with_value
from policygen.files.yamlfile import Located, read_yaml
from policygen.ground import paths
from policygen.ground.diagnostics import Diagnostic, InputError, Place, Problems, in_order
from policygen.ground.wording import meant_or_known
from policygen.language.source import source
from policygen.language.vocabulary import Vocabulary
from policygen.model.adoption import version_order
from policygen.model.overlay import OverlayFile, extends, layer
from policygen.model.question import ChoiceQuestion, ChoicesQuestion
from policygen.model.template import Template
from policygen.products.text import clause_text
from policygen.project.adopt import question_note, read_started
from policygen.project.check import law_of
from policygen.project.upgrade_inputs import (
    Library,
    Moving,
    library_of,
    read_choices,
    read_decisions,
    read_moving,
)
from policygen.upgrade.answers import carried_answers, followed, needed_answers
from policygen.upgrade.clauses import ClauseUpgrade, with_new_names
from policygen.upgrade.decisions_file import (
    UpgradeFile,
    answer_choices,
    clause_choices,
    read_answer,
    written_choices,
)
from policygen.upgrade.outcome import Choice, Outcome, Side, Upgrade, Way
from policygen.upgrade.report import as_report


def decide(
    moving: Moving, file: Located[UpgradeFile] | None, given: Mapping[str, str | Choice]
) -> Upgrade:
    """What becomes of an adoption with these decisions. Raises InputError for those that cannot be carried out.

    `given` are decisions from the command line, by the id of a clause or question, which go before those of the file.
    """
    problems = Problems()
    old, new = moving.old.edition.file.value, moving.new.edition.file.value
    answers, clauses = all_choices(old, new, file, given)
    check_own(file, clauses, moving.new.vocabulary, problems)
    try:
        outcomes, text = _brought_over(moving, answers, clauses, problems)
    except CannotAddError:
        place, hint = Place(moving.path), "begin each key on a line of its own"
        problems.add(
            "yaml-syntax", "this file is written in a way that policygen cannot change", place, hint
        )
        raise InputError(problems) from None
    check_needed(outcomes, answers, clauses, problems)
    problems.stop()
    written = written_choices(
        moving.name,
        (old.edition, new.edition),
        outcomes,
        new.questions,
        answers,
        clauses,
        clause_text,
        question_note,
    )
    return Upgrade(moving.name, old.edition, new.edition, outcomes, text, written)


def all_choices(
    old: Template,
    new: Template,
    file: Located[UpgradeFile] | None,
    given: Mapping[str, str | Choice],
) -> tuple[dict[str, Choice], dict[str, Choice]]:
    """What was decided about questions and about clauses: in the file, and on the command line, which goes first.

    Raises InputError for a word on the command line that is no decision about a clause.
    """
    problems = Problems()
    options = {
        name: [*question.options]
        for name, question in new.questions.items()
        if isinstance(question, ChoiceQuestion | ChoicesQuestion)
    }
    answers = answer_choices(file, options) if file else {}
    clauses = clause_choices(file) if file else {}
    for identity, each in given.items():
        if identity in new.questions or identity in old.questions:
            answers[identity] = (
                read_answer(each, options.get(identity, ())) if isinstance(each, str) else each
            )
        else:
            clauses[identity] = (
                each if isinstance(each, Choice) else _clause_choice(identity, each, problems)
            )
    problems.stop()
    return answers, clauses


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


def _brought_over(
    moving: Moving, answers: Mapping[str, Choice], clauses: Mapping[str, Choice], problems: Problems
) -> tuple[tuple[Outcome, ...], str]:
    """First the answers, which say what the new edition says to this school; then the clauses; then the pin."""
    old, new = moving.old.edition.file.value, moving.new.edition.file.value
    order, records = [*new.questions], moving.way.records
    questions, edits = carried_answers(
        old, new, records, moving.file.value.answers, answers, problems
    )
    text = edits.applied(moving.text, order)
    before = asked_questions(moving.old, moving.school, moving.file, moving.law)[0]
    known = {followed(records, name, None).name for name in before}
    while True:
        file = moving.file if text == moving.text else read_started(text, moving.path)
        asked = asked_questions(moving.new, moving.school, file, moving.law)[0]
        needed, edits = needed_answers(
            new, questions, file.value.answers, asked, known, answers, trial := Problems()
        )
        changed = edits.applied(text, order)
        questions = [*questions, *(each for each in needed if each.decided)]
        if changed == text:
            break
        text = changed
    problems.extend(trial)
    still = [outcome for outcome in needed if not outcome.decided]
    certain = not still and not any(outcome.open for outcome in questions)
    here = moving.before.of(moving.school, moving.file), moving.after.of(moving.school, file)
    plan = ClauseUpgrade(
        moving.way,
        Side(here[0], moving.old.declared),
        Side(here[1], here[1].ids if certain else moving.new.declared),
        moving.file.value.clauses,
        clauses,
        certain,
        problems,
    )
    outcomes = plan.outcomes()
    text = plan.edits.applied(with_new_names(text, moving.way.names))
    return (*questions, *still, *outcomes), with_value(text, "", "edition", new.edition)


def check_needed(
    outcomes: Sequence[Outcome],
    answers: Mapping[str, Choice],
    clauses: Mapping[str, Choice],
    problems: Problems,
) -> None:
    """Note decisions about what need not be decided."""
    asked = [outcome for outcome in outcomes if outcome.result == "asked"]
    questions = {
        key for each in asked if each.kind == "question" for key in (each.now or (each.id,))
    }
    open_clauses = {each.id for each in asked if each.kind == "clause"}
    for known, choices, what in (
        (questions, answers, "question"),
        (open_clauses, clauses, "clause"),
    ):
        for identity, choice in choices.items():
            if identity not in known:
                near = (
                    meant_or_known(identity, sorted(known))
                    if known
                    else f"no {what} needs a decision"
                )
                says = f"`{identity}` is no {what} that needs a decision"
                problems.add("bad-decision", says, choice.place, near)


def check_own(
    file: Located[UpgradeFile] | None,
    clauses: Mapping[str, Choice],
    vocabulary: Vocabulary,
    problems: Problems,
) -> None:
    """Note all that is wrong with new texts of a school's own, where they are written, before one is taken over."""
    for identity, choice in clauses.items():
        if choice.own and file is not None and choice.place is not None:
            own_blocks(
                file.source(choice.own, "clauses", identity, "own"), vocabulary, None, problems
            )
        elif choice.own:
            own_blocks(source(choice.own, identity), vocabulary, None, problems)


# --- writing ----------------------------------------------------------------------------------------------------------


def save_upgrade(root: Path, moving: Moving, upgrade: Upgrade) -> str:
    """Write the adoption when all is decided, else the file of decisions; the path of what was written."""
    return save(root, moving.path, moving.choices_path, upgrade)


def save(root: Path, path: str, choices_path: str, upgrade: Upgrade) -> str:
    """Write what is upgraded when all is decided, else the file of decisions; the path of what was written."""
    choices = root / choices_path
    if upgrade.done:
        write_text(root / path, upgrade.text)
        choices.unlink(missing_ok=True)
        return path
    if not choices.exists() or not _says_all(
        choices.read_text("utf-8"), upgrade.choices, choices_path
    ):
        write_text(choices, upgrade.choices)
    return choices_path


def _says_all(text: str, whole: str, path: str) -> bool:
    """Whether a file of decisions says all that a new one would, so that it can stay as people left it."""
    ours, new = (read_yaml(each, path, UpgradeFile, Problems()) for each in (text, whole))
    return ours is not None and new is not None and ours.value == new.value


def next_version(root: Path, moving: Moving) -> str:
    """What its author has to write before the adoption is built again."""
    problems = Problems()
    register = read_register(
        root, moving.school.school_id, moving.new.edition.template_id, problems
    )
    latest, version = (register.latest if register else None), moving.file.value.version
    if version is None:
        return "its version, author and reason are still to be written"
    if latest is None or version_order(version) > version_order(latest.version):
        return f"version {version}, which is being prepared, takes the new edition: look at its `reason:` again"
    return f"version {version} is approved: write the next `version:`, `author:` and `reason:`"


@dataclass(frozen=True)
class Rebasing:
    """One template between two editions of the one that it extends: all that was read about it."""

    template_id: str
    text: str
    own: Located[OverlayFile]
    old: PreparedEdition
    new: PreparedEdition
    way: Way

    @property
    def choices_path(self) -> str:
        """Of the file of its decisions."""
        return paths.base_decisions_file(self.template_id)


def read_rebasing(root: Path, template_id: str, edition: str, as_of: datetime.date) -> Rebasing:
    """Read all that is needed; without an `edition`, for the last one of the extended template that is issued.

    Raises InputError.
    """
    problems = Problems()
    path = paths.template_file(template_id)
    text = read_template_text(root, template_id, problems)
    own = (
        read_yaml(text, path, OverlayFile, problems) if text is not None and extends(text) else None
    )
    if text is not None and own is None and not problems.has_errors:
        hint = "a template that extends another one says so under `extends:`"
        problems.add(
            "unknown-template", f"`{template_id}` extends no other template", Place(path), hint
        )
    if text is None or own is None:
        raise InputError(problems)
    below, place = own.value.extends, own.place("extends", "edition")
    to = edition or last_issued(root, below.template, as_of) or below.edition
    if version_order(to) <= version_order(below.edition):
        hint = "write a later edition after `--to`; there is no way back"
        problems.add(
            "not-an-upgrade",
            f"`{template_id}` extends edition `{below.edition}` already",
            place,
            hint,
        )
        raise InputError(problems)
    law = law_of(root, problems)
    read = [
        read_edition(root, below.template, each, asked, problems, (template_id,))
        for each, asked in ((below.edition, place), (to, None))
    ]
    prepared = [prepare_edition(each, law, problems) for each in read if each is not None]
    records = editions_between(root, below.template, below.edition, to, problems)
    if problems.has_errors or len(prepared) < 2:
        raise InputError(in_order(problems))
    old, new = prepared
    return Rebasing(
        template_id, text, own, old, new, Way(old.bases, new.bases, records, old.declared)
    )


def read_rebase_choices(
    root: Path, rebasing: Rebasing, other: Path | None = None
) -> Located[UpgradeFile] | None:
    """The decisions that were written so far, or those in another file; None where there are none.

    Raises InputError.
    """
    wanted = (rebasing.old.edition.file.value.edition, rebasing.new.edition.file.value.edition)
    return read_decisions(root, rebasing.choices_path, wanted, other)


def rebase(
    rebasing: Rebasing, file: Located[UpgradeFile] | None, given: Mapping[str, str]
) -> Upgrade:
    """What becomes of the template with these decisions. Raises InputError for those that cannot be carried out.

    `given` are decisions from the command line, by the id of a clause or question, which go before those of the file.
    """
    problems = Problems()
    old, new = rebasing.old.edition.file.value, rebasing.new.edition.file.value
    answers, clauses = all_choices(old, new, file, given)
    check_own(file, clauses, rebasing.new.vocabulary, problems)
    decisions = layer(rebasing.own).decisions.value
    questions, edits = carried_answers(
        old, new, rebasing.way.records, decisions.answers, answers, problems
    )
    plan = ClauseUpgrade(
        rebasing.way,
        Side({}, rebasing.old.declared),
        Side({}, rebasing.new.declared),
        decisions.clauses,
        clauses,
        certain=False,
        problems=problems,
        locks=layer(rebasing.own).locked,
    )
    outcomes = (*questions, *plan.outcomes())
    check_needed(outcomes, answers, clauses, problems)
    try:
        text = plan.edits.applied(
            edits.applied(with_new_names(rebasing.text, rebasing.way.names), [*new.questions])
        )
        text = with_value(text, "extends", "edition", new.edition)
    except CannotAddError:
        hint = "begin each key on a line of its own"
        problems.add(
            "yaml-syntax",
            "this file is written in a way that cannot be changed",
            Place(rebasing.own.path),
            hint,
        )
    problems.stop()
    written = written_choices(
        f"{rebasing.template_id} --base", (old.edition, new.edition), outcomes, new.questions, answers, clauses,
        clause_text, question_note,
    )  # fmt: skip
    return Upgrade(rebasing.template_id, old.edition, new.edition, outcomes, text, written)


def save_rebasing(root: Path, rebasing: Rebasing, upgrade: Upgrade) -> str:
    """Write the template when all is decided, else the file of decisions; the path of what was written."""
    return save(root, rebasing.own.path, rebasing.choices_path, upgrade)


_AT_ONCE = 400
"""Adoptions that one process takes on; for fewer it is not worth to start another."""


@dataclass(frozen=True)
class Reports:
    """What came of several upgrades."""

    upgrades: tuple[dict[str, object], ...]
    """A report for each adoption that has an earlier edition."""
    diagnostics: tuple[Diagnostic, ...]
    """Why others could not be upgraded."""


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
) -> Reports:
    """Bring each of these adoptions to an edition, or to the last one that is issued, as far as all is decided.

    Raises InputError.

    `workers` is how many processes there may be; without it, one for each core, where there is work for them.
    """
    if workers == 1 or len(pairs) < 2 * _AT_ONCE:
        return _upgraded(library_of(root, as_of), pairs, edition)
    jobs = [
        _Job(str(root), tuple(pairs[start : start + _AT_ONCE]), edition, as_of)
        for start in range(0, len(pairs), _AT_ONCE)
    ]
    found = dict(run_all(_work, jobs, workers))
    made = [found[index] for index in range(len(jobs))]
    return Reports(
        tuple(each for reports in made for each in reports.upgrades),
        tuple(each for reports in made for each in reports.diagnostics),
    )


def _work(job: _Job) -> Reports:
    return _upgraded(_library(job.root, job.as_of), job.pairs, job.edition)


@cache
def _library(root: str, as_of: datetime.date) -> Library:
    """That of a process, for all of its jobs."""
    return library_of(Path(root), as_of)


def _upgraded(library: Library, pairs: Sequence[tuple[str, str]], edition: str) -> Reports:
    reports: list[dict[str, object]] = []
    found: list[Diagnostic] = []
    for pair in pairs:
        try:
            moving = read_moving(library, *pair, edition)
            if moving is not None:
                upgrade = decide(moving, read_choices(library.root, moving), {})
                reports.append(as_report(upgrade, save_upgrade(library.root, moving, upgrade)))
        except InputError as error:
            found += error.diagnostics
    return Reports(tuple(reports), tuple(found))
