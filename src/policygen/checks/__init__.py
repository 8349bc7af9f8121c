"""Checks between a template and a published document: damage that real policies were published with.

Each module holds one kind of check: functions that take runs, documents or facts and note problems.
"""

from __future__ import annotations

import datetime

from policygen.checks.allowances import Allowance, Allowances, allowances_in, allowed, held_back
from policygen.checks.branches import stands_alone
from policygen.checks.citations import (
    check_cited,
    check_cited_in,
    check_edition_law,
    check_old_law,
)
from policygen.checks.dates import check_dates
from policygen.checks.details import (
    Details,
    Watched,
    check_details,
    details_of,
    foreign_to,
)
from policygen.checks.facts import check_facts, check_template_file
from policygen.checks.finder import TextFinder
from policygen.checks.length import check_length
from policygen.checks.names import Names, check_other_schools, check_people, check_terms, names_of
from policygen.checks.paper import check_drawing, check_paper
from policygen.checks.phrases import check_phrases, short_forms_in
from policygen.checks.readability import check_readability
from policygen.checks.replaced import (
    check_apostrophes,
    check_article,
    check_article_in_source,
    check_replaced,
)
from policygen.checks.structure import check_branches, check_structure
from policygen.compose.number import number
from policygen.compose.prepare import PreparedEdition
from policygen.compose.refer import note_typed_label, note_typed_number, typed_label, typed_numbers
from policygen.ground.diagnostics import Place, Problems
from policygen.language.document import Document
from policygen.language.runs import Run, worded
from policygen.model.law import LawLibrary, entry_id
from policygen.model.workspace import Edition, SchoolFiles

__all__ = [
    "Allowance",
    "Allowances",
    "Details",
    "Names",
    "TextFinder",
    "Watched",
    "allowances_in",
    "allowed",
    "check_document",
    "check_facts",
    "check_people",
    "check_template",
    "details_of",
    "foreign_to",
    "held_back",
    "names_of",
]


def check_template(
    prepared: PreparedEdition,
    schools: Names,
    finder: TextFinder,
    law: LawLibrary,
    as_of: datetime.date,
    problems: Problems,
) -> None:
    """Check an edition with all its branches, also those that no school takes. `schools` are those of the workspace.

    The law of an edition that was published is checked for each school that pins it: nobody can mend it here.
    """
    parts = number(prepared.every_branch, prepared.edition.file.value.labels)
    found = [*worded(*parts)]
    alone: list[Run] = []
    short_forms = short_forms_in(found)
    by_place: dict[tuple[Place | None, str], bool] = {}  # all cells of a table have one place
    for run in found:
        where = run.place, run.manner
        if where not in by_place:
            by_place[where] = prepared.sound and stands_alone(run, finder)
        whole = by_place[where]
        check_phrases(run, finder, problems, composed=whole, short_forms=short_forms)
        if whole:
            alone.append(run)
            check_replaced(run, finder, problems)
        if not prepared.edition.frozen:
            check_old_law(run, finder, law, problems)
    check_apostrophes(alone, finder, problems)
    if prepared.sound:
        check_branches(parts, finder, problems)
    for part in prepared.parts:
        check_article_in_source(part.prepared.source, problems)
        for site in part.prepared.sites:
            if site.layer == "law" and not prepared.edition.frozen:
                check_cited(entry_id(site.name), site.place, law, as_of, problems)
    check_other_schools(found, None, schools, finder, problems)
    check_template_file(prepared.edition.file, schools, finder, law, problems)
    for name, content in prepared.edition.images.items():
        path = f"{prepared.edition.folder}/{name}"
        check_drawing(content, path, Place(path), problems)


def check_document(
    document: Document,
    edition: Edition,
    newer: str,
    school: SchoolFiles,
    other_schools: Names,
    details: Details,
    finder: TextFinder,
    law: LawLibrary,
    as_of: datetime.date,
    problems: Problems,
) -> None:
    """Check a composed policy as its readers will see it. `newer` is a later edition than its own, if there is one."""
    found = [*worded(*document.parts)]
    own: list[Run] = []
    issued: list[Run] = []
    for run in found:
        (own if run.place and run.place.path.startswith(f"{school.folder}/") else issued).append(
            run
        )
    short_forms = short_forms_in(found)
    for run in found:
        check_phrases(run, finder, problems, short_forms=short_forms)
        check_article(run, school.file.value, finder, problems)
        check_replaced(run, finder, problems)
    check_apostrophes(found, finder, problems)
    for run in own:
        _check_typed_numbers(run, finder, problems)
        check_cited_in(run, finder, law, as_of, problems)
    for run in own if edition.frozen else found:
        check_old_law(run, finder, law, problems)
    if edition.frozen:
        pinned = school.policies[document.policy_id].place("edition")
        check_edition_law(issued, edition, pinned, newer, finder, law, as_of, problems)
    check_structure(document, finder, problems)
    check_length(document, problems)
    check_paper(document, edition, school, problems)
    check_other_schools(found, school, other_schools, finder, problems)
    check_details(found, foreign_to(school.file.value, details), finder, problems)
    check_terms(found, school, finder, problems)
    check_readability(document, edition.file.value, finder, problems)
    check_dates(edition.file.value, school, document, as_of, problems)


def _check_typed_numbers(run: Run, finder: TextFinder, problems: Problems) -> None:
    """Those in a school's own wording; the template's are noted once, without a school."""
    for found in typed_numbers(run.typed):
        note_typed_number(found[0], finder.within(run, *found.span()), problems)
    if run.manner in ("heading", "running"):
        label = typed_label(run.typed, title=run.manner == "heading")
        if label:
            note_typed_label(label, finder.within(run, 0, len(label)), problems)
