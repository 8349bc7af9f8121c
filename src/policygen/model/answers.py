"""The answers that a policy reads: those of its adoption, and the school's answers to shared questions.

Put together they are one adoption, each answer with the place where it is written, so that whatever reads the answers
of an adoption need not know where they stand.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from policygen.files.yamlfile import Located
from policygen.files.yamltree import Entry, MapNode, Node, TextNode, entries_of
from policygen.ground import paths
from policygen.ground.diagnostics import Place, Problems
from policygen.model.adoption import AdoptionFile, LocatedAdoption
from policygen.model.shared import AnswersFile
from policygen.model.template import Template
from policygen.model.workspace import SchoolFiles


def shared_questions(template: Template) -> tuple[str, ...]:
    """The shared questions that a template reads, in its order."""
    return tuple(name for name, question in template.questions.items() if question.shared)


def with_shared_answers(
    template: Template, adoption: LocatedAdoption, school: SchoolFiles
) -> LocatedAdoption:
    """The adoption with the school's answers to the questions that its template shares.

    An answer to one that stands in the adoption itself counts only while the school has given none.
    """
    shared = shared_questions(template)
    if not shared:
        return adoption
    path, given = (
        paths.answers_file(school.school_id),
        entries_of(school.answers.root, "answers") if school.answers else {},
    )
    answers, entries = dict(adoption.value.answers), dict(entries_of(adoption.root, "answers"))
    place = Place(path)
    for name in shared:
        if name in given:
            answers[name] = school.answers.value.answers[name] if school.answers else None
            entries[name] = given[name]
        elif name not in answers:
            entries[name] = Entry(place, TextNode(place, ""))
    root = _with_entries(adoption.root, entries)
    if isinstance(adoption.value, AdoptionFile):
        whole = adoption.value.model_copy(update={"answers": answers})
        return Located(whole, adoption.path, root)
    begun = adoption.value.model_copy(update={"answers": answers})
    return Located(begun, adoption.path, root)


def note_misplaced(
    template: Template, adoption: LocatedAdoption, school: SchoolFiles, problems: Problems
) -> None:
    """Note answers to shared questions that stand in an adoption, where one other policy would not read them."""
    given = school.answers.value.answers if school.answers else {}
    path = paths.answers_file(school.school_id)
    for name in shared_questions(template):
        if name not in adoption.value.answers:
            continue
        written = adoption.value.answers[name]
        hint = f"move the line under `answers:` of {path}"
        if name in given or written is None:
            hint = "take the line out"
        problems.add(
            "answered-twice",
            f"`{name}` is answered for all policies of the school, in {path}",
            adoption.place("answers", name, key=True),
            hint,
        )


def unread_answers(
    answers: Located[AnswersFile], read: frozenset[str]
) -> Iterator[tuple[str, Place]]:
    """Each answer of a school that none of its policies reads, and where it stands."""
    for name in answers.value.answers:
        if name not in read:
            yield name, answers.place("answers", name, key=True)


def _with_entries(root: Node, entries: dict[str, Entry]) -> Node:
    if not isinstance(root, MapNode):
        return root
    held = root.entries.get("answers") or Entry(root.place, root)
    answers = replace(held, node=MapNode(held.node.place, entries, flow=False))
    return replace(root, entries={**root.entries, "answers": answers})
