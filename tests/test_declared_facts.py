"""Facts that an issuer declares for its templates: given by schools, printed, asked for, frozen in editions."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policygen.model.facts import GROUPS, DeclaredFact, FactsFile, declared_in, own_facts
from policygen.model.school import facts_of, school_model
from policygen.project.check import schema
from tests.support.reading import read
from tests.support.standing import Standing, standing
from tests.support.terminal import ENTER, Terminal
from tests.support.workspace import SCHOOL, Workspace
from tests.test_cli import faults

FACTS = "templates/shared/facts.yaml"
SECTION = "templates/tiny/sections/lost-keys.md"
DECLARED = """\
roles:
  network_manager: {called: network manager, guidance: Who runs the network., example: Network Manager}
people:
  network_manager: {example: Rosa Lind}
  area_officers: {called: area officers, one: area officer, example: [Rosa Lind]}
providers:
  firewall: {called: firewall, example: Hedgerow Wall}
  webmail: {called: webmail, class: material, example: Postbox}
facts:
  trust_short: {kind: name, called: short name of the trust, class: details, example: Beacon}
  motto: {kind: text, called: motto, example: Grow together}
  opened: {kind: date, called: day of opening, example: 1998-09-01}
  classes: {kind: number, called: number of classes, example: 14}
  houses: {kind: list, called: houses, one: house, example: [Oak, Ash]}
"""
OWN = dict(declared_in(read(DECLARED, FactsFile).value))
PRINTED = "".join(
    f"1. Fact {number} is {{{{ {fact.printed} }}}}. {{#n-{number}}}\n"
    for number, fact in enumerate(OWN.values())
)
SHOWN = (
    "Network Manager",
    "Rosa Lind",
    "Rosa Lind",
    "Hedgerow Wall",
    "Postbox",
    "Beacon",
    "Grow together",
    "1 September 1998",
    "14",
    "Oak and Ash",
)


def declaring(root: Path, printed: str = PRINTED, declared: str = DECLARED) -> Workspace:
    """The base workspace with these facts, and a section that prints them."""
    workspace = Workspace(root)
    text = workspace.text(SECTION) + printed
    return workspace.with_files({FACTS: declared, SECTION: text})


def given_by_oak(workspace: Workspace, names: frozenset[str] = frozenset(OWN)) -> Workspace:
    """With the examples of some facts as what the school gives."""
    text = workspace.text(SCHOOL)
    for group in GROUPS:
        lines = "".join(
            f"  {OWN[name].line()}\n"
            for name in OWN
            if name in names and name.startswith(f"{group}.")
        )
        if lines and re.search(rf"^{group}:\n", text, re.MULTILINE):
            text = text.replace(f"\n{group}:\n", f"\n{group}:\n{lines}")
        elif lines:
            text += f"{group}:\n{lines}"
    return workspace.with_files({SCHOOL: text})


def test_each_kind_prints_wherever_a_text_does(tmp_path: Path) -> None:
    """In clauses, tables, forms, conditions, loops and a school's own wording, as what comes with the program."""
    elsewhere = (
        "\n{% if facts.classes > 3 and facts.houses %}\n"
        "1. Large. {#large}\n{% endif %}\n\n"
        "Table: Houses\n\n| House | Day |\n|---|---|\n{% for house in facts.houses %}| {{ house }} | {{ facts.opened }} |\n{% endfor %}\n"
    )
    workspace = given_by_oak(declaring(tmp_path / "work", PRINTED + elsewhere))
    form, adoption = "templates/tiny/forms/receipt.md", "schools/oak/policies/tiny.yaml"
    asked = f"{workspace.text(form)}\nOf {{{{ facts.trust_short }}}}, {{{{ people.network_manager.name }}}}.\n"
    own = "    replace: The {{ roles.network_manager }} counts them, with {{ people.area_officers | join_and }}.\n"
    workspace = workspace.with_files({form: asked})
    workspace = workspace.with_change(
        adoption, "  who-may-hold: keep\n", f"  who-may-hold:\n{own}    reason: So\n"
    )
    built = workspace.run("build")
    assert (built.stderr, built.code) == ("", 0)
    text = (workspace.root / "output/drafts/oak/tiny/tiny.txt").read_text("utf-8")
    for number, shown in enumerate(SHOWN):
        assert f"Fact {number} is {shown}." in text
    assert "Large." in text
    assert "Of Beacon, Rosa Lind." in text
    assert "The Network Manager counts them, with Rosa Lind." in text
    assert text.count("1 September 1998") == 3


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sets(st.sampled_from([*OWN])))
def test_what_a_school_does_not_give_is_told_with_what_to_write(
    tmp_path: Path, names: set[str]
) -> None:
    """Each missing fact once, and none that is there; writing the lines of the hints mends all of it."""
    workspace = given_by_oak(declaring(tmp_path / "work"), frozenset(names))
    checked = workspace.run("check")
    told = {
        name.removesuffix(".name") for name in re.findall(r"\(`([a-z_.]+)`\), and", checked.stderr)
    }
    assert told == OWN.keys() - names
    for name in told:
        assert f"`{OWN[name].line()}`" in checked.stderr
    assert checked.code == bool(told)


