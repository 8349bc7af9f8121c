"""Checks between a template and a published document: damage that real policies were published with.

Each module holds one kind of check: functions that take passages, documents or facts and note problems.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from policygen.checks.allowances import allowed
from policygen.checks.citations import check_cited, check_old_law
from policygen.checks.dates import check_dates
from policygen.checks.facts import check_facts, check_template_file
from policygen.checks.names import check_other_schools, check_people, check_terms
from policygen.checks.passages import TextFinder, passages
from policygen.checks.phrases import check_phrases
from policygen.checks.readability import check_readability
from policygen.checks.structure import check_structure
from policygen.language.document import Value, walk
from policygen.policy.typed_numbers import note_typed_number, typed_numbers

if TYPE_CHECKING:
    import datetime
    from collections.abc import Collection

    from policygen.checks.passages import Passage
    from policygen.ground.diagnostics import Problems
    from policygen.language.document import Document
    from policygen.policy.compose import PreparedEdition
    from policygen.policy.edition import SchoolFiles
    from policygen.policy.law import LawLibrary
    from policygen.policy.template import Template

__all__ = ["TextFinder", "allowed", "check_document", "check_facts", "check_people", "check_template"]


def check_template(
    prepared: PreparedEdition,
    schools: Collection[str],
    finder: TextFinder,
    law: LawLibrary,
    as_of: datetime.date,
    problems: Problems,
) -> None:
    """Check an edition with all its branches: leftovers, law, capitals, names. `schools` are those of the workspace."""
    found = [passage for section in prepared.every_branch for passage in passages(section)]
    for passage in found:
        check_phrases(passage, finder, problems, composed=False)
        check_old_law(passage, finder, law, problems)
    for site in (site for part in prepared.parts for site in part.prepared.sites):
        if site.layer == "law":
            check_cited(_entry(site.name), site.place, law, as_of, problems)
    check_other_schools(found, None, schools, finder, problems)
    check_template_file(prepared.edition.file, schools, finder, law, problems)


def check_document(
    document: Document,
    template: Template,
    school: SchoolFiles,
    other_schools: Collection[str],
    finder: TextFinder,
    law: LawLibrary,
    as_of: datetime.date,
    problems: Problems,
) -> None:
    """Check a composed policy as its readers will see it."""
    found = [passage for part in document.parts for passage in passages(part)]
    for passage in found:
        check_phrases(passage, finder, problems)
        check_old_law(passage, finder, law, problems)
        if passage.place is not None and passage.place.path.startswith(f"{school.folder}/"):
            _check_typed_numbers(passage, finder, problems)
            _check_cited(passage, finder, law, as_of, problems)
    check_structure(document, finder, problems)
    check_other_schools(found, school, other_schools, finder, problems)
    check_terms(found, school, finder, problems)
    check_readability(document, problems)
    check_dates(template, school, document.policy_id, as_of, problems)


def _check_typed_numbers(passage: Passage, finder: TextFinder, problems: Problems) -> None:
    """Those in a school's own wording; the template's are noted once, without a school."""
    for number in typed_numbers(passage.typed):
        note_typed_number(number[0], finder.within(passage, *number.span()), problems)


def _check_cited(
    passage: Passage, finder: TextFinder, law: LawLibrary, as_of: datetime.date, problems: Problems
) -> None:
    """The same for what it cites."""
    for value in walk(passage.children):
        if isinstance(value, Value) and value.layer == "law":
            name = _entry(value.name)
            check_cited(name, finder.place(f"law.{name}", passage.place), law, as_of, problems)


def _entry(name: str) -> str:
    """The id in "law.uk_gdpr | sentence_case"."""
    return name.partition(" ")[0].removeprefix("law.")
