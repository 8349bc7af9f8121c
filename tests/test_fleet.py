"""`policygen fleet`: who has which edition, who departs from agreed wording, who still publishes a clause."""

from __future__ import annotations

import csv
import datetime
import io
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as parser

from policygen.fleet.fleet import FleetPolicy, FleetRow, Issue, Lag, by_edition, lag
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

DAY = datetime.date(2026, 9, 1)
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
    assert "2026.1   1 Sep 2026             3          1\n" in text
    assert "Oak Lane School           2.0      12 Nov 2026  2026.1   –       39 days\n" in text
    assert "Yew Lane School           –        –            –        2026.1  39 days\n" in text
    assert text.endswith(
        "8 adoptions by 8 schools: 4 behind\n1 deviation (1 expired), no upgrades with open decisions\n"
    )


def edition_page(workspace: Standing, *more: str) -> Path:
    done = workspace.run("fleet", "--format", "html", "--as-of", "2026-11-20", *more)
    assert done.code == 0, done
    return workspace.root / "output/packs/fleet/index.html"


def cells(page: Path, caption: str) -> list[list[str]]:
    """The rows of the table that is called so."""
    (frame,) = parser.parse(str(page)).xpath(f"//div[@aria-label='{caption}']")
    return [[cell.text_content() for cell in row] for row in frame.xpath(".//tr")]


EDITIONS = "Every edition, and how many schools have it"


def test_an_edition_that_nobody_took_is_shown(tmp_path: Path) -> None:
    """On the page and on a terminal: the latest edition does not look as if it were the one that all have."""
    workspace = county(tmp_path)
    editions.freeze(workspace.root, "tiny", "2026.3", issued="2026-11-16")
    rows = cells(edition_page(workspace), EDITIONS)
    assert [row[1:] for row in rows[1:]] == [
        ["2026.3", "16 November 2026", "0", "0"],
        ["2026.2", "12 October 2026", "4 (50%)", "0"],
        ["2026.1", "1 September 2026", "3 (38%)", "1 (12%)"],
    ]
    text = workspace.run("fleet", "--as-of", "2026-11-20").stdout
    assert "2026.3   16 Nov 2026            0          0\n" in text


def test_no_edition_seems_approved_before_it_was_issued(tmp_path: Path) -> None:
    """A version from before the register has no edition; the one that the file names is chosen, not in force."""
    workspace = county(tmp_path)
    before = '  - {version: "1.1", date: 2025-01-21, reason: Moved here, author: The office}\n'
    path = "schools/yew/policies/tiny.yaml"
    workspace.put(path, workspace.read(path) + f"history:\n{before}")
    found = {row[0]: row[2:] for row in cells(edition_page(workspace), "Every school")}
    assert found["School"] == [
        "Version in force", "Approved", "Edition in force", "Edition chosen", "Behind"
    ]  # fmt: skip
    assert found["Yew Lane School"] == [
        "1.1 (not in the register)", "21 January 2025", "–", "2026.1", "1 edition, 39 days"
    ]  # fmt: skip
    assert found["Oak Lane School"] == [
        "2.0", "12 November 2026", "2026.1", "–", "1 edition, 39 days"
    ]  # fmt: skip
    for row in json.loads(json.dumps(plain(workspace)["adoptions"])):
        issued = {"2026.1": "2026-09-01", "2026.2": "2026-10-12"}[row["edition"]]
        assert not row["in_register"] or row["approved"] >= issued


@given(
    st.lists(
        st.tuples(
            st.sampled_from("1 2 3 10".split()), st.booleans(), st.sampled_from(" 1 2".split(" "))
        ),
        max_size=12,
    )
)
def test_every_adoption_is_counted_in_its_place(schools: list[tuple[str, bool, str]]) -> None:
    """Under the edition in force, if it is on record, and under the one that is chosen, if there is one."""
    policy = FleetPolicy("p", "P", "County", tuple(Issue(edition, DAY) for edition in ("1", "2")))
    rows = [
        FleetRow("s", "S", "p", "", edition, edition, "1.0", DAY, registered, Lag(), preparing)
        for edition, registered, preparing in schools
    ]
    counted = by_edition(policy, rows)
    assert {"1", "2"} <= {found.edition for found in counted}
    assert sum(found.in_force for found in counted) == sum(row.registered for row in rows)
    assert sum(found.chosen for found in counted) == sum(
        bool(row.preparing) or not row.registered for row in rows
    )
    order = [int(found.edition) for found in counted]
    assert order == sorted(order, reverse=True)