@pytest.mark.parametrize("facts", [own_facts(), {**own_facts(), **OWN}])
def test_the_schema_accepts_what_the_reader_accepts(facts: dict[str, DeclaredFact]) -> None:
    """Every declared fact by its example; and nothing that is not declared."""
    said = yaml.safe_load(
        "{name: Oak, type: community, phase: primary, employer: la, roles: {head: Head, board: board}}"
    )
    for fact in facts.values():
        said.setdefault(fact.group, {}).update(yaml.safe_load(fact.line()))
    text = yaml.safe_dump(said)
    school = read(text, school_model(facts)).value
    assert all(facts_of(school)[fact.group][fact.name] for fact in facts.values())
    made = schema("school", facts)
    assert faults(made, json.loads(json.dumps(said, default=str)), made["$defs"]) == []
    said["roles"]["nobody"] = "Nobody"
    assert faults(made, json.loads(json.dumps(said, default=str)), made["$defs"]) != []


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (
            "facts: {a: {kind: number, called: a, example: many}}",
            "must be a whole number, not text",
        ),
        ("facts: {a: {kind: date, called: a, example: 3}}", "must be a date, not a whole number"),
        ("facts: {a: {kind: list, called: a, example: b}}", "must be a list, not text"),
        ("roles: {a: {called: a, example: 14}}", "must be text, not a whole number"),
        (
            "people: {a: {example: Rosa Lind}}",
            "`a` lacks `called`, and there is no role of this name",
        ),
        (
            "facts: {copy: {kind: text, called: a, example: b}}",
            "`copy` cannot be the name of a fact",
        ),
        ("facts: {a-b: {kind: text, called: a, example: b}}", "write `a_b`"),
        ("providers: {a: {called: a, one: b, example: c}}", "must be a list, not text"),
        (
            "facts: {a: {kind: text, called: a, class: minor, example: b}}",
            "must be `details` or `material`",
        ),
        ("facts: {a: {kind: text, called: a, example: }}", "has no value"),
        ("groups: {a: {called: a, example: b}}", "`groups` means nothing here"),
    ],
)
def test_a_wrong_declaration_says_what_to_type(tmp_path: Path, wrong: str, says: str) -> None:
    """At its place, and once."""
    checked = declaring(tmp_path / "work", "", f"{wrong}\n").run("check")
    assert checked.code == 1
    assert says in checked.stderr
    assert f"--> {FACTS}:1:" in checked.stderr
    assert checked.stderr.endswith("\n1 error\n")


def test_what_cannot_be_read_is_told_and_not_what_follows(tmp_path: Path) -> None:
    """A school that gives what is declared hears of the declaration alone; another one of nothing."""
    workspace = given_by_oak(declaring(tmp_path / "work"))
    told = workspace.with_files({FACTS: DECLARED.replace("kind: text", "kind: words")}).run("check")
    assert told.stderr.count("error:") == 1
    assert "`kind` must be `name`, `text`, `date`, `number` or `list`" in told.stderr


def test_a_misspelt_name_is_told_the_near_one(tmp_path: Path) -> None:
    """In a text, in a condition and in school.yaml."""
    workspace = given_by_oak(declaring(tmp_path / "work"))
    for wrong in ("{{ providers.firewal }}", "{% if facts.class %}x{% endif %}"):
        text = workspace.text(SECTION) + f"1. {wrong} {{#wrong}}\n"
        told = workspace.with_files({SECTION: text}).run("check").stderr
        assert re.search(r"hint: did you mean `(providers.firewall|facts.classes)`\?", told)
    told = workspace.with_change(SCHOOL, "  firewall:", "  firewal:").run("check").stderr
    assert "hint: did you mean `firewall`?" in told
    unknown = workspace.with_change(SCHOOL, "  firewall:", "  moat:").run("check").stderr
    assert "an issuer declares others in templates/shared/facts.yaml" in unknown


