"""What everything begins from: a workspace, a school, a model policy."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from policygen.disk.editions import declared_facts
from policygen.disk.system import find_workspace
from policygen.disk.writing import change
from policygen.files.yamledit import with_value
from policygen.ground import paths
from policygen.ground.diagnostics import InputError, Place, Problems
from policygen.ground.wording import sentence_case
from policygen.model.facts import GROUPS, DeclaredFact, Facts, own_facts
from policygen.model.school import NEEDED

_FOLDERS = (paths.TEMPLATES, paths.SCHOOLS)
EXAMPLE_SCHOOL, EXAMPLE_TEMPLATE = "beech-hill", "visitors"
_FACTS_OF_EXAMPLE = {
    ("name",): "Beech Hill School",
    ("type",): "community",
    ("phase",): "primary",
    ("employer",): "la",
    ("roles", "head"): "Headteacher",
    ("roles", "board"): "governing board",
}
_ADOPTION = """\
# How Beech Hill School has the policy: docs/reference/files.md explains every key.

edition: "{edition}"
version: "1.0"                      # the version that is being prepared
author: School office               # who prepares it, and why: both print in the amendment history
reason: First adopted

answers:                            # to the questions of the model policy
  keeper: office
  keep_months: 12

clauses:                            # what the school decides about clauses
  local-arrangements: keep          # or its own words: `policygen change {name} local-arrangements`
"""


@dataclass(frozen=True)
class Begun:
    """What `begin_workspace` made in a folder."""

    made: tuple[str, ...]
    """Files, and folders that stand empty, by path."""
    has_example: bool
    """Whether an example school with an example policy is among it."""


def begin_workspace(folder: Path, as_of: datetime.date) -> Begun:
    """Make a folder a workspace: the two folders it needs and, where both were missing, an example in them.

    What is there already stays as it is. Raises InputError where the folder is part of a workspace above it.
    """
    above = find_workspace(folder)
    if above is not None and above != folder:
        problems = Problems()
        says = "this folder belongs to a workspace already, which begins above it"
        hint = f"work in {above.as_posix()}, or choose a folder elsewhere"
        problems.add("already-there", says, Place(above.as_posix()), hint)
        raise InputError(problems)
    missing = [each for each in _FOLDERS if not (folder / each).is_dir()]
    _check_free(folder, missing)
    if missing == [*_FOLDERS]:
        example = _example(as_of)
        change(folder, example)
        made = (f"{path}/{name}" for path, inside in example.items() for name in inside)
        return Begun(tuple(made), has_example=True)
    change(folder, {each: {} for each in missing})
    return Begun(tuple(f"{each}/" for each in missing), has_example=False)


def _check_free(folder: Path, missing: Sequence[str]) -> None:
    problems = Problems()
    for name in missing:
        if (folder / name).exists():
            says = f"a file called `{name}` stands where the folder is needed"
            problems.add("already-there", says, Place(name), "move it, or give it another name")
    problems.stop()


def _example(as_of: datetime.date) -> dict[str, dict[str, bytes]]:
    """A school that has adopted a model policy, both as they are begun and nothing left empty."""
    edition, name = f"{as_of.year}.1", f"{EXAMPLE_SCHOOL}/{EXAMPLE_TEMPLATE}"
    template, school = _files("template"), _files("school", own_facts())
    of_template: dict[tuple[str, ...], object] = {
        ("title",): "Visitors",
        ("edition",): edition,
        ("issued",): as_of,
        ("issuer", "name"): "Northshire County Council",
        ("issuer", "kind"): "la",
        ("adoption", "body"): "head",
    }
    for path, value in of_template.items():
        template["template.yaml"] = with_value(template["template.yaml"], path, value)
    for path, fact in _FACTS_OF_EXAMPLE.items():
        school["school.yaml"] = with_value(school["school.yaml"], path, fact)
    adoption = paths.adoption_file(EXAMPLE_SCHOOL, EXAMPLE_TEMPLATE)
    folder = paths.school_folder(EXAMPLE_SCHOOL)
    school[adoption.removeprefix(f"{folder}/")] = _ADOPTION.format(edition=edition, name=name)
    return {
        paths.template_folder(EXAMPLE_TEMPLATE): _encoded(template),
        folder: _encoded(school),
    }


def _encoded(texts: Mapping[str, str]) -> dict[str, bytes]:
    return {path: text.encode() for path, text in texts.items()}


def new_school(root: Path, school_id: str, name: str = "") -> tuple[str, ...]:
    """Make the folder of a school and return the files in it, by path. Raises InputError where it is there already."""
    made = _files("school", declared_facts(root))
    if name:
        made["school.yaml"] = with_value(made["school.yaml"], ("name",), name)
    return _make(root, paths.school_folder(school_id), made)


def new_template(root: Path, template_id: str, title: str = "") -> tuple[str, ...]:
    """Make the folder of a model policy and return the files in it, by path. Raises InputError as `new_school` does."""
    made = _files("template")
    if title:
        made["template.yaml"] = with_value(made["template.yaml"], ("title",), title)
    return _make(root, paths.template_folder(template_id), made)


def _make(root: Path, folder: str, made: dict[str, str]) -> tuple[str, ...]:
    if (root / folder).exists():
        problems = Problems()
        hint = "choose another id, or delete the folder if nobody needs it"
        problems.add("already-there", f"there is a folder `{folder}` already", Place(folder), hint)
        raise InputError(problems)
    change(root, {folder: _encoded(made)})
    return tuple(f"{folder}/{path}" for path in made)


def _files(kind: str, declared: Facts | None = None) -> dict[str, str]:
    """The text of each file that comes with the package for this kind of folder, by path.

    In that of a school stand the facts that are `declared`.
    """
    made = dict(sorted(_texts(files("policygen") / "data" / "new" / kind, "")))
    if declared is not None:
        made["school.yaml"] = with_groups(made["school.yaml"], declared)
    return made


def with_groups(text: str, declared: Facts) -> str:
    """The text of a new school.yaml with each group of facts where it only holds its place; a group of none goes."""
    blocks = []
    for block in text.split("\n\n"):
        group = next((group for group in GROUPS if f"# <{group}>" in block), None)
        facts = [fact for fact in declared.values() if fact.group == group]
        if group is None:
            blocks.append(block)
        elif facts:
            needed = any(fact.path in NEEDED for fact in facts)
            rows = [f"{'' if needed else '# '}{group}:", *map(_row, facts)]
            blocks.append(block.replace(f"# <{group}>", "\n".join(rows)))
    return "\n\n".join(blocks)


def _row(fact: DeclaredFact) -> str:
    """The line of a fact: to be filled in where every school gives it, else a comment with its example."""
    said = f"such as {fact.example}" if fact.path in NEEDED else fact.guidance
    if not said and fact.path not in own_facts():
        said = sentence_case(fact.called)
    line = f"  {fact.name}:" if fact.path in NEEDED else f"#   {fact.line()}"
    if not said:
        return line
    return (
        f"{line:<33} # {said}" if fact.path in NEEDED else f"{line:<45} # {' '.join(said.split())}"
    )


def _texts(folder: Traversable, path: str) -> list[tuple[str, str]]:
    found = []
    for entry in folder.iterdir():
        if entry.is_dir():
            found += _texts(entry, f"{path}{entry.name}/")
        else:
            found.append((f"{path}{entry.name}", entry.read_text(encoding="utf-8")))
    return found