@pytest.mark.slow
@pytest.mark.parametrize("width", [1280, 320])
def test_the_page_is_accessible_and_needs_no_colour(made: Standing, width: int) -> None:
    """Nu and axe find nothing; each bar stands below its number, as long as that says; nothing is fetched."""
    page = edition_page(made, "--clause", "report-loss")
    # The checker does not work digests of scripts out; that the script runs, and no other, is seen in the browser.
    told = [str(message) for message in check_html([page])]
    assert [message for message in told if "Inline script violates" not in message] == []
    with open_browser_page(width=width) as quiet:
        quiet.page.goto(page.as_uri())
        assert [str(found) for found in axe_violations(quiet.page, good=True)] == []
        assert quiet.page.evaluate("document.documentElement.scrollWidth") <= width
        assert quiet.refused == []
        bars = quiet.page.locator(".bar").all()
        assert len(bars) > 5
        for bar in bars:
            drawn, whole, said = bar.evaluate(
                "bar => [bar.offsetWidth, bar.parentElement.clientWidth - 2 * parseFloat(getComputedStyle(bar.parentElement)"
                ".paddingLeft), bar.parentElement.textContent]"
            )
            assert abs(100 * drawn / whole - int(said.partition("(")[2].partition("%")[0])) < 3


@pytest.mark.slow
def test_the_table_of_schools_is_narrowed_and_sorted(made: Standing) -> None:
    page = edition_page(made)
    said: list[str] = []
    with open_browser_page() as quiet:
        shown = quiet.page
        shown.on("console", lambda message: said.append(message.text))
        shown.on("pageerror", lambda error: said.append(str(error)))
        shown.goto(page.as_uri())

        def names() -> list[str]:
            return [
                row.inner_text()
                for row in shown.locator(".schools tbody th").all()
                if row.is_visible()
            ]

        assert len(names()) == 8
        shown.get_by_role("button", name="Behind").click()
        assert names()[:4] == [
            "Elm Grove Primary School",
            "Haw Field School",
            "Oak Lane School",
            "Yew Lane School",
        ]
        shown.get_by_role("button", name="School").click()
        shown.get_by_role("button", name="School").click()
        assert names()[0] == "Yew Lane School"
        heads = shown.locator("[aria-sort]")
        assert (heads.count(), heads.get_attribute("aria-sort")) == (1, "descending")
        shown.get_by_role("radio", name="Behind").check()
        assert len(names()) == 4
        shown.get_by_role("searchbox").fill("LANE oak")
        assert names() == ["Oak Lane School"]
        assert shown.get_by_role("status").inner_text() == "1 of 8 adoptions"
        shown.locator(".schools").evaluate(
            "frame => { frame.style.maxHeight = '9rem'; frame.scrollTop = 300 }"
        )
        assert shown.locator(".schools thead th").first.is_visible()
    assert said == []


@pytest.mark.slow
def test_without_a_script_the_page_says_the_same(made: Standing) -> None:
    """And the choices, which a style sheet follows, still work."""
    with open_browser_page(scripts=False) as quiet:
        quiet.page.goto(edition_page(made).as_uri())
        rows = quiet.page.locator(".schools tbody tr")
        assert [row.is_visible() for row in rows.all()] == [True] * 8
        assert not quiet.page.locator(".narrow").is_visible()
        quiet.page.get_by_role("radio", name="Nothing in the register").check()
        seen = [row.inner_text() for row in rows.all() if row.is_visible()]
        assert len(seen) == 1
        assert seen[0].startswith("Yew Lane School")


@pytest.mark.slow
def test_no_other_script_runs_on_the_page(made: Standing, tmp_path: Path) -> None:
    """The page says itself which script is its own."""
    text = (
        edition_page(made)
        .read_text("utf-8")
        .replace("</main>", "<script>document.title = 'no'</script></main>")
    )
    page = tmp_path / "fleet.html"
    page.write_text(text, "utf-8")
    with open_browser_page() as quiet:
        quiet.page.goto(page.as_uri())
        assert quiet.page.title() == "Schools and editions"
        assert quiet.page.locator(".narrow").is_visible()


def test_the_page_says_the_same_on_any_day(made: Standing) -> None:
    pages = []
    for _ in range(2):
        made.run("fleet", "--format", "html", "--as-of", "2026-11-20")
        pages.append((made.root / "output/packs/fleet/index.html").read_bytes())
    assert pages[0] == pages[1]
