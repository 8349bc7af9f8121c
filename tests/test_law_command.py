"""`policygen law`: what is known of each entry, what cites it, what is due, what changes; and its link on the page."""

from __future__ import annotations

import datetime
import json
import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policygen.compose.digest import content_digest
from policygen.ground.diagnostics import Problems
from policygen.html.elements import Setting
from policygen.html.inline import inline_html
from policygen.language import document as d
from policygen.model.law import moment_days, read_law
from policygen.project import check as checking
from policygen.project.law import changes, due, library
from tests.support import samples
from tests.support.editions import freeze
from tests.support.workspace import AS_OF, BASE, Workspace, run_in

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.workspace import Result

SECTION = "templates/tiny/sections/lost-keys.md"
OWN = """\
as_of: 2026-11-20
current:
  key_code:
    cite: Code of practice on keys
    short: Key code
    year: 2026
    from: 2026-09
    link: https://keys.example/code
    evidence: page
    source: https://keys.example/news
    read: 2026-11-19
    note: Read in the news
    open: [its annexes]
    ahead: [{on: 2027-03, says: locks are counted too}]
    review: 2026-12-31
"""
CITING = "1. See {{ law.key_code }}, and {{ law.kcsie }} as well. {#see}\n"


@pytest.fixture
def keys(tmp_path: Path) -> Workspace:
    """A workspace with an entry of its own, cited in a template and in a school's own wording."""
    section = (BASE / SECTION).read_text() + CITING
    adoption = (BASE / "schools/oak/policies/tiny.yaml").read_text()
    own = (
        "clauses:\n  report-loss:\n    reason: We count\n"
        "    replace: Keys are counted, says {{ law.key_code }}.\n"
    )
    assert "clauses:\n" in adoption
    return Workspace(tmp_path).with_files(
        {
            "law.yaml": OWN,
            SECTION: section,
            "schools/oak/policies/tiny.yaml": adoption.replace("clauses:\n", own),
        }
    )


def law(workspace: Workspace, *arguments: str) -> Result:
    return workspace.run("law", *arguments, "--as-of", AS_OF)


def test_one_entry_with_its_evidence_and_its_places(keys: Workspace) -> None:
    said = law(keys, "key_code").stdout
    for part in (
        "key_code: Code of practice on keys",
        "short name: Key code",
        "in force: from September 2026",
        "address: https://keys.example/code",
        "verified: no",
        "evidence: read on a public page, on 19 November 2026",
        "source: https://keys.example/news",
        "known of it: Read in the news",
        "stands in: the law.yaml of this workspace",
        "look again: after 31 December 2026",
        "open check: its annexes",
        "March 2027: locks are counted too",
    ):
        assert part in said
    assert "(2026.1, in work)\n  – 2.3 (see), templates/tiny/sections/lost-keys.md:5" in said
    assert "(own wording of oak)\n  – 2.1 (report-loss), schools/oak/policies/tiny.yaml:" in said


def test_every_citation_is_found(keys: Workspace) -> None:
    """As many places as the files cite, of each entry; a published edition is a place of its own."""
    freeze(keys.write(), "tiny", "2026.1")
    with (keys.root / SECTION).open("a") as section:
        section.write("1. And {{ law.key_code }}. {#and}\n")
    said = run_in(keys.root, "law", "--json", "--as-of", AS_OF)
    assert said.code == 0
    found = json.loads(said.stdout)
    cited = {each["id"]: len(each["cited"]) for each in found if each["cited"]}
    written: dict[str, int] = {}
    for path in keys.root.rglob("*"):
        if path.suffix in (".md", ".yaml") and path.name != "law.yaml":
            for name in re.findall(r"\{\{ law\.(\w+)", path.read_text()):
                written[name] = written.get(name, 0) + 1
    assert cited == written
    assert {each["whose"] for each in found} == {"policygen", "workspace"}


def test_words_are_searched_and_an_id_is_shown(keys: Workspace) -> None:
    """All words count, in titles and notes too; nothing found is an error that says what was meant."""
    assert "key_code" in law(keys, "code", "keys").stdout
    assert "kcsie" not in law(keys, "code", "keys").stdout
    assert "cited nowhere in this workspace" in law(keys, "hra_1998").stdout
    wrong = law(keys, "kcsei")
    assert wrong.code == 1
    assert "did you mean `kcsie`?" in wrong.stderr


