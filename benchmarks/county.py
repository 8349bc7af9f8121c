"""A county of invented schools with five policies each, as real ones would adopt them: other facts, names and answers.

`python -m benchmarks.county FOLDER [SCHOOLS]` writes one, the same each time: the seed is fixed. `check` finds nothing.
"""

from __future__ import annotations

import datetime
import random
import shutil
import sys
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from policygen.compose.compose import required_clauses
from policygen.compose.names import asked_questions
from policygen.compose.prepare import PreparedEdition, prepare_edition
from policygen.disk.editions import last_issued, read_edition
from policygen.disk.reading import read_school
from policygen.ground.diagnostics import Problems
from policygen.model.adoption import AdoptionFile
from policygen.model.law import read_law
from policygen.model.school import School
from policygen.model.workspace import SchoolFiles
from tests.combinations import answers_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from policygen.model.question import AnyQuestion

ROOT = Path(__file__).parents[1]
AS_OF = datetime.date(2026, 11, 20)
SEED = 20261120
SCHOOLS = 400
KINDS = {
    "elm-grove": 40,
    "st-brigids": 14,
    "all-saints-juniors": 10,
    "oakfield-infants": 8,
    "beacon-heights": 12,
    "beacon-academy": 6,
    "hollin-bank": 4,
    "larkspur-gardens": 3,
    "thornwick-academy": 2,
    "beacon-cove": 1,
}
"""Which example a school is of the kind of, and how many of a hundred are."""
TRUST = "Beacon Learning Trust"
COUNTY_POLICIES = (
    "it-and-mobile-phones",  # first: its published edition offers less than the others
    "electronic-communications-advice",
    "online-safety",
    "staff-acceptable-use",
)
GROUPS = ("roles", "providers", "policies")
"""What one kind of school lacks, it has from the others, so that it can adopt every policy."""
BEFORE = ("Ash", "Birch", "Cedar", "Dun", "Elder", "Fox", "Gorse", "Hazel", "Iver", "Kestle",
    "Larch", "Maple", "Nettle", "Otter", "Pen", "Quarn", "Rowan", "Sorrel", "Thistle", "Wren")  # fmt: skip
BETWEEN = ("", "ing", "er", "le", "en")
AFTER = ("bank", "brook", "combe", "dale", "ford", "gate", "hithe", "ley", "mere", "mouth",
    "ness", "over", "rigg", "stead", "thorpe", "toft", "well", "wick", "worth", "y-Gŵydd")  # fmt: skip
GIVEN = ("Aoife", "Blessing", "Catrin", "Dafydd", "Eilidh", "Farrukh", "Gwenllïan", "Hâf", "Ifeoma", "Joan",
    "Kateřina", "Llŷr", "Małgorzata", "Nest", "Oluwaseun", "Padraig", "Rhŷs", "Siân", "Tŵm", "Ursula",
    "Venkataraman", "Wilhelmina Anneliese", "Ynyr", "Zoë")  # fmt: skip
FAMILY = ("Abara", "Brontë-Ings", "Cholmondeley", "D’Alençon", "Eze", "Fenn", "Gŵyr-Bowen", "Hale", "Igwe", "Jelf",
    "Kołodziej", "Lund", "Mac Giolla Phádraig", "Nair", "O’Driscoll-Peake", "Pen-y-Tŷ", "Quist", "Rahmani", "Strand",
    "Tranter", "Uddin", "van den Hoogenbosch-Featherstonehaugh", "Wray", "Yarrow")  # fmt: skip
OWN_WORDS = (
    "The office keeps a list of what was agreed, and the {{ roles.head }} looks at it once a term.",
    "New members of staff are told of this on their first day, and sign that they have been.",
    "Whoever is in doubt asks before acting, and nobody is blamed for asking.",
    "The {{ roles.board }} hears once a year how this has worked, and what was changed because of it.",
    (
        "This is read out at the first staff meeting of the year. Who was not there reads it by the end of the week. "
        "Supply staff find it in the folder that they are given in the morning."
    ),
)
IT_SUPPORT = ("IT support firm", "IT technician", "network manager")
REASONS = ("Agreed in a staff meeting", "Says what we do", "Asked for by the board")


