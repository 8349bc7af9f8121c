"""The sentences of tests/sentences/, put into policies and checked: what each rule finds of them."""

from __future__ import annotations

import datetime
import re
import shutil
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from policygen.project.check import Selection, check
from tests.support.workspace import BASE

FOLDER = Path(__file__).parents[1] / "sentences"
SCHOOL = "Elm Grove Primary School"
_SAMPLE = re.compile(r"^```\n(?P<lines>(?:.+\n|\n)+?)```$|^- (?P<line>.+)$", re.MULTILINE)
_TEMPLATE = """\
title: Keys
edition: "2026.1"
issued: 2026-09-01
issuer: {name: Northshire County Council, kind: la}
adoption: {body: committee, review_months: 24}
sections: [all]
"""
_ADOPTION = """\
edition: "2026.1"
version: "1.0"
author: Headteacher
reason: First adopted
"""


@dataclass(frozen=True)
class Sample:
    """One sentence, or a few lines."""

    rule: str
    """What it is a sample for."""
    sound: bool
    text: str


@dataclass(frozen=True)
class Score:
    """How often a rule is right."""

    rule: str
    found: int
    """Of the damaged samples of this rule."""
    missed: tuple[Sample, ...]
    wrong: tuple[Sample, ...]
    """Sound samples of any rule, in which this one finds something."""

    @property
    def recall(self) -> float:
        """The share of damaged samples that are found."""
        return self.found / max(self.found + len(self.missed), 1)

    @property
    def precision(self) -> float:
        """The share of what is found that is damaged."""
        return self.found / max(self.found + len(self.wrong), 1)


def samples() -> Iterator[Sample]:
    """All of them, by rule."""
    for file in sorted(FOLDER.glob("[a-z]*.md")):
        sound, _, damaged = file.read_text("utf-8").partition("## Damaged")
        for text, is_sound in ((sound, True), (damaged, False)):
            for found in _SAMPLE.finditer(text):
                yield Sample(file.stem, is_sound, found["line"] or found["lines"].rstrip())


def scores(root: Path) -> tuple[Score, ...]:
    """Write the samples as policies of a school below `root`, check them, and count. One score for each rule."""
    shutil.copytree(BASE / "schools/oak", root / "schools/elm-grove")
    shutil.rmtree(root / "schools/elm-grove/policies")
    facts = root / "schools/elm-grove/school.yaml"
    facts.write_text(facts.read_text("utf-8").replace("Oak Lane School", SCHOOL), "utf-8")
    together: dict[tuple[str, bool], list[Sample]] = defaultdict(list)
    for sample in samples():
        together[sample.rule, sample.sound].append(sample)
    lines = {}
    for (rule, sound), group in together.items():
        policy = f"{rule}-{'sound' if sound else 'damaged'}"
        lines[policy] = _write(root, policy, group)
    found = defaultdict(set)
    for each in check(root, [Selection()], datetime.date(2026, 11, 20)).diagnostics:
        place = each.place
        if place and place.path.endswith("all.md"):
            found[lines[place.path.split("/")[1]][place.line]].add(each.rule)
        elif each.severity == "error":
            raise ValueError(each)
    return tuple(_score(rule, found) for rule in sorted({rule for rule, _ in together}))


def _write(root: Path, policy: str, group: list[Sample]) -> dict[int, Sample]:
    """Write one policy, and tell to which sample each line of its section belongs."""
    text, lines = ["# Keys {#keys}"], {}
    for number, sample in enumerate(group):
        written = _written(sample.text.replace(SCHOOL, "{{ school.name }}"), number)
        for row in range(len(text) + 1, len(text) + len(written) + 2):
            lines[row + 1] = sample
        text += ["", *written]
    folder = root / "templates" / policy
    (folder / "sections").mkdir(parents=True)
    (folder / "template.yaml").write_text(_TEMPLATE, "utf-8")
    (folder / "sections/all.md").write_text("\n".join([*text, ""]), "utf-8")
    adoption = root / "schools/elm-grove/policies" / f"{policy}.yaml"
    adoption.parent.mkdir(exist_ok=True)
    adoption.write_text(_ADOPTION, "utf-8")
    return lines


def _written(text: str, number: int) -> list[str]:
    """A sample in the section language."""
    first, *more = text.split("\n")
    if first.startswith("## "):
        return [first, "", f"1. Keys are kept safe in room {number}. {{#s-{number}}}"]
    if not more:
        return [f"1. {first} {{#s-{number}}}"]
    if first.startswith("- "):
        return [f"## Keys of house {number}", "", first, *more]
    return [f"## Keys of house {number}", "", f"{first} {{#s-{number}}}", *more]


def _score(rule: str, found: dict[Sample, set[str]]) -> Score:
    own = [each for each in samples() if each.rule == rule and not each.sound]
    missed = tuple(
        each for each in own if not any(_is_of(rule, each_rule) for each_rule in found[each])
    )
    hits = len(own) - len(missed)
    wrong = tuple(each for each in samples() if each.sound and rule in found[each])
    return Score(rule, hits, missed, wrong)


def _is_of(rule: str, found: str) -> bool:
    """Whether it is the rule, or one of the same family: a leftover is told once, by whichever finds it first."""
    return found == rule or (rule.startswith("leftover-") and found.startswith("leftover-"))
