"""`policygen fleet`: who has which edition, who departs from agreed wording, who still publishes a clause."""

from __future__ import annotations

import csv
import datetime
import io
import json
from typing import TYPE_CHECKING, Any

import pytest

from policygen.fleet.fleet import Issue, Lag, lag
from policygen.fleet.recall import Publication, Traced, ids_by_edition, recall
from policygen.language.stored import StoredClause
from policygen.model.edition_record import EditionRecord
from tests.support import editions
from tests.support.browser import axe_violations, open_browser_page
from tests.support.nu import check_html
from tests.support.register import freeze
from tests.support.standing import Standing, standing
from tests.support.workspace import ADOPTION, SCHOOL, Workspace

if TYPE_CHECKING:
    from pathlib import Path

LOSS = "templates/tiny/sections/lost-keys.md"
OLD = "A lost key is reported to the {{ roles.head }} within {{ answers.days_to_report | in_words }} days. {#report-loss}"
NEW = "Whoever loses a key rings the office on the same day. {#loss-told}"
DECISIONS = {
    "oak": ("Oak Lane School", "2026.1", ""),
    "ash": ("Ash Road School", "2026.2", ""),
    "elm": (
        "Elm Grove Primary School",
        "2026.1",
        (
            "  report-loss:\n    replace: A lost key is reported to the {{ roles.head }} and the police within a day.\n"
            "    reason: Agreed with the police\n"
            "  who-keeps:\n    replace: The caretaker keeps the keys.\n    reason: The office moved\n"
            "    deviation: {reason: Agreed for this site, agreed_by: Schools HR, until: 2026-11-15}\n"
        ),
    ),
    "fir": (
        "Fir Hill School",
        "2026.2",
        "  loss-told:\n    add_after: A lost key is reported to the head teacher within two days.\n    reason: As before\n",
    ),
    "gum": (
        "Gum Tree School",
        "2026.2",
        f"  loss-told:\n    add_after: '{OLD.removesuffix(' {#report-loss}')}'\n    reason: As before\n",
    ),
    "haw": (
        "Haw Field School",
        "2026.1",
        "  report-loss:\n    replace: Nobody needs to say anything.\n    reason: Our own way\n",
    ),
    "ivy": (
        "Ivy Bank School",
        "2026.2",
        (
            "  loss-told:\n    replace: A lost key is reported to the {{ roles.head }} and the office within a week.\n"
            "    reason: Our way\n"
        ),
    ),
}


def county(root: Path) -> Standing:
    """Seven schools with an approved version each, and Yew Lane, which has none; editions 2026.1 and 2026.2."""
    made = standing(Workspace(root))
    editions.freeze(made.root, "tiny", "2026.1", issued="2026-09-01")
    made.put(LOSS, made.read(LOSS).replace(OLD, NEW))
    editions.freeze(
        made.root, "tiny", "2026.2", issued="2026-10-12", renamed={"report-loss": "loss-told"}
    )
    facts, adoption = made.read(SCHOOL), made.read(ADOPTION)
    before = adoption.index("history:")
    for school, (name, edition, decided) in {
        **DECISIONS,
        "yew": ("Yew Lane School", "2026.1", ""),
    }.items():
        text = adoption[:before].replace('edition: "2026.1"', f'edition: "{edition}"') + decided
        editions.put(made.root / f"schools/{school}/policies/tiny.yaml", text.encode())
        own = facts.replace("Oak Lane School", name).replace(
            "Oak Lane", name.removesuffix(" School")
        )
        editions.put(made.root / f"schools/{school}/school.yaml", own.encode())
        editions.put(
            made.root / f"schools/{school}/logo.svg",
            (made.root / "schools/oak/logo.svg").read_bytes(),
        )
        if school in DECISIONS:
            freeze(made.root, "2.0", "2026-11-12", minute="19.2", school=school)
    return made


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Standing:
    return county(tmp_path_factory.mktemp("county"))


def plain(workspace: Standing, *more: str) -> dict[str, Any]:
    result = workspace.run("fleet", "--format", "json", "--as-of", "2026-11-20", *more)
    assert (result.stderr, result.code) == ("", 0)
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def row(workspace: Standing, school: str) -> dict[str, Any]:
    (found,) = (each for each in plain(workspace)["adoptions"] if each["school"] == school)
    return found


# --- editions and lag -------------------------------------------------------------------------------------------------