@dataclass(frozen=True)
class Place:
    """Where a school stands, and what it is called after."""

    number: int

    @property
    def name(self) -> str:
        """One word, and no other's begins with it."""
        after, rest = self.number % len(AFTER), self.number // len(AFTER)
        before, between = (rest + after) % len(BEFORE), rest // len(BEFORE)
        return BEFORE[before] + BETWEEN[between % len(BETWEEN)] + AFTER[after]

    @property
    def school_id(self) -> str:
        """The folder of its school."""
        return f"school-{self.number:04}"


def write_county(
    root: Path,
    schools: int = SCHOOLS,
    editions: tuple[str, ...] = (),
    only: tuple[str, ...] = (),
) -> None:
    """Write a workspace of so many schools.

    `editions` are those that they have adopted, where the workspace has templates; without, the examples' are copied.
    With `only`, they have these policies and no others.
    """
    if not editions:
        shutil.copytree(ROOT / "templates", root / "templates")
    chance = random.Random(SEED)  # noqa: S311
    kinds = chance.choices([*KINDS], weights=[*KINDS.values()], k=schools)
    for number, kind in enumerate(kinds):
        for path, content in _school(root, Place(number), kind, editions, only, chance):
            target = root / "schools" / Place(number).school_id / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)


def policies_of(employer: str) -> tuple[str, ...]:
    """The five policies of a school: an academy has one of its trust's among them."""
    own = "computing-facilities" if employer == TRUST else "staff-code-of-conduct"
    return (*COUNTY_POLICIES, own)


def _school(
    root: Path,
    place: Place,
    kind: str,
    editions: tuple[str, ...],
    only: tuple[str, ...],
    chance: random.Random,
) -> Iterator[tuple[str, bytes]]:
    """Its files, by their paths in its folder."""
    facts = _facts(place, kind, chance)
    yield "school.yaml", _yaml(facts)
    example = ROOT / "schools" / kind
    if logo := facts.get("branding", {}).get("logo"):
        yield logo, (example / logo).read_bytes()
    yield "staff.csv", _staff(chance).encode()
    read = _read(kind)
    value = School.model_validate(facts)
    school = replace(
        read, school_id=place.school_id, file=replace(read.file, value=value), answers=None
    )
    said: dict[str, Any] = {}
    for_all: dict[str, Any] = {}
    for policy in only or policies_of(facts["employer_name"]):
        pinned = chance.choice(editions) if editions else last_issued(root, policy, AS_OF)
        prepared = _edition(root, policy, pinned)
        yield f"policies/{policy}.yaml", _adoption(prepared, school, said, for_all, chance)
    yield "answers.yaml", _yaml({"answers": for_all})


def _yaml(data: dict[str, Any]) -> bytes:
    return yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=110).encode()


# --- facts ------------------------------------------------------------------------------------------------------------


