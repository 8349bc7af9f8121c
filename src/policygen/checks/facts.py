"""What stands in YAML files and prints: the same damage as in texts, found where it was typed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from policygen.checks.citations import check_old_law
from policygen.checks.details import Details, Foreign, check_details, foreign_to
from policygen.checks.finder import TextFinder
from policygen.checks.names import Names, check_other_schools, check_terms
from policygen.checks.paper import check_drawing
from policygen.checks.phrases import check_phrases
from policygen.checks.replaced import check_apostrophes, check_article, check_replaced
from policygen.files.yamlfile import Keys, Located
from policygen.ground.diagnostics import Diagnostic, Problems
from policygen.language.document import Text
from policygen.language.runs import Run
from policygen.model.law import LawLibrary
from policygen.model.template import Template
from policygen.model.workspace import SchoolFiles

_IN_FACTS = (
    *("leftover-", "law-", "unbalanced-", "doubled-", "stray-", "foreign-"),
    *("article-", "blind-", "lost-", "agreed-"),
)
_IN_ANSWERS = (*_IN_FACTS, "capitals", "colour-", "term-")
_IN_PRODUCTS = ("leftover-", "law-", "stray-")
_IN_CIRCULARS = (
    *(
        "leftover-bracket",
        "leftover-placeholder",
        "leftover-word-",
        "leftover-alternative",
        "leftover-blank",
    ),
    *(rule for rule in _IN_ANSWERS if rule not in ("leftover-", "term-")),
)
_IN_GUIDANCE = (
    "leftover-bracket",
    "leftover-placeholder",
    "leftover-word-",
    "law-",
    "doubled-",
    "stray-",
    "foreign-",
)
"""To schools one may speak of what they should adapt, but not with what is left over of another template."""
_IN_NAMES = ("leftover-", "stray-")
"""A name is as it is, and whoever the school is with may have another school's name in theirs."""
_NAMES = frozenset(
    {"name", "trust", "local_authority", "employer_name", "author", "reason", "minute"}
)
_NO_WORDS = frozenset({"colour", "logo"})
_IN_HISTORY = ("author", "reason", "history")


def check_facts(
    school: SchoolFiles,
    others: Names,
    details: Details,
    finder: TextFinder,
    law: LawLibrary,
    problems: Problems,
) -> None:
    """Check the texts of school.yaml, and the answers and the history of each of the school's policies."""
    foreign = foreign_to(school.file.value, details)
    for file, values, under, rules in _parts(school):
        for keys, text in _texts(values):
            run = Run("value", (Text(text),), file.place(*under, *keys))
            found = _found(run, school, others, foreign, finder, law)
            problems.extend(each for each in found if each.rule.startswith(_rules(keys, rules)))
    logo = school.file.value.branding.logo
    if logo and school.logo:
        place = school.file.place("branding", "logo")
        check_drawing(school.logo, f"{school.folder}/{logo}", place, problems)


def _rules(keys: Keys, rules: tuple[str, ...]) -> tuple[str, ...]:
    """Those for a text at these keys, of the rules for its file."""
    if _NAMES.intersection(keys):
        return _IN_NAMES
    if keys[:1] == ("providers",):
        return _IN_PRODUCTS
    return rules


def _parts(
    school: SchoolFiles,
) -> Iterator[tuple[Located[Any], dict[str, Any], Keys, tuple[str, ...]]]:
    """Each file with the values in it that are checked, the keys above them and the rules for them."""
    yield school.file, school.file.value.model_dump(by_alias=True), (), _IN_FACTS
    if school.answers is not None:
        yield school.answers, dict(school.answers.value.answers), ("answers",), _IN_ANSWERS
    for adoption in school.adoptions.values():
        written = adoption.value.model_dump(by_alias=True, include={*_IN_HISTORY})
        yield adoption, adoption.value.answers, ("answers",), _IN_ANSWERS
        yield adoption, written, (), _IN_NAMES


def check_template_file(
    file: Located[Template],
    schools: Names,
    finder: TextFinder,
    law: LawLibrary,
    problems: Problems,
) -> None:
    """Check what template.yaml prints, in every policy or in the circular, and what it says to schools."""
    for keys, text, rules in _printed(file.value):
        if text:
            run = Run("value", (Text(text),), file.place(*keys))
            found = _found(run, None, schools, None, finder, law)
            problems.extend(each for each in found if each.rule.startswith(rules))


def _printed(template: Template) -> Iterator[tuple[Keys, str | None, tuple[str, ...]]]:
    """Each text of template.yaml, with its keys and the rules for it."""
    for key in ("title", "short_title"):
        if key in template.model_fields_set:
            yield (key,), getattr(template, key), _IN_ANSWERS
    for name, question in template.questions.items():
        yield ("questions", name, "ask"), question.ask, _IN_GUIDANCE
        yield ("questions", name, "guidance"), question.guidance, _IN_GUIDANCE
        for key, option in question.choices.items():
            yield ("questions", name, "options", key, "prints"), option.prints, _IN_ANSWERS
            yield ("questions", name, "options", key, "label"), option.label, _IN_GUIDANCE
    for identity, text in template.guidance.items():
        yield ("guidance", identity), text, _IN_GUIDANCE
    if template.circular is not None:
        for keys, text in _texts(template.circular.model_dump()):
            yield ("circular", *keys), text, _IN_CIRCULARS


def _found(
    run: Run,
    school: SchoolFiles | None,
    others: Names,
    foreign: Foreign | None,
    finder: TextFinder,
    law: LawLibrary,
) -> tuple[Diagnostic, ...]:
    found = Problems()
    check_phrases(run, finder, found)
    check_old_law(run, finder, law, found)
    check_other_schools([run], school, others, finder, found)
    if school is not None:
        check_terms([run], school, finder, found)
        check_article(run, school.file.value, finder, found)
    if foreign is not None:
        check_details([run], foreign, finder, found)
    check_replaced(run, finder, found)
    check_apostrophes([run], finder, found)
    return tuple(found)


def _texts(data: Any, keys: Keys = ()) -> Iterator[tuple[Keys, str]]:
    if isinstance(data, dict):
        for key, value in data.items():
            if key not in _NO_WORDS:
                yield from _texts(value, (*keys, key))
    elif isinstance(data, list | tuple):
        for index, value in enumerate(data):
            yield from _texts(value, (*keys, index))
    elif isinstance(data, str):
        yield keys, data
