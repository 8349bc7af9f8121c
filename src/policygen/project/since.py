"""What is on record of the changes between two editions of a model policy, for a comparison."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from policygen.compare.comparison import Comparison, Declared
from policygen.compose.prepare import PreparedEdition
from policygen.disk.editions import editions_between, read_published
from policygen.ground.diagnostics import Problems
from policygen.ground.wording import join_and
from policygen.language.document import Document, Value, walk
from policygen.model.adoption import version_order
from policygen.model.answers import shared_questions
from policygen.model.edition_record import declared
from policygen.model.workspace import Edition


def declared_since(
    root: Path, edition: str, prepared: PreparedEdition, problems: Problems
) -> Declared:
    """What the editions after `edition` say of their changes, up to the one that is prepared.

    Nobody answered the questions that are new since then on another occasion. So what hangs on them is the school's
    change as well, although the editions name it as theirs.
    """
    template_id, template = prepared.edition.template_id, prepared.edition.file.value
    if version_order(edition) >= version_order(template.edition):
        return Declared()
    records = editions_between(root, template_id, edition, template.edition, problems)
    before = read_published(root, template_id, edition, problems)
    if before is None:
        return declared(records)
    renamed = {new for record in records for new in record.answers.renamed.values()}
    known = {*before.file.value.questions, *renamed}
    questions = tuple(name for name in template.questions if name not in known)
    return replace(
        declared(records), questions=questions, answered=_hanging_on(prepared, questions)
    )


def answers_behind(prepared: PreparedEdition, comparison: Comparison | None) -> dict[str, str]:
    """Which answer for all policies is behind a change, in words, by the id of the clause.

    A printed answer that differs is certain. Where an answer only chooses text, it is named if nothing else that the
    school answered for all its policies can be behind the change.
    """
    if comparison is None or comparison.old.edition != comparison.new.edition:
        return {}
    template = prepared.edition.file.value
    changed = {
        identity for pair in comparison.changes if "school" in pair.owners for identity in pair.ids
    }
    hanging = {
        name: changed & _hanging_on(prepared, (name,)) for name in shared_questions(template)
    }
    printed = [_printed(document) for document in (comparison.old, comparison.new)]
    certain = [name for name in hanging if printed[0].get(name) != printed[1].get(name)]
    found = {}
    for identity in changed:
        behind = [name for name in certain if identity in hanging[name]]
        if not behind:
            behind = [name for name in hanging if identity in hanging[name]]
            behind = behind if len(behind) == 1 else []
        if behind:
            asks = join_and(f"“{template.questions[name].ask}”" for name in behind)
            found[identity] = f"because the answer to {asks} changed"
    return found


def _printed(document: Document) -> dict[str, set[str]]:
    """What each answer prints in a document, by question."""
    found: dict[str, set[str]] = {}
    for node in walk(document.parts):
        if isinstance(node, Value):
            layer, _, rest = node.name.partition(".")
            if layer in ("answers", "wording"):
                found.setdefault(rest.partition(" ")[0], set()).add(node.text)
    return found


def editions_since(
    root: Path, before: str, edition: Edition, problems: Problems
) -> tuple[Edition, ...]:
    """The editions after one, up to another that was read already, oldest first. What is not as it was is a problem."""
    template_id, last = edition.template_id, edition.file.value.edition
    if version_order(before) >= version_order(last):
        return ()
    found = []
    for record in editions_between(root, template_id, before, last, problems):
        if record.edition == last:
            continue
        read = read_published(root, template_id, record.edition, problems)
        if read is not None:
            found.append(read)
    return (*found, edition)


def _hanging_on(prepared: PreparedEdition, questions: tuple[str, ...]) -> frozenset[str]:
    """Ids of the clauses that print, or stand under, the answers to these questions; of parts, too."""
    if not questions:
        return frozenset()
    names = "|".join(map(re.escape, questions))
    answer = re.compile(rf"\b(?:answers|wording)\.(?:{names})\b")
    found = {
        identity
        for identity, base in prepared.bases.items()
        if any(answer.search(mark) for mark in base.jinja)
    }
    for part, section in zip(prepared.parts, prepared.every_branch, strict=False):
        uses = part.condition.uses if part.condition else frozenset()
        if any(answer.fullmatch(name) for name in uses):
            found.add(section.id)
            found |= {
                identity for identity, base in prepared.bases.items() if base.part == section.name
            }
    return frozenset(found)