def test_a_day_in_the_past_knows_no_later_edition(made: Standing) -> None:
    """Of editions that were issued after the day nothing is said, and nobody is behind them."""
    result = made.run("fleet", "--format", "json", "--as-of", "2026-10-11")
    found = json.loads(result.stdout)
    tiny = next(policy for policy in found["policies"] if policy["policy"] == "tiny")
    assert [issue["edition"] for issue in tiny["editions"]] == ["2026.1"]
    assert not any(row["editions_behind"] for row in found["adoptions"] if not row["through"])


def test_each_school_with_its_edition_and_lag(made: Standing) -> None:
    """Editions behind, and days since the next edition after the school's was issued."""
    found = {
        each["school"]: (each["edition"], each["editions_behind"], each["days_behind"])
        for each in plain(made)["adoptions"]
    }
    behind, current = ("2026.1", 1, 39), ("2026.2", 0, 0)
    assert found == {
        "ash": current,
        "elm": behind,
        "fir": current,
        "gum": current,
        "haw": behind,
        "ivy": current,
        "oak": behind,
        "yew": behind,
    }


def test_days_count_from_the_first_edition_after_it() -> None:
    """Not from the last one: a school that missed two is as late as with the first."""
    issued = (("2026.1", 2026, 9), ("2026.2", 2026, 10), ("2026.10", 2026, 11))
    issues = [Issue(edition, datetime.date(year, month, 1)) for edition, year, month in issued]
    day = datetime.date(2026, 11, 11)
    assert [lag(each.edition, issues, day) for each in issues] == [
        Lag(2, 41),
        Lag(1, 10),
        Lag(0, 0),
    ]


def test_an_edition_that_is_not_issued_yet_leaves_nobody_behind(made: Standing) -> None:
    text = made.run("fleet", "--format", "csv", "--as-of", "2026-10-11").stdout
    assert {
        each["editions_behind"] for each in csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    } == {"0"}


def test_the_version_in_force_counts_and_not_the_one_being_prepared(tmp_path: Path) -> None:
    """A school whose file names the new edition still publishes the old one until its board has decided."""
    workspace = county(tmp_path)
    path = "schools/oak/policies/tiny.yaml"
    workspace.put(path, workspace.read(path).replace('edition: "2026.1"', 'edition: "2026.2"'))
    found = row(workspace, "oak")
    assert (
        found["edition"],
        found["adopted"],
        found["version"],
        found["approved"],
        found["editions_behind"],
    ) == (
        "2026.1",
        "2026.2",
        "2.0",
        "2026-11-12",
        1,
    )


def test_a_policy_that_was_dropped_is_still_published(tmp_path: Path) -> None:
    """The register says what is in force, with or without an adoption file."""
    workspace = county(tmp_path)
    (workspace.root / "schools/oak/policies/tiny.yaml").unlink()
    found = row(workspace, "oak")
    assert (found["edition"], found["adopted"], found["version"]) == ("2026.1", None, "2.0")


def test_open_decisions_of_an_upgrade_are_named(tmp_path: Path) -> None:
    """Until they are written into the file of decisions."""
    workspace = county(tmp_path)
    assert row(workspace, "elm")["upgrade"] is None
    workspace.run("upgrade", "elm/tiny")
    found = row(workspace, "elm")["upgrade"]
    assert (found["to"], found["clauses"], found["questions"]) == ("2026.2", ["report-loss"], [])
    path = found["file"]
    workspace.put(path, workspace.read(path).replace("decision:", "decision: keep"))
    assert row(workspace, "elm")["upgrade"]["clauses"] == []


def test_a_school_that_cannot_be_read_does_not_hide_the_others(tmp_path: Path) -> None:
    workspace = county(tmp_path)
    workspace.put("schools/oak/policies/tiny.yaml", "edition: 2026.1\n")
    result = workspace.run("fleet", "--format", "csv", "--as-of", "2026-11-20")
    assert result.code == 1
    assert "schools/oak/policies/tiny.yaml:1:10" in result.stderr
    assert "Ash Road School" in result.stdout


def test_a_trust_counts_for_the_policy_below_its_own(tmp_path: Path) -> None:
    """A school with a trust's template stands under that and, with the edition it extends, under the county's."""
    workspace = county(tmp_path)
    overlay = (
        'extends: {template: tiny, edition: "2026.1"}\ntitle: Keys of the trust\nedition: "2027.1"\nissued: 2026-11-01\n'
        "issuer: {name: Beacon Learning Trust, kind: trust}\n"
    )
    editions.put(workspace.root / "templates/trust-keys/template.yaml", overlay.encode())
    text = workspace.read("schools/oak/policies/tiny.yaml").replace(
        'edition: "2026.1"', 'edition: "2027.1"'
    )
    workspace.put("schools/oak/policies/trust-keys.yaml", text)
    (workspace.root / "schools/oak/policies/tiny.yaml").unlink()
    rows = {
        (each["policy"], each["through"]): each
        for each in plain(workspace)["adoptions"]
        if each["school"] == "oak"
    }
    assert {key: each["edition"] for key, each in rows.items()} == {
        ("tiny", None): "2026.1",
        ("tiny", "trust-keys@2027.1"): "2026.1",
        ("trust-keys", None): "2027.1",
    }
    assert rows["tiny", "trust-keys@2027.1"]["editions_behind"] == 1


