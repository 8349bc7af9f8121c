"""docs/reference/facts.md: every fact that a text may name, as the code knows them. `python -m tests.test_facts` writes it."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from policygen.model.fact_words import fact
from policygen.model.facts import own_facts
from policygen.model.school import detail_names, fact_shape, sure_facts
from tests.test_new import uncommented_school

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from policygen.language.vocabulary import Shape

PAGE = Path(__file__).parents[1] / "docs/reference/facts.md"
_HEAD = """\
# Facts

Every fact of a school that a text may print or test, by its name: `{{ people.dsl.name }}`, `{% if providers.antivirus %}`. They stand in
[school.yaml](files.md#schoolsidschoolyaml), where `policygen new school ID` writes all of them as comments.

A **detail** may change without a new approval: a new version says “details updated”. Every other fact is material. A fact in **bold** is one that every school
gives; another one has to be tested before it prints, or be given by every school that adopts the policy.

Of a **person** a text prints the parts `name`, `email` and `phone`: `{{ people.dsl.phone }}`. It sees only those people whose entry says `public: yes`.

What your policies need besides, you declare: [give your policies their own facts](../how-to/give-your-policies-their-own-facts.md). What the approval record of a version says is
no fact of a school: [`record.…`](section-language.md#facts-and-answers).
"""
_GROUPS = {
    "school": "The school",
    "terms": "Words that the school uses",
    "roles": "Titles of roles",
    "people": "Who holds which role",
    "partnership": "The local safeguarding partnership",
    "providers": "Products and firms",
    "policies": "Titles of the school’s other policies",
}
_SHAPES = {"text": "text", "number": "number", "date": "day", "yes-no": "yes or no"}


def page() -> str:
    """The page as the code has it now."""
    examples = yaml.safe_load(uncommented_school())
    parts = [_HEAD]
    details = {name.partition(".")[0] for name in detail_names(own_facts())}
    for group, rows in groupby(_facts(fact_shape(own_facts())), key=lambda row: row[0][0]):
        about = " Details." if group in details else ""
        parts.append(
            f"\n## {_GROUPS[group]}\n\n{about.strip()}\n" if about else f"\n## {_GROUPS[group]}\n"
        )
        parts.append("\n| name | what it is | kind | example |\n|---|---|---|---|\n")
        for path, kind in rows:
            name = f"`{'.'.join(path)}`"
            bold = f"**{name}**" if ".".join(path) in sure_facts(own_facts()) else name
            words = fact(path)
            parts.append(
                f"| {bold} | {words.noun.removeprefix('answer to ') if words else ''} | {kind} | {_example(examples, path)} |\n"
            )
    return "".join(parts)


def _facts(
    shape: Mapping[str, Shape], above: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], str]]:
    """Each name at which a single value, a list or a person stands, with its kind in words."""
    for name, inner in shape.items():
        path = (*above, name)
        if isinstance(inner, dict) and "public" in inner:
            yield path, "person"
        elif isinstance(inner, dict):
            yield from _facts(inner, path)
        elif isinstance(inner, list):
            yield path, "list of people" if isinstance(inner[0], dict) else "list"
        else:
            yield path, _SHAPES[inner]


def _example(examples: object, path: tuple[str, ...]) -> str:
    """What new school files show for it."""
    for part in path if path[0] != "school" else path[1:]:
        examples = examples.get(part) if isinstance(examples, dict) else None
    if isinstance(examples, dict):
        examples = examples["name"]
    if isinstance(examples, bool):
        return "yes" if examples else "no"
    if isinstance(examples, list):
        return ", ".join(each["name"] if isinstance(each, dict) else str(each) for each in examples)
    return "" if examples is None else str(examples)


def test_the_page_has_every_fact() -> None:
    """`python -m tests.test_facts` writes the page anew; read the difference before you commit it."""
    assert PAGE.read_text(encoding="utf-8") == page()


def test_every_fact_is_called_something() -> None:
    paths = [path for path, _ in _facts(fact_shape(own_facts()))]
    assert paths
    assert [path for path in paths if fact(path) is None] == []


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
