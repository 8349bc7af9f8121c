"""Bringing a template that extends another one to a new edition of that, as a school is brought to one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from policygen.disk.editions import editions_between, last_issued, read_edition, read_template_text
from policygen.files.yamledit import CannotAddError, with_value
from policygen.files.yamlfile import Located, read_yaml
from policygen.ground.diagnostics import InputError, Place, Problems, in_order
from policygen.pages.plaintext import clause_text
from policygen.policy.adoption import version_order
from policygen.policy.overlay import OverlayFile, extends, layer
from policygen.policy.prepared import prepare_edition
from policygen.policy.upgrade import Side, Upgrade, Way
from policygen.policy.upgrade_answers import carried_answers
from policygen.policy.upgrade_clauses import ClauseUpgrade
from policygen.policy.upgrade_file import UpgradeFile, written_choices
from policygen.policy.upgrade_references import with_new_names
from policygen.project.adopting import question_note
from policygen.project.checking import law_of
from policygen.project.upgrade_inputs import read_decisions
from policygen.project.upgrading import all_choices, check_needed, check_own, save

if TYPE_CHECKING:
    import datetime
    from collections.abc import Mapping
    from pathlib import Path

    from policygen.policy.prepared import PreparedEdition


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
        return f"templates/{self.template_id}/base.upgrade.yaml"


def read_rebasing(root: Path, template_id: str, edition: str, as_of: datetime.date) -> Rebasing:
    """Read all that is needed; without an `edition`, for the last one of the extended template that is issued.

    Raises InputError.
    """
    problems = Problems()
    path = f"templates/{template_id}/template.yaml"
    text = read_template_text(root, template_id, problems)
    own = read_yaml(text, path, OverlayFile, problems) if text is not None and extends(text) else None
    if text is not None and own is None and not problems:
        hint = "a template that extends another one says so under `extends:`"
        problems.add("unknown-template", f"`{template_id}` extends no other template", Place(path), hint)
    if text is None or own is None:
        raise InputError(problems)
    below, place = own.value.extends, own.place("extends", "edition")
    to = edition or last_issued(root, below.template, as_of) or below.edition
    if version_order(to) <= version_order(below.edition):
        hint = "write a later edition after `--to`; there is no way back"
        problems.add("not-an-upgrade", f"`{template_id}` extends edition `{below.edition}` already", place, hint)
        raise InputError(problems)
    law = law_of(root, problems)
    read = [
        read_edition(root, below.template, each, asked, problems, (template_id,))
        for each, asked in ((below.edition, place), (to, None))
    ]
    prepared = [prepare_edition(each, law, problems) for each in read if each is not None]
    records = editions_between(root, below.template, below.edition, to, problems)
    if problems or len(prepared) < 2:
        raise InputError(in_order(problems))
    old, new = prepared
    return Rebasing(template_id, text, own, old, new, Way(old.bases, new.bases, records, old.declared))


def read_choices(root: Path, rebasing: Rebasing, other: Path | None = None) -> Located[UpgradeFile] | None:
    """The decisions that were written so far, or those in another file; None where there are none.

    Raises InputError.
    """
    wanted = (rebasing.old.edition.file.value.edition, rebasing.new.edition.file.value.edition)
    return read_decisions(root, rebasing.choices_path, wanted, other)


def rebase(rebasing: Rebasing, file: Located[UpgradeFile] | None, given: Mapping[str, str]) -> Upgrade:
    """What becomes of the template with these decisions. Raises InputError for those that cannot be carried out.

    `given` are decisions from the command line, by the id of a clause or question, which go before those of the file.
    """
    problems = Problems()
    old, new = rebasing.old.edition.file.value, rebasing.new.edition.file.value
    answers, clauses = all_choices(old, new, file, given)
    check_own(file, clauses, rebasing.new.vocabulary, problems)
    decisions = layer(rebasing.own).decisions.value
    questions, edits = carried_answers(old, new, rebasing.way.records, decisions.answers, answers, problems)
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
        text = plan.edits.applied(edits.applied(with_new_names(rebasing.text, rebasing.way.names), [*new.questions]))
        text = with_value(text, "extends", "edition", new.edition)
    except CannotAddError:
        hint = "begin each key on a line of its own"
        problems.add(
            "yaml-syntax", "this file is written in a way that cannot be changed", Place(rebasing.own.path), hint
        )
    if problems:
        raise InputError(in_order(problems))
    written = written_choices(
        f"{rebasing.template_id} --base", (old.edition, new.edition), outcomes, new.questions, answers, clauses,
        clause_text, question_note,
    )  # fmt: skip
    return Upgrade(rebasing.template_id, old.edition, new.edition, outcomes, text, written)


def save_rebasing(root: Path, rebasing: Rebasing, upgrade: Upgrade) -> str:
    """Write the template when all is decided, else the file of decisions; the path of what was written."""
    return save(root, rebasing.own.path, rebasing.choices_path, upgrade)