def test_what_is_due_what_is_open_and_what_changes(keys: Workspace) -> None:
    assert "nothing is due" in law(keys, "--due").stdout
    assert "key_code" not in law(keys, "--due", "2026-12-30").stdout
    assert "key_code" in law(keys, "--due", "2026-12-31").stdout
    assert "its annexes" in law(keys, "--open").stdout
    said = law(keys, "--changes", "2027-03-01").stdout
    assert "March 2027: Code of practice on keys\n  locks are counted too" in said
    assert "Keys to the school: 2.3, 2.1; oak" in said
    assert "March 2027" not in law(keys, "--changes", "2027-02-28").stdout
    assert law(keys, "--open", "--due").code == 2


def test_only_what_was_read_and_is_settled_is_verified() -> None:
    """Of the library: evidence of a page, with the day; nothing open; and a check where it is not so."""
    entries = read_law().current
    assert entries
    for name, entry in entries.items():
        assert entry.verified == (entry.evidence == "page" and not entry.open), name
        assert entry.verified or entry.checks, name
        assert entry.evidence == "own" or entry.read, name
        assert entry.evidence != "page" or entry.source, name


def test_each_entry_is_due_once_and_each_change_lies_ahead() -> None:
    """Whatever the day: what is due stays due, and a longer look ahead finds all that a shorter one finds."""
    _, held = library(BASE, Problems())
    first = datetime.date(2026, 11, 20)
    seen: set[str] = set()
    known: set[tuple[str, str]] = set()
    for days in range(0, 1600, 90):
        on = first + datetime.timedelta(days)
        now = {each.id for each in due(held, on)}
        ahead = {(change.held.id, change.on) for change in changes(held, first, on)}
        assert seen <= now
        assert known <= ahead
        seen, known = now, ahead
    assert seen == {each.id for each in held}
    assert all(moment_days(on)[1] > first for _, on in known)


@given(st.dates(datetime.date(2000, 1, 1), datetime.date(2100, 12, 31)))
def test_a_moment_is_from_its_first_to_its_last_day(day: datetime.date) -> None:
    for moment in (day.isoformat(), day.isoformat()[:7], day.isoformat()[:4]):
        first, last = moment_days(moment)
        assert first <= day <= last
        after = last + datetime.timedelta(days=1)
        assert all(not each.isoformat().startswith(moment) for each in (after,))
        assert first.isoformat().startswith(moment)


# --- the link ---------------------------------------------------------------------------------------------------------


def test_a_title_leads_to_its_address_and_the_content_code_stays(keys: Workspace) -> None:
    """In running text, not in a heading, and not where an author made a link of it."""
    heading = "\n## As {{ law.key_code }} says\n\n[{{ law.key_code }}](https://a.example) says it. {#says}\n"
    section = (BASE / SECTION).read_text() + CITING + heading
    linked = _composed(keys.with_files({SECTION: section}))
    addressed = [
        node.address
        for node in d.walk(linked.parts)
        if isinstance(node, d.Value) and node.name == "law.key_code"
    ]
    assert sorted(addressed) == ["", "", "https://keys.example/code", "https://keys.example/code"]
    moved = {SECTION: section, "law.yaml": OWN.replace("/code", "/moved")}
    assert content_digest(_composed(keys.with_files(moved)), {}) == content_digest(linked, {})


def _composed(workspace: Workspace) -> d.Document:
    day = datetime.date.fromisoformat(AS_OF)
    checked = checking.check(workspace.write(), (checking.Selection(),), day)
    assert not checked.failed
    return checked.policies[0].document


def test_html_of_a_title() -> None:
    """One element, with the address as an attribute."""
    value = d.Value("Key code", "law.key_code", "law", "material", address="https://a.example/?b&c")
    said = '<a href="https://a.example/?b&amp;c">Key code</a>'
    for medium in ("screen", "print"):
        assert inline_html((value,), Setting(medium, samples.DRAFT, {})) == said