# --- its life ---------------------------------------------------------------------------------------------------------


def code_of(place: Standing) -> str:
    """The content code of the draft."""
    return re.findall(r"content code (\S+)", place.run("build").stdout)[0]


def change(place: Standing, path: str, old: str, new: str) -> None:
    """As a person with an editor does."""
    assert place.read(path).count(old) == 1
    place.put(path, place.read(path).replace(old, new))


@pytest.mark.slow
def test_the_life_of_declared_facts(tmp_path: Path) -> None:
    """Published, approved, a detail released, a material fact approved, declared anew, and taken elsewhere in a bundle."""
    place = standing(given_by_oak(declaring(tmp_path / "work")))
    issued = ("--edition", "2026.1", "--issued", "2026-11-20")
    assert place.run("publish", "tiny", *issued).code == 0
    kept = place.read("templates/tiny/editions/2026.1/shared/facts.yaml")
    assert declared_in(read(kept, FactsFile).value) == OWN
    decided = ("--body", "committee", "--date", "2026-11-20", "--minute", "19.2")
    code = code_of(place)
    assert (
        place.run("approve", "oak/tiny", "--version", "2.0", "--content", code, *decided).code == 0
    )
    for detail in ("firewall: Hedgerow Wall", "trust_short: Beacon"):
        change(place, SCHOOL, detail, f"{detail} II")
    assert "[details-changed]" in place.run("check").stderr
    released = place.run("release", "oak/tiny", "--details", "--date", "2026-11-20")
    assert (released.stderr, released.code) == ("", 0)
    change(place, SCHOOL, "webmail: Postbox", "webmail: Letterbox")
    assert "[version-registered]" in place.run("check").stderr
    # The issuer declares no more, and what was published stands.
    change(place, SCHOOL, "webmail: Letterbox", "webmail: Postbox")
    place.put(FACTS, "facts: {rooms: {kind: number, called: number of rooms, example: 3}}\n")
    place.put(SECTION, Workspace(tmp_path).text(SECTION) + "1. {{ facts.rooms }} {#rooms}\n")
    assert place.run("check", "oak").code == 0
    # Another workspace has it from the bundle alone.
    other = standing(
        Workspace(tmp_path / "other").without("templates/tiny", "schools/oak/policies")
    )
    bundle = next((place.root / "output").rglob("*.zip"))
    assert other.run("import", str(bundle)).code == 0
    assert other.run("adopt", "oak/tiny", "--write").stdout.count("10 facts still to give") == 1


def test_a_name_keeps_its_kind(tmp_path: Path) -> None:
    """What was a text in a published edition is none of another kind later."""
    place = standing(given_by_oak(declaring(tmp_path / "work")))
    assert place.run("publish", "tiny", "--edition", "2026.1", "--issued", "2026-11-20").code == 0
    change(
        place,
        FACTS,
        "{kind: text, called: motto, example: Grow together}",
        "{kind: number, called: motto, example: 3}",
    )
    told = place.run("check").stderr
    assert "`facts.motto` is a number here, and a text in `tiny@2026.1`  [fact-declared]" in told
    assert "hint: give this one another name, such as `motto_number`" in told


@pytest.mark.slow
def test_adopt_asks_for_what_is_missing(tmp_path: Path) -> None:
    """In the words of who declared it, with the example; what is typed stands in school.yaml."""
    printed = "1. {{ roles.network_manager }}, {{ people.network_manager.name }}, {{ people.network_manager.phone }}, {{ facts.classes }} {#a}\n"
    place = standing(declaring(tmp_path / "work", printed))
    with Terminal(place.root, "adopt", "oak/tiny") as terminal:
        terminal.expect("What does the school call its network manager?")
        terminal.expect("Who runs the network.")
        terminal.expect("1) Network Manager")
        terminal.expect("Decide later")
        terminal.type("2", ENTER)
        terminal.expect("decide later):")
        terminal.type("Head of IT", ENTER)
        terminal.expect("Who is the network manager?")
        terminal.expect("the policy names them, on the website, too")
        terminal.expect("decide later):")
        terminal.type("Ines Moor", ENTER)
        terminal.expect("What is the number of classes?")
        terminal.expect("decide later):")
        terminal.type("many", ENTER)
        terminal.expect("this must be a whole number, not `many`")
        terminal.type("\x7f" * 4, "9", ENTER)
        terminal.expect("What is the telephone number of the network manager?")
        terminal.expect("decide later):")
        terminal.type("01632 960001", ENTER)
        terminal.expect(f"kept in {SCHOOL}\neverything is decided")
        assert terminal.end() == 0
    said = yaml.safe_load(place.read(SCHOOL))
    assert said["roles"]["network_manager"] == "Head of IT"
    assert said["people"]["network_manager"]["phone"] == "01632 960001"
    assert said["facts"] == {"classes": 9}


