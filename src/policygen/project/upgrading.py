"""Upgrading adoptions: both editions, the school's changes and what was decided; the pin moves when nothing is open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policygen.disk.registering import read_register
from policygen.disk.writing import write_text
from policygen.files.yamledit import CannotAddError, with_value
from policygen.files.yamlfile import Located, read_yaml
from policygen.ground.diagnostics import InputError, Place, Problems, in_order
from policygen.ground.wording import nearest
from policygen.language.source import source
from policygen.pages.plaintext import clause_text
from policygen.policy.adoption import version_order
from policygen.policy.local_wording import own_blocks
from policygen.policy.names import asked_questions
from policygen.policy.template import ChoiceQuestion, ChoicesQuestion
from policygen.policy.upgrade import Choice, Side, Upgrade
from policygen.policy.upgrade_answers import carried_answers, followed, needed_answers
from policygen.policy.upgrade_clauses import ClauseUpgrade
from policygen.policy.upgrade_file import UpgradeFile, answer_choices, clause_choices, read_answer, written_choices
from policygen.policy.upgrade_references import with_new_names
from policygen.project.adopting import question_note, read_started

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from policygen.language.vocabulary import Vocabulary
    from policygen.policy.template import Template
    from policygen.policy.upgrade import Outcome
    from policygen.project.upgrade_inputs import Moving


def decide(moving: Moving, file: Located[UpgradeFile] | None, given: Mapping[str, str | Choice]) -> Upgrade:
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
        problems.add("yaml-syntax", "this file is written in a way that policygen cannot change", place, hint)
        raise InputError(problems) from None
    check_needed(outcomes, answers, clauses, problems)
    if problems:
        raise InputError(in_order(problems))
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
    old: Template, new: Template, file: Located[UpgradeFile] | None, given: Mapping[str, str | Choice]
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
            answers[identity] = read_answer(each, options.get(identity, ())) if isinstance(each, str) else each
        else:
            clauses[identity] = each if isinstance(each, Choice) else _clause_choice(identity, each, problems)
    if problems:
        raise InputError(in_order(problems))
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
    questions, edits = carried_answers(old, new, records, moving.file.value.answers, answers, problems)
    text = edits.applied(moving.text, order)
    before = asked_questions(moving.old, moving.school, moving.file, moving.law)[0]
    known = {followed(records, name, None).name for name in before}
    while True:
        file = moving.file if text == moving.text else read_started(text, moving.path)
        asked = asked_questions(moving.new, moving.school, file, moving.law)[0]
        needed, edits = needed_answers(new, questions, file.value.answers, asked, known, answers, trial := Problems())
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
    outcomes: Sequence[Outcome], answers: Mapping[str, Choice], clauses: Mapping[str, Choice], problems: Problems
) -> None:
    """Note decisions about what need not be decided."""
    asked = [outcome for outcome in outcomes if outcome.result == "asked"]
    questions = {key for each in asked if each.kind == "question" for key in (each.now or (each.id,))}
    open_clauses = {each.id for each in asked if each.kind == "clause"}
    for known, choices, what in ((questions, answers, "question"), (open_clauses, clauses, "clause")):
        for identity, choice in choices.items():
            if identity not in known:
                near = nearest(identity, sorted(known)) if known else f"no {what} needs a decision"
                says = f"`{identity}` is no {what} that needs a decision"
                problems.add("bad-decision", says, choice.place, near)


def check_own(
    file: Located[UpgradeFile] | None, clauses: Mapping[str, Choice], vocabulary: Vocabulary, problems: Problems
) -> None:
    """Note all that is wrong with new texts of a school's own, where they are written, before one is taken over."""
    for identity, choice in clauses.items():
        if choice.own and file is not None and choice.place is not None:
            own_blocks(file.source(choice.own, "clauses", identity, "own"), vocabulary, None, problems)
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
    if not choices.exists() or not _says_all(choices.read_text("utf-8"), upgrade.choices, choices_path):
        write_text(choices, upgrade.choices)
    return choices_path


def _says_all(text: str, whole: str, path: str) -> bool:
    """Whether a file of decisions says all that a new one would, so that it can stay as people left it."""
    ours, new = (read_yaml(each, path, UpgradeFile, Problems()) for each in (text, whole))
    return ours is not None and new is not None and ours.value == new.value


def next_version(root: Path, moving: Moving) -> str:
    """What its author has to write before the adoption is built again."""
    problems = Problems()
    register = read_register(root, moving.school.school_id, moving.new.edition.template_id, problems)
    latest, version = (register.latest if register else None), moving.file.value.version
    if version is None:
        return "its version, author and reason are still to be written"
    if latest is None or version_order(version) > version_order(latest.version):
        return f"version {version}, which is being prepared, takes the new edition: look at its `reason:` again"
    return f"version {version} is approved: write the next `version:`, `author:` and `reason:`"