@cache
def _example(kind: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(
        (ROOT / "schools" / kind / "school.yaml").read_text("utf-8")
    )
    return loaded


@cache
def _read(kind: str) -> SchoolFiles:
    problems = Problems()
    read = read_school(ROOT, kind, lambda _: True, problems)
    if read is None:
        sys.exit(f"the example {kind} cannot be read")
    return read


def _facts(place: Place, kind: str, chance: random.Random) -> dict[str, Any]:
    """What a school of a kind says of itself, under a name of its own, with people of its own."""
    facts = {key: value for key, value in _example(kind).items() if key != "delegations"}
    for group in GROUPS:
        others = {key: value for other in KINDS for key, value in _example(other)[group].items()}
        facts[group] = {**others, **facts[group]}
    name = facts["name"].replace(facts["short_name"], place.name)
    site = f"{place.school_id}.example"
    people = _People(site, chance)
    facts |= {
        "name": name,
        "short_name": place.name,
        "address": [name, f"{chance.randint(1, 120)} {place.name} Road", "Northshire"],
        "website": f"https://www.{site}",
        "email": f"office@{site}",
        "people": {key: people.other(value) for key, value in facts["people"].items()},
    }
    if facts["employer"] == "governing-board":
        facts["employer_name"] = f"the governing body of {name}"
    facts["roles"]["it_support"] = chance.choice(IT_SUPPORT)
    if "branding" in facts:
        facts["branding"] = {**facts["branding"], "logo_alt": name}
    return facts


class _People:
    """Other people for those of an example: who has two posts there has two here."""

    def __init__(self, site: str, chance: random.Random) -> None:
        self._site, self._chance = site, chance
        self._names: dict[str, str] = {}

    def other(self, person: Any) -> Any:
        """A person or several, under other names; a firm stays what it is."""
        if isinstance(person, list):
            return [self.other(each) for each in person]
        old = person["name"]
        if old not in self._names:
            self._names[old] = self._new()
        name = self._names[old]
        mail = f"post{[*self._names].index(old) + 1}@{self._site}"
        return {**person, "name": name, **({"email": mail} if "email" in person else {})}

    def _new(self) -> str:
        while True:
            name = f"{self._chance.choice(GIVEN)} {self._chance.choice(FAMILY)}"
            if name not in self._names.values():
                return name


def _staff(chance: random.Random) -> str:
    names = {
        f"{chance.choice(GIVEN)} {chance.choice(FAMILY)}" for _ in range(chance.randint(8, 60))
    }
    rows = [f"{name},Teacher,,{chance.randint(2005, 2026)}-09-01," for name in sorted(names)]
    return "\n".join(["name,role,email,start,left", *rows]) + "\n"


# --- adoptions --------------------------------------------------------------------------------------------------------


@cache
def _edition(root: Path, policy: str, edition: str) -> PreparedEdition:
    problems = Problems()
    read = read_edition(root, policy, edition, None, problems)
    prepared = None if read is None else prepare_edition(read, read_law(), problems)
    if prepared is None:
        sys.exit(f"{policy} cannot be read")
    return prepared


def _adoption(
    prepared: PreparedEdition,
    school: SchoolFiles,
    said: dict[str, Any],
    for_all: dict[str, Any],
    chance: random.Random,
) -> bytes:
    """An adoption in which everything is decided.

    `said` is all that the school has answered so far: it says the same in each policy. What is answered for all of them
    goes into `for_all`.
    """
    template = prepared.edition.file.value
    head = {
        "edition": template.edition,
        "version": "1.0",
        "author": chance.choice(("Headteacher", "School Business Manager", "Deputy Headteacher")),
        "reason": chance.choice(("First adopted", "County model policy adopted")),
    }
    own = next(iter(school.policies.values()))
    given: dict[str, Any] = {}
    while True:  # an answer may let another question be asked
        begun = replace(own, value=AdoptionFile.model_validate({**head, "answers": given}))
        asked, _ = asked_questions(prepared, school, begun, read_law())
        open_ones = [key for key in asked if key not in given]
        if not open_ones:
            break
        for key in sorted(open_ones, key=lambda key: not asked[key].shared):
            possible = _possible(key, asked[key], said)
            given[key] = said[key] if said.get(key) in possible else chance.choice(possible)
            said.setdefault(key, given[key])
    required = required_clauses(prepared, school, begun, read_law())
    words = chance.sample(OWN_WORDS, len(OWN_WORDS))
    clauses = {clause.id: _decision(words, chance) for clause in required}
    for_all |= {key: given[key] for key in asked if template.questions[key].shared}
    answers = {key: given[key] for key in asked if not template.questions[key].shared}
    return _yaml({**head, "answers": answers, "clauses": clauses})


def _possible(name: str, question: AnyQuestion, said: Mapping[str, Any]) -> list[Any]:
    """What may be answered: in words of their own, what the examples say."""
    if name == "ai_pupils" and said.get("ai_tools") == "none":
        return ["none"]  # staff could not supervise what they may not use
    if question.choices:
        return answers_of(question)
    written = [given[name] for given in _given() if name in given]
    return written or answers_of(question)


def _decision(words: list[str], chance: random.Random) -> Any:
    """Most keep the model text; some say more, none the same thing twice."""
    if not words or chance.random() < 0.6:
        return "keep"
    side = chance.choice(("add_before", "add_after"))
    return {side: words.pop() + "\n", "reason": chance.choice(REASONS)}


@cache
def _given() -> tuple[Mapping[str, Any], ...]:
    files = sorted(ROOT.glob("schools/*/answers.yaml")) + sorted(
        ROOT.glob("schools/*/policies/*.yaml")
    )
    return tuple(yaml.safe_load(path.read_text("utf-8"))["answers"] for path in files)


if __name__ == "__main__":
    write_county(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else SCHOOLS)