# --- agreed wording ---------------------------------------------------------------------------------------------------


def test_departures_from_agreed_wording_are_listed(made: Standing) -> None:
    """With who agreed, until when, and whether that is past; changes to free wording are none."""
    (found,) = plain(made)["deviations"]
    assert (
        found["school"],
        found["clause"],
        found["agreed_by"],
        found["until"],
        found["expired"],
    ) == (
        "elm",
        "who-keeps",
        "Schools HR",
        "2026-11-15",
        True,
    )


def test_leave_holds_on_its_last_day(made: Standing) -> None:
    result = made.run("fleet", "--format", "json", "--as-of", "2026-11-15")
    assert not json.loads(result.stdout)["deviations"][0]["expired"]


# --- recall -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("school", "outcome", "clause"),
    [
        pytest.param("oak", "exact", "report-loss", id="the model text"),
        pytest.param("elm", "altered", "report-loss", id="altered in its place"),
        pytest.param("gum", "exact", "", id="the same words under another id"),
        pytest.param("fir", "altered", "", id="a likeness in an addition"),
        pytest.param("ivy", "altered", "loss-told", id="old words under the new id"),
        pytest.param("haw", "none", "report-loss", id="own wording that is no copy"),
        pytest.param("ash", "none", "", id="the text of a later edition"),
        pytest.param("yew", "unknown", "", id="nothing approved"),
    ],
)
def test_who_still_publishes_a_clause(
    made: Standing, school: str, outcome: str, clause: str
) -> None:
    said = plain(made, "tiny", "--clause", "report-loss", "--before", "2026.1")["recall"]
    (found,) = (each for each in said["findings"] if each["school"] == school)
    assert found["outcome"] == outcome
    assert found["clause"] == clause or (
        not clause and found["clause"] not in ("report-loss", "loss-told")
    )


def test_a_clause_is_found_by_its_later_name(made: Standing) -> None:
    """`loss-told` was `report-loss` before: those who have it under the old name are found, too."""
    said = plain(made, "tiny", "--clause", "loss-told")["recall"]
    found = {each["school"]: each["outcome"] for each in said["findings"]}
    assert said["ids"] == {"2026.1": ["report-loss"], "2026.2": ["loss-told"]}
    assert (found["oak"], found["ash"], found["haw"]) == ("exact", "exact", "none")


def test_split_and_merged_clauses_are_followed() -> None:
    """Forwards to all that a clause became, backwards to all that it was made of."""

    def record(edition: str, **said: Any) -> EditionRecord:
        base = {
            "template": "t",
            "edition": edition,
            "issued": "2026-09-01",
            "digest": "",
            "files": {},
        }
        return EditionRecord.model_validate({**base, **said})

    records = (
        record("1"),
        record("2", split={"a": ["a", "b"]}),
        record("3", merged={"d": ["b", "c"]}),
    )
    known = ("1", "2", "3")
    assert ids_by_edition("a", "1", records, known) == {
        "1": {"a"},
        "2": {"a", "b"},
        "3": {"a", "d"},
    }
    assert ids_by_edition("d", "3", records, known) == {
        "1": {"a", "c"},
        "2": {"b", "c"},
        "3": {"d"},
    }


@pytest.mark.parametrize(
    ("owners", "words", "outcome"),
    [
        pytest.param((), "Whatever this branch says.", "exact", id="the county's own text"),
        pytest.param(
            ("County", "Trust"),
            "A lost key is reported to the head within two days.",
            "altered",
            id="reworded",
        ),
        pytest.param(
            ("County", "Trust"), "Keys are the business of nobody.", "none", id="replaced"
        ),
    ],
)
def test_a_trust_s_wording_is_compared(owners: tuple[str, ...], words: str, outcome: str) -> None:
    """Model text that a trust changed on its way to the school is no longer the county's."""
    wording = ("A lost key is reported to the within days.",)
    traced = Traced(
        "tiny", "report-loss", "2026.1", {"2026.1": frozenset(("report-loss",))}, (wording,)
    )
    clause = StoredClause("report-loss", "2.1", "", owners, (words,))
    published = Publication("oak", "Oak Lane", "trust-keys", "1.0", "2027.1", "2026.1", (clause,))
    assert [each.outcome for each in recall(traced, [published]).findings] == [outcome]


