"""The facts that a workspace declares: those that nothing names, and names that mean something else already."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

from policygen.files.yamlfile import Located
from policygen.ground.diagnostics import Problems
from policygen.language.source import Source
from policygen.model.facts import DeclaredFact, Facts, FactsFile, declared_in, own_facts


def check_declared(
    file: Located[FactsFile], published: Iterable[tuple[str, Facts]], problems: Problems
) -> None:
    """Note a fact that comes with the program, and one that a published edition declares as another kind.

    `published` are the facts of editions, each by the name of its edition.
    """
    editions = [*published]
    for name, fact in declared_in(file.value).items():
        place = file.place(fact.group, fact.name, key=True)
        if name in own_facts():
            says = f"`{name}` comes with the program: every school can give it"
            problems.add("fact-declared", says, place, "take it out here")
            continue
        other = next((each for each in editions if not same_kind(fact, each[1].get(name))), None)
        if other is not None:
            edition, facts = other
            says = f"`{name}` is {fact.in_words} here, and {facts[name].in_words} in `{edition}`"
            hint = f"give this one another name, such as `{fact.name}_{fact.kind}`"
            problems.add("fact-declared", says, place, hint)


def same_kind(fact: DeclaredFact, other: DeclaredFact | None) -> bool:
    """Whether a school can give the same for both; also where there is no other."""
    return other is None or (fact.kind, fact.several) == (other.kind, other.several)


def check_unused(file: Located[FactsFile], used: Collection[str], problems: Problems) -> None:
    """Note each fact that is declared and that no text names."""
    called = {f"roles.{name.removeprefix('people.')}" for name in used}  # as such a person is
    for name, fact in declared_in(file.value).items():
        if name not in used and name not in called:
            says = f"no text names `{name}`"
            hint = f"print it with `{{{{ {fact.printed} }}}}`, or take it out here"
            place = file.place(fact.group, fact.name, key=True)
            problems.add("fact-unused", says, place, hint)


def may_be_named(texts: Iterable[Source], facts: Facts) -> frozenset[str]:
    """The facts that any of these texts may name, by whatever way: one too many, and never one too few."""
    words = {word for text in texts for word in re.findall(r"\w+", text.text)}
    return frozenset(name for name, fact in facts.items() if {fact.group, fact.name} <= words)


def named_in(texts: Iterable[Source], facts: Facts) -> Iterator[str]:
    """The facts that any of these texts names in one piece."""
    written = "\n".join(text.text for text in texts)
    for name, fact in facts.items():
        if re.search(rf"""\b{fact.group}\s*[.\[]\s*["']?{fact.name}\b""", written):
            yield name
