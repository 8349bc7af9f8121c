"""What stands in YAML files and prints: the same damage as in texts, found where it was typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from policygen.checks.citations import check_old_law
from policygen.checks.names import check_other_schools, check_terms
from policygen.checks.passages import Passage
from policygen.checks.phrases import check_phrases
from policygen.ground.diagnostics import Problems
from policygen.language.document import Text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from policygen.checks.passages import TextFinder
    from policygen.files.yamlfile import Keys, Located
    from policygen.ground.diagnostics import Diagnostic
    from policygen.policy.edition import SchoolFiles
    from policygen.policy.law import LawLibrary
    from policygen.policy.template import Template

_IN_FACTS = ("leftover-", "law-", "unbalanced-", "doubled-", "stray-", "foreign-")
_IN_ANSWERS = (*_IN_FACTS, "capitals", "colour-", "term-")
_IN_PRODUCTS = ("leftover-", "law-", "stray-")
_IN_NAMES = ("leftover-", "stray-")
"""A name is as it is, and whoever the school is with may have another school's name in theirs."""
_NAMES = frozenset({"name", "trust", "local_authority", "employer_name", "author", "reason", "minute"})
_NO_WORDS = frozenset({"colour", "logo"})
_IN_HISTORY = ("author", "reason", "history")


def check_facts(
    school: SchoolFiles, others: Collection[str], finder: TextFinder, law: LawLibrary, problems: Problems
) -> None:
    """Check the texts of school.yaml, and the answers and the history of each of the school's policies."""
    for file, values, under, rules in _parts(school):
        for keys, text in _texts(values):
            passage = Passage("value", (Text(text),), file.place(*under, *keys))
            found = _found(passage, school, others, finder, law)
            problems.extend(each for each in found if each.rule.startswith(_rules(keys, rules)))


def _rules(keys: Keys, rules: tuple[str, ...]) -> tuple[str, ...]:
    """Those for a text at these keys, of the rules for its file."""
    if _NAMES.intersection(keys):
        return _IN_NAMES
    return _IN_PRODUCTS if keys[:1] == ("providers",) else rules


def _parts(school: SchoolFiles) -> Iterator[tuple[Located[Any], dict[str, Any], Keys, tuple[str, ...]]]:
    """Each file with the values in it that are checked, the keys above them and the rules for them."""
    yield school.file, school.file.value.model_dump(by_alias=True), (), _IN_FACTS
    for adoption in school.adoptions.values():
        written = adoption.value.model_dump(by_alias=True, include={*_IN_HISTORY})
        yield adoption, adoption.value.answers, ("answers",), _IN_ANSWERS
        yield adoption, written, (), _IN_NAMES


def check_template_file(
    file: Located[Template], schools: Collection[str], finder: TextFinder, law: LawLibrary, problems: Problems
) -> None:
    """Check what template.yaml prints in every policy: its titles, and the words of each option."""
    printed: dict[Keys, str | None] = {("title",): file.value.title}
    for name, question in file.value.questions.items():
        if question.kind in ("choice", "choices"):
            options = question.options.items()
            printed |= {("questions", name, "options", key, "prints"): option.prints for key, option in options}
    for keys, text in printed.items():
        if text:
            passage = Passage("value", (Text(text),), file.place(*keys))
            found = _found(passage, None, schools, finder, law)
            problems.extend(each for each in found if each.rule.startswith(_IN_ANSWERS))


def _found(
    passage: Passage, school: SchoolFiles | None, others: Collection[str], finder: TextFinder, law: LawLibrary
) -> tuple[Diagnostic, ...]:
    found = Problems()
    check_phrases(passage, finder, found)
    check_old_law(passage, finder, law, found)
    check_other_schools([passage], school, others, finder, found)
    if school is not None:
        check_terms([passage], school, finder, found)
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