def test_a_copy_among_other_paragraphs_is_found() -> None:
    """However long the text is that a school put it into."""
    wording = ("A lost key is reported at once.",)
    traced = Traced("tiny", "report-loss", "2026.1", {}, (wording,))
    other = tuple(f"Something about doors and windows of room {number}." for number in range(9))
    clause = StoredClause(
        "doors", "4", "added", (), (*other[:4], "A lost key is reported at ONCE!", *other[4:])
    )
    published = Publication("oak", "Oak Lane", "doors", "1.0", "2026.1", "", (clause,))
    assert [(each.outcome, each.clause) for each in recall(traced, [published]).findings] == [
        ("exact", "doors")
    ]


def test_a_clause_that_several_policies_have_needs_the_policy(tmp_path: Path) -> None:
    workspace = standing(Workspace(tmp_path))
    for path in sorted((workspace.root / "templates/tiny").rglob("*")):
        if path.is_file():
            name = path.relative_to(workspace.root / "templates/tiny")
            editions.put(workspace.root / "templates/twin" / name, path.read_bytes())
    result = workspace.run("fleet", "--clause", "count", "--as-of", "2026-11-20")
    assert result.code == 1
    assert "hint: name the policy, too: `policygen fleet tiny --clause count`" in result.stderr


def test_an_unknown_edition_is_told(made: Standing) -> None:
    result = made.run(
        "fleet", "tiny", "--clause", "count", "--before", "2025.1", "--as-of", "2026-11-20"
    )
    assert result.code == 1
    assert "there is no edition `2025.1`  [unknown-edition]" in result.stderr


def test_before_needs_a_clause(made: Standing) -> None:
    assert made.run("fleet", "--before", "2026.1", "--as-of", "2026-11-20").code == 2


# --- as text and as a page --------------------------------------------------------------------------------------------


def test_tables_for_a_terminal(made: Standing) -> None:
    """No line is wider than 80 columns where nobody says how wide the terminal is."""
    for more in ((), ("tiny", "--clause", "report-loss")):
        shown = made.run("fleet", *more, "--as-of", "2026-11-20").stdout
        assert max(map(len, shown.splitlines())) <= 80
        assert "…" not in shown
    text = made.run("fleet", "--as-of", "2026-11-20").stdout
    assert "2026.1         4    50%  1 Sep 2026\n" in text
    assert "Oak Lane School           2026.1   1 edition, 39 days  2.0      12 Nov 2026\n" in text
    assert text.endswith(
        "8 adoptions by 8 schools: 4 behind\n1 deviation (1 expired), no upgrades with open decisions\n"
    )


@pytest.mark.slow
@pytest.mark.parametrize("width", [1280, 320])
def test_the_page_is_accessible_and_needs_no_colour(made: Standing, width: int) -> None:
    """Nu and axe find nothing; each chart has the same numbers in a table beside it; nothing is fetched."""
    made.run("fleet", "--format", "html", "--clause", "report-loss", "--as-of", "2026-11-20")
    page = made.root / "output/packs/fleet/index.html"
    assert [str(each) for each in check_html([page])] == []
    with open_browser_page(width=width) as quiet:
        quiet.page.goto(page.as_uri())
        assert [str(each) for each in axe_violations(quiet.page)] == []
        assert quiet.page.evaluate("document.documentElement.scrollWidth") <= width
        assert quiet.refused == []
        figures = quiet.page.locator("figure").all()
        assert len(figures) == 3
        for figure in figures:
            drawn = [each.inner_html().strip() for each in figure.locator("svg text").all()]
            cells = zip(
                figure.locator("tbody th").all(),
                figure.locator("td.number:nth-child(2)").all(),
                strict=True,
            )
            assert drawn == [cell.inner_text() for pair in cells for cell in pair]
            fills = [each.get_attribute("class") for each in figure.locator("rect").all()]
            assert len({*fills}) == len(fills)


def test_the_page_says_the_same_on_any_day(made: Standing) -> None:
    pages = []
    for _ in range(2):
        made.run("fleet", "--format", "html", "--as-of", "2026-11-20")
        pages.append((made.root / "output/packs/fleet/index.html").read_bytes())
    assert pages[0] == pages[1]
