"""What is on record of the changes between two editions of a model policy, for a comparison."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from policygen.compare.comparison import Comparison, Declared
from policygen.compose.bases import Base
from policygen.compose.prepare import PreparedEdition
from policygen.disk.editions import editions_between, read_published
from policygen.ground.diagnostics import Problems
from policygen.language.document import Clause, Document, Value, walk
from policygen.language.marks import names_in
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
    return replace(declared(records), questions=questions, answered=hanging_on(prepared, questions))


def answers_behind(prepared: PreparedEdition, comparison: Comparison | None) -> dict[str, str]:
    """Which answer for all policies is behind a change, in words, by the id of the clause.

    Said only where nothing else can be: both documents are of one edition, the clause is the issuer's in both, every
    other value that both print is the same, and no other name decides what stands there.
    """
    if comparison is None or comparison.old.edition != comparison.new.edition:
        return {}
    template = prepared.edition.file.value
    before, after = _clauses(comparison.old), _clauses(comparison.new)
    found = {}
    for identity in [identity for pair in comparison.changes for identity in pair.ids]:
        if identity not in before or identity not in after:
            continue
        old, new = before[identity], after[identity]
        base = prepared.bases.get(identity)
        if base is None or old.local or new.local:
            continue
        differing = _differing(old, new)
        name = next(iter(differing | _deciding(base)), "")
        alone = differing | _deciding(base) <= {name} and name in shared_questions(template)
        if alone:
            found[identity] = f"because the answer to “{template.questions[name].ask}” changed"
    return found


def _clauses(document: Document) -> dict[str, Clause]:
    return {node.id: node for node in walk(document.parts) if isinstance(node, Clause)}


def _differing(old: Clause, new: Clause) -> set[str]:
    """The names whose values a clause prints otherwise than before; of an answer, the question."""
    printed: list[dict[str, list[str]]] = [{}, {}]
    for clause, values in zip((old, new), printed, strict=True):
        for node in walk(clause):
            # What an author typed in an expression is chosen by it, and no value of anybody's.
            if isinstance(node, Value) and not node.typed:
                values.setdefault(_question(node.name), []).append(node.text)
    return {name for name in printed[0].keys() & printed[1] if printed[0][name] != printed[1][name]}


def _deciding(base: Base) -> set[str]:
    """The names that decide what stands in a clause, beside those that it only prints; of an answer, the question."""
    choosing = [mark for mark in base.jinja if mark.startswith("{%") or " if " in mark]
    return {_question(name) for mark in choosing for name in names_in(mark)}


def _question(name: str) -> str:
    layer, _, rest = name.partition(" ")[0].partition(".")
    return rest if layer in ("answers", "wording") else f"{layer}.{rest}"


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


def hanging_on(prepared: PreparedEdition, questions: tuple[str, ...]) -> frozenset[str]:
    """Ids of the clauses that print, or stand under, the answers to these questions; of parts, too."""
    if not questions:
        return frozenset()
    asked = {f"{layer}.{name}" for name in questions for layer in ("answers", "wording")}
    found = {
        identity
        for identity, base in prepared.bases.items()
        if any(not asked.isdisjoint(names_in(mark)) for mark in base.jinja)
    }
    for part, section in zip(prepared.parts, prepared.every_branch, strict=False):
        uses = part.condition.uses if part.condition else frozenset()
        if asked & uses:
            found.add(section.id)
            found |= {
                identity for identity, base in prepared.bases.items() if base.part == section.name
            }
    return frozenset(found)