@pytest.mark.slow
def test_two_issuers_may_not_mean_two_things(tmp_path: Path) -> None:
    """A school that adopts editions of both is told at the one that it cannot have; other schools hear nothing."""
    motto = "facts: {{motto: {{kind: {}, called: motto, example: {}}}}}\n"
    printed = "1. Our motto is {{ facts.motto }}. {#motto}\n"
    one = standing(declaring(tmp_path / "one", printed, motto.format("text", "Grow")))
    other = declaring(tmp_path / "other", printed, motto.format("number", 3))
    renamed = standing(other)
    (renamed.root / "templates/tiny").rename(renamed.root / "templates/big")
    for place, name in ((one, "tiny"), (renamed, "big")):
        assert place.run("publish", name, "--edition", "2026.1", "--issued", "2026-11-20").code == 0
    place = standing(Workspace(tmp_path / "both").without("templates/tiny"))
    for made in (one, renamed):
        assert place.run("import", str(next((made.root / "output").rglob("*.zip")))).code == 0
    adoption = "schools/oak/policies/{}.yaml"
    place.put(SCHOOL, place.read(SCHOOL) + "facts: {motto: 7}\n")
    place.put(adoption.format("big"), place.read(adoption.format("tiny")))
    told = place.run("check").stderr
    assert told.count("[fact-declared]") == 1
    assert (
        "`facts.motto` is a text in this edition, and elsewhere in this workspace a number" in told
    )
    assert f"--> {adoption.format('tiny')}:1:" in told


@pytest.mark.slow
def test_an_edition_that_needs_more_is_upgraded_to(tmp_path: Path) -> None:
    """The upgrade tells what the school gets; the check, what it has to give for it."""
    place = standing(given_by_oak(declaring(tmp_path / "work")))
    issued = ("--issued", "2026-11-20")
    assert place.run("publish", "tiny", "--edition", "2026.1", *issued).code == 0
    place.put(FACTS, f"{DECLARED}  rooms: {{kind: number, called: number of rooms, example: 3}}\n")
    new = "1. There are {{ facts.rooms }} rooms{% if facts.rooms > 9 %} and a lift{% endif %}. {#rooms}\n"
    place.put(SECTION, place.read(SECTION) + new)
    changes = "  - {clauses: [rooms], class: material, must: yes, reason: Needed}\n"
    place.put("templates/tiny/changes.yaml", f'edition: "2026.2"\nchanges:\n{changes}')
    assert place.run("publish", "tiny", "--edition", "2026.2", *issued).code == 0
    upgraded = place.run("upgrade", "oak/tiny")
    assert upgraded.code == 0
    assert "1 clause taken" in upgraded.stdout
    assert "taken   rooms: it is new" in upgraded.stdout
    told = place.run("check").stderr
    assert told.endswith("\n1 error\n")
    assert "hint: write `rooms: 3` under `facts:`" in told


@pytest.mark.parametrize(
    "text",
    [
        "{{ providers['firewall'] }}",
        "{% set firm = providers %}{{ firm.firewall }}",
        "{% if providers . firewall %}{{ providers.firewall }}{% endif %}",
    ],
)
def test_an_edition_keeps_what_it_names(tmp_path: Path, text: str) -> None:
    """However its text names it, and nothing that it does not name."""
    place = standing(declaring(tmp_path / "work", f"1. Ask {text}. {{#ask}}\n"))
    place.put(SCHOOL, place.read(SCHOOL) + "providers: {firewall: Hedgerow Wall}\n")
    assert "providers.firewall" not in place.run("check").stderr
    assert place.run("publish", "tiny", "--edition", "2026.1", "--issued", "2026-11-20").code == 0
    kept = read(place.read("templates/tiny/editions/2026.1/shared/facts.yaml"), FactsFile).value
    assert [*declared_in(kept)] == ["providers.firewall"]
    assert place.run("check", "oak").code == 0
